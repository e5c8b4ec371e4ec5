"""Publishing: the plan in one transaction, then its files, made from what was committed.

A reader takes the pointer first: ``current.json`` of the date's folder names the version whose
folder is complete. Whatever is killed between, the next run finishes.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from data.inputs import fingerprint, write_document
from data.nights import Candidate, Explanation, Publication
from data.plan_files import write_plan_file
from data.plans import Duty, Plan, PlanState, Route
from data.store import Night, Store
from data.workspace import Workspace
from nightly.explain import write_explanation
from reports import build_file_name, open_folder, write_whole

CURRENT = "current.json"


def build_publication(
    candidate: Candidate,
    plan: Plan,
    night: Night,
    *,
    fence_no: int,
    reference_hash: str,
    withheld_home_ids: tuple[str, ...],
    published_utc: datetime,
) -> Publication:
    """Build the publication of a candidate."""
    return Publication(
        place=night.place,
        service_date=night.service_date,
        version_no=0,
        state=candidate.state,
        plan_no=candidate.plan_no,
        plan_id=plan.plan_id,
        run_id=candidate.run_id,
        standing_no=candidate.standing_no,
        inputs_hash=plan.inputs_hash,
        reference_hash=reference_hash,
        night_key=night.night_key,
        fence_no=fence_no,
        report_hash=candidate.report_hash,
        published_utc=published_utc,
        explanation=candidate.explanation,
        withheld_home_ids=withheld_home_ids,
    )


def find_days_folder(workspace: Workspace, on: date) -> Path:
    """Find the folder of a date's published files."""
    return workspace.folder / "published" / on.isoformat()


def write_files(
    workspace: Workspace, store: Store, publication: Publication, *, documents: bool
) -> Path:
    """Write the files of a publication, whole or not at all, and point the date at them.

    Made from the committed plan alone; done again they are the same, byte for byte.

    Returns
    -------
    The folder of the version.
    """
    day = open_folder(find_days_folder(workspace, publication.service_date))
    name = f"v{publication.version_no:04d}-{publication.state}"
    if _read_current(day) == name and (day / name).is_dir():
        return day / name
    making = day / f".making-{name}"
    shutil.rmtree(making, ignore_errors=True)
    open_folder(making)
    plan = store.nights.read_plan(publication.plan_no)
    write_plan_file(plan, making / "plan.json")
    write_whole(making / "publication.json", write_document(publication) + b"\n")
    write_whole(making / "explanation.txt", write_explanation(publication.explanation).encode())
    if documents and publication.run_id:
        _write_documents(workspace, store, publication, making)
    shutil.rmtree(day / name, ignore_errors=True)
    making.rename(day / name)
    write_whole(day / CURRENT, (json.dumps({"version": name}) + "\n").encode())
    return day / name


def find_files(workspace: Workspace, on: date) -> Path | None:
    """Find the folder of what runs on a date: the pointer first, then what it points to."""
    day = find_days_folder(workspace, on)
    name = _read_current(day)
    return None if name is None else day / name


def remove_leftovers(workspace: Workspace) -> int:
    """Remove what dead runs left behind; to be called while the place is held.

    Returns
    -------
    How many things were removed.
    """
    found = [
        *workspace.folder.glob("published/*/.making-*"),
        *workspace.folder.glob("published/*/.writing-*"),
        *workspace.folder.glob("published/*/*/.writing-*"),
        *workspace.folder.glob("night/tmp-*"),
    ]
    for path in found:
        # One may lie in another that is gone already.
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return len(found)


def strike_out(plan: Plan, people: frozenset[str], place_ids: frozenset[str], on: date) -> Plan:
    """Strike people and places out of a plan and leave every time as it stands.

    The last resort when no stage can run: nobody is carried who must not be, and no withheld
    place is shown; the vehicles wait where they would have called.
    """
    duties = []
    for duty in plan.duties:
        routes = tuple(
            struck
            for route in duty.routes
            if (struck := _strike_route(route, people, place_ids)) is not None
        )
        if routes:
            duties.append(_strike_runs(replace(duty, routes=routes), place_ids))
    return replace(
        plan,
        plan_id=f"{plan.plan_id}-struck-{on:%Y%m%d}",
        service_date=on,
        duties=tuple(duties),
        state=PlanState.STALE,
        cost_pence=None,
        full_cost_pence=None,
    )


def _strike_route(
    route: Route, people: frozenset[str], place_ids: frozenset[str]
) -> Route | None:
    gone = people | {
        p
        for stop in route.stops
        if stop.place_id in place_ids
        for p in (*stop.boarding, *stop.alighting)
    }
    stops = tuple(
        replace(
            stop,
            boarding=tuple(p for p in stop.boarding if p not in gone),
            alighting=tuple(p for p in stop.alighting if p not in gone),
        )
        for stop in route.stops
        if stop.place_id not in place_ids
    )
    kept = tuple(s for s in stops if s.site_id is not None or s.boarding or s.alighting)
    if not any(s.boarding for s in kept):
        return None
    return replace(route, stops=kept)


def _strike_runs(duty: Duty, place_ids: frozenset[str]) -> Duty:
    runs = tuple(
        r
        for r in duty.dead_runs
        if r.from_place_id not in place_ids and r.to_place_id not in place_ids
    )
    return replace(duty, dead_runs=runs)


def build_struck_candidate(
    store: Store, plan: Plan, standing: Plan, not_applied: tuple[str, ...]
) -> Candidate:
    """Keep a struck plan, which no checker has passed and which says so."""
    plan_no, standing_no = store.nights.save_plans(plan, standing)
    return Candidate(
        state=PlanState.STALE,
        run_id="",
        plan_no=plan_no,
        standing_no=standing_no,
        plan_hash=fingerprint(store.nights.read_plan(plan_no)),
        report_hash="",
        cost_pence=0,
        n_unserved=0,
        explanation=Explanation(
            compared_with=standing.plan_id,
            not_applied=(
                "No stage of the night could run: this is the plan families know, with those "
                "struck out who must not be carried. It was not checked.",
                *not_applied,
            ),
        ),
    )


def _write_documents(
    workspace: Workspace, store: Store, publication: Publication, folder: Path
) -> None:
    """Write the workbooks for drivers, sites and suppliers, and papers of what differs."""
    from reports import (
        build_day_papers,
        build_facts,
        build_notices,
        build_notices_book,
        build_run_shapes,
        write_outputs,
    )
    from routing import read_network

    run = store.find_run(publication.run_id, publication.place)
    inputs = store.read_inputs(run.inputs_hash)
    network = read_network(workspace.network_path)
    write_outputs(
        run,
        inputs,
        folder / "documents",
        shapes=build_run_shapes(run, inputs, network),
        roads=network,
        written_utc=publication.published_utc,
    )
    facts = build_facts(run, inputs)
    known = store.nights.find_plan(publication.reference_hash)
    notices = build_notices(known, facts)
    write_whole(folder / "documents" / "notices.xlsx", build_notices_book(notices, facts))
    papers = open_folder(folder / "differences")
    for stem, content in build_day_papers(facts, known, notices).items():
        kind, _, reader = stem.partition("_")
        name = build_file_name(kind, reader, ".pdf") if reader else f"{kind}.pdf"
        write_whole(papers / name, content)


def _read_current(day: Path) -> str | None:
    try:
        found = json.loads((day / CURRENT).read_text("utf-8"))["version"]
    except (OSError, ValueError, KeyError):
        return None
    return str(found)
