"""The register of people: ids are given once, roles begin and end, two people decide."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from data.errors import RefusedError
from data.people import Role, require_other, require_person
from data.store import Store
from tests.store_places import Place

STAMP = datetime(2026, 9, 11, 8, 0, tzinfo=UTC)


@pytest.fixture
def store(store_place: Place) -> Iterator[Store]:
    with Store.open(store_place) as opened:
        opened.add_person("a.hart", "Anna Hart", [Role.PLANNER, Role.VIEWER], now_utc=STAMP)
        yield opened


def test_a_person_is_found_with_the_roles_held_now(store: Store) -> None:
    assert store.find_person("a.hart").roles == {Role.PLANNER, Role.VIEWER}
    assert store.find_person("nobody") is None
    assert [p.person_id for p in store.list_people()] == ["a.hart"]


def test_a_further_role_is_added_and_one_is_ended_with_its_dates(store: Store) -> None:
    later = STAMP + timedelta(days=3)
    store.add_person("a.hart", "Anna  Hart", [Role.ASSURER, Role.PLANNER], now_utc=later)
    person = store.end_person("a.hart", [Role.PLANNER], now_utc=later + timedelta(days=1))
    assert person.roles == {Role.VIEWER, Role.ASSURER}
    (ended,) = [t for t in person.terms if t.to_utc is not None]
    assert (ended.role, ended.from_utc) == (Role.PLANNER, STAMP)
    assert ended.to_utc == later + timedelta(days=1)


def test_an_id_is_never_given_to_a_second_person(store: Store) -> None:
    store.end_person("a.hart", [], now_utc=STAMP)
    with pytest.raises(RefusedError, match="never given to a second person"):
        store.add_person("a.hart", "Abel Hart", [Role.PLANNER], now_utc=STAMP)
    assert store.find_person("a.hart").roles == frozenset()


@pytest.mark.parametrize("person_id", ["A.Hart", "a", "a/b", "", "1st", "a" * 41, "a\nb"])
def test_an_unsafe_id_is_refused(store: Store, person_id: str) -> None:
    with pytest.raises(RefusedError, match="cannot be an id"):
        store.add_person(person_id, "Somebody", [Role.VIEWER], now_utc=STAMP)


def test_only_somebody_with_the_role_may_act(store: Store) -> None:
    assert require_person(store, "a.hart", Role.PLANNER).name == "Anna Hart"
    assert require_person(store, "a.hart", Role.ASSURER, Role.VIEWER).person_id == "a.hart"
    with pytest.raises(RefusedError, match="is planner and viewer, not assurer"):
        require_person(store, "a.hart", Role.ASSURER)
    with pytest.raises(RefusedError, match=r"register of people has no 'b\.lane'"):
        require_person(store, "b.lane")
    store.end_person("a.hart", [], now_utc=STAMP)
    with pytest.raises(RefusedError, match="no role any more"):
        require_person(store, "a.hart")


def test_nobody_decides_on_their_own_proposal(store: Store) -> None:
    person = require_person(store, "a.hart")
    require_other(person, {"b.lane": "wrote it"})
    with pytest.raises(RefusedError, match=r"a\.hart wrote it; another person"):
        require_other(person, {"a.hart": "wrote it"})


def test_ending_or_adding_nothing_is_refused(store: Store) -> None:
    with pytest.raises(RefusedError, match="does not hold yet"):
        store.add_person("a.hart", "Anna Hart", [Role.PLANNER], now_utc=STAMP)
    with pytest.raises(RefusedError, match="nothing to end"):
        store.end_person("a.hart", [Role.DRIVER], now_utc=STAMP)
    with pytest.raises(RefusedError, match="has no 'nobody'"):
        store.end_person("nobody", [], now_utc=STAMP)
