"""Each kind of change does what it says, to new inputs, and refuses what does not fit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from data.errors import InputError
from data.fleet import CrewRole, Electric
from data.inputs import Inputs, fingerprint
from data.passengers import Phase
from data.samples import build_sample
from scenarios.changes import KINDS, Draft, apply_changes
from scenarios.changes.offers import is_candidate
from scenarios.definition import fix_changes
from scenarios.library import find_scenarios, list_library


@pytest.fixture(scope="module")
def southend() -> Inputs:
    return build_sample("southend", n_passengers=150, n_sites=12)


def change(inputs: Inputs, kind: str, seed: int = 1, **values: Any) -> Draft:
    return apply_changes(
        inputs, (KINDS[kind].model_validate({"kind": kind, **values}),), seed=seed
    )


def refuse(inputs: Inputs, kind: str, **values: Any) -> str:
    with pytest.raises(InputError) as caught:
        change(inputs, kind, **values)
    (problem,) = caught.value.problems
    return problem.code


def check_whole(inputs: Inputs) -> None:
    """Check that every name used in inputs is one they hold."""
    people = {p.passenger_id for p in inputs.passengers}
    homes = {h.home_id: h for h in inputs.homes}
    places = {p.place_id for p in inputs.places}
    sites = {s.site_id for s in inputs.sites}
    assert len(people) == len(inputs.passengers)
    assert {h.passenger_id for h in inputs.homes} <= people
    assert {h.place_id for h in inputs.homes} <= places
    assert {s.place_id for s in inputs.sites} <= places
    assert {d.place_id for d in inputs.depots} <= places
    assert len({d.demand_id for d in inputs.demands}) == len(inputs.demands)
    for d in inputs.demands:
        assert d.passenger_id in people
        assert d.site_id in sites
        assert homes[d.home_id].passenger_id == d.passenger_id
        assert d.weekdays
    for p in inputs.passengers:
        assert p.apart_from | p.together_with <= people
    assert {c.passenger_id for c in inputs.current_routes} <= people
    assert {k.passenger_id for k in inputs.locks} <= people


@pytest.mark.parametrize("story", list_library(), ids=lambda s: s.scenario_id)
def test_each_stock_scenario_fits_the_southend_sample(story: Any) -> None:
    inputs = build_sample("southend")
    before = fingerprint(inputs)
    draft = apply_changes(inputs, fix_changes(story), seed=story.seed)
    assert fingerprint(inputs) == before
    assert fingerprint(draft.inputs) != before or draft.lines
    check_whole(draft.inputs)
    again = apply_changes(inputs, fix_changes(story), seed=story.seed)
    assert fingerprint(again.inputs) == fingerprint(draft.inputs)


def test_growth_and_fall_are_the_share_asked_for(southend: Inputs) -> None:
    # 10 % of 150 is 15; 7 % is 10.5, rounded up to 11
    assert len(change(southend, "scale_demand", percent=10).inputs.passengers) == 165
    assert len(change(southend, "scale_demand", percent=-7).inputs.passengers) == 139


def test_a_larger_choice_holds_the_smaller_one(southend: Inputs) -> None:
    few = change(southend, "leavers", number=10).touched["removed"]
    many = change(southend, "leavers", number=25).touched["removed"]
    assert few < many
    assert change(southend, "leavers", number=10, seed=2).touched["removed"] != few


def test_leavers_must_be_there(southend: Inputs) -> None:
    assert refuse(southend, "leavers", passenger_ids=["nobody"]) == "Y010"
    assert refuse(southend, "leavers", number=10_000) == "Y011"
    assert refuse(southend, "leavers") == "Y011"


def test_travel_training_takes_those_who_keep_it_up_and_costs_every_start(
    southend: Inputs,
) -> None:
    # 10 starts x 0.8 x 0.82 = 6.56, rounded to 7; 10 x 2,500 pounds; 7 passes of 900 pounds
    draft = change(southend, "offer_travel_training", starts_per_year=10)
    assert len(draft.touched["trained"]) == 7
    assert [(x.name, x.amount_pence, x.is_one_off) for x in draft.lines] == [
        ("travel training", 2_500_000, True),
        ("public transport passes", 630_000, False),
    ]
    gone = {p.passenger_id: p for p in southend.passengers}
    for passenger_id in draft.touched["trained"]:
        assert gone[passenger_id].phase in (Phase.SECONDARY, Phase.POST_16)
        assert gone[passenger_id].wheelchair.value != "stays"


def find_trainees(inputs: Inputs) -> list[str]:
    phases = (Phase.SECONDARY, Phase.POST_16)
    return [p.passenger_id for p in inputs.passengers if p.phase in phases and is_candidate(p)]


def test_training_begins_with_the_first_of_an_order(southend: Inputs) -> None:
    # 6 starts x 0.8 x 0.82 = 3.936, rounded to 4 of the first six named, whoever they are
    order = tuple(reversed(find_trainees(southend)))[:9]
    draft = change(southend, "offer_travel_training", starts_per_year=6, order=order)
    assert draft.touched["in_training"] == set(order[:6])
    assert len(draft.touched["trained"]) == 4
    assert draft.touched["trained"] < set(order[:6])
    other = change(southend, "offer_travel_training", starts_per_year=6, order=order[::-1])
    assert other.touched["in_training"] == set(order[3:])
    assert refuse(southend, "offer_travel_training", starts_per_year=1, order=["x"]) == "Y010"


def test_an_order_of_a_sample_counts_for_its_own_people_only(southend: Inputs) -> None:
    order = tuple(reversed(find_trainees(southend)))[:6]
    asked = {"starts_per_year": 6, "order": order, "order_sample": "southend"}
    assert change(southend, "offer_travel_training", **asked).touched["in_training"] == set(
        order
    )
    real = replace(southend, is_synthetic=False)
    grown = asked | {"order": (*order, "P9999")}
    at_random = change(southend, "offer_travel_training", starts_per_year=6)
    for inputs, values in (
        (real, asked),
        (replace(southend, place="leigh"), asked),
        (southend, grown),
    ):
        draft = change(inputs, "offer_travel_training", **values)
        assert draft.touched["in_training"] == at_random.touched["in_training"]
        assert any("order is of the southend sample" in line for line in draft.notes)


def test_the_shipped_orders_hold_each_other_and_may_be_trained() -> None:
    able = set(find_trainees(build_sample("southend")))
    found = {s.scenario_id: s.changes[0].model_dump() for s in find_scenarios(["vecteo-review"])
             if s.changes and s.changes[0].kind == "offer_travel_training"}  # fmt: skip
    orders = {name: values["order"] for name, values in found.items()}
    assert len(orders) == 4
    for name, order in orders.items():
        assert len(set(order)) == len(order) == found[name]["starts_per_year"]
        assert set(order) <= able
        assert found[name]["order_sample"] == "southend"
        assert order == orders["training-60"][: len(order)]


def test_who_may_not_be_trained_is_passed_over_and_said(southend: Inputs) -> None:
    able = find_trainees(southend)
    adult = next(p.passenger_id for p in southend.passengers if p.phase is Phase.ADULT)
    order = (adult, able[0], able[0])
    draft = change(southend, "offer_travel_training", starts_per_year=5, order=order)
    assert draft.touched["in_training"] == {able[0]}
    assert any("2 of the training order" in line for line in draft.notes)
    assert any("Only 1 passengers" in line for line in draft.notes)


@pytest.mark.parametrize("is_training_first", [True, False])
def test_nobody_is_trained_and_given_a_budget_too(
    southend: Inputs, is_training_first: bool
) -> None:
    able = find_trainees(southend)
    training = KINDS["offer_travel_training"].model_validate(
        {"kind": "offer_travel_training", "starts_per_year": 8, "order": able[:8]}
    )
    budgets = KINDS["offer_travel_budgets"].model_validate(
        {"kind": "offer_travel_budgets", "take_up_percent": 50, "passenger_ids": able[:12]}
    )
    changes = (training, budgets) if is_training_first else (budgets, training)
    draft = apply_changes(southend, changes, seed=1)
    in_training, budget = draft.touched["in_training"], draft.touched["budget"]
    assert not in_training & budget
    # training first: 8 begin, half of the 4 left take a budget; else 6 of 12 do
    assert len(budget) == (2 if is_training_first else 6)
    everybody = change(southend, "offer_travel_budgets", take_up_percent=100).inputs
    assert not {p.passenger_id for p in everybody.passengers} & set(able)
    none_left = apply_changes(
        southend,
        (budgets.model_copy(update={"take_up_percent": 100}),) * 2,
        seed=1,
    )
    assert len(none_left.touched["budget"]) == 12


@pytest.mark.parametrize("phase", ["primary", "secondary", "adult"])
def test_a_statutory_right_cannot_be_switched_off(southend: Inputs, phase: str) -> None:
    with pytest.raises(InputError, match="ELIG-") as caught:
        change(southend, "withdraw_discretionary", phases=[phase])
    assert caught.value.problems[0].code == "Y013"
    draft = change(southend, "withdraw_discretionary", phases=["post_16"])
    assert not any(p.phase is Phase.POST_16 for p in draft.inputs.passengers)


def test_avoided_trips_are_days_out_and_home_alike(southend: Inputs) -> None:
    def days(inputs: Inputs) -> set[tuple[str, str, int]]:
        adults = {p.passenger_id for p in inputs.passengers if p.phase is Phase.ADULT}
        return {
            (d.passenger_id, d.direction.value, w)
            for d in inputs.demands
            if d.passenger_id in adults
            for w in d.weekdays
        }

    before = days(southend)
    after = days(change(southend, "avoid_trips", percent=20).inputs)
    assert after < before
    # out and home of a day go together
    assert {(p, w) for p, way, w in after if way == "out"} == {
        (p, w) for p, way, w in after if way == "home"
    }


def test_the_fleet_grows_with_its_crews(southend: Inputs) -> None:
    kind = southend.vehicles[0].vehicle_type_id
    depot = southend.vehicles[0].depot_id
    draft = change(southend, "set_own_fleet", vehicle_type_id=kind, depot_id=depot, change=2)
    assert len(draft.inputs.vehicles) == len(southend.vehicles) + 2
    assert len({v.vehicle_id for v in draft.inputs.vehicles}) == len(draft.inputs.vehicles)

    def count(inputs: Inputs, role: CrewRole) -> int:
        return sum(c.role is role for c in inputs.crews)

    for role in CrewRole:
        assert count(draft.inputs, role) == count(southend, role) + 2
    assert (
        refuse(southend, "set_own_fleet", vehicle_type_id=kind, depot_id=depot, change=-99)
        == "Y011"
    )
    assert (
        refuse(southend, "set_own_fleet", vehicle_type_id="x", depot_id=depot, change=1)
        == "Y010"
    )


def test_rates_move_by_the_percentage_and_only_where_meant(southend: Inputs) -> None:
    supplier = southend.suppliers[0].supplier_id
    draft = change(southend, "change_rates", percent=10, suppliers=[supplier])
    for old, new in zip(southend.rate_cards, draft.inputs.rate_cards, strict=True):
        for a, b in zip(old.rates, new.rates, strict=True):
            if old.supplier_id == supplier:
                assert b.amount_mpence == int(a.amount_mpence * 1.1 + 0.5)
            else:
                assert b == a


def test_a_lost_supplier_is_gone_everywhere(southend: Inputs) -> None:
    supplier = southend.suppliers[0].supplier_id
    inputs = change(southend, "lose_supplier", supplier_id=supplier).inputs
    assert supplier not in {s.supplier_id for s in inputs.suppliers}
    assert supplier not in {c.supplier_id for c in inputs.rate_cards}
    assert supplier not in {c.provider_id for c in inputs.current_routes}


def test_bells_shift_together_or_are_set(southend: Inputs) -> None:
    site = southend.sites[0]
    draft = change(southend, "set_bell_times", site_id=site.site_id, shift_minutes=-15)
    moved = draft.inputs.sites[0]
    assert moved.arrive_by_s == site.arrive_by_s - 900
    assert moved.leave_by_s == site.leave_by_s - 900
    assert (
        refuse(southend, "set_bell_times", site_id=site.site_id, arrive_from="12:00") == "Y011"
    )
    assert refuse(southend, "set_bell_times", site_id="nowhere") == "Y010"


def test_merged_sites_leave_nobody_behind(southend: Inputs) -> None:
    day = [s for s in build_sample("southend").sites if s.is_day_service]
    whole = build_sample("southend")
    draft = change(whole, "merge_sites", closes=day[0].site_id, into=day[1].site_id)
    assert day[0].site_id not in {s.site_id for s in draft.inputs.sites}
    assert not any(d.site_id == day[0].site_id for d in draft.inputs.demands)
    assert len(draft.inputs.demands) == len(whole.demands)
    school = next(s for s in whole.sites if not s.is_day_service)
    assert refuse(whole, "merge_sites", closes=day[0].site_id, into=school.site_id) == "Y011"


def test_policy_is_set_by_name_and_kind(southend: Inputs) -> None:
    draft = change(southend, "set_policy", values={"max_sites_per_route": 3})
    assert draft.inputs.policy.max_sites_per_route == 3
    assert refuse(southend, "set_policy", values={"max_site_per_route": 3}) == "Y010"
    assert refuse(southend, "set_policy", values={"max_sites_per_route": True}) == "Y011"


def test_every_change_that_does_not_fit_is_named_at_once(southend: Inputs) -> None:
    wrong = (
        KINDS["lose_supplier"].model_validate({"kind": "lose_supplier", "supplier_id": "x"}),
        KINDS["set_bell_times"].model_validate({"kind": "set_bell_times", "site_id": "x"}),
    )
    with pytest.raises(InputError) as caught:
        apply_changes(southend, wrong, seed=1, file="s.toml")
    assert [p.column for p in caught.value.problems] == [
        "changes[1] lose_supplier.supplier_id",
        "changes[2] set_bell_times.site_id",
    ]


def test_a_change_draws_alike_whatever_stands_before_it(southend: Inputs) -> None:
    leave = KINDS["leavers"].model_validate({"kind": "leavers", "number": 5})
    pay = KINDS["pay_award"].model_validate({"kind": "pay_award", "percent": 3})
    alone = apply_changes(southend, (leave,), seed=4).touched
    after = apply_changes(southend, (pay, leave), seed=4).touched
    assert alone == after


def test_own_minibuses_become_electric_and_those_of_suppliers_do_not(southend: Inputs) -> None:
    made = change(
        southend, "electrify_fleet", vehicle_type_ids=["minibus16"], range_miles=100,
        kwh_per_mile=0.6, charge_kw=22, electricity_pence_per_kwh=30,
    ).inputs  # fmt: skip
    before = [v for v in southend.vehicles if v.vehicle_type_id == "minibus16"]
    after = [v for v in made.vehicles if v.vehicle_type_id == "minibus16-electric"]
    assert before
    assert [v.vehicle_id for v in after] == [v.vehicle_id for v in before]
    assert made.suppliers == southend.suppliers
    types = {t.vehicle_type_id: t for t in made.vehicle_types}
    assert types["minibus16"].electric is None
    electric = types["minibus16-electric"].electric
    assert electric == Electric(range_m=160_934, energy_wh_per_mile=600, charge_w=22_000)
    assert made.own_costs.electricity_mpence_per_kwh == 30_000
    assert sum(d.n_chargers for d in made.depots) == len(after)
    own = {r.vehicle_type_id for r in made.current_routes if r.provider_id == "own"}
    assert "minibus16" not in own
