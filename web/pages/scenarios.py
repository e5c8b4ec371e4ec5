"""Scenarios: made from a form, queued, watched, compared; options scored; training."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from data.errors import InputError, ModelError
from data.runs import SCENARIO
from data.training import PROPOSAL_WORDS
from scenarios import list_library, read_library_text
from web.access import Visit, allow
from web.charts import build_svg
from web.forms import Form, Posted, read_posted, see_other
from web.job_kinds import SolveScenario
from web.limits import LimitError
from web.queueing import find_job, list_jobs
from web.rendering import render, send_file
from web.roles import Permission
from web.scenario_work import (
    check_cases,
    find_comparison,
    find_options,
    find_training,
    keep_options,
    queue_scenario,
    read_limits,
)
from web.scoring import MOST_WEIGHT
from web.stories import (
    MOST_CHANGES,
    build_changes,
    check_story,
    fill_form,
    list_kinds,
    read_document,
    read_kinds,
    write_toml,
)

router = APIRouter(prefix="/scenarios")

Reader = Annotated[Visit, allow(Permission.READ_SCENARIOS)]
Runner = Annotated[Visit, allow(Permission.RUN_SCENARIOS)]
Sent = Annotated[Posted, Depends(read_posted)]


@router.get("")
def show_overview(request: Request, visit: Reader) -> Response:
    """Show what is queued, what was solved, and the stock scenarios."""
    jobs = list_jobs(visit, "scenario", "study", "draws")[:20]
    runs = [r for r in visit.store.list_runs(visit.place) if r.kind == SCENARIO][:60]
    return render(
        request, "scenarios/overview.html", jobs=jobs, runs=runs,
        library=list_library(),
    )  # fmt: skip


@router.get("/new")
def show_new(
    request: Request,
    visit: Runner,
    like: Annotated[str, Query(max_length=60)] = "",
    job: str = "",
) -> Response:
    """Show the form of a scenario: empty, like a stock one, or as it was sent for a job."""
    document: dict[str, Any] = tomllib.loads(read_library_text(like)) if like else {}
    wanted = find_job(visit, job, "scenario").wanted if job else None
    if isinstance(wanted, SolveScenario):
        document = tomllib.loads(wanted.stories[-1])
    kinds, form = fill_form(document)
    if isinstance(wanted, SolveScenario):
        limits = {"seconds": wanted.seconds, "steps": wanted.steps}
        typed = {k: "" if v is None else str(int(v)) for k, v in limits.items()}
        form = replace(form, values={**form.values, **typed})
    return _show_form(request, kinds, form, write_toml(document) if document else "")


def _show_form(
    request: Request, kinds: tuple[str, ...], form: Form, toml: str, *, is_checked: bool = False
) -> Response:
    values = {"steps": "", "seconds": "60", **form.values}
    return render(
        request, "scenarios/form.html", status_code=422 if form.errors else 200,
        changes=build_changes(kinds), kinds=list_kinds(), form=replace(form, values=values),
        toml=toml, is_checked=is_checked,
    )  # fmt: skip


@router.post("/new")
def use_form(request: Request, visit: Runner, posted: Sent) -> Response:
    """Add or take out a change, show or download the file, or queue the scenario."""
    kinds, action = read_kinds(posted), posted.text("action")
    if action == "add" and posted.text("add") and len(kinds) < MOST_CHANGES:
        document = read_document(posted, kinds)
        document.setdefault("changes", []).append({"kind": posted.text("add")})
        fresh, form = fill_form(document)
        return _show_form(request, fresh, form, write_toml(document))
    if action.startswith("remove-"):
        document = read_document(posted, kinds)
        n = int(action[7:]) if action[7:].isdecimal() else -1
        changes = document.get("changes", [])
        document["changes"] = [c for k, c in enumerate(changes) if k != n]
        fresh, form = fill_form(document)
        return _show_form(request, fresh, form, write_toml(document))
    story, document, form = check_story(posted, kinds)
    limits = {"seconds": posted.text("seconds"), "steps": posted.text("steps")}
    form = replace(form, values={**form.values, **limits})
    if story is None:
        return _show_form(request, kinds, form, write_toml(document))
    text = write_toml(document)
    if action == "download":
        return send_file(text, f"{story.scenario_id}.toml")
    if action != "queue":
        return _show_form(request, kinds, form, text, is_checked=True)
    return _queue(request, visit, posted, document, form)


def _queue(
    request: Request, visit: Visit, posted: Posted, document: dict[str, Any], form: Form
) -> Response:
    """Queue a scenario after it was held against the inputs."""
    limits, form = read_limits(posted, form)
    try:
        check_cases(visit, [document])
    except InputError as error:
        for problem in error.problems:
            form = form.add_error("", f"{problem.cause} {problem.suggestion}")
    job = None
    if not form.errors:
        try:
            job = queue_scenario(visit, document, **limits)
        except LimitError as error:
            form = form.add_error("", str(error))
    if job is None:
        return _show_form(request, read_kinds(posted), form, write_toml(document))
    return see_other(f"/jobs/{job.job_id}")


@router.get("/compare")
def show_compare(
    request: Request,
    visit: Reader,
    run: Annotated[list[str] | None, Query(max_length=12)] = None,
) -> Response:
    """Show kept runs side by side: the first is the base."""
    try:
        shown, runs = find_comparison(visit, run or [])
    except ModelError as error:
        return _refuse_compare(request, str(error))
    return render(
        request, "scenarios/compare.html", shown=shown, runs=runs, build_svg=build_svg
    )


def _refuse_compare(request: Request, text: str) -> Response:
    return render(
        request, "scenarios/compare.html", status_code=422, shown=None, runs=[],
        build_svg=build_svg, form=Form(errors={"": text}),
    )  # fmt: skip


@router.get("/training")
def show_training(request: Request, visit: Reader) -> Response:
    """Show whom to train first, and what it would save."""
    shown = find_training(visit)
    return render(
        request, "scenarios/training.html", shown=shown, words=PROPOSAL_WORDS,
        build_svg=build_svg,
    )  # fmt: skip


@router.get("/options")
def show_options(request: Request, visit: Reader) -> Response:
    """Show options scored, with the weights that the address gives."""
    moved = {
        name: int(value)
        for name, value in request.query_params.items()
        if name.startswith("w") and value.isdecimal() and int(value) <= MOST_WEIGHT
    }
    scored = find_options(visit, moved)
    return render(
        request, "scenarios/options.html", scored=scored, most=MOST_WEIGHT,
        build_svg=build_svg, form=Form(), is_moved=bool(moved),
    )  # fmt: skip


@router.post("/options")
def read_scores(request: Request, visit: Runner, posted: Sent) -> Response:
    """Read a table of options and scores, and keep it."""
    sent = posted.file("files")
    if sent is None:
        form = Form(errors={"files": "Table: choose a CSV file or workbook"})
        return render(
            request, "scenarios/options.html", status_code=422, scored=None, most=MOST_WEIGHT,
            build_svg=build_svg, form=form, is_moved=False,
        )  # fmt: skip
    try:
        keep_options(visit, sent[1])
    except InputError as error:
        return render(
            request, "money/refused.html", status_code=422, problems=error.problems,
            title="The table was not used", back="/scenarios/options",
        )  # fmt: skip
    return see_other("/scenarios/options")
