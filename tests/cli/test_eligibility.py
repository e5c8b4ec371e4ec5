"""`wayfare eligibility` on a place: measured, kept, confirmed, appealed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import run

AT = ("--place", "rutland")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rutland")
    assert run("sample", *AT, folder=folder).code == 0
    for person, role in (("a.hart", "planner"), ("b.cole", "commissioner")):
        named = run(
            "people", "add", person, "--name", person, "--role", role, *AT, folder=folder
        )
        assert named.code == 0
    return folder


def test_cases_are_measured_kept_confirmed_and_appealed(folder: Path) -> None:
    made = run("eligibility", "assess", *AT, "--as", "a.hart", folder=folder)
    assert made.code == 0, made.err
    assert "kept: 120 new or changed proposals" in made.out
    assert (folder / "rutland/outputs/eligibility.xlsx").stat().st_mode & 0o077 == 0
    again = run("eligibility", "assess", *AT, "--as", "a.hart", "--json", folder=folder)
    assert json.loads(again.out)["cases"] == 120

    listed = run("eligibility", "list", *AT, "--state", "proposed", "--json", folder=folder)
    cases = {c["case_id"]: c for c in json.loads(listed.out)}
    assert len(cases) == 120
    no = next(i for i, c in cases.items() if (c["answer"], c["rule"]) == ("no", "ELIG-9"))
    done = run("eligibility", "confirm", no, *AT, "--as", "a.hart", "--on", "2026-12-14",
               folder=folder)  # fmt: skip
    assert done.code == 0, done.err
    # 20 working days over Christmas, counted in tests/scenarios/test_appeals.py
    assert "family may ask for a review by 2027-01-14 (running)" in done.out

    late = run("eligibility", "appeal", no, *AT, "--as", "a.hart", "--on", "2027-01-15",
               folder=folder)  # fmt: skip
    assert (late.code, "last day to ask was 2027-01-14" in late.err) == (30, True)
    asked = run("eligibility", "appeal", no, *AT, "--as", "a.hart", "--on", "2027-01-14",
                "--calendar", "adult", folder=folder)  # fmt: skip
    assert "council answers the review by 2027-02-11" in asked.out
    own = ("--answer", "yes", "--note", "path is flooded", "--on", "2027-02-01")
    same = run("eligibility", "decide", no, *AT, "--as", "a.hart", *own, folder=folder)
    assert (same.code, "another person must do this" in same.err) == (30, True)
    other = run("eligibility", "decide", no, *AT, "--as", "b.cole", *own, folder=folder)
    assert "decided at stage 1: yes" in other.out
    shown = run("eligibility", "show", no, *AT, folder=folder)
    assert "path is flooded" in shown.out
    assert "2027-01-14  stage_1_asked" in shown.out


def test_unfit_roads_and_strangers_are_refused(folder: Path) -> None:
    grid = run("eligibility", "assess", "--place", "grid", folder=folder)
    assert (grid.code, grid.err.count("W010")) == (30, 2)
    bare = run("eligibility", "assess", "--place", "grid", "--trial", folder=folder)
    assert (bare.code, "W011" in bare.err) == (30, True)
    register = folder / "register.csv"
    register.write_text(
        "urn,establishment_name,establishment_type,education_phase,easting,northing\n"
        "100001,Elm,Community school,Primary,588000,186000\n"
    )
    trial = run("eligibility", "assess", "--place", "grid", "--trial", "--json",
                "--register", str(register), folder=folder)  # fmt: skip
    assert json.loads(trial.out)["is_trial"]
    stranger = run("eligibility", "assess", *AT, "--as", "x.nobody", folder=folder)
    assert (stranger.code, "register of people has no" in stranger.err) == (30, True)


def test_two_policies_are_compared_and_a_lost_right_is_refused(
    folder: Path, tmp_path: Path
) -> None:
    examples = Path(__file__).resolve().parents[2] / "docs/examples"
    words = ("eligibility", "compare", str(examples / "policy-two-miles.toml"),
             str(examples / "policy-law-only.toml"), *AT, "--no-plan", "--json",
             "--cases", str(examples / "eligibility-rutland.csv"))  # fmt: skip
    done = run(*words, folder=folder)
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert found["cases"] == 150
    # nobody is left to a person before and given nothing after: losers were given travel
    assert found["given_before"] + found["gain"] - found["lose"] == found["given_after"]
    assert found["lose"] >= 18  # the young people over 16
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('policy_id = "w"\ntitle = "W"\nfrom_8_walk_m = 6000\n')
    refused = run("eligibility", "compare", "statutory", str(wrong), *AT, folder=folder)
    assert refused.code == 30
    assert "Y013" in refused.err
    assert "(ELIG-2)" in refused.err
