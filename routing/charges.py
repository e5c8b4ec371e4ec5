"""Exact money of routes, day pairs and pieces of work, by the formulas of the cost model."""

from __future__ import annotations

from dataclasses import dataclass

from data.costs import CostModel
from data.places import Session
from data.units import MM_PER_MILE, S_PER_HOUR, divide_half_up

SESSION_IDX = {session: i for i, session in enumerate(Session)}


def charge_miles(distance_m: int, rate_mpence: int) -> int:
    """Charge a distance at a rate per mile. [pence]

    Examples
    --------
    >>> charge_miles(16_093, 150_000)
    1500
    """
    return divide_half_up(distance_m * rate_mpence, MM_PER_MILE)


def charge_hours(time_s: int, rate_mpence: int) -> int:
    """Charge a time at a rate per hour. [pence]

    Examples
    --------
    >>> charge_hours(5_400, 20_000)
    30
    """
    return divide_half_up(time_s * rate_mpence, 1_000 * S_PER_HOUR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one route is charged on: an ordinary route, or part of a pair or piece of work.

    Attributes
    ----------
    dead_m
        Dead runs charged with the route. [m]
    """

    session: Session
    loaded_m: int
    dead_m: int
    duration_s: int
    waiting_s: int
    n_assistants: int
    n_trained_assistants: int


@dataclass(frozen=True, slots=True)
class _SessionRates:
    """A supplier's rates of one session."""

    fixed_pence: int
    bands: tuple[tuple[int, int, int], ...]
    dead_mpence: int
    hour_mpence: int
    waiting_mpence: int
    minimum_pence: int
    assistant_pence: int
    assistant_hour_mpence: int
    trained_pence: int
    is_priced: bool


@dataclass(frozen=True, slots=True)
class _OfferRates:
    """Everything one offer charges."""

    sessions: tuple[_SessionRates, ...]
    day_pair_pence: int
    day_included_m: int
    day_excess_mpence: int
    vat_bp: int
    driver_mpence: int
    own_assistant_mpence: int
    own_trained_mpence: int
    running_mpence: int


class Charges:
    """Price routes and pieces of work of a cost model in whole pence.

    Holds the model's numbers as Python integers, so that no amount can overflow.
    """

    def __init__(self, model: CostModel) -> None:
        self._min_paid_s = model.min_paid_s
        self._sign_on_s = model.sign_on_s
        self._offers = tuple(_read_rates(model, o) for o in range(len(model.offer_ids)))

    def is_priced(self, offer: int, session: Session) -> bool:
        """Whether the offer prices a route of the session by itself."""
        return self._offers[offer].sessions[SESSION_IDX[session]].is_priced

    def has_day_rate(self, offer: int) -> bool:
        """Whether the offer has a day rate for an AM and a PM route of one duty."""
        return self._offers[offer].day_pair_pence >= 0

    def charge_run(self, offer: int, run: Run) -> int:
        """Price one route of a supplier with its VAT. [pence]"""
        rates = self._offers[offer]
        net_pence = self._charge_drive(offer, run) + self._charge_crew(offer, run)
        return net_pence + divide_half_up(net_pence * rates.vat_bp, 10_000)

    def charge_crew(self, offer: int, run: Run) -> int:
        """Price only the assistants of one route of a supplier with their VAT. [pence]"""
        rates = self._offers[offer]
        net_pence = self._charge_crew(offer, run)
        return net_pence + divide_half_up(net_pence * rates.vat_bp, 10_000)

    def charge_pair(self, offer: int, first: Run, second: Run) -> int:
        """Price the first AM and the first PM route of a duty with a day rate. [pence]"""
        rates = self._offers[offer]
        beyond_m = max(0, first.loaded_m + second.loaded_m - rates.day_included_m)
        net_pence = (
            rates.day_pair_pence
            + charge_miles(beyond_m, rates.day_excess_mpence)
            + self._charge_crew(offer, first)
            + self._charge_crew(offer, second)
        )
        return net_pence + divide_half_up(net_pence * rates.vat_bp, 10_000)

    def charge_piece(
        self, offer: int, elapsed_s: int, distance_m: int, *, n_assistants: int, n_trained: int
    ) -> int:
        """Price one piece of work of the own company, depot to depot. [pence]

        Parameters
        ----------
        elapsed_s
            From leaving to returning to the depot. [s]
        distance_m
            All driving of the piece. [m]
        n_assistants, n_trained
            Most assistants, and trained ones, of any of its routes: all are paid throughout.
        """
        rates = self._offers[offer]
        paid_s = max(self._min_paid_s, 2 * self._sign_on_s + elapsed_s)
        return (
            charge_hours(paid_s, rates.driver_mpence)
            + charge_hours(n_assistants * paid_s, rates.own_assistant_mpence)
            + charge_hours(n_trained * paid_s, rates.own_trained_mpence)
            + charge_miles(distance_m, rates.running_mpence)
        )

    def _charge_drive(self, offer: int, run: Run) -> int:
        rates = self._offers[offer].sessions[SESSION_IDX[run.session]]
        miles_mpence = sum(
            max(0, min(run.loaded_m, to_m) - from_m) * rate_mpence
            for from_m, to_m, rate_mpence in rates.bands
        )
        run_pence = (
            rates.fixed_pence
            + divide_half_up(miles_mpence, MM_PER_MILE)
            + charge_miles(run.dead_m, rates.dead_mpence)
            + charge_hours(run.duration_s, rates.hour_mpence)
            + charge_hours(run.waiting_s, rates.waiting_mpence)
        )
        return max(run_pence, rates.minimum_pence)

    def _charge_crew(self, offer: int, run: Run) -> int:
        rates = self._offers[offer].sessions[SESSION_IDX[run.session]]
        return (
            run.n_assistants * rates.assistant_pence
            + charge_hours(run.n_assistants * run.duration_s, rates.assistant_hour_mpence)
            + run.n_trained_assistants * rates.trained_pence
        )


def _read_rates(model: CostModel, offer: int) -> _OfferRates:
    """Read one offer's rates as Python integers."""
    sessions = []
    for s in range(len(SESSION_IDX)):
        ends = [int(v) for v in model.band_to_m[offer, s]]
        begins = [0, *ends[:-1]]
        rates = [int(v) for v in model.band_mpence[offer, s]]
        sessions.append(
            _SessionRates(
                fixed_pence=int(model.fixed_pence[offer, s]),
                bands=tuple(
                    band for band in zip(begins, ends, rates, strict=True) if band[2] != 0
                ),
                dead_mpence=int(model.dead_mpence[offer, s]),
                hour_mpence=int(model.hour_mpence[offer, s]),
                waiting_mpence=int(model.waiting_mpence[offer, s]),
                minimum_pence=int(model.minimum_pence[offer, s]),
                assistant_pence=int(model.assistant_pence[offer, s]),
                assistant_hour_mpence=int(model.assistant_hour_mpence[offer, s]),
                trained_pence=int(model.trained_pence[offer, s]),
                is_priced=bool(model.is_priced[offer, s]),
            )
        )
    return _OfferRates(
        sessions=tuple(sessions),
        day_pair_pence=int(model.day_pair_pence[offer]),
        day_included_m=int(model.day_included_m[offer]),
        day_excess_mpence=int(model.day_excess_mpence[offer]),
        vat_bp=int(model.vat_bp[offer]),
        driver_mpence=int(model.driver_mpence[offer]),
        own_assistant_mpence=int(model.own_assistant_mpence[offer]),
        own_trained_mpence=int(model.own_trained_mpence[offer]),
        running_mpence=int(model.running_mpence[offer]),
    )
