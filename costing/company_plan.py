"""The company's five years: profit and loss, cash and balance under stated indexation.

Every item is an amount at the price base of the first year, with the rise it follows. The
balance sheet is worked out from the cash, never plugged: assets, debtors and cash less
creditors must be last year's reserves plus this year's surplus, or nothing is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from data.errors import IdentityError
from data.units import divide_half_up, round_half_up

DAYS = 365


class ItemKind(StrEnum):
    """What an item of the plan is."""

    INCOME = "income"
    COST = "cost"
    DEPRECIATION = "depreciation"
    CAPITAL = "capital"
    """Bought in the year; becomes an asset."""
    OPENING_CASH = "opening_cash"
    OPENING_ASSETS = "opening_assets"
    OPENING_DEBTORS = "opening_debtors"
    OPENING_CREDITORS = "opening_creditors"


OPENING = (
    ItemKind.OPENING_CASH,
    ItemKind.OPENING_ASSETS,
    ItemKind.OPENING_DEBTORS,
    ItemKind.OPENING_CREDITORS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """One item. [pence a year at the first year's prices]

    Attributes
    ----------
    growth_bp
        Rise each year. [0.01 %]
    from_year, to_year
        First and last year of the plan, counted from 1, in which it falls due.
    """

    name: str
    kind: ItemKind
    amount_pence: int
    growth_bp: int = 0
    from_year: int = 1
    to_year: int = 99
    source: str = ""

    def find_pence(self, year: int) -> int:
        """Find the amount of a year, to the nearest penny. [pence]"""
        if self.kind in OPENING or not self.from_year <= year <= self.to_year:
            return 0
        amount = Fraction(self.amount_pence)
        for _ in range(year - 1):
            amount *= Fraction(10_000 + self.growth_bp, 10_000)
        return round_half_up(amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyYear:
    """One year of the company. [pence]

    Attributes
    ----------
    tax_pence
        On a surplus, after losses brought forward.
    debtors_pence, creditors_pence
        At the end of the year: so many days of income, and of cost.
    """

    year: int
    income_pence: int
    cost_pence: int
    depreciation_pence: int
    tax_pence: int
    surplus_pence: int
    capital_pence: int
    assets_pence: int
    debtors_pence: int
    creditors_pence: int
    cash_pence: int
    reserves_pence: int


def plan_company(
    items: Sequence[PlanItem],
    *,
    n_years: int = 5,
    debtor_days: int = 30,
    creditor_days: int = 30,
    tax_bp: int = 2_500,
) -> tuple[CompanyYear, ...]:
    """Work out profit and loss, cash and balance of every year.

    Parameters
    ----------
    tax_bp
        Corporation tax on surpluses. [0.01 %]

    Raises
    ------
    IdentityError
        If a balance does not balance.
    """
    opening = {kind: sum(i.amount_pence for i in items if i.kind is kind) for kind in OPENING}
    cash, assets, debtors, creditors = (opening[kind] for kind in OPENING)
    reserves = cash + assets + debtors - creditors
    losses = 0
    years = []
    for year in range(1, n_years + 1):

        def total(kind: ItemKind, year: int = year) -> int:
            return sum(i.find_pence(year) for i in items if i.kind is kind)

        income, cost = total(ItemKind.INCOME), total(ItemKind.COST)
        depreciation, capital = total(ItemKind.DEPRECIATION), total(ItemKind.CAPITAL)
        before_tax = income - cost - depreciation
        taxable = max(0, before_tax - losses)
        losses = max(0, losses - before_tax)
        tax = divide_half_up(taxable * tax_bp, 10_000)
        surplus = before_tax - tax
        new_debtors = divide_half_up(income * debtor_days, DAYS)
        new_creditors = divide_half_up(cost * creditor_days, DAYS)
        cash += (
            surplus + depreciation - capital - (new_debtors - debtors)
            + (new_creditors - creditors)
        )  # fmt: skip
        debtors, creditors = new_debtors, new_creditors
        assets += capital - depreciation
        reserves += surplus
        if cash + assets + debtors - creditors != reserves:
            raise IdentityError(f"the balance of year {year} does not balance")
        years.append(
            CompanyYear(
                year=year,
                income_pence=income,
                cost_pence=cost,
                depreciation_pence=depreciation,
                tax_pence=tax,
                surplus_pence=surplus,
                capital_pence=capital,
                assets_pence=assets,
                debtors_pence=debtors,
                creditors_pence=creditors,
                cash_pence=cash,
                reserves_pence=reserves,
            )
        )
    return tuple(years)
