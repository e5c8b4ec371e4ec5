"""A route run alone by the own company: from the nearest depot that has a vehicle for it."""

from __future__ import annotations

from dataclasses import dataclass

from costing.charges import PriceBook, compute_amount_pence
from costing.own_fleet import OwnTypeRates, Piece, find_type_rates
from costing.own_prices import price_piece
from costing.reach import Reach
from costing.suitability import RouteNeed, is_fitting
from data.fleet import OWN_PROVIDER_ID
from data.plans import Route
from data.units import divide_half_up

VEHICLE_SHARE_BP = 5_000
"""Part of an own vehicle's day that one route bears: a vehicle kept for a route runs it out and
home (planning figure). [0.01 %]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAlone:
    """What a route costs when the own company runs it alone.

    Attributes
    ----------
    dead_m, dead_s
        Of the runs from the depot and back. [m], [s]
    avoidable_pence
        Pay and miles (F2). [pence]
    full_pence
        With half a vehicle's day and overhead. [pence]
    """

    vehicle_type_id: str
    depot_id: str
    dead_m: int
    dead_s: int
    avoidable_pence: int
    full_pence: int


def price_own_alone(
    route: Route, need: RouteNeed, reach: Reach, book: PriceBook
) -> OwnAlone | None:
    """Price a route as own fleet, with the type that costs least in full; None if none fits."""
    if OWN_PROVIDER_ID in need.barred:
        return None
    nearest: dict[str, tuple[int, int, int, str]] = {}
    for type_id, depot_id, place_id in reach.own_bases:
        if not is_fitting(book.types[type_id], need):
            continue
        runs = reach.find_runs(place_id, route)
        if runs is None:
            continue
        out_s, back_s, dead_m = runs
        found = (out_s + back_s, dead_m, out_s, depot_id)
        nearest[type_id] = min(nearest.get(type_id, found), found)
    options = []
    for type_id, (dead_s, dead_m, _, depot_id) in nearest.items():
        avoidable_pence, full_pence = compute_own_pence(
            book,
            find_type_rates(book.own_rates, type_id),
            total_m=dead_m + route.loaded_m,
            work_s=dead_s + route.end_s - route.start_s,
            n_assistants=need.n_assistants,
            n_trained_assistants=need.n_trained_assistants,
        )
        options.append((full_pence, avoidable_pence, type_id, depot_id, dead_m, dead_s))
    if not options:
        return None
    full_pence, avoidable_pence, type_id, depot_id, dead_m, dead_s = min(options)
    return OwnAlone(
        vehicle_type_id=type_id,
        depot_id=depot_id,
        dead_m=dead_m,
        dead_s=dead_s,
        avoidable_pence=avoidable_pence,
        full_pence=full_pence,
    )


def compute_own_pence(
    book: PriceBook,
    of_type: OwnTypeRates,
    *,
    total_m: int,
    work_s: int,
    n_assistants: int,
    n_trained_assistants: int,
) -> tuple[int, int]:
    """Work out one piece of work with half a vehicle's day: (avoidable, full). [pence]

    Parameters
    ----------
    total_m, work_s
        All miles, and the time from leaving the depot to returning to it. [m], [s]
    """
    piece = Piece(
        first_route=0,
        n_routes=1,
        from_s=0,
        to_s=work_s,
        total_m=total_m,
        n_assistants=n_assistants,
        n_trained_assistants=n_trained_assistants,
    )
    costs = book.inputs.own_costs
    charges = price_piece(piece, costs, book.own_rates, of_type.running_mpence)
    avoidable_pence = sum(c.amount_pence for c in charges)
    day_pence = of_type.vehicle_day_pence + of_type.standing_day_pence
    direct_pence = avoidable_pence + divide_half_up(day_pence * VEHICLE_SHARE_BP, 10_000)
    overhead_pence = compute_amount_pence(direct_pence, "pence", 10 * costs.overhead_bp)
    return avoidable_pence, direct_pence + overhead_pence
