"""Turn bans on the junction graph: only a junction that has one is split.

For each road by which a ban can be approached, the junction gets a copy that is entered by that
road only and left by every road but the banned ones. Turning round on the copy is banned as
well, where there is another way out; at junctions without a ban, and at stops, a vehicle may
turn round.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from data.sources.osm import TurnRestriction
from routing.road_graph import RoadGraph


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnCount:
    """What became of the turn restrictions of a source."""

    n_applied: int
    n_outside: int
    n_unclear: int


def apply_restrictions(
    roads: RoadGraph, restrictions: Sequence[TurnRestriction], node_key: dict[int, Hashable]
) -> TurnCount:
    """Apply turn restrictions; those through a way come after those at a node.

    Parameters
    ----------
    node_key
        Junction of each node identifier of the source.

    Returns
    -------
    How many were applied, lie on roads that are not driven, or name ways that do not meet in a
    clear way.
    """
    n_applied = n_outside = n_unclear = 0
    for restriction in sorted(restrictions, key=lambda r: (len(r.via_ways), r.relation_id)):
        if not restriction.kind.startswith(("no_", "only_")):
            n_unclear += 1
        elif not _is_driven(roads, restriction):
            n_outside += 1
        elif _apply(roads, restriction, node_key):
            n_applied += 1
        else:
            n_unclear += 1
    return TurnCount(n_applied=n_applied, n_outside=n_outside, n_unclear=n_unclear)


def _is_driven(roads: RoadGraph, restriction: TurnRestriction) -> bool:
    """Say whether all ways of a restriction are still in the graph."""
    ways = (*restriction.from_ways, *restriction.via_ways, *restriction.to_ways)
    return bool(ways) and all(way in roads.segments_by_way for way in ways)


def _apply(
    roads: RoadGraph, restriction: TurnRestriction, node_key: dict[int, Hashable]
) -> bool:
    """Apply one restriction; False where its ways do not meet in a clear way."""
    if len(restriction.from_ways) != 1 or len(restriction.to_ways) != 1:
        return False
    from_way, to_way = restriction.from_ways[0], restriction.to_ways[0]
    is_only = restriction.kind.startswith("only_")
    if restriction.via_nodes and not restriction.via_ways:
        node = node_key.get(restriction.via_nodes[0])
        if node is None or node not in roads.graph:
            return False
        entering = _meeting(roads, from_way, node, entering=True)
        leaving = _meeting(roads, to_way, node, entering=False)
        if len(entering) != 1 or len(leaving) != 1:
            return False
        copy = _find_copy(roads, node, entering[0])
        _ban(roads, copy, entering[0], leaving[0], is_only=is_only)
        return True
    if len(restriction.via_ways) == 1:
        return _apply_through_way(
            roads, from_way, restriction.via_ways[0], to_way, is_only=is_only
        )
    return False


def _apply_through_way(
    roads: RoadGraph, from_way: int, via_way: int, to_way: int, *, is_only: bool
) -> bool:
    """Ban a turn off a short way between two roads, for those who came by the first."""
    through = roads.segments_by_way[via_way]
    if len(through) != 1:
        return False
    edges = [
        (u, v)
        for u, v, data in roads.graph.edges(data=True)
        if data["segment"] == through[0]
        and not isinstance(u, _Copy)
        and _meeting(roads, from_way, u, entering=True)
        and _meeting(roads, to_way, v.node if isinstance(v, _Copy) else v, entering=False)
    ]
    if len(edges) != 1:
        return False
    start, end = edges[0]
    base = end.node if isinstance(end, _Copy) else end
    entering = _meeting(roads, from_way, start, entering=True)
    leaving = _meeting(roads, to_way, base, entering=False)
    if len(entering) != 1 or len(leaving) != 1:
        return False
    first = _find_copy(roads, start, entering[0])
    second = _Copy(base, through[0], entering[0])
    if second not in roads.graph:
        roads.copy_junction(base, second)
        _copy_exits(roads, end, second)
        for _, v, key, data in list(roads.graph.out_edges(first, keys=True, data=True)):
            if data["segment"] == through[0]:
                roads.graph.remove_edge(first, v, key)
                roads.graph.add_edge(first, second, **data)
    _ban(roads, second, through[0], leaving[0], is_only=is_only)
    return True


@dataclass(frozen=True, slots=True)
class _Copy:
    """A junction as entered by one segment, perhaps after another one."""

    node: Hashable
    segment: int
    before: int = -1


def _meeting(roads: RoadGraph, way: int, node: Hashable, *, entering: bool) -> list[int]:
    """Find the segments of a way that enter or leave a junction, whichever copy they use."""
    found = set()
    for segment in roads.segments_by_way.get(way, ()):
        names = roads.ends[segment]
        if node not in names:
            continue
        is_forward, is_backward = roads.directions[segment]
        at_end, at_start = names[1] == node, names[0] == node
        can_enter = (at_end and is_forward) or (at_start and is_backward)
        can_leave = (at_start and is_forward) or (at_end and is_backward)
        if can_enter if entering else can_leave:
            found.add(segment)
    return sorted(found)


def _find_copy(roads: RoadGraph, node: Hashable, segment: int) -> _Copy:
    """Find or make the copy of a junction that is entered by one segment."""
    copy = _Copy(node, segment)
    if copy in roads.graph:
        return copy
    roads.copy_junction(node, copy)
    _copy_exits(roads, node, copy)
    for u, _, key, data in list(roads.graph.in_edges(node, keys=True, data=True)):
        # A loop both leaves and enters: take only the edges that end here.
        end = roads.ends[segment][0 if data["is_reversed"] else 1]
        if data["segment"] == segment and end == node:
            roads.graph.remove_edge(u, node, key)
            roads.graph.add_edge(u, copy, **data)
    return copy


def _copy_exits(roads: RoadGraph, node: Hashable, copy: Hashable) -> None:
    """Give a copy every way out of a junction."""
    for _, v, data in list(roads.graph.out_edges(node, data=True)):
        roads.graph.add_edge(copy, v, **data)


def _ban(
    roads: RoadGraph, copy: Hashable, entering: int, leaving: int, *, is_only: bool
) -> None:
    """Take the banned ways out from a copy, and turning round.

    Where turning round is all that is left, it stays after a ban at a node: the road ends there
    for those who came by it. After a ban through a way it goes, and with it the way in.
    """
    exits = list(roads.graph.out_edges(copy, keys=True, data=True))
    for u, v, key, data in exits:
        if (data["segment"] != leaving) if is_only else (data["segment"] == leaving):
            roads.graph.remove_edge(u, v, key)
    exits = list(roads.graph.out_edges(copy, keys=True, data=True))
    is_through_way = isinstance(copy, _Copy) and copy.before >= 0
    if is_through_way or any(data["segment"] != entering for *_, data in exits):
        for u, v, key, data in exits:
            if data["segment"] == entering:
                roads.graph.remove_edge(u, v, key)
