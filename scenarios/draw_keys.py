"""What tells the draws of a study apart: all that a plan hangs on, and the money, as keys.

A thousand draws share nearly all their records with the place they change. Each record is
fingerprinted once and remembered, so that a draw's keys cost a look-up a record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass, fields, replace
from functools import lru_cache

from data.inputs import Inputs, fingerprint
from data.money import OwnCosts, OwnTypeCost, PayRate, RateCard

MOST_REMEMBERED = 100_000
"""Records whose fingerprint is remembered by a process."""

_PLANNED_FROM = frozenset(
    ("demands", "homes", "sites", "vehicles", "crews", "suppliers", "depots",
     "pick_up_points", "policy")
)  # fmt: skip
"""Fields whose records say how far two cases are from each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawKeys:
    """Fingerprints of a case: cases of equal keys have equal plans and years.

    Attributes
    ----------
    demand_key, price_key
        Of all that a plan hangs on but money, and of the money.
    parts
        Of every record of demand, fleet and rules, to measure how far two cases differ.
    """

    demand_key: str
    price_key: str
    parts: frozenset[bytes]


def find_keys(inputs: Inputs) -> DrawKeys:
    """Find the keys of a case."""
    whole = hashlib.sha256()
    parts: set[bytes] = set()
    bare = _blank_money(inputs)
    for held in fields(Inputs):
        if held.name == "assumptions":
            continue
        value = getattr(bare, held.name)
        records = value if isinstance(value, tuple) else (value,)
        found = [_fingerprint_record(record) for record in records]
        whole.update(f"{held.name} {len(found)} ".encode())
        whole.update(b"".join(found))
        if held.name in _PLANNED_FROM:
            parts.update(found)
    return DrawKeys(
        demand_key=whole.hexdigest()[:32],
        price_key=find_price_key(inputs),
        parts=frozenset(parts),
    )


def find_price_key(inputs: Inputs) -> str:
    """Fingerprint the money: rate cards and own cost."""
    whole = hashlib.sha256()
    for record in (*inputs.rate_cards, inputs.own_costs):
        whole.update(_fingerprint_record(record))
    return whole.hexdigest()[:32]


def has_same_cards(a: Inputs, b: Inputs) -> bool:
    """Whether two cases have the same rate cards but for their amounts."""
    return a.rate_cards == b.rate_cards or (
        tuple(map(_blank_card, a.rate_cards)) == tuple(map(_blank_card, b.rate_cards))
    )


@lru_cache(maxsize=MOST_REMEMBERED)
def _fingerprint_record(record: Hashable) -> bytes:
    return bytes.fromhex(fingerprint(record))


def _blank_money(inputs: Inputs) -> Inputs:
    """Set every amount of money to nought."""
    own = inputs.own_costs
    return replace(
        inputs,
        rate_cards=tuple(_blank_card(card) for card in inputs.rate_cards),
        own_costs=OwnCosts(
            types=tuple(_blank_type(t) for t in own.types),
            driver=_blank_pay(own.driver),
            assistant=_blank_pay(own.assistant),
            sign_on_s=own.sign_on_s,
            min_paid_s=own.min_paid_s,
            split_gap_s=own.split_gap_s,
            days_per_year=own.days_per_year,
        ),
    )


def _blank_card(card: RateCard) -> RateCard:
    return replace(
        card,
        uplift_bp=0,
        discount_bp=0,
        rates=tuple(replace(r, amount_mpence=0) for r in card.rates),
    )


def _blank_type(cost: OwnTypeCost) -> OwnTypeCost:
    return replace(cost, running_mpence=0, vehicle_pence_per_year=0, standing_pence_per_year=0)


def _blank_pay(pay: PayRate) -> PayRate:
    return replace(pay, pay_mpence_per_hour=0)


__all__ = ["DrawKeys", "find_keys", "find_price_key", "has_same_cards"]
