"""Nights made by hand on the small council: a store, a plan, candidates, publications."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from data.inputs import fingerprint
from data.nights import Candidate, Explanation, Publication
from data.plans import Plan, PlanState
from data.store import Night, Store
from tests.reports.hand_made import SERVICE_DATE, build_inputs, build_plan

PLACE = "handmade"
STAMP = datetime(2026, 9, 15, 18, 0, tzinfo=UTC)
KEY = "a" * 64


def open_store(place: str | Path) -> Store:
    """Open a store with the small council's inputs."""
    store = Store.open(place)
    store.save_inputs(build_inputs(), created_utc=STAMP, code_version="test")
    return store


def begin(store: Store, key: str = KEY, on: date = SERVICE_DATE) -> Night:
    """Begin a night."""
    return store.nights.begin_night(
        key,
        place=PLACE,
        service_date=on,
        inputs_hash=store.find_inputs_hash(PLACE),
        settings="{}",
        code_version="test",
        started_utc=STAMP,
    )


def build_candidate(
    store: Store, plan: Plan | None = None, state: PlanState = PlanState.REPAIRED, **fields: int
) -> Candidate:
    """Keep a plan and build a candidate of it."""
    made = replace(plan or build_plan(), state=state)
    plan_no, standing_no = store.nights.save_plans(made, made)
    return Candidate(
        state=state,
        run_id="",
        plan_no=plan_no,
        standing_no=standing_no,
        plan_hash=fingerprint(made),
        report_hash="b" * 64,
        cost_pence=fields.get("cost_pence", 100),
        n_unserved=fields.get("n_unserved", 0),
        explanation=Explanation(compared_with="before"),
    )


def build_publication(
    candidate: Candidate, fence_no: int, key: str = KEY, on: date = SERVICE_DATE
) -> Publication:
    """Build the publication of a candidate."""
    return Publication(
        place=PLACE,
        service_date=on,
        version_no=0,
        state=candidate.state,
        plan_no=candidate.plan_no,
        plan_id="plan",
        run_id="",
        standing_no=candidate.standing_no,
        inputs_hash="c" * 64,
        reference_hash="d" * 64,
        night_key=key,
        fence_no=fence_no,
        report_hash=candidate.report_hash,
        published_utc=STAMP,
        explanation=candidate.explanation,
    )
