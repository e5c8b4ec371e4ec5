"""Columns of the choice of provider: own pieces of work, and what each seller would run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from costing.charges import compute_amount_pence
from costing.programs import Row
from costing.provider_demand import Demand
from data.choices import CostHorizon, ProviderRules
from data.fleet import OWN_PROVIDER_ID
from data.tenders import BidDiscount
from data.units import divide_half_up


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderColumn:
    """What one column of the program means.

    Attributes
    ----------
    routes
        Positions of the routes that it runs; none for vehicles and for discounts.
    seller, piece
        Position of the seller or of the own piece of work, or None.
    paid_pence, fixed_pence, risk_pence, transition_pence
        Parts of its cost. [pence]
    """

    routes: tuple[int, ...] = ()
    seller: int | None = None
    piece: int | None = None
    vehicle_type_id: str = ""
    paid_pence: int = 0
    fixed_pence: int = 0
    risk_pence: int = 0
    transition_pence: int = 0

    @property
    def cost_pence(self) -> int:
        """What the program minimises. [pence]"""
        return self.paid_pence + self.fixed_pence + self.risk_pence + self.transition_pence


class Builder:
    """Columns and rows as they are put together."""

    def __init__(self) -> None:
        self.columns: list[ProviderColumn] = []
        self.rows: list[Row] = []

    def add_column(self, column: ProviderColumn) -> int:
        """Add a column; give its position."""
        self.columns.append(column)
        return len(self.columns) - 1

    def add_row(
        self, terms: Iterable[tuple[int, int]], low: int | None = None, high: int | None = None
    ) -> None:
        """Add a row of (column, coefficient)."""
        self.rows.append(Row(low=low, high=high, terms=tuple(terms)))


def find_discounts(rules: ProviderRules, supplier_id: str) -> list[BidDiscount | None]:
    """Find a supplier's discounts by the least that they ask for; None stands for none."""
    held = [d for d in rules.discounts if d.supplier_id == supplier_id]
    return [None, *sorted(held, key=lambda d: d.from_contracts)]


def add_sellers(
    made: Builder, demand: Demand, rules: ProviderRules
) -> dict[str, dict[int, list[int]]]:
    """Add routes and day pairs as each seller would run them, by supplier and discount."""
    found: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    offers: list[tuple[tuple[int, ...], int, int]] = [
        ((r,), s, int(demand.prices.cost_pence[r, s]))
        for r in range(len(demand.routes))
        for s in range(len(demand.sellers))
        if demand.prices.cost_pence[r, s] >= 0
    ]
    offers += [((a, b), s, pence) for a, b, s, pence in demand.pairs]
    for routes, s, pence in offers:
        seller = demand.sellers[s]
        supplier_id = seller.supplier.supplier_id
        for tier, discount in enumerate(find_discounts(rules, supplier_id)):
            off_bp = discount.discount_bp if discount is not None else 0
            paid_pence = divide_half_up(pence * (10_000 - off_bp), 10_000)
            chance_bp, rise_bp = rules.find_hand_back(supplier_id)
            risk = paid_pence * chance_bp * rise_bp
            column = made.add_column(
                ProviderColumn(
                    routes=routes,
                    seller=s,
                    vehicle_type_id=seller.vehicle_type.vehicle_type_id,
                    paid_pence=paid_pence,
                    risk_pence=divide_half_up(risk, 10_000 * 10_000),
                    transition_pence=_find_transition(demand, routes, supplier_id, rules),
                )
            )
            found[supplier_id][tier].append(column)
    return found


def _find_transition(
    demand: Demand, routes: tuple[int, ...], provider_id: str, rules: ProviderRules
) -> int:
    """Spread what it costs once that routes leave who runs them today. [pence a day]"""
    n_moved = sum(demand.before_ids[r] not in ("", provider_id) for r in routes)
    return divide_half_up(
        n_moved * rules.find_transition_pence(provider_id), rules.transition_days
    )


def add_pieces(made: Builder, demand: Demand, rules: ProviderRules) -> list[int]:
    """Add the own pieces of work; in the long run with overhead on what they cost."""
    position = {route.route_id: r for r, route in enumerate(demand.routes)}
    overhead = 10 * demand.book.inputs.own_costs.overhead_bp
    is_long = rules.horizon is CostHorizon.LONG_RUN
    found = []
    for p, piece in enumerate(demand.pieces):
        routes = tuple(position[i] for i in piece.route_ids)
        fixed_pence = compute_amount_pence(piece.avoidable_pence, "pence", overhead)
        found.append(
            made.add_column(
                ProviderColumn(
                    routes=routes,
                    piece=p,
                    vehicle_type_id=piece.vehicle_type_id,
                    paid_pence=piece.avoidable_pence,
                    fixed_pence=fixed_pence if is_long else 0,
                    transition_pence=_find_transition(demand, routes, OWN_PROVIDER_ID, rules),
                )
            )
        )
    return found
