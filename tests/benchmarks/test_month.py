"""A month of nights that is lived through in turns is the month lived through at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.month_state import DayFigures, Month, Way, read_month, write_month
from tests.reports.hand_made import build_plan

FIGURES = DayFigures(
    on="2026-11-02", way="night", cost_pence=1, n_carried=2, n_unserved=0, n_disturbed=1,
    n_broken=0, n_violations=0, proposed_pence=5, cpu_s=0.5,
)  # fmt: skip


def test_a_month_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path, settings = tmp_path / "month.json", {"place": "grid", "days": 2}
    assert read_month(path, settings) is None
    plan = build_plan()
    month = Month(
        settings=settings,
        ways=[Way(name="night", known={"mon": plan}, last=plan), Way(name="afresh", known={})],
        rows=[FIGURES],
        n_done=1,
        cpu_s=10.0,
    )
    write_month(path, month, 2.5)
    again = read_month(path, settings)
    assert again is not None
    assert (again.ways, again.rows, again.n_done) == (month.ways, month.rows, 1)
    assert again.cpu_s == 12.5
    assert [p.name for p in tmp_path.iterdir()] == ["month.json"]


def test_a_month_with_other_settings_is_not_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "month.json"
    write_month(path, Month(settings={"days": 2}, ways=[]), 0.0)
    with pytest.raises(SystemExit, match="other settings"):
        read_month(path, {"days": 3})
