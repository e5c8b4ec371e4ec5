"""Labels kept in lists: which are needed, which are left out."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
# ruff: noqa: SIM110
from __future__ import annotations

import numpy as np

from routing.kernels.bound_state import (
    FREE,
    L_E,
    L_NEXT,
    L_NODE,
    L_Q1,
    L_Q2,
    L_SPAN,
    L_STATE,
    L_W1,
    L_W2,
    O_CUT,
    O_TRUNC,
)
from routing.kernels.jit import kernel

_N_BINS = 512
"""Steps of the scale by which labels are chosen."""


@kernel
def insert(work, place, new, n_scan, words):
    """Put label `new` into a list sorted by price, unless one there is at least as good.

    A list holds `n_scan` labels, the cheapest. A label that stands in none, or is dropped from
    the end of one, waits to be extended like all others; only nothing is compared with it.

    Returns
    -------
    -1 if it is not needed, else the number of labels of the list that it makes needless and
    that are still to be extended.
    """
    lab = work.lab
    price = work.cost[new]
    before = -1
    at = work.head[place]
    seen = 0
    while at >= 0 and work.cost[at] <= price:
        if seen >= n_scan:
            return 0
        if dominates(work, at, new, words):
            return -1
        seen += 1
        before = at
        at = lab[at, L_NEXT]
    lab[new, L_NEXT] = at
    if before < 0:
        work.head[place] = new
    else:
        lab[before, L_NEXT] = new
    before = new
    gone = 0
    while at >= 0 and seen < n_scan:
        after = lab[at, L_NEXT]
        if dominates(work, new, at, words):
            lab[before, L_NEXT] = after
            if lab[at, L_STATE] == 0:
                lab[at, L_STATE] = 2
                gone += 1
        else:
            before = at
            seen += 1
        at = after
    if at >= 0:
        lab[before, L_NEXT] = -1
    return gone


@kernel
def dominates(work, a, b, words):
    """Whether every continuation of label b suits label a, which costs no more."""
    lab = work.lab
    if (
        lab[a, L_E] > lab[b, L_E]
        or lab[a, L_SPAN] > lab[b, L_SPAN]
        or lab[a, L_Q1] > lab[b, L_Q1]
        or lab[a, L_Q2] > lab[b, L_Q2]
        or lab[a, L_W1] > lab[b, L_W1]
        or lab[a, L_W2] > lab[b, L_W2]
    ):
        return False
    for w in range(words):
        if work.mem[a, w] & ~work.mem[b, w]:
            return False
    return True


@kernel
def thin(work, n, most):
    """Keep at most `most` of n waiting labels, the most promising; give their number."""
    low = FREE
    high = -FREE
    alive = 0
    for p in range(n):
        x = work.list[1, p]
        if work.lab[x, L_STATE] == 0:
            work.list[1, alive] = x
            alive += 1
            if work.least[x] < low:
                low = work.least[x]
            if work.least[x] > high:
                high = work.least[x]
    if alive <= most:
        return alive
    scale = (_N_BINS - 1) / (high - low + 1e-9)
    for b in range(_N_BINS):
        work.bins[b] = 0
    for p in range(alive):
        work.bins[int((work.least[work.list[1, p]] - low) * scale)] += 1
    total = 0
    last = 0
    while last < _N_BINS and total + work.bins[last] <= most:
        total += work.bins[last]
        last += 1
    kept = 0
    for p in range(alive):
        x = work.list[1, p]
        b = int((work.least[x] - low) * scale)
        # The bin that is too full is filled up in order.
        if b < last or (b == last and kept < most and total < most):
            if b == last:
                total += 1
            work.list[1, kept] = x
            kept += 1
        else:
            leave_out(work, x, work.least[x])
            work.lab[x, L_STATE] = 2
    return kept


@kernel
def leave_out(work, x, least):
    """Note that something after label x is left out that may come down to `least`."""
    if least < work.out[O_TRUNC]:
        work.out[O_TRUNC] = least
    work.out[O_CUT] += 1
    node = work.lab[x, L_NODE]
    if work.cut[node] < 0 or work.least[x] < work.least[work.cut[node]]:
        work.cut[node] = x


@kernel
def remember(data, work, x, new, j, gj, m, words, full):
    """Write what a label remembers after rider j: j, and of the others those near j."""
    for w in range(words):
        work.mem[new, w] = work.mem[x, w] if full else work.mem[x, w] & work.mask[j, w]
    work.mem[new, j >> 6] |= np.uint64(1) << np.uint64(j & 63)
    for a in range(data.apart_start[gj], data.apart_start[gj + 1]):
        other = data.apart_with[a]
        for i in range(m):
            if work.local[i] == other and (full or work.near[j, i] != 0):
                work.mem[new, i >> 6] |= np.uint64(1) << np.uint64(i & 63)
