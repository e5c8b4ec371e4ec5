"""Every page in a real browser: no findings of axe, no sideways scrolling, a quiet console."""

from __future__ import annotations

import pytest

from tests.web.browser.axe import find_faults
from tests.web.browser.conftest import DESKTOP, LAPTOP, PHONE, OpenPage, Served

pytestmark = pytest.mark.browser

PATHS = (
    "/",
    "/sign-in",
    "/set-up",
    "/account",
    "/accessibility",
    "/about",
    "/no-such-page",
)
"""Pages that every topic adds its own to."""


@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing(grid: Served, open_page: OpenPage, path: str) -> None:
    for size in (DESKTOP, PHONE):
        page = open_page(grid.url + path, size, bypass_csp=True)
        assert find_faults(page) == []


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("size", [DESKTOP, LAPTOP, PHONE, (320, 256)])
def test_no_page_scrolls_sideways(
    grid: Served, open_page: OpenPage, path: str, size: tuple[int, int]
) -> None:
    """320 pixels wide is a 1280 pixel window at 400 per cent (WCAG 2.2, 1.4.10)."""
    page = open_page(grid.url + path, size)
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= size[0]


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_asked_of_another_host(grid: Served, open_page: OpenPage, path: str) -> None:
    page = open_page(grid.url + path)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_load_state("networkidle")
    assert asked
    assert [url for url in asked if not url.startswith((grid.url, "data:", "blob:"))] == []


def test_the_summary_of_faults_takes_the_focus(grid: Served, open_page: OpenPage) -> None:
    page = open_page(grid.url + "/sign-in")
    page.evaluate(
        "() => document.querySelectorAll('input[type=radio]').forEach(i => i.remove())"
    )
    page.click("text=Continue")
    page.wait_for_selector(".govuk-error-summary")
    focused = page.evaluate("() => document.activeElement.className")
    assert "govuk-error-summary" in focused
    assert page.title().startswith("Error: ")
