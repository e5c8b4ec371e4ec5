"""Times and prices of one run: its riders, its legs, the visit of its first site."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

import numpy as np

from routing.kernels.bound_state import (
    C_FIXED,
    C_M,
    C_S,
    C_WAIT,
    HOLD_S,
    R_ROW,
    R_SERVICE,
    R_SITE_SERVICE,
    S_BY,
    S_DWELL,
    S_FROM,
    S_ROW,
)
from routing.kernels.jit import kernel


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
def start_price(data, work, g, t, i, after):
    """Price of beginning a route with rider i, so long before the last site is reached.

    The run from base, the boarding, and what holding the vehicle so long costs. [pence]
    """
    price = data.start[g, i] + data.rate[g, C_S] * data.req[i, R_SERVICE]
    tier = data.tier[g]
    if tier > 0:
        b = (after + data.req[i, R_SERVICE]) // HOLD_S
        if b >= work.hold.shape[2]:
            b = work.hold.shape[2] - 1
        price += work.hold[tier, t, b]
    return price


@kernel
def root_price(data, g, t):
    """Price of ending a route at a site: what is fixed, the dwell, the way to base. [pence]"""
    return data.rate[g, C_FIXED] + data.rate[g, C_S] * data.site[t, S_DWELL] + data.end[g, t]


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
