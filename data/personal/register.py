"""The register of personal fields: what is held on people, why, by which right, how long.

A **holder** is what keeps values: a dataclass that the store keeps
(``data.passengers.Passenger``), a table of the store (``table:people``) or a sheet of the
council's workbook (``sheet:passengers``). Every field of a holder that can hold personal data
stands in ``register.csv`` with its category, those that hold nobody under ``none``: a field
that was thought about is told from one that was forgotten. `find_missing` finds these, and
the build fails on them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

FOLDER = Path(__file__).parent
NOBODY = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A kind of personal data, with all that its fields have in common.

    Attributes
    ----------
    lawful_basis
        Article of the UK GDPR and the statute behind it.
    special_condition
        Condition for special categories (Art. 9); '' where none is needed.
    retention
        Class of `Retention`.
    readers
        Who may read it.
    """

    category: str
    about: str
    purpose: str
    lawful_basis: str
    special_condition: str
    retention: str
    readers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long records of a class are kept: whole months from an event."""

    retention: str
    months: int
    counts_from: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredField:
    """One field of a holder and its category."""

    holder: str
    field: str
    category: str


def _read_rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def read_categories() -> Mapping[str, Category]:
    """Read the categories by name."""
    return {row["category"]: Category(**row) for row in _read_rows("categories.csv")}


@cache
def read_retention() -> Mapping[str, Retention]:
    """Read how long each class of records is kept unless a council sets its own."""
    return {
        row["retention"]: Retention(
            retention=row["retention"],
            months=int(row["months"]),
            counts_from=row["counts_from"],
            why=row["why"],
        )
        for row in _read_rows("retention.csv")
    }


@cache
def read_register() -> tuple[RegisteredField, ...]:
    """Read every registered field.

    Raises
    ------
    ValueError
        If a field stands twice or its category is not one.
    """
    found: dict[tuple[str, str], RegisteredField] = {}
    known = read_categories()
    for row in _read_rows("register.csv"):
        for name in row["fields"].split():
            if row["category"] not in known:
                raise ValueError(f"{row['category']!r} of {row['holder']} is no category")
            if (row["holder"], name) in found:
                raise ValueError(f"{row['holder']}.{name} is registered twice")
            found[row["holder"], name] = RegisteredField(
                holder=row["holder"], field=name, category=row["category"]
            )
    return tuple(found.values())


def _can_hold_text(hint: Any) -> bool:
    """Say whether a type can hold words, dates or bytes; amounts and choices cannot name."""
    if hint in (str, date, bytes):
        return True
    return any(_can_hold_text(part) for part in get_args(hint))


def find_stored_types() -> tuple[type, ...]:
    """Find every dataclass that the store keeps, however deep in another."""
    from data.checks import CheckReport
    from data.eligibility import CaseEvent
    from data.inputs import Inputs
    from data.nights import Candidate, DayChange, Proposal, Publication
    from data.people import Person
    from data.runs import RunRecord
    from data.store.results import list_result_kinds

    found: dict[type, None] = {}

    def visit(hint: Any) -> None:
        if isinstance(hint, type) and is_dataclass(hint):
            if hint not in found:
                found[hint] = None
                for inner in get_type_hints(hint).values():
                    visit(inner)
            return
        for part in get_args(hint):
            visit(part)

    roots = (Inputs, RunRecord, CheckReport, CaseEvent, Person)
    nights = (Candidate, DayChange, Proposal, Publication)
    for root in (*roots, *nights, *list_result_kinds()):
        visit(root)
    return tuple(sorted(found, key=lambda t: (t.__module__, t.__name__)))


def find_holders() -> dict[str, dict[str, bool]]:
    """Find every holder with its fields, and whether a field can hold words, dates or bytes."""
    import sqlalchemy as sa

    import data.store  # noqa: F401  every table, wherever it is declared
    from data.imports.columns import CellKind
    from data.imports.rows_bids import BID_SHEETS
    from data.imports.rows_ledger import LEDGER_SHEETS
    from data.imports.sheets import SHEETS
    from data.store.models import metadata

    found: dict[str, dict[str, bool]] = {}
    for kind in find_stored_types():
        hints = get_type_hints(kind)
        found[f"{kind.__module__}.{kind.__name__}"] = {
            f.name: _can_hold_text(hints[f.name]) for f in fields(kind)
        }
    for table in metadata.sorted_tables:
        found[f"table:{table.name}"] = {
            c.name: isinstance(c.type, sa.String | sa.LargeBinary | sa.Date)
            for c in table.columns
        }
    words = {
        CellKind.IDENTIFIER, CellKind.IDENTIFIERS, CellKind.TEXT, CellKind.TEXTS,
        CellKind.DATE, CellKind.POSTCODE, CellKind.VALUE,
    }  # fmt: skip
    for sheet in (*SHEETS, *BID_SHEETS, *LEDGER_SHEETS):
        found[f"sheet:{sheet.name}"] = {
            spec.attribute: spec.column.kind in words for spec in sheet.fields
        }
    return found


def find_missing(
    holders: Mapping[str, Mapping[str, bool]], register: Iterable[RegisteredField]
) -> tuple[list[str], list[str]]:
    """Find fields that are not registered, and registered ones that are not there.

    A field needs an entry if it can hold words, dates or bytes; of a holder that speaks of a
    person (one of its fields is personal) every field does, for a number beside an identifier
    is personal too.

    Returns
    -------
    Missing fields and lost entries, each ``holder.field``.
    """
    held: dict[str, dict[str, str]] = {}
    for entry in register:
        held.setdefault(entry.holder, {})[entry.field] = entry.category
    missing, lost = [], []
    for holder, names in holders.items():
        mine = held.get(holder, {})
        is_personal = any(category != NOBODY for category in mine.values())
        missing += [
            f"{holder}.{name}"
            for name, can_hold in names.items()
            if name not in mine and (can_hold or is_personal)
        ]
    for holder, mine in held.items():
        lost += [f"{holder}.{name}" for name in mine if name not in holders.get(holder, {})]
    return missing, lost


def write_register_page() -> str:
    """Write the register as the page of the documents that feeds an impact assessment."""
    categories = read_categories()
    lines = [
        "# Register of personal data",
        "",
        "Every field that can hold personal data, by category; what feeds a record of",
        "processing (UK GDPR Art. 30) and an impact assessment (Art. 35). A field that the",
        "program stores and that is not registered fails the build. The lawful bases are a",
        "proposal for the council's data protection officer to confirm; how long records are",
        "kept is the council's to set ([guide](../guide/personal-data.md)).",
        "",
        "This page is written from the register (`data/personal/register.py`).",
        "",
        "## Categories",
        "",
        "| category | what | purpose | lawful basis | special category | kept as | readers |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in categories.values():
        if one.category != NOBODY:
            cells = (
                one.category, one.about, one.purpose, one.lawful_basis,
                one.special_condition or " ", one.retention, one.readers,
            )  # fmt: skip
            lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "## Retention", "", "| class | months | counted from | why |"]
    lines.append("|---|---|---|---|")
    for kept in read_retention().values():
        row = (kept.retention, str(kept.months), kept.counts_from, kept.why)
        lines.append("| " + " | ".join(row) + " |")
    lines += ["", "## Fields", "", "| where | category | fields |", "|---|---|---|"]
    rows: dict[tuple[str, str], list[str]] = {}
    for entry in read_register():
        if entry.category != NOBODY:
            rows.setdefault((entry.holder, entry.category), []).append(entry.field)
    for (holder, category), names in rows.items():
        lines.append(f"| `{holder}` | {category} | {', '.join(names)} |")
    return "\n".join(lines) + "\n"
