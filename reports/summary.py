"""The one-screen summary of a run, and its one JSON line."""

from __future__ import annotations

from data.money import CostBasis, CostLine
from data.plans import Plan
from data.runs import Measures, RunRecord
from data.units import format_miles, format_pounds
from reports.facts import COST_BASES

_WIDTH = 94
_PROVIDER_WIDTH = 40
WEAK_GAP_BP = 3_300
"""A gap above this says more about the proof than about the plan. [0.01 %]"""
WEAK_PROOF = "too weak a proof to judge the plan by"


def _row(label: str, *cells: str, width: int = 26) -> str:
    return f"  {label[:width]:<{width}}" + "".join(f"{cell:>13}" for cell in cells)


def _pounds(amount_pence: int) -> str:
    return f"{format_pounds(round_to_pounds(amount_pence))[:-3]}"


def round_to_pounds(amount_pence: int) -> int:
    """Round an amount to whole pounds for display, half up. [pence]

    Examples
    --------
    >>> round_to_pounds(150), round_to_pounds(149)
    (200, 100)
    """
    return (amount_pence + 50) // 100 * 100


def describe_gap(cost_pence: int, bound_pence: int | None) -> str:
    """Say how far a plan can be from the best, or that no bound is known.

    Examples
    --------
    >>> describe_gap(1_000_00, 980_00)
    'at least £980, gap at most 2.0 %'
    >>> describe_gap(1_000_00, 100_00)
    'at least £100, gap at most 90.0 %: too weak a proof to judge the plan by'
    """
    if bound_pence is None:
        return "not known (no bound was computed)"
    gap_bp = 0 if cost_pence == 0 else (cost_pence - bound_pence) * 10_000 // cost_pence
    weak = f": {WEAK_PROOF}" if gap_bp > WEAK_GAP_BP else ""
    return f"at least {_pounds(bound_pence)}, gap at most {gap_bp / 100:.1f} %{weak}"


def build_summary(run: RunRecord, n_violations: int) -> tuple[str, ...]:
    """Build the summary of a run as lines of text, at most one screen.

    Parameters
    ----------
    n_violations
        Hard rules broken, over all plans of the run as read back from the store.

    Raises
    ------
    ValueError
        If the run carries no measures.
    """
    measures = run.measures
    if measures is None:
        raise ValueError("the run has no measures")
    plan = run.plan
    shown = plan.service_date.isoformat() if plan.service_date else plan.day_type.day_type_id
    lines = [
        f"{run.title or run.place}: {shown} ({plan.day_type.day_type_id}), {plan.state}",
        "-" * _WIDTH,
        _row("passengers entitled", f"{measures.n_passengers:,}")
        + f"   carried {measures.n_carried:,}, not carried {measures.n_unserved:,}",
        _row("routes", f"{measures.n_routes:,}")
        + f"   duties {measures.n_duties:,}, own vehicles out {measures.n_own_vehicles:,}",
        _row("miles", format_miles(measures.loaded_m + measures.dead_m))
        + f"   loaded {format_miles(measures.loaded_m)}, dead {format_miles(measures.dead_m)}",
        "",
        _row("provider", "duties", "journeys", "a day", "a year", width=_PROVIDER_WIDTH),
    ]
    lines += _provider_rows(run, measures)
    lines += [
        _row(
            "all",
            f"{measures.n_duties:,}",
            _journeys(measures),
            _pounds(measures.cost_pence),
            _year(run, measures.year_pence),
            width=_PROVIDER_WIDTH,
        ),
        _row(
            "with own fixed cost",
            "",
            "",
            _pounds(measures.full_cost_pence),
            _year(run, measures.year_full_pence),
            width=_PROVIDER_WIDTH,
        ),
        "",
    ]
    lines += _as_rows(run)
    for ride in measures.rides:
        share = ride.n_over_guide * 1000 // ride.n_journeys / 10 if ride.n_journeys else 0.0
        lines.append(
            _row(f"ride, {ride.phase}", f"{ride.n_journeys:,}")
            + f"   median {ride.median_s // 60} min, worst {-(-ride.worst_s // 60)} min, over "
            f"{ride.guide_s // 60} min: {ride.n_over_guide} ({share} %)"
        )
    lines += ["", f"  best possible: {describe_gap(measures.cost_pence, plan.bound_pence)}"]
    if plan.bound_pence is not None:
        lines.append(f"    proven for: {plan.bound_policy}")
    if run.baseline_measures is not None:
        base = run.baseline_measures
        made_up = " (made up, no evidence of a saving)" if run.is_synthetic else ""
        lines.append(
            f"  today's plan{made_up}: {_pounds(base.cost_pence)} a day, "
            f"{base.n_routes:,} routes, {base.n_carried:,} carried"
        )
    lines.append(f"  violations: {n_violations}")
    if run.limit == "interrupted":
        lines.append("  search: interrupted; the best plan until then was kept")
    remarks = (*(("made-up people",) if run.is_synthetic else ()), *plan.flags)
    if remarks:
        lines.append(f"  note: {', '.join(remarks)}")
    lines.append(f"  run {run.run_id}  inputs {run.inputs_hash[:12]}  code {run.code_version}")
    return tuple(lines)


def _as_rows(run: RunRecord) -> list[str]:
    """Sum the routes that both the own fleet and the market can serve, priced each way."""
    both = [
        a
        for a in run.alternatives
        if a.bought_pence is not None and a.own_full_pence is not None
    ]
    if not both:
        return []
    bought = sum(a.bought_pence or 0 for a in both)
    avoidable = sum(a.own_avoidable_pence or 0 for a in both)
    full = sum(a.own_full_pence or 0 for a in both)
    planned = sum(a.planned_pence for a in both)
    return [
        f"  {len(both):,} of {len(run.alternatives):,} routes could be run either way, a day: "
        f"as planned {_pounds(planned)},",
        f"    as bought {_pounds(bought)}, as own fleet {_pounds(avoidable)} avoidable, "
        f"{_pounds(full)} full (each route alone)",
    ]


def build_price_lines(run: RunRecord, *, is_every_line: bool = False) -> tuple[str, ...]:
    """Build the prices of a run's plan as lines of text.

    Parameters
    ----------
    is_every_line
        Every cost line with quantity, rate and amount, in place of one line per route.
    """
    if is_every_line:
        return _build_every_line(run)
    lines = [
        f"{'route':<26} {'session':<9} {'provider':<10} {'vehicle':<16} "
        f"{'planned':>11} {'bought':>11} {'own avoid.':>11} {'own full':>11}"
    ]
    lines += [
        f"{a.route_id:<26} {a.session:<9} {a.provider_id:<10} {a.vehicle_type_id:<16} "
        f"{format_pounds(a.planned_pence):>11} {_optional(a.bought_pence):>11} "
        f"{_optional(a.own_avoidable_pence):>11} {_optional(a.own_full_pence):>11}"
        for a in run.alternatives
    ]
    return (*lines, *_as_rows(run), f"run {run.run_id}  inputs {run.inputs_hash[:12]}")


def _build_every_line(run: RunRecord) -> tuple[str, ...]:
    """Build a row of every cost line, and what they add up to by basis."""
    head = ("duty", "route", "item", "quantity", "unit", "rate (pence)", "amount", "basis")
    rows = [
        (
            line.duty_id,
            _name_routes(line),
            line.item,
            f"{line.quantity:,}",
            line.unit,
            _rate(line.rate_mpence),
            format_pounds(line.amount_pence),
            str(line.basis),
        )
        for line in run.lines
    ]
    widths = [max(len(row[c]) for row in (head, *rows)) for c in range(len(head))]
    signs = "<<<><>><"
    lines = [
        " ".join(
            f"{cell:{s}{w}}" for cell, s, w in zip(row, signs, widths, strict=True)
        ).rstrip()
        for row in (head, *rows)
    ]
    for basis in CostBasis:
        held = [line.amount_pence for line in run.lines if line.basis is basis]
        if held:
            lines.append(f"{len(held):,} lines {basis}: {format_pounds(sum(held))}")
    cost_pence = sum(line.amount_pence for line in run.lines if line.basis in COST_BASES)
    income_pence = -sum(
        line.amount_pence for line in run.lines if line.basis is CostBasis.INCOME
    )
    if income_pence:
        lines.append(
            f"cost {format_pounds(cost_pence)} less income {format_pounds(income_pence)}: "
            f"{format_pounds(cost_pence - income_pence)} a day"
        )
    return (*lines, f"run {run.run_id}  inputs {run.inputs_hash[:12]}")


def _name_routes(line: CostLine) -> str:
    """Name the routes that a line is for, without repeating their duty."""
    if line.route_id is not None:
        return line.route_id
    if line.shared_by:
        return "+".join(r.removeprefix(f"{line.duty_id}-") for r in line.shared_by)
    return "whole duty" if line.duty_id else "whole plan"


def _rate(rate_mpence: int) -> str:
    pence, thousandths = divmod(abs(rate_mpence), 1_000)
    return f"{'-' if rate_mpence < 0 else ''}{pence:,}.{thousandths:03d}"


def _optional(amount_pence: int | None) -> str:
    return "-" if amount_pence is None else format_pounds(amount_pence)


def _journeys(measures: Measures) -> str:
    return f"{sum(p.n_passenger_journeys for p in measures.providers):,}"


def _year(run: RunRecord, amount_pence: int) -> str:
    """Write a cost of the year; a dash where one date alone was planned."""
    return "-" if run.timetable is None else _pounds(amount_pence)


def _provider_rows(run: RunRecord, measures: Measures) -> list[str]:
    return [
        _row(
            p.name,
            f"{p.n_duties:,}",
            f"{p.n_passenger_journeys:,}",
            _pounds(p.cost_pence),
            _year(run, p.year_pence),
            width=_PROVIDER_WIDTH,
        )
        for p in measures.providers
        if p.n_duties or p.year_pence
    ]


def build_summary_record(run: RunRecord, n_violations: int) -> dict[str, object]:
    """Build the one JSON summary line of a run, as a plain mapping."""
    measures = run.measures
    if measures is None:
        raise ValueError("the run has no measures")
    plan: Plan = run.plan
    return {
        "place": run.place,
        "service_date": plan.service_date.isoformat() if plan.service_date else None,
        "day_type": plan.day_type.day_type_id,
        "state": str(plan.state),
        "passengers": measures.n_passengers,
        "carried": measures.n_carried,
        "unserved": measures.n_unserved,
        "routes": measures.n_routes,
        "duties": measures.n_duties,
        "vehicles_own": measures.n_own_vehicles,
        "loaded_m": measures.loaded_m,
        "dead_m": measures.dead_m,
        "cost_pence": measures.cost_pence,
        "full_cost_pence": measures.full_cost_pence,
        "recoverable_vat_pence": sum(
            line.amount_pence for line in run.lines if line.basis is CostBasis.RECOVERABLE_VAT
        ),
        "year_pence": measures.year_pence,
        "year_full_pence": measures.year_full_pence,
        "bound_pence": plan.bound_pence,
        "bound_policy": plan.bound_policy,
        "violations": n_violations,
        "cpu_s": round(plan.search.cpu_s, 3),
        "wall_s": round(plan.search.wall_s, 3),
        "seed": plan.search.seed,
        "steps": plan.search.steps,
        "limit": plan.search.limit,
        "run_id": run.run_id,
        "plan_id": plan.plan_id,
        "inputs_hash": run.inputs_hash,
        "code_version": run.code_version,
        "flags": list(plan.flags),
    }
