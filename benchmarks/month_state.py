"""What a month has come to so far, kept after each night: a month goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from data.inputs import read_document, write_document
from data.plans import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """What one way came to on one date.

    Attributes
    ----------
    n_disturbed, n_broken
        Passengers disturbed, and those of them beyond the envelope.
    proposed_pence
        What a plan outside the envelope would have saved more; it waits for a person. [pence]
    """

    on: str
    way: str
    cost_pence: int
    n_carried: int
    n_unserved: int
    n_disturbed: int
    n_broken: int
    n_violations: int
    proposed_pence: int
    cpu_s: float


@dataclass(slots=True)
class Way:
    """One way through the month: what families know by kind of day."""

    name: str
    known: dict[str, Plan]
    last: Plan | None = None


@dataclass(slots=True)
class Month:
    """A month under way.

    Attributes
    ----------
    settings
        What the month was begun with.
    n_done
        Nights lived through by all ways.
    cpu_s
        Of all turns before this one. [s]
    """

    settings: dict[str, Any]
    ways: list[Way]
    rows: list[DayFigures] = field(default_factory=list)
    n_done: int = 0
    cpu_s: float = 0.0


def read_month(path: Path, settings: Mapping[str, Any]) -> Month | None:
    """Read a month that was begun with the same settings; None where none was.

    Raises
    ------
    SystemExit
        If another month is kept there.
    """
    if not path.is_file():
        return None
    kept = json.loads(path.read_text("utf-8"))
    if kept["settings"] != dict(settings):
        raise SystemExit(f"{path} holds a month with other settings: {kept['settings']}")
    return Month(
        settings=kept["settings"],
        ways=[
            Way(
                name=w["name"],
                known={k: _read_plan(p) for k, p in w["known"].items()},
                last=None if w["last"] is None else _read_plan(w["last"]),
            )
            for w in kept["ways"]
        ],
        rows=[DayFigures(**row) for row in kept["rows"]],
        n_done=kept["n_done"],
        cpu_s=kept["cpu_s"],
    )


def write_month(path: Path, month: Month, cpu_s: float) -> None:
    """Keep a month, whole or not at all.

    Parameters
    ----------
    cpu_s
        Of this turn so far. [s]
    """
    kept = {
        "settings": month.settings,
        "n_done": month.n_done,
        "cpu_s": round(month.cpu_s + cpu_s, 1),
        "rows": [asdict(row) for row in month.rows],
        "ways": [
            {
                "name": w.name,
                "known": {k: _write_plan(p) for k, p in w.known.items()},
                "last": None if w.last is None else _write_plan(w.last),
            }
            for w in month.ways
        ],
    }
    making = path.with_suffix(".making")
    making.write_text(json.dumps(kept), encoding="utf-8")
    making.replace(path)


def _write_plan(plan: Plan) -> str:
    return write_document(plan).decode()


def _read_plan(text: str) -> Plan:
    plan = read_document(Plan, text.encode())
    assert isinstance(plan, Plan)  # noqa: S101  the type asked for
    return plan
