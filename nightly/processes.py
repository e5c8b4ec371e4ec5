"""Stages in processes of their own: started, asked to stop, killed with what they started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from nightly.clock import Clock

POLL_S = 0.2
NOT_STARTED = 127

StageCommand = Callable[[str], Sequence[str]]
"""Builds the command of a stage from its name and the arguments that follow."""


def build_command(words: Sequence[str]) -> list[str]:
    """Build the command of a stage on this interpreter."""
    return [sys.executable, "-m", "nightly", *words]


def run_stage(
    command: Sequence[str],
    *,
    clock: Clock,
    stop_s: float,
    kill_s: float,
    log: Path,
    handed: Mapping[str, str] | None = None,
) -> str:
    """Run a stage until it ends, is stopped or is killed.

    Parameters
    ----------
    stop_s, kill_s
        Monotonic moments at which it is asked to stop, and is killed. [s]
    log
        Where its own words go, for its owner only.
    handed
        Variables that its environment has besides ours.

    Returns
    -------
    ``done``, ``failed N`` with its exit code (127 if it could not be started), ``killed`` or
    ``died N`` with the signal.
    """
    environment = {**os.environ, **(handed or {})}
    root = str(Path(__file__).resolve().parent.parent)
    known = environment.get("PYTHONPATH")
    environment["PYTHONPATH"] = root if not known else f"{root}{os.pathsep}{known}"
    with _open_words(log) as words:
        try:
            process = subprocess.Popen(  # noqa: S603  our own module with our own arguments
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                env=environment,
                start_new_session=True,
            )
        except OSError:  # no such program, no process or no memory left
            return f"failed {NOT_STARTED}"
        is_asked = False
        try:
            while process.poll() is None:
                now_s = clock.monotonic_s()
                if now_s >= kill_s:
                    return "killed"
                if now_s >= stop_s and not is_asked:
                    process.terminate()
                    is_asked = True
                clock.sleep(POLL_S)
        finally:
            _kill_group(process)
    code = process.returncode
    if code == 0:
        return "done"
    return f"failed {code}" if code > 0 else f"died {-code}"


def _open_words(log: Path) -> IO[bytes]:
    """Open the file of a stage's own words; on a full disk they are lost and the stage runs."""
    try:
        return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
    except OSError:
        return open(os.devnull, "ab")


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a stage with everything that it started; one that has ended leaves children too."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError, AttributeError):
        process.kill()
    process.wait()
