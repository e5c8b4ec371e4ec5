"""Today's contracts as priced work: miles, minutes, vehicle, assistants, area, days a year."""

from __future__ import annotations

from collections import defaultdict

from costing import find_paid
from data.benchmark import PricedRoute, PriceKind
from data.demand import find_day_types
from data.fleet import OWN_PROVIDER_ID
from data.inputs import Inputs
from data.passengers import Demand
from data.places import Session
from data.plans import CurrentRoute, Plan, Route
from data.tenders import BidBook, Tender

_SCHOOL = (Session.AM, Session.PM)


def find_priced_routes(today: Plan, inputs: Inputs) -> tuple[PricedRoute, ...]:
    """Find today's contracts with what they buy, ghost routes among them.

    Parameters
    ----------
    today
        Today's plan as `routing.build_baseline` makes it exact.
    """
    paid = find_paid(today, inputs)
    types = {t.vehicle_type_id: t for t in inputs.vehicle_types}
    rows: dict[str, list[CurrentRoute]] = defaultdict(list)
    for row in inputs.current_routes:
        rows[row.route_name].append(row)
    routes: dict[str, list[Route]] = defaultdict(list)
    for name, route in zip(paid.names, today.routes, strict=True):
        if name:
            routes[name].append(route)
    year = _Year(inputs)
    ghosts = {ghost.route_name for ghost in paid.ghosts}
    found = []
    for name in sorted(routes.keys() | ghosts):
        first = rows[name][0]
        if first.price_pence_per_day is None or first.provider_id == OWN_PROVIDER_ID:
            continue
        held = routes.get(name, [])
        vehicle_type = types[first.vehicle_type_id]
        n_days, n_idle_days = year.count_days({row.passenger_id for row in rows[name]})
        found.append(
            PricedRoute(
                price_id=name,
                kind=PriceKind.CONTRACT,
                supplier_id=first.provider_id,
                pence_per_day=first.price_pence_per_day,
                n_days=n_days,
                n_idle_days=n_idle_days,
                loaded_m=sum(route.loaded_m for route in held),
                route_s=sum(route.end_s - route.start_s for route in held),
                n_routes=len(held),
                n_passengers=len({p for route in held for p in route.passenger_ids}),
                passenger_m=sum(_measure_passenger_m(route) for route in held),
                n_seats=vehicle_type.n_passenger_seats,
                has_lift=vehicle_type.has_lift,
                n_assistants=max((route.n_assistants for route in held), default=0),
                session="school" if _is_school(rows[name]) else "day service",
                area=_find_area(held, inputs),
            )
        )
    return tuple(found)


def find_bid_prices(tender: Tender, book: BidBook, inputs: Inputs) -> tuple[PricedRoute, ...]:
    """Find the bids for one contract route each, with what they buy.

    Lots and packages are left out: their price says nothing of a single route.
    """
    contracts = {c.contract_id: c for c in tender.contracts}
    types = {t.vehicle_type_id: t for t in inputs.vehicle_types}
    found = []
    for bid in book.bids:
        if len(bid.contract_ids) != 1:
            continue
        contract = contracts[bid.contract_ids[0]]
        found.append(
            PricedRoute(
                price_id=bid.bid_id,
                kind=PriceKind.BID,
                supplier_id=bid.supplier_id,
                pence_per_day=bid.price_pence,
                n_days=contract.n_days,
                loaded_m=contract.loaded_m,
                route_s=sum(run.end_s - run.start_s for run in contract.runs),
                n_routes=len(contract.runs),
                n_passengers=contract.n_passengers,
                n_seats=types[contract.vehicle_type_id].n_passenger_seats,
                has_lift=types[contract.vehicle_type_id].has_lift,
                n_assistants=contract.n_assistants,
                session="school"
                if any(run.session in _SCHOOL for run in contract.runs)
                else "day service",
                area=_find_site_area(contract.site_ids[0], inputs),
            )
        )
    return tuple(found)


def _is_school(rows: list[CurrentRoute]) -> bool:
    return any(row.session in _SCHOOL for row in rows)


def _measure_passenger_m(route: Route) -> int:
    """Measure the distance aboard, summed over passengers. [m]"""
    n_aboard = total_m = 0
    for stop in route.stops:
        total_m += n_aboard * stop.drive_m
        n_aboard += len(stop.boarding) - len(stop.alighting)
    return total_m


def _find_area(routes: list[Route], inputs: Inputs) -> str:
    """Find the outward part of the postcode of the first site served; '' where not known."""
    for route in routes:
        for stop in route.stops:
            if stop.site_id is not None:
                return _find_site_area(stop.site_id, inputs)
    return ""


def _find_site_area(site_id: str, inputs: Inputs) -> str:
    """Find the outward part of a site's postcode; '' where not known."""
    place_ids = [site.place_id for site in inputs.sites if site.site_id == site_id]
    for place in inputs.places:
        if place.place_id in place_ids:
            return place.postcode.split(" ")[0] if place.postcode else ""
    return ""


class _Year:
    """On which dates of the year somebody's sites are open, and who travels."""

    def __init__(self, inputs: Inputs) -> None:
        day_types, dates = find_day_types(inputs)
        types = {t.day_type_id: t for t in day_types}
        self._dates = [(on, types[day_type_id]) for on, day_type_id in sorted(dates.items())]
        self._calendars = {site.site_id: site.calendar_id for site in inputs.sites}
        self._demands: dict[str, list[Demand]] = defaultdict(list)
        for demand in inputs.demands:
            self._demands[demand.passenger_id].append(demand)

    def count_days(self, passenger_ids: set[str]) -> tuple[int, int]:
        """Count dates on which a contract runs, and those of them when nobody travels.

        It runs when the site of any of its passengers is open; that of passengers without any
        demand left, on every date with service.
        """
        demands = [d for p in passenger_ids for d in self._demands[p]]
        used = {self._calendars[d.site_id] for d in demands}
        n_days = n_idle = 0
        for on, day_type in self._dates:
            if used and not used & day_type.open_calendar_ids:
                continue
            n_days += 1
            n_idle += not any(
                self._calendars[d.site_id] in day_type.open_calendar_ids
                and day_type.weekday in d.weekdays
                and day_type.week in d.weeks
                and (d.starts_on is None or d.starts_on <= on)
                and (d.ends_on is None or on <= d.ends_on)
                for d in demands
            )
        return n_days, n_idle
