"""The arrays of the paired form: what is given (`PairData`) and what changes (`PairState`).

Nodes: request i is picked up at node i and dropped off at node n + i; node 2 n is where a
vehicle starts, node 2 n + 1 where it ends. Every route holds both ends. The facts of a route
lie in a slot; a route that is changed moves to a fresh slot, so that undoing a step hands the
old slot back, and whatever was found out about that slot still holds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

# Columns of PairData.node.
FROM, BY, SPAN = range(3)
# Third axis of PairData.road: there and back, time (with the service at the first) and cost.
OUT_T, OUT_C, BACK_T, BACK_C = range(4)
# Entries of PairData.par; the capacity in each dimension stands from P_CAP on.
P_N, P_ROUTES, P_LEN, P_DIMS, P_ROUTE_T, P_FIXED, P_UNSERVED, P_RIDES, P_TRIANGLE = range(9)
P_WAIT, P_NEAR, P_BLINK, P_STRING, P_CHECK, P_EVEN = range(9, 15)
# P_EVEN: in how many of 64 steps the size of ruin is drawn evenly; else by what sizes earned.
# Odds of the ways of ruin and of the orders of return; all odds of one kind add to 64. Then
# the sizes.
P_WAYS = 16
P_ORDERS = 24
P_SIZES = 32
N_SIZES = 8
P_CAP = 40
# Columns of PairData.keys.
N_KEYS = 5
# Second axis of PairState.pos: the node, its earliest begin, its latest begin negated, time and
# cost of the leg to it, time of all legs up to it.
NODE, EARLY, LATE, LEG_T, LEG_C, ALONG = range(6)
N_POS = 6
# Columns of PairState.rt.
LEN, COST, VERSION = range(3)
# Rows of PairState.ins: facts of each place for a pick-up and for a drop-off.
A_COST, A_IN, A_OUT, A_EARLY, A_LATE, A_OK = range(6)
B_COST, B_IN, B_OUT, B_EARLY, B_LATE, B_OK = range(6, 12)
B_LEAST, NEXT_COST = 12, 13
N_INS = 14
# Rows of PairState.lst.
WHERE, SLOT, FREE, ABSENT, OLD_ABSENT, REMOVED, DIRTY, IS_DIRTY, TOUCHED, OLD_SLOT = range(10)
BEST_LEN, BEST_NODE, SEEN, COUNT, HOT = range(10, 15)
N_LST = 15
# Entries of PairState.num.
TOTAL, N_ABSENT, N_FREE, BEST, N_TOUCHED, STAMP, N_REMOVED, N_ACCEPTED, N_BEST = range(9)
N_DIRTY, N_OLD_ABSENT, ERROR, N_OPEN, NEXT_VERSION, WORK, LIMIT = range(9, 16)
N_NUM = 24
# Columns of PairState.memo; a place is p * P_LEN + t.
M_VERSION, M_COST, M_PLACE = range(3)

NO_COST = 1 << 50
"""More than any cost."""


class PairData(NamedTuple):
    """What is given.

    Attributes
    ----------
    par
        Numbers, see the P_ constants.
    node
        (2 n + 2, 3) earliest and latest begin of service; for a pick-up the longest time from
        there to the begin at its drop-off.
    road
        (2 n + 2, 2 n + 2, 4) see the constants.
    load
        (n, d) what each request takes in each dimension.
    near
        (n, q) related requests, the closest first.
    keys
        (n, k) sort keys of insertion.
    neglog
        (4096,) - ln of evenly spread numbers in (0, 1).
    """

    par: I64
    node: I32
    road: I32
    load: I32
    near: I32
    keys: I64
    neglog: F64


class PairState(NamedTuple):
    """What changes.

    Attributes
    ----------
    num, rng
        Numbers; (4,) state of the random numbers.
    pos
        (s, 6, length) nodes of each slot and their facts.
    aboard
        (s, length, d) load when leaving each node.
    gap
        (s, length, length) least time from the begin at one node to the begin at another,
        whichever of them is first: the closure of all limits of the route.
    rt
        (s, 3) facts of each slot.
    memo
        (n, s, 3) the best place of each request in each slot, as far as found out.
    ins
        (14, length) scratch of one search for a place.
    lst
        (15, .) lists, see the constants.
    score
        (2, sizes) what each size of ruin has earned lately, and its work.
    met
        Routes set down, see `routing.kernels.met`.
    """

    num: I64
    rng: I64
    pos: I32
    aboard: I32
    gap: I32
    rt: I64
    memo: I64
    ins: I64
    lst: I32
    score: F64
    met: I64
