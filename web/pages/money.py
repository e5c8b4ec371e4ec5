"""Money: rates, benchmark, providers, tenders and awards, invoices, the ledger, savings."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from costing import list_award_steps, take_award_step
from data.accounts import Accounts
from data.award_steps import AwardState, find_award_state
from data.choices import ProviderStudy
from data.errors import InputError, ModelError
from data.statements import KeptStatement
from data.tenders import Award, AwardRules, BidBook, LotBasis, LotRule, Tender
from web.access import Visit, allow
from web.charts import build_svg
from web.forms import Form, Posted, check_form, read_posted, see_other
from web.ledger import build_ledger
from web.money import (
    build_award,
    build_benchmark,
    build_frontier,
    build_lots,
    build_rates,
    find_latest_run,
    name_providers,
)
from web.money_answers import answer, find_answers
from web.rendering import render
from web.roles import Permission
from web.uploads import write_uploads

router = APIRouter(prefix="/money")

Reader = Annotated[Visit, allow(Permission.READ_MONEY)]
Editor = Annotated[Visit, allow(Permission.EDIT_MONEY)]
Approver = Annotated[Visit, allow(Permission.APPROVE_AWARDS)]
Sent = Annotated[Posted, Depends(read_posted)]


@router.get("")
def show_overview(request: Request, visit: Reader) -> Response:
    """Show what is known about money, with a way to each."""
    run = find_latest_run(visit.state)
    results = visit.store.list_results(visit.place)
    kinds = {kind: [r for r in results if r.kind == kind] for kind in {r.kind for r in results}}
    return render(request, "money/overview.html", run=run, kinds=kinds)


@router.get("/rates")
def show_rates(request: Request, visit: Reader) -> Response:
    """Show what each route costs, and would cost elsewhere."""
    run = find_latest_run(visit.state)
    rates = None
    if run is not None and run.alternatives:
        rates = build_rates(run, visit.state.read_inputs(run.inputs_hash))
    return render(request, "money/rates.html", rates=rates, build_svg=build_svg)


@router.get("/benchmark")
def show_benchmark(request: Request, visit: Reader) -> Response:
    """Show what is paid against what it buys."""
    from scenarios import benchmark_rates, find_priced_routes

    state, run = visit.state, find_latest_run(visit.state)
    shown = None
    if run is not None and run.baseline is not None:
        inputs, today = state.read_inputs(run.inputs_hash), run.baseline
        found = state.recent.find(
            ("benchmark", run.run_id),
            lambda: benchmark_rates(find_priced_routes(today, inputs)),
        )
        shown = build_benchmark(found, name_providers(inputs))
    return render(request, "money/benchmark.html", shown=shown, build_svg=build_svg)


@router.get("/providers")
def show_providers(
    request: Request,
    visit: Reader,
    point: Annotated[int | None, Query(ge=0, le=1_000)] = None,
) -> Response:
    """Show the frontier of providers, and the plan of a point of it."""
    shown = None
    if visit.store.list_results(visit.place, ProviderStudy):
        study = visit.store.find_result(ProviderStudy, place=visit.place)
        inputs = visit.state.read_inputs(study.inputs_hash)
        shown = build_frontier(study, inputs, point)
    return render(request, "money/providers.html", shown=shown, build_svg=build_svg)


@router.get("/tenders")
def show_tenders(request: Request, visit: Reader) -> Response:
    """Show the tenders, and the form of a new one."""
    return _show_tenders(request, visit, Form(values={"basis": "site", "max_vehicles": "6"}))


def _show_tenders(request: Request, visit: Visit, form: Form) -> Response:
    tenders = visit.store.list_results(visit.place, Tender)
    return render(
        request, "money/tenders.html", status_code=422 if form.errors else 200,
        tenders=tenders, form=form, bases=tuple(LotBasis), run=find_latest_run(visit.state),
    )  # fmt: skip


class LotForm(BaseModel):
    """How a tender's lots are made."""

    basis: LotBasis = Field(title="Group by")
    max_vehicles: int = Field(title="Most vehicles of a lot", ge=1, le=200)
    n_lots: int | None = Field(default=None, title="How many lots", ge=1, le=500)
    is_all: str = ""


@router.post("/tenders")
def make_tender(request: Request, visit: Editor, posted: Sent) -> Response:
    """Design the lots of a tender from the latest run."""
    checked, form = check_form(LotForm, posted)
    run = find_latest_run(visit.state)
    if run is None:
        form = form.add_error("", "There is no plan yet to let: plan first")
    if checked is None or run is None or form.errors:
        return _show_tenders(request, visit, form)
    from costing import build_tender, find_guide_prices
    from data.sources.market_costs import read_shipped_market_costs
    from web.matrices import find_matrix

    inputs = visit.state.read_inputs(run.inputs_hash)
    guides = find_guide_prices(
        run.plan, inputs, find_matrix(visit.state, inputs), read_shipped_market_costs()
    )
    rule = LotRule(
        basis=checked.basis, max_vehicles=checked.max_vehicles, n_lots=checked.n_lots
    )
    try:
        tender = build_tender(
            run, inputs, rule, guides, created_utc=visit.now_utc,
            is_buying_all=bool(checked.is_all),
        )  # fmt: skip
    except (ModelError, ValueError) as error:
        return _show_tenders(request, visit, form.add_error("", str(error)))
    with visit.recording("tender.make", "tender", tender.tender_id):
        visit.store.save_result(tender, place=visit.place)
    return see_other(f"/money/tenders/{tender.tender_id}")


@router.get("/tenders/{tender_id}")
def show_tender(request: Request, visit: Reader, tender_id: str) -> Response:
    """Show a tender: lots, bids, awards."""
    return _show_tender(request, visit, tender_id, Form(values=AWARD_DEFAULTS))


AWARD_DEFAULTS = {"quality": "20", "max_share": "100", "small": "0", "seconds": "30"}


def _show_tender(request: Request, visit: Visit, tender_id: str, form: Form) -> Response:
    store = visit.store
    tender = store.find_result(Tender, tender_id, place=visit.place)
    books = [s for s in store.list_results(visit.place, BidBook) if s.parent_id == tender_id]
    held = {book.result_id for book in books}
    awards = [s for s in store.list_results(visit.place, Award) if s.parent_id in held]
    states = {
        a.result_id: str(find_award_state(list_award_steps(store, a.result_id))) for a in awards
    }
    return render(
        request, "money/tender.html", status_code=422 if form.errors else 200,
        tender=tender, lots=build_lots(tender), books=books, awards=awards, states=states,
        form=form,
    )  # fmt: skip


@router.get("/tenders/{tender_id}/pack")
def download_pack(visit: Reader, tender_id: str) -> Response:
    """Download the invitation pack: no passenger, home, guide price or incumbent."""
    from reports import build_pack_book, build_tender_names

    tender = visit.store.find_result(Tender, tender_id, place=visit.place)
    inputs = visit.state.read_inputs(tender.inputs_hash)
    book = build_pack_book(tender, inputs, build_tender_names(inputs))
    headers = {"content-disposition": 'attachment; filename="invitation.xlsx"'}
    return Response(book, media_type=XLSX, headers=headers)


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.post("/tenders/{tender_id}/bids")
def read_bid_forms(request: Request, visit: Editor, tender_id: str, posted: Sent) -> Response:
    """Read bid forms: all are kept, or none and every problem is shown."""
    from costing import build_objections
    from data.imports import read_bids

    tender = visit.store.find_result(Tender, tender_id, place=visit.place)
    files = [(name, body) for key, name, body in posted.files if key == "files" and name]
    if not files:
        form = Form(values=AWARD_DEFAULTS, errors={"files": "Bid forms: choose a workbook"})
        return _show_tender(request, visit, tender_id, form)
    inputs = visit.state.read_inputs(tender.inputs_hash)
    with write_uploads(files) as paths:
        found = read_bids(
            paths, tender, created_utc=visit.now_utc,
            find_objection=build_objections(inputs),
        )  # fmt: skip
    if found.book is None:
        return render(
            request, "money/refused.html", status_code=422, problems=found.report.problems,
            title="The bids were not kept", back=f"/money/tenders/{tender_id}",
        )  # fmt: skip
    with visit.recording("bids.keep", "bids", found.book.book_id):
        visit.store.save_result(
            found.book,
            place=visit.place,
            files={f.name: f.content for f in found.originals},
        )
    return see_other(f"/money/tenders/{tender_id}")


class AwardForm(BaseModel):
    """Which rules an award keeps."""

    book_id: str = Field(title="Bids")
    quality: float = Field(title="Weight of quality", ge=0, le=100)
    max_share: float = Field(title="Most routes of one supplier", gt=0, le=100)
    small: float = Field(title="Least to small firms", ge=0, le=100)
    max_suppliers: int | None = Field(default=None, title="Most suppliers", ge=1)
    seconds: int = Field(title="Longest time", ge=1, le=120)


@router.post("/tenders/{tender_id}/award")
def make_award(request: Request, visit: Editor, tender_id: str, posted: Sent) -> Response:
    """Work out the award of least cost that keeps the rules."""
    from costing import award_tender

    checked, form = check_form(AwardForm, posted)
    if checked is None:
        return _show_tender(request, visit, tender_id, form)
    tender = visit.store.find_result(Tender, tender_id, place=visit.place)
    book = visit.store.find_result(BidBook, checked.book_id, parent_id=tender.tender_id)
    rules = AwardRules(
        quality_weight_bp=round(100 * checked.quality),
        max_share_bp=round(100 * checked.max_share),
        min_small_share_bp=round(100 * checked.small),
        max_suppliers=checked.max_suppliers,
    )
    try:
        award = award_tender(
            tender, book, rules, created_utc=visit.now_utc, seconds=checked.seconds,
            review_seconds=checked.seconds,
        )  # fmt: skip
    except ModelError as error:
        return _show_tender(request, visit, tender_id, form.add_error("", str(error)))
    with visit.recording("award.make", "award", award.award_id):
        visit.store.save_result(award, place=visit.place)
    return see_other(f"/money/awards/{award.award_id}")


@router.get("/awards/{award_id}")
def show_award(request: Request, visit: Reader, award_id: str) -> Response:
    """Show an award, and how far it has come."""
    store = visit.store
    award = store.find_result(Award, award_id, place=visit.place)
    tender = store.find_result(Tender, award.tender_id)
    book = store.find_result(BidBook, award.book_id)
    inputs = visit.state.read_inputs(tender.inputs_hash)
    steps = list_award_steps(store, award.award_id)
    return render(
        request, "money/award.html", award=award, tender=tender, steps=steps,
        state=find_award_state(steps), shown=build_award(award, tender, book, inputs),
        build_svg=build_svg,
    )  # fmt: skip


@router.post("/awards/{award_id}/propose")
def propose_award(visit: Editor, award_id: str, _posted: Sent) -> Response:
    """Propose an award to another commissioner."""
    return _step(visit, award_id, AwardState.PROPOSED)


@router.post("/awards/{award_id}/approve")
def approve_award(visit: Approver, award_id: str, _posted: Sent) -> Response:
    """Approve an award that somebody else proposed."""
    return _step(visit, award_id, AwardState.APPROVED)


def _step(visit: Visit, award_id: str, wanted: AwardState) -> Response:
    award = visit.store.find_result(Award, award_id, place=visit.place)
    action = "award.propose" if wanted is AwardState.PROPOSED else "award.approve"
    with visit.recording(action, "award", award.award_id):
        take_award_step(
            visit.store, award, wanted, visit.person_id, place=visit.place,
            now_utc=visit.now_utc, code_version=visit.state.code_version,
        )  # fmt: skip
    return see_other(f"/money/awards/{award.award_id}")


@router.get("/ledger")
def show_ledger(request: Request, visit: Reader) -> Response:
    """Show the company's books by activity, tied to the ledger."""
    shown = None
    if visit.store.list_results(visit.place, Accounts):
        shown = build_ledger(visit.store.find_result(Accounts, place=visit.place))
    return render(request, "money/ledger.html", shown=shown, form=Form(), build_svg=build_svg)


@router.post("/ledger")
def read_books(request: Request, visit: Editor, posted: Sent) -> Response:
    """Read the company's books; refused whole if they do not add up."""
    from data.imports import read_ledger

    sent = posted.file("files")
    if sent is None:
        form = Form(errors={"files": "Books: choose a workbook"})
        return render(
            request, "money/ledger.html", status_code=422, shown=None, form=form,
            build_svg=build_svg,
        )  # fmt: skip
    with write_uploads([sent]) as paths:
        found = read_ledger(paths[0], place=visit.place, created_utc=visit.now_utc)
    if found.accounts is None:
        return render(
            request, "money/refused.html", status_code=422, problems=found.report.problems,
            title="The books were not kept", back="/money/ledger",
        )  # fmt: skip
    with visit.recording("accounts.keep", "accounts", found.accounts.accounts_id):
        visit.store.save_result(
            found.accounts,
            place=visit.place,
            files={f.name: f.content for f in found.originals},
        )
    return see_other("/money/ledger")


@router.get("/{topic}")
def show_answers(request: Request, visit: Reader, topic: str) -> Response:
    """Show what was worked out from invoices or the register of savings."""
    return _show_answers(request, visit, topic, Form(values={"first_year": "2026"}))


def _show_answers(request: Request, visit: Visit, topic: str, form: Form) -> Response:
    about = find_answers(topic)
    kept = None
    if visit.store.list_results(visit.place, KeptStatement):
        found = [
            s
            for s in visit.store.list_results(visit.place, KeptStatement)
            if s.parent_id == topic
        ]
        kept = visit.store.find_result(KeptStatement, found[0].result_id) if found else None
    return render(
        request, "money/answers.html", status_code=422 if form.errors else 200, about=about,
        kept=kept, form=form,
    )  # fmt: skip


@router.post("/{topic}")
def make_answer(request: Request, visit: Editor, topic: str, posted: Sent) -> Response:
    """Work out a statement from tables, and keep it with them."""
    about = find_answers(topic)
    values = {"first_year": posted.text("first_year"), "basis": posted.text("basis")}
    form = Form(values=values)
    for table in about.tables:
        if table.is_required and posted.file(table.name) is None:
            form = form.add_error(table.name, f"{table.label}: choose a table")
    if topic == "savings" and not values["first_year"].isdecimal():
        form = form.add_error("first_year", "First year: enter a year such as 2026")
    if form.errors:
        return _show_answers(request, visit, topic, form)
    try:
        kept, files = answer(visit, about, posted, values)
    except InputError as error:
        return render(
            request, "money/refused.html", status_code=422, problems=error.problems,
            title="The tables were not used", back=f"/money/{topic}",
        )  # fmt: skip
    except ModelError as error:
        return _show_answers(request, visit, topic, form.add_error("", str(error)))
    with visit.recording("statement.keep", "statement", kept.statement_id):
        visit.store.save_result(kept, place=visit.place, files=files)
    return see_other(f"/money/{topic}")
