"""A comparison as lines for the screen and as plain values."""

from __future__ import annotations

from scenarios.study import CaseFigures, Comparison, Difference


def build_comparison_lines(found: Comparison) -> tuple[str, ...]:
    """Build the lines of a comparison: what each case costs, saves and changes.

    Savings are positive. A year is that of the inputs, at their price base.
    """
    base = found.base.measures
    lines = [
        f"Base: {found.base.title}",
        f"  {_pounds(base.cost_pence)} a day, {_pounds(base.year_pence)} a year, "
        f"{base.n_passengers:,} passengers, {base.n_routes} routes, {base.n_duties} duties, "
        f"{base.n_own_vehicles} own vehicles",
        "",
        f"  {'case':<26}{'a year':>13}{'saved':>12}{'programmes':>12}{'net a year':>12}"
        f"{'routes':>8}{'duties':>8}{'riders':>8}",
    ]
    for d in found.cases:
        m = d.case.measures
        lines.append(
            f"  {d.case.scenario_id[:25]:<26}{_pounds(m.year_pence):>13}"
            f"{_pounds(d.transport_pence):>12}{_pounds(d.case.yearly_pence):>12}"
            f"{_pounds(d.net_pence):>12}{d.n_routes:>+8}{d.n_duties:>+8}"
            f"{m.n_passengers - base.n_passengers:>+8}"
        )
    for d in found.cases:
        lines += ["", f"{d.case.scenario_id}: {d.case.title}", *_describe(d)]
    lines += [
        "",
        "Both plans of a pair come from the same search; what is saved is the difference",
    ]
    lines += [
        "of two optimised plans. Amounts in pounds of the inputs' year, savings positive."
    ]
    return tuple(lines)


def _describe(d: Difference) -> list[str]:
    lines = [f"  run {d.case.run_id}"]
    for line in d.case.lines:
        when = "once" if line.is_one_off else "a year"
        lines.append(
            f"  {line.name}: {_pounds(line.amount_pence)} {when}  {line.source}".rstrip()
        )
    if d.case.one_off_pence:
        lines.append(f"  net in the first year: {_pounds(d.first_year_pence)}")
    if d.case.touched:
        words = ", ".join(f"{n} {what.replace('_', ' ')}" for what, n in d.case.touched)
        lines.append(f"  passengers concerned: {words}")
    lines.append(
        f"  {d.n_other_companions:,} of {d.n_journeys:,} journeys have other companions "
        "than in the base"
    )
    if d.case.measures.n_unserved:
        lines.append(f"  not carried: {d.case.measures.n_unserved}")
    if d.case.n_violations:
        what = "today's plan as it runs" if d.case.is_by_hand else "this plan must not be used"
        lines.append(f"  violations: {d.case.n_violations}; {what}")
    return [*lines, *(f"  note: {text}" for text in d.case.notes)]


def build_comparison_record(found: Comparison) -> dict[str, object]:
    """Build a comparison as plain values for JSON; amounts in pence, savings positive."""
    return {
        "base": _record(found.base),
        "cases": [
            {
                **_record(d.case),
                "saved_year_pence": d.transport_pence,
                "net_year_pence": d.net_pence,
                "net_first_year_pence": d.first_year_pence,
                "routes_change": d.n_routes,
                "duties_change": d.n_duties,
                "own_vehicles_change": d.n_own_vehicles,
                "journeys_in_both": d.n_journeys,
                "journeys_other_companions": d.n_other_companions,
            }
            for d in found.cases
        ],
    }


def _record(case: CaseFigures) -> dict[str, object]:
    m = case.measures
    return {
        "scenario_id": case.scenario_id,
        "title": case.title,
        "run_id": case.run_id,
        "passengers": m.n_passengers,
        "carried": m.n_carried,
        "unserved": m.n_unserved,
        "routes": m.n_routes,
        "duties": m.n_duties,
        "own_vehicles": m.n_own_vehicles,
        "cost_pence": m.cost_pence,
        "year_pence": m.year_pence,
        "year_full_pence": m.year_full_pence,
        "programme_year_pence": case.yearly_pence,
        "programme_one_off_pence": case.one_off_pence,
        "lines": [
            {"name": x.name, "pence": x.amount_pence, "one_off": x.is_one_off}
            for x in case.lines
        ],
        "touched": dict(case.touched),
        "notes": list(case.notes),
        "violations": case.n_violations,
    }


def _pounds(pence: int) -> str:
    """Write whole pounds, rounded half away from nought, for a table of large amounts."""
    whole = (abs(pence) + 50) // 100
    return f"{'-' if pence < 0 and whole else ''}£{whole:,}"


__all__ = ["build_comparison_lines", "build_comparison_record"]
