"""Tests of naming vehicles and crews: each works one duty, and may work it."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.fleet import Crew, CrewRole, Vehicle
from data.inputs import Inputs
from data.plans import Plan
from routing.crews import CrewNames, CrewNeed, name_crews
from tests.routing.grid_day import Grid, build_grid, find_own, plan_grid
from tests.routing.small_town import make_inputs

EIGHT_S, NINE_S, SIX_PM_S = 8 * 3_600, 9 * 3_600, 18 * 3_600


def make_need(duty_id: str = "d1", **values: Any) -> CrewNeed:
    """A duty of a minibus from 8 to 9 with a driver only."""
    base: dict[str, Any] = {
        "duty_id": duty_id,
        "vehicle_type_id": "bus",
        "base_place_id": "base",
        "from_s": EIGHT_S,
        "to_s": NINE_S,
        "needs_d1": True,
        "n_assistants": 0,
        "n_trained_assistants": 0,
    }
    return CrewNeed(**(base | values))


def make_driver(crew_id: str, *, is_able: bool = True, **values: Any) -> Crew:
    """A driver, with D1 and CPC unless not able."""
    return Crew(
        crew_id=crew_id,
        role=CrewRole.DRIVER,
        depot_id="d",
        **({"has_d1": is_able, "has_cpc": is_able} | values),
    )


def make_helper(crew_id: str, *, is_trained: bool = False, **values: Any) -> Crew:
    """An assistant."""
    return Crew(
        crew_id=crew_id,
        role=CrewRole.ASSISTANT,
        depot_id="d",
        is_medically_trained=is_trained,
        **values,
    )


def make_company(*crews: Crew, n_vehicles: int = 2) -> Inputs:
    """The small town's company with these people and minibuses."""
    vehicles = tuple(
        Vehicle(vehicle_id=f"v{k}", vehicle_type_id="bus", depot_id="d")
        for k in range(1, n_vehicles + 1)
    )
    return make_inputs(vehicles=vehicles, crews=crews)


def test_duty_gets_a_vehicle_and_a_driver() -> None:
    inputs = make_company(make_driver("ann"))
    assert name_crews(inputs, [make_need()]) == (CrewNames(vehicle_id="v1", crew_ids=("ann",)),)


@pytest.mark.parametrize("lacking", ["has_d1", "has_cpc"])
def test_nine_seats_need_both_d1_and_cpc(lacking: str) -> None:
    inputs = make_company(make_driver("ann", **{lacking: False}))
    assert name_crews(inputs, [make_need()]) == (None,)
    assert name_crews(inputs, [make_need(needs_d1=False)]) != (None,)


@pytest.mark.parametrize(
    ("hours", "can"),
    [
        ({"from_s": EIGHT_S, "to_s": NINE_S}, True),
        ({"from_s": EIGHT_S + 1, "to_s": SIX_PM_S}, False),
        ({"from_s": 0, "to_s": NINE_S - 1}, False),
    ],
)
def test_working_hours_hold_the_duty_to_the_second(hours: dict[str, Any], can: bool) -> None:
    inputs = make_company(make_driver("ann", **hours), make_helper("bob"))
    assert (name_crews(inputs, [make_need()]) != (None,)) is can
    inputs = make_company(make_driver("ann"), make_helper("bob", **hours))
    assert (name_crews(inputs, [make_need(n_assistants=1)]) != (None,)) is can


def test_able_driver_is_left_to_the_duty_that_needs_one() -> None:
    # Taken in turn, d1 would take ann and leave d2 without a driver for its minibus.
    inputs = make_company(make_driver("ann"), make_driver("zoe", is_able=False))
    found = name_crews(inputs, [make_need("d1", needs_d1=False), make_need("d2")])
    assert [names.crew_ids for names in found if names] == [("zoe",), ("ann",)]


def test_nobody_works_two_duties_even_at_different_hours() -> None:
    inputs = make_company(make_driver("ann"))
    later = make_need("d2", from_s=NINE_S + 3_600, to_s=SIX_PM_S)
    found = name_crews(inputs, [make_need("d1"), later])
    assert sum(names is not None for names in found) == 1


def test_no_more_duties_than_vehicles_of_the_type() -> None:
    inputs = make_company(make_driver("ann"), make_driver("bob"), n_vehicles=1)
    found = name_crews(inputs, [make_need("d1"), make_need("d2")])
    assert [names is None for names in found] == [False, True]
    assert name_crews(inputs, [make_need(vehicle_type_id="car")]) == (None,)


def test_trained_assistants_go_where_they_are_needed() -> None:
    inputs = make_company(
        make_driver("ann"),
        make_driver("bob"),
        make_helper("amy", is_trained=True),
        make_helper("zed"),
    )
    plain = make_need("d1", n_assistants=1)
    medical = make_need("d2", n_assistants=1, n_trained_assistants=1)
    found = name_crews(inputs, [plain, medical])
    assert [names.crew_ids[1:] for names in found if names] == [("zed",), ("amy",)]
    # Two who need training: one of them goes without and is not named.
    both = name_crews(
        inputs, [make_need("d1", n_assistants=1, n_trained_assistants=1), medical]
    )
    assert sum(names is None for names in both) == 1


def test_named_assistant_of_the_company_goes_with_the_duty() -> None:
    inputs = make_company(make_driver("ann"), make_helper("amy"), make_helper("zed"))
    found = name_crews(inputs, [make_need(n_assistants=2, assistant_ids=("zed",))])
    assert found == (CrewNames(vehicle_id="v1", crew_ids=("ann", "amy", "zed")),)


def test_usual_vehicle_and_driver_are_kept() -> None:
    inputs = make_company(make_driver("ann"), make_driver("bob"))
    usual = {"d1": CrewNames(vehicle_id="v2", crew_ids=("bob",))}
    found = name_crews(inputs, [make_need("d1"), make_need("d2")], usual=usual)
    assert found == (
        CrewNames(vehicle_id="v2", crew_ids=("bob",)),
        CrewNames(vehicle_id="v1", crew_ids=("ann",)),
    )


@given(
    drivers=st.lists(
        st.tuples(st.booleans(), st.sampled_from([EIGHT_S, NINE_S])), min_size=1, max_size=4
    ),
    duties=st.lists(
        st.tuples(st.booleans(), st.sampled_from([EIGHT_S, NINE_S])), min_size=1, max_size=3
    ),
)
@settings(max_examples=60, deadline=None)
def test_as_many_duties_are_driven_as_by_trying_every_way(
    drivers: list[tuple[bool, int]], duties: list[tuple[bool, int]]
) -> None:
    crews = [
        make_driver(f"c{k}", is_able=is_able, from_s=from_s)
        for k, (is_able, from_s) in enumerate(drivers)
    ]
    needs = [
        make_need(f"d{k}", needs_d1=needs_d1, from_s=from_s, to_s=SIX_PM_S)
        for k, (needs_d1, from_s) in enumerate(duties)
    ]

    def can(need: CrewNeed, crew: Crew | None) -> bool:
        return (
            crew is not None
            and crew.from_s <= need.from_s
            and (crew.has_d1 or not need.needs_d1)
        )

    people: list[Crew | None] = [*crews, *(None for _ in needs)]
    most = max(
        sum(can(need, crew) for need, crew in zip(needs, way, strict=True))
        for way in permutations(people, len(needs))
    )
    found = name_crews(make_company(*crews, n_vehicles=3), needs)
    assert sum(names is not None for names in found) == most
    named = [names.crew_ids[0] for names in found if names]
    assert len(set(named)) == len(named)


@pytest.fixture(scope="module")
def grid() -> Grid:
    """The unchanged grid."""
    return build_grid()


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Its plan."""
    return plan_grid()


def test_own_duties_of_a_day_name_vehicles_and_people_who_may_work_them(
    plan: Plan, grid: Grid
) -> None:
    vehicles = {v.vehicle_id: v for v in grid.inputs.vehicles}
    types = {t.vehicle_type_id: t for t in grid.inputs.vehicle_types}
    crews = {c.crew_id: c for c in grid.inputs.crews}
    own = find_own(plan)
    assert own
    for duty in own:
        vehicle = vehicles[duty.vehicle_id or ""]
        driver, *helpers = (crews[i] for i in duty.crew_ids)
        assert vehicle.vehicle_type_id == duty.vehicle_type_id
        assert driver.role is CrewRole.DRIVER
        assert all(c.role is CrewRole.ASSISTANT for c in helpers)
        assert len(helpers) >= max(r.n_assistants - len(r.assistant_ids) for r in duty.routes)
        if types[vehicle.vehicle_type_id].needs_psv_licence:
            assert driver.has_d1
            assert driver.has_cpc
        from_s = min([duty.routes[0].start_s, *(run.depart_s for run in duty.dead_runs)])
        to_s = max([duty.routes[-1].end_s, *(run.arrive_s for run in duty.dead_runs)])
        for crew in (driver, *helpers):
            assert crew.depot_id == vehicle.depot_id
            assert crew.from_s <= from_s
            assert crew.to_s >= to_s
    named = [i for duty in own for i in duty.crew_ids]
    assert len(set(named)) == len(named)
    assert len({duty.vehicle_id for duty in own}) == len(own)


def test_suppliers_duties_name_a_rate_card_and_no_crew(plan: Plan) -> None:
    bought = [duty for duty in plan.duties if duty.provider_id != "own"]
    assert bought
    for duty in bought:
        assert duty.rate_card_id
        assert (duty.vehicle_id, duty.crew_ids) == (None, ())
