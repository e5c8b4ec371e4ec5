"""Use of vehicles and crews by the hour across services, and what spare hours are worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from costing.charges import compute_amount_pence
from costing.own_fleet import build_own_rates, find_paid_s, find_pieces, find_type_rates
from data.choices import HourUse, SpareWorth
from data.fleet import OWN_PROVIDER_ID
from data.inputs import Inputs
from data.places import Session
from data.plans import Duty, Plan
from data.units import MM_PER_MILE, S_PER_HOUR, divide_half_up

HOURS = 24
STEP_S = 300
"""Vehicles out at one time are counted in steps of this. [s]"""

_DAY_SERVICE = frozenset({Session.DAY_OUT, Session.DAY_HOME})


def measure_hours(plan: Plan, inputs: Inputs) -> tuple[HourUse, ...]:
    """Measure what is out in each hour of the day, own and bought, by service.

    An own vehicle's time from leaving the depot belongs to the service of the route it goes to;
    the way back to that of the last route. Hours in which nothing is out are left out.
    """
    school, day, bought, idle = ([0] * HOURS for _ in range(4))
    for duty in plan.duties:
        if duty.provider_id != OWN_PROVIDER_ID:
            for route in duty.routes:
                _add(bought, route.start_s, route.end_s)
            continue
        for is_day, from_s, to_s in _find_parts(duty):
            _add(day if is_day else school, from_s, to_s)
        for piece in find_pieces(duty):
            paid_s = find_paid_s(inputs.own_costs, piece.from_s, piece.to_s)
            over_s = paid_s - 2 * inputs.own_costs.sign_on_s - (piece.to_s - piece.from_s)
            _add(idle, piece.to_s, piece.to_s + over_s)
    out = _count_out(plan)
    n_steps = S_PER_HOUR // STEP_S
    rows = [
        HourUse(
            hour=h,
            own_school_s=school[h],
            own_day_s=day[h],
            bought_s=bought[h],
            most_own=max(out[h * n_steps : (h + 1) * n_steps]),
            paid_idle_s=idle[h],
        )
        for h in range(HOURS)
    ]
    busy = [h for h in range(HOURS) if rows[h] != _EMPTY[h]]
    return tuple(rows[busy[0] : busy[-1] + 1]) if busy else ()


_EMPTY = tuple(
    HourUse(hour=h, own_school_s=0, own_day_s=0, bought_s=0, most_own=0, paid_idle_s=0)
    for h in range(HOURS)
)


def _add(hours: list[int], from_s: int, to_s: int) -> None:
    """Add a stretch of time to the hours it lies in."""
    for h in range(max(0, from_s // S_PER_HOUR), min(HOURS, -(-to_s // S_PER_HOUR))):
        begin, end = max(from_s, h * S_PER_HOUR), min(to_s, (h + 1) * S_PER_HOUR)
        hours[h] += max(0, end - begin)


def _find_parts(duty: Duty) -> Iterator[tuple[bool, int, int]]:
    """Find an own duty's time by service: (is for a day service, from, to)."""
    for piece in find_pieces(duty):
        at_s = piece.from_s
        routes = duty.routes[piece.first_route : piece.first_route + piece.n_routes]
        for i, route in enumerate(routes):
            end_s = piece.to_s if i == len(routes) - 1 else route.end_s
            yield route.session in _DAY_SERVICE, at_s, end_s
            at_s = end_s


def _count_out(plan: Plan) -> list[int]:
    """Count own vehicles out in each step of the day."""
    out = [0] * (HOURS * S_PER_HOUR // STEP_S)
    for duty in plan.duties:
        if duty.provider_id != OWN_PROVIDER_ID:
            continue
        for piece in find_pieces(duty):
            for step in range(piece.from_s // STEP_S, -(-piece.to_s // STEP_S)):
                if 0 <= step < len(out):
                    out[step] += 1
    return out


def value_spare(
    plan: Plan,
    inputs: Inputs,
    *,
    n_days: int,
    from_s: int = 9 * 3600 + 1800,
    to_s: int = 14 * 3600 + 1800,
    miles_per_hour: int = 12,
    margin_bp: int = 1_500,
    sold_bp: int = 5_000,
) -> SpareWorth:
    """Value own vehicles between the peaks, sold at avoidable cost plus margin.

    Parameters
    ----------
    n_days
        Days a year on which they can be sold.
    miles_per_hour
        Driven in an hour sold (planning figure).
    margin_bp
        On avoidable cost (planning figure). [0.01 %]
    sold_bp
        Share of the free hours that find a buyer (planning figure). [0.01 %]

    Notes
    -----
    Avoidable cost is a driver's hour (F1, cover included) and the miles of the commonest own
    vehicle type: what is there anyway costs nothing more, so the contribution is the margin.
    """
    out = _count_out(plan)[from_s // STEP_S : -(-to_s // STEP_S)]
    n_free = max(0, len(inputs.vehicles) - max(out, default=0))
    counts = Counter(v.vehicle_type_id for v in inputs.vehicles)
    rates = build_own_rates(inputs.own_costs, inputs.vehicle_types)
    avoidable_pence = 0
    if counts:
        type_id = min(counts, key=lambda t: (-counts[t], t))
        running = find_type_rates(rates, type_id).running_mpence
        metres = miles_per_hour * MM_PER_MILE // 1_000
        avoidable_pence = compute_amount_pence(S_PER_HOUR, "s", rates.driver_mpence)
        avoidable_pence += compute_amount_pence(metres, "m", running)
    price_pence = divide_half_up(avoidable_pence * (10_000 + margin_bp), 10_000)
    sold_s = divide_half_up(n_free * (to_s - from_s) * sold_bp, 10_000)
    return SpareWorth(
        from_s=from_s,
        to_s=to_s,
        n_vehicles=n_free,
        miles_per_hour=miles_per_hour,
        margin_bp=margin_bp,
        sold_bp=sold_bp,
        avoidable_pence=avoidable_pence,
        price_pence=price_pence,
        contribution_pence=divide_half_up(sold_s * (price_pence - avoidable_pence), S_PER_HOUR),
        n_days=n_days,
    )
