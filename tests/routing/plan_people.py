"""Random people, places and vehicles for good plans: first half of the plan factory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import TypeVar

import numpy as np

from data.fleet import Layout, VehicleType
from data.networks import TravelMatrix
from data.passengers import AssistantNeed, Phase, Wheelchair
from data.places import Period, Place, Session

T = TypeVar("T")
EXTENT_M = 12_000


class Draw:
    """Seeded draws with short names."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def between(self, low: int, high: int) -> int:
        """Whole number from low to high, both included."""
        return int(self.rng.integers(low, high + 1))

    def chance(self, percent: int) -> bool:
        """True in so many of a hundred draws."""
        return self.between(1, 100) <= percent

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.between(0, len(items) - 1)]

    def slack(self, most: int) -> int:
        """Nought in half of all draws, so that limits are often met exactly."""
        return 0 if self.chance(50) else self.between(0, most)

    def shuffle(self, items: Sequence[T]) -> list[T]:
        """The items in random order."""
        return [items[int(i)] for i in self.rng.permutation(len(items))]


@dataclass
class Person:
    """A passenger in the making."""

    person_id: str
    phase: Phase
    site_id: str
    home_place: str
    other_home_place: str | None = None
    wheelchair: Wheelchair = Wheelchair.NONE
    needs_lift: bool = False
    n_seats: int = 1
    assistant: AssistantNeed = AssistantNeed.NONE
    assistant_id: str | None = None
    is_trained: bool = False
    boarding_s: int = 60
    alighting_s: int = 30
    travels_alone: bool = False
    siblings: frozenset[str] = frozenset()
    walks: dict[Session, str] = field(default_factory=dict)
    rides: list[tuple[Session, str, int, int]] = field(default_factory=list)
    """Session, route id, ride and direct drive. [s]"""
    alights: dict[Session, int] = field(default_factory=dict)
    pick_ups: dict[Session, int] = field(default_factory=dict)

    def home_of(self, session: Session) -> str:
        """Place of the home used in a session: homeward the other one, if there are two."""
        if session.is_homeward and self.other_home_place is not None:
            return self.other_home_place
        return self.home_place

    def stop_of(self, session: Session) -> str:
        """Place where the passenger boards or alights outside the site."""
        return self.walks.get(session, self.home_of(session))

    @property
    def seats(self) -> int:
        """Seats taken."""
        return 0 if self.wheelchair is Wheelchair.STAYS else self.n_seats

    @property
    def spaces(self) -> int:
        """Wheelchair spaces taken."""
        return int(self.wheelchair is Wheelchair.STAYS)


Bundle = list[Person]
"""People who ride together or not at all: siblings, sharers of a named assistant, or one."""

CAR = VehicleType(
    vehicle_type_id="car",
    name="Car",
    layouts=(Layout(n_seats=4, n_wheelchair_spaces=0),),
    has_lift=False,
    n_passenger_seats=4,
    n_places_before_adaptation=5,
)
WAV = VehicleType(
    vehicle_type_id="wav",
    name="Accessible taxi",
    layouts=(
        Layout(n_seats=6, n_wheelchair_spaces=0),
        Layout(n_seats=3, n_wheelchair_spaces=1),
    ),
    has_lift=True,
    n_passenger_seats=6,
    n_places_before_adaptation=7,
)
BUS = VehicleType(
    vehicle_type_id="bus",
    name="Minibus with lift",
    layouts=(
        Layout(n_seats=15, n_wheelchair_spaces=0),
        Layout(n_seats=9, n_wheelchair_spaces=2),
        Layout(n_seats=5, n_wheelchair_spaces=4),
    ),
    has_lift=True,
    n_passenger_seats=15,
    n_places_before_adaptation=16,
)
TYPES = (CAR, WAV, BUS)


class World:
    """Places so far, and drives between them once their matrix is built."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.points: dict[str, tuple[int, int]] = {}
        self.walk_m: dict[tuple[str, str], int] = {}
        self.pull: dict[str, int] = {}
        self.base_s = draw.between(5, 90)
        self.pace = {period: draw.between(60, 140) for period in Period}  # seconds per km

    def add(self, prefix: str) -> str:
        """Add a place at a random point."""
        place_id = f"{prefix}{len(self.points):03d}"
        self.points[place_id] = (
            self.draw.between(0, EXTENT_M),
            self.draw.between(0, EXTENT_M),
        )
        # A pull towards a place makes times differ by direction and keeps the triangle whole.
        self.pull[place_id] = self.draw.between(0, self.base_s)
        return place_id

    def span_m(self, one: str, other: str) -> float:
        """Straight line between two places. [m]"""
        (x1, y1), (x2, y2) = self.points[one], self.points[other]
        return sqrt((x1 - x2) ** 2 + (y1 - y2) ** 2)

    def drive(self, one: str, other: str, period: Period) -> tuple[int, int]:
        """Time and length of a drive. [s], [m]"""
        if one == other:
            return 0, 0
        line_m = self.span_m(one, other)
        wait_s = self.base_s + self.pull[other] - self.pull[one]
        drive_s = int(np.ceil(line_m * self.pace[period] / 1_000)) + wait_s
        return drive_s, int(np.ceil(line_m * 1.3)) + self.pace[period]

    def walk(self, home: str, point: str) -> int:
        """Length of a walk. [m]"""
        return self.walk_m.setdefault(
            (home, point), int(np.ceil(self.span_m(home, point) * 1.2)) + 1
        )

    def build_places(self) -> tuple[Place, ...]:
        """All places."""
        return tuple(
            Place(
                place_id=place_id, easting_m=580_000 + x, northing_m=180_000 + y, lon=0, lat=51
            )
            for place_id, (x, y) in self.points.items()
        )

    def build_matrix(self) -> TravelMatrix:
        """The travel matrix of all places."""
        ids = tuple(sorted(self.points))
        points = np.array([self.points[place_id] for place_id in ids], dtype=np.int64)
        pull_s = np.array([self.pull[place_id] for place_id in ids])
        apart = points[:, None, :] - points[None, :, :]
        line_m = np.sqrt((apart**2).sum(axis=2))
        wait_s = self.base_s + pull_s[None, :] - pull_s[:, None]
        same = np.eye(len(ids), dtype=bool)
        times, lengths = {}, {}
        for period, pace in self.pace.items():
            drive_s = np.ceil(line_m * pace / 1_000) + wait_s
            times[period] = np.where(same, 0, drive_s).astype(np.int32)
            lengths[period] = np.where(same, 0, np.ceil(line_m * 1.3) + pace).astype(np.int32)
        return TravelMatrix(
            place_ids=ids,
            duration_s=times,
            distance_m=lengths,
            walks=tuple(sorted((a, b, m) for (a, b), m in self.walk_m.items())),
            flags=("schematic_network",),
            fingerprint="f" * 64,
        )


def build_person(world: World, number: int, site_id: str, phase: Phase) -> Person:
    """Draw one passenger with a home of their own."""
    draw = world.draw
    person = Person(
        person_id=f"P{number:03d}",
        phase=phase,
        site_id=site_id,
        home_place=world.add("H"),
        boarding_s=draw.between(0, 240),
        alighting_s=draw.between(0, 180),
    )
    if draw.chance(15):
        person.other_home_place = world.add("H")
    if draw.chance(20):
        person.wheelchair = draw.pick((Wheelchair.STAYS, Wheelchair.TRANSFERS))
    person.needs_lift = draw.chance(8)
    person.n_seats = 2 if draw.chance(12) else 1
    person.assistant = draw.pick(
        (AssistantNeed.NONE,) * 5 + (AssistantNeed.SHARED,) * 3 + (AssistantNeed.ONE_TO_ONE,)
    )
    person.is_trained = person.assistant is not AssistantNeed.NONE and draw.chance(30)
    return person


def build_bundle(world: World, number: int, site_ids: Sequence[str], phase: Phase) -> Bundle:
    """Draw people who ride together: alone, as siblings, or with one named assistant."""
    draw = world.draw
    first = build_person(world, number, draw.pick(site_ids), phase)
    kind = draw.between(1, 10)
    if kind > 4:
        return [first]
    people = [first]
    if kind <= 3:
        people.append(build_person(world, number + 1, draw.pick(site_ids), phase))
    if kind <= 2:
        for person in people:
            person.home_place, person.other_home_place = first.home_place, None
        names = frozenset(p.person_id for p in people)
        for person in people:
            person.siblings = names - {person.person_id}
        return people
    for person in people:
        person.assistant_id = f"N{number:03d}"
        person.assistant = draw.pick((AssistantNeed.ONE_TO_ONE, AssistantNeed.SHARED))
    return people


def count_assistants(people: Sequence[Person], ratio: int) -> int:
    """Assistants needed, counted one passenger after the other."""
    names: set[str] = set()
    n_own = n_sharing = 0
    for person in people:
        if person.assistant_id is not None:
            names.add(person.assistant_id)
        elif person.assistant is AssistantNeed.ONE_TO_ONE:
            n_own += 1
        elif person.assistant is AssistantNeed.SHARED:
            n_sharing += 1
    n_shared = 0
    while n_shared * ratio < n_sharing:
        n_shared += 1
    return n_own + len(names) + n_shared
