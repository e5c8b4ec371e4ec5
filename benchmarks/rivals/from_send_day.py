"""A special-needs morning for the rivals: each passenger is a pair with a drop of its own.

Drops at one school lie no way apart; alighting falls on leaving the school. Passengers who
travel alone are fixed routes: they are left out and added at the end at the cheapest type. Each
type stands twice, with an assistant and without; passengers who need one need the first.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.families.family import VehicleRoute
from benchmarks.families.send_day import build_problem
from benchmarks.families.send_day_files import SendDayCase
from benchmarks.rivals.model import NEVER, RivalModel, RivalPair, RivalType
from routing.evaluate import evaluate_route
from routing.problem import SessionProblem

METRES_PER_MILE = 1_609.344


def build_model(case: SendDayCase) -> RivalModel:
    """Describe a case: pick-ups, drops, nowhere (free to reach and to leave), the depot."""
    problem = build_problem(case)
    together = np.flatnonzero(~problem.is_alone)
    q = len(together)
    sites = problem.request_site[together].astype(np.int64)
    depots = [int(r) for r in problem.offers.base_row if r >= 0]
    rows = np.concatenate(
        [
            problem.request_row[together],
            problem.site_row[sites],
            [0, depots[0] if depots else 0],
        ]
    ).astype(np.int64)
    nowhere = 2 * q
    distance = problem.distance_m[np.ix_(rows, rows)].astype(np.float64)
    duration = problem.duration_s[np.ix_(rows, rows)].astype(np.float64)
    for table in (distance, duration):
        table[nowhere, :] = table[:, nowhere] = 0.0
    school = np.concatenate([np.full(q, -1), sites, [-1, -1]])
    dwell = np.concatenate([np.zeros(q), problem.site_dwell_s[sites], [0.0, 0.0]])
    is_leaving = (school[:, None] >= 0) & (school[:, None] != school[None, :])
    duration += is_leaving * dwell[:, None]
    load = np.zeros((2 * q + 2, 2), dtype=np.int64)
    load[:q, 0] = problem.n_seats[together]
    load[:q, 1] = problem.n_spaces[together]
    needs = np.zeros(2 * q + 2, dtype=np.bool_)
    needs[:q] = problem.n_shared[together] > 0
    service = np.zeros(2 * q + 2)
    service[:q] = problem.service_s[together]
    by = problem.site_by_s[sites].astype(np.float64)
    caps = problem.max_ride_s[together].astype(np.float64)

    def finish(routes: tuple[VehicleRoute, ...]) -> tuple[VehicleRoute, ...]:
        return (*(_join(r, problem, together) for r in routes), *_list_alone(problem))

    return RivalModel(
        distance=distance,
        duration=duration,
        service=service,
        from_time=np.concatenate([np.zeros(q), problem.site_from_s[sites], [0.0, 0.0]]),
        by_time=np.concatenate([by, by, [NEVER, NEVER]]),
        load=load,
        types=_build_types(problem, q),
        needs_skill=needs,
        pairs=tuple(
            RivalPair(
                pick_up=i,
                drop=q + i,
                max_ride=float(caps[i]),
                safe_from=max(0.0, float(by[i] - caps[i] - service[i])),
            )
            for i in range(q)
        ),
        ticks=1,
        money=1_000_000,
        beyond=(f"at most {problem.max_sites} schools a route",),
        finish=finish,
    )


def _build_types(problem: SessionProblem, n_pairs: int) -> tuple[RivalType, ...]:
    """Each offer with an assistant and without; more vehicles than any plan needs."""
    offers = problem.offers
    types = []
    for o, name in enumerate(offers.offer_ids):
        seats, spaces = int(offers.layout_seats[o, 0]), int(offers.layout_spaces[o, 0])
        hour = offers.hour_mpence[o] / 1e5
        at = 2 * n_pairs + int(offers.base_row[o] >= 0)
        for has_assistant in (False, True):
            more = offers.assistant_pence[o] / 100 if has_assistant else 0.0
            more_hour = offers.assistant_hour_mpence[o] / 1e5 if has_assistant else 0.0
            types.append(
                RivalType(
                    name=name,
                    n_vehicles=max(10, round(n_pairs / (0.75 * seats))),
                    capacity=(seats, spaces),
                    fixed=offers.fixed_pence[o] / 100 + more,
                    per_distance=offers.band_mpence[o, 0] / 1e5 / METRES_PER_MILE,
                    per_time=(hour + more_hour) / 3_600,
                    start=at,
                    end=at,
                    by_time=86_400.0,
                    is_skilled=has_assistant,
                )
            )
    return tuple(types)


def _join(
    route: VehicleRoute, problem: SessionProblem, together: np.ndarray[Any, Any]
) -> VehicleRoute:
    """Join drops at one school to one visit; the judge finds the times."""
    q = len(together)
    nodes: list[int] = []
    for node in route.nodes:
        if node < q:
            nodes.append(int(together[node]))
        elif node < 2 * q:
            site = problem.n_requests + int(problem.request_site[together[node - q]])
            if nodes[-1] != site:
                nodes.append(site)
    times = find_begins(problem, tuple(nodes))
    return VehicleRoute(vehicle=route.vehicle, nodes=tuple(nodes), times=times)


def find_begins(problem: SessionProblem, nodes: tuple[int, ...]) -> tuple[float, ...]:
    """Find when each pick-up and visit begins: as the rules ask, else reaching school last."""
    n = problem.n_requests
    begin = 0
    begins = []
    for k, node in enumerate(nodes):
        if k:
            rows = problem.row_of(nodes[k - 1]), problem.row_of(node)
            begin += int(problem.duration_s[rows])
        begins.append(begin)
        begin += int(problem.service_s[node] if node < n else problem.site_dwell_s[node - n])
    visits = [k for k, node in enumerate(nodes) if node >= n]
    first = visits[0]
    # The first school as late as the others still allow; then waiting there for the next.
    latest = min(
        int(problem.site_by_s[nodes[k] - n]) - (begins[k] - begins[first]) for k in visits
    )
    opens = int(problem.site_from_s[nodes[first] - n])
    shift = max(latest, opens) - begins[first]
    times = []
    for k, at in enumerate(begins):
        if k in visits:
            shift += max(0, int(problem.site_from_s[nodes[k] - n]) - at - shift)
        elif k and nodes[k - 1] >= n:
            # Waiting falls after an alighting: for the next school with all before it.
            ahead = next(v for v in visits if v > k)
            shift += max(0, int(problem.site_from_s[nodes[ahead] - n]) - begins[ahead] - shift)
        times.append(float(at + shift))
    return tuple(times)


def _list_alone(problem: SessionProblem) -> list[VehicleRoute]:
    """List the routes of those who travel alone, each at its cheapest type."""
    routes = []
    for i in np.flatnonzero(problem.is_alone):
        nodes = (int(i), problem.n_requests + int(problem.request_site[i]))
        offer = evaluate_route(problem, nodes).best_offer
        name = problem.offers.offer_ids[offer]
        times = find_begins(problem, nodes)
        routes.append(VehicleRoute(vehicle=name, nodes=nodes, times=times))
    return routes
