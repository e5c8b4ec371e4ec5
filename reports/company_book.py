"""The workbook of the own company's cost: by activity, work, customer, date; and the ties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from data.accounts import Activity
from data.company_costs import CompanyCost, Layer, WorkCost
from data.errors import IdentityError
from data.units import MM_PER_MILE, S_PER_HOUR, divide_half_up
from reports.cells import Book, Column, Kind, Origin, Sheet
from reports.company_text import (
    ACTIVITY_WORDS,
    describe_books,
    describe_tie,
    find_unit_pence,
)

POUNDS = Kind.POUNDS


def build_company_book(found: CompanyCost) -> bytes:
    """Build the workbook of the company's cost.

    Raises
    ------
    IdentityError
        If parts do not add up to the ledger (M3).
    """
    _check_identities(found)
    books = found.accounts
    parts = [books.accounts_id, f"code {books.code_version}"]
    if books.is_synthetic:
        parts.append("made-up books")
    book = Book(
        Origin(
            title=f"Company cost, {books.title}",
            footer="   ".join(parts),
            created_utc=books.created_utc,
        )
    )
    _write_summary(book.add_sheet("Summary"), found)
    _write_centres(book.add_sheet("Cost centres"), found)
    _write_ties(book.add_sheet("Reconciliation"), found)
    _write_groups(book.add_sheet("Duties"), found, "Duty", lambda w: w.work.duty_id)
    _write_groups(book.add_sheet("Routes"), found, "Route", lambda w: w.work.route_id)
    _write_customers(book.add_sheet("Customers"), found)
    _write_releases(book.add_sheet("When cost stops"), found)
    _write_income(book.add_sheet("Income"), found)
    return book.close()


def _check_identities(found: CompanyCost) -> None:
    """Check that work, unused and undriven cost come to the ledger (M3)."""
    parts = sum(w.full_pence for w in found.works) + found.unused_pence + found.undriven_pence
    lines = sum(x.amount_pence for x in found.accounts.lines if x.kind == "cost")
    if not parts == found.ledger_pence == lines:
        raise IdentityError(
            f"parts come to {parts} pence, cost centres to {found.ledger_pence}, the ledger "
            f"to {lines}"
        )


def _write_summary(sheet: Sheet, found: CompanyCost) -> None:
    sheet.set_widths([46, 16, 16, 16, 16, 16])
    sheet.write_title(f"What the company costs: {found.accounts.title}", describe_books(found))
    if found.accounts.is_synthetic:
        sheet.write_note("The books are made up: no figure here is anybody's.", "warning")
    sheet.skip()
    sheet.write_heading("By activity")
    columns = (
        Column(heading="Activity", width=46),
        Column(heading="Stops in the term, £", kind=POUNDS, width=16),
        Column(heading="Stops later, £", kind=POUNDS, width=16),
        Column(heading="Stays, £", kind=POUNDS, width=16),
        Column(heading="On work, £", kind=POUNDS, width=16),
        Column(heading="Unused, £", kind=POUNDS, width=16),
    )
    sheet.write_header(columns)
    rows: list[list[Any]] = []
    for activity in Activity:
        layers = [
            sum(p for w in found.works for a, x, p in w.amounts if a is activity and x is layer)
            for layer in Layer
        ]
        unused = sum(p for a, _, p in found.unused if a is activity)
        rows.append([ACTIVITY_WORDS[activity].capitalize(), *layers, sum(layers), unused])
        sheet.write_row(columns, rows[-1])
    totals = [sum(column) for column in zip(*(r[1:] for r in rows), strict=True)]
    sheet.write_row(columns, ["All", *totals], style="total")
    for text in (
        "Unused: hours, vehicle days and miles that were paid for and are on no route.",
        "Stops in the term, stops later (end of contracts, disposal of vehicles) and stays are",
        "the parts of what is on work.",
    ):
        sheet.write_note(text)
    sheet.skip()
    _write_units(sheet, found)
    sheet.skip()
    sheet.write_pair("Ledger cost, £", found.ledger_pence, POUNDS)
    sheet.write_pair("  on work, £", sum(w.full_pence for w in found.works), POUNDS)
    sheet.write_pair("  unused, £", found.unused_pence, POUNDS)
    sheet.write_pair("  without a record to go by, £", found.undriven_pence, POUNDS)
    sheet.write_pair("Income, £", found.income_pence, POUNDS)
    sheet.write_pair("Income less cost, £", found.income_pence - found.ledger_pence, POUNDS)
    sheet.skip()
    sheet.write_heading("Where these figures come from")
    sheet.write_pair("Books", found.accounts.accounts_id)
    sheet.write_pair("Read (UTC)", f"{found.accounts.created_utc:%Y-%m-%d %H:%M:%S}")
    sheet.write_pair("Code version", found.accounts.code_version)
    for name, sha256 in found.accounts.files:
        sheet.write_pair(f"File {name}", sha256)


def _write_units(sheet: Sheet, found: CompanyCost) -> None:
    """Write what a journey, a mile and an hour cost."""
    sheet.write_heading("For each unit of work")
    columns = (
        Column(heading="Unit", width=46),
        Column(heading="Number", kind=Kind.COUNT, width=16),
        Column(heading="Stops in the term, £", kind=POUNDS, width=16),
        Column(heading="Long run, £", kind=POUNDS, width=16),
        Column(heading="Full, £", kind=POUNDS, width=16),
        Column(heading="Full with unused, £", kind=POUNDS, width=16),
    )
    sheet.write_header(columns)
    works = [w.work for w in found.works]
    costs = (
        sum(w.short_run_pence for w in found.works),
        sum(w.long_run_pence for w in found.works),
        sum(w.full_pence for w in found.works),
        sum(w.full_pence for w in found.works) + found.unused_pence,
    )
    units = (
        ("Passenger journey", sum(w.n_journeys for w in works), 1),
        ("Mile, loaded or empty", 1_000 * sum(w.total_m for w in works), MM_PER_MILE),
        ("Crew hour on work", sum(w.driver_s + w.assistant_s for w in works), S_PER_HOUR),
        ("Day of a route", sum(w.n_days for w in works), 1),
    )
    for words, quantity, size in units:
        sheet.write_row(
            columns,
            [
                words,
                divide_half_up(quantity, size),
                *(find_unit_pence(pence * size, quantity) for pence in costs),
            ],
        )
    sheet.write_note("Averages: what one more or one fewer costs is not the average.")


def _write_centres(sheet: Sheet, found: CompanyCost) -> None:
    columns = (
        Column(heading="Cost centre", width=14),
        Column(heading="Name", width=34),
        Column(heading="Activity", width=12),
        Column(heading="Printed total, £", kind=POUNDS, width=16),
        Column(heading="Ledger lines, £", kind=POUNDS, width=16),
        Column(heading="Difference, £", kind=POUNDS, width=13),
        Column(heading="On work, £", kind=POUNDS, width=16),
        Column(heading="Unused, £", kind=POUNDS, width=14),
        Column(heading="No record to go by, £", kind=POUNDS, width=14),
        Column(heading="Stops in the term, %", width=11),
        Column(heading="Stops in the long run, %", width=11),
    )
    rows = [
        [
            c.cost_centre_id,
            c.name,
            ACTIVITY_WORDS[c.activity],
            c.printed_pence,
            c.ledger_pence,
            None if c.printed_pence is None else c.ledger_pence - c.printed_pence,
            c.work_pence,
            c.unused_pence,
            c.undriven_pence,
            f"{c.short_run_bp / 100:g}",
            f"{c.long_run_bp / 100:g}",
        ]
        for c in found.centres
    ]
    total = [
        "All",
        None,
        None,
        None,
        found.ledger_pence,
        None,
        sum(c.work_pence for c in found.centres),
        found.unused_pence,
        found.undriven_pence,
        None,
        None,
    ]
    sheet.write_title("Cost centres, and where each went", describe_books(found))
    sheet.write_table(columns, rows, total=total)


def _write_ties(sheet: Sheet, found: CompanyCost) -> None:
    columns = (
        Column(heading="What is held against what", width=58),
        Column(heading="First", width=20),
        Column(heading="Second", width=20),
        Column(heading="Difference", width=18),
        Column(heading="", width=10),
    )
    rows = []
    for tie in found.ties:
        left, right, difference = describe_tie(tie)
        rows.append([tie.words, left, right, difference, "" if tie.difference else "ties"])
    sheet.write_title("Reconciliation: what ties, and what does not", describe_books(found))
    sheet.write_table(columns, rows)
    sheet.write_note("Hours, days and miles beyond the work are the unused cost; work beyond")
    sheet.write_note("what was paid for or driven is a fault of a record.")


def _write_groups(
    sheet: Sheet, found: CompanyCost, heading: str, key: Callable[[WorkCost], str]
) -> None:
    """Write cost by duty or by route, with each activity and what a unit costs."""
    groups: dict[str, list[WorkCost]] = defaultdict(list)
    for work in found.works:
        groups[key(work)].append(work)
    columns = (
        Column(heading=heading, width=18),
        Column(heading="Customers", width=16),
        *(
            Column(heading=f"{ACTIVITY_WORDS[a].capitalize()}, £", kind=POUNDS, width=12)
            for a in Activity
        ),
        Column(heading="Full, £", kind=POUNDS, width=13),
        Column(heading="Stops in the term, £", kind=POUNDS, width=13),
        Column(heading="Long run, £", kind=POUNDS, width=13),
        Column(heading="Journeys", kind=Kind.COUNT, width=10),
        Column(heading="A journey, £", kind=POUNDS, width=10),
        Column(heading="A mile, £", kind=POUNDS, width=9),
        Column(heading="A crew hour, £", kind=POUNDS, width=10),
    )
    rows = [[name, *_sum_works(held)] for name, held in sorted(groups.items())]
    whole = _sum_works(found.works)
    whole[0] = None
    sheet.write_title(f"{heading} by activity", describe_books(found))
    sheet.write_table(columns, rows, total=["All on work", *whole] if rows else None)


def _sum_works(held: Sequence[WorkCost]) -> list[Any]:
    """Add up works: customers, activities, full, short, long, journeys and unit costs."""
    full = sum(w.full_pence for w in held)
    journeys = sum(w.work.n_journeys for w in held)
    metres = sum(w.work.total_m for w in held)
    seconds = sum(w.work.driver_s + w.work.assistant_s for w in held)
    return [
        ", ".join(sorted({w.work.customer_id for w in held})),
        *(sum(w.find_activity_pence(a) for w in held) for a in Activity),
        full,
        sum(w.short_run_pence for w in held),
        sum(w.long_run_pence for w in held),
        journeys,
        find_unit_pence(full, journeys),
        find_unit_pence(full * MM_PER_MILE, 1_000 * metres),
        find_unit_pence(full * S_PER_HOUR, seconds),
    ]


def _write_customers(sheet: Sheet, found: CompanyCost) -> None:
    columns = (
        Column(heading="Customer", width=22),
        Column(heading="Income, £", kind=POUNDS, width=16),
        Column(heading="Cost that stops in the term, £", kind=POUNDS, width=16),
        Column(heading="Margin over it, £", kind=POUNDS, width=16),
        Column(heading="Long-run cost, £", kind=POUNDS, width=16),
        Column(heading="Margin over it, £", kind=POUNDS, width=16),
        Column(heading="Full cost, £", kind=POUNDS, width=16),
        Column(heading="Margin over it, £", kind=POUNDS, width=16),
        Column(heading="Journeys", kind=Kind.COUNT, width=12),
    )
    rows: list[list[Any]] = [
        [
            c.customer_id,
            c.income_pence,
            c.short_run_pence,
            c.income_pence - c.short_run_pence,
            c.long_run_pence,
            c.income_pence - c.long_run_pence,
            c.full_pence,
            c.income_pence - c.full_pence,
            c.n_journeys,
        ]
        for c in found.customers
    ]
    totals = [sum(column) for column in zip(*(r[1:] for r in rows), strict=True)]
    sheet.write_title(
        "Income and margin by customer",
        f"{describe_books(found)}. Unused and unallocated cost is in no customer's margin.",
    )
    sheet.write_table(columns, rows, total=["All", *totals] if rows else None)


def _write_releases(sheet: Sheet, found: CompanyCost) -> None:
    columns = (
        Column(heading="From", width=26),
        Column(heading="Activity", width=14),
        Column(heading="Stops then, £ a period", kind=POUNDS, width=18),
        Column(heading="Stopped by then, £", kind=POUNDS, width=18),
    )
    rows: list[list[Any]] = []
    so_far = 0
    for release in found.releases:
        so_far += release.pence
        rows.append(
            [
                release.on or "no date recorded",
                ACTIVITY_WORDS[release.activity],
                release.pence,
                so_far,
            ]
        )
    sheet.write_title(
        "When long-run cost can stop",
        "Ends of contracts and disposal of vehicles; what stops within the term is not here.",
    )
    sheet.write_table(columns, rows)


def _write_income(sheet: Sheet, found: CompanyCost) -> None:
    columns = (
        Column(heading="Posting", width=22),
        Column(heading="Date", kind=Kind.DATE, width=14),
        Column(heading="Customer", width=22),
        Column(heading="Account", width=18),
        Column(heading="Text", width=34),
        Column(heading="Amount, £", kind=POUNDS, width=16),
    )
    lines = [x for x in found.accounts.lines if x.kind == "income"]
    rows = [
        [x.line_id, x.posted_on, x.customer_id, x.account, x.text, x.amount_pence]
        for x in lines
    ]
    sheet.write_title("Income lines", describe_books(found))
    total = ["All", None, None, None, None, sum(x.amount_pence for x in lines)]
    sheet.write_table(columns, rows, total=total)
