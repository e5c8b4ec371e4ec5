"""Should-cost: what a competent supplier incurs for a route, line by line, and its margin.

No rate card is looked at. It is what a price is held against when only one supplier bids.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from costing.charges import Charge, build_charge
from costing.own_fleet import find_loaded_hour
from costing.rate_cards import VAT_STANDARD_BP, ZERO_RATED_PLACES
from data.errors import NoRateError
from data.fleet import VehicleType
from data.market import MarketCosts
from data.money import PayRate
from data.units import S_PER_HOUR, divide_half_up, round_half_up


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteFacts:
    """What of a route costs a supplier money.

    Attributes
    ----------
    loaded_m, route_s
        Distance and time from the first to the last stop. [m], [s]
    dead_m, dead_s
        Distance and time of the runs from the base to it and back. [m], [s]
    """

    loaded_m: int
    route_s: int
    dead_m: int = 0
    dead_s: int = 0
    n_assistants: int = 0
    n_trained_assistants: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShouldCost:
    """What a route should cost with one vehicle type.

    Attributes
    ----------
    charges
        Hours, miles, vehicle, overhead and margin; each is its quantity at its rate.
    vat_pence
        VAT a registered supplier adds (VAT-1, VAT-2); in no cost where the council recovers it.
    """

    vehicle_type_id: str
    charges: tuple[Charge, ...]
    vat_pence: int

    @property
    def net_pence(self) -> int:
        """Should-cost without VAT. [pence]"""
        return sum(c.amount_pence for c in self.charges)

    @property
    def gross_pence(self) -> int:
        """Should-cost with VAT. [pence]"""
        return self.net_pence + self.vat_pence


@dataclass(frozen=True, slots=True, kw_only=True)
class _HourRates:
    """Cost of a paid hour. [0.001 pence]"""

    driver_mpence: int
    assistant_mpence: int
    trained_mpence: int


@lru_cache(maxsize=8)
def _find_hour_rates(
    driver: PayRate, assistant: PayRate, trained_extra_mpence: int, cover_bp: int
) -> _HourRates:
    """Make the hourly rates from pay (formula F1), each rounded once, cover included."""
    cover = Fraction(10_000 + cover_bp, 10_000)
    plain = find_loaded_hour(assistant)
    trained = find_loaded_hour(assistant, extra_mpence_per_hour=trained_extra_mpence)
    return _HourRates(
        driver_mpence=round_half_up(find_loaded_hour(driver) * cover),
        assistant_mpence=round_half_up(plain * cover),
        trained_mpence=round_half_up((trained - plain) * cover),
    )


def price_should_cost(
    facts: RouteFacts, vehicle_type: VehicleType, market: MarketCosts
) -> ShouldCost:
    """Price what a competent supplier incurs for a route with a vehicle type.

    Paid time is the route with its runs from and to the base, signing on and off, and at least
    ``min_paid_s``. The vehicle's day is spread over the hours it earns on a day, so a route
    bears its share alone: a supplier who has no other work for it bears more.

    Raises
    ------
    NoRateError
        If no market cost is known for a vehicle so large.
    """
    try:
        of_type = market.find_type(
            vehicle_type.n_passenger_seats, has_lift=vehicle_type.has_lift
        )
    except LookupError as error:
        raise NoRateError(str(error)) from None
    rates = _find_hour_rates(
        market.driver, market.assistant, market.trained_extra_mpence_per_hour, market.cover_bp
    )
    work_s = facts.route_s + facts.dead_s + 2 * market.sign_on_s
    paid_s = max(market.min_paid_s, work_s)
    day_hours = market.vehicle_days_per_year * market.vehicle_day_s
    vehicle_mpence, standing_mpence = (
        divide_half_up(pence * 1_000 * S_PER_HOUR, day_hours)
        for pence in (of_type.vehicle_pence_per_year, of_type.standing_pence_per_year)
    )
    charges = [
        build_charge("driver_hours", paid_s, "s", rates.driver_mpence),
        build_charge(
            "assistant_hours", facts.n_assistants * paid_s, "s", rates.assistant_mpence
        ),
        build_charge(
            "trained_assistant_hours",
            facts.n_trained_assistants * paid_s,
            "s",
            rates.trained_mpence,
        ),
        build_charge("running", facts.loaded_m + facts.dead_m, "m", of_type.running_mpence),
        build_charge("vehicle", work_s, "s", vehicle_mpence),
        build_charge("standing", work_s, "s", standing_mpence),
    ]
    direct_pence = sum(c.amount_pence for c in charges)
    charges.append(build_charge("overhead", direct_pence, "pence", 10 * market.overhead_bp))
    cost_pence = direct_pence + charges[-1].amount_pence
    charges.append(build_charge("margin", cost_pence, "pence", 10 * market.margin_bp))
    net_pence = cost_pence + charges[-1].amount_pence
    is_zero_rated = vehicle_type.n_places_before_adaptation >= ZERO_RATED_PLACES
    return ShouldCost(
        vehicle_type_id=vehicle_type.vehicle_type_id,
        charges=tuple(c for c in charges if c.quantity),
        vat_pence=0 if is_zero_rated else divide_half_up(net_pence * VAT_STANDARD_BP, 10_000),
    )


def find_least_should_cost(
    facts: RouteFacts, vehicle_types: Iterable[VehicleType], market: MarketCosts
) -> ShouldCost | None:
    """Find the least should-cost over the vehicle types that fit a route; None for no type.

    Types too large for the table of market costs are left out.
    """
    found = []
    for vehicle_type in vehicle_types:
        try:
            found.append(price_should_cost(facts, vehicle_type, market))
        except NoRateError:
            continue
    return min(found, key=lambda s: (s.net_pence, s.vehicle_type_id), default=None)
