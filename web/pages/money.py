"""Money: rates, benchmark, providers, tenders and awards, invoices, the ledger, savings."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from data.award_steps import AwardState
from data.errors import InputError, ModelError
from data.tenders import LotBasis, Tender
from web.access import Visit, allow
from web.awards import build_lots
from web.charts import build_svg
from web.forms import Form, Posted, check_form, read_posted, see_other
from web.frontier_work import ProvidersWanted, fill_providers, find_frontier, queue_providers
from web.job_kinds import ChooseProviders, MakeAward, MakeLots
from web.limits import LimitError
from web.money import find_latest_run
from web.money_answers import build_charts, find_answers
from web.money_work import (
    AwardWanted,
    LotsWanted,
    build_pack,
    fill_award,
    fill_lots,
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
from web.queueing import find_job
from web.rendering import render, send_file
from web.roles import Permission

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
    return render(request, "money/rates.html", rates=find_rates(visit), build_svg=build_svg)


@router.get("/benchmark")
def show_benchmark(request: Request, visit: Reader) -> Response:
    """Show what is paid against what it buys."""
    shown = find_benchmark(visit)
    return render(request, "money/benchmark.html", shown=shown, build_svg=build_svg)


@router.get("/providers")
def show_providers(
    request: Request,
    visit: Reader,
    point: Annotated[int | None, Query(ge=0, le=1_000)] = None,
    job: str = "",
) -> Response:
    """Show the frontier of providers, the plan of a point of it, and the form of a new one."""
    wanted = find_job(visit, job, "providers").wanted if job else None
    held = wanted if isinstance(wanted, ChooseProviders) else None
    return _show_providers(request, visit, Form(values=fill_providers(held)), point)


def _show_providers(
    request: Request, visit: Visit, form: Form, point: int | None = None
) -> Response:
    return render(
        request,
        "money/providers.html",
        status_code=422 if form.errors else 200,
        shown=find_frontier(visit, point),
        build_svg=build_svg,
        form=form,
        run=find_latest_run(visit.state),
    )


@router.post("/providers")
def choose_providers(request: Request, visit: Editor, posted: Sent) -> Response:
    """Queue the choice of who should run each route of the latest run."""
    checked, form = check_form(ProvidersWanted, posted)
    if checked is None:
        return _show_providers(request, visit, form)
    try:
        job = queue_providers(visit, checked)
    except (ModelError, LimitError) as error:
        return _show_providers(request, visit, form.add_error("", str(error)))
    return see_other(f"/jobs/{job.job_id}")


@router.get("/tenders")
def show_tenders(request: Request, visit: Reader, job: str = "") -> Response:
    """Show the tenders, and the form of a new one, or as it was sent for a job."""
    wanted = find_job(visit, job, "lots").wanted if job else None
    values = {"basis": "site", "max_vehicles": "6"}
    if isinstance(wanted, MakeLots):
        values = fill_lots(wanted)
    return _show_tenders(request, visit, Form(values=values))


def _show_tenders(request: Request, visit: Visit, form: Form) -> Response:
    tenders = visit.store.list_results(visit.place, Tender)
    return render(
        request, "money/tenders.html", status_code=422 if form.errors else 200,
        tenders=tenders, form=form, bases=tuple(LotBasis), run=find_latest_run(visit.state),
    )  # fmt: skip


@router.post("/tenders")
def let_routes(request: Request, visit: Editor, posted: Sent) -> Response:
    """Queue the design of a tender's lots from the latest run."""
    checked, form = check_form(LotsWanted, posted)
    if checked is None:
        return _show_tenders(request, visit, form)
    try:
        job = queue_lots(visit, checked)
    except (ModelError, LimitError) as error:
        return _show_tenders(request, visit, form.add_error("", str(error)))
    return see_other(f"/jobs/{job.job_id}")


@router.get("/tenders/{tender_id}")
def show_tender(request: Request, visit: Reader, tender_id: str, job: str = "") -> Response:
    """Show a tender: lots, bids, awards; the form of an award, or as it was sent for a job."""
    wanted = find_job(visit, job, "award").wanted if job else None
    values = fill_award(wanted) if isinstance(wanted, MakeAward) else AWARD_DEFAULTS
    return _show_tender(request, visit, tender_id, Form(values=values))


AWARD_DEFAULTS = {"quality": "20", "max_share": "100", "small": "0", "seconds": "30"}


def _show_tender(request: Request, visit: Visit, tender_id: str, form: Form) -> Response:
    found = find_tender(visit, tender_id)
    return render(
        request, "money/tender.html", status_code=422 if form.errors else 200,
        tender=found.tender, lots=build_lots(found.tender), books=found.books,
        awards=found.awards, states=found.states, form=form,
    )  # fmt: skip


@router.get("/tenders/{tender_id}/pack")
def download_pack(visit: Reader, tender_id: str) -> Response:
    """Download the invitation pack: no passenger, home, guide price or incumbent."""
    return send_file(build_pack(visit, tender_id), "invitation.xlsx")


@router.post("/tenders/{tender_id}/bids")
def read_bid_forms(request: Request, visit: Editor, tender_id: str, posted: Sent) -> Response:
    """Read bid forms: all are kept, or none and every problem is shown."""
    files = [(name, body) for key, name, body in posted.files if key == "files" and name]
    if not files:
        form = Form(values=AWARD_DEFAULTS, errors={"files": "Bid forms: choose a workbook"})
        return _show_tender(request, visit, tender_id, form)
    try:
        keep_bids(visit, tender_id, files)
    except InputError as error:
        back = f"/money/tenders/{tender_id}"
        return _refuse_files(request, error, "The bids were not kept", back)
    return see_other(f"/money/tenders/{tender_id}")


def _refuse_files(request: Request, error: InputError, title: str, back: str) -> Response:
    return render(
        request, "money/refused.html", status_code=422, problems=error.problems, title=title,
        back=back,
    )  # fmt: skip


@router.post("/tenders/{tender_id}/award")
def work_out_award(request: Request, visit: Editor, tender_id: str, posted: Sent) -> Response:
    """Queue the award of least cost that keeps the rules."""
    checked, form = check_form(AwardWanted, posted)
    if checked is None:
        return _show_tender(request, visit, tender_id, form)
    try:
        job = queue_award(visit, tender_id, checked)
    except LimitError as error:
        return _show_tender(request, visit, tender_id, form.add_error("", str(error)))
    return see_other(f"/jobs/{job.job_id}")


@router.get("/awards/{award_id}")
def show_award(request: Request, visit: Reader, award_id: str) -> Response:
    """Show an award, and how far it has come."""
    found = find_award(visit, award_id)
    return render(
        request, "money/award.html", award=found.award, tender=found.tender,
        steps=found.steps, state=found.state, shown=found.shown, build_svg=build_svg,
    )  # fmt: skip


@router.post("/awards/{award_id}/propose")
def propose_award(visit: Editor, award_id: str, _posted: Sent) -> Response:
    """Propose an award to another commissioner."""
    award = step_award(visit, award_id, AwardState.PROPOSED)
    return see_other(f"/money/awards/{award.award_id}")


@router.post("/awards/{award_id}/approve")
def approve_award(visit: Approver, award_id: str, _posted: Sent) -> Response:
    """Approve an award that somebody else proposed."""
    award = step_award(visit, award_id, AwardState.APPROVED)
    return see_other(f"/money/awards/{award.award_id}")


@router.get("/ledger")
def show_ledger(request: Request, visit: Reader) -> Response:
    """Show the company's books by activity, tied to the ledger."""
    return render(
        request, "money/ledger.html", shown=find_books(visit), form=Form(), build_svg=build_svg
    )


@router.post("/ledger")
def read_books(request: Request, visit: Editor, posted: Sent) -> Response:
    """Read the company's books; refused whole if they do not add up."""
    sent = posted.file("files")
    if sent is None:
        form = Form(errors={"files": "Books: choose a workbook"})
        return render(
            request, "money/ledger.html", status_code=422, shown=None, form=form,
            build_svg=build_svg,
        )  # fmt: skip
    try:
        keep_books(visit, sent)
    except InputError as error:
        return _refuse_files(request, error, "The books were not kept", "/money/ledger")
    return see_other("/money/ledger")


@router.get("/{topic}")
def show_answers(request: Request, visit: Reader, topic: str) -> Response:
    """Show what was worked out from invoices or the register of savings."""
    return _show_answers(request, visit, topic, Form(values={"first_year": "2026"}))


def _show_answers(request: Request, visit: Visit, topic: str, form: Form) -> Response:
    about, kept = find_answers(topic), find_answer(visit, topic)
    return render(
        request, "money/answers.html", status_code=422 if form.errors else 200,
        about=about, kept=kept, form=form, build_svg=build_svg,
        charts={} if kept is None else build_charts(kept.statement),
    )  # fmt: skip


@router.post("/{topic}")
def make_answer(request: Request, visit: Editor, topic: str, posted: Sent) -> Response:
    """Work out a statement from tables, and keep it with them."""
    about = find_answers(topic)
    year, basis = posted.text("first_year"), posted.text("basis")
    form = Form(values={"first_year": year, "basis": basis})
    for table in about.tables:
        if table.is_required and posted.file(table.name) is None:
            form = form.add_error(table.name, f"{table.label}: choose a table")
    if topic == "savings" and not (year.isdecimal() and 1_900 <= int(year) <= 2_200):
        form = form.add_error("first_year", "First year: enter a year such as 2026")
    if form.errors:
        return _show_answers(request, visit, topic, form)
    sent = {t.name: posted.file(t.name) for t in about.tables}
    given = {name: file for name, file in sent.items() if file is not None}
    try:
        keep_answer(visit, about, given, first_year=int(year or 0), basis=basis)
    except InputError as error:
        return _refuse_files(request, error, "The tables were not used", f"/money/{topic}")
    except (ModelError, LimitError) as error:
        return _show_answers(request, visit, topic, form.add_error("", str(error)))
    return see_other(f"/money/{topic}")
