"""Suppliers and drivers see their own work, the fields it needs, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from data.access import Account
from data.store import Store
from tests.reports.hand_made import NEED_CANARY, build_inputs, build_plan
from tests.web.places import be, build_page, build_place, find_csrf, visiting
from web.state import get_state

PLAN = build_plan()
BOUGHT = next(d for d in PLAN.duties if d.provider_id != "own")
CREWED = next(d for d in PLAN.duties if d.crew_ids)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = build_page(build_place(tmp_path_factory.mktemp("own")))
    store = get_state(app).store
    store.accounts.save_account(Account(person_id="s.cole", works_for=BOUGHT.provider_id))
    store.accounts.save_account(Account(person_id="d.wood", works_for=CREWED.crew_ids[0]))
    with visiting(app) as found:
        yield found


def find_store(client: TestClient) -> Store:
    return get_state(client.app).store  # type: ignore[arg-type]


def read_words(html: str) -> str:
    """The words of a page's own part."""
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def test_a_supplier_sees_the_fields_of_its_own_routes_and_no_more(client: TestClient) -> None:
    be(client, "s.cole")
    words = read_words(client.get("/supplier").text)
    for duty in PLAN.duties:
        assert (duty.duty_id in words) == (duty.provider_id == BOUGHT.provider_id)
    # Field by field: no name, no need, no cost, no address, no rate on the list.
    inputs = build_inputs()
    for passenger in inputs.passengers:
        assert passenger.name not in words
    assert NEED_CANARY not in words
    assert "£" not in words
    for place in inputs.places:
        assert not place.postcode or place.postcode not in words


def test_a_suppliers_duty_shows_who_is_carried_and_never_why(client: TestClient) -> None:
    be(client, "s.cole")
    words = read_words(client.get(f"/supplier/2026-09-16/{BOUGHT.duty_id}").text)
    aboard = {p for route in BOUGHT.routes for p in route.passenger_ids}
    for passenger in build_inputs().passengers:
        assert (passenger.name in words) == (passenger.passenger_id in aboard)
    assert NEED_CANARY not in words
    assert "£" not in words
    (entry, *_) = find_store(client).audit.list_entries(action="duty.read")
    assert (entry.person_id, entry.record_id) == ("s.cole", f"2026-09-16 {BOUGHT.duty_id}")


def test_another_suppliers_duty_is_answered_like_one_that_is_not_there(
    client: TestClient,
) -> None:
    be(client, "s.cole")
    other = next(d for d in PLAN.duties if d.provider_id != BOUGHT.provider_id)
    answers = {
        re.sub(r'value="[0-9a-f]+"', "", client.get(f"/supplier/2026-09-16/{duty}").text)
        for duty in (other.duty_id, "no-such-duty")
    }
    assert len(answers) == 1
    assert client.get(f"/supplier/2026-09-16/{other.duty_id}").status_code == 404


def test_a_driver_sees_the_own_day_and_the_next(client: TestClient) -> None:
    be(client, "d.wood")
    words = read_words(client.get("/driver").text)
    aboard = {p for route in CREWED.routes for p in route.passenger_ids}
    others = {p for d in PLAN.duties if CREWED.crew_ids[0] not in d.crew_ids
              for r in d.routes for p in r.passenger_ids} - aboard  # fmt: skip
    names = {p.passenger_id: p.name for p in build_inputs().passengers}
    assert all(names[p] in words for p in aboard)
    assert not any(names[p] in words for p in others)
    assert NEED_CANARY not in words
    assert "17 September" not in words


def test_a_driver_confirms_and_reports_and_the_planner_reads_it(client: TestClient) -> None:
    be(client, "d.wood")
    token = find_csrf(client.get("/driver").text)
    address = "/driver/2026-09-16/notes"
    mine = {"csrf_token": token, "duty_id": CREWED.duty_id}
    bad = client.post(address, data={**mine, "kind": "late", "minutes": "soon", "text": "fog"})
    assert bad.status_code == 422
    assert 'href="#minutes"' in bad.text
    assert ">fog</textarea>" in bad.text
    assert (
        client.post(address, data={**mine, "kind": "late", "minutes": "12"}).status_code == 303
    )
    assert client.post(address, data={**mine, "kind": "confirmed"}).status_code == 303
    assert "You have confirmed this day" in client.get("/driver").text
    other = {**mine, "duty_id": BOUGHT.duty_id, "kind": "confirmed"}
    assert client.post(address, data=other).status_code == 404
    assert client.post("/driver/2026-09-17/notes", data=other).status_code == 404
    be(client, "a.hart")
    page = client.get("/").text
    assert "running late by 12 minutes" in re.sub(r"\s+", " ", page)
    (note_no,) = re.findall(r"/days/2026-09-16/notes/(\d+)", page)
    seen = client.post(
        f"/days/2026-09-16/notes/{note_no}", data={"csrf_token": find_csrf(page)}
    )
    assert seen.status_code == 303
    assert "seen by a.hart" in client.get("/").text


def test_a_withheld_home_is_shown_to_nobody(tmp_path: Path) -> None:
    from dataclasses import replace

    from data.inputs import fingerprint

    workspace = build_place(tmp_path)
    app = build_page(workspace)
    store = get_state(app).store
    store.accounts.save_account(Account(person_id="d.wood", works_for=CREWED.crew_ids[0]))
    inputs = build_inputs()
    stops = {s.place_id for r in CREWED.routes for s in r.stops if s.site_id is None}
    homes = [h for h in inputs.homes if h.place_id in stops]
    assert homes
    (current,) = store.nights.list_publications("handmade")
    store.nights.publish(
        replace(
            current,
            night_key="f" * 64,
            withheld_home_ids=tuple(h.home_id for h in homes),
        ),
        fingerprint(store.nights.read_plan(current.plan_no)),
    )
    postcodes = {p.postcode for p in inputs.places if p.place_id in stops and p.postcode}
    with visiting(app) as client:
        be(client, "d.wood")
        words = read_words(client.get("/driver").text)
    assert "address withheld" in words
    assert postcodes
    assert not any(postcode in words for postcode in postcodes)
