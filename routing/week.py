"""The timetable: plans of all day types of the year, which share their routes.

The base day, that of the inputs' service date, is planned with most of the time. The other day
types start from its routes, with a price on every passenger whose duty differs, so that
passengers and crews know the same routes every day. Days with equal demand share one search.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from data.costs import CostModel
from data.demand import find_day_type, find_day_types, find_travellers
from data.errors import InfeasibleError
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.places import Session
from data.plans import DayType, Plan, Timetable
from routing.day import DayCase
from routing.optimise import build_plan, name_plan
from routing.progress import Budget, DayInHand, Progress
from routing.proofs import Prover
from routing.rest import RestBook, group_dates
from routing.rounds import DUTIES_S, FOLLOWING, ROUNDS, STARTED, search_day
from routing.starts import read_points, read_reference
from routing.states import DayState, Reference

BASE_SHARE = 0.5
"""Share of the time that the base day is planned with."""
KEPT_S = 0.001
"""Least time for a day that follows another one, a journey. [s]"""
SMALL_DAY = 200
"""Journeys added to each day type when time is shared, so that small days get some."""
FRESH_WEIGHT = 3
"""How much more time a journey gets on a day that is planned afresh."""
LEAST_IN_COMMON = 0.5
"""Share of its journeys that a day must have in common with another one to follow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """One day type to plan.

    Attributes
    ----------
    follows_id
        Day type whose routes and duties it starts from; '' when it is planned afresh.
    twin_id
        Day type with the very same journeys, whose plan it takes; '' if none.
    """

    day_type: DayType
    n_journeys: int
    follows_id: str = ""
    twin_id: str = ""

    @property
    def weight(self) -> int:
        """Its part of the time, relative to the others."""
        times = 1 if self.follows_id else FRESH_WEIGHT
        return SMALL_DAY + times * self.n_journeys

    @property
    def least_s(self) -> float:
        """Time without which it has no plan at all. [s]"""
        if self.twin_id:
            return 0.0
        return (KEPT_S if self.follows_id else DUTIES_S) * self.n_journeys


def optimise_timetable(
    inputs: Inputs,
    matrix: TravelMatrix,
    cost_model: CostModel,
    *,
    seconds: float | None = None,
    steps: int | None = None,
    seed: int = 1,
    n_workers: int = 2,
    start: Timetable | Plan | None = None,
    progress: Progress | None = None,
    dates: Sequence[date] | None = None,
    should_stop: Callable[[], bool] | None = None,
    on_better: Callable[[Plan], None] | None = None,
) -> Timetable:
    """Plan every day type of the year so that they share routes and duties.

    Parameters
    ----------
    seconds
        Wall time of all day types together. [s]
    steps
        Search steps of all day types together; makes the timetable repeatable.
    start
        What the search starts from, as far as it holds: a timetable, of which every day starts
        from its own plan and is held to it at the price of a difference between weekdays; or a
        plan of the base day alone.
    dates
        Dates to plan, by default every date of the year on which a site is open.
    should_stop
        Asked between chunks of steps; True, or Ctrl-C, keeps the best plans so far. Day types
        that were not reached are planned without search, from the base day.
    on_better
        Given every complete plan of any day type that is better than those of that day before
        it, as soon as it is found.

    Returns
    -------
    Timetable; its first plan is that of the base day.

    Raises
    ------
    InfeasibleError
        If no site is open on any date.
    InputError
        If a date has no calendar data.
    SolverError
        If a solver fails or contradicts itself.
    """
    day_types, date_types = _find_days(inputs, dates)
    if not day_types:
        raise InfeasibleError("no site is open on any date: there is nothing to plan.")
    base = _find_base(inputs, day_types)
    tasks = _find_tasks(inputs, base, day_types)
    whole = Budget(seconds=seconds, steps=steps, progress=progress, should_stop=should_stop)
    on_dates = group_dates(date_types)
    book = RestBook()
    prover = Prover(inputs, matrix, cost_model, base)
    week = _Week(
        inputs=inputs,
        matrix=matrix,
        cost_model=cost_model,
        prover=prover,
        seed=seed,
        n_workers=n_workers,
        on_better=on_better,
        shown_id=date_types.get(inputs.service_date, ""),
    )
    made: dict[str, tuple[Plan, Reference]] = {}
    plans: list[Plan] = []
    pace = 1.0
    for k, task in enumerate(tasks):
        day_type = task.day_type
        days = on_dates.get(day_type.day_type_id, [])
        tired = book.find_tired(days)
        twin = made.get(task.twin_id)
        if twin is not None and not _has_tired(twin[0], tired):
            plan = _stamp(twin[0], day_type)
        else:
            part = whole.rest(
                _find_share(tasks, k),
                least_s=pace * task.least_s,
                later_s=pace * sum(later.least_s for later in tasks[k + 1 :]),
                day=DayInHand(
                    name=day_type.day_type_id,
                    number=k + 1,
                    n_days=len(tasks),
                    is_shown=k == 0,
                ),
            )
            following = made[task.follows_id][1] if task.follows_id else None
            made[day_type.day_type_id] = week.plan(
                task, part, following, tired, _find_start(start, day_type, is_base=k == 0)
            )
            plan, found = made[day_type.day_type_id]
            if k == 0:
                pace = max(0.2, found.state.duties_s / (DUTIES_S * max(1, task.n_journeys)))
        book.add(plan, days)
        plans.append(plan)
    return Timetable(
        timetable_id=_name(inputs, plans, date_types),
        plans=(plans[0], *sorted(plans[1:], key=lambda p: p.day_type.day_type_id)),
        dates=tuple(sorted(date_types.items())),
    )


def _find_tasks(
    inputs: Inputs, base: DayType, day_types: Sequence[DayType]
) -> tuple[_Task, ...]:
    """Find in what order day types are planned, and which day each follows.

    A day follows the planned one it has most journeys in common with. Where that is less than
    half of either day, e.g. for adults in the school holidays, it is planned afresh and other
    days may follow it.
    """
    journeys = {d.day_type_id: _find_journeys(inputs, d) for d in day_types}
    others = sorted(
        (d for d in day_types if d != base),
        key=lambda d: (-len(journeys[d.day_type_id]), d.day_type_id),
    )
    tasks = [_Task(day_type=base, n_journeys=len(journeys[base.day_type_id]))]
    leads = [base.day_type_id]
    for day_type in others:
        mine = journeys[day_type.day_type_id]
        twin = next(
            (
                t.day_type.day_type_id
                for t in tasks
                if not t.twin_id
                and journeys[t.day_type.day_type_id] == mine
                and t.day_type.early_closings == day_type.early_closings
            ),
            "",
        )
        shares = [
            (len(mine & journeys[lead]) / max(1, len(mine), len(journeys[lead])), -k)
            for k, lead in enumerate(leads)
        ]
        best_share, order = max(shares)
        follows = leads[-order] if best_share >= LEAST_IN_COMMON else ""
        if not follows and not twin:
            leads.append(day_type.day_type_id)
        tasks.append(
            _Task(
                day_type=day_type,
                n_journeys=len(mine),
                follows_id=follows,
                twin_id=twin,
            )
        )
    return tuple(tasks)


def _find_share(tasks: Sequence[_Task], k: int) -> float:
    """Find the share of the time left that a task is given."""
    later = [t for t in tasks[k + 1 :] if not t.twin_id]
    if k == 0:
        return BASE_SHARE if later else 1.0
    return tasks[k].weight / (tasks[k].weight + sum(t.weight for t in later))


def _has_tired(plan: Plan, tired: frozenset[str]) -> bool:
    """Whether somebody of a plan needs a day off."""
    return bool(tired) and any(
        worker_id in tired
        for duty in plan.duties
        for worker_id in (duty.duty_id, *duty.crew_ids)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Week:
    """What the planning of all day types has in common."""

    inputs: Inputs
    matrix: TravelMatrix
    cost_model: CostModel
    prover: Prover
    seed: int
    n_workers: int
    on_better: Callable[[Plan], None] | None
    shown_id: str

    def plan(
        self,
        task: _Task,
        budget: Budget,
        following: Reference | None,
        tired: frozenset[str],
        start: Plan | None,
    ) -> tuple[Plan, Reference]:
        """Plan one day type: afresh, following another day, or from a given plan."""
        inputs, prover = self.inputs, self.prover
        if tired:
            awake = tuple(c for c in inputs.crews if c.crew_id not in tired)
            inputs = replace(inputs, crews=awake)
            prover = Prover(inputs, self.matrix, self.cost_model, task.day_type)
        pence = inputs.policy.weekday_difference_pence
        known = start.duties if start else following.duties if following else None
        case = DayCase(
            inputs,
            self.matrix,
            self.cost_model,
            task.day_type,
            pick_ups=None if known is None else read_points(inputs, self.matrix, known),
            is_choosing=following is None,
            tired=tired,
            prover=prover,
        )

        def build(state: DayState) -> Plan:
            is_shown = task.day_type.day_type_id == self.shown_id
            return build_plan(
                case,
                state,
                budget,
                seed=self.seed,
                service_date=inputs.service_date if is_shown else None,
                n_workers=self.n_workers,
            )

        def tell(state: DayState) -> None:
            if self.on_better is not None:
                self.on_better(build(state))

        state = search_day(
            case,
            budget,
            seed=self.seed,
            n_workers=self.n_workers,
            reference=(
                read_reference(case, start, pence if following else 0) if start else following
            ),
            rounds=STARTED if start else FOLLOWING if following else ROUNDS,
            on_better=None if self.on_better is None else tell,
        )
        plan = build(state)
        return plan, Reference(state=state, duties=plan.duties, pence=pence)


def _find_start(
    start: Timetable | Plan | None, day_type: DayType, *, is_base: bool
) -> Plan | None:
    """Find the plan that a day's search starts from, or None."""
    if isinstance(start, Timetable):
        return next((plan for plan in start.plans if plan.day_type == day_type), None)
    return start if is_base else None


def _find_days(
    inputs: Inputs, dates: Sequence[date] | None
) -> tuple[tuple[DayType, ...], dict[date, str]]:
    """Find the day types to plan and the dates they run on."""
    day_types, date_types = find_day_types(inputs)
    if dates is not None:
        date_types = {on: date_types[on] for on in sorted(dates) if on in date_types}
        day_types = tuple(d for d in day_types if d.day_type_id in set(date_types.values()))
    return day_types, date_types


def _find_base(inputs: Inputs, day_types: Sequence[DayType]) -> DayType:
    """Find the base day: that of the service date, else the one with the most travellers."""
    shown = find_day_type(inputs, inputs.service_date)
    if shown is not None and shown in day_types:
        return shown
    return max(day_types, key=lambda d: (len(_find_journeys(inputs, d)), d.day_type_id))


def _find_journeys(inputs: Inputs, day_type: DayType) -> frozenset[tuple[str, ...]]:
    """Find who travels where: days with equal journeys need the same plan."""
    return frozenset(
        (session, t.passenger_id, t.site_id, t.home_id)
        for session in Session
        for t in find_travellers(inputs, day_type, session)
    )


def _stamp(plan: Plan, day_type: DayType) -> Plan:
    """Give a plan of equal demand its day type and its own name."""
    if plan.day_type == day_type:
        return plan
    other = replace(plan, day_type=day_type, service_date=None)
    return replace(other, plan_id=name_plan(other))


def _name(inputs: Inputs, plans: Sequence[Plan], dates: dict[date, str]) -> str:
    """Name a timetable after its plans and dates."""
    digest = hashlib.sha256()
    for plan in sorted(plans, key=lambda p: p.plan_id):
        digest.update(plan.plan_id.encode())
    for on, day_type_id in sorted(dates.items()):
        digest.update(f"{on.isoformat()}={day_type_id};".encode())
    return f"{inputs.place}-timetable-{digest.hexdigest()[:10]}"
