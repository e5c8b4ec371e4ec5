"""Appraisals put together: an options file, the draws of its scenarios, scores beside money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from costing import (
    AppraisalBasis,
    ContractBasis,
    Saving,
    appraise_option,
    cost_options,
    find_discount_factor,
    find_line_pence,
    find_rise,
    flag_assumptions,
    profile_plan,
    split_savings,
)
from data.appraisals import (
    AppraisalStudy,
    AppraisedOption,
    LineKind,
    MoneyLine,
    OptionScore,
    OptionsStudy,
    RegisteredAssumption,
    ValueSpread,
    name_study,
)
from data.errors import InputError, Problem, Severity
from data.imports.appraisal_files import CASES, AppraisalFile, OptionEntry, OptionsFile
from data.uncertainty import DrawnCase, DrawsStudy
from data.units import round_half_up
from data.versions import find_code_version
from scenarios.draw_statistics import find_mean_pence, find_quantile_pence
from scenarios.options import Appraisal, OptionsTable

PLAN_LINE = "net saving of the plan, most likely values"
PLAN_ONCE = "cost due once, of the plan's programmes"


def build_appraisal(
    given: AppraisalFile,
    draws: DrawsStudy | None,
    *,
    place: str,
    created_utc: datetime,
    earlier: Sequence[RegisteredAssumption] = (),
    is_synthetic: bool = False,
    files: tuple[tuple[str, str], ...] = (),
    savings: Sequence[Saving] = (),
) -> AppraisalStudy:
    """Appraise every option of a file.

    Parameters
    ----------
    draws
        Draws that hold the scenarios the options name; None where none does.
    earlier
        Register of assumptions of the last appraisal kept.
    files
        (name, SHA-256) of each file read.
    savings
        The savings register, where the file names one.

    Raises
    ------
    InputError
        If an option names a scenario that the draws have not, or a proposal that the register
        has not (J021).
    """
    basis = AppraisalBasis(
        first_year=given.first_year,
        n_years=given.n_years,
        discount_bp=given.discount.rate_bp,
        inflation_bp=given.inflation_bp,
        cost_bias_bp=given.bias.cost_bp,
        saving_bias_bp=given.bias.saving_bp,
    )
    cases = _find_cases(given, draws)
    options = tuple(
        _appraise(entry, cases.get(entry.option_id), draws, given, basis)
        for entry in given.options
    )
    preferred = next(o for o in options if o.option_id == given.preferred)
    used = frozenset(x.assumption_id for o in options for x in o.lines)
    held, others = _find_budgeted(given, preferred, savings)
    return name_study(
        AppraisalStudy(
            study_id="",
            place=place,
            created_utc=created_utc,
            code_version=find_code_version(),
            title=given.title,
            price_base=given.price_base,
            first_year=given.first_year,
            draws_id="" if draws is None or not cases else draws.study_id,
            preferred_id=given.preferred,
            discount_bp=given.discount.rate_bp,
            discount_on=given.discount.set_on,
            discount_source=given.discount.source,
            inflation_bp=given.inflation_bp,
            cost_bias_bp=given.bias.cost_bp,
            saving_bias_bp=given.bias.saving_bp,
            options=options,
            risks=given.risks,
            plan=profile_plan(
                preferred,
                basis,
                held,
                {
                    (b.line, b.financial_year): b.budget_pence
                    for b in given.budget
                    if b.budget_pence is not None
                },
                others=others,
            ),
            assumptions=given.assumptions,
            flags=flag_assumptions(
                (*given.assumptions, _register_discount(given)),
                used | {"discount-rate"},
                created_utc.date(),
                earlier,
            ),
            headings=tuple((name, getattr(given.case, name)) for name in CASES),
            is_synthetic=is_synthetic,
            files=files,
            discount_review_on=given.discount.review_on,
        )
    )


def _find_budgeted(
    given: AppraisalFile, preferred: AppraisedOption, savings: Sequence[Saving]
) -> tuple[dict[tuple[str, int], int], dict[tuple[str, int], int]]:
    """Find what the budget holds of the preferred option already, and of other proposals.

    With a register, what it holds of the very option, by name, by run or by group, is not
    saved again by it; without one the file says what is budgeted on each line.
    """
    if not given.savings_register:
        return {(b.line, b.financial_year): b.savings_pence for b in given.budget}, {}
    known = [s.saving_id for s in savings]
    problems = [
        Problem(
            code="J021",
            severity=Severity.ERROR,
            column=f"options[{k}].saving_ids",
            cause=f"The savings register has no proposal {name}.",
            suggestion=f"It has: {', '.join(known) or 'none'}.",
        )
        for k, entry in enumerate(given.options, start=1)
        for name in entry.saving_ids
        if name not in known
    ]
    if problems:
        raise InputError(problems)
    entry = next(o for o in given.options if o.option_id == preferred.option_id)
    own = frozenset(entry.saving_ids) | {
        s.saving_id for s in savings if s.run_id and s.run_id == preferred.run_id
    }
    return split_savings(savings, own, first_year=given.first_year, n_years=given.n_years)


def _register_discount(given: AppraisalFile) -> RegisteredAssumption:
    """The discount rate, as an entry of the register like any other."""
    held = given.discount
    return RegisteredAssumption(
        assumption_id="discount-rate",
        name="discount rate",
        value=f"{held.rate_bp / 100:g}",
        unit="% real",
        price_base=given.price_base,
        source=held.source,
        owner="finance",
        set_on=held.set_on,
        review_on=held.review_on,
    )


def _find_cases(given: AppraisalFile, draws: DrawsStudy | None) -> dict[str, DrawnCase]:
    """Find the drawn case of each option that names a scenario."""
    held = {} if draws is None else {case.scenario_id: case for case in draws.cases}
    found = {}
    problems = []
    for k, entry in enumerate(given.options, start=1):
        if not entry.scenario_id:
            continue
        if entry.scenario_id in held:
            found[entry.option_id] = held[entry.scenario_id]
            continue
        known = ", ".join(held) or "none: `wayfare scenario draws` makes them"
        problems.append(
            Problem(
                code="J021",
                severity=Severity.ERROR,
                column=f"options[{k}].scenario_id",
                cause=f"The draws have no scenario {entry.scenario_id}.",
                suggestion=f"Drawn: {known}.",
            )
        )
    if problems:
        raise InputError(problems)
    return found


def _appraise(
    entry: OptionEntry,
    case: DrawnCase | None,
    draws: DrawsStudy | None,
    given: AppraisalFile,
    basis: AppraisalBasis,
) -> AppraisedOption:
    """Appraise one option with its plan's saving, where it has one."""
    lines = entry.lines
    spread = None
    if case is not None and draws is not None:
        saved = _build_plan_line(entry, case.central_pence, draws.study_id)
        lines = (saved, *_build_once(entry, case, draws.study_id), *entry.lines)
        spread = spread_value(entry, case, draws, basis)
    return appraise_option(
        entry.option_id,
        entry.title,
        lines,
        given.risks,
        basis,
        spread=spread,
        run_id="" if case is None else case.run_id,
    )


def _build_plan_line(entry: OptionEntry, pence: int, draws_id: str) -> MoneyLine:
    return MoneyLine(
        name=PLAN_LINE,
        kind=LineKind.SAVING if pence >= 0 else LineKind.COST,
        amount_pence=abs(pence),
        from_year=entry.from_year,
        ramp_bp=entry.ramp_bp,
        budget_line=entry.budget_line,
        assumption_id=entry.assumption_id,
        source=f"draws {draws_id}",
    )


def _build_once(entry: OptionEntry, case: DrawnCase, draws_id: str) -> tuple[MoneyLine, ...]:
    pence = case.central_one_off_pence
    if not pence:
        return ()
    return (
        MoneyLine(
            name=PLAN_ONCE,
            kind=LineKind.COST if pence > 0 else LineKind.SAVING,
            amount_pence=abs(pence),
            from_year=entry.from_year,
            to_year=entry.from_year,
            budget_line=entry.budget_line,
            source=f"draws {draws_id}",
        ),
    )


def spread_value(
    entry: OptionEntry, case: DrawnCase, draws: DrawsStudy, basis: AppraisalBasis
) -> ValueSpread:
    """Spread an option's present value over the draws of its scenario.

    A draw's value is its net saving times the discounted years it is had in, less what falls
    due once, and the option's other lines as they stand.
    """
    years = range(1, basis.n_years + 1)
    unit = _build_plan_line(entry, 1, "")
    shares = [find_line_pence(unit, n) for n in years]
    factors = [find_discount_factor(n, basis.discount_bp) for n in years]
    weight = sum((s * f for s, f in zip(shares, factors, strict=True)), Fraction(0))
    at_once = factors[entry.from_year - 1]
    beside = [
        sum(
            (
                find_line_pence(x, n) * (1 if x.kind is LineKind.SAVING else -1)
                for x in entry.lines
            ),
            Fraction(0),
        )
        for n in years
    ]
    other = sum((b * f for b, f in zip(beside, factors, strict=True)), Fraction(0))
    pairs = list(zip(case.net_pence, case.one_off_pence, strict=True))
    values = [round_half_up(net * weight - once * at_once + other) for net, once in pairs]
    fan = []
    for n in years:
        rise = find_rise(n, basis.inflation_bp)
        nominal = [
            round_half_up(
                (net * shares[n - 1] - (once if n == entry.from_year else 0) + beside[n - 1])
                * rise
            )
            for net, once in pairs
        ]
        p10, p50, p90 = (find_quantile_pence(nominal, p) for p in (10, 50, 90))
        fan.append((basis.first_year + n - 1, p10, p50, p90))
    return ValueSpread(
        draws_id=draws.study_id,
        scenario_id=case.scenario_id,
        n_draws=len(values),
        n_positive=sum(v > 0 for v in values),
        mean_pence=find_mean_pence(values),
        p10_pence=find_quantile_pence(values, 10),
        p50_pence=find_quantile_pence(values, 50),
        p90_pence=find_quantile_pence(values, 90),
        fan=tuple(fan),
    )


def build_options_study(
    table: OptionsTable,
    scored: Appraisal,
    given: OptionsFile,
    *,
    place: str,
    created_utc: datetime,
    scores_hash: str,
    money_hash: str,
) -> OptionsStudy:
    """Set the scores of company options beside their money; the two are never added up."""
    money = cost_options(
        given.options,
        ContractBasis(
            first_year=given.first_year,
            n_years=given.n_years,
            discount_bp=given.discount.rate_bp,
            inflation_bp=given.inflation_bp,
        ),
    )
    scores = tuple(
        OptionScore(
            option_id=option,
            is_short_listed=scored.ranks[k] is not None,
            failed_gateways=tuple(g.criterion_id for g in table.gateways if not g.is_passed[k]),
            score_tenths=round_half_up(10 * scored.totals[k]),
            maximum_tenths=round_half_up(10 * scored.maximum),
            rank=scored.ranks[k],
            band=scored.bands[k],
        )
        for k, option in enumerate(scored.options)
    )
    warnings = list(scored.warnings)
    by_id = {s.option_id: s for s in scores}
    for held in money:
        failed = [a for a in held.activity if not a.is_passed]
        if failed and by_id[held.option_id].is_short_listed:
            warnings.append(
                f"{held.option_id} is on the short list and fails the activity test in "
                f"{len(failed)} of {len(held.activity)} years."
            )
    if created_utc.date() > given.discount.review_on:
        warnings.append(f"The discount rate was to be reviewed by {given.discount.review_on}.")
    return name_study(
        OptionsStudy(
            study_id="",
            place=place,
            created_utc=created_utc,
            code_version=find_code_version(),
            title=given.title,
            price_base=given.price_base,
            first_year=given.first_year,
            discount_bp=given.discount.rate_bp,
            discount_on=given.discount.set_on,
            scores=scores,
            money=money,
            warnings=tuple(warnings),
            scores_hash=scores_hash,
            money_hash=money_hash,
        )
    )
