"""`wayfare paper`, `explain` and `outturn`: three people, refusals, nothing half kept."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from data.papers import Paper
from data.store import Store
from data.workspace import Workspace
from tests.cli.conftest import Done, run
from tests.reports.hand_made import build_inputs
from tests.reports.paper.study import WRITTEN, appraise, build_draws, build_runs, save_study


def command(folder: Path, *words: object) -> Done:
    return run(*words, "--place", "handmade", folder=folder)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place with the study, and its paper as a draft."""
    folder = tmp_path_factory.mktemp("papers")
    workspace = Workspace(root=folder, place="handmade")
    workspace.open_folder()
    with Store.open(workspace.store_path) as store:
        save_study(store)
    done = command(folder, "paper", "handmade-study", "--as", "a.hart")
    assert done.code == 0, done.err
    return folder


@pytest.fixture
def own(kept: Path, tmp_path: Path) -> Path:
    shutil.copytree(kept, tmp_path / "data")
    return tmp_path / "data"


def list_files(folder: Path) -> dict[str, str]:
    papers = folder / "handmade" / "outputs" / "papers"
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in papers.iterdir()
    }


def test_a_paper_is_signed_by_three_people_and_freezes_its_baseline(own: Path) -> None:
    drafts = list_files(own)
    assert sorted(Path(name).suffix for name in drafts) == [".csv", ".docx", ".pdf"]

    early = command(own, "paper", "approve", "latest", "--as", "c.moor")
    assert (early.code, "only one that is assured" in early.err) == (30, True)
    assert command(own, "outturn", "show").code == 40

    assured = command(own, "paper", "assure", "latest", "--as", "b.lane")
    assert (assured.code, "ASSURED" in assured.out) == (0, True)
    twice = command(own, "paper", "assure", "latest", "--as", "b.lane")
    assert (twice.code, "is assured; only one that is draft" in twice.err) == (30, True)

    approved = command(own, "paper", "approve", "latest", "--as", "c.moor")
    assert "APPROVED, written by Person A, assured by Person B, approved by Person C" in (
        approved.out
    )
    assert "APPROVED" in command(own, "paper", "list").out
    assert list_files(own) != drafts

    months = own / "months.csv"
    months.write_text("month,measure,value\n2026-09,own_cost,1\n2026-13,own_cost,x\n")
    wrong = command(own, "outturn", "import", months)
    assert (wrong.code, wrong.err.count("error O00")) == (30, 1 + 1)
    # Promised for September: own 2 x 92.43 less 9.00, suppliers 61.84... and the offers' year.
    months.write_text(
        "month,measure,value\n2026-09,own_cost,150\n2026-09,supplier_cost,62.14\n"
        "2026-09,offers_cost,6800\n2026-09,vehicles,3\n"
    )
    assert command(own, "outturn", "import", months).code == 0
    shown = command(own, "outturn", "show")
    # today: 261.00 pounds; came: 7,012.14; planned: 229.00 + 1,800 + 5,000
    assert re.search(r"2026-09 +£261 +£7,029 +£7,012 +-£6,768 +-£6,751 +-£17", shown.out)
    assert (own / "handmade" / "outputs" / "outturn" / "outturn.xlsx").is_file()


def test_nobody_signs_twice(own: Path) -> None:
    for person, role in (("a.hart", "assurer"), ("b.lane", "commissioner")):
        name = f"Person {person[0].upper()}"
        added = command(own, "people", "add", person, "--name", name, "--role", role)
        assert added.code == 0, added.err
    same = command(own, "paper", "assure", "latest", "--as", "a.hart")
    assert (same.code, "a.hart wrote this paper" in same.err) == (30, True)
    assert command(own, "paper", "assure", "latest", "--as", "b.lane").code == 0
    again = command(own, "paper", "approve", "latest", "--as", "b.lane")
    assert (again.code, "b.lane assured it" in again.err) == (30, True)
    unknown = command(own, "paper", "approve", "latest", "--as", "nobody")
    assert (unknown.code, "has no 'nobody'" in unknown.err) == (30, True)


def test_a_kept_paper_is_written_again_byte_for_byte(own: Path) -> None:
    before = list_files(own)
    shutil.rmtree(own / "handmade" / "outputs")
    assert command(own, "paper", "show").code == 0
    assert list_files(own) == before


def test_a_figure_is_explained_and_an_unknown_one_refused(kept: Path) -> None:
    done = command(kept, "explain", "F-002")
    assert done.code == 0
    assert "author     Person A (a.hart)" in done.out
    unknown = command(kept, "explain", "F-999")
    assert (unknown.code, "it has F-001 to" in unknown.err) == (40, True)


def test_an_assumption_past_its_review_blocks_the_paper(own: Path) -> None:
    before = list_files(own)
    found = replace(appraise(build_draws(build_runs()[0])), discount_review_on=date(2020, 1, 1))
    with Store.open(Workspace(root=own, place="handmade").store_path) as store:
        store.save_result(found, place="handmade")
    done = command(own, "paper", "handmade-study", "--as", "a.hart")
    wanted = "assumption discount-rate was due for review on 2020-01-01."
    assert (done.code, wanted in done.err) == (35, True), done.err
    assert list_files(own) == before


@pytest.mark.parametrize("fault", ["stale", "missing study", "no role", "missing run"])
def test_a_refused_paper_leaves_nothing(own: Path, fault: str) -> None:
    workspace = Workspace(root=own, place="handmade")
    before = list_files(own)
    words = ["paper", "handmade-study", "--as", "a.hart"]
    code, reason = 35, "the study is stale"
    with Store.open(workspace.store_path) as store:
        if fault == "stale":
            newer = replace(build_inputs(), title="Changed since")
            store.save_inputs(newer, created_utc=WRITTEN, code_version="0.1.0")
        elif fault == "missing study":
            words[1], code, reason = "other-study", 40, "no study other-study"
        elif fault == "no role":
            words[3], code, reason = "b.lane", 30, "is assurer, not planner or commissioner"
        n_before = len(store.list_results("handmade", Paper))
    if fault == "missing run":
        import sqlite3

        run_id = build_runs()[0]["none"].run_id
        connection = sqlite3.connect(workspace.store_path)
        connection.execute("UPDATE runs SET run_id = 'gone' WHERE run_id = ?", (run_id,))
        connection.commit()
        connection.close()
        code, reason = 40, f"no run {run_id}"
    done = command(own, *words)
    assert (done.code, reason in done.err) == (code, True), done.err
    with Store.open(workspace.store_path) as store:
        assert len(store.list_results("handmade", Paper)) == n_before
    assert list_files(own) == before
