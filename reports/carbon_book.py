"""The workbook of carbon: by provider and route, with the factors it stands on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from costing import find_co2e_mg_per_km
from data.carbon import ProviderCarbon, RouteCarbon
from data.errors import IdentityError
from data.inputs import Inputs
from data.runs import RunRecord
from data.units import divide_half_up
from reports.cells import Column, Kind
from reports.sources import (
    ASSUMPTION_COLUMNS,
    describe_day,
    describe_warnings,
    open_book,
    write_origin,
)
from reports.words import build_provider_names

_PROVIDER_COLUMNS = (
    Column(heading="Provider", width=40),
    Column(heading="Routes", kind=Kind.COUNT, width=12),
    Column(heading="Passenger journeys", kind=Kind.COUNT, width=14),
    Column(heading="Miles, empty ones in", kind=Kind.MILES, width=16),
    Column(heading="kg CO\u2082e a day", kind=Kind.TENTHS, width=14),
    Column(heading="g CO\u2082e a journey", kind=Kind.COUNT, width=16),
    Column(heading="kg CO\u2082e a year", kind=Kind.COUNT, width=16),
)


def build_carbon_lines(
    providers: Sequence[ProviderCarbon], missing: Sequence[str]
) -> tuple[str, ...]:
    """Build the lines of carbon for the terminal."""
    lines = [
        f"{'provider':<10} {'routes':>6} {'journeys':>8} {'kg a day':>10} "
        f"{'g a journey':>12} {'tonnes a year':>14}"
    ]
    for p in providers:
        each = p.co2e_g // p.n_passenger_journeys if p.n_passenger_journeys else None
        year = "-" if p.year_co2e_g is None else f"{p.year_co2e_g / 1e6:,.1f}"
        lines.append(
            f"{p.provider_id:<10} {p.n_routes:>6} {p.n_passenger_journeys:>8} "
            f"{p.co2e_g / 1e3:>10,.1f} {'-' if each is None else f'{each:,}':>12} {year:>14}"
        )
    lines.append(f"all: {sum(p.co2e_g for p in providers) / 1e3:,.1f} kg CO2e a day")
    lines += [f"no factor, counted as nought: {type_id}" for type_id in missing]
    return tuple(lines)


def find_missing_factors(routes: Sequence[RouteCarbon], inputs: Inputs) -> tuple[str, ...]:
    """Find vehicle types in use that have no factor."""
    none = {
        t.vehicle_type_id
        for t in inputs.vehicle_types
        if not find_co2e_mg_per_km(t, inputs.own_costs)
    }
    return tuple(sorted({r.vehicle_type_id for r in routes} & none))


def build_carbon_book(
    routes: Sequence[RouteCarbon],
    providers: Sequence[ProviderCarbon],
    run: RunRecord,
    inputs: Inputs,
) -> bytes:
    """Build the workbook of carbon.

    Raises
    ------
    IdentityError
        If routes and providers do not add up to the same.
    """
    if sum(r.co2e_g for r in routes) != sum(p.co2e_g for p in providers):
        raise IdentityError("routes and providers differ in what they emit")
    book = open_book(run, f"Carbon, {inputs.title}")
    names = build_provider_names(inputs)
    sheet = book.add_sheet("Providers")
    sheet.set_widths([c.width for c in _PROVIDER_COLUMNS])
    sheet.write_title(f"Carbon: {inputs.title}", describe_day(run))
    for warning in describe_warnings(run):
        sheet.write_note(warning, "warning")
    for type_id in find_missing_factors(routes, inputs):
        sheet.write_note(f"Vehicle type {type_id} has no factor: counted as nought.", "warning")
    sheet.skip()
    sheet.write_header(_PROVIDER_COLUMNS)
    for p in providers:
        sheet.write_row(
            _PROVIDER_COLUMNS, _build_provider_row(names.get(p.provider_id, ""), [p])
        )
    sheet.write_row(_PROVIDER_COLUMNS, _build_provider_row("All", providers), style="total")
    sheet.skip()
    write_origin(sheet, run)
    _write_routes(book.add_sheet("Routes"), routes)
    _write_factors(book.add_sheet("Factors"), inputs)
    return book.close()


def _build_provider_row(name: str, providers: Sequence[ProviderCarbon]) -> list[Any]:
    journeys = sum(p.n_passenger_journeys for p in providers)
    grams = sum(p.co2e_g for p in providers)
    years = [p.year_co2e_g for p in providers]
    return [
        name,
        sum(p.n_routes for p in providers),
        journeys,
        sum(p.total_m for p in providers),
        divide_half_up(grams, 100),
        grams // journeys if journeys else None,
        None if None in years else sum(y or 0 for y in years) // 1_000,
    ]


def _write_routes(sheet: Any, routes: Sequence[RouteCarbon]) -> None:
    columns = (
        Column(heading="Route", width=20),
        Column(heading="Session", width=12),
        Column(heading="Provider", width=14),
        Column(heading="Vehicle", width=18),
        Column(heading="Passengers", kind=Kind.COUNT, width=12),
        Column(heading="Loaded miles", kind=Kind.MILES, width=12),
        Column(heading="All miles", kind=Kind.MILES, width=12),
        Column(heading="g CO\u2082e", kind=Kind.COUNT, width=12),
        Column(heading="g CO\u2082e a passenger", kind=Kind.COUNT, width=14),
    )
    rows = [
        [
            r.route_id,
            r.session.value.replace("_", " "),
            r.provider_id,
            r.vehicle_type_id,
            r.n_passengers,
            r.loaded_m,
            r.total_m,
            r.co2e_g,
            r.co2e_g // r.n_passengers if r.n_passengers else None,
        ]
        for r in routes
    ]
    sheet.write_title("Each route", "With its part of the empty runs.")
    total = ["All", *([None] * 6), sum(r.co2e_g for r in routes), None]
    sheet.write_table(columns, rows, total=total)


def _write_factors(sheet: Any, inputs: Inputs) -> None:
    columns = (
        Column(heading="Vehicle type", width=20),
        Column(heading="Name", width=36),
        Column(heading="Fuel: g CO\u2082e a km", kind=Kind.COUNT, width=14),
        Column(heading="Electric: Wh a mile", kind=Kind.COUNT, width=14),
        Column(heading="All: g CO\u2082e a km", kind=Kind.COUNT, width=14),
    )
    costs = inputs.own_costs
    sheet.set_widths([c.width for c in columns])
    sheet.write_title("Factors", "Fuel as entered; sources and years beneath.")
    sheet.write_header(columns)
    for t in inputs.vehicle_types:
        grams = divide_half_up(find_co2e_mg_per_km(t, costs), 1_000)
        energy = t.electric.energy_wh_per_mile if t.electric is not None else None
        sheet.write_row(columns, [t.vehicle_type_id, t.name, t.co2e_g_per_km, energy, grams])
    sheet.skip()
    if any(t.electric is not None for t in inputs.vehicle_types):
        sheet.write_note(
            f"Electricity: {costs.electricity_co2e_g_per_kwh} g CO2e a kilowatt-hour, "
            "generation and losses on the way (setting own.electricity_co2e_g_per_kwh; "
            "177 and 19 in the UK Government conversion factors of 2025)."
        )
    about = [
        a
        for a in inputs.assumptions
        if any(word in a.name.casefold() for word in ("co2", "carbon", "emission"))
    ]
    if not about:
        sheet.write_note("No source is recorded: add one to the sheet assumptions (co2e ...).")
        return
    sheet.write_header(ASSUMPTION_COLUMNS)
    for a in about:
        sheet.write_row(
            ASSUMPTION_COLUMNS, [a.name, a.value, a.unit, a.year, a.source, a.grade]
        )
