"""The exact schedule of a duty under trial: many visits, ride limits across them.

Waiting is wanted only on leaving a site: moved to there from anywhere later, a wait shortens
the rides of those boarding after it and changes nobody else's. So a duty's schedule is the
moments x of reaching its sites, under windows, least gaps x[k] - x[k-1] >= gap[k], and one
limit x[k] - x[b] <= m for whoever boards before visit b and alights at a later visit k. The
least and the greatest moments are fixpoints of these differences (Cormen et al., Introduction
to Algorithms, chapter on difference constraints).
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

from routing.kernels.duty_state import (
    BY,
    EARLY,
    FREE,
    FROM,
    GAP,
    HI,
    LATE,
    LO,
    LOAD,
    MAX_RIDE,
    P_CAPACITY,
    P_N,
    Q_ABOARD,
    Q_CLOCK,
    Q_LEG,
    Q_NODE,
    Q_SEGMENT,
    S_BY,
    S_DWELL,
    S_FROM,
    SERVICE,
    SITE,
    SITE_SERVICE,
    TIE_FROM,
    TIE_MAX,
    TIE_TO,
)
from routing.kernels.jit import kernel


@kernel
def walk(data, seq, seg, length):
    """Walk along the duty in `seq`: windows, gaps and limits of its visits.

    Returns
    -------
    n_visits, n_ties
        n_visits is -1 where load, windows or a ride within one trip rule the duty out, or
        somebody is aboard at the end.
    """
    par = data.par
    req = data.req
    site = data.site
    n = par[P_N]
    clock = 0
    k = 0
    n_ties = 0
    n_aboard = 0
    load = 0
    low_rel = -FREE
    high_rel = FREE
    for p in range(length):
        node = seq[Q_NODE, p]
        if p > 0:
            clock += seq[Q_LEG, p]
        if node < n:
            if req[node, FROM] - clock > low_rel:
                low_rel = req[node, FROM] - clock
            if req[node, BY] - clock < high_rel:
                high_rel = req[node, BY] - clock
            clock += req[node, SERVICE]
            seq[Q_CLOCK, p] = clock
            seq[Q_SEGMENT, p] = k
            seq[Q_ABOARD, n_aboard] = p
            n_aboard += 1
            load += req[node, LOAD]
            if load > par[P_CAPACITY]:
                return -1, 0
        else:
            j = node - n
            low = site[j, S_FROM]
            high = site[j, S_BY]
            if low_rel + clock > low:
                low = low_rel + clock
            if high_rel + clock < high:
                high = high_rel + clock
            if low > high:
                return -1, 0
            seg[LO, k] = low
            seg[HI, k] = high
            seg[GAP, k] = clock
            dwell = site[j, S_DWELL]
            first_tie = n_ties
            a = 0
            while a < n_aboard:
                q = seq[Q_ABOARD, a]
                i = seq[Q_NODE, q]
                if req[i, SITE] != j:
                    a += 1
                    continue
                n_aboard -= 1
                seq[Q_ABOARD, a] = seq[Q_ABOARD, n_aboard]
                dwell += req[i, SITE_SERVICE]
                load -= req[i, LOAD]
                b = seq[Q_SEGMENT, q]
                most = req[i, MAX_RIDE] - seg[GAP, b] + seq[Q_CLOCK, q]
                if b == k:
                    if most < 0:
                        return -1, 0
                    continue
                is_new = True
                for c in range(first_tie, n_ties):
                    if seg[TIE_FROM, c] == b:
                        is_new = False
                        if most < seg[TIE_MAX, c]:
                            seg[TIE_MAX, c] = most
                if is_new:
                    seg[TIE_FROM, n_ties] = b
                    seg[TIE_TO, n_ties] = k
                    seg[TIE_MAX, n_ties] = most
                    n_ties += 1
            clock = dwell
            seq[Q_CLOCK, p] = clock
            seq[Q_SEGMENT, p] = k
            low_rel = -FREE
            high_rel = FREE
            k += 1
    if n_aboard > 0:
        return -1, 0
    return k, n_ties


@kernel
def find_earliest(seg, k, n_ties):
    """Find the least moment of each visit; whether there is a schedule at all."""
    for v in range(k):
        at = seg[LO, v]
        if v > 0 and seg[EARLY, v - 1] + seg[GAP, v] > at:
            at = seg[EARLY, v - 1] + seg[GAP, v]
        if at > seg[HI, v]:
            return False
        seg[EARLY, v] = at
    for _ in range(k + 1):
        is_still = True
        for c in range(n_ties):
            b = seg[TIE_FROM, c]
            need = seg[EARLY, seg[TIE_TO, c]] - seg[TIE_MAX, c]
            if need > seg[EARLY, b]:
                is_still = False
                if need > seg[HI, b]:
                    return False
                seg[EARLY, b] = need
                for v in range(b + 1, k):
                    if seg[EARLY, v - 1] + seg[GAP, v] <= seg[EARLY, v]:
                        break
                    seg[EARLY, v] = seg[EARLY, v - 1] + seg[GAP, v]
                    if seg[EARLY, v] > seg[HI, v]:
                        return False
        if is_still:
            return True
    return False


@kernel
def find_latest(seg, k, n_ties):
    """Find the greatest moment of each visit of a duty that has a schedule."""
    for v in range(k - 1, -1, -1):
        seg[LATE, v] = seg[HI, v]
        if v + 1 < k and seg[LATE, v + 1] - seg[GAP, v + 1] < seg[LATE, v]:
            seg[LATE, v] = seg[LATE, v + 1] - seg[GAP, v + 1]
    is_still = False
    while not is_still:
        is_still = True
        for c in range(n_ties):
            to = seg[TIE_TO, c]
            most = seg[LATE, seg[TIE_FROM, c]] + seg[TIE_MAX, c]
            if most < seg[LATE, to]:
                is_still = False
                seg[LATE, to] = most
                for v in range(to - 1, -1, -1):
                    if seg[LATE, v + 1] - seg[GAP, v + 1] >= seg[LATE, v]:
                        break
                    seg[LATE, v] = seg[LATE, v + 1] - seg[GAP, v + 1]
