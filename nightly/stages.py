"""The stages of a night that make plans, each run in a process of its own: solve, stale.

A stage reads the store, works, and leaves what it found in the store; a stage that dies takes
nothing with it that was kept before.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from data.errors import ModelError, PlanError
from data.inputs import Inputs, fingerprint
from data.logs import Event, Log
from data.nights import Candidate, Explanation
from data.plans import Plan, PlanState
from data.store import Night
from data.versions import find_code_version
from nightly.day_inputs import DayInputs
from nightly.desk import Desk
from nightly.explain import explain_plan
from nightly.proposals import propose_day, propose_standing
from nightly.quiet import find_search_s
from nightly.savings import optimise_date
from nightly.solve import (
    DatePlan,
    find_companions,
    price_duties,
    repair_date,
    withdraw_people,
)

if TYPE_CHECKING:
    from scenarios import CaseResult


def solve(
    desk: Desk,
    night: Night,
    not_applied: tuple[str, ...],
    *,
    seconds: float | None,
    should_stop: Callable[[], bool],
) -> None:
    """Repair, keep, then search on while time lasts, keeping each saving as it is found.

    Parameters
    ----------
    seconds
        Wall time of the search for savings. [s]
    """
    envelope = desk.config.envelope.build()
    last = desk.store.nights.find_last_standing(desk.config.place, night.service_date)
    inside, wider = repair_date(
        desk.reference.plan,
        desk.day,
        desk.matrix,
        envelope,
        None if last is None else find_companions(last),
    )
    keep_candidate(desk, night, inside, not_applied)
    if wider is not None:
        # Kept as a candidate too: once a person approves it, it is what is published.
        kept = keep_candidate(desk, night, wider, not_applied)
        propose_day(desk, night, inside, kept)
    search_s = find_search_s(
        desk.config.search, seconds, desk.store, desk.reference.plan, desk.day, inside
    )
    if should_stop() or search_s == 0:
        return
    quiet_s = None if search_s == seconds else search_s

    def keep(better: DatePlan) -> None:
        # A plan that breaks a rule is not kept; the search goes on for the next.
        with suppress(PlanError):
            keep_candidate(desk, night, better, not_applied, quiet_s=quiet_s)

    better, beyond = optimise_date(
        desk.reference.plan,
        inside,
        desk.day,
        desk.matrix,
        envelope,
        desk.config.search,
        seconds=search_s,
        should_stop=should_stop,
        keep=keep,
    )
    best = inside if better is None else better
    if better is None:
        # Searched and nothing better found: what was repaired is the optimised plan too.
        state = replace(best.plan, state=PlanState.OPTIMISED)
        keep_candidate(desk, night, replace(best, plan=state), not_applied, quiet_s=quiet_s)
    if beyond is not None and wider is None:
        propose_standing(desk, best, beyond, night.started_utc)


def make_stale(desk: Desk, night: Night, not_applied: tuple[str, ...]) -> None:
    """Keep the plan families know without those who must not be carried."""
    store, reference = desk.store, desk.reference.plan
    old = (
        store.read_inputs(reference.inputs_hash) if reference.inputs_hash else desk.day.standing
    )
    plan = withdraw_people(reference, desk.day, old, desk.matrix)
    told = not_applied + tuple(
        f"{c.kind.replace('_', ' ')} {c.target_id} was not worked in."
        for c in desk.day.applied
        if "off" in c.kind or "early" in c.kind
    )
    made = DatePlan(plan=plan, standing=reference, breaches=())
    keep_candidate(desk, night, made, told, inputs=old)


def keep_candidate(
    desk: Desk,
    night: Night,
    made: DatePlan,
    not_applied: tuple[str, ...],
    *,
    inputs: Inputs | None = None,
    quiet_s: float | None = None,
) -> Candidate:
    """Price, keep, read back and check a plan of the date; keep it as a candidate if good.

    Every stamp is that of the night's start, so that the same night run again after a crash
    keeps nothing twice.

    Raises
    ------
    PlanError
        If what the store gives back breaks a rule: it is not kept as a candidate.
    """
    store, on, stamp = desk.store, desk.day.inputs.service_date, night.started_utc
    used = desk.day.inputs if inputs is None else _keep_demand(inputs, desk.day)
    store.save_case_inputs(
        used, f"day:{on.isoformat()}", created_utc=stamp, code_version=find_code_version()
    )
    result = _price_and_check(desk, made.plan, used)
    run_id = _keep_run(desk, night, result, used)
    store.save_case_inputs(
        desk.day.standing,
        f"standing:{on.isoformat()}",
        created_utc=stamp,
        code_version=find_code_version(),
    )
    standing = replace(made.standing, inputs_hash=fingerprint(desk.day.standing))
    plan_no, standing_no = store.nights.save_plans(result.plan, standing)
    candidate = Candidate(
        state=result.plan.state,
        run_id=run_id,
        plan_no=plan_no,
        standing_no=standing_no,
        plan_hash=fingerprint(store.nights.read_plan(plan_no)),
        report_hash=result.checks[0].report_hash,
        cost_pence=result.plan.cost_pence or 0,
        n_unserved=len(result.plan.unserved),
        explanation=replace(_explain(desk, result.plan, not_applied, used), quiet_s=quiet_s),
        breaches=made.breaches,
    )
    store.nights.save_candidate(night.night_no, candidate, saved_utc=stamp)
    _tell_kept(desk.log, candidate, result.plan)
    return candidate


def _price_and_check(desk: Desk, plan: Plan, used: Inputs) -> CaseResult:
    """Price a plan of the date, keep it, read it back and check what the store gives.

    Raises
    ------
    PlanError
        If it breaks a rule.
    """
    from costing import build_cost_model
    from data.demand import find_day_type
    from scenarios import complete_case

    on = used.service_date
    day_type = find_day_type(used, on) or plan.day_type

    def keep(found: Plan) -> Plan:
        # By number: other plans of the same name may have been kept since this very one was.
        nights = desk.store.nights
        return nights.read_plan(nights.save_plans(found, found)[0])

    result = complete_case(
        used,
        desk.matrix,
        build_cost_model(used, on),
        (replace(plan, day_type=day_type),),
        timetable=None,
        day_type=day_type,
        keep=keep,
    )
    (report,) = result.checks
    if not report.violations:
        return result
    desk.log.warning(
        Event.PLAN_REFUSED,
        state=plan.state.value,
        n_violations=len(report.violations),
        codes=report.codes,
    )
    raise PlanError(
        f"The {plan.state} plan breaks {len(report.violations)} rules "
        f"({', '.join(report.codes)}).",
        tuple(str(v) for v in report.violations[:20]),
    )


def _keep_run(desk: Desk, night: Night, result: CaseResult, used: Inputs) -> str:
    """Keep the run of a plan of the date, once; returns its id."""
    from scenarios import Search, build_run

    search = desk.config.search
    run = build_run(
        used,
        desk.matrix,
        Search(seconds=search.seconds, only=used.service_date, seed=search.seed),
        result,
        created_utc=night.started_utc.replace(microsecond=0),
        kind="night",
        extra=(("night_key", night.night_key), ("state", result.plan.state.value)),
    )
    if run.run_id not in {r.run_id for r in desk.store.list_runs(desk.config.place)}:
        desk.store.save_run(run)
    return run.run_id


def _tell_kept(log: Log, candidate: Candidate, plan: Plan) -> None:
    """Note in the log what was kept."""
    log.info(
        Event.PLAN_KEPT,
        run=candidate.run_id,
        state=candidate.state.value,
        plan_hash=candidate.plan_hash,
        report_hash=candidate.report_hash,
        cost_pence=candidate.cost_pence,
        n_duties=len(plan.duties),
        n_carried=sum(len(r.passenger_ids) for r in plan.routes),
        n_unserved=candidate.n_unserved,
        n_breaches=len(candidate.breaches),
        n_differences=len(candidate.explanation.reasons),
    )


def _keep_demand(old: Inputs, day: DayInputs) -> Inputs:
    """Old inputs with the demand of those who may be carried on the date."""
    dropped = {d.demand_id for d in day.standing.demands} - {
        d.demand_id for d in day.inputs.demands
    }
    return replace(
        old,
        service_date=day.inputs.service_date,
        demands=tuple(d for d in old.demands if d.demand_id not in dropped),
    )


def _explain(desk: Desk, plan: Plan, not_applied: tuple[str, ...], used: Inputs) -> Explanation:
    """Explain a plan of the date against what families know."""
    reference = replace(desk.reference.plan, service_date=desk.day.inputs.service_date)
    idle = tuple(
        f"{c.kind.replace('_', ' ')} {c.target_id}: it changes nothing on the date."
        for c in desk.day.idle
    )
    try:
        before = price_duties(reference, used)
        reference = replace(reference, cost_pence=sum(before.values()))
    except ModelError:  # what families know may have no price any more
        before = None
        reference = replace(reference, cost_pence=None)
    return explain_plan(
        reference,
        plan,
        changes=desk.day.applied + desk.day.announced,
        before_pence=before,
        after_pence=price_duties(plan, used),
        shift_s=desk.config.envelope.build().shift_s,
        not_applied=not_applied + idle,
    )
