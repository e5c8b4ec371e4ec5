"""A council's own sheets and columns, read as ours through a saved mapping (TOML)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class SheetMapping(BaseModel):
    """How one of our sheets is read from a sheet of the council's.

    Attributes
    ----------
    source
        Name of the council's sheet, or of its CSV file without the ending.
    columns
        Our heading to theirs.
    values
        Our heading to a table of their values and ours.
    constants
        Our heading to a value that stands in no column of theirs.
    header_row
        Row of their headings as the spreadsheet shows it; found where it is left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    columns: dict[str, str]
    values: dict[str, dict[str, str]] = {}
    constants: dict[str, str] = {}
    header_row: int | None = None


class ColumnMapping(BaseModel):
    """A whole mapping: one `SheetMapping` for each of our sheets that is read.

    Attributes
    ----------
    sheets
        By our sheet's name. One sheet of the council's may feed several of ours.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = ""
    sheets: dict[str, SheetMapping]
