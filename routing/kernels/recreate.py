"""Putting the absent back: greedy, in a random order, on the routes of their neighbours."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

import numpy as np

from routing.kernels.insert import find_place, may_join, put_nodes
from routing.kernels.jit import kernel, part
from routing.kernels.random import draw_below
from routing.kernels.routes import (
    choose_point,
    copy_route,
    find_empty,
    find_open,
    put_back,
    refresh,
    touch,
)
from routing.kernels.state import (
    ABSENT,
    ALONE,
    C_ALONE,
    CHOICE,
    COST,
    ERROR,
    GROUP,
    KEY_ALONE,
    LIMIT,
    LOW_BITS,
    M_ADDED,
    M_NAME,
    N_ABSENT,
    N_MEMO,
    N_REMOVED,
    NO_COST,
    NO_PLACE,
    OFFER,
    P_BLINK,
    P_CANDIDATES,
    P_CHOICE,
    P_GROUP,
    P_GROUP_WITH,
    P_LIMITED,
    P_ROUTES,
    PLACE_BITS,
    PLACE_STEP,
    PRICE,
    R_NAME,
    REMOVED,
    SCAN,
    TOTAL,
    WHERE,
)

OVER = -2
"""No way to put a group back leaves the plan within its limit."""
NOT_LESS = -3
"""No way to put a group back costs less than one that is known."""
_MIX = 0x1E3779B97F4A7C15
_NAMES = (1 << 63) - 1


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
def find_route(data, st, g, empty, known):
    """Find the route where a group adds least, and the place if it is one request.

    Routes of neighbours are tried first come first served; the empty route always.

    Parameters
    ----------
    known
        Only what adds less is of use. [pence]

    Returns
    -------
    pence, r, p, t
        r is -1 when nothing costs less than leaving the group out, `OVER` when every way
        makes the plan dearer than it may be, `NOT_LESS` when nothing adds less than `known`.
    """
    par = data.par
    first = data.links[par[P_GROUP] + g]
    last = data.links[par[P_GROUP] + g + 1]
    keep = 2 * par[P_ROUTES]
    is_single = last - first == 1
    best = st.num[PRICE] * (last - first)
    best_r = np.int64(-1)
    best_p = np.int64(0)
    best_t = np.int64(0)
    lead = data.links[par[P_GROUP_WITH] + first]
    # Where vehicles are limited the price alone hangs on which are free.
    is_priced = is_single and par[P_LIMITED] == 0
    if is_priced and data.keys[lead, KEY_ALONE] < best:
        best = data.keys[lead, KEY_ALONE]
        best_r = empty
    # What costs more than the plan may cost is not looked for.
    room = st.num[LIMIT] - st.num[TOTAL] - st.num[PRICE] * st.num[N_ABSENT]
    if room + 1 < best:
        best = room + 1
        best_r = np.int64(OVER)
    if known <= best:
        best = known
        best_r = np.int64(NOT_LESS)
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
            elif is_priced:
                continue
            if r < 0 or st.seen[r, 1] == scan:
                continue
            st.seen[r, 1] = scan
            if not may_join(data, st, member, r):
                continue
            n_left -= 1
            if is_single:
                if par[P_BLINK] > 0 and draw_below(st.rng, 1000) < par[P_BLINK]:
                    continue
                name = int(st.rt[r, R_NAME])
                if st.lst[CHOICE, member] >= 0:
                    # What it adds hangs on where it is collected too.
                    name = ((name ^ (int(st.lst[CHOICE, member]) + 1)) * _MIX) & _NAMES
                if par[P_LIMITED] > 0:
                    # And on what the route may be run by.
                    for w in range(st.bits.shape[0]):
                        word = find_open(data, st, r, w)
                        name = ((name ^ int(word & LOW_BITS)) * _MIX) & _NAMES
                        name = ((name ^ int(word >> np.uint64(32))) * _MIX) & _NAMES
                    name = ((name ^ (int(st.rt[r, OFFER]) + 1)) * _MIX) & _NAMES
                    name ^= name >> 32
                slot = (name >> 8) & (N_MEMO - 1)
                added = -NO_COST
                place = np.int64(NO_PLACE)
                if st.memo[member, slot, M_NAME] == name:
                    added = st.memo[member, slot, M_ADDED] >> PLACE_BITS
                    place = st.memo[member, slot, M_ADDED] & NO_PLACE
                if added >= best:
                    continue
                if place == NO_PLACE:
                    added, p, t = find_place(data, st, member, r, best)
                    if p >= 0:
                        place = p * PLACE_STEP + t + 1
                    else:
                        added = best
                    st.memo[member, slot, M_NAME] = name
                    st.memo[member, slot, M_ADDED] = (added << PLACE_BITS) | place
                if place != NO_PLACE and added < best:
                    best = added
                    best_r = r
                    best_p = place // PLACE_STEP
                    best_t = place % PLACE_STEP - 1
            else:
                copy_route(st.pos, st.rt, st.rate, st.mask, r, keep)
                if put_on(data, st, g, r):
                    added = st.rt[r, COST] - st.rt[keep, COST]
                    if added < best:
                        best = added
                        best_r = r
                put_back(data, st, keep, r)
                for c in range(first, last):
                    st.lst[WHERE, data.links[par[P_GROUP_WITH] + c]] = -1
    return best, best_r, best_p, best_t


@part
def put_group(data, st, g):
    """Put a group where it adds least; the route, -1 or `OVER` as `find_route` says."""
    par = data.par
    first = data.links[par[P_GROUP] + g]
    last = data.links[par[P_GROUP] + g + 1]
    empty = find_empty(st.num, st.rt, st.lst)
    lead = np.int64(data.links[par[P_GROUP_WITH] + first])
    now = np.int64(st.lst[CHOICE, lead])
    first_choice = np.int64(data.links[par[P_CHOICE] + lead])
    last_choice = np.int64(data.links[par[P_CHOICE] + lead + 1])
    if now < 0:
        last_choice = first_choice
    best_choice = now
    added = np.int64(NO_COST)
    r = np.int64(-1)
    p = np.int64(0)
    t = np.int64(0)
    # Where it is collected now comes first, so that it changes for something only.
    for c in range(first_choice - 1, last_choice):
        choice = now
        if c >= first_choice:
            if c == now:
                continue
            choice = np.int64(c)
        if choice >= 0:
            if data.choices[choice, C_ALONE] < 0:
                choose_point(data, st, lead, choice)
                alone, _, _ = find_place(data, st, lead, empty, np.int64(NO_COST))
                data.choices[choice, C_ALONE] = alone
            choose_point(data, st, lead, choice)
        pence, to_r, to_p, to_t = find_route(data, st, g, empty, added)
        if c < first_choice or to_r >= 0:
            r = to_r
            if to_r >= 0:
                added = pence
                best_choice = choice
                p = to_p
                t = to_t
    if now >= 0:
        choose_point(data, st, lead, best_choice)
    if r >= 0:
        touch(data, st, r)
        old = st.rt[r, COST]
        if last - first == 1:
            put_nodes(data, st, np.int64(data.links[par[P_GROUP_WITH] + first]), r, p, t)
            is_put = refresh(data, st, r)
        else:
            is_put = put_on(data, st, g, r)
        if not is_put or st.rt[r, COST] - old != added:
            # The trial said otherwise: the two disagree, which must never happen.
            st.num[ERROR] = 1
        st.num[TOTAL] += st.rt[r, COST] - old
    return r


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
    """Put back all removed, a group as one; who finds no place becomes absent.

    Whether the plan stays within its limit; if not, some of them are nowhere and all that was
    done is to be undone.
    """
    sort_removed(data, st, how)
    st.num[N_ABSENT] = 0
    is_within = True
    for a in range(st.num[N_REMOVED]):
        if not is_within:
            break
        i = st.lst[REMOVED, a]
        g = np.int64(data.req[i, GROUP])
        first = data.links[data.par[P_GROUP] + g]
        last = data.links[data.par[P_GROUP] + g + 1]
        # A group comes with its first member.
        if i == data.links[data.par[P_GROUP_WITH] + first]:
            r = put_group(data, st, g)
            is_within = r != OVER
            if r == -1:
                for c in range(first, last):
                    st.lst[ABSENT, st.num[N_ABSENT]] = data.links[data.par[P_GROUP_WITH] + c]
                    st.num[N_ABSENT] += 1
    return is_within
