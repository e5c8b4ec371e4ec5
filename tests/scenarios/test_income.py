"""Evidence of low income is coded and dated; the meals flag ends with August 2026."""

from __future__ import annotations

from datetime import date

import pytest

from scenarios.income import judge_income

ON = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("code", "dated", "on", "expected"),
    [
        ("", None, ON, None),
        ("none", None, ON, False),
        ("uc_earnings_7400", date(2026, 6, 1), ON, True),
        ("uc_earnings_7400", None, ON, None),
        ("income_support", date(2026, 9, 2), ON, None),  # after the assessment
        ("income_support", date(2025, 8, 31), ON, True),  # 366 days before
        ("income_support", date(2025, 8, 30), ON, None),
        ("free_meals", date(2026, 6, 1), date(2026, 8, 31), True),
        ("free_meals", date(2026, 6, 1), date(2026, 9, 1), None),
        ("working_tax_credit_max", date(2025, 4, 5), date(2025, 9, 1), True),
        ("working_tax_credit_max", date(2025, 4, 6), date(2025, 9, 1), None),
    ],
)
def test_evidence(code: str, dated: date | None, on: date, expected: bool | None) -> None:
    found, words = judge_income(code, dated, on)
    assert found is expected
    assert words.startswith("Low income")
