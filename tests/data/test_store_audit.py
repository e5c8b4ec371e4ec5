"""The audit log: kept with what it tells of, sealed, and never changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from data.audit import AuditEntry, find_breaks, seal_entry
from data.errors import RefusedError, StoreError
from data.people import Role
from data.store import Store
from data.store.server import is_server_address
from tests.store_places import Place, query

NOW = datetime(2026, 9, 15, 5, 30, tzinfo=UTC)


def build_entry(n: int = 0, **fields: str) -> AuditEntry:
    given = {"action": "passenger.open_need", "kind": "passenger", "record_id": f"p{n}"}
    return AuditEntry(
        place="grid",
        at_utc=NOW + timedelta(seconds=n),
        person_id="a.hart",
        roles=("planner",),
        **{**given, **fields},
    )


@pytest.fixture
def store(store_place: Place) -> Iterator[Store]:
    with Store.open(store_place) as opened:
        yield opened


def test_entries_are_numbered_sealed_and_read_back_newest_first(store: Store) -> None:
    kept = [store.audit.add_entry(build_entry(n)) for n in range(3)]
    assert [entry.entry_no for entry in kept] == [1, 2, 3]
    assert store.audit.list_entries("grid") == tuple(reversed(kept))
    assert store.audit.list_entries("grid", before_no=3, most=1) == (kept[1],)
    assert store.audit.list_entries("elsewhere") == ()
    assert store.audit.find_breaks() == ()


def test_an_entry_is_kept_with_its_change_or_neither_is(store: Store) -> None:
    with store.audit.recording(build_entry()):
        store.add_person("b.lane", "Ben", [Role.PLANNER], now_utc=NOW)
    assert len(store.audit.list_entries()) == 1
    with pytest.raises(RefusedError), store.audit.recording(build_entry(1)):
        # Refused: the id belongs to Ben.
        store.add_person("b.lane", "Bertha", [Role.VIEWER], now_utc=NOW)
    assert len(store.audit.list_entries()) == 1
    with store.audit.recording(build_entry(2)):
        store.list_people()
    assert len(store.audit.list_entries()) == 2


def test_a_change_whose_entry_cannot_be_kept_is_not_made(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("planted")

    monkeypatch.setattr("data.store.audit.append_entry_row", fail)
    with pytest.raises(StoreError, match="planted"), store.audit.recording(build_entry()):
        store.add_person("b.lane", "Ben", [Role.PLANNER], now_utc=NOW)
    assert store.find_person("b.lane") is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET person_id = 'b.lane' WHERE entry_no = 2",
        "DELETE FROM audit_entries WHERE entry_no = 2",
    ],
)
def test_the_database_refuses_to_change_an_entry_and_a_forced_change_is_found(
    store_place: Place, statement: str
) -> None:
    with Store.open(store_place) as store:
        for n in range(3):
            store.audit.add_entry(build_entry(n))
    with pytest.raises(sa.exc.DBAPIError, match="never changed"):
        query(store_place, statement)
    # Somebody who may alter the database can still do it, and is found out.
    if is_server_address(store_place):
        query(store_place, "DROP TRIGGER audit_entries_unchanged ON audit_entries")
    else:
        for verb in ("update", "delete"):
            query(store_place, f"DROP TRIGGER audit_entries_{verb}")
    query(store_place, statement)
    with Store.open(store_place) as store:
        assert store.audit.find_breaks() != ()


def test_every_field_is_under_the_seal() -> None:
    first = seal_entry(build_entry(), None)
    second = seal_entry(build_entry(1), first)
    assert find_breaks([first, second]) == ()
    changes = {
        "place": "x", "at_utc": NOW, "person_id": "x", "action": "x", "kind": "x",
        "record_id": "x", "roles": ("x",), "address": "x", "before_hash": "x",
        "after_hash": "x", "reason": "x", "previous_hash": "x", "entry_hash": "x",
    }  # fmt: skip
    for name, value in changes.items():
        assert find_breaks([first, replace(second, **{name: value})]) == (2,), name
    assert find_breaks([second]) == (2,)
    assert set(changes) | {"entry_no"} == set(AuditEntry.__dataclass_fields__)
