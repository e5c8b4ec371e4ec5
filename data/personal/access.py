"""What is held on a person, in a form that they can read and one that a program can."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from data.personal.register import Category, read_categories, read_register
from data.store.person_book import HeldOnPerson

_TITLES = {
    "documents": "Records imported or entered: yourself, homes, journeys, places, rules",
    "record_versions": "When each record held (snapshots are numbered)",
    "stops": "Stops at your home in plans (times in seconds after midnight)",
    "stop_passengers": "Boarding and alighting in plans",
    "dead_runs": "Drives from or to your home without passengers",
    "unserved": "Journeys that could not be planned, and why",
    "passenger_shares": "Your share of what journeys cost, in pence",
    "cost_lines": "Costs that are shared with others",
    "eligibility_events": "Decisions on entitlement, and what they rest on",
    "day_changes": "Absences and other changes of single days",
    "candidates": "Plans of a night that were kept",
    "publications": "Plans published, and the explanation of changes",
    "proposals": "Changes that waited for a planner",
    "quarantine": "Rows of imports that were not accepted",
    "check_reports": "Reports of the independent checker",
    "results": "Studies and tenders",
    "runs": "Plans made",
}


def build_access_record(
    held: HeldOnPerson, files: Sequence[Path], *, made_utc: datetime
) -> dict[str, object]:
    """Build everything held on a person as plain values for a JSON file."""
    return {
        "made_utc": made_utc.isoformat(),
        "identifiers": sorted(held.ids.tokens),
        "names": sorted(held.ids.names),
        "why": [
            {
                "category": c.category, "about": c.about, "purpose": c.purpose,
                "lawful_basis": c.lawful_basis, "special_condition": c.special_condition,
                "retention": c.retention, "readers": c.readers,
            }
            for c in _find_used(held)
        ],
        "rows": [
            {"table": r.table, "key": r.key, "values": dict(r.values)} for r in held.rows
        ],
        "imported_files": [{"sha256": s, "name": n} for s, n in held.import_files],
        "files": [path.as_posix() for path in files],
    }  # fmt: skip


def _find_used(held: HeldOnPerson) -> list[Category]:
    """Find the categories of the tables in which something was found."""
    tables = {f"table:{r.table}" for r in held.rows}
    used = {e.category for e in read_register() if e.holder in tables}
    used |= {"identity", "health", "home", "journey"} if held.rows else set()
    return [c for c in read_categories().values() if c.category in used - {"none"}]


def write_access_text(held: HeldOnPerson, files: Sequence[Path], *, made_utc: datetime) -> str:
    """Write everything held on a person as text, by kind, with why and how long."""
    lines = [
        "WHAT IS HELD ON YOU",
        f"Made {made_utc:%d %B %Y %H:%M} UTC by wayfare. PRIVATE.",
        "Others who travel with you are named by their identifiers only. Before this is given",
        "out, a person must look whether it tells anything about somebody else.",
        "",
        "Why it is held",
    ]
    for one in _find_used(held):
        lines.append(f"- {one.about}: {one.purpose}. {one.lawful_basis}.")
    by_table: dict[str, list[str]] = {}
    for row in held.rows:
        values = dict(row.values)
        body = next((values.pop(n) for n in ("body", "document", "cells") if n in values), "")
        shown = [f"{n} {v}" for n, v in values.items() if n != "fingerprint"]
        if body:
            shown += _spell(body)
        by_table.setdefault(row.table, []).append("; ".join(shown))
    for table, texts in by_table.items():
        lines += ["", _TITLES.get(table, table.replace("_", " ")), "-" * 40]
        lines += [f"{n}. {text}" for n, text in enumerate(texts, 1)]
    lines += ["", "Imported files that hold you", "-" * 40]
    lines += [f"- {name} (sha256 {sha})" for sha, name in held.import_files] or ["- none"]
    lines += ["", "Other files that hold you", "-" * 40]
    lines += [f"- {path.as_posix()}" for path in files] or ["- none"]
    return "\n".join(lines) + "\n"


def _spell(body: str) -> list[str]:
    """Spell a document out: its filled fields, one after the other."""
    try:
        value = json.loads(body)
    except ValueError:
        return [body]
    if not isinstance(value, dict):
        return [json.dumps(value, ensure_ascii=False)]
    return [
        f"{name.replace('_', ' ')}: {json.dumps(one, ensure_ascii=False)}"
        for name, one in value.items()
        if one not in (None, "", [], False)
    ]
