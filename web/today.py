"""How the next service date stands, put together for the first page of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from data.demand import find_day_type
from data.errors import InputError
from data.nights import Proposal, ProposalState, Publication
from data.plans import Plan
from data.store import RunSummary
from web.rendering import ZONE
from web.state import WebState

DAYS_AHEAD = 14
"""How far the next service date is looked for, as the night's own health check does. [days]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What the first page shows.

    Attributes
    ----------
    on
        The next date with service, or None if no calendar has one within two weeks.
    publication, plan
        What is published for it, or None.
    waiting
        Proposals that wait for a person.
    latest
        The newest run, which stands in where nothing is published yet.
    """

    title: str
    on: date | None
    publication: Publication | None
    plan: Plan | None
    waiting: tuple[Proposal, ...]
    latest: RunSummary | None


def find_today(state: WebState, now_utc: datetime) -> Today:
    """Find how the next service date stands.

    Raises
    ------
    StoreError
        If the place has no inputs.
    """
    inputs = state.read_inputs()
    store = state.store
    on = None
    today = now_utc.astimezone(ZONE).date()
    for n in range(1, DAYS_AHEAD + 1):
        candidate = today + timedelta(days=n)
        try:
            is_open = find_day_type(inputs, candidate) is not None
        except InputError:
            break
        if is_open:
            on = candidate
            break
    publication = None if on is None else store.nights.find_publication(state.place, on)
    return Today(
        title=inputs.title,
        on=on,
        publication=publication,
        plan=None if publication is None else store.nights.read_plan(publication.plan_no),
        waiting=store.nights.list_proposals(state.place, ProposalState.WAITING),
        latest=next(iter(store.list_runs(state.place)), None),
    )
