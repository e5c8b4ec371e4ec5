"""Charges and cost lines: how a quantity at a rate becomes pence, and what pricing looks up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from costing.own_fleet import OwnRates, build_own_rates
from costing.rate_cards import Terms, count_card_routes
from data.fleet import Supplier, VehicleType
from data.inputs import Inputs
from data.money import CostBasis, CostLine
from data.plans import Duty, Plan
from data.units import MM_PER_MILE, divide_half_up

UNIT_SIZES = {
    "route": 1_000,
    "assistant": 1_000,
    "pair": 1_000,
    "vehicle day": 1_000,
    "m": MM_PER_MILE,
    "s": 3_600_000,
    "pence": 100_000,
}
"""Per unit of a line, what ``quantity x rate_mpence`` is divided by to give pence: metres are
priced per mile, seconds per hour, pence (VAT, overhead) per pound, all else per piece.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One charge before it knows its plan and duty."""

    item: str
    quantity: int
    unit: str
    rate_mpence: int
    amount_pence: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceBook:
    """What pricing looks up: records by id, rates, and the terms already read.

    Attributes
    ----------
    n_routes
        Routes of the day that each rate card with a lot discount prices.
    """

    plan_id: str
    on: date
    inputs: Inputs
    suppliers: dict[str, Supplier]
    types: dict[str, VehicleType]
    site_dwell_s: dict[str, int]
    boarding_s: dict[str, int]
    alighting_s: dict[str, int]
    own_rates: OwnRates
    terms: dict[tuple[str, str, str | None], tuple[Terms, int]]
    n_routes: dict[str, int]


def compute_amount_pence(quantity: int, unit: str, rate_mpence: int) -> int:
    """Work out a line's amount from its quantity and rate, rounded half up. [pence]

    Examples
    --------
    Five miles at 2.60 pounds, and three quarters of an hour at 20 pounds:

    >>> compute_amount_pence(8_047, "m", 260_000), compute_amount_pence(2_700, "s", 2_000_000)
    (1300, 1500)
    """
    return divide_half_up(quantity * rate_mpence, UNIT_SIZES[unit])


def build_charge(
    item: str, quantity: int, unit: str, rate_mpence: int, note: str = ""
) -> Charge:
    """Make a charge of a quantity at a rate."""
    return Charge(
        item=item,
        quantity=quantity,
        unit=unit,
        rate_mpence=rate_mpence,
        amount_pence=compute_amount_pence(quantity, unit, rate_mpence),
        note=note,
    )


def build_book(plan: Plan, inputs: Inputs, on: date) -> PriceBook:
    """Gather what pricing a plan looks up."""
    return open_book(plan.plan_id, plan.duties, inputs, on)


def open_book(plan_id: str, duties: Sequence[Duty], inputs: Inputs, on: date) -> PriceBook:
    """Gather what pricing the duties of a day looks up.

    Parameters
    ----------
    duties
        All of the day's, as lot discounts depend on how many routes a card prices.
    """
    return PriceBook(
        plan_id=plan_id,
        on=on,
        inputs=inputs,
        suppliers={s.supplier_id: s for s in inputs.suppliers},
        types={t.vehicle_type_id: t for t in inputs.vehicle_types},
        site_dwell_s={s.site_id: s.dwell_s for s in inputs.sites},
        boarding_s={p.passenger_id: p.boarding_s for p in inputs.passengers},
        alighting_s={p.passenger_id: p.alighting_s for p in inputs.passengers},
        own_rates=build_own_rates(inputs.own_costs, inputs.vehicle_types),
        terms={},
        n_routes=count_card_routes(duties, inputs, on),
    )


def stamp_lines(
    charges: Iterable[Charge],
    duty: Duty,
    book: PriceBook,
    basis: CostBasis,
    route_ids: tuple[str, ...],
) -> list[CostLine]:
    """Turn charges into lines of a duty: of one route, or shared by several."""
    return [
        CostLine(
            plan_id=book.plan_id,
            duty_id=duty.duty_id,
            route_id=route_ids[0] if len(route_ids) == 1 else None,
            provider_id=duty.provider_id,
            basis=basis,
            item=c.item,
            quantity=c.quantity,
            unit=c.unit,
            rate_mpence=c.rate_mpence,
            amount_pence=c.amount_pence,
            note=c.note,
            shared_by=route_ids if len(route_ids) > 1 else (),
        )
        for c in charges
    ]
