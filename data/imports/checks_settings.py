"""Checks of the settings sheet; what it says, by name."""

from __future__ import annotations

from typing import Any

from pydantic_core import PydanticCustomError

from data.imports.headings import find_near
from data.imports.settings import find_settings, read_setting
from data.imports.staging import Record, Staging

_REPEATED = "attribution"


def check_settings(staging: Staging) -> dict[str, Any]:
    """Read the settings by name; every fault of theirs stops the import as a whole.

    Returns
    -------
    Values in the unit of their attribute; ``attribution`` is a tuple of lines.
    """
    specs = find_settings()
    values: dict[str, Any] = {_REPEATED: ()}
    rows: dict[str, Record] = {}
    for record in staging.records("settings"):
        name = record.value.name
        spec = specs.get(name)
        if spec is None:
            staging.note(
                "G001",
                "settings",
                record,
                "name",
                value=name,
                hint=find_near(name, list(specs)),
            )
            continue
        if name in rows and name != _REPEATED:
            staging.note("G004", "settings", record, "name", value=name)
            continue
        if record.value.value is None:
            continue  # left blank: the default holds
        rows[name] = record
        value = _read(staging, record)
        if name == _REPEATED and value is not None:
            values[name] = (*values[name], value)
        elif value is not None:
            values[name] = value
    _check_required(staging, rows)
    _check_dates(staging, values, rows)
    return values


def _read(staging: Staging, record: Record) -> Any:
    spec = find_settings()[record.value.name]

    def warn(code: str, **context: Any) -> None:
        staging.note(code, "settings", record, "value", value=record.value.value, **context)

    try:
        return read_setting(spec, record.value.value, warn)
    except PydanticCustomError as fault:
        context = dict(fault.context or {})
        code = str(context.pop("code"))
        staging.note(code, "settings", record, "value", value=record.value.value, **context)
        return None


def _check_required(staging: Staging, rows: dict[str, Record]) -> None:
    needed = [name for name, spec in find_settings().items() if spec.is_required]
    for name in needed:
        if name not in rows:
            staging.note("G002", "settings", None, "name", name=name)
    if staging.records("vehicles"):
        for crew in ("driver", "assistant"):
            for name in (f"{crew}.pay_per_hour", f"{crew}.worked_time_per_year"):
                if name not in rows:
                    staging.note("G007", "settings", None, "name", name=name)


def _check_dates(staging: Staging, values: dict[str, Any], rows: dict[str, Record]) -> None:
    if not {"year_from", "year_to", "service_date"} <= values.keys():
        return
    if values["year_to"] < values["year_from"]:
        staging.note("G005", "settings", rows["year_to"], "value", value=values["year_to"])
    elif not values["year_from"] <= values["service_date"] <= values["year_to"]:
        staging.note(
            "G006", "settings", rows["service_date"], "value", value=values["service_date"]
        )
