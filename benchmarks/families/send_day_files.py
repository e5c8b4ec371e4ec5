"""Reading a special-needs morning: three tables and the travel times, all problems at once."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.errors import InputError, Problem, Severity

Table = list[dict[str, str]]
Int32Array = NDArray[np.int32]

_PEOPLE = (
    "school_idx", "wheelchair", "solo", "assistant", "seats", "boarding_s", "max_ride_s",
)  # fmt: skip
_SCHOOLS = ("arrive_from_s", "arrive_by_s", "alighting_s")
_TYPES = ("seats", "wheelchair_spaces", "starts_and_ends_at_depot")
_POUNDS = (
    "fixed_pounds", "per_mile_pounds", "per_hour_pounds", "assistant_fixed_pounds",
    "assistant_per_hour_pounds",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Rider:
    """One passenger; wheelchairs and flags are 0 or 1, times in seconds."""

    school: int
    wheelchair: int
    solo: int
    assistant: int
    seats: int
    boarding_s: int
    max_ride_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """One school; its window in seconds after midnight."""

    from_s: int
    by_s: int
    alighting_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleType:
    """One vehicle type without its assistant, who costs so much more."""

    name: str
    seats: int
    spaces: int
    is_at_depot: bool
    fixed_pounds: float
    mile_pounds: float
    hour_pounds: float
    assistant_pounds: float
    assistant_hour_pounds: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SendDayCase:
    """One folder; rows of the travel arrays are passengers, then schools, then the depot."""

    name: str
    riders: tuple[Rider, ...]
    schools: tuple[School, ...]
    types: tuple[VehicleType, ...]
    duration_s: Int32Array
    distance_m: Int32Array


def read_case(folder: Path) -> SendDayCase:
    """Read a folder with passengers.csv, schools.csv, vehicle_types.csv and travel.npz.

    Raises
    ------
    InputError
        If a file is missing or malformed; with every problem.
    """
    reader = _Reader()
    schools = [
        School(from_s=row[0], by_s=row[1], alighting_s=row[2])
        for row in reader.read_whole(folder / "schools.csv", _SCHOOLS)
    ]
    for number, school in enumerate(schools, start=2):
        if school.from_s > school.by_s:
            value = f"{school.from_s}-{school.by_s}"
            cause = "The school's window ends before it begins."
            reader.add("schools.csv", number, "arrive_by_s", value, cause)
    riders = []
    for number, row in enumerate(
        reader.read_whole(folder / "passengers.csv", _PEOPLE), start=2
    ):
        riders.append(Rider(**dict(zip(Rider.__dataclass_fields__, row, strict=True))))
        if schools and row[0] >= len(schools):
            cause = f"There are {len(schools)} schools, counted from 0."
            reader.add("passengers.csv", number, "school_idx", str(row[0]), cause)
        for column, flag in zip(_PEOPLE[1:4], row[1:4], strict=True):
            if flag > 1:
                cause = "This is 0 or 1."
                reader.add("passengers.csv", number, column, str(flag), cause)
    types = reader.read_types(folder / "vehicle_types.csv")
    size = len(riders) + len(schools) + 1
    travel = reader.read_travel(folder / "travel.npz", size)
    if reader.problems:
        raise InputError(reader.problems)
    return SendDayCase(
        name=folder.name,
        riders=tuple(riders),
        schools=tuple(schools),
        types=tuple(types),
        duration_s=travel[0],
        distance_m=travel[1],
    )


class _Reader:
    """Reads the files and collects what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, file: str, row: int | None, column: str, value: str, cause: str) -> None:
        """Note one problem."""
        self.problems.append(
            Problem(
                code="B102",
                severity=Severity.ERROR,
                file=file,
                row=row,
                column=column,
                value=value[:60],
                cause=cause,
                suggestion="Correct the file, or take it afresh from its source.",
            )
        )

    def read_table(self, path: Path, wanted: tuple[str, ...]) -> Table:
        """Read the rows of a table that has all wanted columns; nothing if it has not."""
        try:
            with path.open(newline="", encoding="utf-8") as file:
                reader = csv.DictReader(file, restval="")
                rows = list(reader)
                columns = reader.fieldnames or []
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            self.add(path.name, None, "", str(error), "The file cannot be read.")
            return []
        missing = [name for name in wanted if name not in columns]
        for name in missing:
            self.add(path.name, 1, name, "", "The column is missing.")
        if not missing and not rows:
            self.add(path.name, None, "", "", "The table has no rows.")
        return [] if missing else rows

    def read_number(self, path: Path, number: int, row: dict[str, str], name: str) -> float:
        """Read one number from 0 on; 0 in place of what is none."""
        try:
            value = float(row[name])
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or value < 0:
            self.add(path.name, number, name, row[name], "This is no number from 0 on.")
            return 0.0
        return value

    def read_int(self, path: Path, number: int, row: dict[str, str], name: str) -> int:
        """Read one whole number from 0 on."""
        value = self.read_number(path, number, row, name)
        if value != int(value) or value >= 2**31:
            self.add(path.name, number, name, row[name], "This is no whole number.")
            return 0
        return int(value)

    def read_whole(self, path: Path, names: tuple[str, ...]) -> list[list[int]]:
        """Read the named columns of a table as whole numbers."""
        return [
            [self.read_int(path, number, row, name) for name in names]
            for number, row in enumerate(self.read_table(path, names), start=2)
        ]

    def read_types(self, path: Path) -> list[VehicleType]:
        """Read the vehicle types."""
        types: list[VehicleType] = []
        wanted = ("vehicle_type", *_TYPES, *_POUNDS)
        for number, row in enumerate(self.read_table(path, wanted), start=2):
            seats, spaces, depot = (self.read_int(path, number, row, c) for c in _TYPES)
            pounds = [self.read_number(path, number, row, c) for c in _POUNDS]
            name = row["vehicle_type"].strip()
            if not name or name in {t.name for t in types}:
                self.add(path.name, number, "vehicle_type", name, "Each type has its own name.")
            types.append(
                VehicleType(
                    name=name,
                    seats=seats,
                    spaces=spaces,
                    is_at_depot=bool(depot),
                    fixed_pounds=pounds[0],
                    mile_pounds=pounds[1],
                    hour_pounds=pounds[2],
                    assistant_pounds=pounds[3],
                    assistant_hour_pounds=pounds[4],
                )
            )
        return types

    def read_travel(self, path: Path, size: int) -> tuple[Int32Array, Int32Array]:
        """Read seconds and metres between all rows."""
        empty = np.zeros((0, 0), dtype=np.int32)
        found: list[Int32Array] = []
        try:
            with np.load(path, allow_pickle=False) as travel:
                arrays = {name: travel[name] for name in travel.files}
        except (OSError, ValueError, EOFError, KeyError) as error:
            self.add(path.name, None, "", str(error), "The travel times cannot be read.")
            return empty, empty
        for name in ("duration_s", "distance_m"):
            array = arrays.get(name)
            if array is None or array.shape != (size, size) or array.dtype.kind not in "iu":
                value = "none" if array is None else f"{array.shape} of {array.dtype}"
                cause = f"There must be whole numbers, {size} x {size}."
                self.add(path.name, None, name, value, cause)
            elif int(array.min()) < 0 or int(array.max()) >= 2**31:
                self.add(path.name, None, name, str(array.min()), "A number is out of range.")
            else:
                found.append(np.ascontiguousarray(array, dtype=np.int32))
        return (found[0], found[1]) if len(found) == 2 else (empty, empty)
