"""The workbook of a benchmark of rates: expected prices, outliers, suppliers, effects."""

from __future__ import annotations

from typing import Any

from data.benchmark import Effect, ExpectedPrice, RateBenchmark
from data.inputs import Inputs
from data.runs import RunRecord
from data.units import MM_PER_MILE
from reports.cells import Column, Kind, Sheet
from reports.sources import describe_warnings, open_book, write_origin
from reports.words import build_provider_names

POUNDS = Kind.POUNDS


def build_benchmark_book(
    found: RateBenchmark, run: RunRecord, inputs: Inputs, price_base: str
) -> bytes:
    """Build the workbook of a benchmark."""
    book = open_book(run, f"Rates benchmarked, {inputs.title}")
    names = build_provider_names(inputs)
    _write_summary(book.add_sheet("Summary"), found, run, inputs, price_base)
    _write_prices(
        book.add_sheet("To renegotiate"),
        found.dear,
        names,
        "Prices above their interval",
        f"{price_base}. Ask why before asking for less: the data do not know everything.",
        is_with_total=True,
    )
    _write_prices(book.add_sheet("All prices"), found.prices, names, "Every price", price_base)
    _write_suppliers(book.add_sheet("Suppliers"), found, names, price_base)
    _write_effects(book.add_sheet("Effects"), found)
    _write_ghosts(book.add_sheet("Ghost routes"), found, names, price_base)
    return book.close()


def _write_summary(
    sheet: Sheet, found: RateBenchmark, run: RunRecord, inputs: Inputs, price_base: str
) -> None:
    sheet.set_widths([46, 18, 40])
    sheet.write_title(f"What is paid, against what it buys: {inputs.title}", price_base)
    for warning in (*describe_warnings(run), *found.warnings):
        sheet.write_note(warning, "warning")
    sheet.skip()
    stake = sum(p.stake_pence_per_year for p in found.dear)
    sheet.write_pair("Prices", len(found.prices), Kind.COUNT)
    sheet.write_pair("  in the regression", found.n_fitted, Kind.COUNT)
    sheet.write_pair("Differences it explains", f"{found.explained_bp / 100:.1f} %")
    sheet.write_pair("Prices to renegotiate", len(found.dear), Kind.COUNT)
    sheet.write_pair("  paid above expected, £ a year", stake, POUNDS)
    sheet.write_pair("Contracts with ghost days", len(found.ghosts), Kind.COUNT)
    sheet.write_pair(
        "  paid for days without anybody, £ a year",
        sum(g.idle_pence_per_year for g in found.ghosts),
        POUNDS,
    )
    sheet.write_pair("Suppliers with a contract", len(found.suppliers), Kind.COUNT)
    sheet.write_pair(
        "Concentration of spend (HHI, 0 to 10,000)",
        found.hhi,
        Kind.COUNT,
        "over 2,000 is often called highly concentrated (OFT1254, 5.3.5)",
    )
    sheet.skip()
    for text in (
        "Expected: robust regression of the price of a day's work on miles, minutes, routes,",
        "vehicle, assistants, lift, session, area and supplier; the supplier is then left out.",
        "Interval: nine in ten prices for such work lie within. Dear: above it, and above the",
        "ninetieth quantile. At stake: paid less expected, over the days of the year.",
    ):
        sheet.write_note(text)
    sheet.skip()
    write_origin(sheet, run)


def _write_prices(
    sheet: Sheet,
    prices: tuple[ExpectedPrice, ...],
    names: dict[str, str],
    title: str,
    note: str,
    *,
    is_with_total: bool = False,
) -> None:
    columns = (
        Column(heading="Contract or bid", width=18),
        Column(heading="Kind", width=10),
        Column(heading="Supplier", width=26),
        Column(heading="Area", width=8),
        Column(heading="Session", width=12),
        Column(heading="Miles a day", kind=Kind.MILES, width=9),
        Column(heading="Minutes a day", kind=Kind.MINUTES, width=9),
        Column(heading="Seats", kind=Kind.COUNT, width=7),
        Column(heading="Assistants", kind=Kind.COUNT, width=10),
        Column(heading="Passengers", kind=Kind.COUNT, width=11),
        Column(heading="Paid a day, £", kind=POUNDS, width=11),
        Column(heading="Expected, £", kind=POUNDS, width=11),
        Column(heading="Low, £", kind=POUNDS, width=10),
        Column(heading="High, £", kind=POUNDS, width=10),
        Column(heading="Half pay less than, £", kind=POUNDS, width=11),
        Column(heading="Nine in ten pay less than, £", kind=POUNDS, width=11),
        Column(heading="Dear", width=7),
        Column(heading="At stake, £ a year", kind=POUNDS, width=13),
    )
    rows: list[list[Any]] = [
        [
            p.price.price_id,
            p.price.kind.value,
            names.get(p.price.supplier_id, p.price.supplier_id),
            p.price.area,
            p.price.session,
            p.price.loaded_m,
            p.price.route_s,
            p.price.n_seats,
            p.price.n_assistants,
            p.price.n_passengers,
            p.price.pence_per_day,
            p.expected_pence,
            p.low_pence,
            p.high_pence,
            p.q50_pence,
            p.q90_pence,
            "dear" if p.is_dear else "",
            p.stake_pence_per_year if p.is_dear else None,
        ]
        for p in prices
    ]
    sheet.write_title(title, note)
    total: list[Any] | None = None
    if is_with_total and rows:
        stake = sum(p.stake_pence_per_year for p in prices)
        total = ["All", *([None] * (len(columns) - 2)), stake]
    sheet.write_table(columns, rows, total=total)
    if not rows:
        sheet.write_note("None.")


def _write_suppliers(
    sheet: Sheet, found: RateBenchmark, names: dict[str, str], price_base: str
) -> None:
    columns = (
        Column(heading="Supplier", width=34),
        Column(heading="Contracts", kind=Kind.COUNT, width=10),
        Column(heading="Paid a day, £", kind=POUNDS, width=14),
        Column(heading="Paid a year, £", kind=POUNDS, width=16),
        Column(heading="Share of spend, %", width=12),
        Column(heading="£ per passenger mile", kind=POUNDS, width=14),
        Column(heading="Price against the average supplier, same work", width=26),
        Column(heading="95 % interval", width=22),
    )
    rows = [
        [
            names.get(s.supplier_id, s.supplier_id),
            s.n_prices,
            s.pence_per_day,
            s.pence_per_year,
            f"{s.spend_bp / 100:.1f}",
            None
            if s.mpence_per_passenger_mile is None
            else (s.mpence_per_passenger_mile + 500) // 1_000,
            _percent(s.premium.effect_bp) if s.premium else "too few to say",
            _interval(s.premium) if s.premium else "",
        ]
        for s in found.suppliers
    ]
    sheet.write_title(
        "Suppliers",
        f"{price_base}, net of VAT. A mile with three aboard is three passenger miles.",
    )
    total = [
        "All",
        sum(s.n_prices for s in found.suppliers),
        sum(s.pence_per_day for s in found.suppliers),
        sum(s.pence_per_year for s in found.suppliers),
        None,
        _find_mean_mile(found),
        None,
        None,
    ]
    sheet.write_table(columns, rows, total=total if rows else None)


def _find_mean_mile(found: RateBenchmark) -> int | None:
    """Find the price of a passenger mile over all contracts. [pence]"""
    held = [p.price for p in found.prices if p.price.kind == "contract"]
    metres = sum(p.passenger_m for p in held)
    pence = sum(p.pence_per_day for p in held)
    return (pence * MM_PER_MILE // 1_000 + metres // 2) // metres if metres else None


def _write_effects(sheet: Sheet, found: RateBenchmark) -> None:
    columns = (
        Column(heading="All else equal", width=34),
        Column(heading="Changes the price by", width=22),
        Column(heading="95 % interval", width=26),
    )
    sheet.write_title("What moves a price", "Robust regression; areas against the largest one.")
    sheet.write_table(
        columns, [[e.words, _percent(e.effect_bp), _interval(e)] for e in found.effects]
    )
    if not found.effects:
        sheet.write_note("Too few prices to say.")


def _percent(bp: int) -> str:
    return f"{bp / 100:+.1f} %"


def _interval(effect: Effect) -> str:
    return f"{_percent(effect.low_bp)} to {_percent(effect.high_bp)}"


def _write_ghosts(
    sheet: Sheet, found: RateBenchmark, names: dict[str, str], price_base: str
) -> None:
    columns = (
        Column(heading="Contract", width=22),
        Column(heading="Supplier", width=34),
        Column(heading="Paid a day, £", kind=POUNDS, width=14),
        Column(heading="Days a year", kind=Kind.COUNT, width=12),
        Column(heading="Days without anybody", kind=Kind.COUNT, width=12),
        Column(heading="Paid for them, £ a year", kind=POUNDS, width=16),
    )
    rows = [
        [
            g.price_id,
            names.get(g.supplier_id, g.supplier_id),
            g.pence_per_day,
            g.n_days,
            g.n_idle_days,
            g.idle_pence_per_year,
        ]
        for g in found.ghosts
    ]
    sheet.write_title(
        "Ghost routes: paid on days when nobody is carried",
        f"{price_base}. Counted over the calendar of the year; check that such days are paid.",
    )
    sheet.write_table(columns, rows)
    if not rows:
        sheet.write_note("None.")
