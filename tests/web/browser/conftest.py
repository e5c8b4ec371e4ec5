"""A sample place served on loopback, and a headless Chromium that visits it.

A test that leaves something written to the page's console fails: a refused script, a missing
file, an error.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from data.people import Role
from data.samples import build_sample
from data.store import Store
from data.workspace import Workspace
from routing import build_sample_network, write_network
from scenarios import Search, build_case_matrix, build_run, solve_case
from tests.reports.hand_made import STAMP
from tests.web.places import PEOPLE
from tests.web.starter_town import build_starter_town, build_streets
from web import WebSettings, build_app

CHROMIUM = os.environ.get("WAYFARE_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)
DESKTOP, LAPTOP, PHONE = (1440, 900), (1280, 720), (390, 844)
WAIT_MS = 120_000
"""A busy machine may take long to answer."""
STEPS = 60
"""Search steps of the plan that is shown."""


@dataclass(frozen=True)
class Served:
    """A page that is up."""

    url: str
    app: FastAPI
    workspace: Workspace


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an application on a free port of loopback; gives its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the page did not start")
            time.sleep(0.01)
        (listening,) = server.servers[0].sockets
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def build_grid(root: Path) -> Workspace:
    """Build the made-up town with a plan of a few steps and people of each role."""
    workspace = Workspace(root=root, place="grid")
    workspace.open_folder()
    inputs = build_sample("grid")
    network = build_sample_network("grid")
    write_network(network, workspace.network_path)
    matrix = build_case_matrix(inputs, network, cache_folder=workspace.matrices_folder)
    search = Search(steps=STEPS, seed=1)
    with Store.open(workspace.store_path) as store:
        store.save_inputs(inputs, created_utc=STAMP, code_version="test")
        for person_id, (name, roles) in PEOPLE.items():
            store.add_person(person_id, name, roles, now_utc=STAMP)
        result = solve_case(inputs, matrix, search)
        store.save_run(build_run(inputs, matrix, search, result, created_utc=STAMP))
    return workspace


@pytest.fixture(scope="session")
def grid_place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The made-up town, planned; shared by all tests, so what they add must not disturb."""
    return build_grid(tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="session")
def grid(grid_place: Workspace) -> Iterator[Served]:
    """The made-up town served to a planner who need not sign in."""
    app = build_app(WebSettings(workspace=grid_place, person_id="a.hart", is_demo=True))
    with serving(app) as url:
        yield Served(url=url, app=app, workspace=grid_place)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield found
        found.close()


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The made-up town with streets, planned before somebody started; served to a planner."""
    workspace = build_starter_town(tmp_path_factory.mktemp("desk"))
    write_network(build_streets(), workspace.network_path)
    app = build_app(WebSettings(workspace=workspace, person_id="a.hart", is_demo=True))
    with serving(app) as url:
        yield Served(url=url, app=app, workspace=workspace)


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open an address in a window of its own; fails if its console says anything bad."""
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def opener(url: str, size: tuple[int, int] = DESKTOP, **options: object) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="en-GB",
            timezone_id="Europe/London",
            **options,  # type: ignore[arg-type]
        )
        contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.on(
            "console",
            lambda m: said.append(m.text) if m.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(url)
        return page

    yield opener
    for context in contexts:
        context.close()
    # A refused form answers with a 4xx on purpose, and Chromium says so in the console.
    bad = [text for text in said if "the server responded with a status of 4" not in text]
    assert not bad, "\n".join(bad)


def become(page: Page, served: Served, role: Role) -> None:
    """Become a person of a role on a page that takes people's word."""
    become_person(page, served, next(p for p, (_, roles) in PEOPLE.items() if role in roles))


def become_person(page: Page, served: Served, person_id: str) -> None:
    """Become a person on a page that takes people's word."""
    page.goto(f"{served.url}/sign-in")
    page.check(f"input[value='{person_id}']")
    page.click("text=Continue")
    page.wait_for_load_state()
