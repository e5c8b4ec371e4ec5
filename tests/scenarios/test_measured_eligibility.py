"""Distances measured on roads, gates and nearest schools, put to the statutory tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from data.eligibility import Answer, Assessment
from data.errors import InputError
from data.inputs import Inputs
from data.passengers import AssistantNeed, Demand, Direction, Passenger, Phase
from data.places import Gate, Home, Site, SiteKind
from data.samples import build_sample
from data.sources.qualifying import School
from scenarios.applicants import build_applicants, read_applicants
from scenarios.measured_eligibility import MeasureRules, assess_applicants, find_school_age
from tests.routing.roads import ORIGIN, draw_network, place_at

ON = date(2026, 9, 10)
# One straight road of 12 km; the school's own place is at its west end.
ROAD = draw_network({"w": (0, 0), "e": (12_000, 0)}, (("w", "e"),))


def build_town(home_m: int, *, school_m: int = 0, age: int = 9) -> Inputs:
    """Build one pupil on the road, a school on it, and nothing else."""
    base = build_sample("grid")
    site = replace(
        next(s for s in base.sites if s.kind is SiteKind.SCHOOL),
        site_id="100001", name="West School", place_id="school", note="",
    )  # fmt: skip
    pupil = Passenger(
        passenger_id="P1",
        name="Passenger 1",
        birth_date=date(ON.year - age, 9, 9),
        phase=Phase.PRIMARY if age < 11 else Phase.SECONDARY,
    )
    return replace(
        base,
        places=(place_at("home", home_m, 0), place_at("school", school_m, 0)),
        passengers=(pupil,),
        homes=(Home(home_id="H1", passenger_id="P1", place_id="home"),),
        demands=(
            Demand(
                demand_id="D1", passenger_id="P1", site_id="100001", home_id="H1",
                direction=Direction.OUT,
            ),
        ),
        sites=(site,),
        pick_up_points=(), locks=(), current_routes=(), depots=(), vehicles=(), crews=(),
    )  # fmt: skip


def school_at(urn: str, metres: int, **values: object) -> School:
    plain = School(
        urn=urn, name=f"School {urn}", kind="Community school",
        easting_m=round(ORIGIN[0]) + metres, northing_m=round(ORIGIN[1]),
        age_from=4, age_to=15,
    )  # fmt: skip
    return replace(plain, **values)  # type: ignore[arg-type]


def assess(inputs: Inputs, *register: School, **options: object) -> Assessment:
    """Assess the one pupil, whose family is recorded to have no low income."""
    cases = [replace(a, low_income="none") for a in build_applicants(inputs)]
    (found,) = assess_applicants(cases, inputs, ROAD, register, on=ON, **options)  # type: ignore[arg-type]
    return found


def test_the_walk_decides_to_the_metre_at_three_miles() -> None:
    # 3 miles are 4 828.032 m: 4 828 is within, 4 829 beyond
    within, beyond = assess(build_town(4_828)), assess(build_town(4_829))
    assert (within.answer, within.rule, within.walk_mm) == (Answer.NO, "ELIG-2", 4_828_000)
    assert (beyond.answer, beyond.rule, beyond.school_rank) == (Answer.YES, "ELIG-2", 1)
    # and at two for a child of seven: 3 218.688 m
    assert assess(build_town(3_218, age=7)).answer is Answer.NO
    assert assess(build_town(3_219, age=7)).rule == "ELIG-1"


def test_the_nearest_gate_is_walked_to() -> None:
    inputs = build_town(4_900)
    gates = (
        Gate(gate_id="G1", site_id="100001", name="Back lane", place_id="gate1"),
        Gate(gate_id="G2", site_id="100001", name="", place_id="gate2"),
    )
    places = (*inputs.places, place_at("gate1", 100, 0), place_at("gate2", 30, 0))
    found = assess(replace(inputs, gates=gates, places=places))
    # 4 800 m to the back lane, 4 870 m to the other, 4 900 m to the site's own place
    assert (found.answer, found.walk_mm) == (Answer.NO, 4_800_000)
    assert found.schools[0].gate == "Back lane"


def test_a_nearer_suitable_school_ends_the_duty() -> None:
    found = assess(build_town(6_000), school_at("2", 3_000))
    assert (found.answer, found.rule, found.school_rank) == (Answer.NO, "ELIG-9", 2)
    assert [s.school_id for s in found.schools] == ["2", "100001"]


@pytest.mark.parametrize(
    "other",
    [
        school_at("2", 3_000, is_qualifying=False),
        school_at("2", 3_000, is_special=True),
        school_at("2", 3_000, age_from=11),
        school_at("2", 6_001 + 6_000),
        school_at("100001", 3_000),  # the school attended itself, elsewhere in the register
    ],
)
def test_what_is_no_nearer_suitable_school(other: School) -> None:
    assert assess(build_town(6_000), other).school_rank == 1


def test_a_full_school_is_not_the_nearest() -> None:
    rules = MeasureRules(full_schools=frozenset({"2"}))
    assert assess(build_town(6_000), school_at("2", 3_000), rules=rules).answer is Answer.YES


def test_a_school_off_the_map_leaves_the_rank_open_only_where_it_could_be_nearer() -> None:
    # 1 000 m beside the road: no way leads there
    near = school_at("2", 5_000, northing_m=round(ORIGIN[1]) + 1_000)
    found = assess(build_town(6_000), near)
    assert (found.answer, found.rule, found.school_rank) == (Answer.REFER, "ELIG-2", None)
    assert "School 2" in found.against[0]
    far = school_at("2", 5_000, northing_m=round(ORIGIN[1]) + 9_000)
    assert assess(build_town(6_000), far).school_rank == 1


def test_needs_on_record_are_never_answered_no_by_distance() -> None:
    inputs = build_town(1_000)
    (pupil,) = inputs.passengers
    found = assess(replace(inputs, passengers=(replace(pupil, need="asd"),)))
    assert (found.answer, found.rule) == (Answer.REFER, "ELIG-7")
    helped = replace(pupil, assistant=AssistantNeed.SHARED)
    assert assess(replace(inputs, passengers=(helped,))).answer is Answer.REFER


def test_a_walk_much_longer_than_the_drive_is_for_a_person() -> None:
    # The road is open to vehicles only one way round on foot: 2 km driven, 10 km walked.
    ring = draw_network(
        {"a": (0, 0), "b": (2_000, 0), "c": (2_000, 4_000), "d": (0, 4_000)},
        (("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")),
    )
    inputs = build_town(0, school_m=2_000)
    (found,) = assess_applicants(
        build_applicants(inputs), inputs, ring, (), on=ON,
        rules=MeasureRules(unavailable_ways=(100,)),
    )  # fmt: skip
    assert found.walk_mm == 10_000_000
    assert (found.answer, found.rule) == (Answer.REFER, "ELIG-2")


@pytest.mark.parametrize(
    "flag", ["schematic_network", "no_footpaths", "not_for_eligibility", "not_english_law"]
)
def test_unfit_roads_are_refused_and_a_trial_is_marked(flag: str) -> None:
    inputs = build_town(6_000)
    unfit = replace(ROAD, flags=(flag,))
    with pytest.raises(InputError, match="W010"):
        assess_applicants(build_applicants(inputs), inputs, unfit, (), on=ON)
    (found,) = assess_applicants(
        build_applicants(inputs), inputs, unfit, (), on=ON, is_trial=True
    )
    assert found.is_trial
    assert not assess(inputs, is_trial=True).is_trial  # fit roads need no mark


HEADER = (
    "case_id,passenger_id,birth_date,phase,postcode,easting_m,northing_m,school,low_income,"
    "low_income_dated,religion_or_belief,plan_names_school,send_reason,unsafe_reason\n"
)


def test_evidence_of_a_table_is_used_and_applicants_are_added(tmp_path: Path) -> None:
    inputs = build_town(4_000)
    east, north = round(ORIGIN[0]) + 5_000, round(ORIGIN[1])
    table = tmp_path / "cases.csv"
    table.write_text(
        HEADER
        + "x1,P1,,,,,,,uc_earnings_7400,2026-08-01,no,no,,\n"
        + f"A1,,2015-01-01,secondary,,{east},{north},100001,none,,no,no,,\n"
    )
    cases = build_applicants(inputs, read_applicants(table), file="cases.csv")
    first, second = assess_applicants(cases, inputs, ROAD, (), on=ON)
    # age 9 with low income: over 2 miles, nearest school
    assert (first.case_id, first.answer, first.rule) == ("P1", Answer.YES, "ELIG-3")
    assert (second.case_id, second.walk_mm, second.answer) == ("A1", 5_000_000, Answer.YES)


def test_a_table_that_contradicts_the_inputs_is_refused_with_every_problem(
    tmp_path: Path,
) -> None:
    table = tmp_path / "cases.csv"
    table.write_text(
        HEADER
        + "x1,P1,2015-01-01,,,,,,,,,,,\n"
        + "x2,P9,,,,,,,,,,,,\n"
        + "x3,,2015-01-01,secondary,,,,100001,,,,,,\n"
        + "x4,,2015-01-01,secondary,,588000,186000,nosuch,,,,,,\n"
    )
    with pytest.raises(InputError) as refused:
        build_applicants(build_town(1_000), read_applicants(table), file="cases.csv")
    assert [(p.code, p.row, p.column) for p in refused.value.problems] == [
        ("Q008", 2, "birth_date"), ("Q006", 3, "passenger_id"),
        ("Q008", 4, "postcode"), ("Q006", 5, "school"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(2021, 8, 31), date(2026, 9, 10), 5),  # year 1
        (date(2021, 9, 1), date(2026, 9, 10), 4),  # reception
        (date(2021, 9, 1), date(2027, 8, 31), 4),
        (date(2021, 9, 1), date(2027, 9, 1), 5),
    ],
)
def test_the_school_age_is_that_of_the_thirty_first_of_august(
    born: date, on: date, age: int
) -> None:
    assert find_school_age(born, on) == age


def test_special_placements_are_taken_as_named() -> None:
    inputs = build_town(6_000)
    (site,) = inputs.sites
    special: Site = replace(site, kind=SiteKind.SPECIAL_SCHOOL)
    found = assess(replace(inputs, sites=(special,)), school_at("2", 3_000))
    assert (found.answer, found.school_rank) == (Answer.YES, 1)
    assert any("see the plan" in text for text in found.against)
