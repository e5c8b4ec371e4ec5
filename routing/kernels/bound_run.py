"""Pricing of one run: routes of one class of offers with given last and first site."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

from routing.kernels.bound_arcs import prepare
from routing.kernels.bound_columns import write_columns, write_loose_labels, write_loose_roots
from routing.kernels.bound_labels import grow_labels
from routing.kernels.bound_state import (
    FREE,
    M_COLUMNS,
    M_LOOSE,
    M_TABLES,
    O_BEST,
    O_CUT,
    O_FOUND,
    O_LABELS,
    O_LOOSE,
    O_ROOT,
    O_TRUNC,
)
from routing.kernels.bound_tables import build_tables
from routing.kernels.jit import entry


@entry
def price_run(data, work, pi, g, t, f, mode, eps):
    """Price all routes of class g that end at site t and, if f >= 0, visit site f before.

    Results stand in `work.out`: the least reduced price found, the least that a label left out
    might have reached, the bound of the tables alone, labels made, columns kept. No route of
    the run has a reduced price below the least of the first two and -eps.

    Parameters
    ----------
    pi
        (n,) prices of the riders. [pence]
    mode
        See `bound_state`.
    eps
        What can only reach above -eps is dropped. [pence]
    """
    work.out[O_BEST] = FREE
    work.out[O_TRUNC] = FREE
    work.out[O_ROOT] = FREE
    work.out[O_LABELS] = 0
    work.out[O_FOUND] = 0
    work.out[O_LOOSE] = 0
    work.out[O_CUT] = 0
    counts = prepare(data, work, pi, g, t, f)
    m, n_last = counts
    if n_last == 0 or (m == n_last and f >= 0):
        return
    root = build_tables(data, work, g, t, f, m, n_last, mode)
    work.out[O_ROOT] = root
    if root > -eps:
        return
    if mode[M_TABLES]:
        write_loose_roots(data, work, g, t, f, m, n_last, mode, eps)
        return
    grow_labels(data, work, g, t, f, m, n_last, mode, eps)
    write_columns(data, work, t, f, m, mode[M_COLUMNS])
    if work.out[O_TRUNC] < -eps and mode[M_LOOSE] > 0:
        write_loose_labels(data, work, g, t, f, m, n_last, mode)
