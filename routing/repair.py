"""Repair: yesterday's plan made to fit today's inputs, with as little changed as can be.

What changed is found by comparing the plan with the inputs. Who no longer travels so gets off,
duties without vehicle or crew are given another, and who has no place is put where that costs
least money and disturbs fewest. Everything else stays byte for byte what it was. No kernels, no
clock, no chance: equal arguments give an equal repair.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from data.changes import ChangeBudget, Repair
from data.costs import CostModel
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.plans import DayType, Plan
from routing.differences import Judge, find_differences
from routing.disturbance import JourneyKey
from routing.repair_mending import mend
from routing.repair_placing import place_all
from routing.repair_result import build_repair
from routing.repair_state import Repairing


def repair_plan(
    plan: Plan,
    inputs: Inputs,
    matrix: TravelMatrix,
    cost_model: CostModel,
    *,
    judge: Judge,
    day_type: DayType | None = None,
    budget: ChangeBudget | None = None,
    usual: Mapping[JourneyKey, frozenset[str]] | None = None,
) -> Repair:
    """Repair a plan for changed inputs.

    Parameters
    ----------
    plan
        Any plan, e.g. last night's: it need not have been made by this search.
    inputs
        Today's: with starters, leavers, moves of home or site, new needs, other windows, fewer
        vehicles or crews, other rates, or nothing changed at all.
    matrix
        Travel times between all places of the inputs.
    judge
        The checker, which says what no longer holds: `routing.find_violations`. It is given, as
        nothing that makes plans may know it.
    day_type
        Day to repair for; the plan's own by default.
    budget
        How much those who did not change may be disturbed. Whoever could be carried only beyond
        it is listed as unserved with what it would take.
    usual
        With whom passengers ride on other days, by session and passenger. Who needs a place is
        put with one of them where that costs no more than the policy's price of a difference
        between weekdays.

    Returns
    -------
    The repaired plan in state REPAIRED, which keeps every rule, with what changed, what became
    of each duty, and who is disturbed. ``cost_pence`` is exact.
    """
    given = plan if day_type is None else replace(plan, day_type=day_type)
    found = find_differences(given, inputs, matrix, judge)
    work = Repairing(given, inputs, matrix, cost_model, found, budget or ChangeBudget())
    work.usual = usual or {}
    mend(work)
    place_all(work)
    done = build_repair(
        given, work.day, found, budget or ChangeBudget(), work.proofs | work.unserved
    )
    return replace(done, wide=work.list_wide())
