"""Signing in: passwords, second factor, waits, sessions; on a clock that the tests move."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from fastapi.testclient import TestClient

from data.access import Account
from data.errors import RefusedError
from data.people import Role
from data.store import Store
from tests.web.places import NOW, build_place, find_csrf, visiting
from tests.web.test_api import give_token
from web import SignIn, WebSettings, build_app
from web.limits import LimitError, Pace
from web.passwords import find_password_fault, give_set_up_code, hash_password
from web.state import get_state

PASSWORD = "Grey otters count 41 lanterns"  # noqa: S105  made up
NEW_PASSWORD = "Nine brass kettles hum at dawn"  # noqa: S105  made up


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """Read it."""
        return self.now

    def move(self, **by: float) -> None:
        """Move it on."""
        self.now += timedelta(**by)


@dataclass
class Office:
    """A page with accounts, and a way to be a browser of its own at it."""

    client: TestClient
    store: Store
    clock: Clock

    def browser(self) -> TestClient:
        """A browser with no cookie yet."""
        return TestClient(self.client.app, base_url="https://page.test", follow_redirects=False)


SECRET = pyotp.random_base32()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    clock = Clock()
    app = build_app(
        WebSettings(
            workspace=build_place(tmp_path),
            sign_in=SignIn.ACCOUNTS,
            public_hosts=("page.test",),
            is_secure=True,
            clock=clock,
        )
    )
    state = get_state(app)
    for person_id in ("a.hart", "m.page"):
        state.store.accounts.save_account(
            Account(
                person_id=person_id,
                password_hash=hash_password(PASSWORD),
                password_utc=NOW,
                second_factor=state.seals.seal(SECRET),
            )
        )
    with visiting(app) as client:
        client.base_url = "https://page.test"
        yield Office(client=client, store=state.store, clock=clock)


def code_at(office: Office) -> str:
    return pyotp.TOTP(SECRET).at(office.clock.now)


def sign_in(client: TestClient, person_id: str, password: str, code: str) -> int:
    token = find_csrf(client.get("/sign-in").text)
    done = client.post(
        "/sign-in",
        data={
            "csrf_token": token,
            "person_id": person_id,
            "password": password,
            "second_factor": code,
        },
    )
    return done.status_code


def test_id_password_and_code_together_let_somebody_in(office: Office) -> None:
    client = office.client
    assert client.get("/").headers["location"] == "/sign-in?then=/"
    right = code_at(office)
    for person_id, password, code in (
        ("a.hart", PASSWORD, ""),
        ("a.hart", PASSWORD, f"{(int(right) + 1) % 1_000_000:06d}"),
        ("a.hart", PASSWORD + "x", right),
        ("b.lane", PASSWORD, right),  # in the register, without an account
        ("no.body", PASSWORD, right),
    ):
        assert sign_in(client, person_id, password, code) == 422
        assert client.get("/").status_code == 303
    assert sign_in(client, "a.hart", PASSWORD, right) == 303
    assert client.get("/").status_code == 200
    assert client.get("/people").status_code == 403
    actions = [e.action for e in office.store.audit.list_entries(action="session.")]
    assert actions == ["session.begin", *["session.refused"] * 5]


def test_a_code_works_once(office: Office) -> None:
    code = code_at(office)
    assert sign_in(office.browser(), "a.hart", PASSWORD, code) == 303
    assert sign_in(office.browser(), "a.hart", PASSWORD, code) == 422
    office.clock.move(seconds=30)
    assert sign_in(office.browser(), "a.hart", PASSWORD, code) == 422
    assert sign_in(office.browser(), "a.hart", PASSWORD, code_at(office)) == 303


def test_wrong_ids_and_wrong_passwords_are_answered_alike(office: Office) -> None:
    """The same words; and the same hashing, counted rather than timed."""
    from argon2 import PasswordHasher

    counted: list[str] = []
    real = PasswordHasher.verify

    def verify(self: PasswordHasher, *args: object) -> bool:
        counted.append("verify")
        return real(self, *args)  # type: ignore[arg-type]

    pages = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PasswordHasher, "verify", verify)
        for person_id in ("a.hart", "no.body", "b.lane"):
            client = office.browser()
            token = find_csrf(client.get("/sign-in").text)
            data = {"csrf_token": token, "person_id": person_id, "password": "x" * 20}
            page = client.post("/sign-in", data=data).text
            pages.append(re.sub(f'value="({person_id}|nobody[^"]*|[0-9a-f]{{64}})"', "", page))
    assert len(set(pages)) == 1
    assert len(counted) == 3


@pytest.mark.parametrize(
    ("n", "most"), [(120, 12), pytest.param(1_000, 15, marks=pytest.mark.slow)]
)
def test_guesses_wait_and_keep_nobody_else_out(office: Office, n: int, most: int) -> None:
    tried = refused = 0
    client = office.browser()
    token = find_csrf(client.get("/sign-in").text)
    data = {"csrf_token": token, "person_id": "a.hart", "password": "wrong password 1"}
    for _ in range(n):
        status = client.post("/sign-in", data=data).status_code
        tried += status == 422
        refused += status == 429
        office.clock.move(seconds=1)
    # 6 at once, then after 2, 4, 8 ... 512, 900 seconds.
    assert 6 < tried <= most
    assert tried + refused == n
    # Somebody at another address is not kept out of the same account.
    own = TestClient(
        office.client.app,
        base_url="https://page.test",
        follow_redirects=False,
        client=("192.0.2.8", 1),
    )
    assert sign_in(own, "a.hart", PASSWORD, code_at(office)) == 303


def test_a_session_ends_when_idle_too_old_or_its_person_changes(office: Office) -> None:
    def begin() -> TestClient:
        office.clock.move(seconds=31)
        client = office.browser()
        assert sign_in(client, "a.hart", PASSWORD, code_at(office)) == 303
        return client

    client = begin()
    office.clock.move(minutes=14)
    assert client.get("/").status_code == 200
    office.clock.move(minutes=14)
    assert client.get("/").status_code == 200
    office.clock.move(minutes=16)
    assert client.get("/").status_code == 303
    client = begin()
    for _ in range(61):
        office.clock.move(minutes=10)
        last = client.get("/").status_code
    assert last == 303
    client = begin()
    office.store.add_person("a.hart", "Anna Hart", [Role.VIEWER], now_utc=office.clock.now)
    assert client.get("/").status_code == 303
    client = begin()
    account = office.store.accounts.find_account("a.hart")
    assert account is not None
    closed = Account(person_id="a.hart", password_hash=account.password_hash, is_disabled=True)
    office.store.accounts.save_account(closed)
    assert client.get("/").status_code == 303
    assert sign_in(office.browser(), "a.hart", PASSWORD, code_at(office)) == 422


def test_signing_out_ends_the_session_itself(office: Office) -> None:
    client = office.client
    assert sign_in(client, "a.hart", PASSWORD, code_at(office)) == 303
    stolen = client.cookies["__Host-wayfare"]
    token = find_csrf(client.get("/account").text)
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 303
    thief = office.browser()
    thief.cookies.set("__Host-wayfare", stolen)
    assert thief.get("/").status_code == 303


def test_the_cookie_is_for_this_host_over_tls_and_no_script(office: Office) -> None:
    cookie = office.browser().get("/sign-in").headers["set-cookie"]
    assert cookie.startswith("__Host-wayfare=")
    for part in ("Path=/", "HttpOnly", "SameSite=Strict", "Secure"):
        assert part in cookie
    assert "strict-transport-security" in office.client.get("/sign-in").headers


def test_a_forged_token_of_nobody_is_not_taken(office: Office) -> None:
    client = office.browser()
    client.cookies.set("__Host-wayfare", "nobody.x." + "0" * 64)
    assert "__Host-wayfare=nobody." in client.get("/sign-in").headers["set-cookie"]


def test_the_administrator_lets_somebody_new_in(office: Office) -> None:
    admin = office.client
    assert sign_in(admin, "m.page", PASSWORD, code_at(office)) == 303
    token = find_csrf(admin.get("/people").text)
    bad = admin.post("/people", data={"csrf_token": token, "person_id": "X", "name": "N. N."})
    assert bad.status_code == 422
    assert 'value="N. N."' in bad.text
    data = {"csrf_token": token, "person_id": "n.new", "name": "Nia New", "roles": "viewer"}
    assert admin.post("/people", data=data).status_code == 303
    page = admin.post("/people/n.new/set-up-code", data={"csrf_token": token}).text
    (code,) = re.findall(r'wf-token">([0-9a-f]{20})<', page)
    client = office.browser()
    mine = {"csrf_token": find_csrf(client.get("/set-up").text), "person_id": "n.new"}
    weak = client.post("/set-up", data={**mine, "code": code, "password": "nia new nia new"})
    assert weak.status_code == 422
    wrong = client.post("/set-up", data={**mine, "code": "0" * 20, "password": PASSWORD})
    assert wrong.status_code == 422
    right = {**mine, "code": code, "password": PASSWORD}
    assert client.post("/set-up", data=right).status_code == 303
    assert client.post("/set-up", data=right).status_code == 422  # once
    assert sign_in(client, "n.new", PASSWORD, "") == 303
    # Until the second factor is set up, only one's own account is there.
    assert client.get("/").headers["location"] == "/account/second-factor"
    assert client.get("/api/v1/place").status_code == 403
    page = client.get("/account/second-factor").text
    secret = re.findall(r'wf-token">([A-Z2-7 ]+)<', page)[0].replace(" ", "")
    (sealed,) = re.findall(r'name="sealed" value="([^"]+)"', page)
    done = client.post(
        "/account/second-factor",
        data={
            "csrf_token": find_csrf(page),
            "sealed": sealed,
            "code": pyotp.TOTP(secret).at(office.clock.now),
        },
    )
    codes = re.findall(r"<code>([0-9a-f]{6}-[0-9a-f]{6})</code>", done.text)
    assert len(codes) == 10
    assert client.get("/").status_code == 200
    # A recovery code lets in once.
    assert sign_in(office.browser(), "n.new", PASSWORD, codes[0]) == 303
    assert sign_in(office.browser(), "n.new", PASSWORD, codes[0]) == 422


def test_nobody_changes_their_own_roles(office: Office) -> None:
    admin = office.client
    assert sign_in(admin, "m.page", PASSWORD, code_at(office)) == 303
    token = find_csrf(admin.get("/people").text)
    data = {"csrf_token": token, "roles": ["administrator", "planner"]}
    assert admin.post("/people/m.page/roles", data=data).status_code == 403
    person = office.store.find_person("m.page")
    assert person is not None
    assert person.roles == {Role.ADMINISTRATOR}
    assert admin.post("/people/b.lane/roles", data=data).status_code == 303
    other = office.store.find_person("b.lane")
    assert other is not None
    assert other.roles == {Role.ADMINISTRATOR, Role.PLANNER}


def test_a_changed_password_ends_the_other_sessions(office: Office) -> None:
    here, there = office.browser(), office.browser()
    assert sign_in(here, "a.hart", PASSWORD, code_at(office)) == 303
    office.clock.move(seconds=31)
    assert sign_in(there, "a.hart", PASSWORD, code_at(office)) == 303
    token = find_csrf(here.get("/account").text)
    data = {"csrf_token": token, "old": PASSWORD, "new": "short"}
    assert here.post("/account/password", data=data).status_code == 422
    data["new"] = NEW_PASSWORD
    assert here.post("/account/password", data=data).status_code == 303
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 303


@pytest.mark.parametrize(
    ("password", "is_good"),
    [
        ("correct horse", False),  # short
        ("passwordpassword", False),
        ("aaaaaaaaaaaaaaaaaaaa", False),
        ("qwertyuiopasdfghjkl", False),
        ("a.hart southend 2026", False),  # what is known of the person
        ("Grey otters count 41 lanterns", True),
        ("zwölf Ännchen fädeln Öl 🦦", True),
        ("x7" * 65, False),  # 130 characters
    ],
)
def test_common_short_and_personal_passwords_are_refused(password: str, is_good: bool) -> None:
    fault = find_password_fault(password, ("a.hart", "southend", "Anna", "Hart"))
    assert (fault == "") == is_good


def test_a_set_up_code_ends_after_three_days(office: Office) -> None:
    account, code = give_set_up_code(Account(person_id="b.lane"), NOW)
    office.store.accounts.save_account(account)
    office.clock.move(days=3, seconds=1)
    client = office.browser()
    token = find_csrf(client.get("/set-up").text)
    data = {"csrf_token": token, "person_id": "b.lane", "code": code, "password": PASSWORD}
    assert client.post("/set-up", data=data).status_code == 422


def test_passwords_over_plain_http_are_refused_but_on_this_machine(tmp_path: Path) -> None:
    workspace = build_place(tmp_path)
    with pytest.raises(RefusedError, match="TLS"):
        WebSettings(workspace=workspace, sign_in=SignIn.ACCOUNTS, public_hosts=("page.test",))
    WebSettings(workspace=workspace, sign_in=SignIn.ACCOUNTS)


def test_no_secret_is_kept_in_clear(office: Office, tmp_path: Path) -> None:
    client = office.client
    assert sign_in(client, "a.hart", PASSWORD, code_at(office)) == 303
    store_bytes = b"".join(path.read_bytes() for path in tmp_path.rglob("wayfare.sqlite*"))
    for secret in (PASSWORD, SECRET, client.cookies["__Host-wayfare"]):
        assert secret.encode() not in store_bytes
    assert (tmp_path / "handmade" / "web.key").stat().st_mode & 0o077 == 0


def test_a_new_second_factor_needs_the_password_once_one_is_set(office: Office) -> None:
    client = office.browser()
    assert sign_in(client, "a.hart", PASSWORD, code_at(office)) == 303
    page = client.get("/account/second-factor").text
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)
    shown = re.search(r'wf-token">([A-Z2-7 ]+)<', page)
    assert sealed is not None
    assert shown is not None
    fresh = pyotp.TOTP(shown[1].replace(" ", "")).at(office.clock.now)
    form = {"csrf_token": find_csrf(page), "sealed": sealed[1], "code": fresh}
    before = office.store.accounts.find_account("a.hart")
    for typed in ({}, {"password": "not the password at all"}):
        refused = client.post("/account/second-factor", data=form | typed)
        assert refused.status_code == 422
        assert "This is not your password" in refused.text
        assert office.store.accounts.find_account("a.hart") == before
    done = client.post("/account/second-factor", data=form | {"password": PASSWORD})
    assert done.status_code == 200
    assert office.store.accounts.find_account("a.hart") != before


def test_programs_that_ask_too_fast_are_told_to_wait(office: Office) -> None:
    state = get_state(office.client.app)  # type: ignore[arg-type]
    state.pace = Pace(burst=3, per_s=1, clock=lambda: 0.0)
    own, other = (give_token(office.store, p) for p in ("a.hart", "m.page"))
    answers = [office.client.get("/api/v1/me", headers=own) for _ in range(5)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].headers["retry-after"] == "1"
    assert office.client.get("/api/v1/me", headers=other).status_code == 200


def test_a_bucket_fills_as_time_goes_by() -> None:
    now_s = [0.0]
    pace = Pace(burst=2, per_s=0.5, clock=lambda: now_s[0])
    pace.take("a")
    pace.take("a")
    with pytest.raises(LimitError):
        pace.take("a")
    now_s[0] = 2.0  # one drop of half a drop a second
    pace.take("a")
    with pytest.raises(LimitError):
        pace.take("a")
    now_s[0] = 1_000.0  # never more than the bucket holds
    pace.take("a")
    pace.take("a")
    with pytest.raises(LimitError):
        pace.take("a")
