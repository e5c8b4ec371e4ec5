"""Routes of one session carried over to another: the way home from the way out, day to day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routing.evaluate import RouteFacts, evaluate_route
from routing.problem import SessionProblem

Nodes = tuple[int, ...]


def mirror_routes(
    source: SessionProblem, routes: Sequence[Nodes], target: SessionProblem
) -> tuple[Nodes, ...]:
    """Carry the routes of one session over to another, turned round where it runs homeward.

    Both problems are stated as requests carried to sites, so the nodes stay in order; who does
    not travel in the target session drops out, and so does a site nobody is left for. A route
    that the target's windows forbid is mended: its sites in another order, or split by site, so
    that companions stay together.
    """
    request_at = {p: i for i, p in enumerate(target.passenger_ids)}
    site_at = {s: target.n_requests + j for j, s in enumerate(target.site_ids)}
    mirrored: list[Nodes] = []
    for nodes in routes:
        new: list[int] = []
        for node in nodes:
            if source.is_site(node):
                site = site_at.get(source.site_ids[node - source.n_requests])
                new += [] if site is None else [site]
            else:
                request = request_at.get(source.passenger_ids[node])
                new += [] if request is None else [request]
        mirrored.extend(mend_route(target, new))
    return tuple(mirrored)


def mend_route(problem: SessionProblem, nodes: Sequence[int]) -> tuple[Nodes, ...]:
    """Mend a route that may not keep the rules: the same people in one route, or one by site.

    Returns
    -------
    One route, or one for each site; those for whom no order is found are left out.
    """
    kept = _clean(problem, nodes)
    if not kept:
        return ()
    if evaluate_route(problem, kept).is_feasible:
        return (kept,)
    n = problem.n_requests
    requests = [node for node in kept if node < n]
    sites = [node for node in kept if node >= n]
    whole = _find_cheapest(problem, _reorder(problem, requests, sites))
    if whole is not None:
        return (whole,)
    parts: list[Nodes] = []
    for site in sites if len(sites) > 1 else []:
        riders = [i for i in requests if n + int(problem.request_site[i]) == site]
        part = _find_cheapest(problem, _reorder(problem, riders, [site]))
        parts += [] if part is None else [part]
    return tuple(parts)


def _clean(problem: SessionProblem, nodes: Sequence[int]) -> Nodes:
    """Drop requests whose site is not visited after them, and sites nobody alights at."""
    n = problem.n_requests
    at = {node: k for k, node in enumerate(nodes)}
    fine = [
        node
        for node in nodes
        if node >= n or at.get(n + int(problem.request_site[node]), -1) > at[node]
    ]
    wanted = {n + int(problem.request_site[node]) for node in fine if node < n}
    return tuple(node for node in fine if node < n or node in wanted)


def _reorder(
    problem: SessionProblem, requests: Sequence[int], sites: Sequence[int]
) -> Iterator[Nodes]:
    """Give other orders of the same people and sites: turned round, sites swapped, by site."""
    n = problem.n_requests

    def of(site: int) -> list[int]:
        return [i for i in way if n + int(problem.request_site[i]) == site]

    for way in (list(requests), list(reversed(requests))):
        for order in (list(sites), list(reversed(sites))):
            yield (*way, *order)
            first = order[0]
            others = [i for i in way if i not in of(first)]
            yield (*of(first), first, *others, *order[1:])
            yield (*of(first), *others, *order)
            yield (*others, *of(first), *order)
            last = max((k for k, i in enumerate(way) if i in of(first)), default=-1)
            yield (*way[: last + 1], first, *way[last + 1 :], *order[1:])


def _find_cheapest(problem: SessionProblem, ways: Iterator[Nodes]) -> Nodes | None:
    """Find the cheapest of these routes that keeps the rules."""
    best: RouteFacts | None = None
    for nodes in dict.fromkeys(ways):
        facts = evaluate_route(problem, nodes)
        if not facts.is_feasible:
            continue
        if best is None or facts.search_pence(problem) < best.search_pence(problem):
            best = facts
    return None if best is None else best.nodes
