"""Messages of publications: sent once and signed, tried again, bounded; who may register."""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from data.errors import RefusedError, StoreError
from data.store import Store
from data.workspace import Workspace
from tests.reports.hand_made import NAME_CANARY, NEED_CANARY, PROTECTED_POSTCODE
from tests.web.places import NOW, PLACE, PUBLISHED, build_page, build_place, propose, publish
from tests.web.places import visiting as visiting_page
from tests.web.test_api import give_token
from web.hooks import (
    MOST_TRIES,
    SIGNATURE,
    WAITS_MIN,
    add_hook,
    check_url,
    end_hook,
    send_due,
)
from web.outward import NETWORKS_VARIABLE
from web.seals import Seals
from web.state import get_state

BEGUN = PUBLISHED - timedelta(minutes=5)
"""When addresses are registered here: before the place published its first plan."""


@pytest.fixture(autouse=True)
def _this_machine_may_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NETWORKS_VARIABLE, "127.0.0.0/8, ::1/128")


@dataclass
class Listener:
    """A web server on this machine that keeps what it is sent and answers as told."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    heard: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def listener() -> Iterator[Listener]:
    kept = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.heard.append((self.path, dict(self.headers), body))
            status = kept.answers.pop(0) if kept.answers else 204
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{kept.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        kept.url = f"http://127.0.0.1:{server.server_port}"
        yield kept
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The place, built once; each test works on a copy."""
    return build_place(tmp_path_factory.mktemp("hooks"))


@pytest.fixture
def place(built: Workspace, tmp_path: Path) -> Workspace:
    shutil.copytree(built.root, tmp_path, dirs_exist_ok=True)
    return replace(built, root=tmp_path)


@pytest.fixture
def store(place: Workspace) -> Iterator[Store]:
    with Store.open(place.store_place) as opened:
        yield opened


@pytest.fixture
def seals(place: Workspace) -> Seals:
    return Seals(place.open_folder())


def register(store: Store, seals: Seals, url: str, at: datetime = BEGUN) -> tuple[int, str]:
    hook, secret = add_hook(store, seals, PLACE, url, person_id="m.page", now_utc=at)
    return hook.hook_no, secret


def send(store: Store, seals: Seals, at: datetime) -> tuple[int, ...]:
    """Send what is due at a time; the status of each try."""
    return tuple(one.status for one in send_due(store, seals, PLACE, clock=lambda: at))


def test_a_publication_is_told_once_signed_with_ids_and_state_only(
    store: Store, seals: Seals, listener: Listener
) -> None:
    number, secret = register(store, seals, f"{listener.url}/told?from=wayfare")
    assert send(store, seals, NOW) == (204,)
    assert send(store, seals, NOW + timedelta(days=9)) == ()
    ((path, headers, body),) = listener.heard
    assert path == "/told?from=wayfare"
    assert headers["Content-Type"] == "application/json"
    # As a reader does it, with nothing of ours but the secret that was shown.
    wanted = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    assert headers[SIGNATURE] == f"sha256={wanted}"
    told = json.loads(body)
    published = store.nights.find_publication(PLACE, date(2026, 9, 16))
    assert published is not None
    assert told == {
        "event": "publication",
        "message": 1,
        "sent_utc": "2026-09-15T05:30:00+00:00",
        "place": PLACE,
        "service_date": "2026-09-16",
        "version": 1,
        "state": "repaired",
        "plan_id": published.plan_id,
        "run_id": published.run_id,
        "published_utc": "2026-09-15T03:45:00+00:00",
    }
    for canary in (NAME_CANARY, NEED_CANARY, PROTECTED_POSTCODE):
        assert canary.encode() not in body
    (kept,) = store.messages.list_deliveries(number)
    assert (kept.n_tries, kept.status, kept.done_utc) == (1, 204, NOW)


def test_the_secret_lies_sealed_in_the_store_and_another_key_sends_nothing(
    store: Store, seals: Seals, listener: Listener, tmp_path: Path
) -> None:
    _, secret = register(store, seals, listener.url)
    (hook,) = store.messages.list_webhooks(PLACE)
    assert secret not in hook.secret
    assert seals.unseal(hook.secret) == secret
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(StoreError, match="another key"):
        send(store, Seals(other), NOW)
    assert listener.heard == []


def test_a_failed_message_is_tried_again_after_its_wait_with_the_same_number(
    store: Store, seals: Seals, listener: Listener
) -> None:
    register(store, seals, listener.url)
    listener.answers = [500, 204]
    assert send(store, seals, NOW) == (500,)
    assert send(store, seals, NOW + timedelta(seconds=59)) == ()
    assert send(store, seals, NOW + timedelta(minutes=1)) == (204,)
    first, second = (json.loads(body) for _, _, body in listener.heard)
    assert first["message"] == second["message"]
    assert send(store, seals, NOW + timedelta(days=9)) == ()


def test_tries_are_bounded_and_their_waits_grow(
    store: Store, seals: Seals, listener: Listener
) -> None:
    number, _ = register(store, seals, listener.url)
    listener.answers = [503] * 20
    assert list(WAITS_MIN) == sorted(set(WAITS_MIN))
    at = NOW
    for wait_min in WAITS_MIN:
        (tried,) = send_due(store, seals, PLACE, clock=lambda now=at: now)  # type: ignore[misc]
        assert tried.again_utc == at + timedelta(minutes=wait_min)
        at = tried.again_utc
    (last,) = send_due(store, seals, PLACE, clock=lambda: at)
    assert (last.n_tries, last.again_utc, last.is_delivered) == (MOST_TRIES, None, False)
    assert send(store, seals, at + timedelta(days=99)) == ()
    assert len(listener.heard) == MOST_TRIES == 8
    (kept,) = store.messages.list_deliveries(number)
    assert (kept.n_tries, kept.status, kept.done_utc) == (8, 503, None)


def test_a_redirect_is_not_followed_and_counts_as_failed(
    store: Store, seals: Seals, listener: Listener
) -> None:
    register(store, seals, f"{listener.url}/told")
    listener.answers = [307]
    assert send(store, seals, NOW) == (307,)
    assert [path for path, _, _ in listener.heard] == ["/told"]
    assert send(store, seals, NOW + timedelta(minutes=1)) == (204,)


def test_an_address_that_is_not_there_keeps_no_other_from_being_told(
    store: Store, seals: Seals, listener: Listener
) -> None:
    # Port 9 of this machine: nobody listens.
    register(store, seals, "http://127.0.0.1:9/")
    register(store, seals, listener.url)
    assert send(store, seals, NOW) == (0, 204)
    assert len(listener.heard) == 1


def test_an_ended_address_is_told_no_more_not_even_what_waits(
    store: Store, seals: Seals, listener: Listener
) -> None:
    number, _ = register(store, seals, listener.url)
    listener.answers = [500]
    assert send(store, seals, NOW) == (500,)
    end_hook(store, PLACE, number, person_id="m.page", now_utc=NOW)
    publish(store, date(2026, 9, 17), "c" * 64)
    assert send(store, seals, NOW + timedelta(days=9)) == ()
    assert len(listener.heard) == 1
    with pytest.raises(StoreError, match="no webhook"):
        end_hook(store, PLACE, number, person_id="m.page", now_utc=NOW)


def test_what_was_published_before_an_address_was_registered_is_not_told(
    store: Store, seals: Seals, listener: Listener
) -> None:
    register(store, seals, listener.url, at=PUBLISHED + timedelta(seconds=1))
    assert send(store, seals, NOW) == ()
    assert listener.heard == []


def test_two_senders_at_once_send_a_message_once(
    store: Store, seals: Seals, listener: Listener
) -> None:
    register(store, seals, listener.url)
    # The first holds what it found; killed before it said how that ended, it is found again.
    assert len(store.messages.find_due(PLACE, NOW, most_tries=8)) == 1
    assert send(store, seals, NOW + timedelta(minutes=14)) == ()
    assert send(store, seals, NOW + timedelta(minutes=15)) == (204,)


def test_an_approval_is_told_once_the_night_has_published_it(
    place: Workspace, listener: Listener
) -> None:
    page = build_page(place)
    store, seals = get_state(page).store, get_state(page).seals
    with visiting_page(page) as client:
        register(store, seals, listener.url)
        assert send(store, seals, NOW) == (204,)
        number = propose(store, by="a.hart").proposal_no
        done = client.post(
            f"/api/v1/proposals/{number}/decision",
            json={"decision": "approve"},
            headers=give_token(store, "b.lane"),
        )
        assert done.status_code == 200, done.text
        # Families' plan is the old one still: there is nothing to tell yet.
        assert send(store, seals, NOW) == ()
        publish(store, key="c" * 64)
        assert send(store, seals, NOW) == (204,)
    assert [json.loads(body)["version"] for _, _, body in listener.heard] == [1, 2]


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.gov.uk/",
        "http://127.0.0.1.example.org/",
        "http://0.0.0.0/",
        "http://169.254.169.254/latest",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "https://",
        "https:///told",
        "https://user:word@hooks.example.gov.uk/",
        "https://@hooks.example.gov.uk/",
        "https://hooks.example.gov.uk/#part",
        "https://hooks.example.gov.uk:99999/",
        "https://hooks.example.gov.uk/a b",
        "https://hooks.example.gov.uk/\r\nX: 1",
        "https://hooks.example.gov.uk\\@127.0.0.1/",
        "https://[::1/",
        "https://hooks.example.gov.uk/" + "a" * 500,
        "",
    ],
)
def test_addresses_that_are_not_safe_are_refused(url: str) -> None:
    with pytest.raises(RefusedError):
        check_url(url)


@pytest.mark.parametrize(
    "url",
    ["https://hooks.example.gov.uk:8443/a?b=c", "http://localhost:1/", "http://[::1]:80/"],
)
def test_https_and_this_machine_are_accepted(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize("person_id", ["a.hart", "c.moor", "d.ash", "s.cole", "nobody"])
def test_only_an_administrator_registers_and_ends(
    store: Store, seals: Seals, person_id: str
) -> None:
    url = "https://hooks.example.gov.uk/"
    with pytest.raises(RefusedError):
        add_hook(store, seals, PLACE, url, person_id=person_id, now_utc=NOW)
    assert store.messages.list_webhooks(PLACE) == ()
    number, _ = register(store, seals, url)
    with pytest.raises(RefusedError):
        end_hook(store, PLACE, number, person_id=person_id, now_utc=NOW)
    assert len(store.messages.list_webhooks(PLACE)) == 1


def test_registering_and_ending_stand_in_the_audit_log(store: Store, seals: Seals) -> None:
    url = "https://hooks.example.gov.uk/told?key=word"
    number, secret = register(store, seals, url)
    with pytest.raises(RefusedError, match="already"):
        register(store, seals, url)
    end_hook(store, PLACE, number, person_id="m.page", now_utc=NOW.astimezone(UTC))
    ended, added = store.audit.list_entries(PLACE, action="webhook.")
    assert [added.action, ended.action] == ["webhook.add", "webhook.end"]
    for entry in (added, ended):
        assert (entry.person_id, entry.roles) == ("m.page", ("administrator",))
        assert entry.record_id == "hooks.example.gov.uk"
        assert "word" not in repr(entry)
        assert secret not in repr(entry)
    assert added.after_hash == ended.before_hash == hashlib.sha256(url.encode()).hexdigest()
    assert store.audit.find_breaks() == ()
