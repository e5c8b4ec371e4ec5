"""Draws on the page and in the API: asked for, done beside it, shown with their charts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from data.store import Store
from data.uncertainty import DrawsStudy
from data.units import format_pounds
from data.workspace import Workspace
from routing import build_sample_network, write_network
from tests.reports.paper.study import build_draws, build_runs, save_study_runs
from tests.web.browser.looked_at import draw_widely
from tests.web.places import build_page, build_place, do_jobs, find_csrf, visiting
from tests.web.test_api import give_token
from web import draw_work
from web.charts import Chart, Form, Series, Tornado, TornadoBar, build_svg, build_tornado_svg
from web.job_kinds import DrawScenarios, Lane
from web.jobs import JobBook, JobState

STORY = """\
scenario_id = "dearer"
title = "Dearer suppliers"
question = "What if rates rise by nobody knows how much?"
base_id = "baseline"

[[changes]]
kind = "change_rates"
percent = { low = 2, mode = 5, high = 12 }
"""

pytestmark = pytest.mark.usefixtures("started")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = build_place(tmp_path_factory.mktemp("draws"))
    write_network(build_sample_network("grid"), workspace.network_path)
    return workspace


@pytest.fixture(scope="module")
def client(place: Workspace) -> Iterator[TestClient]:
    with visiting(build_page(place, person_id="a.hart")) as opened:
        yield opened


@pytest.fixture(scope="module")
def program(place: Workspace) -> dict[str, str]:
    with Store.open(place.store_path) as store:
        return give_token(store, "a.hart")


def find_job(place: Workspace, address: str) -> object:
    found = JobBook(place.folder / "jobs").find(address.rpartition("/")[2])
    assert found is not None
    return found


def test_nothing_drawn_yet_says_so_and_offers_only_uncertain_scenarios(
    client: TestClient,
) -> None:
    page = client.get("/scenarios/draws").text
    assert "No draws are kept yet" in page
    offered = set(re.findall(r'name="stories" value="([^"]+)"', page))
    assert "travel-training" in offered
    assert "larger-fleet" not in offered


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_queued(
    client: TestClient, started: list[Lane]
) -> None:
    token = {"csrf_token": find_csrf(client.get("/scenarios/draws").text)}
    sent = {**token, "draws": "5", "planned": "2", "steps": "", "target": "many"}
    refused = client.post("/scenarios/draws", data=sent)
    assert refused.status_code == 422
    for name in ("stories", "draws", "target"):
        assert f'href="#{name}"' in refused.text
        assert f'id="{name}-error"' in refused.text
    assert 'name="target" value="many"' in refused.text
    assert not started


def test_a_scenario_by_the_api_is_solved_drawn_shown_and_not_drawn_twice(
    place: Workspace, client: TestClient, program: dict[str, str], started: list[Lane]
) -> None:
    asked = {"stories": [{"toml": STORY}], "draws": 20, "planned": 2, "steps": 20, "target": 5}
    queued = client.post("/api/v1/scenarios/draws", json=asked, headers=program)
    assert queued.status_code == 202, queued.text
    assert started == [Lane.LONG]
    do_jobs(place)
    address = f"/jobs/{queued.json()['job_id']}"
    job = find_job(place, address)
    assert job.state is JobState.DONE, job.fault  # type: ignore[attr-defined]
    done = client.get(address).text
    with Store.open(place.store_path) as store:
        study = store.find_result(DrawsStudy, place=place.place)
    assert f'href="/scenarios/draws?study={study.study_id}"' in done
    (case,) = study.cases
    assert (study.n_draws, case.scenario_id, case.target_pence) == (20, "dearer", 500)
    # Every draw has dearer suppliers: none saves.
    assert case.n_positive == 0
    page = client.get("/scenarios/draws").text
    for pence in (case.central_pence, case.mean_pence, case.find_quantile(90)):
        assert format_pounds(pence) in page
    # The worker's own scenario is offered again, and the answer is the one that is kept.
    assert 'value="dearer"' in page
    token = {"csrf_token": find_csrf(page)}
    sent = {**token, "stories": "dearer", "draws": "20", "planned": "2", "steps": "20",
            "target": "5"}  # fmt: skip
    again = client.post("/scenarios/draws", data=sent)
    assert again.status_code == 303, again.text
    do_jobs(place)
    with Store.open(place.store_path) as store:
        assert len(store.list_results(place.place, DrawsStudy)) == 1
    shown = client.get("/api/v1/scenarios/draws", headers=program).json()
    assert shown["study_id"] == study.study_id
    assert client.get("/api/v1/scenarios/draws?study=none", headers=program).status_code == 404


def test_a_stopped_job_keeps_its_runs_and_fills_the_form_again(
    place: Workspace, client: TestClient, program: dict[str, str]
) -> None:
    asked = {"stories": [{"toml": STORY.replace("dearer", "other")}], "draws": 20,
             "planned": 2, "steps": 20}  # fmt: skip
    queued = client.post("/api/v1/scenarios/draws", json=asked, headers=program)
    job_id = queued.json()["job_id"]
    book = JobBook(place.folder / "jobs")
    find = book.is_stopped
    looks: list[str] = []

    def is_stopped(_: JobBook, asked_id: str) -> bool:
        looks.append(asked_id)
        # The runs are solved when the draws ask for the first time.
        return len(looks) > 30 or find(asked_id)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JobBook, "is_stopped", is_stopped)
        do_jobs(place)
    job = find_job(place, job_id)
    assert job.state is JobState.STOPPED  # type: ignore[attr-defined]
    again = client.get(f"/scenarios/draws?job={job_id}").text
    assert re.search(r'value="other" checked', again)
    assert 'name="draws" value="20"' in again


def test_scenarios_that_hold_nothing_uncertain_are_refused_with_their_name(
    client: TestClient, program: dict[str, str]
) -> None:
    certain = STORY.replace("{ low = 2, mode = 5, high = 12 }", "5")
    asked = {"stories": [{"toml": certain}], "draws": 20, "planned": 2, "steps": 20}
    refused = client.post("/api/v1/scenarios/draws", json=asked, headers=program)
    assert refused.status_code == 422
    assert "Y017" in refused.text


def test_a_studys_draws_are_shown_with_fan_tornado_and_every_table(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    workspace = build_place(tmp_path_factory.mktemp("shown"))
    with Store.open(workspace.store_path) as store:
        save_study_runs(store)
        draws = draw_widely(build_draws(build_runs()[0]))
        store.save_result(draws, place=workspace.place)
    with visiting(build_page(workspace, person_id="v.reed")) as viewer:
        page = viewer.get("/scenarios/draws").text
        for name in ("Net saving a year", "Tornado", "Switching values", "Fan by month"):
            assert name in page
        # A fan for each case; a tornado for the one that numbers move, told of the other.
        assert page.count('<svg class="wf-chart"') == len(draws.cases) + 1
        assert "no uncertain number moves the saving" in page
        assert "Worth of knowing" not in page, "a table without rows"
        # Who only reads is offered no form.
        assert 'action="/scenarios/draws"' not in page
        assert viewer.get("/scenarios/draws?study=none").status_code == 404


def test_a_long_line_is_marked_a_dozen_times_and_points_every_one() -> None:
    points = tuple((float(n), float(n)) for n in range(61))
    for form, marks in ((Form.LINE, 13), (Form.POINTS, 61)):
        line = Series(name="s", form=form, points=points)
        svg = build_svg(Chart(title="t", about="a", x_title="x", y_title="y", series=(line,)))
        assert svg.count("wf-chart__mark") == marks


def test_a_tornado_draws_each_bar_between_its_ends_with_its_values_beside_them() -> None:
    bar = TornadoBar(name="offer.uptake <b>", ends=(300.0, -100.0), values=("0.8", "0.5"))
    svg = build_tornado_svg(Tornado(title="t", about="a", x_title="£", bars=(bar,)))
    assert "<b>" not in svg
    rect = re.search(r'<rect [^>]*x="([\d.]+)"[^>]*width="([\d.]+)"', svg)
    ticks = {
        text: float(x)
        for x, text in re.findall(r'<text x="([\d.]+)" [^>]*>(-?\d+)</text>', svg)
    }
    assert rect is not None
    left, width = float(rect[1]), float(rect[2])
    a_pound = (ticks["200"] - ticks["0"]) / 200
    assert left == pytest.approx(ticks["0"] - 100 * a_pound, abs=0.2)
    assert width == pytest.approx(400 * a_pound, abs=0.2)
    # The low end is that of the high value here: each value stands at its own end.
    assert svg.index(">0.5</text>") < svg.index(">0.8</text>")
    assert build_tornado_svg(Tornado(title="t", about="a", x_title="£", bars=())) == ""


def test_draws_wanted_keep_no_limit_of_time() -> None:
    assert "seconds" not in DrawScenarios.__dataclass_fields__
    assert "seconds" not in draw_work.DrawsAsked.model_fields
