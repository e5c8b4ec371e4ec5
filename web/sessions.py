"""Who is there: sessions known by a random token, of which only a hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from data.access import KeptSession, Member
from data.inputs import fingerprint
from data.store import Store
from web.seals import Seals

TOKEN_BYTES = 32
"""256 bits, twice what requirement W7 asks for."""
KEPT_IN_MEMORY = 256
NOTED_EVERY = timedelta(seconds=60)
"""A session's last use is written to the store this often, not at every request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser that is there.

    Attributes
    ----------
    token
        What its cookie holds.
    person_id
        Who is signed in, or who was chosen at a page without signing in; '' for nobody.
    member
        Who that is, where it was found out to judge the session; the request asks no second
        time.
    """

    token: str
    person_id: str = ""
    member: Member | None = None

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


def hash_token(token: str) -> str:
    """Hash a token as the store keeps it."""
    return hashlib.sha256(token.encode()).hexdigest()


def build_standing(member: Member | None) -> str:
    """Build the fingerprint of what a session stands on; once it changes, the session ends."""
    if member is None or not member.person.roles:
        return ""
    account = member.account
    if account is None or account.is_disabled:
        return ""
    return fingerprint(
        (
            account.person_id,
            tuple(sorted(member.person.roles)),
            account.password_hash,
            account.second_factor,
            account.works_for,
        )
    )


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


class StoreSessions:
    """Sessions of people who signed in, kept in the store.

    Before signing in a browser holds a token that the server signed and keeps nowhere: it only
    ties the form to the browser.

    Parameters
    ----------
    idle, longest
        A session ends after so long without a request, and after so long in any case.
    """

    def __init__(
        self, store: Store, seals: Seals, *, idle: timedelta, longest: timedelta
    ) -> None:
        self._store, self._seals = store, seals
        self._idle, self._longest = idle, longest
        self._seen: OrderedDict[str, datetime] = OrderedDict()
        self._lock = threading.Lock()

    def open_session(self, person_id: str, now_utc: datetime) -> Session:
        """Open a session under a new token: of a person, or of nobody yet."""
        if not person_id:
            plain = f"nobody.{make_token()}"
            return Session(token=f"{plain}.{self._seals.sign(plain)}")
        session = Session(token=make_token(), person_id=person_id)
        self._store.accounts.open_session(
            KeptSession(
                token_hash=hash_token(session.token),
                person_id=person_id,
                standing=build_standing(self._store.accounts.find_member(person_id)),
                opened_utc=now_utc,
                seen_utc=now_utc,
            )
        )
        return session

    def find_session(self, token: str, now_utc: datetime) -> Session | None:
        """Find the session of a cookie, or None if there is none or it has ended."""
        if token.startswith("nobody."):
            plain, _, signature = token.rpartition(".")
            is_ours = hmac.compare_digest(self._seals.sign(plain).encode(), signature.encode())
            return Session(token=token) if is_ours else None
        token_hash = hash_token(token)
        found = self._store.accounts.find_visitor(token_hash)
        if found is None or found[0].ended_utc is not None:
            return None
        kept, member = found
        seen_utc = self._find_seen(kept)
        standing = build_standing(member)
        if (
            not standing
            or standing != kept.standing
            or now_utc - seen_utc > self._idle
            or now_utc - kept.opened_utc > self._longest
        ):
            self._store.accounts.end_session(token_hash, now_utc)
            return None
        self._note_seen(kept, now_utc)
        return Session(token=token, person_id=kept.person_id, member=member)

    def end_session(self, token: str, now_utc: datetime) -> None:
        """End a session."""
        self._store.accounts.end_session(hash_token(token), now_utc)

    def _find_seen(self, kept: KeptSession) -> datetime:
        """When a session was last used, here or by another server of the same store."""
        with self._lock:
            return max(kept.seen_utc, self._seen.get(kept.token_hash, kept.seen_utc))

    def _note_seen(self, kept: KeptSession, now_utc: datetime) -> None:
        with self._lock:
            self._seen[kept.token_hash] = now_utc
            self._seen.move_to_end(kept.token_hash)
            while len(self._seen) > KEPT_IN_MEMORY:
                self._seen.popitem(last=False)
        if now_utc - kept.seen_utc >= NOTED_EVERY:
            self._store.accounts.see_session(kept.token_hash, now_utc)
