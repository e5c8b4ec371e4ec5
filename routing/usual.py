"""What passengers know from the reference day: their duty, and their provider and vehicle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data.costs import CostModel
from data.places import Session
from data.plans import Duty
from routing.assemble import find_duty_marks
from routing.duty_rules import DutyRules
from routing.half_building import Half
from routing.pairing import Usual


def find_usual(rules: DutyRules, usual: Sequence[Duty], usual_pence: int) -> Usual | None:
    """Find which duty of the reference day carries each route's passengers."""
    if not usual or not usual_pence:
        return None
    known = {
        (route.session, p): duty.duty_id
        for duty in usual
        for route in duty.routes
        for p in route.passenger_ids
    }
    rows = []
    for work in rules.works:
        keys = [(work.session, p) for p in work.passenger_ids]
        mine = [known[key] for key in keys if key in known]
        rows.append({duty_id: mine.count(duty_id) for duty_id in mine})
    return Usual(journeys=tuple(rows), pence=usual_pence)


def find_usual_offers(
    cost_model: CostModel, usual: Sequence[Duty]
) -> dict[tuple[Session, str], int]:
    """Find the offer that carries each passenger on the reference day, if it is one still."""
    offers = {
        key: o
        for o, key in enumerate(
            zip(
                cost_model.provider_ids,
                cost_model.vehicle_type_ids,
                cost_model.base_place_ids,
                strict=True,
            )
        )
    }
    found: dict[tuple[Session, str], int] = {}
    for duty in usual:
        kind = (duty.provider_id, duty.vehicle_type_id, duty.base_place_id or "")
        if kind in offers:
            carried = ((route.session, p) for route in duty.routes for p in route.passenger_ids)
            found.update(dict.fromkeys(carried, offers[kind]))
    return found


def price_usual(
    rules: DutyRules,
    halves: Sequence[Half],
    offer_of: Mapping[tuple[Session, str], int],
    usual_pence: int,
) -> list[int] | None:
    """Price what each half is worth for those who know its provider and vehicle. [pence]"""
    if not usual_pence or not offer_of:
        return None
    counts: dict[int, dict[int, int]] = {}
    for i, work in enumerate(rules.works):
        row = counts.setdefault(i, {})
        for p in work.passenger_ids:
            offer = offer_of.get((work.session, p))
            if offer is not None:
                row[offer] = row.get(offer, 0) + 1
    return [usual_pence * sum(counts[i].get(h.offer, 0) for i in h.works) for h in halves]


def count_usual(duties: Sequence[Duty], usual: Sequence[Duty]) -> int:
    """Count the journeys carried by the duty that carries them on the reference day."""
    if not usual:
        return 0
    known = find_duty_marks(usual)
    marks = find_duty_marks(duties)
    return sum(len(marks[d] & known.get(d, frozenset())) for d in marks)
