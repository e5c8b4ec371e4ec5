"""What the own company's books come to: cost by activity, route and customer, and the ties."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from data.accounts import Accounts, Activity, WorkRecord


class Layer(StrEnum):
    """When a cost stops after the work stops."""

    SHORT_RUN = "short_run"
    """Within the term."""
    LONG_RUN = "long_run"
    """Later, by the end of contracts and the disposal of vehicles."""
    FIXED = "fixed"
    """Not with this work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreCost:
    """One cost centre: its ledger, and where it went.

    Attributes
    ----------
    printed_pence
        Total as the ledger prints it, or None. [pence]
    work_pence, unused_pence, undriven_pence
        On work; on hours, days and miles that are on no route; without any record to go by.
        [pence]
    """

    cost_centre_id: str
    name: str
    activity: Activity
    ledger_pence: int
    printed_pence: int | None
    work_pence: int
    unused_pence: int
    undriven_pence: int
    short_run_bp: int
    long_run_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCost:
    """What one route of a duty costs over the period.

    Attributes
    ----------
    amounts
        (activity, layer, pence), every pair once.
    """

    work: WorkRecord
    amounts: tuple[tuple[Activity, Layer, int], ...]

    @property
    def short_run_pence(self) -> int:
        """What stops within the term. [pence]"""
        return sum(p for _, layer, p in self.amounts if layer is Layer.SHORT_RUN)

    @property
    def long_run_pence(self) -> int:
        """What stops in the long run, the short run in. [pence]"""
        return sum(p for _, layer, p in self.amounts if layer is not Layer.FIXED)

    @property
    def full_pence(self) -> int:
        """Everything allocated to it. [pence]"""
        return sum(p for _, _, p in self.amounts)

    def find_activity_pence(self, activity: Activity) -> int:
        """Find what one activity costs, all layers. [pence]"""
        return sum(p for a, _, p in self.amounts if a is activity)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerMargin:
    """Income of a customer against the cost of its work. [pence]

    Attributes
    ----------
    short_run_pence, long_run_pence, full_pence
        Cost that stops within the term, in the long run, and in full.
    """

    customer_id: str
    income_pence: int
    short_run_pence: int
    long_run_pence: int
    full_pence: int
    n_journeys: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Long-run cost that can stop on a date; '' for none that is known. [pence]"""

    on: str
    activity: Activity
    pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TieOut:
    """Two sources of one quantity.

    Attributes
    ----------
    unit
        ``pence``, ``s``, ``m`` or ``days``.
    """

    words: str
    unit: str
    left: int
    right: int

    @property
    def difference(self) -> int:
        """Left less right; nought where the two tie."""
        return self.left - self.right


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyCost:
    """The company's cost in full.

    Attributes
    ----------
    unused
        Cost of hours, days and miles on no route: (activity, layer, pence).
    releases
        When long-run cost can stop.
    ties
        What ties and what does not.
    """

    accounts: Accounts
    centres: tuple[CentreCost, ...]
    works: tuple[WorkCost, ...]
    unused: tuple[tuple[Activity, Layer, int], ...]
    customers: tuple[CustomerMargin, ...]
    releases: tuple[Release, ...]
    ties: tuple[TieOut, ...]

    @property
    def ledger_pence(self) -> int:
        """All cost in the ledger. [pence]"""
        return sum(c.ledger_pence for c in self.centres)

    @property
    def income_pence(self) -> int:
        """All income. [pence]"""
        return sum(c.income_pence for c in self.customers)

    @property
    def unused_pence(self) -> int:
        """Cost of what is on no route. [pence]"""
        return sum(p for _, _, p in self.unused)

    @property
    def undriven_pence(self) -> int:
        """Cost without any record to go by. [pence]"""
        return sum(c.undriven_pence for c in self.centres)
