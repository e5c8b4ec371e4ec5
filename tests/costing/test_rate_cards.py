"""Which rate card holds on a date, what its rates have risen to, and what they say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costing.rate_cards import (
    build_terms,
    count_anniversaries,
    find_rate_card,
    find_vat_bp,
    is_licensed,
    uplift_mpence,
)
from data.costs import FAR_M
from data.errors import ModelError, NoRateError
from data.money import RateBasis, VatTreatment
from data.places import Session
from tests.costing.builders import BUS, CAR, FIRST, LAST, ON, make_card, make_supplier, rate

AM, DAY_OUT, DAY_HOME, PM = range(4)
FIXED = rate(RateBasis.FIXED, 1_200_000)


@pytest.mark.parametrize(
    ("start", "on", "expected"),
    [
        (date(2026, 9, 1), date(2026, 9, 1), 0),
        (date(2026, 9, 1), date(2027, 8, 31), 0),
        (date(2026, 9, 1), date(2027, 9, 1), 1),
        (date(2026, 9, 1), date(2029, 1, 1), 2),
        (date(2024, 2, 29), date(2025, 2, 27), 0),
        (date(2024, 2, 29), date(2025, 2, 28), 1),
        (date(2024, 2, 29), date(2028, 2, 28), 3),
        (date(2024, 2, 29), date(2028, 2, 29), 4),
        (date(2026, 9, 1), date(2020, 9, 1), 0),
    ],
)
def test_anniversaries_are_counted_on_their_day(start: date, on: date, expected: int) -> None:
    assert count_anniversaries(start, on) == expected


def test_uplift_rounds_half_up_to_a_thousandth_of_a_penny_each_year() -> None:
    # 260 050 x 1.03 = 267 851.5, up to 267 852; x 1.03 = 275 887.56, up to 275 888.
    # Rounding only at the end would give 260 050 x 1.0609 = 275 887.045, down to 275 887.
    assert uplift_mpence(260_050, 300, 1) == 267_852
    assert uplift_mpence(260_050, 300, 2) == 275_888


def test_a_fall_rounds_half_up_as_well() -> None:
    # 1 050 x 0.99 = 1 039.5 -> 1 040
    assert uplift_mpence(1_050, -100, 1) == 1_040


def test_every_rate_of_a_card_rises_on_its_anniversary_and_not_before() -> None:
    card = make_card(
        rate(RateBasis.FIXED, 1_000_000),
        rate(RateBasis.MINIMUM, 2_000_000),
        rate(RateBasis.LOADED_MILE, 260_050),
        rate(RateBasis.HOUR, 100),
        rate(RateBasis.DAY_PAIR, 10_000_000, to_m=50_000),
        valid_to=date(2030, 8, 31),
        uplift_bp=300,
    )
    before = build_terms(card, "car", date(2027, 8, 31))
    after = build_terms(card, "car", date(2027, 9, 1))
    assert before.sessions[AM].fixed_pence == 1_000
    assert after.sessions[AM].fixed_pence == 1_030
    assert after.sessions[AM].minimum_pence == 2_060
    assert after.sessions[AM].bands == ((FAR_M, 267_852),)
    assert after.sessions[AM].hour_mpence == 103
    assert (after.day_pair_pence, after.day_excess_mpence) == (10_300, 267_852)


@pytest.mark.parametrize("on", [FIRST, LAST])
def test_both_ends_of_the_validity_count(on: date) -> None:
    assert find_rate_card([make_card(FIXED)], "sup", "car", on).rate_card_id == "card"


@pytest.mark.parametrize("on", [date(2026, 8, 31), date(2027, 9, 1)])
def test_no_card_holds_a_day_before_or_after(on: date) -> None:
    with pytest.raises(NoRateError, match=f"'sup'.*'car'.*{on.isoformat()}"):
        find_rate_card([make_card(FIXED)], "sup", "car", on)


def test_a_card_of_another_supplier_or_type_does_not_count() -> None:
    cards = [
        make_card(FIXED, supplier_id="other"),
        make_card(replace(FIXED, vehicle_type_id="bus")),
        make_card(rate(RateBasis.ASSISTANT, 1_000)),
    ]
    with pytest.raises(NoRateError):
        find_rate_card(cards, "sup", "car", ON)


def test_the_named_card_counts_while_it_holds_then_the_newest_that_holds() -> None:
    old = make_card(FIXED, rate_card_id="old", valid_to=date(2026, 12, 31))
    new = make_card(FIXED, rate_card_id="new", valid_from=date(2026, 9, 10))
    newer = make_card(FIXED, rate_card_id="newer", valid_from=date(2027, 1, 1))
    cards = [newer, old, new]

    def find(on: date, named_id: str | None) -> str:
        return find_rate_card(cards, "sup", "car", on, named_id=named_id).rate_card_id

    assert find(ON, "old") == "old"
    assert find(ON, None) == "new"
    assert find(date(2027, 1, 1), "old") == "newer"


def test_two_cards_that_began_together_are_refused() -> None:
    cards = [make_card(FIXED, rate_card_id="a"), make_card(FIXED, rate_card_id="b")]
    with pytest.raises(ModelError, match="a, b"):
        find_rate_card(cards, "sup", "car", ON)


def test_a_row_for_the_type_comes_before_one_for_all_then_the_one_for_fewer_sessions() -> None:
    out_of_hours = frozenset({Session.DAY_OUT, Session.DAY_HOME})
    card = make_card(
        rate(RateBasis.HOUR, 1_000),
        rate(RateBasis.HOUR, 2_000, sessions=out_of_hours),
        rate(RateBasis.HOUR, 3_000, vehicle_type_id="bus"),
        rate(RateBasis.HOUR, 4_000, vehicle_type_id="bus", sessions=out_of_hours),
    )
    car, bus = build_terms(card, "car", ON), build_terms(card, "bus", ON)
    assert [s.hour_mpence for s in car.sessions] == [1_000, 2_000, 2_000, 1_000]
    assert [s.hour_mpence for s in bus.sessions] == [3_000, 4_000, 4_000, 3_000]


def test_a_day_rate_for_the_type_comes_before_one_for_all() -> None:
    card = make_card(
        rate(RateBasis.DAY_PAIR, 9_000_000),
        rate(RateBasis.DAY_PAIR, 7_000_000, vehicle_type_id="bus"),
    )
    assert build_terms(card, "car", ON).day_pair_pence == 9_000
    assert build_terms(card, "bus", ON).day_pair_pence == 7_000


def test_a_session_without_a_price_says_so() -> None:
    school_run = frozenset({Session.AM, Session.PM})
    card = make_card(replace(FIXED, sessions=school_run), rate(RateBasis.ASSISTANT, 1_000))
    terms = build_terms(card, "car", ON)
    assert [s.is_priced for s in terms.sessions] == [True, False, False, True]


def test_miles_before_the_first_band_are_included() -> None:
    card = make_card(FIXED, rate(RateBasis.LOADED_MILE, 200_000, from_m=8_047))
    assert build_terms(card, "car", ON).sessions[PM].bands == ((8_047, 0), (FAR_M, 200_000))


def test_flat_charges_are_whole_pence_rounded_half_up() -> None:
    card = make_card(rate(RateBasis.FIXED, 1_250_500), rate(RateBasis.ASSISTANT, 1_250_499))
    terms = build_terms(card, "car", ON).sessions[AM]
    assert (terms.fixed_pence, terms.assistant_pence) == (1_251, 1_250)


@pytest.mark.parametrize(
    ("rates", "fault"),
    [
        ((rate(RateBasis.FIXED, -1),), "below nought"),
        ((FIXED, FIXED), "2 rows say fixed in session am"),
        ((rate(RateBasis.LOADED_MILE, 1, to_m=5_000),), "no mile rate beyond 5000 m"),
        (
            (
                rate(RateBasis.LOADED_MILE, 1, to_m=5_000),
                rate(RateBasis.LOADED_MILE, 1, from_m=4_999),
            ),
            "overlap",
        ),
        ((FIXED, rate(RateBasis.LOADED_MILE, 1, from_m=5, to_m=5)), "empty"),
        (
            (rate(RateBasis.DAY_PAIR, 1, sessions=frozenset({Session.AM})),),
            "both am and pm",
        ),
        ((rate(RateBasis.DAY_PAIR, 1), rate(RateBasis.DAY_PAIR, 2)), "2 rows say day_pair"),
        ((rate(RateBasis.DAY_PAIR, 1, to_m=10),), "no mile rate says what more costs"),
    ],
)
def test_a_card_that_cannot_be_read_one_way_is_refused(
    rates: tuple[object, ...], fault: str
) -> None:
    with pytest.raises(ModelError, match=fault):
        build_terms(make_card(*rates), "car", ON)  # type: ignore[arg-type]


def test_a_rate_of_nought_is_a_rate() -> None:
    terms = build_terms(make_card(rate(RateBasis.FIXED, 0)), "car", ON)
    assert (terms.sessions[AM].is_priced, terms.sessions[AM].fixed_pence) == (True, 0)


def test_all_faults_of_a_card_are_named_together() -> None:
    card = make_card(FIXED, FIXED, rate(RateBasis.LOADED_MILE, -5, to_m=5_000))
    with pytest.raises(ModelError) as caught:
        build_terms(card, "car", ON)
    for fault in ("below nought", "2 rows say fixed", "no mile rate beyond"):
        assert fault in str(caught.value)


@pytest.mark.parametrize(
    ("places", "is_registered", "vat", "expected_bp"),
    [
        (9, True, VatTreatment.BY_VEHICLE, 2_000),
        (10, True, VatTreatment.BY_VEHICLE, 0),
        (9, False, VatTreatment.BY_VEHICLE, 0),
        (9, True, VatTreatment.EXEMPT, 0),
    ],
)
def test_vat_is_charged_under_ten_places_by_a_registered_supplier(
    places: int, is_registered: bool, vat: VatTreatment, expected_bp: int
) -> None:
    supplier = make_supplier(is_vat_registered=is_registered)
    vehicle_type = replace(CAR, n_places_before_adaptation=places)
    assert find_vat_bp(make_card(FIXED, vat=vat), supplier, vehicle_type) == expected_bp


@pytest.mark.parametrize(
    ("has_phv", "has_psv", "has_permit", "is_for_profit", "small", "large"),
    [
        (True, False, False, True, True, False),
        (False, True, False, True, True, True),
        (False, False, True, False, False, True),
        (False, False, True, True, False, False),
        (False, False, False, False, False, False),
    ],
)
def test_licences_decide_which_vehicles_a_supplier_may_run(
    has_phv: bool,
    has_psv: bool,
    has_permit: bool,
    is_for_profit: bool,
    small: bool,
    large: bool,
) -> None:
    supplier = make_supplier(
        has_private_hire_licence=has_phv,
        has_psv_licence=has_psv,
        has_section_19_permit=has_permit,
        is_for_profit=is_for_profit,
    )
    eight = replace(CAR, n_passenger_seats=8)
    nine = replace(BUS, n_passenger_seats=9)
    assert (is_licensed(supplier, eight), is_licensed(supplier, nine)) == (small, large)


@settings(deadline=None)
@given(
    st.integers(0, 10**8), st.integers(0, 10**8), st.integers(-5_000, 5_000), st.integers(0, 9)
)
def test_a_higher_rate_stays_at_least_as_high_after_uplift(
    a: int, b: int, bp: int, n: int
) -> None:
    low, high = sorted((a, b))
    assert uplift_mpence(low, bp, n) <= uplift_mpence(high, bp, n)
