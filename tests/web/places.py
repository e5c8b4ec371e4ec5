"""A place to serve in tests: the hand-made council in a store, and who works there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from data.people import Role
from data.store import Store
from data.workspace import Workspace
from tests.reports.hand_made import STAMP, build_inputs, build_run
from web import WebSettings, build_app

PLACE = "handmade"
NOW = datetime(2026, 9, 15, 5, 30, tzinfo=UTC)
"""The day before the hand-made plan's service date."""

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
    return workspace


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
