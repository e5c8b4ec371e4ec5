"""Who may bid for what: licence, load, area and bars of a supplier that is known."""

from __future__ import annotations

from collections.abc import Callable

from costing.rate_cards import is_licensed
from data.fleet import Layout, VehicleType
from data.inputs import Inputs
from data.tenders import ContractRoute

Objection = Callable[[str, ContractRoute], str]
"""Says why a supplier may not run a contract route, or ''."""


def build_objections(inputs: Inputs) -> Objection:
    """Build what says why a supplier may not run a contract route.

    A supplier that the inputs do not know is a newcomer, about whom nothing can be said; its
    licences are for the quality questions.
    """
    suppliers = {s.supplier_id: s for s in inputs.suppliers}
    types = {t.vehicle_type_id: t for t in inputs.vehicle_types}

    def find_objection(supplier_id: str, contract: ContractRoute) -> str:
        if supplier_id in contract.barred_ids:
            return "it is barred from this route"
        supplier = suppliers.get(supplier_id)
        if supplier is None:
            return ""
        fitting = [t for t in types.values() if _holds(t, contract)]
        if not any(is_licensed(supplier, t) for t in fitting):
            return "it holds no licence for a vehicle that is large enough (LIC-1, LIC-2)"
        if supplier.n_assistants < contract.n_assistants:
            return "it has too few assistants"
        if supplier.n_trained_assistants < contract.n_trained_assistants:
            return "it has too few medically trained assistants"
        return ""

    return find_objection


def _holds(vehicle_type: VehicleType, contract: ContractRoute) -> bool:
    """Say whether some layout of a vehicle type holds a contract route's load."""

    def is_enough(layout: Layout) -> bool:
        return (
            layout.n_seats >= contract.n_seats
            and layout.n_wheelchair_spaces >= contract.n_wheelchair_spaces
        )

    has_lift = vehicle_type.has_lift or not contract.needs_lift
    return has_lift and any(is_enough(layout) for layout in vehicle_type.layouts)
