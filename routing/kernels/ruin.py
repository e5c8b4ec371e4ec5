"""Taking requests out: strings of neighbouring routes, related requests, whole routes.

Strings after Christiaens and Vanden Berghe, Slack induction by string removals for vehicle routing
problems, Transportation Science 54(2), 2020.
"""

from __future__ import annotations

from routing.kernels.jit import kernel
from routing.kernels.random import draw_below
from routing.kernels.routes import free_route, refresh, touch
from routing.kernels.state import (
    COST,
    GROUP,
    LEN,
    N_DIRTY,
    N_REMOVED,
    NODE,
    P_MOVABLE,
    P_N,
    P_REMOVE,
    P_STRING,
    SCAN,
    SITE,
    TOTAL,
)


@kernel(inline=True)
def take_out(data, st, i):  # type: ignore[no-untyped-def]
    """Mark a request and its group as removed; their routes are mended afterwards."""
    g = data.req[i, GROUP]
    for c in range(data.group_start[g], data.group_start[g + 1]):
        member = data.group_with[c]
        r = st.where[member]
        if r < 0:
            continue
        st.where[member] = -1
        st.removed[st.num[N_REMOVED]] = member
        st.num[N_REMOVED] += 1
        if st.is_dirty[r] == 0:
            st.is_dirty[r] = 1
            st.dirty[st.num[N_DIRTY]] = r
            st.num[N_DIRTY] += 1


@kernel()
def mend(data, st):  # type: ignore[no-untyped-def]
    """Close the gaps of all routes that lost a request.

    A route that is not allowed without them (travel times may break the triangle inequality, and
    windows may need the time) is taken out as a whole.
    """
    n = data.par[P_N]
    for d in range(st.num[N_DIRTY]):
        r = st.dirty[d]
        st.is_dirty[r] = 0
        touch(st, r)
        st.num[TOTAL] -= st.rt[r, COST]
        length = st.rt[r, LEN]
        to = 0
        for p in range(length):
            node = st.pos[r, p, NODE]
            is_kept = False
            if node < n:
                is_kept = st.where[node] == r
            else:
                for q in range(to):
                    i = st.pos[r, q, NODE]
                    if i < n and data.req[i, SITE] == node - n:
                        is_kept = True
            if is_kept:
                st.pos[r, to, NODE] = node
                to += 1
        st.rt[r, LEN] = to
        if not refresh(data, st, r):
            for p in range(to):
                node = st.pos[r, p, NODE]
                if node < n:
                    st.where[node] = -1
                    st.removed[st.num[N_REMOVED]] = node
                    st.num[N_REMOVED] += 1
            st.rt[r, LEN] = 0
            refresh(data, st, r)
        if st.rt[r, LEN] == 0:
            free_route(st, r)
        st.num[TOTAL] += st.rt[r, COST]
    st.num[N_DIRTY] = 0


@kernel()
def ruin_strings(data, st, seed):  # type: ignore[no-untyped-def]
    """Take a string of requests out of each of some routes near a request."""
    n = data.par[P_N]
    n_wanted = data.par[P_REMOVE]
    longest = data.par[P_STRING]
    st.num[SCAN] += 1
    scan = st.num[SCAN]
    # On average half of the longest string comes out of each route.
    most = 4 * n_wanted // (1 + longest)
    n_routes = 1 + draw_below(st.rng, most) if most > 1 else 1
    for c in range(-1, data.near.shape[1]):
        if n_routes == 0:
            break
        i = seed if c < 0 else data.near[seed, c]
        if i < 0:
            break
        r = st.where[i]
        if r < 0 or st.seen[r, 1] == scan:
            continue
        st.seen[r, 1] = scan
        n_routes -= 1
        n_aboard = 0
        at = 0
        for p in range(st.rt[r, LEN]):
            node = st.pos[r, p, NODE]
            if node < n:
                if node == i:
                    at = n_aboard
                st.seq[0, n_aboard] = node
                n_aboard += 1
        top = longest if longest < n_aboard else n_aboard
        n_out = 1 + draw_below(st.rng, top)
        n_kept = 0
        if n_out > 1 and n_out < n_aboard and draw_below(st.rng, 2) == 0:
            n_kept = 1 + draw_below(st.rng, n_aboard - n_out)
        span = n_out + n_kept
        first = at - span + 1
        if first < 0:
            first = 0
        end = at if at < n_aboard - span else n_aboard - span
        first += draw_below(st.rng, end - first + 1)
        skip = first + (draw_below(st.rng, n_out) if n_kept > 0 else 0)
        for q in range(first, first + span):
            if n_kept > 0 and q >= skip and q < skip + n_kept:
                continue
            take_out(data, st, st.seq[0, q])


@kernel()
def ruin_related(data, st, seed):  # type: ignore[no-untyped-def]
    """Take a request and some of those that go best with it out."""
    n_wanted = 1 + draw_below(st.rng, 2 * data.par[P_REMOVE])
    take_out(data, st, seed)
    for c in range(data.near.shape[1]):
        if st.num[N_REMOVED] >= n_wanted:
            break
        i = data.near[seed, c]
        if i < 0:
            break
        if st.where[i] >= 0 and draw_below(st.rng, 3) > 0:
            take_out(data, st, i)


@kernel()
def ruin_routes(data, st, seed):  # type: ignore[no-untyped-def]
    """Take whole routes out: the request's own and one or two near it."""
    n = data.par[P_N]
    n_routes = 1 + draw_below(st.rng, 3)
    st.num[SCAN] += 1
    scan = st.num[SCAN]
    for c in range(-1, data.near.shape[1]):
        if n_routes == 0 or st.num[N_REMOVED] > 4 * data.par[P_REMOVE]:
            break
        i = seed if c < 0 else data.near[seed, c]
        if i < 0:
            break
        r = st.where[i]
        if r < 0 or st.seen[r, 1] == scan:
            continue
        if c >= 0 and draw_below(st.rng, 2) == 0:
            continue
        st.seen[r, 1] = scan
        n_routes -= 1
        for p in range(st.rt[r, LEN]):
            node = st.pos[r, p, NODE]
            if node < n and st.where[node] == r:
                take_out(data, st, node)


@kernel()
def ruin(data, st):  # type: ignore[no-untyped-def]
    """Take some requests out, one way or another, and mend the routes."""
    n_movable = data.par[P_MOVABLE]
    if n_movable > 0:
        seed = data.movable[draw_below(st.rng, n_movable)]
        way = draw_below(st.rng, 100)
        if st.where[seed] >= 0:
            if way < 65:
                ruin_strings(data, st, seed)
            elif way < 95:
                ruin_related(data, st, seed)
            else:
                ruin_routes(data, st, seed)
    mend(data, st)
