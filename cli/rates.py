"""Commands about rates: compare what routes cost, and benchmark what is paid."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from cli.common import (
    DATA_FOLDER,
    FolderOption,
    PlaceOption,
    RunOption,
    SecondsOption,
    SeedOption,
    StepsOption,
    find_place,
    open_run,
    read_market,
    say,
)
from cli.compiling import prepare_search
from cli.progress import ShownProgress
from cli.stopping import StopWish

app = typer.Typer(help="Compare rates and benchmark prices.", no_args_is_help=True)

MarketOption = Annotated[
    Path | None,
    typer.Option("--market", help="Market costs for should-cost, CSV like the one that ships."),
]


@app.command()
def compare(
    place: PlaceOption,
    run_id: RunOption = "latest",
    routes: Annotated[
        str, typer.Option("--routes", help="today (contracts as they are) or plan.")
    ] = "",
    best: Annotated[
        list[str] | None,
        typer.Option(
            "--best",
            help="Also plan the best routes of: own, market, all, or a supplier's id.",
        ),
    ] = None,
    market: MarketOption = None,
    seconds: SecondsOption = None,
    steps: StepsOption = None,
    seed: SeedOption = 1,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Compare own cost, contracts, every rate card and should-cost, route by route.

    Writes rates_compare.xlsx and rates_compare.png. With --best each option named plans its own
    routes for the same passengers, and the difference is split into rate, mix, planning and
    volume.
    """
    from costing import compare_plan
    from reports import write_comparison
    from reports.rates_text import build_compare_lines

    workspace = find_place(folder, place)
    run, inputs, matrix = open_run(workspace, run_id)
    if routes not in ("", "today", "plan"):
        raise typer.BadParameter("choose today or plan", param_hint="--routes")
    if routes == "today" and run.baseline is None:
        raise typer.BadParameter(
            "the place has no current routes; import the sheet current_plan",
            param_hint="--routes",
        )
    plan = run.plan if routes == "plan" or run.baseline is None else run.baseline
    found = compare_plan(plan, inputs, matrix, read_market(market), run_id=run.run_id)
    if best:
        from scenarios import Search, build_options, compare_best_routes

        try:
            options = build_options(inputs, best)
        except KeyError as error:
            raise typer.BadParameter(
                f"{error.args[0]!r} is nobody: own, market, all or a supplier's id",
                param_hint="--best",
            ) from None
        search = Search(
            seconds=10.0 if seconds is None and steps is None else seconds,
            steps=steps,
            seed=seed,
            only=run.plan.service_date or inputs.service_date,
        )
        with ShownProgress() as shown:
            prepare_search(shown.stage)
            with StopWish() as should_stop:
                differences = compare_best_routes(
                    plan,
                    inputs,
                    matrix,
                    options,
                    search,
                    progress=shown.report,
                    should_stop=should_stop,
                )
        found = replace(found, differences=differences)
    for line in build_compare_lines(found):
        say(line)
    for path in write_comparison(
        found, run, inputs, read_market(market), workspace.outputs_folder
    ):
        say(f"written: {path}")


@app.command()
def benchmark(
    place: PlaceOption,
    run_id: RunOption = "latest",
    bids: Annotated[
        Path | None,
        typer.Option("--bids", help="Bids or other contracts to count, CSV or workbook."),
    ] = None,
    tender: Annotated[
        str | None,
        typer.Option("--tender", help="Count a tender's bids too: its id, or latest."),
    ] = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Benchmark what is paid: expected prices, outliers, ghost routes, suppliers.

    One regression over today's contracts, and the bids of a tender or table if given. Writes
    rates_benchmark.xlsx and rates_benchmark.png. Warns when prices are too few to say.
    """
    from data.imports.priced_rows import read_priced_routes
    from data.store import Store
    from data.tenders import BidBook, Tender
    from reports import write_benchmark
    from reports.rates_text import build_benchmark_lines
    from scenarios import benchmark_rates, find_bid_prices, find_priced_routes

    workspace = find_place(folder, place)
    run, inputs, _ = open_run(workspace, run_id)
    prices = () if run.baseline is None else find_priced_routes(run.baseline, inputs)
    if tender is not None:
        with Store.open(workspace.store_place) as store:
            let = store.find_result(Tender, tender, place=place)
            book = store.find_result(BidBook, parent_id=let.tender_id)
        prices += find_bid_prices(let, book, inputs)
    if bids is not None:
        prices += read_priced_routes(bids)
    found = benchmark_rates(prices)
    year = f"{inputs.year_from:%B %Y} to {inputs.year_to:%B %Y}"
    price_base = f"prices a day as agreed or bid for {year}, net of VAT"
    for line in build_benchmark_lines(found, price_base):
        say(line)
    for path in write_benchmark(found, run, inputs, price_base, workspace.outputs_folder):
        say(f"written: {path}")


def carbon(
    place: PlaceOption,
    run_id: RunOption = "latest",
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Measure the carbon of a kept run.

    By provider and route; writes carbon.xlsx.
    """
    from costing import measure_carbon, sum_carbon
    from data.store import Store
    from reports import write_carbon
    from reports.carbon_book import build_carbon_lines, find_missing_factors

    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        run = store.find_run(run_id, place)
        inputs = store.read_inputs(run.inputs_hash)
    routes = measure_carbon(run.plan, inputs)
    providers = sum_carbon(run.plan, inputs, run.timetable)
    for line in build_carbon_lines(providers, find_missing_factors(routes, inputs)):
        say(line)
    for path in write_carbon(routes, providers, run, inputs, workspace.outputs_folder):
        say(f"written: {path}")
