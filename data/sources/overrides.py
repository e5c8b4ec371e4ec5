"""Read a planner's corrections of single ways: closed, slower, not to be walked."""

from __future__ import annotations

import csv
from pathlib import Path

from data.errors import InputError, Problem, Severity
from data.networks import WayOverride
from data.sources.speeds import M_PER_MILE

_COLUMNS = ("way_id", "is_closed", "mph", "is_walk_unavailable", "note")
_WORDS = {"yes": True, "y": True, "1": True, "no": False, "n": False, "0": False, "": False}


def read_overrides(path: Path) -> tuple[WayOverride, ...]:
    """Read a table of corrections: CSV with way_id, is_closed, mph, is_walk_unavailable, note.

    Raises
    ------
    InputError
        With every row that cannot be read, or a missing column or file.
    """
    if not path.is_file():
        raise InputError([_problem(path, "N001", None, "", "There is no such file.")])
    problems: list[Problem] = []
    overrides: list[WayOverride] = []
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        missing = [c for c in _COLUMNS if c not in (reader.fieldnames or ())]
        if missing:
            cause = "Columns of the table of corrections are missing."
            raise InputError([_problem(path, "N030", 1, ", ".join(missing), cause)])
        for number, row in enumerate(reader, start=2):
            cells = {name: (row[name] or "").strip() for name in _COLUMNS}
            if not any(cells.values()):
                continue
            faults = []
            if not cells["way_id"]:
                faults.append(("N031", "way_id", "A correction names no way."))
            for name in ("is_closed", "is_walk_unavailable"):
                if cells[name].lower() not in _WORDS:
                    faults.append(("N032", name, f"{name} is neither yes nor no."))
            speed_mph: float | None = None
            if cells["mph"]:
                try:
                    speed_mph = float(cells["mph"])
                except ValueError:
                    speed_mph = -1.0
                if not 1 <= speed_mph <= 100:
                    faults.append(("N033", "mph", "The speed is not between 1 and 100 mph."))
            if faults:
                problems += [
                    _problem(path, code, number, cells[column], cause)
                    for code, column, cause in faults
                ]
                continue
            overrides.append(
                WayOverride(
                    way_id=cells["way_id"],
                    is_closed=_WORDS[cells["is_closed"].lower()],
                    m_per_h=None if speed_mph is None else round(speed_mph * M_PER_MILE),
                    is_walk_unavailable=_WORDS[cells["is_walk_unavailable"].lower()],
                    note=cells["note"],
                )
            )
    if problems:
        raise InputError(problems)
    return tuple(overrides)


def _problem(path: Path, code: str, row: int | None, value: str, cause: str) -> Problem:
    """Describe one fault of the table."""
    return Problem(
        code=code,
        severity=Severity.ERROR,
        file=path.name,
        row=row,
        value=value,
        cause=cause,
        suggestion=f"Give the columns {', '.join(_COLUMNS)}, with yes or no, one way a row.",
    )
