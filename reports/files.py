"""Write a file wholly or not at all, readable by its owner only."""

from __future__ import annotations

import os
import string
import tempfile
from collections.abc import Callable
from pathlib import Path

from data.errors import StoreError

_NAME_CHARACTERS = frozenset(f"{string.ascii_letters}{string.digits}-_.")


def build_file_name(stem: str, text: str, suffix: str) -> str:
    """Build a file name from text of the inputs, which never chooses a folder or a hidden file.

    Examples
    --------
    >>> build_file_name("orders", "../XYZ Coaches", ".xlsx")
    'orders_XYZ-Coaches.xlsx'
    """
    kept = "".join(c if c in _NAME_CHARACTERS else "-" for c in text)
    kept = "-".join(part for part in kept.strip("-.").split("-") if part.strip("."))
    return f"{stem}_{kept[:80] or 'unnamed'}{suffix}"


def open_folder(folder: Path) -> Path:
    """Make a folder that its owner alone can enter, and return it.

    Raises
    ------
    StoreError
        If it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise StoreError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    return folder


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file: temporary beside it, flush to disk, rename, flush the folder.

    A reader sees the old file or the new one, never a part; so does a restart after a crash.

    Raises
    ------
    StoreError
        If it cannot be written; the old file then stands as it was.
    """

    def write(temporary: Path) -> None:
        temporary.write_bytes(content)

    return write_whole_by(path, write)


def write_whole_by(path: Path, write: Callable[[Path], None]) -> Path:
    """Write a file by a function that fills a temporary one, as `write_whole` does.

    Raises
    ------
    StoreError
        If it cannot be written; the old file then stands as it was.
    """
    try:
        # A folder of its owner's alone: what a writer makes beside its file is covered too.
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=path.parent) as folder:
            temporary = Path(folder) / path.name
            write(temporary)
            temporary.chmod(0o600)
            _flush(temporary)
            temporary.replace(path)
        _flush(path.parent)
    except OSError as error:
        raise StoreError(
            f"The file {path} cannot be written: {error.strerror or error}. What stood there "
            "before is unchanged; make room or mend the folder's permissions and repeat."
        ) from error
    return path


def _flush(path: Path) -> None:
    """Flush a file or folder to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
