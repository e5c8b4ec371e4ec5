"""The own company's cost: the loaded hour (formula F1) and pieces of work (formula F2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from data.errors import ModelError, NoRateError
from data.fleet import Electric, VehicleType
from data.money import OwnCosts, PayRate
from data.plans import DeadRun, Duty
from data.units import divide_half_up, round_half_up

WH_PER_KWH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTypeRates:
    """Rates of one own vehicle type.

    Attributes
    ----------
    running_mpence
        Per mile, loaded or not, electricity in. [0.001 pence]
    vehicle_day_pence, standing_day_pence
        Share of one service day in the yearly cost of one vehicle. [pence]
    """

    running_mpence: int
    vehicle_day_pence: int
    standing_day_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRates:
    """The own company's rates, cover included. [0.001 pence a paid hour]

    Attributes
    ----------
    trained_mpence
        What a medically trained assistant costs on top of an assistant.
    """

    driver_mpence: int
    assistant_mpence: int
    trained_mpence: int
    types: tuple[tuple[str, OwnTypeRates], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece of work of a duty: from leaving the depot to returning to it.

    Attributes
    ----------
    first_route, n_routes
        The routes it holds, by position in the duty.
    from_s, to_s
        Leaving and returning. [s after midnight]
    total_m
        All miles, loaded and dead. [m]
    n_assistants, n_trained_assistants
        Most aboard any of its routes.
    """

    first_route: int
    n_routes: int
    from_s: int
    to_s: int
    total_m: int
    n_assistants: int
    n_trained_assistants: int


def find_loaded_hour(pay: PayRate, *, extra_mpence_per_hour: int = 0) -> Fraction:
    """Find what an hour worked costs with all that the law and the pension fund add (F1).

    loaded hour = (pay x (1 + leave)) x (1 + pension + levy)
    + max(0, pay_year - threshold) x ni / worked_hours,
    pay_year = pay x worked_hours x (1 + leave). [0.001 pence an hour]

    Parameters
    ----------
    extra_mpence_per_hour
        Extra pay on top of the rate, e.g. for medical training. [0.001 pence an hour]

    Returns
    -------
    Exact; rounded once by whoever makes a rate of it.

    Notes
    -----
    Employer's National Insurance is 15 % above 5,000 pounds a year from April 2025 and the
    apprenticeship levy 0.5 % (HM Revenue and Customs, rates and thresholds for employers).
    """
    worked_hours = Fraction(pay.worked_minutes_per_year, 60)
    paid_mpence = (pay.pay_mpence_per_hour + extra_mpence_per_hour) * Fraction(
        10_000 + pay.leave_bp, 10_000
    )
    on_costs = Fraction(10_000 + pay.pension_bp + pay.levy_bp, 10_000)
    over_mpence = max(Fraction(0), paid_mpence * worked_hours - 1_000 * pay.ni_threshold_pence)
    per_hour = Fraction(60, pay.worked_minutes_per_year)
    insurance_mpence = over_mpence * Fraction(pay.ni_bp, 10_000) * per_hour
    return paid_mpence * on_costs + insurance_mpence


def find_energy_mpence(costs: OwnCosts, electric: Electric | None) -> int:
    """Find what the electricity of a mile costs, rounded once. [0.001 pence]"""
    if electric is None:
        return 0
    return divide_half_up(
        electric.energy_wh_per_mile * costs.electricity_mpence_per_kwh, WH_PER_KWH
    )


def build_own_rates(costs: OwnCosts, vehicle_types: Sequence[VehicleType]) -> OwnRates:
    """Make the own company's rates from its cost parameters, each rounded once.

    Parameters
    ----------
    vehicle_types
        What electric ones draw is added to their running cost a mile.

    Cover for sickness and training is part of the hourly rates. The extra of a trained
    assistant is pay, so it carries the same on-costs: the difference of two loaded hours.
    """
    electric = {t.vehicle_type_id: t.electric for t in vehicle_types}
    cover = Fraction(10_000 + costs.cover_bp, 10_000)
    extra_mpence = costs.trained_assistant_extra_mpence_per_hour
    assistant = find_loaded_hour(costs.assistant)
    trained = find_loaded_hour(costs.assistant, extra_mpence_per_hour=extra_mpence)
    return OwnRates(
        driver_mpence=round_half_up(find_loaded_hour(costs.driver) * cover),
        assistant_mpence=round_half_up(assistant * cover),
        trained_mpence=round_half_up((trained - assistant) * cover),
        types=tuple(
            (
                t.vehicle_type_id,
                OwnTypeRates(
                    running_mpence=t.running_mpence
                    + find_energy_mpence(costs, electric.get(t.vehicle_type_id)),
                    vehicle_day_pence=divide_half_up(
                        t.vehicle_pence_per_year, costs.days_per_year
                    ),
                    standing_day_pence=divide_half_up(
                        t.standing_pence_per_year, costs.days_per_year
                    ),
                ),
            )
            for t in costs.types
        ),
    )


def find_type_rates(rates: OwnRates, vehicle_type_id: str) -> OwnTypeRates:
    """Find the rates of an own vehicle type.

    Raises
    ------
    NoRateError
        If the own company has no cost for the type.
    """
    for type_id, found in rates.types:
        if type_id == vehicle_type_id:
            return found
    raise NoRateError(f"the own company has no cost for vehicle type {vehicle_type_id!r}")


def find_paid_s(costs: OwnCosts, from_s: int, to_s: int) -> int:
    """Find the paid time of a piece of work, signing on and off and the least included. [s]"""
    return max(costs.min_paid_s, 2 * costs.sign_on_s + to_s - from_s)


def find_dead_runs(duty: Duty) -> tuple[tuple[DeadRun, ...], ...]:
    """Find the dead runs at each gap of a duty, in order of time.

    Gap k lies before route k; the last gap follows the last route. Two runs at a gap between
    routes are the way by the base.
    """
    n_routes = len(duty.routes)
    if not n_routes:
        raise ModelError(f"duty {duty.duty_id!r} has no route")
    gaps: list[list[DeadRun]] = [[] for _ in range(n_routes + 1)]
    for run in duty.dead_runs:
        if not 0 <= run.before_route <= n_routes:
            raise ModelError(
                f"duty {duty.duty_id!r} has {n_routes} route(s), but a dead run before route "
                f"{run.before_route}"
            )
        gaps[run.before_route].append(run)
    return tuple(tuple(sorted(g, key=lambda r: (r.depart_s, r.arrive_s))) for g in gaps)


def find_pieces(duty: Duty) -> tuple[Piece, ...]:
    """Split a duty where it returns to its base between two routes."""
    gaps = find_dead_runs(duty)
    n_routes = len(duty.routes)
    starts = [0] + [k for k in range(1, n_routes) if len(gaps[k]) >= 2]
    ends = [*starts[1:], n_routes]
    return tuple(_build_piece(duty, gaps, a, b) for a, b in zip(starts, ends, strict=True))


def _build_piece(
    duty: Duty, gaps: tuple[tuple[DeadRun, ...], ...], first: int, after: int
) -> Piece:
    """Measure the piece of work that holds routes `first` up to, not including, `after`."""
    routes = duty.routes[first:after]
    out = gaps[first][-1:]
    back = gaps[after][:1]
    between = [run for k in range(first + 1, after) for run in gaps[k]]
    dead_m = sum(run.drive_m for run in (*out, *between, *back))
    return Piece(
        first_route=first,
        n_routes=after - first,
        from_s=out[0].depart_s if out else routes[0].start_s,
        to_s=back[0].arrive_s if back else routes[-1].end_s,
        total_m=dead_m + sum(route.loaded_m for route in routes),
        n_assistants=max(route.n_assistants for route in routes),
        n_trained_assistants=max(route.n_trained_assistants for route in routes),
    )
