"""Numbers of a scenario: fixed, or a range that makes them uncertain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


class Range(BaseModel):
    """A number that is not known exactly: low, most likely, high.

    Draws follow the PERT distribution (a beta distribution on low..high with its mode at
    ``mode`` and weight 4; Malcolm et al., Operations Research 7(5), 1959).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: float
    mode: float
    high: float
    source: str = ""

    @model_validator(mode="after")
    def _check_order(self) -> Range:
        if not self.low <= self.mode <= self.high:
            raise ValueError("a range needs low <= mode <= high")
        return self

    def draw(self, u: float) -> float:
        """Find the quantile of a share u of all draws, 0 < u < 1."""
        from scipy.special import betaincinv

        width = self.high - self.low
        if width == 0:
            return self.low
        a = 1 + 4 * (self.mode - self.low) / width
        b = 1 + 4 * (self.high - self.mode) / width
        return float(self.low + width * betaincinv(a, b, u))


def _refuse_truth(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a number or a range { low, mode, high } is needed")
    return value


Number = Annotated[
    float | Range, Field(union_mode="left_to_right"), BeforeValidator(_refuse_truth)
]
"""A number, or a range { low = 1, mode = 2, high = 4 }."""


def find_ranges(model: BaseModel, prefix: str = "") -> Iterator[tuple[str, Range]]:
    """Find every range in a model, by its key path."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        path = f"{prefix}.{name}" if prefix else name
        if isinstance(value, Range):
            yield path, value
        elif isinstance(value, BaseModel):
            yield from find_ranges(value, path)


def fix_ranges(model: BaseModel, values: Mapping[str, float], prefix: str = "") -> BaseModel:
    """Put numbers in the place of ranges: those given, else the most likely ones."""
    changed: dict[str, Any] = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        path = f"{prefix}.{name}" if prefix else name
        if isinstance(value, Range):
            changed[name] = values.get(path, value.mode)
        elif isinstance(value, BaseModel):
            changed[name] = fix_ranges(value, values, path)
    return model.model_copy(update=changed) if changed else model


def fixed(number: float | Range) -> float:
    """Read a number that has been fixed; the most likely one of a range that has not."""
    return number.mode if isinstance(number, Range) else number
