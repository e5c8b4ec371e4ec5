"""The exact schedule of a route under trial."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

from routing.kernels.jit import kernel, part
from routing.kernels.state import (
    BY,
    FROM,
    MAX_RIDE,
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


@kernel
def measure(req, site, node_row, is_home, seq, seg, length):
    """Measure the route in `seq` (nodes, and the drive to each) exactly.

    Parameters
    ----------
    is_home
        Whether home windows bind the end of the own service (homeward), not the stop's arrival.
    seq
        Nodes and seconds of the drive to each; two more rows are scratch, as is `seg`.

    Returns
    -------
    duration_s, waiting_s, peak_seats, peak_spaces
        Least duration, -1 if there is no schedule at all.
    """
    n = req.shape[0]
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
    for p in range(length):
        node = seq[0, p]
        clock += seq[1, p]
        if node < n:
            row = node_row[node]
            if row != last_row:
                stop = clock
            last_row = row
            clock += req[node, SERVICE]
            bound = clock if is_home else stop
            if req[node, FROM] - bound > low_rel:
                low_rel = req[node, FROM] - bound
            if req[node, BY] - bound < high_rel:
                high_rel = req[node, BY] - bound
            seq[2, p] = clock
            seq[3, p] = k
            seats += req[node, SEATS]
            spaces += req[node, SPACES]
        else:
            if seats > peak_seats:
                peak_seats = seats
            if spaces > peak_spaces:
                peak_spaces = spaces
            j = node - n
            low = site[j, S_FROM]
            high = site[j, S_BY]
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
            dwell = site[j, S_DWELL]
            for q in range(p):
                i = seq[0, q]
                if i < n and req[i, SITE] == j:
                    dwell += req[i, SITE_SERVICE]
                    seats -= req[i, SEATS]
                    spaces -= req[i, SPACES]
                    b = seq[3, q]
                    ridden = seg[_GAP, b] - seq[2, q]
                    if req[i, MAX_RIDE] - ridden < seg[_RIDE + b, k]:
                        seg[_RIDE + b, k] = req[i, MAX_RIDE] - ridden
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


@part
def find_span(seg, k):
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
