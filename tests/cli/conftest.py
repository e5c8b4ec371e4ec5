"""One grid town, planned once, for all tests of the command line."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli
from tests.canaries import find_canary


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


def run(*words: object, folder: Path | None = None) -> Done:
    """Run a command as the shell would, errors turned into exit codes."""
    asked = [str(word) for word in words]
    if folder is not None:
        asked += ["--folder", str(folder)]

    runner = CliRunner()
    before = sys.argv
    with runner.isolation() as streams:
        sys.argv = ["wayfare", *asked]
        code = 0
        try:
            cli.main()
        except SystemExit as done:
            code = done.code if isinstance(done.code, int) else int(done.code is not None)
        finally:
            sys.argv = before
        out, err = streams[0].getvalue(), streams[1].getvalue()
    done = Done(code=code, out=out.decode(), err=err.decode())
    hit = find_canary(done.out + done.err)
    assert not hit, f"wayfare {' '.join(asked)} prints a personal value: {hit}"
    return done


Run = Callable[..., Done]


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A folder with the grid town and one kept run of its service date."""

    folder: Path
    record: dict[str, object]


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("cli") / "data"
    made = run("sample", "--place", "grid", folder=folder)
    assert made.code == 0, made.err
    planned = run("plan", "--place", "grid", "--steps", 400, "--json", folder=folder)
    assert planned.code == 0, planned.err
    return Town(folder=folder, record=json.loads(planned.out))


@pytest.fixture(scope="module")
def own_town(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A copy of the town for a module whose commands write to it."""
    folder = tmp_path_factory.mktemp("own") / "data"
    shutil.copytree(town.folder, folder)
    return replace(town, folder=folder)
