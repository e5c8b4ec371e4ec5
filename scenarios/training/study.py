"""A study of travel training: candidates, orders, and what each saves in plans made again.

Every saving shown as planned is the difference of two optimised plans: with nobody trained and
without those who succeed, both searched from the same start with the same limit. What is quick,
the values of duties in the repaired plan, only says which plans are worth making.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np

from costing import build_cost_model, share_route_costs
from data.demand import find_day_type
from data.errors import InfeasibleError
from data.inputs import Inputs, fingerprint
from data.networks import RoadNetwork, TravelMatrix
from data.plans import DayType
from data.timetables import PublicTimetable
from data.training import (
    Candidate,
    DutyValues,
    OrderPoint,
    TrainingAssumptions,
    TrainingOrder,
    TrainingStudy,
)
from data.versions import find_code_version
from scenarios.case import Search, price_exactly
from scenarios.training.candidates import find_candidates
from scenarios.training.order import (
    order_by_marginal_saving,
    order_by_readiness,
    order_by_share,
)
from scenarios.training.planner import Planner
from scenarios.training.values import Expectation, find_duty_values, find_mask

MARGINAL, DEAREST, READIEST = "marginal", "dearest", "readiest"

YEARS = 5
"""Years of benefit that count in putting people in order."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSearch:
    """How a study is searched.

    Attributes
    ----------
    n_starts
        People to put in order.
    sizes
        Numbers trained for which plans are made; the last is `n_starts`.
    n_lookahead
        Duties whose candidates are all taken off and the day planned again, to learn what
        emptying them saves when the others find places elsewhere.
    n_draws
        Draws of who succeeds, the same for every order.
    """

    search: Search
    n_starts: int
    sizes: tuple[int, ...] = ()
    n_lookahead: int = 6
    n_draws: int = 2


def build_training_study(
    inputs: Inputs,
    network: RoadNetwork,
    matrix: TravelMatrix,
    timetable: PublicTimetable,
    assumptions: TrainingAssumptions,
    how: TrainingSearch,
    *,
    created_utc: datetime,
    tell: Tell = lambda _: None,
) -> TrainingStudy:
    """Find candidates, put them in order, and plan what training them saves.

    Raises
    ------
    InfeasibleError
        If no site is open on the service date, or the timetable has no trips on a day like it.
    """
    on = inputs.service_date
    day_type = find_day_type(inputs, on)
    if day_type is None:
        raise InfeasibleError(f"no site is open on {on.isoformat()}.")
    timetable_date = find_timetable_date(timetable, on)
    tell("finding journeys")
    candidates = find_candidates(inputs, network, timetable, assumptions, on=timetable_date)
    proposed = [c for c in candidates if c.is_proposed]
    chances = {c.passenger_id: c.complete_bp * c.sustain_bp // 10_000 for c in proposed}
    tell("planning the day with nobody trained")
    model = build_cost_model(inputs, on)
    planner = Planner(inputs, matrix, model, day_type, how.search)
    tell("pricing every combination on every vehicle")
    values = find_duty_values(planner.base, inputs, matrix, model, chances)
    values = look_ahead(planner, values, chances, how.n_lookahead, tell)
    n = min(how.n_starts, len(proposed))
    _, lines, _ = price_exactly(planner.base, inputs, on)
    shares = share_route_costs(lines, planner.base, inputs)
    simple = {
        DEAREST: order_by_share(shares, chances, n),
        READIEST: order_by_readiness(chances, n),
    }
    seasons = find_seasons(proposed, assumptions, inputs.year_from)
    best = order_by_marginal_saving(
        values, chances, n, seasons, starts=tuple(map(frozenset, simple.values()))
    )
    orders = {MARGINAL: best, **simple}
    sizes = sorted({min(size, n) for size in (*how.sizes, n) if size > 0 and n})
    drawn = draw_successes(chances, how.n_draws, how.search.seed)
    wanted = [
        frozenset(order[:size]) & who
        for order in orders.values()
        for size in sizes
        for who in (*drawn, frozenset(order))
    ]
    tell(f"planning the day without those who succeed, {len(set(wanted))} times")
    planner.share(wanted)
    built = tuple(
        _measure_order(planner, rule, order, values, chances, sizes, drawn)
        for rule, order in orders.items()
    )
    study = TrainingStudy(
        study_id="",
        place=inputs.place,
        created_utc=created_utc,
        code_version=find_code_version(),
        inputs_hash=fingerprint(inputs),
        service_date=on,
        year_from=inputs.year_from,
        timetable=timetable.source,
        timetable_date=timetable_date,
        is_synthetic_timetable=timetable.is_synthetic,
        is_synthetic=inputs.is_synthetic,
        days=count_days(inputs, day_type),
        base_plan_id=planner.base.plan_id,
        base_pence=planner.base.cost_pence or 0,
        n_violations=planner.n_violations,
        n_left_out=planner.n_left_out,
        steps=how.search.steps,
        seconds=how.search.seconds,
        seed=how.search.seed,
        n_draws=how.n_draws,
        candidates=candidates,
        values=values,
        orders=built,
        assumptions=assumptions,
        attribution=(*inputs.attribution, *matrix.attribution, *timetable.attribution),
    )
    stamp = f"{created_utc:%Y%m%dT%H%M%SZ}"
    return replace(study, study_id=f"{inputs.place}-training-{stamp}-{fingerprint(study)[:8]}")


def find_timetable_date(timetable: PublicTimetable, on: date) -> date:
    """Find the date of a timetable that stands in for a service date.

    Raises
    ------
    InfeasibleError
        If it has no trips on any such day of the week.
    """
    found = timetable.find_like_date(on)
    if found is None:
        raise InfeasibleError(f"the timetable has no trips on any {on:%A}.")
    return found


def find_seasons(
    people: Sequence[Candidate], assumptions: TrainingAssumptions, year_from: date
) -> tuple[tuple[float, dict[str, float]], ...]:
    """Find the years of benefit: their discount, and who is left of those who succeed.

    Year t keeps (1 - relapse)^(t - 1) of them, and nobody whose transport would have ended.
    """
    kept, rate = 1 - assumptions.value("relapse"), assumptions.value("discount")
    seasons = []
    for t in range(YEARS):
        first = date(year_from.year + t, year_from.month, year_from.day)
        left = {c.passenger_id: kept**t if first <= c.leaves_on else 0.0 for c in people}
        seasons.append(((1 + rate) ** -t, left))
    return tuple(seasons)


def look_ahead(
    planner: Planner,
    values: Sequence[DutyValues],
    chances_bp: Mapping[str, int],
    n: int,
    tell: Tell = lambda _: None,
) -> tuple[DutyValues, ...]:
    """Learn what emptying duties saves once the day is planned again.

    The repaired plan leaves others where they are. Where a duty's candidates are all gone, a
    new plan may find places elsewhere for the rest and let a vehicle go; that is put down as
    what their succeeding together saves, less what it saves on other duties anyway.

    Returns
    -------
    Values of the duties of the planner's base, which may be another than before.
    """
    cost = {d.duty_id: _count_aboard(d.passenger_ids, d.n_others) for d in values}
    chosen = sorted(values, key=lambda d: (cost[d.duty_id], d.duty_id))[:n]
    if not chosen:
        return tuple(values)
    tell(f"planning again with one vehicle's candidates gone, {len(chosen)} times")
    cases = {frozenset(d.passenger_ids) for d in chosen}
    before = planner.base
    planner.share(cases)
    if planner.base is not before:
        values = find_duty_values(
            planner.base, planner.inputs, planner.matrix, planner.model, chances_bp
        )
    found = []
    for duty in values:
        everybody = frozenset(duty.passenger_ids)
        if everybody in cases:
            elsewhere = sum(
                other.saved_pence[find_mask(other.passenger_ids, everybody)]
                for other in values
                if other.duty_id != duty.duty_id
            )
            pence = max(duty.saved_pence[-1], planner.find_saving(everybody) - elsewhere)
            duty = replace(duty, saved_pence=(*duty.saved_pence[:-1], pence))
        found.append(duty)
    return tuple(found)


def _count_aboard(passenger_ids: Sequence[str], n_others: int) -> tuple[int, int]:
    """Rank duties by how few others would have to find another place."""
    return n_others, -len(passenger_ids)


def draw_successes(
    chances_bp: Mapping[str, int], n_draws: int, seed: int
) -> tuple[frozenset[str], ...]:
    """Draw who would succeed if begun; the same for every order, so differences are sharp."""
    people = sorted(chances_bp)
    u = np.random.default_rng([seed, 7]).random((n_draws, len(people)))
    return tuple(
        frozenset(
            p
            for p, share in zip(people, row.tolist(), strict=True)
            if share * 10_000 < chances_bp[p]
        )
        for row in u
    )


def _measure_order(
    planner: Planner,
    rule: str,
    order: tuple[str, ...],
    values: Sequence[DutyValues],
    chances: Mapping[str, int],
    sizes: Sequence[int],
    drawn: Sequence[frozenset[str]],
) -> TrainingOrder:
    """Measure what the first n of an order save, for several n, on days planned before."""
    expected = Expectation(values, chances)
    points = []
    for n in range(1, len(order) + 1):
        first = frozenset(order[:n])
        point = OrderPoint(n_trained=n, expected_pence=expected.find_pence(order[:n]))
        if n in sizes:
            saved = [planner.find_saving(first & who) for who in drawn]
            beyond = [
                pence - expected.find_certain_pence(first & who)
                for pence, who in zip(saved, drawn, strict=True)
            ]
            all_gone = planner.plan(first)
            point = replace(
                point,
                planned_pence=None
                if not beyond
                else point.expected_pence + sum(beyond) // len(beyond),
                all_pence=planner.find_saving(first),
                n_duties_less=len(planner.base.duties) - len(all_gone.duties),
                n_routes_less=len(planner.base.routes) - len(all_gone.routes),
                drawn_pence=tuple(saved),
            )
        points.append(point)
    return TrainingOrder(rule=rule, passenger_ids=order, points=tuple(points))


def count_days(inputs: Inputs, day_type: DayType) -> tuple[int, ...]:
    """Count the days of each month of the year on which the same sites are open.

    Returns
    -------
    Twelve counts, from the month of ``year_from`` on.
    """
    counts = [0] * 12
    on = inputs.year_from
    while on <= inputs.year_to:
        found = find_day_type(inputs, on)
        if found is not None and found.open_calendar_ids == day_type.open_calendar_ids:
            counts[(on.month - inputs.year_from.month) % 12] += 1
        on += timedelta(days=1)
    return tuple(counts)


def find_proposed(study: TrainingStudy) -> tuple[Candidate, ...]:
    """Find the candidates that nothing speaks against."""
    return tuple(c for c in study.candidates if c.is_proposed)
