"""Nights side by side, set clocks, alerts: one publication, in time (N1, N8, N12, N14)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from data.store import Store
from nightly.clock import find_deadline
from nightly.config import Deadline, NightConfig
from nightly.supervise import run_night
from tests.nightly.nights import PLACE
from tests.nightly.test_supervise import (
    EVIL,
    FastClock,
    build_config,
    build_workspace,
    use,
)
from tests.reports.hand_made import SERVICE_DATE

ONE_NIGHT = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from nightly.config import NightConfig
from nightly.supervise import run_night
from data.errors import LockedError
from tests.nightly.test_supervise import FastClock, use
config = NightConfig(place=sys.argv[1], folder=Path(sys.argv[2]), documents=False)
try:
    done = run_night(config, Path("night.toml"), command=use("raise SystemExit(1)"),
                     clock=FastClock(datetime(2026, 9, 16, 4, 0, tzinfo=UTC)))
except LockedError:
    sys.exit(50)
sys.exit(done.exit_code)
"""


class SetClock(FastClock):
    """A clock whose wall time somebody sets after the first look at it."""

    def __init__(self, now_utc: datetime, by: timedelta) -> None:
        super().__init__(now_utc)
        self._by, self._n_looks = by, 0

    def now_utc(self) -> datetime:
        """Read the wall clock, set after the first time."""
        self._n_looks += 1
        return super().now_utc() + (self._by if self._n_looks > 1 else timedelta(0))


def run_at_once(folder: Path, n_nights: int) -> list[int]:
    """Start whole nights in processes of their own at once; their exit codes."""
    workspace = build_workspace(folder)
    words = [sys.executable, "-c", ONE_NIGHT, PLACE, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    started = [
        subprocess.Popen(
            words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment
        )
        for _ in range(n_nights)
    ]
    codes = []
    for process in started:
        _, said = process.communicate(timeout=300)
        codes.append(process.returncode)
        assert process.returncode in (11, 20, 50), said.decode()[-2000:]
    with Store.open(workspace.store_path) as store:
        found = store.nights.list_publications(PLACE, SERVICE_DATE)
    assert len(found) == 1
    assert codes.count(11) == 1
    return codes


@pytest.mark.skipif(not hasattr(os, "fork"), reason="locks of this system")
def test_four_nights_at_once_publish_once(tmp_path: Path) -> None:
    assert len(run_at_once(tmp_path, 4)) == 4


@pytest.mark.faults
@pytest.mark.parametrize("turn", range(20))
def test_eight_nights_at_once_publish_once(tmp_path: Path, turn: int) -> None:
    assert len(run_at_once(tmp_path, 8)) == 8


@pytest.mark.slow
@pytest.mark.parametrize("turn", range(200))
def test_eight_nights_at_once_publish_once_200_times(tmp_path: Path, turn: int) -> None:
    assert len(run_at_once(tmp_path, 8)) == 8


@pytest.mark.parametrize("hours", [-24, -1, 1, 24])
def test_a_clock_set_while_a_stage_hangs_moves_no_deadline(tmp_path: Path, hours: int) -> None:
    # 31 minutes to the deadline; killed 20 minutes before it, whatever the wall clock says.
    clock = SetClock(datetime(2026, 9, 16, 4, 29, tzinfo=UTC), timedelta(hours=hours))
    outcome = run_night(
        build_config(build_workspace(tmp_path)),
        Path("night.toml"),
        clock=clock,
        command=use(EVIL["ignores being asked to stop"]),  # type: ignore[arg-type]
    )
    assert outcome.service_date == SERVICE_DATE
    assert outcome.publication is not None
    assert dict(outcome.stages)["solve"] in ("killed", "died 15")
    # A busy machine may add some seconds, each 400 of this clock; an hour would be 3,600 more.
    assert outcome.seconds < 11 * 60 + 3_000


@pytest.mark.parametrize("is_broken", [False, True])
def test_the_alert_is_handed_the_summary_line(tmp_path: Path, is_broken: bool) -> None:
    workspace = build_workspace(tmp_path)
    said = tmp_path / "said.json"
    code = f"import sys; open({str(said)!r}, 'w').write(sys.stdin.read()); sys.exit(3)"
    alert = (str(tmp_path / "nobody"),) if is_broken else (sys.executable, "-c", code)
    config = NightConfig(place=PLACE, folder=workspace.root, documents=False, alert=alert)
    outcome = run_night(
        config,
        Path("night.toml"),
        clock=FastClock(datetime(2026, 9, 16, 4, 0, tzinfo=UTC)),
        command=use("raise SystemExit(1)"),  # type: ignore[arg-type]
    )
    # An alert that fails, or is not there, stops nothing.
    assert outcome.exit_code == 11
    if not is_broken:
        told = json.loads(said.read_text("utf-8"))
        assert told == json.loads(json.dumps(outcome.build_record()))
        assert told["needs"]
        assert "Canaryname" not in said.read_text("utf-8")


DAYS = (
    datetime(2026, 9, 16, 4, 29, tzinfo=UTC),
    datetime(2026, 9, 15, 20, 0, tzinfo=UTC),
    datetime(2026, 9, 15, 17, 0, tzinfo=UTC),
    datetime(2026, 9, 16, 3, 0, tzinfo=UTC),
    datetime(2026, 9, 16, 4, 44, tzinfo=UTC),
    datetime(2026, 9, 16, 4, 58, tzinfo=UTC),
)
"""Moments from which the night of the service date may be begun."""


@pytest.mark.faults
@pytest.mark.parametrize("begun", DAYS, ids=str)
@pytest.mark.parametrize("first", EVIL)
def test_faults_at_six_moments_leave_a_plan(
    tmp_path: Path, first: str, begun: datetime
) -> None:
    """Seven faults from six moments: 42 nights, each with a plan in time."""
    config = build_config(build_workspace(tmp_path))
    clock = FastClock(begun)  # runs from here on
    outcome = run_night(
        config,
        Path("night.toml"),
        clock=clock,
        command=use(EVIL[first]),  # type: ignore[arg-type]
    )
    assert outcome.exit_code == 11
    assert outcome.service_date == SERVICE_DATE
    if begun < DAYS[4]:
        assert clock.now_utc() <= datetime(2026, 9, 16, 5, 0, tzinfo=UTC)


WORSE = {
    **{name: (sys.executable, "-c", code) for name, code in EVIL.items()},
    "says it is done and kept nothing": (sys.executable, "-c", "pass"),
    "cannot be started": ("/nowhere/to/be/found",),
    "stops itself": (
        sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)"
    ),
}  # fmt: skip
"""Ten ways in which a stage may fail."""

CALENDAR_DAYS = {
    "clocks go back": date(2026, 10, 25),
    "clocks go forward": date(2027, 3, 28),
    "leap day": date(2028, 2, 29),
    "term's first day": date(2026, 9, 1),
    "day before a bank holiday": date(2026, 12, 24),
    "year's last day": date(2026, 12, 31),
}


def run_on(folder: Path, fault: str, on: date) -> None:
    """Begin half an hour before the deadline of a date, with a stage that fails."""
    due_utc = find_deadline(on, Deadline())
    assert due_utc.hour == (5 if on in SUMMER else 6)
    config = build_config(build_workspace(folder, on))
    # Slow enough that a busy machine has seven seconds left when a stage has been killed.
    clock = FastClock(due_utc - timedelta(minutes=31), speed=150)
    outcome = run_night(
        config,
        Path("night.toml"),
        clock=clock,
        command=lambda _: WORSE[fault],
    )
    assert outcome.service_date == on
    assert outcome.exit_code == 11
    assert clock.now_utc() <= due_utc
    assert outcome.publication is not None
    assert outcome.publication.service_date == on
    assert outcome.folder is not None
    assert (outcome.folder / "plan.json").is_file()


SUMMER = {CALENDAR_DAYS["clocks go forward"], CALENDAR_DAYS["term's first day"]}
"""Six in the morning is five in UTC; on the day itself the clocks are set before six."""


@pytest.mark.parametrize("on", CALENDAR_DAYS.values(), ids=CALENDAR_DAYS)
def test_a_plan_is_out_by_six_on_days_of_every_kind(tmp_path: Path, on: date) -> None:
    run_on(tmp_path, "cannot be started", on)


@pytest.mark.faults
@pytest.mark.parametrize("on", CALENDAR_DAYS.values(), ids=CALENDAR_DAYS)
@pytest.mark.parametrize("fault", WORSE)
def test_ten_faults_on_six_calendar_days_leave_a_plan(
    tmp_path: Path, fault: str, on: date
) -> None:
    run_on(tmp_path, fault, on)
