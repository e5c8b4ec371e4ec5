"""What is held on a person is found, given, erased and expired: free pages of the file too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from data.errors import RefusedError, StoreError
from data.imports.edits import FieldChange
from data.inputs import Inputs, fingerprint
from data.nights import DayChange, DayChangeKind, Explanation, Reason
from data.people import Role
from data.personal import read_retention
from data.plans import PlanState
from data.store import QuarantinedRow, SheetCount, Store
from data.store.backup import check_store
from data.store.person_book import Expired
from data.store.server import is_server_address
from tests.data.test_store_eligibility import ASSESSED, FIRST
from tests.nightly.nights import PLACE, STAMP, begin, build_candidate, build_publication
from tests.postgres import Server
from tests.reports.hand_made import build_inputs, build_run
from tests.store_places import Place, list_tables, query

NOW = datetime(2026, 12, 14, 9, tzinfo=UTC)
NAME, POSTCODE = "Canaryname A", "SS1 4AB"
MONTHS = {name: kept.months for name, kept in read_retention().items()}
ROW = QuarantinedRow(
    file_name="c.csv", sheet="passengers", row=9, codes=("P012",), cells=(("name", NAME),)
)


def without(inputs: Inputs, passenger_id: str) -> Inputs:
    """The inputs after somebody left: no record of theirs, nor of their home."""
    homes = {h.home_id: h.place_id for h in inputs.homes if h.passenger_id == passenger_id}
    return replace(
        inputs,
        passengers=tuple(p for p in inputs.passengers if p.passenger_id != passenger_id),
        homes=tuple(h for h in inputs.homes if h.passenger_id != passenger_id),
        demands=tuple(d for d in inputs.demands if d.passenger_id != passenger_id),
        places=tuple(p for p in inputs.places if p.place_id not in homes.values()),
    )


def fill(place: Place) -> str:
    """Keep one of everything that speaks of passenger p1; return the id of the run."""
    with Store.open(place) as store:
        body = b"passenger_id,name\np1," + NAME.encode() + b"\n"
        import hashlib

        count = SheetCount(
            file_name="c.csv", sha256=hashlib.sha256(body).hexdigest(), sheet="passengers",
            n_read=3, n_accepted=1, n_rejected=1, n_blank=0, n_header=1,
        )  # fmt: skip
        store.save_import(
            build_inputs(), place=PLACE, files={"c.csv": body}, counts=(count,),
            rejected=(ROW,), created_utc=STAMP, code_version="t",
        )  # fmt: skip
        run = build_run()
        store.save_run(run)
        for person, role in (("a.hart", Role.PLANNER), ("z.admin", Role.ADMINISTRATOR)):
            store.add_person(person, person, [role], now_utc=NOW)
        case = replace(ASSESSED, case_id="p1-school", passenger_id="p1", place=PLACE)
        store.add_case_events(
            [replace(FIRST, case_id="p1-school", place=PLACE, assessment=case)]
        )
        store.nights.add_changes(
            PLACE,
            [DayChange(kind=DayChangeKind.PASSENGER_ABSENT, target_id="p1",
                       first_date=date(2026, 9, 16))],
            received_utc=STAMP, source="changes.csv",
        )  # fmt: skip
        night = begin(store)
        told = Explanation(
            compared_with="before",
            reasons=(Reason(cause="absence", text="p1 stays at home.", passenger_ids=("p1",)),),
        )
        candidate = replace(build_candidate(store), explanation=told)
        store.nights.save_candidate(night.night_no, candidate, saved_utc=STAMP)
        fence_no = store.nights.take_fence(PLACE, taken_utc=STAMP)
        kept = replace(build_publication(candidate, fence_no), withheld_home_ids=("h1", "h2"))
        store.nights.publish(kept, candidate.plan_hash)
        was = build_inputs()
        first, *rest = was.passengers
        edited = replace(was, passengers=(replace(first, name=f"{NAME} old"), *rest))
        change = FieldChange(
            sheet="passengers", record_id="p1", row_no=1, heading="name",
            was=NAME, now=f"{NAME} old",
        )  # fmt: skip
        store.edits.save(
            edited, [change], expected=store.find_inputs_hash(PLACE), person_id="a.hart",
            now_utc=STAMP, code_version="t",
        )  # fmt: skip
        store.save_inputs(
            without(build_inputs(), "p1"),
            created_utc=STAMP + timedelta(days=1),
            code_version="t",
        )
    return run.run_id


@pytest.fixture
def read_bytes(request: pytest.FixtureRequest, store_place: Place) -> Callable[[], bytes]:
    """Read every byte that an engine keeps of the store.

    Of the embedded one its file and log; of a server the files of its database, old pages and
    indexes among them, and every row, as what is long lies compressed in the files.
    """
    if not is_server_address(store_place):
        return lambda: b"".join(
            part.read_bytes()
            for suffix in ("", "-wal")
            if (part := Path(f"{store_place}{suffix}")).exists()
        )
    server: Server = request.getfixturevalue("postgres_server")
    name = str(store_place).partition("?")[0].rpartition("/")[2]
    ((oid,),) = server.execute(f"SELECT oid FROM pg_database WHERE datname = '{name}'")  # noqa: S608  our own name

    def read() -> bytes:
        server.execute("CHECKPOINT")
        folder = server.folder / "server" / "data" / "base" / str(oid)
        return b"".join(path.read_bytes() for path in folder.iterdir()) + read_rows(store_place)

    return read


def read_rows(place: Place) -> bytes:
    """Read all rows of all tables as text, in the order of the tables' names."""
    return "".join(
        f"{table}: {sorted(map(repr, query(place, f'SELECT * FROM {table}')))}\n"  # noqa: S608  names from the engine
        for table in sorted(list_tables(place))
    ).encode()


def erase(store: Store, *people: str) -> None:
    store.persons.erase(
        PLACE, people, person_id="z.admin", reason="SAR-1", now_utc=NOW, code_version="t"
    )


def test_everything_held_on_a_person_is_found(store_place: Place) -> None:
    fill(store_place)
    with Store.open(store_place) as store:
        held = store.persons.find_held("p1")
    assert held.ids.home_ids == {"h1"}
    assert held.ids.place_ids == {"pl-h1"}
    assert held.ids.demand_ids == {"d1-out", "d1-home"}
    assert held.ids.names == {NAME, f"{NAME} old"}
    assert {row.table for row in held.rows} == {
        "candidates", "day_changes", "dead_runs", "documents", "eligibility_events",
        "field_changes",
        "passenger_shares", "publications", "record_versions", "stop_passengers", "stops",
    }  # fmt: skip
    assert [name for _, name in held.import_files] == ["c.csv"]
    text = str(held.rows)
    assert NAME in text
    assert POSTCODE in text


def test_an_erased_person_is_in_no_byte_of_the_file(
    store_place: Place, read_bytes: Callable[[], bytes]
) -> None:
    run_id = fill(store_place)
    assert NAME.encode() in read_bytes()
    with Store.open(store_place) as store:
        before = store.find_run(run_id)
        current = store.find_inputs_hash(PLACE)
        erase(store, "p1")
        assert NAME.encode() not in read_bytes()
        assert POSTCODE.encode() not in read_bytes()
        assert store.persons.find_held("p1").rows == ()
        after = store.find_run(run_id)
        # Money, totals, rides and the checker's words stay as they were.
        assert (after.measures, after.year) == (before.measures, before.year)
        assert [x.amount_pence for x in after.lines] == [x.amount_pence for x in before.lines]
        assert [s.amount_pence for s in after.shares] == [s.amount_pence for s in before.shares]
        assert [c.violations for c in after.checks] == [c.violations for c in before.checks]
        assert [r.stops[0].arrive_s for r in after.plan.routes] == [
            r.stops[0].arrive_s for r in before.plan.routes
        ]
        # Every other passenger is as they were, and whoever stays is carried.
        inputs = store.read_inputs(after.inputs_hash)
        assert fingerprint(inputs) == after.inputs_hash
        assert [p for p in inputs.passengers if p.passenger_id.startswith("p")] == [
            p for p in build_inputs().passengers if p.passenger_id != "p1"
        ]
        (gone,) = (p for p in inputs.passengers if not p.passenger_id.startswith("p"))
        assert (gone.name, gone.need, gone.birth_date.year) == ("", "", 1900)
        assert store.find_inputs_hash(PLACE) == current
        assert fingerprint(store.read_inputs(current)) == current
        # What is verified by hashes reads back.
        (publication,) = store.nights.list_publications(PLACE)
        assert publication.withheld_home_ids[1:] == ("h2",)
        assert "stays at home" in publication.explanation.reasons[0].text
        assert store.nights.read_plan(publication.plan_no).state is PlanState.REPAIRED
        assert store.list_cases(PLACE) == ()
        (record,) = store.list_imports(PLACE)
        assert record.counts[0].n_rejected == 1
        assert store.read_quarantine(record.import_no)[0].cells == ()
        with pytest.raises(StoreError, match="was erased"):
            store.read_import_file(record.counts[0].sha256)
    assert check_store(store_place) == []


def test_who_is_carried_or_unknown_is_not_erased(store_place: Place) -> None:
    fill(store_place)
    before = read_rows(store_place)
    with Store.open(store_place) as store:
        with pytest.raises(RefusedError, match="is carried"):
            erase(store, "p2")
        with pytest.raises(RefusedError, match="no passenger"):
            erase(store, "nobody")
        # All or none: p1 may go, p2 may not.
        with pytest.raises(RefusedError):
            erase(store, "p1", "p2")
        assert store.persons.find_held("p1").rows != ()
    assert read_rows(store_place) == before


def test_an_identifier_with_another_meaning_is_refused(store_place: Place) -> None:
    inputs = build_inputs()
    twin = replace(inputs.passengers[0], passenger_id="abc")
    with Store.open(store_place) as store:
        both = replace(inputs, passengers=(*inputs.passengers, twin))
        store.save_inputs(both, created_utc=STAMP, code_version="t")
        store.save_inputs(inputs, created_utc=STAMP, code_version="t")
        with pytest.raises(RefusedError, match="for something else"):
            erase(store, "abc")
        odd = replace(inputs, passengers=(*inputs.passengers, replace(twin, passenger_id="am")))
        store.save_inputs(odd, created_utc=STAMP, code_version="t")
        store.save_inputs(inputs, created_utc=STAMP, code_version="t")
        with pytest.raises(RefusedError, match="word of wayfare"):
            erase(store, "am")


def test_an_erasure_that_fails_half_way_changes_nothing(
    store_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    from data.store import erasure

    run_id = fill(store_place)
    with Store.open(store_place) as store:
        before = store.find_run(run_id)

        def fail(*_: object) -> None:
            raise OSError("planted")

        with monkeypatch.context() as patched:
            patched.setattr(erasure, "save_result_row", fail)
            with pytest.raises(OSError, match="planted"):
                erase(store, "p1")
        assert store.find_run(run_id) == before
        assert fingerprint(store.read_inputs(before.inputs_hash)) == before.inputs_hash


def test_what_is_past_its_retention_expires_and_not_a_day_sooner(
    store_place: Place, read_bytes: Callable[[], bytes]
) -> None:
    run_id = fill(store_place)
    with Store.open(store_place) as store:
        # p1 left on 16 September 2026: kept 84 months from 31 August 2027.
        assert store.persons.find_expired(PLACE, MONTHS, date(2034, 8, 31)).passenger_ids == ()
        found = store.persons.find_expired(PLACE, MONTHS, date(2034, 9, 1))
        assert found.passenger_ids == ("p1",)
        # The newest import's file is kept, however old; its quarantine is not.
        assert found.import_files == ()
        assert len(found.quarantine) == 1
        assert len(found.run_numbers) == 1
        before = store.find_run(run_id)
        early = store.persons.find_expired(PLACE, MONTHS, date(2026, 12, 15))
        assert early == Expired()
        store.persons.expire(found)
        erase(store, *found.passenger_ids)
        after = store.find_run(run_id)
        assert (after.shares, after.walks) == ((), ())
        assert not any(s.boarding for r in after.plan.routes for s in r.stops)
        assert after.measures == before.measures
        assert store.persons.find_expired(PLACE, MONTHS, date(2034, 9, 1)) == Expired()
    assert NAME.encode() not in read_bytes()
    assert ROW.cells[0][1].encode() not in read_bytes()


def test_an_old_import_loses_its_bytes_once_a_newer_one_is_there(store_place: Place) -> None:
    fill(store_place)
    with Store.open(store_place) as store:
        store.save_import(
            without(build_inputs(), "p3"), place=PLACE, files={}, counts=(),
            created_utc=STAMP + timedelta(days=300), code_version="t",
        )  # fmt: skip
        # 13 months after 15 September 2026.
        assert not store.persons.find_expired(PLACE, MONTHS, date(2027, 10, 15)).import_files
        (sha,) = store.persons.find_expired(PLACE, MONTHS, date(2027, 10, 16)).import_files
        store.persons.expire(Expired(import_files=(sha,)))
        with pytest.raises(StoreError, match="was erased"):
            store.read_import_file(sha)
