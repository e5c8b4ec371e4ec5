"""Where messages may go: never inside, unless a network inside is named."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import RefusedError
from data.store import Store
from tests.web.places import PLACE, PUBLISHED, build_page, build_place, find_csrf, visiting
from web.hooks import NOT_OUTWARD, add_hook, check_url, name_status, send_due
from web.outward import NETWORKS_VARIABLE, find_number, read_number, require_outward
from web.seals import Seals

INSIDE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.1", "::1",
    "fd00::1", "fe80::1", "169.254.169.254", "224.0.0.1", "255.255.255.255", "::",
    # Numbers of version 6 that stand for one of version 4.
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
)  # fmt: skip


@pytest.mark.parametrize("text", INSIDE)
def test_what_is_inside_is_refused(text: str) -> None:
    number = read_number(text)
    assert number is not None
    with pytest.raises(RefusedError, match=NETWORKS_VARIABLE):
        require_outward(number)
    host = f"[{text}]" if ":" in text else text
    with pytest.raises(RefusedError):
        check_url(f"https://{host}/")


@given(st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="fc00::/7"))
def test_no_number_of_a_private_network_gets_through(number: Any) -> None:
    with pytest.raises(RefusedError):
        require_outward(number)


def test_a_network_inside_is_told_once_it_is_named_but_never_a_clouds_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(NETWORKS_VARIABLE, "10.20.0.0/16, nonsense, 169.254.0.0/16, 0.0.0.0/0")
    for text in ("10.20.0.9", "192.168.1.1"):
        number = read_number(text)
        assert number is not None
        require_outward(number)
    monkeypatch.setenv(NETWORKS_VARIABLE, "10.20.0.0/16, 169.254.0.0/16")
    for text in ("10.21.0.9", "169.254.169.254", "::ffff:169.254.169.254"):
        number = read_number(text)
        assert number is not None
        with pytest.raises(RefusedError):
            require_outward(number)


def test_a_name_that_leads_inside_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A name may lead anywhere, and elsewhere the next time: it is looked up once."""
    asked: list[str] = []
    answers = {"good.test": "93.184.216.34", "bad.test": "10.0.0.5", "mixed.test": "10.0.0.5"}

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers[host], port))]
        if host == "mixed.test":
            first = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", port))
            found.insert(0, first)
        return found

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert str(find_number("good.test", 443)) == "93.184.216.34"
    for host in ("bad.test", "mixed.test"):
        with pytest.raises(RefusedError):
            find_number(host, 443)
    workspace = build_place(tmp_path)
    seals = Seals(workspace.open_folder())
    now_utc = datetime(2026, 9, 15, 6, 0, tzinfo=UTC)
    with Store.open(workspace.store_place) as store:
        add_hook(
            store, seals, PLACE, "https://bad.test/w", person_id="m.page", now_utc=PUBLISHED
        )
        (ended,) = send_due(store, seals, PLACE, clock=lambda: now_utc)
    assert (ended.status, ended.is_delivered) == (NOT_OUTWARD, False)
    assert "not allowed" in name_status(ended.status)
    assert asked.count("bad.test") == 2


def test_the_page_lists_messages_and_has_one_sent_again(tmp_path: Path) -> None:
    workspace = build_place(tmp_path)
    with visiting(build_page(workspace, person_id="m.page")) as client:
        token = {"csrf_token": find_csrf(client.get("/webhooks").text)}
        for url in ("", "http://hooks.test/", "https://127.0.0.1/"):
            refused = client.post("/webhooks", data=token | {"url": url})
            assert refused.status_code == 422
            assert 'href="#url"' in refused.text
        made = client.post("/webhooks", data=token | {"url": "https://hooks.test/<b>"})
        assert made.status_code == 200
        assert "not shown again" in made.text
        assert "<b>" not in made.text
        listed = client.get("/webhooks").text
        assert "https://hooks.test/&lt;b&gt;" in listed
        with Store.open(workspace.store_place) as store:
            (hook,) = store.messages.list_webhooks(PLACE)
            store.messages.end_webhook(PLACE, hook.hook_no, PUBLISHED)
            seals = Seals(workspace.open_folder())
            url = "https://nowhere.invalid/"
            hook, _ = add_hook(store, seals, PLACE, url, person_id="m.page", now_utc=PUBLISHED)
            now_utc = datetime(2026, 9, 15, 6, 0, tzinfo=UTC)
            (ended,) = send_due(store, seals, PLACE, clock=lambda: now_utc)
            assert ended.status == 0
            (held,) = store.messages.list_deliveries(hook.hook_no)
        own = f"/webhooks/{hook.hook_no}"
        shown = client.get(own).text
        assert "not reached, try 1" in shown
        done = client.post(f"{own}/messages/{held.delivery_no}/repeat", data=token)
        assert done.status_code == 303
        assert "not tried yet" in client.get(own).text
        assert client.post(f"{own}/messages/99/repeat", data=token).status_code == 404
        assert client.post(f"{own}/end", data=token).status_code == 303
        assert client.get(own).status_code == 404
        again = client.post(f"{own}/messages/{held.delivery_no}/repeat", data=token)
        assert again.status_code == 404
    with visiting(build_page(workspace, person_id="a.hart")) as client:
        assert client.get("/webhooks").status_code == 403
