"""Putting the absent back: greedy, in a random order, on the routes of their neighbours."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

import numpy as np

from routing.kernels.insert import find_place, may_join, put_nodes
from routing.kernels.jit import kernel, part
from routing.kernels.random import draw_below
from routing.kernels.routes import copy_route, find_empty, free_route, refresh, touch
from routing.kernels.state import (
    ABSENT,
    ALONE,
    COST,
    ERROR,
    GROUP,
    KEY_ALONE,
    LEN,
    N_ABSENT,
    N_REMOVED,
    NO_COST,
    P_CANDIDATES,
    P_GROUP,
    P_GROUP_WITH,
    P_ROUTES,
    P_UNSERVED,
    REMOVED,
    SCAN,
    TOTAL,
    WHERE,
)


@kernel
def put_on(data, st, g, r):
    """Put the members of a group on one route, one after the other; whether all found a place.

    What was put stays when one finds no place: the caller keeps the route and puts it back.
    """
    is_put = True
    for c in range(data.links[data.par[P_GROUP] + g], data.links[data.par[P_GROUP] + g + 1]):
        if is_put:
            i = np.int64(data.links[data.par[P_GROUP_WITH] + c])
            is_put = may_join(data, st, i, r)
            p = np.int64(-1)
            t = np.int64(-1)
            if is_put:
                _, p, t = find_place(data, st, i, r, np.int64(NO_COST))
                is_put = p >= 0
            if is_put:
                put_nodes(data, st, i, r, p, t)
                is_put = refresh(data, st, r)
    return is_put


@kernel
def find_route(data, st, g, empty):
    """Find the route where a group adds least, and the place if it is one request.

    Routes of neighbours are tried first come first served; the empty route always.

    Returns
    -------
    r, p, t
        r is -1 when nothing costs less than leaving the group out.
    """
    par = data.par
    first = data.links[par[P_GROUP] + g]
    last = data.links[par[P_GROUP] + g + 1]
    keep = 2 * par[P_ROUTES]
    is_single = last - first == 1
    best = par[P_UNSERVED] * (last - first)
    best_r = np.int64(-1)
    best_p = np.int64(0)
    best_t = np.int64(0)
    lead = data.links[par[P_GROUP_WITH] + first]
    if is_single and data.keys[lead, KEY_ALONE] < best:
        best = data.keys[lead, KEY_ALONE]
        best_r = empty
    st.num[SCAN] += 1
    scan = st.num[SCAN]
    n_near = data.near.shape[1]
    if data.req[lead, ALONE] != 0:
        n_near = 0
    for m in range(first, last):
        member = np.int64(data.links[par[P_GROUP_WITH] + m])
        n_left = par[P_CANDIDATES]
        for c in range(-1, n_near):
            r = empty
            if c >= 0:
                other = data.near[member, c]
                if other < 0 or n_left == 0:
                    break
                r = np.int64(st.lst[WHERE, other])
            elif is_single:
                continue
            if r < 0 or st.seen[r, 1] == scan:
                continue
            st.seen[r, 1] = scan
            if not may_join(data, st, member, r):
                continue
            n_left -= 1
            if is_single:
                added, p, t = find_place(data, st, member, r, best)
                if added < best:
                    best = added
                    best_r = r
                    best_p = p
                    best_t = t
            else:
                copy_route(st.pos, st.rt, st.rate, st.mask, r, keep)
                if put_on(data, st, g, r):
                    added = st.rt[r, COST] - st.rt[keep, COST]
                    if added < best:
                        best = added
                        best_r = r
                copy_route(st.pos, st.rt, st.rate, st.mask, keep, r)
                for c in range(first, last):
                    st.lst[WHERE, data.links[par[P_GROUP_WITH] + c]] = -1
    return best_r, best_p, best_t


@part
def put_group(data, st, g):
    """Put a group where it adds least; whether it was put anywhere."""
    par = data.par
    first = data.links[par[P_GROUP] + g]
    last = data.links[par[P_GROUP] + g + 1]
    r, p, t = find_route(data, st, g, find_empty(st.num, st.rt, st.lst))
    is_put = r >= 0
    if is_put:
        touch(data, st, r)
        st.num[TOTAL] -= st.rt[r, COST]
        if last - first == 1:
            put_nodes(data, st, np.int64(data.links[par[P_GROUP_WITH] + first]), r, p, t)
            if not refresh(data, st, r):
                # The trial said yes: the two disagree, which must never happen.
                st.num[ERROR] = 1
        else:
            keep = 2 * par[P_ROUTES]
            copy_route(st.pos, st.rt, st.rate, st.mask, r, keep)
            is_put = put_on(data, st, g, r)
            if not is_put:
                # A blink hid the place this time: the group stays off.
                copy_route(st.pos, st.rt, st.rate, st.mask, keep, r)
                for c in range(first, last):
                    st.lst[WHERE, data.links[par[P_GROUP_WITH] + c]] = -1
                if st.rt[r, LEN] == 0:
                    free_route(st, r)
        st.num[TOTAL] += st.rt[r, COST]
    return is_put


@kernel
def sort_removed(data, st, how):
    """Put the removed in the order of their return: 0 at random, else by a key, largest first.

    How 1 to 3 are the keys; 4 is the first key turned round.
    """
    n = st.num[N_REMOVED]
    for a in range(n - 1, 0, -1):
        b = draw_below(st.rng, a + 1)
        kept = st.lst[REMOVED, a]
        st.lst[REMOVED, a] = st.lst[REMOVED, b]
        st.lst[REMOVED, b] = kept
    if how > 0:
        column = how - 1 if how < 4 else 0
        sign = 1 if how < 4 else -1
        for a in range(1, n):
            i = st.lst[REMOVED, a]
            key = sign * data.keys[i, column]
            b = a - 1
            while b >= 0 and sign * data.keys[st.lst[REMOVED, b], column] < key:
                st.lst[REMOVED, b + 1] = st.lst[REMOVED, b]
                b -= 1
            st.lst[REMOVED, b + 1] = i


@part
def recreate(data, st, how):
    """Put back all removed, a group as one; who finds no place becomes absent."""
    sort_removed(data, st, how)
    st.num[N_ABSENT] = 0
    for a in range(st.num[N_REMOVED]):
        i = st.lst[REMOVED, a]
        g = np.int64(data.req[i, GROUP])
        first = data.links[data.par[P_GROUP] + g]
        last = data.links[data.par[P_GROUP] + g + 1]
        # A group comes with its first member.
        if i == data.links[data.par[P_GROUP_WITH] + first] and not put_group(data, st, g):
            for c in range(first, last):
                st.lst[ABSENT, st.num[N_ABSENT]] = data.links[data.par[P_GROUP_WITH] + c]
                st.num[N_ABSENT] += 1
