"""The frontier of providers as its page shows it: chart, points, one picked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.choices import CostHorizon, FrontierPoint, ProviderChoice, ProviderStudy
from data.statements import Measure, StatementTable, Value
from data.units import format_pounds
from web.charts import Chart, Form, Series
from web.money import headings, name_providers

if TYPE_CHECKING:
    from data.inputs import Inputs

HORIZON_WORDS = {
    CostHorizon.SHORT_RUN: "Short run: own work costs pay and miles",
    CostHorizon.LONG_RUN: "Long run: own work costs vehicles and overhead too",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """Who should run what.

    Attributes
    ----------
    picked
        The point whose plan is shown, or None.
    """

    study: ProviderStudy
    chart: Chart
    points: StatementTable
    links: tuple[str, ...]
    best: tuple[tuple[str, str], ...]
    fleet: StatementTable
    picked: FrontierPoint | None
    picked_providers: StatementTable | None
    picked_routes: StatementTable | None


def build_frontier(study: ProviderStudy, inputs: Inputs, picked: int | None) -> Frontier:
    """Build the frontier of a study of providers, with the plan of one of its points."""
    names = name_providers(inputs)
    point = None
    if picked is not None and 0 <= picked < len(study.frontier):
        point = study.frontier[picked]
    choice = None if point is None else point.choice
    return Frontier(
        study=study,
        chart=_draw_frontier(study),
        points=_tabulate_frontier(study),
        links=tuple(
            f"?point={n}#plan" if p.choice is not None else ""
            for n, p in enumerate(study.frontier)
        ),
        best=tuple(
            (
                HORIZON_WORDS[choice.rules.horizon],
                f"{format_pounds(choice.evaluated_pence)} a day, own company "
                f"{choice.own_bp / 100:.0f} % of journeys"
                + (", proven least" if choice.is_proven else ", not proven least"),
            )
            for choice in study.best
        ),
        fleet=_tabulate_fleet(study),
        picked=point if choice is not None else None,
        picked_providers=None if choice is None else _tabulate_providers(choice, names),
        picked_routes=None if choice is None else _tabulate_routes(choice, names),
    )


def _draw_frontier(study: ProviderStudy) -> Chart:
    found = [(n, p, p.choice) for n, p in enumerate(study.frontier) if p.choice is not None]
    # The cost as planned is not drawn beside it: it counts no vehicle and no overhead.
    horizon = next((HORIZON_WORDS[c.rules.horizon].lower() for _, _, c in found), "")
    return Chart(
        title=f"Least cost of each share of self-delivery, £ a day ({horizon})",
        about="Least cost a day against the own company's share of journeys; the table beside "
        "it has every point, each with its plan.",
        x_title="own company's share of passenger journeys [%]",
        y_title="least cost [£ a day]",
        series=(
            Series(
                name="least cost",
                form=Form.LINE,
                points=tuple((c.own_bp / 100, c.evaluated_pence / 100) for _, _, c in found),
                links=tuple(f"?point={n}#plan" for n, _, _ in found),
                names=tuple(
                    f"Plan with {p.target_bp / 100:.0f} % asked for: "
                    f"{format_pounds(c.evaluated_pence)}"
                    for _, p, c in found
                ),
            ),
        ),
        is_from_nought=False,
    )


def _tabulate_providers(choice: ProviderChoice, names: Mapping[str, str]) -> StatementTable:
    """Sum routes, journeys and price of each provider of a plan, the dearest first."""
    providers: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for route in choice.routes:
        held = providers[route.provider_id]
        held[0] += 1
        held[1] += route.n_passengers
        held[2] += route.price_pence
    return StatementTable(
        name="By provider",
        headings=headings(
            "Provider",
            ("Routes", Measure.COUNT),
            ("Journeys", Measure.COUNT),
            ("Paid a day", Measure.POUNDS),
        ),
        rows=tuple(
            (names.get(p, p), *held)
            for p, held in sorted(providers.items(), key=lambda item: -item[1][2])
        ),
        total=("All", *(sum(held[k] for held in providers.values()) for k in range(3))),
    )


def _tabulate_routes(choice: ProviderChoice, names: Mapping[str, str]) -> StatementTable:
    return StatementTable(
        name="Each route",
        headings=headings(
            "Route",
            "Session",
            "Today",
            "Chosen",
            ("Passengers", Measure.COUNT),
            ("Price a day", Measure.POUNDS),
        ),
        rows=tuple(
            (
                r.route_id,
                r.session.value.replace("_", " "),
                names.get(r.before_id, r.before_id),
                names.get(r.provider_id, r.provider_id),
                r.n_passengers,
                r.price_pence,
            )
            for r in sorted(choice.routes, key=lambda r: (r.provider_id, r.route_id))
        ),
    )


def _tabulate_frontier(study: ProviderStudy) -> StatementTable:
    rows: list[tuple[Value, ...]] = []
    for p in study.frontier:
        asked = f"{p.target_bp / 100:.0f} % asked"
        if p.choice is None:
            why = "cannot be" if p.is_impossible else "none found in the time"
            rows.append((asked, why, None, None, None, None, None))
            continue
        c = p.choice
        rows.append(
            (
                asked,
                f"{c.own_bp / 100:.0f} %",
                c.evaluated_pence,
                c.evaluated_pence - c.bound_pence,
                c.risk_pence,
                sum(n for _, n in c.own_vehicles),
                c.co2e_g // 1_000,
            )
        )
    return StatementTable(
        name="The frontier, a day",
        headings=headings(
            "Share",
            "Comes to",
            ("All", Measure.POUNDS),
            ("Above proven least", Measure.POUNDS),
            ("Hand-backs expected", Measure.POUNDS),
            ("Own vehicles", Measure.COUNT),
            ("kg CO2e", Measure.COUNT),
        ),
        rows=tuple(rows),
    )


def _tabulate_fleet(study: ProviderStudy) -> StatementTable:
    return StatementTable(
        name="More or fewer own vehicles, a day",
        headings=headings(
            "Type",
            ("Vehicles", Measure.COUNT),
            ("Contracts and own avoidable", Measure.POUNDS),
            ("Keeping the vehicles", Measure.POUNDS),
            ("Together", Measure.POUNDS),
            "Proven",
        ),
        rows=tuple(
            (
                p.vehicle_type_id,
                p.n_vehicles,
                p.paid_pence,
                p.fixed_pence,
                p.paid_pence + p.fixed_pence,
                "yes" if p.is_proven else "no",
            )
            for p in study.fleet
        ),
    )
