"""Prices of bought routes, whatever the route and rates: sums agree, more is never cheaper."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from costing.rate_cards import SessionTerms
from costing.supplier_prices import (
    RouteUse,
    compute_crew_pence,
    compute_run_pence,
    price_crew,
    price_run,
)
from data.costs import FAR_M
from data.places import Session

rates_mpence = st.integers(0, 5_000_000)
terms = st.builds(
    SessionTerms,
    is_priced=st.just(True),
    bands=st.tuples(
        st.integers(1, 9_000), st.integers(1, 9_000), rates_mpence, rates_mpence
    ).map(lambda v: ((v[0], v[2]), (v[0] + v[1], v[3]), (FAR_M, v[2] // 2))),
    fixed_pence=st.integers(0, 20_000),
    dead_mpence=rates_mpence,
    hour_mpence=rates_mpence,
    waiting_mpence=rates_mpence,
    minimum_pence=st.integers(0, 20_000),
    assistant_pence=st.integers(0, 5_000),
    assistant_hour_mpence=rates_mpence,
    trained_pence=st.integers(0, 5_000),
)
uses = st.builds(
    RouteUse,
    session=st.sampled_from(Session),
    loaded_m=st.integers(0, 60_000),
    dead_m=st.integers(0, 60_000),
    route_s=st.integers(0, 9_000),
    waiting_s=st.integers(0, 3_000),
    n_assistants=st.integers(0, 4),
    n_trained_assistants=st.just(0),
).flatmap(
    lambda use: st.integers(0, use.n_assistants).map(
        lambda n: replace(use, n_trained_assistants=n)
    )
)


def total_pence(use: RouteUse, of: SessionTerms) -> int:
    return sum(c.amount_pence for c in (*price_run(use, of), *price_crew(use, of)))


@settings(deadline=None)
@given(uses, terms)
def test_lines_add_up_to_the_price_worked_out_without_them(
    use: RouteUse, of: SessionTerms
) -> None:
    assert sum(c.amount_pence for c in price_run(use, of)) == compute_run_pence(use, of)
    assert sum(c.amount_pence for c in price_crew(use, of)) == compute_crew_pence(use, of)


@settings(deadline=None)
@given(uses, terms, st.integers(1, 10_000))
def test_raising_a_rate_never_lowers_a_price(use: RouteUse, of: SessionTerms, by: int) -> None:
    before = total_pence(use, of)
    for name in (
        "fixed_pence",
        "dead_mpence",
        "hour_mpence",
        "waiting_mpence",
        "minimum_pence",
        "assistant_pence",
        "assistant_hour_mpence",
        "trained_pence",
    ):
        assert total_pence(use, replace(of, **{name: getattr(of, name) + by})) >= before
    for i in range(3):
        bands = tuple((to_m, r + by * (i == j)) for j, (to_m, r) in enumerate(of.bands))
        assert total_pence(use, replace(of, bands=bands)) >= before


@settings(deadline=None)
@given(uses, terms, st.integers(1, 5_000))
def test_more_of_a_thing_never_lowers_a_price(use: RouteUse, of: SessionTerms, by: int) -> None:
    before = total_pence(use, of)
    for name in ("loaded_m", "dead_m", "route_s", "waiting_s", "n_assistants"):
        assert total_pence(replace(use, **{name: getattr(use, name) + by}), of) >= before
