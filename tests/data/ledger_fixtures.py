"""Right books of a tiny company, and one way to cause each problem of books."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data.errors import Problem
from data.imports.ledger import LedgerImport, read_ledger

Forms = dict[str, list[dict[str, Any]]]

STAMP = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def build_books() -> Forms:
    """Build books without a fault: two vehicles, three crews, three routes, two customers."""
    return {
        "period": [
            {
                "title": "Tiny company",
                "from_on": "01/09/2025",
                "to_on": "31/08/2026",
                "price_base": "2025/26",
                "is_synthetic": "yes",
            }
        ],
        "cost_centres": [
            _centre("C1", "Drivers", "crew", "50", "100", role="driver"),
            _centre("C2", "Leases", "vehicle", "0", "100"),
            _centre("C3", "Fuel", "mileage", "100", "100"),
            _centre("C4", "Office", "central", "0", "50"),
            _centre("C5", "Recharge", "overhead", "0", "0"),
        ],
        "ledger": [
            _line("1", "cost", "£8,000.00", cost_centre_id="C1"),
            _line("2", "cost", "2100", cost_centre_id="C2"),
            _line("3", "cost", "-100", cost_centre_id="C2", text="credit note"),
            _line("4", "cost", "1000", cost_centre_id="C3"),
            _line("5", "cost", "260", cost_centre_id="C4"),
            _line("6", "cost", "1126", cost_centre_id="C5"),
            _line("7", "income", "9000", customer_id="X"),
            _line("8", "income", "3000.50", customer_id="Y"),
        ],
        "ledger_totals": [
            {"kind": "cost", "cost_centre_id": "", "amount_pounds": "12386"},
            {"kind": "cost", "cost_centre_id": "C2", "amount_pounds": "2000"},
            {"kind": "income", "cost_centre_id": "", "amount_pounds": "12000.50"},
        ],
        "vehicle_records": [
            _vehicle("V1", "100", "6000"),
            _vehicle("V2", "100", "4000"),
        ],
        "crew_records": [
            _crew("D1", "driver", 400, "28/02/2027"),
            _crew("D2", "driver", 400, ""),
            _crew("A1", "assistant", 100, ""),
        ],
        "work_records": [
            _work("W1", "A", "R1", "X", "V1", 100, 300, 100, 3_000, 800),
            _work("W2", "A", "R2", "X", "V1", 100, 100, 0, 1_000, 200),
            _work("W3", "B", "R3", "Y", "V2", 60, 200, 0, 4_000, 300),
        ],
    }


def _centre(
    centre_id: str, name: str, activity: str, short: str, long: str, role: str = ""
) -> dict[str, Any]:
    return {
        "cost_centre_id": centre_id,
        "name": name,
        "activity": activity,
        "role": role,
        "vehicle_type_id": "",
        "depot_id": "",
        "short_run_percent": short,
        "long_run_percent": long,
    }


def _line(line_id: str, kind: str, amount: str, **cells: str) -> dict[str, Any]:
    return {
        "line_id": line_id,
        "posted_on": "30/09/2025",
        "kind": kind,
        "amount_pounds": amount,
        "cost_centre_id": "",
        "customer_id": "",
        "text": "",
    } | cells


def _vehicle(vehicle_id: str, days: str, metres: str) -> dict[str, Any]:
    return {
        "vehicle_id": vehicle_id,
        "vehicle_type_id": "bus",
        "depot_id": "DEP",
        "days": days,
        "odometer_metres": metres,
        "disposal_on": "31/08/2028" if vehicle_id == "V1" else "",
    }


def _crew(crew_id: str, role: str, hours: int, ends: str) -> dict[str, Any]:
    return {
        "crew_id": crew_id,
        "role": role,
        "depot_id": "DEP",
        "paid_minutes": str(60 * hours),
        "contract_ends_on": ends,
    }


def _work(
    work_id: str,
    duty_id: str,
    route_id: str,
    customer_id: str,
    vehicle_id: str,
    days: int,
    driver_hours: int,
    assistant_hours: int,
    metres: int,
    journeys: int,
) -> dict[str, Any]:
    return {
        "work_id": work_id,
        "duty_id": duty_id,
        "route_id": route_id,
        "customer_id": customer_id,
        "vehicle_id": vehicle_id,
        "days": str(days),
        "driver_minutes": str(60 * driver_hours),
        "assistant_minutes": str(60 * assistant_hours),
        "metres": str(metres),
        "passenger_journeys": str(journeys),
    }


def read_books(forms: Forms, folder: Path) -> LedgerImport:
    """Write books as a folder of CSV and read them."""
    books = folder / "books"
    books.mkdir(exist_ok=True)
    for name, rows in forms.items():
        headings = list(dict.fromkeys(h for row in rows for h in row))
        with (books / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, headings)
            writer.writeheader()
            writer.writerows(rows)
    return read_ledger(books, place="tiny", created_utc=STAMP)


def _spoil(change: Callable[[Forms], object]) -> Callable[[Path], tuple[Problem, ...]]:
    def make(folder: Path) -> tuple[Problem, ...]:
        forms = build_books()
        change(forms)
        return read_books(forms, folder).report.problems

    return make


def _set(sheet: str, row: int, **cells: Any) -> Callable[[Path], tuple[Problem, ...]]:
    return _spoil(lambda forms: forms[sheet][row].update(cells))


LEDGER_FIXTURES: dict[str, Callable[[Path], tuple[Problem, ...]]] = {
    "H001": _set("ledger_totals", 1, amount_pounds="2000.01"),
    "H002": _set("ledger", 0, posted_on="01/09/2026"),
    "H003": _set("ledger", 3, cost_centre_id=""),
    "H004": _set("ledger", 7, customer_id=""),
    "H005": _set("period", 0, to_on="31/08/2025"),
    "H006": _spoil(lambda forms: forms["period"].append(dict(forms["period"][0]))),
    "H007": _set("cost_centres", 3, short_run_percent="60"),
    "H008": _set("cost_centres", 1, vehicle_type_id="coach"),
    "H009": _set("crew_records", 1, paid_minutes="6000"),
    "H010": _set("vehicle_records", 1, odometer_metres="3999"),
    "H011": _set("vehicle_records", 0, days="99"),
    "H012": _set("ledger", 7, customer_id="Z"),
    "H013": _spoil(
        lambda forms: forms["ledger_totals"].append(dict(forms["ledger_totals"][0]))
    ),
}
"""By code, what makes the problem: the whole report of a read with that one fault."""
