"""Changes of schools, colleges and day centres: where, when, and who goes where."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from data.places import Place, Site
from data.units import S_PER_DAY
from scenarios.changes.change import Change, ChangeError, Draft
from scenarios.changes.choose import check_known, choose, find_passengers


def _read_clock(value: object) -> object:
    if isinstance(value, str) and (
        match := re.fullmatch(r"(\d{1,2}):([0-5]\d)", value.strip())
    ):
        return int(match[1]) * 3600 + int(match[2]) * 60
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError('a time of day such as "08:45" is needed')


Clock = Annotated[int, BeforeValidator(_read_clock), Field(ge=0, le=S_PER_DAY)]
"""A time of day, "08:45". [s after midnight]"""


class MoveSite(Change):
    """A site moves to another point of the map."""

    kind: Literal["move_site"]
    site_id: str
    easting_m: int = Field(ge=0, le=700_000)
    northing_m: int = Field(ge=0, le=1_300_000)
    name: str = ""

    def apply(self, draft: Draft) -> None:
        """Give the site a new place."""
        site = find_site(draft, self.site_id)
        place = add_place(draft, f"{self.site_id}-MOVED", self.easting_m, self.northing_m)
        put_site(draft, replace(site, place_id=place.place_id, name=self.name or site.name))
        # its gates stay behind: walks are then measured to the new place itself
        draft.put(gates=tuple(g for g in draft.inputs.gates if g.site_id != self.site_id))
        touch_site(draft, self.site_id, "site_moved")


class OpenSite(Change):
    """A new site takes passengers from others, with the times of one of them."""

    kind: Literal["open_site"]
    site_id: str
    name: str
    like: str
    easting_m: int = Field(ge=0, le=700_000)
    northing_m: int = Field(ge=0, le=1_300_000)
    number: int = Field(ge=1)
    sites: tuple[str, ...] = ()
    """Sites they come from; by default the one it is like."""

    def apply(self, draft: Draft) -> None:
        """Add the site and move passengers to it."""
        model = find_site(draft, self.like)
        if any(s.site_id == self.site_id for s in draft.inputs.sites):
            raise ChangeError("Y011", "site_id", "There is such a site already.", "Rename it.")
        place = add_place(draft, f"{self.site_id}-PLACE", self.easting_m, self.northing_m)
        site = replace(
            model,
            site_id=self.site_id,
            name=self.name,
            place_id=place.place_id,
            is_position_assumed=True,
        )
        draft.put(sites=(*draft.inputs.sites, site))
        found = find_passengers(draft, sites=self.sites or (self.like,))
        ids = {p.passenger_id for p in choose(draft, found, self.number)}
        move_demands(draft, set(self.sites or (self.like,)), self.site_id, ids)


class SetBellTimes(Change):
    """A site's times move together, or are set one by one."""

    kind: Literal["set_bell_times"]
    site_id: str
    shift_minutes: int = 0
    arrive_from: Clock | None = None
    arrive_by: Clock | None = None
    leave_from: Clock | None = None
    leave_by: Clock | None = None

    def apply(self, draft: Draft) -> None:
        """Set the site's windows."""
        site = find_site(draft, self.site_id)
        shift_s = self.shift_minutes * 60
        times: dict[str, Any] = {
            name: (getattr(site, f"{name}_s") if value is None else value) + shift_s
            for name, value in (
                ("arrive_from", self.arrive_from),
                ("arrive_by", self.arrive_by),
                ("leave_from", self.leave_from),
                ("leave_by", self.leave_by),
            )
        }
        order = [times[n] for n in ("arrive_from", "arrive_by", "leave_from", "leave_by")]
        if order != sorted(order) or order[0] < 0 or order[-1] > S_PER_DAY:
            raise ChangeError(
                "Y011",
                "shift_minutes",
                "The site's windows would not follow each other within the day.",
                "Check the four times.",
            )
        windows: dict[str, Any] = {f"{name}_s": value for name, value in times.items()}
        put_site(draft, replace(site, **windows))
        touch_site(draft, self.site_id, "bell_moved")


class MergeSites(Change):
    """A site closes and its passengers go to another one (day centres: SCL4, SCL5)."""

    kind: Literal["merge_sites"]
    closes: str
    into: str
    saving_pounds_per_year: float = 0.0
    """Running cost of the site that no longer falls due; stated by whoever knows it."""

    def apply(self, draft: Draft) -> None:
        """Move everybody and close the site."""
        closing, other = find_site(draft, self.closes), find_site(draft, self.into)
        if closing == other or closing.is_day_service != other.is_day_service:
            raise ChangeError(
                "Y011", "into", "Sites of one kind, and two of them, are needed.", "Choose two."
            )
        ids = {p.passenger_id for p in find_passengers(draft, sites=(self.closes,))}
        move_demands(draft, {self.closes}, self.into, ids)
        sites = tuple(s for s in draft.inputs.sites if s.site_id != self.closes)
        gates = tuple(g for g in draft.inputs.gates if g.site_id != self.closes)
        draft.put(sites=sites, gates=gates)
        if other.n_places is not None:
            n = max_a_day(draft, self.into)
            if n > other.n_places:
                draft.notes.append(
                    f"{other.name} has {other.n_places} places and would have {n} on its "
                    "fullest day."
                )
        if self.saving_pounds_per_year:
            draft.add_yearly(
                f"running cost of {closing.name}", -self.saving_pounds_per_year * 100
            )


def max_a_day(draft: Draft, site_id: str) -> int:
    """Count who attends a site on its fullest weekday."""
    days: dict[int, set[str]] = {}
    for d in draft.inputs.demands:
        if d.site_id == site_id:
            for weekday in d.weekdays:
                days.setdefault(weekday, set()).add(d.passenger_id)
    return max((len(ids) for ids in days.values()), default=0)


def find_site(draft: Draft, site_id: str) -> Site:
    """Find a site; Y010 if there is none."""
    check_known("site_id", (site_id,), [s.site_id for s in draft.inputs.sites])
    return next(s for s in draft.inputs.sites if s.site_id == site_id)


def put_site(draft: Draft, site: Site) -> None:
    """Put a changed site in the place of the old one."""
    draft.put(sites=tuple(site if s.site_id == site.site_id else s for s in draft.inputs.sites))


def touch_site(draft: Draft, site_id: str, what: str) -> None:
    """Remember everybody who travels to a site."""
    draft.touch(what, {d.passenger_id for d in draft.inputs.demands if d.site_id == site_id})


def move_demands(draft: Draft, sites: set[str], to: str, ids: set[str]) -> None:
    """Let passengers travel to another site."""
    draft.put(
        demands=tuple(
            replace(d, site_id=to) if d.passenger_id in ids and d.site_id in sites else d
            for d in draft.inputs.demands
        )
    )
    draft.touch("site_changed", ids)


def add_place(draft: Draft, place_id: str, easting_m: int, northing_m: int) -> Place:
    """Add a place by its grid position."""
    import numpy as np

    from data.samples.geography import find_lonlat

    if any(p.place_id == place_id for p in draft.inputs.places):
        raise ChangeError("Y011", "site_id", "It was moved already.", "Move it once.")
    lon, lat = find_lonlat(np.array([easting_m]), np.array([northing_m]))
    place = Place(
        place_id=place_id,
        easting_m=easting_m,
        northing_m=northing_m,
        lon=round(float(lon[0]), 6),
        lat=round(float(lat[0]), 6),
    )
    draft.put(places=(*draft.inputs.places, place))
    return place


__all__ = [
    "Clock",
    "MergeSites",
    "MoveSite",
    "OpenSite",
    "SetBellTimes",
    "add_place",
    "find_site",
    "put_site",
]
