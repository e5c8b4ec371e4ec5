"""GTFS feeds: a small railway read exactly, every fault named at once, nothing half used."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from data.errors import InputError
from data.samples.timetables import build_sample_timetable
from data.sources.gtfs import read_gtfs
from data.timetable_files import read_timetable, write_timetable
from data.timetables import Mode
from routing.transit.day import build_transit_day

# A branch line of three stations, Monday to Friday, with a bus that runs by headway.
# The train of service "wk" does not run on 25 December 2026 and does on Saturday 19th.
RAIL = {
    "stops.txt": """stop_id,stop_name,stop_lat,stop_lon,location_type
A,Alder,51.5400,0.7100,0
B,Birch,51.5500,0.7200,
C,Cedar,51.5600,0.7300,0
X,Entrance,,,2
U,Unused,51.5700,0.7400,0
""",
    "routes.txt": """route_id,route_short_name,route_long_name,route_type
r1,,Branch line,2
r2,9,,3
r3,Express,,109
""",
    "trips.txt": """route_id,service_id,trip_id
r1,wk,t1
r2,wk,t2
r3,sat,t3
""",
    "stop_times.txt": """trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type
t1,08:00:00,08:00:30,A,1,0
t1,08:10:00,08:11:00,C,9,0
t1,,,B,5,0
t2,07:00:00,07:00:00,A,1,
t2,07:05:00,07:05:00,B,2,
t3,24:10:00,24:10:00,C,1,0
t3,24:20:00,24:20:00,A,2,1
""",
    "calendar.txt": """service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,\
start_date,end_date
wk,1,1,1,1,1,0,0,20261201,20261231
sat,0,0,0,0,0,1,0,20261201,20261231
""",
    "calendar_dates.txt": """service_id,date,exception_type
wk,20261225,2
wk,20261219,1
""",
    "frequencies.txt": """trip_id,start_time,end_time,headway_secs
t2,09:00:00,10:00:00,1200
""",
}


def write_feed(path: Path, **changes: str | None) -> Path:
    """Write the small railway, with files replaced or, for None, left out."""
    tables: dict[str, str | None] = {**RAIL}
    tables |= {name.replace("__", "."): text for name, text in changes.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables.items():
            if text is not None:
                archive.writestr(name, text)
    return path


def find_codes(path: Path) -> list[tuple[str, str, int | None, str]]:
    with pytest.raises(InputError) as caught:
        read_gtfs(path)
    assert caught.value.exit_code == 30
    return [(p.code, p.sheet, p.row, p.column) for p in caught.value.problems]


def edit(name: str, old: str, new: str) -> str:
    assert old in RAIL[name]
    return RAIL[name].replace(old, new)


def test_a_small_railway_is_read_exactly(tmp_path: Path) -> None:
    found = read_gtfs(write_feed(tmp_path / "rail.zip"), name="rail")
    assert found.stop_ids == ("A", "B", "C")
    assert found.line_names == ("Branch line", "9", "Express")
    assert found.line_modes == (Mode.RAIL, Mode.BUS, Mode.RAIL)
    assert found.first_date == date(2026, 12, 1)
    assert found.last_date == date(2026, 12, 31)
    # t1: 08:00 at Alder, Birch halfway between 08:00:30 and 08:10, Cedar
    first = found.trip_from[0]
    assert found.call_arrive_s[first : first + 3].tolist() == [28_800, 29_115, 29_400]
    assert found.call_leave_s[first : first + 3].tolist() == [28_830, 29_115, 29_460]
    # t2 runs by headway: 09:00, 09:20, 09:40 and not as its own times say
    starts = found.call_leave_s[found.trip_from[:-1]].tolist()
    assert starts == [28_830, 32_400, 33_600, 34_800, 87_000]
    assert found.call_may_board.tolist()[-1] is False
    assert any("1 stops" in note for note in found.notes)
    assert any("1 calls without a time" in note for note in found.notes)


@pytest.mark.parametrize(
    ("on", "n_trips"),
    [
        (date(2026, 12, 1), 4),  # a Tuesday: the train and three buses
        (date(2026, 12, 25), 0),  # taken out
        (date(2026, 12, 19), 5),  # a Saturday: put in, besides the express
        (date(2026, 12, 20), 0),
        (date(2026, 11, 30), 0),
        (date(2027, 1, 1), 0),
    ],
)
def test_trips_run_on_the_dates_of_calendar_and_exceptions(
    tmp_path: Path, on: date, n_trips: int
) -> None:
    found = read_gtfs(write_feed(tmp_path / "rail.zip"))
    assert found.count_trips(on) == n_trips


def test_a_date_elsewhere_borrows_the_first_like_it(tmp_path: Path) -> None:
    found = read_gtfs(write_feed(tmp_path / "rail.zip"))
    assert found.find_like_date(date(2026, 12, 8)) == date(2026, 12, 8)
    # 25 December 2026 is a Friday without trains; the first Friday is the 4th
    assert found.find_like_date(date(2026, 12, 25)) == date(2026, 12, 4)
    assert found.find_like_date(date(2030, 5, 19)) is None  # a Sunday


def test_the_express_past_midnight_is_there_in_the_small_hours(tmp_path: Path) -> None:
    found = read_gtfs(write_feed(tmp_path / "rail.zip"))
    sunday = build_transit_day(found, date(2026, 12, 6)).ahead
    assert sunday.leave_s.tolist() == [600, 1200]


def test_a_timetable_comes_back_as_it_was_written(tmp_path: Path) -> None:
    found = read_gtfs(write_feed(tmp_path / "rail.zip"), name="rail", attribution=["Thanks"])
    write_timetable(found, tmp_path / "timetable.npz")
    again = read_timetable(tmp_path / "timetable.npz")
    assert again.fingerprint == found.fingerprint
    assert again.attribution == ("Thanks",)
    with pytest.raises(InputError, match="Z015"):
        read_timetable(tmp_path / "none.npz")
    (tmp_path / "timetable.npz").write_bytes(b"PK\x03\x04 torn")
    with pytest.raises(InputError, match="Z015"):
        read_timetable(tmp_path / "timetable.npz")


def test_what_is_no_feed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_text("no zip", encoding="utf-8")
    assert find_codes(tmp_path / "a.zip") == [("Z001", "", None, "")]
    assert find_codes(tmp_path / "none.zip") == [("Z001", "", None, "")]
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    assert {c[0] for c in find_codes(tmp_path / "empty.zip")} == {"Z002"}
    bomb = write_feed(tmp_path / "bomb.zip", stops__txt="stop_id\n" + "0" * 30_000_000)
    assert find_codes(bomb) == [("Z001", "stops.txt", None, "")]


def test_missing_files_and_columns_are_named(tmp_path: Path) -> None:
    feed = write_feed(
        tmp_path / "a.zip",
        trips__txt=None,
        calendar__txt=None,
        calendar_dates__txt=None,
        stops__txt=edit("stops.txt", "stop_lat", "latitude"),
    )
    assert set(find_codes(feed)) == {
        ("Z002", "trips.txt", None, ""),
        ("Z002", "calendar.txt", None, ""),
        ("Z003", "stops.txt", None, "stop_lat"),
    }


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("stops.txt", "51.5500", "north", ("Z004", 3, "stop_lat")),
        ("stops.txt", "B,Birch", "A,Birch", ("Z005", 3, "stop_id")),
        ("stops.txt", "51.5600,0.7300", "0.7300,51.5600", ("Z008", 4, "stop_lat")),
        ("routes.txt", "line,2", "line,train", ("Z004", 2, "route_type")),
        ("trips.txt", "r1,wk", "r7,wk", ("Z006", 2, "route_id")),
        ("trips.txt", "r3,sat", "r3,sun", ("Z006", 4, "service_id")),
        ("stop_times.txt", "08:10:00,08:11:00", "08:10,08:11:00", ("Z004", 3, "arrival_time")),
        ("stop_times.txt", "t2,07:05:00,07:05:00", "t2,06:05:00,06:05:00",
         ("Z007", 6, "arrival_time")),
        ("stop_times.txt", "t3,24:20:00,24:20:00,A,2,1\n", "", ("Z009", 7, "")),
        ("stop_times.txt", ",B,5", ",X,5", ("Z006", 4, "stop_id")),
        ("calendar.txt", "20261231\nsat", "20261131\nsat", ("Z004", 2, "end_date")),
        ("calendar.txt", "wk,1,1", "wk,1,2", ("Z004", 2, "tuesday")),
        ("calendar.txt", "20261201,20261231\nsat", "20261231,20261201\nsat",
         ("Z004", 2, "end_date")),
        ("calendar_dates.txt", "20261225,2", "20261225,3", ("Z004", 2, "exception_type")),
        ("frequencies.txt", "1200", "0", ("Z004", 2, "headway_secs")),
    ],
)  # fmt: skip
def test_every_fault_names_table_row_and_column(
    tmp_path: Path, name: str, old: str, new: str, expected: tuple[str, int, str]
) -> None:
    feed = write_feed(tmp_path / "a.zip", **{name.replace(".", "__"): edit(name, old, new)})
    code, row, column = expected
    assert (code, name, row, column) in find_codes(feed)


def test_all_faults_are_told_at_once_and_alike_ones_counted(tmp_path: Path) -> None:
    many = RAIL["stop_times.txt"] + "".join(
        f"nobody{k},09:00:00,09:00:00,A,{k},\n" for k in range(40)
    )
    feed = write_feed(
        tmp_path / "a.zip",
        stop_times__txt=many,
        trips__txt=edit("trips.txt", "r1,wk", "r7,wk"),
    )
    codes = find_codes(feed)
    assert codes.count(("Z006", "stop_times.txt", 9, "trip_id")) == 1
    assert len([c for c in codes if c[:2] == ("Z006", "stop_times.txt")]) == 11
    assert ("Z006", "trips.txt", 2, "route_id") in codes


def test_a_feed_without_a_trip_on_any_date_is_refused(tmp_path: Path) -> None:
    none = edit("calendar.txt", "wk,1,1,1,1,1", "wk,0,0,0,0,0").replace(
        "0,1,0,2026", "0,0,0,2026"
    )
    feed = write_feed(tmp_path / "a.zip", calendar__txt=none, calendar_dates__txt=None)
    assert find_codes(feed)[0][0] == "Z010"


def test_newports_feed_is_read_whole() -> None:
    found = build_sample_timetable("newport")
    assert (len(found.trip_line), len(found.call_stop)) == (176, 7_765)
    assert len(found.line_ids) == 16
    assert found.count_trips(date(2023, 6, 13)) == 176
    assert not found.is_synthetic
    assert "Open Government Licence" in found.attribution[0]


def test_southends_timetable_is_made_up_from_its_seed_and_says_so() -> None:
    found = build_sample_timetable("southend")
    assert found.is_synthetic
    assert any("SYNTHETIC" in note for note in found.notes)
    assert found.fingerprint == build_sample_timetable("southend").fingerprint
    assert found.fingerprint != build_sample_timetable("southend", seed=2).fingerprint
    assert {Mode.BUS, Mode.RAIL} == set(found.line_modes)
    # real stops: each id is one of NaPTAN's for Southend, Essex or Thurrock
    assert {stop_id[:3] for stop_id in found.stop_ids} <= {"150", "158", "159"}
    assert np.all(np.diff(found.trip_from) >= 2)
    for a, b in zip(found.trip_from[:-1], found.trip_from[1:], strict=True):
        assert np.all(np.diff(found.call_arrive_s[a:b]) >= 60)
