"""Tables of the choice of providers: suppliers' terms, discounts, lots."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from data.choices import ProviderRules
from data.errors import InputError, Problem
from data.imports import read_single_table
from data.imports.finance import blame
from data.imports.finance_rows import DiscountRow, LotRow, SupplierTermsRow
from data.imports.headings import find_near
from data.tenders import BidDiscount

STRANGER, CLASH = "Q006", "Q008"


def add_tables(
    rules: ProviderRules,
    *,
    supplier_ids: Collection[str],
    route_ids: Collection[str],
    terms: Path | None = None,
    discounts: Path | None = None,
    lots: Path | None = None,
) -> ProviderRules:
    """Add what the tables say to the rules of a choice.

    Parameters
    ----------
    terms
        supplier_id, least_routes, most_routes, transition_pounds, hand_back_percent,
        hand_back_rise_percent.
    discounts
        supplier_id, from_routes, discount_percent.
    lots
        lot, route_id.

    Raises
    ------
    InputError
        With every problem of the first table that has any: Q006 a supplier or route that does
        not exist, Q008 cells that cannot both be right.
    """
    if terms is not None:
        rules = _add_terms(rules, terms, supplier_ids)
    if discounts is not None:
        rules = _add_discounts(rules, discounts, supplier_ids)
    if lots is not None:
        rules = replace(rules, lots=_read_lots(lots, route_ids))
    return rules


def _find_stranger(
    path: Path, row: int, column: str, name: str, known: Collection[str]
) -> list[Problem]:
    """Find the problem of a name that the inputs or the run do not hold."""
    if name in known:
        return []
    near = find_near(name, sorted(known))
    how = f"Did you mean {near}?" if near else "Take one that the run has."
    return [blame(path, STRANGER, row, column, "It does not exist.", how, value=name[:40])]


def _add_terms(
    rules: ProviderRules, path: Path, supplier_ids: Collection[str]
) -> ProviderRules:
    rows = read_single_table(path, SupplierTermsRow, key="supplier_id")
    problems: list[Problem] = []
    for row in rows:
        value = row.value
        problems += _find_stranger(
            path, row.number, "supplier_id", value.supplier_id, supplier_ids
        )
        if value.most_routes is not None and value.most_routes < value.least_routes:
            cause = "It is less than least_routes."
            problems.append(blame(path, CLASH, row.number, "most_routes", cause, "Mend one."))
        if (value.hand_back_percent is None) != (value.hand_back_rise_percent is None):
            cause = "Chance and rise go together."
            problems.append(
                blame(path, CLASH, row.number, "hand_back_percent", cause, "Give both.")
            )
    _raise_if_any(problems)
    held = [row.value for row in rows]
    return replace(
        rules,
        min_routes=tuple((v.supplier_id, v.least_routes) for v in held if v.least_routes),
        most_routes=tuple(
            (v.supplier_id, v.most_routes) for v in held if v.most_routes is not None
        ),
        transitions=tuple(
            (v.supplier_id, v.transition_pounds)
            for v in held
            if v.transition_pounds is not None
        ),
        hand_backs=tuple(
            (v.supplier_id, v.hand_back_percent, v.hand_back_rise_percent)
            for v in held
            if v.hand_back_percent is not None and v.hand_back_rise_percent is not None
        ),
    )


def _add_discounts(
    rules: ProviderRules, path: Path, supplier_ids: Collection[str]
) -> ProviderRules:
    rows = read_single_table(path, DiscountRow)
    problems: list[Problem] = []
    seen: dict[tuple[str, int], int] = {}
    for row in rows:
        value = row.value
        problems += _find_stranger(
            path, row.number, "supplier_id", value.supplier_id, supplier_ids
        )
        first = seen.setdefault((value.supplier_id, value.from_routes), row.number)
        if first != row.number:
            cause = f"Row {first} gives a discount from as many routes."
            problems.append(blame(path, CLASH, row.number, "from_routes", cause, "Keep one."))
    _raise_if_any(problems)
    return replace(
        rules,
        discounts=tuple(
            BidDiscount(
                supplier_id=row.value.supplier_id,
                from_contracts=row.value.from_routes,
                discount_bp=row.value.discount_percent,
            )
            for row in rows
        ),
    )


def _read_lots(path: Path, route_ids: Collection[str]) -> tuple[tuple[str, ...], ...]:
    rows = read_single_table(path, LotRow, key="route_id")
    problems = [
        problem
        for row in rows
        for problem in _find_stranger(
            path, row.number, "route_id", row.value.route_id, route_ids
        )
    ]
    _raise_if_any(problems)
    lots: dict[str, list[str]] = {}
    for row in rows:
        lots.setdefault(row.value.lot, []).append(row.value.route_id)
    return tuple(tuple(held) for held in lots.values())


def _raise_if_any(problems: Sequence[Problem]) -> None:
    if problems:
        raise InputError(list(problems))
