"""A place to serve in tests: the hand-made council in a store, and who works there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from data.inputs import fingerprint
from data.nights import Breach, BreachKind, Explanation, Proposal, Publication, Reason
from data.people import Role
from data.places import Session
from data.plans import PlanState
from data.runs import LATEST
from data.store import Store
from data.workspace import Workspace
from tests.reports.hand_made import SERVICE_DATE, STAMP, build_inputs, build_run
from web import WebSettings, build_app
from web.job_kinds import Lane
from web.worker import work

PLACE = "handmade"
NOW = datetime(2026, 9, 15, 5, 30, tzinfo=UTC)
"""The day before the hand-made plan's service date."""

PUBLISHED = datetime(2026, 9, 15, 3, 45, tzinfo=UTC)

PEOPLE = {
    "a.hart": ("Anna Hart", (Role.PLANNER,)),
    "b.lane": ("Ben Lane", (Role.PLANNER,)),
    "c.moor": ("Cara Moor", (Role.COMMISSIONER,)),
    "d.ash": ("Dev Ash", (Role.ASSURER,)),
    "v.reed": ("Vera Reed", (Role.VIEWER,)),
    "s.cole": ("Sam Cole", (Role.SUPPLIER,)),
    "d.wood": ("Dora Wood", (Role.DRIVER,)),
    "m.page": ("Max Page", (Role.ADMINISTRATOR,)),
}
"""Everybody made up; one for each role, and two planners."""

ONE_OF_EACH = {roles[0]: person_id for person_id, (_, roles) in reversed(PEOPLE.items())}
"""A person of each role."""


def build_place(root: Path) -> Workspace:
    """Build the hand-made place with its run and its people in a folder."""
    workspace = Workspace(root=root, place=PLACE)
    workspace.open_folder()
    with Store.open(workspace.store_path) as store:
        inputs = build_inputs()
        store.save_inputs(inputs, created_utc=STAMP, code_version="test")
        store.save_run(build_run(inputs))
        for person_id, (name, roles) in PEOPLE.items():
            store.add_person(person_id, name, roles, now_utc=STAMP)
        publish(store)
    return workspace


EXPLANATION = Explanation(
    compared_with="handmade-before",
    reasons=(
        Reason(
            cause="absence",
            text="duty d1: p1 is away (am, pm); saves £4.20 a day.",
            passenger_ids=("p1",),
            duty_ids=("d1",),
            saved_pence=420,
        ),
    ),
    before_pence=12_765,
    after_pence=12_345,
    n_shifted=2,
)


def publish(
    store: Store, on: date = SERVICE_DATE, key: str = "a" * 64, place: str = PLACE
) -> Publication:
    """Publish the newest plan of a place for a date, as the night would."""
    made = replace(store.find_run(LATEST, place).plan, state=PlanState.REPAIRED)
    plan_no, standing_no = store.nights.save_plans(made, made)
    return store.nights.publish(
        Publication(
            place=place,
            service_date=on,
            version_no=0,
            state=made.state,
            plan_no=plan_no,
            plan_id=made.plan_id,
            run_id=store.find_run(LATEST, place).run_id,
            standing_no=standing_no,
            inputs_hash=store.find_inputs_hash(place),
            reference_hash="d" * 64,
            night_key=key,
            fence_no=store.nights.take_fence(place, taken_utc=STAMP),
            report_hash="b" * 64,
            published_utc=PUBLISHED,
            explanation=EXPLANATION,
        ),
        fingerprint(made),
    )


def propose(store: Store, *, by: str = "", base: str = "e" * 64) -> Proposal:
    """Propose the hand-made plan once more, as a cheaper one that changes much."""
    plan = store.find_run(LATEST, PLACE).plan
    plan_no, _ = store.nights.save_plans(plan, plan)
    return store.nights.propose(
        Proposal(
            proposal_no=0,
            place=PLACE,
            service_date=SERVICE_DATE,
            plan_no=plan_no,
            plan_id=plan.plan_id,
            base_hash=base,
            saved_pence=1_250,
            breaches=(
                Breach(kind=BreachKind.TIME, passenger_id="p2", session=Session.AM, amount=600),
                Breach(kind=BreachKind.PROVIDER, passenger_id="p3", session=Session.AM),
                Breach(kind=BreachKind.TIME, passenger_id="p3", session=Session.AM, amount=900),
            ),
            explanation=EXPLANATION,
            proposed_utc=PUBLISHED,
            proposed_by=by,
        ),
        plan.day_type.day_type_id,
    )


def build_page(
    workspace: Workspace, *, person_id: str = "", clock: Callable[[], datetime] | None = None
) -> FastAPI:
    """Build the page of a place that takes people's word."""
    return build_app(
        WebSettings(workspace=workspace, person_id=person_id, clock=clock or (lambda: NOW))
    )


@contextmanager
def visiting(app: FastAPI) -> Iterator[TestClient]:
    """Visit a page as a browser would, without following where it sends on."""
    with TestClient(
        app,
        base_url="http://localhost",
        follow_redirects=False,
        raise_server_exceptions=True,
    ) as client:
        yield client


def do_jobs(workspace: Workspace, clock: Callable[[], datetime] = lambda: NOW) -> None:
    """Do all that is queued, as the workers do, in this process."""
    for lane in Lane:
        work(workspace.folder / "jobs", lane, clock)


def find_csrf(html: str) -> str:
    """Find the token in the first form of a page."""
    found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', html)
    assert found is not None, "the page has no form"
    return found.group(1)


def be(client: TestClient, person_id: str) -> None:
    """Become a person on a page that takes people's word."""
    token = find_csrf(client.get("/sign-in").text)
    done = client.post("/sign-in", data={"csrf_token": token, "person_id": person_id})
    assert done.status_code == 303, done.text
