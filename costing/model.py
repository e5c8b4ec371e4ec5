"""The cost model for the search: every offer's rates as integer arrays."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from costing.own_fleet import OwnRates, build_own_rates, find_type_rates
from costing.rate_cards import (
    Terms,
    build_terms,
    find_rate_card,
    find_vat_bp,
    is_licensed,
)
from data.costs import FAR_M, NOT_PRICED_PENCE, CostModel
from data.errors import ModelError, NoRateError
from data.fleet import OWN_PROVIDER_ID, CrewRole, Supplier, VehicleType
from data.inputs import Inputs

MAX_OFFERS = 64
"""The search keeps the offers that may serve a route as the bits of one 64-bit word."""

N_SESSIONS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    """One way to have a route run, before it becomes a column of arrays.

    Attributes
    ----------
    discount_from, discounted
        From how many routes on the card's lot discount holds, and its terms then; 0 and None
        without one.
    """

    provider_id: str
    vehicle_type: VehicleType
    base_place_id: str
    n_vehicles: int
    supplier: Supplier | None = None
    terms: Terms | None = None
    vat_bp: int = 0
    can_train: bool = False
    discount_from: int = 0
    discounted: Terms | None = None

    @property
    def sort_key(self) -> tuple[bool, str, str, str]:
        """Own company first, then by provider, type and base."""
        is_bought = self.supplier is not None
        type_id = self.vehicle_type.vehicle_type_id
        return (is_bought, self.provider_id, type_id, self.base_place_id)


def build_cost_model(inputs: Inputs, on: date) -> CostModel:
    """Make the arrays of prices that the search minimises.

    Offers are each own vehicle type at each depot that has one, and each supplier with each
    vehicle type that it has, is licensed for (LIC-1, LIC-2) and has a rate card for on the day;
    own company first, then in order of provider, type and base.

    Parameters
    ----------
    on
        Date whose rates hold.

    Raises
    ------
    NoRateError
        If the own company has vehicles of a type without a cost, or there is no offer at all.
    ModelError
        If a rate card cannot be read one way only, if a record names a vehicle type or depot
        that does not exist, or if there are more than 64 offers.
    """
    rates = build_own_rates(inputs.own_costs, inputs.vehicle_types)
    offers = sorted(
        (*_find_own_offers(inputs), *_find_supplier_offers(inputs, on)),
        key=lambda offer: offer.sort_key,
    )
    if not offers:
        raise NoRateError(
            f"nobody can run a route on {on.isoformat()}: no own vehicle, and no supplier with "
            "a vehicle, a licence and a valid rate card for it"
        )
    if len(offers) > MAX_OFFERS:
        raise ModelError(
            f"{len(offers)} offers (provider with vehicle type) on {on.isoformat()}, but the "
            f"search takes at most {MAX_OFFERS}; give suppliers fewer vehicle types"
        )
    model = _build_arrays(offers, rates, inputs)
    if not any(offer.discounted for offer in offers):
        return model
    lower = [replace(o, terms=o.discounted) if o.discounted else o for o in offers]
    return replace(model, discounted=_build_arrays(lower, rates, inputs))


def _find_types(inputs: Inputs) -> dict[str, VehicleType]:
    return {t.vehicle_type_id: t for t in inputs.vehicle_types}


def _find_own_offers(inputs: Inputs) -> list[_Offer]:
    """Find the own vehicle types at each depot."""
    types = _find_types(inputs)
    depots = {d.depot_id: d.place_id for d in inputs.depots}
    has_trained = any(
        c.role is CrewRole.ASSISTANT and c.is_medically_trained for c in inputs.crews
    )
    lost = sorted(
        f"vehicle {v.vehicle_id!r} names {what} {value!r}, which does not exist"
        for v in inputs.vehicles
        for what, value, known in (
            ("vehicle type", v.vehicle_type_id, types),
            ("depot", v.depot_id, depots),
        )
        if value not in known
    )
    if lost:
        raise ModelError("; ".join(lost))
    counts = Counter((v.vehicle_type_id, depots[v.depot_id]) for v in inputs.vehicles)
    return [
        _Offer(
            provider_id=OWN_PROVIDER_ID,
            vehicle_type=types[type_id],
            base_place_id=place_id,
            n_vehicles=n,
            can_train=has_trained,
        )
        for (type_id, place_id), n in counts.items()
    ]


def _find_supplier_offers(inputs: Inputs, on: date) -> list[_Offer]:
    """Find what suppliers may run on a date; one without a valid card offers nothing."""
    types = _find_types(inputs)
    offers = []
    faults: list[str] = []
    for supplier in inputs.suppliers:
        counts: Counter[str] = Counter()
        for held in supplier.vehicles:
            counts[held.vehicle_type_id] += held.n_vehicles
        for type_id, n_vehicles in counts.items():
            if type_id not in types:
                faults.append(
                    f"supplier {supplier.supplier_id!r} has vehicle type {type_id!r}, which "
                    "does not exist"
                )
                continue
            if n_vehicles <= 0 or not is_licensed(supplier, types[type_id]):
                continue
            try:
                card = find_rate_card(inputs.rate_cards, supplier.supplier_id, type_id, on)
                terms = build_terms(card, type_id, on)
                n_least = card.discount_from_routes if card.has_discount else 0
                lower = build_terms(card, type_id, on, n_least) if n_least else None
            except NoRateError:
                continue
            except ModelError as error:
                faults.append(str(error))
                continue
            vat_bp = find_vat_bp(card, supplier, types[type_id])
            offers.append(
                _Offer(
                    provider_id=supplier.supplier_id,
                    vehicle_type=types[type_id],
                    base_place_id=supplier.base_place_id or "",
                    n_vehicles=n_vehicles,
                    supplier=supplier,
                    terms=terms,
                    vat_bp=0 if inputs.policy.is_vat_recovered else vat_bp,
                    can_train=supplier.n_trained_assistants > 0,
                    discount_from=n_least,
                    discounted=lower,
                )
            )
    if faults:
        raise ModelError("; ".join(sorted(faults)))
    return offers


def _build_arrays(offers: list[_Offer], rates: OwnRates, inputs: Inputs) -> CostModel:
    """Put offers into arrays, one position each."""
    costs = inputs.own_costs
    band_to_m, band_mpence = _build_bands(offers)
    seats, spaces = _build_layouts(offers)
    own = [find_type_rates(rates, _type_id(o)) if o.supplier is None else None for o in offers]
    drivers = [c for c in inputs.crews if c.role is CrewRole.DRIVER]
    assistants = [c for c in inputs.crews if c.role is CrewRole.ASSISTANT]
    is_own = np.array([o.supplier is None for o in offers], np.bool_)
    pairs = [
        o.terms if o.terms and o.terms.day_pair_pence is not None else None for o in offers
    ]
    return CostModel(
        offer_ids=tuple(f"{o.provider_id}/{_type_id(o)}/{o.base_place_id}" for o in offers),
        provider_ids=tuple(o.provider_id for o in offers),
        vehicle_type_ids=tuple(_type_id(o) for o in offers),
        rate_card_ids=tuple(o.terms.rate_card_id if o.terms else "" for o in offers),
        base_place_ids=tuple(o.base_place_id for o in offers),
        area_place_ids=tuple(_area(o)[0] for o in offers),
        area_radius_m=_whole(_area(o)[1] for o in offers),
        is_own=is_own,
        has_lift=np.array([o.vehicle_type.has_lift for o in offers], np.bool_),
        can_train=np.array([o.can_train for o in offers], np.bool_),
        layout_seats=seats,
        layout_spaces=spaces,
        n_vehicles=_whole(o.n_vehicles for o in offers),
        fixed_pence=_build_fixed(offers),
        band_to_m=band_to_m,
        band_mpence=band_mpence,
        dead_mpence=_build_dead(offers),
        hour_mpence=_by_session(offers, "hour_mpence"),
        waiting_mpence=_by_session(offers, "waiting_mpence"),
        minimum_pence=_by_session(offers, "minimum_pence"),
        assistant_pence=_by_session(offers, "assistant_pence"),
        assistant_hour_mpence=_by_session(offers, "assistant_hour_mpence"),
        trained_pence=_by_session(offers, "trained_pence"),
        day_pair_pence=_whole(-1 if p is None else p.day_pair_pence for p in pairs),
        day_included_m=_whole(FAR_M if p is None else p.day_included_m for p in pairs),
        day_excess_mpence=_whole(0 if p is None else p.day_excess_mpence for p in pairs),
        vat_bp=_whole(o.vat_bp for o in offers),
        driver_mpence=np.where(is_own, np.int64(rates.driver_mpence), np.int64(0)),
        own_assistant_mpence=np.where(is_own, np.int64(rates.assistant_mpence), np.int64(0)),
        own_trained_mpence=np.where(is_own, np.int64(rates.trained_mpence), np.int64(0)),
        running_mpence=_whole(0 if t is None else t.running_mpence for t in own),
        min_paid_s=costs.min_paid_s,
        sign_on_s=costs.sign_on_s,
        split_gap_s=costs.split_gap_s,
        n_own_drivers=len(drivers),
        n_own_d1_drivers=sum(c.has_d1 and c.has_cpc for c in drivers),
        n_own_assistants=len(assistants),
        n_own_trained_assistants=sum(c.is_medically_trained for c in assistants),
        needs_d1=np.array(
            [o.supplier is None and o.vehicle_type.needs_psv_licence for o in offers], np.bool_
        ),
        is_priced=np.array(
            [
                [s.is_priced for s in o.terms.sessions] if o.terms else [True] * 4
                for o in offers
            ],
            np.bool_,
        ),
        discount_from=_whole(o.discount_from for o in offers),
    )


def _type_id(offer: _Offer) -> str:
    return offer.vehicle_type.vehicle_type_id


def _whole(values: object) -> NDArray[np.int64]:
    """Put whole numbers into an array."""
    return np.array(list(values), np.int64)  # type: ignore[call-overload]


def _area(offer: _Offer) -> tuple[str, int]:
    """Find the centre and radius of the area an offer serves; '' and -1 for anywhere."""
    s = offer.supplier
    if s is None or s.area_centre_place_id is None or s.area_radius_m is None:
        return "", -1
    return s.area_centre_place_id, s.area_radius_m


def _by_session(offers: list[_Offer], name: str) -> NDArray[np.int64]:
    """Put one rate of all offers and sessions into an array."""
    return np.array(
        [
            [getattr(s, name) for s in o.terms.sessions] if o.terms else [0] * N_SESSIONS
            for o in offers
        ],
        np.int64,
    )


def _build_fixed(offers: list[_Offer]) -> NDArray[np.int64]:
    """Find fixed charges; a session without a price is put out of reach of the search."""
    fixed = _by_session(offers, "fixed_pence")
    for i, offer in enumerate(offers):
        for j, session in enumerate(offer.terms.sessions if offer.terms else ()):
            if not session.is_priced:
                fixed[i, j] = NOT_PRICED_PENCE
    return fixed


def _build_dead(offers: list[_Offer]) -> NDArray[np.int64]:
    """Find rates of dead miles; nought where the base they are counted from is not known."""
    dead = _by_session(offers, "dead_mpence")
    dead[[o.base_place_id == "" for o in offers]] = 0
    return dead


def _build_bands(offers: list[_Offer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Put mile bands into (o, 4, b) arrays; padding ends at `FAR_M` and costs nothing."""
    n_bands = max(
        (len(s.bands) for o in offers if o.terms for s in o.terms.sessions), default=1
    )
    band_to_m = np.full((len(offers), N_SESSIONS, n_bands), FAR_M, np.int64)
    band_mpence = np.zeros((len(offers), N_SESSIONS, n_bands), np.int64)
    for i, offer in enumerate(offers):
        for j, session in enumerate(offer.terms.sessions if offer.terms else ()):
            for k, (to_m, mpence) in enumerate(session.bands):
                band_to_m[i, j, k] = to_m
                band_mpence[i, j, k] = mpence
    return band_to_m, band_mpence


def _build_layouts(offers: list[_Offer]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Put layouts into (o, l) arrays, padded with -1."""
    n_layouts = max(len(o.vehicle_type.layouts) for o in offers)
    seats = np.full((len(offers), n_layouts), -1, np.int32)
    spaces = np.full((len(offers), n_layouts), -1, np.int32)
    for i, offer in enumerate(offers):
        for j, layout in enumerate(offer.vehicle_type.layouts):
            seats[i, j] = layout.n_seats
            spaces[i, j] = layout.n_wheelchair_spaces
    return seats, spaces
