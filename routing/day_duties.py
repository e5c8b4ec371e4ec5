"""The duties of one day type made of its routes, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.places import Session
from data.plans import Duty
from routing.assemble import PlannedRoute
from routing.duties import DutyLimits
from routing.duty_rules import DutyRules
from routing.links import count_shared
from routing.lots import Cards
from routing.pairing import DutyDraft, Pairing
from routing.roster import Roster

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayDuties:
    """Duties made of the routes of all sessions.

    Attributes
    ----------
    drafts
        Duties, of which those of suppliers and own ones with vehicle and crew run.
    dropped
        Passengers of each session whose routes found no vehicle or crew.
    cost_pence
        Exact money of the duties. [pence]
    search_pence
        With the prices of unserved passengers and of different crews. [pence]
    scarcity_pence
        (o, 2) what one more vehicle and crew would save, morning and afternoon: the price of
        using the offer in the search of routes. [pence]
    cards
        Rate cards whose lot discount the duties have earned; the money is that of these.
    """

    planned: tuple[PlannedRoute, ...]
    rules: DutyRules
    drafts: tuple[DutyDraft, ...]
    duties: tuple[Duty, ...]
    dropped: Mapping[Session, tuple[str, ...]]
    cost_pence: int
    search_pence: int
    scarcity_pence: IntArray
    cards: Cards = frozenset()


def place_dropped(
    rules: DutyRules, limits: DutyLimits, pairing: Pairing
) -> tuple[tuple[DutyDraft, ...], tuple[int, ...]]:
    """Place routes that found no vehicle where they cost least; also give those left over."""
    if not pairing.dropped:
        return pairing.duties, ()
    roster = Roster(rules, limits)
    for draft in pairing.duties:
        roster.add(draft)
    wanted = sorted(pairing.dropped, key=lambda i: (-len(rules.works[i].passenger_ids), i))
    left = [i for i in wanted if not roster.place(i)]
    return roster.drafts, tuple(sorted(left))


def count_kept(rules: DutyRules, drafts: Sequence[DutyDraft]) -> int:
    """Count the passengers who go home with the duty that took them out."""
    shared = count_shared(rules)
    return sum(
        n for d in drafts for i in d.works for j, n in shared.get(i, {}).items() if j in d.works
    )
