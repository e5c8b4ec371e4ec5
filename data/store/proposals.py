"""Proposals in the store: plans that wait for a person, and what was decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from data.errors import RefusedError, StaleWriteError, StoreError
from data.inputs import read_document, write_document
from data.nights import Proposal, ProposalState
from data.store import models
from data.store.rows import insert_one, read_stamp, write_stamp


def propose_row(connection: sa.Connection, proposal: Proposal, day_type_id: str) -> Proposal:
    """Keep a plan that waits for a person, once; older ones for the same kind of day end."""
    table = models.proposals
    same = sa.and_(
        table.c.place == proposal.place,
        table.c.base_hash == proposal.base_hash,
        table.c.plan_no == proposal.plan_no,
    )
    row = connection.execute(sa.select(table).where(same)).one_or_none()
    if row is None:
        connection.execute(
            sa.update(table)
            .where(
                table.c.place == proposal.place,
                table.c.day_type_id == day_type_id,
                table.c.state == ProposalState.WAITING.value,
            )
            .values(state=ProposalState.OVERTAKEN.value)
        )
        insert_one(
            connection,
            table,
            {
                "place": proposal.place,
                "service_date": proposal.service_date,
                "day_type_id": day_type_id,
                "plan_no": proposal.plan_no,
                "base_hash": proposal.base_hash,
                "state": ProposalState.WAITING.value,
                "decided_by": "",
                "proposed_utc": write_stamp(proposal.proposed_utc),
                "body": write_document(proposal).decode(),
            },
        )
        row = connection.execute(sa.select(table).where(same)).one()
    return _read_proposal(row)


def list_proposal_rows(
    connection: sa.Connection, place: str, state: ProposalState | None
) -> tuple[Proposal, ...]:
    """List proposals, all or those of one state, the newest first."""
    table = models.proposals
    query = sa.select(table).where(table.c.place == place)
    if state is not None:
        query = query.where(table.c.state == state.value)
    query = query.order_by(table.c.proposal_no.desc())
    return tuple(_read_proposal(row) for row in connection.execute(query))


def find_approved_row(
    connection: sa.Connection, place: str, day_type_id: str, base_hash: str
) -> Proposal | None:
    """Find the approved proposal that replaces a standing plan, the last decided."""
    table = models.proposals
    query = (
        sa.select(table)
        .where(
            table.c.place == place,
            table.c.day_type_id == day_type_id,
            table.c.base_hash == base_hash,
            table.c.state == ProposalState.APPROVED.value,
        )
        .order_by(table.c.decided_utc.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _read_proposal(row)


def decide_row(
    connection: sa.Connection,
    place: str,
    proposal_no: int,
    state: ProposalState,
    *,
    person_id: str,
    decided_utc: datetime,
) -> Proposal:
    """Approve or refuse a proposal that waits.

    Raises
    ------
    StoreError
        If there is none of the number.
    StaleWriteError
        If it waits no more.
    RefusedError
        If who approves is who proposed it (W4).
    """
    table = models.proposals
    here = sa.and_(table.c.place == place, table.c.proposal_no == proposal_no)
    row = connection.execute(sa.select(table).where(here)).one_or_none()
    if row is None:
        raise StoreError(f"The store holds no proposal {proposal_no} of {place}.")
    if row.state != ProposalState.WAITING.value:
        raise StaleWriteError(
            f"Proposal {proposal_no} waits no more: it is {row.state}"
            + (f" by {row.decided_by}." if row.decided_by else ".")
        )
    if state is ProposalState.APPROVED and _read_proposal(row).proposed_by == person_id:
        raise RefusedError(f"{person_id} proposed this; another person must approve it.")
    connection.execute(
        sa.update(table)
        .where(here)
        .values(state=state.value, decided_by=person_id, decided_utc=write_stamp(decided_utc))
    )
    return _read_proposal(connection.execute(sa.select(table).where(here)).one())


def _read_proposal(row: sa.Row[tuple[object, ...]]) -> Proposal:
    found = read_document(Proposal, row.body.encode())
    assert isinstance(found, Proposal)  # noqa: S101  the adapter gives its own type
    return replace(
        found,
        proposal_no=row.proposal_no,
        state=ProposalState(row.state),
        decided_by=row.decided_by,
        decided_utc=None if row.decided_utc is None else read_stamp(row.decided_utc),
    )
