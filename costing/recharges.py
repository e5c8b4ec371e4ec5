"""Recharges and contributions: what others pay towards journeys, as price lines of the plan.

Other councils and the budget for looked-after children pay shares of a passenger's exact cost;
spare seats and post-16 contributions are amounts a day. Each falls on the routes that carry the
passenger, as lines of income, so that it adds up as cost does: passenger, route, plan, year.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from costing.charges import build_charge
from costing.prices import price_plan
from costing.shares import share_route_costs
from costing.totals import check_lines
from costing.year import find_tariff
from data.errors import IdentityError
from data.inputs import Inputs
from data.money import CostBasis, CostLine
from data.plans import Plan, Timetable
from data.runs import PassengerShare
from data.units import split_pence


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
    """What one payer pays towards one passenger on one route of a service day.

    Attributes
    ----------
    cost_pence
        The passenger's share of the route's cost. [pence]
    lines
        Price lines of it: the share of that cost, and the route's part of the day's amount.
    """

    recharge: Recharge
    route_id: str
    cost_pence: int
    lines: tuple[CostLine, ...]

    @property
    def income_pence(self) -> int:
        """What is paid. [pence]"""
        return -sum(line.amount_pence for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class RechargeYear:
    """What others pay in a year: each date's lines, added up.

    Attributes
    ----------
    cost_pence
        Of the year's plans. [pence]
    income_pence
        By payer and kind. [pence]
    """

    n_dates: int
    cost_pence: int
    income_pence: tuple[tuple[tuple[str, str], int], ...]

    @property
    def net_pence(self) -> int:
        """Cost less all income. [pence]"""
        return self.cost_pence - sum(pence for _, pence in self.income_pence)


def price_recharges(
    recharges: Sequence[Recharge], shares: Sequence[PassengerShare], plan: Plan
) -> tuple[RechargeLine, ...]:
    """Price what others pay on a service day; who does not travel is not charged.

    Raises
    ------
    IdentityError
        If routes do not add up to passengers, or lines to either.
    """
    by_passenger: dict[str, list[PassengerShare]] = defaultdict(list)
    for share in shares:
        by_passenger[share.passenger_id].append(share)
    providers = {duty.duty_id: duty.provider_id for duty in plan.duties}
    found = []
    for recharge in recharges:
        held = by_passenger.get(recharge.passenger_id, [])
        keys = [f"{share.session}/{share.route_id}" for share in held]
        parts = split_pence(recharge.day_pence, [1] * len(held), keys) if held else ()
        for share, day_pence in zip(held, parts, strict=True):
            charges = [
                build_charge(
                    recharge.kind, share.amount_pence, "pence", -10 * recharge.share_bp,
                    recharge.payer,
                ),
                build_charge(recharge.kind, 1, "route", -1_000 * day_pence, recharge.payer),
            ]  # fmt: skip
            found.append(
                RechargeLine(
                    recharge=recharge,
                    route_id=share.route_id,
                    cost_pence=share.amount_pence,
                    lines=tuple(
                        CostLine(
                            plan_id=plan.plan_id,
                            duty_id=share.duty_id,
                            route_id=share.route_id,
                            provider_id=providers[share.duty_id],
                            basis=CostBasis.INCOME,
                            item=charge.item,
                            quantity=charge.quantity,
                            unit=charge.unit,
                            rate_mpence=charge.rate_mpence,
                            amount_pence=charge.amount_pence,
                            note=charge.note,
                        )
                        for charge in charges
                        if charge.amount_pence
                    ),
                )
            )
    check_recharges(found)
    return tuple(found)


def check_recharges(found: Sequence[RechargeLine]) -> None:
    """Check that income by passenger, by route and by line is the same.

    Raises
    ------
    IdentityError
        If it is not, or a line is not its quantity at its rate.
    """
    check_lines(line for row in found for line in row.lines)
    by_passenger: dict[str, int] = defaultdict(int)
    by_route: dict[str | None, int] = defaultdict(int)
    for row in found:
        by_passenger[row.recharge.passenger_id] += row.income_pence
        for line in row.lines:
            by_route[line.route_id] -= line.amount_pence
    if sum(by_passenger.values()) != sum(by_route.values()):
        raise IdentityError(
            f"passengers bring {sum(by_passenger.values())} pence, routes "
            f"{sum(by_route.values())}"
        )


def build_income_lines(found: Sequence[RechargeLine]) -> tuple[CostLine, ...]:
    """Build the plan's price lines of income, in order of duties and routes."""
    lines = [line for row in found for line in row.lines]
    return tuple(sorted(lines, key=lambda x: (x.duty_id, x.route_id or "", x.item, x.note)))


def sum_by_payer(lines: Sequence[RechargeLine]) -> Mapping[tuple[str, str], int]:
    """Sum income by payer and kind. [pence]"""
    found: dict[tuple[str, str], int] = {}
    for line in lines:
        key = (line.recharge.payer, line.recharge.kind)
        found[key] = found.get(key, 0) + line.income_pence
    return found


def price_recharge_year(
    recharges: Sequence[Recharge], timetable: Timetable, inputs: Inputs
) -> RechargeYear:
    """Price what others pay on every date of the year, at the rates that hold on it.

    Raises
    ------
    IdentityError
        If passengers' shares do not add up to their plan.
    """
    known: dict[tuple[str, tuple[int, ...]], tuple[int, Mapping[tuple[str, str], int]]] = {}
    cost_pence = 0
    income: dict[tuple[str, str], int] = defaultdict(int)
    dates = [d for d in timetable.dates if inputs.year_from <= d[0] <= inputs.year_to]
    for on, day_type_id in dates:
        key = (day_type_id, find_tariff(inputs, on))
        if key not in known:
            plan = timetable.plan_of(day_type_id)
            shares = share_route_costs(price_plan(plan, inputs, on), plan, inputs)
            rows = price_recharges(recharges, shares, plan)
            known[key] = (sum(s.amount_pence for s in shares), sum_by_payer(rows))
        day_pence, sums = known[key]
        cost_pence += day_pence
        for payer, pence in sums.items():
            income[payer] += pence
    return RechargeYear(
        n_dates=len(dates),
        cost_pence=cost_pence,
        income_pence=tuple(sorted(income.items())),
    )
