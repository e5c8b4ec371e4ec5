"""A publisher killed at any moment leaves the last plan readable, whole and single (N6)."""

from __future__ import annotations

import json
import os
import random
import signal
import time
import traceback
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from data.plan_files import read_plan_file
from data.plans import PlanState
from data.store import Store
from data.workspace import Workspace
from nightly.publish import find_days_folder, find_files, remove_leftovers, write_files
from tests.nightly.nights import (
    PLACE,
    STAMP,
    build_candidate,
    build_publication,
    open_store,
)
from tests.reports.hand_made import SERVICE_DATE, build_plan
from tests.store_places import Place, name_server

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")


def publish_for_ever(workspace: Workspace, first_no: int) -> None:
    """Publish one version after another for one date until killed."""
    number, begun = first_no, workspace.root / "begun"
    with Store.open(workspace.store_place) as store:
        fence_no = store.nights.take_fence(PLACE, taken_utc=STAMP)
        remove_leftovers(workspace)
        begun.touch()
        while True:
            plan = replace(build_plan(), plan_id=f"plan-{number}")
            candidate = build_candidate(store, plan, PlanState.OPTIMISED)
            kept = store.nights.publish(
                replace(
                    build_publication(candidate, fence_no, key=f"{number:064d}"),
                    plan_id=plan.plan_id,
                ),
                candidate.plan_hash,
            )
            write_files(workspace, store, kept, documents=False)
            number += 1


def read_everything(workspace: Workspace, on: date) -> int:
    """Read what is published as its readers do; return how many versions there are.

    Lost: the pointer's target or its plan is not there. Torn: a file or row is not whole.
    Double: two publications of one version or one key.
    """
    with Store.open(workspace.store_place) as store:
        found = store.nights.list_publications(PLACE, on)
        numbers = [p.version_no for p in found]
        assert numbers == list(range(len(found), 0, -1)), "a version is lost or double"
        assert len({p.night_key for p in found}) == len(found), "a run published twice"
        current = store.nights.find_publication(PLACE, on)
        assert (current is None) is (not found)
        if current is not None:
            assert current == found[0], "the pointer does not show the newest"
            plan = store.nights.read_plan(current.plan_no)
            assert plan.plan_id == current.plan_id
    folder = find_files(workspace, on)
    if folder is not None:
        about = json.loads((folder / "publication.json").read_text("utf-8"))
        made = read_plan_file(folder / "plan.json")
        assert made.plan_id == about["plan_id"], "files of two versions are mixed"
        assert about["version_no"] <= len(found)
        assert (folder / "explanation.txt").is_file()
    return len(found)


def kill_publishers(folder: Path, place: Place, n_kills: int, seed: int) -> int:
    """Kill a publisher again and again; return how many versions were published."""
    workspace = Workspace(root=folder, place=PLACE)
    workspace.open_folder()
    name_server(workspace, place)
    open_store(workspace.store_place).close()
    chance = random.Random(seed)  # noqa: S311  moments, not secrets
    n_before, begun, longest_s = 0, folder / "begun", 0.25
    for number in range(n_kills):
        begun.unlink(missing_ok=True)
        child = os.fork()
        if child == 0:  # pragma: no cover  the child is killed
            try:
                publish_for_ever(workspace, 1_000_000 * (number + 1))
            except BaseException:
                (folder / "died.txt").write_text(traceback.format_exc(), encoding="utf-8")
            finally:
                os._exit(1)
        # One in four dies while it opens; the others are let begin, however busy the machine.
        if number % 4:
            while not begun.exists() and not (folder / "died.txt").exists():
                time.sleep(0.002)
        time.sleep(chance.uniform(0.01, longest_s))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        died = folder / "died.txt"
        assert os.WIFSIGNALED(status), died.read_text("utf-8") if died.exists() else "ended"
        n_now = read_everything(workspace, SERVICE_DATE)
        assert n_now >= n_before, "a published version is lost"
        longest_s = 0.25 if n_now > n_before else min(5.0, 1.5 * longest_s)
        n_before = n_now
    # What the last one left is finished and cleared by the next.
    with Store.open(workspace.store_place) as store:
        remove_leftovers(workspace)
        current = store.nights.find_publication(PLACE, SERVICE_DATE)
        assert current is not None
        made = write_files(workspace, store, current, documents=False)
        assert made.name == f"v{current.version_no:04d}-{current.state}"
    day = find_days_folder(workspace, SERVICE_DATE)
    assert not [p for p in day.rglob(".*") if p.name.startswith((".making", ".writing"))]
    assert read_everything(workspace, SERVICE_DATE + timedelta(days=1)) == 0
    return n_before


def test_thirty_killed_publishers_lose_tear_and_double_nothing(
    tmp_path: Path, store_place: Place
) -> None:
    assert kill_publishers(tmp_path, store_place, 30, seed=1) > 0


@pytest.mark.faults
def test_three_hundred_killed_publishers_lose_tear_and_double_nothing(
    tmp_path: Path, store_place: Place
) -> None:
    assert kill_publishers(tmp_path, store_place, 300, seed=2) > 0


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(20))
def test_ten_thousand_killed_publishers_lose_tear_and_double_nothing(
    tmp_path: Path, store_place: Place, shard: int
) -> None:
    assert kill_publishers(tmp_path, store_place, 500, seed=100 + shard) > 0
