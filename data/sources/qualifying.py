"""Schools that a child may be entitled to travel to, from the register of schools.

A qualifying school is a maintained school or nursery, an academy, a non-maintained special
school, a pupil referral unit or alternative provision; an independent school only where an
education, health and care plan names it (Education Act 1996, section 508B and schedule 35B
paragraph 15). Ages come from the register where the file has them, else from the phase.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from data.errors import InputError

SHIPPED = {
    "southend": ("southend", "schools_essex_southend_thurrock.csv"),
    "rutland": ("rutland_ogl", "schools_rutland_box.csv"),
    "newport": ("newport_ogl", "schools_newport_box.csv"),
}
"""Registers that come with wayfare, by sample place."""

_COLUMNS = {
    "urn": ("urn", "URN"),
    "name": ("establishment_name", "EstablishmentName"),
    "type": ("establishment_type", "TypeOfEstablishment (name)"),
    "phase": ("education_phase", "PhaseOfEducation (name)"),
    "status": ("establishment_status", "EstablishmentStatus (name)"),
    "easting": ("easting", "Easting"),
    "northing": ("northing", "Northing"),
    "low": ("statutory_low_age", "StatutoryLowAge"),
    "high": ("statutory_high_age", "StatutoryHighAge"),
}
_NEEDED = ("urn", "name", "type", "phase", "easting", "northing")

_NEVER = (
    "independent",
    "nursery",
    "children's centre",
    "further education",
    "higher education",
    "sixth form",
    "special post 16",
    "16 to 19",
    "16-19",
    "offshore",
    "online",
    "overseas",
    "secure unit",
    "miscellaneous",
    "university technical college",  # from 14 on, by choice
    "institution funded by other government department",
)
_SPECIAL = ("special", "pupil referral", "alternative provision")
_PHASE_AGES = {
    "primary": (4, 10),
    "middle deemed primary": (8, 12),
    "middle deemed secondary": (9, 12),
    "secondary": (11, 15),
    "all-through": (4, 15),
    "all through": (4, 15),
}
"""Ages on 31 August before the school year, where the register gives none; grade C."""


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """A school of the register.

    Attributes
    ----------
    age_from, age_to
        Youngest and oldest age on 31 August before the school year; None where not known.
    is_age_assumed
        The ages are those of the phase, not of the register.
    is_qualifying
        Whether it may be anybody's nearest suitable school without a plan that names it.
    is_special
        Special school or alternative provision: suitable only for those placed there.
    """

    urn: str
    name: str
    kind: str
    easting_m: int
    northing_m: int
    age_from: int | None = None
    age_to: int | None = None
    is_age_assumed: bool = False
    is_qualifying: bool = True
    is_special: bool = False

    def takes(self, age: int) -> bool:
        """Say whether a child of this age on 31 August before the year is of its ages."""
        if self.age_from is None or self.age_to is None:
            return False
        return self.age_from <= age <= self.age_to


def read_register(path: Path) -> tuple[School, ...]:
    """Read open schools with a position from the register or an extract of it.

    Raises
    ------
    InputError
        If the file is not one (F019).
    """
    try:
        content = path.read_bytes()
    except OSError:
        raise _fault(path.name, "it cannot be read") from None
    return _read(content, path.name)


@cache
def read_shipped_register(place: str) -> tuple[School, ...]:
    """Read the register that ships with a sample place; empty where none does."""
    if place not in SHIPPED:
        return ()
    folder, name = SHIPPED[place]
    content = resources.files("data").joinpath("open", folder, name).read_bytes()
    return _read(content, name)


def _read(content: bytes, name: str) -> tuple[School, ...]:
    if name.endswith(".gz"):
        content = gzip.decompress(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    rows = csv.DictReader(text.splitlines())
    headings = set(rows.fieldnames or ())
    found = {
        ours: next((h for h in theirs if h in headings), "")
        for ours, theirs in _COLUMNS.items()
    }
    if not all(found[ours] for ours in _NEEDED):
        raise _fault(name, "it has not the columns of the register")
    schools = (_build({ours: (row.get(h) or "").strip() for ours, h in found.items()})
               for row in rows)  # fmt: skip
    return tuple(sorted((s for s in schools if s is not None), key=lambda s: s.urn))


def _build(row: Mapping[str, str]) -> School | None:
    """Build a school; None for one that is closed or has no position."""
    if row["status"] and not row["status"].casefold().startswith("open"):
        return None
    east, north = _number(row["easting"]), _number(row["northing"])
    if not east or not north:
        return None
    kind, name = row["type"].casefold(), row["name"].casefold()
    is_special = any(word in kind for word in _SPECIAL)
    low, high = _number(row["low"]), _number(row["high"])
    ages = _PHASE_AGES.get(row["phase"].casefold())
    is_assumed = low is None or high is None
    if is_assumed and ages == _PHASE_AGES["primary"]:
        # The extracts name no ages, and half of the primary schools of a town may be these.
        if "infant" in name and "junior" not in name:
            ages = (4, 6)
        elif "junior" in name and "infant" not in name:
            ages = (7, 10)
    if not is_assumed and low is not None and high is not None:
        # The register's ages are at the start and in the course of the year: 4 to 11.
        ages = (low, min(high - 1, 15))
    is_qualifying = not any(word in kind for word in _NEVER) or "non-maintained" in kind
    return School(
        urn=row["urn"],
        name=row["name"],
        kind=row["type"],
        easting_m=east,
        northing_m=north,
        age_from=None if ages is None else ages[0],
        age_to=None if ages is None else ages[1],
        is_age_assumed=is_assumed,
        is_qualifying=is_qualifying,
        is_special=is_special,
    )


def _number(text: str) -> int | None:
    try:
        return int(float(text))
    except ValueError:
        return None


def _fault(name: str, reason: str) -> InputError:
    from data.imports.catalogue import build_problem

    return InputError([build_problem("F019", file=name, reason=reason)])
