"""The table of market costs: what ships, and every fault of a council's own at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import InputError
from data.sources.market_costs import (
    SHIPPED_MARKET_COSTS,
    read_market_costs,
    read_shipped_market_costs,
)


def test_the_table_that_ships_is_read_in_whole_units() -> None:
    market = read_shipped_market_costs()
    assert market.driver.pay_mpence_per_hour == 1_390_000  # 13.90 pounds
    assert market.driver.worked_minutes_per_year == 52_650  # 22.5 h x 39 weeks
    assert market.assistant.leave_bp == 1_207
    assert (market.sign_on_s, market.min_paid_s, market.vehicle_day_s) == (300, 3_600, 21_600)
    assert market.find_type(16, has_lift=True).vehicle_pence_per_year == 790_000


def test_every_number_has_a_year_a_source_and_a_grade() -> None:
    for assumption in read_shipped_market_costs().assumptions:
        assert assumption.year, assumption
        assert assumption.source, assumption
        assert assumption.grade in ("A", "B", "C"), assumption


def write_changed(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = SHIPPED_MARKET_COSTS.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "market.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = write_changed(
        tmp_path,
        ("driver_pay,,,13.90", "driver_pay,,,dear"),
        ("leave,,,12.07", "leeve,,,12.07"),
        ("vehicle_day,,,6,", "vehicle_day,,,0,"),
        ("running,4,no", "running,four,no"),
        ("cover,,,4,", "margin,,,4,"),
    )
    with pytest.raises(InputError) as raised:
        read_market_costs(path)
    found = [(p.code, p.row, p.value) for p in raised.value.problems]
    assert ("U004", 2, "dear") in found
    assert ("U003", 6, "leeve") in found
    assert ("U004", 14, "0") in found
    assert ("U006", 18, "four") in found
    assert ("U005", 17, "margin") in found
    # leave, cover and running for 4 seats are now missing
    assert [c for c, _, _ in found].count("U007") == 3
    assert all(p.file == "market.csv" for p in raised.value.problems)


@pytest.mark.parametrize("value", ["-1", "nan", "1e99", "12.3456789", ""])
def test_a_number_that_cannot_be_is_refused(tmp_path: Path, value: str) -> None:
    path = write_changed(tmp_path, ("driver_pay,,,13.90", f"driver_pay,,,{value}"))
    with pytest.raises(InputError) as raised:
        read_market_costs(path)
    assert [p.code for p in raised.value.problems] == ["U004"]


def test_a_table_without_columns_or_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "market.csv"
    path.write_text("name,value\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_market_costs(path)
    assert [p.code for p in raised.value.problems] == ["U002"]
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError) as raised:
        read_market_costs(path)
    assert [p.code for p in raised.value.problems] == ["U001"]
    with pytest.raises(InputError):
        read_market_costs(tmp_path / "missing.csv")
