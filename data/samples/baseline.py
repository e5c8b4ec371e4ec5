"""Today's plan in the style of one made by hand: one site a route, by postcode sector.

The furthest home first, then whoever lengthens the route least; times come from straight lines,
as on a wall map; each route goes to the cheapest provider that has a vehicle left. Siblings at
two sites are the one exception to one site a route.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.fleet import OWN_PROVIDER_ID, Crew, CrewRole, Supplier, Vehicle, VehicleType
from data.money import RateCard
from data.places import Place, Session, Site
from data.plans import CurrentRoute
from data.policy import Policy
from data.samples import company
from data.samples.baseline_loads import (
    Load,
    Provider,
    WallMap,
    find_agreed_pence,
    needs_lift,
)
from data.samples.drafts import Draft
from data.samples.seeds import FloatArray, IntArray, Points

BoolArray = NDArray[np.bool_]

_MAX_MISSED = 10
"""How many people who do not fit a planner tries before a route is left as it is."""


def build_current_routes(
    drafts: Sequence[Draft],
    sites: Sequence[Site],
    site_places: Sequence[Place],
    points: Points,
    *,
    vehicles: Sequence[Vehicle],
    crews: Sequence[Crew],
    suppliers: Sequence[Supplier],
    rate_cards: Sequence[RateCard],
    places: Sequence[Place],
    vehicle_types: Sequence[VehicleType],
    rough_m_per_h: int,
    reach_m: int,
) -> tuple[CurrentRoute, ...]:
    """Build today's hand-made routes, the same vehicle in both directions.

    Each route goes to the cheapest provider with a vehicle left, by its rate card at rough
    miles and hours. A passenger for whom no vehicle is left is on no route. The agreed price
    stands on every row of its route and is one price for the day, both directions
    together; own routes have none.
    """
    wall_map = WallMap(
        sites=sites,
        site_places=site_places,
        points=points,
        types={t.vehicle_type_id: t for t in vehicle_types},
        policy=Policy(),
        rough_m_per_h=rough_m_per_h,
    )
    maker = _Maker(map=wall_map, reach_m=reach_m)
    rows: list[CurrentRoute] = []
    providers = _providers(vehicles, crews, suppliers, rate_cards, places)
    school = [d for d in drafts if d.service != "adult"]
    rows += maker.build(school, providers, (Session.AM, Session.PM))
    # Between the peaks half of the own vehicles is taken to be free; suppliers use those
    # that have no school route, so that the day holds together without any timing.
    for provider in providers:
        if provider.provider_id == OWN_PROVIDER_ID:
            own = _providers(vehicles, crews, (), (), places)[0]
            provider.vehicles = {k: n // 2 for k, n in own.vehicles.items()}
            provider.n_assistants = own.n_assistants // 2
            provider.n_trained = own.n_trained // 2
    adults = [d for d in drafts if d.service == "adult"]
    rows += maker.build(adults, providers, (Session.DAY_OUT, Session.DAY_HOME))
    return tuple(rows)


def _providers(
    vehicles: Sequence[Vehicle],
    crews: Sequence[Crew],
    suppliers: Sequence[Supplier],
    rate_cards: Sequence[RateCard],
    places: Sequence[Place],
) -> list[Provider]:
    """List the own company and the suppliers with all they have."""
    at = {p.place_id: p for p in places}
    own: dict[str, int] = {}
    for v in vehicles:
        own[v.vehicle_type_id] = own.get(v.vehicle_type_id, 0) + 1
    assistants = [c for c in crews if c.role is CrewRole.ASSISTANT]
    found = [
        Provider(
            provider_id=OWN_PROVIDER_ID,
            vehicles=own,
            n_assistants=len(assistants) * 8 // 10,  # they belong to one depot each
            n_trained=sum(c.is_medically_trained for c in assistants),
        )
    ]
    for s in suppliers:
        area = None
        if s.area_centre_place_id is not None and s.area_radius_m is not None:
            centre = at[s.area_centre_place_id]
            area = (float(centre.easting_m), float(centre.northing_m), float(s.area_radius_m))
        found.append(
            Provider(
                provider_id=s.supplier_id,
                vehicles={v.vehicle_type_id: v.n_vehicles for v in s.vehicles},
                n_assistants=s.n_assistants,
                n_trained=s.n_trained_assistants,
                area=area,
                card=next(c for c in rate_cards if c.supplier_id == s.supplier_id),
            )
        )
    return found


def _wanted_types(n_left: int, *, needs_lift: bool) -> tuple[str, ...]:
    """Vehicle types in the order a planner tries them, by how many are left to place."""
    lifts = (company.WAV_8, company.MINIBUS_16_LIFT, company.WAV_CAR)
    if needs_lift:
        return lifts if n_left < 9 else (company.MINIBUS_16_LIFT, *lifts)
    small = (company.CAR, company.MPV, company.MINIBUS_8)
    large = (company.MINIBUS_16, company.MINIBUS_16_LIFT)
    if n_left >= 9:
        return (*large, company.MIDIBUS_22, *small[::-1], *lifts, company.COACH_49)
    if n_left >= 4:
        return (*small[::-1], *large, company.MIDIBUS_22, *lifts, company.COACH_49)
    return (*small, *large, company.MIDIBUS_22, *lifts)


@dataclass(slots=True, kw_only=True)
class _Maker:
    """Puts hand-made routes together."""

    map: WallMap
    reach_m: int
    n_routes: int = 0

    def build(
        self,
        drafts: Sequence[Draft],
        providers: Sequence[Provider],
        sessions: tuple[Session, Session],
    ) -> list[CurrentRoute]:
        """Build the routes of one part of the day, busiest site first."""
        rows: list[CurrentRoute] = []
        units = self._units(drafts)
        by_site: dict[int, list[list[Draft]]] = {}
        for unit in units:
            by_site.setdefault(unit[0].site, []).append(unit)
        busiest = sorted(by_site, key=lambda s: (-len(by_site[s]), s))
        left = {site: np.ones(len(by_site[site]), dtype=bool) for site in busiest}
        for is_lift_round in (True, False):  # vehicles with a lift go first where one is needed
            for site in busiest:
                start = [i for i, u in enumerate(by_site[site]) if needs_lift(u)]
                first = np.zeros(len(by_site[site]), dtype=bool)
                first[start if is_lift_round else slice(None)] = True
                rows += self._build_site(
                    site, by_site[site], left[site], first, providers, sessions
                )
        return rows

    def _units(self, drafts: Sequence[Draft]) -> list[list[Draft]]:
        """People who ride together are one unit; everybody else is one of their own."""
        by_id = {d.passenger_id: d for d in drafts}
        done: set[str] = set()
        units = []
        for d in drafts:
            if d.passenger_id in done:
                continue
            unit = [d, *(by_id[other] for other in sorted(d.together_with) if other in by_id)]
            done |= {member.passenger_id for member in unit}
            units.append(unit)
        return units

    def _build_site(
        self,
        site: int,
        units: list[list[Draft]],
        is_left: BoolArray,
        may_start: BoolArray,
        providers: Sequence[Provider],
        sessions: tuple[Session, Session],
    ) -> list[CurrentRoute]:
        """Build routes of one site from the units that may start one, while anything fits.

        Marks in `is_left` who is placed, or cannot be.
        """
        rows: list[CurrentRoute] = []
        x = self.map.points.easting_m[[u[0].point for u in units]].astype(np.float64)
        y = self.map.points.northing_m[[u[0].point for u in units]].astype(np.float64)
        place = self.map.site_places[site]
        away = np.hypot(x - place.easting_m, y - place.northing_m)
        while (is_left & may_start).any():
            start = int(np.argmax(np.where(is_left & may_start, away, -1.0)))
            found = self._find_route(site, units, (x, y), is_left, start, providers, sessions)
            if found is None:
                is_left[start] = False
                continue
            provider, type_id, load, used = found
            is_left[used] = False
            self._take(provider, type_id, load)
            rows += self._write(site, provider, type_id, load, sessions)
        return rows

    def _find_route(
        self,
        site: int,
        units: list[list[Draft]],
        xy: tuple[FloatArray, FloatArray],
        is_left: BoolArray,
        start: int,
        providers: Sequence[Provider],
        sessions: tuple[Session, Session],
    ) -> tuple[Provider, str, Load, list[int]] | None:
        """Find the first vehicle type, in the planner's order, that takes the furthest unit.

        What the vehicle then holds goes to the cheapest provider that has one left for it.
        """
        is_alone = any(d.is_alone for d in units[start])
        n_left = sum(len(units[i]) for i in np.flatnonzero(is_left).tolist())
        wanted = _wanted_types(1 if is_alone else n_left, needs_lift=needs_lift(units[start]))
        for type_id in wanted:
            for provider in providers:
                if provider.vehicles.get(type_id, 0) <= 0:
                    continue
                load, used = self._fill(site, units, xy, is_left, start, type_id, provider)
                if used:
                    best = self._find_cheapest(
                        site, load, (provider, type_id), providers, sessions
                    )
                    return *best, used
        return None

    def _find_cheapest(
        self,
        site: int,
        load: Load,
        found: tuple[Provider, str],
        providers: Sequence[Provider],
        sessions: tuple[Session, Session],
    ) -> tuple[Provider, str, Load]:
        """Find the cheapest vehicle left that holds a load; the one found if there is none."""
        least, best = None, (*found, load)
        for provider in providers:
            for type_id, n_vehicles in sorted(provider.vehicles.items()):
                if n_vehicles <= 0:
                    continue
                same = self.map.judge([load.members], site, type_id, provider)
                if same is None:
                    continue
                pence = self.map.find_price_pence(provider, type_id, same, sessions)
                if pence is not None and (least is None or pence < least):
                    least, best = pence, (provider, type_id, same)
        return best

    def _fill(
        self,
        site: int,
        units: list[list[Draft]],
        xy: tuple[FloatArray, FloatArray],
        is_left: BoolArray,
        start: int,
        type_id: str,
        provider: Provider,
    ) -> tuple[Load, list[int]]:
        """Fill a vehicle from the furthest unit on: its own sector first, then small detours.

        Each next unit goes in where it lengthens the route least.
        """
        load = self.map.judge([units[start]], site, type_id, provider)
        if load is None:
            return Load(), []
        order = [start]
        is_open = is_left.copy()
        is_open[start] = False
        if any(d.is_alone for d in units[start]):
            return load, order
        areas = self.map.points.areas
        in_area = np.array([areas[u[0].point] == areas[units[start][0].point] for u in units])
        place = self.map.site_places[site]
        n_missed = 0
        while n_missed < _MAX_MISSED:
            detour, position = _find_detours(
                *xy, order, float(place.easting_m), float(place.northing_m)
            )
            choice = is_open & in_area
            if not choice.any():
                choice = is_open & (detour <= self.reach_m)
                if not choice.any():
                    break
            i = int(np.argmin(np.where(choice, detour, np.inf)))
            is_open[i] = False
            wider = [*order[: position[i]], i, *order[position[i] :]]
            more = self.map.judge([units[k] for k in wider], site, type_id, provider)
            if more is None:
                n_missed += 1
                continue
            load, order = more, wider
        return load, order

    def _take(self, provider: Provider, type_id: str, load: Load) -> None:
        """Take the vehicle and the assistants out of what is left."""
        _, _, n_assistants, n_trained, _ = load.find_need(self.map.policy)
        provider.vehicles[type_id] -= 1
        provider.n_assistants -= n_assistants
        provider.n_trained -= n_trained

    def _write(
        self,
        site: int,
        provider: Provider,
        type_id: str,
        load: Load,
        sessions: tuple[Session, Session],
    ) -> list[CurrentRoute]:
        """Write the rows of a route: out in order of boarding, home the other way round."""
        self.n_routes += 1
        name = f"{self.map.sites[site].site_id}-R{self.n_routes:03d}"
        price = None
        expected = self.map.find_price_pence(provider, type_id, load, sessions)
        if provider.card is not None and expected is not None:
            price = find_agreed_pence(expected, self.n_routes)
        rows = []
        for session in sessions:
            order = load.members[::-1] if session.is_homeward else load.members
            rows += [
                CurrentRoute(
                    route_name=name,
                    session=session,
                    provider_id=provider.provider_id,
                    vehicle_type_id=type_id,
                    sequence=i + 1,
                    passenger_id=d.passenger_id,
                    price_pence_per_day=price,
                )
                for i, d in enumerate(order)
            ]
        return rows


def _find_detours(
    x: FloatArray, y: FloatArray, order: Sequence[int], site_x: float, site_y: float
) -> tuple[FloatArray, IntArray]:
    """Find how much each point lengthens a route to the site, and where it then goes in. [m]"""
    at_x = np.append(x[list(order)], site_x)
    at_y = np.append(y[list(order)], site_y)
    to_m = np.hypot(x[:, None] - at_x, y[:, None] - at_y)
    legs_m = np.hypot(np.diff(at_x), np.diff(at_y))
    first = to_m[:, :1]
    between = to_m[:, :-1] + to_m[:, 1:] - legs_m
    longer = np.concatenate([first, between], axis=1)
    position = np.argmin(longer, axis=1)
    return longer[np.arange(x.size), position], position
