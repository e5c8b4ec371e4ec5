"""Whom to train first: the set and order with the greatest expected saving per pound.

Every start costs the same, so what counts is the saving per start. It is neither additive nor
falling: the second of two who ride alone together saves more than the first, as the vehicle
goes. So people are added in bundles of route-mates, the bundle that saves most per head first,
and the set found is then improved by exchanges.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import comb

from data.runs import PassengerShare
from data.training import DutyValues
from scenarios.training.values import Expectation

_SMALL = 1e-9
MOST_SETS = 5_000
"""Up to so many sets are tried one by one."""
MOST_EXCHANGES = 100
_WEAK, _STRONG, _PAIRED = 7, 40, 10
"""Who is looked at in an exchange: the least missed, the most welcome, and pairs of them."""


def order_by_marginal_saving(
    values: Sequence[DutyValues],
    chances_bp: Mapping[str, int],
    n: int,
    seasons: Sequence[tuple[float, Mapping[str, float]]] = ((1.0, {}),),
    *,
    starts: Sequence[frozenset[str]] = (),
) -> tuple[str, ...]:
    """Order at most n candidates by what training them is expected to save.

    Where few enough sets of n can be chosen, all are tried; else they are searched.

    Parameters
    ----------
    seasons
        Years of benefit that count, as `Expectation` takes them: somebody who leaves school
        this summer is worth less than a classmate with years to go.
    starts
        Sets of n, such as simple rules choose, that the search begins with as well: what is
        found is expected to save at least as much as any of them.

    Returns
    -------
    Passenger ids: the best set of n found, in an order whose beginnings save much too. Whoever
    saves nothing, even with others, comes last.
    """
    expected = Expectation(values, chances_bp, seasons)
    pool = sorted(chances_bp)
    n = min(n, len(pool))
    if comb(len(pool), n) <= MOST_SETS:
        best = max(
            (frozenset(people) for people in combinations(pool, n)),
            key=lambda people: (expected.measure(people), sorted(people, reverse=True)),
        )
    else:
        best = search_set(expected, values, pool, n, starts)
    return order_set(expected, values, best)


def order_set(
    expected: Expectation, values: Sequence[DutyValues], chosen: frozenset[str]
) -> tuple[str, ...]:
    """Put a set in an order whose beginnings save much too: whoever frees most comes first."""
    return tuple(_build_greedily(expected, values, sorted(chosen), len(chosen)))


def search_set(
    expected: Expectation,
    values: Sequence[DutyValues],
    pool: Sequence[str],
    n: int,
    starts: Sequence[frozenset[str]] = (),
) -> frozenset[str]:
    """Search for the set of n that is expected to save most: bundles first, then exchanges."""
    begun = [frozenset(_build_greedily(expected, values, pool, n))]
    begun += [start for start in starts if len(start) == n and start <= frozenset(pool)]
    found = [_exchange(expected, values, chosen, pool) for chosen in begun]
    return max(found, key=expected.measure)


def _build_greedily(
    expected: Expectation, values: Sequence[DutyValues], pool: Sequence[str], n: int
) -> list[str]:
    """Add the bundle that saves most per head until n are chosen."""
    allowed = frozenset(pool)
    bundles = sorted({frozenset(b) & allowed for b in _list_bundles(values)} - {frozenset()},
                     key=lambda b: (len(b), sorted(b)))  # fmt: skip
    chosen: list[str] = []
    while len(chosen) < n:
        taken = frozenset(chosen)
        room = n - len(chosen)
        best: tuple[float, frozenset[str]] | None = None
        for bundle in bundles:
            more = bundle - taken
            if not more or len(more) > room:
                continue
            each = expected.measure_gain(taken, more) / len(more)
            if best is None or each > best[0] + _SMALL:
                best = (each, more)
        if best is None:
            chosen += [p for p in pool if p not in taken][:room]
            break
        rest = set(best[1])
        while rest:  # within a bundle, whoever adds most so far comes first
            here = frozenset(chosen)
            first = max(sorted(rest), key=lambda p: expected.measure_gain(here, frozenset({p})))
            chosen.append(first)
            rest.remove(first)
    return chosen


def find_bundles(values: Sequence[DutyValues]) -> tuple[frozenset[str], ...]:
    """Find who may be trained together, in a settled order, each bundle once."""
    found = {frozenset(bundle) for bundle in _list_bundles(values)}
    return tuple(sorted(found, key=lambda b: (len(b), sorted(b))))


def _list_bundles(values: Sequence[DutyValues]) -> Iterator[tuple[str, ...]]:
    """List who may be trained together: any of one duty, and of two that share somebody.

    Who rides out on one vehicle and home on another is on both: only training the mates of
    both frees either.
    """
    mates: dict[str, list[frozenset[str]]] = {}
    for value in values:
        people = value.passenger_ids
        for size in range(1, len(people) + 1):
            yield from combinations(people, size)
        for passenger_id in people:
            mates.setdefault(passenger_id, []).append(frozenset(people))
    for groups in mates.values():
        for a, b in combinations(groups, 2):
            yield tuple(sorted(a | b))
            if a & b:
                yield tuple(sorted(a & b))


def _exchange(
    expected: Expectation,
    values: Sequence[DutyValues],
    chosen: frozenset[str],
    pool: Sequence[str],
) -> frozenset[str]:
    """Exchange people for as many others, one, two or a bundle, as long as that saves more."""
    bundles = [frozenset(b) for b in _list_bundles(values)]
    best, best_pence = chosen, expected.measure(chosen)
    for _ in range(MOST_EXCHANGES):
        loss = {p: best_pence - expected.measure(best - {p}) for p in sorted(best)}
        weak = sorted(loss, key=lambda p: (loss[p], p))
        outside = [p for p in pool if p not in best]
        strong = sorted(
            outside, key=lambda p: (-expected.measure_gain(best, frozenset({p})), p)
        )[:_STRONG]
        offers = {frozenset({p}) for p in strong}
        offers |= {frozenset(pair) for pair in combinations(strong[:_PAIRED], 2)}
        offers |= {b - best for b in bundles if b - best and b <= frozenset(pool)}
        found: tuple[float, frozenset[str]] | None = None
        for more in sorted(offers, key=lambda offer: (len(offer), sorted(offer))):
            # whoever is needed for a bundle's own sake stays
            for off in combinations(weak[:_WEAK], len(more)):
                after = best - frozenset(off) | more
                pence = expected.measure(after)
                if pence > best_pence + _SMALL and (found is None or pence > found[0]):
                    found = (pence, after)
        if found is None:
            return best
        best_pence, best = found
    return best


def order_by_share(
    shares: Sequence[PassengerShare], chances_bp: Mapping[str, int], n: int
) -> tuple[str, ...]:
    """Order candidates by their share of what their routes cost, the dearest first.

    The way a budget sheet suggests: it takes the average cost of a head for what it saves.
    """
    total: dict[str, int] = dict.fromkeys(chances_bp, 0)
    for share in shares:
        if share.passenger_id in total:
            total[share.passenger_id] += share.amount_pence
    return tuple(sorted(total, key=lambda p: (-total[p], p))[:n])


def order_by_readiness(chances_bp: Mapping[str, int], n: int) -> tuple[str, ...]:
    """Order candidates by their chance of success, the readiest first."""
    return tuple(sorted(chances_bp, key=lambda p: (-chances_bp[p], p))[:n])
