"""Pricing of one run: routes of one class of offers with given last and first site."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
# ruff: noqa: SIM110
from __future__ import annotations

import numpy as np

from routing.kernels.bound_state import (
    C_FIXED,
    C_M,
    C_S,
    C_WAIT,
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
    M_COLUMNS,
    M_ELEMENTARY,
    M_LABELS,
    M_LEVEL,
    M_MIX,
    M_SCAN,
    M_SPANS,
    M_TABLES,
    M_WIDTH,
    O_BEST,
    O_CUT,
    O_FOUND,
    O_LABELS,
    O_ROOT,
    O_TRUNC,
    R_ADULT,
    R_LOAD,
    R_RIDE,
    R_ROW,
    R_SEATS,
    R_SERVICE,
    R_SITE_SERVICE,
    R_SPACES,
    S_BY,
    S_DWELL,
    S_FROM,
    S_ROW,
)
from routing.kernels.bound_tables import FREE, choose_friends, fill_table
from routing.kernels.jit import entry, kernel

_N_BINS = 512


@entry
def price_run(data, work, pi, g, t, f, mode, eps):
    """Price all routes of class g that end at site t and, if f >= 0, visit site f before.

    Results stand in `work.out`: the least reduced price found, the least that a label left out
    might have reached, the bound of the tables alone, labels made, columns kept. No route of
    the run has a reduced price below the least of the first two and -eps.

    Parameters
    ----------
    pi
        (n,) prices of the riders. [pence]
    mode
        See `bound_state`.
    eps
        What can only reach above -eps is dropped. [pence]
    """
    work.out[O_BEST] = FREE
    work.out[O_TRUNC] = FREE
    work.out[O_ROOT] = FREE
    work.out[O_LABELS] = 0
    work.out[O_FOUND] = 0
    work.out[O_CUT] = 0
    counts = prepare(data, work, pi, g, t, f)
    m, n_last = counts
    if n_last == 0 or (m == n_last and f >= 0):
        return
    root = build_tables(data, work, g, t, f, m, n_last, mode)
    work.out[O_ROOT] = root
    if root > -eps or mode[M_TABLES]:
        return
    grow_labels(data, work, pi, g, t, f, m, n_last, mode, eps)


@kernel
def prepare(data, work, pi, g, t, f):
    """Lay out the riders of a run: those of the last site, then those of the first."""
    m = 0
    for p in range(data.site_start[t], data.site_start[t + 1]):
        i = data.site_riders[p]
        if data.allowed[g, i]:
            work.local[m] = i
            m += 1
    n_last = m
    if f >= 0:
        for p in range(data.site_start[f], data.site_start[f + 1]):
            i = data.site_riders[p]
            if data.allowed[g, i]:
                work.local[m] = i
                m += 1
    rate_m = data.rate[g, C_M]
    rate_s = data.rate[g, C_S]
    at_t = data.site[t, S_ROW]
    at_f = data.site[f, S_ROW] if f >= 0 else at_t
    dwells = True
    if f >= 0:
        # Where the vehicle might wait anyway, time at the first site may cost nothing.
        least = data.duration[at_f, at_t]
        for i in range(n_last):
            d = data.duration[at_f, data.req[work.local[i], R_ROW]]
            if d < least:
                least = d
        dwells = data.site[t, S_FROM] - data.site[f, S_BY] <= data.site[f, S_DWELL] + least
    for j in range(m):
        for w in range(work.mask.shape[1]):
            work.mask[j, w] = 0
    for i in range(m):
        gi = work.local[i]
        row = data.req[gi, R_ROW]
        stay = data.req[gi, R_SITE_SERVICE]
        work.node_p[i] = -pi[gi] + (rate_s * stay if i < n_last or dwells else 0.0)
        service = data.req[gi, R_SERVICE]
        for j in range(m):
            other = data.req[work.local[j], R_ROW]
            work.arc_s[j, i] = data.duration[other, row] + service
            work.arc_p[j, i] = rate_m * data.distance[other, row] + rate_s * work.arc_s[j, i]
            work.near[j, i] = data.near[work.local[j], gi]
            if work.near[j, i]:
                work.mask[j, i >> 6] |= np.uint64(1) << np.uint64(i & 63)
        work.arc_s[i, m] = data.duration[row, at_f]
        work.arc_p[i, m] = rate_m * data.distance[row, at_f] + rate_s * work.arc_s[i, m]
        work.arc_s[i, m + 1] = data.duration[row, at_t]
        work.arc_p[i, m + 1] = rate_m * data.distance[row, at_t] + rate_s * work.arc_s[i, m + 1]
        work.arc_s[m, i] = data.duration[at_f, row] + service
        work.arc_p[m, i] = rate_m * data.distance[at_f, row] + rate_s * work.arc_s[m, i]
    work.arc_s[m, m + 1] = data.duration[at_f, at_t]
    work.arc_p[m, m + 1] = rate_m * data.distance[at_f, at_t] + rate_s * work.arc_s[m, m + 1]
    for i in range(m):
        for j in range(m + 2):
            work.arc_f[i, j] = work.arc_p[i, j] + work.node_p[i]
    return m, n_last


@kernel
def find_span(data, t, f, gap):
    """Find the time from arriving at the first site to arriving at the last, or -1. [s]"""
    span = gap
    if data.site[t, S_FROM] - data.site[f, S_BY] > span:
        span = data.site[t, S_FROM] - data.site[f, S_BY]
    if span > data.site[t, S_BY] - data.site[f, S_FROM]:
        return -1
    return span


@kernel
def price_join(data, g, t, f, gap, span):
    """Price what the visit of the first site adds: dwell and waiting. [pence]"""
    stay = data.site[f, S_DWELL]
    wait = span - gap
    return data.rate[g, C_S] * (stay + wait) + data.rate[g, C_WAIT] * wait


@kernel
def start_price(data, g, i):
    """Price of beginning a route with rider i: the run from base and the boarding. [pence]"""
    return data.start[g, i] + data.rate[g, C_S] * data.req[i, R_SERVICE]


@kernel
def root_price(data, g, t):
    """Price of ending a route at a site: what is fixed, the dwell, the way to base. [pence]"""
    return data.rate[g, C_FIXED] + data.rate[g, C_S] * data.site[t, S_DWELL] + data.end[g, t]


@kernel
def build_tables(data, work, g, t, f, m, n_last, mode):
    """Build the tables of a run; give the bound on its reduced prices. [pence]"""
    width = mode[M_WIDTH]
    cap = data.load_cap[g]
    longest = 0
    for i in range(m):
        ride = data.req[work.local[i], R_RIDE]
        if ride > longest:
            longest = ride
    n_buckets = longest // width + 1
    size = work.local.shape[0]
    work.loads[0] = cap + 1
    n_spans = mode[M_SPANS]
    bits = mode[M_BITS]
    choose_friends(work, 0, n_last, bits)
    if f >= 0:
        choose_friends(work, 1, m, bits)
        low = work.arc_s[m, m + 1]
        for i in range(n_last):
            if work.arc_s[m, i] < low:
                low = work.arc_s[m, i]
        low += data.site[f, S_DWELL]
        if data.site[t, S_FROM] - data.site[f, S_BY] > low:
            low = data.site[t, S_FROM] - data.site[f, S_BY]
        high = data.site[t, S_BY] - data.site[f, S_FROM]
        for k in range(n_spans + 1):
            work.edge[k] = low
            work.join[k] = FREE
        if low > high:
            return FREE
        if longest < high:
            high = longest
        step = (high - low) // n_spans + 1
        if step < 1:
            step = 1
        for k in range(n_spans):
            work.edge[k] = low + k * step
            for i in range(m):
                gi = work.local[i]
                ride = data.req[gi, R_RIDE]
                work.limit[i] = ride - work.edge[k] if i < n_last else ride
                price = start_price(data, g, gi)
                for b in range(n_buckets):
                    work.first[i, b] = price
            fill_table(data, work, k, 1, m, cap, bits, width, n_buckets, mode[M_MIX] != 0)
            for i in range(m):
                e = work.arc_s[i, m]
                q = data.req[work.local[i], R_LOAD]
                if e <= work.limit[i] and q <= cap:
                    at = (((k * (cap + 1) + q) * size + i) << bits) * n_buckets
                    x = work.arc_f[i, m] + work.v1[at + e // width]
                    if x < work.join[k]:
                        work.join[k] = x
    for i in range(n_last):
        gi = work.local[i]
        work.limit[i] = data.req[gi, R_RIDE]
        price = start_price(data, g, gi)
        for b in range(n_buckets):
            if f < 0:
                work.first[i, b] = price
            else:
                gap = data.site[f, S_DWELL] + work.arc_s[m, i] + b * width
                span = find_span(data, t, f, gap)
                work.first[i, b] = FREE
                if span >= 0:
                    work.first[i, b] = (
                        work.arc_p[m, i]
                        + price_join(data, g, t, f, gap, span)
                        + work.join[span_index(work, n_spans, span)]
                    )
    fill_table(data, work, n_spans, 0, n_last, cap, bits, width, n_buckets, mode[M_MIX] != 0)
    best = FREE
    for i in range(n_last):
        e = work.arc_s[i, m + 1]
        q = data.req[work.local[i], R_LOAD]
        if e <= work.limit[i] and q <= cap:
            at = (((n_spans * (cap + 1) + q) * size + i) << bits) * n_buckets
            x = work.arc_f[i, m + 1] + work.v1[at + e // width]
            if x < best:
                best = x
    if f >= 0:
        gap = data.site[f, S_DWELL] + work.arc_s[m, m + 1]
        span = find_span(data, t, f, gap)
        if span >= 0:
            x = (
                work.arc_p[m, m + 1]
                + price_join(data, g, t, f, gap, span)
                + work.join[span_index(work, n_spans, span)]
            )
            if x < best:
                best = x
    work.loads[1] = n_buckets
    return best + root_price(data, g, t)


@kernel
def span_index(work, n_spans, span):
    """Find the table whose time from first to last site is at most this one."""
    k = 0
    while k + 1 < n_spans and work.edge[k + 1] <= span:
        k += 1
    return k


@kernel
def fits(data, g, seats, spaces):
    """Whether a layout of the class holds these seats and spaces."""
    for a in range(data.layout.shape[1]):
        if data.layout[g, a, 0] >= seats and data.layout[g, a, 1] >= spaces:
            return True
    return False


@kernel
def insert(work, place, new, n_scan, words):
    """Put label `new` into a list sorted by price, unless one there is at least as good.

    Returns
    -------
    -1 if it is not needed, else the number of labels of the list that it makes needless and
    that are still to be extended.
    """
    lab = work.lab
    price = work.cost[new]
    before = -1
    at = work.head[place]
    seen = 0
    while at >= 0 and work.cost[at] <= price:
        if seen < n_scan:
            if dominates(work, at, new, words):
                return -1
            seen += 1
        before = at
        at = lab[at, L_NEXT]
    lab[new, L_NEXT] = at
    if before < 0:
        work.head[place] = new
    else:
        lab[before, L_NEXT] = new
    before = new
    seen = 0
    gone = 0
    while at >= 0 and seen < n_scan:
        after = lab[at, L_NEXT]
        if dominates(work, new, at, words):
            lab[before, L_NEXT] = after
            if lab[at, L_STATE] == 0:
                lab[at, L_STATE] = 2
                gone += 1
        else:
            before = at
        seen += 1
        at = after
    return gone


@kernel
def dominates(work, a, b, words):
    """Whether every continuation of label b suits label a, which costs no more."""
    lab = work.lab
    if (
        lab[a, L_E] > lab[b, L_E]
        or lab[a, L_SPAN] > lab[b, L_SPAN]
        or lab[a, L_Q1] > lab[b, L_Q1]
        or lab[a, L_Q2] > lab[b, L_Q2]
        or lab[a, L_W1] > lab[b, L_W1]
        or lab[a, L_W2] > lab[b, L_W2]
    ):
        return False
    for w in range(words):
        if work.mem[a, w] & ~work.mem[b, w]:
            return False
    return True


@kernel
def thin(work, n, most):
    """Keep at most `most` of n waiting labels, the most promising; give their number."""
    low = FREE
    high = -FREE
    alive = 0
    for p in range(n):
        x = work.list[1, p]
        if work.lab[x, L_STATE] == 0:
            work.list[1, alive] = x
            alive += 1
            if work.least[x] < low:
                low = work.least[x]
            if work.least[x] > high:
                high = work.least[x]
    if alive <= most:
        return alive
    scale = (_N_BINS - 1) / (high - low + 1e-9)
    for b in range(_N_BINS):
        work.bins[b] = 0
    for p in range(alive):
        work.bins[int((work.least[work.list[1, p]] - low) * scale)] += 1
    total = 0
    last = 0
    while last < _N_BINS and total + work.bins[last] <= most:
        total += work.bins[last]
        last += 1
    kept = 0
    for p in range(alive):
        x = work.list[1, p]
        b = int((work.least[x] - low) * scale)
        # The bin that is too full is filled up in order.
        if b < last or (b == last and kept < most and total < most):
            if b == last:
                total += 1
            work.list[1, kept] = x
            kept += 1
        else:
            if work.least[x] < work.out[O_TRUNC]:
                work.out[O_TRUNC] = work.least[x]
            work.lab[x, L_STATE] = 2
            work.out[O_CUT] += 1
    return kept


@kernel
def grow_labels(data, work, pi, g, t, f, m, n_last, mode, eps):
    """Build the routes of a run from their end, dropping what cannot come below -eps."""
    lab = work.lab
    words = (m + 63) // 64
    width = mode[M_WIDTH]
    cap = data.load_cap[g]
    n_spans = mode[M_SPANS]
    n_buckets = work.loads[1]
    size = work.local.shape[0]
    full = mode[M_ELEMENTARY] != 0
    is_mixing = mode[M_MIX] != 0
    most = min(mode[M_LABELS], lab.shape[0])
    for p in range((2 * m + 1) * (cap + 1)):
        work.head[p] = -1
    bits = mode[M_BITS]
    for i in range(m):
        work.best[i] = -1
    # The root: the visit of the last site.
    for z in range(12):
        lab[0, z] = 0
    work.least[0] = work.out[O_ROOT]
    lab[0, L_NODE] = m + 1
    lab[0, L_PREV] = -1
    lab[0, L_NEXT] = -1
    lab[0, L_SEG] = 2
    work.cost[0] = root_price(data, g, t)
    for w in range(words):
        work.mem[0, w] = 0
    n = 1
    work.list[0, 0] = 0
    n_now = 1
    for part in range(2, 0, -1):
        if part == 1:
            if f < 0:
                break
            # Those that have visited the first site go on from there.
            n_now = 0
            at = work.head[2 * m * (cap + 1)]
            while at >= 0:
                work.list[1, n_now] = at
                n_now += 1
                at = lab[at, L_NEXT]
            n_now = thin(work, n_now, mode[M_LEVEL])
            for p in range(n_now):
                work.list[0, p] = work.list[1, p]
        reach = n_last if part == 2 else m
        while n_now > 0:
            n_next = 0
            for p in range(n_now):
                x = work.list[0, p]
                if lab[x, L_STATE] != 0:
                    continue
                lab[x, L_STATE] = 1
                i = lab[x, L_NODE]
                gi = work.local[i] if i < m else -1
                e = lab[x, L_E]
                if part == 2 and f >= 0 and n < most:
                    # Visit the first site.
                    gap = data.site[f, S_DWELL] + work.arc_s[m, i] + e
                    span = find_span(data, t, f, gap)
                    if span >= 0:
                        c = (
                            work.cost[x]
                            + work.arc_p[m, i]
                            + price_join(data, g, t, f, gap, span)
                        )
                        least = c + work.join[span_index(work, n_spans, span)]
                        if least <= -eps:
                            for z in range(12):
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
                            if insert(work, 2 * m * (cap + 1), n, mode[M_SCAN], words) >= 0:
                                n += 1
                elif part == 2 and f >= 0 and work.least[x] < work.out[O_TRUNC]:
                    work.out[O_TRUNC] = work.least[x]
                    work.out[O_CUT] += 1
                for j in range(reach):
                    if (work.mem[x, j >> 6] >> np.uint64(j & 63)) & np.uint64(1):
                        continue
                    gj = work.local[j]
                    after = work.arc_s[j, i] + e
                    ride = data.req[gj, R_RIDE]
                    k = n_spans
                    q1 = lab[x, L_Q1]
                    q2 = lab[x, L_Q2]
                    if part == 1:
                        q1 += data.req[gj, R_SEATS]
                        k = span_index(work, n_spans, lab[x, L_SPAN])
                        if j < n_last:
                            q2 += data.req[gj, R_SEATS]
                            ride -= lab[x, L_SPAN]
                    else:
                        q2 += data.req[gj, R_SEATS]
                    if after > ride:
                        continue
                    if (
                        i < m
                        and data.req[gi, R_ADULT] != data.req[gj, R_ADULT]
                        and not is_mixing
                    ):
                        continue
                    # Load that the table knows of: riders of this part of the route.
                    load = data.req[gj, R_LOAD]
                    if i < m:
                        load += work.lab[x, L_LOAD]
                    if load > cap:
                        continue
                    c = work.cost[x] + work.arc_p[j, i] + work.node_p[j]
                    at = (((k * (cap + 1) + load) * size + j) << bits) * n_buckets
                    at += after // width
                    least = c + work.v1[at]
                    if least > -eps:
                        continue
                    known = 0
                    for d in range(bits):
                        y = work.friend[2 - part, j, d]
                        if y >= 0 and (
                            y == i or (work.mem[x, y >> 6] >> np.uint64(y & 63)) & np.uint64(1)
                        ):
                            known |= 1 << d
                    least = c + work.v1[at + known * n_buckets]
                    if least > -eps:
                        continue
                    w1 = lab[x, L_W1]
                    w2 = lab[x, L_W2]
                    if part == 1:
                        w1 += data.req[gj, R_SPACES]
                    if part == 2 or j < n_last:
                        w2 += data.req[gj, R_SPACES]
                    if not fits(data, g, max(q1, q2), max(w1, w2)):
                        continue
                    if n >= most or n_next >= work.list.shape[1] - 1:
                        if least < work.out[O_TRUNC]:
                            work.out[O_TRUNC] = least
                        work.out[O_CUT] += 1
                        continue
                    lab[n, L_NODE] = j
                    lab[n, L_E] = after
                    lab[n, L_SPAN] = lab[x, L_SPAN]
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
                    remember(data, work, x, n, j, gj, m, words, full)
                    place = (j if part == 2 else m + j) * (cap + 1) + load
                    if insert(work, place, n, mode[M_SCAN], words) < 0:
                        continue
                    if part == 1 or f < 0:
                        total = c + start_price(data, g, gj)
                        if total < -eps and (work.best[j] < 0 or total < work.column_p[0, j]):
                            work.best[j] = n
                            work.column_p[0, j] = total
                        if total < work.out[O_BEST]:
                            work.out[O_BEST] = total
                    work.list[1, n_next] = n
                    n_next += 1
                    n += 1
            n_now = thin(work, n_next, mode[M_LEVEL])
            for p in range(n_now):
                work.list[0, p] = work.list[1, p]
    work.out[O_LABELS] = n
    write_columns(data, work, t, f, m, mode[M_COLUMNS])


@kernel
def remember(data, work, x, new, j, gj, m, words, full):
    """Write what a label remembers after rider j: j, and of the others those near j."""
    for w in range(words):
        work.mem[new, w] = work.mem[x, w] if full else work.mem[x, w] & work.mask[j, w]
    work.mem[new, j >> 6] |= np.uint64(1) << np.uint64(j & 63)
    for a in range(data.apart_start[gj], data.apart_start[gj + 1]):
        other = data.apart_with[a]
        for i in range(m):
            if work.local[i] == other and (full or work.near[j, i] != 0):
                work.mem[new, i >> 6] |= np.uint64(1) << np.uint64(i & 63)


@kernel
def write_columns(data, work, t, f, m, most):
    """Write the cheapest routes found, at most one for each first rider."""
    n_req = data.req.shape[0]
    found = 0
    while found < most:
        best = -1
        for i in range(m):
            if work.best[i] >= 0 and (best < 0 or work.column_p[0, i] < work.column_p[0, best]):
                best = i
        if best < 0:
            break
        x = work.best[best]
        work.best[best] = -1
        work.column_p[1, found] = work.column_p[0, best]
        length = 0
        while x >= 0:
            node = work.lab[x, L_NODE]
            if node < m:
                work.column[found, length] = work.local[node]
            elif node == m:
                work.column[found, length] = n_req + f
            else:
                work.column[found, length] = n_req + t
            length += 1
            x = work.lab[x, L_PREV]
        work.column[found, length] = -1
        found += 1
    work.out[O_FOUND] = found
