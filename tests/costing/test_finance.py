"""Central costs, day services, savings, contracts, invoices, the company: worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costing import build_totals, price_plan, price_year, share_route_costs
from costing.central import CentralOffer, Runner, choose_central, weigh_central
from costing.company_plan import ItemKind, PlanItem, plan_company
from costing.contracts import Contract, find_missing_indices, month_number, price_contract
from costing.day_services import (
    Attendance,
    DayContract,
    cost_day_services,
    reconcile_contracts,
)
from costing.invoices import (
    DayRecord,
    InvoiceLine,
    Reason,
    Spend,
    build_scorecards,
    check_invoices,
    measure_spend,
)
from costing.recharge_statement import build_recharge_statement
from costing.recharges import (
    Recharge,
    build_income_lines,
    price_recharge_year,
    price_recharges,
    sum_by_payer,
)
from costing.savings import Saving, profile_budget, profile_savings
from costing.statements import (
    BY_CONTRACT,
    BY_YEAR,
    build_invoice_statement,
    build_savings_statement,
)
from data.errors import IdentityError
from data.inputs import Inputs
from data.money import CostBasis, RateBasis, VatTreatment
from data.places import Session
from data.plans import Plan, Timetable
from data.statements import check_identity
from tests.costing.builders import (
    make_card,
    make_duty,
    make_inputs,
    make_plan,
    make_route,
    rate,
)

PAYROLL = CentralOffer(
    line="payroll",
    today_pence=4_000_000,
    runner=Runner.COUNCIL,
    price_pence=2_500_000,
    avoidable_bp=8_000,
    transition_pence=300_000,
)


def test_a_central_line_moves_when_its_price_is_below_what_it_avoids() -> None:
    # 40,000 pounds today, 80 % avoidable = 32,000; price 25,000: saves 7,000 a year.
    # Five years: 35,000 less 3,000 transition = 32,000; 3,000 / 7,000 of a year: 5.1 months.
    [choice] = weigh_central([PAYROLL])
    assert choice.avoidable_pence == 3_200_000
    assert choice.stranded_pence == 800_000
    assert choice.saving_pence == 700_000
    assert choice.net_pence == 3_200_000
    assert choice.payback_tenths == 51
    # break-even: 5 x 25,000 + 3,000 = 128,000 of 5 x 40,000 = 64 %
    assert choice.break_even_bp == 6_400
    at_even = weigh_central([replace(PAYROLL, avoidable_bp=6_400)])[0]
    assert at_even.net_pence == 0


def test_stranded_cost_that_ends_counts_only_while_it_lasts() -> None:
    # stranded 8,000 a year for 2 years: 5 x 15,000 - 2 x 8,000 - 3,000 = 56,000
    [choice] = weigh_central([replace(PAYROLL, stranded_years=2)])
    assert choice.net_pence == 5_600_000


def test_the_best_runner_may_be_the_company_itself() -> None:
    dear = replace(PAYROLL, runner=Runner.MARKET, price_pence=3_900_000)
    assert choose_central(weigh_central([dear])) == {"payroll": None}
    best = choose_central(weigh_central([dear, PAYROLL]))["payroll"]
    assert best is not None
    assert best.offer.runner is Runner.COUNCIL


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 10**7))
def test_a_larger_avoidable_share_never_lowers_what_a_move_brings(
    a: int, b: int, price: int
) -> None:
    low, high = sorted((a, b))
    nets = [
        weigh_central([replace(PAYROLL, avoidable_bp=bp, price_pence=price)])[0].net_pence
        for bp in (low, high)
    ]
    assert nets[0] <= nets[1]


VIKING = DayContract(phase="1", service="Viking House", contract_pence=81_329_500, places=34)
PROJECT = DayContract(phase="1", service="Project 49", contract_pence=100_511_300, places=100)


def test_an_attended_day_costs_the_published_figures() -> None:
    # 813,295 / (250 x 34) = 95.68; at 70 % 136.69. 1,005,113 / (250 x 100) = 40.20; 57.43
    full = cost_day_services([VIKING, PROJECT], days_per_year=250)
    assert [c.full_pence for c in full] == [9_568, 4_020]
    assert [c.actual_pence for c in full] == [None, None]
    part = [replace(c, occupancy_bp=7_000) for c in (VIKING, PROJECT)]
    costs = cost_day_services(part, days_per_year=250)
    assert [c.actual_pence for c in costs] == [13_669, 5_743]


def test_occupancy_and_transport_come_from_the_attendance() -> None:
    # 34 places x 100 days = 3,400; 1,700 attended is half; transport 17,000 pounds / 1,700 = 10
    held = Attendance(site_id="S1", n_days=100, n_attended=1_700, transport_pence=1_700_000)
    [cost] = cost_day_services([replace(VIKING, site_id="S1")], [held], days_per_year=250)
    assert cost.occupancy_bp == 5_000
    assert cost.transport_pence == 1_000
    assert cost.with_transport_pence == 19_136 + 1_000


def test_lines_that_do_not_add_up_to_the_printed_total_are_named() -> None:
    [found] = reconcile_contracts([VIKING, PROJECT], {"1": 182_000_000})
    assert found.difference_pence == 182_000_000 - 181_840_800


BELLS = Saving(
    saving_id="A",
    title="Bells",
    starts_on=date(2026, 9, 1),
    yearly_pence=1_200_000,
    cost_pence=50_000,
    budget_line="transport",
)


def test_a_saving_from_september_counts_seven_months_in_its_first_year() -> None:
    rows = profile_savings([BELLS], first_year=2026, n_years=2)
    assert [r.counted_pence for r in rows] == [700_000, 1_200_000]
    assert [r.cost_pence for r in rows] == [50_000, 0]


def test_a_ramp_grows_by_half_steps() -> None:
    # Ramp of 2 months from March: the first month at 1/4, the second at 3/4, then in full.
    saving = replace(BELLS, starts_on=date(2027, 3, 1), ramp_months=2)
    rows = profile_savings([saving], first_year=2026, n_years=2)
    assert rows[0].gross_pence == 25_000  # a month is worth 1,000 pounds
    assert rows[1].gross_pence == 75_000 + 11 * 100_000


def test_of_a_group_only_the_largest_counts_in_each_year() -> None:
    other = replace(BELLS, saving_id="B", yearly_pence=900_000, group="g")
    rows = profile_savings([replace(BELLS, group="g"), other], first_year=2026, n_years=1)
    assert [r.counted_pence for r in rows] == [700_000, 0]
    assert [r.saved_pence for r in rows] == [700_000, 525_000]
    # The one that never counts is not carried out, so its cost does not count either.
    assert [r.cost_pence for r in rows] == [BELLS.cost_pence, 0]


def test_risk_and_avoided_cost_never_reach_the_budget_as_cash() -> None:
    risky = replace(BELLS, risk_bp=2_500)
    avoided = replace(BELLS, saving_id="C", is_cashable=False)
    rows = profile_savings([risky, avoided], first_year=2026, n_years=1)
    [line] = profile_budget(rows, {("transport", 2026): 10_000_000})
    assert line.cashable_pence == 525_000
    assert line.cost_pence == 100_000
    assert line.after_pence == 10_000_000 - 525_000 + 100_000
    statement = build_savings_statement(rows, [line], "2026/27 pounds")
    by_year, proposals, *_ = statement.tables
    assert proposals.total is not None
    assert by_year.name == BY_YEAR
    # What is avoided is counted beside; it does not move the budget.
    assert by_year.rows == (
        ("2026/27", 525_000, 700_000, 100_000, 10_000_000, line.after_pence),
    )
    with pytest.raises(IdentityError):
        build_savings_statement(rows, [replace(line, cashable_pence=1)], "2026/27 pounds")


CONTRACT = Contract(
    contract_id="K1",
    supplier_id="T01",
    route="R1",
    starts_on=date(2025, 9, 1),
    ends_on=date(2028, 8, 31),
    price_pence=10_000,
    weights={"cpi": 5_000, "fuel": 3_000},
    lag_months=3,
)
JUNE = month_number(date(2025, 6, 1))
INDICES = {
    ("cpi", JUNE): Fraction(100), ("cpi", JUNE + 12): Fraction(104),
    ("fuel", JUNE): Fraction(150), ("fuel", JUNE + 12): Fraction(135),
}  # fmt: skip


def test_a_price_is_indexed_on_its_anniversary_and_not_before() -> None:
    # 20 % fixed + 50 % x 1.04 + 30 % x 0.9 = 0.2 + 0.52 + 0.27 = 0.99
    assert price_contract(CONTRACT, INDICES, date(2026, 8, 31)) == 10_000
    assert price_contract(CONTRACT, INDICES, date(2026, 9, 1)) == 9_900


def test_a_cap_holds_the_price_from_one_anniversary_to_the_next() -> None:
    capped = replace(CONTRACT, weights={"cpi": 10_000}, cap_bp=300)
    assert price_contract(capped, INDICES, date(2026, 9, 1)) == 10_300
    later = INDICES | {("cpi", JUNE + 24): Fraction(105)}
    # 1.05 is within 3 % of 1.03: 1.0609
    assert price_contract(capped, later, date(2027, 9, 1)) == 10_500


def test_missing_index_months_are_named() -> None:
    assert find_missing_indices([CONTRACT], INDICES, date(2027, 9, 1)) == [
        "cpi 2027-06",
        "fuel 2027-06",
    ]


FLAT = replace(CONTRACT, weights={}, absent_bp=5_000, mile_pence=200, planned_tenth_miles=100)


def claim(pence: int, **changes: object) -> InvoiceLine:
    line = InvoiceLine(
        row=2,
        invoice="I1",
        supplier_id="T01",
        contract_id="K1",
        service_date=date(2026, 1, 7),
        amount_pence=pence,
    )
    return replace(line, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "record", "due", "reason"),
    [
        (claim(10_000), None, 10_000, Reason.NONE),
        (claim(10_001), None, 10_000, Reason.PRICE),
        (claim(10_000, contract_id="K9"), None, 0, Reason.UNKNOWN),
        (claim(10_000, supplier_id="T02"), None, 0, Reason.SUPPLIER),
        (claim(10_000, service_date=date(2029, 1, 1)), None, 0, Reason.DATE),
        # one of two journeys run: half; nobody travelled: half by the terms
        (claim(10_000), {"n_run": 1}, 5_000, Reason.NOT_RUN),
        (claim(10_000), {"n_passengers": 0}, 5_000, Reason.ABSENT),
        # 2 miles fewer than the 10 planned: 2 x 2.00 off; more miles are not due
        (claim(10_000, miles=80), None, 9_600, Reason.MILES),
        (claim(10_400, miles=120), None, 10_000, Reason.MILES),
    ],
)
def test_each_difference_has_its_pence_and_its_reason(
    line: InvoiceLine, record: dict[str, int] | None, due: int, reason: Reason
) -> None:
    records = (
        []
        if record is None
        else [DayRecord(contract_id="K1", service_date=line.service_date, **record)]
    )
    [found] = check_invoices([line], [FLAT], indices={}, records=records)
    assert (found.due_pence, found.reason) == (due, reason)
    assert found.difference_pence == line.amount_pence - due


def test_a_day_is_paid_once_and_a_closed_day_never() -> None:
    found = check_invoices([claim(10_000), claim(10_000, row=3)], [FLAT], indices={})
    assert [f.reason for f in found] == [Reason.NONE, Reason.TWICE]
    closed = check_invoices(
        [claim(10_000)], [FLAT], indices={}, is_service_day=lambda route, on: False
    )
    assert closed[0].reason is Reason.CLOSED
    statement = build_invoice_statement([*found, *closed], "pounds")
    assert statement.tables[0].total == ("All differences", 2, 20_000)
    # One contract, 100.00 claimed three times: due once, not again, not on a closed day.
    (by_contract,) = [t for t in statement.tables if t.name == BY_CONTRACT]
    assert by_contract.rows == (("K1", 3, 30_000, 10_000, 20_000),)
    assert by_contract.total == ("All", 3, 30_000, 10_000, 20_000)


def test_deductions_follow_the_terms_and_stop_at_their_cap() -> None:
    terms = replace(FLAT, late_pence=500, missed_pence=2_000, deduction_cap_bp=1_000)
    record = DayRecord(contract_id="K1", service_date=date(2026, 1, 7), n_run=1, n_late=1)
    [card] = build_scorecards([record], [terms], indices={})
    # one late 5.00 + one missed 20.00 = 25.00, capped at a tenth of 100.00
    assert (card.uncapped_pence, card.deduction_pence) == (2_500, 1_000)
    assert (card.run_bp, card.on_time_bp) == (5_000, 0)


def test_spend_to_date_is_what_is_claimed_and_what_is_due_by_that_day() -> None:
    # 100.00 a day: 120.00 is claimed on the 7th, 100.00 is due; the 8th is claimed twice and
    # due once; the 9th is after the date asked for. From records: one of two journeys ran on
    # the 7th, both on the 8th, so 50.00 + 100.00 are due.
    lines = [
        claim(12_000),
        claim(10_000, service_date=date(2026, 1, 8)),
        claim(10_000, service_date=date(2026, 1, 8), row=4),
        claim(10_000, service_date=date(2026, 1, 9)),
    ]
    on = date(2026, 1, 8)
    spend = measure_spend([FLAT], lines, indices={}, on=on)
    assert spend == {"K1": Spend(n_days=2, invoiced_pence=32_000, due_pence=20_000)}
    records = [
        DayRecord(contract_id="K1", service_date=date(2026, 1, 7), n_run=1),
        DayRecord(contract_id="K1", service_date=on),
        DayRecord(contract_id="K1", service_date=date(2026, 1, 9)),
    ]
    ran = measure_spend([FLAT], (), indices={}, on=on, records=records, is_invoiced=False)
    assert ran == {"K1": Spend(n_days=2, invoiced_pence=None, due_pence=15_000)}


def build_recharge_case() -> tuple[Plan, Inputs]:
    """A car with p1 and p2 from one home, out and home, at 20.02 pounds a route."""
    plan = make_plan(
        make_duty(
            make_route("am", passenger_ids=("p1", "p2")),
            make_route("pm", Session.PM, start_s=54_000, passenger_ids=("p1", "p2")),
        )
    )
    card = make_card(rate(RateBasis.FIXED, 2_002_000), vat=VatTreatment.EXEMPT)
    return plan, make_inputs([card])


def test_recharges_are_lines_of_income_on_the_routes_that_carry_the_passenger() -> None:
    # Each route's 20.02 falls on p1 and p2 alike: 10.01. Essex pays half of p1's, 5.005, that
    # is 5.01 for each route. The spare seat's 3.01 a day falls on two routes: 1.51 and 1.50.
    # Who does not travel is not charged.
    plan, inputs = build_recharge_case()
    shares = share_route_costs(price_plan(plan, inputs), plan, inputs)
    asked = [
        Recharge(passenger_id="p1", payer="Essex", kind="other council", share_bp=5_000),
        Recharge(passenger_id="p2", payer="Family", kind="spare seat", day_pence=301),
        Recharge(passenger_id="px", payer="Essex", kind="other council", share_bp=5_000),
    ]
    rows = price_recharges(asked, shares, plan)
    assert sum_by_payer(rows) == {
        ("Essex", "other council"): 1_002,
        ("Family", "spare seat"): 301,
    }
    lines = build_income_lines(rows)
    assert {line.basis for line in lines} == {CostBasis.INCOME}
    assert -sum(line.amount_pence for line in lines) == 1_303
    assert sorted(-x.amount_pence for x in lines if x.item == "spare seat") == [150, 151]
    # Income is in no cost: the plan's own lines and totals stay as they were.
    before = build_totals(price_plan(plan, inputs))
    after = build_totals((*price_plan(plan, inputs), *lines))
    assert after == before


def test_a_year_of_recharges_is_its_dates() -> None:
    plan, inputs = build_recharge_case()
    dates = [date(2026, 9, 16), date(2026, 9, 17), date(2026, 9, 18)]
    inputs = replace(inputs, year_from=dates[0], year_to=dates[1])
    timetable = Timetable(
        timetable_id="t",
        plans=(plan,),
        dates=tuple((on, plan.day_type.day_type_id) for on in dates),
    )
    asked = [Recharge(passenger_id="p1", payer="Essex", kind="looked after", share_bp=10_000)]
    shares = share_route_costs(price_plan(plan, inputs), plan, inputs)
    day = sum(s.amount_pence for s in shares if s.passenger_id == "p1")
    year = price_recharge_year(asked, timetable, inputs)
    # The third date lies outside the year.
    assert year.n_dates == 2
    assert year.income_pence == ((("Essex", "looked after"), 2 * day),)
    assert year.cost_pence == price_year(timetable, inputs).cost_pence
    assert year.net_pence == year.cost_pence - 2 * day
    statement = build_recharge_statement(
        price_recharges(asked, shares, plan), sum(s.amount_pence for s in shares), year, "2026"
    )
    net = next(t for t in statement.tables if t.name == "Net cost")
    assert net.total == ("Net cost", sum(s.amount_pence for s in shares) - day, year.net_pence)


def test_the_company_balances_every_year() -> None:
    items = [
        PlanItem(name="cash", kind=ItemKind.OPENING_CASH, amount_pence=10_000_000),
        PlanItem(name="vans", kind=ItemKind.OPENING_ASSETS, amount_pence=5_000_000),
        PlanItem(name="fees", kind=ItemKind.INCOME, amount_pence=36_500_000),
        PlanItem(name="pay", kind=ItemKind.COST, amount_pence=29_200_000, growth_bp=300),
        PlanItem(name="wear", kind=ItemKind.DEPRECIATION, amount_pence=1_000_000),
        PlanItem(name="van", kind=ItemKind.CAPITAL, amount_pence=2_000_000, from_year=2),
    ]
    years = plan_company(items, n_years=3, tax_bp=2_500)
    first = years[0]
    # 365,000 - 292,000 - 10,000 = 63,000; tax a quarter; debtors 30 days of 365,000 = 30,000
    assert first.surplus_pence == 6_300_000 - 1_575_000
    assert first.debtors_pence == 3_000_000
    assert first.creditors_pence == 2_400_000
    # cash 100,000 + 47,250 + 10,000 - 30,000 + 24,000
    assert first.cash_pence == 10_000_000 + 4_725_000 + 1_000_000 - 3_000_000 + 2_400_000
    assert years[1].cost_pence == 30_076_000
    assert years[1].assets_pence == 5_000_000 - 1_000_000 + 2_000_000 - 1_000_000


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(ItemKind)), st.integers(0, 10**9), st.integers(-500, 900)
        ),
        max_size=8,
    )
)
def test_any_company_balances_and_losses_are_carried_before_tax(
    rows: list[tuple[ItemKind, int, int]],
) -> None:
    items = [
        PlanItem(name=str(n), kind=kind, amount_pence=pence, growth_bp=growth)
        for n, (kind, pence, growth) in enumerate(rows)
    ]
    for year in plan_company(items):
        held = year.cash_pence + year.assets_pence + year.debtors_pence - year.creditors_pence
        assert held == year.reserves_pence
        assert year.tax_pence >= 0


def test_amounts_that_must_agree_and_do_not_stop_a_statement() -> None:
    check_identity("a", 5, "b", 5)
    with pytest.raises(IdentityError, match="a come to 5 pence and b to 6"):
        check_identity("a", 5, "b", 6)
