"""What the worker does for each kind of job; heavy libraries are loaded by what needs them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from data.audit import AuditEntry
from data.errors import ModelError, RefusedError
from data.logs import Log, note_run
from data.people import Person
from data.store import Store
from data.versions import find_code_version
from data.workspace import Workspace
from web.job_kinds import (
    ChooseProviders,
    DrawScenarios,
    MakeAward,
    MakeLots,
    ReadImport,
    SolveScenario,
    SolveStudy,
    WritePaper,
)
from web.jobs import Job, JobBook, JobResult, ResultKind
from web.roles import find_permissions

if TYPE_CHECKING:
    from data.inputs import Inputs
    from data.networks import TravelMatrix
    from data.runs import RunRecord
    from routing import ProgressReport
    from scenarios import Case, Search

TOLD_EVERY_S = 1.0
TEMPLATE = "template.docx"
"""A council's own Word template, among the files of a job."""


class Bench:
    """What a job is done with: its record, the open store, the place.

    Parameters
    ----------
    clock
        Reads the clock, in UTC.
    """

    def __init__(
        self,
        book: JobBook,
        job: Job,
        store: Store,
        workspace: Workspace,
        *,
        log: Log,
        clock: Callable[[], datetime],
    ) -> None:
        self.book, self.job, self.store, self.workspace = book, job, store, workspace
        self.log, self.clock = log, clock
        self.code_version = find_code_version()
        self.person = self._require_person()

    def _require_person(self) -> Person:
        """Find who asked; who may no longer ask for such a thing is refused."""
        person = self.store.find_person(self.job.person_id)
        account = self.store.accounts.find_account(self.job.person_id)
        may = find_permissions(None if person is None else person.roles)
        if (
            person is None
            or self.job.rules.asks not in may
            or (account is not None and account.is_disabled)
        ):
            raise RefusedError("Who asked for this may no longer do so. Nothing was changed.")
        return person

    @property
    def is_stopped(self) -> bool:
        """Whether the job was asked to stop."""
        return self.book.is_stopped(self.job.job_id)

    def tell(
        self, stage: str, *, best_pence: int | None = None, bound_pence: int | None = None
    ) -> None:
        """Tell how far the job is."""
        self.job = replace(
            self.job, stage=stage, best_pence=best_pence, bound_pence=bound_pence
        )
        self.book.write(self.job)

    def read_file(self, name: str) -> bytes:
        """Read a file that came with the job; b"" if none did."""
        path = self.book.find_content(self.job.job_id) / name
        return path.read_bytes() if path.is_file() else b""

    def recording(self, action: str, kind: str, record_id: str) -> AbstractContextManager[None]:
        """Keep an audit entry with the change made within, as done by who asked for it."""
        return self.store.audit.recording(
            AuditEntry(
                place=self.job.place,
                at_utc=self.clock(),
                person_id=self.person.person_id,
                roles=tuple(sorted(self.person.roles)),
                address=self.job.address,
                action=action,
                kind=kind,
                record_id=record_id,
            )
        )


Results = tuple[JobResult, ...]


class _Solving:
    """Scenarios being solved for a job: each case from the store, or searched and kept."""

    def __init__(self, bench: Bench, stories: Sequence[str], search: Search) -> None:
        import tomllib

        from routing import read_network
        from scenarios import build_scenario

        store, workspace = bench.store, bench.workspace
        self.bench, self.search = bench, search
        self.stories = tuple(
            build_scenario(tomllib.loads(text), "scenario.toml") for text in stories
        )
        self.network = read_network(workspace.network_path)
        self.inputs = store.read_inputs(store.find_inputs_hash(workspace.place))

    def solve(self) -> list[RunRecord]:
        """Solve the base and every scenario; the base first."""
        from scenarios import solve_stories

        return solve_stories(self.stories, self.inputs, self.search, self.solve_case)

    def solve_case(self, case: Case) -> RunRecord:
        """Solve one case, or take it from the store."""
        from scenarios import find_kept_run, solve_and_keep

        bench = self.bench
        kept = find_kept_run(bench.store, bench.workspace.place, case)
        if kept is not None:
            return kept
        bench.tell(case.title)
        run = solve_and_keep(
            bench.store,
            bench.workspace,
            case,
            self.network,
            now=bench.clock,
            progress=_tell_search(bench, case.title),
            should_stop=lambda: bench.is_stopped,
        )
        note_run(bench.log, run)
        return run


def solve(bench: Bench, wanted: SolveScenario | SolveStudy) -> Results:
    """Solve scenarios and their base; a study's runs are kept together."""
    from scenarios import Search, StudyFile, keep_study

    search = Search(seconds=wanted.seconds, steps=wanted.steps, seed=1, n_workers=1)
    solving = _Solving(bench, wanted.stories, search)
    runs = solving.solve()
    found = _name_runs(runs)
    if isinstance(wanted, SolveScenario) or bench.is_stopped:
        return found
    record = keep_study(
        bench.store,
        StudyFile.model_validate_json(wanted.study),
        solving.stories,
        runs,
        solving.inputs,
        search,
        solving.solve_case,
        created_utc=bench.clock,
    )
    return (*found, JobResult(kind=ResultKind.STUDY, result_id=record.study_id))


def _name_runs(runs: Sequence[RunRecord]) -> Results:
    return tuple(JobResult(kind=ResultKind.RUN, result_id=run.run_id) for run in runs)


class _StoppedError(Exception):
    """Somebody asked the job to stop; what was found is put down already."""


def draw(bench: Bench, wanted: DrawScenarios) -> Results:
    """Solve scenarios and draw their uncertain numbers; asked again, it goes on from a stop."""
    from scenarios import DrawSettings, DrawsWanted, Method, Search, draw_and_keep

    search = Search(seconds=None, steps=wanted.steps, seed=1, n_workers=1)
    solving = _Solving(bench, wanted.stories, search)
    runs = solving.solve()
    found = _name_runs(runs)
    if bench.is_stopped:
        return found
    last = [0.0]

    def tell(stage: str) -> None:
        if bench.is_stopped:
            raise _StoppedError
        if time.monotonic() - last[0] >= TOLD_EVERY_S:
            last[0] = time.monotonic()
            bench.tell(stage)

    settings = DrawSettings(
        n_draws=wanted.n_draws,
        seed=1,
        method=Method.SOBOL,
        n_planned=wanted.n_planned,
        search=search,
    )
    try:
        study = draw_and_keep(
            bench.store,
            bench.workspace,
            solving.inputs,
            solving.network,
            DrawsWanted(
                stories=solving.stories,
                runs=runs,
                settings=settings,
                target_pence=wanted.target_pence,
            ),
            now=bench.clock,
            tell=tell,
        )
    except _StoppedError:
        return found
    return (*found, JobResult(kind=ResultKind.DRAWS, result_id=study.study_id))


def _tell_search(bench: Bench, title: str) -> Callable[[ProgressReport], None]:
    """Tell how a search goes, at most once a second."""
    last = [0.0]

    def tell(report: ProgressReport) -> None:
        if time.monotonic() - last[0] < TOLD_EVERY_S:
            return
        last[0] = time.monotonic()
        day = f", {report.day_name}" if report.day_name else ""
        bench.tell(
            f"{title}: {report.stage}{day}",
            best_pence=report.best_cost_pence,
            bound_pence=report.bound_pence,
        )

    return tell


def write_paper(bench: Bench, wanted: WritePaper) -> Results:
    """Write the paper of a study as a draft."""
    from reports import gather_paper, prepare_paper, save_paper
    from routing import read_network

    path = bench.workspace.network_path
    bench.tell("gathering runs and figures")
    request = gather_paper(
        bench.store,
        bench.workspace.place,
        wanted.study_id,
        bench.person.person_id,
        now_utc=bench.clock(),
        roads=read_network(path) if path.is_file() else None,
        template=bench.read_file(TEMPLATE),
    )
    bench.tell("writing")
    # Seconds of charts and typesetting, before anybody waits for the store.
    paper, files = prepare_paper(request)
    with bench.recording("paper.make", "paper", wanted.study_id):
        save_paper(bench.store, bench.workspace.place, paper, files)
    return (JobResult(kind=ResultKind.PAPER, result_id=paper.paper_id),)


def _open_run(bench: Bench, run_id: str) -> tuple[RunRecord, Inputs, TravelMatrix]:
    """Open a run with its inputs and travel times.

    Raises
    ------
    ModelError
        If the place has no roads.
    """
    from routing import read_network
    from scenarios import build_case_matrix

    workspace = bench.workspace
    run = bench.store.find_run(run_id, workspace.place)
    inputs = bench.store.read_inputs(run.inputs_hash)
    if not workspace.network_path.is_file():
        raise ModelError("No roads are loaded for this place: `wayfare roads import`.")
    matrix = build_case_matrix(
        inputs,
        read_network(workspace.network_path),
        cache_folder=workspace.matrices_folder,
    )
    return run, inputs, matrix


def make_lots(bench: Bench, wanted: MakeLots) -> Results:
    """Design the lots of a tender from a run."""
    from costing import build_tender, find_guide_prices
    from data.sources.market_costs import read_shipped_market_costs

    store, workspace = bench.store, bench.workspace
    bench.tell("pricing each route")
    run, inputs, matrix = _open_run(bench, wanted.run_id)
    guides = find_guide_prices(run.plan, inputs, matrix, read_shipped_market_costs())
    bench.tell("grouping routes")
    try:
        tender = build_tender(
            run, inputs, wanted.rule, guides, created_utc=bench.clock(),
            is_buying_all=wanted.is_all,
        )  # fmt: skip
    except ValueError as error:
        raise ModelError(str(error)) from error
    with bench.recording("tender.make", "tender", tender.tender_id):
        store.save_result(tender, place=workspace.place)
    return (JobResult(kind=ResultKind.TENDER, result_id=tender.tender_id),)


def make_award(bench: Bench, wanted: MakeAward) -> Results:
    """Work out the award of least cost that keeps rules."""
    from costing import award_tender
    from data.tenders import BidBook, Tender

    store, place = bench.store, bench.workspace.place
    tender = store.find_result(Tender, wanted.tender_id, place=place)
    book = store.find_result(BidBook, wanted.book_id, parent_id=tender.tender_id)
    award = award_tender(
        tender, book, wanted.rules, created_utc=bench.clock(), seconds=wanted.seconds,
        review_seconds=wanted.seconds, progress=bench.tell,
    )  # fmt: skip
    with bench.recording("award.make", "award", award.award_id):
        store.save_result(award, place=place)
    return (JobResult(kind=ResultKind.AWARD, result_id=award.award_id),)


def choose_providers(bench: Bench, wanted: ChooseProviders) -> Results:
    """Choose who should run each route of a run, at each share of self-delivery."""
    from scenarios import study_providers

    run, inputs, matrix = _open_run(bench, wanted.run_id)
    study = study_providers(
        run,
        inputs,
        matrix,
        wanted.rules,
        created_utc=bench.clock(),
        step_bp=wanted.step_bp,
        fleet_changes=range(-wanted.n_fewer, wanted.n_more + 1),
        seconds=wanted.seconds,
        progress=bench.tell,
    )
    with bench.recording("providers.choose", "providers", study.study_id):
        bench.store.save_result(study, place=bench.workspace.place)
    return (JobResult(kind=ResultKind.PROVIDERS, result_id=study.study_id),)


def read_import(bench: Bench, wanted: ReadImport) -> Results:
    """Read files that somebody brings in; what was found waits beside the job."""
    from web.holding import hold_reading

    bench.tell("reading and checking")
    hold_reading(bench.book, bench.job, bench.store, bench.workspace, wanted)
    return ()


TASKS: Mapping[str, Callable[[Bench, Any], Results]] = {
    "scenario": solve,
    "study": solve,
    "draws": draw,
    "paper": write_paper,
    "lots": make_lots,
    "award": make_award,
    "providers": choose_providers,
    "import": read_import,
}
"""What is done for each kind of job."""
