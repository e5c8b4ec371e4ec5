"""A quick estimate of a drawn case's year, from years that were planned in full.

Planning a whole timetable takes minutes, so that a thousand draws cannot all be planned so.
Most of a draw can be known exactly without it:

- *prices*: the timetable of the nearest planned year is priced again on every date, exactly, at
  the draw's rates and pay;
- *people and places*: the shown day of that timetable is repaired for the draw's own demand
  (who left gets off, who is new is put where that costs least), which yields a plan that keeps
  every rule, and is priced exactly.

The estimate is the year so priced, times the repaired day over the planned day. What planning
afresh would gain beyond that is measured on some draws, by planning them in full, and put right
by `scenarios.correction`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path

from costing import build_cost_model, price_plan, price_year, total_cost_pence
from data.demand import find_day_type
from data.inputs import Inputs, fingerprint
from data.money import OwnCosts, OwnTypeCost, PayRate
from data.networks import RoadNetwork, TravelMatrix
from data.plans import Plan, Timetable
from data.units import round_half_up
from routing import find_violations, find_walks_wanted, optimise, repair_plan
from scenarios.case import build_case_matrix
from scenarios.changes import YearlyLine, apply_changes
from scenarios.definition import Scenario, fix_changes

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
    inputs
        What it was planned from; None where only the figures are wanted.
    """

    demand_key: str
    price_key: str
    timetable: Timetable
    year_pence: int
    n_violations: int
    n_unserved: int
    inputs: Inputs | None = None

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
    """

    year_pence: int
    priced_pence: int
    day_pence: int
    planned_day_pence: int
    is_repaired: bool
    n_unserved: int


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
    return Drawn(
        demand_key=find_demand_key(inputs),
        price_key=find_price_key(inputs),
        lines=lines,
        walks=find_walks_wanted(inputs),
    )


def find_demand_key(inputs: Inputs) -> str:
    """Fingerprint everything that may change a plan but the money."""
    own = inputs.own_costs
    bare = replace(
        inputs,
        assumptions=(),
        rate_cards=tuple(
            replace(c, uplift_bp=0, rates=tuple(replace(r, amount_mpence=0) for r in c.rates))
            for c in inputs.rate_cards
        ),
        own_costs=OwnCosts(
            types=tuple(_blank_type(t) for t in own.types),
            driver=_blank_pay(own.driver),
            assistant=_blank_pay(own.assistant),
            sign_on_s=own.sign_on_s,
            min_paid_s=own.min_paid_s,
            split_gap_s=own.split_gap_s,
            days_per_year=own.days_per_year,
        ),
    )
    return fingerprint(bare)[:32]


def _blank_type(cost: OwnTypeCost) -> OwnTypeCost:
    return replace(cost, running_mpence=0, vehicle_pence_per_year=0, standing_pence_per_year=0)


def _blank_pay(pay: PayRate) -> PayRate:
    return replace(pay, pay_mpence_per_hour=0)


def find_price_key(inputs: Inputs) -> str:
    """Fingerprint the money: rate cards and own cost."""
    return fingerprint((inputs.rate_cards, inputs.own_costs))[:32]


def estimate_year(
    ground: StudyGround,
    planned: Sequence[PlannedYear],
    scenario_id: str,
    values: Mapping[str, float],
) -> QuickYear:
    """Estimate the year of a draw from the nearest planned year.

    Parameters
    ----------
    planned
        Years of the scenario planned in full; of equally near ones the first is taken.
    """
    inputs, _ = draw_inputs(ground, scenario_id, values)
    on = ground.inputs.service_date
    demand_key = find_demand_key(inputs)
    near = find_nearest(planned, inputs, demand_key)
    if near.demand_key == demand_key:
        near = find_cheapest(planned, inputs, demand_key)
    if near.inputs is None:
        raise ValueError("a planned year without its inputs cannot be priced again")
    priced_at = replace(near.inputs, rate_cards=inputs.rate_cards, own_costs=inputs.own_costs)
    is_same_price = near.price_key == find_price_key(inputs)
    priced_pence = (
        near.year_pence if is_same_price else price_year(near.timetable, priced_at).cost_pence
    )
    shown = near.find_shown(on)
    if near.demand_key == demand_key:
        return QuickYear(
            year_pence=priced_pence,
            priced_pence=priced_pence,
            day_pence=0,
            planned_day_pence=0,
            is_repaired=False,
            n_unserved=len(shown.unserved),
        )
    day, n_unserved = _plan_day(ground, inputs, shown)
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


def find_nearest(
    planned: Sequence[PlannedYear], inputs: Inputs, demand_key: str
) -> PlannedYear:
    """Find the planned year whose demand, fleet and rules differ least from the inputs'."""
    equal = [p for p in planned if p.demand_key == demand_key]
    if equal:
        return equal[0]
    mine = _find_parts(inputs)
    return min(planned, key=lambda p: len(mine ^ _find_parts(p.inputs)))


def find_cheapest(
    planned: Sequence[PlannedYear], inputs: Inputs, demand_key: str
) -> PlannedYear:
    """Find, of the years planned for the very demand, the one cheapest at the inputs' rates.

    All of them can be driven; their shown days are priced to choose among them.
    """
    on = inputs.service_date
    equal = [p for p in planned if p.demand_key == demand_key]
    if len(equal) == 1:
        return equal[0]
    return min(equal, key=lambda p: total_cost_pence(price_plan(p.find_shown(on), inputs, on)))


def _find_parts(inputs: Inputs | None) -> frozenset[object]:
    """Everything of inputs that a plan may hang on, as one set of records."""
    if inputs is None:
        return frozenset()
    return frozenset(
        (
            *inputs.demands, *inputs.homes, *inputs.sites, *inputs.vehicles, *inputs.crews,
            *inputs.suppliers, *inputs.depots, *inputs.pick_up_points, inputs.policy,
        )
    )  # fmt: skip


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
    "estimate_year",
    "find_demand_key",
    "find_matrix",
    "find_nearest",
    "find_price_key",
    "look_at_draw",
]
