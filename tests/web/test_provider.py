"""Signing in at a real provider of OpenID Connect on loopback, with roles from its token."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import HTTPErrorProcessor, Request, build_opener

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from data.people import Role
from data.store import Store
from tests.web.places import build_place, visiting
from web import SignIn, WebConfig, WebSettings, build_app
from web.config import SECRET_VARIABLE, Provider
from web.state import get_state

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]


class _Stay(HTTPErrorProcessor):
    """Follows no redirect: the browser's part is played by the test."""

    def http_response(self, request: Request, response: object) -> object:
        """Give the answer as it is."""
        return response


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    mock = pytest.importorskip("oidc_provider_mock")
    users = [
        mock.User(sub="s-1", claims={"preferred_username": "N.New@council.test",
                                     "name": "Nia New", "roles": ["planner", "other"]}),
        mock.User(sub="s-2", claims={"preferred_username": "a.hart@council.test",
                                     "name": "Somebody else", "roles": ["planner"]}),
        mock.User(sub="s-3", claims={"preferred_username": "g.one@council.test"}),
    ]  # fmt: skip
    with mock.run_server_in_thread(user_claims=users, require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def page(issuer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setenv(SECRET_VARIABLE, "made up")
    config = WebConfig(
        public_url="http://localhost", provider=Provider(issuer=issuer, client_id="wayfare")
    )
    return build_app(
        WebSettings(workspace=build_place(tmp_path), sign_in=SignIn.ACCOUNTS, config=config)
    )


def come_back(client: TestClient, sub: str) -> str:
    """Go to the provider, say who one is, and give the address that it sends back to."""
    sent = client.get("/sign-in/provider").headers["location"]
    assert "code_challenge_method=S256" in sent
    body = f"sub={sub}".encode()
    answer = build_opener(_Stay).open(Request(sent, data=body))  # noqa: S310
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


def test_the_token_says_who_somebody_is_and_their_roles(page: FastAPI) -> None:
    store: Store = get_state(page).store
    with visiting(page) as client:
        address = come_back(client, "s-1")
        done = client.get(address)
        assert done.status_code == 200, done.text
        assert "You are signed in" in done.text
        assert client.get("/").status_code == 200
        person = store.find_person("n.new")
        assert person is not None
        assert (person.name, set(person.roles)) == ("Nia New", {Role.PLANNER})
        # The same answer of the provider opens nothing twice.
        other = TestClient(page, base_url="http://localhost", follow_redirects=False)
        assert other.get(address).status_code == 403
        # A role ended here is given again by the token, one the token lacks is ended.
        store.add_person(
            "n.new", "Nia New", [Role.ADMINISTRATOR], now_utc=person.terms[0].from_utc
        )
        assert client.get("/").status_code == 303
        assert client.get(come_back(client, "s-1")).status_code == 200
        again = store.find_person("n.new")
        assert again is not None
        assert again.roles == {Role.PLANNER}


def test_nobody_takes_over_the_id_of_somebody_else(page: FastAPI) -> None:
    with visiting(page) as client:
        refused = client.get(come_back(client, "s-2"))
        assert refused.status_code == 403
        assert "Ask the administrator" in refused.text
        assert client.get("/").status_code == 303


def test_without_a_role_nobody_comes_in(page: FastAPI) -> None:
    with visiting(page) as client:
        assert client.get(come_back(client, "s-3")).status_code == 403
        assert client.get("/").status_code == 303
