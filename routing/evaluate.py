"""One route from scratch: is it allowed, when may it run, who may run it and for how much.

Plain integers, no caches: the search's incremental figures are tested against these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from data.units import MM_PER_MILE
from routing.offers import OfferPrices
from routing.problem import SessionProblem
from routing.schedule import Schedule, Segments, build_segments, find_arrivals, find_schedule

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

NO_PRICE_PENCE = 1_000_000_000
"""Price of an offer that may not run the route. [pence]"""
_MPENCE_MILE = MM_PER_MILE
"""A metre at one mpence a mile is 1 / 1 609 344 pence."""
_MPENCE_HOUR = 3_600_000
"""A second at one mpence an hour is 1 / 3 600 000 pence."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RouteFacts:
    """Everything the search and the duties need to know of one route.

    Times are clock times of the plan. A route that breaks a rule has `broken_rule` set, and its
    times and prices mean nothing.

    Attributes
    ----------
    nodes
        Requests and site visits in the solving direction.
    broken_rule
        The first rule broken, or '': ``shape``, ``max_sites``, ``travels_alone``,
        ``apart_from``, ``together_with``, ``mixing``, ``schedule``, ``no_offer``.
    duration_s, waiting_s
        Least duration from the first stop's arrival to the last stop's departure, and the
        waiting in it. [s]
    start_from_s, start_by_s
        Every start between them allows the least duration. [s after midnight]
    site_times_s
        In solving order of the sites: arrival outward, departure homeward, for the earliest
        start in solving time. [s after midnight]
    loaded_m
        From the first stop to the last. [m]
    peak_seats, peak_spaces
        Most seats and wheelchair spaces taken at one moment, assistants apart.
    n_assistants, n_trained
        Assistants needed, and trained ones among them.
    assistant_ids
        Named assistants.
    is_offered
        (o,) offers that may run the route.
    price_pence
        (o,) price of the route alone, `NO_PRICE_PENCE` where not offered. [pence]
    continuity_pence
        Price of the passengers who change crew. [pence]
    best_offer
        Offer of the least price with scarcity (the first of equals), or -1.
    """

    nodes: tuple[int, ...]
    broken_rule: str = ""
    duration_s: int = 0
    waiting_s: int = 0
    start_from_s: int = 0
    start_by_s: int = 0
    site_times_s: tuple[int, ...] = ()
    loaded_m: int = 0
    peak_seats: int = 0
    peak_spaces: int = 0
    n_assistants: int = 0
    n_trained: int = 0
    assistant_ids: tuple[str, ...] = ()
    is_offered: BoolArray
    price_pence: IntArray
    continuity_pence: int = 0
    best_offer: int = -1
    segments: Segments | None = None
    schedule: Schedule | None = None

    @property
    def is_feasible(self) -> bool:
        """Whether the route keeps every rule and some offer may run it."""
        return not self.broken_rule

    def search_pence(self, problem: SessionProblem, offer: int | None = None) -> int:
        """What the search pays for the route: best price, its scarcity, continuity. [pence]

        Parameters
        ----------
        offer
            Offer that runs it; by default the best.
        """
        o = self.best_offer if offer is None else offer
        return int(self.price_pence[o] + problem.scarcity_pence[o]) + self.continuity_pence


def evaluate_route(problem: SessionProblem, nodes: Sequence[int]) -> RouteFacts:
    """Evaluate one route exactly.

    Parameters
    ----------
    nodes
        Requests (below n) and site visits (n + site), in the solving direction.
    """
    route = tuple(int(node) for node in nodes)
    nobody = np.zeros(problem.offers.n_offers, dtype=np.bool_)
    no_price = np.full(problem.offers.n_offers, NO_PRICE_PENCE, dtype=np.int64)

    def break_rule(rule: str) -> RouteFacts:
        return RouteFacts(
            nodes=route, broken_rule=rule, is_offered=nobody, price_pence=no_price
        )

    broken = find_broken_rule(problem, route)
    if broken:
        return break_rule(broken)
    segments = build_segments(problem, route)
    schedule = find_schedule(segments)
    if schedule is None:
        return break_rule("schedule")
    requests = [node for node in route if node < problem.n_requests]
    seats, spaces = measure_peaks(problem, route)
    n_assistants, n_trained = count_assistants(problem, requests)
    offered = find_offers(problem, requests, seats, spaces, n_assistants, n_trained)
    if not offered.any():
        return break_rule("no_offer")
    rows = [problem.row_of(node) for node in route]
    loaded_m = sum(int(problem.distance_m[a, b]) for a, b in pairwise(rows))
    prices = price_offers(
        problem,
        first_row=rows[0],
        last_row=rows[-1],
        loaded_m=loaded_m,
        duration_s=schedule.duration_s,
        waiting_s=schedule.waiting_s,
        n_assistants=n_assistants,
        n_trained=n_trained,
    )
    prices[~offered] = NO_PRICE_PENCE
    with_scarcity = np.where(offered, prices + problem.scarcity_pence, NO_PRICE_PENCE)
    arrivals = find_arrivals(segments, schedule, schedule.from_s)
    start_from, start_by = schedule.from_s, schedule.by_s
    if problem.is_homeward:
        start_from, start_by = (
            problem.to_real_s(start_by + schedule.duration_s),
            problem.to_real_s(start_from + schedule.duration_s),
        )
    return RouteFacts(
        nodes=route,
        duration_s=schedule.duration_s,
        waiting_s=schedule.waiting_s,
        start_from_s=start_from,
        start_by_s=start_by,
        site_times_s=tuple(problem.to_real_s(t) for t in arrivals),
        loaded_m=loaded_m,
        peak_seats=seats,
        peak_spaces=spaces,
        n_assistants=n_assistants,
        n_trained=n_trained,
        assistant_ids=tuple(sorted({problem.assistant_ids[i] for i in requests} - {""})),
        is_offered=offered,
        price_pence=prices,
        continuity_pence=price_continuity(problem, requests),
        best_offer=int(np.argmin(with_scarcity)),
        segments=segments,
        schedule=schedule,
    )


def find_broken_rule(problem: SessionProblem, nodes: Sequence[int]) -> str:
    """Find the first rule a route breaks by who is aboard and in what order, or ''."""
    n = problem.n_requests
    requests = [node for node in nodes if node < n]
    sites = [node - n for node in nodes if node >= n]
    if not requests or not sites or nodes[-1] < n:
        return "shape"
    if len(set(nodes)) != len(nodes) or min(nodes) < 0 or max(nodes) >= n + problem.n_sites:
        return "shape"
    at = {node: place for place, node in enumerate(nodes)}
    wanted = {int(problem.request_site[i]) for i in requests}
    if wanted != set(sites):
        return "shape"
    if any(at[i] > at[n + int(problem.request_site[i])] for i in requests):
        return "shape"
    if len(sites) > problem.max_sites:
        return "max_sites"
    if len(requests) > 1 and any(problem.is_alone[i] for i in requests):
        return "travels_alone"
    members = set(requests)
    for i in requests:
        start, end = problem.apart_start[i], problem.apart_start[i + 1]
        if members & {int(j) for j in problem.apart_with[start:end]}:
            return "apart_from"
    groups = {int(problem.group[i]) for i in requests}
    if sum(int(np.count_nonzero(problem.group == g)) for g in groups) != len(requests):
        return "together_with"
    if (
        not problem.policy.is_mixing_children_and_adults
        and len({bool(problem.is_adult[i]) for i in requests}) > 1
    ):
        return "mixing"
    return ""


def measure_peaks(problem: SessionProblem, nodes: Sequence[int]) -> tuple[int, int]:
    """Measure the most seats and the most wheelchair spaces taken at one moment."""
    n = problem.n_requests
    seats = spaces = peak_seats = peak_spaces = 0
    aboard: list[int] = []
    for node in nodes:
        if node < n:
            aboard.append(node)
            seats += int(problem.n_seats[node])
            spaces += int(problem.n_spaces[node])
            peak_seats, peak_spaces = max(peak_seats, seats), max(peak_spaces, spaces)
        else:
            leaving = [i for i in aboard if int(problem.request_site[i]) == node - n]
            seats -= sum(int(problem.n_seats[i]) for i in leaving)
            spaces -= sum(int(problem.n_spaces[i]) for i in leaving)
            aboard = [i for i in aboard if i not in leaving]
    return peak_seats, peak_spaces


def count_assistants(problem: SessionProblem, requests: Sequence[int]) -> tuple[int, int]:
    """Count the assistants a route needs, and the trained ones among them (CAP-3)."""
    ratio = problem.policy.shared_assistant_ratio
    crew, shared, trained_crew, trained_shared = (
        sum(int(counts[i]) for i in requests)
        for counts in (
            problem.n_crew,
            problem.n_shared,
            problem.n_trained_crew,
            problem.n_trained_shared,
        )
    )
    return crew - (-shared // ratio), trained_crew - (-trained_shared // ratio)


def find_offers(
    problem: SessionProblem,
    requests: Sequence[int],
    peak_seats: int,
    peak_spaces: int,
    n_assistants: int,
    n_trained: int,
) -> BoolArray:
    """Find the offers that may carry these passengers with these peaks and assistants."""
    offers = problem.offers
    seats = peak_seats + n_assistants * problem.assistant_seats
    fits = (offers.layout_seats >= seats) & (offers.layout_spaces >= peak_spaces)
    allowed: BoolArray = (
        problem.is_allowed[list(requests)].all(axis=0)
        & fits.any(axis=1)
        & (offers.max_assistants >= n_assistants)
        & (offers.max_trained >= n_trained)
    )
    return allowed


def _round(numerator: IntArray, denominator: int) -> IntArray:
    """Divide amounts that are not negative, rounding half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def price_bands(offers: OfferPrices, loaded_m: IntArray) -> IntArray:
    """Price a loaded distance by each offer's mile bands. [pence]"""
    start = np.zeros(offers.n_offers, dtype=np.int64)
    total = np.zeros(offers.n_offers, dtype=np.int64)
    for b in range(offers.band_to_m.shape[1]):
        end = offers.band_to_m[:, b]
        part = np.maximum(np.minimum(loaded_m, end) - start, 0)
        total += part * offers.band_mpence[:, b]
        start = np.maximum(start, end)
    return _round(total, _MPENCE_MILE)


def price_offers(
    problem: SessionProblem,
    *,
    first_row: int,
    last_row: int,
    loaded_m: int,
    duration_s: int,
    waiting_s: int,
    n_assistants: int,
    n_trained: int,
) -> IntArray:
    """Price a route with every offer, whether it may run it or not. [pence]

    The formula is that of `routing.offers`: the own company as one piece of work from its depot
    and back, a supplier as one route with dead runs from its base and back.
    """
    p = problem.offers
    has_base = p.base_row >= 0
    base = np.where(has_base, p.base_row, 0)
    dead_m = np.where(
        has_base,
        problem.distance_m[base, first_row].astype(np.int64)
        + problem.distance_m[last_row, base],
        0,
    )
    dead_s = np.where(
        has_base,
        problem.duration_s[base, first_row].astype(np.int64)
        + problem.duration_s[last_row, base],
        0,
    )
    charged_m = np.where(p.includes_dead, loaded_m + dead_m, loaded_m)
    charged_s = p.extra_s + duration_s + np.where(p.includes_dead, dead_s, 0)
    charged_s = np.maximum(p.min_s, charged_s)
    run = (
        p.fixed_pence
        + price_bands(p, charged_m)
        + _round(np.where(p.includes_dead, 0, dead_m) * p.dead_mpence, _MPENCE_MILE)
        + _round(charged_s * p.hour_mpence, _MPENCE_HOUR)
        + _round(waiting_s * p.waiting_mpence, _MPENCE_HOUR)
    )
    run = np.maximum(run, p.minimum_pence)
    excess_m = np.maximum(2 * charged_m - p.day_included_m, 0)
    pair = p.day_pair_pence + _round(excess_m * p.day_excess_mpence, _MPENCE_MILE)
    run = np.where(p.day_pair_pence >= 0, (pair + 1) // 2, run)
    crew = (
        n_assistants * p.assistant_pence
        + _round(n_assistants * charged_s * p.assistant_hour_mpence, _MPENCE_HOUR)
        + n_trained * p.trained_pence
        + _round(n_trained * charged_s * p.trained_hour_mpence, _MPENCE_HOUR)
    )
    return run + crew + _round((run + crew) * p.vat_bp, 10_000)


def price_continuity(problem: SessionProblem, requests: Sequence[int]) -> int:
    """Price the passengers who change crew, however the route is driven. [pence]

    Per reference: price x (passengers with a label - the most that share one label).
    """
    total = 0
    for c in range(len(problem.label_pence)):
        labels = [int(problem.labels[c, i]) for i in requests if problem.labels[c, i] >= 0]
        if labels:
            most = max(labels.count(label) for label in set(labels))
            total += int(problem.label_pence[c]) * (len(labels) - most)
    return total
