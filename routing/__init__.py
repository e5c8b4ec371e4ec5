"""Movement: roads, travel matrix, search, duties, checker.

Modules are loaded on first use of a name, so that the command line's help does not wait for
numba and scipy.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from routing.baseline import build_baseline
    from routing.bounds import bound_plan, bound_session, find_bound_s
    from routing.check import (
        build_report_lines,
        check_plan,
        check_timetable,
        find_violations,
        judge_file,
    )
    from routing.drives import measure_drives
    from routing.editing import PlanEditor
    from routing.engines import build_engine
    from routing.frontier import find_frontier
    from routing.matrix import build_matrix
    from routing.network import (
        build_network,
        build_open_roads_network,
        build_osm_network,
        build_sample_network,
        read_network,
        write_network,
    )
    from routing.optimise import optimise
    from routing.parts import optimise_parts
    from routing.progress import ProgressReport
    from routing.repair import repair_plan
    from routing.resettling import resettle_plan
    from routing.shapes import build_leg_shapes
    from routing.transit.day import build_transit_day
    from routing.transit.journeys import JourneyLimits, JourneySearch, build_stop_walks
    from routing.walking import find_walk_offsets, find_walks, measure_walks
    from routing.walks_wanted import find_walks_wanted
    from routing.warm import compile_search
    from routing.week import optimise_timetable

__all__ = [
    "JourneyLimits",
    "JourneySearch",
    "PlanEditor",
    "ProgressReport",
    "bound_plan",
    "bound_session",
    "build_baseline",
    "build_engine",
    "build_leg_shapes",
    "build_matrix",
    "build_network",
    "build_open_roads_network",
    "build_osm_network",
    "build_report_lines",
    "build_sample_network",
    "build_stop_walks",
    "build_transit_day",
    "check_plan",
    "check_timetable",
    "compile_search",
    "find_bound_s",
    "find_frontier",
    "find_violations",
    "find_walk_offsets",
    "find_walks",
    "find_walks_wanted",
    "judge_file",
    "measure_drives",
    "measure_walks",
    "optimise",
    "optimise_parts",
    "optimise_timetable",
    "read_network",
    "repair_plan",
    "resettle_plan",
    "write_network",
]

_HOMES = {
    "JourneyLimits": "routing.transit.journeys",
    "JourneySearch": "routing.transit.journeys",
    "PlanEditor": "routing.editing",
    "ProgressReport": "routing.progress",
    "bound_plan": "routing.bounds",
    "bound_session": "routing.bounds",
    "build_baseline": "routing.baseline",
    "build_engine": "routing.engines",
    "build_leg_shapes": "routing.shapes",
    "build_matrix": "routing.matrix",
    "build_network": "routing.network",
    "build_open_roads_network": "routing.network",
    "build_osm_network": "routing.network",
    "build_report_lines": "routing.check",
    "build_sample_network": "routing.network",
    "build_stop_walks": "routing.transit.journeys",
    "build_transit_day": "routing.transit.day",
    "check_plan": "routing.check",
    "check_timetable": "routing.check",
    "compile_search": "routing.warm",
    "find_bound_s": "routing.bounds",
    "find_frontier": "routing.frontier",
    "find_violations": "routing.check",
    "find_walk_offsets": "routing.walking",
    "find_walks": "routing.walking",
    "find_walks_wanted": "routing.walks_wanted",
    "judge_file": "routing.check",
    "measure_drives": "routing.drives",
    "measure_walks": "routing.walking",
    "optimise": "routing.optimise",
    "optimise_parts": "routing.parts",
    "optimise_timetable": "routing.week",
    "read_network": "routing.network",
    "repair_plan": "routing.repair",
    "resettle_plan": "routing.resettling",
    "write_network": "routing.network",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


class _Door(ModuleType):
    """Keeps a module from hiding the public function of the same name.

    Python binds every loaded module to its package, so that after loading ``routing.optimise``
    the name ``optimise`` would mean the module and no longer the function.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Door
