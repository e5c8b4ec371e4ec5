"""Build and price the work of a morning or an afternoon, one route after the other.

A **half** is a sequence of routes of the morning's (or the afternoon's) sessions that one
vehicle of one offer works. Between two of its routes it drives directly, or by way of its base
when the gap is long enough to be unpaid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.places import Session
from routing.charges import Run
from routing.duty_rules import DutyRules
from routing.works import Span, Work, join_spans

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
    """Routes without an unpaid gap between them, from base to base.

    Attributes
    ----------
    dead_m
        Dead run charged with each route. [m]
    cost_pence
        What it costs the own company; 0 for a supplier, who charges by the route.
    """

    works: tuple[int, ...]
    dead_m: tuple[int, ...]
    span: Span
    drive_s: int
    cost_pence: int


@dataclass(frozen=True, slots=True)
class _Alone:
    """What one route needs of an offer by itself: its ways from and to the base."""

    work: Work
    lead_s: int
    lead_m: int
    back_s: int
    back_m: int
    piece: _Piece


@dataclass(frozen=True, slots=True)
class _Charge:
    """What a supplier charges for a route with its dead runs; None: by a day rate only."""

    run: Run
    run_pence: int | None
    crew_pence: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Routes that follow each other in time, not priced as a whole yet."""

    works: tuple[int, ...]
    is_by_base: tuple[bool, ...]
    span: Span
    pieces: tuple[_Piece, ...]
    out_s: int
    back_s: int


class HalfBuilder:
    """Builds halves of one offer, a route at a time.

    What a route needs alone, and what it is charged with given dead runs, is found once: the
    same routes stand in very many halves.
    """

    def __init__(self, rules: DutyRules, offer: int) -> None:
        self._rules, self._offer = rules, offer
        self._is_own = bool(rules.model.is_own[offer])
        self._has_day_rate = rules.charges.has_day_rate(offer)
        self._alone: dict[int, _Alone | None] = {}
        self._charges: dict[tuple[int, int], _Charge] = {}

    def begin(self, i: int) -> Chain | None:
        """Begin with a route, or None if the offer cannot work it even alone."""
        alone = self._find_alone(i)
        if alone is None:
            return None
        return Chain((i,), (), alone.piece.span, (alone.piece,), alone.lead_s, alone.back_s)

    def extend(self, chain: Chain, i: int) -> Chain | None:
        """Add a route at the end, or None if it cannot follow.

        The gap is the least that the routes' own windows allow, direct where that is possible.
        """
        rules, offer = self._rules, self._offer
        alone, before = self._find_alone(i), self._find_alone(chain.works[-1])
        if alone is None or before is None:
            return None
        drive_s, drive_m = rules.direct(before.work, alone.work)
        if drive_s < 0:
            return None
        whole, own_span = chain.span, alone.piece.span
        by_base_s = before.back_s + alone.lead_s
        wait_s = own_span.from_s - (whole.to_s + whole.elapsed_s)
        is_by_base = rules.is_by_base(offer, max(drive_s, wait_s), by_base_s)
        gap_s = max(rules.split_gap_s, by_base_s) if is_by_base else drive_s
        joined = join_spans(whole, own_span, gap_s)
        if joined is None:
            return None
        if is_by_base:
            pieces = (*chain.pieces, alone.piece)
        else:
            last = chain.pieces[-1]
            span = join_spans(last.span, own_span, drive_s)
            if span is None:
                return None
            longer = self._build_piece(
                (*last.works, i),
                (*last.dead_m[:-1], last.dead_m[-1] - before.back_m, drive_m + alone.back_m),
                span,
                last.drive_s - before.back_s + drive_s + alone.work.drive_s + alone.back_s,
            )
            pieces = (*chain.pieces[:-1], longer)
        return Chain(
            (*chain.works, i),
            (*chain.is_by_base, is_by_base),
            joined,
            pieces,
            chain.out_s,
            alone.back_s,
        )

    def finish(self, chain: Chain) -> Half | None:
        """Price a chain as it stands, or None if it breaks a rule or a route has no price."""
        rules, pieces = self._rules, chain.pieces
        if any(p.drive_s > rules.policy.break_after_driving_s for p in pieces):
            return None
        half = self._price(chain)
        # What is charged at the base within one half is left out of account: it is seldom an
        # hour.
        if half is None or not rules.is_in_range(self._offer, half.drive_m):
            return None
        if not (any(chain.is_by_base) and len(pieces) < len(chain.works)):
            return half
        return half if _is_as_priced(rules, half, pieces) else None

    def _find_alone(self, i: int) -> _Alone | None:
        """Find what a route needs alone, within the opening times of the base."""
        if i not in self._alone:
            self._alone[i] = self._build_alone(i)
        return self._alone[i]

    def _build_alone(self, i: int) -> _Alone | None:
        rules, offer = self._rules, self._offer
        work = rules.works[i]
        if not work.offers[offer]:
            return None
        lead_s, lead_m = rules.lead(offer, work)
        back_s, back_m = rules.back(offer, work)
        from_s = max(work.span.from_s, rules.opens_s[offer] + lead_s)
        to_s = min(work.span.to_s, rules.closes_s[offer] - back_s - work.span.elapsed_s)
        if lead_s < 0 or back_s < 0 or from_s > to_s:
            return None
        span = Span(from_s=from_s, to_s=to_s, elapsed_s=work.span.elapsed_s)
        drive_s = lead_s + work.drive_s + back_s
        piece = self._build_piece((i,), (lead_m + back_m,), span, drive_s)
        return _Alone(work, lead_s, lead_m, back_s, back_m, piece)

    def _build_piece(
        self, works: tuple[int, ...], dead_m: tuple[int, ...], span: Span, drive_s: int
    ) -> _Piece:
        """Build a piece of work, priced where the own company does it."""
        if not self._is_own:
            return _Piece(works, dead_m, span, drive_s, 0)
        rules, offer = self._rules, self._offer
        held = [rules.works[i] for i in works]
        out_s, back_s = rules.lead(offer, held[0])[0], rules.back(offer, held[-1])[0]
        cost_pence = rules.charges.charge_piece(
            offer,
            out_s + span.elapsed_s + back_s,
            sum(dead_m) + sum(w.loaded_m for w in held),
            n_assistants=max(w.n_assistants for w in held),
            n_trained=max(w.n_trained_assistants for w in held),
        )
        return _Piece(works, dead_m, span, drive_s, cost_pence)

    def _price(self, chain: Chain) -> Half | None:
        """Price the pieces of a chain; None if one of its routes has no price."""
        rules = self._rules
        held = [rules.works[i] for i in chain.works]
        bought = None if self._is_own else self._charge_routes(chain)
        if bought is None and not self._is_own:
            return None
        total_pence, day_run, day_run_pence, is_priced = bought or (
            sum(p.cost_pence for p in chain.pieces), None, 0, True,
        )  # fmt: skip
        return Half(
            offer=self._offer,
            works=chain.works,
            is_by_base=chain.is_by_base,
            span=chain.span,
            out_s=chain.out_s,
            back_s=chain.back_s,
            drive_s=sum(p.drive_s for p in chain.pieces),
            drive_m=sum(sum(p.dead_m) for p in chain.pieces) + sum(w.loaded_m for w in held),
            cost_pence=total_pence,
            n_crew_assistants=max(w.n_crew_assistants for w in held),
            n_crew_trained=max(w.n_crew_trained for w in held),
            day_run=day_run,
            day_run_pence=day_run_pence,
            is_priced=is_priced,
        )

    def _charge_routes(self, chain: Chain) -> tuple[int, Run | None, int, bool] | None:
        """Charge a supplier's routes; None if one has no price.

        Returns
        -------
        All routes [pence]; the first AM or PM one if there is a day rate, and what it is
        charged [pence]; whether that is a price of its own.
        """
        total_pence, day_run_pence, is_priced = 0, 0, True
        day_run: Run | None = None
        for piece in chain.pieces:
            for i, dead_m in zip(piece.works, piece.dead_m, strict=True):
                charge = self._charge(i, dead_m)
                is_day = (
                    self._has_day_rate
                    and day_run is None
                    and charge.run.session in (Session.AM, Session.PM)
                )
                run_pence = charge.run_pence
                if run_pence is None:
                    if not is_day:
                        return None
                    run_pence, is_priced = charge.crew_pence, False
                if is_day:
                    day_run, day_run_pence = charge.run, run_pence
                total_pence += run_pence
        return total_pence, day_run, day_run_pence, is_priced

    def _charge(self, i: int, dead_m: int) -> _Charge:
        """Charge one route with its dead runs."""
        key = (i, dead_m)
        found = self._charges.get(key)
        if found is None:
            charges, offer = self._rules.charges, self._offer
            run = self._rules.run(self._rules.works[i], dead_m)
            is_priced = charges.is_priced(offer, run.session)
            found = self._charges[key] = _Charge(
                run,
                charges.charge_run(offer, run) if is_priced else None,
                charges.charge_crew(offer, run),
            )
        return found


def build_half(rules: DutyRules, offer: int, works: Sequence[int]) -> Half | None:
    """Build and price the half that works these routes in order, or None if it cannot be."""
    builder = HalfBuilder(rules, offer)
    chain = builder.begin(works[0])
    for i in works[1:]:
        if chain is None:
            return None
        chain = builder.extend(chain, i)
    return None if chain is None else builder.finish(chain)


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
