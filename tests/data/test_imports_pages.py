"""The reference pages say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data.imports import find_kinds
from data.imports.pages import ELSEWHERE, build_problems_page, write_pages
from data.imports.settings import find_settings

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


@pytest.mark.parametrize("name", ["problems.md", "workbook.md"])
def test_pages_are_current(tmp_path: Path, name: str) -> None:
    # written again by: python -c "from pathlib import Path; from data.imports.pages import
    # write_pages; write_pages(Path('docs/reference'))"
    write_pages(tmp_path)
    assert (REFERENCE / name).read_text("utf-8") == (tmp_path / name).read_text("utf-8")


def test_every_code_stands_on_the_page() -> None:
    page = build_problems_page()
    assert all(f"| {code} |" in page for code in find_kinds())


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, spec in find_settings().items() if not spec.about] == []


ROOMS = ("data", "routing", "costing", "scenarios", "nightly", "reports", "cli")
WRITTEN = re.compile(r"(?:code=|\(|add\(|, |^\s+)\"([A-Z][0-9]{3})\"", re.MULTILINE)


def test_every_code_of_another_door_is_documented_and_none_means_two_things() -> None:
    root = REFERENCE.parents[1]
    imports = set(find_kinds())
    written: set[str] = set()
    for room in ROOMS:
        for path in (root / room).rglob("*.py"):
            if path.parent.name != "imports":
                written |= set(WRITTEN.findall(path.read_text("utf-8")))
    others = {code for code in written if code not in imports}
    assert {"C010", "W001", "W002", "N001", "J007"} <= others
    assert {code[0] for code in others} == set(ELSEWHERE)
    # a letter belongs to one door, so no code of theirs can be taken for one of an import
    assert not {code[0] for code in imports} & set(ELSEWHERE)
