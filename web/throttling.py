"""Limits on signing in: a growing wait for who guesses, never a lock for who is attacked (W6).

Failures are counted for a pair of account and address, and for an address alone. Nobody can
keep somebody else out: another address has a count of its own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.store import AccountBook

LONGEST_WAIT_S = 900
FORGOTTEN_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One count of failures.

    Attributes
    ----------
    n_free
        Failures that cost no wait; each further one doubles it.
    """

    key: str
    n_free: int


def build_limits(account: str, address: str) -> tuple[Limit, ...]:
    """Build the limits that an attempt counts towards."""
    return (
        Limit(key=_hash(f"pair|{account[:64].casefold()}|{address}"), n_free=5),
        Limit(key=_hash(f"address|{address}"), n_free=50),
    )


def find_wait_s(book: AccountBook, limits: tuple[Limit, ...], now_utc: datetime) -> int:
    """Find how long the next attempt must wait. [s]"""
    waits = [0]
    for limit in limits:
        n_failures, last_utc = book.find_failures(limit.key)
        if last_utc is None or n_failures <= limit.n_free or _is_old(last_utc, now_utc):
            continue
        wait_s = min(LONGEST_WAIT_S, 2 ** min(20, n_failures - limit.n_free))
        until = last_utc + timedelta(seconds=wait_s)
        waits.append(max(0, -int((now_utc - until).total_seconds() // 1)))
    return max(waits)


def count_failure(book: AccountBook, limits: tuple[Limit, ...], now_utc: datetime) -> None:
    """Count a failed attempt."""
    for limit in limits:
        n_failures, last_utc = book.find_failures(limit.key)
        if last_utc is not None and _is_old(last_utc, now_utc):
            n_failures = 0
        book.save_failures(limit.key, n_failures + 1, now_utc)


def forget_failures(book: AccountBook, limits: tuple[Limit, ...], now_utc: datetime) -> None:
    """Forget the failures of an account at an address once its person is in."""
    book.save_failures(limits[0].key, 0, now_utc)


def _is_old(last_utc: datetime, now_utc: datetime) -> bool:
    return now_utc - last_utc > FORGOTTEN_AFTER


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
