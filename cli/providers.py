"""The command that says who should run what."""

from __future__ import annotations

from collections.abc import Sequence
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
    say,
)
from cli.compiling import prepare_search

if TYPE_CHECKING:
    from data.choices import FleetPoint, ProviderStudy

app = typer.Typer()


@app.command()
def providers(
    place: PlaceOption,
    run_id: RunOption = "latest",
    step: Annotated[
        int, typer.Option("--step", min=1, max=100, help="Step of the frontier, per cent.")
    ] = 10,
    fewer: Annotated[
        int, typer.Option("--fewer", min=0, help="Also with so many own vehicles fewer.")
    ] = 2,
    more: Annotated[
        int, typer.Option("--more", min=0, help="Also with so many own vehicles more.")
    ] = 3,
    joint_seconds: Annotated[
        float,
        typer.Option(
            "--joint-seconds",
            min=0,
            help="Plan routes anew for each size of fleet, so long each; 0 for not at all.",
        ),
    ] = 0.0,
    joint_steps: Annotated[
        int | None, typer.Option("--joint-steps", min=1, help="Steps in place of that time.")
    ] = None,
    hand_back: Annotated[
        float, typer.Option("--hand-back", min=0, max=100, help="Chance a year, per cent.")
    ] = 3.0,
    shock: Annotated[
        float, typer.Option("--shock", min=0, help="Rise of the price after it, per cent.")
    ] = 10.0,
    transition: Annotated[
        float, typer.Option("--transition", min=0, help="Pounds a route that changes hands.")
    ] = 0.0,
    terms: Annotated[
        Path | None, typer.Option("--terms", help="Suppliers' own terms, a table.")
    ] = None,
    discounts: Annotated[
        Path | None, typer.Option("--discounts", help="Suppliers' discounts, a table.")
    ] = None,
    lots: Annotated[
        Path | None, typer.Option("--lots", help="Routes that go to one provider, a table.")
    ] = None,
    margin: Annotated[
        float, typer.Option("--margin", min=0, help="Margin on hours sold, per cent.")
    ] = 15.0,
    sold: Annotated[
        float, typer.Option("--sold", min=0, max=100, help="Share of hours sold, per cent.")
    ] = 50.0,
    seconds: Annotated[
        int,
        typer.Option("--seconds", min=1, help="Time for all choices on fixed routes together."),
    ] = 300,
    seed: SeedOption = 1,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Choose the provider of every route.

    Shows what each share of self-delivery costs. Exact for the routes of a kept run, with the
    proven least; with --joint-seconds routes are planned anew for each size of the own fleet
    too. Writes providers.xlsx and providers.png.

    Columns of --terms: supplier_id, least_routes, most_routes, transition_pounds,
    hand_back_percent, hand_back_rise_percent; blank cells take the options' values. Of
    --discounts: supplier_id, from_routes, discount_percent. Of --lots: lot, route_id. Vehicles
    and areas of suppliers are those of the place's inputs.
    """
    from costing.provider_tables import add_tables
    from data.choices import ProviderRules
    from data.store import Store
    from reports.providers_book import write_providers
    from scenarios import Search, study_providers
    from scenarios.providers import JOINT_STEPS

    workspace = find_place(folder, place)
    run, inputs, matrix = open_run(workspace, run_id)
    given = ProviderRules(
        hand_back_bp=_percent(hand_back),
        hand_back_shock_bp=_percent(shock),
        transition_pence=_percent(transition),
    )
    rules = add_tables(
        given,
        supplier_ids={s.supplier_id for s in inputs.suppliers},
        route_ids={route.route_id for route in run.plan.routes},
        terms=terms,
        discounts=discounts,
        lots=lots,
    )
    is_joint = joint_seconds > 0 or joint_steps is not None
    if is_joint:
        prepare_search(lambda text: note(f"{text} ..."))
    study = study_providers(
        run,
        inputs,
        matrix,
        rules,
        created_utc=now(),
        step_bp=100 * step,
        fleet_changes=range(-fewer, more + 1),
        joint=JOINT_STEPS if is_joint else (),
        search=Search(
            seconds=None if joint_steps is not None else joint_seconds,
            steps=joint_steps,
            seed=seed,
            only=run.plan.service_date or inputs.service_date,
        ),
        seconds=seconds,
        seed=seed,
        margin_bp=_percent(margin),
        sold_bp=_percent(sold),
        progress=lambda text: note(f"{text} ..."),
    )
    with Store.open(workspace.store_place) as store:
        store.save_result(study, place=place)
    paths: tuple[Path, ...] = write_providers(study, inputs, workspace.outputs_folder)
    for line in _build_lines(study):
        say(line)
    say(f"kept as {study.study_id}")
    for path in paths:
        say(f"written: {path}")


def _percent(value: float) -> int:
    """Turn per cent into hundredths, and pounds into pence."""
    return round(100 * value)


def _build_lines(study: ProviderStudy) -> list[str]:
    """Build what is shown of a study."""
    from data.units import format_pounds
    from reports.providers_book import HORIZON_WORDS

    lines = [
        f"{study.title}, {study.priced_on}: as planned {format_pounds(study.planned_pence)}"
    ]
    for choice in study.best:
        proof = "proven least"
        if not choice.is_proven:
            over_pence = choice.evaluated_pence - choice.bound_pence
            proof = f"at most {format_pounds(over_pence)} above the least"
        lines.append(
            f"  {format_pounds(choice.evaluated_pence)} a day, {proof}, own company "
            f"{choice.own_bp / 100:.0f} % of journeys; {HORIZON_WORDS[choice.rules.horizon]}"
        )
    lines.append(
        f"  {'own share':<12}{'all a day':>14}{'hand-backs':>12}{'vehicles':>10}{'kg CO2e':>9}"
        f"{'above least':>14}"
    )
    for point in study.frontier:
        share = f"{point.target_bp / 100:.0f} %"
        if point.choice is None:
            why = "cannot be" if point.is_impossible else "none found"
            lines.append(f"  {share:<12}{why:>14}")
            continue
        c = point.choice
        lines.append(
            f"  {share:<12}{format_pounds(c.evaluated_pence):>14}"
            f"{format_pounds(c.risk_pence):>12}{sum(n for _, n in c.own_vehicles):>10}"
            f"{c.co2e_g // 1_000:>9}"
            f"{format_pounds(c.evaluated_pence - c.bound_pence):>14}"
        )
    for p in study.joint:
        lines.append(
            f"  planned anew with {p.fleet_bp / 100:.0f} % of the fleet: own "
            f"{p.own_bp / 100:.0f} %, {format_pounds(p.full_pence)} a day in full, "
            f"{p.n_unserved} unserved"
        )
    lines.extend(_build_fleet_lines(study.fleet))
    if study.spare is not None:
        lines.append(
            f"  between the peaks {study.spare.n_vehicles} own vehicles are free: "
            f"{format_pounds(study.spare.contribution_year_pence)} a year if "
            f"{study.spare.sold_bp / 100:.0f} % is sold at a margin of "
            f"{study.spare.margin_bp / 100:.0f} %"
        )
    return lines


def _build_fleet_lines(fleet: Sequence[FleetPoint]) -> list[str]:
    """Build what one more own vehicle saves and costs, and where it stops paying."""
    from costing import value_each
    from data.units import format_pounds
    from reports.providers_book import describe_last_paying, describe_saving

    if not fleet:
        return []
    kind = fleet[0].vehicle_type_id
    lines = [f"  {'own ' + kind:<24}{'the last saves a day':<38}{'it costs':>10}"]
    for value in value_each(fleet):
        lines.append(
            f"  {value.n_vehicles:<24}{describe_saving(value):<38}"
            f"{format_pounds(value.cost_pence):>10}"
        )
    return [*lines, f"  one more pays: {describe_last_paying(fleet)}"]
