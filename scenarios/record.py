"""The run record of a solved case: everything its reports need, and what it was made from."""

from __future__ import annotations

import platform
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version

from data.inputs import Inputs
from data.networks import TravelMatrix
from data.runs import RunRecord, build_run_id
from data.versions import find_code_version
from scenarios.case import CaseResult, Search

_LIBRARIES = ("numba", "numpy", "ortools", "pandas", "routingkit-cch", "scipy", "sqlalchemy")


def build_run(
    inputs: Inputs,
    matrix: TravelMatrix,
    search: Search,
    result: CaseResult,
    *,
    created_utc: datetime,
    kind: str = "plan",
    extra: tuple[tuple[str, str], ...] = (),
) -> RunRecord:
    """Build the run record of a case.

    Parameters
    ----------
    created_utc
        When the run was made, with the UTC zone.
    extra
        Further named settings, as text.
    """
    plan = result.plan
    run = RunRecord(
        run_id="",
        kind=kind,
        place=inputs.place,
        title=inputs.title,
        created_utc=created_utc,
        code_version=find_code_version(),
        inputs_hash=plan.inputs_hash,
        matrix_hash=matrix.fingerprint,
        settings=(
            ("seconds", "" if search.seconds is None else str(search.seconds)),
            ("steps", "" if search.steps is None else str(search.steps)),
            ("seed", str(search.seed)),
            ("n_workers", str(search.n_workers)),
            ("only", "" if search.only is None else search.only.isoformat()),
            ("objective_gap_pence", str(result.objective_gap_pence)),
            *extra,
        ),
        seed=search.seed,
        steps=plan.search.steps,
        limit=plan.search.limit,
        versions=(
            ("python", platform.python_version()),
            *((name, version(name)) for name in _LIBRARIES),
        ),
        plan=plan,
        timetable=result.timetable,
        baseline=result.baseline,
        lines=result.lines,
        baseline_lines=result.baseline_lines,
        shares=result.shares,
        alternatives=result.alternatives,
        year=result.year,
        checks=result.checks,
        measures=result.measures,
        baseline_measures=result.baseline_measures,
        walks=matrix.walks,
        is_synthetic=inputs.is_synthetic,
        attribution=tuple(dict.fromkeys((*inputs.attribution, *matrix.attribution))),
    )
    return replace(run, run_id=build_run_id(run))
