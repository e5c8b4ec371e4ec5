"""What a repair came to: whom it disturbs as it goes on, and the plan with its explanation."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from data.changes import ChangeBudget, Disturbance, DutyChange, Repair
from data.places import Session
from data.plans import Duty, Plan, PlanState, SearchRecord, Unserved, UnservedReason
from routing.differences import Differences
from routing.disturbance import (
    JourneyKey,
    Ride,
    compare_ride,
    find_rides,
    measure_disturbance,
)
from routing.optimise import name_plan
from routing.reasons import find_alone
from routing.repair_day import RepairDay


class Tally:
    """Whom the duties changed so far disturb, against a change budget.

    Parameters
    ----------
    rides
        How everybody rode before.
    changed
        People whose own journeys changed: they are not disturbed by that.
    """

    def __init__(
        self, rides: Mapping[JourneyKey, Ride], changed: Collection[str], budget: ChangeBudget
    ) -> None:
        self._rides, self._changed, self._budget = rides, changed, budget
        self._duties: dict[str, list[Disturbance]] = {}

    def put(self, duty: Duty) -> None:
        """Note whom a duty disturbs as it is now."""
        self._duties[duty.duty_id] = self._compare(duty)

    def drop(self, duty_id: str) -> None:
        """Forget a duty that is no more."""
        self._duties.pop(duty_id, None)

    def is_within(self, duty: Duty) -> bool:
        """Whether the day with this duty keeps the change budget, as far as it was kept."""
        budget = self._budget
        limits = (budget.max_shifted, budget.max_crew, budget.max_companions)
        if limits == (None, None, None):
            return True
        return all(
            limit is None or len(after) <= max(limit, len(before))
            for limit, before, after in zip(
                limits,
                _count(self._duties),
                _count(self._duties | {duty.duty_id: self._compare(duty)}),
                strict=True,
            )
        )

    def price(self, duty: Duty) -> int:
        """Price whom a duty disturbs beyond what its present state does. [pence]"""
        total = 0
        for sign, found in (
            (1, self._compare(duty)),
            (-1, self._duties.get(duty.duty_id, [])),
        ):
            total += sign * self._budget.shift_pence * sum(d.is_shifted for d in found)
            total += sign * self._budget.crew_pence * sum(d.is_crew_changed for d in found)
        return total

    def _compare(self, duty: Duty) -> list[Disturbance]:
        """Compare how those aboard who did not change ride with how they rode before."""
        found = []
        for key, ride in find_rides([duty]).items():
            old = self._rides.get(key)
            if old is not None and key[1] not in self._changed:
                change = compare_ride(key, old, ride, shift_s=self._budget.shift_s)
                if change is not None:
                    found.append(change)
        return found


def _count(
    duties: Mapping[str, Sequence[Disturbance]],
) -> tuple[set[str], set[str], set[str]]:
    """Count who is shifted, who has another crew, who a new companion."""
    found = [d for mine in duties.values() for d in mine]
    return (
        {d.passenger_id for d in found if d.is_shifted},
        {d.passenger_id for d in found if d.is_crew_changed},
        {d.passenger_id for d in found if d.new_companions},
    )


def explain_no_place(
    day: RepairDay, session: Session, request: int, group: Sequence[int]
) -> Unserved:
    """Explain why there is no place for somebody, with the numbers."""
    problem = day.problem(session)
    facts = find_alone(problem, group)
    if facts.is_feasible:
        offers = np.flatnonzero(facts.is_offered).tolist()
        n_vehicles = sum(day.limits.vehicles[o] for o in offers)
        n_free = sum(max(0, day.count_free(o)) for o in offers)
        names = sorted({day.model.offer_ids[o] for o in offers})
        reason = UnservedReason.NO_CAPACITY_LEFT
        evidence: tuple[tuple[str, int], ...] = (
            ("offers_able", len(names)),
            ("vehicles", n_vehicles),
            ("vehicles_used", n_vehicles - n_free),
            ("duties_tried", len(day.duties)),
        )
        relaxation = (
            f"1 more vehicle and crew in session {session}, or a larger change budget: "
            + ", ".join(names[:3])
        )
    else:
        reason = UnservedReason.NO_PLACE_FOUND_IN_TIME
        evidence = (("companions", len(group)),)
        relaxation = f"limits of the {len(group)} companion(s) together: {facts.broken_rule}"
    return Unserved(
        passenger_id=problem.passenger_ids[request],
        session=session,
        reason=reason,
        evidence=evidence,
        relaxation=relaxation,
    )


def build_repair(
    plan: Plan,
    day: RepairDay,
    found: Differences,
    budget: ChangeBudget,
    unserved: Mapping[JourneyKey, Unserved],
) -> Repair:
    """Put the repaired plan together and say what became of everything.

    Parameters
    ----------
    unserved
        Those for whom there is no place, or who were proven impossible.
    """
    before = {d.duty_id: d for d in plan.duties}
    order = [*before, *sorted(day.duties.keys() - before.keys())]
    duties = tuple(day.duties[k] for k in order if k in day.duties)
    prices = day.price_day(duties)
    is_same = day.keeps_cards(duties)
    old_prices = {
        k: prices[k] if is_same and day.duties.get(k) is d else day.price(d)
        for k, d in before.items()
    }
    left = _list_unserved(plan, duties, found, unserved)
    new = plan
    if duties != plan.duties or set(left) != set(plan.unserved):
        new = replace(
            plan,
            plan_id="",
            service_date=plan.service_date,
            duties=duties,
            unserved=left,
            state=PlanState.REPAIRED,
            cost_pence=sum(pence or 0 for pence in prices.values()),
            full_cost_pence=None,
            bound_pence=None,
            bound_policy="",
            search=SearchRecord(),
            inputs_hash="",
            matrix_hash="",
            code_version="",
            flags=day.matrix.flags,
        )
        new = replace(new, plan_id=name_plan(new))
    changed = {c.passenger_id for c in found.changes}
    disturbances = tuple(
        replace(d, is_own_change=d.passenger_id in changed)
        for d in measure_disturbance(plan, new, shift_s=budget.shift_s)
    )
    counts = _count({"": [d for d in disturbances if not d.is_own_change]})
    known = [pence for pence in old_prices.values() if pence is not None]
    return Repair(
        plan=new,
        changes=found.changes,
        duties=_tell_duties(plan, duties, disturbances, old_prices, prices),
        disturbances=disturbances,
        n_shifted=len(counts[0]),
        n_crew_changed=len(counts[1]),
        n_new_companions=len(counts[2]),
        before_pence=sum(known) if len(known) == len(before) else None,
    )


def _list_unserved(
    plan: Plan,
    duties: Sequence[Duty],
    found: Differences,
    unserved: Mapping[JourneyKey, Unserved],
) -> tuple[Unserved, ...]:
    """List everybody who travels and is on no duty, as listed before where that holds."""
    aboard = {(r.session, p) for d in duties for r in d.routes for p in r.passenger_ids}
    listed = {(u.session, u.passenger_id): u for u in plan.unserved}
    order = list(Session)
    entries = []
    for key in sorted(found.travellers, key=lambda k: (order.index(k[0]), k[1])):
        entry = unserved.get(key) or listed.get(key)
        if key not in aboard and entry is not None:
            entries.append(entry)
    return tuple(entries)


def _tell_duties(
    plan: Plan,
    duties: Sequence[Duty],
    disturbances: Sequence[Disturbance],
    before_pence: Mapping[str, int | None],
    after_pence: Mapping[str, int | None],
) -> tuple[DutyChange, ...]:
    """Tell what became of every duty that is not what it was."""
    before = {d.duty_id: d for d in plan.duties}
    after = {d.duty_id: d for d in duties}
    found = []
    for duty_id in sorted(before.keys() | after.keys()):
        old, new = before.get(duty_id), after.get(duty_id)
        if old == new:
            continue
        was, now = (_find_marks(duty) for duty in (old, new))
        touched = {
            d.passenger_id
            for d in disturbances
            if duty_id in (d.before_duty_id, d.after_duty_id)
        }
        found.append(
            DutyChange(
                duty_id=duty_id,
                before_pence=before_pence.get(duty_id),
                after_pence=after_pence.get(duty_id),
                joined=tuple(sorted(now - was)),
                left=tuple(sorted(was - now)),
                disturbed=tuple(sorted(touched)),
            )
        )
    return tuple(found)


def _find_marks(duty: Duty | None) -> set[str]:
    """The ``session/passenger`` marks of a duty's journeys."""
    routes = duty.routes if duty is not None else ()
    return {f"{r.session}/{p}" for r in routes for p in r.passenger_ids}
