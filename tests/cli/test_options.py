"""Wrong words on the command line, exit codes, and how quickly help comes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import typer

import cli
from data.errors import Problem, Severity
from tests.cli.conftest import run

HEAVY = (
    "pandas",
    "geopandas",
    "numba",
    "scipy",
    "ortools",
    "sqlalchemy",
    "matplotlib",
    "numpy",
)


def test_help_loads_nothing_heavy() -> None:
    """The measure behind help in half a second: 1.4 s for pandas alone."""
    code = (
        "import sys, cli\n"
        "sys.argv = ['wayfare', '--help']\n"
        "try:\n    cli.main()\n"
        "except SystemExit as done:\n    assert not done.code\n"
        f"print('loaded:', [m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "loaded: []"


def test_help_names_every_command_in_whole_sentences() -> None:
    done = run("--help")
    assert done.code == 0
    assert "..." not in done.out.replace("[ARGS]...", "")
    for name in ("sample", "plan", "demo", "judge", "import", "roads", "store"):
        assert f"\n  {name} " in done.out


@pytest.mark.parametrize(
    "words",
    [
        ("plan",),
        ("plan", "--place", "nosuch"),
        ("plan", "--place", "No Such"),
        ("plan", "--place", "../elsewhere"),
        ("plan", "--place", "grid", "--seconds", "-1"),
        ("plan", "--place", "grid", "--steps", "0"),
        ("plan", "--place", "grid", "--sideways"),
        ("sample", "--place", "nosuch"),
        ("sample", "--place", "grid", "--passengers", "3"),
        ("report", "--place", "grid"),
        ("judge", "--place", "grid"),
        ("price", "--place", "nosuch"),
        ("export", "x.xlsx", "--place", "nosuch"),
        ("store", "history", "--place", "nosuch"),
        ("roads", "import", "x.gpkg", "--place", "a", "--bounds", "1,2,3"),
        ("roads", "import", "x.gpkg", "--place", "a", "--bounds", "2,2,1,3"),
        ("roads", "import", "x.gpkg", "--place", "a", "--bounds", "nan,2,1,3"),
        ("fly",),
    ],
    ids=" ".join,
)
def test_wrong_words_end_with_code_2_and_leave_nothing(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*words)
    assert (done.code, done.out) == (2, "")
    assert "Error: " in done.err
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


def test_an_unknown_place_is_told_which_there_are(tmp_path: Path) -> None:
    (tmp_path / "testshire").mkdir()
    (tmp_path / "testshire" / "wayfare.sqlite").touch()
    done = run("plan", "--place", "testshir", folder=tmp_path)
    assert "testshire" in done.err.replace("'testshir'", "")


def test_a_run_that_is_not_there_is_a_store_error(tmp_path: Path) -> None:
    assert run("sample", "--place", "grid", "--passengers", 10, folder=tmp_path).code == 0
    done = run("price", "--place", "grid", folder=tmp_path)
    assert (done.code, done.out) == (40, "")
    assert "no run yet" in done.err


def test_a_folder_that_cannot_be_written_is_no_defect(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder is wanted")
    done = run("sample", "--place", "grid", "--passengers", 10, folder=tmp_path / "taken")
    assert done.code == 40
    assert "taken" in done.err
    assert "defect" not in done.err


def test_a_defect_says_so_and_shows_no_data(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing(typer.Typer):
        def __call__(self, *_: object, **__: object) -> None:
            raise RuntimeError("Jane Doe, 1 High Street")

    monkeypatch.delenv("WAYFARE_TRACEBACK", raising=False)
    monkeypatch.setattr(cli, "app", Failing())
    done = run("plan")
    assert done.code == 70
    assert "RuntimeError" in done.err
    assert "Jane" not in done.err


@pytest.mark.parametrize("how", [KeyboardInterrupt(), SystemExit(130)], ids=["early", "late"])
def test_ctrl_c_before_there_is_a_plan_says_so(
    how: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopping(typer.Typer):
        def __call__(self, *_: object, **__: object) -> None:
            raise how

    monkeypatch.setattr(cli, "app", Stopping())
    done = run("plan")
    assert (done.code, done.out) == (130, "")
    assert "nothing of it was kept" in done.err


def test_a_problem_without_a_place_reads_well() -> None:
    problem = Problem(
        code="W002", severity=Severity.ERROR, cause="No roads.", suggestion="Load them."
    )
    assert str(problem) == "error W002: No roads. Load them."
