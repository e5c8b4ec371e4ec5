"""Identities that must hold to the penny before a paper may exist (M3), and what refuses it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from costing import share_duty_costs, total_cost_pence, total_full_cost_pence
from data.errors import IdentityError, ModelError
from data.plans import PlanState
from data.runs import RunRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One identity over all runs: how many amounts were compared, all equal."""

    name: str
    n_compared: int


class PaperRefusedError(ModelError):
    """Raised when a paper must not be written; `reasons` names every one."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        lines = "\n".join(f"  - {reason}" for reason in self.reasons)
        super().__init__(f"the paper is refused:\n{lines}")


def check_identities(runs: Sequence[RunRecord]) -> tuple[Identity, ...]:
    """Compare every amount of the runs that must equal another.

    Raises
    ------
    IdentityError
        With every run and identity that fails, and by how many pence.
    """
    faults: list[str] = []
    counts: dict[str, int] = defaultdict(int)

    def see(run: RunRecord, name: str, shown: int | None, due: int | None) -> None:
        counts[name] += 1
        if shown != due:
            faults.append(f"run {run.run_id}: {name}: {shown} against {due} pence")

    for run in runs:
        measures = run.measures
        if measures is None:
            faults.append(f"run {run.run_id} has no measures")
            continue
        by_route: dict[tuple[str, str], int] = defaultdict(int)
        for share in run.shares:
            by_route[share.duty_id, share.route_id] += share.amount_pence
        routes = share_duty_costs(run.lines, run.plan)
        for cost in routes:
            see(
                run,
                "passengers' shares add up to their route",
                by_route[cost.duty_id, cost.route_id],
                cost.cost_pence,
            )
        see(
            run,
            "routes add up to the plan",
            sum(r.cost_pence for r in routes),
            run.plan.cost_pence,
        )
        see(
            run,
            "cost lines add up to the plan",
            total_cost_pence(run.lines),
            run.plan.cost_pence,
        )
        see(
            run,
            "cost lines with fixed cost add up to the plan's full cost",
            total_full_cost_pence(run.lines),
            run.plan.full_cost_pence,
        )
        see(run, "the plan's cost is the day's cost", run.plan.cost_pence, measures.cost_pence)
        see(
            run,
            "providers add up to the year",
            sum(p.year_pence for p in measures.providers),
            measures.year_pence,
        )
        see(
            run,
            "the calendar's dates add up to the year",
            sum(part.n_dates * part.cost_pence for part in run.year),
            measures.year_pence,
        )
        see(
            run,
            "the calendar's dates add up to the year's full cost",
            sum(part.n_dates * part.full_cost_pence for part in run.year),
            measures.year_full_pence,
        )
    if faults:
        raise IdentityError("amounts that must be equal are not:\n" + "\n".join(faults[:20]))
    return tuple(Identity(name=name, n_compared=n) for name, n in counts.items())


def find_refusals(
    runs: Mapping[str, RunRecord],
    repeats: Sequence[RunRecord],
    *,
    base: str,
    today: str,
    current_inputs_hash: str,
    assumption_faults: Sequence[str] = (),
) -> tuple[str, ...]:
    """Find why no paper may be written from these runs; nothing if one may.

    Parameters
    ----------
    base, today
        Scenario ids of the base and of the plan made by hand.
    current_inputs_hash
        Of the place's inputs in force.
    assumption_faults
        What is wrong with the assumptions, e.g. one past its date of review (M6).
    """
    found = [f"assumption {fault}" for fault in assumption_faults]
    if runs[base].inputs_hash != current_inputs_hash:
        found.append(
            f"the study is stale: {runs[base].place} has other inputs now than those it was "
            "made from. Run the study again."
        )
    searches = set()
    for name, run in (*runs.items(), *((f"{base} again", run) for run in repeats)):
        found += _find_faults(name, run, is_by_hand=name == today)
        settings = dict(run.settings)
        if name != today:
            searches.add((settings.get("seconds"), settings.get("steps"), run.matrix_hash))
        if run.code_version != runs[base].code_version:
            found.append(f"{name} was solved by other code than {base}; run the study again.")
        if run.plan.day_type != runs[base].plan.day_type:
            found.append(f"{name} shows another day than {base}.")
    if len({(s, n) for s, n, _ in searches}) > 1:
        found.append("its cases were searched for different times, so they do not compare.")
    return tuple(found)


def _find_faults(name: str, run: RunRecord, *, is_by_hand: bool) -> list[str]:
    found = []
    judged = {report.plan_id for report in run.checks}
    if run.plan.plan_id not in judged or run.timetable is None or len(run.checks) < 2:
        found.append(f"{name} (run {run.run_id}) has not been checked in full.")
    n_broken = len({v for report in run.checks for v in report.violations})
    if n_broken and not is_by_hand:
        found.append(f"{name} (run {run.run_id}) breaks {n_broken} hard rules.")
    if run.limit == "interrupted":
        found.append(f"{name} (run {run.run_id}) was interrupted.")
    wanted = PlanState.BASELINE if is_by_hand else PlanState.OPTIMISED
    if run.plan.state is not wanted:
        found.append(f"{name} (run {run.run_id}) is {run.plan.state}, not {wanted}.")
    return found


def find_overdue(reviews: Mapping[str, date], on: date) -> tuple[str, ...]:
    """Find assumptions past their date of review."""
    return tuple(
        f"{name} was due for review on {due.isoformat()}."
        for name, due in sorted(reviews.items())
        if due < on
    )
