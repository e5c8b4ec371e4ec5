"""Actual months: one report of all faults, the newest file counts, benefits add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data.errors import InputError
from data.outturn import (
    Actual,
    ActualBook,
    Baseline,
    BaselineMonth,
    Measure,
    build_book_id,
    read_actuals,
    track,
)

STAMP = datetime(2027, 1, 5, tzinfo=UTC)

BASELINE = Baseline(
    baseline_id="paper-1-baseline",
    paper_id="paper-1",
    place="handmade",
    title="A study",
    reference_id="today",
    planned_id="few",
    created_utc=STAMP,
    code_version="0.1.0",
    months=tuple(
        BaselineMonth(month=month, measure=measure, reference=1_000, planned=800)
        for month in ("2026-09", "2026-10")
        for measure in Measure
    ),
)


def build_book(value: int, *, hours: int = 0) -> ActualBook:
    book = ActualBook(
        book_id="",
        baseline_id=BASELINE.baseline_id,
        place="handmade",
        file_sha256="0" * 64,
        created_utc=STAMP + timedelta(hours=hours),
        code_version="0.1.0",
        actuals=(Actual(month="2026-09", measure=Measure.OWN_COST, value=value),),
    )
    return replace(book, book_id=build_book_id(book))


def test_pounds_become_pence_and_counts_stay() -> None:
    content = b'month,measure,value\r\n2026-10,vehicles,31\r\n2026-09,Own_Cost,"1,234.50"\r\n'
    assert read_actuals(content, "m.csv", BASELINE) == (
        Actual(month="2026-09", measure=Measure.OWN_COST, value=123_450),
        Actual(month="2026-10", measure=Measure.VEHICLES, value=31),
    )


def test_every_fault_is_reported_at_once_with_its_row() -> None:
    content = "\n".join(
        (
            "month,measure,value",
            "2026-9,own_cost,1",  # row 2
            "2026-09,owncost,1",  # row 3
            "2026-09,own_cost,-1",  # row 4
            "2026-09,own_cost,1.234",  # row 5
            "2026-09,vehicles,1.5",  # row 6
            "2028-01,own_cost,1",  # row 7
            "2026-09,own_cost,5",
            "2026-09,own_cost,6",  # row 9
            "2026-09,own_cost,1,000",  # row 10
            "2026-09,own_cost,NaN",  # row 11
        )
    )
    with pytest.raises(InputError) as caught:
        read_actuals(content.encode(), "m.csv", BASELINE)
    found = [(p.row, p.code) for p in caught.value.problems]
    assert found == [
        (2, "O002"), (3, "O003"), (4, "O004"), (5, "O004"), (6, "O004"), (7, "O006"),
        (9, "O005"), (10, "O001"), (11, "O004"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content", [b"", b"month;measure;value\n", b"\xff\xfe\x00", b"month,measure,value\n"]
)
def test_a_file_of_another_kind_is_one_fault(content: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read_actuals(content, "m.csv", BASELINE)
    assert [p.code for p in caught.value.problems] == ["O001"]


def test_the_newest_file_counts_and_the_benefit_is_reference_less_actual() -> None:
    tracked = track(BASELINE, [build_book(850, hours=2), build_book(900)])
    one = next(t for t in tracked if t.month == "2026-09" and t.measure is Measure.OWN_COST)
    assert (one.planned_benefit, one.actual, one.benefit) == (200, 850, 150)
    assert sum(t.actual is not None for t in tracked) == 1
    assert len(tracked) == len(BASELINE.months)
