"""Which schools are near: walks to every gate, drives, and the rank of the school attended.

Distances are whole millimetres on the loaded roads. Of suitable schools the nearest on foot is
first (or by road, as the council's policy says); a school that lies off the map counts as
possibly nearer wherever its straight line is shorter than the distance to beat.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.eligibility import SchoolDistance
from data.networks import RoadNetwork
from data.places import Place
from routing import find_walk_offsets, measure_drives, measure_walks

OFF_MAP_MM = 250_000
"""A place further than this from any way is not on the map. [mm]"""
N_SHOWN = 3
"""How many of the nearest schools are told (extended rights look at three)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """One way into a school: a gate, or the school's own place."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A school that may be travelled to.

    Attributes
    ----------
    entrances
        For people on foot, at least one.
    place
        Where vehicles set down.
    """

    school_id: str
    name: str
    place: Place
    entrances: tuple[Entrance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One home, the school attended, and the other schools that would be suitable."""

    case_id: str
    home: Place
    attended: Destination
    others: tuple[Destination, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured for a question.

    Attributes
    ----------
    attended
        The school attended.
    rank
        1 where no suitable school is nearer; None where that cannot be told.
    schools
        The attended one and the nearest others, nearest first.
    notes
        Why something could not be told.
    """

    attended: SchoolDistance
    rank: int | None
    schools: tuple[SchoolDistance, ...]
    notes: tuple[str, ...] = ()


def measure_schools(
    questions: Sequence[Question],
    network: RoadNetwork,
    *,
    is_ranked_by_road: bool = False,
    unavailable_ways: Sequence[int] = (),
) -> tuple[Measured, ...]:
    """Measure every question, in order.

    Parameters
    ----------
    is_ranked_by_road
        Rank schools by the drive instead of the walk.
    unavailable_ways
        Ways that do not count as an available walk (ELIG-8), besides the network's own.
    """
    places: dict[str, Place] = {}
    walks: set[tuple[str, str]] = set()
    drives: set[tuple[str, str]] = set()
    for q in questions:
        places[q.home.place_id] = q.home
        for school in (q.attended, *q.others):
            places[school.place.place_id] = school.place
            drives.add((q.home.place_id, school.place.place_id))
            for entrance in school.entrances:
                places[entrance.place.place_id] = entrance.place
                walks.add((q.home.place_id, entrance.place.place_id))
    listed = [places[i] for i in sorted(places)]
    pairs = sorted(walks)
    walked = measure_walks(network, listed, pairs, unavailable_ways=unavailable_ways)
    walk_mm = dict(zip(pairs, walked.tolist(), strict=True))
    pairs = sorted(drives)
    drive_mm = dict(zip(pairs, measure_drives(network, listed, pairs).tolist(), strict=True))
    offsets = find_walk_offsets(network, listed)
    off_map = {p.place_id for p, mm in zip(listed, offsets.tolist(), strict=True)
               if mm > OFF_MAP_MM}  # fmt: skip
    return tuple(
        _measure(q, walk_mm, drive_mm, off_map, is_by_road=is_ranked_by_road) for q in questions
    )


def _measure(
    q: Question,
    walk_mm: Mapping[tuple[str, str], int],
    drive_mm: Mapping[tuple[str, str], int],
    off_map: set[str],
    *,
    is_by_road: bool,
) -> Measured:
    def find(school: Destination) -> SchoolDistance:
        return _find_distance(q, school, walk_mm, drive_mm, off_map)

    attended = find(q.attended)
    others = [(find(s), s) for s in q.others]
    notes = []
    if q.home.place_id in off_map:
        notes.append("The home lies more than 250 m from any way on the map: measure by hand.")
    elif attended.walk_mm is None:
        notes.append("No walk to the school on the map: measure by hand.")

    def key_of(d: SchoolDistance) -> int | None:
        return d.drive_mm if is_by_road else d.walk_mm

    limit = key_of(attended)
    nearer = sum(1 for d, _ in others if _is_below(key_of(d), limit))
    hidden = [
        s.name
        for d, s in others
        if key_of(d) is None and (limit is None or _measure_line(q.home, s) < limit)
    ]
    rank: int | None = nearer + 1
    if limit is None or q.home.place_id in off_map:
        rank = None
    elif hidden:
        rank = None
        shown = ", ".join(hidden[:3]) + (" and more" if len(hidden) > 3 else "")
        notes.append(f"Off the map and possibly nearer: {shown}.")
    measured = sorted(
        (d for d, _ in others if key_of(d) is not None), key=lambda d: (key_of(d), d.school_id)
    )
    shown_ones = [attended, *measured[:N_SHOWN]]
    shown_ones.sort(key=lambda d: (key_of(d) is None, key_of(d) or 0, d.school_id))
    return Measured(attended=attended, rank=rank, schools=tuple(shown_ones), notes=tuple(notes))


def _find_distance(
    q: Question,
    school: Destination,
    walk_mm: Mapping[tuple[str, str], int],
    drive_mm: Mapping[tuple[str, str], int],
    off_map: set[str],
) -> SchoolDistance:
    best: tuple[int, str] | None = None
    if q.home.place_id not in off_map:
        for entrance in school.entrances:
            mm = walk_mm[q.home.place_id, entrance.place.place_id]
            if mm < 0 or entrance.place.place_id in off_map:
                continue
            if best is None or (mm, entrance.name) < best:
                best = (mm, entrance.name)
    drive = drive_mm[q.home.place_id, school.place.place_id]
    is_driven = drive >= 0 and not {q.home.place_id, school.place.place_id} & off_map
    return SchoolDistance(
        school_id=school.school_id,
        name=school.name,
        walk_mm=None if best is None else best[0],
        drive_mm=drive if is_driven else None,
        gate="" if best is None else best[1],
        is_attended=school is q.attended,
    )


def _is_below(value: int | None, limit: int | None) -> bool:
    return value is not None and limit is not None and value < limit


def _measure_line(home: Place, school: Destination) -> int:
    """Measure the straight line to the nearest entrance, which no way undercuts. [mm]"""
    # 999 for 1000: the grid is up to 0.04 % off the ground, and positions are whole metres.
    return min(
        int(
            math.hypot(e.place.easting_m - home.easting_m, e.place.northing_m - home.northing_m)
            * 999
        )
        for e in school.entrances
    )


def build_entrances(place: Place, gates: Sequence[tuple[str, Place]]) -> tuple[Entrance, ...]:
    """Build the entrances of a site: its gates, or its own place where it has none."""
    if not gates:
        return (Entrance(name="", place=place),)
    return tuple(Entrance(name=name, place=where) for name, where in gates)


__all__ = [
    "Destination",
    "Entrance",
    "Measured",
    "Question",
    "build_entrances",
    "measure_schools",
]
