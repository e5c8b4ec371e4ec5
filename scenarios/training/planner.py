"""Days planned without some passengers, so that no luck of a search is taken for a saving.

Two searches of nearly the same day end in plans some pounds apart by luck, which is more than
one trainee saves. So every day starts from the same settled plan, and what the search of any
of them found is then offered to all the others: its plan, repaired for them, takes the place
of theirs where it is cheaper. What is left between two days is what the people make.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from data.costs import CostModel
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.plans import DayType, Plan
from routing import check_plan, find_violations, optimise, repair_plan
from scenarios.case import Search, price_exactly
from scenarios.training.replanning import leave_out

MOST_ROUNDS, SETTLED_PARTS = 6, 1_000
"""Rounds in which the start is searched on at most; it has settled when a round gains less than
one part in so many."""
MOST_SHARES = 3
"""Rounds in which plans are shared at most."""

People = frozenset[str]


class Planner:
    """Plans the shown day without some passengers, always from the same start.

    The start is searched on until a further search of the same length finds little more: what
    any search would still have found is not to be taken for what training saves.

    Attributes
    ----------
    base
        The plan with everybody: the cheapest known.
    n_violations, n_left_out
        Over all plans kept: rules broken, and most journeys that one leaves out and the plan
        with everybody does not.
    """

    def __init__(
        self,
        inputs: Inputs,
        matrix: TravelMatrix,
        model: CostModel,
        day_type: DayType,
        search: Search,
    ) -> None:
        self.inputs, self.matrix, self.model, self.day_type = inputs, matrix, model, day_type
        self._search = search
        self._known: dict[People, Plan] = {}
        self.n_violations = 0
        self.start = self._search_plan(inputs, None)
        for number in range(1, MOST_ROUNDS + 1):
            before_pence = self.start.cost_pence or 0
            self.start = self._search_plan(inputs, self.start, round_=number)
            gained_pence = before_pence - (self.start.cost_pence or 0)
            if gained_pence * SETTLED_PARTS <= before_pence:
                break
        self.plan(frozenset())

    def begin_from(self, plan: Plan) -> None:
        """Take another plan of the day with everybody for the start, and forget the rest."""
        self.start = plan
        self._known = {frozenset(): plan}

    @property
    def base(self) -> Plan:
        """The plan with everybody: the cheapest known."""
        return self._known[frozenset()]

    @property
    def n_left_out(self) -> int:
        """Most journeys that a plan leaves out and the one with everybody does not."""
        return max(len(self._find_left_out(plan)) for plan in self._known.values())

    def plan(self, gone: People) -> Plan:
        """Plan without some passengers; the same ones are planned once."""
        if gone not in self._known:
            self._known[gone] = self._search_plan(leave_out(self.inputs, gone), self.start)
        return self._known[gone]

    def share(
        self, cases: Iterable[People], progress: Callable[[float], None] = lambda _: None
    ) -> None:
        """Plan cases, and offer what the search of each found to the base and to all of them.

        A case's plan with those put back who are not in it is a plan of the base; the base's
        without some is one of theirs. So a case is never dearer than the base without those
        who left, and no find of one search counts for one case alone.
        """
        whole: People = frozenset()
        left = sorted(
            {gone for gone in cases if gone}, key=lambda gone: (len(gone), *sorted(gone))
        )
        for k, gone in enumerate(left, start=1):
            self.plan(gone)
            progress(k / len(left))
        for _ in range(MOST_SHARES):
            has_changed = False
            for gone in left:
                has_changed |= self._offer(whole, self._known[gone])
            for gone in left:
                has_changed |= self._offer(gone, self.base)
            if not has_changed:
                return

    def find_saving(self, gone: People) -> int:
        """Find what a day costs less without some: a difference of two plans. [pence]"""
        return (self.base.cost_pence or 0) - (self.plan(gone).cost_pence or 0)

    def _offer(self, gone: People, other: Plan) -> bool:
        """Repair another case's plan for one, and keep it there if it is cheaper."""
        inputs = leave_out(self.inputs, gone)
        found = repair_plan(
            other,
            inputs,
            self.matrix,
            self.model,
            judge=find_violations,
            day_type=self.day_type,
        ).plan
        held = self._known[gone]
        is_whole = _find_unserved(found) <= _find_unserved(held)
        if not is_whole or (found.cost_pence or 0) >= (held.cost_pence or 0):
            return False
        self._known[gone] = self._judge(found, inputs)
        return True

    def _search_plan(self, inputs: Inputs, start: Plan | None, round_: int = 0) -> Plan:
        found = optimise(
            inputs,
            self.matrix,
            self.model,
            day_type=self.day_type,
            service_date=self.inputs.service_date,
            seconds=self._search.seconds,
            steps=self._search.steps,
            seed=self._search.seed + round_,
            n_workers=self._search.n_workers,
            start=start,
        )
        return self._judge(found, inputs)

    def _judge(self, plan: Plan, inputs: Inputs) -> Plan:
        """Price a plan exactly and count the rules it breaks."""
        priced, lines, _ = price_exactly(plan, inputs, self.inputs.service_date)
        report = check_plan(priced, inputs, self.matrix, lines=lines)
        self.n_violations += len(report.violations)
        return priced

    def _find_left_out(self, plan: Plan) -> set[tuple[str, str]]:
        # a plan that carries fewer of the others is cheaper for a bad reason
        return _find_unserved(plan) - _find_unserved(self.base)


def _find_unserved(plan: Plan) -> set[tuple[str, str]]:
    return {(u.session.value, u.passenger_id) for u in plan.unserved}


__all__ = ["Planner"]
