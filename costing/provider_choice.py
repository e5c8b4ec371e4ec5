"""Who should run what: the least-cost choice for fixed routes, the frontier, the fleet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from costing.carbon import MG_M_PER_G_KM, find_co2e_mg_per_km
from costing.clock import find_left_s, read_clock_s
from costing.programs import Answer, is_kept, relax_choice, solve_choice
from costing.provider_demand import Demand
from costing.provider_limits import GRID_S, count_vehicles, find_vehicle_day_pence
from costing.provider_program import (
    ProviderProgram,
    add_cuts,
    build_provider_program,
    with_shares,
)
from costing.provider_starts import move_share
from data.choices import (
    ChosenRoute,
    CostHorizon,
    FleetPoint,
    FrontierPoint,
    OwnPiece,
    ProviderChoice,
    ProviderRules,
    VehicleValue,
)
from data.errors import IdentityError, InfeasibleError, SolverError
from data.fleet import OWN_PROVIDER_ID
from data.units import divide_half_up, split_pence

Cut = tuple[int, frozenset[int]]
"""A seller, and routes of which no two can share a vehicle, more than it has."""

MOST_ROUNDS = 50
"""Rounds of adding what suppliers' vehicles cannot do, before the search gives up."""


def choose_providers(
    demand: Demand, rules: ProviderRules | None = None, *, seconds: int = 60, seed: int = 1
) -> ProviderChoice:
    """Choose the provider of every route at least cost.

    Exact over own pieces of work of up to four routes and over suppliers' prices route by route
    and day pair by day pair, under vehicles, crews, shifts, depots, capacities, areas,
    licences, assistants, lots, discounts and least numbers.

    Parameters
    ----------
    demand
        From `build_demand`.
    seconds
        For all of it; then the best found is given with what is proven of it. [s]

    Raises
    ------
    InfeasibleError
        If no choice keeps the rules.
    SolverError
        If none was found in the time.
    IdentityError
        If the choice does not add up.
    """
    return solve_providers(demand, rules, seconds=seconds, seed=seed).choice


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvedChoice:
    """A choice with its columns, from which other choices of the same routes can begin.

    Attributes
    ----------
    cuts
        What suppliers' vehicles were found unable to do; true of every choice.
    """

    choice: ProviderChoice
    taken: frozenset[int]
    cuts: tuple[Cut, ...] = ()


def solve_providers(
    demand: Demand, rules: ProviderRules | None = None, *, seconds: int = 60, seed: int = 1
) -> SolvedChoice:
    """Choose as `choose_providers` does; give the columns too."""
    used = rules or ProviderRules()
    program = build_provider_program(demand, used)
    return _solve(demand, used, program, (), seconds=seconds, seed=seed)


def _solve(
    demand: Demand,
    rules: ProviderRules,
    program: ProviderProgram,
    near: Sequence[SolvedChoice],
    *,
    seconds: int,
    seed: int,
) -> SolvedChoice:
    """Solve a program without shares; rounds of adding what suppliers' vehicles cannot do.

    Parameters
    ----------
    near
        Choices for other shares or fleets, to begin near; what they found out of suppliers'
        vehicles is known from the start.
    """
    end_s = read_clock_s() + seconds
    cuts = tuple(dict.fromkeys(cut for solved in near for cut in solved.cuts))
    program = add_cuts(program, demand, cuts)
    n_rows = len(program.choice.rows)
    program = with_shares(program, demand, rules)
    n_shares = len(program.choice.rows) - n_rows
    hints = [move_share(program, demand, rules, solved.taken, n_shares) for solved in near]
    costs = program.choice.costs
    # Rows added later only raise the least: the bound of the first relaxation stays true.
    relaxation = relax_choice(program.choice)
    for _ in range(MOST_ROUNDS):
        starts = [
            taken
            for taken in (program.start, *hints)
            if taken is not None and is_kept(program.choice, taken)
        ]
        answer = solve_choice(
            program.choice,
            seconds=find_left_s(end_s),
            seed=seed,
            relaxation=relaxation,
            hint=min(starts, key=lambda taken: sum(costs[c] for c in taken), default=None),
        )
        more = _find_cuts(demand, program, answer)
        if not more:
            choice = _build_choice(demand, rules, program, answer)
            return SolvedChoice(choice=choice, taken=answer.taken, cuts=cuts)
        cuts = (*cuts, *more)
        program = add_cuts(program, demand, more)
        if read_clock_s() >= end_s and not starts:
            break
    raise SolverError("suppliers' vehicles could not be laid out in the time given")


def _find_cuts(demand: Demand, program: ProviderProgram, answer: Answer) -> list[Cut]:
    """Find routes of a seller that take more vehicles than it has, no two sharing one.

    Routes share a vehicle where it can be at the second in time after the first. The fewest
    vehicles are the routes less the most that follow another (Fulkerson 1956), and as many
    routes have no two that share one (Dilworth): those are what the program is told.
    """
    held: dict[int, list[int]] = {}
    for c in answer.taken:
        column = program.columns[c]
        if column.seller is not None:
            held.setdefault(column.seller, []).extend(column.routes)
    cuts = []
    for s, routes in sorted(held.items()):
        n = count_vehicles(demand.sellers[s])
        if len(routes) > n:
            apart = find_most_apart(demand, sorted(routes))
            if len(apart) > n:
                cuts.append((s, frozenset(apart)))
    return cuts


def find_most_apart(demand: Demand, routes: Sequence[int]) -> list[int]:
    """Find the most routes of which no vehicle can run two, by matching (König)."""
    import numpy as np
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    can = demand.can_follow[np.ix_(routes, routes)].astype(np.int8)
    after = maximum_bipartite_matching(csr_array(can), perm_type="column")
    before = {int(b): a for a, b in enumerate(after) if b >= 0}
    reached, queue = set(), [a for a, b in enumerate(after) if b < 0]
    right: set[int] = set()
    while queue:
        a = queue.pop()
        if a in reached:
            continue
        reached.add(a)
        for b in np.flatnonzero(can[a]):
            if int(b) not in right:
                right.add(int(b))
                if int(b) in before:
                    queue.append(before[int(b)])
    return [routes[i] for i in range(len(routes)) if i in reached and i not in right]


def _build_choice(
    demand: Demand, rules: ProviderRules, program: ProviderProgram, answer: Answer
) -> ProviderChoice:
    """Read a choice from its answer and check that it adds up."""
    chosen: dict[int, ChosenRoute] = {}
    pieces: list[OwnPiece] = []
    paid = fixed = 0
    for c in sorted(answer.taken):
        column = program.columns[c]
        paid += column.paid_pence
        fixed += column.fixed_pence
        if not column.routes:
            continue
        piece_no = None
        provider_id = OWN_PROVIDER_ID
        if column.piece is not None:
            piece_no = len(pieces)
            pieces.append(demand.pieces[column.piece])
        elif column.seller is not None:
            provider_id = demand.sellers[column.seller].supplier.supplier_id
        ids = [demand.routes[r].route_id for r in column.routes]
        weights = [demand.routes[r].loaded_m for r in column.routes]
        parts = zip(
            column.routes,
            split_pence(column.paid_pence, weights, ids),
            split_pence(column.risk_pence, weights, ids),
            split_pence(column.transition_pence, weights, ids),
            strict=True,
        )
        for r, price_pence, risk_pence, transition_pence in parts:
            route = demand.routes[r]
            chosen[r] = ChosenRoute(
                route_id=route.route_id,
                session=route.session,
                provider_id=provider_id,
                vehicle_type_id=column.vehicle_type_id,
                before_id=demand.before_ids[r],
                n_passengers=len(route.passenger_ids),
                price_pence=price_pence,
                risk_pence=risk_pence,
                transition_pence=transition_pence,
                piece=piece_no,
            )
    routes = tuple(chosen[r] for r in sorted(chosen))
    choice = ProviderChoice(
        rules=rules,
        routes=routes,
        pieces=tuple(pieces),
        paid_pence=paid,
        fixed_pence=fixed,
        evaluated_pence=answer.cost,
        bound_pence=answer.bound,
        own_vehicles=_count_out(pieces),
        n_own_drivers=sum(n for _, n in _count_out(pieces, is_by_type=False)),
        co2e_g=_find_co2e_g(demand, routes, pieces),
        n_columns=len(program.columns),
    )
    check_choice(choice, len(demand.routes))
    return choice


def check_choice(choice: ProviderChoice, n_routes: int) -> None:
    """Check that a choice adds up.

    Raises
    ------
    IdentityError
        With everything that is wrong.
    """
    wrong = []
    if len({r.route_id for r in choice.routes}) != n_routes:
        wrong.append(f"{len(choice.routes)} routes are chosen for, not {n_routes}")
    paid = sum(r.price_pence for r in choice.routes)
    if paid != choice.paid_pence:
        wrong.append(f"routes cost {paid} pence, the choice {choice.paid_pence}")
    whole = paid + choice.fixed_pence + choice.risk_pence
    whole += sum(r.transition_pence for r in choice.routes)
    if whole != choice.evaluated_pence:
        wrong.append(f"parts come to {whole} pence, the choice to {choice.evaluated_pence}")
    own = sum(p.avoidable_pence for p in choice.pieces)
    of_pieces = sum(r.price_pence for r in choice.routes if r.piece is not None)
    if own != of_pieces:
        wrong.append(f"pieces of work cost {own} pence, their routes {of_pieces}")
    if wrong:
        raise IdentityError("; ".join(wrong))


def _count_out(
    pieces: Sequence[OwnPiece], *, is_by_type: bool = True
) -> tuple[tuple[str, int], ...]:
    """Count most own vehicles out at one time, by type or by depot."""
    at: dict[tuple[str, str], dict[int, int]] = {}
    for piece in pieces:
        key = (piece.vehicle_type_id if is_by_type else "", piece.depot_id)
        steps = at.setdefault(key, {})
        for at_s in range(piece.from_s // GRID_S * GRID_S, piece.to_s, GRID_S):
            steps[at_s] = steps.get(at_s, 0) + 1
    most: dict[str, int] = {}
    for (type_id, depot_id), steps in sorted(at.items()):
        name = type_id if is_by_type else depot_id
        most[name] = most.get(name, 0) + max(steps.values())
    return tuple(sorted(most.items()))


def _find_co2e_g(
    demand: Demand, routes: Sequence[ChosenRoute], pieces: Sequence[OwnPiece]
) -> int:
    """Find the emissions of a day, dead miles of suppliers from a known base. [g]"""
    costs = demand.book.inputs.own_costs
    factors = {k: find_co2e_mg_per_km(t, costs) for k, t in demand.book.types.items()}
    metre_mg = sum(p.total_m * factors[p.vehicle_type_id] for p in pieces)
    by_id = {route.route_id: route for route in demand.routes}
    for chosen in routes:
        if chosen.piece is not None:
            continue
        route = by_id[chosen.route_id]
        base_id = demand.book.suppliers[chosen.provider_id].base_place_id
        runs = demand.reach.find_runs(base_id, route) if base_id is not None else None
        dead_m = 0 if runs is None else runs[2]
        metre_mg += (route.loaded_m + dead_m) * factors[chosen.vehicle_type_id]
    return divide_half_up(metre_mg, MG_M_PER_G_KM)


def trace_frontier(
    demand: Demand,
    rules: ProviderRules,
    *,
    best: SolvedChoice | None = None,
    step_bp: int = 1_000,
    seconds: int = 60,
    seed: int = 1,
) -> tuple[FrontierPoint, ...]:
    """Find the least cost of each share of self-delivery, from none to all.

    Below the best share the own company carries at most the share, above it at least; the best
    itself is found first, so that every point is the least cost that the share allows. A point
    that a choice found for another share keeps is at most as dear as that one.

    Parameters
    ----------
    best
        The least cost of any share, where it is known.
    seconds
        For all points together. [s]
    """
    end_s = read_clock_s() + seconds
    targets = list(range(0, 10_001, step_bp))
    program = build_provider_program(demand, rules)
    if best is None:
        n_left = len(targets) + 1
        best = solve_providers(demand, rules, seconds=find_left_s(end_s, n_left), seed=seed)
    found: dict[int, FrontierPoint] = {}
    # Nothing and everything first: what keeps them keeps the shares on their side too. Then
    # from the best outwards: each share begins with its neighbour's choice, moved on.
    own_bp = best.choice.own_bp
    down = [replace(rules, max_own_bp=t) for t in reversed(targets) if t <= own_bp]
    up = [replace(rules, min_own_bp=t) for t in targets if t > own_bp]
    for side in (down, up):
        near = [best]
        for wanted in (*side[-1:], *side[:-1]):
            target_bp = wanted.min_own_bp if side is up else wanted.max_own_bp
            choice, is_impossible = None, False
            try:
                solved = _solve(
                    demand,
                    wanted,
                    program,
                    near,
                    seconds=find_left_s(end_s, len(targets) - len(found)),
                    seed=seed,
                )
                choice = solved.choice
                near = [*near[:2], solved]
            except InfeasibleError:
                is_impossible = True
            except SolverError:
                pass
            found[target_bp] = FrontierPoint(
                target_bp=target_bp, choice=choice, is_impossible=is_impossible
            )
    return tuple(found[t] for t in targets)


def value_vehicles(
    demand: Demand,
    rules: ProviderRules,
    vehicle_type_id: str,
    changes: Sequence[int],
    *,
    start: SolvedChoice | None = None,
    seconds: int = 60,
    seed: int = 1,
) -> tuple[FleetPoint, ...]:
    """Find what a day costs with more or fewer own vehicles of a type, each with its crew.

    Parameters
    ----------
    changes
        By how many, e.g. ``range(-3, 6)``.
    start
        The best choice in the short run with the vehicles there are, where it is known.
    seconds
        For all of them together. [s]
    """
    n_now = sum(v.vehicle_type_id == vehicle_type_id for v in demand.book.inputs.vehicles)
    day_pence = find_vehicle_day_pence(demand.book, vehicle_type_id)
    end_s = read_clock_s() + seconds
    points = []
    near = [] if start is None else [start]
    wanted_changes = [change for change in changes if n_now + change >= 0]
    for number, change in enumerate(wanted_changes):
        wanted = replace(
            rules,
            horizon=CostHorizon.SHORT_RUN,
            extra_vehicles=((vehicle_type_id, change),),
        )
        # What fewer vehicles can do, more can: no number begins worse than the one before it.
        try:
            solved = _solve(
                demand,
                wanted,
                build_provider_program(demand, wanted),
                near,
                seconds=find_left_s(end_s, len(wanted_changes) - number),
                seed=seed,
            )
        except (InfeasibleError, SolverError):
            continue
        near = [*near[:1], solved]
        found = solved.choice
        points.append(
            FleetPoint(
                vehicle_type_id=vehicle_type_id,
                n_vehicles=n_now + change,
                paid_pence=found.evaluated_pence,
                fixed_pence=(n_now + change) * day_pence,
                is_proven=found.is_proven,
                bound_pence=found.bound_pence,
            )
        )
    return tuple(points)


def value_each(points: Sequence[FleetPoint]) -> tuple[VehicleValue, ...]:
    """Find what each further vehicle saves, as found and as proven.

    The least cost lies between a choice found and its bound; no vehicle makes the day dearer,
    so a bound holds for every smaller fleet too.

    Parameters
    ----------
    points
        By number of vehicles, from the fewest.
    """
    # From the largest fleet down, each with the greatest bound of those with more vehicles.
    bounds: list[int] = []
    for point in reversed(points):
        bounds.append(max(point.least_pence, *bounds[-1:]) if bounds else point.least_pence)
    bounds.reverse()
    values = []
    for i, (before, after) in enumerate(pairwise(points)):
        values.append(
            VehicleValue(
                n_vehicles=after.n_vehicles,
                saved_pence=before.paid_pence - after.paid_pence,
                least_saved_pence=max(0, bounds[i] - after.paid_pence),
                most_saved_pence=before.paid_pence - bounds[i + 1],
                cost_pence=after.fixed_pence - before.fixed_pence,
            )
        )
    return tuple(values)


def find_last_paying(points: Sequence[FleetPoint]) -> int | None:
    """Find the number of vehicles from which one more no longer saves what it costs a day.

    Only what is proven counts: None where the first vehicle that does not surely pay could, or
    where all of them pay.
    """
    for value in value_each(points):
        if value.most_saved_pence < value.cost_pence:
            return value.n_vehicles - 1
        if value.least_saved_pence < value.cost_pence:
            return None
    return None
