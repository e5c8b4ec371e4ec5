"""The form of a record: its fields with what is wrong with them, and what it sends back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.imports.columns import CellKind, FieldSpec, SheetSpec
from data.imports.edits import EditProblem, RecordTables, find_form_fields, is_one_row
from web.record_columns import name_heading, name_sheet
from web.records import find_key_heading, find_sheet_spec

SPARE_ROWS = 3
"""Blank rows at the end of a record that may have several."""


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
