"""Statements worked out from tables that people bring: invoices, the register of savings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from costing import BY_CONTRACT, BY_YEAR, answer_invoices, answer_savings
from data.imports.edits import UnknownRecordError
from data.inputs import fingerprint
from data.statements import KeptStatement, Statement, StatementTable
from data.units import format_pounds
from scenarios import build_service_days
from web.charts import Chart, Form, Series
from web.uploads import write_uploads

if TYPE_CHECKING:
    from web.access import Visit

BASIS = "pounds as stated, price base not named"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table that a question takes."""

    name: str
    label: str
    hint: str
    is_required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """One question, and the tables it is answered from."""

    topic: str
    title: str
    about: str
    tables: tuple[Table, ...]
    takes_year: bool = False


TOPICS: Mapping[str, Answers] = {
    "invoices": Answers(
        topic="invoices",
        title="Invoices",
        about="Every line held against its contract and what was run; each difference in pence "
        "with its reason.",
        tables=(
            Table(
                name="invoices",
                label="Invoice lines",
                hint="invoice, supplier_id, contract_id, service_date, miles, amount_pounds",
                is_required=True,
            ),
            Table(
                name="contracts",
                label="Register of contracts",
                hint="As the command “wayfare contracts register --help” lists its columns",
                is_required=True,
            ),
            Table(
                name="records",
                label="What was run",
                hint="contract_id, service_date, due, run, passengers, late, ...",
            ),
            Table(name="indices", label="Index values", hint="index, month, value"),
        ),
    ),
    "savings": Answers(
        topic="savings",
        title="Budget and savings",
        about="Recurring and one-off savings by financial year; cashable apart from avoided. "
        "Of proposals of one group only the largest of a year counts.",
        tables=(
            Table(
                name="savings",
                label="Register of savings",
                hint="saving_id, title, starts_on, yearly_pounds, ... as "
                "“wayfare finance savings --help” lists them",
                is_required=True,
            ),
            Table(name="budget", label="Budget", hint="line, financial_year, pounds"),
        ),
        takes_year=True,
    ),
}


MOST_BARS = 8
"""Contracts that a chart has room for; its table has every one."""


def build_charts(statement: Statement) -> dict[str, tuple[Chart, ...]]:
    """Build the charts of a statement by the table that says the same."""
    found: dict[str, tuple[Chart, ...]] = {}
    for table in statement.tables:
        if table.name == BY_CONTRACT:
            found[table.name] = (
                _draw_columns(
                    table,
                    ("Claimed", "Due"),
                    "Claimed and due by contract, £",
                    f"The {MOST_BARS} contracts with the largest differences, or all if fewer.",
                ),
            )
        elif table.name == BY_YEAR:
            charts = [
                _draw_columns(
                    table,
                    ("Cashable", "Avoided", "Cost to implement"),
                    "Savings counted, and what they cost to implement, £",
                    "By financial year.",
                )
            ]
            if any(row[-1] is not None for row in table.rows):
                charts.append(
                    _draw_columns(
                        table,
                        ("Budget", "Budget after"),
                        "Budget before and after cashable savings, £",
                        "By financial year, of the budget lines given.",
                    )
                )
            found[table.name] = tuple(charts)
    return found


def _draw_columns(
    table: StatementTable, columns: tuple[str, ...], title: str, about: str
) -> Chart:
    """Draw columns of pounds of a table as bars by its first column."""
    rows = table.rows[:MOST_BARS]
    at = {heading.name: n for n, heading in enumerate(table.headings)}
    series = []
    for column in columns:
        held = [
            (n, f"{row[0]}: {column.lower()}", value)
            for n, row in enumerate(rows)
            if isinstance(value := row[at[column]], int)
        ]
        series.append(
            Series(
                name=column,
                form=Form.BARS,
                points=tuple((n, value / 100) for n, _, value in held),
                names=tuple(f"{name} {format_pounds(value)}" for _, name, value in held),
            )
        )
    return Chart(
        title=title,
        about=f"{title}. {about} The table below has every figure.",
        x_title="",
        y_title="£",
        series=tuple(series),
        labels=tuple(str(row[0]) for row in rows),
    )


def find_answers(topic: str) -> Answers:
    """Find a question.

    Raises
    ------
    UnknownRecordError
        If there is none of the name.
    """
    if topic not in TOPICS:
        raise UnknownRecordError(f"There is no page of money {topic[:40]!r}.")
    return TOPICS[topic]


def answer(
    visit: Visit,
    about: Answers,
    given: Mapping[str, tuple[str, bytes]],
    *,
    first_year: int,
    basis: str,
) -> tuple[KeptStatement, dict[str, bytes]]:
    """Answer a question from the tables that were sent.

    Parameters
    ----------
    given
        Name as sent and content of each table, by the name that `about` gives it.
    first_year
        First of the five years that savings are shown for.
    basis
        What the amounts are, or '' where it is not said.

    Returns
    -------
    What is kept, and the tables it was made from.

    Raises
    ------
    InputError
        With every fault of the tables.
    """
    files = {
        f"{t.name}{_ending(given[t.name][0])}": given[t.name][1]
        for t in about.tables
        if t.name in given
    }
    with write_uploads(tuple(files.items())) as paths:
        by_name = {
            name.partition(".")[0]: path for name, path in zip(files, paths, strict=True)
        }
        basis = basis or BASIS
        if about.topic == "savings":
            statement = answer_savings(
                by_name["savings"],
                by_name.get("budget"),
                first_year=first_year,
                n_years=5,
                basis=basis,
            )
        else:
            statement = answer_invoices(
                by_name["invoices"],
                by_name["contracts"],
                records=by_name.get("records"),
                indices=by_name.get("indices"),
                is_service_day=build_service_days(visit.state.read_inputs()),
                basis=basis,
            )
    stamp = f"{visit.now_utc:%Y%m%dT%H%M%SZ}"
    kept = KeptStatement(
        statement_id=f"{visit.place}-{about.topic}-{stamp}-{fingerprint(statement)[:8]}",
        topic=about.topic,
        place=visit.place,
        created_utc=visit.now_utc,
        code_version=visit.state.code_version,
        person_id=visit.person_id,
        statement=statement,
        files=tuple(
            (name, hashlib.sha256(body).hexdigest()) for name, body in sorted(files.items())
        ),
    )
    return kept, files


def _ending(sent: str) -> str:
    """Give the ending of a table's name, one of those that are read."""
    return ".xlsx" if sent.casefold().endswith(".xlsx") else ".csv"
