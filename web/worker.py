"""A worker: takes queued jobs of its lane one after another until none is left.

python -m web.worker FOLDER LANE
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import Timeout

from data.errors import InputError, WayfareError
from data.logs import Event, build_task, open_log
from data.store import Store
from data.workspace import Workspace
from web.job_kinds import Lane
from web.jobs import NICENESS, Job, JobBook, JobState, drop_old_content
from web.tasks import TASKS, Bench

LOOK_EVERY_S = 0.5
MOST_FAULT = 2_000


def read_clock() -> datetime:
    """Read the clock, in whole seconds of UTC."""
    return datetime.now(UTC).replace(microsecond=0)


def work(
    folder: Path,
    lane: Lane,
    clock: Callable[[], datetime] = read_clock,
    *,
    is_own_process: bool = False,
) -> None:
    """Work until no job of the lane waits; return at once if its worker is there already.

    Parameters
    ----------
    is_own_process
        Whether the process is there for this alone, and may end with a job that is stopped.
    """
    book = JobBook(folder)
    try:
        with book.lock(lane):
            drop_old_content(book, clock())
            while (job := book.find_next(lane)) is not None:
                ending = _Ending(book)
                if is_own_process and lane is Lane.SHORT:
                    # What takes hours asks by itself, and keeps what it found.
                    threading.Thread(target=ending.watch, args=(job,), daemon=True).start()
                run_job(book, job, clock, ending)
    except Timeout:
        return


class _Ending:
    """How a job ends: by its task, or by somebody who asked it to stop, whichever is first.

    Only what was read and waits to be taken in is still held afterwards.
    """

    def __init__(self, book: JobBook) -> None:
        self._book, self._lock, self._is_over = book, threading.Lock(), False

    def end(self, job: Job) -> None:
        """Write how a job ended."""
        with self._lock:
            self._is_over = True
            if not (job.state is JobState.DONE and job.kind == "import"):
                self._book.drop_content(job.job_id)
            self._book.write(job)

    def watch(self, job: Job) -> None:
        """End this process once its job is asked to stop; the next look starts another one.

        What a task keeps, it keeps in one transaction: nothing is left half done.
        """
        while not self._is_over:
            time.sleep(LOOK_EVERY_S)
            if self._book.is_stopped(job.job_id):
                with self._lock:
                    if self._is_over:
                        return
                    self._book.drop_content(job.job_id)
                    self._book.write(replace(job, state=JobState.STOPPED))
                    os._exit(0)


def run_job(
    book: JobBook,
    job: Job,
    clock: Callable[[], datetime] = read_clock,
    ending: _Ending | None = None,
) -> None:
    """Do one job; whatever happens, it says so."""
    ending = ending or _Ending(book)
    held = replace(job, state=JobState.RUNNING, stage="reading")
    book.write(held)
    began_s = time.monotonic()
    workspace = Workspace(root=Path(job.root), place=job.place)
    log = open_log(workspace, writer="worker", task=build_task())
    log = log.bind(job=job.job_id.split("-")[0], kind=job.kind)
    log.info(Event.JOB_BEGUN)
    try:
        with Store.open(workspace.store_place) as store:
            bench = Bench(book, held, store, workspace, log=log, clock=clock)
            results = TASKS[job.kind](bench, job.wanted)
            held = bench.job
    except WayfareError as error:
        log.warning(Event.JOB_FAILED, error=error, exit_code=error.exit_code)
        ending.end(replace(held, state=JobState.FAILED, fault=_describe(error)))
        return
    except BaseException as error:
        log.error(Event.JOB_FAILED, error=error)
        fault = "Something went wrong that should not have. Tell whoever runs the page."
        ending.end(replace(held, state=JobState.FAILED, fault=fault))
        raise
    state = JobState.STOPPED if book.is_stopped(job.job_id) else JobState.DONE
    ending.end(replace(held, state=state, stage="", results=results))
    log.info(Event.JOB_ENDED, state=state.value, seconds=time.monotonic() - began_s)


def _describe(error: WayfareError) -> str:
    """Describe why a job failed, as its page shows it."""
    if isinstance(error, InputError):
        return " ".join(f"{p.cause} {p.suggestion}" for p in error.problems)[:MOST_FAULT]
    return str(error)[:MOST_FAULT]


if __name__ == "__main__":
    lane = Lane(sys.argv[2])
    os.nice(NICENESS[lane])
    work(Path(sys.argv[1]), lane, is_own_process=True)
