"""What a planner expects a hand-made route to cost: the rate card at rough miles and hours.

Rough on purpose (straight lines, no rounding rules, no VAT): it picks a supplier and sets the
agreed price of a contract. Plans are priced elsewhere, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

from data.money import Rate, RateBasis, RateCard
from data.places import Session
from data.units import MM_PER_MILE, divide_half_up

OWN_DAY_PENCE = {"car4": 7_000, "wav8": 11_000, "minibus16": 15_000, "minibus16-lift": 15_000}
"""What a planner reckons a day of an own vehicle saves elsewhere; assumed (grade C)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoughRoute:
    """Size of one route in one direction."""

    loaded_m: int
    duration_s: int
    n_assistants: int
    n_trained: int


def find_pair_pence(
    card: RateCard, type_id: str, sessions: tuple[Session, Session], route: RoughRoute
) -> int | None:
    """Price a route out and home by a rate card; None without a price for the type. [pence]"""
    rates = [r for r in card.rates if r.vehicle_type_id in (None, type_id)]
    priced = {RateBasis.FIXED, RateBasis.HOUR, RateBasis.LOADED_MILE, RateBasis.DAY_PAIR}
    if not any(r.basis in priced and r.vehicle_type_id == type_id for r in rates):
        return None
    pair = [r for r in rates if r.basis is RateBasis.DAY_PAIR and r.sessions >= set(sessions)]
    crew_pence = sum(_crew_pence(rates, s, route) for s in sessions)
    if pair:
        beyond_m = max(0, 2 * route.loaded_m - (pair[0].to_m or 0))
        beyond_pence = _miles_pence(rates, sessions[0], beyond_m, is_last_band=True)
        return pair[0].amount_mpence // 1_000 + beyond_pence + crew_pence
    return crew_pence + sum(_run_pence(rates, s, route) for s in sessions)


def _of(rates: list[Rate], basis: RateBasis, session: Session) -> int:
    """Sum of a basis's amounts that apply in a session. [0.001 pence]"""
    return sum(r.amount_mpence for r in rates if r.basis is basis and session in r.sessions)


def _miles_pence(
    rates: list[Rate], session: Session, distance_m: int, *, is_last_band: bool = False
) -> int:
    """Price loaded miles by their bands. [pence]"""
    mpence = 0
    for r in rates:
        if r.basis is not RateBasis.LOADED_MILE or session not in r.sessions:
            continue
        if is_last_band:
            metres = distance_m if r.to_m is None else 0
        else:
            end_m = distance_m if r.to_m is None else min(distance_m, r.to_m)
            metres = max(0, end_m - r.from_m)
        mpence += divide_half_up(r.amount_mpence * metres * 1_000, MM_PER_MILE)
    return mpence // 1_000


def _run_pence(rates: list[Rate], session: Session, route: RoughRoute) -> int:
    """Price a route before assistants. [pence]"""
    run_pence = (
        _of(rates, RateBasis.FIXED, session) // 1_000
        + _of(rates, RateBasis.HOUR, session) * route.duration_s // 3_600_000
        + _miles_pence(rates, session, route.loaded_m)
    )
    return max(run_pence, _of(rates, RateBasis.MINIMUM, session) // 1_000)


def _crew_pence(rates: list[Rate], session: Session, route: RoughRoute) -> int:
    """Price the assistants of a route. [pence]"""
    hour_mpence = _of(rates, RateBasis.ASSISTANT_HOUR, session)
    return (
        route.n_assistants * _of(rates, RateBasis.ASSISTANT, session) // 1_000
        + route.n_assistants * hour_mpence * route.duration_s // 3_600_000
        + route.n_trained * _of(rates, RateBasis.TRAINED_ASSISTANT, session) // 1_000
    )
