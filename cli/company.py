"""Commands about the own company's books: import a ledger and cost it by activity."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.common import (
    DATA_FOLDER,
    FolderOption,
    PlaceOption,
    SeedOption,
    find_place,
    now,
    say,
)

app = typer.Typer(help="The own company's books and what they come to.", no_args_is_help=True)


@app.command()
def template(
    path: Annotated[Path, typer.Argument(help="Workbook to write.")] = Path(
        "company-books.xlsx"
    ),
) -> None:
    """Write the empty workbook for ledger, fleet, crew and work records."""
    from data.imports import LEDGER_SHEETS, write_template

    write_template(path, LEDGER_SHEETS)
    say(f"written: {path}")


@app.command()
def sample(
    path: Annotated[Path, typer.Argument(help="Workbook to write.")],
    place: PlaceOption,
    seed: SeedOption = 1,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Write made-up books for a place's own company, labelled as such."""
    from data.imports import LEDGER_SHEETS, write_forms
    from data.samples import build_sample_accounts
    from data.workspace import read_inputs

    inputs = read_inputs(find_place(folder, place).folder)
    try:
        made = build_sample_accounts(inputs, created_utc=now(), seed=seed)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--place") from None
    rows = {
        "period": (made,),
        "cost_centres": made.cost_centres,
        "ledger": made.lines,
        "ledger_totals": made.totals,
        "vehicle_records": made.vehicles,
        "crew_records": made.crews,
        "work_records": made.works,
    }
    write_forms(path, LEDGER_SHEETS, rows)
    say(f"written: {path} (made up)")


@app.command("import")
def import_books(
    source: Annotated[Path, typer.Argument(help="Workbook (.xlsx) or folder of CSV.")],
    place: PlaceOption,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only.")] = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Import the company's books.

    Every problem is reported at once; a ledger that does not add up to its printed totals is
    refused. Exit 30 if it is; nothing is then stored.
    """
    from data.imports import read_ledger, write_report_text
    from data.store import Store

    workspace = find_place(folder, place)
    found = read_ledger(source, place=place, created_utc=now())
    say(write_report_text(found.report, most=50))
    if found.accounts is None:
        raise typer.Exit(30)
    if dry_run:
        say("dry run: nothing was stored.")
        return
    with Store.open(workspace.store_place) as store:
        accounts_id = store.save_result(
            found.accounts, place=place, files={f.name: f.content for f in found.originals}
        )
    say(f"kept as {accounts_id}.")


@app.command()
def cost(
    place: PlaceOption,
    books: Annotated[
        str, typer.Option("--books", help="Books' id, its beginning, or latest.")
    ] = "latest",
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Cost the company by activity: routes, journeys, miles, hours, customers, and the ties.

    Writes company_cost.xlsx and company_cost.png.
    """
    from costing import cost_company
    from data.accounts import Accounts
    from data.store import Store
    from reports import write_company_cost
    from reports.company_text import build_company_lines

    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        accounts = store.find_result(Accounts, books, place=place)
    found = cost_company(accounts)
    for line in build_company_lines(found):
        say(line)
    for path in write_company_cost(found, workspace.outputs_folder):
        say(f"written: {path}")
