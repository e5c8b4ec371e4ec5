"""A supplier's and a driver's own work as they read and report it, from pages and programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from starlette.exceptions import HTTPException

from data.access import DriverNote
from data.errors import InputError, Problem, Severity
from web.access import Visit
from web.own_work import OwnDay, ShownDuty, find_driver_days, find_supplier_days

CONFIRMED = "confirmed"
KINDS = {
    "late": "I am running late",
    "vehicle": "Trouble with the vehicle",
    "passenger_absent": "A passenger was not there",
    "address": "Trouble at a stop",
    "other": "Something else",
}
LONGEST_TEXT = 200
MOST_MINUTES = 240


def list_supplier_days(visit: Visit) -> tuple[OwnDay, ...]:
    """List the work of the supplier that somebody works for, on the next school days."""
    if not visit.works_for:
        return ()
    return find_supplier_days(visit.state, visit.works_for, visit.now_utc)


def read_supplier_duty(visit: Visit, on: date, duty_id: str) -> tuple[OwnDay, ShownDuty]:
    """Read one published duty of a supplier with who is carried; each reading is kept.

    Raises
    ------
    HTTPException
        404 if it is not published, or another's: that is as unknown as none.
    """
    for day in list_supplier_days(visit):
        for duty in day.duties:
            if day.on == on and duty.duty_id == duty_id and day.publication is not None:
                entry = visit.build_entry("duty.read", "duty", f"{on} {duty_id}")
                visit.store.audit.add_entry(entry)
                return day, duty
    raise HTTPException(404)


def list_driver_days(visit: Visit) -> tuple[OwnDay, ...]:
    """List the published work of the driver who asks, today and on the next service date."""
    if not visit.works_for:
        return ()
    return find_driver_days(visit.state, visit.works_for, visit.now_utc)


def find_confirmed(visit: Visit, days: Sequence[OwnDay]) -> set[tuple[date, str, str]]:
    """Find which duties a driver has read: date, duty, and the plan that it was read of."""
    return {
        (note.service_date, note.duty_id, note.plan_id)
        for day in days
        for note in visit.store.messages.list_notes(visit.place, day.on)
        if note.kind == CONFIRMED and note.person_id == visit.person_id
    }


def keep_note(
    visit: Visit, on: date, duty_id: str, kind: str, *, minutes: int, text: str
) -> DriverNote:
    """Keep that a driver has read a duty, or what they report of it.

    Parameters
    ----------
    kind
        ``confirmed``, or one of `KINDS`.
    minutes
        How late they run, where that is it. [min]

    Raises
    ------
    HTTPException
        404 if the duty is not the driver's own published work.
    InputError
        If the report is not complete.
    """
    day = next((d for d in list_driver_days(visit) if d.on == on), None)
    publication = None if day is None else day.publication
    if day is None or publication is None or duty_id not in {d.duty_id for d in day.duties}:
        raise HTTPException(404)
    faults = {}
    if kind not in KINDS and kind != CONFIRMED:
        faults["kind"] = "Choose what you report"
    if kind == "late" and not 1 <= minutes <= MOST_MINUTES:
        faults["minutes"] = f"Enter minutes from 1 to {MOST_MINUTES}"
    if len(text) > LONGEST_TEXT:
        faults["text"] = f"Use at most {LONGEST_TEXT} letters"
    if faults:
        raise InputError(
            [
                Problem(
                    code="W006",
                    severity=Severity.ERROR,
                    column=field,
                    cause=cause,
                    suggestion="Give another value.",
                )
                for field, cause in faults.items()
            ]
        )
    note = DriverNote(
        note_no=0,
        place=visit.place,
        duty_id=duty_id,
        plan_id=publication.plan_id,
        kind=kind,
        person_id=visit.person_id,
        at_utc=visit.now_utc,
        service_date=on,
        minutes=minutes if kind == "late" else 0,
        text=text if kind != CONFIRMED else "",
    )
    with visit.recording(f"note.{kind}", "driver_note", f"{on} {duty_id}"):
        visit.store.messages.add_note(note)
    return note
