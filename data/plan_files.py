"""Plan files: plans and timetables as documented JSON, read strictly.

The format is described in `docs/reference/plan-format.md`. Reading names every fault at once,
each with its key path; unknown keys, doubled keys and values of another kind are faults.
"""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from data.documents import Faults, build_value
from data.errors import InputError
from data.inputs import write_document
from data.plans import Plan, Stop, Timetable

PLAN_FORMAT = "wayfare-plan"
TIMETABLE_FORMAT = "wayfare-timetable"
FORMAT_VERSION = 1

NOT_STATED = -1
"""``drive_s`` and ``drive_m`` of a stop whose file leaves them out."""

MOST_BYTES = 256 * 2**20
"""Largest plan file that is read. [bytes]"""

MOST_PROBLEMS = 1_000
"""Faults after which reading stops looking for more."""


def read_plan_file(path: Path) -> Plan:
    """Read a plan from a plan file.

    Raises
    ------
    InputError
        With every fault of the file, each with its key path.
    """
    found = read_plan_or_timetable(path)
    if isinstance(found, Timetable):
        faults = Faults(file=path.name)
        faults.add("J014", "$.format", "is a timetable, not a plan.", "Name a plan file.")
        raise InputError(faults.problems)
    return found


def read_timetable_file(path: Path) -> Timetable:
    """Read a timetable, with the plans of all its day types, from a file.

    Raises
    ------
    InputError
        With every fault of the file, each with its key path.
    """
    found = read_plan_or_timetable(path)
    if isinstance(found, Plan):
        faults = Faults(file=path.name)
        faults.add("J014", "$.format", "is a plan, not a timetable.", "Name a timetable file.")
        raise InputError(faults.problems)
    return found


def read_plan_or_timetable(path: Path) -> Plan | Timetable:
    """Read whichever of the two a file says it holds.

    Raises
    ------
    InputError
        With every fault of the file, each with its key path.
    """
    faults = Faults(file=path.name, n_most=MOST_PROBLEMS)
    try:
        if path.stat().st_size > MOST_BYTES:
            faults.add("J001", "$", f"the file is over {MOST_BYTES:,} bytes.", "Divide it.")
            raise InputError(faults.problems)
        raw = path.read_bytes()
    except OSError as error:
        faults.add("J001", "$", f"cannot be read: {error.strerror}.", "Check path and rights.")
        raise InputError(faults.problems) from error
    return read_plan_bytes(raw, file=path.name)


def read_plan_bytes(raw: bytes, *, file: str = "") -> Plan | Timetable:
    """Read a plan or timetable from the bytes of a plan file.

    Parameters
    ----------
    file
        Name of the file for the problems.

    Raises
    ------
    InputError
        With every fault, each with its key path.
    """
    faults = Faults(file=file, n_most=MOST_PROBLEMS)
    document = _parse(raw, faults)
    if faults.problems:
        raise InputError(faults.problems)
    kind, key = _find_kind(document, faults)
    value = None
    if kind is not None:
        value = build_value(kind, document.get(key), f"$.{key}", faults, {Stop: _mark_drives})
    if faults.problems or not isinstance(value, (Plan, Timetable)):
        raise InputError(faults.problems)
    return _start_without_drives(value)


def write_plan_file(plan: Plan | Timetable, path: Path) -> None:
    """Write a plan or a timetable to a plan file, all or nothing.

    Equal plans give equal bytes. The file is readable by its owner only, as plans hold ids of
    passengers.
    """
    is_timetable = isinstance(plan, Timetable)
    document = {
        "format": TIMETABLE_FORMAT if is_timetable else PLAN_FORMAT,
        "version": FORMAT_VERSION,
        "timetable" if is_timetable else "plan": json.loads(write_document(plan)),
    }
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _parse(raw: bytes, faults: Faults) -> Any:
    """Parse JSON, naming doubled keys and numbers that are none."""

    def read_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                faults.add("J004", "$", f"key {key[:40]!r} is given twice.", "Keep one.")
            seen.add(key)
        return dict(pairs)

    def read_constant(word: str) -> None:
        faults.add("J003", "$", f"{word} is no number.", "Write a number or null.")

    try:
        text = raw.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=read_pairs, parse_constant=read_constant)
    except UnicodeDecodeError as error:
        faults.add("J002", "$", f"is not UTF-8 at byte {error.start}.", "Save it as UTF-8.")
    except json.JSONDecodeError as error:
        cause = f"is not JSON at line {error.lineno}, column {error.colno}: {error.msg}."
        faults.add("J003", "$", cause, "Mend the file there.")
    except RecursionError:
        faults.add("J003", "$", "is nested too deeply.", "Write it as the format says.")
    except ValueError:
        # The standard library refuses integers of thousands of digits with a plain ValueError.
        faults.add("J003", "$", "has a number with too many digits.", "Write a usual number.")
    return None


def _find_kind(document: Any, faults: Faults) -> tuple[type | None, str]:
    """Find which of the two formats a document is in, and the key of its content."""
    if not isinstance(document, dict):
        faults.add("J005", "$", "is not an object.", "Write {...} as the format says.")
        return None, ""
    kinds: dict[Any, tuple[type, str]] = {
        PLAN_FORMAT: (Plan, "plan"),
        TIMETABLE_FORMAT: (Timetable, "timetable"),
    }
    found = document.get("format")
    if not isinstance(found, str) or found not in kinds:
        cause = f"must be {PLAN_FORMAT} or {TIMETABLE_FORMAT}."
        faults.add("J006", "$.format", cause, "State which it is.", value=found)
        return None, ""
    kind, key = kinds[found]
    version = document.get("version")
    if isinstance(version, bool) or version != FORMAT_VERSION:
        cause = f"must be {FORMAT_VERSION}."
        faults.add("J006", "$.version", cause, "Write the format's version.", value=version)
    for stranger in sorted(set(document) - {"format", "version", key}):
        faults.add_stranger("$", stranger, ("format", "version", key))
    if key not in document:
        faults.add("J008", f"$.{key}", "is missing.", "Add it.")
        return None, key
    return kind, key


def _mark_drives(content: dict[str, Any]) -> dict[str, Any]:
    """Mark the drives that a stop does not state."""
    return {"drive_s": NOT_STATED, "drive_m": NOT_STATED, **content}


def _start_without_drives(value: Plan | Timetable) -> Plan | Timetable:
    """Give the first stop of every route its drive of nought where the file leaves it out."""
    if isinstance(value, Timetable):
        plans = tuple(_map_stops(plan, _start) for plan in value.plans)
        return dataclasses.replace(value, plans=plans)
    return _map_stops(value, _start)


def _start(position: int, stop: Stop) -> Stop:
    """Turn a drive that is not stated into nought at the first stop."""
    if position or NOT_STATED not in (stop.drive_s, stop.drive_m):
        return stop
    return dataclasses.replace(
        stop,
        drive_s=0 if stop.drive_s == NOT_STATED else stop.drive_s,
        drive_m=0 if stop.drive_m == NOT_STATED else stop.drive_m,
    )


def _map_stops(plan: Plan, change: Callable[[int, Stop], Stop]) -> Plan:
    """Apply a change to every stop of a plan, given its position in its route."""
    return dataclasses.replace(
        plan,
        duties=tuple(
            dataclasses.replace(
                duty,
                routes=tuple(
                    dataclasses.replace(
                        route, stops=tuple(change(i, s) for i, s in enumerate(route.stops))
                    )
                    for route in duty.routes
                ),
            )
            for duty in plan.duties
        ),
    )
