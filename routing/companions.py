"""Companions who must ride together but cannot: contradictions proven before the search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data.inputs import Inputs
from data.passengers import AssistantNeed, Passenger, Phase
from data.places import Session
from data.plans import LockKind, Unserved, UnservedReason
from routing.carriers import Carrier
from routing.groups import find_groups

_Fault = tuple[tuple[tuple[str, int], ...], str]
"""The numbers of a contradiction, and what would help."""


def prove_companions(
    inputs: Inputs,
    passengers: Sequence[Passenger],
    site_of: Mapping[str, str],
    able: Mapping[str, Sequence[Carrier]],
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
    able
        Every kind of vehicle that may carry each passenger id alone.
    """
    locks = {
        k.passenger_id: k.target_id
        for k in inputs.locks
        if k.kind is LockKind.PASSENGER_ON_ROUTE and k.session in (None, session)
    }
    found: list[Unserved] = []
    for group in _split(passengers, locks):
        fault = _find_fault(inputs, group, site_of, able)
        if fault is None:
            continue
        reason = UnservedReason.CONTRADICTORY_COMPANIONS
        locked = [p for p in group if p.passenger_id in locks]
        parts = _split(group, {})
        if locked and all(_find_fault(inputs, part, site_of, able) is None for part in parts):
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
    inputs: Inputs,
    group: Sequence[Passenger],
    site_of: Mapping[str, str],
    able: Mapping[str, Sequence[Carrier]],
) -> _Fault | None:
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
    return _find_carrier_fault(inputs, group, site_of, able, named)


def _find_carrier_fault(
    inputs: Inputs,
    group: Sequence[Passenger],
    site_of: Mapping[str, str],
    able: Mapping[str, Sequence[Carrier]],
    named: str,
) -> _Fault | None:
    """Find whether no vehicle that may carry each of a group can carry all of it."""
    common = set.intersection(*(set(able[p.passenger_id]) for p in group))
    if not common:
        counts = sorted((len(able[p.passenger_id]), p.passenger_id) for p in group)
        return (
            (("vehicle_kinds_able", 0), ("fewest_for_one", counts[0][0])),
            f"1 provider's vehicle allowed to each of {named} (fewest kinds: {counts[0][1]}), "
            "or 1 link fewer among them",
        )
    # All passengers of one site are aboard when it is reached; those of another need not be.
    n_assistants, n_trained = _count_assistants(group, inputs.policy.shared_assistant_ratio)
    by_site: dict[str, list[Passenger]] = {}
    for p in group:
        by_site.setdefault(site_of[p.passenger_id], []).append(p)
    loads = [
        (sum(p.n_seats_taken for p in part), sum(p.n_wheelchair_spaces for p in part))
        for part in by_site.values()
    ]
    fitting = [
        c
        for c in common
        if all(c.fits(n + n_assistants, m, needs_lift=False) for n, m in loads)
    ]
    if not fitting:
        seats, spaces = (max(load[k] for load in loads) for k in (0, 1))
        return (
            (
                ("seats_needed", seats + n_assistants),
                ("wheelchair_spaces_needed", spaces),
                ("most_seats", max(c.n_seats for c in common)),
            ),
            f"1 vehicle allowed to all with {seats + n_assistants} seat(s) and {spaces} "
            f"wheelchair space(s), or 1 link fewer among {named}",
        )
    if not any(c.n_assistants >= n_assistants and c.n_trained >= n_trained for c in fitting):
        return (
            (
                ("assistants_needed", n_assistants),
                ("trained_needed", n_trained),
                ("most_assistants", max(c.n_assistants for c in fitting)),
                ("most_trained", max(c.n_trained for c in fitting)),
            ),
            f"{n_assistants} assistant(s), {n_trained} of them trained, at one provider, or 1 "
            f"link fewer among {named}",
        )
    return None


def _count_assistants(group: Sequence[Passenger], ratio: int) -> tuple[int, int]:
    """Count the assistants a route of these passengers needs, and the trained ones (CAP-3)."""
    counts = []
    for people in (group, [p for p in group if p.needs_trained_assistant]):
        named = {p.assistant_id for p in people if p.assistant_id}
        others = [p.assistant for p in people if not p.assistant_id]
        n_shared = others.count(AssistantNeed.SHARED)
        counts.append(
            len(named) + others.count(AssistantNeed.ONE_TO_ONE) - (-n_shared // ratio)
        )
    return counts[0], counts[1]
