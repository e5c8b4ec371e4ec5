"""What a route should cost when bought: the guide price that lots and bids are held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from costing.compare import compare_plan
from data.inputs import Inputs
from data.market import MarketCosts
from data.networks import TravelMatrix
from data.plans import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidePrices:
    """Guide prices of a plan's routes.

    Attributes
    ----------
    prices
        By route id, net of VAT. [pence a day]
    basis
        What they are, in words.
    """

    prices: Mapping[str, int]
    basis: str


def find_guide_prices(
    plan: Plan, inputs: Inputs, matrix: TravelMatrix, market: MarketCosts
) -> GuidePrices:
    """Find the guide price of each route of a plan: its should-cost, margin included.

    Where no market cost is known for a vehicle so large, what the plan pays in full stands in.
    """
    rows = compare_plan(plan, inputs, matrix, market).routes
    n_without = sum(row.should_pence is None for row in rows)
    basis = "should-cost: what a competent supplier incurs, with a fair margin"
    if n_without:
        basis += f"; for {n_without} route(s) without one, what the plan costs in full"
    return GuidePrices(
        prices={
            row.route_id: row.planned_full_pence
            if row.should_pence is None
            else row.should_pence
            for row in rows
        },
        basis=basis,
    )
