"""Scenarios as tables, fan charts and maps: cases beside their base, from kept runs only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from markupsafe import Markup

from data.runs import RunRecord
from data.statements import Measure, StatementTable, Value
from data.training import TrainingStudy
from data.uncertainty import DrawnCase, DrawsStudy
from data.units import format_pounds
from web.charts import Chart, Form, Series
from web.money import headings

if TYPE_CHECKING:
    from data.inputs import Inputs
    from scenarios import CaseFigures, Comparison, Difference

MAP_WIDTH, MAP_HEIGHT, MAP_EDGE = 640, 420, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMap:
    """Where a case costs more or less than its base, as a map and the table that says it.

    Attributes
    ----------
    svg
        '' where no site costs more or less.
    """

    title: str
    svg: Markup
    table: StatementTable


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareShown:
    """Cases beside their base.

    Attributes
    ----------
    chart
        None where no case costs more or less a year than its base: bars of nought say nothing.
    """

    table: StatementTable
    chart: Chart | None
    maps: tuple[SiteMap, ...]
    fans: tuple[tuple[Chart, StatementTable], ...]
    notes: tuple[tuple[str, tuple[str, ...]], ...]
    n_broken: int


def build_comparison(
    found: Comparison,
    runs: Sequence[RunRecord],
    inputs: Sequence[Inputs],
    draws: DrawsStudy | None,
) -> CompareShown:
    """Build cases beside their base.

    Parameters
    ----------
    runs, inputs
        The base's first, then the cases' in order.
    draws
        Kept draws whose fans are shown for the cases that they hold.
    """
    maps = tuple(
        build_site_map(d.case.title, runs[0], run, inputs[0], case_inputs)
        for d, run, case_inputs in zip(found.cases, runs[1:], inputs[1:], strict=True)
    )
    fans = []
    held = {} if draws is None else {c.scenario_id: c for c in draws.cases}
    for d in found.cases:
        if draws is not None and d.case.scenario_id in held and held[d.case.scenario_id].fan:
            fans.append(build_fan(held[d.case.scenario_id], draws))
    is_different = any(d.net_pence for d in found.cases)
    return CompareShown(
        table=_build_case_table(found),
        chart=_build_saving_chart(found) if is_different else None,
        maps=maps,
        fans=tuple(fans),
        notes=tuple((d.case.title, d.case.notes) for d in found.cases if d.case.notes),
        n_broken=sum(d.case.n_violations for d in found.cases if not d.case.is_by_hand),
    )


def _build_case_table(found: Comparison) -> StatementTable:
    """Build the base's row, then each case's; the base saves nothing against itself."""
    rows = [_build_case_row(found.base, None)]
    rows += [_build_case_row(d.case, d) for d in found.cases]
    return StatementTable(
        name="Side by side",
        headings=headings(
            "Case",
            ("Transport a year", Measure.POUNDS),
            ("Programmes a year", Measure.POUNDS),
            ("Saves a year", Measure.POUNDS),
            ("Saves in the first year", Measure.POUNDS),
            ("Routes", Measure.COUNT),
            ("Own vehicles", Measure.COUNT),
            ("Journeys not served", Measure.COUNT),
            ("With other companions", Measure.COUNT),
            ("Rules broken", Measure.COUNT),
        ),
        rows=tuple(rows),
        notes=(
            "A saving is positive. Every case was planned, priced and checked as its base was, "
            "with the same search.",
        ),
    )


def _build_case_row(case: CaseFigures, against: Difference | None) -> tuple[Value, ...]:
    return (
        case.title,
        case.measures.year_pence,
        case.yearly_pence,
        None if against is None else against.net_pence,
        None if against is None else against.first_year_pence,
        case.measures.n_routes,
        case.measures.n_own_vehicles,
        case.measures.n_unserved,
        None if against is None else against.n_other_companions,
        case.n_violations,
    )


def _build_saving_chart(found: Comparison) -> Chart:
    return Chart(
        title="Saving a year against the base, £",
        about="Saving of each case a year; the table beside it has every figure.",
        x_title="",
        y_title="£ a year",
        labels=tuple(d.case.title for d in found.cases),
        series=(
            Series(
                name="saves a year",
                form=Form.BARS,
                points=tuple((n, d.net_pence / 100) for n, d in enumerate(found.cases)),
                names=tuple(
                    f"{d.case.title}: {format_pounds(d.net_pence)}" for d in found.cases
                ),
            ),
        ),
    )


def build_fan(case: DrawnCase, study: DrawsStudy) -> tuple[Chart, StatementTable]:
    """Build the fan of a case's saving over the months, and its table."""
    chart = Chart(
        title=f"{case.title}: net saving from the start, £ ({study.n_draws} draws)",
        about="Net saving from the start to the end of each month: the middle, and the range "
        "that holds eight draws in ten. The table below it has the same figures.",
        x_title="month",
        y_title="£ so far",
        series=(
            Series(
                name="eight in ten",
                form=Form.BAND,
                points=tuple((m.month, m.p10_pence / 100, m.p90_pence / 100) for m in case.fan),
            ),
            Series(
                name="middle",
                form=Form.LINE,
                points=tuple((m.month, m.p50_pence / 100) for m in case.fan),
            ),
        ),
    )
    table = StatementTable(
        name=f"{case.title}, by month",
        headings=headings(
            ("Month", Measure.COUNT),
            ("One in ten below", Measure.POUNDS),
            ("Middle", Measure.POUNDS),
            ("One in ten above", Measure.POUNDS),
        ),
        rows=tuple((m.month, m.p10_pence, m.p50_pence, m.p90_pence) for m in case.fan),
        notes=(
            f"{case.n_positive} of {study.n_draws} draws save money; mean "
            f"{format_pounds(case.mean_pence)} a year at prices of {study.price_base}.",
        ),
    )
    return chart, table


def sum_by_site(run: RunRecord) -> dict[str, int]:
    """Sum the shares of a run's shown day by the site that each route serves. [pence]"""
    site_of: dict[str, str] = {}
    for route in run.plan.routes:
        for stop in route.stops:
            if stop.site_id is not None:
                site_of[route.route_id] = stop.site_id
    sums: dict[str, int] = defaultdict(int)
    for share in run.shares:
        sums[site_of.get(share.route_id, "")] += share.amount_pence
    return dict(sums)


def build_site_map(
    title: str, base: RunRecord, case: RunRecord, base_inputs: Inputs, case_inputs: Inputs
) -> SiteMap:
    """Build the map of a day's cost by site, case less base; no home stands on it."""
    was, now = sum_by_site(base), sum_by_site(case)
    places = {p.place_id: p for i in (base_inputs, case_inputs) for p in i.places}
    sites = {s.site_id: s for i in (base_inputs, case_inputs) for s in i.sites}
    rows = sorted(
        (
            (sites[k].name, was.get(k, 0), now.get(k, 0), now.get(k, 0) - was.get(k, 0), k)
            for k in {*was, *now}
            if k in sites
        ),
        key=lambda row: (row[3], row[0]),
    )
    table = StatementTable(
        name=f"{title}: cost of a day by site",
        headings=headings(
            "Site",
            ("Base", Measure.POUNDS),
            ("Case", Measure.POUNDS),
            ("More or less", Measure.POUNDS),
        ),
        rows=tuple(row[:4] for row in rows),
        total=(
            "All",
            sum(row[1] for row in rows),
            sum(row[2] for row in rows),
            sum(row[3] for row in rows),
        ),
        notes=("A route to several sites counts at its last one.",),
    )
    return SiteMap(
        title=title,
        svg=_draw_map(
            [
                (places[sites[row[4]].place_id].easting_m,
                 places[sites[row[4]].place_id].northing_m, row[3], row[0])
                for row in rows
            ]
        ),
        table=table,
    )  # fmt: skip


def _draw_map(points: Sequence[tuple[int, int, int, str]]) -> Markup:
    """Draw circles as large as the difference: filled where dearer, ringed where cheaper.

    '' where nothing differs.
    """
    if not any(pence for _, _, pence, _ in points):
        return Markup("")
    east = [p[0] for p in points]
    north = [p[1] for p in points]
    span = max(max(east) - min(east), max(north) - min(north), 1)
    scale = (min(MAP_WIDTH, MAP_HEIGHT) - 2 * MAP_EDGE) / span
    most = max(abs(p[2]) for p in points)
    parts = [
        f'<svg class="wf-chart wf-map" viewBox="0 0 {MAP_WIDTH} {MAP_HEIGHT}" role="img" '
        'aria-label="Sites by how much dearer or cheaper a day is; the table beside it says '
        'the same">'
    ]
    for easting, northing, pence, name in sorted(points, key=lambda p: -abs(p[2])):
        x = MAP_WIDTH / 2 + (easting - (min(east) + max(east)) / 2) * scale
        y = MAP_HEIGHT / 2 - (northing - (min(north) + max(north)) / 2) * scale
        size = 4 + 22 * (abs(pence) / most) ** 0.5
        kind = "wf-map__dearer" if pence > 0 else "wf-map__cheaper" if pence else "wf-map__same"
        parts.append(
            f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}">'
            f"<title>{escape(name)}: {escape(format_pounds(pence))} a day</title></circle>"
        )
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704  every text in it is escaped above


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingShown:
    """Whom to train first, as a proposal."""

    study: TrainingStudy
    chart: Chart
    candidates: StatementTable
    orders: StatementTable


def build_training(study: TrainingStudy) -> TrainingShown:
    """Build the candidates of a training study with their marginal savings, in order.

    A candidate's marginal saving is what the expected saving grows by when they are added to
    those before them.
    """
    order = study.find_order("marginal")
    people = {c.passenger_id: c for c in study.candidates}
    expected = {p.n_trained: p.expected_pence for p in order.points}
    rows: list[tuple[Value, ...]] = []
    for n, passenger_id in enumerate(order.passenger_ids, start=1):
        person = people[passenger_id]
        marginal = None
        if n in expected:
            marginal = (
                expected[n] - expected.get(n - 1, 0) if n - 1 in expected or n == 1 else None
            )
        rows.append(
            (
                n,
                passenger_id,
                person.age,
                person.complete_bp * person.sustain_bp // 100_000,
                person.longest_s // 60,
                marginal,
                None if marginal is None else marginal * study.n_days,
                "; ".join((*person.reasons_for, *person.cautions)),
            )
        )
    points = {rule.rule: rule.points for rule in study.orders}
    names = {
        "marginal": "by marginal saving",
        "dearest": "dearest first",
        "readiest": "readiest first",
    }
    return TrainingShown(
        study=study,
        chart=Chart(
            title="Expected saving a day by how many are trained, £",
            about="Expected saving a day against the number trained, by each order; the table "
            "below has every figure.",
            x_title="trained",
            y_title="£ a day",
            series=tuple(
                Series(
                    name=names.get(rule, rule),
                    form=Form.LINE,
                    points=tuple((p.n_trained, p.expected_pence / 100) for p in held),
                )
                for rule, held in points.items()
            ),
        ),
        candidates=StatementTable(
            name="Candidates in order",
            headings=headings(
                ("Order", Measure.COUNT),
                "Passenger",
                ("Age", Measure.COUNT),
                ("Chance, %", Measure.TENTHS),
                ("Longest journey, minutes", Measure.COUNT),
                ("Saves a day", Measure.POUNDS),
                ("Saves a year", Measure.POUNDS),
                "Why, and what to mind",
            ),
            rows=tuple(rows),
        ),
        orders=StatementTable(
            name="Orders compared, a day",
            headings=headings(
                "Order", ("Trained", Measure.COUNT), ("Expected", Measure.POUNDS),
                ("Planned again", Measure.POUNDS), ("If all succeed", Measure.POUNDS),
            ),
            rows=tuple(
                (names.get(o.rule, o.rule), p.n_trained, p.expected_pence, p.planned_pence,
                 p.all_pence)
                for o in study.orders
                for p in o.points
            ),
        ),
    )  # fmt: skip
