"""The offers of one session as one uniform price formula, and who may use which.

Suppliers and the own company are priced by the same lines, so that the search has one formula::

    dead_m, dead_s  run from base to the first stop and from the last stop to base
    m    = loaded_m + dead_m                                    if includes_dead, else loaded_m
    s    = max(min_s, extra_s + duration_s + dead_s)            if includes_dead,
           max(min_s, extra_s + duration_s)                     else
    run  = fixed + round(m in bands) + round(s x hour) + round(waiting x waiting rate)
           + round(dead_m x dead rate)                          unless includes_dead
    run  = max(run, minimum)
    run  = half of (pair + round(excess over the included miles)), rounded up, for a day pair
    crew = n x assistant + round(n x s x assistant hour)
           + t x trained + round(t x s x trained hour)
    price = run + crew + round((run + crew) x VAT)

The own company is the case with ``includes_dead``: one piece of work from the depot and back. A
day rate for a pair of routes counts half in the search of one session, as if the other route of
the pair were equally long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.costs import CostModel
from data.fleet import Supplier, VehicleType
from data.inputs import Inputs
from data.passengers import Passenger
from data.places import Place, Session
from data.plans import Lock, LockKind
from routing.constants import NO_ROAD_S

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

OPEN_END_M = 1 << 40
"""Upper end of the last mile band. [m]"""


@dataclass(frozen=True, kw_only=True, eq=False)
class OfferPrices:
    """Prices of the o offers in one session; see the module for the formula.

    Attributes
    ----------
    band_to_m, band_mpence
        (o, b) upper end of each band of loaded distance and its rate a mile.
    base_row
        (o,) row of the travel arrays of the base; -1 for none.
    max_assistants, max_trained
        (o,) most assistants a route of the offer can carry.
    layout_seats, layout_spaces
        (o, l) layouts; -1 pads.
    is_open
        (o,) False for an offer nothing can be carried on: no vehicle, driver, licence or price.
    is_priced_alone
        (o,) False where only the day rate of a pair of routes is priced in the session.
    """

    offer_ids: tuple[str, ...]
    provider_ids: tuple[str, ...]
    vehicle_type_ids: tuple[str, ...]
    is_own: BoolArray
    includes_dead: BoolArray
    base_row: NDArray[np.int32]
    has_lift: BoolArray
    layout_seats: NDArray[np.int32]
    layout_spaces: NDArray[np.int32]
    max_assistants: IntArray
    max_trained: IntArray
    n_vehicles: IntArray
    is_open: BoolArray
    is_priced_alone: BoolArray
    area_place_ids: tuple[str, ...]
    area_radius_m: IntArray
    fixed_pence: IntArray
    band_to_m: IntArray
    band_mpence: IntArray
    dead_mpence: IntArray
    hour_mpence: IntArray
    waiting_mpence: IntArray
    minimum_pence: IntArray
    assistant_pence: IntArray
    assistant_hour_mpence: IntArray
    trained_pence: IntArray
    trained_hour_mpence: IntArray
    day_pair_pence: IntArray
    day_included_m: IntArray
    day_excess_mpence: IntArray
    vat_bp: IntArray
    extra_s: IntArray
    min_s: IntArray

    @property
    def n_offers(self) -> int:
        """How many offers there are."""
        return len(self.offer_ids)


def build_offer_prices(
    cost_model: CostModel, inputs: Inputs, session: Session, row: Mapping[str, int]
) -> OfferPrices:
    """Build the price table of one session from the cost model.

    Parameters
    ----------
    row
        Row of the travel arrays of each place id; holds every base.
    """
    own = np.asarray(cost_model.is_own, dtype=np.bool_)
    o = len(cost_model.offer_ids)
    s = list(Session).index(session)

    def pick(values: NDArray[np.int64]) -> IntArray:
        """Take the session's column; values without sessions hold for all."""
        array = np.asarray(values, dtype=np.int64)
        return np.ascontiguousarray(array[:, s] if array.ndim == 2 else array)

    def bought(values: NDArray[np.int64]) -> IntArray:
        """Values that only a supplier's rate card has."""
        return np.where(own, 0, pick(values))

    bands = np.asarray(cost_model.band_mpence, dtype=np.int64)
    ends = np.asarray(cost_model.band_to_m, dtype=np.int64)
    bands = bands[:, s] if bands.ndim == 3 else bands
    ends = ends[:, s] if ends.ndim == 3 else ends
    ends = np.where(ends < 0, OPEN_END_M, ends)
    own_bands = np.zeros_like(bands)
    own_bands[:, 0] = pick(cost_model.running_mpence)
    own_ends = np.full_like(ends, OPEN_END_M)
    is_peak = session in (Session.AM, Session.PM)
    pair = np.where(own, -1, pick(cost_model.day_pair_pence) if is_peak else -1)
    is_priced = np.asarray(cost_model.is_priced, dtype=np.bool_)[:, s]
    max_assistants, max_trained = _find_assistants(cost_model, inputs)
    return OfferPrices(
        offer_ids=cost_model.offer_ids,
        provider_ids=cost_model.provider_ids,
        vehicle_type_ids=cost_model.vehicle_type_ids,
        is_own=own,
        includes_dead=own.copy(),
        base_row=np.array(
            [row[b] if b else -1 for b in cost_model.base_place_ids], dtype=np.int32
        ),
        has_lift=np.asarray(cost_model.has_lift, dtype=np.bool_),
        layout_seats=np.asarray(cost_model.layout_seats, dtype=np.int32),
        layout_spaces=np.asarray(cost_model.layout_spaces, dtype=np.int32),
        max_assistants=max_assistants,
        max_trained=max_trained,
        n_vehicles=np.asarray(cost_model.n_vehicles, dtype=np.int64),
        is_open=_find_open(cost_model, inputs) & (is_priced | (pair >= 0)),
        is_priced_alone=is_priced,
        area_place_ids=cost_model.area_place_ids,
        area_radius_m=np.asarray(cost_model.area_radius_m, dtype=np.int64),
        fixed_pence=bought(cost_model.fixed_pence),
        band_to_m=np.ascontiguousarray(np.where(own[:, None], own_ends, ends)),
        band_mpence=np.ascontiguousarray(np.where(own[:, None], own_bands, bands)),
        dead_mpence=bought(cost_model.dead_mpence),
        hour_mpence=np.where(own, pick(cost_model.driver_mpence), pick(cost_model.hour_mpence)),
        waiting_mpence=bought(cost_model.waiting_mpence),
        minimum_pence=bought(cost_model.minimum_pence),
        assistant_pence=bought(cost_model.assistant_pence),
        assistant_hour_mpence=np.where(
            own, pick(cost_model.own_assistant_mpence), pick(cost_model.assistant_hour_mpence)
        ),
        trained_pence=bought(cost_model.trained_pence),
        trained_hour_mpence=np.where(own, pick(cost_model.own_trained_mpence), 0),
        day_pair_pence=pair,
        day_included_m=pick(cost_model.day_included_m),
        day_excess_mpence=pick(cost_model.day_excess_mpence),
        vat_bp=bought(cost_model.vat_bp),
        extra_s=np.where(own, 2 * cost_model.sign_on_s, np.zeros(o, dtype=np.int64)),
        min_s=np.where(own, cost_model.min_paid_s, np.zeros(o, dtype=np.int64)),
    )


def _find_assistants(cost_model: CostModel, inputs: Inputs) -> tuple[IntArray, IntArray]:
    """Find the most assistants and trained assistants one route of each offer can have."""
    suppliers = {s.supplier_id: s for s in inputs.suppliers}
    most, trained = [], []
    for o, provider in enumerate(cost_model.provider_ids):
        if cost_model.is_own[o]:
            most.append(cost_model.n_own_assistants)
            trained.append(cost_model.n_own_trained_assistants)
        else:
            most.append(suppliers[provider].n_assistants)
            trained.append(
                suppliers[provider].n_trained_assistants if cost_model.can_train[o] else 0
            )
    return np.array(most, dtype=np.int64), np.array(trained, dtype=np.int64)


def _find_open(cost_model: CostModel, inputs: Inputs) -> BoolArray:
    """Find the offers with a vehicle, a driver and a licence (LIC-1 to LIC-3)."""
    suppliers = {s.supplier_id: s for s in inputs.suppliers}
    types = {t.vehicle_type_id: t for t in inputs.vehicle_types}
    is_open = []
    for o, provider in enumerate(cost_model.provider_ids):
        can = bool(cost_model.n_vehicles[o] > 0)
        if cost_model.is_own[o]:
            can = can and cost_model.n_own_drivers > 0
            can = can and (not cost_model.needs_d1[o] or cost_model.n_own_d1_drivers > 0)
        else:
            vehicle_type = types[cost_model.vehicle_type_ids[o]]
            can = can and is_licensed(suppliers[provider], vehicle_type)
        is_open.append(can)
    return np.array(is_open, dtype=np.bool_)


def is_licensed(supplier: Supplier, vehicle_type: VehicleType) -> bool:
    """Whether a supplier's licences cover a vehicle type (LIC-1, LIC-2).

    Public Passenger Vehicles Act 1981 s.1, Transport Act 1985 s.19.
    """
    if vehicle_type.needs_psv_licence:
        is_permit = supplier.has_section_19_permit and not supplier.is_for_profit
        return supplier.has_psv_licence or is_permit
    return supplier.has_private_hire_licence or supplier.has_psv_licence


def find_allowed_offers(
    inputs: Inputs,
    offers: OfferPrices,
    passengers: Sequence[Passenger],
    ends: Sequence[tuple[Place, Place]],
    locks: Sequence[Lock],
    duration_s: NDArray[np.int32],
    row: Mapping[str, int],
) -> BoolArray:
    """Find the offers that may carry each passenger, whoever else is aboard.

    Lift, bars and locks, licences, the supplier's area at both ends, and a road from the base
    to both ends and back.

    Parameters
    ----------
    ends
        Boarding place and site place of each passenger.
    locks
        Locks in force in the session.
    """
    places = {p.place_id: p for p in inputs.places}
    n, o = len(passengers), offers.n_offers
    providers = np.array(offers.provider_ids, dtype=object)
    allowed = np.zeros((n, o), dtype=np.bool_)
    only: dict[str, set[str]] = {}
    barred: dict[str, set[str]] = {}
    for lock in locks:
        if lock.kind is LockKind.PASSENGER_ON_SUPPLIER:
            only.setdefault(lock.passenger_id, set()).add(lock.target_id)
        elif lock.kind is LockKind.PASSENGER_NOT_WITH_SUPPLIER:
            barred.setdefault(lock.passenger_id, set()).add(lock.target_id)
    ends_by_id = {place.place_id: place for pair in ends for place in pair}
    reach = _find_reach(offers, tuple(ends_by_id.values()), places, duration_s, row)
    reach_at = {place_id: i for i, place_id in enumerate(ends_by_id)}
    for i, (p, (start, end)) in enumerate(zip(passengers, ends, strict=True)):
        can = reach[reach_at[start.place_id]] & reach[reach_at[end.place_id]]
        if p.needs_lift or p.n_wheelchair_spaces:
            can &= offers.has_lift
        for provider in sorted(p.barred_suppliers | barred.get(p.passenger_id, set())):
            can &= providers != provider
        for provider in sorted(only.get(p.passenger_id, ())):
            can &= providers == provider
        allowed[i] = can
    return allowed


def _find_reach(
    offers: OfferPrices,
    ends: Sequence[Place],
    places: Mapping[str, Place],
    duration_s: NDArray[np.int32],
    row: Mapping[str, int],
) -> BoolArray:
    """Find the offers that serve each place, (m, o): in their area, a road to their base."""
    reach = np.tile(offers.is_open, (len(ends), 1))
    if not ends:
        return reach
    at = np.array([row[place.place_id] for place in ends])
    east_m = np.array([place.easting_m for place in ends])
    north_m = np.array([place.northing_m for place in ends])
    for k in range(offers.n_offers):
        if offers.area_radius_m[k] >= 0 and offers.area_place_ids[k]:
            centre = places[offers.area_place_ids[k]]
            off_m2 = (east_m - centre.easting_m) ** 2 + (north_m - centre.northing_m) ** 2
            reach[:, k] &= off_m2 <= int(offers.area_radius_m[k]) ** 2
        base = offers.base_row[k]
        if base >= 0:
            ways = np.maximum(duration_s[base, at], duration_s[at, base])
            reach[:, k] &= ways < NO_ROAD_S
    return reach


__all__ = [
    "OPEN_END_M",
    "OfferPrices",
    "build_offer_prices",
    "find_allowed_offers",
    "is_licensed",
]
