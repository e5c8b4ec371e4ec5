"""Commands of tenders: lots, invitation, bids, award."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import (
    DATA_FOLDER,
    FolderOption,
    PlaceOption,
    RunOption,
    SeedOption,
    find_place,
    note,
    now,
    open_run,
    read_market,
    say,
)

if TYPE_CHECKING:
    from data.inputs import Inputs
    from data.tenders import Award, BidBook, Tender
    from data.workspace import Workspace

app = typer.Typer(help="Let routes: lots, invitation, bids, award.", no_args_is_help=True)

MarketOption = Annotated[
    Path | None,
    typer.Option("--market", help="Market costs for should-cost, CSV like the one that ships."),
]
TenderOption = Annotated[
    str, typer.Option("--tender", help="Tender id, its beginning, or latest.")
]


@app.command("lots")
def lots(
    place: PlaceOption,
    run_id: RunOption = "latest",
    by: Annotated[
        str, typer.Option("--by", help="site, area, vehicle, balanced or route.")
    ] = "site",
    max_vehicles: Annotated[
        int,
        typer.Option("--max-vehicles", min=1, help="Most vehicles a lot takes at one time."),
    ] = 6,
    n_lots: Annotated[
        int | None, typer.Option("--lots", min=1, help="How many lots, with --by balanced.")
    ] = None,
    is_buying_all: Annotated[
        bool, typer.Option("--all", help="Let the own company's routes too.")
    ] = False,
    market: MarketOption = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Design lots from a kept run's routes.

    A contract route is a run out with the run home of the same passengers. The tender is kept
    and its lots written to a workbook for the council.
    """
    from costing import build_tender, find_guide_prices
    from data.store import Store
    from data.tenders import LotBasis, LotRule
    from data.units import format_pounds
    from reports.files import open_folder, write_whole
    from reports.tender_books import build_lots_book
    from reports.tender_words import build_tender_names

    if by not in tuple(LotBasis):
        raise typer.BadParameter(f"choose from {', '.join(LotBasis)}", param_hint="--by")
    rule = LotRule(basis=LotBasis(by), max_vehicles=max_vehicles, n_lots=n_lots)
    workspace = find_place(folder, place)
    run, inputs, matrix = open_run(workspace, run_id)
    guides = find_guide_prices(run.plan, inputs, matrix, read_market(market))
    tender = build_tender(
        run, inputs, rule, guides, created_utc=now(), is_buying_all=is_buying_all
    )
    with Store.open(workspace.store_place) as store:
        store.save_result(tender, place=place)
    path = write_whole(
        open_folder(_find_folder(workspace)) / "lots.xlsx",
        build_lots_book(tender, inputs, build_tender_names(inputs)),
    )
    say(f"{'lot':<6}{'routes':>8}{'vehicles':>10}{'guide a day':>16}  name")
    for lot in tender.lots:
        say(
            f"{lot.lot_id:<6}{len(lot.contract_ids):>8}{lot.n_vehicles:>10}"
            f"{format_pounds(lot.guide_pence):>16}  {lot.name}"
        )
    say(
        f"{len(tender.lots)} lots of {len(tender.contracts)} contract routes; guide price "
        f"{format_pounds(tender.guide_year_pence)} a year"
    )
    say(f"kept as {tender.tender_id}")
    say(f"written: {path}")


@app.command("pack")
def pack(
    place: PlaceOption, tender_id: TenderOption = "latest", folder: FolderOption = DATA_FOLDER
) -> None:
    """Write the invitation pack with its bid forms.

    It names no passenger, home, guide price or incumbent.
    """
    from reports.files import open_folder, write_whole
    from reports.tender_books import build_pack_book
    from reports.tender_words import build_tender_names

    workspace = find_place(folder, place)
    tender, inputs = _read_tender(workspace, tender_id)
    content = build_pack_book(tender, inputs, build_tender_names(inputs))
    path = write_whole(open_folder(_find_folder(workspace)) / "invitation.xlsx", content)
    say(f"written: {path}")


@app.command("sample")
def sample(
    place: PlaceOption,
    tender_id: TenderOption = "latest",
    per_firm: Annotated[
        int, typer.Option("--bids", min=1, help="Most bids of one supplier.")
    ] = 30,
    seed: SeedOption = 1,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Write made-up bids, to try an award out.

    They are drawn about the guide prices and are no evidence of any price.
    """
    from data.samples.bids import build_firms, build_sample_bids
    from reports.files import open_folder, write_whole
    from reports.tender_books import build_bids_book

    workspace = find_place(folder, place)
    tender, inputs = _read_tender(workspace, tender_id)
    book = build_sample_bids(
        tender, build_firms(inputs), created_utc=now(), seed=seed, per_firm=per_firm
    )
    path = write_whole(
        open_folder(_find_folder(workspace)) / "sample_bids.xlsx", build_bids_book(tender, book)
    )
    say(f"{len(book.bids)} made-up bids of {len(book.bidders)} suppliers")
    say(f"written: {path}")


@app.command("bids")
def bids(
    files: Annotated[
        list[Path], typer.Argument(help="Bid forms as the invitation has them, one or several.")
    ],
    place: PlaceOption,
    tender_id: TenderOption = "latest",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only.")] = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Read the bids of a tender.

    Every problem of every file is reported at once; all are kept or none. Exit 30 if refused.
    """
    from costing import build_objections
    from data.imports import read_bids, write_report_text
    from data.store import Store

    workspace = find_place(folder, place)
    tender, inputs = _read_tender(workspace, tender_id)
    found = read_bids(files, tender, created_utc=now(), find_objection=build_objections(inputs))
    say(write_report_text(found.report, most=50))
    if found.book is None:
        raise typer.Exit(30)
    if dry_run:
        say("dry run: nothing was stored.")
        return
    with Store.open(workspace.store_place) as store:
        store.save_result(
            found.book, place=place, files={f.name: f.content for f in found.originals}
        )
    say(f"{len(found.book.bids)} bids of {len(found.book.bidders)} suppliers")
    say(f"kept as {found.book.book_id}")


def _percent(value: float) -> int:
    """Turn per cent into hundredths."""
    return round(100 * value)


@app.command("award")
def award(
    place: PlaceOption,
    tender_id: TenderOption = "latest",
    book_id: Annotated[
        str, typer.Option("--bids", help="Bids' id, its beginning, or latest.")
    ] = "latest",
    quality: Annotated[
        float, typer.Option("--quality", min=0, max=100, help="Weight of quality, per cent.")
    ] = 0.0,
    max_share: Annotated[
        float, typer.Option("--max-share", min=0, max=100, help="Most routes of one, per cent.")
    ] = 100.0,
    max_value: Annotated[
        float, typer.Option("--max-value", min=0, max=100, help="Most value of one, per cent.")
    ] = 100.0,
    max_suppliers: Annotated[
        int | None, typer.Option("--max-suppliers", min=1, help="Most suppliers that win.")
    ] = None,
    small: Annotated[
        float, typer.Option("--small", min=0, max=100, help="Least to small firms, per cent.")
    ] = 0.0,
    transition: Annotated[
        float, typer.Option("--transition", min=0, help="Pounds a route leaving its incumbent.")
    ] = 0.0,
    transition_passenger: Annotated[
        float, typer.Option("--transition-passenger", min=0, help="Pounds a passenger on it.")
    ] = 0.0,
    years: Annotated[
        int, typer.Option("--years", min=1, help="Years of the contract, for one-off cost.")
    ] = 4,
    reserve: Annotated[
        float,
        typer.Option("--reserve", min=0, help="Price where nobody wins, % of the guide."),
    ] = 150.0,
    seconds: Annotated[
        int, typer.Option("--seconds", min=1, help="Longest time for the award.")
    ] = 60,
    review: Annotated[
        int,
        typer.Option("--review", min=0, help="Longest time for regrets and prices of rules."),
    ] = 60,
    seed: SeedOption = 1,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Award a tender at least cost, proven.

    Shows who wins, the proven least and the gap, what each rule costs and what each winner is
    worth; the workbook has every bid with how far it was from winning.
    """
    from costing import award_tender
    from data.store import Store
    from data.tenders import AwardRules, BidBook
    from reports.award_book import build_award_book
    from reports.files import open_folder, write_whole
    from reports.tender_words import build_tender_names

    rules = AwardRules(
        quality_weight_bp=_percent(quality),
        max_share_bp=_percent(max_share),
        max_value_share_bp=_percent(max_value),
        max_suppliers=max_suppliers,
        min_small_share_bp=_percent(small),
        transition_pence=_percent(transition),
        transition_passenger_pence=_percent(transition_passenger),
        contract_years=years,
        reserve_bp=_percent(reserve),
    )
    workspace = find_place(folder, place)
    tender, inputs = _read_tender(workspace, tender_id)
    with Store.open(workspace.store_place) as store:
        book = store.find_result(BidBook, book_id, place=place, parent_id=tender.tender_id)
        made = award_tender(
            tender,
            book,
            rules,
            created_utc=now(),
            seconds=seconds,
            review_seconds=review,
            seed=seed,
            progress=lambda text: note(f"{text} ..."),
        )
        store.save_result(made, place=place)
    names = build_tender_names(inputs, book)
    path = write_whole(
        open_folder(_find_folder(workspace)) / "award.xlsx",
        build_award_book(made, tender, book, names),
    )
    for line in _build_award_lines(made, tender, book):
        say(line)
    say(f"kept as {made.award_id}")
    say(f"written: {path}")


@app.command("models")
def models(
    place: PlaceOption,
    tender_id: TenderOption = "latest",
    draws: Annotated[
        int, typer.Option("--draws", min=10, help="How many markets are made up.")
    ] = 200,
    seed: SeedOption = 1,
    market: MarketOption = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Compare ways to buy by simulation, with made-up bidders.

    A tender of every route, a framework, mini-competitions, preferred suppliers, and whole
    schools, on the same routes and in the same made-up markets.
    """
    from costing import build_objections, simulate_price_models
    from data.store import Store
    from data.units import format_pounds
    from reports.models_book import (
        HIGH_BP,
        LOW_BP,
        MIDDLE_BP,
        MODEL_WORDS,
        SIMULATION,
        write_models,
    )

    workspace = find_place(folder, place)
    tender, inputs = _read_tender(workspace, tender_id)
    study = simulate_price_models(
        tender,
        inputs.suppliers,
        build_objections(inputs),
        created_utc=now(),
        margin_bp=read_market(market).margin_bp,
        n_draws=draws,
        seed=seed,
    )
    with Store.open(workspace.store_place) as store:
        store.save_result(study, place=place)
    say(SIMULATION)
    say(f"{'way to buy':<42}{'low':>16}{'middle':>16}{'high':>16}  let late")
    for outcome in study.outcomes:
        low, middle, high = (
            format_pounds(outcome.find_pence(bp)) for bp in (LOW_BP, MIDDLE_BP, HIGH_BP)
        )
        late = sum(d.n_late for d in outcome.draws) / draws
        say(f"{MODEL_WORDS[outcome.model]:<42}{low:>16}{middle:>16}{high:>16}{late:>10.1f}")
    say(f"guide price {format_pounds(study.guide_year_pence)} a year")
    for path in write_models(study, tender, _find_folder(workspace)):
        say(f"written: {path}")


def _build_award_lines(made: Award, tender: Tender, book: BidBook) -> list[str]:
    """Build what is shown of an award."""
    from collections import defaultdict

    from data.tenders import RULE_WORDS, UNPLACED_ID
    from data.units import format_pounds

    names = {b.supplier_id: b.name for b in book.bidders} | {UNPLACED_ID: "nobody: unplaced"}
    held: dict[str, list[int]] = defaultdict(list)
    for win in made.contracts:
        held[win.supplier_id].append(win.year_pence)
    lines = [f"{'winner':<44}{'routes':>8}{'a year':>18}"]
    for supplier_id, years in sorted(held.items(), key=lambda item: (-sum(item[1]), item[0])):
        name = names.get(supplier_id, supplier_id)[:43]
        lines.append(f"{name:<44}{len(years):>8}{format_pounds(sum(years)):>18}")
    lines += [
        f"{'all':<44}{len(made.contracts):>8}{format_pounds(made.paid_pence):>18}",
        f"guide price {format_pounds(tender.guide_year_pence)} a year, net of VAT",
        f"evaluated {format_pounds(made.evaluated_pence)}, proven least "
        f"{format_pounds(made.bound_pence)}, gap {made.gap_bp / 100:.2f} %"
        + (": nothing cheaper keeps the rules" if made.is_proven else ""),
    ]
    for price in made.rule_prices:
        change = price.evaluated_pence - made.evaluated_pence
        text = f"without {RULE_WORDS[price.rule]}"
        lines.append(f"  {text:<60}{format_pounds(change):>18} a year")
    for worth in made.worths:
        change = worth.evaluated_pence - made.evaluated_pence
        text = f"without {names.get(worth.supplier_id, worth.supplier_id)}"
        lines.append(f"  {text[:59]:<60}{format_pounds(change):>18} a year")
    return lines


def _find_folder(workspace: Workspace) -> Path:
    """Find where a place's tender workbooks are written."""
    return workspace.outputs_folder / "tender"


def _read_tender(workspace: Workspace, tender_id: str) -> tuple[Tender, Inputs]:
    """Read a tender with the inputs it was made from."""
    from data.store import Store
    from data.tenders import Tender

    with Store.open(workspace.store_place) as store:
        tender = store.find_result(Tender, tender_id, place=workspace.place)
        return tender, store.read_inputs(tender.inputs_hash)
