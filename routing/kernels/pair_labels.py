"""Least reduced cost of a route with pick-ups and drop-offs, label by label in time.

A label is a beginning of a route: where and when it is at the earliest, what it cost less what
its requests are worth, and who is aboard. For each request aboard it holds how long it has
travelled without any waiting and the latest moment it may be dropped off, given how late its
pick-up can have been: alone each ride limit is kept exactly, all of them together only nearly.
A request may be taken again where the nodes in between do not remember it. So every real route
is among those looked at, and what is found is never above the least real one.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

from collections import namedtuple

import numpy as np

from routing.kernels.jit import entry, kernel

MOST_OPEN = 8
"""Most requests aboard at once."""
P_NODE, P_PREV, P_NEXT, P_QUEUE, P_STATE, P_OPEN = range(6)
"""Columns of `PairWork.lab`: node, label before, next of the node's list, next of the queue,
waiting (0), done (1) or needless (2), requests aboard."""
N_LAB = 6
Q_LABELS, Q_CUT, Q_ENDS = range(3)
"""Entries of `PairWork.count`: labels made, left out for want of room, routes finished."""
_TINY = 1.0e-7

PairLabelData = namedtuple(
    "PairLabelData",
    ["duration", "cost", "start", "by", "service", "load", "capacity", "ride", "near"],
)
"""A paired problem; near (2 n, words) is whom a node remembers, ride (n,) the limits."""

PairWork = namedtuple(
    "PairWork",
    ["lab", "time", "price", "mem", "who", "late", "long", "load", "head", "queue", "count",
     "end", "end_price"],
)  # fmt: skip
"""Scratch: per label its begin, price, memory and, for each one aboard, who, the latest
drop-off and the time travelled; lists per node, a queue by time, finished labels."""


@entry
def price_pairs(data, work, worth, n_scan, width, is_exact):
    """Find routes whose cost is below what their requests are worth; give the least difference.

    Parameters
    ----------
    worth
        (n,) of each request.
    n_scan
        Labels of a node's list looked at for dominance.
    width
        Time of one step of the queue.
    is_exact
        False compares labels without their memory and rides: quick, and proves nothing.
    """
    n = worth.shape[0]
    for v in range(work.head.shape[0]):
        work.head[v] = -1
    for b in range(work.queue.shape[0]):
        work.queue[b] = -1
    work.count[Q_LABELS] = 1
    work.count[Q_CUT] = 0
    work.count[Q_ENDS] = 0
    lab = work.lab
    lab[0, P_NODE] = 2 * n
    lab[0, P_PREV] = -1
    lab[0, P_NEXT] = -1
    lab[0, P_QUEUE] = -1
    lab[0, P_STATE] = 1
    lab[0, P_OPEN] = 0
    work.time[0] = data.start[2 * n]
    work.price[0] = 0.0
    for w in range(work.mem.shape[1]):
        work.mem[0, w] = 0
    for d in range(work.load.shape[1]):
        work.load[0, d] = 0
    best = 0.0
    for j in range(n):
        move(data, work, worth, 0, j, n_scan, width, is_exact)
    for b in range(work.queue.shape[0]):
        while work.queue[b] >= 0:
            x = work.queue[b]
            work.queue[b] = lab[x, P_QUEUE]
            if lab[x, P_STATE] != 0:
                continue
            lab[x, P_STATE] = 1
            if lab[x, P_OPEN] == 0:
                best = min(best, finish(data, work, x, n))
            for o in range(lab[x, P_OPEN]):
                move(data, work, worth, x, n + work.who[x, o], n_scan, width, is_exact)
            if lab[x, P_OPEN] < MOST_OPEN:
                for j in range(n):
                    if not (work.mem[x, j >> 6] >> np.uint64(j & 63)) & np.uint64(1):
                        move(data, work, worth, x, j, n_scan, width, is_exact)
    return best


@kernel
def finish(data, work, x, n):
    """Bring an empty vehicle home; give what the whole route comes to."""
    v = work.lab[x, P_NODE]
    at = work.time[x] + data.service[v] + data.duration[v, 2 * n + 1]
    if at > data.by[2 * n + 1]:
        return 0.0
    total = work.price[x] + data.cost[v, 2 * n + 1]
    e = work.count[Q_ENDS]
    if total < -_TINY:
        if e >= work.end.shape[0]:
            # Full: in place of the dearest of a few.
            e = x % work.end.shape[0]
            if work.end_price[e] <= total:
                return total
        else:
            work.count[Q_ENDS] = e + 1
        work.end[e] = x
        work.end_price[e] = total
    return total


@kernel
def move(data, work, worth, x, j, n_scan, width, is_exact):
    """Go on from label x to node j, a pick-up or the drop-off of someone aboard."""
    n = worth.shape[0]
    lab = work.lab
    v = lab[x, P_NODE]
    leg = data.service[v] + data.duration[v, j]
    at = max(work.time[x] + leg, data.start[j])
    if at > data.by[j]:
        return
    y = work.count[Q_LABELS]
    if y >= lab.shape[0]:
        work.count[Q_CUT] += 1
        return
    gone = j - n if j >= n else -1
    n_open = 0
    for o in range(lab[x, P_OPEN]):
        i = work.who[x, o]
        long = work.long[x, o] + leg
        most = data.ride[i] + data.service[i]
        late = min(work.late[x, o], data.by[j] - long + most)
        if i == gone:
            if at > late or long > most:
                return
            continue
        on = data.service[j] + data.duration[j, n + i]
        if at + on > min(late, data.by[n + i]) or long + on > most:
            return
        work.who[y, n_open] = i
        work.long[y, n_open] = long
        work.late[y, n_open] = late
        n_open += 1
    for d in range(work.load.shape[1]):
        taken = work.load[x, d] + (data.load[j, d] if gone < 0 else -data.load[gone, d])
        if taken > data.capacity[d]:
            return
        work.load[y, d] = taken
    price = work.price[x] + data.cost[v, j]
    if gone < 0:
        price -= worth[j]
        most = data.ride[j] + data.service[j]
        on = data.service[j] + data.duration[j, n + j]
        late = min(data.by[j] + most, data.by[n + j])
        if at + on > late or on > most:
            return
        # Aboard in order of number, so that two labels are compared in one go.
        o = n_open
        while o > 0 and work.who[y, o - 1] > j:
            work.who[y, o] = work.who[y, o - 1]
            work.long[y, o] = work.long[y, o - 1]
            work.late[y, o] = work.late[y, o - 1]
            o -= 1
        work.who[y, o] = j
        work.long[y, o] = 0
        work.late[y, o] = late
        n_open += 1
    lab[y, P_NODE] = j
    lab[y, P_PREV] = x
    lab[y, P_STATE] = 0
    lab[y, P_OPEN] = n_open
    work.time[y] = at
    work.price[y] = price
    for w in range(work.mem.shape[1]):
        work.mem[y, w] = work.mem[x, w] & data.near[j, w]
    if gone < 0:
        work.mem[y, j >> 6] |= np.uint64(1) << np.uint64(j & 63)
    for o in range(n_open):
        i = work.who[y, o]
        work.mem[y, i >> 6] |= np.uint64(1) << np.uint64(i & 63)
    if is_needless(work, y, j, n_scan, is_exact):
        return
    work.count[Q_LABELS] = y + 1
    b = min(at // width, work.queue.shape[0] - 1)
    lab[y, P_QUEUE] = work.queue[b]
    work.queue[b] = y


@kernel
def is_needless(work, y, j, n_scan, is_exact):
    """Whether a label of node j is as good as y; else put y into the list, cheapest first."""
    lab = work.lab
    before = -1
    at = work.head[j]
    seen = 0
    while at >= 0 and work.price[at] <= work.price[y]:
        if seen >= n_scan:
            return False
        if is_as_good(work, at, y, is_exact):
            return True
        seen += 1
        before = at
        at = lab[at, P_NEXT]
    lab[y, P_NEXT] = at
    if before < 0:
        work.head[j] = y
    else:
        lab[before, P_NEXT] = y
    before = y
    while at >= 0 and seen < n_scan:
        after = lab[at, P_NEXT]
        if is_as_good(work, y, at, is_exact):
            lab[before, P_NEXT] = after
            if lab[at, P_STATE] == 0:
                lab[at, P_STATE] = 2
        else:
            before = at
            seen += 1
        at = after
    if at >= 0:
        lab[before, P_NEXT] = -1
    return False


@kernel
def is_as_good(work, a, b, is_exact):
    """Whether label a, which costs no more, can do all that b can.

    Whoever is aboard a is aboard b; b's other drop-offs are left out, which by the triangle
    rule makes nothing later and nothing dearer.
    """
    lab = work.lab
    if work.time[a] > work.time[b] or lab[a, P_OPEN] > lab[b, P_OPEN]:
        return False
    if is_exact:
        for w in range(work.mem.shape[1]):
            if work.mem[a, w] & ~work.mem[b, w]:
                return False
    p = 0
    for o in range(lab[a, P_OPEN]):
        i = work.who[a, o]
        while p < lab[b, P_OPEN] and work.who[b, p] < i:
            p += 1
        if p >= lab[b, P_OPEN] or work.who[b, p] != i:
            return False
        if is_exact and (
            work.late[a, o] < work.late[b, p] or work.long[a, o] > work.long[b, p]
        ):
            return False
        p += 1
    return True
