"""A roster: the duties of a day and what they use up of vehicles, drivers and assistants.

Duties are added, changed and taken out one at a time, each only where the limits hold. It is
what keeps the duties of another day, and what a repair works on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data.places import Session
from routing.duties import DutyLimits
from routing.duty_rules import DutyRules
from routing.pairing import DutyDraft
from routing.timed_duties import time_duty


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a route could be worked: as part of a duty of the roster, or as a new one.

    Attributes
    ----------
    position
        Duty that would work it; None for a new duty.
    added_pence
        What that adds to the cost. [pence]
    """

    draft: DutyDraft
    position: int | None
    added_pence: int


class Roster:
    """Duties by position, None where one was taken out, and what they use."""

    def __init__(self, rules: DutyRules, limits: DutyLimits) -> None:
        self.rules = rules
        self.limits = limits
        self.duties: list[DutyDraft | None] = []
        self._vehicles: dict[int, int] = {}
        self._depots: dict[str, list[int]] = {}
        self._aboard: dict[tuple[str, Session], list[int]] = {}

    @property
    def drafts(self) -> tuple[DutyDraft, ...]:
        """The duties there are."""
        return tuple(draft for draft in self.duties if draft is not None)

    def add(self, draft: DutyDraft) -> int:
        """Add a duty; give its position."""
        self._count(draft, 1)
        self.duties.append(draft)
        return len(self.duties) - 1

    def put(self, position: int, draft: DutyDraft | None) -> None:
        """Put another duty in a duty's place, or None."""
        before = self.duties[position]
        if before is not None:
            self._count(before, -1)
        if draft is not None:
            self._count(draft, 1)
        self.duties[position] = draft

    def holds(self, draft: DutyDraft, instead_of: int | None = None) -> bool:
        """Whether there is vehicle and crew for a duty, in the place of another or as well."""
        before = None if instead_of is None else self.duties[instead_of]
        if before is not None:
            self._count(before, -1)
        self._count(draft, 1)
        is_within = self._is_within(draft)
        self._count(draft, -1)
        if before is not None:
            self._count(before, 1)
        return is_within

    def find_places(
        self, work: int, wanted_s: int | None = None, *, among: Iterable[int] | None = None
    ) -> list[Place]:
        """Find who could work a route as well, the cheapest first.

        Parameters
        ----------
        wanted_s
            When it would best start. [s after midnight]
        among
            Positions of the duties that may be asked; all by default. New duties are always
            looked at.
        """
        rules = self.rules
        places: list[Place] = []
        for offer in range(rules.n_offers):
            if rules.works[work].offers[offer]:
                alone = time_duty(rules, offer, (work,), (wanted_s,))
                if alone is not None and self.holds(alone):
                    places.append(
                        Place(draft=alone, position=None, added_pence=alone.cost_pence)
                    )
        for position in range(len(self.duties)) if among is None else among:
            duty = self.duties[position]
            if duty is None or not rules.works[work].offers[duty.offer]:
                continue
            longer = self.lengthen(duty, work, wanted_s)
            if longer is not None and self.holds(longer, position):
                added_pence = longer.cost_pence - duty.cost_pence
                places.append(Place(draft=longer, position=position, added_pence=added_pence))
        return sorted(
            places,
            key=lambda p: (
                p.added_pence,
                p.position is None,
                -1 if p.position is None else p.position,
                p.draft.offer,
            ),
        )

    def lengthen(
        self, duty: DutyDraft, work: int, wanted_s: int | None = None
    ) -> DutyDraft | None:
        """Add a route to a duty in order of time, moving its others as little as may be."""
        rules = self.rules
        span = rules.works[work].span
        at_s = (span.from_s + span.to_s) // 2 if wanted_s is None else wanted_s
        wanted: list[tuple[int, int, int | None]] = [
            (start_s, i, start_s) for i, start_s in zip(duty.works, duty.starts_s, strict=True)
        ]
        wanted.append((at_s, work, wanted_s))
        wanted.sort(key=lambda w: w[:2])
        return time_duty(rules, duty.offer, [w[1] for w in wanted], [w[2] for w in wanted])

    def place(self, work: int, wanted_s: int | None = None) -> bool:
        """Give a route to the cheapest who can work it; False if nobody can."""
        places = self.find_places(work, wanted_s)
        if not places:
            return False
        self.take(places[0])
        return True

    def take(self, place: Place) -> int:
        """Make a place found the roster's; give the duty's position."""
        if place.position is None:
            return self.add(place.draft)
        self.put(place.position, place.draft)
        return place.position

    def find_excess(self) -> tuple[int, DutyDraft] | None:
        """Find a duty that there is no vehicle or crew for, the one with the fewest aboard."""
        over = [
            (position, draft)
            for position, draft in enumerate(self.duties)
            if draft is not None and not self._is_within(draft)
        ]
        return min(over, key=lambda p: (self._count_aboard(p[1]), p[0])) if over else None

    def _count_aboard(self, draft: DutyDraft) -> int:
        return sum(len(self.rules.works[i].passenger_ids) for i in draft.works)

    def _count(self, draft: DutyDraft, sign: int) -> None:
        """Add or take away what a duty uses."""
        model, offer = self.rules.model, draft.offer
        works = [self.rules.works[i] for i in draft.works]
        self._vehicles[offer] = self._vehicles.get(offer, 0) + sign
        if model.is_own[offer]:
            used = self._depots.setdefault(model.base_place_ids[offer], [0, 0, 0, 0])
            used[0] += sign
            used[1] += sign * bool(model.needs_d1[offer])
            used[2] += sign * max(w.n_crew_assistants for w in works)
            used[3] += sign * max(w.n_crew_trained for w in works)
            return
        for work in works:
            key = (model.provider_ids[offer], work.session)
            aboard = self._aboard.setdefault(key, [0, 0])
            aboard[0] += sign * work.n_assistants
            aboard[1] += sign * work.n_trained_assistants

    def _is_within(self, draft: DutyDraft) -> bool:
        """Whether the limits that a duty touches hold now."""
        model, offer = self.rules.model, draft.offer
        if self._vehicles.get(offer, 0) > self.limits.vehicles[offer]:
            return False
        works = [self.rules.works[i] for i in draft.works]
        if model.is_own[offer]:
            place_id = model.base_place_ids[offer]
            needs = (
                True,
                bool(model.needs_d1[offer]),
                any(w.n_crew_assistants for w in works),
                any(w.n_crew_trained for w in works),
            )
            return _is_enough(self._depots[place_id], self.limits.depots[place_id], needs)
        provider = model.provider_ids[offer]
        limits = self.limits.supplier_assistants[provider]
        return all(
            _is_enough(
                self._aboard[provider, work.session],
                limits,
                (work.n_assistants > 0, work.n_trained_assistants > 0),
            )
            for work in works
        )


def _is_enough(used: Sequence[int], limits: Sequence[int], needs: Sequence[bool]) -> bool:
    return all(
        not need or n <= limit for n, limit, need in zip(used, limits, needs, strict=True)
    )
