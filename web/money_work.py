"""Work on money: rates, benchmark, tenders, bids, awards, books, statements.

The one way that the pages and the API both go; what is found wrong is raised as errors that
hold every problem.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, Field

from costing import list_award_steps, take_award_step
from data.accounts import Accounts
from data.award_steps import AwardState, AwardStep, find_award_state
from data.errors import InputError
from data.statements import KeptStatement
from data.store.results import ResultSummary
from data.tenders import Award, AwardRules, BidBook, LotBasis, LotRule, Tender
from web.access import Visit
from web.awards import AwardShown, build_award
from web.job_kinds import MakeAward, MakeLots
from web.jobs import Job
from web.ledger import Ledger, build_ledger
from web.limits import entering, note_export
from web.money import (
    Benchmark,
    Rates,
    build_benchmark,
    build_rates,
    find_latest_run,
    name_providers,
    need_latest_run,
)
from web.money_answers import Answers, answer
from web.queueing import queue_job
from web.uploads import write_uploads

File = tuple[str, bytes]
"""Name as sent, and content."""


def find_rates(visit: Visit) -> Rates | None:
    """Find what each route of the latest run costs, and would cost elsewhere."""
    run = find_latest_run(visit.state)
    if run is None or not run.alternatives:
        return None
    return build_rates(run, visit.state.read_inputs(run.inputs_hash))


def find_benchmark(visit: Visit) -> Benchmark | None:
    """Find what is paid today against what it buys."""
    from scenarios import benchmark_rates, find_priced_routes

    state, run = visit.state, find_latest_run(visit.state)
    if run is None or run.baseline is None:
        return None
    inputs, today = state.read_inputs(run.inputs_hash), run.baseline
    found = state.recent.find(
        ("benchmark", run.run_id),
        lambda: benchmark_rates(find_priced_routes(today, inputs)),
    )
    return build_benchmark(found, name_providers(inputs))


class LotsWanted(BaseModel):
    """How a tender's lots are made."""

    basis: LotBasis = Field(title="Group by")
    max_vehicles: int = Field(title="Most vehicles of a lot", ge=1, le=200)
    n_lots: int | None = Field(default=None, title="How many lots", ge=1, le=500)
    is_all: bool = Field(default=False, title="Let the own company's routes too")


def queue_lots(visit: Visit, wanted: LotsWanted) -> Job:
    """Queue the design of a tender's lots from the latest run.

    Raises
    ------
    ModelError
        If there is no run.
    LimitError
        If the person has as many jobs waiting as they may.
    """
    run = need_latest_run(visit.state, "to let")
    rule = LotRule(basis=wanted.basis, max_vehicles=wanted.max_vehicles, n_lots=wanted.n_lots)
    made = MakeLots(run_id=run.run_id, rule=rule, is_all=wanted.is_all)
    return queue_job(visit, f"Lots by {wanted.basis}", made)


def fill_lots(wanted: MakeLots) -> dict[str, str]:
    """Fill in the form of lots as it was sent for a job."""
    return {
        "basis": wanted.rule.basis,
        "max_vehicles": str(wanted.rule.max_vehicles),
        "n_lots": "" if wanted.rule.n_lots is None else str(wanted.rule.n_lots),
        "is_all": "yes" if wanted.is_all else "",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderFound:
    """A tender with what came of it.

    Attributes
    ----------
    states
        State of each award, by its id.
    """

    tender: Tender
    books: tuple[ResultSummary, ...]
    awards: tuple[ResultSummary, ...]
    states: Mapping[str, AwardState]


def find_tender(visit: Visit, tender_id: str) -> TenderFound:
    """Find a tender: lots, bids, awards.

    Raises
    ------
    StoreError
        If there is none of the id.
    """
    store = visit.store
    tender = store.find_result(Tender, tender_id, place=visit.place)
    all_books = store.list_results(visit.place, BidBook)
    books = tuple(s for s in all_books if s.parent_id == tender_id)
    held = {book.result_id for book in books}
    awards = tuple(s for s in store.list_results(visit.place, Award) if s.parent_id in held)
    return TenderFound(
        tender=tender,
        books=books,
        awards=awards,
        states={
            a.result_id: find_award_state(list_award_steps(store, a.result_id)) for a in awards
        },
    )


def build_pack(visit: Visit, tender_id: str) -> bytes:
    """Build the invitation pack as a workbook; one of the exports that are counted.

    Raises
    ------
    StoreError
        If there is no such tender.
    LimitError
        If the person has had as many exports in an hour as they may.
    """
    from reports import build_pack_book, build_tender_names

    tender = visit.store.find_result(Tender, tender_id, place=visit.place)
    inputs = visit.state.read_inputs(tender.inputs_hash)
    note_export(visit, "tender", tender_id)
    return build_pack_book(tender, inputs, build_tender_names(inputs))


def keep_bids(visit: Visit, tender_id: str, files: Sequence[File]) -> BidBook:
    """Read bid forms: all are kept, or none.

    Raises
    ------
    InputError
        With every problem of the forms.
    """
    from costing import build_objections
    from data.imports import read_bids

    tender = visit.store.find_result(Tender, tender_id, place=visit.place)
    inputs = visit.state.read_inputs(tender.inputs_hash)
    with entering(visit), write_uploads(files) as paths:
        found = read_bids(
            paths, tender, created_utc=visit.now_utc,
            find_objection=build_objections(inputs),
        )  # fmt: skip
    book: BidBook | None = found.book
    if book is None:
        raise InputError(found.report.problems)
    with visit.recording("bids.keep", "bids", book.book_id):
        visit.store.save_result(
            book,
            place=visit.place,
            files={f.name: f.content for f in found.originals},
        )
    return book


class AwardWanted(BaseModel):
    """Which rules an award keeps; shares in per cent."""

    book_id: str = Field(title="Bids", max_length=200)
    quality: float = Field(title="Weight of quality", ge=0, le=100)
    max_share: float = Field(title="Most routes of one supplier", gt=0, le=100)
    small: float = Field(title="Least to small firms", ge=0, le=100)
    max_suppliers: int | None = Field(default=None, title="Most suppliers", ge=1, le=10_000)
    seconds: int = Field(title="Longest time", ge=1, le=120)


def queue_award(visit: Visit, tender_id: str, wanted: AwardWanted) -> Job:
    """Queue the award of least cost that keeps the rules.

    Raises
    ------
    StoreError
        If there is no such tender, or it has no such bids.
    LimitError
        If the person has as many jobs waiting as they may.
    """
    tender = visit.store.find_result(Tender, tender_id, place=visit.place)
    book = visit.store.find_result(BidBook, wanted.book_id, parent_id=tender.tender_id)
    rules = AwardRules(
        quality_weight_bp=round(100 * wanted.quality),
        max_share_bp=round(100 * wanted.max_share),
        min_small_share_bp=round(100 * wanted.small),
        max_suppliers=wanted.max_suppliers,
    )
    return queue_job(
        visit,
        f"Award of {tender.title or tender.tender_id}",
        MakeAward(
            tender_id=tender.tender_id,
            book_id=book.book_id,
            rules=rules,
            seconds=wanted.seconds,
        ),
    )


def fill_award(wanted: MakeAward) -> dict[str, str]:
    """Fill in the form of an award as it was sent for a job."""
    rules = wanted.rules
    return {
        "book_id": wanted.book_id,
        "quality": f"{rules.quality_weight_bp / 100:g}",
        "max_share": f"{rules.max_share_bp / 100:g}",
        "small": f"{rules.min_small_share_bp / 100:g}",
        "max_suppliers": "" if rules.max_suppliers is None else str(rules.max_suppliers),
        "seconds": str(wanted.seconds),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardFound:
    """An award with its tender, its tables and how far it has come."""

    award: Award
    tender: Tender
    shown: AwardShown
    steps: tuple[AwardStep, ...]
    state: AwardState


def find_award(visit: Visit, award_id: str) -> AwardFound:
    """Find an award.

    Raises
    ------
    StoreError
        If there is none of the id.
    """
    store = visit.store
    award = store.find_result(Award, award_id, place=visit.place)
    tender = store.find_result(Tender, award.tender_id)
    book = store.find_result(BidBook, award.book_id)
    inputs = visit.state.read_inputs(tender.inputs_hash)
    steps = tuple(list_award_steps(store, award.award_id))
    return AwardFound(
        award=award,
        tender=tender,
        shown=build_award(award, tender, book, inputs),
        steps=steps,
        state=find_award_state(steps),
    )


def step_award(visit: Visit, award_id: str, wanted: AwardState) -> Award:
    """Propose an award, or approve one that somebody else proposed.

    Raises
    ------
    RefusedError
        If the person may not.
    """
    award = visit.store.find_result(Award, award_id, place=visit.place)
    action = "award.propose" if wanted is AwardState.PROPOSED else "award.approve"
    with visit.recording(action, "award", award.award_id):
        take_award_step(
            visit.store, award, wanted, visit.person_id, place=visit.place,
            now_utc=visit.now_utc, code_version=visit.state.code_version,
        )  # fmt: skip
    return award


def find_books(visit: Visit) -> Ledger | None:
    """Find the company's books by activity, tied to the ledger."""
    if not visit.store.list_results(visit.place, Accounts):
        return None
    return build_ledger(visit.store.find_result(Accounts, place=visit.place))


def keep_books(visit: Visit, file: File) -> Accounts:
    """Read the company's books; refused whole if they do not add up.

    Raises
    ------
    InputError
        With every problem of the workbook.
    """
    from data.imports import read_ledger

    with entering(visit), write_uploads([file]) as paths:
        found = read_ledger(paths[0], place=visit.place, created_utc=visit.now_utc)
    accounts: Accounts | None = found.accounts
    if accounts is None:
        raise InputError(found.report.problems)
    with visit.recording("accounts.keep", "accounts", accounts.accounts_id):
        visit.store.save_result(
            accounts,
            place=visit.place,
            files={f.name: f.content for f in found.originals},
        )
    return accounts


def find_answer(visit: Visit, topic: str) -> KeptStatement | None:
    """Find what was worked out last on a topic, or None."""
    for summary in visit.store.list_results(visit.place, KeptStatement):
        if summary.parent_id == topic:
            return visit.store.find_result(KeptStatement, summary.result_id)
    return None


def keep_answer(
    visit: Visit, about: Answers, given: Mapping[str, File], *, first_year: int, basis: str
) -> KeptStatement:
    """Work out a statement from tables, and keep it with them.

    Parameters
    ----------
    given
        Tables by the names that `about` gives them.

    Raises
    ------
    InputError
        With every fault of the tables.
    """
    with entering(visit):
        kept, files = answer(visit, about, given, first_year=first_year, basis=basis)
    with visit.recording("statement.keep", "statement", kept.statement_id):
        visit.store.save_result(kept, place=visit.place, files=files)
    return kept
