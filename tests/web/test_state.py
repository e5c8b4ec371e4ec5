"""What a page keeps in memory: read once, by nobody waited for, gone with who is erased."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.inputs import fingerprint
from data.runs import LATEST
from routing import build_sample_network, write_network
from tests.data.test_store_persons import erase, fill
from tests.nightly.nights import PLACE
from tests.web.places import build_place
from web import WebSettings
from web.desks import Desks
from web.matrices import find_network
from web.shown import find_shown
from web.state import Recent, WebState


def open_state(root: Path, place: str, store_path: Path | None = None) -> WebState:
    from data.workspace import Workspace

    workspace = Workspace(root=root, place=place)
    workspace.open_folder()
    if store_path is not None:
        store_path.rename(workspace.store_path)
    return WebState(WebSettings(workspace=workspace, clock=lambda: datetime.now(UTC)))


def run_beside(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_two_threads_never_read_the_same_thing() -> None:
    recent, n_read, begun, go_on = Recent(2), [], threading.Event(), threading.Event()

    def read() -> str:
        n_read.append(1)
        begun.set()
        assert go_on.wait(5)
        return "read"

    threads = [run_beside(lambda: recent.find("a", read)) for _ in range(4)]
    assert begun.wait(5)
    go_on.set()
    for thread in threads:
        thread.join(5)
    assert len(n_read) == 1


def test_a_slow_reading_keeps_nobody_from_what_is_there() -> None:
    recent, begun, go_on = Recent(2), threading.Event(), threading.Event()
    recent.find("there", lambda: 1)

    def read() -> int:
        begun.set()
        assert go_on.wait(5)
        return 2

    thread = run_beside(lambda: recent.find("slow", read))
    assert begun.wait(5)
    # With one lock for all this would wait for `go_on`, which nobody has set.
    beside = run_beside(lambda: recent.find("there", lambda: 3))
    beside.join(2)
    assert not beside.is_alive()
    go_on.set()
    thread.join(5)
    assert recent.find("slow", lambda: 4) == 2


def test_a_reading_that_failed_is_tried_again_and_the_oldest_is_forgotten_first() -> None:
    recent = Recent(2)

    def fail() -> int:
        raise OSError("the disk is away")

    with pytest.raises(OSError, match="away"):
        recent.find("a", fail)
    assert [recent.find(key, lambda k=key: k) for key in "abac"] == list("abac")  # type: ignore[misc]
    # b was used before a: b had to go.
    assert recent.find("a", lambda: "anew") == "a"
    assert recent.find("b", lambda: "anew") == "anew"


def test_a_plan_is_read_from_the_store_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = build_place(tmp_path)
    state = WebState(WebSettings(workspace=workspace))
    desks, n_read, read = Desks(state), [], state.store.read_run_day

    def count(run_id: str) -> object:
        n_read.append(run_id)
        return read(run_id)

    monkeypatch.setattr(state.store, "read_run_day", count)
    run = state.store.find_run(LATEST, workspace.place)
    names = ("latest", f"run~{run.run_id}", f"run~{run.run_id[:-1]}")
    shown = [find_shown(state, desks, name) for name in names]
    assert len(n_read) == 1
    assert shown[0] is shown[1] is shown[2]
    assert (shown[0].plan, shown[0].lines) == (run.plan, run.lines)
    state.close()


def test_who_is_erased_leaves_the_memory_of_a_page_that_is_up(tmp_path: Path) -> None:
    fill(tmp_path / "filled.sqlite")
    state = open_state(tmp_path, PLACE, tmp_path / "filled.sqlite")
    desks = Desks(state)
    before = find_shown(state, desks, "latest")
    assert "p1" in {p.passenger_id for p in before.inputs.passengers}
    erase(state.store, "p1")
    after = find_shown(state, desks, "latest")
    assert "p1" not in {p.passenger_id for p in after.inputs.passengers}
    assert "p1" not in {p for route in after.plan.routes for p in route.passenger_ids}
    assert fingerprint(after.inputs) == after.inputs_hash
    state.close()


def test_a_published_day_is_read_and_priced_once(tmp_path: Path) -> None:
    workspace = build_place(tmp_path)
    state = WebState(WebSettings(workspace=workspace))
    desks = Desks(state)
    on = state.store.nights.list_publications(workspace.place)[0].service_date
    first = find_shown(state, desks, f"day~{on}")
    assert find_shown(state, desks, f"day~{on}") is first
    assert first.rows
    assert {row.route_id for row in first.rows} == {r.route_id for r in first.plan.routes}
    with pytest.raises(Exception, match="Nothing is published"):
        find_shown(state, desks, f"day~{on + timedelta(days=400)}")
    state.close()


def test_roads_that_were_read_anew_are_the_roads_of_everything_on_the_page(
    tmp_path: Path,
) -> None:
    state = open_state(tmp_path, "grid")
    path = state.workspace.network_path
    write_network(build_sample_network("grid"), path)
    before = find_network(state)
    # The map, drafts, tenders and papers all stand on the same roads, read once.
    assert Desks(state).read_network() is before
    os.utime(path, ns=(1, 1))
    after = find_network(state)
    assert after is not before
    assert Desks(state).read_network() is after
    state.close()
