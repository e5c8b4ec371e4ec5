"""Reading the school-bus files: two tab-separated tables, every problem reported at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from data.errors import InputError, Problem, Severity

_SCHOOLS = ("ID", "X", "Y", "AMEARLY", "AMLATE")
_STOPS = ("ID", "X_COORD", "Y_COORD", "EP_ID", "STUDENT_COUNT")


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """One school; its window in seconds after midnight."""

    school_id: int
    x_ft: float
    y_ft: float
    from_s: int
    by_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BusStop:
    """Students of one school at one stop."""

    stop_id: int
    x_ft: float
    y_ft: float
    school_id: int
    n_students: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolBusCase:
    """One folder, with the limit on the ride. [s]"""

    name: str
    schools: tuple[School, ...]
    stops: tuple[BusStop, ...]
    ride_cap_s: int


def read_case(folder: Path, ride_cap_s: int) -> SchoolBusCase:
    """Read a folder.

    Raises
    ------
    InputError
        If a file is missing or malformed; with every problem.
    """
    reader = _Reader()
    if ride_cap_s <= 0:
        reader.add(folder.name, None, "", str(ride_cap_s), "The ride limit is not positive.")
    schools = reader.read_schools(folder / "Schools.txt")
    stops = reader.read_stops(folder / "Stops.txt", schools)
    if reader.problems:
        raise InputError(reader.problems)
    return SchoolBusCase(
        name=folder.name, schools=tuple(schools), stops=tuple(stops), ride_cap_s=ride_cap_s
    )


class _Reader:
    """Reads the two tables and collects what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, file: str, row: int | None, column: str, value: str, cause: str) -> None:
        """Note one problem."""
        self.problems.append(
            Problem(
                code="B101",
                severity=Severity.ERROR,
                file=file,
                row=row,
                column=column,
                value=value,
                cause=cause,
                suggestion="Correct the file as benchmarks/families/school_bus.py describes.",
            )
        )

    def read_schools(self, path: Path) -> list[School]:
        """Read the schools that are well formed."""
        schools: list[School] = []
        for number, row in self._read_table(path, _SCHOOLS):
            before = len(self.problems)
            school = School(
                school_id=self._whole(path, number, row, "ID", least=1),
                x_ft=self._real(path, number, row, "X"),
                y_ft=self._real(path, number, row, "Y"),
                from_s=self._moment(path, number, row, "AMEARLY"),
                by_s=self._moment(path, number, row, "AMLATE"),
            )
            if len(self.problems) == before and school.from_s > school.by_s:
                value = f"{row['AMEARLY']}-{row['AMLATE']}"
                self.add(
                    path.name, number, "AMLATE", value, "The window ends before it begins."
                )
            if any(school.school_id == other.school_id for other in schools):
                self.add(path.name, number, "ID", row["ID"], "The school is there twice.")
            schools.append(school)
        return schools

    def read_stops(self, path: Path, schools: list[School]) -> list[BusStop]:
        """Read the stops that are well formed."""
        stops: list[BusStop] = []
        known = {s.school_id for s in schools}
        seen = set(known)
        for number, row in self._read_table(path, _STOPS):
            before = len(self.problems)
            stop = BusStop(
                stop_id=self._whole(path, number, row, "ID", least=1),
                x_ft=self._real(path, number, row, "X_COORD"),
                y_ft=self._real(path, number, row, "Y_COORD"),
                school_id=self._whole(path, number, row, "EP_ID", least=1),
                n_students=self._whole(path, number, row, "STUDENT_COUNT", least=1),
            )
            if len(self.problems) > before:
                continue
            if known and stop.school_id not in known:
                self.add(path.name, number, "EP_ID", row["EP_ID"], "There is no such school.")
            if stop.stop_id in seen:
                self.add(path.name, number, "ID", row["ID"], "The number is used twice.")
            seen.add(stop.stop_id)
            stops.append(stop)
        return stops

    def _read_table(
        self, path: Path, columns: tuple[str, ...]
    ) -> list[tuple[int, dict[str, str]]]:
        """Read the rows of a tab-separated table with the number each has in its file."""
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            self.add(path.name, None, "", "", f"The file cannot be read in {path.parent}.")
            return []
        header = [name.strip() for name in lines[0].split("\t")] if lines else []
        for name in columns:
            if name not in header:
                self.add(path.name, 1, name, "", "The column is missing.")
        if any(name not in header for name in columns):
            return []
        rows = []
        for number, line in enumerate(lines[1:], start=2):
            cells = [cell.strip() for cell in line.split("\t")]
            if cells == [""]:
                continue
            if len(cells) != len(header):
                self.add(path.name, number, "", str(len(cells)), "The row has other columns.")
                continue
            rows.append((number, dict(zip(header, cells, strict=True))))
        if not rows:
            self.add(path.name, None, "", "", "There is nothing in the file.")
        return rows

    def _whole(
        self, path: Path, number: int, row: dict[str, str], column: str, *, least: int
    ) -> int:
        value = row[column]
        if not value.isdecimal() or int(value) < least or int(value) >= 2**31:
            self.add(path.name, number, column, value, f"Not a whole number from {least} up.")
            return least
        return int(value)

    def _real(self, path: Path, number: int, row: dict[str, str], column: str) -> float:
        try:
            value = float(row[column])
        except ValueError:
            value = math.nan
        if not abs(value) <= 1_000_000:
            self.add(path.name, number, column, row[column], "Not feet within a million.")
            return 0.0
        return value

    def _moment(self, path: Path, number: int, row: dict[str, str], column: str) -> int:
        value = row[column]
        if value.isdecimal() and len(value) <= 4:
            hour, minute = divmod(int(value), 100)
            if hour < 24 and minute < 60:
                return (hour * 60 + minute) * 60
        self.add(path.name, number, column, value, "Not a time of day as HHMM.")
        return 0
