"""The duties of a plan being repaired: changed one at a time, each only where the rules hold.

Duties that nothing touches stay the very objects they were. Routes are looked at only when they
are candidates for something, so that one change costs little whatever the size of the plan.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace

from data.costs import CostModel
from data.demand import Traveller, find_sites
from data.fleet import OWN_PROVIDER_ID
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.places import Session
from data.plans import Duty, Plan, Route
from routing.assemble import (
    PlannedRoute,
    build_dead_runs,
    find_need,
    find_staff,
    plan_route,
)
from routing.crews import CrewNames, CrewNeed, name_crews
from routing.disturbance import JourneyKey
from routing.duties import find_limits
from routing.duty_rules import DutyRules
from routing.lots import find_earned_by, take_discounts
from routing.pairing import DutyDraft
from routing.problem import SessionProblem
from routing.problem_building import build_session_problem
from routing.stops import build_route
from routing.timed_duties import price_duty, time_duty
from routing.works import Span, Work

Nodes = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A route of a duty being put together.

    Attributes
    ----------
    route
        The route as it is, where it need not be built again unless it starts at another time.
    wanted_s
        When it would best start. [s after midnight]
    """

    planned: PlannedRoute
    route_id: str
    wanted_s: int | None
    route: Route | None = None


class RepairDay:
    """The duties of a day under repair.

    Parameters
    ----------
    travellers
        Who is to be carried, by session and passenger.
    points
        Where they board or alight, with the walk, where it is not their home's door. [m]
    """

    def __init__(
        self,
        plan: Plan,
        inputs: Inputs,
        matrix: TravelMatrix,
        cost_model: CostModel,
        travellers: Mapping[JourneyKey, Traveller],
        points: Mapping[Session, Mapping[str, tuple[str, int]]],
    ) -> None:
        # Rates with the lot discounts that the plan has earned: those stay assumed.
        self._listed, self._cards = cost_model, find_earned_by(cost_model, plan.duties)
        cost_model = take_discounts(cost_model, self._cards)
        self.inputs, self.matrix, self.model = inputs, matrix, cost_model
        self.day_type = plan.day_type
        self.duties: dict[str, Duty] = {d.duty_id: d for d in plan.duties}
        self.rules = DutyRules(inputs, matrix, cost_model, ())
        self.limits = find_limits(inputs, cost_model)
        self.offers = {
            kind: o
            for o, kind in enumerate(
                zip(
                    cost_model.provider_ids,
                    cost_model.vehicle_type_ids,
                    cost_model.base_place_ids,
                    strict=True,
                )
            )
        }
        self._travellers = travellers
        self._points = points
        self._staff = find_staff(inputs)
        self.people = {p.passenger_id: p for p in inputs.passengers}
        self._sites = find_sites(inputs, plan.day_type)
        self._problems: dict[Session, SessionProblem] = {}
        self._requests: dict[Session, dict[str, int]] = {}
        self._planned: dict[tuple[Session, Nodes], PlannedRoute | None] = {}
        # by the very object: a duty does not change, and all it is judged by is given
        self._pieces: dict[int, tuple[Duty, tuple[Piece, ...] | None]] = {}
        self._prices: dict[int, tuple[Duty, int | None]] = {}

    def problem(self, session: Session) -> SessionProblem:
        """Give the problem of a session, built when it is first asked for."""
        if session not in self._problems:
            mine = [t for (s, _), t in self._travellers.items() if s is session]
            self._problems[session] = build_session_problem(
                self.inputs,
                self.matrix,
                self.model,
                day_type=self.day_type,
                session=session,
                travellers=mine,
                pick_ups={
                    p: point for p, point in self._points.get(session, {}).items() if point[1]
                },
                n_neighbours=0,
                is_cut=False,
            )
            ids = self._problems[session].passenger_ids
            self._requests[session] = {p: i for i, p in enumerate(ids)}
        return self._problems[session]

    def find_request(self, session: Session, passenger_id: str) -> int:
        """Find the request of a passenger."""
        self.problem(session)
        return self._requests[session][passenger_id]

    def read_nodes(self, route: Route, without: Iterable[str] = ()) -> Nodes:
        """Read a route's nodes; sites nobody is left for, and strangers, drop out."""
        problem = self.problem(route.session)
        requests, gone = self._requests[route.session], set(without)
        sites = {s: problem.n_requests + j for j, s in enumerate(problem.site_ids)}
        nodes: list[int] = []
        for stop in route.stops[::-1] if problem.is_homeward else route.stops:
            if stop.site_id is not None:
                nodes += [sites[stop.site_id]] if stop.site_id in sites else []
                continue
            ids = stop.alighting[::-1] if problem.is_homeward else stop.boarding
            nodes += [requests[p] for p in ids if p in requests and p not in gone]
        n = problem.n_requests
        wanted = {n + int(problem.request_site[i]) for i in nodes if i < n}
        return tuple(node for node in nodes if node < n or node in wanted)

    def plan_nodes(self, session: Session, nodes: Nodes) -> PlannedRoute | None:
        """Evaluate a route; None where it breaks a rule."""
        key = (session, nodes)
        if key not in self._planned:
            problem = self.problem(session)
            planned = plan_route(problem, nodes, self.matrix, self._staff)
            self._planned[key] = planned if planned.facts.is_feasible else None
        return self._planned[key]

    def read_pieces(self, duty: Duty) -> list[Piece] | None:
        """Read the routes of a duty as they are; None where one cannot be told again."""
        known = self._pieces.get(id(duty))
        if known is None:
            known = (duty, self._read_pieces(duty))
            self._pieces[id(duty)] = known
        return None if known[1] is None else list(known[1])

    def _read_pieces(self, duty: Duty) -> tuple[Piece, ...] | None:
        pieces = []
        for route in duty.routes:
            planned = self.plan_nodes(route.session, self.read_nodes(route))
            if planned is None:
                return None
            is_same = route.end_s - route.start_s == planned.work.span.elapsed_s
            pieces.append(
                Piece(
                    planned=planned,
                    route_id=route.route_id,
                    wanted_s=route.start_s,
                    route=route if is_same else None,
                )
            )
        return tuple(pieces)

    def find_offer(self, duty: Duty) -> int | None:
        """Find the offer that a duty is worked by, None where it has no price any more."""
        return self.offers.get(
            (duty.provider_id, duty.vehicle_type_id, duty.base_place_id or "")
        )

    def draft(self, offer: int, pieces: Sequence[Piece]) -> DutyDraft | None:
        """Time and price a duty of these routes; None where it breaks a rule."""
        rules = self.rules_for([piece.planned.work for piece in pieces])
        return time_duty(rules, offer, range(len(pieces)), [p.wanted_s for p in pieces])

    def build(
        self, duty_id: str, draft: DutyDraft, pieces: Sequence[Piece], before: Duty | None
    ) -> Duty | None:
        """Build a duty with vehicle and crew; None where there is none of either."""
        rules = self.rules_for([piece.planned.work for piece in pieces])
        model, offer = self.model, draft.offer
        routes = []
        for piece, start_s in zip(pieces, draft.starts_s, strict=True):
            facts, problem = piece.planned.facts, piece.planned.problem
            kept = piece.route
            if kept is not None and kept.start_s == start_s and has_room(self, offer, kept):
                routes.append(kept)
                continue
            routes.append(build_route(problem, facts, start_s, offer, route_id=piece.route_id))
        duty = Duty(
            duty_id=duty_id,
            provider_id=model.provider_ids[offer],
            vehicle_type_id=model.vehicle_type_ids[offer],
            routes=tuple(routes),
            dead_runs=build_dead_runs(rules, draft, routes),
            base_place_id=model.base_place_ids[offer] or None,
            rate_card_id=model.rate_card_ids[offer] or None,
        )
        if not model.is_own[offer]:
            return duty if self._holds(duty, offer) else None
        need = find_need(rules, [p.planned.work for p in pieces], draft, duty)
        names = self.name_crew(duty_id, need, before)
        if names is None:
            return None
        return replace(duty, vehicle_id=names.vehicle_id, crew_ids=names.crew_ids)

    def put(self, duty: Duty) -> None:
        """Make a duty part of the day, in the place of the one of its id."""
        self.duties[duty.duty_id] = duty

    def drop(self, duty_id: str) -> None:
        """Take a duty out."""
        self.duties.pop(duty_id, None)

    def name_new(self, taken: Collection[str]) -> str:
        """Name a new duty: the first number that no duty has or had."""
        number = 1
        while (name := f"D{number:03d}") in self.duties or name in taken:
            number += 1
        return name

    def count_free(self, offer: int, besides: str = "") -> int:
        """Count the vehicles of an offer that no duty uses, one duty apart."""
        n_used = sum(
            self.find_offer(d) == offer for d in self.duties.values() if d.duty_id != besides
        )
        return self.limits.vehicles[offer] - n_used

    def price(self, duty: Duty) -> int | None:
        """Price any duty exactly as it runs, by today's rates; None without a price. [pence]"""
        known = self._prices.get(id(duty))
        if known is None:
            known = (duty, self._price(duty))
            self._prices[id(duty)] = known
        return known[1]

    def _price(self, duty: Duty) -> int | None:
        offer = self.find_offer(duty)
        if offer is None or not duty.routes:
            return None
        works = [self.read_work(route) for route in duty.routes]
        rules = self.rules_for(works)
        starts = [route.start_s for route in duty.routes]
        flags = [
            rules.is_by_base(
                offer,
                after.start_s - before.end_s,
                rules.back(offer, works[k])[0] + rules.lead(offer, works[k + 1])[0],
            )
            for k, (before, after) in enumerate(zip(duty.routes, duty.routes[1:], strict=False))
        ]
        return price_duty(rules, offer, range(len(works)), starts, flags)

    def price_day(self, duties: Iterable[Duty]) -> dict[str, int | None]:
        """Price all duties of a day by the lot discounts that they have earned. [pence]"""
        whole = tuple(duties)
        day = self
        if not self.keeps_cards(whole):
            day = copy(self)
            model = take_discounts(self._listed, find_earned_by(self._listed, whole))
            day.rules = DutyRules(self.inputs, self.matrix, model, ())
            day._prices = {}  # those kept are by the discounts of the plan before
        return {duty.duty_id: day.price(duty) for duty in whole}

    def keeps_cards(self, duties: Iterable[Duty]) -> bool:
        """Whether duties earn just the lot discounts that the plan before had earned."""
        return find_earned_by(self._listed, duties) == self._cards

    def rules_for(self, works: Sequence[Work]) -> DutyRules:
        """The rules of duties for these routes alone."""
        rules = copy(self.rules)
        rules.works = tuple(works)
        return rules

    def read_work(self, route: Route) -> Work:
        """Read what a route is charged on from the plan itself."""
        at = self.matrix.index
        is_home = route.session.is_homeward
        waiting_s = 0
        for stop in route.stops[1:] if is_home else route.stops[:-1]:
            if stop.site_id is None or stop.site_id not in self._sites:
                continue
            people = [
                self.people[p] for p in (*stop.boarding, *stop.alighting) if p in self.people
            ]
            service_s = sum(p.boarding_s if is_home else p.alighting_s for p in people)
            dwell_s = self._sites[stop.site_id].dwell_s + service_s
            waiting_s += max(0, stop.leave_s - stop.arrive_s - dwell_s)
        return Work(
            session=route.session,
            passenger_ids=route.passenger_ids,
            first_idx=at[route.stops[0].place_id],
            last_idx=at[route.stops[-1].place_id],
            span=Span(
                from_s=route.start_s, to_s=route.start_s, elapsed_s=route.end_s - route.start_s
            ),
            drive_s=sum(stop.drive_s for stop in route.stops),
            waiting_s=waiting_s,
            loaded_m=route.loaded_m,
            n_assistants=route.n_assistants,
            n_trained_assistants=route.n_trained_assistants,
            n_crew_assistants=0,
            n_crew_trained=0,
            assistant_ids=route.assistant_ids,
            offers=self.model.n_vehicles >= 0,
        )

    def name_crew(self, duty_id: str, need: CrewNeed, before: Duty | None) -> CrewNames | None:
        """Name a vehicle and a crew for an own duty out of its own and those that are free."""
        others = [d for d in self.duties.values() if d.duty_id != duty_id]
        vehicles = {d.vehicle_id for d in others}
        crews = {c for d in others for c in d.crew_ids}
        free = replace(
            self.inputs,
            vehicles=tuple(v for v in self.inputs.vehicles if v.vehicle_id not in vehicles),
            crews=tuple(c for c in self.inputs.crews if c.crew_id not in crews),
        )
        usual = {}
        if before is not None and before.vehicle_id is not None:
            usual[duty_id] = CrewNames(vehicle_id=before.vehicle_id, crew_ids=before.crew_ids)
        return name_crews(free, [need], usual=usual)[0]

    def _holds(self, duty: Duty, offer: int) -> bool:
        """Whether a supplier has the vehicle and the assistants for a duty."""
        if self.count_free(offer, besides=duty.duty_id) < 1:
            return False
        most = self.limits.supplier_assistants[duty.provider_id]
        mine = [d for d in self.duties.values() if d.provider_id == duty.provider_id]
        mine = [*(d for d in mine if d.duty_id != duty.duty_id), duty]
        for session in {r.session for r in duty.routes}:
            routes = [r for d in mine for r in d.routes if r.session is session]
            if sum(r.n_assistants for r in routes) > most[0] and any(
                r.n_assistants for r in duty.routes if r.session is session
            ):
                return False
            if sum(r.n_trained_assistants for r in routes) > most[1] and any(
                r.n_trained_assistants for r in duty.routes if r.session is session
            ):
                return False
        return True

    def find_excess(self) -> list[str]:
        """Find the duties for which there is no vehicle any more, the fewest aboard first."""
        excess: list[str] = []
        by_offer: dict[int | None, list[Duty]] = {}
        for duty in self.duties.values():
            by_offer.setdefault(self.find_offer(duty), []).append(duty)
        for offer, duties in by_offer.items():
            if offer is None:
                excess += [d.duty_id for d in duties]
            elif duties[0].provider_id != OWN_PROVIDER_ID:
                n_over = len(duties) - self.limits.vehicles[offer]
                duties.sort(
                    key=lambda d: (sum(len(r.passenger_ids) for r in d.routes), d.duty_id)
                )
                excess += [d.duty_id for d in duties[: max(0, n_over)]]
        return excess


def has_room(day: RepairDay, offer: int, route: Route) -> bool:
    """Whether the layout of a route is one of the offer's."""
    pairs = zip(
        day.model.layout_seats[offer].tolist(),
        day.model.layout_spaces[offer].tolist(),
        strict=True,
    )
    return (route.layout.n_seats, route.layout.n_wheelchair_spaces) in set(pairs)
