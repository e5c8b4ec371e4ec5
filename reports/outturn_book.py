"""Forecast against outturn: lines for the screen, a workbook, a chart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from data.errors import IdentityError
from data.outturn import MONEY, Baseline, Measure, Tracked
from reports.cells import Book, Column, Kind, Origin

MEASURE_WORDS = {
    Measure.OWN_COST: "Own company's work",
    Measure.SUPPLIER_COST: "Suppliers",
    Measure.OFFERS_COST: "Travel training, passes and budgets",
    Measure.VEHICLES: "Vehicles at work on a usual day",
    Measure.PASSENGERS: "Passengers on a usual day",
}


def find_money_months(tracked: Sequence[Tracked]) -> dict[str, tuple[int, int, int | None]]:
    """Find reference, plan and actual of all money by month; no actual until all has come.

    Returns
    -------
    (reference, planned, actual) by month. [pence]
    """
    found: dict[str, list[Tracked]] = defaultdict(list)
    for one in tracked:
        if one.measure in MONEY:
            found[one.month].append(one)
    months: dict[str, tuple[int, int, int | None]] = {}
    for month, held in sorted(found.items()):
        came = [one.actual for one in held if one.actual is not None]
        months[month] = (
            sum(one.reference for one in held),
            sum(one.planned for one in held),
            sum(came) if len(came) == len(held) else None,
        )
    return months


def build_outturn_lines(baseline: Baseline, tracked: Sequence[Tracked]) -> tuple[str, ...]:
    """Build the lines of forecast against outturn, savings positive."""
    lines = [
        f"{baseline.title}: {baseline.planned_id} against {baseline.reference_id}",
        f"baseline {baseline.baseline_id}",
        f"{'month':<10}{'without':>14}{'planned':>14}{'actual':>14}{'to save':>13}"
        f"{'saved':>13}{'short by':>13}",
    ]
    sums = [0, 0, 0]
    for month, (reference, planned, actual) in find_money_months(tracked).items():
        if actual is None:
            lines.append(
                f"{month:<10}{_pounds(reference):>14}{_pounds(planned):>14}{'':>14}"
                f"{_pounds(reference - planned):>13}"
            )
            continue
        sums = [sums[0] + reference, sums[1] + planned, sums[2] + actual]
        lines.append(f"{month:<10}{_describe(reference, planned, actual)}")
    if sums[0]:
        lines.append(f"{'so far':<10}{_describe(*sums)}")
    else:
        lines.append("no month has come in full yet: `wayfare outturn import FILE`")
    for one in tracked:
        if not one.measure.is_money and one.actual is not None:
            lines.append(
                f"{one.month}  {MEASURE_WORDS[one.measure]}: {one.actual:,}, planned "
                f"{one.planned:,}, without {one.reference:,}"
            )
    return tuple(lines)


def _describe(reference: int, planned: int, actual: int) -> str:
    return (
        f"{_pounds(reference):>14}{_pounds(planned):>14}{_pounds(actual):>14}"
        f"{_pounds(reference - planned):>13}{_pounds(reference - actual):>13}"
        f"{_pounds(actual - planned):>13}"
    )


def _pounds(pence: int) -> str:
    whole = (abs(pence) + 50) // 100
    return f"{'-' if pence < 0 and whole else ''}£{whole:,}"


_MONEY_COLUMNS = (
    Column(heading="Month", width=10),
    Column(heading="Without the decision (£)", kind=Kind.POUNDS, width=16),
    Column(heading="Planned (£)", kind=Kind.POUNDS, width=16),
    Column(heading="Actual (£)", kind=Kind.POUNDS, width=16),
    Column(heading="Saving planned (£)", kind=Kind.POUNDS, width=16),
    Column(heading="Saving that came (£)", kind=Kind.POUNDS, width=16),
    Column(heading="Short of plan (£)", kind=Kind.POUNDS, width=16),
)


def build_outturn_book(baseline: Baseline, tracked: Sequence[Tracked]) -> bytes:
    """Build the workbook of forecast against outturn.

    Raises
    ------
    IdentityError
        If the measures do not add up to the months.
    """
    book = Book(
        Origin(
            title=f"Forecast against outturn: {baseline.title}",
            footer=f"Baseline {baseline.baseline_id}   code {baseline.code_version}",
            created_utc=baseline.created_utc,
        )
    )
    months = find_money_months(tracked)
    sheet = book.add_sheet("All money by month")
    sheet.write_title(
        baseline.title,
        f"{baseline.planned_id} against {baseline.reference_id}; a saving is positive. Months "
        "that have not come in full have no actual.",
    )
    rows: list[list[Any]] = [
        [
            month,
            reference,
            planned,
            actual,
            reference - planned,
            None if actual is None else reference - actual,
            None if actual is None else actual - planned,
        ]
        for month, (reference, planned, actual) in months.items()
    ]
    came = [row for row in rows if row[3] is not None]
    total = ["So far", *(sum(row[k] for row in came) for k in range(1, 7))]
    sheet.write_table(_MONEY_COLUMNS, rows, total=total)
    for measure in Measure:
        _write_measure(book, measure, [one for one in tracked if one.measure is measure])
    spent = sum(
        one.actual or 0
        for one in tracked
        if one.measure in MONEY and months[one.month][2] is not None
    )
    if spent != total[3]:
        raise IdentityError(f"measures come to {spent} pence, months to {total[3]}")
    return book.close()


def _write_measure(book: Book, measure: Measure, held: Sequence[Tracked]) -> None:
    """Write one measure's months."""
    kind = Kind.POUNDS if measure.is_money else Kind.COUNT
    unit = " (£)" if measure.is_money else ""
    columns = (
        Column(heading="Month", width=10),
        *(
            Column(heading=f"{words}{unit}", kind=kind, width=16)
            for words in (
                "Without the decision",
                "Planned",
                "Actual",
                "Less than without",
                "More than planned",
            )
        ),
    )
    sheet = book.add_sheet(str(measure).replace("_", " ").capitalize())
    sheet.write_title(MEASURE_WORDS[measure])
    sheet.write_table(
        columns,
        [
            [
                one.month,
                one.reference,
                one.planned,
                one.actual,
                one.benefit,
                None if one.actual is None else one.actual - one.planned,
            ]
            for one in held
        ],
    )


def build_outturn_chart(baseline: Baseline, tracked: Sequence[Tracked]) -> bytes:
    """Draw the saving so far, planned and come, month by month added up."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    months = find_money_months(tracked)
    names = list(months)
    planned, came = [0.0], [0.0]
    for reference, plan, actual in months.values():
        planned.append(planned[-1] + (reference - plan) / 100_000)
        if actual is not None and len(came) == len(planned) - 1:
            came.append(came[-1] + (reference - actual) / 100_000)
    figure = Figure(figsize=(8.6, 4.4), dpi=130, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.1, 0.17, 0.87, 0.68))
    axes.plot(
        range(len(planned)), planned, color="#12436D", lw=2, ls=(0, (5, 3)), label="planned"
    )
    axes.plot(range(len(came)), came, color="#C8501E", lw=2.4, marker="o", ms=4, label="came")
    axes.axhline(0, color="#1B1B1B", lw=0.8)
    axes.set_xticks(range(len(planned)))
    axes.set_xticklabels(["start", *names], rotation=45, ha="right", fontsize=8)
    axes.set_ylabel("saving added up, £ thousand", fontsize=9)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.grid(axis="y", color="#E3E5E6")
    axes.legend(frameon=False, fontsize=9, loc="upper left")
    figure.text(
        0.02,
        0.93,
        f"Saving planned and come: {baseline.title}"[:95],
        fontsize=11,
        fontweight="bold",
        color="#12436D",
    )
    figure.text(
        0.02,
        0.01,
        f"Baseline {baseline.baseline_id}. Against {baseline.reference_id}.",
        fontsize=6.5,
        color="#595959",
    )
    buffer = BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
