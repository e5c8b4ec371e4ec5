"""Totals of cost lines, made only when everything adds up (M3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from costing.charges import UNIT_SIZES, compute_amount_pence
from data.errors import IdentityError
from data.money import CostBasis, CostLine

COST_BASES = frozenset({CostBasis.CONTRACT, CostBasis.AVOIDABLE})
"""What the cost of a service day is made of."""

FULL_COST_BASES = COST_BASES | {CostBasis.FIXED}
"""What the full cost is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostTotals:
    """What some cost lines come to, in pence.

    Attributes
    ----------
    cost_pence
        Contract price net of recoverable VAT, and own avoidable cost. [pence]
    full_cost_pence
        The same with the own company's fixed cost. [pence]
    recoverable_vat_pence
        VAT paid and got back, in neither. [pence]
    """

    cost_pence: int
    full_cost_pence: int
    recoverable_vat_pence: int

    @property
    def gross_pence(self) -> int:
        """Everything paid: full cost and the VAT that is got back later. [pence]"""
        return self.full_cost_pence + self.recoverable_vat_pence


def build_totals(lines: Iterable[CostLine]) -> CostTotals:
    """Add up cost lines, after checking each against its own quantity and rate.

    Income from others is in none of the totals: `costing.recharges` takes it off beside them.

    Raises
    ------
    IdentityError
        If a line is not its quantity at its rate, or duties do not add up to the whole (M3).
    """
    lines = tuple(lines)
    check_lines(lines)
    by_basis: dict[CostBasis, int] = defaultdict(int)
    by_duty: dict[tuple[str, str], int] = defaultdict(int)
    for line in lines:
        by_basis[line.basis] += line.amount_pence
        if line.basis is not CostBasis.INCOME:
            by_duty[line.provider_id, line.duty_id] += line.amount_pence
    totals = CostTotals(
        cost_pence=sum(by_basis[b] for b in COST_BASES),
        full_cost_pence=sum(by_basis[b] for b in FULL_COST_BASES),
        recoverable_vat_pence=by_basis[CostBasis.RECOVERABLE_VAT],
    )
    if totals.gross_pence != sum(by_duty.values()):
        raise IdentityError(
            f"duties come to {sum(by_duty.values())} pence, the plan to {totals.gross_pence}"
        )
    return totals


def check_lines(lines: Iterable[CostLine]) -> None:
    """Check that each line is its quantity at its rate; a banded line says its sum in its note.

    Raises
    ------
    IdentityError
        With every line that is not.
    """
    wrong = []
    for line in lines:
        if line.unit not in UNIT_SIZES:
            continue
        due_pence = compute_amount_pence(line.quantity, line.unit, line.rate_mpence)
        if due_pence != line.amount_pence:
            wrong.append(
                f"{line.item} of duty {line.duty_id!r} route {line.route_id!r} is "
                f"{line.amount_pence} pence, but {line.quantity} {line.unit} at "
                f"{line.rate_mpence} mpence come to {due_pence}"
            )
    if wrong:
        raise IdentityError("; ".join(wrong))


def total_cost_pence(lines: Iterable[CostLine]) -> int:
    """Add up the cost of a service day: contract price and own avoidable cost. [pence]"""
    return build_totals(lines).cost_pence


def total_full_cost_pence(lines: Iterable[CostLine]) -> int:
    """Add up the full cost of a service day, own fixed cost included. [pence]"""
    return build_totals(lines).full_cost_pence
