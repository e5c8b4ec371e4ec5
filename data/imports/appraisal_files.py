"""Files of appraisals and of company options' money, read strictly: all faults at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from data.appraisals import MoneyLine, OptionTerms, RegisteredAssumption, Risk
from data.errors import InputError, Problem, Severity
from data.imports.money_files import read_money_file

MOST_YEARS = 75
"""Years for which the discount rates are given."""
WHOLE_BP = 10_000
CASES = ("strategic", "economic", "commercial", "financial", "management")
"""The five cases of a business case (HM Treasury, Guide to developing the programme business
case, 2018)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """The discount rate as a dated assumption. [0.01 % real]"""

    rate_bp: int
    set_on: date
    review_on: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bias:
    """Optimism bias: how much more cost, and how much less saving, with its source. [0.01 %]"""

    cost_bp: int = 0
    saving_bp: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionEntry:
    """One option of an appraisal.

    Attributes
    ----------
    scenario_id
        Scenario of the draws whose net saving it has; '' for its lines alone.
    from_year, ramp_bp, budget_line
        When the scenario's saving begins, how it ramps up, and the line it comes off.
    saving_ids
        Proposals of the savings register that are this very option.
    assumption_id
        Entry of the assumptions register that the ramp stands on; '' for none.
    """

    option_id: str
    title: str
    scenario_id: str = ""
    from_year: int = 1
    ramp_bp: tuple[int, ...] = ()
    budget_line: str = ""
    lines: tuple[MoneyLine, ...] = ()
    saving_ids: tuple[str, ...] = ()
    assumption_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetEntry:
    """A budget line of a year, and the savings it already holds. [pence, nominal]"""

    line: str
    financial_year: int
    budget_pence: int | None = None
    savings_pence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """What each of the five cases says."""

    strategic: str = ""
    economic: str = ""
    commercial: str = ""
    financial: str = ""
    management: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppraisalFile:
    """Everything an appraisal is given.

    Attributes
    ----------
    savings_register
        File of the savings register, beside this one; '' where `budget` says what is saved.
    """

    title: str
    price_base: str
    first_year: int
    discount: Discount
    preferred: str
    options: tuple[OptionEntry, ...]
    n_years: int = 10
    inflation_bp: int = 0
    bias: Bias = Bias()
    risks: tuple[Risk, ...] = ()
    assumptions: tuple[RegisteredAssumption, ...] = ()
    budget: tuple[BudgetEntry, ...] = ()
    case: Headings = Headings()
    savings_register: str = ""


def read_appraisal_file(path: Path) -> AppraisalFile:
    """Read an appraisal.

    Raises
    ------
    InputError
        With every fault: those of `read_money_file`, and J020 a value that cannot be, J021 a
        name that is not there, J022 a name that stands twice.
    """
    found = read_money_file(path, AppraisalFile)
    faults = _Faults(path.name)
    faults.check_years(found.first_year, found.n_years, found.discount.rate_bp)
    option_ids = [o.option_id for o in found.options]
    if not option_ids:
        faults.add("J020", "options", "There is no option.", "Give at least one [[options]].")
    faults.check_once("options", option_ids)
    faults.check_once("risks", [r.risk_id for r in found.risks])
    faults.check_once("assumptions", [a.assumption_id for a in found.assumptions])
    faults.check_once("budget", [f"{b.line} {b.financial_year}" for b in found.budget])
    faults.check_known("preferred", [found.preferred], option_ids)
    for k, entry in enumerate(found.budget, start=1):
        if found.savings_register and entry.savings_pence:
            how = "Leave it out, or the register: savings must not count twice."
            cause = "The savings register says already what is saved."
            faults.add("J020", f"budget[{k}].savings_pounds", cause, how)
    for k, option in enumerate(found.options, start=1):
        if option.saving_ids and not found.savings_register:
            how = "Name the file in savings_register."
            cause = "There is no savings register to find them in."
            faults.add("J021", f"options[{k}].saving_ids", cause, how)
    faults.check_part("bias.cost_percent", found.bias.cost_bp, most=100 * WHOLE_BP)
    faults.check_part("bias.saving_percent", found.bias.saving_bp)
    faults.check_part("inflation_percent", found.inflation_bp)
    for k, risk in enumerate(found.risks, start=1):
        faults.check_part(f"risks[{k}].probability_percent", risk.probability_bp)
        faults.check_known(f"risks[{k}].option_ids", risk.option_ids, option_ids)
    known = [a.assumption_id for a in found.assumptions]
    for k, a in enumerate(found.assumptions, start=1):
        if a.review_on < a.set_on:
            faults.add(
                "J020", f"assumptions[{k}].review_on", "It lies before set_on.", "Correct it."
            )
    if found.discount.review_on < found.discount.set_on:
        faults.add("J020", "discount.review_on", "It lies before set_on.", "Correct it.")
    for k, option in enumerate(found.options, start=1):
        faults.check_ramp(f"options[{k}]", option.ramp_bp)
        mine = [option.assumption_id] if option.assumption_id else []
        faults.check_known(f"options[{k}].assumption_id", mine, known)
        if not 1 <= option.from_year <= found.n_years:
            how = f"Count years from 1 to {found.n_years}."
            faults.add("J020", f"options[{k}].from_year", "There is no such year.", how)
        for n, line in enumerate(option.lines, start=1):
            where = f"options[{k}].lines[{n}]"
            faults.check_line(where, line, found.n_years)
            faults.check_known(
                f"{where}.assumption_id", [line.assumption_id] if line.assumption_id else [],
                known,
            )  # fmt: skip
        faults.check_once(f"options[{k}].lines", [x.name for x in option.lines])
    faults.stop()
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsFile:
    """The money of company options."""

    title: str
    price_base: str
    first_year: int
    discount: Discount
    options: tuple[OptionTerms, ...]
    n_years: int = 10
    inflation_bp: int = 0


def read_options_file(path: Path, known: Sequence[str]) -> OptionsFile:
    """Read the money of company options.

    Parameters
    ----------
    known
        Options of the table of scores; each must be there, and no other.

    Raises
    ------
    InputError
        With every fault, as `read_appraisal_file`.
    """
    found = read_money_file(path, OptionsFile)
    faults = _Faults(path.name)
    faults.check_years(found.first_year, found.n_years, found.discount.rate_bp)
    names = [o.option_id for o in found.options]
    faults.check_once("options", names)
    faults.check_known("options", names, known)
    for name in known:
        if name not in names:
            faults.add("J021", "options", f"{name} has no money.", "Add an [[options]] for it.")
    for k, terms in enumerate(found.options, start=1):
        _check_terms(f"options[{k}]", terms, found.n_years, faults)
    faults.stop()
    return found


def _check_terms(where: str, terms: OptionTerms, n_years: int, faults: _Faults) -> None:
    """See that an option's money can be."""
    faults.check_ramp(where, terms.ramp_bp)
    for name in ("margin_bp", "vat_leak_bp", "pension_bp"):
        faults.check_part(f"{where}.{name[:-3]}_percent", getattr(terms, name))
    if not -WHOLE_BP < terms.indexation_bp <= WHOLE_BP:
        faults.add("J020", f"{where}.indexation_percent", "It cannot be.", "Correct it.")
    amounts = {
        name: getattr(terms, f"{name}_pence")
        for name in ("service", "today", "client", "support", "stranded", "pensionable")
    }
    for name, pence in amounts.items():
        if pence < 0:
            faults.add("J020", f"{where}.{name}_pounds", "It is below nought.", "Correct it.")
    for name in ("set_up", "other_turnover"):
        entries = getattr(terms, f"{name}_pence")
        if any(pence < 0 for pence in entries) or len(entries) > n_years:
            cause = f"It has an entry below nought, or more than {n_years} years."
            faults.add("J020", f"{where}.{name}_pounds", cause, "Correct it.")
    if not 0 <= terms.stranded_years <= n_years:
        how = f"Choose 0 to {n_years}."
        faults.add("J020", f"{where}.stranded_years", "There are not so many years.", how)
    if terms.other_turnover_pence and not terms.is_owned:
        how = "Set is_owned = true, or leave other turnover out."
        cause = "Other turnover counts only where the council owns the company."
        faults.add("J020", f"{where}.other_turnover_pounds", cause, how)


class _Faults:
    """Gathers what cannot be."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def add(self, code: str, key: str, cause: str, how: str) -> None:
        """Note a fault."""
        self.problems.append(
            Problem(
                code=code, severity=Severity.ERROR, file=self.file, column=key, cause=cause,
                suggestion=how,
            )
        )  # fmt: skip

    def stop(self) -> None:
        """Refuse the file if there is any fault."""
        if self.problems:
            raise InputError(self.problems)

    def check_once(self, key: str, names: Sequence[str]) -> None:
        """See that names differ and are not blank."""
        for name in sorted({n for n in names if names.count(n) > 1 and n}):
            self.add("J022", key, f"{name} stands twice.", "Give each its own name.")
        if any(not n.strip() for n in names):
            self.add("J020", key, "A name is blank.", "Name each.")

    def check_known(self, key: str, names: Iterable[str], known: Sequence[str]) -> None:
        """See that names are known."""
        for name in names:
            if name not in known:
                how = f"Known: {', '.join(known) or 'none'}."
                self.add("J021", key, f"There is no {name}.", how)

    def check_part(self, key: str, part_bp: int, most: int = WHOLE_BP) -> None:
        """See that a share is one."""
        if not 0 <= part_bp <= most:
            self.add("J020", key, f"It is not within 0 and {most // 100}.", "Correct it.")

    def check_ramp(self, where: str, ramp_bp: Sequence[int]) -> None:
        """See that a ramp is made of shares."""
        for part in ramp_bp:
            self.check_part(f"{where}.ramp_percent", part)

    def check_years(self, first_year: int, n_years: int, rate_bp: int) -> None:
        """See that years and rate are ones."""
        if not 2000 <= first_year <= 2200:
            self.add("J020", "first_year", "It is no year of ours.", "Write e.g. 2026.")
        if not 1 <= n_years <= MOST_YEARS:
            how = f"Choose 1 to {MOST_YEARS}."
            self.add("J020", "n_years", "Discount rates do not reach so far.", how)
        self.check_part("discount.rate_percent", rate_bp, most=2_000)

    def check_line(self, where: str, line: MoneyLine, n_years: int) -> None:
        """See that a line can be."""
        if line.amount_pence < 0:
            how = "Write what is saved as a line of kind saving."
            self.add("J020", f"{where}.amount_pounds", "It is below nought.", how)
        if not 1 <= line.from_year <= line.to_year or line.from_year > n_years:
            how = f"Count from 1 to {n_years}, the first before the last."
            self.add("J020", f"{where}.from_year", "There are no such years.", how)
        if not -WHOLE_BP < line.growth_bp <= WHOLE_BP:
            self.add("J020", f"{where}.growth_percent", "It cannot be.", "Correct it.")
        self.check_ramp(where, line.ramp_bp)
