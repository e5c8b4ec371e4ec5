"""A council's own sheets and columns, read as ours through a saved mapping (TOML).

    title = "Export of the case system"

    [sheets.passengers]
    source = "Pupils"
    columns = { passenger_id = "Pupil No", name = ["Forename", "Surname"], birth_date = "DOB" }
    constants = { phase = "secondary" }

    [sheets.passengers.values.wheelchair]
    "W/C" = "stays"

One sheet of the council's may feed several of ours. Unknown keys are errors.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data.errors import InputError
from data.imports.catalogue import build_problem
from data.imports.headings import find_field, find_near
from data.imports.sheets import SHEETS, find_sheet

MAX_BYTES = 1024 * 1024


class SheetMapping(BaseModel):
    """How one of our sheets is read from a sheet of the council's.

    Attributes
    ----------
    source
        Name of the council's sheet, or of its CSV file without the ending.
    columns
        Our heading to theirs; several of theirs are joined with a space.
    values
        Our heading to a table of their values and ours.
    constants
        Our heading to a value that stands in no column of theirs.
    header_row
        Row of their headings as the spreadsheet shows it; found where it is left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(min_length=1)
    columns: dict[str, str | tuple[str, ...]]
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    header_row: int | None = Field(default=None, ge=1)


class ColumnMapping(BaseModel):
    """A whole mapping: one `SheetMapping` for each of our sheets that is read.

    Attributes
    ----------
    sheets
        By our sheet's name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = ""
    sheets: dict[str, SheetMapping]

    @model_validator(mode="after")
    def _check_names(self) -> ColumnMapping:
        """See that sheets and headings are ours."""
        known = [sheet.name for sheet in SHEETS]
        for name, mapping in self.sheets.items():
            if name not in known:
                raise ValueError(f"there is no sheet {name}{find_near(name, known)}")
            spec = find_sheet(name)
            headings = [field.heading for field in spec.fields]
            for heading in (*mapping.columns, *mapping.values, *mapping.constants):
                if find_field(spec, heading) is None:
                    hint = find_near(heading, headings)
                    raise ValueError(f"{name} has no column {heading}{hint}")
        return self


def read_mapping(path: Path) -> ColumnMapping:
    """Read a saved mapping.

    Raises
    ------
    InputError
        M001 if the file is not TOML, M002 if it holds an unknown key or value.
    """
    try:
        content = path.read_bytes()
        if len(content) > MAX_BYTES:
            raise _fault(path, "M001", "the file is too large")
        document = tomllib.loads(content.decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise _fault(path, "M001", type(error).__name__) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _fault(path, "M001", str(error)[:200]) from None
    try:
        return ColumnMapping.model_validate(document)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise InputError(
            [build_problem("M002", file=path.name, reason=_explain(fault)) for fault in faults]
        ) from None


def _explain(fault: Any) -> str:
    where = ".".join(str(step) for step in fault["loc"])
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{where}: {message}" if where else message


def _fault(path: Path, code: str, reason: str) -> InputError:
    return InputError([build_problem(code, file=path.name, reason=reason)])


def write_mapping(mapping: ColumnMapping, path: Path, *, notes: Sequence[str] = ()) -> None:
    """Write a mapping as TOML, with notes as comments at its head."""
    import tomlkit

    document = tomlkit.document()
    document.add(tomlkit.comment("How this council's own sheets are read by wayfare import."))
    for note in notes:
        for line in note.splitlines():
            document.add(tomlkit.comment(line))
    document.add("title", tomlkit.item(mapping.title))
    sheets = tomlkit.table(is_super_table=True)
    for name, sheet in mapping.sheets.items():
        table = tomlkit.table()
        table.add("source", sheet.source)
        if sheet.header_row is not None:
            table.add("header_row", sheet.header_row)
        for key, entries in (("columns", sheet.columns), ("constants", sheet.constants)):
            if entries:
                inner = tomlkit.table()
                for ours, theirs in entries.items():
                    inner.add(ours, list(theirs) if isinstance(theirs, tuple) else theirs)
                table.add(key, inner)
        if sheet.values:
            values = tomlkit.table(is_super_table=True)
            for ours, pairs in sheet.values.items():
                inner = tomlkit.table()
                for theirs, value in pairs.items():
                    inner.add(theirs, value)
                values.add(ours, inner)
            table.add("values", values)
        sheets.add(name, table)
    document.add("sheets", sheets)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(tomlkit.dumps(document), encoding="utf-8")


def propose_mapping(path: Path) -> tuple[ColumnMapping, tuple[str, ...]]:
    """Propose a mapping for a council's own workbook or folder by likeness of headings.

    Returns
    -------
    mapping, notes
        The mapping, to be looked over by a person, and what could not be matched.

    Raises
    ------
    InputError
        If the file cannot be read, or nothing in it is alike to any of our sheets.
    """
    from data.imports.likeness import propose_sheets

    sheets, notes = propose_sheets(path)
    return ColumnMapping(title=f"Columns of {path.name}", sheets=sheets), notes
