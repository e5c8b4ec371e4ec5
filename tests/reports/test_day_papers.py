"""The papers of a day: only what differs, to each reader only what is theirs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.plans import Duty, Plan
from reports.day_papers import (
    DayPage,
    _list_driver_pages,
    _list_order_page,
    _list_site_pages,
    build_day_papers,
    find_changed_duties,
)
from reports.facts import build_facts
from reports.notices import build_notices
from tests.reports.hand_made import (
    NAME_CANARY,
    PROTECTED_POSTCODE,
    build_inputs,
    build_run,
)

RUN = build_run()
FACTS = build_facts(RUN, build_inputs())
OWN = next(d for d in RUN.plan.duties if d.vehicle_id)
BOUGHT = next(d for d in RUN.plan.duties if not d.vehicle_id)


def shift(duty: Duty, by_s: int) -> Plan:
    """What was known: every route of one duty earlier."""
    routes = tuple(
        replace(
            r,
            stops=tuple(
                replace(s, arrive_s=s.arrive_s - by_s, leave_s=s.leave_s - by_s)
                for s in r.stops
            ),
        )
        for r in duty.routes
    )
    other = replace(duty, routes=routes)
    return replace(
        RUN.plan,
        duties=tuple(other if d.duty_id == duty.duty_id else d for d in RUN.plan.duties),
    )


def write(page: DayPage) -> str:
    cells = [c for t in page.tables for row in (t.header, *t.rows) for c in row]
    return " ".join([page.heading, *page.notes, *(t.heading for t in page.tables), *cells])


def test_nobody_gets_a_paper_where_nothing_changed() -> None:
    assert build_day_papers(FACTS, RUN.plan, ()) == {}
    renamed = replace(
        RUN.plan,
        duties=tuple(
            replace(d, routes=tuple(replace(r, route_id=f"x{r.route_id}") for r in d.routes))
            for d in RUN.plan.duties
        ),
    )
    assert find_changed_duties(renamed, RUN.plan) == frozenset()
    assert build_day_papers(FACTS, renamed, ()) == {}


def test_only_the_changed_duty_is_in_its_drivers_paper() -> None:
    known = shift(OWN, 300)
    changed = find_changed_duties(known, RUN.plan)
    assert changed == {OWN.duty_id}
    (page,) = _list_driver_pages(FACTS, known, OWN.provider_id, changed)
    assert page.heading == f"Duty {OWN.duty_id}"
    people = {FACTS.passengers[p].name for r in OWN.routes for p in r.passenger_ids}
    text = write(page)
    assert all(name in text for name in people)
    strangers = {p.name for p in FACTS.inputs.passengers} - people
    assert not [name for name in strangers if name in text]
    assert _list_driver_pages(FACTS, known, BOUGHT.provider_id, changed) == []


def test_a_duty_that_is_gone_is_said_to_be() -> None:
    known = replace(RUN.plan, duties=(*RUN.plan.duties, replace(OWN, duty_id="Z9")))
    changed = find_changed_duties(known, RUN.plan)
    (page,) = _list_driver_pages(FACTS, known, OWN.provider_id, changed)
    assert (page.heading, page.notes) == ("Not run on this day", ("Z9",))


def test_an_order_names_nobody_and_no_address() -> None:
    known = shift(BOUGHT, 300)
    changed = find_changed_duties(known, RUN.plan)
    text = write(_list_order_page(FACTS, known, BOUGHT.provider_id, "Firm", changed))
    assert BOUGHT.routes[0].route_id in text
    assert NAME_CANARY not in text
    assert PROTECTED_POSTCODE not in text
    assert not [p.name for p in FACTS.inputs.passengers if p.name in text]


def test_a_site_sees_who_comes_otherwise_and_no_address() -> None:
    known = shift(OWN, 300)
    pages = _list_site_pages(FACTS, known)
    mine = {s.site_id for r in OWN.routes for s in r.stops if s.site_id}
    assert set(pages) <= mine
    riders = {FACTS.passengers[p].name for r in OWN.routes for p in r.passenger_ids}
    told = {row[0] for page in pages.values() for t in page.tables for row in t.rows}
    assert told == riders
    postcodes = {p.postcode for p in FACTS.places.values() if p.postcode}
    text = " ".join(write(page) for page in pages.values())
    assert not [code for code in postcodes if code in text]
    # An absent passenger is told to the site as not brought.
    away = next(iter(OWN.routes[0].passenger_ids))
    less = replace(
        RUN,
        plan=replace(
            RUN.plan,
            duties=tuple(
                replace(
                    d,
                    routes=tuple(
                        replace(
                            r,
                            stops=tuple(
                                replace(
                                    s,
                                    boarding=tuple(p for p in s.boarding if p != away),
                                    alighting=tuple(p for p in s.alighting if p != away),
                                )
                                for s in r.stops
                            ),
                        )
                        for r in d.routes
                    ),
                )
                for d in RUN.plan.duties
            ),
        ),
    )
    found = _list_site_pages(replace(FACTS, run=less), RUN.plan)
    last = [page.tables[-1] for page in found.values()]
    assert [t.rows for t in last] == [((FACTS.passengers[away].name,),)]


def test_the_papers_are_tagged_and_equal_each_time() -> None:
    pytest.importorskip("typst")
    known = shift(OWN, 420)
    notices = build_notices(known, FACTS)
    made = build_day_papers(FACTS, known, notices)
    assert set(made) >= {f"drivers_{OWN.provider_id}", "notices"}
    assert f"drivers_{BOUGHT.provider_id}" not in made
    for content in made.values():
        assert content.startswith(b"%PDF-")
        assert b"pdfuaid" in content
    assert build_day_papers(FACTS, known, notices) == made
