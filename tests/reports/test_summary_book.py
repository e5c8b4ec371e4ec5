"""The plan summary's totals can be worked out again from its own sheets."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.errors import IdentityError
from data.runs import RunRecord
from reports.facts import RunFacts, build_facts
from reports.summary_book import build_summary_book, check_identities
from tests.reports.readers import find_faults, read_sheets, read_table

Sheets = dict[str, list[list[Any]]]

DIVISORS = {"metres": 1609.344, "seconds": 3600.0, "pence": 100.0}
"""What the sheet's own note says a quantity is divided by."""


@pytest.fixture(scope="module")
def sheets(outputs: dict[str, Path]) -> Sheets:
    return read_sheets(outputs["plan_summary.xlsx"].read_bytes())


def pence(pounds: float) -> int:
    return round(pounds * 100)


def find_figure(sheets: Sheets, label: str) -> Any:
    return next(row[1] for row in sheets["Summary"] if str(row[0]).strip() == label)


def test_every_line_is_its_quantity_at_its_rate(sheets: Sheets) -> None:
    lines = read_table(sheets["Cost lines"], "Duty")
    assert len(lines) == 6
    for line in lines:
        due = line["Quantity"] * line["Rate, £"] / DIVISORS.get(line["Unit"], 1.0)
        # Half a penny up: no line here lies within a rounding error of a half.
        assert pence(line["Amount, £"]) == int(due * 100 + 0.5), line


def test_lines_add_up_to_the_cost_of_the_day(sheets: Sheets) -> None:
    sums: dict[str, int] = defaultdict(int)
    for line in read_table(sheets["Cost lines"], "Duty"):
        sums[line["Kind of cost"]] += pence(line["Amount, £"])
    cost = sums["contract price"] + sums["own, avoidable"]
    # By hand: 90.00 + 2.43 own; 12.00 + 1.94 abc; 17.08 xyz; overhead 30.00 on top.
    assert cost == 12_345 == pence(find_figure(sheets, "Cost a day, £"))
    full = cost + sums["own, fixed (full cost only)"]
    assert full == 15_345 == pence(find_figure(sheets, "with own fixed cost, £"))


def test_totals_sheet_adds_up_the_lines_of_each_provider(sheets: Sheets) -> None:
    rows = read_table(sheets["Totals"], "Provider")
    found = {row["Provider"]: pence(row["Cost a day, £"]) for row in rows}
    assert found == {
        "ABC Cars": 1_394,
        "Own company": 9_243,
        "XYZ/Coaches: Southend?": 1_708,
        "All": 12_345,
    }


def test_duties_and_routes_add_up_to_the_day(sheets: Sheets) -> None:
    duties = read_table(sheets["Duties"], "Duty")
    routes = read_table(sheets["Routes"], "Route")
    assert sum(pence(row["Cost, £"]) for row in duties) == 12_345
    assert sum(pence(row["Cost, £"]) for row in routes) == 12_345
    assert sum(pence(row["Full cost, £"]) for row in duties) == 15_345
    assert [row["Passengers"] for row in routes] == [3, 3, 1, 2]
    # p1 boards by 8:01:00 and arrives 8:31:00: half an hour, the longest of the route.
    assert "0:30:00" in str(routes[0]["Longest ride, minutes"])


def test_shares_add_up_to_the_day_without_a_name(sheets: Sheets) -> None:
    rows = read_table(sheets["Passenger shares"], "Passenger")
    shares = [row for row in rows if row["Passenger"] != "All"]
    assert sum(pence(row["Share of the day's cost, £"]) for row in shares) == 12_345
    assert {row["Passenger"] for row in shares} == {"p1", "p2", "p3", "p4", "p6", "p7"}


def test_dates_at_their_cost_add_up_to_the_year(sheets: Sheets) -> None:
    rows = [r for r in read_table(sheets["Year"], "Day type") if r["Day type"] != "All"]
    for row in rows:
        assert pence(row["Cost of the dates, £"]) == row["Dates"] * pence(row["Cost a date, £"])
    year = sum(pence(row["Cost of the dates, £"]) for row in rows)
    assert year == 24_700 == pence(find_figure(sheets, "Cost a year, £"))
    dates = read_table(sheets["Dates"], "Date")
    assert len(dates) == 2


def test_make_or_buy_shows_each_route_both_ways(sheets: Sheets) -> None:
    rows = {row["Route"]: row for row in read_table(sheets["Make or buy"], "Route")}
    assert rows["r1"]["Bought, £"] == ""
    assert rows["r1"]["Bought less own avoidable, £"] == ""
    # 14.00 bought less 40.00 and 60.00 own.
    assert pence(rows["r3"]["Bought less own avoidable, £"]) == -2_600
    assert pence(rows["r3"]["Bought less own full, £"]) == -4_600


def test_who_is_not_carried_is_listed_with_numbers(sheets: Sheets) -> None:
    rows = read_table(sheets["Unserved"], "Passenger")
    assert [(r["Passenger"], r["Code"]) for r in rows] == [
        ("p5", "ride_limit_under_direct"),
        ("p8", "no_capacity_left"),
    ]
    assert rows[0]["Evidence"] == "direct_s 5,100, max_ride_s 4,500"


def test_the_summary_says_where_its_figures_come_from(sheets: Sheets, run: RunRecord) -> None:
    text = "\n".join(str(cell) for row in sheets["Summary"] for cell in row)
    for wanted in (
        run.run_id, run.inputs_hash, run.matrix_hash, run.code_version, "Setting seconds",
        "no rule broken", "People are made up", "schematic stand-in", "Crown copyright",
        "numpy 2.4.6", "2.7 %",
    ):  # fmt: skip
        assert wanted in text, wanted
    assert [find_figure(sheets, "carried in every session"), find_figure(sheets, "Routes")] == [
        6,
        4,
    ]


def test_a_hostile_assumption_stays_text(sheets: Sheets) -> None:
    rows = read_table(sheets["Assumptions"], "Assumption")
    assert rows[0]["Source"] == "'=cmd|'/c calc'!A1"


def test_todays_plan_stands_beside_the_new_one(run: RunRecord, facts: RunFacts) -> None:
    assert run.measures is not None
    base = replace(run.measures, n_routes=9, cost_pence=20_000)
    book = build_summary_book(replace(facts, run=replace(run, baseline_measures=base)))
    rows = read_sheets(book)["Summary"]
    routes = next(row for row in rows if row[0] == "Routes")
    assert routes[1:3] == [4, 9]


def test_a_run_without_year_or_figures_still_has_a_summary(
    run: RunRecord, facts: RunFacts
) -> None:
    bare = replace(run, measures=None, year=(), timetable=None, alternatives=(), checks=())
    sheets = read_sheets(build_summary_book(replace(facts, run=bare)))
    assert {"Year", "Dates", "Make or buy"}.isdisjoint(sheets)
    assert any("not been checked" in str(row[0]) for row in sheets["Summary"])


def test_no_book_is_built_from_figures_that_disagree(run: RunRecord, facts: RunFacts) -> None:
    check_identities(run)
    assert run.measures is not None
    dearer = replace(run.lines[0], amount_pence=run.lines[0].amount_pence + 1)
    wrong = {
        "lines": replace(run, lines=(dearer, *run.lines[1:])),
        "shares": replace(run, shares=run.shares[1:]),
        "year": replace(run, year=run.year[1:]),
        "measures": replace(run, measures=replace(run.measures, cost_pence=1)),
    }
    for broken in wrong.values():
        with pytest.raises(IdentityError):
            build_summary_book(replace(facts, run=broken))


def test_broken_rules_are_said_first(run: RunRecord, facts: RunFacts) -> None:
    from data.checks import Violation

    violation = Violation(
        code="RIDE_LIMIT", rule="2.6", plan_id=run.plan.plan_id, sentence="Too long."
    )
    report = replace(run.checks[0], violations=(violation,))
    book = build_summary_book(replace(facts, run=replace(run, checks=(report,))))
    assert "do not run this plan" in read_sheets(book)["Summary"][2][0]


def test_books_are_clean_and_repeatable(facts: RunFacts) -> None:
    book = build_summary_book(facts)
    assert book == build_summary_book(build_facts(facts.run, facts.inputs))
    assert find_faults(book) == []
