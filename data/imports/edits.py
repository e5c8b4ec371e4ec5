"""Edits of single records: the same rows, rules and problem codes as an import of everything.

A record is the rows of one sheet that carry its identifier: one passenger, one home, the bands
of one rate card, the stretches of one calendar. An edit gives those rows anew, as they were
typed; the whole of the inputs is then read again, so that a site that closes early is held
against every journey to it. Nothing is written here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from data.errors import Problem, Severity, WayfareError
from data.imports.catalogue import fill, find_kinds
from data.imports.columns import FieldSpec, SheetSpec
from data.imports.placing import PLACED_SHEETS
from data.imports.sheets import SHEETS, find_sheet
from data.inputs import Inputs

if TYPE_CHECKING:
    import pandas as pd

    from data.sources.postcodes import PostcodeTable

Cells = Mapping[str, str]
"""Cells of one row as text, by heading; what is left out is blank."""

_KEYS = {"relationships": "passenger_id"}
"""Sheets whose first column does not say whose record a row is."""

NOT_EDITED = frozenset({"settings", "places", "current_plan"})
"""Sheets that are no records of their own: a place is edited where it is used."""

_POSITION = ("postcode", "easting_m", "northing_m")
_OWN_POSITION = (*_POSITION, "lat", "lon")
_HEADING = re.compile(r"^[A-Z]+ \((.*)\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEdit:
    """What one record is to become.

    Attributes
    ----------
    rows
        Its rows in full, as typed; none to take the record out. The identifier of a record
        that is there stays as it is, whatever its cell says: others refer to it.
    is_new
        The record must not be there yet.
    """

    sheet: str
    record_id: str
    rows: tuple[Cells, ...]
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One cell that an edit changed, as text; '' where it was or is blank.

    Attributes
    ----------
    row_no
        Which row of the record, counted from 1.
    """

    sheet: str
    record_id: str
    row_no: int
    heading: str
    was: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditProblem:
    """A problem that an edit brings, with the field it stands beside.

    Attributes
    ----------
    edit_no, row_no
        Which edit and which of its rows, counted from 0; None for a row of another record.
    heading
        Column, or '' for the row as a whole.
    """

    problem: Problem
    edit_no: int | None = None
    row_no: int | None = None
    heading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditResult:
    """What edits come to.

    Attributes
    ----------
    inputs
        The inputs after the edits; None if an error stands.
    problems
        Problems that were not there before, the worst first.
    changes
        Cells that differ; empty where nothing was changed.
    """

    inputs: Inputs | None
    problems: tuple[EditProblem, ...]
    changes: tuple[FieldChange, ...]

    @property
    def n_errors(self) -> int:
        """Problems that stop the edit."""
        return sum(p.problem.severity is Severity.ERROR for p in self.problems)


class UnknownRecordError(WayfareError):
    """Raised when a record that is asked for is not in the inputs."""

    exit_code = 30


def find_edited_sheets() -> tuple[SheetSpec, ...]:
    """Find the sheets whose records may be edited, in the order of the workbook."""
    return tuple(sheet for sheet in SHEETS if sheet.name not in NOT_EDITED)


def find_record_key(sheet: SheetSpec) -> str:
    """Find the attribute that says whose record a row of a sheet is."""
    return _KEYS.get(sheet.name) or sheet.group_by or sheet.key


def is_one_row(sheet: SheetSpec) -> bool:
    """Say whether a record of a sheet is one row; others have as many as they need."""
    return sheet.name not in (*_KEYS, "supplier_vehicles") and not sheet.group_by


def find_form_fields(sheet: SheetSpec) -> tuple[FieldSpec, ...]:
    """Find the columns that a form of a record asks for.

    Degrees follow from the grid position, and lists of companions from the relationships.
    """
    return tuple(
        f
        for f in sheet.fields
        if not f.column.is_import_only
        and f.heading not in ("lat", "lon")
        and not (sheet.name in PLACED_SHEETS and f.heading == "place_id")
    )


def show_cell(value: Any) -> str:
    """Show a cell of a table as a person would type it; reading the text gives it again."""
    if value is None or value != value:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


class RecordTables:
    """The records of inputs as rows of text; made once and asked often.

    Parameters
    ----------
    inputs
        What the rows are made from.
    """

    def __init__(self, inputs: Inputs) -> None:
        from data.tables import inputs_to_tables

        self.inputs = inputs
        self.tables = inputs_to_tables(inputs)
        self._places = {place.place_id: place for place in inputs.places}
        self._uses = Counter(_find_place_uses(inputs))
        self._rows: dict[str, dict[str, list[dict[str, str]]]] = {}

    def read_rows(self, sheet: str) -> Mapping[str, Sequence[dict[str, str]]]:
        """Read the rows of a sheet by record, in their order, with the cells of its form."""
        if sheet not in self._rows:
            spec = find_sheet(sheet)
            key = _find_key_heading(spec)
            found: dict[str, list[dict[str, str]]] = {}
            table = self.tables[sheet]
            names = list(table.columns)
            for values in table.itertuples(index=False, name=None):
                cells = {n: show_cell(v) for n, v in zip(names, values, strict=True)}
                found.setdefault(cells[key], []).append(self._form(spec, cells))
            self._rows[sheet] = found
        return self._rows[sheet]

    def find_record(self, sheet: str, record_id: str) -> tuple[dict[str, str], ...]:
        """Find the rows of a record.

        Raises
        ------
        UnknownRecordError
            If there is no such sheet or record.
        """
        if sheet not in self.tables or sheet in NOT_EDITED:
            raise UnknownRecordError(f"There is no table of records {sheet[:40]!r}.")
        rows = self.read_rows(sheet).get(record_id)
        if rows is None:
            raise UnknownRecordError(f"{sheet} has no record {record_id[:70]!r}.")
        return tuple(dict(row) for row in rows)

    def has_shared_place(self, place_id: str) -> bool:
        """Say whether several records stand at a place."""
        return self._uses[place_id] > 1

    def _form(self, spec: SheetSpec, cells: dict[str, str]) -> dict[str, str]:
        """Give a row the cells of its form: its position in place of its place's name."""
        shown = {f.heading: cells.get(f.heading, "") for f in find_form_fields(spec)}
        place = self._places.get(cells.get("place_id", ""))
        if spec.name in PLACED_SHEETS and place is not None:
            shown |= {name: show_cell(getattr(place, name)) for name in _POSITION}
        return shown


def apply_edits(
    held: RecordTables,
    edits: Sequence[RecordEdit],
    *,
    postcodes: PostcodeTable | None = None,
) -> EditResult:
    """Apply edits to inputs and check the whole as an import would; nothing is written.

    Parameters
    ----------
    held
        The inputs as they stand.
    postcodes
        Postcode table to place by; the shipped one where None.

    Raises
    ------
    UnknownRecordError
        If a sheet is not one of records.
    """
    from data.imports.source import read_tables

    taken = tuple(_find_taken(held, edits))
    if taken:
        return EditResult(inputs=None, problems=taken, changes=())
    tables = dict(held.tables)
    at: dict[tuple[str, int], tuple[int, int]] = {}
    for edit_no, edit in enumerate(edits):
        at = {key: value for key, value in at.items() if key[0] != edit.sheet} | {
            (edit.sheet, row): (edit_no, row_no)
            for row, row_no in _replace_rows(held, tables, edit).items()
        }
    found = read_tables(tables, postcodes=postcodes)
    problems = _find_new(held, found.report.problems, postcodes)
    located = tuple(_locate(problem, at) for problem in problems)
    if found.inputs is None:
        return EditResult(inputs=None, problems=located, changes=())
    after = RecordTables(found.inputs)
    changes = tuple(
        change
        for edit in {(e.sheet, e.record_id): e for e in edits}.values()
        for change in compare_record(held, after, edit.sheet, edit.record_id)
    )
    return EditResult(inputs=found.inputs, problems=located, changes=changes)


def compare_record(
    before: RecordTables, after: RecordTables, sheet: str, record_id: str
) -> tuple[FieldChange, ...]:
    """Compare a record of two inputs, cell by cell."""
    was = before.read_rows(sheet).get(record_id, ())
    now = after.read_rows(sheet).get(record_id, ())
    headings = [f.heading for f in find_form_fields(find_sheet(sheet))]
    return tuple(
        FieldChange(
            sheet=sheet,
            record_id=record_id,
            row_no=row_no + 1,
            heading=heading,
            was=old,
            now=new,
        )
        for row_no in range(max(len(was), len(now)))
        for heading in headings
        if (old := was[row_no][heading] if row_no < len(was) else "")
        != (new := now[row_no][heading] if row_no < len(now) else "")
    )


def _find_taken(held: RecordTables, edits: Sequence[RecordEdit]) -> Iterator[EditProblem]:
    """Find new records whose identifier another has already."""
    kind = find_kinds()["X001"]
    for edit_no, edit in enumerate(edits):
        if edit.sheet in NOT_EDITED or edit.sheet not in held.tables:
            raise UnknownRecordError(f"There is no table of records {edit.sheet[:40]!r}.")
        records = list(held.read_rows(edit.sheet))
        if edit.is_new and edit.record_id in records:
            heading = _find_key_heading(find_sheet(edit.sheet))
            first = records.index(edit.record_id) + 2
            problem = Problem(
                code=kind.code,
                severity=kind.severity,
                sheet=edit.sheet,
                column=heading,
                value=edit.record_id,
                cause=fill(kind.cause, {"first": first}),
                suggestion=fill(kind.suggestion, {}),
            )
            yield EditProblem(problem=problem, edit_no=edit_no, row_no=0, heading=heading)


def _find_key_heading(spec: SheetSpec) -> str:
    key = find_record_key(spec)
    return next(f.heading for f in spec.fields if f.attribute == key)


def _find_place_uses(inputs: Inputs) -> list[str]:
    """Find every use of a place by a record, each as often as it is used."""
    placed = (inputs.homes, inputs.sites, inputs.gates, inputs.pick_up_points, inputs.depots)
    held: list[str] = [item.place_id for items in placed for item in cast("Any", items)]
    ends = [e for s in inputs.suppliers for e in (s.base_place_id, s.area_centre_place_id)]
    return held + [end for end in ends if end is not None]


def _replace_rows(
    held: RecordTables, tables: dict[str, pd.DataFrame], edit: RecordEdit
) -> dict[int, int]:
    """Put the rows of an edit in the place of the record's own.

    Returns
    -------
    Which row of the edit stands in which row of the sheet, as the checks count them.
    """
    import pandas as pd

    spec = find_sheet(edit.sheet)
    key = _find_key_heading(spec)
    table = tables[edit.sheet]
    kept = [dict(zip(table.columns, v, strict=True)) for v in table.itertuples(index=False)]
    is_its = [show_cell(row[key]) == edit.record_id for row in kept]
    first = is_its.index(True) if any(is_its) else len(kept)
    before = held.read_rows(edit.sheet).get(edit.record_id, ())
    own = [row for row, its in zip(kept, is_its, strict=True) if its]
    fresh = []
    for row_no, typed in enumerate(edit.rows):
        old = own[row_no] if row_no < len(own) and edit.sheet in PLACED_SHEETS else {}
        shown = before[row_no] if row_no < len(before) else {}
        cells = dict(typed) if edit.is_new else {**typed, key: edit.record_id}
        fresh.append(_place_row(held, tables, spec, cells, old, shown))
    rows = [*kept[:first], *fresh]
    rows += [row for row, its in zip(kept[first:], is_its[first:], strict=True) if not its]
    headings = [*table.columns]
    headings += [f.heading for f in spec.fields if f.heading not in headings]
    tables[edit.sheet] = pd.DataFrame(
        [[row.get(heading) for heading in headings] for row in rows],
        columns=headings,
        dtype=object,
    )
    return {first + 2 + row_no: row_no for row_no in range(len(fresh))}


def _place_row(
    held: RecordTables,
    tables: dict[str, pd.DataFrame],
    spec: SheetSpec,
    typed: dict[str, str],
    old: Mapping[str, Any],
    shown: Mapping[str, str],
) -> dict[str, Any]:
    """Give a typed row its place: the old one where it stands still, else one of its own.

    A postcode typed over another moves the record there: the position shown beside it was that
    of the old one.
    """
    if spec.name not in PLACED_SHEETS:
        return typed
    given = {name: typed.get(name, "").strip() for name in _POSITION}
    was = {name: shown.get(name, "") for name in _POSITION}
    place_id = old.get("place_id")
    if given == was and place_id is not None:
        return {n: v for n, v in typed.items() if n not in _POSITION} | {"place_id": place_id}
    if given["postcode"] and given["postcode"] != was["postcode"]:
        is_as_was = all(given[name] == was[name] for name in _POSITION[1:])
        if is_as_was:
            given |= dict.fromkeys(_POSITION[1:], "")
    moved = {n: v for n, v in typed.items() if n not in _OWN_POSITION} | given
    if place_id is None:
        return moved
    places = tables["places"]
    if held.has_shared_place(str(place_id)):
        # Others stay where they are: this one gets a place of its own, named after it.
        name = f"{place_id}-{show_cell(typed.get(spec.fields[0].heading, ''))}"
        return moved | {"place_id": name[:64]}
    tables["places"] = places[places["place_id"] != place_id]
    return moved | {"place_id": place_id}


def _find_new(
    held: RecordTables, problems: Sequence[Problem], postcodes: PostcodeTable | None
) -> list[Problem]:
    """Find the problems that the inputs did not have before."""
    from data.imports.source import read_tables

    if not problems:
        return []
    before = read_tables(held.tables, postcodes=postcodes).report.problems
    known = Counter(_sign(problem) for problem in before)
    fresh = []
    for problem in problems:
        if known[_sign(problem)] > 0:
            known[_sign(problem)] -= 1
        else:
            fresh.append(problem)
    return fresh


def _sign(problem: Problem) -> tuple[str, ...]:
    """Sign a problem by all but its row, which an edit may shift."""
    cause = re.sub(r"\brow \d+", "row", problem.cause)
    return problem.code, problem.sheet, _read_heading(problem), problem.value, cause


def _read_heading(problem: Problem) -> str:
    match = _HEADING.match(problem.column)
    return match[1] if match else problem.column


def _locate(problem: Problem, at: Mapping[tuple[str, int], tuple[int, int]]) -> EditProblem:
    """Find the field of an edit that a problem is about."""
    edit_no, row_no = at.get((problem.sheet, problem.row or 0), (None, None))
    return EditProblem(
        problem=problem, edit_no=edit_no, row_no=row_no, heading=_read_heading(problem)
    )
