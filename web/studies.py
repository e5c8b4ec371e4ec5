"""A study as a form: which options are held against today's routes, and the words about them.

What the form holds is what ``study.toml`` holds, checked by the same reader. Words that nobody
types are neutral ones, so that a first draft of the paper needs a title and options only.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.errors import InputError, Problem
from scenarios import (
    Scenario,
    StudyFile,
    build_scenario,
    check_study,
    find_planned,
    find_study_folder,
    list_library,
    list_studies,
    read_library_text,
)
from web.forms import Form
from web.job_kinds import DrawScenarios, SolveScenario, SolveStudy
from web.stories import BASELINE

if TYPE_CHECKING:
    from web.forms import Posted
    from web.jobs import Job

TODAY = "today"
TODAY_TEXT = """\
scenario_id = "today"
title = "Today's routes, as planned by hand"
question = "What do the routes that run today cost?"
planned = "by_hand"
"""
LINES = ("study_id", "title", "subtitle", "council", "decision_maker", "price_base")
"""Fields of one line."""

WORDS = ("purpose", "recommendations", "background", "equality", "legal", "consultation")
"""Fields of several paragraphs, a line each."""

RISK = ("risk", "likelihood", "effect", "answer", "owner")
REPEATS = 1
"""How often the base is solved again: what two answers to one question differ by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A scenario that a study may take up.

    Attributes
    ----------
    text
        Its file.
    is_own
        Whether it was made on the page, and does not come with the program.
    """

    story: Scenario
    text: str
    is_own: bool


def list_choices(jobs: Sequence[Job]) -> tuple[Choice, ...]:
    """List the scenarios that a study may take up: the page's own first, then stock ones.

    Only those that stand on the records as they are: a study has one base.
    """
    found: dict[str, Choice] = {}
    for job in jobs:
        if isinstance(job.wanted, (SolveScenario, SolveStudy, DrawScenarios)):
            for text in job.wanted.stories:
                _add(found, text, is_own=True)
    for name in list_studies():
        folder = find_study_folder(name)
        for path in sorted(folder.glob("*.toml")) if folder is not None else ():
            _add(found, path.read_text(encoding="utf-8"), is_own=False)
    for story in list_library():
        _add(found, read_library_text(story.scenario_id), is_own=False)
    return tuple(sorted(found.values(), key=lambda c: not c.is_own))


def _add(found: dict[str, Choice], text: str, *, is_own: bool) -> None:
    """Add a scenario unless one of its name is there; what is no scenario is passed over."""
    document = tomllib.loads(text)
    if "changes" not in document or document.get("base_id", BASELINE) != BASELINE:
        return
    if document.get("planned", "search") != "search":
        return
    try:
        story = build_scenario(document, "scenario.toml")
    except InputError:
        return
    found.setdefault(story.scenario_id, Choice(story=story, text=text, is_own=is_own))


def build_start(council: str) -> Form:
    """Build the form as it first stands."""
    stock = _read_stock()
    return Form(
        values={
            "study_id": "options-review",
            "title": "Passenger transport: options for the coming year",
            "council": council,
            "decision_maker": "Cabinet",
            "price_base": stock["price_base"],
            "options": (),
            "recommended": "",
            "seconds": "60",
            "steps": "",
            **{name: "\n".join(stock[name]) for name in ("equality", "legal", "consultation")},
            "risks": "\n".join(" | ".join(risk[k] for k in RISK) for risk in stock["risks"]),
        }
    )


def _read_stock() -> dict[str, Any]:
    """Read the stock study, whose words on law, equality and risk fit any study."""
    folder = find_study_folder(list_studies()[0])
    found: dict[str, Any] = tomllib.loads((folder or Path()).joinpath("study.toml").read_text())
    return found


def read_form(posted: Posted) -> Form:
    """Read what was typed."""
    names = (*LINES, *WORDS, "risks", "recommended", "seconds", "steps")
    values: dict[str, Any] = {name: posted.text(name) for name in names}
    return Form(values={**values, "options": posted.texts("options")})


def build_words(options: Sequence[Choice], recommended: str) -> dict[str, tuple[str, ...]]:
    """Build the words that nobody typed; every figure in them is named, none is written.

    Titles stand in backticks: a digit in one is part of a name, and no figure.

    Parameters
    ----------
    options
        In the order of the paper.
    recommended
        Scenario id.
    """
    titles = {c.story.scenario_id: c.story.title for c in options}
    offers = ", ".join(f"{{net.{name}}} for `{titles[name]}`" for name in titles)
    return {
        "purpose": (
            "To show what passenger transport would cost each year if its routes were planned "
            "as a whole, and what each option would save on top.",
            "Every saving in this paper is the difference between two complete plans, both "
            "found by the same search and both checked by a separate program.",
        ),
        "recommendations": (
            "That the plan of all routes as a whole is noted: it costs "
            "{saved_from_today.baseline} a year less than today's routes at the same rate "
            "cards.",
            f"That what each option comes to in a year, its own cost paid, is noted: {offers}. "
            "A minus sign means that it costs more than it saves. Two answers to the very same "
            "question differ by up to {noise}.",
            f"That `{titles.get(recommended, recommended)}` is taken forward.",
            "That officers report the actual cost against this paper each month.",
        ),
        "background": (
            f"The council carries {{people.{BASELINE}}} passengers on a typical day. Its own "
            "company runs part of the work; taxi and minibus firms run the rest.",
        ),
    }


def check_form(form: Form, choices: Sequence[Choice]) -> tuple[StudyFile | None, Form]:
    """Check a form by the reader of study files.

    Returns
    -------
    The study, or None if something is wrong; the form to show again, its words filled in.
    """
    by_name = {c.story.scenario_id: c for c in choices}
    picked = [by_name[name] for name in form.value("options") if name in by_name]
    recommended = str(form.value("recommended"))
    if not picked:
        form = form.add_error("options", "Options: choose one at least")
    elif recommended not in {c.story.scenario_id for c in picked}:
        form = form.add_error("recommended", "Recommended: choose one of the options ticked")
    for name, text in (("title", "Title"), ("council", "Council"), ("price_base", "Prices")):
        if not form.value(name):
            form = form.add_error(name, f"{text}: enter this")
    if form.errors:
        return None, form
    words = build_words(picked, recommended)
    values = {**form.values}
    for name, lines in words.items():
        values[name] = values.get(name) or "\n".join(lines)
    form = Form(values=values)
    risks, form = _read_risks(form)
    if form.errors:
        return None, form
    document: dict[str, object] = {k: values[k] for k in LINES if values.get(k)}
    document |= {name: _split(values.get(name, "")) for name in WORDS}
    document |= {
        "today": TODAY,
        "base": BASELINE,
        "options": [c.story.scenario_id for c in picked],
        "recommended": recommended,
        "repeats": REPEATS,
        "risks": risks,
        "labels": {TODAY: "Today's routes"},
    }
    planned = {TODAY: "by_hand", **find_planned(c.story for c in picked)}
    try:
        return check_study(json.loads(json.dumps(document)), planned), form
    except InputError as error:
        for problem in error.problems:
            form = _add_problem(form, problem)
        return None, form


def _split(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _read_risks(form: Form) -> tuple[list[Mapping[str, str]], Form]:
    """Read the risks, a line each."""
    found: list[Mapping[str, str]] = []
    for n, line in enumerate(_split(str(form.value("risks"))), start=1):
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != len(RISK) or not all(cells):
            form = form.add_error(
                "risks", f"Risks, line {n}: write five parts with | between them"
            )
            continue
        found.append(dict(zip(RISK, cells, strict=True)))
    if not found and "risks" not in form.errors:
        form = form.add_error("risks", "Risks: enter one at least")
    return found, form


def _add_problem(form: Form, problem: Problem) -> Form:
    """Say what is wrong beside the field it is about."""
    name = problem.column.partition("[")[0].partition(".")[0]
    known = {*LINES, *WORDS, "risks", "options", "recommended"}
    name = name if name in known else ""
    text = f"{problem.cause} {problem.suggestion}"
    if name in form.errors:
        text = f"{form.errors[name]} {text}"
    return form.add_error(name, text)
