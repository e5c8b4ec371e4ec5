"""The pictures of the guide: made-up people on the made-up town, made again by one command.

`make screenshots` writes docs/guide/images. With ``--place`` and ``--folder`` the pictures of
plans are taken of a sample place that was planned before, e.g. by `make demo`.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from data.access import Account
from data.inputs import fingerprint
from data.nights import Explanation, Publication, Reason
from data.people import Role
from data.plans import PlanState
from data.samples.bids import build_firms, build_sample_bids
from data.store import Store
from data.tenders import Tender
from data.workspace import Workspace
from reports.tender_books import build_bids_book
from tests.reports.hand_made import STAMP
from tests.web.browser.conftest import ARGUMENTS, CHROMIUM, DESKTOP, LAPTOP, PHONE, serving
from tests.web.browser.looked_at import build_filled
from tests.web.places import PEOPLE, do_jobs
from tests.web.starter_town import build_starter_town, find_starter
from web import WebSettings, build_app
from web.settings import read_clock

IMAGES = Path("docs/guide/images")
OPTIONS = Path("docs/examples/options-worcestershire.csv")
COLOURS = 96
"""Colours of a picture: enough for maps and charts, and small files."""
WAIT_MS = 300_000


@contextmanager
def showing(browser: Browser, workspace: Workspace, person_id: str) -> Iterator[Page]:
    """Serve a place on the eve of its service date, and open a window of somebody's."""
    with Store.open(workspace.store_path) as store:
        run = store.find_run("latest", workspace.place)
    on = run.plan.service_date
    assert on is not None
    eve = datetime.combine(on - timedelta(days=1), time(15, 30), UTC)
    app = build_app(
        WebSettings(workspace=workspace, person_id=person_id, is_demo=True, clock=lambda: eve)
    )
    with serving(app) as url:
        context = browser.new_context(
            base_url=url, locale="en-GB", timezone_id="Europe/London", reduced_motion="reduce"
        )
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        yield page
        context.close()


def keep_picture(page: Page, name: str, size: tuple[int, int], *, top: str = "") -> None:
    """Keep what a window shows, from its top or from a thing in it."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    if page.locator("#map").count():
        page.wait_for_selector("#map[data-ready]")
    if top:
        page.locator(top).first.evaluate("e => e.scrollIntoView()")
    else:
        page.evaluate("() => window.scrollTo(0, 0)")
    page.wait_for_timeout(1_000)
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    IMAGES.mkdir(exist_ok=True)
    picture.quantize(COLOURS).save(IMAGES / f"{name}.png", optimize=True)


def follow_job(page: Page, workspace: Workspace, link: str) -> None:
    """Let a job be done that was queued, and follow what it leads to."""
    page.wait_for_url(re.compile("/jobs/"))
    do_jobs(workspace, read_clock)
    page.get_by_role("link", name=link).wait_for()
    # It asks no more: the click cannot fall into an exchange of the page.
    page.reload()
    page.get_by_role("link", name=link).click()


def publish_town(workspace: Workspace) -> None:
    """Publish the plan for its date, as the night would, and say who drives it."""
    with Store.open(workspace.store_path) as store:
        run = store.find_run("latest", workspace.place)
        on, made = run.plan.service_date, replace(run.plan, state=PlanState.REPAIRED)
        assert on is not None
        duty = next(d for d in made.duties if d.crew_ids)
        away = duty.routes[0].passenger_ids[0]
        plan_no, standing_no = store.nights.save_plans(made, made)
        store.nights.publish(
            Publication(
                place=workspace.place,
                service_date=on,
                version_no=0,
                state=made.state,
                plan_no=plan_no,
                plan_id=made.plan_id,
                run_id=run.run_id,
                standing_no=standing_no,
                inputs_hash=run.inputs_hash,
                reference_hash="d" * 64,
                night_key="a" * 64,
                fence_no=store.nights.take_fence(workspace.place, taken_utc=STAMP),
                report_hash="b" * 64,
                published_utc=datetime.combine(on - timedelta(days=1), time(4, 45), UTC),
                explanation=Explanation(
                    compared_with=made.plan_id,
                    reasons=(
                        Reason(
                            cause="absence",
                            text=f"duty {duty.duty_id}: {away} is away; saves £4.20 a day.",
                            passenger_ids=(away,),
                            duty_ids=(duty.duty_id,),
                            saved_pence=420,
                        ),
                    ),
                    before_pence=(made.cost_pence or 0) + 420,
                    after_pence=made.cost_pence,
                    n_shifted=2,
                ),
            ),
            fingerprint(made),
        )
        store.accounts.save_account(Account(person_id="d.wood", works_for=duty.crew_ids[0]))


def show_plans(browser: Browser, workspace: Workspace) -> None:
    """Today, the plan on the map, a route."""
    with showing(browser, workspace, "a.hart") as page:
        page.goto("/")
        keep_picture(page, "today", LAPTOP)
        page.goto("/plans/latest")
        keep_picture(page, "plan", LAPTOP, top="#map")
        page.locator("table a[href*='/routes/']").first.click()
        keep_picture(page, "route", LAPTOP)
    with showing(browser, workspace, "c.moor") as page:
        page.goto("/money/rates")
        keep_picture(page, "rates", LAPTOP, top="figure")


def show_work(browser: Browser, workspace: Workspace) -> None:
    """A draft: who waits for a place, the three best places."""
    with showing(browser, workspace, "a.hart") as page:
        page.goto("/plans/latest")
        page.get_by_label("Name of your draft").fill("Starter on Monday")
        page.get_by_role("button", name="Work on this plan").click()
        page.wait_for_url(re.compile(r"/drafts/\d+$"))
        keep_picture(page, "draft", LAPTOP)
        page.goto(f"{page.url}/places/am/{find_starter()}")
        keep_picture(page, "places", LAPTOP)


def show_money(browser: Browser, workspace: Workspace) -> None:
    """A tender let, from its lots to the award."""
    with showing(browser, workspace, "c.moor") as page:
        page.goto("/money/tenders")
        page.get_by_label(re.compile("^Let the own company")).check()
        page.get_by_role("button", name="Make lots").click()
        follow_job(page, workspace, "See the lots")
        page.wait_for_url(re.compile("/money/tenders/.+"))
        with Store.open(workspace.store_path) as store:
            tender = store.find_result(Tender, place=workspace.place)
            firms = build_firms(store.read_inputs(tender.inputs_hash))
        bids = build_sample_bids(tender, firms, created_utc=STAMP, seed=1, per_firm=6)
        page.get_by_label("Bid forms").set_input_files(
            {
                "name": "bids.xlsx",
                "mimeType": "application/octet-stream",
                "buffer": build_bids_book(tender, bids),
            }
        )
        page.get_by_role("button", name="Read the bids").click()
        page.get_by_label("Longest time, seconds").fill("5")
        page.get_by_role("button", name="Work it out").click()
        follow_job(page, workspace, "See the award")
        page.wait_for_url(re.compile("/money/awards/"))
        keep_picture(page, "award", LAPTOP)
        page.goto("/scenarios/options")
        page.get_by_label("Table").set_input_files(OPTIONS)
        page.get_by_role("button", name="Read the table").click()
        page.get_by_role("heading", name="Weights").wait_for()
        keep_picture(page, "options", LAPTOP)
        page.goto("/scenarios/studies/new")
        keep_picture(page, "study", LAPTOP)


def show_draws(browser: Browser, workspace: Workspace) -> None:
    """How sure savings are, of a place with draws of made-up numbers."""
    with showing(browser, workspace, "a.hart") as page:
        page.goto("/scenarios/draws")
        keep_picture(page, "draws", DESKTOP, top="figure")


def show_driver(browser: Browser, workspace: Workspace) -> None:
    """A driver's day on a phone."""
    with showing(browser, workspace, "d.wood") as page:
        page.goto("/driver")
        keep_picture(page, "driver", PHONE)


SHOTS: tuple[Callable[[Browser, Workspace], None], ...] = (show_work, show_money, show_driver)


def main() -> None:
    """Make every picture again."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument(
        "--folder", type=Path, help="Working folder with a planned sample place."
    )
    asked.add_argument("--place", default="southend", help="The sample place in it.")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        town = build_starter_town(Path(folder) / "town", is_published=False)
        publish_town(town)
        shown = town
        if given.folder is not None:
            # A copy: a picture changes nothing in the place it is of.
            shutil.copytree(given.folder / given.place, Path(folder) / "own" / given.place)
            shown = Workspace(root=Path(folder) / "own", place=given.place)
            with Store.open(shown.store_path) as store:
                for person_id in ("a.hart", "c.moor", "d.wood"):
                    name, roles = PEOPLE[person_id]
                    store.add_person(person_id, name, [Role(r) for r in roles], now_utc=STAMP)
            publish_town(shown)
        show_plans(browser, shown)
        # What is queued waits until it is done here.
        with patch("web.jobs.start_worker"):
            for show in SHOTS:
                show(browser, town)
        drawn, _ = build_filled(Path(folder) / "drawn")
        show_draws(browser, drawn)
        browser.close()


if __name__ == "__main__":
    main()
