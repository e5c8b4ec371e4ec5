"""Settings of the night: a TOML file, read strictly."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from data.imports.toml_files import read_toml_file
from data.nights import Envelope

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def _read_clock(value: Any) -> Any:
    """Read ``06:00``; TOML's own times are taken as they are."""
    if isinstance(value, str):
        found = _CLOCK.fullmatch(value.strip())
        if found is None:
            raise ValueError("a time such as 06:00 is wanted")
        return time(int(found[1]), int(found[2]))
    return value


Clock = Annotated[time, BeforeValidator(_read_clock)]


class _Section(BaseModel):
    """A part of the file; a key that is not known is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Deadline(_Section):
    """When the plan must stand, and when the search is ended so that it does.

    Attributes
    ----------
    publish_by
        Local time of the service date by which a plan is published.
    start_from
        Local time on the day before from which the night works; before it, it has nothing to
        do.
    stop_min, kill_min, publish_min
        Minutes before `publish_by` at which the search is asked to stop, is killed, and the
        best plan there is goes out.
    repaired_min
        Minutes after the start within which the repaired plan must stand.
    """

    publish_by: Clock = time(6, 0)
    start_from: Clock = time(18, 0)
    zone: str = "Europe/London"
    stop_min: int = Field(default=30, ge=1, le=720)
    kill_min: int = Field(default=20, ge=1, le=720)
    publish_min: int = Field(default=15, ge=0, le=720)
    repaired_min: int = Field(default=5, ge=1, le=120)

    @field_validator("zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"there is no time zone {value[:60]!r}") from None
        return value


class SearchSection(_Section):
    """How long the night searches for savings.

    Attributes
    ----------
    seconds, steps
        Limits of the search; steps make the night repeatable. [s]
    quiet_seconds
        Most time of the search where nothing changed since the last one. [s]
    keep_every_s
        With `seconds`: savings found so far are checked and kept about this often, so that a
        search that is killed loses no more. [s]
    continuity_pence
        What carrying one passenger in a session by another duty counts for. [pence]
    memory_mb
        Most memory of the solver's process. [MB]
    """

    seconds: float | None = Field(default=60.0, ge=0)
    quiet_seconds: float = Field(default=20.0, ge=1)
    steps: int | None = Field(default=None, ge=1)
    seed: int = Field(default=1, ge=0)
    workers: int = Field(default=2, ge=1, le=64)
    keep_every_s: float = Field(default=25.0, ge=1, le=30)
    continuity_pence: int = Field(default=500, ge=0)
    memory_mb: int = Field(default=4_000, ge=500)


class EnvelopeSection(_Section):
    """What may differ from what families know without a person saying yes."""

    shift_min: int = Field(default=5, ge=0, le=120)
    may_change_provider: bool = False
    may_change_vehicle_type: bool = False
    may_change_crew: bool = False
    may_add_companions: bool = False
    max_unserved: int = Field(default=0, ge=0)

    def build(self) -> Envelope:
        """Build the envelope that plans are judged by."""
        return Envelope(
            shift_s=60 * self.shift_min,
            may_change_provider=self.may_change_provider,
            may_change_vehicle_type=self.may_change_vehicle_type,
            may_change_crew=self.may_change_crew,
            may_add_companions=self.may_add_companions,
            max_unserved=self.max_unserved,
        )


class ImportSection(_Section):
    """What is read at the start of each night.

    Attributes
    ----------
    data
        Workbook or folder of the council's tables, or None to keep those in the store.
    mapping
        Saved column mapping of that workbook.
    accept_valid
        Whether rows without faults are taken when others have them.
    changes
        Table of changes of the day (absences, vehicles off, ...), or None.
    """

    data: Path | None = None
    mapping: Path | None = None
    accept_valid: bool = False
    changes: Path | None = None


class NightConfig(_Section):
    """All settings of a place's nights.

    Attributes
    ----------
    place, folder
        Place and working folder; a relative path starts at the file's own folder.
    alert
        Command run when something needs a person, with a word for what; no personal data is
        handed to it.
    documents
        Whether workbooks for drivers, sites and suppliers are written.
    """

    place: str
    folder: Path = Path("wayfare-data")
    alert: tuple[str, ...] = ()
    documents: bool = True
    deadline: Deadline = Deadline()
    search: SearchSection = SearchSection()
    envelope: EnvelopeSection = EnvelopeSection()
    imports: ImportSection = Field(default=ImportSection(), alias="import")


def read_config(path: Path) -> NightConfig:
    """Read the settings of the night; paths in it start at its own folder.

    Raises
    ------
    InputError
        With every fault: Q010 not TOML, Q011 key not known, Q012 value.
    """
    found = read_toml_file(path, NightConfig)
    base = path.resolve().parent

    def place(inner: Path | None) -> Path | None:
        return None if inner is None else base / inner

    imports = found.imports.model_copy(
        update={
            "data": place(found.imports.data),
            "mapping": place(found.imports.mapping),
            "changes": place(found.imports.changes),
        }
    )
    return found.model_copy(update={"folder": base / found.folder, "imports": imports})
