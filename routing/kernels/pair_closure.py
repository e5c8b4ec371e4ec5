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
    to_origin = pos[s, v, LATE]
    for a in range(m):
        x = gap[s, a, u] + w
        if x > gap[s, a, v]:
            for b in range(m):
                y = x + gap[s, v, b]
                if y > gap[s, a, b]:
                    gap[s, a, b] = y
            if x + to_origin > pos[s, a, LATE]:
                pos[s, a, LATE] = x + to_origin
    x = pos[s, u, EARLY] + w
    if x > pos[s, v, EARLY]:
        for b in range(m):
            y = x + gap[s, v, b]
            if y > pos[s, b, EARLY]:
                pos[s, b, EARLY] = y
    return True


@part
def close_chain(pos, gap, s, m):
    """Closure of the windows and legs alone: along the chain, or by way of the origin."""
    for a in range(m):
        late = pos[s, a, LATE]
        for b in range(a):
            gap[s, a, b] = late + pos[s, b, EARLY]
        gap[s, a, a] = 0
        along = 0
        for b in range(a + 1, m):
            along += pos[s, b, LEG_T]
            over = late + pos[s, b, EARLY]
            gap[s, a, b] = along if along > over else over


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
            node = pos[s, q, NODE]
            if node >= n:
                p = q - 1
                while pos[s, p, NODE] != node - n:
                    p -= 1
                if not add_limit(pos, st.gap, s, m, q, p, -data.node[node - n, SPAN]):
                    return False
    if is_strict:
        n_aboard = 0
        for q in range(1, m - 1):
            if n_aboard > 0 and not add_limit(pos, st.gap, s, m, q, q - 1, -pos[s, q, LEG_T]):
                return False
            n_aboard += 1 if pos[s, q, NODE] < n else -1
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
        node = pos[s, q, NODE]
        early = data.node[node, FROM]
        if q > 0:
            before = pos[s, q - 1, NODE]
            leg = data.road[before, node, OUT_T]
            pos[s, q, LEG_T] = leg
            pos[s, q, LEG_C] = data.road[before, node, OUT_C]
            cost += pos[s, q, LEG_C]
            if pos[s, q - 1, EARLY] + leg > early:
                early = pos[s, q - 1, EARLY] + leg
        pos[s, q, EARLY] = early
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
        late = -data.node[pos[s, q, NODE], BY]
        if q < m - 1 and pos[s, q + 1, LATE] + pos[s, q + 1, LEG_T] > late:
            late = pos[s, q + 1, LATE] + pos[s, q + 1, LEG_T]
        pos[s, q, LATE] = late
        if pos[s, q, EARLY] + late > 0:
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
        for f in range(st.pos.shape[2]):
            st.pos[strict, a, f] = st.pos[s, a, f]
        for b in range(m):
            st.gap[strict, a, b] = st.gap[s, a, b]
    return close_limits(data, st, strict, m, True)
