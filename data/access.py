"""Accounts of people who sign in: what proves who they are, never in clear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from data.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How one person of the register signs in.

    Attributes
    ----------
    password_hash
        Argon2id; '' for somebody who signs in at the council's identity provider only.
    password_utc
        When the password was set; sessions opened before it have ended.
    second_factor
        Secret of the time codes, sealed with the key of the server; '' where none is set up.
    used_step
        The last time step whose code was used, so that no code works twice.
    recovery_hashes
        Hashes of the recovery codes that are left.
    subject
        Who they are at the identity provider; '' where they do not use it.
    works_for
        Supplier of somebody in that role, member of a crew for a driver; '' for others.
    """

    person_id: str
    password_hash: str = ""
    password_utc: datetime | None = None
    second_factor: str = ""
    used_step: int = 0
    recovery_hashes: tuple[str, ...] = ()
    subject: str = ""
    works_for: str = ""
    is_disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSession:
    """One browser that is signed in, known by the hash of its token.

    Attributes
    ----------
    standing
        Fingerprint of roles, password and state of the account when it was opened: once these
        change, the session has ended.
    """

    token_hash: str
    person_id: str
    standing: str
    opened_utc: datetime
    seen_utc: datetime
    ended_utc: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody as one moment of the store knows them: in the register, and how they sign in."""

    person: Person
    account: Account | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """What a program of somebody's signs its requests with, known by its hash.

    Attributes
    ----------
    is_read_only
        Whether it may only read, whatever its person may do.
    """

    token_no: int
    person_id: str
    label: str
    is_read_only: bool
    created_utc: datetime
    expires_utc: datetime
    used_utc: datetime | None = None
    revoked_utc: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that is told of each publication.

    Attributes
    ----------
    secret
        What messages are signed with, sealed with the key of the server.
    """

    hook_no: int
    place: str
    url: str
    secret: str
    created_by: str
    created_utc: datetime
    ended_utc: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to a webhook: delivered, or to be tried again.

    Attributes
    ----------
    status
        What the address answered last: an HTTP status, or 0 if it could not be reached.
    """

    delivery_no: int
    hook_no: int
    publication_no: int
    n_tries: int
    next_utc: datetime
    done_utc: datetime | None = None
    status: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverNote:
    """What a driver says of a day: that they have read it, or that something is wrong.

    Attributes
    ----------
    kind
        ``confirmed``, or what is reported: ``late``, ``vehicle``, ``passenger_absent``,
        ``address``, ``other``.
    minutes
        How late, for that kind. [min]
    """

    note_no: int
    place: str
    duty_id: str
    plan_id: str
    kind: str
    person_id: str
    at_utc: datetime
    service_date: date
    route_id: str = ""
    minutes: int = 0
    text: str = ""
    seen_by: str = ""
