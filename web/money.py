"""Money as tables and charts: rates and benchmark, from what is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.comparisons import find_sign
from data.errors import ModelError, StoreError
from data.fleet import OWN_PROVIDER_ID
from data.runs import RunRecord
from data.statements import Heading, Measure, StatementTable, Value
from data.tenders import UNPLACED_ID
from data.units import divide_half_up, format_pounds
from web.charts import Chart, Form, Series

if TYPE_CHECKING:
    from data.benchmark import RateBenchmark
    from data.inputs import Inputs
    from web.state import WebState


def headings(*names: str | tuple[str, Measure]) -> tuple[Heading, ...]:
    """Build headings; a name alone is one of text."""
    return tuple(
        Heading(name=name) if isinstance(name, str) else Heading(name=name[0], measure=name[1])
        for name in names
    )


def name_providers(inputs: Inputs) -> dict[str, str]:
    """Name every provider by id."""
    return {
        OWN_PROVIDER_ID: "own company",
        UNPLACED_ID: "nobody (at the reserve price)",
        **{s.supplier_id: s.name for s in inputs.suppliers},
    }


def find_latest_run(state: WebState) -> RunRecord | None:
    """Find the newest run that is no what-if, or None."""
    try:
        return state.find_run("latest")
    except StoreError:
        return None


def need_latest_run(state: WebState, purpose: str) -> RunRecord:
    """Find the newest run that is no what-if, for something that begins with one.

    Parameters
    ----------
    purpose
        What a plan is wanted for, as the refusal says it: ``to let``.

    Raises
    ------
    ModelError
        If there is no run.
    """
    run = find_latest_run(state)
    if run is None:
        raise ModelError(f"There is no plan yet {purpose}: plan first")
    return run


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What each route of a run costs, and would cost elsewhere."""

    run_id: str
    routes: StatementTable
    providers: StatementTable
    chart: Chart
    n_buy_short: int
    n_own_short: int
    n_buy_long: int
    n_own_long: int


def build_rates(run: RunRecord, inputs: Inputs) -> Rates:
    """Build the comparison of rates from the prices that a run keeps of each route."""
    names = name_providers(inputs)
    rows = sorted(run.alternatives, key=lambda a: (-a.planned_pence, a.route_id))
    signs_short, signs_long = [], []
    cells = []
    for a in rows:
        short = _less(a.bought_pence, a.own_avoidable_pence)
        long = _less(a.bought_pence, a.own_full_pence)
        signs_short.append(find_sign(short))
        signs_long.append(find_sign(long))
        cells.append(
            (
                a.route_id,
                a.session.value.replace("_", " "),
                names.get(a.provider_id, a.provider_id),
                a.planned_pence,
                a.bought_pence,
                names.get(a.bought_provider_id, a.bought_provider_id),
                a.own_avoidable_pence,
                a.own_full_pence,
                find_sign(short),
                find_sign(long),
            )
        )
    table = StatementTable(
        name="Each route, a day, net of VAT",
        headings=headings(
            "Route",
            "Session",
            "Planned with",
            ("As planned", Measure.POUNDS),
            ("Best rate card", Measure.POUNDS),
            "Whose",
            ("Own, avoidable", Measure.POUNDS),
            ("Own, full", Measure.POUNDS),
            "Short run",
            "Long run",
        ),
        rows=tuple(cells),
        total=("All", "", "", sum(a.planned_pence for a in rows), *((None,) * 6)),
        notes=(
            "Each route as if it alone went elsewhere: no supplier runs out of vehicles, no "
            "two routes share a crew. Short run: bid less own avoidable cost; long run: bid "
            "less own full cost.",
        ),
    )
    return Rates(
        run_id=run.run_id,
        routes=table,
        providers=_sum_providers(run, names),
        chart=_chart_rates(run),
        n_buy_short=signs_short.count("buy"),
        n_own_short=signs_short.count("own"),
        n_buy_long=signs_long.count("buy"),
        n_own_long=signs_long.count("own"),
    )


def _less(bid_pence: int | None, own_pence: int | None) -> int | None:
    return None if bid_pence is None or own_pence is None else bid_pence - own_pence


def _sum_providers(run: RunRecord, names: dict[str, str]) -> StatementTable:
    """Sum each provider's day and year."""
    held = () if run.measures is None else run.measures.providers
    rows = tuple(
        (
            names.get(p.provider_id, p.provider_id),
            p.n_routes,
            p.n_passenger_journeys,
            p.cost_pence,
            p.full_cost_pence,
            p.year_pence,
        )
        for p in held
    )
    total: tuple[Value, ...] | None = None
    if held:
        total = (
            "All",
            sum(p.n_routes for p in held),
            sum(p.n_passenger_journeys for p in held),
            sum(p.cost_pence for p in held),
            sum(p.full_cost_pence for p in held),
            sum(p.year_pence for p in held),
        )
    return StatementTable(
        name="By provider",
        headings=headings(
            "Provider",
            ("Routes", Measure.COUNT),
            ("Journeys", Measure.COUNT),
            ("A day", Measure.POUNDS),
            ("A day in full", Measure.POUNDS),
            ("A year", Measure.POUNDS),
        ),
        rows=rows,
        total=total,
    )


def _chart_rates(run: RunRecord) -> Chart:
    both = [
        a
        for a in run.alternatives
        if a.bought_pence is not None and a.own_avoidable_pence is not None
    ]
    series = []
    for is_own, name in ((True, "planned with the own company"), (False, "planned as bought")):
        held = [a for a in both if (a.provider_id == OWN_PROVIDER_ID) is is_own]
        series.append(
            Series(
                name=f"{name} ({len(held)})",
                form=Form.POINTS,
                points=tuple(
                    ((a.own_avoidable_pence or 0) / 100, (a.bought_pence or 0) / 100)
                    for a in held
                ),
                names=tuple(
                    f"{a.route_id}: own {format_pounds(a.own_avoidable_pence or 0)}, best rate "
                    f"card {format_pounds(a.bought_pence or 0)}"
                    for a in held
                ),
            )
        )
    return Chart(
        title="Best rate card against own avoidable cost, £ a day",
        about="Each route by own avoidable cost and by its best rate card; above the dashed "
        "line buying is dearer. The table below has every figure.",
        x_title="own, avoidable [£ a day]",
        y_title="best rate card [£ a day]",
        series=tuple(series),
        has_diagonal=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """What is paid against what it buys."""

    n_fitted: int
    explained: str
    warnings: tuple[str, ...]
    chart: Chart
    dear: StatementTable
    suppliers: StatementTable
    effects: StatementTable
    ghosts: StatementTable


def build_benchmark(found: RateBenchmark, names: dict[str, str]) -> Benchmark:
    """Build the page of a benchmark of rates."""
    fitted = [p for p in found.prices if p.expected_pence is not None]
    series = tuple(
        Series(
            name=f"{words} ({len(held)})",
            form=Form.POINTS,
            points=tuple(
                ((p.expected_pence or 0) / 100, p.price.pence_per_day / 100) for p in held
            ),
            names=tuple(
                f"{p.price.price_id}: paid {format_pounds(p.price.pence_per_day)}, expected "
                f"{format_pounds(p.expected_pence or 0)}"
                for p in held
            ),
        )
        for words, held in (
            ("within its interval, or below", [p for p in fitted if not p.is_dear]),
            ("dear: renegotiate", [p for p in fitted if p.is_dear]),
        )
    )
    dear = StatementTable(
        name="Dear for what they buy",
        headings=headings(
            "Price",
            "Supplier",
            ("Paid a day", Measure.POUNDS),
            ("Expected", Measure.POUNDS),
            ("Nine in ten below", Measure.POUNDS),
            ("At stake a year", Measure.POUNDS),
        ),
        rows=tuple(
            (
                p.price.price_id,
                names.get(p.price.supplier_id, p.price.supplier_id),
                p.price.pence_per_day,
                p.expected_pence,
                p.q90_pence,
                p.stake_pence_per_year,
            )
            for p in found.dear
        ),
        total=("All", "", None, None, None, sum(p.stake_pence_per_year for p in found.dear))
        if found.dear
        else None,
        notes=("Paid is compared with what an average supplier would take for the same work.",),
    )
    return Benchmark(
        n_fitted=found.n_fitted,
        explained=f"{found.explained_bp / 100:.0f} %",
        warnings=found.warnings,
        chart=Chart(
            title="Each contract, £ a day: paid against expected",
            about="Each contract by expected and paid price; those well above the dashed line "
            "are dear and are listed in the table below.",
            x_title="expected [£ a day]",
            y_title="paid [£ a day]",
            series=series,
            has_diagonal=True,
        ),
        dear=dear,
        suppliers=_build_supplier_table(found, names),
        effects=StatementTable(
            name="What moves a price, all else equal",
            headings=headings(
                "What",
                ("Effect, %", Measure.TENTHS),
                ("From", Measure.TENTHS),
                ("To", Measure.TENTHS),
            ),
            rows=tuple(
                (e.words, _tenths(e.effect_bp), _tenths(e.low_bp), _tenths(e.high_bp))
                for e in found.effects
            ),
            notes=("The range holds the true effect in 19 cases of 20.",),
        ),
        ghosts=StatementTable(
            name="Paid on days when nobody is carried",
            headings=headings(
                "Price", "Supplier", ("Idle days", Measure.COUNT), ("A year", Measure.POUNDS)
            ),
            rows=tuple(
                (
                    g.price_id,
                    names.get(g.supplier_id, g.supplier_id),
                    g.n_idle_days,
                    g.idle_pence_per_year,
                )
                for g in found.ghosts
            ),
        ),
    )


def _build_supplier_table(found: RateBenchmark, names: dict[str, str]) -> StatementTable:
    return StatementTable(
        name="Suppliers",
        headings=headings(
            "Supplier",
            ("Contracts", Measure.COUNT),
            ("A year", Measure.POUNDS),
            ("Of spend, %", Measure.TENTHS),
            ("Dearer than average, %", Measure.TENTHS),
        ),
        rows=tuple(
            (
                names.get(s.supplier_id, s.supplier_id),
                s.n_prices,
                s.pence_per_year,
                _tenths(s.spend_bp),
                None if s.premium is None else _tenths(s.premium.effect_bp),
            )
            for s in found.suppliers
        ),
    )


def _tenths(share_bp: int) -> int:
    return divide_half_up(share_bp, 10)
