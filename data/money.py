"""What things cost: rate cards, the own company's parameters, and cost lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from data.places import Session
from data.units import LATE


class RateBasis(StrEnum):
    """What a rate is charged on (formula F3)."""

    FIXED = "fixed"
    """Per route. [0.001 pence]"""
    LOADED_MILE = "loaded_mile"
    """Per statute mile from first boarding to last alighting, in bands. [0.001 pence a mile]"""
    DEAD_MILE = "dead_mile"
    """Per mile from base to the first stop and from the last one back. [0.001 pence a mile]"""
    HOUR = "hour"
    """Per hour from the start of the first boarding to the end of the last alighting."""
    WAITING_HOUR = "waiting_hour"
    """Per hour the vehicle stands at a site waiting to go on to another."""
    ASSISTANT = "assistant"
    """Per assistant and route. [0.001 pence]"""
    ASSISTANT_HOUR = "assistant_hour"
    """Per assistant and hour of the route."""
    TRAINED_ASSISTANT = "trained_assistant"
    """Extra per route that needs a medically trained assistant. [0.001 pence]"""
    MINIMUM = "minimum"
    """Least charge of a route before assistants. [0.001 pence]"""
    DAY_PAIR = "day_pair"
    """Day rate of one AM and one PM route of the same duty, assistants apart. [0.001 pence]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """One line of a rate card.

    Attributes
    ----------
    amount_mpence
        Price of one unit of the basis, net of VAT. [0.001 pence]
    vehicle_type_id
        Type it applies to, or None for all.
    sessions
        Sessions it applies to: school-run and out-of-hours rates are rows with their own.
    from_m, to_m
        LOADED_MILE: the part of the route's loaded distance it prices, to_m None for no end.
        DAY_PAIR: to_m is the loaded distance of both routes together that the day rate
        includes; further distance is charged at the LOADED_MILE rate of the open-ended band.
        [m]
    """

    basis: RateBasis
    amount_mpence: int
    vehicle_type_id: str | None = None
    sessions: frozenset[Session] = frozenset(Session)
    from_m: int = 0
    to_m: int | None = None


class VatTreatment(StrEnum):
    """How VAT applies to a rate card."""

    BY_VEHICLE = "by_vehicle"
    """Zero at ten or more places before adaptation, else 20 % if registered (VAT-1, VAT-2)."""
    EXEMPT = "exempt"
    """No VAT is charged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateCard:
    """A supplier's prices, valid between two dates, with a yearly uplift.

    Attributes
    ----------
    uplift_bp
        Rise of every rate on each anniversary of ``valid_from``, rounded half up to 0.001 pence
        on its date. [0.01 %]
    discount_from_routes, discount_bp
        Lot discount: on a day on which the card prices at least so many routes of a plan, every
        rate of the card is lower by so much, rounded half up to 0.001 pence after its uplift.
        The routes a card prices are one lot; 0 routes stands for no discount. [0.01 %]
    """

    rate_card_id: str
    supplier_id: str
    valid_from: date
    valid_to: date
    rates: tuple[Rate, ...]
    vat: VatTreatment = VatTreatment.BY_VEHICLE
    uplift_bp: int = 0
    source: str = ""
    grade: str = "C"
    discount_from_routes: int = field(default=0, metadata=LATE)
    discount_bp: int = field(default=0, metadata=LATE)

    @property
    def has_discount(self) -> bool:
        """Whether the card is cheaper from some number of routes on."""
        return self.discount_from_routes > 0 and self.discount_bp > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTypeCost:
    """Yearly and running cost of one own vehicle type.

    Attributes
    ----------
    running_mpence
        Fuel, tyres, service. [0.001 pence a mile]
    vehicle_pence_per_year
        Purchase spread over life, or lease. [pence a year]
    standing_pence_per_year
        Insurance, tax, tracking, compliance. [pence a year]
    """

    vehicle_type_id: str
    running_mpence: int
    vehicle_pence_per_year: int
    standing_pence_per_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PayRate:
    """Inputs of formula F1, the loaded hour.

    loaded hour = (pay x (1 + leave)) x (1 + pension + levy)
                  + max(0, pay_year - threshold) x ni / worked_hours,
    pay_year = pay x worked_hours x (1 + leave).
    """

    pay_mpence_per_hour: int
    worked_minutes_per_year: int
    leave_bp: int = 1_600
    pension_bp: int = 2_000
    levy_bp: int = 50
    ni_bp: int = 1_500
    ni_threshold_pence: int = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCosts:
    """The own company's cost parameters (formula F2).

    Attributes
    ----------
    cover_bp
        Sickness and training cover on paid hours. [0.01 %]
    sign_on_s
        Paid time before leaving and after returning to the depot, per piece of work. [s]
    min_paid_s
        Least paid time of a piece of work. [s]
    split_gap_s
        A gap between two routes at least this long, depot to depot, is unpaid and splits the
        duty into pieces of work. [s]
    overhead_bp
        Central overhead on direct cost, in the full cost only. [0.01 %]
    days_per_year
        Days over which yearly vehicle cost is spread.
    electricity_mpence_per_kwh
        What a kilowatt-hour at the depot costs; only electric vehicle types use any. [0.001 p]
    electricity_co2e_g_per_kwh
        Emissions of a kilowatt-hour, generation and losses on the way: 177 and 19 in 2025
        (DESNZ, UK Government greenhouse gas conversion factors 2025). [g]
    """

    types: tuple[OwnTypeCost, ...]
    driver: PayRate
    assistant: PayRate
    trained_assistant_extra_mpence_per_hour: int = 0
    cover_bp: int = 600
    sign_on_s: int = 600
    min_paid_s: int = 8_100
    split_gap_s: int = 3_600
    overhead_bp: int = 1_200
    days_per_year: int = 190
    electricity_mpence_per_kwh: int = field(default=26_000, metadata=LATE)
    electricity_co2e_g_per_kwh: int = field(default=196, metadata=LATE)


class CostBasis(StrEnum):
    """Which cost a line belongs to."""

    CONTRACT = "contract"
    """Bought from a supplier, net of recoverable VAT."""
    AVOIDABLE = "avoidable"
    """Own cost that stops when the duty stops."""
    FIXED = "fixed"
    """Own cost that stays; part of full cost only."""
    RECOVERABLE_VAT = "recoverable_vat"
    """VAT that the council gets back: shown for the gross price, in no cost (VAT-2)."""
    INCOME = "income"
    """Paid by others towards a journey, below nought: in no cost, taken off it beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """One exact amount with everything it was made from.

    Attributes
    ----------
    route_id
        None for a line of the whole duty.
    item
        What is charged: a RateBasis value, ``vat``, ``driver_hours``, ``assistant_hours``,
        ``running``, ``vehicle``, ``standing``, ``overhead``, ``minimum_top_up``, ...
    quantity, unit
        What was used.
    rate_mpence
        Price of one unit. [0.001 pence]
    shared_by
        Routes that share a line without a ``route_id``: those of a piece of work or of a day
        pair. Empty for all routes of the duty, or of the plan when ``duty_id`` is ''.
    """

    plan_id: str
    duty_id: str
    route_id: str | None
    provider_id: str
    basis: CostBasis
    item: str
    quantity: int
    unit: str
    rate_mpence: int
    amount_pence: int
    note: str = ""
    shared_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """A number the results stand on, with where it comes from."""

    name: str
    value: str
    unit: str
    year: str
    source: str
    grade: str
