"""What goes with every answer, and what is said when something cannot be done."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from data.errors import RefusedError
from data.log_files import list_log_files
from data.logs import find_records
from data.workspace import Workspace
from tests.web.places import build_page, find_csrf, visiting
from web.headers import HEADERS
from web.settings import WebSettings


@pytest.mark.parametrize(
    "path",
    ["/", "/sign-in", "/no-such-page", "/api/v1/place", "/api/v1/none", "/static/wayfare.css"],
)
def test_every_answer_has_the_headers(planner: TestClient, path: str) -> None:
    response = planner.get(path)
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    is_static = path.startswith("/static/")
    assert ("no-store" in response.headers["cache-control"]) != is_static


def test_scripts_and_styles_come_from_the_page_itself_and_none_is_inline() -> None:
    policy = HEADERS["content-security-policy"]
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_defect_shows_a_reference_that_stands_in_the_log(workspace: Workspace) -> None:
    app = build_page(workspace, person_id="a.hart")

    def fail(*_: object) -> None:
        raise RuntimeError("secret-of-the-inside")

    app.state.web.read_inputs = fail
    with visiting(app) as client:
        page, record = client.get("/"), client.get("/api/v1/place")
    for response in (page, record):
        assert response.status_code == 500
        assert "secret-of-the-inside" not in response.text
        assert response.headers["content-security-policy"]
    lines = [p.read_text("utf-8") for p in list_log_files(workspace.logs_folder)]
    assert "secret-of-the-inside" not in "".join(lines)
    first, second = (r for r in find_records(workspace) if r["event"] == "page.failed")
    assert first["reference"] in page.text
    assert second["reference"] in record.text
    assert (first["error"], first["route"]) == ("RuntimeError", "/")
    assert second["route"] == "/api/v1/place"
    # Where it passed our own code, so that it can be mended.
    assert any(line.startswith("web/") for line in first["where"])
    answered = find_records(workspace, task=first["task"])
    assert [(r["event"], r.get("status")) for r in answered] == [
        ("page.failed", None),
        ("page.answered", 500),
    ]


def test_an_unknown_page_is_a_page_and_an_unknown_record_a_problem(
    planner: TestClient,
) -> None:
    assert "<h1" in planner.get("/no-such-page").text
    problem = planner.get("/api/v1/none")
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["status"] == 404


def test_without_signing_in_only_this_machine_is_served(workspace: Workspace) -> None:
    for host in ("0.0.0.0", "192.0.2.7", "example.test"):  # noqa: S104
        with pytest.raises(RefusedError, match="this machine alone"):
            WebSettings(workspace=workspace, host=host)
    for host in ("127.0.0.1", "::1", "localhost"):
        WebSettings(workspace=workspace, host=host)


def test_who_nobody_chose_is_asked_and_then_led_on(nobody: TestClient) -> None:
    sent = nobody.get("/")
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?then=/")
    page = nobody.get("/sign-in?then=/")
    token = find_csrf(page.text)
    empty = nobody.post("/sign-in", data={"csrf_token": token})
    assert empty.status_code == 422
    assert 'href="#person_id"' in empty.text
    assert "<title>Error: " in empty.text
    before = nobody.cookies["wayfare"]
    done = nobody.post("/sign-in", data={"csrf_token": token, "person_id": "a.hart"})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert nobody.cookies["wayfare"] != before
    assert nobody.get("/").status_code == 200


@pytest.mark.parametrize("then", ["//evil.test", "/\\evil.test", "https://evil.test", "x\ny"])
def test_nobody_is_led_to_another_site(nobody: TestClient, then: str) -> None:
    token = find_csrf(nobody.get("/sign-in").text)
    data = {"csrf_token": token, "person_id": "a.hart", "then": then}
    assert nobody.post("/sign-in", data=data).headers["location"] == "/"


@pytest.mark.parametrize("path", ["/accessibility", "/about"])
def test_everybody_may_read_what_stands_in_the_footer(nobody: TestClient, path: str) -> None:
    assert nobody.get(path).status_code == 200
    assert f'href="{path}"' in nobody.get("/sign-in").text


def test_every_licence_is_served(nobody: TestClient) -> None:
    import re

    links = re.findall(r'href="(/static/[^"]+LICENSE.txt)"', nobody.get("/about").text)
    assert len(links) == 4
    assert all(nobody.get(link).status_code == 200 for link in links)
