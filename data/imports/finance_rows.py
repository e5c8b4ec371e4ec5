"""Rows of the tables that the finance commands take, one model for each table."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from data.imports.plain_cells import (
    Amount,
    BasisPoints,
    Day,
    Pence,
    ShareBp,
    Text,
    Whole,
    YesNo,
)

Id = Annotated[Text, Field(min_length=1, max_length=80)]


class CentralRow(BaseModel):
    """Central lines: one row for each line and runner."""

    line: Id
    today_pounds: Amount
    runner: Id
    price_pounds: Amount
    avoidable_percent: ShareBp
    transition_pounds: Amount = 0
    stranded_years: Whole = 5
    source: Text = ""


class DayContractRow(BaseModel):
    """Day services and other contract lines."""

    phase: Text = ""
    service: Id
    people: Text = ""
    places: Whole | None = None
    annual_contract_pounds: Amount
    site_id: Text = ""
    occupancy_percent: ShareBp | None = None


class SavingRow(BaseModel):
    """The savings register."""

    saving_id: Id
    title: Id
    starts_on: Day
    yearly_pounds: Pence = 0
    one_off_pounds: Pence = 0
    cost_pounds: Amount = 0
    cashable: YesNo = True
    ramp_months: Whole = 0
    risk_percent: ShareBp = 0
    budget_line: Text = ""
    group: Text = ""
    owner: Text = ""
    impact: Text = ""
    run_id: Text = ""


class BudgetRow(BaseModel):
    """Budget lines by financial year, with moves between directorates."""

    line: Id
    directorate: Text = ""
    moves_to: Text = ""
    financial_year: Whole
    pounds: Pence


class CompanyRow(BaseModel):
    """Items of the company's plan."""

    name: Id
    kind: Id
    pounds: Pence
    growth_percent: BasisPoints = 0
    from_year: Whole = 1
    to_year: Whole = 99
    source: Text = ""


class ContractRow(BaseModel):
    """The register of contracts."""

    contract_id: Id
    supplier_id: Id
    route: Id
    starts_on: Day
    ends_on: Day
    price_pounds: Amount
    notice_days: Whole = 28
    cpi_percent: ShareBp = 0
    fuel_percent: ShareBp = 0
    pay_percent: ShareBp = 0
    lag_months: Whole = 3
    cap_percent: ShareBp | None = None
    mile_pounds: Amount | None = None
    planned_miles: BasisPoints | None = None
    absent_percent: ShareBp = 10_000
    late_pounds: Amount = 0
    missed_pounds: Amount = 0
    assistant_pounds: Amount = 0
    ride_pounds: Amount = 0
    complaint_pounds: Amount = 0
    deduction_cap_percent: ShareBp = 10_000


class IndexRow(BaseModel):
    """Values of price indices."""

    index: Annotated[Text, Field(pattern=r"^(cpi|fuel|pay)$")]
    month: Annotated[Text, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    value: BasisPoints


class InvoiceRow(BaseModel):
    """Invoice lines, one for each contract and date."""

    invoice: Id
    supplier_id: Id
    contract_id: Id
    service_date: Day
    miles: BasisPoints | None = None
    amount_pounds: Pence


class RecordRow(BaseModel):
    """What was run, one row for each contract and date."""

    contract_id: Id
    service_date: Day
    due: Whole = 2
    run: Whole = 2
    passengers: Whole = 1
    late: Whole = 0
    over_ride: Whole = 0
    without_assistant: Whole = 0
    complaints: Whole = 0


class RechargeRow(BaseModel):
    """Who pays towards a passenger."""

    passenger_id: Id
    payer: Id
    kind: Id
    share_percent: ShareBp = 0
    day_pounds: Amount = 0


class SupplierTermsRow(BaseModel):
    """A supplier's terms in the choice of providers; blank for those of all suppliers."""

    supplier_id: Id
    least_routes: Whole = 0
    most_routes: Whole | None = None
    transition_pounds: Amount | None = None
    hand_back_percent: ShareBp | None = None
    hand_back_rise_percent: BasisPoints | None = None


class DiscountRow(BaseModel):
    """A rebate on everything that a supplier runs, from a number of routes on."""

    supplier_id: Id
    from_routes: Annotated[Whole, Field(ge=1)]
    discount_percent: ShareBp


class LotRow(BaseModel):
    """A route of a lot, which goes to one provider whole."""

    lot: Id
    route_id: Id
