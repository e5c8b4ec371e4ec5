"""The company's cost by activity: a tiny ledger worked by hand, and what must always tie."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costing import cost_company
from data.accounts import (
    Accounts,
    Activity,
    CostCentre,
    CrewRecord,
    EntryKind,
    LedgerLine,
    VehicleRecord,
    WorkRecord,
)
from data.company_costs import CompanyCost, Layer
from data.errors import IdentityError
from data.fleet import CrewRole

ON = date(2025, 9, 30)
H = 3_600


def centre(
    centre_id: str, activity: Activity, short: int, long: int, **f: object
) -> CostCentre:
    return CostCentre(
        cost_centre_id=centre_id,
        name=centre_id,
        activity=activity,
        short_run_bp=short,
        long_run_bp=long,
        **f,  # type: ignore[arg-type]
    )


def cost_line(centre_id: str, pence: int) -> LedgerLine:
    return LedgerLine(
        line_id=f"L-{centre_id}",
        posted_on=ON,
        kind=EntryKind.COST,
        amount_pence=pence,
        cost_centre_id=centre_id,
    )


def income_line(customer_id: str, pence: int) -> LedgerLine:
    return LedgerLine(
        line_id=f"I-{customer_id}",
        posted_on=ON,
        kind=EntryKind.INCOME,
        amount_pence=pence,
        customer_id=customer_id,
    )


def vehicle(vehicle_id: str, n_days: int = 100, metres: int = -1, **f: object) -> VehicleRecord:
    return VehicleRecord(
        vehicle_id=vehicle_id,
        vehicle_type_id=str(f.pop("kind", "bus")),
        depot_id=str(f.pop("depot", "DEP")),
        n_days=n_days,
        odometer_m=metres,
        **f,  # type: ignore[arg-type]
    )


def work(
    work_id: str, duty_id: str, customer_id: str, vehicle_id: str, n_days: int, hours: int,
    metres: int, assistant_hours: int = 0,
) -> WorkRecord:  # fmt: skip
    return WorkRecord(
        work_id=work_id,
        duty_id=duty_id,
        route_id=f"R-{work_id}",
        customer_id=customer_id,
        vehicle_id=vehicle_id,
        n_days=n_days,
        driver_s=hours * H,
        assistant_s=assistant_hours * H,
        total_m=metres,
        n_journeys=10 * n_days,
    )


WORKS = (
    work("W1", "A", "X", "V1", 100, 300, 3_000, 100),
    work("W2", "A", "X", "V1", 100, 100, 1_000),
    work("W3", "B", "Y", "V2", 60, 200, 4_000),
)
BOOKS = Accounts(
    accounts_id="tiny",
    place="tiny",
    created_utc=datetime(2026, 1, 1, tzinfo=UTC),
    code_version="test",
    title="Tiny",
    from_on=date(2025, 9, 1),
    to_on=date(2026, 8, 31),
    price_base="2025/26",
    cost_centres=(
        centre("C5", Activity.OVERHEAD, 0, 0),  # first on purpose: it must be allocated last
        centre("C1", Activity.CREW, 5_000, 10_000, role=CrewRole.DRIVER),
        centre("C2", Activity.VEHICLE, 0, 10_000),
        centre("C3", Activity.MILES, 10_000, 10_000),
        centre("C4", Activity.CENTRAL, 0, 5_000),
    ),
    lines=(
        cost_line("C1", 800_000),
        cost_line("C2", 200_000),
        cost_line("C3", 100_000),
        cost_line("C4", 26_000),
        cost_line("C5", 112_600),
        income_line("X", 900_000),
        income_line("Y", 300_050),
    ),
    totals=(),
    vehicles=(
        vehicle("V1", 100, 6_000, disposal_on=date(2028, 8, 31)),
        vehicle("V2", 100, 4_000),
    ),
    crews=(
        CrewRecord(crew_id="D1", role=CrewRole.DRIVER, depot_id="DEP", paid_s=200 * H,
                   contract_ends_on=date(2027, 2, 28)),
        CrewRecord(crew_id="D2", role=CrewRole.DRIVER, depot_id="DEP", paid_s=600 * H),
        CrewRecord(crew_id="A1", role=CrewRole.ASSISTANT, depot_id="DEP", paid_s=100 * H),
    ),
    works=WORKS,
)  # fmt: skip


def find_activities(found: CompanyCost, work_id: str) -> dict[Activity, int]:
    (one,) = (w for w in found.works if w.work.work_id == work_id)
    return {a: one.find_activity_pence(a) for a in Activity}


def test_a_ledger_worked_by_hand() -> None:
    # Drivers 8 000.00 over 800 paid hours: 10.00 an hour. W1 300 h, W2 100 h, W3 200 h, and
    #   200 h on no route.
    # Vehicles 2 000.00, half each. V1 works all its 100 days on duty A, whose routes have 300
    #   and 100 hours: 750.00 and 250.00. V2 works 60 of 100 days: 600.00, unused 400.00.
    # Miles 1 000.00 over odometers of 10 000 m: W1 3 000, W2 1 000, W3 4 000, unused 2 000.
    # Central 260.00 over 100 + 100 + 60 route days.
    # Overhead 1 126.00 is a tenth of 11 260.00 so far (W1 4 150, W2 1 450, W3 3 060, unused
    #   2 600).
    found = cost_company(BOOKS)
    assert find_activities(found, "W1") == {
        Activity.CREW: 300_000,
        Activity.VEHICLE: 75_000,
        Activity.MILES: 30_000,
        Activity.SITE: 0,
        Activity.CENTRAL: 10_000,
        Activity.OVERHEAD: 41_500,
    }
    assert find_activities(found, "W2")[Activity.VEHICLE] == 25_000
    assert find_activities(found, "W3") == {
        Activity.CREW: 200_000,
        Activity.VEHICLE: 60_000,
        Activity.MILES: 40_000,
        Activity.SITE: 0,
        Activity.CENTRAL: 6_000,
        Activity.OVERHEAD: 30_600,
    }
    unused = {a: sum(p for x, _, p in found.unused if x is a) for a in Activity}
    assert unused == {
        Activity.CREW: 200_000,
        Activity.VEHICLE: 40_000,
        Activity.MILES: 20_000,
        Activity.SITE: 0,
        Activity.CENTRAL: 0,
        Activity.OVERHEAD: 26_000,
    }
    assert found.undriven_pence == 0
    assert found.ledger_pence == 1_238_600


def test_what_stops_in_the_term_and_in_the_long_run() -> None:
    # W3: half of its driver 1 000.00 and all its miles 400.00 stop in the term; the rest of the
    # driver, the vehicle 600.00 and half of central 30.00 later; overhead stays.
    (w3,) = (w for w in cost_company(BOOKS).works if w.work.work_id == "W3")
    assert w3.short_run_pence == 140_000
    assert w3.long_run_pence == 140_000 + 100_000 + 60_000 + 3_000
    assert w3.full_pence == 336_600


def test_margin_by_customer_in_short_and_long_run_and_in_full() -> None:
    x, y = cost_company(BOOKS).customers
    assert (y.customer_id, y.income_pence, y.full_pence) == ("Y", 300_050, 336_600)
    assert (y.short_run_pence, y.long_run_pence) == (140_000, 303_000)
    assert x.n_journeys == 2_000
    assert x.full_pence == 1_238_600 - 286_000 - 336_600


def test_long_run_cost_stops_when_contracts_end_and_vehicles_go() -> None:
    # Drivers' later half, 4 000.00, by paid hours 200 : 600; leases half each; half of central.
    found = {(r.on, r.activity): r.pence for r in cost_company(BOOKS).releases}
    assert found == {
        ("2027-02-28", Activity.CREW): 100_000,
        ("2028-08-31", Activity.VEHICLE): 100_000,
        ("", Activity.CREW): 300_000,
        ("", Activity.VEHICLE): 100_000,
        ("", Activity.CENTRAL): 13_000,
    }


def test_the_reconciliation_says_what_does_not_tie() -> None:
    ties = {t.words: (t.left, t.right, t.difference) for t in cost_company(BOOKS).ties}
    assert ties["Cost: ledger against work, unused and without a driver"] == (
        1_238_600,
        1_238_600,
        0,
    )
    assert ties["Hours paid against hours on work, drivers"] == (800 * H, 600 * H, 200 * H)
    assert ties["Hours paid against hours on work, assistants"] == (100 * H, 100 * H, 0)
    assert ties["Vehicle days there against days on work"] == (200, 160, 40)
    assert ties["Miles by odometer against miles on work"] == (10_000, 8_000, 2_000)


def test_cost_with_nothing_to_go_by_is_shown_and_on_no_route() -> None:
    coach = centre("C9", Activity.VEHICLE, 0, 0, vehicle_type_id="coach")
    books = replace(
        BOOKS,
        cost_centres=(*BOOKS.cost_centres, coach),
        lines=(*BOOKS.lines, cost_line("C9", 77)),
    )
    found = cost_company(books)
    assert found.undriven_pence == 77
    assert sum(w.full_pence for w in found.works) == sum(
        w.full_pence for w in cost_company(BOOKS).works
    )
    tie = next(t for t in found.ties if t.words.endswith("allocated to work or unused"))
    assert tie.difference == 77


def test_a_cost_centre_of_one_depot_falls_on_its_vehicles_alone() -> None:
    books = replace(
        BOOKS,
        cost_centres=(centre("S", Activity.SITE, 0, 0, depot_id="EAST"),),
        lines=(cost_line("S", 10_000),),
        vehicles=(vehicle("V1"), vehicle("V2", depot="EAST")),
    )
    found = cost_company(books)
    assert [w.full_pence for w in found.works] == [0, 0, 6_000]
    assert found.unused_pence == 4_000


def test_a_ledger_of_an_unknown_cost_centre_is_refused() -> None:
    books = replace(BOOKS, lines=(*BOOKS.lines, cost_line("C0", 1)))
    with pytest.raises(IdentityError, match="C0"):
        cost_company(books)


CENTRES = st.lists(
    st.tuples(
        st.sampled_from(list(Activity)),
        st.integers(0, 10_000),
        st.integers(0, 10_000),
        st.sampled_from([None, CrewRole.DRIVER, CrewRole.ASSISTANT]),
        st.sampled_from(["", "bus", "car"]),
        st.sampled_from(["", "DEP", "EAST"]),
        st.integers(-1_000_000, 100_000_000),
    ),
    min_size=1,
    max_size=6,
)
RECORDS = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(0, 3), st.integers(0, 260), st.integers(0, 900),
        st.integers(0, 90_000), st.integers(0, 300),
    ),
    max_size=8,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(centres=CENTRES, records=RECORDS, paid=st.integers(0, 3_000), days=st.integers(0, 300))
def test_every_penny_of_any_ledger_is_somewhere(
    centres: list[tuple[Activity, int, int, CrewRole | None, str, str, int]],
    records: list[tuple[int, int, int, int, int, int]],
    paid: int,
    days: int,
) -> None:
    books = replace(
        BOOKS,
        cost_centres=tuple(
            centre(
                f"C{i}", activity, min(a, b), max(a, b),
                role=role, vehicle_type_id=kind, depot_id=depot,
            )
            for i, (activity, a, b, role, kind, depot, _) in enumerate(centres)
        ),
        lines=tuple(cost_line(f"C{i}", c[-1]) for i, c in enumerate(centres)),
        vehicles=(
            vehicle("V0", days),
            vehicle("V1", days, 50_000, kind="car"),
            vehicle("V2", 0, depot="EAST"),
        ),
        crews=(
            CrewRecord(crew_id="D", role=CrewRole.DRIVER, depot_id="DEP", paid_s=paid * H),
        ),
        works=tuple(
            work(f"W{i}", f"D{v}-{d}", f"K{d}", f"V{v}", n, hours, metres, assistants)
            for i, (v, d, n, hours, metres, assistants) in enumerate(records)
        ),
    )  # fmt: skip
    found = cost_company(books)
    whole = sum(c[-1] for c in centres)
    on_work = sum(w.full_pence for w in found.works)
    assert on_work + found.unused_pence + found.undriven_pence == whole
    assert sum(c.full_pence for c in found.customers) == on_work
    for one in found.works:
        layers = {x: sum(p for _, layer, p in one.amounts if layer is x) for x in Layer}
        assert one.short_run_pence == layers[Layer.SHORT_RUN]
        assert one.full_pence == sum(layers.values())
    # the order of rows does not matter
    turned = replace(
        books, works=books.works[::-1], vehicles=books.vehicles[::-1], lines=books.lines[::-1]
    )
    again = {w.work.work_id: w.amounts for w in cost_company(turned).works}
    assert again == {w.work.work_id: w.amounts for w in found.works}


@settings(max_examples=60, deadline=None)
@given(more=st.integers(1, 10_000_000), position=st.integers(0, 4))
def test_a_dearer_cost_centre_never_makes_work_cheaper(more: int, position: int) -> None:
    lines = list(BOOKS.lines)
    lines[position] = replace(lines[position], amount_pence=lines[position].amount_pence + more)
    before, after = cost_company(BOOKS), cost_company(replace(BOOKS, lines=tuple(lines)))
    # A share may lose a penny or two of rounding in the split of overhead, no more.
    for old, new in zip(before.works, after.works, strict=True):
        assert new.full_pence >= old.full_pence - 3
    assert sum(w.full_pence for w in after.works) >= sum(w.full_pence for w in before.works)
