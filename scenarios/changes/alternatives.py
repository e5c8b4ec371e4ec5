"""Passengers who travel by other means by agreement: budgets, mileage, cycles, escorts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from data.alternatives import Mode
from scenarios.changes.change import Change, ChangeError, Draft
from scenarios.changes.choose import check_known, find_taken, remove_passengers

MODE_WORDS = {
    Mode.BUDGET: "personal travel budgets",
    Mode.MILEAGE: "mileage for families who drive",
    Mode.CYCLE: "cycle allowances",
    Mode.PASS: "public transport passes",
    Mode.ESCORT: "escorts on foot",
    Mode.WALKING_BUS: "walking buses",
}
PAID_TO_FAMILY = frozenset({Mode.BUDGET, Mode.MILEAGE, Mode.CYCLE})
"""Means that ALT-1 and ALT-3 speak of: money to the family instead of a vehicle."""


class TakenOffer(BaseModel):
    """One passenger who travels otherwise.

    Attributes
    ----------
    pounds_per_year
        What it costs the council. [pounds]
    cap_pounds
        The council's own marginal saving without this passenger, as measured. [pounds]
    has_consent
        The family agreed, on record or, in a what-if, assumed (ALT-1).
    is_above_cap_agreed
        An amount above the cap is wanted all the same (ALT-3).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    passenger_id: str
    mode: Mode
    pounds_per_year: float = Field(ge=0, le=200_000)
    cap_pounds: float | None = None
    has_consent: bool = False
    is_above_cap_agreed: bool = False


class TakeAlternatives(Change):
    """Named passengers leave the vehicles for other means, each once and by consent."""

    kind: Literal["take_alternatives"]
    offers: tuple[TakenOffer, ...]
    is_consent_assumed: bool = False
    """A what-if of take-up: consents are supposed, not recorded."""

    def apply(self, draft: Draft) -> None:
        """Take them off the vehicles and add what the offers cost."""
        ids = [o.passenger_id for o in self.offers]
        taken = find_taken(draft)
        known = [p.passenger_id for p in draft.inputs.passengers]
        check_known("passenger_ids", [i for i in ids if i not in taken], known)
        if len(set(ids)) < len(ids):
            raise ChangeError(
                "Y011", "offers", "A passenger has two offers.", "Leave one of them."
            )
        for offer in self.offers:
            self._check(offer)
        used = [o for o in self.offers if o.passenger_id not in taken]
        if len(used) < len(self.offers):
            draft.notes.append(
                f"{len(self.offers) - len(used)} of the offers are to people who were made "
                "another one already (training, a budget) and are passed over."
            )
        if self.is_consent_assumed and used:
            draft.notes.append(
                "Consent is assumed: without it on record a passenger stays aboard (ALT-1)."
            )
        remove_passengers(draft, (o.passenger_id for o in used), "alternative")
        _add_cost(draft, used)

    def _check(self, offer: TakenOffer) -> None:
        if offer.mode not in PAID_TO_FAMILY:
            return
        if not offer.has_consent and not self.is_consent_assumed:
            raise ChangeError(
                "Y011",
                "offers.has_consent",
                "A family has not agreed to be paid instead of a vehicle (ALT-1).",
                "Record the consent, or leave the offer out.",
            )
        is_above = offer.cap_pounds is not None and offer.pounds_per_year > offer.cap_pounds
        if is_above and not offer.is_above_cap_agreed:
            raise ChangeError(
                "Y011",
                "offers.pounds_per_year",
                "An amount is above what the council saves without the passenger (ALT-3).",
                "Lower it to cap_pounds, or set is_above_cap_agreed.",
            )


def _add_cost(draft: Draft, offers: Sequence[TakenOffer]) -> None:
    for mode, words in MODE_WORDS.items():
        pounds = sum(o.pounds_per_year for o in offers if o.mode is mode)
        if pounds:
            draft.add_yearly(words, pounds * 100)
