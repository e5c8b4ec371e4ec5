"""A search around a draft's edits, in a process of its own at low priority.

    python -m web.draft_search FOLDER PLACE SEARCH_NO

It tells the store how far it is once a second, keeps each better plan as soon as it is checked,
and ends when the store says so. Whoever asked for it need not stay.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from data.errors import WayfareError
from data.logs import Event, open_log
from data.plan_edits import Draft, DraftSearch, SearchProgress, SearchStage
from data.plans import Plan
from data.store import Store
from data.workspace import Workspace
from web.access import Visit
from web.processes import start_module

TELL_S = 0.5
"""How often the store is told and asked, at most. [s]"""
NICENESS = 10


def begin_search(visit: Visit, draft: Draft, seconds: int) -> DraftSearch:
    """Begin a search in a process of its own, which outlives the request that asked for it.

    Parameters
    ----------
    seconds
        How long it may take. [s]

    Raises
    ------
    StoreError
        If one is under way for the draft.
    StaleWriteError
        If the draft is another one by now.
    """
    state = visit.state
    visit.store.drafts.check_version(draft)
    with visit.recording("draft.search", "draft", str(draft.draft_no)):
        search = visit.store.drafts.ask_search(
            draft, seconds=seconds, person_id=visit.person_id, asked_utc=datetime.now(UTC)
        )
    root = state.workspace.root.resolve()
    start_module("web.draft_search", str(root), state.place, str(search.search_no))
    return search


def run_search(store: Store, workspace: Workspace, search_no: int) -> None:
    """Run a search that was asked for, to its end."""
    from routing import read_network
    from scenarios import PlanDesk, build_case_matrix, search_around

    teller = _Teller(store, search_no)
    log = open_log(workspace, writer="worker").bind(kind="draft_search")
    log.info(Event.JOB_BEGUN)
    began_s = time.monotonic()
    try:
        search = store.drafts.read_search(search_no)
        draft = store.drafts.read_draft(workspace.place, search.draft_no)
        teller.tell(SearchProgress(stage="reading the draft"))
        inputs = store.read_inputs(draft.inputs_hash)
        matrix = build_case_matrix(
            inputs,
            read_network(workspace.network_path),
            cache_folder=workspace.matrices_folder,
        )
        desk = PlanDesk(
            store.nights.read_plan(draft.base_plan_no),
            inputs,
            matrix,
            find_plan=store.nights.find_plan,
        )
        found = search_around(
            desk,
            draft.done,
            seconds=float(search.seconds),
            progress=teller.tell,
            should_stop=teller.should_stop,
            on_better=teller.keep,
        )
        held = (
            ""
            if not found.let_go
            else f" Not held, as they break a rule: {', '.join(found.let_go)}."
        )
        if found.plan is None:
            message = "Nothing better was found: the draft stays as it is." + held
        else:
            message = "The plan found keeps every rule." + held
        state = SearchStage.STOPPED if teller.wants_stop else SearchStage.DONE
        store.drafts.end_search(search_no, state, message=message, ended_utc=datetime.now(UTC))
        log.info(Event.JOB_ENDED, state=state.value, seconds=time.monotonic() - began_s)
    except WayfareError as error:
        log.warning(Event.JOB_FAILED, error=error, exit_code=error.exit_code)
        store.drafts.end_search(
            search_no, SearchStage.FAILED, message=str(error), ended_utc=datetime.now(UTC)
        )


class _Teller:
    """Tells the store how far a search is, and hears whether it is to stop."""

    def __init__(self, store: Store, search_no: int) -> None:
        self._store, self._search_no = store, search_no
        self._told = SearchProgress()
        self._at = 0.0
        self.wants_stop = False

    def tell(self, progress: SearchProgress) -> None:
        """Tell the store, at most twice a second unless the stage is another one."""
        is_new = progress.stage != self._told.stage
        self._told = progress
        if is_new or time.monotonic() - self._at >= TELL_S:
            self._send()

    def keep(self, plan: Plan) -> None:
        """Keep a better plan."""
        self._store.drafts.keep_better(self._search_no, plan)

    def should_stop(self) -> bool:
        """Whether somebody asked the search to end."""
        if time.monotonic() - self._at >= TELL_S:
            self._send()
        return self.wants_stop

    def _send(self) -> None:
        self._at = time.monotonic()
        found = self._store.drafts.tell_search(
            self._search_no, self._told, told_utc=datetime.now(UTC)
        )
        self.wants_stop = found.wants_stop


def main() -> None:
    """Run the search named on the command line."""
    os.nice(NICENESS)
    root, place, search_no = sys.argv[1:]
    workspace = Workspace(root=Path(root), place=place)
    with Store.open(workspace.store_place) as store:
        run_search(store, workspace, int(search_no))


if __name__ == "__main__":
    main()
