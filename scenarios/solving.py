"""Solve cases of scenarios and keep their runs: what the command line and the page both do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from data.inputs import fingerprint
from data.runs import SCENARIO, RunRecord
from data.versions import find_code_version
from scenarios.study import Case, build_case, solve_study_case
from scenarios.study_file import build_study_record

if TYPE_CHECKING:
    from data.inputs import Inputs
    from data.networks import RoadNetwork
    from data.plans import Plan
    from data.store import Store
    from data.studies import StudyRecord
    from data.workspace import Workspace
    from routing import ProgressReport
    from scenarios.case import Search
    from scenarios.definition import Scenario
    from scenarios.study_file import StudyFile


def find_kept_run(store: Store, place: str, case: Case) -> RunRecord | None:
    """Find a kept run with the very same answer; an interrupted one does not count."""
    inputs_hash = fingerprint(case.inputs)
    for summary in store.list_runs(place):
        if (summary.kind, summary.inputs_hash) != (SCENARIO, inputs_hash):
            continue
        run = store.find_run(summary.run_id, place)
        settings = dict(run.settings)
        if settings.get("case_key") == case.case_key and run.limit != "interrupted":
            return run
    return None


def solve_and_keep(
    store: Store,
    workspace: Workspace,
    case: Case,
    network: RoadNetwork,
    *,
    now: Callable[[], datetime],
    progress: Callable[[ProgressReport], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> RunRecord:
    """Solve one case and keep its inputs, plans and run; each plan is judged as read back."""
    store.save_case_inputs(
        case.inputs, case.scenario_id, created_utc=now(), code_version=find_code_version()
    )

    def keep(made: Plan) -> Plan:
        store.save_plan(made)
        return store.read_plan(made.plan_id)

    run = solve_study_case(
        case,
        network,
        created_utc=now(),
        matrices=workspace.matrices_folder,
        keep=keep,
        progress=progress,
        should_stop=should_stop,
    )
    store.save_run(run)
    return run


def solve_stories(
    stories: Sequence[Scenario],
    inputs: Inputs,
    search: Search,
    solve: Callable[[Case], RunRecord],
    solve_many: Callable[[Sequence[Case]], list[RunRecord]] | None = None,
) -> list[RunRecord]:
    """Solve the base and every scenario from the base's first plan; the base first.

    Every scenario is resolved before any is solved, so that a fault costs no time.

    Parameters
    ----------
    solve
        Solves one case, or takes it from the store.
    solve_many
        Solves the cases that start from the base's first plan, where they are solved side by
        side; one after the other by default.

    Raises
    ------
    InputError
        If a change does not fit the inputs.
    """
    first = build_case(inputs, None, (), search)
    for story in stories:
        build_case(inputs, story, stories, search)
    # The base is searched on from its own first plan, as every case is.
    start = solve(first)
    cases = [build_case(inputs, None, (), search, start=start)]
    cases += [build_case(inputs, s, stories, search, start=start) for s in stories]
    return [solve(case) for case in cases] if solve_many is None else solve_many(cases)


def keep_study(
    store: Store,
    study: StudyFile,
    stories: Sequence[Scenario],
    runs: Sequence[RunRecord],
    inputs: Inputs,
    search: Search,
    solve: Callable[[Case], RunRecord],
    *,
    created_utc: Callable[[], datetime],
) -> StudyRecord:
    """Solve the base again with other random choices, and keep the study's runs together.

    Parameters
    ----------
    runs
        What `solve_stories` gives: the base's first.
    solve
        Solves one case, or takes it from the store.
    created_utc
        Reads the clock once all is solved.
    """
    # The run from whose plans every search of the study started.
    start = store.find_run(dict(runs[0].settings)["start"])
    repeats = [
        solve(build_case(inputs, None, (), replace(search, seed=search.seed + n), start=start))
        for n in range(1, study.repeats + 1)
    ]
    record = build_study_record(
        study,
        {dict(run.settings)["scenario_id"]: run for run in runs},
        repeats,
        stories,
        place=runs[0].place,
        created_utc=created_utc(),
        code_version=find_code_version(),
    )
    store.save_result(record, place=record.place)
    return record
