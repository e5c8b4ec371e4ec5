"""Market costs for should-cost: the table that ships, or a council's own."""

from __future__ import annotations

import csv
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from data.errors import InputError, Problem, Severity
from data.market import MarketCosts, MarketTypeCost
from data.money import Assumption, PayRate

SHIPPED_MARKET_COSTS = Path(__file__).with_name("market_costs.csv")

_COLUMNS = ("name", "most_seats", "has_lift", "value", "unit", "year", "source", "grade")

_SCALES = {
    "driver_pay": 100_000,
    "assistant_pay": 100_000,
    "trained_extra": 100_000,
    "worked_hours": 60,
    "leave": 100,
    "pension": 100,
    "levy": 100,
    "insurance": 100,
    "insurance_threshold": 100,
    "cover": 100,
    "sign_on": 60,
    "min_paid": 60,
    "vehicle_day": 3_600,
    "vehicle_days": 1,
    "overhead": 100,
    "margin": 100,
}
"""Whole units of ours in one unit of the table, by name."""

_TYPE_SCALES = {"running": 100_000, "vehicle": 100, "standing": 100}

_POSITIVE = frozenset({"worked_hours", "vehicle_day", "vehicle_days"})
_WORDS = {"yes": True, "no": False}


@cache
def read_shipped_market_costs() -> MarketCosts:
    """Read the table that ships with the program."""
    return read_market_costs(SHIPPED_MARKET_COSTS)


def read_market_costs(path: Path) -> MarketCosts:
    """Read market costs from a table like the one that ships.

    Raises
    ------
    InputError
        With every fault of the table (codes U001 to U007).
    """
    return _Reader(path).read()


class _Reader:
    """Reads one table and gathers its faults."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._problems: list[Problem] = []
        self._values: dict[str, int] = {}
        self._types: dict[tuple[int, bool], dict[str, int]] = {}
        self._assumptions: list[Assumption] = []

    def read(self) -> MarketCosts:
        """Read the table, or raise with all its faults."""
        try:
            text = self._path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            self._blame(
                "U001",
                None,
                "",
                "",
                "the table of market costs cannot be read.",
                "Give a CSV file in UTF-8 with the columns of the table that ships.",
            )
            raise InputError(self._problems) from None
        rows = csv.DictReader(text.splitlines())
        lost = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
        if lost:
            self._blame(
                "U002",
                1,
                "",
                "",
                f"the table lacks the column(s) {', '.join(lost)}.",
                "Add them; the first row must hold the headings.",
            )
            raise InputError(self._problems)
        for number, row in enumerate(rows, 2):
            self._read_row(number, {key: (row.get(key) or "").strip() for key in _COLUMNS})
        self._check_whole()
        if self._problems:
            raise InputError(self._problems)
        return self._build()

    def _read_row(self, number: int, row: dict[str, str]) -> None:
        name = row["name"]
        scale = _SCALES.get(name) or _TYPE_SCALES.get(name)
        if scale is None:
            known = ", ".join((*_SCALES, *_TYPE_SCALES))
            self._blame(
                "U003", number, "name", name, "no such cost is known.", f"Use one of {known}."
            )
            return
        value = self._read_value(number, row["value"], name, scale)
        if name in _SCALES:
            if name in self._values:
                self._blame(
                    "U005", number, "name", name, "it stands twice.", "Delete all rows but one."
                )
            self._values[name] = value
        else:
            self._read_type(number, row, name, value)
        self._assumptions.append(
            Assumption(
                name=f"market.{name}" + (f".{row['most_seats']}" if row["most_seats"] else ""),
                value=row["value"],
                unit=row["unit"],
                year=row["year"],
                source=row["source"],
                grade=row["grade"],
            )
        )

    def _read_type(self, number: int, row: dict[str, str], name: str, value: int) -> None:
        seats, lift = row["most_seats"], _WORDS.get(row["has_lift"].casefold())
        if not seats.isdigit() or int(seats) == 0 or lift is None:
            self._blame(
                "U006",
                number,
                "most_seats",
                seats,
                "a vehicle's cost needs a whole number of seats and yes or no for the lift.",
                "Fill in most_seats and has_lift.",
            )
            return
        held = self._types.setdefault((int(seats), lift), {})
        if name in held:
            self._blame(
                "U005", number, "name", name, "it stands twice.", "Delete all rows but one."
            )
        held[name] = value

    def _read_value(self, number: int, text: str, name: str, scale: int) -> int:
        """Read a number that is not negative as whole units of ours."""
        try:
            exact = Decimal(text.replace(",", "")) * scale
        except InvalidOperation:
            exact = Decimal(-1)
        is_whole = exact.is_finite() and exact == exact.to_integral_value()
        if not is_whole or exact < 0 or exact > 10**12 or (name in _POSITIVE and exact == 0):
            self._blame(
                "U004",
                number,
                "value",
                text,
                "it is not a number that this cost can have.",
                "Write a number, not negative, with no more decimals than the unit has.",
            )
            return 1
        return int(exact)

    def _check_whole(self) -> None:
        """Check that nothing is missing; what was misread is there all the same."""
        lost = [name for name in _SCALES if name not in self._values]
        lost += [
            f"{name} for {seats} seats, lift {'yes' if lift else 'no'}"
            for (seats, lift), held in self._types.items()
            for name in _TYPE_SCALES
            if name not in held
        ]
        if not self._types:
            lost.append("running, vehicle and standing of any vehicle")
        for name in lost:
            self._blame("U007", None, "", "", f"the table lacks {name}.", "Add a row for it.")

    def _build(self) -> MarketCosts:
        v = self._values
        on_costs = {
            "worked_minutes_per_year": v["worked_hours"],
            "leave_bp": v["leave"],
            "pension_bp": v["pension"],
            "levy_bp": v["levy"],
            "ni_bp": v["insurance"],
            "ni_threshold_pence": v["insurance_threshold"],
        }
        return MarketCosts(
            types=tuple(
                MarketTypeCost(
                    most_seats=seats,
                    has_lift=lift,
                    running_mpence=held["running"],
                    vehicle_pence_per_year=held["vehicle"],
                    standing_pence_per_year=held["standing"],
                )
                for (seats, lift), held in sorted(self._types.items())
            ),
            driver=PayRate(pay_mpence_per_hour=v["driver_pay"], **on_costs),
            assistant=PayRate(pay_mpence_per_hour=v["assistant_pay"], **on_costs),
            trained_extra_mpence_per_hour=v["trained_extra"],
            cover_bp=v["cover"],
            sign_on_s=v["sign_on"],
            min_paid_s=v["min_paid"],
            vehicle_day_s=v["vehicle_day"],
            vehicle_days_per_year=v["vehicle_days"],
            overhead_bp=v["overhead"],
            margin_bp=v["margin"],
            assumptions=tuple(self._assumptions),
        )

    def _blame(
        self, code: str, row: int | None, column: str, value: str, cause: str, how: str
    ) -> None:
        self._problems.append(
            Problem(
                code=code,
                severity=Severity.ERROR,
                file=self._path.name,
                row=row,
                column=column,
                value=value[:60],
                cause=cause,
                suggestion=how,
            )
        )
