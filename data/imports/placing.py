"""Where things are: postcodes and positions of every row turned into places, offline.

A position is used before a postcode. A postcode that is not in the table places a row at the
middle of its sector, with a warning; without a known sector the row cannot be placed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import hypot
from typing import Any

import numpy as np

from data.imports.staging import Record, Staging
from data.places import Place
from data.sources.postcode_typos import mend_look_alikes
from data.sources.postcodes import PostcodeTable, normalise_postcode

FAR_FROM_POSTCODE_M = 2_000
FAR_FROM_AREA_M = 60_000
POSITIONS_AGREE_M = 100
GRID_EAST_M = (0, 700_000)
GRID_NORTH_M = (0, 1_300_000)
LON_GB = (-9.0, 2.1)
LAT_GB = (49.7, 61.1)

_UNKNOWN = frozenset({"L002", "L003", "L019"})
_MOST_HINTS = 100

PLACED_SHEETS = ("homes", "sites", "gates", "pick_up_points", "depots")
_PREFIX = {
    "homes": "home",
    "sites": "site",
    "gates": "gate",
    "pick_up_points": "point",
    "depots": "depot",
}


@dataclass(kw_only=True)
class Draft:
    """A place on its way: where it is said to be, and by which row."""

    sheet: str
    record: Record
    place_id: str
    postcode: str | None
    easting_m: int | None
    northing_m: int | None
    lat: float | None
    lon: float | None
    is_beyond_network: bool = False
    postcode_attribute: str = "postcode"
    is_secret: bool = False
    is_by_sector: bool = False


@dataclass(kw_only=True)
class Placing:
    """Places found, and the place of each row.

    Attributes
    ----------
    of_row
        Place id by (sheet, row, attribute).
    """

    places: dict[str, Place] = field(default_factory=dict)
    of_row: dict[tuple[str, int, str], str] = field(default_factory=dict)
    owners: dict[str, tuple[str, int]] = field(default_factory=dict)


def place_rows(staging: Staging, table: PostcodeTable) -> Placing:
    """Place every row that stands somewhere; what cannot be placed is noted and rejected."""
    placing = Placing()
    drafts = [
        Draft(
            sheet="places",
            record=record,
            place_id=record.value.place_id,
            is_beyond_network=record.value.is_beyond_network,
            **_position(record.value),
        )
        for record in staging.records("places")
    ]
    _add(staging, table, placing, drafts)
    drafts = []
    for sheet in PLACED_SHEETS:
        for record in staging.records(sheet):
            draft = _draft(staging, placing, sheet, record)
            if draft is not None:
                drafts.append(draft)
    drafts.extend(_supplier_drafts(staging, placing))
    _add(staging, table, placing, drafts)
    _check_area(staging, placing)
    return placing


def _position(row: Any) -> dict[str, Any]:
    names = ("postcode", "easting_m", "northing_m", "lat", "lon")
    return {name: getattr(row, name) for name in names}


def _draft(staging: Staging, placing: Placing, sheet: str, record: Record) -> Draft | None:
    """Draft the place of a row, or point the row at a place of the places sheet."""
    row = record.value
    position = _position(row)
    has_own = any(value is not None for value in position.values())
    key = getattr(row, staging.sheets[sheet].spec.key)
    if row.place_id is not None:
        if row.place_id in placing.places and placing.owners[row.place_id][0] == "places":
            placing.of_row[sheet, record.row, "place_id"] = row.place_id
            if any(position[name] is not None for name in ("easting_m", "lat")):
                staging.note("L016", sheet, record, "place_id", value=row.place_id)
            return None
        if not has_own:
            staging.note(
                "X002", sheet, record, "place_id", value=row.place_id, table="places", hint=""
            )
            return None
    elif not has_own:
        staging.note("L004", sheet, record)
        return None
    return Draft(
        sheet=sheet,
        record=record,
        place_id=row.place_id or f"{_PREFIX[sheet]}-{key}",
        is_secret=bool(getattr(row, "is_protected", False)),
        **position,
    )


def _supplier_drafts(staging: Staging, placing: Placing) -> list[Draft]:
    """Draft the bases and area centres that suppliers give by postcode."""
    drafts = []
    for record in staging.records("suppliers"):
        row = record.value
        for end in ("base", "area_centre"):
            given = getattr(row, f"{end}_place_id")
            postcode = getattr(row, f"{end}_postcode")
            if given is not None:
                placing.of_row["suppliers", record.row, f"{end}_place_id"] = given
            elif postcode is not None:
                drafts.append(
                    Draft(
                        sheet="suppliers",
                        record=record,
                        place_id=f"supplier-{row.supplier_id}-{end}",
                        postcode=postcode,
                        easting_m=None,
                        northing_m=None,
                        lat=None,
                        lon=None,
                        postcode_attribute=f"{end}_postcode",
                    )
                )
    return drafts


def _add(staging: Staging, table: PostcodeTable, placing: Placing, drafts: list[Draft]) -> None:
    """Work out the position of each draft, many at a time, and add its place."""
    good = [draft for draft in drafts if _check_position(staging, draft)]
    for draft in good:
        _mend_postcode(staging, table, draft)
    _fill_grid(staging, good)
    placed = [draft for draft in good if _place_by_postcode(staging, table, draft)]
    _check_postcodes(staging, table, placed)
    _fill_degrees(placed)
    for draft in placed:
        _add_place(staging, placing, draft)


def _add_place(staging: Staging, placing: Placing, draft: Draft) -> None:
    assert draft.easting_m is not None and draft.northing_m is not None  # noqa: S101, PT018
    assert draft.lon is not None and draft.lat is not None  # noqa: S101, PT018
    place = Place(
        place_id=draft.place_id,
        easting_m=draft.easting_m,
        northing_m=draft.northing_m,
        lon=draft.lon,
        lat=draft.lat,
        postcode=draft.postcode,
        is_beyond_network=draft.is_beyond_network,
    )
    other = placing.places.get(draft.place_id)
    codes = staging.sheets[draft.sheet].rejected.get(draft.record.row, [])
    if other is not None and other != place and "X001" not in codes:
        attribute = "place_id" if draft.sheet != "suppliers" else ""
        staging.note(
            "L015",
            draft.sheet,
            draft.record,
            attribute,
            value=place.place_id,
            place=place.place_id,
        )
        return
    placing.places[draft.place_id] = place
    placing.owners.setdefault(draft.place_id, (draft.sheet, draft.record.row))
    attribute = "place_id"
    if draft.sheet == "suppliers":
        attribute = draft.postcode_attribute.replace("postcode", "place_id")
    placing.of_row[draft.sheet, draft.record.row, attribute] = draft.place_id


def _check_position(staging: Staging, draft: Draft) -> bool:
    """Check the numbers of a position for the usual slips; note the first found."""
    sheet, record = draft.sheet, draft.record
    pairs = (("easting_m", "northing_m", "L010"), ("lat", "lon", "L009"))
    for first, second, _ in pairs:
        values = getattr(draft, first), getattr(draft, second)
        if (values[0] is None) != (values[1] is None):
            missing = first if values[0] is None else second
            staging.note("L005", sheet, record, missing, pair=f"{first}, {second}")
            return False
        if values == (0, 0):
            staging.note("L008", sheet, record, first, value=0)
            return False
    if draft.easting_m is not None and draft.northing_m is not None:
        code = _judge_grid(draft.easting_m, draft.northing_m)
        if code:
            staging.note(code, sheet, record, "easting_m", value=draft.easting_m)
            return False
    if draft.lat is not None and draft.lon is not None:
        code = _judge_degrees(draft.lat, draft.lon)
        if code:
            attribute = "lon" if code == "L007" else "lat"
            staging.note(code, sheet, record, attribute, value=getattr(draft, attribute))
            return False
    return True


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _judge_grid(easting_m: int, northing_m: int) -> str:
    if abs(easting_m) <= 180 and abs(northing_m) <= 180:
        return "L010"
    if _within(easting_m, GRID_EAST_M) and _within(northing_m, GRID_NORTH_M):
        return ""
    if _within(northing_m, GRID_EAST_M) and _within(easting_m, GRID_NORTH_M):
        return "L018"
    return "L011"


def _judge_degrees(lat: float, lon: float) -> str:
    if _within(lat, LAT_GB) and _within(lon, LON_GB):
        return ""
    if _within(lon, LAT_GB) and _within(lat, LON_GB):
        return "L006"
    if _within(lat, LAT_GB) and _within(-lon, LON_GB):
        return "L007"
    if abs(lat) > 1_000 and abs(lon) > 1_000:
        return "L009"
    return "L011"


def _mend_postcode(staging: Staging, table: PostcodeTable, draft: Draft) -> None:
    if draft.postcode is None or draft.postcode in table:
        return
    mended = mend_look_alikes(table, draft.postcode)
    if mended is not None:
        staging.note(
            "L017", draft.sheet, draft.record, draft.postcode_attribute, value=draft.postcode
        )
        draft.postcode = mended


def _hint(staging: Staging, table: PostcodeTable, draft: Draft) -> str:
    """Say which postcodes may be meant; nothing of a protected home.

    Where the table knows no postcode of the district and many are unknown, it is the wrong
    table, and looking for typing errors is a waste of time.
    """
    if draft.is_secret or draft.postcode is None:
        return ""
    if staging.count_codes(_UNKNOWN) > _MOST_HINTS and not table.covers(draft.postcode):
        return ""
    near = None
    if draft.easting_m is not None and draft.northing_m is not None:
        near = draft.easting_m, draft.northing_m
    found = table.suggest(draft.postcode, near=near)
    return f"Did you mean {' or '.join(found)}? " if found else ""


def _place_by_postcode(staging: Staging, table: PostcodeTable, draft: Draft) -> bool:
    """Place a draft that has no position yet by its postcode, or its sector."""
    if draft.easting_m is not None:
        return True
    if draft.postcode is None:
        staging.note("L004", draft.sheet, draft.record)
        return False
    sheet, record, attribute = draft.sheet, draft.record, draft.postcode_attribute
    found = table.find(draft.postcode)
    if found is None:
        sector = table.find_sector(draft.postcode)
        is_form = normalise_postcode(draft.postcode) is not None
        hint = _hint(staging, table, draft)
        if sector is None or not is_form:
            staging.note("L003", sheet, record, attribute, value=draft.postcode, hint=hint)
            return False
        staging.note(
            "L002", sheet, record, attribute, value=draft.postcode, hint=hint, far_m=sector[2]
        )
        found = sector[:2]
        draft.is_by_sector = True
    draft.easting_m, draft.northing_m = found
    return True


def _fill_grid(staging: Staging, drafts: list[Draft]) -> None:
    """Turn degrees into grid positions; where both are given, see that they agree."""
    given = [draft for draft in drafts if draft.lat is not None and draft.lon is not None]
    if not given:
        return
    from convertbng.cutil import convert_bng

    east, north = convert_bng(
        np.array([draft.lon for draft in given]), np.array([draft.lat for draft in given])
    )
    for draft, easting, northing in zip(given, east, north, strict=True):
        if draft.easting_m is None:
            if np.isnan(easting):
                staging.note("L011", draft.sheet, draft.record, "lat", value=draft.lat)
                draft.lat = draft.lon = None
                continue
            draft.easting_m, draft.northing_m = round(float(easting)), round(float(northing))
        elif not np.isnan(easting):
            assert draft.northing_m is not None  # noqa: S101
            far = hypot(draft.easting_m - easting, draft.northing_m - northing)
            if far > POSITIONS_AGREE_M:
                staging.note(
                    "L014", draft.sheet, draft.record, "lat", value=draft.lat, far_m=round(far)
                )


def _fill_degrees(drafts: list[Draft]) -> None:
    missing = [draft for draft in drafts if draft.lat is None]
    if not missing:
        return
    from convertbng.cutil import convert_lonlat

    lon, lat = convert_lonlat(
        np.array([float(draft.easting_m or 0) for draft in missing]),
        np.array([float(draft.northing_m or 0) for draft in missing]),
    )
    for draft, x, y in zip(missing, lon, lat, strict=True):
        draft.lon, draft.lat = round(float(x), 6), round(float(y), 6)


def _check_postcodes(staging: Staging, table: PostcodeTable, drafts: list[Draft]) -> None:
    """See that a position lies near the postcode of its row."""
    for draft in drafts:
        if draft.postcode is None or draft.easting_m is None or draft.northing_m is None:
            continue
        point = table.find(draft.postcode)
        if point is None:
            _note_unknown(staging, table, draft)
            continue
        far = hypot(draft.easting_m - point[0], draft.northing_m - point[1])
        if far > FAR_FROM_POSTCODE_M:
            staging.note(
                "L013",
                draft.sheet,
                draft.record,
                draft.postcode_attribute,
                value=draft.postcode,
                far_km=f"{far / 1000:.1f}",
            )


def _note_unknown(staging: Staging, table: PostcodeTable, draft: Draft) -> None:
    """Note a postcode the table should know; districts it does not cover are passed over."""
    assert draft.postcode is not None  # noqa: S101
    is_form = normalise_postcode(draft.postcode) is not None
    if draft.is_by_sector or (is_form and not table.covers(draft.postcode)):
        return
    staging.note(
        "L019",
        draft.sheet,
        draft.record,
        draft.postcode_attribute,
        value=draft.postcode,
        hint=_hint(staging, table, draft),
    )
    if not is_form:
        draft.postcode = None


def _check_area(staging: Staging, placing: Placing) -> None:
    """Warn of places far outside the box that holds nine tenths of all places."""
    places = list(placing.places.values())
    if len(places) < 5:
        return
    east = np.array([place.easting_m for place in places])
    north = np.array([place.northing_m for place in places])
    west, right = np.percentile(east, (5, 95))
    south, top = np.percentile(north, (5, 95))
    beyond_x = np.maximum(np.maximum(west - east, east - right), 0)
    beyond_y = np.maximum(np.maximum(south - north, north - top), 0)
    far = np.hypot(beyond_x, beyond_y)
    for at in np.flatnonzero(far > FAR_FROM_AREA_M):
        sheet, row = placing.owners[places[at].place_id]
        staging.note("L012", sheet, row, far_km=round(float(far[at]) / 1000))
