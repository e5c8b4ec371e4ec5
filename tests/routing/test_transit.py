"""Journeys by bus and train: a worked example, and no difference from a slow search."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.journeys import Walk
from data.passengers import Direction
from data.places import Place
from data.samples import build_sample
from data.sources.gtfs import read_gtfs
from data.timetables import Mode
from routing import build_sample_network, measure_walks
from routing.transit.day import build_transit_day
from routing.transit.journeys import JourneySearch, build_stop_walks
from routing.transit.walks import trace_walks
from tests.routing.small_timetables import (
    DAY,
    Oracle,
    by_rides,
    check_journey,
    make_limits,
    make_search,
    make_timetable,
    make_walks,
)

FEED = Path(__file__).parents[2] / "data/open/newport_ogl/newport_bus_20230613_gtfs.zip"

# Home is 60 s from stop 0; the site 120 s from stop 3 and 300 s from stop 2. In seconds:
#   trip 0: stop 0 at 1000, stop 1 at 1300, stop 2 at 2900          slow, no change
#   trip 1: stop 1 at 1420, stop 3 at 1900                          from stop 1
#   trip 2: stop 4 at 1400, stop 3 at 1600; stop 4 is 80 s from 1   a train
# Leaving at 900: stop 0 is reached at 960, trip 0 taken at 1000.
#   One vehicle: trip 0 to stop 2 at 2900, walk 300 -> 3200.
#   Two: off at stop 1 at 1300, walk 80 to stop 4 -> 1380, trip 2 at 1400 -> 1600, walk 120
#   -> 1720. With 60 s to change, trip 2 is missed (1440) and trip 1 at 1420 is caught -> 2020.
EXAMPLE = make_timetable(
    5,
    [
        [(0, 1000, 1000), (1, 1300, 1300), (2, 2900, 2900)],
        [(1, 1420, 1420), (3, 1900, 1900)],
        [(4, 1400, 1400), (3, 1600, 1600)],
    ],
    [Mode.BUS, Mode.BUS, Mode.RAIL],
)
WALKS = make_walks({0: 60}, {3: 120, 2: 300}, {(1, 4): 80})


def test_the_worked_example_comes_out_by_number_of_changes() -> None:
    search = make_search(EXAMPLE, WALKS, make_limits())
    slow, quick = search.find_after("home", "site", 900)
    assert (slow.arrive_s, slow.n_changes, slow.modes) == (3200, 0, (Mode.BUS,))
    assert (quick.arrive_s, quick.n_changes) == (1720, 1)
    assert quick.modes == (Mode.BUS, Mode.RAIL)
    # 60 m to stop 0, 80 m to the station, 120 m at the end; 20 s wait for the train
    assert (quick.leave_s, quick.walk_m, quick.wait_s) == (940, 260, 20)
    assert [(leg.leave_s, leg.arrive_s) for leg in quick.legs] == [
        (940, 1000),
        (1000, 1300),
        (1300, 1380),
        (1400, 1600),
        (1600, 1720),
    ]


def test_time_to_change_lets_a_train_go() -> None:
    search = make_search(EXAMPLE, WALKS, make_limits(change_s=60))
    _, quick = search.find_after("home", "site", 900)
    assert (quick.arrive_s, quick.modes) == (2020, (Mode.BUS,))


def test_arriving_by_a_time_leaves_as_late_as_it_can() -> None:
    search = make_search(EXAMPLE, WALKS, make_limits(wait_s=30))
    (late,) = search.find_before("home", "site", 1720)
    # 60 s walk and 30 s at the stop before 1000
    assert (late.leave_s, late.arrive_s, late.n_changes) == (910, 1720, 1)
    assert search.find_before("home", "site", 1719) == ()
    assert search.find_after("home", "site", 911) == ()


def test_limits_on_changes_and_walks_are_kept() -> None:
    (only,) = make_search(EXAMPLE, WALKS, make_limits(n_changes=0)).find_after(
        "home", "site", 900
    )
    assert only.n_changes == 0
    far = replace(WALKS, at_place={**WALKS.at_place, "site": ((3, Walk(metres=120)),)})
    none = make_search(EXAMPLE, far, make_limits(n_changes=0))
    assert none.find_after("home", "site", 900) == ()


def test_a_walk_all_the_way_beats_what_arrives_later() -> None:
    walks = replace(WALKS, direct={("home", "site"): Walk(metres=1_000)})
    search = make_search(EXAMPLE, walks, make_limits())
    foot, quick = search.find_after("home", "site", 900)
    assert (foot.arrive_s, foot.modes) == (1900, (Mode.FOOT,))
    assert quick.arrive_s == 1720
    assert search.find_after("home", "site", 700)[0].arrive_s == 1700
    assert len(search.find_after("home", "site", 700)) == 1


def test_trips_that_overtake_each_other_are_told_apart() -> None:
    # The later bus is an express and overtakes the earlier on the same stops.
    timetable = make_timetable(
        3,
        [
            [(0, 100, 100), (1, 500, 500), (2, 900, 900)],
            [(0, 200, 200), (1, 300, 300), (2, 400, 400)],
        ],
    )
    search = make_search(timetable, make_walks({0: 0}, {2: 0}, {}), make_limits())
    (found,) = search.find_after("home", "site", 50)
    assert (found.leave_s, found.arrive_s) == (200, 400)


def test_no_boarding_and_no_alighting_where_there_is_none() -> None:
    timetable = make_timetable(3, [[(0, 0, 0), (1, 60, 60), (2, 120, 120)]])
    shut = replace(timetable, call_may_board=np.array([False, True, True]))
    walks = make_walks({0: 0, 1: 30}, {2: 0}, {})
    (found,) = make_search(shut, walks, make_limits()).find_after("home", "site", -60)
    assert found.leave_s == 30
    no_way_off = replace(timetable, call_may_alight=np.array([True, True, False]))
    assert make_search(no_way_off, walks, make_limits()).find_after("home", "site", -60) == ()
    assert make_search(no_way_off, walks, make_limits()).find_before("home", "site", 900) == ()


def test_a_night_bus_of_the_day_before_runs_in_the_small_hours() -> None:
    night = make_timetable(2, [[(0, 86_000, 86_300), (1, 88_000, 88_000)]])
    walks = make_walks({0: 0}, {1: 0}, {})
    assert not make_search(night, walks, make_limits(), DAY + timedelta(days=1)).find_after(
        "home", "site", 0
    )
    late = make_timetable(2, [[(0, 86_500, 86_500), (1, 88_000, 88_000)]])
    late = replace(late, service_runs=np.ones((1, 2), dtype=np.bool_))
    (found,) = make_search(late, walks, make_limits(), DAY + timedelta(days=1)).find_after(
        "home", "site", 0
    )
    assert (found.leave_s, found.arrive_s) == (100, 1600)


@st.composite
def small_worlds(draw: st.DrawFn) -> tuple[Any, Any, Any]:
    """Draw a timetable of up to six stops and eight trips, with walks and limits."""
    n_stops = draw(st.integers(2, 6))
    stop = st.integers(0, n_stops - 1)
    trips = []
    for _ in range(draw(st.integers(1, 8))):
        clock_s = draw(st.integers(0, 60)) * 10
        trip = []
        for _ in range(draw(st.integers(2, 5))):
            arrive_s = clock_s + draw(st.integers(0, 20)) * 10
            clock_s = arrive_s + draw(st.sampled_from([0, 0, 10]))
            trip.append((draw(stop), arrive_s, clock_s))
        trips.append(trip)
    near = st.dictionaries(stop, st.integers(0, 30).map(lambda m: m * 10), min_size=1)
    pairs = st.tuples(stop, stop).filter(lambda p: p[0] < p[1])
    between = draw(st.dictionaries(pairs, st.integers(0, 15).map(lambda m: m * 10), max_size=5))
    direct = draw(st.one_of(st.none(), st.integers(10, 90).map(lambda m: m * 10)))
    walks = make_walks(draw(near), draw(near), between, direct)
    limits = make_limits(
        wait_s=draw(st.sampled_from([0, 30])),
        change_s=draw(st.sampled_from([0, 20])),
        n_changes=draw(st.integers(0, 3)),
    )
    timetable = make_timetable(n_stops, trips)
    n_calls = len(timetable.call_stop)
    flags = st.lists(st.sampled_from([True, True, True, False]), min_size=n_calls,
                     max_size=n_calls)  # fmt: skip
    return (
        replace(
            timetable,
            call_may_board=np.array(draw(flags)),
            call_may_alight=np.array(draw(flags)),
        ),
        walks,
        limits,
    )


def compare_with_oracle(world: tuple[Any, Any, Any], at_s: int) -> None:
    timetable, walks, limits = world
    search = make_search(timetable, walks, limits)
    oracle = Oracle(timetable, DAY, walks, limits)
    n_rides = limits.n_changes + 1
    after = search.find_after("home", "site", at_s)
    assert by_rides(after, n_rides, "arrive_s") == oracle.find_arrivals("home", "site", at_s)
    for journey in after:
        check_journey(journey, timetable, limits, at_s, 10**9)
    by_s = at_s + 600
    before = search.find_before("home", "site", by_s)
    assert by_rides(before, n_rides, "leave_s") == oracle.find_departures("home", "site", by_s)
    for journey in before:
        check_journey(journey, timetable, limits, -(10**9), by_s)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(small_worlds(), st.integers(-10, 60).map(lambda t: t * 10))
def test_no_difference_from_the_slow_search(world: tuple[Any, Any, Any], at_s: int) -> None:
    compare_with_oracle(world, at_s)


@pytest.mark.slow
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(small_worlds(), st.integers(-10, 60).map(lambda t: t * 10))
def test_no_difference_from_the_slow_search_at_length(
    world: tuple[Any, Any, Any], at_s: int
) -> None:
    compare_with_oracle(world, at_s)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(small_worlds())
def test_a_range_holds_every_journey_that_none_beats(world: tuple[Any, Any, Any]) -> None:
    timetable, walks, limits = world
    foot_less = replace(walks, direct={})
    search = make_search(timetable, foot_less, limits)
    oracle = Oracle(timetable, DAY, foot_less, limits)
    found = search.find_range("home", "site", 0, 10**5)
    for one in found:
        check_journey(one, timetable, limits, 0, 10**9)
        assert not any(
            k is not one
            and k.leave_s >= one.leave_s
            and k.arrive_s <= one.arrive_s
            and k.n_rides <= one.n_rides
            for k in found
        )
    # whenever one sets out, the range holds the arrival that the slow search says is first
    for at_s in range(0, 800, 80):
        for n_rides, reached_s in enumerate(oracle.find_arrivals("home", "site", at_s)):
            held = [k.arrive_s for k in found if k.leave_s >= at_s and k.n_rides <= n_rides]
            assert (min(held) if held else None) == reached_s
    early = search.find_range("home", "site", 0, 300)
    assert {k.legs for k in early} >= {k.legs for k in found if k.leave_s <= 300}


class Newport:
    """Real buses on real streets."""

    def __init__(self) -> None:
        self.inputs = build_sample("newport")
        self.network = build_sample_network("newport")
        self.timetable = read_gtfs(FEED, name="newport")
        self.limits = make_limits(walk_m_per_h=4_800, wait_s=120, change_s=180)
        homes = {h.home_id: h.place_id for h in self.inputs.homes}
        sites = {s.site_id: s for s in self.inputs.sites}
        self.trips = [
            (homes[d.home_id], sites[d.site_id], d.direction) for d in self.inputs.demands
        ]
        used = {h for h, _, _ in self.trips} | {s.place_id for _, s, _ in self.trips}
        self.places = [p for p in self.inputs.places if p.place_id in used]
        direct = sorted({(h, s.place_id) for h, s, _ in self.trips})
        self.walks = build_stop_walks(
            self.network, self.timetable, self.places, direct, self.limits
        )
        self.on = date(2023, 6, 13)
        self.search = JourneySearch(
            build_transit_day(self.timetable, self.on), self.walks, self.limits
        )


@pytest.fixture(scope="module")
def newport() -> Newport:
    return Newport()


def compare_newport(newport: Newport, n: int) -> int:
    oracle = Oracle(newport.timetable, newport.on, newport.walks, newport.limits)
    n_reached = 0
    chosen = random.Random(1).sample(newport.trips, n)  # noqa: S311
    for home, site, direction in chosen:
        if direction is Direction.OUT:
            start, end, at_s = home, site.place_id, site.arrive_by_s - 3_600
        else:
            start, end, at_s = site.place_id, home, site.leave_from_s
        found = newport.search.find_after(start, end, at_s)
        n_reached += len(found) > 0
        assert by_rides(found, 3, "arrive_s") == oracle.find_arrivals(start, end, at_s)
        for journey in found:
            check_journey(journey, newport.timetable, newport.limits, at_s, 10**9)
            # mirrored: whoever must be there by that time need not set out before it
            back = newport.search.find_before(start, end, journey.arrive_s)
            held = [k for k in back if k.n_rides <= journey.n_rides]
            assert max(k.leave_s for k in held) >= at_s
    return n_reached


def test_no_difference_on_newports_buses(newport: Newport) -> None:
    assert compare_newport(newport, 8) >= 2


@pytest.mark.slow
def test_no_difference_on_newports_buses_at_length(newport: Newport) -> None:
    assert compare_newport(newport, 400) >= 100


def test_walks_are_as_long_as_the_matrix_says(newport: Newport) -> None:
    pairs = sorted({(h, s.place_id) for h, s, _ in newport.trips})[:60]
    walked_mm = measure_walks(newport.network, newport.places, pairs, longest_m=2_400)
    traced = trace_walks(newport.network, newport.places, pairs, longest_m=2_400)
    expected = {
        p: -(-mm // 1000) for p, mm in zip(pairs, walked_mm.tolist(), strict=True) if mm >= 0
    }
    assert {p: w.metres for p, w in traced.items()} == {
        p: m for p, m in expected.items() if m <= 2_400
    }


def test_crossings_are_the_streets_that_meet_the_way() -> None:
    """On the grid, a walk of three blocks along one street passes two corners."""
    network = build_sample_network("grid")
    # blocks of 150 m; row 3 is residential; corners at columns 6 and 7 (none is main)
    y = 184_000 + 3 * 150
    spots = [("a", 586_000 + 150 * 5 + 75, y), ("b", 586_000 + 150 * 7 + 75, y)]
    places = [
        Place(place_id=i, easting_m=x, northing_m=y, lon=0.0, lat=0.0) for i, x, y in spots
    ]
    walk = trace_walks(network, places, [("a", "b")], longest_m=1_000)["a", "b"]
    assert (walk.metres, walk.n_crossings, walk.n_main_crossings) == (300, 2, 0)
    # across column 10, a primary road, the corner is a main one
    spots = [("a", 586_000 + 150 * 9 + 75, y), ("b", 586_000 + 150 * 10 + 75, y)]
    places = [
        Place(place_id=i, easting_m=x, northing_m=y, lon=0.0, lat=0.0) for i, x, y in spots
    ]
    walk = trace_walks(network, places, [("a", "b")], longest_m=1_000)["a", "b"]
    assert walk.metres == 150
    assert (walk.n_crossings, walk.n_main_crossings) == (1, 1)


def test_a_schematic_network_has_no_streets_to_cross() -> None:
    network = build_sample_network("southend")
    inputs = build_sample("southend", n_passengers=20, n_sites=5)
    a, b = inputs.places[0], inputs.places[1]
    walk = trace_walks(network, [a, b], [(a.place_id, b.place_id)], longest_m=50_000)
    assert [w.n_crossings for w in walk.values()] == [None]
