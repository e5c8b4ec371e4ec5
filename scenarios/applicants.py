"""Whom to assess: the inputs' passengers, and others of a table, each with the evidence held.

A row with a passenger_id adds evidence to somebody in the inputs; a row without is an applicant
with an address and a school of their own. Nothing here is a decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from data.errors import InputError, Problem, Severity
from data.imports.headings import find_near
from data.imports.plain_cells import Day, Text, Whole, YesNo
from data.imports.single import TableRow, read_single_table
from data.inputs import Inputs
from data.passengers import Direction, Passenger, Phase
from data.places import Place, Site
from data.sources.postcodes import PostcodeTable, normalise_postcode
from scenarios.eligibility_cases import read_phase
from scenarios.income import CODES


def _read_code(value: Any) -> str:
    word = str(value).strip().casefold().replace(" ", "_")
    if word not in CODES:
        raise ValueError(f"It is none of {', '.join(CODES)}")
    return word


def _read_plan(value: Any) -> str:
    word = str(value).strip().casefold()
    if word not in ("yes", "no", "preference"):
        raise ValueError("It is none of yes, no, preference")
    return word


class ApplicantRow(BaseModel):
    """One row of the table of applicants and evidence; a blank cell is something not known."""

    case_id: Annotated[Text, Field(min_length=1, max_length=80)]
    passenger_id: Text = ""
    birth_date: Day | None = None
    phase: Annotated[Phase, BeforeValidator(read_phase)] | None = None
    postcode: Text = ""
    easting_m: Whole | None = None
    northing_m: Whole | None = None
    school: Text = ""
    low_income: Annotated[str, BeforeValidator(_read_code)] = ""
    low_income_dated: Day | None = None
    religion_or_belief: YesNo | None = None
    plan_names_school: Annotated[str, BeforeValidator(_read_plan)] = ""
    send_reason: Text = ""
    unsafe_reason: Text = ""


SECRET = frozenset(
    {
        "birth_date",
        "postcode",
        "easting_m",
        "northing_m",
        "low_income",
        "low_income_dated",
        "religion_or_belief",
        "plan_names_school",
        "send_reason",
        "unsafe_reason",
    }
)
"""Columns whose values are never shown in a report of problems."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """One case to be measured and assessed.

    Attributes
    ----------
    passenger
        Where the case is somebody of the inputs; None for an applicant who is not carried.
    home
        Where the walk begins.
    is_home_a_postcode
        The position is that of about 15 homes, not of the door.
    site
        The school attended.
    plan_names_school
        ``yes``, ``no``, ``preference`` (named at the parents' wish) or '' for not known.
    """

    case_id: str
    passenger: Passenger | None
    birth_date: date | None
    phase: Phase | None
    home: Place
    is_home_a_postcode: bool
    site: Site
    low_income: str = ""
    low_income_dated: date | None = None
    religion_or_belief: bool | None = None
    plan_names_school: str = ""
    send_reason: str = ""
    unsafe_reason: str = ""


def read_applicants(path: Path) -> tuple[TableRow[ApplicantRow], ...]:
    """Read the table of applicants and evidence, CSV or workbook.

    Raises
    ------
    InputError
        With every problem of the table (Q001 to Q005).
    """
    return read_single_table(path, ApplicantRow, key="case_id", secret=SECRET)


def build_applicants(
    inputs: Inputs,
    rows: Sequence[TableRow[ApplicantRow]] = (),
    *,
    file: str = "",
    postcodes: PostcodeTable | None = None,
) -> tuple[Applicant, ...]:
    """Build the cases: every pupil of the inputs with their evidence, then the applicants.

    Adults are assessed for a service, not a school, and are left out. A passenger with several
    homes or schools is a case for each, numbered behind the passenger's id.

    Parameters
    ----------
    postcodes
        Where rows with a postcode are placed.

    Raises
    ------
    InputError
        Q006 for a passenger, school or postcode that is not known, Q008 for a row that says
        too little or contradicts the inputs.
    """
    problems: list[Problem] = []
    sites = {s.site_id: s for s in inputs.sites}
    places = {p.place_id: p for p in inputs.places}
    passengers = {p.passenger_id: p for p in inputs.passengers}
    evidence: dict[str, ApplicantRow] = {}
    others: list[TableRow[ApplicantRow]] = []
    for row in rows:
        value = row.value
        if not value.passenger_id:
            others.append(row)
        elif value.passenger_id not in passengers:
            problems.append(_blame("Q006", file, row, "passenger_id", "No such passenger."))
        elif value.passenger_id in evidence:
            problems.append(_blame("Q004", file, row, "passenger_id", "It stands twice."))
        else:
            evidence[value.passenger_id] = value
            problems += _find_contradictions(value, file, row)
    found = _list_passengers(inputs, evidence, places, sites)
    taken = {a.case_id for a in found}
    for row in others:
        if row.value.case_id in taken:
            problems.append(_blame("Q004", file, row, "case_id", "A passenger has this id."))
            continue
        built = _build_other(row, file, sites, postcodes, problems)
        if built is not None:
            found.append(built)
    if problems:
        raise InputError(problems)
    return tuple(found)


def _find_contradictions(
    value: ApplicantRow, file: str, row: TableRow[ApplicantRow]
) -> list[Problem]:
    """Refuse facts that the inputs hold already: one place for each fact."""
    names = ("birth_date", "phase", "postcode", "easting_m", "northing_m", "school")
    return [
        _blame("Q008", file, row, name, "The inputs hold this for the passenger; leave blank.")
        for name in names
        if getattr(value, name) not in (None, "")
    ]


def _list_passengers(
    inputs: Inputs,
    evidence: dict[str, ApplicantRow],
    places: dict[str, Place],
    sites: dict[str, Site],
) -> list[Applicant]:
    home_place = {h.home_id: h.place_id for h in inputs.homes}
    journeys: dict[str, list[tuple[str, str]]] = {}
    for d in sorted(inputs.demands, key=lambda d: d.demand_id):
        pair = (home_place[d.home_id], d.site_id)
        held = journeys.setdefault(d.passenger_id, [])
        if d.direction is Direction.OUT and pair not in held:
            held.append(pair)
    found = []
    for p in sorted(inputs.passengers, key=lambda p: p.passenger_id):
        mine = journeys.get(p.passenger_id, [])
        if p.phase is Phase.ADULT:
            continue
        row = evidence.get(p.passenger_id)
        for n, (place_id, site_id) in enumerate(mine):
            if sites[site_id].is_day_service:
                continue
            name = p.passenger_id if len(mine) == 1 else f"{p.passenger_id}-{n + 1}"
            found.append(
                Applicant(
                    case_id=name,
                    passenger=p,
                    birth_date=p.birth_date,
                    phase=p.phase,
                    home=places[place_id],
                    is_home_a_postcode=False,
                    site=sites[site_id],
                    low_income="" if row is None else row.low_income,
                    low_income_dated=None if row is None else row.low_income_dated,
                    religion_or_belief=None if row is None else row.religion_or_belief,
                    plan_names_school="" if row is None else row.plan_names_school,
                    send_reason="" if row is None else row.send_reason,
                    unsafe_reason="" if row is None else row.unsafe_reason,
                )
            )
    return found


def _build_other(
    row: TableRow[ApplicantRow],
    file: str,
    sites: dict[str, Site],
    postcodes: PostcodeTable | None,
    problems: list[Problem],
) -> Applicant | None:
    """Build somebody who is not in the inputs; None with a problem noted."""
    value = row.value
    if value.school not in sites:
        hint = find_near(value.school, list(sites)) if value.school else ""
        cause = f"The inputs hold no such site{hint}." if value.school else "It is blank."
        problems.append(_blame("Q006", file, row, "school", cause))
        return None
    point: tuple[int, int] | None = None
    is_postcode = value.easting_m is None or value.northing_m is None
    if not is_postcode:
        point = (value.easting_m or 0, value.northing_m or 0)
    elif value.postcode:
        normal = normalise_postcode(value.postcode)
        point = postcodes.find(normal) if postcodes is not None and normal else None
    if point is None:
        cause = "The home has neither a position nor a postcode that the table knows."
        problems.append(_blame("Q008", file, row, "postcode", cause))
        return None
    return Applicant(
        case_id=value.case_id,
        passenger=None,
        birth_date=value.birth_date,
        phase=value.phase,
        home=Place(
            place_id=f"applicant/{value.case_id}",
            easting_m=point[0],
            northing_m=point[1],
            lon=0.0,
            lat=0.0,
        ),
        is_home_a_postcode=is_postcode,
        site=sites[value.school],
        low_income=value.low_income,
        low_income_dated=value.low_income_dated,
        religion_or_belief=value.religion_or_belief,
        plan_names_school=value.plan_names_school,
        send_reason=value.send_reason,
        unsafe_reason=value.unsafe_reason,
    )


def _blame(
    code: str, file: str, row: TableRow[ApplicantRow], column: str, cause: str
) -> Problem:
    return Problem(
        code=code,
        severity=Severity.ERROR,
        file=file,
        row=row.number,
        column=column,
        cause=cause,
        suggestion="Correct the row.",
    )
