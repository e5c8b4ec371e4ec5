"""What is looked at before any library opens a workbook: size, kind, and what it unpacks to."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Any

MAX_WORKBOOK_BYTES = 20 * 1024 * 1024
MAX_CSV_BYTES = 100 * 1024 * 1024
MAX_FOLDER_BYTES = 200 * 1024 * 1024
MAX_ENTRIES = 1_000
MAX_INFLATED_BYTES = 200 * 1024 * 1024
MAX_RATIO = 100
_RATIO_FROM_BYTES = 1024 * 1024
"""Small parts compress well without harm; the ratio is looked at from here on."""

_CHUNK = 256 * 1024
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENTITY = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


class GuardError(Exception):
    """Raised with the code of the catalogue when a file must not be opened."""

    def __init__(self, code: str, **context: Any) -> None:
        self.code = code
        self.context = context
        super().__init__(code)


def check_size(n_bytes: int, most: int) -> None:
    """Check the size of a file.

    Raises
    ------
    GuardError
        F011 for an empty file, F003 for one too large.
    """
    if n_bytes == 0:
        raise GuardError("F011")
    if n_bytes > most:
        megabyte = 1024 * 1024
        raise GuardError("F003", found=f"{n_bytes / megabyte:.1f}", most=most // megabyte)


def check_workbook(content: bytes) -> dict[str, bytes]:
    """Unpack a workbook within bounds and look for what must not be in it.

    Returns
    -------
    The parts that describe the workbook (everything but pictures and cell texts), by name.

    Raises
    ------
    GuardError
        F003 to F011.
    """
    check_size(len(content), MAX_WORKBOOK_BYTES)
    if content.startswith(_OLE):
        # an encrypted workbook and the old .xls share the container; only one has the stream
        encrypted = "EncryptedPackage".encode("utf-16-le") in content
        raise GuardError("F008" if encrypted else "F004")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _check_archive(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError,
            NotImplementedError, UnicodeError):  # fmt: skip
        raise GuardError("F004") from None


def _check_archive(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise GuardError("F005", limit=f"{MAX_ENTRIES} parts")
    names = [entry.filename for entry in entries]
    _check_names(names)
    if any(entry.flag_bits & 1 for entry in entries):
        raise GuardError("F008")
    parts: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        part, n_bytes = _inflate(archive, entry, MAX_INFLATED_BYTES - total)
        total += n_bytes
        if part is not None:
            parts[entry.filename] = part
    if not any(name.startswith("xl/") and "workbook" in name for name in names):
        raise GuardError("F004")
    return parts


def _check_names(names: list[str]) -> None:
    for name in names:
        steps = re.split(r"[/\\]", name)
        if name.startswith(("/", "\\")) or ".." in steps or ":" in name or "\0" in name:
            raise GuardError("F010")
        lower = name.casefold()
        if lower.endswith("vbaproject.bin") or "/macrosheets/" in lower:
            raise GuardError("F006")
        if "/externallinks/" in lower:
            raise GuardError("F007")
    if len(set(names)) != len(names):
        raise GuardError("F004")


def _inflate(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int
) -> tuple[bytes | None, int]:
    """Inflate one part, counting as it grows: the sizes written in the archive may lie."""
    name = entry.filename.casefold()
    is_xml = name.endswith((".xml", ".rels"))
    is_wanted = is_xml and not name.endswith("sharedstrings.xml")
    chunks: list[bytes] = []
    n_bytes = 0
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            n_bytes += len(chunk)
            if n_bytes > room:
                raise GuardError("F005", limit=f"{MAX_INFLATED_BYTES // 1024 // 1024} MB")
            packed = max(entry.compress_size, 1)
            if n_bytes > _RATIO_FROM_BYTES and n_bytes / packed > MAX_RATIO:
                raise GuardError("F005", limit=f"{MAX_RATIO} times its packed size")
            if is_wanted or not chunks:
                chunks.append(chunk)
    # a declaration stands at the head of a part, before its first element
    head = chunks[0][:65_536] if is_xml and chunks else b""
    if _ENTITY.search(head) or _ENTITY.search(head.replace(b"\0", b"")):
        raise GuardError("F009")
    return b"".join(chunks) if is_wanted else None, n_bytes
