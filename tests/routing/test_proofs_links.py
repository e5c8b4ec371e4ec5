"""Bars, locks and companions that leave no way to carry somebody, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from data.fleet import Crew, CrewRole
from data.passengers import AssistantNeed, Passenger, Phase
from data.plans import LockKind, UnservedReason
from tests.routing.proof_town import (
    AM,
    PM,
    change_supplier,
    make_lock,
    make_town,
    prove,
    prove_one,
)
from tests.routing.small_town import make_cost_model, make_passenger


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


DRIVER = Crew(crew_id="c", role=CrewRole.DRIVER, depot_id="d", has_d1=True, has_cpc=True)


def link(*names: str, **values: Any) -> tuple[Passenger, ...]:
    """Companions of each other."""
    return tuple(
        make_passenger(p, together_with=frozenset(set(names) - {p}), **values) for p in names
    )


def test_companions_whom_no_one_provider_may_carry() -> None:
    # a may not ride with the cabs, b not with the own company: each can go alone, not together.
    a, b = link("a", "b")
    people = (
        replace(a, barred_suppliers=frozenset({"cabs"})),
        replace(b, barred_suppliers=frozenset({"own"})),
    )
    town = make_town(*people, crews=(DRIVER,))
    found = prove(town)
    assert [u.passenger_id for u in found] == ["a", "b"]
    for proof in found:
        assert proof.reason is UnservedReason.CONTRADICTORY_COMPANIONS
        assert proof.evidence == (
            ("companions", 2),
            ("vehicle_kinds_able", 0),
            ("fewest_for_one", 1),
        )
        assert "1 provider's vehicle allowed to each of a, b" in proof.relaxation
    free = (people[0], replace(people[1], barred_suppliers=frozenset()))
    assert prove(replace(town, passengers=free)) == ()


def test_locks_on_one_route_of_two_whom_no_one_provider_may_carry() -> None:
    people = (
        make_passenger("a", barred_suppliers=frozenset({"cabs"})),
        make_passenger("b", barred_suppliers=frozenset({"own"})),
    )
    locks = tuple(make_lock(LockKind.PASSENGER_ON_ROUTE, "R1", p) for p in "ab")
    found = prove(make_town(*people, crews=(DRIVER,), locks=locks))
    assert {u.reason for u in found} == {UnservedReason.LOCK_IMPOSSIBLE}
    assert len(found) == 2


def test_companions_too_many_for_any_vehicle() -> None:
    # Only cabs of four seats, the minibus having no driver: two of three seats each are six.
    people = link("a", "b", n_seats=3)
    town = make_town(*people)
    found = prove(town)
    assert [u.passenger_id for u in found] == ["a", "b"]
    assert {u.evidence for u in found} == {
        (
            ("companions", 2),
            ("seats_needed", 6),
            ("wheelchair_spaces_needed", 0),
            ("most_seats", 4),
        )
    }
    assert all("1 vehicle allowed to all with 6 seat(s)" in u.relaxation for u in found)
    # With a driver the minibus takes them.
    assert prove(replace(town, crews=(DRIVER,))) == ()


def test_companions_of_two_sites_need_not_be_aboard_at_once() -> None:
    people = link("a", "b", n_seats=3)
    town = make_town(*people, sites={"b": "school-2"})
    assert prove(town) == ()


def test_companions_who_need_more_assistants_than_one_provider_has() -> None:
    people = link("a", "b", assistant=AssistantNeed.ONE_TO_ONE)
    town = change_supplier(make_town(*people), n_assistants=1)
    found = prove(town)
    assert {u.evidence for u in found} == {
        (
            ("companions", 2),
            ("assistants_needed", 2),
            ("trained_needed", 0),
            ("most_assistants", 1),
            ("most_trained", 0),
        )
    }
    assert prove(change_supplier(town, n_assistants=2)) == ()


def test_own_vehicle_type_without_a_price_is_no_way_to_be_carried() -> None:
    town = make_town(make_passenger("a", barred_suppliers=frozenset({"cabs"})), crews=(DRIVER,))
    assert prove(town) == ()
    priced = np.ones((2, 4), dtype=np.bool_)
    priced[0] = False
    proof = prove_one(town, cost_model=make_cost_model(is_priced=priced))
    assert proof.reason is UnservedReason.NO_VALID_RATE
    assert proof.relaxation == "1 rate card valid in session am of: own/bus"
