"""Choosing routes that serve everybody once, by looking at every choice that may be cheaper.

At prices of the requests (the duals of the linear program) a choice of routes costs what the
requests are worth and, on top, the reduced costs of its routes. A partial choice whose reduced
costs reach the distance to the known plan is given up. The search branches over the routes of
the request that the fewest routes can still serve.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

import numpy as np

from routing.kernels.jit import entry, kernel

ROW, PLACE, NOW, BEST = range(4)
"""Rows of `steps`: the request of each depth, the place of the next of its routes, the route
chosen; the routes of the best choice."""


@kernel
def count_bits(x):
    """Count the bits of a word."""
    x = x - ((x >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + (
        (x >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    x += x >> np.uint64(8)
    x += x >> np.uint64(16)
    x += x >> np.uint64(32)
    return np.int64(x & np.uint64(0x7F))


@kernel
def find_row(serves, free, depth, served, over, least, gap, n_words):
    """Find the request that the fewest free routes serve.

    Returns
    -------
    row
        -1 if everybody is served, -2 if some request cannot be served below the gap.
    """
    n = serves.shape[0]
    found = -1
    fewest = 1 << 40
    for i in range(n):
        if served[depth, i] != 0:
            continue
        count = 0
        for w in range(n_words):
            bits = serves[i, w] & free[depth, w]
            if bits != 0:
                if count == 0:
                    # The first of them is the cheapest.
                    c = w << 6
                    while (bits >> np.uint64(c & 63)) & np.uint64(1) == 0:
                        c += 1
                    if least + over[c] >= gap:
                        return -2
                count += count_bits(bits)
                if count >= fewest:
                    break
        if count == 0:
            return -2
        if count < fewest:
            fewest = count
            found = i
    return found


@entry
def choose_routes(
    serves,
    apart,
    starts,
    members,
    over,
    gap,
    kinds,
    vehicles,
    per_spare,
    most_looks,
    steps,
    cost,
    free,
    served,
):
    """Find the choice of least reduced cost, below a gap, that serves each request once.

    Parameters
    ----------
    serves
        (n, w) routes that serve each request, as bits.
    apart
        (c, w) routes that have no request in common with each.
    starts, members
        Requests of each route, one after the other.
    over
        (c,) reduced costs, not negative, the least first.
    gap
        What the choice must stay below.
    kinds
        (c,) kind of vehicle of each route.
    vehicles
        (k,) how many there are of each kind; counted down while it works.
    per_spare
        (k,) what each vehicle costs that the choice leaves at home.
    most_looks
        Partial choices looked at before the search is given up.
    steps, cost, free, served
        (4, d + 1), (d + 1,), (d + 1, w) and (d + 1, n) scratch of each depth.

    Returns
    -------
    over, n_routes, looks
        The least found, `gap` for none; its number of routes, which stand in ``steps[BEST]``, 0
        for none; partial choices looked at.
    """
    n = serves.shape[0]
    n_words = serves.shape[1]
    most_routes = cost.shape[0] - 1
    n_best = 0
    n_looks = 0
    depth = 0
    cost[0] = 0.0
    for w in range(n_words):
        free[0, w] = ~np.uint64(0)
    for i in range(n):
        served[0, i] = 0
    steps[ROW, 0] = find_row(serves, free, 0, served, over, 0.0, gap, n_words)
    steps[PLACE, 0] = 0
    if steps[ROW, 0] < 0:
        depth = -1
    while depth >= 0 and n_looks < most_looks:
        c = steps[PLACE, depth]
        row = steps[ROW, depth]
        w = c >> 6
        bits = np.uint64(0)
        if w < n_words:
            bits = (serves[row, w] & free[depth, w]) >> np.uint64(c & 63)
        while bits == 0 and w + 1 < n_words:
            w += 1
            c = w << 6
            bits = serves[row, w] & free[depth, w]
        if bits == 0:
            depth -= 1
            if depth >= 0:
                vehicles[kinds[steps[NOW, depth]]] += 1
            continue
        while bits & np.uint64(1) == 0:
            bits >>= np.uint64(1)
            c += 1
        total = cost[depth] + over[c]
        if total >= gap:
            # The routes after it are no cheaper.
            depth -= 1
            if depth >= 0:
                vehicles[kinds[steps[NOW, depth]]] += 1
            continue
        steps[PLACE, depth] = c + 1
        if vehicles[kinds[c]] == 0:
            continue
        steps[NOW, depth] = c
        n_looks += 1
        vehicles[kinds[c]] -= 1
        for k in range(n_words):
            free[depth + 1, k] = free[depth, k] & apart[c, k]
        for i in range(n):
            served[depth + 1, i] = served[depth, i]
        for k in range(starts[c], starts[c + 1]):
            served[depth + 1, members[k]] = 1
        row = find_row(serves, free, depth + 1, served, over, total, gap, n_words)
        if row == -1:
            for k in range(vehicles.shape[0]):
                total += per_spare[k] * vehicles[k]
            if total < gap:
                gap = total
                n_best = depth + 1
                for d in range(n_best):
                    steps[BEST, d] = steps[NOW, d]
        is_deeper = row >= 0 and depth + 1 < most_routes
        if is_deeper:
            depth += 1
            steps[ROW, depth] = row
            steps[PLACE, depth] = 0
            cost[depth] = total
        else:
            vehicles[kinds[c]] += 1
    return gap, n_best, n_looks
