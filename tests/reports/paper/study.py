"""A study of hand-made runs: today, the base, and an option that one family takes up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

from costing import share_route_costs
from data.appraisals import AppraisalStudy
from data.imports.appraisal_files import AppraisalFile, Bias, Discount, OptionEntry
from data.inputs import Inputs, fingerprint
from data.people import Person, Role
from data.plans import PlanState
from data.runs import RunRecord, build_run_id
from data.store import Store
from data.studies import StudyRecord
from data.uncertainty import DrawnCase, DrawsStudy, name_draws
from reports.paper import PaperRequest
from scenarios.appraisal import build_appraisal
from scenarios.definition import build_scenario
from scenarios.draw_statistics import build_fan, build_quantiles, find_mean_pence
from scenarios.study_file import StudyFile, build_study_record
from tests.reports.hand_made import build_inputs, build_run

WRITTEN = datetime(2026, 10, 1, 9, 0, 0, tzinfo=UTC)
AUTHOR = Person(person_id="a.hart", name="Anna Hart")

STUDY = StudyFile.model_validate(
    {
        "study_id": "handmade-study",
        "title": "A hand-made study",
        "subtitle": "For tests",
        "council": "Hand-made Council",
        "price_base": "2026/27 prices",
        "today": "today",
        "base": "baseline",
        "options": ["few", "none"],
        "recommended": "few",
        "repeats": 1,
        "purpose": ["To test."],
        "recommendations": ["That it saves {net.none} a year, net of {programme.none}."],
        "background": ["There are {people.baseline} passengers."],
        "equality": ["All may take part."],
        "legal": ["The duty stays (`Education Act 1996, section 508B`)."],
        "risks": [
            {
                "risk": "It fails.",
                "likelihood": "low",
                "effect": "high",
                "answer": "Test it.",
                "owner": "Tester",
            }
        ],
        "questions": [{"ref": "VEC4a", "asks": "Why?", "owner": "Board"}],
    }
)


def build_case(name: str, inputs: Inputs, *, less_pence: int = 0, **extra: object) -> RunRecord:
    """Build a run of the study whose own work costs so much less on each of two dates."""
    run = build_run(inputs)
    measures = run.measures
    assert measures is not None
    settings = {
        "seconds": "60",
        "steps": "",
        "scenario_id": name,
        "scenario_title": f"Case {name}",
        "scenario": json.dumps({"scenario_id": name}),
        "yearly_lines": "[]",
        "notes": "[]",
        "touched": "{}",
    } | {key: str(value) for key, value in extra.items()}
    year = tuple(
        replace(part, cost_pence=part.cost_pence - less_pence,
                full_cost_pence=part.full_cost_pence - less_pence)
        if part.provider_id == "own"
        else part
        for part in run.year
    )  # fmt: skip
    run = replace(
        run,
        kind="scenario",
        title=f"Case {name}",
        settings=tuple(settings.items()),
        year=year,
        shares=share_route_costs(run.lines, run.plan, build_inputs()),
        checks=(*run.checks, replace(run.checks[0], plan_id="handmade-2026")),
        measures=replace(
            measures,
            year_pence=measures.year_pence - 2 * less_pence,
            year_full_pence=measures.year_full_pence - 2 * less_pence,
            providers=tuple(
                replace(p, year_pence=p.year_pence - 2 * less_pence)
                if p.provider_id == "own"
                else p
                for p in measures.providers
            ),
        ),
    )
    return replace(run, run_id=build_run_id(run))


def build_runs() -> tuple[dict[str, RunRecord], tuple[RunRecord, ...], dict[str, Inputs]]:
    """Build runs by scenario, the base's repeats, and each run's inputs."""
    inputs = build_inputs()
    fewer = replace(
        inputs,
        passengers=tuple(p for p in inputs.passengers if p.passenger_id not in ("p7", "p8")),
    )
    lines = [
        {"name": "travel training", "amount_pence": 500_000, "is_one_off": True,
         "source": "made up"},
        {"name": "public transport passes", "amount_pence": 180_000, "is_one_off": False,
         "source": "made up"},
    ]  # fmt: skip
    today = build_case("today", inputs, less_pence=-700)
    today = replace(today, plan=replace(today.plan, state=PlanState.BASELINE))
    runs = {
        "today": replace(today, run_id=build_run_id(today)),
        "baseline": build_case("baseline", inputs),
        "few": build_case(
            "few", fewer, less_pence=900, yearly_lines=json.dumps(lines),
            touched=json.dumps({"trained": 2, "in_training": 2}),
        ),
        "none": build_case("none", inputs, less_pence=150),
    }  # fmt: skip
    repeat = build_case("baseline", inputs, less_pence=10, seed_note="again")
    return runs, (repeat,), {n: fewer if n == "few" else inputs for n in runs}


def build_record(
    runs: dict[str, RunRecord], repeats: tuple[RunRecord, ...], study: StudyFile = STUDY
) -> StudyRecord:
    """Build the record of the study."""
    document = {
        "scenario_id": "few",
        "title": "Case few",
        "changes": [
            {
                "kind": "offer_travel_training",
                "starts_per_year": 2,
                "completion": {"low": 0.6, "mode": 0.8, "high": 0.85, "source": "made up"},
            }
        ],
    }
    return build_study_record(
        study,
        runs,
        repeats,
        [build_scenario(document, "few.toml")],
        place="handmade",
        created_utc=WRITTEN,
        code_version="0.1.0",
    )


def build_draws(runs: dict[str, RunRecord]) -> DrawsStudy:
    """Build four draws of both options: a pound or two about what their runs say."""

    def build(name: str, central_pence: int, once_pence: int) -> DrawnCase:
        net = tuple(central_pence + more for more in (-200, 0, 100, 300))
        once = (once_pence,) * len(net)
        return DrawnCase(
            scenario_id=name,
            title=f"Case {name}",
            base_id="baseline",
            run_id=runs[name].run_id,
            base_run_id=runs["baseline"].run_id,
            central_pence=central_pence,
            central_one_off_pence=once_pence,
            year_pence=net,
            base_year_pence=net,
            net_pence=net,
            one_off_pence=once,
            mean_pence=find_mean_pence(net),
            sd_pence=0,
            quantiles=build_quantiles(net),
            target_pence=None,
            n_at_target=0,
            n_positive=sum(n > 0 for n in net),
            swings=(),
            switching=(),
            worths=(),
            fan=build_fan(net, once),
            agreement=None,
            checked=(),
            n_distinct=4,
            n_days_planned=0,
            n_years_planned=5,
        )

    return name_draws(
        DrawsStudy(
            study_id="",
            place="handmade",
            run_id=runs["baseline"].run_id,
            created_utc=WRITTEN,
            code_version="0.1.0",
            inputs_hash="",
            title="Hand-made",
            price_base="2026/27",
            is_synthetic=True,
            seed=1,
            method="sobol",
            n_draws=4,
            numbers=(),
            # by hand: 1 800 saved less passes of 180 000, training of 500 000 once
            cases=(build("few", 1_800 - 180_000, 500_000), build("none", 300, 0)),
        )
    )


def appraise(draws: DrawsStudy, option: str = "few", **more: object) -> AppraisalStudy:
    """Appraise one option: nothing saved in the first year, a twentieth less from the third."""
    given = AppraisalFile(
        title="Hand-made",
        price_base="2026/27",
        first_year=2026,
        n_years=5,
        discount=Discount(
            rate_bp=350,
            set_on=date(2026, 4, 1),
            review_on=date(2027, 9, 30),
            source="HM Treasury Green Book",
        ),
        preferred=option,
        options=(
            OptionEntry(
                option_id=option,
                title=f"Case {option}",
                scenario_id=option,
                ramp_bp=(0, 10_000, 9_500, 9_025, 8_574),
                budget_line="transport",
            ),
        ),
        inflation_bp=300,
        bias=Bias(cost_bp=1_000, saving_bp=2_000),
    )
    return build_appraisal(
        replace(given, **more),  # type: ignore[arg-type]
        draws,
        place="handmade",
        created_utc=WRITTEN,
    )


def build_request(**changes: object) -> PaperRequest:
    """Build the request of the hand-made paper."""
    runs, repeats, inputs = build_runs()
    draws = build_draws(runs)
    request = PaperRequest(
        study=build_record(runs, repeats),
        runs=runs,
        repeats=repeats,
        inputs=inputs,
        current_inputs_hash=fingerprint(inputs["baseline"]),
        author=AUTHOR,
        created_utc=WRITTEN,
        code_version="0.1.0",
        draws=draws,
        appraisal=appraise(draws),
    )
    return replace(request, **changes)  # type: ignore[arg-type]


def save_study(store: Store, runs: dict[str, RunRecord] | None = None) -> StudyRecord:
    """Save the study, its runs and inputs, and three people, in a store."""
    for person_id, role in (
        ("a.hart", Role.PLANNER),
        ("b.lane", Role.ASSURER),
        ("c.moor", Role.COMMISSIONER),
    ):
        store.add_person(person_id, f"Person {person_id[:1].upper()}", [role], now_utc=WRITTEN)
    return save_study_runs(store, runs)


def save_study_runs(store: Store, runs: dict[str, RunRecord] | None = None) -> StudyRecord:
    """Save the study, its runs and inputs in a store."""
    made, repeats, inputs = build_runs()
    made |= runs or {}
    for name, one in inputs.items():
        store.save_case_inputs(one, name, created_utc=WRITTEN, code_version="0.1.0")
    store.save_inputs(inputs["baseline"], created_utc=WRITTEN, code_version="0.1.0")
    for run in (*made.values(), *repeats):
        store.save_run(run)
    record = build_record(made, repeats)
    store.save_result(record, place="handmade")
    return record
