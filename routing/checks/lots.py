"""Section 7: the rates of cards with a lot discount, told again from the card and the plan.

Whether a card's discount holds depends on the whole plan, so that no single duty shows a wrong
one. Here the routes are counted and every rate is worked out anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from data.money import CostLine, Rate, RateBasis, RateCard
from data.plans import Duty
from data.units import MM_PER_MILE, divide_half_up
from routing.checks.case import Case
from routing.checks.findings import Findings, Where

_FLAT = frozenset(
    {
        RateBasis.FIXED,
        RateBasis.ASSISTANT,
        RateBasis.TRAINED_ASSISTANT,
        RateBasis.MINIMUM,
        RateBasis.DAY_PAIR,
    }
)
_RUN_ITEMS = frozenset(
    {"fixed", "loaded_mile", "dead_mile", "hour", "waiting_hour", "minimum_top_up"}
)


def check_lots(case: Case, lines: Sequence[CostLine], findings: Findings) -> None:
    """Check every line of a card with a lot discount against the card's rates."""
    counts: Counter[str] = Counter()
    for duty in case.plan.duties:
        counts[duty.rate_card_id or ""] += len(duty.routes)
    duties = {duty.duty_id: duty for duty in case.plan.duties}
    for line in lines:
        priced = duties.get(line.duty_id)
        card = case.rate_cards.get((priced.rate_card_id or "") if priced else "")
        if priced is None or card is None or not card.has_discount:
            continue
        n_routes = counts[card.rate_card_id]
        due = _find_due(card, priced, line, lines, n_routes, case.on)
        if due is None or line.rate_mpence in due:
            continue
        findings.add(
            "COST_LINE_RATE",
            Where(duty_id=line.duty_id, route_id=line.route_id),
            f"line {line.item} is at {line.rate_mpence} mpence; card {card.rate_card_id} says "
            f"{', '.join(map(str, sorted(due))) or 'nothing'} for {n_routes} routes, its "
            f"discount being from {card.discount_from_routes} on.",
        )


def _find_due(
    card: RateCard,
    duty: Duty,
    line: CostLine,
    lines: Sequence[CostLine],
    n_routes: int,
    on: date,
) -> set[int] | None:
    """Find the rates that a line may have; None where no rate of the card is in it. [mpence]"""
    if line.item == "minimum_top_up":
        return _find_topped(card, duty, line, lines, n_routes, on)
    basis = RateBasis.LOADED_MILE if line.item == "day_excess" else _find_basis(line.item)
    if basis is None or line.amount_pence == 0:
        return None
    if line.unit == "m in bands":
        # The rates stand in the note; what counts is that the amount follows from the card.
        amounts = _find_banded(card, duty, line, n_routes, on)
        return {0} if line.amount_pence in amounts else {-1}
    rates = [r for r in card.rates if r.basis is basis and _is_for(r, duty)]
    return {_find_mpence(card, rate, n_routes, on) for rate in rates}


def _find_basis(item: str) -> RateBasis | None:
    return next((basis for basis in RateBasis if basis.value == item), None)


def _is_for(rate: Rate, duty: Duty) -> bool:
    return rate.vehicle_type_id in (None, duty.vehicle_type_id)


def _find_mpence(card: RateCard, rate: Rate, n_routes: int, on: date) -> int:
    """Find a rate on a date for so many routes; flat ones in whole pence. [0.001 pence]"""
    mpence = rate.amount_mpence
    year = card.valid_from.year
    while _find_anniversary(card.valid_from, year + 1) <= on:
        mpence = divide_half_up(mpence * (10_000 + card.uplift_bp), 10_000)
        year += 1
    if n_routes >= card.discount_from_routes:
        mpence = divide_half_up(mpence * (10_000 - card.discount_bp), 10_000)
    return 1_000 * divide_half_up(mpence, 1_000) if rate.basis in _FLAT else mpence


def _find_anniversary(start: date, year: int) -> date:
    """Find the anniversary of a date in a year: of 29 February the 28th in common years."""
    try:
        return start.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def _find_topped(
    card: RateCard,
    duty: Duty,
    line: CostLine,
    lines: Sequence[CostLine],
    n_routes: int,
    on: date,
) -> set[int]:
    """Find the rates of what lifts a route to one of the card's minimum charges. [mpence]"""
    others = sum(
        x.amount_pence
        for x in lines
        if x is not line
        and x.item in _RUN_ITEMS
        and (x.duty_id, x.route_id) == (line.duty_id, line.route_id)
    )
    return {
        _find_mpence(card, rate, n_routes, on) - 1_000 * others
        for rate in card.rates
        if rate.basis is RateBasis.MINIMUM and _is_for(rate, duty)
    }


def _find_banded(
    card: RateCard, duty: Duty, line: CostLine, n_routes: int, on: date
) -> set[int]:
    """Find what a distance may come to by the mile bands of any of the route's sessions."""
    amounts = set()
    for session in {route.session for route in duty.routes}:
        mine = [
            rate
            for rate in card.rates
            if rate.basis is RateBasis.LOADED_MILE
            and session in rate.sessions
            and _is_for(rate, duty)
        ]
        keys = [(rate.vehicle_type_id is None, len(rate.sessions)) for rate in mine]
        bands = [r for r, key in zip(mine, keys, strict=True) if key == min(keys)]
        mpence = sum(
            max(0, min(line.quantity, line.quantity if r.to_m is None else r.to_m) - r.from_m)
            * _find_mpence(card, r, n_routes, on)
            for r in bands
        )
        amounts.add(divide_half_up(mpence, MM_PER_MILE))
    return amounts
