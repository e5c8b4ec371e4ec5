"""Offers instead of a vehicle: bands, caps, chances, and nobody paid for twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from data.alternatives import Mode, Offer
from data.errors import InputError
from data.passengers import AssistantNeed, Passenger, Phase, Wheelchair
from data.samples import build_sample
from scenarios.alternatives import (
    Journey,
    Terms,
    build_offer,
    count_days,
    draw_between,
    draw_takers,
    find_own_pence,
    find_take_up,
    find_walking_buses,
    find_wanted_pence,
    list_modes,
)
from scenarios.alternatives_tables import build_scenario_text
from scenarios.changes import apply_changes
from scenarios.changes.offers import OfferTravelTraining
from scenarios.definition import build_scenario

ON = date(2026, 11, 25)
TERMS = Terms()
MILE_M = 1_609


def journey(
    drive_m: int = 6 * MILE_M, walk_m: int | None = 9_000, *, age: int = 12, **traits: Any
) -> Journey:
    person = Passenger(
        passenger_id=traits.pop("passenger_id", "P1"),
        name="",
        birth_date=date(2026 - age, 1, 1),
        phase=Phase.PRIMARY if age < 11 else Phase.SECONDARY,
        **traits,
    )
    return Journey(passenger=person, site_id="S1", n_days=190, walk_m=walk_m, drive_m=drive_m)


@pytest.mark.parametrize(
    ("drive_m", "pounds"),
    # bands end at 5 and 10 statute miles: 8 046.72 and 16 093.44 m
    [(8_046, 2_000), (8_047, 3_500), (16_093, 3_500), (16_094, 5_000)],
)
def test_the_budget_follows_the_band(drive_m: int, pounds: int) -> None:
    assert find_wanted_pence(journey(drive_m), Mode.BUDGET, TERMS) == pounds * 100


def test_mileage_is_four_trips_a_day_at_the_rate() -> None:
    # 1 609.344 m is a mile; 1 609 m: 1 609 x 4 x 190 / 1 609.344 x 45 p = 34 192.69 p
    assert find_own_pence(journey(1_609), TERMS) == 34_193


def test_an_escort_walks_there_and_back_twice() -> None:
    # 2 000 m four times at 4 km/h are 2 h a day: 2 x 19.66 pounds x 190 days = 7 470.80
    assert find_wanted_pence(journey(walk_m=2_000), Mode.ESCORT, TERMS) == 747_080
    # 500 m four times are half an hour, paid as one
    assert find_wanted_pence(journey(walk_m=500), Mode.ESCORT, TERMS) == 373_540


@pytest.mark.parametrize(
    ("made", "can_use_bus", "expected"),
    [
        (journey(3_000, 2_800), True, "budget mileage cycle pass escort"),
        (journey(3_000, 2_800), False, "budget mileage cycle escort"),
        (journey(3_000, 2_800, age=10), False, "budget mileage escort"),
        (journey(9_000), True, "budget mileage pass"),
        (journey(3_000, 2_800, need="asd"), True, "budget mileage escort"),
        (journey(3_000, 2_800, wheelchair=Wheelchair.STAYS), True, "budget mileage"),
        (journey(3_000, 2_800, needs_lift=True), True, "budget mileage"),
        (journey(3_000, 2_800, assistant=AssistantNeed.ONE_TO_ONE), True, "budget mileage"),
    ],
)
def test_what_may_be_offered_to_whom(made: Journey, can_use_bus: bool, expected: str) -> None:
    found = list_modes(made, TERMS, ON, can_use_bus=can_use_bus)
    assert " ".join(found) == expected


def test_money_to_a_family_never_exceeds_the_councils_own_saving() -> None:
    # 6 miles: band 3 500 pounds; the council saves 1 200 without this passenger
    for saving in (0, 1, 50_000, 120_000, 350_000, 900_000):
        offer = build_offer(journey(), saving, TERMS, ON)
        if offer is None:
            continue
        assert offer.cost_pence <= saving * 3 // 4
        assert offer.net_pence > 0
    # three quarters of 1 200 pounds, whatever the band says
    small = build_offer(journey(), 120_000, TERMS, ON)
    assert small is not None
    assert (small.cost_pence, small.is_capped) == (90_000, True)
    assert build_offer(journey(), 0, TERMS, ON) is None
    # a saving above every wish: what is offered is the wish, not the cap
    rich = build_offer(journey(), 900_000, TERMS, ON)
    assert rich is not None
    assert not rich.is_capped


def test_an_escort_dearer_than_its_saving_is_not_offered() -> None:
    offer = build_offer(journey(3_000, 2_000), 400_000, TERMS, ON)
    assert offer is not None
    assert offer.mode is not Mode.ESCORT


def test_take_up_grows_with_what_the_offer_covers() -> None:
    assert find_take_up(Mode.BUDGET, 100_000, 200_000, TERMS) == (100, 400, 1_000)
    assert find_take_up(Mode.BUDGET, 200_000, 200_000, TERMS) == (200, 800, 2_000)
    assert find_take_up(Mode.BUDGET, 900_000, 200_000, TERMS) == (300, 1_200, 3_000)
    assert find_take_up(Mode.PASS, 1, 200_000, TERMS) == TERMS.take_up_bp


def offer_of(passenger_id: str, group: str = "") -> Offer:
    made = build_offer(journey(), 900_000, TERMS, ON)
    assert made is not None
    return replace(made, passenger_id=passenger_id, group=group, take_up_low_bp=1_000,
                   take_up_bp=3_000, take_up_high_bp=6_000)  # fmt: skip


def test_a_higher_level_holds_every_lower_one_and_a_bus_goes_together() -> None:
    offers = [offer_of(f"P{k:03d}") for k in range(400)]
    offers += [offer_of(f"B{k}", "bus") for k in range(5)]
    sets = [{o.passenger_id for o in draw_takers(offers, level, 7)} for level in range(3)]
    assert sets[0] < sets[1] < sets[2]
    for share, chosen in zip((0.1, 0.3, 0.6), sets, strict=True):
        n = sum(p.startswith("P") for p in chosen)
        # six standard deviations of a binomial count of 400
        assert abs(n - 400 * share) < 6 * (400 * share * (1 - share)) ** 0.5
        assert sum(p.startswith("B") for p in chosen) in (0, 5)


def test_draws_lie_between_the_levels_chances() -> None:
    offers = [offer_of(f"P{k:03d}") for k in range(300)]
    counts = [len(draw_between(offers, 3, n)) for n in range(1, 41)]
    assert counts == [len(draw_between(offers, 3, n)) for n in range(1, 41)]
    # 10 % to 60 % of 300, most likely 30 %: PERT mean (10 + 4 x 30 + 60) / 6 = 31.7 %
    assert 20 < min(counts) < max(counts) < 200
    assert 75 < sum(counts) / len(counts) < 115


def test_walking_buses_are_children_of_one_school_who_can_walk() -> None:
    near = [
        journey(1_000, 400 + 100 * k, age=8, passenger_id=f"P{k}") for k in range(6)
    ]  # fmt: skip
    (bus,) = find_walking_buses([*near, journey(3_000, 2_000, age=8)], TERMS, ON)
    assert [j.passenger.passenger_id for j in bus] == [f"P{k}" for k in range(6)]
    assert find_walking_buses(near[:3], TERMS, ON) == ()
    old = [replace(j, passenger=replace(j.passenger, phase=Phase.SECONDARY)) for j in near]
    assert find_walking_buses(old, TERMS, ON) == ()


def test_days_of_travel_are_counted_from_the_calendar() -> None:
    days = count_days(build_sample("grid"))
    pupils = {p.passenger_id for p in build_sample("grid").passengers
              if p.phase is not Phase.ADULT}  # fmt: skip
    assert max(days[p] for p in pupils) == 190


def story(**values: Any) -> Any:
    offers = values.pop("offers")
    change = {"kind": "take_alternatives", "offers": offers, **values}
    return build_scenario(
        {"scenario_id": "s", "title": "S", "changes": [change]}, "s.toml"
    ).changes


def test_offers_by_consent_within_the_cap_leave_the_vehicles() -> None:
    inputs = build_sample("grid")
    name = inputs.passengers[0].passenger_id
    good = {"passenger_id": name, "mode": "budget", "pounds_per_year": 1_000,
            "cap_pounds": 1_500, "has_consent": True}  # fmt: skip
    draft = apply_changes(inputs, story(offers=[good]), seed=1)
    assert name not in {p.passenger_id for p in draft.inputs.passengers}
    assert [(x.name, x.amount_pence) for x in draft.lines] == [
        ("personal travel budgets", 100_000)
    ]
    for wrong, words in (
        ({"has_consent": False}, "ALT-1"),
        ({"pounds_per_year": 1_501}, "ALT-3"),
    ):
        with pytest.raises(InputError, match=words):
            apply_changes(inputs, story(offers=[good | wrong]), seed=1)
    above = good | {"pounds_per_year": 1_501, "is_above_cap_agreed": True}
    assert apply_changes(inputs, story(offers=[above]), seed=1).lines
    with pytest.raises(InputError, match="two offers"):
        apply_changes(inputs, story(offers=[good, good]), seed=1)


def test_a_trained_passenger_takes_no_second_offer() -> None:
    inputs = build_sample("grid")
    name = next(p.passenger_id for p in inputs.passengers if p.phase is Phase.SECONDARY
                and p.assistant is AssistantNeed.NONE and p.wheelchair is Wheelchair.NONE
                and not p.needs_lift and not p.needs_trained_assistant
                and p.assistant_id is None)  # fmt: skip
    training = OfferTravelTraining(
        kind="offer_travel_training", starts_per_year=1, completion=1.0, sustained=1.0,
        passenger_ids=(name,),
    )  # fmt: skip
    offer = {"passenger_id": name, "mode": "budget", "pounds_per_year": 1_000}
    both = (training, *story(offers=[offer], is_consent_assumed=True))
    draft = apply_changes(inputs, both, seed=1)
    assert "personal travel budgets" not in {x.name for x in draft.lines}
    assert any("passed over" in note for note in draft.notes)
    assert name not in draft.touched.get("alternative", set())


def test_the_scenario_file_written_reads_and_applies() -> None:
    import tomllib

    inputs = build_sample("grid")
    names = [p.passenger_id for p in inputs.passengers[:2]]
    text = build_scenario_text(
        [offer_of(names[0]), offer_of(names[1])], base_id="baseline", is_consent_assumed=True
    )
    made = build_scenario(tomllib.loads(text), "x.toml")
    draft = apply_changes(inputs, made.changes, seed=1)
    assert draft.touched["alternative"] == set(names)
    assert "Consent is assumed" in draft.notes[-1]
