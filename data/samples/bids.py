"""Made-up bids for a tender: to try out awards, to measure them, never evidence of a price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from data.fleet import VehicleType
from data.inputs import Inputs
from data.tenders import (
    Bid,
    BidBook,
    BidCapacity,
    Bidder,
    BidDiscount,
    BidKind,
    ContractRoute,
    Tender,
)
from data.units import divide_half_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """Who makes up bids.

    Attributes
    ----------
    vehicle_types
        What it can put out.
    max_contracts
        Most contract routes it can run.
    n_assistants, n_trained_assistants
        Assistants it can put out on a route.
    """

    supplier_id: str
    name: str
    vehicle_types: tuple[VehicleType, ...]
    max_contracts: int
    n_assistants: int = 1_000
    n_trained_assistants: int = 1_000

    @property
    def is_small(self) -> bool:
        """Counts as small with at most a dozen vehicles."""
        return self.max_contracts <= 12


def build_firms(inputs: Inputs) -> tuple[Firm, ...]:
    """Build the firms that are the suppliers of the inputs."""
    types = {t.vehicle_type_id: t for t in inputs.vehicle_types}
    return tuple(
        Firm(
            supplier_id=s.supplier_id,
            name=s.name,
            vehicle_types=tuple(types[v.vehicle_type_id] for v in s.vehicles),
            max_contracts=sum(v.n_vehicles for v in s.vehicles),
            n_assistants=s.n_assistants,
            n_trained_assistants=s.n_trained_assistants,
        )
        for s in inputs.suppliers
    )


def can_carry(firm: Firm, contract: ContractRoute) -> bool:
    """Say whether a firm has vehicle and assistants for a contract route and is not barred."""
    if (
        firm.supplier_id in contract.barred_ids
        or firm.n_assistants < contract.n_assistants
        or firm.n_trained_assistants < contract.n_trained_assistants
    ):
        return False
    return any(
        (t.has_lift or not contract.needs_lift)
        and any(
            layout.n_seats >= contract.n_seats
            and layout.n_wheelchair_spaces >= contract.n_wheelchair_spaces
            for layout in t.layouts
        )
        for t in firm.vehicle_types
    )


def build_sample_bids(
    tender: Tender,
    firms: Sequence[Firm],
    *,
    created_utc: datetime,
    seed: int = 1,
    per_firm: int = 40,
) -> BidBook:
    """Build bids of made-up firms around the guide prices.

    A firm is dearer or cheaper than the guide by up to 15 %, each route by up to 10 %, less
    near its own patch; it bids for routes there, for lots that it can run whole, and for
    packages of neighbours at a rebate of 3 to 9 %.

    Parameters
    ----------
    per_firm
        Most bids of one firm.
    """
    bids: list[Bid] = []
    bidders: list[Bidder] = []
    discounts: list[BidDiscount] = []
    capacities: list[BidCapacity] = []
    for number, firm in enumerate(firms):
        draw = np.random.default_rng([seed, number])
        able = [c for c in tender.contracts if can_carry(firm, c)]
        if not able:
            continue
        bidders.append(
            Bidder(
                supplier_id=firm.supplier_id,
                name=firm.name,
                quality_bp=int(draw.integers(55, 98)) * 100,
                min_contracts=2 if draw.integers(5) == 0 else 0,
                is_small=firm.is_small,
            )
        )
        limit = max(2, firm.max_contracts)
        capacities.append(
            BidCapacity(supplier_id=firm.supplier_id, vehicle_type_id=None, max_contracts=limit)
        )
        if draw.integers(5) < 2:
            first = max(3, limit // 4)
            for from_contracts, discount_bp in ((first, 150), (2 * first, 300)):
                discounts.append(
                    BidDiscount(
                        supplier_id=firm.supplier_id,
                        from_contracts=from_contracts,
                        discount_bp=discount_bp,
                    )
                )
        bids += _build_bids(firm, able, tender, draw, per_firm)
    return BidBook(
        book_id=f"{tender.tender_id}-sample-{seed}",
        tender_id=tender.tender_id,
        created_utc=created_utc,
        code_version=tender.code_version,
        bidders=tuple(bidders),
        bids=tuple(bids),
        discounts=tuple(discounts),
        capacities=tuple(capacities),
    )


def _build_bids(
    firm: Firm,
    able: list[ContractRoute],
    tender: Tender,
    draw: np.random.Generator,
    per_firm: int,
) -> list[Bid]:
    """Build one firm's bids: routes near its patch, lots, packages of neighbours."""
    patch = able[int(draw.integers(len(able)))]
    level_bp = int(draw.integers(8_500, 11_500))
    near = sorted(able, key=lambda c: (_find_distance(c, patch), c.contract_id))
    n_routes = min(len(near), max(1, per_firm * 13 // 20))
    prices = {
        c.contract_id: divide_half_up(
            c.guide_pence * level_bp * int(draw.integers(9_000 + 4 * i, 11_000 + 4 * i)),
            100_000_000,
        )
        for i, c in enumerate(near)
    }
    bids: list[Bid] = []

    def add(kind: BidKind, contract_ids: Sequence[str], rebate_bp: int) -> None:
        total = sum(prices[i] for i in contract_ids)
        bids.append(
            Bid(
                bid_id=f"{firm.supplier_id}-{len(bids) + 1:03d}",
                supplier_id=firm.supplier_id,
                kind=kind,
                contract_ids=tuple(sorted(contract_ids)),
                price_pence=divide_half_up(total * (10_000 - rebate_bp), 10_000),
            )
        )

    for contract in near[:n_routes]:
        add(BidKind.ROUTE, (contract.contract_id,), 0)
    known = set(prices)
    lots = [
        lot
        for lot in tender.lots
        if len(lot.contract_ids) > 1
        and set(lot.contract_ids) <= known
        and len(lot.contract_ids) <= firm.max_contracts
    ]
    n_lots = min(len(lots), max(1, per_firm * 3 // 20))
    lots.sort(key=lambda lot: (_find_rank(near, lot.contract_ids), lot.lot_id))
    for lot in lots[:n_lots]:
        add(BidKind.LOT, lot.contract_ids, int(draw.integers(300, 900)))
    seen: set[tuple[str, ...]] = set()
    while len(near) > 1 and len(bids) < per_firm and len(seen) < 4 * per_firm:
        size = int(draw.integers(2, min(8, len(near), max(2, firm.max_contracts)) + 1))
        at = int(draw.integers(max(1, min(len(near), n_routes) - size + 1)))
        chosen = tuple(sorted(c.contract_id for c in near[at : at + size]))
        if chosen in seen:
            seen.add((*chosen, str(len(seen))))
            continue
        seen.add(chosen)
        add(BidKind.PACKAGE, chosen, int(draw.integers(300, 900)))
    return bids


def _find_distance(a: ContractRoute, b: ContractRoute) -> int:
    """Find the distance of two contract routes, along streets at right angles. [m]"""
    return abs(a.easting_m - b.easting_m) + abs(a.northing_m - b.northing_m)


def _find_rank(near: list[ContractRoute], contract_ids: Sequence[str]) -> int:
    """Find how near a lot lies to a firm's patch."""
    wanted = set(contract_ids)
    return sum(i for i, c in enumerate(near) if c.contract_id in wanted) // len(wanted)
