"""What is paid today: contract prices on the routes of today's plan, and ghost routes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from data.comparisons import GhostRoute
from data.inputs import Inputs
from data.plans import CurrentRoute, DayType, Plan
from data.units import split_pence


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidRoutes:
    """Contract prices on the routes of a plan, net of VAT.

    Attributes
    ----------
    names, pence
        In order of the plan's routes: the contract's name or '', its part of the price or None.
    ghosts
        Contracts paid on the day that carry nobody.
    """

    names: tuple[str, ...]
    pence: tuple[int | None, ...]
    ghosts: tuple[GhostRoute, ...]


def find_paid(plan: Plan, inputs: Inputs) -> PaidRoutes:
    """Find what is paid for the routes of a plan that are contracts today.

    A route is a contract's when all aboard ride on it today in that session, with the same
    provider. A contract's price is for the day; it is split to its routes by loaded distance.
    """
    today = {(row.session, row.passenger_id): row for row in inputs.current_routes}
    names: list[str] = []
    routes: dict[str, list[int]] = defaultdict(list)
    loaded_m = [route.loaded_m for route in plan.routes]
    owners = [duty.provider_id for duty in plan.duties for _ in duty.routes]
    for i, route in enumerate(plan.routes):
        rows = [today.get((route.session, p)) for p in route.passenger_ids]
        found = {row.route_name for row in rows if row is not None}
        is_contract = len(found) == 1 and all(
            row is not None and row.provider_id == owners[i] for row in rows
        )
        names.append(found.pop() if is_contract else "")
        if names[-1]:
            routes[names[-1]].append(i)
    pence: list[int | None] = [None] * len(names)
    prices = _find_prices(inputs.current_routes)
    for name, at in routes.items():
        if prices.get(name) is None:
            continue
        shares = split_pence(prices[name], [loaded_m[i] for i in at], [f"{i:06}" for i in at])
        for i, share in zip(at, shares, strict=True):
            pence[i] = share
    return PaidRoutes(
        names=tuple(names),
        pence=tuple(pence),
        ghosts=_find_ghosts(inputs, plan.day_type, prices, set(routes)),
    )


def _find_prices(rows: tuple[CurrentRoute, ...]) -> dict[str, int]:
    """Find the price of each contract that has one. [pence a day]"""
    return {
        row.route_name: row.price_pence_per_day
        for row in rows
        if row.price_pence_per_day is not None
    }


def _find_ghosts(
    inputs: Inputs, day_type: DayType, prices: dict[str, int], used: set[str]
) -> tuple[GhostRoute, ...]:
    """Find contracts that run on the day and carry nobody.

    A contract all of whose passengers go to sites that are closed on the day does not run.
    """
    open_sites = {
        site.site_id for site in inputs.sites if site.calendar_id in day_type.open_calendar_ids
    }
    sites: dict[str, set[str]] = defaultdict(set)
    for demand in inputs.demands:
        sites[demand.passenger_id].add(demand.site_id)
    by_name: dict[str, list[CurrentRoute]] = defaultdict(list)
    for row in inputs.current_routes:
        by_name[row.route_name].append(row)
    return tuple(
        GhostRoute(
            route_name=name,
            provider_id=rows[0].provider_id,
            vehicle_type_id=rows[0].vehicle_type_id,
            paid_pence=prices[name],
        )
        for name, rows in sorted(by_name.items())
        if name in prices
        and name not in used
        and any(
            not sites[row.passenger_id] or sites[row.passenger_id] & open_sites for row in rows
        )
    )
