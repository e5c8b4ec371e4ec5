"""A policy may give more than the law and never less; who gains and who loses follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.eligibility import Answer, Assessment
from data.errors import InputError
from data.inputs import Inputs
from data.passengers import Passenger, Phase
from data.places import Place, SiteKind
from data.samples import build_sample
from data.sources.deprivation import find_deciles
from scenarios.applicants import Applicant
from scenarios.changes import apply_changes
from scenarios.policy_study import (
    EqualityRow,
    build_equality_table,
    build_policy_scenario,
    compare_policies,
    suppress_small,
    suppress_table,
)
from scenarios.travel_policies import apply_policy, build_policy, build_statutory, read_policy

ON = date(2026, 9, 10)
EXAMPLES = Path(__file__).resolve().parents[2] / "docs/examples"
LAW = build_statutory()
SITE = next(s for s in build_sample("grid").sites if s.kind is SiteKind.SCHOOL)


def policy(**values: Any) -> Any:
    return build_policy({"policy_id": "p", "title": "P", **values}, Path("p.toml"))


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("under_8_walk_m", 3218.689, "ELIG-1"),
        ("from_8_walk_m", 4828.033, "ELIG-2"),
        ("low_income_walk_m", 4000, "ELIG-3 and ELIG-4"),
        ("low_income_drive_m", 9656.06, "ELIG-4"),
        ("belief_drive_m", 24140, "ELIG-5"),
        ("serves_special_needs", False, "ELIG-7"),
        ("serves_unsafe_routes", False, "ELIG-8"),
    ],
)
def test_a_statutory_right_cannot_be_switched_off(key: str, value: Any, rule: str) -> None:
    with pytest.raises(InputError) as refused:
        policy(**{key: value})
    (problem,) = refused.value.problems
    assert (problem.code, problem.column) == ("Y013", key)
    assert f"({rule})" in problem.cause


def test_the_law_itself_and_more_are_taken_and_every_fault_is_told() -> None:
    assert policy(from_8_walk_m=4828.032, low_income_drive_m=9656.064)
    with pytest.raises(InputError) as refused:
        policy(from_8_walk=1, post_16="some", under_8_walk_m=9999)
    assert sorted(p.code for p in refused.value.problems) == ["Y002", "Y003", "Y013"]


def test_the_shipped_policies_read() -> None:
    assert read_policy(EXAMPLES / "policy-two-miles.toml").from_8_walk_m == Decimal("3218.688")
    assert read_policy(EXAMPLES / "policy-law-only.toml").post_16 == "none"


def case(
    age: int, walk_m: int, answer: Answer, rule: str, **more: Any
) -> tuple[Applicant, Assessment]:
    phase = Phase.POST_16 if age > 15 else Phase.SECONDARY if age > 10 else Phase.PRIMARY
    need = more.pop("need", "")
    person = Passenger(
        passenger_id=more.pop("name", "P1"), name="", birth_date=date(2026 - age, 9, 9),
        phase=phase, need=need,
    )  # fmt: skip
    a = Applicant(
        case_id=person.passenger_id, passenger=person, birth_date=person.birth_date,
        phase=phase,
        home=Place(place_id=f"h{person.passenger_id}", easting_m=0, northing_m=0, lon=0, lat=0),
        is_home_a_postcode=False, site=SITE,
        low_income=more.pop("low_income", "none"),
        low_income_dated=date(2026, 8, 1),
        religion_or_belief=more.pop("belief", False),
    )  # fmt: skip
    found = Assessment(
        case_id=a.case_id, place="t", passenger_id=a.case_id, site_id="S", assessed_on=ON,
        answer=answer, rule=rule, reason="", walk_mm=walk_m * 1000, drive_mm=walk_m * 1000,
        school_rank=more.pop("rank", 1), schools=(), evidence=(), against=(), tested=(),
        roads="",
    )  # fmt: skip
    return a, found


@pytest.mark.parametrize(
    ("made", "given_by", "expected"),
    [
        # 9 years old, 2.5 miles: the law says no, two miles for everybody says yes
        (case(9, 4000, Answer.NO, "ELIG-2"), {}, ("no", "ELIG-2")),
        (case(9, 4000, Answer.NO, "ELIG-2"), {"from_8_walk_m": 3218.688},
         ("yes", "POLICY from_8_walk_m")),
        (case(9, 3218, Answer.NO, "ELIG-2"), {"from_8_walk_m": 3218.688}, ("no", "ELIG-2")),
        # not to a school that is not the nearest
        (case(9, 4000, Answer.NO, "ELIG-9", rank=2), {"from_8_walk_m": 3218.688},
         ("no", "ELIG-9")),
        # reception: four years old, before compulsory age
        (case(4, 4000, Answer.NO, "ELIG-10"), {}, ("no", "ELIG-10")),
        (case(4, 4000, Answer.NO, "ELIG-10"), {"starts_early": True},
         ("yes", "POLICY starts_early")),
        # a faith school whatever the income
        (case(12, 5000, Answer.NO, "ELIG-9", rank=4, belief=True),
         {"belief_any_income_drive_m": 5000}, ("yes", "POLICY belief_any_income_drive_m")),
        (case(12, 5000, Answer.NO, "ELIG-9", rank=4, belief=True),
         {"belief_any_income_drive_m": 4999}, ("no", "ELIG-9")),
        # post-16
        (case(16, 9000, Answer.REFER, "ELIG-11", need="asd"), {}, ("yes", "POLICY post_16")),
        (case(16, 9000, Answer.REFER, "ELIG-11"), {}, ("no", "ELIG-11")),
        (case(16, 9000, Answer.REFER, "ELIG-11"), {"post_16": "all"},
         ("yes", "POLICY post_16")),
        (case(16, 9000, Answer.REFER, "ELIG-11", need="asd"), {"post_16": "none"},
         ("no", "ELIG-11")),
        # what the law gives stays, and what it refers stays referred
        (case(9, 100, Answer.YES, "ELIG-7"), {}, ("yes", "ELIG-7")),
        (case(9, 100, Answer.REFER, "ELIG-7"), {}, ("refer", "ELIG-7")),
        # extended rights widened to 7 miles by road
        (case(12, 10_000, Answer.NO, "ELIG-9", rank=3, low_income="income_support"),
         {"low_income_drive_m": 11_000}, ("yes", "POLICY low_income_drive_m")),
    ],
)  # fmt: skip
def test_what_a_policy_gives(
    made: tuple[Applicant, Assessment], given_by: dict[str, Any], expected: tuple[str, str]
) -> None:
    found = apply_policy(*made, policy(**given_by))
    assert (found.answer.value, found.rule) == expected


@settings(deadline=None)
@given(
    st.integers(4, 18), st.integers(0, 9_000), st.sampled_from(list(Answer)),
    st.sampled_from(["ELIG-2", "ELIG-7", "ELIG-9", "ELIG-10"]), st.booleans(),
)  # fmt: skip
def test_no_policy_takes_a_statutory_yes(
    age: int, walk_m: int, answer: Answer, rule: str, starts: bool
) -> None:
    made = case(age, walk_m, answer, rule)
    given_more = policy(from_8_walk_m=0, under_8_walk_m=0, starts_early=starts, post_16="none")
    for p in (LAW, given_more):
        if answer is Answer.YES:
            assert apply_policy(*made, p).answer is Answer.YES
    if apply_policy(*made, LAW).answer is Answer.YES:
        assert apply_policy(*made, given_more).answer is Answer.YES


def test_gains_losses_and_the_equality_table_add_up() -> None:
    made = [case(9, 4000, Answer.NO, "ELIG-2", name=f"P{k}") for k in range(6)]
    made += [
        case(16, 9000, Answer.REFER, "ELIG-11", name=f"Q{k}", need="asd") for k in range(7)
    ]
    after = policy(from_8_walk_m=3218.688, post_16="none")
    cases = compare_policies([a for a, _ in made], [f for _, f in made], LAW, after)
    assert (sum(c.gains for c in cases), sum(c.loses for c in cases)) == (6, 7)
    table = build_equality_table(cases, {"hP0": 1, "hQ0": 10}, ON)
    for heading in ("Need", "Age", "Deprivation"):
        rows = [r for r in table if r.heading == heading]
        assert sum(r.n_assessed for r in rows) == 13
        assert (sum(r.n_gain for r in rows), sum(r.n_lose for r in rows)) == (6, 7)
    by_group = {r.group: r for r in table}
    assert (by_group["8 to 10"].n_gain, by_group["16 to 18"].n_lose) == (6, 7)
    assert by_group["not known"].n_assessed == 11


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([12, 3, 40, 0], (None, None, 40, 0)),
        ([12, 3, 2, 40], (12, None, None, 40)),
        ([5, 6], (5, 6)),
        ([4], (None,)),
        ([4, 0, 0], (None, 0, 0)),
        ([], ()),
    ],
)
def test_small_numbers_are_hidden_and_cannot_be_worked_out(
    counts: list[int], shown: tuple[int | None, ...]
) -> None:
    assert suppress_small(counts) == shown


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), max_size=8))
def test_with_others_in_the_column_never_one_count_alone_is_hidden(counts: list[int]) -> None:
    shown = suppress_small(counts)
    hidden = [n for n, s in zip(counts, shown, strict=True) if s is None]
    assert all(s is None or s == 0 or s >= 5 for s in shown)
    others = sum(n > 0 for n in counts)
    assert len(hidden) != 1 or others == 1


def row(group: str, *counts: int) -> EqualityRow:
    names = ("n_assessed", "n_before", "n_after", "n_gain", "n_lose")
    return EqualityRow(
        heading="Need", group=group, n_refer=0, **dict(zip(names, counts, strict=True))
    )


def test_a_loss_of_two_does_not_follow_from_before_and_after() -> None:
    shown = suppress_table([row("a", 96, 20, 18, 0, 2), row("b", 30, 20, 10, 0, 10)])
    # a's loss of 2 is hidden, its count after with it, and one more of each column
    assert shown == ((96, 20, None, 0, None), (30, 20, None, 0, None))
    assert suppress_table([row("a", 9, 9, 9, 0, 0)]) == ((9, 9, 9, 0, 0),)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 40)).map(
            lambda t: row("x", t[2] + t[0] + t[1] + 40, t[2] + t[1], t[2] + t[0], t[0], t[1])
        ),
        max_size=6,
    )
)
def test_no_row_of_a_table_hides_a_count_that_follows(rows: list[EqualityRow]) -> None:
    for counts, found in zip(rows, suppress_table(rows), strict=True):
        values = [getattr(counts, n) for n in ("n_before", "n_after", "n_gain", "n_lose")]
        hidden = [n for n, s in zip(values, found[1:], strict=True) if s is None]
        assert all(s is None or s == 0 or s >= 5 for s in found)
        assert len(hidden) != 1


def test_who_is_carried_under_a_policy_is_planned_for() -> None:
    inputs: Inputs = build_sample("grid")
    first, second = inputs.passengers[:2]
    a, found = case(9, 4000, Answer.NO, "ELIG-2")
    b, other = case(9, 4000, Answer.REFER, "ELIG-2")
    new, given_travel = case(12, 9000, Answer.YES, "ELIG-2", name="A1")
    new = replace(new, passenger=None, home=replace(new.home, easting_m=588_000,
                                                    northing_m=186_000))  # fmt: skip
    cases = compare_policies(
        [replace(a, passenger=first), replace(b, passenger=second), new],
        [found, other, given_travel], LAW, LAW,
    )  # fmt: skip
    story = build_policy_scenario(cases, LAW, is_after=True, file_name="after")
    draft = apply_changes(inputs, story.changes, seed=1)
    ids = {p.passenger_id for p in draft.inputs.passengers}
    assert first.passenger_id not in ids  # no duty
    assert second.passenger_id in ids  # referred: stays aboard until a person decides
    assert "A1" in ids
    assert {d.direction for d in draft.inputs.demands if d.passenger_id == "A1"} == {
        "out", "home",
    }  # fmt: skip


def test_deprivation_is_known_where_small_areas_ship() -> None:
    oakham = Place(place_id="h", easting_m=486_000, northing_m=308_800, lon=0, lat=0)
    assert 1 <= find_deciles("rutland", [oakham])["h"] <= 10
    assert find_deciles("elsewhere", [oakham]) == {}
    assert find_deciles("southend", [oakham]) == {}  # 150 km away
