"""The own company's books: its ledger, and records of fleet, crews and work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from data.fleet import CrewRole
from data.inputs import fingerprint


class Activity(StrEnum):
    """What makes a cost arise, and so how it is allocated."""

    CREW = "crew"
    """By paid hours on the work."""
    VEHICLE = "vehicle"
    """By days the vehicle works, then by hours of its routes."""
    MILES = "miles"
    """By miles."""
    SITE = "site"
    """By days worked by the vehicles of the depot, then by hours of their routes."""
    CENTRAL = "central"
    """By days on which a route runs: what has to be scheduled, staffed and answered for."""
    OVERHEAD = "overhead"
    """By all other cost."""


class EntryKind(StrEnum):
    """Side of the ledger."""

    COST = "cost"
    INCOME = "income"


@dataclass(frozen=True, slots=True, kw_only=True)
class CostCentre:
    """A part of the ledger whose cost arises in one way.

    Attributes
    ----------
    role
        CREW: drivers or assistants alone; None for both.
    vehicle_type_id, depot_id
        Only work of vehicles of that type, or of that depot; '' for all.
    short_run_bp
        Part that stops within the term when the work stops. [0.01 %]
    long_run_bp
        Part that stops by the end of contracts and the disposal of vehicles; at least the
        short-run part. The rest stays. [0.01 %]
    """

    cost_centre_id: str
    name: str
    activity: Activity
    short_run_bp: int
    long_run_bp: int
    role: CrewRole | None = None
    vehicle_type_id: str = ""
    depot_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One posting.

    Attributes
    ----------
    amount_pence
        Cost or income, a credit note below nought. [pence]
    cost_centre_id, customer_id
        Cost has a cost centre, income a customer.
    """

    line_id: str
    posted_on: date
    kind: EntryKind
    amount_pence: int
    cost_centre_id: str = ""
    customer_id: str = ""
    account: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerTotal:
    """A total as the ledger prints it: of a cost centre, or of one side where that is ''."""

    kind: EntryKind
    amount_pence: int
    cost_centre_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleRecord:
    """What a vehicle was there for, and drove.

    Attributes
    ----------
    n_days
        Days it was at work or ready for it.
    odometer_m
        Driven in the period; -1 where it was not read. [m]
    disposal_on
        End of lease or planned sale; None for not planned.
    """

    vehicle_id: str
    vehicle_type_id: str
    depot_id: str
    n_days: int
    odometer_m: int = -1
    disposal_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewRecord:
    """What a member of the crew was paid for.

    Attributes
    ----------
    paid_s
        Hours worked and paid in the period, leave and sickness apart. [s]
    contract_ends_on
        None for a permanent contract.
    """

    crew_id: str
    role: CrewRole
    depot_id: str
    paid_s: int
    contract_ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRecord:
    """One route of a duty, for one customer, over the period.

    Attributes
    ----------
    driver_s, assistant_s
        Paid time of drivers and of assistants on it. [s]
    total_m
        Loaded and empty. [m]
    """

    work_id: str
    duty_id: str
    route_id: str
    customer_id: str
    vehicle_id: str
    n_days: int
    driver_s: int
    assistant_s: int
    total_m: int
    n_journeys: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """The books of one period.

    Attributes
    ----------
    accounts_id
        From `name_accounts`.
    from_on, to_on
        First and last day of the period.
    price_base
        Year whose prices the ledger is in, as shown: ``2025/26``.
    is_synthetic
        Whether the books are made up; shown on every output.
    files
        (name, SHA-256) of each file read.
    """

    accounts_id: str
    place: str
    created_utc: datetime
    code_version: str
    title: str
    from_on: date
    to_on: date
    price_base: str
    cost_centres: tuple[CostCentre, ...]
    lines: tuple[LedgerLine, ...]
    totals: tuple[LedgerTotal, ...]
    vehicles: tuple[VehicleRecord, ...]
    crews: tuple[CrewRecord, ...]
    works: tuple[WorkRecord, ...]
    is_synthetic: bool = False
    files: tuple[tuple[str, str], ...] = ()


def name_accounts(accounts: Accounts) -> Accounts:
    """Give accounts an id made from their place, period and everything in them."""
    blank = replace(accounts, accounts_id="", created_utc=datetime(1970, 1, 1, tzinfo=UTC))
    content = fingerprint(blank)[:8]
    return replace(
        accounts, accounts_id=f"{accounts.place}-books-{accounts.to_on:%Y%m%d}-{content}"
    )
