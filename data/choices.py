"""Which provider runs which route: rules, choices, frontier, use of vehicles by the hour."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from data.places import Session
from data.tenders import BidDiscount
from data.units import LATE


class CostHorizon(StrEnum):
    """Which own cost a choice looks at."""

    SHORT_RUN = "short_run"
    """Vehicles and overhead are there anyway: own work costs pay and miles."""
    LONG_RUN = "long_run"
    """Vehicles may be bought and sold, crews hired and let go: own work costs all it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRules:
    """What a choice of providers keeps, besides law, load, time and what there is.

    Attributes
    ----------
    min_own_bp, max_own_bp
        Least and most share of passenger journeys that the own company carries. [0.01 %]
    min_routes
        (supplier id, least routes that it takes or none).
    discounts
        Suppliers' rebates from a number of routes on.
    lots
        Groups of route ids that go to one provider.
    transition_pence
        One-off cost of a route that leaves who runs it today. [pence]
    transition_days
        Service days over which one-off cost is spread.
    hand_back_bp, hand_back_shock_bp
        Chance a year that a supplier hands a route back, and what its price then rises by.
        [0.01 %]
    extra_vehicles
        (vehicle type id, more or fewer than there are) in the short run.
    most_routes
        (supplier id, most routes that it takes).
    transitions
        (supplier id, one-off cost of a route that comes to it) in place of `transition_pence`.
        [pence]
    hand_backs
        (supplier id, chance, rise) in place of those for all suppliers. [0.01 %]
    """

    horizon: CostHorizon = CostHorizon.SHORT_RUN
    min_own_bp: int = 0
    max_own_bp: int = 10_000
    min_routes: tuple[tuple[str, int], ...] = ()
    discounts: tuple[BidDiscount, ...] = ()
    lots: tuple[tuple[str, ...], ...] = ()
    transition_pence: int = 0
    transition_days: int = 760
    hand_back_bp: int = 0
    hand_back_shock_bp: int = 1_000
    extra_vehicles: tuple[tuple[str, int], ...] = ()
    most_routes: tuple[tuple[str, int], ...] = field(default=(), metadata=LATE)
    transitions: tuple[tuple[str, int], ...] = field(default=(), metadata=LATE)
    hand_backs: tuple[tuple[str, int, int], ...] = field(default=(), metadata=LATE)

    def find_hand_back(self, supplier_id: str) -> tuple[int, int]:
        """Find a supplier's chance of handing a route back, and the rise then. [0.01 %]"""
        own = {s: (chance_bp, rise_bp) for s, chance_bp, rise_bp in self.hand_backs}
        return own.get(supplier_id, (self.hand_back_bp, self.hand_back_shock_bp))

    def find_transition_pence(self, provider_id: str) -> int:
        """Find what it costs once that a route comes to a provider. [pence]"""
        return dict(self.transitions).get(provider_id, self.transition_pence)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenRoute:
    """One route with its provider.

    Attributes
    ----------
    price_pence
        Contract price after discount, or the route's part of its piece of work. [pence a day]
    risk_pence, transition_pence
        Expected cost of a hand-back, one-off cost of a change, a day; nobody is paid either.
    piece
        Position of the own piece of work that holds the route, or None.
    """

    route_id: str
    session: Session
    provider_id: str
    vehicle_type_id: str
    before_id: str
    n_passengers: int
    price_pence: int
    risk_pence: int
    transition_pence: int
    piece: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPiece:
    """One own piece of work: from leaving a depot to returning to it.

    Attributes
    ----------
    avoidable_pence
        Pay and miles (F2). [pence]
    """

    route_ids: tuple[str, ...]
    vehicle_type_id: str
    depot_id: str
    from_s: int
    to_s: int
    total_m: int
    n_assistants: int
    n_trained_assistants: int
    avoidable_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderChoice:
    """The least-cost choice of provider for fixed routes, with its proof, one service day.

    Attributes
    ----------
    paid_pence
        Contract prices and own avoidable cost. [pence a day]
    fixed_pence
        Own vehicles and overhead that the choice looks at: nought in the short run.
    evaluated_pence, bound_pence
        With risk and one-off cost, and the proven least.
    own_vehicles
        (vehicle type id, most out at one time).
    co2e_g
        Of all miles, dead ones where a base is known. [g]
    """

    rules: ProviderRules
    routes: tuple[ChosenRoute, ...]
    pieces: tuple[OwnPiece, ...]
    paid_pence: int
    fixed_pence: int
    evaluated_pence: int
    bound_pence: int
    own_vehicles: tuple[tuple[str, int], ...]
    n_own_drivers: int
    co2e_g: int
    n_columns: int

    @property
    def is_proven(self) -> bool:
        """Whether nothing cheaper exists among the pieces of work looked at."""
        return self.evaluated_pence == self.bound_pence

    @property
    def risk_pence(self) -> int:
        """Expected cost of hand-backs. [pence a day]"""
        return sum(route.risk_pence for route in self.routes)

    @property
    def n_own_journeys(self) -> int:
        """Passenger journeys that the own company carries."""
        return sum(r.n_passengers for r in self.routes if r.piece is not None)

    @property
    def own_bp(self) -> int:
        """Share of passenger journeys that the own company carries. [0.01 %]"""
        n_all = sum(r.n_passengers for r in self.routes)
        return self.n_own_journeys * 10_000 // max(1, n_all)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierPoint:
    """One share of self-delivery with its least cost.

    Attributes
    ----------
    target_bp
        Share asked for. [0.01 %]
    choice
        None where none was found.
    is_impossible
        Whether it is proven that none exists; else the time was too short.
    """

    target_bp: int
    choice: ProviderChoice | None
    is_impossible: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetPoint:
    """What the day costs with more or fewer own vehicles of a type.

    Attributes
    ----------
    paid_pence
        Contract prices, own avoidable cost, expected hand-backs and transition of the best
        choice found. [pence a day]
    fixed_pence
        Vehicle, standing cost and overhead on them of all vehicles of the type. [pence a day]
    bound_pence
        No choice costs less; None in studies made before it was kept. [pence a day]
    """

    vehicle_type_id: str
    n_vehicles: int
    paid_pence: int
    fixed_pence: int
    is_proven: bool
    bound_pence: int | None = None

    @property
    def least_pence(self) -> int:
        """What no choice costs less than, as far as it is proven. [pence a day]"""
        if self.bound_pence is not None:
            return self.bound_pence
        return self.paid_pence if self.is_proven else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleValue:
    """What one more own vehicle saves, and costs, a day.

    Attributes
    ----------
    n_vehicles
        With it.
    saved_pence
        Between the best choices found without and with it. [pence a day]
    least_saved_pence, most_saved_pence
        Between which the truth is proven to lie. [pence a day]
    cost_pence
        Vehicle, standing cost and overhead on it. [pence a day]
    """

    n_vehicles: int
    saved_pence: int
    least_saved_pence: int
    most_saved_pence: int
    cost_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JointPoint:
    """Routes planned anew for a size of the own fleet, the search seeing everybody's prices.

    Attributes
    ----------
    fleet_bp
        Own vehicles and crews, of those there are. [0.01 %]
    full_pence
        With the own company's fixed cost of the vehicles of that fleet. [pence a day]
    """

    fleet_bp: int
    n_vehicles: int
    n_out: int
    own_bp: int
    n_routes: int
    n_unserved: int
    n_violations: int
    paid_pence: int
    full_pence: int
    co2e_g: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HourUse:
    """What is out in one hour of the day, in seconds of work added up.

    Attributes
    ----------
    hour
        0 for midnight to one o'clock.
    own_school_s, own_day_s
        Own vehicles out, for school journeys and for day services. [s]
    bought_s
        Suppliers' vehicles with passengers aboard. [s]
    most_own
        Most own vehicles out at one time within the hour.
    paid_idle_s
        Crew time paid because of the least paid time of a piece, with the vehicle at the depot.
    """

    hour: int
    own_school_s: int
    own_day_s: int
    bought_s: int
    most_own: int
    paid_idle_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpareWorth:
    """What own vehicles between the peaks are worth if sold.

    Attributes
    ----------
    from_s, to_s
        Between the last vehicle back from the morning and the first out in the afternoon.
    n_vehicles
        Vehicles free throughout.
    avoidable_pence, price_pence
        Of one vehicle hour: crew and miles; with the margin. [pence]
    contribution_pence
        A day, at the share of hours that is sold. [pence]
    """

    from_s: int
    to_s: int
    n_vehicles: int
    miles_per_hour: int
    margin_bp: int
    sold_bp: int
    avoidable_pence: int
    price_pence: int
    contribution_pence: int
    n_days: int

    @property
    def contribution_year_pence(self) -> int:
        """A year of it. [pence]"""
        return self.contribution_pence * self.n_days


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderStudy:
    """Everything about who should run what, from one run.

    Attributes
    ----------
    best
        Least cost in the short run and in the long run.
    n_days
        Dates of the year with the same sites open, for figures of a year.
    """

    study_id: str
    place: str
    run_id: str
    inputs_hash: str
    created_utc: datetime
    code_version: str
    title: str
    priced_on: str
    n_days: int
    planned_pence: int
    best: tuple[ProviderChoice, ...]
    frontier: tuple[FrontierPoint, ...] = ()
    fleet: tuple[FleetPoint, ...] = ()
    joint: tuple[JointPoint, ...] = ()
    hours: tuple[HourUse, ...] = ()
    spare: SpareWorth | None = None
    is_synthetic: bool = False
    flags: tuple[str, ...] = ()
