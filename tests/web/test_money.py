"""Money on the page: figures add up, an award is proposed by one and approved by another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from costing import BY_CONTRACT, BY_YEAR, award_tender
from costing.award_steps import list_award_steps
from data.award_steps import AwardState, find_award_state
from data.errors import StoreError
from data.people import Role
from data.runs import RunRecord
from data.statements import Measure, Statement, StatementTable
from data.store import Store
from data.tenders import Award
from data.workspace import Workspace
from tests.data.hand_made_tender import build_book, build_tender, make_bid, make_contract
from tests.reports.hand_made import STAMP
from tests.web.places import be, build_page, build_place, find_csrf, visiting
from web.charts import Chart, Form, Series, build_svg, find_ticks
from web.money import headings
from web.money_answers import MOST_BARS, build_charts
from web.state import WebState


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = build_place(tmp_path_factory.mktemp("money"))
    with Store.open(workspace.store_path) as store:
        inputs_hash = store.find_inputs_hash(workspace.place)
        tender = replace(
            build_tender((make_contract(1), make_contract(2))),
            place=workspace.place,
            inputs_hash=inputs_hash,
        )
        bids = (make_bid("b1", 9_000, "C001"), make_bid("b2", 9_500, "C002"))
        book = build_book(*bids)
        store.save_result(tender, place=workspace.place)
        store.save_result(book, place=workspace.place)
        award = award_tender(tender, book, created_utc=STAMP, seconds=10, review_seconds=0)
        store.save_result(award, place=workspace.place)
        store.add_person("e.brook", "Eva Brook", [Role.COMMISSIONER], now_utc=STAMP)
    return workspace


@pytest.fixture(scope="module")
def client(place: Workspace) -> Iterator[TestClient]:
    with visiting(build_page(place, person_id="c.moor")) as opened:
        yield opened


def find_award(place: Workspace) -> Award:
    with Store.open(place.store_path) as store:
        return store.find_result(Award, place=place.place)


@pytest.mark.parametrize(
    "path",
    ["", "/rates", "/benchmark", "/providers", "/tenders", "/ledger", "/invoices", "/savings"],
)
def test_every_page_of_money_opens_with_or_without_anything_kept(
    client: TestClient, path: str
) -> None:
    shown = client.get(f"/money{path}")
    assert shown.status_code == 200, shown.text


def test_an_award_shows_what_its_contracts_add_up_to(
    client: TestClient, place: Workspace
) -> None:
    award = find_award(place)
    html = client.get(f"/money/awards/{award.award_id}").text
    # £90.00 and £95.00 a day on the same number of days, as the award has them by contract.
    total = sum(win.year_pence for win in award.contracts)
    assert total == award.paid_pence
    assert f"£{total // 100:,}.{total % 100:02d}" in html
    assert "proven least" in html


def test_who_proposed_an_award_cannot_approve_it(place: Workspace) -> None:
    award = find_award(place)
    page = f"/money/awards/{award.award_id}"
    with visiting(build_page(place)) as browser:
        be(browser, "c.moor")
        token = {"csrf_token": find_csrf(browser.get(page).text)}
        assert browser.post(f"{page}/approve", data=token).status_code == 403
        assert browser.post(f"{page}/propose", data=token).status_code == 303
        assert browser.post(f"{page}/approve", data=token).status_code == 403
        assert "another commissioner approves" in browser.get(page).text
        be(browser, "a.hart")
        token = {"csrf_token": find_csrf(browser.get("/sign-in").text)}
        assert browser.post(f"{page}/approve", data=token).status_code == 403
        be(browser, "e.brook")
        token = {"csrf_token": find_csrf(browser.get(page).text)}
        assert browser.post(f"{page}/approve", data=token).status_code == 303
        assert "Approved by Eva Brook" in browser.get(page).text
        assert browser.post(f"{page}/approve", data=token).status_code == 403
    with Store.open(place.store_path) as store:
        steps = list_award_steps(store, award.award_id)
        assert find_award_state(steps) is AwardState.APPROVED
        assert [s.person_id for s in steps] == ["c.moor", "e.brook"]
        actions = [e.action for e in store.audit.list_entries(place.place, action="award.")]
        assert actions == ["award.approve", "award.propose"]


@pytest.mark.parametrize(
    ("page", "form", "said"),
    [
        ("tenders", {"basis": "site", "max_vehicles": "6"}, "no plan yet to let"),
        ("providers", {}, "no plan yet whose routes could be given"),
    ],
)
def test_what_begins_with_a_plan_is_refused_without_one(
    client: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    page: str,
    form: dict[str, str],
    said: str,
) -> None:
    def find_none(_state: WebState, run_id: str) -> RunRecord:
        raise StoreError(f"There is no run {run_id}.")

    monkeypatch.setattr(WebState, "find_run", find_none)
    token = {"csrf_token": find_csrf(client.get("/money/savings").text)}
    refused = client.post(f"/money/{page}", data=token | form)
    assert refused.status_code == 422
    assert f"There is {said}: plan first" in refused.text


def test_bids_with_faults_are_refused_whole(client: TestClient, place: Workspace) -> None:
    award = find_award(place)
    page = f"/money/tenders/{award.tender_id}"
    token = {"csrf_token": find_csrf(client.get(page).text)}
    missing = client.post(f"{page}/bids", data=token)
    assert missing.status_code == 422
    assert 'href="#files"' in missing.text
    bad = client.post(f"{page}/bids", data=token, files={"files": ("bids.csv", b"x,y\n1,2\n")})
    assert bad.status_code == 422
    assert "Nothing was kept" in bad.text


def test_a_chart_of_a_statement_draws_what_its_table_says() -> None:
    pounds = Measure.POUNDS
    table = StatementTable(
        name=BY_YEAR,
        headings=headings(
            "Year", ("Cashable", pounds), ("Avoided", pounds), ("Cost to implement", pounds),
            ("Budget", pounds), ("Budget after", pounds),
        ),
        rows=(("2026/27", 100, 20, 5, 1_000, 905), ("2027/28", 300, 0, 0, None, None)),
    )  # fmt: skip
    statement = Statement(title="S", basis="made up", tables=(table,))
    savings, budget = build_charts(statement)[BY_YEAR]
    assert savings.labels == ("2026/27", "2027/28")
    assert [s.points for s in savings.series] == [
        ((0, 1.0), (1, 3.0)), ((0, 0.2), (1, 0.0)), ((0, 0.05), (1, 0.0)),
    ]  # fmt: skip
    # A year without a budget has no bar, not one of nought.
    assert [s.points for s in budget.series] == [((0, 10.0),), ((0, 9.05),)]
    assert budget.series[0].names == ("2026/27: budget £10.00",)
    without = replace(table, rows=(table.rows[1],))
    assert len(build_charts(replace(statement, tables=(without,)))[BY_YEAR]) == 1
    many = StatementTable(
        name=BY_CONTRACT,
        headings=headings(
            "Contract", ("Lines", Measure.COUNT), ("Claimed", pounds), ("Due", pounds)
        ),
        rows=tuple((f"K{n}", 1, 100 * n, 90 * n) for n in range(MOST_BARS + 3)),
    )
    (contracts,) = build_charts(replace(statement, tables=(many,)))[BY_CONTRACT]
    assert [s.name for s in contracts.series] == ["Claimed", "Due"]
    assert all(len(s.points) == MOST_BARS == len(contracts.labels) for s in contracts.series)


def test_savings_are_worked_out_and_kept_with_their_table(client: TestClient) -> None:
    token = {"csrf_token": find_csrf(client.get("/money/savings").text)}
    refused = client.post("/money/savings", data={**token, "first_year": "soon"})
    assert refused.status_code == 422
    assert 'href="#savings"' in refused.text
    assert 'href="#first_year"' in refused.text
    assert 'value="soon"' in refused.text
    table = (
        b"saving_id,title,starts_on,yearly_pounds,one_off_pounds,cost_pounds,cashable,"
        b"ramp_months,risk_percent,budget_line,group,owner,impact,run_id\n"
        b"S1,Larger own fleet,2026-04-01,12000,0,0,yes,0,0,SEND transport,,Head,none,\n"
    )
    done = client.post(
        "/money/savings",
        data={**token, "first_year": "2026", "basis": "2026/27 prices"},
        files={"savings": ("register.csv", table)},
    )
    assert done.status_code == 303, done.text
    html = client.get("/money/savings").text
    assert "£12,000.00" in html
    assert "2026/27 prices" in html


def test_ticks_are_round_and_cover_the_range() -> None:
    for low, high in ((0.0, 9.3), (-4.0, 3.0), (1_137.75, 2_209.77), (5.0, 5.0), (0.0, 0.0)):
        ticks = find_ticks(low, high)
        assert ticks[0] <= low
        assert ticks[-1] >= high
        assert 2 <= len(ticks) <= 12


def test_a_chart_shows_every_point_and_escapes_its_names() -> None:
    points = tuple((float(n), float(n * n)) for n in range(7))
    chart = Chart(
        title="t",
        about="a <b>",
        x_title="x & y",
        y_title="y",
        series=(Series(name="<i>", form=Form.POINTS, points=points),),
    )
    svg = str(build_svg(chart))
    assert svg.count("<circle") == len(points)
    assert "<i>" not in svg
    assert "&lt;i&gt;" in svg
    # Nothing of it leans on an inline style, which the page's policy would refuse.
    assert not re.search(r"\sstyle=", svg)
    assert build_svg(replace(chart, series=())) == ""
