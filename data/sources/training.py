"""Assumptions of travel training: the table that ships, or a council's own in the same form."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, model_validator

from data.errors import InputError, Problem, Severity
from data.imports.single import read_single_table
from data.training import TrainingAssumptions, TrainingNumber

SHIPPED_TRAINING = Path(__file__).with_name("training.csv")


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    unit: str = ""
    low: float
    mode: float
    high: float
    year: str = ""
    grade: str
    source: str

    @model_validator(mode="after")
    def _check(self) -> _Row:
        if not 0 <= self.low <= self.mode <= self.high:
            raise ValueError("0 <= low <= mode <= high is needed")
        if self.unit.startswith("share") and self.high > 1:
            raise ValueError("a share is at most 1")
        if self.grade not in ("A", "B", "C"):
            raise ValueError("the grade is A, B or C")
        return self


@cache
def read_shipped_training() -> TrainingAssumptions:
    """Read the table that ships with the program."""
    return read_training(SHIPPED_TRAINING)


def read_training(path: Path) -> TrainingAssumptions:
    """Read assumptions; those of the table that ships stand in for what a table has not.

    Raises
    ------
    InputError
        With every fault of the table (Q001 to Q006).
    """
    rows = read_single_table(path, _Row, key="name")
    own = {row.value.name: row.value for row in rows}
    known = () if path == SHIPPED_TRAINING else read_shipped_training().numbers
    strangers = [
        row
        for row in rows
        if known
        and row.value.name not in {n.name for n in known}
        and not row.value.name.startswith("odds_need_")
    ]
    if strangers:
        raise InputError(
            [
                Problem(
                    code="Q006",
                    severity=Severity.ERROR,
                    file=path.name,
                    row=row.number,
                    column="name",
                    value=row.value.name[:40],
                    cause="There is no such assumption.",
                    suggestion="Name one of docs/reference/training.md, or odds_need_CODE.",
                )
                for row in strangers
            ]
        )
    numbers = [n for n in known if n.name not in own]
    numbers += [TrainingNumber(**row.value.model_dump()) for row in rows]
    order = [n.name for n in known]
    numbers.sort(key=lambda n: order.index(n.name) if n.name in order else len(order))
    return TrainingAssumptions(numbers=tuple(numbers))
