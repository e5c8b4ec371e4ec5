"""`wayfare serve`: who is served, what is refused, and that it answers once it says where."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
import uvicorn

import cli.serving
from data.workspace import Workspace
from tests.cli.conftest import run
from tests.web.places import PLACE, build_place


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return build_place(tmp_path_factory.mktemp("serving"))


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The addresses served; nothing is served in truth."""
    found: list[tuple[str, int]] = []

    def serve(_: uvicorn.Server, sockets: Any = None) -> None:
        found.extend(one.getsockname()[:2] for one in sockets)

    monkeypatch.setattr(uvicorn.Server, "run", serve)
    return found


def test_who_reads_the_address_is_answered_at_once(
    place: Workspace, served: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def say(text: str = "") -> None:
        said.append(text)
        if "http://" in text:
            host, port = text.rstrip("/").rpartition("//")[2].split(":")
            # Refused, were the address told before anybody listens there.
            socket.create_connection((host, int(port)), timeout=5).close()

    monkeypatch.setattr(cli.serving, "say", say)
    done = run("serve", "--place", PLACE, "--port", 0, "--as", "a.hart", folder=place.root)
    assert done.code == 0, done.err
    ((host, port),) = served
    assert host == "127.0.0.1"
    assert f"{PLACE}: http://127.0.0.1:{port}/" in said


def test_the_only_place_of_a_folder_is_served(
    place: Workspace, served: list[tuple[str, int]]
) -> None:
    assert run("serve", "--port", 0, folder=place.root).code == 0
    assert len(served) == 1


def test_a_port_that_is_taken_and_a_person_nobody_knows_are_refused(
    place: Workspace, served: list[tuple[str, int]]
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        refused = run("serve", "--place", PLACE, "--port", taken, folder=place.root)
    assert refused.code == 2
    assert "cannot be listened on" in refused.err
    stranger = run("serve", "--place", PLACE, "--port", 0, "--as", "no.one", folder=place.root)
    assert stranger.code != 0
    assert not served


def test_an_empty_folder_says_what_to_do(tmp_path: Path, served: list[tuple[str, int]]) -> None:
    done = run("serve", folder=tmp_path)
    assert done.code != 0
    assert done.err.strip()
    assert not served
