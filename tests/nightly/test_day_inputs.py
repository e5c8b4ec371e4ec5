"""Changes of the day are worked into inputs, and read from a table with all its faults."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.nights import DayChange, DayChangeKind
from nightly.day_changes import read_day_changes
from nightly.day_inputs import apply_day_changes
from tests.reports.hand_made import SERVICE_DATE, build_inputs

INPUTS = build_inputs()
TARGETS = {
    DayChangeKind.PASSENGER_ABSENT: [p.passenger_id for p in INPUTS.passengers],
    DayChangeKind.PASSENGER_LEFT: [p.passenger_id for p in INPUTS.passengers],
    DayChangeKind.ADDRESS_WITHHELD: [h.home_id for h in INPUTS.homes],
    DayChangeKind.VEHICLE_OFF: [v.vehicle_id for v in INPUTS.vehicles],
    DayChangeKind.CREW_OFF: [c.crew_id for c in INPUTS.crews],
    DayChangeKind.SITE_CLOSED: [s.site_id for s in INPUTS.sites],
    DayChangeKind.SITE_LEAVES_EARLY: [s.site_id for s in INPUTS.sites],
}


def build_change(kind: DayChangeKind, target_id: str, on: date = SERVICE_DATE) -> DayChange:
    leave_s = 13 * 3600 if kind is DayChangeKind.SITE_LEAVES_EARLY else None
    return DayChange(
        kind=kind, target_id=target_id, first_date=on, last_date=on, leave_s=leave_s
    )


def test_each_kind_of_change_does_what_it_says() -> None:
    changes = [
        build_change(DayChangeKind.PASSENGER_ABSENT, "p1"),
        build_change(DayChangeKind.ADDRESS_WITHHELD, "h2"),
        build_change(DayChangeKind.VEHICLE_OFF, INPUTS.vehicles[0].vehicle_id),
        build_change(DayChangeKind.CREW_OFF, INPUTS.crews[0].crew_id),
        build_change(DayChangeKind.SITE_CLOSED, "centre"),
        build_change(DayChangeKind.SITE_LEAVES_EARLY, "school"),
        build_change(DayChangeKind.CREW_OFF, "nobody"),
    ]
    day = apply_day_changes(INPUTS, changes, SERVICE_DATE)
    # p1 is away, p2's home is withheld, p6 and p7 attend the centre.
    assert {d.passenger_id for d in day.inputs.demands} == {"p3", "p4", "p5", "p8"}
    assert len(day.inputs.passengers) == 8
    assert INPUTS.vehicles[0] not in day.inputs.vehicles
    assert INPUTS.crews[0] not in day.inputs.crews
    old = next(s for s in INPUTS.sites if s.site_id == "school")
    new = next(s for s in day.inputs.sites if s.site_id == "school")
    assert new.leave_from_s == 13 * 3600
    assert new.leave_by_s - new.leave_from_s == old.leave_by_s - old.leave_from_s
    assert day.withheld_home_ids == ("h2",)
    assert [c.target_id for c in day.idle] == ["nobody"]
    assert day.is_changed
    assert day.standing.demands == INPUTS.demands


def test_another_days_changes_are_passed_over() -> None:
    change = build_change(DayChangeKind.PASSENGER_ABSENT, "p1", date(2026, 9, 17))
    day = apply_day_changes(INPUTS, [change], SERVICE_DATE)
    assert not day.is_changed
    assert day.inputs == day.standing


@given(
    st.lists(
        st.sampled_from([(k, t) for k, targets in TARGETS.items() for t in targets]),
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_changes_makes_no_difference_and_twice_is_once(
    picks: list[tuple[DayChangeKind, str]], chance: object
) -> None:
    changes = [build_change(*pick) for pick in picks]
    mixed = [*changes, *changes]
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert apply_day_changes(INPUTS, changes, SERVICE_DATE) == apply_day_changes(
        INPUTS, mixed, SERVICE_DATE
    )


def test_a_table_of_changes_is_read(tmp_path: Path) -> None:
    file = tmp_path / "changes.csv"
    file.write_text(
        "Kind,ID,First date,Last date,Leaves at\n"
        "passenger absent,p1,16/09/2026,18/09/2026,\n"
        "Passenger-left,p2,16/09/2026,,\n"
        "vehicle_off,van-1,16/09/2026,,\n"
        "site_leaves_early,school,16/09/2026,,13:30\n".replace(
            "van-1", INPUTS.vehicles[0].vehicle_id
        ),
        encoding="utf-8",
    )
    found = read_day_changes(file, INPUTS)
    assert [c.kind for c in found] == [
        DayChangeKind.PASSENGER_ABSENT,
        DayChangeKind.PASSENGER_LEFT,
        DayChangeKind.VEHICLE_OFF,
        DayChangeKind.SITE_LEAVES_EARLY,
    ]
    # Blank: the first day alone for an absence, without end for a passenger who left.
    assert [c.last_date for c in found] == [date(2026, 9, 18), None, SERVICE_DATE, SERVICE_DATE]
    assert found[3].leave_s == 13 * 3600 + 1800


def test_every_fault_of_a_table_is_named(tmp_path: Path) -> None:
    file = tmp_path / "changes.csv"
    file.write_text(
        "kind,id,first_date,last_date,leaves_at\n"
        "passenger_ill,p1,16/09/2026,,\n"
        "passenger_absent,p1,18/09/2026,16/09/2026,\n"
        "site_leaves_early,school,16/09/2026,,\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_day_changes(file, INPUTS)
    assert [(p.code, p.row) for p in caught.value.problems] == [
        ("Q003", 2),
        ("Q003", 3),
        ("Q003", 4),
    ]
    file.write_text(
        "kind,id,first_date\npassenger_absent,p99,16/09/2026\ncrew_off,p1,16/09/2026\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_day_changes(file, INPUTS)
    assert [(p.code, p.row) for p in caught.value.problems] == [("Q006", 2), ("Q006", 3)]
