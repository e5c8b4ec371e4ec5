"""Tests of the money of routes, day pairs and pieces of work, in pence worked by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.costs import FAR_M, NOT_PRICED_PENCE
from data.places import Session
from data.units import MM_PER_MILE, round_half_up
from routing.charges import Charges, Run, charge_hours, charge_miles
from tests.routing.small_town import make_cost_model

OWN, CAB = 0, 1
MILE_M = Fraction(MM_PER_MILE, 1_000)
AMOUNTS = st.integers(min_value=0, max_value=10**9)


def make_run(**values: Any) -> Run:
    """A morning run of 10 000 m in 30 minutes with nobody to assist."""
    base: dict[str, Any] = {
        "session": Session.AM,
        "loaded_m": 10_000,
        "dead_m": 0,
        "duration_s": 1_800,
        "waiting_s": 0,
        "n_assistants": 0,
        "n_trained_assistants": 0,
    }
    return Run(**(base | values))


def both(own: int, cab: int) -> Any:
    """One number for each offer."""
    return np.array([own, cab], dtype=np.int64)


def sessions(cab: int) -> Any:
    """One number of the cab for all its sessions."""
    return np.array([[0] * 4, [cab] * 4], dtype=np.int64)


@pytest.mark.parametrize(
    ("distance_m", "rate_mpence", "pence"),
    [
        (0, 200_000, 0),
        # A mile is 1 609.344 m: 1 609 m at 2.00 a mile are 199.957 p.
        (1_609, 200_000, 200),
        (1_609_344, 200_000, 200_000),
        # 1 000 miles at 0.0005 p are half a penny, which goes up; a metre less stays down.
        (1_609_344, 0, 0),
        (804_672, 1, 1),
        (804_671, 1, 0),
    ],
)
def test_miles_are_statute_miles_rounded_half_up(
    distance_m: int, rate_mpence: int, pence: int
) -> None:
    assert charge_miles(distance_m, rate_mpence) == pence


@pytest.mark.parametrize(
    ("time_s", "rate_mpence", "pence"),
    [
        (0, 1_200_000, 0),
        (3_600, 1_200_000, 1_200),
        # A quarter of an hour at 10 p is 2.5 p: up to 3; a second less is 2.497 p.
        (900, 10_000, 3),
        (899, 10_000, 2),
        (5_400, 20_000, 30),
    ],
)
def test_hours_are_rounded_half_up(time_s: int, rate_mpence: int, pence: int) -> None:
    assert charge_hours(time_s, rate_mpence) == pence


@given(AMOUNTS, AMOUNTS)
def test_charges_are_the_exact_fraction_rounded_once(amount: int, rate_mpence: int) -> None:
    miles = Fraction(amount) / MILE_M
    assert charge_miles(amount, rate_mpence) == round_half_up(miles * rate_mpence / 1_000)
    hours = Fraction(amount, 3_600)
    assert charge_hours(amount, rate_mpence) == round_half_up(hours * rate_mpence / 1_000)


def test_route_of_a_cab_by_hand() -> None:
    # 500 + 10 000 m x 200 p / 1 609.344 m = 1 242.74 -> 1 243 + half an hour at 12.00 = 600.
    charges = Charges(make_cost_model())
    assert charges.charge_run(CAB, make_run()) == 500 + 1_243 + 600
    # Two assistants at 8.00 are charged besides.
    assert charges.charge_run(CAB, make_run(n_assistants=2)) == 2_343 + 1_600
    assert charges.charge_crew(CAB, make_run(n_assistants=2)) == 1_600


def test_bands_charge_each_mile_at_its_own_rate() -> None:
    # 4 000 m at 3.00 and 6 000 m at 1.00: (1 200 000 + 600 000) / 1 609.344 = 1 118.47 p, as
    # one line: rounded apart the two would be 746 + 373 = 1 119.
    ends, rates = [4_000, FAR_M], [300_000, 100_000]
    model = make_cost_model(
        band_to_m=np.array([[[FAR_M, FAR_M]] * 4, [ends] * 4], dtype=np.int64),
        band_mpence=np.array([[[0, 0]] * 4, [rates] * 4], dtype=np.int64),
    )
    assert Charges(model).charge_run(CAB, make_run()) == 500 + 1_118 + 600
    # 4 000 m lie in the first band alone: 745.65 p.
    assert Charges(model).charge_run(CAB, make_run(loaded_m=4_000)) == 500 + 746 + 600


def test_minimum_lifts_the_drive_but_not_the_assistants() -> None:
    charges = Charges(make_cost_model(minimum_pence=sessions(3_000)))
    assert charges.charge_run(CAB, make_run(n_assistants=1)) == 3_000 + 800
    # A long run is above the minimum: 500 + 3 728 (30 000 m) + 600.
    assert charges.charge_run(CAB, make_run(loaded_m=30_000)) == 4_828


def test_dead_runs_and_waiting_have_their_own_rates() -> None:
    charges = Charges(
        make_cost_model(dead_mpence=sessions(100_000), waiting_mpence=sessions(600_000))
    )
    # 5 000 m at 1.00 a mile are 310.69 p; ten minutes' waiting at 6.00 an hour are 100 p.
    run = make_run(dead_m=5_000, waiting_s=600)
    assert charges.charge_run(CAB, run) == 2_343 + 311 + 100


def test_vat_is_charged_on_drive_and_crew_together() -> None:
    # 20 % of 2 343 + 800 is 628.6 p; 20 % of the crew's 800 alone is 160 p.
    charges = Charges(make_cost_model(vat_bp=both(0, 2_000)))
    assert charges.charge_run(CAB, make_run(n_assistants=1)) == 3_143 + 629
    assert charges.charge_crew(CAB, make_run(n_assistants=1)) == 960


def test_trained_assistants_cost_their_extra() -> None:
    charges = Charges(
        make_cost_model(trained_pence=sessions(450), assistant_hour_mpence=sessions(1_000_000))
    )
    # Two at 8.00, of whom one with 4.50 more, and 2 x half an hour at 10.00.
    run = make_run(n_assistants=2, n_trained_assistants=1)
    assert charges.charge_crew(CAB, run) == 1_600 + 450 + 1_000


def test_day_rate_takes_the_place_of_both_runs() -> None:
    charges = Charges(
        make_cost_model(
            day_pair_pence=both(-1, 6_000),
            day_included_m=both(FAR_M, 15_000),
            day_excess_mpence=both(0, 200_000),
        )
    )
    assert charges.has_day_rate(CAB)
    assert not charges.has_day_rate(OWN)
    # 20 000 m together are 5 000 m beyond: 621.37 p; the morning's assistant is 8.00 more.
    first, second = make_run(n_assistants=1), make_run(session=Session.PM)
    assert charges.charge_pair(CAB, first, second) == 6_000 + 621 + 800
    # Within the distance included nothing is added, and nothing given back.
    short = make_run(loaded_m=1_000)
    assert charges.charge_pair(CAB, short, short) == 6_000


def test_session_without_a_rate_is_never_cheap() -> None:
    priced = np.ones((2, 4), dtype=np.bool_)
    fixed = sessions(500)
    pm = list(Session).index(Session.PM)
    priced[CAB, pm], fixed[CAB, pm] = False, NOT_PRICED_PENCE
    charges = Charges(make_cost_model(is_priced=priced, fixed_pence=fixed))
    assert charges.is_priced(CAB, Session.AM)
    assert not charges.is_priced(CAB, Session.PM)
    assert charges.charge_run(CAB, make_run(session=Session.PM)) > NOT_PRICED_PENCE


def test_own_piece_is_paid_by_the_hour_with_sign_on() -> None:
    charges = Charges(make_cost_model())
    # 2 x 10 minutes' sign-on and 70 minutes out are 1.5 paid hours: driver 27.00; one assistant
    # at 15.00 is 22.50, trained 1.50 more; 16 093 m at 0.40 a mile are 4.00.
    pence = charges.charge_piece(OWN, 4_200, 16_093, n_assistants=1, n_trained=1)
    assert pence == 2_700 + 2_250 + 150 + 400


def test_own_piece_is_paid_for_the_least_time_at_least() -> None:
    charges = Charges(make_cost_model())
    # 20 minutes' sign-on and 40 out are the hour paid at least; shorter costs no less.
    for elapsed_s, pence in ((2_400, 1_800), (60, 1_800), (2_402, 1_801)):
        assert charges.charge_piece(OWN, elapsed_s, 0, n_assistants=0, n_trained=0) == pence


def test_amounts_beyond_64_bits_stay_exact() -> None:
    # 10**9 m x 10**12 mpence overflows 64 bits; 10**9 m are 10**12 / 1 609 344 miles.
    assert charge_miles(10**9, 10**12) == round_half_up(Fraction(10**21, MM_PER_MILE))
