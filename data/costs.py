"""The cost model that the search minimises, as arrays; built by `costing`, used by `routing`.

An **offer** is a provider with a vehicle type (and, for the own company, a depot). o offers,
4 sessions in the order of `Session`, b mile bands, l layouts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostModel:
    """Exact prices of every offer as integer arrays.

    All amounts are integer; every line is rounded half up on its own, exactly as `costing`
    prices a finished plan, so that the two agree to the penny.

    A supplier's route costs, per session s::

        run   = fixed_pence
                + round(sum over bands of miles in band x band_mpence)
                + round(dead miles x dead_mpence)
                + round(hours x hour_mpence) + round(waiting hours x waiting_mpence)
        run   = max(run, minimum_pence)
        crew  = n_assistants x assistant_pence
                + round(n_assistants x hours x assistant_hour_mpence)
                + n_trained x trained_pence
        price = run + crew + round((run + crew) x vat_bp / 10 000)      vat_bp 0 when recovered

    The first AM and the first PM route of one supplier duty with ``day_pair_pence`` >= 0 cost,
    in place of their two ``run``::

        pair  = day_pair_pence
                + round(miles of both together beyond day_included_m x day_excess_mpence)

    with the VAT of the pair on ``pair`` and both crews.

    The own company's piece of work (depot to depot) costs::

        paid_s = max(min_paid_s, 2 x sign_on_s + from leaving to returning to the depot)
        piece  = round(paid hours x driver_mpence)
                 + round(n_assistants x paid hours x own_assistant_mpence)
                 + round(n_trained x paid hours x own_trained_mpence)
                 + round(all miles x running_mpence)

    with n_assistants the most aboard any route of the piece. The rates already hold cover.

    Attributes
    ----------
    offer_ids
        (o,) ``provider/vehicle type/base place``.
    provider_ids, vehicle_type_ids, rate_card_ids, base_place_ids
        (o,) text; '' where there is none.
    is_own
        (o,) bool.
    layout_seats, layout_spaces
        (o, l) int32; -1 pads.
    has_lift, can_train
        (o,) bool: wheelchair spaces and lift; can put out a medically trained assistant.
    n_vehicles
        (o,) how many vehicles may be out at one time.
    area_place_ids, area_radius_m
        (o,) centre place id or '', radius or -1. [m]
    min_paid_s, sign_on_s, split_gap_s
        Own company, scalars. [s]
    """

    offer_ids: tuple[str, ...]
    provider_ids: tuple[str, ...]
    vehicle_type_ids: tuple[str, ...]
    rate_card_ids: tuple[str, ...]
    base_place_ids: tuple[str, ...]
    area_place_ids: tuple[str, ...]
    area_radius_m: IntArray
    is_own: NDArray[np.bool_]
    has_lift: NDArray[np.bool_]
    can_train: NDArray[np.bool_]
    layout_seats: NDArray[np.int32]
    layout_spaces: NDArray[np.int32]
    n_vehicles: IntArray
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
    day_pair_pence: IntArray
    day_included_m: IntArray
    day_excess_mpence: IntArray
    vat_bp: IntArray
    driver_mpence: IntArray
    own_assistant_mpence: IntArray
    own_trained_mpence: IntArray
    running_mpence: IntArray
    min_paid_s: int
    sign_on_s: int
    split_gap_s: int
    n_own_drivers: int
    n_own_d1_drivers: int
    n_own_assistants: int
    n_own_trained_assistants: int
    needs_d1: NDArray[np.bool_]
