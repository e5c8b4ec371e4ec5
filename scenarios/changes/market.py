"""Changes of the market: suppliers lost, rates moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Literal

from data.money import Rate, RateBasis
from data.plans import Lock, LockKind
from scenarios.changes.change import Change, ChangeError, Draft
from scenarios.changes.choose import check_known
from scenarios.numbers import Percent, Rise, fixed


class LoseSupplier(Change):
    """A supplier closes, or hands back all its routes."""

    kind: Literal["lose_supplier"]
    supplier_id: str

    def apply(self, draft: Draft) -> None:
        """Take the supplier and its cards out of the market."""
        inputs = draft.inputs
        check_known(
            "supplier_id", (self.supplier_id,), [s.supplier_id for s in inputs.suppliers]
        )
        draft.put(
            suppliers=tuple(s for s in inputs.suppliers if s.supplier_id != self.supplier_id),
            rate_cards=tuple(c for c in inputs.rate_cards if c.supplier_id != self.supplier_id),
            locks=tuple(k for k in inputs.locks if k.target_id != self.supplier_id),
            current_routes=tuple(
                c for c in inputs.current_routes if c.provider_id != self.supplier_id
            ),
        )


class HandBack(Change):
    """A supplier can put out fewer vehicles than before, rounded up to what it keeps."""

    kind: Literal["hand_back"]
    supplier_id: str
    percent: Percent

    def apply(self, draft: Draft) -> None:
        """Lower the number of vehicles of each type."""
        inputs = draft.inputs
        check_known(
            "supplier_id", (self.supplier_id,), [s.supplier_id for s in inputs.suppliers]
        )
        share = 1 - fixed(self.percent) / 100
        draft.put(
            suppliers=tuple(
                replace(
                    s,
                    vehicles=tuple(
                        replace(v, n_vehicles=max(0, -int(-v.n_vehicles * share // 1)))
                        for v in s.vehicles
                    ),
                )
                if s.supplier_id == self.supplier_id
                else s
                for s in inputs.suppliers
            )
        )


class KeepProviders(Change):
    """Everybody goes on with the provider who carries them today; only the routes change.

    Shows what planning alone is worth before any work moves between providers. Who is on no
    route of today's plan may be carried by anybody.
    """

    kind: Literal["keep_providers"]

    def apply(self, draft: Draft) -> None:
        """Lock every passenger to today's provider, session by session."""
        inputs = draft.inputs
        if not inputs.current_routes:
            raise ChangeError(
                "Y014",
                "",
                "The inputs hold no plan of today to keep providers of.",
                "Import the current_routes sheet.",
            )
        taken = {lock.lock_id for lock in inputs.locks}
        locks = {
            (row.passenger_id, row.session): Lock(
                lock_id=f"keep-{row.passenger_id}-{row.session}",
                kind=LockKind.PASSENGER_ON_SUPPLIER,
                passenger_id=row.passenger_id,
                target_id=row.provider_id,
                session=row.session,
            )
            for row in inputs.current_routes
        }
        draft.put(
            locks=(
                *inputs.locks,
                *(k for _, k in sorted(locks.items()) if k.lock_id not in taken),
            )
        )


class ChangeRates(Change):
    """Rates of suppliers rise or fall by a percentage, rounded to 0.001 pence."""

    kind: Literal["change_rates"]
    percent: Rise
    suppliers: tuple[str, ...] = ()
    vehicle_type_ids: tuple[str, ...] = ()
    bases: tuple[RateBasis, ...] = ()

    def apply(self, draft: Draft) -> None:
        """Change the amounts."""
        inputs = draft.inputs
        check_known("suppliers", self.suppliers, [s.supplier_id for s in inputs.suppliers])
        known = [t.vehicle_type_id for t in inputs.vehicle_types]
        check_known("vehicle_type_ids", self.vehicle_type_ids, known)
        factor = 1 + fixed(self.percent) / 100

        def moved(rate: Rate) -> Rate:
            is_meant = (not self.bases or rate.basis in self.bases) and (
                not self.vehicle_type_ids
                or rate.vehicle_type_id is None
                or rate.vehicle_type_id in self.vehicle_type_ids
            )
            if not is_meant:
                return rate
            return replace(rate, amount_mpence=max(0, int(rate.amount_mpence * factor + 0.5)))

        draft.put(
            rate_cards=tuple(
                replace(c, rates=tuple(moved(r) for r in c.rates))
                if not self.suppliers or c.supplier_id in self.suppliers
                else c
                for c in inputs.rate_cards
            )
        )


class ExtendCards(Change):
    """Rate cards run on to a later date, so that a later year can be priced."""

    kind: Literal["extend_cards"]
    valid_to: date

    def apply(self, draft: Draft) -> None:
        """Move the last day of every card that ends earlier."""
        draft.put(
            rate_cards=tuple(
                replace(c, valid_to=max(c.valid_to, self.valid_to))
                for c in draft.inputs.rate_cards
            )
        )
