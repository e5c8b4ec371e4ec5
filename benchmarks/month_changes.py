"""What changes in a month of a place, drawn from rates: each with its source or an assumption.

The people of the sample are all there are: some are held back and start during the month, so
that travel times between all homes are known from the beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from data.inputs import Inputs
from data.nights import DayChange, DayChangeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How often something happens.

    Attributes
    ----------
    per_day
        Chance on a day with service, of each of those whom it can happen to.
    mean_days
        Mean length in days with service; 0 for what lasts.
    """

    name: str
    per_day: float
    mean_days: float
    basis: str


RATES = {
    rate.name: rate
    for rate in (
        Rate(
            name="absence",
            per_day=0.012,
            mean_days=2.5,
            basis="assumption: 3 % of passengers away with word the evening before; schools "
            "count more absence than that, most of it told on the morning itself",
        ),
        Rate(
            name="starter",
            per_day=0.0008,
            mean_days=0,
            basis="assumption: one in five of those carried starts within a school year",
        ),
        Rate(
            name="leaver",
            per_day=0.0006,
            mean_days=0,
            basis="assumption: one in nine of those carried leaves within a school year, "
            "besides the end of July",
        ),
        Rate(
            name="move",
            per_day=0.0004,
            mean_days=0,
            basis="assumption: about one household in thirteen moves in a year",
        ),
        Rate(
            name="vehicle off",
            per_day=0.015,
            mean_days=1.5,
            basis="assumption: inspections, repairs, breakdowns seen the evening before",
        ),
        Rate(
            name="crew off",
            per_day=0.015,
            mean_days=2.0,
            basis="assumption: 3 % of working days lost to sickness",
        ),
        Rate(
            name="site closed",
            per_day=0.001,
            mean_days=1.0,
            basis="assumption: burst pipes, elections, snow apart",
        ),
        Rate(
            name="site leaves early",
            per_day=0.001,
            mean_days=1.0,
            basis="assumption: the last day before a holiday, performances",
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """What one service date brings.

    Attributes
    ----------
    inputs
        Standing inputs from that date on.
    changes
        Changes of the day known the evening before, all that hold.
    counts
        How many things of each kind began.
    """

    on: date
    inputs: Inputs
    changes: tuple[DayChange, ...]
    counts: tuple[tuple[str, int], ...]


def hold_back(inputs: Inputs, n_people: int, seed: int) -> tuple[Inputs, tuple[str, ...]]:
    """Hold people without companions back, to start later; their homes stay on the map."""
    draw = np.random.default_rng([seed, 1])
    single = [
        p.passenger_id
        for p in inputs.passengers
        if not p.together_with and not p.assistant_id and p.passenger_id
    ]
    held = tuple(sorted(single[int(i)] for i in draw.permutation(len(single))[:n_people]))
    gone = set(held)
    kept = tuple(d for d in inputs.demands if d.passenger_id not in gone)
    return replace(inputs, demands=kept), held


def draw_month(
    whole: Inputs, held: Sequence[str], dates: Sequence[date], seed: int
) -> tuple[Morning, ...]:
    """Draw a month of changes; equal arguments give equal months.

    Parameters
    ----------
    whole
        The place with everybody in it, held back or not.
    held
        Who is held back, from `hold_back`.
    """
    draw = np.random.default_rng([seed, 2])
    waiting = list(held)
    travelling = {d.passenger_id for d in whole.demands} - set(held)
    homes = {h.home_id: h.place_id for h in whole.homes}
    free_places = sorted({h.place_id for h in whole.homes if h.passenger_id in set(held)})
    running: list[tuple[DayChange, int]] = []
    mornings = []
    for on in dates:
        counts: dict[str, int] = {}
        n_start = min(len(waiting), int(draw.poisson(_rate("starter") * len(travelling))))
        starters, waiting = waiting[:n_start], waiting[n_start:]
        leavers = _draw_some(draw, sorted(travelling), _rate("leaver"))
        travelling = (travelling | set(starters)) - set(leavers)
        own = [h for h in whole.homes if h.passenger_id in travelling]
        movers = _draw_some(draw, [h.home_id for h in own], _rate("move"))
        for home_id in movers:
            homes[home_id] = free_places[int(draw.integers(len(free_places)))]
        inputs = replace(
            whole,
            service_date=on,
            demands=tuple(d for d in whole.demands if d.passenger_id in travelling),
            homes=tuple(replace(h, place_id=homes[h.home_id]) for h in whole.homes),
        )
        counts |= {"starter": n_start, "leaver": len(leavers), "move": len(movers)}
        running = [(c, left - 1) for c, left in running if left > 1]
        for name, kind, ids in (
            ("absence", DayChangeKind.PASSENGER_ABSENT, sorted(travelling)),
            ("vehicle off", DayChangeKind.VEHICLE_OFF, [v.vehicle_id for v in whole.vehicles]),
            ("crew off", DayChangeKind.CREW_OFF, [c.crew_id for c in whole.crews]),
            ("site closed", DayChangeKind.SITE_CLOSED, [s.site_id for s in whole.sites]),
            (
                "site leaves early",
                DayChangeKind.SITE_LEAVES_EARLY,
                [s.site_id for s in whole.sites],
            ),
        ):
            fresh = _begin(draw, whole, name, kind, ids, on)
            counts[name] = len(fresh)
            running += fresh
        mornings.append(
            Morning(
                on=on,
                inputs=inputs,
                changes=tuple(replace(c, first_date=on, last_date=on) for c, _ in running),
                counts=tuple(counts.items()),
            )
        )
    return tuple(mornings)


def _rate(name: str) -> float:
    return RATES[name].per_day


def _draw_some(draw: np.random.Generator, ids: Sequence[str], chance: float) -> list[str]:
    """Draw each of these with the same chance."""
    return [one for one, hit in zip(ids, draw.random(len(ids)) < chance, strict=True) if hit]


def _begin(
    draw: np.random.Generator,
    whole: Inputs,
    name: str,
    kind: DayChangeKind,
    ids: Sequence[str],
    on: date,
) -> list[tuple[DayChange, int]]:
    """Begin changes of one kind, each with the days that it lasts."""
    rate = RATES[name]
    leaves = {s.site_id: s.leave_from_s - 3_600 for s in whole.sites}
    return [
        (
            DayChange(
                kind=kind,
                target_id=one,
                first_date=on,
                last_date=on + timedelta(days=1),
                leave_s=leaves[one] if kind is DayChangeKind.SITE_LEAVES_EARLY else None,
            ),
            int(draw.geometric(1 / rate.mean_days)),
        )
        for one in _draw_some(draw, ids, rate.per_day)
    ]
