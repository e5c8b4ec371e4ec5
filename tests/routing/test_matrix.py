"""The travel matrix: what it says, that it is a metric, and its cache."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import SolverError
from data.places import Period
from data.policy import Policy
from routing.attach import attach_places
from routing.engines import build_engine, measure_legs
from routing.matrix import build_matrix, fingerprint_matrix
from routing.stretch import stretch_lengths, stretch_times
from tests.routing.roads import (
    draw_network,
    is_metric,
    place_at,
    sample_network,
    scatter_places,
)

AM = Period.MORNING_PEAK

# One straight road of 1 000 m, a metre to the decisecond.
ROAD = draw_network({"w": (0, 0), "e": (1_000, 0)}, (("w", "e"),))


def test_places_are_joined_at_the_nearest_point_of_road() -> None:
    places = [place_at("a", 100, 30), place_at("b", 455, -80), place_at("c", 455, 200)]
    matrix = build_matrix(ROAD, places)
    # a at 100 m, b and c at 455 m along: 355 m, 35.5 s, rounded up to 36 s.
    assert matrix.place_ids == ("a", "b", "c")
    assert matrix.duration_s[AM].tolist() == [[0, 36, 36], [36, 0, 0], [36, 0, 0]]
    assert matrix.distance_m[AM].tolist() == [[0, 355, 355], [355, 0, 0], [355, 0, 0]]
    assert matrix.far_from_road == ()
    assert set(matrix.duration_s) == {
        Period.MORNING_PEAK,
        Period.INTER_PEAK,
        Period.AFTERNOON_PEAK,
    }


def test_place_far_from_a_road_is_named_and_pays_for_the_gap() -> None:
    policy = Policy(beyond_network_bp=13_000, beyond_network_m_per_h=36_000)
    matrix = build_matrix(
        ROAD, [place_at("a", 100, 0), place_at("far", 100, 300)], policy=policy
    )
    # 300 m off: 300 x 1.3 = 390 m at 10 m/s.
    assert matrix.far_from_road == ("far",)
    assert matrix.duration_s[AM].tolist() == [[0, 39], [39, 0]]
    assert matrix.distance_m[AM].tolist() == [[0, 390], [390, 0]]
    assert "beyond_network" not in matrix.flags


def test_place_at_the_limit_is_not_far() -> None:
    assert build_matrix(ROAD, [place_at("a", 100, 250)]).far_from_road == ()
    assert build_matrix(ROAD, [place_at("a", 100, 251)]).far_from_road == ("a",)


def test_place_beyond_the_network_hangs_on_its_nearest_exit() -> None:
    policy = Policy(beyond_network_bp=13_000, beyond_network_m_per_h=36_000)
    places = [
        place_at("a", 400, 0),
        place_at("x", 2_000, 0, is_beyond_network=True),
        place_at("y", 2_000, 100, is_beyond_network=True),
    ]
    matrix = build_matrix(ROAD, places, policy=policy)
    # The nearest point of road is the last metre but one, 999 m along. From a: 599 m of road,
    # 1 001 m straight x 1.3 = 1 302 m (rounded up): 1 901 m, 190.1 s. From x to y straight:
    # 100 m x 1.3 = 130 m, 13 s.
    assert matrix.distance_m[AM][0].tolist()[:2] == [0, 1_901]
    assert matrix.duration_s[AM][0].tolist()[:2] == [0, 191]
    assert matrix.distance_m[AM][1, 2] == 130
    assert matrix.duration_s[AM][1, 2] == 13
    assert matrix.far_from_road == ()
    assert matrix.flags[-1] == "beyond_network"
    assert is_metric(matrix.duration_s[AM])


def test_one_place_beyond_the_network_changes_no_time_between_others() -> None:
    network = sample_network("grid")
    places = scatter_places(network, 60, seed=8)
    east = float(network.node_easting_m.max())
    outside = replace(
        places[0], place_id="z", easting_m=int(east) + 9_000, is_beyond_network=True
    )
    without = build_matrix(network, places, periods=(AM,)).duration_s[AM]
    with_it = build_matrix(network, [*places, outside], periods=(AM,)).duration_s[AM]
    assert np.array_equal(with_it[:-1, :-1], without)


def test_row_order_of_places_does_not_matter() -> None:
    network = sample_network("grid")
    places = scatter_places(network, 50, seed=9)
    one = build_matrix(network, places)
    other = build_matrix(network, places[::-1])
    assert one.place_ids == other.place_ids
    assert one.fingerprint == other.fingerprint
    for period in one.duration_s:
        assert np.array_equal(one.duration_s[period], other.duration_s[period])
        assert np.array_equal(one.distance_m[period], other.distance_m[period])


def test_both_engines_build_the_same_matrix() -> None:
    network = sample_network("grid")
    places = scatter_places(network, 80, seed=10)
    fast = build_matrix(network, places, engine="cch")
    slow = build_matrix(network, places, engine="dijkstra")
    for period in fast.duration_s:
        assert np.array_equal(fast.duration_s[period], slow.duration_s[period])
        assert np.array_equal(fast.distance_m[period], slow.distance_m[period])


@pytest.mark.parametrize("place", ["grid", "southend", "rutland", "newport"])
def test_travel_times_are_a_metric_in_full(place: str) -> None:
    network = sample_network(place)
    places = scatter_places(network, 240, seed=11)
    west, north = float(network.node_easting_m.min()), float(network.node_northing_m.max())
    places += [
        replace(
            places[0],
            place_id=f"z{i}",
            easting_m=int(west) - 2_000 * i,
            northing_m=int(north) + 3_000 * i,
            is_beyond_network=True,
        )
        for i in range(1, 7)
    ]
    matrix = build_matrix(network, places, periods=tuple(Period))
    assert set(network.flags) <= set(matrix.flags)
    for period in Period:
        assert is_metric(matrix.duration_s[period])


@pytest.mark.slow
@pytest.mark.parametrize("place", ["southend", "rutland", "newport"])
def test_travel_times_of_1_500_places_are_a_metric_in_full(place: str) -> None:
    network = sample_network(place)
    matrix = build_matrix(network, scatter_places(network, 1_500, seed=12), periods=(AM,))
    assert is_metric(matrix.duration_s[AM])


@pytest.mark.slow
@pytest.mark.parametrize("place", ["southend", "rutland", "newport"])
def test_triangles_hold_on_ten_million_sampled_triples(place: str) -> None:
    network = sample_network(place)
    matrix = build_matrix(network, scatter_places(network, 4_000, seed=13), periods=(AM,))
    times = np.asarray(matrix.duration_s[AM])
    rng = np.random.default_rng(13)
    for _ in range(10):
        a, b, c = rng.integers(0, len(times), (3, 1_000_000))
        assert bool((times[a, b] + times[b, c] >= times[a, c]).all())


@given(
    st.lists(st.integers(0, 60_000), min_size=2, max_size=2),
)
@settings(max_examples=200)
def test_stretch_keeps_the_triangle_inequality(pair: list[int]) -> None:
    network = sample_network("southend")
    values = np.array([pair[0], pair[1], pair[0] + pair[1]], dtype=np.int32)
    for stretched in (stretch_lengths(network, values), stretch_times(network, values, AM)):
        assert stretched[2] <= stretched[0] + stretched[1]
        assert bool((stretched >= values).all())


def test_stretch_reproduces_the_measured_factors() -> None:
    network = sample_network("southend")
    lengths = np.array([0, 700, 1_500, 3_000, 6_000, -1], dtype=np.int32)
    # 700 x 1.54 = 1 078; + 800 x 1.146 = 1 994.8; + 1 500 x 1.05 = 3 569.8; + 3 000 x 1.05 =
    # 6 719.8; all rounded up.
    assert stretch_lengths(network, lengths).tolist() == [0, 1_078, 1_995, 3_570, 6_720, -1]
    # Time over length stays the speed of the one road class, 31.4 km/h in the morning peak.
    times = np.array([8_026], dtype=np.int32)
    speed = (
        stretch_lengths(network, np.array([7_000]))[0] / stretch_times(network, times, AM)[0]
    )
    assert speed * 36 == pytest.approx(31.4, rel=0.002)


def test_matrix_of_a_stretched_network_is_the_stretch_of_its_paths() -> None:
    network = sample_network("southend")
    places = scatter_places(network, 40, seed=14)
    matrix = build_matrix(network, places, periods=(AM,))
    attached = attach_places(network, places, Policy())
    engine = build_engine(attached.network, "dijkstra")
    nodes = attached.place_node.tolist()
    _, length_m = measure_legs(engine, nodes, nodes, AM)
    assert np.array_equal(matrix.distance_m[AM], stretch_lengths(network, length_m))


def test_cached_matrix_is_equal_and_memory_mapped(tmp_path: Path) -> None:
    network = sample_network("grid")
    places = scatter_places(network, 30, seed=15)
    wanted = [(places[0].place_id, places[1].place_id, 5_000)]
    plain = build_matrix(network, places, walks_wanted=wanted)
    built = build_matrix(network, places, walks_wanted=wanted, cache_folder=tmp_path)
    again = build_matrix(network, places, walks_wanted=wanted, cache_folder=tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    for matrix in (built, again):
        assert isinstance(matrix.duration_s[AM], np.memmap)
        assert (matrix.place_ids, matrix.walks) == (plain.place_ids, plain.walks)
        assert (matrix.flags, matrix.fingerprint) == (plain.flags, plain.fingerprint)
        assert (matrix.attribution, matrix.far_from_road) == (plain.attribution, ())
        for period in plain.duration_s:
            assert np.array_equal(matrix.duration_s[period], plain.duration_s[period])
            assert np.array_equal(matrix.distance_m[period], plain.distance_m[period])


def test_damaged_cache_is_built_again(tmp_path: Path) -> None:
    network = sample_network("grid")
    places = scatter_places(network, 20, seed=16)
    first = build_matrix(network, places, cache_folder=tmp_path)
    expected = np.array(first.duration_s[AM])
    victim = tmp_path / first.fingerprint / f"duration_{AM}.npy"
    victim.write_bytes(victim.read_bytes()[:100])
    second = build_matrix(network, places, cache_folder=tmp_path)
    assert np.array_equal(second.duration_s[AM], expected)


def test_failed_build_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import routing.hierarchy

    network = sample_network("grid")
    places = scatter_places(network, 20, seed=17)
    honest = routing.hierarchy.LibraryTimes.measure_times

    def lie(self: object, sources: object, targets: object, period: Period) -> np.ndarray:
        times = honest(self, sources, targets, period)  # type: ignore[arg-type]
        return np.where(times > 0, times + 600, times).astype(np.int32)

    monkeypatch.setattr(routing.hierarchy.LibraryTimes, "measure_times", lie)
    with pytest.raises(SolverError, match="engines differ"):
        build_matrix(network, places, cache_folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_fingerprint_moves_with_all_that_a_time_depends_on() -> None:
    network = sample_network("grid")
    places = scatter_places(network, 5, seed=18)
    policy = Policy()
    base = fingerprint_matrix(network, places, policy, (AM,))
    moved = [replace(places[0], easting_m=places[0].easting_m + 1), *places[1:]]
    outside = [replace(places[0], is_beyond_network=True), *places[1:]]
    others = [
        fingerprint_matrix(replace(network, fingerprint="other"), places, policy, (AM,)),
        fingerprint_matrix(network, moved, policy, (AM,)),
        fingerprint_matrix(network, outside, policy, (AM,)),
        fingerprint_matrix(network, places[1:], policy, (AM,)),
        fingerprint_matrix(network, places, policy, (AM, Period.FREE_FLOW)),
        fingerprint_matrix(network, places, replace(policy, beyond_network_bp=1), (AM,)),
        fingerprint_matrix(network, places, replace(policy, beyond_network_m_per_h=1), (AM,)),
        fingerprint_matrix(network, places, policy, (AM,), [("p00000", "p00001", 9)]),
    ]
    assert len({base, *others}) == 1 + len(others)
    assert fingerprint_matrix(network, places, replace(policy, break_s=1), (AM,)) == base


def test_progress_grows_to_one() -> None:
    shares: list[float] = []
    network = sample_network("grid")
    build_matrix(network, scatter_places(network, 200, seed=19), progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) >= 6


def test_places_must_be_there_and_distinct() -> None:
    with pytest.raises(ValueError, match="at least one place"):
        build_matrix(ROAD, [])
    with pytest.raises(ValueError, match="distinct"):
        build_matrix(ROAD, [place_at("a", 1, 1), place_at("a", 2, 2)])
