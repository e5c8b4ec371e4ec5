"""A quiet night: told by what families know, not by a flag; it searches little."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from data.inputs import Inputs, fingerprint
from data.nights import DayChange, DayChangeKind, Explanation
from data.plans import Plan, PlanState
from data.store import Store
from nightly.config import SearchSection
from nightly.day_inputs import DayInputs, apply_day_changes
from nightly.explain import write_explanation
from nightly.quiet import find_search_s
from nightly.solve import DatePlan, price_date
from tests.nightly.nights import STAMP, begin, build_candidate, build_publication, open_store
from tests.reports.hand_made import SERVICE_DATE, build_inputs, build_plan

INPUTS = build_inputs()
LATER = SERVICE_DATE + timedelta(days=7)
SEARCH = SearchSection(seconds=600, quiet_seconds=20)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The small council's store."""
    with open_store(tmp_path / "quiet.sqlite") as opened:
        yield opened


def know(inputs: Inputs = INPUTS) -> Plan:
    """What families know: the small plan at its price, made from inputs."""
    plan = replace(build_plan(), service_date=SERVICE_DATE)
    return replace(plan, cost_pence=price_date(plan, inputs), inputs_hash=fingerprint(inputs))


def ask(
    store: Store,
    *,
    inputs: Inputs = INPUTS,
    changes: tuple[DayChange, ...] = (),
    on: date = LATER,
    known: Plan | None = None,
    repaired: Plan | None = None,
    seconds: float | None = 600,
    search: SearchSection = SEARCH,
) -> float | None:
    """Ask how long a night searches."""
    day: DayInputs = apply_day_changes(inputs, changes, on)
    reference = known or know()
    plan = replace(repaired or reference, service_date=on)
    made = DatePlan(plan=plan, standing=plan, breaches=())
    return find_search_s(search, seconds, store, reference, day, made)


def publish(store: Store, state: PlanState) -> None:
    """Publish what families know, as the night before ended."""
    night = begin(store)
    fence_no = store.nights.take_fence(night.place, taken_utc=STAMP)
    candidate = build_candidate(store, know(), state)
    store.nights.save_candidate(night.night_no, candidate, saved_utc=STAMP)
    store.nights.publish(build_publication(candidate, fence_no), candidate.plan_hash)


def test_a_night_without_a_change_is_quiet(store: Store) -> None:
    assert ask(store) == 20


def test_a_short_search_stays_as_it_was_set(store: Store) -> None:
    assert ask(store, seconds=15) == 15
    assert ask(store, seconds=0) == 0


def test_a_search_that_steps_end_stays_repeatable(store: Store) -> None:
    assert ask(store, seconds=None) is None
    assert ask(store, search=SEARCH.model_copy(update={"steps": 60})) == 600


def test_an_absence_is_no_quiet_night(store: Store) -> None:
    away = DayChange(
        kind=DayChangeKind.PASSENGER_ABSENT,
        target_id=INPUTS.demands[0].passenger_id,
        first_date=LATER,
        last_date=LATER,
    )
    assert ask(store, changes=(away,)) == 600
    # One that has not begun changes nothing.
    early = replace(away, first_date=SERVICE_DATE, last_date=SERVICE_DATE)
    assert ask(store, changes=(early,)) == 20


def test_a_withheld_address_is_no_quiet_night(store: Store) -> None:
    home = DayChange(
        kind=DayChangeKind.ADDRESS_WITHHELD,
        target_id=INPUTS.homes[0].home_id,
        first_date=LATER,
        last_date=None,
    )
    assert ask(store, changes=(home,)) == 600


def test_changed_standing_data_are_no_quiet_night(store: Store) -> None:
    first = INPUTS.passengers[0]
    slower = replace(first, boarding_s=first.boarding_s + 1)
    changed = replace(INPUTS, passengers=(slower, *INPUTS.passengers[1:]))
    assert ask(store, inputs=changed) == 600


def test_a_plan_that_had_to_be_repaired_is_no_quiet_night(store: Store) -> None:
    known = know()
    assert ask(store, repaired=replace(known, duties=known.duties[1:])) == 600


def test_rates_that_hold_from_another_date_are_no_quiet_night(store: Store) -> None:
    known = know()
    assert known.cost_pence is not None
    assert ask(store, known=replace(known, cost_pence=known.cost_pence - 1)) == 600


def test_what_was_repaired_only_is_searched_in_full(store: Store) -> None:
    publish(store, PlanState.REPAIRED)
    assert ask(store) == 600


def test_what_was_searched_last_night_is_searched_little(store: Store) -> None:
    publish(store, PlanState.OPTIMISED)
    assert ask(store) == 20


def test_a_plan_whose_inputs_are_no_longer_kept_is_searched_in_full(store: Store) -> None:
    assert ask(store, known=replace(know(), inputs_hash="0" * 64)) == 600
    assert ask(store, known=replace(know(), inputs_hash="")) == 600


def test_the_account_says_that_little_was_searched() -> None:
    quiet = Explanation(compared_with="before", quiet_s=20)
    assert "Nothing has changed" in write_explanation(quiet)
    assert "at most 20 s" in write_explanation(quiet)
    assert "Nothing has changed" not in write_explanation(Explanation(compared_with="before"))
