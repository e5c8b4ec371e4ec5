"""Who a plan's money falls on: routes, and the passengers aboard, to the penny (M2, M3).

Lines of a whole duty, piece of work or day pair are split to their routes first, each line on
its own; then what each route costs is split to its passengers. Every split is by largest
remainder with ties to the smaller identifier, so shares add up whatever the order of the rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isqrt

from costing.totals import COST_BASES
from data.errors import IdentityError, ModelError
from data.inputs import Inputs
from data.money import CostBasis, CostLine
from data.passengers import AssistantNeed, Passenger
from data.places import Place, Session
from data.plans import Duty, Plan, Route
from data.runs import PassengerShare
from data.units import split_pence

TIME_ITEMS = frozenset({"driver_hours", "vehicle", "standing", "overhead"})
"""Items of several routes that follow the routes' time; assistants' follow their time aboard,
all others the loaded distance.
"""

ASSISTANT_ITEMS = frozenset(
    {
        "assistant",
        "assistant_hour",
        "trained_assistant",
        "assistant_hours",
        "trained_assistant_hours",
    }
)
"""Items that exist because some passengers need an assistant, and fall on them alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteCost:
    """What one route costs on one service day.

    Attributes
    ----------
    vehicle_pence, assistants_pence, vat_pence
        Parts of ``cost_pence``; VAT only where the council does not recover it. [pence]
    fixed_pence
        The own company's fixed cost on top, without that of vehicles standing idle. [pence]
    """

    plan_id: str
    duty_id: str
    route_id: str
    provider_id: str
    vehicle_pence: int
    assistants_pence: int
    vat_pence: int
    fixed_pence: int

    @property
    def cost_pence(self) -> int:
        """Contract price or avoidable cost. [pence]"""
        return self.vehicle_pence + self.assistants_pence + self.vat_pence

    @property
    def full_cost_pence(self) -> int:
        """Cost with the own company's fixed cost. [pence]"""
        return self.cost_pence + self.fixed_pence


def share_duty_costs(lines: Iterable[CostLine], plan: Plan) -> tuple[RouteCost, ...]:
    """Split cost lines to the routes they belong to, in order of the plan's routes.

    A line of several routes is split by the time of each route (driver, vehicle, overhead), by
    the time of its assistants (assistants), or by its loaded distance (miles, day rate, VAT).

    Parameters
    ----------
    lines
        Lines of the plan as `price_plan` gives them. Idle vehicles belong to no route.

    Raises
    ------
    ModelError
        If a line names a duty or route that the plan has not, or has twice.
    IdentityError
        If the routes do not add up to the lines (M3).
    """
    lines = tuple(lines)
    duties = {duty.duty_id: duty for duty in plan.duties}
    ids = [(duty.duty_id, route.route_id) for duty in plan.duties for route in duty.routes]
    if len(set(ids)) < len(ids):
        twice = sorted({route_id for key in ids for route_id in key[1:] if ids.count(key) > 1})
        raise ModelError(f"plan {plan.plan_id!r} has route(s) twice: {', '.join(twice)}")
    parts: dict[tuple[str, str], dict[str, int]] = {key: defaultdict(int) for key in ids}
    expected: dict[str, int] = defaultdict(int)
    for line in lines:
        if line.basis is CostBasis.RECOVERABLE_VAT or not line.duty_id:
            continue
        part = _find_part(line)
        expected[part] += line.amount_pence
        for key, amount_pence in _split_line(line, duties):
            if key not in parts:
                raise ModelError(f"a cost line names route {key[1]!r} of duty {key[0]!r}")
            parts[key][part] += amount_pence
    found = tuple(
        RouteCost(
            plan_id=plan.plan_id,
            duty_id=duty_id,
            route_id=route_id,
            provider_id=duties[duty_id].provider_id,
            vehicle_pence=amounts["vehicle"],
            assistants_pence=amounts["assistants"],
            vat_pence=amounts["vat"],
            fixed_pence=amounts["fixed"],
        )
        for (duty_id, route_id), amounts in parts.items()
    )
    total_pence = sum(r.full_cost_pence for r in found)
    if total_pence != sum(expected.values()):
        raise IdentityError(
            f"plan {plan.plan_id!r}: routes cost {total_pence} pence, their lines "
            f"{sum(expected.values())} pence"
        )
    return found


def _find_part(line: CostLine) -> str:
    """Find which part of a route's cost a line is."""
    if line.basis is CostBasis.FIXED:
        return "fixed"
    if line.item == "vat":
        return "vat"
    return "assistants" if line.item in ASSISTANT_ITEMS else "vehicle"


def _split_line(line: CostLine, duties: dict[str, Duty]) -> list[tuple[tuple[str, str], int]]:
    """Split one line to routes: ((duty id, route id), amount)."""
    if line.route_id is not None:
        return [((line.duty_id, line.route_id), line.amount_pence)]
    duty = duties.get(line.duty_id)
    if duty is None:
        raise ModelError(f"a cost line names duty {line.duty_id!r}, which the plan has not")
    routes = [r for r in duty.routes if not line.shared_by or r.route_id in line.shared_by]
    if not routes:
        raise ModelError(f"a cost line of duty {line.duty_id!r} belongs to no route")
    weights = [_weigh_route(line.item, route) for route in routes]
    ids = [route.route_id for route in routes]
    amounts = split_pence(line.amount_pence, weights, ids)
    return [((line.duty_id, i), a) for i, a in zip(ids, amounts, strict=True)]


def _weigh_route(item: str, route: Route) -> int:
    """Weigh a route in the split of an item; whole seconds or metres."""
    if item in ASSISTANT_ITEMS:
        n = route.n_trained_assistants if item.startswith("trained") else route.n_assistants
        return n * (route.end_s - route.start_s)
    if item in TIME_ITEMS:
        return route.end_s - route.start_s
    return route.loaded_m


def share_route_costs(
    lines: Iterable[CostLine], plan: Plan, inputs: Inputs
) -> tuple[PassengerShare, ...]:
    """Split what each route costs to the passengers aboard, in order of routes and boarding.

    The vehicle falls on all aboard by straight-line distance between where they board and where
    they alight, times the places they take (seats, or one for a wheelchair space); assistants
    on those who need one, by the same weight; VAT in proportion to the two. The shares of a
    route add up to its cost, and those of a plan to its ``cost_pence``.

    Raises
    ------
    ModelError
        If a route has nobody aboard, or names a passenger or place that the inputs have not.
    IdentityError
        If the shares do not add up (M3).

    Notes
    -----
    A share is an average, for reports on unit cost. What a route saves when a passenger leaves
    it is the difference of two plans, never the share.
    """
    lines = tuple(lines)
    passengers = {p.passenger_id: p for p in inputs.passengers}
    places = {p.place_id: p for p in inputs.places}
    shares: list[PassengerShare] = []
    costs = share_duty_costs(lines, plan)
    for cost, route in zip(costs, plan.routes, strict=True):
        ids = route.passenger_ids
        if not ids:
            raise ModelError(f"route {route.route_id!r} carries nobody: its cost has no owner")
        try:
            aboard = [passengers[i] for i in ids]
            weights = _weigh_passengers(route, aboard, places)
        except KeyError as error:
            raise ModelError(
                f"route {route.route_id!r} names {error}, which the inputs have not"
            ) from error
        shares.extend(
            PassengerShare(
                plan_id=plan.plan_id,
                duty_id=cost.duty_id,
                route_id=cost.route_id,
                session=route.session,
                passenger_id=passenger_id,
                amount_pence=amount_pence,
            )
            for passenger_id, amount_pence in zip(
                ids, split_route_cost(cost, aboard, weights), strict=True
            )
        )
    counted_pence = sum(line.amount_pence for line in lines if line.basis in COST_BASES)
    total_pence = sum(share.amount_pence for share in shares)
    if total_pence != counted_pence:
        raise IdentityError(
            f"plan {plan.plan_id!r}: passengers' shares are {total_pence} pence, its cost is "
            f"{counted_pence} pence"
        )
    return tuple(shares)


def build_journey_shares(
    plan: Plan, inputs: Inputs, route_pence: Sequence[int]
) -> dict[tuple[Session, str], int]:
    """Split what each route is said to cost to those aboard, by session and passenger. [pence]

    All of it falls by distance and places, as the vehicle does in `share_route_costs`.

    Parameters
    ----------
    route_pence
        In order of the plan's routes. [pence]
    """
    passengers = {p.passenger_id: p for p in inputs.passengers}
    places = {p.place_id: p for p in inputs.places}
    found: dict[tuple[Session, str], int] = defaultdict(int)
    for route, amount_pence in zip(plan.routes, route_pence, strict=True):
        ids = route.passenger_ids
        weights = _weigh_passengers(route, [passengers[i] for i in ids], places)
        for passenger_id, pence in zip(
            ids, split_pence(amount_pence, weights, ids), strict=True
        ):
            found[route.session, passenger_id] += pence
    if sum(found.values()) != sum(route_pence):
        raise IdentityError(f"plan {plan.plan_id!r}: journeys do not add up to its routes")
    return dict(found)


def split_route_cost(
    cost: RouteCost, aboard: Sequence[Passenger], weights: Sequence[int]
) -> tuple[int, ...]:
    """Split one route's cost to those aboard. [pence]

    Parameters
    ----------
    weights
        One per passenger, not negative.
    """
    ids = [p.passenger_id for p in aboard]
    needs = [
        w if p.assistant is not AssistantNeed.NONE or p.assistant_id is not None else 0
        for p, w in zip(aboard, weights, strict=True)
    ]
    vehicle = split_pence(cost.vehicle_pence, weights, ids)
    assistants = split_pence(cost.assistants_pence, needs if any(needs) else weights, ids)
    net = [a + b for a, b in zip(vehicle, assistants, strict=True)]
    vat = split_pence(cost.vat_pence, net, ids)
    return tuple(a + b for a, b in zip(net, vat, strict=True))


def _weigh_passengers(
    route: Route, aboard: Sequence[Passenger], places: dict[str, Place]
) -> list[int]:
    """Weigh each passenger: straight-line metres times places taken, at least one."""
    boards = {p: stop.place_id for stop in route.stops for p in stop.boarding}
    alights = {p: stop.place_id for stop in route.stops for p in stop.alighting}
    weights = []
    for passenger in aboard:
        a = places[boards[passenger.passenger_id]]
        b = places[alights[passenger.passenger_id]]
        east_m, north_m = a.easting_m - b.easting_m, a.northing_m - b.northing_m
        direct_m = max(1, isqrt(east_m * east_m + north_m * north_m))
        n_places = max(1, passenger.n_seats_taken + passenger.n_wheelchair_spaces)
        weights.append(direct_m * n_places)
    return weights
