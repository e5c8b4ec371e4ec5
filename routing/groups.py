"""Who must and who must not share a route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from data.passengers import Passenger

Int32Array = NDArray[np.int32]


def find_groups(passengers: Sequence[Passenger], lock_routes: Mapping[str, str]) -> Int32Array:
    """Number the groups of passengers who ride together.

    Companions (``together_with``), passengers of one named assistant and passengers locked on
    one route label belong together, each link in turn: companions of companions too.

    Parameters
    ----------
    lock_routes
        Passenger id -> route label it is locked on in this session.

    Returns
    -------
    group
        (n,) groups numbered in the order of their first passenger.
    """
    n = len(passengers)
    parent = list(range(n))

    def find(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    at = {p.passenger_id: i for i, p in enumerate(passengers)}
    first: dict[tuple[str, str], int] = {}
    for i, p in enumerate(passengers):
        mates = [at[other] for other in sorted(p.together_with) if other in at]
        keys = [("assistant", p.assistant_id)] if p.assistant_id else []
        if p.passenger_id in lock_routes:
            keys.append(("route", lock_routes[p.passenger_id]))
        mates += [first.setdefault(key, i) for key in keys]
        for j in mates:
            a, b = sorted((find(i), find(j)))
            parent[b] = a
    numbers: dict[int, int] = {}
    return np.array(
        [numbers.setdefault(find(i), len(numbers)) for i in range(n)], dtype=np.int32
    )


def find_apart(passengers: Sequence[Passenger]) -> tuple[Int32Array, Int32Array]:
    """Find the pairs who must not share a route, as compressed rows (start, others).

    A pair named by one side only counts for both.
    """
    at = {p.passenger_id: i for i, p in enumerate(passengers)}
    apart: list[set[int]] = [set() for _ in passengers]
    for i, p in enumerate(passengers):
        for other in p.apart_from:
            j = at.get(other)
            if j is not None and j != i:
                apart[i].add(j)
                apart[j].add(i)
    start = np.zeros(len(passengers) + 1, dtype=np.int32)
    start[1:] = np.cumsum([len(a) for a in apart], dtype=np.int32)
    return start, np.array([j for a in apart for j in sorted(a)], dtype=np.int32)
