"""Electric vehicles: the range of a duty between charges, worked by hand and by search."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.fleet import OWN_PROVIDER_ID, Electric
from data.inputs import Inputs
from data.places import Session
from data.plans import Duty
from routing.check import check_plan
from routing.duty_rules import DutyRules
from routing.half_building import build_half
from routing.halves import can_follow
from routing.pairing import DutyDraft
from routing.timed_duties import time_duty
from routing.works import Span, Work
from tests.routing.example_town import build_small_inputs, build_small_matrix, read_example
from tests.routing.plan_factory import build_good_case
from tests.routing.small_town import make_cost_model, make_inputs
from tests.routing.test_duties import CAB, MATRIX, OWN, make_work

# A mile takes 1 kWh and the charger gives 1 kW: an hour on it is good for a mile, so a second
# is good for 1 609.344 m / 3 600 = 0.447 m.
SLOW = Electric(range_m=8_000, energy_wh_per_mile=1_000, charge_w=1_000)


def electrify(inputs: Inputs, type_id: str, electric: Electric, n_chargers: int) -> Inputs:
    """Make a vehicle type electric and give every depot so many chargers."""
    return replace(
        inputs,
        vehicle_types=tuple(
            replace(t, electric=electric) if t.vehicle_type_id == type_id else t
            for t in inputs.vehicle_types
        ),
        depots=tuple(replace(d, n_chargers=n_chargers) for d in inputs.depots),
    )


def make_day(standing_s: int) -> tuple[Work, Work]:
    """A run to school-1 and one home again, so long apart that the bus stands at its base.

    Base, home-a and school-1 lie 600 m and 2 400 m apart on a line. Out: 600 m empty, 3 000 m
    with the passenger (by a detour), 3 000 m back; home: the same the other way. So 6 600 m
    each, 13 200 m the day.
    """
    out = make_work(span=Span(from_s=29_000, to_s=29_000, elapsed_s=600))
    probe = DutyRules(make_inputs(), MATRIX, make_cost_model(), (out,), is_always_open=True)
    home = make_work(
        session=Session.PM, first_idx=out.last_idx, last_idx=out.first_idx,
    )  # fmt: skip
    start_s = 29_600 + probe.back(OWN, out)[0] + standing_s + probe.lead(OWN, home)[0]
    span = Span(from_s=start_s, to_s=start_s, elapsed_s=600)
    return out, replace(home, span=span)


def make_rules(standing_s: int, electric: Electric | None, n_chargers: int = 1) -> DutyRules:
    """The rules for that day, with the own bus electric."""
    inputs = make_inputs()
    if electric is not None:
        inputs = electrify(inputs, "bus", electric, n_chargers)
    return DutyRules(
        inputs, MATRIX, make_cost_model(), make_day(standing_s), is_always_open=True
    )


def find_day(rules: DutyRules, offer: int = OWN) -> DutyDraft | None:
    """The duty of both routes, after checking that halves say the same of it."""
    draft = time_duty(rules, offer, (0, 1), (None, None))
    halves = [build_half(rules, offer, (i,)) for i in (0, 1)]
    is_linked = None not in halves and can_follow(rules, halves[0], halves[1])
    assert is_linked == (draft is not None)
    return draft


def test_a_duty_needs_the_charge_between_the_peaks() -> None:
    # 13 200 m on a range of 8 000 m: between the halves 5 200 m must be gained. That takes
    # 5 200 / 0.44704 = 11 632.07 s on the charger, so 11 633 s are enough and 11 632 are not.
    assert find_day(make_rules(11_632, SLOW)) is None
    draft = find_day(make_rules(11_633, SLOW))
    assert draft is not None
    assert draft.is_by_base == (True,)
    # Each half alone is well within the range.
    assert build_half(make_rules(0, SLOW), OWN, (0,)) is not None


def test_without_a_charger_the_day_must_do_with_one_full_battery() -> None:
    assert find_day(make_rules(40_000, SLOW, n_chargers=0)) is None
    for range_m, is_found in ((13_199, False), (13_200, True)):
        electric = replace(SLOW, range_m=range_m)
        assert (find_day(make_rules(20_000, electric, 0)) is not None) == is_found


def test_no_charge_makes_the_battery_fuller_than_full() -> None:
    # The way to the depot must be within the range before any charge: 6 600 m each half.
    for range_m, is_found in ((6_599, False), (6_600, True)):
        fast = replace(SLOW, range_m=range_m, charge_w=100_000)
        assert (find_day(make_rules(20_000, fast)) is not None) == is_found


def test_a_vehicle_that_fuels_goes_anywhere() -> None:
    assert find_day(make_rules(20_000, None)) is not None


def test_a_suppliers_vehicle_is_not_charged_during_the_day() -> None:
    inputs = electrify(make_inputs(), "car", SLOW, 9)
    rules = DutyRules(inputs, MATRIX, make_cost_model(), make_day(20_000), is_always_open=True)
    # No base, so no dead runs: 3 000 m loaded twice, and nothing between at the school.
    assert find_day(rules, CAB) is not None
    short = electrify(make_inputs(), "car", replace(SLOW, range_m=5_999), 9)
    rules = DutyRules(short, MATRIX, make_cost_model(), make_day(20_000), is_always_open=True)
    assert find_day(rules, CAB) is None


def test_the_documented_example_keeps_its_range_to_the_metre() -> None:
    # 2 500 to the first home, 7 400 to school, 4 000 to the base, and the same home again:
    # 13 900 m each way. It is a supplier's vehicle, so nothing is charged between.
    plan, matrix = read_example(), build_small_matrix()
    for range_m, codes in ((27_800, ()), (27_799, ("RANGE",))):
        electric = replace(SLOW, range_m=range_m)
        inputs = electrify(build_small_inputs(), "wav", electric, 1)
        report = check_plan(plan, inputs, matrix)
        assert report.codes == codes
        assert [(v.found, v.limit) for v in report.violations] == [(27_800, 27_799)] * len(
            codes
        )


def measure_by_hand(duty: Duty, electric: Electric, *, is_charging: bool) -> int:
    """Reference twin: how far below full, from the duty's own stated runs and stops. [m]"""
    moves = [(run.depart_s, run.arrive_s, run.drive_m) for run in duty.dead_runs]
    moves += [(r.start_s, r.end_s, r.loaded_m) for r in duty.routes]
    base = duty.base_place_id
    stands = {
        back.arrive_s: out.depart_s - back.arrive_s
        for back in duty.dead_runs
        for out in duty.dead_runs
        if back.before_route == out.before_route
        and 0 < back.before_route < len(duty.routes)
        and back.to_place_id == base == out.from_place_id
        and back is not out
    }
    used = lowest = 0
    for _, arrive_s, drive_m in sorted(moves):
        used += drive_m
        lowest = max(lowest, used)
        if is_charging and arrive_s in stands:
            gained = stands[arrive_s] * electric.charge_w * 1_609_344
            used = max(0, used - gained // (3_600_000 * electric.energy_wh_per_mile))
    return lowest


@pytest.mark.parametrize("charge_w", [0, 3_000])
def test_the_checker_measures_every_duty_as_its_twin(charge_w: int) -> None:
    # With a range of nought every electric duty is told of, with what it takes.
    n_seen = 0
    for seed in range(25):
        case = build_good_case(seed)
        electric = Electric(range_m=0, energy_wh_per_mile=700, charge_w=charge_w)
        inputs = case.inputs
        for kind in inputs.vehicle_types:
            inputs = electrify(inputs, kind.vehicle_type_id, electric, 1_000)
        report = check_plan(case.plan, inputs, case.matrix)
        due = {
            d.duty_id: measure_by_hand(
                d, electric, is_charging=d.provider_id == OWN_PROVIDER_ID
            )
            for d in case.plan.duties
        }
        assert {v.duty_id: v.found for v in report.violations} == {
            duty_id: most_m for duty_id, most_m in due.items() if most_m
        }
        assert set(report.codes) <= {"RANGE"}
        n_seen += len(due)
    assert n_seen > 50


@given(
    standing_s=st.integers(0, 50_000),
    energy=st.integers(1, 3_000),
    charge_w=st.integers(0, 50_000),
)
def test_longer_on_the_charger_is_never_worse(
    standing_s: int, energy: int, charge_w: int
) -> None:
    electric = Electric(range_m=1, energy_wh_per_mile=energy, charge_w=charge_w)
    gained_m = electric.find_charged_m(standing_s)
    assert gained_m <= electric.find_charged_m(standing_s + 1)
    # Never more than the energy given is good for.
    assert gained_m * 3_600_000 * energy <= standing_s * charge_w * 1_609_344
