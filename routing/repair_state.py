"""The state of a repair under way: what is still to do, and the day as it is so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from data.changes import ChangeBudget, WideChange, WideReason
from data.costs import CostModel
from data.demand import Traveller
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.places import Session
from data.plans import Duty, Plan, Unserved, UnservedReason
from routing.assemble import PlannedRoute
from routing.differences import Differences
from routing.disturbance import JourneyKey, find_rides
from routing.proofs import Prover
from routing.repair_day import RepairDay
from routing.repair_places import Option, Places
from routing.repair_result import Tally
from routing.starts import read_points

_LEFT_OVER = {UnservedReason.NO_CAPACITY_LEFT, UnservedReason.NO_PLACE_FOUND_IN_TIME}
"""Reasons of those who could have been carried had there been room."""


@dataclass(slots=True)
class LooseRoute:
    """A whole route without a duty."""

    planned: PlannedRoute
    wanted_s: int | None


class Repairing:
    """One repair under way.

    Attributes
    ----------
    proofs
        Journeys that nobody can carry.
    waiting, listed
        Journeys that need a place; those of them that had none before either.
    touched, left
        Duties changed so far for each passenger; those that change as the passenger leaves.
    narrow
        Why nobody could carry a passenger with few duties changed, and how many ways were
        tried, where that is so.
    usual
        With whom passengers ride on other days.
    """

    def __init__(
        self,
        plan: Plan,
        inputs: Inputs,
        matrix: TravelMatrix,
        cost_model: CostModel,
        found: Differences,
        budget: ChangeBudget,
    ) -> None:
        self.plan, self.inputs, self.found, self.budget = plan, inputs, found, budget
        self.before = {d.duty_id: d for d in plan.duties}
        self.rides = find_rides(plan.duties)
        self.prover = Prover(inputs, matrix, cost_model, plan.day_type)
        self.proofs = self._prove()
        points = read_points(inputs, matrix, plan.duties)
        travellers = {k: t for k, t in found.travellers.items() if k not in self.proofs}
        self._find_points(points, travellers)
        self.day = RepairDay(plan, inputs, matrix, cost_model, travellers, points)
        self.places = Places(self.day, self.rides, budget)
        self.changed_people = {
            c.passenger_id for c in found.changes if c.passenger_id is not None
        }
        self.touched: dict[str, set[str]] = {}
        for change in found.changes:
            if change.passenger_id is not None:
                self.touched.setdefault(change.passenger_id, set()).update(change.duty_ids)
        self.left = {p: frozenset(duty_ids) for p, duty_ids in self.touched.items()}
        self.narrow: dict[str, tuple[WideReason, int]] = {}
        self.tally = Tally(self.rides, self.changed_people | budget.exempt, budget)
        # Who was proven impossible and is no more waits like anybody else.
        listed = {(u.session, u.passenger_id) for u in plan.unserved if u.reason in _LEFT_OVER}
        self.waiting = {k for k in found.waiting if k in travellers and k not in listed}
        self.listed = {k for k in found.waiting if k in travellers and k in listed}
        self.usual: Mapping[JourneyKey, frozenset[str]] = {}
        self.loose_routes: list[LooseRoute] = []
        self.unserved: dict[JourneyKey, Unserved] = {}

    def _prove(self) -> dict[JourneyKey, Unserved]:
        """Prove which of those who need a place, or may need one, cannot be carried at all."""
        asked = set(self.found.waiting) | set(self.found.loose)
        for duty_id in self.found.broken:
            for route in self.before[duty_id].routes:
                asked |= {(route.session, p) for p in route.passenger_ids}
        proofs = {}
        for key in sorted(asked & self.found.travellers.keys()):
            journey = self.prover.build_journey(self.found.travellers[key])
            proof = self.prover.prove(journey)
            if proof is not None:
                proofs[key] = proof
        return proofs

    def _find_points(
        self,
        points: dict[Session, dict[str, tuple[str, int]]],
        travellers: dict[JourneyKey, Traveller],
    ) -> None:
        """Let those who need a place and may walk use a point where others board already."""
        for session, p in self.found.loose:
            points.get(session, {}).pop(p, None)
        used: dict[tuple[Session, str], set[str]] = {}
        for (session, p), t in travellers.items():
            point = points.get(session, {}).get(p)
            if point is not None and point[1]:
                used.setdefault((session, t.site_id), set()).add(point[0])
        for key in sorted(self.found.waiting & travellers.keys()):
            t = travellers[key]
            journey = self.prover.build_journey(t)
            able = [
                (walk_m, place_id)
                for place_id, walk_m in journey.options
                if self.prover.is_possible(t, place_id, walk_m)
            ]
            shared = used.get((key[0], t.site_id), set())
            near = [option for option in able if option[1] in shared] or able
            if near:
                walk_m, place_id = min(near)
                points.setdefault(key[0], {})[key[1]] = (place_id, walk_m)

    def list_wide(self) -> tuple[WideChange, ...]:
        """List those for whom more duties changed than the budget wants."""
        return tuple(
            WideChange(
                passenger_id=p,
                duty_ids=tuple(sorted(self.touched[p])),
                left_ids=tuple(sorted(self.left.get(p, frozenset()))),
                reason=reason,
                n_tried=n_tried,
            )
            for p, (reason, n_tried) in sorted(self.narrow.items())
            if len(self.touched.get(p, ())) > self.budget.max_duties_per_passenger
        )

    def build(self, option: Option) -> Duty | None:
        """Build the duty of an option, with names for what is new."""
        duty_id = option.duty_id or self.day.name_new(self.before)
        # A route may have gone to a duty that it is not named after.
        taken = {r.route_id for d in self.day.duties.values() for r in d.routes}
        taken |= {p.route_id for p in option.pieces}
        pieces = []
        for piece in option.pieces:
            name, number = piece.route_id, 0
            while not name or (not piece.route_id and name in taken):
                number += 1
                name = f"{duty_id}-{piece.planned.work.session}-{number}"
            pieces.append(replace(piece, route_id=name))
        before = self.day.duties.get(duty_id) or self.before.get(duty_id)
        return self.day.build(duty_id, option.draft, pieces, before)

    def take(self, option: Option) -> bool:
        """Make an option part of the day; False where there is no vehicle or crew for it."""
        made = self.build(option)
        if made is None:
            return False
        self.put(made)
        return True

    def put(self, duty: Duty) -> None:
        """Make a duty part of the day and note whom it disturbs."""
        self.day.put(duty)
        self.tally.put(duty)

    def undo(self, duty_id: str, before: Duty | None) -> None:
        """Put a duty back as it was, or take a new one out again."""
        if before is None:
            self.day.drop(duty_id)
            self.tally.drop(duty_id)
        else:
            self.put(before)
