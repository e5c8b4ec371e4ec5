"""Taking paired requests out: strings of neighbouring routes, related requests, whole routes.

One way first lets two routes change their rest after points where nobody is aboard, which no
small ruin brings about; the exchange after Potvin and Rousseau, An exchange heuristic for
routeing problems with time windows, Journal of the Operational Research Society 46(12), 1995.

Strings after Christiaens and Vanden Berghe, Slack induction by string removals for vehicle
routing problems, Transportation Science 54(2), 2020; relatedness after Shaw, Using constraint
programming and local search methods to solve vehicle routing problems, CP98.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

import numpy as np

from routing.kernels.jit import kernel, part
from routing.kernels.pair_closure import build
from routing.kernels.pair_state import (
    COST,
    DIRTY,
    EARLY,
    FREE,
    IS_DIRTY,
    LATE,
    LEG_C,
    LEN,
    N_DIRTY,
    N_FREE,
    N_OPEN,
    N_REMOVED,
    N_TOUCHED,
    NO_COST,
    NODE,
    OLD_SLOT,
    OUT_C,
    OUT_T,
    P_LEN,
    P_N,
    P_STRING,
    REMOVED,
    SEEN,
    SLOT,
    STAMP,
    TOTAL,
    TOUCHED,
    WHERE,
)
from routing.kernels.random import draw_below

# Ways of taking out.
BY_STRINGS, BY_RELATION, AT_RANDOM, BY_ROUTE, BY_TAILS = range(5)


@kernel
def take_slot(st):
    """Take a slot that no route uses."""
    st.num[N_FREE] -= 1
    return st.lst[FREE, st.num[N_FREE]]


@kernel
def touch(st, r):
    """Give route `r` a slot of this step's own; the nodes are not copied.

    Returns
    -------
    old, new
        The same slot if the route was touched in this step before.
    """
    old = st.lst[SLOT, r]
    for k in range(st.num[N_TOUCHED]):
        if st.lst[TOUCHED, k] == r:
            return old, old
    new = take_slot(st)
    st.lst[TOUCHED, st.num[N_TOUCHED]] = r
    st.lst[OLD_SLOT, st.num[N_TOUCHED]] = old
    st.num[N_TOUCHED] += 1
    st.lst[SLOT, r] = new
    return old, new


@kernel
def take_out(num, lst, i):
    """Mark a request as removed; its route is mended afterwards."""
    r = lst[WHERE, i]
    if r >= 0:
        lst[WHERE, i] = -1
        lst[REMOVED, num[N_REMOVED]] = i
        num[N_REMOVED] += 1
        if lst[IS_DIRTY, r] == 0:
            lst[IS_DIRTY, r] = 1
            lst[DIRTY, num[N_DIRTY]] = r
            num[N_DIRTY] += 1


@kernel
def empty_slot(data, st, s):
    """Make a slot a route that only starts and ends."""
    st.pos[s, NODE, 0] = 2 * data.par[P_N]
    st.pos[s, NODE, 1] = 2 * data.par[P_N] + 1
    st.rt[s, LEN] = 2
    build(data, st, s)


@kernel
def mend(data, st):
    """Close the gaps of all routes that lost a request.

    A route that breaks a rule without them (travel times may break the triangle inequality,
    and waiting may be forbidden) is taken out as a whole.
    """
    n = data.par[P_N]
    for d in range(st.num[N_DIRTY]):
        r = st.lst[DIRTY, d]
        st.lst[IS_DIRTY, r] = 0
        old, new = touch(st, r)
        st.num[TOTAL] -= st.rt[old, COST]
        m = st.rt[old, LEN]
        to = 0
        for q in range(m):
            node = st.pos[old, NODE, q]
            is_kept = True
            if node < 2 * n:
                is_kept = st.lst[WHERE, node % n] == r
            if is_kept:
                st.pos[new, NODE, to] = node
                to += 1
        st.rt[new, LEN] = to
        if not build(data, st, new):
            for q in range(1, to - 1):
                node = st.pos[new, NODE, q]
                if node < n:
                    st.lst[WHERE, node] = -1
                    st.lst[REMOVED, st.num[N_REMOVED]] = node
                    st.num[N_REMOVED] += 1
            empty_slot(data, st, new)
        st.num[TOTAL] += st.rt[new, COST]
    st.num[N_DIRTY] = 0


@part
def ruin_string(data, st, i, r, longest):
    """Take a string of requests that holds request `i` out of its route, or one with a gap.

    The requests stand in the order of their pick-ups or of their drop-offs.
    """
    n = data.par[P_N]
    s = st.lst[SLOT, r]
    base = n * draw_below(st.rng, 2)
    n_aboard = 0
    at = 0
    ins = st.ins
    for q in range(1, st.rt[s, LEN] - 1):
        node = st.pos[s, NODE, q] - base
        if 0 <= node < n:
            if node == i:
                at = n_aboard
            ins[0, n_aboard] = node
            n_aboard += 1
    top = longest
    if top > n_aboard:
        top = n_aboard
    n_out = 1 + draw_below(st.rng, top)
    n_kept = 0
    if 1 < n_out < n_aboard and draw_below(st.rng, 2) == 0:
        n_kept = 1 + draw_below(st.rng, n_aboard - n_out)
    whole = n_out + n_kept
    first = at - whole + 1
    if first < 0:
        first = 0
    last = at
    if last > n_aboard - whole:
        last = n_aboard - whole
    begin = first + draw_below(st.rng, last - first + 1)
    gap_at = n_out
    if n_kept > 0:
        gap_at = 1 + draw_below(st.rng, n_out - 1)
    for k in range(whole):
        if k < gap_at or k >= gap_at + n_kept:
            take_out(st.num, st.lst, ins[0, begin + k])


@part
def ruin_strings(data, st, i, size):
    """Take strings out of the routes around request `i` until `size` requests are out."""
    longest = data.par[P_STRING]
    st.num[STAMP] += 1
    stamp = st.num[STAMP] & 0x3FFFFFFF
    for k in range(-1, data.near.shape[1]):
        j = i
        if k >= 0:
            j = data.near[i, k]
        r = st.lst[WHERE, j]
        if r >= 0 and st.lst[SEEN, r] != stamp:
            st.lst[SEEN, r] = stamp
            ruin_string(data, st, j, r, longest)
            if st.num[N_REMOVED] >= size:
                break


@part
def ruin_related(data, st, i, size):
    """Take out requests related to `i` or to one already out, the closer the likelier."""
    take_out(st.num, st.lst, i)
    width = data.near.shape[1]
    tries = 4 * size
    while st.num[N_REMOVED] < size and tries > 0 and width > 0:
        tries -= 1
        of = st.lst[REMOVED, draw_below(st.rng, st.num[N_REMOVED])]
        k = draw_below(st.rng, width)
        k = k * draw_below(st.rng, width) // width
        k = k * draw_below(st.rng, width) // width
        take_out(st.num, st.lst, data.near[of, k])


@kernel
def list_cuts(data, st, s, row):
    """List in a row of `ins` the nodes of slot `s` after which nobody is aboard."""
    n_cuts = 0
    n_aboard = 0
    for q in range(st.rt[s, LEN] - 1):
        if q > 0:
            n_aboard += 1 if st.pos[s, NODE, q] < data.par[P_N] else -1
        if n_aboard == 0:
            st.ins[row, n_cuts] = q
            n_cuts += 1
    return n_cuts


@part
def find_cuts(data, st, s, t):
    """Find where two slots would change their rest at the least cost; half is overlooked.

    Windows are looked at, ride limits and durations are not.

    Returns
    -------
    a, b
        The last nodes that stay in `s` and in `t`, -1 for none.
    """
    pos = st.pos
    least = NO_COST
    best_a = -1
    best_b = -1
    n_a = list_cuts(data, st, s, 0)
    n_b = list_cuts(data, st, t, 1)
    for k in range(n_a):
        a = st.ins[0, k]
        for h in range(n_b):
            b = st.ins[1, h]
            at_start = a == 0 and b == 0
            at_end = a == st.rt[s, LEN] - 2 and b == st.rt[t, LEN] - 2
            if at_start or at_end or draw_below(st.rng, 2) == 0:
                continue
            go = data.road[pos[s, NODE, a], pos[t, NODE, b + 1]]
            come = data.road[pos[t, NODE, b], pos[s, NODE, a + 1]]
            added = np.int64(go[OUT_C]) + come[OUT_C]
            added -= pos[s, LEG_C, a + 1] + pos[t, LEG_C, b + 1]
            if (
                added < least
                and pos[s, EARLY, a] + go[OUT_T] + pos[t, LATE, b + 1] <= 0
                and pos[t, EARLY, b] + come[OUT_T] + pos[s, LATE, a + 1] <= 0
            ):
                least = added
                best_a = a
                best_b = b
    return best_a, best_b


@kernel
def write_joined(data, st, s, a, t, b, to):
    """Write the nodes of `s` up to a, then those of `t` after b; whether all rules are kept."""
    length = a + st.rt[t, LEN] - b
    if length > data.par[P_LEN]:
        return False
    for q in range(a + 1):
        st.pos[to, NODE, q] = st.pos[s, NODE, q]
    for q in range(b + 1, st.rt[t, LEN]):
        st.pos[to, NODE, q + a - b] = st.pos[t, NODE, q]
    st.rt[to, LEN] = length
    return build(data, st, to)


@kernel
def place_joined(data, st, r, s, a, t, b, to):
    """Make `to` the slot of route `r`: `s` up to a, then `t` after b."""
    write_joined(data, st, s, a, t, b, to)
    st.num[TOTAL] += st.rt[to, COST] - st.rt[s, COST]
    for q in range(1, st.rt[to, LEN] - 1):
        if st.pos[to, NODE, q] < data.par[P_N]:
            st.lst[WHERE, st.pos[to, NODE, q]] = r


@part
def swap_tails(data, st, i):
    """Let the route of request `i` and another change their rest, if all rules stay kept.

    The other is that of a related request, now and then any.
    """
    width = data.near.shape[1]
    mine = st.lst[WHERE, i]
    other = draw_below(st.rng, st.num[N_OPEN])
    if width > 0 and draw_below(st.rng, 4) > 0:
        other = st.lst[WHERE, data.near[i, draw_below(st.rng, width)]]
    if mine >= 0 and other >= 0 and mine != other:
        trial = st.rt.shape[0] - 1
        s = st.lst[SLOT, mine]
        t = st.lst[SLOT, other]
        a, b = find_cuts(data, st, s, t)
        if (
            a >= 0
            and write_joined(data, st, s, a, t, b, trial)
            and write_joined(data, st, t, b, s, a, trial)
        ):
            _, to = touch(st, mine)
            place_joined(data, st, mine, s, a, t, b, to)
            _, to = touch(st, other)
            place_joined(data, st, other, t, b, s, a, to)


@kernel
def ruin(data, st, way, size):
    """Take about `size` requests out in one of the ways."""
    n = data.par[P_N]
    i = draw_below(st.rng, n)
    if way == BY_TAILS:
        swap_tails(data, st, i)
        way = BY_STRINGS
    if way == BY_STRINGS:
        ruin_strings(data, st, i, size)
    elif way == BY_RELATION:
        ruin_related(data, st, i, size)
    elif way == AT_RANDOM:
        for _ in range(size):
            take_out(st.num, st.lst, draw_below(st.rng, n))
    else:
        r = draw_below(st.rng, st.num[N_OPEN])
        s = st.lst[SLOT, r]
        for q in range(1, st.rt[s, LEN] - 1):
            if st.pos[s, NODE, q] < n:
                take_out(st.num, st.lst, st.pos[s, NODE, q])
