"""The log: what happened, when and with what outcome, as JSON lines without personal values.

This is the one place that sets it up. Only the ends write to it (`nightly`, `web`, `cli`); the
rooms that compute hand back values instead. A record has a name of the closed list `Event` and
fields of the register `FIELDS`, each with the one shape that its values have: whatever else
somebody hands over (a name, a need, an address, the message of an error) is left out and
counted, never written.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import traceback
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import structlog

from data.log_files import FILE_BYTES, KEPT_BYTES, KEPT_DAYS, LogFolder, read_log_files
from data.workspace import Workspace

if TYPE_CHECKING:
    from data.runs import RunRecord

Log = structlog.typing.FilteringBoundLogger

TARGET = "WAYFARE_LOG"
"""Variable of the environment: ``file`` (the default), ``stderr``, ``both`` or ``off``."""
DAYS = "WAYFARE_LOG_DAYS"
"""Variable of the environment: days for which files are kept."""
TASK = "WAYFARE_LOG_TASK"
"""Variable of the environment by which a process joins the task of who started it."""

_ROOT = Path(__file__).resolve().parent.parent
_FRAMES = 8
"""Places in our code that an error's record names, the innermost last."""


class Event(StrEnum):
    """What a record can tell of."""

    COMMAND_BEGUN = "command.begun"
    COMMAND_ENDED = "command.ended"
    RUN_KEPT = "run.kept"
    NIGHT_BEGUN = "night.begun"
    NIGHT_KEYED = "night.keyed"
    NIGHT_ENDED = "night.ended"
    NIGHT_FAILED = "night.failed"
    STAGE_BEGUN = "stage.begun"
    STAGE_ENDED = "stage.ended"
    STAGE_FAILED = "stage.failed"
    CHANGES_TAKEN_IN = "changes.taken_in"
    PLAN_KEPT = "plan.kept"
    PLAN_REFUSED = "plan.refused"
    PLAN_PROPOSED = "plan.proposed"
    PLAN_DECIDED = "plan.decided"
    RUN_APPROVED = "run.approved"
    PLAN_PUBLISHED = "plan.published"
    FILES_WRITTEN = "files.written"
    LEFTOVERS_REMOVED = "leftovers.removed"
    ALERT_CALLED = "alert.called"
    STORE_BACKED_UP = "store.backed_up"
    STORE_RESTORED = "store.restored"
    STORE_DRILLED = "store.drilled"
    HEALTH_FOUND = "health.found"
    PAGE_BEGUN = "page.begun"
    PAGE_ENDED = "page.ended"
    PAGE_ANSWERED = "page.answered"
    PAGE_FAILED = "page.failed"
    OPENINGS_MANY = "openings.many"
    JOB_BEGUN = "job.begun"
    JOB_ENDED = "job.ended"
    JOB_FAILED = "job.failed"
    BASEMAP_MADE = "basemap.made"
    BASEMAP_FAILED = "basemap.failed"
    UNLISTED = "unlisted"
    """Written in place of any other name."""


_EVENTS = frozenset(event.value for event in Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogField:
    """What a record may say of one thing.

    Attributes
    ----------
    meaning
        For readers; with its unit.
    read
        Turns a value into what is written; raises ValueError for one of another shape.
    """

    meaning: str
    read: Callable[[Any], object]


def _read_count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("no whole number")
    return value


def _read_seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("no number")
    return round(float(value), 3)


def _read_date(value: Any) -> str:
    if not isinstance(value, date):
        raise ValueError("no date")
    return value.isoformat()[:10]


def _read_place(value: Any) -> str:
    if not isinstance(value, Workspace):
        raise ValueError("no place")
    return value.place


def _read_error(value: Any) -> str:
    """An error is named by its kind alone: its message may quote what somebody wrote."""
    if not isinstance(value, BaseException):
        raise ValueError("no error")
    return type(value).__name__


def _read_codes(value: Any) -> list[str]:
    found = [str(code) for code in value]
    if not all(re.fullmatch(r"[A-Z][A-Z0-9_]{1,39}", code) for code in found):
        raise ValueError("no codes")
    return found[:40]


def _match(pattern: str) -> Callable[[Any], str]:
    found = re.compile(pattern)

    def read(value: Any) -> str:
        if not isinstance(value, str) or not found.fullmatch(value):
            raise ValueError("another shape")
        return str(value)

    return read


def _one_of(words: str) -> Callable[[Any], str]:
    return _match("|".join(re.escape(word) for word in words.split()))


_HASH = _match(r"[0-9a-f]{64}")
FIELDS: dict[str, LogField] = {
    name: LogField(meaning=meaning, read=read)
    for name, meaning, read in (
        ("place", "Working place", _read_place),
        ("task", "One for all records of one command, night, job or request",
         _match(r"[0-9a-f]{16}")),
        ("writer", "Which program wrote it", _one_of("supervisor stage command page worker")),
        ("run", "Id of the kept run",
         _match(r"[a-z][a-z0-9_-]{0,39}-\d{8}T\d{6}Z-[0-9a-f]{8}")),
        ("job", "Moment at which the page queued it", _match(r"\d{8}T\d{12}")),
        ("night", "Key of the night, as the store holds it", _HASH),
        ("date", "Service date", _read_date),
        ("command", "Words of the command, without its options",
         _match(r"wayfare( [a-z][a-z-]{1,20}){0,2}")),
        ("step", "Step of the work", _one_of("intake solve stale publish files")),
        ("ended", "How a stage ended: its exit code or the signal that ended it",
         _match(r"done|killed|(failed|died) \d{1,3}")),
        ("state", "State of the plan, the proposal or the job",
         _one_of("optimised repaired stale done failed stopped approved refused")),
        ("kind", "Kind of run or job",
         _one_of("plan night scenario draft_search study paper lots award providers import")),
        ("plan_hash", "Fingerprint of the plan", _HASH),
        ("report_hash", "Hash of the checker's report", _HASH),
        ("version_no", "Version of the date's publication", _read_count),
        ("fence_no", "Number of the run that may publish", _read_count),
        ("proposal_no", "Number of the proposal", _read_count),
        ("cost_pence", "Cost of the whole day [pence]", _read_count),
        ("exit_code", "As `wayfare` ends with", _read_count),
        ("status", "HTTP status", _read_count),
        ("method", "HTTP method", _one_of("GET HEAD POST PUT PATCH DELETE OPTIONS OTHER")),
        ("route", "Pattern of the address, with the names of its parts in place of them",
         _match(r"/[A-Za-z0-9/{}_:.-]{0,80}|none")),
        ("reference", "What the page showed with an error", _match(r"[0-9a-f]{8}")),
        ("error", "Kind of the error, never its message", _read_error),
        ("codes", "Codes of faults or of broken rules", _read_codes),
        ("seconds", "How long it took [s]", _read_seconds),
        ("n_bytes", "Size [bytes]", _read_count),
        ("n_duties", "Duties", _read_count),
        ("n_routes", "Routes", _read_count),
        ("n_carried", "Journeys carried", _read_count),
        ("n_unserved", "Journeys not carried", _read_count),
        ("n_breaches", "Passengers outside the envelope, by kind", _read_count),
        ("n_violations", "Hard rules broken", _read_count),
        ("n_changes", "Changes of the date", _read_count),
        ("n_differences", "Differences from what families know", _read_count),
        ("n_not_applied", "Things not taken in", _read_count),
        ("n_needs", "Things for a person to look at", _read_count),
        ("n_waiting", "Proposals that wait", _read_count),
        ("n_removed", "Leftovers removed", _read_count),
        ("n_runs", "Runs", _read_count),
        ("n_faults", "Faults", _read_count),
        ("n_free_bytes", "Free on the disk [bytes]", _read_count),
    )
}  # fmt: skip
"""What a record may say besides ``at``, ``level``, ``event``, ``where`` and ``withheld``."""


def keep_registered(
    _: object, __: str, record: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keep registered fields with values of their shape; count what else was handed over."""
    name = record.pop("event", None)
    kept: dict[str, Any] = {
        "at": record.pop("at", ""),
        "level": record.pop("level", ""),
        "event": str(name) if name in _EVENTS else Event.UNLISTED.value,
    }
    n_withheld = 0
    for key, value in record.items():
        if value is None:
            continue
        field = FIELDS.get(key)
        try:
            if field is None:
                raise ValueError("not registered")
            kept[key] = field.read(value)
        except (ValueError, TypeError):
            n_withheld += 1
    error = record.get("error")
    if isinstance(error, BaseException):
        kept["where"] = _find_where(error)
    if n_withheld:
        kept["withheld"] = n_withheld
    return kept


def _find_where(error: BaseException) -> list[str]:
    """Find the lines of our own code that an error passed, without any value."""
    found = []
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(_ROOT) and ".venv" not in path.parts:
            found.append(f"{path.relative_to(_ROOT).as_posix()}:{frame.lineno}")
    return found[-_FRAMES:]


class _Lines:
    """Where finished lines go: the methods that structlog calls, one for each level."""

    def __init__(self, folder: LogFolder | None, told: structlog.PrintLogger | None) -> None:
        self._folder, self._told = folder, told

    def msg(self, line: str) -> None:
        """Write a line."""
        if self._folder is not None:
            self._folder.append(line)
        if self._told is not None:
            self._told.msg(line)

    debug = info = warning = error = critical = msg


def open_log(workspace: Workspace | None, *, writer: str, task: str = "") -> Log:
    """Open the log of a place; each record is on disk when the call that wrote it returns.

    Parameters
    ----------
    workspace
        The place, beside whose store ``logs`` lies; None for a log that goes nowhere.
    writer
        Which program writes: ``supervisor``, ``stage``, ``command``, ``page`` or ``worker``.
    task
        16 hex digits that join records; by default those that the environment hands on from
        who started this process, else new ones.

    Returns
    -------
    A logger of structlog: ``log.info(Event.NIGHT_BEGUN, date=on)``.
    """
    target = os.environ.get(TARGET, "file").strip().lower()
    if target not in ("file", "stderr", "both", "off"):
        target = "file"
    days = os.environ.get(DAYS, "")
    kept_days = int(days) if days.isdigit() and 0 < len(days) <= 4 else KEPT_DAYS
    files = None
    if workspace is not None and target in ("file", "both"):
        files = LogFolder(
            workspace.logs_folder,
            file_bytes=FILE_BYTES,
            kept_days=kept_days,
            kept_bytes=KEPT_BYTES,
        )
    is_told = workspace is not None and target in ("stderr", "both") and sys.stderr is not None
    made = structlog.wrap_logger(
        _Lines(files, structlog.PrintLogger(sys.stderr) if is_told else None),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            keep_registered,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        context_class=dict,
    )
    joined = task or os.environ.get(TASK, "") or build_task()
    return cast("Log", made.bind(writer=writer, place=workspace, task=joined))


def note_run(log: Log, run: RunRecord, *, seconds: float | None = None) -> None:
    """Note that a run was kept. Seconds are those of its search. [s]"""
    log.info(
        Event.RUN_KEPT,
        run=run.run_id,
        kind=run.kind,
        cost_pence=run.plan.cost_pence,
        n_violations=sum(len(report.violations) for report in run.checks),
        n_unserved=len(run.plan.unserved),
        seconds=seconds,
    )


def build_quiet_log() -> Log:
    """Build a log that goes nowhere."""
    return open_log(None, writer="command")


def build_task() -> str:
    """Build what joins the records of one piece of work."""
    return uuid4().hex[:16]


def find_task(log: Log) -> str:
    """Find the task that a log's records carry, to be handed on to a process started."""
    return str(structlog.get_context(log)["task"])


def find_records(
    workspace: Workspace,
    *,
    run: str = "",
    nights: tuple[str, ...] = (),
    on: date | None = None,
    task: str = "",
) -> tuple[dict[str, Any], ...]:
    """Find all records of a run or of a date's nights: with theirs, all of the same tasks.

    Parameters
    ----------
    workspace
        The place.
    run
        Id of a kept run.
    nights
        Keys of nights.
    on
        Service date.
    task
        A task by itself.

    Returns
    -------
    The records in order of time; all there are, if nothing is asked for.
    """
    found = sorted(
        read_log_files(workspace.logs_folder), key=lambda record: str(record.get("at"))
    )
    if not (run or nights or on or task):
        return tuple(found)
    day = None if on is None else on.isoformat()
    tasks = {
        record.get("task")
        for record in found
        if (run and record.get("run") == run)
        or record.get("night") in nights
        or (day is not None and record.get("date") == day)
        or (task and record.get("task") == task)
    } - {None}
    return tuple(record for record in found if record.get("task") in tasks)
