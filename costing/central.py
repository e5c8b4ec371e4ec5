"""Central costs: each line as the company, the council, a shared service or the market runs it.

A line's cost today falls into what stops when somebody else runs it (avoidable) and what stays
(stranded). Moving it pays when its price is below the avoidable part, after the transition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from data.units import divide_half_up

YEARS = 5
"""Years over which ways of running a line are compared."""


class Runner(StrEnum):
    """Who may run a central line."""

    COMPANY = "company"
    COUNCIL = "council"
    SHARED = "shared"
    MARKET = "market"


@dataclass(frozen=True, slots=True, kw_only=True)
class CentralOffer:
    """One central line as somebody else would run it.

    Attributes
    ----------
    today_pence
        What the line costs the company a year. [pence]
    price_pence
        What the other one charges a year. [pence]
    avoidable_bp
        Share of today's cost that stops. [0.01 %]
    transition_pence
        Once. [pence]
    stranded_years
        How long the stranded part goes on, e.g. to the end of a lease.
    """

    line: str
    today_pence: int
    runner: Runner
    price_pence: int
    avoidable_bp: int
    transition_pence: int = 0
    stranded_years: int = YEARS
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CentralChoice:
    """What one offer comes to.

    Attributes
    ----------
    avoidable_pence, stranded_pence
        They add up to today's cost. [pence a year]
    saving_pence
        Avoidable part less the price, while the stranded part goes on. [pence a year]
    net_pence
        Over five years, transition taken off; stranded cost that ends early counts from then.
        [pence]
    payback_months
        Until the transition is earned back, in tenths; None if never within the five years.
    break_even_bp
        Least avoidable share at which the move pays over the years. [0.01 %]
    """

    offer: CentralOffer
    avoidable_pence: int
    stranded_pence: int
    saving_pence: int
    net_pence: int
    payback_tenths: int | None
    break_even_bp: int | None


def weigh_central(offers: Sequence[CentralOffer]) -> tuple[CentralChoice, ...]:
    """Weigh every offer against the line as it is."""
    return tuple(_weigh(offer) for offer in offers)


def choose_central(choices: Sequence[CentralChoice]) -> dict[str, CentralChoice | None]:
    """Choose the best way of each line; None where leaving it with the company is best."""
    best: dict[str, CentralChoice | None] = {}
    for choice in choices:
        line = choice.offer.line
        held = best.setdefault(line, None)
        if choice.net_pence > (held.net_pence if held is not None else 0):
            best[line] = choice
    return best


def _weigh(offer: CentralOffer) -> CentralChoice:
    avoidable = divide_half_up(offer.today_pence * (offer.avoidable_bp), 10_000)
    stranded = offer.today_pence - avoidable
    years = min(offer.stranded_years, YEARS)
    saving = avoidable - offer.price_pence
    net = _sum_years(offer, avoidable, years)
    return CentralChoice(
        offer=offer,
        avoidable_pence=avoidable,
        stranded_pence=stranded,
        saving_pence=saving,
        net_pence=net,
        payback_tenths=_find_payback(offer, avoidable, years),
        break_even_bp=_find_break_even(offer, years),
    )


def _sum_years(offer: CentralOffer, avoidable: int, stranded_years: int) -> int:
    """Sum five years: today's cost saved, less price, less what stays for a time. [pence]"""
    stranded = offer.today_pence - avoidable
    saved = (offer.today_pence - offer.price_pence) * YEARS
    return saved - stranded * stranded_years - offer.transition_pence


def _find_payback(offer: CentralOffer, avoidable: int, stranded_years: int) -> int | None:
    """Find the payback in tenths of a month; savings fall evenly within each year."""
    if not offer.transition_pence:
        return 0 if _sum_years(offer, avoidable, stranded_years) > 0 else None
    left = offer.transition_pence
    for year in range(YEARS):
        saving = (
            avoidable - offer.price_pence
            if year < stranded_years
            else offer.today_pence - offer.price_pence
        )
        if saving >= left > 0:
            return year * 120 + divide_half_up(left * 120, saving)
        left -= saving
    return None


def _find_break_even(offer: CentralOffer, stranded_years: int) -> int | None:
    """Find the least avoidable share at which the five years come to nought. [0.01 %]"""
    if not offer.today_pence or not stranded_years:
        return None
    # today x years - price x years - today x (1 - share) x stranded years - transition = 0
    short = (
        offer.price_pence * YEARS
        + offer.transition_pence
        - offer.today_pence * (YEARS - stranded_years)
    )
    share = -(-short * 10_000 // (offer.today_pence * stranded_years))
    return share if 0 <= share <= 10_000 else (0 if share < 0 else None)
