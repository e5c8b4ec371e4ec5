"""What a competent supplier pays for crews, vehicles and miles: what should-cost stands on."""

from __future__ import annotations

from dataclasses import dataclass

from data.money import Assumption, PayRate


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketTypeCost:
    """Running and yearly cost of vehicles up to a number of passenger seats.

    Attributes
    ----------
    most_seats
        Applies to vehicles with at most so many passenger seats, and more than the next smaller
        row has.
    running_mpence
        Fuel, tyres, service. [0.001 pence a mile]
    vehicle_pence_per_year, standing_pence_per_year
        Purchase spread over life or lease; insurance, tax, licence, tracking. [pence a year]
    """

    most_seats: int
    has_lift: bool
    running_mpence: int
    vehicle_pence_per_year: int
    standing_pence_per_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketCosts:
    """What a competent supplier incurs, before it is asked what it wants.

    Attributes
    ----------
    trained_extra_mpence_per_hour
        Extra pay of a medically trained assistant. [0.001 pence an hour]
    cover_bp
        Sickness and training cover on paid hours. [0.01 %]
    sign_on_s
        Paid time before leaving and after returning, per route. [s]
    min_paid_s
        Least paid time of a route. [s]
    vehicle_day_s
        Hours a vehicle earns on a day it is out, over which its day's cost is spread. [s]
    vehicle_days_per_year
        Days over which its year's cost is spread.
    overhead_bp, margin_bp
        On direct cost; on direct cost and overhead. [0.01 %]
    assumptions
        Each number with its year, source and grade.
    """

    types: tuple[MarketTypeCost, ...]
    driver: PayRate
    assistant: PayRate
    trained_extra_mpence_per_hour: int
    cover_bp: int
    sign_on_s: int
    min_paid_s: int
    vehicle_day_s: int
    vehicle_days_per_year: int
    overhead_bp: int
    margin_bp: int
    assumptions: tuple[Assumption, ...] = ()

    def find_type(self, n_seats: int, *, has_lift: bool) -> MarketTypeCost:
        """Find the cost of a vehicle: the row for the fewest seats that are enough.

        Where no row with a lift is large enough, the one without stands in.

        Raises
        ------
        LookupError
            If no row is large enough.
        """
        rows = [t for t in self.types if t.most_seats >= n_seats]
        if not rows:
            raise LookupError(f"no market cost for a vehicle with {n_seats} passenger seats")
        return min(rows, key=lambda t: (t.has_lift is not has_lift, t.most_seats))
