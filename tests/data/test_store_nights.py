"""Publishing is one transaction, refuses an overtaken run, and is the same when done again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from data.errors import LockedError, StaleWriteError, StoreError
from data.nights import (
    Breach,
    BreachKind,
    DayChange,
    DayChangeKind,
    Explanation,
    Proposal,
    ProposalState,
)
from data.places import Session
from data.plans import PlanState
from data.store import models
from tests.nightly.nights import (
    PLACE,
    STAMP,
    begin,
    build_candidate,
    build_publication,
    open_store,
)
from tests.reports.hand_made import SERVICE_DATE, build_plan
from tests.store_places import Place, query


def test_what_is_published_is_what_is_found(store_place: Place) -> None:
    with open_store(store_place) as store:
        fence_no = store.nights.take_fence(PLACE, taken_utc=STAMP)
        candidate = build_candidate(store)
        kept = store.nights.publish(build_publication(candidate, fence_no), candidate.plan_hash)
        assert kept.version_no == 1
        assert store.nights.find_publication(PLACE, SERVICE_DATE) == kept
        assert store.nights.find_publication(PLACE, date(2026, 9, 17)) is None
        day = timedelta(days=1)
        for first, last, found in (
            (SERVICE_DATE, SERVICE_DATE, (kept,)),
            (SERVICE_DATE - day, SERVICE_DATE + day, (kept,)),
            (SERVICE_DATE + day, SERVICE_DATE + 9 * day, ()),
        ):
            assert store.nights.list_current(PLACE, first, last) == found
        assert store.nights.list_current("elsewhere", SERVICE_DATE, SERVICE_DATE) == ()
        assert store.nights.read_plan(kept.plan_no) == replace(
            build_plan(), state=PlanState.REPAIRED
        )


def test_publishing_the_same_plan_of_the_same_run_again_changes_nothing(
    store_place: Place,
) -> None:
    with open_store(store_place) as store:
        fence_no = store.nights.take_fence(PLACE, taken_utc=STAMP)
        candidate = build_candidate(store)
        first = store.nights.publish(
            build_publication(candidate, fence_no), candidate.plan_hash
        )
        again = store.nights.publish(
            build_publication(candidate, fence_no), candidate.plan_hash
        )
        assert again == first
        assert len(store.nights.list_publications(PLACE)) == 1


def test_a_run_that_was_overtaken_publishes_nothing(store_place: Place) -> None:
    with open_store(store_place) as store:
        sleeper = store.nights.take_fence(PLACE, taken_utc=STAMP)
        other = store.nights.take_fence(PLACE, taken_utc=STAMP)
        assert other == sleeper + 1
        candidate = build_candidate(store)
        with pytest.raises(LockedError, match="later run"):
            store.nights.publish(build_publication(candidate, sleeper), candidate.plan_hash)
        assert store.nights.find_publication(PLACE, SERVICE_DATE) is None
        store.nights.publish(build_publication(candidate, other), candidate.plan_hash)


def test_a_stop_changed_by_one_second_behind_the_checkers_back_is_refused(
    store_place: Place,
) -> None:
    with open_store(store_place) as store:
        fence_no = store.nights.take_fence(PLACE, taken_utc=STAMP)
        candidate = build_candidate(store)
        query(
            store_place,
            sa.update(models.stops)
            .where(models.stops.c.plan_no == candidate.plan_no, models.stops.c.stop_pos == 1)
            .values(arrive_s=models.stops.c.arrive_s + 1),
        )
        with pytest.raises(StaleWriteError, match="not the one that was checked"):
            store.nights.publish(build_publication(candidate, fence_no), candidate.plan_hash)
        assert store.nights.find_publication(PLACE, SERVICE_DATE) is None


def test_a_publication_changed_from_outside_is_not_shown(store_place: Place) -> None:
    with open_store(store_place) as store:
        fence_no = store.nights.take_fence(PLACE, taken_utc=STAMP)
        candidate = build_candidate(store)
        store.nights.publish(build_publication(candidate, fence_no), candidate.plan_hash)
        query(
            store_place,
            "UPDATE publications SET body = replace(body, 'repaired', 'optimised')",
        )
        with pytest.raises(StoreError, match="does not match its hash"):
            store.nights.find_publication(PLACE, SERVICE_DATE)


def test_versions_of_a_date_follow_each_other(store_place: Place) -> None:
    with open_store(store_place) as store:
        fence_no = store.nights.take_fence(PLACE, taken_utc=STAMP)
        for number, state in enumerate((PlanState.REPAIRED, PlanState.OPTIMISED), start=1):
            candidate = build_candidate(store, state=state)
            kept = store.nights.publish(
                build_publication(candidate, fence_no), candidate.plan_hash
            )
            assert kept.version_no == number
        found = store.nights.find_publication(PLACE, SERVICE_DATE)
        assert found is not None
        assert found.state is PlanState.OPTIMISED
        last = store.nights.find_last(PLACE, build_plan().day_type.day_type_id, SERVICE_DATE)
        assert last is not None
        assert last[0] == found


def test_a_night_of_the_same_key_is_the_same_night(store_place: Place) -> None:
    with open_store(store_place) as store:
        first = begin(store)
        candidate = build_candidate(store)
        store.nights.save_candidate(first.night_no, candidate, saved_utc=STAMP)
        store.nights.save_candidate(first.night_no, candidate, saved_utc=STAMP)
        assert begin(store) == first
        assert store.nights.list_candidates(first.night_no) == (candidate,)
        store.nights.end_night(first.night_no, "done", ended_utc=STAMP)
        assert begin(store).ended_utc == STAMP
        assert len(store.nights.list_nights(PLACE)) == 1


def test_changes_are_kept_once_and_hold_on_their_dates(store_place: Place) -> None:
    away = DayChange(
        kind=DayChangeKind.PASSENGER_ABSENT,
        target_id="p1",
        first_date=SERVICE_DATE,
        last_date=SERVICE_DATE,
    )
    left = DayChange(kind=DayChangeKind.PASSENGER_LEFT, target_id="p2", first_date=SERVICE_DATE)
    with open_store(store_place) as store:
        book = store.nights
        assert book.add_changes(PLACE, [away, left], received_utc=STAMP, source="x") == 2
        assert book.add_changes(PLACE, [left, away], received_utc=STAMP, source="y") == 0
        assert [k.change for k in book.list_changes(PLACE, date(2026, 9, 17))] == [left]
        assert len(book.list_changes(PLACE, SERVICE_DATE)) == 2
        book.withdraw_change(PLACE, 1, withdrawn_utc=STAMP)
        assert [k.change for k in book.list_changes(PLACE)] == [left]
        with pytest.raises(StoreError, match="no change 1"):
            book.withdraw_change(PLACE, 1, withdrawn_utc=STAMP)


def test_a_proposal_is_decided_once(store_place: Place) -> None:
    with open_store(store_place) as store:
        candidate = build_candidate(store)
        proposal = Proposal(
            proposal_no=0,
            place=PLACE,
            service_date=SERVICE_DATE,
            plan_no=candidate.plan_no,
            plan_id="plan",
            base_hash="e" * 64,
            saved_pence=1_234,
            breaches=(
                Breach(kind=BreachKind.TIME, passenger_id="p1", session=Session.AM, amount=400),
            ),
            explanation=Explanation(compared_with="before"),
            proposed_utc=STAMP,
        )
        kept = store.nights.propose(proposal, "wed-a-term")
        assert store.nights.propose(proposal, "wed-a-term") == kept
        assert store.nights.find_approved(PLACE, "wed-a-term", "e" * 64) is None
        done = store.nights.decide(
            PLACE,
            kept.proposal_no,
            ProposalState.APPROVED,
            person_id="a.hart",
            decided_utc=STAMP,
        )
        assert (done.state, done.decided_by) == (ProposalState.APPROVED, "a.hart")
        assert store.nights.find_approved(PLACE, "wed-a-term", "e" * 64) == done
        with pytest.raises(StaleWriteError, match=r"approved by a\.hart"):
            store.nights.decide(
                PLACE,
                kept.proposal_no,
                ProposalState.REFUSED,
                person_id="b.lee",
                decided_utc=STAMP,
            )


def test_a_newer_proposal_ends_the_one_that_waits(store_place: Place) -> None:
    with open_store(store_place) as store:
        base = Proposal(
            proposal_no=0,
            place=PLACE,
            service_date=SERVICE_DATE,
            plan_no=build_candidate(store).plan_no,
            plan_id="plan",
            base_hash="e" * 64,
            saved_pence=1,
            breaches=(),
            explanation=Explanation(compared_with="before"),
            proposed_utc=STAMP,
        )
        first = store.nights.propose(base, "wed-a-term")
        second = store.nights.propose(replace(base, base_hash="f" * 64), "wed-a-term")
        waiting = store.nights.list_proposals(PLACE, ProposalState.WAITING)
        assert [p.proposal_no for p in waiting] == [second.proposal_no]
        ended = store.nights.list_proposals(PLACE, ProposalState.OVERTAKEN)
        assert [p.proposal_no for p in ended] == [first.proposal_no]
