"""Each provider's best routes for the same passengers, and what separates them from today's.

A saving on paper may be a lower rate, better routes, other vehicles or fewer journeys. Each
option is given the same passengers, plans its own routes, and the difference is split into
those four so that they add up to the penny.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from costing import (
    PaidRoutes,
    build_journey_shares,
    find_paid,
    price_plan,
    reassign_plan,
    share_duty_costs,
)
from data.comparisons import CostView, Difference
from data.fleet import OWN_PROVIDER_ID, Crew, CrewRole, Supplier, Vehicle
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.places import Session
from data.plans import Plan
from routing import ProgressReport
from scenarios.case import Search, solve_case

AMPLE = 10_000
"""So many vehicles or assistants of a supplier that numbers bind nowhere."""

Journeys = dict[tuple[Session, str], int]
"""Cost of each journey, by session and passenger. [pence]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Who is given all the work.

    Attributes
    ----------
    name
        In words.
    """

    name: str
    provider_ids: frozenset[str]


def build_options(inputs: Inputs, names: Sequence[str]) -> tuple[Option, ...]:
    """Build options from names: ``own``, ``market``, ``all``, or a supplier's id.

    Raises
    ------
    KeyError
        With the first name that is nobody's.
    """
    suppliers = {s.supplier_id: s.name for s in inputs.suppliers}
    known = {
        OWN_PROVIDER_ID: Option(name="Own company", provider_ids=frozenset({OWN_PROVIDER_ID})),
        "market": Option(name="All suppliers", provider_ids=frozenset(suppliers)),
        "all": Option(
            name="Own company and suppliers",
            provider_ids=frozenset({OWN_PROVIDER_ID, *suppliers}),
        ),
    } | {i: Option(name=name, provider_ids=frozenset({i})) for i, name in suppliers.items()}
    return tuple(known[name] for name in names)


def build_option_inputs(inputs: Inputs, option: Option, n_most: int) -> Inputs:
    """Build inputs in which an option alone serves everybody, with vehicles and crews enough.

    Parameters
    ----------
    n_most
        So many vehicles of each own type at each depot, and crews for them.
    """
    ids = option.provider_ids
    suppliers = tuple(_make_ample(s) for s in inputs.suppliers if s.supplier_id in ids)
    is_own = OWN_PROVIDER_ID in ids
    return replace(
        inputs,
        suppliers=suppliers,
        rate_cards=tuple(c for c in inputs.rate_cards if c.supplier_id in ids),
        vehicles=_make_ample_vehicles(inputs, n_most) if is_own else (),
        crews=_make_ample_crews(inputs, n_most) if is_own else (),
        locks=(),
        current_routes=(),
    )


def _make_ample(supplier: Supplier) -> Supplier:
    """Give a supplier as many vehicles as anybody may need of each type it has."""
    return replace(
        supplier,
        vehicles=tuple(
            replace(held, n_vehicles=AMPLE if held.n_vehicles > 0 else 0)
            for held in supplier.vehicles
        ),
        n_assistants=AMPLE,
        n_trained_assistants=AMPLE if supplier.n_trained_assistants else 0,
    )


def _make_ample_vehicles(inputs: Inputs, n_most: int) -> tuple[Vehicle, ...]:
    """Give each depot as many vehicles as anybody may need of each type it has."""
    kinds = Counter((v.vehicle_type_id, v.depot_id) for v in inputs.vehicles)
    return tuple(
        Vehicle(vehicle_id=f"W{k}-{i}", vehicle_type_id=type_id, depot_id=depot_id)
        for k, (type_id, depot_id) in enumerate(sorted(kinds))
        for i in range(n_most)
    )


def _make_ample_crews(inputs: Inputs, n_most: int) -> tuple[Crew, ...]:
    """Give each depot drivers with every licence and trained assistants enough."""
    depots = sorted({v.depot_id for v in inputs.vehicles})
    has_trained = any(c.is_medically_trained for c in inputs.crews)
    found = []
    for depot_id in depots:
        for i in range(2 * n_most):
            found.append(
                Crew(
                    crew_id=f"WD-{depot_id}-{i}",
                    role=CrewRole.DRIVER,
                    depot_id=depot_id,
                    has_d1=True,
                    has_cpc=True,
                )
            )
            found.append(
                Crew(
                    crew_id=f"WA-{depot_id}-{i}",
                    role=CrewRole.ASSISTANT,
                    depot_id=depot_id,
                    is_medically_trained=has_trained,
                )
            )
    return tuple(found)


def compare_best_routes(
    reference: Plan,
    inputs: Inputs,
    matrix: TravelMatrix,
    options: Sequence[Option],
    search: Search,
    *,
    progress: Callable[[ProgressReport], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> tuple[Difference, ...]:
    """Plan each option's own best routes and split what separates it from the reference.

    Parameters
    ----------
    reference
        The plan to compare with; routes that are today's contracts count at the price paid.
    search
        How each option is searched; its ``only`` must be a date of the reference's day type.

    Returns
    -------
    Per option the short run, then the long run.

    Raises
    ------
    ModelError
        If an option has no offer at all for the demand.
    IdentityError
        If parts do not add up (M3).
    """
    found: list[Difference] = []
    paid = find_paid(reference, inputs)
    for option in options:
        if should_stop is not None and should_stop():
            break
        case = build_option_inputs(inputs, option, max(4, len(reference.duties)))
        solved = solve_case(case, matrix, search, progress=progress, should_stop=should_stop)
        for view in CostView:
            found.append(
                split_difference(reference, paid, inputs, matrix, option, solved.plan, view)
            )
    return tuple(found)


def split_difference(
    reference: Plan,
    paid: PaidRoutes,
    inputs: Inputs,
    matrix: TravelMatrix,
    option: Option,
    best: Plan,
    view: CostView,
) -> Difference:
    """Split the difference of two plans into rate, mix, planning and volume.

    Parameters
    ----------
    paid
        What is paid for the reference's routes; routes without a contract count at their price.
    best
        The option's own best routes for the same passengers.
    """
    held = _price_routes(reference, inputs, view)
    ghosts_pence = 0
    if any(price is not None for price in paid.pence):
        held = [h if p is None else p for h, p in zip(held, paid.pence, strict=True)]
        ghosts_pence = sum(g.paid_pence for g in paid.ghosts)
    same_types, _ = _price_given(reference, held, inputs, matrix, option, view, True)
    any_types, n_kept = _price_given(reference, held, inputs, matrix, option, view, False)
    ours = build_journey_shares(reference, inputs, any_types)
    theirs = build_journey_shares(best, inputs, _price_routes(best, inputs, view))
    common = ours.keys() & theirs.keys()
    reference_pence = sum(held) + ghosts_pence
    return Difference(
        option=option.name,
        view=view,
        reference_pence=reference_pence,
        rate_pence=sum(same_types) - sum(held),
        mix_pence=sum(any_types) - sum(same_types),
        planning_pence=sum(theirs[key] - ours[key] for key in common),
        volume_pence=sum(theirs[key] for key in theirs.keys() - common)
        - sum(ours[key] for key in ours.keys() - common)
        - ghosts_pence,
        compared_pence=sum(_price_routes(best, inputs, view)),
        n_reference_journeys=len(ours),
        n_compared_journeys=len(theirs),
        n_common_journeys=len(common),
        n_kept_duties=n_kept,
        n_reference_vehicles=len(reference.duties),
        n_compared_vehicles=len(best.duties),
    )


def _price_routes(plan: Plan, inputs: Inputs, view: CostView) -> list[int]:
    """Price the routes of a plan, idle vehicles apart. [pence]"""
    costs = share_duty_costs(price_plan(plan, inputs), plan)
    is_full = view is CostView.LONG_RUN
    return [c.full_cost_pence if is_full else c.cost_pence for c in costs]


def _price_given(
    reference: Plan,
    held: Sequence[int],
    inputs: Inputs,
    matrix: TravelMatrix,
    option: Option,
    view: CostView,
    is_keeping_types: bool,
) -> tuple[list[int], int]:
    """Price the reference's routes at an option's rates; what it cannot serve stays as held."""
    given = reassign_plan(
        reference,
        inputs,
        matrix,
        option.provider_ids,
        view=view,
        is_keeping_types=is_keeping_types,
    )
    costs = share_duty_costs(given.lines, given.plan)
    is_full = view is CostView.LONG_RUN
    amounts = [
        before
        if cost.duty_id in given.kept
        else (cost.full_cost_pence if is_full else cost.cost_pence)
        for cost, before in zip(costs, held, strict=True)
    ]
    return amounts, len(given.kept)
