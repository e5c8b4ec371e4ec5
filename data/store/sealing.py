"""Sealing a file under a key: AES-256-GCM in chunks, each bound to its place and to the end.

The STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár, Online authenticated encryption
and its nonce-reuse misuse-resistance, CRYPTO 2015): the nonce of a chunk is its number and
whether it is the last, so that no chunk can be changed, moved, left out or cut off unseen. Each
file has a key of its own, derived from the council's and a random salt (HKDF-SHA-256).
"""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from data.errors import StoreError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"WAYFARE-SEALED-1\n"
SALT_BYTES = 32
CHUNK_BYTES = 1 << 20
_TAG_BYTES = 16


def make_key_file(path: Path) -> None:
    """Make a key by chance in a file that only its owner can read; never over another.

    Raises
    ------
    StoreError
        If the file is there or cannot be written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(32)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StoreError(f"The key file {path} cannot be made: {error.strerror}.") from None


def read_key_file(path: Path) -> bytes:
    """Read a key.

    Raises
    ------
    StoreError
        If it is not there, is no key, or others than its owner can read it.
    """
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise StoreError(f"The key file {path} can be read by others: chmod 600 {path}.")
        key = base64.b64decode(path.read_bytes().strip(), validate=True)
    except OSError as error:
        raise StoreError(f"The key file {path} cannot be read: {error.strerror}.") from None
    except ValueError:
        key = b""
    if len(key) != 32:
        raise StoreError(f"{path} holds no key; `wayfare store key FILE` makes one.")
    return key


def is_sealed(path: Path) -> bool:
    """Say whether a file was sealed under a key."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def seal_file(source: BinaryIO, target: BinaryIO, key: bytes) -> None:
    """Seal everything that is left to read."""
    salt = secrets.token_bytes(SALT_BYTES)
    head = MAGIC + salt
    cipher = _build_cipher(key, salt)
    target.write(head)
    number = 0
    chunk = source.read(CHUNK_BYTES)
    while True:
        after = source.read(CHUNK_BYTES)
        target.write(cipher.encrypt(_nonce(number, is_last=not after), chunk, head))
        if not after:
            return
        chunk, number = after, number + 1


def unseal_file(source: BinaryIO, target: BinaryIO, key: bytes) -> None:
    """Unseal a file; nothing of a chunk is written before it is known to be whole.

    Raises
    ------
    StoreError
        If the key is another, or any byte differs, is missing or too many.
    """
    from cryptography.exceptions import InvalidTag

    head = source.read(len(MAGIC) + SALT_BYTES)
    cipher = _build_cipher(key, head[len(MAGIC) :])
    number = 0
    chunk = source.read(CHUNK_BYTES + _TAG_BYTES)
    while True:
        after = source.read(CHUNK_BYTES + _TAG_BYTES)
        try:
            target.write(cipher.decrypt(_nonce(number, is_last=not after), chunk, head))
        except (InvalidTag, ValueError):
            raise StoreError(
                "The backup cannot be opened: the key is another one, or a byte differs."
            ) from None
        if not after:
            return
        chunk, number = after, number + 1


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _build_cipher(key: bytes, salt: bytes) -> AESGCM:
    """Build the cipher of one file."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = HKDF(SHA256(), length=32, salt=salt, info=b"wayfare backup").derive(key)
    return AESGCM(derived)
