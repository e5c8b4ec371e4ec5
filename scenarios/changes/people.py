"""Changes of who travels: growth, starters and leavers, fewer trips."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pydantic import Field

from data.passengers import Demand, Passenger, Phase
from data.places import Home
from scenarios.changes.change import Change, ChangeError, Draft
from scenarios.changes.choose import choose, count_share, find_passengers, remove_passengers
from scenarios.numbers import Percent, Rise, fixed


class ScaleDemand(Change):
    """More or fewer passengers of a kind.

    Growth adds passengers like those there are, each at the home of another one of the same
    phase; a fall removes passengers at random.
    """

    kind: Literal["scale_demand"]
    percent: Rise
    phases: tuple[Phase, ...] = ()
    needs: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()

    def apply(self, draft: Draft) -> None:
        """Add or remove passengers."""
        found = find_passengers(draft, phases=self.phases, needs=self.needs, sites=self.sites)
        n = count_share(len(found), abs(fixed(self.percent)))
        if fixed(self.percent) < 0:
            remove_passengers(draft, (p.passenger_id for p in choose(draft, found, n)))
        else:
            add_likenesses(draft, found, n)


class Starters(Change):
    """New passengers like those there are."""

    kind: Literal["starters"]
    number: int = Field(ge=1)
    phases: tuple[Phase, ...] = ()
    needs: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()

    def apply(self, draft: Draft) -> None:
        """Add the passengers."""
        found = find_passengers(draft, phases=self.phases, needs=self.needs, sites=self.sites)
        if not found:
            raise ChangeError(
                "Y011", "number", "Nobody is like the starters described.", "Widen the filters."
            )
        add_likenesses(draft, found, self.number)


class Leavers(Change):
    """Passengers who leave: those named, or a number at random."""

    kind: Literal["leavers"]
    number: int | None = Field(default=None, ge=1)
    passenger_ids: tuple[str, ...] = ()
    phases: tuple[Phase, ...] = ()
    sites: tuple[str, ...] = ()

    def apply(self, draft: Draft) -> None:
        """Remove the passengers."""
        if (self.number is None) == (not self.passenger_ids):
            raise ChangeError(
                "Y011", "number", "Either number or passenger_ids is needed.", "Give one."
            )
        found = find_passengers(
            draft, phases=self.phases, sites=self.sites, ids=self.passenger_ids
        )
        n = len(found) if self.number is None else self.number
        if n > len(found):
            raise ChangeError(
                "Y011", "number", f"Only {len(found)} passengers fit.", "Lower the number."
            )
        remove_passengers(draft, (p.passenger_id for p in choose(draft, found, n)))


class AvoidTrips(Change):
    """Demand management: adults attend on fewer days a week (SCL3)."""

    kind: Literal["avoid_trips"]
    percent: Percent
    """Share of the attended days of day services that need no transport any more."""
    sites: tuple[str, ...] = ()

    def apply(self, draft: Draft) -> None:
        """Take days out of the demands, out and home alike."""
        found = find_passengers(draft, phases=(Phase.ADULT,), sites=self.sites)
        ids = {p.passenger_id for p in found}
        wanted = set(self.sites)
        mine = [
            d
            for d in draft.inputs.demands
            if d.passenger_id in ids and (not wanted or d.site_id in wanted)
        ]
        days = sorted({(d.passenger_id, d.site_id, w) for d in mine for w in d.weekdays})
        n = count_share(len(days), fixed(self.percent))
        order = draft.rng.permutation(len(days))
        gone = {days[int(k)] for k in order[:n]}
        kept = []
        for d in draft.inputs.demands:
            left = frozenset(
                w for w in d.weekdays if (d.passenger_id, d.site_id, w) not in gone
            )
            if left or d not in mine:
                kept.append(d if left == d.weekdays else replace(d, weekdays=left))
        draft.put(demands=tuple(kept))
        draft.touch("fewer_days", {passenger_id for passenger_id, _, _ in gone})
        travelling = {d.passenger_id for d in kept}
        remove_passengers(draft, ids - travelling)


def add_likenesses(draft: Draft, models: list[Passenger], n: int) -> None:
    """Add n passengers, each with the needs and journeys of one and the address of another.

    They have no companions, no named assistant and no place on today's plan.
    """
    inputs = draft.inputs
    homes = {h.home_id: h for h in inputs.homes}
    demands: dict[str, list[Demand]] = {}
    for d in inputs.demands:
        demands.setdefault(d.passenger_id, []).append(d)
    models = [p for p in models if p.passenger_id in demands]
    if not models and n:
        raise ChangeError("Y011", "", "Nobody who travels fits.", "Widen the filters.")
    by_phase: dict[Phase, list[Home]] = {}
    for p in models:
        for d in demands[p.passenger_id]:
            by_phase.setdefault(p.phase, []).append(homes[d.home_id])
    taken = {p.passenger_id for p in inputs.passengers}
    passengers, new_homes, new_demands = [], [], []
    number = 0
    for _ in range(n):
        model = models[int(draft.rng.integers(len(models)))]
        choices = by_phase[model.phase]
        home = choices[int(draft.rng.integers(len(choices)))]
        number += 1
        while f"N{number:04d}" in taken:
            number += 1
        new_id = f"N{number:04d}"
        passengers.append(
            replace(
                model,
                passenger_id=new_id,
                name=f"New passenger {number}",
                assistant_id=None,
                apart_from=frozenset(),
                together_with=frozenset(),
            )
        )
        new_homes.append(
            Home(home_id=f"{new_id}-H", passenger_id=new_id, place_id=home.place_id)
        )
        new_demands += [
            replace(d, demand_id=f"{new_id}-{k}", passenger_id=new_id, home_id=f"{new_id}-H")
            for k, d in enumerate(demands[model.passenger_id])
        ]
    draft.put(
        passengers=(*inputs.passengers, *passengers),
        homes=(*inputs.homes, *new_homes),
        demands=(*inputs.demands, *new_demands),
    )
    draft.touch("added", {p.passenger_id for p in passengers})
