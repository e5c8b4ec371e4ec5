"""What the tags of an OpenStreetMap way and node mean for driving and for walking.

Rules follow the tagging conventions of the United Kingdom as the OpenStreetMap wiki records
them (pages Key:access, Key:oneway, Key:maxspeed, OSM tags for routing/Access restrictions),
read in 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.sources.speeds import M_PER_MILE

Tags = Mapping[str, str]

DRIVEN = frozenset(
    {
        "motorway",
        "motorway_link",
        "trunk",
        "trunk_link",
        "primary",
        "primary_link",
        "secondary",
        "secondary_link",
        "tertiary",
        "tertiary_link",
        "unclassified",
        "residential",
        "living_street",
        "service",
        "road",
    }
)
WALKED = DRIVEN - {"motorway", "motorway_link", "trunk", "trunk_link"} | {
    "footway",
    "path",
    "pedestrian",
    "steps",
    "cycleway",
    "bridleway",
}

_YES = frozenset({"yes", "designated", "permissive", "official"})
_ENDS_ONLY = frozenset(
    {"private", "destination", "customers", "delivery", "permit", "residents", "employees"}
)
"""Access for those who have business there: driven, but slowly, so that no fast path cuts
through."""
_NO = frozenset(
    {
        "no",
        "agricultural",
        "forestry",
        "agricultural;forestry",
        "emergency",
        "military",
        "bus",
        "psv",
        "foot",
        "bicycle",
    }
)
_NOT_FOR_THROUGH = frozenset({"parking_aisle", "drive-through", "emergency_access"})
_BLOCKING = frozenset(
    {
        "bollard",
        "block",
        "jersey_barrier",
        "cycle_barrier",
        "motorcycle_barrier",
        "kissing_gate",
        "stile",
        "turnstile",
        "full-height_turnstile",
        "horse_stile",
        "log",
        "debris",
        "chain",
        "planter",
        "fence",
        "wall",
        "bus_trap",
        "sump_buster",
        "spikes",
    }
)
_NATIONAL_MPH = {
    "GB:nsl_single": 60.0,
    "GB:nsl_dual": 70.0,
    "GB:nsl_restricted": 30.0,
    "GB:motorway": 70.0,
    "GB:rural": 60.0,
    "GB:urban": 30.0,
    "none": 70.0,
    "walk": 5.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Driving:
    """How a way is driven: road class of the speeds table, directions, signed limits [m/h]."""

    road_class: str
    is_forward: bool
    is_backward: bool
    limit_forward_m_per_h: float | None = None
    limit_backward_m_per_h: float | None = None


def find_driving(tags: Tags) -> Driving | None:
    """Find how a motor vehicle drives a way, or None where it may not."""
    highway = tags.get("highway", "")
    allowed = _first(tags, "motorcar", "motor_vehicle", "vehicle", "access")
    if highway == "track":
        # A track is driven only where the tags say so.
        if allowed not in _YES | {"destination"}:
            return None
    elif highway not in DRIVEN:
        return None
    if allowed in _NO or tags.get("service") in _NOT_FOR_THROUGH:
        return None
    if tags.get("area") == "yes":
        return None
    road_class = {"road": "unclassified", "track": "service"}.get(highway, highway)
    if allowed in _ENDS_ONLY:
        road_class = "restricted"
    is_forward, is_backward = _find_directions(tags, highway)
    if not (is_forward or is_backward):
        return None
    both = _first(tags, "maxspeed", "maxspeed:type")
    return Driving(
        road_class=road_class,
        is_forward=is_forward,
        is_backward=is_backward,
        limit_forward_m_per_h=parse_limit(tags.get("maxspeed:forward", both)),
        limit_backward_m_per_h=parse_limit(tags.get("maxspeed:backward", both)),
    )


def _find_directions(tags: Tags, highway: str) -> tuple[bool, bool]:
    """Find whether a way is open forward and backward; roundabouts are one-way."""
    one_way = _first(tags, "oneway:motor_vehicle", "oneway")
    if one_way in ("yes", "true", "1"):
        return True, False
    if one_way in ("-1", "reverse"):
        return False, True
    if one_way in ("reversible",):
        return False, False
    if one_way:
        return True, True
    is_implied = tags.get("junction") in ("roundabout", "circular") or highway in (
        "motorway",
        "motorway_link",
    )
    return True, not is_implied


def parse_limit(text: str | None) -> float | None:
    """Read a signed speed limit; without a unit it is miles an hour. [m/h]

    Examples
    --------
    >>> round(parse_limit("30 mph")), round(parse_limit("30")), round(parse_limit("50 km/h"))
    (48280, 48280, 50000)
    >>> parse_limit("signals") is None
    True
    """
    if not text:
        return None
    if text in _NATIONAL_MPH:
        return _NATIONAL_MPH[text] * M_PER_MILE
    words = text.replace("mph", " mph").replace("km/h", " km/h").split()
    try:
        number = float(words[0])
    except ValueError:
        return None
    if number <= 0:
        return None
    return number * (1000.0 if words[1:] == ["km/h"] else M_PER_MILE)


def is_walkable(tags: Tags) -> bool:
    """Say whether a person may walk along a way."""
    highway = tags.get("highway", "")
    foot = tags.get("foot")
    if foot is not None:
        is_allowed = foot in _YES | {"destination"}
    else:
        is_allowed = tags.get("access") not in _NO | _ENDS_ONLY - {"destination"}
    if not is_allowed or tags.get("area") == "yes":
        return False
    if highway in ("trunk", "trunk_link"):
        # Beside a trunk road only where the tags speak of walking.
        return foot in _YES or tags.get("sidewalk", "no") in ("both", "left", "right", "yes")
    if highway == "track":
        # A farm track is no right of way unless the tags say so.
        return foot in _YES
    return highway in WALKED


def is_blocking(tags: Tags) -> bool:
    """Say whether a barrier on a node stops a motor vehicle."""
    allowed = _first(tags, "motorcar", "motor_vehicle", "vehicle", "access")
    if allowed is not None:
        return allowed in _NO or allowed in ("private", "permit")
    return tags.get("barrier") in _BLOCKING


def is_blocking_walks(tags: Tags) -> bool:
    """Say whether a barrier on a node stops a person on foot."""
    foot = tags.get("foot")
    if foot is not None:
        return foot not in _YES | {"destination"}
    return tags.get("barrier") in ("wall", "fence") or tags.get("access") in ("no", "private")


def _first(tags: Tags, *keys: str) -> str | None:
    """Give the value of the first key that is present."""
    for key in keys:
        if key in tags:
            return tags[key]
    return None
