"""Records as pages and the API show them: tables that are searched, records, their history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from data.imports.columns import CellKind, FieldSpec, SheetSpec
from data.imports.edits import (
    EditProblem,
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

if TYPE_CHECKING:
    from data.sources.postcodes import PostcodeTable
    from web.state import WebState

PAGE_ROWS = 50
SPARE_ROWS = 3
"""Blank rows at the end of a record that may have several."""

SHOWN: Mapping[str, tuple[str, ...]] = {
    "passengers": (
        "passenger_id", "name", "phase", "travels_alone", "ride_limit_minutes", "walk_limit_m",
        "must_be_received",
    ),
    "homes": (
        "home_id", "passenger_id", "postcode", "pick_up_from", "received_by", "protected",
    ),
    "demand": (
        "demand_id", "passenger_id", "site_id", "home_id", "direction", "weekdays",
        "starts_on", "ends_on",
    ),
    "relationships": ("passenger_id", "kind", "other_id", "session"),
    "sites": (
        "site_id", "name", "kind", "postcode", "arrive_from", "arrive_by", "leave_from",
        "leave_by", "calendar_id",
    ),
    "gates": ("gate_id", "name", "site_id"),
    "calendars": ("calendar_id", "name", "from_date", "to_date"),
    "early_closings": ("site_id", "date", "leaves_at"),
    "pick_up_points": ("pick_up_point_id", "name", "easting_m", "northing_m"),
    "depots": ("depot_id", "name", "postcode", "opens", "closes"),
    "vehicle_types": ("vehicle_type_id", "name", "layouts", "has_lift", "passenger_seats"),
    "vehicles": ("vehicle_id", "vehicle_type_id", "depot_id"),
    "own_vehicle_costs": (),
    "crews": ("crew_id", "role", "depot_id", "from", "to"),
    "suppliers": (
        "supplier_id", "name", "has_private_hire_licence", "has_psv_licence", "assistants",
        "trained_assistants",
    ),
    "supplier_vehicles": ("supplier_id", "vehicle_type_id"),
    "rate_cards": ("rate_card_id", "supplier_id", "valid_from", "valid_to", "source"),
    "assumptions": ("name", "value", "unit", "year", "source", "grade"),
}  # fmt: skip
"""Columns of each table that is searched; none for all of them."""

RELATED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "passengers": (
        ("homes", "passenger_id"),
        ("demand", "passenger_id"),
        ("relationships", "passenger_id"),
    ),
    "sites": (("gates", "site_id"), ("early_closings", "site_id"), ("demand", "site_id")),
    "calendars": (("sites", "calendar_id"),),
    "depots": (("vehicles", "depot_id"), ("crews", "depot_id")),
    "vehicle_types": (
        ("vehicles", "vehicle_type_id"),
        ("supplier_vehicles", "vehicle_type_id"),
    ),
    "suppliers": (("supplier_vehicles", "supplier_id"), ("rate_cards", "supplier_id")),
}
"""Other tables whose rows belong to a record, with the column that says so."""

FILTERS: Mapping[str, str] = {
    "passengers": "phase",
    "demand": "site_id",
    "sites": "kind",
    "homes": "protected",
    "crews": "role",
    "vehicles": "vehicle_type_id",
    "rate_cards": "supplier_id",
    "supplier_vehicles": "supplier_id",
}
"""The one column that each table may be narrowed by, besides searching."""

_NAMES = {
    "assistant_id": "Named assistant",
    "demand_id": "Journey",
    "ride_limit_minutes": "Ride limit [minutes]",
    "boarding_seconds": "Boarding [s]",
    "alighting_seconds": "Alighting [s]",
    "dwell_seconds": "Standing at the site [s]",
    "amount_pounds": "Amount [£]",
    "uplift_percent_a_year": "Uplift [% a year]",
}
_ACRONYMS = {"m": "[m]", "id": "", "km": "km", "vat": "VAT", "psv": "PSV", "cpc": "CPC"}


def name_heading(heading: str) -> str:
    """Name a column for people.

    Examples
    --------
    >>> name_heading("walk_limit_m"), name_heading("passenger_id")
    ('Walk limit [m]', 'Passenger')
    """
    if heading in _NAMES:
        return _NAMES[heading]
    words = [_ACRONYMS.get(word, word) for word in heading.split("_")]
    text = " ".join(word for word in words if word)
    return text[:1].upper() + text[1:]


def name_sheet(sheet: str) -> str:
    """Name a table for people."""
    names = {"demand": "Journeys", "crews": "Drivers and assistants", "own_vehicle_costs":
             "Own vehicle costs", "vehicles": "Own vehicles"}  # fmt: skip
    text = names.get(sheet, sheet.replace("_", " "))
    return text[:1].upper() + text[1:]


def name_record(sheet: str) -> str:
    """Name one record of a table within a sentence."""
    names = {
        "demand": "journey",
        "crews": "driver or assistant",
        "relationships": "rule about a passenger",
        "supplier_vehicles": "vehicles of a supplier",
        "own_vehicle_costs": "vehicle cost",
    }
    return names.get(sheet, sheet.removesuffix("s").replace("_", " "))


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
    fields = [f.heading for f in find_form_fields(spec)]
    headings = tuple(h for h in SHOWN.get(sheet, ()) if h in fields) or tuple(fields)
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
    from dataclasses import replace

    return tuple(
        replace(change, was=HIDDEN, now=HIDDEN)
        if change.heading in MASKED.get(change.sheet, ())
        else change
        for change in changes
    )


def _relate(held: RecordTables, sheet: str, column: str, record_id: str) -> RelatedRows:
    spec = find_sheet_spec(sheet)
    fields = [f.heading for f in find_form_fields(spec)]
    headings = tuple(
        h for h in (SHOWN.get(sheet) or tuple(fields)) if h in fields and h != column
    )
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field of a record's form.

    Attributes
    ----------
    name
        Its name and id in the page: ``r0-seats``.
    choices
        Values offered; none for a text field.
    suggestions
        Id of the list of identifiers it may take one of, or ''.
    error
        What is wrong with it, or ''.
    """

    name: str
    label: str
    hint: str
    value: str
    is_required: bool
    is_fixed: bool
    choices: tuple[str, ...]
    suggestions: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordForm:
    """The form of a record: its rows of fields, and lists of what references may be.

    Attributes
    ----------
    masked
        Headings that stay as they are, because nobody opened them.
    errors
        All that is wrong, by field name; '' for what belongs to none.
    """

    spec: SheetSpec
    rows: tuple[tuple[FormField, ...], ...]
    masked: tuple[str, ...]
    suggestions: Mapping[str, tuple[str, ...]]
    errors: Mapping[str, str]


def build_record_form(
    held: RecordTables,
    sheet: str,
    rows: Sequence[Mapping[str, str]],
    *,
    hidden: frozenset[str] = frozenset(),
    is_new: bool = False,
    problems: Sequence[EditProblem] = (),
) -> RecordForm:
    """Build the form of a record with what stands there or was typed.

    Parameters
    ----------
    hidden
        Headings left out of the form.
    problems
        What is wrong with what was typed.
    """
    spec = find_sheet_spec(sheet)
    fields = [f for f in find_form_fields(spec) if f.heading not in hidden]
    key = find_key_heading(spec)
    shown = [dict(row) for row in rows]
    if not is_one_row(spec):
        keyed = {key: rows[0].get(key, "")} if rows else {}
        shown += [dict(keyed) for _ in range(SPARE_ROWS)]
    errors = _spread_errors(problems, {f.heading for f in fields}, len(shown))
    built = tuple(
        tuple(
            _build_field(f, n, row, errors, is_fixed=f.heading == key and not is_new)
            for f in fields
        )
        for n, row in enumerate(shown)
    )
    targets = {f.column.refers_to for f in fields if f.column.refers_to}
    return RecordForm(
        spec=spec,
        rows=built,
        masked=tuple(sorted(hidden)),
        suggestions={
            target: tuple(held.read_rows(target))
            for target in sorted(targets)
            if target in held.tables
        },
        errors=errors,
    )


def _build_field(
    spec: FieldSpec,
    n: int,
    row: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    is_fixed: bool,
) -> FormField:
    column = spec.column
    name = f"r{n}-{spec.heading}"
    choices: tuple[str, ...] = ()
    if column.kind is CellKind.CHOICE:
        choices = tuple(str(choice) for choice in column.choices)
    elif column.kind is CellKind.YES_NO:
        choices = ("no", "yes")
    value = row.get(spec.heading, "")
    if choices and value and value not in choices:
        choices = (*choices, value)
    hint = column.about
    if column.kind is CellKind.DATE:
        hint += " Day first: 25/12/2026."
    return FormField(
        name=name,
        label=name_heading(spec.heading),
        hint=hint,
        value=value,
        is_required=spec.is_required,
        is_fixed=is_fixed,
        choices=choices,
        suggestions=column.refers_to if column.kind is CellKind.IDENTIFIER else "",
        error=errors.get(name, ""),
    )


def _spread_errors(
    problems: Sequence[EditProblem], headings: set[str], n_rows: int
) -> dict[str, str]:
    """Say each problem beside its field, or at the top where it has none here."""
    errors: dict[str, str] = {}
    for found in problems:
        problem = found.problem
        text = f"{problem.cause} {problem.suggestion}".strip()
        name = ""
        if found.edit_no == 0 and found.row_no is not None and found.heading in headings:
            name = f"r{min(found.row_no, n_rows - 1)}-{found.heading}"
            text = f"{name_heading(found.heading)}: {text[:1].lower()}{text[1:]}"
        elif found.edit_no is None:
            where = f"{name_sheet(problem.sheet)}" if problem.sheet else ""
            text = f"{where}: {text}" if where else text
        text = f"{text} ({problem.code})"
        errors[name] = f"{errors[name]} {text}" if name in errors else text
    return errors


def read_rows(
    spec: SheetSpec,
    fields: Mapping[str, str],
    record_id: str,
    stored: Sequence[Mapping[str, str]],
    hidden: frozenset[str],
) -> tuple[dict[str, str], ...]:
    """Read the rows that a form sent; hidden cells keep what is stored, blank rows go.

    Parameters
    ----------
    fields
        Text by field name, as the form names them.
    """
    headings = [f.heading for f in find_form_fields(spec)]
    key = find_key_heading(spec)
    starts = {name[1:].partition("-")[0] for name in fields if name.startswith("r")}
    numbers = sorted(int(start) for start in starts if start.isdecimal())
    rows = []
    for n in numbers[:400]:
        row = {h: fields.get(f"r{n}-{h}", "").strip() for h in headings}
        typed = [v for h, v in row.items() if h != key and h not in hidden]
        if not is_one_row(spec) and (fields.get(f"r{n}-remove") or not any(typed)):
            continue
        if n < len(stored):
            row |= {h: stored[n].get(h, "") for h in hidden}
        else:
            row |= dict.fromkeys(hidden, "")
        if record_id:
            row[key] = record_id
        rows.append(row)
    return tuple(rows)
