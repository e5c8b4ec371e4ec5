"""The API of jobs: what is queued, how far it is, what came of it; stop one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict

from web.access import Visit, allow
from web.api.paging import Page, Paging
from web.jobs import JobState, ResultKind
from web.queueing import find_job, list_jobs, stop_job
from web.roles import Permission

router = APIRouter(tags=["jobs"])

Reader = Annotated[Visit, allow(Permission.READ_JOBS)]
Stopper = Annotated[Visit, allow(Permission.STOP_JOBS)]
JobId = Annotated[str, Path(max_length=100)]


class JobResultShown(BaseModel):
    """One thing that came of a job."""

    model_config = ConfigDict(from_attributes=True)

    kind: ResultKind
    result_id: str


class JobShown(BaseModel):
    """One piece of queued work.

    Attributes
    ----------
    stage
        What is being done now.
    best_pence, bound_pence
        Of the day being planned, as the search last told. [pence]
    results
        What came of it; of runs, the base's first. What was read for an import is at
        ``/imports/{job_id}``.
    fault
        Why it failed.
    """

    model_config = ConfigDict(from_attributes=True)

    job_id: str
    kind: str
    title: str
    person_id: str
    queued_utc: datetime
    state: JobState
    stage: str
    best_pence: int | None
    bound_pence: int | None
    results: tuple[JobResultShown, ...]
    fault: str


@router.get("/jobs")
def list_queued(visit: Reader, paging: Paging, state: JobState | None = None) -> Page[JobShown]:
    """List queued work of the kinds that one may see, the newest first."""
    found = [j for j in list_jobs(visit) if state in (None, j.state)]
    return paging.cut(found, JobShown.model_validate)


@router.get("/jobs/{job_id}")
def read_job(job_id: JobId, visit: Reader) -> JobShown:
    """Read how far a job is."""
    return JobShown.model_validate(find_job(visit, job_id))


@router.post("/jobs/{job_id}/stop", status_code=202)
def ask_to_stop(job_id: JobId, visit: Stopper) -> JobShown:
    """Ask a job to stop; what a search found so far is kept."""
    return JobShown.model_validate(stop_job(visit, job_id))
