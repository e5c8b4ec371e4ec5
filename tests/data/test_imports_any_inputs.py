"""Any well-formed inputs survive tables, workbook and CSV to the last second and penny."""

from __future__ import annotations

import tempfile
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.fleet import (
    Crew,
    CrewRole,
    Electric,
    Layout,
    Supplier,
    SupplierVehicles,
    Vehicle,
    VehicleType,
)
from data.imports import read_source, read_tables, write_csv_folder, write_workbook
from data.imports.cells import read_text
from data.inputs import Inputs
from data.money import (
    Assumption,
    OwnCosts,
    OwnTypeCost,
    PayRate,
    Rate,
    RateBasis,
    RateCard,
    VatTreatment,
)
from data.passengers import AssistantNeed, Demand, Direction, Passenger, Phase, Wheelchair
from data.places import (
    Calendar,
    Depot,
    Gate,
    Home,
    PickUpPoint,
    Place,
    Session,
    Site,
    SiteKind,
    Week,
)
from data.plans import CurrentRoute, Lock, LockKind
from data.policy import Policy
from data.tables import inputs_to_tables

YEAR = (date(2026, 9, 1), date(2027, 8, 31))
SECONDS = st.integers(0, 100_000)
PENCE = st.integers(0, 10**9)
MPENCE = st.integers(0, 10**9)
SHARE = st.integers(0, 20_000)
# text as it stands after reading: composed, trimmed, without invisible characters
TEXT = (
    st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Co", "Cn")), max_size=12)
    .map(lambda text: read_text("x" + text)[1:].strip())
    .filter(lambda text: text == read_text("'" + text if text[:1] in "=+-@" else text))
    .filter(lambda text: not text.upper().startswith(("EXAMPLE:", "TOTAL", "SUM", "COUNT")))
)
NAME = TEXT.filter(lambda text: text not in ("", "'"))
ITEM = NAME.filter(lambda text: not set(text) & set(";|\n\r"))


@st.composite
def places(draw: st.DrawFn, place_id: str) -> Place:
    """A place with any exact coordinates in England."""
    return Place(
        place_id=place_id,
        easting_m=draw(st.integers(500_000, 600_000)),
        northing_m=draw(st.integers(150_000, 300_000)),
        lon=draw(st.floats(-1.0, 1.5)),
        lat=draw(st.floats(51.0, 53.0)),
        postcode=draw(st.sampled_from([None, "SS2 6ER", "ZE1 0AA"])),
        is_beyond_network=draw(st.booleans()),
    )


def _window(draw: st.DrawFn) -> tuple[int, int]:
    first, last = sorted((draw(SECONDS), draw(SECONDS)))
    return first, last


@st.composite
def passengers(draw: st.DrawFn, number: int) -> Passenger:
    """A passenger without relations."""
    assistant = draw(st.sampled_from(AssistantNeed))
    has = assistant is not AssistantNeed.NONE
    return Passenger(
        passenger_id=f"0{number}",
        name=draw(TEXT),
        birth_date=draw(st.dates(date(1930, 1, 1), date(2023, 1, 1))),
        phase=draw(st.sampled_from([Phase.PRIMARY, Phase.SECONDARY, Phase.POST_16])),
        need=draw(TEXT),
        wheelchair=draw(st.sampled_from(Wheelchair)),
        needs_lift=draw(st.booleans()),
        n_seats=draw(st.integers(1, 6)),
        assistant=assistant,
        assistant_id=draw(st.sampled_from([None, f"A{number}"])) if has else None,
        needs_trained_assistant=draw(st.booleans()) if has else False,
        travels_alone=False,
        max_ride_s=draw(st.none() | st.integers(60, 20_000)),
        walk_limit_m=draw(st.integers(0, 5_000)),
        boarding_s=draw(st.integers(0, 1_800)),
        alighting_s=draw(st.integers(0, 1_800)),
        must_be_received=draw(st.booleans()),
        barred_suppliers=draw(st.frozensets(st.sampled_from(["SUP", "own"]))),
        equipment=tuple(draw(st.lists(ITEM, max_size=3))),
    )


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """A calendar of any pattern of open days."""
    days = st.integers(0, (YEAR[1] - YEAR[0]).days).map(lambda n: YEAR[0] + timedelta(days=n))
    return Calendar(
        calendar_id="term",
        name=draw(TEXT),
        first_date=YEAR[0],
        last_date=YEAR[1],
        open_dates=frozenset(draw(st.sets(days, max_size=40))),
        week_b_dates=frozenset(draw(st.sets(days, max_size=20))),
    )


@st.composite
def sites(draw: st.DrawFn) -> Site:
    """A site whose windows follow each other."""
    times = sorted(draw(SECONDS) for _ in range(4))
    return Site(
        site_id="S/1",
        name=draw(NAME),
        kind=draw(st.sampled_from(SiteKind)),
        place_id="PL1",
        arrive_from_s=times[0],
        arrive_by_s=times[1],
        leave_from_s=times[2],
        leave_by_s=times[3] + 1,
        calendar_id="term",
        dwell_s=draw(st.integers(0, 3_600)),
        n_places=draw(st.none() | st.integers(0, 500)),
        is_position_assumed=draw(st.booleans()),
        note=draw(TEXT),
    )


@st.composite
def cards(draw: st.DrawFn) -> RateCard:
    """A rate card with mile bands one after the other."""
    ends = sorted(draw(st.sets(st.integers(1, 90_000), max_size=3)))
    rates = [
        Rate(basis=RateBasis.LOADED_MILE, amount_mpence=draw(MPENCE), from_m=low, to_m=high)
        for low, high in zip([0, *ends], [*ends, None], strict=True)
    ]
    others = draw(
        st.sets(st.sampled_from([RateBasis.FIXED, RateBasis.HOUR, RateBasis.MINIMUM]))
    )
    rates += [
        Rate(
            basis=basis,
            amount_mpence=draw(MPENCE),
            vehicle_type_id=draw(st.sampled_from([None, "bus"])),
            sessions=draw(st.frozensets(st.sampled_from(Session), min_size=1)),
        )
        for basis in sorted(others)
    ]
    return RateCard(
        rate_card_id="RC",
        supplier_id="SUP",
        valid_from=YEAR[0],
        valid_to=YEAR[1],
        rates=tuple(rates),
        vat=draw(st.sampled_from(VatTreatment)),
        uplift_bp=draw(st.integers(-5_000, 10_000)),
        source=draw(TEXT),
        grade=draw(st.sampled_from("ABC")),
    )


def _policy(draw: st.DrawFn) -> Policy:
    """A policy of any numbers."""
    values: dict[str, Any] = {}
    for name, default in ((f, getattr(Policy(), f)) for f in Policy.__dataclass_fields__):
        values[name] = draw(st.booleans() if isinstance(default, bool) else SECONDS)
    return Policy(**{**values, "is_mixing_children_and_adults": True})


def _pay(draw: st.DrawFn) -> PayRate:
    return PayRate(
        pay_mpence_per_hour=draw(MPENCE),
        worked_minutes_per_year=draw(st.integers(1, 200_000)),
        leave_bp=draw(SHARE),
        pension_bp=draw(SHARE),
        levy_bp=draw(SHARE),
        ni_bp=draw(SHARE),
        ni_threshold_pence=draw(PENCE),
    )


@st.composite
def any_inputs(draw: st.DrawFn) -> Inputs:
    """Inputs of one site, a few people and every kind of thing, with any numbers."""
    people = [draw(passengers(number)) for number in range(draw(st.integers(1, 3)))]
    homes = [
        Home(
            home_id=f"H{p.passenger_id}",
            passenger_id=p.passenger_id,
            place_id=draw(st.sampled_from(["PL1", "PL2"])),
            pick_up_from_s=draw(st.none() | SECONDS),
            received_from_s=draw(st.sampled_from([None, 0, 3_601])),
            received_by_s=draw(st.sampled_from([None, 86_399, 86_400])),
            is_protected=draw(st.booleans()),
        )
        for p in people
    ]
    demands = [
        Demand(
            demand_id=f"D{p.passenger_id}-{direction}",
            passenger_id=p.passenger_id,
            site_id="S/1",
            home_id=f"H{p.passenger_id}",
            direction=direction,
            weekdays=draw(st.frozensets(st.integers(0, 6), min_size=1)),
            weeks=draw(st.frozensets(st.sampled_from(Week), min_size=1)),
            starts_on=draw(st.sampled_from([None, YEAR[0]])),
            ends_on=draw(st.sampled_from([None, YEAR[1]])),
        )
        for p in people
        for direction in Direction
    ]
    locks = (
        Lock(
            lock_id="L1", kind=LockKind.PASSENGER_ON_ROUTE, passenger_id="00", target_id="R 1"
        ),
        Lock(
            lock_id="L2",
            kind=LockKind.PASSENGER_NOT_WITH_SUPPLIER,
            passenger_id="00",
            target_id="SUP",
            session=draw(st.none() | st.sampled_from(Session)),
        ),
    )
    if len(people) > 1:
        attribute = draw(st.sampled_from(["apart_from", "together_with"]))
        for at, other in ((0, 1), (1, 0)):
            values = {f: getattr(people[at], f) for f in Passenger.__dataclass_fields__}
            values[attribute] = frozenset({people[other].passenger_id})
            values["assistant_id"] = None
            people[at] = Passenger(**values)
    return Inputs(
        place="testshire",
        title=draw(TEXT),
        service_date=draw(st.dates(*YEAR)),
        year_from=YEAR[0],
        year_to=YEAR[1],
        places=(draw(places("PL1")), draw(places("PL2"))),
        passengers=tuple(people),
        homes=tuple(homes),
        demands=tuple(demands),
        sites=(draw(sites()),),
        calendars=(draw(calendars()),),
        depots=(
            Depot(
                depot_id="DEP", name=draw(NAME), place_id="PL2", opens_s=draw(SECONDS),
                closes_s=172_800, n_chargers=draw(st.integers(0, 1_000)),
            ),
        ),
        vehicle_types=(
            VehicleType(
                vehicle_type_id="bus",
                name=draw(NAME),
                layouts=(Layout(n_seats=8, n_wheelchair_spaces=1),
                         Layout(n_seats=draw(st.integers(1, 8)), n_wheelchair_spaces=2)),
                has_lift=draw(st.booleans()),
                n_passenger_seats=8,
                n_places_before_adaptation=draw(st.integers(0, 20)),
                co2e_g_per_km=draw(st.integers(0, 5_000)),
                electric=draw(
                    st.none()
                    | st.builds(
                        Electric,
                        range_m=st.integers(1, 2_000_000),
                        energy_wh_per_mile=st.integers(1, 10_000),
                        charge_w=st.integers(0, 1_000_000),
                    )
                ),
            ),
        ),
        vehicles=(Vehicle(vehicle_id="V1", vehicle_type_id="bus", depot_id="DEP"),),
        crews=(
            Crew(
                crew_id="C1", role=draw(st.sampled_from(CrewRole)), depot_id="DEP",
                has_d1=draw(st.booleans()), has_cpc=draw(st.booleans()),
                is_medically_trained=draw(st.booleans()), from_s=draw(SECONDS), to_s=100_001,
            ),
        ),
        suppliers=(
            Supplier(
                supplier_id="SUP",
                name=draw(NAME),
                vehicles=(SupplierVehicles(vehicle_type_id="bus", n_vehicles=draw(SECONDS)),),
                base_place_id=draw(st.sampled_from([None, "PL1"])),
                area_centre_place_id="PL2",
                area_radius_m=draw(st.integers(0, 200_000)),
                is_vat_registered=draw(st.booleans()),
                has_private_hire_licence=draw(st.booleans()),
                has_psv_licence=draw(st.booleans()),
                has_section_19_permit=draw(st.booleans()),
                is_for_profit=False,
                n_assistants=50,
                n_trained_assistants=draw(st.integers(0, 50)),
            ),
        ),
        rate_cards=(draw(cards()),),
        own_costs=OwnCosts(
            types=(
                OwnTypeCost(
                    vehicle_type_id="bus", running_mpence=draw(MPENCE),
                    vehicle_pence_per_year=draw(PENCE), standing_pence_per_year=draw(PENCE),
                ),
            ),
            driver=_pay(draw),
            assistant=_pay(draw),
            trained_assistant_extra_mpence_per_hour=draw(MPENCE),
            cover_bp=draw(SHARE),
            sign_on_s=draw(SECONDS),
            min_paid_s=draw(SECONDS),
            split_gap_s=draw(SECONDS),
            overhead_bp=draw(SHARE),
            days_per_year=draw(st.integers(1, 366)),
            electricity_mpence_per_kwh=draw(MPENCE),
            electricity_co2e_g_per_kwh=draw(st.integers(0, 2_000)),
        ),
        policy=_policy(draw),
        pick_up_points=(PickUpPoint(pick_up_point_id="PP", name=draw(NAME), place_id="PL1"),),
        locks=locks,
        current_routes=(
            CurrentRoute(
                route_name="R 1", session=draw(st.sampled_from(Session)),
                provider_id=draw(st.sampled_from(["SUP", "own"])), vehicle_type_id="bus",
                sequence=draw(st.integers(0, 99)), passenger_id="00",
                price_pence_per_day=draw(st.none() | PENCE),
            ),
        ),
        assumptions=(
            Assumption(name=draw(NAME), value=draw(TEXT), unit=draw(TEXT), year=draw(TEXT),
                       source=draw(TEXT), grade=draw(TEXT)),
        ),
        is_synthetic=draw(st.booleans()),
        attribution=tuple(draw(st.lists(NAME, max_size=2))),
        gates=draw(st.sampled_from([
            (), (Gate(gate_id="G1", site_id="S/1", name="Lane", place_id="PL1"),)
        ])),
    )  # fmt: skip


def _types(value: Any) -> Any:
    """The types a value is made of: equal text need not be the same member of an enum."""
    if is_dataclass(value):
        return type(value), [(f.name, _types(getattr(value, f.name))) for f in fields(value)]
    if isinstance(value, (tuple, frozenset)):
        return type(value), sorted({str(_types(item)) for item in value})
    return type(value)


EASY = settings(deadline=None, suppress_health_check=list(HealthCheck))


@settings(EASY, max_examples=30)
@given(any_inputs())
def test_any_inputs_read_back_equal_from_tables(inputs: Inputs) -> None:
    result = read_tables(inputs_to_tables(inputs))
    assert result.inputs == inputs, [str(p) for p in result.report.problems]
    assert _types(result.inputs) == _types(inputs)


@settings(EASY, max_examples=8)
@given(any_inputs())
def test_any_inputs_read_back_equal_from_workbook_and_csv(inputs: Inputs) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_workbook(inputs, folder / "council.xlsx")
        result = read_source(folder / "council.xlsx")
        assert result.inputs == inputs, [str(p) for p in result.report.problems]
        write_csv_folder(inputs, folder / "council")
        result = read_source(folder / "council")
        assert result.inputs == inputs, [str(p) for p in result.report.problems]
