"""The first page of the day, and what waits for a person."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from data.errors import RefusedError
from data.nights import ProposalState
from data.store import Store
from data.units import format_pounds
from data.workspace import Workspace
from tests.reports.hand_made import SERVICE_DATE
from tests.web.places import NOW, be, build_page, build_place, find_csrf, propose, visiting
from web.state import get_state
from web.today import find_today


@pytest.fixture(scope="module")
def own_place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A place of this module's own, in which proposals are made and decided."""
    return build_place(tmp_path_factory.mktemp("today"))


@pytest.fixture(scope="module")
def own_page(own_place: Workspace) -> FastAPI:
    return build_page(own_place)


@pytest.fixture(scope="module")
def store(own_page: FastAPI) -> Store:
    return get_state(own_page).store


def test_the_page_says_how_the_next_service_date_stands(planner: TestClient) -> None:
    html = planner.get("/").text
    state = get_state(planner.app)  # type: ignore[arg-type]
    today = find_today(state, NOW)
    assert today.on == SERVICE_DATE
    assert "Wednesday 16 September 2026" in html
    assert "Published, repaired" in html
    assert today.plan is not None
    assert today.plan.cost_pence is not None
    assert format_pounds(today.plan.cost_pence) in html
    # (123.45 - 120.00) / 123.45 = 2.79 %, cut to one decimal as in every summary.
    assert "at least £120, gap at most 2.8 %" in html
    # 123.45 now against 127.65 before.
    assert "-£4.20" in html
    assert "p1 is away" in html
    for entry in today.plan.unserved:
        assert entry.passenger_id in html
        assert entry.relaxation in html


def test_rides_over_the_guide_are_those_of_the_runs_own_count(planner: TestClient) -> None:
    """The page's list and the checker's measure are counted by different code."""
    from reports import build_facts

    state = get_state(planner.app)  # type: ignore[arg-type]
    today = find_today(state, NOW)
    assert today.publication is not None
    facts = build_facts(state.find_run(today.publication.run_id), state.read_inputs())
    assert len(today.rides) == sum(route.n_over_guide for route in facts.routes)
    assert all(ride.ride_s > ride.guide_s for ride in today.rides)


def test_a_date_without_a_publication_says_so(planner: TestClient) -> None:
    html = planner.get("/days/2026-09-17").text
    assert "Not published" in html
    assert planner.get("/days?on=2026-09-17").headers["location"] == "/days/2026-09-17"
    assert planner.get("/days/2026-02-30").status_code == 422


def test_another_person_approves_what_one_proposed(own_page: FastAPI, store: Store) -> None:
    number = propose(store, by="a.hart").proposal_no
    with visiting(own_page) as client:
        be(client, "a.hart")
        assert f"/proposals/{number}" in client.get("/").text
        page = client.get(f"/proposals/{number}").text
        assert "Another person must approve it" in page
        token = find_csrf(client.get("/sign-in").text)
        # The page shows no form; a forged one is refused by the store all the same.
        forged = client.post(
            f"/proposals/{number}", data={"csrf_token": token, "decision": "approve"}
        )
        assert forged.status_code == 403
        assert "another person" in forged.text
        assert store.nights.list_proposals("handmade")[0].state is ProposalState.WAITING
        be(client, "b.lane")
        token = find_csrf(client.get(f"/proposals/{number}").text)
        empty = client.post(f"/proposals/{number}", data={"csrf_token": token})
        assert empty.status_code == 422
        assert 'href="#decision"' in empty.text
        done = client.post(
            f"/proposals/{number}", data={"csrf_token": token, "decision": "approve"}
        )
        assert done.status_code == 303
        (decided, *_) = store.nights.list_proposals("handmade")
        assert (decided.state, decided.decided_by) == (ProposalState.APPROVED, "b.lane")
        again = client.post(
            f"/proposals/{number}", data={"csrf_token": token, "decision": "refuse"}
        )
        assert again.status_code == 409
    (entry,) = store.audit.list_entries("handmade", action="proposal.")
    assert (entry.action, entry.person_id, entry.record_id) == (
        "proposal.approve",
        "b.lane",
        str(number),
    )


def test_the_store_itself_refuses_the_proposers_approval(store: Store) -> None:
    made = propose(store, by="a.hart", base="f" * 64)
    with pytest.raises(RefusedError, match="another person"):
        store.nights.decide(
            "handmade",
            made.proposal_no,
            ProposalState.APPROVED,
            person_id="a.hart",
            decided_utc=NOW,
        )
    # Taking one's own proposal back is no approval.
    done = store.nights.decide(
        "handmade",
        made.proposal_no,
        ProposalState.REFUSED,
        person_id="a.hart",
        decided_utc=NOW,
    )
    assert done.state is ProposalState.REFUSED


def test_reading_changes_nothing_in_the_store(tmp_path: Path) -> None:
    workspace = build_place(tmp_path)
    with visiting(build_page(workspace, person_id="a.hart")) as client:
        client.get("/")
        before = _dump(workspace)
        for path in ("/", "/days/2026-09-16", "/sign-in", "/api/v1/place", "/none"):
            client.get(path)
        assert _dump(workspace) == before


def _dump(workspace: Workspace) -> list[str]:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(workspace.store_path)) as connection:
        return list(connection.iterdump())
