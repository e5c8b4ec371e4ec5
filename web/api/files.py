"""Files that a program sends and gets: uploads as name and content, downloads described."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import UploadFile

from web.rendering import FILE_KINDS


def read_sent(sent: UploadFile | None) -> tuple[str, bytes] | None:
    """Read a file that was sent, or None; one without a name counts as none."""
    if sent is None or not sent.filename:
        return None
    return sent.filename, sent.file.read()


def read_all_sent(sent: Iterable[UploadFile]) -> list[tuple[str, bytes]]:
    """Read the files that were sent."""
    return [file for one in sent if (file := read_sent(one)) is not None]


def describe_file(*endings: str) -> dict[int | str, dict[str, Any]]:
    """Describe an answer that is a file."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    kinds = {FILE_KINDS[ending]: schema for ending in endings}
    return {200: {"description": "The file.", "content": kinds}}
