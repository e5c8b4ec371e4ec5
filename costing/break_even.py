"""Break-even: the miles and the hours at which a bid and own cost meet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from costing.charges import PriceBook, compute_amount_pence
from costing.own_alone import OwnAlone, compute_own_pence
from costing.own_fleet import find_type_rates
from costing.rate_cards import SessionTerms
from costing.supplier_prices import RouteUse, compute_crew_pence, compute_run_pence
from data.comparisons import BreakEven

MOST_M = 100_000
MOST_S = 4 * 3_600
N_STEPS = 32
"""Distances and times looked at reach to here, in so many steps before each meeting is found
exactly."""


def find_meeting(gap: Callable[[int], int], at: int, most: int) -> int | None:
    """Find the value nearest to `at` from which on the sign of a gap differs, or is nought.

    Parameters
    ----------
    gap
        Difference of two prices. [pence]
    most
        Values from 0 to this are looked at.

    Examples
    --------
    >>> find_meeting(lambda x: 3 * x - 100, 50, 200)
    34
    """
    points = sorted({most * k // N_STEPS for k in range(N_STEPS + 1)} | {min(at, most)})
    signs = [_sign(gap(x)) for x in points]
    found = [x for x, sign in zip(points, signs, strict=True) if sign == 0]
    for (low, before), (high, after) in pairwise(zip(points, signs, strict=True)):
        if before * after >= 0:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if _sign(gap(middle)) == before:
                low = middle
            else:
                high = middle
        found.append(high)
    return min(found, key=lambda x: (abs(x - at), x), default=None)


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def find_break_even(
    use: RouteUse, terms: SessionTerms, counted_vat_bp: int, own: OwnAlone, book: PriceBook
) -> BreakEven:
    """Find where a card's price and own cost of a route meet, miles and hours apart.

    Parameters
    ----------
    use
        What the supplier charges for, its dead miles in.
    counted_vat_bp
        VAT that counts as cost. [0.01 %]
    """
    of_type = find_type_rates(book.own_rates, own.vehicle_type_id)

    def find_gaps(loaded_m: int, route_s: int) -> tuple[int, int]:
        changed = replace(use, loaded_m=loaded_m, route_s=route_s)
        net_pence = compute_run_pence(changed, terms) + compute_crew_pence(changed, terms)
        bid_pence = net_pence + compute_amount_pence(net_pence, "pence", 10 * counted_vat_bp)
        avoidable_pence, full_pence = compute_own_pence(
            book,
            of_type,
            total_m=own.dead_m + loaded_m,
            work_s=own.dead_s + route_s,
            n_assistants=use.n_assistants,
            n_trained_assistants=use.n_trained_assistants,
        )
        return bid_pence - avoidable_pence, bid_pence - full_pence

    m, s = use.loaded_m, use.route_s
    return BreakEven(
        short_m=find_meeting(lambda x: find_gaps(x, s)[0], m, MOST_M),
        long_m=find_meeting(lambda x: find_gaps(x, s)[1], m, MOST_M),
        short_s=find_meeting(lambda x: find_gaps(m, x)[0], s, MOST_S),
        long_s=find_meeting(lambda x: find_gaps(m, x)[1], s, MOST_S),
    )
