"""A slow second opinion: the price of a plan from the cost model's arrays, by their docstring.

Shares no code with `costing`: it walks a duty in order of time and keeps its own sums.
"""

from __future__ import annotations

from fractions import Fraction

from data.costs import FAR_M, CostModel
from data.inputs import Inputs
from data.plans import Duty, Plan, Route

MILE_M = Fraction(1_609_344, 1_000)
SESSIONS = ("am", "day_out", "day_home", "pm")


def half_up(value: Fraction) -> int:
    """Round a number that is not negative: half goes up."""
    whole = value.numerator // value.denominator
    return whole + 1 if value - whole >= Fraction(1, 2) else whole


def evaluate_plan(plan: Plan, model: CostModel, inputs: Inputs) -> int | None:
    """Price a plan; None if some route's session has no price. [pence]"""
    total = 0
    for duty in plan.duties:
        offer = model.offer_ids.index(
            f"{duty.provider_id}/{duty.vehicle_type_id}/{duty.base_place_id or ''}"
        )
        evaluate = evaluate_own_duty if model.is_own[offer] else evaluate_bought_duty
        pence = evaluate(duty, model, offer, inputs)
        if pence is None:
            return None
        total += pence
    return total


def mpence_to_pence(quantity: Fraction, mpence: int) -> int:
    return half_up(quantity * mpence / 1_000)


def evaluate_own_duty(duty: Duty, model: CostModel, o: int, inputs: Inputs) -> int:
    """Walk the day: a return to the depot before a later route ends a piece of work."""
    events: list[tuple[int, int, object]] = [
        (route.start_s, 1, route) for route in duty.routes
    ] + [(run.depart_s, 0, run) for run in duty.dead_runs]
    events.sort(key=lambda e: (e[0], e[1]))
    pieces: list[list[object]] = [[]]
    for _, _, event in events:
        is_return = not isinstance(event, Route) and event.to_place_id == duty.base_place_id  # type: ignore[attr-defined]
        pieces[-1].append(event)
        if is_return:
            pieces.append([])
    total = 0
    for piece in pieces:
        if not piece:
            continue
        routes = [e for e in piece if isinstance(e, Route)]
        runs = [e for e in piece if not isinstance(e, Route)]
        from_s = runs[0].depart_s  # type: ignore[attr-defined]
        to_s = runs[-1].arrive_s  # type: ignore[attr-defined]
        paid_s = max(model.min_paid_s, 2 * model.sign_on_s + to_s - from_s)
        paid_h = Fraction(paid_s, 3_600)
        metres = sum(stop.drive_m for r in routes for stop in r.stops)
        metres += sum(run.drive_m for run in runs)  # type: ignore[attr-defined]
        n = max(r.n_assistants for r in routes)
        n_trained = max(r.n_trained_assistants for r in routes)
        total += mpence_to_pence(paid_h, int(model.driver_mpence[o]))
        total += mpence_to_pence(n * paid_h, int(model.own_assistant_mpence[o]))
        total += mpence_to_pence(n_trained * paid_h, int(model.own_trained_mpence[o]))
        total += mpence_to_pence(metres / MILE_M, int(model.running_mpence[o]))
    return total


def evaluate_bought_duty(duty: Duty, model: CostModel, o: int, inputs: Inputs) -> int | None:
    """Price a supplier's routes one by one, a day pair apart."""
    dead_m = {route.route_id: 0 for route in duty.routes}
    ends = sorted((route.end_s, route.route_id) for route in duty.routes)
    starts = sorted((route.start_s, route.route_id) for route in duty.routes)
    for run in duty.dead_runs:
        before = [i for at, i in ends if at <= run.depart_s]
        after = [i for at, i in starts if at >= run.arrive_s]
        is_back = run.to_place_id == duty.base_place_id
        dead_m[before[-1] if is_back else after[0]] += run.drive_m
    first: dict[str, Route] = {}
    for route in duty.routes:
        first.setdefault(route.session, route)
    pair: list[str] = []
    total = 0
    if model.day_pair_pence[o] >= 0 and "am" in first and "pm" in first:
        pair = [first["am"].route_id, first["pm"].route_id]
        loaded_m = sum(s.drive_m for k in ("am", "pm") for s in first[k].stops)
        beyond_m = Fraction(max(0, loaded_m - int(model.day_included_m[o])))
        pence = int(model.day_pair_pence[o])
        pence += mpence_to_pence(beyond_m / MILE_M, int(model.day_excess_mpence[o]))
        pence += sum(evaluate_crew(first[k], model, o) for k in ("am", "pm"))
        total += with_vat(pence, model, o)
    for route in duty.routes:
        if route.route_id in pair:
            continue
        if not model.is_priced[o, SESSIONS.index(route.session)]:
            return None
        run_pence = evaluate_run(route, dead_m[route.route_id], model, o, inputs)
        total += with_vat(run_pence + evaluate_crew(route, model, o), model, o)
    return total


def with_vat(pence: int, model: CostModel, o: int) -> int:
    return pence + half_up(Fraction(pence * int(model.vat_bp[o]), 10_000))


def evaluate_crew(route: Route, model: CostModel, o: int) -> int:
    s = SESSIONS.index(route.session)
    hours = Fraction(route.stops[-1].leave_s - route.stops[0].arrive_s, 3_600)
    return (
        route.n_assistants * int(model.assistant_pence[o, s])
        + mpence_to_pence(route.n_assistants * hours, int(model.assistant_hour_mpence[o, s]))
        + route.n_trained_assistants * int(model.trained_pence[o, s])
    )


def evaluate_run(route: Route, dead_m: int, model: CostModel, o: int, inputs: Inputs) -> int:
    s = SESSIONS.index(route.session)
    hours = Fraction(route.stops[-1].leave_s - route.stops[0].arrive_s, 3_600)
    loaded_m = sum(stop.drive_m for stop in route.stops)
    mpence = Fraction(0)
    for metre_from, metre_to, rate in zip(
        [0, *(int(m) for m in model.band_to_m[o, s][:-1])],
        (int(m) for m in model.band_to_m[o, s]),
        (int(m) for m in model.band_mpence[o, s]),
        strict=True,
    ):
        assert metre_to <= FAR_M
        mpence += max(0, min(loaded_m, metre_to) - metre_from) * rate / MILE_M
    pence = int(model.fixed_pence[o, s]) + half_up(mpence / 1_000)
    pence += mpence_to_pence(dead_m / MILE_M, int(model.dead_mpence[o, s]))
    pence += mpence_to_pence(hours, int(model.hour_mpence[o, s]))
    waiting_h = Fraction(find_waiting_s(route, inputs), 3_600)
    pence += mpence_to_pence(waiting_h, int(model.waiting_mpence[o, s]))
    return max(pence, int(model.minimum_pence[o, s]))


def find_waiting_s(route: Route, inputs: Inputs) -> int:
    """Time at sites that neither dwell nor boarding nor alighting explains. [s]"""
    people = {p.passenger_id: p for p in inputs.passengers}
    sites = {s.site_id: s for s in inputs.sites}
    waiting_s = 0
    for stop in route.stops:
        if stop.site_id:
            used_s = sites[stop.site_id].dwell_s
            used_s += sum(people[p].boarding_s for p in stop.boarding)
            used_s += sum(people[p].alighting_s for p in stop.alighting)
            waiting_s += stop.leave_s - stop.arrive_s - used_s
    return waiting_s
