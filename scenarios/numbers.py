"""Numbers of a scenario: fixed, or uncertain and fixed at a value before anything is done.

A change only ever sees plain numbers. Uncertain ones are taken out of a file's values first and
kept beside the changes with where they stood; a draw puts its values there and the change is
read again, so that every limit a change sets on a number holds for every draw of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SerializeAsAny

from scenarios.distributions import Distribution, is_uncertain


def _refuse_truth(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a number or a range such as { low, mode, high } is needed")
    return value


Number = Annotated[float, BeforeValidator(_refuse_truth)]
"""A number; in a file it may be a range such as { low = 1, mode = 2, high = 4 } instead."""

Percent = Annotated[Number, Field(ge=0, le=100)]
"""A part of a whole. [%]"""
Rise = Annotated[Number, Field(ge=-100, le=1_000)]
"""A rise, or a fall where negative. [%]"""
Share = Annotated[Number, Field(ge=0, le=1)]
"""A part of one."""
Amount = Annotated[Number, Field(ge=0, le=1e9)]
"""An amount that cannot be below nought."""


def fixed(number: float) -> float:
    """Read a number of a change: always one value, never a range."""
    return number


class UncertainNumber(BaseModel):
    """A number of a change that is not known exactly.

    Attributes
    ----------
    change
        Which of the scenario's own changes it stands in, from 0.
    path
        Keys that lead to it.
    is_whole
        Whether its draws are rounded to whole numbers, half up.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    change: int
    path: tuple[str, ...]
    distribution: SerializeAsAny[Distribution]
    is_whole: bool = False

    def put(self, entry: Mapping[str, Any], value: float) -> dict[str, Any]:
        """Put a value in its place in a change's values."""
        return put_value(entry, self.path, find_whole(value) if self.is_whole else value)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedNumber:
    """An uncertain number of a scenario and its bases, with what it is drawn by.

    Attributes
    ----------
    name
        Numbers of one name have the same quantile in a draw, in every scenario.
    position
        Which of all changes of the chain it stands in, from 0.
    """

    name: str
    position: int
    number: UncertainNumber


def find_whole(value: float) -> int:
    """Round to the nearest whole number, a half away from nought."""
    return int(abs(value) + 0.5) * (1 if value >= 0 else -1)


def find_uncertain(
    entry: Mapping[str, Any], path: tuple[str, ...] = ()
) -> dict[tuple[str, ...], dict[str, Any]]:
    """Find the tables of a change that stand for uncertain numbers, by their keys."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for key, value in entry.items():
        if is_uncertain(value):
            found[(*path, key)] = value
        elif isinstance(value, dict):
            found.update(find_uncertain(value, (*path, key)))
    return found


def put_value(entry: Mapping[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Put a value in the place that keys lead to; the entry given stays as it is."""
    head, *rest = path
    inner = put_value(entry.get(head, {}), tuple(rest), value) if rest else value
    return {**entry, head: inner}
