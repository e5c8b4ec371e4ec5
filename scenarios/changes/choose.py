"""Choosing whom and what a change concerns, and taking people out of inputs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from data.imports.headings import find_near
from data.passengers import Passenger, Phase
from scenarios.changes.change import ChangeError, Draft


def find_passengers(
    draft: Draft,
    *,
    phases: Collection[Phase] = (),
    needs: Collection[str] = (),
    sites: Collection[str] = (),
    ids: Collection[str] = (),
) -> list[Passenger]:
    """Find passengers by phase, need, site and identifier; an empty filter lets all through.

    Raises
    ------
    ChangeError
        Y010 if a site or passenger named does not exist.
    """
    inputs = draft.inputs
    check_known("sites", sites, [s.site_id for s in inputs.sites])
    check_known("passenger_ids", ids, [p.passenger_id for p in inputs.passengers])
    at_sites = {d.passenger_id for d in inputs.demands if d.site_id in set(sites)}
    return [
        p
        for p in sorted(inputs.passengers, key=lambda p: p.passenger_id)
        if (not phases or p.phase in phases)
        and (not needs or p.need in needs)
        and (not sites or p.passenger_id in at_sites)
        and (not ids or p.passenger_id in set(ids))
    ]


OFFERS = ("trained", "in_training", "budget", "alternative")
"""What a change writes down for those it made an offer to instead of a vehicle."""


def find_taken(draft: Draft) -> frozenset[str]:
    """Find whom a change has made an offer already: nobody's place is saved twice."""
    return frozenset().union(*(draft.touched.get(what, set()) for what in OFFERS))


def find_free(draft: Draft, phases: Collection[Phase], ids: Collection[str]) -> list[Passenger]:
    """Find passengers by phase, and among those named if any are, without those taken.

    Raises
    ------
    ChangeError
        Y010 if somebody named does not exist.
    """
    taken = find_taken(draft)
    named = [p for p in ids if p not in taken]
    if ids and not named:
        return []
    return [
        p
        for p in find_passengers(draft, phases=phases, ids=named)
        if p.passenger_id not in taken
    ]


def check_known(key: str, wanted: Collection[str], known: Sequence[str]) -> None:
    """See that everything named exists.

    Raises
    ------
    ChangeError
        Y010, with the nearest known name; passengers' identifiers are not repeated.
    """
    strangers = [name for name in wanted if name not in set(known)]
    if strangers:
        hint = "" if key == "passenger_ids" else find_near(strangers[0], list(known))
        shown = f"{len(strangers)} of them" if key == "passenger_ids" else strangers[0]
        raise ChangeError(
            "Y010",
            key,
            f"There is no such thing as {shown}{hint}.",
            "Name what the inputs hold.",
        )


def choose(draft: Draft, passengers: Sequence[Passenger], n: int) -> list[Passenger]:
    """Choose n passengers at random, each set alike; the order is that of the passengers.

    One random order is drawn for all, so that a larger choice holds every smaller one.
    """
    chosen = {p.passenger_id for p in shuffle(draft, passengers)[:n]}
    return [p for p in passengers if p.passenger_id in chosen]


def shuffle(draft: Draft, passengers: Sequence[Passenger]) -> list[Passenger]:
    """Put passengers in a random order, each alike."""
    draws = [float(u) for u in draft.rng.random(len(passengers))]
    return [passengers[k] for k in sorted(range(len(passengers)), key=lambda k: draws[k])]


def count_share(n: int, percent: float) -> int:
    """Count a percentage of n, rounded half up."""
    return int(n * percent / 100 + 0.5)


def remove_passengers(draft: Draft, gone: Iterable[str], what: str = "removed") -> None:
    """Take passengers out of everything that names them."""
    ids = set(gone)
    if not ids:
        return
    inputs = draft.inputs
    draft.touch(what, ids)
    draft.put(
        passengers=tuple(
            _forget(p, ids) for p in inputs.passengers if p.passenger_id not in ids
        ),
        homes=tuple(h for h in inputs.homes if h.passenger_id not in ids),
        demands=tuple(d for d in inputs.demands if d.passenger_id not in ids),
        locks=tuple(k for k in inputs.locks if k.passenger_id not in ids),
        current_routes=tuple(c for c in inputs.current_routes if c.passenger_id not in ids),
    )


def _forget(passenger: Passenger, ids: set[str]) -> Passenger:
    if not (passenger.apart_from | passenger.together_with) & ids:
        return passenger
    return replace(
        passenger,
        apart_from=passenger.apart_from - ids,
        together_with=passenger.together_with - ids,
    )
