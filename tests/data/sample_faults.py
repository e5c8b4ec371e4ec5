"""Find what is wrong in inputs: references, sets, capacities, licences, calendars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from datetime import timedelta

from data.fleet import OWN_PROVIDER_ID, CrewRole
from data.inputs import Inputs
from data.money import RateBasis
from data.passengers import AssistantNeed, Direction, Wheelchair
from data.places import SiteKind


def find_faults(inputs: Inputs) -> list[str]:
    """List every fault found, each as a sentence."""
    return [
        *_repeated(inputs),
        *_references(inputs),
        *_people(inputs),
        *_demand(inputs),
        *_company(inputs),
        *_market(inputs),
        *_calendars(inputs),
    ]


def _repeated(inputs: Inputs) -> Iterator[str]:
    tables = {
        "place": [p.place_id for p in inputs.places],
        "passenger": [p.passenger_id for p in inputs.passengers],
        "home": [h.home_id for h in inputs.homes],
        "demand": [d.demand_id for d in inputs.demands],
        "site": [s.site_id for s in inputs.sites],
        "depot": [d.depot_id for d in inputs.depots],
        "vehicle": [v.vehicle_id for v in inputs.vehicles],
        "crew": [c.crew_id for c in inputs.crews],
        "supplier": [s.supplier_id for s in inputs.suppliers],
        "rate card": [c.rate_card_id for c in inputs.rate_cards],
        "assumption": [a.name for a in inputs.assumptions],
    }
    for name, ids in tables.items():
        yield from (f"{name} {i} is there {n} times" for i, n in Counter(ids).items() if n > 1)


def _references(inputs: Inputs) -> Iterator[str]:
    places = {p.place_id for p in inputs.places}
    passengers = {p.passenger_id for p in inputs.passengers}
    suppliers = {s.supplier_id for s in inputs.suppliers}
    types = {t.vehicle_type_id for t in inputs.vehicle_types}
    depots = {d.depot_id for d in inputs.depots}
    homes = {h.home_id: h.passenger_id for h in inputs.homes}
    sites = {s.site_id for s in inputs.sites}
    calendars = {c.calendar_id for c in inputs.calendars}
    pairs: list[tuple[str, str | None, Container[str | None]]] = [
        *(("place", h.place_id, places) for h in inputs.homes),
        *(("passenger", h.passenger_id, passengers) for h in inputs.homes),
        *(("place", s.place_id, places) for s in inputs.sites),
        *(("calendar", s.calendar_id, calendars) for s in inputs.sites),
        *(("place", d.place_id, places) for d in inputs.depots),
        *(("place", p.place_id, places) for p in inputs.pick_up_points),
        *(("passenger", d.passenger_id, passengers) for d in inputs.demands),
        *(("site", d.site_id, sites) for d in inputs.demands),
        *(("depot", v.depot_id, depots) for v in inputs.vehicles),
        *(("type", v.vehicle_type_id, types) for v in inputs.vehicles),
        *(("depot", c.depot_id, depots) for c in inputs.crews),
        *(("type", v.vehicle_type_id, types) for s in inputs.suppliers for v in s.vehicles),
        *(("place", s.base_place_id, {*places, None}) for s in inputs.suppliers),
        *(("place", s.area_centre_place_id, {*places, None}) for s in inputs.suppliers),
        *(("supplier", c.supplier_id, suppliers) for c in inputs.rate_cards),
        *(
            ("type", r.vehicle_type_id, {*types, None})
            for c in inputs.rate_cards
            for r in c.rates
        ),
        *(("supplier", b, suppliers) for p in inputs.passengers for b in p.barred_suppliers),
        *(("passenger", r.passenger_id, passengers) for r in inputs.current_routes),
        *(
            ("provider", r.provider_id, {*suppliers, OWN_PROVIDER_ID})
            for r in inputs.current_routes
        ),
        *(("type", r.vehicle_type_id, types) for r in inputs.current_routes),
    ]
    yield from (
        f"{kind} {key} does not exist" for kind, key, known in pairs if key not in known
    )
    for d in inputs.demands:
        if homes.get(d.home_id) != d.passenger_id:
            yield f"demand {d.demand_id} uses a home of somebody else"


def _people(inputs: Inputs) -> Iterator[str]:
    by_id = {p.passenger_id: p for p in inputs.passengers}
    for p in inputs.passengers:
        for other in p.together_with:
            if p.passenger_id not in by_id[other].together_with:
                yield f"{p.passenger_id} and {other} are together on one side only"
            if by_id[other].travels_alone or p.travels_alone:
                yield f"{p.passenger_id} rides with {other} but one of them travels alone"
        for other in p.apart_from:
            if p.passenger_id not in by_id[other].apart_from:
                yield f"{p.passenger_id} and {other} are apart on one side only"
        if p.apart_from & p.together_with or p.passenger_id in p.apart_from | p.together_with:
            yield f"{p.passenger_id} has contradictory companions"
        if p.assistant_id is not None and p.assistant is AssistantNeed.NONE:
            yield f"{p.passenger_id} names an assistant it does not need"
        if p.needs_trained_assistant and p.assistant is AssistantNeed.NONE:
            yield f"{p.passenger_id} needs a trained assistant and none"
        if p.wheelchair is Wheelchair.STAYS and p.n_seats_taken:
            yield f"{p.passenger_id} takes a seat and a space"


def _demand(inputs: Inputs) -> Iterator[str]:
    seen: Counter[tuple[str, Direction, int, str]] = Counter()
    n_at: Counter[tuple[str, int]] = Counter()
    for d in inputs.demands:
        if not d.weekdays or not d.weeks:
            yield f"demand {d.demand_id} is on no day"
        for day in d.weekdays:
            for week in d.weeks:
                seen[d.passenger_id, d.direction, day, week] += 1
            if d.direction is Direction.OUT:
                n_at[d.site_id, day] += 1
    yield from (f"{key} travels {n} times" for key, n in seen.items() if n > 1)
    travelling = {d.passenger_id for d in inputs.demands}
    yield from (
        f"{p.passenger_id} has no demand"
        for p in inputs.passengers
        if p.passenger_id not in travelling
    )
    for s in inputs.sites:
        if not s.arrive_from_s < s.arrive_by_s <= s.leave_from_s < s.leave_by_s:
            yield f"site {s.site_id} has bell times out of order"
        if s.n_places is not None:
            yield from (
                f"site {s.site_id} is over its {s.n_places} places on weekday {day}"
                for day in range(5)
                if n_at[s.site_id, day] > s.n_places
            )


def _company(inputs: Inputs) -> Iterator[str]:
    types = {t.vehicle_type_id: t for t in inputs.vehicle_types}
    for t in inputs.vehicle_types:
        for layout in t.layouts:
            if layout.n_seats + layout.n_wheelchair_spaces > t.n_passenger_seats:
                yield f"type {t.vehicle_type_id} has a layout above its seats"
            if layout.n_wheelchair_spaces and not t.has_lift:
                yield f"type {t.vehicle_type_id} has wheelchair spaces and no lift"
    costed = {c.vehicle_type_id for c in inputs.own_costs.types}
    for depot in inputs.depots:
        here = [v for v in inputs.vehicles if v.depot_id == depot.depot_id]
        drivers = [
            c
            for c in inputs.crews
            if c.depot_id == depot.depot_id and c.role is CrewRole.DRIVER
        ]
        # LIC-3: D1 covers 9 to 16 seats, so the company owns nothing larger.
        large = [v for v in here if types[v.vehicle_type_id].n_passenger_seats >= 9]
        if any(types[v.vehicle_type_id].n_passenger_seats > 16 for v in here):
            yield f"depot {depot.depot_id} has a vehicle no driver of it may drive"
        if len(drivers) < len(here) or sum(c.has_d1 and c.has_cpc for c in drivers) < len(
            large
        ):
            yield f"depot {depot.depot_id} has too few drivers"
        if any(v.vehicle_type_id not in costed for v in here):
            yield f"depot {depot.depot_id} has a vehicle without costs"


def _market(inputs: Inputs) -> Iterator[str]:
    types = {t.vehicle_type_id: t for t in inputs.vehicle_types}
    cards = {c.supplier_id: c for c in inputs.rate_cards}
    for s in inputs.suppliers:
        card = cards[s.supplier_id]
        if not card.valid_from <= inputs.year_from or card.valid_to < inputs.year_to:
            yield f"rate card {card.rate_card_id} does not cover the year"
        if (s.area_centre_place_id is None) != (s.area_radius_m is None):
            yield f"supplier {s.supplier_id} has half an area"
        has_permit = s.has_section_19_permit and not s.is_for_profit
        for v in s.vehicles:
            large = types[v.vehicle_type_id].n_passenger_seats >= 9
            allowed = s.has_psv_licence or (has_permit if large else s.has_private_hire_licence)
            if not allowed:
                yield f"supplier {s.supplier_id} may not run {v.vehicle_type_id}"
            priced = {
                r.basis for r in card.rates if r.vehicle_type_id in (None, v.vehicle_type_id)
            }
            if not priced & {RateBasis.FIXED, RateBasis.HOUR, RateBasis.LOADED_MILE}:
                yield f"supplier {s.supplier_id} has no price for {v.vehicle_type_id}"
        bases = {r.basis for r in card.rates}
        if s.n_assistants and not bases & {RateBasis.ASSISTANT, RateBasis.ASSISTANT_HOUR}:
            yield f"supplier {s.supplier_id} has assistants without a rate"
        if s.n_trained_assistants and RateBasis.TRAINED_ASSISTANT not in bases:
            yield f"supplier {s.supplier_id} has trained assistants without a rate"


def _calendars(inputs: Inputs) -> Iterator[str]:
    for c in inputs.calendars:
        if c.first_date > inputs.year_from or c.last_date < inputs.year_to:
            yield f"calendar {c.calendar_id} does not cover the year"
        if any(d.weekday() > 4 for d in c.open_dates):
            yield f"calendar {c.calendar_id} is open at a weekend"
    school = [
        c
        for c in inputs.calendars
        if any(
            s.calendar_id == c.calendar_id and s.kind is not SiteKind.DAY_CENTRE
            for s in inputs.sites
        )
    ]
    if any(inputs.service_date not in c.open_dates for c in school):
        yield "the service date is no school day"
    if inputs.service_date - timedelta(days=2) not in school[0].open_dates:
        yield "the service date lies in a broken week"
