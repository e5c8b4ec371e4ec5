"""Parts of pages that are made once: never of another version, never of another visitor."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import jinja2
import pytest
from fastapi.testclient import TestClient

from data.inputs import fingerprint
from data.nights import Publication
from data.plans import Plan
from data.runs import LATEST
from data.store import Store
from data.workspace import Workspace
from tests.reports.hand_made import SERVICE_DATE, STAMP, build_inputs, build_run
from tests.web.places import PLACE, be, build_page, build_place, visiting
from web import today
from web.pages import plans
from web.plan_lists import Wanted
from web.rendering import build_environment, render_part
from web.shown import ShownPlan
from web.state import Recent, get_state

DAY = f"/plans/day~{SERVICE_DATE}"


def read(client: TestClient, address: str) -> str:
    """Read a page without what differs from browser to browser."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return re.sub(r'(name="csrf_token" value=")[0-9a-f]+', r"\1", answer.text)


def read_cold(workspace: Workspace, address: str, person_id: str = "a.hart") -> str:
    """Read it from a page that has kept nothing yet."""
    with visiting(build_page(workspace, person_id=person_id)) as client:
        return read(client, address)


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return build_place(tmp_path)


def publish_plan(store: Store, plan: Plan) -> Publication:
    """Publish a plan for the date beside what is published for it."""
    old = store.nights.find_publication(PLACE, SERVICE_DATE)
    assert old is not None
    plan_no, standing_no = store.nights.save_plans(plan, plan)
    return store.nights.publish(
        replace(
            old, version_no=0, plan_no=plan_no, standing_no=standing_no, night_key="b" * 64,
            fence_no=store.nights.take_fence(PLACE, taken_utc=STAMP),
        ),
        fingerprint(plan),
    )  # fmt: skip


def test_a_version_published_anew_is_seen_at_the_next_look(place: Workspace) -> None:
    with visiting(build_page(place, person_id="a.hart")) as client:
        before = read(client, DAY)
        assert read(client, DAY) == before
        with Store.open(place.store_path) as store:
            plan = store.find_run(LATEST, PLACE).plan
            first, *rest = plan.duties
            later = replace(
                first.routes[0],
                stops=tuple(
                    replace(s, arrive_s=s.arrive_s + 60, leave_s=s.leave_s + 60)
                    for s in first.routes[0].stops
                ),
            )
            changed = replace(first, routes=(later, *first.routes[1:]))
            version = publish_plan(store, replace(plan, duties=(changed, *rest))).version_no
        after = read(client, DAY)
        assert f"version {version}" in after
        assert after == read_cold(place, DAY) != before


def test_rides_of_a_date_are_measured_once_for_each_version(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured, measure = [], today.find_rides
    monkeypatch.setattr(
        today, "find_rides", lambda *given: measured.append(given) or measure(*given)
    )
    with visiting(build_page(place, person_id="a.hart")) as client:
        pages = [read(client, f"/days/{SERVICE_DATE}") for _ in range(2)]
        assert pages[0] == pages[1]
        assert len(measured) == 1
        with Store.open(place.store_path) as store:
            plan = store.find_run(LATEST, PLACE).plan
            publish_plan(store, replace(plan, plan_id="anew"))
        read(client, f"/days/{SERVICE_DATE}")
        assert len(measured) == 2


def test_a_run_of_changed_records_is_seen_at_the_next_look(place: Workspace) -> None:
    with visiting(build_page(place, person_id="a.hart")) as client:
        before = read(client, "/plans/latest")
        inputs = build_inputs()
        name = "Renamed Academy"
        renamed = replace(
            inputs, sites=(replace(inputs.sites[0], name=name), *inputs.sites[1:])
        )
        with Store.open(place.store_path) as store:
            store.save_inputs(renamed, created_utc=STAMP, code_version="test")
            store.save_run(build_run(renamed, STAMP + timedelta(hours=1)))
        after = read(client, "/plans/latest")
        assert name not in before
        assert name in after
        assert after == read_cold(place, "/plans/latest")


def test_what_one_may_do_stands_on_no_page_of_another(place: Workspace) -> None:
    with visiting(build_page(place)) as client:
        be(client, "a.hart")
        planner = client.get("/plans/latest").text
        be(client, "v.reed")
        viewer = client.get("/plans/latest").text
    token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', planner)
    assert token is not None
    assert token[1] not in viewer
    assert "Work on this plan" in planner
    assert "Work on this plan" not in viewer
    assert read_cold(place, "/plans/latest", "v.reed") == viewer


def test_a_part_that_asks_who_is_there_is_a_fault() -> None:
    environment = build_environment()
    environment.loader = jinja2.DictLoader({"part.html": "{{ visit.person.name }}"})
    app = SimpleNamespace(state=SimpleNamespace(templates=environment))
    with pytest.raises(jinja2.UndefinedError, match="visit"):
        render_part(SimpleNamespace(app=app), Recent(1), "", "part.html", dict)  # type: ignore[arg-type]


def test_what_is_kept_is_bounded_and_gone_with_the_plan(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.shown.KEPT_PARTS", 3)
    built, build = [], plans.build_plan_page

    def count(shown: ShownPlan, wanted: Wanted, page: int) -> dict[str, object]:
        built.append(wanted.text)
        return build(shown, wanted, page)

    monkeypatch.setattr(plans, "build_plan_page", count)
    app = build_page(place, person_id="a.hart")
    with visiting(app) as client:
        for text in "abcdda":
            assert f'value="{text}"' in client.get(f"/plans/latest?text={text}").text
        assert built == list("abcda")
        get_state(app).shown.clear()
        client.get("/plans/latest?text=a")
        assert built == list("abcdaa")
