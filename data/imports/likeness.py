"""Guess which of a council's columns is which of ours, by name and by what stands in them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

from pydantic_core import PydanticCustomError

from data.errors import InputError
from data.imports.cells import find_choice, is_blank
from data.imports.columns import CellKind, Column, FieldSpec, SheetSpec
from data.imports.files import read_files
from data.imports.grids import Grid
from data.imports.headings import HEADER_WITHIN, fold
from data.imports.sheets import SHEETS
from data.imports.staging import Staging
from data.mapping import SheetMapping

ALIKE = 0.84
"""From this likeness of names on, 0 to 1, two headings are taken for the same."""

_PERSON = (
    "pupil",
    "student",
    "child",
    "client",
    "passenger",
    "service user",
    "person",
    "learner",
)
_SITE = ("school", "establishment", "site", "placement", "destination", "provision", "centre")

KNOWN_AS: dict[tuple[str, str], tuple[str, ...]] = {
    ("*", "passenger_id"): (
        *(
            f"{who} {what}"
            for who in _PERSON
            for what in ("id", "no", "number", "ref", "reference")
        ),
        "upn",
        "case id",
        "case number",
        "unique id",
        "system id",
    ),
    ("*", "site_id"): (
        *(f"{where} {what}" for where in _SITE for what in ("id", "code", "urn", "number")),
        "urn",
    ),
    ("demand", "site_id"): (*_SITE, *(f"{where} name" for where in _SITE)),
    ("passengers", "name"): ("full name", *(f"{who} name" for who in _PERSON), *_PERSON),
    ("passengers", "birth_date"): ("dob", "date of birth", "d o b", "born", "birthdate"),
    ("passengers", "phase"): ("key stage", "school phase", "age group", "stage"),
    ("passengers", "need"): (
        "primary need",
        "sen need",
        "primary sen",
        "sen type",
        "need type",
    ),
    ("passengers", "wheelchair"): ("wheelchair user", "wheelchair status", "w c", "wc"),
    ("passengers", "assistant"): (
        "pa",
        "pa required",
        "passenger assistant",
        "escort",
        "escort required",
        "escort needed",
    ),
    ("passengers", "travels_alone"): ("solo", "single occupancy", "solo transport", "lone"),
    ("passengers", "equipment"): ("harness", "special equipment", "equipment required"),
    ("*", "postcode"): ("post code", "home postcode", "pick up postcode", "zip", "postal code"),
    ("*", "easting_m"): ("easting", "x", "eastings", "osgb x"),
    ("*", "northing_m"): ("northing", "y", "northings", "osgb y"),
    ("*", "lat"): ("latitude",),
    ("*", "lon"): ("longitude", "lng", "long"),
    ("demand", "weekdays"): (
        "days",
        "days of travel",
        "days attending",
        "pattern",
        "travel days",
    ),
    ("demand", "starts_on"): ("start date", "transport start", "from date"),
    ("demand", "ends_on"): ("end date", "transport end", "to date"),
    ("sites", "name"): tuple(f"{where} name" for where in _SITE),
    ("sites", "kind"): ("type", "school type", "site type", "establishment type"),
    ("sites", "arrive_from"): ("doors open", "opening time", "open from"),
    ("sites", "arrive_by"): ("start time", "school start", "bell", "morning bell", "am bell"),
    ("sites", "leave_from"): ("finish time", "end time", "school end", "pm bell", "home time"),
    ("suppliers", "supplier_id"): ("operator id", "contractor id", "supplier no"),
    ("suppliers", "name"): (
        "operator",
        "contractor",
        "company",
        "supplier name",
        "trading name",
    ),
    ("current_plan", "route_name"): ("route", "route no", "route number", "contract", "run"),
    ("current_plan", "price_pounds_per_day"): ("daily rate", "price", "cost per day", "rate"),
    ("current_plan", "sequence"): ("order", "stop order", "pick up order", "seq"),
}
"""Names under which councils' systems know our columns; ``*`` is any sheet."""

_FORENAMES = ("forename", "first name", "given name", "forenames", "firstname")
_SURNAMES = ("surname", "last name", "family name", "lastname")
_MAX_VALUES = 30


def propose_sheets(path: Path) -> tuple[dict[str, SheetMapping], tuple[str, ...]]:
    """Propose how each of our sheets is read; see `data.mapping.propose_mapping`."""
    staging = Staging(path.name)
    _, grids = read_files(path, staging, is_mapped=True)
    if staging.is_blocked:
        raise InputError(staging.sorted_problems())
    tables = [(grid, *_find_headings(grid)) for grid in grids if grid.rows]
    found: dict[str, SheetMapping] = {}
    notes: list[str] = []
    for sheet in SHEETS:
        if sheet.name in ("settings", "assumptions", "calendars"):
            continue
        best: tuple[float, Grid, int, dict[str, Any]] | None = None
        for grid, at, headings in tables:
            columns = _match(sheet, headings)
            score = len(columns) + 2 * _is_named(sheet, grid)
            if _is_enough(sheet, columns) and (best is None or score > best[0]):
                best = (score, grid, at, columns)
        if best is not None:
            _, grid, at, columns = best
            mapping, more = _propose(sheet, grid, at, columns)
            found[sheet.name] = mapping
            notes.extend(more)
    if not found:
        staging.note_file("F018", file=path.name)
        raise InputError(staging.sorted_problems())
    return found, tuple(notes)


def _is_named(sheet: SheetSpec, grid: Grid) -> bool:
    return fold(grid.sheet) in {fold(name) for name in (sheet.name, *sheet.aliases)}


def _find_headings(grid: Grid) -> tuple[int, list[str]]:
    """Take the row near the top with most texts for the headings."""
    best = 0
    count = -1
    for position, (row, cells) in enumerate(grid.rows):
        if row > HEADER_WITHIN:
            break
        texts = sum(isinstance(cell, str) and bool(cell.strip()) for cell in cells)
        if texts > count:
            best, count = position, texts
    return best, [str(cell).strip() for cell in grid.rows[best][1]]


@cache
def _names(sheet: str, attribute: str, heading: str) -> tuple[str, ...]:
    known: list[str] = [heading, attribute]
    for key in ((sheet, attribute), (sheet, heading), ("*", attribute)):
        known.extend(KNOWN_AS.get(key, ()))
    return tuple(fold(name) for name in known)


def _likeness(heading: str, names: Iterable[str]) -> float:
    folded = fold(heading)
    if not folded:
        return 0.0
    best = 0.0
    for name in names:
        if folded == name:
            return 1.0
        matcher = SequenceMatcher(None, folded, name)
        if matcher.quick_ratio() > best:
            best = max(best, matcher.ratio() * 0.99)
    return best


def _match(sheet: SheetSpec, headings: list[str]) -> dict[str, Any]:
    """Match headings to our columns, the most alike first; each is used once."""
    ranked = sorted(
        (
            (
                -_likeness(heading, _names(sheet.name, spec.attribute, spec.heading)),
                at,
                position,
            )
            for at, heading in enumerate(headings)
            if heading
            for position, spec in enumerate(sheet.fields)
        ),
    )
    columns: dict[str, Any] = {}
    used: set[int] = set()
    for _, at, position in (item for item in ranked if -item[0] >= ALIKE):
        spec = sheet.fields[position]
        if at not in used and spec.heading not in columns:
            used.add(at)
            columns[spec.heading] = headings[at]
    if sheet.name == "passengers" and "name" not in columns:
        parts = [
            next((h for h in headings if fold(h) in {fold(n) for n in names}), None)
            for names in (_FORENAMES, _SURNAMES)
        ]
        if all(parts):
            columns["name"] = tuple(parts)
    if sheet.name == "homes" and "passenger_id" in columns:
        columns.setdefault("home_id", columns["passenger_id"])
    order = [spec.heading for spec in sheet.fields]
    return {heading: columns[heading] for heading in order if heading in columns}


_PLACED = (("postcode",), ("easting_m", "northing_m"), ("lat", "lon"), ("place_id",))
_DEFAULTS = {"demand": {"direction": "both"}}


def _is_enough(sheet: SheetSpec, columns: dict[str, Any]) -> bool:
    """Tell whether the columns found can make rows of the sheet at all."""
    wanted = [spec.heading for spec in sheet.fields if spec.is_required]
    given = set(columns) | set(_DEFAULTS.get(sheet.name, {}))
    if sheet.name == "homes":
        return "passenger_id" in given and any(given >= set(pair) for pair in _PLACED)
    if sheet.name == "passengers":
        return "passenger_id" in given and len(given) >= 3
    n_missing = sum(heading not in given for heading in wanted)
    return (sheet.fields[0].heading in given and n_missing <= len(wanted) // 3) or (
        n_missing == 0 and len(columns) >= 2
    )


def _propose(
    sheet: SheetSpec, grid: Grid, at: int, columns: dict[str, Any]
) -> tuple[SheetMapping, list[str]]:
    constants = {
        heading: value
        for heading, value in _DEFAULTS.get(sheet.name, {}).items()
        if heading not in columns
    }
    notes = [
        f"{sheet.name}: no column was found for {spec.heading}; add one under columns, or a "
        "value under constants."
        for spec in sheet.fields
        if spec.is_required and spec.heading not in columns and spec.heading not in constants
    ]
    values: dict[str, dict[str, str]] = {}
    for spec in sheet.fields:
        theirs = columns.get(spec.heading)
        if isinstance(theirs, str) and spec.column.kind in (CellKind.CHOICE, CellKind.YES_NO):
            pairs, unknown = _translate(spec, _values_of(grid, at, theirs))
            if pairs:
                values[spec.heading] = pairs
            if unknown:
                notes.append(
                    f"{sheet.name}.{spec.heading}: say what these mean under "
                    f"values.{spec.heading}: {', '.join(repr(text) for text in unknown)} "
                    f"(one of {', '.join(spec.column.choices) or 'yes, no'})."
                )
    mapping = SheetMapping(
        source=grid.sheet,
        columns=columns,
        values=values,
        constants=constants,
        header_row=grid.rows[at][0],
    )
    return mapping, notes


def _values_of(grid: Grid, at: int, heading: str) -> list[str]:
    headings = [str(cell).strip() for cell in grid.rows[at][1]]
    column = headings.index(heading)
    found: dict[str, None] = {}
    for _, cells in grid.rows[at + 1 :]:
        if column < len(cells) and not is_blank(cells[column], CellKind.TEXT):
            found[str(cells[column]).strip()] = None
    return list(found)


_YES_NO = Column(
    kind=CellKind.YES_NO,
    about="",
    choices=("yes", "no"),
    synonyms=(
        ("y", "yes"), ("true", "yes"), ("1", "yes"), ("1.0", "yes"), ("x", "yes"),
        ("n", "no"), ("false", "no"), ("0", "no"), ("0.0", "no"),
    ),
)  # fmt: skip


def _translate(spec: FieldSpec, values: list[str]) -> tuple[dict[str, str], list[str]]:
    """Find which of their values we do not read, and guess what they mean by likeness."""
    column = _YES_NO if spec.column.kind is CellKind.YES_NO else spec.column
    pairs: dict[str, str] = {}
    unknown: list[str] = []
    if len(values) > _MAX_VALUES:
        return pairs, unknown
    for value in values:
        try:
            find_choice(column, value)
            continue
        except PydanticCustomError:
            pass
        words = (*column.choices, *(word for word, _ in column.synonyms))
        ranked = sorted(words, key=lambda word: (-_likeness(value, [fold(word)]), word))
        starts = [w for w in column.choices if fold(value).startswith(fold(w))]
        if starts:
            pairs[value] = starts[0]
        elif ranked and _likeness(value, [fold(ranked[0])]) >= ALIKE:
            pairs[value] = find_choice(column, ranked[0])
        else:
            unknown.append(value)
    return pairs, unknown
