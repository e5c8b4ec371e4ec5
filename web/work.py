"""Work on drafts: edits from forms, told in words; effects as pages show them; proposals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from data.errors import EditError, StoreError
from data.inputs import Inputs, fingerprint
from data.nights import Envelope, Proposal, Publication
from data.places import Session
from data.plan_edits import (
    AddLock,
    Draft,
    DraftState,
    Edit,
    Effect,
    GiveDuty,
    GiveRoute,
    MergeRoutes,
    MovePassenger,
    MoveStop,
    RemoveLock,
    SplitRoute,
    TakePlan,
    add_edit,
)
from data.plans import LockKind, Plan
from nightly.envelope import find_breaches
from nightly.explain import explain_plan
from nightly.solve import price_duties
from reports import SESSION_WORDS, build_provider_names
from scenarios import EditedPlan, PlanDesk, measure_effect
from web.access import Visit
from web.desks import Desks
from web.forms import Posted
from web.shown import ShownPlan

EDITS: TypeAdapter[Edit] = TypeAdapter(Edit)
"""Reads an edit of any kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An edit tried out and not kept yet.

    Attributes
    ----------
    written
        The edit as a form hands it back.
    """

    edit: Edit
    words: str
    written: str
    effect: Effect


def read_edit(posted: Posted) -> Edit:
    """Read the edit that a form asks for.

    Raises
    ------
    EditError
        If something of it is missing or wrong.
    """
    written = posted.text("edit")
    try:
        if written:
            return EDITS.validate_json(written)
        return EDITS.validate_python(_collect(posted))
    except ValidationError as error:
        fields = ", ".join(sorted({str(fault["loc"][-1]) for fault in error.errors()}))
        raise EditError(
            f"The change is not complete: choose {fields.replace('_', ' ')}."
        ) from None


def _collect(posted: Posted) -> dict[str, Any]:
    """Collect the fields of an edit from the fields of a form."""
    found: dict[str, Any] = {}
    for name, value in posted.fields:
        if name in ("csrf_token", "version_no", "edit", "carrier", "then") or not value:
            continue
        if name in ("passenger_ids", "lock_ids"):
            found.setdefault(name, []).append(value)
        else:
            found[name] = int(value) if name.endswith("_number") and value.isdigit() else value
    carrier = posted.text("carrier")
    if carrier:
        parts = (*carrier.split("|"), "", "")
        found["carrier"] = {
            "provider_id": parts[0],
            "vehicle_type_id": parts[1],
            "base_place_id": parts[2],
        }
    return found


def begin_draft(visit: Visit, shown: ShownPlan, title: str) -> Draft:
    """Begin a draft of a plan, judged by the newest records.

    Raises
    ------
    StoreError
        If the plan is a draft itself, or is for no date.
    """
    if shown.draft_no is not None:
        raise StoreError("A draft is worked on as it is: undo, or begin one of its base plan.")
    with visit.recording("draft.begin", "plan", shown.plan.plan_id):
        return visit.store.drafts.begin_draft(
            visit.place,
            shown.standing,
            title=title[:80] or shown.label,
            base_label=shown.label,
            inputs_hash=visit.store.find_inputs_hash(visit.place),
            person_id=visit.person_id,
            begun_utc=visit.now_utc,
        )


def try_edit(desks: Desks, draft: Draft, edit: Edit) -> Tried:
    """Try an edit on a draft and tell what it comes to; nothing is kept.

    Raises
    ------
    EditError
        If it has no meaning on the draft as it is.
    """
    with desks.using(draft) as desk:
        _, effect = desk.try_edit(draft.done, edit)
        words = describe_edit(edit, desk.inputs)
    return Tried(edit=edit, words=words, written=EDITS.dump_json(edit).decode(), effect=effect)


def keep_edit(visit: Visit, desks: Desks, draft: Draft, edit: Edit) -> Draft:
    """Keep an edit in a draft, once it is known to have a meaning there.

    Raises
    ------
    EditError
        As for `try_edit`.
    StaleWriteError
        If somebody else changed the draft meanwhile.
    """
    visit.store.drafts.check_version(draft)
    try_edit(desks, draft, edit)
    edits, n_done = add_edit(draft, edit)
    with visit.recording("draft.edit", "draft", str(draft.draft_no)):
        return visit.store.drafts.change_draft(
            draft,
            edits=edits,
            n_done=n_done,
            person_id=visit.person_id,
            changed_utc=visit.now_utc,
        )


def measure_draft(desk: PlanDesk, draft: Draft) -> tuple[EditedPlan, Effect]:
    """Measure a whole draft against the plan it starts from."""
    edited = desk.apply(draft.done)
    return edited, measure_effect(desk.first, edited)


def compare_published(
    visit: Visit, desks: Desks, draft: Draft
) -> tuple[Publication, EditedPlan, Effect]:
    """Compare a draft with what is published for its date, both judged by the draft's records.

    As a draft is one of the plan behind a day, before its absences, so is what it is compared
    with.

    Returns
    -------
    The publication, the draft's plan, and what lies between: from what is published to the
    draft.

    Raises
    ------
    StoreError
        If nothing is published for the date.
    EditError
        If what is published is for another kind of day.
    """
    publication = visit.store.nights.find_publication(visit.place, draft.service_date)
    if publication is None:
        raise StoreError(f"Nothing is published for {draft.service_date.isoformat()}.")
    standing = visit.state.read_plan(publication.standing_no)
    with desks.using(draft) as desk:
        edited = desk.apply(draft.done)
        take = TakePlan(plan_hash=fingerprint(standing), plan_id=standing.plan_id)
        published, _ = desk.try_edit(draft.done, take)
        return publication, edited, measure_effect(published, edited)


def propose_draft(visit: Visit, desks: Desks, draft: Draft) -> Proposal:
    """Propose a draft's plan, for another person to approve.

    Raises
    ------
    StoreError
        If it breaks a rule, has no price, or changes nothing.
    """
    with desks.using(draft) as desk:
        first, edited = desk.first, desk.apply(draft.done)
    if not edited.is_sound:
        raise StoreError(
            "A draft that breaks a rule or has no price cannot be proposed: "
            f"{len(edited.violations)} rules are broken. {edited.price_fault}"
        )
    if edited.plan.duties == first.plan.duties:
        raise StoreError("The draft changes no route yet: there is nothing to propose.")
    base = visit.store.nights.read_plan(draft.base_plan_no)
    explanation = explain_plan(
        first.plan,
        edited.plan,
        before_pence=price_duties(first.plan, edited.inputs),
        after_pence=price_duties(edited.plan, edited.inputs),
    )
    with visit.recording(
        "proposal.make",
        "draft",
        str(draft.draft_no),
        before_hash=draft.base_hash,
        after_hash=fingerprint(edited.plan),
    ):
        plan_no = visit.store.drafts.save_plan(edited.plan)
        proposal = visit.store.nights.propose(
            Proposal(
                proposal_no=0,
                place=visit.place,
                service_date=draft.service_date,
                plan_no=plan_no,
                plan_id=edited.plan.plan_id,
                base_hash=fingerprint(base),
                saved_pence=(first.plan.cost_pence or 0) - (edited.plan.cost_pence or 0),
                breaches=find_breaches(first.plan, edited.plan, Envelope()),
                explanation=explanation,
                proposed_utc=visit.now_utc,
                n_more_carried=max(0, len(edited.journeys) - len(first.journeys)),
                proposed_by=visit.person_id,
            ),
            edited.plan.day_type.day_type_id,
        )
        visit.store.drafts.change_draft(
            draft,
            state=DraftState.PROPOSED,
            proposal_no=proposal.proposal_no,
            person_id=visit.person_id,
            changed_utc=visit.now_utc,
        )
    return proposal


def describe_edit(edit: Edit, inputs: Inputs) -> str:
    """Describe an edit in words that a planner would use."""
    names = build_provider_names(inputs)
    types = {t.vehicle_type_id: t.name for t in inputs.vehicle_types}

    def by(edit: MovePassenger | GiveDuty | GiveRoute | SplitRoute) -> str:
        if edit.carrier is None:
            return ""
        who = names.get(edit.carrier.provider_id, edit.carrier.provider_id)
        kind = types.get(edit.carrier.vehicle_type_id, edit.carrier.vehicle_type_id)
        return f"{who}, {kind}"

    if isinstance(edit, MovePassenger):
        session = SESSION_WORDS[edit.session].lower()
        if edit.route_id:
            return f"Carry {edit.passenger_id} on {edit.route_id} ({session})"
        where = f"in duty {edit.duty_id}" if edit.duty_id else by(edit) or "where cheapest"
        return f"Carry {edit.passenger_id} on a route of their own, {where} ({session})"
    if isinstance(edit, MoveStop):
        return f"Serve stop {edit.from_number} of {edit.route_id} as number {edit.to_number}"
    if isinstance(edit, GiveDuty):
        return f"Have duty {edit.duty_id} worked by {by(edit)}"
    if isinstance(edit, GiveRoute):
        where = f"duty {edit.duty_id}" if edit.duty_id else by(edit) or "the cheapest new duty"
        return f"Have route {edit.route_id} worked by {where}"
    if isinstance(edit, SplitRoute):
        more = f" to {by(edit)}" if edit.carrier else ""
        return f"Split {', '.join(edit.passenger_ids)} off {edit.route_id}{more}"
    if isinstance(edit, MergeRoutes):
        return f"Merge {edit.route_id} into {edit.into_route_id}"
    if isinstance(edit, AddLock):
        people = ", ".join(edit.passenger_ids)
        return {
            LockKind.PASSENGER_ON_ROUTE: f"Lock {people} together on {edit.target_id}",
            LockKind.PASSENGER_ON_SUPPLIER: f"Lock {people} to "
            f"{names.get(edit.target_id, edit.target_id)}",
            LockKind.PASSENGER_NOT_WITH_SUPPLIER: f"Forbid {people} to ride with "
            f"{names.get(edit.target_id, edit.target_id)}",
        }[edit.lock]
    if isinstance(edit, RemoveLock):
        return f"Unlock ({', '.join(edit.lock_ids)})"
    assert isinstance(edit, TakePlan)  # noqa: S101  the last kind there is
    return "Take the plan that the search around the edits found"


def list_route_choices(plan: Plan, session: Session, besides: str) -> list[tuple[str, str]]:
    """List the routes of a session that somebody could be moved to: (id, words)."""
    return [
        (
            route.route_id,
            f"{route.route_id} ({duty.provider_id}, {len(route.passenger_ids)} aboard)",
        )
        for duty in plan.duties
        for route in duty.routes
        if route.session is session and route.route_id != besides
    ]


def list_carriers(desk: PlanDesk) -> list[tuple[str, str]]:
    """List who could work a duty: (value of the form, words)."""
    names = build_provider_names(desk.inputs)
    types = {t.vehicle_type_id: t.name for t in desk.inputs.vehicle_types}
    depots = {d.place_id: d.name for d in desk.inputs.depots}
    return [
        (
            f"{c.provider_id}|{c.vehicle_type_id}|{c.base_place_id}",
            f"{names.get(c.provider_id, c.provider_id)}, "
            f"{types.get(c.vehicle_type_id, c.vehicle_type_id)}"
            + (f", {depots[c.base_place_id]}" if c.base_place_id in depots else ""),
        )
        for c in desk.carriers
    ]
