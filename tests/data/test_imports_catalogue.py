"""Every code of the catalogue is caused once, found where it is, said in the agreed words."""

from __future__ import annotations

import difflib

import pytest

from data.errors import Severity
from data.imports import find_kinds, read_tables
from data.imports.sheets import find_sheet
from data.imports.stage import _note_fault
from data.imports.staging import StagedSheet, Staging
from tests.data.import_council import build_council, tables
from tests.data.import_files import FILE_FIXTURES
from tests.data.import_fixtures import TABLE_FIXTURES
from tests.data.import_golden import GOLDEN, collect_messages, read_fixture


def test_a_right_council_has_no_problem_at_all() -> None:
    result = read_tables(tables(build_council()))
    assert [str(p) for p in result.report.problems] == []
    assert result.inputs is not None
    assert len(result.inputs.demands) == 6  # three rows of both directions


@pytest.mark.parametrize("code", sorted(TABLE_FIXTURES))
def test_each_fault_is_found_where_it_is(code: str) -> None:
    _, sheet, row, column = TABLE_FIXTURES[code]
    result = read_fixture(code)
    found = [p for p in result.report.problems if p.code == code]
    assert found, [str(p) for p in result.report.problems]
    first = found[0]
    assert (first.sheet, first.row) == (sheet, row)
    if column is not None:
        assert column in first.column
    # an error refuses the import, anything less does not
    has_error = any(p.severity is Severity.ERROR for p in result.report.problems)
    assert (result.inputs is None) == has_error


def test_every_code_has_a_fixture() -> None:
    # V060 stands for what no cell reader foresees; the test below causes it directly
    assert set(find_kinds()) == {*TABLE_FIXTURES, *FILE_FIXTURES, "V060"}
    assert len(find_kinds()) >= 60


def test_a_value_nobody_foresaw_is_a_problem_and_not_a_crash() -> None:
    staging = Staging("council")
    sheet = staging.sheets["sites"] = StagedSheet(spec=find_sheet("sites"), file="council")
    _note_fault(staging, sheet, 7, "name", {"type": "string_type", "ctx": {}}, 5)
    assert [(p.code, p.row, p.value) for p in staging.problems] == [("V060", 7, "5")]


def test_every_message_reads_as_agreed() -> None:
    agreed = GOLDEN.read_text(encoding="utf-8")
    now = collect_messages()
    changes = list(
        difflib.unified_diff(agreed.splitlines(), now.splitlines(), lineterm="", n=0)
    )
    assert not changes, "\n".join(changes)


def test_no_message_leaves_a_name_in_braces_or_shows_a_personal_value() -> None:
    text = GOLDEN.read_text(encoding="utf-8")
    assert "{" not in text
    for personal in ("Ann", "Archer", "31/02/2015", "unknown address", "ZE1"):
        assert personal not in text


def test_no_code_is_empty_and_each_says_what_to_do() -> None:
    for kind in find_kinds().values():
        assert kind.title
        assert kind.cause.rstrip().endswith((".", "}"))
        assert kind.suggestion.rstrip().endswith((".", "}"))
