"""What every change of a scenario is: a typed record that turns inputs into other inputs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from data.errors import InputError, Problem, Severity
from data.inputs import Inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class YearlyLine:
    """Money of a scenario that no plan holds: a programme's cost, an income.

    Attributes
    ----------
    amount_pence
        A year; cost positive, income negative. [pence]
    is_one_off
        Falls in the first year only.
    """

    name: str
    amount_pence: int
    is_one_off: bool = False
    source: str = ""


@dataclass(slots=True, kw_only=True)
class Draft:
    """Inputs on their way through a scenario's changes.

    Attributes
    ----------
    touched
        Passengers a change concerned, by what it did: removed, added, moved, ...
    """

    inputs: Inputs
    rng: np.random.Generator
    lines: list[YearlyLine] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    touched: dict[str, set[str]] = field(default_factory=dict)

    def put(self, **values: Any) -> None:
        """Put other values into the inputs."""
        self.inputs = replace(self.inputs, **values)

    def touch(self, what: str, passenger_ids: set[str]) -> None:
        """Remember whom a change concerned."""
        self.touched.setdefault(what, set()).update(passenger_ids)

    def add_yearly(
        self, name: str, pence: float, *, is_one_off: bool = False, source: str = ""
    ) -> None:
        """Add money that no plan holds, to the nearest penny, a half away from nought."""
        amount = int(abs(pence) + 0.5) * (1 if pence >= 0 else -1)
        self.lines.append(
            YearlyLine(name=name, amount_pence=amount, is_one_off=is_one_off, source=source)
        )


class ChangeError(Exception):
    """Raised by a change that cannot be applied; becomes one problem of the scenario."""

    def __init__(self, code: str, key: str, cause: str, suggestion: str) -> None:
        super().__init__(cause)
        self.code, self.key, self.cause, self.suggestion = code, key, cause, suggestion


class Change(BaseModel):
    """A change; its kind picks the model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def apply(self, draft: Draft) -> None:
        """Change the draft.

        Raises
        ------
        ChangeError
            If it does not fit the inputs.
        """
        raise NotImplementedError


def build_problem(file: str, where: str, error: ChangeError) -> Problem:
    """Build the problem of a change that does not fit."""
    return Problem(
        code=error.code,
        severity=Severity.ERROR,
        file=file,
        column=f"{where}.{error.key}" if error.key else where,
        cause=error.cause,
        suggestion=error.suggestion,
    )


def apply_changes(
    inputs: Inputs, changes: tuple[Change, ...], *, seed: int, file: str = ""
) -> Draft:
    """Apply changes in order; the inputs given stay as they are.

    Random choices of a change hang on the seed, its kind and its place among those of its kind,
    not on the other changes, so that scenarios which share a change share its choices.

    Raises
    ------
    InputError
        With every change that does not fit (Y010 to Y013).
    """
    draft = Draft(inputs=inputs, rng=np.random.default_rng(seed))
    problems = []
    met: dict[str, int] = {}
    for n, change in enumerate(changes):
        kind = str(getattr(change, "kind", ""))
        met[kind] = met.get(kind, 0) + 1
        words = [seed, met[kind], *kind.encode()]
        draft.rng = np.random.default_rng(words)
        try:
            change.apply(draft)
        except ChangeError as error:
            problems.append(build_problem(file, f"changes[{n + 1}] {kind}", error))
    if problems:
        raise InputError(problems)
    return draft
