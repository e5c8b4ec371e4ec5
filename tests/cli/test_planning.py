"""Planning, judging, pricing and showing a plan, as a user would from the shell."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from data.money import CostBasis
from data.plan_files import write_plan_file
from data.runs import RunRecord
from data.store import Store
from data.units import format_pounds
from reports.summary import build_price_lines, build_summary
from routing import build_sample_network, write_network
from tests.cli.conftest import Town, run

KEYS = {
    *("passengers", "carried", "unserved", "routes", "duties", "cost_pence"),
    *("full_cost_pence", "bound_pence", "violations", "cpu_s", "wall_s", "run_id"),
}


def read_run(town: Town) -> RunRecord:
    with Store.open(town.folder / "grid" / "wayfare.sqlite") as store:
        return store.find_run(str(town.record["run_id"]))


def test_plan_prints_one_line_of_json_with_every_agreed_figure(town: Town) -> None:
    assert set(town.record) >= KEYS
    assert town.record["violations"] == 0
    assert town.record["carried"] == 66  # everybody who travels on the service date
    assert float(str(town.record["wall_s"])) > 0
    assert float(str(town.record["cpu_s"])) > 0


def test_same_seed_and_steps_give_the_same_plan_in_another_process(town: Town) -> None:
    """Hash seeds differ from process to process: nothing may hang on the order of a set."""
    command = [sys.executable, "-m", "cli", "plan", "--place", "grid", "--steps", "400"]
    done = subprocess.run(
        [*command, "--json", "--folder", str(town.folder)],
        env={**os.environ, "PYTHONHASHSEED": "71"},
        capture_output=True,
        text=True,
        check=True,
    )
    again = json.loads(done.stdout)
    for key in ("plan_id", "cost_pence", "full_cost_pence", "routes", "year_pence"):
        assert again[key] == town.record[key], key


def test_a_school_holiday_carries_adults_alone_and_shows_no_year(tmp_path: Path) -> None:
    done = run(
        *("plan", "--place", "grid", "--only", "2026-10-27", "--steps", 100),
        folder=tmp_path,
    )
    assert done.code == 0, done.err
    assert "tue-a-adult" in done.out
    assert "ride, adult" in done.out
    assert "ride, primary" not in done.out
    (total,) = [line for line in done.out.splitlines() if line.startswith("  all ")]
    assert total.split()[-1] == "-"


@pytest.mark.parametrize(
    ("day", "code", "words"),
    [
        ("2026-11-28", 35, "no site is open on 2026-11-28"),  # a Saturday
        ("2031-11-26", 30, "calendar school has no data for 2031-11-26"),
        ("26/11/2026", 2, "--only"),
    ],
)
def test_a_date_without_service_is_named(town: Town, day: str, code: int, words: str) -> None:
    done = run(*("plan", "--place", "grid", "--only", day, "--steps", 10), folder=town.folder)
    assert (done.code, done.out) == (code, "")
    assert words in done.err


def test_report_writes_what_it_says(town: Town) -> None:
    done = run(
        *("report", "--place", "grid", "--run", town.record["run_id"]), folder=town.folder
    )
    assert done.code == 0, done.err
    paths = [Path(line) for line in done.out.splitlines()]
    assert {"plan_summary.xlsx", "map.html", "routes.gpkg"} <= {p.name for p in paths}
    assert all(p.stat().st_size > 0 for p in paths)


def test_a_kept_run_is_judged_good(town: Town) -> None:
    done = run("judge", "--place", "grid", "--run", town.record["run_id"], folder=town.folder)
    assert done.code == 0, done.out
    assert "no rule is broken" in done.out


def test_a_plan_file_is_judged_and_a_false_time_named(town: Town, tmp_path: Path) -> None:
    plan = read_run(town).plan
    good, bad, junk = (tmp_path / name for name in ("good.json", "bad.json", "junk.json"))
    write_plan_file(plan, good)
    assert run("judge", good, "--place", "grid", folder=town.folder).code == 0
    duty = plan.duties[0]
    stops = duty.routes[0].stops
    late = replace(stops[-1], arrive_s=stops[-1].arrive_s - 1)
    route = replace(duty.routes[0], stops=(*stops[:-1], late))
    wrong = replace(duty, routes=(route, *duty.routes[1:]))
    write_plan_file(replace(plan, duties=(wrong, *plan.duties[1:])), bad)
    done = run("judge", bad, "--place", "grid", folder=town.folder)
    assert done.code == 35
    assert route.route_id in done.out
    junk.write_text("not json")
    done = run("judge", junk, "--place", "grid", folder=town.folder)
    assert (done.code, done.out) == (30, "")
    assert "J003" in done.err


def test_judge_as_json_is_one_document(town: Town) -> None:
    done = run(
        *("judge", "--place", "grid", "--run", town.record["run_id"], "--json"),
        folder=town.folder,
    )
    assert json.loads(done.out)["violations"] == []


def test_price_lines_add_up_to_the_plan_and_name_their_routes(town: Town) -> None:
    done = run(
        *("price", "--place", "grid", "--lines", "--run", town.record["run_id"]),
        folder=town.folder,
    )
    assert done.code == 0, done.err
    kept = read_run(town)
    head, *rows = done.out.splitlines()
    lines = rows[: len(kept.lines)]
    at = head.index("route")
    assert all(line[at] != " " for line in lines)
    shared = [line for line in kept.lines if line.shared_by]
    assert shared, "the sample plan is to have a line that routes share"
    for line in shared:
        short = "+".join(r.removeprefix(f"{line.duty_id}-") for r in line.shared_by)
        assert any(row.split()[:2] == [line.duty_id, short] for row in lines)
    cost = sum(
        line.amount_pence
        for line in kept.lines
        if line.basis in (CostBasis.CONTRACT, CostBasis.AVOIDABLE)
    )
    assert cost == town.record["cost_pence"]
    said = re.findall(r"lines (contract|avoidable): £([\d,.]+)", done.out)
    assert sum(round(float(v.replace(",", "")) * 100) for _, v in said) == cost


def test_price_shows_every_route(town: Town) -> None:
    done = run(
        *("price", "--place", "grid", "--run", town.record["run_id"]), folder=town.folder
    )
    kept = read_run(town)
    assert all(route.route_id in done.out for route in kept.plan.routes)
    assert build_price_lines(kept)[0] == done.out.splitlines()[0]


def test_history_lists_the_run_with_its_figures(town: Town) -> None:
    done = run("store", "history", "--place", "grid", folder=town.folder)
    (line,) = [r for r in done.out.splitlines() if str(town.record["run_id"]) in r]
    assert format_pounds(int(str(town.record["cost_pence"]))) in line
    assert "violations 0" in line
    assert str(town.record["inputs_hash"])[:8] in line


def test_history_of_an_empty_folder_says_how_to_begin(tmp_path: Path) -> None:
    done = run("store", "history", folder=tmp_path)
    assert (done.code, "wayfare plan" in done.out) == (0, True)


def test_summary_fits_a_screen_and_calls_made_up_what_is(town: Town) -> None:
    kept = read_run(town)
    lines = build_summary(kept, 0)
    assert len(lines) <= 40
    assert max(len(line) for line in lines) <= 96
    assert any("today's plan (made up, no evidence of a saving)" in line for line in lines)
    real = build_summary(replace(kept, is_synthetic=False), 0)
    assert not any("made up" in line or "made-up people" in line for line in real)
    assert not any("interrupted" in line for line in lines)
    stopped = build_summary(replace(kept, limit="interrupted"), 0)
    assert any("interrupted" in line for line in stopped)


def test_ctrl_c_keeps_the_best_plan(town: Town, tmp_path: Path) -> None:
    """The interrupt comes when the search runs, which the handler in place shows."""
    shutil.copytree(town.folder / "grid", tmp_path / "grid")
    began = time.monotonic()
    ours = signal.getsignal(signal.SIGINT)

    def interrupt() -> None:
        while signal.getsignal(signal.SIGINT) is ours and time.monotonic() - began < 30:
            time.sleep(0.05)
        time.sleep(1.0)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    done = run("plan", "--place", "grid", "--seconds", 100, folder=tmp_path)
    thread.join()
    assert done.code == 0, done.err
    assert "search: interrupted" in done.out
    assert "violations: 0" in done.out
    assert time.monotonic() - began < 60
    assert signal.getsignal(signal.SIGINT) is ours
    with Store.open(tmp_path / "grid" / "wayfare.sqlite") as store:
        assert store.find_run("latest", "grid").limit == "interrupted"


def test_report_draws_no_streets_of_roads_loaded_since(town: Town, tmp_path: Path) -> None:
    shutil.copytree(town.folder / "grid", tmp_path / "grid")
    write_network(build_sample_network("grid", seed=2), tmp_path / "grid" / "network.npz")
    words = ("report", "--place", "grid", "--run", town.record["run_id"])
    done = run(*words, folder=tmp_path)
    assert done.code == 0, done.err
    assert "other roads" in done.err
    assert "other roads" not in run(*words, folder=town.folder).err
