"""A session as arrays: who may ride with whom, when, where and with which offer."""

from __future__ import annotations

import pickle
from dataclasses import fields, replace

import numpy as np
import pytest

from data.demand import Traveller
from data.fleet import Supplier, SupplierVehicles
from data.passengers import AssistantNeed, Phase, Wheelchair
from data.places import Home, Session
from data.plans import Lock, LockKind
from routing.offers import is_licensed
from routing.problem import SessionProblem
from routing.problem_building import build_session_problem
from tests.routing.small_town import (
    DAY_TYPE,
    change_site,
    make_cost_model,
    make_inputs,
    make_matrix,
    make_passenger,
    make_town_problem,
)


def make_lock(kind: LockKind, target: str, passenger: str = "a", **values: object) -> Lock:
    return Lock(
        lock_id=f"{kind}-{passenger}",
        kind=kind,
        passenger_id=passenger,
        target_id=target,
        **values,  # type: ignore[arg-type]
    )


def make_home(passenger: str, **values: object) -> Home:
    return Home(
        home_id=f"h-{passenger}",
        passenger_id=passenger,
        place_id=f"home-{passenger[0]}",
        **values,  # type: ignore[arg-type]
    )


def test_homeward_session_is_the_mirror_image() -> None:
    home = make_home("a", pick_up_from_s=28_000, received_from_s=57_000, received_by_s=58_000)
    people = (make_passenger("a", must_be_received=True, boarding_s=70, alighting_s=40),)
    inputs = make_inputs(*people, homes={"a": home})
    out = make_town_problem(inputs=inputs)
    back = make_town_problem(inputs=inputs, session=Session.PM)
    assert (out.service_s[0], out.site_service_s[0]) == (70, 40)
    assert (back.service_s[0], back.site_service_s[0]) == (40, 70)
    assert out.from_s[0] == 28_000
    assert (back.from_s[0], back.by_s[0]) == (86_400 - 58_000, 86_400 - 57_000)
    assert (out.site_from_s[0], out.site_by_s[0]) == (30_600, 31_500)
    assert (back.site_from_s[0], back.site_by_s[0]) == (86_400 - 56_700, 86_400 - 55_800)
    matrix = make_matrix()
    places = list(back.place_ids)
    h, s = places.index("home-a"), places.index("school-1")
    real = matrix.duration_s[Session.PM.period][
        matrix.index["school-1"], matrix.index["home-a"]
    ]
    assert back.duration_s[h, s] == real
    assert back.to_real_s(back.to_real_s(12_345)) == 12_345


def test_home_windows_bind_only_those_who_must_be_received() -> None:
    home = make_home("a", received_from_s=57_000, received_by_s=58_000)
    free = make_town_problem(
        inputs=make_inputs(make_passenger("a"), homes={"a": home}), session=Session.PM
    )
    assert free.from_s[0] < 0
    assert free.by_s[0] > 86_400


def test_ride_limit_is_own_or_cap_or_half_as_long_again_as_direct() -> None:
    people = (
        make_passenger("a", max_ride_s=999),
        make_passenger("b"),
        make_passenger("c", phase=Phase.SECONDARY),
    )
    limits = make_town_problem(*people).max_ride_s
    assert limits.tolist() == [999, 45 * 60, 75 * 60]
    inputs = make_inputs(make_passenger("a"))
    tight = replace(inputs, policy=replace(inputs.policy, ride_cap_primary_s=100))
    # Direct 4 x 60 s: 240 x 15 000 / 10 000 = 360 s.
    assert make_town_problem(inputs=tight).max_ride_s.tolist() == [360]


def test_walk_to_a_pick_up_point_comes_off_the_ride() -> None:
    # 900 m at 4 800 m an hour are 675 s; 901 m are 675.75 s, rounded up.
    for walk_m, walk_s in ((900, 675), (901, 676)):
        problem = make_town_problem(make_passenger("a"), pick_ups={"a": ("corner", walk_m)})
        assert problem.place_ids[problem.request_row[0]] == "corner"
        assert problem.max_ride_s[0] == 45 * 60 - walk_s


def test_passenger_who_must_be_received_is_brought_home_not_to_a_point() -> None:
    person = make_passenger("a", must_be_received=True)
    given = {"pick_ups": {"a": ("corner", 900)}}
    out = make_town_problem(person, **given)
    back = make_town_problem(person, session=Session.PM, **given)
    assert out.place_ids[out.request_row[0]] == "corner"
    assert back.place_ids[back.request_row[0]] == "home-a"


def test_excluded_passengers_and_their_sites_are_not_in_the_problem() -> None:
    problem = make_town_problem(sites={"c": "school-2"}, excluded={"c"})
    assert problem.passenger_ids == ("a", "b")
    assert problem.site_ids == ("school-1",)


def test_groups_follow_companions_assistants_and_locks_link_by_link() -> None:
    people = (
        make_passenger("a1", together_with=frozenset({"a2"})),
        make_passenger("a2", together_with=frozenset({"a1"}), assistant_id="nan"),
        make_passenger("a3", assistant_id="nan"),
        make_passenger("b1"),
        make_passenger("b2"),
        make_passenger("c1", together_with=frozenset({"gone"})),
    )
    locks = tuple(make_lock(LockKind.PASSENGER_ON_ROUTE, "R7", p) for p in ("b1", "b2"))
    problem = make_town_problem(inputs=make_inputs(*people, locks=locks))
    assert problem.group.tolist() == [0, 0, 0, 1, 1, 2]
    other = tuple(replace(lock, session=Session.PM) for lock in locks)
    problem = make_town_problem(inputs=make_inputs(*people, locks=other))
    assert problem.group.tolist() == [0, 0, 0, 1, 2, 3]


def test_pair_kept_apart_by_one_side_is_apart_for_both() -> None:
    people = (make_passenger("a", apart_from=frozenset({"c", "gone"})), make_passenger("b"))
    problem = make_town_problem(*people, make_passenger("c"))
    start, others = problem.apart_start, problem.apart_with
    rows = [others[start[i] : start[i + 1]].tolist() for i in range(3)]
    assert rows == [[2], [], [0]]


def test_assistants_are_counted_once_by_name() -> None:
    people = (
        make_passenger("a1", assistant=AssistantNeed.ONE_TO_ONE),
        make_passenger("a2", assistant=AssistantNeed.ONE_TO_ONE, assistant_id="nan"),
        make_passenger(
            "a3",
            assistant=AssistantNeed.SHARED,
            assistant_id="nan",
            needs_trained_assistant=True,
        ),
        make_passenger("a4", assistant=AssistantNeed.SHARED, needs_trained_assistant=True),
        make_passenger("a5"),
    )
    problem = make_town_problem(*people)
    assert problem.n_crew.tolist() == [1, 1, 0, 0, 0]
    assert problem.n_shared.tolist() == [0, 0, 0, 1, 0]
    assert problem.n_trained_crew.tolist() == [0, 1, 0, 0, 0]
    assert problem.n_trained_shared.tolist() == [0, 0, 0, 1, 0]


@pytest.mark.parametrize(
    ("values", "offered"),
    [
        ({}, [True, True]),
        ({"needs_lift": True}, [True, False]),
        ({"wheelchair": Wheelchair.STAYS}, [True, False]),
        ({"wheelchair": Wheelchair.TRANSFERS}, [True, True]),
        ({"barred_suppliers": frozenset({"cabs"})}, [True, False]),
        ({"barred_suppliers": frozenset({"own"})}, [False, True]),
    ],
)
def test_offers_that_may_carry_a_passenger(
    values: dict[str, object], offered: list[bool]
) -> None:
    problem = make_town_problem(make_passenger("a", **values))
    assert problem.is_allowed[0].tolist() == offered


def test_locks_on_and_off_a_supplier_bind_in_their_session() -> None:
    on = make_lock(LockKind.PASSENGER_ON_SUPPLIER, "own")
    off = make_lock(LockKind.PASSENGER_NOT_WITH_SUPPLIER, "own", session=Session.PM)
    inputs = make_inputs(make_passenger("a"), locks=(on,))
    assert make_town_problem(inputs=inputs).is_allowed[0].tolist() == [True, False]
    inputs = make_inputs(make_passenger("a"), locks=(off,))
    assert make_town_problem(inputs=inputs).is_allowed[0].tolist() == [True, True]
    back = make_town_problem(inputs=inputs, session=Session.PM)
    assert back.is_allowed[0].tolist() == [False, True]


def test_supplier_area_holds_both_ends_to_the_metre() -> None:
    # home-a lies at 600 m, school-1 at 3 000 m; the centre is the corner at 2 400 m.
    for radius_m, can in ((1_800, True), (1_799, False), (-1, True)):
        model = make_cost_model(
            area_place_ids=("", "corner"), area_radius_m=np.array([-1, radius_m])
        )
        problem = make_town_problem(make_passenger("a"), cost_model=model)
        assert bool(problem.is_allowed[0, 1]) is can


def test_offer_without_vehicle_driver_or_price_is_closed() -> None:
    person = make_passenger("a")
    for values in (
        {"n_vehicles": np.array([0, 9])},
        {"n_own_drivers": 0},
        {"n_own_d1_drivers": 0},
        {"is_priced": np.array([[False] * 4, [True] * 4])},
    ):
        problem = make_town_problem(person, cost_model=make_cost_model(**values))
        assert problem.is_allowed[0].tolist() == [False, True]


def test_licence_decides_by_the_size_of_the_vehicle() -> None:
    inputs = make_inputs()
    car, bus = inputs.vehicle_types
    supplier = Supplier(
        supplier_id="s",
        name="S",
        vehicles=(SupplierVehicles(vehicle_type_id="bus", n_vehicles=1),),
    )
    assert is_licensed(supplier, car)
    assert not is_licensed(supplier, bus)
    permit = replace(supplier, has_section_19_permit=True)
    assert not is_licensed(permit, bus)  # for profit
    assert is_licensed(replace(permit, is_for_profit=False), bus)
    psv = replace(supplier, has_psv_licence=True, has_private_hire_licence=False)
    assert is_licensed(psv, car)
    assert is_licensed(psv, bus)


def test_order_of_the_rows_changes_nothing() -> None:
    people = (
        make_passenger("a", apart_from=frozenset({"c"})),
        make_passenger("b", together_with=frozenset({"c"})),
        make_passenger("c"),
    )
    inputs = make_inputs(*people)
    turned = replace(
        inputs,
        passengers=inputs.passengers[::-1],
        homes=inputs.homes[::-1],
        sites=inputs.sites[::-1],
        places=inputs.places[::-1],
        suppliers=inputs.suppliers[::-1],
    )
    sites = {"b": "school-2", "c": "school-2"}
    first = make_town_problem(inputs=inputs, sites=sites)
    second = make_town_problem(inputs=turned, sites=sites)
    for field in fields(SessionProblem):
        a, b = getattr(first, field.name), getattr(second, field.name)
        if isinstance(a, np.ndarray):
            assert np.array_equal(a, b), field.name
        elif field.name != "offers":
            assert a == b, field.name


def test_place_without_a_road_is_reached_by_nobody() -> None:
    matrix = make_matrix()
    broken = {p: d.copy() for p, d in matrix.duration_s.items()}
    for d in broken.values():
        d[matrix.index["base"], matrix.index["home-a"]] = -1
    inputs = make_inputs(make_passenger("a"))
    problem = build_session_problem(
        inputs,
        replace(matrix, duration_s=broken),
        make_cost_model(),
        day_type=DAY_TYPE,
        session=Session.AM,
        travellers=(
            Traveller(passenger_id="a", site_id="school-1", home_id="h-a", session=Session.AM),
        ),
    )
    # The own bus cannot come from its base; the cab has none.
    assert problem.is_allowed[0].tolist() == [False, True]


def test_neighbours_are_those_who_add_least() -> None:
    # On the line a, b, c go to school-1: b lies on the way of a, c on the way of both.
    problem = make_town_problem()
    assert problem.neighbours.tolist() == [[1, 2], [0, 2], [0, 1]]


def test_every_site_keeps_its_own_window() -> None:
    inputs = change_site(make_inputs(), "school-2", arrive_from_s=37_800, arrive_by_s=38_700)
    problem = make_town_problem(inputs=inputs, sites={"c": "school-2"})
    assert problem.site_from_s.tolist() == [30_600, 37_800]


@pytest.mark.parametrize("session", [Session.AM, Session.PM])
def test_whole_travel_times_are_those_that_are_cut_and_are_made_once(session: Session) -> None:
    matrix, inputs = make_matrix(), make_inputs(make_passenger("a"), make_passenger("b"))

    def build(*, is_cut: bool) -> SessionProblem:
        return build_session_problem(
            inputs, matrix, make_cost_model(), day_type=DAY_TYPE, session=session, is_cut=is_cut
        )

    cut, whole, again = build(is_cut=True), build(is_cut=False), build(is_cut=False)
    assert whole.place_ids == matrix.place_ids
    at = [whole.place_ids.index(place_id) for place_id in cut.place_ids]
    assert np.array_equal(cut.duration_s, whole.duration_s[np.ix_(at, at)])
    assert np.array_equal(cut.distance_m, whole.distance_m[np.ix_(at, at)])
    assert np.array_equal(cut.is_allowed, whole.is_allowed)
    assert [cut.place_ids[r] for r in cut.request_row] == [
        whole.place_ids[r] for r in whole.request_row
    ]
    assert again.duration_s is whole.duration_s
    # What is kept with a matrix goes to no other process.
    sent = pickle.loads(pickle.dumps(matrix))  # noqa: S301  our own bytes
    assert sent.kept == {}
    assert np.array_equal(sent.duration_s[session.period], matrix.duration_s[session.period])
