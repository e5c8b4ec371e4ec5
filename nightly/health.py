"""Is tomorrow safe? Last plan, its age and state, disk and store, in words and as metrics."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from data.demand import find_day_type
from data.errors import InputError, WayfareError
from data.inputs import Inputs
from data.nights import ProposalState, Publication
from data.plans import PlanState
from data.store import Store
from data.store.backup import check_store, measure_store
from data.workspace import Workspace

LEAST_FREE_BYTES = 500 << 20
"""Less free disk than this is a fault: a night writes plans, files and a reserve."""
PUBLISHED_BY = time(6, 0)
"""From this local time on a day with service has to have a plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a place stands.

    Attributes
    ----------
    found_utc
        When it was looked at.
    is_store_sound
        Whether the store opens and passes its own check.
    next_date
        The next date with service, or None if no calendar has one within two weeks.
    current
        What is published for it.
    last
        What was published last, for any date.
    faults
        What a person has to mend; empty for a healthy place.
    """

    place: str
    found_utc: datetime
    is_store_sound: bool
    next_date: date | None
    current: Publication | None
    last: Publication | None
    n_waiting: int
    free_bytes: int
    total_bytes: int
    store_bytes: int
    faults: tuple[str, ...]

    @property
    def age_s(self) -> int | None:
        """Time since anything was published; None if nothing ever was. [s]"""
        if self.last is None:
            return None
        return round((self.found_utc - self.last.published_utc.astimezone(UTC)).total_seconds())


def find_health(workspace: Workspace, now_utc: datetime, zone: str = "Europe/London") -> Health:
    """Find how a place stands; what cannot be read is a fault, and the rest is still said.

    Parameters
    ----------
    zone
        Time zone whose midnight begins a service date.
    """
    faults = [f"store: {text}" for text in check_store(workspace.store_place)]
    is_sound = not faults
    disk = shutil.disk_usage(workspace.folder)
    if disk.free < LEAST_FREE_BYTES:
        faults.append(f"disk: {disk.free >> 20} MB free, {LEAST_FREE_BYTES >> 20} wanted")
    next_date: date | None = None
    current: Publication | None = None
    last: Publication | None = None
    n_waiting = 0
    try:
        with Store.open(workspace.store_place) as store:
            nights, place = store.nights, workspace.place
            last = next(iter(nights.list_publications(place)), None)
            n_waiting = len(nights.list_proposals(place, ProposalState.WAITING))
            inputs = store.read_inputs(store.find_inputs_hash(place))
            local = now_utc.astimezone(ZoneInfo(zone))
            next_date, gap = _find_next(inputs, local.date())
            faults += gap
            if next_date is not None:
                current = nights.find_publication(place, next_date)
            # A place whose nights have not begun yet is not late.
            if last is not None:
                is_out = nights.find_publication(place, local.date()) is not None
                faults += _find_late(inputs, local, is_out=is_out)
    except WayfareError as error:
        # Of a store whose own check found nothing: it is the place that is not ready.
        if is_sound:
            faults.append(f"place: {str(error).splitlines()[0]}")
    if current is not None and current.state is PlanState.STALE:
        faults.append(f"plan: stale for {current.service_date.isoformat()}")
    return Health(
        place=workspace.place,
        found_utc=now_utc,
        is_store_sound=is_sound,
        next_date=next_date,
        current=current,
        last=last,
        n_waiting=n_waiting,
        free_bytes=disk.free,
        total_bytes=disk.total,
        store_bytes=measure_store(workspace.store_place) if is_sound else 0,
        faults=tuple(faults),
    )


def _find_next(inputs: Inputs, today: date) -> tuple[date | None, list[str]]:
    """Find the next date with service, up to the first date that no calendar knows."""
    for n in range(1, 15):
        on = date.fromordinal(today.toordinal() + n)
        try:
            if find_day_type(inputs, on) is not None:
                return on, []
        except InputError:
            return None, [f"calendar: no data for {on.isoformat()}"]
    return None, []


def _find_late(inputs: Inputs, local: datetime, *, is_out: bool) -> list[str]:
    """Say if today has service, its plan should be out by now, and is not."""
    if is_out or local.time() < PUBLISHED_BY:
        return []
    try:
        is_open = find_day_type(inputs, local.date()) is not None
    except InputError:
        return [f"calendar: no data for {local.date().isoformat()}"]
    return [f"plan: none published for today, {local.date().isoformat()}"] if is_open else []


def write_metrics(found: Health) -> str:
    """Write the Prometheus text format: counts and seconds, no identifier of anybody."""
    label = f'{{place="{found.place}"}}'
    states = {PlanState.OPTIMISED: 2, PlanState.REPAIRED: 1, PlanState.STALE: 0}
    rows = [
        ("wayfare_health_timestamp_seconds", "When this was found, since 1970",
         round(found.found_utc.timestamp())),
        ("wayfare_next_date_published", "1 if a plan stands for the next service date",
         int(found.current is not None)),
        ("wayfare_next_date_state", "2 optimised, 1 repaired, 0 stale, -1 none",
         -1 if found.current is None else states[found.current.state]),
        ("wayfare_last_publication_age_seconds", "Since the last publication; -1 for none",
         -1 if found.age_s is None else found.age_s),
        ("wayfare_proposals_waiting", "Plans that wait for a person", found.n_waiting),
        ("wayfare_disk_free_bytes", "Free on the disk of the working folder", found.free_bytes),
        ("wayfare_disk_size_bytes", "Size of that disk", found.total_bytes),
        ("wayfare_store_bytes", "Size of the store", found.store_bytes),
        ("wayfare_store_sound", "1 if the store opens and passes its own check",
         int(found.is_store_sound)),
        ("wayfare_faults", "What a person has to mend", len(found.faults)),
    ]  # fmt: skip
    return "".join(
        f"# HELP {name} {text}.\n# TYPE {name} gauge\n{name}{label} {value}\n"
        for name, text, value in rows
    )
