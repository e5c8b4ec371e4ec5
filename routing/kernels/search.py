"""The search loop: ruin, recreate, accept or undo."""

from __future__ import annotations

from routing.kernels.jit import kernel
from routing.kernels.random import draw, draw_below
from routing.kernels.recreate import recreate
from routing.kernels.routes import free_route, refresh, undo
from routing.kernels.ruin import mend, ruin, take_out
from routing.kernels.state import (
    BEST,
    COST,
    ERROR,
    GROUP,
    LEN,
    N_ABSENT,
    N_ACCEPTED,
    N_BEST,
    N_DIRTY,
    N_FREE,
    N_OLD_ABSENT,
    N_REMOVED,
    N_TOUCHED,
    NODE,
    P_CHECK,
    P_N,
    P_UNSERVED,
    STAMP,
    TOTAL,
)


@kernel(inline=True)
def find_total(data, st):  # type: ignore[no-untyped-def]
    """Cost of the plan with the price of the absent. [pence]"""
    return st.num[TOTAL] + data.par[P_UNSERVED] * st.num[N_ABSENT]


@kernel()
def clear(data, st):  # type: ignore[no-untyped-def]
    """Empty every route; everybody is absent."""
    n = data.par[P_N]
    st.num[TOTAL] = 0
    st.num[N_ABSENT] = 0
    st.num[N_FREE] = 0
    st.num[N_DIRTY] = 0
    st.num[N_TOUCHED] = 0
    for r in range(st.rt.shape[0] - 1, -1, -1):
        st.rt[r, LEN] = 0
        st.in_free[r] = 0
        st.is_dirty[r] = 0
        refresh(data, st, r)
        free_route(st, r)
    for i in range(n):
        st.where[i] = -1
        st.absent[i] = i
    st.num[N_ABSENT] = n


@kernel()
def load(data, st, nodes, lengths):  # type: ignore[no-untyped-def]
    """Start from given routes; those that are not allowed are left out.

    Parameters
    ----------
    nodes, lengths
        Route after route.
    """
    n = data.par[P_N]
    clear(data, st)
    at = 0
    r = 0
    for k in range(lengths.shape[0]):
        length = lengths[k]
        for p in range(length):
            st.pos[r, p, NODE] = nodes[at + p]
        st.rt[r, LEN] = length
        at += length
        if length > 0 and refresh(data, st, r):
            st.num[TOTAL] += st.rt[r, COST]
            for p in range(length):
                if st.pos[r, p, NODE] < n:
                    st.where[st.pos[r, p, NODE]] = r
            r += 1
        else:
            st.rt[r, LEN] = 0
            refresh(data, st, r)
    # A group that is not whole is taken off its route.
    st.num[STAMP] += 1
    st.num[N_REMOVED] = 0
    for i in range(n):
        g = data.req[i, GROUP]
        r = st.where[data.group_with[data.group_start[g]]]
        if st.where[i] != r:
            take_out(data, st, i)
    mend(data, st)
    st.num[N_TOUCHED] = 0
    st.num[N_ABSENT] = 0
    for i in range(n):
        if st.where[i] < 0:
            st.absent[st.num[N_ABSENT]] = i
            st.num[N_ABSENT] += 1


@kernel()
def save_best(data, st):  # type: ignore[no-untyped-def]
    """Keep the present plan as the best."""
    at = 0
    for r in range(st.rt.shape[0]):
        length = st.rt[r, LEN]
        st.best_len[r] = length
        for p in range(length):
            st.best_node[at] = st.pos[r, p, NODE]
            at += 1
    st.num[BEST] = find_total(data, st)
    st.num[N_BEST] += 1


@kernel()
def count_from_scratch(data, st):  # type: ignore[no-untyped-def]
    """Count the cost of all routes afresh; -1 where a route is not what the state says. [pence]"""
    n = data.par[P_N]
    total = 0
    n_served = 0
    for r in range(st.rt.shape[0]):
        old = st.rt[r, COST]
        if not refresh(data, st, r) or st.rt[r, COST] != old:
            return -1
        total += old
        for p in range(st.rt[r, LEN]):
            node = st.pos[r, p, NODE]
            if node < n:
                n_served += 1
                if st.where[node] != r:
                    return -1
    if n_served + st.num[N_ABSENT] != n or total != st.num[TOTAL]:
        return -1
    return total


@kernel()
def build_greedy(data, st, how):  # type: ignore[no-untyped-def]
    """Put everybody who is absent on routes, in one pass."""
    st.num[STAMP] += 1
    st.num[N_TOUCHED] = 0
    st.num[N_REMOVED] = st.num[N_ABSENT]
    for a in range(st.num[N_ABSENT]):
        st.removed[a] = st.absent[a]
    recreate(data, st, how)
    st.num[N_TOUCHED] = 0


@kernel()
def step(data, st, heat):  # type: ignore[no-untyped-def]
    """Make one step: ruin, recreate, accept or undo.

    Parameters
    ----------
    heat
        Temperature of the annealing. [pence]
    """
    num = st.num
    before = find_total(data, st)
    num[STAMP] += 1
    num[N_TOUCHED] = 0
    num[N_REMOVED] = 0
    num[N_OLD_ABSENT] = num[N_ABSENT]
    for a in range(num[N_ABSENT]):
        st.old_absent[a] = st.absent[a]
    ruin(data, st)
    for a in range(num[N_ABSENT]):
        st.removed[num[N_REMOVED]] = st.absent[a]
        num[N_REMOVED] += 1
    way = draw_below(st.rng, 12)
    how = 0
    if way >= 11:
        how = 4
    elif way >= 9:
        how = 1
    elif way >= 5:
        how = 2
    elif way >= 3:
        how = 3
    recreate(data, st, how)
    after = find_total(data, st)
    limit = before + heat * data.neglog[draw(st.rng) >> 20]
    if after < before or after <= limit:
        num[N_ACCEPTED] += 1
        if after < num[BEST]:
            save_best(data, st)
    else:
        undo(data, st)
        num[N_ABSENT] = num[N_OLD_ABSENT]
        for a in range(num[N_ABSENT]):
            st.absent[a] = st.old_absent[a]


@kernel()
def run(data, st, n_steps, heat):  # type: ignore[no-untyped-def]
    """Make some steps at one temperature. Stops at the first contradiction (``ERROR``)."""
    for _ in range(n_steps):
        step(data, st, heat)
        if data.par[P_CHECK] > 0 and count_from_scratch(data, st) < 0:
            st.num[ERROR] = 2
        if st.num[ERROR] != 0:
            break
