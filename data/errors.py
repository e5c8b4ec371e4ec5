"""Errors of wayfare and the problem record that input reports are made of.

    WayfareError                 .exit_code
      InputError            30   .problems: every fault found, raised once
      RefusedError          30   a person may not do what they ask for
      ModelError            35
        InfeasibleError          the demand cannot be planned at all
        PlanError                .broken_rules: a plan that breaks hard rules
        EditError                an edit has no meaning on the plan it is made on
        NoRateError              no rate card covers what has to be priced
        IdentityError            amounts that must be equal are not
        SolverError              a solver failed or lied
      StoreError            40
        LockedError         50   somebody else holds the store or the date
        StaleWriteError          the record was changed meanwhile

A time limit, a gap or an unserved passenger is a value, never an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a problem is: an ERROR stops the commit, a WARNING and a QUESTION do not."""

    ERROR = "error"
    WARNING = "warning"
    QUESTION = "question"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Describe one fault of an input, so that a person can find and mend it.

    Attributes
    ----------
    code
        Stable code of the fault, e.g. ``P012``.
    severity
        ERROR, WARNING or QUESTION.
    file, sheet
        Where it is; empty where it does not apply.
    row
        Row as the spreadsheet shows it (the header is row 1), or None.
    column
        Column letter and heading, e.g. ``D (birth_date)``; empty where it does not apply.
    value
        The value found, masked where it is sensitive.
    cause
        What is wrong, one plain sentence.
    suggestion
        What to do about it, one plain sentence.
    """

    code: str
    severity: Severity
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    cause: str
    suggestion: str

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                self.file,
                self.sheet,
                f"row {self.row}" if self.row is not None else "",
                self.column,
            )
            if part
        )
        shown = f" (found {self.value!r})" if self.value else ""
        message = f"{self.cause}{shown} {self.suggestion}"
        where = f" {place}" if place else ""
        return f"{self.severity} {self.code}{where}: {message}".strip()


class WayfareError(Exception):
    """Base of all errors that wayfare raises on purpose; a command exits with `exit_code`."""

    exit_code = 70


class InputError(WayfareError):
    """Raised once with every problem of the input that was read."""

    exit_code = 30

    def __init__(self, problems: tuple[Problem, ...] | list[Problem]) -> None:
        self.problems = tuple(problems)
        n_errors = sum(p.severity is Severity.ERROR for p in self.problems)
        lines = "\n".join(str(p) for p in self.problems[:20])
        more = f"\n(+{len(self.problems) - 20} more)" if len(self.problems) > 20 else ""
        super().__init__(f"{n_errors} problem(s) in the input:\n{lines}{more}")


class RefusedError(WayfareError):
    """Raised when a person may not act: unknown, without the role, or not another person."""

    exit_code = 30


class ModelError(WayfareError):
    """Raised when the inputs are well formed but cannot be modelled."""

    exit_code = 35


class InfeasibleError(ModelError):
    """Raised when no plan at all can exist, with the proof in the message."""


class PlanError(ModelError):
    """Raised when a plan breaks hard rules; `broken_rules` names each."""

    def __init__(self, message: str, broken_rules: tuple[str, ...] = ()) -> None:
        self.broken_rules = broken_rules
        super().__init__(message)


class EditError(ModelError):
    """Raised when an edit of a plan has no meaning on it; says why and what to do."""


class NoRateError(ModelError):
    """Raised when no rate card is valid for what has to be priced."""


class IdentityError(ModelError):
    """Raised when amounts that must be equal are not, so that no wrong figure gets out (M3)."""


class SolverError(ModelError):
    """Raised when a solver fails, or its answer does not stand up to recalculation."""


class StoreError(WayfareError):
    """Raised when the store cannot be read or written."""

    exit_code = 40


class LockedError(StoreError):
    """Raised when somebody else holds what is needed."""

    exit_code = 50


class StaleWriteError(StoreError):
    """Raised when a record was changed by someone else since it was read."""
