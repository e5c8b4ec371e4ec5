"""Heavy work that people queue: done beside the page by processes of their own at low priority.

A job is a folder of the place, owner-only: what is wanted, how far it is, whether it is to
stop, and the files that came with it. The page only reads and writes these small files, so that
a solve never slows it down, and a page that ends takes no work with it. There is one queue; one
worker does its long jobs, one its short ones, each one at a time.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from data.inputs import read_document, write_document
from web.job_kinds import RULES, JobRules, Lane, Wanted
from web.processes import start_module

if TYPE_CHECKING:
    from web.state import WebState

NICENESS: Mapping[Lane, int] = {Lane.LONG: 10, Lane.SHORT: 5}
MOST_WAITING = 5
"""Jobs of one person that may wait or run at one time (W11)."""

HELD_FOR = timedelta(hours=24)
"""How long files wait to be taken in once they were read."""

MOST_HELD = 4
"""Readings of one person that wait to be taken in; the oldest goes."""


class JobState(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


OPEN_STATES = (JobState.WAITING, JobState.RUNNING)


class ResultKind(StrEnum):
    """What came of a job."""

    RUN = "run"
    STUDY = "study"
    DRAWS = "draws"
    PAPER = "paper"
    TENDER = "tender"
    AWARD = "award"
    PROVIDERS = "providers"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResult:
    """One thing that came of a job and is kept in the store."""

    kind: ResultKind
    result_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work.

    Attributes
    ----------
    address
        Network address that it was asked for from, for the audit log.
    wanted
        What is to be done.
    stage
        What is being done now.
    best_pence, bound_pence
        Of the day being planned, as the search last told. [pence]
    results
        What came of it; of runs, the base's first.
    fault
        Why it failed.
    """

    job_id: str
    place: str
    root: str
    person_id: str
    queued_utc: str
    title: str
    wanted: Wanted
    address: str = ""
    state: JobState = JobState.WAITING
    stage: str = ""
    best_pence: int | None = None
    bound_pence: int | None = None
    results: tuple[JobResult, ...] = ()
    fault: str = ""

    @property
    def kind(self) -> str:
        """Kind of the job, a key of `RULES`."""
        return self.wanted.kind

    @property
    def rules(self) -> JobRules:
        """The rules of its kind."""
        return RULES[self.wanted.kind]

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in OPEN_STATES

    def find_ids(self, kind: str) -> list[str]:
        """Find the ids of what came of it, of one kind."""
        return [one.result_id for one in self.results if one.kind == kind]


class JobBook:
    """The jobs of a place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, job: Job, files: Mapping[str, bytes] | None = None) -> None:
        """Queue a job with the files that come with it.

        Parameters
        ----------
        files
            Content by a name of ours, which may lead into a folder.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / job.job_id).mkdir(mode=0o700)
        for name, content in (files or {}).items():
            self.keep_file(job.job_id, name, content)
        # Last, so that no worker finds it before its files are there.
        self.write(job)

    def write(self, job: Job) -> None:
        """Write how a job is, whole or not at all."""
        _write_own(self.folder / job.job_id / "job.json", write_document(job))

    def find(self, job_id: str) -> Job | None:
        """Find a job, or None."""
        if not job_id.replace("-", "").isalnum():
            return None
        try:
            content = (self.folder / job_id / "job.json").read_bytes()
        except OSError:
            return None
        found: Job = read_document(Job, _read_older(content))
        return found

    def list_jobs(self) -> tuple[Job, ...]:
        """List jobs, the newest first."""
        if not self.folder.is_dir():
            return ()
        names = sorted((p.name for p in self.folder.iterdir() if p.is_dir()), reverse=True)
        return tuple(job for name in names if (job := self.find(name)) is not None)

    def find_content(self, job_id: str) -> Path:
        """Find the folder of the files that belong to a job; it may not be there."""
        return self.folder / job_id / "content"

    def keep_file(self, job_id: str, name: str, content: bytes) -> None:
        """Keep a file that belongs to a job, for its owner only."""
        path = self.find_content(job_id) / name
        path.parent.parent.mkdir(mode=0o700, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        _write_own(path, content)

    def drop_content(self, job_id: str) -> None:
        """Remove the files that belong to a job."""
        shutil.rmtree(self.find_content(job_id), ignore_errors=True)

    def stop(self, job_id: str) -> None:
        """Ask a job to stop: one that waits never starts, one that runs keeps what it found."""
        (self.folder / job_id / "stop").touch(mode=0o600)
        job = self.find(job_id)
        if job is not None and job.state is JobState.WAITING:
            self.write(replace(job, state=JobState.STOPPED))
            self.drop_content(job_id)

    def is_stopped(self, job_id: str) -> bool:
        """Say whether a job was asked to stop."""
        return (self.folder / job_id / "stop").exists()

    def find_next(self, lane: Lane) -> Job | None:
        """Find the job of a lane that has waited longest, or None."""
        waiting = [
            job
            for job in self.list_jobs()
            if job.state is JobState.WAITING and job.rules.lane is lane
        ]
        return waiting[-1] if waiting else None

    def lock(self, lane: Lane) -> FileLock:
        """The lock that the one worker of a lane holds while it lives."""
        return FileLock(str(self.folder / f"worker-{lane}.lock"), timeout=0)


def _write_own(path: Path, content: bytes) -> None:
    """Write a file for its owner only, whole or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    fresh.replace(path)


def _read_older(content: bytes) -> bytes:
    """Read a job as it was written before there were kinds: scenarios and studies alone."""
    found: dict[str, Any] = json.loads(content)
    if "wanted" in found:
        return content
    study, study_id = found.pop("study", ""), found.pop("study_id", "")
    wanted = {k: found.pop(k) for k in ("stories", "seconds", "steps")}
    wanted |= {"kind": "study", "study": study} if study else {"kind": "scenario"}
    results = [{"kind": "run", "result_id": one} for one in found.pop("run_ids", ())]
    results += [{"kind": "study", "result_id": study_id}] if study_id else []
    return json.dumps(found | {"wanted": wanted, "results": results}).encode()


def find_jobs(state: WebState) -> JobBook:
    """Find the jobs of the place served."""
    return JobBook(state.workspace.folder / "jobs")


def start_worker(book: JobBook, lane: Lane) -> None:
    """Start a lane's worker in a process of its own; one that is there does the work."""
    start_module("web.worker", str(book.folder), lane)


def tend(book: JobBook) -> None:
    """Look after jobs whose worker is gone: none seems to run for ever, none waits in vain."""
    for lane in {job.rules.lane for job in book.list_jobs() if job.is_open}:
        try:
            with book.lock(lane):
                for job in book.list_jobs():
                    if job.state is JobState.RUNNING and job.rules.lane is lane:
                        fault = "Its process ended before it was done. Ask for it again."
                        book.write(replace(job, state=JobState.FAILED, fault=fault))
                        book.drop_content(job.job_id)
        except Timeout:
            continue
        if book.find_next(lane) is not None:
            start_worker(book, lane)


def drop_old_content(book: JobBook, now_utc: datetime) -> None:
    """Remove files that nobody took in for too long, and those of a job that did not end well.

    A person keeps the newest `MOST_HELD` readings, for `HELD_FOR`.
    """
    n_held: dict[str, int] = {}
    for job in book.list_jobs():
        if job.is_open or not book.find_content(job.job_id).is_dir():
            continue
        n_held[job.person_id] = n_held.get(job.person_id, 0) + 1
        queued_utc = datetime.fromisoformat(job.queued_utc)
        if (
            job.state is not JobState.DONE
            or n_held[job.person_id] > MOST_HELD
            or now_utc - queued_utc.replace(tzinfo=queued_utc.tzinfo or UTC) > HELD_FOR
        ):
            book.drop_content(job.job_id)


def count_open(jobs: Sequence[Job], person_id: str) -> int:
    """Count the jobs of a person that wait or run."""
    return sum(job.person_id == person_id and job.is_open for job in jobs)
