"""Changes of the council's rules: ride limits, mixed loads, walks to pick-up points."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, Literal

from pydantic import Field

from data.imports.headings import find_near
from data.passengers import Phase
from data.places import PickUpPoint
from data.policy import Policy
from scenarios.changes.change import Change, ChangeError, Draft
from scenarios.changes.choose import find_passengers

MOST_WALK_M = 1_609
"""Farthest pick-up point, one mile: statutory guidance on pick-up points. [m]"""


class SetRideLimits(Change):
    """Longest rides of phases, in minutes; passengers' own limits stay."""

    kind: Literal["set_ride_limits"]
    primary_minutes: int | None = Field(default=None, ge=10, le=180)
    secondary_minutes: int | None = Field(default=None, ge=10, le=180)
    adult_minutes: int | None = Field(default=None, ge=10, le=180)

    def apply(self, draft: Draft) -> None:
        """Set the hard limits; the guides of 45 and 75 minutes stay what is reported."""
        policy = draft.inputs.policy
        draft.put(
            policy=replace(
                policy,
                ride_cap_primary_s=_seconds(self.primary_minutes, policy.ride_cap_primary_s),
                ride_cap_secondary_s=_seconds(
                    self.secondary_minutes, policy.ride_cap_secondary_s
                ),
                ride_cap_adult_s=_seconds(self.adult_minutes, policy.ride_cap_adult_s),
            )
        )
        for phase in (Phase.PRIMARY, Phase.SECONDARY):
            now = draft.inputs.policy
            if now.ride_cap_s(phase) > now.ride_guide_s(phase):
                draft.notes.append(
                    f"Rides of {phase} passengers may exceed the guide of "
                    f"{now.ride_guide_s(phase) // 60} minutes (TIME-1)."
                )


class SetMixedLoads(Change):
    """How many sites a route may serve, and whether children and adults may ride together."""

    kind: Literal["set_mixed_loads"]
    max_sites_per_route: int | None = Field(default=None, ge=1, le=6)
    children_and_adults: bool | None = None

    def apply(self, draft: Draft) -> None:
        """Set the policy."""
        policy = draft.inputs.policy
        if self.max_sites_per_route is not None:
            policy = replace(policy, max_sites_per_route=self.max_sites_per_route)
        if self.children_and_adults is not None:
            policy = replace(policy, is_mixing_children_and_adults=self.children_and_adults)
        draft.put(policy=policy)


class SetWalkLimits(Change):
    """Passengers of a phase without special needs walk to shared pick-up points."""

    kind: Literal["set_walk_limits"]
    phases: tuple[Phase, ...] = (Phase.SECONDARY,)
    walk_m: int = Field(ge=0, le=MOST_WALK_M)
    new_points: int = Field(default=0, ge=0)
    """Pick-up points added, each at the home place of a passenger of those phases."""

    def apply(self, draft: Draft) -> None:
        """Set how far each may be asked to walk."""
        found = [
            p
            for p in find_passengers(draft, phases=self.phases)
            if p.assistant.value == "none"
            and not p.n_wheelchair_spaces
            and not p.needs_lift
            and not p.travels_alone
        ]
        ids = {p.passenger_id for p in found}
        inputs = draft.inputs
        draft.put(
            passengers=tuple(
                replace(p, walk_limit_m=self.walk_m) if p.passenger_id in ids else p
                for p in inputs.passengers
            )
        )
        draft.touch("walks", ids)
        if not self.new_points:
            return
        protected = {h.home_id for h in inputs.homes if h.is_protected}
        used = {point.place_id for point in inputs.pick_up_points}
        places = sorted(
            {
                h.place_id
                for h in inputs.homes
                if h.passenger_id in ids and h.home_id not in protected
            }
            - used
        )
        order = draft.rng.permutation(len(places))
        points = tuple(
            PickUpPoint(
                pick_up_point_id=f"NP{k + 1:03d}",
                name=f"New pick-up point {k + 1}",
                place_id=places[int(order[k])],
            )
            for k in range(min(self.new_points, len(places)))
        )
        draft.put(pick_up_points=(*inputs.pick_up_points, *points))


class SetPolicy(Change):
    """Any number of the policy by its name."""

    kind: Literal["set_policy"]
    values: dict[str, int | bool]

    def apply(self, draft: Draft) -> None:
        """Set the fields."""
        known = [f.name for f in fields(Policy)]
        for name, value in self.values.items():
            if name not in known:
                raise ChangeError(
                    "Y010",
                    f"values.{name}",
                    f"The policy has no {name}{find_near(name, known)}.",
                    "See the settings of the workbook.",
                )
            now = getattr(draft.inputs.policy, name)
            if isinstance(now, bool) is not isinstance(value, bool) or value < 0:
                raise ChangeError(
                    "Y011",
                    f"values.{name}",
                    f"{value!r} is not a value of {name}.",
                    f"It is {now!r} now.",
                )
        values: dict[str, Any] = dict(self.values)
        draft.put(policy=replace(draft.inputs.policy, **values))


def _seconds(minutes: int | None, now_s: int) -> int:
    return now_s if minutes is None else minutes * 60
