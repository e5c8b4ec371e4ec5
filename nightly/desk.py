"""What a stage of the night works with: inputs, travel times, what families know, its key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from data.errors import InfeasibleError, StoreError
from data.inputs import Inputs, fingerprint
from data.logs import Log
from data.networks import TravelMatrix
from data.nights import DayChange
from data.plans import DayType, Plan
from data.store import Store
from data.versions import find_code_version
from data.workspace import Workspace
from nightly.config import NightConfig
from nightly.day_inputs import DayInputs, apply_day_changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What families know for a kind of day.

    Attributes
    ----------
    plan
        Standing plan.
    plan_hash
        Its fingerprint, as the store holds it.
    """

    plan: Plan
    plan_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything a stage works with."""

    config: NightConfig
    workspace: Workspace
    store: Store
    day: DayInputs
    matrix: TravelMatrix
    reference: Reference
    log: Log


def find_reference(store: Store, inputs: Inputs, on: date) -> Reference:
    """Find what families know for the kind of day that a date is.

    What was published for the date itself counts first, then the newest of the same kind of
    day, then the approved run's timetable; for a day on which sites close early, what families
    know of such a day, else of that day as it usually is. An approved proposal takes the place
    of the standing plan that it was made for.

    Raises
    ------
    InfeasibleError
        If no site is open on the date.
    StoreError
        If there is nothing to begin from.
    """
    from data.demand import find_day_type

    day_type = find_day_type(inputs, on)
    if day_type is None:
        raise InfeasibleError(f"no site is open on {on.isoformat()}: nothing runs.")
    plan = _find_known(store, inputs.place, day_type, on)
    plan_hash = fingerprint(plan)
    approved = store.nights.find_approved(inputs.place, day_type.day_type_id, plan_hash)
    if approved is not None:
        plan = store.nights.read_plan(approved.plan_no)
        plan_hash = fingerprint(plan)
    return Reference(plan=plan, plan_hash=plan_hash)


def _find_known(store: Store, place: str, day_type: DayType, on: date) -> Plan:
    """Find the plan that families know for a kind of day, or for the one most like it.

    Raises
    ------
    StoreError
        If there is nothing to begin from.
    """
    from data.demand import find_usual_day_type

    usual = find_usual_day_type(day_type)
    last = store.nights.find_last(place, day_type.day_type_id, on)
    if last is not None:
        return last[1]
    run = store.find_approved_run(place)
    plans: tuple[Plan, ...] = ()
    if run is not None:
        plans = run.timetable.plans if run.timetable is not None else (run.plan,)
    if all(p.day_type != day_type for p in plans):
        last = store.nights.find_last(place, usual.day_type_id, on)
        if last is not None:
            return last[1]
    if not plans:
        raise StoreError(
            f"No plan of {place} has been approved yet. Plan it, look at it, then "
            "`wayfare approve RUN --as PERSON_ID`."
        )
    return min(
        plans,
        key=lambda p: (
            p.day_type.day_type_id != day_type.day_type_id,
            p.day_type.day_type_id != usual.day_type_id,
            p.day_type.open_calendar_ids != day_type.open_calendar_ids,
            p.day_type.weekday != day_type.weekday,
            p.day_type.week != day_type.week,
            p.day_type.day_type_id,
        ),
    )


def build_key(
    config: NightConfig, inputs_hash: str, changes: tuple[DayChange, ...], on: date,
    reference_hash: str,
) -> str:  # fmt: skip
    """Build the key of a night: equal keys are one run (N7)."""
    digest = hashlib.sha256()
    settings = config.model_dump_json(exclude={"folder", "alert"})
    for part in (
        on.isoformat(),
        inputs_hash,
        ",".join(sorted(fingerprint(c) for c in changes)),
        settings,
        reference_hash,
        find_code_version(),
    ):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


@contextmanager
def open_desk(config: NightConfig, on: date, reference_hash: str, log: Log) -> Iterator[Desk]:
    """Open the store and lay out everything for the plans of a date.

    Parameters
    ----------
    reference_hash
        Of the standing plan that families know, as `find_reference` found it.
    log
        Told of each plan kept, refused or proposed.
    """
    from routing import read_network
    from scenarios import build_case_matrix

    workspace = Workspace(root=config.folder, place=config.place)
    with Store.open(workspace.store_place) as store:
        inputs = store.read_inputs(store.find_inputs_hash(config.place))
        kept = store.nights.list_changes(config.place, on)
        day = apply_day_changes(inputs, [k.change for k in kept], on)
        matrix = build_case_matrix(
            day.standing,
            read_network(workspace.network_path),
            cache_folder=workspace.matrices_folder,
        )
        yield Desk(
            config=config,
            workspace=workspace,
            store=store,
            day=day,
            matrix=matrix,
            reference=Reference(
                plan=store.nights.find_plan(reference_hash), plan_hash=reference_hash
            ),
            log=log,
        )
