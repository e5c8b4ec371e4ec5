"""Inputs -> tables, workbook or CSV -> import gives equal inputs."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from data.imports import (
    find_kinds,
    read_source,
    read_tables,
    write_csv_folder,
    write_template,
    write_workbook,
)
from data.places import EarlyClosing, Nation
from data.samples import build_sample
from data.store import Store
from data.tables import inputs_to_tables
from tests.data.import_council import build_council, early, setting, tables


@pytest.mark.parametrize("place", ["grid", "southend"])
def test_tables_read_back_equal(place: str) -> None:
    inputs = build_sample(place, n_passengers=120)
    result = read_tables(inputs_to_tables(inputs))
    assert result.report.n_errors == 0
    assert result.inputs == inputs


def test_early_closings_and_the_nation_read_back_equal(tmp_path: Path) -> None:
    rows = build_council()
    early()(rows)
    early(site_id="S003", date="17/12/2026", leaves_at="12:00")(rows)
    setting("nation", "Northern Ireland")(rows)
    inputs = read_tables(tables(rows)).inputs
    assert inputs is not None
    assert inputs.early_closings == (
        EarlyClosing(site_id="S001", on=date(2026, 12, 18), leave_from_s=48_600),
        EarlyClosing(site_id="S003", on=date(2026, 12, 17), leave_from_s=43_200),
    )
    assert inputs.nation is Nation.NORTHERN_IRELAND
    write_workbook(inputs, tmp_path / "council.xlsx")
    assert read_source(tmp_path / "council.xlsx").inputs == inputs
    with Store.open(tmp_path / "store.sqlite") as store:
        inputs_hash = store.save_inputs(
            inputs, created_utc=datetime(2026, 9, 1, tzinfo=UTC), code_version="test"
        )
        assert store.read_inputs(inputs_hash) == inputs


def test_a_nation_that_is_none_is_refused_and_bank_holidays_are_those_of_the_nation() -> None:
    rows = build_council()
    setting("nation", "Cornwall")(rows)
    refused = read_tables(tables(rows))
    assert refused.inputs is None
    assert [p.code for p in refused.report.problems] == ["V040"]
    # The council is open on Monday 30 November 2026: a holiday in Scotland alone.
    setting("nation", "scotland")(rows)
    (problem,) = read_tables(tables(rows)).report.problems
    assert problem.code == "K010"
    assert "2026-11-30, a bank holiday in Scotland" in problem.cause


def test_workbook_reads_back_equal(tmp_path: Path) -> None:
    inputs = build_sample("grid")
    write_workbook(inputs, tmp_path / "council.xlsx")
    result = read_source(tmp_path / "council.xlsx")
    assert result.inputs == inputs
    assert [f.name for f in result.report.files] == ["council.xlsx"]


def test_csv_folder_reads_back_equal(tmp_path: Path) -> None:
    inputs = build_sample("grid")
    write_csv_folder(inputs, tmp_path / "council")
    assert read_source(tmp_path / "council").inputs == inputs


def test_example_rows_of_the_template_are_never_data(tmp_path: Path) -> None:
    write_template(tmp_path / "template.xlsx")
    result = read_source(tmp_path / "template.xlsx")
    assert result.inputs is None
    counts = {c.sheet: c for c in result.report.counts}
    # the heading row and the example row
    assert (counts["passengers"].n_read, counts["passengers"].n_header) == (2, 2)
    assert {p.code for p in result.report.problems} <= {"S016"}


def test_every_code_has_its_words() -> None:
    kinds = find_kinds()
    assert len(kinds) >= 60
    assert all(kind.cause and kind.suggestion and kind.title for kind in kinds.values())


@pytest.mark.slow
def test_a_workbook_of_6000_passengers_is_read_within_15_seconds(tmp_path: Path) -> None:
    inputs = build_sample("southend", n_passengers=6_000)
    write_workbook(inputs, tmp_path / "council.xlsx")
    start = time.process_time()
    result = read_source(tmp_path / "council.xlsx")
    assert result.inputs == inputs
    assert time.process_time() - start < 15
