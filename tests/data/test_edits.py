"""An edit of one record is held to the import's rules and touches nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.errors import Severity, StaleWriteError
from data.imports import RecordEdit, RecordTables, UnknownRecordError, apply_edits
from data.imports.edits import find_edited_sheets
from data.inputs import Inputs
from data.record_edits import EditOutcome, EditState, edit_records
from data.samples import build_sample
from data.store import Store

STAMP = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def held() -> RecordTables:
    return RecordTables(build_sample("grid"))


def edit_of(held: RecordTables, sheet: str, record_id: str, **cells: str) -> RecordEdit:
    rows = held.find_record(sheet, record_id)
    return RecordEdit(sheet=sheet, record_id=record_id, rows=({**rows[0], **cells}, *rows[1:]))


def change(held: RecordTables, sheet: str, record_id: str, **cells: str) -> Inputs:
    found = apply_edits(held, [edit_of(held, sheet, record_id, **cells)])
    inputs: Inputs | None = found.inputs
    assert inputs is not None, found.problems
    return inputs


def test_a_record_typed_as_it_stands_changes_nothing(held: RecordTables) -> None:
    for sheet in find_edited_sheets():
        for record_id in list(held.read_rows(sheet.name))[:1]:
            found = apply_edits(held, [edit_of(held, sheet.name, record_id)])
            assert found.inputs == held.inputs, sheet.name
            assert found.changes == ()
            assert found.problems == ()


def test_an_edit_changes_its_cells_and_nothing_else(held: RecordTables) -> None:
    before = held.inputs.passengers[0]
    after = change(held, "passengers", before.passenger_id, ride_limit_minutes="41", seats="2")
    # 41 minutes are 2 460 seconds.
    assert (after.passengers[0].max_ride_s, after.passengers[0].n_seats) == (2_460, 2)
    assert after.passengers[1:] == held.inputs.passengers[1:]
    assert after.demands == held.inputs.demands
    assert after.places == held.inputs.places


def test_every_fault_of_an_edit_is_named_at_once_beside_its_field(held: RecordTables) -> None:
    edit = edit_of(
        held, "passengers", "P0001", ride_limit_minutes="long", birth_date="31/02/2015"
    )
    found = apply_edits(held, [edit])
    assert found.inputs is None
    beside = {(p.edit_no, p.row_no, p.heading): p.problem for p in found.problems}
    assert set(beside) == {(0, 0, "ride_limit_minutes"), (0, 0, "birth_date")}
    assert beside[0, 0, "ride_limit_minutes"].code == "V050"
    # A birth date is personal: its shape is shown, its digits are not.
    assert beside[0, 0, "birth_date"].value == "99/99/9999"


def test_a_rule_between_records_holds_for_an_edit_too(held: RecordTables) -> None:
    site = held.inputs.sites[0].site_id
    found = apply_edits(held, [edit_of(held, "sites", site, arrive_by="03:00")])
    assert [(p.problem.code, p.heading) for p in found.problems] == [("E001", "arrive_by")]
    found = apply_edits(held, [edit_of(held, "sites", site, calendar_id="never")])
    assert [p.problem.code for p in found.problems] == ["X002"]


def test_taking_out_a_passenger_names_all_that_still_refers_to_them(
    held: RecordTables,
) -> None:
    found = apply_edits(held, [RecordEdit(sheet="passengers", record_id="P0001", rows=())])
    assert found.inputs is None
    assert {p.problem.sheet for p in found.problems} >= {"homes", "demand"}
    assert all(p.edit_no is None for p in found.problems)


def test_a_new_record_may_not_take_anothers_identifier(held: RecordTables) -> None:
    supplier = held.inputs.suppliers[0].supplier_id
    rows = held.find_record("suppliers", supplier)
    taken = RecordEdit(sheet="suppliers", record_id=supplier, rows=rows, is_new=True)
    assert [p.problem.code for p in apply_edits(held, [taken]).problems] == ["X001"]
    fresh = RecordEdit(
        sheet="suppliers",
        record_id="NEW",
        rows=({**rows[0], "supplier_id": "NEW", "name": "New Cabs"},),
        is_new=True,
    )
    after = apply_edits(held, [fresh]).inputs
    assert after is not None
    assert [s.supplier_id for s in after.suppliers][-1] == "NEW"


def test_an_identifier_in_use_does_not_change_by_an_edit(held: RecordTables) -> None:
    after = change(held, "passengers", "P0001", passenger_id="P9999", seats="2")
    assert after.passengers[0].passenger_id == "P0001"


def test_a_home_typed_with_another_postcode_moves_there(held: RecordTables) -> None:
    home = held.inputs.homes[0]
    after = change(held, "homes", home.home_id, postcode="SS1 1AA")
    place = next(p for p in after.places if p.place_id == after.homes[0].place_id)
    assert (place.postcode, place.easting_m, place.northing_m) == ("SS1 1AA", 588_182, 186_223)
    assert {p for p in after.places if p.place_id != place.place_id} == {
        p for p in held.inputs.places if p.place_id != home.place_id
    }


def test_a_place_that_others_share_stays_when_one_of_them_moves(held: RecordTables) -> None:
    first, second, *rest = held.inputs.homes
    together = replace(
        held.inputs, homes=(first, replace(second, place_id=first.place_id), *rest)
    )
    tables = RecordTables(together)
    after = change(tables, "homes", first.home_id, postcode="SS1 1AA")
    assert after.homes[1].place_id == first.place_id != after.homes[0].place_id
    places = {place.place_id: place for place in after.places}
    assert places[first.place_id] in held.inputs.places
    assert places[after.homes[0].place_id].postcode == "SS1 1AA"


def test_a_card_stands_or_falls_with_its_bands(held: RecordTables) -> None:
    card = held.inputs.rate_cards[0]
    rows = held.find_record("rate_cards", card.rate_card_id)
    dearer = RecordEdit(
        sheet="rate_cards",
        record_id=card.rate_card_id,
        rows=({**rows[0], "amount_pounds": "99.99"}, *rows[1:]),
    )
    after = apply_edits(held, [dearer]).inputs
    assert after is not None
    # £99.99 is 9 999 000 thousandths of a penny.
    assert [r.amount_mpence for r in after.rate_cards[0].rates] == [
        9_999_000,
        *(r.amount_mpence for r in card.rates[1:]),
    ]
    faulty = RecordEdit(
        sheet="rate_cards",
        record_id=card.rate_card_id,
        rows=(*rows[:-1], {**rows[-1], "amount_pounds": "dear"}),
    )
    found = apply_edits(held, [faulty])
    assert found.inputs is None
    assert (found.problems[0].row_no, found.problems[0].heading) == (
        len(rows) - 1,
        "amount_pounds",
    )


def test_only_records_are_edited(held: RecordTables) -> None:
    for sheet in ("settings", "places", "current_plan", "no_such"):
        with pytest.raises(UnknownRecordError):
            apply_edits(held, [RecordEdit(sheet=sheet, record_id="x", rows=())])


@pytest.fixture
def store(tmp_path: Path, held: RecordTables) -> Store:
    opened = Store.open(tmp_path / "wayfare.sqlite")
    opened.save_inputs(held.inputs, created_utc=STAMP, code_version="test")
    return opened


def save(
    store: Store, edit: RecordEdit, seen: str, person: str = "a.hart", *, sure: bool = False
) -> EditOutcome:
    return edit_records(
        store,
        "grid",
        [edit],
        seen=seen,
        person_id=person,
        now_utc=STAMP,
        code_version="test",
        reason="told by school",
        is_confirmed=sure,
    )


def test_an_edit_is_kept_with_who_when_why_and_what(store: Store, held: RecordTables) -> None:
    seen = store.find_inputs_hash("grid")
    done = save(store, edit_of(held, "passengers", "P0001", seats="2"), seen)
    assert done.state is EditState.SAVED
    assert store.find_inputs_hash("grid") == done.inputs_hash != seen
    assert store.read_inputs(done.inputs_hash).passengers[0].n_seats == 2
    (kept,) = store.edits.list_edits("grid", sheet="passengers", record_id="P0001")
    assert (kept.person_id, kept.edited_utc, kept.reason) == ("a.hart", STAMP, "told by school")
    assert (kept.from_hash, kept.to_hash) == (seen, done.inputs_hash)
    (cell,) = kept.changes
    assert (cell.heading, cell.was, cell.now) == ("seats", "1", "2")
    assert store.edits.list_edits("grid", sheet="passengers", record_id="P0002") == ()
    store.close()


def test_two_people_at_different_records_both_succeed(store: Store, held: RecordTables) -> None:
    seen = store.find_inputs_hash("grid")
    save(store, edit_of(held, "passengers", "P0001", seats="2"), seen)
    done = save(store, edit_of(held, "passengers", "P0002", seats="2"), seen, "b.lane")
    assert done.state is EditState.SAVED
    after = store.read_inputs(done.inputs_hash)
    assert [p.n_seats for p in after.passengers[:2]] == [2, 2]
    store.close()


def test_the_second_of_two_at_one_record_is_told_and_nothing_is_lost(
    store: Store, held: RecordTables
) -> None:
    seen = store.find_inputs_hash("grid")
    first = save(store, edit_of(held, "passengers", "P0001", seats="2"), seen)
    second = save(store, edit_of(held, "passengers", "P0001", seats="3"), seen, "b.lane")
    assert second.state is EditState.CONFLICT
    assert [(c.heading, c.was, c.now) for c in second.conflicts] == [("seats", "1", "2")]
    assert store.find_inputs_hash("grid") == first.inputs_hash
    store.close()


def test_an_edit_that_raises_a_question_waits_for_a_second_look(
    store: Store, held: RecordTables
) -> None:
    seen = store.find_inputs_hash("grid")
    rows = held.find_record("calendars", held.inputs.calendars[0].calendar_id)
    edit = RecordEdit(
        sheet="calendars", record_id=held.inputs.calendars[0].calendar_id, rows=rows[:-1]
    )
    asked = save(store, edit, seen)
    assert asked.state is EditState.QUESTIONED
    assert asked.result is not None
    assert all(p.problem.severity is not Severity.ERROR for p in asked.result.problems)
    assert store.find_inputs_hash("grid") == seen
    assert save(store, edit, seen, sure=True).state is EditState.SAVED
    store.close()


def test_a_refused_or_empty_edit_leaves_the_store_alone(
    store: Store, held: RecordTables
) -> None:
    seen = store.find_inputs_hash("grid")
    assert save(store, edit_of(held, "passengers", "P0001", seats="x"), seen).state is (
        EditState.REFUSED
    )
    assert save(store, edit_of(held, "passengers", "P0001"), seen).state is (
        EditState.UNCHANGED
    )
    assert store.edits.list_edits("grid") == ()
    assert store.find_inputs_hash("grid") == seen
    store.close()


def test_an_edit_and_its_undoing_leave_two_entries_and_the_first_inputs(
    store: Store, held: RecordTables
) -> None:
    seen = store.find_inputs_hash("grid")
    done = save(store, edit_of(held, "passengers", "P0001", seats="2"), seen)
    back = save(store, edit_of(held, "passengers", "P0001"), done.inputs_hash)
    assert back.inputs_hash == seen
    assert len(store.edits.list_edits("grid", record_id="P0001")) == 2
    again = save(store, edit_of(held, "passengers", "P0001", seats="3"), seen)
    assert store.read_inputs(again.inputs_hash).passengers[0].n_seats == 3
    assert store.read_inputs(seen) == held.inputs
    store.close()


def test_an_edit_made_from_inputs_that_are_no_longer_current_is_not_kept(
    store: Store, held: RecordTables
) -> None:
    other = change(held, "passengers", "P0002", seats="2")
    with pytest.raises(StaleWriteError):
        store.edits.save(
            other, (), expected="0" * 64, person_id="a", now_utc=STAMP, code_version="test"
        )
    assert store.read_inputs(store.find_inputs_hash("grid")) == held.inputs
    store.close()
