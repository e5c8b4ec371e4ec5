"""Draw a study's uncertain numbers and keep what comes of it: command line and page alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from data.inputs import fingerprint
from data.runs import RunRecord
from data.uncertainty import DrawsStudy
from data.versions import find_code_version
from scenarios.definition import BASELINE, Scenario
from scenarios.draw_results import build_draws_study
from scenarios.draws import DrawnStudy, DrawSettings
from scenarios.journal import Journal
from scenarios.quick_year import StudyGround
from scenarios.study import keep_plans

if TYPE_CHECKING:
    from data.inputs import Inputs
    from data.networks import RoadNetwork
    from data.store import Store
    from data.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawsWanted:
    """What is drawn, and against what.

    Attributes
    ----------
    stories
        Scenarios with an uncertain number, and those they stand on (`sampling.choose_drawn`).
    runs
        The base's run and theirs at most likely values, as `solving.solve_stories` gives them.
    target_pence
        Saving asked for, or None. [pence a year]
    """

    stories: tuple[Scenario, ...]
    runs: Sequence[RunRecord]
    settings: DrawSettings
    target_pence: int | None = None


def draw_and_keep(
    store: Store,
    workspace: Workspace,
    inputs: Inputs,
    network: RoadNetwork,
    wanted: DrawsWanted,
    *,
    now: Callable[[], datetime],
    tell: Callable[[str], None],
    n_workers: int = 1,
    cluster: str = "",
) -> DrawsStudy:
    """Draw the uncertain numbers, or take the very same draws from the store.

    What is found is put down beside the store as it comes: asked for again after a stop, the
    draws go on from there.

    Parameters
    ----------
    tell
        Told every stage, and every draw planned in full; what it raises ends the work.
    """
    by_id = dict(
        zip((BASELINE, *(s.scenario_id for s in wanted.stories)), wanted.runs, strict=True)
    )
    key = _name_work(wanted, by_id)
    for summary in store.list_results(workspace.place, DrawsStudy):
        kept = store.find_result(DrawsStudy, summary.result_id, place=workspace.place)
        if dict(kept.settings).get("key") == key:
            tell(f"taken from result {kept.study_id}")
            return kept
    journal = Journal(workspace.folder / "draws" / f"{key[:16]}.jsonl", key)
    if len(journal):
        tell(f"going on after {len(journal):,} findings kept before")
    work = DrawnStudy(
        StudyGround(
            inputs=inputs,
            stories=wanted.stories,
            network=network,
            matrices=None if cluster else workspace.matrices_folder,
        ),
        by_id,
        keep_plans(store.find_run(dict(wanted.runs[0].settings)["start"])),
        wanted.settings,
        journal,
        created_utc=now(),
        n_workers=n_workers,
        cluster=cluster,
        tell=tell,
    )
    work.run()
    study = build_draws_study(work, target_pence=wanted.target_pence, key=key)
    store.save_result(study, place=workspace.place)
    journal.remove()
    return study


def _name_work(wanted: DrawsWanted, by_id: dict[str, RunRecord]) -> str:
    """Name the work by all that its answer hangs on."""
    return fingerprint(
        (
            tuple((name, dict(run.settings)["case_key"]) for name, run in by_id.items()),
            tuple(story.model_dump_json() for story in wanted.stories),
            str(wanted.settings),
            str(wanted.target_pence),
            find_code_version(),
        )
    )
