"""Eligibility cases in the store: only added to, in order, never changed unseen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from data.eligibility import (
    Answer,
    Assessment,
    CaseEvent,
    EventKind,
    RuleOutcome,
    SchoolDistance,
)
from data.errors import StaleWriteError, StoreError
from data.people import Role
from data.store import Store
from tests.store_places import Place, query

NOW = datetime(2026, 12, 14, 9, tzinfo=UTC)
ASSESSED = Assessment(
    case_id="C1", place="town", passenger_id="P1", site_id="S1",
    assessed_on=date(2026, 12, 1), answer=Answer.NO, rule="ELIG-2", reason="near",
    walk_mm=4_000_001, drive_mm=None, school_rank=1,
    schools=(SchoolDistance(school_id="1", name="Elm", walk_mm=4_000_001, drive_mm=None),),
    evidence=("Low income: recorded as none.",), against=(),
    tested=(RuleOutcome(rule="ELIG-2", outcome=False, reason="near"),), roads="town abc",
)  # fmt: skip
FIRST = CaseEvent(
    place="town", case_id="C1", number=1, kind=EventKind.PROPOSED, on=date(2026, 12, 1),
    person_id="a.hart", created_utc=NOW, code_version="1", answer=Answer.NO, rule="ELIG-2",
    assessment=ASSESSED,
)  # fmt: skip
SECOND = replace(FIRST, number=2, kind=EventKind.CONFIRMED, assessment=None)


@pytest.fixture
def path(store_place: Place) -> Place:
    with Store.open(store_place) as store:
        store.add_person("a.hart", "A Hart", [Role.PLANNER], now_utc=NOW)
        store.add_case_events([FIRST])
    return store_place


def test_a_case_is_read_back_with_its_history(path: Place) -> None:
    with Store.open(path) as store:
        store.add_case_events([SECOND])
        (case,) = store.list_cases("town")
        assert case == store.read_case("town", "C1")
        assert case.events == (FIRST, SECOND)
        assert store.list_cases("elsewhere") == ()
        with pytest.raises(StoreError, match="no eligibility case"):
            store.read_case("town", "C2")


def test_a_case_that_went_on_meanwhile_is_not_overwritten(path: Place) -> None:
    with Store.open(path) as store:
        store.add_case_events([SECOND])
        with pytest.raises(StaleWriteError):
            store.add_case_events([replace(FIRST, case_id="C9"), SECOND])
        assert [c.case_id for c in store.list_cases("town")] == ["C1"]  # nothing half done


def test_who_acts_is_in_the_register(path: Place) -> None:
    with Store.open(path) as store, pytest.raises(StoreError):
        store.add_case_events([replace(SECOND, person_id="nobody")])


def test_a_change_from_outside_is_noticed(path: Place) -> None:
    query(path, "UPDATE eligibility_events SET body = replace(body, '\"no\"', '\"yes\"')")
    with Store.open(path) as store, pytest.raises(StoreError, match="does not match its hash"):
        store.list_cases("town")
