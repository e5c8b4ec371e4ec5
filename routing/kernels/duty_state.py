"""The arrays of the search over whole duties: what is given and what changes.

A duty is one vehicle's sequence of pick-ups and visits of sites, through the whole window of
the day it plans; a site may be visited more than once. Nodes below n are requests, node n + j
is a visit of site j, which takes off everybody aboard who is bound for it. All times are whole
**ticks** of whatever length the problem says.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

# Columns of DutyData.req and DutyData.site.
ROW, SITE, SERVICE, SITE_SERVICE, MAX_RIDE, FROM, BY, LOAD = range(8)
S_ROW, S_FROM, S_BY, S_DWELL = range(4)
# Third axis of DutyData.road: there and back.
OUT, BACK = range(2)
# Entries of DutyData.par.
P_N, P_DUTIES, P_CAPACITY, P_MAX_LEN, P_MAX_VISITS, P_YARD, P_BLINK, P_STRING = range(8)
P_REMOVE, P_CHECK, P_TAIL = range(8, 11)
N_PAR = 16
# Third axis of DutyState.pos: the node, the drive to it, time since the first node was reached
# (arriving and leaving, no waiting), earliest arrival and leaving, latest arrival, the most
# ticks that may be put in before it for those aboard, load on leaving.
NODE, LEG, CUM, CUM_OUT, ARRIVE, LEAVE, LATEST, SLACK, ABOARD = range(9)
N_POS = 9
# Columns of DutyState.rt.
LEN, COST, N_VISITS, VERSION = range(4)
N_RT = 4
# Rows of DutyState.lst.
WHERE, ABSENT, OLD_ABSENT, REMOVED, DIRTY, IS_DIRTY, TOUCHED = range(7)
BEST_LEN, BEST_NODE = range(7, 9)
N_LST = 9
# Entries of DutyState.num.
TOTAL, N_ABSENT, BEST, N_TOUCHED, STAMP, N_REMOVED, N_ACCEPTED, N_BEST = range(8)
N_DIRTY, N_OLD_ABSENT, ERROR, SCAN, N_OPEN, WEIGHT, N_MEASURED, N_PASSED = range(8, 16)
CLOCK = 16
N_NUM = 20
# Rows of DutyState.seq and DutyState.seg.
Q_NODE, Q_LEG, Q_CLOCK, Q_SEGMENT, Q_ABOARD = range(5)
LO, HI, GAP, EARLY, LATE, TIE_FROM, TIE_TO, TIE_MAX = range(8)

FREE = 1 << 29
"""No bound. [ticks]"""
NO_COST = 1 << 40


class DutyData(NamedTuple):
    """What is given.

    Attributes
    ----------
    par
        Numbers, see the P_ constants.
    req, site
        (n, 8) and (k, 4).
    node_row
        (n + k,) row of the travel times.
    road
        (r, r, 2) from the first row to the second and back again. [ticks]
    near
        (w, n, q) neighbours of each request, ranked in w ways; -1 pads.
    neglog
        (4096,) - ln of evenly spread numbers in (0, 1).
    """

    par: I64
    req: I32
    site: I32
    node_row: I32
    road: I32
    near: I32
    neglog: F64


class DutyState(NamedTuple):
    """What changes: duties, the log that undoes them, the best plan, scratch space.

    With R duties, rows R to 2 R - 1 of `pos` and `rt` keep the duties touched in this step as
    they were.

    Attributes
    ----------
    num, rng
        Numbers; (4,) state of the random numbers.
    pos, rt
        (2 R, length, 9) and (2 R, 4).
    lst
        (9, .) lists, see the constants: the duty of each request (-1 for none), stacks.
    seen
        (R, 2) stamps of the step and of the scan that last saw each duty.
    weight, tried
        (n,) how often each request has been left absent: the hard ones are worth more; and
        the clock of changes up to which no duty has room for it, while it stays absent.
    seq, seg
        (5, length), (8, length) scratch of the schedule.
    """

    num: I64
    rng: I64
    pos: I32
    rt: I64
    lst: I32
    seen: I64
    weight: I64
    tried: I64
    seq: I64
    seg: I64
