"""Least prices of everything still to be placed before a rider: tables over time and load.

A route is put together from its end. The table of a rider holds, for every time to the next
site (in buckets, at their lower edge), load taken and set of remembered riders, the least price
of all that may still come before the rider. Each rider remembers itself and a few others (its
friends); who is remembered may not be taken again, anybody else may. So no entry is above the
price of a real beginning.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

import numpy as np

from routing.kernels.bound_arcs import (
    find_span,
    price_join,
    root_price,
    span_index,
    start_price,
)
from routing.kernels.bound_state import (
    FREE,
    K_BUCKETS,
    K_LOADS,
    M_BITS,
    M_MIX,
    M_SPANS,
    M_WIDTH,
    R_ADULT,
    R_LOAD,
    R_RIDE,
    S_BY,
    S_DWELL,
    S_FROM,
)
from routing.kernels.jit import kernel, part


@part
def merge_row(v1, row, at, end, add):
    """Take the lesser of a row and a stored row with a price on top."""
    base = np.uint64(at)
    for b in range(np.uint64(end)):
        x = v1[base + b] + add
        row[b] = x if x < row[b] else row[b]


@kernel
def choose_friends(work, s, m, bits):
    """Choose for each of the first m riders the others it is dearest to take in turns with.

    They join what labels remember, so that tables and labels agree.
    """
    for i in range(m):
        for c in range(bits):
            work.friend[s, i, c] = -1
            best = FREE
            found = -1
            for j in range(m):
                x = work.arc_p[i, j] + work.arc_p[j, i] + work.node_p[j]
                if j != i and x < best:
                    is_new = True
                    for d in range(c):
                        if work.friend[s, i, d] == j:
                            is_new = False
                    if is_new:
                        best = x
                        found = j
            work.friend[s, i, c] = found
            if found >= 0:
                work.near[i, found] = 1
                work.mask[i, found >> 6] |= np.uint64(1) << np.uint64(found & 63)


@kernel
def map_memory(work, s, m, bits):
    """Tabulate what j remembers of what i remembered, when j is placed before i."""
    n_sets = 1 << bits
    for i in range(m):
        for j in range(m):
            base = 0
            for d in range(bits):
                if work.friend[s, j, d] == i:
                    base = 1 << d
            work.map[i, j, 0] = base
            for c in range(bits):
                gain = 0
                other = work.friend[s, i, c]
                for d in range(bits):
                    if other >= 0 and work.friend[s, j, d] == other:
                        gain = 1 << d
                step = 1 << c
                for known in range(step):
                    work.map[i, j, known + step] = work.map[i, j, known] | gain
    return n_sets


@kernel
def fill_table(data, work, k, s, m, cap, bits, width, n_buckets, is_mixing):
    """Fill table `k` for the first m riders with the friends of set `s`.

    `work.first` holds the price of stopping at each rider and time, `work.limit` the longest
    time of each rider to the next site.

    Parameters
    ----------
    cap
        Most load.
    bits
        Friends of each rider.
    width
        Seconds of a bucket.
    """
    v1 = work.v1
    row = work.row
    size = work.local.shape[0]
    loads = work.count[K_LOADS]
    n_sets = map_memory(work, s, m, bits)
    for q in range(cap, 0, -1):
        for i in range(m):
            gi = work.local[i]
            if data.req[gi, R_LOAD] > q:
                continue
            top = work.limit[i] // width + 1
            if top > n_buckets:
                top = n_buckets
            for known in range(n_sets):
                for b in range(top):
                    row[b] = work.first[i, b]
                for j in range(m):
                    gj = work.local[j]
                    after = q + data.req[gj, R_LOAD]
                    if j == i or after > cap:
                        continue
                    slack = work.limit[j] - work.arc_s[j, i]
                    if slack < 0:
                        continue
                    if not is_mixing and data.req[gi, R_ADULT] != data.req[gj, R_ADULT]:
                        continue
                    taken = False
                    for c in range(bits):
                        if (known >> c) & 1 and work.friend[s, i, c] == j:
                            taken = True
                    if taken:
                        continue
                    shift = work.arc_s[j, i] // width
                    end = min(slack // width + 1, top, n_buckets - shift)
                    if end > 0:
                        new = work.map[i, j, known]
                        at = (((k * loads + after) * size + j) * n_sets + new) * n_buckets
                        merge_row(v1, row, at + shift, end, work.arc_f[j, i])
                at = (((k * loads + q) * size + i) * n_sets + known) * n_buckets
                for b in range(top):
                    v1[at + b] = row[b]
                for b in range(top, n_buckets):
                    v1[at + b] = FREE


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
    work.count[K_LOADS] = cap + 1
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
                for b in range(n_buckets):
                    at = work.edge[k] + b * width
                    work.first[i, b] = start_price(data, work, g, t, gi, at)
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
        for b in range(n_buckets):
            if f < 0:
                work.first[i, b] = start_price(data, work, g, t, gi, b * width)
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
    work.count[K_BUCKETS] = n_buckets
    return best + root_price(data, g, t)
