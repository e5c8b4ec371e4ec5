"""Road class speeds by traffic period: the settings table that ships, or a council's own."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

from data.errors import InputError, Problem, Severity
from data.places import Period

SHIPPED_SPEEDS = Path(__file__).with_name("speeds.csv")

TAGGED_LIMIT_BP = 9_000
"""Running speed as a share of a signed limit below the one its class presumes. [0.01 %]
Own assumption, grade C: junctions, bends and parked cars keep a journey below the limit."""

M_PER_MILE = 1_609.344

_COLUMNS = (
    "class",
    "period",
    "m_per_h",
    "presumed_limit_mph",
    "source",
    "year",
    "grade",
    "note",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadSpeed:
    """Running speed of one road class in one period, with where the figure comes from.

    Attributes
    ----------
    m_per_h
        Speed over a journey, junctions included. [m/h]
    presumed_limit_mph
        Speed limit the figure presumes; a signed limit moves it. [mph]
    grade
        A law or official register, B published figure, C own assumption.
    """

    road_class: str
    period: Period
    m_per_h: int
    presumed_limit_mph: int
    source: str
    year: str
    grade: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedTable:
    """Speeds of every road class in every period."""

    speeds: tuple[RoadSpeed, ...]

    @property
    def classes(self) -> tuple[str, ...]:
        """Road classes in the order of the table."""
        return tuple(dict.fromkeys(s.road_class for s in self.speeds))

    def find_speeds(
        self, road_class: str, limit_m_per_h: float | None = None
    ) -> tuple[float, ...]:
        """Find the speeds of a class, one per `Period` in its order. [m/h]

        A signed limit above the presumed one raises every period by the square root of the
        proportion (a lane signed at 60 mph is not driven at twice the speed of one signed at
        30: own assumption, grade C). One below it caps free flow at `TAGGED_LIMIT_BP` of the
        limit and lowers every period alike.

        Raises
        ------
        KeyError
            If the table has no such class.
        """
        by_period = {s.period: s for s in self.speeds if s.road_class == road_class}
        if not by_period:
            raise KeyError(road_class)
        free = by_period[Period.FREE_FLOW]
        scale = 1.0
        if limit_m_per_h is not None:
            presumed = free.presumed_limit_mph * M_PER_MILE
            if limit_m_per_h >= presumed:
                scale = math.sqrt(limit_m_per_h / presumed)
            else:
                scale = min(1.0, limit_m_per_h * TAGGED_LIMIT_BP / 10_000 / free.m_per_h)
        return tuple(by_period[period].m_per_h * scale for period in Period)


def read_speeds(path: Path = SHIPPED_SPEEDS) -> SpeedTable:
    """Read a speeds table: CSV with one row per road class and period.

    Raises
    ------
    InputError
        With every row that is wrong and every class and period that is missing or doubled.
    """
    problems: list[Problem] = []

    def blame(code: str, row: int | None, value: str, cause: str, suggestion: str) -> None:
        problems.append(
            Problem(
                code=code,
                severity=Severity.ERROR,
                file=path.name,
                row=row,
                value=value,
                cause=cause,
                suggestion=suggestion,
            )
        )

    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        missing = [c for c in _COLUMNS[:-1] if c not in (reader.fieldnames or ())]
        if missing:
            blame(
                "N020",
                1,
                ", ".join(missing),
                "Columns of the speeds table are missing.",
                f"Give the columns {', '.join(_COLUMNS)}.",
            )
            raise InputError(problems)
        speeds: list[RoadSpeed] = []
        for number, row in enumerate(reader, start=2):
            try:
                speeds.append(
                    RoadSpeed(
                        road_class=row["class"].strip(),
                        period=Period(row["period"].strip()),
                        m_per_h=_positive(row["m_per_h"]),
                        presumed_limit_mph=_positive(row["presumed_limit_mph"]),
                        source=row["source"].strip(),
                        year=row["year"].strip(),
                        grade=row["grade"].strip(),
                        note=(row.get("note") or "").strip(),
                    )
                )
            except ValueError as error:
                blame(
                    "N021",
                    number,
                    str(error),
                    "A row of the speeds table cannot be read.",
                    "Give a period of "
                    + ", ".join(Period)
                    + " and whole positive numbers for speed and presumed limit.",
                )
    found = [(s.road_class, s.period) for s in speeds]
    for road_class in dict.fromkeys(s.road_class for s in speeds):
        for period in Period:
            n_rows = found.count((road_class, period))
            if n_rows != 1:
                blame(
                    "N022",
                    None,
                    f"{road_class}, {period}",
                    f"The speeds table has {n_rows} rows where it needs one.",
                    "Give exactly one row per road class and period.",
                )
    if problems:
        raise InputError(problems)
    return SpeedTable(speeds=tuple(speeds))


def _positive(text: str) -> int:
    """Read a whole positive number."""
    value = int(text)
    if value <= 0:
        raise ValueError(f"{text} is not positive")
    return value
