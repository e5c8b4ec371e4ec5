"""What holds for every page: nothing for axe to find, no sideways scroll, a quiet console."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pyotp
import pytest
from playwright.sync_api import Browser, Page

from data.access import Account
from data.plan_edits import Draft
from data.store import Store
from tests.reports.hand_made import STAMP
from tests.web.browser.axe import find_faults
from tests.web.browser.conftest import (
    DESKTOP,
    LAPTOP,
    PHONE,
    OpenPage,
    Served,
    become_person,
    serving,
)
from tests.web.browser.looked_at import build_empty, build_filled
from tests.web.browser.page_table import ACCOUNTS, DESK, EMPTY, FILLED, LOOKS, Look
from tests.web.places import build_page
from tests.web.starter_town import find_starter
from tests.web.test_accounts import PASSWORD, SECRET
from web import SignIn, WebSettings, build_app
from web.passwords import hash_password
from web.settings import read_clock

pytestmark = pytest.mark.browser

ZOOMED = (320, 256)
"""A 1280 by 1024 window at 400 per cent (WCAG 2.2, 1.4.10)."""

WAIT_MS = 180_000
"""A busy machine may take long to draw a map."""

MOVES = """() => [...document.querySelectorAll('*')]
  .filter(e => [getComputedStyle(e), getComputedStyle(e, '::before')].some(s =>
    [s.transitionDuration, s.animationDuration].some(all =>
      all.split(',').some(one => parseFloat(one) > 0.01)) || s.scrollBehavior === 'smooth'))
  .map(e => e.outerHTML.slice(0, 120))"""
"""Elements that would move though people asked for stillness."""

SMALL = """() => [...document.querySelectorAll(
    'main button, main summary, main input:not([type=hidden]), main select, nav a')]
  .filter(e => e.offsetParent && !e.closest('.govuk-radios, .govuk-checkboxes'))
  .filter(e => { const box = e.getBoundingClientRect();
    return box.width > 1 && (box.height < 24 || box.width < 24); })
  .map(e => e.outerHTML.slice(0, 120))"""
"""Things to press that are smaller than 24 by 24 pixels (WCAG 2.2, 2.5.8)."""


@dataclass
class Visitors:
    """The places to look at, and a window for each person at each of them."""

    browser: Browser
    places: Mapping[str, tuple[Served, Mapping[str, str]]]
    windows: dict[tuple[str, str], Page] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def find_page(self, look: Look) -> Page:
        """Find the window of whoever looks at a page."""
        key = (look.place, look.person_id)
        if key not in self.windows:
            context = self.browser.new_context(
                bypass_csp=True,
                locale="en-GB",
                timezone_id="Europe/London",
                reduced_motion="reduce",
            )
            page = context.new_page()
            page.set_default_timeout(WAIT_MS)
            page.on(
                "console",
                lambda m: self.said.append(m.text) if m.type in ("error", "warning") else None,
            )
            page.on("pageerror", lambda error: self.said.append(str(error)))
            served, _ = self.places[look.place]
            if look.place == ACCOUNTS and look.person_id:
                _sign_in(page, served, look.person_id)
            elif look.person_id:
                become_person(page, served, look.person_id)
            self.windows[key] = page
        return self.windows[key]

    def open(self, look: Look, size: tuple[int, int]) -> tuple[Page, int]:
        """Open a page; gives its window and what it was answered with."""
        served, names = self.places[look.place]
        page = self.find_page(look)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        self.said.clear()
        answer = page.goto(served.url + look.path.format_map(names))
        assert answer is not None
        if page.locator("#map").count():
            page.wait_for_selector("#map[data-ready]", timeout=WAIT_MS)
        return page, answer.status


def _sign_in(page: Page, served: Served, person_id: str) -> None:
    """Sign in with id, password and code."""
    page.goto(f"{served.url}/sign-in")
    page.fill("[name=person_id]", person_id)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=second_factor]", pyotp.TOTP(SECRET).now())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


@pytest.fixture(scope="module")
def visitors(
    browser: Browser, desk: Served, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visitors]:
    """Everybody who looks, at every place."""
    filled, names = build_filled(tmp_path_factory.mktemp("filled"))
    empty = build_empty(tmp_path_factory.mktemp("empty"))
    filled_app, empty_app = build_page(filled), build_page(empty)
    accounts_app = build_app(
        WebSettings(
            workspace=build_empty(tmp_path_factory.mktemp("accounts")),
            sign_in=SignIn.ACCOUNTS,
        )
    )
    _give_account(accounts_app.state.web, "a.hart")
    draft = _begin_draft(desk)
    with (
        serving(filled_app) as filled_url,
        serving(empty_app) as empty_url,
        serving(accounts_app) as accounts_url,
    ):
        found = Visitors(
            browser=browser,
            places={
                FILLED: (Served(url=filled_url, app=filled_app, workspace=filled), names),
                EMPTY: (Served(url=empty_url, app=empty_app, workspace=empty), {}),
                DESK: (desk, draft),
                ACCOUNTS: (
                    Served(url=accounts_url, app=accounts_app, workspace=empty),
                    {},
                ),
            },
        )
        yield found
        for page in found.windows.values():
            page.context.close()


def _give_account(state: object, person_id: str) -> None:
    """Give somebody a password and a second factor."""
    state.store.accounts.save_account(  # type: ignore[attr-defined]
        Account(
            person_id=person_id,
            password_hash=hash_password(PASSWORD),
            password_utc=read_clock(),
            second_factor=state.seals.seal(SECRET),  # type: ignore[attr-defined]
        )
    )


def _begin_draft(desk: Served) -> dict[str, str]:
    """Begin a draft of the newest plan; gives the names that its addresses need."""
    place = desk.workspace.place
    with Store.open(desk.workspace.store_path) as store:
        run = store.find_run("latest", place)
        draft: Draft = store.drafts.begin_draft(
            place,
            run.plan,
            title="Looked at",
            base_label="the run",
            inputs_hash=store.find_inputs_hash(place),
            person_id="a.hart",
            begun_utc=STAMP,
        )
    return {
        "draft": str(draft.draft_no),
        "starter": find_starter(),
        "route": next(r.route_id for r in run.plan.routes if len(r.stops) > 2),
    }


@pytest.mark.parametrize(
    "look", LOOKS, ids=lambda look: f"{look.place}-{look.person_id or 'nobody'}{look.path}"
)
def test_every_page_can_be_used_by_everybody(visitors: Visitors, look: Look) -> None:
    """Axe at desktop and phone, one heading, a title, no sideways scrolling, stillness."""
    page, status = visitors.open(look, DESKTOP)
    assert status == look.status
    assert page.locator("h1").count() == 1
    assert page.title().replace("Error:", "").removesuffix("wayfare").strip(" \u2013")
    assert page.evaluate(MOVES) == []
    assert find_faults(page) == []
    for size in (LAPTOP, PHONE, ZOOMED):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= size[0], size
        if size == PHONE:
            assert find_faults(page) == []
            small = page.evaluate(SMALL)
            assert small == [], small[:6]
    # A page that refuses says so in the console too.
    bad = [text for text in visitors.said if f"status of {look.status}" not in text]
    assert bad == []


def test_no_two_pages_of_a_place_have_one_title(visitors: Visitors) -> None:
    """WCAG 2.4.2: a title tells a page from the others; one address may stand twice."""
    titles: dict[str, set[str]] = {}
    for look in LOOKS:
        if look.place == FILLED and look.status == 200 and "?" not in look.path:
            page, _ = visitors.open(look, LAPTOP)
            titles.setdefault(page.title(), set()).add(look.path)
    assert {title: paths for title, paths in titles.items() if len(paths) > 1} == {}


@pytest.mark.parametrize("path", ["/", "/plans/latest", "/money/rates", "/driver"])
def test_nothing_is_asked_of_another_host(desk: Served, open_page: OpenPage, path: str) -> None:
    page = open_page(desk.url + "/sign-in")
    if path == "/driver":
        become_person(page, desk, "d.wood")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(desk.url + path)
    page.wait_for_load_state("networkidle")
    assert asked
    assert [url for url in asked if not url.startswith((desk.url, "data:", "blob:"))] == []


def test_the_summary_of_faults_takes_the_focus(desk: Served, open_page: OpenPage) -> None:
    page = open_page(desk.url + "/sign-in")
    page.evaluate(
        "() => document.querySelectorAll('input[type=radio]').forEach(i => i.remove())"
    )
    page.click("text=Continue")
    page.wait_for_selector(".govuk-error-summary")
    focused = page.evaluate("() => document.activeElement.className")
    assert "govuk-error-summary" in focused
    assert page.title().startswith("Error: ")
