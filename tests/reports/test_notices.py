"""Families are told what changes for their own child, and nothing about anybody else's."""

from __future__ import annotations

from dataclasses import replace

from data.places import Session
from data.plans import Plan, Unserved, UnservedReason
from reports.facts import build_facts
from reports.notices import build_notices, build_notices_book
from tests.reports.hand_made import NAME_CANARY, SERVICE_DATE, build_inputs, build_run
from tests.reports.readers import find_faults, read_sheets

RUN = build_run()
FACTS = build_facts(RUN, build_inputs())
OWN = next(d for d in RUN.plan.duties if d.vehicle_id)


def shift(by_s: int, provider_id: str = OWN.provider_id) -> Plan:
    """What families knew: the own duty's way out earlier or later, by somebody else."""
    first = OWN.routes[0]
    stops = tuple(
        replace(s, arrive_s=s.arrive_s - by_s, leave_s=s.leave_s - by_s) for s in first.stops
    )
    changed = replace(
        OWN, provider_id=provider_id, routes=(replace(first, stops=stops), *OWN.routes[1:])
    )
    return replace(
        RUN.plan,
        duties=tuple(changed if d.duty_id == OWN.duty_id else d for d in RUN.plan.duties),
    )


def test_nothing_is_sent_where_nothing_changes() -> None:
    assert build_notices(RUN.plan, FACTS) == ()
    assert build_notices(shift(59), FACTS) == ()


def test_a_later_pick_up_is_told_with_both_times() -> None:
    found = build_notices(shift(420), FACTS)
    assert [n.passenger_id for n in found] == ["p1", "p2", "p3"]
    assert found[0].kinds == ("time",)
    # p1 boards at 08:00; families knew 07:53.
    assert found[0].text == (
        f"Transport for {NAME_CANARY} A on Wednesday 16 September 2026: On the way out: "
        "collected at 08:00 instead of 07:53. Nothing else changes."
    )
    assert SERVICE_DATE.isoformat() not in found[0].text


def test_each_text_names_one_child_alone() -> None:
    for notice in build_notices(shift(420), FACTS):
        others = {p.name for p in FACTS.inputs.passengers} - {
            FACTS.passengers[notice.passenger_id].name
        }
        assert not any(name in notice.text for name in others)
        assert "SS" not in notice.text


def test_another_provider_is_told_even_at_the_same_time() -> None:
    other = next(s.supplier_id for s in FACTS.inputs.suppliers)
    found = build_notices(shift(0, other), FACTS)
    # Both ways of the own duty's passengers come with somebody else than they knew.
    assert {n.passenger_id for n in found} == {"p1", "p2", "p3"}
    assert all(n.kinds == ("provider",) for n in found)
    assert "as before by" in found[0].text


def test_who_is_not_carried_is_told_to_wait_for_a_call() -> None:
    plan = replace(
        RUN.plan,
        duties=tuple(d for d in RUN.plan.duties if d.duty_id != OWN.duty_id),
        unserved=(
            Unserved(
                passenger_id="p1", session=Session.AM, reason=UnservedReason.NO_CAPACITY_LEFT
            ),
        ),
    )
    facts = replace(FACTS, run=replace(RUN, plan=plan))
    (notice,) = (n for n in build_notices(RUN.plan, facts) if n.passenger_id == "p1")
    assert notice.kinds == ("not carried",)
    assert "There is no transport on the way out" in notice.text


def test_the_workbook_holds_the_texts() -> None:
    notices = build_notices(shift(420), FACTS)
    book = build_notices_book(notices, FACTS)
    assert find_faults(book) == []
    cells = [str(c) for row in read_sheets(book)["Notices"] for c in row]
    assert all(n.text in cells for n in notices)
    empty = read_sheets(build_notices_book((), FACTS))["Notices"]
    assert any("nothing to send" in str(c) for row in empty for c in row)
