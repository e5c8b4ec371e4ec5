"""Solutions as documents, so that any checker can judge them (see benchmark-plans.md)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.families.family import Solution, VehicleRoute
from data.errors import InputError, Problem, Severity

FORMAT = "wayfare-benchmark-plan 1"


def build_document(solution: Solution, about: Mapping[str, object]) -> dict[str, object]:
    """Build the document of a solution; `about` says whose it is and of which file."""
    return {
        "format": FORMAT,
        **about,
        "cost": solution.cost,
        "bound": solution.bound,
        "extra": dict(solution.extra),
        "routes": [
            {"vehicle": r.vehicle, "nodes": list(r.nodes), "times": list(r.times)}
            for r in solution.routes
        ],
    }


def read_document(document: object, name: str = "") -> Solution:
    """Read a solution out of its document.

    Raises
    ------
    InputError
        With every fault found.
    """
    problems: list[Problem] = []

    def tell(value: object, cause: str, suggestion: str) -> None:
        problems.append(
            Problem(
                code="B010",
                severity=Severity.ERROR,
                file=name,
                value=str(value)[:60],
                cause=cause,
                suggestion=suggestion,
            )
        )

    if not isinstance(document, dict) or document.get("format") != FORMAT:
        found = (
            document.get("format") if isinstance(document, dict) else type(document).__name__
        )
        tell(found, "This is not a plan of a benchmark.", f'Give "format": "{FORMAT}".')
        raise InputError(problems)
    routes: list[VehicleRoute] = []
    given = document.get("routes")
    if not isinstance(given, list):
        tell(given, "There is no list of routes.", 'Give "routes": [...].')
        given = []
    for number, row in enumerate(given, start=1):
        route = _read_route(row)
        if route is None:
            tell(
                row,
                f"Route {number} cannot be read.",
                "Give vehicle (text), nodes (whole numbers), times (as many, or none).",
            )
        else:
            routes.append(route)
    cost = document.get("cost")
    if not _is_number(cost):
        tell(cost, "The cost is not a number.", "Give the cost in the file's unit.")
    if problems:
        raise InputError(problems)
    bound = document.get("bound")
    extra: dict[str, Any] = document.get("extra") or {}
    return Solution(
        routes=tuple(routes),
        cost=float(str(cost)),
        extra=tuple((str(k), float(v)) for k, v in extra.items()),
        bound=float(str(bound)) if _is_number(bound) else None,
    )


def write_plan(document: Mapping[str, object], path: Path) -> None:
    """Write a document; the file is whole or not there at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    building = path.with_name(path.name + ".part")
    building.write_text(json.dumps(document, allow_nan=False) + "\n", encoding="utf-8")
    building.replace(path)


def read_plan(path: Path) -> Solution:
    """Read a plan that `write_plan` wrote, or that somebody else made.

    Raises
    ------
    InputError
        If the file is missing, is not JSON, or is not a plan.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            [
                Problem(
                    code="B011",
                    severity=Severity.ERROR,
                    file=path.name,
                    value=str(error)[:80],
                    cause="The plan cannot be read.",
                    suggestion="Give a JSON file in the format of benchmark-plans.md.",
                )
            ]
        ) from error
    return read_document(document, path.name)


def _is_number(value: object) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    )


def _read_route(row: object) -> VehicleRoute | None:
    if not isinstance(row, dict):
        return None
    nodes, times = row.get("nodes"), row.get("times", [])
    if not isinstance(nodes, list) or not isinstance(times, list):
        return None
    if not all(isinstance(n, int) and not isinstance(n, bool) for n in nodes):
        return None
    if not all(_is_number(t) for t in times) or len(times) not in (0, len(nodes)):
        return None
    return VehicleRoute(
        vehicle=str(row.get("vehicle", "")),
        nodes=tuple(nodes),
        times=tuple(float(t) for t in times),
    )
