"""The places whose pages are looked at: one with something of every kind, one with nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from fastapi.testclient import TestClient

from costing import award_tender
from data.access import Account, DriverNote, Webhook
from data.choices import (
    ChosenRoute,
    FrontierPoint,
    ProviderChoice,
    ProviderRules,
    ProviderStudy,
)
from data.imports import write_workbook
from data.store import Store
from data.training import Candidate, TrainingStudy
from data.uncertainty import DrawsStudy, Swing, SwitchingValue, name_draws
from data.workspace import Workspace
from reports import gather_paper, keep_paper
from scenarios.draw_statistics import build_fan, build_quantiles, find_mean_pence
from tests.data.hand_made_tender import build_book, build_tender, make_bid, make_contract
from tests.data.ledger_fixtures import build_books, read_books
from tests.data.test_store_results import build_study
from tests.reports.hand_made import SERVICE_DATE, STAMP, build_inputs, build_plan
from tests.reports.paper.study import (
    WRITTEN,
    appraise,
    build_draws,
    build_runs,
    save_study_runs,
)
from tests.scenarios.hand_made_training import make_candidate, make_study, make_values
from tests.web.places import (
    NOW,
    PEOPLE,
    PLACE,
    PUBLISHED,
    be,
    build_page,
    build_place,
    do_jobs,
    find_csrf,
    propose,
    publish,
    visiting,
)
from web.job_kinds import ReadImport, SolveScenario
from web.jobs import Job, JobBook, JobResult, JobState, ResultKind

OPTIONS = Path("docs/examples/options-worcestershire.csv")
SAVINGS = Path("scenarios/library/vecteo-review/savings.csv")
CONTRACTS = (
    b"contract_id,supplier_id,route,starts_on,ends_on,price_pounds,cpi_percent,late_pounds\n"
    b"K1,T01,R1,01/09/2025,31/08/2028,100.00,,5\nK2,T02,R2,01/09/2025,31/08/2028,80.50,,5\n"
)
INVOICES = (
    b"invoice,supplier_id,contract_id,service_date,amount_pounds\n"
    b"I1,T01,K1,16/09/2026,100.00\nI1,T01,K1,16/09/2026,100.00\nI2,T02,K2,16/09/2026,85\n"
)
FAULTY = b"vehicle_id,vehicle_type_id,depot_id\nV1,no_such,nowhere\n"


def build_empty(root: Path) -> Workspace:
    """Build a place with inputs and people, and nothing else."""
    workspace = Workspace(root=root, place=PLACE)
    workspace.open_folder()
    with Store.open(workspace.store_path) as store:
        store.save_inputs(build_inputs(), created_utc=STAMP, code_version="test")
        for person_id, (name, roles) in PEOPLE.items():
            store.add_person(person_id, name, roles, now_utc=STAMP)
        _give_work(store)
    return workspace


def build_filled(root: Path) -> tuple[Workspace, Mapping[str, str]]:
    """Build a place with something of every kind.

    Returns
    -------
    The place, and the names in it that addresses of the table need.
    """
    workspace = build_place(root)
    with Store.open(workspace.store_path) as store:
        # A second version of the date, so that the page of the day lists both.
        publish(store, key="b" * 64)
        proposal = propose(store, by="b.lane")
        study = save_study_runs(store)
        runs, _, _ = build_runs()
        draws = build_draws(runs)
        store.save_result(draws, place=PLACE)
        store.save_result(appraise(draws), place=PLACE)
        request = gather_paper(store, PLACE, study.study_id, "a.hart", now_utc=WRITTEN)
        paper = keep_paper(store, PLACE, request)
        store.save_result(draw_widely(draws), place=PLACE)
        names = _let_tender(store)
        store.save_result(_choose_providers(store), place=PLACE)
        store.save_result(_train(), place=PLACE)
        _give_work(store)
        hook = store.messages.add_webhook(
            Webhook(
                hook_no=0,
                place=PLACE,
                url="https://bus.example/told",
                secret="made up",  # noqa: S106
                created_by="m.page",
                created_utc=STAMP,
            )
        )
        for kind, minutes in (("confirmed", 0), ("late", 12)):
            store.messages.add_note(
                DriverNote(
                    note_no=0,
                    place=PLACE,
                    duty_id=build_plan().duties[0].duty_id,
                    plan_id=build_plan().plan_id,
                    kind=kind,
                    person_id="d.wood",
                    at_utc=PUBLISHED,
                    service_date=SERVICE_DATE,
                    minutes=minutes,
                )
            )
    _keep_books(workspace)
    with visiting(build_page(workspace)) as client:
        _send_tables(client)
    plan = build_plan()
    return workspace, {
        **names,
        **_queue(workspace, (runs["baseline"].run_id, runs["few"].run_id)),
        "day": SERVICE_DATE.isoformat(),
        "proposal": str(proposal.proposal_no),
        "hook": str(hook.hook_no),
        "paper": paper.paper_id,
        "base": runs["baseline"].run_id,
        "case": runs["few"].run_id,
        "route": plan.routes[0].route_id,
        "bought": next(d.duty_id for d in plan.duties if d.provider_id != "own"),
    }


SWINGS = (
    ("train_travel.take_up_percent", 0.6, 0.82, 4_120_000, 7_350_000),
    ("change_rates.percent_a_year_above_prices", 2.0, 11.5, 5_900_000, 3_300_000),
    ("scale_own_fleet.days_lost_to_sickness_each_year", 6.0, 19.0, 5_400_000, 4_700_000),
    ("retention", 0.7, 0.95, 4_900_000, 5_300_000),
    ("change_wages.hourly_pence", 1_320.0, 1_505.0, 5_150_000, 4_950_000),
)
"""Made-up numbers that move a saving: short and long names, rising and falling."""


LONG_TITLE = "Travel training of all who could learn, reviewed each term with their schools"


def draw_widely(study: DrawsStudy) -> DrawsStudy:
    """Draw a study's cases forty times, with long titles and numbers that move them."""
    cases = []
    for n, case in enumerate(study.cases):
        net = tuple(5_000_000 - 9_500_000 * n + 110_000 * k for k in range(-20, 20))
        once = (1_200_000,) * len(net)
        swings = SWINGS if n == 0 else ()
        cases.append(
            replace(
                case,
                title=case.title if n else LONG_TITLE,
                central_pence=net[20],
                central_one_off_pence=once[0],
                net_pence=net,
                year_pence=net,
                base_year_pence=net,
                one_off_pence=once,
                mean_pence=find_mean_pence(net),
                quantiles=build_quantiles(net),
                n_positive=sum(one > 0 for one in net),
                n_distinct=len(net),
                fan=build_fan(net, once),
                swings=tuple(
                    Swing(
                        name=name, low_value=low, high_value=high,
                        low_pence=low_pence, high_pence=high_pence,
                    )
                    for name, low, high, low_pence, high_pence in swings
                ),
                switching=tuple(
                    SwitchingValue(name=name, value=None if k else 0.31)
                    for k, (name, *_) in enumerate(swings)
                ),
            )
        )  # fmt: skip
    return name_draws(
        replace(
            study,
            study_id="",
            n_draws=40,
            cases=tuple(cases),
            created_utc=study.created_utc + timedelta(hours=1),
        )
    )


def _give_work(store: Store) -> None:
    """Say for whom the driver and the supplier's person work."""
    duties = build_plan().duties
    bought = next(d.provider_id for d in duties if d.provider_id != "own")
    crew = next(d.crew_ids[0] for d in duties if d.crew_ids)
    store.accounts.save_account(Account(person_id="s.cole", works_for=bought))
    store.accounts.save_account(Account(person_id="d.wood", works_for=crew))


def _let_tender(store: Store) -> dict[str, str]:
    """Let a tender: two contract routes won, one that nobody bids for."""
    contracts = (make_contract(1), make_contract(2), make_contract(3))
    tender = replace(
        build_tender(contracts), place=PLACE, inputs_hash=store.find_inputs_hash(PLACE)
    )
    book = build_book(make_bid("b1", 9_000, "C001"), make_bid("b2", 9_500, "C002"))
    award = award_tender(tender, book, created_utc=STAMP, seconds=5, review_seconds=5)
    assert award.n_unplaced == 1
    for value in (tender, book, award):
        store.save_result(value, place=PLACE)
    return {"tender": tender.tender_id, "award": award.award_id}


def _choose_providers(store: Store) -> ProviderStudy:
    """Say who should run what, at three shares of self-delivery; one of them cannot be."""
    plan = build_plan()

    def choose(n_own: int) -> ProviderChoice:
        routes = tuple(
            ChosenRoute(
                route_id=route.route_id,
                session=route.session,
                provider_id="own" if n < n_own else "s1",
                vehicle_type_id=duty.vehicle_type_id,
                before_id=duty.provider_id,
                n_passengers=len(route.passenger_ids),
                price_pence=4_000 + 100 * n,
                risk_pence=10,
                transition_pence=0,
            )
            for n, (duty, route) in enumerate((d, r) for d in plan.duties for r in d.routes)
        )
        paid_pence = sum(r.price_pence for r in routes) + 500 * n_own
        return ProviderChoice(
            rules=ProviderRules(),
            routes=routes,
            pieces=(),
            paid_pence=paid_pence,
            fixed_pence=0,
            evaluated_pence=paid_pence,
            bound_pence=paid_pence,
            own_vehicles=(("van", n_own),),
            n_own_drivers=n_own,
            co2e_g=40_000,
            n_columns=10,
        )

    return replace(
        build_study(),
        study_id=f"{PLACE}-providers-1",
        place=PLACE,
        inputs_hash=store.find_inputs_hash(PLACE),
        best=(choose(1),),
        frontier=(
            FrontierPoint(target_bp=0, choice=choose(1)),
            FrontierPoint(target_bp=5_000, choice=choose(2)),
            FrontierPoint(target_bp=10_000, choice=None, is_impossible=True),
        ),
    )


def _train() -> TrainingStudy:
    """Propose whom to train, two of them."""
    people: tuple[Candidate, ...] = tuple(
        make_candidate(p, reasons_for=("one bus",), cautions=("a main road",))
        for p in ("p7", "p8")
    )
    values = [make_values("d1", ["p7", "p8"], [0, 100, 200, 500])]
    return replace(make_study(values, people), place=PLACE)


def _keep_books(workspace: Workspace) -> None:
    """Keep the company's books."""
    found = read_books(build_books(), workspace.root)
    assert found.accounts is not None
    with Store.open(workspace.store_path) as store:
        store.save_result(
            replace(found.accounts, place=PLACE),
            place=PLACE,
            files={f.name: f.content for f in found.originals},
        )


def _send_tables(client: TestClient) -> None:
    """Bring in invoices, savings and options, as people do."""
    be(client, "c.moor")
    token = {"csrf_token": find_csrf(client.get("/money/invoices").text)}
    tables = {"invoices": ("i.csv", INVOICES), "contracts": ("c.csv", CONTRACTS)}
    savings = {"savings": ("s.csv", SAVINGS.read_bytes())}
    for path, fields, files in (
        ("/money/invoices", {}, tables),
        ("/money/savings", {"first_year": "2026"}, savings),
        ("/scenarios/options", {}, {"files": ("o.csv", OPTIONS.read_bytes())}),
    ):
        done = client.post(path, data={**token, **fields}, files=files)
        assert done.status_code == 303, done.text


def _queue(workspace: Workspace, run_ids: tuple[str, ...]) -> dict[str, str]:
    """Keep a job that is done, one that failed, and two that read what was brought in."""
    book = JobBook(workspace.folder / "jobs")
    job = Job(
        job_id="20260915T053000000000-a-hart",
        place=PLACE,
        root=str(workspace.root),
        person_id="a.hart",
        queued_utc=(NOW - timedelta(hours=1)).isoformat(),
        title="Two trained",
        wanted=SolveScenario(stories=(), seconds=None, steps=60),
        state=JobState.DONE,
        results=tuple(JobResult(kind=ResultKind.RUN, result_id=one) for one in run_ids),
    )
    failed = replace(
        job,
        job_id="20260915T054000000000-a-hart",
        title="No fleet",
        state=JobState.FAILED,
        results=(),
        fault="There is nobody to carry anybody.",
    )
    for one in (job, failed):
        book.add(one)
    read = replace(
        job,
        job_id="20260915T055000000000-a-hart",
        title="Data brought in",
        state=JobState.WAITING,
        wanted=ReadImport(is_accepting_valid=False),
        results=(),
    )
    faulty = replace(read, job_id="20260915T060000000000-a-hart")
    table = workspace.root / "records.xlsx"
    write_workbook(build_inputs(), table)
    book.add(read, {"upload/upload-1.xlsx": table.read_bytes()})
    book.add(faulty, {"upload/vehicles.csv": FAULTY})
    do_jobs(workspace)
    return {
        "job": job.job_id,
        "failed": failed.job_id,
        "read": read.job_id,
        "faulty": faulty.job_id,
    }
