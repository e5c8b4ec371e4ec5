"""Ways to buy the same routes, held against each other by simulated bidders."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class PriceModel(StrEnum):
    """A way to buy."""

    ROUTE_TENDER = "route_tender"
    FRAMEWORK = "framework"
    MINI_COMPETITION = "mini_competition"
    PREFERRED = "preferred"
    BY_SCHOOL = "by_school"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketBehaviour:
    """How simulated bidders behave; every number is a working assumption (grade C) unless said.

    Attributes
    ----------
    level_low_bp, level_high_bp
        A supplier's own cost against should-cost without margin, lowest and highest; the middle
        is likeliest. [0.01 %]
    route_low_bp, route_high_bp
        The same of one route, on top. [0.01 %]
    tender_entry_bp, mini_entry_bp, school_entry_bp
        Chance that a supplier that can run a route bids for it: in one tender of all routes, in
        one of many mini-competitions, for a whole school. [0.01 %]
    n_entrants
        New firms that bid in a tender or for a school, of the size of the smallest there is.
    framework_premium_bp
        What a rate card for routes not yet known asks for the risk. [0.01 %]
    n_preferred, preferred_margin_bp, volume_discount_bp
        Preferred suppliers, their margin, what they take off for the volume. [0.01 %]
    learning_bp
        What knowing the routes saves a supplier that runs many of them. [0.01 %]
    school_saving_bp
        What running all routes of a school saves. [0.01 %]
    hand_back_bp, preferred_hand_back_bp
        Chance a year that a route is handed back: 3 % (range 0 to 15, grade C) where the lowest
        bid wins, less with preferred suppliers. [0.01 %]
    shock_bp
        Rise of the price of a route that is handed back or let late: 10 % (0 to 20; County
        Councils Network 2022, grade C). [0.01 %]
    """

    level_low_bp: int = 8_800
    level_high_bp: int = 11_800
    route_low_bp: int = 9_200
    route_high_bp: int = 10_800
    tender_entry_bp: int = 6_000
    mini_entry_bp: int = 4_000
    school_entry_bp: int = 6_000
    n_entrants: int = 2
    framework_premium_bp: int = 300
    n_preferred: int = 3
    preferred_margin_bp: int = 1_200
    volume_discount_bp: int = 400
    learning_bp: int = 200
    school_saving_bp: int = 500
    hand_back_bp: int = 300
    preferred_hand_back_bp: int = 100
    shock_bp: int = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDraw:
    """What one simulated year came to under one way to buy.

    Attributes
    ----------
    paid_pence
        A year, routes let late and handed back at their dearer price. [pence]
    n_late
        Contract routes that found no bidder at first.
    small_bp
        Share of contract routes with small firms. [0.01 %]
    """

    draw: int
    paid_pence: int
    n_late: int
    n_handed_back: int
    n_suppliers: int
    small_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOutcome:
    """All draws of one way to buy, in order of the draws."""

    model: PriceModel
    draws: tuple[ModelDraw, ...]

    def find_pence(self, share_bp: int) -> int:
        """Find the cost that a share of the draws does not exceed. [pence a year]"""
        ordered = sorted(draw.paid_pence for draw in self.draws)
        return ordered[min(len(ordered) - 1, share_bp * len(ordered) // 10_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceModelStudy:
    """Ways to buy one tender's routes, simulated.

    Attributes
    ----------
    guide_year_pence
        Should-cost of a year with a fair margin. [pence]
    """

    study_id: str
    tender_id: str
    created_utc: datetime
    code_version: str
    seed: int
    behaviour: MarketBehaviour
    guide_year_pence: int
    outcomes: tuple[ModelOutcome, ...] = field(default=())
