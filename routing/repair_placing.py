"""Placing those who wait: where it costs least and disturbs fewest, in few duties."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np

from data.changes import WideReason
from data.places import Session
from data.plans import Duty
from routing.disturbance import JourneyKey, find_rides
from routing.repair_mending import mend_duty, place_routes
from routing.repair_places import Option
from routing.repair_result import explain_no_place
from routing.repair_state import Repairing

N_BUILT = 16
"""Cheapest ways that are built with vehicle and crew, for each place wanted."""


def place_all(work: Repairing, should_stop: Callable[[], bool] = lambda: False) -> None:
    """Place everybody who waits; who was listed before only in duties changed anyhow.

    Parameters
    ----------
    should_stop
        Asked before each place; True leaves the rest waiting.
    """
    done: set[JourneyKey] = set()
    while work.waiting - done:
        for session, group in _find_groups(work, work.waiting - done):
            if should_stop():
                return
            names = work.day.problem(session).passenger_ids
            keys = {(session, names[i]) for i in group}
            if not keys & done:
                done |= _place_group(work, session, group) | keys
    if work.listed:
        duties = work.day.duties.items()
        changed = {k for k, d in duties if work.before.get(k) is not d}
        for session, group in _find_groups(work, work.listed) if changed else ():
            _take_best(work, find_ways(work, session, group, among=changed))


def _find_groups(
    work: Repairing, keys: Iterable[JourneyKey]
) -> list[tuple[Session, list[int]]]:
    """Find the companions to place together, those hardest to place first."""
    groups: dict[tuple[Session, int], list[int]] = {}
    for session, p in sorted(keys):
        i = work.day.find_request(session, p)
        group = int(work.day.problem(session).group[i])
        groups.setdefault((session, group), []).append(i)
    order = list(Session)

    def rank(entry: tuple[tuple[Session, int], list[int]]) -> tuple[int, ...]:
        (session, group), members = entry
        problem = work.day.problem(session)
        n_spaces = sum(int(problem.n_spaces[i]) for i in members)
        n_offers = int(problem.is_allowed[members].all(axis=0).sum())
        return -len(members), -n_spaces, n_offers, order.index(session), group

    return [(key[0], members) for key, members in sorted(groups.items(), key=rank)]


def _place_group(work: Repairing, session: Session, group: list[int]) -> set[JourneyKey]:
    """Place companions; those who ride already are joined, or taken along.

    Returns
    -------
    The journeys that are settled now, be it without a place.
    """
    problem = work.day.problem(session)
    number = int(problem.group[group[0]])
    riding = [i for i in np.flatnonzero(problem.group == number).tolist() if i not in group]
    routes = _find_routes(work, session, [problem.passenger_ids[i] for i in riding])
    joined = {route_id for _, route_id in routes}
    if len(joined) == 1 and _take_best(
        work, find_ways(work, session, group, route_id=min(joined))
    ):
        return set()
    for duty_id, _ in sorted(routes):
        away = {(session, problem.passenger_ids[i]) for i in riding}
        work.found = replace(work.found, loose=work.found.loose | away)
        mend_duty(work, work.day.duties[duty_id], must_move=False)
    place_routes(work)
    whole = sorted({*group, *riding}) if routes else group
    people = {problem.passenger_ids[i] for i in whole}
    touched = _find_touched(work, people)
    room = work.budget.max_duties_per_passenger - len(touched)
    other = _find_other_way(work, session, people)
    settled: set[JourneyKey] = {(session, p) for p in people}
    n_tried = work.places.n_tried
    reason = None
    if room == 1 and other is not None:
        if _take_pair(work, (session, whole), other):
            return settled | {(other[0], p) for p in people}
        reason = WideReason.NO_DUTY_TAKES_BOTH
    elif room <= 0:
        if _take_best(work, find_ways(work, session, whole, among=touched)):
            return settled
        swaps = work.places.find_swaps(session, whole, touched)
        if _take_best(work, rate_ways(work, session, whole, swaps)):
            return settled
        reason = WideReason.DUTIES_LEFT_CANNOT_CARRY
    if reason is not None:
        n_tried = work.places.n_tried - n_tried
        work.narrow |= dict.fromkeys(people, (reason, n_tried))
    if not _take_best(work, find_ways(work, session, whole)) and not _take_best(
        work,
        rate_ways(work, session, whole, work.places.find_swaps(session, whole, touched)),
    ):
        for i in whole:
            work.unserved[session, problem.passenger_ids[i]] = explain_no_place(
                work.day, session, i, whole
            )
    return settled


def _find_other_way(
    work: Repairing, session: Session, people: Collection[str]
) -> tuple[Session, list[int]] | None:
    """Find the other journey of the day that the same people wait for."""
    for other in Session:
        waiting = {p for s, p in work.waiting if s is other and p in people}
        if other is session or waiting != set(people) or _find_routes(work, other, people):
            continue
        group = sorted(work.day.find_request(other, p) for p in people)
        numbers = work.day.problem(other).group
        if np.flatnonzero(np.isin(numbers, numbers[group])).tolist() == group:
            return other, group
    return None


def _take_pair(
    work: Repairing, first: tuple[Session, list[int]], second: tuple[Session, list[int]]
) -> bool:
    """Take the cheapest places for two journeys of the same people that one duty works."""
    names = work.day.problem(first[0]).passenger_ids
    touched = _find_touched(work, {names[i] for i in first[1]})
    best: tuple[int, Duty, Duty] | None = None
    for score, duty in sorted(find_ways(work, *first), key=rank_way):
        if best is not None and score >= best[0]:
            break
        before = work.day.duties.get(duty.duty_id)
        work.put(duty)
        others = find_ways(work, *second, among={duty.duty_id, *touched})
        work.undo(duty.duty_id, before)
        if others:
            more, later = min(others, key=rank_way)
            if best is None or score + more < best[0]:
                best = (score + more, duty, later)
    if best is None:
        return False
    _take_best(work, [(0, best[1])])
    _take_best(work, [(0, best[2])])
    return True


def _find_touched(work: Repairing, people: Collection[str]) -> set[str]:
    """Find the duties changed already for these people."""
    return set().union(*(work.touched.get(p, set()) for p in people))


def rank_way(way: tuple[int, Duty]) -> tuple[int, str]:
    """Rank a way by what it costs, then by the duty's id."""
    return way[0], way[1].duty_id


def _take_best(work: Repairing, ways: Sequence[tuple[int, Duty]]) -> bool:
    """Take the cheapest way and note for whom; False if there is none."""
    if not ways:
        return False
    duty = min(ways, key=rank_way)[1]
    before = work.day.duties.get(duty.duty_id)
    known = find_rides([before]) if before is not None else {}
    work.put(duty)
    for key in find_rides([duty]).keys() - known.keys():
        work.touched.setdefault(key[1], set()).add(duty.duty_id)
    return True


def _find_routes(
    work: Repairing, session: Session, passenger_ids: Collection[str]
) -> set[tuple[str, str]]:
    """Find the duties and routes that carry any of these now."""
    wanted = set(passenger_ids)
    return {
        (duty.duty_id, route.route_id)
        for duty in work.day.duties.values()
        for route in duty.routes
        if route.session is session and wanted & set(route.passenger_ids)
    }


def find_ways(
    work: Repairing,
    session: Session,
    group: Sequence[int],
    *,
    among: Collection[str] | None = None,
    route_id: str | None = None,
) -> list[tuple[int, Duty]]:
    """Find the ways to carry companions: what each costs, disturbance counted, and the duty.

    Parameters
    ----------
    among
        The only duties that may be changed; by default any, or a new one.
    route_id
        The only route they may join.
    """
    options = work.places.find_joins(session, group, among=among, route_id=route_id)
    if route_id is None:
        alone = work.places.find_alone(session, group)
        if alone is not None:
            options += work.places.find_own_routes(alone, among=among, new_duty=among is None)
    return rate_ways(work, session, group, options)


def rate_ways(
    work: Repairing, session: Session, group: Sequence[int], options: Sequence[Option]
) -> list[tuple[int, Duty]]:
    """Build the cheapest options with vehicle and crew; what each costs, and the duty."""
    options = sorted(
        options, key=lambda o: (o.added_pence, not o.duty_id, o.duty_id, o.draft.offer)
    )
    names = work.day.problem(session).passenger_ids
    people = {names[i] for i in group}
    # Keeping people with the crew of their other journeys is worth what the policy says.
    price_pence = work.inputs.policy.different_crew_pence
    weekday_pence = work.inputs.policy.weekday_difference_pence
    is_free = not (work.budget.shift_pence or work.budget.crew_pence)
    ways: list[tuple[int, Duty]] = []
    for option in options[:N_BUILT]:
        # where nobody's disturbance is priced, what is left to take off has a bound
        most_pence = len(people) * (price_pence * len(option.pieces) + weekday_pence)
        if is_free and ways and option.added_pence - most_pence > min(ways, key=rank_way)[0]:
            break
        made = work.build(option)
        if made is not None and work.tally.is_within(made):
            score = option.added_pence + work.tally.price(made)
            score -= price_pence * _count_known(made, people)
            score -= weekday_pence * _count_usual(work, session, made, people)
            ways.append((score, made))
    return ways


def _count_usual(work: Repairing, session: Session, duty: Duty, people: Collection[str]) -> int:
    """Count those of these people who would ride with somebody they ride with on other days."""
    return sum(
        bool(work.usual.get((session, p), frozenset()) & set(route.passenger_ids))
        for route in duty.routes
        if route.session is session
        for p in set(people) & set(route.passenger_ids)
    )


def _count_known(duty: Duty, people: Collection[str]) -> int:
    """Count the journeys that these people make with a duty besides one."""
    rides = [p for route in duty.routes for p in route.passenger_ids if p in people]
    return len(rides) - len(set(rides))
