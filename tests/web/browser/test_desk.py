"""Journeys at the desk in a real browser: a starter placed, a plan edited and searched anew."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page

from benchmarks.desk import answer_click
from tests.routing.grid_day import plan_grid
from tests.web.browser.axe import find_faults
from tests.web.browser.conftest import (
    DESKTOP,
    LAPTOP,
    PHONE,
    OpenPage,
    Served,
    become_person,
)
from tests.web.browser.keyboard import fill, press
from tests.web.starter_town import SOURCE, find_starter

pytestmark = pytest.mark.browser

WAIT_MS = 120_000
"""A busy machine may take long to start the search's process."""


def begin_by_keyboard(page: Page, desk: Served) -> str:
    """Begin a draft from the list of plans without a pointer; return its address."""
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{desk.url}/plans")
    press(page, page.get_by_role("link", name="Run:").first)
    page.get_by_label("Name of your draft").wait_for()
    fill(page, page.get_by_label("Name of your draft"), "Trial")
    press(page, page.get_by_role("button", name="Work on this plan"))
    page.wait_for_url(re.compile(r"/drafts/\d+$"))
    return page.url


def begin(page: Page, desk: Served) -> str:
    """Begin a draft from the list of plans; return its address."""
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{desk.url}/plans")
    page.get_by_role("link", name="Run:").first.click()
    page.get_by_label("Name of your draft").fill("Trial")
    page.get_by_role("button", name="Work on this plan").click()
    page.wait_for_url(re.compile(r"/drafts/\d+$"))
    return page.url


def test_a_starter_is_added_to_the_plan_by_keyboard(desk: Served, open_page: OpenPage) -> None:
    page = open_page(desk.url)
    draft = begin_by_keyboard(page, desk)
    while page.get_by_role("link", name="three best places").count():
        press(page, page.get_by_role("link", name="three best places").first)
        page.get_by_text("Cost of the day").first.wait_for()
        press(page, page.get_by_role("button", name="Take place 1"))
        page.wait_for_url(draft)
    assert page.get_by_text("everybody who travels is carried").is_visible()
    press(page, page.get_by_role("button", name="Propose this plan"))
    page.wait_for_url(re.compile("/proposals/"))
    assert page.get_by_text("Another person must approve it").is_visible()


def test_a_plan_is_edited_by_keyboard_and_searched_around(
    desk: Served, open_page: OpenPage
) -> None:
    page = open_page(desk.url)
    draft = begin(page, desk)
    page.goto(f"{draft}/routes/{find_long_route()}")
    later = page.get_by_role("button", name=re.compile(r"^Later\s+stop 1$"))
    later.focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Effect if you keep it").wait_for()
    keep = page.get_by_role("button", name=re.compile("^Keep"))
    keep.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/routes/"))
    page.goto(draft)
    page.get_by_role("button", name="Undo").click()
    page.locator(".wf-undone").wait_for()
    page.get_by_role("button", name="Redo").click()
    page.wait_for_selector(".wf-undone", state="detached")
    page.get_by_label("Search for").select_option("30")
    page.get_by_role("button", name="Search around the changes").click()
    page.get_by_text("As edited").wait_for()
    stop = page.get_by_role("button", name="Stop and keep the best")
    page.get_by_text(re.compile("Searching:")).wait_for()
    stop.click()
    page.locator("#search-box").get_by_text(re.compile("Stopped|Done")).wait_for()


def find_long_route() -> str:
    """A morning route whose first two stops may change places."""
    return next(
        r.route_id
        for r in plan_grid().routes
        if r.session == "am" and len(r.stops) > 3 and find_starter() not in r.passenger_ids
        and all(s.site_id is None for s in r.stops[:2])
    )  # fmt: skip


def test_a_stop_is_dragged_to_another_place(desk: Served, open_page: OpenPage) -> None:
    page = open_page(desk.url)
    draft = begin(page, desk)
    page.goto(f"{draft}/routes/{find_long_route()}")
    page.locator("#stops li").nth(0).drag_to(page.locator("#stops li").nth(1))
    heading = page.get_by_role("heading", level=1)
    page.get_by_role("heading", name="Effect if you keep it").wait_for()
    assert "Serve stop 1" in heading.inner_text()


def keep(page: Page, words: str) -> None:
    """Read the effect of a change that was asked for, and keep it."""
    page.get_by_role("heading", name="Effect if you keep it").wait_for()
    assert words in page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name=re.compile("^Keep")).click()
    page.wait_for_url(re.compile(r"/drafts/\d+(/routes/.*)?$"))


def show_effect(page: Page, task: str) -> None:
    """Ask for the effect in one of the tasks of a route's page."""
    section = page.locator("section", has=page.get_by_role("heading", name=task))
    section.get_by_role("button", name="Show the effect").click()


def test_vehicle_and_supplier_are_swapped_a_route_split_and_merged_and_another_approves(
    desk: Served, open_page: OpenPage
) -> None:
    page = open_page(desk.url)
    draft = begin(page, desk)
    while page.get_by_role("link", name="three best places").count():
        page.get_by_role("link", name="three best places").first.click()
        page.get_by_role("button", name="Take place 1").click()
        page.wait_for_url(draft)
    n_placed = page.locator("#changes + ol li").count()
    page.goto(f"{draft}/routes/{find_long_route()}")
    worked_by = page.get_by_label("Worked by", exact=True)
    carriers = {
        option.get_attribute("value") or "": option.inner_text()
        for option in worked_by.locator("option").all()
    }
    own = [value for value in carriers if value.startswith("own|")]
    bought = next(value for value in carriers if not value.startswith("own|"))
    for carrier in (bought, own[0], own[-1]):
        worked_by.select_option(carrier)
        show_effect(page, "Another vehicle or supplier")
        keep(page, ", ".join(carriers[carrier].split(", ")[:2]))
    boxes = page.locator("input[name=passenger_ids][type=checkbox]")
    rider = boxes.first.get_attribute("value") or ""
    boxes.first.check(force=True)
    show_effect(page, "Split")
    keep(page, f"Split {rider} off")
    page.goto(draft)
    told = page.locator("#changes + ol li").all_inner_texts()
    assert len(told) == n_placed + 4
    split = page.locator("table a[href*='/routes/']", has_text=re.compile("-am-"))
    assert split.count() > 1
    page.goto(f"{draft}/routes/{find_long_route()}")
    page.get_by_label("Into").select_option(index=0)
    show_effect(page, "Merge into another route")
    keep(page, f"Merge {find_long_route()} into")
    page.goto(draft)
    # What breaks a rule cannot be proposed; undone, what keeps them all can.
    for _ in range(5):
        if page.get_by_role("button", name="Propose this plan").count():
            break
        with page.expect_navigation():
            page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Compare with the published plan").click()
    page.get_by_role("heading", name="If the draft took its place").wait_for()
    assert page.get_by_text(find_starter()).first.is_visible()
    page.get_by_role("link", name=re.compile(r"^Draft \d+$")).click()
    page.get_by_role("button", name="Propose this plan").click()
    page.wait_for_url(re.compile("/proposals/"))
    proposal = page.url
    assert page.get_by_label("Approve").count() == 0
    become_person(page, desk, "b.lane")
    page.goto(proposal)
    page.get_by_label("Approve").check()
    page.get_by_role("button", name="Keep the decision").click()
    page.get_by_text("It waits no more: approved by b.lane.").wait_for()


def test_of_two_planners_at_one_route_the_second_is_told_and_loses_nothing(
    desk: Served, open_page: OpenPage
) -> None:
    page, other = open_page(desk.url), open_page(f"{desk.url}/sign-in")
    draft = begin(page, desk)
    become_person(other, desk, "b.lane")
    for one in (page, other):
        one.goto(f"{draft}/routes/{find_long_route()}")
    page.get_by_role("button", name=re.compile(r"^Later\s+stop 1$")).click()
    other.locator("input[name=passenger_ids][type=checkbox]").last.check(force=True)
    show_effect(other, "Split")
    other.get_by_role("heading", name="Effect if you keep it").wait_for()
    keep(page, "Serve stop 1")
    keep_it = other.get_by_role("button", name=re.compile("^Keep"))
    keep_it.click()
    # The change is still there, with its effect on the draft as the first has left it.
    other.get_by_text("a.hart changed draft").first.wait_for()
    keep(other, "Split ")
    page.goto(draft)
    words = " ".join(page.locator("#changes + ol li").all_inner_texts())
    assert "Serve stop 1" in words
    assert "Split" in words
    assert page.get_by_text("Last changed by b.lane").is_visible()


def test_the_map_draws_what_the_list_says_and_the_clock_moves_both(
    desk: Served, open_page: OpenPage
) -> None:
    page = open_page(f"{desk.url}/plans/latest")
    page.wait_for_selector("#map[data-ready]", timeout=WAIT_MS)
    clock = page.get_by_label("Time of day")
    before = page.locator("#clock-said").inner_text()
    running = page.locator("tr.wf-running").count()
    assert f"{running} route" in before
    clock.focus()
    page.keyboard.press("End")
    page.wait_for_function("() => document.querySelectorAll('tr.wf-running').length === 0")
    assert page.locator("#clock-said").inner_text().startswith("0 routes")
    page.keyboard.press("Home")
    page.locator("td", has_text="not begun").first.wait_for()


STREETS_SEEN = """() => {
  const map = document.getElementById("map").planMap;
  return map.isSourceLoaded("streets") &&
    map.querySourceFeatures("streets", { sourceLayer: "roads" }).length > 0;
}"""


def is_near(one: object, other: tuple[int, int, int]) -> bool:
    """Whether two colours are the same but for the drawing."""
    assert isinstance(one, tuple)
    return all(abs(a - b) <= 2 for a, b in zip(one, other, strict=True))


def test_the_map_is_not_blank_and_a_click_on_a_route_names_it_beside(
    desk: Served, open_page: OpenPage
) -> None:
    page = open_page(f"{desk.url}/plans/latest", (1440, 1600))
    page.wait_for_selector("#map[data-ready]", timeout=WAIT_MS)
    # The place's own streets come as soon as they are made.
    page.wait_for_selector("#map[data-streets=drawn]", timeout=WAIT_MS)
    page.wait_for_function(STREETS_SEEN)
    assert page.get_by_text(SOURCE).is_visible()
    # Colours of the picture itself: ground, lines, sites and their rims at the least.
    picture = Image.open(BytesIO(page.locator("#map").screenshot())).convert("RGB")
    colours = picture.getcolors(1 << 24) or []
    ground = max(colours)[0] / (picture.width * picture.height)
    assert 0.2 < ground < 0.99
    assert len(colours) > 50
    streets = sum(n for n, colour in colours if is_near(colour, (190, 187, 182)))
    assert streets > 200
    answer_click(page)
    named = page.locator("#chosen a").first
    route = named.inner_text()
    assert page.locator(f'tr.wf-chosen[data-route="{route}"]').count() == 1
    # From the keyboard the same: the row's own link marks the route on the map.
    other = page.locator("[data-route]").last
    other.locator("a").focus()
    page.wait_for_function("() => document.querySelectorAll('tr.wf-chosen').length === 1")
    assert "wf-chosen" in (other.get_attribute("class") or "")
    named.click()
    page.wait_for_url(re.compile(f"/routes/{route}$"))


@pytest.mark.parametrize("size", [DESKTOP, LAPTOP, PHONE, (320, 256)])
def test_no_page_of_the_desk_scrolls_sideways_and_axe_finds_nothing(
    desk: Served, open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = open_page(desk.url, size, bypass_csp=True)
    draft = begin(page, desk)
    routes = page.locator("table a[href*='/routes/']")
    route = routes.first.get_attribute("href") or ""
    places = (
        page.get_by_role("link", name="three best places").first.get_attribute("href") or ""
    )
    paths = ["/plans", "/plans/latest", f"/plans/latest/routes/{route.split('/')[-1]}"]
    paths += [draft.removeprefix(desk.url), route, places]
    for path in paths:
        page.goto(desk.url + path)
        if path == "/plans/latest":
            page.wait_for_selector("#map[data-ready]", timeout=WAIT_MS)
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= size[0], path
        assert find_faults(page) == [], path
    page.goto(desk.url + route)
    page.get_by_role("button", name="Show the effect").first.click()
    page.wait_for_selector("h1")
    assert find_faults(page) == []
