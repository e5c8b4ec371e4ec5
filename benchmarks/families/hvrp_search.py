"""A mixed-fleet file as a session: customers are collected, the depot is the site.

Thousandths of the file's unit are the engine's pence and metres. Each vehicle has one route.
"""

from __future__ import annotations

import time
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.families.family import OnBetter, Solution, VehicleRoute
from benchmarks.families.hvrp_files import HvrpCase, VehicleType
from data.places import Session
from data.policy import Policy
from routing.constants import ALWAYS_BY_S, ALWAYS_FROM_S
from routing.improve import SearchSettings, SessionSolution, improve_session
from routing.neighbours import find_neighbours
from routing.offers import OPEN_END_M, OfferPrices
from routing.problem import SessionProblem

UNIT = 1_000
MILE_M = 1_609_344
"""Millipence a mile that make one penny a metre."""
LEFT_OUT = 10.0
"""Price of leaving a customer out in the end, in ways to the farthest customer and back."""
CHAINS = 4
"""Searches in turn on each thread: one alone stays near where it first settled."""

SETTINGS = SearchSettings(warm=1.0, cold=0.1, longest_string=12, n_candidates=6, lacking=0.3)
"""With few long routes a search as cold as usual at its end stands still half the time."""


def solve_hvrp(
    case: HvrpCase,
    *,
    seconds: float,
    seed: int,
    threads: int = 1,
    on_better: OnBetter | None = None,
) -> Solution:
    """Solve a case by one search of the engine."""
    problem = build_hvrp_problem(case)
    _warm_up()
    began = time.process_time()

    def tell(used: float, better: SessionSolution) -> None:
        # Plans without everybody are not told.
        if on_better is not None and not better.unserved:
            on_better(used, _build_solution(case, better))

    found = improve_session(
        problem,
        seconds=seconds,
        seed=seed,
        n_chains=CHAINS * threads,
        n_workers=threads,
        clock=lambda: (time.process_time() - began) / threads,
        on_better=None if on_better is None else tell,
        settings=SETTINGS,
    )
    return _build_solution(case, found)


@cache
def _warm_up() -> None:
    """Compile or load the kernels, so that no clock counts it."""
    kind = VehicleType(n_vehicles=1, capacity=1, fixed=0.0, per_distance=1.0)
    case = HvrpCase(
        name="",
        types=(kind,),
        demand=np.array([0, 1]),
        distance=np.array([[0.0, 1.0], [1.0, 0.0]]),
        max_distance=None,
        service=0.0,
    )
    improve_session(build_hvrp_problem(case), steps=1, n_chains=1)


def _build_solution(case: HvrpCase, solution: SessionSolution) -> Solution:
    """Give routes in the file's numbers."""
    found = []
    cost = 0.0
    for route, k in zip(solution.routes, solution.offers, strict=True):
        path = (0, *(i + 1 for i in route if i < case.n_customers), 0)
        far = sum(case.distance[a, b] for a, b in pairwise(path))
        cost += case.types[k].fixed + case.types[k].per_distance * far
        found.append(VehicleRoute(vehicle=str(k), nodes=path))
    return Solution(
        routes=tuple(found), cost=float(cost), extra=(("vehicles", float(len(found))),)
    )


def build_hvrp_problem(case: HvrpCase) -> SessionProblem:
    """Build the session of a case; customer i is request i - 1."""
    n, o = case.n_customers, len(case.types)
    zero = np.zeros(n, dtype=np.int32)
    # Times only rank neighbours here.
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
    dearest = max(t.per_distance for t in case.types)
    left_out = round(LEFT_OUT * 2 * float(case.distance[0].max()) * dearest * UNIT)
    return SessionProblem(
        session=Session.AM,
        day_type_id=case.name,
        policy=Policy(unserved_pence=left_out),
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
        distance_m=np.rint(case.distance * UNIT).astype(np.int32),
        offers=_build_offers(case),
        scarcity_pence=np.zeros(o, dtype=np.int64),
        labels=np.zeros((0, n), dtype=np.int32),
        label_pence=np.zeros(0, dtype=np.int64),
        neighbours=find_neighbours(n_neighbours=60, **shared),
        assistant_seats=0,
        is_limited=True,
        **shared,
    )


def _build_offers(case: HvrpCase) -> OfferPrices:
    """Build an offer of each type."""
    o = len(case.types)
    one = np.ones(o, dtype=np.int64)
    nothing = 0 * one
    return OfferPrices(
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
