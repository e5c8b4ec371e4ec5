"""Scenarios on the page: the form is the file, faults stand beside fields, work is queued."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from data.workspace import Workspace
from scenarios import build_scenario, list_library, read_library_text
from tests.reports.hand_made import build_inputs, build_run
from tests.web.places import be, build_page, build_place, find_csrf, visiting
from web import jobs as web_jobs
from web.job_kinds import Lane, SolveScenario
from web.jobs import JobBook, JobState
from web.scenario_views import build_site_map, sum_by_site
from web.scoring import read_table, score_options
from web.stories import fill_form, read_value, write_toml

OPTIONS = Path("docs/examples/options-worcestershire.csv")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return build_place(tmp_path_factory.mktemp("scenarios"))


@pytest.fixture(scope="module")
def client(place: Workspace) -> Iterator[TestClient]:
    with visiting(build_page(place, person_id="a.hart")) as opened:
        yield opened


STORY = {
    "scenario_id": "larger",
    "title": "A larger fleet",
    "base_id": "baseline",
    "planned": "search",
    "kind": "scale_own_fleet",
    "c0-percent": "20",
    "steps": "30",
}


@pytest.mark.parametrize("one", list_library(), ids=lambda s: s.scenario_id)
def test_every_stock_scenario_is_the_same_through_the_form(one: object) -> None:
    text = read_library_text(one.scenario_id)  # type: ignore[attr-defined]
    document = tomllib.loads(text)
    kinds, form = fill_form(document)
    values = {k: v for k, v in form.values.items() if v != ""}
    again: dict[str, object] = {k: values[k] for k in values if not k.startswith("c")}
    again["changes"] = [
        {"kind": kind}
        | {
            k.partition("-")[2]: read_value(v)
            for k, v in values.items()
            if k.startswith(f"c{n}-")
        }
        for n, kind in enumerate(kinds)
    ]
    back = tomllib.loads(write_toml(again))
    assert build_scenario(back, "form") == build_scenario(
        {"base_id": "baseline", "planned": "search", **document}, "file"
    )


def test_the_form_shows_and_downloads_the_file_it_is(client: TestClient) -> None:
    token = {"csrf_token": find_csrf(client.get("/scenarios/new").text)}
    shown = client.post("/scenarios/new", data={**token, **STORY, "action": "show"})
    assert shown.status_code == 200
    assert "Nothing is wrong with it" in shown.text
    file = client.post("/scenarios/new", data={**token, **STORY, "action": "download"})
    assert 'filename="larger.toml"' in file.headers["content-disposition"]
    story = build_scenario(tomllib.loads(file.text), "larger.toml")
    assert (story.scenario_id, story.changes[0].percent) == ("larger", 20)  # type: ignore[attr-defined]


def test_faults_of_the_reader_stand_beside_their_fields(client: TestClient) -> None:
    token = {"csrf_token": find_csrf(client.get("/scenarios/new").text)}
    bad = {**STORY, "scenario_id": "Not A Name", "c0-percent": "plenty"}
    shown = client.post("/scenarios/new", data={**token, **bad, "action": "queue"})
    assert shown.status_code == 422
    for name, typed in (("scenario_id", "Not A Name"), ("c0-percent", "plenty")):
        assert f'href="#{name}"' in shown.text
        assert f'id="{name}-error"' in shown.text
        assert f'value="{typed}"' in shown.text


def test_a_change_is_added_and_taken_out_without_losing_what_was_typed(
    client: TestClient,
) -> None:
    token = {"csrf_token": find_csrf(client.get("/scenarios/new").text)}
    more = client.post(
        "/scenarios/new", data={**token, **STORY, "action": "add", "add": "pay_award"}
    )
    assert more.text.count('name="kind"') == 2
    assert 'name="c0-percent" value="20"' in more.text
    less = client.post("/scenarios/new", data={**token, **STORY, "action": "remove-0"})
    assert 'name="kind"' not in less.text
    assert 'value="A larger fleet"' in less.text


def test_a_queued_scenario_waits_is_seen_and_can_be_stopped(
    place: Workspace, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[Path, Lane]] = []
    monkeypatch.setattr(
        web_jobs, "start_worker", lambda book, lane: started.append((book.folder, lane))
    )
    token = {"csrf_token": find_csrf(client.get("/scenarios/new").text)}
    done = client.post("/scenarios/new", data={**token, **STORY, "action": "queue"})
    assert done.status_code == 303, done.text
    assert started == [(place.folder / "jobs", Lane.LONG)]
    shown = client.get(done.headers["location"])
    assert "waiting" in shown.text
    assert client.post(f"{done.headers['location']}/stop", data=token).status_code == 303
    book = JobBook(place.folder / "jobs")
    (job,) = book.list_jobs()
    assert book.is_stopped(job.job_id)
    assert isinstance(job.wanted, SolveScenario)
    assert (job.person_id, job.wanted.steps, job.state) == ("a.hart", 30, JobState.STOPPED)
    # The form can be gone back to as it was sent.
    again = client.get(f"/scenarios/new?job={job.job_id}").text
    for typed in ("larger", "A larger fleet", "20", "30"):
        assert f'value="{typed}"' in again
    with visiting(build_page(place)) as viewer:
        be(viewer, "v.reed")
        assert viewer.get(done.headers["location"]).status_code == 200
        assert viewer.get("/scenarios/new").status_code == 403


def test_a_map_of_differences_adds_up_to_the_difference_of_the_days() -> None:
    inputs = build_inputs()
    base = build_run(inputs)
    shares = tuple(replace(s, amount_pence=2 * s.amount_pence) for s in base.shares)
    case = replace(base, shares=shares)
    total = sum(s.amount_pence for s in base.shares)
    assert sum(sum_by_site(base).values()) == total
    shown = build_site_map("twice", base, case, inputs, inputs)
    assert shown.table.total == ("All", total, 2 * total, total)


def test_moved_weights_change_the_ranking_at_once(client: TestClient) -> None:
    table = read_table(OPTIONS.read_bytes())
    given = score_options(table, {})
    only_last = {f"w{n}": 0 for n in range(len(table.criteria))} | {
        f"w{len(table.criteria) - 1}": 5
    }
    moved = score_options(table, only_last)
    assert [s.weight for s in moved.sliders][-1] == 5
    assert moved.table.rows != given.table.rows
    # Every set of weights that was drawn puts somebody first.
    assert sum(int(row[4] or 0) for row in given.table.rows) in range(995, 1_006)
    token = {"csrf_token": find_csrf(client.get("/scenarios/options").text)}
    done = client.post(
        "/scenarios/options", data=token, files={"files": ("o.csv", OPTIONS.read_bytes())}
    )
    assert done.status_code == 303, done.text
    assert 'type="range"' in client.get("/scenarios/options").text


@pytest.mark.parametrize("path", ["/scenarios", "/scenarios/training", "/papers"])
def test_pages_open_with_nothing_kept(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_a_paper_of_no_study_is_refused_with_its_reason(client: TestClient) -> None:
    token = {"csrf_token": find_csrf(client.get("/scenarios/new").text)}
    assert client.post("/papers", data=token).status_code == 422
    assert client.post("/papers", data={**token, "study": "none"}).status_code == 404
