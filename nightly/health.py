"""Is tomorrow safe? Last plan, its age and state, disk and store, in words and as metrics."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from data.demand import find_day_type
from data.errors import InputError
from data.nights import ProposalState, Publication
from data.store import Store
from data.store.backup import check_store, measure_store
from data.workspace import Workspace

LEAST_FREE_BYTES = 500 << 20
"""Less free disk than this is a fault: a night writes plans, files and a reserve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a place stands.

    Attributes
    ----------
    next_date
        The next date with service, or None if no calendar has one within two weeks.
    current
        What is published for it.
    faults
        What a person has to mend; empty for a healthy place.
    """

    place: str
    next_date: date | None
    current: Publication | None
    last: Publication | None
    n_waiting: int
    free_bytes: int
    store_bytes: int
    faults: tuple[str, ...]


def find_health(workspace: Workspace, now_utc: datetime, zone: str = "Europe/London") -> Health:
    """Find how a place stands.

    Parameters
    ----------
    zone
        Time zone whose midnight begins a service date.
    """
    faults = [f"store: {text}" for text in check_store(workspace.store_place)]
    free = shutil.disk_usage(workspace.folder).free
    if free < LEAST_FREE_BYTES:
        faults.append(f"disk: {free >> 20} MB free, {LEAST_FREE_BYTES >> 20} wanted")
    next_date: date | None = None
    with Store.open(workspace.store_place) as store:
        inputs = store.read_inputs(store.find_inputs_hash(workspace.place))
        today = now_utc.astimezone(ZoneInfo(zone)).date()
        for n in range(1, 15):
            on = date.fromordinal(today.toordinal() + n)
            try:
                is_open = find_day_type(inputs, on) is not None
            except InputError:
                faults.append(f"calendar: no data for {on.isoformat()}")
                break
            if is_open:
                next_date = on
                break
        current = (
            None
            if next_date is None
            else store.nights.find_publication(workspace.place, next_date)
        )
        last = next(iter(store.nights.list_publications(workspace.place)), None)
        waiting = store.nights.list_proposals(workspace.place, ProposalState.WAITING)
    return Health(
        place=workspace.place,
        next_date=next_date,
        current=current,
        last=last,
        n_waiting=len(waiting),
        free_bytes=free,
        store_bytes=measure_store(workspace.store_place),
        faults=tuple(faults),
    )


def write_metrics(found: Health, now_utc: datetime) -> str:
    """Write the Prometheus text format: counts and seconds, no identifier of anybody."""
    label = f'{{place="{found.place}"}}'
    age_s = -1
    if found.last is not None:
        age_s = round((now_utc - found.last.published_utc.astimezone(UTC)).total_seconds())
    states = {"optimised": 2, "repaired": 1, "stale": 0}
    state = -1 if found.current is None else states[found.current.state.value]
    rows = [
        ("wayfare_next_date_published", "1 if a plan stands for the next service date",
         int(found.current is not None)),
        ("wayfare_next_date_state", "2 optimised, 1 repaired, 0 stale, -1 none", state),
        ("wayfare_last_publication_age_seconds", "Since the last publication; -1 for none",
         age_s),
        ("wayfare_proposals_waiting", "Plans that wait for a person", found.n_waiting),
        ("wayfare_disk_free_bytes", "Free on the disk of the working folder", found.free_bytes),
        ("wayfare_store_bytes", "Size of the store", found.store_bytes),
        ("wayfare_faults", "What a person has to mend", len(found.faults)),
    ]  # fmt: skip
    return "".join(
        f"# HELP {name} {text}.\n# TYPE {name} gauge\n{name}{label} {value}\n"
        for name, text, value in rows
    )
