"""The savings register: what each proposal saves in each year, and what of it is cash.

Proposals that act on the same pounds belong to one group; of a group only the largest counts in
each year, so that nothing is saved twice. Risk takes its share off; the cost of doing it falls
due when it starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from data.units import divide_half_up

MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """One proposal.

    Attributes
    ----------
    yearly_pence, one_off_pence
        Recurring saving in a full year, and what is saved once, at the start. [pence]
    cost_pence
        Cost of implementation, once, at the start. [pence]
    is_cashable
        Money leaves the budget; otherwise cost is avoided that no budget holds.
    ramp_months
        Months over which the recurring saving grows evenly from nought.
    risk_bp
        Share that is thought not to come. [0.01 %]
    budget_line
        Line of the budget it comes off.
    group
        Proposals that act on the same pounds; '' for none.
    impact
        Effect on the service, in words or measured on a plan.
    """

    saving_id: str
    title: str
    starts_on: date
    yearly_pence: int = 0
    one_off_pence: int = 0
    cost_pence: int = 0
    is_cashable: bool = True
    ramp_months: int = 0
    risk_bp: int = 0
    budget_line: str = ""
    group: str = ""
    owner: str = ""
    impact: str = ""
    run_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavingYear:
    """One proposal in one financial year. [pence]

    Attributes
    ----------
    gross_pence
        Before risk.
    saved_pence
        After risk.
    counted_pence
        What counts once overlaps are taken out: the same, or nought.
    cost_pence
        Of implementation; nought where another proposal of the group counts in every year.
    """

    saving: Saving
    year: int
    gross_pence: int
    saved_pence: int
    counted_pence: int
    cost_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetYear:
    """One budget line in one financial year. [pence]

    Attributes
    ----------
    budget_pence
        As it stands; None where the line is not in the budget.
    """

    line: str
    year: int
    budget_pence: int | None
    cashable_pence: int
    cost_pence: int

    @property
    def after_pence(self) -> int | None:
        """The budget after savings and their cost. [pence]"""
        if self.budget_pence is None:
            return None
        return self.budget_pence - self.cashable_pence + self.cost_pence


def find_financial_year(on: date) -> int:
    """Find the financial year (1 April to 31 March) of a date, by the year it begins in.

    Examples
    --------
    >>> find_financial_year(date(2027, 3, 31)), find_financial_year(date(2027, 4, 1))
    (2026, 2027)
    """
    return on.year if on.month >= 4 else on.year - 1


def profile_savings(
    savings: Sequence[Saving], *, first_year: int, n_years: int = 5
) -> tuple[SavingYear, ...]:
    """Spread savings over financial years.

    The recurring saving runs from the first day of the month of ``starts_on``; in the k-th
    month of the ramp it is (k - 1/2) / ramp of the full one.
    """
    rows: list[SavingYear] = []
    for year in range(first_year, first_year + n_years):
        found = [(s, _sum_year(s, year)) for s in savings]
        best: dict[str, tuple[int, str]] = {}
        after = {
            s.saving_id: divide_half_up(g * (10_000 - s.risk_bp), 10_000) for s, g in found
        }
        for s, _ in found:
            key = (after[s.saving_id], s.saving_id)
            if s.group and (s.group not in best or _is_larger(key, best[s.group])):
                best[s.group] = key
        for s, gross in found:
            is_counted = not s.group or best[s.group][1] == s.saving_id
            rows.append(
                SavingYear(
                    saving=s,
                    year=year,
                    gross_pence=gross,
                    saved_pence=after[s.saving_id],
                    counted_pence=after[s.saving_id] if is_counted else 0,
                    cost_pence=(
                        s.cost_pence if find_financial_year(s.starts_on) == year else 0
                    ),
                )
            )
    # A proposal that another of its group outdoes in every year is not carried out.
    carried_out = {r.saving.saving_id for r in rows if r.counted_pence or not r.saving.group}
    return tuple(
        row if row.saving.saving_id in carried_out else replace(row, cost_pence=0)
        for row in rows
    )


def profile_budget(
    rows: Sequence[SavingYear], budget: dict[tuple[str, int], int]
) -> tuple[BudgetYear, ...]:
    """Set cashable savings and their cost against the budget, line by line and year by year.

    Parameters
    ----------
    budget
        (line, financial year) -> amount. [pence]
    """
    lines = list(
        dict.fromkeys((*(line for line, _ in budget), *(r.saving.budget_line for r in rows)))
    )
    years = sorted({r.year for r in rows})
    return tuple(
        BudgetYear(
            line=line,
            year=year,
            budget_pence=budget.get((line, year)),
            cashable_pence=sum(
                r.counted_pence
                for r in rows
                if r.year == year and r.saving.budget_line == line and r.saving.is_cashable
            ),
            cost_pence=sum(
                r.cost_pence for r in rows if r.year == year and r.saving.budget_line == line
            ),
        )
        for line in lines
        for year in years
    )


def split_savings(
    savings: Sequence[Saving], own_ids: frozenset[str], *, first_year: int, n_years: int = 5
) -> tuple[dict[tuple[str, int], int], dict[tuple[str, int], int]]:
    """Split a register's cashable savings, less their cost, by whose pounds they are.

    Parameters
    ----------
    own_ids
        Proposals that are the very thing looked at. Whoever shares a group with one acts on the
        same pounds and counts with them, as a group counts once.

    Returns
    -------
    own, others
        (budget line, financial year) -> net saving, where it is not nought. [pence]
    """
    groups = {s.group for s in savings if s.saving_id in own_ids and s.group}
    own: dict[tuple[str, int], int] = {}
    others: dict[tuple[str, int], int] = {}
    for row in profile_savings(savings, first_year=first_year, n_years=n_years):
        saving = row.saving
        pence = (row.counted_pence if saving.is_cashable else 0) - row.cost_pence
        held = own if saving.saving_id in own_ids or saving.group in groups else others
        key = saving.budget_line, row.year
        if pence:
            held[key] = held.get(key, 0) + pence
    return own, others


def _is_larger(a: tuple[int, str], b: tuple[int, str]) -> bool:
    """Whether a comes first: more pounds, then the earlier id."""
    return a[0] > b[0] or (a[0] == b[0] and a[1] < b[1])


def _sum_year(saving: Saving, year: int) -> int:
    """Sum a proposal's saving in a financial year, before risk. [pence]"""
    start = saving.starts_on.year * MONTHS + saving.starts_on.month - 1
    april = year * MONTHS + 3
    twice = 0  # twice the months at full value, times the length of the ramp
    ramp = saving.ramp_months
    for month in range(april, april + MONTHS):
        k = month - start
        if k < 0:
            continue
        twice += 2 * max(1, ramp) if k >= ramp else 2 * k + 1
    recurring = divide_half_up(saving.yearly_pence * twice, 2 * max(1, ramp) * MONTHS)
    is_first = find_financial_year(saving.starts_on) == year
    return recurring + (saving.one_off_pence if is_first else 0)
