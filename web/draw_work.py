"""Work on draws of uncertain numbers: choose scenarios, check what was typed, queue, find.

The one way that the pages and the API both go.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from data.errors import InputError, Problem, Severity, StoreError
from data.uncertainty import DrawsStudy
from scenarios import choose_drawn, find_numbers
from web.access import Visit
from web.job_kinds import DrawScenarios
from web.jobs import Job, find_jobs
from web.queueing import queue_job
from web.studies import Choice, list_choices

MOST_DRAWS, MOST_PLANNED, MOST_STEPS, MOST_TARGET = 4_096, 20, 1_000_000, 100_000_000
"""Most that may be asked for from the page. [draws], [draws], [steps], [pounds a year]"""


class DrawsAsked(BaseModel):
    """What is to be drawn.

    Attributes
    ----------
    draws
        How many values each uncertain number takes.
    planned
        Draws of each scenario that are planned in full; the others are estimated from them.
    steps
        How long each search may take. [steps]
    target
        Saving asked for. [pounds a year]
    """

    model_config = ConfigDict(extra="forbid")

    draws: int = Field(default=256, ge=20, le=MOST_DRAWS)
    planned: int = Field(default=2, ge=2, le=MOST_PLANNED, title="Planned in full")
    steps: int = Field(default=8_000, ge=1, le=MOST_STEPS)
    target: int | None = Field(default=None, ge=0, le=MOST_TARGET)


def list_uncertain(visit: Visit) -> tuple[Choice, ...]:
    """List the scenarios that hold an uncertain number: the page's own first."""
    choices = list_choices(find_jobs(visit.state).list_jobs())
    return tuple(c for c in choices if choose_drawn((c.story,)))


def check_drawn(picked: Sequence[Choice]) -> None:
    """Check that scenarios can be drawn together.

    Raises
    ------
    InputError
        If a name has two distributions (Y008), or a scenario holds no uncertain number (Y017).
    """
    stories = [c.story for c in picked]
    find_numbers(stories)
    certain = [
        Problem(
            code="Y017",
            severity=Severity.ERROR,
            file=f"{story.scenario_id}.toml",
            column="changes",
            cause=f"{story.title} holds no uncertain number.",
            suggestion="Write { low, mode, high } for one, or leave the scenario out.",
        )
        for story in stories
        if not choose_drawn((story,))
    ]
    if certain:
        raise InputError(certain)


def queue_draws(visit: Visit, picked: Sequence[Choice], asked: DrawsAsked) -> Job:
    """Queue the draws of scenarios that were checked.

    Raises
    ------
    LimitError
        If the person has as many waiting as they may.
    """
    title = picked[0].story.title
    more = f" and {len(picked) - 1} more" if len(picked) > 1 else ""
    return queue_job(
        visit,
        f"{title}{more}",
        DrawScenarios(
            stories=tuple(c.text for c in picked),
            n_draws=asked.draws,
            n_planned=asked.planned,
            target_pence=None if asked.target is None else 100 * asked.target,
            steps=asked.steps,
        ),
    )


def find_draws(visit: Visit, study_id: str = "") -> DrawsStudy | None:
    """Find draws of the place by their id, the newest by default; None where none are kept.

    Raises
    ------
    StoreError
        If there are none of the id.
    """
    kept = visit.store.list_results(visit.place, DrawsStudy)
    if not study_id:
        return visit.store.find_result(DrawsStudy, place=visit.place) if kept else None
    if study_id not in {one.result_id for one in kept}:
        raise StoreError("There are no such draws.")
    return visit.store.find_result(DrawsStudy, study_id, place=visit.place)
