"""Section 7: a plan's money is the sum of its cost lines, never a search's figure (C9)."""

from __future__ import annotations

from collections.abc import Sequence

from data.fleet import OWN_PROVIDER_ID
from data.money import CostBasis, CostLine
from data.plans import Duty
from data.units import format_pounds
from routing.checks.case import Case
from routing.checks.findings import Findings, Where
from routing.checks.lots import check_lots

COST_BASES = frozenset({CostBasis.CONTRACT, CostBasis.AVOIDABLE})
"""Bases that make up ``cost_pence``; full cost adds the fixed ones."""

BOUGHT_BASES = frozenset({CostBasis.CONTRACT, CostBasis.RECOVERABLE_VAT})
"""Bases of what is bought; the others are the own company's."""


def check_money(case: Case, lines: Sequence[CostLine], findings: Findings) -> tuple[int, int]:
    """Add up the lines, compare with the plan, and give cost and full cost. [pence]"""
    cost_pence = sum(line.amount_pence for line in lines if line.basis in COST_BASES)
    full_cost_pence = sum(
        line.amount_pence for line in lines if line.basis in COST_BASES | {CostBasis.FIXED}
    )
    plan = case.plan
    where = Where()
    for code, word, stated, due in (
        ("COST_TOTAL", "cost", plan.cost_pence, cost_pence),
        ("FULL_COST_TOTAL", "full cost", plan.full_cost_pence, full_cost_pence),
    ):
        if stated is not None and stated != due:
            findings.add(
                code,
                where,
                f"states a {word} of {format_pounds(stated)}; its lines add up to "
                f"{format_pounds(due)}.",
                found=stated,
                limit=due,
                unit="pence",
            )
    if plan.bound_pence is not None and plan.bound_pence > cost_pence and not plan.unserved:
        findings.add(
            "BOUND_OVER_COST",
            where,
            f"states a lower bound of {format_pounds(plan.bound_pence)}, above the cost of "
            f"{format_pounds(cost_pence)}.",
            found=plan.bound_pence,
            limit=cost_pence,
            unit="pence",
        )
    _check_lines(case, lines, findings)
    check_lots(case, lines, findings)
    return cost_pence, full_cost_pence


def _check_lines(case: Case, lines: Sequence[CostLine], findings: Findings) -> None:
    """Check that every line belongs to a duty of the plan and every duty has lines."""
    duties = {duty.duty_id: duty for duty in case.plan.duties}
    for line in lines:
        where = Where(duty_id=line.duty_id, route_id=line.route_id)
        if line.plan_id != case.plan.plan_id:
            findings.add(
                "COST_LINE_PLAN", where, f"line {line.item} is of plan {line.plan_id}."
            )
        if not line.duty_id:
            _check_shared(line, {route.route_id for route in case.plan.routes}, where, findings)
            continue
        duty = duties.get(line.duty_id)
        if duty is None:
            findings.add("COST_LINE_UNKNOWN", where, f"line {line.item} has no such duty.")
            continue
        _check_line(line, duty, where, findings)
    priced = {line.duty_id for line in lines}
    for duty_id in duties:
        if duty_id not in priced:
            findings.add("DUTY_NOT_PRICED", Where(duty_id=duty_id), "has no cost lines.")


def _check_shared(
    line: CostLine, route_ids: set[str], where: Where, findings: Findings
) -> None:
    """Check that the routes a line names exist."""
    named = {line.route_id} if line.route_id is not None else set()
    strangers = (named | set(line.shared_by)) - route_ids
    if strangers:
        findings.add(
            "COST_LINE_UNKNOWN",
            where,
            f"line {line.item} names unknown route(s) {', '.join(sorted(strangers))}.",
        )


def _check_line(line: CostLine, duty: Duty, where: Where, findings: Findings) -> None:
    """Check a line against its duty: route, provider and basis."""
    _check_shared(line, {route.route_id for route in duty.routes}, where, findings)
    is_bought = line.basis in BOUGHT_BASES
    is_own = duty.provider_id == OWN_PROVIDER_ID
    if line.provider_id != duty.provider_id or is_bought is is_own:
        findings.add(
            "COST_LINE_BASIS",
            where,
            f"line {line.item} is of provider {line.provider_id} and basis {line.basis}; the "
            f"duty is run by {duty.provider_id}.",
        )
