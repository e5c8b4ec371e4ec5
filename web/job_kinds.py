"""What people may have done beside the page: a small record for each kind, and its rules.

A new kind of job is a record here with a line in `Wanted` and `RULES`, and a function in
`web.tasks` that does it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from data.choices import ProviderRules
from data.tenders import AwardRules, LotRule
from web.roles import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveScenario:
    """Solve scenarios, their base first.

    Attributes
    ----------
    stories
        Scenario files as TOML.
    seconds, steps
        How long a search may take: one of them. [s], [steps]
    """

    kind: Literal["scenario"] = "scenario"
    stories: tuple[str, ...]
    seconds: float | None
    steps: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveStudy:
    """Solve the scenarios of a study and keep its runs together.

    Attributes
    ----------
    study
        The study, as JSON.
    stories
        Files of its scenarios as TOML, today's routes first.
    """

    kind: Literal["study"] = "study"
    study: str
    stories: tuple[str, ...]
    seconds: float | None
    steps: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawScenarios:
    """Solve scenarios, then draw their uncertain numbers.

    Attributes
    ----------
    stories
        Scenario files as TOML.
    n_draws, n_planned
        Draws of all, and those of each scenario that are planned in full.
    target_pence
        Saving asked for, or None. [pence a year]
    steps
        How long each search may take: never seconds, so that a draw and the run it is held
        against are searched alike. [steps]
    """

    kind: Literal["draws"] = "draws"
    stories: tuple[str, ...]
    n_draws: int
    n_planned: int
    target_pence: int | None
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WritePaper:
    """Write the paper of a study as a draft; a council's own template comes as a file."""

    kind: Literal["paper"] = "paper"
    study_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeLots:
    """Design the lots of a tender from a run.

    Attributes
    ----------
    is_all
        Whether the own company's routes are let too.
    """

    kind: Literal["lots"] = "lots"
    run_id: str
    rule: LotRule
    is_all: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeAward:
    """Work out the award of least cost that keeps rules.

    Attributes
    ----------
    seconds
        Longest time for the award, and again for its review. [s]
    """

    kind: Literal["award"] = "award"
    tender_id: str
    book_id: str
    rules: AwardRules
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseProviders:
    """Choose who should run each route of a run, and the frontier of self-delivery.

    Attributes
    ----------
    step_bp
        Between two points of the frontier. [0.01 %]
    n_fewer, n_more
        Own vehicles that are tried fewer and more.
    seconds
        For all choices together. [s]
    """

    kind: Literal["providers"] = "providers"
    run_id: str
    rules: ProviderRules
    step_bp: int
    n_fewer: int
    n_more: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadImport:
    """Read the files that somebody brings in, beside the inputs that are there."""

    kind: Literal["import"] = "import"
    is_accepting_valid: bool


Wanted = Annotated[
    SolveScenario
    | SolveStudy
    | DrawScenarios
    | WritePaper
    | MakeLots
    | MakeAward
    | ChooseProviders
    | ReadImport,
    Field(discriminator="kind"),
]


class Lane(StrEnum):
    """Which worker does a job: what takes minutes does not wait for what takes hours."""

    LONG = "long"
    SHORT = "short"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRules:
    """The rules of a kind of job.

    Attributes
    ----------
    words
        What it is called.
    reads, asks
        Who may see it; who may ask for it and stop it.
    is_own
        Whether nobody but who asked for it may see it.
    """

    words: str
    lane: Lane
    reads: Permission
    asks: Permission
    is_own: bool = False


RULES: Mapping[str, JobRules] = {
    "scenario": JobRules(
        words="Scenario",
        lane=Lane.LONG,
        reads=Permission.READ_SCENARIOS,
        asks=Permission.RUN_SCENARIOS,
    ),
    "study": JobRules(
        words="Study",
        lane=Lane.LONG,
        reads=Permission.READ_SCENARIOS,
        asks=Permission.RUN_SCENARIOS,
    ),
    "draws": JobRules(
        words="Draws of uncertain numbers",
        lane=Lane.LONG,
        reads=Permission.READ_SCENARIOS,
        asks=Permission.RUN_SCENARIOS,
    ),
    "paper": JobRules(
        words="Cabinet paper",
        lane=Lane.SHORT,
        reads=Permission.READ_SCENARIOS,
        asks=Permission.SIGN_PAPERS,
    ),
    "lots": JobRules(
        words="Lots of a tender",
        lane=Lane.SHORT,
        reads=Permission.READ_MONEY,
        asks=Permission.EDIT_MONEY,
    ),
    "award": JobRules(
        words="Award",
        lane=Lane.SHORT,
        reads=Permission.READ_MONEY,
        asks=Permission.EDIT_MONEY,
    ),
    "providers": JobRules(
        words="Choice of providers",
        lane=Lane.SHORT,
        reads=Permission.READ_MONEY,
        asks=Permission.EDIT_MONEY,
    ),
    "import": JobRules(
        words="Data brought in",
        lane=Lane.SHORT,
        reads=Permission.EDIT_RECORDS,
        asks=Permission.EDIT_RECORDS,
        is_own=True,
    ),
}
"""The rules of every kind of job; a kind without rules is refused by the suite."""
