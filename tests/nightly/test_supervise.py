"""Whatever a stage does, a plan is published by the deadline (N1, N2, N4)."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from data.errors import LockedError, StoreError
from data.nights import Breach, BreachKind, DayChange, DayChangeKind
from data.places import Session
from data.plans import PlanState
from data.store import Store
from data.workspace import Workspace
from nightly.config import NightConfig
from nightly.locks import hold_place
from nightly.supervise import choose, run_night
from tests.nightly.nights import PLACE, STAMP, build_candidate, open_store
from tests.reports.hand_made import (
    PROTECTED_POSTCODE,
    SERVICE_DATE,
    build_inputs,
    build_run,
)

SPEED = 400.0
"""Seconds of the night that pass in one of the test."""


class FastClock:
    """A clock that runs fast from a moment before the deadline."""

    def __init__(self, now_utc: datetime, speed: float = SPEED) -> None:
        self._from_utc, self._from_s = now_utc, time.monotonic()
        self._speed = speed

    def now_utc(self) -> datetime:
        """Read the wall clock."""
        return self._from_utc + timedelta(seconds=self.monotonic_s())

    def monotonic_s(self) -> float:
        """Read the clock that nobody sets."""
        return (time.monotonic() - self._from_s) * self._speed

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(min(0.02, seconds))


def build_workspace(folder: Path, on: date | None = None) -> Workspace:
    """Build the small council with an approved run, and nothing published yet.

    Parameters
    ----------
    on
        A date of another year that it is open on, and no other.
    """
    made = Workspace(root=folder, place=PLACE)
    made.open_folder()
    with open_store(made.store_path) as store:
        if on is not None:
            inputs = build_inputs()
            calendars = tuple(
                replace(c, first_date=on, last_date=on, open_dates=frozenset({on}))
                for c in inputs.calendars
            )
            moved = replace(inputs, calendars=calendars)
            store.save_inputs(moved, created_utc=STAMP, code_version="test")
        run = build_run()
        store.save_run(run)
        store.approve_run(PLACE, run.run_id)
    return made


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """The small council, ready for a night."""
    return build_workspace(tmp_path)


def build_config(workspace: Workspace) -> NightConfig:
    return NightConfig(place=PLACE, folder=workspace.root, documents=False)


def use(code: str) -> object:
    """Build the command of every stage from a line of Python."""

    def command(_: Sequence[str]) -> Sequence[str]:
        return [sys.executable, "-c", code]

    return command


EVIL = {
    "hangs": "import time\nwhile True: time.sleep(1)",
    "ignores being asked to stop": (
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "while True: time.sleep(1)"
    ),
    "crashes": "import ctypes; ctypes.string_at(0)",
    "fails": "raise SystemExit(70)",
    "writes garbage": "import os; os.write(1, os.urandom(100_000))",
    "eats memory": (
        "from nightly.__main__ import limit_memory\nlimit_memory(600)\nx = bytearray(8 << 30)"
    ),
    "leaves children": (
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)  # orphan-zq'])"
    ),
}


@pytest.mark.parametrize("code", EVIL.values(), ids=EVIL.keys())
def test_a_plan_is_published_whatever_the_stages_do(workspace: Workspace, code: str) -> None:
    # 06:00 in British summer time is 05:00 UTC: the deadline is 31 minutes away.
    clock = FastClock(datetime(2026, 9, 16, 4, 29, tzinfo=UTC))
    outcome = run_night(
        build_config(workspace),
        Path("night.toml"),
        clock=clock,
        command=use(code),  # type: ignore[arg-type]
    )
    assert outcome.exit_code == 11
    assert outcome.service_date == SERVICE_DATE
    assert clock.now_utc() <= datetime(2026, 9, 16, 5, 0, tzinfo=UTC)
    assert outcome.publication is not None
    assert outcome.publication.state is PlanState.STALE
    assert outcome.folder is not None
    assert (outcome.folder / "plan.json").is_file()
    assert any("not checked" in text for text in outcome.needs)
    assert not list((workspace.folder / "night").glob("tmp-*"))
    for found in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            assert b"orphan-zq" not in found.read_bytes()
        except OSError:
            continue


def test_a_withheld_address_is_in_no_file_even_of_the_last_resort(workspace: Workspace) -> None:
    with Store.open(workspace.store_path) as store:
        store.nights.add_changes(
            PLACE,
            [
                DayChange(
                    kind=DayChangeKind.ADDRESS_WITHHELD,
                    target_id="h2",
                    first_date=SERVICE_DATE,
                ),
                DayChange(
                    kind=DayChangeKind.PASSENGER_LEFT, target_id="p5", first_date=SERVICE_DATE
                ),
            ],
            received_utc=STAMP,
            source="test",
        )
    outcome = run_night(
        build_config(workspace),
        Path("night.toml"),
        clock=FastClock(datetime(2026, 9, 16, 4, 0, tzinfo=UTC)),
        command=use("raise SystemExit(1)"),  # type: ignore[arg-type]
    )
    assert outcome.folder is not None
    text = "".join(p.read_text("utf-8") for p in outcome.folder.rglob("*") if p.is_file())
    assert "pl-h2" not in text
    assert PROTECTED_POSTCODE not in text
    plan = json.loads((outcome.folder / "plan.json").read_text("utf-8"))["plan"]
    aboard = {
        p
        for d in plan["duties"]
        for r in d["routes"]
        for s in r["stops"]
        for p in s["boarding"]
    }
    assert aboard == {"p1", "p3", "p4", "p6", "p7"}


def test_before_the_evening_there_is_nothing_to_do(workspace: Workspace) -> None:
    noon = FastClock(datetime(2026, 9, 15, 12, 0, tzinfo=UTC))
    outcome = run_night(build_config(workspace), Path("night.toml"), clock=noon)
    assert outcome.exit_code == 20
    assert "18:00" in outcome.message


def test_a_second_night_at_once_is_told_so(workspace: Workspace) -> None:
    with hold_place(workspace.folder), pytest.raises(LockedError, match="Another night"):
        run_night(
            build_config(workspace),
            Path("night.toml"),
            clock=FastClock(datetime(2026, 9, 16, 4, 0, tzinfo=UTC)),
        )


def test_a_place_without_an_approved_plan_says_what_to_do(tmp_path: Path) -> None:
    made = Workspace(root=tmp_path, place=PLACE)
    made.open_folder()
    open_store(made.store_path).close()
    with pytest.raises(StoreError, match="wayfare approve"):
        run_night(
            build_config(made),
            Path("night.toml"),
            clock=FastClock(datetime(2026, 9, 16, 4, 0, tzinfo=UTC)),
        )


def test_a_closed_day_has_no_plan(workspace: Workspace) -> None:
    # 18 September is on no calendar of the small council.
    outcome = run_night(
        build_config(workspace),
        Path("night.toml"),
        clock=FastClock(datetime(2026, 9, 17, 20, 0, tzinfo=UTC)),
    )
    assert outcome.exit_code == 20
    assert "no site is open" in outcome.message


def test_the_plan_inside_the_envelope_goes_out_unless_a_person_said_otherwise(
    tmp_path: Path,
) -> None:
    with open_store(tmp_path / "wayfare.sqlite") as store:
        inside = build_candidate(store, n_unserved=2)
        other = build_candidate(store, state=PlanState.OPTIMISED, cost_pence=50)
    breach = Breach(kind=BreachKind.TIME, passenger_id="p1", session=Session.AM)
    wider = replace(other, breaches=(breach,))
    assert choose([inside, wider]) == inside
    assert choose([inside, wider], wider.plan_no) == wider
    # Within the envelope nobody is left behind for a cheaper plan.
    full = replace(inside, n_unserved=0, cost_pence=900)
    cheap = replace(other, n_unserved=1)
    assert choose([cheap, full]) == full
    # Then the state, then money.
    better = replace(other, n_unserved=0, cost_pence=800)
    assert choose([full, better]) == better
