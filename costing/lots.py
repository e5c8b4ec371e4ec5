"""Lots: contract routes let together, of balanced size and small enough for small firms."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from costing.contract_routes import WITHHELD, build_contract_routes
from costing.guide_prices import GuidePrices
from data.errors import ModelError
from data.inputs import Inputs, fingerprint
from data.runs import RunRecord
from data.tenders import ContractRoute, Lot, LotBasis, LotRule, Tender
from data.versions import find_code_version

CURVE_BITS = 12
"""Squares of a kilometre along each side of the curve that orders neighbours."""


def build_tender(
    run: RunRecord,
    inputs: Inputs,
    rule: LotRule,
    guides: GuidePrices,
    *,
    created_utc: datetime,
    is_buying_all: bool = False,
) -> Tender:
    """Build a tender from the optimised routes of a stored run.

    Parameters
    ----------
    guides
        Guide price of each route, from `find_guide_prices`.
    is_buying_all
        Whether routes that the run gives to the own company are let too.

    Raises
    ------
    ModelError
        If the run has no route to let, or the inputs are not those of the run.
    """
    if fingerprint(inputs) != run.inputs_hash:
        raise ModelError(f"run {run.run_id} was made from other inputs")
    contracts = build_contract_routes(
        run.plan, inputs, guides.prices, is_buying_all=is_buying_all
    )
    if not contracts:
        raise ModelError(f"run {run.run_id} buys no route, so there is nothing to tender")
    names = {site.site_id: site.name for site in inputs.sites}
    names |= {t.vehicle_type_id: t.name for t in inputs.vehicle_types}
    lots = build_lots(contracts, rule, names)
    made = fingerprint((run.run_id, rule, is_buying_all, contracts, created_utc))
    return Tender(
        tender_id=f"{run.place}-tender-{created_utc:%Y%m%dT%H%M%SZ}-{made[:8]}",
        place=run.place,
        title=run.title,
        run_id=run.run_id,
        inputs_hash=run.inputs_hash,
        created_utc=created_utc,
        code_version=find_code_version(),
        rule=rule,
        contracts=contracts,
        lots=lots,
        guide_basis=guides.basis,
        is_synthetic=run.is_synthetic,
        flags=run.plan.flags,
    )


def build_lots(
    contracts: Sequence[ContractRoute], rule: LotRule, names: Mapping[str, str] | None = None
) -> tuple[Lot, ...]:
    """Group contract routes into lots.

    Routes of one group (site, area, vehicle type) are put in order of neighbourhood and cut
    into as few lots as keep within ``max_vehicles``, as equal in guide price as can be.

    Parameters
    ----------
    names
        Names of sites and vehicle types for the lots' names.

    Returns
    -------
    Every contract route in one lot, in order of groups.

    Raises
    ------
    ModelError
        If ``n_lots`` is fewer than ``max_vehicles`` allows, or more than there are routes.
    """
    shown = names or {}
    groups = _group(contracts, rule.basis)
    parts: list[tuple[str, int, int, list[ContractRoute]]] = []
    for key in sorted(groups):
        line = sorted(groups[key], key=lambda c: (find_curve_position(c), c.contract_id))
        cuts = _cut(line, rule)
        parts += [(key, i, len(cuts), part) for i, part in enumerate(cuts, start=1)]
    width = max(2, len(str(len(parts))))
    return tuple(
        Lot(
            lot_id=f"L{n:0{width}d}",
            name=_name(shown.get(key, key), i, of, part, shown),
            contract_ids=tuple(sorted(c.contract_id for c in part)),
            n_vehicles=count_vehicles(part),
            guide_pence=sum(c.guide_pence for c in part),
        )
        for n, (key, i, of, part) in enumerate(parts, start=1)
    )


def _name(
    key: str, i: int, of: int, part: list[ContractRoute], names: Mapping[str, str]
) -> str:
    """Name a lot by its group, or by where most of its routes go."""
    if not key:
        sites = Counter(site_id for c in part for site_id in c.site_ids)
        best = min(sites, key=lambda s: (-sites[s], s), default="")
        key = f"about {names.get(best, best)}"
    return key if of == 1 else f"{key}, {i} of {of}"


def _group(
    contracts: Sequence[ContractRoute], basis: LotBasis
) -> dict[str, list[ContractRoute]]:
    """Group contract routes by what their lots have in common."""
    groups: dict[str, list[ContractRoute]] = defaultdict(list)
    n_of_site = Counter(site_id for c in contracts for site_id in c.site_ids)
    placed = [c for c in contracts if c.area not in ("", WITHHELD)]
    for contract in contracts:
        key = ""
        if basis is LotBasis.SITE:
            # A route of two sites goes with the larger one's.
            key = min(contract.site_ids, key=lambda s: (-n_of_site[s], s), default="")
        elif basis is LotBasis.AREA:
            key = _find_area(contract, placed)
        elif basis is LotBasis.VEHICLE:
            key = contract.vehicle_type_id
        elif basis is LotBasis.ROUTE:
            key = contract.contract_id
        groups[key].append(contract)
    return groups


def _find_area(contract: ContractRoute, placed: list[ContractRoute]) -> str:
    """Find the area of a contract route; that of the nearest one where it is withheld."""
    if contract.area not in ("", WITHHELD) or not placed:
        return contract.area
    nearest = min(
        placed,
        key=lambda c: (
            (c.easting_m - contract.easting_m) * (c.easting_m - contract.easting_m)
            + (c.northing_m - contract.northing_m) * (c.northing_m - contract.northing_m),
            c.contract_id,
        ),
    )
    return nearest.area


def find_curve_position(contract: ContractRoute) -> int:
    """Find the position of a contract route on a curve through all squares (Z-order)."""
    east, north = contract.easting_m // 1_000, contract.northing_m // 1_000
    code = 0
    for bit in range(CURVE_BITS):
        code |= ((east >> bit) & 1) << (2 * bit)
        code |= ((north >> bit) & 1) << (2 * bit + 1)
    return code


def count_vehicles(contracts: Iterable[ContractRoute]) -> int:
    """Count the vehicles that some contract routes take at one time."""
    changes = [
        change
        for contract in contracts
        for run in contract.runs
        # A run that ends as another begins frees its vehicle first.
        for change in ((run.start_s, 1), (run.end_s, -1))
    ]
    most = n = 0
    for _, change in sorted(changes):
        n += change
        most = max(most, n)
    return most


def _cut(line: list[ContractRoute], rule: LotRule) -> list[list[ContractRoute]]:
    """Cut a line of neighbours into parts of about equal value that small firms can run."""
    if rule.basis is LotBasis.ROUTE:
        return [[contract] for contract in line]
    n = len(line)
    reach = _find_reach(line, rule.max_vehicles)
    least, at = 0, 0
    while at < n:
        at = reach[at]
        least += 1
    n_parts = least
    if rule.basis is LotBasis.BALANCED and rule.n_lots is not None:
        if not least <= rule.n_lots <= n:
            raise ModelError(
                f"{n} contract routes make {least} to {n} lots of at most "
                f"{rule.max_vehicles} vehicles, not {rule.n_lots}"
            )
        n_parts = rule.n_lots
    ends = _balance([c.guide_pence for c in line], reach, n_parts)
    return [line[a:b] for a, b in zip([0, *ends[:-1]], ends, strict=True)]


def _find_reach(line: list[ContractRoute], max_vehicles: int) -> list[int]:
    """Find, for each start, the furthest end of a part within the vehicles of a small firm."""
    reach: list[int] = []
    end = 0
    for start in range(len(line)):
        end = max(end, start + 1)
        while end < len(line) and count_vehicles(line[start : end + 1]) <= max_vehicles:
            end += 1
        reach.append(end)
    return reach


def _balance(values: list[int], reach: list[int], n_parts: int) -> list[int]:
    """Find the ends of parts whose values differ least from their mean (sum of squares)."""
    n = len(values)
    so_far = [0]
    for value in values:
        so_far.append(so_far[-1] + value)
    # best[i]: (squares of the parts up to i, end of the part before)
    best: dict[int, tuple[int, int]] = {0: (0, 0)}
    steps: list[dict[int, tuple[int, int]]] = [best]
    for _ in range(n_parts):
        following: dict[int, tuple[int, int]] = {}
        for start, (squares, _) in best.items():
            if start == n:
                continue
            for end in range(start + 1, reach[start] + 1):
                # The mean is the whole over the parts, so values are scaled up by the parts.
                off = (so_far[end] - so_far[start]) * n_parts - so_far[n]
                found = (squares + off * off, start)
                following[end] = min(following.get(end, found), found)
        best = following
        steps.append(best)
    ends = [n]
    for step in range(n_parts, 1, -1):
        ends.append(steps[step][ends[-1]][1])
    return ends[::-1]
