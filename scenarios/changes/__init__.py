"""The changes a scenario may hold, by kind."""

from __future__ import annotations

from typing import Any, get_args

from scenarios.changes.alternatives import TakeAlternatives
from scenarios.changes.change import Change, ChangeError, Draft, YearlyLine, apply_changes
from scenarios.changes.fleet import (
    ElectrifyFleet,
    MoveDepot,
    PayAward,
    ScaleOwnFleet,
    SetOwnFleet,
)
from scenarios.changes.market import (
    ChangeRates,
    ExtendCards,
    HandBack,
    KeepProviders,
    LoseSupplier,
)
from scenarios.changes.offers import (
    ChargePost16,
    OfferTravelBudgets,
    OfferTravelTraining,
    WithdrawDiscretionary,
)
from scenarios.changes.people import AvoidTrips, Leavers, ScaleDemand, Starters
from scenarios.changes.rules import SetMixedLoads, SetPolicy, SetRideLimits, SetWalkLimits
from scenarios.changes.sites import MergeSites, MoveSite, OpenSite, SetBellTimes

__all__ = ["KINDS", "Change", "ChangeError", "Draft", "YearlyLine", "apply_changes"]

_MODELS: tuple[type[Change], ...] = (
    AvoidTrips, ChangeRates, ChargePost16, ElectrifyFleet, ExtendCards, HandBack, KeepProviders,
    Leavers, LoseSupplier, MergeSites, MoveDepot, MoveSite, OfferTravelBudgets,
    OfferTravelTraining, OpenSite, PayAward, ScaleDemand, ScaleOwnFleet, SetBellTimes,
    SetMixedLoads, SetOwnFleet,
    SetPolicy, SetRideLimits, SetWalkLimits, Starters, TakeAlternatives,
    WithdrawDiscretionary,
)  # fmt: skip


def _kind_of(model: type[Change]) -> str:
    annotation: Any = model.model_fields["kind"].annotation
    return str(get_args(annotation)[0])


KINDS: dict[str, type[Change]] = {_kind_of(model): model for model in _MODELS}
"""Every kind of change with its model."""
