"""Timetables in a working folder: compressed arrays, without pickles."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from data.errors import InputError, Problem, Severity
from data.timetables import Mode, PublicTimetable

TIMETABLE_FORMAT = 1

_ARRAYS = (
    "stop_easting_m",
    "stop_northing_m",
    "service_runs",
    "trip_line",
    "trip_service",
    "trip_from",
    "call_stop",
    "call_arrive_s",
    "call_leave_s",
    "call_may_board",
    "call_may_alight",
)
_TEXTS = ("stop_ids", "stop_names", "line_ids", "line_names", "attribution", "notes")


def write_timetable(timetable: PublicTimetable, path: Path) -> None:
    """Write a timetable as a compressed .npz of plain arrays."""
    head: dict[str, Any] = {name: getattr(timetable, name) for name in _TEXTS}
    head |= {
        "format": TIMETABLE_FORMAT,
        "name": timetable.name,
        "source": timetable.source,
        "is_synthetic": timetable.is_synthetic,
        "first_date": timetable.first_date.isoformat(),
        "line_modes": [mode.value for mode in timetable.line_modes],
        "fingerprint": timetable.fingerprint,
    }
    arrays: dict[str, Any] = {name: getattr(timetable, name) for name in _ARRAYS}
    arrays["head"] = np.frombuffer(json.dumps(head).encode(), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    building = path.with_name(path.name + ".part")
    with building.open("wb") as file:
        np.savez_compressed(file, **arrays)
    building.replace(path)


def read_timetable(path: Path) -> PublicTimetable:
    """Read a timetable written by `write_timetable`.

    Raises
    ------
    InputError
        Z015 if there is none, or it is damaged or of another format.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            head = json.loads(bytes(file["head"]))
            if head["format"] != TIMETABLE_FORMAT:
                raise ValueError(f"format {head['format']}, not {TIMETABLE_FORMAT}")
            texts: dict[str, Any] = {name: tuple(head[name]) for name in _TEXTS}
            found = PublicTimetable(
                name=head["name"],
                source=head["source"],
                is_synthetic=head["is_synthetic"],
                first_date=date.fromisoformat(head["first_date"]),
                line_modes=tuple(Mode(mode) for mode in head["line_modes"]),
                **texts,
                **{name: file[name] for name in _ARRAYS},
            )
        if found.fingerprint != head["fingerprint"]:
            raise ValueError("its content is not what its fingerprint says")
    except (OSError, ValueError, KeyError, EOFError, TypeError, BadZipFile) as error:
        is_there = path.is_file()
        raise InputError(
            [
                Problem(
                    code="Z015",
                    severity=Severity.ERROR,
                    file=path.name,
                    value=str(error)[:80] if is_there else "",
                    cause="The timetable cannot be read."
                    if is_there
                    else "The place has no timetable yet.",
                    suggestion="Load one: `wayfare timetable import FEED.zip --place PLACE`.",
                )
            ]
        ) from None
    return found
