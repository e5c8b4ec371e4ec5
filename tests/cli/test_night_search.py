"""Savings are kept while the night searches: a search that is killed takes few with it (N5).

The plan begun from is dear by construction: a third of the passengers rode alone when it was
made and need not any more, so that whatever the search puts together saves. Nobody needs an
assistant: two routes put together would have one less, which leaves every envelope.
"""

from __future__ import annotations

import os
import shlex
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from data.passengers import AssistantNeed
from data.plans import PlanState
from data.store import Store
from nightly import read_config, run_night
from nightly.processes import build_command
from tests.cli.conftest import run

ON = date(2026, 9, 15)
STAMP = datetime(2026, 9, 1, tzinfo=UTC)
CONFIG = """
place = "grid"
folder = "."
documents = false
[search]
seconds = 600
keep_every_s = 4
continuity_pence = 0
workers = 1
[envelope]
shift_min = 120
may_change_provider = true
may_change_vehicle_type = true
may_change_crew = true
may_add_companions = true
"""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes")


@pytest.fixture(scope="module")
def dear_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The grid town with an approved plan from when every third passenger rode alone."""
    folder, at = tmp_path_factory.mktemp("dear"), ("--place", "grid")
    made = run("sample", *at, folder=folder)
    assert made.code == 0, made.err
    with Store.open(folder / "grid" / "wayfare.sqlite") as store:
        inputs = store.read_inputs(store.find_inputs_hash("grid"))
        free = replace(
            inputs,
            passengers=tuple(
                replace(
                    p,
                    assistant=AssistantNeed.NONE,
                    needs_trained_assistant=False,
                    assistant_id=None,
                )
                for p in inputs.passengers
            ),
        )
        alone = replace(
            free,
            passengers=tuple(
                replace(
                    p, travels_alone=p.travels_alone or (k % 3 == 0 and not p.together_with)
                )
                for k, p in enumerate(free.passengers)
            ),
        )
        store.save_inputs(alone, created_utc=STAMP, code_version="test")
        made = run("plan", *at, "--only", ON.isoformat(), "--steps", 200, folder=folder)
        assert made.code == 0, made.err
        store.save_inputs(free, created_utc=STAMP, code_version="test")
    who = run("people", "add", "p.shah", "--name", "P", "--role", "planner", *at, folder=folder)
    assert who.code == 0, who.err
    assert run("approve", "latest", "--as", "p.shah", *at, folder=folder).code == 0
    (folder / "night.toml").write_text(CONFIG, encoding="utf-8")
    return folder


def read_searched(folder: Path) -> list[int]:
    """Read what the searched plans kept so far cost. [pence]"""
    with Store.open(folder / "grid" / "wayfare.sqlite") as store:
        return [
            c.cost_pence
            for night in store.nights.list_nights("grid")
            for c in store.nights.list_candidates(night.night_no)
            if c.state is PlanState.OPTIMISED
        ]


@pytest.mark.faults
def test_a_solver_killed_midway_leaves_what_it_saved_to_be_published(dear_town: Path) -> None:
    folder = dear_town
    pid_file = folder / "solver.pid"

    def command(words: Sequence[str]) -> Sequence[str]:
        line = shlex.join(build_command(words))
        return ["sh", "-c", f"echo $$ > {shlex.quote(str(pid_file))}; exec {line}"]

    seen: list[int] = []

    def kill_midway() -> None:
        # A saving is kept, and minutes of the search still to go.
        for _ in range(2_500):
            time.sleep(0.2)
            seen[:] = read_searched(folder)
            if seen:
                break
        os.kill(int(pid_file.read_text("utf-8")), signal.SIGKILL)

    killer = threading.Thread(target=kill_midway)
    killer.start()
    config = folder / "night.toml"
    outcome = run_night(read_config(config), config, on=ON, command=command)
    killer.join()
    assert outcome.stages == (("solve", "died 9"),)
    assert outcome.needs == ("stage solve: died 9",)
    assert seen
    assert outcome.seconds < 590
    found = outcome.publication
    assert found is not None
    assert found.state is PlanState.OPTIMISED
    assert found.explanation.after_pence == min(read_searched(folder))
    assert found.explanation.before_pence is not None
    assert found.explanation.after_pence < found.explanation.before_pence
    # Each is cheaper than the one before, and every one of them passed the checker.
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == len(seen)
    assert found.report_hash
