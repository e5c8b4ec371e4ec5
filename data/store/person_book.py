"""Requests of people and the end of retention: everything on one person, erasure, expiry."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from data.erasures import Erasure
from data.errors import StoreError
from data.store import models
from data.store.erasure import erase_subject_rows
from data.store.person_rows import (
    HeldRow,
    SubjectIds,
    SubjectKind,
    find_import_files,
    find_subject_ids,
    list_person_rows,
)
from data.store.pointers import INPUTS, find_target
from data.store.retention import Expired, expire_rows, find_expired_rows
from data.store.transactions import Book, Transactions, retried


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOnPerson:
    """Everything the store holds on one passenger.

    Attributes
    ----------
    import_files
        SHA-256 of the imported files that hold them, with the name each was imported under.
    """

    ids: SubjectIds
    rows: tuple[HeldRow, ...]
    import_files: tuple[tuple[str, str], ...]


@retried
class PersonBook(Book):
    """What an open store does for the people whose data it holds.

    Parameters
    ----------
    engine
        The store's engine, to write its file anew after an erasure.
    """

    def __init__(self, transactions: Transactions, engine: sa.Engine) -> None:
        super().__init__(transactions)
        self._engine = engine

    def find_held(self, passenger_id: str) -> HeldOnPerson:
        """Find everything held on a passenger, over every state ever kept."""
        with self._reading() as connection:
            ids = find_subject_ids(connection, (passenger_id,))[passenger_id]
            shas = find_import_files(connection, (ids,))
            counts = models.import_counts
            named = connection.execute(
                sa.select(counts.c.sha256, counts.c.file_name)
                .where(counts.c.sha256.in_(shas))
                .distinct()
            ).all()
            return HeldOnPerson(
                ids=ids,
                rows=list_person_rows(connection, ids),
                import_files=tuple((str(s), str(n)) for s, n in named),
            )

    def erase(
        self,
        place: str,
        subject_ids: Collection[str],
        *,
        kind: SubjectKind = SubjectKind.PASSENGER,
        person_id: str,
        reason: str,
        now_utc: datetime,
        code_version: str,
    ) -> tuple[Erasure, tuple[SubjectIds, ...]]:
        """Erase people from the store, wholly or not at all, free pages included.

        Parameters
        ----------
        subject_ids
            Passengers, or members of the crew.

        Returns
        -------
        The record of the erasure, and the identifiers by which files beside the store are
        searched.

        Raises
        ------
        RefusedError
            If one is not known, or stands in the current inputs.
        """
        with self._writing() as connection:
            done = erase_subject_rows(
                connection,
                place,
                subject_ids,
                kind=kind,
                person_id=person_id,
                reason=reason,
                now_utc=now_utc,
                code_version=code_version,
                current_hash=find_target(connection, place, INPUTS),
            )
        self.compact()
        return done

    def find_expired(self, place: str, months: Mapping[str, int], now: date) -> Expired:
        """Find what is past its retention.

        Parameters
        ----------
        months
            How long each class of records is kept.
        """
        with self._reading() as connection:
            return find_expired_rows(connection, place, months, now)

    def expire(self, place: str, expired: Expired) -> None:
        """Remove what `find_expired` found, but people, whom `erase` erases."""
        with self._writing() as connection:
            expire_rows(connection, place, expired)
        self.compact()

    def compact(self) -> None:
        """Write the store's tables anew, so that no free page holds what was erased.

        Raises
        ------
        StoreError
            If that cannot be done now; what was erased is erased all the same.
        """
        if self._engine.dialect.name != "sqlite":
            self._compact_server()
            return
        with self._engine.connect() as connection:
            plain = connection.connection.driver_connection
            assert plain is not None  # noqa: S101  a connection that is open has one
            plain.execute("VACUUM")
            plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _compact_server(self) -> None:
        """Let the server rewrite its tables; what is in its log and backups ends with those."""
        try:
            with self._engine.connect() as plain:
                connection = plain.execution_options(isolation_level="AUTOCOMMIT")
                connection.exec_driver_sql("VACUUM (FULL)")
        except sa.exc.DBAPIError:
            raise StoreError(
                "What was to be erased is erased, but the server could not write its tables "
                "anew: old pages may still hold it. Run VACUUM (FULL) on the database."
            ) from None
