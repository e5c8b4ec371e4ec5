"""The choice of provider for fixed routes as a program: own pieces of work and suppliers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from costing.programs import Choice, Row, is_kept
from costing.provider_columns import Builder, ProviderColumn, add_pieces, add_sellers
from costing.provider_demand import Demand
from costing.provider_limits import (
    add_lots,
    add_own_limits,
    add_seller_limits,
    add_supplier_rules,
    build_cut,
    build_shares,
    widen,
)
from data.choices import ProviderRules
from data.errors import ModelError


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderProgram:
    """The program and the meaning of its columns.

    Attributes
    ----------
    start
        Columns of the plan itself, where it keeps the rules: a choice to begin with.
    """

    choice: Choice
    columns: tuple[ProviderColumn, ...]
    start: frozenset[int] | None


def build_provider_program(demand: Demand, rules: ProviderRules) -> ProviderProgram:
    """Build the choice of provider for fixed routes, all but the shares of `with_shares`."""
    made = Builder()
    bought = add_sellers(made, demand, rules)
    own = add_pieces(made, demand, rules)
    covering: dict[int, list[int]] = defaultdict(list)
    for c, column in enumerate(made.columns):
        for r in column.routes:
            covering[r].append(c)
    lost = [demand.routes[r].route_id for r in range(len(demand.routes)) if not covering[r]]
    if lost:
        raise ModelError(f"nobody can run route(s) {', '.join(lost)}")
    for r in range(len(demand.routes)):
        made.add_row([(c, 1) for c in covering[r]], 1, 1)
    add_own_limits(made, demand, own, rules)
    add_seller_limits(made, demand, bought)
    add_supplier_rules(made, demand, bought, rules)
    add_lots(made, demand, rules)
    choice = Choice(
        costs=tuple(column.cost_pence for column in made.columns), rows=tuple(made.rows)
    )
    program = ProviderProgram(
        choice=choice, columns=tuple(made.columns), start=_find_start(made, demand)
    )
    return _add_rows(program, ())


def with_shares(
    program: ProviderProgram, demand: Demand, rules: ProviderRules
) -> ProviderProgram:
    """Add the least and most share of journeys that the own company carries."""
    return _add_rows(program, build_shares(program.columns, demand, rules))


def _add_rows(program: ProviderProgram, rows: Sequence[Row]) -> ProviderProgram:
    """Add rows; a start that does not keep them all is none."""
    choice = replace(program.choice, rows=(*program.choice.rows, *rows))
    start = program.start
    return replace(
        program,
        choice=choice,
        start=start if start is not None and is_kept(choice, start) else None,
    )


def _find_start(made: Builder, demand: Demand) -> frozenset[int] | None:
    """Find the columns of the plan itself; None where one of them is not there."""
    cheapest: dict[tuple[tuple[int, ...], int | None, int | None], int] = {}
    for c, column in enumerate(made.columns):
        if column.routes:
            # The first of equal columns is the one without a discount.
            cheapest.setdefault((column.routes, column.seller, column.piece), c)
    planned_pieces = {routes for routes, seller in demand.planned if seller is None}
    by_routes: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for c, column in enumerate(made.columns):
        if column.piece is not None and column.routes in planned_pieces:
            by_routes[column.routes].append(c)
    taken: set[int] = set()
    for routes, seller in demand.planned:
        if seller is not None:
            found = cheapest.get((routes, seller, None))
        else:
            # A piece may be on another type or depot than planned: the one of the plan counts.
            wanted = demand.planned_bases.get(routes)
            found = next(
                (
                    c
                    for c in by_routes[routes]
                    if wanted
                    == (
                        demand.pieces[made.columns[c].piece or 0].vehicle_type_id,
                        demand.pieces[made.columns[c].piece or 0].depot_id,
                    )
                ),
                None,
            )
        if found is None:
            return None
        taken.add(found)
    return frozenset(taken | find_vehicles(made.columns, made.rows, taken))


def find_vehicles(
    columns: Sequence[ProviderColumn], rows: Sequence[Row], taken: Set[int]
) -> set[int]:
    """Find as many vehicles to keep as the pieces of work taken have out at one time."""
    needed: dict[tuple[int, ...], int] = {}
    for row in rows:
        vehicles = tuple(c for c, k in row.terms if k == -1 and columns[c].vehicle_type_id)
        if vehicles:
            n_out = sum(k for c, k in row.terms if c in taken)
            needed[vehicles] = max(needed.get(vehicles, 0), n_out)
    return {c for vehicles, n in needed.items() for c in vehicles[:n]}


def add_cuts(
    program: ProviderProgram, demand: Demand, cuts: Sequence[tuple[int, frozenset[int]]]
) -> ProviderProgram:
    """Add that a seller runs at most its vehicles of routes of which no two can share one.

    Parameters
    ----------
    cuts
        (seller, routes).
    """
    rows = []
    for seller, routes in cuts:
        held = [c for c, column in enumerate(program.columns) if column.seller == seller]
        could = {r for c in held for r in program.columns[c].routes}
        widened = widen(demand, set(routes), could)
        rows.append(build_cut(program.columns, held, demand, seller, widened))
    return _add_rows(program, rows)
