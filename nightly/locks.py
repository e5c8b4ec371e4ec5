"""The lock of a place: one night at a time, freed by the system when its process dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from data.errors import LockedError


@contextmanager
def hold_place(folder: Path) -> Iterator[None]:
    """Hold a place for a night.

    Raises
    ------
    LockedError
        At once, if another process holds it.
    """
    lock = FileLock(folder / "night.lock", timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise LockedError(
            f"Another night of {folder.name} is running. Wait for it to end; its plan will do."
        ) from None
    try:
        yield
    finally:
        lock.release()
