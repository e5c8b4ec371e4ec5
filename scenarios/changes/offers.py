"""Changes of what passengers are offered: travel training, budgets, policy, charges."""

from __future__ import annotations

from typing import Literal

from data.passengers import Passenger, Phase
from scenarios.changes.change import Change, ChangeError, Draft
from scenarios.changes.choose import (
    choose,
    count_share,
    find_free,
    find_passengers,
    find_taken,
    remove_passengers,
    shuffle,
)
from scenarios.numbers import Amount, Percent, Share, fixed


class OfferTravelTraining(Change):
    """Independent travel training: those who complete it and keep it up travel on their own.

    ``starts_per_year`` begin; ``completion`` of them finish, ``sustained`` of those still
    travel on their own after two terms (formula F4). The vehicle goes on until sign-off
    (ALT-2), so the plan shows the year after the training.

    ``order`` names whom to train first, as `wayfare training order` finds it for a place; the
    first ``starts_per_year`` of it begin. Without it those who begin are drawn at random. Who
    of them succeeds is drawn in either case: no order makes anybody's training a success.
    ``order_sample`` says that the order names the made-up people of a sample place: with any
    other people it does not count, as their identifiers may be somebody else's.
    Nobody is offered two things: whom another change of the scenario has made an offer already
    is passed over.
    """

    kind: Literal["offer_travel_training"]
    starts_per_year: Amount
    completion: Share = 0.80
    sustained: Share = 0.82
    cost_per_start_pounds: Amount = 2_500
    pass_pounds_per_year: Amount = 900
    phases: tuple[Phase, ...] = (Phase.SECONDARY, Phase.POST_16)
    passenger_ids: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    order_sample: str = ""

    def apply(self, draft: Draft) -> None:
        """Take those who travel on their own off the vehicles; add the programme's cost."""
        found = [
            p for p in find_free(draft, self.phases, self.passenger_ids) if is_candidate(p)
        ]
        is_ordered = bool(self.order) and self._is_meant(draft)
        if is_ordered:
            found = self._find_first(draft, found)
        wanted = int(fixed(self.starts_per_year) + 0.5)
        starts = min(wanted, len(found))
        if starts < wanted:
            draft.notes.append(f"Only {starts} passengers may be trained.")
        drawn = shuffle(draft, found[:starts] if is_ordered else found)[:starts]
        n = int(starts * fixed(self.completion) * fixed(self.sustained) + 0.5)
        chosen = {p.passenger_id for p in drawn[:n]}
        remove_passengers(draft, chosen, "trained")
        draft.touch("in_training", {p.passenger_id for p in drawn})
        draft.add_yearly(
            "travel training",
            starts * fixed(self.cost_per_start_pounds) * 100,
            is_one_off=True,
            source="Doncaster 2,480 pounds a start; grade B",
        )
        draft.add_yearly(
            "public transport passes",
            len(chosen) * fixed(self.pass_pounds_per_year) * 100,
            source="DfE 2025-26, 900 pounds a user; grade A",
        )

    def _is_meant(self, draft: Draft) -> bool:
        """Whether the order names these people."""
        inputs = draft.inputs
        known = {p.passenger_id for p in inputs.passengers} | find_taken(draft)
        is_meant = not self.order_sample or (
            inputs.is_synthetic
            and inputs.place == self.order_sample
            and known.issuperset(self.order)
        )
        if not is_meant:
            draft.notes.append(
                f"The training order is of the {self.order_sample} sample: here those who "
                "begin are drawn at random. `wayfare training order` finds one for this place."
            )
        return is_meant

    def _find_first(self, draft: Draft, found: list[Passenger]) -> list[Passenger]:
        """Put those who may be trained in the order asked for; who is not in it stays out."""
        taken = find_taken(draft)
        find_passengers(draft, ids=[p for p in self.order if p not in taken])
        by_id = {p.passenger_id: p for p in found}
        first = [by_id[p] for p in dict.fromkeys(self.order) if p in by_id]
        if len(first) < len(self.order):
            draft.notes.append(
                f"{len(self.order) - len(first)} of the training order may not be trained, or "
                "were made another offer, and are passed over."
            )
        return first


class OfferTravelBudgets(Change):
    """Personal travel budgets: families who take one make their own arrangements (ALT-1)."""

    kind: Literal["offer_travel_budgets"]
    take_up_percent: Percent = 8
    budget_pounds_per_year: Amount = 3_500
    phases: tuple[Phase, ...] = (Phase.PRIMARY, Phase.SECONDARY, Phase.POST_16)
    passenger_ids: tuple[str, ...] = ()

    def apply(self, draft: Draft) -> None:
        """Take those with a budget off the vehicles; add the budgets."""
        found = find_free(draft, self.phases, self.passenger_ids)
        n = count_share(len(found), fixed(self.take_up_percent))
        chosen = {p.passenger_id for p in choose(draft, found, n)}
        remove_passengers(draft, chosen, "budget")
        draft.add_yearly(
            "personal travel budgets",
            len(chosen) * fixed(self.budget_pounds_per_year) * 100,
            source="Kent 2,000 to 5,000 pounds a year by distance; grade B",
        )


class WithdrawDiscretionary(Change):
    """A policy that no longer offers transport where there is no duty.

    Children of compulsory school age and adults with an assessed need have rights that no
    scenario switches off.
    """

    kind: Literal["withdraw_discretionary"]
    phases: tuple[Phase, ...]
    percent: Percent = 100
    """Share of them who would no longer be carried."""

    def apply(self, draft: Draft) -> None:
        """Take young people over compulsory school age off the vehicles."""
        for phase in self.phases:
            if phase is not Phase.POST_16:
                rule = (
                    "ELIG-12: an adult's assessed need that would go unmet"
                    if phase is Phase.ADULT
                    else "ELIG-1 to ELIG-8: children of compulsory school age"
                )
                raise ChangeError(
                    "Y013",
                    "phases",
                    f"A scenario cannot switch off a statutory entitlement ({rule}).",
                    "Only post_16 is discretionary, within the policy statement (ELIG-11).",
                )
        found = find_passengers(draft, phases=self.phases)
        n = count_share(len(found), fixed(self.percent))
        remove_passengers(
            draft, (p.passenger_id for p in choose(draft, found, n)), "not_offered"
        )
        draft.notes.append(
            "Post-16 transport withdrawn: allowed only by the published policy statement, "
            "with each young person's need considered (ELIG-11)."
        )


class ChargePost16(Change):
    """A contribution from young people over 16, some of whom then travel otherwise."""

    kind: Literal["charge_post_16"]
    charge_pounds_per_year: Amount
    give_up_percent: Percent = 5
    low_income_percent: Percent = 30
    """Share who pay half."""

    def apply(self, draft: Draft) -> None:
        """Add the income; take those who give up off the vehicles."""
        found = find_passengers(draft, phases=(Phase.POST_16,))
        n = count_share(len(found), fixed(self.give_up_percent))
        gone = {p.passenger_id for p in choose(draft, found, n)}
        remove_passengers(draft, gone, "gave_up")
        n_left = len(found) - len(gone)
        n_half = count_share(n_left, fixed(self.low_income_percent))
        charge_pence = fixed(self.charge_pounds_per_year) * 100
        draft.add_yearly("post-16 contributions", -charge_pence * (n_left - n_half / 2))


def is_candidate(passenger: Passenger) -> bool:
    """Whether travel training may be offered: no wheelchair space, lift or own assistant.

    A first sieve by recorded needs; a person judges readiness.
    """
    return (
        not passenger.n_wheelchair_spaces
        and not passenger.needs_lift
        and passenger.assistant_id is None
        and not passenger.needs_trained_assistant
        and passenger.assistant.value != "one_to_one"
    )


__all__ = [
    "ChargePost16",
    "OfferTravelBudgets",
    "OfferTravelTraining",
    "WithdrawDiscretionary",
    "is_candidate",
]
