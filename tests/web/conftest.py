"""One served place for all tests that change nothing in it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from fastapi.testclient import TestClient

from data.workspace import Workspace
from tests.web.places import build_page, build_place, visiting
from web import jobs
from web.job_kinds import Lane

collect_ignore = [] if find_spec("playwright") else ["browser"]
"""A browser's tests need what `make test-browser` installs."""


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The hand-made place; tests that write build their own."""
    return build_place(tmp_path_factory.mktemp("web"))


@pytest.fixture(scope="session")
def planner(workspace: Workspace) -> Iterator[TestClient]:
    """A planner at the hand-made place."""
    with visiting(build_page(workspace, person_id="a.hart")) as client:
        yield client


@pytest.fixture
def nobody(workspace: Workspace) -> Iterator[TestClient]:
    """A browser at the hand-made place in which nobody was chosen yet."""
    with visiting(build_page(workspace)) as client:
        yield client


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Lane]:
    """The lanes whose workers were wanted; none is started."""
    found: list[Lane] = []
    monkeypatch.setattr(jobs, "start_worker", lambda _book, lane: found.append(lane))
    return found
