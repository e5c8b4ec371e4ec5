"""The documents: every snippet runs, in order, as a reader would run it in an empty folder."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PAGES = sorted(
    path
    for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
    if BLOCK.search(path.read_text(encoding="utf-8"))
)


def find_commands(block: str) -> list[list[str]]:
    """Find the wayfare commands of a console block."""
    return [
        shlex.split(line.removeprefix("$ wayfare "))
        for line in block.splitlines()
        if line.startswith("$ wayfare ")
    ]


def test_there_are_pages_with_snippets() -> None:
    assert {page.name for page in PAGES} >= {"planner.md", "analyst.md", "commissioner.md"}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_snippets_run_in_order(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for kind, block in BLOCK.findall(page.read_text(encoding="utf-8")):
        if kind == "python":
            exec(compile(block, str(page), "exec"), names)  # noqa: S102
            continue
        for command in find_commands(block):
            result = CliRunner().invoke(app, command)
            assert result.exit_code == 0, (command, result.output, result.exception)


def test_links_between_pages_lead_somewhere() -> None:
    lost = []
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                lost.append(f"{page.relative_to(ROOT)}: {target}")
    assert not lost


def test_files_named_in_the_readme_exist() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    for name in re.findall(r"`((?:docs|data|tests)/[\w./-]+)`", text):
        assert (ROOT / name).exists(), name
