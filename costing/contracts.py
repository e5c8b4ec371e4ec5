"""The register of contracts: what a day of each costs on a date, indexed as its terms say.

On every anniversary of its start a contract's price is set anew from the price it was let at:
weights times the rise of each index between two months, both so many months before, the rest
unindexed; no rise beyond the cap and no fall beyond it from one anniversary to the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from data.units import round_half_up

Indices = Mapping[tuple[str, int], Fraction]
"""Value of an index in a month, counted from year nought: 12 x year + month - 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One contract for one route, or for what a supplier runs under one reference.

    Attributes
    ----------
    route
        Route name as on today's plan, or a route id.
    price_pence
        A day, as let, net of VAT. [pence]
    weights
        Index -> share of the price that follows it. [0.01 %]
    lag_months
        Months between an index's month and the anniversary it is used on.
    cap_bp
        Most that the price moves from one anniversary to the next; None for no cap. [0.01 %]
    mile_pence
        Price of a mile; None if miles are not paid. [pence]
    planned_tenth_miles
        Miles planned a day, in tenths, which the price holds.
    absent_bp
        Share that is paid for a day on which nobody travelled. [0.01 %]
    late_pence, missed_pence, assistant_pence, ride_pence, complaint_pence
        Deduction for each late arrival, journey not run, journey without its assistant, ride
        over its limit and complaint upheld. [pence]
    deduction_cap_bp
        Most that is taken off a month's price. [0.01 %]
    """

    contract_id: str
    supplier_id: str
    route: str
    starts_on: date
    ends_on: date
    price_pence: int
    notice_days: int = 28
    weights: Mapping[str, int] = field(default_factory=dict)
    lag_months: int = 3
    cap_bp: int | None = None
    mile_pence: int | None = None
    planned_tenth_miles: int | None = None
    absent_bp: int = 10_000
    late_pence: int = 0
    missed_pence: int = 0
    assistant_pence: int = 0
    ride_pence: int = 0
    complaint_pence: int = 0
    deduction_cap_bp: int = 10_000

    @property
    def last_notice_on(self) -> date:
        """Last date on which notice ends the contract at its end."""
        return date.fromordinal(self.ends_on.toordinal() - self.notice_days)


def month_number(on: date) -> int:
    """Count months from year nought."""
    return on.year * 12 + on.month - 1


def find_missing_indices(
    contracts: Sequence[Contract], indices: Indices, on: date
) -> list[str]:
    """Find the index months that the prices on a date need and that are not there."""
    missing = set()
    for contract in contracts:
        for month in _find_months(contract, on):
            for name in contract.weights:
                if (name, month) not in indices:
                    missing.add(f"{name} {month // 12}-{month % 12 + 1:02d}")
    return sorted(missing)


def price_contract(contract: Contract, indices: Indices, on: date) -> int:
    """Price a day of a contract on a date, to the nearest penny. [pence]

    Raises
    ------
    KeyError
        If an index month is missing; see `find_missing_indices`.
    """
    months = _find_months(contract, on)
    factor = Fraction(1)
    for month in months[1:]:
        wanted = Fraction(10_000 - sum(contract.weights.values()), 10_000)
        for name, weight_bp in contract.weights.items():
            rise = Fraction(indices[name, month], indices[name, months[0]])
            wanted += Fraction(weight_bp, 10_000) * rise
        if contract.cap_bp is not None:
            most = factor * Fraction(10_000 + contract.cap_bp, 10_000)
            least = factor * Fraction(10_000 - contract.cap_bp, 10_000)
            wanted = max(least, min(most, wanted))
        factor = wanted
    return round_half_up(contract.price_pence * factor)


def _find_months(contract: Contract, on: date) -> list[int]:
    """Find the index month of the start, and that of every anniversary up to a date."""
    if not contract.weights:
        return [0]
    start = contract.starts_on
    months = []
    year = 0
    while year == 0 or _anniversary(start, year) <= on:
        months.append(month_number(_anniversary(start, year)) - contract.lag_months)
        year += 1
    return months


def _anniversary(start: date, years: int) -> date:
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 3, 1)
