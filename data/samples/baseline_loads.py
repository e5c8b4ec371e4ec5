"""What one hand-made route holds: who fits, how long it takes on a wall map, what it costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from data.fleet import VehicleType
from data.passengers import AssistantNeed, Wheelchair
from data.places import Place, Site
from data.policy import Policy
from data.samples import company
from data.samples.drafts import Draft
from data.samples.geography import rough_drive_s
from data.samples.seeds import Points

_CAUTION = 0.85

DAY_RATE_PENCE = {
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
class Provider:
    """What a provider has left to put out in one part of the day."""

    provider_id: str
    vehicles: dict[str, int]
    n_assistants: int
    n_trained: int
    area: tuple[float, float, float] | None = None


@dataclass(slots=True, kw_only=True)
class Load:
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


def needs_lift(unit: Sequence[Draft]) -> bool:
    """Whether somebody of a unit rides only in a vehicle with a lift."""
    return any(d.needs_lift or d.wheelchair is Wheelchair.STAYS for d in unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class WallMap:
    """Judges hand-made routes by straight lines, vehicle layouts and companions."""

    sites: Sequence[Site]
    site_places: Sequence[Place]
    points: Points
    types: dict[str, VehicleType]
    policy: Policy
    rough_m_per_h: int

    def add(
        self, load: Load, unit: list[Draft], site: int, type_id: str, provider: Provider
    ) -> Load | None:
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

    def _timed(self, members: list[Draft], site: int) -> Load:
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
        return Load(members=members, offsets_s=offsets_s, total_s=time_s)

    def _drive_s(self, dx_m: float, dy_m: float) -> float:
        """Guess a drive as a hand-made plan reckons it. [s]"""
        return rough_drive_s(math.hypot(dx_m, dy_m), self.rough_m_per_h)

    def _limit_s(self, d: Draft) -> float:
        """Longest ride a planner accepts on the wall map, a little under the limit. [s]"""
        if d.max_ride_s is not None:
            return _CAUTION * d.max_ride_s
        direct_s = rough_drive_s(d.straight_m, self.rough_m_per_h)
        limit_s = _CAUTION * max(
            self.policy.ride_cap_s(d.phase), direct_s * self.policy.direct_ride_bp / 10_000
        )
        if d.received_s is not None:
            limit_s = min(limit_s, d.received_s[1] - self.sites[d.site].leave_from_s - 300.0)
        return limit_s

    def _is_in_area(self, unit: list[Draft], site: int, provider: Provider) -> bool:
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
        return all(math.hypot(px - x, py - y) <= radius_m for px, py in at)

    def find_price_pence(self, type_id: str, load: Load, n_routes: int) -> int:
        """Agreed price of the day, to 50 pence: by vehicle, or a car by the mile. [pence]

        Assistants are 45 pounds a day; prices differ by up to a tenth from one contract to the
        next, as hand-made ones do.
        """
        n_assistants = load.find_need(self.policy)[2]
        base = DAY_RATE_PENCE.get(type_id)
        if base is None:
            miles = round(load.total_s / 3600 * self.rough_m_per_h / 1_609)
            base = 2 * max(2_500, 1_200 + 260 * miles)
        varied = base * (90 + n_routes * 37 % 21) // 100
        return (varied + 4_500 * n_assistants + 25) // 50 * 50
