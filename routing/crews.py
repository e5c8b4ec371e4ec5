"""Names for the own company's duties: a vehicle, a driver and assistants who exist.

Each vehicle and each member of the crew works one duty of the day. Drivers of nine or more
passenger seats hold D1 and CPC (LIC-3); working hours hold the duty from its first departure to
its last arrival; medically trained assistants go where they are needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from data.fleet import Crew, CrewRole
from data.inputs import Inputs

_NEVER = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewNeed:
    """What one own duty needs.

    Attributes
    ----------
    duty_id
        Settles ties, and finds the vehicle and crew of the day before.
    from_s, to_s
        First departure and last arrival. [s after midnight]
    assistant_ids
        Named assistants aboard any of its routes.
    """

    duty_id: str
    vehicle_type_id: str
    base_place_id: str
    from_s: int
    to_s: int
    needs_d1: bool
    n_assistants: int
    n_trained_assistants: int
    assistant_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewNames:
    """The vehicle and the crew of one duty, driver first."""

    vehicle_id: str
    crew_ids: tuple[str, ...]


def name_crews(
    inputs: Inputs,
    needs: Sequence[CrewNeed],
    *,
    usual: Mapping[str, CrewNames] | None = None,
) -> tuple[CrewNames | None, ...]:
    """Give each own duty a vehicle, a driver and assistants.

    Parameters
    ----------
    usual
        Vehicle and crew that a duty id has on other days: kept where possible.

    Returns
    -------
    Names in the order of `needs`; None for a duty that no vehicle or crew is left for.
    """
    wanted = usual or {}
    base_of = {d.depot_id: d.place_id for d in inputs.depots}
    vehicles = _name_vehicles(inputs, needs, wanted, base_of)
    drivers = _assign(
        needs,
        [c for c in inputs.crews if c.role is CrewRole.DRIVER],
        lambda need, crew: _driver_cost(need, crew, base_of, wanted),
    )
    helpers, short = _name_assistants(inputs, needs, wanted, base_of)
    names: list[CrewNames | None] = []
    for k in range(len(needs)):
        vehicle_id, driver_id = vehicles[k], drivers[k]
        if vehicle_id is None or driver_id is None or k in short:
            names.append(None)
        else:
            names.append(CrewNames(vehicle_id=vehicle_id, crew_ids=(driver_id, *helpers[k])))
    return tuple(names)


def _name_vehicles(
    inputs: Inputs,
    needs: Sequence[CrewNeed],
    usual: Mapping[str, CrewNames],
    base_of: Mapping[str, str],
) -> list[str | None]:
    """Give each duty a vehicle of its type and depot, its usual one first."""
    free: dict[tuple[str, str], list[str]] = {}
    for v in sorted(inputs.vehicles, key=lambda v: v.vehicle_id):
        free.setdefault((v.vehicle_type_id, base_of[v.depot_id]), []).append(v.vehicle_id)
    names: list[str | None] = [None] * len(needs)
    for is_usual in (True, False):
        for k in sorted(range(len(needs)), key=lambda k: needs[k].duty_id):
            need = needs[k]
            left = free.get((need.vehicle_type_id, need.base_place_id), [])
            if names[k] is not None or not left:
                continue
            known = usual.get(need.duty_id)
            if is_usual and (known is None or known.vehicle_id not in left):
                continue
            names[k] = known.vehicle_id if is_usual and known else left[0]
            left.remove(str(names[k]))
    return names


def _driver_cost(
    need: CrewNeed, crew: Crew, base_of: Mapping[str, str], usual: Mapping[str, CrewNames]
) -> int:
    """Rank a driver for a duty; `_NEVER` when the driver cannot work it."""
    is_able = crew.has_d1 and crew.has_cpc
    if (
        base_of[crew.depot_id] != need.base_place_id
        or (need.needs_d1 and not is_able)
        or crew.from_s > need.from_s
        or crew.to_s < need.to_s
    ):
        return _NEVER
    known = usual.get(need.duty_id)
    is_usual = known is not None and crew.crew_id in known.crew_ids
    return (0 if is_usual else 10) + (1 if is_able and not need.needs_d1 else 0)


def _assign(
    needs: Sequence[CrewNeed],
    crews: Sequence[Crew],
    rank: Callable[[CrewNeed, Crew], int],
) -> list[str | None]:
    """Assign at most one of the crews to each need: most needs met, then least rank."""
    from scipy.optimize import linear_sum_assignment

    found: list[str | None] = [None] * len(needs)
    if not needs or not crews:
        return found
    order = sorted(range(len(needs)), key=lambda k: needs[k].duty_id)
    people = sorted(crews, key=lambda c: c.crew_id)
    costs = np.array([[rank(needs[k], c) for c in people] for k in order], dtype=np.int64)
    for row, column in zip(*linear_sum_assignment(costs), strict=True):
        if costs[row, column] < _NEVER:
            found[order[int(row)]] = people[int(column)].crew_id
    return found


def _name_assistants(
    inputs: Inputs,
    needs: Sequence[CrewNeed],
    usual: Mapping[str, CrewNames],
    base_of: Mapping[str, str],
) -> tuple[list[tuple[str, ...]], set[int]]:
    """Give each duty its assistants; also the duties that are short of one.

    Named assistants who are the company's own go with their duty; the others' places are filled
    first with trained assistants where those are needed.
    """
    people = {c.crew_id: c for c in inputs.crews if c.role is CrewRole.ASSISTANT}
    named = [tuple(i for i in need.assistant_ids if i in people) for need in needs]
    taken = {i for ids in named for i in ids}
    slots: list[CrewNeed] = []
    owner: list[int] = []
    for k in sorted(range(len(needs)), key=lambda k: needs[k].duty_id):
        need = needs[k]
        n_trained = need.n_trained_assistants - sum(
            people[i].is_medically_trained for i in named[k]
        )
        n_other = need.n_assistants - len(named[k]) - max(0, n_trained)
        for n, is_trained in ((n_trained, True), (n_other, False)):
            for _ in range(max(0, n)):
                owner.append(k)
                slots.append(
                    CrewNeed(
                        duty_id=need.duty_id,
                        vehicle_type_id=need.vehicle_type_id,
                        base_place_id=need.base_place_id,
                        from_s=need.from_s,
                        to_s=need.to_s,
                        needs_d1=False,
                        n_assistants=1,
                        n_trained_assistants=int(is_trained),
                    )
                )

    def rank(need: CrewNeed, crew: Crew) -> int:
        if (
            base_of[crew.depot_id] != need.base_place_id
            or (need.n_trained_assistants and not crew.is_medically_trained)
            or crew.from_s > need.from_s
            or crew.to_s < need.to_s
        ):
            return _NEVER
        known = usual.get(need.duty_id)
        is_usual = known is not None and crew.crew_id in known.crew_ids
        is_waste = crew.is_medically_trained and not need.n_trained_assistants
        return (0 if is_usual else 10) + int(is_waste)

    free = [c for i, c in people.items() if i not in taken]
    filled = _assign(slots, free, rank)
    crews: list[list[str]] = [list(ids) for ids in named]
    short: set[int] = set()
    for k, crew_id in zip(owner, filled, strict=True):
        if crew_id is None:
            short.add(k)
        else:
            crews[k].append(crew_id)
    return [tuple(sorted(ids)) for ids in crews], short
