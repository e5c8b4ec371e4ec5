"""Awards of made-up tenders: ``python -m benchmarks tender --contracts 500 --firms 40``.

Each case is proven best or its gap is shown. Bids are made before the clock starts.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np

from costing import award_tender, build_lots
from data.places import Session
from data.samples.bids import Firm, build_sample_bids
from data.samples.company import build_vehicle_types
from data.tenders import (
    AwardRules,
    BidBook,
    ContractRoute,
    ContractRun,
    LotRule,
    Tender,
)

MIX = (0.4, 0.15, 0.1, 0.1, 0.1, 0.06, 0.06, 0.02, 0.01)
"""How often each vehicle type is needed, in the order of the sample company's types."""

ON = datetime(2026, 9, 1, tzinfo=UTC)
RULES = AwardRules(
    quality_weight_bp=2_000,
    max_share_bp=1_500,
    max_value_share_bp=2_000,
    min_small_share_bp=500,
    transition_pence=20_000,
    transition_passenger_pence=2_500,
)
"""All rules in force at once: the hard case."""


def build_case(
    n_contracts: int, n_firms: int, n_bids: int, seed: int
) -> tuple[Tender, BidBook]:
    """Build a tender with bids: neighbours about some sites, firms of 3 to 60 vehicles."""
    draw = np.random.default_rng(seed)
    types = build_vehicle_types()
    firm_ids = [f"S{n:02d}" for n in range(1, n_firms + 1)]
    contracts = []
    for n in range(1, n_contracts + 1):
        site = int(draw.integers(max(1, n_contracts // 15)))
        kind = types[int(draw.choice(len(types), p=MIX))]
        start_s = 25_200 + 60 * int(draw.integers(60))
        runs = tuple(
            ContractRun(
                route_id=f"r{n}-{session}",
                session=session,
                start_s=begin,
                end_s=begin + 2_400,
                loaded_m=int(draw.integers(2_000, 20_000)),
                n_stops=4,
            )
            for session, begin in ((Session.AM, start_s), (Session.PM, start_s + 25_000))
        )
        contracts.append(
            ContractRoute(
                contract_id=f"C{n:03d}",
                runs=runs,
                site_ids=(f"site-{site}",),
                area="",
                easting_m=580_000 + 1_000 * ((site * 7) % 20 + int(draw.integers(6))),
                northing_m=180_000 + 1_000 * ((site * 11) % 20 + int(draw.integers(6))),
                vehicle_type_id=kind.vehicle_type_id,
                n_seats=kind.layouts[-1].n_seats,
                n_wheelchair_spaces=kind.layouts[-1].n_wheelchair_spaces,
                needs_lift=kind.has_lift,
                n_assistants=1,
                n_trained_assistants=0,
                n_passengers=int(draw.integers(1, kind.layouts[0].n_seats + 1)),
                n_days=190,
                guide_pence=int(draw.integers(5_000, 12_000)) + 900 * kind.n_passenger_seats,
                incumbent_id=firm_ids[int(draw.integers(n_firms))],
            )
        )
    rule = LotRule()
    tender = Tender(
        tender_id=f"made-up-{n_contracts}-{seed}",
        place="madeup",
        title="Made-up tender",
        run_id="none",
        inputs_hash="",
        created_utc=ON,
        code_version="benchmark",
        rule=rule,
        contracts=tuple(contracts),
        lots=build_lots(contracts, rule),
        guide_basis="made up",
        is_synthetic=True,
    )
    firms = [
        Firm(
            supplier_id=firm_id,
            name=f"Made-up firm {firm_id}",
            vehicle_types=types if draw.integers(3) == 0 else types[:5],
            # One firm in three is small, or nothing could be kept for small firms.
            max_contracts=int(draw.integers(3, 60 if n % 3 else 13)),
        )
        for n, firm_id in enumerate(firm_ids)
    ]
    per_firm = -(-n_bids // n_firms)
    return tender, build_sample_bids(
        tender, firms, created_utc=ON, seed=seed, per_firm=per_firm
    )


def measure_award(tender: Tender, book: BidBook, seconds: int) -> dict[str, object]:
    """Award once; figures of the answer and the CPU it took."""
    wall_from, cpu_from = time.monotonic(), time.process_time()
    award = award_tender(tender, book, RULES, created_utc=ON, seconds=seconds, review_seconds=0)
    return {
        "tender": tender.tender_id,
        "contracts": len(tender.contracts),
        "firms": len(book.bidders),
        "bids": len(book.bids),
        "evaluated_pence": award.evaluated_pence,
        "bound_pence": award.bound_pence,
        "is_proven": award.is_proven,
        "unplaced": award.n_unplaced,
        "cpu_s": round(time.process_time() - cpu_from, 2),
        "wall_s": round(time.monotonic() - wall_from, 2),
    }


def main(arguments: Sequence[str], show: Callable[[str], None] = print) -> int:
    """Award made-up tenders of the size asked for; 1 if one is not proven best."""
    parser = argparse.ArgumentParser(prog="benchmarks tender", description=__doc__)
    parser.add_argument("--contracts", type=int, default=500)
    parser.add_argument("--firms", type=int, default=40)
    parser.add_argument("--bids", type=int, default=2_000)
    parser.add_argument("--seeds", type=int, default=3, help="how many tenders")
    parser.add_argument("--seconds", type=int, default=60, help="longest time of one award")
    given = parser.parse_args(arguments)
    is_bad = False
    for seed in range(1, given.seeds + 1):
        tender, book = build_case(given.contracts, given.firms, given.bids, seed)
        row = measure_award(tender, book, given.seconds)
        is_bad = is_bad or not row["is_proven"]
        show(json.dumps(row))
    return int(is_bad)
