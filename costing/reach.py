"""Ways between bases and routes: what an empty vehicle drives to a route and home again."""

from __future__ import annotations

from collections.abc import Mapping

from data.errors import ModelError
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.places import Place
from data.plans import Plan, Route


class Reach:
    """Distances and times from suppliers' bases and own depots."""

    def __init__(self, inputs: Inputs, matrix: TravelMatrix) -> None:
        self.matrix = matrix
        self.places: Mapping[str, Place] = {p.place_id: p for p in inputs.places}
        self.supplier_bases = {s.base_place_id for s in inputs.suppliers if s.base_place_id}
        self.own_bases = sorted(
            {
                (v.vehicle_type_id, d.depot_id, d.place_id)
                for d in inputs.depots
                for v in inputs.vehicles
                if v.depot_id == d.depot_id
            }
        )
        self._passenger_ids = frozenset(p.passenger_id for p in inputs.passengers)

    def check_known(self, plan: Plan) -> None:
        """Refuse a plan of people or places that nobody knows, naming them all.

        Raises
        ------
        ModelError
            If a passenger is unknown, or a place of the plan, a depot or a base has no times or
            no position.
        """
        aboard = {p for route in plan.routes for p in route.passenger_ids}
        needed = {stop.place_id for route in plan.routes for stop in route.stops}
        needed |= {place_id for _, _, place_id in self.own_bases} | self.supplier_bases
        lost = sorted(aboard - self._passenger_ids)
        lost += sorted(needed - (self.matrix.index.keys() & self.places.keys()))
        if lost:
            raise ModelError(
                f"plan {plan.plan_id!r} needs what is not there: {', '.join(lost)}"
            )

    def find_runs(self, base_place_id: str, route: Route) -> tuple[int, int, int] | None:
        """Find the runs from a base to a route and back: (out [s], back [s], both [m])."""
        ends = self.find_ends(base_place_id, route)
        if ends is None:
            return None
        (out_s, out_m), (back_s, back_m) = ends
        return out_s, back_s, out_m + back_m

    def find_ends(
        self, base_place_id: str, route: Route
    ) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """Find the run from a base to a route and the run back, each ([s], [m])."""
        index = self.matrix.index
        period = route.session.period
        base = index[base_place_id]
        first, last = index[route.stops[0].place_id], index[route.stops[-1].place_id]
        seconds, metres = self.matrix.duration_s[period], self.matrix.distance_m[period]
        out_s, back_s = int(seconds[base, first]), int(seconds[last, base])
        if out_s < 0 or back_s < 0:
            return None
        return (out_s, int(metres[base, first])), (back_s, int(metres[last, base]))

    def find_between(self, before: Route, after: Route) -> tuple[int, int] | None:
        """Find the run from a route to the next, ([s], [m]), in the next one's period."""
        index = self.matrix.index
        last, first = index[before.stops[-1].place_id], index[after.stops[0].place_id]
        if last == first:
            return 0, 0
        period = after.session.period
        run_s = int(self.matrix.duration_s[period][last, first])
        if run_s < 0:
            return None
        return run_s, int(self.matrix.distance_m[period][last, first])
