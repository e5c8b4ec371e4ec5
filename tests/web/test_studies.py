"""A study from the page: its form is its file, faults stand beside fields, all is queued."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from data.workspace import Workspace
from scenarios import StudyFile
from tests.web.places import be, build_page, build_place, find_csrf, visiting
from web import jobs as web_jobs
from web.forms import Form
from web.job_kinds import SolveScenario, SolveStudy
from web.jobs import Job, JobBook
from web.studies import build_start, check_form, list_choices

PATH = "/scenarios/studies/new"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return build_place(tmp_path_factory.mktemp("studies"))


@pytest.fixture(scope="module")
def client(place: Workspace) -> Iterator[TestClient]:
    with visiting(build_page(place, person_id="a.hart")) as opened:
        yield opened


def fill(**values: object) -> Form:
    start = build_start("Hand-made council")
    wanted = {"options": ("larger-fleet", "rates-up"), "recommended": "larger-fleet"}
    return Form(values={**start.values, **wanted, **values})


def test_a_title_and_options_are_enough_and_every_figure_is_named() -> None:
    study, form = check_form(fill(), list_choices(()))
    assert study is not None, form.errors
    assert (study.today, study.base, study.recommended) == ("today", "baseline", "larger-fleet")
    words = " ".join((*study.purpose, *study.recommendations, *study.background))
    for name in ("net.larger-fleet", "net.rates-up", "saved_from_today.baseline", "noise"):
        assert f"{{{name}}}" in words
    assert form.value("recommendations") == "\n".join(study.recommendations)


def test_what_was_typed_stays_and_is_used() -> None:
    study, form = check_form(fill(purpose="One aim.\n\nAnother aim."), list_choices(()))
    assert study is not None
    assert study.purpose == ("One aim.", "Another aim.")
    assert form.value("purpose") == "One aim.\n\nAnother aim."


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"options": ()}, "options"),
        ({"recommended": "smaller-fleet"}, "recommended"),
        ({"title": ""}, "title"),
        ({"council": ""}, "council"),
        ({"study_id": "Not A Name"}, "study_id"),
        ({"recommendations": "That we save £5."}, "recommendations"),
        ({"risks": "only one part"}, "risks"),
        ({"risks": ""}, "risks"),
        ({"risks": "a | certain | low | b | c"}, "risks"),
    ],
)
def test_each_fault_stands_beside_its_field(values: dict[str, object], field: str) -> None:
    study, form = check_form(fill(**values), list_choices(()))
    assert study is None
    assert set(form.errors) == {field}


def test_a_study_is_queued_with_todays_routes_before_its_options(
    place: Workspace, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_jobs, "start_worker", lambda book, lane: None)
    token = {"csrf_token": find_csrf(client.get(PATH).text)}
    sent = {k: v for k, v in fill(steps="30").values.items() if v}
    shown = client.post(PATH, data={**token, **sent, "action": "show"})
    assert shown.status_code == 200
    assert "{net.larger-fleet}" in shown.text
    none = client.post(PATH, data={**token, **sent, "options": (), "action": "queue"})
    assert none.status_code == 422
    assert 'href="#options"' in none.text
    done = client.post(PATH, data={**token, **sent, "action": "queue"})
    assert done.status_code == 303, done.text
    (job,) = JobBook(place.folder / "jobs").list_jobs()
    assert isinstance(job.wanted, SolveStudy)
    assert [text.split('"')[1] for text in job.wanted.stories] == [
        "today",
        "larger-fleet",
        "rates-up",
    ]
    assert StudyFile.model_validate(json.loads(job.wanted.study)).options == (
        "larger-fleet",
        "rates-up",
    )
    assert client.get(done.headers["location"]).status_code == 200
    with visiting(build_page(place)) as viewer:
        be(viewer, "v.reed")
        assert viewer.get(PATH).status_code == 403


def test_a_study_takes_up_what_was_made_on_the_page(tmp_path: Path) -> None:
    head = 'scenario_id = "mine"\ntitle = "Mine"\n'
    own = head + '[[changes]]\nkind = "scale_own_fleet"\npercent = 20\n'
    other = own.replace('"mine"', '"other"').replace("[[", 'base_id = "mine"\n[[')
    choices = list_choices([_job(tmp_path, own), _job(tmp_path, other)])
    names = [c.story.scenario_id for c in choices]
    assert (names[0], choices[0].is_own) == ("mine", True)
    # What stands on another scenario has no place in a study of one base.
    assert "other" not in names
    assert "today" not in names
    assert len(set(names)) == len(names)


def _job(root: Path, text: str) -> Job:
    return Job(
        job_id="1-a", place="p", root=str(root), person_id="a", queued_utc="", title="t",
        wanted=SolveScenario(stories=(text,), seconds=None, steps=1),
    )  # fmt: skip
