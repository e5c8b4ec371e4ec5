"""A programme in time: starts by term, sign-off, relapse, money by month, present value.

Formula F4: net present value = sum over years of (starts x completion x survival(t) x marginal
saving x discount) - starts x cost; survival(t) = sustained x (1 - relapse)^(t - 1), t counted
from sign-off. Here the marginal saving is that of the whole set: what the vehicles save given
each trainee's chance to be travelling alone that month. For somebody who rides alone it is F4
itself. The vehicle goes on until sign-off (ALT-2), and whoever relapses is carried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from data.training import (
    Candidate,
    DutyValues,
    Programme,
    ProgrammeMonth,
    TrainingAssumptions,
    TrainingStudy,
)
from scenarios.training.propensity import Draws

TERM_MONTHS = (0, 4, 7)
"""Months after the first of the year in which training begins: September, January, April."""
WEEKS_PER_MONTH = 52 / 12
MONTHS = 60

FloatArray = NDArray[np.float64]


def find_start_months(n_people: int, n_trainers: int, per_trainer: int) -> tuple[int, ...]:
    """Find the month in which each of an order begins, by what the trainers can take.

    A year's starts are spread over the three terms, earlier terms first.

    Examples
    --------
    >>> find_start_months(7, 1, 5)
    (0, 0, 4, 4, 7, 12, 12)
    """
    a_year = n_trainers * per_trainer
    if a_year <= 0:
        return ()
    by_term = [a_year // 3 + (k < a_year % 3) for k in range(3)]
    months: list[int] = []
    year = 0
    while len(months) < n_people:
        for month, n in zip(TERM_MONTHS, by_term, strict=True):
            months += [year * 12 + month] * n
        year += 1
    return tuple(months[:n_people])


def find_survival(months: Sequence[float], ended: Sequence[bool]) -> tuple[float, ...]:
    """Find the share still travelling alone by month since sign-off, from a cohort's records.

    Kaplan and Meier's estimate; trainees still travelling when last seen count until then.

    Parameters
    ----------
    months
        How long each was seen. [months]
    ended
        Whether the trainee had gone back to transport by then.

    Returns
    -------
    By whole month from 0 to the last seen.
    """
    from statsmodels.duration.survfunc import SurvfuncRight

    found = SurvfuncRight(np.asarray(months, dtype=float), np.asarray(ended, dtype=int))
    shares = []
    for month in range(int(max(months)) + 1):
        before = np.flatnonzero(found.surv_times <= month)
        shares.append(float(found.surv_prob[before[-1]]) if len(before) else 1.0)
    return tuple(shares)


class _Trainees:
    """Chances to be travelling alone, by trainee, month and draw."""

    def __init__(
        self,
        people: Sequence[Candidate],
        starts: Sequence[int],
        firsts: Sequence[date],
        cohort: Sequence[float] | None,
    ) -> None:
        self.people, self._starts, self._firsts, self._cohort = people, starts, firsts, cohort

    def find(
        self,
        complete: Sequence[FloatArray],
        sustain: FloatArray,
        relapse: FloatArray,
        weeks: FloatArray,
    ) -> FloatArray:
        """Find the chances, (trainees, months, draws)."""
        months = np.arange(len(self._firsts))[:, None]
        trains = np.ceil(weeks / WEEKS_PER_MONTH - 1e-9)[None, :]
        found = np.zeros((len(self.people), len(self._firsts), len(weeks)))
        for k, (person, start) in enumerate(zip(self.people, self._starts, strict=True)):
            since = months - start - trains
            if self._cohort is None:
                years = np.floor(np.maximum(since, 0) / 12)
                survival = sustain[None, :] * (1 - relapse[None, :]) ** years
            else:
                last = len(self._cohort) - 1
                survival = np.asarray(self._cohort)[np.clip(since, 0, last).astype(np.int64)]
            is_there = np.array([first <= person.leaves_on for first in self._firsts])
            found[k] = np.where(
                (since >= 0) & is_there[:, None], complete[k][None, :] * survival, 0.0
            )
        return found


def measure_expected(
    values: Sequence[DutyValues], people: Sequence[str], chances: FloatArray
) -> FloatArray:
    """Measure the expected saving of a day, by month and draw. [pence]

    Parameters
    ----------
    chances
        (people, months, draws) to be travelling alone.
    """
    position = {p: k for k, p in enumerate(people)}
    total = np.zeros(chances.shape[1:])
    for value in values:
        bits = [(k, position[p]) for k, p in enumerate(value.passenger_ids) if p in position]
        if not bits:
            continue
        for chosen in range(1, 1 << len(bits)):
            mask = sum(1 << k for n, (k, _) in enumerate(bits) if chosen >> n & 1)
            if value.saved_pence[mask] == 0:
                continue
            share = np.ones(chances.shape[1:])
            for n, (_, row) in enumerate(bits):
                share *= chances[row] if chosen >> n & 1 else 1 - chances[row]
            total += share * value.saved_pence[mask]
    return total


def build_programme(
    study: TrainingStudy,
    rule: str,
    *,
    n_trainers: int,
    assumptions: TrainingAssumptions | None = None,
    n_months: int = MONTHS,
    n_draws: int = 256,
    seed: int = 1,
    cohort: Sequence[float] | None = None,
) -> Programme:
    """Build the programme that trains an order's people as trainers can take them.

    Parameters
    ----------
    rule
        Whose order: see `TrainingOrder`.
    cohort
        Share still travelling by month since sign-off from a council's own records, in place
        of `sustain` and `relapse`; see `find_survival`.
    """
    numbers = assumptions or study.assumptions
    order = study.find_order(rule).passenger_ids
    by_id = {c.passenger_id: c for c in study.candidates}
    starts = find_start_months(len(order), n_trainers, numbers.count("per_trainer"))
    begun = [(p, s) for p, s in zip(order, starts, strict=False) if s < n_months]
    people = [by_id[p] for p, _ in begun]
    months = [s for _, s in begun]
    firsts = [_find_month(study.year_from, m) for m in range(n_months)]
    trainees = _Trainees(people, months, firsts, cohort)

    def one(name: str) -> FloatArray:
        return np.array([numbers.value(name)])

    chances = trainees.find(
        [np.array([c.complete_bp / 10_000]) for c in people],
        one("sustain"),
        one("relapse"),
        one("weeks"),
    )
    middle = _Money(study, people, months, n_months, chances)
    money = middle.build(one("cost_per_start"), one("pass"))
    draws = Draws(numbers, n_draws, seed)
    many = _Money(
        study,
        people,
        months,
        n_months,
        trainees.find(
            [draws.draw_complete(c) for c in people],
            draws.draw("sustain"),
            draws.draw("relapse"),
            draws.draw("weeks"),
        ),
    )
    spread = many.build(draws.draw("cost_per_start"), draws.draw("pass"))
    rate_bp = int(numbers.value("discount") * 10_000 + 0.5)
    signed = [m + int(np.ceil(numbers.value("weeks") / WEEKS_PER_MONTH - 1e-9)) for m in months]
    built = tuple(
        ProgrammeMonth(
            month=m,
            first_date=firsts[m],
            n_started=sum(s <= m for s in months),
            n_signed_off=sum(s <= m for s in signed),
            travelling_mill=_round(float(chances[:, m, 0].sum()) * 1000),
            training_pence=_round(float(money.training[m, 0])),
            pass_pence=_round(float(money.passes[m, 0])),
            saved_pence=_round(float(money.saved[m, 0])),
            saved_low_pence=_round(float(np.quantile(spread.saved[m], 0.05))),
            saved_high_pence=_round(float(np.quantile(spread.saved[m], 0.95))),
        )
        for m in range(n_months)
    )
    values = _find_present(spread.net, rate_bp)
    low, half, high = (_round(float(q)) for q in np.quantile(values, [0.05, 0.5, 0.95]))
    npv = find_npv([month.net_pence for month in built], rate_bp)
    return Programme(
        rule=rule,
        n_trainers=n_trainers,
        order=tuple(c.passenger_id for c in people),
        start_months=tuple(months),
        months=built,
        discount_bp=rate_bp,
        payback_month=_find_payback(built),
        npv_pence=npv,
        npv_low_pence=low,
        npv_middle_pence=half,
        npv_high_pence=high,
        at_risk_pence=max(0, npv - low),
        loss_bp=_round(float((values < 0).mean()) * 10_000),
        n_draws=n_draws,
    )


class _Flows:
    """Money by month and draw. [pence]"""

    def __init__(self, training: FloatArray, passes: FloatArray, saved: FloatArray) -> None:
        self.training, self.passes, self.saved = training, passes, saved
        self.net: FloatArray = saved - training - passes


class _Money:
    """Turns chances into money."""

    def __init__(
        self,
        study: TrainingStudy,
        people: Sequence[Candidate],
        starts: Sequence[int],
        n_months: int,
        chances: FloatArray,
    ) -> None:
        self._study, self._people, self._starts = study, people, starts
        self._n_months, self._chances = n_months, chances

    def build(self, cost_pounds: FloatArray, pass_pounds: FloatArray) -> _Flows:
        """Build the flows of money, (months, draws)."""
        begun = np.bincount(np.array(self._starts, dtype=np.int64), minlength=self._n_months)[
            : self._n_months
        ]
        riders = np.array([c.needs_pass for c in self._people], dtype=float)
        riding = np.einsum("k,kmd->md", riders, self._chances)
        day = measure_expected(
            self._study.values, [c.passenger_id for c in self._people], self._chances
        )
        days = np.array([self._study.days[m % 12] for m in range(self._n_months)])
        return _Flows(
            training=begun[:, None] * cost_pounds[None, :] * 100,
            passes=riding * pass_pounds[None, :] * 100 / 12,
            saved=day * days[:, None],
        )


def find_npv(net_pence: Sequence[int], rate_bp: int) -> int:
    """Find the net present value of months of money, the first twelve undiscounted. [pence]

    Year y counts 1 / (1 + rate)^y, as exact fractions, rounded once, a half away from nought.
    """
    total = Fraction(0)
    for month, pence in enumerate(net_pence):
        total += Fraction(pence) * Fraction(10_000, 10_000 + rate_bp) ** (month // 12)
    return int(abs(total) + Fraction(1, 2)) * (1 if total >= 0 else -1)


def _find_present(net: FloatArray, rate_bp: int) -> FloatArray:
    """Find the present value of each draw. [pence]"""
    years = np.arange(net.shape[0]) // 12
    factors = (10_000 / (10_000 + rate_bp)) ** years
    present: FloatArray = factors @ net
    return present


def _find_payback(months: Sequence[ProgrammeMonth]) -> int | None:
    """Find the first month after which the money stays back."""
    total = 0
    back: int | None = None
    for month in months:
        total += month.net_pence
        if total < 0:
            back = None
        elif back is None and month.n_started:
            back = month.month
    return back


def _find_month(year_from: date, n: int) -> date:
    """Find the first day of the n-th month from the first of the year on."""
    ahead = year_from.month - 1 + n
    return date(year_from.year + ahead // 12, ahead % 12 + 1, 1)


def _round(value: float) -> int:
    return int(abs(value) + 0.5) * (1 if value >= 0 else -1)
