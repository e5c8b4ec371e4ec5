"""Half days of work worth choosing from: which routes a vehicle may work one after another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from routing.duty_rules import DutyRules
from routing.half_building import Chain, Half, HalfBuilder, start_of

MAX_ROUTES = 3
"""Most routes of one half."""
N_NEXT_OWN = 5
"""How many next routes are tried after each route, by own vehicles."""
N_NEXT_BOUGHT = 2
"""How many next routes are tried after each route, by suppliers' vehicles."""
N_OFFERS = 12
"""How many of the cheapest suppliers' offers are kept for each route."""


def find_next(rules: DutyRules, n_next: int) -> dict[int, tuple[int, ...]]:
    """Find the routes that may follow each route in its half, the least time between first.

    Returns
    -------
    Positions of at most `n_next` following routes for each position.
    """
    found: dict[int, tuple[int, ...]] = {}
    works = rules.works
    for half in (0, 1):
        at = [i for i, w in enumerate(works) if w.half == half]
        if not at:
            continue
        from_s = np.array([works[i].span.from_s for i in at], dtype=np.int64)
        to_s = np.array([works[i].span.to_s for i in at], dtype=np.int64)
        length_s = np.array([works[i].span.elapsed_s for i in at], dtype=np.int64)
        gap_s = _find_gaps(rules, at, from_s, to_s, length_s)
        for k, i in enumerate(at):
            order = np.argsort(gap_s[k], kind="stable")[:n_next]
            found[i] = tuple(at[int(m)] for m in order if gap_s[k, m] < NEVER_S)
    return found


NEVER_S = 10**7
"""Stands for "cannot follow". [s]"""


def _find_gaps(
    rules: DutyRules,
    at: Sequence[int],
    from_s: NDArray[np.int64],
    to_s: NDArray[np.int64],
    length_s: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Find the least gap between each two routes, `NEVER_S` where one cannot follow. [s]"""
    works = rules.works
    n = len(at)
    drive_s = np.empty((n, n), dtype=np.int64)
    last = np.array([works[i].last_idx for i in at])
    for k, j in enumerate(at):
        duration = rules._duration_s[works[j].session.period]
        column = duration[last, works[j].first_idx].astype(np.int64)
        column[last == works[j].first_idx] = 0
        drive_s[:, k] = column
    ready_s = from_s[:, None] + length_s[:, None] + drive_s
    gap_s = np.maximum(drive_s, from_s[None, :] - (to_s + length_s)[:, None])
    never = (drive_s < 0) | (ready_s > to_s[None, :])
    np.fill_diagonal(never, True)
    return np.where(never, NEVER_S, gap_s)


def build_halves(
    rules: DutyRules,
    *,
    n_next_own: int = N_NEXT_OWN,
    n_next_bought: int = N_NEXT_BOUGHT,
    n_offers: int = N_OFFERS,
    worth_bp: int = 16_000,
) -> tuple[Half, ...]:
    """Build the halves worth choosing from: all single routes, and chains of near ones.

    Parameters
    ----------
    n_next_own, n_next_bought
        How many next routes are tried after each route.
    n_offers
        How many of the cheapest suppliers' offers are kept for each route.
    worth_bp
        A supplier's chain is built only of routes that cost it alone at most this share of what
        they cost the cheapest offer. [0.01 %]

    Returns
    -------
    Halves in a fixed order: by offer, then as built.
    """
    works = rules.works
    nexts = find_next(rules, max(n_next_own, n_next_bought))
    builders = [HalfBuilder(rules, offer) for offer in range(rules.n_offers)]
    singles: dict[tuple[int, int], Half] = {}
    begun: dict[tuple[int, int], Chain] = {}
    best_pence: dict[int, int] = {}
    for i, work in enumerate(works):
        for offer in np.flatnonzero(work.offers).tolist():
            chain = builders[offer].begin(i)
            half = None if chain is None else builders[offer].finish(chain)
            if chain is None or half is None:
                continue
            begun[i, offer], singles[i, offer] = chain, half
            if half.is_priced:
                best_pence[i] = min(best_pence.get(i, half.cost_pence), half.cost_pence)
    kept = _keep_cheap(rules, singles, n_offers)
    halves: list[Half] = []
    for offer in range(rules.n_offers):
        mine = [i for i in range(len(works)) if (i, offer) in kept]
        halves.extend(singles[i, offer] for i in mine)
        is_own = bool(rules.model.is_own[offer])
        if is_own:
            usable = set(mine)
        else:
            usable = {
                i
                for i in mine
                if singles[i, offer].cost_pence * 10_000 <= best_pence.get(i, 0) * worth_bp
            }
        n_next = n_next_own if is_own else n_next_bought
        layer = [begun[i, offer] for i in mine if i in usable]
        for _ in range(MAX_ROUTES - 1):
            longer = [
                (grown, half)
                for chain in layer
                for j in nexts[chain.works[-1]][:n_next]
                if j in usable and j not in chain.works
                for grown in (builders[offer].extend(chain, j),)
                if grown is not None
                for half in (builders[offer].finish(grown),)
                if half is not None
            ]
            n_next //= 2
            layer = [chain for chain, _ in longer]
            halves.extend(half for _, half in longer)
    return tuple(halves)


def _keep_cheap(
    rules: DutyRules, singles: Mapping[tuple[int, int], Half], n_offers: int
) -> set[tuple[int, int]]:
    """Keep own offers, day rates, and the cheapest other offers of each route."""
    kept: set[tuple[int, int]] = set()
    others: dict[int, list[tuple[int, int]]] = {}
    for (i, offer), half in singles.items():
        if rules.model.is_own[offer] or rules.charges.has_day_rate(offer):
            kept.add((i, offer))
        else:
            others.setdefault(i, []).append((half.cost_pence, offer))
    for i, offers in others.items():
        kept.update((i, offer) for _, offer in sorted(offers)[:n_offers])
    return kept


def can_follow(rules: DutyRules, morning: Half, afternoon: Half) -> bool:
    """Whether one vehicle and crew may work both halves.

    The way between them fits, an own vehicle and a supplier's vehicle with a base come to it by
    way of the base, the battery lasts, and the drivers' hours of the day hold.
    """
    end_s = start_of(rules, morning) + morning.span.elapsed_s
    start_s = start_of(rules, afternoon)
    gap_s = start_s - end_s
    offer = morning.offer
    if rules.base_idx[offer] >= 0:
        if not rules.is_by_base(offer, gap_s, morning.back_s + afternoon.out_s):
            return False
        drive_s = 0
        standing_s = gap_s - morning.back_s - afternoon.out_s
        used_m = rules.charge(offer, morning.drive_m, standing_s) + afternoon.drive_m
    else:
        last, first = rules.works[morning.works[-1]], rules.works[afternoon.works[0]]
        drive_s, drive_m = rules.direct(last, first)
        used_m = morning.drive_m + drive_m + afternoon.drive_m
        if not 0 <= drive_s <= gap_s:
            return False
    leave_s = start_of(rules, morning) - morning.out_s
    return_s = start_s + afternoon.span.elapsed_s + afternoon.back_s
    all_drive_s = morning.drive_s + drive_s + afternoon.drive_s
    is_rested = gap_s - morning.back_s - afternoon.out_s - drive_s >= rules.policy.break_s
    return (
        rules.is_in_range(offer, used_m)
        and return_s - leave_s <= rules.max_spread_s
        and all_drive_s <= rules.policy.max_driving_s
        and (is_rested or all_drive_s <= rules.policy.break_after_driving_s)
    )
