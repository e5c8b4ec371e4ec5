"""A plan under a planner's hands: edits applied, priced exactly, checked, told as an effect.

Routing makes what an edit asks for, costing prices it, the checker judges it: three rooms that
only this one sees together.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from costing import build_cost_model, total_cost_pence
from data.checks import Violation
from data.demand import find_day_type
from data.errors import EditError, ModelError
from data.inputs import Inputs
from data.money import CostLine
from data.networks import TravelMatrix
from data.places import Session
from data.plan_edits import (
    Carrier,
    DutyEffect,
    Edit,
    Effect,
    MovePassenger,
    PlaceFound,
    RideEffect,
    TakePlan,
    apply_locks,
    is_about_rides,
)
from data.plans import Lock, Plan
from routing import PlanEditor, find_violations
from scenarios.case import price_exactly
from scenarios.measures import JourneyRide, find_journeys

FindPlan = Callable[[str], Plan]
"""Finds a kept plan by its fingerprint."""

KEPT_EDITORS = 4
"""Editors kept at once: one for each set of locks and plan taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedPlan:
    """A plan with its edits done, priced and checked.

    Attributes
    ----------
    plan
        With its exact cost; without one where `price_fault` says why.
    inputs
        With the locks that hold.
    lines
        Exact cost lines.
    violations
        Every rule it breaks, by the independent checker, money apart.
    journeys
        How everybody rides.
    """

    plan: Plan
    inputs: Inputs
    lines: tuple[CostLine, ...]
    violations: tuple[Violation, ...]
    journeys: tuple[JourneyRide, ...]
    price_fault: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether it may be proposed: priced, and breaks no rule."""
        return not self.violations and not self.price_fault


class PlanDesk:
    """A base plan, and what edits of it come to; knows the states of the last edits asked for.

    What it gives depends on its arguments alone. Not for two threads at once.

    Parameters
    ----------
    base
        A kept or published plan.
    inputs
        Those that edits are judged by: the plan's own, or newer ones.
    find_plan
        Finds the plans that edits take whole.

    Raises
    ------
    EditError
        If no site is open on the plan's date.
    """

    def __init__(
        self, base: Plan, inputs: Inputs, matrix: TravelMatrix, *, find_plan: FindPlan
    ) -> None:
        on = base.service_date or inputs.service_date
        day_type = find_day_type(inputs, on)
        if day_type is None:
            raise EditError(f"No site is open on {on.isoformat()}: there is nothing to edit.")
        self.inputs, self.matrix, self.on = inputs, matrix, on
        self.base = replace(base, day_type=day_type, service_date=on)
        self.model = build_cost_model(inputs, on)
        self._find_plan = find_plan
        self._editors: OrderedDict[tuple[tuple[Lock, ...], str], PlanEditor] = OrderedDict()
        self._states: list[tuple[Edit, EditedPlan]] = []
        self._first: EditedPlan | None = None

    @property
    def first(self) -> EditedPlan:
        """The base plan itself, priced and checked by the inputs given."""
        if self._first is None:
            self._first = self._judge(self.base, self.inputs)
        return self._first

    def prepare(self) -> None:
        """Do what the first edit would wait for: judge the base, load the compiled searches."""
        for route in self.first.plan.routes[:1]:
            alone = MovePassenger(passenger_id=route.passenger_ids[0], session=route.session)
            try:
                self.try_edit((), alone)
            except EditError:
                # Somebody whom nobody can carry alone: what is loaded is loaded.
                continue

    def apply(self, edits: Sequence[Edit]) -> EditedPlan:
        """Apply edits in order to the base.

        Raises
        ------
        EditError
            If one of them has no meaning on the plan that those before it made.
        """
        n_known = 0
        for (known, _), edit in zip(self._states, edits, strict=False):
            if known != edit:
                break
            n_known += 1
        del self._states[n_known:]
        for edit in edits[n_known:]:
            done = tuple(e for e, _ in self._states)
            self._states.append((edit, self._apply_one(self._last(), (*done, edit))))
        return self._last()

    def try_edit(self, edits: Sequence[Edit], edit: Edit) -> tuple[EditedPlan, Effect]:
        """Apply one more edit and say what it comes to against the plan without it.

        Raises
        ------
        EditError
            As for `apply`.
        """
        before = self.apply(edits)
        after = self._apply_one(before, (*edits, edit))
        return after, measure_effect(before, after)

    def find_places(
        self, edits: Sequence[Edit], passenger_id: str, session: Session
    ) -> tuple[PlaceFound, ...]:
        """Find the three best places for a passenger on the edited plan.

        Raises
        ------
        EditError
            If they do not travel in the session or nobody may carry them.
        """
        edited = self.apply(edits)
        return self._find_editor(edits, edited.inputs.locks).find_places(
            edited.plan, passenger_id, session
        )

    def find_waiting(self, edits: Sequence[Edit]) -> tuple[tuple[Session, str], ...]:
        """Find the journeys that the edited plan does not carry, e.g. those of starters."""
        edited = self.apply(edits)
        aboard = {(r.session, p) for r in edited.plan.routes for p in r.passenger_ids}
        editor = self._find_editor(edits, edited.inputs.locks)
        return tuple(key for key in editor.travelling if key not in aboard)

    @property
    def carriers(self) -> tuple[Carrier, ...]:
        """Who could work a duty on the day."""
        return tuple(
            Carrier(provider_id=p, vehicle_type_id=v, base_place_id=b)
            for p, v, b in zip(
                self.model.provider_ids,
                self.model.vehicle_type_ids,
                self.model.base_place_ids,
                strict=True,
            )
        )

    def _last(self) -> EditedPlan:
        return self._states[-1][1] if self._states else self.first

    def _apply_one(self, before: EditedPlan, edits: Sequence[Edit]) -> EditedPlan:
        """Apply the last of these edits to what those before it made."""
        edit = edits[-1]
        if isinstance(edit, TakePlan):
            taken = self._find_plan(edit.plan_hash)
            if taken.day_type != self.base.day_type:
                raise EditError(f"Plan {edit.plan_id} is for another kind of day.")
            return self._judge(replace(taken, service_date=self.on), before.inputs)
        if not is_about_rides(edit):
            locks = apply_locks(before.inputs.locks, (edit,))
            if locks == before.inputs.locks:
                raise EditError("That lock is not there any more.")
            return self._judge(before.plan, replace(before.inputs, locks=locks))
        editor = self._find_editor(edits, before.inputs.locks)
        return self._judge(editor.apply(before.plan, edit), before.inputs)

    def _find_editor(self, edits: Sequence[Edit], locks: tuple[Lock, ...]) -> PlanEditor:
        """Find the editor for these locks and the plan last taken whole."""
        taken = next((e for e in reversed(edits) if isinstance(e, TakePlan)), None)
        key = (locks, taken.plan_hash if taken is not None else "")
        if key not in self._editors:
            start = self.base
            if taken is not None:
                start = replace(self._find_plan(taken.plan_hash), service_date=self.on)
            self._editors[key] = PlanEditor(
                start,
                replace(self.inputs, locks=locks),
                self.matrix,
                self.model,
                judge=find_violations,
            )
            while len(self._editors) > KEPT_EDITORS:
                self._editors.popitem(last=False)
        self._editors.move_to_end(key)
        return self._editors[key]

    def _judge(self, plan: Plan, inputs: Inputs) -> EditedPlan:
        """Price and check a plan."""
        fault = ""
        lines: tuple[CostLine, ...] = ()
        try:
            priced, lines, _ = price_exactly(plan, inputs, self.on)
        except ModelError as error:
            priced, fault = replace(plan, cost_pence=None, full_cost_pence=None), str(error)
        return EditedPlan(
            plan=priced,
            inputs=inputs,
            lines=lines,
            violations=find_violations(priced, inputs, self.matrix),
            journeys=tuple(find_journeys(priced, inputs, self.matrix.walks)),
            price_fault=fault,
        )


def measure_effect(before: EditedPlan, after: EditedPlan) -> Effect:
    """Measure what lies between two states of a plan: money, rules, everybody's journeys."""
    old = {(v.code, v.sentence): v for v in before.violations}
    new = {(v.code, v.sentence): v for v in after.violations}
    longest = [max((j.ride_s for j in e.journeys), default=0) for e in (before, after)]
    return Effect(
        before_pence=before.plan.cost_pence,
        after_pence=after.plan.cost_pence,
        price_fault=after.price_fault,
        violations=after.violations,
        new_violations=tuple(v for k, v in new.items() if k not in old),
        gone_violations=tuple(v for k, v in old.items() if k not in new),
        rides=_compare_rides(before, after),
        duties=_compare_duties(before, after),
        longest_ride_s=(longest[0], longest[1]),
        n_unserved=(len(before.plan.unserved), len(after.plan.unserved)),
    )


def _compare_rides(before: EditedPlan, after: EditedPlan) -> tuple[RideEffect, ...]:
    """Compare how everybody rides, in order of sessions and passengers."""
    old, new = (
        {(j.session, j.passenger_id): (j, crew, aboard) for j, crew, aboard in _list(edited)}
        for edited in (before, after)
    )
    order = list(Session)
    found = []
    for key in sorted(old.keys() | new.keys(), key=lambda k: (order.index(k[0]), k[1])):
        was, now = old.get(key), new.get(key)
        is_crew_changed = was is not None and now is not None and was[1] != now[1]
        joined: frozenset[str] = frozenset()
        if was is not None and now is not None:
            joined = now[2] - was[2]
            if was[0] == now[0] and not is_crew_changed and not joined:
                continue
        found.append(
            RideEffect(
                passenger_id=key[1],
                session=key[0],
                before_route_id=was[0].route_id if was else None,
                after_route_id=now[0].route_id if now else None,
                before_stop_s=was[0].stop_s if was else None,
                after_stop_s=now[0].stop_s if now else None,
                before_ride_s=was[0].ride_s if was else None,
                after_ride_s=now[0].ride_s if now else None,
                is_crew_changed=is_crew_changed,
                new_companions=tuple(sorted(joined)),
            )
        )
    return tuple(found)


def _list(
    edited: EditedPlan,
) -> Sequence[tuple[JourneyRide, tuple[str, ...], frozenset[str]]]:
    """List every journey with its crew and companions."""
    crews: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {}
    for duty in edited.plan.duties:
        crew = (duty.provider_id, duty.vehicle_type_id, duty.vehicle_id or "", *duty.crew_ids)
        for route in duty.routes:
            crews[route.route_id] = (crew, frozenset(route.passenger_ids))
    return [
        (j, crews[j.route_id][0], crews[j.route_id][1] - {j.passenger_id})
        for j in edited.journeys
    ]


def _compare_duties(before: EditedPlan, after: EditedPlan) -> tuple[DutyEffect, ...]:
    """Compare what each duty costs."""
    old, new = _sum_duties(before), _sum_duties(after)
    return tuple(
        DutyEffect(duty_id=k, before_pence=old.get(k), after_pence=new.get(k))
        for k in sorted(old.keys() | new.keys())
        if old.get(k) != new.get(k)
    )


def _sum_duties(edited: EditedPlan) -> Mapping[str, int]:
    """Sum the cost lines of each duty as the plan's cost counts them. [pence]"""
    lines: dict[str, list[CostLine]] = {d.duty_id: [] for d in edited.plan.duties}
    for line in edited.lines:
        lines.setdefault(line.duty_id, []).append(line)
    return {duty_id: total_cost_pence(mine) for duty_id, mine in lines.items()}
