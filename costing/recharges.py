"""Recharges and contributions: what others pay towards journeys, by exact shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.runs import PassengerShare
from data.units import divide_half_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Recharge:
    """Who pays for a passenger.

    Attributes
    ----------
    kind
        other council, looked after, spare seat, post-16 contribution, ...
    share_bp
        Share of the passenger's cost that is charged on. [0.01 %]
    day_pence
        A fixed amount a day instead, or beside it. [pence]
    """

    passenger_id: str
    payer: str
    kind: str
    share_bp: int = 0
    day_pence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RechargeLine:
    """One recharge of a service day. [pence]"""

    recharge: Recharge
    cost_pence: int
    income_pence: int


def price_recharges(
    recharges: Sequence[Recharge], shares: Sequence[PassengerShare]
) -> tuple[RechargeLine, ...]:
    """Price what others pay on a service day; who does not travel is not charged."""
    costs: dict[str, int] = {}
    for share in shares:
        costs[share.passenger_id] = costs.get(share.passenger_id, 0) + share.amount_pence
    return tuple(
        RechargeLine(
            recharge=r,
            cost_pence=costs[r.passenger_id],
            income_pence=divide_half_up(costs[r.passenger_id] * r.share_bp, 10_000)
            + r.day_pence,
        )
        for r in recharges
        if r.passenger_id in costs
    )


def sum_by_payer(lines: Sequence[RechargeLine]) -> Mapping[tuple[str, str], int]:
    """Sum income by payer and kind. [pence]"""
    found: dict[tuple[str, str], int] = {}
    for line in lines:
        key = (line.recharge.payer, line.recharge.kind)
        found[key] = found.get(key, 0) + line.income_pence
    return found
