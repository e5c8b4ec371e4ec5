"""What may be published without asking: every kind of breach, and who is exempt."""

from __future__ import annotations

from dataclasses import replace

from data.nights import BreachKind, DayChange, DayChangeKind, Envelope
from data.places import Session
from data.plans import Plan, Unserved, UnservedReason
from nightly.envelope import find_breaches
from nightly.explain import explain_plan, write_explanation
from tests.reports.hand_made import NAME_CANARY, SERVICE_DATE, build_plan

PLAN = build_plan()
OWN = next(d for d in PLAN.duties if d.vehicle_id)


def swap(duty_id: str, **fields: object) -> Plan:
    """Change one duty of the plan."""
    return replace(
        PLAN,
        duties=tuple(
            replace(d, **fields) if d.duty_id == duty_id else d  # type: ignore[arg-type]
            for d in PLAN.duties
        ),
    )


def shift(by_s: int) -> Plan:
    """Move the own duty's first route by some seconds."""
    first = OWN.routes[0]
    stops = tuple(
        replace(s, arrive_s=s.arrive_s + by_s, leave_s=s.leave_s + by_s) for s in first.stops
    )
    return swap(OWN.duty_id, routes=(replace(first, stops=stops), *OWN.routes[1:]))


def test_a_plan_does_not_leave_its_own_envelope() -> None:
    assert find_breaches(PLAN, PLAN, Envelope()) == ()


def test_a_pick_up_may_move_by_what_is_allowed_and_not_a_second_more() -> None:
    assert find_breaches(PLAN, shift(300), Envelope(shift_s=300)) == ()
    found = find_breaches(PLAN, shift(301), Envelope(shift_s=300))
    assert [(b.kind, b.passenger_id, b.session, b.amount) for b in found] == [
        (BreachKind.TIME, p, Session.AM, 301) for p in ("p1", "p2", "p3")
    ]


def test_another_crew_provider_or_vehicle_leaves_it() -> None:
    other = swap(OWN.duty_id, crew_ids=("somebody",))
    kinds = {b.kind for b in find_breaches(PLAN, other, Envelope())}
    assert kinds == {BreachKind.CREW}
    assert find_breaches(PLAN, other, Envelope(may_change_crew=True)) == ()
    other = swap(OWN.duty_id, vehicle_type_id="other-type")
    assert {b.kind for b in find_breaches(PLAN, other, Envelope())} == {BreachKind.VEHICLE_TYPE}
    other = swap(OWN.duty_id, provider_id="other")
    assert {b.kind for b in find_breaches(PLAN, other, Envelope())} == {BreachKind.PROVIDER}


def test_fewer_assistants_or_another_named_one_leave_it() -> None:
    first = replace(OWN.routes[0], n_assistants=0)
    fewer = swap(OWN.duty_id, routes=(first, *OWN.routes[1:]))
    assert {b.kind for b in find_breaches(PLAN, fewer, Envelope())} == {BreachKind.ASSISTANT}


def test_whoever_the_change_concerns_is_exempt() -> None:
    assert find_breaches(PLAN, shift(900), Envelope(), exempt={"p1", "p2", "p3"}) == ()
    left = find_breaches(PLAN, shift(900), Envelope(), exempt={"p1", "p3"})
    assert {b.passenger_id for b in left} == {"p2"}


def test_leaving_somebody_out_who_was_carried_leaves_it() -> None:
    less = replace(
        PLAN,
        duties=tuple(d for d in PLAN.duties if d.duty_id != OWN.duty_id),
        unserved=tuple(
            Unserved(passenger_id=p, session=Session.AM, reason=UnservedReason.NO_CAPACITY_LEFT)
            for p in ("p1", "p2", "p3")
        ),
    )
    found = find_breaches(PLAN, less, Envelope())
    assert {(b.kind, b.passenger_id) for b in found} == {
        (BreachKind.UNSERVED, p) for p in ("p1", "p2", "p3")
    }
    assert find_breaches(PLAN, less, Envelope(max_unserved=3)) == ()


def test_the_explanation_names_cause_people_and_money() -> None:
    # p1 is away: the route loses its first stop, and costs 2.50 pounds less.
    first = OWN.routes[0]
    kept = replace(
        first,
        stops=(*first.stops[1:3], replace(first.stops[3], alighting=("p2", "p3"))),
    )
    after = swap(OWN.duty_id, routes=(kept, *OWN.routes[1:]))
    found = explain_plan(
        PLAN,
        after,
        changes=[
            DayChange(
                kind=DayChangeKind.PASSENGER_ABSENT,
                target_id="p1",
                first_date=SERVICE_DATE,
                last_date=SERVICE_DATE,
            )
        ],
        before_pence={d.duty_id: 1_000 for d in PLAN.duties},
        after_pence={d.duty_id: 1_000 - 250 * (d == after.duties[0]) for d in after.duties},
    )
    (reason,) = found.reasons
    assert reason.cause == "absence"
    assert reason.passenger_ids == ("p1",)
    assert reason.duty_ids == (OWN.duty_id,)
    assert reason.saved_pence == 250
    assert reason.text == (f"duty {OWN.duty_id}: p1 is away (am); saves £2.50 a day.")
    text = write_explanation(found)
    assert NAME_CANARY not in text
    assert "1 differences" not in text


def test_duties_that_only_have_other_numbers_are_no_difference() -> None:
    renamed = replace(
        PLAN,
        duties=tuple(
            replace(
                d,
                duty_id=f"X{n}",
                routes=tuple(replace(r, route_id=f"X{n}-{k}") for k, r in enumerate(d.routes)),
            )
            for n, d in enumerate(reversed(PLAN.duties))
        ),
    )
    assert explain_plan(PLAN, renamed).reasons == ()


def test_a_saving_says_how_many_move_and_by_how_much() -> None:
    prices = {d.duty_id: 1_000 for d in PLAN.duties}
    after = shift(-120)
    cheaper = prices | {OWN.duty_id: 400}
    (reason,) = explain_plan(PLAN, after, before_pence=prices, after_pence=cheaper).reasons
    assert (reason.cause, reason.saved_pence) == ("saving", 600)
    assert reason.text == (
        f"duty {OWN.duty_id}: run in another way; 3 others move by up to 2 min; "
        "saves £6.00 a day."
    )
