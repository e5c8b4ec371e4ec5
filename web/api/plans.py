"""The API: runs, what is published for a date, and what waits for a person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from data.inputs import fingerprint
from data.nights import Proposal, ProposalState, Publication
from data.plans import Duty, Plan
from data.store import RunSummary
from web.access import Visit, allow
from web.api.paging import Page, Paging
from web.roles import Permission

router = APIRouter(tags=["plans"])

READ = Permission.READ_PLANS
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


class RunShown(BaseModel):
    """One calculation that is kept."""

    run_id: str
    kind: str
    title: str
    created_utc: datetime
    plan_id: str
    cost_pence: int | None
    n_violations: int | None
    seed: int
    steps: int
    limit: str
    inputs_hash: str
    code_version: str


class ReasonShown(BaseModel):
    """One difference from what families know, with its cause."""

    cause: str
    text: str
    passenger_ids: list[str]
    duty_ids: list[str]
    saved_pence: int


class UnservedShown(BaseModel):
    """A journey that nobody carries, why, and the smallest change that would help."""

    passenger_id: str
    session: str
    reason: str
    evidence: dict[str, int]
    relaxation: str


class StopShown(BaseModel):
    """One stop of a route; homes are named by passenger alone."""

    site_id: str | None
    arrive_s: int
    leave_s: int
    boarding: list[str]
    alighting: list[str]


class RouteShown(BaseModel):
    """One loaded journey with the duty that drives it."""

    route_id: str
    duty_id: str
    session: str
    provider_id: str
    vehicle_type_id: str
    vehicle_id: str | None
    start_s: int
    end_s: int
    loaded_m: int
    n_assistants: int
    stops: list[StopShown]


class DayShown(BaseModel):
    """What is published for a date."""

    service_date: date
    version_no: int
    state: str
    published_utc: datetime
    plan_id: str
    run_id: str
    cost_pence: int | None
    bound_pence: int | None
    bound_policy: str
    n_duties: int
    n_routes: int
    n_journeys: int
    unserved: list[UnservedShown]
    reasons: list[ReasonShown]
    not_applied: list[str]


class ProposalShown(BaseModel):
    """A plan that waits for a person, or what became of it."""

    proposal_no: int
    service_date: date
    plan_id: str
    state: str
    saved_pence: int
    n_more_carried: int
    proposed_utc: datetime
    proposed_by: str
    decided_by: str
    decided_utc: datetime | None


class Decision(BaseModel):
    """What somebody decides on a proposal."""

    decision: Literal["approve", "refuse"]


@router.get("/runs")
def list_runs(visit: Annotated[Visit, allow(READ)], paging: Paging) -> Page[RunShown]:
    """List runs, the newest first."""
    return paging.cut(visit.store.list_runs(visit.place), _show_run)


@router.get("/days")
def list_days(visit: Annotated[Visit, allow(READ)], paging: Paging) -> Page[DayShown]:
    """List publications, the newest first."""
    found = visit.store.nights.list_publications(visit.place)
    return paging.cut(found, lambda one: _show_day(visit, one))


@router.get("/days/{service_date}")
def read_day(service_date: date, visit: Annotated[Visit, allow(READ)]) -> DayShown:
    """Read what runs on a date."""
    return _show_day(visit, _find_day(visit, service_date))


@router.get("/days/{service_date}/routes")
def list_routes(
    service_date: date, visit: Annotated[Visit, allow(READ)], paging: Paging
) -> Page[RouteShown]:
    """List the routes that run on a date."""
    publication = _find_day(visit, service_date)
    plan = visit.store.nights.read_plan(publication.plan_no)
    pairs = [(duty, n) for duty in plan.duties for n in range(len(duty.routes))]
    return paging.cut(pairs, lambda pair: _show_route(*pair))


@router.get("/proposals")
def list_proposals(
    visit: Annotated[Visit, allow(READ)], paging: Paging, state: ProposalState | None = None
) -> Page[ProposalShown]:
    """List proposals, the newest first."""
    found = visit.store.nights.list_proposals(visit.place, state)
    return paging.cut(found, _show_proposal)


@router.post("/proposals/{proposal_no}/decision")
def decide(
    proposal_no: Number,
    decision: Decision,
    visit: Annotated[Visit, allow(Permission.APPROVE_PLANS)],
) -> ProposalShown:
    """Approve or refuse a proposal; nobody approves what they proposed."""
    listed = visit.store.nights.list_proposals(visit.place)
    proposal = next((p for p in listed if p.proposal_no == proposal_no), None)
    if proposal is None:
        raise HTTPException(404, f"There is no proposal {proposal_no}.")
    states = {"approve": ProposalState.APPROVED, "refuse": ProposalState.REFUSED}
    with visit.recording(
        f"proposal.{decision.decision}",
        "proposal",
        str(proposal_no),
        before_hash=fingerprint(proposal),
    ):
        done = visit.store.nights.decide(
            visit.place,
            proposal_no,
            states[decision.decision],
            person_id=visit.person_id,
            decided_utc=visit.now_utc,
        )
    return _show_proposal(done)


def _find_day(visit: Visit, service_date: date) -> Publication:
    found = visit.store.nights.find_publication(visit.place, service_date)
    if found is None:
        raise HTTPException(404, f"Nothing is published for {service_date.isoformat()}.")
    return found


def _show_run(run: RunSummary) -> RunShown:
    return RunShown(**{name: getattr(run, name) for name in RunShown.model_fields})


def _show_day(visit: Visit, found: Publication) -> DayShown:
    plan: Plan = visit.store.nights.read_plan(found.plan_no)
    return DayShown(
        service_date=found.service_date,
        version_no=found.version_no,
        state=found.state,
        published_utc=found.published_utc,
        plan_id=found.plan_id,
        run_id=found.run_id,
        cost_pence=plan.cost_pence,
        bound_pence=plan.bound_pence,
        bound_policy=plan.bound_policy,
        n_duties=len(plan.duties),
        n_routes=len(plan.routes),
        n_journeys=sum(len(route.passenger_ids) for route in plan.routes),
        unserved=[
            UnservedShown(
                passenger_id=one.passenger_id,
                session=one.session,
                reason=one.reason,
                evidence=dict(one.evidence),
                relaxation=one.relaxation,
            )
            for one in plan.unserved
        ],
        reasons=[
            ReasonShown(
                cause=one.cause,
                text=one.text,
                passenger_ids=list(one.passenger_ids),
                duty_ids=list(one.duty_ids),
                saved_pence=one.saved_pence,
            )
            for one in found.explanation.reasons
        ],
        not_applied=list(found.explanation.not_applied),
    )


def _show_route(duty: Duty, position: int) -> RouteShown:
    route = duty.routes[position]
    return RouteShown(
        route_id=route.route_id,
        duty_id=duty.duty_id,
        session=route.session,
        provider_id=duty.provider_id,
        vehicle_type_id=duty.vehicle_type_id,
        vehicle_id=duty.vehicle_id,
        start_s=route.start_s,
        end_s=route.end_s,
        loaded_m=route.loaded_m,
        n_assistants=route.n_assistants,
        stops=[
            StopShown(
                site_id=stop.site_id,
                arrive_s=stop.arrive_s,
                leave_s=stop.leave_s,
                boarding=list(stop.boarding),
                alighting=list(stop.alighting),
            )
            for stop in route.stops
        ],
    )


def _show_proposal(one: Proposal) -> ProposalShown:
    return ProposalShown(**{name: getattr(one, name) for name in ProposalShown.model_fields})
