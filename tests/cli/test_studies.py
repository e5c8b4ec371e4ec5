"""`wayfare scenario`: solved, kept, taken from the store again, compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import run

DEARER = """
scenario_id = "dearer"
title = "Rates doubled"
[[changes]]
kind = "change_rates"
percent = 100
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("studies")


def test_a_scenario_is_solved_once_and_compared_with_its_base(folder: Path) -> None:
    story = folder / "dearer.toml"
    story.write_text(DEARER)
    words = ("scenario", "run", str(story), "--place", "grid", "--steps", "60", "--json",
             "--folder", str(folder))  # fmt: skip
    first = run(*words)
    assert first.code == 0
    found = json.loads(first.out.splitlines()[-1])
    (case,) = found["cases"]
    assert found["base"]["scenario_id"] == "baseline"
    assert case["saved_year_pence"] == found["base"]["year_pence"] - case["year_pence"]
    assert case["net_year_pence"] == case["saved_year_pence"]
    assert case["saved_year_pence"] < 0
    assert case["violations"] == 0
    assert case["passengers"] == found["base"]["passengers"]

    again = run(*words)
    assert json.loads(again.out.splitlines()[-1]) == found
    assert again.err.count("taken from run") == 3

    ids = (found["base"]["run_id"], case["run_id"])
    kept = run("scenario", "compare", *ids, "--place", "grid", folder=folder)
    assert kept.code == 0
    assert "dearer: Rates doubled" in kept.out
    # a what-if is never the latest run, nor its inputs the place's own
    latest = run("price", "--place", "grid", "--folder", str(folder))
    assert latest.code == 40
    assert "no run yet" in latest.err


def test_a_fault_is_found_before_anything_is_solved(folder: Path) -> None:
    story = folder / "wrong.toml"
    story.write_text(DEARER.replace("percent = 100", 'percent = 100\nsuppliers = ["nobody"]'))
    done = run("scenario", "run", str(story), "--place", "grid", "--steps", "60",
               "--folder", str(folder))  # fmt: skip
    assert done.code == 30
    assert "Y010 dearer.toml, changes[1] change_rates.suppliers" in done.err


def test_stock_scenarios_are_listed_and_shown() -> None:
    listed = run("scenario", "list")
    assert listed.code == 0
    assert listed.out.count("\n") >= 16
    shown = run("scenario", "show", "travel-training")
    assert 'kind = "offer_travel_training"' in shown.out
    assert run("scenario", "show", "nosuch").code == 30


@pytest.mark.slow
def test_cases_solved_side_by_side_or_on_a_cluster_are_those_solved_in_turn(
    tmp_path: Path,
) -> None:
    distributed = pytest.importorskip("distributed")
    story = tmp_path / "dearer.toml"
    story.write_text(DEARER)

    def solve(name: str, *more: object) -> list[object]:
        folder = tmp_path / name
        done = run("scenario", "run", story, "pay-award", "--place", "grid", "--steps", 40,
                   "--json", "--folder", folder, *more)  # fmt: skip
        assert done.code == 0, done.err
        found = json.loads(done.out.splitlines()[-1])
        cases = [found["base"], *found["cases"]]
        return [{k: v for k, v in case.items() if k != "run_id"} for case in cases]

    alone = solve("alone")
    assert solve("together", "--workers", 2) == alone
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1) as cluster:
        assert solve("apart", "--cluster", cluster.scheduler_address) == alone
