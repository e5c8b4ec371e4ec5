"""The supervisor: owns the deadline, runs the stages, publishes the best plan there is.

    hold the place -> intake -> key -> solve -> (stale) -> publish -> files -> account

Only this process publishes. A stage may hang, crash, eat memory or lie: whatever it kept in the
store before is checked and good, and if it kept nothing the plan that families know goes out
without those who must not be carried.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from data.errors import InfeasibleError, StoreError, WayfareError
from data.inputs import Inputs
from data.logs import TARGET, TASK, Event, Log, find_task, open_log
from data.nights import Candidate, ProposalState, Publication
from data.plans import PlanState
from data.store import Night, Store
from data.versions import find_code_version
from data.workspace import Workspace
from nightly.clock import (
    Clock,
    Moments,
    SystemClock,
    find_service_date,
    find_start,
    plan_moments,
)
from nightly.config import NightConfig
from nightly.day_inputs import apply_day_changes
from nightly.desk import Reference, build_key, find_reference
from nightly.locks import hold_place
from nightly.outcome import NightOutcome, call_alert
from nightly.processes import build_command, run_stage
from nightly.publish import (
    build_publication,
    build_struck_candidate,
    remove_leftovers,
    strike_out,
    write_files,
)
from nightly.reserve import free_reserve, keep_reserve
from nightly.told import read_told

EXIT_CODES = {PlanState.OPTIMISED: 0, PlanState.REPAIRED: 10, PlanState.STALE: 11}
NOTHING_TO_DO = 20
INPUT_FAULTS = 30

STALE_S = 120.0
"""Time that the stage of the last resort has. [s]"""

RANK = {PlanState.STALE: 0, PlanState.REPAIRED: 1, PlanState.OPTIMISED: 2}

Command = Callable[[Sequence[str]], Sequence[str]]


@dataclass(slots=True)
class _Watch:
    """What the supervisor keeps in mind while the night runs."""

    config: NightConfig
    config_path: Path
    workspace: Workspace
    clock: Clock
    on: date
    moments: Moments
    folder: Path
    command: Command
    log: Log
    stages: list[tuple[str, str]] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)

    @property
    def told_path(self) -> Path:
        """File of what was not taken in."""
        return self.folder / "told.jsonl"


def run_night(
    config: NightConfig,
    config_path: Path,
    *,
    clock: Clock | None = None,
    on: date | None = None,
    command: Command = build_command,
) -> NightOutcome:
    """Run the night of a place: publish a checked plan for its next service date.

    Run again it does no harm: what is published already is left alone, what was begun is
    finished.

    Parameters
    ----------
    on
        Service date; the next one by default, and then only from the evening before.
    command
        Builds the command of a stage.

    Raises
    ------
    LockedError
        If another night of the place is running, or took over while this one slept.
    StoreError
        If the store cannot be used, or holds nothing to begin from.
    """
    used = clock or SystemClock()
    began_s = used.monotonic_s()
    now_utc = used.now_utc()
    service_date = on or find_service_date(now_utc, config.deadline)
    if on is None and now_utc < find_start(service_date, config.deadline):
        at = config.deadline.start_from.strftime("%H:%M")
        return NightOutcome(
            exit_code=NOTHING_TO_DO,
            service_date=service_date,
            message=f"The night of {service_date.isoformat()} begins at {at} the day before.",
        )
    workspace = Workspace(root=config.folder, place=config.place)
    if not workspace.has_store:
        raise StoreError(f"There is no store of {config.place} in {config.folder}.")
    moments = plan_moments(now_utc, began_s, service_date, config.deadline)
    if on is not None:
        moments = _without_deadline(moments, began_s)
    log = open_log(workspace, writer="supervisor")
    log = log.bind(date=service_date)
    log.info(Event.NIGHT_BEGUN)
    with _failures_in(log), hold_place(workspace.open_folder()):
        n_removed = remove_leftovers(workspace)
        if n_removed:
            log.warning(Event.LEFTOVERS_REMOVED, n_removed=n_removed)
        keep_reserve(workspace)
        night_folder = workspace.folder / "night"
        night_folder.mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="tmp-", dir=night_folder) as folder:
            watch = _Watch(
                config=config,
                config_path=config_path,
                workspace=workspace,
                clock=used,
                on=service_date,
                moments=moments,
                folder=Path(folder),
                command=command,
                log=log,
            )
            outcome = _run(watch)
    return _finish(outcome, watch, used.monotonic_s() - began_s)


@contextmanager
def _failures_in(log: Log) -> Iterator[None]:
    """Note in the log why a night broke off, and let it."""
    try:
        yield
    except BaseException as error:
        code = error.exit_code if isinstance(error, WayfareError) else 70
        log.error(Event.NIGHT_FAILED, error=error, exit_code=code)
        raise


def _run(watch: _Watch) -> NightOutcome:
    """Run the stages and publish, with the place held."""
    config, on = watch.config, watch.on
    with (
        Store.open(watch.workspace.store_place) as store,
        store.holding(f"the night of {config.place}"),
    ):
        fence_no = store.nights.take_fence(config.place, taken_utc=watch.clock.now_utc())
        if config.imports.data is not None or config.imports.changes is not None:
            _stage(watch, "intake", "", "", stop_s=watch.moments.repaired_by_s)
        inputs = store.read_inputs(store.find_inputs_hash(config.place))
        try:
            night, reference, current = _begin(watch, store, inputs)
        except InfeasibleError as error:
            return NightOutcome(exit_code=NOTHING_TO_DO, service_date=on, message=str(error))
        watch.log = watch.log.bind(night=night.night_key)
        watch.log.info(
            Event.NIGHT_KEYED,
            fence_no=fence_no,
            n_changes=len(store.nights.list_changes(config.place, on)),
        )
        approved = _find_approved(store, night)
        if (
            night.ended_utc is not None
            and current is not None
            and (approved is None or approved == current.plan_no)
        ):
            folder = _write_files(watch, store, current)
            return NightOutcome(
                exit_code=NOTHING_TO_DO,
                service_date=on,
                publication=current,
                folder=folder,
                message=f"{on.isoformat()} is published: version {current.version_no}, "
                f"{current.state}.",
            )
        if night.ended_utc is None:
            _solve(watch, store, night, reference)
        published = _publish_best(watch, store, night, reference, inputs, fence_no)
        folder = _write_files(watch, store, published)
        waiting = store.nights.list_proposals(config.place, ProposalState.WAITING)
        outcome = NightOutcome(
            exit_code=EXIT_CODES[published.state],
            service_date=on,
            publication=published,
            folder=folder,
            n_proposals=len(waiting),
        )
        store.nights.end_night(
            night.night_no,
            json.dumps({"state": published.state.value, "version": published.version_no}),
            ended_utc=watch.clock.now_utc(),
        )
    return outcome


def _write_files(watch: _Watch, store: Store, publication: Publication) -> Path:
    """Write the files of a publication, and say so."""
    began_s = watch.clock.monotonic_s()
    folder = write_files(watch.workspace, store, publication, documents=watch.config.documents)
    watch.log.info(
        Event.FILES_WRITTEN,
        version_no=publication.version_no,
        seconds=watch.clock.monotonic_s() - began_s,
    )
    return folder


def _begin(
    watch: _Watch, store: Store, inputs: Inputs
) -> tuple[Night, Reference, Publication | None]:
    """Find the night's key; the run of an equal key is gone on with."""
    config, on = watch.config, watch.on
    inputs_hash = store.find_inputs_hash(config.place)
    changes = tuple(k.change for k in store.nights.list_changes(config.place, on))
    current = store.nights.find_publication(config.place, on)
    reference = find_reference(store, inputs, on)
    if current is not None:
        old_key = build_key(config, inputs_hash, changes, on, current.reference_hash)
        newest = store.nights.find_plan(current.reference_hash)
        approved = store.nights.find_approved(
            config.place, newest.day_type.day_type_id, _hash_standing(store, current)
        )
        if old_key == current.night_key and approved is None:
            reference = Reference(plan=newest, plan_hash=current.reference_hash)
    key = build_key(config, inputs_hash, changes, on, reference.plan_hash)
    night = store.nights.begin_night(
        key,
        place=config.place,
        service_date=on,
        inputs_hash=inputs_hash,
        settings=config.model_dump_json(exclude={"folder", "alert"}),
        code_version=find_code_version(),
        started_utc=watch.clock.now_utc(),
    )
    return night, reference, current


def _hash_standing(store: Store, publication: Publication) -> str:
    from data.inputs import fingerprint

    return fingerprint(store.nights.read_plan(publication.standing_no))


def _solve(watch: _Watch, store: Store, night: Night, reference: Reference) -> None:
    """Run the solving stage, and the stale one if it kept nothing."""
    search = watch.config.search
    seconds = "none" if search.seconds is None else str(search.seconds)
    _stage(
        watch, "solve", night.night_key, reference.plan_hash, seconds,
        stop_s=watch.moments.stop_s,
    )  # fmt: skip
    if not store.nights.list_candidates(night.night_no):
        now_s = watch.clock.monotonic_s()
        _stage(
            watch, "stale", night.night_key, reference.plan_hash, "0",
            stop_s=now_s + STALE_S, kill_s=now_s + STALE_S,
        )  # fmt: skip


def _publish_best(
    watch: _Watch,
    store: Store,
    night: Night,
    reference: Reference,
    inputs: Inputs,
    fence_no: int,
) -> Publication:
    """Publish the best plan that the night kept, else strike out and publish that."""
    kept = [k.change for k in store.nights.list_changes(watch.config.place, watch.on)]
    day = apply_day_changes(inputs, kept, watch.on)
    found = store.nights.list_candidates(night.night_no)
    if found:
        best = choose(found, _find_approved(store, night))
    else:
        homes = set(day.withheld_home_ids)
        places = frozenset(h.place_id for h in inputs.homes if h.home_id in homes)
        travels = {d.passenger_id for d in day.inputs.demands}
        gone = frozenset(d.passenger_id for d in day.standing.demands) - travels
        plan = strike_out(reference.plan, gone, places, watch.on)
        told = read_told(watch.told_path)
        best = build_struck_candidate(store, plan, reference.plan, told)
        watch.needs.append("no stage could run: the plan published was not checked")
    free_reserve(watch.workspace)
    plan = store.nights.read_plan(best.plan_no)
    published = store.nights.publish(
        build_publication(
            best,
            plan,
            night,
            fence_no=fence_no,
            reference_hash=reference.plan_hash,
            withheld_home_ids=day.withheld_home_ids,
            published_utc=watch.clock.now_utc(),
        ),
        best.plan_hash,
    )
    watch.log.info(
        Event.PLAN_PUBLISHED,
        run=published.run_id or None,
        state=published.state.value,
        version_no=published.version_no,
        fence_no=published.fence_no,
        plan_hash=best.plan_hash,
        report_hash=published.report_hash or None,
        cost_pence=published.explanation.after_pence,
        n_unserved=best.n_unserved,
        n_breaches=len(best.breaches),
        n_differences=len(published.explanation.reasons),
        n_not_applied=len(published.explanation.not_applied),
    )
    if published.state is PlanState.STALE:
        watch.needs.append("the plan is stale: today's changes were not worked in")
    if published.explanation.not_applied:
        n = len(published.explanation.not_applied)
        watch.needs.append(f"{n} things were not taken in: see explanation.txt")
    if best.n_unserved:
        watch.needs.append(f"{best.n_unserved} journeys are not carried")
    if best.breaches:
        watch.needs.append(f"{len(best.breaches)} changes leave the envelope")
    return published


def _find_approved(store: Store, night: Night) -> int | None:
    """Find the plan outside the envelope that a person approved for this very night."""
    found = [
        p
        for p in store.nights.list_proposals(night.place, ProposalState.APPROVED)
        if p.base_hash == night.night_key
    ]
    return found[0].plan_no if found else None


def choose(candidates: Sequence[Candidate], approved_no: int | None = None) -> Candidate:
    """Choose what to publish: inside the envelope or approved, then people, state and money.

    Parameters
    ----------
    approved_no
        Number of a plan that a person approved for this night.
    """
    return min(
        enumerate(candidates),
        key=lambda item: (
            item[1].plan_no != approved_no,
            len(item[1].breaches),
            item[1].n_unserved,
            -RANK[item[1].state],
            item[1].cost_pence,
            item[0],
        ),
    )[1]


def _stage(
    watch: _Watch,
    name: str,
    key: str,
    reference: str,
    seconds: str = "0",
    *,
    stop_s: float,
    kill_s: float | None = None,
) -> None:
    """Run one stage and note how it ended."""
    words = (
        name,
        str(watch.config_path),
        watch.on.isoformat(),
        key,
        reference,
        seconds,
        str(watch.told_path),
    )
    watch.log.info(Event.STAGE_BEGUN, step=name)
    began_s = watch.clock.monotonic_s()
    ended = run_stage(
        watch.command(words),
        clock=watch.clock,
        stop_s=stop_s,
        kill_s=watch.moments.kill_s if kill_s is None else kill_s,
        log=watch.workspace.folder / "night" / "stages.log",
        handed=_hand_on(watch.log),
    )
    watch.stages.append((name, ended))
    write = watch.log.info if ended == "done" else watch.log.warning
    write(
        Event.STAGE_ENDED, step=name, ended=ended, seconds=watch.clock.monotonic_s() - began_s
    )
    if ended != "done":
        watch.needs.append(f"stage {name}: {ended}")


def _hand_on(log: Log) -> dict[str, str]:
    """Variables by which a stage writes into the same log; its standard error is a file."""
    is_off = os.environ.get(TARGET, "") == "off"
    return {TASK: find_task(log), TARGET: "off" if is_off else "file"}


def _without_deadline(moments: Moments, now_s: float) -> Moments:
    """A date that is asked for by name is worked on now, as long as it takes."""
    far_s = now_s + 24 * 3600
    return Moments(
        repaired_by_s=moments.repaired_by_s, stop_s=far_s, kill_s=far_s, publish_s=far_s
    )


def _finish(outcome: NightOutcome, watch: _Watch, seconds: float) -> NightOutcome:
    """Add how it went, and call a person where one is needed."""
    from dataclasses import replace

    done = replace(
        outcome,
        stages=tuple(watch.stages),
        needs=tuple(dict.fromkeys((*outcome.needs, *watch.needs))),
        seconds=seconds,
    )
    if done.needs and watch.config.alert:
        is_called = call_alert(watch.config.alert, done)
        watch.log.info(Event.ALERT_CALLED, state="done" if is_called else "failed")
    watch.log.info(
        Event.NIGHT_ENDED,
        exit_code=done.exit_code,
        state=None if done.publication is None else done.publication.state.value,
        n_needs=len(done.needs),
        n_waiting=done.n_proposals,
        seconds=seconds,
    )
    return done
