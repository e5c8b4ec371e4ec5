"""The calls of a GTFS feed's trips: sorted, filled in, and never going back in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from data.sources.gtfs_tables import Faults, check_known, parse_column

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Calls:
    """Calls sorted by trip and sequence, with where each trip's begin."""

    trip_ids: list[str]
    trip_from: list[int]
    stop: Any
    arrive_s: Any
    leave_s: Any
    may_board: Any
    may_alight: Any


def read_clock(text: str) -> int:
    """Read a time of the service day, may pass 24 hours; -1 for a blank. [s]"""
    parts = text.split(":")
    hours, minutes, seconds = (int(part) for part in parts)
    if not (0 <= hours <= 72 and 0 <= minutes < 60 and 0 <= seconds < 60):
        raise ValueError(text)
    return hours * 3600 + minutes * 60 + seconds


def read_calls(
    table: pd.DataFrame,
    trips: pd.DataFrame,
    stop_ids: list[str],
    faults: Faults,
    notes: list[str],
) -> Calls:
    """Read the calls of all trips; blame what cannot be used."""
    file = "stop_times.txt"
    check_known(table, file, "trip_id", trips["trip_id"], "trips.txt", faults)
    check_known(table, file, "stop_id", stop_ids, "stops.txt (a stop or station)", faults)
    clock = "a time, e.g. 08:45:00, after midnight 24:10:00"
    arrive = parse_column(table, file, "arrival_time", read_clock, faults, blank=-1,
                          wanted=clock)  # fmt: skip
    leave = parse_column(table, file, "departure_time", read_clock, faults, blank=-1,
                         wanted=clock)  # fmt: skip
    sequence = parse_column(table, file, "stop_sequence", int, faults, wanted="a whole number")
    faults.raise_any()
    position = {stop_id: k for k, stop_id in enumerate(stop_ids)}
    frame = table.assign(_row=np.arange(len(table)) + 2, _sequence=sequence)
    order = np.lexsort((frame["_sequence"], frame["trip_id"].astype(str)))
    trip_ids = frame["trip_id"].to_numpy()[order]
    begins = np.flatnonzero(np.r_[True, trip_ids[1:] != trip_ids[:-1]])
    arrive_s, leave_s = np.array(arrive)[order], np.array(leave)[order]
    # One of the two times may be left out: the vehicle does not wait.
    arrive_s, leave_s = (
        np.where(arrive_s < 0, leave_s, arrive_s),
        np.where(leave_s < 0, arrive_s, leave_s),
    )
    n_filled = int((arrive_s < 0).sum())
    _fill_times(arrive_s, leave_s, begins, frame["_row"].to_numpy()[order], faults)
    if n_filled:
        notes.append(f"{n_filled:,} calls without a time lie evenly between their neighbours.")
    may = []
    for column in ("pickup_type", "drop_off_type"):
        texts = frame[column].to_numpy()[order].astype(str) if column in frame else [""]
        may.append(np.broadcast_to(~np.isin(texts, ["1"]), (len(frame),)))
    calls = Calls(
        trip_ids=trip_ids[begins].tolist(),
        trip_from=[*begins.tolist(), len(trip_ids)],
        stop=np.array([position[s] for s in frame["stop_id"].to_numpy()[order]]),
        arrive_s=arrive_s.astype(np.int32),
        leave_s=leave_s.astype(np.int32),
        may_board=may[0],
        may_alight=may[1],
    )
    for trip_id in sorted(set(trips["trip_id"]) - set(calls.trip_ids)):
        faults.add("Z009", "trips.txt", "The trip calls nowhere.", "Leave it out.",
                   column="trip_id", value=trip_id)  # fmt: skip
    return calls


def _read_headway(text: str) -> int:
    if int(text) <= 0:
        raise ValueError(text)
    return int(text)


def _fill_times(arrive_s: Any, leave_s: Any, begins: Any, rows: Any, faults: Faults) -> None:
    """Fill calls without times in place; blame trips whose times are missing or go back."""
    file = "stop_times.txt"
    ends = [*begins[1:].tolist(), len(arrive_s)]
    for first, end in zip(begins.tolist(), ends, strict=True):
        row = int(rows[first])
        if end - first < 2:
            faults.add("Z009", file, "A trip has fewer than two calls.", "Leave it out.",
                       row=row)  # fmt: skip
            continue
        if arrive_s[first] < 0 or arrive_s[end - 1] < 0:
            cause = "A trip's first and last call need times."
            faults.add("Z004", file, cause, "Fill them in.", row=row, column="arrival_time")
            continue
        timed = first + np.flatnonzero(arrive_s[first:end] >= 0)
        for a, b in zip(timed[:-1].tolist(), timed[1:].tolist(), strict=True):
            for k in range(a + 1, b):
                share = leave_s[a] + (arrive_s[b] - leave_s[a]) * (k - a) // (b - a)
                arrive_s[k] = leave_s[k] = share
        clock = np.column_stack([arrive_s[first:end], leave_s[first:end]]).ravel()
        back = np.flatnonzero(np.diff(clock) < 0)
        if len(back):
            k = first + int(back[0] + 1) // 2
            faults.add("Z007", file, "Times of the trip go backwards here.", "Correct them.",
                       row=int(rows[k]), column="arrival_time")  # fmt: skip


def read_repeats(
    table: pd.DataFrame | None, trips: pd.DataFrame, faults: Faults
) -> dict[str, list[int]]:
    """Read at which times trips given by headway set out."""
    if table is None:
        return {}
    file = "frequencies.txt"
    check_known(table, file, "trip_id", trips["trip_id"], "trips.txt", faults)
    first = parse_column(table, file, "start_time", read_clock, faults, wanted="a time")
    last = parse_column(table, file, "end_time", read_clock, faults, wanted="a time")
    every = parse_column(
        table,
        file,
        "headway_secs",
        _read_headway,
        faults,
        wanted="whole seconds above nought",
    )
    faults.raise_any()
    starts: dict[str, list[int]] = {}
    for trip_id, a, b, step in zip(table["trip_id"], first, last, every, strict=True):
        starts.setdefault(trip_id, []).extend(range(a, b, step))
    return starts
