"""A roster holds no more duties than vehicles and crews, and finds the cheapest place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.duty_rules import DutyRules
from routing.pairing import DutyDraft
from routing.roster import Roster
from routing.timed_duties import time_duty
from routing.works import Span
from tests.routing.test_duties import CAB, OWN, make_limits, make_rules, make_work

BOTH = np.array([True, True])


def draft(rules: DutyRules, offer: int, *works: int) -> DutyDraft:
    """A duty of these routes."""
    found = time_duty(rules, offer, works, (None,) * len(works))
    assert found is not None
    return found


def test_vehicles_of_an_offer_are_counted() -> None:
    rules = make_rules(make_work(0), make_work(1))
    roster = Roster(rules, make_limits(n_own=1))
    assert roster.holds(draft(rules, OWN, 0))
    position = roster.add(draft(rules, OWN, 0))
    assert not roster.holds(draft(rules, OWN, 1))
    assert roster.holds(draft(rules, OWN, 1), instead_of=position)
    roster.put(position, None)
    assert roster.holds(draft(rules, OWN, 1))
    assert roster.drafts == ()


@pytest.mark.parametrize("offer", [OWN, CAB])
def test_assistants_of_a_depot_and_of_a_supplier_are_counted(offer: int) -> None:
    works = [make_work(k, n_assistants=1, n_crew_assistants=1) for k in range(3)]
    rules = make_rules(*works)
    roster = Roster(rules, make_limits(n_own=9, n_helpers=2))
    for k in (0, 1):
        assert roster.holds(draft(rules, offer, k))
        roster.add(draft(rules, offer, k))
    assert not roster.holds(draft(rules, offer, 2))
    assert roster.find_excess() is None
    roster.add(draft(rules, offer, 2))
    assert roster.find_excess() is not None


def test_duty_that_needs_no_assistant_is_held_where_assistants_run_short() -> None:
    works = [make_work(0, n_assistants=1, n_crew_assistants=1), make_work(1)]
    rules = make_rules(*works)
    roster = Roster(rules, make_limits(n_own=9, n_helpers=0))
    roster.add(draft(rules, OWN, 0))
    assert roster.holds(draft(rules, OWN, 1))


def test_drivers_are_counted_over_all_types_of_a_depot() -> None:
    rules = make_rules(make_work(0), make_work(1))
    roster = Roster(rules, make_limits(n_own=9, n_drivers=1))
    roster.add(draft(rules, OWN, 0))
    assert not roster.holds(draft(rules, OWN, 1))


@st.composite
def draw_rules(draw: st.DrawFn) -> DutyRules:
    """Three to five morning routes at drawn times."""
    starts = draw(st.lists(st.integers(26_000, 31_000), min_size=3, max_size=5))
    return make_rules(
        *(
            make_work(k, span=Span(from_s=s, to_s=s + 600, elapsed_s=600), offers=BOTH)
            for k, s in enumerate(starts)
        )
    )


@given(rules=draw_rules(), n_own=st.integers(0, 2), n_cabs=st.integers(0, 2))
@settings(max_examples=60, deadline=None)
def test_cheapest_place_is_that_of_trying_every_duty(
    rules: DutyRules, n_own: int, n_cabs: int
) -> None:
    limits = make_limits(n_own=n_own, n_cabs=n_cabs)
    roster = Roster(rules, limits)
    for work in range(len(rules.works)):
        before = {k: d for k, d in enumerate(roster.duties) if d is not None}
        added = []
        for offer, n in ((OWN, n_own), (CAB, n_cabs)):
            if sum(d.offer == offer for d in before.values()) < n:
                added.append(draft(rules, offer, work).cost_pence)
        for duty in before.values():
            order = sorted(
                [*zip(duty.starts_s, duty.works, strict=True), (_middle(rules, work), work)]
            )
            wanted = [None if i == work else s for s, i in order]
            longer = time_duty(rules, duty.offer, [i for _, i in order], wanted)
            if longer is not None:
                added.append(longer.cost_pence - duty.cost_pence)
        places = roster.find_places(work)
        assert [p.added_pence for p in places] == sorted(added)
        assert roster.place(work) is bool(added)
        assert roster.find_excess() is None
        total = sum(d.cost_pence for d in roster.drafts)
        grown = min(added, default=0)
        assert total == sum(d.cost_pence for d in before.values()) + grown


def _middle(rules: DutyRules, work: int) -> int:
    span = rules.works[work].span
    return (span.from_s + span.to_s) // 2
