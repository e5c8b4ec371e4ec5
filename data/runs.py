"""Run records: one calculation with everything its reports need.

Reports, papers and pages read run records and nothing else, so any figure can be traced.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from data.checks import CheckReport
from data.inputs import fingerprint
from data.money import CostLine
from data.places import Session
from data.plans import Plan, Timetable

LATEST = "latest"
"""Names the newest run of a place wherever a run id is asked for."""


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
class RunRecord:
    """One calculation: what it was made from, what it found, and what its figures are.

    Attributes
    ----------
    run_id
        From `build_run_id`.
    kind
        What was calculated: ``plan``, ``baseline``, ``reprice``, ...
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
