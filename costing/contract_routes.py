"""Contract routes of a plan: each outward route with the homeward one of the same passengers.

What comes out carries no personal data: no passenger, no home, no reason why a supplier is
barred; places only as the postcode district of the first pick-up and a kilometre square.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from costing.suitability import RouteNeed, find_locked_out, find_need, is_fitting
from data.demand import find_day_types, find_travellers
from data.errors import ModelError
from data.inputs import Inputs
from data.places import Session
from data.plans import Plan, Route
from data.tenders import ContractRoute, ContractRun

WITHHELD = "withheld"
"""Stands for the area of a route that begins at a protected address."""

SQUARE_M = 1_000
"""Positions are given to the nearest square of this side. [m]"""

_HOMEWARD = {Session.AM: Session.PM, Session.DAY_OUT: Session.DAY_HOME}


def build_contract_routes(
    plan: Plan, inputs: Inputs, guides: Mapping[str, int], *, is_buying_all: bool = False
) -> tuple[ContractRoute, ...]:
    """Build what suppliers are asked to bid for.

    An outward route is joined with the homeward route that takes most of its passengers back
    to or from the same sites; what finds no partner stands alone.

    Parameters
    ----------
    guides
        Guide price of each route by its id. [pence a day]
    is_buying_all
        Whether routes that the plan gives to the own company are let too.

    Returns
    -------
    In order of the first site, start and route, numbered ``C001`` on.

    Raises
    ------
    ModelError
        If the plan names passengers or places that the inputs have not, a route has no guide
        price, or no vehicle type carries a route.
    """
    routes = [
        route
        for duty in plan.duties
        for route in duty.routes
        if is_buying_all or duty.rate_card_id is not None
    ]
    lost = [route.route_id for route in routes if route.route_id not in guides]
    if lost:
        raise ModelError(f"route(s) without a guide price: {', '.join(lost)}")
    groups = sorted(_pair_routes(routes), key=_sort_key)
    days = _Days(inputs)
    look = _Look(inputs)
    width = max(3, len(str(len(groups))))
    return tuple(
        _build_contract(f"C{n:0{width}d}", group, guides, days, look)
        for n, group in enumerate(groups, start=1)
    )


def _sort_key(group: tuple[Route, ...]) -> tuple[tuple[str, ...], int, str]:
    first = group[0]
    return _find_sites(first), first.start_s, first.route_id


def _find_sites(route: Route) -> tuple[str, ...]:
    """Find the sites of a route, in order of visit."""
    return tuple(dict.fromkeys(s.site_id for s in route.stops if s.site_id is not None))


def _pair_routes(routes: list[Route]) -> list[tuple[Route, ...]]:
    """Join outward routes with homeward ones, those that share most passengers first."""
    candidates = []
    aboard = {route.route_id: frozenset(route.passenger_ids) for route in routes}
    homeward: dict[Session, list[Route]] = defaultdict(list)
    for route in routes:
        homeward[route.session].append(route)
    for route in routes:
        back = _HOMEWARD.get(route.session)
        for other in homeward[back] if back is not None else ():
            shared = len(aboard[route.route_id] & aboard[other.route_id])
            # Most of both: a bus is not let together with one of its passengers' taxi home.
            if 2 * shared >= max(len(aboard[route.route_id]), len(aboard[other.route_id]), 1):
                candidates.append((-shared, route.route_id, other.route_id, route, other))
    taken: set[str] = set()
    groups: list[tuple[Route, ...]] = []
    for _, first_id, second_id, first, second in sorted(candidates, key=lambda c: c[:3]):
        if first_id not in taken and second_id not in taken:
            taken |= {first_id, second_id}
            groups.append((first, second))
    groups += [(route,) for route in routes if route.route_id not in taken]
    return groups


class _Days:
    """On how many dates of the year anybody of a route travels."""

    def __init__(self, inputs: Inputs) -> None:
        day_types, dates = find_day_types(inputs)
        self._n_dates = Counter(dates.values())
        self._travelling: dict[str, set[tuple[str, Session]]] = {
            day_type.day_type_id: {
                (traveller.passenger_id, session)
                for session in Session
                for traveller in find_travellers(inputs, day_type, session)
            }
            for day_type in day_types
        }

    def count(self, group: tuple[Route, ...]) -> int:
        """Count the dates on which the routes run."""
        pairs = {(p, route.session) for route in group for p in route.passenger_ids}
        return sum(
            self._n_dates[day_type_id]
            for day_type_id, travelling in self._travelling.items()
            if pairs & travelling
        )


class _Look:
    """What contract routes look up in the inputs."""

    def __init__(self, inputs: Inputs) -> None:
        self.passengers = {p.passenger_id: p for p in inputs.passengers}
        self.places = {p.place_id: p for p in inputs.places}
        self.locked = find_locked_out(inputs)
        self.protected = {h.place_id for h in inputs.homes if h.is_protected}
        self.types = sorted(
            inputs.vehicle_types,
            key=lambda t: (t.n_passenger_seats, t.has_lift, t.vehicle_type_id),
        )
        self.today: dict[tuple[str, Session], str] = {
            (row.passenger_id, row.session): row.provider_id for row in inputs.current_routes
        }

    def find_type(self, needs: Iterable[RouteNeed], route_id: str) -> str:
        """Find the smallest vehicle type that fits all loads."""
        wanted = tuple(needs)
        for vehicle_type in self.types:
            if all(is_fitting(vehicle_type, need) for need in wanted):
                return vehicle_type.vehicle_type_id
        raise ModelError(f"no vehicle type carries route {route_id!r}")

    def find_incumbent(self, group: tuple[Route, ...]) -> str:
        """Find who carries most of the passengers today; a tie goes to the smaller id."""
        counts = Counter(
            self.today[p, route.session]
            for route in group
            for p in route.passenger_ids
            if (p, route.session) in self.today
        )
        return min(counts, key=lambda provider: (-counts[provider], provider), default="")

    def find_area(self, route: Route) -> str:
        """Find the postcode district of the first pick-up."""
        homes = [stop.place_id for stop in route.stops if stop.site_id is None]
        if any(place_id in self.protected for place_id in homes):
            return WITHHELD
        if not homes:
            return ""
        at = homes[-1] if route.session.is_homeward else homes[0]
        postcode = self.places[at].postcode
        return postcode[:-3].strip() if postcode else ""

    def find_square(self, group: tuple[Route, ...]) -> tuple[int, int]:
        """Find the middle of the stops that may be shown, to the nearest square. [m]"""
        stops = [stop for route in group for stop in route.stops]
        shown = [
            s for s in stops if s.site_id is None and s.place_id not in self.protected
        ] or [s for s in stops if s.site_id is not None]
        places = [self.places[s.place_id] for s in shown]
        n = len(places)
        east_m = sum(p.easting_m for p in places) // n
        north_m = sum(p.northing_m for p in places) // n
        half = SQUARE_M // 2
        return (
            (east_m + half) // SQUARE_M * SQUARE_M,
            (north_m + half) // SQUARE_M * SQUARE_M,
        )


def _build_contract(
    contract_id: str,
    group: tuple[Route, ...],
    guides: Mapping[str, int],
    days: _Days,
    look: _Look,
) -> ContractRoute:
    try:
        needs = [find_need(route, look.passengers, look.locked) for route in group]
        east_m, north_m = look.find_square(group)
    except KeyError as error:
        raise ModelError(f"a route names {error}, which the inputs have not") from error
    sites = tuple(dict.fromkeys(s for route in group for s in _find_sites(route)))
    return ContractRoute(
        contract_id=contract_id,
        runs=tuple(
            ContractRun(
                route_id=route.route_id,
                session=route.session,
                start_s=route.start_s,
                end_s=route.end_s,
                loaded_m=route.loaded_m,
                n_stops=len(route.stops),
            )
            for route in group
        ),
        site_ids=sites,
        area=look.find_area(group[0]),
        easting_m=east_m,
        northing_m=north_m,
        vehicle_type_id=look.find_type(needs, group[0].route_id),
        n_seats=max(need.n_seats for need in needs),
        n_wheelchair_spaces=max(need.n_spaces for need in needs),
        needs_lift=any(need.needs_lift for need in needs),
        n_assistants=max(need.n_assistants for need in needs),
        n_trained_assistants=max(need.n_trained_assistants for need in needs),
        n_passengers=len({p for route in group for p in route.passenger_ids}),
        n_days=days.count(group),
        guide_pence=sum(guides[route.route_id] for route in group),
        incumbent_id=look.find_incumbent(group),
        barred_ids=tuple(sorted({b for need in needs for b in need.barred})),
    )
