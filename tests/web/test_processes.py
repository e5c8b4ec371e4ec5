"""Processes of our own modules beside the page."""

from __future__ import annotations

import os
import time
from pathlib import Path

from web.processes import start_module

WAIT_S = 20
TELL = """
import os
with open({path!r}, 'w') as file:
    print(os.getcwd(), os.getsid(0), os.environ['OMP_NUM_THREADS'], file=file)
"""


def test_a_module_runs_apart_from_the_page_with_one_thread_and_its_end_is_noticed(
    tmp_path: Path,
) -> None:
    told = tmp_path / "told.txt"
    # A module of the language that does what its command line says.
    process = start_module("timeit", "-n", "1", "-r", "1", TELL.format(path=str(told)))
    # Nobody waits for it here: a process whose end nobody notices keeps no exit code.
    until = time.monotonic() + WAIT_S
    while process.returncode is None and time.monotonic() < until:
        time.sleep(0.02)
    assert process.returncode == 0
    root = Path(__file__).resolve().parents[2]
    assert told.read_text().split() == [str(root), str(process.pid), "1"]
    assert os.getsid(0) != process.pid


def test_who_waits_for_a_module_is_told_how_it_ended() -> None:
    assert start_module("no_such_module_of_ours").wait(timeout=WAIT_S) == 1
