"""What duties stand on: runs between routes and bases, opening times, prices, hours."""

from __future__ import annotations

from collections.abc import Sequence

from data.costs import CostModel
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.places import Period
from routing.charges import Charges, Run
from routing.works import Work


class DutyRules:
    """Travel, bases, opening times and prices that duties stand on.

    Parameters
    ----------
    works
        All routes of the day.
    """

    def __init__(
        self, inputs: Inputs, matrix: TravelMatrix, model: CostModel, works: Sequence[Work]
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
        self._duration_s = {p: matrix.duration_s[p] for p in Period if p in matrix.duration_s}
        self._distance_m = {p: matrix.distance_m[p] for p in Period if p in matrix.distance_m}
        depots = {d.place_id: d for d in inputs.depots}
        self.opens_s: list[int] = []
        self.closes_s: list[int] = []
        for o, place_id in enumerate(model.base_place_ids):
            depot = depots.get(place_id) if model.is_own[o] else None
            self.opens_s.append(depot.opens_s if depot else -(10**6))
            self.closes_s.append(depot.closes_s if depot else 10**6)
        self.max_spread_s = min(
            inputs.policy.max_spread_s, 24 * 3600 - inputs.policy.min_rest_s
        )

    def drive(self, period: Period, from_idx: int, to_idx: int) -> tuple[int, int]:
        """Drive between two matrix positions: time and distance, (-1, -1) without a road."""
        if from_idx == to_idx:
            return 0, 0
        return (
            int(self._duration_s[period][from_idx, to_idx]),
            int(self._distance_m[period][from_idx, to_idx]),
        )

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
