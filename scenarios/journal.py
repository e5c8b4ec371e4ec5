"""What long work has found so far, line by line in a file, so that it can go on after a stop.

A line is a name and a document. A last line that was cut off half way is left out; a file of
other work (another key) is begun anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, TypeVar

from data.inputs import read_document, write_document

T = TypeVar("T")


class Journal:
    """A file of findings, or none: then they are kept in memory alone.

    Parameters
    ----------
    key
        Fingerprint of all that the findings hang on.
    """

    def __init__(self, path: Path | None, key: str) -> None:
        self.path = path
        self.found: dict[str, str] = {}
        if path is None:
            return
        held = path.read_bytes() if path.is_file() else b""
        first, *lines = held.split(b"\n") if held else [b""]
        if first.decode(errors="replace") != key:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(key.encode() + b"\n")
            return
        whole = len(first) + 1
        for line in lines[:-1]:
            try:
                name, document = json.loads(line)
            except ValueError:
                break
            self.found[name] = document
            whole += len(line) + 1
        if whole < len(held):
            os.truncate(path, whole)

    def __contains__(self, name: str) -> bool:
        return name in self.found

    def __len__(self) -> int:
        return len(self.found)

    def add(self, name: str, value: Any) -> None:
        """Put down a finding; it is on the disk when this returns."""
        document = write_document(value).decode()
        self.found[name] = document
        if self.path is None:
            return
        with self.path.open("ab") as file:
            file.write(json.dumps([name, document]).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def read(self, name: str, kind: type[T]) -> T:
        """Read a finding back.

        Raises
        ------
        KeyError
            If there is none of the name.
        """
        value: T = read_document(kind, self.found[name].encode())
        return value

    def remove(self) -> None:
        """Remove the file: what it led to has been kept elsewhere."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)
