"""`wayfare scenario draws`: the same draws whoever works on them, kept, gone on with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.store import Store
from data.uncertainty import DrawsStudy, Effect
from data.workspace import Workspace
from scenarios.journal import Journal
from tests.cli.conftest import run

STORY = """
scenario_id = "trained"
title = "Travel training while rates are uncertain"
[[changes]]
kind = "offer_travel_training"
starts_per_year = 6
completion = { low = 0.60, mode = 0.80, high = 0.85 }
cost_per_start_pounds = { low = 2000, mode = 2500, high = 5000 }
[[changes]]
kind = "change_rates"
percent = { low = -5, mode = 0, high = 5 }
"""


def words(folder: Path, *more: object) -> tuple[object, ...]:
    story = folder / "trained.toml"
    story.write_text(STORY)
    return (
        "scenario", "draws", story, "--place", "grid", "--draws", 20, "--steps", 20,
        "--planned", 3, "--json", "--folder", folder, *more,
    )  # fmt: skip


def read_study(folder: Path) -> DrawsStudy:
    with Store.open(Workspace(root=folder, place="grid").store_path) as store:
        return store.find_result(DrawsStudy, place="grid")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("draws")
    done = run(*words(found, "--workers", 1, "--target", 1, "--out", found / "draws.xlsx"))
    assert done.code == 0, done.err
    return found


def test_every_draw_is_a_saving_of_the_case_against_its_base(folder: Path) -> None:
    study = read_study(folder)
    (case,) = study.cases
    assert {n.name: n.effect for n in study.numbers} == {
        "change_rates.percent": Effect.PRICES,
        "offer_travel_training.completion": Effect.PLAN,
        "offer_travel_training.cost_per_start_pounds": Effect.LINES,
    }
    assert len(case.net_pence) == 20
    # net = base's transport less the case's less passes; what is trained falls due once
    passes = {
        b - y - net
        for b, y, net in zip(case.base_year_pence, case.year_pence, case.net_pence, strict=True)
    }
    assert all(p % 90_000 == 0 for p in passes)
    assert set(case.base_year_pence) == {case.base_year_pence[0]}
    starts = {
        once / value
        for once, value in zip(case.one_off_pence, study.numbers[2].values, strict=True)
    }
    assert all(s == pytest.approx(600, rel=1e-3) for s in starts)
    assert case.n_at_target == sum(net >= 100 for net in case.net_pence)
    assert case.find_quantile(50) == study.find_case("trained").find_quantile(50)


def test_dearer_rates_cost_more_in_every_draw_of_the_same_people(folder: Path) -> None:
    study = read_study(folder)
    (case,) = study.cases
    percent = study.numbers[0].values
    done = study.numbers[1].values
    for j in range(study.n_draws):
        for k in range(study.n_draws):
            is_same = round(6 * done[j] * 0.82) == round(6 * done[k] * 0.82)
            if is_same and percent[j] > percent[k] + 3:
                assert case.year_pence[j] > case.year_pence[k]


def test_the_agreement_is_that_of_its_own_rows(folder: Path) -> None:
    (case,) = read_study(folder).cases
    assert case.agreement is not None
    off = [c.estimate_pence - c.full_pence for c in case.checked]
    assert case.agreement.n_draws == len(off) == 3
    assert case.agreement.most_pence == max(abs(d) for d in off)
    assert case.agreement.bias_pence == pytest.approx(sum(off) / 3, abs=1)
    for c in case.checked:
        assert case.net_pence[c.draw] == c.full_pence


def test_the_same_command_again_takes_what_was_kept(folder: Path) -> None:
    again = run(*words(folder, "--workers", 1, "--target", 1))
    assert "taken from result" in again.err
    assert json.loads(again.out)["study_id"] == read_study(folder).study_id
    assert not list((folder / "grid" / "draws").iterdir())


def test_the_pictures_and_the_workbook_are_written(folder: Path) -> None:
    assert (folder / "draws.xlsx").read_bytes()[:2] == b"PK"
    assert (folder / "draws_trained.png").read_bytes()[1:4] == b"PNG"


def blank(study: DrawsStudy) -> object:
    """Everything but the names and times of the runs."""
    (case,) = study.cases
    return (
        study.numbers, case.year_pence, case.base_year_pence, case.net_pence, case.quantiles,
        case.swings, case.switching, case.worths, case.fan, case.agreement, case.checked,
    )  # fmt: skip


@pytest.mark.slow
def test_two_workers_draw_what_one_draws(folder: Path, tmp_path: Path) -> None:
    done = run(*words(tmp_path, "--workers", 2, "--target", 1))
    assert done.code == 0, done.err
    assert blank(read_study(tmp_path)) == blank(read_study(folder))


@pytest.mark.slow
def test_a_cluster_draws_what_one_worker_draws(folder: Path, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1) as cluster:
        address = cluster.scheduler_address
        done = run(*words(tmp_path, "--cluster", address, "--target", 1))
    assert done.code == 0, done.err
    assert blank(read_study(tmp_path)) == blank(read_study(folder))


@pytest.mark.slow
def test_what_was_found_before_a_kill_is_not_worked_out_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    add = Journal.add

    def add_until(self: Journal, name: str, value: object) -> None:
        if len(written) == 5:
            raise KeyboardInterrupt
        written.append(name)
        add(self, name, value)

    monkeypatch.setattr(Journal, "add", add_until)
    killed = run(*words(tmp_path, "--workers", 1, "--target", 1))
    assert killed.code == 130
    monkeypatch.undo()
    (path,) = (tmp_path / "grid" / "draws").iterdir()
    with path.open("ab") as file:
        file.write(b'["quick, cut off')
    repeated: list[str] = []

    def add_noting(self: Journal, name: str, value: object) -> None:
        repeated.append(name)
        add(self, name, value)

    monkeypatch.setattr(Journal, "add", add_noting)
    done = run(*words(tmp_path, "--workers", 1, "--target", 1))
    assert done.code == 0, done.err
    assert "going on after 5 findings" in done.err
    assert not set(written) & set(repeated)
    assert blank(read_study(tmp_path)) == blank(read_study(folder))


def test_scenarios_without_an_uncertain_number_are_refused(tmp_path: Path) -> None:
    story = tmp_path / "sure.toml"
    story.write_text(
        'scenario_id = "sure"\ntitle = "S"\n[[changes]]\nkind = "pay_award"\npercent = 3\n'
    )
    done = run("scenario", "draws", story, "--place", "grid", "--folder", tmp_path)
    assert done.code == 2
    assert "no number of these scenarios is uncertain" in " ".join(done.err.split())
