"""Travel training: who may be asked, and a study of made-up people on real streets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from costing import build_cost_model
from data.demand import find_day_type
from data.passengers import Direction, Phase, Wheelchair
from data.samples import build_sample
from data.samples.timetables import build_sample_timetable
from data.training import (
    Candidate,
    TrainingStudy,
)
from routing import build_sample_network, find_violations, optimise, repair_plan
from scenarios import (
    Search,
    TrainingSearch,
    build_case_matrix,
    build_training_scenario,
    build_training_study,
    find_candidates,
)
from scenarios.changes.offers import is_candidate
from scenarios.definition import build_scenario
from scenarios.training.values import find_duty_values
from tests.scenarios.hand_made_training import (
    NUMBERS,
)


class Newport:
    """Made-up people on Newport's real streets and buses, and a plan of their day."""

    def __init__(self) -> None:
        self.inputs = build_sample("newport", n_passengers=60, n_sites=8)
        self.network = build_sample_network("newport")
        self.timetable = build_sample_timetable("newport")
        self.on = date(2023, 6, 14)
        self.found = find_candidates(
            self.inputs, self.network, self.timetable, NUMBERS, on=self.on
        )
        self.matrix = build_case_matrix(self.inputs, self.network)


@pytest.fixture(scope="module")
def newport() -> Newport:
    return Newport()


def test_nobody_is_proposed_whom_age_or_need_rules_out(newport: Newport) -> None:
    people = {p.passenger_id: p for p in newport.inputs.passengers}
    assert [c.passenger_id for c in newport.found] == sorted(people)
    proposed = [c for c in newport.found if c.is_proposed]
    assert len(proposed) >= 5
    for c in proposed:
        assert 11 <= c.age <= 19
        assert c.phase in (Phase.SECONDARY, Phase.POST_16)
        assert is_candidate(people[c.passenger_id])
        assert not people[c.passenger_id].travels_alone
        assert c.reasons_for
        assert {w.direction for w in c.ways} <= set(Direction)
        for way in c.ways:
            assert way.is_within_limits
            assert way.journey is not None
            assert way.journey.total_s <= 75 * 60
            assert way.journey.n_changes <= 1
    for c in newport.found:
        if not c.is_proposed:
            assert c.reasons_against
            assert not c.reasons_for


def test_each_journey_meets_the_bell_with_its_margin(newport: Newport) -> None:
    sites = {s.site_id: s for s in newport.inputs.sites}
    n = 0
    for c in newport.found:
        for way in c.ways:
            if way.journey is None:
                continue
            n += 1
            site = sites[way.site_id]
            if way.direction is Direction.OUT:
                assert way.journey.arrive_s <= site.arrive_by_s - 300
            else:
                assert way.journey.leave_s >= site.leave_from_s + 300
    assert n >= 20


def change_one(newport: Newport, passenger_id: str, **values: Any) -> Candidate:
    people = tuple(
        replace(p, **values) if p.passenger_id == passenger_id else p
        for p in newport.inputs.passengers
    )
    inputs = replace(newport.inputs, passengers=people)
    found = find_candidates(inputs, newport.network, newport.timetable, NUMBERS, on=newport.on)
    return next(c for c in found if c.passenger_id == passenger_id)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"birth_date": date(2015, 11, 26)}, "under 11"),  # eleven tomorrow
        ({"birth_date": date(2006, 11, 25)}, "over 19"),  # twenty today
        ({"wheelchair": Wheelchair.STAYS}, "needs a wheelchair space or a lift"),
        ({"travels_alone": True}, "must travel alone"),
        ({"phase": Phase.ADULT}, "phase adult"),
    ],
)
def test_what_rules_a_passenger_out_is_said(
    newport: Newport, values: dict[str, Any], reason: str
) -> None:
    able = next(c.passenger_id for c in newport.found if c.is_proposed)
    found = change_one(newport, able, **values)
    assert reason in found.reasons_against
    assert not found.is_proposed
    # on the birthday itself the passenger is old enough
    if reason == "under 11":
        assert change_one(newport, able, birth_date=date(2015, 11, 25)).age == 11


def test_duties_values_add_up_to_what_a_repair_of_many_saves(newport: Newport) -> None:
    """Taking people off several duties at once saves the sum of what each duty's table says."""
    inputs = newport.inputs
    day_type = find_day_type(inputs, inputs.service_date)
    assert day_type is not None
    model = build_cost_model(inputs, inputs.service_date)
    plan = optimise(
        inputs, newport.matrix, model, day_type=day_type, steps=300, n_workers=1,
        service_date=inputs.service_date,
    )  # fmt: skip
    chances = {
        c.passenger_id: c.complete_bp * c.sustain_bp // 10_000
        for c in newport.found
        if c.is_proposed
    }
    values = find_duty_values(plan, inputs, newport.matrix, model, chances)
    assert values
    for duty in values:
        assert duty.saved_pence[0] == 0
        assert len(duty.saved_pence) == 1 << len(duty.passenger_ids)
    held = sorted({p for v in values for p in v.passenger_ids})
    for gone in (set(held[:1]), set(held[::2]), set(held)):
        demands = tuple(d for d in inputs.demands if d.passenger_id not in gone)
        kept = replace(inputs, demands=demands)
        repair = repair_plan(plan, kept, newport.matrix, model, judge=find_violations)
        saved = (repair.before_pence or 0) - (repair.plan.cost_pence or 0)
        expected = sum(
            v.saved_pence[sum(1 << k for k, p in enumerate(v.passenger_ids) if p in gone)]
            for v in values
        )
        assert saved == expected


@pytest.fixture(scope="module")
def study(newport: Newport) -> TrainingStudy:
    how = TrainingSearch(
        search=Search(seconds=None, steps=200, n_workers=1),
        n_starts=4,
        sizes=(2, 4),
        n_lookahead=2,
        n_learn=2,
        n_exchanges=1,
        n_draws=2,
        n_searched=1,
    )
    return build_training_study(
        newport.inputs,
        newport.network,
        newport.matrix,
        newport.timetable,
        NUMBERS,
        how,
        created_utc=datetime(2026, 11, 22, tzinfo=UTC),
    )


def test_a_study_plans_every_order_by_the_rules(study: TrainingStudy) -> None:
    assert study.n_violations == 0
    assert study.n_left_out == 0
    assert {o.rule for o in study.orders} == {"marginal", "dearest", "readiest"}
    assert 180 <= study.n_days <= 200
    proposed = {c.passenger_id for c in study.candidates if c.is_proposed}
    for order in study.orders:
        assert len(order.passenger_ids) == 4
        assert set(order.passenger_ids) <= proposed
        assert [p.n_trained for p in order.points if p.all_pence is not None] == [2, 4]
    ours = study.find_order("marginal").points[-1].expected_pence
    assert all(ours >= o.points[-1].expected_pence for o in study.orders)


def test_an_order_becomes_a_scenario_that_trains_its_first(
    study: TrainingStudy, newport: Newport
) -> None:
    import tomllib

    text = build_training_scenario(study, 3)
    scenario = build_scenario(tomllib.loads(text), "training-3.toml")
    (change,) = scenario.changes
    assert change.model_dump()["order"] == study.find_order("marginal").passenger_ids[:3]
    assert change.model_dump()["starts_per_year"] == 3


@pytest.mark.slow
def test_equal_arguments_give_an_equal_study(study: TrainingStudy, newport: Newport) -> None:
    how = TrainingSearch(
        search=Search(seconds=None, steps=200, n_workers=2),
        n_starts=4,
        sizes=(2, 4),
        n_lookahead=2,
        n_learn=2,
        n_exchanges=1,
        n_draws=2,
        n_searched=1,
    )
    again = build_training_study(
        newport.inputs,
        newport.network,
        newport.matrix,
        newport.timetable,
        NUMBERS,
        how,
        created_utc=datetime(2026, 11, 22, tzinfo=UTC),
    )
    assert again == study
