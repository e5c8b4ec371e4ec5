"""Prices set against what they buy: contracts and bids, and what a regression finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PriceKind(StrEnum):
    """Where a price comes from."""

    CONTRACT = "contract"
    BID = "bid"


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedRoute:
    """A price for a day's work, with what it buys.

    Attributes
    ----------
    pence_per_day
        Net of VAT. [pence]
    n_days
        Days a year on which it is paid.
    loaded_m, route_s
        Of all its routes of the day together. [m], [s]
    n_routes
        Routes a day, there and back counted apart.
    n_passengers
        People carried on the day shown.
    n_idle_days
        Of ``n_days``, those on which nobody is carried: paid for nothing.
    passenger_m
        Distance aboard, summed over passengers and routes. [m]
    n_assistants
        Most aboard any of its routes.
    session
        ``school`` or ``day service``.
    area
        Outward part of the postcode of the first site, or any name of a part of the council.
    """

    price_id: str
    kind: PriceKind
    supplier_id: str
    pence_per_day: int
    loaded_m: int
    route_s: int
    n_seats: int
    n_routes: int = 2
    n_passengers: int = 0
    passenger_m: int = 0
    has_lift: bool = False
    n_assistants: int = 0
    session: str = "school"
    area: str = ""
    n_days: int = 190
    n_idle_days: int = 0

    @property
    def idle_pence_per_year(self) -> int:
        """Paid in a year for days on which nobody is carried. [pence]"""
        return self.n_idle_days * self.pence_per_day


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedPrice:
    """What a price is expected to be, given what it buys.

    Attributes
    ----------
    expected_pence, low_pence, high_pence
        Robust regression, whoever runs it, and its 90 % interval for one price. [pence]
    q10_pence, q50_pence, q90_pence
        Quantile regressions: one in ten, half, nine in ten prices lie below; None where they
        could not be fitted. [pence]
    is_dear
        Above the interval and above nine in ten.
    """

    price: PricedRoute
    expected_pence: int | None = None
    low_pence: int | None = None
    high_pence: int | None = None
    q10_pence: int | None = None
    q50_pence: int | None = None
    q90_pence: int | None = None
    is_dear: bool = False

    @property
    def stake_pence_per_year(self) -> int:
        """Pounds at stake: paid less expected over the year where the price is dear. [pence]"""
        if not self.is_dear or self.expected_pence is None:
            return 0
        return self.price.n_days * (self.price.pence_per_day - self.expected_pence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What one thing does to a price, all else equal, with a 95 % interval.

    Attributes
    ----------
    words
        Such as ``twice the miles`` or ``an assistant more``.
    effect_bp, low_bp, high_bp
        Change of the price. [0.01 %]
    """

    words: str
    effect_bp: int
    low_bp: int
    high_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierBenchmark:
    """One supplier's contracts.

    Attributes
    ----------
    spend_bp
        Share of all that is paid. [0.01 %]
    mpence_per_passenger_mile
        Paid for each mile a passenger is aboard; None where nobody is carried. [0.001 pence]
    premium
        Price against the average supplier's for the same work; None where it cannot be said.
    """

    supplier_id: str
    n_prices: int
    pence_per_day: int
    pence_per_year: int
    spend_bp: int
    mpence_per_passenger_mile: int | None
    premium: Effect | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateBenchmark:
    """All findings.

    Attributes
    ----------
    hhi
        Herfindahl-Hirschman index of spend by supplier, 0 to 10 000.
    warnings
        What the data are too few to say.
    n_fitted
        Prices in the regression; 0 where there was none.
    explained_bp
        Share of the (logarithmic) differences between prices that it explains. [0.01 %]
    """

    prices: tuple[ExpectedPrice, ...]
    effects: tuple[Effect, ...]
    suppliers: tuple[SupplierBenchmark, ...]
    hhi: int
    n_fitted: int
    explained_bp: int
    warnings: tuple[str, ...]

    @property
    def dear(self) -> tuple[ExpectedPrice, ...]:
        """Prices to renegotiate, the most at stake first."""
        found = [p for p in self.prices if p.is_dear]
        return tuple(sorted(found, key=lambda p: (-p.stake_pence_per_year, p.price.price_id)))

    @property
    def ghosts(self) -> tuple[PricedRoute, ...]:
        """Contracts that are paid on days when they carry nobody, the most paid first."""
        found = [
            p.price
            for p in self.prices
            if p.price.kind is PriceKind.CONTRACT and p.price.n_idle_days
        ]
        return tuple(sorted(found, key=lambda p: (-p.idle_pence_per_year, p.price_id)))
