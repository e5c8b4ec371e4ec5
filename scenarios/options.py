"""Options appraisal by weighted criteria: scores, ranks, and how far they hang on the weights.

A criterion has a weight and gives each option a level: high 10, medium 5, low 0 points a unit
of weight. Rows without a weight are gateways, which an option passes or fails. Scores are never
added to pounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

POINTS = {"high": 10, "medium": 5, "low": 0}
"""Points of each level."""
BEST_POINTS = 10
GREEN_SHARE = Fraction(60, 100)
"""Above this share of the maximum an option is green."""
AMBER_SHARE = Fraction(30, 100)
"""Above this share of the maximum an option is amber, else red."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One scored criterion.

    Attributes
    ----------
    levels
        Level of each option, in the order of the options.
    is_inferred
        Whether each level was inferred and not stated by the assessors.
    defined
        Levels that the criterion defines; empty for all.
    only_one
        Levels that exactly one option may have.
    reasons
        Why each option has its level; '' where none is given.
    """

    criterion_id: str
    group: str
    title: str
    weight: Fraction
    levels: tuple[str, ...]
    is_inferred: tuple[bool, ...] = ()
    defined: tuple[str, ...] = ()
    only_one: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """One criterion that an option must pass to be considered."""

    criterion_id: str
    group: str
    title: str
    is_passed: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsTable:
    """Options and how they were judged."""

    options: tuple[str, ...]
    gateways: tuple[Gateway, ...]
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankChange:
    """Ranks when one criterion is left out, where they differ."""

    without: str
    ranks: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """Scores and ranks of a table.

    Attributes
    ----------
    maximum
        What an option scores that is high in everything.
    totals, ranks, bands
        Of each option in order; equal totals share a rank; None where a gateway is failed.
    subtotals
        Group, its maximum, and the score of each option.
    rank_changes
        Criteria without which the ranks differ.
    equal_weights, equal_weights_maximum
        Scores with every weight 1.
    equal_groups_share
        Mean over groups of the share of the group's maximum.
    warnings
        What a reader must know of the table.
    """

    options: tuple[str, ...]
    maximum: Fraction
    totals: tuple[Fraction, ...]
    ranks: tuple[int | None, ...]
    bands: tuple[str, ...]
    subtotals: tuple[tuple[str, Fraction, tuple[Fraction, ...]], ...]
    rank_changes: tuple[RankChange, ...]
    equal_weights_maximum: Fraction
    equal_weights: tuple[Fraction, ...]
    equal_groups_share: tuple[Fraction, ...]
    warnings: tuple[str, ...]


def appraise_options(table: OptionsTable) -> Appraisal:
    """Score and rank every option, and test what the ranks hang on."""
    totals, maximum = _score(table.criteria, table)
    passed = _find_passed(table)
    ranks = rank_totals(totals, passed)
    groups = list(dict.fromkeys(c.group for c in table.criteria))
    subtotals = []
    for group in groups:
        scores, most = _score([c for c in table.criteria if c.group == group], table)
        subtotals.append((group, most, scores))
    even = [replace(c, weight=Fraction(1)) for c in table.criteria]
    even_totals, even_maximum = _score(even, table)
    weighed = [(most, scores) for _, most, scores in subtotals if most]
    return Appraisal(
        options=table.options,
        maximum=maximum,
        totals=totals,
        ranks=ranks,
        bands=tuple(
            _find_band(t, maximum) if ok else "red"
            for t, ok in zip(totals, passed, strict=True)
        ),
        subtotals=tuple(subtotals),
        rank_changes=_drop_each(table, ranks, passed),
        equal_weights_maximum=even_maximum,
        equal_weights=even_totals,
        equal_groups_share=tuple(
            sum((scores[k] / most for most, scores in weighed), Fraction(0))
            / max(1, len(weighed))
            for k in range(len(table.options))
        ),
        warnings=find_warnings(table),
    )


def rank_totals(totals: Sequence[Fraction], passed: Sequence[bool]) -> tuple[int | None, ...]:
    """Rank totals, the highest first; equal ones share the better rank.

    Examples
    --------
    >>> rank_totals([Fraction(5), Fraction(9), Fraction(5), Fraction(1)], [True] * 4)
    (2, 1, 2, 4)
    """
    racing = [t for t, ok in zip(totals, passed, strict=True) if ok]
    return tuple(
        1 + sum(other > t for other in racing) if ok else None
        for t, ok in zip(totals, passed, strict=True)
    )


def draw_first_places(
    table: OptionsTable, *, n_draws: int = 10_000, seed: int = 1
) -> Mapping[str, Fraction]:
    """Draw weights at random and count how often each option comes first.

    Every draw gives all criteria weights evenly spread over all that add up to one
    (a flat Dirichlet distribution); options that share a first place share the draw.
    """
    import numpy as np

    passed = np.array(_find_passed(table))
    points = np.array([[POINTS[level] for level in c.levels] for c in table.criteria], float)
    weights = np.random.default_rng(seed).dirichlet(np.ones(len(table.criteria)), n_draws)
    scores = np.where(passed, weights @ points, -1.0)
    is_first = np.isclose(scores, scores.max(axis=1, keepdims=True), rtol=0.0, atol=1e-9)
    is_first &= passed
    n_first = is_first.sum(axis=1)
    found = {}
    for k, option in enumerate(table.options):
        shared = sum(
            (
                Fraction(int((is_first[:, k] & (n_first == n)).sum()), n)
                for n in range(1, len(table.options) + 1)
            ),
            Fraction(0),
        )
        found[option] = shared / n_draws
    return found


def find_warnings(table: OptionsTable) -> tuple[str, ...]:
    """Find levels that a criterion does not define, and levels that too many options have."""
    found = []
    for c in table.criteria:
        for option, level in zip(table.options, c.levels, strict=True):
            if c.defined and level not in c.defined:
                found.append(f"{c.criterion_id} has no level {level}, given to {option}.")
        for level in c.only_one:
            n = c.levels.count(level)
            if n != 1:
                found.append(
                    f"{c.criterion_id} gives {level} to exactly one option, and {n} have it."
                )
    for gateway in table.gateways:
        for option, ok in zip(table.options, gateway.is_passed, strict=True):
            if not ok:
                found.append(
                    f"{option} fails gateway {gateway.criterion_id}: it is not ranked."
                )
    return tuple(found)


def _find_passed(table: OptionsTable) -> list[bool]:
    return [
        all(gateway.is_passed[k] for gateway in table.gateways)
        for k in range(len(table.options))
    ]


def _score(
    criteria: Sequence[Criterion], table: OptionsTable
) -> tuple[tuple[Fraction, ...], Fraction]:
    """Score the options on some criteria; also the most that can be had."""
    totals = tuple(
        sum((c.weight * POINTS[c.levels[k]] for c in criteria), Fraction(0))
        for k in range(len(table.options))
    )
    return totals, sum((c.weight * BEST_POINTS for c in criteria), Fraction(0))


def _drop_each(
    table: OptionsTable, ranks: tuple[int | None, ...], passed: Sequence[bool]
) -> tuple[RankChange, ...]:
    found = []
    for left_out in table.criteria:
        totals, _ = _score([c for c in table.criteria if c is not left_out], table)
        others = rank_totals(totals, passed)
        if others != ranks:
            found.append(RankChange(without=left_out.criterion_id, ranks=others))
    return tuple(found)


def _find_band(total: Fraction, maximum: Fraction) -> str:
    if not maximum:
        return "red"
    share = total / maximum
    return "green" if share > GREEN_SHARE else "amber" if share > AMBER_SHARE else "red"
