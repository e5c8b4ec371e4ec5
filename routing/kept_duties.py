"""The duties of another day, or of a plan, kept with the routes of this day.

Every route goes to the duty that carries most of its passengers there, and arrives at its sites
(homeward: leaves them) as it does there. Only what cannot be kept so is given to whoever works
it for the least money.
"""

from __future__ import annotations

from collections.abc import Sequence

from data.plans import Duty
from routing.duties import DutyLimits
from routing.duty_rules import DutyRules
from routing.pairing import DutyDraft
from routing.roster import Roster
from routing.timed_duties import time_duty


def keep_duties(
    rules: DutyRules, usual: Sequence[Duty], limits: DutyLimits
) -> tuple[tuple[DutyDraft, ...], tuple[int, ...]]:
    """Keep the duties of `usual` for the routes of `rules` as far as they can be kept.

    Parameters
    ----------
    usual
        Duties of the other day; one whose offer has no price any more gives up its routes.
    limits
        Vehicles and crews there are.

    Returns
    -------
    drafts, dropped
        Duties in the order of the usual ones, new ones last; routes nobody can work.
    """
    offers = find_offers_by_kind(rules)
    mine, loose = _find_owners(rules, usual)
    roster = Roster(rules, limits)
    for duty in sorted(usual, key=lambda d: d.duty_id):
        works = mine.get(duty.duty_id, [])
        offer = offers.get((duty.provider_id, duty.vehicle_type_id, duty.base_place_id or ""))
        while works:
            draft = None
            if offer is not None:
                draft = time_duty(rules, offer, [i for _, i in works], [s for s, _ in works])
            if draft is not None:
                roster.add(draft)
                break
            # The route with the fewest aboard stands aside until the others fit.
            least = min(works, key=lambda w: (len(rules.works[w[1]].passenger_ids), w))
            works.remove(least)
            loose.append((least[1], least[0]))
    while (excess := roster.find_excess()) is not None:
        position, draft = excess
        loose += list(zip(draft.works, draft.starts_s, strict=True))
        roster.put(position, None)
    loose.sort(key=lambda w: (-len(rules.works[w[0]].passenger_ids), w[0]))
    dropped = [i for i, wanted_s in loose if not roster.place(i, wanted_s)]
    return roster.drafts, tuple(sorted(dropped))


def find_offers_by_kind(rules: DutyRules) -> dict[tuple[str, str, str], int]:
    """Find the offer of each provider, vehicle type and base."""
    model = rules.model
    kinds = zip(model.provider_ids, model.vehicle_type_ids, model.base_place_ids, strict=True)
    return {kind: offer for offer, kind in enumerate(kinds)}


def _find_owners(
    rules: DutyRules, usual: Sequence[Duty]
) -> tuple[dict[str, list[tuple[int, int]]], list[tuple[int, int | None]]]:
    """Find the usual duty of each route with its usual start, and the routes without one."""
    carrier = {
        (route.session, p): (duty.duty_id, route.start_s, route.end_s)
        for duty in usual
        for route in duty.routes
        for p in route.passenger_ids
    }
    mine: dict[str, list[tuple[int, int]]] = {}
    loose: list[tuple[int, int | None]] = []
    for i, work in enumerate(rules.works):
        marks: dict[tuple[str, int, int], int] = {}
        for p in work.passenger_ids:
            mark = carrier.get((work.session, p))
            if mark is not None:
                marks[mark] = marks.get(mark, 0) + 1
        if not marks:
            loose.append((i, None))
            continue
        duty_id, start_s, end_s = min(marks, key=lambda m: (-marks[m], m))
        wanted_s = start_s if work.session.is_homeward else end_s - work.span.elapsed_s
        mine.setdefault(duty_id, []).append((wanted_s, i))
    for works in mine.values():
        works.sort()
    return mine, loose
