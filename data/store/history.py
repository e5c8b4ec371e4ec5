"""The history of runs: which there are, newest first, and which one an id means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from data.errors import StoreError
from data.runs import LATEST, SCENARIO, Measures
from data.store import models
from data.store.rows import read_stamp
from data.store.run_rows import SHOWN, read_measures


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One line of the history of runs.

    Attributes
    ----------
    n_violations
        Of all the run's check reports together; None where none was kept.
    measures
        Figures of the plan that is shown, or None.
    """

    run_id: str
    kind: str
    place: str
    title: str
    created_utc: datetime
    code_version: str
    inputs_hash: str
    matrix_hash: str
    seed: int
    steps: int
    limit: str
    plan_id: str
    cost_pence: int | None
    n_violations: int | None
    measures: Measures | None


def list_run_rows(connection: sa.Connection, place: str | None) -> tuple[RunSummary, ...]:
    """List runs, the newest first."""
    runs, plans, checks = models.runs, models.plans, models.check_reports
    violations = (
        sa.select(sa.func.sum(checks.c.n_violations))
        .where(checks.c.run_no == runs.c.run_no)
        .scalar_subquery()
    )
    query = (
        sa.select(
            runs,
            plans.c.plan_id,
            plans.c.cost_pence,
            violations.label("n_violations"),
        )
        .join(models.run_plans, models.run_plans.c.run_no == runs.c.run_no)
        .join(plans, plans.c.plan_no == models.run_plans.c.plan_no)
        .where(models.run_plans.c.role == SHOWN)
        .order_by(runs.c.created_utc.desc(), runs.c.run_no.desc())
    )
    if place is not None:
        query = query.where(runs.c.place == place)
    return tuple(
        RunSummary(
            run_id=row.run_id,
            kind=row.kind,
            place=row.place,
            title=row.title,
            created_utc=read_stamp(row.created_utc),
            code_version=row.code_version,
            inputs_hash=row.inputs_hash,
            matrix_hash=row.matrix_hash,
            seed=row.seed,
            steps=row.steps,
            limit=row.search_limit,
            plan_id=row.plan_id,
            cost_pence=row.cost_pence,
            n_violations=None if row.n_violations is None else int(row.n_violations),
            measures=read_measures(row.measures),
        )
        for row in connection.execute(query)
    )


_LATEST = (
    # a what-if is found by its id only: the latest run is the latest plan
    sa.select(models.runs.c.run_id)
    .where(models.runs.c.kind != SCENARIO)
    .order_by(models.runs.c.created_utc.desc(), models.runs.c.run_no.desc())
    .limit(1)
)
# Asked at every look at the latest plan: put together once.
_LATEST_OF_PLACE = _LATEST.where(models.runs.c.place == sa.bindparam("place"))


def find_run_id(connection: sa.Connection, run_id: str, place: str | None) -> str:
    """Find a full run id from an id, an unmistakable beginning of one, or ``latest``.

    Raises
    ------
    StoreError
        If no run or more than one answers to it.
    """
    runs = models.runs
    if run_id == LATEST:
        latest = _LATEST if place is None else _LATEST_OF_PLACE
        found = connection.execute(latest, {} if place is None else {"place": place}).scalar()
        if found is None:
            raise StoreError("The store holds no run yet" + (f" of {place}." if place else "."))
        return str(found)
    query = sa.select(runs.c.run_id).where(runs.c.run_id.startswith(run_id, autoescape=True))
    if place is not None:
        query = query.where(runs.c.place == place)
    ids = [str(one) for one in connection.execute(query.order_by(runs.c.run_id)).scalars()]
    if run_id in ids:
        return run_id
    if not ids:
        raise StoreError(f"The store holds no run {run_id}.")
    if len(ids) > 1:
        raise StoreError(f"{len(ids)} runs begin with {run_id}; give more of the id.")
    return ids[0]
