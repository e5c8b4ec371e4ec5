"""The one door of the benchmarks: words to jobs, jobs to lines, lines to the ledger."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.door import build_jobs, build_parser, read_engines, read_seeds
from benchmarks.door import main as run_family
from benchmarks.families.family import Solution, VehicleRoute, Verdict
from benchmarks.job import Job, find_gap_pct, read_job, run_job, write_job
from benchmarks.ledger import add_row, read_rows
from benchmarks.plan_documents import build_document, read_document, read_plan
from data.errors import InputError

KEYS = {
    *("family", "file", "engine", "seed", "cpu_s", "wall_s", "cost", "best_known", "gap_pct"),
    *("feasible", "violations", "bound", "proven_gap_pct"),
}

# Depot, then three customers 10, 10 and 14.14... away; two vans and a lorry.
SMALL = """//a comment
 3 2 999999.0 0.0 0 0
 2 10 0 1.0
 1 20 5 2.0
 0 0
 10 0 10
 0 10 10
 10 10 10
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "SMALL.txt"
    path.write_text(SMALL)
    return path


def test_seeds_are_read_as_written() -> None:
    assert read_seeds("1-3") == (1, 2, 3)
    assert read_seeds("5") == (5,)
    assert read_seeds("2-3,8") == (2, 3, 8)
    for wrong in ("", "a", "3-1", "-1"):
        with pytest.raises(ValueError):  # noqa: PT011
            read_seeds(wrong)


def test_engines_are_read_as_a_list_or_one_by_one() -> None:
    assert read_engines("wayfare,vroom") == ("wayfare", "vroom")
    words = ["a.txt", "--engine", "wayfare,vroom", "--engine", "pyvrp", "--seeds", "1-2"]
    jobs = build_jobs("darp", build_parser("darp").parse_args(words))
    assert [(j.seed, j.engine) for j in jobs] == [
        (seed, engine) for seed in (1, 2) for engine in ("wayfare", "vroom", "pyvrp")
    ]
    for wrong in ("", "wayfare,hexaly"):
        with pytest.raises(ValueError):  # noqa: PT011
            read_engines(wrong)


def test_a_ride_cap_makes_another_file_of_the_same_folder() -> None:
    jobs = build_jobs(
        "school-bus", build_parser("school-bus").parse_args(["RSRB01", "--ride-cap", "5400"])
    )
    assert jobs[0].file == "RSRB01@5400"


def test_a_job_survives_its_way_to_the_child() -> None:
    job = Job(
        family="school-bus",
        file="RSRB01",
        engine="wayfare",
        seed=2,
        seconds=5.0,
        options=(("steps", 5400.0),),
    )
    assert read_job(write_job(job)) == job


def test_gaps_are_per_cent_of_what_they_are_measured_against() -> None:
    # The README's own: 15 963 against a bound of 14 521 is 9.93 %.
    assert find_gap_pct(15_963.0, 14_521.0) == pytest.approx(9.9304, abs=1e-4)
    assert find_gap_pct(None, 1.0) is None
    assert find_gap_pct(1.0, None) is None


def test_an_unknown_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flying"]) == 2
    assert "usage" in capsys.readouterr().err


def test_a_malformed_file_is_one_report_and_nothing_runs(tmp_path: Path, small: Path) -> None:
    bad = tmp_path / "BAD.txt"
    bad.write_text(SMALL.replace("10 0 10", "10 x -3").replace("2 10 0 1.0", "2.5 10 0 1.0"))
    shown: list[str] = []
    warned: list[str] = []
    ledger = tmp_path / "l.jsonl"
    words = [str(small), str(bad), "--ledger", str(ledger)]
    assert run_family("hvrp", words, show=shown.append, warn=warned.append) == 30
    (report,) = warned
    assert "3 problem(s)" in report
    for part in ("BAD.txt", "row 3", "row 6", "number 2", "'x'", "-3"):
        assert part in report
    assert shown == []
    assert not ledger.exists()


def test_a_missing_file_is_malformed_too(tmp_path: Path) -> None:
    warned: list[str] = []
    assert run_family("hvrp", [str(tmp_path / "no.txt")], warn=warned.append) == 30
    assert "no.txt" in warned[0]


def test_an_infeasible_file_says_why_and_ends_with_35(tmp_path: Path) -> None:
    path = tmp_path / "FULL.txt"
    path.write_text(SMALL.replace("1 20 5 2.0", "0 20 5 2.0"))
    warned: list[str] = []
    assert run_family("hvrp", [str(path)], warn=warned.append) == 35
    assert "all demand is 30, all vehicles hold 20" in warned[0]


def test_a_run_is_a_line_with_the_agreed_keys_and_is_not_run_twice(
    tmp_path: Path, small: Path
) -> None:
    ledger, plans = tmp_path / "l.jsonl", tmp_path / "plans"
    lines: list[str] = []
    words = [str(small), "--seconds", "0.2", "--seeds", "4", "--json", "--ledger", str(ledger)]
    words += ["--plans", str(plans)]
    assert run_family("hvrp", words, show=lines.append) == 0
    row = json.loads(lines[0])
    assert set(row) >= KEYS
    assert (row["family"], row["file"], row["engine"], row["seed"]) == (
        *("hvrp", "SMALL.txt", "wayfare"),
        4,
    )
    # A van to a near customer: 20. The lorry to the far one and the other near one:
    # 5 + 2 x 34.142 = 73.28; in all 93.28. A vehicle each costs 101.57.
    assert row["cost"] == pytest.approx(93.2843, abs=1e-3)
    assert row["feasible"] is True
    assert row["violations"] == 0
    assert row["best_known"] is None
    assert row["gap_pct"] is None
    assert row["cpu_s"] > 0
    # The plan on disk is what was judged.
    (file,) = plans.iterdir()
    assert main(["judge", "hvrp", str(small), str(file)]) == 0
    assert read_plan(file).cost == pytest.approx(row["cost"], abs=1e-3)
    # Again with one more seed: only that one runs.
    words[words.index("4")] = "4-5"
    assert run_family("hvrp", words, show=lines.append) == 0
    assert [json.loads(line)["seed"] for line in lines] == [4, 5]
    assert [r["seed"] for r in read_rows([ledger])] == [4, 5]


def test_a_ledger_cut_short_loses_only_its_last_line(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "l.jsonl"
    add_row(path, {"family": "darp", "seed": 1})
    with path.open("a") as file:
        file.write('{"family": "darp", "se')
    add_row(path, {"family": "darp", "seed": 2})
    assert [r["seed"] for r in read_rows([path])] == [1, 2]


def test_a_run_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A pipe nobody writes to: the reader waits for ever.
    import os

    from benchmarks import job as module

    pipe = tmp_path / "PIPE.txt"
    os.mkfifo(pipe)
    monkeypatch.setattr(module, "SETUP_WALL_S", 1.0)
    job = Job(family="hvrp", file=str(pipe), engine="wayfare", seed=1, seconds=1.0)
    row = run_job(job)["row"]
    assert "stopped: not ready" in row["ended"]
    assert row["feasible"] is False
    assert row["cost"] is None


def test_plans_survive_their_documents() -> None:
    solution = Solution(
        routes=(VehicleRoute(vehicle="2", nodes=(0, 3, 0), times=(0.0, 1.5, 9.0)),),
        cost=3.25,
        extra=(("vehicles", 1.0),),
        bound=3.0,
    )
    document = json.loads(json.dumps(build_document(solution, {"family": "hvrp"})))
    assert read_document(document) == solution


def test_a_plan_that_cannot_be_read_names_every_fault() -> None:
    document = build_document(Solution(routes=(), cost=1.0), {})
    document["routes"] = [{"vehicle": "1", "nodes": [0, "a"]}, {"nodes": [1], "times": [1, 2]}]
    document["cost"] = float("nan")
    with pytest.raises(InputError) as caught:
        read_document(document, "p.json")
    assert [p.cause for p in caught.value.problems] == [
        "Route 1 cannot be read.",
        "Route 2 cannot be read.",
        "The cost is not a number.",
    ]
    with pytest.raises(InputError):
        read_document({"format": "something else"})


def test_a_broken_plan_has_no_gap() -> None:
    from benchmarks.child import find_figures

    solution = Solution(routes=(), cost=1.0)
    bad = find_figures(solution, Verdict(cost=90.0, violations=("x",)), 100.0, 80.0)
    assert (bad["cost"], bad["violations"], bad["gap_pct"], bad["proven_gap_pct"]) == (
        *(90.0, 1),
        *(None, None),
    )
    good = find_figures(solution, Verdict(cost=110.0, violations=()), 100.0, 80.0)
    assert (good["gap_pct"], good["proven_gap_pct"], good["feasible"]) == (10.0, 37.5, True)
