"""Searches that choose among the routes they met: every rule and count kept, repeatable."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from data.errors import SolverError
from routing import combining
from routing.combining import Combiner
from routing.evaluate import evaluate_route
from routing.improve import SearchSettings, improve_session
from routing.kernels.met import I64, build_met, read_met
from routing.packing import find_useful_offers
from routing.paired.improve import PairedSettings, improve_paired
from routing.route_pool import RoutePool
from tests.routing.paired.random_pairs import count_cost, has_schedule, make_pairs
from tests.routing.random_problems import make_problem

# Every step is counted from scratch, a choice is made after every few chunks, and the search
# is so hot that it finds no good plan by itself.
PAIRED = PairedSettings(check="step", choose_every=60, chunk=20, warm=30.0, cold=30.0)
SESSION = SearchSettings(check="step", choose_every=200, warm=3.0, cold=3.0)


def test_choices_keep_every_rule_and_every_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen: list[int] = []
    met: list[tuple[tuple[int, ...], int]] = []
    choose, add = RoutePool.choose, RoutePool.add

    def note(pool: RoutePool, upper: int, n_steps: int, *, is_whole: bool) -> object:
        found = choose(pool, upper, n_steps, is_whole=is_whole)
        assert is_whole or found is None
        if found is not None:
            assert found[0] < upper
            chosen.append(found[0])
        return found

    def note_route(pool: RoutePool, nodes: tuple[int, ...], cost: int, kind: int = 0) -> None:
        met.append((tuple(nodes), cost))
        add(pool, nodes, cost, kind)

    monkeypatch.setattr(RoutePool, "choose", note)
    monkeypatch.setattr(RoutePool, "add", note_route)
    for name in ("_HOPELESS", "_HOPELESS_WARM"):  # so hot a search would be given up
        monkeypatch.setattr(combining, name, 1.0)
    for seed in range(6):
        met.clear()
        pairs = make_pairs(
            seed,
            n_requests=30,
            n_vehicles=6,
            tight=seed / 12,
            is_triangle=seed % 3 != 0,
            is_waiting_aboard=seed % 2 == 0,
            vehicle_c=50 * seed,
        )
        improve_paired(pairs, steps=800, seed=seed, settings=PAIRED)
        assert len(met) > 50
        for nodes, cost in met[::11]:
            if nodes:
                assert has_schedule(pairs, list(nodes))
                assert cost == count_cost(pairs, list(nodes))
    assert len(chosen) >= 3


def test_choices_of_a_session_keep_every_rule_and_every_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen: list[int] = []
    met: list[tuple[tuple[int, ...], int, int]] = []
    choose, add = RoutePool.choose, RoutePool.add

    def note(pool: RoutePool, upper: int, n_steps: int, *, is_whole: bool) -> object:
        found = choose(pool, upper, n_steps, is_whole=is_whole)
        if found is not None:
            chosen.append(found[0])
        return found

    def note_route(pool: RoutePool, nodes: tuple[int, ...], cost: int, kind: int = 0) -> None:
        met.append((tuple(nodes), cost, kind))
        add(pool, nodes, cost, kind)

    monkeypatch.setattr(RoutePool, "choose", note)
    monkeypatch.setattr(RoutePool, "add", note_route)
    for name in ("_HOPELESS", "_HOPELESS_WARM"):  # so hot a search would be given up
        monkeypatch.setattr(combining, name, 1.0)
    for seed in range(12):
        met.clear()
        problem = make_problem(seed, n_requests=24, n_sites=2, n_offers=4, tight=0.2)
        if seed % 2:
            n_vehicles = np.array([6, 3, 2, 2])
            offers = replace(problem.offers, n_vehicles=n_vehicles)
            problem = replace(problem, offers=offers, is_limited=True)
        improve_session(problem, steps=3_000, seed=seed, settings=SESSION)
        assert len(met) > 50
        useful = find_useful_offers(problem)
        for nodes, cost, kind in met[::11]:
            facts = evaluate_route(problem, nodes)
            offer = int(useful[kind]) if seed % 2 else None
            assert cost == facts.search_pence(problem, offer)
    assert len(chosen) >= 3


def test_equal_seed_and_steps_give_equal_routes_though_routes_are_chosen() -> None:
    pairs = make_pairs(3, n_requests=30, n_vehicles=5, tight=0.3)
    for workers in (1, 2):
        paired = improve_paired(
            pairs, steps=1_500, seed=5, n_workers=workers,
            settings=PairedSettings(choose_every=200),
        )  # fmt: skip
        session = improve_session(
            make_problem(3, n_requests=30, n_sites=3, tight=0.2),
            steps=3_000, seed=5, n_workers=workers,
            settings=SearchSettings(choose_every=300),
        )  # fmt: skip
        if workers == 1:
            first = paired, session
    assert (paired, session) == first


@dataclass(slots=True)
class StubChain:
    """A chain without a search."""

    met: I64
    cost: int


def test_routes_that_cost_something_else_together_end_the_search() -> None:
    for told, is_right in ((25, True), (26, False)):
        chain = StubChain(met=build_met(4, 6), cost=40)

        def load(chain: StubChain, routes: object, told: int = told) -> None:
            chain.cost = told

        combiner = Combiner(
            RoutePool(4, 1_000, every=1),
            [chain],
            present=[((0, 1, 4), 12, 0), ((2, 3, 4), 13, 0), ((0, 2), 20, 0), ((1, 3), 20, 0)],
            read_cost=lambda chain: chain.cost,
            load=load,
            clock=lambda: 0.0,
        )
        if is_right:
            combiner.gather(1, 1.0)
            assert chain.cost == 25
        else:
            with pytest.raises(SolverError, match="chosen for 25 cost 26"):
                combiner.gather(1, 1.0)


def test_rows_set_down_are_read_once() -> None:
    met = build_met(3, 5)
    assert read_met(met) == []
    width = 5 + 3
    rows = met[len(met) - 256 * width :].reshape(256, width)
    rows[0] = [70, 0, 2, 1, 3, 0, 0, 0]
    met[0] = 1
    assert read_met(met) == [[70, 0, 2, 1, 3, 0, 0, 0]]
    assert read_met(met) == []
    assert np.count_nonzero(met[:2]) == 1  # the most over worth: nothing yet


def test_choice_is_given_up_for_good_where_the_program_is_far_below() -> None:
    # Half of each pair serves everybody for 15; whole routes cost 20, as the known plan does.
    for share, is_given_up in ((0.2, False), (0.5, True), (0.9, True)):
        chain = StubChain(met=build_met(3, 5), cost=20)
        combiner = Combiner(
            RoutePool(3, 1_000, every=1),
            [chain],
            present=[((0, 1), 10, 0), ((1, 2), 10, 0), ((0, 2), 10, 0), ((2,), 10, 0)],
            read_cost=lambda chain: chain.cost,
            load=lambda chain, found: None,
            clock=lambda: 0.0,
        )
        combiner.gather(1, share)
        assert combiner.is_hopeless is is_given_up
        chain.met[0] = 1
        combiner.gather(2, share)
        assert (int(chain.met[0]) == 1) is is_given_up  # nobody reads what is set down
