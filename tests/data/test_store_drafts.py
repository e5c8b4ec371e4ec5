"""A draft is changed only by who saw its newest version; a search is told, stopped and kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.errors import StaleWriteError, StoreError
from data.inputs import fingerprint
from data.places import Session
from data.plan_edits import (
    AddLock,
    Carrier,
    Draft,
    DraftState,
    Edit,
    GiveDuty,
    GiveRoute,
    MergeRoutes,
    MovePassenger,
    MoveStop,
    RemoveLock,
    SearchProgress,
    SearchStage,
    SplitRoute,
    TakePlan,
    add_edit,
)
from data.plans import LockKind
from data.store import Store
from tests.reports.hand_made import build_plan

NOW = datetime(2026, 9, 15, 10, 0, tzinfo=UTC)
PLACE = "handmade"

CARRIER = Carrier(provider_id="T01", vehicle_type_id="car4", base_place_id="B1")
EVERY: tuple[Edit, ...] = (
    AddLock(
        lock_id="L1",
        lock=LockKind.PASSENGER_ON_ROUTE,
        passenger_ids=("p1", "p2"),
        target_id="R1",
        session=Session.AM,
    ),
    RemoveLock(lock_ids=("L1/1",)),
    MovePassenger(passenger_id="p1", session=Session.PM, route_id="R1"),
    MovePassenger(passenger_id="p1", session=Session.PM, carrier=CARRIER),
    MoveStop(route_id="R1", from_number=1, to_number=2),
    GiveDuty(duty_id="D1", carrier=CARRIER),
    GiveRoute(route_id="R1", duty_id="D2"),
    SplitRoute(route_id="R1", passenger_ids=("p1",)),
    MergeRoutes(route_id="R1", into_route_id="R2"),
    TakePlan(plan_hash="0" * 64, plan_id="x"),
)
MOVE = EVERY[2]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "wayfare.sqlite") as opened:
        yield opened


def begin(store: Store) -> Draft:
    return store.drafts.begin_draft(
        PLACE,
        build_plan(),
        title="Tuesday",
        base_label="published 15 September",
        inputs_hash="a" * 64,
        person_id="ann",
        begun_utc=NOW,
    )


def test_every_kind_of_edit_comes_back_as_it_was_kept(store: Store) -> None:
    draft = begin(store)
    kept = store.drafts.change_draft(
        draft, edits=EVERY, n_done=len(EVERY), person_id="ann", changed_utc=NOW
    )
    assert store.drafts.read_draft(PLACE, draft.draft_no) == kept
    assert kept.edits == EVERY
    assert [type(e) for e in kept.edits] == [type(e) for e in EVERY]


def test_a_draft_holds_the_plan_it_starts_from(store: Store) -> None:
    draft = begin(store)
    base = store.nights.read_plan(draft.base_plan_no)
    assert fingerprint(base) == draft.base_hash == fingerprint(build_plan())
    assert (draft.version_no, draft.edits, draft.state) == (1, (), DraftState.OPEN)


def test_of_two_writers_the_second_is_told_and_the_first_loses_nothing(store: Store) -> None:
    seen = begin(store)
    first = store.drafts.change_draft(
        seen, edits=(MOVE,), n_done=1, person_id="ann", changed_utc=NOW
    )
    with pytest.raises(StaleWriteError, match="ann changed draft 1 at 10:00"):
        store.drafts.change_draft(
            seen, edits=(EVERY[5],), n_done=1, person_id="bob", changed_utc=NOW
        )
    assert store.drafts.read_draft(PLACE, 1) == first
    again = store.drafts.change_draft(
        first, edits=(*first.edits, EVERY[5]), n_done=2, person_id="bob", changed_utc=NOW
    )
    assert again.done == (MOVE, EVERY[5])
    assert (again.changed_by, again.version_no) == ("bob", 3)


def test_undone_edits_stay_until_another_takes_their_place(store: Store) -> None:
    draft = begin(store)
    for edit in EVERY[:3]:
        edits, n_done = add_edit(draft, edit)
        draft = store.drafts.change_draft(
            draft, edits=edits, n_done=n_done, person_id="ann", changed_utc=NOW
        )
    undone = store.drafts.change_draft(draft, n_done=1, person_id="ann", changed_utc=NOW)
    assert (undone.done, undone.edits) == (EVERY[:1], EVERY[:3])
    redone = store.drafts.change_draft(undone, n_done=3, person_id="ann", changed_utc=NOW)
    assert redone.done == EVERY[:3]
    assert add_edit(undone, EVERY[5]) == ((EVERY[0], EVERY[5]), 2)
    with pytest.raises(StoreError, match="3 edits, not 4"):
        store.drafts.change_draft(redone, n_done=4, person_id="ann", changed_utc=NOW)


def test_a_closed_draft_is_not_changed(store: Store) -> None:
    draft = begin(store)
    closed = store.drafts.change_draft(
        draft, state=DraftState.CLOSED, person_id="ann", changed_utc=NOW
    )
    with pytest.raises(StoreError, match="closed"):
        store.drafts.change_draft(closed, n_done=0, person_id="ann", changed_utc=NOW)
    assert store.drafts.list_drafts(PLACE, DraftState.OPEN) == ()
    assert store.drafts.list_drafts("elsewhere") == ()
    with pytest.raises(StoreError, match="no draft"):
        store.drafts.read_draft("elsewhere", draft.draft_no)


def test_a_plan_for_no_date_is_no_base(store: Store) -> None:
    plan = replace(build_plan(), service_date=None)
    with pytest.raises(StoreError, match="no date"):
        store.drafts.begin_draft(
            PLACE, plan, title="", base_label="", inputs_hash="", person_id="", begun_utc=NOW
        )


def test_a_search_is_told_kept_and_stopped(store: Store) -> None:
    draft = begin(store)
    asked = store.drafts.ask_search(draft, seconds=60, person_id="ann", asked_utc=NOW)
    assert asked.state is SearchStage.WAITING
    with pytest.raises(StoreError, match="under way"):
        store.drafts.ask_search(draft, seconds=60, person_id="bob", asked_utc=NOW)
    told = SearchProgress(stage="routes", seconds_used=1.5, best_pence=900, bound_pence=800)
    running = store.drafts.tell_search(asked.search_no, told, told_utc=NOW)
    assert (running.state, running.progress, running.wants_stop) == (
        SearchStage.RUNNING,
        told,
        False,
    )
    number = store.drafts.keep_better(asked.search_no, build_plan())
    store.drafts.stop_search(asked.search_no)
    assert store.drafts.tell_search(asked.search_no, told, told_utc=NOW).wants_stop
    done = store.drafts.end_search(
        asked.search_no, SearchStage.STOPPED, message="stopped", ended_utc=NOW
    )
    assert (done.is_over, done.plan_no) == (True, number)
    late = store.drafts.tell_search(asked.search_no, told, told_utc=NOW)
    assert late.state is SearchStage.STOPPED
    store.drafts.ask_search(draft, seconds=60, person_id="bob", asked_utc=NOW)


def test_a_search_that_died_does_not_stand_in_the_way(store: Store) -> None:
    draft = begin(store)
    dead = store.drafts.ask_search(draft, seconds=60, person_id="ann", asked_utc=NOW)
    later = NOW + timedelta(minutes=4)
    store.drafts.ask_search(draft, seconds=60, person_id="ann", asked_utc=later)
    assert store.drafts.read_search(dead.search_no).state is SearchStage.FAILED
    with pytest.raises(StoreError, match="no search"):
        store.drafts.read_search(99)
