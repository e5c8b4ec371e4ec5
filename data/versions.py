"""Which code made a result: the release and a fingerprint of wayfare's own source files."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_ROOMS = ("cli", "data", "routing", "costing", "scenarios", "nightly", "reports", "web")


@cache
def find_code_version() -> str:
    """Name the code that runs, e.g. ``0.1.0+3f2a9c1be4d0``.

    The part after the plus sign is the first 12 hex digits of a SHA-256 over wayfare's own
    Python files, so that a figure made by changed code never carries the old code's name.
    """
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    files: list[Path] = []
    for room in _ROOMS:
        files.extend((root / room).rglob("*.py"))
    for path in sorted(files):
        if path.is_file():
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    try:
        release = version("wayfare")
    except PackageNotFoundError:
        release = "0"
    return f"{release}+{digest.hexdigest()[:12]}"
