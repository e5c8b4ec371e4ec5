"""Duties: which offer works which routes, chained into half days, at the least exact money.

A mixed integer program over half days of work (`routing.halves`): every route is worked by one
half or left unserved; the halves of an offer in a morning, and in an afternoon, are no more
than its vehicles; own drivers and assistants and suppliers' assistants are limited; a morning
and an afternoon half of one offer may be **linked** into one duty, which keeps passengers with
their crew and earns a supplier's day rate. The prices of the limits in its linear relaxation
(what one more vehicle would save) go back to the route search as scarcity prices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.costs import CostModel
from data.errors import SolverError
from data.fleet import CrewRole
from data.inputs import Inputs
from data.places import Session
from routing.duty_rules import DutyRules
from routing.halves import Half, can_follow

IntArray = NDArray[np.int64]

N_LINKS = 4
"""Most links offered to one morning half."""
RELATIVE_GAP = 1e-4
"""Proven gap at which the program stops."""
REDUCED_COST_PENCE = 3_000
"""Columns dearer than this in reduced cost are left out of the integer program at first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyLimits:
    """How much there is of everything; all counts.

    Attributes
    ----------
    vehicles
        (o,) vehicles of each offer.
    depots
        The own company's depots: place id -> (drivers, drivers with D1 and CPC, assistants,
        medically trained assistants).
    supplier_assistants
        Provider id -> (assistants, trained assistants) in one session.
    """

    vehicles: tuple[int, ...]
    depots: Mapping[str, tuple[int, int, int, int]]
    supplier_assistants: Mapping[str, tuple[int, int]]


def find_limits(inputs: Inputs, model: CostModel) -> DutyLimits:
    """Find how many vehicles, drivers and assistants there are."""
    places = {d.depot_id: d.place_id for d in inputs.depots}
    depots: dict[str, tuple[int, int, int, int]] = {}
    for depot in sorted(inputs.depots, key=lambda d: d.depot_id):
        crews = [c for c in inputs.crews if places[c.depot_id] == depot.place_id]
        drivers = [c for c in crews if c.role is CrewRole.DRIVER]
        helpers = [c for c in crews if c.role is CrewRole.ASSISTANT]
        depots[depot.place_id] = (
            len(drivers),
            sum(c.has_d1 and c.has_cpc for c in drivers),
            len(helpers),
            sum(c.is_medically_trained for c in helpers),
        )
    return DutyLimits(
        vehicles=tuple(int(n) for n in model.n_vehicles),
        depots=depots,
        supplier_assistants={
            s.supplier_id: (s.n_assistants, s.n_trained_assistants) for s in inputs.suppliers
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A morning and an afternoon half that may be one duty, and what that saves. [pence]"""

    morning: int
    afternoon: int
    gain_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyChoice:
    """The halves chosen, and what the limits are worth.

    Attributes
    ----------
    halves
        Positions of the chosen halves.
    unserved
        Positions of the routes nobody can work.
    scarcity_pence
        (o, 2) what one more vehicle and crew would save, morning and afternoon. [pence]
    relaxed_pence
        Value of the linear relaxation: no choice of these halves is cheaper. [pence]
    """

    halves: tuple[int, ...]
    unserved: tuple[int, ...]
    scarcity_pence: IntArray
    relaxed_pence: float
    is_proven: bool


@dataclass(slots=True)
class _Program:
    """A program being put together: columns with costs, rows with bounds."""

    costs: list[float] = field(default_factory=list)
    highs: list[float] = field(default_factory=list)
    row_low: list[float] = field(default_factory=list)
    row_high: list[float] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add_column(self, cost: float, high: float = 1.0) -> int:
        self.costs.append(cost)
        self.highs.append(high)
        return len(self.costs) - 1

    def add_row(self, low: float, high: float) -> int:
        self.row_low.append(low)
        self.row_high.append(high)
        return len(self.row_low) - 1

    def set(self, row: int, column: int, value: float) -> None:
        self.rows.append(row)
        self.columns.append(column)
        self.values.append(value)


def find_links(
    rules: DutyRules,
    halves: Sequence[Half],
    *,
    different_crew_pence: int,
    n_links: int = N_LINKS,
) -> tuple[Link, ...]:
    """Find the links worth choosing from: halves of one offer with something to gain.

    Parameters
    ----------
    different_crew_pence
        What one passenger kept with the crew is worth. [pence]
    """
    shared = count_shared(rules)
    links: list[Link] = []
    by_offer: dict[int, tuple[list[int], list[int]]] = {}
    for h, half in enumerate(halves):
        by_offer.setdefault(half.offer, ([], []))[rules.works[half.works[0]].half].append(h)
    for offer in sorted(by_offer):
        mornings, afternoons = by_offer[offer]
        with_route: dict[int, list[int]] = {}
        for g in afternoons:
            for j in halves[g].works:
                with_route.setdefault(j, []).append(g)
        dear = sorted(
            (g for g in afternoons if halves[g].day_run is not None),
            key=lambda g: (-halves[g].day_run_pence, g),
        )[:n_links]
        for h in mornings:
            n_kept: dict[int, int] = {}
            for i in halves[h].works:
                for j, n in shared.get(i, {}).items():
                    for g in with_route.get(j, ()):
                        n_kept[g] = n_kept.get(g, 0) + n
            near = sorted(n_kept, key=lambda g: (-n_kept[g], halves[g].cost_pence, g))
            near = near[: 2 * n_links]
            if halves[h].day_run is not None:
                near += [g for g in dear if g not in near]
            found = []
            for g in near:
                gain_pence = day_saving(rules, halves[h], halves[g])
                gain_pence += n_kept.get(g, 0) * different_crew_pence
                is_due = not (halves[h].is_priced and halves[g].is_priced)
                if (gain_pence > 0 or is_due) and can_follow(rules, halves[h], halves[g]):
                    found.append(Link(morning=h, afternoon=g, gain_pence=gain_pence))
            found.sort(key=lambda k: (-k.gain_pence, k.afternoon))
            links.extend(found[:n_links])
    return tuple(links)


def count_shared(rules: DutyRules) -> dict[int, dict[int, int]]:
    """Count the passengers each morning route has in common with each afternoon route."""
    home: dict[str, int] = {}
    for j, work in enumerate(rules.works):
        if work.half == 1:
            for p in work.passenger_ids:
                home[p] = j
    shared: dict[int, dict[int, int]] = {}
    for i, work in enumerate(rules.works):
        if work.half == 0:
            row = shared.setdefault(i, {})
            for p in work.passenger_ids:
                if p in home:
                    row[home[p]] = row.get(home[p], 0) + 1
    return shared


def find_kept(morning: Half, afternoon: Half, shared: Mapping[int, Mapping[int, int]]) -> int:
    """Count the passengers whom one duty of both halves keeps with their crew."""
    return sum(
        n for i in morning.works for j, n in shared.get(i, {}).items() if j in afternoon.works
    )


def day_saving(rules: DutyRules, morning: Half, afternoon: Half) -> int:
    """What the day rate of both halves saves against their routes' own prices. [pence]"""
    if morning.day_run is None or afternoon.day_run is None:
        return 0
    pair_pence = rules.charges.charge_pair(morning.offer, morning.day_run, afternoon.day_run)
    return morning.day_run_pence + afternoon.day_run_pence - pair_pence


def choose_halves(
    rules: DutyRules,
    halves: Sequence[Half],
    links: Sequence[Link],
    limits: DutyLimits,
    *,
    node_limit: int | None = None,
    seconds: float | None = None,
) -> DutyChoice:
    """Choose halves and links at least money, and price the limits.

    Parameters
    ----------
    node_limit, seconds
        Where the search for a proven choice stops; a node limit keeps it repeatable.

    Raises
    ------
    SolverError
        If the solver fails.
    """
    program = _Program()
    columns = [program.add_column(half.cost_pence) for half in halves]
    slack = _add_routes(program, rules, halves, columns)
    vehicle_rows = _add_vehicles(program, rules, halves, columns, limits)
    _add_depot_assistants(program, rules, halves, columns, limits)
    _add_supplier_assistants(program, rules, halves, columns, limits)
    _add_links(program, halves, columns, links)
    relaxed_pence, reduced, duals = _relax(program)
    chosen, is_proven = _solve(program, relaxed_pence, reduced, node_limit, seconds)
    scarcity = np.zeros((rules.n_offers, 2), dtype=np.int64)
    for (offer, part), row in vehicle_rows.items():
        scarcity[offer, part] = max(0, round(-duals[row]))
    return DutyChoice(
        halves=tuple(h for h, column in enumerate(columns) if chosen[column] > 0.5),
        unserved=tuple(i for i, column in enumerate(slack) if chosen[column] > 0.5),
        scarcity_pence=scarcity,
        relaxed_pence=relaxed_pence,
        is_proven=is_proven,
    )


def _add_routes(
    program: _Program, rules: DutyRules, halves: Sequence[Half], columns: Sequence[int]
) -> list[int]:
    """Add a row per route, worked once or unserved at a price; give the unserved columns."""
    slack = []
    for work in rules.works:
        row = program.add_row(1.0, 1.0)
        price_pence = rules.policy.unserved_pence * max(1, len(work.passenger_ids))
        slack.append(program.add_column(price_pence))
        program.set(row, slack[-1], 1.0)
    for half, column in zip(halves, columns, strict=True):
        for i in half.works:
            program.set(i, column, 1.0)
    return slack


def _add_vehicles(
    program: _Program,
    rules: DutyRules,
    halves: Sequence[Half],
    columns: Sequence[int],
    limits: DutyLimits,
) -> dict[tuple[int, int], int]:
    """Add the number of duties of each offer, its vehicles, and the drivers of each depot."""
    model = rules.model
    used = sorted({half.offer for half in halves})
    duties: dict[int, int] = {}
    rows: dict[tuple[int, int], int] = {}
    for offer in used:
        duties[offer] = program.add_column(0.0, float(max(0, limits.vehicles[offer])))
        for part in (0, 1):
            rows[offer, part] = program.add_row(-np.inf, 0.0)
            program.set(rows[offer, part], duties[offer], -1.0)
    for half, column in zip(halves, columns, strict=True):
        program.set(rows[half.offer, rules.works[half.works[0]].half], column, 1.0)
    for place_id, (n_drivers, n_d1, _, _) in sorted(limits.depots.items()):
        mine = [o for o in used if model.is_own[o] and model.base_place_ids[o] == place_id]
        for members, n in (
            (mine, n_drivers),
            ([o for o in mine if model.needs_d1[o]], n_d1),
        ):
            if members and sum(limits.vehicles[o] for o in members) > n:
                row = program.add_row(-np.inf, float(n))
                for offer in members:
                    program.set(row, duties[offer], 1.0)
    return rows


def _add_depot_assistants(
    program: _Program,
    rules: DutyRules,
    halves: Sequence[Half],
    columns: Sequence[int],
    limits: DutyLimits,
) -> None:
    """Add the assistants of each depot in the morning and in the afternoon."""
    model = rules.model
    rows: dict[tuple[str, int, int], int] = {}
    for half, column in zip(halves, columns, strict=True):
        if not model.is_own[half.offer]:
            continue
        place_id = model.base_place_ids[half.offer]
        part = rules.works[half.works[0]].half
        for kind, n in enumerate((half.n_crew_assistants, half.n_crew_trained)):
            if n == 0:
                continue
            key = (place_id, part, kind)
            if key not in rows:
                rows[key] = program.add_row(-np.inf, float(limits.depots[place_id][2 + kind]))
            program.set(rows[key], column, float(n))


def _add_supplier_assistants(
    program: _Program,
    rules: DutyRules,
    halves: Sequence[Half],
    columns: Sequence[int],
    limits: DutyLimits,
) -> None:
    """Add each supplier's assistants in each session, where they could run short."""
    works = rules.works
    total = {
        (session, kind): sum(
            (w.n_assistants, w.n_trained_assistants)[kind]
            for w in works
            if w.session is session
        )
        for session in Session
        for kind in (0, 1)
    }
    rows: dict[tuple[str, Session, int], int] = {}
    for half, column in zip(halves, columns, strict=True):
        provider = rules.model.provider_ids[half.offer]
        if rules.model.is_own[half.offer]:
            continue
        for kind, limit in enumerate(limits.supplier_assistants[provider]):
            needs: dict[Session, int] = {}
            for i in half.works:
                n = (works[i].n_assistants, works[i].n_trained_assistants)[kind]
                needs[works[i].session] = needs.get(works[i].session, 0) + n
            for session, n in needs.items():
                if n == 0 or total[session, kind] <= limit:
                    continue
                key = (provider, session, kind)
                if key not in rows:
                    rows[key] = program.add_row(-np.inf, float(limit))
                program.set(rows[key], column, float(n))


def _add_links(
    program: _Program, halves: Sequence[Half], columns: Sequence[int], links: Sequence[Link]
) -> None:
    """Add the links: at most one for each half, exactly one if only a day rate prices it."""
    rows: dict[int, int] = {}

    def row_of(h: int) -> int:
        if h not in rows:
            rows[h] = program.add_row(-np.inf if halves[h].is_priced else 0.0, 0.0)
            program.set(rows[h], columns[h], -1.0)
        return rows[h]

    for link in links:
        column = program.add_column(-link.gain_pence)
        program.set(row_of(link.morning), column, 1.0)
        program.set(row_of(link.afternoon), column, 1.0)
    for h, half in enumerate(halves):
        if not half.is_priced:
            row_of(h)


def _relax(program: _Program) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Solve the linear relaxation: value, reduced costs of the columns, duals of the rows."""
    from scipy.optimize import linprog

    matrix, low, high = _as_matrix(program)
    is_equal = low == high
    result = linprog(
        np.array(program.costs),
        A_ub=matrix[~is_equal],
        b_ub=high[~is_equal],
        A_eq=matrix[is_equal],
        b_eq=high[is_equal],
        bounds=np.column_stack((np.zeros(len(program.highs)), program.highs)),
        method="highs",
    )
    if result.status != 0:
        raise SolverError(f"the relaxation of the duties failed: {result.message}")
    duals = np.empty(len(low))
    duals[~is_equal] = result.ineqlin.marginals
    duals[is_equal] = result.eqlin.marginals
    reduced = np.array(program.costs) - matrix.T @ duals
    return float(result.fun), reduced, duals


def _solve(
    program: _Program,
    relaxed_pence: float,
    reduced: NDArray[np.float64],
    node_limit: int | None,
    seconds: float | None,
) -> tuple[NDArray[np.float64], bool]:
    """Solve the integer program over the columns that may matter, then over all if they might.

    A column whose reduced cost exceeds the gap between the answer and the relaxation cannot be
    part of a better answer.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    matrix, low, high = _as_matrix(program)
    costs, highs = np.array(program.costs), np.array(program.highs)
    options: dict[str, float | int] = {"mip_rel_gap": RELATIVE_GAP}
    if node_limit is not None:
        options["node_limit"] = node_limit
    if seconds is not None:
        options["time_limit"] = seconds
    limit_pence = float(REDUCED_COST_PENCE)
    while True:
        kept = np.flatnonzero(reduced <= limit_pence)
        result = milp(
            costs[kept],
            constraints=LinearConstraint(matrix[:, kept], low, high),
            integrality=np.ones(len(kept)),
            bounds=Bounds(0.0, highs[kept]),
            options=options,
        )
        is_all = len(kept) == len(costs)
        if result.x is not None:
            slack_pence = float(result.fun) - relaxed_pence
            if is_all or slack_pence <= limit_pence or seconds is not None:
                chosen = np.zeros(len(costs))
                chosen[kept] = result.x
                is_proven = result.status == 0 and slack_pence <= limit_pence
                return np.round(chosen), is_proven
        elif is_all:
            raise SolverError(f"no duties found: {result.message}")
        limit_pence = np.inf if limit_pence > REDUCED_COST_PENCE else limit_pence * 4


def _as_matrix(
    program: _Program,
) -> tuple[Any, NDArray[np.float64], NDArray[np.float64]]:
    """Turn a program into a sparse matrix and its row bounds."""
    from scipy.sparse import csr_array

    matrix = csr_array(
        (program.values, (program.rows, program.columns)),
        shape=(len(program.row_low), len(program.costs)),
    )
    return matrix, np.array(program.row_low), np.array(program.row_high)
