"""`wayfare eligibility` and `wayfare options` as a user runs them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from tests.cli.conftest import run

HEADER = (
    "case_id,birth_date,assessment_date,walk_m,drive_m,low_income,school_rank,"
    "religion_or_belief,send_reason,unsafe_reason,phase\n"
)
PUBLISHED = Path(__file__).resolve().parents[2] / "docs/examples/options-worcestershire.csv"


def test_cases_are_answered_in_order_with_rule_and_reason(tmp_path: Path) -> None:
    cases, out = tmp_path / "cases.csv", tmp_path / "results.csv"
    cases.write_text(
        HEADER
        + "a,2019-05-01,10/09/2026,3218.688,,no,1,no,,,primary\n"
        + "b,01/05/2019,2026-09-10,3218.689,,no,1,no,,,primary\n"
        + "=c,2008-01-01,2026-09-10,1,,no,1,no,,,post_16\n"
    )
    done = run("eligibility", str(cases), "--out", str(out), "--json")
    assert done.code == 0
    assert json.loads(done.out) == {"cases": 3, "yes": 1, "no": 1, "refer": 1}
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(r["case_id"], r["eligible"], r["rule"]) for r in rows] == [
        ("a", "no", "ELIG-1"),
        ("b", "yes", "ELIG-1"),
        ("'=c", "refer", "ELIG-11"),  # no spreadsheet takes it for a formula
    ]
    assert all(r["reason"] for r in rows)


def test_faulty_cases_are_all_named_without_personal_values_and_nothing_is_written(
    tmp_path: Path,
) -> None:
    cases, out = tmp_path / "cases.csv", tmp_path / "results.csv"
    cases.write_text(
        HEADER.replace("drive_m", "drive")
        + "a,31/02/2019,2026-09-10,-1,,perhaps,0,no,,,nursery\n"
        + ",2019-05-01,2026-09-10,1,,no,1,no,,,primary\n"
        + "b,2019-05-01,2026-09-10,1,,no,1,no,,,primary\n"
        + "b,2019-05-01,2026-09-10,1,,no,1,no,,,primary\n"
    )
    done = run("eligibility", str(cases), "--out", str(out))
    assert done.code == 30
    assert not out.exists()
    for part in ("row 1, E (drive)", "row 2, B (birth_date)", "row 2, D (walk_m)", "row 2, F",
                 "row 2, G", "row 2, K", "row 3, A (case_id)", "row 5"):  # fmt: skip
        assert part in done.err
    assert "31/02/2019" not in done.err


def test_the_published_appraisal_as_json() -> None:
    done = run("options", str(PUBLISHED), "--json", "--draws", "0")
    assert done.code == 0
    found = json.loads(done.out)
    assert found["maximum"] == 2170
    assert list(found["totals"].values()) == [1385, 1360, 1810, 1515, 920]
    assert list(found["totals"]) == [
        "strategic_partnership", "joint_venture", "wholly_owned_company",
        "independent_organisation", "outsource",
    ]  # fmt: skip
    assert found["subtotals"]["feasibility"]["outsource"] == 115
    assert [change["without"] for change in found["rank_changes"]] == ["D5", "V7", "F6"]


def test_the_appraisal_reads_as_a_table() -> None:
    done = run("options", str(PUBLISHED), "--draws", "100")
    assert done.code == 0
    line = next(x for x in done.out.splitlines() if x.startswith("wholly_owned_company"))
    assert line.split() == ["wholly_owned_company", "1050", "275", "485", "1810", "83.4", "%",
                            "green", "1"]  # fmt: skip
    assert max(map(len, done.out.splitlines())) <= 125
