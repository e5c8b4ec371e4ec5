"""The exact schedule of a route under trial."""

from __future__ import annotations

from routing.kernels.jit import kernel
from routing.kernels.state import (
    BY,
    FROM,
    MAX_RIDE,
    P_HOME,
    P_N,
    S_BY,
    S_DWELL,
    S_FROM,
    SEATS,
    SERVICE,
    SITE,
    SITE_SERVICE,
    SPACES,
)

_FREE = 1_000_000_000
# Rows of State.seg: windows, least gaps, where each segment ends, then the riders' bounds.
_LO, _HI, _GAP = range(3)
_RIDE = 3


@kernel(inline=True)
def measure(data, seq, seg, length):  # type: ignore[no-untyped-def]
    """Measure the route in `seq` (nodes, and the drive to each) exactly.

    Parameters
    ----------
    seq
        (2, length or more): nodes and seconds of the drive to each.
    seg
        Scratch.

    Returns
    -------
    duration_s, waiting_s, peak_seats, peak_spaces
        Least duration, -1 if there is no schedule at all.
    """
    n = data.par[P_N]
    is_home = data.par[P_HOME] != 0
    clock = 0
    stop = 0
    k = 0
    seats = 0
    spaces = 0
    peak_seats = 0
    peak_spaces = 0
    low_rel = -_FREE
    high_rel = _FREE
    last_row = -1
    first_s = 0
    n_requests_since = 0
    for p in range(length):
        node = seq[0, p]
        clock += seq[1, p]
        if node < n:
            row = data.node_row[node]
            if row != last_row:
                stop = clock
            last_row = row
            clock += data.req[node, SERVICE]
            bound = clock if is_home else stop
            if data.req[node, FROM] - bound > low_rel:
                low_rel = data.req[node, FROM] - bound
            if data.req[node, BY] - bound < high_rel:
                high_rel = data.req[node, BY] - bound
            seq[2, p] = clock
            seq[3, p] = k
            seats += data.req[node, SEATS]
            spaces += data.req[node, SPACES]
            n_requests_since += 1
        else:
            if seats > peak_seats:
                peak_seats = seats
            if spaces > peak_spaces:
                peak_spaces = spaces
            j = node - n
            low = data.site[j, S_FROM]
            high = data.site[j, S_BY]
            if low_rel + clock > low:
                low = low_rel + clock
            if high_rel + clock < high:
                high = high_rel + clock
            if low > high:
                return -1, 0, 0, 0
            seg[_LO, k] = low
            seg[_HI, k] = high
            seg[_GAP, k] = clock
            for b in range(k + 1):
                seg[_RIDE + b, k] = _FREE
            dwell = data.site[j, S_DWELL]
            for q in range(p):
                i = seq[0, q]
                if i < n and data.req[i, SITE] == j:
                    dwell += data.req[i, SITE_SERVICE]
                    seats -= data.req[i, SEATS]
                    spaces -= data.req[i, SPACES]
                    b = seq[3, q]
                    ridden = seg[_GAP, b] - seq[2, q]
                    if data.req[i, MAX_RIDE] - ridden < seg[_RIDE + b, k]:
                        seg[_RIDE + b, k] = data.req[i, MAX_RIDE] - ridden
            if seg[_RIDE + k, k] < 0:
                return -1, 0, 0, 0
            if k == 0:
                first_s = clock
            clock = dwell
            last_row = -1
            low_rel = -_FREE
            high_rel = _FREE
            k += 1
    span = 0
    gaps = 0
    if k == 2:
        gaps = seg[_GAP, 1]
        span = gaps
        if seg[_LO, 1] - seg[_HI, 0] > span:
            span = seg[_LO, 1] - seg[_HI, 0]
        if span > seg[_RIDE, 1] or span > seg[_HI, 1] - seg[_LO, 0]:
            return -1, 0, 0, 0
    elif k > 2:
        span = find_span(seg, k)
        if span < 0:
            return -1, 0, 0, 0
        for b in range(1, k):
            gaps += seg[_GAP, b]
    return first_s + span + clock, span - gaps, peak_seats, peak_spaces


@kernel(inline=True)
def find_span(seg, k):  # type: ignore[no-untyped-def]
    """Find the least time from the first to the last of k arrivals by longest paths, or -1.

    The closure stands in the lower rows of `seg`; row 0 is the origin of time.
    """
    top = 8
    for a in range(k + 1):
        for b in range(k + 1):
            seg[top + a, b] = 0 if a == b else -_FREE
    for a in range(k):
        seg[top, a + 1] = seg[_LO, a]
        seg[top + a + 1, 0] = -seg[_HI, a]
        if a > 0:
            seg[top + a, a + 1] = seg[_GAP, a]
        for b in range(a):
            seg[top + a + 1, b + 1] = -seg[_RIDE + b, a]
    for c in range(k + 1):
        for a in range(k + 1):
            first = seg[top + a, c]
            if first > -_FREE:
                for b in range(k + 1):
                    if first + seg[top + c, b] > seg[top + a, b]:
                        seg[top + a, b] = first + seg[top + c, b]
    for a in range(k + 1):
        if seg[top + a, a] > 0:
            return -1
    return seg[top + 1, k]
