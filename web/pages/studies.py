"""Studies: options ticked, words written, all queued; what comes of it is a Cabinet paper."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from data.errors import InputError
from web.access import Visit, allow
from web.forms import Form, Posted, read_posted, see_other
from web.jobs import MOST_WAITING, Job, count_open, find_jobs, start_worker
from web.rendering import render
from web.roles import Permission
from web.studies import TODAY_TEXT, Choice, build_start, check_form, list_choices, read_form

router = APIRouter(prefix="/scenarios/studies")

Runner = Annotated[Visit, allow(Permission.RUN_SCENARIOS)]
Sent = Annotated[Posted, Depends(read_posted)]


@router.get("/new")
def show_new_study(request: Request, visit: Runner) -> Response:
    """Show the form of a study."""
    return _show(request, visit, build_start(visit.state.read_inputs().title))


@router.post("/new")
def use_study_form(request: Request, visit: Runner, posted: Sent) -> Response:
    """Show the words of a study, or queue it."""
    choices = list_choices(find_jobs(visit.state).list_jobs())
    study, form = check_form(read_form(posted), choices)
    if study is None or posted.text("action") != "queue":
        return _show(request, visit, form)
    seconds, steps = posted.text("seconds"), posted.text("steps")
    if not steps and not (seconds.isdecimal() and 1 <= int(seconds) <= 3_600):
        form = form.add_error("seconds", "Seconds: enter a whole number from 1 to 3600")
    if steps and not (steps.isdecimal() and 1 <= int(steps) <= 1_000_000):
        form = form.add_error("steps", "Steps: enter a whole number from 1")
    picked = [c for c in choices if c.story.scenario_id in study.options]
    form = _hold_against_inputs(visit, picked, form)
    book = find_jobs(visit.state)
    if count_open(book.list_jobs(), visit.person_id) >= MOST_WAITING:
        form = form.add_error("", f"You have {MOST_WAITING} waiting already: let one end first")
    if form.errors:
        return _show(request, visit, form)
    job = Job(
        job_id=f"{visit.now_utc:%Y%m%dT%H%M%S%f}-{visit.person_id.replace('.', '-')}",
        place=visit.place,
        root=str(visit.state.workspace.root.resolve()),
        person_id=visit.person_id,
        queued_utc=visit.now_utc.isoformat(),
        title=study.title,
        stories=(TODAY_TEXT, *(c.text for c in picked)),
        seconds=None if steps else float(seconds),
        steps=int(steps) if steps else None,
        study=study.model_dump_json(),
    )
    with visit.recording("study.queue", "job", job.job_id):
        book.add(job)
    start_worker(book)
    return see_other(f"/scenarios/jobs/{job.job_id}")


def _hold_against_inputs(visit: Visit, picked: list[Choice], form: Form) -> Form:
    """Say before anything is solved what does not fit the records."""
    import tomllib

    from scenarios import Search, build_case, build_scenario

    inputs = visit.state.read_inputs()
    today = build_scenario(tomllib.loads(TODAY_TEXT), "today.toml")
    stories = (today, *(c.story for c in picked))
    for story in stories:
        try:
            build_case(inputs, story, stories, Search(seconds=1))
        except InputError as error:
            for problem in error.problems:
                text = f"{story.title}: {problem.cause} {problem.suggestion}"
                form = form.add_error(
                    "options", f"{form.errors.get('options', '')} {text}".strip()
                )
    return form


def _show(request: Request, visit: Visit, form: Form) -> Response:
    choices = list_choices(find_jobs(visit.state).list_jobs())
    return render(
        request, "scenarios/study.html", status_code=422 if form.errors else 200, form=form,
        choices=choices,
    )  # fmt: skip
