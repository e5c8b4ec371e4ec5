"""The API of the desk: the same rules as the pages, every fault as a problem record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from data.imports import write_workbook
from data.people import Role
from data.store import Store
from data.workspace import Workspace, read_inputs
from scenarios import list_library, read_library_text
from tests.data.hand_made_tender import build_book, build_tender, make_bid, make_contract
from tests.reports.hand_made import NEED_CANARY, PROTECTED_POSTCODE, STAMP
from tests.web.example_client import load_example
from tests.web.places import build_page, build_place, do_jobs, visiting
from tests.web.test_api import give_token
from web import jobs
from web.jobs import JobState, find_jobs
from web.limits import MOST_BODY, MOST_EXPORTS, LimitError
from web.state import WebState, get_state

API = "/api/v1"
OPTIONS = Path(__file__).parents[2] / "docs" / "examples" / "options-worcestershire.csv"
STORY = (
    'scenario_id = "larger"\ntitle = "A larger fleet"\nquestion = "q"\nbase_id = "baseline"\n'
    'planned = "search"\n\n[[changes]]\nkind = "scale_own_fleet"\npercent = 20\n'
)

Headers = dict[str, str]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = build_place(tmp_path_factory.mktemp("api-desk"))
    with Store.open(workspace.store_path) as store:
        tender = replace(
            build_tender((make_contract(1), make_contract(2))),
            place=workspace.place,
            inputs_hash=store.find_inputs_hash(workspace.place),
        )
        bids = (make_bid("b1", 9_000, "C001"), make_bid("b2", 9_500, "C002"))
        store.save_result(tender, place=workspace.place)
        store.save_result(build_book(*bids), place=workspace.place)
        store.add_person("e.brook", "Eva Brook", [Role.COMMISSIONER], now_utc=STAMP)
    return workspace


@pytest.fixture(scope="module")
def page(place: Workspace) -> FastAPI:
    return build_page(place)


@pytest.fixture(scope="module")
def client(page: FastAPI) -> Iterator[TestClient]:
    with visiting(page) as found:
        yield found


@pytest.fixture(scope="module")
def state(page: FastAPI) -> WebState:
    return get_state(page)


@pytest.fixture(scope="module")
def planner(state: WebState) -> Headers:
    return give_token(state.store, "a.hart")


@pytest.fixture(scope="module")
def buyer(state: WebState) -> Headers:
    return give_token(state.store, "c.moor")


@pytest.fixture(scope="module")
def manager(state: WebState) -> Headers:
    return give_token(state.store, "m.page")


def test_a_search_pages_through_all_and_tells_nothing_hidden(
    client: TestClient, planner: Headers
) -> None:
    address: str | None = f"{API}/records/passengers?limit=3"
    found: list[dict[str, Any]] = []
    while address:
        body = client.get(address, headers=planner).json()
        found += body["items"]
        address = body["next"]
    tables = client.get(f"{API}/records", headers=planner).json()
    assert len(found) == next(t["n_records"] for t in tables if t["name"] == "passengers")
    assert all(r["rows"][0]["need"] == "hidden" for r in found)
    for query in (f"q={NEED_CANARY}", "q=hidden"):
        shown = client.get(f"{API}/records/passengers?{query}", headers=planner).json()
        assert shown["total"] == 0
    homes = client.get(f"{API}/records/homes", headers=planner).text
    assert PROTECTED_POSTCODE not in homes
    narrowed = client.get(f"{API}/records/passengers?only=primary", headers=planner).json()
    assert 0 < narrowed["total"] < len(found)
    assert client.get(f"{API}/records/gates?only=x", headers=planner).status_code == 422
    assert client.get(f"{API}/records/places", headers=planner).status_code == 404


def test_what_is_masked_is_opened_with_a_reason_that_is_kept(
    client: TestClient, planner: Headers, buyer: Headers, state: WebState
) -> None:
    address = f"{API}/records/passengers/record"
    assert NEED_CANARY not in client.get(f"{address}?id=p1", headers=planner).text
    asked = {"reason": "curiosity"}
    assert client.post(f"{address}/open?id=p1", json=asked, headers=planner).status_code == 403
    asked = {"reason": "query"}
    assert client.post(f"{address}/open?id=p1", json=asked, headers=buyer).status_code == 403
    opened = client.post(f"{address}/open?id=p1", json=asked, headers=planner)
    assert NEED_CANARY in opened.text
    entries = state.store.audit.list_entries(record_id="p1", action="sensitive.open")
    assert [(e.person_id, e.reason) for e in entries] == [("a.hart", "query")]


def test_a_record_is_changed_by_the_rules_of_the_import(
    client: TestClient, place: Workspace, planner: Headers
) -> None:
    address = f"{API}/records/passengers/record?id=p2"
    before = read_inputs(place.folder).passengers[1]
    shown = client.get(address, headers=planner).json()
    wanted = {"rows": [{"seats": "2"}], "seen": shown["inputs_hash"], "why": "school told us"}
    done = client.patch(address, json=wanted, headers=planner)
    assert (done.status_code, done.json()["rows"][0]["seats"]) == (200, "2")
    after = read_inputs(place.folder).passengers[1]
    # What was not named and what is masked stays as it was.
    assert replace(after, n_seats=before.n_seats) == before
    (entry,) = done.json()["history"]
    assert (entry["person_id"], entry["reason"]) == ("a.hart", "school told us")
    again = client.patch(address, json=wanted | {"rows": [{"seats": "3"}]}, headers=planner)
    assert (again.status_code, again.json()["problems"][0]["column"]) == (409, "seats")
    same = client.patch(address, json={"rows": [{"seats": "2"}]}, headers=planner)
    assert (same.status_code, len(same.json()["history"])) == (200, 1)


def test_all_faults_of_a_record_are_named(client: TestClient, planner: Headers) -> None:
    address = f"{API}/records/passengers/record?id=p3"
    row = {"seats": "many", "walk_limit_m": "-3"}
    refused = client.patch(address, json={"rows": [row]}, headers=planner)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    columns = {p["column"].partition("(")[2].rstrip(")") for p in refused.json()["problems"]}
    assert columns >= {"seats", "walk_limit_m"}
    row = {"colour": "red", "need": "x"}
    refused = client.patch(address, json={"rows": [row]}, headers=planner)
    assert {p["code"] for p in refused.json()["problems"]} == {"W020", "W021"}
    known = client.patch(
        address, json={"rows": [{"need": "other"}], "opened": "correct"}, headers=planner
    )
    assert known.json()["rows"][0]["need"] == "hidden"


def test_a_record_is_added_and_taken_out_unless_others_need_it(
    client: TestClient, place: Workspace, planner: Headers
) -> None:
    table = f"{API}/records/suppliers"
    like = client.get(f"{table}?limit=1", headers=planner).json()["items"][0]
    row = like["rows"][0] | {"supplier_id": "new-firm", "name": "New Firm"}
    made = client.post(table, json={"rows": [row], "is_confirmed": True}, headers=planner)
    assert made.status_code == 201, made.text
    assert "new-firm" in {s.supplier_id for s in read_inputs(place.folder).suppliers}
    twice = client.post(table, json={"rows": [row], "is_confirmed": True}, headers=planner)
    assert twice.status_code == 422
    gone = client.delete(f"{table}/record?id=new-firm&why=closed", headers=planner)
    assert gone.status_code == 204, gone.text
    needed = client.delete(f"{table}/record?id={like['record_id']}", headers=planner)
    assert needed.status_code == 422
    assert needed.json()["problems"]
    assert like["record_id"] in {s.supplier_id for s in read_inputs(place.folder).suppliers}


def test_an_import_lists_what_is_wrong_and_is_taken_in_by_who_brought_it(
    client: TestClient,
    place: Workspace,
    planner: Headers,
    state: WebState,
    tmp_path: Path,
    started: list[Path],
) -> None:
    address = f"{API}/imports"
    table = b"vehicle_id,vehicle_type_id,depot_id\nV1,no_such,nowhere\n"
    before = read_inputs(place.folder)
    sent = client.post(address, files={"files": ("vehicles.csv", table)}, headers=planner)
    assert (sent.status_code, sent.json()["state"]) == (202, "waiting")
    own = f"{address}/{sent.json()['job_id']}"
    assert client.get(own, headers=planner).status_code == 404
    do_jobs(place)
    bad = client.get(own, headers=planner).json()
    assert not bad["is_accepted"]
    problems = bad["problems"]
    assert [p["code"] for p in problems].count("X002") == 2
    assert {p["row"] for p in problems if p["code"] == "X002"} == {2}
    refused = client.post(f"{own}/take", headers=planner)
    assert (refused.status_code, len(refused.json()["problems"])) == (422, len(problems))
    assert read_inputs(place.folder) == before
    assert client.delete(own, headers=planner).status_code == 204
    assert client.get(own, headers=planner).status_code == 404
    nothing = client.post(address, files={"mapping": ("m.toml", b"")}, headers=planner)
    assert nothing.status_code == 422
    book = tmp_path / "council.xlsx"
    write_workbook(replace(before, title="Again"), book)
    sent = client.post(
        address, files={"files": ("../c.xlsx", book.read_bytes())}, headers=planner
    )
    assert sent.status_code == 202, sent.text
    do_jobs(place)
    own = f"{address}/{sent.json()['job_id']}"
    read = client.get(own, headers=planner)
    assert read.json()["is_accepted"]
    counts = read.json()["counts"]
    for c in counts:
        parts = sum(c[f"n_{name}"] for name in ("accepted", "rejected", "blank", "header"))
        assert c["n_read"] == parts
    take = f"{own}/take"
    other = give_token(state.store, "b.lane")
    assert client.post(take, headers=other).status_code == 404
    assert client.get(own, headers=other).status_code == 404
    about = f"{API}/jobs/{sent.json()['job_id']}"
    assert client.get(about, headers=planner).json()["kind"] == "import"
    assert client.get(about, headers=other).status_code == 404
    faults = client.get(take.replace("/take", "/faults"), headers=planner)
    assert faults.content.startswith(b"PK")
    done = client.post(take, headers=planner)
    assert done.status_code == 201, done.text
    listed = client.get(address, headers=planner).json()
    assert listed["items"][0]["import_no"] == done.json()["import_no"]
    assert client.post(take, headers=planner).status_code == 404


def test_an_award_adds_up_and_another_commissioner_approves_it(
    client: TestClient,
    place: Workspace,
    buyer: Headers,
    planner: Headers,
    state: WebState,
    started: list[Path],
) -> None:
    tenders = client.get(f"{API}/money/tenders", headers=buyer).json()["items"]
    address = f"{API}/money/tenders/{tenders[0]['result_id']}"
    tender = client.get(address, headers=buyer).json()
    assert tender["lots"]["total"][2] == tender["n_contracts"] == 2
    wanted = {
        "book_id": tender["books"][0]["result_id"],
        "quality": 0,
        "max_share": 100,
        "small": 0,
        "seconds": 5,
    }
    assert client.post(f"{address}/awards", json=wanted, headers=planner).status_code == 403
    made = client.post(f"{address}/awards", json=wanted, headers=buyer)
    assert made.status_code == 202, made.text
    do_jobs(place)
    job = client.get(f"{API}/jobs/{made.json()['job_id']}", headers=planner).json()
    assert (job["state"], [one["kind"] for one in job["results"]]) == ("done", ["award"])
    award_id = job["results"][0]["result_id"]
    award = client.get(f"{API}/money/awards/{award_id}", headers=buyer).json()
    # Every contract is won once, and what each supplier wins is what its contracts come to.
    assert sum(row[5] for row in award["contracts"]["rows"]) == award["winners"]["total"][2]
    assert award["winners"]["total"][1] == tender["n_contracts"]
    own = f"{API}/money/awards/{award['award_id']}"
    assert client.post(f"{own}/approve", headers=buyer).status_code in (403, 409, 422)
    assert client.post(f"{own}/propose", headers=buyer).json()["state"] == "proposed"
    assert client.post(f"{own}/approve", headers=buyer).status_code == 403
    second = give_token(state.store, "e.brook")
    approved = client.post(f"{own}/approve", headers=second).json()
    assert (approved["state"], len(approved["steps"])) == ("approved", 2)
    forms = client.post(
        f"{address}/bids", files={"files": ("b.xlsx", b"no book")}, headers=buyer
    )
    assert forms.status_code == 422
    assert forms.json()["problems"]


def test_rates_of_the_api_are_those_of_the_page(client: TestClient, buyer: Headers) -> None:
    rates = client.get(f"{API}/money/rates", headers=buyer).json()
    pounds = sum(row[3] for row in rates["routes"]["rows"])
    assert rates["routes"]["total"][3] == pounds
    for path in ("benchmark", "frontier", "ledger", "invoices", "savings"):
        missing = client.get(f"{API}/money/{path}", headers=buyer)
        assert missing.status_code in (200, 404), path
    wrong = client.post(
        f"{API}/money/savings",
        data={"first_year": "2026"},
        files={"savings": ("s.csv", b"a,b\n1,2\n")},
        headers=buyer,
    )
    assert wrong.status_code == 422
    assert wrong.json()["problems"]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    found: list[Path] = []
    monkeypatch.setattr(jobs, "start_worker", lambda book, _: found.append(book.folder))
    return found


def test_a_scenario_is_checked_queued_watched_and_stopped(
    client: TestClient, planner: Headers, state: WebState, started: list[Path]
) -> None:
    bad = STORY.replace("20", '"plenty"').replace('"larger"', '"Not A Name"')
    refused = client.post(f"{API}/scenarios/check", json={"toml": bad}, headers=planner)
    assert refused.status_code == 422
    assert {p["column"] for p in refused.json()["problems"]} >= {"scenario_id"}
    no_toml = client.post(f"{API}/scenarios/check", json={"toml": "="}, headers=planner)
    assert no_toml.json()["problems"][0]["code"] == "Q010"
    both = {"toml": STORY, "steps": 30, "seconds": 10}
    assert client.post(f"{API}/scenarios", json=both, headers=planner).status_code == 422
    asked = {"toml": STORY, "steps": 30}
    made = client.post(f"{API}/scenarios", json=asked, headers=planner)
    assert made.status_code == 202, made.text
    assert started == [find_jobs(state).folder]
    job = made.json()
    assert (job["state"], job["person_id"]) == ("waiting", "a.hart")
    stopped = client.post(f"{API}/jobs/{job['job_id']}/stop", headers=planner).json()
    assert stopped["state"] == "stopped"
    listed = client.get(f"{API}/jobs?state=stopped", headers=planner).json()
    assert [one["job_id"] for one in listed["items"]] == [job["job_id"]]
    assert client.get(f"{API}/jobs/none", headers=planner).status_code == 404
    viewer = give_token(state.store, "v.reed")
    assert client.post(f"{API}/scenarios", json=asked, headers=viewer).status_code == 403


def test_every_stock_scenario_is_read_and_is_its_file(
    client: TestClient, planner: Headers
) -> None:
    stock = client.get(f"{API}/scenarios/library", headers=planner).json()
    assert [s["scenario_id"] for s in stock] == [s.scenario_id for s in list_library()]
    one = stock[0]["scenario_id"]
    read = client.get(f"{API}/scenarios/library/{one}", headers=planner).json()
    assert read["toml"] == read_library_text(one)
    assert client.get(f"{API}/scenarios/library/none", headers=planner).status_code == 404


def test_moved_weights_change_the_ranking(client: TestClient, planner: Headers) -> None:
    address = f"{API}/scenarios/options"
    sent = {"file": ("o.csv", OPTIONS.read_bytes())}
    kept = client.post(address, files=sent, headers=planner)
    assert kept.status_code == 201, kept.text
    n = len(kept.json()["sliders"])
    moved = "&".join(["weight=0"] * (n - 1) + ["weight=5"])
    shown = client.get(f"{address}?{moved}", headers=planner).json()
    assert [s["weight"] for s in shown["sliders"]] == [0] * (n - 1) + [5]
    assert shown["table"]["rows"] != kept.json()["table"]["rows"]
    assert client.get(f"{address}?weight=99", headers=planner).status_code == 422


def test_the_example_of_a_client_runs_a_scenario(
    client: TestClient,
    planner: Headers,
    state: WebState,
    started: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    example = load_example(monkeypatch, client, planner)
    lines = example.run_scenario("http://localhost", STORY, 30, wait_s=0)
    assert next(lines) == "A larger fleet: waiting "
    book = find_jobs(state)
    (waiting,) = (j for j in book.list_jobs() if j.state is JobState.WAITING)
    book.write(replace(waiting, state=JobState.DONE))
    assert list(lines) == ["A larger fleet: done "]


def test_an_address_is_registered_watched_and_ended(
    client: TestClient, manager: Headers, planner: Headers, state: WebState
) -> None:
    address = f"{API}/webhooks"
    assert client.get(address, headers=planner).status_code == 403
    for url in ("http://hooks.example.test/", "https://169.254.169.254/", "https://10.0.0.7/x"):
        assert client.post(address, json={"url": url}, headers=manager).status_code == 403
    wanted = {"url": "https://hooks.example.test/w"}
    made = client.post(address, json=wanted, headers=manager)
    assert made.status_code == 201, made.text
    secret = made.json()["secret"]
    assert len(secret) >= 40
    listed = client.get(address, headers=manager)
    assert secret not in listed.text
    own = f"{address}/{made.json()['hook_no']}"
    assert client.get(f"{own}/deliveries", headers=manager).json() == []
    assert client.post(f"{own}/deliveries/9/repeat", headers=manager).status_code == 404
    assert client.delete(own, headers=manager).status_code == 204
    assert client.delete(own, headers=manager).status_code == 404
    actions = [e.action for e in state.store.audit.list_entries(action="webhook.", most=2)]
    assert actions == ["webhook.end", "webhook.add"]


def test_whether_the_page_is_up_needs_no_token_and_tells_nothing(client: TestClient) -> None:
    assert client.get(f"{API}/health").json() == {"status": "up"}
    assert client.get(f"{API}/health/place").status_code == 401


def test_a_person_takes_twenty_files_an_hour_and_no_more(
    client: TestClient, state: WebState
) -> None:
    headers = give_token(state.store, "d.ash")
    tender = client.get(f"{API}/money/tenders", headers=headers).json()["items"][0]
    address = f"{API}/money/tenders/{tender['result_id']}/pack"
    for n in range(MOST_EXPORTS):
        assert client.get(address, headers=headers).status_code == 200, n
    refused = client.get(address, headers=headers)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "3600")
    assert len(state.store.audit.list_entries(action="export.", person_id="d.ash")) == 20
    other = give_token(state.store, "v.reed")
    assert client.get(address, headers=other).status_code == 200


def test_heavy_work_of_one_person_waits_for_what_they_asked_before(state: WebState) -> None:
    with state.heavy.entering("a.hart"):
        with pytest.raises(LimitError), state.heavy.entering("a.hart"):
            pass
        second = state.heavy.entering("b.lane")
        with second, pytest.raises(LimitError), state.heavy.entering("c.moor"):
            pass
    with state.heavy.entering("a.hart"):
        pass


def test_a_body_that_is_too_long_is_refused(client: TestClient, planner: Headers) -> None:
    long = b'{"toml": "' + b"x" * MOST_BODY + b'"}'
    headers = planner | {"content-type": "application/json"}
    refused = client.post(f"{API}/scenarios/check", content=long, headers=headers)
    assert refused.status_code == 413, refused.text

    def drip() -> Iterator[bytes]:
        # Nothing says beforehand how much will come.
        for _ in range(0, MOST_BODY + 1, 10_000):
            yield b"x" * 10_000

    refused = client.post(f"{API}/scenarios/check", content=drip(), headers=headers)
    assert refused.status_code == 413
