"""A refused file withholds the homes that it says have moved or are protected (N4)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from data.imports import write_csv_folder
from data.imports.report import ImportReport, ImportResult, QuarantinedRow
from data.inputs import Inputs
from data.nights import DayChangeKind
from data.samples import build_sample
from data.store import Store
from nightly.config import NightConfig
from nightly.day_inputs import apply_day_changes
from nightly.intake import take_in
from nightly.moved import find_moved_homes
from tests.nightly.nights import STAMP

INPUTS = build_sample("grid")
ON = INPUTS.service_date
HOME = next(h for h in INPUTS.homes if not h.is_protected)


def read(inputs: Inputs | None, *rows: QuarantinedRow) -> ImportResult:
    report = ImportReport(source="council.xlsx", files=(), counts=(), problems=())
    return ImportResult(inputs=inputs, report=report, originals=(), quarantine=rows)


def give(changed: str, **values: object) -> Inputs:
    return replace(
        INPUTS,
        homes=tuple(
            replace(h, **values) if h.home_id == changed else h  # type: ignore[arg-type]
            for h in INPUTS.homes
        ),
    )


def row(sheet: str, **cells: str) -> QuarantinedRow:
    return QuarantinedRow(
        file_name="council.xlsx",
        sheet=sheet,
        row=7,
        codes=("B003",),
        cells=tuple(cells.items()),
    )


def test_the_same_homes_are_not_withheld() -> None:
    assert find_moved_homes(INPUTS, read(INPUTS)) == ()
    assert find_moved_homes(INPUTS, read(None)) == ()


def test_a_home_elsewhere_or_protected_or_replaced_is_withheld() -> None:
    far = next(p for p in INPUTS.places if p.place_id != HOME.place_id)
    moved = give(HOME.home_id, place_id=far.place_id)
    assert find_moved_homes(INPUTS, read(moved)) == (HOME.home_id,)
    assert find_moved_homes(INPUTS, read(give(HOME.home_id, is_protected=True))) == (
        HOME.home_id,
    )
    renamed = give(HOME.home_id, home_id="NEW", place_id=far.place_id)
    assert find_moved_homes(INPUTS, read(renamed)) == (HOME.home_id,)
    # Who is in the file with no home at all has left; leavers are other rows' matter.
    gone = replace(INPUTS, homes=tuple(h for h in INPUTS.homes if h != HOME))
    assert find_moved_homes(INPUTS, read(gone)) == ()


def test_a_faulty_row_withholds_its_own_home_where_it_says_something_new() -> None:
    faulty = row("Homes", home_id=HOME.home_id, postcode="SS9 9ZZ")
    assert find_moved_homes(INPUTS, read(None, faulty)) == (HOME.home_id,)
    marked = row("Homes", passenger_id=HOME.passenger_id, is_protected="yes")
    assert find_moved_homes(INPUTS, read(None, marked)) == (HOME.home_id,)
    quiet = row("Homes", home_id=HOME.home_id, is_protected="no", received_from="25:00")
    assert find_moved_homes(INPUTS, read(None, quiet)) == ()


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of tables in which one child is protected now and another row is broken."""
    folder = tmp_path_factory.mktemp("council")
    write_csv_folder(give(HOME.home_id, is_protected=True), folder)
    crews = folder / "crews.csv"
    lines = crews.read_text("utf-8-sig").splitlines()
    lines.append(lines[1])  # the same crew twice
    crews.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_the_night_withholds_by_itself_until_a_file_is_taken_in(
    council: Path, tmp_path: Path
) -> None:
    config = NightConfig.model_validate(
        {"place": "grid", "folder": tmp_path, "import": {"data": council}}
    )
    (tmp_path / "grid").mkdir()
    with Store.open(tmp_path / "grid" / "wayfare.sqlite") as store:
        before = store.save_inputs(INPUTS, created_utc=STAMP, code_version="test")
        told = take_in(config, store, STAMP, ON)
        assert store.find_inputs_hash("grid") == before, "a refused file changes nothing"
        assert told[0].startswith("The council's tables were not imported")
        assert told[1].startswith(f"{HOME.home_id}: ")
        held = [k.change for k in store.nights.list_changes("grid", ON)]
        assert [(c.kind, c.target_id, c.last_date) for c in held] == [
            (DayChangeKind.ADDRESS_WITHHELD, HOME.home_id, None)
        ]
        day = apply_day_changes(INPUTS, held, ON)
        assert day.withheld_home_ids == (HOME.home_id,)
        assert HOME.passenger_id not in {d.passenger_id for d in day.inputs.demands}
        # Asked again it says so again and keeps nothing twice.
        take_in(config, store, STAMP, ON)
        assert len(store.nights.list_changes("grid", ON)) == 1
        # Mended, the file is taken in, and nothing is withheld any more.
        write_csv_folder(give(HOME.home_id, is_protected=True), council)
        assert take_in(config, store, STAMP, ON) == ()
        assert store.nights.list_changes("grid", ON) == ()
        kept = store.read_inputs(store.find_inputs_hash("grid"))
    assert next(h for h in kept.homes if h.home_id == HOME.home_id).is_protected
