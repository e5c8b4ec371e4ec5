"""Requests of people and the end of retention: everything on one person, erasure, expiry."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import sqlalchemy as sa

from data.erasures import Erasure
from data.errors import StoreError
from data.store import models
from data.store.erasure import erase_person_rows
from data.store.person_rows import (
    HeldRow,
    PersonIds,
    find_import_files,
    find_person_ids,
    list_person_rows,
)
from data.store.rows import read_stamp, write_list, write_stamp
from data.store.transactions import retried


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOnPerson:
    """Everything the store holds on one passenger.

    Attributes
    ----------
    import_files
        SHA-256 of the imported files that hold them, with the name each was imported under.
    """

    ids: PersonIds
    rows: tuple[HeldRow, ...]
    import_files: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """What is past its retention.

    Attributes
    ----------
    passenger_ids
        Carried for the last time so long ago.
    import_files
        SHA-256 of files of imports so old; the place's newest import is never among them.
    quarantine
        Numbers of imports whose rows in quarantine are so old.
    run_numbers
        Runs so old whose plans still say who rode.
    people
        Staff without a role for so long.
    """

    passenger_ids: tuple[str, ...] = ()
    import_files: tuple[str, ...] = ()
    quarantine: tuple[int, ...] = ()
    run_numbers: tuple[int, ...] = ()
    people: tuple[str, ...] = ()


def find_cutoff(now: date, months: int) -> date:
    """Find the day so many whole months before; the last of the month where it has no such day.

    Examples
    --------
    >>> find_cutoff(date(2026, 5, 31), 3).isoformat()
    '2026-02-28'
    """
    import calendar

    index = now.year * 12 + now.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(now.day, calendar.monthrange(year, month + 1)[1]))


def find_year_end(day: date) -> date:
    """Find the end of the school year of a day: the 31 August on or after it.

    Examples
    --------
    >>> find_year_end(date(2026, 9, 1)).isoformat()
    '2027-08-31'
    >>> find_year_end(date(2026, 8, 31)).isoformat()
    '2026-08-31'
    """
    end = date(day.year, 8, 31)
    return end if day <= end else date(day.year + 1, 8, 31)


@retried
class PersonBook:
    """What an open store does for the people whose data it holds.

    Parameters
    ----------
    reading, writing
        The store's own transactions.
    engine
        The store's engine, to write its file anew after an erasure.
    """

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[sa.Connection]],
        writing: Callable[[], AbstractContextManager[sa.Connection]],
        engine: sa.Engine,
    ) -> None:
        self._reading, self._writing, self._engine = reading, writing, engine

    def find_held(self, passenger_id: str) -> HeldOnPerson:
        """Find everything held on a passenger, over every state ever kept."""
        with self._reading() as connection:
            ids = find_person_ids(connection, (passenger_id,))[passenger_id]
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
        passenger_ids: Collection[str],
        *,
        person_id: str,
        reason: str,
        now_utc: datetime,
        code_version: str,
    ) -> tuple[Erasure, tuple[PersonIds, ...]]:
        """Erase passengers from the store, wholly or not at all, free pages included.

        Returns
        -------
        The record of the erasure, and the identifiers by which files beside the store are
        searched.

        Raises
        ------
        RefusedError
            If one is not known, or is carried now.
        """
        with self._writing() as connection:
            done = erase_person_rows(
                connection,
                place,
                passenger_ids,
                person_id=person_id,
                reason=reason,
                now_utc=now_utc,
                code_version=code_version,
                current_hash=_find_current(connection, place),
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
            return Expired(
                passenger_ids=_find_gone(connection, place, months["passenger"], now),
                import_files=_find_old_files(connection, place, months["imports"], now),
                quarantine=_find_old_quarantine(connection, place, months["quarantine"], now),
                run_numbers=_find_old_runs(connection, place, months["plan"], now),
                people=_find_old_people(connection, months["staff"], now),
            )

    def expire(self, expired: Expired) -> None:
        """Remove what `find_expired` found, but passengers, whom `erase` erases."""
        with self._writing() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            files, quarantine = models.import_files, models.quarantine
            for sha256 in expired.import_files:
                connection.execute(
                    sa.update(files).where(files.c.sha256 == sha256).values(body=b"", n_bytes=0)
                )
            for number in expired.quarantine:
                connection.execute(
                    sa.delete(quarantine).where(quarantine.c.import_no == number)
                )
            for number in expired.run_numbers:
                _forget_riders(connection, number)
            for person_id in expired.people:
                connection.execute(
                    sa.update(models.people)
                    .where(models.people.c.person_id == person_id)
                    .values(name="")
                )
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


def _find_current(connection: sa.Connection, place: str) -> str | None:
    table = models.pointers
    return connection.execute(
        sa.select(table.c.target).where(table.c.place == place, table.c.name == "inputs")
    ).scalar()


def _find_gone(
    connection: sa.Connection, place: str, months: int, now: date
) -> tuple[str, ...]:
    """Find passengers whose last record ended in a school year that is over for so long."""
    versions, heads = models.record_versions, models.snapshots
    ended = heads.alias("ended")
    rows = connection.execute(
        sa.select(versions.c.record_id, versions.c.to_no, ended.c.created_utc)
        .outerjoin(ended, ended.c.snapshot_no == versions.c.to_no)
        .where(versions.c.place == place, versions.c.kind == "passengers")
    ).all()
    last: dict[str, date | None] = {}
    for row in rows:
        end = None if row.to_no is None else read_stamp(row.created_utc).date()
        held = last.get(row.record_id, date.min)
        last[row.record_id] = None if end is None or held is None else max(held, end)
    return tuple(
        sorted(
            passenger_id
            for passenger_id, end in last.items()
            if end is not None
            and not passenger_id.startswith("erased-")
            and find_year_end(end) < find_cutoff(now, months)
        )
    )


def _stamp_of(day: date) -> str:
    return write_stamp(datetime(day.year, day.month, day.day, tzinfo=UTC))


def _find_old_imports(
    connection: sa.Connection, place: str, months: int, now: date
) -> list[int]:
    table = models.imports
    query = sa.select(table.c.import_no).where(
        table.c.place == place, table.c.created_utc < _stamp_of(find_cutoff(now, months))
    )
    return [int(n) for n in connection.execute(query).scalars()]


def _find_old_files(
    connection: sa.Connection, place: str, months: int, now: date
) -> tuple[str, ...]:
    counts, files = models.import_counts, models.import_files
    old = _find_old_imports(connection, place, months, now)
    shas = {
        sha: [n for (n,) in connection.execute(
            sa.select(counts.c.import_no).where(counts.c.sha256 == sha)
        )]
        for sha in connection.execute(
            sa.select(counts.c.sha256).where(counts.c.import_no.in_(old)).distinct()
        ).scalars()
    }  # fmt: skip
    newest = connection.execute(
        sa.select(sa.func.max(models.imports.c.import_no)).where(
            models.imports.c.place == place, models.imports.c.inputs_hash.is_not(None)
        )
    ).scalar()
    held = set(
        connection.execute(sa.select(files.c.sha256).where(files.c.n_bytes > 0)).scalars()
    )
    return tuple(
        sorted(
            sha
            for sha, numbers in shas.items()
            if sha in held and set(numbers) <= set(old) and newest not in numbers
        )
    )


def _find_old_quarantine(
    connection: sa.Connection, place: str, months: int, now: date
) -> tuple[int, ...]:
    table = models.quarantine
    old = _find_old_imports(connection, place, months, now)
    found = connection.execute(
        sa.select(table.c.import_no).where(table.c.import_no.in_(old)).distinct()
    ).scalars()
    return tuple(sorted(int(n) for n in found))


def _find_old_runs(
    connection: sa.Connection, place: str, months: int, now: date
) -> tuple[int, ...]:
    table, shares = models.runs, models.passenger_shares
    query = sa.select(table.c.run_no).where(
        table.c.place == place,
        table.c.created_utc < _stamp_of(find_cutoff(now, months)),
        sa.or_(
            table.c.walks != write_list(()),
            sa.exists().where(shares.c.run_no == table.c.run_no),
        ),
    )
    return tuple(int(n) for n in connection.execute(query).scalars())


def _find_old_people(connection: sa.Connection, months: int, now: date) -> tuple[str, ...]:
    people, terms = models.people, models.person_roles
    cutoff = _stamp_of(find_cutoff(now, months))
    still = sa.select(terms.c.person_id).where(
        sa.or_(terms.c.to_utc.is_(None), terms.c.to_utc >= cutoff)
    )
    query = sa.select(people.c.person_id).where(
        people.c.name != "", people.c.added_utc < cutoff, people.c.person_id.notin_(still)
    )
    return tuple(str(p) for p in connection.execute(query).scalars())


def _forget_riders(connection: sa.Connection, run_no: int) -> None:
    """Forget who rode in a run; its plans, costs, totals and reports stay."""
    runs, lines = models.runs, models.cost_lines
    connection.execute(
        sa.delete(models.passenger_shares).where(models.passenger_shares.c.run_no == run_no)
    )
    connection.execute(
        sa.update(lines).where(lines.c.run_no == run_no).values(shared_by=write_list(()))
    )
    connection.execute(
        sa.update(runs).where(runs.c.run_no == run_no).values(walks=write_list(()))
    )
    # A plan that a newer run shows too keeps its riders until that run is old.
    plans = models.run_plans
    mine = sa.select(plans.c.plan_no).where(plans.c.run_no == run_no)
    others = sa.select(plans.c.plan_no).where(plans.c.run_no > run_no)
    for table in (models.stop_passengers, models.unserved):
        connection.execute(
            sa.delete(table).where(table.c.plan_no.in_(mine), table.c.plan_no.notin_(others))
        )
