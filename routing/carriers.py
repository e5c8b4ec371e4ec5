"""Everything that could carry a passenger, whether it has a valid price or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt

from data.costs import CostModel
from data.fleet import OWN_PROVIDER_ID, CrewRole, Layout, Supplier, VehicleType
from data.inputs import Inputs
from data.passengers import AssistantNeed, Passenger
from data.places import Place, Session
from data.plans import LockKind
from routing.offers import is_licensed


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A kind of vehicle of one provider.

    Attributes
    ----------
    is_licensed
        Whether a licence or permit, and for the own company a driver, covers it.
    n_assistants, n_trained
        Assistants the provider can put on one route.
    centre, radius_m
        Its area; None for anywhere. [m]
    priced_sessions
        Sessions it has a valid price for.
    """

    provider_id: str
    vehicle_type_id: str
    layouts: tuple[Layout, ...]
    has_lift: bool
    is_licensed: bool
    n_assistants: int
    n_trained: int
    centre: Place | None
    radius_m: int
    priced_sessions: frozenset[Session]

    @property
    def name(self) -> str:
        """Provider and vehicle type."""
        return f"{self.provider_id}/{self.vehicle_type_id}"

    @property
    def n_seats(self) -> int:
        """Most seats of any layout."""
        return max((layout.n_seats for layout in self.layouts), default=0)

    def fits(self, seats: int, spaces: int, *, needs_lift: bool) -> bool:
        """Whether some layout holds these seats and spaces."""
        return (self.has_lift or not needs_lift) and any(
            layout.n_seats >= seats and layout.n_wheelchair_spaces >= spaces
            for layout in self.layouts
        )

    def is_priced(self, session: Session) -> bool:
        """Whether the carrier has a valid price for the session."""
        return session in self.priced_sessions

    def measure_away_m(self, place: Place) -> int:
        """Measure how far a place lies outside the area, 0 inside. [m]"""
        if self.centre is None:
            return 0
        east_m = place.easting_m - self.centre.easting_m
        north_m = place.northing_m - self.centre.northing_m
        square = east_m**2 + north_m**2
        if square <= self.radius_m**2:
            return 0
        return isqrt(square - 1) + 1 - self.radius_m


def find_carriers(inputs: Inputs, cost_model: CostModel) -> tuple[Carrier, ...]:
    """Find every kind of vehicle of the own company and of all suppliers."""
    types = {t.vehicle_type_id: t for t in inputs.vehicle_types}
    places = {p.place_id: p for p in inputs.places}
    priced = _find_priced(cost_model)
    carriers = [
        _build_bought(supplier, types[held.vehicle_type_id], places, priced)
        for supplier in sorted(inputs.suppliers, key=lambda s: s.supplier_id)
        for held in sorted(supplier.vehicles, key=lambda v: v.vehicle_type_id)
        if held.n_vehicles > 0 and held.vehicle_type_id in types
    ]
    kinds = sorted({(v.depot_id, v.vehicle_type_id) for v in inputs.vehicles})
    own = [_build_own(inputs, depot_id, types[type_id], priced) for depot_id, type_id in kinds]
    return (*own, *carriers)


def _find_priced(cost_model: CostModel) -> dict[tuple[str, str], set[Session]]:
    """Find the sessions each provider's vehicle type is priced for."""
    priced: dict[tuple[str, str], set[Session]] = {}
    for o, provider in enumerate(cost_model.provider_ids):
        sessions = priced.setdefault((provider, cost_model.vehicle_type_ids[o]), set())
        for s, session in enumerate(Session):
            is_peak = session in (Session.AM, Session.PM)
            if cost_model.is_priced[o, s] or (is_peak and cost_model.day_pair_pence[o] >= 0):
                sessions.add(session)
    return priced


def _build_bought(
    supplier: Supplier,
    vehicle_type: VehicleType,
    places: Mapping[str, Place],
    priced: Mapping[tuple[str, str], set[Session]],
) -> Carrier:
    """Build the carrier of a supplier's vehicle type."""
    has_area = supplier.area_centre_place_id is not None and supplier.area_radius_m is not None
    return Carrier(
        provider_id=supplier.supplier_id,
        vehicle_type_id=vehicle_type.vehicle_type_id,
        layouts=vehicle_type.layouts,
        has_lift=vehicle_type.has_lift,
        is_licensed=is_licensed(supplier, vehicle_type),
        n_assistants=supplier.n_assistants,
        n_trained=supplier.n_trained_assistants,
        centre=places[supplier.area_centre_place_id or ""] if has_area else None,
        radius_m=supplier.area_radius_m or 0,
        priced_sessions=frozenset(
            priced.get((supplier.supplier_id, vehicle_type.vehicle_type_id), ())
        ),
    )


def _build_own(
    inputs: Inputs,
    depot_id: str,
    vehicle_type: VehicleType,
    priced: Mapping[tuple[str, str], set[Session]],
) -> Carrier:
    """Build the carrier of the own company's vehicles of a type at a depot."""
    crews = [c for c in inputs.crews if c.depot_id == depot_id]
    drivers = [c for c in crews if c.role is CrewRole.DRIVER]
    if vehicle_type.needs_psv_licence:
        drivers = [c for c in drivers if c.has_d1 and c.has_cpc]
    helpers = [c for c in crews if c.role is CrewRole.ASSISTANT]
    return Carrier(
        provider_id=OWN_PROVIDER_ID,
        vehicle_type_id=vehicle_type.vehicle_type_id,
        layouts=vehicle_type.layouts,
        has_lift=vehicle_type.has_lift,
        is_licensed=bool(drivers),
        n_assistants=len(helpers),
        n_trained=sum(c.is_medically_trained for c in helpers),
        centre=None,
        radius_m=0,
        priced_sessions=frozenset(
            priced.get((OWN_PROVIDER_ID, vehicle_type.vehicle_type_id), ())
        ),
    )


def count_needs(passenger: Passenger) -> tuple[int, int, int, int]:
    """Count seats with the assistant's, wheelchair spaces, assistants and trained ones."""
    n_assistants = int(passenger.assistant is not AssistantNeed.NONE)
    n_assistants = max(n_assistants, int(passenger.assistant_id is not None))
    n_trained = int(bool(n_assistants) and passenger.needs_trained_assistant)
    seats = passenger.n_seats_taken + n_assistants
    return seats, passenger.n_wheelchair_spaces, n_assistants, n_trained


def find_provider_locks(
    inputs: Inputs, passenger: Passenger, session: Session
) -> tuple[set[str], set[str]]:
    """Find the providers a passenger is locked on in a session, and those barred from them."""
    locks = [
        k
        for k in inputs.locks
        if k.passenger_id == passenger.passenger_id and k.session in (None, session)
    ]
    only = {k.target_id for k in locks if k.kind is LockKind.PASSENGER_ON_SUPPLIER}
    barred = set(passenger.barred_suppliers) | {
        k.target_id for k in locks if k.kind is LockKind.PASSENGER_NOT_WITH_SUPPLIER
    }
    return only, barred
