"""Resettling: a plan that people have left, planned again just where they rode.

Repair takes people off and leaves everybody else where they are. Here the duties they rode in,
and the routes nearby that could use their seats, are tried in other ways: with another vehicle,
their routes given to other duties, a route or a whole duty taken apart and its passengers put
where they cost least. A try that saves nothing is undone. No clock and no chance: a plan in
which no try saves anything stays as it is, so what a resettled plan saves without somebody is
due to their leaving and to nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial

import numpy as np

from data.changes import ChangeBudget
from data.costs import CostModel
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.plans import Duty, Plan, Route
from routing.differences import Judge, find_differences
from routing.disturbance import JourneyKey
from routing.repair_mending import mend, mend_duty, place_routes
from routing.repair_placing import place_all
from routing.repair_result import build_repair
from routing.repair_state import LooseRoute, Repairing

N_NEAR = 1
"""Routes nearest to each that somebody left, which are tried as well."""
MOST_ABOARD = 12
"""Passengers of a route or duty that is taken apart, at most."""
MOST_ROUNDS = 6
"""Rounds over all duties concerned."""
N_ROUTES, N_DUTIES = 5, 8
"""Routes looked at exactly for each passenger, and duties that a route is tried on."""
_FREELY = ChangeBudget(max_duties_per_passenger=1_000, shift_pence=0, crew_pence=0)
"""Whoever rides may ride otherwise: it is another year's plan, not tomorrow's."""


def resettle_plan(
    plan: Plan,
    inputs: Inputs,
    matrix: TravelMatrix,
    cost_model: CostModel,
    *,
    judge: Judge,
    is_everywhere: bool = False,
) -> Plan:
    """Repair a plan for people who left, and plan again where they rode.

    Parameters
    ----------
    plan
        A plan of inputs with more people.
    judge
        The checker, as `routing.repair_plan` takes it.
    is_everywhere
        Try every duty, not just those that people left and their neighbours.

    Returns
    -------
    A plan that costs no more than the repaired one and leaves nobody out whom that one
    carries; ``cost_pence`` is exact.
    """
    found = find_differences(plan, inputs, matrix, judge)
    work = Repairing(plan, inputs, matrix, cost_model, found, _FREELY)
    mend(work)
    place_all(work)
    work.places.n_routes, work.places.n_duties = N_ROUTES, N_DUTIES
    changed = [k for k, d in work.before.items() if work.day.duties.get(k) is not d]
    left_by = {
        (duty_id, r.route_id)
        for duty_id in changed
        for r in work.before[duty_id].routes
        if any((r.session, p) not in found.travellers for p in r.passenger_ids)
    }
    if is_everywhere:
        left_by = {(d.duty_id, r.route_id) for d in plan.duties for r in d.routes}
    if left_by:
        _Resettling(work).run(left_by, is_everywhere=is_everywhere)
    return build_repair(plan, work.day, found, _FREELY, work.proofs | work.unserved).plan


class _Resettling:
    """Tries one after the other on a day under repair."""

    def __init__(self, work: Repairing) -> None:
        self._work = work
        self._held = dict(work.day.duties)
        self._n_better = 0
        self._in_vain: dict[tuple[int, int], tuple[Duty, int]] = {}

    def run(self, left_by: Collection[tuple[str, str]], *, is_everywhere: bool) -> None:
        """Try the duties that were left, and their neighbours, until nothing saves more.

        Later rounds look at what changed in the one before, or at everything again.
        """
        targets = self._find_targets(left_by)
        for _ in range(MOST_ROUNDS):
            before, held = self._n_better, dict(self._work.day.duties)
            for duty_id, is_left in targets:
                self._try_duty(duty_id, is_left=is_left)
            if self._n_better == before:
                return
            duties = self._work.day.duties
            targets = [
                (k, True) for k, d in duties.items() if is_everywhere or held.get(k) is not d
            ]

    def _try_duty(self, duty_id: str, *, is_left: bool) -> None:
        """Try one duty in every way, as it is by then."""
        number = 0
        while (duty := self._work.day.duties.get(duty_id)) is not None:
            tries = self._list_tries(duty, is_left=is_left)
            if number >= len(tries):
                return
            key = (id(duty), number)
            # in the very same day the very same try comes to the same
            if self._in_vain.get(key, (None, -1))[1] != self._n_better:
                if self._try(tries[number]):
                    self._n_better += 1
                else:
                    self._in_vain[key] = (duty, self._n_better)
            number += 1

    def _find_targets(self, left_by: Collection[tuple[str, str]]) -> list[tuple[str, bool]]:
        """Find the duties to try: those left, then those nearest to the routes left."""
        own = sorted({duty_id for duty_id, _ in left_by})
        near: dict[str, None] = {}
        for duty_id, route_id in sorted(left_by):
            route = next(r for r in self._work.before[duty_id].routes if r.route_id == route_id)
            near |= dict.fromkeys(self._find_near(route))
        return [(k, True) for k in own] + [(k, False) for k in near if k not in set(own)]

    def _find_near(self, route: Route) -> list[str]:
        """Find the duties whose routes come nearest to where people left one."""
        at = self._work.day.matrix.index
        drive_s = self._work.day.matrix.duration_s[route.session.period]
        rows = [at[s.place_id] for s in route.stops if s.site_id is None]
        sites = {s.site_id for s in route.stops if s.site_id is not None}
        ranked = []
        for duty in self._work.day.duties.values():
            for other in duty.routes:
                if other.session is not route.session or other.route_id == route.route_id:
                    continue
                to = [at[s.place_id] for s in other.stops if s.site_id is None]
                if not rows or not to or len(other.passenger_ids) > MOST_ABOARD:
                    continue
                away_s = int(np.min(drive_s[np.ix_(rows, to)]))
                is_same = bool(sites & {s.site_id for s in other.stops})
                ranked.append((not is_same, away_s, duty.duty_id))
        return list(dict.fromkeys(duty_id for *_, duty_id in sorted(ranked)))[:N_NEAR]

    def _list_tries(self, duty: Duty, *, is_left: bool) -> list[Callable[[], None]]:
        """List what may be tried with a duty."""
        tries: list[Callable[[], None]] = []
        if is_left:
            tries += [partial(self._change_vehicle, duty), partial(self._hand_over, duty)]
        parts = [{(r.session, p) for p in r.passenger_ids} for r in duty.routes]
        parts += [set().union(*parts)] if len(parts) > 1 else []
        tries += [partial(self._take_apart, duty, k) for k in parts if len(k) <= MOST_ABOARD]
        return tries

    def _try(self, attempt: Callable[[], None]) -> bool:
        """Try a change; undo it unless it saves money and leaves nobody out."""
        work = self._work
        self._held = dict(work.day.duties)
        waiting, unserved = work.waiting, dict(work.unserved)
        touched = {p: set(duty_ids) for p, duty_ids in work.touched.items()}
        work.waiting = set()
        attempt()
        is_better = not self._is_in_vain() and work.unserved.keys() == unserved.keys()
        if not is_better:
            work.day.duties.clear()
            work.day.duties.update(self._held)
            work.unserved.clear()
            work.unserved.update(unserved)
        work.waiting, work.touched = waiting, touched
        work.loose_routes.clear()
        return is_better

    def _is_in_vain(self) -> bool:
        """Whether the day costs no less than before the try, whoever is still to be placed."""
        held, now, price = self._held, self._work.day.duties, self._work.day.price
        saved_pence = sum(price(d) or 0 for k, d in held.items() if now.get(k) is not d)
        saved_pence -= sum(price(d) or 0 for k, d in now.items() if held.get(k) is not d)
        return saved_pence <= 0

    def _change_vehicle(self, duty: Duty) -> None:
        """Let the cheapest who can work a duty work it."""
        mend_duty(self._work, duty, must_move=True)
        self._place()

    def _hand_over(self, duty: Duty) -> None:
        """Give the routes of a duty, whole, to whoever works them for least."""
        pieces = self._work.day.read_pieces(duty)
        if pieces is None:
            return
        self._work.day.drop(duty.duty_id)
        self._work.tally.drop(duty.duty_id)
        self._work.loose_routes = [LooseRoute(p.planned, p.wanted_s) for p in pieces]
        self._place()

    def _take_apart(self, duty: Duty, keys: set[JourneyKey]) -> None:
        """Let passengers of a duty off and put them where they cost least."""
        work, found = self._work, self._work.found
        work.found = replace(found, loose=found.loose | keys)
        mend_duty(work, duty, must_move=False)
        # whoever has a place again is not to be let off it when others are placed
        work.found = found
        work.waiting |= keys
        self._place()

    def _place(self) -> None:
        place_routes(self._work)
        # one more passenger never makes a day cheaper
        place_all(self._work, self._is_in_vain)


__all__ = ["resettle_plan"]
