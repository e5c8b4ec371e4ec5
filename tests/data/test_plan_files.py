"""Plan files come back as they went, and every fault of a bad one is named at once."""

from __future__ import annotations

import json
import stat
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data import plan_files
from data.errors import InputError, Problem
from data.fleet import Layout
from data.inputs import fingerprint
from data.places import Session, Week
from data.plan_files import (
    read_plan_bytes,
    read_plan_file,
    read_plan_or_timetable,
    read_timetable_file,
    write_plan_file,
)
from data.plans import (
    DayType,
    DeadRun,
    Duty,
    Plan,
    PlanState,
    Route,
    SearchRecord,
    Stop,
    Timetable,
    Unserved,
    UnservedReason,
)


def _plan() -> Plan:
    """A plan in which no field has its default."""
    stop = Stop(
        place_id="H1",
        site_id="S",
        arrive_s=27_000,
        leave_s=27_060,
        boarding=("P1", "P2"),
        alighting=("P3",),
        drive_s=60,
        drive_m=500,
    )
    route = Route(
        route_id="R1",
        session=Session.DAY_OUT,
        stops=(stop, replace(stop, site_id=None)),
        layout=Layout(n_seats=3, n_wheelchair_spaces=1),
        n_assistants=2,
        n_trained_assistants=1,
        assistant_ids=("N1",),
    )
    run = DeadRun(
        from_place_id="B",
        to_place_id="H1",
        depart_s=1,
        arrive_s=2,
        drive_m=3,
        before_route=0,
    )
    duty = Duty(
        duty_id="D1",
        provider_id="own",
        vehicle_type_id="wav",
        routes=(route,),
        dead_runs=(run,),
        base_place_id="B",
        vehicle_id="V1",
        crew_ids=("C1", "C2"),
        rate_card_id="R",
    )
    return Plan(
        plan_id="plan é £",
        place="town",
        day_type=DayType(
            day_type_id="wed-b-term",
            weekday=2,
            week=Week.B,
            open_calendar_ids=frozenset({"term", "adult", "other"}),
        ),
        service_date=date(2026, 9, 9),
        duties=(duty,),
        unserved=(
            Unserved(
                passenger_id="P9",
                session=Session.PM,
                reason=UnservedReason.NO_ROAD,
                evidence=(("direct_s", -1), ("limit_s", 2_700)),
                relaxation="A road.",
            ),
        ),
        state=PlanState.REPAIRED,
        cost_pence=123_456,
        full_cost_pence=234_567,
        bound_pence=100_000,
        bound_policy="single sites",
        search=SearchRecord(
            seed=7, steps=10, limit="seconds", cpu_s=1.25, wall_s=0.7, n_workers=2
        ),
        inputs_hash="a" * 64,
        matrix_hash="b" * 64,
        code_version="1.0",
        flags=("schematic_network",),
    )


def _timetable() -> Timetable:
    return Timetable(
        timetable_id="year",
        plans=(_plan(), replace(_plan(), service_date=None)),
        dates=((date(2026, 9, 9), "wed-b-term"), (date(2026, 9, 16), "wed-a-term")),
    )


def _document() -> dict[str, Any]:
    return {
        "format": "wayfare-plan",
        "version": 1,
        "plan": {
            "plan_id": "p",
            "place": "town",
            "day_type": {
                "day_type_id": "d",
                "weekday": 0,
                "week": "A",
                "open_calendar_ids": ["term"],
            },
            "service_date": None,
            "duties": [],
        },
    }


def _problems(document: Any) -> tuple[Problem, ...]:
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    with pytest.raises(InputError) as caught:
        read_plan_bytes(raw, file="plan.json")
    assert all(problem.file == "plan.json" for problem in caught.value.problems)
    return caught.value.problems


def test_the_full_plan_leaves_no_field_at_its_default() -> None:
    plan = _plan()
    values = [plan, plan.duties[0], plan.routes[0], plan.routes[0].stops[0], plan.search]
    for value in (*values, plan.unserved[0], plan.duties[0].dead_runs[0]):
        at_default = [f.name for f in fields(value) if getattr(value, f.name) == f.default]
        assert at_default == []


def test_plan_comes_back_as_it_went(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    write_plan_file(_plan(), path)
    assert read_plan_file(path) == _plan()
    assert read_plan_or_timetable(path) == _plan()
    assert fingerprint(read_plan_file(path)) == fingerprint(_plan())


def test_timetable_comes_back_as_it_went(tmp_path: Path) -> None:
    path = tmp_path / "year.json"
    write_plan_file(_timetable(), path)
    assert read_timetable_file(path) == _timetable()
    assert read_plan_or_timetable(path) == _timetable()


def test_equal_plans_give_equal_bytes_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    write_plan_file(_plan(), one)
    calendars = frozenset(["other", "term", "adult"])
    day_type = replace(_plan().day_type, open_calendar_ids=calendars)
    write_plan_file(replace(_plan(), day_type=day_type), two)
    assert one.read_bytes() == two.read_bytes()
    assert stat.S_IMODE(one.stat().st_mode) == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one.json", "two.json"]


def test_failed_writing_leaves_the_old_file_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.json"
    write_plan_file(_plan(), path)
    before = path.read_bytes()

    def fail(source: str, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(plan_files.os, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        write_plan_file(replace(_plan(), plan_id="other"), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["plan.json"]


def test_smallest_document_is_read() -> None:
    plan = read_plan_bytes(json.dumps(_document()).encode())
    assert isinstance(plan, Plan)
    assert plan.plan_id == "p"
    assert plan.search == SearchRecord()


def test_byte_order_mark_is_passed_over() -> None:
    raw = json.dumps(_document()).encode("utf-8-sig")
    assert read_plan_bytes(raw) == read_plan_bytes(raw[3:])


def test_all_faults_are_named_at_once_with_their_key_paths() -> None:
    document = _document()
    plan = document["plan"]
    del plan["place"]
    plan["weekdays"] = 3
    plan["state"] = "optimized"
    plan["cost_pence"] = 12.5
    plan["day_type"]["weekday"] = True
    plan["duties"] = [{"duty_id": "D", "provider_id": 5, "vehicle_type_id": "wav", "routes": 0}]
    found = {(p.code, p.column) for p in _problems(document)}
    assert found == {
        ("J008", "$.plan.place"),
        ("J007", "$.plan.weekdays"),
        ("J011", "$.plan.state"),
        ("J009", "$.plan.cost_pence"),
        ("J009", "$.plan.day_type.weekday"),
        ("J009", "$.plan.duties[0].provider_id"),
        ("J005", "$.plan.duties[0].routes"),
    }


def test_suggestions_name_the_nearest_known_word() -> None:
    document = _document()
    document["plan"]["cost_pense"] = 1
    document["plan"]["state"] = "optimized"
    suggestions = {p.code: p.suggestion for p in _problems(document)}
    assert suggestions == {
        "J007": "Did you mean cost_pence?",
        "J011": "Did you mean optimised?",
    }


def _set(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    *keys, last = path.split(".")
    inner = document
    for key in keys:
        inner = inner[key]
    inner[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "code", "column"),
    [
        ("format", "other", "J006", "$.format"),
        ("format", None, "J006", "$.format"),
        ("version", 2, "J006", "$.version"),
        ("version", True, "J006", "$.version"),
        ("extra", 1, "J007", "$.extra"),
        ("plan", [], "J005", "$.plan"),
        ("plan", None, "J005", "$.plan"),
        ("plan.duties", {}, "J005", "$.plan.duties"),
        ("plan.duties", None, "J005", "$.plan.duties"),
        ("plan.duties", [3], "J005", "$.plan.duties[0]"),
        ("plan.plan_id", 7, "J009", "$.plan.plan_id"),
        ("plan.plan_id", "a\nb", "J012", "$.plan.plan_id"),
        ("plan.plan_id", "\ud800", "J012", "$.plan.plan_id"),
        ("plan.plan_id", "x" * 2001, "J012", "$.plan.plan_id"),
        ("plan.cost_pence", 10**12 + 1, "J012", "$.plan.cost_pence"),
        ("plan.cost_pence", "5", "J009", "$.plan.cost_pence"),
        ("plan.search", {"cpu_s": "1"}, "J009", "$.plan.search.cpu_s"),
        ("plan.search", {"cpu_s": 1e300}, "J009", "$.plan.search.cpu_s"),
        ("plan.service_date", "20260909", "J013", "$.plan.service_date"),
        ("plan.service_date", "2026-02-30", "J013", "$.plan.service_date"),
        ("plan.service_date", 20260909, "J009", "$.plan.service_date"),
        ("plan.day_type.week", "C", "J011", "$.plan.day_type.week"),
        (
            "plan.day_type.open_calendar_ids",
            ["a", "a"],
            "J010",
            "$.plan.day_type.open_calendar_ids",
        ),
        (
            "plan.unserved",
            [{"passenger_id": "P", "session": "am", "reason": "no_road", "evidence": [["a"]]}],
            "J009",
            "$.plan.unserved[0].evidence[0]",
        ),
    ],
)
def test_each_fault_is_named(path: str, value: Any, code: str, column: str) -> None:
    (problem,) = _problems(_set(_document(), path, value))
    assert (problem.code, problem.column) == (code, column)
    assert problem.cause
    assert problem.suggestion
    assert str(problem).isprintable()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "J003"),
        (b"{", "J003"),
        (b"\xff\xfe", "J002"),
        (b"[]", "J005"),
        (b"[" * 100_000, "J003"),
        (b'{"format": ' + b"9" * 5_000 + b"}", "J003"),
        (b'{"format": NaN}', "J003"),
        (b'{"format": "wayfare-plan", "format": "wayfare-plan"}', "J004"),
        (b'{"format": "wayfare-plan", "version": 1}', "J008"),
    ],
)
def test_files_that_are_no_documents_are_named(raw: bytes, code: str) -> None:
    assert {problem.code for problem in _problems(raw)} == {code}


def test_infinite_times_are_refused() -> None:
    raw = json.dumps(_document()).replace('"duties": []', '"duties": [], "cost_pence": 1e999')
    (problem,) = _problems(raw.encode())
    assert (problem.code, problem.column) == ("J009", "$.plan.cost_pence")


def test_faults_beyond_a_thousand_are_not_kept() -> None:
    document = _document()
    document["plan"]["duties"] = [1] * 5_000
    assert len(_problems(document)) == 1_000


def test_the_wrong_one_of_plan_and_timetable_is_refused(tmp_path: Path) -> None:
    plan, year = tmp_path / "plan.json", tmp_path / "year.json"
    write_plan_file(_plan(), plan)
    write_plan_file(_timetable(), year)
    for read, path in ((read_plan_file, year), (read_timetable_file, plan)):
        with pytest.raises(InputError) as caught:
            read(path)
        assert [problem.code for problem in caught.value.problems] == ["J014"]


def test_missing_and_huge_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.json"
    with pytest.raises(InputError, match="cannot be read"):
        read_plan_file(path)
    write_plan_file(_plan(), path)
    monkeypatch.setattr(plan_files, "MOST_BYTES", 100)
    with pytest.raises(InputError, match="over 100 bytes"):
        read_plan_file(path)


def test_drives_left_out_are_marked_but_nought_at_the_first_stop() -> None:
    document = json.loads(json.dumps(_document()))
    stop = {"place_id": "H", "site_id": None, "arrive_s": 1, "leave_s": 2}
    route = {
        "route_id": "R",
        "session": "am",
        "layout": {"n_seats": 1, "n_wheelchair_spaces": 0},
        "stops": [stop, stop, {**stop, "drive_s": 4}],
    }
    document["plan"]["duties"] = [
        {"duty_id": "D", "provider_id": "T", "vehicle_type_id": "car", "routes": [route]}
    ]
    plan = read_plan_bytes(json.dumps(document).encode())
    assert isinstance(plan, Plan)
    drives = [(s.drive_s, s.drive_m) for s in plan.routes[0].stops]
    assert drives == [(0, 0), (-1, -1), (4, -1)]


def test_format_page_names_every_key_and_choice() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/reference/plan-format.md").read_text()
    kinds = (Plan, Timetable, DayType, Duty, DeadRun, Route, Stop, Unserved, SearchRecord)
    for kind in (*kinds, Layout):
        for field in fields(kind):
            assert f"`{field.name}`" in page, (kind, field.name)
    for choice in (*PlanState, *UnservedReason, *Session):
        assert f"`{choice}`" in page
