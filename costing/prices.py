"""Exact prices of a finished plan, line by line, from rate cards and own cost parameters alone.

Nothing here looks at the cost model of the search: that both come to the same penny is a check.
The rounding rule: each line is rounded once, half up, to whole pence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from costing.charges import build_book, open_book
from costing.own_prices import price_idle_vehicles, price_own_duty
from costing.supplier_prices import price_supplier_duty
from costing.totals import COST_BASES
from data.errors import NoRateError
from data.fleet import OWN_PROVIDER_ID
from data.inputs import Inputs
from data.money import CostLine
from data.plans import Duty, Plan

IDLE = "own vehicles that stand idle"


def price_plan(plan: Plan, inputs: Inputs, on: date | None = None) -> tuple[CostLine, ...]:
    """Price a plan line by line from rate cards and own cost parameters (F2, F3).

    Parameters
    ----------
    on
        Date whose rates hold; the plan's service date, or else that of the inputs, by default.

    Returns
    -------
    Lines in order of duties and routes, then the own vehicles that stand idle (``duty_id`` '').
    CONTRACT and AVOIDABLE lines make up the plan's cost, FIXED lines come on top in the full
    cost, RECOVERABLE_VAT lines are in neither.

    Raises
    ------
    NoRateError
        If anything has no rate on the date, with everything that has none.
    ModelError
        If a duty names a supplier or vehicle type that does not exist.
    """
    date_priced = on or plan.service_date or inputs.service_date
    book = build_book(plan, inputs, date_priced)
    lines: list[CostLine] = []
    missing: dict[str, list[str]] = defaultdict(list)
    for duty in plan.duties:
        try:
            if duty.provider_id == OWN_PROVIDER_ID:
                lines.extend(price_own_duty(duty, book))
            else:
                lines.extend(price_supplier_duty(duty, book))
        except NoRateError as error:
            missing[str(error)].append(duty.duty_id)
    try:
        lines.extend(price_idle_vehicles(plan, book))
    except NoRateError as error:
        missing[str(error)].append(IDLE)
    if missing:
        raise NoRateError("; ".join(f"{m} ({_name(ids)})" for m, ids in missing.items()))
    return tuple(lines)


def find_duties_pence(duties: Sequence[Duty], inputs: Inputs, on: date) -> tuple[int, ...]:
    """Find what each duty of a day adds to its plan's cost, as `price_plan` has it. [pence]

    Parameters
    ----------
    duties
        All of the day's: lot discounts depend on how many routes a card prices.

    Raises
    ------
    NoRateError, ModelError
        As `price_plan`, at the first duty that has no rate.
    """
    book = open_book("", duties, inputs, on)
    return tuple(
        sum(
            line.amount_pence
            for line in (
                price_own_duty(duty, book)
                if duty.provider_id == OWN_PROVIDER_ID
                else price_supplier_duty(duty, book)
            )
            if line.basis in COST_BASES
        )
        for duty in duties
    )


def _name(duty_ids: list[str]) -> str:
    """Name the first few duties and count the rest."""
    if duty_ids == [IDLE]:
        return IDLE
    more = f" and {len(duty_ids) - 5} more" if len(duty_ids) > 5 else ""
    return f"duties {', '.join(duty_ids[:5])}{more}"
