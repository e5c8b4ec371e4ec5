"""The log of one command: opened when it has named its place, closed with its exit code."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING

import typer
from typer.main import get_command_name

if TYPE_CHECKING:
    from data.logs import Log
    from data.runs import RunRecord
    from data.workspace import Workspace


class CommandLog:
    """What is kept while a command runs.

    Nothing is written before the place's folder is there, so that a slip of the pen in a
    place's name leaves no folder behind.

    Parameters
    ----------
    words
        Names of the command, without options and arguments.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._words = ("wayfare", *words)
        self._began_s = time.monotonic()
        self._workspace: Workspace | None = None
        self._log: Log | None = None
        self.error: BaseException | None = None

    def begin(self, workspace: Workspace) -> None:
        """Take note of the place; the first one that a command names is where it is logged."""
        if self._workspace is None:
            self._workspace = workspace
        self.find_log()

    def find_log(self) -> Log:
        """Find the log of the place; one that goes nowhere while there is no place."""
        from data.logs import Event, build_quiet_log, open_log

        held = self._workspace
        if self._log is None and held is not None and held.folder.is_dir():
            self._log = open_log(held, writer="command")
            self._log.info(Event.COMMAND_BEGUN, command=" ".join(self._words))
        return self._log or build_quiet_log()

    def bind_run(self, run_id: str) -> None:
        """Let all records from here on carry a run's id."""
        if self._log is not None:
            self._log = self._log.bind(run=run_id)

    def end(self, exit_code: int) -> None:
        """Note how the command ended, if it had a place that is there."""
        if self._workspace is None or not self._workspace.folder.is_dir():
            return
        from data.logs import Event

        log = self.find_log()
        (log.info if self.error is None else log.warning)(
            Event.COMMAND_ENDED,
            command=" ".join(self._words),
            exit_code=exit_code,
            error=self.error,
            seconds=time.monotonic() - self._began_s,
        )


_HELD: ContextVar[CommandLog | None] = ContextVar("command_log", default=None)


def hold_log(app: typer.Typer, words: Sequence[str]) -> CommandLog:
    """Hold the log of the command that is being called.

    Parameters
    ----------
    words
        Words after ``wayfare``; only those that name a command are written.
    """
    held = CommandLog(find_command(app, words))
    _HELD.set(held)
    return held


def begin_log(workspace: Workspace) -> None:
    """Begin the log of the command with the place that it is about."""
    held = _HELD.get()
    if held is not None:
        held.begin(workspace)


def find_log() -> Log:
    """Find the log of the command; one that goes nowhere if it has no place."""
    from data.logs import build_quiet_log

    held = _HELD.get()
    return build_quiet_log() if held is None else held.find_log()


def log_run(run: RunRecord, *, seconds: float | None = None) -> None:
    """Note that a run was kept; what the command logs from here on carries its id."""
    from data.logs import note_run

    note_run(find_log(), run, seconds=seconds)
    held = _HELD.get()
    if held is not None:
        held.bind_run(run.run_id)


def find_command(app: typer.Typer, words: Sequence[str]) -> tuple[str, ...]:
    """Find the words that name a command, e.g. ``scenario run``; () if they name none."""
    if not words:
        return ()
    for known in app.registered_commands:
        name = known.name or get_command_name(getattr(known.callback, "__name__", ""))
        if name == words[0]:
            return (name,)
    for group in app.registered_groups:
        inner = group.typer_instance
        if inner is None:
            continue
        if not isinstance(group.name, str):
            found = find_command(inner, words)
            if found:
                return found
        elif group.name == words[0]:
            return (group.name, *find_command(inner, words[1:]))
    return ()
