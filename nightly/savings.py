"""The search for savings of one date: inside the envelope, and beyond it for a person.

Pure: inputs, reference and limits in, plans out. Each saving is handed over as soon as it is
found; keeping, checking and publishing are the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from costing import build_cost_model
from data.changes import ChangeBudget
from data.networks import TravelMatrix
from data.nights import Envelope
from data.plans import Duty, Plan, PlanState
from nightly.config import SearchSection
from nightly.day_inputs import DayInputs
from nightly.envelope import find_breaches
from nightly.solve import (
    DatePlan,
    Forced,
    judge_plan,
    price_date,
    price_duties,
    repair_standing,
)
from routing import compile_search, find_violations, optimise, repair_plan


def optimise_date(
    reference: Plan,
    repaired: DatePlan,
    day: DayInputs,
    matrix: TravelMatrix,
    envelope: Envelope,
    search: SearchSection,
    *,
    seconds: float | None,
    should_stop: Callable[[], bool] | None = None,
    keep: Callable[[DatePlan], None] = lambda _: None,
) -> tuple[DatePlan | None, DatePlan | None]:
    """Search on from a repaired plan for savings.

    Duties between which passengers pass are taken together or not at all, so that what saves
    money inside the envelope is published although something else would leave it.

    Parameters
    ----------
    repaired
        From `repair_date`.
    seconds
        Wall time of the search. [s]
    keep
        Given each plan inside the envelope that is cheaper than all before it, as soon as it is
        found: a search that is killed later takes none of them with it.

    Returns
    -------
    inside, wider
        The cheapest plan inside the envelope that was kept, or None; a plan that is cheaper
        still and leaves it, for a person to approve, or None.
    """
    standing = repaired.standing
    model = build_cost_model(day.standing, day.standing.service_date)
    # Once on a machine, a minute that the search's own time does not count.
    compile_search(day.standing, matrix, model, day_type=standing.day_type)
    _, forced = repair_standing(reference, day, matrix, ChangeBudget(shift_s=envelope.shift_s))
    savings = _Savings(
        reference=reference,
        standing=standing,
        day=day,
        matrix=matrix,
        envelope=envelope,
        forced=forced,
        keep=keep,
        least_pence=price_date(repaired.plan, day.inputs),
    )
    found = optimise(
        day.standing,
        matrix,
        model,
        day_type=standing.day_type,
        service_date=standing.service_date,
        seconds=seconds,
        steps=search.steps,
        # Another search each night: that of the night before found what it could.
        seed=search.seed + day.inputs.service_date.toordinal(),
        n_workers=search.workers,
        start=standing,
        continuity_pence=search.continuity_pence,
        should_stop=should_stop,
        on_better=savings.take,
        every_s=search.keep_every_s,
    )
    savings.take(found)
    return savings.inside, savings.wider


@dataclass(slots=True)
class _Savings:
    """What a search has come to so far.

    Attributes
    ----------
    least_pence
        What the best plan inside the envelope costs. [pence]
    seen
        Duties of the plan looked at last.
    """

    reference: Plan
    standing: Plan
    day: DayInputs
    matrix: TravelMatrix
    envelope: Envelope
    forced: Forced
    keep: Callable[[DatePlan], None]
    least_pence: int
    inside: DatePlan | None = None
    wider: DatePlan | None = None
    seen: tuple[Duty, ...] = field(default=())

    def take(self, found: Plan) -> None:
        """Take what a found plan saves inside the envelope, and remember what lies beyond."""
        if found.duties in (self.seen, self.standing.duties):
            return
        self.seen = found.duties
        whole = self._settle(found)
        if whole is not None and not whole.breaches:
            if self._keep_cheaper(whole):
                self.wider = None
            return
        mixed = self._adopt(found)
        if mixed is not None:
            made = self._settle(mixed)
            if made is not None and not made.breaches:
                self._keep_cheaper(made)
        if whole is not None and price_date(whole.plan, self.day.inputs) < self.least_pence:
            self.wider = whole

    def _keep_cheaper(self, made: DatePlan) -> bool:
        """Keep a plan inside the envelope if it is the cheapest so far."""
        pence = price_date(made.plan, self.day.inputs)
        if pence >= self.least_pence:
            return False
        self.least_pence, self.inside = pence, made
        if self.wider is not None and price_date(self.wider.plan, self.day.inputs) >= pence:
            self.wider = None
        self.keep(made)
        return True

    def _settle(self, standing: Plan) -> DatePlan | None:
        """Make the plan of the date from a new standing plan; None if it breaks a rule."""
        day, matrix, envelope = self.day, self.matrix, self.envelope
        if find_violations(standing, day.standing, matrix):
            return None
        plan = standing
        if day.is_changed:
            on = day.inputs.service_date
            plan = repair_plan(
                standing,
                day.inputs,
                matrix,
                build_cost_model(day.inputs, on),
                judge=find_violations,
                budget=ChangeBudget(shift_s=envelope.shift_s),
            ).plan
        plan = replace(plan, state=PlanState.OPTIMISED, service_date=day.inputs.service_date)
        made = DatePlan(plan=plan, standing=standing, breaches=())
        return judge_plan(self.reference, made, envelope, self.forced)

    def _adopt(self, found: Plan) -> Plan | None:
        """Take from a found plan the groups of duties that save money inside the envelope."""
        standing, forced = self.standing, self.forced
        before = price_duties(standing, self.day.standing)
        after = price_duties(found, self.day.standing)
        old = {d.duty_id: d for d in standing.duties}
        new = {d.duty_id: d for d in found.duties}
        kept = dict(old)
        is_any = False
        for old_ids, new_ids in _group_duties(standing, found):
            saved = sum(before[d] for d in old_ids) - sum(after[d] for d in new_ids)
            if saved <= 0:
                continue
            part = replace(found, duties=tuple(new[d] for d in sorted(new_ids)), unserved=())
            if find_breaches(
                self.reference,
                part,
                self.envelope,
                exempt=forced.exempt,
                joiners=forced.joiners,
            ):
                continue
            trial = {k: d for k, d in kept.items() if k not in old_ids}
            fresh = _rename([new[d] for d in sorted(new_ids)], old_ids, trial)
            kept = trial | fresh
            is_any = True
        if not is_any:
            return None
        duties = tuple(kept[k] for k in sorted(kept))
        plan_id = f"{found.plan_id}-part"
        return replace(standing, plan_id=plan_id, duties=duties, cost_pence=None)


def _rename(
    duties: Sequence[Duty], old_ids: Collection[str], taken: Mapping[str, Duty]
) -> dict[str, Duty]:
    """Give new duties the ids of those they replace, then ids that nobody has."""
    free = sorted(old_ids)
    named = {}
    for duty in duties:
        name = free.pop(0) if free else duty.duty_id
        while name in taken or name in named:
            name = f"{name}x"
        routes = tuple(
            replace(r, route_id=f"{name}-{n + 1}") for n, r in enumerate(duty.routes)
        )
        named[name] = replace(duty, duty_id=name, routes=routes)
    return named


def _group_duties(before: Plan, after: Plan) -> list[tuple[set[str], set[str]]]:
    """Group the duties of two plans between which passengers pass, each group closed."""
    import networkx as nx

    graph: nx.Graph[tuple[str, ...]] = nx.Graph()
    for mark, plan in (("old", before), ("new", after)):
        for duty in plan.duties:
            graph.add_node((mark, duty.duty_id))
            for route in duty.routes:
                for p in route.passenger_ids:
                    graph.add_edge((mark, duty.duty_id), ("rides", route.session, p))
    return [
        ({n[1] for n in group if n[0] == "old"}, {n[1] for n in group if n[0] == "new"})
        for group in sorted(nx.connected_components(graph), key=lambda g: min(map(str, g)))
    ]
