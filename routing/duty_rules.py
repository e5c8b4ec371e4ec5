"""What duties stand on: runs between routes and bases, opening times, prices, hours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data.costs import CostModel
from data.fleet import CrewRole
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.places import Period
from routing.charges import Charges, Run
from routing.works import Work

ALWAYS_S = 10**6
"""Beyond any moment of a day. [s]"""


class DutyRules:
    """Travel, bases, opening times and prices that duties stand on.

    Parameters
    ----------
    works
        All routes of the day.
    is_always_open
        Leave opening times and working hours out of account.
    """

    def __init__(
        self,
        inputs: Inputs,
        matrix: TravelMatrix,
        model: CostModel,
        works: Sequence[Work],
        *,
        is_always_open: bool = False,
    ) -> None:
        self.works = tuple(works)
        self.model = model
        self.policy = inputs.policy
        self.charges = Charges(model)
        self.n_offers = len(model.offer_ids)
        self.base_idx = tuple(
            matrix.index[place_id] if place_id else -1 for place_id in model.base_place_ids
        )
        self.split_gap_s = int(model.split_gap_s)
        # Plain arrays: a memory map answers for single numbers ten times slower.
        self._duration_s = {p: np.asarray(a) for p, a in matrix.duration_s.items()}
        self._distance_m = {p: np.asarray(a) for p, a in matrix.distance_m.items()}
        self.opens_s = [-ALWAYS_S] * self.n_offers
        self.closes_s = [ALWAYS_S] * self.n_offers
        if not is_always_open:
            self.opens_s, self.closes_s = _find_opening(inputs, model)
        self.max_spread_s = min(
            inputs.policy.max_spread_s, 24 * 3600 - inputs.policy.min_rest_s
        )
        types = {t.vehicle_type_id: t.electric for t in inputs.vehicle_types}
        self.electric = tuple(types.get(type_id) for type_id in model.vehicle_type_ids)
        self.can_charge = _find_charging(inputs, model)

    def drive(self, period: Period, from_idx: int, to_idx: int) -> tuple[int, int]:
        """Drive between two matrix positions: time and distance, (-1, -1) without a road."""
        if from_idx == to_idx:
            return 0, 0
        return (
            int(self._duration_s[period][from_idx, to_idx]),
            int(self._distance_m[period][from_idx, to_idx]),
        )

    def charge(self, offer: int, used_m: int, standing_s: int) -> int:
        """Find what of the range used stays used after standing at the base. [m]"""
        electric = self.electric[offer]
        if electric is None or not self.can_charge[offer]:
            return used_m
        return max(0, used_m - electric.find_charged_m(standing_s))

    def is_in_range(self, offer: int, used_m: int) -> bool:
        """Whether the battery lasts: always for a vehicle that fuels."""
        electric = self.electric[offer]
        return electric is None or used_m <= electric.range_m

    def lead(self, offer: int, work: Work) -> tuple[int, int]:
        """Run from the offer's base to the route; (0, 0) without a base."""
        base = self.base_idx[offer]
        return self.drive(work.session.period, base, work.first_idx) if base >= 0 else (0, 0)

    def back(self, offer: int, work: Work) -> tuple[int, int]:
        """Run from the route back to the offer's base; (0, 0) without a base."""
        base = self.base_idx[offer]
        return self.drive(work.session.period, work.last_idx, base) if base >= 0 else (0, 0)

    def direct(self, first: Work, second: Work) -> tuple[int, int]:
        """Direct run from one route to the next, in the period of the route it leads to."""
        return self.drive(second.session.period, first.last_idx, second.first_idx)

    def run(self, work: Work, dead_m: int) -> Run:
        """State what a route is charged on."""
        return Run(
            session=work.session,
            loaded_m=work.loaded_m,
            dead_m=dead_m,
            duration_s=work.span.elapsed_s,
            waiting_s=work.waiting_s,
            n_assistants=work.n_assistants,
            n_trained_assistants=work.n_trained_assistants,
        )

    def is_by_base(self, offer: int, gap_s: int, by_base_s: int) -> bool:
        """Whether a gap is driven by way of the base: long enough, and the way fits."""
        return self.base_idx[offer] >= 0 and gap_s >= self.split_gap_s and by_base_s <= gap_s


def _find_opening(inputs: Inputs, model: CostModel) -> tuple[list[int], list[int]]:
    """Find from when to when each offer's vehicles may be out: depot open, a driver at work."""
    opens_s, closes_s = [-ALWAYS_S] * len(model.offer_ids), [ALWAYS_S] * len(model.offer_ids)
    depots = {d.place_id: d for d in inputs.depots}
    for o, place_id in enumerate(model.base_place_ids):
        if not model.is_own[o]:
            continue
        depot = depots[place_id]
        drivers = [
            c
            for c in inputs.crews
            if c.depot_id == depot.depot_id and c.role is CrewRole.DRIVER
        ]
        opens_s[o] = max(depot.opens_s, min((c.from_s for c in drivers), default=ALWAYS_S))
        closes_s[o] = min(depot.closes_s, max((c.to_s for c in drivers), default=-ALWAYS_S))
    return opens_s, closes_s


def _find_charging(inputs: Inputs, model: CostModel) -> tuple[bool, ...]:
    """Find whose vehicles charge between two pieces of work (rules of a plan, 5.8).

    Own ones at depots that have a charger for each of their electric vehicles: then no choice
    of duties can want more chargers than there are.
    """
    electric = {t.vehicle_type_id for t in inputs.vehicle_types if t.electric is not None}
    n_electric: dict[str, int] = {}
    for vehicle in inputs.vehicles:
        if vehicle.vehicle_type_id in electric:
            n_electric[vehicle.depot_id] = n_electric.get(vehicle.depot_id, 0) + 1
    equipped = {
        d.place_id for d in inputs.depots if d.n_chargers >= n_electric.get(d.depot_id, 0)
    }
    return tuple(
        bool(model.is_own[o]) and place_id in equipped
        for o, place_id in enumerate(model.base_place_ids)
    )
