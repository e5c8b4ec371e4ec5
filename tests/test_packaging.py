"""The wheel: what it holds, that it owns its names, and that the demo runs from it."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("cli", "data", "routing", "costing", "scenarios", "nightly", "reports", "web")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a clean copy of the tracked files, as a release would."""
    source = tmp_path_factory.mktemp("source")
    names = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            *(
                sys.executable,
                "-m",
                "uv",
                "build",
                "--wheel",
                "--no-build-isolation",
                "--quiet",
            ),
            *("--python", sys.executable, "--out-dir", str(out), str(source)),
        ],
        check=True,
    )
    (built,) = out.glob("*.whl")
    return built


def test_wheel_holds_the_rooms_and_their_data_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == set(ROOMS)
    for room in ROOMS:
        assert f"{room}/py.typed" in names
    shipped = {p.relative_to(ROOT).as_posix() for p in (ROOT / "data" / "open").rglob("*.*")}
    assert shipped <= set(names)
    pages = [p for p in (ROOT / "web").rglob("*.*") if p.suffix in (".html", ".css", ".mjs")]
    assert len(pages) > 5
    assert {p.relative_to(ROOT).as_posix() for p in pages} <= set(names)
    licences = [n for n in shipped if n.endswith("LICENCE.md")]
    assert len(licences) >= 4


def test_no_other_distribution_owns_our_names() -> None:
    owners = importlib.metadata.packages_distributions()
    for name in ROOMS:
        assert set(owners.get(name, ["wayfare"])) == {"wayfare"}, name


def test_quick_demo_runs_from_the_wheel_elsewhere(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    subprocess.run(
        [
            *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps"),
            *("--offline", "--python", sys.executable, "--target", str(site), str(wheel)),
        ],
        check=True,
    )
    work = tmp_path / "work"
    work.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(site)}
    where = subprocess.run(
        [sys.executable, "-P", "-c", "import cli, data; print(cli.__file__, data.__file__)"],
        cwd=work,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert where.count(str(site)) == 2
    done = subprocess.run(
        [sys.executable, "-P", "-m", "cli", "demo", "--quick"],
        cwd=work,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "violations: 0" in done.stdout
    assert (work / "wayfare-data" / "grid" / "outputs" / "map.html").is_file()
