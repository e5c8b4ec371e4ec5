"""A personal value in what is printed, logged or left on disk fails the whole run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.canaries import find_canary, search_folder
from tests.harness import copy_harness
from tests.reports.hand_made import NAME_CANARY, NEED_CANARY, PROTECTED_POSTCODE, build_inputs


def test_every_personal_value_of_the_test_data_is_a_canary() -> None:
    for canary in (NAME_CANARY, NEED_CANARY, PROTECTED_POSTCODE, "Passenger 0007"):
        assert find_canary(f"something {canary} else")
    assert all(find_canary(p.name) and find_canary(p.need) for p in build_inputs().passengers)
    # Identifiers, headings and sentences about a passenger are none.
    assert not find_canary("Passenger P0007 boards at 08:01; passenger 7; Passengers 2026")


def test_the_names_and_contents_of_files_are_searched(tmp_path: Path) -> None:
    (tmp_path / "night.log").write_text("08:00 carried Canaryname A")
    (tmp_path / "Canaryname B.xlsx").write_bytes(b"")
    (tmp_path / "manifest.xlsx").write_bytes(b"Canaryname C")  # the driver's own
    (tmp_path / "subject-access-1.txt").write_text("Canaryname D")  # their own
    (tmp_path / "fine.json").write_text('{"passenger_id": "p1"}')
    found = sorted(search_folder(tmp_path))
    assert len(found) == 2
    assert "Canaryname B.xlsx" in found[0] + found[1]
    assert "night.log" in found[0] + found[1]
    for path in tmp_path.iterdir():  # or this very run would fail
        path.unlink()


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
@pytest.mark.parametrize(
    "leak",
    [
        "import logging; logging.getLogger('wayfare').warning('Canaryname A')",
        "print('need-canary-zq')",
        "(tmp_path / 'x.json').write_text('ZZ9 9ZZ')",
    ],
)
@pytest.mark.faults
def test_a_leak_fails_a_run_whose_tests_pass(
    tmp_path: Path, leak: str, workers: tuple[str, ...]
) -> None:
    tests = copy_harness(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    (tests / "test_a.py").write_text(f"def test_a(tmp_path):\n    {leak}\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests", *workers, "--import-mode=importlib",
         "-p", "no:cacheprovider", "--basetemp", str(tmp_path / "left")],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    for path in tmp_path.rglob("x.json"):
        path.unlink()
    assert done.returncode == 1, done.stdout
    assert "PERSONAL VALUES WHERE NONE MAY BE" in done.stdout
    assert "1 passed" in done.stdout
