"""The inputs of one date: the standing ones with what is different on that date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from data.demand import close_early
from data.expiry import bar_expired
from data.inputs import Inputs
from data.nights import DayChange, DayChangeKind
from data.units import S_PER_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class DayInputs:
    """Inputs of one date, and which changes they hold.

    Attributes
    ----------
    inputs
        For the date, with the changes.
    standing
        For the date, without them.
    applied
        Changes that made a difference.
    idle
        Changes that name nobody and nothing in the inputs, or change nothing on this date.
    withheld_home_ids
        Homes that must not be called at nor shown.
    announced
        Early closings of the calendar on the date: the kind of day holds them, and what differs
        for them from other days is explained by them.
    """

    inputs: Inputs
    standing: Inputs
    applied: tuple[DayChange, ...]
    idle: tuple[DayChange, ...]
    withheld_home_ids: tuple[str, ...]
    announced: tuple[DayChange, ...] = ()

    @property
    def is_changed(self) -> bool:
        """Whether the date differs from what stands."""
        return bool(self.applied)


def apply_day_changes(inputs: Inputs, changes: Sequence[DayChange], on: date) -> DayInputs:
    """Work the changes of a date into inputs; the order of the changes makes no difference.

    Parameters
    ----------
    inputs
        Standing inputs.
    changes
        Those of any dates; the others are passed over.
    on
        Service date.

    Returns
    -------
    Inputs for the date. A passenger who is absent keeps their record and loses the demand; a
    vehicle or crew that is off is not there; a site that is closed has no demand.
    """
    standing = bar_expired(replace(inputs, service_date=on), on)
    announced = _find_announced(inputs, on)
    held = sorted(
        {c for c in changes if c.is_on(on)}, key=lambda c: (c.kind, c.target_id, c.leave_s or 0)
    )
    wanted: dict[DayChangeKind, set[str]] = {kind: set() for kind in DayChangeKind}
    for change in held:
        wanted[change.kind].add(change.target_id)
    away = (
        wanted[DayChangeKind.PASSENGER_ABSENT] | wanted[DayChangeKind.PASSENGER_LEFT]
    )  # fmt: skip
    closed = wanted[DayChangeKind.SITE_CLOSED]
    withheld = wanted[DayChangeKind.ADDRESS_WITHHELD]
    early = _find_early(held, announced)
    made = replace(
        standing,
        demands=tuple(
            d
            for d in inputs.demands
            if d.passenger_id not in away
            and d.site_id not in closed
            and d.home_id not in withheld
        ),
        vehicles=tuple(
            v
            for v in standing.vehicles
            if v.vehicle_id not in wanted[DayChangeKind.VEHICLE_OFF]
        ),
        crews=tuple(
            c for c in standing.crews if c.crew_id not in wanted[DayChangeKind.CREW_OFF]
        ),
        sites=tuple(
            close_early(s, early[s.site_id]) if s.site_id in early else s for s in inputs.sites
        ),
    )
    known = {
        DayChangeKind.PASSENGER_ABSENT: {d.passenger_id for d in inputs.demands},
        DayChangeKind.PASSENGER_LEFT: {d.passenger_id for d in inputs.demands},
        DayChangeKind.ADDRESS_WITHHELD: {d.home_id for d in inputs.demands},
        DayChangeKind.VEHICLE_OFF: {v.vehicle_id for v in inputs.vehicles},
        DayChangeKind.CREW_OFF: {c.crew_id for c in inputs.crews},
        DayChangeKind.SITE_CLOSED: {d.site_id for d in inputs.demands},
        DayChangeKind.SITE_LEAVES_EARLY: {s.site_id for s in inputs.sites} & set(early),
    }
    homes = {h.home_id for h in inputs.homes}
    return DayInputs(
        inputs=made,
        standing=standing,
        applied=tuple(c for c in held if c.target_id in known[c.kind]),
        idle=tuple(c for c in held if c.target_id not in known[c.kind]),
        withheld_home_ids=tuple(sorted(withheld & homes)),
        announced=announced,
    )


def _find_announced(inputs: Inputs, on: date) -> tuple[DayChange, ...]:
    """Find the early closings of the calendar on a date."""
    return tuple(
        DayChange(
            kind=DayChangeKind.SITE_LEAVES_EARLY,
            target_id=c.site_id,
            first_date=on,
            last_date=on,
            leave_s=c.leave_from_s,
        )
        for c in inputs.early_closings
        if c.on == on
    )


def _find_early(held: Sequence[DayChange], announced: Sequence[DayChange]) -> dict[str, int]:
    """Find when sites leave that leave earlier than the calendar says. [s after midnight]"""
    due_s = {c.target_id: c.leave_s for c in announced}
    return {
        c.target_id: c.leave_s
        for c in held
        if c.kind is DayChangeKind.SITE_LEAVES_EARLY
        and c.leave_s is not None
        and c.leave_s < (due_s.get(c.target_id) or S_PER_DAY)
    }
