"""Putting requests into routes: the cheapest place, exactly priced."""

from __future__ import annotations

from routing.kernels.jit import kernel
from routing.kernels.pricing import find_best_offer
from routing.kernels.random import draw_below
from routing.kernels.routes import count_crew, fit_bits, price_care
from routing.kernels.state import (
    ADULT,
    ALONE,
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
    P_BLINK,
    P_LABELS,
    P_MAX_LEN,
    P_MAX_SITES,
    P_MIX,
    P_N,
    P_RATIO,
    P_WORDS,
    PEAK_SEATS,
    PEAK_SPACES,
    R_ADULT,
    R_ALONE,
    R_CREW,
    R_SHARED,
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
)
from routing.kernels.timing import measure


@kernel(inline=True)
def may_join(data, st, i, r):  # type: ignore[no-untyped-def]
    """Whether a request may ride with those on a route at all, by who they are."""
    rt = st.rt
    n_words = data.par[P_WORDS]
    is_any = False
    for w in range(n_words):
        st.bits[w] = st.mask[r, w] & data.allowed[i, w]
        if st.bits[w] != 0:
            is_any = True
    if not is_any:
        return False
    if rt[r, LEN] == 0:
        return True
    if rt[r, R_ALONE] != 0 or data.req[i, ALONE] != 0:
        return False
    if data.par[P_MIX] == 0 and rt[r, R_ADULT] != data.req[i, ADULT]:
        return False
    for c in range(data.apart_start[i], data.apart_start[i + 1]):
        if st.where[data.apart_with[c]] == r:
            return False
    return True


@kernel()
def price_place(data, st, i, r, p, t, more_m, limit):  # type: ignore[no-untyped-def]
    """Price route `r` with request `i` put before node `p` (and its site before node `t`).

    Parameters
    ----------
    t
        Place of the visit of the site, -1 when the route visits it already.
    more_m
        Metres that the route becomes longer.
    limit
        Prices from here on do not matter.

    Returns
    -------
    pence
        `NO_COST` where not allowed or not under the limit.
    """
    rt = st.rt
    pos = st.pos
    seq = st.seq
    length = rt[r, LEN]
    row = data.req[i, ROW]
    j = data.req[i, SITE]
    site_row = data.site[j, S_ROW]
    at = 0
    for q in range(length + 1):
        if q == p:
            seq[0, at] = i
            seq[1, at] = 0
            if q > 0:
                seq[1, at] = data.back[row, data.node_row[pos[r, q - 1, NODE]], 0]
            at += 1
        if q == t:
            seq[0, at] = data.par[P_N] + j
            if t == p:
                seq[1, at] = data.out[row, site_row, 0]
            else:
                seq[1, at] = data.back[site_row, data.node_row[pos[r, q - 1, NODE]], 0]
            at += 1
        if q < length:
            node = pos[r, q, NODE]
            seq[0, at] = node
            if q == t:
                seq[1, at] = data.out[site_row, data.node_row[node], 0]
            elif q == p:
                seq[1, at] = data.out[row, data.node_row[node], 0]
            else:
                seq[1, at] = pos[r, q, LEG_S]
            at += 1
    dur, wait, seats, spaces = measure(data, seq, st.seg, at)
    if dur < 0:
        return NO_COST
    ratio = data.par[P_RATIO]
    n_as = count_crew(
        rt[r, R_CREW] + data.req[i, CREW], rt[r, R_SHARED] + data.req[i, SHARED], ratio
    )
    n_tr = count_crew(
        rt[r, R_T_CREW] + data.req[i, T_CREW], rt[r, R_T_SHARED] + data.req[i, T_SHARED], ratio
    )
    for w in range(data.par[P_WORDS]):
        st.bits[w] = st.mask[r, w] & data.allowed[i, w]
    if not fit_bits(data, st.bits, seats, spaces, n_as, n_tr):
        return NO_COST
    care = 0
    if data.par[P_LABELS] > 0:
        care = price_care(data, st, r, i)
    first = data.node_row[seq[0, 0]]
    last = data.node_row[seq[0, at - 1]]
    pence, o = find_best_offer(
        data, st.bits, first, last, rt[r, LOADED] + more_m, dur, wait, n_as, n_tr, limit - care
    )
    if o < 0:
        return NO_COST
    return pence + care


@kernel()
def find_place(data, st, i, r, bound):  # type: ignore[no-untyped-def]
    """Find the cheapest place of a request on a route that adds less than `bound`.

    Returns
    -------
    pence, p, t
        What it adds (`NO_COST` for no place), before which node the request goes, and before
        which node its site (-1 if the route visits it already).
    """
    best = bound
    best_p = -1
    best_t = -1
    if not may_join(data, st, i, r):
        return NO_COST, -1, -1
    rt = st.rt
    pos = st.pos
    req = data.req
    length = rt[r, LEN]
    n = data.par[P_N]
    blink = data.par[P_BLINK]
    if length + 2 > data.par[P_MAX_LEN]:
        return NO_COST, -1, -1
    ratio = data.par[P_RATIO]
    n_as = count_crew(rt[r, R_CREW] + req[i, CREW], rt[r, R_SHARED] + req[i, SHARED], ratio)
    n_tr = count_crew(
        rt[r, R_T_CREW] + req[i, T_CREW], rt[r, R_T_SHARED] + req[i, T_SHARED], ratio
    )
    seats = rt[r, PEAK_SEATS]
    spaces = rt[r, PEAK_SPACES]
    j = req[i, SITE]
    at = -1
    for q in range(length):
        if pos[r, q, NODE] == n + j:
            at = q
    if at >= 0 and rt[r, N_SITES] == 1:
        seats += req[i, SEATS]
        spaces += req[i, SPACES]
    if not fit_bits(data, st.bits, seats, spaces, n_as, n_tr):
        return NO_COST, -1, -1
    old = rt[r, COST]
    row = req[i, ROW]
    service = req[i, SERVICE]
    ride = req[i, MAX_RIDE]
    rate_m = st.rate[r, RATE_M]
    rate_s = st.rate[r, RATE_S]
    free = rt[r, HEADROOM] + rt[r, WAIT] * rate_s
    base = -1
    first_row = -1
    if rt[r, OFFER] >= 0:
        base = data.offer[rt[r, OFFER], O_BASE]
        first_row = data.node_row[pos[r, 0, NODE]]
    if at >= 0:
        for p in range(at + 1):
            next_row = data.node_row[pos[r, p, NODE]]
            ahead_s = data.out[row, next_row, 0]
            if ahead_s + pos[r, at, CUM] - pos[r, p, CUM] > ride:
                continue
            more_s = ahead_s + service
            more_m = data.out[row, next_row, 1]
            dead = 0.0
            if p > 0:
                last_row = data.node_row[pos[r, p - 1, NODE]]
                more_s += data.back[row, last_row, 0] - pos[r, p, LEG_S]
                more_m += data.back[row, last_row, 1] - pos[r, p, LEG_M]
            elif base >= 0:
                dead_s = data.back[row, base, 0] - data.back[first_row, base, 0]
                dead_m = data.back[row, base, 1] - data.back[first_row, base, 1]
                dead = dead_s * st.rate[r, RATE_DEAD_S] + dead_m * st.rate[r, RATE_DEAD_M]
            if more_s > pos[r, p, SLACK]:
                continue
            added_s = more_s + req[i, SITE_SERVICE]
            if added_s * rate_s + more_m * rate_m + dead - free >= best:
                continue
            if blink > 0 and draw_below(st.rng, 1000) < blink:
                continue
            pence = price_place(data, st, i, r, p, -1, more_m, old + best)
            if pence - old < best:
                best = pence - old
                best_p = p
                best_t = -1
    elif rt[r, N_SITES] < data.par[P_MAX_SITES]:
        site_row = data.site[j, S_ROW]
        dwell = data.site[j, S_DWELL] + req[i, SITE_SERVICE]
        to_site_s = data.out[row, site_row, 0]
        to_site_m = data.out[row, site_row, 1]
        for p in range(length + 1):
            come_s = 0
            come_m = 0
            dead = 0.0
            if p > 0:
                last_row = data.node_row[pos[r, p - 1, NODE]]
                come_s = data.back[row, last_row, 0]
                come_m = data.back[row, last_row, 1]
            elif base >= 0:
                dead_s = data.back[row, base, 0] - data.back[first_row, base, 0]
                dead_m = data.back[row, base, 1] - data.back[first_row, base, 1]
                dead = dead_s * st.rate[r, RATE_DEAD_S] + dead_m * st.rate[r, RATE_DEAD_M]
            leg_s = 0
            leg_m = 0
            go_s = 0
            go_m = 0
            slack = 1 << 29
            if p < length:
                next_row = data.node_row[pos[r, p, NODE]]
                go_s = data.out[row, next_row, 0]
                go_m = data.out[row, next_row, 1]
                slack = pos[r, p, SLACK]
                if p > 0:
                    leg_s = pos[r, p, LEG_S]
                    leg_m = pos[r, p, LEG_M]
            base_s = come_s + service + go_s - leg_s
            base_m = come_m + go_m - leg_m
            for t in range(p, length + 1):
                if t == p:
                    more_s = come_s + service + to_site_s + dwell - leg_s
                    more_m = come_m + to_site_m - leg_m
                    if t < length:
                        more_s += data.out[site_row, next_row, 0]
                        more_m += data.out[site_row, next_row, 1]
                    if more_s > slack:
                        continue
                else:
                    if base_s > slack:
                        break
                    behind = data.node_row[pos[r, t - 1, NODE]]
                    reach_s = data.back[site_row, behind, 0]
                    ridden = go_s + pos[r, t - 1, CUM] - pos[r, p, CUM] + reach_s
                    if ridden > ride:
                        break
                    more_s = base_s + reach_s + dwell
                    more_m = base_m + data.back[site_row, behind, 1]
                    if t < length:
                        ahead = data.node_row[pos[r, t, NODE]]
                        split_s = reach_s + dwell + data.out[site_row, ahead, 0]
                        split_s -= pos[r, t, LEG_S]
                        if split_s > pos[r, t, SLACK]:
                            continue
                        more_s += data.out[site_row, ahead, 0] - pos[r, t, LEG_S]
                        more_m += data.out[site_row, ahead, 1] - pos[r, t, LEG_M]
                if length > 0:
                    if more_s * rate_s + more_m * rate_m + dead - free >= best:
                        continue
                    if blink > 0 and draw_below(st.rng, 1000) < blink:
                        continue
                pence = price_place(data, st, i, r, p, t, more_m, old + best)
                if pence - old < best:
                    best = pence - old
                    best_p = p
                    best_t = t
    if best_p < 0:
        return NO_COST, -1, -1
    return best, best_p, best_t


@kernel(inline=True)
def put_nodes(data, st, i, r, p, t):  # type: ignore[no-untyped-def]
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
    st.where[i] = r

