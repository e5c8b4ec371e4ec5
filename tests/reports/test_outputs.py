"""All outputs of a run: whole, repeatable, and to each reader only what is theirs."""

from __future__ import annotations

import hashlib
import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from data.errors import ModelError, StoreError
from data.inputs import Inputs, fingerprint
from data.runs import RunRecord
from reports.outputs import write_outputs
from tests.reports.hand_made import (
    NAME_CANARY,
    NEED_CANARY,
    PROTECTED_POSTCODE,
    STAMP,
    build_run,
)
from tests.reports.readers import find_faults, read_all_text

WITH_NAMES = {
    "manifests.xlsx",
    "drivers/drivers_abc.xlsx",
    "drivers/drivers_own.xlsx",
    "drivers/drivers_xyz.xlsx",
    "arrivals/arrivals_centre.xlsx",
    "arrivals/arrivals_school.xlsx",
}


def test_the_outputs_are_all_there(outputs: dict[str, Path]) -> None:
    assert set(outputs) == WITH_NAMES | {
        "plan_summary.xlsx",
        "orders/orders_abc.xlsx",
        "orders/orders_xyz.xlsx",
        "routes.gpkg",
        "routes.geojson",
        "map.html",
        "map.png",
        "contents.json",
    }


def test_names_stand_only_where_a_reader_needs_them(outputs: dict[str, Path]) -> None:
    with_names = {name for name, path in outputs.items() if NAME_CANARY in read_all_text(path)}
    assert with_names == WITH_NAMES


def test_a_diagnosis_stands_nowhere(outputs: dict[str, Path]) -> None:
    for name, path in outputs.items():
        assert NEED_CANARY not in read_all_text(path), name


def test_birth_dates_stand_nowhere(outputs: dict[str, Path], inputs: Inputs) -> None:
    days = [p.birth_date for p in inputs.passengers]
    texts = [f"{d:%Y-%m-%d}" for d in days] + [f"{d:%d/%m/%Y}" for d in days]
    for name, path in outputs.items():
        assert not any(text in read_all_text(path) for text in texts), name


def test_a_protected_address_stands_with_its_driver_alone(
    outputs: dict[str, Path], inputs: Inputs
) -> None:
    place = next(p for p in inputs.places if p.place_id == "pl-h2")
    signs = [
        PROTECTED_POSTCODE, PROTECTED_POSTCODE.replace(" ", ""), "ZZ9", str(place.easting_m),
        str(place.northing_m), f"{place.lon:.5f}", f"{place.lat:.5f}",
    ]  # fmt: skip
    for name, path in outputs.items():
        found = [sign for sign in signs if sign in read_all_text(path)]
        if name == "drivers/drivers_own.xlsx":
            assert found
        else:
            assert found == [], name


def test_suppliers_see_nothing_of_each_other(outputs: dict[str, Path]) -> None:
    for mine, other in (("abc", "xyz"), ("xyz", "abc")):
        for name in (f"orders/orders_{mine}.xlsx", f"drivers/drivers_{mine}.xlsx"):
            text = read_all_text(outputs[name])
            words = {"abc": ("ABC Cars", "abc-1", "r3"), "xyz": ("Southend?", "xyz-1", "r4")}
            assert all(word not in text for word in words[other]), name
            assert "own-1" not in text
            assert words[mine][1] in text


def test_workbooks_are_clean(outputs: dict[str, Path]) -> None:
    for name, path in outputs.items():
        if path.suffix == ".xlsx":
            assert find_faults(path.read_bytes()) == [], name


def test_files_are_their_owners_alone_and_nothing_is_left_over(
    outputs: dict[str, Path],
) -> None:
    folder = outputs["map.html"].parent
    for path in folder.rglob("*"):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert files == set(outputs)


def test_the_contents_name_run_files_and_readers(
    outputs: dict[str, Path], run: RunRecord
) -> None:
    contents = json.loads(outputs["contents.json"].read_text())
    assert contents["run_id"] == run.run_id
    assert contents["is_synthetic"] is True
    listed = {entry["file"]: entry for entry in contents["files"]}
    assert set(listed) == set(outputs) - {"contents.json"}
    for name, entry in listed.items():
        assert entry["sha256"] == hashlib.sha256(outputs[name].read_bytes()).hexdigest()
        assert entry["for"]


def test_equal_runs_give_equal_files(
    outputs: dict[str, Path], run: RunRecord, inputs: Inputs, tmp_path: Path
) -> None:
    again = write_outputs(run, inputs, tmp_path / "again", written_utc=STAMP)
    for path in again:
        name = path.relative_to(tmp_path / "again").as_posix()
        assert path.read_bytes() == outputs[name].read_bytes(), name


def test_sheets_of_readers_no_longer_served_are_removed(
    run: RunRecord, inputs: Inputs, tmp_path: Path
) -> None:
    folder = tmp_path / "outputs"
    (folder / "orders").mkdir(parents=True)
    (folder / "orders" / "orders_gone.xlsx").write_bytes(b"yesterday's")
    (folder / "orders" / "letter.txt").write_bytes(b"not ours")
    write_outputs(run, inputs, folder, written_utc=STAMP)
    assert sorted(p.name for p in (folder / "orders").iterdir()) == [
        "letter.txt",
        "orders_abc.xlsx",
        "orders_xyz.xlsx",
    ]


def test_outputs_need_the_inputs_of_the_run(
    run: RunRecord, inputs: Inputs, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="other inputs"):
        write_outputs(run, replace(inputs, title="other"), tmp_path, written_utc=STAMP)
    assert list(tmp_path.iterdir()) == []


def test_two_readers_never_share_a_file(inputs: Inputs, tmp_path: Path) -> None:
    # Two suppliers whose ids become one file name.
    suppliers = tuple(
        replace(s, supplier_id="a/b" if s.supplier_id == "abc" else "a?b")
        for s in inputs.suppliers
    )
    changed = replace(inputs, suppliers=suppliers)
    run = build_run(changed)
    names = {"abc": "a/b", "xyz": "a?b"}
    duties = tuple(
        replace(d, provider_id=names.get(d.provider_id, d.provider_id)) for d in run.plan.duties
    )
    run = replace(run, plan=replace(run.plan, duties=duties))
    assert run.inputs_hash == fingerprint(changed)
    with pytest.raises(StoreError, match="lead to one file"):
        write_outputs(run, changed, tmp_path, written_utc=STAMP)
