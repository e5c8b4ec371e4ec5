"""Commands that appraise: options over years, and the company's options with their money."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import (
    DATA_FOLDER,
    FolderOption,
    JsonOption,
    PlaceOption,
    find_place,
    note,
    now,
    say,
)

if TYPE_CHECKING:
    from data.appraisals import RegisteredAssumption
    from data.statements import Statement
    from data.store import Store

app = typer.Typer(help="Appraise options: years, present values, risks.", no_args_is_help=True)

BookOption = Annotated[Path | None, typer.Option("--out", help="Workbook to write.")]


@app.command("template")
def template(
    name: Annotated[str, typer.Argument(help="study or options.")] = "study",
) -> None:
    """Print a file to fill in, with made-up figures."""
    from scenarios.templates import read_template

    say(read_template(name).rstrip())


@app.command("study")
def study(
    file: Annotated[
        Path,
        typer.Argument(help="Appraisal, TOML: wayfare appraise template; or a stock study."),
    ],
    place: PlaceOption,
    draws: Annotated[
        str, typer.Option("--draws", help="Draws the scenarios are read from: id or latest.")
    ] = "latest",
    out: BookOption = None,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Appraise options over years: real, nominal and present values, bias and risk apart.

    Options that name a scenario take its saving, and how sure it is, from kept draws. With a
    savings_register what it holds of the option is not saved again. The result is kept.
    Assumptions past their review date are named.
    """
    from costing.finance_tables import read_savings
    from data.imports.appraisal_files import read_appraisal_file
    from data.store import Store
    from data.uncertainty import DrawsStudy
    from scenarios.appraisal import build_appraisal
    from scenarios.appraisal_statement import build_appraisal_statement
    from scenarios.definition import APPRAISAL_FILE
    from scenarios.library import find_study_folder

    folder_of_study = find_study_folder(str(file))
    if folder_of_study is not None:
        file = folder_of_study / APPRAISAL_FILE
    given = read_appraisal_file(file)
    files = [file]
    if given.savings_register:
        files.append(file.parent / given.savings_register)
    savings = read_savings(files[1]) if given.savings_register else ()
    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        inputs = store.read_inputs(store.find_inputs_hash(place))
        wants_draws = any(option.scenario_id for option in given.options)
        drawn = store.find_result(DrawsStudy, draws, place=place) if wants_draws else None
        found = build_appraisal(
            given,
            drawn,
            place=place,
            created_utc=now(),
            earlier=_find_earlier(store, place),
            is_synthetic=inputs.is_synthetic,
            files=tuple((path.name, _hash(path)) for path in files),
            savings=savings,
        )
        store.save_result(
            found, place=place, files={path.name: path.read_bytes() for path in files}
        )
    _show(build_appraisal_statement(found), found.study_id, out, as_json)


@app.command("options")
def options(
    scores: Annotated[Path, typer.Argument(help="Table of options and criteria.")],
    money: Annotated[Path, typer.Option("--money", help="Money of the options, TOML.")],
    place: PlaceOption,
    out: BookOption = None,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Set the scores of company options beside their cost over the contract.

    Set-up, client function, VAT, support services, pension, margin and ramp; the activity test
    by year. Scores and pounds are never added up. The result is kept.
    """
    from data.imports.appraisal_files import read_options_file
    from data.store import Store
    from scenarios.appraisal import build_options_study
    from scenarios.appraisal_statement import build_options_statement
    from scenarios.options import appraise_options
    from scenarios.options_table import read_options

    table = read_options(scores)
    given = read_options_file(money, table.options)
    workspace = find_place(folder, place, may_be_sample=True)
    workspace.open_folder()
    found = build_options_study(
        table,
        appraise_options(table),
        given,
        place=place,
        created_utc=now(),
        scores_hash=_hash(scores),
        money_hash=_hash(money),
    )
    with Store.open(workspace.store_place) as store:
        files = {path.name: path.read_bytes() for path in (scores, money)}
        store.save_result(found, place=place, files=files)
    _show(build_options_statement(found), found.study_id, out, as_json)


def _hash(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


def _find_earlier(store: Store, place: str) -> tuple[RegisteredAssumption, ...]:
    """Find the register of the last appraisal kept, to see what changed."""
    from data.appraisals import AppraisalStudy

    if not store.list_results(place, AppraisalStudy):
        return ()
    return store.find_result(AppraisalStudy, place=place).assumptions


def _show(statement: Statement, study_id: str, out: Path | None, as_json: bool) -> None:
    from data.versions import find_code_version
    from reports.files import write_whole
    from reports.statement_book import (
        build_statement_book,
        build_statement_lines,
        build_statement_record,
    )

    if as_json:
        say(json.dumps({"study_id": study_id, **build_statement_record(statement)}))
    else:
        for line in build_statement_lines(statement):
            say(line)
        say()
        say(f"kept as {study_id}")
    if out is not None:
        book = build_statement_book(
            statement, code_version=find_code_version(), created_utc=now()
        )
        path = write_whole(out, book)
        if not as_json:
            note(f"written: {path}")
