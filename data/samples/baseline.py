"""Today's plan in the style of one made by hand: one site a route, by postcode sector.

Vehicles are chosen largest first, routes follow the nearest next home from the furthest one,
and times come from straight lines, as on a wall map. Siblings at two sites are the one
exception to one site a route.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from data.fleet import OWN_PROVIDER_ID, Crew, CrewRole, Supplier, Vehicle, VehicleType
from data.passengers import AssistantNeed, Wheelchair
from data.places import Place, Session, Site
from data.plans import CurrentRoute
from data.policy import Policy
from data.samples import company
from data.samples.drafts import Draft
from data.samples.geography import rough_drive_s
from data.samples.seeds import FloatArray, Points

BoolArray = NDArray[np.bool_]

_DAY_RATE_PENCE = {
    company.WAV_CAR: 7_000,
    company.MPV: 9_000,
    company.MINIBUS_8: 12_500,
    company.WAV_8: 14_500,
    company.MINIBUS_16: 26_579,
    company.MINIBUS_16_LIFT: 29_237,
    company.MIDIBUS_22: 31_500,
    company.COACH_49: 38_000,
}
"""Agreed price of a day by vehicle: around 50,500 pounds a minibus and year of 190 days."""


@dataclass(slots=True, kw_only=True)
class _Provider:
    """What a provider has left to put out in one part of the day."""

    provider_id: str
    vehicles: dict[str, int]
    n_assistants: int
    n_trained: int
    area: tuple[float, float, float] | None = None


@dataclass(slots=True, kw_only=True)
class _Load:
    """People aboard a route being put together, in order of boarding."""

    members: list[Draft] = field(default_factory=list)
    offsets_s: list[float] = field(default_factory=list)
    total_s: float = 0.0

    def find_need(self, policy: Policy) -> tuple[int, int, int, int, bool]:
        """Seats, spaces, assistants, trained assistants, and whether a lift is needed."""
        seats = sum(0 if d.wheelchair is Wheelchair.STAYS else d.n_seats for d in self.members)
        spaces = sum(d.wheelchair is Wheelchair.STAYS for d in self.members)
        lift = spaces > 0 or any(d.needs_lift for d in self.members)
        trained = _count_assistants([d for d in self.members if d.needs_trained], policy)
        return seats, spaces, _count_assistants(self.members, policy), trained, lift


def _count_assistants(members: Sequence[Draft], policy: Policy) -> int:
    """Assistants a group needs: own ones, named ones, and shared ones by the ratio."""
    one = sum(
        d.assistant is AssistantNeed.ONE_TO_ONE and d.assistant_id is None for d in members
    )
    named = len({d.assistant_id for d in members if d.assistant_id is not None})
    shared = sum(
        d.assistant is AssistantNeed.SHARED and d.assistant_id is None for d in members
    )
    return one + named + -(-shared // policy.shared_assistant_ratio)


def build_current_routes(
    drafts: Sequence[Draft],
    sites: Sequence[Site],
    site_places: Sequence[Place],
    points: Points,
    *,
    vehicles: Sequence[Vehicle],
    crews: Sequence[Crew],
    suppliers: Sequence[Supplier],
    places: Sequence[Place],
    vehicle_types: Sequence[VehicleType],
    rough_m_per_h: int,
    reach_m: int,
) -> tuple[CurrentRoute, ...]:
    """Build today's hand-made routes, the same vehicle in both directions.

    Own vehicles go first. A passenger for whom no vehicle is left is on no route. The agreed
    price stands on every row of its route and is one price for the day, both directions
    together; own routes have none.
    """
    maker = _Maker(
        sites=sites,
        site_places=site_places,
        points=points,
        types={t.vehicle_type_id: t for t in vehicle_types},
        policy=Policy(),
        rough_m_per_h=rough_m_per_h,
        reach_m=reach_m,
    )
    rows: list[CurrentRoute] = []
    providers = _providers(vehicles, crews, suppliers, places)
    school = [d for d in drafts if d.service != "adult"]
    rows += maker.build(school, providers, (Session.AM, Session.PM))
    # Between the peaks half of the own vehicles are taken to be free; suppliers use those that
    # have no school route, so that the day holds together without any timing.
    for provider in providers:
        if provider.provider_id == OWN_PROVIDER_ID:
            own = _providers(vehicles, crews, (), places)[0]
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
    places: Sequence[Place],
) -> list[_Provider]:
    """List the own company and the suppliers with all they have."""
    at = {p.place_id: p for p in places}
    own: dict[str, int] = {}
    for v in vehicles:
        own[v.vehicle_type_id] = own.get(v.vehicle_type_id, 0) + 1
    assistants = [c for c in crews if c.role is CrewRole.ASSISTANT]
    found = [
        _Provider(
            provider_id=OWN_PROVIDER_ID,
            vehicles=own,
            n_assistants=len(assistants),
            n_trained=sum(c.is_medically_trained for c in assistants),
        )
    ]
    for s in suppliers:
        area = None
        if s.area_centre_place_id is not None and s.area_radius_m is not None:
            centre = at[s.area_centre_place_id]
            area = (float(centre.easting_m), float(centre.northing_m), float(s.area_radius_m))
        found.append(
            _Provider(
                provider_id=s.supplier_id,
                vehicles={v.vehicle_type_id: v.n_vehicles for v in s.vehicles},
                n_assistants=s.n_assistants,
                n_trained=s.n_trained_assistants,
                area=area,
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
    if n_left >= 30:
        return (company.COACH_49, company.MIDIBUS_22, *large, *small[::-1], *lifts)
    if n_left >= 9:
        return (*large, company.MIDIBUS_22, *small[::-1], *lifts, company.COACH_49)
    if n_left >= 4:
        return (*small[::-1], *large, company.MIDIBUS_22, *lifts, company.COACH_49)
    return (*small, *large, company.MIDIBUS_22, *lifts)


def _needs_lift(unit: Sequence[Draft]) -> bool:
    """Whether somebody of a unit rides only in a vehicle with a lift."""
    return any(d.needs_lift or d.wheelchair is Wheelchair.STAYS for d in unit)


@dataclass(slots=True, kw_only=True)
class _Maker:
    """Puts hand-made routes together."""

    sites: Sequence[Site]
    site_places: Sequence[Place]
    points: Points
    types: dict[str, VehicleType]
    policy: Policy
    rough_m_per_h: int
    reach_m: int
    n_routes: int = 0

    def build(
        self,
        drafts: Sequence[Draft],
        providers: Sequence[_Provider],
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
                start = [i for i, u in enumerate(by_site[site]) if _needs_lift(u)]
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
        providers: Sequence[_Provider],
        sessions: tuple[Session, Session],
    ) -> list[CurrentRoute]:
        """Build routes of one site from the units that may start one, while anything fits.

        Marks in `is_left` who is placed, or cannot be.
        """
        rows: list[CurrentRoute] = []
        x = self.points.easting_m[[u[0].point for u in units]].astype(np.float64)
        y = self.points.northing_m[[u[0].point for u in units]].astype(np.float64)
        place = self.site_places[site]
        away = np.hypot(x - place.easting_m, y - place.northing_m)
        while (is_left & may_start).any():
            start = int(np.argmax(np.where(is_left & may_start, away, -1.0)))
            area = self.points.areas[units[start][0].point]
            n_near = sum(
                len(units[i])
                for i in np.flatnonzero(is_left).tolist()
                if self.points.areas[units[i][0].point] == area
            )
            found = self._find_route(site, units, (x, y), is_left, start, n_near, providers)
            if found is None:
                is_left[start] = False
                continue
            provider, type_id, load, used = found
            is_left[used] = False
            self._take(provider, type_id, load)
            rows += self._write(site, provider.provider_id, type_id, load, sessions)
        return rows

    def _find_route(
        self,
        site: int,
        units: list[list[Draft]],
        xy: tuple[FloatArray, FloatArray],
        is_left: BoolArray,
        start: int,
        n_near: int,
        providers: Sequence[_Provider],
    ) -> tuple[_Provider, str, _Load, list[int]] | None:
        """Find the first vehicle type, in the planner's order, that takes the furthest unit."""
        is_alone = any(d.is_alone for d in units[start])
        wanted = _wanted_types(1 if is_alone else n_near, needs_lift=_needs_lift(units[start]))
        for type_id in wanted:
            for provider in providers:
                if provider.vehicles.get(type_id, 0) <= 0:
                    continue
                load, used = self._fill(site, units, xy, is_left, start, type_id, provider)
                if used:
                    return provider, type_id, load, used
        return None

    def _fill(
        self,
        site: int,
        units: list[list[Draft]],
        xy: tuple[FloatArray, FloatArray],
        is_left: BoolArray,
        start: int,
        type_id: str,
        provider: _Provider,
    ) -> tuple[_Load, list[int]]:
        """Fill a vehicle from the furthest unit on: its own sector, then the next one near."""
        x, y = xy
        area = self.points.areas[units[start][0].point]
        in_area = np.array([self.points.areas[u[0].point] == area for u in units])
        is_open = is_left.copy()
        load = self._add(_Load(), units[start], site, type_id, provider)
        if load is None:
            return _Load(), []
        used = [start]
        is_open[start] = False
        if any(d.is_alone for d in units[start]):
            return load, used
        full = max(
            layout.n_seats + layout.n_wheelchair_spaces
            for layout in self.types[type_id].layouts
        )
        n_missed = 0
        while n_missed < 6:
            last = used[-1]
            away = np.hypot(x - x[last], y - y[last])
            choice = is_open & in_area
            if not choice.any():
                if 10 * len(load.members) >= 6 * full:
                    break
                choice = is_open & (away <= self.reach_m)
                if not choice.any():
                    break
            i = int(np.argmin(np.where(choice, away, np.inf)))
            is_open[i] = False
            more = self._add(load, units[i], site, type_id, provider)
            if more is None:
                n_missed += 1
                continue
            load = more
            used.append(i)
        return load, used

    def _add(
        self, load: _Load, unit: list[Draft], site: int, type_id: str, provider: _Provider
    ) -> _Load | None:
        """Add a unit at the end of the boarding order, or None if it does not fit."""
        members = load.members + unit
        if load.members and any(d.is_alone for d in unit):
            return None
        ids = {d.passenger_id for d in members}
        if any(
            d.apart_from & ids or provider.provider_id in d.barred for d in members
        ) or not self._is_in_area(unit, site, provider):
            return None
        more = self._timed(members, site)
        seats, spaces, n_assistants, n_trained, lift = more.find_need(self.policy)
        kind = self.types[type_id]
        fits = any(
            layout.n_seats >= seats + n_assistants and layout.n_wheelchair_spaces >= spaces
            for layout in kind.layouts
        )
        if (
            not fits
            or (lift and not kind.has_lift)
            or n_assistants > provider.n_assistants
            or n_trained > provider.n_trained
        ):
            return None
        for d, offset_s in zip(members, more.offsets_s, strict=True):
            if more.total_s - offset_s > self._limit_s(d) and len(members) > len(unit):
                return None
        return more

    def _timed(self, members: list[Draft], site: int) -> _Load:
        """Guess when each member has boarded and when the vehicle arrives. [s]"""
        p = self.points
        time_s, offsets_s = 0.0, []
        for k, d in enumerate(members):
            if k:
                before = members[k - 1]
                time_s += self._drive_s(
                    p.easting_m[d.point] - p.easting_m[before.point],
                    p.northing_m[d.point] - p.northing_m[before.point],
                )
            time_s += d.boarding_s
            offsets_s.append(time_s)
        x, y = float(p.easting_m[members[-1].point]), float(p.northing_m[members[-1].point])
        for at in dict.fromkeys([site, *(d.site for d in members)]):
            place = self.site_places[at]
            time_s += self._drive_s(x - place.easting_m, y - place.northing_m)
            x, y = float(place.easting_m), float(place.northing_m)
        return _Load(members=members, offsets_s=offsets_s, total_s=time_s)

    def _drive_s(self, dx_m: float, dy_m: float) -> float:
        """Guess a drive as a hand-made plan reckons it. [s]"""
        return rough_drive_s(math.hypot(dx_m, dy_m), self.rough_m_per_h)

    def _limit_s(self, d: Draft) -> float:
        """Longest ride a planner would accept on the wall map. [s]"""
        if d.max_ride_s is not None:
            return float(d.max_ride_s)
        direct_s = rough_drive_s(d.straight_m, self.rough_m_per_h)
        limit_s = max(
            float(self.policy.ride_cap_s(d.phase)),
            direct_s * self.policy.direct_ride_bp / 11_000,
        )
        if d.received_s is not None:
            limit_s = min(limit_s, d.received_s[1] - self.sites[d.site].leave_from_s - 300.0)
        return limit_s

    def _is_in_area(self, unit: list[Draft], site: int, provider: _Provider) -> bool:
        """Whether homes and sites lie in the provider's area."""
        if provider.area is None:
            return True
        x, y, radius_m = provider.area
        at = [
            (float(self.points.easting_m[d.point]), float(self.points.northing_m[d.point]))
            for d in unit
        ] + [
            (float(self.site_places[s].easting_m), float(self.site_places[s].northing_m))
            for s in {site, *(d.site for d in unit)}
        ]
        return all(np.hypot(px - x, py - y) <= radius_m for px, py in at)

    def _take(self, provider: _Provider, type_id: str, load: _Load) -> None:
        """Take the vehicle and the assistants out of what is left."""
        _, _, n_assistants, n_trained, _ = load.find_need(self.policy)
        provider.vehicles[type_id] -= 1
        provider.n_assistants -= n_assistants
        provider.n_trained -= n_trained

    def _write(
        self,
        site: int,
        provider_id: str,
        type_id: str,
        load: _Load,
        sessions: tuple[Session, Session],
    ) -> list[CurrentRoute]:
        """Write the rows of a route: out in order of boarding, home the other way round."""
        self.n_routes += 1
        name = f"{self.sites[site].site_id}-R{self.n_routes:03d}"
        price = None if provider_id == OWN_PROVIDER_ID else self._price_pence(type_id, load)
        rows = []
        for session in sessions:
            order = load.members[::-1] if session.is_homeward else load.members
            rows += [
                CurrentRoute(
                    route_name=name,
                    session=session,
                    provider_id=provider_id,
                    vehicle_type_id=type_id,
                    sequence=i + 1,
                    passenger_id=d.passenger_id,
                    price_pence_per_day=price,
                )
                for i, d in enumerate(order)
            ]
        return rows

    def _price_pence(self, type_id: str, load: _Load) -> int:
        """Agreed price of the day, to 50 pence: by vehicle, or a car by the mile. [pence]

        Assistants are 45 pounds a day; prices differ by up to a tenth from one contract to the
        next, as hand-made ones do.
        """
        n_assistants = load.find_need(self.policy)[2]
        base = _DAY_RATE_PENCE.get(type_id)
        if base is None:
            miles = round(load.total_s / 3600 * self.rough_m_per_h / 1_609)
            base = 2 * max(2_500, 1_200 + 260 * miles)
        varied = base * (90 + self.n_routes * 37 % 21) // 100
        return (varied + 4_500 * n_assistants + 25) // 50 * 50
