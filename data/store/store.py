"""The store: inputs, imports, plans and runs of a working folder, kept with their history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import sqlalchemy as sa

from data.eligibility import CaseEvent, CaseHistory
from data.erasures import Erasure
from data.errors import LockedError, StoreError
from data.imports.report import QuarantinedRow, SheetCount
from data.inputs import Inputs
from data.people import Person, Role
from data.plans import Plan
from data.runs import LATEST, RunRecord
from data.store import (
    eligibility,
    history,
    imports,
    people,
    plans,
    results,
    run_rows,
    server,
    snapshots,
)
from data.store.accounts import AccountBook
from data.store.audit import AuditBook, append_pending, clear_pending
from data.store.drafts import DraftBook
from data.store.edits import EditBook
from data.store.engine import build_engine, upgrade_store
from data.store.messages import MessageBook
from data.store.nights import NightBook
from data.store.person_book import PersonBook
from data.store.pointers import APPROVED_RUN, INPUTS, find_target, move_pointer
from data.store.transactions import Transactions, our_errors, retried, retry

T = TypeVar("T")

OPEN_RETRY_S = 5.0
"""How long a store is waited for when it is opened: a server may be starting. [s]"""


@retried
class Store:
    """An open store; use as a context manager or call `close`.

    Every method that writes is one transaction: it is done wholly or not at all.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        transactions = Transactions(engine, finish=append_pending, settle=clear_pending)
        self._reading, self._writing = transactions.reading, transactions.writing
        self.nights = NightBook(transactions)
        self.accounts = AccountBook(transactions)
        self.audit = AuditBook(transactions)
        self.messages = MessageBook(transactions)
        self.edits = EditBook(transactions)
        self.drafts = DraftBook(transactions)
        self.persons = PersonBook(transactions, engine)

    @classmethod
    def open(cls, place: str | Path) -> Store:
        """Open the store at a path (an SQLite file) or address of a PostgreSQL server.

        It is made or upgraded first.

        Raises
        ------
        StoreError
            If it cannot be opened, is no store, or was made by a newer program.
        LockedError
            If another process holds it for longer than 5 seconds.
        """
        engine = build_engine(place)
        try:
            retry(_upgrade, seconds=OPEN_RETRY_S)(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def holding(self, name: str) -> Iterator[None]:
        """Hold a name on a server, so that no other machine holds it; freed when this one dies.

        The embedded store is used from one machine, whose own locks do for it.

        Raises
        ------
        LockedError
            At once, if another program holds it.
        """
        if self._engine.dialect.name != "postgresql":
            yield
            return
        with our_errors():
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            with our_errors():
                is_held = server.hold_name(connection, name)
            if not is_held:
                raise LockedError(f"Another machine holds {name}. Wait for it to end.")
            yield
        finally:
            # Not given back to the pool: the server frees the name with the connection.
            connection.invalidate()
            connection.close()

    def save_inputs(
        self,
        inputs: Inputs,
        *,
        created_utc: datetime,
        code_version: str,
        expected: str | None = None,
    ) -> str:
        """Keep inputs and make them the current ones of their place.

        Parameters
        ----------
        expected
            Fingerprint of the current inputs as the caller last saw them; None to overwrite
            whatever is current.

        Returns
        -------
        The fingerprint under which they are read.

        Raises
        ------
        StaleWriteError
            If somebody else changed the current inputs meanwhile.
        """
        with self._writing() as connection:
            inputs_hash = snapshots.save_snapshot(
                connection, inputs, created_utc=created_utc, code_version=code_version
            )
            move_pointer(connection, inputs.place, INPUTS, inputs_hash, expected)
        return inputs_hash

    def save_case_inputs(
        self, inputs: Inputs, case_id: str, *, created_utc: datetime, code_version: str
    ) -> str:
        """Keep the inputs of a what-if case; the place's own stay current.

        Parameters
        ----------
        case_id
            Name of the case, e.g. a scenario's.

        Returns
        -------
        The fingerprint under which they are read.
        """
        with self._writing() as connection:
            return snapshots.save_snapshot(
                connection,
                inputs,
                created_utc=created_utc,
                code_version=code_version,
                chain=f"{inputs.place}+{case_id}",
            )

    def read_inputs(self, inputs_hash: str) -> Inputs:
        """Read inputs by their fingerprint.

        Raises
        ------
        StoreError
            If they are not there, or were changed behind the program's back.
        """
        with self._reading() as connection:
            return snapshots.read_snapshot(connection, inputs_hash)

    def find_inputs_hash(self, place: str) -> str:
        """Find the fingerprint of the current inputs of a place.

        Raises
        ------
        StoreError
            If the place has none.
        """
        with self._reading() as connection:
            found = find_target(connection, place, INPUTS)
        if found is None:
            raise StoreError(
                f"The store holds no inputs of {place}. Import or sample them first."
            )
        return found

    def list_inputs(self, place: str | None = None) -> tuple[snapshots.Snapshot, ...]:
        """List kept inputs, the newest first."""
        with self._reading() as connection:
            return snapshots.list_snapshots(connection, place)

    def read_record_history(
        self, place: str, kind: str, record_id: str
    ) -> tuple[snapshots.RecordVersion, ...]:
        """Read every version of one record of the inputs, the oldest first.

        Parameters
        ----------
        kind
            Name of the list of `Inputs` it belongs to, e.g. ``passengers``.
        """
        with self._reading() as connection:
            return snapshots.read_record_history(connection, place, kind, record_id)

    def save_import(
        self,
        inputs: Inputs | None,
        *,
        place: str,
        files: Mapping[str, bytes],
        counts: Sequence[SheetCount],
        rejected: Sequence[QuarantinedRow] = (),
        created_utc: datetime,
        code_version: str,
        expected: str | None = None,
    ) -> int:
        """Keep an import: original bytes, counts, quarantine and the inputs it led to, in one.

        Parameters
        ----------
        inputs
            What was accepted, or None where nothing was committed.
        files
            Original bytes by file name.
        expected
            Fingerprint of the current inputs as the caller last saw them; None to overwrite
            whatever is current.

        Returns
        -------
        The number of the import.

        Raises
        ------
        StaleWriteError
            If somebody else changed the current inputs meanwhile.
        """
        with self._writing() as connection:
            inputs_hash = None
            if inputs is not None:
                inputs_hash = snapshots.save_snapshot(
                    connection, inputs, created_utc=created_utc, code_version=code_version
                )
            number = imports.save_import_rows(
                connection,
                place=place,
                files=files,
                counts=counts,
                rejected=rejected,
                inputs_hash=inputs_hash,
                created_utc=created_utc,
                code_version=code_version,
            )
            if inputs_hash is not None:
                move_pointer(connection, place, INPUTS, inputs_hash, expected)
        return number

    def list_imports(self, place: str | None = None) -> tuple[imports.ImportRecord, ...]:
        """List imports with their counts, the newest first."""
        with self._reading() as connection:
            return imports.list_import_rows(connection, place)

    def read_import_file(self, sha256: str) -> bytes:
        """Read the original bytes of an imported file by their SHA-256."""
        with self._reading() as connection:
            return imports.read_import_bytes(connection, sha256)

    def read_quarantine(self, import_no: int) -> tuple[QuarantinedRow, ...]:
        """Read the rows an import put in quarantine."""
        with self._reading() as connection:
            return imports.read_quarantine_rows(connection, import_no)

    def save_plan(self, plan: Plan) -> None:
        """Keep a plan, so that the checker can judge what is read back."""
        with self._writing() as connection:
            plans.save_plan_rows(connection, plan)

    def read_plan(self, plan_id: str, run_id: str | None = None) -> Plan:
        """Read a plan from its rows: the newest with the id, or the one a run holds.

        Raises
        ------
        StoreError
            If there is none.
        """
        with self._reading() as connection:
            number = plans.find_plan_no(connection, plan_id, run_id)
            return plans.read_plan_rows(connection, number)

    def save_run(self, run: RunRecord) -> None:
        """Keep a run with its plans, cost lines, shares and check reports, in one transaction.

        Raises
        ------
        StoreError
            If its inputs are not in the store, or another run has its id.
        """
        with self._writing() as connection:
            run_rows.save_run_rows(connection, run)

    def list_runs(self, place: str | None = None) -> tuple[history.RunSummary, ...]:
        """List runs, the newest first."""
        with self._reading() as connection:
            return history.list_run_rows(connection, place)

    def find_run(self, run_id: str = LATEST, place: str | None = None) -> RunRecord:
        """Find a run by its id, an unmistakable beginning of it, or ``latest``.

        Raises
        ------
        StoreError
            If no run or more than one answers to it.
        """
        with self._reading() as connection:
            full_id = history.find_run_id(connection, run_id, place)
            return run_rows.read_run_rows(connection, full_id)

    def read_run_day(self, run_id: str) -> run_rows.RunDay:
        """Read the day of a run that is shown, by the run's full id."""
        with self._reading() as connection:
            return run_rows.read_run_day(connection, run_id)

    def find_run_id(self, run_id: str = LATEST, place: str | None = None) -> str:
        """Find the full id of a run; arguments as for `find_run`.

        Raises
        ------
        StoreError
            If no run or more than one answers to it.
        """
        with self._reading() as connection:
            return history.find_run_id(connection, run_id, place)

    def count_erasures(self) -> int:
        """Count the erasures done in this store.

        What was read of it before one may name somebody who was erased; nothing else changes
        what is kept under an id or a fingerprint.
        """
        with self._reading() as connection:
            return results.count_result_rows(connection, Erasure)

    def approve_run(self, place: str, run_id: str) -> None:
        """Make a run's timetable the one that the nights of a place begin from."""
        with self._writing() as connection:
            full_id = history.find_run_id(connection, run_id, place)
            move_pointer(connection, place, APPROVED_RUN, full_id)

    def find_approved_run(self, place: str) -> RunRecord | None:
        """Find the run whose timetable was approved, or None."""
        with self._reading() as connection:
            found = find_target(connection, place, APPROVED_RUN)
            return None if found is None else run_rows.read_run_rows(connection, found)

    def save_result(
        self, value: Any, *, place: str, files: Mapping[str, bytes] | None = None
    ) -> str:
        """Keep a result worked out beside runs (a tender, bids, an award); return its id.

        Parameters
        ----------
        files
            Original bytes it was read from, by file name.

        Raises
        ------
        StoreError
            If another result has its id.
        """
        with self._writing() as connection:
            if files:
                imports.save_files(connection, files)
            return results.save_result_row(connection, value, place)

    def save_results(self, values: Sequence[Any], *, place: str) -> tuple[str, ...]:
        """Keep several results, all or none; return their ids.

        Raises
        ------
        StoreError
            If another result has an id of theirs.
        """
        with self._writing() as connection:
            return tuple(results.save_result_row(connection, value, place) for value in values)

    def find_result(
        self,
        kind: type[T],
        result_id: str = LATEST,
        *,
        place: str | None = None,
        parent_id: str | None = None,
    ) -> T:
        """Find a result by its id, an unmistakable beginning of it, or ``latest``.

        Parameters
        ----------
        kind
            Type of the result, e.g. `data.tenders.Tender`.
        parent_id
            Only one made from this run or result.

        Raises
        ------
        StoreError
            If none or more than one answers to it.
        """
        with self._reading() as connection:
            full_id = results.find_result_id(connection, kind, result_id, place, parent_id)
            return results.read_result_row(connection, kind, full_id)

    def list_results(
        self, place: str | None = None, kind: type | None = None
    ) -> tuple[results.ResultSummary, ...]:
        """List results, the newest first."""
        with self._reading() as connection:
            return results.list_result_rows(connection, place, kind)

    def add_person(
        self, person_id: str, name: str, roles: Sequence[Role], *, now_utc: datetime
    ) -> Person:
        """Add a person to the register, or further roles of one who is there.

        Raises
        ------
        RefusedError
            If the id is not one or belongs to somebody else, or no role is new.
        """
        with self._writing() as connection:
            return people.add_person_rows(connection, person_id, name, roles, now_utc=now_utc)

    def end_person(self, person_id: str, roles: Sequence[Role], *, now_utc: datetime) -> Person:
        """End roles of a person, all if none is named; what they signed stays theirs.

        Raises
        ------
        RefusedError
            If there is no such person or role.
        """
        with self._writing() as connection:
            return people.end_person_rows(connection, person_id, roles, now_utc=now_utc)

    def find_person(self, person_id: str) -> Person | None:
        """Find a person by id, or None; `data.people.require_person` refuses instead."""
        with self._reading() as connection:
            return next(iter(people.read_person_rows(connection, person_id)), None)

    def list_people(self) -> tuple[Person, ...]:
        """List everybody in the register, whether they hold a role or not."""
        with self._reading() as connection:
            return people.read_person_rows(connection)

    def add_case_events(self, events: Sequence[CaseEvent]) -> None:
        """Keep what happened to eligibility cases, all of it or nothing.

        Raises
        ------
        StaleWriteError
            If a case has gone on since it was read.
        StoreError
            If a person who acted is not in the register.
        """
        with self._writing() as connection:
            eligibility.add_event_rows(connection, events)

    def list_cases(self, place: str) -> tuple[CaseHistory, ...]:
        """List the eligibility cases of a place with their history."""
        with self._reading() as connection:
            return eligibility.read_case_rows(connection, place)

    def read_case(self, place: str, case_id: str) -> CaseHistory:
        """Read the history of one eligibility case.

        Raises
        ------
        StoreError
            If there is none.
        """
        with self._reading() as connection:
            found = eligibility.read_case_rows(connection, place, case_id)
        if not found:
            raise StoreError(
                f"The store holds no eligibility case {case_id[:60]!r} of {place}."
            )
        return found[0]


def _upgrade(engine: sa.Engine) -> None:
    with our_errors():
        upgrade_store(engine)
