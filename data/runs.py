"""Run records: one calculation with everything its reports need.

Reports, papers and pages read run records and nothing else, so any figure can be traced.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from data.checks import CheckReport
from data.inputs import fingerprint
from data.money import CostLine
from data.places import Session
from data.plans import Plan, Timetable

LATEST = "latest"
"""Names the newest run of a place wherever a run id is asked for."""
SCENARIO = "scenario"
"""Kind of a run that answers what if; never the latest run of a place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassengerShare:
    """One passenger's exact share of what one route costs.

    Attributes
    ----------
    amount_pence
        Share of the cost of one service day: own company at avoidable cost, suppliers at
        contract price; the shares of a plan add up to its ``cost_pence``. [pence]
    """

    plan_id: str
    duty_id: str
    route_id: str
    session: Session
    passenger_id: str
    amount_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderMeasures:
    """One provider's part of a service day.

    Attributes
    ----------
    cost_pence
        Own company at avoidable cost, suppliers at contract price, net of recoverable VAT.
    full_cost_pence
        The same with the own company's fixed cost.
    year_pence
        Sum over the calendar's dates of the plan that runs, on the basis of ``cost_pence``.
    """

    provider_id: str
    name: str
    n_passenger_journeys: int
    n_routes: int
    n_duties: int
    loaded_m: int
    dead_m: int
    cost_pence: int
    full_cost_pence: int
    year_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RideMeasures:
    """Ride times against the guide of a phase (TIME-1), in journeys.

    Attributes
    ----------
    guide_s, median_s, worst_s
        [s]
    """

    phase: str
    guide_s: int
    n_journeys: int
    n_over_guide: int
    median_s: int
    worst_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """The figures of one service day, and its year.

    Attributes
    ----------
    n_passengers
        Entitled to travel that day; ``n_carried`` of them in every session they travel in.
    n_unserved
        Passengers with at least one session unserved.
    """

    n_passengers: int
    n_carried: int
    n_unserved: int
    n_routes: int
    n_duties: int
    n_own_vehicles: int
    loaded_m: int
    dead_m: int
    cost_pence: int
    full_cost_pence: int
    year_pence: int
    year_full_pence: int
    bound_pence: int | None
    providers: tuple[ProviderMeasures, ...]
    rides: tuple[RideMeasures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteAlternatives:
    """One route of a plan: what it costs as planned, as bought and as own fleet.

    Attributes
    ----------
    planned_pence, planned_full_pence
        The route's part of the plan's cost, and with the own company's fixed cost. [pence]
    n_rate_cards
        Suppliers' rate cards that can serve the route, by law and in fact.
    bought_pence, bought_provider_id, bought_vehicle_type_id, bought_rate_card_id
        The cheapest of them, on the basis of ``planned_pence``; None and '' where nobody can.
    own_avoidable_pence, own_full_pence, own_vehicle_type_id, own_depot_id
        The same route run alone by the own company from its nearest depot with the vehicle type
        that costs least in full; None and '' where no own vehicle fits.
    """

    plan_id: str
    duty_id: str
    route_id: str
    session: Session
    provider_id: str
    vehicle_type_id: str
    planned_pence: int
    planned_full_pence: int
    n_rate_cards: int
    bought_pence: int | None = None
    bought_provider_id: str = ""
    bought_vehicle_type_id: str = ""
    bought_rate_card_id: str = ""
    own_avoidable_pence: int | None = None
    own_full_pence: int | None = None
    own_vehicle_type_id: str = ""
    own_depot_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearRow:
    """What one provider costs on one date.

    Attributes
    ----------
    cost_pence, full_cost_pence
        As in the plan: own company at avoidable cost; with its fixed cost. [pence]
    recoverable_vat_pence
        Paid and got back, in neither. [pence]
    """

    service_date: date
    day_type_id: str
    plan_id: str
    provider_id: str
    cost_pence: int
    full_cost_pence: int
    recoverable_vat_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPart:
    """Dates of a year on which one provider costs the same, by the same plan.

    A year's cost is the sum over its parts of ``n_dates`` times the cost of one date.

    Attributes
    ----------
    cost_pence, full_cost_pence, recoverable_vat_pence
        Of one date. [pence]
    """

    day_type_id: str
    plan_id: str
    provider_id: str
    first_date: date
    last_date: date
    n_dates: int
    cost_pence: int
    full_cost_pence: int
    recoverable_vat_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One calculation: what it was made from, what it found, and what its figures are.

    Attributes
    ----------
    run_id
        From `build_run_id`.
    kind
        What was calculated: ``plan``, ``baseline``, ``reprice``, ``scenario``, ...
    created_utc
        When, passed in by the caller, with the UTC zone.
    settings
        Named settings of the run, as text.
    limit
        What ended the search: ``steps``, ``seconds``, ``interrupted`` or ``none``.
    versions
        Python and libraries, ``(("python", "3.11.7"), ...)``.
    plan
        The plan of the day that is shown.
    timetable
        The plans of all day types with their dates, or None where one day was planned.
    baseline
        Today's hand-made plan to compare with, or None.
    lines, shares
        Exact cost lines of `plan` and how its routes' cost falls on passengers.
    checks
        The checker's report on `plan`, and on each other plan that was judged.
    alternatives
        Each route of `plan` priced as bought and as own fleet.
    year
        What the year's cost is the sum of, from `build_year_parts`.
    walks
        Walks asked of passengers: (home place id, pick-up point place id, metres).
    is_synthetic
        Whether the people are made up.
    attribution
        Sources that must be named on every output.
    """

    run_id: str
    kind: str
    place: str
    created_utc: datetime
    code_version: str
    inputs_hash: str
    matrix_hash: str
    plan: Plan
    title: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    seed: int = 0
    steps: int = 0
    limit: str = "none"
    versions: tuple[tuple[str, str], ...] = ()
    timetable: Timetable | None = None
    baseline: Plan | None = None
    lines: tuple[CostLine, ...] = ()
    baseline_lines: tuple[CostLine, ...] = ()
    shares: tuple[PassengerShare, ...] = ()
    checks: tuple[CheckReport, ...] = ()
    measures: Measures | None = None
    baseline_measures: Measures | None = None
    alternatives: tuple[RouteAlternatives, ...] = ()
    year: tuple[YearPart, ...] = ()
    walks: tuple[tuple[str, str, int], ...] = ()
    is_synthetic: bool = False
    attribution: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.created_utc.tzinfo is None or self.created_utc.utcoffset() != UTC.utcoffset(
            None
        ):
            raise ValueError("created_utc must be in UTC")


def build_run_id(run: RunRecord) -> str:
    """Build the id of a run from its place, its stamp and everything in it.

    The same content at the same second gives the same id; what ``run.run_id`` says is ignored.

    Examples
    --------
    An id reads like ``southend-20260911T043000Z-1f0c2a9b``.
    """
    content = fingerprint(replace(run, run_id=""))
    return f"{run.place}-{run.created_utc:%Y%m%dT%H%M%SZ}-{content[:8]}"


def build_year_parts(rows: Iterable[YearRow]) -> tuple[YearPart, ...]:
    """Put together the dates of a year on which one provider costs the same.

    Parameters
    ----------
    rows
        One per date and provider, in any order.
    """
    dates: dict[tuple[str, str, str, int, int, int], list[date]] = {}
    for row in rows:
        key = (
            row.day_type_id,
            row.plan_id,
            row.provider_id,
            row.cost_pence,
            row.full_cost_pence,
            row.recoverable_vat_pence,
        )
        dates.setdefault(key, []).append(row.service_date)
    return tuple(
        YearPart(
            day_type_id=key[0],
            plan_id=key[1],
            provider_id=key[2],
            first_date=min(held),
            last_date=max(held),
            n_dates=len(held),
            cost_pence=key[3],
            full_cost_pence=key[4],
            recoverable_vat_pence=key[5],
        )
        for key, held in sorted(dates.items(), key=lambda item: (item[0][:3], min(item[1])))
    )
