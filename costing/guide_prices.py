"""What a route should cost when bought: the guide price that lots and bids are held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from data.runs import RouteAlternatives

GUIDE_BASIS = (
    "the cheapest rate card that may and can run the route alone, or else the own company's "
    "full cost"
)


def find_guide_prices(alternatives: Iterable[RouteAlternatives]) -> Mapping[str, int]:
    """Find the guide price of each route of a run by its id. [pence a day]"""
    return {
        row.route_id: next(
            pence
            for pence in (row.bought_pence, row.own_full_pence, row.planned_full_pence)
            if pence is not None
        )
        for row in alternatives
    }
