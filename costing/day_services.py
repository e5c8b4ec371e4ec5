"""Day services: what an attended day costs, at capacity and as occupied, with its transport."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.units import divide_half_up

DAYS_PER_YEAR = 253
"""Days a day service is open: Monday to Friday less bank holidays; grade C."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayContract:
    """One contract line.

    Attributes
    ----------
    phase
        Part of the contract whose lines add up to one printed total.
    places
        Places a day; None for a service without places.
    site_id
        The site of the inputs that it is, or ''.
    occupancy_bp
        Share of the places taken, where it is known. [0.01 %]
    """

    phase: str
    service: str
    contract_pence: int
    places: int | None = None
    site_id: str = ""
    occupancy_bp: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """Who attends a site in a year of the inputs, and what carrying them costs.

    Attributes
    ----------
    n_days
        Days on which the site is open.
    n_attended
        Attended days of all passengers.
    transport_pence
        Their share of the year's routes. [pence]
    """

    site_id: str
    n_days: int
    n_attended: int
    transport_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCost:
    """What an attended day costs. [pence]

    Attributes
    ----------
    full_pence, actual_pence
        With every place taken, and as occupied; None where places or occupancy are unknown.
    transport_pence
        A passenger's day, out and home; None without a plan.
    """

    contract: DayContract
    n_days: int
    occupancy_bp: int | None
    full_pence: int | None
    actual_pence: int | None
    transport_pence: int | None

    @property
    def with_transport_pence(self) -> int | None:
        """An attended day as occupied, with its transport. [pence]"""
        if self.actual_pence is None or self.transport_pence is None:
            return None
        return self.actual_pence + self.transport_pence


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """Lines of one phase against the total that is printed. [pence]"""

    phase: str
    lines_pence: int
    printed_pence: int | None

    @property
    def difference_pence(self) -> int | None:
        """Printed total less the sum of the lines. [pence]"""
        return None if self.printed_pence is None else self.printed_pence - self.lines_pence


def cost_day_services(
    contracts: Sequence[DayContract],
    attendance: Sequence[Attendance] = (),
    *,
    days_per_year: int = DAYS_PER_YEAR,
) -> tuple[DayCost, ...]:
    """Cost an attended day of every contract line.

    contract / (days x places), and that penny amount / occupancy, so that a reader can work
    the second out from the first; the occupancy given, else that of the attendance.

    Examples
    --------
    >>> viking = DayContract(phase="1", service="Viking House", contract_pence=81_329_500,
    ...     places=34, occupancy_bp=7_000)
    >>> [cost] = cost_day_services([viking], days_per_year=250)
    >>> cost.full_pence, cost.actual_pence
    (9568, 13669)
    """
    by_site = {a.site_id: a for a in attendance}
    found = []
    for contract in contracts:
        held = by_site.get(contract.site_id) if contract.site_id else None
        n_days = days_per_year
        occupancy = contract.occupancy_bp
        if occupancy is None and held is not None and contract.places and held.n_days:
            occupancy = divide_half_up(held.n_attended * 10_000, contract.places * held.n_days)
        full = actual = None
        if contract.places:
            full = divide_half_up(contract.contract_pence, n_days * contract.places)
            if occupancy:
                actual = divide_half_up(full * 10_000, occupancy)
        transport = None
        if held is not None and held.n_attended:
            transport = divide_half_up(held.transport_pence, held.n_attended)
        found.append(
            DayCost(
                contract=contract,
                n_days=n_days,
                occupancy_bp=occupancy,
                full_pence=full,
                actual_pence=actual,
                transport_pence=transport,
            )
        )
    return tuple(found)


def reconcile_contracts(
    contracts: Sequence[DayContract], printed: dict[str, int]
) -> tuple[Reconciliation, ...]:
    """Set the sum of each phase's lines against its printed total.

    Parameters
    ----------
    printed
        Phase -> total as printed. [pence]
    """
    phases = list(dict.fromkeys(c.phase for c in contracts))
    return tuple(
        Reconciliation(
            phase=phase,
            lines_pence=sum(c.contract_pence for c in contracts if c.phase == phase),
            printed_pence=printed.get(phase),
        )
        for phase in phases
    )
