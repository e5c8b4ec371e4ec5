"""Take an award a step on: proposed by one commissioner, approved by another (W4)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from data.award_steps import AwardState, AwardStep, build_step_id, find_award_state
from data.errors import RefusedError
from data.inputs import fingerprint
from data.people import Role, require_other, require_person

if TYPE_CHECKING:
    from data.store import Store
    from data.tenders import Award


def list_award_steps(store: Store, award_id: str) -> tuple[AwardStep, ...]:
    """List the steps of an award, the oldest first."""
    found = [
        store.find_result(AwardStep, summary.result_id)
        for summary in store.list_results(None, AwardStep)
        if summary.parent_id == award_id
    ]
    order = tuple(AwardState)
    return tuple(sorted(found, key=lambda step: (step.created_utc, order.index(step.state))))


def take_award_step(
    store: Store,
    award: Award,
    wanted: AwardState,
    person_id: str,
    *,
    place: str,
    now_utc: datetime,
    code_version: str,
) -> AwardStep:
    """Propose an award, or approve a proposed one as somebody else.

    Raises
    ------
    RefusedError
        If the person may not, or the award is not at the step before.
    """
    person = require_person(store, person_id, Role.COMMISSIONER)
    steps = list_award_steps(store, award.award_id)
    is_proposing = wanted is AwardState.PROPOSED
    before = AwardState.WORKED_OUT if is_proposing else AwardState.PROPOSED
    state = find_award_state(steps)
    if state is not before:
        raise RefusedError(
            f"Award {award.award_id} is {state}; only one that is {before} can be {wanted}."
        )
    require_other(person, {step.person_id: f"{step.state} it" for step in steps})
    step = AwardStep(
        step_id=build_step_id(award.award_id, wanted),
        award_id=award.award_id,
        award_hash=fingerprint(award),
        state=wanted,
        person_id=person.person_id,
        person_name=person.name,
        created_utc=now_utc,
        code_version=code_version,
    )
    store.save_result(step, place=place)
    return step
