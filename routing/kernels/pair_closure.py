"""The exact schedule test of a paired route: the closure of its difference constraints.

With b_k the begin of service at node k of the route, every rule is a difference: windows
against the origin, legs b_k+1 - b_k >= service + travel, rides b_drop - b_pick <= limit, the
duration of the route. They can be met if and only if no cycle of their graph is positive
(Bellman); the closure of longest paths tells at once whether any further leg fits.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

import numpy as np

from routing.kernels.jit import kernel, part
from routing.kernels.pair_state import (
    ALONG,
    BY,
    COST,
    EARLY,
    FROM,
    LATE,
    LEG_C,
    LEG_T,
    LEN,
    NEXT_VERSION,
    NODE,
    OUT_C,
    OUT_T,
    P_CAP,
    P_DIMS,
    P_FIXED,
    P_N,
    P_RIDES,
    P_ROUTE_T,
    P_WAIT,
    SPAN,
    VERSION,
)


@kernel
def add_limit(pos, gap, s, m, u, v, w):
    """Add b_v - b_u >= w to the closure of slot `s`; whether it can still be met."""
    if gap[s, u, v] >= w:
        return True
    if w + gap[s, v, u] > 0:
        return False
    to_origin = pos[s, LATE, v]
    for a in range(m):
        x = gap[s, a, u] + w
        if x > gap[s, a, v]:
            # 32 bits and no branch: so that the compiler takes several at once.
            for b in range(m):
                gap[s, a, b] = max(gap[s, a, b], np.int32(x + gap[s, v, b]))
            if x + to_origin > pos[s, LATE, a]:
                pos[s, LATE, a] = x + to_origin
    x = pos[s, EARLY, u] + w
    if x > pos[s, EARLY, v]:
        for b in range(m):
            y = x + gap[s, v, b]
            if y > pos[s, EARLY, b]:
                pos[s, EARLY, b] = y
    return True


@part
def close_chain(pos, gap, s, m):
    """Closure of the windows and legs alone: along the chain, or by way of the origin."""
    for a in range(m):
        late = pos[s, LATE, a]
        along = pos[s, ALONG, a]
        for b in range(m):
            gap[s, a, b] = np.int32(late + pos[s, EARLY, b])
        for b in range(a, m):
            gap[s, a, b] = max(gap[s, a, b], np.int32(pos[s, ALONG, b] - along))
        gap[s, a, a] = 0


@kernel
def close_limits(data, st, s, m, is_strict):
    """Put rides, duration and, if strict, no waiting with anybody aboard into the closure."""
    n = data.par[P_N]
    pos = st.pos
    if data.par[P_ROUTE_T] >= 0 and not add_limit(
        pos, st.gap, s, m, m - 1, 0, -data.par[P_ROUTE_T]
    ):
        return False
    if data.par[P_RIDES] != 0:
        for q in range(2, m - 1):
            node = pos[s, NODE, q]
            if node >= n:
                p = q - 1
                while pos[s, NODE, p] != node - n:
                    p -= 1
                span = -data.node[node - n, SPAN]
                if st.gap[s, q, p] < span and not add_limit(pos, st.gap, s, m, q, p, span):
                    return False
    if is_strict:
        n_aboard = 0
        for q in range(1, m - 1):
            if n_aboard > 0 and not add_limit(pos, st.gap, s, m, q, q - 1, -pos[s, LEG_T, q]):
                return False
            n_aboard += 1 if pos[s, NODE, q] < n else -1
    return True


@kernel
def build(data, st, s):
    """Count all facts of the nodes in slot `s`; whether the route keeps every rule.

    Where waiting with somebody aboard is not allowed the closure kept is still the one without
    that rule, because only that one stays true when a request is added.
    """
    par = data.par
    n = par[P_N]
    pos = st.pos
    m = st.rt[s, LEN]
    st.num[NEXT_VERSION] += 1
    st.rt[s, VERSION] = st.num[NEXT_VERSION]
    cost = np.int64(0)
    is_good = True
    for q in range(m):
        node = pos[s, NODE, q]
        early = data.node[node, FROM]
        pos[s, ALONG, q] = 0
        if q > 0:
            before = pos[s, NODE, q - 1]
            leg = data.road[before, node, OUT_T]
            pos[s, LEG_T, q] = leg
            pos[s, LEG_C, q] = data.road[before, node, OUT_C]
            pos[s, ALONG, q] = pos[s, ALONG, q - 1] + leg
            cost += pos[s, LEG_C, q]
            if pos[s, EARLY, q - 1] + leg > early:
                early = pos[s, EARLY, q - 1] + leg
        pos[s, EARLY, q] = early
        if early > data.node[node, BY]:
            is_good = False
        for d in range(par[P_DIMS]):
            load = 0
            if q > 0:
                load = st.aboard[s, q - 1, d]
            if node < n:
                load += data.load[node, d]
            elif node < 2 * n:
                load -= data.load[node - n, d]
            st.aboard[s, q, d] = load
            if load > par[P_CAP + d]:
                is_good = False
    if m > 2:
        cost += par[P_FIXED]
    else:
        cost = np.int64(0)
    st.rt[s, COST] = cost
    if not is_good:
        return False
    for q in range(m - 1, -1, -1):
        late = -data.node[pos[s, NODE, q], BY]
        if q < m - 1 and pos[s, LATE, q + 1] + pos[s, LEG_T, q + 1] > late:
            late = pos[s, LATE, q + 1] + pos[s, LEG_T, q + 1]
        pos[s, LATE, q] = late
        if pos[s, EARLY, q] + late > 0:
            return False
    close_chain(pos, st.gap, s, m)
    return close_limits(data, st, s, m, False) and (
        par[P_WAIT] != 0 or is_kept_strictly(data, st, s, m)
    )


@part
def is_kept_strictly(data, st, s, m):
    """Whether the route has a schedule without waiting with somebody aboard."""
    strict = st.gap.shape[0] - 2
    for a in range(m):
        for f in range(st.pos.shape[1]):
            st.pos[strict, f, a] = st.pos[s, f, a]
        for b in range(m):
            st.gap[strict, a, b] = st.gap[s, a, b]
    return close_limits(data, st, strict, m, True)
