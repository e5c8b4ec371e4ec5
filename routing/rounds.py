"""The search of one day type in rounds: routes of all sessions, then the duties of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data.places import Session
from routing.day import DayCase
from routing.day_duties import DayDuties
from routing.improve import Progress as SessionProgress
from routing.improve import SearchSettings, improve_session
from routing.lots import Cards, find_earned_by, find_lots, find_missed
from routing.pickups import PickUps
from routing.points import move_points, read_present
from routing.problem import Continuity
from routing.progress import Budget
from routing.states import (
    MIRROR,
    DayState,
    Reference,
    count_unserved,
    find_crews,
    find_start,
    label_routes,
)

IntArray = NDArray[np.int64]

DUTIES_S = 0.003
"""Time to make duties, a journey, before it has been measured. [s]"""
LEAST_PROOF_S = 2.0
"""Least time for proving the choice of duties. [s]"""
LEAST_SEARCH_S = 0.02
"""Least time for the routes of a session. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPlan:
    """One round of routes and duties.

    Attributes
    ----------
    share
        Its part of the search time.
    warm
        Temperature at its start, as a share of the mean cost per request.
    is_fresh
        The sessions home start from the routes out, mirrored, not from their own last ones.
    out_weight, home_weight
        Time per passenger of the sessions out and home, relative to each other.
    """

    share: float
    warm: float
    is_fresh: bool = False
    out_weight: float = 1.0
    home_weight: float = 1.0


ROUNDS = (
    RoundPlan(share=0.4, warm=1.0, is_fresh=True, out_weight=0.65, home_weight=0.35),
    *(RoundPlan(share=0.12, warm=warm) for warm in (0.06, 0.05, 0.04, 0.03, 0.03)),
)
"""The routes out are made first and those home from them; then both are fitted to each other
and to what vehicles are worth, a little at a time. Measured against fewer and hotter rounds."""
WARM_HOME = 0.3
"""Temperature at which a session home is taken up from the mirrored routes out."""
FOLLOWING = (RoundPlan(share=1.0, warm=0.05),)
"""The only round of a day that follows the base day."""
STARTED = tuple(RoundPlan(share=0.2, warm=warm) for warm in (0.06, 0.05, 0.04, 0.03, 0.03))
"""The rounds from a given plan: never so hot that it would be lost. Fewer are not enough where
many have left since: three cost Southend without 69 passengers 147,000 pounds more a year."""
FIRST_PLAN_S = 8.0
"""A first plan is made at once where the first round would take longer than this. [s]"""
N_CHAINS = 2
"""Searches of a session side by side; more threads are of no use."""


def search_day(
    case: DayCase,
    budget: Budget,
    *,
    seed: int,
    n_workers: int,
    reference: Reference | None = None,
    rounds: Sequence[RoundPlan] = ROUNDS,
    on_better: Callable[[DayState], None] | None = None,
    every_s: float | None = None,
) -> DayState:
    """Search routes and duties of a day type in rounds, keeping the best.

    With a reference its routes and duties, kept as far as they hold, are the first state. With
    a long time limit the first routes found are made into duties before the search, so that
    there is a plan early on. With `every_s` no search of routes and no making of duties takes
    longer, so that there is a whole plan to look at about that often. [s]

    Lot discounts are assumed to be earned at first, so that every card can show what it would
    win; then the best plan's hold, and in every other round that of one card more, in turn. All
    plans are compared by what they have earned.
    """
    case = case.assume(_find_first_cards(case, reference))
    best = DayState()
    scarcity = reference.state.scarcity if reference is not None else None
    n_journeys = sum(len(t) for t in case.travellers.values())
    duties_s = DUTIES_S * n_journeys
    if reference is not None:
        duties_s = reference.state.duties_s or duties_s

    def keep(state: DayState, duties: DayDuties) -> None:
        nonlocal best
        state.duties = duties
        if best.duties is None or duties.search_pence < best.duties.search_pence:
            best = state.copy()
            budget.best_cost_pence = duties.cost_pence
            budget.n_unserved = count_unserved(case, state)
            if on_better is not None:
                on_better(best)
        budget.report("duties")

    def start_round(
        number: int, plan: RoundPlan, steps: int | None = None, seconds: float | None = None
    ) -> _Round:
        return _Round(
            case=case,
            budget=budget,
            plan=plan,
            number=number,
            scarcity=scarcity,
            seed=seed,
            n_workers=n_workers,
            reference=reference,
            steps=steps,
            seconds=seconds,
        )

    is_long = budget.seconds is not None and budget.seconds * rounds[0].share > FIRST_PLAN_S
    if reference is not None or is_long:
        current = DayState()
        start_round(0, rounds[0]).complete(current)
        began_s = budget.used_s
        if reference is not None:
            keep(current, _keep_duties(case, current, reference))
        else:
            keep(current, _make_duties(case, current, budget, reference, every_s))
            duties_s = budget.used_s - began_s
    rounds = _find_rounds(rounds, budget, duties_s, every_s)
    current = best.copy()
    for number, plan in enumerate(rounds):
        left_s = budget.left_s
        if best.duties is not None and left_s is not None and left_s < 2 * duties_s:
            break
        if best.duties is not None and budget.is_over():
            break
        search_s = None
        if left_s is not None:
            part = plan.share / sum(later.share for later in rounds[number:])
            search_s = max(0.0, left_s - duties_s * (len(rounds) - number)) * part
            search_s = search_s if every_s is None else min(search_s, every_s)
        steps = None if budget.steps is None else round(budget.steps * plan.share)
        if number and best.duties is not None:
            case = case.assume(_find_cards(case, best.duties, number))
        round_ = start_round(number, plan, steps=steps, seconds=search_s)
        try:
            round_.search(current)
        except KeyboardInterrupt:
            budget.interrupt()
            if best.duties is not None:
                break
            round_.complete(current)
        if reference is not None:
            # The new routes with the duties people know: often worth more than new duties.
            keep(current, _keep_duties(case, current, reference))
        began_s = budget.used_s
        duties = _make_duties(case, current, budget, reference, every_s)
        duties_s = budget.used_s - began_s
        found = duties.scarcity_pence
        keep(current, duties)
        # Smoothed: bare duals swing, as routes made for one price make it wrong.
        scarcity = found if scarcity is None else (2 * scarcity + found) // 3
        n_steps = current.steps
        current = best.copy()
        current.steps = n_steps
        if budget.is_over() or budget.limit == "none":
            break
    best.steps = current.steps
    best.scarcity = scarcity
    best.duties_s = duties_s
    return best


def _find_rounds(
    rounds: Sequence[RoundPlan],
    budget: Budget,
    duties_s: float,
    every_s: float | None = None,
) -> tuple[RoundPlan, ...]:
    """Find how many rounds there is time for, duties taking a quarter of it at most.

    Where a round would take longer than `every_s`, there are more and shorter ones, the warm
    ones first as before.
    """
    if budget.seconds is None or duties_s <= 0:
        return tuple(rounds)
    fitting = tuple(rounds[: max(2, int(budget.seconds / (4 * duties_s)))])
    if every_s is None or budget.steps is not None:
        return fitting
    n_rounds = math.ceil(budget.seconds / (every_s + duties_s))
    if n_rounds <= len(fitting):
        return fitting
    return tuple(
        replace(rounds[k * len(rounds) // n_rounds], share=1 / n_rounds)
        for k in range(n_rounds)
    )


def _find_first_cards(case: DayCase, reference: Reference | None) -> Cards:
    """Find the cards whose lot discount the first round assumes."""
    if reference is None:
        return frozenset(find_lots(case.listed))
    return find_earned_by(case.listed, reference.duties)


def _find_cards(case: DayCase, best: DayDuties, number: int) -> Cards:
    """Find the cards whose lot discount a later round assumes."""
    missed = find_missed(case.listed, best.drafts)
    if number % 2 == 0 or not missed:
        return best.cards
    return best.cards | {missed[number // 2 % len(missed)]}


def _keep_duties(case: DayCase, state: DayState, reference: Reference) -> DayDuties:
    """Work the present routes by the duties of the reference."""
    return case.keep_duties(
        state.problems, state.routes, usual=reference.duties, usual_pence=reference.pence
    )


def _make_duties(
    case: DayCase,
    state: DayState,
    budget: Budget,
    reference: Reference | None,
    every_s: float | None = None,
) -> DayDuties:
    """Make the duties of the present routes within the time left."""
    seconds = None
    if budget.steps is None and budget.left_s is not None:
        seconds = max(LEAST_PROOF_S, min(budget.left_s / 2, every_s or budget.left_s))
    return case.plan_duties(
        state.problems,
        state.routes,
        seconds=seconds,
        usual=reference.duties if reference else (),
        usual_pence=reference.pence if reference else 0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """One search of the routes of every session.

    Attributes
    ----------
    steps, seconds
        Limits of the round over all its sessions; [s].
    """

    case: DayCase
    budget: Budget
    plan: RoundPlan
    number: int
    scarcity: IntArray | None
    seed: int
    n_workers: int
    reference: Reference | None
    steps: int | None = None
    seconds: float | None = None

    def search(self, state: DayState) -> None:
        """Search the sessions in turn, each with its share of what is left of the round."""
        case, budget = self.case, self.budget
        weights = {
            s: len(case.travellers[s])
            * (self.plan.home_weight if s in MIRROR else self.plan.out_weight)
            for s in case.sessions
        }
        crews = find_crews(state.duties) if state.duties else {}
        end_s = None if self.seconds is None else budget.used_s + self.seconds
        steps_left = self.steps
        for k, session in enumerate(case.sessions):
            weight = weights[session] / sum(weights[s] for s in case.sessions[k:])
            seconds = steps = None
            if steps_left is not None:
                steps = max(1, round(steps_left * weight))
                steps_left = max(0, steps_left - steps)
            elif end_s is not None:
                seconds = max(LEAST_SEARCH_S, (end_s - budget.used_s) * weight)
            self._search_session(state, session, crews, steps, seconds)
            # From now on its own routes, not the last round's duties, say who rides together.
            crews.pop(session, None)

    def complete(self, state: DayState) -> None:
        """Give every session that has no routes yet the first ones found."""
        for session in self.case.sessions:
            if session not in state.problems:
                self._search_session(state, session, {}, None, None)

    def _find_continuity(
        self,
        state: DayState,
        session: Session,
        crews: Mapping[Session, Mapping[str, str]],
    ) -> list[Continuity]:
        """Find the crews a session's passengers have on the other way, and on the base day."""
        found: list[Continuity] = []
        pairs = [*MIRROR.items(), *((b, a) for a, b in MIRROR.items())]
        other = next((b for a, b in pairs if a is session), None)
        if other is not None and other in state.problems:
            labels = crews.get(other) or label_routes(state, other)
            found.append(
                Continuity(labels=labels, pence=self.case.inputs.policy.different_crew_pence)
            )
        if self.reference is not None and self.reference.pence:
            labels = {
                p: duty.duty_id
                for duty in self.reference.duties
                for route in duty.routes
                if route.session is session
                for p in route.passenger_ids
            }
            found.append(Continuity(labels=labels, pence=self.reference.pence))
        return found

    def _search_session(
        self,
        state: DayState,
        session: Session,
        crews: Mapping[Session, Mapping[str, str]],
        steps: int | None,
        seconds: float | None,
    ) -> None:
        order = list(Session).index(session)
        half = int(session.is_homeward)
        is_mirrored = self.plan.is_fresh and self.reference is None
        problem = self.case.build_problem(
            session,
            scarcity_pence=None if self.scarcity is None else self.scarcity[:, half],
            continuity=self._find_continuity(state, session, crews),
            points=_find_points(session, state, is_mirrored=is_mirrored),
        )
        start = find_start(session, state, problem, self.reference, is_mirrored=is_mirrored)
        warm = self.plan.warm
        if is_mirrored and session in MIRROR and start:
            warm = WARM_HOME
        solution = improve_session(
            problem,
            start,
            steps=steps,
            seconds=seconds,
            seed=self.seed * 1_000 + self.number * 10 + order,
            n_chains=N_CHAINS,
            n_workers=self.n_workers,
            on_progress=_tell(self.budget, session),
            should_stop=self.budget.is_over,
            settings=SearchSettings(warm=warm if start else 1.0),
        )
        state.problems[session] = move_points(problem, solution.points)
        state.routes[session] = solution.routes
        state.steps += solution.steps
        if solution.limit == "interrupted":
            self.budget.interrupt()


def _find_points(session: Session, state: DayState, *, is_mirrored: bool) -> PickUps:
    """Find where passengers are collected in the routes that a session starts from."""
    source = MIRROR.get(session)
    if is_mirrored and source is not None and source in state.problems:
        return read_present(state.problems[source])
    return read_present(state.problems[session]) if session in state.problems else {}


def _tell(budget: Budget, session: Session) -> Callable[[SessionProgress], None]:
    """Pass on the progress of one session, at most four times a second."""
    last = [-1.0]

    def tell(_: SessionProgress) -> None:
        if budget.used_s - last[0] >= 0.25:
            last[0] = budget.used_s
            budget.report(f"routes of session {session}")

    return tell
