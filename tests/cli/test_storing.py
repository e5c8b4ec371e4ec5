"""The store's own commands on a server: moved, used, backed up, restored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import run
from tests.postgres import TEMPLATE, Server
from tests.store_places import EMPTY_STORE


@pytest.fixture
def address(postgres_server: Server) -> Iterator[str]:
    url = postgres_server.make_database(EMPTY_STORE)
    yield url
    postgres_server.drop_database(url)


@pytest.mark.postgres
def test_a_place_is_moved_to_a_server_used_backed_up_and_restored(
    address: str, postgres_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    assert run("sample", "--place", "grid", folder=folder).code == 0
    moved = run("store", "move", "--place", "grid", address, folder=folder)
    assert moved.code == 0, moved.err
    assert "each read back equal" in moved.out
    assert "passfile" not in moved.out
    assert not (folder / "grid" / "wayfare.sqlite").exists()
    again = run("store", "move", "--place", "grid", address, folder=folder)
    assert again.code == 2
    words = ("people", "add", "a.hart", "--name", "Anna Hart", "--role", "planner")
    assert run(*words, "--place", "grid", folder=folder).code == 0
    assert "a.hart" in run("people", "list", "--place", "grid", folder=folder).out
    exported = run("export", str(tmp_path / "grid.xlsx"), "--place", "grid", folder=folder)
    assert exported.code == 0, exported.err
    target = tmp_path / "backup.sqlite"
    kept = run("store", "backup", "--place", "grid", target, folder=folder)
    assert kept.code == 0, kept.err
    # Nothing is ever restored over what is there.
    over = run("store", "restore", "--place", "grid", target, folder=folder)
    assert over.code == 40
    assert "not empty" in over.err
    monkeypatch.setenv("WAYFARE_STORE_URL", postgres_server.make_database(TEMPLATE))
    back = run("store", "restore", "--place", "grid", target, folder=folder)
    assert back.code == 0, back.err
    assert "a.hart" in run("people", "list", "--place", "grid", folder=folder).out
    # A slip of the pen makes no place, though a server is named.
    assert run("people", "list", "--place", "grd", folder=folder).code == 2
    assert not (folder / "grd").exists()


def test_an_address_with_a_password_is_refused_by_every_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    assert run("sample", "--place", "grid", folder=folder).code == 0
    address = "postgresql://wayfare:s3cret@127.0.0.1:1/x"
    moved = run("store", "move", "--place", "grid", address, folder=folder)
    monkeypatch.setenv("WAYFARE_STORE_URL", address)
    listed = run("people", "list", "--place", "grid", folder=folder)
    for done in (moved, listed):
        assert done.code == 40
        assert "password file" in done.err
        assert "s3cret" not in done.out + done.err
    assert (folder / "grid" / "wayfare.sqlite").is_file()
