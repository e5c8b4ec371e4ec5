"""Passwords and set-up codes: what may be one, and how it is kept (W5)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from data.access import Account

SHORTEST, LONGEST = 15, 128
"""Length of a password. [characters]"""
LEAST_SCORE = 3
"""Of zxcvbn: 3 takes more than 10**8 guesses, its lists of breached passwords included."""
ZXCVBN_READS = 72
"""Beyond it the estimate takes minutes. [characters]"""
LEAST_OF_ONES_OWN = 8
"""Letters and digits that must be left once what is known of the person is taken out."""
SET_UP_LASTS = timedelta(days=3)

# OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, 2 passes, 1 lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
_NOBODY = _HASHER.hash(secrets.token_urlsafe(32))
"""What a password is compared with where there is no account, so that both take as long."""
_SET_UP = "set-up"


def find_password_fault(password: str, words: Sequence[str] = ()) -> str:
    """Find what is wrong with a new password; '' if nothing is.

    Parameters
    ----------
    words
        What somebody who knows the person would try first: id, name, place.
    """
    from zxcvbn import zxcvbn

    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters; three or four unusual words do well"
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters"
    rest = password.casefold()
    for word in sorted((w.casefold() for w in words if len(w) > 2), key=len, reverse=True):
        rest = rest.replace(word, "")
    if sum(letter.isalnum() for letter in rest) < LEAST_OF_ONES_OWN:
        return "Choose a password that is not made of your own name, id or place"
    found = zxcvbn(password[:ZXCVBN_READS], user_inputs=[w for w in words if w])
    if found["score"] < LEAST_SCORE:
        return "Choose a password that is harder to guess: this one is common or has a pattern"
    return ""


def hash_password(password: str) -> str:
    """Hash a password with Argon2id and a salt of its own."""
    return _HASHER.hash(password)


def is_password(account: Account | None, password: str) -> bool:
    """Whether a password is the account's; as slow without an account as with one."""
    held = "" if account is None else account.password_hash
    is_set = held.startswith("$argon2")
    try:
        _HASHER.verify(held if is_set else _NOBODY, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return is_set


def give_set_up_code(account: Account, now_utc: datetime) -> tuple[Account, str]:
    """Give an account a code with which its person sets a password once; the old one ends.

    Returns
    -------
    The account, and the code, which is shown once and never kept.
    """
    code = secrets.token_hex(10)
    until = int((now_utc + SET_UP_LASTS).timestamp())
    kept = f"{_SET_UP}:{until}:{hash_code(code)}"
    return replace(account, password_hash=kept, password_utc=now_utc, second_factor=""), code


def is_set_up_code(account: Account | None, code: str, now_utc: datetime) -> bool:
    """Whether a code is the one that an account was given, and still valid."""
    held = "" if account is None else account.password_hash
    kind, _, rest = held.partition(":")
    until, _, wanted = rest.partition(":")
    if kind != _SET_UP or not hmac.compare_digest(hash_code(code), wanted):
        return False
    return now_utc <= datetime.fromtimestamp(int(until), UTC)


def hash_code(code: str) -> str:
    """Hash a code that was made at random, so that a fast hash keeps it safe."""
    plain = code.strip().replace("-", "").replace(" ", "").lower()
    return hashlib.sha256(plain.encode()).hexdigest()
