"""Money: rate cards, own-fleet cost, exact prices."""

from costing.model import build_cost_model
from costing.prices import (
    price_plan,
    total_cost_pence,
    total_full_cost_pence,
    total_gross_pence,
)

__all__ = [
    "build_cost_model",
    "price_plan",
    "total_cost_pence",
    "total_full_cost_pence",
    "total_gross_pence",
]
