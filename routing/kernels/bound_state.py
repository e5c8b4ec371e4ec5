"""Columns of the arrays that the bound's kernels work on."""

from __future__ import annotations

from collections import namedtuple

R_ROW, R_SITE, R_SERVICE, R_SITE_SERVICE, R_RIDE, R_SEATS, R_SPACES, R_LOAD, R_ADULT = range(9)
"""Columns of `BoundData.req`: as in the session's problem; load is what the tables count."""
N_REQ = 9
S_ROW, S_FROM, S_BY, S_DWELL = range(4)
"""Columns of `BoundData.site`. [s] but for the row."""
C_FIXED, C_M, C_S, C_WAIT = range(4)
"""Columns of `BoundData.rate`: pence a route, a metre, a second, a second of waiting."""
N_RATE = 4

L_NODE, L_E, L_SPAN, L_Q1, L_Q2, L_W1, L_W2, L_PREV, L_NEXT, L_STATE, L_SEG, L_LOAD = range(12)
"""Columns of `BoundWork.lab`: position of the rider, time to the next site, time from the
first site to the last, seats and spaces before the first site and after it, the label it came
from, the next label of its list, whether it waits (0), is extended (1) or is dead (2), and its
part of the route: 2 after the first of two sites or with one site, 1 before it."""
N_LAB = 12

O_BEST, O_TRUNC, O_ROOT, O_LABELS, O_FOUND, O_CUT, O_LOOSE = range(7)
"""Entries of `BoundWork.out`: least reduced price found, least that a label left out might
reach, least by the tables alone, labels made, routes written, labels left out, and how many
of the routes written are loose: no dearer than what was left out, but perhaps not real."""
K_LOADS, K_BUCKETS, K_LABELS, K_NEXT = range(4)
"""Entries of `BoundWork.count`: loads and buckets of the tables, labels made, waiting."""

(
    M_WIDTH,
    M_LABELS,
    M_LEVEL,
    M_SCAN,
    M_ELEMENTARY,
    M_COLUMNS,
    M_SPANS,
    M_MIX,
    M_TABLES,
    M_BITS,
    M_LOOSE,
) = range(11)
"""Entries of the mode: seconds of a bucket, most labels, most labels of a level, labels looked
at for dominance, whether every rider is remembered, most columns wanted, tables of times from
the first site to the last, whether children and adults mix, whether only tables are wanted,
friends of each rider in the tables, most loose routes wanted."""
N_MODE = 11

BoundData = namedtuple(
    "BoundData",
    ["req", "site", "duration", "distance", "rate", "layout", "load_cap", "start", "end",
     "allowed", "near", "apart_start", "apart_with", "site_start", "site_riders", "tier"],
)  # fmt: skip
"""What stays as it is during a bound.

req (n, N_REQ), site (k, 4), duration and distance (r, r); for each class of offers: rate
(g, N_RATE), layout (g, l, 2), load_cap (g,), start (g, n) and end (g, k) price of the runs from
and to the base, allowed (g, n); near (n, n) whether a rider of the row remembers the column's;
apart as in the problem; riders of each site as compressed rows; tier (g,) which table of
`BoundWork.hold` the class pays.
"""

BoundWork = namedtuple(
    "BoundWork",
    ["local", "count", "arc_s", "arc_p", "arc_f", "node_p", "near", "mask", "limit", "v1",
     "row", "friend", "map", "first", "join", "edge", "lab", "cost", "least", "mem", "head",
     "list", "best", "out", "column", "column_p", "bins", "cut",
     "hold"],
)  # fmt: skip
"""Scratch of one thread.

hold (tiers, k, buckets) is what a vehicle of the tier pays for being held by a route that
reaches the site so long after it began, in buckets of `HOLD_S`; it never falls with time.
"""

HOLD_S = 30
"""Seconds of a bucket of `BoundWork.hold`."""
FREE = 1.0e9
"""Price of what cannot be. [pence]"""
