"""What is past its retention: found by class of record, and removed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import sqlalchemy as sa

from data.accounts import Accounts
from data.statements import KeptStatement
from data.store import models
from data.store.eligibility import read_case_rows
from data.store.person_rows import SubjectKind
from data.store.results import find_kind_name, list_result_rows, read_result_row
from data.store.rows import read_stamp, write_list, write_stamp


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
    crew_ids
        Members of the crew who left so long ago.
    cases
        Eligibility cases whose last event is so old, of passengers who are carried no more.
    results
        Books and statements of financial years that ended so long ago.
    """

    passenger_ids: tuple[str, ...] = ()
    import_files: tuple[str, ...] = ()
    quarantine: tuple[int, ...] = ()
    run_numbers: tuple[int, ...] = ()
    people: tuple[str, ...] = ()
    crew_ids: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    results: tuple[str, ...] = ()


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


def find_financial_year_end(day: date) -> date:
    """Find the end of the financial year of a day: the 31 March on or after it.

    Examples
    --------
    >>> find_financial_year_end(date(2026, 4, 1)).isoformat()
    '2027-03-31'
    >>> find_financial_year_end(date(2026, 3, 31)).isoformat()
    '2026-03-31'
    """
    end = date(day.year, 3, 31)
    return end if day <= end else date(day.year + 1, 3, 31)


def _find_ended(
    connection: sa.Connection, place: str, kind: SubjectKind
) -> dict[str, date | None]:
    """Find when the last record of each person of a kind ended; None for who is there now."""
    versions, heads = models.record_versions, models.snapshots
    ended = heads.alias("ended")
    rows = connection.execute(
        sa.select(versions.c.record_id, versions.c.to_no, ended.c.created_utc)
        .outerjoin(ended, ended.c.snapshot_no == versions.c.to_no)
        .where(versions.c.place == place, versions.c.kind == kind)
    ).all()
    last: dict[str, date | None] = {}
    for row in rows:
        end = None if row.to_no is None else read_stamp(row.created_utc).date()
        held = last.get(row.record_id, date.min)
        last[row.record_id] = None if end is None or held is None else max(held, end)
    return {name: end for name, end in last.items() if not name.startswith("erased-")}


def _find_gone(
    connection: sa.Connection, place: str, months: int, now: date
) -> tuple[str, ...]:
    """Find passengers whose last record ended in a school year that is over for so long."""
    ended = _find_ended(connection, place, SubjectKind.PASSENGER)
    cutoff = find_cutoff(now, months)
    return tuple(
        sorted(p for p, end in ended.items() if end is not None and find_year_end(end) < cutoff)
    )


def _find_gone_crew(
    connection: sa.Connection, place: str, months: int, now: date
) -> tuple[str, ...]:
    """Find members of the crew who left so long ago."""
    ended = _find_ended(connection, place, SubjectKind.CREW)
    cutoff = find_cutoff(now, months)
    return tuple(sorted(c for c, end in ended.items() if end is not None and end < cutoff))


def _find_old_cases(
    connection: sa.Connection, place: str, months: int, now: date
) -> tuple[str, ...]:
    """Find eligibility cases whose last event is so old.

    A case of somebody who is carried now is what their journeys rest on: it stays.
    """
    cutoff = find_cutoff(now, months)
    carried = {
        p
        for p, end in _find_ended(connection, place, SubjectKind.PASSENGER).items()
        if end is None
    }
    return tuple(
        case.case_id
        for case in read_case_rows(connection, place)
        if max(event.on for event in case.events) < cutoff
        and not {e.assessment.passenger_id for e in case.events if e.assessment} & carried
    )


def _find_old_results(
    connection: sa.Connection, place: str, months: int, now: date
) -> tuple[str, ...]:
    """Find books, and statements of invoices, savings and ledgers, of years so long over."""
    cutoff = find_cutoff(now, months)
    table = models.results
    books = [
        (summary.result_id, read_result_row(connection, Accounts, summary.result_id).to_on)
        for summary in list_result_rows(connection, place, Accounts)
    ]
    # The newest book of a place is what its costs are read from, however old.
    books = books[1:]
    statements = connection.execute(
        sa.select(table.c.result_id, table.c.created_utc).where(
            table.c.place == place, table.c.kind == find_kind_name(KeptStatement)
        )
    ).all()
    days = [*books, *((str(r), read_stamp(at).date()) for r, at in statements)]
    return tuple(sorted(r for r, day in days if find_financial_year_end(day) < cutoff))


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


def find_expired_rows(
    connection: sa.Connection, place: str, months: Mapping[str, int], now: date
) -> Expired:
    """Find what is past its retention.

    Parameters
    ----------
    months
        How long each class of records is kept.
    """
    return Expired(
        passenger_ids=_find_gone(connection, place, months["passenger"], now),
        import_files=_find_old_files(connection, place, months["imports"], now),
        quarantine=_find_old_quarantine(connection, place, months["quarantine"], now),
        run_numbers=_find_old_runs(connection, place, months["plan"], now),
        people=_find_old_people(connection, months["staff"], now),
        crew_ids=_find_gone_crew(connection, place, months["staff"], now),
        cases=_find_old_cases(connection, place, months["case"], now),
        results=_find_old_results(connection, place, months["finance"], now),
    )


def expire_rows(connection: sa.Connection, place: str, expired: Expired) -> None:
    """Remove what was found, but passengers and crew, who are erased."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    files, quarantine, people = models.import_files, models.quarantine, models.people
    for sha256 in expired.import_files:
        connection.execute(
            sa.update(files).where(files.c.sha256 == sha256).values(body=b"", n_bytes=0)
        )
    for number in expired.quarantine:
        connection.execute(sa.delete(quarantine).where(quarantine.c.import_no == number))
    for number in expired.run_numbers:
        _forget_riders(connection, number)
    for person_id in expired.people:
        connection.execute(
            sa.update(people).where(people.c.person_id == person_id).values(name="")
        )
    events = models.eligibility_events
    for case_id in expired.cases:
        connection.execute(
            sa.delete(events).where(events.c.place == place, events.c.case_id == case_id)
        )
    _drop_results(connection, place, expired.results)


def _drop_results(connection: sa.Connection, place: str, result_ids: Collection[str]) -> None:
    """Drop books and statements, and empty the files that nothing else was read from."""
    results, files, counts = models.results, models.import_files, models.import_counts
    shas: set[str] = set()
    for result_id in result_ids:
        here = sa.and_(results.c.place == place, results.c.result_id == result_id)
        body = connection.execute(sa.select(results.c.body).where(here)).scalar_one()
        shas |= {str(sha) for _, sha in json.loads(body).get("files", ())}
        connection.execute(sa.delete(results).where(here))
    for sha in sorted(shas):
        uses = (
            sa.select(results.c.result_no).where(results.c.body.contains(sha)),
            sa.select(counts.c.import_no).where(counts.c.sha256 == sha),
        )
        if all(connection.execute(use.limit(1)).scalar() is None for use in uses):
            connection.execute(
                sa.update(files).where(files.c.sha256 == sha).values(body=b"", n_bytes=0)
            )
