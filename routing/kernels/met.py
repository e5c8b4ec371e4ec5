"""Routes that a search meets, set down for a choice among all of them.

What a step tries and undoes may still be a good route. It is set down if, at what each request
is worth to the best choice among the routes known so far, it costs too little to be left out;
routes of plans that were accepted always are.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.kernels.jit import kernel

I64 = NDArray[np.int64]

# One array holds all, because each array costs compile time in every kernel: these numbers (how
# many routes are set down, how much more than it is worth a route may cost, where the worth of
# kinds begins, numbers of a row, where the rows begin), names of routes set down before, what
# each request and each kind of vehicle is worth, and rows of a cost, a kind, a number of nodes
# and the nodes.
N_MET, MOST_OVER, KINDS_AT, WIDTH, ROWS_AT = range(5)
SEEN_AT = 8
N_SEEN = 1 << 14
"""Names that are remembered; a power of two."""
WORTH_AT = SEEN_AT + N_SEEN
N_ROWS = 256
"""Routes set down between two readings; more are let go."""
_NAMES = (1 << 63) - 1
_MIX = 0x1E3779B97F4A7C15


def build_met(n_requests: int, length: int, n_kinds: int = 1) -> I64:
    """Build room for routes of at most so many nodes, by so many kinds of vehicle."""
    kinds_at, width = WORTH_AT + n_requests, length + 3
    rows_at = kinds_at + n_kinds
    met = np.zeros(rows_at + N_ROWS * width, dtype=np.int64)
    met[MOST_OVER] = -(1 << 60)
    met[KINDS_AT], met[WIDTH], met[ROWS_AT] = kinds_at, width, rows_at
    return met


def read_met(met: I64) -> list[list[int]]:
    """Read the rows set down (cost, kind, number of nodes, nodes), and forget them."""
    rows: list[list[int]] = met[met[ROWS_AT] :].reshape(N_ROWS, -1)[: met[N_MET]].tolist()
    met[N_MET] = 0
    return rows


def write_worth(met: I64, worth: NDArray[np.float64], most_over: int) -> None:
    """Write what each request and each kind of vehicle is worth, and the most over it."""
    met[WORTH_AT : met[ROWS_AT]] = np.rint(worth)
    met[MOST_OVER] = most_over


@kernel
def name_on(name, node):
    """Make the name of nodes in their order longer by one node."""
    name = ((name ^ (int(node) + 1)) * _MIX) & _NAMES
    return name ^ (name >> 32)


@kernel
def take_row(met, cost, kind, worth, name, length, is_taken):
    """Take a row for a route that is worth setting down.

    Parameters
    ----------
    kind
        Of its vehicle.
    worth
        What those aboard are worth together.
    name
        Number made of the nodes.
    is_taken
        Whether the plan that holds the route was accepted.

    Returns
    -------
    Where its nodes begin, -1 for no row.
    """
    at = -1
    if is_taken or cost - worth - met[met[KINDS_AT] + kind] < met[MOST_OVER]:
        seen = SEEN_AT + ((name >> 8) & (N_SEEN - 1))
        if met[seen] != name and met[N_MET] < N_ROWS:
            met[seen] = name
            at = met[ROWS_AT] + met[N_MET] * met[WIDTH]
            met[N_MET] += 1
            met[at] = cost
            met[at + 1] = kind
            met[at + 2] = length
            at += 3
    return at
