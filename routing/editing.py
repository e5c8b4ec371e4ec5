"""Edits of a plan by hand: what a planner asks for is done, and all that follows from it.

An edit changes the duties it names and those that passengers leave; every other duty stays the
very object it was. What keeps the rules is built by the rules, with vehicle, crew and exact
times; what does not is built as told, so that the checker can name what it breaks: a planner
sees the effect first and decides then.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from data.changes import ChangeBudget
from data.costs import CostModel
from data.errors import EditError, PlanError
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.places import Session
from data.plan_edits import (
    Carrier,
    Edit,
    GiveDuty,
    GiveRoute,
    MergeRoutes,
    MovePassenger,
    MoveStop,
    PlaceFound,
    SplitRoute,
)
from data.plans import Duty, Plan, PlanState, Route, SearchRecord
from routing.differences import Judge, find_differences
from routing.disturbance import measure_disturbance
from routing.edited_day import EditedDay
from routing.edited_duties import Part, read_parts
from routing.optimise import name_plan
from routing.repair_places import insert_all
from routing.repair_placing import find_ways, rank_way
from routing.repair_state import Repairing

N_PLACES = 3
"""Places that are offered to somebody without one."""


class PlanEditor:
    """Applies edits to plans of one day, one after the other.

    It keeps what it worked out of inputs and matrix, so that each edit takes a fraction of a
    second; nothing of one edit stays behind for the next. Not for two threads at once.

    Parameters
    ----------
    plan
        What families know: whoever can keep their times by it keeps them.
    inputs
        With the locks that hold.
    judge
        The checker, which nothing that makes plans may know: `routing.find_violations`.
    """

    def __init__(
        self,
        plan: Plan,
        inputs: Inputs,
        matrix: TravelMatrix,
        cost_model: CostModel,
        *,
        judge: Judge,
    ) -> None:
        found = find_differences(plan, inputs, matrix, judge)
        work = Repairing(plan, inputs, matrix, cost_model, found, ChangeBudget())
        self._day = EditedDay(work, found.travellers)
        self._flags = matrix.flags

    @property
    def travelling(self) -> tuple[tuple[Session, str], ...]:
        """Every journey of the day, by passenger and session."""
        order = list(Session)
        return tuple(sorted(self._day.travellers, key=lambda k: (k[1], order.index(k[0]))))

    @property
    def carriers(self) -> tuple[Carrier, ...]:
        """Who could work a duty at all, in order of the cost model."""
        model = self._day.work.day.model
        return tuple(
            Carrier(provider_id=p, vehicle_type_id=v, base_place_id=b)
            for p, v, b in zip(
                model.provider_ids, model.vehicle_type_ids, model.base_place_ids, strict=True
            )
        )

    def apply(self, plan: Plan, edit: Edit) -> Plan:
        """Apply one edit of routes or duties to a plan of the day.

        Returns
        -------
        The plan in state EDITED, without bound and cost: those are for the caller to find. It
        may break rules.

        Raises
        ------
        EditError
            If the edit has no meaning on the plan, e.g. names a route that is gone.
        """
        self._open(plan)
        if isinstance(edit, MovePassenger):
            self._move_passenger(edit)
        elif isinstance(edit, MoveStop):
            self._move_stop(edit)
        elif isinstance(edit, GiveDuty):
            self._give_duty(edit)
        elif isinstance(edit, GiveRoute):
            self._give_route(edit)
        elif isinstance(edit, SplitRoute):
            self._split_route(edit)
        elif isinstance(edit, MergeRoutes):
            self._merge_routes(edit)
        else:
            raise EditError(f"{edit.kind} changes no route: it is not applied to a plan.")
        return self._close(plan)

    def find_places(
        self, plan: Plan, passenger_id: str, session: Session, *, n_most: int = N_PLACES
    ) -> tuple[PlaceFound, ...]:
        """Find the best places for a passenger, who may be carried elsewhere now.

        Every place keeps every rule. Places are in the order of what they cost with what
        disturbing others counts for.

        Raises
        ------
        EditError
            If the passenger does not travel in the session or cannot be carried at all.
        """
        self._open(plan)
        group, people = self._day.find_group(passenger_id, session)
        now = {r.route_id for r in plan.routes if people & set(r.passenger_ids)}
        self._day.take_off(people, session)
        self._day.disturb_none_of(people)
        known = {r.route_id for d in self._day.work.day.duties.values() for r in d.routes}
        edits: dict[MovePassenger, None] = {}
        for _, duty in sorted(find_ways(self._day.work, session, group), key=rank_way):
            route = _find_ridden(duty, session, passenger_id)
            is_join = route.route_id in known
            is_new = duty.duty_id not in self._day.work.day.duties
            if route.route_id not in now:
                edit = MovePassenger(
                    passenger_id=passenger_id,
                    session=session,
                    route_id=route.route_id if is_join else "",
                    duty_id="" if is_join or is_new else duty.duty_id,
                    carrier=_read_carrier(duty) if is_new else None,
                )
                edits.setdefault(edit)
        # What is shown is what taking the place does, to the penny and the second.
        return tuple(self._tell_place(plan, edit, people) for edit in list(edits)[:n_most])

    def _tell_place(
        self, plan: Plan, edit: MovePassenger, people: Collection[str]
    ) -> PlaceFound:
        """Take a place and tell what that comes to."""
        after = self.apply(plan, edit)
        duty = next(d for d in after.duties if _is_aboard(d, edit.session, edit.passenger_id))
        route = _find_ridden(duty, edit.session, edit.passenger_id)
        stop_s, ride_s = find_ride(route, edit.passenger_id)
        others = {d.passenger_id for d in measure_disturbance(plan, after)} - set(people)
        return PlaceFound(
            edit=edit,
            duty_id=duty.duty_id,
            provider_id=duty.provider_id,
            vehicle_type_id=duty.vehicle_type_id,
            added_pence=self._day.price_change(plan),
            stop_s=stop_s,
            ride_s=ride_s,
            n_disturbed=len(others),
        )

    def _open(self, plan: Plan) -> None:
        """Take up a plan."""
        self._day.work.day.duties = {d.duty_id: d for d in plan.duties}

    def _close(self, plan: Plan) -> Plan:
        """Put the plan together: duties in their order, nobody listed who is aboard."""
        duties = self._day.work.day.duties
        order = {d.duty_id: n for n, d in enumerate(plan.duties)}
        kept = sorted(duties, key=lambda k: (order.get(k, len(order)), k))
        aboard = {
            (r.session, p) for d in duties.values() for r in d.routes for p in r.passenger_ids
        }
        new = replace(
            plan,
            plan_id="",
            duties=tuple(duties[k] for k in kept),
            unserved=tuple(
                u for u in plan.unserved if (u.session, u.passenger_id) not in aboard
            ),
            state=PlanState.EDITED,
            cost_pence=None,
            full_cost_pence=None,
            bound_pence=None,
            bound_policy="",
            search=SearchRecord(),
            inputs_hash="",
            matrix_hash="",
            code_version="",
            flags=self._flags,
        )
        return replace(new, plan_id=name_plan(new))

    def _move_passenger(self, edit: MovePassenger) -> None:
        """Carry somebody on another route, or on one of their own."""
        group, people = self._day.find_group(edit.passenger_id, edit.session)
        self._day.disturb_none_of(people)
        if not edit.route_id:
            self._day.take_off(people, edit.session)
            self._day.carry_alone(edit.session, group, edit.duty_id, edit.carrier)
            return
        _, route = self._day.find_route(edit.route_id)
        if route.session is not edit.session:
            raise EditError(
                f"Route {edit.route_id} runs in session {route.session}, not {edit.session}."
            )
        if people <= set(route.passenger_ids):
            raise EditError(f"Passenger {edit.passenger_id} rides on {edit.route_id} already.")
        self._day.take_off(people - set(route.passenger_ids), edit.session)
        if people & set(route.passenger_ids):
            self._day.take_off(people, edit.session)
        duty, route = self._day.find_route(edit.route_id)
        self._day.join(duty, route, group)

    def _move_stop(self, edit: MoveStop) -> None:
        """Serve a stop earlier or later."""
        duty, route = self._day.find_route(edit.route_id)
        n = len(route.stops)
        if not (1 <= edit.from_number <= n and 1 <= edit.to_number <= n):
            raise EditError(f"Route {edit.route_id} has stops 1 to {n}.")
        stops = list(route.stops)
        stops.insert(edit.to_number - 1, stops.pop(edit.from_number - 1))
        nodes = self._day.work.day.read_nodes(replace(route, stops=tuple(stops)))
        try:
            self._day.change_route(duty, route.route_id, nodes)
        except PlanError as error:
            ends = (
                "sites come first" if route.session.is_homeward else "the last site comes last"
            )
            raise EditError(
                f"Stop {edit.from_number} of route {edit.route_id} cannot be number "
                f"{edit.to_number}: somebody would get off before they got on, or {ends}."
            ) from error

    def _give_duty(self, edit: GiveDuty) -> None:
        """Have a duty worked by somebody else."""
        duty = self._day.find_duty(edit.duty_id)
        offer = self._day.find_carrier(edit.carrier)
        if self._day.work.day.find_offer(duty) == offer:
            raise EditError(f"Duty {edit.duty_id} is worked by just that vehicle already.")
        self._day.remake(duty, read_parts(self._day.work, duty), offer)

    def _give_route(self, edit: GiveRoute) -> None:
        """Have a route worked by another duty."""
        duty, _ = self._day.find_route(edit.route_id)
        if duty.duty_id == edit.duty_id:
            raise EditError(f"Route {edit.route_id} is worked by duty {edit.duty_id} already.")
        if edit.duty_id:
            self._day.find_duty(edit.duty_id)
        parts = read_parts(self._day.work, duty)
        (part,) = [p for p in parts if p.route_id == edit.route_id]
        self._day.remake(duty, [p for p in parts if p is not part])
        self._day.work_route(part, edit.duty_id, edit.carrier or self._find_cheapest(part))

    def _find_cheapest(self, part: Part) -> Carrier | None:
        """Find who would work a route as a new duty at least cost."""
        planned = self._day.work.day.plan_nodes(part.session, part.nodes)
        if planned is None:
            return None
        options = self._day.work.places.find_own_routes(planned, among=set(), new_duty=True)
        best = min(options, key=lambda o: (o.added_pence, o.draft.offer), default=None)
        return None if best is None else self.carriers[best.draft.offer]

    def _split_route(self, edit: SplitRoute) -> None:
        """Take people off a route onto one of their own, in the order they had."""
        _, route = self._day.find_route(edit.route_id)
        people: set[str] = set()
        for p in edit.passenger_ids:
            if p not in route.passenger_ids:
                raise EditError(f"Passenger {p} does not ride on route {edit.route_id}.")
            people |= self._day.find_group(p, route.session)[1]
        rest = set(route.passenger_ids) - people
        if not people or not rest:
            raise EditError(
                f"Route {edit.route_id} is split only if some stay on it and some leave it; "
                "those who must ride together go together."
            )
        nodes = self._day.work.day.read_nodes(route, rest)
        self._day.take_off(people, route.session)
        self._day.work_route(
            Part(route_id="", session=route.session, nodes=nodes), "", edit.carrier
        )

    def _merge_routes(self, edit: MergeRoutes) -> None:
        """Carry everybody of one route on another, group by group where that is shortest."""
        _, route = self._day.find_route(edit.route_id)
        _, into = self._day.find_route(edit.into_route_id)
        if edit.route_id == edit.into_route_id or route.session is not into.session:
            raise EditError("Two different routes of one session can be merged.")
        self._day.take_off(route.passenger_ids, route.session)
        target, into = self._day.find_route(edit.into_route_id)
        problem = self._day.work.day.problem(route.session)
        nodes = self._day.work.day.read_nodes(into)
        numbers = [
            int(problem.group[self._day.work.day.find_request(route.session, p)])
            for p in route.passenger_ids
            if p in problem.passenger_ids
        ]
        for number in dict.fromkeys(numbers):
            group = np.flatnonzero(problem.group == number).tolist()
            rows = np.array([problem.row_of(node) for node in nodes], dtype=np.int64)
            ways = sorted(insert_all(problem, nodes, rows, group, len(nodes)))
            held = [w for _, w in ways if self._day.work.day.plan_nodes(route.session, w)]
            nodes = held[0] if held else self._day.insert(route.session, nodes, group)
        self._day.change_route(target, into.route_id, nodes)


def find_ride(route: Route, passenger_id: str) -> tuple[int, int]:
    """Find when a vehicle is at somebody's stop of home, and about how long they ride. [s]"""
    board = next(s for s in route.stops if passenger_id in s.boarding)
    alight = next(s for s in route.stops if passenger_id in s.alighting)
    at_home = alight if route.session.is_homeward else board
    return at_home.arrive_s, alight.arrive_s - board.leave_s


def _is_aboard(duty: Duty, session: Session, passenger_id: str) -> bool:
    return any(r.session is session and passenger_id in r.passenger_ids for r in duty.routes)


def _find_ridden(duty: Duty, session: Session, passenger_id: str) -> Route:
    """Find the route of a duty that carries somebody in a session."""
    return next(
        r for r in duty.routes if r.session is session and passenger_id in r.passenger_ids
    )


def _read_carrier(duty: Duty) -> Carrier:
    return Carrier(
        provider_id=duty.provider_id,
        vehicle_type_id=duty.vehicle_type_id,
        base_place_id=duty.base_place_id or "",
    )
