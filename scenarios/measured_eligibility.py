"""Cases measured on the roads and put to the statutory tests, with all that they stand on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from data.eligibility import Answer, Assessment, RuleOutcome
from data.errors import InputError, Problem, Severity
from data.inputs import Inputs
from data.networks import RoadNetwork
from data.passengers import AssistantNeed, Passenger, Wheelchair
from data.places import Place, SiteKind
from data.sources.qualifying import School
from scenarios.applicants import Applicant
from scenarios.eligibility import (
    EligibilityCase,
    EligibilityFinding,
    assess_case,
    find_age,
)
from scenarios.income import judge_income
from scenarios.school_distances import (
    Destination,
    Measured,
    Question,
    build_entrances,
    measure_schools,
)

DETOUR_SHARE, DETOUR_M = Decimal("1.25"), Decimal(400)
"""A walk longer than this share of the drive and so many metres is looked at by a person."""
POSTCODE_MARGIN_M = Decimal(100)
"""A postcode point may be this far from the door; near a limit a person measures. [m]"""

UNFIT = {
    "schematic_network": "the roads are a schematic stand-in, not streets",
    "no_footpaths": "the roads have no footpaths",
    "not_for_eligibility": "the roads are marked as not for eligibility decisions",
    "not_english_law": "the area is not under the law of England",
}
"""Flags of a network that no decision may stand on."""

_URN = re.compile(r"\bURN (\d{6})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRules:
    """How distances are taken.

    Attributes
    ----------
    is_ranked_by_road
        The nearest school is that by road instead of on foot (local policy).
    full_schools
        Register numbers of schools without a place, or not suitable: never the nearest, but
        for those who attend them.
    unavailable_ways
        Ways that are no available walk, besides those the network leaves out.
    """

    is_ranked_by_road: bool = False
    full_schools: frozenset[str] = frozenset()
    unavailable_ways: tuple[int, ...] = ()


def find_unfit(network: RoadNetwork) -> tuple[str, ...]:
    """Find why no decision may stand on a network, in words; empty where one may."""
    return tuple(words for flag, words in UNFIT.items() if flag in network.flags)


def refuse_unfit(network: RoadNetwork) -> None:
    """Refuse roads that no decision may stand on.

    Raises
    ------
    InputError
        W010, with every reason.
    """
    found = find_unfit(network)
    if found:
        raise InputError(
            [
                Problem(
                    code="W010",
                    severity=Severity.ERROR,
                    value=network.name,
                    cause=f"No eligibility decision may stand on these roads: {why}.",
                    suggestion="Load real roads with footpaths (`wayfare roads import`), or "
                    "look at figures that are marked and not kept with --trial.",
                )
                for why in found
            ]
        )


def assess_applicants(
    applicants: Sequence[Applicant],
    inputs: Inputs,
    network: RoadNetwork,
    register: Sequence[School],
    *,
    on: date,
    rules: MeasureRules | None = None,
    is_trial: bool = False,
) -> tuple[Assessment, ...]:
    """Measure and assess every applicant, in order.

    Parameters
    ----------
    register
        Schools that may be the nearest suitable one.
    on
        Date of the assessment.
    is_trial
        Go on with roads that no decision may stand on; every result is marked.

    Raises
    ------
    InputError
        If the roads are unfit and this is no trial.
    """
    used = rules or MeasureRules()
    if not is_trial:
        refuse_unfit(network)
    sites = _build_sites(inputs)
    others = _build_others(inputs, register, used)
    questions = [_ask(a, sites, others, register, on) for a in applicants]
    found = measure_schools(
        questions,
        network,
        is_ranked_by_road=used.is_ranked_by_road,
        unavailable_ways=used.unavailable_ways,
    )
    roads = f"{network.name} {network.fingerprint[:12]}"
    marked = is_trial and bool(find_unfit(network))
    return tuple(
        _assess(a, m, place=inputs.place, on=on, roads=roads, is_trial=marked)
        for a, m in zip(applicants, found, strict=True)
    )


def find_urn(site_id: str, note: str) -> str:
    """Find a site's number in the register: its id, or ``URN 123456`` in its note; else ''."""
    if re.fullmatch(r"\d{6}", site_id):
        return site_id
    found = _URN.search(note)
    return found[1] if found else ""


def _build_sites(inputs: Inputs) -> dict[str, Destination]:
    places = {p.place_id: p for p in inputs.places}
    gates: dict[str, list[tuple[str, Place]]] = {}
    for gate in inputs.gates:
        name = gate.name or gate.gate_id
        gates.setdefault(gate.site_id, []).append((name, places[gate.place_id]))
    return {
        s.site_id: Destination(
            school_id=find_urn(s.site_id, s.note) or s.site_id,
            name=s.name,
            place=places[s.place_id],
            entrances=build_entrances(places[s.place_id], gates.get(s.site_id, [])),
        )
        for s in inputs.sites
    }


def _build_others(
    inputs: Inputs, register: Sequence[School], rules: MeasureRules
) -> dict[str, Destination]:
    """Build the schools of the register that anybody may attend, by register number.

    A school that is a site of the inputs too has the site's position and gates.
    """
    known = {d.school_id: d for d in _build_sites(inputs).values()}
    found = {}
    for school in register:
        if not school.is_qualifying or school.is_special or school.urn in rules.full_schools:
            continue
        place = Place(
            place_id=f"register/{school.urn}",
            easting_m=school.easting_m,
            northing_m=school.northing_m,
            lon=0.0,
            lat=0.0,
        )
        found[school.urn] = known.get(school.urn) or Destination(
            school_id=school.urn,
            name=school.name,
            place=place,
            entrances=build_entrances(place, ()),
        )
    return found


def find_school_age(born: date, on: date) -> int:
    """Find the age on 31 August before the school year that a date lies in."""
    year = on.year if on.month >= 9 else on.year - 1
    return find_age(born, date(year, 8, 31))


def _ask(
    a: Applicant,
    sites: dict[str, Destination],
    others: dict[str, Destination],
    register: Sequence[School],
    on: date,
) -> Question:
    attended = sites[a.site.site_id]
    near: list[Destination] = []
    if a.birth_date is not None and not _is_placed(a):
        age = find_school_age(a.birth_date, on)
        near = [
            others[s.urn]
            for s in register
            if s.urn in others and s.takes(age) and s.urn != attended.school_id
        ]
    return Question(case_id=a.case_id, home=a.home, attended=attended, others=tuple(near))


def _is_placed(a: Applicant) -> bool:
    """Whether the school was chosen by a plan or the council, so that none is compared."""
    if a.plan_names_school == "yes":
        return True
    return a.plan_names_school == "" and a.site.kind in (
        SiteKind.SPECIAL_SCHOOL,
        SiteKind.ALTERNATIVE_PROVISION,
    )


def _assess(
    a: Applicant, m: Measured, *, place: str, on: date, roads: str, is_trial: bool
) -> Assessment:
    is_low_income, income = judge_income(a.low_income, a.low_income_dated, on)
    rank = m.rank
    evidence, against = [income], list(m.notes)
    if a.plan_names_school == "preference":
        rank = None
        against.append("The plan names the school at the parents' wish: ELIG-9 for a person.")
    elif _is_placed(a):
        named = "named in the plan" if a.plan_names_school else "a special placement"
        evidence.append(f"The school is {named}: taken as the nearest suitable one.")
        if not a.plan_names_school:
            against.append("That no nearer school would be suitable is assumed: see the plan.")
    case = EligibilityCase(
        case_id=a.case_id,
        birth_date=a.birth_date,
        assessment_date=on,
        walk_m=_metres(m.attended.walk_mm),
        drive_m=_metres(m.attended.drive_mm),
        is_low_income=is_low_income,
        school_rank=rank,
        is_faith_school=a.religion_or_belief,
        send_reason=a.send_reason,
        unsafe_reason=a.unsafe_reason,
        phase=a.phase,
    )
    found = assess_case(case)
    found, doubts = _doubt(a, case, found)
    against += doubts
    against += [f"{t.rule} not met: {t.reason}" for t in found.tested if t.outcome is False]
    against += [f"{t.rule} not known: {t.reason}" for t in found.tested if t.outcome is None]
    if m.attended.gate:
        evidence.append(f"Walk measured to the gate {m.attended.gate}.")
    if a.send_reason:
        evidence.append("A SEND or mobility reason is recorded (ELIG-7).")
    if a.unsafe_reason:
        evidence.append("An unsafe route is recorded (ELIG-8).")
    return Assessment(
        case_id=a.case_id,
        place=place,
        passenger_id="" if a.passenger is None else a.passenger.passenger_id,
        site_id=a.site.site_id,
        assessed_on=on,
        answer=found.eligible,
        rule=found.rule,
        reason=found.reason,
        walk_mm=m.attended.walk_mm,
        drive_mm=m.attended.drive_mm,
        school_rank=rank,
        schools=m.schools,
        evidence=tuple(evidence),
        against=tuple(against),
        tested=found.tested,
        roads=roads,
        is_trial=is_trial,
    )


def _metres(value_mm: int | None) -> Decimal | None:
    return None if value_mm is None else Decimal(value_mm) / 1000


def _doubt(
    a: Applicant, case: EligibilityCase, found: EligibilityFinding
) -> tuple[EligibilityFinding, list[str]]:
    """Refer what a measurement or a missing record could turn round."""
    needs = _describe_needs(a.passenger)
    if found.eligible is Answer.NO and needs and not a.send_reason and found.rule != "ELIG-10":
        reason = f"needs are recorded ({needs}), but no reason whether they can walk."
        tested = (*found.tested, RuleOutcome(rule="ELIG-7", outcome=None, reason=reason))
        return (
            replace(found, eligible=Answer.REFER, rule="ELIG-7", reason=reason, tested=tested),
            [f"By distance alone: no by {found.rule}: {found.reason}"],
        )
    if _is_detour(case):
        as_driven = assess_case(replace(case, walk_m=case.drive_m))
        if as_driven.eligible != found.eligible:
            reason = (
                f"the walk is {case.walk_m} m and the drive {case.drive_m} m: may the roads "
                f"that are driven be walked? {found.reason}"
            )
            words = f"By the walk on the map: {found.eligible}, {found.rule}; along the "
            doubt = f"{words}roads driven: {as_driven.eligible}, {as_driven.rule}."
            return replace(found, eligible=Answer.REFER, reason=reason), [doubt]
    if a.is_home_a_postcode and case.walk_m is not None:
        low, high = (
            assess_case(
                replace(
                    case,
                    walk_m=max(Decimal(0), case.walk_m + step),
                    drive_m=None
                    if case.drive_m is None
                    else max(Decimal(0), case.drive_m + step),
                )
            )
            for step in (-POSTCODE_MARGIN_M, POSTCODE_MARGIN_M)
        )
        if {low.eligible, high.eligible} != {found.eligible}:
            reason = (
                f"within {POSTCODE_MARGIN_M} m of a limit, and the home is placed by its "
                f"postcode; {found.reason}"
            )
            return (
                replace(found, eligible=Answer.REFER, reason=reason),
                [f"At the postcode point: {found.eligible}, {found.rule}."],
            )
    return found, []


def _is_detour(case: EligibilityCase) -> bool:
    """Whether the walk is so much longer than the drive that the map may lack a path."""
    if case.walk_m is None or case.drive_m is None:
        return False
    return case.walk_m > case.drive_m * DETOUR_SHARE + DETOUR_M


def _describe_needs(p: Passenger | None) -> str:
    """Name recorded needs without saying which condition."""
    if p is None:
        return ""
    words = []
    if p.wheelchair is not Wheelchair.NONE or p.needs_lift:
        words.append("wheelchair or lift")
    if p.assistant is not AssistantNeed.NONE or p.assistant_id:
        words.append("assistant")
    if p.need:
        words.append("plan")
    return ", ".join(words)
