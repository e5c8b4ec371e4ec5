"""Random session problems, small and awkward, for the tests of the search."""

from __future__ import annotations

from typing import Any

import numpy as np

from data.places import Session
from data.policy import Policy
from routing.neighbours import find_neighbours
from routing.offers import OPEN_END_M, OfferPrices
from routing.problem import SessionProblem


def make_offers(rng: np.random.Generator, n_offers: int, n_rows: int) -> OfferPrices:
    """Offers of every shape of price; the first carries anybody, so that nobody is stranded."""
    o = n_offers

    def whole(low: int, high: int, share: float = 1.0) -> Any:
        values = rng.integers(low, high + 1, o)
        return np.where(rng.random(o) < share, values, 0).astype(np.int64)

    own = rng.random(o) < 0.3
    own[0] = False
    seats = np.stack([rng.integers(3, 9, o), rng.integers(2, 5, o)], axis=1).astype(np.int32)
    spaces = np.stack([np.zeros(o), rng.integers(0, 3, o)], axis=1).astype(np.int32)
    seats[0], spaces[0] = (12, 12), (4, 4)
    b0 = rng.integers(500, 4_000, o)
    ends = np.stack([b0, b0 + rng.integers(0, 4_000, o), np.full(o, OPEN_END_M)], axis=1)
    pair = np.where(rng.random(o) < 0.2, rng.integers(2_000, 9_000, o), -1)
    return OfferPrices(
        offer_ids=tuple(f"offer-{i}" for i in range(o)),
        provider_ids=tuple("own" if w else f"s{i % 3}" for i, w in enumerate(own)),
        vehicle_type_ids=tuple(f"type-{i % 4}" for i in range(o)),
        is_own=own,
        includes_dead=own.copy(),
        base_row=np.where(own | (rng.random(o) < 0.5), rng.integers(0, n_rows, o), -1).astype(
            np.int32
        ),
        has_lift=np.ones(o, dtype=np.bool_),
        layout_seats=seats,
        layout_spaces=spaces,
        max_assistants=np.where(np.arange(o) == 0, 99, rng.integers(0, 4, o)).astype(np.int64),
        max_trained=np.where(np.arange(o) == 0, 99, rng.integers(0, 2, o)).astype(np.int64),
        n_vehicles=np.full(o, 5, dtype=np.int64),
        is_open=np.ones(o, dtype=np.bool_),
        is_priced_alone=np.ones(o, dtype=np.bool_),
        area_place_ids=("",) * o,
        area_radius_m=np.full(o, -1, dtype=np.int64),
        fixed_pence=whole(200, 3_000, 0.7),
        band_to_m=ends.astype(np.int64),
        band_mpence=rng.integers(50_000, 400_000, (o, 3)).astype(np.int64),
        dead_mpence=whole(20_000, 200_000, 0.5),
        hour_mpence=whole(500_000, 3_000_000, 0.7),
        waiting_mpence=whole(500_000, 3_000_000, 0.5),
        minimum_pence=whole(500, 4_000, 0.5),
        assistant_pence=whole(100, 1_000, 0.5),
        assistant_hour_mpence=whole(500_000, 2_000_000, 0.6),
        trained_pence=whole(100, 1_000, 0.5),
        trained_hour_mpence=np.where(own, 300_000, 0).astype(np.int64),
        day_pair_pence=np.where(own, -1, pair).astype(np.int64),
        day_included_m=rng.integers(1_000, 9_000, o).astype(np.int64),
        day_excess_mpence=whole(50_000, 300_000),
        vat_bp=np.where(rng.random(o) < 0.3, 2_000, 0).astype(np.int64),
        extra_s=np.where(own, 1_200, 0).astype(np.int64),
        min_s=np.where(own, rng.integers(0, 3_000, o), 0).astype(np.int64),
    )


def make_problem(
    seed: int,
    *,
    n_requests: int = 12,
    n_sites: int = 3,
    n_offers: int = 6,
    max_sites: int = 3,
    tight: float = 0.5,
    plain: bool = False,
    session: Session = Session.AM,
) -> SessionProblem:
    """Make a random problem.

    Parameters
    ----------
    tight
        From 0 (wide windows and ride limits) to 1 (hardly anything fits).
    plain
        Without relationships, home windows and assistants.
    """
    rng = np.random.default_rng(seed)
    n, k = n_requests, n_sites
    n_rows = n + k + 2
    xy = rng.integers(0, 4_000, (n_rows, 2))
    if n > 3:
        xy[1] = xy[0]
    span = np.abs(xy[:, None, :] - xy[None, :, :]).sum(axis=2)
    duration = (span // 8 + rng.integers(0, 20, span.shape)).astype(np.int32)
    np.fill_diagonal(duration, 0)
    rows = np.arange(n, dtype=np.int32)
    if n > 3:
        rows[1] = 0
    request_site = np.sort(rng.integers(0, k, n)).astype(np.int32) if k else rows * 0
    opens = rng.integers(30_000, 31_200, k)
    width = (1_800 * (1 - tight)).__int__() + rng.integers(60, 600, k)
    fancy = 0.0 if plain else 1.0
    low = np.full(n, -86_400)
    high = np.full(n, 172_800)
    at_home = rng.random(n) < 0.25 * fancy
    low[at_home] = rng.integers(29_000, 30_600, int(at_home.sum()))
    wide = rng.integers(200, 3_000, int(at_home.sum()))
    high[at_home] = low[at_home] + wide if session.is_homeward else 172_800
    crew = (rng.random(n) < 0.1 * fancy).astype(np.int32)
    shared = ((rng.random(n) < 0.25 * fancy) & (crew == 0)).astype(np.int32)
    trained = rng.random(n) < 0.3 * fancy
    allowed = rng.random((n, n_offers)) < 0.8
    allowed[:, 0] = True
    group = np.arange(n, dtype=np.int32)
    alone = rng.random(n) < 0.08 * fancy
    if n > 6 and not plain:
        pair = rng.choice(n, 2, replace=False)
        if not alone[pair].any():
            group[max(pair)] = group[min(pair)]
        group = np.unique(group, return_inverse=True)[1].astype(np.int32)
    apart: list[set[int]] = [set() for _ in range(n)]
    if n > 6 and not plain:
        for _ in range(2):
            a, b = (int(v) for v in rng.choice(n, 2, replace=False))
            if group[a] != group[b]:
                apart[a].add(b)
                apart[b].add(a)
    start = np.zeros(n + 1, dtype=np.int32)
    start[1:] = np.cumsum([len(s) for s in apart])
    is_chair = rng.random(n) < 0.15
    base = {
        "request_row": rows,
        "request_site": request_site,
        "service_s": rng.integers(0, 90, n).astype(np.int32),
        "site_row": np.arange(n, n + k, dtype=np.int32),
        "site_from_s": opens.astype(np.int32),
        "site_by_s": (opens + width).astype(np.int32),
        "site_dwell_s": rng.integers(0, 180, k).astype(np.int32),
        "duration_s": duration,
    }
    return SessionProblem(
        session=session,
        day_type_id="mon-a-test",
        policy=Policy(shared_assistant_ratio=3, unserved_pence=1_000_000),
        max_sites=max_sites,
        passenger_ids=tuple(f"p{i:03d}" for i in range(n)),
        home_ids=tuple(f"h{i:03d}" for i in range(n)),
        assistant_ids=("",) * n,
        site_ids=tuple(f"s{j}" for j in range(k)),
        place_ids=tuple(f"x{r:03d}" for r in range(n_rows)),
        site_service_s=rng.integers(0, 40, n).astype(np.int32),
        max_ride_s=rng.integers(600, 2_700 - int(1_200 * tight), n).astype(np.int32),
        from_s=low.astype(np.int32),
        by_s=high.astype(np.int32),
        n_seats=np.where(is_chair, 0, rng.integers(1, 3, n)).astype(np.int32),
        n_spaces=is_chair.astype(np.int32),
        n_crew=crew,
        n_shared=shared,
        n_trained_crew=(crew * trained).astype(np.int32),
        n_trained_shared=(shared * trained).astype(np.int32),
        is_alone=alone,
        is_adult=rng.random(n) < 0.1 * fancy,
        group=group,
        apart_start=start,
        apart_with=np.array([j for s in apart for j in sorted(s)], dtype=np.int32),
        is_allowed=allowed,
        distance_m=span.astype(np.int32),
        offers=make_offers(rng, n_offers, n_rows),
        scarcity_pence=np.where(rng.random(n_offers) < 0.4, 500, 0).astype(np.int64),
        labels=rng.integers(-1, 3, (1, n)).astype(np.int32),
        label_pence=np.array([0 if plain else 120], dtype=np.int64),
        neighbours=find_neighbours(n_neighbours=50, **base),
        **base,
    )


def make_route(
    rng: np.random.Generator, problem: SessionProblem, n_riders: int, n_stops: int
) -> tuple[int, ...]:
    """Make a random well-formed route: requests before their sites, ending at a site."""
    n = problem.n_requests
    sites = sorted(
        {int(problem.request_site[i]) for i in rng.permutation(n)[: max(n_riders, 1)]}
    )[:n_stops]
    riders = [i for i in rng.permutation(n) if int(problem.request_site[i]) in sites]
    riders = sorted({int(i) for i in riders[:n_riders]})
    used = sorted({int(problem.request_site[i]) for i in riders})
    visits = [int(j) for j in rng.permutation(used)]
    route: list[int] = [n + j for j in visits]
    for i in rng.permutation(riders):
        end = route.index(n + int(problem.request_site[i]))
        route.insert(int(rng.integers(0, end + 1)), int(i))
    return tuple(route)
