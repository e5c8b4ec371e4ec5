"""Putting requests into routes: the cheapest place, exactly priced."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

import numpy as np

from routing.kernels.jit import kernel, part
from routing.kernels.pricing import find_best_offer
from routing.kernels.routes import count_crew, find_open, fit_bits, price_care
from routing.kernels.state import (
    ADULT,
    ALONE,
    BACK_M,
    BACK_S,
    COST,
    CREW,
    CUM,
    HEADROOM,
    LEG_M,
    LEG_S,
    LEN,
    LOADED,
    MAX_RIDE,
    N_SITES,
    NO_COST,
    NODE,
    O_BASE,
    OFFER,
    OUT_M,
    OUT_S,
    P_APART,
    P_APART_WITH,
    P_HOME,
    P_LABELS,
    P_MAX_LEN,
    P_MAX_SITES,
    P_MIX,
    P_N,
    P_RATIO,
    PEAK_SEATS,
    PEAK_SPACES,
    R_ADULT,
    R_ALONE,
    R_CREW,
    R_SHARED,
    R_SITES,
    R_T_CREW,
    R_T_SHARED,
    RATE_DEAD_M,
    RATE_DEAD_S,
    RATE_M,
    RATE_S,
    ROW,
    S_DWELL,
    S_ROW,
    SEATS,
    SERVICE,
    SHARED,
    SITE,
    SITE_SERVICE,
    SLACK,
    SPACES,
    T_CREW,
    T_SHARED,
    WAIT,
    WHERE,
)
from routing.kernels.timing import measure

_FAR = 1 << 29


@part
def may_join(data, st, i, r):
    """Whether a request may join a route, by who is aboard, the sites, and the least load.

    Only what needs no look at the order: every condition is necessary.
    """
    rt = st.rt
    req = data.req
    par = data.par
    is_free = True
    n_sites = rt[r, N_SITES]
    is_visited = False
    for c in range(n_sites):
        if rt[r, R_SITES + c] == par[P_N] + req[i, SITE]:
            is_visited = True
    if n_sites > 0:
        is_full = n_sites >= par[P_MAX_SITES] and not is_visited
        is_full = is_full or rt[r, LEN] + 2 > par[P_MAX_LEN]
        if is_full or rt[r, R_ALONE] + req[i, ALONE] != 0:
            is_free = False
        else:
            is_free = par[P_MIX] != 0 or rt[r, R_ADULT] == req[i, ADULT]
            first = data.links[par[P_APART] + i]
            for c in range(first, data.links[par[P_APART] + i + 1]):
                if st.lst[WHERE, data.links[par[P_APART_WITH] + c]] == r:
                    is_free = False
    if is_free:
        seats = rt[r, PEAK_SEATS]
        spaces = rt[r, PEAK_SPACES]
        if is_visited and n_sites == 1:
            seats += req[i, SEATS]
            spaces += req[i, SPACES]
        ratio = par[P_RATIO]
        n_as = count_crew(rt[r, R_CREW] + req[i, CREW], rt[r, R_SHARED] + req[i, SHARED], ratio)
        n_tr = count_crew(
            rt[r, R_T_CREW] + req[i, T_CREW], rt[r, R_T_SHARED] + req[i, T_SHARED], ratio
        )
        for w in range(st.bits.shape[0]):
            st.bits[w] = st.mask[r, w] & data.allowed[i, w] & find_open(data, st, r, w)
        is_free = fit_bits(par, data.fits, st.bits, seats, spaces, n_as, n_tr)
    return is_free


@part
def write_trial(data, st, i, r, p, t):
    """Write route `r` with request `i` before node `p`, and its site before node `t` unless -1.

    Returns
    -------
    length
        Of the trial in `seq`.
    """
    pos = st.pos
    seq = st.seq
    row = data.req[i, ROW]
    j = data.req[i, SITE]
    site_row = data.site[j, S_ROW]
    length = st.rt[r, LEN]
    at = np.int64(0)
    for q in range(length + 1):
        if q == p:
            seq[0, at] = i
            seq[1, at] = 0
            if q > 0:
                seq[1, at] = data.road[row, data.node_row[pos[r, q - 1, NODE]], BACK_S]
            at += 1
        if q == t:
            seq[0, at] = data.par[P_N] + j
            if t == p:
                seq[1, at] = data.road[row, site_row, OUT_S]
            else:
                seq[1, at] = data.road[site_row, data.node_row[pos[r, q - 1, NODE]], BACK_S]
            at += 1
        if q < length:
            node = pos[r, q, NODE]
            seq[0, at] = node
            if q == t:
                seq[1, at] = data.road[site_row, data.node_row[node], OUT_S]
            elif q == p:
                seq[1, at] = data.road[row, data.node_row[node], OUT_S]
            else:
                seq[1, at] = pos[r, q, LEG_S]
            at += 1
    return at


@part
def price_trial(data, st, i, r, length, n_as, n_tr, m, limit):
    """Price the trial in `seq`, `NO_COST` where not allowed or not under the limit. [pence]"""
    price = NO_COST
    dur, wait, seats, spaces = measure(
        data.req, data.site, data.node_row, data.par[P_HOME] != 0, st.seq, st.seg, length
    )
    if dur >= 0:
        for w in range(st.bits.shape[0]):
            st.bits[w] = st.mask[r, w] & data.allowed[i, w] & find_open(data, st, r, w)
        if fit_bits(data.par, data.fits, st.bits, seats, spaces, n_as, n_tr):
            care = np.int64(0)
            if data.par[P_LABELS] > 0:
                care = price_care(data.par, data.labels, st.pos, r, st.rt[r, LEN], i)
            pence, o = find_best_offer(
                data.offer,
                data.floor,
                data.road,
                st.bits,
                np.int64(data.node_row[st.seq[0, 0]]),
                np.int64(data.node_row[st.seq[0, length - 1]]),
                m,
                dur,
                wait,
                n_as,
                n_tr,
                limit - care,
            )
            if o >= 0:
                price = pence + care
    return price


@kernel
def find_place(data, st, i, r, bound):
    """Find the cheapest place of a request on a route it may join that adds less than `bound`.

    Places are screened by the time and distance they add at the rates of the route's offer, and
    by conditions that are necessary whatever the waiting; what passes is measured and priced
    exactly.

    Returns
    -------
    pence, p, t
        What it adds (`NO_COST` for no place), before which node the request goes, and before
        which node its site (-1 if the route visits it already).
    """
    rt = st.rt
    pos = st.pos
    req = data.req
    road = data.road
    node_row = data.node_row
    length = rt[r, LEN]
    n = data.par[P_N]
    ratio = data.par[P_RATIO]
    n_as = count_crew(rt[r, R_CREW] + req[i, CREW], rt[r, R_SHARED] + req[i, SHARED], ratio)
    n_tr = count_crew(
        rt[r, R_T_CREW] + req[i, T_CREW], rt[r, R_T_SHARED] + req[i, T_SHARED], ratio
    )
    j = np.int64(req[i, SITE])
    at = np.int64(-1)
    for q in range(length):
        if pos[r, q, NODE] == n + j:
            at = q
    if at < 0 and rt[r, N_SITES] >= data.par[P_MAX_SITES]:
        return NO_COST, -1, -1
    best = bound
    best_p = np.int64(-1)
    best_t = np.int64(-1)
    old = rt[r, COST]
    row = np.int64(req[i, ROW])
    site_row = np.int64(data.site[j, S_ROW])
    service = np.int64(req[i, SERVICE])
    ride = np.int64(req[i, MAX_RIDE])
    rate_m = st.rate[r, RATE_M]
    rate_s = st.rate[r, RATE_S]
    free = rt[r, HEADROOM] + rt[r, WAIT] * rate_s
    dwell = np.int64(req[i, SITE_SERVICE])
    if at < 0:
        dwell += data.site[j, S_DWELL]
    start_dead = 0.0
    if rt[r, OFFER] >= 0:
        base = data.offer[rt[r, OFFER], O_BASE]
        if base >= 0:
            first_row = node_row[pos[r, 0, NODE]]
            # Read along the base's row, which stays in the processor's cache.
            start_dead = (road[base, row, OUT_S] - road[base, first_row, OUT_S]) * st.rate[
                r, RATE_DEAD_S
            ]
            start_dead += (road[base, row, OUT_M] - road[base, first_row, OUT_M]) * st.rate[
                r, RATE_DEAD_M
            ]
    last_p = at if at >= 0 else length
    for p in range(last_p + 1):
        # i between the nodes before and at p; what it adds without a visit of its site.
        come_s = np.int64(0)
        come_m = np.int64(0)
        go_s = np.int64(0)
        go_m = np.int64(0)
        leg_s = np.int64(0)
        leg_m = np.int64(0)
        slack = np.int64(_FAR)
        cum = np.int64(0)
        dead = start_dead
        if p > 0:
            dead = 0.0
            before = node_row[pos[r, p - 1, NODE]]
            come_s += road[row, before, BACK_S]
            come_m += road[row, before, BACK_M]
        if p < length:
            ahead = node_row[pos[r, p, NODE]]
            go_s += road[row, ahead, OUT_S]
            go_m += road[row, ahead, OUT_M]
            leg_s += pos[r, p, LEG_S]
            leg_m += pos[r, p, LEG_M]
            slack = np.int64(pos[r, p, SLACK])
            cum = np.int64(pos[r, p, CUM])
        via_s = come_s + service + go_s - leg_s
        via_m = come_m + go_m - leg_m
        first_t = np.int64(-1)
        last_t = np.int64(-1)
        if at < 0:
            first_t = p
            last_t = length
        elif via_s > slack or go_s + pos[r, at, CUM] - cum > ride:
            continue
        for t in range(first_t, last_t + 1):
            more_s = via_s + dwell
            more_m = via_m
            if t == p:
                more_s += road[row, site_row, OUT_S] - go_s
                more_m += road[row, site_row, OUT_M] - go_m
                if t < length:
                    more_s += road[site_row, ahead, OUT_S]
                    more_m += road[site_row, ahead, OUT_M]
                if more_s > slack:
                    continue
            elif t > p:
                behind = node_row[pos[r, t - 1, NODE]]
                if (
                    via_s > slack
                    or go_s + pos[r, t - 1, CUM] - cum + road[site_row, behind, BACK_S] > ride
                ):
                    break
                split_s = road[site_row, behind, BACK_S] + dwell
                more_m += road[site_row, behind, BACK_M]
                if t < length:
                    next_row = node_row[pos[r, t, NODE]]
                    split_s += road[site_row, next_row, OUT_S] - pos[r, t, LEG_S]
                    more_m += road[site_row, next_row, OUT_M] - pos[r, t, LEG_M]
                    if split_s > pos[r, t, SLACK]:
                        continue
                more_s = via_s + split_s
            if length > 0 and more_s * rate_s + more_m * rate_m + dead - free >= best:
                continue
            n_nodes = write_trial(data, st, i, r, p, t)
            pence = price_trial(
                data, st, i, r, n_nodes, n_as, n_tr, rt[r, LOADED] + more_m, old + best
            )
            if pence - old < best:
                best = pence - old
                best_p = np.int64(p)
                best_t = np.int64(t)
    if best_p < 0:
        return NO_COST, -1, -1
    return best, best_p, best_t


@kernel
def put_nodes(data, st, i, r, p, t):
    """Put a request before node `p` and its site before node `t` (unless -1) of a route."""
    pos = st.pos
    length = st.rt[r, LEN]
    n_more = 2 if t >= 0 else 1
    for q in range(length - 1, -1, -1):
        to = q
        if q >= p:
            to += 1
        if t >= 0 and q >= t:
            to += 1
        pos[r, to, NODE] = pos[r, q, NODE]
    pos[r, p, NODE] = i
    if t >= 0:
        pos[r, t + 1, NODE] = data.par[P_N] + data.req[i, SITE]
    st.rt[r, LEN] = length + n_more
    st.lst[WHERE, i] = r
