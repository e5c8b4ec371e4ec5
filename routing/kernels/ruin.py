"""Taking requests out: strings of neighbouring routes, related requests, whole routes.

Strings after Christiaens and Vanden Berghe, Slack induction by string removals for vehicle
routing problems, Transportation Science 54(2), 2020.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

import numpy as np

from routing.kernels.jit import kernel, part
from routing.kernels.random import draw_below
from routing.kernels.routes import count_vehicle, free_route, refresh, touch
from routing.kernels.state import (
    ABSENT,
    COST,
    DIRTY,
    GROUP,
    IS_DIRTY,
    LEN,
    N_ABSENT,
    N_DIRTY,
    N_REMOVED,
    N_TOUCHED,
    NODE,
    OFFER,
    P_GROUP,
    P_GROUP_WITH,
    P_LIMITED,
    P_MOVABLE,
    P_MOVE,
    P_N,
    P_REMOVE,
    P_STRING,
    REMOVED,
    SCAN,
    SITE,
    TOTAL,
    TOUCHED,
    WHERE,
)


@kernel
def take_out(par, req, links, num, lst, i):
    """Mark a request and its group as removed; their routes are mended afterwards."""
    g = par[P_GROUP] + req[i, GROUP]
    for c in range(links[g], links[g + 1]):
        member = links[par[P_GROUP_WITH] + c]
        r = lst[WHERE, member]
        if r < 0:
            continue
        lst[WHERE, member] = -1
        lst[REMOVED, num[N_REMOVED]] = member
        num[N_REMOVED] += 1
        if lst[IS_DIRTY, r] == 0:
            lst[IS_DIRTY, r] = 1
            lst[DIRTY, num[N_DIRTY]] = r
            num[N_DIRTY] += 1


@kernel
def count_again(data, st, r):
    """Count a route afresh and add it to the total; what is not allowed is taken out."""
    if not refresh(data, st, r):
        for p in range(st.rt[r, LEN]):
            node = st.pos[r, p, NODE]
            if node < data.par[P_N]:
                st.lst[WHERE, node] = -1
                st.lst[REMOVED, st.num[N_REMOVED]] = node
                st.num[N_REMOVED] += 1
        st.rt[r, LEN] = 0
        refresh(data, st, r)
    if st.rt[r, LEN] == 0:
        free_route(st, r)
    st.num[TOTAL] += st.rt[r, COST]


@part
def exchange_vehicles(data, st):
    """Let the routes touched give back their vehicles and take the cheapest one by one.

    They do so in an order of chance, so that a route gets what another one had.
    """
    n_touched = st.num[N_TOUCHED]
    for a in range(n_touched):
        r = np.int64(st.lst[TOUCHED, a])
        st.num[TOTAL] -= st.rt[r, COST]
        count_vehicle(data, st, r, -1)
        st.rt[r, OFFER] = -1
    first = draw_below(st.rng, n_touched)
    step = 1 + draw_below(st.rng, 2) * (n_touched - 2)
    for a in range(n_touched):
        count_again(data, st, np.int64(st.lst[TOUCHED, (first + a * step) % n_touched]))


@kernel
def mend(data, st, is_changing):
    """Close the gaps of all routes that lost a request.

    A route that is not allowed without them (travel times may break the triangle inequality,
    and windows may need the time) is taken out as a whole.
    """
    n = data.par[P_N]
    for d in range(st.num[N_DIRTY]):
        r = np.int64(st.lst[DIRTY, d])
        st.lst[IS_DIRTY, r] = 0
        touch(data, st, r)
        st.num[TOTAL] -= st.rt[r, COST]
        to = 0
        for p in range(st.rt[r, LEN]):
            node = st.pos[r, p, NODE]
            is_kept = False
            if node < n:
                is_kept = st.lst[WHERE, node] == r
            else:
                for q in range(to):
                    i = st.pos[r, q, NODE]
                    if i < n and data.req[i, SITE] == node - n:
                        is_kept = True
            if is_kept:
                st.pos[r, to, NODE] = node
                to += 1
        st.rt[r, LEN] = to
        count_again(data, st, r)
    st.num[N_DIRTY] = 0
    if is_changing:
        exchange_vehicles(data, st)


@kernel
def ruin_string(data, st, i, r):
    """Take a string of requests that holds request `i` out of its route, or one with a gap."""
    n = data.par[P_N]
    n_aboard = 0
    at = 0
    for p in range(st.rt[r, LEN]):
        node = st.pos[r, p, NODE]
        if node < n:
            if node == i:
                at = n_aboard
            st.seq[0, n_aboard] = node
            n_aboard += 1
    top = data.par[P_STRING]
    if top > n_aboard:
        top = np.int64(n_aboard)
    n_out = 1 + draw_below(st.rng, top)
    n_kept = 0
    if n_out > 1 and n_out < n_aboard and draw_below(st.rng, 2) == 0:
        n_kept = 1 + draw_below(st.rng, n_aboard - n_out)
    span = n_out + n_kept
    first = at - span + 1
    if first < 0:
        first = 0
    end = at
    if end > n_aboard - span:
        end = n_aboard - span
    first += draw_below(st.rng, end - first + 1)
    skip = first
    if n_kept > 0:
        skip += draw_below(st.rng, n_out)
    for q in range(first, first + span):
        if q < skip or q >= skip + n_kept:
            take_out(data.par, data.req, data.links, st.num, st.lst, st.seq[0, q])


@kernel
def ruin_routes(data, st, seed, n_routes, is_whole):
    """Take strings, or all requests, out of the routes of a request and of some near it."""
    n = data.par[P_N]
    st.num[SCAN] += 1
    scan = st.num[SCAN]
    left = n_routes
    for c in range(-1, data.near.shape[1]):
        i = np.int64(seed)
        if c >= 0:
            i = np.int64(data.near[seed, c])
        if i < 0 or left == 0:
            break
        r = np.int64(st.lst[WHERE, i])
        if r < 0 or st.seen[r, 1] == scan:
            continue
        if is_whole and c >= 0 and draw_below(st.rng, 2) == 0:
            continue
        st.seen[r, 1] = scan
        left -= 1
        if is_whole:
            for p in range(st.rt[r, LEN]):
                node = st.pos[r, p, NODE]
                if node < n:
                    take_out(data.par, data.req, data.links, st.num, st.lst, node)
        else:
            ruin_string(data, st, i, r)


@kernel
def ruin_related(data, st, seed):
    """Take a request and some of those that go best with it out."""
    n_wanted = 1 + draw_below(st.rng, 2 * data.par[P_REMOVE])
    take_out(data.par, data.req, data.links, st.num, st.lst, seed)
    for c in range(data.near.shape[1]):
        i = data.near[seed, c]
        if i < 0 or st.num[N_REMOVED] >= n_wanted:
            break
        if draw_below(st.rng, 3) > 0:
            take_out(data.par, data.req, data.links, st.num, st.lst, i)


@part
def ruin(data, st):
    """Take some requests out, one way or another, and mend the routes."""
    par = data.par
    if par[P_MOVABLE] > 0:
        seed = data.links[par[P_MOVE] + draw_below(st.rng, par[P_MOVABLE])]
        way = draw_below(st.rng, 100)
        if par[P_LIMITED] > 0 and st.num[N_ABSENT] > 0 and draw_below(st.rng, 4) == 0:
            # Room is made around somebody who found none.
            seed = st.lst[ABSENT, draw_below(st.rng, st.num[N_ABSENT])]
            ruin_routes(data, st, seed, 1 + draw_below(st.rng, 3), False)
        elif st.lst[WHERE, seed] >= 0:
            if way >= 65 and way < 95:
                ruin_related(data, st, seed)
            else:
                # On average half of the longest string comes out of each route.
                n_routes = 1 + draw_below(st.rng, 3)
                if way < 65:
                    n_routes = 1 + draw_below(
                        st.rng, 1 + 4 * par[P_REMOVE] // (1 + par[P_STRING])
                    )
                ruin_routes(data, st, seed, n_routes, way >= 95)
