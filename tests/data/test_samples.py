"""The sample places: whole, repeatable, in the shares they state."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.demand import find_day_types, find_travellers
from data.fleet import OWN_PROVIDER_ID
from data.inputs import Inputs, fingerprint
from data.passengers import AssistantNeed, Direction, Phase, Wheelchair
from data.places import Session, SiteKind
from data.samples import PLACES, SampleSettings, build_sample
from tests.data.sample_faults import find_faults


@cache
def _sample(place: str) -> Inputs:
    return build_sample(place)


def _site_of(inputs: Inputs) -> dict[str, str]:
    return {d.passenger_id: d.site_id for d in inputs.demands}


@pytest.mark.parametrize("place", PLACES)
def test_samples_hold_together(place: str) -> None:
    assert find_faults(_sample(place)) == []


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(10, 150), st.integers(5, 25))
def test_any_size_of_the_grid_town_holds_together(seed: int, people: int, sites: int) -> None:
    inputs = build_sample("grid", n_passengers=people, n_sites=sites, seed=seed)
    assert find_faults(inputs) == []
    assert len(inputs.passengers) == people
    assert len(inputs.sites) == sites


def test_equal_seeds_give_equal_inputs_in_any_process() -> None:
    code = (
        "from data.samples import build_sample; from data.inputs import fingerprint\n"
        "print([fingerprint(build_sample(p, seed=3)) for p in ('grid', 'rutland', 'southend')])"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "4242")
    ]
    assert runs[0] == runs[1]
    assert len(runs[0]) > 3 * 64


def test_another_seed_gives_other_people_at_the_same_sites() -> None:
    one, two = _sample("grid"), build_sample("grid", seed=2)
    assert fingerprint(one) != fingerprint(two)
    assert [s.place_id for s in one.sites] == [s.place_id for s in two.sites]


def test_six_thousand_passengers_and_three_hundred_sites_take_under_half_a_minute() -> None:
    start = time.perf_counter()
    inputs = build_sample("southend", n_passengers=6_000, n_sites=300)
    assert time.perf_counter() - start < 30
    assert (len(inputs.passengers), len(inputs.sites)) == (6_000, 300)
    assert find_faults(inputs) == []
    # Own fleet in proportion: 30 x 6 000 / 1 160 = 155.2.
    assert len(inputs.vehicles) == 155


def test_unknown_places_and_sizes_too_small_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown sample place"):
        build_sample("atlantis")
    with pytest.raises(ValueError, match="at least 10 passengers"):
        build_sample("grid", n_passengers=9)
    with pytest.raises(ValueError, match="at least 4 sites"):
        build_sample("grid", n_sites=3)
    with pytest.raises(ValueError, match="out_of_borough_bp"):
        SampleSettings(out_of_borough_bp=10_001)


def test_southend_has_the_people_it_promises() -> None:
    inputs = _sample("southend")
    phases = Counter(p.phase for p in inputs.passengers)
    assert phases[Phase.ADULT] == 260
    assert len(inputs.passengers) == 1_160
    kinds = {s.site_id: s.kind for s in inputs.sites}
    at = Counter(kinds[site] for site in _site_of(inputs).values())
    # 900 pupils: 12 % mainstream, 10 % college; of the other 702: 5 % alternative, 20 % units.
    assert at[SiteKind.COLLEGE] == 90
    assert at[SiteKind.ALTERNATIVE_PROVISION] == 35
    assert at[SiteKind.SCHOOL] == 108 + 140
    assert at[SiteKind.SPECIAL_SCHOOL] == 702 - 35 - 140


def test_about_130_adults_travel_on_each_day_within_the_places() -> None:
    inputs = _sample("southend")
    for day_type in find_day_types(inputs)[0]:
        n_out = len(find_travellers(inputs, day_type, Session.DAY_OUT))
        assert 122 <= n_out <= 134, day_type.day_type_id  # 34 + 100 places


def test_fewer_places_taken_means_fewer_adults_a_day() -> None:
    inputs = build_sample("southend", settings=SampleSettings(occupancy_bp=7_000))
    days = Counter(
        day
        for d in inputs.demands
        if d.direction is Direction.OUT and d.passenger_id in _adults(inputs)
        for day in d.weekdays
    )
    # 34 x 0.7 = 23, 100 x 0.7 = 70; an adult for whom no day is left keeps one.
    assert max(days.values()) <= 93 + 60
    assert sum(days.values()) < 5 * 125


def _adults(inputs: Inputs) -> set[str]:
    return {p.passenger_id for p in inputs.passengers if p.phase is Phase.ADULT}


def test_the_out_of_borough_share_is_the_setting() -> None:
    for share_bp in (0, 1_500, 4_000):
        inputs = build_sample("southend", settings=SampleSettings(out_of_borough_bp=share_bp))
        special = {s.site_id: s for s in inputs.sites if s.kind is SiteKind.SPECIAL_SCHOOL}
        outside = {
            "Cedar Hall School",
            "Glenwood School",
            "The Pioneer School",
            "Castledon School",
            "Ramsden Hall Academy",
            "Omnia Foundation",
            "Thriftwood School",
            "Treetops School",
            "Treetops Free School",
        }
        used = [special[s] for s in _site_of(inputs).values() if s in special]
        n_out = sum(site.name in outside for site in used)
        assert abs(n_out - len(used) * share_bp / 10_000) <= 1


def test_placements_beyond_the_network_are_few_and_flagged() -> None:
    inputs = _sample("southend")
    beyond = {p.place_id for p in inputs.places if p.is_beyond_network}
    assert len(beyond) == 3
    n = sum(site in beyond for site in _site_of(inputs).values())
    assert 1 <= n <= 15


def test_homes_are_real_postcodes_live_in_2014() -> None:
    from data.samples.tables import read_rows

    table = {
        r["postcode"].replace(" ", ""): r
        for r in read_rows("southend", "postcodes.csv.gz")
        if r["in_codepoint_open_2014"] == "True" and r["ladnm"] == "Southend-on-Sea"
    }
    inputs = _sample("southend")
    places = {p.place_id: p for p in inputs.places}
    for home in inputs.homes:
        place = places[home.place_id]
        assert place.postcode is not None
        assert place.postcode[-4] == " "
        row = table[place.postcode.replace(" ", "")]
        assert (place.easting_m, place.northing_m) == (
            int(row["easting"]),
            int(row["northing"]),
        )


def test_homes_follow_where_children_live() -> None:
    from data.samples.tables import read_rows

    area = {
        r["postcode"].replace(" ", ""): r["lsoa21cd"]
        for r in read_rows("southend", "postcodes.csv.gz")
    }
    children = {
        r["lsoa21cd"]: int(r["pop_0_15"])
        for r in read_rows("southend", "lsoa21_population_imd2025.csv")
        if r["ladnm"] == "Southend-on-Sea"
    }
    inputs = build_sample("southend", n_passengers=4_000)
    pupils = {p.passenger_id for p in inputs.passengers if p.phase is not Phase.ADULT}
    places = {p.place_id: p for p in inputs.places}
    n_homes: Counter[str] = Counter(
        area[(places[h.place_id].postcode or "").replace(" ", "")]
        for h in inputs.homes
        if h.passenger_id in pupils
    )
    codes = sorted(children)
    found = np.corrcoef([children[c] for c in codes], [n_homes[c] for c in codes])[0, 1]
    assert found > 0.6


def test_needs_follow_the_published_plans() -> None:
    # Special schools, January 2025: ASD 193, SLCN 188, SEMH 88, PMLD 35 of 646 plans.
    inputs = build_sample("southend", n_passengers=4_000)
    special = {s.site_id for s in inputs.sites if s.kind is SiteKind.SPECIAL_SCHOOL}
    site = _site_of(inputs)
    needs = Counter(p.need for p in inputs.passengers if site[p.passenger_id] in special)
    total = sum(needs.values())
    for need, share in (("asd", 193 / 646), ("slcn", 188 / 646), ("semh", 88 / 646)):
        assert abs(needs[need] / total - share) < 0.03, need


def test_mainstream_pupils_live_beyond_the_walking_distance() -> None:
    inputs = _sample("southend")
    places = {p.place_id: p for p in inputs.places}
    homes = {h.passenger_id: h for h in inputs.homes}
    site = _site_of(inputs)
    walkers = [p for p in inputs.passengers if p.need == "" and p.phase is not Phase.ADULT]
    assert len(walkers) == 108
    for p in walkers:
        home, school = places[homes[p.passenger_id].place_id], places[site[p.passenger_id]]
        straight_m = np.hypot(
            home.easting_m - school.easting_m, home.northing_m - school.northing_m
        )
        age = 2026 - p.birth_date.year - (p.birth_date > date(p.birth_date.year, 8, 31))
        assert straight_m * 1.3 > (2 if age < 8 else 3) * 1_609


def test_every_feature_of_a_real_roll_is_in_southend() -> None:
    inputs = _sample("southend")
    people = inputs.passengers
    homes = Counter(h.passenger_id for h in inputs.homes)
    weeks = {d.passenger_id for d in inputs.demands if len(d.weeks) == 1}
    pupils = [p for p in people if p.phase is not Phase.ADULT]
    five_days = {d.passenger_id for d in inputs.demands if len(d.weekdays) == 5}
    counts = {
        "stays": sum(p.wheelchair is Wheelchair.STAYS for p in people),
        "transfers": sum(p.wheelchair is Wheelchair.TRANSFERS for p in people),
        "lift": sum(p.needs_lift for p in people),
        "shared": sum(p.assistant is AssistantNeed.SHARED for p in people),
        "one_to_one": sum(p.assistant is AssistantNeed.ONE_TO_ONE for p in people),
        "named": sum(p.assistant_id is not None for p in people),
        "trained": sum(p.needs_trained_assistant for p in people),
        "alone": sum(p.travels_alone for p in people),
        "apart": sum(bool(p.apart_from) for p in people),
        "together": sum(bool(p.together_with) for p in people),
        "two_homes": sum(n == 2 for n in homes.values()),
        "one_week": len(weeks),
        "part_time": sum(p.passenger_id not in five_days for p in pupils),
        "protected": sum(h.is_protected for h in inputs.homes),
        "received": sum(p.must_be_received for p in people),
        "received_times": sum(h.received_from_s is not None for h in inputs.homes),
        "walkers": sum(p.walk_limit_m > 0 for p in people),
        "own_limit": sum(p.max_ride_s is not None for p in people),
        "barred": sum(bool(p.barred_suppliers) for p in people),
        "two_seats": sum(p.n_seats == 2 for p in people),
    }
    assert {name: n for name, n in counts.items() if n < 4} == {}
    assert counts["walkers"] <= 108
    assert 0.03 < counts["stays"] / len(people) < 0.09
    assert 0.35 < counts["shared"] / len(people) < 0.55
    assert len(inputs.pick_up_points) > 20


def test_siblings_share_a_home_and_some_go_to_two_sites() -> None:
    inputs = _sample("southend")
    place = {h.passenger_id: h.place_id for h in inputs.homes}
    site = _site_of(inputs)
    pairs = [
        (p.passenger_id, other)
        for p in inputs.passengers
        for other in p.together_with
        if p.passenger_id < other
    ]
    assert all(place[a] == place[b] for a, b in pairs)
    assert any(site[a] != site[b] for a, b in pairs)
    assert any(site[a] == site[b] for a, b in pairs)


def test_a_and_b_weeks_differ_for_a_few_passengers_only() -> None:
    inputs = _sample("southend")
    types, dates = find_day_types(inputs)
    assert len(types) == 15  # five weekdays in week A and B of term, and five out of term
    n_school = sum("school" in day_type for day_type in dates.values())
    assert (n_school, len(dates)) == (190, 253)
    in_one_week = {d.passenger_id for d in inputs.demands if len(d.weeks) == 1}
    assert len(in_one_week) < 0.05 * len(inputs.passengers)


def test_no_name_or_id_tells_anything_about_a_person() -> None:
    inputs = _sample("southend")
    for p in inputs.passengers:
        assert p.name == f"Passenger {p.passenger_id[1:]}"
    homes = {h.place_id for h in inputs.homes}
    assert all(h[0] == "H" and h[1:].isdigit() for h in homes)
    order = [p.phase is Phase.ADULT for p in inputs.passengers]
    assert 40 < sum(order[:300]) < 95  # adults and pupils are numbered in one shuffled order


def test_every_assumption_has_a_source_and_a_grade() -> None:
    for place in PLACES:
        inputs = _sample(place)
        assert inputs.is_synthetic
        assert inputs.attribution
        for row in inputs.assumptions:
            assert row.source
            assert row.grade in ("A", "B", "C")
            assert row.value


def test_a_changed_setting_loses_its_source() -> None:
    changed = build_sample("grid", settings=SampleSettings(post_16_bp=500))
    before = {a.name: a for a in _sample("grid").assumptions}
    after = {a.name: a for a in changed.assumptions}
    name = "sample.post_16_bp"
    assert (before[name].value, before[name].grade) == ("1000", "A")
    assert (after[name].value, after[name].source, after[name].grade) == (
        "500",
        "set by the user",
        "C",
    )
    assert after["sample.unit_bp"] == before["sample.unit_bp"]


def test_rutland_uses_its_own_share_of_mainstream_pupils() -> None:
    inputs = _sample("rutland")
    n_mainstream = sum(p.need == "" for p in inputs.passengers)
    assert n_mainstream == 66  # 55 % of 120
    assert all(p.postcode is None for p in inputs.places)
    assert len(inputs.passengers) == 140


def test_newport_says_that_it_is_welsh() -> None:
    inputs = _sample("newport")
    assert "Welsh law" in inputs.title
    law = next(a for a in inputs.assumptions if a.name == "place.law")
    assert "not for eligibility" in law.value
    made_up = [s for s in inputs.sites if s.name.startswith("Made-up")]
    assert made_up
    assert all(s.is_position_assumed for s in made_up)


@pytest.mark.parametrize("place", PLACES)
def test_todays_plan_fits_vehicles_layouts_and_companions(place: str) -> None:
    inputs = _sample(place)
    people = {p.passenger_id: p for p in inputs.passengers}
    types = {t.vehicle_type_id: t for t in inputs.vehicle_types}
    fleet = {
        (s.supplier_id, v.vehicle_type_id): v.n_vehicles
        for s in inputs.suppliers
        for v in s.vehicles
    } | {
        (OWN_PROVIDER_ID, kind): n
        for kind, n in Counter(v.vehicle_type_id for v in inputs.vehicles).items()
    }
    site = _site_of(inputs)
    routes: dict[tuple[str, Session], list[str]] = {}
    facts: dict[str, tuple[str, str, int | None]] = {}
    for row in inputs.current_routes:
        routes.setdefault((row.route_name, row.session), []).append(row.passenger_id)
        fact = (row.provider_id, row.vehicle_type_id, row.price_pence_per_day)
        assert facts.setdefault(row.route_name, fact) == fact
        assert (row.price_pence_per_day is None) == (row.provider_id == OWN_PROVIDER_ID)
    used: Counter[tuple[str, str, Session]] = Counter()
    for (name, session), members in routes.items():
        provider, kind, _ = facts[name]
        used[provider, kind, session] += 1
        group = [people[m] for m in members]
        ids = set(members)
        assert all(not p.apart_from & ids for p in group)
        assert all(p.together_with <= ids for p in group)
        assert all(provider not in p.barred_suppliers for p in group)
        assert len(group) == 1 or not any(p.travels_alone for p in group)
        sites = {site[m] for m in members}
        assert len(sites) == 1 or any(p.together_with for p in group)
        n_assistants = (
            sum(p.assistant is AssistantNeed.ONE_TO_ONE and not p.assistant_id for p in group)
            + len({p.assistant_id for p in group if p.assistant_id})
            + -(-sum(p.assistant is AssistantNeed.SHARED for p in group) // 6)
        )
        seats = sum(p.n_seats_taken for p in group) + n_assistants
        spaces = sum(p.n_wheelchair_spaces for p in group)
        assert any(
            layout.n_seats >= seats and layout.n_wheelchair_spaces >= spaces
            for layout in types[kind].layouts
        ), name
    for (provider, kind, session), n in used.items():
        assert n <= fleet[provider, kind], (provider, kind, session)
    # Today's plan leaves next to nobody out: everybody can be carried.
    left_out = len(people) - len({r.passenger_id for r in inputs.current_routes})
    assert left_out <= len(people) // 50
