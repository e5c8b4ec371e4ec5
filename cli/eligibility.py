"""Commands on eligibility: cases tested, measured, kept, confirmed, appealed."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from cli.common import (
    DATA_FOLDER,
    FolderOption,
    JsonOption,
    PlaceOption,
    find_place,
    note,
    now,
    open_inputs,
    say,
)

if TYPE_CHECKING:
    from data.eligibility import Assessment
    from data.inputs import Inputs
    from data.sources.qualifying import School
    from data.workspace import Workspace
    from scenarios.applicants import Applicant


class TableFirst(TyperGroup):
    """A group whose first word may be a file: then the command ``table`` is meant."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put ``table`` before arguments that do not begin with a command."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["table", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=TableFirst,
    help="Say who is entitled to school travel, and keep decisions.",
    no_args_is_help=True,
)

OnOption = Annotated[
    str | None, typer.Option("--on", metavar="DATE", help="Date, e.g. 2026-11-25.")
]


@app.command("table")
def assess_table(
    cases: Annotated[Path, typer.Argument(help="Cases with distances, CSV or workbook.")],
    out: Annotated[Path, typer.Option("--out", help="CSV to write.")] = Path("results.csv"),
    as_json: JsonOption = False,
) -> None:
    """Propose who is entitled to school travel, distances given.

    It proposes yes, no or refer, each with the rule that decides; a named person decides.
    Nothing is written unless every row can be read.
    """
    from data.eligibility import Answer
    from scenarios.eligibility_cases import assess_cases, read_cases, write_findings

    findings = assess_cases(read_cases(cases))
    write_findings(findings, out)
    counts = Counter(found.eligible for found in findings)
    if as_json:
        say(json.dumps({"cases": len(findings), **{a.value: counts[a] for a in Answer}}))
    else:
        words = ", ".join(f"{a.value} {counts[a]:,}" for a in Answer)
        say(f"{len(findings):,} cases: {words}. Proposals only: a named person decides.")
        say(f"written: {out}")


RegisterOption = Annotated[
    Path | None, typer.Option("--register", help="The register of schools, CSV.")
]
ApplicantsOption = Annotated[
    Path | None, typer.Option("--cases", help="Applicants and evidence, CSV or workbook.")
]
FullOption = Annotated[
    list[str] | None,
    typer.Option("--full", help="Register number of a school without a place or unsuitable."),
]
ByRoadOption = Annotated[
    bool, typer.Option("--nearest-by-road", help="Rank schools by road, not on foot.")
]
TrialOption = Annotated[
    bool,
    typer.Option("--trial", help="Measure on unfit roads: every figure marked, nothing kept."),
]


@app.command("assess")
def assess_place(
    place: PlaceOption,
    cases: ApplicantsOption = None,
    register: RegisterOption = None,
    on: OnOption = None,
    full: FullOption = None,
    by_road: ByRoadOption = False,
    trial: TrialOption = False,
    person_id: Annotated[
        str | None,
        typer.Option("--as", metavar="PERSON_ID", help="Keep the proposals."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Workbook to write.")] = None,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Measure every pupil's walk, drive and nearest schools, and propose.

    Distances are those of the place's own roads, to the nearest gate. Roads that no decision
    may stand on are refused (exit 30). Proposals are written to a workbook and, with --as,
    kept; a named person decides.
    """
    from reports.eligibility_book import write_assessments

    made = assess_everybody(
        folder, place, cases, register, read_day(on), full, by_road=by_road, trial=trial
    )
    workspace, found = made.workspace, made.found
    n_kept = None if person_id is None else _keep(workspace, found, person_id)
    target = out or workspace.outputs_folder / "eligibility.xlsx"
    write_assessments(found, made.inputs, made.attribution, target, created_utc=now())
    _say_counts(found, as_json=as_json)
    if as_json:
        return
    if n_kept is not None:
        say(f"kept: {n_kept:,} new or changed proposals (`wayfare eligibility list`).")
    say(f"written: {target}")


def _keep(workspace: Workspace, found: tuple[Assessment, ...], person_id: str) -> int:
    """Keep proposals that are new or come out otherwise; return how many."""
    from data.people import require_person
    from data.store import Store
    from scenarios.appeals import build_proposals

    with Store.open(workspace.store_place) as store:
        person = require_person(store, person_id)
        kept = store.list_cases(workspace.place)
        events = build_proposals(found, kept, person, now_utc=now())
        store.add_case_events(events)
    return len(events)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """Everybody of a place and a table, assessed on the place's roads."""

    workspace: Workspace
    inputs: Inputs
    attribution: tuple[str, ...]
    applicants: tuple[Applicant, ...]
    found: tuple[Assessment, ...]


def assess_everybody(
    folder: Path,
    place: str,
    cases: Path | None,
    register: Path | None,
    on: date | None,
    full: list[str] | None,
    *,
    by_road: bool,
    trial: bool,
) -> Assessed:
    """Measure and assess everybody of a place and of a table, on the place's roads.

    Raises
    ------
    InputError
        With every problem of the tables; W010 for roads that no decision may stand on.
    """
    from data.store import Store
    from scenarios.measured_eligibility import MeasureRules, assess_applicants, refuse_unfit

    workspace = find_place(folder, place, may_be_sample=True)
    workspace.open_folder()
    with Store.open(workspace.store_place) as store:
        inputs, network = open_inputs(workspace, store)
    if not trial:
        refuse_unfit(network)
    applicants, schools = read_asked(workspace, inputs, cases, register)
    rules = MeasureRules(is_ranked_by_road=by_road, full_schools=frozenset(full or ()))
    found = assess_applicants(
        applicants,
        inputs,
        network,
        schools,
        on=on or inputs.service_date,
        rules=rules,
        is_trial=trial,
    )
    return Assessed(
        workspace=workspace,
        inputs=inputs,
        attribution=network.attribution,
        applicants=applicants,
        found=found,
    )


def read_asked(
    workspace: Workspace, inputs: Inputs, cases: Path | None, register: Path | None
) -> tuple[tuple[Applicant, ...], tuple[School, ...]]:
    """Read whom to assess, and the schools that may be theirs.

    Raises
    ------
    InputError
        With every problem of the tables; W011 where there is no register of schools.
    """
    from data.errors import InputError, Problem, Severity
    from data.sources.postcodes import read_postcodes
    from data.sources.qualifying import read_register, read_shipped_register
    from scenarios.applicants import build_applicants, read_applicants

    table = workspace.postcodes_path
    applicants = build_applicants(
        inputs,
        () if cases is None else read_applicants(cases),
        file="" if cases is None else cases.name,
        postcodes=read_postcodes(table) if table.is_file() else None,
    )
    schools = read_shipped_register(workspace.place) if register is None else (
        read_register(register)
    )  # fmt: skip
    if not schools:
        cause = f"No register of schools comes with {workspace.place}."
        how = "Name one: --register FILE (Get Information about Schools, all establishments)."
        raise InputError(
            [Problem(code="W011", severity=Severity.ERROR, cause=cause, suggestion=how)]
        )
    return applicants, schools


def read_day(text: str | None) -> date | None:
    """Read a date option; a wrong one is a wrong option."""
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise typer.BadParameter(f"{text[:20]!r} is no date such as 2026-11-25") from None


def _say_counts(found: tuple[Assessment, ...], *, as_json: bool) -> None:
    from data.eligibility import Answer

    counts = Counter(a.answer for a in found)
    rules = Counter((a.answer, a.rule) for a in found)
    is_trial = any(a.is_trial for a in found)
    if as_json:
        say(
            json.dumps(
                {
                    "cases": len(found),
                    **{a.value: counts[a] for a in Answer},
                    "rules": {f"{a.value} {r}": n for (a, r), n in sorted(rules.items())},
                    "is_trial": is_trial,
                }
            )
        )
        return
    if is_trial:
        note("TRIAL: not for eligibility decisions; nothing of it is kept.")
    for (answer, rule), n in sorted(rules.items(), key=lambda r: (-r[1], r[0])):
        say(f"  {answer.value:<6} {rule:<8} {n:>6,}")
    words = ", ".join(f"{a.value} {counts[a]:,}" for a in Answer)
    say(f"{len(found):,} cases: {words}. Proposals only: a named person decides.")
