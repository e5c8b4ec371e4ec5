"""Tables of cases to assess, with distances given, and of what is proposed for each."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from data.imports import read_single_table
from data.imports.cells import write_neutral
from data.imports.plain_cells import Day, Text, YesNo
from data.passengers import Phase
from scenarios.eligibility import EligibilityCase, EligibilityFinding, assess_case

RESULT_COLUMNS = ("case_id", "eligible", "rule", "reason")


def _read_metres(value: Any) -> Decimal:
    try:
        metres = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError("It is not a number of metres") from None
    if not metres.is_finite() or metres < 0:
        raise ValueError("A distance is a number of metres, nought or more")
    return metres


def read_phase(value: Any) -> Phase:
    """Read a phase of a table's cell.

    Raises
    ------
    ValueError
        If it is none.
    """
    word = str(value).strip().casefold().replace("-", "_").replace(" ", "_")
    if word not in set(Phase):
        raise ValueError(f"It is none of {', '.join(Phase)}")
    return Phase(word)


def _read_rank(value: Any) -> int:
    text = str(value).strip().removesuffix(".0")
    if not text.isdecimal() or int(text) < 1:
        raise ValueError("A rank is 1 (the nearest suitable school), 2, 3, ...")
    return int(text)


Metres = Annotated[Decimal, BeforeValidator(_read_metres)]


class CaseRow(BaseModel):
    """One row of the table; a blank cell is something not known."""

    case_id: Annotated[Text, Field(min_length=1, max_length=80)]
    birth_date: Day | None = None
    assessment_date: Day | None = None
    walk_m: Metres | None = None
    drive_m: Metres | None = None
    low_income: YesNo | None = None
    school_rank: Annotated[int, BeforeValidator(_read_rank)] | None = None
    religion_or_belief: YesNo | None = None
    send_reason: Text = ""
    unsafe_reason: Text = ""
    phase: Annotated[Phase, BeforeValidator(read_phase)] | None = None

    def build_case(self) -> EligibilityCase:
        """Build the case that the rules are tested on."""
        return EligibilityCase(
            case_id=self.case_id,
            birth_date=self.birth_date,
            assessment_date=self.assessment_date,
            walk_m=self.walk_m,
            drive_m=self.drive_m,
            is_low_income=self.low_income,
            school_rank=self.school_rank,
            is_faith_school=self.religion_or_belief,
            send_reason=self.send_reason,
            unsafe_reason=self.unsafe_reason,
            phase=self.phase,
        )


SECRET = frozenset({"birth_date", "send_reason", "unsafe_reason", "religion_or_belief"})
"""Columns whose values are never shown in a report of problems."""


def read_cases(path: Path) -> tuple[EligibilityCase, ...]:
    """Read a CSV file or workbook of cases.

    Raises
    ------
    InputError
        With every problem of the table.
    """
    rows = read_single_table(path, CaseRow, key="case_id", secret=SECRET)
    return tuple(row.value.build_case() for row in rows)


def assess_cases(cases: Iterable[EligibilityCase]) -> tuple[EligibilityFinding, ...]:
    """Assess every case, in order."""
    return tuple(assess_case(case) for case in cases)


def write_findings(findings: Iterable[EligibilityFinding], path: Path) -> None:
    """Write what is proposed for each case as CSV, in the order of the cases."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(RESULT_COLUMNS)
        for found in findings:
            cells = (found.case_id, found.eligible.value, found.rule, found.reason)
            writer.writerow([write_neutral(cell) for cell in cells])
