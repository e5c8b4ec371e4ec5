"""Appraisals of options whose saving comes from draws, against sums worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from costing import Saving
from data.appraisals import LineKind, MoneyLine
from data.errors import InputError
from data.imports.appraisal_files import AppraisalFile, Discount, OptionEntry
from data.uncertainty import DrawnCase, DrawsStudy, name_draws
from scenarios.appraisal import PLAN_LINE, PLAN_ONCE, build_appraisal
from scenarios.appraisal_statement import build_appraisal_statement
from scenarios.draw_statistics import build_fan, build_quantiles

NOW = datetime(2026, 11, 1, tzinfo=UTC)
NET = (1_000_000, 2_000_000, 3_000_000)
ONCE = (500_000, 500_000, 800_000)


def build_draws() -> DrawsStudy:
    case = DrawnCase(
        scenario_id="trained", title="T", base_id="baseline", run_id="run-2",
        base_run_id="run-1", central_pence=2_200_000, central_one_off_pence=500_000,
        year_pence=(9, 8, 7), base_year_pence=(10, 10, 10), net_pence=NET,
        one_off_pence=ONCE, mean_pence=2_000_000, sd_pence=1_000_000,
        quantiles=build_quantiles(NET), target_pence=None, n_at_target=0, n_positive=3,
        swings=(), switching=(), worths=(), fan=build_fan(NET, ONCE), agreement=None,
        checked=(), n_distinct=3, n_days_planned=0, n_years_planned=4,
    )  # fmt: skip
    return name_draws(
        DrawsStudy(
            study_id="", place="grid", run_id="run-1", created_utc=NOW, code_version="x",
            inputs_hash="", title="Grid", price_base="2026/27", is_synthetic=True, seed=1,
            method="sobol", n_draws=3, numbers=(), cases=(case,),
        )
    )  # fmt: skip


def build_file(**more: object) -> AppraisalFile:
    fee = MoneyLine(name="fee", kind=LineKind.COST, amount_pence=100_000, to_year=1)
    option = OptionEntry(
        option_id="train", title="Train", scenario_id="trained", from_year=2, lines=(fee,)
    )
    given = AppraisalFile(
        title="A", price_base="2026/27", first_year=2026, n_years=3, inflation_bp=1_000,
        discount=Discount(
            rate_bp=2_500, set_on=date(2026, 4, 1), review_on=date(2027, 4, 1), source="s"
        ),
        preferred="train", options=(option,),
    )  # fmt: skip
    return replace(given, **more)  # type: ignore[arg-type]


def test_an_option_takes_saving_and_spread_from_draws() -> None:
    # at 25 % the factors are 1, 0.8 and 0.64; the plan saves in years 2 and 3, weight 1.44;
    # what falls due once is paid in year 2, the fee of 1,000 pounds in year 1
    study = build_appraisal(build_file(), build_draws(), place="grid", created_utc=NOW)
    (option,) = study.options
    assert [x.name for x in option.lines] == [PLAN_LINE, PLAN_ONCE, "fee"]
    # 22,000 x 1.44 - 5,000 x 0.8 - 1,000 = 26,680
    assert option.net_present_pence == 2_668_000
    assert option.run_id == "run-2"
    spread = option.spread
    assert spread is not None
    # 10,000 x 1.44 - 5,000 x 0.8 - 1,000 = 9,400; 23,800; 43,200 - 6,400 - 1,000 = 35,800
    assert spread.p50_pence == 2_380_000
    assert spread.mean_pence == (940_000 + 2_380_000 + 3_580_000) // 3
    # P10 lies a fifth of the way from the least to the middle one
    assert spread.p10_pence == 940_000 + (2_380_000 - 940_000) // 5
    # nominal: year 1 is -1,000 for all; year 2 (net - once) x 1.1; year 3 net x 1.21
    assert spread.fan[0] == (2026, -100_000, -100_000, -100_000)
    assert spread.fan[1][2] == 1_650_000
    assert spread.fan[2][2] == 2_420_000


def test_the_statement_shows_the_identities_it_rests_on() -> None:
    study = build_appraisal(build_file(), build_draws(), place="grid", created_utc=NOW)
    statement = build_appraisal_statement(study)
    assert "Distribution" in {t.name for t in statement.tables}
    assert "The people are made up." not in statement.warnings
    (years,) = [t for t in statement.tables if t.name == "train by year"]
    assert years.total is not None
    assert sum(int(row[5] or 0) for row in years.rows) == years.total[5] == 2_668_000


def test_a_discount_rate_past_its_review_is_flagged() -> None:
    later = datetime(2028, 1, 1, tzinfo=UTC)
    study = build_appraisal(build_file(), build_draws(), place="grid", created_utc=later)
    (flag,) = study.flags
    assert (flag.assumption_id, flag.flag, flag.is_blocking) == (
        "discount-rate", "outdated", True,
    )  # fmt: skip


def test_a_scenario_that_was_not_drawn_is_refused_with_those_that_were() -> None:
    option = OptionEntry(option_id="train", title="T", scenario_id="budgets")
    with pytest.raises(InputError) as caught:
        build_appraisal(
            build_file(options=(option,)), build_draws(), place="grid", created_utc=NOW
        )
    (problem,) = caught.value.problems
    assert (problem.code, problem.suggestion) == ("J021", "Drawn: trained.")


def test_what_a_register_holds_of_the_option_is_not_saved_again() -> None:
    # The register: the option itself, 12,000 pounds a year from April 2027, by its run; a
    # smaller proposal on the same pounds, which its group takes out; 3,000 from elsewhere.
    def build(saving_id: str, pence: int, **more: object) -> Saving:
        held: dict[str, object] = {
            "saving_id": saving_id, "title": saving_id, "starts_on": date(2027, 4, 1),
            "yearly_pence": pence, "budget_line": "",
        }  # fmt: skip
        return Saving(**(held | more))  # type: ignore[arg-type]

    register = (
        build("s1", 1_200_000, run_id="run-2", group="training"),
        build("s2", 700_000, group="training"),
        build("s3", 300_000),
        build("s4", 999_999, is_cashable=False),
    )
    given = build_file(savings_register="savings.csv", inflation_bp=0)
    study = build_appraisal(
        given, build_draws(), place="grid", created_utc=NOW, savings=register
    )
    rows = {row.year: row for row in study.plan}
    # 2026: the fee of 1,000 pounds alone; 2027: 22,000 saved, 5,000 once
    assert (rows[2026].budgeted_pence, rows[2026].further_pence) == (0, -100_000)
    year = rows[2027]
    assert (year.cashable_pence, year.cost_pence) == (2_200_000, 500_000)
    assert (year.budgeted_pence, year.others_pence) == (1_200_000, 300_000)
    assert year.further_pence == 2_200_000 - 500_000 - 1_200_000
    # named by its id it is the same, and an unknown id is refused
    named = replace(given.options[0], saving_ids=("s1",))
    by_name = build_appraisal(
        replace(given, options=(named,)), build_draws(), place="grid", created_utc=NOW,
        savings=tuple(replace(s, run_id="") for s in register),
    )  # fmt: skip
    assert by_name.plan == study.plan
    with pytest.raises(InputError, match="no proposal s9"):
        build_appraisal(
            replace(given, options=(replace(named, saving_ids=("s9",)),)), build_draws(),
            place="grid", created_utc=NOW, savings=register,
        )  # fmt: skip
