"""What planning in full makes of quick estimates: a correction, and how good it is.

The correction is a straight line in the quantiles of the uncertain numbers, fitted to the
differences between full planning and estimate on the draws planned in full. Its coefficients
are whole pence. Whether no correction, the mean difference or the line is used is decided by
what each says of draws it was not fitted to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

RIDGE = 1.0
"""Weight against large slopes, in units of one draw at the end of a number's range."""

LEAST_PER_SLOPE = 3
"""Draws planned in full for each slope of the line, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What is added to an estimate.

    Attributes
    ----------
    mean_pence
        In the middle of all numbers. [pence a year]
    slopes_pence
        More of it at the high end of each number than in its middle, twice. [pence a year]
    """

    mean_pence: int = 0
    slopes_pence: tuple[int, ...] = ()

    def find_pence(self, quantiles: Sequence[float]) -> int:
        """Find what is added at a point. [pence a year]"""
        found = sum(b * (u - 0.5) for b, u in zip(self.slopes_pence, quantiles, strict=False))
        return self.mean_pence + round(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A correction, and what it says of each draw when fitted to the others.

    Attributes
    ----------
    kind
        ``none``, ``mean`` or ``line``; or how estimates are made that want no correction.
    left_out_pence
        Per draw planned in full: correction fitted without it, at it. [pence a year]
    """

    kind: str
    correction: Correction
    left_out_pence: tuple[int, ...]


def fit_correction(
    points: Sequence[Sequence[float]], differences_pence: Sequence[int]
) -> Fitted:
    """Fit the correction that does best on draws left out.

    Parameters
    ----------
    points
        Quantiles of the numbers of each draw planned in full.
    differences_pence
        Full planning less estimate of each. [pence a year]
    """
    n = len(differences_pence)
    found = [Fitted(kind="none", correction=Correction(), left_out_pence=(0,) * n)]
    n_slopes = len(points[0]) if points else 0
    if n >= 2:
        found.append(_fit(points, differences_pence, "mean", 0))
    if n >= LEAST_PER_SLOPE * (n_slopes + 1) and n_slopes:
        found.append(_fit(points, differences_pence, "line", n_slopes))
    return min(
        found,
        key=lambda f: sum(
            (d - c) ** 2 for d, c in zip(differences_pence, f.left_out_pence, strict=True)
        ),
    )


def _fit(
    points: Sequence[Sequence[float]],
    differences_pence: Sequence[int],
    kind: str,
    n_slopes: int,
) -> Fitted:
    n = len(differences_pence)
    left_out = []
    for k in range(n):
        others = [i for i in range(n) if i != k]
        fitted = _solve(
            [points[i] for i in others], [differences_pence[i] for i in others], n_slopes
        )
        left_out.append(fitted.find_pence(points[k]))
    return Fitted(
        kind=kind,
        correction=_solve(points, differences_pence, n_slopes),
        left_out_pence=tuple(left_out),
    )


def _solve(
    points: Sequence[Sequence[float]], differences_pence: Sequence[int], n_slopes: int
) -> Correction:
    """Fit mean and slopes by least squares with a small weight against slopes."""
    import numpy as np

    y = np.array(differences_pence, float)
    if not n_slopes:
        return Correction(mean_pence=round(float(y.mean())))
    x = np.array(points, float) - 0.5
    design = np.hstack([np.ones((len(y), 1)), x])
    weight = np.diag([0.0, *([RIDGE * 0.25] * n_slopes)])
    found = np.linalg.solve(design.T @ design + weight, design.T @ y)
    return Correction(
        mean_pence=round(float(found[0])),
        slopes_pence=tuple(round(float(b)) for b in found[1:]),
    )
