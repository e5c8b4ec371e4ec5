"""The workbook of who should run what."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from costing import check_choice, find_last_paying, value_each
from data.choices import (
    CostHorizon,
    FleetPoint,
    ProviderChoice,
    ProviderStudy,
    VehicleValue,
)
from data.inputs import Inputs
from data.units import divide_half_up, format_pounds, format_time
from reports.cells import Book, Column, Kind, Origin, Sheet
from reports.files import open_folder, write_whole
from reports.providers_chart import build_providers_chart
from reports.words import (
    SESSION_WORDS,
    SYNTHETIC_WORDS,
    build_provider_names,
    describe_flags,
)

HORIZON_WORDS = {
    CostHorizon.SHORT_RUN: "short run: vehicles and overhead are there anyway",
    CostHorizon.LONG_RUN: "long run: vehicles bought and sold, overhead counted",
}

_POUNDS = Kind.POUNDS


def write_providers(study: ProviderStudy, inputs: Inputs, folder: Path) -> tuple[Path, ...]:
    """Write the workbook and the chart of a study.

    Raises
    ------
    IdentityError
        If a choice does not add up (M3).
    """
    open_folder(folder)
    return (
        write_whole(folder / "providers.xlsx", build_providers_book(study, inputs)),
        write_whole(folder / "providers.png", build_providers_chart(study)),
    )


def build_providers_book(study: ProviderStudy, inputs: Inputs) -> bytes:
    """Build the workbook: summary, routes, frontier, fleet, hours."""
    n_routes = len(study.best[0].routes)
    for choice in (*study.best, *(p.choice for p in study.frontier if p.choice is not None)):
        check_choice(choice, n_routes)
    parts = [f"Study {study.study_id}", f"code {study.code_version}"]
    if study.is_synthetic:
        parts.append("made-up people")
    book = Book(
        Origin(
            title=f"Who should run what, {study.title}",
            footer="   ".join(parts),
            created_utc=study.created_utc,
        )
    )
    _write_summary(book.add_sheet("Summary"), study)
    for choice in study.best:
        name = "short run" if choice.rules.horizon is CostHorizon.SHORT_RUN else "long run"
        _write_routes(book.add_sheet(f"Routes, {name}"), choice, inputs)
    _write_frontier(book.add_sheet("Frontier"), study)
    if study.fleet:
        _write_fleet(book.add_sheet("One more vehicle"), study)
    _write_hours(book.add_sheet("By the hour"), study)
    return book.close()


def _percent(share_bp: int) -> str:
    return f"{share_bp / 100:.1f} %"


def _write_summary(sheet: Sheet, study: ProviderStudy) -> None:
    sheet.set_widths([46, 18, 18, 18, 18, 18, 18])
    sheet.write_title(
        f"Who should run what, {study.title}",
        f"One service day, {study.priced_on}, pounds net of VAT that is recovered; a year is "
        f"{study.n_days} days like it.",
    )
    if study.is_synthetic:
        sheet.write_note(SYNTHETIC_WORDS, "warning")
    for text in describe_flags(study.flags):
        sheet.write_note(text, "warning")
    sheet.skip()
    sheet.write_pair("As planned, a day", study.planned_pence, _POUNDS)
    for choice in study.best:
        _write_choice(sheet, choice, study)
    if study.fleet:
        sheet.write_heading("Where one more own vehicle stops paying")
        sheet.write_pair("One more pays", describe_last_paying(study.fleet))
        sheet.skip()
    if study.spare is not None:
        spare = study.spare
        sheet.write_heading("Between the peaks")
        sheet.write_pair(
            "Own vehicles free throughout",
            spare.n_vehicles,
            Kind.COUNT,
            f"{format_time(spare.from_s)} to {format_time(spare.to_s)}",
        )
        sheet.write_pair(
            "Avoidable cost of an hour",
            spare.avoidable_pence,
            _POUNDS,
            f"a driver and {spare.miles_per_hour} miles",
        )
        sheet.write_pair(
            "Price of an hour",
            spare.price_pence,
            _POUNDS,
            f"margin {_percent(spare.margin_bp)}",
        )
        sheet.write_pair(
            "Contribution a year",
            spare.contribution_year_pence,
            _POUNDS,
            f"if {_percent(spare.sold_bp)} of the hours are sold on {spare.n_days} days",
        )
        sheet.skip()
    sheet.write_heading("Where these figures come from")
    for label, value in (
        ("Study", study.study_id),
        ("Run", study.run_id),
        ("Inputs", study.inputs_hash),
        ("Code version", study.code_version),
    ):
        sheet.write_pair(label, value)


def _write_choice(sheet: Sheet, choice: ProviderChoice, study: ProviderStudy) -> None:
    sheet.write_heading(f"Least cost, {HORIZON_WORDS[choice.rules.horizon]}")
    year = format_pounds(choice.evaluated_pence * study.n_days)
    rows: tuple[tuple[str, Any, Kind, str], ...] = (
        ("Contract prices and own avoidable cost", choice.paid_pence, _POUNDS, ""),
        ("Own vehicles and overhead", choice.fixed_pence, _POUNDS, ""),
        ("Expected cost of hand-backs", choice.risk_pence, _POUNDS, ""),
        ("Together, with one-off cost", choice.evaluated_pence, _POUNDS, f"a year {year}"),
        (
            "Proven least",
            choice.bound_pence,
            _POUNDS,
            f"over {choice.n_columns:,} pieces of work, prices and vehicles",
        ),
        (
            "Journeys carried by the own company, %",
            divide_half_up(choice.own_bp, 10),
            Kind.TENTHS,
            "",
        ),
        (
            "Own vehicles out at one time",
            sum(n for _, n in choice.own_vehicles),
            Kind.COUNT,
            ", ".join(f"{t}: {n}" for t, n in choice.own_vehicles),
        ),
        ("Own drivers out at one time", choice.n_own_drivers, Kind.COUNT, ""),
        ("kg CO\u2082e", choice.co2e_g // 1_000, Kind.COUNT, ""),
    )
    for label, value, kind, note in rows:
        sheet.write_pair(label, value, kind, note)
    sheet.skip()


def _write_routes(sheet: Sheet, choice: ProviderChoice, inputs: Inputs) -> None:
    names = build_provider_names(inputs)
    types = {t.vehicle_type_id: t.name for t in inputs.vehicle_types}
    columns = (
        Column(heading="Route", width=20),
        Column(heading="Session", width=26),
        Column(heading="Provider", kind=Kind.WRAPPED, width=34),
        Column(heading="Today", kind=Kind.WRAPPED, width=34),
        Column(heading="Vehicle", kind=Kind.WRAPPED, width=28),
        Column(heading="Passengers", kind=Kind.COUNT, width=11),
        Column(heading="a day, £", kind=_POUNDS, width=12),
        Column(heading="Hand-back, £", kind=_POUNDS, width=12),
        Column(heading="Transition, £", kind=_POUNDS, width=12),
        Column(heading="Piece of work", kind=Kind.COUNT, width=10),
    )
    rows: list[list[Any]] = [
        [
            r.route_id,
            SESSION_WORDS[r.session],
            names.get(r.provider_id, r.provider_id),
            names.get(r.before_id, r.before_id) or "not known",
            types.get(r.vehicle_type_id, r.vehicle_type_id),
            r.n_passengers,
            r.price_pence,
            r.risk_pence,
            r.transition_pence,
            None if r.piece is None else r.piece + 1,
        ]
        for r in choice.routes
    ]
    sheet.write_title(
        f"Routes, {HORIZON_WORDS[choice.rules.horizon]}",
        "An own route's price is its part of the pay and miles of its piece of work.",
    )
    total: list[Any] = ["all", *([None] * 4), *([0] * 4), None]
    for i in range(5, 9):
        total[i] = sum(row[i] for row in rows)
    sheet.write_table(columns, rows, total=total)


def _write_frontier(sheet: Sheet, study: ProviderStudy) -> None:
    columns = (
        Column(heading="Share asked for", width=14),
        Column(heading="Share reached", width=12),
        Column(heading="Prices and pay, £ a day", kind=_POUNDS, width=14),
        Column(heading="Own vehicles and overhead, £ a day", kind=_POUNDS, width=16),
        Column(heading="Hand-backs, £ a day", kind=_POUNDS, width=12),
        Column(heading="All, £ a day", kind=_POUNDS, width=14),
        Column(heading="All, £ a year", kind=_POUNDS, width=16),
        Column(heading="Own vehicles", kind=Kind.COUNT, width=10),
        Column(heading="Own drivers", kind=Kind.COUNT, width=10),
        Column(heading="kg CO\u2082e a day", kind=Kind.COUNT, width=10),
        Column(heading="Proven least, £ a day", kind=_POUNDS, width=14),
    )
    rows: list[list[Any]] = []
    for point in study.frontier:
        choice = point.choice
        asked = _percent(point.target_bp)
        if choice is None:
            why = "cannot be" if point.is_impossible else "none found"
            rows.append([asked, why, *([None] * 9)])
            continue
        rows.append(
            [
                asked,
                _percent(choice.own_bp),
                choice.paid_pence,
                choice.fixed_pence,
                choice.risk_pence,
                choice.evaluated_pence,
                choice.evaluated_pence * study.n_days,
                sum(n for _, n in choice.own_vehicles),
                choice.n_own_drivers,
                choice.co2e_g // 1_000,
                choice.bound_pence,
            ]
        )
    sheet.write_title(
        "The frontier of self-delivery: these routes",
        "Long run: own vehicles cost what they cost, and there are as many as wanted. Up to "
        "the best share at most the share asked for, beyond it at least.",
    )
    sheet.write_table(columns, rows)
    if not study.joint:
        return
    sheet.skip()
    sheet.write_heading("Routes planned anew: the search sees every provider's prices")
    joint = (
        Column(heading="Fleet of today's", width=14),
        Column(heading="Share reached", width=12),
        Column(heading="Prices and pay, £ a day", kind=_POUNDS, width=14),
        Column(heading="Full cost, £ a day", kind=_POUNDS, width=16),
        Column(heading="Own vehicles", kind=Kind.COUNT, width=12),
        Column(heading="Own duties", kind=Kind.COUNT, width=14),
        Column(heading="Routes", kind=Kind.COUNT, width=16),
        Column(heading="Unserved", kind=Kind.COUNT, width=10),
        Column(heading="kg CO\u2082e a day", kind=Kind.COUNT, width=10),
        Column(heading="Rules broken", kind=Kind.COUNT, width=10),
    )
    sheet.write_header(joint)
    for p in study.joint:
        sheet.write_row(
            joint,
            [
                _percent(p.fleet_bp),
                _percent(p.own_bp),
                p.paid_pence,
                p.full_pence,
                p.n_vehicles,
                p.n_out,
                p.n_routes,
                p.n_unserved,
                p.co2e_g // 1_000,
                p.n_violations,
            ],
        )


def _write_fleet(sheet: Sheet, study: ProviderStudy) -> None:
    columns = (
        Column(heading="Own vehicles of the type", kind=Kind.COUNT, width=14),
        Column(heading="All, £ a day", kind=_POUNDS, width=16),
        Column(heading="The last one saves, £ a day", kind=_POUNDS, width=16),
        Column(heading="Proven at least, £ a day", kind=_POUNDS, width=16),
        Column(heading="Proven at most, £ a day", kind=_POUNDS, width=16),
        Column(heading="It costs, £ a day", kind=_POUNDS, width=16),
        Column(heading="It pays, £ a year", kind=_POUNDS, width=16),
    )
    first = study.fleet[0]
    rows: list[list[Any]] = [[first.n_vehicles, first.paid_pence, *([None] * 5)]]
    for value, point in zip(value_each(study.fleet), study.fleet[1:], strict=True):
        rows.append(
            [
                value.n_vehicles,
                point.paid_pence,
                value.saved_pence,
                value.least_saved_pence,
                value.most_saved_pence,
                value.cost_pence,
                (value.saved_pence - value.cost_pence) * study.n_days,
            ]
        )
    sheet.write_title(
        f"One more or fewer {first.vehicle_type_id}, with its crew",
        "Each row is the best choice of provider for these routes with so many vehicles, and "
        "what is proven of the saving: equal figures are exact.",
    )
    sheet.write_table(columns, rows)


def describe_saving(value: VehicleValue) -> str:
    """Say what one more vehicle saves a day, with what is proven of it."""
    if value.least_saved_pence == value.most_saved_pence:
        return format_pounds(value.most_saved_pence)
    return (
        f"{format_pounds(value.least_saved_pence)} to {format_pounds(value.most_saved_pence)}, "
        f"found {format_pounds(value.saved_pence)}"
    )


def describe_last_paying(fleet: Sequence[FleetPoint]) -> str:
    """Say up to which number of vehicles one more pays, as far as it is proven."""
    kind, values = fleet[0].vehicle_type_id, value_each(fleet)
    last = find_last_paying(fleet)
    if last is not None:
        return f"up to {last} of {kind}, no further"
    if values and all(v.least_saved_pence >= v.cost_pence for v in values):
        return (
            f"up to {values[-1].n_vehicles} of {kind} at least: no greater number was looked at"
        )
    if not values:
        return "no two numbers of vehicles could be compared"
    found = [v.n_vehicles for v in values if v.saved_pence < v.cost_pence]
    up_to = found[0] - 1 if found else values[-1].n_vehicles
    return f"up to {up_to} of {kind} by the best choices found; not proven in the time given"


def _write_hours(sheet: Sheet, study: ProviderStudy) -> None:
    columns = (
        Column(heading="Hour beginning", width=14),
        Column(heading="Own, school, vehicle minutes", kind=Kind.MINUTES, width=16),
        Column(heading="Own, day services, vehicle minutes", kind=Kind.MINUTES, width=18),
        Column(heading="Most own vehicles out", kind=Kind.COUNT, width=12),
        Column(heading="Bought, passengers aboard, minutes", kind=Kind.MINUTES, width=18),
        Column(heading="Crew paid, vehicle in, minutes", kind=Kind.MINUTES, width=16),
    )
    rows = [
        [
            f"{h.hour:02d}:00",
            h.own_school_s,
            h.own_day_s,
            h.most_own,
            h.bought_s,
            h.paid_idle_s,
        ]
        for h in study.hours
    ]
    sheet.write_title(
        "Vehicles and crews by the hour of the day",
        "As planned. Crew time paid with the vehicle in is the least paid time of a piece of "
        "work: it could be worked at no further pay.",
    )
    sheet.write_table(columns, rows)
