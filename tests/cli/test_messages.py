"""`wayfare messages`: addresses are registered by an administrator, listed, sent to, ended."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.store import Store
from tests.cli.conftest import run
from tests.web.places import PLACE, build_place, publish


def test_messages_are_registered_sent_listed_and_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = build_place(tmp_path)
    words = ("--place", PLACE, "--folder", tmp_path)
    admin = ("--as", "m.page")
    assert "none;" in run("messages", "list", *admin, *words).out
    # Port 9 of this machine: nobody listens.
    url = "http://127.0.0.1:9/told"
    refused = run("messages", "add", url, "--as", "a.hart", *words)
    assert (refused.code, "Only an administrator" in refused.err) == (30, True)
    plain = run("messages", "add", "http://example.org/", *admin, *words)
    assert (plain.code, "https://" in plain.err) == (30, True)
    inside = run("messages", "add", url, *admin, *words)
    assert (inside.code, "inside the network" in inside.err) == (30, True)
    monkeypatch.setenv("WAYFARE_HOOK_NETWORKS", "127.0.0.0/8")
    added = run("messages", "add", url, *admin, *words)
    assert added.code == 0, added.err
    assert re.fullmatch(rf"1: {url}\nsecret: [\w-]{{43}}\n", added.out)
    assert run("messages", "send", *words).out == "0 of 0 messages delivered\n"

    monkeypatch.setattr("tests.web.places.PUBLISHED", datetime.now(UTC).replace(microsecond=0))
    with Store.open(place.store_place) as store:
        publish(store, key="c" * 64)
    sent = run("messages", "send", *words)
    assert sent.code == 0, sent.err
    assert "address 1, publication 2: not reached, try 1; again from 20" in sent.out
    assert "0 of 1 messages delivered" in sent.out
    listed = run("messages", "list", *admin, *words).out
    assert "publication 2: not reached, try 1" in listed
    assert "secret" not in listed
    assert run("messages", "list", "--as", "v.reed", *words).code == 30
    ended = run("messages", "end", 1, *admin, *words)
    assert ended.out == f"1: {url} is told no more.\n"
    again = run("messages", "end", 1, *admin, *words)
    assert (again.code, "no webhook 1" in again.err) == (40, True)
