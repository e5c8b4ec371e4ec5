"""Ways to buy the same routes, simulated with made-up bidders: a likely spread, no forecast.

Every draw makes one market (who costs what, on which route) and lets it under each way to buy,
so that differences between ways are not differences between draws. All amounts are whole pence,
all chances hundredths of a per cent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costing.bids import Objection
from data.fleet import Supplier
from data.inputs import fingerprint
from data.price_models import (
    MarketBehaviour,
    ModelDraw,
    ModelOutcome,
    PriceModel,
    PriceModelStudy,
)
from data.tenders import ContractRoute, Tender
from data.versions import find_code_version

IntArray = NDArray[np.int64]

NO_BID = 1 << 48
"""Dearer than any route: nobody bids. Small enough to be multiplied by a share."""

CAR_SEATS = 4
"""Seats of the cars that newcomers have."""

SMALL_VEHICLES = 12
"""Firms with at most so many vehicles count as small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Market:
    """One draw: c contract routes, s firms.

    Attributes
    ----------
    cost
        (s, c) a firm's cost of a route a year, `NO_BID` where it cannot run it. [pence]
    known
        (s, c) what it expects before it knows the route. [pence]
    guide, high
        (c,) guide price; the dearest cost anybody may have. [pence a year]
    room
        (s,) routes that it can run.
    """

    cost: IntArray
    known: IntArray
    guide: IntArray
    high: IntArray
    room: IntArray
    is_small: NDArray[np.bool_]
    n_known: int
    sites: tuple[str, ...]
    luck: np.random.Generator


@dataclass(frozen=True, slots=True, kw_only=True)
class _Let:
    """How routes were let: firm or -1, and price of a year, by contract route."""

    firm: IntArray
    price: IntArray
    hand_back_bp: int


def _share(amount: IntArray, share_bp: Any) -> IntArray:
    """Take a share of amounts, rounded down; exact for every amount there is. [pence]"""
    return np.asarray(amount * share_bp // 10_000, np.int64)


def simulate_price_models(
    tender: Tender,
    suppliers: Sequence[Supplier],
    find_objection: Objection,
    *,
    created_utc: datetime,
    margin_bp: int,
    behaviour: MarketBehaviour | None = None,
    n_draws: int = 200,
    seed: int = 1,
) -> PriceModelStudy:
    """Simulate ways to buy a tender's routes with made-up bidders.

    Bidders' costs are drawn about should-cost (the guide price less a fair margin). A bid in a
    sealed competition is the cost plus a part of the way to the dearest possible cost that
    shrinks with the number of bidders, the equilibrium of a first-price auction with evenly
    spread private costs [1]_.

    Parameters
    ----------
    find_objection
        Says why a supplier may not run a contract route, from `build_objections`.
    margin_bp
        Margin that the guide prices hold, as should-cost has it (`MarketCosts`). [0.01 %]

    References
    ----------
    .. [1] Krishna, Auction Theory, 2nd edition, Academic Press 2010, section 2.3.
    """
    used = behaviour or MarketBehaviour()
    able = np.array(
        [[not find_objection(s.supplier_id, c) for c in tender.contracts] for s in suppliers],
        np.bool_,
    ).reshape(len(suppliers), len(tender.contracts))
    outcomes: dict[PriceModel, list[ModelDraw]] = {model: [] for model in PriceModel}
    for draw in range(n_draws):
        market = _draw_market(tender, suppliers, able, used, margin_bp, seed, draw)
        for number, model in enumerate(PriceModel):
            # Luck of its own for every way to buy, the same market for all.
            luck = np.random.default_rng([seed, draw, 1 + number])
            let = _WAYS[model](replace(market, luck=luck), used)
            outcomes[model].append(_settle(draw, market, let, used, luck))
    made = fingerprint((tender.tender_id, used, n_draws, seed, created_utc))
    return PriceModelStudy(
        study_id=f"{tender.place}-models-{created_utc:%Y%m%dT%H%M%SZ}-{made[:8]}",
        tender_id=tender.tender_id,
        created_utc=created_utc,
        code_version=find_code_version(),
        seed=seed,
        behaviour=used,
        guide_year_pence=tender.guide_year_pence,
        outcomes=tuple(
            ModelOutcome(model=model, draws=tuple(draws)) for model, draws in outcomes.items()
        ),
    )


def _draw_market(
    tender: Tender,
    suppliers: Sequence[Supplier],
    able: NDArray[np.bool_],
    used: MarketBehaviour,
    margin_bp: int,
    seed: int,
    draw: int,
) -> _Market:
    """Draw who costs what; newcomers are as able as the least of those there are, and small."""
    luck = np.random.default_rng([seed, draw])
    contracts = tender.contracts
    n_known, n = len(suppliers), len(suppliers) + used.n_entrants
    guide = np.array([c.guide_year_pence for c in contracts], np.int64)
    fair = guide * 10_000 // (10_000 + margin_bp)
    half_low, half_high = used.level_low_bp // 2, used.level_high_bp // 2
    level = luck.integers(half_low, half_high + 1, n) + luck.integers(
        half_low, half_high + 1, n
    )
    route = luck.integers(used.route_low_bp, used.route_high_bp + 1, (n, len(contracts)))
    room = [sum(v.n_vehicles for v in s.vehicles) for s in suppliers]
    room += [max(2, min(room, default=2))] * used.n_entrants
    can = np.vstack(
        [able, np.tile(_find_easy(contracts), (used.n_entrants, 1)).astype(np.bool_)]
    )
    known = _share(fair[None, :], level[:, None])
    cost = _share(known, route)
    return _Market(
        cost=np.where(can, cost, NO_BID),
        known=np.where(can, known, NO_BID),
        guide=guide,
        high=_share(_share(fair, used.level_high_bp), used.route_high_bp),
        room=np.array(room, np.int64),
        is_small=np.array([r <= SMALL_VEHICLES for r in room], np.bool_),
        n_known=n_known,
        sites=tuple(c.site_ids[0] if c.site_ids else "" for c in contracts),
        luck=luck,
    )


def _find_easy(contracts: Sequence[ContractRoute]) -> list[bool]:
    """Find the contract routes that a newcomer with cars can run."""
    return [
        c.n_seats <= 4 and not c.needs_lift and not c.n_trained_assistants for c in contracts
    ]


def _enter(market: _Market, entry_bp: int, n_firms: int) -> NDArray[np.bool_]:
    """Draw who bids for which route."""
    shape = market.cost.shape
    enters = market.luck.integers(0, 10_000, shape) < entry_bp
    enters[n_firms:] = False
    found: NDArray[np.bool_] = enters & (market.cost < NO_BID)
    return found


def _bid(cost: IntArray, high: IntArray, n_bidders: IntArray) -> IntArray:
    """Bid cost plus an n-th of the way to the dearest cost. [pence]"""
    found: IntArray = cost + np.maximum(0, high - cost) // np.maximum(1, n_bidders)
    return found


def _assign(bids: IntArray, room: IntArray, reserve: IntArray) -> tuple[IntArray, IntArray]:
    """Give every route to the cheapest bid that capacities allow; -1 where none is in reach.

    An assignment of routes to places in firms, exact in whole pence.
    """
    from scipy.optimize import linear_sum_assignment

    n_routes = bids.shape[1]
    places = np.repeat(np.arange(len(room)), np.minimum(room, n_routes))
    # The solver adds in binary fractions, which hold whole numbers up to 2**53 exactly.
    far = 100 * int(reserve.max(initial=1))
    table = np.concatenate(
        [bids[places].T, np.where(np.eye(n_routes, dtype=bool), reserve[:, None], far)],
        axis=1,
    )
    table = np.minimum(table, far)
    rows, columns = linear_sum_assignment(table)
    firm = np.full(n_routes, -1, np.int64)
    price = reserve.copy()
    for r, column in zip(rows, columns, strict=True):
        if column < len(places) and table[r, column] < far:
            firm[r], price[r] = places[column], table[r, column]
    return firm, price


def _reserve(market: _Market, used: MarketBehaviour) -> IntArray:
    """Find what a route costs that is let late: the guide price and the shock. [pence]"""
    return _share(np.maximum(market.guide, market.high), 10_000 + used.shock_bp)


def _let_tender(market: _Market, used: MarketBehaviour) -> _Let:
    """Let every route at once, sealed bids, newcomers among the bidders."""
    enters = _enter(market, used.tender_entry_bp, len(market.room))
    bids = np.where(
        enters, _bid(market.cost, market.high[None, :], enters.sum(axis=0)[None, :]), NO_BID
    )
    firm, price = _assign(bids, market.room, _reserve(market, used))
    return _Let(firm=firm, price=price, hand_back_bp=used.hand_back_bp)


def _let_framework(market: _Market, used: MarketBehaviour) -> _Let:
    """Call off from rate cards made before routes are known; who would lose declines."""
    known = market.known[: market.n_known]
    n_bidders = (known < NO_BID).sum(axis=0)[None, :]
    cards = _share(
        _bid(known, market.high[None, :], n_bidders), 10_000 + used.framework_premium_bp
    )
    accepts = (known < NO_BID) & (cards >= market.cost[: market.n_known])
    bids = np.full(market.cost.shape, NO_BID, np.int64)
    bids[: market.n_known] = np.where(accepts, cards, NO_BID)
    firm, price = _assign(bids, market.room, _reserve(market, used))
    return _Let(firm=firm, price=price, hand_back_bp=used.hand_back_bp // 2)


def _let_mini(market: _Market, used: MarketBehaviour) -> _Let:
    """Let routes one after another; each competition has those who turn up with room left."""
    enters = _enter(market, used.mini_entry_bp, market.n_known)
    firm = np.full(len(market.guide), -1, np.int64)
    price = _reserve(market, used)
    room = market.room.copy()
    for r in market.luck.permutation(len(market.guide)):
        there = np.flatnonzero(enters[:, r] & (room > 0))
        if not len(there):
            continue
        n_bidders = np.full(len(there), len(there), np.int64)
        bids = _bid(market.cost[there, r], market.high[r : r + 1], n_bidders)
        best = int(np.argmin(bids))
        if bids[best] < price[r]:
            firm[r], price[r] = there[best], bids[best]
            room[there[best]] -= 1
    return _Let(firm=firm, price=price, hand_back_bp=used.hand_back_bp)


def _let_preferred(market: _Market, used: MarketBehaviour) -> _Let:
    """Give routes to a few suppliers at cost plus a margin agreed; the rest is let late."""
    known = market.cost[: market.n_known]
    counts = (known < NO_BID).sum(axis=1)
    # Those who can run most, the cheaper first among equals.
    totals = np.where(known < NO_BID, known, 0).sum(axis=1)
    order = sorted(
        range(market.n_known),
        key=lambda s: (-int(counts[s]), int(totals[s]) // max(1, int(counts[s])), s),
    )
    chosen = order[: used.n_preferred]
    part_bp = 10_000 + used.preferred_margin_bp - used.volume_discount_bp - used.learning_bp
    bids = np.full(market.cost.shape, NO_BID, np.int64)
    for s in chosen:
        bids[s] = np.where(market.cost[s] < NO_BID, _share(market.cost[s], part_bp), NO_BID)
    room = market.room.copy()
    room[chosen] = room[chosen] * 13 // 10
    firm, price = _assign(bids, room, _reserve(market, used))
    return _Let(firm=firm, price=price, hand_back_bp=used.preferred_hand_back_bp)


def _let_schools(market: _Market, used: MarketBehaviour) -> _Let:
    """Let all routes of a school as one; only who can run all of them bids."""
    firm = np.full(len(market.guide), -1, np.int64)
    price = _reserve(market, used)
    room = market.room.copy()
    schools: dict[str, list[int]] = {}
    for r, site_id in enumerate(market.sites):
        schools.setdefault(site_id, []).append(r)
    largest_first = sorted(schools, key=lambda s: (-len(schools[s]), s))
    enters = market.luck.integers(0, 10_000, (len(room), len(schools))) < used.school_entry_bp
    for k, site_id in enumerate(largest_first):
        routes = np.array(schools[site_id])
        able = (market.cost[:, routes] < NO_BID).all(axis=1) & (room >= len(routes))
        there = np.flatnonzero(able & enters[:, k])
        if not len(there):
            continue
        saving_bp = used.school_saving_bp + used.learning_bp if len(routes) > 1 else 0
        cost = _share(market.cost[there][:, routes], 10_000 - saving_bp)
        n_bidders = np.full((len(there), 1), len(there), np.int64)
        bids = _bid(cost, market.high[routes][None, :], n_bidders)
        best = int(np.argmin(bids.sum(axis=1)))
        if bids[best].sum() < price[routes].sum():
            firm[routes], price[routes] = there[best], bids[best]
            room[there[best]] -= len(routes)
    return _Let(firm=firm, price=price, hand_back_bp=used.hand_back_bp)


_WAYS: dict[PriceModel, Callable[[_Market, MarketBehaviour], _Let]] = {
    PriceModel.ROUTE_TENDER: _let_tender,
    PriceModel.FRAMEWORK: _let_framework,
    PriceModel.MINI_COMPETITION: _let_mini,
    PriceModel.PREFERRED: _let_preferred,
    PriceModel.BY_SCHOOL: _let_schools,
}


def _settle(
    draw: int, market: _Market, let: _Let, used: MarketBehaviour, luck: np.random.Generator
) -> ModelDraw:
    """Add what is handed back half-way through the year, at the price it then takes."""
    is_let = let.firm >= 0
    goes = is_let & (luck.integers(0, 10_000, len(let.firm)) < let.hand_back_bp)
    extra = _share(let.price, used.shock_bp) // 2
    winners = let.firm[is_let]
    n_small = int(market.is_small[winners].sum())
    return ModelDraw(
        draw=draw,
        paid_pence=int(let.price.sum()) + int(extra[goes].sum()),
        n_late=int((~is_let).sum()),
        n_handed_back=int(goes.sum()),
        n_suppliers=len(set(winners.tolist())),
        small_bp=n_small * 10_000 // max(1, len(let.firm)),
    )
