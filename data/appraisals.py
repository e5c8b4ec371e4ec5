"""Appraisals: what an option costs and saves by year, its present value, and what threatens it.

`AppraisalStudy` and `OptionsStudy` are results of the store. Find them with::

    from data.appraisals import AppraisalStudy, OptionsStudy
    with Store.open(workspace.store_place) as store:
        study = store.find_result(AppraisalStudy, place="southend")     # the newest
        options = store.find_result(OptionsStudy, place="southend")

``wayfare appraise study`` and ``wayfare appraise options`` make them. Amounts are whole pence;
costs and savings are positive, a net amount is saving less cost. *Real* amounts are at the
price base named, *nominal* ones as they will be paid. Present values are of real amounts at the
real discount rate, the first year undiscounted.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from data.inputs import fingerprint
from data.units import LATE


class LineKind(StrEnum):
    """Side of an option's money."""

    COST = "cost"
    SAVING = "saving"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyLine:
    """One line of an option's money, as given.

    Attributes
    ----------
    amount_pence
        Of a full year, or of the one year it falls in; at the price base. [pence]
    from_year, to_year
        First and last year, counted from 1.
    growth_bp
        Real rise each year after the first, beyond inflation. [0.01 %]
    ramp_bp
        Share of the amount in its first years, one entry a year, all of it after. [0.01 %]
    is_cashable
        Money leaves the budget; otherwise cost is avoided that no budget holds.
    assumption_id
        Entry of the assumptions register it stands on; '' for none.
    """

    name: str
    kind: LineKind
    amount_pence: int
    from_year: int = 1
    to_year: int = 99
    growth_bp: int = 0
    ramp_bp: tuple[int, ...] = ()
    is_cashable: bool = True
    budget_line: str = ""
    assumption_id: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredAssumption:
    """One entry of the assumptions register (M6).

    Attributes
    ----------
    value, low, high
        As text, in `unit`; low and high '' where there is no range.
    set_on, review_on
        When it was set, and by when it must be looked at again.
    version
        Counted from 1; a change of value is a new version.
    """

    assumption_id: str
    name: str
    value: str
    unit: str
    price_base: str
    source: str
    owner: str
    set_on: date
    review_on: date
    low: str = ""
    high: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumptionFlag:
    """Something about an assumption that a reader must know.

    Attributes
    ----------
    flag
        ``outdated``, ``unused``, ``changed`` or ``out of range``.
    is_blocking
        Whether a paper may not be made with it.
    """

    assumption_id: str
    flag: str
    words: str
    is_blocking: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """One risk, in pounds.

    Attributes
    ----------
    probability_bp
        That it comes about, within the years appraised. [0.01 %]
    impact_pence
        If it does, at the price base, over all years. [pence]
    option_ids
        Options it threatens; empty for all.
    """

    risk_id: str
    title: str
    probability_bp: int
    impact_pence: int
    owner: str
    mitigation: str = ""
    option_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AppraisedYear:
    """One year of an option. [pence]

    Attributes
    ----------
    year
        Financial year, by the year it begins in.
    cost_pence, saving_pence
        Real.
    bias_pence
        Optimism bias: more cost and less saving, real; in none of the other fields.
    nominal_pence
        Saving less cost as it will be paid.
    present_pence
        Saving less cost, discounted; without optimism bias.
    present_bias_pence
        The bias, discounted.
    """

    year: int
    cost_pence: int
    saving_pence: int
    bias_pence: int
    nominal_pence: int
    present_pence: int
    present_bias_pence: int

    @property
    def net_pence(self) -> int:
        """Saving less cost, real. [pence]"""
        return self.saving_pence - self.cost_pence


@dataclass(frozen=True, slots=True, kw_only=True)
class Switching:
    """What has to go wrong until the present value is nought.

    Attributes
    ----------
    change_bp
        Change of what is named, relative to its value, that makes it nought. [0.01 %]; None
        where none does.
    """

    name: str
    change_bp: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueSpread:
    """How a present value is spread over draws. [pence]

    Attributes
    ----------
    draws_id, scenario_id
        The `data.uncertainty.DrawsStudy` and its case.
    fan
        Financial year, then P10, P50 and P90 of the nominal net saving of that year.
    """

    draws_id: str
    scenario_id: str
    n_draws: int
    n_positive: int
    mean_pence: int
    p10_pence: int
    p50_pence: int
    p90_pence: int
    fan: tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppraisedOption:
    """One option.

    Attributes
    ----------
    net_present_pence
        Saving less cost, discounted, without optimism bias. [pence]
    bias_present_pence
        What optimism bias takes off. [pence]
    risk_pence
        Expected cost of its risks: probability times impact, summed; in neither. [pence]
    payback_year
        Financial year by the end of which real saving has made up for cost, or None.
    run_id
        Run that its plan's saving was read from; '' where its lines alone say.
    """

    option_id: str
    title: str
    lines: tuple[MoneyLine, ...]
    years: tuple[AppraisedYear, ...]
    net_present_pence: int
    bias_present_pence: int
    risk_pence: int
    payback_year: int | None
    switching: tuple[Switching, ...]
    spread: ValueSpread | None = None
    run_id: str = ""

    @property
    def cautious_pence(self) -> int:
        """Net present value less optimism bias and expected risk. [pence]"""
        return self.net_present_pence - self.bias_present_pence - self.risk_pence


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanYear:
    """One line and year of the medium-term plan profile. [pence, nominal]

    Attributes
    ----------
    budgeted_pence
        Savings that the budget already holds on this line and year: of the register those of
        the option itself or on the same pounds, where one is given.
    cashable_pence
        Of the preferred option.
    further_pence
        Beyond those budgeted: what the plan may add, or is short of where negative.
    budget_pence
        The line's budget, or None.
    others_pence
        Savings of the register that are other proposals' on this line and year.
    """

    line: str
    year: int
    budget_pence: int | None
    budgeted_pence: int
    cashable_pence: int
    cost_pence: int
    further_pence: int
    others_pence: int = field(default=0, metadata=LATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppraisalStudy:
    """Options appraised over years.

    Attributes
    ----------
    study_id
        From `name_study`.
    draws_id
        The draws it was made from; '' for none.
    discount_bp, discount_on, discount_source, discount_review_on
        Real rate of years 0 to 30, when it was set, by whom, and by when it must be looked at
        again. [0.01 %]
    inflation_bp
        By which nominal amounts rise each year. [0.01 %]
    headings
        (heading, text) of the five cases.
    """

    study_id: str
    place: str
    created_utc: datetime
    code_version: str
    title: str
    price_base: str
    first_year: int
    draws_id: str
    preferred_id: str
    discount_bp: int
    discount_on: date
    discount_source: str
    inflation_bp: int
    cost_bias_bp: int
    saving_bias_bp: int
    options: tuple[AppraisedOption, ...]
    risks: tuple[Risk, ...]
    plan: tuple[PlanYear, ...]
    assumptions: tuple[RegisteredAssumption, ...]
    flags: tuple[AssumptionFlag, ...]
    headings: tuple[tuple[str, str], ...]
    is_synthetic: bool = False
    files: tuple[tuple[str, str], ...] = ()
    discount_review_on: date | None = field(default=None, metadata=LATE)

    def find_option(self, option_id: str) -> AppraisedOption:
        """Find an option.

        Raises
        ------
        KeyError
            If there is none of the id.
        """
        return {o.option_id: o for o in self.options}[option_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityYear:
    """A year of the activity test of an owned company (TECK-1). [pence]

    Attributes
    ----------
    share_bp
        Owner's part of the turnover of this year. [0.01 %, rounded down]
    average_share_bp
        Of this year and the two before it, or of all there are. [0.01 %, rounded down]
    is_passed
        Whether the owner's part of those years is above 80 %, exactly.
    headroom_pence
        Turnover with others that may be added to those years and still pass; what is over the
        limit, negative.
    """

    year: int
    owner_pence: int
    other_pence: int
    share_bp: int
    average_share_bp: int
    n_years: int
    is_passed: bool
    headroom_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionTerms:
    """What one option costs, at the first year's prices.

    Attributes
    ----------
    option_id
        Column of the table of scores.
    service_pence
        Cost of running the service in a full year, without margin. [pence]
    margin_bp
        On that cost: a partner's profit, a company's surplus. [0.01 %]
    indexation_bp
        Rise of the price each year. [0.01 %]
    ramp_bp
        Share of the service run in the first years, one entry a year; what is not yet run costs
        the council as today. [0.01 %]
    today_pence
        What the service costs the council today. [pence]
    client_pence
        The council's client function. [pence a year]
    vat_leak_bp
        Part of the price lost as VAT that is not recovered. [0.01 %]
    support_pence, stranded_pence, stranded_years
        Support services bought back, and the council's own that stay behind and for how long.
        [pence a year]
    pensionable_pence, pension_bp
        Pay in the pension scheme, and by how much the option's rate is above today's.
    set_up_pence
        Once, by year: the first entry falls in the first year. [pence]
    is_owned
        Whether the option is a company the council controls: the activity test applies.
    other_turnover_pence
        What such a company would earn from others, by year; the last entry holds on. [pence]
    """

    option_id: str
    title: str
    service_pence: int
    today_pence: int
    margin_bp: int = 0
    indexation_bp: int = 0
    ramp_bp: tuple[int, ...] = ()
    client_pence: int = 0
    vat_leak_bp: int = 0
    support_pence: int = 0
    stranded_pence: int = 0
    stranded_years: int = 0
    pensionable_pence: int = 0
    pension_bp: int = 0
    set_up_pence: tuple[int, ...] = ()
    is_owned: bool = False
    other_turnover_pence: tuple[int, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionYear:
    """What an option costs the council in one year. [pence, nominal]

    Attributes
    ----------
    contract_pence
        Price of the service with margin, after indexation and ramp.
    kept_pence
        What the part of the service that has not yet moved costs as today.
    """

    year: int
    contract_pence: int
    kept_pence: int
    client_pence: int
    vat_pence: int
    support_pence: int
    pension_pence: int
    set_up_pence: int
    present_pence: int

    @property
    def total_pence(self) -> int:
        """Everything of the year. [pence]"""
        return (
            self.contract_pence + self.kept_pence + self.client_pence + self.vat_pence
            + self.support_pence + self.pension_pence + self.set_up_pence
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionMoney:
    """The financial case of one company option.

    Attributes
    ----------
    option_id
        Column of the table of scores it belongs to.
    contract_value_pence
        Nominal price of the service over all years. [pence]
    total_pence, present_pence
        Everything, nominal, and its present value. [pence]
    dearer_pence
        Present value above that of the cheapest option. [pence]
    activity
        Empty where the option is no company of the council's own.
    """

    option_id: str
    title: str
    years: tuple[OptionYear, ...]
    contract_value_pence: int
    total_pence: int
    present_pence: int
    dearer_pence: int
    activity: tuple[ActivityYear, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionScore:
    """The score of one option, beside its money and never added to it.

    Attributes
    ----------
    score_tenths, maximum_tenths
        [0.1 points]
    rank
        None where a gateway is failed.
    """

    option_id: str
    is_short_listed: bool
    failed_gateways: tuple[str, ...]
    score_tenths: int
    maximum_tenths: int
    rank: int | None
    band: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsStudy:
    """Company options: scores and pounds side by side.

    Attributes
    ----------
    study_id
        From `name_study`.
    scores_hash, money_hash
        SHA-256 of the files they were read from.
    """

    study_id: str
    place: str
    created_utc: datetime
    code_version: str
    title: str
    price_base: str
    first_year: int
    discount_bp: int
    discount_on: date
    scores: tuple[OptionScore, ...]
    money: tuple[OptionMoney, ...]
    warnings: tuple[str, ...]
    scores_hash: str
    money_hash: str


Study = TypeVar("Study", AppraisalStudy, OptionsStudy)


def name_study(study: Study) -> Study:
    """Give a study an id made from its place and everything in it, its time too.

    What is flagged hangs on the day, so that the same file appraised again is another result.
    """
    kind = "appraisal" if isinstance(study, AppraisalStudy) else "options"
    content = fingerprint(replace(study, study_id=""))
    return replace(study, study_id=f"{study.place}-{kind}-{content[:8]}")
