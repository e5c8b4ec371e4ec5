"""From proposal to decision to appeal: who may do what next, and by when (APP-1).

The steps and days are those of the review and appeals process that the statutory guidance
"Travel to school for children of compulsory school age" recommends: 20 working days to ask for
a review, 20 to answer it, 20 to take it to a panel, 40 to hear it, 5 for its letter. A day of
an event does not count; the n-th working day after it is the last day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from data.eligibility import Answer, Assessment, CaseEvent, CaseHistory, EventKind
from data.errors import RefusedError
from data.people import Person, require_other
from data.versions import find_code_version
from data.working_days import WorkingDays


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One clock: it starts with an event and is stopped by another."""

    starts: EventKind
    stops: EventKind
    n_days: int
    name: str


CLOCK = (
    _Step(
        starts=EventKind.CONFIRMED,
        stops=EventKind.STAGE_1_ASKED,
        n_days=20,
        name="family may ask for a review",
    ),
    _Step(
        starts=EventKind.STAGE_1_ASKED,
        stops=EventKind.STAGE_1_DECIDED,
        n_days=20,
        name="council answers the review",
    ),
    _Step(
        starts=EventKind.STAGE_1_DECIDED,
        stops=EventKind.STAGE_2_ASKED,
        n_days=20,
        name="family may ask for a panel",
    ),
    _Step(
        starts=EventKind.STAGE_2_ASKED,
        stops=EventKind.STAGE_2_HEARD,
        n_days=40,
        name="panel hears the case",
    ),
    _Step(
        starts=EventKind.STAGE_2_HEARD,
        stops=EventKind.STAGE_2_LETTER,
        n_days=5,
        name="letter of the panel",
    ),
)
"""APP-1, in order. [working days]"""

NEXT: dict[EventKind, tuple[EventKind, ...]] = {
    EventKind.PROPOSED: (EventKind.CONFIRMED,),
    EventKind.CONFIRMED: (EventKind.STAGE_1_ASKED,),
    EventKind.STAGE_1_ASKED: (EventKind.STAGE_1_DECIDED,),
    EventKind.STAGE_1_DECIDED: (EventKind.STAGE_2_ASKED,),
    EventKind.STAGE_2_ASKED: (EventKind.STAGE_2_HEARD,),
    EventKind.STAGE_2_HEARD: (EventKind.STAGE_2_LETTER,),
    EventKind.STAGE_2_LETTER: (),
}
"""What may follow what, besides a new proposal where no appeal is open."""

_ACTS = {
    EventKind.CONFIRMED: "confirmed the decision",
    EventKind.STAGE_1_DECIDED: "decided the review",
    EventKind.STAGE_2_HEARD: "heard the panel",
}
"""Deeds after which a person may not judge the same case again."""

_OPEN = (EventKind.STAGE_1_ASKED, EventKind.STAGE_2_ASKED, EventKind.STAGE_2_HEARD)


class DeadlineState(StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    MET = "met"
    LATE = "late"
    OVERDUE = "overdue"
    """The council's clock has run out."""
    LAPSED = "lapsed"
    """The family's time to ask is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One clock of a case.

    Attributes
    ----------
    due
        Last day on which the step is in time.
    done_on
        When it was done, or None.
    days_left
        Working days from today up to and with the last day; 0 once over. [working days]
    """

    name: str
    is_familys: bool
    n_days: int
    from_on: date
    due: date
    done_on: date | None
    state: DeadlineState
    days_left: int


def find_clock(history: CaseHistory, days: WorkingDays, today: date) -> tuple[Deadline, ...]:
    """Find every clock that a case has started, in order.

    Raises
    ------
    InputError
        If the calendar ends before a last day (C010).
    """
    found = []
    for step in CLOCK:
        start, stop = history.find(step.starts), history.find(step.stops)
        if start is None:
            break
        due = days.add(start.on, step.n_days)
        done = None if stop is None else stop.on
        is_familys = step.stops.is_by_family
        if done is not None:
            state = DeadlineState.MET if done <= due else DeadlineState.LATE
        elif today <= due:
            state = DeadlineState.RUNNING
        else:
            state = DeadlineState.LAPSED if is_familys else DeadlineState.OVERDUE
        is_running = state is DeadlineState.RUNNING
        found.append(
            Deadline(
                name=step.name,
                is_familys=is_familys,
                n_days=step.n_days,
                from_on=start.on,
                due=due,
                done_on=done,
                state=state,
                days_left=days.count(today, due) if is_running else 0,
            )
        )
    return tuple(found)


def build_event(
    history: CaseHistory,
    kind: EventKind,
    person: Person,
    *,
    on: date,
    now_utc: datetime,
    days: WorkingDays,
    answer: Answer | None = None,
    note: str = "",
) -> CaseEvent:
    """Build the next event of a case, if the person may do this now.

    Parameters
    ----------
    on
        The day it takes effect: of the letter, the request, the panel.
    answer
        Yes or no, for a decision; a confirmation takes the proposal's by default.
    note
        The reason; needed where a decision differs from the proposal, and for a request that
        comes too late.

    Raises
    ------
    RefusedError
        If the step does not follow the last one, its day is before that one's, an answer or a
        reason is missing, or the person has judged the case before.
    """
    last = history.last
    if kind not in NEXT[last.kind]:
        raise RefusedError(
            f"Case {history.case_id} is {last.kind}: {kind} does not follow. "
            f"Next can be: {', '.join(NEXT[last.kind]) or 'a new proposal'}."
        )
    if on < last.on:
        raise RefusedError(
            f"{on.isoformat()} is before the last step of case {history.case_id}, "
            f"{last.on.isoformat()}."
        )
    if kind in _ACTS:
        acted = {
            e.person_id: _ACTS[e.kind]
            for e in history.events
            if e.kind in _ACTS and e.number >= history.proposal.number
        }
        require_other(person, acted)
    decided = _find_answer(history, kind, answer)
    note = note.strip()
    if kind is EventKind.CONFIRMED and decided is not history.proposal.answer and not note:
        raise RefusedError(
            f"Case {history.case_id} was proposed as {history.proposal.answer}: a decision "
            f"of {decided} needs a reason (--note)."
        )
    if kind in (EventKind.STAGE_1_DECIDED, EventKind.STAGE_2_HEARD) and not note:
        raise RefusedError("A decision on an appeal needs its reason (--note).")
    if kind.is_by_family and not note:
        step = next(s for s in CLOCK if s.stops is kind)
        due = days.add(last.on, step.n_days)
        if on > due:
            raise RefusedError(
                f"The last day to ask was {due.isoformat()} ({step.n_days} working days, "
                f"{days.source}). To accept it late, say why (--note)."
            )
    return CaseEvent(
        place=history.place,
        case_id=history.case_id,
        number=last.number + 1,
        kind=kind,
        on=on,
        person_id=person.person_id,
        created_utc=now_utc,
        code_version=find_code_version(),
        answer=decided,
        rule=history.proposal.rule,
        note=note,
    )


def _find_answer(history: CaseHistory, kind: EventKind, answer: Answer | None) -> Answer:
    """Find the answer that stands after a step."""
    is_decision = kind in _ACTS
    if not is_decision:
        return history.last.answer
    found = (
        history.proposal.answer if answer is None and kind is EventKind.CONFIRMED else answer
    )
    if found not in (Answer.YES, Answer.NO):
        raise RefusedError(
            f"Case {history.case_id} needs a person's yes or no (--answer): a case that is "
            "referred has none yet."
        )
    return found


def build_proposals(
    found: Sequence[Assessment],
    kept: Sequence[CaseHistory],
    person: Person,
    *,
    now_utc: datetime,
) -> tuple[CaseEvent, ...]:
    """Build the events of new proposals: of new cases, and of those that come out otherwise.

    A case whose latest proposal says the same, and one whose appeal is open, is left alone.

    Raises
    ------
    RefusedError
        If an assessment is a trial on unfit roads.
    """
    if any(a.is_trial for a in found):
        raise RefusedError("A trial on unfit roads is never kept.")
    by_id = {h.case_id: h for h in kept}
    events = []
    for a in found:
        history = by_id.get(a.case_id)
        if history is not None:
            old = history.proposal.assessment
            if history.last.kind in _OPEN or (old is not None and _is_same(old, a)):
                continue
        events.append(
            CaseEvent(
                place=a.place,
                case_id=a.case_id,
                number=1 if history is None else history.last.number + 1,
                kind=EventKind.PROPOSED,
                on=a.assessed_on,
                person_id=person.person_id,
                created_utc=now_utc,
                code_version=find_code_version(),
                answer=a.answer,
                rule=a.rule,
                assessment=a,
            )
        )
    return tuple(events)


def _is_same(old: Assessment, new: Assessment) -> bool:
    """Whether two assessments say the same of the same journey."""
    names = ("answer", "rule", "site_id", "walk_mm", "drive_mm", "school_rank", "evidence")
    return all(getattr(old, name) == getattr(new, name) for name in names)
