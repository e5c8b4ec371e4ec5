"""A year is the sum over the calendar's dates of the plan that runs, by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from costing import build_totals, find_year_pence, price_plan, price_year
from data.errors import IdentityError, ModelError, NoRateError
from data.inputs import Inputs
from data.money import RateBasis, RateCard
from data.places import Week
from data.plans import DayType, Duty, Plan, Timetable
from data.policy import Policy
from tests.costing.builders import (
    FIRST,
    LAST,
    make_card,
    make_duty,
    make_inputs,
    make_own_duty,
    make_plan,
    make_route,
    make_run,
    rate,
)

FIXED = rate(RateBasis.FIXED, 1_000_000)
D1, D2, D3 = date(2026, 9, 16), date(2027, 3, 31), date(2027, 4, 1)


def make_day(day_type_id: str, *duties: Duty) -> Plan:
    plan = make_plan(*duties, plan_id=f"plan-{day_type_id}")
    return replace(
        plan,
        day_type=DayType(
            day_type_id=day_type_id,
            weekday=2,
            week=Week.A,
            open_calendar_ids=frozenset({"term"}),
        ),
    )


TERM = make_day("term", make_duty(make_route("r1")))
HOLIDAY = make_day("holiday", make_duty(make_route("r2"), make_route("r3", start_s=40_000)))


def make_timetable(
    *dates: tuple[date, str], plans: tuple[Plan, ...] = (TERM, HOLIDAY)
) -> Timetable:
    return Timetable(timetable_id="t", plans=plans, dates=dates)


def make_year_inputs(*cards: RateCard) -> Inputs:
    return make_inputs(cards=cards, vehicles=())


def test_each_date_costs_what_its_plan_costs() -> None:
    # two term days of one route at 10.00, one holiday of two: 40.00; VAT 20 % recovered: 8.00
    timetable = make_timetable((D1, "term"), (D2, "holiday"), (D3, "term"))
    year = price_year(timetable, make_year_inputs(make_card(FIXED)))
    assert [(r.service_date, r.cost_pence) for r in year.rows] == [
        (D1, 1_000),
        (D2, 2_000),
        (D3, 1_000),
    ]
    assert (year.cost_pence, year.n_dates) == (4_000, 3)
    assert year.recoverable_vat_pence == 800
    assert year.full_cost_pence == 4_000
    assert year.provider_pence == (("sup", 4_000),)


def test_uplift_and_a_new_card_count_from_their_date() -> None:
    # the old card ends on 31 March; the new one costs 12.00 and had risen by 3 % by then
    old = make_card(FIXED, valid_to=D2)
    new = make_card(
        rate(RateBasis.FIXED, 1_200_000),
        rate_card_id="new",
        valid_from=date(2026, 4, 1),
        uplift_bp=300,
    )
    timetable = make_timetable((D1, "term"), (D2, "term"), (D3, "term"))
    year = price_year(timetable, make_year_inputs(old, new))
    # named card 10.00 twice, then 12.00 x 1.03
    assert [r.cost_pence for r in year.rows] == [1_000, 1_000, 1_236]


def test_vat_that_is_not_recovered_is_part_of_the_year() -> None:
    inputs = replace(make_year_inputs(make_card(FIXED)), policy=Policy(is_vat_recovered=False))
    year = price_year(make_timetable((D1, "term")), inputs)
    assert (year.cost_pence, year.recoverable_vat_pence) == (1_200, 0)


def test_dates_outside_the_year_do_not_count_and_its_ends_do() -> None:
    dates = (date(2026, 8, 31), FIRST, LAST, date(2027, 9, 1))
    card = make_card(FIXED, valid_from=date(2026, 1, 1), valid_to=date(2028, 1, 1))
    year = price_year(make_timetable(*((d, "term") for d in dates)), make_year_inputs(card))
    assert [r.service_date for r in year.rows] == [FIRST, LAST]


def test_rows_are_by_date_then_provider_whatever_the_order_of_the_dates() -> None:
    own = make_own_duty(
        make_route("r9"),
        duty_id="d9",
        dead_runs=(
            make_run(0, 28_200, 600, 5_000, "depot>home-1"),
            make_run(1, 29_610, 500, 4_000, "site-1>depot"),
        ),
    )
    both = make_day("term", make_duty(make_route("r1")), own)
    timetable = make_timetable((D3, "term"), (D1, "term"), plans=(both,))
    year = price_year(timetable, make_inputs(cards=[make_card(FIXED)]))
    assert [(r.service_date, r.provider_id) for r in year.rows] == [
        (D1, "own"),
        (D1, "sup"),
        (D3, "own"),
        (D3, "sup"),
    ]
    # own: avoidable 48.46 + 4.77, full with 41.58 + 23.68 + 14.22
    assert (year.rows[0].cost_pence, year.rows[0].full_cost_pence) == (5_323, 13_271)
    assert year.own_fixed_charged_pence == 2 * (4_158 + 2_368)
    assert year.own_fixed_pence == 790_000 + 450_000


def test_the_year_is_the_sum_of_its_dates_priced_one_by_one() -> None:
    card = make_card(
        FIXED,
        rate(RateBasis.LOADED_MILE, 123_457),
        valid_from=date(2025, 12, 1),
        uplift_bp=417,
    )
    days = [date(2026, m, d) for m in (9, 10, 11, 12) for d in (1, 2, 15)]
    timetable = make_timetable(*((d, "term" if d.day < 15 else "holiday") for d in days))
    inputs = make_year_inputs(card)
    year = price_year(timetable, inputs)
    one_by_one = [
        build_totals(price_plan(timetable.plan_of(t), inputs, d)).cost_pence
        for d, t in timetable.dates
    ]
    assert year.cost_pence == sum(one_by_one)
    assert len(set(one_by_one)) == 4  # two plans, before and after the rise


def test_every_date_without_a_rate_is_named_at_once() -> None:
    card = make_card(FIXED, valid_to=D1)
    timetable = make_timetable((D1, "term"), (D2, "term"), (D3, "term"), (LAST, "holiday"))
    with pytest.raises(NoRateError) as caught:
        price_year(timetable, make_year_inputs(card))
    text = str(caught.value)
    assert "2 date(s) from 2027-03-31 to 2027-04-01" in text
    assert "1 date(s) from 2027-08-31 to 2027-08-31" in text
    assert "'sup'" in text
    assert "'card'" in text


def test_a_date_of_no_known_plan_is_refused() -> None:
    with pytest.raises(ModelError, match="fri-b-term"):
        price_year(make_timetable((D1, "fri-b-term")), make_year_inputs(make_card(FIXED)))


def test_a_date_twice_is_refused() -> None:
    timetable = make_timetable((D1, "term"), (D1, "holiday"))
    with pytest.raises(ModelError, match="2026-09-16"):
        price_year(timetable, make_year_inputs(make_card(FIXED)))


def test_a_row_that_goes_missing_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from costing import year

    made = year._build_row

    def build_short(*args: object) -> object:
        return replace(made(*args), cost_pence=999)  # type: ignore[arg-type]

    monkeypatch.setattr("costing.year._build_row", build_short)
    with pytest.raises(IdentityError, match="rows come to"):
        price_year(make_timetable((D1, "term")), make_year_inputs(make_card(FIXED)))


def test_a_year_without_a_date_costs_nothing() -> None:
    year = price_year(make_timetable(), make_year_inputs(make_card(FIXED)))
    assert (year.cost_pence, year.n_dates, year.rows) == (0, 0, ())


def test_the_quick_sum_of_a_year_is_that_of_its_rows() -> None:
    # a duty that runs on both day types, an uplift between the dates, own work on one of them
    own = make_own_duty(
        make_route("r9"),
        duty_id="d9",
        dead_runs=(
            make_run(0, 28_200, 600, 5_000, "depot>home-1"),
            make_run(1, 29_610, 500, 4_000, "site-1>depot"),
        ),
    )
    shared = make_duty(make_route("r1"))
    plans = (make_day("term", shared, own), make_day("holiday", shared))
    dates = [
        (date(2026, m, d), "term" if d < 9 else "holiday") for m in (9, 12) for d in (7, 9)
    ]
    timetable = make_timetable(*dates, (date(2028, 1, 1), "term"), plans=plans)
    card = make_card(
        FIXED,
        rate(RateBasis.LOADED_MILE, 123_457),
        valid_from=date(2025, 12, 1),
        uplift_bp=417,
    )
    inputs = make_inputs(cards=[card])
    assert find_year_pence(timetable, inputs) == price_year(timetable, inputs).cost_pence
    not_back = replace(inputs, policy=replace(inputs.policy, is_vat_recovered=False))
    dearer = price_year(timetable, not_back).cost_pence
    assert find_year_pence(timetable, not_back) == dearer > find_year_pence(timetable, inputs)


def test_the_quick_sum_of_a_year_says_what_is_wrong_as_the_year_does() -> None:
    card = make_card(FIXED, valid_to=D1)
    with pytest.raises(NoRateError, match="2 date"):
        find_year_pence(
            make_timetable((D1, "term"), (D2, "term"), (D3, "term")), make_year_inputs(card)
        )
    with pytest.raises(ModelError, match="no plan for day type"):
        find_year_pence(make_timetable((D1, "nosuch")), make_year_inputs(card))
