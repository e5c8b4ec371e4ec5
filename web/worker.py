"""The worker: takes queued jobs one after another, at low priority, until none is left."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import Timeout

from data.errors import WayfareError
from data.logs import Event, Log, build_task, note_run, open_log
from data.store import Store
from data.workspace import Workspace
from web.jobs import NICENESS, Job, JobBook, JobState

if TYPE_CHECKING:
    from data.runs import RunRecord
    from routing import ProgressReport
    from scenarios import Case

TOLD_EVERY_S = 1.0


def work(folder: Path) -> None:
    """Work until no job waits; return at once if another worker is there."""
    book = JobBook(folder)
    try:
        with book.lock():
            while (job := book.find_next()) is not None:
                run_job(book, job)
    except Timeout:
        return


def run_job(book: JobBook, job: Job) -> None:
    """Do one job; whatever happens, it says so."""
    held = replace(job, state=JobState.RUNNING, stage="reading")
    book.write(held)
    began_s = time.monotonic()
    workspace = Workspace(root=Path(job.root), place=job.place)
    log = open_log(workspace, writer="worker", task=build_task())
    log = log.bind(job=job.job_id.split("-")[0])
    log.info(Event.JOB_BEGUN)
    try:
        held = _solve(book, held, log)
    except WayfareError as error:
        log.warning(Event.JOB_FAILED, error=error, exit_code=error.exit_code)
        book.write(replace(held, state=JobState.FAILED, fault=str(error)[:2_000]))
        return
    except BaseException as error:
        log.error(Event.JOB_FAILED, error=error)
        fault = "Something went wrong that should not have. Tell whoever runs the page."
        book.write(replace(held, state=JobState.FAILED, fault=fault))
        raise
    is_stopped = book.is_stopped(job.job_id)
    state = JobState.STOPPED if is_stopped else JobState.DONE
    book.write(replace(held, state=state, stage=""))
    log.info(Event.JOB_ENDED, state=state.value, seconds=time.monotonic() - began_s)


def _solve(book: JobBook, job: Job, log: Log) -> Job:
    """Solve the stories of a job and their base; gives the job with what came of it."""
    import tomllib

    from routing import read_network
    from scenarios import (
        Search,
        StudyFile,
        build_scenario,
        find_kept_run,
        keep_study,
        solve_and_keep,
        solve_stories,
    )

    stories = [build_scenario(tomllib.loads(text), "scenario.toml") for text in job.stories]
    workspace = Workspace(root=Path(job.root), place=job.place)
    search = Search(seconds=job.seconds, steps=job.steps, seed=1, n_workers=1)
    network = read_network(workspace.network_path)
    with Store.open(workspace.store_place) as store:
        inputs = store.read_inputs(store.find_inputs_hash(job.place))

        def solve(case: Case) -> RunRecord:
            kept = find_kept_run(store, job.place, case)
            if kept is not None:
                return kept
            book.write(replace(job, stage=case.title))
            run = solve_and_keep(
                store,
                workspace,
                case,
                network,
                now=_now,
                progress=_tell(book, replace(job, stage=case.title)),
                should_stop=lambda: book.is_stopped(job.job_id),
            )
            note_run(log, run)
            return run

        runs = solve_stories(stories, inputs, search, solve)
        done = replace(job, run_ids=tuple(run.run_id for run in runs))
        if not job.study or book.is_stopped(job.job_id):
            return done
        study = StudyFile.model_validate_json(job.study)
        record = keep_study(
            store, study, stories, runs, inputs, search, solve, created_utc=_now
        )
        return replace(done, study_id=record.study_id)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _tell(book: JobBook, job: Job) -> Callable[[ProgressReport], None]:
    """Tell how a search goes, at most once a second."""
    last = [0.0]

    def tell(report: ProgressReport) -> None:
        if time.monotonic() - last[0] < TOLD_EVERY_S:
            return
        last[0] = time.monotonic()
        day = f", {report.day_name}" if report.day_name else ""
        book.write(
            replace(
                job,
                stage=f"{job.stage}: {report.stage}{day}",
                best_pence=report.best_cost_pence,
                bound_pence=report.bound_pence,
            )
        )

    return tell


if __name__ == "__main__":
    os.nice(NICENESS)
    work(Path(sys.argv[1]))
