"""The cost model that the search minimises, as arrays; built by `costing`, used by `routing`.

An **offer** is a provider with a vehicle type (and, for the own company, a depot). o offers,
4 sessions in the order of `Session`, b mile bands, l layouts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]

FAR_M = 1_000_000_000
"""Longer than any route: the end of an open-ended band. [m]"""

NOT_PRICED_PENCE = 100_000_000
"""What a session without any rate costs the search, so that it is never chosen. [pence]"""


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
    fixed_pence, dead_mpence, hour_mpence, waiting_mpence, minimum_pence, assistant_pence, \
assistant_hour_mpence, trained_pence
        (o, 4) by session; 0 where the card charges nothing, and for the own company. A session
        that the card does not price at all has ``fixed_pence`` = `NOT_PRICED_PENCE` and is
        False in ``is_priced``. Without a known base a supplier charges no dead miles.
    is_priced
        (o, 4) bool: whether a route of the session has a price of its own. A card with nothing
        but a day rate is False in AM and PM: it prices pairs only.
    band_to_m, band_mpence
        (o, 4, b) upper end of each band, ascending, and its rate. Bands begin at 0 and follow
        each other; the last one used and all padding end at `FAR_M`, padding has rate 0. [m]
    day_pair_pence, day_included_m, day_excess_mpence
        (o,) day rate, -1 for none; distance included, `FAR_M` for no limit; rate beyond it.
    vat_bp
        (o,) VAT that counts as cost: 0 when the council recovers it. [0.01 %]
    driver_mpence, own_assistant_mpence, own_trained_mpence, running_mpence
        (o,) own company, per paid hour and per mile; 0 for suppliers. The trained rate is the
        extra on top of the assistant's.
    n_own_drivers, n_own_d1_drivers, n_own_assistants, n_own_trained_assistants
        Own crews over all depots; ``d1`` counts drivers with D1 and CPC.
    needs_d1
        (o,) bool: own vehicle whose driver needs D1 and CPC (LIC-3).
    min_paid_s, sign_on_s, split_gap_s
        Own company, scalars. [s]
    discount_from
        (o,) from how many routes of a day on, all of one rate card, the card is cheaper: its
        lot discount; 0 for none.
    discounted
        The same model with the lot discount of every card that has one taken off its rates;
        None where no card has any.
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
    is_priced: NDArray[np.bool_]
    discount_from: IntArray
    discounted: CostModel | None = None
