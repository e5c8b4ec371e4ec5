"""Comparisons of what routes cost: own, bought, paid and should-cost, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from data.errors import IdentityError
from data.places import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPrice:
    """A route's price under one rate card, with the card's cheapest vehicle type that fits.

    Attributes
    ----------
    cost_pence
        What counts as cost: net, with VAT where the council does not recover it. [pence]
    """

    rate_card_id: str
    provider_id: str
    vehicle_type_id: str
    net_pence: int
    vat_pence: int
    cost_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """Where the cheapest bid and own cost meet, all else as planned; None for nowhere near.

    Attributes
    ----------
    short_m, long_m
        Loaded distance at which the bid equals own avoidable, and own full cost. [m]
    short_s, long_s
        Time of the route at which they do. [s]
    """

    short_m: int | None = None
    long_m: int | None = None
    short_s: int | None = None
    long_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteComparison:
    """One route under every price there is, for one day.

    Attributes
    ----------
    route_name
        The contract's name where the route is one of today's, else ''.
    planned_pence, planned_full_pence
        Its part of the plan's cost, and with the own company's fixed cost. [pence]
    paid_pence, paid_vat_pence
        The contract price paid, net, and VAT on it; None for no contract. [pence]
    own_avoidable_pence, own_full_pence
        Run alone by the own company (formula F2); None where no own vehicle fits. [pence]
    should_pence, should_vat_pence, should_vehicle_type_id
        Should-cost with the cheapest vehicle type that fits, net, and VAT on it. [pence]
    cards
        Each rate card that can serve it, the cheapest first.
    """

    duty_id: str
    route_id: str
    route_name: str
    session: Session
    provider_id: str
    vehicle_type_id: str
    n_passengers: int
    loaded_m: int
    route_s: int
    planned_pence: int
    planned_full_pence: int
    paid_pence: int | None = None
    paid_vat_pence: int = 0
    own_avoidable_pence: int | None = None
    own_full_pence: int | None = None
    own_vehicle_type_id: str = ""
    should_pence: int | None = None
    should_vat_pence: int = 0
    should_vehicle_type_id: str = ""
    cards: tuple[CardPrice, ...] = ()
    break_even: BreakEven = BreakEven()

    @property
    def bid(self) -> CardPrice | None:
        """The cheapest card's price, or None."""
        return self.cards[0] if self.cards else None

    @property
    def short_run_pence(self) -> int | None:
        """F5 in the short run: bid less own avoidable cost; below nought speaks for buying."""
        return _subtract(self.bid, self.own_avoidable_pence)

    @property
    def long_run_pence(self) -> int | None:
        """F5 in the long run: bid less own full cost. [pence]"""
        return _subtract(self.bid, self.own_full_pence)


def _subtract(bid: CardPrice | None, own_pence: int | None) -> int | None:
    return None if bid is None or own_pence is None else bid.cost_pence - own_pence


def find_sign(difference_pence: int | None) -> str:
    """Say what a difference bid less own cost speaks for.

    Examples
    --------
    >>> find_sign(-1), find_sign(0), find_sign(1), find_sign(None)
    ('buy', 'equal', 'own', '')
    """
    if difference_pence is None:
        return ""
    if difference_pence == 0:
        return "equal"
    return "buy" if difference_pence < 0 else "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class GhostRoute:
    """A contract that is paid on the day though it carries nobody. [pence]"""

    route_name: str
    provider_id: str
    vehicle_type_id: str
    paid_pence: int


class CostView(StrEnum):
    """How far ahead a cost is looked at."""

    SHORT_RUN = "short_run"
    """Own company at avoidable cost: vehicles and staff are there anyway."""
    LONG_RUN = "long_run"
    """Own company at full cost, with vehicles sized to the work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What separates two plans for the same passengers, in parts that add up to the penny.

    Attributes
    ----------
    option
        Who was compared with the reference.
    reference_pence, compared_pence
        Cost of the reference plan and of the option's own best routes. [pence]
    rate_pence
        The reference's routes with its vehicle types at the option's rates, less what the
        reference costs. [pence]
    mix_pence
        The same routes with the option's cheapest vehicle types, less the same with the
        reference's. [pence]
    planning_pence
        The option's own routes less the reference's at the same rates, for the journeys that
        both carry. [pence]
    volume_pence
        Journeys that only one of them carries, and contracts that carry nobody. [pence]
    n_kept_duties
        Reference duties that the option cannot serve; they keep the reference's price in
        ``rate_pence`` and ``mix_pence``.

    Raises
    ------
    IdentityError
        If the parts do not add up (M3).
    """

    option: str
    view: CostView
    reference_pence: int
    rate_pence: int
    mix_pence: int
    planning_pence: int
    volume_pence: int
    compared_pence: int
    n_reference_journeys: int
    n_compared_journeys: int
    n_common_journeys: int
    n_kept_duties: int
    n_reference_vehicles: int = 0
    n_compared_vehicles: int = 0

    @property
    def same_routes_pence(self) -> int:
        """The reference's routes at the option's rates, each with its cheapest vehicle type."""
        return self.reference_pence + self.rate_pence + self.mix_pence

    def __post_init__(self) -> None:
        parts_pence = self.rate_pence + self.mix_pence + self.planning_pence
        parts_pence += self.volume_pence
        if self.reference_pence + parts_pence != self.compared_pence:
            raise IdentityError(
                f"{self.option}: {self.reference_pence} pence and parts of {parts_pence} pence "
                f"do not come to {self.compared_pence}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanComparison:
    """All routes of one plan compared, for one day.

    Attributes
    ----------
    plan_words
        Which plan it is, in words.
    price_base
        Dates whose rates hold, in words: ``rates of 16 September 2026``.
    differences
        Each option's own best routes against the reference, split into parts; empty where
        nothing was planned again.
    """

    run_id: str
    plan_id: str
    plan_words: str
    priced_on: date
    price_base: str
    is_vat_recovered: bool
    routes: tuple[RouteComparison, ...]
    ghosts: tuple[GhostRoute, ...] = ()
    differences: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()
