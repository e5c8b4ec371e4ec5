"""Appraisals set out as statements: for the screen, a workbook and JSON."""

from __future__ import annotations

from data.appraisals import AppraisalStudy, AppraisedOption, OptionsStudy
from data.statements import Heading, Measure, Statement, StatementTable, check_identity
from data.units import divide_half_up

_P, _N, _D = Measure.POUNDS, Measure.COUNT, Measure.TENTHS


def _headings(*names: str | tuple[str, Measure]) -> tuple[Heading, ...]:
    return tuple(
        Heading(name=name) if isinstance(name, str) else Heading(name=name[0], measure=name[1])
        for name in names
    )


def _year(year: int) -> str:
    return f"{year}/{(year + 1) % 100:02d}"


def _percent(bp: int) -> str:
    return f"{bp / 100:g} %"


def build_appraisal_statement(study: AppraisalStudy) -> Statement:
    """Set out an appraisal."""
    preferred = study.find_option(study.preferred_id)
    warnings = [
        f"Assumption {f.assumption_id}: {f.words}" + (" (blocks a paper)" * f.is_blocking)
        for f in study.flags
    ]
    if study.is_synthetic:
        warnings.insert(0, "The people are made up.")
    return Statement(
        title=f"Appraisal: {study.title}",
        basis=f"pounds at {study.price_base} prices unless nominal",
        warnings=tuple(warnings),
        tables=(
            _build_summary(study),
            *(_build_years(option) for option in study.options),
            _build_switching(study),
            *((_build_spread(study),) if any(o.spread for o in study.options) else ()),
            _build_risks(study),
            _build_plan(study, preferred),
            _build_assumptions(study),
            _build_cases(study),
        ),
    )


def _build_summary(study: AppraisalStudy) -> StatementTable:
    years = f"{_year(study.first_year)} on, {len(study.options[0].years)} years"
    return StatementTable(
        name="Present values",
        headings=_headings(
            "Option", "Title", ("Net present value", _P), ("Optimism bias", _P),
            ("Expected risk", _P), ("After both", _P), "Paid back in", "Preferred",
        ),
        rows=tuple(
            (
                o.option_id, o.title, o.net_present_pence, -o.bias_present_pence,
                -o.risk_pence, o.cautious_pence,
                _describe_payback(o),
                "preferred" if o.option_id == study.preferred_id else "",
            )
            for o in study.options
        ),
        notes=(
            f"{years}; real amounts discounted at {_percent(study.discount_bp)} (set "
            f"{study.discount_on}: {study.discount_source}), the first year undiscounted.",
            f"Optimism bias, apart: costs {_percent(study.cost_bias_bp)} higher, savings "
            f"{_percent(study.saving_bias_bp)} lower. Nominal amounts rise by "
            f"{_percent(study.inflation_bp)} a year.",
        ),
    )  # fmt: skip


def _describe_payback(option: AppraisedOption) -> str:
    """Say by when an option has paid back."""
    if not any(y.cost_pence for y in option.years):
        return "nothing spent"
    return "not in these years" if option.payback_year is None else _year(option.payback_year)


def _build_years(option: AppraisedOption) -> StatementTable:
    check_identity(
        f"{option.option_id}: years' present values",
        sum(y.present_pence for y in option.years),
        "the net present value",
        option.net_present_pence,
    )
    rows = option.years
    return StatementTable(
        name=f"{option.option_id} by year"[:31],
        headings=_headings(
            "Year", ("Cost", _P), ("Saving", _P), ("Net, real", _P), ("Net, nominal", _P),
            ("Present value", _P), ("Bias, real", _P), ("Bias, present", _P),
        ),
        rows=tuple(
            (
                _year(y.year), y.cost_pence, y.saving_pence, y.net_pence, y.nominal_pence,
                y.present_pence, y.bias_pence, y.present_bias_pence,
            )
            for y in rows
        ),
        total=(
            "All", sum(y.cost_pence for y in rows), sum(y.saving_pence for y in rows),
            sum(y.net_pence for y in rows), sum(y.nominal_pence for y in rows),
            option.net_present_pence, sum(y.bias_pence for y in rows),
            option.bias_present_pence,
        ),
        notes=tuple(
            f"{x.name}: {x.kind.value}, £{x.amount_pence / 100:,.2f} a year, years "
            f"{x.from_year} to {min(x.to_year, len(rows))}. {x.source}".rstrip()
            for x in option.lines
        ),
    )  # fmt: skip


def _build_switching(study: AppraisalStudy) -> StatementTable:
    return StatementTable(
        name="Switching values",
        headings=_headings("Option", "Amount", ("Change until nothing is gained, %", _D)),
        rows=tuple(
            (
                o.option_id, s.name,
                None if s.change_bp is None else divide_half_up(s.change_bp, 10),
            )
            for o in study.options
            for s in o.switching
        ),
        notes=(
            "By how much the amount has to change, in all years alike, until the net present "
            "value is nought; a dash where no change does.",
        ),
    )  # fmt: skip


def _build_spread(study: AppraisalStudy) -> StatementTable:
    held = [(o.option_id, o.spread) for o in study.options if o.spread is not None]
    return StatementTable(
        name="Distribution",
        headings=_headings(
            "Option", "Scenario", ("Draws", _N), ("Mean", _P), ("P10", _P), ("P50", _P),
            ("P90", _P), ("Above nought, % of draws", _D),
        ),
        rows=tuple(
            (
                name, s.scenario_id, s.n_draws, s.mean_pence, s.p10_pence, s.p50_pence,
                s.p90_pence, divide_half_up(1_000 * s.n_positive, s.n_draws),
            )
            for name, s in held
        ),
        notes=(
            "Net present value over the draws of the scenario, without optimism bias and risk; "
            "the option's other lines as they stand.",
            *(
                f"{name}, nominal net by year, P10 / P50 / P90: "
                + "; ".join(
                    f"{_year(year)} £{a / 100:,.0f} / £{b / 100:,.0f} / £{c / 100:,.0f}"
                    for year, a, b, c in s.fan
                )
                for name, s in held
            ),
        ),
    )  # fmt: skip


def _build_risks(study: AppraisalStudy) -> StatementTable:
    rows = tuple(
        (
            r.risk_id, r.title, divide_half_up(r.probability_bp, 10), r.impact_pence,
            divide_half_up(r.probability_bp * r.impact_pence, 10_000), r.owner,
            ", ".join(r.option_ids) or "all", r.mitigation,
        )
        for r in study.risks
    )  # fmt: skip
    return StatementTable(
        name="Risk register",
        headings=_headings(
            "Id",
            "Risk",
            ("Probability, %", _D),
            ("Impact", _P),
            ("Expected", _P),
            "Owner",
            "Options",
            "Mitigation",
        ),
        rows=rows,
        notes=("Impact over all years if it comes about; expected: probability x impact.",),
    )


def _build_plan(study: AppraisalStudy, preferred: AppraisedOption) -> StatementTable:
    rows = study.plan
    for p in rows:
        check_identity(
            f"{p.line} {_year(p.year)}: budgeted and further savings",
            p.budgeted_pence + p.further_pence,
            "cashable savings less cost",
            p.cashable_pence - p.cost_pence,
        )
    return StatementTable(
        name="Medium-term plan",
        headings=_headings(
            "Budget line", "Year", ("Budget", _P), ("Cashable savings", _P), ("Cost", _P),
            ("Already in the budget", _P), ("Further, or short", _P),
            ("Other savings registered", _P),
        ),
        rows=tuple(
            (
                p.line or "no budget line", _year(p.year), p.budget_pence, p.cashable_pence,
                p.cost_pence, p.budgeted_pence, p.further_pence, p.others_pence,
            )
            for p in rows
        ),
        total=(
            "All", "", None, sum(p.cashable_pence for p in rows),
            sum(p.cost_pence for p in rows), sum(p.budgeted_pence for p in rows),
            sum(p.further_pence for p in rows), sum(p.others_pence for p in rows),
        ),
        notes=(
            f"Nominal, cashable lines of {preferred.option_id} only. Savings less cost = "
            "already in the budget + further. Other savings registered come on top.",
        ),
    )  # fmt: skip


def _build_assumptions(study: AppraisalStudy) -> StatementTable:
    flags: dict[str, list[str]] = {}
    for f in study.flags:
        flags.setdefault(f.assumption_id, []).append(f.flag)
    return StatementTable(
        name="Assumptions",
        headings=_headings(
            "Id", "Assumption", "Value", "Unit", "Low", "High", "Price base", "Source",
            "Owner", "Set", "Review by", ("Version", _N), "Flags",
        ),
        rows=tuple(
            (
                a.assumption_id, a.name, a.value, a.unit, a.low, a.high, a.price_base,
                a.source, a.owner, a.set_on.isoformat(), a.review_on.isoformat(), a.version,
                ", ".join(flags.get(a.assumption_id, [])),
            )
            for a in study.assumptions
        ),
    )  # fmt: skip


def _build_cases(study: AppraisalStudy) -> StatementTable:
    return StatementTable(
        name="Five cases",
        headings=_headings("Case", "What it says"),
        rows=tuple((name, text or "not written yet") for name, text in study.headings),
    )


def build_options_statement(study: OptionsStudy) -> Statement:
    """Set scores and money of company options side by side."""
    scores = {s.option_id: s for s in study.scores}
    return Statement(
        title=f"Company options: {study.title}",
        basis=f"pounds, nominal unless a present value at {study.price_base} prices",
        warnings=study.warnings,
        tables=(
            StatementTable(
                name="Scores and pounds",
                headings=_headings(
                    "Option", "Short list", ("Score", _D), ("Of", _D), "Band", ("Rank", _N),
                    ("Contract value", _P), ("All cost", _P), ("Present value", _P),
                    ("Above the cheapest", _P),
                ),
                rows=tuple(
                    (
                        m.option_id,
                        "yes"
                        if scores[m.option_id].is_short_listed
                        else f"no: {', '.join(scores[m.option_id].failed_gateways)}",
                        scores[m.option_id].score_tenths, scores[m.option_id].maximum_tenths,
                        scores[m.option_id].band, scores[m.option_id].rank,
                        m.contract_value_pence, m.total_pence, m.present_pence, m.dearer_pence,
                    )
                    for m in study.money
                ),
                notes=(
                    "Scores and pounds stand side by side and are never added up.",
                    f"Present value: cost to the council over {len(study.money[0].years)} "
                    f"years, real, at {_percent(study.discount_bp)} (set "
                    f"{study.discount_on}).",
                ),
            ),
            StatementTable(
                name="Cost by year",
                headings=_headings(
                    "Option", "Year", ("Contract", _P), ("Kept as today", _P),
                    ("Client function", _P), ("VAT lost", _P), ("Support services", _P),
                    ("Pension", _P), ("Set-up", _P), ("Total", _P), ("Present value", _P),
                ),
                rows=tuple(
                    (
                        m.option_id, _year(y.year), y.contract_pence, y.kept_pence,
                        y.client_pence, y.vat_pence, y.support_pence, y.pension_pence,
                        y.set_up_pence, y.total_pence, y.present_pence,
                    )
                    for m in study.money
                    for y in m.years
                ),
            ),
            StatementTable(
                name="Activity test",
                headings=_headings(
                    "Option", "Year", ("For the owner", _P), ("For others", _P),
                    ("This year, %", _D), ("Average, %", _D), ("Years averaged", _N), "Passes",
                    ("Headroom", _P),
                ),
                rows=tuple(
                    (
                        m.option_id, _year(a.year), a.owner_pence, a.other_pence,
                        a.share_bp // 10, a.average_share_bp // 10, a.n_years,
                        "yes" if a.is_passed else "no", a.headroom_pence,
                    )
                    for m in study.money
                    for a in m.activity
                ),
                notes=(
                    "More than 80 % of the turnover of three years must be for the owner "
                    "(vertical arrangement): exactly 80 % fails. Headroom: turnover with "
                    "others that may still be added to the years averaged.",
                ),
            ),
        ),
    )  # fmt: skip
