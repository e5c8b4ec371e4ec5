"""The reference pages say what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.imports import find_kinds
from data.imports.pages import build_problems_page, write_pages
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
