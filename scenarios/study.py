"""A study: scenarios solved on one place, each kept as a run, and compared with their base.

The saving of a change is the difference between two optimised plans of the same search from the
same start, never an average cost per head. Money that no plan holds (a programme's cost, an
income) stands beside it, line by line.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from data.inputs import Inputs, fingerprint, read_document, write_document
from data.networks import RoadNetwork
from data.places import Session
from data.plans import Plan, PlanState, Timetable
from data.runs import SCENARIO, Measures, RunRecord
from data.versions import find_code_version
from routing import ProgressReport
from scenarios.by_hand import mend_by_hand, price_by_hand
from scenarios.case import (
    KeepPlan,
    Search,
    Start,
    build_case_matrix,
    solve_case,
)
from scenarios.changes import Draft, YearlyLine, apply_changes
from scenarios.definition import BASELINE, Scenario, fix_changes
from scenarios.record import build_run


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A scenario resolved on a place's inputs, ready to be solved.

    Attributes
    ----------
    case_key
        Fingerprint of everything its answer hangs on: inputs, search, code. Equal keys have
        equal answers, so that a study is resumed and not begun again.
    touched
        How many passengers each kind of change concerned.
    is_by_hand, is_from_today
        Priced as planned today, without any search; searched from today's routes, mended.
    """

    scenario_id: str
    title: str
    is_by_hand: bool
    is_from_today: bool
    inputs: Inputs
    search: Search
    lines: tuple[YearlyLine, ...]
    notes: tuple[str, ...]
    touched: tuple[tuple[str, int], ...]
    resolved: str
    start: Start | None
    start_id: str
    case_key: str


def build_case(
    inputs: Inputs,
    scenario: Scenario | None,
    others: Sequence[Scenario],
    search: Search,
    *,
    start: RunRecord | None = None,
    values: Mapping[str, float] | None = None,
) -> Case:
    """Resolve a scenario: its bases' changes and its own applied to a place's inputs.

    Parameters
    ----------
    scenario
        None for the inputs as they stand.
    start
        Run from whose plans the search starts, day by day: the same one for all cases of a
        study, the base too, so that the gain of searching on is not taken for one of a change,
        and a change that only takes passengers away makes no day dearer.
    values
        Numbers for uncertain ones, by the names of `find_named_numbers`; the most likely ones
        by default.

    Raises
    ------
    InputError
        If a change does not fit the inputs.
    """
    changes = () if scenario is None else fix_changes(scenario, others, values)
    seed = 1 if scenario is None else scenario.seed
    name = BASELINE if scenario is None else scenario.scenario_id
    draft: Draft = apply_changes(inputs, changes, seed=seed, file=f"{name}.toml")
    planned = "search" if scenario is None else scenario.planned
    if planned != "search":
        start = None  # nothing is searched, or from another start
    resolved = json.dumps(
        {
            "scenario_id": name,
            "seed": seed,
            **({"planned": planned} if planned != "search" else {}),
            "changes": [change.model_dump(mode="json") for change in changes],
        },
        sort_keys=True,
    )
    begin = None if start is None else start.timetable or start.plan
    name_of = "" if begin is None else _name_start(begin)
    digest = hashlib.sha256()
    for part in (
        fingerprint(draft.inputs).encode(),
        write_document(_keep_what_counts(search)),
        resolved.encode(),
        find_code_version().encode(),
        name_of.encode(),
    ):
        digest.update(part + b"\0")
    return Case(
        scenario_id=name,
        title="Today's inputs as they stand" if scenario is None else scenario.title,
        is_by_hand=planned == "by_hand",
        is_from_today=planned == "from_today",
        inputs=draft.inputs,
        search=search,
        lines=tuple(draft.lines),
        notes=tuple(draft.notes),
        touched=tuple(sorted((what, len(ids)) for what, ids in draft.touched.items())),
        resolved=resolved,
        start=begin,
        start_id="" if start is None else start.run_id,
        case_key=digest.hexdigest()[:32],
    )


def keep_plans(run: RunRecord) -> RunRecord:
    """Keep of a run what a search starts from: a light record to hand to other processes."""
    return replace(
        run,
        lines=(),
        baseline_lines=(),
        shares=(),
        alternatives=(),
        checks=(),
        year=(),
        walks=(),
    )


def _name_start(start: Start) -> str:
    """Name a start by its content."""
    return start.timetable_id if isinstance(start, Timetable) else start.plan_id


def _keep_what_counts(search: Search) -> Search:
    """Leave out what does not change a plan: where and by how many it is worked out."""
    if search.seconds is not None:
        return search
    return replace(search, n_workers=0, cluster="")


def solve_study_case(
    case: Case,
    network: RoadNetwork,
    *,
    created_utc: datetime,
    matrices: Path | None = None,
    keep: KeepPlan = lambda plan: plan,
    progress: Callable[[ProgressReport], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> RunRecord:
    """Plan, price, check and measure a case, and put it down as a run of a study."""
    matrix = build_case_matrix(case.inputs, network, cache_folder=matrices)
    if case.is_by_hand:
        result = price_by_hand(case.inputs, matrix, only=case.search.only, keep=keep)
    else:
        result = solve_case(
            case.inputs,
            matrix,
            case.search,
            start=mend_by_hand(case.inputs, matrix) if case.is_from_today else case.start,
            keep=keep,
            progress=progress,
            should_stop=should_stop,
        )
    extra = (
        ("case_key", case.case_key),
        ("scenario_id", case.scenario_id),
        ("scenario_title", case.title),
        ("scenario", case.resolved),
        ("yearly_lines", json.dumps([asdict(line) for line in case.lines])),
        ("notes", json.dumps(case.notes)),
        ("start", case.start_id),
        ("touched", json.dumps(dict(case.touched))),
    )
    run = build_run(
        case.inputs,
        matrix,
        case.search,
        result,
        created_utc=created_utc,
        kind=SCENARIO,
        extra=extra,
    )
    return replace(run, title=f"{run.title}: {case.title}")


def solve_apart(shared: tuple[RoadNetwork, datetime, Path | None], case: Case) -> RunRecord:
    """Solve a case in a process of its own, which has no store.

    The checker judges what a plan is after being written down and read again; whoever keeps the
    run sees to it that the store gives back the same.
    """
    network, created_utc, matrices = shared
    return solve_study_case(
        case, network, created_utc=created_utc, matrices=matrices, keep=read_back
    )


def read_back(plan: Plan) -> Plan:
    """Write a plan down and read it again."""
    found = read_document(Plan, write_document(plan))
    if not isinstance(found, Plan):
        raise TypeError("a plan did not read back as one")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFigures:
    """What one case of a study comes to, from its run alone.

    Attributes
    ----------
    day_pence, year_pence, year_full_pence
        Transport at avoidable cost and contract price; a year; with the own fixed cost. [pence]
    yearly_pence, one_off_pence
        Programmes' cost less incomes, each year; in the first year only. [pence]
    """

    scenario_id: str
    title: str
    run_id: str
    measures: Measures
    lines: tuple[YearlyLine, ...]
    notes: tuple[str, ...]
    touched: tuple[tuple[str, int], ...]
    n_violations: int
    is_by_hand: bool = False

    @property
    def yearly_pence(self) -> int:
        """Programmes' cost less incomes, each year. [pence]"""
        return sum(line.amount_pence for line in self.lines if not line.is_one_off)

    @property
    def one_off_pence(self) -> int:
        """What falls due in the first year only. [pence]"""
        return sum(line.amount_pence for line in self.lines if line.is_one_off)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A case against its base.

    Attributes
    ----------
    transport_pence
        Year's cost of the base's plan less that of the case's: a saving is positive. [pence]
    net_pence
        The same less what the programmes cost each year. [pence]
    first_year_pence
        The same less what falls due once. [pence]
    n_journeys
        Journeys of the shown day that both plans carry.
    n_other_companions
        Of them, those with other companions than in the base; who travels in one plan only is
        left aside.
    """

    case: CaseFigures
    transport_pence: int
    net_pence: int
    first_year_pence: int
    n_routes: int
    n_duties: int
    n_own_vehicles: int
    n_journeys: int
    n_other_companions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A base and its cases."""

    base: CaseFigures
    cases: tuple[Difference, ...]


def read_figures(run: RunRecord) -> CaseFigures:
    """Read what a case came to from its run.

    Raises
    ------
    ValueError
        If the run has no measures or is not one of a study.
    """
    settings = dict(run.settings)
    if run.measures is None or "scenario_id" not in settings:
        raise ValueError(f"run {run.run_id} is not one of a study")
    return CaseFigures(
        scenario_id=settings["scenario_id"],
        title=settings["scenario_title"],
        run_id=run.run_id,
        measures=run.measures,
        lines=tuple(YearlyLine(**line) for line in json.loads(settings["yearly_lines"])),
        notes=tuple(json.loads(settings["notes"])),
        touched=tuple(sorted(json.loads(settings["touched"]).items())),
        n_violations=len({v for report in run.checks for v in report.violations}),
        is_by_hand=run.plan.state is PlanState.BASELINE,
    )


def compare(base: RunRecord, cases: Sequence[RunRecord]) -> Comparison:
    """Compare cases with their base.

    Raises
    ------
    ValueError
        If a run is not one of a study, or plans another date than the base.
    """
    ground = read_figures(base)
    return Comparison(
        base=ground, cases=tuple(_compare_one(base, ground, run) for run in cases)
    )


def _compare_one(base: RunRecord, ground: CaseFigures, run: RunRecord) -> Difference:
    found = read_figures(run)
    if run.plan.day_type != base.plan.day_type:
        raise ValueError(f"run {run.run_id} shows another day than {base.run_id}")
    transport = ground.measures.year_pence - found.measures.year_pence
    net = transport - (found.yearly_pence - ground.yearly_pence)
    before, after = find_companions(base.plan), find_companions(run.plan)
    both = before.keys() & after.keys()
    stay = frozenset(p for _, p in before) & frozenset(p for _, p in after)
    return Difference(
        case=found,
        transport_pence=transport,
        net_pence=net,
        first_year_pence=net - (found.one_off_pence - ground.one_off_pence),
        n_routes=found.measures.n_routes - ground.measures.n_routes,
        n_duties=found.measures.n_duties - ground.measures.n_duties,
        n_own_vehicles=found.measures.n_own_vehicles - ground.measures.n_own_vehicles,
        n_journeys=len(both),
        n_other_companions=sum(before[k] & stay != after[k] & stay for k in both),
    )


JourneyKey = tuple[Session, str]


def find_companions(plan: Plan) -> dict[JourneyKey, frozenset[str]]:
    """Find with whom each passenger rides, in each session."""
    return {
        (route.session, passenger_id): frozenset(route.passenger_ids) - {passenger_id}
        for route in plan.routes
        for passenger_id in route.passenger_ids
    }
