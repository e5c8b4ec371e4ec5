"""Kernels of the contraction hierarchy: nodes are numbered by rank, keys are int64.

The graph is completed to a chordal one by contracting nodes from rank 0 up. Each chordal edge
joins a lower node (its owner) and a higher one, with a key for the way up and one for the way
down. All higher neighbours of a node are its ancestors in the elimination tree, whose parent is
the lowest of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

NO_KEY = 1 << 60
"""Key of no path; two of them still fit into int64."""
LANES = 8
"""Sources swept together, so that one read of the hierarchy serves all of them."""


def _compile(function: Callable[..., Any]) -> Any:
    """Compile a function; kept on disk where a folder is writable, else compiled each time.

    These kernels allocate and call nothing outside this file, so numba's own cache suits them.
    """
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:
        return numba.njit(nogil=True)(function)


@_compile
def sort_in_place(values: Array, start: int, end: int) -> None:
    """Sort values[start:end] by insertion: short, nearly sorted runs."""
    for i in range(start + 1, end):
        value = values[i]
        j = i
        while j > start and values[j - 1] > value:
            values[j] = values[j - 1]
            j -= 1
        values[j] = value


@_compile
def contract(first: Array, head: Array) -> tuple[Array, Array]:
    """Complete the graph: (n + 1,) starts and sorted higher neighbours of every rank.

    ``first`` and ``head`` hold each rank's higher neighbours in the given graph.
    """
    n = len(first) - 1
    up_first = np.zeros(n + 1, dtype=np.int64)
    up_head = np.empty(max(16, 2 * len(head)), dtype=np.int32)
    size = 0
    child_first = np.full(n, -1, dtype=np.int32)
    child_next = np.full(n, -1, dtype=np.int32)
    mark = np.full(n, -1, dtype=np.int32)
    for v in range(n):
        start = size
        room = first[v + 1] - first[v]
        c = child_first[v]
        while c != -1:
            room += up_first[c + 1] - up_first[c]
            c = child_next[c]
        if size + room > len(up_head):
            grown = np.empty(max(2 * len(up_head), size + room), dtype=np.int32)
            grown[:size] = up_head[:size]
            up_head = grown
        for e in range(first[v], first[v + 1]):
            w = head[e]
            if mark[w] != v:
                mark[w] = v
                up_head[size] = w
                size += 1
        c = child_first[v]
        while c != -1:
            for e in range(up_first[c], up_first[c + 1]):
                w = up_head[e]
                if w != v and mark[w] != v:
                    mark[w] = v
                    up_head[size] = w
                    size += 1
            c = child_next[c]
        sort_in_place(up_head, start, size)
        up_first[v + 1] = size
        if size > start:
            parent = up_head[start]
            child_next[v] = child_first[parent]
            child_first[parent] = v
    return up_first, up_head[:size].copy()


@_compile
def find_edge(up_first: Array, up_head: Array, low: int, high: int) -> Any:
    """Find the edge of two ranks, low < high; it exists."""
    a = up_first[low]
    b = up_first[low + 1] - 1
    while a < b:
        middle = (a + b) // 2
        if up_head[middle] < high:
            a = middle + 1
        else:
            b = middle
    return a


@_compile
def lay_arcs(
    up_first: Array, up_head: Array, arc_from: Array, arc_to: Array, keys: Array
) -> tuple[Array, Array, Array, Array]:
    """Give each edge its best arc up and down: keys and arc positions (-1 where none)."""
    n_edges = len(up_head)
    up_key = np.full(n_edges, NO_KEY, dtype=np.int64)
    down_key = np.full(n_edges, NO_KEY, dtype=np.int64)
    up_arc = np.full(n_edges, -1, dtype=np.int32)
    down_arc = np.full(n_edges, -1, dtype=np.int32)
    for arc in range(len(arc_from)):
        u = arc_from[arc]
        v = arc_to[arc]
        if u < v:
            e = find_edge(up_first, up_head, u, v)
            if keys[arc] < up_key[e]:
                up_key[e] = keys[arc]
                up_arc[e] = arc
        elif v < u:
            e = find_edge(up_first, up_head, v, u)
            if keys[arc] < down_key[e]:
                down_key[e] = keys[arc]
                down_arc[e] = arc
    return up_key, down_key, up_arc, down_arc


@_compile
def customise(
    up_first: Array, up_head: Array, up_key: Array, down_key: Array
) -> tuple[Array, Array]:
    """Lower every edge's keys by the paths over lower nodes, in place.

    Returns the middle node of each edge's best path up and down, -1 where it is an arc.
    """
    up_via = np.full(len(up_head), -1, dtype=np.int32)
    down_via = np.full(len(up_head), -1, dtype=np.int32)
    for v in range(len(up_first) - 1):
        end = up_first[v + 1]
        for i in range(up_first[v], end):
            e = up_first[up_head[i]]
            for j in range(i + 1, end):
                y = up_head[j]
                while up_head[e] < y:
                    e += 1
                forth = down_key[i] + up_key[j]
                if forth < up_key[e]:
                    up_key[e] = forth
                    up_via[e] = v
                back = down_key[j] + up_key[i]
                if back < down_key[e]:
                    down_key[e] = back
                    down_via[e] = v
    return up_via, down_via


@_compile
def select(
    up_first: Array, up_head: Array, down_key: Array, targets: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """Select the targets and all their ancestors, highest first.

    Returns their ranks, each one's edges (starts, position of the higher node among the
    selected, key down) and each target's position.
    """
    n = len(up_first) - 1
    chosen = np.zeros(n, dtype=np.bool_)
    for t in targets:
        v = t
        while not chosen[v]:
            chosen[v] = True
            if up_first[v] == up_first[v + 1]:
                break
            v = up_head[up_first[v]]
    count = 0
    edges = 0
    for v in range(n):
        if chosen[v]:
            count += 1
            edges += up_first[v + 1] - up_first[v]
    ranks = np.empty(count, dtype=np.int32)
    position = np.full(n, -1, dtype=np.int32)
    first = np.zeros(count + 1, dtype=np.int64)
    head = np.empty(edges, dtype=np.int32)
    key = np.empty(edges, dtype=np.int64)
    i = 0
    size = 0
    for v in range(n - 1, -1, -1):
        if not chosen[v]:
            continue
        ranks[i] = v
        position[v] = i
        for e in range(up_first[v], up_first[v + 1]):
            head[size] = position[up_head[e]]
            key[size] = down_key[e]
            size += 1
        i += 1
        first[i] = size
    at = np.empty(len(targets), dtype=np.int32)
    for k in range(len(targets)):
        at[k] = position[targets[k]]
    return ranks, first, head, key, at


@_compile
def sweep(
    up_first: Array,
    up_head: Array,
    up_key: Array,
    ranks: Array,
    first: Array,
    head: Array,
    key: Array,
    at: Array,
    sources: Array,
    result: Array,
) -> None:
    """Measure least keys from up to LANES sources to the selected targets, into result."""
    n = len(up_first) - 1
    n_lanes = len(sources)
    climbed = np.full((n, LANES), NO_KEY, dtype=np.int64)
    for lane in range(n_lanes):
        v = sources[lane]
        climbed[v, lane] = 0
        while True:
            here = climbed[v, lane]
            for e in range(up_first[v], up_first[v + 1]):
                reached = here + up_key[e]
                if reached < climbed[up_head[e], lane]:
                    climbed[up_head[e], lane] = reached
            if up_first[v] == up_first[v + 1]:
                break
            v = up_head[up_first[v]]
    best = np.empty((len(ranks), LANES), dtype=np.int64)
    for i in range(len(ranks)):
        for lane in range(LANES):
            best[i, lane] = climbed[ranks[i], lane]
        for e in range(first[i], first[i + 1]):
            above = head[e]
            down = key[e]
            for lane in range(LANES):
                reached = best[above, lane] + down
                best[i, lane] = min(best[i, lane], reached)
    for k in range(len(at)):
        for lane in range(n_lanes):
            result[lane, k] = best[at[k], lane]


@_compile
def sweep_all(
    up_first: Array,
    up_head: Array,
    up_key: Array,
    selected: tuple[Array, Array, Array, Array, Array],
    sources: Array,
) -> Array:
    """Measure least keys from sources to the selected targets; -1 for no path."""
    ranks, first, head, key, at = selected
    result = np.empty((len(sources), len(at)), dtype=np.int64)
    for k in range(0, len(sources), LANES):
        end = min(k + LANES, len(sources))
        sweep(
            up_first,
            up_head,
            up_key,
            ranks,
            first,
            head,
            key,
            at,
            sources[k:end],
            result[k:end],
        )
    for i in range(result.shape[0]):
        for k in range(result.shape[1]):
            if result[i, k] >= NO_KEY:
                result[i, k] = -1
    return result


@_compile
def climb(up_first: Array, up_head: Array, key: Array, start: int) -> tuple[Array, Array]:
    """Climb from a node to the root: least key of every ancestor and the edge it came by."""
    n = len(up_first) - 1
    best = np.full(n, NO_KEY, dtype=np.int64)
    by_edge = np.full(n, -1, dtype=np.int64)
    best[start] = 0
    v = start
    while True:
        for e in range(up_first[v], up_first[v + 1]):
            reached = best[v] + key[e]
            if reached < best[up_head[e]]:
                best[up_head[e]] = reached
                by_edge[up_head[e]] = e
        if up_first[v] == up_first[v + 1]:
            break
        v = up_head[up_first[v]]
    return best, by_edge


@_compile
def push(pile: Array, size: int, entry: int) -> Array:
    """Put an entry on a pile, which grows by itself; the pile to use from now on."""
    if size == len(pile):
        grown = np.empty(2 * size, dtype=np.int64)
        grown[:size] = pile
        pile = grown
    pile[size] = entry
    return pile


@_compile
def find_arcs(
    up_first: Array,
    up_head: Array,
    owner: Array,
    up_key: Array,
    down_key: Array,
    up_arc: Array,
    down_arc: Array,
    up_via: Array,
    down_via: Array,
    source: int,
    target: int,
) -> tuple[Array, int]:
    """Find the arcs of the least path between two ranks, and its key (-1 for no path)."""
    from_source, source_edge = climb(up_first, up_head, up_key, source)
    from_target, target_edge = climb(up_first, up_head, down_key, target)
    least = NO_KEY
    meet = -1
    v = source
    while True:
        if from_source[v] + from_target[v] < least:
            least = from_source[v] + from_target[v]
            meet = v
        if up_first[v] == up_first[v + 1]:
            break
        v = up_head[up_first[v]]
    arcs = np.empty(64, dtype=np.int64)
    n_arcs = 0
    if meet == -1:
        return arcs[:0], -1
    # The pile holds edges still to unpack, last one first; a negative entry is a way down.
    pile = np.empty(64, dtype=np.int64)
    size = 0
    v = meet
    while v != target:
        pile = push(pile, size, -1 - target_edge[v])
        size += 1
        v = owner[target_edge[v]]
    for k in range(size // 2):
        pile[k], pile[size - 1 - k] = pile[size - 1 - k], pile[k]
    v = meet
    while v != source:
        pile = push(pile, size, source_edge[v])
        size += 1
        v = owner[source_edge[v]]
    while size > 0:
        size -= 1
        entry = pile[size]
        is_up = entry >= 0
        e = entry if is_up else -1 - entry
        via = up_via[e] if is_up else down_via[e]
        if via == -1:
            arcs = push(arcs, n_arcs, up_arc[e] if is_up else down_arc[e])
            n_arcs += 1
            continue
        low = owner[e]
        high = up_head[e]
        to_low = find_edge(up_first, up_head, via, low)
        to_high = find_edge(up_first, up_head, via, high)
        if is_up:
            pile = push(pile, size, to_high)
            pile = push(pile, size + 1, -1 - to_low)
        else:
            pile = push(pile, size, to_low)
            pile = push(pile, size + 1, -1 - to_high)
        size += 2
    return arcs[:n_arcs].copy(), least
