"""Lot discounts: what rate cards charge once they price routes enough.

A card with a lot discount has two price lists, and which of them holds depends on the whole
plan: on how many routes of the day the card prices. The search of routes and the choice of
duties go by lists that are assumed; what they make is priced by those that it has earned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np

from data.costs import CostModel
from data.fleet import OWN_PROVIDER_ID
from data.plans import Duty
from routing.pairing import DutyDraft

Cards = frozenset[str]
"""Rate cards that give their lot discount."""

_PRICES = (
    "fixed_pence",
    "band_mpence",
    "dead_mpence",
    "hour_mpence",
    "waiting_mpence",
    "minimum_pence",
    "assistant_pence",
    "assistant_hour_mpence",
    "trained_pence",
    "day_pair_pence",
    "day_excess_mpence",
)


def find_lots(model: CostModel) -> dict[str, int]:
    """Find the rate cards with a lot discount, and from how many routes on it holds."""
    if model.discounted is None:
        return {}
    return {
        card: int(n)
        for card, n in zip(model.rate_card_ids, model.discount_from, strict=True)
        if n > 0
    }


def take_discounts(model: CostModel, cards: Collection[str] | None = None) -> CostModel:
    """Give the model in which some cards, by default all, charge their discounted rates.

    Parameters
    ----------
    model
        With the rates of every card as they are without a discount.
    """
    lower = model.discounted
    if lower is None:
        return model
    wanted = find_lots(model).keys() if cards is None else cards
    is_lower = np.array([card in wanted for card in model.rate_card_ids], dtype=np.bool_)
    changed = {}
    for name in _PRICES:
        full = getattr(model, name)
        mask = is_lower.reshape(-1, *[1] * (full.ndim - 1))
        changed[name] = np.where(mask, getattr(lower, name), full)
    return replace(model, **changed)


def find_earned(model: CostModel, drafts: Iterable[DutyDraft]) -> Cards:
    """Find the cards whose discount the duties of a day have earned."""
    return _find_reached(
        model, ((model.rate_card_ids[draft.offer], len(draft.works)) for draft in drafts)
    )


def find_earned_by(model: CostModel, duties: Iterable[Duty]) -> Cards:
    """Find the cards whose discount the duties of a plan have earned."""
    return _find_reached(
        model,
        (
            (duty.rate_card_id or "", len(duty.routes))
            for duty in duties
            if duty.provider_id != OWN_PROVIDER_ID
        ),
    )


def find_missed(model: CostModel, drafts: Iterable[DutyDraft]) -> list[str]:
    """Find the cards whose discount duties have not earned, those that lack least first."""
    counts: Counter[str] = Counter()
    for draft in drafts:
        counts[model.rate_card_ids[draft.offer]] += len(draft.works)
    lacking = {card: n - counts[card] for card, n in find_lots(model).items()}
    return sorted((c for c, n in lacking.items() if n > 0), key=lambda c: (lacking[c], c))


def find_rows(model: CostModel, cards: Collection[str]) -> list[tuple[Sequence[int], int]]:
    """Find the offers of each card, and how many routes they must work between them."""
    return [
        ([o for o, held in enumerate(model.rate_card_ids) if held == card], n)
        for card, n in sorted(find_lots(model).items())
        if card in cards
    ]


def _find_reached(model: CostModel, counts: Iterable[tuple[str, int]]) -> Cards:
    total: Counter[str] = Counter()
    for card, n in counts:
        total[card] += n
    return frozenset(card for card, n in find_lots(model).items() if total[card] >= n)
