"""Putting the absent back: greedy, in a random order, on the routes of their neighbours."""

from __future__ import annotations

from routing.kernels.insert import find_place, put_nodes
from routing.kernels.jit import kernel
from routing.kernels.random import draw_below
from routing.kernels.routes import copy_route, free_route, put_back, refresh, take_route, touch
from routing.kernels.state import (
    ALONE,
    COST,
    ERROR,
    GROUP,
    LEN,
    N_ABSENT,
    N_REMOVED,
    NO_COST,
    P_CANDIDATES,
    P_UNSERVED,
    SCAN,
    TOTAL,
)


@kernel(inline=True)
def put_in(data, st, i, r, p, t):  # type: ignore[no-untyped-def]
    """Put a request into a route and count the difference."""
    touch(st, r)
    st.num[TOTAL] -= st.rt[r, COST]
    put_nodes(data, st, i, r, p, t)
    if not refresh(data, st, r):
        # The trial said yes: the two disagree, which must never happen.
        st.num[ERROR] = 1
    st.num[TOTAL] += st.rt[r, COST]


@kernel()
def put_one(data, st, i):  # type: ignore[no-untyped-def]
    """Put one request where it adds least; whether it was put anywhere."""
    best = data.par[P_UNSERVED]
    best_r = -1
    best_p = -1
    best_t = -1
    empty = take_route(st)
    free_route(st, empty)
    if data.alone_pence[i] < best:
        best = data.alone_pence[i]
        best_r = empty
        best_p = 0
        best_t = 0
    if data.req[i, ALONE] == 0:
        st.num[SCAN] += 1
        scan = st.num[SCAN]
        n_left = data.par[P_CANDIDATES]
        for c in range(data.near.shape[1]):
            other = data.near[i, c]
            if other < 0 or n_left == 0:
                break
            r = st.where[other]
            if r < 0 or st.seen[r, 1] == scan:
                continue
            st.seen[r, 1] = scan
            n_left -= 1
            added, p, t = find_place(data, st, i, r, best)
            if added < best:
                best = added
                best_r = r
                best_p = p
                best_t = t
    if best_r < 0:
        return False
    if best_r == empty:
        best_r = take_route(st)
    put_in(data, st, i, best_r, best_p, best_t)
    return True


@kernel()
def put_group_on(data, st, g, r):  # type: ignore[no-untyped-def]
    """Put the members of a group on one route, one after the other; whether all found a place.

    What was put stays when one finds no place: the caller keeps and restores the route.
    """
    for c in range(data.group_start[g], data.group_start[g + 1]):
        i = data.group_with[c]
        added, p, t = find_place(data, st, i, r, NO_COST)
        if p < 0:
            return False
        put_nodes(data, st, i, r, p, t)
        if not refresh(data, st, r):
            return False
    return True


@kernel(inline=True)
def leave_route(data, st, g, r):  # type: ignore[no-untyped-def]
    """Put the kept route back and take the group off it."""
    put_back(st, r, st.keep_pos, st.keep_rt, st.keep_rate, st.keep_mask, 0)
    for c in range(data.group_start[g], data.group_start[g + 1]):
        st.where[data.group_with[c]] = -1


@kernel()
def put_group(data, st, g):  # type: ignore[no-untyped-def]
    """Put a group on the one route where it adds least; whether it was put anywhere."""
    first = data.group_start[g]
    last = data.group_start[g + 1]
    best = data.par[P_UNSERVED] * (last - first)
    best_r = -1
    empty = take_route(st)
    free_route(st, empty)
    st.num[SCAN] += 1
    scan = st.num[SCAN]
    for m in range(first - 1, last):
        n_left = data.par[P_CANDIDATES] if m >= first else 1
        for c in range(data.near.shape[1] if m >= first else 1):
            if n_left == 0:
                break
            r = empty
            if m >= first:
                other = data.near[data.group_with[m], c]
                if other < 0:
                    break
                r = st.where[other]
            if r < 0 or st.seen[r, 1] == scan:
                continue
            st.seen[r, 1] = scan
            n_left -= 1
            copy_route(st, r, st.keep_pos, st.keep_rt, st.keep_rate, st.keep_mask, 0)
            if put_group_on(data, st, g, r):
                added = st.rt[r, COST] - st.keep_rt[0, COST]
                if added < best:
                    best = added
                    best_r = r
            leave_route(data, st, g, r)
    if best_r < 0:
        return False
    if best_r == empty:
        best_r = take_route(st)
    touch(st, best_r)
    copy_route(st, best_r, st.keep_pos, st.keep_rt, st.keep_rate, st.keep_mask, 0)
    if not put_group_on(data, st, g, best_r):
        # A blink hid the place this time: the group stays off.
        leave_route(data, st, g, best_r)
        if st.rt[best_r, LEN] == 0:
            free_route(st, best_r)
        return False
    st.num[TOTAL] += st.rt[best_r, COST] - st.keep_rt[0, COST]
    return True


@kernel()
def sort_removed(data, st, how):  # type: ignore[no-untyped-def]
    """Put the removed in the order of their return: 0 at random, else by a key, largest first.

    How 1 to 3 are the keys; 4 is the first key turned round.
    """
    n = st.num[N_REMOVED]
    removed = st.removed
    for a in range(n - 1, 0, -1):
        b = draw_below(st.rng, a + 1)
        kept = removed[a]
        removed[a] = removed[b]
        removed[b] = kept
    if how == 0:
        return
    column = how - 1 if how < 4 else 0
    sign = 1 if how < 4 else -1
    for a in range(1, n):
        i = removed[a]
        key = sign * data.keys[i, column]
        b = a - 1
        while b >= 0 and sign * data.keys[removed[b], column] < key:
            removed[b + 1] = removed[b]
            b -= 1
        removed[b + 1] = i


@kernel()
def recreate(data, st, how):  # type: ignore[no-untyped-def]
    """Put back all removed, a group as one; who finds no place becomes absent."""
    sort_removed(data, st, how)
    st.num[N_ABSENT] = 0
    for a in range(st.num[N_REMOVED]):
        i = st.removed[a]
        if st.where[i] >= 0:
            continue
        g = data.req[i, GROUP]
        first = data.group_start[g]
        n_members = data.group_start[g + 1] - first
        is_put = True
        if n_members == 1:
            is_put = put_one(data, st, i)
        elif i == data.group_with[first]:
            is_put = put_group(data, st, g)
        if not is_put:
            for c in range(first, first + n_members):
                st.absent[st.num[N_ABSENT]] = data.group_with[c]
                st.num[N_ABSENT] += 1


