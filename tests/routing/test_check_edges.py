"""The checker where a rule just holds, just breaks, or lacks what it needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from data.money import CostBasis, CostLine
from data.networks import TravelMatrix
from data.passengers import AssistantNeed
from data.places import Period
from data.plans import Plan
from routing.check import check_plan
from tests.routing.example_town import (
    DRIVE_S,
    ON,
    build_small_inputs,
    build_small_matrix,
    read_example,
    with_stop,
)


def _without(from_id: str, to_id: str) -> TravelMatrix:
    """The example's matrix with one way closed."""
    matrix = build_small_matrix()
    times = DRIVE_S.copy()
    times[matrix.index[from_id], matrix.index[to_id]] = -1
    return replace(matrix, duration_s=dict.fromkeys(Period, times))


def _with_runs(plan: Plan, kept: tuple[int, ...]) -> Plan:
    """The example with only some of its four dead runs."""
    (duty,) = plan.duties
    runs = tuple(duty.dead_runs[i] for i in kept)
    return replace(plan, duties=(replace(duty, dead_runs=runs),))


@pytest.mark.parametrize(("ends", "kept"), [(("B", "H1"), (1, 2, 3)), (("H1", "B"), (0, 1, 2))])
def test_missing_way_between_base_and_route_is_named_once(
    ends: tuple[str, str], kept: tuple[int, ...]
) -> None:
    report = check_plan(_with_runs(read_example(), kept), build_small_inputs(), _without(*ends))
    (violation,) = report.violations
    assert violation.code == "NO_PATH"
    assert violation.sentence.endswith("no path between the route and base B.")


@pytest.mark.parametrize("ends", [("S", "B"), ("B", "S")])
def test_long_gap_without_a_way_by_the_base_is_direct(ends: tuple[str, str]) -> None:
    # Both routes meet at the school, so that the direct way is no drive at all.
    matrix = _without(*ends)
    report = check_plan(read_example(), build_small_inputs(), matrix)
    assert report.codes == ("GAP_NOT_DIRECT",)
    direct = _with_runs(read_example(), (0, 3))
    assert check_plan(direct, build_small_inputs(), matrix).is_good
    assert check_plan(direct, build_small_inputs(), build_small_matrix()).codes == (
        "DEAD_RUN_MISSING",
    )


def test_run_from_the_base_counts_as_driving_after_the_break() -> None:
    # In the afternoon every drive takes twice as long: 960 from the base, 1 200 and 480 with
    # passengers, 600 back, 3 240 in all; the morning has 1 620.
    matrix = build_small_matrix()
    slow = {p: DRIVE_S * (2 if p is Period.AFTERNOON_PEAK else 1) for p in Period}
    plan = with_stop(read_example(), 1, 1, arrive_s=56_160, leave_s=56_250, drive_s=1_200)
    plan = with_stop(plan, 1, 2, arrive_s=56_730, leave_s=56_760, drive_s=480)
    (duty,) = plan.duties
    *others, out, back = duty.dead_runs
    out = replace(out, depart_s=53_640)
    back = replace(back, depart_s=56_760, arrive_s=57_360)
    plan = replace(plan, duties=(replace(duty, dead_runs=(*others, out, back)),))
    inputs = build_small_inputs()
    for most_s, codes in ((3_240, ()), (3_239, ("HOURS_BREAK",))):
        judged = replace(inputs, policy=replace(inputs.policy, break_after_driving_s=most_s))
        report = check_plan(plan, judged, replace(matrix, duration_s=slow))
        assert report.codes == codes


def test_place_on_the_edge_of_an_area_lies_in_it() -> None:
    # The places stand in a line 1 000 m apart; the school is 3 000 m from the base.
    inputs = build_small_inputs()
    for radius_m, stops in ((3_000, []), (2_999, [3, 1])):
        supplier = replace(
            inputs.suppliers[0], area_centre_place_id="B", area_radius_m=radius_m
        )
        judged = replace(inputs, suppliers=(supplier,))
        report = check_plan(read_example(), judged, build_small_matrix())
        assert [v.stop_number for v in report.violations] == stops
        assert all((v.code, v.over) == ("AREA", 1) for v in report.violations)


def test_unknown_place_does_not_hide_one_outside_the_area() -> None:
    inputs = build_small_inputs()
    supplier = replace(inputs.suppliers[0], area_centre_place_id="B", area_radius_m=2_999)
    plan = with_stop(read_example(), 0, 0, place_id="Z")
    report = check_plan(plan, replace(inputs, suppliers=(supplier,)), build_small_matrix())
    outside = [(v.route_id, v.stop_number) for v in report.violations if v.code == "AREA"]
    assert outside == [("D1-am", 3), ("D1-pm", 1)]


@pytest.mark.parametrize(("first", "last", "over"), [(1, 9, 1), (-9, -2, 2), (0, 0, None)])
def test_rate_card_is_days_too_new_or_too_old(first: int, last: int, over: int | None) -> None:
    inputs = build_small_inputs()
    card = replace(
        inputs.rate_cards[0],
        valid_from=ON + timedelta(days=first),
        valid_to=ON + timedelta(days=last),
    )
    report = check_plan(
        read_example(), replace(inputs, rate_cards=(card,)), build_small_matrix()
    )
    found = [(v.code, v.over, v.unit) for v in report.violations]
    assert found == ([] if over is None else [("RATE_CARD_DATE", over, "days")])


def test_too_few_assistants_are_named_with_those_who_need_them() -> None:
    inputs = build_small_inputs()
    people = (
        inputs.passengers[0],
        replace(inputs.passengers[1], assistant=AssistantNeed.ONE_TO_ONE),
    )
    plan = read_example()
    (duty,) = plan.duties
    routes = tuple(replace(route, n_assistants=0) for route in duty.routes)
    plan = replace(plan, duties=(replace(duty, routes=routes),))
    report = check_plan(plan, replace(inputs, passengers=people), build_small_matrix())
    found = [(v.code, v.passenger_ids, v.over) for v in report.violations]
    assert found == [("ASSISTANTS_SHORT", ("P2",), 1)] * 2


def test_lines_of_the_whole_plan_belong_to_no_duty() -> None:
    usual = CostLine(
        plan_id="example",
        duty_id="D1",
        route_id=None,
        provider_id="T1",
        basis=CostBasis.CONTRACT,
        item="fixed",
        quantity=2,
        unit="route",
        rate_mpence=3_000_000,
        amount_pence=6_000,
    )
    whole = replace(
        usual, duty_id="", provider_id="own", basis=CostBasis.FIXED, amount_pence=500
    )
    vat = replace(usual, basis=CostBasis.RECOVERABLE_VAT, item="vat", amount_pence=1_200)
    plan = replace(read_example(), cost_pence=6_000, full_cost_pence=6_500)
    report = check_plan(
        plan, build_small_inputs(), build_small_matrix(), lines=(usual, whole, vat)
    )
    assert report.violations == ()
    assert (report.cost_pence, report.full_cost_pence) == (6_000, 6_500)


@pytest.mark.parametrize(
    ("bound_pence", "codes"),
    [(6_000, ()), (6_001, ("BOUND_OVER_COST",))],
)
def test_bound_may_meet_the_cost(bound_pence: int, codes: tuple[str, ...]) -> None:
    line = CostLine(
        plan_id="example",
        duty_id="D1",
        route_id="D1-am",
        provider_id="T1",
        basis=CostBasis.CONTRACT,
        item="fixed",
        quantity=1,
        unit="route",
        rate_mpence=6_000_000,
        amount_pence=6_000,
    )
    plan = replace(read_example(), bound_pence=bound_pence)
    report = check_plan(plan, build_small_inputs(), build_small_matrix(), lines=(line,))
    assert report.codes == codes
