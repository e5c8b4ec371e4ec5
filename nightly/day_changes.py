"""The table of what is different on some dates: absences, vehicles off, closures."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, model_validator

from data.errors import InputError, Problem, Severity
from data.imports import read_single_table
from data.imports.clocks import read_time
from data.imports.plain_cells import Day, Text
from data.inputs import Inputs
from data.nights import DayChange, DayChangeKind


def _read_kind(value: Any) -> DayChangeKind:
    word = str(value).strip().casefold().replace("-", "_").replace(" ", "_")
    if word not in set(DayChangeKind):
        raise ValueError(f"It is none of {', '.join(DayChangeKind)}")
    return DayChangeKind(word)


def _read_clock(value: Any) -> int:
    return read_time(value, lambda *_, **__: None)


class DayChangeRow(BaseModel):
    """One row of the table.

    Attributes
    ----------
    id
        Passenger, home, vehicle, crew or site, by kind.
    first_date, last_date
        Both included; a blank last date means the first one alone, except for a passenger who
        left and an address withheld, which last.
    leaves_at
        For a site that leaves early: the time.
    """

    kind: Annotated[DayChangeKind, BeforeValidator(_read_kind)]
    id: Text
    first_date: Day
    last_date: Day | None = None
    leaves_at: Annotated[int, BeforeValidator(_read_clock)] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.last_date is not None and self.last_date < self.first_date:
            raise ValueError("the last date lies before the first")
        is_early = self.kind is DayChangeKind.SITE_LEAVES_EARLY
        if is_early is (self.leaves_at is None):
            raise ValueError("a site that leaves early, and nothing else, has leaves_at")
        return self

    def build(self) -> DayChange:
        """Build the change."""
        lasts = self.kind in (DayChangeKind.PASSENGER_LEFT, DayChangeKind.ADDRESS_WITHHELD)
        last: date | None = self.last_date or (None if lasts else self.first_date)
        return DayChange(
            kind=self.kind,
            target_id=self.id,
            first_date=self.first_date,
            last_date=last,
            leave_s=self.leaves_at,
        )


def read_day_changes(path: Path, inputs: Inputs) -> tuple[DayChange, ...]:
    """Read the table and see that each row names somebody or something of the inputs.

    Raises
    ------
    InputError
        With every problem: those of tables alone (Q001 to Q005) and Q006, an identifier that
        the inputs do not hold.
    """
    rows = read_single_table(path, DayChangeRow)
    homes = {h.home_id for h in inputs.homes}
    known = {
        DayChangeKind.PASSENGER_ABSENT: {p.passenger_id for p in inputs.passengers},
        DayChangeKind.PASSENGER_LEFT: {p.passenger_id for p in inputs.passengers},
        DayChangeKind.ADDRESS_WITHHELD: homes,
        DayChangeKind.VEHICLE_OFF: {v.vehicle_id for v in inputs.vehicles},
        DayChangeKind.CREW_OFF: {c.crew_id for c in inputs.crews},
        DayChangeKind.SITE_CLOSED: {s.site_id for s in inputs.sites},
        DayChangeKind.SITE_LEAVES_EARLY: {s.site_id for s in inputs.sites},
    }
    problems = [
        Problem(
            code="Q006",
            severity=Severity.ERROR,
            file=path.name,
            row=row.number,
            column="id",
            value=row.value.id[:60],
            cause=f"The inputs hold nothing of kind {row.value.kind} with this identifier.",
            suggestion="Correct the identifier, or import the standing data first.",
        )
        for row in rows
        if row.value.id not in known[row.value.kind]
    ]
    if problems:
        raise InputError(problems)
    return tuple(row.value.build() for row in rows)
