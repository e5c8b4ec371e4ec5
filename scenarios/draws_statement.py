"""The draws of a study set out as a statement: for the screen, a workbook and JSON."""

from __future__ import annotations

from data.statements import Heading, Measure, Statement, StatementTable
from data.uncertainty import DrawnCase, DrawsStudy
from data.units import divide_half_up, format_pounds

_P, _N, _D = Measure.POUNDS, Measure.COUNT, Measure.TENTHS


def _headings(*names: str | tuple[str, Measure]) -> tuple[Heading, ...]:
    return tuple(
        Heading(name=name) if isinstance(name, str) else Heading(name=name[0], measure=name[1])
        for name in names
    )


def find_share_tenths(n: int, n_draws: int) -> int:
    """Find a share of the draws. [0.1 %]"""
    return divide_half_up(1_000 * n, n_draws)


def build_draws_statement(study: DrawsStudy) -> Statement:
    """Set out what the draws of a study come to; savings are positive."""
    return Statement(
        title=f"{study.title}: what the scenarios save, over {study.n_draws:,} draws",
        basis=f"pounds a year, {study.price_base}",
        warnings=_find_warnings(study),
        tables=(
            _build_savings(study),
            _build_agreement(study),
            _build_swings(study),
            _build_switching(study),
            _build_worths(study),
            _build_payback(study),
            _build_numbers(study),
            _build_draws(study),
        ),
    )


def _find_warnings(study: DrawsStudy) -> tuple[str, ...]:
    found = []
    if study.is_synthetic:
        found.append("The people are made up.")
    n_bad = int(dict(study.settings).get("violations", "0"))
    if n_bad:
        found.append(f"{n_bad} hard rules are broken: these figures must not be used.")
    for case in study.cases:
        off = case.agreement
        if off is not None and off.rms_pence > max(off.spread_pence, case.sd_pence):
            found.append(
                f"{case.scenario_id}: estimates are off full planning by more "
                f"({format_pounds(off.rms_pence)}) than the saving varies; its spread is that "
                "of the search as much as of the numbers."
            )
    return tuple(found)


def _build_savings(study: DrawsStudy) -> StatementTable:
    rows = []
    for case in study.cases:
        at_target = (
            None
            if case.target_pence is None
            else find_share_tenths(case.n_at_target, study.n_draws)
        )
        rows.append(
            (
                case.scenario_id, case.base_id, case.central_pence, case.mean_pence,
                *(case.find_quantile(p) for p in (10, 50, 90)), case.sd_pence,
                find_share_tenths(case.n_positive, study.n_draws), case.target_pence, at_target,
            )
        )  # fmt: skip
    return StatementTable(
        name="Net saving a year",
        headings=_headings(
            "Scenario", "Against", ("Most likely values", _P), ("Mean", _P), ("P10", _P),
            ("P50", _P), ("P90", _P), ("Spread (sd)", _P), ("Saves, % of draws", _D),
            ("Target", _P), ("Meets it, % of draws", _D),
        ),
        rows=tuple(rows),
        notes=(
            "Most likely values: planned in full with every number at its most likely value. "
            "P10: a tenth of the draws save less.",
            *study.method_words,
        ),
    )  # fmt: skip


def _build_agreement(study: DrawsStudy) -> StatementTable:
    rows = []
    for case in study.cases:
        off = case.agreement
        if off is None:
            rows.append(
                (case.scenario_id, case.n_distinct, case.n_years_planned, case.n_days_planned,
                 0, *([None] * 6))
            )  # fmt: skip
            continue
        rows.append(
            (
                case.scenario_id, case.n_distinct, case.n_years_planned, case.n_days_planned,
                off.n_draws, off.bias_pence, off.rms_pence, off.most_pence, off.spread_pence,
                off.uncorrected_bias_pence, off.uncorrected_rms_pence,
            )
        )  # fmt: skip
    return StatementTable(
        name="Agreement with full planning",
        headings=_headings(
            "Scenario", ("Different draws", _N), ("Years in full", _N), ("Days repaired", _N),
            ("Compared", _N), ("Bias", _P), ("RMS", _P), ("Most", _P), ("Their spread", _P),
            ("Bias, uncorrected", _P), ("RMS, uncorrected", _P),
        ),
        rows=tuple(rows),
        notes=(
            "Estimate less full planning of the net saving, on draws planned in full and each "
            "estimated as if it had not been. A dash: nothing was estimated.",
        ),
    )  # fmt: skip


def _show_value(value: float | None) -> str:
    return "none in its range" if value is None else f"{value:.4g}"


def _build_swings(study: DrawsStudy) -> StatementTable:
    return StatementTable(
        name="Tornado",
        headings=_headings(
            "Scenario", "Number", "At 10 %", "At 90 %", ("Saving at 10 %", _P),
            ("Saving at 90 %", _P), ("Swing", _P),
        ),
        rows=tuple(
            (
                case.scenario_id, s.name, _show_value(s.low_value), _show_value(s.high_value),
                s.low_pence, s.high_pence, s.size_pence,
            )
            for case in study.cases
            for s in case.swings
        ),
        notes=("One number moves at a time, the others stay at their medians.",),
    )  # fmt: skip


def _build_switching(study: DrawsStudy) -> StatementTable:
    return StatementTable(
        name="Switching values",
        headings=_headings("Scenario", "Number", "Saving is nought at"),
        rows=tuple(
            (case.scenario_id, s.name, _show_value(s.value))
            for case in study.cases
            for s in case.switching
        ),
        notes=("The others stay at their medians. None: the saving keeps its sign.",),
    )


def _build_worths(study: DrawsStudy) -> StatementTable:
    return StatementTable(
        name="Worth of knowing",
        headings=_headings(
            "Scenario", "Number", ("Explains of the variance, %", _D), ("Worth a year", _P)
        ),
        rows=tuple(
            (case.scenario_id, w.name, divide_half_up(w.explained_bp, 10), w.evppi_pence)
            for case in study.cases
            for w in case.worths
        ),
        notes=(
            "Worth: expected gain, each year, of knowing the number exactly before deciding "
            "whether to go ahead. Nought where one would decide alike at every value of it.",
        ),
    )


def find_payback_month(case: DrawnCase, percent: int) -> int | None:
    """Find the month by which so many of the draws have paid back for good, or None.

    Parameters
    ----------
    percent
        10, 50 or 90: of the draws.
    """
    field = {10: "p90_pence", 50: "p50_pence", 90: "p10_pence"}[percent]
    months = [m.month for m in case.fan if getattr(m, field) < 0]
    last = max(months, default=-1)
    return None if last == case.fan[-1].month else last + 1


def _build_payback(study: DrawsStudy) -> StatementTable:
    marks = (12, 24, 36, 60)
    rows = []
    for case in study.cases:
        by_month = {m.month: m for m in case.fan}
        for month in marks:
            held = by_month[month]
            rows.append(
                (case.scenario_id, month, held.p10_pence, held.p50_pence, held.p90_pence)
            )
    return StatementTable(
        name="Fan by month",
        headings=_headings(
            "Scenario", ("After months", _N), ("P10", _P), ("P50", _P), ("P90", _P)
        ),
        rows=tuple(rows),
        notes=(
            "Net saving added up from the start, what falls due once taken off at the start; "
            "not discounted, the full saving from the first month.",
            *(
                f"{case.scenario_id}: half of the draws have paid back by month "
                f"{find_payback_month(case, 50)}, nine tenths by month "
                f"{find_payback_month(case, 90)}."
                for case in study.cases
                if find_payback_month(case, 90) is not None
            ),
        ),
    )


def _build_numbers(study: DrawsStudy) -> StatementTable:
    return StatementTable(
        name="Uncertain numbers",
        headings=_headings("Number", "Distribution", "Changes", "In", "Source"),
        rows=tuple(
            (n.name, n.distribution, n.effect.value, ", ".join(n.scenario_ids), n.source)
            for n in study.numbers
        ),
        notes=(
            "Changes: lines, money beside the plan; prices, the plan's rates; plan, who "
            "travels and how.",
        ),
    )


def _build_draws(study: DrawsStudy) -> StatementTable:
    heads: list[str | tuple[str, Measure]] = [("Draw", _N)]
    heads += [n.name for n in study.numbers]
    for case in study.cases:
        heads += [(f"{case.scenario_id}: transport", _P), (f"{case.scenario_id}: net", _P)]
    return StatementTable(
        name="Draws",
        headings=_headings(*heads),
        rows=tuple(
            (
                k + 1,
                *(f"{n.values[k]:.6g}" for n in study.numbers),
                *(
                    pence
                    for case in study.cases
                    for pence in (case.year_pence[k], case.net_pence[k])
                ),
            )
            for k in range(study.n_draws)
        ),
    )
