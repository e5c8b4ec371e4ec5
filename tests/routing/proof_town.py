"""The small town with demand out and home, and what is proven impossible in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from data.costs import CostModel
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.passengers import Demand, Direction, Passenger
from data.places import Home, Period, Session
from data.plans import Lock, LockKind, Unserved
from routing.proofs import Prover
from tests.routing.small_town import (
    DAY_TYPE,
    make_cost_model,
    make_inputs,
    make_matrix,
)

AM, PM = Session.AM, Session.PM


def make_town(
    *people: Passenger,
    homes: dict[str, Home] | None = None,
    sites: dict[str, str] | None = None,
    **values: Any,
) -> Inputs:
    """The line with demand out and home; to school-1 unless `sites` says otherwise."""
    inputs = make_inputs(*people, homes=homes, **values)
    wanted = sites or {}
    demands = tuple(
        Demand(
            demand_id=f"{home.passenger_id}-{direction}",
            passenger_id=home.passenger_id,
            site_id=wanted.get(home.passenger_id, "school-1"),
            home_id=home.home_id,
            direction=direction,
        )
        for home in inputs.homes
        for direction in Direction
    )
    return replace(inputs, demands=demands)


def make_home(passenger: str, **values: Any) -> Home:
    return Home(
        home_id=f"h-{passenger}",
        passenger_id=passenger,
        place_id=f"home-{passenger[0]}",
        **values,
    )


def make_lock(kind: LockKind, target: str, passenger: str = "a", **values: Any) -> Lock:
    return Lock(
        lock_id=f"{kind}-{passenger}-{target}",
        kind=kind,
        passenger_id=passenger,
        target_id=target,
        **values,
    )


def prove(
    inputs: Inputs,
    session: Session = AM,
    *,
    matrix: TravelMatrix | None = None,
    cost_model: CostModel | None = None,
) -> tuple[Unserved, ...]:
    prover = Prover(inputs, matrix or make_matrix(), cost_model or make_cost_model(), DAY_TYPE)
    return prover.prove_all(session)


def prove_one(inputs: Inputs, session: Session = AM, **given: Any) -> Unserved:
    """The only proof, with what holds of every proof."""
    (proof,) = prove(inputs, session, **given)
    assert proof.passenger_id == "a"
    assert proof.session is session
    return proof


def change_supplier(inputs: Inputs, **values: Any) -> Inputs:
    (supplier,) = inputs.suppliers
    return replace(inputs, suppliers=(replace(supplier, **values),))


def cut_road(first: str, second: str, period: Period) -> TravelMatrix:
    """The line without the way from the first place to the second in one period."""
    matrix = make_matrix()
    times = matrix.duration_s[period].copy()
    times[matrix.index[first], matrix.index[second]] = -1
    return replace(matrix, duration_s={**matrix.duration_s, period: times})
