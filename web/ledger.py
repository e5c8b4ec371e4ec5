"""The company's books by activity, tied to the ledger, as tables and a chart."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from costing import cost_company
from data.accounts import Accounts
from data.statements import Measure, StatementTable
from web.charts import Chart, Form, Series
from web.money import headings


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The company's books."""

    accounts: Accounts
    centres: StatementTable
    customers: StatementTable
    ties: StatementTable
    chart: Chart


def build_ledger(accounts: Accounts) -> Ledger:
    """Cost the company by activity and tie it out.

    Raises
    ------
    IdentityError
        If what is allocated does not add up to the ledger.
    """
    found = cost_company(accounts)
    rows = tuple(
        (
            c.name,
            c.activity.value.replace("_", " "),
            c.ledger_pence,
            c.printed_pence,
            c.work_pence,
            c.unused_pence,
            c.undriven_pence,
        )
        for c in found.centres
    )
    by_activity: dict[str, int] = defaultdict(int)
    for centre in found.centres:
        by_activity[centre.activity.value.replace("_", " ")] += centre.ledger_pence
    ordered = sorted(by_activity.items(), key=lambda item: -item[1])
    return Ledger(
        accounts=accounts,
        centres=StatementTable(
            name="Cost centres",
            headings=headings(
                "Cost centre",
                "Activity",
                ("Ledger", Measure.POUNDS),
                ("Printed total", Measure.POUNDS),
                ("On journeys", Measure.POUNDS),
                ("Capacity not used", Measure.POUNDS),
                ("Without a driver of cost", Measure.POUNDS),
            ),
            rows=rows,
            total=(
                "All",
                "",
                sum(c.ledger_pence for c in found.centres),
                None,
                sum(c.work_pence for c in found.centres),
                sum(c.unused_pence for c in found.centres),
                sum(c.undriven_pence for c in found.centres),
            ),
        ),
        customers=StatementTable(
            name="Customers",
            headings=headings(
                "Customer",
                ("Journeys", Measure.COUNT),
                ("Income", Measure.POUNDS),
                ("Short-run cost", Measure.POUNDS),
                ("Long-run cost", Measure.POUNDS),
                ("Full cost", Measure.POUNDS),
            ),
            rows=tuple(
                (
                    c.customer_id,
                    c.n_journeys,
                    c.income_pence,
                    c.short_run_pence,
                    c.long_run_pence,
                    c.full_pence,
                )
                for c in found.customers
            ),
        ),
        ties=StatementTable(
            name="Tie-out: what must be equal",
            headings=headings(
                "What",
                ("One side", Measure.COUNT),
                ("The other", Measure.COUNT),
                ("Difference", Measure.COUNT),
                "Counted in",
            ),
            rows=tuple(
                (t.words, t.left, t.right, t.left - t.right, t.unit) for t in found.ties
            ),
        ),
        chart=Chart(
            title="The ledger by activity, £",
            about="Cost of the period by activity; the table of cost centres has every figure.",
            x_title="",
            y_title="£",
            labels=tuple(name for name, _ in ordered),
            series=(
                Series(
                    name="cost",
                    form=Form.BARS,
                    points=tuple((n, v / 100) for n, (_, v) in enumerate(ordered)),
                ),
            ),
        ),
    )
