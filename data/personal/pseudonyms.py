"""Exports for analysis under pseudonyms that differ by recipient and lead back by a key only.

A pseudonym is a keyed hash (HMAC-SHA-256) of recipient and identifier: the same person has
another one in another recipient's export, so that two exports cannot be joined by it. What is
written is coarse: age in bands, home as a postcode sector, distance in whole miles.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import os
import re
import secrets
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from data.errors import InputError, Problem, Severity
from data.inputs import Inputs

RECIPIENT = re.compile(r"[a-z][a-z0-9-]{1,39}")
AGE_BANDS = ((0, 4), (5, 10), (11, 15), (16, 18), (19, 24), (25, 64), (65, 130))
JOINABLE = ("age", "phase", "wheelchair", "assistant", "area", "site_id", "direction", "days")
"""Columns that say the same in every recipient's export: coarse, of many people each."""
SMALLEST = 5
"""An area with fewer passengers is written as ``other``."""


def read_key(folder: Path) -> bytes:
    """Read the place's key of pseudonyms, made by chance and owner-only on first use.

    It lies apart from store and exports; whoever has it can lead a pseudonym back.
    """
    path = folder / "pseudonyms.key"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
    return path.read_bytes()


def build_pseudonym(key: bytes, recipient: str, identifier: str) -> str:
    """Build the pseudonym of an identifier for one recipient: 16 letters and digits."""
    digest = hmac.new(key, f"{recipient}\0{identifier}".encode(), hashlib.sha256)
    return f"x{digest.hexdigest()[:15]}"


def build_pseudonymised(inputs: Inputs, recipient: str, key: bytes) -> dict[str, bytes]:
    """Build the tables of an export: passengers and their journeys, coarse and without names.

    Returns
    -------
    CSV files by name. Rows are in order of their pseudonyms, so that the order says nothing.

    Raises
    ------
    InputError
        W003 if the recipient's name is not lower-case letters, digits and ``-``.
    """
    if not RECIPIENT.fullmatch(recipient):
        raise InputError(
            [
                Problem(
                    code="W003",
                    severity=Severity.ERROR,
                    value=recipient[:60],
                    cause="a recipient's name must be lower-case letters, digits and -.",
                    suggestion="Choose a name such as university-study.",
                )
            ]
        )
    areas = _find_areas(inputs)
    people = []
    for p in inputs.passengers:
        people.append(
            (
                build_pseudonym(key, recipient, p.passenger_id),
                _band(_age(p.birth_date, inputs.service_date)),
                p.phase.value,
                p.wheelchair.value,
                p.assistant.value,
                areas.get(p.passenger_id, "other"),
            )
        )
    journeys = []
    for d in inputs.demands:
        journeys.append(
            (
                build_pseudonym(key, recipient, d.passenger_id),
                d.site_id,
                d.direction.value,
                len(d.weekdays),
            )
        )
    return {
        "passengers.csv": _write(
            ("pseudonym", "age", "phase", "wheelchair", "assistant", "area"), people
        ),
        "journeys.csv": _write(("pseudonym", "site_id", "direction", "days"), journeys),
    }


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _band(age: int) -> str:
    for low, high in AGE_BANDS:
        if low <= age <= high:
            return f"{low} to {high}"
    return "other"


def _find_areas(inputs: Inputs) -> dict[str, str]:
    """Find the postcode sector of each passenger's first home; rare and protected: other."""
    places = {p.place_id: p.postcode for p in inputs.places}
    sectors: dict[str, str] = {}
    hidden = {h.passenger_id for h in inputs.homes if h.is_protected}
    for home in inputs.homes:
        postcode = places.get(home.place_id)
        if postcode and home.passenger_id not in hidden:
            sectors.setdefault(home.passenger_id, postcode[:-2])
    counts: dict[str, int] = {}
    for sector in sectors.values():
        counts[sector] = counts.get(sector, 0) + 1
    return {p: s if counts[s] >= SMALLEST else "other" for p, s in sectors.items()}


def _write(headings: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows(sorted(rows, key=str))
    return stream.getvalue().encode()
