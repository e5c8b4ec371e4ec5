"""The ASVS 5.0 table (W14): every item of levels 1 and 2, with what shows it or why not."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "asvs.csv"

LEVELS = {"1": 70, "2": 183}
"""Items of each level in ASVS 5.0.0."""

CHAPTERS = {
    "V1": 27, "V2": 11, "V3": 19, "V4": 10, "V5": 9, "V6": 35, "V7": 18, "V8": 7, "V9": 7,
    "V10": 29, "V11": 14, "V12": 9, "V13": 13, "V14": 9, "V15": 13, "V16": 16, "V17": 7,
}  # fmt: skip
"""Items of levels 1 and 2 in each chapter."""

STATES = ("met", "partly", "not met", "does not apply")


def read_table() -> list[dict[str, str]]:
    with TABLE.open(newline="") as file:
        return list(csv.DictReader(file))


def find_faults(rows: list[dict[str, str]]) -> list[str]:
    """Find entries that show nothing: no such test or document, or no reason given."""
    faults = []
    for row in rows:
        item, shown = row["item"], row["shown_by"].split()
        if row["state"] not in STATES:
            faults.append(f"{item}: state {row['state']}")
        if (row["state"] == "met") != bool(shown):
            faults.append(f"{item}: what is met is shown, and nothing else")
        if (row["state"] == "met") == bool(row["why"].strip()):
            faults.append(f"{item}: what is not met says why")
        for one in shown:
            name, _, test = one.partition("::")
            path = ROOT / name
            if not path.is_file():
                faults.append(f"{item}: no file {name}")
            elif test and not re.search(rf"^def {test}\(", path.read_text(), re.MULTILINE):
                faults.append(f"{item}: no test {one}")
    return faults


def test_every_item_of_levels_one_and_two_is_in_the_table_once() -> None:
    rows = read_table()
    assert len({row["item"] for row in rows}) == len(rows)
    assert Counter(row["level"] for row in rows) == LEVELS
    assert Counter(row["item"].split(".")[0] for row in rows) == CHAPTERS


def test_every_entry_names_a_test_or_document_that_is_there_or_says_why_not() -> None:
    assert find_faults(read_table()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"shown_by": "tests/web/test_access.py::test_that_nobody_wrote"},
        {"shown_by": "docs/nowhere.md"},
        {"shown_by": ""},
        {"state": "surely"},
        {"state": "not met", "shown_by": ""},
    ],
)
def test_an_entry_that_shows_nothing_fails(change: dict[str, str]) -> None:
    row = next(row for row in read_table() if row["state"] == "met")
    assert find_faults([row | change]) != []
