"""A small council made by hand: two sites, eight passengers, two providers, three duties.

Every figure below can be worked out on paper. Personal values are canaries: text that no real
record holds, so that a search of an output finds each leak.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from data.checks import CheckCounts, CheckReport
from data.fleet import Crew, CrewRole, Layout, Supplier, SupplierVehicles, Vehicle, VehicleType
from data.inputs import Inputs, fingerprint
from data.money import (
    Assumption,
    CostBasis,
    CostLine,
    OwnCosts,
    OwnTypeCost,
    PayRate,
    Rate,
    RateBasis,
    RateCard,
)
from data.passengers import AssistantNeed, Demand, Direction, Passenger, Phase, Wheelchair
from data.places import Calendar, Depot, Home, Place, Session, Site, SiteKind, Week
from data.plans import (
    DayType,
    DeadRun,
    Duty,
    Plan,
    Route,
    SearchRecord,
    Stop,
    Timetable,
    Unserved,
    UnservedReason,
)
from data.runs import (
    Measures,
    PassengerShare,
    ProviderMeasures,
    RideMeasures,
    RouteAlternatives,
    RunRecord,
    YearRow,
    build_run_id,
    build_year_parts,
)

STAMP = datetime(2026, 9, 10, 4, 30, 0, 123456, tzinfo=UTC)
SERVICE_DATE = date(2026, 9, 16)

NEED_CANARY = "need-canary-zq"
NAME_CANARY = "Canaryname"
PROTECTED_POSTCODE = "ZZ9 9ZZ"

VAN, BUS = "van", "bus"


def build_place(place_id: str, easting_m: int, northing_m: int, postcode: str | None) -> Place:
    """Build a place of which the degrees are near enough for a test."""
    return Place(
        place_id=place_id,
        easting_m=easting_m,
        northing_m=northing_m,
        lon=0.7 + (easting_m - 587_000) / 68_000,
        lat=51.54 + (northing_m - 186_000) / 111_000,
        postcode=postcode,
    )


def build_passenger(number: int, phase: Phase = Phase.PRIMARY, **fields: object) -> Passenger:
    """Build a passenger with a canary name and need."""
    made = Passenger(
        passenger_id=f"p{number}",
        name=f"{NAME_CANARY} {'ABCDEFGH'[number - 1]}",
        birth_date=date(2017, 1, number),
        phase=phase,
        need=NEED_CANARY,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def build_inputs() -> Inputs:
    """Build the small council's inputs."""
    places = [
        build_place("pl-depot", 586_000, 186_500, "SS1 1AA"),
        build_place("pl-base", 589_500, 185_500, "SS1 2AA"),
        build_place("pl-school", 587_500, 187_500, "SS2 1AA"),
        build_place("pl-centre", 588_800, 186_200, "SS3 1AA"),
    ]
    spots = [
        (585_200, 186_900), (585_900, 187_400), (586_400, 188_000), (588_300, 188_300),
        (588_900, 187_600), (589_800, 187_000), (589_400, 186_400), (586_900, 185_800),
    ]  # fmt: skip
    for number, (easting_m, northing_m) in enumerate(spots, start=1):
        postcode = PROTECTED_POSTCODE if number == 2 else f"SS{number} 4AB"
        places.append(build_place(f"pl-h{number}", easting_m, northing_m, postcode))
    passengers = (
        build_passenger(1),
        build_passenger(2, equipment=("harness",), must_be_received=True),
        build_passenger(
            3,
            Phase.SECONDARY,
            wheelchair=Wheelchair.STAYS,
            needs_lift=True,
            assistant=AssistantNeed.SHARED,
        ),
        build_passenger(4, travels_alone=True),
        build_passenger(5, Phase.SECONDARY),
        build_passenger(6, Phase.ADULT),
        build_passenger(7, Phase.ADULT, wheelchair=Wheelchair.TRANSFERS),
        build_passenger(8),
    )
    demands = []
    for passenger in passengers:
        number = int(passenger.passenger_id[1:])
        for direction in Direction:
            demands.append(
                Demand(
                    demand_id=f"d{number}-{direction}",
                    passenger_id=f"p{number}",
                    site_id="centre" if number in (6, 7) else "school",
                    home_id=f"h{number}",
                    direction=direction,
                )
            )
    open_dates = frozenset({SERVICE_DATE, date(2026, 9, 17)})
    year = (date(2026, 9, 1), date(2027, 8, 31))
    return Inputs(
        place="handmade",
        title="A small council made by hand",
        service_date=SERVICE_DATE,
        year_from=year[0],
        year_to=year[1],
        places=tuple(places),
        passengers=passengers,
        homes=tuple(
            Home(
                home_id=f"h{n}",
                passenger_id=f"p{n}",
                place_id=f"pl-h{n}",
                is_protected=n == 2,
            )
            for n in range(1, 9)
        ),
        demands=tuple(demands),
        sites=(
            Site(
                site_id="school",
                name="Cedar School",
                kind=SiteKind.SPECIAL_SCHOOL,
                place_id="pl-school",
                arrive_from_s=8 * 3600 + 1800,
                arrive_by_s=9 * 3600,
                leave_from_s=15 * 3600,
                leave_by_s=15 * 3600 + 1200,
                calendar_id="term",
            ),
            Site(
                site_id="centre",
                name="Viking Day Centre",
                kind=SiteKind.DAY_CENTRE,
                place_id="pl-centre",
                arrive_from_s=9 * 3600 + 1800,
                arrive_by_s=10 * 3600,
                leave_from_s=14 * 3600,
                leave_by_s=14 * 3600 + 1800,
                calendar_id="term",
                is_position_assumed=True,
            ),
        ),
        calendars=(
            Calendar(
                calendar_id="term",
                name="Term",
                first_date=year[0],
                last_date=year[1],
                open_dates=open_dates,
            ),
        ),
        depots=(Depot(depot_id="depot", name="Depot", place_id="pl-depot"),),
        vehicle_types=(
            VehicleType(
                vehicle_type_id=BUS,
                name="Accessible minibus",
                layouts=(
                    Layout(n_seats=12, n_wheelchair_spaces=0),
                    Layout(n_seats=8, n_wheelchair_spaces=2),
                ),
                has_lift=True,
                n_passenger_seats=12,
                n_places_before_adaptation=16,
            ),
            VehicleType(
                vehicle_type_id=VAN,
                name="Car",
                layouts=(Layout(n_seats=4, n_wheelchair_spaces=0),),
                has_lift=False,
                n_passenger_seats=4,
                n_places_before_adaptation=5,
            ),
        ),
        vehicles=(Vehicle(vehicle_id="v1", vehicle_type_id=BUS, depot_id="depot"),),
        crews=(
            Crew(
                crew_id="c1", role=CrewRole.DRIVER, depot_id="depot", has_d1=True, has_cpc=True
            ),
            Crew(crew_id="c2", role=CrewRole.ASSISTANT, depot_id="depot"),
        ),
        suppliers=(
            Supplier(
                supplier_id="abc",
                name="ABC Cars",
                vehicles=(SupplierVehicles(vehicle_type_id=VAN, n_vehicles=5),),
                base_place_id="pl-base",
            ),
            Supplier(
                supplier_id="xyz",
                name="XYZ/Coaches: Southend?",
                vehicles=(SupplierVehicles(vehicle_type_id=VAN, n_vehicles=5),),
            ),
        ),
        rate_cards=tuple(
            RateCard(
                rate_card_id=f"{supplier}-2026",
                supplier_id=supplier,
                valid_from=year[0],
                valid_to=year[1],
                rates=(Rate(basis=RateBasis.FIXED, amount_mpence=1_200_000),),
            )
            for supplier in ("abc", "xyz")
        ),
        own_costs=OwnCosts(
            types=(
                OwnTypeCost(
                    vehicle_type_id=BUS,
                    running_mpence=45_000,
                    vehicle_pence_per_year=800_000,
                    standing_pence_per_year=450_000,
                ),
            ),
            driver=PayRate(pay_mpence_per_hour=1_347_000, worked_minutes_per_year=52_650),
            assistant=PayRate(pay_mpence_per_hour=1_305_000, worked_minutes_per_year=52_650),
        ),
        assumptions=(
            Assumption(
                name="Taxi rate",
                value="2.60",
                unit="£/loaded mile",
                year="2025",
                source="=cmd|'/c calc'!A1",
                grade="C",
            ),
        ),
        is_synthetic=True,
        attribution=("Contains OS data © Crown copyright and database right 2026",),
    )


def build_stop(
    place_id: str,
    arrive_s: int,
    leave_s: int,
    *,
    site_id: str | None = None,
    boarding: tuple[str, ...] = (),
    alighting: tuple[str, ...] = (),
    drive: tuple[int, int] = (0, 0),
) -> Stop:
    """Build a stop; `drive` is seconds and metres."""
    return Stop(
        place_id=place_id,
        site_id=site_id,
        arrive_s=arrive_s,
        leave_s=leave_s,
        boarding=boarding,
        alighting=alighting,
        drive_s=drive[0],
        drive_m=drive[1],
    )


def build_plan() -> Plan:
    """Build the plan: an own bus with two routes and a car of each supplier."""
    h = 3600
    own_am = Route(
        route_id="r1",
        session=Session.AM,
        layout=Layout(n_seats=8, n_wheelchair_spaces=2),
        n_assistants=1,
        stops=(
            build_stop("pl-h1", 8 * h, 8 * h + 60, boarding=("p1",)),
            build_stop("pl-h2", 8 * h + 240, 8 * h + 300, boarding=("p2",), drive=(180, 900)),
            build_stop("pl-h3", 8 * h + 480, 8 * h + 540, boarding=("p3",), drive=(180, 850)),
            build_stop(
                "pl-school",
                8 * h + 1860,
                8 * h + 2070,
                site_id="school",
                alighting=("p1", "p2", "p3"),
                drive=(1320, 1600),
            ),
        ),
    )
    own_pm = Route(
        route_id="r2",
        session=Session.PM,
        layout=Layout(n_seats=8, n_wheelchair_spaces=2),
        n_assistants=1,
        stops=(
            build_stop(
                "pl-school",
                15 * h - 300,
                15 * h,
                site_id="school",
                boarding=("p3", "p2", "p1"),
            ),
            build_stop(
                "pl-h3", 15 * h + 600, 15 * h + 630, alighting=("p3",), drive=(600, 1600)
            ),
            build_stop(
                "pl-h2", 15 * h + 810, 15 * h + 840, alighting=("p2",), drive=(180, 850)
            ),
            build_stop(
                "pl-h1", 15 * h + 1020, 15 * h + 1050, alighting=("p1",), drive=(180, 900)
            ),
        ),
    )
    solo_am = Route(
        route_id="r3",
        session=Session.AM,
        layout=Layout(n_seats=4, n_wheelchair_spaces=0),
        stops=(
            build_stop("pl-h4", 8 * h + 1500, 8 * h + 1560, boarding=("p4",)),
            build_stop(
                "pl-school",
                8 * h + 1860,
                8 * h + 2010,
                site_id="school",
                alighting=("p4",),
                drive=(300, 1200),
            ),
        ),
    )
    day_out = Route(
        route_id="r4",
        session=Session.DAY_OUT,
        layout=Layout(n_seats=4, n_wheelchair_spaces=0),
        stops=(
            build_stop("pl-h6", 9 * h + 1500, 9 * h + 1560, boarding=("p6",)),
            build_stop("pl-h7", 9 * h + 1680, 9 * h + 1740, boarding=("p7",), drive=(120, 700)),
            build_stop(
                "pl-centre",
                9 * h + 2000,
                9 * h + 2180,
                site_id="centre",
                alighting=("p6", "p7"),
                drive=(260, 900),
            ),
        ),
    )
    return Plan(
        plan_id="handmade-wed",
        place="handmade",
        day_type=DayType(
            day_type_id="wed-a-term",
            weekday=2,
            week=Week.A,
            open_calendar_ids=frozenset({"term"}),
        ),
        service_date=SERVICE_DATE,
        duties=(
            Duty(
                duty_id="own-1",
                provider_id="own",
                vehicle_type_id=BUS,
                routes=(own_am, own_pm),
                dead_runs=(
                    DeadRun(
                        from_place_id="pl-depot",
                        to_place_id="pl-h1",
                        depart_s=8 * h - 300,
                        arrive_s=8 * h,
                        drive_m=1_000,
                        before_route=0,
                    ),
                    DeadRun(
                        from_place_id="pl-h1",
                        to_place_id="pl-depot",
                        depart_s=15 * h + 1050,
                        arrive_s=15 * h + 1350,
                        drive_m=1_000,
                        before_route=2,
                    ),
                ),
                base_place_id="pl-depot",
                vehicle_id="v1",
                crew_ids=("c1", "c2"),
            ),
            Duty(
                duty_id="abc-1",
                provider_id="abc",
                vehicle_type_id=VAN,
                routes=(solo_am,),
                base_place_id="pl-base",
                rate_card_id="abc-2026",
            ),
            Duty(
                duty_id="xyz-1",
                provider_id="xyz",
                vehicle_type_id=VAN,
                routes=(day_out,),
                rate_card_id="xyz-2026",
            ),
        ),
        unserved=(
            Unserved(
                passenger_id="p5",
                session=Session.AM,
                reason=UnservedReason.RIDE_LIMIT_UNDER_DIRECT,
                evidence=(("direct_s", 5_100), ("max_ride_s", 4_500)),
                relaxation="A ride limit of 85 minutes would help.",
            ),
            Unserved(
                passenger_id="p8",
                session=Session.AM,
                reason=UnservedReason.NO_CAPACITY_LEFT,
            ),
        ),
        cost_pence=12_345,
        full_cost_pence=15_345,
        bound_pence=12_000,
        bound_policy="routes of up to two sites",
        search=SearchRecord(
            seed=1, steps=1_000, limit="steps", cpu_s=1.25, wall_s=0.7, n_workers=2
        ),
        inputs_hash="0" * 64,
        matrix_hash="1" * 64,
        code_version="0.1.0",
        flags=("schematic_network", "not_for_eligibility"),
    )


def build_lines(plan: Plan) -> tuple[CostLine, ...]:
    """Build cost lines that add up to the plan's 123.45 and 153.45 pounds."""

    def line(
        duty_id: str, route_id: str | None, provider_id: str, basis: CostBasis, item: str,
        quantity: int, unit: str, rate_mpence: int, amount_pence: int,
    ) -> CostLine:  # fmt: skip
        return CostLine(
            plan_id=plan.plan_id,
            duty_id=duty_id,
            route_id=route_id,
            provider_id=provider_id,
            basis=basis,
            item=item,
            quantity=quantity,
            unit=unit,
            rate_mpence=rate_mpence,
            amount_pence=amount_pence,
        )

    own, contract = CostBasis.AVOIDABLE, CostBasis.CONTRACT
    return (
        # 4.5 h at 20.00 an hour; 8.7 km = 5.406 miles at 45 p is 243.27 p, so 243 p.
        line("own-1", None, "own", own, "driver_hours", 16_200, "s", 2_000_000, 9_000),
        line("own-1", None, "own", own, "running", 8_700, "m", 45_000, 243),
        line("own-1", None, "own", CostBasis.FIXED, "overhead", 1, "duty", 3_000_000, 3_000),
        line("abc-1", "r3", "abc", contract, "fixed", 1, "route", 1_200_000, 1_200),
        line("abc-1", "r3", "abc", contract, "loaded_mile", 1_200, "m", 260_000, 194),
        line("xyz-1", "r4", "xyz", contract, "fixed", 1, "route", 1_708_000, 1_708),
    )


def build_shares(plan: Plan) -> tuple[PassengerShare, ...]:
    """Build shares that add up to the plan's cost."""
    amounts = {
        ("r1", "own-1"): (1_541, 1_540, 1_540),
        ("r2", "own-1"): (1_541, 1_541, 1_540),
        ("r3", "abc-1"): (1_394,),
        ("r4", "xyz-1"): (854, 854),
    }
    return tuple(
        PassengerShare(
            plan_id=plan.plan_id,
            duty_id=duty_id,
            route_id=route.route_id,
            session=route.session,
            passenger_id=passenger_id,
            amount_pence=amount_pence,
        )
        for route in plan.routes
        for (route_id, duty_id), shares in amounts.items()
        if route_id == route.route_id
        for passenger_id, amount_pence in zip(route.passenger_ids, shares, strict=True)
    )


def build_alternatives(plan: Plan) -> tuple[RouteAlternatives, ...]:
    """Build prices as bought and as own fleet; nobody sells the first route."""
    planned = {"r1": 4_621, "r2": 4_622, "r3": 1_394, "r4": 1_708}
    return tuple(
        RouteAlternatives(
            plan_id=plan.plan_id,
            duty_id=duty.duty_id,
            route_id=route.route_id,
            session=route.session,
            provider_id=duty.provider_id,
            vehicle_type_id=duty.vehicle_type_id,
            planned_pence=planned[route.route_id],
            planned_full_pence=planned[route.route_id],
            n_rate_cards=0 if route.route_id == "r1" else 2,
            bought_pence=None if route.route_id == "r1" else 1_400,
            bought_provider_id="" if route.route_id == "r1" else "abc",
            bought_vehicle_type_id="" if route.route_id == "r1" else VAN,
            bought_rate_card_id="" if route.route_id == "r1" else "abc-2026",
            own_avoidable_pence=4_000,
            own_full_pence=6_000,
            own_vehicle_type_id=BUS,
            own_depot_id="depot",
        )
        for duty in plan.duties
        for route in duty.routes
    )


def build_year_rows(plan: Plan) -> tuple[YearRow, ...]:
    """Build the year: two dates with the same plan, the second 10 pence dearer at xyz."""
    costs = {"abc": (1_394, 1_394), "own": (9_243, 12_243), "xyz": (1_708, 1_708)}
    return tuple(
        YearRow(
            service_date=day,
            day_type_id="wed-a-term",
            plan_id=plan.plan_id,
            provider_id=provider_id,
            cost_pence=cost_pence + rise,
            full_cost_pence=full_pence + rise,
            recoverable_vat_pence=0,
        )
        for day in (SERVICE_DATE, date(2026, 9, 17))
        for provider_id, (cost_pence, full_pence) in costs.items()
        for rise in (10 if provider_id == "xyz" and day != SERVICE_DATE else 0,)
    )


def build_measures() -> Measures:
    """Build the figures of the plan by hand."""

    def provider(
        provider_id: str, name: str, n_journeys: int, n_routes: int, loaded_m: int, dead_m: int,
        cost_pence: int, full_cost_pence: int,
    ) -> ProviderMeasures:  # fmt: skip
        return ProviderMeasures(
            provider_id=provider_id,
            name=name,
            n_passenger_journeys=n_journeys,
            n_routes=n_routes,
            n_duties=1,
            loaded_m=loaded_m,
            dead_m=dead_m,
            cost_pence=cost_pence,
            full_cost_pence=full_cost_pence,
            # Two dates, the second 10 pence dearer at xyz.
            year_pence=2 * cost_pence + (10 if provider_id == "xyz" else 0),
        )

    return Measures(
        n_passengers=8,
        n_carried=6,
        n_unserved=2,
        n_routes=4,
        n_duties=3,
        n_own_vehicles=1,
        loaded_m=9_500,
        dead_m=2_000,
        cost_pence=12_345,
        full_cost_pence=15_345,
        year_pence=24_700,
        year_full_pence=30_700,
        bound_pence=12_000,
        providers=(
            provider("abc", "ABC Cars", 1, 1, 1_200, 0, 1_394, 1_394),
            provider("own", "Own company", 6, 2, 6_700, 2_000, 9_243, 12_243),
            provider("xyz", "XYZ/Coaches: Southend?", 2, 1, 1_600, 0, 1_708, 1_708),
        ),
        rides=(
            RideMeasures(
                phase="primary",
                guide_s=2_700,
                n_journeys=5,
                n_over_guide=0,
                median_s=840,
                worst_s=1_800,
            ),
        ),
    )


def build_run(inputs: Inputs | None = None, created_utc: datetime = STAMP) -> RunRecord:
    """Build the run record of the hand-made plan."""
    used = build_inputs() if inputs is None else inputs
    plan = replace(build_plan(), inputs_hash=fingerprint(used))
    report = CheckReport(
        plan_id=plan.plan_id,
        day_type_id=plan.day_type.day_type_id,
        plan_hash=fingerprint(plan),
        inputs_hash=plan.inputs_hash,
        matrix_hash=plan.matrix_hash,
        violations=(),
        counts=CheckCounts(n_passengers=8, n_journeys=16),
    )
    run = RunRecord(
        run_id="",
        kind="plan",
        place=used.place,
        title=used.title,
        created_utc=created_utc,
        code_version="0.1.0",
        inputs_hash=plan.inputs_hash,
        matrix_hash=plan.matrix_hash,
        plan=plan,
        settings=(("seconds", "60"), ("seed", "1")),
        seed=1,
        steps=1_000,
        limit="steps",
        versions=(("numpy", "2.4.6"), ("python", "3.11.7")),
        timetable=Timetable(
            timetable_id="handmade-2026",
            plans=(plan,),
            dates=((SERVICE_DATE, "wed-a-term"), (date(2026, 9, 17), "wed-a-term")),
        ),
        lines=build_lines(plan),
        shares=build_shares(plan),
        alternatives=build_alternatives(plan),
        year=build_year_parts(build_year_rows(plan)),
        checks=(report,),
        measures=build_measures(),
        is_synthetic=True,
        attribution=used.attribution,
    )
    return replace(run, run_id=build_run_id(run))
