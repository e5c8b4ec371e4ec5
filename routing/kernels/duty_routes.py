"""Keeping duties: their facts from scratch, closing gaps, undoing a step."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

from routing.kernels.duty_state import (
    ABOARD,
    ABSENT,
    ARRIVE,
    CLOCK,
    COST,
    CUM,
    CUM_OUT,
    DIRTY,
    EARLY,
    FREE,
    GAP,
    IS_DIRTY,
    LATE,
    LATEST,
    LEAVE,
    LEG,
    LEN,
    LOAD,
    MAX_RIDE,
    N_ABSENT,
    N_DIRTY,
    N_OLD_ABSENT,
    N_REMOVED,
    N_TOUCHED,
    N_VISITS,
    NODE,
    OLD_ABSENT,
    OUT,
    P_DUTIES,
    P_MAX_VISITS,
    P_N,
    P_YARD,
    Q_CLOCK,
    Q_LEG,
    Q_NODE,
    Q_SEGMENT,
    REMOVED,
    SERVICE,
    SITE,
    SLACK,
    STAMP,
    TOTAL,
    TOUCHED,
    VERSION,
    WEIGHT,
    WHERE,
)
from routing.kernels.duty_timing import find_earliest, find_latest, walk
from routing.kernels.jit import kernel


@kernel
def find_slack(data, st, r, length):
    """Find, before each node, how much those aboard can still be delayed. [ticks]"""
    pos = st.pos
    n = data.par[P_N]
    for p in range(length):
        pos[r, p, SLACK] = FREE
    for p in range(length):
        node = pos[r, p, NODE]
        if node >= n:
            continue
        visit = n + data.req[node, SITE]
        v = p + 1
        while pos[r, v, NODE] != visit:
            v += 1
        left = data.req[node, MAX_RIDE] - pos[r, v, CUM] + pos[r, p, CUM_OUT]
        for q in range(p + 1, v + 1):
            if left < pos[r, q, SLACK]:
                pos[r, q, SLACK] = left


@kernel
def refresh(data, st, r):
    """Count all facts of duty `r` from its nodes; whether it is allowed."""
    pos = st.pos
    seq = st.seq
    seg = st.seg
    n = data.par[P_N]
    length = st.rt[r, LEN]
    cost = 0
    for p in range(length):
        node = pos[r, p, NODE]
        seq[Q_NODE, p] = node
        leg = 0
        if p > 0:
            leg = data.road[data.node_row[pos[r, p - 1, NODE]], data.node_row[node], OUT]
        elif data.par[P_YARD] >= 0:
            leg = data.road[data.par[P_YARD], data.node_row[node], OUT]
        seq[Q_LEG, p] = leg
        pos[r, p, LEG] = leg
        cost += leg
    if length > 0 and data.par[P_YARD] >= 0:
        cost += data.road[data.node_row[pos[r, length - 1, NODE]], data.par[P_YARD], OUT]
    st.rt[r, COST] = cost
    st.rt[r, N_VISITS] = 0
    st.num[CLOCK] += 1
    st.rt[r, VERSION] = st.num[CLOCK]
    if length == 0:
        return True
    k, n_ties = walk(data, seq, seg, length)
    if k < 0 or k > data.par[P_MAX_VISITS] or not find_earliest(seg, k, n_ties):
        return False
    find_latest(seg, k, n_ties)
    st.rt[r, N_VISITS] = k
    cum = 0
    load = 0
    for p in range(length):
        node = seq[Q_NODE, p]
        s = seq[Q_SEGMENT, p]
        if p > 0:
            cum += seq[Q_LEG, p]
        pos[r, p, CUM] = cum
        if node < n:
            service = data.req[node, SERVICE]
            load += data.req[node, LOAD]
            clock = seq[Q_CLOCK, p] - service
            pos[r, p, ARRIVE] = -FREE if s == 0 else seg[EARLY, s - 1] + clock
            pos[r, p, LEAVE] = -FREE if s == 0 else seg[EARLY, s - 1] + clock + service
            pos[r, p, LATEST] = seg[LATE, s] - seg[GAP, s] + clock
        else:
            service = seq[Q_CLOCK, p]
            for q in range(p - 1, -1, -1):
                other = seq[Q_NODE, q]
                if other == node:
                    break
                if other < n and data.req[other, SITE] == node - n:
                    load -= data.req[other, LOAD]
            pos[r, p, ARRIVE] = seg[EARLY, s]
            pos[r, p, LEAVE] = seg[EARLY, s] + service
            pos[r, p, LATEST] = seg[LATE, s]
        cum += service
        pos[r, p, CUM_OUT] = cum
        pos[r, p, ABOARD] = load
    find_slack(data, st, r, length)
    return True


@kernel
def copy_duty(st, a, b):
    """Copy duty `a` to row `b`."""
    length = st.rt[a, LEN]
    for p in range(length):
        for c in range(st.pos.shape[2]):
            st.pos[b, p, c] = st.pos[a, p, c]
    for c in range(st.rt.shape[1]):
        st.rt[b, c] = st.rt[a, c]


@kernel
def touch(data, st, r):
    """Keep duty `r` as it is now, once a step."""
    if st.seen[r, 0] != st.num[STAMP]:
        st.seen[r, 0] = st.num[STAMP]
        st.lst[TOUCHED, st.num[N_TOUCHED]] = r
        st.num[N_TOUCHED] += 1
        copy_duty(st, r, r + data.par[P_DUTIES])


@kernel
def undo(data, st):
    """Put every duty touched in this step back as it was."""
    n = data.par[P_N]
    for a in range(st.num[N_REMOVED]):
        st.lst[WHERE, st.lst[REMOVED, a]] = -1
    for a in range(st.num[N_TOUCHED]):
        r = st.lst[TOUCHED, a]
        st.num[TOTAL] -= st.rt[r, COST]
        copy_duty(st, r + data.par[P_DUTIES], r)
        st.num[TOTAL] += st.rt[r, COST]
        for p in range(st.rt[r, LEN]):
            node = st.pos[r, p, NODE]
            if node < n:
                st.lst[WHERE, node] = r
                st.tried[node] = -1
    st.num[N_ABSENT] = st.num[N_OLD_ABSENT]
    st.num[WEIGHT] = 0
    for a in range(st.num[N_ABSENT]):
        i = st.lst[OLD_ABSENT, a]
        st.lst[ABSENT, a] = i
        st.lst[WHERE, i] = -1
        st.num[WEIGHT] += st.weight[i]


@kernel
def take_out(st, i):
    """Mark a request as removed; its duty is mended afterwards."""
    r = st.lst[WHERE, i]
    if r >= 0:
        st.lst[WHERE, i] = -1
        st.lst[REMOVED, st.num[N_REMOVED]] = i
        st.num[N_REMOVED] += 1
        if st.lst[IS_DIRTY, r] == 0:
            st.lst[IS_DIRTY, r] = 1
            st.lst[DIRTY, st.num[N_DIRTY]] = r
            st.num[N_DIRTY] += 1


@kernel
def mend(data, st):
    """Close the gaps of all duties that lost a request, and drop visits without riders.

    A duty that is not allowed without them (travel times may break the triangle inequality) is
    emptied as a whole.
    """
    n = data.par[P_N]
    for d in range(st.num[N_DIRTY]):
        r = st.lst[DIRTY, d]
        st.lst[IS_DIRTY, r] = 0
        touch(data, st, r)
        st.num[TOTAL] -= st.rt[r, COST]
        to = 0
        for p in range(st.rt[r, LEN]):
            node = st.pos[r, p, NODE]
            is_kept = False
            if node < n:
                is_kept = st.lst[WHERE, node] == r
            else:
                for q in range(to - 1, -1, -1):
                    other = st.pos[r, q, NODE]
                    if other == node:
                        break
                    if other < n and data.req[other, SITE] == node - n:
                        is_kept = True
                        break
            if is_kept:
                st.pos[r, to, NODE] = node
                to += 1
        st.rt[r, LEN] = to
        if not refresh(data, st, r):
            for p in range(to):
                node = st.pos[r, p, NODE]
                if node < n:
                    st.lst[WHERE, node] = -1
                    st.lst[REMOVED, st.num[N_REMOVED]] = node
                    st.num[N_REMOVED] += 1
            st.rt[r, LEN] = 0
            refresh(data, st, r)
        st.num[TOTAL] += st.rt[r, COST]
    st.num[N_DIRTY] = 0
