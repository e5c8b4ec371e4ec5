"""A search around a planner's edits: what they decided stays, the rest of the day gets cheaper.

A bound is proven first, so that best cost, bound and gap can be shown from then on; every
better plan is checked before anybody sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from data.inputs import Inputs, fingerprint
from data.networks import TravelMatrix
from data.plan_edits import (
    Edit,
    GiveDuty,
    GiveRoute,
    MergeRoutes,
    MovePassenger,
    MoveStop,
    SearchProgress,
    SplitRoute,
)
from data.plans import Lock, LockKind, Plan, PlanState, Route
from routing import (
    ProgressReport,
    bound_plan,
    compile_search,
    find_bound_s,
    find_violations,
    optimise,
)
from scenarios.case import price_exactly
from scenarios.editing import EditedPlan, PlanDesk

HELD = "held-by-edit"
"""Beginning of the ids of the locks that hold edits during a search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AroundEdits:
    """What a search around edits came to.

    Attributes
    ----------
    plan
        The best sound plan, priced, with its bound; None if none is better than the edited one.
    let_go
        Edited routes that break a rule and so could not be held.
    """

    plan: Plan | None
    let_go: tuple[str, ...] = ()


def hold_edits(
    edited: EditedPlan, edits: Sequence[Edit]
) -> tuple[tuple[Lock, ...], tuple[str, ...]]:
    """Make locks that hold what edits decided, as far as it keeps the rules.

    Who rides together on a route that an edit touched stays together on it; who works a duty or
    route that an edit gave away goes on working it.

    Returns
    -------
    locks, let_go
        Locks to add, and the ids of touched routes that break a rule and are not held.
    """
    routes = {r.route_id: (d.provider_id, r) for d in edited.plan.duties for r in d.routes}
    together, carried = _find_touched(edited.plan, edits)
    broken = {v.route_id for v in edited.violations}
    broken |= {
        r.route_id
        for d in edited.plan.duties
        if d.duty_id in {v.duty_id for v in edited.violations if v.route_id is None}
        for r in d.routes
    }
    locks: list[Lock] = []
    for route_id in sorted((together | carried) - broken):
        provider_id, route = routes[route_id]
        for kind, target_id, is_wanted in (
            (LockKind.PASSENGER_ON_ROUTE, f"{HELD}-{route_id}", route_id in together),
            (LockKind.PASSENGER_ON_SUPPLIER, provider_id, route_id in carried),
        ):
            locks += [
                Lock(
                    lock_id=f"{HELD}-{route_id}-{kind}-{p}",
                    kind=kind,
                    passenger_id=p,
                    target_id=target_id,
                    session=route.session,
                )
                for p in (route.passenger_ids if is_wanted else ())
            ]
    return tuple(locks), tuple(sorted((together | carried) & broken))


def _find_touched(plan: Plan, edits: Sequence[Edit]) -> tuple[set[str], set[str]]:
    """Find the routes whose riders, and those whose provider, an edit decided on."""
    known = {r.route_id: r for r in plan.routes}
    works: Mapping[str, Sequence[Route]] = {d.duty_id: d.routes for d in plan.duties}
    together: set[str] = set()
    carried: set[str] = set()
    for edit in edits:
        if isinstance(edit, MovePassenger):
            mine = {
                r.route_id
                for r in plan.routes
                if r.session is edit.session and edit.passenger_id in r.passenger_ids
            }
            together |= mine
            carried |= mine if edit.carrier is not None else set()
        elif isinstance(edit, SplitRoute) and edit.route_id in known:
            session, people = known[edit.route_id].session, set(edit.passenger_ids)
            together.add(edit.route_id)
            together |= {
                r.route_id
                for r in plan.routes
                if r.session is session and people & set(r.passenger_ids)
            }
        elif isinstance(edit, MergeRoutes):
            together.add(edit.into_route_id)
        elif isinstance(edit, MoveStop):
            together.add(edit.route_id)
        elif isinstance(edit, GiveRoute):
            carried.add(edit.route_id)
        elif isinstance(edit, GiveDuty):
            carried |= {r.route_id for r in works.get(edit.duty_id, ())}
    return together & known.keys(), carried & known.keys()


def search_around(
    desk: PlanDesk,
    edits: Sequence[Edit],
    *,
    seconds: float | None = None,
    steps: int | None = None,
    seed: int = 1,
    n_workers: int = 1,
    progress: Callable[[SearchProgress], None] = lambda state: None,
    should_stop: Callable[[], bool] = lambda: False,
    on_better: Callable[[Plan], None] = lambda plan: None,
) -> AroundEdits:
    """Search for a cheaper day around edits.

    Parameters
    ----------
    seconds, steps
        Limits of the search; a part of the seconds goes into the bound. [s]
    progress
        Told how far the search is.
    should_stop
        Asked now and then; True ends the search with the best plan so far.
    on_better
        Given each better plan that carries no fewer people, priced and without a broken rule.

    Returns
    -------
    The best plan so found, if one is better than the edited plan as it stands.
    """
    edited = desk.apply(edits)
    locks, let_go = hold_edits(edited, edits)
    inputs = replace(edited.inputs, locks=(*edited.inputs.locks, *locks))
    best = _Best(edited, desk, on_better, progress)
    compile_search(
        inputs,
        desk.matrix,
        desk.model,
        day_type=desk.base.day_type,
        has_bound=seconds is not None,
    )
    bound_s = find_bound_s(seconds)
    if bound_s > 0 and not should_stop():
        best.tell("proving a bound")
        found = bound_plan(
            edited.inputs, desk.matrix, desk.model, edited.plan,
            seconds=bound_s, n_workers=n_workers, should_stop=should_stop,
        )  # fmt: skip
        if found.bound_pence > 0:
            best.bound_pence, best.policy = found.bound_pence, found.policy
    last = optimise(
        inputs,
        desk.matrix,
        desk.model,
        day_type=desk.base.day_type,
        service_date=desk.on,
        seconds=None if seconds is None else seconds - bound_s,
        steps=steps,
        seed=seed,
        n_workers=n_workers,
        start=edited.plan,
        progress=best.report,
        should_stop=should_stop,
        on_better=best.take,
    )
    best.take(last)
    return AroundEdits(plan=best.plan, let_go=let_go)


class _Best:
    """The best sound plan of a search so far."""

    def __init__(
        self,
        edited: EditedPlan,
        desk: PlanDesk,
        on_better: Callable[[Plan], None],
        progress: Callable[[SearchProgress], None],
    ) -> None:
        self.edited, self._desk = edited, desk
        self._on_better, self._progress = on_better, progress
        self.plan: Plan | None = None
        self.bound_pence: int | None = None
        self.policy = ""
        self._n_better = 0
        self._last = ProgressReport(stage="", seconds_used=0.0, seconds_left=None)
        # An edited plan that breaks rules is no mark to beat: any sound plan is better.
        self._mark = (
            (len(edited.plan.unserved), edited.plan.cost_pence or 0)
            if edited.is_sound
            else (10**9, 0)
        )
        self._inputs_hash = fingerprint(edited.inputs)

    def take(self, found: Plan) -> None:
        """Keep a plan if it is better, once it is priced and checked."""
        inputs: Inputs = self.edited.inputs
        matrix: TravelMatrix = self._desk.matrix
        priced, _, _ = price_exactly(found, inputs, self._desk.on)
        mark = (len(priced.unserved), priced.cost_pence or 0)
        if mark >= self._mark or find_violations(priced, inputs, matrix):
            return
        self._mark = mark
        self._n_better += 1
        self.plan = replace(
            priced,
            state=PlanState.OPTIMISED,
            bound_pence=self.bound_pence,
            bound_policy=self.policy,
            inputs_hash=self._inputs_hash,
            matrix_hash=matrix.fingerprint,
        )
        self._on_better(self.plan)
        self.report(self._last)

    def tell(self, stage: str) -> None:
        """Tell what is being done."""
        self.report(replace(self._last, stage=stage))

    def report(self, report: ProgressReport) -> None:
        """Tell how far the search is, with the best checked plan and the bound."""
        self._last = report
        now = self.plan or self.edited.plan
        self._progress(
            SearchProgress(
                stage=report.stage,
                seconds_used=report.seconds_used,
                seconds_left=report.seconds_left,
                start_pence=self.edited.plan.cost_pence,
                best_pence=now.cost_pence,
                bound_pence=self.bound_pence,
                n_better=self._n_better,
                n_unserved=len(now.unserved),
            )
        )
