"""What tags mean for driving and walking."""

from __future__ import annotations

import pytest

from routing.osm_rules import (
    find_driving,
    is_blocking,
    is_blocking_walks,
    is_walkable,
    parse_limit,
)

MILE = 1_609.344


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "residential"}, ("residential", True, True)),
        ({"highway": "residential", "oneway": "yes"}, ("residential", True, False)),
        ({"highway": "residential", "oneway": "-1"}, ("residential", False, True)),
        ({"highway": "residential", "oneway": "no"}, ("residential", True, True)),
        ({"highway": "primary", "junction": "roundabout"}, ("primary", True, False)),
        ({"highway": "primary", "junction": "circular"}, ("primary", True, False)),
        ({"highway": "motorway"}, ("motorway", True, False)),
        ({"highway": "motorway_link"}, ("motorway_link", True, False)),
        ({"highway": "motorway", "oneway": "no"}, ("motorway", True, True)),
        ({"highway": "service", "access": "private"}, ("restricted", True, True)),
        ({"highway": "residential", "access": "destination"}, ("restricted", True, True)),
        # The more particular key wins over the general one.
        (
            {"highway": "service", "access": "no", "motor_vehicle": "yes"},
            ("service", True, True),
        ),
        ({"highway": "track", "motor_vehicle": "yes"}, ("service", True, True)),
        ({"highway": "road"}, ("unclassified", True, True)),
    ],
)
def test_ways_are_driven_as_their_tags_say(
    tags: dict[str, str], expected: tuple[str, bool, bool]
) -> None:
    driving = find_driving(tags)
    assert driving is not None
    assert (driving.road_class, driving.is_forward, driving.is_backward) == expected


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "footway"},
        {"highway": "cycleway"},
        {"highway": "pedestrian"},
        {"highway": "steps"},
        {"highway": "construction"},
        {"highway": "proposed"},
        {"highway": "busway"},
        {"highway": "track"},
        {"highway": "track", "access": "private"},
        {"highway": "residential", "access": "no"},
        {"highway": "residential", "motor_vehicle": "no"},
        {"highway": "unclassified", "access": "no", "bus": "yes"},
        {"highway": "service", "service": "parking_aisle"},
        {"highway": "service", "service": "drive-through"},
        {"highway": "service", "service": "emergency_access"},
        {"highway": "unclassified", "access": "military"},
        {"highway": "residential", "oneway": "reversible"},
    ],
)
def test_ways_that_are_not_driven(tags: dict[str, str]) -> None:
    assert find_driving(tags) is None


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "footway"},
        {"highway": "path"},
        {"highway": "steps"},
        {"highway": "pedestrian"},
        {"highway": "cycleway"},
        {"highway": "residential", "oneway": "yes"},
        {"highway": "residential", "motor_vehicle": "no"},
        {"highway": "primary"},
        {"highway": "trunk", "sidewalk": "both"},
        {"highway": "trunk", "foot": "yes"},
        {"highway": "service", "access": "private", "foot": "yes"},
        {"highway": "track", "foot": "designated"},
        {"highway": "residential", "access": "destination"},
    ],
)
def test_ways_that_are_walked(tags: dict[str, str]) -> None:
    assert is_walkable(tags)


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "motorway"},
        {"highway": "motorway", "foot": "yes"},
        {"highway": "motorway_link"},
        {"highway": "trunk"},
        {"highway": "trunk", "sidewalk": "no"},
        {"highway": "footway", "foot": "no"},
        {"highway": "footway", "access": "private"},
        {"highway": "footway", "access": "customers"},
        {"highway": "path", "foot": "private"},
        {"highway": "track"},
        {"highway": "service", "access": "private"},
        {"highway": "construction"},
        {"highway": "raceway"},
    ],
)
def test_ways_that_are_not_walked(tags: dict[str, str]) -> None:
    assert not is_walkable(tags)


@pytest.mark.parametrize(
    ("text", "m_per_h"),
    [
        ("30 mph", 30 * MILE),
        ("30mph", 30 * MILE),
        ("40", 40 * MILE),
        ("48 km/h", 48_000),
        ("GB:nsl_single", 60 * MILE),
        ("GB:nsl_dual", 70 * MILE),
        ("none", 70 * MILE),
        ("national", None),
        ("signals", None),
        ("0", None),
        ("", None),
        (None, None),
    ],
)
def test_speed_limits_without_a_unit_are_miles_an_hour(
    text: str | None, m_per_h: float | None
) -> None:
    assert parse_limit(text) == (None if m_per_h is None else pytest.approx(m_per_h))


def test_limits_by_direction_win_over_the_common_one() -> None:
    driving = find_driving(
        {"highway": "primary", "maxspeed": "30 mph", "maxspeed:backward": "50 mph"}
    )
    assert driving is not None
    assert driving.limit_forward_m_per_h == pytest.approx(30 * MILE)
    assert driving.limit_backward_m_per_h == pytest.approx(50 * MILE)


@pytest.mark.parametrize(
    ("tags", "stops_cars", "stops_walks"),
    [
        ({"barrier": "bollard"}, True, False),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, False, False),
        ({"barrier": "gate"}, False, False),
        ({"barrier": "gate", "access": "private"}, True, True),
        ({"barrier": "gate", "access": "no", "foot": "yes"}, True, False),
        ({"barrier": "stile"}, True, False),
        ({"barrier": "kissing_gate", "foot": "no"}, True, True),
        ({"barrier": "cattle_grid"}, False, False),
        ({"barrier": "height_restrictor"}, False, False),
        ({"barrier": "lift_gate", "access": "permit"}, True, False),
        ({"barrier": "fence"}, True, True),
    ],
)
def test_barriers_stop_cars_and_walkers_apart(
    tags: dict[str, str], stops_cars: bool, stops_walks: bool
) -> None:
    assert is_blocking(tags) is stops_cars
    assert is_blocking_walks(tags) is stops_walks
