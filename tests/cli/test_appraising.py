"""`wayfare appraise`: templates that work, results kept, faults all at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.appraisals import AppraisalStudy, OptionsStudy
from data.store import Store
from data.workspace import Workspace
from tests.cli.conftest import run

SCORES = Path("docs/examples/options-worcestershire.csv")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("appraise")
    for name in ("study", "options"):
        printed = run("appraise", "template", name)
        assert printed.code == 0
        (found / f"{name}.toml").write_text(printed.out)
    made = run("sample", "--place", "grid", "--folder", found)
    assert made.code == 0
    return found


def test_the_template_of_a_study_is_appraised_and_kept(folder: Path) -> None:
    words = ("appraise", "study", folder / "study.toml", "--place", "grid", "--folder", folder)
    done = run(*words, "--out", folder / "study.xlsx", "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    with Store.open(Workspace(root=folder, place="grid").store_path) as store:
        study = store.find_result(AppraisalStudy, place="grid")
    assert found["study_id"] == study.study_id
    option = study.find_option("training")
    # first year: 84,000 x 25 % - 21,000 - 6,000 = -6,000; second: 63,000 - 21,105 = 41,895
    assert [y.net_pence for y in option.years[:2]] == [-600_000, 4_189_500]
    assert option.years[1].present_pence == round(4_189_500 / 1.035)
    assert option.risk_pence == 2_700_000
    # 41,895 x 1.02 nominal; 50,000 of it already in the budget
    (second,) = [p for p in study.plan if p.year == 2027]
    assert second.further_pence == pytest.approx(4_273_290 - 5_000_000, abs=1)
    assert study.find_option("as-is").net_present_pence == 0
    assert (folder / "study.xlsx").read_bytes()[:2] == b"PK"


def test_a_changed_assumption_without_a_new_version_is_named(folder: Path) -> None:
    text = (folder / "study.toml").read_text()
    changed = folder / "changed.toml"
    changed.write_text(text.replace('value = "84000"', 'value = "90000"'))
    words = ("--place", "grid", "--folder", folder)
    assert run("appraise", "study", folder / "study.toml", *words).code == 0
    done = run("appraise", "study", changed, *words)
    assert "routes-given-up: was 84000 pounds a year in version 1" in done.out
    assert "blocks a paper" in done.out


def test_options_stand_beside_their_scores(folder: Path) -> None:
    done = run(
        "appraise", "options", SCORES, "--money", folder / "options.toml", "--place", "grid",
        "--folder", folder, "--out", folder / "options.xlsx",
    )  # fmt: skip
    assert done.code == 0, done.err
    with Store.open(Workspace(root=folder, place="grid").store_path) as store:
        study = store.find_result(OptionsStudy, place="grid")
    scores = {s.option_id: s.score_tenths for s in study.scores}
    assert list(scores.values()) == [13_850, 13_600, 18_100, 15_150, 9_200]
    money = {m.option_id: m for m in study.money}
    assert min(m.dearer_pence for m in study.money) == 0
    for m in study.money:
        assert m.total_pence == sum(y.total_pence for y in m.years)
    owned = money["wholly_owned_company"]
    # first year: 2,980,000 x 1.02 = 3,039,600, no ramp
    assert owned.years[0].contract_pence == 303_960_000
    assert [a.is_passed for a in owned.activity] == [True] * len(owned.activity)
    assert not money["outsource"].activity


def test_an_owned_company_that_does_too_much_for_others_is_named(folder: Path) -> None:
    text = (folder / "options.toml").read_text()
    wide = folder / "wide.toml"
    wide.write_text(text.replace("700000, 760000]", "900000, 1500000]"))
    done = run(
        "appraise", "options", SCORES, "--money", wide, "--place", "grid", "--folder", folder
    )
    assert "wholly_owned_company is on the short list and fails the activity test" in done.out


def test_every_fault_of_a_file_is_named_at_once(folder: Path) -> None:
    bad = folder / "bad.toml"
    bad.write_text(
        (folder / "study.toml")
        .read_text()
        .replace("amount_pounds = 21000", "amount_pounds = 21000.005")
        .replace('kind = "saving"', 'kind = "savings"')
        .replace("probability_percent = 30", "probabillity_percent = 30")
        .replace("n_years = 10", 'n_years = "ten"')
    )
    done = run("appraise", "study", bad, "--place", "grid", "--folder", folder)
    assert done.code == 30
    for words in (
        "options[2].lines[1].amount_pounds",
        "Did you mean saving?",
        "probabillity_percent",
        "Did you mean probability_percent?",
        "n_years",
    ):
        assert words in done.err, words


def test_names_that_are_not_there_and_numbers_that_cannot_be_are_refused(folder: Path) -> None:
    bad = folder / "bad.toml"
    bad.write_text(
        (folder / "study.toml")
        .read_text()
        .replace('preferred = "training"', 'preferred = "trainin"')
        .replace("probability_percent = 30", "probability_percent = 130")
        .replace("ramp_percent = [25, 75]", "ramp_percent = [25, 175]")
        .replace('assumption_id = "coordinator-pay"\nsource', 'assumption_id = "pay"\nsource')
        .replace("review_on = 2027-08-31", "review_on = 2025-08-31")
    )
    done = run("appraise", "study", bad, "--place", "grid", "--folder", folder)
    assert done.code == 30
    for words in (
        "preferred",
        "risks[1].probability_percent",
        "options[2].lines[3].ramp_percent",
        "options[2].lines[1].assumption_id",
        "assumptions[2].review_on",
    ):
        assert words in done.err, words


def test_an_option_without_money_is_refused(folder: Path) -> None:
    text = (folder / "options.toml").read_text()
    bad = folder / "few.toml"
    bad.write_text(text[: text.rindex("[[options]]")].replace("joint_venture", "joint", 1))
    done = run("appraise", "options", SCORES, "--money", bad, "--place", "grid", "--folder",
               folder)  # fmt: skip
    assert done.code == 30
    assert "outsource has no money" in done.err
    assert "There is no joint." in done.err
