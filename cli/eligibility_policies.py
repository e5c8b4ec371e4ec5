"""`wayfare eligibility compare`: two travel policies over everybody, planned again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import (
    DATA_FOLDER,
    FolderOption,
    JsonOption,
    PlaceOption,
    SecondsOption,
    SeedOption,
    StepsOption,
    note,
    now,
    say,
)
from cli.eligibility import (
    ApplicantsOption,
    ByRoadOption,
    FullOption,
    OnOption,
    RegisterOption,
    TrialOption,
    assess_everybody,
    read_day,
)
from cli.eligibility_cases import cases_app

if TYPE_CHECKING:
    from data.workspace import Workspace
    from scenarios import Search
    from scenarios.policy_study import CaseUnderPolicies
    from scenarios.study import Comparison
    from scenarios.travel_policies import TravelPolicy

policies_app = app = cases_app
"""All commands on eligibility, those of this module among them."""

PolicyArgument = Annotated[str, typer.Argument(help="Policy file, or the word statutory.")]


@app.command("compare")
def compare_two(
    before: PolicyArgument,
    after: PolicyArgument,
    place: PlaceOption,
    cases: ApplicantsOption = None,
    register: RegisterOption = None,
    on: OnOption = None,
    full: FullOption = None,
    by_road: ByRoadOption = False,
    trial: TrialOption = False,
    no_plan: Annotated[
        bool, typer.Option("--no-plan", help="People only: nothing is planned or priced.")
    ] = False,
    seconds: SecondsOption = None,
    steps: StepsOption = None,
    seed: SeedOption = 1,
    out: Annotated[Path | None, typer.Option("--out", help="Workbook to write.")] = None,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Compare two travel policies: who gains, who loses, and what it costs.

    The money is the difference of two plans, each optimised for those a policy carries, from
    the same start. A policy that would take a statutory right away is refused with its rule.
    """
    from data.sources.deprivation import find_deciles
    from reports.policy_book import write_policies
    from scenarios import Search
    from scenarios.policy_study import build_equality_table, compare_policies

    old, new = _read(before), _read(after)
    made = assess_everybody(
        folder, place, cases, register, read_day(on), full, by_road=by_road, trial=trial
    )
    workspace, inputs, found = made.workspace, made.inputs, made.found
    held = compare_policies(made.applicants, found, old, new)
    deciles = find_deciles(place, [a.home for a in made.applicants])
    table = build_equality_table(held, deciles, read_day(on) or inputs.service_date)
    cost = None
    if not no_plan:
        limit_s = 60.0 if seconds is None and steps is None else seconds
        search = Search(seconds=limit_s, steps=steps, seed=seed)
        cost = _solve_policies(workspace, held, old, new, search)
    target = out or workspace.outputs_folder / "policies.xlsx"
    write_policies(
        old, new, held, table, cost, inputs, made.attribution, target, created_utc=now()
    )
    if as_json:
        say(json.dumps(_record(held, cost)))
    else:
        if any(a.is_trial for a in found):
            note("TRIAL: not for eligibility decisions.")
        _print(old, new, held, cost)
        say(f"written: {target}")
    if cost is not None and any(c.n_violations for c in (cost.base, cost.cases[0].case)):
        note("A plan breaks hard rules and must not be used.")
        raise typer.Exit(35)


def _read(word: str) -> TravelPolicy:
    from scenarios.travel_policies import STATUTORY, build_statutory, read_policy

    return build_statutory() if word == STATUTORY else read_policy(Path(word))


def _solve_policies(
    workspace: Workspace,
    held: tuple[CaseUnderPolicies, ...],
    old: TravelPolicy,
    new: TravelPolicy,
    search: Search,
) -> Comparison:
    """Plan for those each policy carries, from one start, and compare."""
    from cli.studies import solve_all
    from scenarios.policy_study import build_policy_scenario
    from scenarios.study import compare

    stories = [
        build_policy_scenario(held, policy, is_after=is_after, file_name=name)
        for policy, is_after, name in (
            (old, False, f"before-{old.policy_id}"[:60]),
            (new, True, f"after-{new.policy_id}"[:60]),
        )
    ]
    runs = solve_all(workspace, stories, search)
    return compare(runs[-2], [runs[-1]])


def _count(held: tuple[CaseUnderPolicies, ...]) -> dict[str, int]:
    return {
        "cases": len(held),
        "given_before": sum(c.before.answer == "yes" for c in held),
        "given_after": sum(c.after.answer == "yes" for c in held),
        "gain": sum(c.gains for c in held),
        "lose": sum(c.loses for c in held),
        "refer_after": sum(c.after.answer == "refer" for c in held),
    }


def _record(held: tuple[CaseUnderPolicies, ...], cost: Comparison | None) -> dict[str, Any]:
    found: dict[str, Any] = dict(_count(held))
    if cost is not None:
        (case,) = cost.cases
        found |= {
            "before_year_pence": cost.base.measures.year_pence,
            "after_year_pence": case.case.measures.year_pence,
            "saved_year_pence": case.transport_pence,
            "net_year_pence": case.net_pence,
            "carried_before": cost.base.measures.n_carried,
            "carried_after": case.case.measures.n_carried,
        }
    return found


def _print(
    old: TravelPolicy,
    new: TravelPolicy,
    held: tuple[CaseUnderPolicies, ...],
    cost: Comparison | None,
) -> None:
    from data.units import format_pounds

    n = _count(held)
    say(f"before: {old.title}")
    say(f"after:  {new.title}")
    say(f"  {n['cases']:,} cases: given travel {n['given_before']:,} before, "
        f"{n['given_after']:,} after; {n['refer_after']:,} left to a person")  # fmt: skip
    say(f"  gain {n['gain']:,}, lose {n['lose']:,} (who: the private sheet of the workbook)")
    if cost is None:
        return
    (case,) = cost.cases
    a, b = cost.base.measures, case.case.measures
    say(f"  carried on the shown day {a.n_carried:,} and {b.n_carried:,}")
    say(f"  routes {a.n_routes:,} and {b.n_routes:,}, duties {a.n_duties:,} and {b.n_duties:,}")
    say(f"  transport a year {format_pounds(a.year_pence)} and {format_pounds(b.year_pence)}: "
        f"saved {format_pounds(case.transport_pence)}")  # fmt: skip
    say(f"  with contributions: saved {format_pounds(case.net_pence)} a year")
    say("  (two plans, each optimised for those it carries, from the same start)")
