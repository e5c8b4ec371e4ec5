"""The key of a server, and what is sealed with it: secrets that must be read again.

Whoever steals a copy of the store alone can read none of them.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from data.errors import StoreError

KEY_NAME = "web.key"


class Seals:
    """Seals and reads with the key of a working folder, which is made on first use."""

    def __init__(self, folder: Path) -> None:
        path = folder / KEY_NAME
        if not path.exists():
            _write_once(path, Fernet.generate_key())
        self._key = path.read_bytes().strip()
        self._fernet = Fernet(self._key)

    def seal(self, text: str) -> str:
        """Seal a text."""
        return self._fernet.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """Read a sealed text.

        Raises
        ------
        StoreError
            If it was sealed with another key.
        """
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise StoreError(
                f"A secret in the store was sealed with another key. Restore {KEY_NAME}."
            ) from None

    def sign(self, text: str) -> str:
        """Sign a text, so that it is known again as one of ours."""
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()


def _write_once(path: Path, key: bytes) -> None:
    """Write a key that only its owner may read, unless another process was first."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
