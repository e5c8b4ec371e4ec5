"""Axe on a page as it stands: every finding is a fault."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

SCRIPT = (Path(__file__).parent / "axe.min.js").read_text("utf-8")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def find_faults(page: Page) -> list[str]:
    """Find what axe has against a page; the window must have been opened with bypass_csp."""
    page.evaluate(SCRIPT)
    result = page.evaluate(
        "async (tags) => await axe.run(document, {runOnly: {type: 'tag', values: tags}})",
        list(TAGS),
    )
    return [
        f"{fault['id']}: {node['html'][:160]}"
        for fault in result["violations"]
        for node in fault["nodes"]
    ]
