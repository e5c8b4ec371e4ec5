"""The duties of a plan in the middle of an edit: who gets off, who gets on, who works what.

What keeps the rules is chosen as a repair chooses: least money with what disturbing others
counts for. Where nothing keeps them, it is done as told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from data.demand import Traveller
from data.errors import EditError
from data.places import Session
from data.plan_edits import Carrier
from data.plans import Duty, Plan, Route
from routing.disturbance import JourneyKey
from routing.edited_duties import Part, read_parts, remake_duty
from routing.repair_day import Nodes
from routing.repair_places import Option, insert_all
from routing.repair_placing import rank_way, rate_ways
from routing.repair_result import Tally
from routing.repair_state import Repairing


class EditedDay:
    """The duties of a day under edit.

    Attributes
    ----------
    work
        What a repair of the day stands on.
    travellers
        Who travels, by session and passenger.
    """

    def __init__(self, work: Repairing, travellers: Mapping[JourneyKey, Traveller]) -> None:
        self.work, self.travellers = work, travellers

    def disturb_none_of(self, people: Collection[str]) -> None:
        """Count whom a change disturbs, those apart whom it is made for."""
        self.work.tally = Tally(self.work.rides, people, self.work.budget)

    def price_change(self, plan: Plan) -> int:
        """What the duties as they are cost more than those of a plan. [pence]"""
        total_pence = 0
        day, before = self.work.day, {d.duty_id: d for d in plan.duties}
        if not day.keeps_cards(day.duties.values()):
            # A lot discount won or lost changes every duty of its card.
            after = day.price_day(day.duties.values()).values()
            was = day.price_day(plan.duties).values()
            return sum(p or 0 for p in after) - sum(p or 0 for p in was)
        for duty_id in before.keys() | day.duties.keys():
            old, new = before.get(duty_id), day.duties.get(duty_id)
            if old is not new:
                total_pence += (day.price(new) or 0) if new is not None else 0
                total_pence -= (day.price(old) or 0) if old is not None else 0
        return total_pence

    def find_group(self, passenger_id: str, session: Session) -> tuple[list[int], set[str]]:
        """Find the requests that ride together with a passenger, and whose they are."""
        key = (session, passenger_id)
        if key not in self.travellers:
            raise EditError(f"Passenger {passenger_id} does not travel in session {session}.")
        problem = self.work.day.problem(session)
        if passenger_id not in problem.passenger_ids:
            listed = self.work.proofs.get(key)
            why = f": {listed.reason}, {listed.relaxation}" if listed is not None else ""
            raise EditError(f"Passenger {passenger_id} cannot be carried in {session}{why}.")
        number = problem.group[self.work.day.find_request(session, passenger_id)]
        group = np.flatnonzero(problem.group == number).tolist()
        return group, {problem.passenger_ids[i] for i in group}

    def find_route(self, route_id: str) -> tuple[Duty, Route]:
        """Find a route and the duty that works it."""
        for duty in self.work.day.duties.values():
            for route in duty.routes:
                if route.route_id == route_id:
                    return duty, route
        raise EditError(
            f"There is no route {route_id} in the plan: it was changed or given up."
        )

    def find_duty(self, duty_id: str) -> Duty:
        """Find a duty."""
        duty = self.work.day.duties.get(duty_id)
        if duty is None:
            raise EditError(f"There is no duty {duty_id} in the plan: it was changed or ended.")
        return duty

    def find_offer(self, duty: Duty) -> int:
        """Find the offer that works a duty."""
        offer = self.work.day.find_offer(duty)
        if offer is None:
            raise EditError(
                f"Duty {duty.duty_id} of {duty.provider_id} has no valid price any more: give "
                "it to another provider first."
            )
        return offer

    def find_carrier(self, carrier: Carrier) -> int:
        """Find the offer of a carrier."""
        offer = self.work.day.offers.get(
            (carrier.provider_id, carrier.vehicle_type_id, carrier.base_place_id)
        )
        if offer is None:
            raise EditError(
                f"{carrier.provider_id} offers no {carrier.vehicle_type_id} on this day: "
                "choose one of the vehicles listed."
            )
        return offer

    def remake(self, duty: Duty, parts: Sequence[Part], offer: int | None = None) -> None:
        """Put a duty together with other routes, or take it out when none is left."""
        if not parts:
            self.work.day.drop(duty.duty_id)
            return
        number = self.find_offer(duty) if offer is None else offer
        self.work.day.put(remake_duty(self.work, duty.duty_id, number, parts, duty))

    def take_off(self, people: Collection[str], session: Session) -> None:
        """Take people off whatever carries them in a session."""
        gone = set(people)
        for duty in tuple(self.work.day.duties.values()):
            touched = {
                r.route_id
                for r in duty.routes
                if r.session is session and gone & set(r.passenger_ids)
            }
            if not touched:
                continue
            parts = []
            for part in read_parts(self.work, duty):
                if part.route_id in touched and part.was is not None:
                    nodes = self.work.day.read_nodes(part.was, gone)
                    if nodes:
                        parts.append(replace(part, nodes=nodes, is_same=False))
                else:
                    parts.append(part)
            self.remake(duty, parts)

    def change_route(self, duty: Duty, route_id: str, nodes: Nodes) -> None:
        """Give a route of a duty other nodes."""
        parts = [
            replace(part, nodes=nodes, is_same=False) if part.route_id == route_id else part
            for part in read_parts(self.work, duty)
        ]
        self.remake(duty, parts)

    def take_best(
        self, session: Session, group: Sequence[int], options: Sequence[Option]
    ) -> bool:
        """Take the option of least money and disturbance that has vehicle and crew."""
        ways = rate_ways(self.work, session, group, options)
        if not ways:
            return False
        self.work.day.put(min(ways, key=rank_way)[1])
        return True

    def join(self, duty: Duty, route: Route, group: Sequence[int]) -> None:
        """Put a group on a route: at least cost by the rules, else on the shortest way."""
        options = self.work.places.find_joins(
            route.session, group, among={duty.duty_id}, route_id=route.route_id
        )
        if self.take_best(route.session, group, options):
            return
        nodes = self.work.day.read_nodes(route)
        self.change_route(duty, route.route_id, self.insert(route.session, nodes, group))

    def insert(self, session: Session, nodes: Nodes, group: Sequence[int]) -> Nodes:
        """Insert a group where it adds least driving; at the end where sites are too many."""
        problem = self.work.day.problem(session)
        rows = np.array([problem.row_of(node) for node in nodes], dtype=np.int64)
        found = insert_all(problem, nodes, rows, group, 1)
        if found:
            return min(found)[1]
        for i in group:
            site = problem.n_requests + int(problem.request_site[i])
            at = nodes.index(site) if site in nodes else len(nodes)
            more = (i,) if site in nodes else (i, site)
            nodes = (*nodes[:at], *more, *nodes[at:])
        return nodes

    def carry_alone(
        self, session: Session, group: Sequence[int], duty_id: str, carrier: Carrier | None
    ) -> None:
        """Carry a group on a route of its own, in a duty there is or a new one."""
        alone = self.work.places.find_alone(session, group)
        if alone is not None:
            nodes = alone.facts.nodes
        else:
            first, *others = group
            site = int(self.work.day.problem(session).request_site[first])
            start = (first, self.work.day.problem(session).n_requests + site)
            nodes = self.insert(session, start, others) if others else start
        self.work_route(Part(route_id="", session=session, nodes=nodes), duty_id, carrier)

    def work_route(self, part: Part, duty_id: str, carrier: Carrier | None) -> None:
        """Have a route worked by a duty there is, by a new one, or as is cheapest."""
        problem = self.work.day.problem(part.session)
        group = [node for node in part.nodes if not problem.is_site(node)]
        planned = self.work.day.plan_nodes(part.session, part.nodes)
        wanted_s = part.was.start_s if part.was is not None else None
        if planned is not None:
            options = self.work.places.find_own_routes(
                planned,
                wanted_s,
                among=None if not duty_id and carrier is None else {duty_id},
                new_duty=not duty_id,
            )
            if carrier is not None and not duty_id:
                offer = self.find_carrier(carrier)
                options = [o for o in options if o.draft.offer == offer]
            named = [
                replace(
                    option,
                    pieces=tuple(
                        replace(p, route_id=part.route_id) if not p.route_id else p
                        for p in option.pieces
                    ),
                )
                for option in options
            ]
            if self.take_best(part.session, group, named):
                return
        if duty_id:
            duty = self.find_duty(duty_id)
            self.remake(duty, [*read_parts(self.work, duty), self.name(part, duty_id)])
            return
        if carrier is None:
            raise EditError(
                "Nobody has a vehicle and crew free for this route: name the provider and the "
                "vehicle, or a duty to work it."
            )
        new_id = self.work.day.name_new(self.work.before)
        made = remake_duty(
            self.work,
            new_id,
            self.find_carrier(carrier),
            [self.name(part, new_id)],
            None,
        )
        self.work.day.put(made)

    def name(self, part: Part, duty_id: str) -> Part:
        """Name a new route after its duty, as no other is named."""
        if part.route_id:
            return part
        taken = {r.route_id for d in self.work.day.duties.values() for r in d.routes}
        number = 1
        while (name := f"{duty_id}-{part.session}-{number}") in taken:
            number += 1
        return replace(part, route_id=name)
