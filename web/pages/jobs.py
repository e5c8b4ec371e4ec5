"""Queued work: what waits and runs, how one job goes, and what came of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from data.errors import Severity
from web.access import Visit, allow
from web.forms import Posted, read_posted, see_other
from web.job_kinds import MakeAward, ReadImport
from web.jobs import Job, JobState
from web.queueing import find_job, list_jobs, stop_job
from web.record_columns import name_sheet
from web.rendering import render
from web.roles import Permission
from web.uploads import find_held

router = APIRouter(prefix="/jobs")

Reader = Annotated[Visit, allow(Permission.READ_JOBS)]
Stopper = Annotated[Visit, allow(Permission.STOP_JOBS)]
Sent = Annotated[Posted, Depends(read_posted)]

MOST_LISTED = 50
SHOWN_PROBLEMS = 200


@router.get("")
def show_jobs(request: Request, visit: Reader) -> Response:
    """Show the jobs that who asks may see, the newest first."""
    return render(request, "jobs/list.html", jobs=list_jobs(visit)[:MOST_LISTED])


@router.get("/{job_id}")
def show_job(request: Request, visit: Reader, job_id: str) -> Response:
    """Show how a job goes; the page asks again by itself while it does."""
    job = find_job(visit, job_id)
    held = find_held(visit, job) if isinstance(job.wanted, ReadImport) else None
    problems = () if held is None else held.report.problems
    return render(
        request, "jobs/job.html", job=job, again=_find_form(job), held=held,
        problems=problems[:SHOWN_PROBLEMS], sheet_name=name_sheet,
        counts={s.value: sum(p.severity is s for p in problems) for s in Severity},
    )  # fmt: skip


@router.post("/{job_id}/stop")
def ask_to_stop(visit: Stopper, job_id: str, _posted: Sent) -> Response:
    """Ask a job to stop; what a search found so far is kept."""
    job = stop_job(visit, job_id)
    return see_other(f"/jobs/{job.job_id}")


def _find_form(job: Job) -> str:
    """Find the form that asked for a job, filled in as it was; '' if it need not be."""
    if job.state not in (JobState.FAILED, JobState.STOPPED):
        return ""
    wanted = job.wanted
    if isinstance(wanted, MakeAward):
        return f"/money/tenders/{wanted.tender_id}?job={job.job_id}#award"
    return {
        "scenario": f"/scenarios/new?job={job.job_id}",
        "study": "/scenarios/studies/new",
        "draws": f"/scenarios/draws?job={job.job_id}#draw",
        "paper": f"/papers?job={job.job_id}#write",
        "lots": f"/money/tenders?job={job.job_id}#lots",
        "providers": f"/money/providers?job={job.job_id}#choose",
        "import": "/import",
    }.get(job.kind, "")
