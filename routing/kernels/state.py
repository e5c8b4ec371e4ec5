"""The arrays that kernels work on: what is given (`Data`) and what changes (`State`).

Attributes of one request, offer or route lie side by side in one row, so that a look at one
touches one or two cache lines; the constants below name the columns. Nodes below n are
requests, node n + j is the visit of site j. There are few arrays, because each costs compile
time in every kernel it is handed to.
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
# Third axis of Data.road: there and back, seconds and metres.
OUT_S, OUT_M, BACK_S, BACK_M = range(4)
# Columns of Data.site.
S_ROW, S_FROM, S_BY, S_DWELL = range(4)
# Columns of Data.offer: prices, then the upper ends and the rates of the mile bands.
O_BASE, O_DEAD, O_FIXED, O_DEAD_RATE, O_HOUR, O_WAIT, O_MIN, O_VAT, O_EXTRA, O_MIN_S = range(10)
O_AS, O_AS_HOUR, O_TR, O_TR_HOUR, O_PAIR, O_PAIR_M, O_PAIR_RATE, O_SCARCE = range(10, 18)
O_VEHICLES = 18
O_BANDS = 19
# Columns of Data.floor: a linear price, in pence, that an offer never falls below.
F_FIXED, F_M, F_S, F_AS, F_TR, F_MIN, F_AS_S, F_TR_S = range(8)
# Columns of Data.keys: sort keys of insertion, and the price alone.
KEY_DIRECT, KEY_ALONE, KEY_LOAD = range(3)
# Entries of Data.par.
P_N, P_SITES, P_OFFERS, P_WORDS, P_BANDS, P_MAX_SITES, P_RATIO, P_MIX, P_HOME = range(9)
P_UNSERVED, P_MAX_LEN, P_AS_SEATS, P_LABELS, P_CAP_SEATS, P_CAP_SPACES, P_CAP_AS = range(9, 16)
P_CANDIDATES, P_BLINK, P_STRING, P_REMOVE, P_CHECK, P_MOVABLE, P_CAP_TR = range(16, 23)
# Where the parts of Data.links and Data.fits begin, and how many routes there are.
P_APART, P_APART_WITH, P_GROUP, P_GROUP_WITH, P_MOVE, P_FIT_AS, P_FIT_TR, P_ROUTES = range(
    23, 31
)
P_LABEL_PENCE = 31
# Where the parts of Data.links about points begin: rows of Data.choices, the first chosen.
P_CHOICE, P_FIRST = 38, 39
# How often in 100 routes change vehicles, where each offer has so many, each for one route; 0
# where vehicles are not limited.
P_LIMITED = 40
N_PAR = 41
# Columns of Data.choices: place, ride limit less the walk, price alone (-1 if not known yet).
C_ROW, C_RIDE, C_ALONE = range(3)
# Third axis of State.pos.
NODE, LEG_S, LEG_M, CUM, SLACK = range(5)
# Columns of State.rt.
LEN, N_SITES, COST, OFFER, DUR, WAIT, LOADED, PEAK_SEATS, PEAK_SPACES = range(9)
R_CREW, R_SHARED, R_T_CREW, R_T_SHARED, R_ADULT, R_ALONE, HEADROOM, R_CARE = range(9, 17)
# Number made of the nodes in their order: routes that differ have another one.
R_NAME = 17
# The sites of the route, in order; room for as many as the schedule has.
R_SITES = 18
MAX_SITES = 7
N_RT = R_SITES + MAX_SITES
# Columns of State.rate.
RATE_M, RATE_S, RATE_DEAD_M, RATE_DEAD_S = range(4)
# Rows of State.lst.
WHERE, ABSENT, OLD_ABSENT, REMOVED, DIRTY, IS_DIRTY, FREE, IN_FREE, TOUCHED = range(9)
BEST_LEN, BEST_NODE = range(9, 11)
# Row of Data.choices of each request, -1 without any: now, before this step, in the best plan.
CHOICE, OLD_CHOICE, BEST_CHOICE = range(11, 14)
# Offer of each route of the best plan, -1 for the cheapest; routes that each offer runs.
BEST_OFFER, USED = range(14, 16)
N_LST = 16
# Entries of State.num.
TOTAL, N_ABSENT, N_FREE, BEST, N_TOUCHED, STAMP, N_REMOVED, N_ACCEPTED, N_BEST = range(9)
N_DIRTY, N_OLD_ABSENT, ERROR, SCAN, LIMIT = range(9, 14)
# What leaving a request out costs on the way, and how many plans taken did so since it was set.
PRICE, N_LACKING = range(14, 16)
N_NUM = 16

# Third axis of State.memo: the name of a route, what a request adds to it at the place that
# is remembered with it.
M_NAME, M_ADDED = range(2)
N_MEMO = 64
"""Routes remembered for each request; a power of two."""
PLACE_BITS = 22
PLACE_STEP = 1 << 11
"""More than any route is long; a place is two positions in one number."""
NO_PLACE = PLACE_STEP * PLACE_STEP - 1
"""No place costs less than what is remembered."""

NO_COST = 1 << 40
"""More than any price. [pence]"""
NO_LIMIT = 1 << 60
"""More than any plan costs. [pence]"""
ALL_BITS = np.uint64(0xFFFFFFFFFFFFFFFF)
LOW_BITS = np.uint64(0xFFFFFFFF)


class Data(NamedTuple):
    """What is given: requests, sites, travel, offers.

    Attributes
    ----------
    par
        Numbers, see the P_ constants.
    req, site
        (n, 16) and (k, 4).
    node_row
        (n + k,) row of the travel arrays.
    road
        (r, r, 4) from the first row to the second and back again, side by side. Rows near each
        other are near in space, so that what is tried together lies together.
    allowed
        (n, w) offers of each request as bits.
    fits
        (., w) offers with a layout for a peak of seats and spaces, for so many assistants, and
        for so many trained ones, one table after the other.
    offer, floor
        (o, 19 + 2 b) and (o, 8) prices.
    near
        (n, q) neighbours; -1 pads.
    links
        Compressed rows one after the other: apart, groups; then the requests that may be moved;
        compressed rows of `choices`, and the row that each request begins with, or -1.
    choices
        (c, 3) places where a request may be collected. What is chosen stands in `req`,
        `node_row` and `keys`, so every chain has these as its own.
    labels
        (c, n) reference crews.
    keys
        (n, 3).
    neglog
        (4096,) - ln of evenly spread numbers in (0, 1).
    """

    par: I64
    req: I32
    site: I32
    node_row: I32
    road: I32
    allowed: U64
    fits: U64
    offer: I64
    floor: F64
    near: I32
    links: I32
    labels: I32
    keys: I64
    choices: I64
    neglog: F64


class State(NamedTuple):
    """What changes: routes, the log that undoes them, the best plan, scratch space.

    With R routes, rows R to 2 R - 1 of `pos`, `rt`, `rate` and `mask` keep the routes touched
    in this step as they were, and row 2 R keeps one route while a group is tried on it. Row
    2 R + 1 of `mask` holds the offers that have a vehicle free.

    Attributes
    ----------
    num, rng
        Numbers; (4,) state of the random numbers.
    pos
        (2 R + 1, length, 5) nodes of each route with the leg to each, the time of arriving
        there without any waiting, and the most seconds that may be put in before it.
    rt, rate
        Facts of each route; marginal prices of its offer.
    mask
        (2 R + 2, w) offers allowed for all aboard.
    lst
        (16, .) lists, see the constants: the route of each request (-1 for none), stacks of
        requests and of routes, the best plan.
    seen
        (R, 2) stamps of the step and of the scan that last saw each route.
    seq
        (4, length) scratch: nodes, legs, moments and segments of a route under trial.
    seg
        (16, 8) scratch of the schedule.
    bits
        (w,) scratch.
    memo
        (n, m, 2) what a request adds to a route, remembered by the name of the route.
    """

    num: I64
    rng: I64
    pos: I32
    rt: I64
    rate: F64
    mask: U64
    lst: I32
    seen: I64
    seq: I32
    seg: I64
    bits: U64
    memo: I64
