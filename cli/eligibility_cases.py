"""Commands on kept eligibility cases: list, show, confirm, appeal, decide, letter."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import DATA_FOLDER, FolderOption, JsonOption, PlaceOption, find_place, now, say
from cli.eligibility import OnOption, app, read_day

if TYPE_CHECKING:
    from data.eligibility import Answer, CaseHistory, EventKind
    from data.store import Store
    from data.working_days import WorkingDays
    from scenarios.appeals import Deadline

cases_app = app
"""All commands on eligibility, those of this module among them."""

CasesArgument = Annotated[list[str], typer.Argument(help="Case ids.")]
CaseArgument = Annotated[str, typer.Argument(help="Case id.")]
AsOption = Annotated[str, typer.Option("--as", metavar="PERSON_ID", help="Who acts.")]
NoteOption = Annotated[str, typer.Option("--note", help="The reason, in words.")]
AnswerOption = Annotated[str | None, typer.Option("--answer", help="yes or no.")]
CalendarOption = Annotated[
    str | None,
    typer.Option(
        "--calendar",
        help="Calendar of the inputs whose open dates are working days; by default Monday to "
        "Friday without the bank holidays of the nation that the settings name.",
    ),
]


@app.command("list")
def list_cases(
    place: PlaceOption,
    state: Annotated[
        str | None, typer.Option("--state", help="Only cases in it, e.g. proposed.")
    ] = None,
    on: OnOption = None,
    calendar: CalendarOption = None,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """List kept cases with their state and next last day."""
    from data.eligibility import EventKind
    from data.store import Store
    from scenarios.appeals import find_clock

    if state is not None and state not in set(EventKind):
        raise typer.BadParameter(f"states: {', '.join(EventKind)}", param_hint="--state")
    today = read_day(on) or now().date()
    with Store.open(find_place(folder, place).store_place) as store:
        cases = [c for c in store.list_cases(place) if state is None or c.last.kind == state]
        days = _find_days(store, place, calendar)
    rows = [(c, find_clock(c, days, today)) for c in cases]
    if as_json:
        say(json.dumps([_record(c, clock) for c, clock in rows]))
        return
    for case, clock in rows:
        say(f"{case.case_id:<16}{_describe(case):<44}{_describe_next(clock)}")
    say(f"{len(rows):,} cases; working days by {days.source}.")


@app.command("show")
def show_case(
    case_id: CaseArgument,
    place: PlaceOption,
    on: OnOption = None,
    calendar: CalendarOption = None,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Show a case: figures, evidence, reasons against, history and clock."""
    from data.store import Store
    from scenarios.appeals import find_clock

    today = read_day(on) or now().date()
    with Store.open(find_place(folder, place).store_place) as store:
        case = store.read_case(place, case_id)
        days = _find_days(store, place, calendar)
    clock = find_clock(case, days, today)
    if as_json:
        say(json.dumps(_record(case, clock)))
        return
    say(f"{case.case_id}: {_describe(case)}")
    found = case.proposal.assessment
    if found is not None:
        say(f"  {found.rule}: {found.reason}")
        for school in found.schools:
            walk, drive = _metres(school.walk_mm), _metres(school.drive_mm)
            mark = "*" if school.is_attended else " "
            say(f"  {mark} {school.name:<50.50} walk {walk:>11}  drive {drive:>11}")
        for text in found.evidence:
            say(f"  for the record: {text}")
        for text in found.against:
            say(f"  against: {text}")
        say(f"  roads: {found.roads}")
    say("history")
    for e in case.events:
        note = f"  {e.note}" if e.note else ""
        say(f"  {e.on.isoformat()}  {e.kind:<16}{e.answer:<7}{e.person_id}{note}")
    if clock:
        say(f"clock (APP-1, working days by {days.source})")
    for d in clock:
        done = f", done {d.done_on.isoformat()}" if d.done_on else ""
        left = f", {d.days_left} days left" if d.state == "running" else ""
        say(f"  {d.name}: {d.n_days} from {d.from_on.isoformat()}, by {d.due.isoformat()}: "
            f"{d.state}{done}{left}")  # fmt: skip


@app.command("confirm")
def confirm_cases(
    case_ids: CasesArgument,
    place: PlaceOption,
    person_id: AsOption,
    answer: AnswerOption = None,
    note: NoteOption = "",
    on: OnOption = None,
    calendar: CalendarOption = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Confirm proposals, or decide otherwise with a reason: a named person's decision.

    The day is that of the letter; the family's time to appeal runs from it.
    """
    from data.eligibility import EventKind

    _act(folder, place, case_ids, EventKind.CONFIRMED, person_id, on, calendar, answer, note)


@app.command("appeal")
def record_appeal(
    case_id: CaseArgument,
    place: PlaceOption,
    person_id: AsOption,
    stage: Annotated[int, typer.Option("--stage", min=1, max=2, help="1 review, 2 panel.")] = 1,
    note: NoteOption = "",
    on: OnOption = None,
    calendar: CalendarOption = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Record a family's request for a review (stage 1) or a panel (stage 2)."""
    from data.eligibility import EventKind

    kind = EventKind.STAGE_1_ASKED if stage == 1 else EventKind.STAGE_2_ASKED
    _act(folder, place, [case_id], kind, person_id, on, calendar, None, note)


@app.command("decide")
def decide_appeal(
    case_id: CaseArgument,
    place: PlaceOption,
    person_id: AsOption,
    answer: AnswerOption = None,
    note: NoteOption = "",
    on: OnOption = None,
    calendar: CalendarOption = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Record the decision of a review or a panel, by somebody who has not judged the case."""
    from data.eligibility import EventKind
    from data.store import Store

    with Store.open(find_place(folder, place).store_place) as store:
        last = store.read_case(place, case_id).last.kind
    is_panel = last in (EventKind.STAGE_2_ASKED, EventKind.STAGE_2_HEARD)
    kind = EventKind.STAGE_2_HEARD if is_panel else EventKind.STAGE_1_DECIDED
    _act(folder, place, [case_id], kind, person_id, on, calendar, answer, note)


@app.command("letter")
def record_letter(
    case_id: CaseArgument,
    place: PlaceOption,
    person_id: AsOption,
    on: OnOption = None,
    calendar: CalendarOption = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Record the letter that tells the family what the panel decided."""
    from data.eligibility import EventKind

    _act(folder, place, [case_id], EventKind.STAGE_2_LETTER, person_id, on, calendar, None, "")


def _act(
    folder: Path,
    place: str,
    case_ids: list[str],
    kind: EventKind,
    person_id: str,
    on: str | None,
    calendar: str | None,
    answer: str | None,
    note: str,
) -> None:
    """Add the same step to cases, all of them or none, and show where they stand."""
    from data.people import Role, require_person
    from data.store import Store
    from scenarios.appeals import build_event, find_clock

    moment = now()
    day = read_day(on) or moment.date()
    with Store.open(find_place(folder, place).store_place) as store:
        person = require_person(
            store, person_id, Role.PLANNER, Role.COMMISSIONER, Role.ASSURER, Role.ADMINISTRATOR
        )
        days = _find_days(store, place, calendar)
        events = [
            build_event(
                store.read_case(place, case_id),
                kind,
                person,
                on=day,
                now_utc=moment,
                days=days,
                answer=_read_answer(answer),
                note=note,
            )
            for case_id in dict.fromkeys(case_ids)
        ]
        store.add_case_events(events)
        cases = [store.read_case(place, event.case_id) for event in events]
    for case in cases:
        clock = find_clock(case, days, day)
        say(f"{case.case_id:<16}{_describe(case):<44}{_describe_next(clock)}")


def _find_days(store: Store, place: str, calendar: str | None) -> WorkingDays:
    """Find the working days asked for; a calendar that is not there is a wrong option."""
    from data.working_days import WorkingDays

    inputs = store.read_inputs(store.find_inputs_hash(place))
    if calendar is None:
        return WorkingDays(nation=inputs.nation)
    found = next((c for c in inputs.calendars if c.calendar_id == calendar), None)
    if found is None:
        known = ", ".join(c.calendar_id for c in inputs.calendars)
        raise typer.BadParameter(f"the inputs hold {known}", param_hint="--calendar")
    return WorkingDays(calendar=found)


def _read_answer(text: str | None) -> Answer | None:
    from data.eligibility import Answer

    if text is None:
        return None
    if text not in (Answer.YES, Answer.NO):
        raise typer.BadParameter("a decision is yes or no", param_hint="--answer")
    return Answer(text)


def _describe(case: CaseHistory) -> str:
    from data.eligibility import STATE_WORDS

    return f"{STATE_WORDS[case.last.kind]}: {case.last.answer}, {case.last.rule}"


def _describe_next(clock: tuple[Deadline, ...]) -> str:
    if not clock or clock[-1].done_on is not None:
        return ""
    last = clock[-1]
    return f"{last.name} by {last.due.isoformat()} ({last.state})"


def _metres(value_mm: int | None) -> str:
    return "none" if value_mm is None else f"{value_mm / 1000:,.3f} m"


def _record(case: CaseHistory, clock: tuple[Deadline, ...]) -> dict[str, Any]:
    def day(on: date | None) -> str | None:
        return None if on is None else on.isoformat()

    return {
        "case_id": case.case_id,
        "state": str(case.last.kind),
        "answer": str(case.last.answer),
        "rule": case.last.rule,
        "events": [
            {"number": e.number, "kind": str(e.kind), "on": day(e.on), "person": e.person_id,
             "answer": str(e.answer)}
            for e in case.events
        ],
        "clock": [
            {"name": d.name, "from": day(d.from_on), "due": day(d.due), "done": day(d.done_on),
             "state": str(d.state)}
            for d in clock
        ],
    }  # fmt: skip
