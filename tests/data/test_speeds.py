"""The settings table of road speeds."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import InputError
from data.places import Period
from data.sources.speeds import M_PER_MILE, SHIPPED_SPEEDS, read_speeds

HEAD = "class,period,m_per_h,presumed_limit_mph,source,year,grade,note\n"


def test_every_shipped_figure_has_source_year_and_grade() -> None:
    table = read_speeds()
    assert len(table.speeds) == len(table.classes) * len(Period)
    for row in table.speeds:
        assert row.source
        assert row.year.isdigit()
        assert row.grade in ("A", "B", "C")


def test_peak_factors_are_grade_c_and_say_so() -> None:
    # No open source gives road speeds by class and hour.
    for row in read_speeds().speeds:
        if row.period is not Period.FREE_FLOW:
            assert row.grade == "C"
            assert "own assumption" in row.source or "median of fastest paths" in row.source


def test_peaks_are_slower_than_between_and_that_than_free_flow() -> None:
    table = read_speeds()
    order = (Period.FREE_FLOW, Period.INTER_PEAK, Period.AFTERNOON_PEAK, Period.MORNING_PEAK)
    for road_class in table.classes:
        speeds = {r.period: r.m_per_h for r in table.speeds if r.road_class == road_class}
        ordered = [speeds[p] for p in order]
        assert ordered == sorted(ordered, reverse=True)


def test_local_a_roads_agree_with_the_published_figures() -> None:
    # DfT, year to March 2019: mean 25.3 mph, delay 43.1 s a mile. 3 600 / 25.3 - 43.1 = 99.2 s
    # a mile free flow, 36.3 mph; all-hours mean over free flow 0.70.
    table = read_speeds()
    free, *peaks = (speed / M_PER_MILE for speed in table.find_speeds("primary"))
    assert free == pytest.approx(3_600 / (3_600 / 25.3 - 43.1), rel=0.005)
    assert min(peaks) < 25.3 < max(peaks)


def test_signed_limit_below_the_presumed_caps_free_flow() -> None:
    table = read_speeds()
    plain = table.find_speeds("primary")
    # 20 mph signed: 18 mph running, 90 % of the limit; all periods in proportion.
    slowed = table.find_speeds("primary", 20 * M_PER_MILE)
    assert slowed[0] == pytest.approx(18 * M_PER_MILE)
    assert slowed[1] / plain[1] == pytest.approx(slowed[0] / plain[0])
    # 30 mph signed on a residential road (20 mph table speed) changes nothing.
    assert table.find_speeds("residential", 30 * M_PER_MILE) == table.find_speeds("residential")


def test_signed_limit_above_the_presumed_raises_by_its_square_root() -> None:
    table = read_speeds()
    lane = table.find_speeds("unclassified")
    # 60 signed where 30 is presumed: times the square root of 2.
    fast = table.find_speeds("unclassified", 60 * M_PER_MILE)
    assert fast[0] == pytest.approx(lane[0] * 2**0.5)


def test_unknown_class_is_refused() -> None:
    with pytest.raises(KeyError):
        read_speeds().find_speeds("canal")


def test_own_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "speeds.csv"
    rows = "".join(f"lane,{p},20000,30,survey,2026,B,\n" for p in Period)
    path.write_text(HEAD + rows)
    assert read_speeds(path).find_speeds("lane") == (20_000.0,) * 4


def test_all_faults_of_a_table_are_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "speeds.csv"
    path.write_text(
        HEAD
        + "lane,free_flow,20000,30,x,2026,C,\n"
        + "lane,rush,20000,30,x,2026,C,\n"
        + "lane,inter_peak,fast,30,x,2026,C,\n"
        + "lane,morning_peak,-5,30,x,2026,C,\n"
        + "lane,free_flow,20000,30,x,2026,C,\n"
    )
    with pytest.raises(InputError) as caught:
        read_speeds(path)
    found = [(p.code, p.row) for p in caught.value.problems]
    assert found[:3] == [("N021", 3), ("N021", 4), ("N021", 5)]
    assert [code for code, _ in found[3:]] == ["N022"] * 4


def test_missing_columns_are_named(tmp_path: Path) -> None:
    path = tmp_path / "speeds.csv"
    path.write_text("class,period,speed\n")
    with pytest.raises(InputError, match="m_per_h, presumed_limit_mph"):
        read_speeds(path)


def test_shipped_table_lies_beside_its_reader() -> None:
    assert SHIPPED_SPEEDS.is_file()
