"""Finding the cheapest place of a request in a route, each place tested in constant time.

A pick-up between the nodes a and b and a drop-off between c and d fit if and only if no cycle
through the two new nodes is positive. Every path between a, b, c, d and the origin is in the
closure of the route, so a cycle takes a handful of additions, ride limits and route duration
included. The legs that are replaced stay in the closure; that changes nothing where travel
times keep the triangle inequality, and where they do not the trial is counted from scratch.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

import numpy as np

from routing.kernels.jit import kernel, part
from routing.kernels.pair_closure import build
from routing.kernels.pair_state import (
    A_COST,
    A_EARLY,
    A_IN,
    A_LATE,
    A_OK,
    A_OUT,
    B_COST,
    B_EARLY,
    B_IN,
    B_LATE,
    B_LEAST,
    B_OK,
    B_OUT,
    BACK_C,
    BACK_T,
    BY,
    EARLY,
    FROM,
    LATE,
    LEG_C,
    LEG_T,
    LEN,
    M_COST,
    M_PLACE,
    M_VERSION,
    NEXT_COST,
    NO_COST,
    NODE,
    OUT_C,
    OUT_T,
    P_CAP,
    P_DIMS,
    P_FIXED,
    P_LEN,
    P_N,
    P_TRIANGLE,
    P_WAIT,
    SPAN,
    VERSION,
    WORK,
)

# What A_OK and B_OK say: it never fits, it may fit, only a count from scratch can tell.
NEVER, MAYBE, UNKNOWN = range(3)


@part
def measure_costs(data, st, i, s, extra):
    """Measure what each place costs: rows A_COST, B_COST, B_LEAST and NEXT_COST of `ins`.

    Returns
    -------
    least
        Nothing less is added by any place in the slot, whatever the times say.
    """
    ins = st.ins
    pos = st.pos
    road = data.road
    m = st.rt[s, LEN]
    drop = data.par[P_N] + i
    direct = road[i, drop, OUT_C] + extra
    least = NO_COST
    later = NO_COST
    for q in range(m - 1, 0, -1):
        a = pos[s, NODE, q - 1]
        b = pos[s, NODE, q]
        leg = pos[s, LEG_C, q]
        come = road[i, a, BACK_C] - leg
        go = road[drop, b, OUT_C]
        mine = come + road[i, b, OUT_C] + extra
        other = road[drop, a, BACK_C] + go - leg
        ins[A_COST, q] = mine
        ins[B_COST, q] = other
        ins[NEXT_COST, q] = come + direct + go
        least = min(least, come + direct + go, mine + later)
        later = min(later, np.int64(other))
        ins[B_LEAST, q] = later
    return least


@part
def measure_times(data, st, s, v, first):
    """Measure when node `v` fits before each node of slot `s`: rows `first` + 1 to + 5."""
    pos = st.pos
    ins = st.ins
    road = data.road
    m = st.rt[s, LEN]
    opens = data.node[v, FROM]
    closes = -data.node[v, BY]
    is_triangle = data.par[P_TRIANGLE] != 0
    for q in range(1, m):
        come = road[v, pos[s, NODE, q - 1], BACK_T]
        go = road[v, pos[s, NODE, q], OUT_T]
        ins[first + A_IN, q] = come
        ins[first + A_OUT, q] = go
        early = max(pos[s, EARLY, q - 1] + come, opens)
        late = max(pos[s, LATE, q] + go, closes)
        ins[first + A_EARLY, q] = early
        ins[first + A_LATE, q] = late
        ok = MAYBE
        if early + late > 0 or come + go + st.gap[s, q, q - 1] > 0:
            ok = NEVER
        if not is_triangle and come + go < pos[s, LEG_T, q]:
            ok = UNKNOWN
        ins[first + A_OK, q] = ok


@kernel
def write_trial(data, pos, i, s, m, to, place):
    """Write the nodes of slot `s` with request `i` at a place into slot `to`."""
    p = place // data.par[P_LEN]
    t = place % data.par[P_LEN]
    n = data.par[P_N]
    for q in range(m - 1, -1, -1):
        at = q
        if q >= p:
            at += 1
        if q >= t:
            at += 1
        pos[to, NODE, at] = pos[s, NODE, q]
    pos[to, NODE, p] = i
    pos[to, NODE, t + 1] = n + i


@kernel
def is_allowed(data, st, i, s, place):
    """Whether a trial counted from scratch keeps every rule."""
    trial = st.rt.shape[0] - 1
    m = st.rt[s, LEN]
    write_trial(data, st.pos, i, s, m, trial, place)
    st.rt[trial, LEN] = m + 2
    return build(data, st, trial)


@part
def may_stay(data, st, i, s, q):
    """Whether request `i` may be aboard between the nodes q and q + 1 of slot `s`."""
    is_free = True
    for d in range(data.par[P_DIMS]):
        if st.aboard[s, q, d] + data.load[i, d] > data.par[P_CAP + d]:
            is_free = False
    return is_free


@part
def test_side_by_side(data, st, i, s, p):
    """What is known of pick-up and drop-off next to each other before node p."""
    ins = st.ins
    direct = data.road[i, data.par[P_N] + i, OUT_T]
    come = ins[A_IN, p]
    go = ins[B_OUT, p]
    drop_early = data.node[data.par[P_N] + i, FROM]
    late = st.pos[s, LATE, p] + go
    closes = -data.node[data.par[P_N] + i, BY]
    if late < closes:
        late = closes
    there = direct
    if drop_early - data.node[i, BY] > there:
        there = drop_early - data.node[i, BY]
    back = -data.node[i, SPAN]
    around = go + st.gap[s, p, p - 1] + come
    if around > back:
        back = around
    if late + ins[A_EARLY, p] > back:
        back = late + ins[A_EARLY, p]
    ok = MAYBE
    if there + back > 0 or late + drop_early > 0 or ins[A_EARLY, p] - data.node[i, BY] > 0:
        ok = NEVER
    if data.par[P_TRIANGLE] == 0 and come + direct + go < st.pos[s, LEG_T, p]:
        ok = UNKNOWN
    return ok


@part
def test_apart(data, st, i, s, p, t):
    """Whether a pick-up before node p and a drop-off before a later node t can be met."""
    ins = st.ins
    gap = st.gap
    there = ins[A_OUT, p] + gap[s, p, t - 1] + ins[B_IN, t]
    other = ins[A_LATE, p] + ins[B_EARLY, t]
    if other > there:
        there = other
    back = ins[B_OUT, t] + gap[s, t, p - 1] + ins[A_IN, p]
    other = ins[B_LATE, t] + ins[A_EARLY, p]
    if other > back:
        back = other
    if -data.node[i, SPAN] > back:
        back = -data.node[i, SPAN]
    return there + back <= 0


@part
def search_places(data, st, i, s, bound):
    """Find the cheapest place of request `i` in slot `s` that adds less than `bound`.

    Returns
    -------
    cost, place
        What it adds and where, `NO_COST` and -1 for no place.
    """
    par = data.par
    pos = st.pos
    ins = st.ins
    m = st.rt[s, LEN]
    n = par[P_N]
    best = bound
    place = -1
    if m + 2 > par[P_LEN]:
        return NO_COST, place
    extra = np.int64(0)
    if m == 2:
        extra = par[P_FIXED]
    is_exact = par[P_TRIANGLE] != 0
    st.num[WORK] += m
    if measure_costs(data, st, i, s, extra) >= bound:
        return NO_COST, place
    for half in range(2):
        measure_times(data, st, s, i + half * n, half * B_COST)
    span = data.node[i, SPAN]
    closes = data.node[n + i, BY]
    for p in range(1, m):
        if is_exact and ins[A_OK, p] == NEVER:
            if pos[s, EARLY, p - 1] + ins[A_IN, p] > data.node[i, BY]:
                break
            continue
        if not may_stay(data, st, i, s, p - 1):
            continue
        if ins[NEXT_COST, p] < best:
            ok = test_side_by_side(data, st, i, s, p)
            if ok != NEVER and (
                (ok == MAYBE and par[P_WAIT] != 0)
                or is_allowed(data, st, i, s, p * par[P_LEN] + p)
            ):
                best = ins[NEXT_COST, p]
                place = p * par[P_LEN] + p
        if p + 1 >= m:
            break
        mine = ins[A_COST, p]
        for t in range(p + 1, m):
            if mine + ins[B_LEAST, t] >= best or not may_stay(data, st, i, s, t - 1):
                break
            if is_exact and (
                ins[A_OUT, p] + st.gap[s, p, t - 1] > span or pos[s, EARLY, t - 1] > closes
            ):
                break
            if mine + ins[B_COST, t] >= best:
                continue
            is_known = ins[A_OK, p] != UNKNOWN and ins[B_OK, t] != UNKNOWN
            if is_known:
                if ins[A_OK, p] == NEVER or ins[B_OK, t] == NEVER:
                    continue
                if not test_apart(data, st, i, s, p, t):
                    continue
            if (is_known and par[P_WAIT] != 0) or is_allowed(
                data, st, i, s, p * par[P_LEN] + t
            ):
                best = mine + ins[B_COST, t]
                place = p * par[P_LEN] + t
    if place < 0:
        return NO_COST, place
    return best, place


@part
def find_place(data, st, i, s, bound):
    """Find the cheapest place under a bound, remembering what was found for this slot.

    The memory holds the exact best place, or, with no place, a cost that no place goes below.
    """
    memo = st.memo
    if memo[i, s, M_VERSION] == st.rt[s, VERSION]:
        if memo[i, s, M_PLACE] >= 0:
            return memo[i, s, M_COST], memo[i, s, M_PLACE]
        if memo[i, s, M_COST] >= bound:
            return NO_COST, -1
    cost, place = search_places(data, st, i, s, bound)
    memo[i, s, M_VERSION] = st.rt[s, VERSION]
    memo[i, s, M_COST] = cost if place >= 0 else bound
    memo[i, s, M_PLACE] = place
    return cost, place
