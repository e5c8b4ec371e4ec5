"""Today: is tomorrow safe, what changed and why, and what waits for a person."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from data.errors import RefusedError
from data.inputs import fingerprint
from data.nights import Proposal, ProposalState
from reports import REASON_WORDS, SESSION_WORDS, STATE_WORDS, describe_flags, describe_gap
from web.access import Visit, allow
from web.forms import Form, Posted, read_posted, see_other
from web.rendering import render
from web.roles import Permission
from web.today import CAUSE_WORDS, count_breaches, find_today

router = APIRouter()

DECISIONS = {"approve": ProposalState.APPROVED, "refuse": ProposalState.REFUSED}


@router.get("/")
def show_today(
    request: Request, visit: Annotated[Visit, allow(Permission.READ_PLANS)]
) -> Response:
    """Show how the next service date stands."""
    return _show_date(request, visit, None)


@router.get("/days")
def find_day(on: date, visit: Annotated[Visit, allow(Permission.READ_PLANS)]) -> Response:
    """Lead from the choice of a date to its page."""
    return see_other(f"/days/{on.isoformat()}")


@router.get("/days/{on}")
def show_day(
    request: Request, on: date, visit: Annotated[Visit, allow(Permission.READ_PLANS)]
) -> Response:
    """Show how a date stands or stood."""
    return _show_date(request, visit, on)


@router.get("/proposals/{proposal_no}")
def show_proposal(
    request: Request,
    proposal_no: int,
    visit: Annotated[Visit, allow(Permission.READ_PLANS)],
) -> Response:
    """Show a plan that waits for a person, or what became of it."""
    return _show_proposal(request, visit, _find_proposal(visit, proposal_no))


@router.post("/proposals/{proposal_no}")
def decide_proposal(
    request: Request,
    proposal_no: int,
    visit: Annotated[Visit, allow(Permission.APPROVE_PLANS)],
    posted: Annotated[Posted, Depends(read_posted)],
) -> Response:
    """Approve or refuse a plan that waits; nobody approves what they proposed."""
    proposal = _find_proposal(visit, proposal_no)
    decision = posted.text("decision")
    if decision not in DECISIONS:
        return _show_proposal(request, visit, proposal, "Choose what you decide")
    with visit.recording(
        f"proposal.{decision}",
        "proposal",
        str(proposal_no),
        before_hash=fingerprint(proposal),
    ):
        visit.store.nights.decide(
            visit.place,
            proposal_no,
            DECISIONS[decision],
            person_id=visit.person_id,
            decided_utc=visit.now_utc,
        )
    return see_other(f"/proposals/{proposal_no}")


@router.post("/days/{on}/notes/{note_no}")
def see_note(
    on: date,
    note_no: int,
    visit: Annotated[Visit, allow(Permission.EDIT_PLANS)],
) -> Response:
    """Keep that somebody has looked at what a driver reported."""
    with visit.recording("note.seen", "driver_note", str(note_no)):
        visit.store.messages.see_note(visit.place, note_no, visit.person_id)
    return see_other(f"/days/{on.isoformat()}#notes")


def _find_proposal(visit: Visit, proposal_no: int) -> Proposal:
    """Find a proposal of the place by its number."""
    for proposal in visit.store.nights.list_proposals(visit.place):
        if proposal.proposal_no == proposal_no:
            return proposal
    raise RefusedError(f"There is no proposal {proposal_no}.")


def _show_date(request: Request, visit: Visit, on: date | None) -> Response:
    today = find_today(visit.state, visit.now_utc, on)
    flags = () if today.plan is None else describe_flags(today.plan.flags)
    return render(
        request,
        "today/page.html",
        today=today,
        flags=flags,
        is_next=on is None,
        count_breaches=count_breaches,
        cause_words=CAUSE_WORDS,
        describe_gap=describe_gap,
        state_words=STATE_WORDS,
        reason_words=REASON_WORDS,
        session_words=SESSION_WORDS,
    )


def _show_proposal(
    request: Request, visit: Visit, proposal: Proposal, fault: str = ""
) -> Response:
    is_own = proposal.proposed_by != "" and proposal.proposed_by == visit.person_id
    return render(
        request,
        "today/proposal.html",
        status_code=422 if fault else 200,
        form=Form(errors={"decision": fault} if fault else {}),
        proposal=proposal,
        plan=visit.store.nights.read_plan(proposal.plan_no),
        is_waiting=proposal.state is ProposalState.WAITING,
        is_own=is_own,
        breaches=count_breaches(proposal),
        cause_words=CAUSE_WORDS,
    )
