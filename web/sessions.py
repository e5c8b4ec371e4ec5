"""Who is there: sessions known by a random token, of which only a hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

TOKEN_BYTES = 32
"""256 bits, twice what requirement W7 asks for."""
KEPT_IN_MEMORY = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser that is there.

    Attributes
    ----------
    token
        What its cookie holds.
    person_id
        Who is signed in, or who was chosen at a page without signing in; '' for nobody.
    """

    token: str
    person_id: str = ""

    @property
    def csrf_token(self) -> str:
        """What every form must send back; other sites can neither read nor guess it."""
        return hmac.new(self.token.encode(), b"csrf", hashlib.sha256).hexdigest()


class Sessions(Protocol):
    """Where sessions are kept."""

    def open_session(self, person_id: str, now_utc: datetime) -> Session:
        """Open a session under a new token."""

    def find_session(self, token: str, now_utc: datetime) -> Session | None:
        """Find the session of a cookie, or None if there is none or it has ended."""

    def end_session(self, token: str, now_utc: datetime) -> None:
        """End a session."""


def make_token() -> str:
    """Make a token that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class MemorySessions:
    """Sessions of a page without signing in, which end with the program."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, Session] = OrderedDict()
        self._lock = threading.Lock()

    def open_session(self, person_id: str, now_utc: datetime) -> Session:
        """Open a session under a new token."""
        session = Session(token=make_token(), person_id=person_id)
        with self._lock:
            self._held[session.token] = session
            while len(self._held) > KEPT_IN_MEMORY:
                self._held.popitem(last=False)
        return session

    def find_session(self, token: str, now_utc: datetime) -> Session | None:
        """Find the session of a cookie, or None if there is none."""
        with self._lock:
            return self._held.get(token)

    def end_session(self, token: str, now_utc: datetime) -> None:
        """End a session."""
        with self._lock:
            self._held.pop(token, None)
