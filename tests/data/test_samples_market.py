"""The made-up company and suppliers: figures that can be worked out by hand."""

from __future__ import annotations

import itertools
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

from data.demand import find_day_types
from data.fleet import CrewRole
from data.money import RateBasis
from data.passengers import Direction
from data.places import Session
from data.samples import build_sample
from data.samples.calendars import BANK_HOLIDAYS, build_calendars
from data.samples.company import (
    build_company_assumptions,
    build_crews,
    build_vehicles,
    split_count,
)
from data.samples.market import SEEDS, build_market_assumptions, build_suppliers
from data.samples.people import find_service_counts
from data.samples.settings import SampleSettings, build_assumptions

ROOT = Path(__file__).parents[2]
OPEN = ROOT / "data" / "open"


def test_a_minibus_pair_costs_the_yearly_contract_over_190_days() -> None:
    # 50,500 pounds / 190 days = 265.789 pounds a day, included distance 40 miles.
    card = next(c for c in build_sample("grid").rate_cards if c.supplier_id == "M05")
    pair = [r for r in card.rates if r.basis is RateBasis.DAY_PAIR]
    assert pair[0].amount_mpence == 26_579_000
    assert pair[0].to_m == 64_374  # 40 x 1,609.344 m
    assert pair[0].sessions == {Session.AM, Session.PM}


def test_an_accessible_taxi_costs_a_quarter_more_than_a_car() -> None:
    card = next(c for c in build_sample("grid").rate_cards if c.supplier_id == "T01")
    rate = {(r.basis, r.vehicle_type_id): r.amount_mpence for r in card.rates}
    assert rate[RateBasis.FIXED, "car4"] == 1_200_000
    assert rate[RateBasis.LOADED_MILE, "car4"] == 260_000
    assert rate[RateBasis.MINIMUM, "car4"] == 2_500_000
    assert rate[RateBasis.LOADED_MILE, "wav4"] == 325_000
    assert rate[RateBasis.ASSISTANT, None] == 2_250_000  # 45 pounds a day, two routes


def test_the_ten_rate_cards_differ_in_shape() -> None:
    shapes = {
        seed.supplier_id: frozenset(
            (r.basis, r.sessions, r.from_m > 0, r.to_m is not None) for r in seed.rates
        )
        for seed in SEEDS
    }
    assert len(shapes) == 10
    # Two shapes may agree in their bases (T01, T04): they differ in what weighs.
    assert len(set(shapes.values())) >= 8
    bases = {basis for shape in shapes.values() for basis, *_ in shape}
    assert bases == set(RateBasis)


def test_mile_bands_join_without_gap_or_overlap() -> None:
    for seed in SEEDS:
        kinds = {r.vehicle_type_id for r in seed.rates if r.basis is RateBasis.LOADED_MILE}
        for kind in kinds:
            for session in Session:
                bands = sorted(
                    (r.from_m, r.to_m)
                    for r in seed.rates
                    if r.basis is RateBasis.LOADED_MILE
                    and r.vehicle_type_id == kind
                    and session in r.sessions
                )
                assert bands[0][0] == 0
                assert bands[-1][1] is None
                for (_, end), (start, _) in itertools.pairwise(bands):
                    assert end == start


def test_suppliers_grow_with_the_place_and_make_up_for_those_left_out() -> None:
    bases = {s.supplier_id: "B" for s in SEEDS}
    every, _ = build_suppliers(1_000, bases)
    n_every = sum(v.n_vehicles for s in every for v in s.vehicles)
    assert n_every == sum(n for s in SEEDS for _, n in s.vehicles) == 242
    double, _ = build_suppliers(2_000, bases)
    assert sum(v.n_vehicles for s in double for v in s.vehicles) == 2 * n_every
    few, _ = build_suppliers(1_000, bases, ("T01", "M05", "T10"))
    n_few = sum(v.n_vehicles for s in few for v in s.vehicles)
    assert n_every <= n_few <= n_every + 8  # each of eight rows rounded up


def test_every_depot_can_put_out_all_its_vehicles() -> None:
    depots = ("D1", "D2", "D3")
    vehicles = build_vehicles(30, depots)
    crews = build_crews(vehicles, depots)
    assert len(vehicles) == 30
    for depot in depots:
        here = [v for v in vehicles if v.depot_id == depot]
        drivers = [c for c in crews if c.depot_id == depot and c.role is CrewRole.DRIVER]
        assert len(here) == 10
        assert len(drivers) == 11
        # 56 % + 14 % of 30 vehicles have 16 seats: 17 + 4 = 21, seven a depot.
        assert sum(v.vehicle_type_id.startswith("minibus16") for v in here) == 7
        assert 7 <= sum(c.has_d1 for c in drivers) < 11
        assert sum(c.is_medically_trained for c in crews if c.depot_id == depot) == 3


@pytest.mark.parametrize("total", [0, 1, 7, 30, 999])
def test_counts_split_without_loss(total: int) -> None:
    parts = split_count(total, (("a", 5_600), ("b", 2_000), ("c", 1_400), ("d", 1_000)))
    assert sum(parts.values()) == total
    assert all(abs(parts[k] - total * s / 10_000) < 1 for k, s in (("a", 5_600), ("d", 1_000)))


def test_services_add_up_to_all_pupils() -> None:
    # 900: mainstream 108, college 90; of the other 702, units 140 (20 %), alternative 35 (5 %).
    counts = find_service_counts(900, SampleSettings())
    assert counts == {
        "special": 527,
        "alternative": 35,
        "unit": 140,
        "mainstream": 108,
        "college": 90,
    }
    for n in range(8, 60):
        assert sum(find_service_counts(n, SampleSettings()).values()) == n


def test_the_year_has_190_school_days_and_253_adult_days() -> None:
    calendars = {c.calendar_id: c for c in build_calendars()}
    assert len(calendars["school"].open_dates) == 190
    # 261 weekdays from 1 September 2026 to 31 August 2027, less 8 bank holidays.
    assert len(calendars["adult"].open_dates) == 253
    assert calendars["school"].open_dates < calendars["adult"].open_dates
    assert len(BANK_HOLIDAYS) == 8
    assert calendars["school"].week_b_dates == calendars["adult"].week_b_dates
    n_b = len(calendars["school"].week_b_dates)
    assert 85 <= n_b <= 105


def _folders() -> list[Path]:
    return sorted(p for p in OPEN.iterdir() if p.is_dir())


@pytest.mark.parametrize("folder", _folders(), ids=lambda p: p.name)
def test_every_shipped_file_has_its_licence_and_attribution(folder: Path) -> None:
    text = (folder / "LICENCE.md").read_text()
    for file in folder.iterdir():
        if file.name != "LICENCE.md":
            assert f"`{file.name}`" in text
    is_osm = any(f.name.endswith(".osm.pbf") for f in folder.iterdir())
    assert ("Open Database Licence 1.0" in text) == is_osm
    assert ("Open Government Licence v3.0" in text) != is_osm
    assert re.search(r"[Aa]ttribution", text)


def test_open_street_map_data_shares_no_folder_with_other_data() -> None:
    for folder in _folders():
        names = {f.name for f in folder.iterdir()} - {"LICENCE.md"}
        if any(name.endswith(".osm.pbf") for name in names):
            assert len(names) == 1


def test_the_wheel_takes_every_shipped_file() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    patterns = project["tool"]["setuptools"]["package-data"]["data"]
    for file in OPEN.rglob("*"):
        if file.is_file():
            name = str(file.relative_to(ROOT / "data"))
            assert any(fnmatch(name, pattern) for pattern in patterns), name


def test_the_shipped_data_stays_small() -> None:
    assert sum(f.stat().st_size for f in OPEN.rglob("*") if f.is_file()) < 5_000_000


def test_the_reference_page_shows_every_number_as_the_code_has_it() -> None:
    text = (ROOT / "docs" / "reference" / "samples.md").read_text()
    settings = build_assumptions(SampleSettings(), {})
    money = build_company_assumptions() + build_market_assumptions()
    for row in (*settings, *money):
        name = row.name.removeprefix("sample.")
        cells = (f"`{name}`", row.value, row.unit, row.year, row.source, row.grade)
        assert f"| {' | '.join(cells)} |" in text
    for seed in SEEDS:
        assert f"| {seed.supplier_id} | {seed.shape} |" in text
    inputs = build_sample("southend")
    routes = {r.route_name: r.price_pence_per_day or 0 for r in inputs.current_routes}
    assert f"it has {len(routes)} routes" in " ".join(text.split())
    assert f"cost £{sum(routes.values()) // 100:,} a day" in " ".join(text.split())


def test_own_vehicles_are_paid_for_once_a_year() -> None:
    inputs = build_sample("grid")
    _, dates = find_day_types(inputs)
    assert inputs.own_costs.days_per_year == len(dates)


@pytest.mark.parametrize("place", ["grid", "rutland", "southend"])
def test_todays_routes_carry_only_who_makes_the_journey(place: str) -> None:
    inputs = build_sample(place)
    journeys = {(d.passenger_id, d.direction) for d in inputs.demands}
    for row in inputs.current_routes:
        direction = Direction.HOME if row.session.is_homeward else Direction.OUT
        assert (row.passenger_id, direction) in journeys
    numbers: dict[tuple[str, Session], list[int]] = {}
    for row in inputs.current_routes:
        numbers.setdefault((row.route_name, row.session), []).append(row.sequence)
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
