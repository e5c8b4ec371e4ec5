"""The stages of a night that make plans, each run in a process of its own: solve, stale.

A stage reads the store, works, and leaves what it found in the store; a stage that dies takes
nothing with it that was kept before.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime

from data.errors import InfeasibleError, ModelError, PlanError, StoreError
from data.inputs import Inputs, fingerprint
from data.networks import TravelMatrix
from data.nights import Breach, Candidate, DayChange, Explanation, Proposal
from data.plans import Plan, PlanState
from data.store import Night, Store
from data.versions import find_code_version
from data.workspace import Workspace
from nightly.config import NightConfig
from nightly.day_inputs import DayInputs, apply_day_changes
from nightly.explain import explain_plan
from nightly.quiet import find_search_s
from nightly.savings import optimise_date
from nightly.solve import (
    DatePlan,
    find_companions,
    price_duties,
    repair_date,
    withdraw_people,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What families know for a kind of day.

    Attributes
    ----------
    plan
        Standing plan.
    plan_hash
        Its fingerprint, as the store holds it.
    """

    plan: Plan
    plan_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything a stage works with."""

    config: NightConfig
    workspace: Workspace
    store: Store
    day: DayInputs
    matrix: TravelMatrix
    reference: Reference


def find_reference(store: Store, inputs: Inputs, on: date) -> Reference:
    """Find what families know for the kind of day that a date is.

    What was published for the date itself counts first, then the newest of the same kind of
    day, then the approved run's timetable. An approved proposal takes the place of the standing
    plan that it was made for.

    Raises
    ------
    InfeasibleError
        If no site is open on the date.
    StoreError
        If there is nothing to begin from.
    """
    from data.demand import find_day_type

    day_type = find_day_type(inputs, on)
    if day_type is None:
        raise InfeasibleError(f"no site is open on {on.isoformat()}: nothing runs.")
    last = store.nights.find_last(inputs.place, day_type.day_type_id, on)
    if last is not None:
        plan = last[1]
    else:
        run = store.find_approved_run(inputs.place)
        if run is None:
            raise StoreError(
                f"No plan of {inputs.place} has been approved yet. Plan it, look at it, then "
                "`wayfare approve RUN --as PERSON_ID`."
            )
        plans = run.timetable.plans if run.timetable is not None else (run.plan,)
        plan = min(
            plans,
            key=lambda p: (
                p.day_type.day_type_id != day_type.day_type_id,
                p.day_type.open_calendar_ids != day_type.open_calendar_ids,
                p.day_type.weekday != day_type.weekday,
                p.day_type.week != day_type.week,
                p.day_type.day_type_id,
            ),
        )
    plan_hash = fingerprint(plan)
    approved = store.nights.find_approved(inputs.place, day_type.day_type_id, plan_hash)
    if approved is not None:
        plan = store.nights.read_plan(approved.plan_no)
        plan_hash = fingerprint(plan)
    return Reference(plan=plan, plan_hash=plan_hash)


def build_key(
    config: NightConfig, inputs_hash: str, changes: tuple[DayChange, ...], on: date,
    reference_hash: str,
) -> str:  # fmt: skip
    """Build the key of a night: equal keys are one run (N7)."""
    digest = hashlib.sha256()
    settings = config.model_dump_json(exclude={"folder", "alert"})
    for part in (
        on.isoformat(),
        inputs_hash,
        ",".join(sorted(fingerprint(c) for c in changes)),
        settings,
        reference_hash,
        find_code_version(),
    ):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


@contextmanager
def open_desk(config: NightConfig, on: date, reference_hash: str) -> Iterator[Desk]:
    """Open the store and lay out everything for the plans of a date.

    Parameters
    ----------
    reference_hash
        Of the standing plan that families know, as `find_reference` found it.
    """
    from routing import read_network
    from scenarios import build_case_matrix

    workspace = Workspace(root=config.folder, place=config.place)
    with Store.open(workspace.store_place) as store:
        inputs = store.read_inputs(store.find_inputs_hash(config.place))
        kept = store.nights.list_changes(config.place, on)
        day = apply_day_changes(inputs, [k.change for k in kept], on)
        matrix = build_case_matrix(
            day.standing,
            read_network(workspace.network_path),
            cache_folder=workspace.matrices_folder,
        )
        yield Desk(
            config=config,
            workspace=workspace,
            store=store,
            day=day,
            matrix=matrix,
            reference=Reference(
                plan=store.nights.find_plan(reference_hash), plan_hash=reference_hash
            ),
        )


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
        _propose_day(desk, night, inside, kept)
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
        _propose(desk, best, beyond, night.started_utc)


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
    from costing import build_cost_model
    from data.demand import find_day_type
    from scenarios import Search, build_run, complete_case

    store, on = desk.store, desk.day.inputs.service_date
    stamp = night.started_utc
    used = desk.day.inputs if inputs is None else _keep_demand(inputs, desk.day)
    day_type = find_day_type(used, on) or made.plan.day_type
    store.save_case_inputs(
        used, f"day:{on.isoformat()}", created_utc=stamp, code_version=find_code_version()
    )

    def keep(plan: Plan) -> Plan:
        # By number: other plans of the same name may have been kept since this very one was.
        return store.nights.read_plan(store.nights.save_plans(plan, plan)[0])

    plan = replace(made.plan, day_type=day_type)
    result = complete_case(
        used,
        desk.matrix,
        build_cost_model(used, on),
        (plan,),
        timetable=None,
        day_type=day_type,
        keep=keep,
    )
    (report,) = result.checks
    if report.violations:
        codes = ", ".join(report.codes)
        raise PlanError(
            f"The {made.plan.state} plan breaks {len(report.violations)} rules ({codes}).",
            tuple(str(v) for v in report.violations[:20]),
        )
    run = build_run(
        used,
        desk.matrix,
        Search(seconds=desk.config.search.seconds, only=on, seed=desk.config.search.seed),
        result,
        created_utc=stamp.replace(microsecond=0),
        kind="night",
        extra=(("night_key", night.night_key), ("state", made.plan.state.value)),
    )
    if run.run_id not in {r.run_id for r in store.list_runs(desk.config.place)}:
        store.save_run(run)
    standing = replace(made.standing, inputs_hash=fingerprint(desk.day.standing))
    store.save_case_inputs(
        desk.day.standing,
        f"standing:{on.isoformat()}",
        created_utc=stamp,
        code_version=find_code_version(),
    )
    plan_no, standing_no = store.nights.save_plans(result.plan, standing)
    candidate = Candidate(
        state=result.plan.state,
        run_id=run.run_id,
        plan_no=plan_no,
        standing_no=standing_no,
        plan_hash=fingerprint(store.nights.read_plan(plan_no)),
        report_hash=report.report_hash,
        cost_pence=result.plan.cost_pence or 0,
        n_unserved=len(result.plan.unserved),
        explanation=replace(_explain(desk, result.plan, not_applied, used), quiet_s=quiet_s),
        breaches=made.breaches,
    )
    store.nights.save_candidate(night.night_no, candidate, saved_utc=stamp)
    return candidate


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
        f"{c.kind.replace('_', ' ')} {c.target_id}: nothing in the inputs answers to it."
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
        changes=desk.day.applied,
        before_pence=before,
        after_pence=price_duties(plan, used),
        shift_s=desk.config.envelope.build().shift_s,
        not_applied=not_applied + idle,
    )


def _propose_day(desk: Desk, night: Night, inside: DatePlan, wider: Candidate) -> None:
    """Keep a plan of this date alone, outside the envelope, for a person to decide on."""
    store = desk.store
    plan = store.nights.read_plan(wider.plan_no)
    before = sum(price_duties(inside.plan, desk.day.inputs).values())
    store.nights.propose(
        Proposal(
            proposal_no=0,
            place=desk.config.place,
            service_date=night.service_date,
            plan_no=wider.plan_no,
            plan_id=plan.plan_id,
            base_hash=night.night_key,
            saved_pence=before - wider.cost_pence,
            n_more_carried=len(inside.plan.unserved) - wider.n_unserved,
            breaches=wider.breaches,
            explanation=wider.explanation,
            proposed_utc=night.started_utc,
        ),
        plan.day_type.day_type_id,
    )


def _propose(desk: Desk, inside: DatePlan, wider: DatePlan, now_utc: datetime) -> None:
    """Keep a plan outside the envelope for a person to decide on."""
    store, on = desk.store, desk.day.inputs.service_date
    before = price_duties(inside.standing, desk.day.standing)
    after = price_duties(wider.standing, desk.day.standing)
    standing = replace(
        wider.standing,
        state=PlanState.OPTIMISED,
        cost_pence=sum(after.values()),
        inputs_hash=fingerprint(desk.day.standing),
    )
    plan_no, _ = store.nights.save_plans(standing, standing)
    store.nights.propose(
        Proposal(
            proposal_no=0,
            place=desk.config.place,
            service_date=on,
            plan_no=plan_no,
            plan_id=standing.plan_id,
            base_hash=desk.reference.plan_hash,
            saved_pence=sum(before.values()) - sum(after.values()),
            breaches=wider.breaches,
            explanation=explain_plan(
                inside.standing,
                wider.standing,
                before_pence=before,
                after_pence=after,
                shift_s=desk.config.envelope.build().shift_s,
            ),
            proposed_utc=now_utc,
        ),
        wider.standing.day_type.day_type_id,
    )


def list_breaches(breaches: tuple[Breach, ...]) -> str:
    """Say in a line how many passengers leave the envelope in which way."""
    kinds: dict[str, set[str]] = {}
    for breach in breaches:
        kinds.setdefault(breach.kind.replace("_", " "), set()).add(breach.passenger_id)
    return ", ".join(f"{len(people)} {kind}" for kind, people in sorted(kinds.items()))


def wait_until(moment_s: float) -> Callable[[], bool]:
    """Build what says whether a monotonic moment has come. [s]"""
    return lambda: time.monotonic() >= moment_s
