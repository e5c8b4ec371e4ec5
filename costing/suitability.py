"""Who can serve a route by law and in fact: load, lift, licence, assistants, area, bars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from costing.rate_cards import is_licensed
from data.fleet import Supplier, VehicleType
from data.inputs import Inputs
from data.passengers import Passenger, Wheelchair
from data.places import Place, Session
from data.plans import LockKind, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteNeed:
    """What a route asks of whoever runs it."""

    n_seats: int
    n_spaces: int
    needs_lift: bool
    n_assistants: int
    n_trained_assistants: int
    barred: frozenset[str]
    place_ids: tuple[str, ...]


def find_locked_out(inputs: Inputs) -> Mapping[tuple[str, Session | None], frozenset[str]]:
    """Find whom planners' locks keep from a passenger, by passenger and session."""
    found: dict[tuple[str, Session | None], frozenset[str]] = {}
    for lock in inputs.locks:
        if lock.kind is LockKind.PASSENGER_NOT_WITH_SUPPLIER:
            key = (lock.passenger_id, lock.session)
            found[key] = found.get(key, frozenset()) | {lock.target_id}
    return found


def find_need(
    route: Route,
    passengers: Mapping[str, Passenger],
    locked_out: Mapping[tuple[str, Session | None], frozenset[str]],
) -> RouteNeed:
    """Find what a route asks for: its greatest load, its assistants, whom it may not go to."""
    aboard = [passengers[i] for i in route.passenger_ids]
    n_seats = most_seats = n_spaces = most_spaces = 0
    for stop in route.stops:
        n_seats -= sum(passengers[i].n_seats_taken for i in stop.alighting)
        n_spaces -= sum(passengers[i].n_wheelchair_spaces for i in stop.alighting)
        n_seats += sum(passengers[i].n_seats_taken for i in stop.boarding)
        n_spaces += sum(passengers[i].n_wheelchair_spaces for i in stop.boarding)
        most_seats, most_spaces = max(most_seats, n_seats), max(most_spaces, n_spaces)
    barred: set[str] = set()
    for passenger in aboard:
        barred |= passenger.barred_suppliers
        for session in (None, route.session):
            barred |= locked_out.get((passenger.passenger_id, session), frozenset())
    return RouteNeed(
        n_seats=most_seats + route.n_assistants,
        n_spaces=most_spaces,
        needs_lift=any(p.needs_lift or p.wheelchair is Wheelchair.STAYS for p in aboard),
        n_assistants=route.n_assistants,
        n_trained_assistants=route.n_trained_assistants,
        barred=frozenset(barred),
        place_ids=tuple(stop.place_id for stop in route.stops),
    )


def is_fitting(vehicle_type: VehicleType, need: RouteNeed) -> bool:
    """Say whether some layout of a vehicle type holds a route's load (CAP-1, CAP-2)."""
    if need.needs_lift and not vehicle_type.has_lift:
        return False
    return any(
        layout.n_seats >= need.n_seats and layout.n_wheelchair_spaces >= need.n_spaces
        for layout in vehicle_type.layouts
    )


def is_able(supplier: Supplier, vehicle_type: VehicleType, need: RouteNeed) -> bool:
    """Say whether a supplier may and can run a route with a vehicle type, its area apart."""
    return (
        supplier.supplier_id not in need.barred
        and supplier.n_assistants >= need.n_assistants
        and supplier.n_trained_assistants >= need.n_trained_assistants
        and is_licensed(supplier, vehicle_type)
        and is_fitting(vehicle_type, need)
    )


def is_in_area(
    supplier: Supplier, place_ids: Iterable[str], places: Mapping[str, Place]
) -> bool:
    """Say whether all places lie within a supplier's area, in a straight line."""
    if supplier.area_centre_place_id is None or supplier.area_radius_m is None:
        return True
    centre = places[supplier.area_centre_place_id]
    limit = supplier.area_radius_m * supplier.area_radius_m
    for place_id in place_ids:
        place = places[place_id]
        east_m = place.easting_m - centre.easting_m
        north_m = place.northing_m - centre.northing_m
        if east_m * east_m + north_m * north_m > limit:
            return False
    return True
