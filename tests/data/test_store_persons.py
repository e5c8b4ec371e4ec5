"""What is held on a person is found, given, erased and expired: free pages of the file too."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from data.accounts import Accounts, EntryKind, LedgerLine, name_accounts
from data.eligibility import EventKind
from data.errors import RefusedError, StoreError
from data.imports.edits import FieldChange
from data.inputs import Inputs, fingerprint
from data.nights import DayChange, DayChangeKind, Explanation, Reason
from data.people import Role
from data.personal import read_retention
from data.plans import PlanState
from data.statements import KeptStatement, Statement
from data.store import QuarantinedRow, SheetCount, Store
from data.store.backup import check_store
from data.store.person_rows import SubjectKind
from data.store.retention import Expired
from data.store.server import is_server_address
from tests.costing.test_company import BOOKS
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
        with pytest.raises(RefusedError, match="stands in the current inputs"):
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
        store.persons.expire(PLACE, found)
        erase(store, *found.passenger_ids)
        after = store.find_run(run_id)
        assert (after.shares, after.walks) == ((), ())
        assert not any(s.boarding for r in after.plan.routes for s in r.stops)
        assert after.measures == before.measures
        assert store.persons.find_expired(PLACE, MONTHS, date(2034, 9, 1)) == Expired()
    assert NAME.encode() not in read_bytes()
    assert ROW.cells[0][1].encode() not in read_bytes()


def leave(store: Store, at: datetime, *crew_ids: str) -> None:
    """Let members of the crew leave."""
    inputs = store.read_inputs(store.find_inputs_hash(PLACE))
    kept = tuple(c for c in inputs.crews if c.crew_id not in crew_ids)
    store.save_inputs(replace(inputs, crews=kept), created_utc=at, code_version="t")


def test_crew_who_left_are_erased_after_their_time_and_what_they_drove_stays(
    store_place: Place, read_bytes: Callable[[], bytes]
) -> None:
    driver = "driver-no-77"
    with Store.open(store_place) as store:
        named = build_inputs()
        first, *rest = named.crews
        member = replace(first, crew_id=driver, licence_until=date(2031, 5, 17))
        inputs = replace(named, crews=(member, *rest))
        store.save_inputs(inputs, created_utc=STAMP, code_version="t")
        run = build_run()
        duty, *others = run.plan.duties
        plan = replace(
            run.plan,
            duties=(replace(duty, crew_ids=(driver, "c2")), *others),
            inputs_hash=fingerprint(inputs),
        )
        run = replace(run, plan=plan, inputs_hash=fingerprint(inputs))
        store.save_run(run)
        store.add_person("z.admin", "z.admin", [Role.ADMINISTRATOR], now_utc=NOW)
        leave(store, STAMP + timedelta(days=1), driver)
        # Left on 16 September 2026, kept 84 months.
        assert store.persons.find_expired(PLACE, MONTHS, date(2033, 9, 16)).crew_ids == ()
        found = store.persons.find_expired(PLACE, MONTHS, date(2033, 9, 17))
        assert found.crew_ids == (driver,)
        # Who works now is kept, and is not erased if asked for.
        with pytest.raises(RefusedError, match="member of the crew stands in the current"):
            store.persons.erase(
                PLACE, ["c2"], kind=SubjectKind.CREW, person_id="z.admin", reason="r",
                now_utc=NOW, code_version="t",
            )  # fmt: skip
        done, _ = store.persons.erase(
            PLACE, found.crew_ids, kind=SubjectKind.CREW, person_id="z.admin", reason="r",
            now_utc=NOW, code_version="t",
        )  # fmt: skip
        (pseudonym,) = done.pseudonyms
        after = store.find_run(run.run_id)
        assert after.plan.duties[0].crew_ids == (pseudonym, "c2")
        assert (after.plan.cost_pence, after.measures) == (run.plan.cost_pence, run.measures)
        then = store.read_inputs(after.inputs_hash)
        assert fingerprint(then) == after.inputs_hash
        (bare,) = (c for c in then.crews if c.crew_id == pseudonym)
        assert (bare.role, bare.licence_until) == (member.role, None)
        assert [c for c in then.crews if c.crew_id != pseudonym] == rest
        assert then.passengers == inputs.passengers
        assert store.persons.find_expired(PLACE, MONTHS, date(2033, 9, 17)).crew_ids == ()
        check_store(store_place)
    assert driver.encode() not in read_bytes()
    assert b"2031-05-17" not in read_bytes()


def test_an_identifier_of_staff_or_of_a_case_is_not_taken_for_crew(store_place: Place) -> None:
    with Store.open(store_place) as store:
        inputs = build_inputs()
        first, second, *rest = inputs.crews
        named = (replace(first, crew_id="z.admin"), replace(second, crew_id="C1"), *rest)
        store.save_inputs(replace(inputs, crews=named), created_utc=STAMP, code_version="t")
        for person, role in (("a.hart", Role.PLANNER), ("z.admin", Role.ADMINISTRATOR)):
            store.add_person(person, person, [role], now_utc=NOW)
        store.add_case_events([replace(FIRST, place=PLACE)])
        leave(store, STAMP + timedelta(days=1), "z.admin", "C1")
        before = read_rows(store_place)
        for crew_id, what in (("z.admin", "register of people"), ("C1", "eligibility case")):
            with pytest.raises(RefusedError, match=what):
                store.persons.erase(
                    PLACE, [crew_id], kind=SubjectKind.CREW, person_id="z.admin", reason="r",
                    now_utc=NOW, code_version="t",
                )  # fmt: skip
        assert read_rows(store_place) == before


def test_a_case_expires_after_its_last_event_unless_they_are_carried(
    store_place: Place, read_bytes: Callable[[], bytes]
) -> None:
    words = "Canaryreason: lives behind the mill"
    with Store.open(store_place) as store:
        store.save_inputs(build_inputs(), created_utc=STAMP, code_version="t")
        store.add_person("a.hart", "a.hart", [Role.PLANNER], now_utc=NOW)
        for case_id, passenger_id in (("gone", "p99"), ("here", "p1")):
            case = replace(ASSESSED, case_id=case_id, place=PLACE, passenger_id=passenger_id)
            first = replace(FIRST, case_id=case_id, place=PLACE, assessment=case)
            later = replace(
                first, number=2, kind=EventKind.CONFIRMED, assessment=None, note=words,
                on=date(2027, 1, 15),
            )  # fmt: skip
            store.add_case_events([first, later] if case_id == "gone" else [first])
        # The last event counts, of 15 January 2027; 84 months later.
        assert store.persons.find_expired(PLACE, MONTHS, date(2034, 1, 15)).cases == ()
        found = store.persons.find_expired(PLACE, MONTHS, date(2034, 1, 16))
        assert found.cases == ("gone",)
        store.persons.expire(PLACE, Expired(cases=found.cases))
        assert [c.case_id for c in store.list_cases(PLACE)] == ["here"]
        leave_on = STAMP + timedelta(days=30)
        store.save_inputs(without(build_inputs(), "p1"), created_utc=leave_on, code_version="t")
        found = store.persons.find_expired(PLACE, MONTHS, date(2034, 1, 16))
        assert found.cases == ("here",)
    assert words.encode() not in read_bytes()


def test_books_and_statements_expire_after_their_financial_year_but_the_newest_book(
    store_place: Place, read_bytes: Callable[[], bytes]
) -> None:
    words = "Canaryposting for a taxi"
    with Store.open(store_place) as store:
        for year in (2025, 2026, 2027):
            # The register of cost centres is one file, read for all three.
            files = {"ledger.csv": f"{words} {year}\n".encode(), "centres.csv": b"C5,Head\n"}
            line = LedgerLine(
                line_id="1", posted_on=date(year, 6, 1), kind=EntryKind.COST,
                amount_pence=100, cost_centre_id="C5", text=f"{words} {year}",
            )  # fmt: skip
            books = replace(
                BOOKS, place=PLACE, lines=(line,), from_on=date(year - 1, 9, 1),
                to_on=date(year, 8, 31), created_utc=datetime(year, 10, 1, tzinfo=UTC),
                files=tuple((n, hashlib.sha256(b).hexdigest()) for n, b in files.items()),
            )  # fmt: skip
            store.save_result(name_accounts(books), place=PLACE, files=files)
        statement = KeptStatement(
            statement_id="s1", topic="invoices", place=PLACE, code_version="t",
            created_utc=datetime(2026, 4, 1, tzinfo=UTC), person_id="a.hart",
            statement=Statement(title=words, basis="2026/27", tables=()),
        )  # fmt: skip
        store.save_result(statement, place=PLACE)
        # The first book ends in 2025/26, over on 31 March 2026; 84 months later.
        assert store.persons.find_expired(PLACE, MONTHS, date(2033, 3, 31)).results == ()
        first = store.persons.find_expired(PLACE, MONTHS, date(2033, 4, 1)).results
        assert len(first) == 1
        assert first[0].startswith(f"{PLACE}-books-20250831")
        # A statement of 1 April 2026 is of 2026/27, as the second book is.
        second = store.persons.find_expired(PLACE, MONTHS, date(2034, 4, 1)).results
        assert {r[: len(PLACE) + 15] for r in second if r != "s1"} == {
            f"{PLACE}-books-20250831", f"{PLACE}-books-20260831",
        }  # fmt: skip
        assert "s1" in second
        # The newest book is what costs are read from, however old.
        late = store.persons.find_expired(PLACE, MONTHS, date(2060, 4, 1)).results
        assert late == second
        store.persons.expire(PLACE, Expired(results=second))
        (kept,) = store.list_results(PLACE, Accounts)
        newest = store.find_result(Accounts, kept.result_id)
        assert newest.to_on == date(2027, 8, 31)
        for _, sha in newest.files:
            assert store.read_import_file(sha)
        assert store.list_results(PLACE, KeptStatement) == ()
        check_store(store_place)
    content = read_bytes()
    assert f"{words} 2027".encode() in content
    assert f"{words} 2025".encode() not in content
    assert f"{words} 2026".encode() not in content


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
        store.persons.expire(PLACE, Expired(import_files=(sha,)))
        with pytest.raises(StoreError, match="was erased"):
            store.read_import_file(sha)
