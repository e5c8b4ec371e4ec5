"""Lines about rates for the terminal: comparison of routes, and what separates two plans."""

from __future__ import annotations

from collections.abc import Mapping

from data.benchmark import RateBenchmark
from data.comparisons import CostView, Difference, PlanComparison, RouteComparison, find_sign
from data.units import format_miles, format_pounds

VIEW_WORDS: Mapping[CostView, str] = {
    CostView.SHORT_RUN: "short run, own at avoidable cost",
    CostView.LONG_RUN: "long run, own at full cost",
}


def build_compare_lines(found: PlanComparison) -> tuple[str, ...]:
    """Build the lines of a comparison: each route, the whole, then the differences."""
    lines = [
        f"{found.plan_words}, pounds a day, {found.price_base}, net of VAT"
        + (" (recovered)" if found.is_vat_recovered else " unless it says gross"),
        f"{'route':<18} {'session':<8} {'by':<6} {'miles':>6} {'min':>5} "
        f"{'planned':>9} {'paid':>9} {'best card':>9} {'should':>9} {'own avoid':>9} "
        f"{'own full':>9} {'short':>6} {'long':>6}",
    ]
    lines += [_build_row(row) for row in found.routes]
    lines += list(_build_whole(found))
    for ghost in found.ghosts:
        lines.append(
            f"ghost route {ghost.route_name}: {format_pounds(ghost.paid_pence)} a day is paid "
            f"to {ghost.provider_id} and nobody is carried"
        )
    if found.differences:
        lines += ["", *_build_differences(found.differences)]
    return (*lines, *found.notes)


def _build_row(row: RouteComparison) -> str:
    bid = row.bid
    return (
        f"{row.route_id:<18} {row.session:<8} {row.provider_id:<6} "
        f"{format_miles(row.loaded_m):>6} {row.route_s // 60:>5} "
        f"{_pounds(row.planned_pence):>9} {_pounds(row.paid_pence):>9} "
        f"{_pounds(bid.net_pence if bid else None):>9} {_pounds(row.should_pence):>9} "
        f"{_pounds(row.own_avoidable_pence):>9} {_pounds(row.own_full_pence):>9} "
        f"{find_sign(row.short_run_pence):>6} {find_sign(row.long_run_pence):>6}"
    )


def _build_whole(found: PlanComparison) -> tuple[str, ...]:
    """Build the sums over routes that have both a bid and an own cost."""
    both = [r for r in found.routes if r.short_run_pence is not None]
    short = [find_sign(r.short_run_pence) for r in both]
    long = [find_sign(r.long_run_pence) for r in both]
    planned = sum(r.planned_pence for r in found.routes)
    lines = [f"planned, all {len(found.routes)} routes: {format_pounds(planned)}"]
    paid = [r for r in found.routes if r.paid_pence is not None]
    if paid:
        net = sum(r.paid_pence or 0 for r in paid)
        vat = sum(r.paid_vat_pence for r in paid)
        lines.append(
            f"contract price paid, {len(paid)} routes: {format_pounds(net)} net, "
            f"{format_pounds(net + vat)} gross"
        )
    if both:
        bids = sum(r.bid.cost_pence for r in both if r.bid is not None)
        lines += [
            f"routes that could be run either way: {len(both)}, each on its own: best cards "
            f"{format_pounds(bids)}, own avoidable "
            f"{format_pounds(sum(r.own_avoidable_pence or 0 for r in both))}, own full "
            f"{format_pounds(sum(r.own_full_pence or 0 for r in both))}, should-cost "
            f"{format_pounds(sum(r.should_pence or 0 for r in both))}",
            f"short run (bid less own avoidable): buy {short.count('buy')}, "
            f"own {short.count('own')}, equal {short.count('equal')}",
            f"long run (bid less own full): buy {long.count('buy')}, "
            f"own {long.count('own')}, equal {long.count('equal')}",
        ]
    return tuple(lines)


def _build_differences(differences: tuple[Difference, ...]) -> list[str]:
    """Build the table that splits differences into rate, mix, planning and volume."""
    lines = [
        "each option's own best routes for the same passengers, against the routes above",
        f"{'option':<28} {'view':<10} {'reference':>11} {'rate':>11} {'mix':>11} "
        f"{'planning':>11} {'volume':>11} {'compared':>11} {'journeys':>13} {'kept':>5}",
    ]
    for d in differences:
        lines.append(
            f"{d.option:<28} {d.view.replace('_', ' '):<10} {_pounds(d.reference_pence):>11} "
            f"{_pounds(d.rate_pence):>11} {_pounds(d.mix_pence):>11} "
            f"{_pounds(d.planning_pence):>11} {_pounds(d.volume_pence):>11} "
            f"{_pounds(d.compared_pence):>11} "
            f"{f'{d.n_compared_journeys} of {d.n_reference_journeys}':>13} {d.n_kept_duties:>5}"
        )
    return lines


def _pounds(amount_pence: int | None) -> str:
    return "-" if amount_pence is None else format_pounds(amount_pence)


def build_benchmark_lines(found: RateBenchmark, price_base: str) -> tuple[str, ...]:
    """Build the lines of a benchmark: warnings, effects, suppliers, prices to renegotiate."""
    lines = [f"{len(found.prices)} prices, {found.n_fitted} in the regression, {price_base}"]
    lines += [f"warning: {text}" for text in found.warnings]
    if found.effects:
        lines.append(
            f"explains {found.explained_bp / 100:.1f} % of the differences (logarithm)"
        )
    lines += [
        f"  {e.words:<28} {e.effect_bp / 100:+7.1f} %   "
        f"({e.low_bp / 100:+.1f} to {e.high_bp / 100:+.1f})"
        for e in found.effects
    ]
    lines.append(
        f"{'supplier':<10} {'contracts':>9} {'a year':>14} {'share':>7} "
        f"{'a passenger mile':>17} {'against average':>16}"
    )
    for s in found.suppliers:
        mile = s.mpence_per_passenger_mile
        shown = "-" if mile is None else format_pounds((mile + 500) // 1_000)
        level = f"{s.premium.effect_bp / 100:+.1f} %" if s.premium else "too few"
        lines.append(
            f"{s.supplier_id:<10} {s.n_prices:>9} {format_pounds(s.pence_per_year):>14} "
            f"{s.spend_bp / 100:>5.1f} % {shown:>17} {level:>16}"
        )
    lines.append(f"concentration of spend (HHI, 0 to 10,000): {found.hhi:,}")
    for p in found.dear:
        lines.append(
            f"renegotiate {p.price.price_id} ({p.price.supplier_id}): paid "
            f"{format_pounds(p.price.pence_per_day)} a day, expected "
            f"{_pounds(p.expected_pence)} ({_pounds(p.low_pence)} to {_pounds(p.high_pence)}); "
            f"{format_pounds(p.stake_pence_per_year)} a year at stake"
        )
    for g in found.ghosts:
        lines.append(
            f"ghost route {g.price_id} ({g.supplier_id}): nobody is carried on "
            f"{g.n_idle_days} of {g.n_days} days, {format_pounds(g.idle_pence_per_year)} a year"
        )
    return tuple(lines)
