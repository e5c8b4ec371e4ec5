"""Routes of a run put together from their end, label by label."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

import numpy as np

from routing.kernels.bound_arcs import (
    find_span,
    fits,
    price_join,
    root_price,
    span_index,
    start_price,
)
from routing.kernels.bound_lists import insert, leave_out, remember, thin
from routing.kernels.bound_state import (
    K_BUCKETS,
    K_LABELS,
    K_NEXT,
    L_E,
    L_LOAD,
    L_NEXT,
    L_NODE,
    L_PREV,
    L_Q1,
    L_Q2,
    L_SEG,
    L_SPAN,
    L_STATE,
    L_W1,
    L_W2,
    M_BITS,
    M_ELEMENTARY,
    M_LABELS,
    M_LEVEL,
    M_MIX,
    M_SCAN,
    M_SPANS,
    M_WIDTH,
    N_LAB,
    O_BEST,
    O_LABELS,
    O_ROOT,
    R_ADULT,
    R_LOAD,
    R_RIDE,
    R_SEATS,
    R_SPACES,
    S_DWELL,
)
from routing.kernels.jit import kernel


@kernel
def grow_labels(data, work, g, t, f, m, n_last, mode, eps):
    """Build the routes of a run from their end, dropping what cannot come below -eps."""
    lab = work.lab
    cap = data.load_cap[g]
    for p in range((2 * m + 1) * (cap + 1)):
        work.head[p] = -1
    for i in range(m):
        work.best[i] = -1
    for i in range(m + 2):
        work.cut[i] = -1
    start_root(data, work, g, t, m)
    work.list[0, 0] = 0
    n_now = 1
    for part in range(2, 0, -1):
        if part == 1:
            if f < 0:
                break
            # Those that have visited the first site go on from there.
            n_now = 0
            for x in range(work.count[K_LABELS]):
                if lab[x, L_NODE] == m and lab[x, L_STATE] == 0:
                    work.list[1, n_now] = x
                    n_now += 1
            n_now = thin(work, n_now, mode[M_LEVEL])
            for p in range(n_now):
                work.list[0, p] = work.list[1, p]
        while n_now > 0:
            work.count[K_NEXT] = 0
            for p in range(n_now):
                x = work.list[0, p]
                if lab[x, L_STATE] != 0:
                    continue
                lab[x, L_STATE] = 1
                if part == 2 and f >= 0:
                    visit_first(data, work, g, t, f, m, x, mode, eps)
                extend(data, work, g, t, f, m, n_last, part, x, mode, eps)
            n_now = thin(work, work.count[K_NEXT], mode[M_LEVEL])
            for p in range(n_now):
                work.list[0, p] = work.list[1, p]
    work.out[O_LABELS] = work.count[K_LABELS]


@kernel
def start_root(data, work, g, t, m):
    """Make the first label: the visit of the last site."""
    for z in range(N_LAB):
        work.lab[0, z] = 0
    work.lab[0, L_NODE] = m + 1
    work.lab[0, L_PREV] = -1
    work.lab[0, L_NEXT] = -1
    work.lab[0, L_SEG] = 2
    work.least[0] = work.out[O_ROOT]
    work.cost[0] = root_price(data, g, t)
    for w in range(work.mem.shape[1]):
        work.mem[0, w] = 0
    work.count[K_LABELS] = 1


@kernel
def visit_first(data, work, g, t, f, m, x, mode, eps):
    """Visit the first of two sites before all that label x holds."""
    lab = work.lab
    n = work.count[K_LABELS]
    if n >= min(mode[M_LABELS], lab.shape[0]):
        leave_out(work, x, work.least[x])
        return
    i = lab[x, L_NODE]
    gap = data.site[f, S_DWELL] + work.arc_s[m, i] + lab[x, L_E]
    span = find_span(data, t, f, gap)
    if span < 0:
        return
    c = work.cost[x] + work.arc_p[m, i] + price_join(data, g, t, f, gap, span)
    least = c + work.join[span_index(work, mode[M_SPANS], span)]
    if least > -eps:
        return
    words = (m + 63) // 64
    for z in range(N_LAB):
        lab[n, z] = lab[x, z]
    lab[n, L_NODE] = m
    lab[n, L_E] = 0
    lab[n, L_SPAN] = span
    lab[n, L_PREV] = x
    lab[n, L_STATE] = 0
    lab[n, L_SEG] = 1
    work.cost[n] = c
    work.least[n] = least
    for w in range(words):
        work.mem[n, w] = work.mem[x, w]
    if insert(work, 2 * m * (data.load_cap[g] + 1), n, mode[M_SCAN], words) >= 0:
        work.count[K_LABELS] = n + 1


@kernel
def find_known(work, x, i, j, part, bits):
    """Find which friends of rider j the label x (at node i) remembers."""
    known = 0
    for d in range(bits):
        y = work.friend[2 - part, j, d]
        if y >= 0 and (y == i or (work.mem[x, y >> 6] >> np.uint64(y & 63)) & np.uint64(1)):
            known |= 1 << d
    return known


@kernel
def extend(data, work, g, t, f, m, n_last, part, x, mode, eps):
    """Take one more rider before all that label x holds, in every way that may pay."""
    lab = work.lab
    width, n_spans, bits = mode[M_WIDTH], mode[M_SPANS], mode[M_BITS]
    n_buckets = work.count[K_BUCKETS]
    cap = data.load_cap[g]
    size = work.local.shape[0]
    words = (m + 63) // 64
    most = min(mode[M_LABELS], lab.shape[0])
    is_mixing = mode[M_MIX] != 0
    i = lab[x, L_NODE]
    gi = work.local[i] if i < m else -1
    e = lab[x, L_E]
    span = lab[x, L_SPAN]
    k = n_spans if part == 2 else span_index(work, n_spans, span)
    for j in range(n_last if part == 2 else m):
        if (work.mem[x, j >> 6] >> np.uint64(j & 63)) & np.uint64(1):
            continue
        gj = work.local[j]
        after = work.arc_s[j, i] + e
        ride = data.req[gj, R_RIDE]
        if part == 1 and j < n_last:
            ride -= span
        if after > ride:
            continue
        if i < m and data.req[gi, R_ADULT] != data.req[gj, R_ADULT] and not is_mixing:
            continue
        # Load that the table knows of: riders of this part of the route.
        load = data.req[gj, R_LOAD]
        if i < m:
            load += lab[x, L_LOAD]
        if load > cap:
            continue
        c = work.cost[x] + work.arc_p[j, i] + work.node_p[j]
        at = (((k * (cap + 1) + load) * size + j) << bits) * n_buckets + after // width
        if c + work.v1[at] > -eps:
            continue
        least = c + work.v1[at + find_known(work, x, i, j, part, bits) * n_buckets]
        if least > -eps:
            continue
        q1, q2, w1, w2 = lab[x, L_Q1], lab[x, L_Q2], lab[x, L_W1], lab[x, L_W2]
        if part == 1:
            q1 += data.req[gj, R_SEATS]
            w1 += data.req[gj, R_SPACES]
        if part == 2 or j < n_last:
            q2 += data.req[gj, R_SEATS]
            w2 += data.req[gj, R_SPACES]
        if not fits(data, g, max(q1, q2), max(w1, w2)):
            continue
        n = work.count[K_LABELS]
        if n >= most or work.count[K_NEXT] >= work.list.shape[1] - 1:
            leave_out(work, x, least)
            continue
        lab[n, L_NODE] = j
        lab[n, L_E] = after
        lab[n, L_SPAN] = span
        lab[n, L_Q1] = q1
        lab[n, L_Q2] = q2
        lab[n, L_W1] = w1
        lab[n, L_W2] = w2
        lab[n, L_PREV] = x
        lab[n, L_STATE] = 0
        lab[n, L_SEG] = part
        lab[n, L_LOAD] = load
        work.cost[n] = c
        work.least[n] = least
        remember(data, work, x, n, j, gj, m, words, mode[M_ELEMENTARY] != 0)
        place = (j if part == 2 else m + j) * (cap + 1) + load
        if insert(work, place, n, mode[M_SCAN], words) < 0:
            continue
        if part == 1 or f < 0:
            total = c + start_price(data, work, g, t, gj, after + span)
            if total < -eps and (work.best[j] < 0 or total < work.column_p[0, j]):
                work.best[j] = n
                work.column_p[0, j] = total
            if total < work.out[O_BEST]:
                work.out[O_BEST] = total
        work.list[1, work.count[K_NEXT]] = n
        work.count[K_NEXT] += 1
        work.count[K_LABELS] = n + 1


__all__ = ["find_known", "grow_labels"]
