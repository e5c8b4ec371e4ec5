"""Openings of what is masked: each is kept with who, what and why before it is shown (W2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from data.errors import RefusedError
from data.logs import Event
from data.store.rows import write_stamp
from web.access import Visit

REASONS: Mapping[str, str] = {
    "plan": "To plan or change a journey",
    "query": "To answer the family, school or crew",
    "safeguarding": "For safeguarding",
    "incident": "To deal with an incident",
    "correct": "To correct the record",
    "audit": "To check records, as my role asks",
}
"""Why somebody may open what is masked; free text would itself hold what is masked."""

OPENED = "sensitive.open"
ALERTED = "sensitive.alert"
ALERT_OVER = 200
"""Openings of one person in an hour over which the administrator is told."""


def note_opening(visit: Visit, kind: str, record_id: str, reason: str) -> None:
    """Keep that somebody opens the masked values of a record; call before they are shown.

    Parameters
    ----------
    kind
        List of `Inputs` that the record belongs to, e.g. ``passengers``.
    reason
        A key of `REASONS`.

    Raises
    ------
    RefusedError
        If the reason is none of the list.
    """
    if reason not in REASONS:
        raise RefusedError("Choose why you open this.")
    book = visit.store.audit
    book.add_entry(visit.build_entry(OPENED, kind, record_id, reason=reason))
    since = write_stamp(visit.now_utc - timedelta(hours=1))
    if book.count_since(visit.person_id, OPENED, since) <= ALERT_OVER:
        return
    if not book.count_since(visit.person_id, ALERTED, since):
        book.add_entry(visit.build_entry(ALERTED, "people", visit.person_id))
        # Who it was stands in the audit log, which administrators read.
        visit.state.log.warning(Event.OPENINGS_MANY)
