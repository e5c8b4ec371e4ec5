"""The baseline that an approved paper freezes, month by month, adding up to the paper."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime

from data.errors import IdentityError
from data.fleet import OWN_PROVIDER_ID
from data.outturn import Baseline, BaselineMonth, Measure
from data.papers import Paper
from data.runs import RunRecord
from data.units import split_pence
from scenarios import read_figures


def build_paper_baseline(
    paper: Paper, runs: Mapping[str, RunRecord], created_utc: datetime, code_version: str
) -> Baseline:
    """Build the baseline of a paper: today's routes against the recommended option.

    Parameters
    ----------
    runs
        By run id.

    Raises
    ------
    IdentityError
        If the months do not add up to the paper's year.
    """
    settings = dict(paper.settings)
    by_name = {dict(run.settings)["scenario_id"]: run for run in reversed(list(runs.values()))}
    today, chosen = settings["today"], settings["recommended"]
    reference, planned = _find_months(by_name[today]), _find_months(by_name[chosen])
    months = tuple(
        BaselineMonth(
            month=month,
            measure=measure,
            reference=reference.get((month, measure), 0),
            planned=planned.get((month, measure), 0),
        )
        for month in sorted({month for month, _ in (*reference, *planned)})
        for measure in Measure
    )
    return Baseline(
        baseline_id=f"{paper.paper_id}-baseline",
        paper_id=paper.paper_id,
        place=paper.place,
        title=paper.title,
        reference_id=today,
        planned_id=chosen,
        created_utc=created_utc,
        code_version=code_version,
        months=months,
    )


def _find_months(run: RunRecord) -> dict[tuple[str, Measure], int]:
    """Find what each measure comes to in each month of a run's year."""
    figures = read_figures(run)
    found: dict[tuple[str, Measure], int] = defaultdict(int)
    dates = _find_dates(run)
    for on, provider_id, cost_pence in dates:
        measure = Measure.OWN_COST if provider_id == OWN_PROVIDER_ID else Measure.SUPPLIER_COST
        found[f"{on:%Y-%m}", measure] += cost_pence
    if sum(found.values()) != figures.measures.year_pence:
        raise IdentityError(
            f"run {run.run_id}: the months come to {sum(found.values())} pence, the year to "
            f"{figures.measures.year_pence}"
        )
    months = sorted({month for month, _ in found})
    shares = split_pence(figures.yearly_pence, [1] * len(months), months)
    for month, share in zip(months, shares, strict=True):
        found[month, Measure.OFFERS_COST] += share
        found[month, Measure.VEHICLES] = figures.measures.n_duties
        found[month, Measure.PASSENGERS] = figures.measures.n_passengers
    found[months[0], Measure.OFFERS_COST] += figures.one_off_pence
    return dict(found)


def _find_dates(run: RunRecord) -> list[tuple[date, str, int]]:
    """Find each date's cost by provider from the parts of the year."""
    if run.timetable is None:
        raise IdentityError(f"run {run.run_id} has no year")
    parts = defaultdict(list)
    for part in run.year:
        parts[part.day_type_id].append(part)
    found = []
    counted: dict[int, int] = defaultdict(int)
    first = min(part.first_date for part in run.year)
    last = max(part.last_date for part in run.year)
    for on, day_type_id in run.timetable.dates:
        if not first <= on <= last:
            continue
        for part in parts[day_type_id]:
            if part.first_date <= on <= part.last_date:
                found.append((on, part.provider_id, part.cost_pence))
                counted[id(part)] += 1
    wrong = [part for part in run.year if counted[id(part)] != part.n_dates]
    if wrong:
        raise IdentityError(f"run {run.run_id}: {len(wrong)} parts of the year overlap")
    return found
