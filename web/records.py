"""Records as pages and the API show them: tables that are searched, records, their history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from data.imports.columns import FieldSpec, SheetSpec
from data.imports.edits import (
    FieldChange,
    RecordTables,
    UnknownRecordError,
    find_edited_sheets,
    find_form_fields,
    find_record_key,
    is_one_row,
)
from data.store import KeptEdit
from web.masking import HIDDEN, MASKED, find_masked, mask_row
from web.record_columns import FILTERS, RELATED, SHOWN, name_sheet

if TYPE_CHECKING:
    from data.sources.postcodes import PostcodeTable
    from web.state import WebState

PAGE_ROWS = 50


def find_tables(state: WebState, inputs_hash: str = "") -> RecordTables:
    """Find the records of inputs, the current ones by default; kept ones are not made twice."""
    wanted = inputs_hash or state.store.find_inputs_hash(state.place)
    found: RecordTables = state.tables.find(
        wanted, lambda: RecordTables(state.read_inputs(wanted))
    )
    return found


def find_postcodes(state: WebState) -> PostcodeTable | None:
    """Find the postcode table loaded for the place; None for the one that ships."""
    path = state.workspace.postcodes_path
    if not path.is_file():
        return None
    from data.sources.postcodes import read_postcodes

    return state.read_file(path, read_postcodes)


def find_sheet_spec(sheet: str) -> SheetSpec:
    """Find a table of records.

    Raises
    ------
    UnknownRecordError
        If there is none of the name.
    """
    for spec in find_edited_sheets():
        if spec.name == sheet:
            return spec
    raise UnknownRecordError(f"There is no table of records {sheet[:40]!r}.")


def find_key_heading(spec: SheetSpec) -> str:
    """Find the heading that says whose record a row is."""
    key = find_record_key(spec)
    return next(f.heading for f in spec.fields if f.attribute == key)


def _find_headings(spec: SheetSpec) -> tuple[str, ...]:
    """Find the columns that are shown of a table in a list."""
    fields = [f.heading for f in find_form_fields(spec)]
    return tuple(h for h in SHOWN.get(spec.name, ()) if h in fields) or tuple(fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetCard:
    """One table of records on the overview."""

    name: str
    title: str
    about: str
    n_records: int


def list_sheets(held: RecordTables) -> tuple[SheetCard, ...]:
    """List the tables of records with how many each has."""
    return tuple(
        SheetCard(
            name=spec.name,
            title=name_sheet(spec.name),
            about=spec.title,
            n_records=len(held.read_rows(spec.name)),
        )
        for spec in find_edited_sheets()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """One record in a table: its id, its first row as shown, how many more rows it has."""

    record_id: str
    cells: tuple[str, ...]
    n_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """One page of a table that was searched.

    Attributes
    ----------
    choices
        Values that the filter's column has.
    """

    spec: SheetSpec
    headings: tuple[str, ...]
    lines: tuple[RecordLine, ...]
    n_found: int
    n_all: int
    page: int
    n_pages: int
    search: str
    filter_heading: str
    filtered: str
    choices: tuple[str, ...]


def search_records(
    held: RecordTables,
    sheet: str,
    *,
    search: str = "",
    filtered: str = "",
    page: int = 1,
    page_rows: int = PAGE_ROWS,
) -> RecordPage:
    """Search a table: every word must stand in a cell that is not masked.

    Parameters
    ----------
    filtered
        Value of the table's filter column, or '' for all.
    page
        Counted from 1; one beyond the last is the last.
    """
    spec = find_sheet_spec(sheet)
    headings = _find_headings(spec)
    records = held.read_rows(sheet)
    column = FILTERS.get(sheet, "")
    found = find_matching(held, sheet, search=search, filtered=filtered)
    n_pages = max(1, -(-len(found) // page_rows))
    page = min(max(1, page), n_pages)
    first = (page - 1) * page_rows
    lines = []
    for record_id in found[first : first + page_rows]:
        row = mask_row(sheet, records[record_id][0])
        cells = tuple(row[heading] for heading in headings)
        lines.append(
            RecordLine(record_id=record_id, cells=cells, n_rows=len(records[record_id]))
        )
    choices: set[str] = set()
    if column:
        choices = {row[column] for rows in records.values() for row in rows if row[column]}
    return RecordPage(
        spec=spec,
        headings=headings,
        lines=tuple(lines),
        n_found=len(found),
        n_all=len(records),
        page=page,
        n_pages=n_pages,
        search=search,
        filter_heading=column,
        filtered=filtered,
        choices=tuple(sorted(choices)),
    )


def find_matching(
    held: RecordTables, sheet: str, *, search: str = "", filtered: str = ""
) -> tuple[str, ...]:
    """Find the ids of records with every word in unmasked cells and the filter's value.

    Parameters
    ----------
    filtered
        Value of the table's filter column, or '' for all.
    """
    column = FILTERS.get(sheet, "")
    words = search.casefold().split()
    found = []
    for record_id, rows in held.read_rows(find_sheet_spec(sheet).name).items():
        if filtered and column and all(row.get(column) != filtered for row in rows):
            continue
        if words and not _has_words(sheet, rows, words):
            continue
        found.append(record_id)
    return tuple(found)


def _has_words(sheet: str, rows: Sequence[Mapping[str, str]], words: Sequence[str]) -> bool:
    text = "\n".join(
        value for row in rows for value in mask_row(sheet, row).values() if value != HIDDEN
    ).casefold()
    return all(word in text for word in words)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One entry of a record's history: who, when, why, and what changed.

    Attributes
    ----------
    person_id
        '' where the record came with an import or a sample.
    """

    when_utc: datetime
    person_id: str
    reason: str
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedRows:
    """Rows of another table that belong to a record."""

    sheet: str
    title: str
    column: str
    headings: tuple[str, ...]
    lines: tuple[RecordLine, ...]
    n_all: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordShown:
    """One record as its page shows it.

    Attributes
    ----------
    is_masked
        Whether cells are hidden that could be opened.
    """

    spec: SheetSpec
    record_id: str
    fields: tuple[FieldSpec, ...]
    rows: tuple[Mapping[str, str], ...]
    is_masked: bool
    history: tuple[HistoryEntry, ...]
    related: tuple[RelatedRows, ...]
    inputs_hash: str


def find_shown(
    state: WebState, sheet: str, record_id: str, *, is_open: bool = False
) -> RecordShown:
    """Find a record, masked unless somebody has opened it.

    Raises
    ------
    UnknownRecordError
        If there is no such record.
    """
    spec = find_sheet_spec(sheet)
    inputs_hash = state.store.find_inputs_hash(state.place)
    held = find_tables(state, inputs_hash)
    rows = held.find_record(sheet, record_id)
    edits = state.store.edits.list_edits(state.place, sheet=sheet, record_id=record_id, most=50)
    masked = frozenset[str]().union(*(find_masked(sheet, row) for row in rows))
    return RecordShown(
        spec=spec,
        record_id=record_id,
        fields=find_form_fields(spec),
        rows=rows if is_open else tuple(mask_row(sheet, row) for row in rows),
        is_masked=bool(masked) and not is_open,
        history=tuple(_tell(edit, is_open=is_open) for edit in edits),
        related=tuple(
            _relate(held, other, column, record_id) for other, column in RELATED.get(sheet, ())
        ),
        inputs_hash=inputs_hash,
    )


def _tell(edit: KeptEdit, *, is_open: bool) -> HistoryEntry:
    """Tell of an edit; what may be masked is masked in its history whatever it was then."""
    return HistoryEntry(
        when_utc=edit.edited_utc,
        person_id=edit.person_id,
        reason=edit.reason,
        changes=edit.changes if is_open else mask_changes(edit.changes),
    )


def mask_changes(changes: Sequence[FieldChange]) -> tuple[FieldChange, ...]:
    """Mask what was and is in cells that may be masked."""
    return tuple(
        replace(change, was=HIDDEN, now=HIDDEN)
        if change.heading in MASKED.get(change.sheet, ())
        else change
        for change in changes
    )


def _relate(held: RecordTables, sheet: str, column: str, record_id: str) -> RelatedRows:
    spec = find_sheet_spec(sheet)
    headings = tuple(h for h in _find_headings(spec) if h != column)
    key = find_key_heading(spec)
    lines = []
    for other_id, rows in held.read_rows(sheet).items():
        for row in rows:
            if row[column] == record_id:
                cells = mask_row(sheet, row)
                shown = tuple(cells[h] for h in headings)
                lines.append(RecordLine(record_id=other_id, cells=shown, n_rows=1))
                if key != column and not is_one_row(spec):
                    break
    return RelatedRows(
        sheet=sheet,
        title=name_sheet(sheet),
        column=column,
        headings=headings,
        lines=tuple(lines[:PAGE_ROWS]),
        n_all=len(lines),
    )
