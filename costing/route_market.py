"""A plan's routes on the market: what each needs, who may run it, and at what price."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from costing.charges import PriceBook, build_book
from costing.market_prices import MarketPrices, price_market
from costing.reach import Reach
from costing.sellers import Seller, find_sellers
from costing.suitability import RouteNeed, find_locked_out, find_need
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.plans import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteMarket:
    """What prices of a plan's routes elsewhere stand on, in order of its routes."""

    book: PriceBook
    reach: Reach
    needs: tuple[RouteNeed, ...]
    sellers: tuple[Seller, ...]
    prices: MarketPrices


def build_route_market(
    plan: Plan, inputs: Inputs, matrix: TravelMatrix, on: date
) -> RouteMarket:
    """Price every route of a plan by every seller that may run it.

    Raises
    ------
    ModelError
        If the plan names passengers or places that the inputs or the matrix have not.
    """
    book = build_book(plan, inputs, on)
    reach = Reach(inputs, matrix)
    reach.check_known(plan)
    passengers = {p.passenger_id: p for p in inputs.passengers}
    locked = find_locked_out(inputs)
    needs = tuple(find_need(route, passengers, locked) for route in plan.routes)
    sellers = find_sellers(inputs, on)
    return RouteMarket(
        book=book,
        reach=reach,
        needs=needs,
        sellers=sellers,
        prices=price_market(plan, needs, sellers, reach, book),
    )
