"""A year's cost: the sum over the calendar's dates of the plan that runs on each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from costing.prices import price_plan
from costing.rate_cards import count_anniversaries, is_valid
from costing.totals import COST_BASES
from data.errors import IdentityError, ModelError, NoRateError
from data.inputs import Inputs
from data.money import CostBasis, CostLine
from data.plans import Plan, Timetable
from data.runs import YearRow


@dataclass(frozen=True, slots=True, kw_only=True)
class YearCost:
    """A year's cost with the rows it is the sum of.

    Attributes
    ----------
    rows
        By date, then provider.
    n_dates
        Dates on which a plan runs.
    own_fixed_pence
        Yearly cost of the own company's vehicles as its parameters say. [pence]
    own_fixed_charged_pence
        What the dates were charged of it, each at 1/``days_per_year``. A large difference means
        that ``days_per_year`` is not the number of dates on which the vehicles are at work.
    """

    rows: tuple[YearRow, ...]
    n_dates: int
    cost_pence: int
    full_cost_pence: int
    recoverable_vat_pence: int
    own_fixed_pence: int
    own_fixed_charged_pence: int

    @property
    def provider_pence(self) -> tuple[tuple[str, int], ...]:
        """Cost of the year by provider, in order of provider."""
        found: dict[str, int] = defaultdict(int)
        for row in self.rows:
            found[row.provider_id] += row.cost_pence
        return tuple(sorted(found.items()))


def price_year(timetable: Timetable, inputs: Inputs) -> YearCost:
    """Price every date of the year from ``year_from`` to ``year_to``, both included.

    Each date is priced with the rate cards, uplifts and VAT that hold on it. Where the card
    that a duty names has ended, the supplier's card that holds on the date takes its place.

    Raises
    ------
    NoRateError
        If a date has a duty without a rate, naming every supplier, vehicle type and its dates.
    ModelError
        If a date names a plan that the timetable has not.
    IdentityError
        If the rows do not add up to the year (M3).
    """
    dates = sorted(d for d in timetable.dates if inputs.year_from <= d[0] <= inputs.year_to)
    plans = {plan.day_type.day_type_id: plan for plan in timetable.plans}
    lost = sorted({day_type_id for _, day_type_id in dates if day_type_id not in plans})
    if lost:
        raise ModelError(f"the timetable has no plan for day type(s) {', '.join(lost)}")
    priced = _price_dates(dates, plans, inputs)
    rows: list[YearRow] = []
    counted_pence = full_pence = fixed_pence = 0
    for on, day_type_id in dates:
        lines = priced[on, day_type_id]
        rows.extend(_build_rows(lines, plans[day_type_id], on))
        counted_pence += sum(c.amount_pence for c in lines if c.basis in COST_BASES)
        own_fixed_pence = sum(c.amount_pence for c in lines if c.basis is CostBasis.FIXED)
        full_pence += own_fixed_pence
        fixed_pence += sum(c.amount_pence for c in lines if c.item in ("vehicle", "standing"))
    full_pence += counted_pence
    year = YearCost(
        rows=tuple(rows),
        n_dates=len(dates),
        cost_pence=sum(row.cost_pence for row in rows),
        full_cost_pence=sum(row.full_cost_pence for row in rows),
        recoverable_vat_pence=sum(row.recoverable_vat_pence for row in rows),
        own_fixed_pence=_find_own_fixed_pence(inputs),
        own_fixed_charged_pence=fixed_pence,
    )
    if (year.cost_pence, year.full_cost_pence) != (counted_pence, full_pence):
        raise IdentityError(
            f"the year's rows add up to {year.cost_pence} pence ({year.full_cost_pence} in "
            f"full), its dates to {counted_pence} ({full_pence})"
        )
    return year


def _price_dates(
    dates: list[tuple[date, str]], plans: dict[str, Plan], inputs: Inputs
) -> dict[tuple[date, str], tuple[CostLine, ...]]:
    """Price each date, once per plan and tariff, and name all that has no rate together."""
    known: dict[tuple[str, tuple[int, ...]], tuple[CostLine, ...] | NoRateError] = {}
    priced: dict[tuple[date, str], tuple[CostLine, ...]] = {}
    missing: dict[str, list[date]] = defaultdict(list)
    for on, day_type_id in dates:
        key = (day_type_id, _find_tariff(inputs, on))
        if key not in known:
            try:
                known[key] = price_plan(plans[day_type_id], inputs, on)
            except NoRateError as error:
                known[key] = error
        found = known[key]
        if isinstance(found, NoRateError):
            missing[f"day type {day_type_id!r}: {found}"].append(on)
        else:
            priced[on, day_type_id] = found
    if missing:
        raise NoRateError(
            "\n".join(
                f"{len(without)} date(s) from {min(without).isoformat()} to "
                f"{max(without).isoformat()}, {text}"
                for text, without in missing.items()
            )
        )
    return priced


def _find_tariff(inputs: Inputs, on: date) -> tuple[int, ...]:
    """Find what tells the tariffs of two dates apart: which cards hold, and how often risen."""
    return tuple(
        count_anniversaries(card.valid_from, on) if is_valid(card, on) else -1
        for card in inputs.rate_cards
    )


def _build_rows(lines: Iterable[CostLine], plan: Plan, on: date) -> list[YearRow]:
    """Add up one date's lines by provider."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for line in lines:
        of_provider = sums[line.provider_id]
        if line.basis is CostBasis.RECOVERABLE_VAT:
            of_provider[2] += line.amount_pence
            continue
        of_provider[1] += line.amount_pence
        if line.basis in COST_BASES:
            of_provider[0] += line.amount_pence
    return [
        YearRow(
            service_date=on,
            day_type_id=plan.day_type.day_type_id,
            plan_id=plan.plan_id,
            provider_id=provider_id,
            cost_pence=cost_pence,
            full_cost_pence=full_pence,
            recoverable_vat_pence=vat_pence,
        )
        for provider_id, (cost_pence, full_pence, vat_pence) in sorted(sums.items())
    ]


def _find_own_fixed_pence(inputs: Inputs) -> int:
    """Find the yearly cost of all own vehicles, before overhead. [pence]"""
    costs = {t.vehicle_type_id: t for t in inputs.own_costs.types}
    return sum(
        costs[v.vehicle_type_id].vehicle_pence_per_year
        + costs[v.vehicle_type_id].standing_pence_per_year
        for v in inputs.vehicles
    )
