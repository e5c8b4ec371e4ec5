"""The reference pages say what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.imports import find_kinds
from data.imports.pages import build_problems_page, build_workbook_page
from data.imports.settings import find_settings

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


@pytest.mark.parametrize(
    ("name", "text"),
    [("problems.md", build_problems_page()), ("workbook.md", build_workbook_page())],
)
def test_pages_are_current(name: str, text: str) -> None:
    # written again by: python -c "from pathlib import Path; from data.imports.pages import
    # write_pages; write_pages(Path('docs/reference'))"
    assert (REFERENCE / name).read_text(encoding="utf-8") == text


def test_every_code_stands_on_the_page() -> None:
    page = build_problems_page()
    assert all(f"| {code} |" in page for code in find_kinds())


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, spec in find_settings().items() if not spec.about] == []
