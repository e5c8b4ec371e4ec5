"""The file of a study: which scenarios in which order, and what people say about them.

Beside the scenarios of a folder lies ``study.toml``. Sentences in it hold no digit of their
own: a figure is named in braces (``{net.all-together}``) and comes from a run; the name of a
law or a date stands in backticks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.errors import InputError, Problem, Severity
from data.imports.toml_files import read_toml_document
from data.runs import RunRecord
from data.studies import StudyRecord, StudyRun, build_study_id
from scenarios.definition import (
    BASELINE,
    STUDY_FILE,
    Name,
    Scenario,
    explain_faults,
)

Sentence = Annotated[str, Field(min_length=1, max_length=2_000)]

RANGE_WORDS: Mapping[tuple[str, str], str] = {
    ("offer_travel_training", "completion"): "Share of trainees who complete",
    ("offer_travel_training", "sustained"): (
        "Share of them who still travel on their own after two terms"
    ),
    ("offer_travel_training", "cost_per_start_pounds"): "Training, pounds for each who starts",
    ("offer_travel_budgets", "take_up_percent"): "Families who take a budget, per cent",
    ("offer_travel_budgets", "budget_pounds_per_year"): "Travel budget, pounds a year",
}

_MARKED = re.compile(r"`[^`]*`|\{[^{}]*\}")
_DIGIT = re.compile(r"[0-9£%]")


class Risk(BaseModel):
    """One line of the risk register."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    risk: Sentence
    likelihood: Annotated[str, Field(pattern="^(low|medium|high)$")]
    effect: Annotated[str, Field(pattern="^(low|medium|high)$")]
    answer: Sentence
    owner: Sentence


class Question(BaseModel):
    """A question put to the council that no model answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ref: Sentence
    asks: Sentence
    owner: Sentence


class StudyFile(BaseModel):
    """What a study is about.

    Attributes
    ----------
    today
        Scenario planned by hand: where the council stands.
    base
        Scenario that options are compared with; the inputs as they stand by default.
    options
        In the order of the paper.
    recommended
        One of the options.
    alone
        Scenarios shown for what planning alone is worth, between today and the base.
    repeats
        How often the base is solved again with other random choices.
    labels
        Short names of scenarios for tables and charts; their titles by default.
    price_base
        Year of the prices, as readers know it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    study_id: Name
    title: Sentence
    subtitle: str = ""
    today: Name
    base: Name = BASELINE
    alone: tuple[Name, ...] = ()
    options: tuple[Name, ...] = Field(min_length=1)
    recommended: Name
    repeats: int = Field(default=2, ge=1, le=10)
    labels: dict[Name, Sentence] = Field(default_factory=dict)
    price_base: Sentence
    council: Sentence
    decision_maker: Sentence = "Cabinet"
    purpose: tuple[Sentence, ...] = Field(min_length=1)
    recommendations: tuple[Sentence, ...] = Field(min_length=1)
    background: tuple[Sentence, ...] = Field(min_length=1)
    equality: tuple[Sentence, ...] = Field(min_length=1)
    legal: tuple[Sentence, ...] = Field(min_length=1)
    consultation: tuple[Sentence, ...] = ()
    risks: tuple[Risk, ...] = Field(min_length=1)
    questions: tuple[Question, ...] = ()

    @property
    def scenario_ids(self) -> tuple[str, ...]:
        """Every scenario the study needs, in order."""
        return tuple(dict.fromkeys((self.today, *self.alone, self.base, *self.options)))

    def label(self, name: str, title: str) -> str:
        """Name a case in the head of a table."""
        return self.labels.get(name, "Planned as a whole" if name == self.base else title)


def find_planned(scenarios: Iterable[Scenario]) -> dict[str, str]:
    """Find how each scenario is planned."""
    return {s.scenario_id: s.planned for s in scenarios}


def read_study(folder: Path, planned: Mapping[str, str]) -> StudyFile:
    """Read the study of a folder of scenarios.

    Parameters
    ----------
    planned
        How each scenario of the folder is planned, from `find_planned`.

    Raises
    ------
    InputError
        With every fault: Y001 to Y003 of the file, Y015 a scenario that is not there, Y016 a
        digit in a sentence.
    """
    path = folder / STUDY_FILE
    return check_study(read_toml_document(path, "Y001"), planned)


def check_study(document: Mapping[str, object], planned: Mapping[str, str]) -> StudyFile:
    """Check what the file of a study says, wherever it comes from.

    Raises
    ------
    InputError
        As `read_study`.
    """
    try:
        study = StudyFile.model_validate(document)
    except ValidationError as error:
        raise InputError(explain_faults(STUDY_FILE, "", error, StudyFile)) from None
    problems = [*_find_strangers(study, planned), *_find_digits(study)]
    if problems:
        raise InputError(problems)
    return study


def _find_strangers(study: StudyFile, planned: Mapping[str, str]) -> list[Problem]:
    known = {BASELINE: "search", **planned}
    problems = [
        _problem("Y015", name, f"There is no scenario {name}.", "Add its file to the folder.")
        for name in study.scenario_ids
        if name not in known
    ]
    if study.recommended not in study.options:
        cause = f"{study.recommended} is recommended but is not among the options."
        problems.append(_problem("Y015", "recommended", cause, "Name one of the options."))
    if known.get(study.today, "by_hand") != "by_hand":
        cause = f"{study.today} is not planned by hand."
        how = 'Give it `planned = "by_hand"`.'
        problems.append(_problem("Y015", "today", cause, how))
    return problems


def _find_digits(study: StudyFile) -> list[Problem]:
    said = {
        name: getattr(study, name)
        for name in (
            *("purpose", "recommendations", "background", "equality", "legal"),
            "consultation",
        )
    }
    said["risks"] = tuple(
        text for risk in study.risks for text in (risk.risk, risk.answer, risk.owner)
    )
    said["questions"] = tuple(q.asks for q in study.questions)
    return [
        _problem(
            "Y016",
            f"{name}[{n}]",
            "A sentence holds a number of its own.",
            "Name the figure, e.g. {net.all-together}, or put the name of a law or a date "
            "in backticks.",
        )
        for name, texts in said.items()
        for n, text in enumerate(texts, start=1)
        if _DIGIT.search(_MARKED.sub("", text))
    ]


def _problem(code: str, key: str, cause: str, how: str) -> Problem:
    return Problem(
        code=code,
        severity=Severity.ERROR,
        file=STUDY_FILE,
        column=key,
        cause=cause,
        suggestion=how,
    )


def build_study_record(
    study: StudyFile,
    runs: Mapping[str, RunRecord],
    repeats: Sequence[RunRecord],
    scenarios: Iterable[Scenario],
    *,
    place: str,
    created_utc: datetime,
    code_version: str,
) -> StudyRecord:
    """Put the runs of a study together.

    Parameters
    ----------
    runs
        By scenario id.
    """
    record = StudyRecord(
        study_id="",
        name=study.study_id,
        title=study.title,
        place=place,
        created_utc=created_utc,
        code_version=code_version,
        base=study.base,
        runs=tuple(
            StudyRun(scenario_id=name, run_id=runs[name].run_id) for name in study.scenario_ids
        ),
        repeats=tuple(run.run_id for run in repeats),
        definition=json.dumps(study.model_dump(mode="json"), sort_keys=True),
        scenarios=tuple(
            _build_scenario_document(s)
            for s in scenarios
            if s.scenario_id in study.scenario_ids
        ),
    )
    return replace(record, study_id=build_study_id(record))


def read_definition(record: StudyRecord) -> StudyFile:
    """Read the file of a kept study."""
    return StudyFile.model_validate_json(record.definition)


def read_ranges(record: StudyRecord) -> tuple[tuple[str, str, str], ...]:
    """Read the uncertain numbers of a study's scenarios: (name, value, source), each once."""
    found: dict[tuple[str, str, str], None] = {}
    for document in record.scenarios:
        for kind, key, text, source in json.loads(document)["ranges"]:
            words = RANGE_WORDS.get((kind, key)) or f"{kind}: {key}".replace("_", " ")
            found[words[:1].upper() + words[1:], text, source] = None
    return tuple(found)


def _build_scenario_document(scenario: Scenario) -> str:
    """Build what a study keeps of a scenario: how it is planned, and its uncertain numbers."""
    kinds = [str(getattr(change, "kind", "")) for change in scenario.changes]
    return json.dumps(
        {
            "scenario_id": scenario.scenario_id,
            "title": scenario.title,
            "planned": scenario.planned,
            "ranges": [
                (
                    kinds[u.change],
                    ".".join(u.path),
                    u.distribution.describe(),
                    u.distribution.source,
                )
                for u in scenario.uncertain
            ],
        },
        sort_keys=True,
    )


def replace_words(record: StudyRecord, folder: Path) -> StudyRecord:
    """Replace the words of a kept study by those of a folder's file; its runs stay.

    Raises
    ------
    InputError
        As `read_study`, or Y015 if the file needs a scenario that was not run.
    """
    planned = {d["scenario_id"]: d["planned"] for d in map(json.loads, record.scenarios)}
    study = read_study(folder, planned)
    run = {one.scenario_id for one in record.runs}
    problems = [
        _problem("Y015", name, f"{name} was not run.", "Run the study again.")
        for name in study.scenario_ids
        if name not in run
    ]
    if problems or (study.base, study.study_id) != (record.base, record.name):
        raise InputError(
            problems
            or [_problem("Y015", "base", "It is another study, or base.", "Run it first.")]
        )
    definition = json.dumps(study.model_dump(mode="json"), sort_keys=True)
    return replace(record, title=study.title, definition=definition)
