"""Records on the page: found, masked, opened with a reason, edited by the import's rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from data.imports import write_workbook
from data.store import Store
from data.workspace import Workspace, read_inputs
from tests.web.places import be, build_page, build_place, do_jobs, find_csrf, visiting
from web import jobs as web_jobs


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return build_place(tmp_path_factory.mktemp("records"))


@pytest.fixture(scope="module")
def client(place: Workspace) -> Iterator[TestClient]:
    with visiting(build_page(place, person_id="a.hart")) as opened:
        yield opened


def read_form(html: str) -> dict[str, str]:
    """Read the values that the form of a record would send."""
    import re

    found = dict(re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', html))
    for name, body in re.findall(
        r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', html, re.S
    ):
        chosen = re.search(r"<option[^>]* selected>([^<]*)</option>", body)
        found[name] = chosen[1] if chosen else ""
    return found


def test_needs_are_hidden_until_somebody_gives_a_reason(
    client: TestClient, place: Workspace
) -> None:
    address = "/records/passengers/record?id=p1"
    html = client.get(address).text
    assert html.count('class="wf-hidden"') >= 7
    assert "asd" not in html
    token = find_csrf(html)
    refused = client.post(
        "/records/passengers/open?id=p1", data={"csrf_token": token, "reason": "curiosity"}
    )
    assert refused.status_code == 422
    assert 'class="wf-hidden"' in refused.text
    opened = client.post(
        "/records/passengers/open?id=p1", data={"csrf_token": token, "reason": "query"}
    )
    assert opened.status_code == 200
    assert 'class="wf-hidden"' not in opened.text
    with Store.open(place.store_path) as store:
        entries = store.audit.list_entries(place.place, record_id="p1")
    assert [(e.person_id, e.action, e.reason) for e in entries] == [
        ("a.hart", "sensitive.open", "query")
    ]
    # The next look is masked again.
    assert 'class="wf-hidden"' in client.get(address).text


def test_a_search_does_not_tell_what_is_hidden(client: TestClient) -> None:
    shown = client.get("/records/passengers?q=asd").text
    assert "0 records of" in shown
    found = client.get("/records/passengers?q=p1").text
    assert "/records/passengers/record?id=p1" in found


def test_an_edit_leaves_what_was_not_opened_as_it_is(
    client: TestClient, place: Workspace
) -> None:
    before = read_inputs(place.folder).passengers[1]
    address = f"/records/passengers/edit?id={before.passenger_id}"
    form = read_form(client.get(address).text)
    assert "r0-need" not in form
    done = client.post(address, data={**form, "r0-seats": "2", "why": "school told us"})
    assert done.status_code == 303, done.text
    after = read_inputs(place.folder).passengers[1]
    assert after.n_seats == 2
    assert (after.need, after.birth_date, after.wheelchair) == (
        before.need,
        before.birth_date,
        before.wheelchair,
    )
    history = client.get(done.headers["location"]).text
    assert "school told us" in history
    assert "a.hart" in history


def test_all_faults_are_said_and_what_was_typed_is_kept(client: TestClient) -> None:
    address = "/records/passengers/edit?id=p3"
    form = read_form(client.get(address).text)
    refused = client.post(address, data={**form, "r0-seats": "many", "r0-walk_limit_m": "-3"})
    assert refused.status_code == 422
    assert "Error: " in refused.text
    for name, typed in (("r0-seats", "many"), ("r0-walk_limit_m", "-3")):
        assert f'href="#{name}"' in refused.text
        assert f'id="{name}-error"' in refused.text
        assert f'name="{name}" value="{typed}"' in refused.text


def test_the_second_of_two_planners_is_told_what_the_first_did(place: Workspace) -> None:
    address = "/records/passengers/edit?id=p4"
    with visiting(build_page(place, person_id="a.hart")) as first:
        theirs = read_form(first.get(address).text)
        with visiting(build_page(place, person_id="b.lane")) as second:
            ours = read_form(second.get(address).text)
            assert first.post(address, data={**theirs, "r0-seats": "2"}).status_code == 303
            told = second.post(address, data={**ours, "r0-seats": "3"})
            assert told.status_code == 409
            assert "Changed by somebody else meanwhile" in told.text
            assert 'name="r0-seats" value="3"' in told.text
            again = second.post(address, data=read_form(told.text))
            assert again.status_code in (303, 422)
    passengers = {p.passenger_id: p for p in read_inputs(place.folder).passengers}
    assert passengers["p4"].n_seats in (2, 3)


def test_who_may_not_edit_is_not_offered_it(place: Workspace) -> None:
    with visiting(build_page(place)) as client:
        be(client, "c.moor")
        html = client.get("/records/passengers/record?id=p1").text
        assert "edit?id=p1" not in html
        assert client.get("/records/passengers/edit?id=p1").status_code == 403
        assert client.post("/records/passengers/edit?id=p1").status_code == 403
        assert client.post("/records/passengers/open?id=p1").status_code == 403


def test_an_unknown_record_or_table_is_not_found(client: TestClient) -> None:
    assert client.get("/records/passengers/record?id=nobody").status_code == 404
    assert client.get("/records/settings").status_code == 404
    assert client.get("/records/places/record?id=home-1").status_code == 404


def test_an_upload_is_shown_before_it_is_taken_in(
    client: TestClient, place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_jobs, "start_worker", lambda _book, _lane: None)
    inputs = read_inputs(place.folder)
    book = tmp_path / "council.xlsx"
    write_workbook(inputs, book)
    token = find_csrf(client.get("/import").text)
    nothing = client.post("/import", data={"csrf_token": token})
    assert nothing.status_code == 422
    assert "choose a workbook" in nothing.text
    sent = client.post(
        "/import",
        data={"csrf_token": token},
        files={"files": ("../../council.xlsx", book.read_bytes())},
    )
    assert sent.status_code == 303, sent.text
    assert "waiting" in client.get(sent.headers["location"]).text
    do_jobs(place)
    shown = client.get(sent.headers["location"])
    assert "Take it in" in shown.text
    address = sent.headers["location"].replace("/jobs/", "/import/")
    assert client.get("/import").text.count("Nothing has been imported") == 1
    done = client.post(f"{address}/take", data={"csrf_token": token})
    assert done.status_code == 303
    assert done.headers["location"] == "/import?taken=1"
    # What was taken in once is not taken in twice.
    assert client.post(f"{address}/take", data={"csrf_token": token}).status_code == 422
    assert "held no more" in client.get(sent.headers["location"]).text


def test_a_faulty_upload_names_all_and_changes_nothing(
    client: TestClient, place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_jobs, "start_worker", lambda _book, _lane: None)
    before = read_inputs(place.folder)
    token = find_csrf(client.get("/import").text)
    table = b"vehicle_id,vehicle_type_id,depot_id\nV1,no_such,nowhere\n"
    sent = client.post(
        "/import", data={"csrf_token": token}, files={"files": ("vehicles.csv", table)}
    )
    do_jobs(place)
    shown = client.get(sent.headers["location"])
    assert "There is a problem" in shown.text
    assert shown.text.count("X002") == 2
    assert "Take it in" not in shown.text
    address = sent.headers["location"].replace("/jobs/", "/import/")
    faults = client.post(f"{address}/faults", data={"csrf_token": token})
    assert faults.content.startswith(b"PK")
    assert read_inputs(place.folder) == before
