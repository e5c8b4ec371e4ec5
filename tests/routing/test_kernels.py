"""Kernels one by one against the plain evaluation."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from routing.evaluate import evaluate_route, price_offers
from routing.improve import SearchSettings, improve_session
from routing.kernels import jit, pricing, random
from routing.kernels import state as k
from routing.offers import OfferPrices
from routing.packing import find_useful_offers, pack_problem, price_alone
from routing.problem import SessionProblem
from tests.routing.random_problems import make_problem, make_route
from tests.routing.small_town import make_cost_model, make_town_problem


def price_by_kernel(problem: SessionProblem, **use: int) -> tuple[int, int]:
    """Cheapest of all offers, scarcity included, as the kernel prices it."""
    data = pack_problem(problem)
    every = np.full(int(data.par[k.P_WORDS]), k.ALL_BITS, dtype=np.uint64)
    pence, offer = pricing.find_best_offer.py_func(
        data.offer,
        data.floor,
        data.road,
        every,
        int(data.node_row[use["first_node"]]),
        int(data.node_row[use["last_node"]]),
        use["loaded_m"],
        use["duration_s"],
        use["waiting_s"],
        use["n_assistants"],
        use["n_trained"],
        k.NO_COST,
    )
    return int(pence), int(find_useful_offers(problem)[offer])


def price_plainly(problem: SessionProblem, **use: int) -> NDArray[np.int64]:
    """All offers as the plain evaluation prices them."""
    ends = {"first_row": use.pop("first_node"), "last_row": use.pop("last_node")}
    return price_offers(problem, **{end: problem.row_of(v) for end, v in ends.items()}, **use)


@given(
    seed=st.integers(0, 300),
    loaded_m=st.integers(0, 60_000),
    duration_s=st.integers(60, 7_200),
    waiting_s=st.integers(0, 1_800),
    n_assistants=st.integers(0, 3),
    n_trained=st.integers(0, 2),
)
@settings(max_examples=120, deadline=None)
def test_kernel_price_equals_the_plain_price_to_the_penny(
    seed: int, loaded_m: int, duration_s: int, waiting_s: int, n_assistants: int, n_trained: int
) -> None:
    problem = make_problem(seed, n_requests=4, n_offers=1 + seed % 12)
    use = {
        "first_node": seed % 4,
        "last_node": 4 + seed % 3,
        "loaded_m": loaded_m,
        "duration_s": duration_s,
        "waiting_s": waiting_s,
        "n_assistants": n_assistants,
        "n_trained": n_trained,
    }
    plain = price_plainly(problem, **use) + problem.scarcity_pence
    useful = find_useful_offers(problem)
    pence, offer = price_by_kernel(problem, **use)
    assert pence == plain[useful].min()
    assert offer == useful[int(np.argmin(plain[useful]))]


def test_offers_left_out_are_never_the_only_cheapest() -> None:
    n_dropped = n_routes = 0
    for seed in range(60):
        problem = make_problem(seed, n_offers=10, tight=0.1, plain=True)
        cheaper = add_worse_offers(problem)
        useful = set(find_useful_offers(cheaper).tolist())
        n_dropped += cheaper.offers.n_offers - len(useful)
        rng = np.random.default_rng(seed)
        for _ in range(10):
            facts = evaluate_route(cheaper, make_route(rng, cheaper, 4, 2))
            if facts.is_feasible:
                costs = np.where(
                    facts.is_offered, facts.price_pence + cheaper.scarcity_pence, 1 << 40
                )
                assert min(costs[o] for o in useful) == costs.min()
                n_routes += 1
    assert n_dropped >= 60
    assert n_routes > 100


def add_worse_offers(problem: SessionProblem) -> SessionProblem:
    """The same with a dearer copy of the first offer, for fewer passengers."""
    p = problem.offers
    values = {}
    for field in fields(OfferPrices):
        value = getattr(p, field.name)
        twice = [*value, value[0]]
        values[field.name] = (
            np.array(twice, dtype=value.dtype)
            if isinstance(value, np.ndarray)
            else tuple(twice)
        )
    values["fixed_pence"][-1] += 10
    allowed = np.concatenate([problem.is_allowed, problem.is_allowed[:, :1]], axis=1)
    allowed[0, -1] = False
    return replace(
        problem,
        offers=OfferPrices(**values),
        is_allowed=allowed,
        scarcity_pence=np.append(problem.scarcity_pence, problem.scarcity_pence[0]),
    )


def test_more_offers_than_bits_of_a_word_are_searched() -> None:
    problem = make_problem(5, n_requests=14, n_offers=90, tight=0.2)
    assert pack_problem(problem).par[k.P_WORDS] == 2
    solution = improve_session(problem, steps=300, settings=SearchSettings(check="step"))
    assert not solution.unserved
    late = [evaluate_route(problem, r).best_offer >= 64 for r in solution.routes]
    assert len(late) > 1


def test_alone_price_of_a_group_member_ignores_the_group() -> None:
    problem = make_problem(5, n_requests=14, tight=0.0)
    prices = price_alone(problem)
    single = replace(problem, group=np.arange(14, dtype=np.int32))
    for i, price in enumerate(prices.tolist()):
        facts = evaluate_route(single, (i, 14 + int(problem.request_site[i])))
        assert price == (facts.search_pence(single) if facts.is_feasible else k.NO_COST)


def test_places_are_reordered_and_none_is_lost() -> None:
    problem = make_problem(5, n_requests=14, n_sites=4)
    data = pack_problem(problem)
    at = data.node_row
    nodes = range(18)
    for a in nodes:
        for b in nodes:
            rows = problem.row_of(a), problem.row_of(b)
            there = data.road[at[a], at[b]].tolist()
            assert there[:2] == [problem.duration_s[rows], problem.distance_m[rows]]
            assert there[2:] == data.road[at[b], at[a]].tolist()[:2]


def test_random_numbers_are_those_of_xorshift128() -> None:
    # Marsaglia's example state; first numbers computed by his published recurrence in C.
    rng = np.array([123456789, 362436069, 521288629, 88675123], dtype=np.int64)
    drawn = [int(random.draw.py_func(rng)) for _ in range(3)]
    assert drawn == [3701687786, 458299110, 2500872618]
    below = [int(random.draw.py_func(rng)) * 7 >> 32 for _ in range(2_000)]
    assert set(below) == set(range(7))
    assert max(below.count(v) for v in range(7)) < 360


def test_dearer_bands_beyond_the_first_are_never_under_the_floor() -> None:
    model = make_cost_model(
        band_to_m=np.array([[[10**9] * 2] * 4, [[5_000, 10**9]] * 4], dtype=np.int64),
        band_mpence=np.array([[[0, 0]] * 4, [[300_000, 100_000]] * 4], dtype=np.int64),
    )
    problem = make_town_problem(cost_model=model)
    for loaded_m in (0, 4_999, 5_000, 5_001, 90_000):
        use = {"loaded_m": loaded_m, "duration_s": 600, "waiting_s": 0, "n_assistants": 0}
        use |= {"first_node": 1, "last_node": 3, "n_trained": 0}
        assert price_by_kernel(problem, **use)[0] == price_plainly(problem, **use).min()


def test_cache_folder_is_named_by_the_kernels_source(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    found = jit.find_cache_folder.__wrapped__()
    assert found.startswith(str(tmp_path))
    assert found.rsplit("-", 1)[0].endswith("kernels")
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/proc/nowhere")
    assert "/proc/nowhere" not in jit.find_cache_folder.__wrapped__()
