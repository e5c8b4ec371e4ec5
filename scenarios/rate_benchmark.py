"""One regression over all contracts and bids: what a price should be, given what it buys.

The logarithm of the price of a day's work is fitted to miles, minutes, routes, vehicle,
assistants, lift, session, area and supplier: robustly (Huber's norm), so that a few odd prices
do not bend it, and by quantiles. Effects are therefore per cent. Amounts leave as whole pence.
"""

from __future__ import annotations

import math
import warnings
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.benchmark import (
    Effect,
    ExpectedPrice,
    PricedRoute,
    PriceKind,
    RateBenchmark,
    SupplierBenchmark,
)
from data.units import MM_PER_MILE, divide_half_up

FloatArray = NDArray[np.float64]

FEWEST_PER_TERM = 4
"""Prices needed for each term of the regression; with fewer nothing is fitted."""

FEWEST_FOR_TRUST = 50
"""With fewer prices in all the reader is warned."""

FEWEST_PER_GROUP = 4
"""Areas and suppliers with fewer prices have no term of their own."""

INTERVAL_90, INTERVAL_95 = 1.6449, 1.9600
"""Points of the normal distribution that leave 10 % and 5 % outside."""


@dataclass(frozen=True, kw_only=True)
class _Design:
    """Columns of the regression, linearly independent.

    Attributes
    ----------
    words, sizes
        Name of each effect, and the change of its column that the effect speaks of.
    is_supplier
        Columns that say who runs it.
    """

    columns: FloatArray
    words: tuple[str, ...]
    sizes: tuple[float, ...]
    is_supplier: NDArray[np.bool_]
    dropped: tuple[str, ...]


def benchmark_rates(prices: Sequence[PricedRoute]) -> RateBenchmark:
    """Benchmark prices: expected price and interval of each, outliers, suppliers.

    Ghost routes and prices without miles or time are listed but not fitted. The expected price
    leaves out who runs the route: it is what the average of the suppliers would take.
    """
    usable = [
        p
        for p in prices
        if p.pence_per_day > 0 and p.loaded_m > 0 and p.route_s > 0 and p.n_routes > 0
    ]
    said: list[str] = []
    design = _build_design(usable) if usable else None
    n_terms = 0 if design is None else design.columns.shape[1]
    if design is None or len(usable) < FEWEST_PER_TERM * n_terms:
        said.append(
            f"{len(usable)} prices are too few for a regression with {n_terms} terms (it takes "
            f"{FEWEST_PER_TERM} a term): no expected prices are given."
        )
        return _assemble(prices, [], (), {}, 0, said)
    if len(usable) < FEWEST_FOR_TRUST:
        said.append(
            f"Only {len(usable)} prices: treat expected prices as a first hint, not evidence."
        )
    if design.dropped:
        said.append(
            "Cannot be told apart from the rest, and left out: "
            + ", ".join(design.dropped)
            + "."
        )
    logs = np.log([p.pence_per_day for p in usable])
    return _fit(prices, usable, logs, design, said)


def _build_design(prices: Sequence[PricedRoute]) -> _Design:
    """Build the columns, leaving out those that say nothing new."""
    miles = np.array([p.loaded_m / 1609.344 / p.n_routes for p in prices])
    minutes = np.array([p.route_s / 60 / p.n_routes for p in prices])
    doubling = float(np.log(2))
    candidates: list[tuple[str, float, bool, FloatArray]] = [
        ("", 0.0, False, np.ones(len(prices))),
        ("twice the miles", doubling, False, np.log(miles + 0.5)),
        ("twice the minutes", doubling, False, np.log(minutes + 1)),
        ("twice the seats", doubling, False, np.log([p.n_seats for p in prices])),
        ("twice the routes a day", doubling, False, np.log([p.n_routes for p in prices])),
        ("an assistant more", 1.0, False, np.array([float(p.n_assistants) for p in prices])),
        ("a lift", 1.0, False, np.array([float(p.has_lift) for p in prices])),
        (
            "day service, not school",
            1.0,
            False,
            np.array([float(p.session != "school") for p in prices]),
        ),
        (
            "a bid, not a contract",
            1.0,
            False,
            np.array([float(p.kind is PriceKind.BID) for p in prices]),
        ),
    ]
    for group, is_supplier, names in (
        ("area", False, [p.area for p in prices]),
        ("supplier", True, [p.supplier_id for p in prices]),
    ):
        # The largest group is what the others are compared with.
        counted = Counter(names).most_common()
        for name, n in sorted(counted[1:]):
            if n >= FEWEST_PER_GROUP and name:
                column = np.array([float(x == name) for x in names])
                candidates.append((f"{group} {name}", 1.0, is_supplier, column))
    kept: list[tuple[str, float, bool, FloatArray]] = []
    dropped: list[str] = []
    for candidate in candidates:
        tried = np.column_stack([*(c[3] for c in kept), candidate[3]])
        if np.linalg.matrix_rank(tried, tol=1e-6 * len(prices)) == len(kept) + 1:
            kept.append(candidate)
        elif np.ptp(candidate[3]) > 0:
            dropped.append(candidate[0])
    return _Design(
        columns=np.column_stack([c[3] for c in kept]),
        words=tuple(c[0] for c in kept),
        sizes=tuple(c[1] for c in kept),
        is_supplier=np.array([c[2] for c in kept], np.bool_),
        dropped=tuple(dropped),
    )


def _fit(
    prices: Sequence[PricedRoute],
    usable: Sequence[PricedRoute],
    logs: FloatArray,
    design: _Design,
    said: list[str],
) -> RateBenchmark:
    """Fit, and turn the findings into whole pence and whole hundredths of a per cent."""
    import statsmodels.api as sm

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        robust = sm.RLM(logs, design.columns, M=sm.robust.norms.HuberT()).fit(maxiter=200)
    coefficients = np.asarray(robust.params)
    errors = np.asarray(robust.bse)
    # Who runs it is put at the average of all prices, so that a dear supplier is seen as dear.
    average = design.columns.copy()
    average[:, design.is_supplier] = design.columns[:, design.is_supplier].mean(axis=0)
    centre = average @ coefficients
    spread = _find_spread(design.columns, average, float(robust.scale))
    quantiles = _fit_quantiles(logs, design.columns[:, ~design.is_supplier], said)
    expected = {
        id(price): _build_expected(
            price,
            float(centre[i]),
            float(spread[i]),
            [None if q is None else float(q[i]) for q in quantiles],
        )
        for i, price in enumerate(usable)
    }
    effects = tuple(
        _build_effect(words, size * coefficient, size * error)
        for words, size, coefficient, error, is_supplier in zip(
            design.words, design.sizes, coefficients, errors, design.is_supplier, strict=True
        )
        if words and not is_supplier
    )
    premiums = _find_premiums(usable, design, coefficients, np.asarray(robust.cov_params()))
    residuals = logs - design.columns @ coefficients
    explained = 1 - float(np.sum(residuals**2) / np.sum((logs - logs.mean()) ** 2))
    listed = [expected.get(id(price), ExpectedPrice(price=price)) for price in prices]
    return _assemble(
        prices,
        listed,
        effects,
        premiums,
        len(usable),
        said,
        explained_bp=round(10_000 * max(0.0, explained)),
    )


def _find_premiums(
    usable: Sequence[PricedRoute],
    design: _Design,
    coefficients: FloatArray,
    covariance: FloatArray,
) -> dict[str, Effect]:
    """Find each supplier's price level against the average of all prices."""
    average = np.where(design.is_supplier, design.columns.mean(axis=0), 0.0)
    counts = Counter(p.supplier_id for p in usable)
    found = {}
    for supplier_id, n in counts.items():
        words = f"supplier {supplier_id}"
        has_term = words in design.words
        is_base = supplier_id == counts.most_common(1)[0][0]
        if n < FEWEST_PER_GROUP or not (has_term or is_base):
            continue
        weights = -average
        if has_term:
            weights = weights + np.eye(len(design.words))[design.words.index(words)]
        error = math.sqrt(max(0.0, float(weights @ covariance @ weights)))
        found[supplier_id] = _build_effect(words, float(weights @ coefficients), error)
    return found


def _find_spread(columns: FloatArray, at: FloatArray, scale: float) -> FloatArray:
    """Find the standard error of one new price at each row (logarithm)."""
    inverse = np.linalg.pinv(columns.T @ columns)
    leverage = np.einsum("ij,jk,ik->i", at, inverse, at)
    return np.asarray(scale * np.sqrt(1 + leverage), np.float64)


def _fit_quantiles(
    logs: FloatArray, columns: FloatArray, said: list[str]
) -> list[FloatArray | None]:
    """Fit the tenth, fiftieth and ninetieth quantile; None for one that does not converge."""
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import IterationLimitWarning

    found: list[FloatArray | None] = []
    for share in (0.1, 0.5, 0.9):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", IterationLimitWarning)
            try:
                fit: Any = sm.QuantReg(logs, columns).fit(q=share, max_iter=5_000)
                found.append(np.asarray(columns @ np.asarray(fit.params), np.float64))
            except (IterationLimitWarning, np.linalg.LinAlgError, ValueError):
                found.append(None)
                said.append(f"The {share:.0%} quantile could not be fitted.")
    return found


def _build_expected(
    price: PricedRoute, centre: float, spread: float, quantiles: list[float | None]
) -> ExpectedPrice:
    """Build the expected price with its interval, in whole pence."""
    known = sorted([q for q in quantiles if q is not None])
    shown = [None if q is None else _pence(q) for q in quantiles]
    if len(known) == 3:  # quantiles fitted apart may cross where data are thin
        shown = [_pence(q) for q in known]
    high_pence = _pence(centre + INTERVAL_90 * spread)
    is_dear = price.pence_per_day > high_pence
    if shown[2] is not None:
        is_dear = is_dear and price.pence_per_day > shown[2]
    return ExpectedPrice(
        price=price,
        expected_pence=_pence(centre),
        low_pence=_pence(centre - INTERVAL_90 * spread),
        high_pence=high_pence,
        q10_pence=shown[0],
        q50_pence=shown[1],
        q90_pence=shown[2],
        is_dear=is_dear,
    )


def _pence(logarithm: float) -> int:
    return round(math.exp(min(logarithm, 30.0)))


def _build_effect(words: str, size: float, error: float) -> Effect:
    """Turn an effect on the logarithm into per cent, with its 95 % interval."""

    def change_bp(x: float) -> int:
        return round(10_000 * (math.exp(min(x, 10.0)) - 1))

    return Effect(
        words=words,
        effect_bp=change_bp(size),
        low_bp=change_bp(size - INTERVAL_95 * error),
        high_bp=change_bp(size + INTERVAL_95 * error),
    )


def _assemble(
    prices: Sequence[PricedRoute],
    listed: Sequence[ExpectedPrice],
    effects: tuple[Effect, ...],
    premiums: dict[str, Effect],
    n_fitted: int,
    said: list[str],
    *,
    explained_bp: int = 0,
) -> RateBenchmark:
    """Add what can be counted whatever the regression says."""
    contracts = [p for p in prices if p.kind is PriceKind.CONTRACT]
    if not contracts:
        said.append("No contracts: spend by supplier and concentration cannot be said.")
    by_supplier: dict[str, list[PricedRoute]] = defaultdict(list)
    for price in contracts:
        by_supplier[price.supplier_id].append(price)
    year = {s: sum(p.pence_per_day * p.n_days for p in held) for s, held in by_supplier.items()}
    whole = sum(year.values())
    thin = sorted(s for s, held in by_supplier.items() if len(held) < FEWEST_PER_GROUP)
    if thin and n_fitted:
        said.append(
            f"Fewer than {FEWEST_PER_GROUP} contracts, level not known: {', '.join(thin)}."
        )
    suppliers = []
    for supplier_id, held in sorted(by_supplier.items(), key=lambda x: (-year[x[0]], x[0])):
        passenger_m = sum(p.passenger_m for p in held)
        day_pence = sum(p.pence_per_day for p in held)
        suppliers.append(
            SupplierBenchmark(
                supplier_id=supplier_id,
                n_prices=len(held),
                pence_per_day=day_pence,
                pence_per_year=year[supplier_id],
                spend_bp=divide_half_up(10_000 * year[supplier_id], whole) if whole else 0,
                mpence_per_passenger_mile=divide_half_up(day_pence * MM_PER_MILE, passenger_m)
                if passenger_m
                else None,
                premium=premiums.get(supplier_id),
            )
        )
    squares = sum(pence * pence for pence in year.values())
    return RateBenchmark(
        prices=tuple(listed) or tuple(ExpectedPrice(price=p) for p in prices),
        effects=effects,
        suppliers=tuple(suppliers),
        hhi=divide_half_up(10_000 * squares, whole * whole) if whole else 0,
        n_fitted=n_fitted,
        explained_bp=explained_bp,
        warnings=tuple(said),
    )
