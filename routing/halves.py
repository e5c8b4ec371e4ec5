"""Half days of work: routes that one vehicle may work in a morning or an afternoon, priced.

A **half** is a sequence of routes of the morning's (or the afternoon's) sessions that one
vehicle of one offer works. Between two of its routes it drives directly, or by way of its base
when the gap is long enough to be unpaid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data.places import Session
from routing.charges import Run
from routing.duty_rules import DutyRules
from routing.works import Span, join_spans

MAX_ROUTES = 3
"""Most routes of one half."""
N_NEXT_OWN = 5
"""How many next routes are tried after each route, by own vehicles."""
N_NEXT_BOUGHT = 2
"""How many next routes are tried after each route, by suppliers' vehicles."""
N_OFFERS = 12
"""How many of the cheapest suppliers' offers are kept for each route."""
MARGIN_S = 300
"""How long before the last possible moment an outward half starts, where it can. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """One vehicle's work of a morning or an afternoon.

    Attributes
    ----------
    offer
        Position in the cost model.
    works
        Positions of the routes, in order.
    is_by_base
        For each route but the first, whether the vehicle comes to it by way of its base.
    span
        From the start of the first route to the end of the last.
    out_s, back_s
        Run from base to the first route and from the last one back; 0 without a base. [s]
    drive_s, drive_m
        All driving. [s], [m]
    cost_pence
        As priced without a day rate; a route that only a day rate prices counts its assistants.
    n_crew_assistants, n_crew_trained
        Most assistants an own crew must hold.
    day_run, day_run_pence
        The first AM or PM route, as charged, and what the day rate takes the place of.
    is_priced
        False if `day_run` is priced by a day rate only.
    """

    offer: int
    works: tuple[int, ...]
    is_by_base: tuple[bool, ...]
    span: Span
    out_s: int
    back_s: int
    drive_s: int
    drive_m: int
    cost_pence: int
    n_crew_assistants: int
    n_crew_trained: int
    day_run: Run | None = None
    day_run_pence: int = 0
    is_priced: bool = True


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of work being put together: routes without an unpaid gap."""

    works: tuple[int, ...]
    dead_m: tuple[int, ...]
    span: Span
    drive_s: int


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
    singles: dict[tuple[int, int], Half] = {}
    best_pence: dict[int, int] = {}
    for i, work in enumerate(works):
        for offer in np.flatnonzero(work.offers).tolist():
            half = build_half(rules, offer, (i,))
            if half is not None:
                singles[i, offer] = half
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
        layer = [singles[i, offer] for i in mine if i in usable]
        for _ in range(MAX_ROUTES - 1):
            layer = [
                longer
                for half in layer
                for j in nexts[half.works[-1]][:n_next]
                if j in usable and j not in half.works
                for longer in (build_half(rules, offer, (*half.works, j)),)
                if longer is not None
            ]
            n_next //= 2
            halves.extend(layer)
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


def build_half(rules: DutyRules, offer: int, works: tuple[int, ...]) -> Half | None:
    """Build and price the half that works these routes in this order, or None if it cannot be.

    Each gap is the least that the routes' own windows allow, direct where that is possible.
    """
    pieces: list[_Piece] = []
    flags: list[bool] = []
    whole = Span(from_s=0, to_s=0, elapsed_s=0)
    for k, i in enumerate(works):
        alone = _find_alone(rules, offer, i)
        if alone is None:
            return None
        if k == 0:
            pieces, whole = [alone], alone.span
            continue
        before, work = rules.works[works[k - 1]], rules.works[i]
        drive_s, drive_m = rules.direct(before, work)
        if drive_s < 0:
            return None
        home_s, home_m = rules.back(offer, before)
        by_base_s = home_s + rules.lead(offer, work)[0]
        wait_s = alone.span.from_s - (whole.to_s + whole.elapsed_s)
        flag = rules.is_by_base(offer, max(drive_s, wait_s), by_base_s)
        gap_s = max(rules.split_gap_s, by_base_s) if flag else drive_s
        joined = join_spans(whole, alone.span, gap_s)
        if joined is None:
            return None
        whole = joined
        flags.append(flag)
        if flag:
            pieces.append(alone)
            continue
        last = pieces[-1]
        span = join_spans(last.span, alone.span, drive_s)
        if span is None:
            return None
        back_s, back_m = rules.back(offer, work)
        pieces[-1] = _Piece(
            (*last.works, i),
            (*last.dead_m[:-1], last.dead_m[-1] - home_m, drive_m + back_m),
            span,
            last.drive_s - home_s + drive_s + work.drive_s + back_s,
        )
    if any(p.drive_s > rules.policy.break_after_driving_s for p in pieces):
        return None
    half = _price(rules, offer, works, tuple(flags), whole, pieces)
    # What is charged at the base within one half is left out of account: it is seldom an hour.
    if half is not None and not rules.is_in_range(offer, half.drive_m):
        return None
    if half is None or not (any(flags) and len(pieces) < len(works)):
        return half
    return half if _is_as_priced(rules, half, pieces) else None


def _is_as_priced(rules: DutyRules, half: Half, pieces: Sequence[_Piece]) -> bool:
    """Whether the routes of each piece run as close together as the piece is priced for.

    A wait that could be spent unpaid at the base may fall inside a later, paid piece.
    """
    starts = dict(zip(half.works, find_starts(rules, half), strict=True))
    return all(
        starts[p.works[-1]] + rules.works[p.works[-1]].span.elapsed_s - starts[p.works[0]]
        == p.span.elapsed_s
        for p in pieces
    )


def _find_alone(rules: DutyRules, offer: int, i: int) -> _Piece | None:
    """Find the piece of work of one route alone, within the opening times of the base."""
    work = rules.works[i]
    if not work.offers[offer]:
        return None
    lead_s, lead_m = rules.lead(offer, work)
    back_s, back_m = rules.back(offer, work)
    from_s = max(work.span.from_s, rules.opens_s[offer] + lead_s)
    to_s = min(work.span.to_s, rules.closes_s[offer] - back_s - work.span.elapsed_s)
    if lead_s < 0 or back_s < 0 or from_s > to_s:
        return None
    return _Piece(
        (i,),
        (lead_m + back_m,),
        Span(from_s=from_s, to_s=to_s, elapsed_s=work.span.elapsed_s),
        lead_s + work.drive_s + back_s,
    )


def _price(
    rules: DutyRules,
    offer: int,
    works: tuple[int, ...],
    flags: tuple[bool, ...],
    whole: Span,
    pieces: Sequence[_Piece],
) -> Half | None:
    """Price the pieces of a half; None if one of its routes has no price."""
    first, last = rules.works[works[0]], rules.works[works[-1]]
    out_s, back_s = rules.lead(offer, first)[0], rules.back(offer, last)[0]
    half = Half(
        offer=offer,
        works=works,
        is_by_base=flags,
        span=whole,
        out_s=out_s,
        back_s=back_s,
        drive_s=sum(p.drive_s for p in pieces),
        drive_m=sum(sum(p.dead_m) for p in pieces)
        + sum(rules.works[i].loaded_m for i in works),
        cost_pence=0,
        n_crew_assistants=max(rules.works[i].n_crew_assistants for i in works),
        n_crew_trained=max(rules.works[i].n_crew_trained for i in works),
    )
    if rules.model.is_own[offer]:
        return replace(half, cost_pence=sum(_price_piece(rules, offer, p) for p in pieces))
    total_pence = 0
    day_run: Run | None = None
    day_run_pence, is_priced = 0, True
    has_day_rate = rules.charges.has_day_rate(offer)
    for piece in pieces:
        for i, dead_m in zip(piece.works, piece.dead_m, strict=True):
            run = rules.run(rules.works[i], dead_m)
            is_day = run.session in (Session.AM, Session.PM) and day_run is None
            if rules.charges.is_priced(offer, run.session):
                run_pence = rules.charges.charge_run(offer, run)
            elif has_day_rate and is_day:
                run_pence = rules.charges.charge_crew(offer, run)
                is_priced = False
            else:
                return None
            if has_day_rate and is_day:
                day_run, day_run_pence = run, run_pence
            total_pence += run_pence
    return replace(
        half,
        cost_pence=total_pence,
        day_run=day_run,
        day_run_pence=day_run_pence,
        is_priced=is_priced,
    )


def _price_piece(rules: DutyRules, offer: int, piece: _Piece) -> int:
    """Price one piece of work of the own company. [pence]"""
    first, last = rules.works[piece.works[0]], rules.works[piece.works[-1]]
    elapsed_s = rules.lead(offer, first)[0] + piece.span.elapsed_s + rules.back(offer, last)[0]
    works = [rules.works[i] for i in piece.works]
    distance_m = sum(piece.dead_m) + sum(w.loaded_m for w in works)
    return rules.charges.charge_piece(
        offer, elapsed_s, distance_m, [rules.run(w, 0) for w in works]
    )


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


def start_of(rules: DutyRules, half: Half) -> int:
    """When a half starts: outward a little before it must, homeward as soon as it can. [s]"""
    span = half.span
    if rules.works[half.works[0]].session.is_homeward:
        return span.from_s
    return max(span.from_s, span.to_s - MARGIN_S)


def find_starts(rules: DutyRules, half: Half) -> tuple[int, ...]:
    """Find the start of every route of a half: each as early as the one before allows. [s]"""
    starts = [start_of(rules, half)]
    for k, j in enumerate(half.works[1:]):
        before, work = rules.works[half.works[k]], rules.works[j]
        if half.is_by_base[k]:
            way_s = rules.back(half.offer, before)[0] + rules.lead(half.offer, work)[0]
            gap_s = max(rules.split_gap_s, way_s)
        else:
            gap_s = rules.direct(before, work)[0]
        starts.append(max(work.span.from_s, starts[-1] + before.span.elapsed_s + gap_s))
    return tuple(starts)
