"""Which requests go well together: the neighbour lists of the search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.constants import NO_ROAD_S

Int32Array = NDArray[np.int32]


def find_neighbours(
    *,
    request_row: Int32Array,
    request_site: Int32Array,
    service_s: Int32Array,
    site_row: Int32Array,
    site_from_s: Int32Array,
    site_by_s: Int32Array,
    site_dwell_s: Int32Array,
    duration_s: Int32Array,
    n_neighbours: int,
) -> Int32Array:
    """Rank the other requests by the time that a request adds to their journey.

    What i adds to j is the shortest route of the two alone less the journey of j alone: with
    one site, i j a or j i a; with two, every order in which both are aboard together or one
    follows the other; waiting for the second window counts, windows that cannot follow are out.

    Returns
    -------
    neighbours
        (n, q) positions, q at most `n_neighbours`; the first differ least, ties by position.
    """
    n = len(request_row)
    q = max(0, min(n_neighbours, n - 1))
    if q == 0:
        return np.full((n, 0), -1, dtype=np.int32)
    rows = request_row.astype(np.int64)
    to_site = duration_s[rows][:, site_row.astype(np.int64)].astype(np.int64)
    service = service_s.astype(np.int64)
    direct = to_site[np.arange(n), request_site]
    found = np.empty((n, q), dtype=np.int32)
    after = _find_gaps(site_row, site_from_s, site_by_s, site_dwell_s, duration_s)
    home = duration_s[np.ix_(site_row.astype(np.int64), rows)].astype(np.int64)
    for i in range(n):
        a = int(request_site[i])
        b = request_site
        there = duration_s[rows[i], rows].astype(np.int64)
        back = duration_s[rows, rows[i]].astype(np.int64)
        i_first = there + service
        j_first = back + service[i]
        own, other = to_site[i], direct
        at_a = to_site[:, a]
        best = np.minimum(
            np.minimum(i_first + at_a + after[a, b], i_first + other + after[b, a]),
            np.minimum(j_first + own[a] + after[a, b], j_first + own[b] + after[b, a]),
        )
        same = b == a
        best[same] = np.minimum(i_first + other, j_first + own[a])[same]
        gap = site_dwell_s.astype(np.int64)
        i_done = own[a] + gap[a] + home[a] + service + other
        j_done = direct + gap[b] + home[b, i] + service[i] + own[a]
        is_after = site_from_s[b] + gap[b] < site_by_s[a]
        is_before = site_from_s[a] + gap[a] < site_by_s[b]
        best = np.where(~same & is_before, np.minimum(best, i_done), best)
        best = np.where(~same & is_after, np.minimum(best, j_done), best)
        added = best - direct
        added[i] = 10 * NO_ROAD_S
        order = np.argsort(added, kind="stable")[:q]
        found[i] = order
    return found


def _find_gaps(
    site_row: Int32Array,
    site_from_s: Int32Array,
    site_by_s: Int32Array,
    site_dwell_s: Int32Array,
    duration_s: Int32Array,
) -> NDArray[np.int64]:
    """Find the least time from arriving at one site to arriving at another. [s]"""
    at = site_row.astype(np.int64)
    drive = duration_s[np.ix_(at, at)].astype(np.int64) + site_dwell_s[:, None]
    wait = site_from_s[None, :].astype(np.int64) - site_by_s[:, None]
    gap = np.maximum(drive, wait)
    late = site_from_s[:, None] + drive > site_by_s[None, :]
    return np.where(late, 2 * NO_ROAD_S, gap)
