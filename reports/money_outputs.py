"""Write what a question about money came to: workbook and chart, each wholly or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from data.benchmark import RateBenchmark
from data.carbon import ProviderCarbon, RouteCarbon
from data.company_costs import CompanyCost
from data.comparisons import PlanComparison
from data.inputs import Inputs
from data.market import MarketCosts
from data.runs import RunRecord
from data.training import Programme, TrainingStudy
from reports.benchmark_book import build_benchmark_book
from reports.benchmark_chart import build_benchmark_chart
from reports.carbon_book import build_carbon_book
from reports.company_book import build_company_book
from reports.company_chart import build_company_chart
from reports.files import open_folder, write_whole
from reports.rates_book import build_comparison_book
from reports.rates_chart import build_comparison_chart
from reports.training_book import build_training_book
from reports.training_chart import build_training_chart
from reports.words import build_provider_names


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
        write_whole(folder / "rates_compare.png", build_comparison_chart(found, run)),
    )


def write_benchmark(
    found: RateBenchmark, run: RunRecord, inputs: Inputs, price_base: str, folder: Path
) -> tuple[Path, ...]:
    """Write the workbook and the chart of a benchmark.

    Raises
    ------
    StoreError
        If a file cannot be written.
    """
    open_folder(folder)
    chart = build_benchmark_chart(found, run, build_provider_names(inputs), price_base)
    return (
        write_whole(
            folder / "rates_benchmark.xlsx",
            build_benchmark_book(found, run, inputs, price_base),
        ),
        write_whole(folder / "rates_benchmark.png", chart),
    )


def write_company_cost(found: CompanyCost, folder: Path) -> tuple[Path, ...]:
    """Write the workbook and the chart of the own company's cost.

    Raises
    ------
    IdentityError
        If parts do not add up to the ledger.
    StoreError
        If a file cannot be written.
    """
    open_folder(folder)
    return (
        write_whole(folder / "company_cost.xlsx", build_company_book(found)),
        write_whole(folder / "company_cost.png", build_company_chart(found)),
    )


def write_carbon(
    routes: Sequence[RouteCarbon],
    providers: Sequence[ProviderCarbon],
    run: RunRecord,
    inputs: Inputs,
    folder: Path,
) -> tuple[Path, ...]:
    """Write the workbook of carbon.

    Raises
    ------
    IdentityError
        If routes and providers do not add up to the same.
    StoreError
        If the file cannot be written.
    """
    open_folder(folder)
    book = build_carbon_book(routes, providers, run, inputs)
    return (write_whole(folder / "carbon.xlsx", book),)


def write_training(
    study: TrainingStudy, programme: Programme | None, folder: Path
) -> tuple[Path, ...]:
    """Write the workbook and the chart of travel training.

    Raises
    ------
    StoreError
        If a file cannot be written.
    """
    open_folder(folder)
    book = build_training_book(study, programme)
    return (
        write_whole(folder / "training.xlsx", book),
        write_whole(folder / "training.png", build_training_chart(study, programme)),
    )
