"""Every own piece of work that some fixed routes allow, priced exactly (F2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from costing.charges import PriceBook
from costing.own_fleet import Piece, find_type_rates
from costing.own_prices import price_piece
from costing.reach import Reach
from costing.suitability import RouteNeed, is_fitting
from data.choices import OwnPiece
from data.fleet import OWN_PROVIDER_ID, VehicleType
from data.plans import Route

MOST_ROUTES = 3
"""Routes in one piece of work at most; longer ones hardly fit between two bells."""

MOST_WAIT_S = 1_800
"""Longest gap between two routes of a piece, the drive in it; longer ones are paid for nothing.
[s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """A vehicle type at a depot, with the run to and from each route, each ([s], [m])."""

    vehicle_type: VehicleType
    depot_id: str
    ends: tuple[tuple[tuple[int, int], tuple[int, int]] | None, ...]


def build_own_pieces(
    routes: Sequence[Route],
    needs: Sequence[RouteNeed],
    reach: Reach,
    book: PriceBook,
    planned: Sequence[tuple[int, ...]] = (),
) -> tuple[OwnPiece, ...]:
    """Build every piece of work of up to `MOST_ROUTES` routes, for each type at each depot.

    Two routes follow each other in a piece where the vehicle is there in time and the gap is no
    longer than `MOST_WAIT_S`, and an electric vehicle's battery lasts for the piece. Pieces of
    the plan itself, however long, are there as well, so that the plan is one of the choices.

    Parameters
    ----------
    planned
        Positions of the routes of each own piece of work of the plan.
    """
    opening = {d.depot_id: (d.opens_s, d.closes_s) for d in book.inputs.depots}
    priced = {t.vehicle_type_id for t in book.inputs.own_costs.types}
    order = sorted(range(len(routes)), key=lambda r: (routes[r].start_s, routes[r].route_id))
    follow = _find_following(routes, order, reach, book)
    found: list[OwnPiece] = []
    for type_id, depot_id, place_id in reach.own_bases:
        if type_id not in priced:
            continue
        ends = tuple(reach.find_ends(place_id, route) for route in routes)
        base = _Base(vehicle_type=book.types[type_id], depot_id=depot_id, ends=ends)
        able = {
            r
            for r in order
            if OWN_PROVIDER_ID not in needs[r].barred
            and ends[r] is not None
            and is_fitting(base.vehicle_type, needs[r])
        }
        for first in order:
            if first in able:
                _extend((first,), able, routes, needs, follow, base, book, opening, found)
        found += [
            _price(held, routes, needs, base, book, between_m)
            for held in planned
            if set(held) <= able
            and (between_m := _find_between_m(held, routes, reach)) is not None
        ]
    return tuple({(p.route_ids, p.vehicle_type_id, p.depot_id): p for p in found}.values())


def _find_between_m(held: tuple[int, ...], routes: Sequence[Route], reach: Reach) -> int | None:
    """Find what is driven between the routes of a piece. [m]"""
    runs = [reach.find_between(routes[a], routes[b]) for a, b in pairwise(held)]
    if any(run is None for run in runs):
        return None
    return sum(run[1] for run in runs if run is not None)


def _find_following(
    routes: Sequence[Route], order: Sequence[int], reach: Reach, book: PriceBook
) -> dict[int, list[tuple[int, int]]]:
    """Find which routes may follow each: (route, metres driven between)."""
    gap_s = min(MOST_WAIT_S, book.inputs.own_costs.split_gap_s - 1)
    found: dict[int, list[tuple[int, int]]] = {r: [] for r in order}
    for a in order:
        for b in order:
            wait_s = routes[b].start_s - routes[a].end_s
            if not 0 <= wait_s <= gap_s:
                continue
            run = reach.find_between(routes[a], routes[b])
            if run is not None and run[0] <= wait_s:
                found[a].append((b, run[1]))
    return found


def _extend(
    held: tuple[int, ...],
    able: set[int],
    routes: Sequence[Route],
    needs: Sequence[RouteNeed],
    follow: dict[int, list[tuple[int, int]]],
    base: _Base,
    book: PriceBook,
    opening: dict[str, tuple[int, int]],
    found: list[OwnPiece],
    between_m: int = 0,
) -> None:
    """Add the piece of these routes, and all that go on from it."""
    piece = _price(held, routes, needs, base, book, between_m)
    electric = base.vehicle_type.electric
    if electric is not None and piece.total_m > electric.range_m:
        return
    opens_s, closes_s = opening[base.depot_id]
    if opens_s <= piece.from_s and piece.to_s <= closes_s:
        found.append(piece)
    if len(held) == MOST_ROUTES:
        return
    for following, metres in follow[held[-1]]:
        if following in able:
            _extend(
                (*held, following),
                able,
                routes,
                needs,
                follow,
                base,
                book,
                opening,
                found,
                between_m + metres,
            )


def _price(
    held: tuple[int, ...],
    routes: Sequence[Route],
    needs: Sequence[RouteNeed],
    base: _Base,
    book: PriceBook,
    between_m: int,
) -> OwnPiece:
    """Price a piece of work."""
    first, last = base.ends[held[0]], base.ends[held[-1]]
    assert first is not None  # noqa: S101  only routes with runs are able
    assert last is not None  # noqa: S101
    (out_s, out_m), (back_s, back_m) = first[0], last[1]
    type_id = base.vehicle_type.vehicle_type_id
    piece = Piece(
        first_route=0,
        n_routes=len(held),
        from_s=routes[held[0]].start_s - out_s,
        to_s=routes[held[-1]].end_s + back_s,
        total_m=out_m + back_m + between_m + sum(routes[r].loaded_m for r in held),
        n_assistants=max(needs[r].n_assistants for r in held),
        n_trained_assistants=max(needs[r].n_trained_assistants for r in held),
    )
    of_type = find_type_rates(book.own_rates, type_id)
    charges = price_piece(piece, book.inputs.own_costs, book.own_rates, of_type.running_mpence)
    return OwnPiece(
        route_ids=tuple(routes[r].route_id for r in held),
        vehicle_type_id=type_id,
        depot_id=base.depot_id,
        from_s=piece.from_s,
        to_s=piece.to_s,
        total_m=piece.total_m,
        n_assistants=piece.n_assistants,
        n_trained_assistants=piece.n_trained_assistants,
        avoidable_pence=sum(c.amount_pence for c in charges),
    )
