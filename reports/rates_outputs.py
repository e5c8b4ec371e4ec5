"""Write what a question about rates came to: workbook and chart, each wholly or not at all."""

from __future__ import annotations

from pathlib import Path

from data.comparisons import PlanComparison
from data.inputs import Inputs
from data.market import MarketCosts
from data.runs import RunRecord
from reports.files import open_folder, write_whole
from reports.rates_book import build_comparison_book
from reports.rates_chart import build_comparison_chart


def write_comparison(
    found: PlanComparison,
    run: RunRecord,
    inputs: Inputs,
    market: MarketCosts,
    folder: Path,
) -> tuple[Path, ...]:
    """Write the workbook and the chart of a comparison.

    Raises
    ------
    IdentityError
        If figures that must agree do not.
    StoreError
        If a file cannot be written.
    """
    open_folder(folder)
    book = build_comparison_book(found, run, inputs, market)
    return (
        write_whole(folder / "rates_compare.xlsx", book),
        write_whole(folder / "rates_compare.png", build_comparison_chart(found)),
    )
