"""Queued work: one queue of many kinds, seen by who may, done by a process beside the page."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from fastapi.testclient import TestClient

from data.choices import ProviderStudy
from data.people import Role
from data.store import Store
from data.tenders import Award, BidBook, LotRule
from data.units import format_pounds
from data.workspace import Workspace
from reports import list_sign_offs
from routing import build_sample_network, write_network
from tests.data.hand_made_tender import build_book, build_tender, make_bid, make_contract
from tests.reports.hand_made import STAMP
from tests.reports.paper.study import save_study_runs
from tests.web.places import NOW, be, build_page, build_place, do_jobs, find_csrf, visiting
from web import worker
from web.job_kinds import RULES, Lane, MakeLots, SolveScenario, Wanted, WritePaper
from web.jobs import (
    HELD_FOR,
    MOST_HELD,
    MOST_WAITING,
    Job,
    JobBook,
    JobState,
    drop_old_content,
    tend,
)
from web.roles import ROLE_PERMISSIONS, Permission
from web.tasks import TASKS

FILE = b"vehicle_id,vehicle_type_id,depot_id\nV1,no_such,nowhere\n"

pytestmark = pytest.mark.usefixtures("started")


def make_job(job_id: str = "1-a", **changes: object) -> Job:
    wanted = SolveScenario(stories=(), seconds=None, steps=1)
    job = Job(
        job_id=job_id, place="p", root="/p", person_id="a", queued_utc=NOW.isoformat(),
        title="t", wanted=wanted,
    )  # fmt: skip
    return replace(job, **changes)  # type: ignore[arg-type]


def find(book: JobBook, job_id: str = "1-a") -> Job:
    found = book.find(job_id)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = build_place(tmp_path_factory.mktemp("jobs"))
    with Store.open(workspace.store_path) as store:
        save_study_runs(store)
        tender = replace(
            build_tender((make_contract(1), make_contract(2))),
            place=workspace.place,
            inputs_hash=store.find_inputs_hash(workspace.place),
        )
        bids = (make_bid("b1", 9_000, "C001"), make_bid("b2", 9_500, "C002"))
        store.save_result(tender, place=workspace.place)
        store.save_result(build_book(*bids), place=workspace.place)
    return workspace


@pytest.fixture(scope="module")
def client(place: Workspace) -> Iterator[TestClient]:
    with visiting(build_page(place, person_id="c.moor")) as opened:
        yield opened


def ask(client: TestClient, path: str, **sent: object) -> str:
    """Ask for a job; gives the address of its page."""
    token = {"csrf_token": find_csrf(client.get("/sign-in").text)}
    files = sent.pop("files", None)
    done = client.post(path, data={**token, **sent}, files=files)  # type: ignore[arg-type]
    assert done.status_code == 303, done.text
    return str(done.headers["location"])


def test_every_kind_of_job_has_rules_and_something_that_does_it() -> None:
    kinds = {one.__dataclass_fields__["kind"].default for one in get_args(get_args(Wanted)[0])}
    assert kinds == set(RULES) == set(TASKS)
    for rules in RULES.values():
        for permissions in ROLE_PERMISSIONS.values():
            # Who may ask for it may see it, look at the list, and stop it.
            wanted = {rules.reads, Permission.READ_JOBS, Permission.STOP_JOBS}
            assert rules.asks not in permissions or wanted <= permissions


def test_a_job_whose_process_died_says_so_and_leaves_no_file(tmp_path: Path) -> None:
    book = JobBook(tmp_path / "jobs")
    job = make_job()
    book.add(job, {"upload/a.csv": FILE})
    book.write(replace(job, state=JobState.RUNNING))
    with book.lock(Lane.LONG):
        tend(book)
        # The worker holds its lock: it lives.
        assert find(book).state is JobState.RUNNING
    tend(book)
    assert find(book).state is JobState.FAILED
    assert not book.find_content("1-a").exists()
    assert book.find("../1-a") is None


def test_what_takes_minutes_does_not_wait_for_what_takes_hours(
    tmp_path: Path, started: list[Lane]
) -> None:
    book = JobBook(tmp_path / "jobs")
    book.add(make_job("1-a", state=JobState.RUNNING))
    book.add(make_job("2-a"))
    lots = MakeLots(run_id="r", rule=LotRule(), is_all=False)
    book.add(make_job("3-a", wanted=lots))
    book.add(make_job("4-a", wanted=WritePaper(study_id="s")))
    assert [getattr(book.find_next(lane), "job_id", None) for lane in Lane] == ["2-a", "3-a"]
    with book.lock(Lane.LONG):
        tend(book)
    assert started == [Lane.SHORT]


def test_a_job_written_before_there_were_kinds_is_read(tmp_path: Path) -> None:
    book = JobBook(tmp_path / "jobs")
    (book.folder / "1-a").mkdir(parents=True)
    older = {
        "job_id": "1-a", "place": "p", "root": "/p", "person_id": "a", "queued_utc": "",
        "title": "t", "stories": ["x"], "seconds": None, "steps": 5, "state": "done",
        "stage": "", "best_pence": None, "bound_pence": None, "run_ids": ["r1", "r2"],
        "fault": "", "study": "{}", "study_id": "s1",
    }  # fmt: skip
    (book.folder / "1-a" / "job.json").write_text(json.dumps(older))
    job = find(book)
    assert (job.kind, job.find_ids("run"), job.find_ids("study")) == (
        "study",
        ["r1", "r2"],
        ["s1"],
    )
    del older["study_id"]
    (book.folder / "1-a" / "job.json").write_text(json.dumps(older | {"study": ""}))
    assert find(book).wanted == SolveScenario(stories=("x",), seconds=None, steps=5)


def test_a_short_job_that_is_stopped_ends_its_process_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class EndedError(Exception):
        pass

    def end(code: int) -> None:
        raise EndedError(code)

    monkeypatch.setattr(worker.os, "_exit", end)  # type: ignore[attr-defined]
    monkeypatch.setattr(worker, "LOOK_EVERY_S", 0.001)
    book = JobBook(tmp_path / "jobs")
    running = make_job(state=JobState.RUNNING)
    book.add(running, {"template.docx": b"x"})
    book.stop("1-a")
    assert find(book).state is JobState.RUNNING
    with pytest.raises(EndedError):
        worker._Ending(book).watch(running)
    assert find(book).state is JobState.STOPPED
    assert not book.find_content("1-a").exists()
    over = worker._Ending(book)
    over.end(replace(running, state=JobState.DONE))
    # It was done before anybody looked: it stays done.
    over.watch(running)
    assert find(book).state is JobState.DONE


def test_an_award_is_worked_out_beside_the_page_and_kept_in_the_name_of_who_asked(
    client: TestClient, place: Workspace, started: list[Lane]
) -> None:
    with Store.open(place.store_path) as store:
        book_id = store.list_results(place.place, BidBook)[0].result_id
        before = len(store.list_results(place.place, Award))
    rules = {"book_id": book_id, "quality": "0", "max_share": "100", "seconds": "5"}
    tender = next(
        part for part in client.get("/money/tenders").text.split('"') if "/tenders/" in part
    )
    job = ask(client, f"{tender}/award", small="0", **rules)
    assert started == [Lane.SHORT]
    assert "waiting" in client.get(job).text
    do_jobs(place)
    done = client.get(job).text
    with Store.open(place.store_path) as store:
        award = store.find_result(Award, place=place.place)
        assert len(store.list_results(place.place, Award)) == before + 1
        asked, made = reversed(store.audit.list_entries(action="award.", most=2))
    assert f'href="/money/awards/{award.award_id}"' in done
    assert (asked.action, made.action) == ("award.queue", "award.make")
    assert made.record_id == award.award_id
    assert (made.person_id, made.roles, made.address) == (
        "c.moor",
        (Role.COMMISSIONER,),
        asked.address,
    )
    # Nobody but a small firm may win, and none bids: told with the way back to what was typed.
    job = ask(client, f"{tender}/award", small="100", **rules)
    do_jobs(place)
    failed = client.get(job).text
    assert "small firms do not bid for enough" in failed
    back = next(part for part in failed.split('"') if "?job=" in part)
    form = client.get(back.replace("#award", "")).text
    for name, typed in (("small", "100"), ("max_share", "100"), ("seconds", "5")):
        assert f'name="{name}" value="{typed}"' in form


def test_a_paper_is_written_by_who_asked_and_its_template_is_gone(
    client: TestClient, place: Workspace
) -> None:
    study = next(
        part for part in client.get("/papers").text.split('"') if part.startswith("handmade-")
    )
    job = ask(client, "/papers", study=study, files={"template": ("t.docx", b"no Word file")})
    do_jobs(place)
    assert "failed" in client.get(job).text
    assert f'value="{study}" selected' in client.get(f"/papers?job={job[6:]}").text
    job = ask(client, "/papers", study=study)
    do_jobs(place)
    done = client.get(job).text
    paper = next(part for part in done.split('"') if part.startswith("/papers/"))
    shown = client.get(paper).text
    assert "Written by Cara Moor" in shown
    # Who wrote it cannot sign it.
    token = {"csrf_token": find_csrf(client.get("/sign-in").text)}
    assert client.post(f"{paper}/assure", data=token).status_code == 403
    with Store.open(place.store_path) as store:
        assert list_sign_offs(store, paper.removeprefix("/papers/")) == ()
        (made,) = store.audit.list_entries(action="paper.make")
    assert (made.person_id, made.record_id) == ("c.moor", study)
    assert not list((place.folder / "jobs").rglob("content"))


def test_lots_without_roads_say_what_to_do(client: TestClient, place: Workspace) -> None:
    job = ask(client, "/money/tenders", basis="area", max_vehicles="3", is_all="yes")
    do_jobs(place)
    failed = client.get(job).text
    assert "wayfare roads import" in failed
    form = client.get(f"/money/tenders?job={job[6:]}").text
    assert 'name="max_vehicles" value="3"' in form
    assert 'value="yes" checked' in form


def test_who_lost_the_role_meanwhile_gets_nothing_done(
    client: TestClient, place: Workspace
) -> None:
    book = JobBook(place.folder / "jobs")
    with visiting(build_page(place)) as other:
        with Store.open(place.store_path) as store:
            store.add_person("g.oak", "Gus Oak", [Role.COMMISSIONER], now_utc=STAMP)
        be(other, "g.oak")
        job_id = ask(other, "/money/tenders", basis="site", max_vehicles="3")[6:]
        with Store.open(place.store_path) as store:
            store.end_person("g.oak", [Role.COMMISSIONER], now_utc=NOW)
        do_jobs(place)
        assert "may no longer" in find(book, job_id).fault


def test_files_brought_in_are_for_their_owner_and_gone_when_nobody_waits_for_them(
    place: Workspace,
) -> None:
    book = JobBook(place.folder / "jobs")
    with visiting(build_page(place, person_id="a.hart")) as client:
        jobs = [
            ask(client, "/import", files={"files": ("vehicles.csv", FILE)})[6:]
            for _ in range(MOST_WAITING)
        ]
        token = {"csrf_token": find_csrf(client.get("/sign-in").text)}
        more = client.post("/import", data=token, files={"files": ("v.csv", FILE)})
        assert (more.status_code, "let one end first" in more.text) == (422, True)
        for path in book.find_content(jobs[0]).rglob("*"):
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
        stopped, dropped, *rest = jobs
        assert client.post(f"/jobs/{stopped}/stop", data=token).status_code == 303
        assert not book.find_content(stopped).exists()
        do_jobs(place)
        assert find(book, stopped).state is JobState.STOPPED
        assert all(find(book, one).state is JobState.DONE for one in (dropped, *rest))
        for path in book.find_content(rest[0]).rglob("*"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert client.post(f"/import/{dropped}/drop", data=token).status_code == 303
        assert not book.find_content(dropped).exists()
        with visiting(build_page(place)) as other:
            for person_id in ("b.lane", "v.reed", "c.moor"):
                be(other, person_id)
                assert other.get(f"/jobs/{rest[0]}").status_code == 404
                assert rest[0] not in other.get("/jobs").text
            be(other, "b.lane")
            sent = {"csrf_token": find_csrf(other.get("/sign-in").text)}
            assert other.post(f"/jobs/{rest[0]}/stop", data=sent).status_code == 404
            assert other.post(f"/import/{rest[0]}/drop", data=sent).status_code == 404
    assert book.find_content(rest[0]).exists()
    for n in range(MOST_HELD):
        late = replace(find(book, rest[0]), job_id=f"3{n}-a-hart")
        book.add(late, {"upload/a.csv": FILE})
    drop_old_content(book, NOW)
    # The newest are held, older ones of the same person are not.
    assert not any(book.find_content(one).exists() for one in rest)
    assert all(book.find_content(f"3{n}-a-hart").exists() for n in range(MOST_HELD))
    drop_old_content(book, NOW + HELD_FOR + timedelta(seconds=1))
    assert not list(book.folder.rglob("content"))


def test_a_viewer_sees_how_work_goes_and_stops_none(place: Workspace) -> None:
    book = JobBook(place.folder / "jobs")
    job = make_job("9-c-moor", root=str(place.root), place=place.place, person_id="c.moor")
    book.add(job)
    with visiting(build_page(place)) as client:
        be(client, "v.reed")
        shown = client.get("/jobs/9-c-moor").text
        assert "waiting" in shown
        assert "Stop" not in shown
        token = {"csrf_token": find_csrf(client.get("/sign-in").text)}
        assert client.post("/jobs/9-c-moor/stop", data=token).status_code == 403
        # An assurer may stop what an assurer may ask for: no scenario.
        be(client, "d.ash")
        token = {"csrf_token": find_csrf(client.get("/sign-in").text)}
        assert client.post("/jobs/9-c-moor/stop", data=token).status_code == 403
    assert find(book, "9-c-moor").state is JobState.WAITING
    book.stop("9-c-moor")


def test_providers_are_chosen_beside_the_page_and_the_frontier_is_shown(
    client: TestClient, place: Workspace, started: list[Lane]
) -> None:
    write_network(build_sample_network("grid"), place.network_path)
    usual = {"step": "50", "fewer": "0", "more": "1", "hand_back": "3", "shock": "10"}
    bad = client.get("/money/providers").text
    token = {"csrf_token": find_csrf(bad)}
    refused = client.post(
        "/money/providers", data={**token, **usual, "transition": "x", "seconds": "5"}
    )
    assert refused.status_code == 422
    # What was typed is still there.
    assert 'name="transition" value="x"' in refused.text
    job = ask(client, "/money/providers", **usual, transition="0", seconds="5")
    assert started == [Lane.SHORT]
    do_jobs(place)
    done = client.get(job).text
    assert "See who should run what" in done, done
    with Store.open(place.store_path) as store:
        study = store.find_result(ProviderStudy, place=place.place)
    assert [point.target_bp for point in study.frontier] == [0, 5_000, 10_000]
    shown = client.get("/money/providers").text
    found = [p.choice for p in study.frontier if p.choice is not None]
    assert found
    for choice in found:
        assert format_pounds(choice.evaluated_pence) in shown
    form = client.get(f"/money/providers?job={job.rsplit('/', 1)[1]}").text
    assert 'name="step" value="50"' in form
