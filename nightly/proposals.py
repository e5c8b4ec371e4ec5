"""Plans outside the envelope, kept for a person to decide on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from data.inputs import fingerprint
from data.logs import Event
from data.nights import Breach, Candidate, Proposal
from data.plans import PlanState
from data.store import Night
from nightly.desk import Desk
from nightly.explain import explain_plan
from nightly.solve import DatePlan, price_duties


def propose_day(desk: Desk, night: Night, inside: DatePlan, wider: Candidate) -> None:
    """Keep a plan of this date alone, outside the envelope, for a person to decide on."""
    store = desk.store
    plan = store.nights.read_plan(wider.plan_no)
    before = sum(price_duties(inside.plan, desk.day.inputs).values())
    kept = store.nights.propose(
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
    _note_proposal(desk, kept)


def propose_standing(desk: Desk, inside: DatePlan, wider: DatePlan, now_utc: datetime) -> None:
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
    kept = store.nights.propose(
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
    _note_proposal(desk, kept)


def _note_proposal(desk: Desk, kept: Proposal) -> None:
    """Note in the log that a plan waits for a person."""
    desk.log.info(
        Event.PLAN_PROPOSED,
        proposal_no=kept.proposal_no,
        n_breaches=len(kept.breaches),
    )


def list_breaches(breaches: tuple[Breach, ...]) -> str:
    """Say in a line how many passengers leave the envelope in which way."""
    kinds: dict[str, set[str]] = {}
    for breach in breaches:
        kinds.setdefault(breach.kind.replace("_", " "), set()).add(breach.passenger_id)
    return ", ".join(f"{len(people)} {kind}" for kind, people in sorted(kinds.items()))
