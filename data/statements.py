"""Statements: the answer to a question about money as titled tables, each with its identities.

A statement is made of plain values, so that the screen, a workbook and JSON show the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.errors import IdentityError


class Measure(StrEnum):
    """What a column holds."""

    TEXT = "text"
    COUNT = "count"
    POUNDS = "pounds"
    """Whole pence, shown as pounds."""
    TENTHS = "tenths"
    """Tenths, e.g. of a per cent or a month, shown with one decimal."""


Value = str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """One column of a table."""

    name: str
    measure: Measure = Measure.TEXT
    is_wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementTable:
    """One table.

    Attributes
    ----------
    total
        A last row that sums others, or None.
    notes
        Sentences beneath the table.
    """

    name: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Value, ...], ...]
    total: tuple[Value, ...] | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for row in (*self.rows, *((self.total,) if self.total else ())):
            if len(row) != len(self.headings):
                raise ValueError(f"table {self.name} has a row of {len(row)} cells")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The answer to one question.

    Attributes
    ----------
    basis
        What every amount is: year and price base.
    warnings
        What a reader must know before using any figure.
    """

    title: str
    basis: str
    tables: tuple[StatementTable, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptStatement:
    """A statement as the store keeps it, with who made it from which tables.

    Attributes
    ----------
    topic
        Which question it answers: ``invoices``, ``savings``, ``ledger``.
    files
        (name, SHA-256) of the tables it was made from.
    """

    statement_id: str
    topic: str
    place: str
    created_utc: datetime
    code_version: str
    person_id: str
    statement: Statement
    files: tuple[tuple[str, str], ...] = ()


def check_identity(what: str, found_pence: int, other: str, wanted_pence: int) -> None:
    """Check that two amounts that must be equal are.

    Raises
    ------
    IdentityError
        If they are not.
    """
    if found_pence != wanted_pence:
        raise IdentityError(
            f"{what} come to {found_pence} pence and {other} to {wanted_pence} pence."
        )
