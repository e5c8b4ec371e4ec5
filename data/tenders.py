"""Tenders: what is let, what is bid for it, and what an award comes to.

A **contract route** is what a bid prices: one outward route with the homeward route that takes
the same passengers back, or a single route where there is no such pair. A **lot** is a group of
contract routes let together. Prices are pence per service day, net of VAT; a year is the price
times the days on which the contract route runs. Nothing here names a passenger or a home.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from data.fleet import OWN_PROVIDER_ID
from data.places import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRun:
    """One session's run of a contract route.

    Attributes
    ----------
    start_s, end_s
        From the first stop to the last. [s after midnight]
    """

    route_id: str
    session: Session
    start_s: int
    end_s: int
    loaded_m: int
    n_stops: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRoute:
    """What a bid prices, without any personal data.

    Attributes
    ----------
    area
        Postcode district of the first pick-up, ``withheld`` for a protected address, or ''.
    easting_m, northing_m
        Middle of the stops to the nearest kilometre, for lots that hang together. [m]
    vehicle_type_id
        The smallest type that fits the load of every run.
    n_days
        Dates of the year on which it runs.
    incumbent_id
        Who carries most of its passengers today; '' if not known.
    barred_ids
        Suppliers who may not carry one of its passengers.
    guide_pence
        What it should cost a day: guide price of the tender, never shown to bidders.
    """

    contract_id: str
    runs: tuple[ContractRun, ...]
    site_ids: tuple[str, ...]
    area: str
    easting_m: int
    northing_m: int
    vehicle_type_id: str
    n_seats: int
    n_wheelchair_spaces: int
    needs_lift: bool
    n_assistants: int
    n_trained_assistants: int
    n_passengers: int
    n_days: int
    guide_pence: int
    incumbent_id: str = ""
    barred_ids: tuple[str, ...] = ()

    @property
    def loaded_m(self) -> int:
        """Distance with passengers of all its runs. [m]"""
        return sum(run.loaded_m for run in self.runs)

    @property
    def guide_year_pence(self) -> int:
        """Guide price of a year. [pence]"""
        return self.guide_pence * self.n_days


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Contract routes let together.

    Attributes
    ----------
    n_vehicles
        Vehicles that it takes at one time.
    guide_pence
        Guide price a day. [pence]
    """

    lot_id: str
    name: str
    contract_ids: tuple[str, ...]
    n_vehicles: int
    guide_pence: int


class LotBasis(StrEnum):
    """What contract routes of a lot have in common."""

    SITE = "site"
    AREA = "area"
    VEHICLE = "vehicle"
    BALANCED = "balanced"
    """Nothing but neighbourhood: lots of about equal value."""
    ROUTE = "route"
    """Each contract route is a lot of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRule:
    """How lots are designed.

    Attributes
    ----------
    max_vehicles
        Most vehicles that a lot takes at one time, so that small firms can bid.
    n_lots
        BALANCED: how many lots; None for as few as `max_vehicles` allows.
    """

    basis: LotBasis = LotBasis.SITE
    max_vehicles: int = 6
    n_lots: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tender:
    """Contract routes and lots made from a run, as they go out.

    Attributes
    ----------
    guide_basis
        What the guide prices are, in words.
    """

    tender_id: str
    place: str
    title: str
    run_id: str
    inputs_hash: str
    created_utc: datetime
    code_version: str
    rule: LotRule
    contracts: tuple[ContractRoute, ...]
    lots: tuple[Lot, ...]
    guide_basis: str
    is_synthetic: bool = False
    flags: tuple[str, ...] = ()

    @property
    def guide_year_pence(self) -> int:
        """Guide price of a year of everything. [pence]"""
        return sum(c.guide_year_pence for c in self.contracts)


class BidKind(StrEnum):
    """What a bid is for."""

    ROUTE = "route"
    LOT = "lot"
    PACKAGE = "package"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """One price for some contract routes, all of them or none.

    Attributes
    ----------
    price_pence
        A day on which all of them run, net of VAT. [pence]
    requires
        Bids of the same supplier without which this one does not stand.
    excludes
        Bids of the same supplier that do not stand beside this one.
    """

    bid_id: str
    supplier_id: str
    kind: BidKind
    contract_ids: tuple[str, ...]
    price_pence: int
    requires: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BidDiscount:
    """A rebate on everything a supplier wins, from a number of contract routes on."""

    supplier_id: str
    from_contracts: int
    discount_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BidCapacity:
    """Most contract routes of a vehicle type that a supplier takes; None for all types."""

    supplier_id: str
    vehicle_type_id: str | None
    max_contracts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bidder:
    """Who bids.

    Attributes
    ----------
    quality_bp
        Score of the quality questions, 10 000 for full marks. [0.01 %]
    min_contracts
        Takes at least so many contract routes or none.
    is_small
        Counts as a small firm.
    """

    supplier_id: str
    name: str
    quality_bp: int = 10_000
    min_contracts: int = 0
    is_small: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BidBook:
    """All bids of a tender as they were opened.

    Attributes
    ----------
    files
        (name, SHA-256) of each file read.
    """

    book_id: str
    tender_id: str
    created_utc: datetime
    code_version: str
    bidders: tuple[Bidder, ...]
    bids: tuple[Bid, ...]
    discounts: tuple[BidDiscount, ...] = ()
    capacities: tuple[BidCapacity, ...] = ()
    files: tuple[tuple[str, str], ...] = ()


UNPLACED_ID = "(unplaced)"
"""Stands for the supplier of a contract route that nobody wins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardRules:
    """What the council asks of an award.

    Attributes
    ----------
    quality_weight_bp
        What full marks for quality are worth, as a share of the guide price: a bid whose score
        is 10 points lower must be a tenth of this cheaper. [0.01 %]
    max_share_bp
        Most of the contract routes that one supplier may win. [0.01 %]
    max_value_share_bp
        Most of the whole guide price that one supplier may win. [0.01 %]
    max_suppliers
        Most suppliers that win anything, or None.
    min_small_share_bp
        Least of the contract routes that must go to small firms. [0.01 %]
    transition_pence
        One-off cost of each contract route that leaves its incumbent. [pence]
    transition_passenger_pence
        One-off cost of each passenger on it. [pence]
    contract_years
        Years over which one-off cost is spread.
    reserve_bp
        What a contract route costs that nobody wins, of its guide price. [0.01 %]
    is_using_packages, is_using_discounts, is_using_limits
        Whether package and lot bids, discounts, and suppliers' own limits count; off only to
        see what they are worth.
    """

    quality_weight_bp: int = 0
    max_share_bp: int = 10_000
    max_value_share_bp: int = 10_000
    max_suppliers: int | None = None
    min_small_share_bp: int = 0
    transition_pence: int = 0
    transition_passenger_pence: int = 0
    contract_years: int = 4
    reserve_bp: int = 15_000
    is_using_packages: bool = True
    is_using_discounts: bool = True
    is_using_limits: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardedContract:
    """One contract route as awarded.

    Attributes
    ----------
    supplier_id, bid_id
        `UNPLACED_ID` and '' where nobody wins it; its price is then the reserve.
    price_pence
        A day, after discount. [pence]
    year_pence
        ``price_pence`` times the days. [pence]
    quality_pence
        What the evaluation adds for quality short of full marks, a year; nobody pays it.
    transition_pence
        One-off cost spread over the years of the contract, a year. [pence]
    """

    contract_id: str
    supplier_id: str
    bid_id: str
    price_pence: int
    year_pence: int
    quality_pence: int
    transition_pence: int

    @property
    def evaluated_pence(self) -> int:
        """What the award minimises. [pence a year]"""
        return self.year_pence + self.quality_pence + self.transition_pence


@dataclass(frozen=True, slots=True, kw_only=True)
class BidRegret:
    """How far a losing bid was from winning.

    Attributes
    ----------
    low_pence, high_pence
        The award with the bid in it is dearer by at least and at most this, a year; equal where
        worked out exactly. The most is None where it was not worked out, both are where no
        award can hold the bid. [pence]
    """

    bid_id: str
    supplier_id: str
    low_pence: int | None
    high_pence: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePrice:
    """What a rule costs: the award without it.

    Attributes
    ----------
    evaluated_pence
        Of the award without the rule. [pence a year]
    paid_pence
        What would be paid without it. [pence a year]
    is_proven
        Whether the award without it is proven best.
    """

    rule: str
    evaluated_pence: int
    paid_pence: int
    is_proven: bool


RULE_WORDS: Mapping[str, str] = {
    "quality_weight_bp": "weight of quality",
    "max_share_bp": "most contract routes of one supplier",
    "max_value_share_bp": "most value of one supplier",
    "max_suppliers": "most suppliers",
    "min_small_share_bp": "least share of small firms",
    "transition": "cost of leaving the incumbent",
    "is_using_packages": "package and lot bids (all or nothing)",
    "is_using_discounts": "suppliers' discounts",
    "is_using_limits": "suppliers' capacities and least numbers",
}
"""What each rule is called whose price is found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierWorth:
    """What the award would cost if a winner's bids were all withdrawn. [pence a year]"""

    supplier_id: str
    evaluated_pence: int
    paid_pence: int
    n_unplaced: int
    is_proven: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """Who wins what, with the proof.

    Attributes
    ----------
    evaluated_pence, bound_pence
        What the award comes to as evaluated, and the proven least. [pence a year]
    is_proven
        Whether the two are equal.
    """

    award_id: str
    tender_id: str
    book_id: str
    created_utc: datetime
    code_version: str
    rules: AwardRules
    contracts: tuple[AwardedContract, ...]
    evaluated_pence: int
    bound_pence: int
    is_proven: bool
    seed: int
    regrets: tuple[BidRegret, ...] = ()
    rule_prices: tuple[RulePrice, ...] = ()
    worths: tuple[SupplierWorth, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def paid_pence(self) -> int:
        """What is paid, reserves of unplaced contract routes among it. [pence a year]"""
        return sum(c.year_pence for c in self.contracts)

    @property
    def n_unplaced(self) -> int:
        """Contract routes that nobody wins."""
        return sum(c.supplier_id == UNPLACED_ID for c in self.contracts)

    @property
    def gap_bp(self) -> int:
        """Distance to the proven bound, rounded up. [0.01 %]"""
        over_pence = self.evaluated_pence - self.bound_pence
        return -(-over_pence * 10_000 // max(1, self.evaluated_pence))


def is_supplier(provider_id: str) -> bool:
    """Say whether an id is a supplier's: neither the own company nor nobody."""
    return provider_id not in (OWN_PROVIDER_ID, UNPLACED_ID, "")
