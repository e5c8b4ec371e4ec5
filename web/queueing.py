"""Queue, find and stop jobs for who asks: the one way that pages and the API both go."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from data.errors import RefusedError, StoreError
from web import jobs
from web.access import Visit
from web.job_kinds import RULES, Wanted
from web.jobs import MOST_WAITING, Job, JobBook, count_open, drop_old_content, find_jobs, tend
from web.limits import LimitError


def queue_job(
    visit: Visit, title: str, wanted: Wanted, files: Mapping[str, bytes] | None = None
) -> Job:
    """Queue a job that was checked; a process of its own does it at low priority.

    Parameters
    ----------
    title
        As lists show it: nothing personal.
    files
        Files that come with it, by a name of ours; for their owner only, gone when it is over.

    Raises
    ------
    LimitError
        If the person has as many waiting as they may.
    """
    book = find_jobs(visit.state)
    if count_open(book.list_jobs(), visit.person_id) >= MOST_WAITING:
        raise LimitError(f"You have {MOST_WAITING} waiting already: let one end first", 60)
    job = Job(
        job_id=f"{visit.now_utc:%Y%m%dT%H%M%S%f}-{visit.person_id.replace('.', '-')}"
        f"-{secrets.token_hex(3)}",
        place=visit.place,
        root=str(visit.state.workspace.root.resolve()),
        person_id=visit.person_id,
        address=visit.address,
        queued_utc=visit.now_utc.isoformat(),
        title=title,
        wanted=wanted,
    )
    with visit.recording(f"{job.kind}.queue", "job", job.job_id):
        book.add(job, files)
    jobs.start_worker(book, job.rules.lane)
    return job


def tend_jobs(visit: Visit) -> JobBook:
    """Find the jobs of the place, looked after."""
    book = find_jobs(visit.state)
    drop_old_content(book, visit.now_utc)
    tend(book)
    return book


def list_jobs(visit: Visit, *kinds: str) -> list[Job]:
    """List the jobs that who asks may see, of some kinds or of all, the newest first."""
    wanted = kinds or tuple(RULES)
    return [j for j in tend_jobs(visit).list_jobs() if j.kind in wanted and _may_see(visit, j)]


def find_job(visit: Visit, job_id: str, *kinds: str) -> Job:
    """Find a job, of some kinds or of any.

    Raises
    ------
    StoreError
        If there is none of the id that who asks may see.
    """
    job = tend_jobs(visit).find(job_id)
    if job is None or not _may_see(visit, job) or (kinds and job.kind not in kinds):
        raise StoreError("There is no such job; the list has those that are kept.")
    return job


def stop_job(visit: Visit, job_id: str) -> Job:
    """Ask a job to stop; what a search found so far is kept.

    Raises
    ------
    StoreError
        If there is none of the id that who asks may see.
    RefusedError
        If they may not ask for such a job themselves.
    """
    job = find_job(visit, job_id)
    if not visit.may(job.rules.asks):
        raise RefusedError("Your roles do not allow this.")
    with visit.recording(f"{job.kind}.stop", "job", job.job_id):
        find_jobs(visit.state).stop(job.job_id)
    return find_job(visit, job_id)


def _may_see(visit: Visit, job: Job) -> bool:
    """Whether who asks may see a job: by its kind, and by whose it is."""
    is_theirs = not job.rules.is_own or job.person_id == visit.person_id
    return is_theirs and visit.may(job.rules.reads)
