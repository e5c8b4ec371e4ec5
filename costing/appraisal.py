"""Appraisal of options: cost and saving by year, real and nominal, and their present value.

Optimism bias and risk are worked out apart and never mixed into an option's own figures, so
that a reader sees what was expected and what caution takes off it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from costing.present_values import find_discount_factor, find_rise
from data.appraisals import (
    AppraisedOption,
    AppraisedYear,
    AssumptionFlag,
    LineKind,
    MoneyLine,
    PlanYear,
    RegisteredAssumption,
    Risk,
    Switching,
    ValueSpread,
)
from data.errors import IdentityError
from data.units import divide_half_up, round_half_up

BASIS = 10_000
"""One whole. [0.01 %]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppraisalBasis:
    """What all options are appraised on. [0.01 % where a rate]

    Attributes
    ----------
    cost_bias_bp, saving_bias_bp
        Optimism bias: cost more, and saving less, than thought.
    """

    first_year: int
    n_years: int
    discount_bp: int = 350
    inflation_bp: int = 0
    cost_bias_bp: int = 0
    saving_bias_bp: int = 0


def find_line_pence(line: MoneyLine, year: int) -> Fraction:
    """Find the real amount of a line in a year, exactly. [pence]

    Parameters
    ----------
    year
        Counted from 1.
    """
    if not line.from_year <= year <= line.to_year:
        return Fraction(0)
    since = year - line.from_year
    share = line.ramp_bp[since] if since < len(line.ramp_bp) else BASIS
    return line.amount_pence * Fraction(share, BASIS) * find_rise(year, line.growth_bp)


def appraise_option(
    option_id: str,
    title: str,
    lines: Sequence[MoneyLine],
    risks: Sequence[Risk],
    basis: AppraisalBasis,
    *,
    spread: ValueSpread | None = None,
    run_id: str = "",
) -> AppraisedOption:
    """Appraise one option.

    Raises
    ------
    IdentityError
        If the years do not add up to the present value.
    """
    years = []
    for n in range(1, basis.n_years + 1):
        cost, saving = _sum_year(lines, n)
        bias = round_half_up(
            Fraction(cost * basis.cost_bias_bp + saving * basis.saving_bias_bp, BASIS)
        )
        factor = find_discount_factor(n, basis.discount_bp)
        years.append(
            AppraisedYear(
                year=basis.first_year + n - 1,
                cost_pence=cost,
                saving_pence=saving,
                bias_pence=bias,
                nominal_pence=round_half_up((saving - cost) * find_rise(n, basis.inflation_bp)),
                present_pence=round_half_up((saving - cost) * factor),
                present_bias_pence=round_half_up(bias * factor),
            )
        )
    mine = [r for r in risks if not r.option_ids or option_id in r.option_ids]
    found = AppraisedOption(
        option_id=option_id,
        title=title,
        lines=tuple(lines),
        years=tuple(years),
        net_present_pence=sum(y.present_pence for y in years),
        bias_present_pence=sum(y.present_bias_pence for y in years),
        risk_pence=sum(find_risk_pence(r) for r in mine),
        payback_year=_find_payback(years),
        switching=find_switching(lines, basis),
        spread=spread,
        run_id=run_id,
    )
    by_line = sum(_sum_present(lines, kind, basis) for kind in LineKind)
    if abs(round_half_up(by_line) - found.net_present_pence) > 2 * len(years):
        raise IdentityError(
            f"option {option_id}: lines are worth {round_half_up(by_line)} pence today, years "
            f"{found.net_present_pence}"
        )
    return found


def _sum_year(lines: Sequence[MoneyLine], n: int) -> tuple[int, int]:
    """Sum cost and saving of a year, real, each line rounded once. [pence]"""
    found = {
        kind: sum(round_half_up(find_line_pence(x, n)) for x in lines if x.kind is kind)
        for kind in LineKind
    }
    return found[LineKind.COST], found[LineKind.SAVING]


def _sum_present(lines: Sequence[MoneyLine], kind: LineKind, basis: AppraisalBasis) -> Fraction:
    """Sum the present value of one side, exactly; cost is negative. [pence]"""
    sign = 1 if kind is LineKind.SAVING else -1
    return sign * sum(
        (
            find_line_pence(x, n) * find_discount_factor(n, basis.discount_bp)
            for x in lines
            if x.kind is kind
            for n in range(1, basis.n_years + 1)
        ),
        Fraction(0),
    )


def find_risk_pence(risk: Risk) -> int:
    """Find the expected cost of a risk: probability times impact. [pence]"""
    return divide_half_up(risk.probability_bp * risk.impact_pence, BASIS)


def _find_payback(years: Sequence[AppraisedYear]) -> int | None:
    """Find the year by whose end saving has made up for cost, for good."""
    met = 0
    found = None
    for y in years:
        met += y.net_pence
        if met < 0:
            found = None
        elif found is None:
            found = y.year
    return found


def find_switching(lines: Sequence[MoneyLine], basis: AppraisalBasis) -> tuple[Switching, ...]:
    """Find by how much savings, costs and each line may change until nothing is gained.

    Present values are straight lines in every amount: where the value of all is V and that of
    a line v, the line has to change by -V / v of itself.
    """
    total = _sum_present(lines, LineKind.SAVING, basis) + _sum_present(
        lines, LineKind.COST, basis
    )
    found = [
        Switching(name=name, change_bp=_find_change(total, _sum_present(lines, kind, basis)))
        for name, kind in (("all savings", LineKind.SAVING), ("all costs", LineKind.COST))
    ]
    for line in lines:
        value = _sum_present((line,), line.kind, basis)
        found.append(Switching(name=line.name, change_bp=_find_change(total, value)))
    return tuple(found)


def _find_change(total: Fraction, value: Fraction) -> int | None:
    """Find the change of a part that takes away the whole; None where it has no value."""
    return None if not value else round_half_up(Fraction(-total * BASIS, value))


def flag_assumptions(
    register: Sequence[RegisteredAssumption],
    used: frozenset[str],
    on: date,
    earlier: Sequence[RegisteredAssumption] = (),
) -> tuple[AssumptionFlag, ...]:
    """Find what is outdated, unused, changed, or out of its own range (M6).

    Parameters
    ----------
    used
        Entries that some line stands on.
    on
        Today.
    earlier
        The register of the last appraisal kept.
    """
    before = {a.assumption_id: a for a in earlier}
    found: list[AssumptionFlag] = []

    def flag(a: RegisteredAssumption, what: str, words: str, *, is_blocking: bool) -> None:
        found.append(
            AssumptionFlag(
                assumption_id=a.assumption_id, flag=what, words=words, is_blocking=is_blocking
            )
        )

    for a in register:
        if on > a.review_on:
            flag(a, "outdated", f"was to be reviewed by {a.review_on}", is_blocking=True)
        if a.assumption_id not in used:
            flag(a, "unused", "no line stands on it", is_blocking=False)
        old = before.get(a.assumption_id)
        if old is not None and old.value != a.value:
            is_open = a.version <= old.version
            words = f"was {old.value} {old.unit} in version {old.version}"
            if is_open:
                words += "; give the new value a new version"
            flag(a, "changed", words, is_blocking=is_open)
        if _is_outside(a):
            words = f"{a.value} is not within {a.low} and {a.high}"
            flag(a, "out of range", words, is_blocking=True)
    return tuple(found)


def _is_outside(a: RegisteredAssumption) -> bool:
    try:
        value, low, high = (Fraction(x) for x in (a.value, a.low, a.high))
    except ValueError:
        return False
    return not low <= value <= high


def profile_plan(
    option: AppraisedOption,
    basis: AppraisalBasis,
    budgeted: dict[tuple[str, int], int],
    budget: dict[tuple[str, int], int],
    n_years: int = 5,
    *,
    others: dict[tuple[str, int], int] | None = None,
) -> tuple[PlanYear, ...]:
    """Set an option's cashable savings against the savings the budget already holds.

    Parameters
    ----------
    budgeted, budget
        (budget line, financial year) -> savings already in it, and the line itself, nominal.
        [pence]
    others
        The same of other proposals, which neither the option nor what is budgeted of it holds.
        [pence]

    Raises
    ------
    IdentityError
        If what is further and what is budgeted do not add up to the savings.
    """
    mine = [x for x in option.lines if x.is_cashable]
    names = dict.fromkeys(
        (*(line for line, _ in budget), *(line for line, _ in budgeted),
         *(line for line, _ in others or {}), *(x.budget_line for x in mine))
    )  # fmt: skip
    found = []
    for n in range(1, min(n_years, basis.n_years) + 1):
        year = basis.first_year + n - 1
        for name in names:
            cash, cost = (
                sum(
                    round_half_up(find_line_pence(x, n) * find_rise(n, basis.inflation_bp))
                    for x in mine
                    if x.kind is kind and x.budget_line == name
                )
                for kind in (LineKind.SAVING, LineKind.COST)
            )
            held = budgeted.get((name, year), 0)
            found.append(
                PlanYear(
                    line=name,
                    year=year,
                    budget_pence=budget.get((name, year)),
                    budgeted_pence=held,
                    cashable_pence=cash,
                    cost_pence=cost,
                    further_pence=cash - cost - held,
                    others_pence=(others or {}).get((name, year), 0),
                )
            )
    further = sum(p.further_pence + p.budgeted_pence for p in found)
    if further != sum(p.cashable_pence - p.cost_pence for p in found):
        raise IdentityError("the plan's further and budgeted savings do not add up")
    return tuple(found)


__all__ = [
    "AppraisalBasis",
    "appraise_option",
    "find_line_pence",
    "find_risk_pence",
    "find_switching",
    "flag_assumptions",
    "profile_plan",
]
