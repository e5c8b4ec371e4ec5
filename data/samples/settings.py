"""Every share, count and rate the sample places are made from, with its source and grade.

Grades: A statute, official statistics or guidance; B council, regulator or trade publication;
C working assumption, to be replaced with local data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from data.money import Assumption
from data.samples.seeds import Override

_DFE = "DfE home-to-school transport collection"
_ISSUE = "working assumption"


def _setting(default: Any, unit: str, year: str, source: str, grade: str) -> Any:
    """Make a field that carries where its default comes from."""
    about = {"unit": unit, "year": year, "source": source, "grade": grade}
    return field(default=default, metadata=about)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSettings:
    """Shares of a sample place's made-up people. All shares in [0.01 %].

    Attributes
    ----------
    mainstream_bp, post_16_bp
        Of all pupils: mainstream over walking distance, young people at college.
    unit_bp, alternative_bp
        Of the other pupils: at a mainstream school's resourced unit, at alternative provision;
        the rest attends a special school.
    out_of_borough_bp, beyond_network_bp
        Of special school placements: outside the council's area; and of those, outside the road
        network.
    adult_days_per_week_c
        Mean days a week an adult attends. [0.01 days]
    occupancy_bp
        Places of a day service that may be taken on one day.
    """

    mainstream_bp: int = _setting(
        1_200, "share of pupils", "2026", "urban authority, England 55 % (DfE, Feb 2026)", "C"
    )
    post_16_bp: int = _setting(
        1_000, "share of pupils", "2026", f"{_DFE}: 55,000 of 558,000, Feb 2026", "A"
    )
    unit_bp: int = _setting(
        2_000, "share of SEND pupils", "2025-26", f"{_DFE}: secondary 11 %, primary 9 %", "A"
    )
    alternative_bp: int = _setting(
        500, "share of SEND pupils", "2025-26", f"{_DFE}: alternative provision 5 %", "A"
    )
    out_of_borough_bp: int = _setting(
        1_500, "share of special placements", "2026", "not published; setting", "C"
    )
    beyond_network_bp: int = _setting(
        800, "share of out-of-borough placements", "2026", _ISSUE, "C"
    )
    adult_days_per_week_c: int = _setting(
        250, "0.01 days a week", "2026", "about 130 of 260 on any day", "C"
    )
    occupancy_bp: int = _setting(10_000, "share of day service places", "2026", _ISSUE, "C")
    walk_factor_bp: int = _setting(
        13_000,
        "walk / straight line, not for eligibility decisions",
        "2026",
        "working assumption, near the median detour of a street network",
        "C",
    )
    stays_pmld_bp: int = _setting(7_000, "share of PMLD", "2026", _ISSUE, "C")
    stays_pd_bp: int = _setting(3_500, "share of PD", "2026", _ISSUE, "C")
    stays_other_bp: int = _setting(50, "share of other needs", "2026", _ISSUE, "C")
    stays_adult_bp: int = _setting(1_500, "share of adults", "2026", _ISSUE, "C")
    transfers_pmld_bp: int = _setting(1_500, "share of PMLD", "2026", _ISSUE, "C")
    transfers_pd_bp: int = _setting(2_500, "share of PD", "2026", _ISSUE, "C")
    transfers_other_bp: int = _setting(100, "share of other needs", "2026", _ISSUE, "C")
    transfers_adult_bp: int = _setting(800, "share of adults", "2026", _ISSUE, "C")
    lift_bp: int = _setting(
        150, "share of walking SEND passengers and adults", "2026", _ISSUE, "C"
    )
    shared_assistant_bp: int = _setting(
        4_500, "share of SEND pupils and adults", "2026", _ISSUE, "C"
    )
    one_to_one_bp: int = _setting(700, "share of SEND pupils and adults", "2026", _ISSUE, "C")
    named_bp: int = _setting(1_500, "share of one-to-one", "2026", _ISSUE, "C")
    trained_pmld_bp: int = _setting(2_500, "share of PMLD", "2026", _ISSUE, "C")
    trained_other_bp: int = _setting(40, "share of other SEND", "2026", _ISSUE, "C")
    alone_bp: int = _setting(400, "share of SEND pupils", "2026", _ISSUE, "C")
    two_seats_bp: int = _setting(150, "share of SEND passengers", "2026", _ISSUE, "C")
    apart_bp: int = _setting(300, "share of SEND passengers", "2026", _ISSUE, "C")
    siblings_bp: int = _setting(600, "share of pupils", "2026", _ISSUE, "C")
    two_homes_bp: int = _setting(400, "share of pupils", "2026", _ISSUE, "C")
    alternate_weeks_bp: int = _setting(3_000, "share of those", "2026", _ISSUE, "C")
    part_time_bp: int = _setting(300, "share of SEND pupils", "2026", _ISSUE, "C")
    alternate_day_bp: int = _setting(
        60, "share of pupils with a day in week A or B only", "2026", _ISSUE, "C"
    )
    one_way_bp: int = _setting(150, "share of pupils, out only", "2026", _ISSUE, "C")
    protected_bp: int = _setting(100, "share of passengers", "2026", _ISSUE, "C")
    received_pupil_bp: int = _setting(
        6_000, "share of SEND pupils; every primary pupil is", "2026", _ISSUE, "C"
    )
    received_adult_bp: int = _setting(4_000, "share of adults", "2026", _ISSUE, "C")
    received_times_bp: int = _setting(2_000, "share of received", "2026", _ISSUE, "C")
    pick_up_from_bp: int = _setting(2_500, "share of homes", "2026", _ISSUE, "C")
    walks_to_stop_bp: int = _setting(
        9_000, "share of mainstream secondary pupils", "2026", _ISSUE, "C"
    )
    own_limit_bp: int = _setting(300, "share of SEND passengers", "2026", _ISSUE, "C")
    barred_bp: int = _setting(80, "share of passengers", "2026", _ISSUE, "C")

    def __post_init__(self) -> None:
        for f in fields(self):
            value = getattr(self, f.name)
            limit = 500 if f.name == "adult_days_per_week_c" else None
            if f.name != "walk_factor_bp" and not 0 <= value <= (limit or 10_000):
                raise ValueError(f"{f.name} must lie between 0 and {limit or 10_000}: {value}")


def build_assumptions(
    settings: SampleSettings, overrides: Mapping[str, Override]
) -> tuple[Assumption, ...]:
    """Write the settings as rows of the assumptions table.

    A setting that is neither the default nor the place's own value says so in its source.
    """
    rows = []
    for f in fields(settings):
        value = getattr(settings, f.name)
        source, grade = "set by the user", "C"
        own = overrides.get(f.name)
        if own is not None and value == own.value:
            source, grade = own.source, own.grade
        elif own is None and value == f.default:
            source, grade = str(f.metadata["source"]), str(f.metadata["grade"])
        unit = str(f.metadata["unit"])
        rows.append(
            Assumption(
                name=f"sample.{f.name}",
                value=str(value),
                unit=f"0.01 % ({unit})" if f.name.endswith("_bp") else unit,
                year=str(f.metadata["year"]),
                source=source,
                grade=grade,
            )
        )
    return tuple(rows)
