"""A year's cost: the sum over the calendar's dates of the plan that runs on each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from costing.prices import find_duties_pence, price_plan
from costing.rate_cards import count_anniversaries, is_valid
from costing.totals import CostTotals, build_totals
from data.errors import IdentityError, ModelError, NoRateError
from data.inputs import Inputs
from data.money import CostLine
from data.plans import Duty, Plan, Timetable
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
        If a date names a plan that the timetable has not, or stands in it twice.
    IdentityError
        If the rows do not add up to the year (M3).
    """
    dates = sorted(d for d in timetable.dates if inputs.year_from <= d[0] <= inputs.year_to)
    plans = {plan.day_type.day_type_id: plan for plan in timetable.plans}
    lost = sorted({day_type_id for _, day_type_id in dates if day_type_id not in plans})
    if lost:
        raise ModelError(f"the timetable has no plan for day type(s) {', '.join(lost)}")
    twice = sorted({a[0].isoformat() for a, b in pairwise(dates) if a[0] == b[0]})
    if twice:
        raise ModelError(f"the timetable has date(s) twice: {', '.join(twice)}")
    days = _price_dates(dates, plans, inputs)
    rows = tuple(
        _build_row(on, plans[day_type_id], provider_id, sums)
        for on, day_type_id in dates
        for provider_id, sums in days[on, day_type_id].providers
    )
    totals = [days[key].totals for key in dates]
    year = YearCost(
        rows=rows,
        n_dates=len(dates),
        cost_pence=sum(row.cost_pence for row in rows),
        full_cost_pence=sum(row.full_cost_pence for row in rows),
        recoverable_vat_pence=sum(row.recoverable_vat_pence for row in rows),
        own_fixed_pence=_find_own_fixed_pence(inputs),
        own_fixed_charged_pence=sum(days[key].own_fixed_pence for key in dates),
    )
    shown = (year.cost_pence, year.full_cost_pence, year.recoverable_vat_pence)
    due = (
        sum(t.cost_pence for t in totals),
        sum(t.full_cost_pence for t in totals),
        sum(t.recoverable_vat_pence for t in totals),
    )
    if shown != due:
        raise IdentityError(
            f"the year's rows come to {shown} pence (cost, full cost, recoverable VAT), its "
            f"dates to {due}"
        )
    return year


def find_year_pence(timetable: Timetable, inputs: Inputs) -> int:
    """Find what `price_year` finds a year to cost, and nothing else. [pence]

    Each duty is priced once for each tariff, however many day types it runs on, and nobody is
    told who gets what: for whoever prices one timetable at a thousand rates.

    Raises
    ------
    NoRateError, ModelError
        As `price_year`.
    """
    dates = [d for d in timetable.dates if inputs.year_from <= d[0] <= inputs.year_to]
    plans = {plan.day_type.day_type_id: plan for plan in timetable.plans}
    if len(dict(dates)) < len(dates) or any(name not in plans for _, name in dates):
        return price_year(timetable, inputs).cost_pence  # which says what is wrong
    if any(card.has_discount for card in inputs.rate_cards):
        # What a duty costs then depends on what else runs that day.
        return price_year(timetable, inputs).cost_pence
    n_dates: dict[tuple[tuple[int, ...], str], int] = defaultdict(int)
    first: dict[tuple[int, ...], date] = {}
    for on, name in sorted(dates):
        tariff = find_tariff(inputs, on)
        first.setdefault(tariff, on)
        n_dates[tariff, name] += 1
    total = 0
    for tariff, on in first.items():
        n_days: dict[Duty, int] = defaultdict(int)
        for (other, name), n in n_dates.items():
            if other == tariff:
                for duty in plans[name].duties:
                    n_days[duty] += n
        try:
            total += sum(
                n * pence
                for n, pence in zip(
                    n_days.values(), find_duties_pence(tuple(n_days), inputs, on), strict=True
                )
            )
        except NoRateError:
            return price_year(timetable, inputs).cost_pence  # which names all without a rate
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """What one plan costs under one tariff.

    Attributes
    ----------
    providers
        (provider id, its totals), in order of provider.
    own_fixed_pence
        Vehicle and standing cost charged, before overhead. [pence]
    """

    totals: CostTotals
    providers: tuple[tuple[str, CostTotals], ...]
    own_fixed_pence: int


def _price_day(plan: Plan, inputs: Inputs, on: date) -> _Day:
    """Price a plan on a date, by provider."""
    lines = price_plan(plan, inputs, on)
    by_provider: dict[str, list[CostLine]] = defaultdict(list)
    for line in lines:
        by_provider[line.provider_id].append(line)
    return _Day(
        totals=build_totals(lines),
        providers=tuple((p, build_totals(found)) for p, found in sorted(by_provider.items())),
        own_fixed_pence=sum(
            line.amount_pence for line in lines if line.item in ("vehicle", "standing")
        ),
    )


def _price_dates(
    dates: list[tuple[date, str]], plans: dict[str, Plan], inputs: Inputs
) -> dict[tuple[date, str], _Day]:
    """Price each date, once per plan and tariff, and name all that has no rate together."""
    known: dict[tuple[str, tuple[int, ...]], _Day | NoRateError] = {}
    days: dict[tuple[date, str], _Day] = {}
    missing: dict[str, list[date]] = defaultdict(list)
    for on, day_type_id in dates:
        key = (day_type_id, find_tariff(inputs, on))
        if key not in known:
            try:
                known[key] = _price_day(plans[day_type_id], inputs, on)
            except NoRateError as error:
                known[key] = error
        found = known[key]
        if isinstance(found, NoRateError):
            missing[f"day type {day_type_id!r}: {found}"].append(on)
        else:
            days[on, day_type_id] = found
    if missing:
        raise NoRateError(
            "\n".join(
                f"{len(without)} date(s) from {min(without).isoformat()} to "
                f"{max(without).isoformat()}, {text}"
                for text, without in missing.items()
            )
        )
    return days


def find_tariff(inputs: Inputs, on: date) -> tuple[int, ...]:
    """Find what tells the tariffs of two dates apart: which cards hold, and how often risen."""
    return tuple(
        count_anniversaries(card.valid_from, on) if is_valid(card, on) else -1
        for card in inputs.rate_cards
    )


def _build_row(on: date, plan: Plan, provider_id: str, totals: CostTotals) -> YearRow:
    """Make the row of one provider on one date."""
    return YearRow(
        service_date=on,
        day_type_id=plan.day_type.day_type_id,
        plan_id=plan.plan_id,
        provider_id=provider_id,
        cost_pence=totals.cost_pence,
        full_cost_pence=totals.full_cost_pence,
        recoverable_vat_pence=totals.recoverable_vat_pence,
    )


def _find_own_fixed_pence(inputs: Inputs) -> int:
    """Find the yearly cost of all own vehicles, before overhead. [pence]"""
    return sum(
        t.vehicle_pence_per_year + t.standing_pence_per_year
        for t in inputs.own_costs.types
        for v in inputs.vehicles
        if v.vehicle_type_id == t.vehicle_type_id
    )
