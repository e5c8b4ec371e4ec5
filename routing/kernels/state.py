"""The arrays that kernels work on: what is given (`Data`) and what changes (`State`).

Attributes of one request, offer or route lie side by side in one row, so that a look at one
touches one or two cache lines; the constants below name the columns. Nodes below n are requests,
node n + j is the visit of site j.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
F64 = NDArray[np.float64]

# Columns of Data.req.
ROW, SITE, SERVICE, SITE_SERVICE, MAX_RIDE, FROM, BY = range(7)
SEATS, SPACES, CREW, SHARED, T_CREW, T_SHARED, ALONE, ADULT, GROUP = range(7, 16)
N_REQ = 16
# Columns of Data.site.
S_ROW, S_FROM, S_BY, S_DWELL = range(4)
# Columns of Data.offer.
O_BASE, O_DEAD, O_FIXED, O_DEAD_RATE, O_HOUR, O_WAIT, O_MIN, O_VAT, O_EXTRA, O_MIN_S = range(10)
O_AS, O_AS_HOUR, O_TR, O_TR_HOUR, O_PAIR, O_PAIR_M, O_PAIR_RATE, O_SCARCE = range(10, 18)
O_BANDS = 18
# Columns of Data.floor: a price in pounds and pence a cheap offer never falls below.
F_FIXED, F_M, F_S, F_AS, F_TR, F_MIN, F_AS_S, F_TR_S = range(8)
# Entries of Data.par.
P_N, P_SITES, P_OFFERS, P_WORDS, P_BANDS, P_MAX_SITES, P_RATIO, P_MIX, P_HOME = range(9)
P_UNSERVED, P_MAX_LEN, P_AS_SEATS, P_LABELS, P_CAP_SEATS, P_CAP_SPACES, P_CAP_AS = range(9, 16)
P_CANDIDATES, P_BLINK, P_STRING, P_REMOVE, P_CHECK, P_MOVABLE, P_CAP_TR = range(16, 23)
N_PAR = 24
# Third axis of State.pos.
NODE, LEG_S, LEG_M, CUM, SLACK = range(5)
# Columns of State.rt.
LEN, N_SITES, COST, OFFER, DUR, WAIT, LOADED, PEAK_SEATS, PEAK_SPACES = range(9)
R_CREW, R_SHARED, R_T_CREW, R_T_SHARED, R_ADULT, R_ALONE, HEADROOM, R_CARE = range(9, 17)
N_RT = 18
# Columns of State.rate.
RATE_M, RATE_S, RATE_DEAD_M, RATE_DEAD_S = range(4)
# Entries of State.num.
TOTAL, N_ABSENT, N_FREE, BEST, N_TOUCHED, STAMP, N_REMOVED, N_ACCEPTED, N_BEST = range(9)
N_DIRTY, N_OLD_ABSENT, ERROR, SCAN = range(9, 13)
N_NUM = 16

NO_COST = 1 << 40
"""More than any price. [pence]"""


class Data(NamedTuple):
    """What is given: requests, sites, travel, offers.

    Attributes
    ----------
    par
        Numbers, see the P_ constants.
    req, site
        (n, 16) and (k, 4), see the constants.
    node_row
        (n + k,) row of the travel arrays.
    out, back
        (r, r, 2) seconds and metres from the first row to the second, and from the second to the
        first: whichever is fixed, its numbers lie in one row.
    allowed
        (n, w) offers of each request as bits.
    fit
        (seats + 1, spaces + 1, w) offers with a layout for a peak.
    fit_crew, fit_trained
        Offers with so many assistants or trained ones.
    offer, band_to, floor
        (o, 18 + b), (o, b) and (o, 8) prices, see the constants.
    near
        (n, q) neighbours.
    apart_start, apart_with, group_start, group_with
        Compressed rows of requests.
    labels, label_pence
        (c, n) reference crews and (c,) prices of differing.
    alone_pence
        (n,) price of each request alone. [pence]
    keys
        (n, 3) sort keys of insertion: direct time, dearness, load.
    movable
        Requests the search may take out.
    neglog
        (4096,) - ln of evenly spread numbers in (0, 1).
    """

    par: I64
    req: I32
    site: I32
    node_row: I32
    out: I32
    back: I32
    allowed: U64
    fit: U64
    fit_crew: U64
    fit_trained: U64
    offer: I64
    band_to: I64
    floor: F64
    near: I32
    apart_start: I32
    apart_with: I32
    group_start: I32
    group_with: I32
    labels: I32
    label_pence: I64
    alone_pence: I64
    keys: I64
    movable: I32
    neglog: F64


class State(NamedTuple):
    """What changes: routes, the log that undoes them, the best plan, scratch space.

    Attributes
    ----------
    num
        Numbers, see the constants.
    rng
        (4,) state of the random numbers.
    pos
        (r, length, 5) nodes of each route with the leg to it, the time of arriving there without
        any waiting, and the most seconds that may be put in before it.
    rt, rate
        Facts of each route; marginal prices of its offer.
    mask
        (r, w) offers allowed for all aboard.
    where
        (n,) route of each request, -1 for none.
    absent, old_absent, removed, dirty
        Stacks of requests and routes; `is_dirty` marks the routes on the last.
    free, in_free
        Stack of empty routes.
    touched, log_pos, log_rt, log_rate, log_mask
        Routes changed in this step, as they were.
    seen, mark
        (r, 2) and (n, 2) stamps of routes and requests.
    best_node, best_len
        The best plan, route after route.
    seq
        (4, length) scratch: nodes, legs, moments and segments of a route under trial.
    seg
        (16, 8) scratch of the schedule.
    bits
        (w,) scratch.
    keep_pos, keep_rt, keep_rate, keep_mask
        A second place to keep one route while a group is tried on it.
    """

    num: I64
    rng: I64
    pos: I32
    rt: I64
    rate: F64
    mask: U64
    where: I32
    absent: I32
    old_absent: I32
    removed: I32
    dirty: I32
    is_dirty: I32
    free: I32
    in_free: I32
    touched: I32
    log_pos: I32
    log_rt: I64
    log_rate: F64
    log_mask: U64
    seen: I64
    mark: I64
    best_node: I32
    best_len: I32
    seq: I32
    seg: I64
    bits: U64
    keep_pos: I32
    keep_rt: I64
    keep_rate: F64
    keep_mask: U64
