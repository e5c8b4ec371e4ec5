"""Pairing: morning and afternoon halves of one offer become whole duties.

A minimum-cost assignment per offer keeps most passengers with their crew, uses day rates where
they save, and makes no more duties than there are vehicles. Assistants stay with their duty all
day, so a depot's halves with assistants are matched with each other where they would run short.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.duties import DutyLimits
from routing.duty_rules import DutyRules
from routing.half_building import Half, find_starts
from routing.halves import can_follow
from routing.links import count_shared, day_saving, find_kept

NEVER_PENCE = 10**9
"""Stands for "cannot be one duty". [pence]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyDraft:
    """One duty: an offer, its routes in order, when each starts, and its exact money.

    Attributes
    ----------
    starts_s
        Start of each route. [s after midnight]
    is_by_base
        For each route but the first, whether the vehicle comes to it by way of its base.
    """

    offer: int
    works: tuple[int, ...]
    starts_s: tuple[int, ...]
    is_by_base: tuple[bool, ...]
    cost_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """The duties people know from another day, and what keeping somebody on theirs is worth.

    Attributes
    ----------
    journeys
        For each route, how many of its passengers each duty of the other day carries there.
    pence
        Worth of one journey on the duty that is known. [pence]
    """

    journeys: tuple[Mapping[str, int], ...]
    pence: int

    def price(self, *halves: Half) -> int:
        """Price what one duty of these halves is worth at most. [pence]"""
        counts: dict[str, int] = {}
        for i in (i for half in halves for i in half.works):
            for duty_id, n in self.journeys[i].items():
                counts[duty_id] = counts.get(duty_id, 0) + n
        return self.pence * max(counts.values(), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """The duties of the day, and the routes that found no vehicle or crew after all."""

    duties: tuple[DutyDraft, ...]
    dropped: tuple[int, ...]
    n_kept: int


def pair_halves(
    rules: DutyRules,
    halves: Sequence[Half],
    limits: DutyLimits,
    *,
    different_crew_pence: int,
    usual: Usual | None = None,
) -> Pairing:
    """Match the chosen halves of each offer into duties.

    Halves whose passengers know each other's duty are matched where that is worth most. Where
    the halves of an offer cannot be matched into as few duties as it has vehicles, or those of
    a depot into as few as it has drivers, the halves with the fewest passengers are dropped.
    """
    shared = count_shared(rules)
    kept = list(halves)
    dropped: list[int] = []
    while True:
        penalty_pence = 0
        while True:
            pairs = _match_all(
                rules, kept, limits, shared, different_crew_pence, penalty_pence, usual
            )
            if penalty_pence > 10**6 or not _lacks_assistants(rules, pairs, limits):
                break
            penalty_pence = penalty_pence * 10 if penalty_pence else 1_000
        over = _find_excess(rules, pairs, limits)
        if over is None:
            break
        dropped.extend(over.works)
        kept.remove(over)
    drafts = [build_draft(rules, pair) for pair in pairs]
    n_kept = sum(find_kept(m, a, shared) for m, a in pairs if m and a)
    return Pairing(
        duties=tuple(sorted(drafts, key=lambda d: (d.offer, d.starts_s, d.works))),
        dropped=tuple(sorted(dropped)),
        n_kept=n_kept,
    )


_Pair = tuple[Half | None, Half | None]


def _match_all(
    rules: DutyRules,
    halves: Sequence[Half],
    limits: DutyLimits,
    shared: Mapping[int, Mapping[int, int]],
    different_crew_pence: int,
    penalty_pence: int,
    usual: Usual | None,
) -> list[_Pair]:
    """Match the halves of every offer; `penalty_pence` prices each assistant of a duty."""
    pairs: list[_Pair] = []
    for offer in sorted({half.offer for half in halves}):
        mine = [half for half in halves if half.offer == offer]
        mornings = [h for h in mine if rules.works[h.works[0]].half == 0]
        afternoons = [h for h in mine if rules.works[h.works[0]].half == 1]
        n_extra = len(mornings) + len(afternoons) - limits.vehicles[offer]
        is_own = bool(rules.model.is_own[offer])
        costs = np.full((len(mornings), len(afternoons)), NEVER_PENCE, dtype=np.int64)
        for a, morning in enumerate(mornings):
            for b, afternoon in enumerate(afternoons):
                if can_follow(rules, morning, afternoon):
                    gain = find_kept(morning, afternoon, shared) * different_crew_pence
                    gain += day_saving(rules, morning, afternoon)
                    if usual is not None:
                        gain += usual.price(morning, afternoon)
                    if is_own:
                        gain += penalty_pence * (
                            min(morning.n_crew_assistants, afternoon.n_crew_assistants)
                            + min(morning.n_crew_trained, afternoon.n_crew_trained)
                        )
                    costs[a, b] = -gain
        pairs.extend(
            (
                mornings[a] if a is not None else None,
                afternoons[b] if b is not None else None,
            )
            for a, b in match(
                costs,
                n_least=n_extra,
                row_alone_pence=[_alone_pence(m, usual) for m in mornings],
                column_alone_pence=[_alone_pence(n, usual) for n in afternoons],
            )
        )
    return pairs


def _alone_pence(half: Half, usual: Usual | None) -> int:
    """What leaving a half unpaired costs: much, if only a day rate prices it. [pence]"""
    known_pence = 0 if usual is None else usual.price(half)
    return (0 if half.is_priced else 10**7) - known_pence


def match(
    costs: NDArray[np.int64],
    n_least: int,
    *,
    row_alone_pence: Sequence[int] = (),
    column_alone_pence: Sequence[int] = (),
) -> list[tuple[int | None, int | None]]:
    """Match rows with columns at least cost; every row and column comes out once.

    Parameters
    ----------
    costs
        (a, b) cost of each pair, `NEVER_PENCE` where there is none. A pair that costs nothing
        is made: one duty is better than two.
    n_least
        At least as many pairs are made, as far as possible, whatever they cost.
    row_alone_pence, column_alone_pence
        Cost of leaving each row or column alone; nothing by default. [pence]

    Examples
    --------
    >>> match(np.array([[-5, 7], [3, 4]]), n_least=2)
    [(0, 0), (1, 1)]
    >>> match(np.array([[-5, 7], [3, 4]]), n_least=0)
    [(0, 0), (1, None), (None, 1)]
    """
    from scipy.optimize import linear_sum_assignment

    a, b = costs.shape
    for bonus_pence in (1, 100_000, 10**8):
        size = a + b
        full = np.full((size, size), 10**12, dtype=np.int64)
        full[:a, :b] = np.where(costs < NEVER_PENCE, costs - bonus_pence, 10**12)
        full[np.arange(a), b + np.arange(a)] = list(row_alone_pence) or 0
        full[a + np.arange(b), np.arange(b)] = list(column_alone_pence) or 0
        full[a:, b:] = 0
        rows, columns = linear_sum_assignment(full)
        pairs: list[tuple[int | None, int | None]] = []
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            if row < a:
                pairs.append((row, column if column < b else None))
            elif column < b:
                pairs.append((None, column))
        if sum(r is not None and c is not None for r, c in pairs) >= n_least:
            break
    return pairs


def _lacks_assistants(rules: DutyRules, pairs: Sequence[_Pair], limits: DutyLimits) -> bool:
    """Whether the duties of some depot need more assistants than it has."""
    used = _count_depots(rules, pairs)
    return any(
        n[2] > limits.depots[p][2] or n[3] > limits.depots[p][3] for p, n in used.items()
    )


def _count_depots(rules: DutyRules, pairs: Sequence[_Pair]) -> dict[str, list[int]]:
    """Count drivers, D1 drivers, assistants and trained assistants each depot's duties need."""
    used: dict[str, list[int]] = {}
    for pair in pairs:
        halves = [half for half in pair if half is not None]
        offer = halves[0].offer
        if rules.model.is_own[offer]:
            row = used.setdefault(rules.model.base_place_ids[offer], [0, 0, 0, 0])
            row[0] += 1
            row[1] += bool(rules.model.needs_d1[offer])
            row[2] += max(half.n_crew_assistants for half in halves)
            row[3] += max(half.n_crew_trained for half in halves)
    return used


def _find_excess(rules: DutyRules, pairs: Sequence[_Pair], limits: DutyLimits) -> Half | None:
    """Find the half to drop where duties need more than there is."""
    model = rules.model
    counts: dict[int, int] = {}
    for pair in pairs:
        offer = next(half.offer for half in pair if half is not None)
        counts[offer] = counts.get(offer, 0) + 1
    used = _count_depots(rules, pairs)

    unpriced = [
        half for pair in pairs for half in pair if half and None in pair and not half.is_priced
    ]
    if unpriced:
        return unpriced[0]

    def is_over(half: Half) -> bool:
        offer = half.offer
        if counts[offer] > limits.vehicles[offer]:
            return True
        if not model.is_own[offer]:
            return False
        have, need = (
            limits.depots[model.base_place_ids[offer]],
            used[model.base_place_ids[offer]],
        )
        return (
            need[0] > have[0]
            or (bool(model.needs_d1[offer]) and need[1] > have[1])
            or (half.n_crew_assistants > 0 and need[2] > have[2])
            or (half.n_crew_trained > 0 and need[3] > have[3])
        )

    lone = [
        half
        for pair in pairs
        for half in pair
        if half is not None and is_over(half) and (None in pair or _is_only_crew(half))
    ]
    both = [half for pair in pairs for half in pair if half is not None and is_over(half)]
    candidates = lone or both
    if not candidates:
        return None
    return min(candidates, key=lambda h: (_count_aboard(rules, h), -h.cost_pence, h.works))


def _is_only_crew(half: Half) -> bool:
    """Whether the half needs assistants, so that dropping it frees some."""
    return half.n_crew_assistants > 0


def _count_aboard(rules: DutyRules, half: Half) -> int:
    return sum(len(rules.works[i].passenger_ids) for i in half.works)


def build_draft(rules: DutyRules, pair: _Pair) -> DutyDraft:
    """Put the halves of a pair into one duty, with the start of every route."""
    works: list[int] = []
    starts: list[int] = []
    flags: list[bool] = []
    cost_pence = 0
    halves = [half for half in pair if half is not None]
    for half in halves:
        if works:
            flags.append(rules.base_idx[half.offer] >= 0)
        flags.extend(half.is_by_base)
        works.extend(half.works)
        starts.extend(find_starts(rules, half))
        cost_pence += half.cost_pence
    if len(halves) == 2:
        cost_pence -= day_saving(rules, halves[0], halves[1])
    return DutyDraft(
        offer=halves[0].offer,
        works=tuple(works),
        starts_s=tuple(starts),
        is_by_base=tuple(flags),
        cost_pence=cost_pence,
    )
