"""Draws: what a study's savings come to when its uncertain numbers are drawn many times.

A `DrawsStudy` is one result of the store. Find it with::

    from data.store import Store
    from data.uncertainty import DrawsStudy
    with Store.open(workspace.store_place) as store:
        study = store.find_result(DrawsStudy, place="southend")            # the newest
        study = store.find_result(DrawsStudy, "southend-draws-1f0c2a9b")   # by id

It is made by ``wayfare scenario draws``. Every amount is whole pence of a year at the inputs'
price base; a saving is positive. Quantiles are of the draws as they came, never of a curve
fitted to them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from data.inputs import fingerprint


class Effect(StrEnum):
    """What an uncertain number does to a case."""

    NOTHING = "nothing"
    LINES = "lines"
    """Money beside the plan only: its effect is exact."""
    PRICES = "prices"
    """Rates or pay: a plan's year is priced again exactly, and planned again at some draws."""
    PLAN = "plan"
    """Who travels, when or with what: the day is planned again for every different draw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnNumber:
    """One uncertain number and its draws.

    Attributes
    ----------
    name
        Numbers of one name have the same quantile in a draw, in every scenario.
    distribution
        In words, e.g. ``PERT 0.6, 0.8, 0.85``.
    low, central, high
        Least, most likely and largest value.
    effect
        The strongest it has in any scenario.
    values
        One per draw.
    """

    name: str
    distribution: str
    source: str
    low: float
    central: float
    high: float
    effect: Effect
    scenario_ids: tuple[str, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile:
    """A saving that a share of all draws stays below. [%, pence]"""

    percent: int
    pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """A bar of the tornado: the net saving as one number moves, the others at their medians.

    Attributes
    ----------
    low_value, high_value
        The number's 10 % and 90 % quantile.
    low_pence, high_pence
        Net saving a year there. [pence]
    """

    name: str
    low_value: float
    high_value: float
    low_pence: int
    high_pence: int

    @property
    def size_pence(self) -> int:
        """Length of the bar. [pence]"""
        return abs(self.high_pence - self.low_pence)


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchingValue:
    """Where a saving becomes nought as one number moves, the others at their medians.

    Attributes
    ----------
    value
        None where the saving has the same sign over the whole range of the number.
    """

    name: str
    value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What knowing a number exactly would be worth before deciding.

    Attributes
    ----------
    explained_bp
        Part of the saving's variance that the number alone explains. [0.01 %]
    evppi_pence
        Expected gain of deciding, to go ahead or not, with the number known: nought where the
        decision is the same at every value it may have. [pence a year]
    """

    name: str
    explained_bp: int
    evppi_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far the quick estimate of a year's saving is off full planning.

    Attributes
    ----------
    n_draws
        Draws planned in full, each estimated as if it had not been: from the other planned
        years, and with a correction fitted to the others.
    bias_pence, rms_pence, most_pence
        Mean, root of the mean square and largest of estimate less full planning. [pence a year]
    spread_pence
        Standard deviation of the full savings over the same draws, to set the others against.
    uncorrected_bias_pence, uncorrected_rms_pence
        The same without the correction, to see what it brings. [pence a year]
    """

    n_draws: int
    bias_pence: int
    rms_pence: int
    most_pence: int
    spread_pence: int
    uncorrected_bias_pence: int
    uncorrected_rms_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedDraw:
    """Net saving of one draw planned in full, beside its estimate as if it had not been.

    Attributes
    ----------
    draw
        Counted from 0.
    full_pence, estimate_pence
        [pence a year]
    """

    draw: int
    full_pence: int
    estimate_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FanMonth:
    """Net saving from the start to the end of a month. [pence]"""

    month: int
    p10_pence: int
    p50_pence: int
    p90_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnCase:
    """One scenario against its base, over all draws.

    Attributes
    ----------
    run_id
        The run of the scenario at central values, which stands behind the map and the plan.
    base_id
        Scenario it is compared with; ``baseline`` for the inputs as they stand.
    central_pence, central_one_off_pence
        Net saving a year at most likely values, both planned in full, and what falls due once
        there. [pence]
    year_pence, base_year_pence
        Cost of transport in each draw, of the case and of its base. [pence a year]
    net_pence
        Saving in each draw: base's transport and programmes less the case's. [pence a year]
    one_off_pence
        What falls due once in each draw, beyond the base's. [pence]
    target_pence
        Saving asked for, or None.
    n_at_target
        Draws whose saving is at least the target.
    n_distinct
        Different demands and prices among the draws, of the case or its base.
    n_days_planned, n_years_planned
        Shown days repaired or searched for single draws, and whole years planned in full; of
        the case and its base together.
    agreement, checked
        None and empty where every different draw was planned in full.
    """

    scenario_id: str
    title: str
    base_id: str
    run_id: str
    base_run_id: str
    central_pence: int
    central_one_off_pence: int
    year_pence: tuple[int, ...]
    base_year_pence: tuple[int, ...]
    net_pence: tuple[int, ...]
    one_off_pence: tuple[int, ...]
    mean_pence: int
    sd_pence: int
    quantiles: tuple[Quantile, ...]
    target_pence: int | None
    n_at_target: int
    n_positive: int
    swings: tuple[Swing, ...]
    switching: tuple[SwitchingValue, ...]
    worths: tuple[Worth, ...]
    fan: tuple[FanMonth, ...]
    agreement: Agreement | None
    checked: tuple[CheckedDraw, ...]
    n_distinct: int
    n_days_planned: int
    n_years_planned: int

    def find_quantile(self, percent: int) -> int:
        """Find a kept quantile of the net saving. [pence a year]

        Raises
        ------
        KeyError
            If it was not kept; 5, 10, 25, 50, 75, 90 and 95 are.
        """
        return {q.percent: q.pence for q in self.quantiles}[percent]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawsStudy:
    """Draws of a study's uncertain numbers, the same ones for every scenario.

    Attributes
    ----------
    study_id
        From `name_draws`.
    run_id
        The run of the inputs as they stand, from whose plan all searches start.
    price_base
        Year whose prices the amounts are in.
    method
        ``sobol`` or ``lhs``.
    settings
        Named settings of the search and of the estimate, as text.
    method_words
        How the estimate was made, in sentences for a reader.
    """

    study_id: str
    place: str
    run_id: str
    created_utc: datetime
    code_version: str
    inputs_hash: str
    title: str
    price_base: str
    is_synthetic: bool
    seed: int
    method: str
    n_draws: int
    numbers: tuple[DrawnNumber, ...]
    cases: tuple[DrawnCase, ...]
    settings: tuple[tuple[str, str], ...] = ()
    method_words: tuple[str, ...] = ()
    attribution: tuple[str, ...] = ()

    def find_case(self, scenario_id: str) -> DrawnCase:
        """Find a scenario's draws.

        Raises
        ------
        KeyError
            If the study has no such scenario.
        """
        return {case.scenario_id: case for case in self.cases}[scenario_id]


def name_draws(study: DrawsStudy) -> DrawsStudy:
    """Give a study an id made from its place and everything in it but the time.

    Equal draws of equal runs have one id, whenever and with however many workers they were
    made.
    """
    blank = replace(study, study_id="", created_utc=datetime(1970, 1, 1, tzinfo=UTC))
    return replace(study, study_id=f"{study.place}-draws-{fingerprint(blank)[:8]}")
