"""Papers that run out: warned ahead, good on the last date, barred after, silent if unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from data.expiry import Paper, bar_expired, find_expiries
from data.imports import read_tables
from data.inputs import Inputs, write_document
from tests.data.import_council import build_council, put, tables
from tests.reports.hand_made import SERVICE_DATE, build_inputs

LAST = SERVICE_DATE - timedelta(days=1)


def change(inputs: Inputs, table: str, **fields: object) -> Inputs:
    """Change the first row of a table."""
    first, *rest = getattr(inputs, table)
    return replace(inputs, **{table: (replace(first, **fields), *rest)})


def test_nothing_recorded_bars_nothing_and_keeps_old_fingerprints() -> None:
    inputs = build_inputs()
    assert bar_expired(inputs, date(2099, 1, 1)) is inputs
    assert find_expiries(inputs) == ()
    # Stores of earlier versions read back under the fingerprint they were kept under.
    assert b"_until" not in write_document(inputs)
    assert b"d1_until" in write_document(change(inputs, "crews", d1_until=LAST))


@pytest.mark.parametrize(
    ("table", "field", "what"),
    [
        ("crews", "licence_until", lambda i: "c1" in {c.crew_id for c in i.crews}),
        ("crews", "checks_until", lambda i: "c1" in {c.crew_id for c in i.crews}),
        ("crews", "d1_until", lambda i: i.crews[0].has_d1),
        ("crews", "cpc_until", lambda i: i.crews[0].has_cpc),
        ("vehicles", "inspection_until", lambda i: bool(i.vehicles)),
        ("depots", "operator_licence_until", lambda i: bool(i.vehicles)),
        (
            "suppliers",
            "private_hire_licence_until",
            lambda i: i.suppliers[0].has_private_hire_licence,
        ),
    ],
)
def test_a_paper_is_good_on_its_last_date_and_bars_the_day_after(
    table: str, field: str, what: object
) -> None:
    inputs = change(build_inputs(), table, **{field: LAST})
    assert callable(what)
    assert what(bar_expired(inputs, LAST))
    barred = bar_expired(inputs, LAST + timedelta(days=1))
    assert not what(barred)
    # Nobody else and nothing else is touched.
    assert barred.passengers == inputs.passengers
    assert barred.suppliers[1:] == inputs.suppliers[1:]
    (expiry,) = find_expiries(inputs)
    assert (expiry.until, expiry.bars != "") == (LAST, True)


def test_a_small_vehicle_needs_no_operator_licence() -> None:
    inputs = change(build_inputs(), "depots", operator_licence_until=LAST)
    small = change(inputs, "vehicle_types", n_passenger_seats=8)
    assert bar_expired(small, SERVICE_DATE).vehicles == inputs.vehicles


def test_an_assistant_drives_nothing_so_needs_no_driving_licence() -> None:
    inputs = build_inputs()
    driver, helper = inputs.crews
    with_date = replace(inputs, crews=(driver, replace(helper, licence_until=LAST)))
    assert bar_expired(with_date, SERVICE_DATE).crews == with_date.crews


def test_the_first_to_run_out_comes_first() -> None:
    inputs = change(build_inputs(), "crews", d1_until=LAST, licence_until=SERVICE_DATE)
    assert [e.paper for e in find_expiries(inputs)] == [Paper.D1, Paper.LICENCE]


def test_dates_come_with_the_import_and_are_warned_of_eight_weeks_ahead() -> None:
    # The service date is 18 November 2026; 56 days ahead is 13 January 2027.
    for until, codes in (
        (date(2026, 11, 17), {"T022"}), (date(2026, 11, 18), {"T023"}),
        (date(2027, 1, 12), {"T023"}), (date(2027, 1, 13), set()),
    ):  # fmt: skip
        rows = build_council()
        put("crews", 2, d1_until=until)(rows)
        result = read_tables(tables(rows))
        assert result.inputs is not None
        assert result.inputs.crews[0].d1_until == until
        assert {p.code for p in result.report.problems} - {"D006"} == codes
