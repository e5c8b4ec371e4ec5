"""Who should run what: the frontier of self-delivery, and having it worked out anew."""

from __future__ import annotations

from pydantic import BaseModel, Field

from data.choices import ProviderRules, ProviderStudy
from web.access import Visit
from web.frontier import Frontier, build_frontier
from web.job_kinds import ChooseProviders
from web.jobs import Job
from web.money import need_latest_run
from web.queueing import queue_job


def find_frontier(visit: Visit, point: int | None) -> Frontier | None:
    """Find the frontier of providers, with the plan of one of its points."""
    if not visit.store.list_results(visit.place, ProviderStudy):
        return None
    study = visit.store.find_result(ProviderStudy, place=visit.place)
    return build_frontier(study, visit.state.read_inputs(study.inputs_hash), point)


class ProvidersWanted(BaseModel):
    """How providers are chosen; shares in per cent, money in pounds."""

    step: int = Field(default=10, title="Step of the frontier", ge=1, le=100)
    fewer: int = Field(default=2, title="Own vehicles fewer", ge=0, le=20)
    more: int = Field(default=3, title="Own vehicles more", ge=0, le=20)
    hand_back: float = Field(default=3.0, title="Chance of a hand-back a year", ge=0, le=100)
    shock: float = Field(default=10.0, title="Rise of the price after it", ge=0, le=1_000)
    transition: float = Field(default=0.0, title="Cost of a change", ge=0, le=100_000)
    seconds: int = Field(default=120, title="Longest time", ge=1, le=600)


def queue_providers(visit: Visit, wanted: ProvidersWanted) -> Job:
    """Queue the choice of who should run each route of the latest run.

    Raises
    ------
    ModelError
        If there is no run.
    LimitError
        If the person has as many jobs waiting as they may.
    """
    run = need_latest_run(visit.state, "whose routes could be given")
    rules = ProviderRules(
        hand_back_bp=round(100 * wanted.hand_back),
        hand_back_shock_bp=round(100 * wanted.shock),
        transition_pence=round(100 * wanted.transition),
    )
    made = ChooseProviders(
        run_id=run.run_id,
        rules=rules,
        step_bp=100 * wanted.step,
        n_fewer=wanted.fewer,
        n_more=wanted.more,
        seconds=wanted.seconds,
    )
    return queue_job(visit, "Who should run what", made)


def fill_providers(wanted: ChooseProviders | None) -> dict[str, str]:
    """Fill in the form of a choice of providers: as it was sent for a job, or as usual."""
    if wanted is None:
        usual = ProvidersWanted().model_dump()
        return {name: f"{value:g}" for name, value in usual.items()}
    rules = wanted.rules
    return {
        "step": str(wanted.step_bp // 100),
        "fewer": str(wanted.n_fewer),
        "more": str(wanted.n_more),
        "hand_back": f"{rules.hand_back_bp / 100:g}",
        "shock": f"{rules.hand_back_shock_bp / 100:g}",
        "transition": f"{rules.transition_pence / 100:g}",
        "seconds": str(wanted.seconds),
    }
