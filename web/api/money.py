"""The API of money: rates, benchmark, frontier, tenders, awards, books, statements."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Query, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from data.award_steps import AwardState
from data.errors import StoreError
from data.statements import Statement, StatementTable
from data.tenders import Tender
from web.access import Visit, allow
from web.api.files import describe_file, read_all_sent, read_sent
from web.api.jobs import JobShown
from web.api.paging import Page, Paging
from web.awards import build_lots
from web.frontier_work import ProvidersWanted, find_frontier, queue_providers
from web.money_answers import find_answers
from web.money_work import (
    AwardFound,
    AwardWanted,
    LotsWanted,
    TenderFound,
    build_pack,
    find_answer,
    find_award,
    find_benchmark,
    find_books,
    find_rates,
    find_tender,
    keep_answer,
    keep_bids,
    keep_books,
    queue_award,
    queue_lots,
    step_award,
)
from web.refusals import RefusalError
from web.rendering import send_file
from web.roles import Permission

router = APIRouter(tags=["money"])

Reader = Annotated[Visit, allow(Permission.READ_MONEY)]
Editor = Annotated[Visit, allow(Permission.EDIT_MONEY)]
Approver = Annotated[Visit, allow(Permission.APPROVE_AWARDS)]


class RatesShown(BaseModel):
    """What each route of a run costs a day, and would cost elsewhere.

    Attributes
    ----------
    n_buy_short, n_own_short, n_buy_long, n_own_long
        Routes for which buying, or the own company, is cheaper in the short and long run.
    """

    model_config = ConfigDict(from_attributes=True)

    run_id: str
    routes: StatementTable
    providers: StatementTable
    n_buy_short: int
    n_own_short: int
    n_buy_long: int
    n_own_long: int


class BenchmarkShown(BaseModel):
    """What is paid against what it buys."""

    model_config = ConfigDict(from_attributes=True)

    n_fitted: int
    explained: str
    warnings: tuple[str, ...]
    dear: StatementTable
    suppliers: StatementTable
    effects: StatementTable
    ghosts: StatementTable


class FrontierShown(BaseModel):
    """Who should run what: least cost of each share of self-delivery.

    Attributes
    ----------
    picked_providers, picked_routes
        The plan of the point asked for.
    """

    model_config = ConfigDict(from_attributes=True)

    points: StatementTable
    best: tuple[tuple[str, str], ...]
    fleet: StatementTable
    picked_providers: StatementTable | None
    picked_routes: StatementTable | None


class ResultListed(BaseModel):
    """Something that was worked out and kept."""

    model_config = ConfigDict(from_attributes=True)

    result_id: str
    created_utc: datetime


class AwardListed(ResultListed):
    """An award and how far it has come."""

    state: AwardState


class TenderShown(BaseModel):
    """A tender with its lots, bids and awards."""

    tender_id: str
    title: str
    guide_year_pence: int
    guide_basis: str
    n_contracts: int
    lots: StatementTable
    books: list[ResultListed]
    awards: list[AwardListed]


class BidsKept(BaseModel):
    """Bids that were read and kept."""

    book_id: str
    n_bidders: int
    n_bids: int


class StepShown(BaseModel):
    """One step of an award, with who took it."""

    state: AwardState
    person_id: str
    created_utc: datetime


class AwardAnswer(BaseModel):
    """An award: who wins what, what each rule costs, who is worth what."""

    award_id: str
    tender_id: str
    state: AwardState
    steps: list[StepShown]
    evaluated_pence: int
    bound_pence: int
    is_proven: bool
    winners: StatementTable
    contracts: StatementTable
    rules: StatementTable
    worths: StatementTable


class LedgerShown(BaseModel):
    """The company's books by activity, tied to the ledger."""

    model_config = ConfigDict(from_attributes=True)

    centres: StatementTable
    customers: StatementTable
    ties: StatementTable


class StatementShown(BaseModel):
    """A statement that was worked out from tables, and what it was made from."""

    model_config = ConfigDict(from_attributes=True)

    statement_id: str
    topic: str
    created_utc: datetime
    person_id: str
    statement: Statement
    files: tuple[tuple[str, str], ...]


@router.get("/money/rates")
def read_rates(visit: Reader) -> RatesShown:
    """Read what each route of the latest run costs, and would cost elsewhere."""
    return RatesShown.model_validate(_need(find_rates(visit), "run with priced routes"))


@router.get("/money/benchmark")
def read_benchmark(visit: Reader) -> BenchmarkShown:
    """Read what is paid today against what it buys, and who is dear for it."""
    return BenchmarkShown.model_validate(_need(find_benchmark(visit), "plan of today"))


@router.get("/money/frontier")
def read_frontier(
    visit: Reader,
    point: Annotated[
        int | None, Query(ge=0, le=1_000, description="Whose plan to show, from 0.")
    ] = None,
) -> FrontierShown:
    """Read the least cost of each share of self-delivery, and the plan of one of them."""
    return FrontierShown.model_validate(_need(find_frontier(visit, point), "provider study"))


@router.get("/money/tenders")
def list_tenders(visit: Reader, paging: Paging) -> Page[ResultListed]:
    """List tenders, the newest first."""
    found = visit.store.list_results(visit.place, Tender)
    return paging.cut(found, ResultListed.model_validate)


@router.post("/money/frontier", status_code=202)
def choose_providers(wanted: ProvidersWanted, visit: Editor) -> JobShown:
    """Queue the choice of who should run each route of the latest run."""
    return JobShown.model_validate(queue_providers(visit, wanted))


@router.post("/money/tenders", status_code=202)
def let_routes(wanted: LotsWanted, visit: Editor) -> JobShown:
    """Queue the design of a tender's lots from the latest run; the job names the tender."""
    return JobShown.model_validate(queue_lots(visit, wanted))


@router.get("/money/tenders/{tender_id}")
def read_tender(tender_id: str, visit: Reader) -> TenderShown:
    """Read a tender: lots, bids, awards."""
    return _show_tender(find_tender(visit, tender_id))


@router.get("/money/tenders/{tender_id}/pack", responses=describe_file("xlsx"))
def download_pack(tender_id: str, visit: Reader) -> Response:
    """Download the invitation: it names no passenger, home, guide price or incumbent."""
    return send_file(build_pack(visit, tender_id), "invitation.xlsx")


@router.post("/money/tenders/{tender_id}/bids", status_code=201)
def read_bids(tender_id: str, visit: Editor, files: list[UploadFile]) -> BidsKept:
    """Read bid forms: all are kept, or none and every problem is listed."""
    sent = read_all_sent(files)
    if not sent:
        raise RefusalError(422, "Send the bid forms as workbooks, each with its name.")
    book = keep_bids(visit, tender_id, sent)
    return BidsKept(book_id=book.book_id, n_bidders=len(book.bidders), n_bids=len(book.bids))


@router.post("/money/tenders/{tender_id}/awards", status_code=202)
def work_out_award(tender_id: str, wanted: AwardWanted, visit: Editor) -> JobShown:
    """Queue the award of least cost that keeps the rules; the job names the award."""
    return JobShown.model_validate(queue_award(visit, tender_id, wanted))


@router.get("/money/awards/{award_id}")
def read_award(award_id: str, visit: Reader) -> AwardAnswer:
    """Read an award, and how far it has come."""
    return _show_award(find_award(visit, award_id))


@router.post("/money/awards/{award_id}/propose")
def propose_award(award_id: str, visit: Editor) -> AwardAnswer:
    """Propose an award to another commissioner."""
    step_award(visit, award_id, AwardState.PROPOSED)
    return _show_award(find_award(visit, award_id))


@router.post("/money/awards/{award_id}/approve")
def approve_award(award_id: str, visit: Approver) -> AwardAnswer:
    """Approve an award that somebody else proposed."""
    step_award(visit, award_id, AwardState.APPROVED)
    return _show_award(find_award(visit, award_id))


@router.get("/money/ledger")
def read_ledger(visit: Reader) -> LedgerShown:
    """Read the company's books by activity, tied to the ledger."""
    return LedgerShown.model_validate(_need(find_books(visit), "ledger"))


@router.post("/money/ledger", status_code=201)
def bring_ledger(visit: Editor, file: UploadFile) -> LedgerShown:
    """Read the company's books; refused whole if they do not add up."""
    keep_books(visit, _need_file(file))
    return LedgerShown.model_validate(_need(find_books(visit), "ledger"))


@router.get("/money/invoices")
def read_invoices(visit: Reader) -> StatementShown:
    """Read the last check of invoices: each difference in pence with its reason."""
    return StatementShown.model_validate(_need(find_answer(visit, "invoices"), "statement"))


@router.post("/money/invoices", status_code=201)
def check_invoices(
    visit: Editor,
    invoices: UploadFile,
    contracts: UploadFile,
    records: UploadFile | None = None,
    indices: UploadFile | None = None,
    basis: Annotated[str, Form(max_length=200)] = "",
) -> StatementShown:
    """Hold every line of invoices against its contract and what was run."""
    sent = {"invoices": invoices, "contracts": contracts, "records": records}
    return _answer(visit, "invoices", sent | {"indices": indices}, 0, basis)


@router.get("/money/savings")
def read_savings(visit: Reader) -> StatementShown:
    """Read the last statement of budget and savings."""
    return StatementShown.model_validate(_need(find_answer(visit, "savings"), "statement"))


@router.post("/money/savings", status_code=201)
def count_savings(
    visit: Editor,
    savings: UploadFile,
    first_year: Annotated[int, Form(ge=1_900, le=2_200)],
    budget: UploadFile | None = None,
    basis: Annotated[str, Form(max_length=200)] = "",
) -> StatementShown:
    """Count recurring and one-off savings by financial year, cashable apart from avoided."""
    sent = {"savings": savings, "budget": budget}
    return _answer(visit, "savings", sent, first_year, basis)


def _answer(
    visit: Visit,
    topic: str,
    sent: dict[str, UploadFile | None],
    first_year: int,
    basis: str,
) -> StatementShown:
    about = find_answers(topic)
    read = {name: read_sent(file) for name, file in sent.items()}
    given = {name: file for name, file in read.items() if file is not None}
    missing = [t.label for t in about.tables if t.is_required and t.name not in given]
    if missing:
        raise RefusalError(422, f"Send a table with its name: {', '.join(missing)}.")
    kept = keep_answer(visit, about, given, first_year=first_year, basis=basis)
    return StatementShown.model_validate(kept)


def _need(found: object | None, what: str) -> object:
    if found is None:
        raise StoreError(f"No {what} is kept yet.")
    return found


def _need_file(file: UploadFile) -> tuple[str, bytes]:
    sent = read_sent(file)
    if sent is None:
        raise RefusalError(422, "Send a workbook with its name.")
    return sent


def _show_tender(found: TenderFound) -> TenderShown:
    tender = found.tender
    return TenderShown(
        tender_id=tender.tender_id,
        title=tender.title,
        guide_year_pence=tender.guide_year_pence,
        guide_basis=tender.guide_basis,
        n_contracts=len(tender.contracts),
        lots=build_lots(tender),
        books=[ResultListed.model_validate(one) for one in found.books],
        awards=[
            AwardListed(
                result_id=one.result_id,
                created_utc=one.created_utc,
                state=found.states[one.result_id],
            )
            for one in found.awards
        ],
    )


def _show_award(found: AwardFound) -> AwardAnswer:
    award, shown = found.award, found.shown
    return AwardAnswer(
        award_id=award.award_id,
        tender_id=award.tender_id,
        state=found.state,
        steps=[
            StepShown(state=s.state, person_id=s.person_id, created_utc=s.created_utc)
            for s in found.steps
        ],
        evaluated_pence=award.evaluated_pence,
        bound_pence=award.bound_pence,
        is_proven=award.is_proven,
        winners=shown.winners,
        contracts=shown.contracts,
        rules=shown.rules,
        worths=shown.worths,
    )
