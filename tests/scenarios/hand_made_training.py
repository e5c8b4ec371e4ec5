"""Studies of travel training made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from data.passengers import Phase
from data.sources.training import read_shipped_training
from data.training import (
    Candidate,
    DutyValues,
    OrderPoint,
    TrainingAssumptions,
    TrainingOrder,
    TrainingStudy,
)

NUMBERS = read_shipped_training()


def fix(**values: float) -> TrainingAssumptions:
    """Fix assumptions at values, all others at their most likely one."""
    return TrainingAssumptions(
        numbers=tuple(
            replace(
                n,
                low=values.get(n.name, n.mode),
                mode=values.get(n.name, n.mode),
                high=values.get(n.name, n.mode),
            )
            for n in NUMBERS.numbers
        )
    )


def make_values(duty_id: str, people: Sequence[str], saved: Sequence[int]) -> DutyValues:
    return DutyValues(
        duty_id=duty_id, passenger_ids=tuple(people), n_others=0, saved_pence=tuple(saved)
    )


def make_study(values: Sequence[DutyValues], people: Sequence[Candidate]) -> TrainingStudy:
    ids = tuple(c.passenger_id for c in people)
    order = TrainingOrder(
        rule="marginal",
        passenger_ids=ids,
        points=tuple(OrderPoint(n_trained=n + 1, expected_pence=0) for n in range(len(ids))),
    )
    return TrainingStudy(
        study_id="made-training",
        place="made",
        created_utc=datetime(2026, 11, 22, tzinfo=UTC),
        code_version="",
        inputs_hash="",
        service_date=date(2026, 11, 25),
        year_from=date(2026, 9, 1),
        timetable="made up",
        timetable_date=date(2026, 11, 25),
        is_synthetic_timetable=True,
        is_synthetic=True,
        days=(20, 20, 20, 10, 20, 15, 20, 10, 20, 20, 15, 0),  # 190
        base_plan_id="",
        base_pence=100_000,
        n_violations=0,
        n_left_out=0,
        steps=1,
        seconds=None,
        seed=1,
        n_draws=0,
        candidates=tuple(people),
        values=tuple(values),
        orders=(order,),
        assumptions=NUMBERS,
    )


def make_candidate(passenger_id: str, **values: Any) -> Candidate:
    given_: dict[str, Any] = {
        "passenger_id": passenger_id,
        "age": 15,
        "phase": Phase.SECONDARY,
        "ways": (),
        "reasons_for": (),
        "reasons_against": (),
        "cautions": (),
        "accept_bp": 5_000,
        "complete_bp": 8_000,
        "sustain_bp": 8_200,
        "factors": (),
        "leaves_on": date(2040, 8, 31),
    }
    return Candidate(**(given_ | values))
