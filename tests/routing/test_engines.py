"""Both engines: equal answers, and answers a hand can check."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.networks import RoadNetwork
from data.places import Period
from data.policy import Policy
from routing.attach import attach_places
from routing.engines import (
    KEY_BITS,
    RoadEngine,
    build_engine,
    build_keys,
    find_shape,
    measure_legs,
    measure_path,
)
from routing.hierarchy import LibraryTimes
from tests.routing.roads import draw_network, sample_network, scatter_places

KINDS = ("cch", "dijkstra")

#   c ---- d        all sides 100 m, a-d has no diagonal;
#   |      |        b -> d is one-way
#   a ---- b
SQUARE = {"a": (0, 0), "b": (100, 0), "c": (0, 100), "d": (100, 100)}
SQUARE_ROADS = (("a", "b"), ("b", "d", ">"), ("c", "d"), ("a", "c"))


def measure_slowly(network: RoadNetwork, period: Period) -> np.ndarray:
    """Reference twin: relax every arc until no (time, length) pair gets better."""
    n = len(network.node_ids)
    best: list[list[tuple[int, int] | None]] = [[None] * n for _ in range(n)]
    for source in range(n):
        best[source][source] = (0, 0)
        is_changed = True
        while is_changed:
            is_changed = False
            for arc in range(len(network.arc_m)):
                u, v = int(network.arc_from[arc]), int(network.arc_to[arc])
                here = best[source][u]
                if here is None:
                    continue
                there = (
                    here[0] + int(network.arc_ds[period][arc]),
                    here[1] + int(network.arc_m[arc]),
                )
                known = best[source][v]
                if known is None or there < known:
                    best[source][v] = there
                    is_changed = True
    return np.array([[(-1, -1) if pair is None else pair for pair in row] for row in best])


@pytest.mark.parametrize("kind", KINDS)
def test_one_way_street_makes_the_way_there_longer(kind: str) -> None:
    network = draw_network(SQUARE, SQUARE_ROADS)
    engine = build_engine(network, kind)
    time_ds, length_m = measure_legs(engine, [0, 1, 2, 3], [0, 1, 2, 3], Period.MORNING_PEAK)
    # b to d: 100 m along the one-way. d to b: by c and a, 300 m. A decisecond to the metre.
    assert time_ds[1, 3] == 100
    assert time_ds[3, 1] == 300
    assert length_m[3, 1] == 300
    assert time_ds.diagonal().tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_path_has_the_arcs_in_driving_order(kind: str) -> None:
    network = draw_network(SQUARE, SQUARE_ROADS)
    path = build_engine(network, kind).find_path(3, 1, Period.FREE_FLOW)
    assert path is not None
    nodes = [int(network.arc_from[path.arcs[0]]), *network.arc_to[path.arcs].tolist()]
    assert nodes == [3, 2, 0, 1]
    shape = find_shape(network, path.arcs) - np.array([588_000.0, 186_000.0])
    assert shape.tolist() == [[100, 100], [0, 100], [0, 0], [100, 0]]


@pytest.mark.parametrize("kind", KINDS)
def test_no_path_is_minus_one_and_none(kind: str) -> None:
    network = draw_network(
        {"a": (0, 0), "b": (100, 0), "c": (500, 0), "d": (600, 0)}, (("a", "b"), ("c", "d"))
    )
    engine = build_engine(network, kind)
    time_ds, length_m = measure_legs(engine, [0], [1, 2], Period.INTER_PEAK)
    assert time_ds.tolist() == [[100, -1]]
    assert length_m.tolist() == [[100, -1]]
    assert engine.find_path(0, 3, Period.INTER_PEAK) is None
    own = engine.find_path(2, 2, Period.INTER_PEAK)
    assert own is not None
    assert (own.time_ds, own.length_m, len(own.arcs)) == (0, 0, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_of_two_paths_equally_fast_the_shorter_is_measured(kind: str) -> None:
    network = draw_network(SQUARE, (("a", "b"), ("b", "d"), ("a", "c"), ("c", "d")))
    # By b and by c take 200 ds each; make the way by c 20 m longer without making it slower.
    arc_m = network.arc_m.copy()
    nodes = list(zip(network.arc_from.tolist(), network.arc_to.tolist(), strict=True))
    for arc, pair in enumerate(nodes):
        if 2 in pair:
            arc_m[arc] += 10
    longer = replace(network, arc_m=arc_m)
    time_ds, length_m = measure_legs(build_engine(longer, kind), [0], [3], Period.MORNING_PEAK)
    assert (time_ds[0, 0], length_m[0, 0]) == (200, 200)


@pytest.mark.parametrize("kind", KINDS)
def test_parallel_roads_count_once_by_the_better(kind: str) -> None:
    network = draw_network(
        {"a": (0, 0), "b": (100, 0)},
        (("a", "b"), ("a", "b"), ("a", "b")),
        lengths={("a", "b"): 100.0},
    )
    arc_ds = {period: np.arange(len(network.arc_m), dtype=np.int32) + 50 for period in Period}
    uneven = replace(network, arc_ds=arc_ds)
    time_ds, _ = measure_legs(build_engine(uneven, kind), [0, 1], [0, 1], Period.FREE_FLOW)
    forward = np.nonzero(network.arc_from == 0)[0].min() + 50
    backward = np.nonzero(network.arc_from == 1)[0].min() + 50
    assert time_ds.tolist() == [[0, forward], [backward, 0]]


@st.composite
def random_networks(draw: st.DrawFn) -> RoadNetwork:
    """Draw networks of up to nine junctions, often in several parts, with parallel roads."""
    n = draw(st.integers(2, 9))
    names = [f"n{i}" for i in range(n)]
    spots = draw(
        st.lists(
            st.tuples(st.integers(0, 60), st.integers(0, 60)),
            min_size=n,
            max_size=n,
            unique=True,
        )
    )
    ends = st.tuples(st.sampled_from(names), st.sampled_from(names), st.booleans())
    roads = [
        (u, v, ">") if one_way else (u, v)
        for u, v, one_way in draw(st.lists(ends, min_size=1, max_size=16))
        if u != v
    ]
    if not roads:
        roads = [(names[0], names[1])]
    return draw_network(dict(zip(names, spots, strict=True)), roads)


@settings(max_examples=60, deadline=None)
@given(random_networks())
def test_both_engines_equal_their_slow_twin(network: RoadNetwork) -> None:
    nodes = list(range(len(network.node_ids)))
    expected = measure_slowly(network, Period.AFTERNOON_PEAK)
    for kind in KINDS:
        engine = build_engine(network, kind)
        time_ds, length_m = measure_legs(engine, nodes, nodes, Period.AFTERNOON_PEAK)
        assert np.array_equal(time_ds, expected[:, :, 0])
        assert np.array_equal(length_m, expected[:, :, 1])
        path = engine.find_path(0, len(nodes) - 1, Period.AFTERNOON_PEAK)
        pair = tuple(expected[0, len(nodes) - 1])
        assert ((-1, -1) if path is None else (path.time_ds, path.length_m)) == pair


@pytest.mark.parametrize("place", ["grid", "southend", "rutland", "newport"])
def test_engines_agree_on_every_pair_of_a_sample_place(place: str) -> None:
    network = sample_network(place)
    attached = attach_places(network, scatter_places(network, 120, seed=3), Policy())
    nodes = attached.place_node.tolist()
    fast: RoadEngine = build_engine(attached.network, "cch")
    slow: RoadEngine = build_engine(attached.network, "dijkstra")
    library = LibraryTimes(attached.network)
    for period in Period:
        fast_ds, fast_m = measure_legs(fast, nodes, nodes, period)
        slow_ds, slow_m = measure_legs(slow, nodes, nodes, period)
        assert np.array_equal(fast_ds, slow_ds)
        assert np.array_equal(fast_m, slow_m)
        assert np.array_equal(fast_ds, library.measure_times(nodes, nodes, period))


def test_times_and_lengths_are_those_of_the_same_unpacked_path_on_10_000_pairs() -> None:
    network = sample_network("newport")
    attached = attach_places(network, scatter_places(network, 100, seed=4), Policy())
    nodes = attached.place_node.tolist()
    engine = build_engine(attached.network)
    period = Period.MORNING_PEAK
    time_ds, length_m = measure_legs(engine, nodes, nodes, period)
    n_longer = 0
    for i, source in enumerate(nodes):
        for j, target in enumerate(nodes):
            path = engine.find_path(source, target, period)
            assert path is not None
            assert (path.time_ds, path.length_m) == (time_ds[i, j], length_m[i, j])
            arcs = path.arcs
            if len(arcs):
                # The arcs form one path from source to target.
                ends = attached.network.arc_to[arcs]
                assert attached.network.arc_from[arcs[0]] == source
                assert ends[-1] == target
                assert np.array_equal(attached.network.arc_from[arcs[1:]], ends[:-1])
                n_longer += len(arcs) > 20
    assert n_longer > 5_000


def test_path_measured_arc_by_arc_adds_up() -> None:
    network = draw_network(SQUARE, SQUARE_ROADS)
    arcs = np.array([0, 1], dtype=np.int32)
    path = measure_path(network, arcs, Period.FREE_FLOW)
    assert path.time_ds == int(network.arc_ds[Period.FREE_FLOW][:2].sum())
    assert path.length_m == int(network.arc_m[:2].sum())


def test_key_holds_time_before_length() -> None:
    network = draw_network(SQUARE, SQUARE_ROADS)
    assert build_keys(network, Period.FREE_FLOW)[0] == (100 << KEY_BITS) + 100


def test_arc_without_length_is_refused() -> None:
    network = draw_network(SQUARE, SQUARE_ROADS)
    broken = replace(network, arc_m=np.zeros_like(network.arc_m))
    with pytest.raises(ValueError, match="without length"):
        measure_legs(build_engine(broken), [0], [1], Period.FREE_FLOW)


def test_order_that_is_no_order_is_refused() -> None:
    network = draw_network(SQUARE, SQUARE_ROADS)
    broken = replace(network, contraction_order=np.array([0, 0, 1, 2], dtype=np.int32))
    with pytest.raises(ValueError, match="contraction order"):
        build_engine(broken)


def test_any_order_of_contraction_gives_the_same_answers() -> None:
    network = sample_network("grid")
    nodes = list(range(0, 961, 7))
    expected = measure_legs(build_engine(network), nodes, nodes, Period.MORNING_PEAK)
    order = np.random.default_rng(1).permutation(len(network.node_ids)).astype(np.int32)
    shuffled = replace(network, contraction_order=order)
    found = measure_legs(build_engine(shuffled), nodes, nodes, Period.MORNING_PEAK)
    assert np.array_equal(found[0], expected[0])
    assert np.array_equal(found[1], expected[1])


def test_unknown_engine_is_refused() -> None:
    with pytest.raises(ValueError, match="no road engine"):
        build_engine(draw_network(SQUARE, SQUARE_ROADS), "teleport")


def test_without_the_library_the_fallback_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    import routing.hierarchy
    from routing.engines import DijkstraEngine

    def missing(_: RoadNetwork) -> None:
        raise ModuleNotFoundError("routingkit_cch")

    network = replace(
        draw_network(SQUARE, SQUARE_ROADS), contraction_order=np.zeros(0, dtype=np.int32)
    )
    monkeypatch.setattr(routing.hierarchy, "find_contraction_order", missing)
    assert isinstance(build_engine(network), DijkstraEngine)
