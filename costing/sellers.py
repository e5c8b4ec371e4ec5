"""Who may be asked for a price: suppliers with a vehicle type, a licence and a valid card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from costing.rate_cards import Terms, build_terms, find_rate_card, find_vat_bp, is_licensed
from data.errors import NoRateError
from data.fleet import Supplier, VehicleType
from data.inputs import Inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """A supplier with a vehicle type and the terms that hold.

    Attributes
    ----------
    vat_bp
        VAT on its prices, recovered or not. [0.01 %]
    """

    supplier: Supplier
    vehicle_type: VehicleType
    terms: Terms
    vat_bp: int

    @property
    def key(self) -> tuple[str, str, str]:
        """Ids that settle ties between equal prices."""
        return (
            self.supplier.supplier_id,
            self.vehicle_type.vehicle_type_id,
            self.terms.rate_card_id,
        )


def find_sellers(inputs: Inputs, on: date) -> tuple[Seller, ...]:
    """Find every supplier and vehicle type with a licence and a valid card.

    Raises
    ------
    ModelError
        If a card cannot be read one way only.
    """
    types = {t.vehicle_type_id: t for t in inputs.vehicle_types}
    sellers = []
    for supplier in inputs.suppliers:
        held = {v.vehicle_type_id for v in supplier.vehicles if v.n_vehicles > 0}
        for type_id in sorted(held):
            if not is_licensed(supplier, types[type_id]):
                continue
            try:
                card = find_rate_card(inputs.rate_cards, supplier.supplier_id, type_id, on)
            except NoRateError:
                continue
            sellers.append(
                Seller(
                    supplier=supplier,
                    vehicle_type=types[type_id],
                    terms=build_terms(card, type_id, on),
                    vat_bp=find_vat_bp(card, supplier, types[type_id]),
                )
            )
    return tuple(sellers)
