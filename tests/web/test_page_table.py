"""Every page of the application stands in the table of pages that a browser looks at."""

from __future__ import annotations

from tests.web.browser.page_table import LOOKS, NO_PAGES
from tests.web.test_access import find_routes
from web import api


def test_no_page_is_forgotten() -> None:
    """A new page is a line in tests/web/browser/page_table.py, or says there why it is none."""
    served = {
        path
        for path, route in find_routes()
        if "GET" in (route.methods or ()) and not path.startswith(api.PREFIX)
    }
    looked_at = {look.route for look in LOOKS} - {""}
    assert served - looked_at - set(NO_PAGES) == set()
    assert (looked_at | set(NO_PAGES)) - served == set()
    assert looked_at & set(NO_PAGES) == set()
