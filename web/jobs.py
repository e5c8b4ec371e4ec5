"""Heavy work that people queue: done by one process of its own at low priority, one at a time.

A job is a folder of the place, owner-only: what is wanted, how far it is, whether it is to
stop. The page only reads and writes these small files, so that a solve never slows it down, and
a page that ends takes no work with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from data.inputs import read_document, write_document

if TYPE_CHECKING:
    from web.state import WebState

NICENESS = 10
MOST_WAITING = 5
"""Jobs of one person that may wait or run at one time (W11)."""


class JobState(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work.

    Attributes
    ----------
    stories
        Scenario files as TOML, the bases first.
    run_ids
        What came of it: the base's run first.
    best_pence, bound_pence
        Of the day being planned, as the search last told. [pence]
    study
        The study that the stories belong to, as JSON; '' for scenarios that stand alone.
    study_id
        The study as it was kept.
    """

    job_id: str
    place: str
    root: str
    person_id: str
    queued_utc: str
    title: str
    stories: tuple[str, ...]
    seconds: float | None
    steps: int | None
    state: JobState = JobState.WAITING
    stage: str = ""
    best_pence: int | None = None
    bound_pence: int | None = None
    run_ids: tuple[str, ...] = ()
    fault: str = ""
    study: str = ""
    study_id: str = ""


class JobBook:
    """The jobs of a place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, job: Job) -> None:
        """Queue a job."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / job.job_id).mkdir(mode=0o700)
        self.write(job)

    def write(self, job: Job) -> None:
        """Write how a job is, whole or not at all."""
        path = self.folder / job.job_id / "job.json"
        fresh = path.with_suffix(".new")
        fresh.write_bytes(write_document(job))
        fresh.chmod(0o600)
        fresh.replace(path)

    def find(self, job_id: str) -> Job | None:
        """Find a job, or None."""
        if not job_id.replace("-", "").isalnum():
            return None
        try:
            found = read_document(Job, (self.folder / job_id / "job.json").read_bytes())
        except OSError:
            return None
        return found if isinstance(found, Job) else None

    def list_jobs(self) -> tuple[Job, ...]:
        """List jobs, the newest first."""
        if not self.folder.is_dir():
            return ()
        names = sorted((p.name for p in self.folder.iterdir() if p.is_dir()), reverse=True)
        return tuple(job for name in names if (job := self.find(name)) is not None)

    def stop(self, job_id: str) -> None:
        """Ask a job to stop: one that waits never starts, one that runs keeps what it found."""
        (self.folder / job_id / "stop").touch()
        job = self.find(job_id)
        if job is not None and job.state is JobState.WAITING:
            self.write(replace(job, state=JobState.STOPPED))

    def is_stopped(self, job_id: str) -> bool:
        """Say whether a job was asked to stop."""
        return (self.folder / job_id / "stop").exists()

    def find_next(self) -> Job | None:
        """Find the job that has waited longest, or None."""
        waiting = [job for job in self.list_jobs() if job.state is JobState.WAITING]
        return waiting[-1] if waiting else None

    def lock(self) -> FileLock:
        """The lock that the one worker holds while it lives."""
        return FileLock(str(self.folder / "worker.lock"), timeout=0)


def find_jobs(state: WebState) -> JobBook:
    """Find the jobs of the place served."""
    return JobBook(state.workspace.folder / "jobs")


def start_worker(book: JobBook) -> None:
    """Start the worker in a process of its own; one that is there already does the work."""
    process = subprocess.Popen(  # noqa: S603  our own module, our own interpreter
        [sys.executable, "-m", "web.worker", str(book.folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        cwd=Path(__file__).parent.parent,
    )
    # Somebody has to notice its end, or the system keeps its name.
    threading.Thread(target=process.wait, daemon=True).start()


def tend(book: JobBook) -> None:
    """Look after jobs whose worker is gone: none seems to run for ever, none waits in vain."""
    jobs = book.list_jobs()
    if all(job.state not in (JobState.RUNNING, JobState.WAITING) for job in jobs):
        return
    try:
        with book.lock():
            for job in book.list_jobs():
                if job.state is JobState.RUNNING:
                    fault = "Its process ended before it was done. Queue it again."
                    book.write(replace(job, state=JobState.FAILED, fault=fault))
    except Timeout:
        return
    if book.find_next() is not None:
        start_worker(book)


def describe_job(job: Job) -> dict[str, object]:
    """Describe a job as the API shows it: without folders."""
    hidden = ("root", "stories", "study")
    return {k: v for k, v in json.loads(json.dumps(asdict(job))).items() if k not in hidden}


def count_open(jobs: Sequence[Job], person_id: str) -> int:
    """Count the jobs of a person that wait or run."""
    open_states = (JobState.WAITING, JobState.RUNNING)
    return sum(job.person_id == person_id and job.state in open_states for job in jobs)
