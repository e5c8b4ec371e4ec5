"""The API: tokens, pages of lists, decisions; and whatever is sent, no server error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from data.access import ApiToken
from data.store import Store
from tests.reports.hand_made import build_plan
from tests.web.example_client import load_example
from tests.web.places import NOW, be, build_page, build_place, find_csrf, propose, visiting
from web import jobs
from web.sessions import hash_token, make_token
from web.state import get_state


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """A place of this module's own; nobody is chosen, so that only tokens let in."""
    return build_page(build_place(tmp_path_factory.mktemp("api")))


@pytest.fixture(scope="module")
def store(page: FastAPI) -> Store:
    return get_state(page).store


@pytest.fixture(scope="module")
def client(page: FastAPI) -> Iterator[TestClient]:
    with visiting(page) as found:
        yield found


def give_token(
    store: Store, person_id: str, *, is_read_only: bool = False, days: float = 1
) -> dict[str, str]:
    token = f"wf_{make_token()}"
    store.accounts.add_token(
        ApiToken(
            token_no=0,
            person_id=person_id,
            label="test",
            is_read_only=is_read_only,
            created_utc=NOW,
            expires_utc=NOW + timedelta(days=days),
        ),
        hash_token(token),
    )
    return {"authorization": f"Bearer {token}"}


def test_a_token_is_its_persons_and_ends(client: TestClient, store: Store) -> None:
    assert client.get("/api/v1/me").status_code == 401
    headers = give_token(store, "a.hart")
    assert client.get("/api/v1/me", headers=headers).json()["person_id"] == "a.hart"
    (token, *_) = store.accounts.list_tokens("a.hart")
    assert token.used_utc == NOW
    # A page is for browsers: a token opens none.
    assert client.get("/", headers=headers).status_code == 303
    store.accounts.revoke_token(token.token_no, "a.hart", NOW)
    assert client.get("/api/v1/me", headers=headers).status_code == 401
    old = give_token(store, "a.hart", days=-0.1)
    assert client.get("/api/v1/me", headers=old).status_code == 401
    assert client.get("/api/v1/me", headers={"authorization": "Bearer x"}).status_code == 401
    driver = give_token(store, "d.wood")
    assert client.get("/api/v1/runs", headers=driver).status_code == 403


def test_a_token_to_read_changes_nothing(client: TestClient, store: Store) -> None:
    number = propose(store, by="a.hart").proposal_no
    address = f"/api/v1/proposals/{number}/decision"
    reading = give_token(store, "b.lane", is_read_only=True)
    refused = client.post(address, json={"decision": "approve"}, headers=reading)
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "This token may only read.",
    )
    own = give_token(store, "a.hart")
    refused = client.post(address, json={"decision": "approve"}, headers=own)
    assert refused.status_code == 403
    assert "another person" in refused.json()["detail"]
    other = give_token(store, "b.lane")
    assert client.post(address, json={"decision": "maybe"}, headers=other).status_code == 422
    done = client.post(address, json={"decision": "approve"}, headers=other)
    assert (done.status_code, done.json()["decided_by"]) == (200, "b.lane")
    again = client.post(address, json={"decision": "refuse"}, headers=other)
    assert again.status_code == 409
    (entry, *_) = store.audit.list_entries(action="proposal.")
    assert (entry.person_id, entry.action) == ("b.lane", "proposal.approve")


def test_lists_come_in_pages_that_add_up(client: TestClient, store: Store) -> None:
    headers = give_token(store, "v.reed")
    address: str | None = "/api/v1/days/2026-09-16/routes?limit=1"
    found: list[dict[str, Any]] = []
    while address is not None:
        body = client.get(address, headers=headers).json()
        assert len(body["items"]) <= 1
        found += body["items"]
        address = body["next"]
    plan = build_plan()
    assert [route["route_id"] for route in found] == [r.route_id for r in plan.routes]
    assert body["total"] == len(plan.routes)
    day = client.get("/api/v1/days/2026-09-16", headers=headers).json()
    boarding = sum(len(s["boarding"]) for route in found for s in route["stops"])
    assert (day["n_routes"], day["n_journeys"]) == (len(found), boarding)
    assert day["cost_pence"] == plan.cost_pence
    assert client.get("/api/v1/days/2026-09-17", headers=headers).status_code == 404


def test_no_personal_value_is_in_a_day(client: TestClient, store: Store) -> None:
    from tests.reports.hand_made import NAME_CANARY, NEED_CANARY, PROTECTED_POSTCODE

    headers = give_token(store, "v.reed")
    for path in ("days", "days/2026-09-16", "days/2026-09-16/routes", "runs", "proposals"):
        text = client.get(f"/api/v1/{path}", headers=headers).text
        for canary in (NAME_CANARY, NEED_CANARY, PROTECTED_POSTCODE):
            assert canary not in text


def test_somebody_makes_and_revokes_a_token_on_their_page(page: FastAPI) -> None:
    import re

    with visiting(page) as client:
        be(client, "c.moor")
        token = find_csrf(client.get("/account").text)
        bad = client.post("/account/tokens", data={"csrf_token": token, "label": "x" * 61})
        assert bad.status_code == 422
        made = client.post(
            "/account/tokens", data={"csrf_token": token, "label": "report", "days": "30"}
        ).text
        (given,) = re.findall(r'wf-token">(wf_[\w-]+)<', made)
        headers = {"authorization": f"Bearer {given}"}
        client.cookies.clear()
        assert client.get("/api/v1/me", headers=headers).json()["person_id"] == "c.moor"


def test_the_example_of_a_client_reads_a_day(
    client: TestClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = load_example(monkeypatch, client, give_token(store, "v.reed"))
    lines = list(example.main("http://localhost", "day", "2026-09-16"))
    plan = build_plan()
    assert len(lines) == 1 + len(plan.unserved) + len(plan.routes)
    assert lines[0].startswith("2026-09-16: repaired")


def test_the_description_names_every_route_of_the_api(client: TestClient, store: Store) -> None:
    from tests.web.test_access import find_routes

    described = client.get("/api/v1/openapi.json", headers=give_token(store, "v.reed")).json()
    wanted = {
        p for p, route in find_routes() if p.startswith("/api/") and route.include_in_schema
    }
    assert set(described["paths"]) == wanted


def fuzz(root: Path, n: int) -> dict[int, int]:
    """Send what schemathesis makes of the API's description; count answers by status."""
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded
    from hypothesis.errors import Unsatisfiable

    app = build_page(build_place(root))
    store = get_state(app).store
    for by in ("a.hart", ""):
        propose(store, by=by, base=("1" if by else "2") * 64)
    for person_id in ("a.hart", "b.lane", "m.page"):
        give_token(store, person_id)
    statuses: dict[int, int] = {}
    with visiting(app) as client:
        headers = [give_token(store, p) for p in ("a.hart", "c.moor", "m.page", "d.wood")]
        raw = client.get("/api/v1/openapi.json", headers=headers[0]).json()
        schema = schemathesis.openapi.from_dict(raw)
        modes = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
        kinds = [
            (found.ok(), mode)  # type: ignore[union-attr]
            for found in schema.get_all_operations()
            for mode in modes
        ]
        each = -(-n // len(kinds))
        for turn_no in range(20):
            for position, (operation, mode) in enumerate(kinds):
                # Every operation once; then whichever have more cases, until it is enough.
                if turn_no and sum(statuses.values()) >= n:
                    return statuses

                @seeded(position + 1_000 * turn_no)
                @settings(
                    max_examples=each,
                    deadline=None,
                    database=None,
                    phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck),
                )
                @given(case=operation.as_strategy(generation_mode=mode))
                def send(case: Any) -> None:
                    sent = case.as_transport_kwargs(base_url="http://localhost")
                    turn = sum(statuses.values()) % len(headers)
                    sent["headers"] = dict(sent.get("headers") or {}) | headers[turn]
                    sent.pop("cookies", None)
                    if isinstance(sent.get("data"), (bytes, str)):
                        sent["content"] = sent.pop("data")
                    response = client.request(**sent)
                    statuses[response.status_code] = statuses.get(response.status_code, 0) + 1
                    assert response.status_code < 500, (case.path, response.text)
                    assert "Traceback" not in response.text

                # What takes no parameter cannot be asked wrongly.
                with suppress(Unsatisfiable):
                    send()
    return statuses


@pytest.mark.faults
def test_five_thousand_made_up_requests_meet_no_server_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("schemathesis")
    monkeypatch.setattr(jobs, "start_worker", lambda _book, _lane: None)
    statuses = fuzz(tmp_path, 5_000)
    assert sum(statuses.values()) >= 5_000
    assert {200, 404, 422} <= set(statuses)
