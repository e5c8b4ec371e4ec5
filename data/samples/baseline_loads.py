"""What one hand-made route holds: who fits, how long it takes on a wall map, what it costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from data.fleet import VehicleType
from data.money import RateCard
from data.passengers import AssistantNeed, Wheelchair
from data.places import Place, Session, Site
from data.policy import Policy
from data.samples.baseline_prices import OWN_DAY_PENCE, RoughRoute, find_pair_pence
from data.samples.drafts import Draft
from data.samples.geography import rough_drive_s
from data.samples.seeds import Points

_CAUTION = 0.85
_DETOUR = 1.3


@dataclass(slots=True, kw_only=True)
class Provider:
    """What a provider has left to put out in one part of the day."""

    provider_id: str
    vehicles: dict[str, int]
    n_assistants: int
    n_trained: int
    area: tuple[float, float, float] | None = None
    card: RateCard | None = None


@dataclass(slots=True, kw_only=True)
class Load:
    """People aboard a route being put together, in order of boarding."""

    members: list[Draft] = field(default_factory=list)
    offsets_s: list[float] = field(default_factory=list)
    total_s: float = 0.0
    straight_m: float = 0.0

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

    def judge(
        self, units: Sequence[Sequence[Draft]], site: int, type_id: str, provider: Provider
    ) -> Load | None:
        """Time units in the order of boarding; None if they may not, or do not, fit together.

        A unit by itself may exceed its ride limit: it has to be carried somehow.
        """
        members = [d for unit in units for d in unit]
        if len(units) > 1 and any(d.is_alone for d in members):
            return None
        ids = {d.passenger_id for d in members}
        if any(
            d.apart_from & ids or provider.provider_id in d.barred for d in members
        ) or not self._is_in_area(members, site, provider):
            return None
        load = self._timed(members, site)
        seats, spaces, n_assistants, n_trained, lift = load.find_need(self.policy)
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
        if len(units) > 1 and any(
            load.total_s - offset_s > self._limit_s(d)
            for d, offset_s in zip(members, load.offsets_s, strict=True)
        ):
            return None
        return load

    def _timed(self, members: list[Draft], site: int) -> Load:
        """Guess when each member has boarded and when the vehicle arrives. [s]"""
        p = self.points
        straight_m, boarding_s, offsets_s = 0.0, 0, []
        for k, d in enumerate(members):
            if k:
                before = members[k - 1].point
                straight_m += math.hypot(
                    p.easting_m[d.point] - p.easting_m[before],
                    p.northing_m[d.point] - p.northing_m[before],
                )
            boarding_s += d.boarding_s
            offsets_s.append(boarding_s + rough_drive_s(straight_m, self.rough_m_per_h))
        x, y = float(p.easting_m[members[-1].point]), float(p.northing_m[members[-1].point])
        for at in dict.fromkeys([site, *(d.site for d in members)]):
            place = self.site_places[at]
            straight_m += math.hypot(x - place.easting_m, y - place.northing_m)
            x, y = float(place.easting_m), float(place.northing_m)
        return Load(
            members=members,
            offsets_s=offsets_s,
            total_s=boarding_s + rough_drive_s(straight_m, self.rough_m_per_h),
            straight_m=straight_m,
        )

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

    def find_price_pence(
        self, provider: Provider, type_id: str, load: Load, sessions: tuple[Session, Session]
    ) -> int | None:
        """Find what a load costs with a provider for the day; None without a price. [pence]"""
        if provider.card is None:
            return OWN_DAY_PENCE.get(type_id)
        _, _, n_assistants, n_trained, _ = load.find_need(self.policy)
        route = RoughRoute(
            loaded_m=round(load.straight_m * _DETOUR),
            duration_s=round(load.total_s),
            n_assistants=n_assistants,
            n_trained=n_trained,
        )
        return find_pair_pence(provider.card, type_id, sessions, route)


def find_agreed_pence(price_pence: int, n_routes: int) -> int:
    """Find the agreed price of a contract, to 50 pence: up to a tenth off its rates. [pence]"""
    return (price_pence * (90 + n_routes * 37 % 21) // 100 + 25) // 50 * 50
