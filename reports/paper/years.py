"""Cost by year of the recommended option, from its appraisal: real, cash and present value.

The appraisal of a place (`wayfare appraise study`) works out the years; the paper only reads
them, and sees that the saving they begin with is the one of its own runs.
"""

from __future__ import annotations

from dataclasses import dataclass

from data.appraisals import AppraisalStudy, AppraisedOption
from data.errors import IdentityError
from data.papers import Unit
from reports.paper.figures import Book
from scenarios import PLAN_LINE, PLAN_ONCE

KINDS = ("cost", "real", "nominal", "present")


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraised:
    """The appraisal of the option that a paper recommends."""

    study: AppraisalStudy
    option: AppraisedOption

    @property
    def is_preferred(self) -> bool:
        """Whether the appraisal's medium-term plan is that of this option."""
        return self.study.preferred_id == self.option.option_id


def find_appraised(study: AppraisalStudy | None, run_id: str) -> Appraised | None:
    """Find the option of an appraisal whose saving was read from a run."""
    for option in study.options if study is not None else ():
        if study is not None and option.run_id == run_id:
            return Appraised(study=study, option=option)
    return None


def name_year(year: int) -> str:
    """Name a financial year by the year it begins in.

    Examples
    --------
    >>> name_year(2029)
    '2029/30'
    """
    return f"{year}/{(year + 1) % 100:02d}"


def write_years(book: Book, base: str, option: str, found: Appraised) -> None:
    """Write the years of an option into the book.

    Parameters
    ----------
    base, option
        Scenario ids.

    Raises
    ------
    IdentityError
        If the appraisal does not begin with the saving of the paper's own runs.
    """
    appraised, study = found.option, found.study
    _check_saving(book, option, appraised)
    source = f"appraisal {study.study_id}: {appraised.option_id}"
    for key, label, value in (
        ("rate.discount", "Discount rate a year, real", study.discount_bp),
        ("rate.prices", "Rise of prices a year", study.inflation_bp),
        ("rate.cost_bias", "Optimism bias on costs", study.cost_bias_bp),
        ("rate.saving_bias", "Optimism bias on savings", study.saving_bias_bp),
    ):
        book.read(key, label, value, Unit.SHARE_BP, source=source)
    group = book[f"net.{option}"].group

    def read(key: str, label: str, pence: int, field: str) -> str:
        return book.read(
            f"{key}.{option}", label, pence, Unit.PENCE, run_id=appraised.run_id,
            source=f"{source}.{field}", group=group,
        )  # fmt: skip

    for k, year in enumerate(appraised.years, start=1):
        name = name_year(year.year)
        real = read(f"real.{k}", f"Net saving, today's prices: {name}", year.net_pence, "years")
        book.add(
            f"cost.{k}.{option}",
            f"Transport and offers, today's prices: {name}",
            [(1, f"year.{base}"), (-1, real)],
            group=group,
        )
        for key, label, pence in (
            ("nominal", "Net saving, cash of the year", year.nominal_pence),
            ("present", "Present value of the net saving", year.present_pence),
        ):
            read(f"{key}.{k}", f"{label}: {name}", pence, "years")
    for key in KINDS:
        names = [f"{key}.{k}.{option}" for k in range(1, len(appraised.years) + 1)]
        label = book[names[0]].label.split(":")[0]
        book.add(f"{key}.all.{option}", f"{label}: all years", [(1, n) for n in names],
                 group=group)  # fmt: skip
    read("bias", "Optimism bias, present value", appraised.bias_present_pence, "bias")
    read("risk", "Expected cost of the risks", appraised.risk_pence, "risk")
    book.add(
        f"cautious.{option}",
        "Present value after optimism bias and expected risks",
        [(1, f"present.all.{option}"), (-1, f"bias.{option}"), (-1, f"risk.{option}")],
        group=group,
    )
    _write_switch(book, option, appraised, source)
    if found.is_preferred:
        _write_plan(book, found, group, source)


def _check_saving(book: Book, option: str, appraised: AppraisedOption) -> None:
    """See that the appraisal begins with the paper's own figures."""
    for name, key in ((PLAN_LINE, f"net.{option}"), (PLAN_ONCE, f"once.{option}")):
        is_once = name == PLAN_ONCE
        shown = sum(
            line.amount_pence * (1 if (line.kind == "saving") != is_once else -1)
            for line in appraised.lines
            if line.name == name
        )
        if shown != book[key].value:
            raise IdentityError(
                f"{option}: the appraisal begins with {shown} pence ({name}), the paper with "
                f"{book[key].value}: appraise again."
            )


def _write_switch(book: Book, option: str, appraised: AppraisedOption, source: str) -> None:
    """Write by how much all savings may fall until nothing is gained."""
    change = next((s.change_bp for s in appraised.switching if s.name == "all savings"), None)
    if change is not None and change < 0:
        book.read(
            f"switch.{option}",
            "Fall of all savings at which the present value of all years is nought",
            -change,
            Unit.SHARE_BP,
            run_id=appraised.run_id,
            source=f"{source}.switching",
        )


def _write_plan(book: Book, found: Appraised, group: int | None, source: str) -> None:
    """Write the medium-term plan, line by line and year by year."""
    for n, row in enumerate(found.study.plan):
        where = f"{row.line or 'no budget line'}, {name_year(row.year)}"
        amounts = (
            ("cashable", "Cashable savings", row.cashable_pence, group),
            ("spent", "Cost", row.cost_pence, group),
            ("budgeted", "Already in the budget", row.budgeted_pence, None),
            ("others", "Other savings of the register", row.others_pence, None),
        )
        for key, label, pence, people in amounts:
            book.read(
                f"plan.{n}.{key}", f"{label}: {where}", pence, Unit.PENCE,
                run_id=found.option.run_id, source=f"{source}: plan", group=people,
            )  # fmt: skip
        book.add(
            f"plan.{n}.further",
            f"Further savings, or short: {where}",
            [(1, f"plan.{n}.cashable"), (-1, f"plan.{n}.spent"), (-1, f"plan.{n}.budgeted")],
            group=group,
        )
        if book[f"plan.{n}.further"].value != row.further_pence:
            raise IdentityError(f"the medium-term plan does not add up: {where}")


__all__ = ["Appraised", "find_appraised", "name_year", "write_years"]
