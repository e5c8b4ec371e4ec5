"""Who cannot be carried at all: reason, numbers and what would help, worked by hand.

On the line of the small town home-a, home-b, home-c, corner and school-1 are one step apart. A
step takes 60 s towards school in the morning, and 70 s in the afternoon, with 5 s more for a
way towards home. Home-a to school-1 is 4 steps: 240 s out, 4 x 70 + 5 = 285 s home.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from data.costs import CostModel
from data.demand import find_day_types
from data.fleet import Crew, CrewRole
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.passengers import AssistantNeed, Wheelchair
from data.places import Period, PickUpPoint, Session
from data.plans import UnservedReason
from routing.proofs import Prover
from tests.routing.proof_town import (
    AM,
    PM,
    change_supplier,
    cut_road,
    make_home,
    make_town,
    prove,
    prove_one,
)
from tests.routing.small_town import (
    change_site,
    make_cost_model,
    make_passenger,
)


@pytest.mark.parametrize("session", list(Session))
def test_town_without_a_cause_has_no_proof(session: Session) -> None:
    assert prove(make_town(), session) == ()


def test_ride_limit_one_second_under_the_direct_drive() -> None:
    def town(limit_s: int) -> Inputs:
        return make_town(make_passenger("a", max_ride_s=limit_s), make_passenger("b"))

    proof = prove_one(town(239))
    assert proof.reason is UnservedReason.RIDE_LIMIT_UNDER_DIRECT
    assert proof.evidence == (("direct_s", 240), ("walk_s", 0), ("max_ride_s", 239))
    assert proof.relaxation == "ride limit 239 s would have to be 240 s"
    assert prove(town(240)) == ()


def test_ride_limit_is_held_against_the_way_home_in_its_own_direction_and_period() -> None:
    def town(limit_s: int) -> Inputs:
        return make_town(make_passenger("a", max_ride_s=limit_s))

    proof = prove_one(town(284), PM)
    assert proof.evidence == (("direct_s", 285), ("walk_s", 0), ("max_ride_s", 284))
    assert "285 s" in proof.relaxation
    assert prove(town(284), AM) == ()
    assert prove(town(285), PM) == ()


def test_policy_limit_is_never_under_the_direct_drive() -> None:
    # Cap 10 s, yet direct 240 s x 1.5 = 360 s; at 0.75 of direct the limit is 180 s.
    town = make_town(make_passenger("a"))
    tight = replace(town, policy=replace(town.policy, ride_cap_primary_s=10))
    assert prove(tight) == ()
    proof = prove_one(replace(tight, policy=replace(tight.policy, direct_ride_bp=7_500)))
    assert proof.evidence == (("direct_s", 240), ("walk_s", 0), ("max_ride_s", 180))


def test_window_closed_before_the_earliest_arrival() -> None:
    def town(from_s: int) -> Inputs:
        home = make_home("a", pick_up_from_s=from_s)
        return make_town(make_passenger("a", boarding_s=70), homes={"a": home})

    # 31 500 - 240 - 70 = 31 190 is the last start; 31 260 is 70 s too late.
    proof = prove_one(town(31_260))
    assert proof.reason is UnservedReason.WINDOW_UNREACHABLE
    assert proof.evidence == (
        ("pick_up_from_s", 31_260),
        ("boarding_s", 70),
        ("direct_s", 240),
        ("arrive_by_s", 31_500),
    )
    assert "70 s earlier" in proof.relaxation
    assert len(prove(town(31_191))) == 1
    assert prove(town(31_190)) == ()
    assert prove(town(31_260), PM) == ()


def test_nobody_in_any_more_when_the_first_vehicle_can_be_there() -> None:
    def town(by_s: int, **values: Any) -> Inputs:
        person = make_passenger("a", **{"must_be_received": True, **values})
        return make_town(person, homes={"a": make_home("a", received_by_s=by_s)})

    # 55 800 + 285 = 56 085 (15:34:45) is the earliest arrival at home.
    proof = prove_one(town(56_084), PM)
    assert proof.reason is UnservedReason.NOT_RECEIVED
    assert proof.evidence == (
        ("leave_from_s", 55_800),
        ("leave_by_s", 56_700),
        ("direct_s", 285),
        ("max_ride_s", 2_700),
        ("received_by_s", 56_084),
    )
    assert "15:34" in proof.relaxation
    assert prove(town(56_085), PM) == ()
    assert prove(town(56_084, must_be_received=False), PM) == ()
    assert prove(town(56_084), AM) == ()


def test_nobody_in_yet_when_the_last_vehicle_must_be_there() -> None:
    def town(from_s: int) -> Inputs:
        person = make_passenger("a", must_be_received=True)
        return make_town(person, homes={"a": make_home("a", received_from_s=from_s)})

    # 56 700 + 45 min = 59 400 (16:30) is the latest arrival that keeps the ride limit.
    proof = prove_one(town(59_401), PM)
    assert proof.reason is UnservedReason.NOT_RECEIVED
    assert proof.evidence[-1] == ("received_from_s", 59_401)
    assert "16:30" in proof.relaxation
    assert prove(town(59_400), PM) == ()


def test_no_road_in_the_direction_of_the_session() -> None:
    town = make_town(make_passenger("a"))
    cut = cut_road("home-a", "school-1", Period.MORNING_PEAK)
    proof = prove_one(town, matrix=cut)
    assert proof.reason is UnservedReason.NO_ROAD
    assert proof.evidence == (("direct_s", -1),)
    assert "home-a and school-1" in proof.relaxation
    assert "1 is missing" in proof.relaxation
    assert prove(town, PM, matrix=cut) == ()
    other_way = cut_road("school-1", "home-a", Period.MORNING_PEAK)
    assert prove(town, matrix=other_way) == ()


@pytest.mark.parametrize(
    ("session", "word", "closed"),
    [
        (AM, "arrive", {"arrive_from_s": 31_560, "arrive_by_s": 31_500}),
        (PM, "leave", {"leave_from_s": 56_760, "leave_by_s": 56_700}),
    ],
)
def test_site_that_opens_after_it_closes(
    session: Session, word: str, closed: dict[str, int]
) -> None:
    town = change_site(make_town(make_passenger("a")), "school-1", **closed)
    proof = prove_one(town, session)
    assert proof.reason is UnservedReason.SITE_CLOSED
    assert proof.evidence == tuple((name, value) for name, value in closed.items())
    # 31 560 s is 08:46, 56 760 s is 15:46.
    until = {AM: "08:46 instead of 08:45", PM: "15:46 instead of 15:45"}[session]
    assert f"allow to {word} until {until}" in proof.relaxation
    other = PM if session is AM else AM
    assert prove(town, other) == ()
    opened = {name: value for name, value in closed.items() if name.endswith("_by_s")}
    same = {name: next(iter(opened.values())) for name in closed}
    assert prove(change_site(town, "school-1", **same), session) == ()


def test_wheelchair_without_a_vehicle_with_a_lift() -> None:
    # Cabs have cars of 4 seats; the own minibus with a lift has no driver.
    town = make_town(make_passenger("a", wheelchair=Wheelchair.STAYS))
    without = replace(town, vehicles=())
    proof = prove_one(without)
    assert proof.reason is UnservedReason.NO_VEHICLE_FITS
    assert proof.evidence == (
        ("seats_needed", 0),
        ("wheelchair_spaces_needed", 1),
        ("lift_needed", 1),
        ("most_seats", 4),
    )
    assert proof.relaxation == "1 vehicle with 0 seat(s) and 1 wheelchair space(s) and a lift"
    with_bus = change_supplier(
        without,
        vehicles=(replace(without.suppliers[0].vehicles[0], vehicle_type_id="bus"),),
        has_psv_licence=True,
    )
    bus_model = make_cost_model(vehicle_type_ids=("bus", "bus"))
    assert prove(with_bus, cost_model=bus_model) == ()


def test_assistant_needs_the_seat_that_is_missing() -> None:
    # 4 seats of her own and the assistant's make 5, one more than the car has.
    def town(n_seats: int) -> Inputs:
        person = make_passenger("a", n_seats=n_seats, assistant=AssistantNeed.ONE_TO_ONE)
        return replace(make_town(person), vehicles=())

    proof = prove_one(town(4))
    assert proof.reason is UnservedReason.NO_VEHICLE_FITS
    assert dict(proof.evidence)["seats_needed"] == 5
    assert dict(proof.evidence)["most_seats"] == 4
    assert proof.relaxation == "1 vehicle with 5 seat(s) and 0 wheelchair space(s)"
    assert prove(town(3)) == ()


def test_vehicle_that_fits_without_a_driver() -> None:
    # The minibus has 12 passenger seats: its driver needs D1 and the CPC.
    town = make_town(make_passenger("a", wheelchair=Wheelchair.STAYS))
    proof = prove_one(town)
    assert proof.reason is UnservedReason.NO_VEHICLE_FITS
    assert proof.evidence == (("vehicle_kinds", 1), ("licensed_kinds", 0))
    assert proof.relaxation.startswith("1 licence, driver or permit")
    assert "own/bus" in proof.relaxation
    driver = Crew(crew_id="c1", role=CrewRole.DRIVER, depot_id="d", has_d1=True)
    assert len(prove(replace(town, crews=(driver,)))) == 1
    assert prove(replace(town, crews=(replace(driver, has_cpc=True),))) == ()


def test_area_too_small_for_the_home() -> None:
    # Home-a lies 600 m from base, school-1 3 000 m: 500 m beyond a radius of 2 500 m.
    def town(radius_m: int) -> Inputs:
        return change_supplier(
            make_town(make_passenger("a")),
            area_centre_place_id="base",
            area_radius_m=radius_m,
        )

    proof = prove_one(town(2_500))
    assert proof.reason is UnservedReason.NO_VEHICLE_FITS
    assert proof.evidence == (("vehicle_kinds", 1), ("beyond_area_m", 500))
    assert proof.relaxation == "a supplier's area 500 m larger in radius"
    assert prove(town(3_000)) == ()


def test_no_assistant_and_no_trained_one() -> None:
    def town(n_assistants: int, n_trained: int, *, is_trained: bool) -> Inputs:
        person = make_passenger(
            "a", assistant=AssistantNeed.ONE_TO_ONE, needs_trained_assistant=is_trained
        )
        return change_supplier(
            make_town(person), n_assistants=n_assistants, n_trained_assistants=n_trained
        )

    proof = prove_one(town(0, 0, is_trained=False))
    assert proof.reason is UnservedReason.NO_ASSISTANT
    assert proof.evidence == (
        ("assistants_needed", 1),
        ("trained_needed", 0),
        ("most_assistants", 0),
        ("most_trained", 0),
    )
    assert proof.relaxation == "1 assistant at a provider whose vehicle fits: cabs"
    assert prove(town(1, 0, is_trained=False)) == ()
    proof = prove_one(town(3, 0, is_trained=True))
    assert proof.reason is UnservedReason.NO_ASSISTANT
    assert proof.evidence == (
        ("assistants_needed", 1),
        ("trained_needed", 1),
        ("most_assistants", 3),
        ("most_trained", 0),
    )
    assert proof.relaxation.startswith("1 medically trained assistant")
    assert prove(town(3, 1, is_trained=True)) == ()


def test_no_rate_valid_on_the_day() -> None:
    # Unpriced in the morning only; a day rate for both ways would do instead.
    town = make_town(make_passenger("a"))
    priced = make_cost_model().is_priced.copy()
    priced[1, list(Session).index(AM)] = False
    proof = prove_one(town, cost_model=make_cost_model(is_priced=priced))
    assert proof.reason is UnservedReason.NO_VALID_RATE
    assert proof.evidence == (("providers_able", 1), ("providers_with_rate", 0))
    assert proof.relaxation == "1 rate card valid in session am of: cabs/car"
    assert prove(town, PM, cost_model=make_cost_model(is_priced=priced)) == ()
    pair = make_cost_model().day_pair_pence.copy()
    pair[1] = 4_000
    assert prove(town, cost_model=make_cost_model(is_priced=priced, day_pair_pence=pair)) == ()


def test_point_within_the_limit_takes_the_proof_away() -> None:
    # A home without a road is no proof for somebody who may walk to one.
    corner = (PickUpPoint(pick_up_point_id="p", name="Corner", place_id="corner"),)
    cut = cut_road("home-a", "school-1", Period.MORNING_PEAK)

    def town(walk_limit_m: int, **values: Any) -> Inputs:
        person = make_passenger("a", walk_limit_m=walk_limit_m, **values)
        return make_town(person, pick_up_points=corner)

    # The matrix has one walk: 900 m from home-a to the corner, 900 x 3600 / 4800 = 675 s.
    assert prove(town(900), matrix=cut) == ()
    assert prove_one(town(899), matrix=cut).reason is UnservedReason.NO_ROAD
    # Corner to school-1 is 60 s: 735 s of ride with the walk.
    assert prove(town(900, max_ride_s=735), matrix=cut) == ()
    assert len(prove(town(900, max_ride_s=734), matrix=cut)) == 1


@cache
def solve_grid() -> tuple[Inputs, TravelMatrix, CostModel]:
    """The grid sample with its matrix and prices."""
    from costing import build_cost_model
    from data.samples import build_sample
    from routing.matrix import build_matrix
    from routing.network import build_sample_network

    inputs = build_sample("grid")
    matrix = build_matrix(build_sample_network("grid"), inputs.places, policy=inputs.policy)
    return inputs, matrix, build_cost_model(inputs, inputs.service_date)


def test_grid_sample_has_no_proof_on_any_day() -> None:
    inputs, matrix, cost_model = solve_grid()
    day_types, _ = find_day_types(inputs)
    n_journeys = 0
    for day_type in day_types:
        prover = Prover(inputs, matrix, cost_model, day_type)
        for session in Session:
            n_journeys += len(prover.find_journeys(session))
            assert prover.prove_all(session) == ()
    assert n_journeys > 1_000
