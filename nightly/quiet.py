"""Whether a night is quiet: nothing changed since what families know was searched for savings.

Such a night repairs, checks and publishes like any other, but searches only a little: the same
search from the same plan was made before.
"""

from __future__ import annotations

from dataclasses import replace

from data.errors import StoreError
from data.inputs import Inputs
from data.plans import Plan, PlanState
from data.store import Store
from nightly.config import SearchSection
from nightly.day_inputs import DayInputs, apply_day_changes
from nightly.solve import DatePlan, price_date


def find_search_s(
    search: SearchSection,
    seconds: float | None,
    store: Store,
    reference: Plan,
    day: DayInputs,
    repaired: DatePlan,
) -> float | None:
    """Find how long to search for savings: as long as set, or less on a quiet night. [s]

    Parameters
    ----------
    seconds
        As set; left alone where steps end the search, which stays repeatable so. [s]
    reference
        Standing plan that families know.
    repaired
        The same repaired for the date.
    """
    if seconds is None or search.steps is not None or seconds <= search.quiet_seconds:
        return seconds
    if not was_searched(store, reference, day):
        return seconds
    try:
        old = store.read_inputs(reference.inputs_hash) if reference.inputs_hash else None
    except StoreError:  # taken out when their time to be kept was over
        old = None
    if old is None or not is_unchanged(reference, old, day, repaired):
        return seconds
    return search.quiet_seconds


def was_searched(store: Store, reference: Plan, day: DayInputs) -> bool:
    """Whether what families know was searched for savings, or approved by a person, last."""
    on = day.inputs.service_date
    last = store.nights.find_last(day.inputs.place, reference.day_type.day_type_id, on)
    return last is None or last[0].state is PlanState.OPTIMISED


def is_unchanged(reference: Plan, old: Inputs, day: DayInputs, repaired: DatePlan) -> bool:
    """Whether nothing differs on a date from when the plan that families know was made.

    Parameters
    ----------
    old
        Inputs that the plan was made from.
    """
    on = day.inputs.service_date
    if day.is_changed or day.withheld_home_ids:
        return False
    before, after = reference, repaired.plan
    if (before.duties, before.unserved) != (after.duties, after.unserved):
        return False
    known = apply_day_changes(old, (), on).standing
    # Rates that hold from another date on change nothing but the money.
    return known == day.standing and _has_same_price(reference, after, day.standing)


def _has_same_price(reference: Plan, repaired: Plan, inputs: Inputs) -> bool:
    """Whether a plan costs on the date what it cost when it was made."""
    costs = price_date(replace(repaired, service_date=inputs.service_date), inputs)
    return reference.cost_pence == costs
