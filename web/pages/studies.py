"""Studies: options ticked, words written, all queued; what comes of it is a Cabinet paper."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from web.access import Visit, allow
from web.forms import Form, Posted, read_posted, see_other
from web.jobs import find_jobs
from web.limits import LimitError
from web.rendering import render
from web.roles import Permission
from web.scenario_work import find_misfits, queue_study, read_limits
from web.studies import TODAY_TEXT, build_start, check_form, list_choices, read_form

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
    limits, form = read_limits(posted, form)
    picked = [c for c in choices if c.story.scenario_id in study.options]
    if misfits := find_misfits(visit, (TODAY_TEXT, *(c.text for c in picked))):
        form = form.add_error("options", " ".join(misfits))
    if form.errors:
        return _show(request, visit, form)
    try:
        job = queue_study(visit, study, (TODAY_TEXT, *(c.text for c in picked)), **limits)
    except LimitError as error:
        return _show(request, visit, form.add_error("", str(error)))
    return see_other(f"/jobs/{job.job_id}")


def _show(request: Request, visit: Visit, form: Form) -> Response:
    choices = list_choices(find_jobs(visit.state).list_jobs())
    return render(
        request, "scenarios/study.html", status_code=422 if form.errors else 200, form=form,
        choices=choices,
    )  # fmt: skip
