"""Lines about the own company's cost for the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from data.accounts import Activity
from data.company_costs import CompanyCost, TieOut
from data.units import MM_PER_MILE, S_PER_HOUR, divide_half_up, format_pounds

ACTIVITY_WORDS: Mapping[Activity, str] = {
    Activity.CREW: "crew",
    Activity.VEHICLE: "vehicle",
    Activity.MILES: "miles",
    Activity.SITE: "site",
    Activity.CENTRAL: "central",
    Activity.OVERHEAD: "overhead",
}


def describe_books(found: CompanyCost) -> str:
    """Describe period and price base."""
    books = found.accounts
    made_up = "; the books are made up" if books.is_synthetic else ""
    return (
        f"{books.from_on.day} {books.from_on:%B %Y} to {books.to_on.day} {books.to_on:%B %Y}, "
        f"prices of {books.price_base}, net of VAT{made_up}"
    )


def find_unit_pence(pence: int, n: int) -> int | None:
    """Find pence for each of so many things; None for none."""
    return divide_half_up(pence, n) if n > 0 else None


def describe_tie(tie: TieOut) -> tuple[str, str, str]:
    """Describe both sides of a tie and their difference in the tie's unit."""
    if tie.unit == "pence":
        return tuple(  # type: ignore[return-value]
            format_pounds(x) for x in (tie.left, tie.right, tie.difference)
        )
    if tie.unit == "s":
        return tuple(  # type: ignore[return-value]
            f"{x / S_PER_HOUR:,.1f} h" for x in (tie.left, tie.right, tie.difference)
        )
    if tie.unit == "m":
        return tuple(  # type: ignore[return-value]
            f"{x * 1_000 / MM_PER_MILE:,.0f} miles"
            for x in (tie.left, tie.right, tie.difference)
        )
    return (f"{tie.left:,}", f"{tie.right:,}", f"{tie.difference:,}")


def build_company_lines(found: CompanyCost) -> tuple[str, ...]:
    """Build the lines of the company's cost: ledger, units, customers, ties."""
    lines = [
        f"{found.accounts.title}: {describe_books(found)}",
        f"{'cost centre':<34} {'activity':<9} {'ledger':>15} {'on work':>15} {'unused':>14} "
        f"{'no record':>12}",
    ]
    lines += [
        f"{f'{c.cost_centre_id} {c.name}'[:34]:<34} {c.activity:<9} "
        f"{format_pounds(c.ledger_pence):>15} {format_pounds(c.work_pence):>15} "
        f"{format_pounds(c.unused_pence):>14} {format_pounds(c.undriven_pence):>12}"
        for c in found.centres
    ]
    lines.append(
        f"{'all':<34} {'':<9} {format_pounds(found.ledger_pence):>15} "
        f"{format_pounds(sum(c.work_pence for c in found.centres)):>15} "
        f"{format_pounds(found.unused_pence):>14} {format_pounds(found.undriven_pence):>12}"
    )
    works = [w.work for w in found.works]
    full = sum(w.full_pence for w in found.works)
    for words, n, size in (
        ("a passenger journey", sum(w.n_journeys for w in works), 1),
        ("a mile", sum(w.total_m for w in works), MM_PER_MILE // 1_000),
        ("a crew hour", sum(w.driver_s + w.assistant_s for w in works), S_PER_HOUR),
    ):
        pence = divide_half_up(full * size, n) if n else None
        lines.append(
            f"{words}: {'-' if pence is None else format_pounds(pence)} in full, on work"
        )
    lines.append(
        f"{'customer':<12} {'income':>15} {'stops in term':>15} {'stops later':>15} "
        f"{'full':>15} {'margin, full':>15}"
    )
    lines += [
        f"{c.customer_id:<12} {format_pounds(c.income_pence):>15} "
        f"{format_pounds(c.short_run_pence):>15} "
        f"{format_pounds(c.long_run_pence - c.short_run_pence):>15} "
        f"{format_pounds(c.full_pence):>15} {format_pounds(c.income_pence - c.full_pence):>15}"
        for c in found.customers
    ]
    result = found.income_pence - found.ledger_pence
    lines.append(
        f"income {format_pounds(found.income_pence)} less ledger cost "
        f"{format_pounds(found.ledger_pence)}: {format_pounds(result)}"
    )
    for tie in found.ties:
        left, right, difference = describe_tie(tie)
        state = "ties" if tie.difference == 0 else f"differs by {difference}"
        lines.append(f"{tie.words}: {left} and {right}, {state}")
    return tuple(lines)
