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
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.costs import CostModel
from data.fleet import CrewRole
from data.inputs import Inputs
from data.places import Session
from routing.duty_rules import DutyRules
from routing.half_building import Half
from routing.links import Link, find_links
from routing.programs import Program

IntArray = NDArray[np.int64]

KEPT_PENCE = 1_500
"""Halves dearer than this in reduced cost, all hopes counted, are left out. [pence]"""


SHORT_PENCE = 20_000
"""What each route counts by which a card misses a number it is held to. [pence]"""


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
class DutyChoice:
    """The halves chosen, and what the limits are worth.

    Attributes
    ----------
    halves
        Positions of the chosen halves.
    unserved
        Positions of the routes nobody can work.
    vehicle_pence
        (o, 2) what one more vehicle and crew would save, morning and afternoon. [pence]
        Less than 0 for an offer of a card held to a number of routes: what one route more is
        worth.
    relaxed_pence
        Value of the linear relaxation: no choice of these halves is cheaper. [pence]
    """

    halves: tuple[int, ...]
    unserved: tuple[int, ...]
    vehicle_pence: IntArray
    relaxed_pence: float
    is_proven: bool


def choose_duties(
    rules: DutyRules,
    halves: Sequence[Half],
    limits: DutyLimits,
    *,
    different_crew_pence: int,
    bonus_pence: Sequence[int] | None = None,
    least: Sequence[tuple[Sequence[int], int]] = (),
    node_limit: int | None = None,
    seconds: float | None = None,
) -> DutyChoice:
    """Choose halves at least money, with links in mind, and price the limits.

    The relaxation without links first shows which halves cannot matter; links are made only
    between the others.

    Parameters
    ----------
    different_crew_pence
        What one passenger kept with the crew is worth. [pence]
    bonus_pence
        What choosing each half is worth besides, e.g. because passengers know its provider.
        [pence]
    least
        Offers and how many routes they are to work between them, as far as they can.
    node_limit, seconds
        Where the search for a proven choice stops; a node limit keeps it repeatable.

    Raises
    ------
    SolverError
        If the solver fails.
    """
    bonus = [0] * len(halves) if bonus_pence is None else list(bonus_pence)
    hopes = [
        _hope(rules, half, different_crew_pence) - extra
        for half, extra in zip(halves, bonus, strict=True)
    ]
    program, columns, _, _ = _build(rules, halves, hopes, limits)
    _add_least(program, halves, columns, least)
    reduced = program.relax()[1]
    kept = [h for h, column in enumerate(columns) if reduced[column] <= KEPT_PENCE]
    chosen = [halves[h] for h in kept]
    program, columns, slack, rows = _build(
        rules, chosen, [halves[h].cost_pence - bonus[h] for h in kept], limits
    )
    lots = _add_least(program, chosen, columns, least)
    links = find_links(rules, chosen, different_crew_pence=different_crew_pence)
    _add_links(program, chosen, columns, links)
    relaxed_pence, reduced, duals = program.relax()
    values, is_proven = program.solve(
        relaxed_pence, reduced, node_limit=node_limit, seconds=seconds
    )
    vehicle_pence = np.zeros((rules.n_offers, 2), dtype=np.int64)
    for (offer, part), row in rows.items():
        vehicle_pence[offer, part] = max(0, round(-duals[row]))
    for row, (offers, _) in zip(lots, least, strict=True):
        vehicle_pence[list(offers)] -= max(0, round(-duals[row]))
    return DutyChoice(
        halves=tuple(kept[k] for k, column in enumerate(columns) if values[column] > 0.5),
        unserved=tuple(i for i, column in enumerate(slack) if values[column] > 0.5),
        vehicle_pence=vehicle_pence,
        relaxed_pence=relaxed_pence,
        is_proven=is_proven,
    )


def _hope(rules: DutyRules, half: Half, different_crew_pence: int) -> int:
    """Least that a half may come to with a link: crew kept, half a day rate. [pence]"""
    cost_pence = half.cost_pence
    if half.day_run is not None:
        pair_pence = rules.charges.charge_pair(half.offer, half.day_run, half.day_run)
        paired_pence = cost_pence - half.day_run_pence + pair_pence // 2
        cost_pence = min(cost_pence, paired_pence) if half.is_priced else paired_pence
    n_aboard = sum(len(rules.works[i].passenger_ids) for i in half.works)
    return cost_pence - n_aboard * different_crew_pence // 2


def _build(
    rules: DutyRules,
    halves: Sequence[Half],
    costs_pence: Sequence[int],
    limits: DutyLimits,
) -> tuple[Program, list[int], list[int], dict[tuple[int, int], int]]:
    """Build the program without links.

    Returns
    -------
    program, columns, slack, rows
        Columns of the halves and of the unserved routes; rows of each offer's vehicles by half.
    """
    program = Program()
    columns = [program.add_column(cost_pence) for cost_pence in costs_pence]
    slack = _add_routes(program, rules, halves, columns)
    rows = _add_vehicles(program, rules, halves, columns, limits)
    _add_depot_assistants(program, rules, halves, columns, limits)
    _add_supplier_assistants(program, rules, halves, columns, limits)
    return program, columns, slack, rows


def _add_routes(
    program: Program, rules: DutyRules, halves: Sequence[Half], columns: Sequence[int]
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
    program: Program,
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
    program: Program,
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
    program: Program,
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


def _add_least(
    program: Program,
    halves: Sequence[Half],
    columns: Sequence[int],
    least: Sequence[tuple[Sequence[int], int]],
) -> list[int]:
    """Add how many routes some offers are to work; a route short is dear, not forbidden."""
    rows = []
    for offers, n_routes in least:
        row = program.add_row(-np.inf, -float(n_routes))
        program.set(row, program.add_column(SHORT_PENCE, float(n_routes)), -1.0)
        for half, column in zip(halves, columns, strict=True):
            if half.offer in offers:
                program.set(row, column, -float(len(half.works)))
        rows.append(row)
    return rows


def _add_links(
    program: Program, halves: Sequence[Half], columns: Sequence[int], links: Sequence[Link]
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
