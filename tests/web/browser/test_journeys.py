"""Journeys of several people in a real browser, each from its first form to its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from data.access import Account
from data.imports import write_workbook
from data.people import Role
from data.samples.bids import build_firms, build_sample_bids
from data.store import Store
from data.tenders import Award, Tender
from data.units import format_pounds
from reports import list_sign_offs
from reports.tender_books import build_bids_book
from tests.reports.hand_made import SERVICE_DATE, STAMP, build_plan
from tests.reports.paper.study import save_study_runs
from tests.web.browser.axe import find_faults
from tests.web.browser.conftest import (
    LAPTOP,
    PHONE,
    OpenPage,
    Served,
    become_person,
    build_grid,
    serving,
)
from tests.web.browser.keyboard import choose_person, fill, give_file, press, tab_to, tick
from tests.web.places import build_page, build_place, do_jobs, propose
from web import WebSettings, build_app
from web.settings import read_clock

pytestmark = pytest.mark.browser

WAIT_MS = 240_000
"""A busy machine may take long to start a search's process."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The made-up town with a second commissioner; these journeys write much in it."""
    workspace = build_grid(tmp_path_factory.mktemp("journeys"))
    with Store.open(workspace.store_path) as store:
        store.add_person("e.brook", "Eva Brook", [Role.COMMISSIONER], now_utc=STAMP)
    app = build_app(WebSettings(workspace=workspace, person_id="a.hart", is_demo=True))
    with serving(app) as url:
        yield Served(url=url, app=app, workspace=workspace)


def see(page: Page) -> None:
    """Look at the page as it stands: nothing for axe to find, nothing beyond its width."""
    assert find_faults(page) == [], page.url
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    size = page.viewport_size
    assert size is not None
    assert wide <= size["width"], page.url


def follow(page: Page, link: str, timeout: float = WAIT_MS) -> None:
    """Watch a job until it is done, and follow what it leads to."""
    page.wait_for_url(re.compile("/jobs/"))
    see(page)
    failed = page.get_by_text("failed", exact=True)
    page.get_by_role("link", name=link).or_(failed).first.wait_for(timeout=timeout)
    assert failed.count() == 0, page.locator("#job").inner_text()
    # The page asks no more once the job is over: a click cannot fall into an exchange of it.
    page.reload()
    page.get_by_role("link", name=link).click()


def write_bids(town: Served, path: Path) -> Path:
    """Write made-up bids of the newest tender, as `wayfare tender sample` does."""
    with Store.open(town.workspace.store_path) as store:
        tender = store.find_result(Tender, place=town.workspace.place)
        inputs = store.read_inputs(tender.inputs_hash)
    book = build_sample_bids(tender, build_firms(inputs), created_utc=STAMP, seed=1, per_firm=6)
    path.write_bytes(build_bids_book(tender, book))
    return path


def test_a_tender_is_let_from_its_lots_to_an_award_that_two_people_made(
    town: Served, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(town.url, LAPTOP, bypass_csp=True)
    page.set_default_timeout(WAIT_MS)
    become_person(page, town, "c.moor")
    page.goto(f"{town.url}/money")
    see(page)
    page.get_by_role("link", name="Tenders and awards").click()
    page.get_by_label(re.compile("^Let the own company")).check()
    see(page)
    page.get_by_role("button", name="Make lots").click()
    follow(page, "See the lots")
    page.wait_for_url(re.compile(r"/money/tenders/.+"))
    assert page.get_by_text("No bids have been read yet.").is_visible()
    page.get_by_label("Bid forms").set_input_files(write_bids(town, tmp_path / "bids.xlsx"))
    page.get_by_role("button", name="Read the bids").click()
    page.get_by_role("heading", name="Work out an award").wait_for()
    page.get_by_label("Longest time, seconds").fill("5")
    see(page)
    page.get_by_role("button", name="Work it out").click()
    follow(page, "See the award")
    page.wait_for_url(re.compile("/money/awards/"))
    award_page = page.url
    with Store.open(town.workspace.store_path) as store:
        award = store.find_result(Award, place=town.workspace.place)
    assert award_page.endswith(award.award_id)
    assert award.contracts
    assert page.get_by_text(format_pounds(award.paid_pence)).first.is_visible()
    see(page)
    page.get_by_role("button", name="Propose this award").click()
    page.get_by_text("another commissioner approves").wait_for()
    assert page.get_by_role("button", name="Approve this award").count() == 0
    become_person(page, town, "e.brook")
    page.goto(award_page)
    page.get_by_role("button", name="Approve this award").click()
    page.get_by_text("Approved by Eva Brook").wait_for()
    assert page.get_by_text("Proposed by Cara Moor").is_visible()
    see(page)
    page.get_by_role("link", name="The tender").click()
    row = page.get_by_role("row", name=re.compile(re.escape(award.award_id)))
    assert row.get_by_role("cell", name="approved").is_visible()


STEPS = 60


def test_a_scenario_is_made_by_the_form_solved_by_the_worker_and_compared(
    town: Served, open_page: OpenPage
) -> None:
    page = open_page(town.url, LAPTOP, bypass_csp=True)
    page.set_default_timeout(WAIT_MS)
    become_person(page, town, "a.hart")
    page.goto(f"{town.url}/scenarios")
    see(page)
    page.get_by_role("link", name="Make a scenario").click()
    page.get_by_label("Name").fill("more-buses")
    page.get_by_label("Title").fill("A fleet a fifth larger")
    page.get_by_label("Another change").select_option("scale_own_fleet")
    page.get_by_role("button", name="Add the change").click()
    page.get_by_label("percent").fill("20")
    page.get_by_label("Or steps (optional)").fill(str(STEPS))
    see(page)
    page.get_by_role("button", name="Queue it").click()
    follow(page, "Compare with the base")
    page.get_by_role("heading", name="Cases compared").wait_for()
    assert page.get_by_role("rowheader", name="A fleet a fifth larger").is_visible()
    see(page)


SOLVE_MS = 600_000
"""A study solves five cases, at low priority beside whatever else the machine does."""


def test_a_study_becomes_a_paper_that_three_people_signed(
    town: Served, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(town.url, LAPTOP, bypass_csp=True)
    page.set_default_timeout(WAIT_MS)
    become_person(page, town, "a.hart")
    page.goto(f"{town.url}/scenarios")
    page.get_by_role("link", name="Put scenarios into a study").click()
    see(page)
    page.get_by_label("Title of the paper").fill("Two ways with the fleet")
    page.get_by_role("button", name="Queue the study").click()
    # What is wrong takes the focus, leads to its field, and what was typed is still there.
    page.locator(".govuk-error-summary").wait_for()
    assert page.evaluate(
        "() => document.activeElement.classList.contains('govuk-error-summary')"
    )
    see(page)
    page.get_by_role("link", name="Options: choose one at least").click()
    assert page.get_by_label("Title of the paper").input_value() == "Two ways with the fleet"
    page.get_by_label("The own company grows by a fifth").check()
    page.get_by_label("Recommended").select_option("larger-fleet")
    page.get_by_label("Or steps (optional)").fill(str(STEPS))
    page.get_by_role("button", name="Check and show the words").click()
    purpose = page.get_by_label("Recommendations (optional)").input_value()
    assert "{net.larger-fleet}" in purpose
    page.get_by_role("button", name="Queue the study").click()
    follow(page, "Write its Cabinet paper", SOLVE_MS)
    page.wait_for_url(re.compile("/papers$"))
    page.get_by_label("Study").select_option(index=1)
    see(page)
    page.get_by_role("button", name="Write it as a draft").click()
    follow(page, "Read the draft")
    page.wait_for_url(re.compile("/papers/.+"))
    paper = page.url
    see(page)
    assert page.get_by_role("heading", level=1).get_by_text("draft").is_visible()
    assert page.get_by_role("button", name="Sign as").count() == 0
    for person_id, button, state in (
        ("d.ash", "Sign as assured", "assured"),
        ("c.moor", "Sign as approved", "approved"),
    ):
        become_person(page, town, person_id)
        page.goto(paper)
        page.get_by_role("button", name=button).click()
        page.get_by_role("heading", level=1).get_by_text(state).wait_for()
        assert page.get_by_role("button", name="Sign as").count() == 0
    see(page)
    for link, begins in (("Word", b"PK"), ("PDF", b"%PDF"), (re.compile("figures$"), b"")):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=link, exact=isinstance(link, str)).click()
        held = waiting.value.path().read_bytes()
        assert held.startswith(begins)
        assert len(held) > 1_000
    text = page.locator("article.wf-paper").inner_text()
    assert "{" not in text
    assert "The own company grows by a fifth" in text


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Served]:
    """The hand-made council on the day before its plan runs, with a driver and a proposal."""
    workspace = build_place(tmp_path)
    crewed = next(d for d in build_plan().duties if d.crew_ids)
    with Store.open(workspace.store_path) as store:
        store.accounts.save_account(Account(person_id="d.wood", works_for=crewed.crew_ids[0]))
        propose(store, by="b.lane")
    app = build_page(workspace)
    with serving(app) as url:
        yield Served(url=url, app=app, workspace=workspace)


def test_a_driver_confirms_and_reports_on_a_phone_and_the_planner_reads_it(
    day: Served, open_page: OpenPage
) -> None:
    page = open_page(f"{day.url}/sign-in", PHONE, bypass_csp=True, has_touch=True)
    become_person(page, day, "d.wood")
    page.goto(f"{day.url}/driver")
    see(page)
    page.get_by_role("button", name="I have read this day").tap()
    page.get_by_text("Confirmed. Thank you.").wait_for()
    assert page.get_by_text("You have confirmed this day.").is_visible()
    assert page.get_by_role("button", name="I have read this day").count() == 0
    page.get_by_text("Report something").tap()
    page.get_by_label("I am running late").check()
    page.get_by_role("button", name="Send").tap()
    page.get_by_role("link", name="Enter minutes from 1 to 240").tap()
    see(page)
    minutes = page.get_by_label("If late, by how many minutes?")
    assert minutes.evaluate("e => e === document.activeElement")
    assert page.get_by_label("I am running late").is_checked()
    page.keyboard.type("12")
    page.get_by_role("button", name="Send").tap()
    page.get_by_text("Sent to the transport office.").wait_for()
    page.goto(f"{day.url}/driver")
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    stops = page.locator(".wf-stop").all_inner_texts()
    assert stops
    page.wait_for_function("async () => !!(await caches.match('/driver'))")
    page.context.set_offline(True)
    page.reload()
    page.get_by_text("No network. This is the day as last read").wait_for()
    assert page.locator(".wf-stop").all_inner_texts() == stops
    page.context.set_offline(False)
    small = page.evaluate(
        """() => [...document.querySelectorAll('main button, main summary')]
        .filter(e => e.offsetParent && e.getBoundingClientRect().height < 24)
        .map(e => e.textContent)"""
    )
    assert small == []
    become_person(page, day, "a.hart")
    page.goto(f"{day.url}/days/{SERVICE_DATE.isoformat()}")
    notes = page.get_by_role("region", name="From drivers").or_(page.locator(".wf-note"))
    assert notes.get_by_text("running late by 12 minutes").first.is_visible()


def test_today_is_read_and_decided_by_keyboard_alone(day: Served, open_page: OpenPage) -> None:
    page = open_page(f"{day.url}/sign-in", LAPTOP, bypass_csp=True)
    choose_person(page, "a.hart")
    page.get_by_role("heading", name="Wednesday 16 September 2026").wait_for()
    see(page)
    skip = page.get_by_role("link", name="Skip to main content")
    tab_to(page, skip)
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main-content"
    tab_to(page, page.get_by_role("link", name="decide"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name=re.compile(r"^Proposal \d+$")))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/proposals/"))
    see(page)
    tab_to(page, page.get_by_role("button", name="Keep the decision"))
    page.keyboard.press("Enter")
    page.locator(".govuk-error-summary").wait_for()
    tab_to(page, page.locator(".govuk-error-summary a"))
    page.keyboard.press("Enter")
    refuse = page.get_by_label("Refuse")
    page.keyboard.press("ArrowDown")
    assert refuse.is_checked()
    tab_to(page, page.get_by_role("button", name="Keep the decision"))
    page.keyboard.press("Enter")
    page.get_by_text("It waits no more: refused by a.hart.").wait_for()
    page.goto(day.url)
    assert page.get_by_text("nothing waits").is_visible()


FAULTY = b"vehicle_id,vehicle_type_id,depot_id\nV1,no_such,nowhere\n"


def test_data_with_faults_is_mended_and_taken_in_by_keyboard(
    town: Served, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(town.url, LAPTOP, bypass_csp=True)
    page.set_default_timeout(WAIT_MS)
    become_person(page, town, "a.hart")
    page.goto(f"{town.url}/import")
    press(page, page.get_by_role("button", name="Read and check"))
    press(page, page.get_by_role("link", name="Files: choose a workbook"))
    assert page.get_by_label("Files").evaluate("e => e === document.activeElement")
    bad, good = tmp_path / "vehicles.csv", tmp_path / "records.xlsx"
    bad.write_bytes(FAULTY)
    with Store.open(town.workspace.store_path) as store:
        inputs = store.read_inputs(store.find_inputs_hash(town.workspace.place))
    write_workbook(inputs, good)
    page.keyboard.press("Shift+Tab")
    give_file(page, page.get_by_label("Files"), bad)
    press(page, page.get_by_role("button", name="Read and check"))
    page.wait_for_url(re.compile("/jobs/"))
    # The faults come by themselves once they are found, and their summary takes the focus.
    summary = page.locator(".govuk-error-summary")
    summary.wait_for()
    page.wait_for_function(
        "() => document.activeElement.classList.contains('govuk-error-summary')"
    )
    see(page)
    press(page, summary.get_by_role("link"))
    assert page.evaluate("() => document.activeElement.id") == "problems"
    table = page.get_by_role("table", name=re.compile("Problems"))
    assert table.get_by_role("cell", name="X002").count() == 2
    with page.expect_download() as waiting:
        press(page, page.get_by_role("button", name=re.compile("each bad cell")))
    assert waiting.value.path().read_bytes().startswith(b"PK")
    press(page, page.get_by_role("button", name="Throw away what was read"))
    page.wait_for_url(re.compile("/import$"))
    give_file(page, page.get_by_label("Files"), good)
    press(page, page.get_by_role("button", name="Read and check"))
    page.get_by_role("button", name="Take it in").wait_for()
    # It asks no more: the key cannot fall into an exchange of the page.
    page.reload()
    see(page)
    press(page, page.get_by_role("button", name="Take it in"))
    page.get_by_text("is in force").wait_for()
    see(page)
    with Store.open(town.workspace.store_path) as store:
        taken = store.read_inputs(store.find_inputs_hash(town.workspace.place))
    assert taken == inputs


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The hand-made council with a study whose runs are kept."""
    workspace = build_place(tmp_path_factory.mktemp("office"))
    with Store.open(workspace.store_path) as store:
        save_study_runs(store)
    app = build_app(WebSettings(workspace=workspace))
    with serving(app) as url:
        yield Served(url=url, app=app, workspace=workspace)


@pytest.fixture
def stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no worker's process begin: what is queued waits until the test does it."""
    monkeypatch.setattr("web.jobs.start_worker", lambda _book, _lane: None)


def follow_by_keyboard(page: Page, served: Served, link: str) -> None:
    """See a job wait, let it be done, and follow what it leads to."""
    page.wait_for_url(re.compile("/jobs/"))
    page.get_by_role("button", name="Stop").wait_for()
    do_jobs(served.workspace, read_clock)
    failed = page.get_by_text("failed", exact=True)
    page.get_by_role("link", name=link).or_(failed).first.wait_for()
    assert failed.count() == 0, page.locator("#job").inner_text()
    # It asks no more: the key cannot fall into an exchange of the page.
    page.reload()
    press(page, page.get_by_role("link", name=link))


def change_to(page: Page, person_id: str) -> None:
    """Hand the keyboard to another person."""
    press(page, page.get_by_role("link", name="Change person"))
    choose_person(page, person_id)
    page.get_by_role("link", name="Change person").wait_for()


def test_a_tender_is_let_and_awarded_by_keyboard_alone(
    town: Served, open_page: OpenPage, tmp_path: Path, stay: None
) -> None:
    page = open_page(f"{town.url}/sign-in", LAPTOP, bypass_csp=True)
    choose_person(page, "c.moor")
    press(page, page.get_by_role("link", name="Money", exact=True))
    press(page, page.get_by_role("link", name="Tenders and awards"))
    tick(page, page.get_by_label(re.compile("^Let the own company")))
    press(page, page.get_by_role("button", name="Make lots"))
    follow_by_keyboard(page, town, "See the lots")
    give_file(page, page.get_by_label("Bid forms"), write_bids(town, tmp_path / "b.xlsx"))
    press(page, page.get_by_role("button", name="Read the bids"))
    # A field that says nothing is named, and what stands in the others is still there.
    seconds = page.get_by_label("Longest time, seconds")
    fill(page, seconds, "soon")
    press(page, page.get_by_role("button", name="Work it out"))
    page.locator(".govuk-error-summary").wait_for()
    see(page)
    press(page, page.locator(".govuk-error-summary a").first)
    assert seconds.evaluate("e => e === document.activeElement")
    page.keyboard.press("Shift+Tab")
    fill(page, seconds, "2")
    press(page, page.get_by_role("button", name="Work it out"))
    follow_by_keyboard(page, town, "See the award")
    press(page, page.get_by_role("button", name="Propose this award"))
    page.get_by_text("another commissioner approves").wait_for()
    award_page = page.url
    change_to(page, "e.brook")
    page.goto(award_page)
    press(page, page.get_by_role("button", name="Approve this award"))
    page.get_by_text("Approved by Eva Brook").wait_for()
    with Store.open(town.workspace.store_path) as store:
        award = store.find_result(Award, place=town.workspace.place)
    assert award_page.endswith(award.award_id)
    assert award.contracts
    assert page.get_by_text("Proposed by Cara Moor").is_visible()
    assert page.get_by_role("button", name="Approve this award").count() == 0


def test_a_paper_is_written_assured_and_approved_by_keyboard_alone(
    office: Served, open_page: OpenPage, stay: None
) -> None:
    page = open_page(f"{office.url}/sign-in", LAPTOP, bypass_csp=True)
    choose_person(page, "a.hart")
    press(page, page.get_by_role("link", name="Papers", exact=True))
    tab_to(page, page.get_by_label("Study"))
    page.keyboard.press("ArrowDown")
    press(page, page.get_by_role("button", name="Write it as a draft"))
    follow_by_keyboard(page, office, "Read the draft")
    page.wait_for_url(re.compile("/papers/.+"))
    paper = page.url
    assert page.get_by_role("button", name="Sign as").count() == 0
    for person_id, button, state in (
        ("d.ash", "Sign as assured", "assured"),
        ("c.moor", "Sign as approved", "approved"),
    ):
        change_to(page, person_id)
        press(page, page.get_by_role("link", name="Papers", exact=True))
        press(page, page.get_by_role("link", name=paper.rpartition("/")[2]))
        press(page, page.get_by_role("button", name=button))
        page.get_by_role("heading", level=1).get_by_text(state).wait_for()
        assert page.get_by_role("button", name="Sign as").count() == 0
    see(page)
    with page.expect_download() as waiting:
        press(page, page.get_by_role("link", name="PDF", exact=True))
    assert waiting.value.path().read_bytes().startswith(b"%PDF")
    with Store.open(office.workspace.store_path) as store:
        signed = list_sign_offs(store, paper.rpartition("/")[2])
    assert [one.person_id for one in signed] == ["d.ash", "c.moor"]
