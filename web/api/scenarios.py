"""The API of scenarios: check, queue, watch, compare; draws, options, training."""

from __future__ import annotations

import tomllib
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, UploadFile
from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.errors import InputError, Problem, Severity, StoreError
from data.runs import Measures
from data.statements import StatementTable
from data.uncertainty import DrawnCase, DrawnNumber
from scenarios import list_library, read_library_text
from web.access import Visit, allow
from web.api.files import read_sent
from web.api.jobs import JobShown
from web.draw_work import DrawsAsked, check_drawn, find_draws, queue_draws
from web.refusals import RefusalError
from web.roles import Permission
from web.scenario_work import (
    LONGEST_S,
    MOST_STEPS,
    check_cases,
    find_comparison,
    find_options,
    find_training,
    keep_options,
    queue_scenario,
)
from web.scoring import MOST_WEIGHT, Scored
from web.stories import write_toml
from web.studies import Choice

router = APIRouter(tags=["scenarios"])

Reader = Annotated[Visit, allow(Permission.READ_SCENARIOS)]
Runner = Annotated[Visit, allow(Permission.RUN_SCENARIOS)]


class StoryListed(BaseModel):
    """A stock scenario to begin from."""

    model_config = ConfigDict(from_attributes=True)

    scenario_id: str
    title: str
    question: str


class StoryWanted(BaseModel):
    """A scenario: its TOML file as text, or the same as a document.

    Attributes
    ----------
    toml
        The file's text.
    document
        What the file says.
    """

    toml: str = Field(
        default="",
        max_length=200_000,
        examples=[
            'scenario_id = "larger-fleet"\ntitle = "A larger fleet"\nbase_id = "baseline"\n'
            '\n[[changes]]\nkind = "scale_own_fleet"\npercent = 20\n'
        ],
    )
    document: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _check_one(self) -> StoryWanted:
        if bool(self.toml) == (self.document is not None):
            raise ValueError("give `toml` or `document`, one of them")
        return self


class SearchOf(StoryWanted):
    """A scenario, and how long its search may take: in seconds, or in steps.

    Attributes
    ----------
    seconds, steps
        One of them; the same steps give the same plan. [s], [steps]
    """

    seconds: int | None = Field(default=None, ge=1, le=LONGEST_S)
    steps: int | None = Field(default=None, ge=1, le=MOST_STEPS, examples=[300])

    @model_validator(mode="after")
    def _check_limit(self) -> SearchOf:
        if (self.seconds is None) == (self.steps is None):
            raise ValueError("give `seconds` or `steps`, one of them")
        return self


class StoryChecked(BaseModel):
    """A scenario in which nothing is wrong, and its file."""

    scenario_id: str
    title: str
    toml: str


class ResultShown(BaseModel):
    """What a run found."""

    model_config = ConfigDict(from_attributes=True)

    run_id: str
    kind: str
    title: str
    created_utc: datetime
    code_version: str
    inputs_hash: str
    settings: tuple[tuple[str, str], ...]
    seed: int
    steps: int
    limit: str
    measures: Measures | None
    baseline_measures: Measures | None


class ComparisonShown(BaseModel):
    """Cases beside their base.

    Attributes
    ----------
    runs
        The base's first.
    sites
        What a day costs by site, for each case.
    fans
        Savings over the months with their range, where draws are kept.
    n_broken
        Hard rules that the cases break together.
    """

    runs: list[str]
    table: StatementTable
    sites: list[StatementTable]
    fans: list[StatementTable]
    notes: tuple[tuple[str, tuple[str, ...]], ...]
    n_broken: int


class DrawsShown(BaseModel):
    """Draws of the uncertain numbers, the same for every scenario."""

    model_config = ConfigDict(from_attributes=True)

    study_id: str
    run_id: str
    created_utc: datetime
    title: str
    price_base: str
    seed: int
    method: str
    n_draws: int
    numbers: tuple[DrawnNumber, ...]
    cases: tuple[DrawnCase, ...]


class DrawsOf(DrawsAsked):
    """Scenarios whose uncertain numbers are to be drawn, and how.

    Attributes
    ----------
    stories
        Their files, each as text or as a document.
    """

    stories: list[StoryWanted] = Field(min_length=1, max_length=12)


class TrainingAnswer(BaseModel):
    """Whom to train first, as a proposal."""

    model_config = ConfigDict(from_attributes=True)

    candidates: StatementTable
    orders: StatementTable


class SliderShown(BaseModel):
    """The weight of one criterion."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    title: str
    weight: int
    given: str


class OptionsShown(BaseModel):
    """Options with the weights as they stand, and what the ranks hang on."""

    model_config = ConfigDict(from_attributes=True)

    sliders: tuple[SliderShown, ...]
    table: StatementTable
    changes: StatementTable
    warnings: tuple[str, ...]


@router.get("/scenarios/library")
def list_stock(visit: Reader) -> list[StoryListed]:
    """List the stock scenarios."""
    return [StoryListed.model_validate(one) for one in list_library()]


@router.get("/scenarios/library/{scenario_id}")
def read_stock(scenario_id: str, visit: Reader) -> StoryChecked:
    """Read the file of a stock scenario."""
    found = next((s for s in list_library() if s.scenario_id == scenario_id), None)
    if found is None:
        raise StoreError("There is no stock scenario of this id.")
    return StoryChecked(
        scenario_id=scenario_id, title=found.title, toml=read_library_text(scenario_id)
    )


@router.post("/scenarios/check")
def check(wanted: StoryWanted, visit: Runner) -> StoryChecked:
    """Check a scenario by the reader of its file and against the records; 422 lists all."""
    document = _read(wanted)
    (story,) = check_cases(visit, [document])
    return StoryChecked(
        scenario_id=story.scenario_id, title=story.title, toml=write_toml(document)
    )


@router.post("/scenarios", status_code=202)
def queue(wanted: SearchOf, visit: Runner) -> JobShown:
    """Queue a scenario; its base is solved with it where it is not kept yet."""
    document = _read(wanted)
    check_cases(visit, [document])
    job = queue_scenario(visit, document, seconds=wanted.seconds, steps=wanted.steps)
    return JobShown.model_validate(job)


@router.get("/runs/{run_id}")
def read_run(run_id: str, visit: Annotated[Visit, allow(Permission.READ_PLANS)]) -> ResultShown:
    """Read what a run found; its plan is at ``/plans/run~{run_id}``."""
    return ResultShown.model_validate(visit.state.find_run(run_id))


@router.get("/scenarios/compare")
def read_comparison(
    visit: Reader,
    run: Annotated[list[str], Query(min_length=2, max_length=12, description="Ids of runs.")],
) -> ComparisonShown:
    """Compare kept runs side by side: the first, or the baseline among them, is the base."""
    shown, runs = find_comparison(visit, run)
    return ComparisonShown(
        runs=[r.run_id for r in runs],
        table=shown.table,
        sites=[one.table for one in shown.maps],
        fans=[table for _, table in shown.fans],
        notes=shown.notes,
        n_broken=shown.n_broken,
    )


@router.get("/scenarios/draws")
def read_draws(
    visit: Reader, study: Annotated[str, Query(max_length=120, description="Its id.")] = ""
) -> DrawsShown:
    """Read draws, the newest by default: each number drawn, each case with range and fan."""
    return DrawsShown.model_validate(_need(find_draws(visit, study), "study of draws"))


@router.post("/scenarios/draws", status_code=202)
def queue_draws_of(wanted: DrawsOf, visit: Runner) -> JobShown:
    """Queue draws of scenarios; they are solved first where they are not kept yet."""
    documents = [_read(one) for one in wanted.stories]
    picked = [
        Choice(story=story, text=write_toml(one), is_own=True)
        for story, one in zip(check_cases(visit, documents), documents, strict=True)
    ]
    check_drawn(picked)
    return JobShown.model_validate(queue_draws(visit, picked, wanted))


@router.get("/scenarios/training")
def read_training(visit: Reader) -> TrainingAnswer:
    """Read whom to train first and what each would save; proposals, not decisions."""
    return TrainingAnswer.model_validate(_need(find_training(visit), "training study"))


@router.get("/scenarios/options")
def read_options(
    request: Request,
    visit: Reader,
    weight: Annotated[
        list[int] | None,
        Query(max_length=60, description="Weights of the criteria in order; none for its own."),
    ] = None,
) -> OptionsShown:
    """Read the options scored with weights of your own."""
    if any(not 0 <= w <= MOST_WEIGHT for w in weight or ()):
        raise RefusalError(422, f"A weight is from 0 to {MOST_WEIGHT}.")
    moved = {f"w{n}": w for n, w in enumerate(weight or ())}
    return _show_options(find_options(visit, moved))


@router.post("/scenarios/options", status_code=201)
def bring_options(visit: Runner, file: UploadFile) -> OptionsShown:
    """Read a table of options and scores, and keep it."""
    sent = read_sent(file)
    if sent is None:
        raise RefusalError(422, "Send a CSV file or workbook with its name.")
    keep_options(visit, sent[1])
    return _show_options(find_options(visit, {}))


def _read(wanted: StoryWanted) -> dict[str, Any]:
    if wanted.document is not None:
        return wanted.document
    try:
        return tomllib.loads(wanted.toml)
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            [
                Problem(
                    code="Q010",
                    severity=Severity.ERROR,
                    column="toml",
                    cause=f"This is no TOML: {error}.",
                    suggestion="Mend it, or send `document`.",
                )
            ]
        ) from None


def _show_options(scored: Scored | None) -> OptionsShown:
    return OptionsShown.model_validate(_need(scored, "table of options"))


def _need(found: object | None, what: str) -> object:
    if found is None:
        raise StoreError(f"No {what} is kept yet.")
    return found
