"""Companions who must ride together but cannot: contradictions proven before the search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data.inputs import Inputs
from data.passengers import Passenger, Phase
from data.places import Session
from data.plans import LockKind, Unserved, UnservedReason
from routing.groups import find_groups


def prove_companions(
    inputs: Inputs,
    passengers: Sequence[Passenger],
    site_of: Mapping[str, str],
    session: Session,
) -> list[Unserved]:
    """Prove which groups of companions contradict themselves.

    Everybody of such a group is listed: leaving out one of them is a decision for a person.

    Parameters
    ----------
    passengers
        Who travels in the session and could by themselves, by passenger id.
    site_of
        Site of each passenger id.
    """
    locks = {
        k.passenger_id: k.target_id
        for k in inputs.locks
        if k.kind is LockKind.PASSENGER_ON_ROUTE and k.session in (None, session)
    }
    found: list[Unserved] = []
    for group in _split(passengers, locks):
        fault = _find_fault(inputs, group, site_of)
        if fault is None:
            continue
        reason = UnservedReason.CONTRADICTORY_COMPANIONS
        locked = [p for p in group if p.passenger_id in locks]
        parts = _split(group, {})
        if locked and all(_find_fault(inputs, part, site_of) is None for part in parts):
            reason = UnservedReason.LOCK_IMPOSSIBLE
        evidence, relaxation = fault
        found.extend(
            Unserved(
                passenger_id=p.passenger_id,
                session=session,
                reason=reason,
                evidence=(("companions", len(group)), *evidence),
                relaxation=relaxation,
            )
            for p in group
        )
    return found


def _split(passengers: Sequence[Passenger], locks: Mapping[str, str]) -> list[list[Passenger]]:
    """Split passengers into the groups of two or more that ride together."""
    numbers = find_groups(passengers, locks)
    groups: dict[int, list[Passenger]] = {}
    for passenger, number in zip(passengers, numbers.tolist(), strict=True):
        groups.setdefault(number, []).append(passenger)
    return [group for group in groups.values() if len(group) > 1]


def _find_fault(
    inputs: Inputs, group: Sequence[Passenger], site_of: Mapping[str, str]
) -> tuple[tuple[tuple[str, int], ...], str] | None:
    """Find the first contradiction of a group: its numbers, and what would help."""
    ids = {p.passenger_id for p in group}
    named = ", ".join(sorted(ids))
    pairs = sorted(
        {
            (min(p.passenger_id, other), max(p.passenger_id, other))
            for p in group
            for other in p.apart_from & ids
        }
    )
    if pairs:
        first, second = pairs[0]
        return (
            (("apart_pairs", len(pairs)),),
            f"{len(pairs)} bar(s) lifted, first between {first} and {second}, or 1 link fewer "
            f"among {named}",
        )
    alone = sorted(p.passenger_id for p in group if p.travels_alone)
    if alone:
        return (
            (("travel_alone", len(alone)),),
            f"{', '.join(alone)} not to travel alone, or 1 link fewer among {named}",
        )
    n_sites, limit = len({site_of[i] for i in ids}), inputs.policy.max_sites_per_route
    if n_sites > limit:
        return (
            (("sites", n_sites), ("max_sites_per_route", limit)),
            f"{limit} sites per route would have to be {n_sites}, or 1 link fewer among "
            f"{named}",
        )
    n_adults = sum(p.phase is Phase.ADULT for p in group)
    if 0 < n_adults < len(group) and not inputs.policy.is_mixing_children_and_adults:
        return (
            (("adults", n_adults),),
            f"adults and children allowed together, or 1 link fewer among {named}",
        )
    return None
