"""Draws of uncertain numbers: how sure each saving is, and the form that asks for more."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from data.errors import InputError
from data.uncertainty import DrawsStudy
from web.access import Visit, allow
from web.charts import build_svg, build_tornado_svg
from web.draw_views import build_draws_page
from web.draw_work import DrawsAsked, check_drawn, find_draws, list_uncertain, queue_draws
from web.forms import Form, Posted, check_form, read_posted, see_other, show_form
from web.job_kinds import DrawScenarios
from web.limits import LimitError
from web.queueing import find_job
from web.rendering import render
from web.roles import Permission
from web.scenario_work import find_misfits

router = APIRouter(prefix="/scenarios/draws")

Reader = Annotated[Visit, allow(Permission.READ_SCENARIOS)]
Runner = Annotated[Visit, allow(Permission.RUN_SCENARIOS)]
Sent = Annotated[Posted, Depends(read_posted)]

MOST_LISTED = 20


@router.get("")
def show_draws(
    request: Request,
    visit: Reader,
    study: Annotated[str, Query(max_length=120)] = "",
    job: Annotated[str, Query(max_length=120)] = "",
) -> Response:
    """Show kept draws, the newest unless the address names others, and the form for more."""
    usual = DrawsAsked().model_dump()
    form = show_form({k: "" if v is None else str(v) for k, v in usual.items()})
    wanted = find_job(visit, job, "draws").wanted if job else None
    if isinstance(wanted, DrawScenarios):
        form = _fill_form(visit, wanted)
    return _show(request, visit, form, study)


@router.post("")
def ask_for_draws(request: Request, visit: Runner, posted: Sent) -> Response:
    """Queue draws of the scenarios that were ticked."""
    asked, form = check_form(DrawsAsked, posted)
    names = posted.texts("stories")
    form = replace(form, values={**form.values, "stories": names})
    picked = [c for c in list_uncertain(visit) if c.story.scenario_id in names]
    if not picked:
        form = form.add_error("stories", "Scenarios: choose one at least")
    else:
        faults = find_misfits(visit, [c.text for c in picked])
        try:
            check_drawn(picked)
        except InputError as error:
            faults += [f"{p.column}: {p.cause} {p.suggestion}" for p in error.problems]
        if faults:
            form = form.add_error("stories", " ".join(faults))
    job = None
    if asked is not None and not form.errors:
        try:
            job = queue_draws(visit, picked, asked)
        except LimitError as error:
            form = form.add_error("", str(error))
    if job is None:
        return _show(request, visit, form)
    return see_other(f"/jobs/{job.job_id}")


def _fill_form(visit: Visit, wanted: DrawScenarios) -> Form:
    """Fill the form as it was sent for a job."""
    sent = set(wanted.stories)
    target = "" if wanted.target_pence is None else str(wanted.target_pence // 100)
    return show_form(
        {
            "stories": tuple(
                c.story.scenario_id for c in list_uncertain(visit) if c.text in sent
            ),
            "draws": str(wanted.n_draws),
            "planned": str(wanted.n_planned),
            "steps": str(wanted.steps),
            "target": target,
        }
    )


def _show(request: Request, visit: Visit, form: Form, study_id: str = "") -> Response:
    found = find_draws(visit, study_id)
    return render(
        request, "scenarios/draws.html", status_code=422 if form.errors else 200, form=form,
        shown=None if found is None else build_draws_page(found),
        kept=visit.store.list_results(visit.place, DrawsStudy)[:MOST_LISTED],
        choices=list_uncertain(visit) if visit.may(Permission.RUN_SCENARIOS) else (),
        build_svg=build_svg, build_tornado_svg=build_tornado_svg,
    )  # fmt: skip
