"""A study of travel training: candidates, orders, and what each saves in plans made again.

Every saving shown as planned is the difference of two plans: with nobody trained, and without
those who succeed, planned again from that one where they rode. The day with nobody trained is
searched on until little more is found, so that what any search would have found is not taken
for what training saves. What is quick, the values of duties in the repaired plan, only says
which sets are worth planning for. Some days are searched in full beside, to say how far off
this is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

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
from scenarios.training.judging import JUDGED, LEARNED, Learner, choose_set, draw_years
from scenarios.training.order import (
    order_by_marginal_saving,
    order_by_readiness,
    order_by_share,
    order_set,
)
from scenarios.training.planner import Planner
from scenarios.training.replanning import Replanner
from scenarios.training.values import Expectation, find_duty_values, find_mask

MARGINAL, DEAREST, READIEST = "marginal", "dearest", "readiest"

YEARS = 5
"""Years of benefit that count in putting people in order."""
FEW_ABOARD = 3
"""Candidates of a duty whose every combination is looked ahead at."""

Tell = Callable[[str], None]
People = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSearch:
    """How a study is searched.

    Attributes
    ----------
    n_starts
        People to put in order.
    sizes
        Numbers trained for which days are planned again; the last is `n_starts`.
    n_lookahead
        Duties for whose candidates days are planned again, to learn what taking them off saves
        when the others find places elsewhere.
    n_learn, n_exchanges
        Draws of who succeeds on which sets are chosen, and exchanges that are tried on them.
    n_draws
        Other draws of who succeeds, on which every order is judged.
    n_searched
        Days searched in full, to compare with those planned again.
    """

    search: Search
    n_starts: int
    sizes: tuple[int, ...] = ()
    n_lookahead: int = 12
    n_learn: int = 16
    n_exchanges: int = 12
    n_draws: int = 64
    n_searched: int = 6


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
    replanner = Replanner(planner.base, inputs, matrix, model)
    tell("pricing every combination on every vehicle")
    values = find_duty_values(replanner.base, inputs, matrix, model, chances)
    values = look_ahead(replanner, values, how.n_lookahead, tell)
    n = min(how.n_starts, len(proposed))
    _, lines, _ = price_exactly(replanner.base, inputs, on)
    shares = share_route_costs(lines, replanner.base, inputs)
    simple = {
        DEAREST: order_by_share(shares, chances, n),
        READIEST: order_by_readiness(chances, n),
    }
    seasons = find_seasons(proposed, assumptions, inputs.year_from)
    expected = Expectation(values, chances, seasons)
    starts = [frozenset(order) for order in simple.values()]
    first = order_by_marginal_saving(values, chances, n, seasons, starts=starts)
    tell(f"choosing on {how.n_learn} draws of who succeeds, each planned again")
    learned = draw_years(chances, seasons, how.n_learn, how.search.seed, LEARNED)
    learner = Learner(expected, replanner.find_saving, learned)
    chosen = choose_set(
        learner, expected, values, chances, [frozenset(first), *starts], how.n_exchanges
    )
    best = order_set(expected, values, chosen)
    orders = {MARGINAL: best, **simple}
    sizes = sorted({min(size, n) for size in (*how.sizes, n) if size > 0 and n})
    drawn = draw_years(chances, seasons, how.n_draws, how.search.seed, JUDGED)
    wanted = {
        frozenset(order[:size]) & who
        for order in orders.values()
        for size in sizes
        for who in (*drawn, frozenset(order))
    }
    tell(f"planning {len(wanted)} days without those who succeed")
    for gone in sorted(wanted, key=lambda gone: (len(gone), *sorted(gone))):
        replanner.plan(gone)
    built = tuple(
        _measure_order(replanner, rule, order, expected, sizes, drawn)
        for rule, order in orders.items()
    )
    checked = _search_in_full(planner, replanner, wanted, how.n_searched, tell)
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
        base_plan_id=replanner.base.plan_id,
        base_pence=replanner.base.cost_pence or 0,
        n_violations=planner.n_violations + replanner.n_violations,
        n_left_out=max(planner.n_left_out, replanner.n_left_out),
        steps=how.search.steps,
        seconds=how.search.seconds,
        seed=how.search.seed,
        n_draws=how.n_draws,
        searched=checked,
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
    """Find the years of benefit: their weight, and who is left of those who succeed.

    Year t keeps (1 - relapse)^(t - 1) of them, and nobody whose transport would have ended.
    Weights are discount factors that add up to one: what is expected is an average year's.
    """
    kept, rate = 1 - assumptions.value("relapse"), assumptions.value("discount")
    seasons = []
    for t in range(YEARS):
        first = date(year_from.year + t, year_from.month, year_from.day)
        left = {c.passenger_id: kept**t if first <= c.leaves_on else 0.0 for c in people}
        seasons.append(((1 + rate) ** -t, left))
    total = sum(weight for weight, _ in seasons)
    return tuple((weight / total, left) for weight, left in seasons)


def look_ahead(
    replanner: Replanner,
    values: Sequence[DutyValues],
    n: int,
    tell: Tell = lambda _: None,
) -> tuple[DutyValues, ...]:
    """Learn what taking people off duties saves once the day is planned again.

    The repaired plan leaves others where they are. Where few are left on a duty, a new plan
    may find places elsewhere for them and let a vehicle go; that is put down as what those who
    left save together, less what they save on other duties anyway.
    """
    chosen = sorted(values, key=lambda d: (d.n_others, -len(d.passenger_ids), d.duty_id))[:n]
    cases = {d.duty_id: _list_cases(d) for d in chosen}
    n_cases = sum(map(len, cases.values()))
    if n_cases:
        tell(f"planning again without those of {len(chosen)} vehicles, {n_cases} times")
    found = []
    for duty in values:
        saved = list(duty.saved_pence)
        for mask in cases.get(duty.duty_id, ()):
            gone = frozenset(p for k, p in enumerate(duty.passenger_ids) if mask >> k & 1)
            elsewhere = sum(
                other.saved_pence[find_mask(other.passenger_ids, gone)]
                for other in values
                if other.duty_id != duty.duty_id
            )
            saved[mask] = max(saved[mask], replanner.find_saving(gone) - elsewhere)
        found.append(replace(duty, saved_pence=tuple(saved)))
    return tuple(found)


def _list_cases(duty: DutyValues) -> tuple[int, ...]:
    """List the combinations to plan again without: of few all, of many the largest."""
    n = len(duty.passenger_ids)
    least = 1 if n <= FEW_ABOARD else n - 1
    return tuple(m for m in range(1, 1 << n) if m.bit_count() >= least)


def _search_in_full(
    planner: Planner, replanner: Replanner, wanted: Collection[People], n: int, tell: Tell
) -> tuple[tuple[int, int], ...]:
    """Search some of the days in full, from the same base, to compare their savings. [pence]

    Returns
    -------
    For each its saving as planned again and as searched.
    """
    order = sorted((gone for gone in wanted if gone), key=lambda gone: sorted(gone))
    cases = order[:: max(1, len(order) // n)][:n] if n else []
    if not cases:
        return ()
    tell(f"searching {len(cases)} of these days in full")
    planner.begin_from(replanner.base)
    planner.share(cases)
    return tuple((replanner.find_saving(gone), planner.find_saving(gone)) for gone in cases)


def _measure_order(
    replanner: Replanner,
    rule: str,
    order: tuple[str, ...],
    expected: Expectation,
    sizes: Sequence[int],
    drawn: Sequence[People],
) -> TrainingOrder:
    """Measure what the first n of an order save, for several n, on days planned before."""
    points = []
    for n in range(1, len(order) + 1):
        first = frozenset(order[:n])
        point = OrderPoint(n_trained=n, expected_pence=expected.find_pence(order[:n]))
        if n in sizes:
            saved = [replanner.find_saving(first & who) for who in drawn]
            beyond = [
                pence - expected.find_certain_pence(first & who)
                for pence, who in zip(saved, drawn, strict=True)
            ]
            all_gone = replanner.plan(first)
            point = replace(
                point,
                planned_pence=None
                if not beyond
                else point.expected_pence + sum(beyond) // len(beyond),
                all_pence=replanner.find_saving(first),
                n_duties_less=len(replanner.base.duties) - len(all_gone.duties),
                n_routes_less=len(replanner.base.routes) - len(all_gone.routes),
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
