"""The workbook of a comparison of rates: every price of every route, and what it adds up to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data.comparisons import (
    CardPrice,
    CostView,
    PlanComparison,
    RouteComparison,
    find_sign,
)
from data.errors import IdentityError
from data.inputs import Inputs
from data.market import MarketCosts
from data.runs import RunRecord
from reports.cells import Column, Kind, Sheet
from reports.rates_text import VIEW_WORDS
from reports.sources import (
    ASSUMPTION_COLUMNS,
    describe_warnings,
    open_book,
    write_attribution,
    write_origin,
)
from reports.words import build_provider_names

POUNDS = Kind.POUNDS


def build_comparison_book(
    found: PlanComparison, run: RunRecord, inputs: Inputs, market: MarketCosts
) -> bytes:
    """Build the workbook of a comparison.

    Raises
    ------
    IdentityError
        If planned costs of the routes do not add up to the plan (M3).
    """
    _check_identities(found, run)
    book = open_book(run, f"Rates compared, {inputs.title}")
    names = build_provider_names(inputs)
    types = {t.vehicle_type_id: t.name for t in inputs.vehicle_types}
    _write_summary(book.add_sheet("Summary"), found, run, inputs)
    _write_routes(book.add_sheet("Routes"), found)
    _write_vat(book.add_sheet("Net and gross"), found)
    _write_break_even(book.add_sheet("Break-even"), found)
    _write_whole(book.add_sheet("Whole by rate card"), found, names)
    _write_cards(book.add_sheet("Rate cards"), found, names)
    if found.differences:
        _write_differences(book.add_sheet("Rate, mix, planning"), found)
    if found.ghosts:
        _write_ghosts(book.add_sheet("Ghost routes"), found, names, types)
    rows = [[a.name, a.value, a.unit, a.year, a.source, a.grade] for a in market.assumptions]
    sheet = book.add_sheet("Should-cost")
    sheet.write_title("What should-cost stands on", "Grade C: replace with local data.")
    sheet.write_table(ASSUMPTION_COLUMNS, rows)
    return book.close()


def _check_identities(found: PlanComparison, run: RunRecord) -> None:
    """Check that the routes' planned cost is the plan's (M3)."""
    lines = run.lines if found.plan_id == run.plan.plan_id else run.baseline_lines
    due = sum(line.amount_pence for line in lines if line.basis in ("contract", "avoidable"))
    shown = sum(row.planned_pence for row in found.routes)
    if shown != due:
        raise IdentityError(f"routes are planned at {shown} pence, their plan costs {due}")


def _write_summary(sheet: Sheet, found: PlanComparison, run: RunRecord, inputs: Inputs) -> None:
    """Write what a commissioner asks first."""
    sheet.set_widths([52, 12, 16, 16, 16])
    sheet.write_title(
        f"Own, bought, paid and should-cost: {inputs.title}",
        f"{found.plan_words}, pounds a day, {found.price_base}",
    )
    for warning in describe_warnings(run):
        sheet.write_note(warning, "warning")
    sheet.skip()
    columns = (
        Column(heading="Price", width=52),
        Column(heading="Routes", kind=Kind.COUNT),
        Column(heading="Net, £", kind=POUNDS, width=16),
        Column(heading="VAT, £", kind=POUNDS, width=16),
        Column(heading="Gross, £", kind=POUNDS, width=16),
    )
    sheet.write_heading("All routes that have the price")
    sheet.write_header(columns)
    for row in _sum_prices(found.routes):
        sheet.write_row(columns, row)
    sheet.skip()
    both = [r for r in found.routes if r.short_run_pence is not None]
    sheet.write_heading(f"The {len(both)} routes that could be run either way")
    sheet.write_header(columns)
    for row in _sum_prices(both):
        sheet.write_row(columns, row)
    sheet.skip()
    sheet.write_heading("What a bid says against own cost (formula F5)")
    signs = (
        Column(heading="Bid is the cheapest rate card", width=52),
        Column(heading="Buy", kind=Kind.COUNT),
        Column(heading="Own", kind=Kind.COUNT, width=16),
        Column(heading="Equal", kind=Kind.COUNT, width=16),
        Column(heading="Bids less own, £", kind=POUNDS, width=16),
    )
    sheet.write_header(signs)
    for words, differences in (
        ("Short run: bid less own avoidable cost", [r.short_run_pence for r in both]),
        ("Long run: bid less own full cost", [r.long_run_pence for r in both]),
    ):
        said = [find_sign(d) for d in differences]
        sheet.write_row(
            signs,
            [
                words,
                *(said.count(sign) for sign in ("buy", "own", "equal")),
                sum(d for d in differences if d is not None),
            ],
        )
    sheet.write_note("Each route on its own: nobody's number of vehicles is looked at, and")
    sheet.write_note("routes that would share a crew pay its least time each.")
    sheet.skip()
    write_origin(sheet, run)
    sheet.skip()
    write_attribution(sheet, run)


def _sum_prices(rows: Sequence[RouteComparison]) -> list[list[Any]]:
    """Add up each price over the routes that have it: words, routes, net, VAT, gross."""

    def add(words: str, prices: list[tuple[int, int]]) -> list[Any]:
        net = sum(p for p, _ in prices)
        vat = sum(v for _, v in prices)
        return [words, len(prices), net, vat, net + vat]

    bids = [r.bid for r in rows if r.bid is not None]
    made = [
        add(
            "Contract price paid today",
            [(r.paid_pence, r.paid_vat_pence) for r in rows if r.paid_pence is not None],
        ),
        add("Cheapest rate card", [(b.net_pence, b.vat_pence) for b in bids]),
        add(
            "Should-cost",
            [(r.should_pence, r.should_vat_pence) for r in rows if r.should_pence is not None],
        ),
        add(
            "Own company, avoidable",
            [(r.own_avoidable_pence, 0) for r in rows if r.own_avoidable_pence is not None],
        ),
        add(
            "Own company, full",
            [(r.own_full_pence, 0) for r in rows if r.own_full_pence is not None],
        ),
    ]
    return [row for row in made if row[1]]


def _write_routes(sheet: Sheet, found: PlanComparison) -> None:
    """Write each route under every kind of price, net of VAT."""
    columns = (
        Column(heading="Route", width=16),
        Column(heading="Contract", width=11),
        Column(heading="Session", width=9),
        Column(heading="Provider", width=9),
        Column(heading="Vehicle", width=14),
        Column(heading="Passengers", kind=Kind.COUNT, width=11),
        Column(heading="Miles", kind=Kind.MILES, width=8),
        Column(heading="Minutes", kind=Kind.MINUTES, width=9),
        Column(heading="Priced at its rates, £", kind=POUNDS, width=11),
        Column(heading="Paid, £", kind=POUNDS, width=10),
        Column(heading="Cards that can serve it", kind=Kind.COUNT, width=10),
        Column(heading="Cheapest card", width=11),
        Column(heading="Cheapest card, £", kind=POUNDS, width=10),
        Column(heading="Should-cost, £", kind=POUNDS, width=10),
        Column(heading="Own, avoidable, £", kind=POUNDS, width=10),
        Column(heading="Own, full, £", kind=POUNDS, width=10),
        Column(heading="Bid less own avoidable, £", kind=POUNDS, width=12),
        Column(heading="Short run", width=9),
        Column(heading="Bid less own full, £", kind=POUNDS, width=12),
        Column(heading="Long run", width=9),
        Column(heading="Paid less should-cost, £", kind=POUNDS, width=12),
    )
    rows = [
        [
            r.route_id,
            r.route_name,
            r.session.value.replace("_", " "),
            r.provider_id,
            r.vehicle_type_id,
            r.n_passengers,
            r.loaded_m,
            r.route_s,
            r.planned_pence,
            r.paid_pence,
            len(r.cards),
            r.bid.rate_card_id if r.bid else "nobody can",
            r.bid.net_pence if r.bid else None,
            r.should_pence,
            r.own_avoidable_pence,
            r.own_full_pence,
            r.short_run_pence,
            find_sign(r.short_run_pence),
            r.long_run_pence,
            find_sign(r.long_run_pence),
            None
            if r.paid_pence is None or r.should_pence is None
            else r.paid_pence - r.should_pence,
        ]
        for r in found.routes
    ]
    sheet.write_title(
        "Each route under every kind of price",
        f"Pounds a day, net of VAT, {found.price_base}. A bid below own cost says buy.",
    )
    sheet.write_table(columns, rows)


def _write_vat(sheet: Sheet, found: PlanComparison) -> None:
    """Write net, VAT and gross of what carries VAT."""
    columns = (
        Column(heading="Route", width=16),
        *(
            Column(heading=f"{words}, {part}, £", kind=POUNDS, width=13)
            for words in ("Paid", "Cheapest card", "Should-cost")
            for part in ("net", "VAT", "gross")
        ),
    )
    rows = [
        [
            r.route_id,
            *_split_vat(r.paid_pence, r.paid_vat_pence),
            *_split_vat(r.bid.net_pence if r.bid else None, r.bid.vat_pence if r.bid else 0),
            *_split_vat(r.should_pence, r.should_vat_pence),
        ]
        for r in found.routes
    ]
    totals = [
        sum(v or 0 for v in column) for column in zip(*(x[1:] for x in rows), strict=True)
    ]
    words = "recovers VAT: net counts as cost" if found.is_vat_recovered else "bears VAT"
    sheet.write_title(
        "Net and gross of VAT",
        f"Pounds a day, {found.price_base}. The council {words}. Ten or more places: no VAT.",
    )
    sheet.write_table(columns, rows, total=["All", *totals] if rows else None)


def _split_vat(net: int | None, vat: int) -> list[int | None]:
    return [None, None, None] if net is None else [net, vat, net + vat]


def _write_break_even(sheet: Sheet, found: PlanComparison) -> None:
    """Write the miles and minutes at which the cheapest card and own cost meet."""
    columns = (
        Column(heading="Route", width=16),
        Column(heading="Cheapest card", width=16),
        Column(heading="Miles", kind=Kind.MILES, width=10),
        Column(heading="Break-even miles, short run", kind=Kind.MILES, width=16),
        Column(heading="Break-even miles, long run", kind=Kind.MILES, width=16),
        Column(heading="Minutes", kind=Kind.MINUTES, width=10),
        Column(heading="Break-even minutes, short run", kind=Kind.MINUTES, width=16),
        Column(heading="Break-even minutes, long run", kind=Kind.MINUTES, width=16),
    )
    rows = [
        [
            r.route_id,
            r.bid.rate_card_id,
            r.loaded_m,
            r.break_even.short_m,
            r.break_even.long_m,
            r.route_s,
            r.break_even.short_s,
            r.break_even.long_s,
        ]
        for r in found.routes
        if r.bid is not None and r.own_full_pence is not None
    ]
    sheet.write_title(
        "Where the cheapest card and own cost meet",
        "All else as planned; blank: they do not meet within 62 miles or 4 hours, or the card "
        "charges a day rate for two routes.",
    )
    sheet.write_table(columns, rows)


def _write_whole(sheet: Sheet, found: PlanComparison, names: dict[str, str]) -> None:
    """Write what all routes that a card can serve cost under it, and under everything else."""
    columns = (
        Column(heading="Rate card", width=14),
        Column(heading="Supplier", width=34),
        Column(heading="Routes it can serve", kind=Kind.COUNT, width=10),
        Column(heading="Net, £", kind=POUNDS, width=12),
        Column(heading="VAT, £", kind=POUNDS, width=12),
        Column(heading="Gross, £", kind=POUNDS, width=12),
        Column(heading="The same routes: priced today, £", kind=POUNDS, width=14),
        Column(heading="Should-cost, £", kind=POUNDS, width=12),
        Column(heading="Own, avoidable, £", kind=POUNDS, width=12),
        Column(heading="Own, full, £", kind=POUNDS, width=12),
        Column(heading="Short run", width=10),
        Column(heading="Long run", width=10),
    )
    rows = []
    for card_id, held in sorted(_group_by_card(found).items()):
        prices = [price for _, price in held]
        routes = [r for r, _ in held if r.own_full_pence is not None]
        is_comparable = len(routes) == len(held)
        cost = sum(p.cost_pence for p in prices)
        avoidable = sum(r.own_avoidable_pence or 0 for r in routes)
        full = sum(r.own_full_pence or 0 for r in routes)
        rows.append(
            [
                card_id,
                names.get(prices[0].provider_id, prices[0].provider_id),
                len(held),
                sum(p.net_pence for p in prices),
                sum(p.vat_pence for p in prices),
                sum(p.net_pence + p.vat_pence for p in prices),
                sum(r.planned_pence for r, _ in held),
                sum(r.should_pence or 0 for r, _ in held),
                avoidable if is_comparable else None,
                full if is_comparable else None,
                find_sign(cost - avoidable) if is_comparable else "",
                find_sign(cost - full) if is_comparable else "",
            ]
        )
    sheet.write_title(
        "All routes that a rate card can serve, under it and under everything else",
        f"Pounds a day, {found.price_base}. Priced today: at its provider's rates. Each route "
        "on its own.",
    )
    sheet.write_table(columns, rows)


def _group_by_card(
    found: PlanComparison,
) -> dict[str, list[tuple[RouteComparison, CardPrice]]]:
    """Group routes with their price by rate card."""
    groups: dict[str, list[tuple[RouteComparison, CardPrice]]] = {}
    for row in found.routes:
        for price in row.cards:
            groups.setdefault(price.rate_card_id, []).append((row, price))
    return groups


def _write_cards(sheet: Sheet, found: PlanComparison, names: dict[str, str]) -> None:
    """Write each rate card's price of each route, net of VAT."""
    cards: dict[str, CardPrice] = {}
    for row in found.routes:
        for price in row.cards:
            cards.setdefault(price.rate_card_id, price)
    ids = sorted(cards)
    columns = (
        Column(heading="Route", width=16),
        *(Column(heading=f"{i}, £", kind=POUNDS, width=12) for i in ids),
    )
    rows = []
    for row in found.routes:
        by_card = {p.rate_card_id: p.net_pence for p in row.cards}
        rows.append([row.route_id, *(by_card.get(i) for i in ids)])
    sheet.write_title(
        "Each route under each rate card",
        f"Pounds a day, net of VAT, {found.price_base}; blank: the supplier cannot serve it.",
    )
    sheet.write_table(columns, rows)
    sheet.skip()
    for i in ids:
        provider_id = cards[i].provider_id
        sheet.write_note(f"{i}: {names.get(provider_id, provider_id)}")


def _write_differences(sheet: Sheet, found: PlanComparison) -> None:
    """Write what separates each option's best routes from the reference."""
    columns = (
        Column(heading="Option", width=28),
        Column(heading="View", width=32),
        Column(heading="Reference, £", kind=POUNDS, width=14),
        Column(heading="Rate, £", kind=POUNDS, width=13),
        Column(heading="Mix, £", kind=POUNDS, width=13),
        Column(heading="Same routes at its rates, £", kind=POUNDS, width=14),
        Column(heading="Planning, £", kind=POUNDS, width=13),
        Column(heading="Volume, £", kind=POUNDS, width=13),
        Column(heading="Its best routes, £", kind=POUNDS, width=14),
        Column(heading="Journeys, reference", kind=Kind.COUNT, width=12),
        Column(heading="Journeys, compared", kind=Kind.COUNT, width=12),
        Column(heading="Vehicles, reference", kind=Kind.COUNT, width=12),
        Column(heading="Vehicles, compared", kind=Kind.COUNT, width=12),
        Column(heading="Duties it cannot serve", kind=Kind.COUNT, width=12),
    )
    rows = [
        [
            d.option,
            VIEW_WORDS[CostView(d.view)],
            d.reference_pence,
            d.rate_pence,
            d.mix_pence,
            d.same_routes_pence,
            d.planning_pence,
            d.volume_pence,
            d.compared_pence,
            d.n_reference_journeys,
            d.n_compared_journeys,
            d.n_reference_vehicles,
            d.n_compared_vehicles,
            d.n_kept_duties,
        ]
        for d in found.differences
    ]
    sheet.write_title(
        "Rate, mix, planning and volume",
        "Reference + rate + mix = the same routes at its rates; + planning + volume = its best "
        f"routes. Pounds a day, {found.price_base}.",
    )
    sheet.write_table(columns, rows)
    for text in (
        "Rate: the same routes with the same vehicle types at the option's rates.",
        "Mix: the same routes with the option's cheapest vehicle types.",
        "Planning: the option's own best routes, for the journeys that both carry.",
        "Volume: journeys that only one of them carries, and contracts that carry nobody.",
        "Numbers of vehicles and crews are not limited: the question is price, not fleet.",
    ):
        sheet.write_note(text)


def _write_ghosts(
    sheet: Sheet, found: PlanComparison, names: dict[str, str], types: dict[str, str]
) -> None:
    """Write contracts that are paid though nobody is carried."""
    columns = (
        Column(heading="Contract", width=20),
        Column(heading="Supplier", width=30),
        Column(heading="Vehicle", width=24),
        Column(heading="Paid a day, £", kind=POUNDS, width=14),
    )
    rows = [
        [
            g.route_name,
            names.get(g.provider_id, g.provider_id),
            types.get(g.vehicle_type_id, g.vehicle_type_id),
            g.paid_pence,
        ]
        for g in found.ghosts
    ]
    sheet.write_title("Paid on the day, and nobody carried", found.price_base)
    total = ["All", None, None, sum(g.paid_pence for g in found.ghosts)]
    sheet.write_table(columns, rows, total=total)
