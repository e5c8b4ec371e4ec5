"""What each duty costs less without some of those aboard: the repaired plan, duty by duty.

Taking a passenger off changes the duties that carry that passenger and no other. So one repair
prices a change of every duty at once, and a handful of repairs price every combination of the
candidates aboard each. Sums over duties are then exact for the repaired plan: taking one of
twelve off a route saves a detour, taking all of them off saves the vehicle.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from data.costs import CostModel
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.passengers import Direction
from data.plans import Duty, Plan
from data.training import DutyValues
from routing import find_violations, repair_plan

MOST_ABOARD = 5
"""Candidates of one duty whose every combination is priced; further ones are left aboard."""


def find_duty_values(
    plan: Plan,
    inputs: Inputs,
    matrix: TravelMatrix,
    model: CostModel,
    chances_bp: Mapping[str, int],
    *,
    progress: Callable[[float], None] | None = None,
) -> tuple[DutyValues, ...]:
    """Find what every combination of the candidates aboard a duty saves.

    Parameters
    ----------
    chances_bp
        Chance of success of each candidate; of more than `MOST_ABOARD` on one duty the most
        promising are looked at. [0.01 %]

    Returns
    -------
    One for each duty that carries a candidate, in the plan's order.
    """
    held: list[tuple[Duty, tuple[str, ...], int]] = []
    for duty in plan.duties:
        aboard = {p for route in duty.routes for p in route.passenger_ids}
        mine = sorted(aboard & chances_bp.keys(), key=lambda p: (-chances_bp[p], p))
        chosen = tuple(sorted(mine[:MOST_ABOARD]))
        if chosen:
            held.append((duty, chosen, len(aboard) - len(chosen)))
    saved: dict[str, list[int]] = {d.duty_id: [0] * (1 << len(c)) for d, c, _ in held}
    n_masks = max((1 << len(chosen) for _, chosen, _ in held), default=1)
    before = repair_plan(plan, inputs, matrix, model, judge=find_violations)
    base = {change.duty_id: change.after_pence or 0 for change in before.duties}
    for mask in range(1, n_masks):
        gone: set[tuple[str, Direction]] = set()
        for duty, chosen, _ in held:
            if mask < 1 << len(chosen):
                off = {p for k, p in enumerate(chosen) if mask >> k & 1}
                gone |= {
                    (p, _find_direction(route.session.is_homeward))
                    for route in duty.routes
                    for p in route.passenger_ids
                    if p in off
                }
        repair = repair_plan(
            before.plan, _leave_out(inputs, gone), matrix, model, judge=find_violations
        )
        changes = {change.duty_id: change for change in repair.duties}
        for duty, chosen, _ in held:
            change = changes.get(duty.duty_id)
            if mask < 1 << len(chosen) and change is not None:
                was_pence = change.before_pence or base.get(duty.duty_id, 0)
                saved[duty.duty_id][mask] = was_pence - (change.after_pence or 0)
        if progress is not None:
            progress(mask / (n_masks - 1))
    return tuple(
        DutyValues(
            duty_id=duty.duty_id,
            passenger_ids=chosen,
            n_others=n_others,
            saved_pence=tuple(saved[duty.duty_id]),
        )
        for duty, chosen, n_others in held
    )


def _find_direction(is_homeward: bool) -> Direction:
    return Direction.HOME if is_homeward else Direction.OUT


def _leave_out(inputs: Inputs, gone: set[tuple[str, Direction]]) -> Inputs:
    """Leave journeys out of inputs; the passengers stay, as others' companions."""
    return replace(
        inputs,
        demands=tuple(d for d in inputs.demands if (d.passenger_id, d.direction) not in gone),
    )


class Expectation:
    """Expected saving of training people: over every combination that may succeed.

    Chances are taken as independent of each other.

    Parameters
    ----------
    chances_bp
        Chance of success of each candidate. [0.01 %]
    seasons
        Years that count, each with its weight and the share of `chances_bp` that is left of it
        by passenger (all of it for who is not named); one year in full by default.
    """

    def __init__(
        self,
        values: Sequence[DutyValues],
        chances_bp: Mapping[str, int],
        seasons: Sequence[tuple[float, Mapping[str, float]]] = ((1.0, {}),),
    ) -> None:
        self._values = values
        self._seasons = [
            (weight, {p: bp / 10_000 * left.get(p, 1.0) for p, bp in chances_bp.items()})
            for weight, left in seasons
        ]
        self._of: dict[str, list[int]] = {}
        for n, value in enumerate(values):
            for passenger_id in value.passenger_ids:
                self._of.setdefault(passenger_id, []).append(n)
        self._known: dict[tuple[int, int], float] = {}

    def find_pence(self, trained: Sequence[str]) -> int:
        """Find what training these saves a day, to the nearest penny. [pence]"""
        value = self.measure(frozenset(trained))
        return int(abs(value) + 0.5) * (1 if value >= 0 else -1)

    def find_certain_pence(self, gone: frozenset[str]) -> int:
        """Find what a day costs less if just these travel alone. [pence]"""
        return sum(
            value.saved_pence[
                sum(1 << k for k, p in enumerate(value.passenger_ids) if p in gone)
            ]
            for value in self._values
        )

    def measure(self, trained: frozenset[str]) -> float:
        """Measure the expected saving of a day, over the years that count. [pence]"""
        touched = {n for p in trained for n in self._of.get(p, ())}
        return sum(self._measure_duty(n, trained) for n in sorted(touched))

    def measure_gain(self, trained: frozenset[str], more: frozenset[str]) -> float:
        """Measure what training more people adds. [pence]"""
        touched = sorted({n for p in more for n in self._of.get(p, ())})
        both = trained | more
        return sum(
            self._measure_duty(n, both) - self._measure_duty(n, trained) for n in touched
        )

    def _measure_duty(self, n: int, trained: frozenset[str]) -> float:
        value = self._values[n]
        mask = find_mask(value.passenger_ids, trained)
        key = (n, mask)
        if key not in self._known:
            self._known[key] = sum(
                weight * find_expected(value, [left[p] for p in value.passenger_ids], mask)
                for weight, left in self._seasons
            )
        return self._known[key]


def find_mask(passenger_ids: Sequence[str], chosen: Collection[str]) -> int:
    """Find the bit mask of those chosen."""
    return sum(1 << k for k, p in enumerate(passenger_ids) if p in chosen)


def find_expected(value: DutyValues, chances: Sequence[float], trained: int) -> float:
    """Find a duty's expected saving when those of a bit mask are trained. [pence]

    Sum over every subset of them that may succeed of its chance times what it saves.
    """
    total = 0.0
    subset = trained
    while subset:
        share = 1.0
        for k, chance in enumerate(chances):
            if trained >> k & 1:
                share *= chance if subset >> k & 1 else 1 - chance
        total += share * value.saved_pence[subset]
        subset = (subset - 1) & trained
    return total
