"""Contract routes and lots: complete, small enough, balanced, without personal data."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costing import build_lots, build_tender
from costing.contract_routes import build_contract_routes
from costing.guide_prices import GuidePrices
from costing.lots import count_vehicles
from data.errors import ModelError
from data.inputs import write_document
from data.tenders import ContractRoute, LotBasis, LotRule
from tests.data.hand_made_tender import STAMP, make_contract
from tests.reports.hand_made import (
    NAME_CANARY,
    NEED_CANARY,
    PROTECTED_POSTCODE,
    build_inputs,
    build_run,
)

GUIDES = GuidePrices(
    prices={route.route_id: 5_000 for route in build_run().plan.routes}, basis="made up"
)


def move(contract: ContractRoute, start_s: int, **others: object) -> ContractRoute:
    runs = tuple(
        replace(run, start_s=begin, end_s=begin + 1_800)
        for run, begin in zip(contract.runs, (start_s, start_s + 27_000), strict=True)
    )
    return replace(contract, runs=runs, **others)


def test_vehicles_are_those_out_at_one_time() -> None:
    # 08:00-08:30 twice, 08:30-09:00 once: the third takes over a vehicle that is back.
    at = [move(make_contract(n), s) for n, s in ((1, 28_800), (2, 28_800), (3, 30_600))]
    assert count_vehicles(at) == 2
    assert count_vehicles([*at, move(make_contract(4), 29_400)]) == 3
    assert count_vehicles([]) == 0


def test_lots_of_a_site_are_cut_to_the_vehicles_of_small_firms() -> None:
    # Five routes of one site at once, two vehicles a lot: three lots, none of more than two.
    held = tuple(move(make_contract(n), 28_800, site_ids=("site-1",)) for n in range(1, 6))
    lots = build_lots(held, LotRule(max_vehicles=2), {"site-1": "Elm School"})
    assert sorted(lot.n_vehicles for lot in lots) == [1, 2, 2]
    assert [lot.name for lot in lots] == [f"Elm School, {i} of 3" for i in (1, 2, 3)]


@st.composite
def tenders(draw: st.DrawFn) -> tuple[ContractRoute, ...]:
    n = draw(st.integers(1, 9))
    return tuple(
        move(
            make_contract(
                i,
                guide_pence=draw(st.integers(1_000, 30_000)),
                site_ids=draw(st.sampled_from((("a",), ("b",), ("a", "b")))),
                area=draw(st.sampled_from(("SS1", "SS2", "withheld", ""))),
                vehicle_type_id=draw(st.sampled_from(("car", "bus"))),
                easting_m=580_000 + 1_000 * draw(st.integers(0, 9)),
                northing_m=180_000 + 1_000 * draw(st.integers(0, 9)),
            ),
            28_800 + 600 * draw(st.integers(0, 5)),
        )
        for i in range(1, n + 1)
    )


@settings(max_examples=80, deadline=None)
@given(contracts=tenders(), basis=st.sampled_from(LotBasis), most=st.integers(1, 4))
def test_lots_hold_everything_once_and_stay_small(
    contracts: tuple[ContractRoute, ...], basis: LotBasis, most: int
) -> None:
    lots = build_lots(contracts, LotRule(basis=basis, max_vehicles=most))
    held = sorted(i for lot in lots for i in lot.contract_ids)
    assert held == [c.contract_id for c in contracts]
    assert sum(lot.guide_pence for lot in lots) == sum(c.guide_pence for c in contracts)
    assert all(1 <= lot.n_vehicles <= most for lot in lots)
    assert len({lot.lot_id for lot in lots}) == len(lots)
    by_id = {c.contract_id: c for c in contracts}
    for lot in lots:
        if basis is LotBasis.VEHICLE:
            assert len({by_id[i].vehicle_type_id for i in lot.contract_ids}) == 1
        if basis is LotBasis.ROUTE:
            assert len(lot.contract_ids) == 1
    # The order of the rows does not matter.
    again = build_lots(contracts[::-1], LotRule(basis=basis, max_vehicles=most))
    assert again == lots


@settings(max_examples=60, deadline=None)
@given(contracts=tenders(), most=st.integers(1, 4), data=st.data())
def test_balanced_lots_differ_as_little_as_any_cut_of_the_line(
    contracts: tuple[ContractRoute, ...], most: int, data: st.DataObject
) -> None:
    least = len(build_lots(contracts, LotRule(basis=LotBasis.BALANCED, max_vehicles=most)))
    n_lots = data.draw(st.integers(least, len(contracts)))
    rule = LotRule(basis=LotBasis.BALANCED, max_vehicles=most, n_lots=n_lots)
    lots = build_lots(contracts, rule)
    assert len(lots) == n_lots
    by_id = {c.contract_id: c for c in contracts}
    singles = build_lots(contracts, replace(rule, n_lots=len(contracts)))
    line = [by_id[i] for lot in singles for i in lot.contract_ids]

    def measure(parts: list[list[ContractRoute]]) -> int:
        return sum(sum(c.guide_pence for c in part) ** 2 for part in parts)

    def cut(cuts: tuple[int, ...]) -> list[list[ContractRoute]]:
        ends = (0, *cuts, len(line))
        return [line[x:y] for x, y in pairwise(ends)]

    ways = [cut(cuts) for cuts in combinations(range(1, len(line)), n_lots - 1)]
    best = min(
        measure(way) for way in ways if all(count_vehicles(part) <= most for part in way)
    )
    assert sum(lot.guide_pence**2 for lot in lots) == best


def test_too_few_lots_are_refused() -> None:
    held = tuple(move(make_contract(n), 28_800) for n in range(1, 6))
    rule = LotRule(basis=LotBasis.BALANCED, max_vehicles=2, n_lots=2)
    with pytest.raises(ModelError, match="3 to 5 lots of at most 2"):
        build_lots(held, rule)


def test_contract_routes_join_the_way_out_with_the_way_home() -> None:
    inputs, run = build_inputs(), build_run()
    guides = GUIDES.prices
    contracts = build_contract_routes(run.plan, inputs, guides, is_buying_all=True)
    routes = {route.route_id: route for route in run.plan.routes}
    held = [run.route_id for c in contracts for run in c.runs]
    assert sorted(held) == sorted(routes)
    assert sum(c.guide_pence for c in contracts) == sum(guides[i] for i in routes)
    assert [c.contract_id for c in contracts] == [
        f"C{n:03d}" for n in range(1, len(contracts) + 1)
    ]
    for contract in contracts:
        assert contract.n_days > 0
        first = routes[contract.runs[0].route_id]
        for other in contract.runs[1:]:
            assert set(routes[other.route_id].passenger_ids) & set(first.passenger_ids)
    # Only what is bought is let unless all is.
    bought = build_contract_routes(run.plan, inputs, guides)
    own = {r.route_id for d in run.plan.duties if d.rate_card_id is None for r in d.routes}
    assert {r.route_id for c in bought for r in c.runs} == set(routes) - own


def test_a_tender_holds_no_personal_data() -> None:
    inputs = build_inputs()
    run = build_run(inputs)
    tender = build_tender(run, inputs, LotRule(), GUIDES, created_utc=STAMP, is_buying_all=True)
    text = write_document(tender).decode()
    for canary in (NAME_CANARY, NEED_CANARY, PROTECTED_POSTCODE):
        assert canary not in text
    people = {p.passenger_id for p in inputs.passengers} | {h.home_id for h in inputs.homes}
    words = set(text.replace('"', " ").replace(",", " ").split())
    assert not people & words
    names = {f.name for f in fields(ContractRoute)}
    assert not names & {"passenger_ids", "home_id", "place_id", "stops"}
    assert all(c.easting_m % 1_000 == c.northing_m % 1_000 == 0 for c in tender.contracts)


def test_a_tender_is_made_from_its_own_inputs() -> None:
    inputs = build_inputs()
    run = build_run(inputs)
    with pytest.raises(ModelError, match="other inputs"):
        build_tender(run, replace(inputs, title="other"), LotRule(), GUIDES, created_utc=STAMP)
    some = GuidePrices(prices=dict(list(GUIDES.prices.items())[1:]), basis="some")
    with pytest.raises(ModelError, match="without a guide price"):
        build_tender(run, inputs, LotRule(), some, created_utc=STAMP, is_buying_all=True)
