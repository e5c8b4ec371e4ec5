"""Read the shipped open data: small CSV files, by column name."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping
from importlib import resources

from data.places import SiteKind
from data.samples.seeds import SiteSeed


def read_rows(folder: str, name: str) -> Iterator[dict[str, str]]:
    """Read the rows of a shipped CSV file, packed or plain.

    Parameters
    ----------
    folder, name
        Folder and file under ``data/open``.
    """
    path = resources.files("data").joinpath("open", folder, name)
    content = path.read_bytes()
    if name.endswith(".gz"):
        content = gzip.decompress(content)
    yield from csv.DictReader(content.decode("utf-8-sig").splitlines())


def find_count(text: str) -> int:
    """Whole number of a published cell; 0 for empty, ``x`` and ``z``."""
    try:
        return int(float(text))
    except ValueError:
        return 0


def read_plan_ages(folder: str) -> dict[str, dict[int, int]]:
    """Read published plans by age (on 31 August before) and placement.

    Published ages are at the January census; no month is given, so they are used as they are.
    """
    columns = {
        "special": "special_total",
        "mainstream": "mainstream_total",
        "further": "fe_total",
    }
    ages: dict[str, dict[int, int]] = {key: {} for key in columns}
    for row in read_rows(folder, "ehc_caseload.csv"):
        label = row["breakdown"]
        if row["breakdown_topic"] != "Child or young persons age" or not label.startswith(
            "age "
        ):
            continue
        for key, column in columns.items():
            ages[key][int(label.removeprefix("age "))] = find_count(row[column])
    return {key: dict(sorted(counts.items())) for key, counts in ages.items()}


def read_plan_needs(folder: str) -> dict[str, dict[str, int]]:
    """Read published plans by primary need and placement."""
    labels = {
        "Special - total": "special",
        "Mainstream - total": "mainstream",
        "FE - total": "further",
        "AP/PRU - total": "alternative",
    }
    needs: dict[str, dict[str, int]] = {}
    for row in read_rows(folder, "ehc_primary_need.csv"):
        key = labels.get(row["breakdown"])
        if row["breakdown_topic"] == "Type of placement" and key is not None:
            needs[key] = {
                column.removeprefix("number_"): find_count(value)
                for column, value in row.items()
                if column.startswith("number_") and column != "number_need_unknown"
            }
    return needs


def read_school(row: Mapping[str, str]) -> SiteSeed:
    """Start a site from a school's row in the register."""
    return SiteSeed(
        name=row["establishment_name"],
        kind=SiteKind.SCHOOL,
        easting_m=int(row["easting"]),
        northing_m=int(row["northing"]),
        lon=float(row["lon"]),
        lat=float(row["lat"]),
        weight=max(1, find_count(row["number_of_pupils"])),
        note=f"URN {row['urn']}",
    )


def is_in_box(row: Mapping[str, str], box: tuple[float, float, float, float]) -> bool:
    """Whether a row's lon and lat lie in (west, east, south, north)."""
    west, east, south, north = box
    return west < float(row["lon"]) < east and south < float(row["lat"]) < north
