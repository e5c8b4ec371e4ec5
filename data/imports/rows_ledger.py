"""Rows of the company's books: ledger, cost centres, fleet, crew and work records."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from data.accounts import Activity, EntryKind
from data.fleet import CrewRole
from data.imports.columns import CellKind, Column, Row, SheetSpec

_K = CellKind
_MOST_S = 10**9
_MOST_PENCE = 10**12


class PeriodRow(Row):
    """The period that the books are of."""

    title: Annotated[
        str, Column(kind=_K.TEXT, about="Whose books.", example="Company, year 2025/26")
    ]
    from_on: Annotated[date, Column(kind=_K.DATE, about="First day.", example=date(2025, 9, 1))]
    to_on: Annotated[date, Column(kind=_K.DATE, about="Last day.", example=date(2026, 8, 31))]
    price_base: Annotated[
        str, Column(kind=_K.TEXT, about="Year whose prices these are.", example="2025/26")
    ]
    is_synthetic: Annotated[
        bool, Column(kind=_K.YES_NO, about="The books are made up.", example="no")
    ] = False


class CostCentreRow(Row):
    """A part of the ledger whose cost arises in one way."""

    cost_centre_id: Annotated[
        str, Column(kind=_K.IDENTIFIER, about="Identifier in the ledger.", example="CC10")
    ]
    name: Annotated[str, Column(kind=_K.TEXT, about="Its name.", example="Drivers")]
    activity: Annotated[
        Activity,
        Column(
            kind=_K.CHOICE,
            about="What makes the cost arise.",
            choices=tuple(Activity),
            synonyms=(("driver", "crew"), ("fleet", "vehicle"), ("mileage", "miles"),
                      ("depot", "site")),
            example="crew",
        ),
    ]  # fmt: skip
    role: Annotated[
        CrewRole | None,
        Column(
            kind=_K.CHOICE,
            about="Crew: drivers or assistants alone.",
            choices=tuple(CrewRole),
            example="driver",
        ),
    ] = None
    vehicle_type_id: Annotated[
        str, Column(kind=_K.IDENTIFIER, about="Only vehicles of this type.")
    ] = ""
    depot_id: Annotated[str, Column(kind=_K.IDENTIFIER, about="Only this depot.")] = ""
    short_run_bp: Annotated[
        int,
        Column(
            kind=_K.PERCENT,
            heading="short_run_percent",
            about="Part that stops within the term when the work stops.",
            example=80,
            most=10_000,
        ),
    ]
    long_run_bp: Annotated[
        int,
        Column(
            kind=_K.PERCENT,
            heading="long_run_percent",
            about="Part that stops by the end of contracts and disposal of vehicles.",
            example=100,
            most=10_000,
        ),
    ]


class LedgerRow(Row):
    """One posting."""

    line_id: Annotated[
        str, Column(kind=_K.IDENTIFIER, about="Number of the posting.", example="2025-0001")
    ]
    posted_on: Annotated[
        date, Column(kind=_K.DATE, about="Day it belongs to.", example=date(2025, 9, 30))
    ]
    kind: Annotated[
        EntryKind,
        Column(
            kind=_K.CHOICE,
            about="Side of the ledger.",
            choices=tuple(EntryKind),
            synonyms=(("expenditure", "cost"), ("expense", "cost"), ("revenue", "income")),
            example="cost",
        ),
    ]
    amount_pence: Annotated[
        int,
        Column(
            kind=_K.POUNDS,
            heading="amount_pounds",
            about="Net of VAT; a credit note is below nought.",
            example=1234.56,
            least=-_MOST_PENCE,
            most=_MOST_PENCE,
        ),
    ]
    cost_centre_id: Annotated[
        str | None,
        Column(
            kind=_K.IDENTIFIER, about="Cost: where it belongs.", example="CC10",
            refers_to="cost_centres",
        ),
    ] = None  # fmt: skip
    customer_id: Annotated[
        str, Column(kind=_K.IDENTIFIER, about="Income: who pays.", example="")
    ] = ""
    account: Annotated[
        str, Column(kind=_K.TEXT, about="Account or subjective code.", example="Pay")
    ] = ""
    text: Annotated[str, Column(kind=_K.TEXT, about="What it is for.", example="")] = ""


class LedgerTotalRow(Row):
    """A total as the ledger prints it."""

    kind: Annotated[
        EntryKind,
        Column(kind=_K.CHOICE, about="Side.", choices=tuple(EntryKind), example="cost"),
    ]
    cost_centre_id: Annotated[
        str | None,
        Column(
            kind=_K.IDENTIFIER, about="Of this cost centre; blank for the whole side.",
            refers_to="cost_centres",
        ),
    ] = None  # fmt: skip
    amount_pence: Annotated[
        int,
        Column(
            kind=_K.POUNDS,
            heading="amount_pounds",
            about="The total.",
            example=98765.43,
            least=-_MOST_PENCE,
            most=_MOST_PENCE,
        ),
    ]


class VehicleRecordRow(Row):
    """One vehicle over the period."""

    vehicle_id: Annotated[str, Column(kind=_K.IDENTIFIER, about="The vehicle.", example="V001")]
    vehicle_type_id: Annotated[
        str, Column(kind=_K.IDENTIFIER, about="Its type.", example="minibus16")
    ]
    depot_id: Annotated[str, Column(kind=_K.IDENTIFIER, about="Its depot.", example="DEP1")]
    n_days: Annotated[
        int,
        Column(
            kind=_K.WHOLE, heading="days", about="Days at work or ready for it.", example=253,
            most=3_660,
        ),
    ]  # fmt: skip
    odometer_m: Annotated[
        int,
        Column(
            kind=_K.METRES,
            heading="odometer_metres",
            about="Driven in the period; a unit may be given (12,345 miles).",
            example="12,345 miles",
            most=10**9,
        ),
    ] = -1
    disposal_on: Annotated[
        date | None, Column(kind=_K.DATE, about="End of lease or planned sale.")
    ] = None


class CrewRecordRow(Row):
    """One driver or assistant over the period."""

    crew_id: Annotated[
        str, Column(kind=_K.IDENTIFIER, about="The member of staff.", example="DR001")
    ]
    role: Annotated[
        CrewRole,
        Column(kind=_K.CHOICE, about="Role.", choices=tuple(CrewRole), example="driver"),
    ]
    depot_id: Annotated[str, Column(kind=_K.IDENTIFIER, about="Depot.", example="DEP1")]
    paid_s: Annotated[
        int,
        Column(
            kind=_K.MINUTES,
            heading="paid_minutes",
            about="Minutes worked and paid, without leave and sickness.",
            example=52_650,
            most=_MOST_S,
        ),
    ]
    contract_ends_on: Annotated[
        date | None, Column(kind=_K.DATE, about="Blank for a permanent contract.")
    ] = None


class WorkRecordRow(Row):
    """One route of a duty, for one customer, over the period."""

    work_id: Annotated[str, Column(kind=_K.IDENTIFIER, about="Identifier.", example="W001")]
    duty_id: Annotated[
        str, Column(kind=_K.IDENTIFIER, about="The vehicle's day it is part of.", example="D01")
    ]
    route_id: Annotated[str, Column(kind=_K.IDENTIFIER, about="The route.", example="R101")]
    customer_id: Annotated[
        str, Column(kind=_K.IDENTIFIER, about="Who it is run for.", example="SEND")
    ]
    vehicle_id: Annotated[
        str,
        Column(
            kind=_K.IDENTIFIER, about="The vehicle.", example="V001",
            refers_to="vehicle_records",
        ),
    ]  # fmt: skip
    n_days: Annotated[
        int,
        Column(kind=_K.WHOLE, heading="days", about="Days it ran.", example=190, most=3_660),
    ]
    driver_s: Annotated[
        int,
        Column(
            kind=_K.MINUTES, heading="driver_minutes", about="Paid, over the period.",
            example=25_650, most=_MOST_S,
        ),
    ]  # fmt: skip
    assistant_s: Annotated[
        int,
        Column(
            kind=_K.MINUTES, heading="assistant_minutes", about="Paid, all assistants.",
            example=25_650, most=_MOST_S,
        ),
    ] = 0  # fmt: skip
    total_m: Annotated[
        int,
        Column(
            kind=_K.METRES, heading="metres", about="Loaded and empty (3,800 miles).",
            example="3,800 miles", most=10**9,
        ),
    ]  # fmt: skip
    n_journeys: Annotated[
        int,
        Column(
            kind=_K.WHOLE, heading="passenger_journeys", about="Carried in the period.",
            example=1_520, most=10**7,
        ),
    ] = 0  # fmt: skip


LEDGER_SHEETS: tuple[SheetSpec, ...] = (
    SheetSpec(
        name="period",
        title="Which books",
        about="One row.",
        model=PeriodRow,
        is_required=True,
    ),
    SheetSpec(
        name="cost_centres",
        title="Parts of the ledger",
        about="One cost centre a row.",
        model=CostCentreRow,
        is_required=True,
        aliases=("cost centre",),
    ),
    SheetSpec(
        name="ledger",
        title="Postings",
        about="One posting a row.",
        model=LedgerRow,
        is_required=True,
        aliases=("postings", "transactions", "ledger lines"),
    ),
    SheetSpec(
        name="ledger_totals",
        title="Totals as printed",
        about="One total a row; the postings must add up to each.",
        model=LedgerTotalRow,
        aliases=("totals", "control totals"),
    ),
    SheetSpec(
        name="vehicle_records",
        title="What vehicles were there for",
        about="One vehicle a row.",
        model=VehicleRecordRow,
        is_required=True,
        aliases=("fleet records",),
    ),
    SheetSpec(
        name="crew_records",
        title="What crews were paid for",
        about="One person a row.",
        model=CrewRecordRow,
        is_required=True,
        aliases=("staff records",),
    ),
    SheetSpec(
        name="work_records",
        title="What was run",
        about="One route of a duty, for one customer, a row.",
        model=WorkRecordRow,
        is_required=True,
        aliases=("route records", "run records"),
    ),
)
"""The company's books, in their order."""
