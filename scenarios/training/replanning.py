"""Days planned again without some passengers, from one base and without luck.

Two searches of nearly the same day end some pounds apart by luck, more than one trainee saves.
Here every day is the same base, repaired for those who are gone and resettled just where they
rode (`routing.resettle_plan`): no clock, no chance. The base is resettled everywhere before, so
that whatever a day saves is due to those who are gone. More people gone never save less: the
plan without some of them, with the rest taken off, is one of the day without all.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from data.costs import CostModel
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.plans import Plan
from routing import check_plan, find_violations, resettle_plan
from scenarios.case import price_exactly
from scenarios.changes.change import Draft
from scenarios.changes.choose import remove_passengers

MOST_ROUNDS = 4
"""Rounds in which the base is resettled everywhere at most."""

People = frozenset[str]


def leave_out(inputs: Inputs, gone: Collection[str]) -> Inputs:
    """Leave passengers out of everything that names them."""
    draft = Draft(inputs=inputs, rng=np.random.default_rng(0))
    remove_passengers(draft, gone)
    return draft.inputs


class Replanner:
    """Plans a day again without some passengers; the same ones are planned once.

    Attributes
    ----------
    base
        The plan with everybody, in which no resettling saves anything.
    n_violations, n_left_out
        Over all plans: rules broken, and most journeys that one leaves out and the base does
        not.
    """

    def __init__(
        self, base: Plan, inputs: Inputs, matrix: TravelMatrix, model: CostModel
    ) -> None:
        self.inputs, self.matrix, self.model = inputs, matrix, model
        self.n_violations = self.n_left_out = 0
        for _ in range(MOST_ROUNDS):
            before, base = base, self._resettle(base, inputs, is_everywhere=True)
            if base.cost_pence == before.cost_pence:
                break
        self.base = self._judge(base, inputs)
        self._known: dict[People, Plan] = {frozenset(): self.base}

    @property
    def n_planned(self) -> int:
        """Days planned so far, the base apart."""
        return len(self._known) - 1

    def plan(self, gone: People) -> Plan:
        """Plan the day without some passengers."""
        if gone not in self._known:
            self._known[gone] = self._plan(gone)
            self._carry_up(gone)
        return self._known[gone]

    def find_saving(self, gone: People) -> int:
        """Find what the day costs less without some passengers. [pence]"""
        return (self.base.cost_pence or 0) - (self.plan(gone).cost_pence or 0)

    def _plan(self, gone: People) -> Plan:
        inputs = leave_out(self.inputs, gone)
        best = self._resettle(self.base, inputs)
        fewer = min(
            (plan for people, plan in self._known.items() if people < gone),
            key=lambda plan: plan.cost_pence or 0,
        )
        if (fewer.cost_pence or 0) < (best.cost_pence or 0):
            other = self._resettle(fewer, inputs)
            best = min(best, other, key=lambda plan: plan.cost_pence or 0)
        return self._judge(best, inputs)

    def _carry_up(self, gone: People) -> None:
        """Offer a plan to the days without more people that are dearer."""
        plan = self._known[gone]
        for people, held in list(self._known.items()):
            if gone < people and (plan.cost_pence or 0) < (held.cost_pence or 0):
                inputs = leave_out(self.inputs, people)
                self._known[people] = self._judge(self._resettle(plan, inputs), inputs)

    def _resettle(self, plan: Plan, inputs: Inputs, *, is_everywhere: bool = False) -> Plan:
        return resettle_plan(
            plan,
            inputs,
            self.matrix,
            self.model,
            judge=find_violations,
            is_everywhere=is_everywhere,
        )

    def _judge(self, plan: Plan, inputs: Inputs) -> Plan:
        """Price a plan exactly and count what it breaks and whom it leaves out."""
        priced, lines, _ = price_exactly(plan, inputs, self.inputs.service_date)
        report = check_plan(priced, inputs, self.matrix, lines=lines)
        self.n_violations += len(report.violations)
        if hasattr(self, "base"):
            left_out = {(u.session, u.passenger_id) for u in priced.unserved}
            left_out -= {(u.session, u.passenger_id) for u in self.base.unserved}
            self.n_left_out = max(self.n_left_out, len(left_out))
        return priced


__all__ = ["Replanner", "leave_out"]
