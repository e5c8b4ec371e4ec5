"""The second factor: time codes of an app, each used once, and recovery codes (W5)."""

from __future__ import annotations

import secrets
from datetime import datetime

import pyotp

STEP_S = 30
"""Time that a code stands for (RFC 6238). [s]"""
N_RECOVERY = 10


def make_secret() -> str:
    """Make the secret that an app shares with the page."""
    return pyotp.random_base32()


def build_uri(secret: str, person_id: str, place: str) -> str:
    """Build the address that an app reads the secret from."""
    return pyotp.TOTP(secret).provisioning_uri(name=person_id, issuer_name=f"wayfare {place}")


def find_step(secret: str, code: str, now_utc: datetime) -> int | None:
    """Find the time step whose code was given: this one, or one earlier or later."""
    plain = code.replace(" ", "")
    totp = pyotp.TOTP(secret, interval=STEP_S)
    now_step = int(now_utc.timestamp()) // STEP_S
    for step in (now_step, now_step - 1, now_step + 1):
        if secrets.compare_digest(totp.at(step * STEP_S).encode(), plain.encode()):
            return step
    return None


def make_recovery_codes() -> tuple[str, ...]:
    """Make codes for somebody who has lost the app; each works once."""
    return tuple(f"{secrets.token_hex(3)}-{secrets.token_hex(3)}" for _ in range(N_RECOVERY))
