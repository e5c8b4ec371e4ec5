"""Putting paired requests back: one after the other, or by regret."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

from routing.kernels.jit import kernel, part
from routing.kernels.pair_closure import build
from routing.kernels.pair_insert import find_place, write_trial
from routing.kernels.pair_ruin import touch
from routing.kernels.pair_state import (
    ABSENT,
    COST,
    ERROR,
    LEN,
    LIMIT,
    N_ABSENT,
    N_KEYS,
    N_OPEN,
    N_REMOVED,
    NO_COST,
    P_BLINK,
    P_NEAR,
    P_UNSERVED,
    REMOVED,
    SEEN,
    SLOT,
    STAMP,
    TOTAL,
    WHERE,
)
from routing.kernels.random import draw_below

_FIRST = 4

# Orders of return beyond those of the sort keys (0 is at random).
BY_REGRET = N_KEYS + 1


@part
def find_empty(st):
    """Find a route that carries nobody, -1 for none."""
    found = -1
    for r in range(st.num[N_OPEN]):
        if st.rt[st.lst[SLOT, r], LEN] == 2:
            found = r
            break
    return found


@kernel
def find_route(data, st, i, empty, bound, has_second):
    """Find the cheapest place of request `i` in any route that adds less than `bound`.

    If asked, the second cheapest route is found too, whatever it adds.

    Routes are looked at one and all where they are few, those of the closest requests first,
    else those of related requests; now and then one is overlooked on purpose (a blink).

    Returns
    -------
    cost, route, place, second
        `NO_COST` and -1 for no place; cost of the second cheapest route.
    """
    best = bound
    second = NO_COST
    best_r = -1
    best_place = -1
    n_first = min(_FIRST, data.near.shape[1])
    n_looks = n_first + st.num[N_OPEN]
    n_near = data.par[P_NEAR]
    st.num[STAMP] += 1
    stamp = st.num[STAMP] & 0x3FFFFFFF
    if n_near > 0:
        n_first = n_near
        n_looks = n_near + 1
    for k in range(n_looks):
        r = empty
        if k < n_first:
            r = st.lst[WHERE, data.near[i, k]]
        elif n_near == 0:
            r = k - n_first
            if r != empty and st.rt[st.lst[SLOT, r], LEN] == 2:
                r = -1
        if r < 0 or st.lst[SEEN, r] == stamp:
            continue
        st.lst[SEEN, r] = stamp
        if data.par[P_BLINK] > 0 and draw_below(st.rng, 1000) < data.par[P_BLINK]:
            continue
        most = second if has_second else best
        cost, place = find_place(data, st, i, st.lst[SLOT, r], most)
        if place < 0 or cost >= most:
            continue
        if cost < best:
            if best_r >= 0:
                second = best
            best = cost
            best_r = r
            best_place = place
        else:
            second = cost
    return best, best_r, best_place, second


@kernel
def find_room(par, num):
    """What may still be added to the plan before the step is certain to be undone."""
    return num[LIMIT] - num[TOTAL] - par[P_UNSERVED] * num[N_ABSENT]


@kernel
def put_in(data, st, i, r, place):
    """Put a request into a route at a place that was found to fit."""
    old, new = touch(st, r)
    m = st.rt[old, LEN]
    st.num[TOTAL] -= st.rt[old, COST]
    write_trial(data, st.pos, i, old, m, new, place)
    st.rt[new, LEN] = m + 2
    if not build(data, st, new):
        # The test said yes: the two disagree, which must never happen.
        st.num[ERROR] = 1
    st.num[TOTAL] += st.rt[new, COST]
    st.lst[WHERE, i] = r


@kernel
def sort_removed(data, st, how):
    """Put the removed in the order of return: 0 at random, else by a key, largest first."""
    n = st.num[N_REMOVED]
    for a in range(n - 1, 0, -1):
        b = draw_below(st.rng, a + 1)
        kept = st.lst[REMOVED, a]
        st.lst[REMOVED, a] = st.lst[REMOVED, b]
        st.lst[REMOVED, b] = kept
    if 0 < how <= N_KEYS:
        for a in range(1, n):
            i = st.lst[REMOVED, a]
            key = data.keys[i, how - 1]
            b = a - 1
            while b >= 0 and data.keys[st.lst[REMOVED, b], how - 1] < key:
                st.lst[REMOVED, b + 1] = st.lst[REMOVED, b]
                b -= 1
            st.lst[REMOVED, b + 1] = i


@part
def return_by_regret(data, st):
    """Put back first whoever would lose most by having to take the second best route."""
    is_done = True
    n_left = st.num[N_REMOVED]
    while n_left > 0 and is_done:
        empty = find_empty(st)
        most = -NO_COST
        pick = -1
        pick_r = -1
        pick_place = -1
        pick_cost = NO_COST
        a = 0
        while a < n_left:
            i = st.lst[REMOVED, a]
            cost, r, place, second = find_route(data, st, i, empty, NO_COST, True)
            if r < 0:
                n_left -= 1
                st.lst[REMOVED, a] = st.lst[REMOVED, n_left]
                st.lst[REMOVED, n_left] = i
                st.lst[ABSENT, st.num[N_ABSENT]] = i
                st.num[N_ABSENT] += 1
                continue
            regret = second - cost
            if regret > most or (regret == most and cost < pick_cost):
                most = regret
                pick = a
                pick_r = r
                pick_place = place
                pick_cost = cost
            a += 1
        if pick < 0:
            pick_cost = 0
        is_done = find_room(data.par, st.num) >= pick_cost
        if is_done and pick >= 0:
            i = st.lst[REMOVED, pick]
            put_in(data, st, i, pick_r, pick_place)
            n_left -= 1
            st.lst[REMOVED, pick] = st.lst[REMOVED, n_left]
            st.lst[REMOVED, n_left] = i
    return is_done


@part
def return_in_order(data, st):
    """Put back one after the other."""
    room = find_room(data.par, st.num)
    for a in range(st.num[N_REMOVED]):
        i = st.lst[REMOVED, a]
        _, r, place, _ = find_route(data, st, i, find_empty(st), room + 1, False)
        if r >= 0:
            put_in(data, st, i, r, place)
        else:
            st.lst[ABSENT, st.num[N_ABSENT]] = i
            st.num[N_ABSENT] += 1
        room = find_room(data.par, st.num)
        if room < 0:
            break
    return room >= 0


@kernel
def recreate(data, st, how):
    """Put back all removed; who finds no place becomes absent.

    Whether all is done: it is given up as soon as the plan costs more than the step may.
    """
    sort_removed(data, st, how)
    st.num[N_ABSENT] = 0
    if how == BY_REGRET:
        return return_by_regret(data, st)
    return return_in_order(data, st)
