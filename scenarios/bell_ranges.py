"""Tables of how far sites' bell times may move."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from data.errors import InputError, Problem, Severity
from data.imports import read_single_table
from data.places import Site
from scenarios.bells import BellRange


class RangeRow(BaseModel):
    """One site's range in whole minutes; blank is nought."""

    site_id: Annotated[str, BeforeValidator(lambda value: str(value).strip())]
    earlier_minutes: Annotated[int, Field(ge=0, le=180)] = 0
    later_minutes: Annotated[int, Field(ge=0, le=180)] = 0


def read_ranges(path: Path, sites: Mapping[str, Site], *, step_s: int) -> tuple[BellRange, ...]:
    """Read a table with columns site_id, earlier_minutes, later_minutes.

    Raises
    ------
    InputError
        With every problem; Q006 a site that is not there.
    """
    rows = read_single_table(path, RangeRow, key="site_id")
    problems = [
        Problem(
            code="Q006",
            severity=Severity.ERROR,
            file=path.name,
            row=row.number,
            column="site_id",
            value=row.value.site_id[:40],
            cause="There is no such site.",
            suggestion="Name a site of the inputs.",
        )
        for row in rows
        if row.value.site_id not in sites
    ]
    if problems:
        raise InputError(problems)
    return tuple(
        BellRange(
            site_id=row.value.site_id,
            earlier_s=row.value.earlier_minutes * 60,
            later_s=row.value.later_minutes * 60,
            step_s=step_s,
        )
        for row in rows
    )
