"""Work on scenarios: check, queue, stop, compare; options kept and scored; training.

The one way that the pages and the API both go.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from data.appraisals import OptionsStudy
from data.errors import InputError, ModelError, Problem
from data.runs import RunRecord
from data.statements import KeptStatement, Statement
from data.training import TrainingStudy
from scenarios import Scenario, StudyFile, compare
from web.access import Visit
from web.draw_work import find_draws
from web.forms import Form, Posted
from web.job_kinds import SolveScenario, SolveStudy
from web.jobs import Job
from web.limits import entering
from web.queueing import queue_job
from web.scenario_views import CompareShown, TrainingShown, build_comparison, build_training
from web.scoring import Scored, read_table, score_options
from web.stories import write_toml

LONGEST_S, MOST_STEPS = 3_600, 1_000_000
"""Most that a search may be given from the page. [s], [steps]"""


def read_limits(posted: Posted, form: Form) -> tuple[dict[str, int | None], Form]:
    """Read how long a search may take: steps where some are given, else seconds."""
    seconds, steps = posted.text("seconds"), posted.text("steps")
    if not steps and not (seconds.isdecimal() and 1 <= int(seconds) <= LONGEST_S):
        form = form.add_error("seconds", f"Seconds: enter a whole number from 1 to {LONGEST_S}")
    if steps and not (steps.isdecimal() and 1 <= int(steps) <= MOST_STEPS):
        form = form.add_error("steps", "Steps: enter a whole number from 1")
    if form.errors:
        return {}, form
    is_by_steps = bool(steps)
    return {
        "seconds": None if is_by_steps else int(seconds),
        "steps": int(steps) if is_by_steps else None,
    }, form


def check_cases(visit: Visit, documents: Sequence[Mapping[str, Any]]) -> list[Scenario]:
    """Check scenarios by the reader of their files, and against the records as they are.

    Raises
    ------
    InputError
        With everything that is wrong.
    """
    from scenarios import Search, build_case, build_scenario

    stories = [build_scenario(dict(document), "the form") for document in documents]
    inputs = visit.state.read_inputs()
    problems: list[Problem] = []
    for story in stories:
        try:
            build_case(inputs, story, stories, Search(seconds=1))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return stories


def find_misfits(visit: Visit, stories: Sequence[str]) -> list[str]:
    """Find before anything is solved what of scenarios does not fit the records.

    Parameters
    ----------
    stories
        Their files.
    """
    try:
        check_cases(visit, [tomllib.loads(text) for text in stories])
    except InputError as error:
        return [
            f"{p.file.removesuffix('.toml')}: {p.cause} {p.suggestion}" for p in error.problems
        ]
    return []


def queue_scenario(
    visit: Visit, document: Mapping[str, Any], *, seconds: int | None, steps: int | None
) -> Job:
    """Queue a scenario that was checked; one process solves it at low priority.

    Raises
    ------
    LimitError
        If the person has as many waiting as they may.
    """
    return queue_job(
        visit,
        str(document.get("title", "")),
        SolveScenario(
            stories=(write_toml(document),),
            seconds=None if steps else float(seconds or 0),
            steps=steps,
        ),
    )


def queue_study(
    visit: Visit,
    study: StudyFile,
    stories: Sequence[str],
    *,
    seconds: int | None,
    steps: int | None,
) -> Job:
    """Queue a study that was checked: its scenarios are solved, its runs kept together.

    Parameters
    ----------
    stories
        Files of its scenarios, today's routes first.

    Raises
    ------
    LimitError
        If the person has as many waiting as they may.
    """
    return queue_job(
        visit,
        study.title,
        SolveStudy(
            study=study.model_dump_json(),
            stories=tuple(stories),
            seconds=None if steps else float(seconds or 0),
            steps=steps,
        ),
    )


def find_comparison(
    visit: Visit, run_ids: Sequence[str]
) -> tuple[CompareShown, tuple[RunRecord, ...]]:
    """Compare kept runs side by side: the first, or the baseline among them, is the base.

    Raises
    ------
    ModelError
        If there are fewer than two, or they cannot be compared.
    StoreError
        If there is no such run.
    """
    wanted = list(dict.fromkeys(run_ids))
    if len(wanted) < 2:
        raise ModelError("Choose a base and at least one other run")
    runs = [visit.state.find_run(run_id) for run_id in wanted]
    if "baseline" in (names := [dict(r.settings).get("scenario_id") for r in runs]):
        runs.insert(0, runs.pop(names.index("baseline")))
    try:
        found = compare(runs[0], runs[1:])
    except ValueError as error:
        raise ModelError(str(error)) from error
    inputs = [visit.state.read_inputs(r.inputs_hash) for r in runs]
    return build_comparison(found, runs, inputs, find_draws(visit)), tuple(runs)


def find_training(visit: Visit) -> TrainingShown | None:
    """Find whom to train first, and what it would save; None where nobody asked yet."""
    if not visit.store.list_results(visit.place, TrainingStudy):
        return None
    return build_training(visit.store.find_result(TrainingStudy, place=visit.place))


def find_options(visit: Visit, moved: Mapping[str, int]) -> Scored | None:
    """Find the options scored with weights moved; None where there is no table yet.

    Parameters
    ----------
    moved
        Weight by slider's name, ``w0`` for the first criterion.
    """
    for summary in visit.store.list_results(visit.place, KeptStatement):
        if summary.parent_id == "options":
            kept = visit.store.find_result(KeptStatement, summary.result_id)
            content = visit.store.read_import_file(kept.files[0][1])
            return score_options(read_table(content), moved)
    if visit.store.list_results(visit.place, OptionsStudy):
        study = visit.store.find_result(OptionsStudy, place=visit.place)
        content = visit.store.read_import_file(study.scores_hash)
        return score_options(read_table(content), moved)
    return None


def keep_options(visit: Visit, content: bytes) -> KeptStatement:
    """Read a table of options and scores, and keep it.

    Raises
    ------
    InputError
        With every fault of the table.
    """
    with entering(visit):
        scored = score_options(read_table(content), {})
    sha256 = hashlib.sha256(content).hexdigest()
    kept = KeptStatement(
        statement_id=f"{visit.place}-options-{visit.now_utc:%Y%m%dT%H%M%SZ}-{sha256[:8]}",
        topic="options",
        place=visit.place,
        created_utc=visit.now_utc,
        code_version=visit.state.code_version,
        person_id=visit.person_id,
        statement=Statement(
            title="Options scored", basis="points", tables=(scored.table, scored.changes)
        ),
        files=(("options", sha256),),
    )
    with visit.recording("statement.keep", "statement", kept.statement_id):
        visit.store.save_result(kept, place=visit.place, files={"options": content})
    return kept
