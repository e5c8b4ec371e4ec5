"""Who should run what: the least-cost choice of provider for fixed routes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from costing.carbon import MG_M_PER_G_KM, find_co2e_mg_per_km
from costing.clock import find_left_s, read_clock_s
from costing.programs import Answer, is_kept, relax_choice, solve_choice
from costing.provider_demand import Demand
from costing.provider_limits import GRID_S, count_vehicles
from costing.provider_program import (
    ProviderProgram,
    add_cuts,
    build_provider_program,
    with_shares,
)
from costing.provider_starts import move_share
from data.choices import (
    ChosenRoute,
    OwnPiece,
    ProviderChoice,
    ProviderRules,
)
from data.errors import IdentityError, SolverError
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
    return solve_near(demand, used, program, (), seconds=seconds, seed=seed)


def solve_near(
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
