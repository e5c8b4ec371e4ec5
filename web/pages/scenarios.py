"""Scenarios: made from a form, queued, watched, compared; options scored; training; draws."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from data.appraisals import OptionsStudy
from data.errors import InputError, StoreError
from data.runs import SCENARIO
from data.statements import KeptStatement, Statement
from data.training import PROPOSAL_WORDS, TrainingStudy
from data.uncertainty import DrawsStudy
from scenarios import compare, list_library, read_library_text
from web.access import Visit, allow
from web.charts import build_svg
from web.forms import Form, Posted, read_posted, see_other
from web.jobs import MOST_WAITING, Job, JobState, count_open, find_jobs, start_worker, tend
from web.rendering import render
from web.roles import Permission
from web.scenario_views import build_comparison, build_training
from web.scoring import MOST_WEIGHT, read_table, score_options
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
    book = find_jobs(visit.state)
    tend(book)
    runs = [r for r in visit.store.list_runs(visit.place) if r.kind == SCENARIO][:60]
    return render(
        request, "scenarios/overview.html", jobs=book.list_jobs()[:20], runs=runs,
        library=list_library(),
    )  # fmt: skip


@router.get("/new")
def show_new(
    request: Request, visit: Runner, like: Annotated[str, Query(max_length=60)] = ""
) -> Response:
    """Show the form of a scenario, empty or like a stock one."""
    document: dict[str, Any] = tomllib.loads(read_library_text(like)) if like else {}
    kinds, form = fill_form(document)
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
        headers = {"content-disposition": f'attachment; filename="{story.scenario_id}.toml"'}
        return Response(text, media_type="application/toml", headers=headers)
    if action != "queue":
        return _show_form(request, kinds, form, text, is_checked=True)
    return _queue(request, visit, posted, story.title, document, form)


def _queue(
    request: Request,
    visit: Visit,
    posted: Posted,
    title: str,
    document: dict[str, Any],
    form: Form,
) -> Response:
    """Queue a scenario after it was held against the inputs."""
    from scenarios import Search, build_case, build_scenario

    text, kinds = write_toml(document), read_kinds(posted)
    seconds, steps = posted.text("seconds"), posted.text("steps")
    if not steps and not (seconds.isdecimal() and 1 <= int(seconds) <= 3_600):
        form = form.add_error("seconds", "Seconds: enter a whole number from 1 to 3600")
    if steps and not (steps.isdecimal() and 1 <= int(steps) <= 1_000_000):
        form = form.add_error("steps", "Steps: enter a whole number from 1")
    book = find_jobs(visit.state)
    if count_open(book.list_jobs(), visit.person_id) >= MOST_WAITING:
        form = form.add_error("", f"You have {MOST_WAITING} waiting already: let one end first")
    try:
        story = build_scenario(document, "the form")
        build_case(visit.state.read_inputs(), story, (story,), Search(seconds=1))
    except InputError as error:
        for problem in error.problems:
            form = form.add_error("", f"{problem.cause} {problem.suggestion}")
    if form.errors:
        return _show_form(request, kinds, form, text)
    job = Job(
        job_id=f"{visit.now_utc:%Y%m%dT%H%M%S%f}-{visit.person_id.replace('.', '-')}",
        place=visit.place,
        root=str(visit.state.workspace.root.resolve()),
        person_id=visit.person_id,
        queued_utc=visit.now_utc.isoformat(),
        title=title,
        stories=(text,),
        seconds=None if steps else float(seconds),
        steps=int(steps) if steps else None,
    )
    with visit.recording("scenario.queue", "job", job.job_id):
        book.add(job)
    start_worker(book)
    return see_other(f"/scenarios/jobs/{job.job_id}")


@router.get("/jobs/{job_id}")
def show_job(request: Request, visit: Reader, job_id: str) -> Response:
    """Show how a job goes; the page asks again by itself while it does."""
    book = find_jobs(visit.state)
    tend(book)
    job = book.find(job_id)
    if job is None:
        raise StoreError("There is no such job; the list has those that are kept.")
    is_open = job.state in (JobState.WAITING, JobState.RUNNING)
    return render(request, "scenarios/job.html", job=job, is_open=is_open)


@router.post("/jobs/{job_id}/stop")
def stop_job(visit: Runner, job_id: str, _posted: Sent) -> Response:
    """Ask a job to stop; what it found so far is kept."""
    book = find_jobs(visit.state)
    job = book.find(job_id)
    if job is not None:
        with visit.recording("scenario.stop", "job", job.job_id):
            book.stop(job.job_id)
    return see_other(f"/scenarios/jobs/{job_id}")


@router.get("/compare")
def show_compare(
    request: Request,
    visit: Reader,
    run: Annotated[list[str] | None, Query(max_length=12)] = None,
) -> Response:
    """Show kept runs side by side: the first is the base."""
    wanted = list(dict.fromkeys(run or []))
    if len(wanted) < 2:
        return _refuse_compare(request, "Choose a base and at least one other run")
    runs = [visit.state.find_run(run_id) for run_id in wanted]
    if "baseline" in (names := [dict(r.settings).get("scenario_id") for r in runs]):
        runs.insert(0, runs.pop(names.index("baseline")))
    try:
        found = compare(runs[0], runs[1:])
    except ValueError as error:
        return _refuse_compare(request, str(error))
    draws = None
    if visit.store.list_results(visit.place, DrawsStudy):
        draws = visit.store.find_result(DrawsStudy, place=visit.place)
    inputs = [visit.state.read_inputs(r.inputs_hash) for r in runs]
    shown = build_comparison(found, runs, inputs, draws)
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
    shown = None
    if visit.store.list_results(visit.place, TrainingStudy):
        shown = build_training(visit.store.find_result(TrainingStudy, place=visit.place))
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
    scored, table = None, _find_table(visit)
    if table is not None:
        scored = score_options(read_table(table), moved)
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
        scored = score_options(read_table(sent[1]), {})
    except InputError as error:
        return render(
            request, "money/refused.html", status_code=422, problems=error.problems,
            title="The table was not used", back="/scenarios/options",
        )  # fmt: skip
    sha256 = hashlib.sha256(sent[1]).hexdigest()
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
        visit.store.save_result(kept, place=visit.place, files={"options": sent[1]})
    return see_other("/scenarios/options")


def _find_table(visit: Visit) -> bytes | None:
    """Find the table of scores brought last, or that of the newest kept study."""
    for summary in visit.store.list_results(visit.place, KeptStatement):
        if summary.parent_id == "options":
            kept = visit.store.find_result(KeptStatement, summary.result_id)
            return visit.store.read_import_file(kept.files[0][1])
    if visit.store.list_results(visit.place, OptionsStudy):
        study = visit.store.find_result(OptionsStudy, place=visit.place)
        return visit.store.read_import_file(study.scores_hash)
    return None
