"""Evidence of low income (ELIG-6): coded, dated, and never a free-meals flag alone.

Education Act 1996 schedule 35B paragraphs 9 to 14 and the Education (Free School Lunches)
orders; domain rule ELIG-6. From September 2026 free meals reach every household on Universal
Credit, so that the flag no longer says that earnings are low.
"""

from __future__ import annotations

from datetime import date, timedelta

MEALS_FLAG_ENDS = date(2026, 9, 1)
"""From this day free school meals alone are no evidence of low income."""
TAX_CREDITS_ENDED = date(2025, 4, 6)
"""Working Tax Credit ended on 5 April 2025."""
GOOD_FOR_DAYS = 366
"""Evidence serves a school year; after that it is asked for again (assumed, grade C). [days]"""

NONE, NOT_KNOWN = "none", ""
CODES = {
    "income_support": "Income Support",
    "jobseekers_income": "income-based Jobseeker's Allowance",
    "esa_income": "income-related Employment and Support Allowance",
    "pension_credit": "the guarantee element of Pension Credit",
    "asylum_support": "support under part VI of the Immigration and Asylum Act 1999",
    "uc_earnings_7400": "Universal Credit with net earnings up to 7,400 pounds a year",
    "working_tax_credit_max": "maximum Working Tax Credit",
    "free_meals": "free school meals",
    NONE: "no low income",
}


def judge_income(code: str, dated: date | None, on: date) -> tuple[bool | None, str]:
    """Judge evidence of low income: yes, no or not known, and why.

    Parameters
    ----------
    code
        One of `CODES`, or '' where nothing is known.
    dated
        Date of the evidence.
    on
        Date of the assessment.
    """
    if code == NOT_KNOWN:
        return None, "Low income: nothing recorded."
    if code == NONE:
        return False, "Low income: recorded as none."
    words = CODES[code]
    if dated is None:
        return None, f"Low income: {words} without a date (ELIG-6)."
    text = f"Low income: {words}, dated {dated.isoformat()}"
    if dated > on:
        return None, f"{text}: after the assessment (ELIG-6)."
    if (on - dated) > timedelta(days=GOOD_FOR_DAYS):
        return None, f"{text}: older than a year (ELIG-6)."
    if code == "free_meals" and on >= MEALS_FLAG_ENDS:
        return None, f"{text}: the meals flag alone is no evidence since 1 September 2026."
    if code == "working_tax_credit_max" and dated >= TAX_CREDITS_ENDED:
        return None, f"{text}: Working Tax Credit ended on 5 April 2025."
    return True, f"{text}."
