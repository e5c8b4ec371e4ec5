"""Commands on forecast against outturn: actual months in, benefits against the baseline out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import DATA_FOLDER, FolderOption, PlaceOption, find_place, now, say

if TYPE_CHECKING:
    from data.outturn import ActualBook, Baseline
    from data.store import Store

app = typer.Typer(help="What came of an approved paper, by month.", no_args_is_help=True)

PaperOption = Annotated[
    str, typer.Option("--paper", help="Approved paper's id, its beginning, or latest.")
]


@app.command("import")
def import_months(
    file: Annotated[Path, typer.Argument(help="CSV: month, measure, value.")],
    place: PlaceOption,
    paper: PaperOption = "latest",
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Import actual months against the baseline of an approved paper.

    Measures: own_cost, supplier_cost, offers_cost in pounds; vehicles, passengers. Every fault
    is reported at once and nothing is kept (exit 30). A later file corrects an earlier one.
    """
    import hashlib
    from dataclasses import replace

    from data.outturn import ActualBook, build_book_id, read_actuals
    from data.store import Store
    from data.versions import find_code_version

    content = file.read_bytes()
    with Store.open(find_place(folder, place).store_place) as store:
        baseline = _find_baseline(store, place, paper)
        actuals = read_actuals(content, file.name, baseline)
        book = ActualBook(
            book_id="",
            baseline_id=baseline.baseline_id,
            place=place,
            file_sha256=hashlib.sha256(content).hexdigest(),
            created_utc=now(),
            code_version=find_code_version(),
            actuals=actuals,
        )
        book = replace(book, book_id=build_book_id(book))
        store.save_result(book, place=place, files={file.name: content})
    months = sorted({one.month for one in actuals})
    say(f"{len(actuals)} amounts of {months[0]} to {months[-1]} kept as {book.book_id}")


@app.command("show")
def show_outturn(
    place: PlaceOption,
    paper: PaperOption = "latest",
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write to.")] = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Show what came against what was promised; write the workbook and the chart."""
    from data.outturn import track
    from data.store import Store
    from reports.files import open_folder, write_whole
    from reports.outturn_book import (
        build_outturn_book,
        build_outturn_chart,
        build_outturn_lines,
    )

    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        baseline = _find_baseline(store, place, paper)
        tracked = track(baseline, _find_books(store, baseline))
    for line in build_outturn_lines(baseline, tracked):
        say(line)
    target = out or workspace.outputs_folder / "outturn"
    open_folder(target)
    book = write_whole(target / "outturn.xlsx", build_outturn_book(baseline, tracked))
    chart = write_whole(target / "outturn.png", build_outturn_chart(baseline, tracked))
    say(f"written: {book}, {chart}")


def _find_baseline(store: Store, place: str, paper: str) -> Baseline:
    from data.errors import StoreError
    from data.outturn import Baseline

    try:
        return store.find_result(Baseline, paper, place=place)
    except StoreError as error:
        raise StoreError(f"{error} Approving a paper freezes one.") from None


def _find_books(store: Store, baseline: Baseline) -> tuple[ActualBook, ...]:
    from data.outturn import ActualBook

    return tuple(
        store.find_result(ActualBook, summary.result_id)
        for summary in reversed(store.list_results(baseline.place, ActualBook))
        if summary.parent_id == baseline.baseline_id
    )
