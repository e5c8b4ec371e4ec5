"""Distributions of a number that is not known exactly, by their quantiles.

A number of a scenario file is plain, or one of::

    { low = 60, high = 80 }                                   evenly spread (uniform)
    { low = 0.60, mode = 0.80, high = 0.85 }                  PERT
    { distribution = "triangular", low = 5, mode = 10, high = 14 }
    { distribution = "normal", mean = 3, sd = 0.5, low = 1, high = 5 }
    { distribution = "lognormal", mean = 4, sd = 2, low = 1, high = 14 }
    { values = [0, 5, 10], shares = [0.5, 0.3, 0.2] }         discrete

with ``source`` and ``name`` wherever wanted. Every one has ends: a number without a largest
value is no number that a paper can stand on.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

LEAST_MASS = 0.5
"""Least share of a normal or lognormal curve that must lie between its ends."""


class Distribution(BaseModel, ABC):
    """What is known of an uncertain number.

    Attributes
    ----------
    source
        Where it comes from, and how good that is.
    name
        Uncertain numbers of one name are drawn together; '' for the kind and key it stands in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    source: str = Field(default="", max_length=300)
    name: str = Field(default="", pattern=r"^([a-z0-9][a-z0-9_.-]{0,59})?$")

    @property
    @abstractmethod
    def lowest(self) -> float:
        """Least value that can come out."""

    @property
    @abstractmethod
    def highest(self) -> float:
        """Largest value that can come out."""

    @property
    @abstractmethod
    def central(self) -> float:
        """The value taken where no draw is made: the most likely one, or the middle."""

    @abstractmethod
    def find_quantile(self, u: float) -> float:
        """Find the value below which a share u of all draws lies, 0 < u < 1."""

    @abstractmethod
    def describe(self) -> str:
        """Say what it is in a few words, e.g. ``PERT 0.6, 0.8, 0.85``."""


class Uniform(Distribution):
    """Evenly spread between its ends."""

    distribution: Literal["uniform"] = "uniform"
    low: float
    high: float

    @model_validator(mode="after")
    def _check(self) -> Uniform:
        if not self.low <= self.high:
            raise ValueError("a range needs low <= high")
        return self

    @property
    def lowest(self) -> float:
        """Its low end."""
        return self.low

    @property
    def highest(self) -> float:
        """Its high end."""
        return self.high

    @property
    def central(self) -> float:
        """Its middle."""
        return (self.low + self.high) / 2

    def find_quantile(self, u: float) -> float:
        """Find the value at a share u of the way."""
        return self.low + u * (self.high - self.low)

    def describe(self) -> str:
        """Say its ends."""
        return f"uniform {self.low:g} to {self.high:g}"


class _Peaked(Distribution):
    """Ends and a most likely value."""

    low: float
    mode: float
    high: float

    @model_validator(mode="after")
    def _check(self) -> _Peaked:
        if not self.low <= self.mode <= self.high:
            raise ValueError("a range needs low <= mode <= high")
        return self

    @property
    def lowest(self) -> float:
        """Its low end."""
        return self.low

    @property
    def highest(self) -> float:
        """Its high end."""
        return self.high

    @property
    def central(self) -> float:
        """Its most likely value."""
        return self.mode


class Pert(_Peaked):
    """A beta distribution on low..high with its mode at ``mode`` and weight 4.

    Malcolm et al., Application of a Technique for Research and Development Program Evaluation,
    Operations Research 7(5), 1959.
    """

    distribution: Literal["pert"] = "pert"

    def find_quantile(self, u: float) -> float:
        """Find the quantile of the beta distribution."""
        from scipy.special import betaincinv

        width = self.high - self.low
        if width == 0:
            return self.low
        a = 1 + 4 * (self.mode - self.low) / width
        b = 1 + 4 * (self.high - self.mode) / width
        return float(self.low + width * betaincinv(a, b, u))

    def describe(self) -> str:
        """Say low, mode and high."""
        return f"PERT {self.low:g}, {self.mode:g}, {self.high:g}"


class Triangular(_Peaked):
    """Rises evenly from low to the mode and falls evenly to high."""

    distribution: Literal["triangular"]

    def find_quantile(self, u: float) -> float:
        """Find the quantile in closed form."""
        width = self.high - self.low
        if width == 0:
            return self.low
        if u * width <= self.mode - self.low:
            return self.low + math.sqrt(u * width * (self.mode - self.low))
        return self.high - math.sqrt((1 - u) * width * (self.high - self.mode))

    def describe(self) -> str:
        """Say low, mode and high."""
        return f"triangular {self.low:g}, {self.mode:g}, {self.high:g}"


class Normal(Distribution):
    """A normal curve cut off at both ends; ``mean`` and ``sd`` are those before the cut."""

    distribution: Literal["normal"]
    mean: float
    sd: float = Field(gt=0)
    low: float
    high: float

    @model_validator(mode="after")
    def _check(self) -> Normal:
        if not self.low <= self.mean <= self.high:
            raise ValueError("a normal range needs low <= mean <= high")
        below, above = self._find_cuts()
        if above - below < LEAST_MASS:
            raise ValueError("more than half of the curve lies outside low and high")
        return self

    def _find_cuts(self) -> tuple[float, float]:
        from scipy.special import ndtr

        return (
            float(ndtr((self.low - self.mean) / self.sd)),
            float(ndtr((self.high - self.mean) / self.sd)),
        )

    @property
    def lowest(self) -> float:
        """Its low end."""
        return self.low

    @property
    def highest(self) -> float:
        """Its high end."""
        return self.high

    @property
    def central(self) -> float:
        """The mean before the cut, where the curve is highest."""
        return self.mean

    def find_quantile(self, u: float) -> float:
        """Find the quantile of what is left between the ends."""
        from scipy.special import ndtri

        below, above = self._find_cuts()
        value = self.mean + self.sd * float(ndtri(below + u * (above - below)))
        return min(self.high, max(self.low, value))

    def describe(self) -> str:
        """Say mean, spread and ends."""
        return f"normal {self.mean:g} ± {self.sd:g} within {self.low:g} to {self.high:g}"


class Lognormal(Distribution):
    """A lognormal curve cut off at both ends; ``mean`` and ``sd`` are the number's own.

    Mean m and spread s of the number give those of its logarithm: v = ln(1 + s^2 / m^2) and
    ln m - v / 2.
    """

    distribution: Literal["lognormal"]
    mean: float = Field(gt=0)
    sd: float = Field(gt=0)
    low: float = Field(ge=0)
    high: float

    @model_validator(mode="after")
    def _check(self) -> Lognormal:
        if not self.low <= self.central <= self.high:
            raise ValueError("a lognormal range needs its median between low and high")
        below, above = self._find_cuts()
        if above - below < LEAST_MASS:
            raise ValueError("more than half of the curve lies outside low and high")
        return self

    def _find_log(self) -> tuple[float, float]:
        variance = math.log1p((self.sd / self.mean) ** 2)
        return math.log(self.mean) - variance / 2, math.sqrt(variance)

    def _find_cuts(self) -> tuple[float, float]:
        from scipy.special import ndtr

        middle, spread = self._find_log()
        low = 0.0 if self.low == 0 else float(ndtr((math.log(self.low) - middle) / spread))
        return low, float(ndtr((math.log(self.high) - middle) / spread))

    @property
    def lowest(self) -> float:
        """Its low end."""
        return self.low

    @property
    def highest(self) -> float:
        """Its high end."""
        return self.high

    @property
    def central(self) -> float:
        """The median before the cut."""
        return math.exp(self._find_log()[0])

    def find_quantile(self, u: float) -> float:
        """Find the quantile of what is left between the ends."""
        from scipy.special import ndtri

        below, above = self._find_cuts()
        middle, spread = self._find_log()
        value = math.exp(middle + spread * float(ndtri(below + u * (above - below))))
        return min(self.high, max(self.low, value))

    def describe(self) -> str:
        """Say mean, spread and ends."""
        return f"lognormal {self.mean:g} ± {self.sd:g} within {self.low:g} to {self.high:g}"


class Discrete(Distribution):
    """One of a few values, each with its share of all draws."""

    distribution: Literal["discrete"] = "discrete"
    values: tuple[float, ...] = Field(min_length=1, max_length=50)
    shares: tuple[float, ...]

    @model_validator(mode="after")
    def _check(self) -> Discrete:
        if len(self.values) != len(self.shares):
            raise ValueError("each value needs its share")
        if list(self.values) != sorted(set(self.values)):
            raise ValueError("values must rise")
        if min(self.shares) < 0 or not math.isclose(sum(self.shares), 1, abs_tol=1e-9):
            raise ValueError("shares are nought or more and add up to 1")
        return self

    @property
    def lowest(self) -> float:
        """Least value with a share."""
        return min(v for v, s in zip(self.values, self.shares, strict=True) if s > 0)

    @property
    def highest(self) -> float:
        """Largest value with a share."""
        return max(v for v, s in zip(self.values, self.shares, strict=True) if s > 0)

    @property
    def central(self) -> float:
        """The value with the largest share, the first of equal ones."""
        return self.values[self.shares.index(max(self.shares))]

    def find_quantile(self, u: float) -> float:
        """Find the first value whose shares so far reach u."""
        met = 0.0
        for value, share in zip(self.values, self.shares, strict=True):
            met += share
            if share > 0 and u <= met:
                return value
        return self.highest

    def describe(self) -> str:
        """Say values and shares."""
        pairs = zip(self.values, self.shares, strict=True)
        return "one of " + ", ".join(f"{v:g} ({100 * s:g} %)" for v, s in pairs)


_BY_NAME: dict[str, type[Distribution]] = {
    "uniform": Uniform,
    "pert": Pert,
    "triangular": Triangular,
    "normal": Normal,
    "lognormal": Lognormal,
    "discrete": Discrete,
}
DISTRIBUTIONS = tuple(_BY_NAME)
"""Names of all distributions."""

_MARKS = {"low", "high", "mode", "mean", "sd", "shares", "distribution"}
"""Keys by which a table is seen to be an uncertain number."""


def is_uncertain(value: Any) -> bool:
    """Whether a value of a file is meant as an uncertain number.

    Examples
    --------
    >>> is_uncertain({"low": 1, "high": 2}), is_uncertain({"values": 3}), is_uncertain(4)
    (True, False, False)
    """
    return isinstance(value, dict) and bool(_MARKS & value.keys())


def choose_model(value: dict[str, Any]) -> type[Distribution]:
    """Choose the distribution that a table means, by its name or by its keys.

    Raises
    ------
    ValueError
        If it names one that there is not.
    """
    name = value.get("distribution")
    if name is None:
        if "shares" in value:
            return Discrete
        return Pert if "mode" in value else Uniform
    if not isinstance(name, str) or name not in _BY_NAME:
        raise ValueError(f"there is no distribution {str(name)[:40]!r}")
    return _BY_NAME[name]
