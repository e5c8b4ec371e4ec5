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

O_BEST, O_TRUNC, O_ROOT, O_LABELS, O_FOUND, O_CUT = range(6)
"""Entries of `BoundWork.out`."""

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
) = range(10)
"""Entries of the mode: seconds of a bucket, most labels, most labels of a level, labels looked
at for dominance, whether every rider is remembered, most columns wanted, tables of times from
the first site to the last, whether children and adults mix, whether only tables are wanted,
friends of each rider in the tables."""
N_MODE = 10

BoundData = namedtuple(
    "BoundData",
    ["req", "site", "duration", "distance", "rate", "layout", "load_cap", "start", "end",
     "allowed", "near", "apart_start", "apart_with", "site_start", "site_riders"],
)  # fmt: skip
"""What stays as it is during a bound.

req (n, N_REQ), site (k, 4), duration and distance (r, r); for each class of offers: rate
(g, N_RATE), layout (g, l, 2), load_cap (g,), start (g, n) and end (g, k) price of the runs from
and to the base, allowed (g, n); near (n, n) whether a rider of the row remembers the column's;
apart as in the problem; riders of each site as compressed rows.
"""

BoundWork = namedtuple(
    "BoundWork",
    ["local", "loads", "arc_s", "arc_p", "arc_f", "node_p", "near", "mask", "limit", "v1",
     "row", "friend", "map", "first", "join", "edge", "lab", "cost", "least", "mem", "head",
     "list", "best", "out", "column", "column_p", "bins"],
)  # fmt: skip
"""Scratch of one thread."""
