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
from data.passengers import AssistantNeed, Demand, Direction, Passenger, Phase, Wheelchair
from data.places import Home, Period, PickUpPoint, Session
from data.plans import Lock, LockKind, Unserved, UnservedReason
from routing.proofs import Prover
from tests.routing.small_town import (
    DAY_TYPE,
    change_site,
    make_cost_model,
    make_inputs,
    make_matrix,
    make_passenger,
)

AM, PM = Session.AM, Session.PM


def make_town(
    *people: Passenger,
    homes: dict[str, Home] | None = None,
    sites: dict[str, str] | None = None,
    **values: Any,
) -> Inputs:
    """The line with demand out and home; to school-1 unless `sites` says otherwise."""
    inputs = make_inputs(*people, homes=homes, **values)
    wanted = sites or {}
    demands = tuple(
        Demand(
            demand_id=f"{home.passenger_id}-{direction}",
            passenger_id=home.passenger_id,
            site_id=wanted.get(home.passenger_id, "school-1"),
            home_id=home.home_id,
            direction=direction,
        )
        for home in inputs.homes
        for direction in Direction
    )
    return replace(inputs, demands=demands)


def make_home(passenger: str, **values: Any) -> Home:
    return Home(
        home_id=f"h-{passenger}",
        passenger_id=passenger,
        place_id=f"home-{passenger[0]}",
        **values,
    )


def make_lock(kind: LockKind, target: str, passenger: str = "a", **values: Any) -> Lock:
    return Lock(
        lock_id=f"{kind}-{passenger}-{target}",
        kind=kind,
        passenger_id=passenger,
        target_id=target,
        **values,
    )


def prove(
    inputs: Inputs,
    session: Session = AM,
    *,
    matrix: TravelMatrix | None = None,
    cost_model: CostModel | None = None,
) -> tuple[Unserved, ...]:
    prover = Prover(inputs, matrix or make_matrix(), cost_model or make_cost_model(), DAY_TYPE)
    return prover.prove_all(session)


def prove_one(inputs: Inputs, session: Session = AM, **given: Any) -> Unserved:
    """The only proof, with what holds of every proof."""
    (proof,) = prove(inputs, session, **given)
    assert proof.passenger_id == "a"
    assert proof.session is session
    return proof


def change_supplier(inputs: Inputs, **values: Any) -> Inputs:
    (supplier,) = inputs.suppliers
    return replace(inputs, suppliers=(replace(supplier, **values),))


def cut_road(first: str, second: str, period: Period) -> TravelMatrix:
    """The line without the way from the first place to the second in one period."""
    matrix = make_matrix()
    times = matrix.duration_s[period].copy()
    times[matrix.index[first], matrix.index[second]] = -1
    return replace(matrix, duration_s={**matrix.duration_s, period: times})


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


def test_barred_from_everybody_who_could() -> None:
    town = make_town(make_passenger("a", barred_suppliers=frozenset({"cabs", "gone"})))
    proof = prove_one(town)
    assert proof.reason is UnservedReason.BARRED_EVERYWHERE
    assert proof.evidence == (("providers_able", 1), ("barred", 2))
    assert proof.relaxation == "1 bar fewer: of cabs"
    assert prove(make_town(make_passenger("a", barred_suppliers=frozenset({"gone"})))) == ()


def test_lock_that_bars_holds_in_its_session_only() -> None:
    lock = make_lock(LockKind.PASSENGER_NOT_WITH_SUPPLIER, "cabs", session=PM)
    town = make_town(make_passenger("a"), locks=(lock,))
    proof = prove_one(town, PM)
    assert proof.reason is UnservedReason.BARRED_EVERYWHERE
    assert proof.evidence == (("providers_able", 1), ("barred", 1))
    assert prove(town, AM) == ()


def test_locked_on_a_provider_that_cannot() -> None:
    # The own company could be locked on, but has only a minibus that nobody may drive.
    town = make_town(
        make_passenger("a"), locks=(make_lock(LockKind.PASSENGER_ON_SUPPLIER, "own"),)
    )
    proof = prove_one(town)
    assert proof.reason is UnservedReason.LOCK_IMPOSSIBLE
    assert proof.evidence == (("providers_able", 1), ("locks", 1), ("barred", 0))
    assert proof.relaxation == "1 lock fewer: on own; able would be cabs"
    on_cabs = make_lock(LockKind.PASSENGER_ON_SUPPLIER, "cabs")
    assert prove(replace(town, locks=(on_cabs,))) == ()


def test_locked_on_two_providers_at_once() -> None:
    locks = tuple(make_lock(LockKind.PASSENGER_ON_SUPPLIER, p) for p in ("own", "cabs"))
    driver = Crew(crew_id="c", role=CrewRole.DRIVER, depot_id="d", has_d1=True, has_cpc=True)
    town = make_town(make_passenger("a"), locks=locks, crews=(driver,))
    proof = prove_one(town)
    assert proof.reason is UnservedReason.LOCK_IMPOSSIBLE
    assert proof.evidence == (("providers_able", 2), ("locks", 2), ("barred", 0))
    for lock in locks:
        assert prove(replace(town, locks=(lock,))) == ()


def test_locked_on_the_provider_that_is_barred() -> None:
    person = make_passenger("a", barred_suppliers=frozenset({"cabs"}))
    lock = make_lock(LockKind.PASSENGER_ON_SUPPLIER, "cabs")
    proof = prove_one(make_town(person, locks=(lock,)))
    assert proof.reason is UnservedReason.LOCK_IMPOSSIBLE
    assert proof.evidence == (("providers_able", 1), ("locks", 1), ("barred", 1))


def link(*ids: str, **values: dict[str, Any]) -> tuple[Passenger, ...]:
    """Passengers who must all ride together."""
    return tuple(
        make_passenger(p, together_with=frozenset(ids) - {p}, **values.get(p, {})) for p in ids
    )


APART: dict[str, dict[str, Any]] = {
    "a": {"apart_from": frozenset({"b"})},
    "b": {"apart_from": frozenset({"a"})},
}


@pytest.mark.parametrize(
    ("people", "sites", "evidence", "words"),
    [
        (link("a", "b", **APART), {}, ("apart_pairs", 1), "1 bar(s) lifted"),
        (link("a", "b", b={"travels_alone": True}), {}, ("travel_alone", 1), "b not to travel"),
        (link("a", "b", b={"phase": Phase.ADULT}), {}, ("adults", 1), "1 link fewer"),
        (
            link("a", "b"),
            {"b": "school-2"},
            ("sites", 2),
            "1 sites per route would have to be 2",
        ),
    ],
)
def test_companions_who_contradict_each_other(
    people: tuple[Passenger, ...],
    sites: dict[str, str],
    evidence: tuple[str, int],
    words: str,
) -> None:
    town = make_town(*people, make_passenger("c"), sites=sites)
    town = replace(town, policy=replace(town.policy, max_sites_per_route=1))
    found = prove(town)
    assert [u.passenger_id for u in found] == ["a", "b"]
    for proof in found:
        assert proof.reason is UnservedReason.CONTRADICTORY_COMPANIONS
        assert proof.evidence[:2] == (("companions", 2), evidence)
        assert words in proof.relaxation
    apart = tuple(replace(p, together_with=frozenset()) for p in town.passengers)
    assert prove(replace(town, passengers=apart)) == ()


def test_companions_of_companions_contradict_too() -> None:
    # a with b, b with c, a and c apart: three companions, one pair apart.
    people = (
        make_passenger("a", together_with=frozenset("b"), apart_from=frozenset("c")),
        make_passenger("b", together_with=frozenset("ac")),
        make_passenger("c", together_with=frozenset("b"), apart_from=frozenset("a")),
    )
    found = prove(make_town(*people))
    assert [u.passenger_id for u in found] == ["a", "b", "c"]
    assert {u.evidence for u in found} == {(("companions", 3), ("apart_pairs", 1))}


def test_locks_on_one_route_of_two_who_are_apart() -> None:
    people = tuple(make_passenger(p, **APART[p]) for p in "ab")
    locks = tuple(make_lock(LockKind.PASSENGER_ON_ROUTE, "R1", p) for p in "ab")
    town = make_town(*people, locks=locks)
    found = prove(town)
    assert [u.passenger_id for u in found] == ["a", "b"]
    assert {u.reason for u in found} == {UnservedReason.LOCK_IMPOSSIBLE}
    assert {u.evidence for u in found} == {(("companions", 2), ("apart_pairs", 1))}
    assert all("1 link fewer" in u.relaxation for u in found)
    assert prove(replace(town, locks=locks[:1])) == ()


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
