"""Nights in the store: changes of the day, fences, candidates, publications, proposals.

Publishing is one transaction: the row of the publication first, the pointer of its date last.
A run that lost its fence to a later one is refused inside that transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from data.errors import StoreError
from data.inputs import read_document, write_document
from data.nights import (
    Candidate,
    DayChange,
    DayChangeKind,
    Proposal,
    ProposalState,
    Publication,
)
from data.plans import Plan
from data.store import models, plans, proposals, publications
from data.store.rows import insert_one, read_stamp, write_stamp
from data.store.transactions import Book, retried


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One run of the night, found again by its key.

    Attributes
    ----------
    outcome
        The summary of how it ended, or '' while it has not.
    """

    night_no: int
    night_key: str
    place: str
    service_date: date
    started_utc: datetime
    ended_utc: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptChange:
    """A change of the day as the store holds it."""

    change_no: int
    change: DayChange
    received_utc: datetime
    source: str


@retried
class NightBook(Book):
    """What the night reads and writes in an open store; each write is one transaction."""

    def add_changes(
        self, place: str, changes: Iterable[DayChange], *, received_utc: datetime, source: str
    ) -> int:
        """Keep changes of the day; one that is known already is not kept twice.

        Returns
        -------
        How many were new.
        """
        with self._writing() as connection:
            known = {k.change for k in _list_changes(connection, place)}
            fresh = [c for c in dict.fromkeys(changes) if c not in known]
            for change in fresh:
                insert_one(
                    connection,
                    models.day_changes,
                    {
                        "place": place,
                        "kind": change.kind.value,
                        "target_id": change.target_id,
                        "first_date": change.first_date,
                        "last_date": change.last_date,
                        "leave_s": change.leave_s,
                        "received_utc": write_stamp(received_utc),
                        "source": source,
                    },
                )
        return len(fresh)

    def list_changes(self, place: str, on: date | None = None) -> tuple[KeptChange, ...]:
        """List changes that are not withdrawn, all or those that hold on a date."""
        with self._reading() as connection:
            found = _list_changes(connection, place)
        return tuple(k for k in found if on is None or k.change.is_on(on))

    def withdraw_change(self, place: str, change_no: int, *, withdrawn_utc: datetime) -> None:
        """Withdraw a change; it stays on record.

        Raises
        ------
        StoreError
            If there is none of the number.
        """
        table = models.day_changes
        with self._writing() as connection:
            done = connection.execute(
                sa.update(table)
                .where(
                    table.c.change_no == change_no,
                    table.c.place == place,
                    table.c.withdrawn_utc.is_(None),
                )
                .values(withdrawn_utc=write_stamp(withdrawn_utc))
            )
            if done.rowcount != 1:
                raise StoreError(f"The store holds no change {change_no} of {place}.")

    def take_fence(self, place: str, *, taken_utc: datetime) -> int:
        """Take the next fencing number of a place: all runs before it may publish no more."""
        table = models.fences
        with self._writing() as connection:
            found = connection.execute(
                sa.select(table.c.fence_no).where(table.c.place == place)
            ).scalar()
            values = {"fence_no": (found or 0) + 1, "taken_utc": write_stamp(taken_utc)}
            if found is None:
                connection.execute(sa.insert(table).values(place=place, **values))
            else:
                connection.execute(
                    sa.update(table).where(table.c.place == place).values(**values)
                )
        return int(values["fence_no"])

    def begin_night(
        self,
        night_key: str,
        *,
        place: str,
        service_date: date,
        inputs_hash: str,
        settings: str,
        code_version: str,
        started_utc: datetime,
    ) -> Night:
        """Begin the run of a key, or find the one that began before."""
        table = models.nights
        with self._writing() as connection:
            found = connection.execute(
                sa.select(table).where(table.c.night_key == night_key)
            ).one_or_none()
            if found is None:
                insert_one(
                    connection,
                    table,
                    {
                        "night_key": night_key,
                        "place": place,
                        "service_date": service_date,
                        "inputs_hash": inputs_hash,
                        "settings": settings,
                        "code_version": code_version,
                        "started_utc": write_stamp(started_utc),
                        "outcome": "",
                    },
                )
                found = connection.execute(
                    sa.select(table).where(table.c.night_key == night_key)
                ).one()
        return _read_night(found)

    def end_night(self, night_no: int, outcome: str, *, ended_utc: datetime) -> None:
        """Say how a run ended."""
        table = models.nights
        with self._writing() as connection:
            connection.execute(
                sa.update(table)
                .where(table.c.night_no == night_no)
                .values(outcome=outcome, ended_utc=write_stamp(ended_utc))
            )

    def list_nights(self, place: str) -> tuple[Night, ...]:
        """List the runs of a place, the newest first."""
        table = models.nights
        query = sa.select(table).where(table.c.place == place).order_by(table.c.night_no.desc())
        with self._reading() as connection:
            return tuple(_read_night(row) for row in connection.execute(query))

    def save_plans(self, plan: Plan, standing: Plan) -> tuple[int, int]:
        """Keep the plan of a date and the standing plan behind it; return their numbers."""
        with self._writing() as connection:
            return (
                plans.save_plan_rows(connection, plan),
                plans.save_plan_rows(connection, standing),
            )

    def read_plan(self, plan_no: int) -> Plan:
        """Read a plan from its rows by its number.

        Raises
        ------
        StoreError
            If there is none.
        """
        with self._reading() as connection:
            return plans.read_plan_rows(connection, plan_no)

    def find_plan(self, plan_hash: str) -> Plan:
        """Find a plan by its fingerprint.

        Raises
        ------
        StoreError
            If there is none.
        """
        table = models.plans
        with self._reading() as connection:
            number = connection.execute(
                sa.select(table.c.plan_no).where(table.c.fingerprint == plan_hash)
            ).scalar()
            if number is None:
                raise StoreError(f"The store holds no plan with the hash {plan_hash[:12]}.")
            return plans.read_plan_rows(connection, int(number))

    def save_candidate(
        self, night_no: int, candidate: Candidate, *, saved_utc: datetime
    ) -> None:
        """Keep a checked plan of the night, so that it can be published whatever comes."""
        table = models.candidates
        with self._writing() as connection:
            if candidate in _list_candidates(connection, night_no):
                return
            n_before = connection.execute(
                sa.select(sa.func.count()).where(table.c.night_no == night_no)
            ).scalar_one()
            connection.execute(
                sa.insert(table).values(
                    night_no=night_no,
                    position=n_before,
                    saved_utc=write_stamp(saved_utc),
                    plan_no=candidate.plan_no,
                    body=write_document(candidate).decode(),
                )
            )

    def list_candidates(self, night_no: int) -> tuple[Candidate, ...]:
        """List the checked plans of a night in the order in which they were kept."""
        with self._reading() as connection:
            return _list_candidates(connection, night_no)

    def publish(self, publication: Publication, plan_hash: str) -> Publication:
        """Publish a plan for its date: content first, pointer last, in one transaction.

        Parameters
        ----------
        publication
            What to publish; its ``version_no`` is given here.
        plan_hash
            Fingerprint of the plan that the checker judged.

        Returns
        -------
        The publication as kept: the one kept before where the same run published this plan.

        Raises
        ------
        LockedError
            If a later run has taken the place's fence.
        StaleWriteError
            If the plan in the store is not the one that the checker judged.
        """
        with self._writing() as connection:
            return publications.publish_row(connection, publication, plan_hash)

    def find_publication(self, place: str, service_date: date) -> Publication | None:
        """Find what runs on a date: the pointer first, then what it points to."""
        with self._reading() as connection:
            return publications.find_current_row(connection, place, service_date)

    def list_current(self, place: str, first: date, last: date) -> tuple[Publication, ...]:
        """List what runs on the dates from one to another, the last date first.

        Raises
        ------
        StoreError
            If the store does not hold what it says runs on one of them.
        """
        with self._reading() as connection:
            return publications.list_current_rows(connection, place, first, last)

    def list_publications(
        self, place: str, service_date: date | None = None
    ) -> tuple[Publication, ...]:
        """List publications, the newest first."""
        with self._reading() as connection:
            return publications.list_publication_rows(connection, place, service_date)

    def find_last(
        self, place: str, day_type_id: str, before: date
    ) -> tuple[Publication, Plan] | None:
        """Find the newest publication of a kind of day, with its standing plan.

        Parameters
        ----------
        before
            Dates up to and with this one count.
        """
        with self._reading() as connection:
            return publications.find_last_row(connection, place, day_type_id, before)

    def find_last_standing(self, place: str, before: date) -> Plan | None:
        """Find the standing plan of the newest publication before a date, of whatever day."""
        with self._reading() as connection:
            return publications.find_last_standing_row(connection, place, before)

    def propose(self, proposal: Proposal, day_type_id: str) -> Proposal:
        """Keep a plan that waits for a person, once; older ones for the same kind of day end.

        Parameters
        ----------
        proposal
            Its number is given here.
        """
        with self._writing() as connection:
            return proposals.propose_row(connection, proposal, day_type_id)

    def list_proposals(
        self, place: str, state: ProposalState | None = None
    ) -> tuple[Proposal, ...]:
        """List proposals, the newest first."""
        with self._reading() as connection:
            return proposals.list_proposal_rows(connection, place, state)

    def find_approved(self, place: str, day_type_id: str, base_hash: str) -> Proposal | None:
        """Find the approved proposal that replaces a standing plan, if there is one."""
        with self._reading() as connection:
            return proposals.find_approved_row(connection, place, day_type_id, base_hash)

    def decide(
        self,
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
        with self._writing() as connection:
            return proposals.decide_row(
                connection,
                place,
                proposal_no,
                state,
                person_id=person_id,
                decided_utc=decided_utc,
            )


def _list_changes(connection: sa.Connection, place: str) -> tuple[KeptChange, ...]:
    """List the changes of a place that are not withdrawn, in order of receipt."""
    table = models.day_changes
    query = (
        sa.select(table)
        .where(table.c.place == place, table.c.withdrawn_utc.is_(None))
        .order_by(table.c.change_no)
    )
    return tuple(
        KeptChange(
            change_no=row.change_no,
            change=DayChange(
                kind=DayChangeKind(row.kind),
                target_id=row.target_id,
                first_date=row.first_date,
                last_date=row.last_date,
                leave_s=row.leave_s,
            ),
            received_utc=read_stamp(row.received_utc),
            source=row.source,
        )
        for row in connection.execute(query)
    )


def _list_candidates(connection: sa.Connection, night_no: int) -> tuple[Candidate, ...]:
    table = models.candidates
    query = (
        sa.select(table.c.body).where(table.c.night_no == night_no).order_by(table.c.position)
    )
    return tuple(
        read_document(Candidate, body.encode()) for body in connection.execute(query).scalars()
    )


def _read_night(row: sa.Row[tuple[object, ...]]) -> Night:
    return Night(
        night_no=row.night_no,
        night_key=row.night_key,
        place=row.place,
        service_date=row.service_date,
        started_utc=read_stamp(row.started_utc),
        ended_utc=None if row.ended_utc is None else read_stamp(row.ended_utc),
        outcome=row.outcome,
    )
