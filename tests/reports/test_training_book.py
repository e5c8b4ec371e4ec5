"""The workbook and lines of travel training: sums, warnings, no need of anybody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.training import OrderPoint, TrainingOrder, TrainingStudy
from reports.training_book import build_training_book
from reports.training_chart import build_training_chart
from reports.training_text import build_order_lines, build_programme_lines
from scenarios import build_programme
from tests.reports.readers import find_faults, read_sheets, read_table
from tests.scenarios.hand_made_training import make_candidate, make_study, make_values


@pytest.fixture(scope="module")
def study() -> TrainingStudy:
    people = [
        make_candidate("P1", factors=(("odds_need_pmld", 1),)),
        make_candidate("P2"),
        make_candidate("P3", reasons_against=("under 11",), age=9),
    ]
    made = make_study([make_values("car", ["P1", "P2"], [0, 100, 200, 4_000])], people[:2])
    orders = tuple(
        TrainingOrder(
            rule=rule,
            passenger_ids=ids,
            points=(
                OrderPoint(n_trained=1, expected_pence=66),
                OrderPoint(
                    n_trained=2,
                    expected_pence=planned - 100,
                    planned_pence=planned,
                    all_pence=planned * 2,
                    n_duties_less=1,
                ),
            ),
        )
        for rule, ids, planned in (
            ("marginal", ("P1", "P2"), 1_900),
            ("dearest", ("P2", "P1"), 1_400),
        )
    )
    return replace(made, candidates=tuple(people), orders=orders)


def test_the_programme_adds_up_in_the_workbook(study: TrainingStudy) -> None:
    programme = build_programme(study, "marginal", n_trainers=1, n_months=24, n_draws=16)
    book = build_training_book(study, programme)
    assert find_faults(book) == []
    sheets = read_sheets(book)
    rows = read_table(sheets["Programme"], "Month")
    total = next(row for row in rows if row["Month"] == "All")
    months = [row for row in rows if row["Month"] not in ("All", None, "")]
    assert len(months) == 24
    for heading in ("Training, £", "Passes, £", "Saved, £", "Net, £"):
        added = sum(row[heading] for row in months)
        assert total[heading] == pytest.approx(added, abs=0.005), heading
    assert total["Net, £"] == pytest.approx(
        total["Saved, £"] - total["Training, £"] - total["Passes, £"], abs=0.005
    )


def test_a_made_up_timetable_is_called_so_wherever_it_is_shown(study: TrainingStudy) -> None:
    programme = build_programme(study, "marginal", n_trainers=1, n_months=12, n_draws=16)
    sheets = read_sheets(build_training_book(study, programme))
    for name in ("Summary", "Whom first", "Programme", "Candidates", "Ruled out"):
        assert any("SYNTHETIC" in str(cell) for row in sheets[name] for cell in row), name
    assert "SYNTHETIC" in build_order_lines(study)[0]
    assert "SYNTHETIC" in build_programme_lines(study, programme)[0]
    real = replace(study, is_synthetic_timetable=False)
    assert "SYNTHETIC" not in str(read_sheets(build_training_book(real, None)))


def test_nobodys_need_is_written(study: TrainingStudy) -> None:
    words = str(read_sheets(build_training_book(study, None))["Candidates"])
    assert "P1" in words
    assert "pmld" not in words
    assert "P3" not in words  # ruled out, on a sheet of its own


def test_the_gain_is_the_difference_of_orders_times_the_days(study: TrainingStudy) -> None:
    # 1,900 - 1,400 pence a day over 190 days: 950 pounds; twice that if all succeed
    text = "\n".join(build_order_lines(study))
    assert "expected +£950.00, planned +£950.00, if all succeed +£1,900.00" in text


def test_equal_studies_give_equal_bytes(study: TrainingStudy) -> None:
    assert build_training_book(study, None) == build_training_book(study, None)
    assert build_training_chart(study, None) == build_training_chart(study, None)
