"""How kernels are compiled, in one place.

With ``NUMBA_DISABLE_JIT=1`` the same source runs as plain Python: the reference twin.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core.registry import cpu_target

_HERE = Path(__file__).resolve().parent
_njit: Any = numba.njit
_config: Any = numba.config


def _options() -> dict[str, Any]:
    """Options of every kernel; reference counting is left out where numba still lets us."""
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_rewrites": True}
    if hasattr(cpu_target.options, "_nrt"):
        options["_nrt"] = False
    return options


@cache
def find_cache_folder() -> str:
    """Find where compiled kernels are kept: named by their source, so never stale.

    numba itself notices only edits of the file a kernel stands in, not of those it calls.
    """
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(_HERE.glob("*.py")):
        digest.update(path.read_bytes())
    name = f"kernels-{digest.hexdigest()[:12]}"
    given = os.environ.get("NUMBA_CACHE_DIR")
    bases = [Path(given)] if given else []
    bases += [_HERE / "__pycache__", Path.home() / ".cache" / "wayfare"]
    for base in bases:
        try:
            (base / name).mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=base / name):
                return str(base / name)
        except OSError:
            continue
    return ""


def part(function: Any) -> Any:
    """Compile a function into its callers: for what is called in one place, or very small.

    The code is put in before types are found, so it is compiled once, with its caller.
    """
    return _njit(inline="always", **_options())(function)


def kernel(function: Any) -> Any:
    """Compile a function that other kernels call in several places."""
    return _njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **_options())(function)


def entry(function: Any) -> Any:
    """Compile a function that Python calls; kept on disk where a folder is writable."""
    folder = find_cache_folder()
    before = _config.CACHE_DIR
    _config.CACHE_DIR = folder
    try:
        return _njit(cache=bool(folder), **_options())(function)
    except RuntimeError:
        return _njit(**_options())(function)
    finally:
        _config.CACHE_DIR = before
