"""What a night could not take in: one JSON text a line, passed from stage to stage."""

from __future__ import annotations

import json
from pathlib import Path


def read_told(path: Path) -> tuple[str, ...]:
    """Read what was not taken in so far."""
    if not path.is_file():
        return ()
    return tuple(json.loads(line) for line in path.read_text("utf-8").splitlines() if line)


def add_told(path: Path, text: str) -> None:
    """Add one thing that was not taken in."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(text, ensure_ascii=False) + "\n")
