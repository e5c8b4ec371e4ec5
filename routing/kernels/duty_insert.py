"""Putting a request into a duty: constant-time screening, then the exact schedule.

What a place adds to the drive is known at once, so only places that would be the best so far
are looked at further. They are screened by the earliest and latest moments of the duty's nodes,
by the slack of those aboard and by the load, all kept with the duty; each condition is
necessary where travel times keep the triangle inequality (where they do not, a possible place
may be missed, never an impossible one taken). What passes is scheduled exactly.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

from routing.kernels.duty_state import (
    ABOARD,
    BACK,
    CUM,
    CUM_OUT,
    FREE,
    LATEST,
    LEAVE,
    LEG,
    LEN,
    LOAD,
    MAX_RIDE,
    N_MEASURED,
    N_PASSED,
    N_VISITS,
    NO_COST,
    NODE,
    OUT,
    P_BLINK,
    P_CAPACITY,
    P_MAX_LEN,
    P_MAX_VISITS,
    P_N,
    P_YARD,
    Q_LEG,
    Q_NODE,
    ROW,
    S_BY,
    S_DWELL,
    S_FROM,
    S_ROW,
    SERVICE,
    SITE,
    SITE_SERVICE,
    SLACK,
    WHERE,
)
from routing.kernels.duty_timing import find_earliest, walk
from routing.kernels.jit import kernel, part
from routing.kernels.random import draw_below


@kernel
def can_take(data, st, i, r, p, t):
    """Whether duty `r` has a schedule with request `i` before node `p`.

    Its site is visited before node `t`; -1 where the duty's next visit of it serves.
    """
    pos = st.pos
    seq = st.seq
    length = st.rt[r, LEN]
    row = data.req[i, ROW]
    site_row = data.site[data.req[i, SITE], S_ROW]
    at = 0
    last_row = -1
    is_new = False
    for q in range(length + 1):
        if q == p:
            seq[Q_NODE, at] = i
            seq[Q_LEG, at] = 0
            if q > 0:
                seq[Q_LEG, at] = data.road[row, last_row, BACK]
            last_row = row
            is_new = True
            at += 1
        if q == t:
            seq[Q_NODE, at] = data.par[P_N] + data.req[i, SITE]
            seq[Q_LEG, at] = data.road[site_row, last_row, BACK]
            last_row = site_row
            is_new = True
            at += 1
        if q < length:
            node = pos[r, q, NODE]
            seq[Q_NODE, at] = node
            seq[Q_LEG, at] = pos[r, q, LEG]
            if is_new:
                seq[Q_LEG, at] = data.road[last_row, data.node_row[node], OUT]
                is_new = False
            last_row = data.node_row[node]
            at += 1
    st.num[N_MEASURED] += 1
    k, n_ties = walk(data, seq, st.seg, at)
    is_good = k >= 0 and find_earliest(st.seg, k, n_ties)
    if is_good:
        st.num[N_PASSED] += 1
    return is_good


@kernel
def find_place(data, st, i, r, bound):
    """Find the place of a request on a duty that adds least to the drive, and under `bound`.

    Returns
    -------
    ticks, p, t
        What it adds (`NO_COST` for no place), before which node the request goes, and before
        which node a new visit of its site (-1 if the duty's next one serves).
    """
    pos = st.pos
    road = data.road
    node_row = data.node_row
    par = data.par
    n = par[P_N]
    yard = par[P_YARD]
    length = st.rt[r, LEN]
    row = data.req[i, ROW]
    j = data.req[i, SITE]
    visit = n + j
    site_row = data.site[j, S_ROW]
    service = data.req[i, SERVICE]
    site_service = data.req[i, SITE_SERVICE]
    ride = data.req[i, MAX_RIDE]
    room = par[P_CAPACITY] - data.req[i, LOAD]
    early = data.site[j, S_FROM]
    late = data.site[j, S_BY]
    dwell = site_service + data.site[j, S_DWELL]
    direct = road[row, site_row, OUT]
    best = bound
    best_p = -1
    best_t = -1
    has_room = length + 2 <= par[P_MAX_LEN] and st.rt[r, N_VISITS] < par[P_MAX_VISITS]
    if length + 1 > par[P_MAX_LEN]:
        return NO_COST, -1, -1
    # The next visit of the site at or after p, and where the first of its riders boards.
    next_visit = -1
    first_rider = length
    for p in range(length, -1, -1):
        if p < length:
            if pos[r, p, NODE] == visit:
                next_visit = p
                for q in range(p - 1, -1, -1):
                    node = pos[r, q, NODE]
                    if node == visit:
                        break
                    if node < n and data.req[node, SITE] == j:
                        first_rider = q
            if pos[r, p, LATEST] < early - ride:
                break
        # Drives: from the node before, to the node at p.
        come = 0
        go = 0
        leave = -FREE
        if p > 0:
            leave = pos[r, p - 1, LEAVE]
            if leave > late:
                continue
            if pos[r, p - 1, ABOARD] > room:
                continue
            come = road[row, node_row[pos[r, p - 1, NODE]], BACK]
        elif yard >= 0:
            come = road[row, yard, BACK]
        leg = 0
        slack = FREE
        latest = FREE
        if p < length:
            go = road[row, node_row[pos[r, p, NODE]], OUT]
            leg = pos[r, p, LEG]
            slack = pos[r, p, SLACK]
            latest = pos[r, p, LATEST]
        elif yard >= 0:
            go = road[row, yard, OUT]
            if p > 0:
                leg = road[node_row[pos[r, p - 1, NODE]], yard, OUT]
        ready = leave + come + service
        added = come + go - leg
        is_open = added + service <= slack and ready + go <= latest
        if p < length and is_open and next_visit >= 0:
            is_seen = added < best and go + pos[r, next_visit, CUM] - pos[r, p, CUM] <= ride
            if is_seen:
                for q in range(p, next_visit):
                    if pos[r, q, ABOARD] > room:
                        is_seen = False
                        break
            if is_seen and par[P_BLINK] > 0:
                is_seen = draw_below(st.rng, 1000) >= par[P_BLINK]
            if is_seen and can_take(data, st, i, r, p, -1):
                best = added
                best_p = p
                best_t = -1
        # A new visit while somebody bound for the site is aboard would only take its place.
        if not has_room or p > first_rider:
            continue
        # A new visit at p: stop, site, the node at p.
        site_go = 0
        if p < length:
            site_go = road[site_row, node_row[pos[r, p, NODE]], OUT]
        elif yard >= 0:
            site_go = road[site_row, yard, OUT]
        more = come + direct + site_go - leg
        at_site = ready + direct
        if at_site > late:
            continue
        if at_site < early:
            at_site = early
        if (
            more < best
            and more + service + dwell <= slack
            and at_site + dwell + site_go <= latest
            and (par[P_BLINK] == 0 or draw_below(st.rng, 1000) >= par[P_BLINK])
            and can_take(data, st, i, r, p, p)
        ):
            best = more
            best_p = p
            best_t = p
        if p == length or not is_open:
            continue
        # A new visit later, before node t.
        reach = ready + go - pos[r, p, CUM]
        for t in range(p + 1, first_rider + 1):
            before = node_row[pos[r, t - 1, NODE]]
            if pos[r, t - 1, ABOARD] > room:
                break
            site_come = road[site_row, before, BACK]
            if go + pos[r, t - 1, CUM_OUT] - pos[r, p, CUM] > ride:
                break
            leave = pos[r, t - 1, LEAVE]
            if reach + pos[r, t - 1, CUM_OUT] > leave:
                leave = reach + pos[r, t - 1, CUM_OUT]
            if leave > late:
                break
            at_site = leave + site_come
            if at_site > late or (
                go + pos[r, t - 1, CUM_OUT] - pos[r, p, CUM] + site_come > ride
            ):
                continue
            if at_site < early:
                at_site = early
            if t < length:
                site_go = road[site_row, node_row[pos[r, t, NODE]], OUT]
                split = site_come + site_go - pos[r, t, LEG]
                if (
                    split + dwell > pos[r, t, SLACK]
                    or at_site + dwell + site_go > pos[r, t, LATEST]
                ):
                    continue
            elif yard >= 0:
                split = site_come + road[site_row, yard, OUT] - road[before, yard, OUT]
            else:
                split = site_come
            if added + split >= best:
                continue
            if par[P_BLINK] > 0 and draw_below(st.rng, 1000) < par[P_BLINK]:
                continue
            if can_take(data, st, i, r, p, t):
                best = added + split
                best_p = p
                best_t = t
    if best_p < 0:
        return NO_COST, -1, -1
    return best, best_p, best_t


@part
def put_nodes(data, st, i, r, p, t):
    """Put a request before node `p` and its site before node `t` (unless -1) of a duty."""
    pos = st.pos
    length = st.rt[r, LEN]
    n_more = 2 if t >= 0 else 1
    for q in range(length - 1, p - 1, -1):
        to = q + 1
        if t >= 0 and q >= t:
            to += 1
        pos[r, to, NODE] = pos[r, q, NODE]
    pos[r, p, NODE] = i
    if t >= 0:
        pos[r, t + 1, NODE] = data.par[P_N] + data.req[i, SITE]
    st.rt[r, LEN] = length + n_more
    st.lst[WHERE, i] = r
