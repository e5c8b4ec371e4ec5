"""How long a council keeps each class of records: its own file over what ships."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from data.personal.register import read_retention

MOST_MONTHS = 1_200


class RetentionFile(BaseModel):
    """``retention.toml`` in a place's folder: months by class; what is left out keeps its own.

    Attributes
    ----------
    passenger, plan, case, imports, quarantine, output, finance, staff
        Whole months; what they count from stands in the register.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    passenger: int | None = Field(default=None, ge=1, le=MOST_MONTHS)
    plan: int | None = Field(default=None, ge=1, le=MOST_MONTHS)
    case: int | None = Field(default=None, ge=1, le=MOST_MONTHS)
    imports: int | None = Field(default=None, ge=1, le=MOST_MONTHS)
    quarantine: int | None = Field(default=None, ge=1, le=MOST_MONTHS)
    output: int | None = Field(default=None, ge=1, le=MOST_MONTHS)
    finance: int | None = Field(default=None, ge=1, le=MOST_MONTHS)
    staff: int | None = Field(default=None, ge=1, le=MOST_MONTHS)


def read_retention_months(path: Path) -> Mapping[str, int]:
    """Read how many months each class is kept: the file's where it says so, else the shipped.

    Raises
    ------
    InputError
        If the file is there and faulty (Q010 to Q012).
    """
    from data.imports.toml_files import read_toml_file

    months = {name: kept.months for name, kept in read_retention().items()}
    if path.is_file():
        own = read_toml_file(path, RetentionFile).model_dump()
        months |= {name: n for name, n in own.items() if n is not None}
    return months
