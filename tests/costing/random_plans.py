"""Random councils with rate cards of every shape, and random plans that hang together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from costing.rate_cards import PRICING_BASES
from data.fleet import Layout, Supplier, SupplierVehicles, Vehicle
from data.inputs import Inputs
from data.money import OwnTypeCost, PayRate, Rate, RateBasis, RateCard, VatTreatment
from data.places import Depot, Session
from data.plans import DeadRun, Duty, Plan, Route, Stop
from data.policy import Policy
from tests.costing.builders import (
    OWN_COSTS,
    make_inputs,
    make_passenger,
    make_plan,
    make_site,
)

SESSION_STARTS = {
    Session.AM: 27_000,
    Session.DAY_OUT: 34_500,
    Session.DAY_HOME: 46_000,
    Session.PM: 53_000,
}
ON = date(2027, 10, 6)


def make_random_inputs(random: Random) -> Inputs:
    """A council with two depots, two own types, and one to four suppliers."""
    suppliers = [_make_supplier(random, i) for i in range(random.randint(1, 4))]
    cards = [card for s in suppliers for card in _make_cards(random, s)]
    costs = replace(
        OWN_COSTS,
        types=tuple(
            OwnTypeCost(
                vehicle_type_id=type_id,
                running_mpence=random.randint(0, 90_000),
                vehicle_pence_per_year=random.randint(0, 2_000_000),
                standing_pence_per_year=random.randint(0, 900_000),
            )
            for type_id in ("car", "bus")
        ),
        driver=_make_pay(random),
        assistant=_make_pay(random),
        trained_assistant_extra_mpence_per_hour=random.choice((0, random.randint(1, 300_000))),
        cover_bp=random.randint(0, 1_500),
        sign_on_s=random.randint(0, 1_200),
        min_paid_s=random.randint(0, 12_000),
        overhead_bp=random.randint(0, 2_000),
        days_per_year=random.randint(150, 260),
    )
    return make_inputs(
        cards=cards,
        suppliers=suppliers,
        service_date=ON,
        own_costs=costs,
        policy=Policy(is_vat_recovered=random.random() < 0.5),
        passengers=tuple(
            make_passenger(
                f"p{i}",
                boarding_s=random.randint(0, 300),
                alighting_s=random.randint(0, 300),
            )
            for i in range(10)
        ),
        sites=(
            make_site("s1", "site-1", random.randint(0, 400)),
            make_site("s2", "site-2", random.randint(0, 400)),
        ),
        depots=(
            Depot(depot_id="D1", name="One", place_id="depot"),
            Depot(depot_id="D2", name="Two", place_id="base"),
        ),
        vehicles=tuple(
            Vehicle(vehicle_id=f"V{i}", vehicle_type_id=type_id, depot_id=depot_id)
            for i, (type_id, depot_id) in enumerate(
                (("car", "D1"), ("bus", "D1"), ("bus", "D2"), ("car", "D2"))
            )
        ),
    )


def _make_pay(random: Random) -> PayRate:
    return PayRate(
        pay_mpence_per_hour=random.randint(1_000_000, 2_000_000),
        worked_minutes_per_year=random.randint(6_000, 120_000),
        leave_bp=random.randint(0, 2_000),
        pension_bp=random.randint(0, 3_000),
    )


def _make_supplier(random: Random, i: int) -> Supplier:
    return Supplier(
        supplier_id=f"sup{i}",
        name=f"Supplier {i}",
        vehicles=tuple(
            SupplierVehicles(vehicle_type_id=type_id, n_vehicles=5)
            for type_id in random.choice((("car",), ("bus",), ("car", "bus")))
        ),
        base_place_id=random.choice(("base", None)),
        is_vat_registered=random.random() < 0.7,
        has_psv_licence=True,
        n_trained_assistants=2,
    )


def _make_cards(random: Random, supplier: Supplier) -> list[RateCard]:
    """One card, sometimes an older one that it replaced."""
    card = RateCard(
        rate_card_id=f"{supplier.supplier_id}-card",
        supplier_id=supplier.supplier_id,
        valid_from=date(random.choice((2024, 2025, 2026)), random.randint(1, 12), 5),
        valid_to=date(2028, 1, 1),
        rates=_make_rates(random),
        vat=random.choice(list(VatTreatment)),
        uplift_bp=random.choice((0, 300, random.randint(-200, 1_500))),
        discount_from_routes=(n_least := random.choice((0, 0, 1, 2, 4))),
        discount_bp=random.randint(1, 4_000) if n_least else 0,
    )
    old = replace(card, rate_card_id="old", valid_from=date(2023, 1, 1), rates=card.rates[:1])
    return [card, old] if random.random() < 0.3 else [card]


def _make_rates(random: Random) -> tuple[Rate, ...]:
    rates: list[Rate] = []
    school_run = frozenset({Session.AM, Session.PM})
    between = frozenset(Session) - school_run

    def add(basis: RateBasis, high_mpence: int, chance: float) -> None:
        if random.random() > chance:
            return
        for sessions in random.choice(((frozenset(Session),), (school_run, between))):
            rates.append(
                Rate(
                    basis=basis, amount_mpence=random.randint(1, high_mpence), sessions=sessions
                )
            )
            if random.random() < 0.2:
                rates.append(
                    Rate(
                        basis=basis,
                        amount_mpence=random.randint(1, high_mpence),
                        sessions=sessions,
                        vehicle_type_id="bus",
                    )
                )

    add(RateBasis.FIXED, 5_000_000, 0.85)
    add(RateBasis.DEAD_MILE, 300_000, 0.5)
    add(RateBasis.HOUR, 5_000_000, 0.5)
    add(RateBasis.WAITING_HOUR, 3_000_000, 0.5)
    add(RateBasis.ASSISTANT, 3_000_000, 0.5)
    add(RateBasis.ASSISTANT_HOUR, 3_000_000, 0.5)
    add(RateBasis.TRAINED_ASSISTANT, 3_000_000, 0.5)
    add(RateBasis.MINIMUM, 8_000_000, 0.5)
    ends = sorted(random.sample(range(1, 20_000), random.randint(0, 2)))
    begins = [random.choice((0, ends[0] // 2 if ends else 0)), *ends]
    has_miles = random.random() < 0.8
    if has_miles:
        rates.extend(
            Rate(
                basis=RateBasis.LOADED_MILE,
                amount_mpence=random.randint(1, 500_000),
                from_m=a,
                to_m=b,
            )
            for a, b in zip(begins, [*ends, None], strict=True)
        )
    if random.random() < 0.4 or not PRICING_BASES & {r.basis for r in rates}:
        included_m = random.choice((None, random.randint(1, 40_000))) if has_miles else None
        rates.append(
            Rate(
                basis=RateBasis.DAY_PAIR,
                amount_mpence=random.randint(1, 30_000_000),
                to_m=included_m,
            )
        )
    return tuple(rates)


def make_random_route(random: Random, route_id: str, session: Session, start_s: int) -> Route:
    """A route over one to three homes and one or two sites, perhaps with a wait between."""
    ids = [f"p{i}" for i in random.sample(range(10), random.randint(1, 5))]
    n_sites = random.randint(1, min(2, len(ids)))
    of_site = [ids[0], *(random.choice(("s1", "s2")[:n_sites]) for _ in ids[1:])]
    of_site = ["s1" if i == 0 else s for i, s in enumerate(of_site)]
    if n_sites == 2:
        of_site[-1] = "s2"
    homes = [f"home-{random.randint(1, 3)}" for _ in range(min(3, len(ids)))]
    at_home = [i % len(homes) for i in range(len(ids))]
    halts: list[tuple[str, str | None, list[str]]] = [
        (place, None, [p for p, h in zip(ids, at_home, strict=True) if h == k])
        for k, place in enumerate(homes)
    ]
    visits: list[tuple[str, str | None, list[str]]] = [
        (f"site-{s[1]}", s, [p for p, of in zip(ids, of_site, strict=True) if of == s])
        for s in ("s1", "s2")[:n_sites]
    ]
    order = visits + halts if session.is_homeward else halts + visits
    return Route(
        route_id=route_id,
        session=session,
        stops=_time_stops(random, order, session, start_s),
        layout=Layout(n_seats=16, n_wheelchair_spaces=0),
        n_assistants=(n := random.randint(0, 3)),
        n_trained_assistants=random.randint(0, min(n, 2)),
    )


def _time_stops(
    random: Random,
    order: list[tuple[str, str | None, list[str]]],
    session: Session,
    start_s: int,
) -> tuple[Stop, ...]:
    """Give halts their times; stays are drawn freely, at sites above any dwell."""
    stops: list[Stop] = []
    now_s = start_s
    for place_id, site_id, people in order:
        drive_s = 0 if not stops else random.randint(30, 1_500)
        drive_m = 0 if not stops else random.randint(100, 15_000)
        stay_s = 2_000 + random.choice((0, random.randint(1, 1_500))) if site_id else 300
        is_boarding = (site_id is not None) == session.is_homeward
        stops.append(
            Stop(
                place_id=place_id,
                site_id=site_id,
                arrive_s=now_s + drive_s,
                leave_s=now_s + drive_s + stay_s,
                boarding=tuple(people) if is_boarding else (),
                alighting=() if is_boarding else tuple(people),
                drive_s=drive_s,
                drive_m=drive_m,
            )
        )
        now_s = stops[-1].leave_s
    return tuple(stops)


def make_random_plan(random: Random, inputs: Inputs) -> Plan:
    """A plan of one to five duties over the council's offers."""
    bases = {d.depot_id: d.place_id for d in inputs.depots}
    options: list[tuple[str, str, str | None, str | None]] = [
        ("own", v.vehicle_type_id, bases[v.depot_id], None) for v in inputs.vehicles
    ]
    options += [
        (s.supplier_id, v.vehicle_type_id, s.base_place_id, f"{s.supplier_id}-card")
        for s in inputs.suppliers
        for v in s.vehicles
    ] * 3
    duties = [
        _make_duty(random, f"d{k}", *random.choice(options))
        for k in range(random.randint(1, 5))
    ]
    return make_plan(*duties, service_date=ON)


def _make_duty(
    random: Random,
    duty_id: str,
    provider_id: str,
    vehicle_type_id: str,
    base: str | None,
    rate_card_id: str | None,
) -> Duty:
    sessions = sorted(
        random.choices(list(SESSION_STARTS), k=random.randint(1, 4)),
        key=lambda s: SESSION_STARTS[s],
    )
    routes: list[Route] = []
    ready_s = 0
    for i, session in enumerate(sessions):
        start_s = max(SESSION_STARTS[session], ready_s) + random.randint(0, 900)
        routes.append(make_random_route(random, f"{duty_id}-r{i}", session, start_s))
        ready_s = routes[-1].end_s + random.choice((0, 900, 4_000))
    return Duty(
        duty_id=duty_id,
        provider_id=provider_id,
        vehicle_type_id=vehicle_type_id,
        routes=tuple(routes),
        dead_runs=tuple(_make_runs(random, routes, base)),
        base_place_id=base,
        rate_card_id=rate_card_id,
    )


def _make_runs(random: Random, routes: list[Route], base: str | None) -> list[DeadRun]:
    """Dead runs: by the base in long gaps by chance, else direct; from and to base if known."""
    runs: list[DeadRun] = []

    def add(from_id: str, to_id: str, depart_s: int, drive_s: int, before: int) -> None:
        runs.append(
            DeadRun(
                from_place_id=from_id,
                to_place_id=to_id,
                depart_s=depart_s,
                arrive_s=depart_s + drive_s,
                drive_m=random.randint(0, 9_000),
                before_route=before,
            )
        )

    if base:
        drive_s = random.randint(0, 1_500)
        add(base, routes[0].stops[0].place_id, routes[0].start_s - drive_s, drive_s, 0)
    for k in range(1, len(routes)):
        last, first = routes[k - 1], routes[k]
        gap_s = first.start_s - last.end_s
        from_id, to_id = last.stops[-1].place_id, first.stops[0].place_id
        if base and gap_s > 10 and random.random() < 0.6:
            drive_s = random.randint(1, gap_s // 2 - 1)
            add(from_id, base, last.end_s, drive_s, k)
            drive_s = random.randint(1, gap_s // 2 - 1)
            add(base, to_id, first.start_s - drive_s, drive_s, k)
        else:
            add(from_id, to_id, last.end_s, random.randint(0, gap_s), k)
    if base:
        last = routes[-1]
        add(last.stops[-1].place_id, base, last.end_s, random.randint(0, 1_500), len(routes))
    return runs
