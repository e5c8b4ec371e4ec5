"""The pass and the page: what is to be run, and what is said of what was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, build_figures, measure
from benchmarks.ledger import add_row
from benchmarks.page import build_page, describe_cell, find_limits, read_latest
from benchmarks.passes import PANEL, SHIPPED, build_pass, find_files
from benchmarks.passes import main as run_pass

ENGINES = ("wayfare", "ortools", "pyvrp", "vroom")


def make_row(**values: Any) -> dict[str, Any]:
    row = {
        **{"family": "hvrp", "file": "HVRP13.txt", "engine": "wayfare", "seed": 1},
        **{"seconds": 60.0, "threads": 1, "version": "a", "date": "2026-11-22T10:00:00"},
        **{"cost": 1518.05, "best_known": 1518.05, "gap_pct": 0.0, "proven_gap_pct": None},
        **{"feasible": True, "violations": 0, "relaxed": [], "curve": [], "cpu_s": 60.0},
    }
    return row | values


def test_every_file_of_the_panel_is_shipped() -> None:
    shipped = {(family, path.name) for family, path in find_files([SHIPPED])}
    assert set(PANEL) <= shipped
    assert len(PANEL) == 12


def test_a_pass_runs_wayfare_on_all_and_rivals_on_the_panel() -> None:
    jobs = build_pass([SHIPPED], seconds=60, engines=ENGINES, seeds=(1, 2, 3, 4, 5))
    keys = [(j.family, j.file, j.engine, j.seed) for j in jobs]
    assert len(keys) == len(set(keys))
    files = list(find_files([SHIPPED]))
    own = [j for j in jobs if j.engine == "wayfare" and j.family != "county"]
    assert len(own) == 5 * len(files)
    for engine in ENGINES[1:]:
        rival = [j for j in jobs if j.engine == engine]
        assert {j.seed for j in rival} == {1, 2}
        expected = {(f, n) for f, n in PANEL if f != "school-bus" or engine == "ortools"}
        assert {(j.family, Path(j.file).name) for j in rival} == expected
    (county,) = [j for j in jobs if j.family == "county"]
    assert county.seconds == 3_600


def test_a_pass_takes_up_where_it_was_stopped(tmp_path: Path) -> None:
    shown: list[str] = []
    words = ["--list", "--only", "hvrp", "--seeds", "1", "--engine", "wayfare"]
    assert run_pass(words, show=shown.append) == 0
    assert shown == ["hvrp HVRP13.txt wayfare 1 60 s", "hvrp HVRP20.txt wayfare 1 60 s"]
    # All stands in the ledger, by whatever code: nothing runs.
    ledger = tmp_path / "l.jsonl"
    for name in ("HVRP13.txt", "HVRP20.txt"):
        add_row(ledger, make_row(file=name))
    shown.clear()
    words = [*words[1:], "--ledger", str(ledger), "--keep"]
    assert run_pass(words, show=shown.append) == 0
    assert shown == []


def test_the_latest_of_equal_runs_counts(tmp_path: Path) -> None:
    path = tmp_path / "l.jsonl"
    add_row(path, make_row(cost=1.0, version="b", date="2026-11-23T00:00:00"))
    add_row(path, make_row(cost=2.0))
    add_row(path, make_row(cost=3.0, seed=2))
    assert sorted(r["cost"] for r in read_latest([path])) == [1.0, 3.0]


def test_a_cell_says_mean_worst_and_what_is_broken() -> None:
    assert describe_cell("hvrp", []) == "not run"
    assert describe_cell("hvrp", [make_row(cost=None)]) == "no plan"
    two = [make_row(cost=10.0), make_row(cost=12.5, seed=2)]
    assert describe_cell("hvrp", two) == "11.25 (worst 12.50, 2 seeds)"
    broken = [make_row(cost=10.0, violations=3, feasible=False)]
    assert describe_cell("hvrp", broken) == "10, 3 broken"


def test_the_page_names_what_was_not_run_and_what_is_relaxed() -> None:
    rows = [
        make_row(gap_pct=0.5),
        make_row(engine="vroom", cost=1_400.0, violations=2, feasible=False, relaxed=["rides"]),
    ]
    page = build_page(rows, {})
    (line,) = [x for x in page.splitlines() if x.startswith("| HVRP13.txt")]
    assert line == (
        "| HVRP13.txt | 1,518.05 | 1,518.05 | not run | not run | 1,400, 2 broken "
        "| 0.50 / 0.50 % | - |"
    )
    assert "| HVRP20.txt | - | not run | not run | not run | not run | - | - |" in page
    assert "vroom runs with these rules relaxed: rides." in page
    # A family without a run says so.
    assert "Not run." in page
    assert json.dumps(rows)


def make_figure(**values: Any) -> Figure:
    given: dict[str, Any] = {"what": "x", "family": "hvrp", "files": "HVRP1*.txt"}
    return Figure(**(given | {"seconds": 60.0, "kind": "mean", "wanted": 1.0} | values))


def test_the_page_says_what_is_proven_and_how_long_the_bound_took() -> None:
    rows = [
        make_row(bound=1_500.0, proven_gap_pct=1.2, bound_cpu_s=12.4),
        make_row(seed=2, bound=1_510.0, proven_gap_pct=0.6, bound_cpu_s=31.6),
        make_row(seed=3),
    ]
    text = build_page(rows, {})
    assert (
        "Proven, 2 runs, gap mean / worst: 0.90 / 1.20 %; the bound took up to 32 CPU s" in text
    )
    assert "Proven" not in build_page(rows[2:], {})


def test_figures_are_measured_on_their_own_files_limit_and_engine() -> None:
    rows = [
        make_row(file="HVRP13.txt", gap_pct=0.5),
        make_row(file="HVRP14.txt", gap_pct=2.5),
        make_row(file="HVRP20.txt", gap_pct=9.0),
        make_row(file="HVRP13.txt", gap_pct=9.0, seconds=5.0),
        make_row(file="HVRP13.txt", gap_pct=9.0, threads=2),
        make_row(file="HVRP13.txt", gap_pct=9.0, engine="pyvrp"),
        make_row(file="HVRP13.txt", gap_pct=9.0, family="darp"),
    ]
    # Mean (0.5 + 2.5) / 2, worst 2.5, no run of the two at the optimum.
    assert measure(make_figure(), rows) == (1.5, 2, 2)
    assert measure(make_figure(kind="worst"), rows) == (2.5, 2, 2)
    assert measure(make_figure(kind="optima"), [*rows, make_row(seed=2)])[0] == 100.0 / 3
    assert measure(make_figure(files="HVRP15.txt"), rows) == (None, 0, 0)
    cost = make_figure(files="HVRP13.txt", kind="cost")
    assert measure(cost, rows) == (1518.05, 1, 1)


def test_the_share_of_proven_runs_counts_only_runs_with_a_bound() -> None:
    figure = Figure(
        what="x", family="hvrp", files="*", seconds=60.0, kind="proven", wanted=70.0, n_files=4
    )
    gaps = (0.2, 1.0, 1.01, None)
    rows = [make_row(file=f"{i}", proven_gap_pct=gap) for i, gap in enumerate(gaps)]
    share, n_runs, n_files = measure(figure, rows)
    assert share is not None
    assert (round(share, 2), n_runs, n_files) == (66.67, 3, 3)
    assert measure(figure, rows[3:]) == (None, 0, 0)
    (missed,) = [line for line in build_figures([figure], rows) if "missed" in line]
    assert "at least 70 %" in missed
    assert "missed by 3.33 %" in missed


def test_a_missed_figure_says_by_how_much_and_a_broken_plan_meets_none() -> None:
    rows = [make_row(gap_pct=2.5)]
    lines = build_figures([make_figure(tried="A. Next: B.")], rows)
    # One of five seeds was run.
    assert lines[2].endswith("| 2.50 % | 1 of 5 on 1 of 1 files | missed by 1.50 %, so far |")
    assert lines[-1] == "- **x, 60 s**: missed by 1.50 %, so far. A. Next: B."
    whole = [make_row(gap_pct=2.5, seed=seed) for seed in range(1, 6)]
    assert build_figures([make_figure(wanted=2.5)], whole)[2].endswith("| met |")
    # At least 90 % of runs at the optimum wanted, none is.
    optima = make_figure(kind="optima", wanted=90.0)
    assert build_figures([optima], rows)[2].endswith("| missed by 90.00 %, so far |")
    assert "not run" in build_figures([make_figure()], [])[2]
    broken = [make_row(feasible=False, violations=2, gap_pct=None)]
    assert build_figures([make_figure()], broken)[2].endswith("| missed by inf %, so far |")


def test_a_picture_holds_the_best_known_cost_and_every_end() -> None:
    low, top = find_limits([make_row(cost=120.0), make_row(cost=130.0)], 100.0)
    assert low < 100.0
    assert top >= 130.0
