"""The log of a place on disk: JSON lines, for their owner only, a file a day and size.

Many processes write at once: each record is one line appended by one call of the system, and
no file is ever renamed, so that nobody writes into what somebody else has moved away.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

FILE_BYTES = 10 << 20
"""A file that has grown to this is followed by the next one of its day."""
KEPT_DAYS = 90
KEPT_BYTES = 200 << 20
"""All files of a place together; the oldest go first."""

_NAME = re.compile(r"wayfare-(\d{8})-(\d{3})\.jsonl")


class LogFolder:
    """Appends lines to the newest file of a folder; a log that cannot be written stops nobody.

    Parameters
    ----------
    folder
        Made on the first line, readable by its owner only.
    file_bytes, kept_days, kept_bytes
        When a new file is begun, and what is kept.
    """

    def __init__(
        self,
        folder: Path,
        *,
        file_bytes: int = FILE_BYTES,
        kept_days: int = KEPT_DAYS,
        kept_bytes: int = KEPT_BYTES,
    ) -> None:
        self.folder = folder
        self._file_bytes, self._kept_days, self._kept_bytes = file_bytes, kept_days, kept_bytes
        self._path: Path | None = None

    def append(self, text: str) -> None:
        """Append one line."""
        with suppress(OSError):
            handle = os.open(
                self._find_path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600
            )
            try:
                os.write(handle, text.encode() + b"\n")
            finally:
                os.close(handle)

    def _find_path(self) -> Path:
        """Find the file to write to: the last of today that has room, else a new one."""
        day = f"{datetime.now(UTC):%Y%m%d}"
        path, stem = self._path, f"wayfare-{day}-"
        if path is not None and path.name.startswith(stem) and self._has_room(path):
            return path
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mine = [p for p in list_log_files(self.folder) if p.name.startswith(stem)]
        last = mine[-1] if mine else self.folder / f"wayfare-{day}-001.jsonl"
        if not self._has_room(last):
            number = min(999, int(last.stem[-3:]) + 1)
            last = self.folder / f"wayfare-{day}-{number:03d}.jsonl"
        self._path = last
        self._remove_old(last)
        return last

    def _has_room(self, path: Path) -> bool:
        try:
            return path.stat().st_size < self._file_bytes
        except FileNotFoundError:
            return True

    def _remove_old(self, current: Path) -> None:
        """Remove what is too old, then the oldest of what is too much."""
        oldest = f"{datetime.now(UTC) - timedelta(days=self._kept_days):%Y%m%d}"
        left = self._kept_bytes
        for path in reversed(list_log_files(self.folder)):
            with suppress(FileNotFoundError):
                left -= path.stat().st_size
                if path != current and (path.name[8:16] < oldest or left < 0):
                    path.unlink()


def list_log_files(folder: Path) -> list[Path]:
    """List the files of a log, the oldest first."""
    return sorted(p for p in folder.glob("wayfare-*.jsonl") if _NAME.fullmatch(p.name))


def read_log_files(folder: Path) -> Iterator[dict[str, Any]]:
    """Read the records of a log, the oldest first, without lines that a crash cut short."""
    for path in list_log_files(folder):
        try:
            lines = path.read_bytes().splitlines()
        except FileNotFoundError:  # removed as too old since it was listed
            continue
        for line in lines:
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict):
                yield found
