"""Drafts of plans in the store, and the searches around their edits.

A draft is changed only by who has seen its newest version: a second writer is told who was
first, and what the first one did stays. Edits that were undone stay until another takes their
place.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from data.errors import StaleWriteError, StoreError
from data.inputs import fingerprint, read_document, write_document
from data.plan_edits import (
    Draft,
    DraftSearch,
    DraftState,
    Edit,
    Edits,
    SearchProgress,
    SearchStage,
)
from data.plans import Plan
from data.store import models, plans
from data.store.rows import insert_one, read_stamp, write_stamp
from data.store.transactions import Book, retried

SILENT = timedelta(minutes=3)
"""A search that has told nothing for so long has died."""


@retried
class DraftBook(Book):
    """What planners' drafts read and write in an open store; each write is one transaction."""

    def begin_draft(
        self,
        place: str,
        base: Plan,
        *,
        title: str,
        base_label: str,
        inputs_hash: str,
        person_id: str,
        begun_utc: datetime,
    ) -> Draft:
        """Begin a draft of a plan, which is kept with it.

        Raises
        ------
        StoreError
            If the plan is for no date.
        """
        if base.service_date is None:
            raise StoreError(f"Plan {base.plan_id} is for no date: a draft is of one day.")
        with self._writing() as connection:
            number = insert_one(
                connection,
                models.drafts,
                {
                    "place": place,
                    "title": title,
                    "service_date": base.service_date,
                    "base_plan_no": plans.save_plan_rows(connection, base),
                    "base_hash": fingerprint(base),
                    "base_label": base_label,
                    "inputs_hash": inputs_hash,
                    "edits": write_document(Edits()).decode(),
                    "n_done": 0,
                    "version_no": 1,
                    "state": DraftState.OPEN.value,
                    "created_by": person_id,
                    "created_utc": write_stamp(begun_utc),
                    "changed_by": person_id,
                    "changed_utc": write_stamp(begun_utc),
                    "proposal_no": None,
                },
            )
            return _read_draft(connection, place, number)

    def read_draft(self, place: str, draft_no: int) -> Draft:
        """Read a draft.

        Raises
        ------
        StoreError
            If there is none of the number.
        """
        with self._reading() as connection:
            return _read_draft(connection, place, draft_no)

    def list_drafts(self, place: str, state: DraftState | None = None) -> tuple[Draft, ...]:
        """List the drafts of a place, the one changed last first."""
        table = models.drafts
        query = sa.select(table).where(table.c.place == place)
        if state is not None:
            query = query.where(table.c.state == state.value)
        query = query.order_by(table.c.changed_utc.desc(), table.c.draft_no.desc())
        with self._reading() as connection:
            return tuple(_build_draft(row) for row in connection.execute(query))

    def change_draft(
        self,
        draft: Draft,
        *,
        edits: Sequence[Edit] | None = None,
        n_done: int | None = None,
        inputs_hash: str | None = None,
        title: str | None = None,
        state: DraftState | None = None,
        proposal_no: int | None = None,
        person_id: str,
        changed_utc: datetime,
    ) -> Draft:
        """Change a draft as its writer saw it.

        Parameters
        ----------
        draft
            As it was read: another version in the store means that somebody was first.
        edits, n_done
            All edits and how many of them hold; as they were by default.
        inputs_hash, title, state, proposal_no
            New values; as they were by default.

        Raises
        ------
        StaleWriteError
            If somebody else changed it meanwhile; nothing of theirs is lost.
        StoreError
            If it is closed, or the number of edits that hold is none.
        """
        table = models.drafts
        kept = tuple(draft.edits if edits is None else edits)
        done = draft.n_done if n_done is None else n_done
        if not 0 <= done <= len(kept):
            raise StoreError(f"Draft {draft.draft_no} has {len(kept)} edits, not {done}.")
        with self._writing() as connection:
            found = _read_draft(connection, draft.place, draft.draft_no)
            _check_version(draft, found)
            if found.state is DraftState.CLOSED:
                raise StoreError(f"Draft {draft.draft_no} is closed. Begin another one.")
            values: dict[str, Any] = {
                "edits": write_document(Edits(edits=kept)).decode(),
                "n_done": done,
                "version_no": draft.version_no + 1,
                "changed_by": person_id,
                "changed_utc": write_stamp(changed_utc),
                "inputs_hash": inputs_hash or draft.inputs_hash,
                "title": title or draft.title,
                "state": (state or found.state).value,
                "proposal_no": found.proposal_no if proposal_no is None else proposal_no,
            }
            connection.execute(
                sa.update(table).where(table.c.draft_no == draft.draft_no).values(**values)
            )
            return _read_draft(connection, draft.place, draft.draft_no)

    def check_version(self, draft: Draft) -> None:
        """Check that a draft is still as its reader saw it.

        Raises
        ------
        StaleWriteError
            If somebody else changed it meanwhile; nothing of theirs is lost.
        """
        _check_version(draft, self.read_draft(draft.place, draft.draft_no))

    def save_plan(self, plan: Plan) -> int:
        """Keep a plan; return its number."""
        with self._writing() as connection:
            return plans.save_plan_rows(connection, plan)

    def ask_search(
        self, draft: Draft, *, seconds: int, person_id: str, asked_utc: datetime
    ) -> DraftSearch:
        """Ask for a search around a draft's edits as they are.

        Raises
        ------
        StoreError
            If one is under way for the draft.
        """
        table = models.draft_searches
        with self._writing() as connection:
            for one in _list_searches(connection, draft.draft_no):
                if one.is_over:
                    continue
                if asked_utc - one.told_utc <= SILENT:
                    raise StoreError(
                        f"{one.asked_by} has a search around draft {draft.draft_no} under way. "
                        "Wait for it or stop it."
                    )
                _set_search(
                    connection,
                    one.search_no,
                    state=SearchStage.FAILED.value,
                    message="It ended without a word; the best plan it kept is here.",
                )
            number = insert_one(
                connection,
                table,
                {
                    "draft_no": draft.draft_no,
                    "version_no": draft.version_no,
                    "seconds": seconds,
                    "state": SearchStage.WAITING.value,
                    "asked_by": person_id,
                    "asked_utc": write_stamp(asked_utc),
                    "told_utc": write_stamp(asked_utc),
                    "wants_stop": 0,
                    "progress": write_document(SearchProgress(stage="waiting")).decode(),
                    "plan_no": None,
                    "message": "",
                },
            )
            return _read_search(connection, number)

    def read_search(self, search_no: int) -> DraftSearch:
        """Read a search.

        Raises
        ------
        StoreError
            If there is none of the number.
        """
        with self._reading() as connection:
            return _read_search(connection, search_no)

    def list_searches(self, draft_no: int) -> tuple[DraftSearch, ...]:
        """List the searches around a draft, the newest first."""
        with self._reading() as connection:
            return _list_searches(connection, draft_no)

    def tell_search(
        self, search_no: int, progress: SearchProgress, *, told_utc: datetime
    ) -> DraftSearch:
        """Tell how far a search is; what comes back says whether it is to stop."""
        with self._writing() as connection:
            found = _read_search(connection, search_no)
            if not found.is_over:
                _set_search(
                    connection,
                    search_no,
                    state=SearchStage.RUNNING.value,
                    told_utc=write_stamp(told_utc),
                    progress=write_document(progress).decode(),
                )
            return _read_search(connection, search_no)

    def keep_better(self, search_no: int, plan: Plan) -> int:
        """Keep the best checked plan of a search so far; return its number."""
        with self._writing() as connection:
            number = plans.save_plan_rows(connection, plan)
            _set_search(connection, search_no, plan_no=number)
            return number

    def stop_search(self, search_no: int) -> None:
        """Ask a search to end with the best plan so far."""
        with self._writing() as connection:
            _read_search(connection, search_no)
            _set_search(connection, search_no, wants_stop=1)

    def end_search(
        self, search_no: int, state: SearchStage, *, message: str, ended_utc: datetime
    ) -> DraftSearch:
        """Say how a search ended."""
        with self._writing() as connection:
            _set_search(
                connection,
                search_no,
                state=state.value,
                message=message,
                told_utc=write_stamp(ended_utc),
            )
            return _read_search(connection, search_no)


def _read_draft(connection: sa.Connection, place: str, draft_no: int) -> Draft:
    table = models.drafts
    row = connection.execute(
        sa.select(table).where(table.c.place == place, table.c.draft_no == draft_no)
    ).one_or_none()
    if row is None:
        raise StoreError(f"The store holds no draft {draft_no} of {place}.")
    return _build_draft(row)


def _check_version(draft: Draft, found: Draft) -> None:
    if found.version_no != draft.version_no:
        raise StaleWriteError(
            f"{found.changed_by or 'Somebody'} changed draft {draft.draft_no} at "
            f"{found.changed_utc:%H:%M} UTC, after you opened it. Their change is kept; yours "
            "was not made. Look at the draft as it is now and repeat yours if it still makes "
            "sense."
        )


def _build_draft(row: sa.Row[Any]) -> Draft:
    return Draft(
        draft_no=row.draft_no,
        place=row.place,
        title=row.title,
        service_date=row.service_date,
        base_plan_no=row.base_plan_no,
        base_hash=row.base_hash,
        base_label=row.base_label,
        inputs_hash=row.inputs_hash,
        edits=read_document(Edits, row.edits.encode()).edits,
        n_done=row.n_done,
        version_no=row.version_no,
        state=DraftState(row.state),
        created_by=row.created_by,
        created_utc=read_stamp(row.created_utc),
        changed_by=row.changed_by,
        changed_utc=read_stamp(row.changed_utc),
        proposal_no=row.proposal_no,
    )


def _set_search(connection: sa.Connection, search_no: int, **values: Any) -> None:
    table = models.draft_searches
    connection.execute(sa.update(table).where(table.c.search_no == search_no).values(**values))


def _read_search(connection: sa.Connection, search_no: int) -> DraftSearch:
    table = models.draft_searches
    row = connection.execute(
        sa.select(table).where(table.c.search_no == search_no)
    ).one_or_none()
    if row is None:
        raise StoreError(f"The store holds no search {search_no}.")
    return _build_search(row)


def _list_searches(connection: sa.Connection, draft_no: int) -> tuple[DraftSearch, ...]:
    table = models.draft_searches
    query = (
        sa.select(table).where(table.c.draft_no == draft_no).order_by(table.c.search_no.desc())
    )
    return tuple(_build_search(row) for row in connection.execute(query))


def _build_search(row: sa.Row[Any]) -> DraftSearch:
    return DraftSearch(
        search_no=row.search_no,
        draft_no=row.draft_no,
        version_no=row.version_no,
        seconds=row.seconds,
        state=SearchStage(row.state),
        asked_by=row.asked_by,
        asked_utc=read_stamp(row.asked_utc),
        told_utc=read_stamp(row.told_utc),
        wants_stop=bool(row.wants_stop),
        progress=read_document(SearchProgress, row.progress.encode()),
        plan_no=row.plan_no,
        message=row.message,
    )
