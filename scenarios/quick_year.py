"""A quick estimate of a drawn case's year, from years that were planned in full.

Planning a whole timetable takes minutes, so that a thousand draws cannot all be planned so.
Most of a draw can be known exactly without it:

- *prices*: the timetable of the nearest planned year is priced again on every date, exactly, at
  the draw's rates and pay;
- *people and places*: the shown day of that timetable is repaired for the draw's own demand
  (who left gets off, who is new is put where that costs least), which yields a plan that keeps
  every rule, and is priced exactly. Draws of one demand share the repaired day.

The estimate is the year so priced, times the repaired day over the planned day. What planning
afresh would gain beyond that is measured on some draws, by planning them in full, and put right
by `scenarios.correction`.

Where a `DemandLine` says more of draws planned in full than that does, it is taken instead: the
year on the line at the draw's journeys, times what the nearest planned year costs at the draw's
rates over what it costs at those of the line. No day is repaired for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path

from costing import (
    build_cost_model,
    find_duties_pence,
    find_year_pence,
    price_plan,
    total_cost_pence,
)
from data.demand import find_day_type
from data.inputs import Inputs
from data.networks import RoadNetwork, TravelMatrix
from data.plans import Plan, Timetable
from data.units import round_half_up
from routing import find_violations, find_walks_wanted, optimise, repair_plan
from scenarios.case import build_case_matrix
from scenarios.changes import YearlyLine, apply_changes
from scenarios.definition import Scenario, fix_changes
from scenarios.demand_line import DemandLine, count_journeys, fit_line, is_alike
from scenarios.draw_keys import find_keys, find_price_key, has_same_cards

Walks = tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What a draw makes of a scenario, before anything is planned.

    Attributes
    ----------
    demand_key, price_key
        Fingerprints of all that a plan hangs on but money, and of the money. Cases of equal
        keys have equal plans and years.
    lines
        Money that no plan holds.
    walks
        Walks to pick-up points that its passengers may be asked for.
    """

    demand_key: str
    price_key: str
    lines: tuple[YearlyLine, ...]
    walks: Walks


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedYear:
    """A year planned in full.

    Attributes
    ----------
    year_pence
        Cost of the year at its own rates. [pence]
    n_violations, n_unserved
        Of all its plans; the journeys nobody carries on the shown day.
    inputs, parts
        What it was planned from, and the fingerprints of its records; None and empty where only
        the figures are wanted.
    """

    demand_key: str
    price_key: str
    timetable: Timetable
    year_pence: int
    n_violations: int
    n_unserved: int
    inputs: Inputs | None = None
    parts: frozenset[bytes] = frozenset()

    def find_shown(self, on: date) -> Plan:
        """Find the plan of a date."""
        day_type_id = dict(self.timetable.dates)[on]
        return next(p for p in self.timetable.plans if p.day_type.day_type_id == day_type_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyGround:
    """What all draws of a study stand on; the same for every worker.

    Attributes
    ----------
    stories
        All scenarios, bases before those that stand on them.
    matrix
        Of the inputs' places, with the walks of all draws; None before those are known.
    """

    inputs: Inputs
    stories: tuple[Scenario, ...]
    network: RoadNetwork
    matrix: TravelMatrix | None = None
    walks: frozenset[tuple[str, str, int]] = frozenset()
    matrices: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickYear:
    """An estimate of a draw's year, and what it was made of.

    Attributes
    ----------
    year_pence
        The estimate before any correction. [pence]
    priced_pence
        The nearest planned year at the draw's rates. [pence]
    day_pence, planned_day_pence
        The shown day as repaired for the draw and as planned, both at the draw's rates; equal
        where the demand is the same. [pence]
    is_repaired
        Whether the day had to be planned again.
    is_on_line
        Whether it was read off a line through planned years.
    """

    year_pence: int
    priced_pence: int
    day_pence: int
    planned_day_pence: int
    is_repaired: bool
    n_unserved: int
    is_on_line: bool = False

    @property
    def is_known(self) -> bool:
        """Whether its very demand was planned in full, so that nothing is estimated."""
        return not (self.is_repaired or self.is_on_line)


def draw_inputs(
    ground: StudyGround, scenario_id: str, values: Mapping[str, float]
) -> tuple[Inputs, tuple[YearlyLine, ...]]:
    """Apply a scenario's changes with the values of a draw."""
    story = next((s for s in ground.stories if s.scenario_id == scenario_id), None)
    if story is None:
        return ground.inputs, ()
    changes = fix_changes(story, ground.stories, values)
    draft = apply_changes(ground.inputs, changes, seed=story.seed, file=f"{scenario_id}.toml")
    return draft.inputs, tuple(draft.lines)


def look_at_draw(ground: StudyGround, scenario_id: str, values: Mapping[str, float]) -> Drawn:
    """Find what a draw makes of a scenario."""
    inputs, lines = draw_inputs(ground, scenario_id, values)
    keys = find_keys(inputs)
    return Drawn(
        demand_key=keys.demand_key,
        price_key=keys.price_key,
        lines=lines,
        walks=find_walks_wanted(inputs),
    )


def estimate_years(
    ground: StudyGround,
    planned: Sequence[PlannedYear],
    scenario_id: str,
    draws: Sequence[Mapping[str, float]],
    line: DemandLine | None = None,
) -> list[QuickYear]:
    """Estimate the years of draws of one demand from the nearest planned year.

    The shown day is repaired once, at the rates of that year, whichever draws are asked for;
    it and the year are then priced exactly at the rates of each draw.

    Parameters
    ----------
    planned
        Years of the scenario planned in full; of equally near ones the first is taken.
    draws
        Values of the draws, which all make the same demand.
    line
        To read the years off, in place of a repaired day.
    """
    cases = [draw_inputs(ground, scenario_id, values)[0] for values in draws]
    keys = find_keys(cases[0])
    if any(y.demand_key == keys.demand_key for y in planned):
        same = [y for y in planned if y.demand_key == keys.demand_key]
        return [_price_cheapest(same, inputs) for inputs in cases]
    near = min(planned, key=lambda y: len(keys.parts ^ y.parts))
    if line is not None:
        return [_read_off(line, near, inputs) for inputs in cases]
    if not has_same_cards(cases[0], _read_inputs(near)):
        # rates of other cards cannot be those of the planned year: each draw has its own repair
        return [_estimate_one(ground, near, inputs, inputs) for inputs in cases]
    first = _put_prices(cases[0], _read_inputs(near))
    held = _plan_day(ground, first, near.find_shown(ground.inputs.service_date))
    return [_estimate_one(ground, near, inputs, first, held) for inputs in cases]


def _estimate_one(
    ground: StudyGround,
    near: PlannedYear,
    inputs: Inputs,
    repaired_at: Inputs,
    held: tuple[Plan, int] | None = None,
) -> QuickYear:
    """Estimate one draw's year: the nearest year at its rates, times its day over that day."""
    on = ground.inputs.service_date
    shown = near.find_shown(on)
    day, n_unserved = held or _plan_day(ground, repaired_at, shown)
    priced_pence, priced_at = _price_again(near, inputs)
    day_pence = total_cost_pence(price_plan(day, inputs, on))
    planned_day_pence = total_cost_pence(price_plan(shown, priced_at, on))
    share = Fraction(day_pence, planned_day_pence) if planned_day_pence else Fraction(1)
    return QuickYear(
        year_pence=round_half_up(priced_pence * share),
        priced_pence=priced_pence,
        day_pence=day_pence,
        planned_day_pence=planned_day_pence,
        is_repaired=True,
        n_unserved=n_unserved,
    )


def _read_off(line: DemandLine, near: PlannedYear, inputs: Inputs) -> QuickYear:
    """Read a draw's year off a line, at the draw's rates."""
    priced_pence, _ = _price_again(near, inputs)
    at_line_pence = line.year_pence.get(near.demand_key, 0)
    rates = Fraction(priced_pence, at_line_pence) if at_line_pence else Fraction(1)
    on = inputs.service_date
    return QuickYear(
        year_pence=round_half_up(line.find_pence(count_journeys(inputs)) * rates),
        priced_pence=priced_pence,
        day_pence=0,
        planned_day_pence=0,
        is_repaired=False,
        n_unserved=len(near.find_shown(on).unserved),
        is_on_line=True,
    )


def draw_line(years: Sequence[PlannedYear], central: PlannedYear) -> DemandLine:
    """Fit the line through years planned in full, at the rates of one of them.

    Parameters
    ----------
    years
        Those that differ from the central one in more than who travels, and money, are left
        out.
    """
    at_rates = _read_inputs(central)
    points = []
    for year in years:
        inputs = _read_inputs(year)
        if is_alike(inputs, at_rates) and has_same_cards(inputs, at_rates):
            pence, _ = _price_again(year, at_rates)
            points.append((year.demand_key, count_journeys(inputs), pence))
    return fit_line(points)


def _price_cheapest(same: Sequence[PlannedYear], inputs: Inputs) -> QuickYear:
    """Price the cheapest, at a draw's rates, of the years planned for its very demand.

    All of them can be driven; their shown days are priced to choose among them.
    """
    on = inputs.service_date
    best = same[0]
    if len(same) > 1:
        days = [sum(find_duties_pence(y.find_shown(on).duties, inputs, on)) for y in same]
        best = same[days.index(min(days))]
    priced_pence, _ = _price_again(best, inputs)
    return QuickYear(
        year_pence=priced_pence,
        priced_pence=priced_pence,
        day_pence=0,
        planned_day_pence=0,
        is_repaired=False,
        n_unserved=len(best.find_shown(on).unserved),
    )


def _price_again(year: PlannedYear, inputs: Inputs) -> tuple[int, Inputs]:
    """Price a planned year at the rates of a draw. [pence]"""
    priced_at = _put_prices(_read_inputs(year), inputs)
    if year.price_key == find_price_key(inputs):
        return year.year_pence, priced_at
    return find_year_pence(year.timetable, priced_at), priced_at


def _put_prices(inputs: Inputs, other: Inputs) -> Inputs:
    """Put the rates and own cost of another case into one."""
    return replace(inputs, rate_cards=other.rate_cards, own_costs=other.own_costs)


def _read_inputs(year: PlannedYear) -> Inputs:
    if year.inputs is None:
        raise ValueError("a planned year without its inputs cannot be priced again")
    return year.inputs


def _plan_day(ground: StudyGround, inputs: Inputs, shown: Plan) -> tuple[Plan, int]:
    """Plan the shown day for a draw's demand: by repair, or by search where that drops some."""
    on = inputs.service_date
    day_type = find_day_type(inputs, on)
    matrix = find_matrix(ground, inputs)
    model = build_cost_model(inputs, on)
    plan = repair_plan(
        shown, inputs, matrix, model, judge=find_violations, day_type=day_type
    ).plan
    if day_type is not None and len(plan.unserved) > len(shown.unserved):
        plan = optimise(
            inputs, matrix, model, day_type=day_type, service_date=on, start=plan, n_workers=1
        )
    return plan, len(plan.unserved)


def find_matrix(ground: StudyGround, inputs: Inputs) -> TravelMatrix:
    """Find the matrix for a draw: the study's own where it holds all places and walks."""
    matrix = ground.matrix
    if (
        matrix is not None
        and inputs.places == ground.inputs.places
        and inputs.policy == ground.inputs.policy
        and ground.walks.issuperset(find_walks_wanted(inputs))
    ):
        return matrix
    return build_case_matrix(inputs, ground.network, cache_folder=ground.matrices)


__all__ = [
    "Drawn",
    "PlannedYear",
    "QuickYear",
    "StudyGround",
    "draw_inputs",
    "draw_line",
    "estimate_years",
    "find_matrix",
    "look_at_draw",
]
