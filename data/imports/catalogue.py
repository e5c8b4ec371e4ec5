"""The catalogue of problem codes: every fault an import can find, with its words.

A code never changes its meaning. The first letter says what the fault is about: F file, S
sheet, M column mapping, V value of a cell, G setting, X identifier or reference, P passenger, D
demand, E site, L location, T vehicles and suppliers, R rate card, K calendar, B today's plan, A
bids for a tender, H the company's books.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from data.errors import Problem, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemKind:
    """One code of the catalogue.

    Attributes
    ----------
    title
        A few words, for lists and the documents.
    cause, suggestion
        Sentences; names in braces are filled in where the problem is found.
    blocks
        Nothing can be imported while it stands, not even the valid rows.
    """

    code: str
    severity: Severity
    title: str
    cause: str
    suggestion: str
    blocks: bool = False


_SEVERITIES = {
    "error": (Severity.ERROR, False),
    "block": (Severity.ERROR, True),
    "warning": (Severity.WARNING, False),
    "question": (Severity.QUESTION, False),
}


@cache
def find_kinds() -> dict[str, ProblemKind]:
    """Find every code of the catalogue, in order.

    Raises
    ------
    ValueError
        If a code stands twice.
    """
    from data.imports.catalogue_bids import BID_KINDS
    from data.imports.catalogue_files import FILE_KINDS
    from data.imports.catalogue_ledger import LEDGER_KINDS
    from data.imports.catalogue_rules import RULE_KINDS
    from data.imports.catalogue_values import VALUE_KINDS

    found: dict[str, ProblemKind] = {}
    for code, severity, title, cause, suggestion in (
        FILE_KINDS + VALUE_KINDS + RULE_KINDS + BID_KINDS + LEDGER_KINDS
    ):
        if code in found:
            raise ValueError(f"problem code {code} stands twice")
        level, blocks = _SEVERITIES[severity]
        found[code] = ProblemKind(
            code=code,
            severity=level,
            title=title,
            cause=cause,
            suggestion=suggestion,
            blocks=blocks,
        )
    return found


def fill(template: str, context: dict[str, Any]) -> str:
    """Fill the names in braces; text is put in as it is and never read as a template."""
    return template.format_map({name: str(value) for name, value in context.items()})


def build_problem(code: str, *, file: str = "", **context: Any) -> Problem:
    """Build a problem of a file as a whole from the words of its code."""
    kind = find_kinds()[code]
    return Problem(
        code=code,
        severity=kind.severity,
        file=file,
        cause=fill(kind.cause, context),
        suggestion=fill(kind.suggestion, context),
    )
