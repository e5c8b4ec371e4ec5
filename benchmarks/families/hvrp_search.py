"""A mixed-fleet file as a session: customers are collected, the depot is the site.

Thousandths of the file's unit are the engine's pence and metres. The engine has as many
vehicles of a type as it likes; prices on the types that are short of vehicles, raised until the
numbers fit, bring its plans within the fleet.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.families.family import OnBetter, Solution, VehicleRoute
from benchmarks.families.hvrp import HvrpCase
from data.places import Session
from data.policy import Policy
from routing.constants import ALWAYS_BY_S, ALWAYS_FROM_S
from routing.evaluate import evaluate_route
from routing.improve import SearchSettings, improve_session
from routing.neighbours import find_neighbours
from routing.offers import OPEN_END_M, OfferPrices
from routing.problem import SessionProblem

IntArray = NDArray[np.int64]
UNIT = 1_000
MILE_M = 1_609_344
"""Millipence a mile that make one penny a metre."""


def solve_hvrp(
    case: HvrpCase,
    *,
    seconds: float,
    seed: int,
    threads: int = 1,
    on_better: OnBetter | None = None,
) -> Solution:
    """Solve a case by rounds of search with prices on scarce types."""
    began = time.process_time()
    n_rounds = max(4, min(24, int(seconds / 0.4)))
    problem = build_hvrp_problem(case)
    price = np.zeros(len(case.types), dtype=np.int64)
    step = _find_mean_cost(case) * 0.1
    routes: tuple[tuple[int, ...], ...] = ()
    best: Solution | None = None
    for number in range(n_rounds):
        left = seconds - (time.process_time() - began)
        if number and left <= 0:
            break
        found = improve_session(
            replace(problem, scarcity_pence=price),
            routes,
            seconds=max(0.01, left / (n_rounds - number)),
            seed=seed * 1_000 + number,
            n_chains=threads,
            n_workers=threads,
            settings=SearchSettings(warm=0.3 if routes else 1.0),
        )
        routes = found.routes
        solution = None if found.unserved else assign_vehicles(case, routes)
        if solution is not None and (best is None or solution.cost < best.cost):
            best = solution
            if on_better is not None:
                on_better(time.process_time() - began, best)
        used = _count_used(replace(problem, scarcity_pence=price), routes)
        over = used - np.array([t.n_vehicles for t in case.types])
        price = np.maximum(0, price + (step * over).astype(np.int64))
        step *= 0.9
    return (
        best or assign_vehicles(case, routes, is_forced=True) or Solution(routes=(), cost=0.0)
    )


def assign_vehicles(
    case: HvrpCase, routes: Sequence[tuple[int, ...]], *, is_forced: bool = False
) -> Solution | None:
    """Give each route a vehicle of its own at least cost; None if they do not go round.

    Parameters
    ----------
    is_forced
        Overload vehicles rather than give up: the judge will name the overloads.
    """
    from scipy.optimize import linear_sum_assignment

    vehicles = [k for k, t in enumerate(case.types) for _ in range(t.n_vehicles)]
    inner = [tuple(i + 1 for i in r if i < case.n_customers) for r in routes]
    far = [sum(case.distance[a, b] for a, b in pairwise((0, *r, 0))) for r in inner]
    load = [int(case.demand[list(r)].sum()) for r in inner]
    prices = np.array(
        [
            [
                case.types[k].fixed
                + case.types[k].per_distance * far[r]
                + (1e9 if load[r] > case.types[k].capacity else 0.0)
                for k in vehicles
            ]
            for r in range(len(inner))
        ]
    )
    if not inner or (len(inner) > len(vehicles) and not is_forced):
        return None
    rows, columns = linear_sum_assignment(prices)
    given = {int(r): vehicles[int(c)] for r, c in zip(rows, columns, strict=True)}
    if not is_forced and any(load[r] > case.types[k].capacity for r, k in given.items()):
        return None
    cost = sum(
        case.types[given.get(r, 0)].fixed + case.types[given.get(r, 0)].per_distance * far[r]
        for r in range(len(inner))
    )
    return Solution(
        routes=tuple(
            VehicleRoute(vehicle=str(given.get(r, 0)), nodes=(0, *inner[r], 0))
            for r in range(len(inner))
        ),
        cost=float(cost),
        extra=(("vehicles", float(len(inner))),),
    )


def _find_mean_cost(case: HvrpCase) -> float:
    """Find roughly what a route costs: there and back to the farthest, at the mean price."""
    mean = sum(t.per_distance for t in case.types) / len(case.types)
    return 2 * float(case.distance[0].max()) * mean * UNIT


def _count_used(problem: SessionProblem, routes: Sequence[tuple[int, ...]]) -> IntArray:
    used = np.zeros(problem.offers.n_offers, dtype=np.int64)
    for route in routes:
        used[evaluate_route(problem, route).best_offer] += 1
    return used


def build_hvrp_problem(case: HvrpCase) -> SessionProblem:
    """Build the session of a case; customer i is request i - 1."""
    n, o = case.n_customers, len(case.types)
    zero, one = np.zeros(n, dtype=np.int32), np.ones(o, dtype=np.int64)
    metres = np.rint(case.distance * UNIT).astype(np.int32)
    # Times only rank neighbours here, and count towards the limit of a route's length.
    shared: dict[str, Any] = {
        "request_row": np.arange(1, n + 1, dtype=np.int32),
        "request_site": zero,
        "service_s": zero,
        "site_row": np.zeros(1, dtype=np.int32),
        "site_from_s": np.full(1, ALWAYS_FROM_S, dtype=np.int32),
        "site_by_s": np.full(1, ALWAYS_BY_S, dtype=np.int32),
        "site_dwell_s": np.zeros(1, dtype=np.int32),
        "duration_s": np.rint(case.distance * 10).astype(np.int32),
    }
    nothing = 0 * one
    offers = OfferPrices(
        offer_ids=tuple(f"t{k}" for k in range(o)),
        provider_ids=tuple(f"t{k}" for k in range(o)),
        vehicle_type_ids=tuple(f"t{k}" for k in range(o)),
        is_own=np.zeros(o, dtype=np.bool_),
        includes_dead=np.ones(o, dtype=np.bool_),
        base_row=np.zeros(o, dtype=np.int32),
        has_lift=np.ones(o, dtype=np.bool_),
        layout_seats=np.array([[t.capacity] for t in case.types], dtype=np.int32),
        layout_spaces=np.zeros((o, 1), dtype=np.int32),
        max_assistants=nothing,
        max_trained=nothing,
        n_vehicles=np.array([t.n_vehicles for t in case.types], dtype=np.int64),
        is_open=np.ones(o, dtype=np.bool_),
        is_priced_alone=np.ones(o, dtype=np.bool_),
        area_place_ids=("",) * o,
        area_radius_m=-one,
        fixed_pence=np.array([round(t.fixed * UNIT) for t in case.types], dtype=np.int64),
        band_to_m=np.full((o, 1), OPEN_END_M, dtype=np.int64),
        band_mpence=np.array([[round(t.per_distance * MILE_M)] for t in case.types]),
        dead_mpence=nothing,
        hour_mpence=nothing,
        waiting_mpence=nothing,
        minimum_pence=nothing,
        assistant_pence=nothing,
        assistant_hour_mpence=nothing,
        trained_pence=nothing,
        trained_hour_mpence=nothing,
        day_pair_pence=-one,
        day_included_m=nothing,
        day_excess_mpence=nothing,
        vat_bp=nothing,
        extra_s=nothing,
        min_s=nothing,
    )
    return SessionProblem(
        session=Session.AM,
        day_type_id=case.name,
        policy=Policy(unserved_pence=100_000_000),
        max_sites=1,
        passenger_ids=tuple(f"p{i:04d}" for i in range(n)),
        home_ids=tuple(f"h{i:04d}" for i in range(n)),
        assistant_ids=("",) * n,
        site_ids=("depot",),
        place_ids=tuple(f"x{r:04d}" for r in range(n + 1)),
        site_service_s=zero,
        max_ride_s=np.full(n, ALWAYS_BY_S, dtype=np.int32),
        from_s=np.full(n, ALWAYS_FROM_S, dtype=np.int32),
        by_s=np.full(n, ALWAYS_BY_S, dtype=np.int32),
        n_seats=case.demand[1:].astype(np.int32),
        n_spaces=zero,
        n_crew=zero,
        n_shared=zero,
        n_trained_crew=zero,
        n_trained_shared=zero,
        is_alone=np.zeros(n, dtype=np.bool_),
        is_adult=np.zeros(n, dtype=np.bool_),
        group=np.arange(n, dtype=np.int32),
        apart_start=np.zeros(n + 1, dtype=np.int32),
        apart_with=np.zeros(0, dtype=np.int32),
        is_allowed=np.ones((n, o), dtype=np.bool_),
        distance_m=metres,
        offers=offers,
        scarcity_pence=np.zeros(o, dtype=np.int64),
        labels=np.zeros((0, n), dtype=np.int32),
        label_pence=np.zeros(0, dtype=np.int64),
        neighbours=find_neighbours(n_neighbours=40, **shared),
        assistant_seats=0,
        **shared,
    )
