"""The API of people, and of a supplier's and a driver's own work: as the pages have it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from data.access import Account
from tests.reports.hand_made import NEED_CANARY, SERVICE_DATE, build_inputs, build_plan
from tests.web.places import build_page, build_place, visiting
from tests.web.test_api import give_token
from web.state import get_state

API = "/api/v1"
PLAN = build_plan()
BOUGHT = next(d for d in PLAN.duties if d.provider_id != "own")
CREWED = next(d for d in PLAN.duties if d.crew_ids)
ON = SERVICE_DATE.isoformat()

Headers = dict[str, str]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = build_page(build_place(tmp_path_factory.mktemp("api-people")))
    accounts = get_state(app).store.accounts
    accounts.save_account(Account(person_id="s.cole", works_for=BOUGHT.provider_id))
    accounts.save_account(Account(person_id="d.wood", works_for=CREWED.crew_ids[0]))
    with visiting(app) as found:
        yield found


def sign(client: TestClient, person_id: str) -> Headers:
    return give_token(get_state(client.app).store, person_id)  # type: ignore[arg-type]


def test_the_register_is_kept_by_programs_as_by_its_page(client: TestClient) -> None:
    manager = sign(client, "m.page")
    wanted = {"person_id": "n.voss", "name": "Nora Voss", "roles": ["supplier"]}
    made = client.post(f"{API}/people", json=wanted, headers=manager)
    assert made.status_code == 201, made.text
    at = f"{API}/people/n.voss"
    account = {"works_for": BOUGHT.provider_id}
    assert client.put(f"{at}/account", json=account, headers=manager).status_code == 200
    changed = client.put(f"{at}/roles", json={"roles": ["viewer"]}, headers=manager)
    assert changed.json()["roles"] == ["viewer"]
    assert client.get(at, headers=manager).json() == {
        "person_id": "n.voss",
        "name": "Nora Voss",
        "roles": ["viewer"],
        "works_for": BOUGHT.provider_id,
        "subject": "",
        "is_disabled": False,
        "has_password": False,
    }
    code = client.post(f"{at}/set-up-code", headers=manager)
    assert (code.status_code, bool(code.json()["code"])) == (201, True)
    # Who left stays on record without a role, and every change stands in the audit log.
    gone = client.put(f"{at}/roles", json={"roles": []}, headers=manager)
    assert gone.json()["roles"] == []
    listed = client.get(f"{API}/people?limit=200", headers=manager).json()["items"]
    assert "n.voss" in {person["person_id"] for person in listed}
    entries = client.get(f"{API}/audit?limit=200", headers=manager).json()["items"]
    mine = [entry["action"] for entry in entries if entry["record_id"] == "n.voss"]
    assert sorted(mine) == sorted(
        ["person.add", "account.change", *["person.roles"] * 3, "account.set_up_code"]
    )


def test_what_cannot_be_is_named_by_its_field(client: TestClient) -> None:
    manager = sign(client, "m.page")
    person = {"person_id": "q.best", "name": "Quin Best", "roles": ["viewer"]}
    for change, field in (
        ({"person_id": "a.hart"}, "person_id"),
        ({"person_id": "No Id"}, "person_id"),
        ({"name": "\n"}, "name"),
        ({"roles": []}, "roles"),
    ):
        refused = client.post(f"{API}/people", json=person | change, headers=manager)
        assert refused.status_code == 422, change
        assert field in json.dumps(refused.json()["problems"]), refused.text
    bad = client.put(
        f"{API}/people/s.cole/account", json={"works_for": "nobody"}, headers=manager
    )
    assert (bad.status_code, bad.json()["problems"][0]["column"]) == (422, "works_for")
    assert client.get(f"{API}/people/q.best", headers=manager).status_code == 404


def test_a_suppliers_program_reads_its_own_routes_and_no_more(client: TestClient) -> None:
    supplier = sign(client, "s.cole")
    listed = client.get(f"{API}/own/supplier", headers=supplier)
    duties = {d["duty_id"] for day in listed.json() for d in day["duties"]}
    assert duties == {d.duty_id for d in PLAN.duties if d.provider_id == BOUGHT.provider_id}
    # No name, no need, no address, no money in the list.
    inputs = build_inputs()
    hidden = [p.name for p in inputs.passengers] + [NEED_CANARY, "pence"]
    hidden += [p.postcode for p in inputs.places if p.postcode]
    assert [word for word in hidden if word in listed.text] == []
    duty = client.get(f"{API}/own/supplier/{ON}/{BOUGHT.duty_id}", headers=supplier).json()
    names = {m["name"] for r in duty["routes"] for s in r["stops"] for m in s["movers"]}
    aboard = {p for r in BOUGHT.routes for p in r.passenger_ids}
    assert names == {p.name for p in inputs.passengers if p.passenger_id in aboard}
    other = next(d for d in PLAN.duties if d.provider_id != BOUGHT.provider_id)
    for duty_id in (other.duty_id, "none"):
        unknown = client.get(f"{API}/own/supplier/{ON}/{duty_id}", headers=supplier)
        assert unknown.status_code == 404
    entries = client.get(f"{API}/audit?limit=200", headers=sign(client, "m.page")).json()
    read = [e["record_id"] for e in entries["items"] if e["action"] == "duty.read"]
    assert read == [f"{ON} {BOUGHT.duty_id}"]
    assert client.get(f"{API}/own/driver", headers=supplier).status_code == 403


def test_a_drivers_program_reads_confirms_and_reports_the_own_day(client: TestClient) -> None:
    driver = sign(client, "d.wood")
    at = f"{API}/own/driver"
    (day,) = [d for d in client.get(at, headers=driver).json() if d["on"] == ON]
    crew_id = CREWED.crew_ids[0]
    assert {d["duty_id"] for d in day["duties"]} == {
        d.duty_id for d in PLAN.duties if crew_id in d.crew_ids
    }
    assert day["confirmed"] == []
    note = {"duty_id": CREWED.duty_id, "kind": "confirmed"}
    assert client.post(f"{at}/{ON}/notes", json=note, headers=driver).status_code == 201
    (day,) = [d for d in client.get(at, headers=driver).json() if d["on"] == ON]
    assert day["confirmed"] == [CREWED.duty_id]
    late = note | {"kind": "late"}
    refused = client.post(f"{at}/{ON}/notes", json=late, headers=driver)
    assert (refused.status_code, refused.json()["problems"][0]["column"]) == (422, "minutes")
    told = client.post(f"{at}/{ON}/notes", json=late | {"minutes": 12}, headers=driver)
    assert told.status_code == 201
    notes = get_state(client.app).store.messages.list_notes(  # type: ignore[arg-type]
        "handmade", SERVICE_DATE
    )
    assert sorted((n.kind, n.minutes) for n in notes) == [("confirmed", 0), ("late", 12)]
    other = next(d for d in PLAN.duties if crew_id not in d.crew_ids)
    for change in ({"duty_id": other.duty_id}, {"duty_id": "none"}):
        unknown = client.post(f"{at}/{ON}/notes", json=note | change, headers=driver)
        assert unknown.status_code == 404
