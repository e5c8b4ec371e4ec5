"""Every call to the disk may fail, and the disk may be full: the last plan stays (N10, N11).

The n-th call that opens for writing, flushes, renames, makes or removes something fails, once
and for ever, for n = 1, 2, ... until a publication needs no more; SQLite's own writes fail by a
limit on the size of files, step by step. Each time what was published before is read whole, the
error is one that says what to do, and the next run finishes.
"""

from __future__ import annotations

import errno
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.errors import StoreError
from data.plan_files import read_plan_file
from data.plans import PlanState
from data.store import Store
from data.workspace import Workspace
from nightly import reserve as disk_reserve
from nightly.publish import find_files, remove_leftovers, write_files
from tests.nightly.nights import (
    PLACE,
    STAMP,
    build_candidate,
    build_publication,
    open_store,
)
from tests.nightly.test_publisher_kills import read_everything
from tests.reports.hand_made import SERVICE_DATE, build_plan

CALLS = ("fsync", "replace", "rename", "mkdir", "open", "unlink", "rmdir", "chmod")


def publish_once(workspace: Workspace, number: int) -> str:
    """Publish one version as a night does, begun anew; return its folder's name."""
    with Store.open(workspace.store_path) as store:
        fence_no = store.nights.take_fence(PLACE, taken_utc=STAMP)
        remove_leftovers(workspace)
        plan = replace(build_plan(), plan_id=f"plan-{number}")
        candidate = build_candidate(store, plan, PlanState.OPTIMISED)
        kept = store.nights.publish(
            replace(
                build_publication(candidate, fence_no, key=f"{number:064d}"),
                plan_id=plan.plan_id,
            ),
            candidate.plan_hash,
        )
        return write_files(workspace, store, kept, documents=False).name


class Failing:
    """Counts calls and fails the n-th, once or from then on."""

    def __init__(self, at: int, *, for_ever: bool, code: int) -> None:
        self._at, self._for_ever, self._code = at, for_ever, code
        self.n_calls = 0

    def wrap(self, real: Callable[..., Any], name: str) -> Callable[..., Any]:
        """Wrap a call so that it is counted and may fail."""

        def call(*args: Any, **more: Any) -> Any:
            if name == "open" and not _writes(args, more):
                return real(*args, **more)
            self.n_calls += 1
            if self.n_calls == self._at or (self._for_ever and self.n_calls > self._at):
                raise OSError(self._code, os.strerror(self._code))
            return real(*args, **more)

        return call


def _writes(args: tuple[Any, ...], more: dict[str, Any]) -> bool:
    """Whether an open is for writing: flags of `os.open`, or a mode of `Path.open`."""
    how = more.get("flags", more.get("mode", args[1] if len(args) > 1 else "r"))
    if isinstance(how, int):
        return bool(how & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    return any(letter in how for letter in "wax+")


@contextmanager
def failing(at: int, *, for_ever: bool, code: int) -> Iterator[Failing]:
    """Make the n-th call to the disk fail."""
    fault = Failing(at, for_ever=for_ever, code=code)
    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, fault.wrap(getattr(os, name), name))
        patch.setattr(pathlib.Path, "open", fault.wrap(pathlib.Path.open, "open"))
        yield fault


def begin(folder: Path) -> Workspace:
    """Make a place that has published once."""
    workspace = Workspace(root=folder, place=PLACE)
    workspace.open_folder()
    open_store(workspace.store_path).close()
    publish_once(workspace, 1)
    return workspace


@pytest.mark.parametrize(
    ("for_ever", "code"),
    [
        pytest.param(False, errno.ENOSPC, id="full once"),
        pytest.param(True, errno.ENOSPC, id="full for ever", marks=pytest.mark.faults),
        pytest.param(False, errno.EIO, id="broken once", marks=pytest.mark.faults),
        pytest.param(True, errno.EIO, id="broken for ever", marks=pytest.mark.faults),
    ],
)
def test_any_call_to_the_disk_may_fail(tmp_path: Path, code: int, *, for_ever: bool) -> None:
    workspace = begin(tmp_path)
    number, at, n_failed = 2, 0, 0
    while True:
        at += 1
        n_before = read_everything(workspace, SERVICE_DATE)
        with failing(at, for_ever=for_ever, code=code) as fault:
            try:
                publish_once(workspace, number)
                is_done = True
            except (StoreError, OSError) as error:
                # What the command line says: our words, or the system's with the file.
                is_done, said = False, str(error)
                assert said
                n_failed += 1
        n_calls = fault.n_calls
        # Whatever came: what was published is whole, and no version was lost.
        assert read_everything(workspace, SERVICE_DATE) >= n_before
        assert find_files(workspace, SERVICE_DATE) is not None
        if is_done and n_calls < at:
            break
        name = publish_once(workspace, number)
        folder = find_files(workspace, SERVICE_DATE)
        assert folder is not None
        assert folder.name == name
        number += 1
    # Opening, flushing and renaming four files and a folder are many more calls than this.
    assert n_failed > 20
    with Store.open(workspace.store_path):
        assert remove_leftovers(workspace) == 0


@pytest.mark.faults
@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits a forked process")
def test_a_limit_on_the_size_of_files_in_steps_of_64_kb(tmp_path: Path) -> None:
    workspace = begin(tmp_path)
    n_refused = 0
    for step in range(0, 24):
        n_before = read_everything(workspace, SERVICE_DATE)
        child = os.fork()
        if child == 0:  # pragma: no cover  another process
            status = 1
            try:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                most = step * 64 * 1024
                resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
                publish_once(workspace, 100 + step)
                status = 0
            except (StoreError, OSError):
                status = 40
            except BaseException:
                os.write(2, traceback.format_exc().encode())
            finally:
                os._exit(status)
        _, ended = os.waitpid(child, 0)
        status = os.waitstatus_to_exitcode(ended)
        assert status in (0, 40), f"limit {step * 64} KB"
        n_refused += status == 40
        assert read_everything(workspace, SERVICE_DATE) >= n_before
    assert n_refused > 0
    publish_once(workspace, 999)
    assert read_everything(workspace, SERVICE_DATE) >= 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 MB in memory, where this machine lets us mount one."""
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    folder = tmp_path / "disk"
    folder.mkdir()
    if mount is None or unmount is None:
        pytest.skip("no mount here")
    words = (mount, "-t", "tmpfs", "-o", "size=16m,mode=700", "tmpfs", str(folder))
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("this machine mounts no small file system for us")
    yield folder
    subprocess.run((unmount, str(folder)), check=True)


def fill_disk(folder: Path, free_bytes: int) -> None:
    """Fill a disk but for so much."""
    ballast = folder / "ballast"
    ballast.unlink(missing_ok=True)
    room = shutil.disk_usage(folder).free - free_bytes
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, room))


def try_to_publish(workspace: Workspace, number: int) -> str | None:
    """Publish once; what the command line would say if that failed."""
    try:
        publish_once(workspace, number)
    except (StoreError, OSError) as error:
        return str(error)
    return None


@pytest.mark.faults
def test_a_disk_with_little_room_in_steps_of_8_kb(small_disk: Path) -> None:
    workspace = begin(small_disk)
    n_refused, n_done = 0, 0
    for step in range(32):
        n_before = read_everything(workspace, SERVICE_DATE)
        fill_disk(small_disk, step * 8 * 1024)
        said = try_to_publish(workspace, 100 + step)
        if said is None:
            n_done += 1
        else:
            n_refused += 1
            assert "full" in said or "No space left" in said, said
        # On the full disk still: the pointer leads to files that are whole.
        folder = find_files(workspace, SERVICE_DATE)
        assert folder is not None
        about = json.loads((folder / "publication.json").read_text("utf-8"))
        assert read_plan_file(folder / "plan.json").plan_id == about["plan_id"]
        # SQLite wants room for its index of the log even to read.
        (small_disk / "ballast").unlink()
        assert read_everything(workspace, SERVICE_DATE) >= n_before
    assert n_refused > 5
    assert n_done > 5
    # With room again the next run goes on, and nothing half made is left.
    name = publish_once(workspace, 999)
    assert find_files(workspace, SERVICE_DATE) == workspace.folder / "published" / (
        SERVICE_DATE.isoformat()
    ) / name  # fmt: skip
    with Store.open(workspace.store_path):
        assert remove_leftovers(workspace) == 0


def test_the_reserve_is_kept_and_let_go_when_the_disk_is_nearly_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace(root=tmp_path, place=PLACE)
    workspace.open_folder()
    reserve = workspace.folder / "night" / "reserve"
    reserve.parent.mkdir()
    disk_reserve.keep_reserve(workspace)
    # 64 MB that are there, not promised: a sparse file would give nothing back.
    assert reserve.stat().st_size == 64 << 20
    assert reserve.stat().st_blocks * 512 >= 64 << 20
    disk_reserve.free_reserve(workspace)
    assert reserve.exists(), "let go although there is room"

    def nearly_full(_path: object) -> object:
        return shutil._ntuple_diskusage(100 << 30, (100 << 30) - (1 << 20), 1 << 20)  # type: ignore[attr-defined]

    monkeypatch.setattr(shutil, "disk_usage", nearly_full)
    disk_reserve.free_reserve(workspace)
    assert not reserve.exists()
