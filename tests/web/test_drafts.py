"""Work on a plan: effects first, undo, another planner told, another person approves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from data.plan_edits import DraftState, SearchStage
from data.store import Store
from data.workspace import Workspace
from routing import build_sample_network, write_network
from scenarios import search_around
from tests.reports.hand_made import STAMP
from tests.routing.grid_day import build_grid, plan_grid
from tests.web.places import PEOPLE, be, build_page, find_csrf, visiting
from tests.web.starter_town import build_starter_town, build_streets, find_starter, keep_run
from web.draft_search import run_search
from web.pages import plans


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The made-up town: its plan was made before somebody started who is in the records now."""
    return build_starter_town(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def anna(place: Workspace) -> Iterator[TestClient]:
    """A planner."""
    with visiting(build_page(place)) as client:
        be(client, "a.hart")
        yield client


@pytest.fixture(scope="module")
def ben(anna: TestClient) -> TestClient:
    """Another planner at the same page."""
    client = TestClient(anna.app, base_url="http://localhost", follow_redirects=False)
    be(client, "b.lane")
    return client


def send(client: TestClient, path: str, seen: str, **fields: Any) -> Any:
    """Send a form of a page that was seen."""
    version = re.search(r'name="version_no" value="(\d+)"', seen)
    data = {"csrf_token": find_csrf(seen), **fields}
    if version is not None:
        data.setdefault("version_no", version.group(1))
    return client.post(path, data=data)


def begin(client: TestClient) -> str:
    """Begin a draft of the newest run; return its address."""
    page = client.get("/plans/latest").text
    done = send(client, "/plans/latest/drafts", page, title="Trial")
    assert done.status_code == 303, done.text
    return str(done.headers["location"])


def find_written(page: str) -> str:
    """Find the edit that a page of an effect hands back."""
    import html

    found = re.search(r'name="edit"[^>]*value="([^"]+)"', page)
    assert found is not None
    return html.unescape(found.group(1))


def place_starter(client: TestClient, draft: str) -> None:
    """Take the first of the three best places for each journey of the starter."""
    while True:
        page = client.get(draft).text
        links = re.findall(rf'href="({draft}/places/[^"]+)"', page)
        if not links:
            return
        places = client.get(links[0]).text
        assert 1 <= places.count("Take place ") <= 3
        done = send(client, f"{draft}/edits", places, edit=find_written(places))
        assert done.status_code == 303, done.text


def look(client: TestClient, address: str) -> str:
    """Look at a page, without what differs from browser to browser."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return re.sub(r'(name="csrf_token" value=")[0-9a-f]+', r"\1", answer.text)


def look_cold(place: Workspace, address: str) -> str:
    """Look at it at a page that has kept nothing yet."""
    with visiting(build_page(place, person_id="a.hart")) as client:
        return look(client, address)


def test_plans_are_listed_and_their_routes_said_and_drawn_alike(anna: TestClient) -> None:
    listed = anna.get("/plans").text
    ref = re.findall(r'href="(/plans/run~[^"]+)"', listed)[0]
    page = anna.get(ref).text
    said = set(re.findall(r'data-route="([^"]+)"', page))
    answer = anna.get(f"{ref}/map.json")
    drawn = {route["id"]: route for route in answer.json()["routes"]}
    assert said == drawn.keys()
    assert len(said) > 5
    for route in drawn.values():
        assert route["legs"][0]["from_s"] >= route["start_s"]
        assert all(a["to_s"] <= b["from_s"] for a, b in zip(
            route["legs"], route["legs"][1:], strict=False
        ))  # fmt: skip


def test_filters_show_fewer_routes_and_say_of_how_many(anna: TestClient) -> None:
    whole = anna.get("/plans/latest").text
    some = anna.get("/plans/latest?session=am").text
    n_all, n_some = (len(re.findall("data-route=", page)) for page in (whole, some))
    assert 0 < n_some < n_all
    assert f"{n_some} routes of {n_all}" in some
    person = find_starter()
    assert "0 routes of" in anna.get(f"/plans/latest?text={person}").text


def test_a_route_shows_stops_money_alternatives_and_why(anna: TestClient) -> None:
    page = anna.get("/plans/latest").text
    route_id = re.findall(r'data-route="([^"]+)"', page)[0]
    shown = anna.get(f"/plans/latest/routes/{route_id}").text
    for words in ("Stops, loads and rides", "Cost lines of the duty", "Why it is as it is"):
        assert words in shown
    assert "As planned" in shown
    assert anna.get("/plans/latest/routes/none").status_code == 404


def test_a_starter_is_placed_undone_and_placed_again(
    anna: TestClient, place: Workspace
) -> None:
    draft = begin(anna)
    page = anna.get(draft).text
    assert find_starter() in page
    assert "Propose this plan" not in page
    place_starter(anna, draft)
    done = anna.get(draft).text
    assert "everybody who travels is carried" in done
    assert "Propose this plan" in done
    send(anna, f"{draft}/undo", done)
    undone = anna.get(draft).text
    assert "wf-undone" in undone
    assert "Propose this plan" not in undone
    send(anna, f"{draft}/redo", undone)
    assert "wf-undone" not in anna.get(draft).text


def test_a_draft_that_was_edited_is_seen_at_the_next_look(
    anna: TestClient, place: Workspace
) -> None:
    draft = begin(anna)
    shown = f"/plans/draft~{draft.rpartition('/')[2]}"
    before = look(anna, shown)
    place_starter(anna, draft)
    placed = look(anna, shown)
    assert placed == look_cold(place, shown) != before
    # Of a route of it as of its list; undone, it is what it was.
    send(anna, f"{draft}/undo", anna.get(draft).text)
    undone = look(anna, shown)
    assert undone == look_cold(place, shown) != placed


def test_a_route_is_priced_once_and_again_where_the_roads_are_others(
    anna: TestClient, place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    priced, price = [], plans.price_alternatives
    monkeypatch.setattr(
        plans, "price_alternatives", lambda *given: priced.append(given) or price(*given)
    )
    routes = re.findall(r'data-route="([^"]+)"', anna.get("/plans/latest").text)
    first, other = (f"/plans/latest/routes/{route}" for route in routes[1:3])
    pages = [look(anna, address) for address in (first, first, other, first)]
    assert pages[0] == pages[1] == pages[3] != pages[2]
    assert len(priced) == 2
    write_network(build_streets(), place.network_path)
    assert look(anna, first) == look_cold(place, first)
    assert len(priced) == 4, "once by the page that was up, once by the new one"
    write_network(build_sample_network("grid"), place.network_path)


def test_what_breaks_a_rule_is_told_kept_if_wanted_and_not_proposed(anna: TestClient) -> None:
    draft = begin(anna)
    place_starter(anna, draft)
    page = anna.get(draft).text
    routes = re.findall(rf'href="{draft}/routes/([^"]+)"', page)
    am = [r for r in routes if "-am-" in r]
    for into in am[1:]:
        form = {"kind": "merge_routes", "route_id": am[0], "into_route_id": into}
        tried = send(anna, f"{draft}/try", page, **form)
        assert tried.status_code == 200
        if "Keep it all the same" in tried.text:
            break
    else:
        pytest.fail("every merge kept every rule")
    assert anna.get(draft).text.count("Merge ") == 0, "trying keeps nothing"
    send(anna, f"{draft}/edits", tried.text, edit=find_written(tried.text))
    kept = anna.get(draft).text
    assert "It cannot be proposed" in kept
    refused = send(anna, f"{draft}/propose", kept)
    assert refused.status_code >= 400
    assert "breaks a rule" in refused.text


def test_of_two_planners_the_second_is_told_and_nothing_is_lost(
    anna: TestClient, ben: TestClient
) -> None:
    draft = begin(anna)
    page, other = anna.get(draft).text, ben.get(draft).text
    routes = re.findall(rf'href="{draft}/routes/([^"]+)"', page)
    lock = {"kind": "add_lock", "lock": "passenger_on_supplier", "target_id": "own"}
    first = anna.get(f"{draft}/routes/{routes[0]}").text
    rider = re.findall(r'<select[^>]*id="lock-who"[^>]*><option>([^<]+)', first)[0]
    mine = send(anna, f"{draft}/try", page, **lock, lock_id="A", passenger_ids=rider)
    yours = send(ben, f"{draft}/try", other, **lock, lock_id="B", passenger_ids=rider)
    done = send(anna, f"{draft}/edits", mine.text, edit=find_written(mine.text))
    assert done.status_code == 303
    told = send(ben, f"{draft}/edits", yours.text, edit=find_written(yours.text))
    assert told.status_code == 409
    assert "a.hart changed draft" in told.text
    assert find_written(told.text) == find_written(yours.text)
    again = send(ben, f"{draft}/edits", told.text, edit=find_written(told.text))
    assert again.status_code == 303
    both = anna.get(draft).text
    assert both.count(f"Lock {rider} to") == 2


def test_a_search_around_the_changes_is_told_and_its_plan_can_be_taken(
    anna: TestClient, place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[str, ...]] = []
    monkeypatch.setattr("web.draft_search.start_module", lambda *words: started.append(words))
    draft = begin(anna)
    place_starter(anna, draft)
    page = anna.get(draft).text
    assert send(anna, f"{draft}/search", page, seconds="30").status_code == 303
    assert "Waiting to begin" in anna.get(f"{draft}/search").text
    second = send(anna, f"{draft}/search", page, seconds="30")
    assert "under way" in second.text
    search_no = int(started[0][-1])
    # Steps in the place of seconds: no bound is proven, whose kernels take long to compile.
    monkeypatch.setattr(
        "scenarios.search_around",
        lambda desk, edits, *, seconds, **more: search_around(desk, edits, steps=60, **more),
    )
    with Store.open(place.store_path) as store:
        run_search(store, place, search_no)
    with Store.open(place.store_path) as store:
        done = store.drafts.read_search(search_no)
    assert done.state is SearchStage.DONE
    assert done.progress.start_pence is not None
    shown = anna.get(f"{draft}/search").text
    assert "every 1s" not in shown
    if done.plan_no is not None:
        effect = send(anna, f"{draft}/search/take", page)
        assert "Take the plan that the search" in effect.text
        taken = send(anna, f"{draft}/edits", effect.text, edit=find_written(effect.text))
        assert taken.status_code == 303


def test_what_one_proposes_another_approves(anna: TestClient, ben: TestClient) -> None:
    draft = begin(anna)
    place_starter(anna, draft)
    done = send(anna, f"{draft}/propose", anna.get(draft).text)
    assert done.status_code == 303, done.text
    proposal = done.headers["location"]
    own = anna.get(proposal).text
    assert "Another person must approve it" in own
    seen = ben.get(proposal).text
    decided = send(ben, proposal, seen, decision="approve")
    assert decided.status_code == 303, decided.text
    assert "approved" in ben.get(proposal).text


def test_a_draft_is_compared_with_what_is_published(anna: TestClient) -> None:
    draft = begin(anna)
    before = anna.get(f"{draft}/published")
    assert before.status_code == 200, before.text
    assert "No journey and no duty differs" in before.text
    # The published plan leaves out who started since: the same rules are broken by both.
    assert "0 new, 0 mended" in before.text
    place_starter(anna, draft)
    page = anna.get(draft).text
    assert f'href="{draft}/published"' in page
    after = anna.get(f"{draft}/published").text
    assert find_starter() in after
    # The draft began with the plan that is published: both comparisons come to the same.
    api = "/api/v1" + draft
    shown, published = anna.get(api).json()["effect"], anna.get(f"{api}/published").json()
    assert published == shown
    assert published["after_pence"] != published["before_pence"]


def test_a_draft_may_be_read_but_not_changed_without_the_role(anna: TestClient) -> None:
    draft = begin(anna)
    client = TestClient(anna.app, base_url="http://localhost", follow_redirects=False)
    be(client, "v.reed")
    page = client.get(draft)
    assert page.status_code == 200
    assert "Close the draft" not in page.text
    assert client.post(f"{draft}/undo").status_code == 403


def test_the_api_does_what_the_pages_do(anna: TestClient) -> None:
    token = {"x-csrf-token": find_csrf(anna.get("/plans/latest").text)}
    api = "/api/v1"
    made = anna.post(f"{api}/drafts", json={"ref": "latest", "title": "api"}, headers=token)
    assert made.status_code == 201, made.text
    at = f"{api}/drafts/{made.json()['draft_no']}"
    shown = anna.get(at).json()
    assert {p for _, p in shown["waiting"]} == {find_starter()}
    session, person = shown["waiting"][0]
    places = anna.get(f"{at}/places/{session}/{person}").json()
    wanted = {"version_no": 1, "edit": places[0]["edit"]}
    effect = anna.post(f"{at}/try", json=wanted, headers=token).json()
    assert effect["after_pence"] - effect["before_pence"] == places[0]["added_pence"]
    kept = anna.post(f"{at}/edits", json=wanted, headers=token)
    assert kept.json()["version_no"] == 2
    stale = anna.post(f"{at}/edits", json=wanted, headers=token)
    assert stale.status_code == 409
    back = anna.post(f"{at}/step", json={"version_no": 2, "n_done": 0}, headers=token)
    assert back.json()["n_done"] == 0
    bad = {"version_no": 3, "edit": {"kind": "move_stop", "route_id": "R"}}
    assert anna.post(f"{at}/try", json=bad, headers=token).status_code == 422
    routes = anna.get(f"{api}/plans/latest/routes?limit=2").json()
    assert len(routes["items"]) == 2
    assert anna.get(routes["next"]).json()["items"][0] != routes["items"][0]
    assert anna.get(f"{api}/plans").json()["items"]
    listed = anna.get(f"{api}/drafts").json()["items"]
    assert made.json()["draft_no"] in {draft["draft_no"] for draft in listed}
    assert anna.get(f"{api}/plans/latest/map").json()["routes"]


def test_a_protected_home_is_on_no_map_and_in_no_list(place: Workspace, tmp_path: Path) -> None:
    grid = build_grid()
    person = plan_grid().routes[0].passenger_ids[0]
    hidden = replace(
        grid.inputs,
        homes=tuple(
            replace(h, is_protected=h.passenger_id == person) for h in grid.inputs.homes
        ),
    )
    home = next(h.place_id for h in hidden.homes if h.passenger_id == person)
    at = next([p.lon, p.lat] for p in hidden.places if p.place_id == home)
    postcode = next(p.postcode for p in hidden.places if p.place_id == home)
    workspace = Workspace(root=tmp_path, place="grid")
    workspace.open_folder()
    write_network(build_sample_network("grid"), workspace.network_path)
    with Store.open(workspace.store_path) as store:
        store.save_inputs(hidden, created_utc=STAMP, code_version="test")
        keep_run(store, grid, plan_grid(), hidden)
        store.add_person("a.hart", "Anna Hart", PEOPLE["a.hart"][1], now_utc=STAMP)
    with visiting(build_page(workspace, person_id="a.hart")) as client:
        drawn = client.get("/plans/latest/map.json").json()
        route_id = plan_grid().routes[0].route_id
        page = client.get(f"/plans/latest/routes/{route_id}").text
    assert at not in [stop["at"] for stop in drawn["stops"]]
    points = [p for r in drawn["routes"] for leg in r["legs"] for p in leg["line"]]
    assert [round(at[0], 5), round(at[1], 5)] not in points
    assert "address withheld" in page
    if postcode:
        others = [p for p in hidden.places if p.postcode == postcode and p.place_id != home]
        assert others or postcode not in page


def test_a_closed_draft_is_no_more_listed(anna: TestClient, place: Workspace) -> None:
    draft = begin(anna)
    send(anna, f"{draft}/close", anna.get(draft).text)
    assert f'href="{draft}"' not in anna.get("/plans").text
    with Store.open(place.store_path) as store:
        number = int(draft.split("/")[-1])
        assert store.drafts.read_draft("grid", number).state is DraftState.CLOSED
