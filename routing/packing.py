"""A session's problem packed into the arrays of the kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.constants import NO_ROAD_S
from routing.evaluate import NO_PRICE_PENCE, evaluate_route
from routing.kernels import state as k
from routing.offers import OfferPrices
from routing.points import find_present
from routing.problem import SessionProblem

IntArray = NDArray[np.int64]

_LONGEST_M = 2_000_000
"""No route is as long as this; bands that begin beyond it are padding. [m]"""
_SPARE_PENCE = 8
"""More than all the roundings of one price together. [pence]"""


def pack_problem(
    problem: SessionProblem,
    *,
    n_candidates: int = 25,
    blink_permille: int = 10,
    longest_string: int = 8,
    n_removed: int = 10,
    check: int = 0,
    max_length: int = 0,
    n_changes: int = 30,
) -> k.Data:
    """Pack a problem for the kernels.

    Offers that another one beats at every route are left out; the others keep their order, so
    that ties fall as in `evaluate_route`.

    Parameters
    ----------
    n_candidates
        Most routes tried for one request.
    blink_permille
        How often a place is overlooked on purpose. [0.1 %]
    check
        1 counts the cost from scratch after every step.
    max_length
        Most nodes of a route; by default what the largest layouts can carry in all segments.
    n_changes
        How often in 100 routes change vehicles, where these are limited; from 1 on.
    """
    n = problem.n_requests
    used = find_useful_offers(problem)
    words = max(1, -(-len(used) // 64))
    table, fit_crew, fit_trained = _pack_fits(problem, used, words)
    fit = table.reshape(-1, words)
    req = np.zeros((n, k.N_REQ), dtype=np.int32)
    for column, values in (
        (k.ROW, problem.request_row),
        (k.SITE, problem.request_site),
        (k.SERVICE, problem.service_s),
        (k.SITE_SERVICE, problem.site_service_s),
        (k.MAX_RIDE, problem.max_ride_s),
        (k.FROM, problem.from_s),
        (k.BY, problem.by_s),
        (k.SEATS, problem.n_seats),
        (k.SPACES, problem.n_spaces),
        (k.CREW, problem.n_crew),
        (k.SHARED, problem.n_shared),
        (k.T_CREW, problem.n_trained_crew),
        (k.T_SHARED, problem.n_trained_shared),
        (k.ALONE, problem.is_alone),
        (k.ADULT, problem.is_adult),
        (k.GROUP, problem.group),
    ):
        req[:, column] = values
    site = np.stack(
        [problem.site_row, problem.site_from_s, problem.site_by_s, problem.site_dwell_s], axis=1
    ).astype(np.int32)
    rows, place = _order_rows(problem.duration_s)
    cut = np.ix_(rows, rows)
    travel = np.stack([problem.duration_s[cut], problem.distance_m[cut]], axis=2)
    road = np.concatenate([travel, travel.transpose(1, 0, 2)], axis=2)
    req[:, k.ROW] = place[req[:, k.ROW]]
    site[:, k.S_ROW] = place[site[:, k.S_ROW]]
    order = np.argsort(problem.group, kind="stable").astype(np.int32)
    n_groups = int(problem.group.max()) + 1 if n else 0
    group_start = np.searchsorted(problem.group[order], np.arange(n_groups + 1))
    alone = price_alone(problem)
    present = find_present(problem)
    # Who travels alone stays where they are, unless another could use the vehicle.
    movable = np.flatnonzero(~problem.is_alone | problem.is_limited).astype(np.int32)
    par = np.zeros(k.N_PAR, dtype=np.int64)
    par[k.P_N] = n
    par[k.P_SITES] = problem.n_sites
    par[k.P_OFFERS] = len(used)
    par[k.P_WORDS] = words
    par[k.P_BANDS] = problem.offers.band_to_m.shape[1]
    par[k.P_MAX_SITES] = min(problem.max_sites, k.MAX_SITES)
    par[k.P_RATIO] = problem.policy.shared_assistant_ratio
    par[k.P_MIX] = problem.policy.is_mixing_children_and_adults
    par[k.P_HOME] = problem.is_homeward
    par[k.P_UNSERVED] = problem.policy.unserved_pence
    par[k.P_MAX_LEN] = max_length or _find_max_length(problem)
    par[k.P_AS_SEATS] = problem.assistant_seats
    par[k.P_LABELS] = len(problem.label_pence)
    par[k.P_CAP_SEATS], par[k.P_CAP_SPACES] = table.shape[0] - 1, table.shape[1] - 1
    par[k.P_CAP_AS], par[k.P_CAP_TR] = len(fit_crew) - 1, len(fit_trained) - 1
    par[k.P_CANDIDATES] = n_candidates
    par[k.P_BLINK] = blink_permille
    par[k.P_STRING] = longest_string
    par[k.P_REMOVE] = n_removed
    par[k.P_CHECK] = check
    par[k.P_MOVABLE] = len(movable)
    par[k.P_LIMITED] = n_changes if problem.is_limited else 0
    direct = problem.duration_s[
        problem.request_row, problem.site_row[problem.request_site] if n else []
    ]
    load = problem.n_seats + 4 * problem.n_spaces + problem.n_crew + problem.n_shared
    keys = np.zeros((n, 3), dtype=np.int64)
    keys[:, k.KEY_DIRECT], keys[:, k.KEY_ALONE], keys[:, k.KEY_LOAD] = direct, alone, load
    if problem.is_limited:
        # No price alone is known; what is large finds room only while there is any.
        keys[:, k.KEY_ALONE], keys[:, k.KEY_LOAD] = load, load * direct
    links = []
    at = 0
    for entry, part in (
        (k.P_APART, problem.apart_start),
        (k.P_APART_WITH, problem.apart_with),
        (k.P_GROUP, group_start),
        (k.P_GROUP_WITH, order),
        (k.P_MOVE, movable),
        (k.P_CHOICE, _find_choice_start(problem)),
        (k.P_FIRST, present),
    ):
        par[entry] = at
        at += len(part)
        links.append(part)
    par[k.P_ROUTES] = n + 2
    par[k.P_LABEL_PENCE : k.P_LABEL_PENCE + len(problem.label_pence)] = problem.label_pence
    par[k.P_FIT_AS] = len(fit)
    par[k.P_FIT_TR] = len(fit) + len(fit_crew)
    offer, floor = _pack_offers(problem, used)
    has_base = offer[:, k.O_BASE] >= 0
    offer[has_base, k.O_BASE] = place[offer[has_base, k.O_BASE]]
    return k.Data(
        par=par,
        req=req,
        site=site,
        node_row=np.concatenate([req[:, k.ROW], site[:, k.S_ROW]]).astype(np.int32),
        road=np.ascontiguousarray(road, dtype=np.int32),
        allowed=_pack_bits(problem.is_allowed[:, used], words),
        fits=np.concatenate([fit, fit_crew, fit_trained]),
        offer=offer,
        floor=floor,
        near=np.ascontiguousarray(problem.neighbours, dtype=np.int32),
        links=np.concatenate(links).astype(np.int32),
        labels=problem.labels,
        keys=keys,
        choices=_pack_choices(problem, present, alone, place),
        neglog=-np.log((np.arange(4096) + 0.5) / 4096),
    )


def _find_choice_start(problem: SessionProblem) -> IntArray:
    """Find where the choices of each request begin."""
    if problem.points is None:
        return np.zeros(problem.n_requests + 1, dtype=np.int64)
    return problem.points.start


def _pack_choices(
    problem: SessionProblem, present: IntArray, alone: IntArray, place: IntArray
) -> IntArray:
    """Pack the places where requests may be collected; only the present one is priced."""
    points = problem.points
    if points is None:
        return np.zeros((0, 3), dtype=np.int64)
    choices = np.full((len(points.row), 3), -1, dtype=np.int64)
    choices[:, k.C_ROW] = place[points.row]
    choices[:, k.C_RIDE] = points.max_ride_s
    chosen = present >= 0
    choices[present[chosen], k.C_ALONE] = alone[chosen]
    return choices


def _order_rows(duration_s: NDArray[np.int32]) -> tuple[IntArray, IntArray]:
    """Order places so that those near each other lie near in memory.

    Times from two places far apart are coordinates; their bits interleaved make a Z-order.

    Returns
    -------
    rows, place
        Rows in their new order, and the new position of each row.
    """
    r = len(duration_s)
    if r == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    time_s = np.where(duration_s >= NO_ROAD_S, 0, duration_s)
    first = int(np.argmax(time_s[0]))
    second = int(np.argmax(time_s[first]))
    code = np.zeros(r, dtype=np.int64)
    for axis, landmark in enumerate((first, second)):
        level = 255 * time_s[landmark].astype(np.int64) // max(1, int(time_s[landmark].max()))
        for bit in range(8):
            code |= ((level >> bit) & 1) << (2 * bit + axis)
    rows = np.argsort(code, kind="stable").astype(np.int64)
    place = np.empty(r, dtype=np.int64)
    place[rows] = np.arange(r)
    return rows, place


def price_alone(problem: SessionProblem) -> IntArray:
    """Price each request on a route of its own; `NO_COST` where that is not allowed. [pence]

    Members of a group count as if they could ride alone. Nobody on a route of their own changes
    crew, so that the offers' prices and their scarcity are all there is to it.
    """
    each = price_each_alone(problem) if problem.alone_pence is None else problem.alone_pence
    is_offered = each < NO_PRICE_PENCE
    with_scarcity = np.where(is_offered, each + problem.scarcity_pence, k.NO_COST)
    least: IntArray = with_scarcity.min(axis=1, initial=k.NO_COST)
    return least


def price_each_alone(problem: SessionProblem) -> IntArray:
    """Price each request on a route of its own with every offer. [pence]

    Returns
    -------
    (n, o) prices without scarcity, `NO_PRICE_PENCE` where an offer may not run the route.
    """
    from dataclasses import replace

    single = replace(problem, group=np.arange(problem.n_requests, dtype=np.int32))
    prices = np.full((problem.n_requests, problem.offers.n_offers), NO_PRICE_PENCE, np.int64)
    for i in range(problem.n_requests):
        node = problem.n_requests + int(problem.request_site[i])
        facts = evaluate_route(single, (i, node))
        if facts.is_feasible:
            prices[i] = facts.price_pence
    return prices


def _find_max_length(problem: SessionProblem) -> int:
    """Find how many nodes a route can have: a full vehicle in every segment, and the sites."""
    p = problem.offers
    most = int((np.maximum(p.layout_seats, 0) + np.maximum(p.layout_spaces, 0)).max())
    riders = min(problem.n_requests, most * min(problem.max_sites, 2))
    return min(riders + problem.max_sites + 2, k.PLACE_STEP - 2)


def _pack_bits(flags: NDArray[np.bool_], words: int) -> NDArray[np.uint64]:
    """Pack the last axis of flags into 64-bit words."""
    bits = np.zeros((*flags.shape[:-1], words), dtype=np.uint64)
    for i in range(flags.shape[-1]):
        value = np.uint64(1) << np.uint64(i % 64)
        bits[..., i // 64] |= np.where(flags[..., i], value, np.uint64(0))
    return bits


def _pack_fits(
    problem: SessionProblem, used: IntArray, words: int
) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint64]]:
    """Tabulate which offers fit a peak, a number of assistants and of trained ones."""
    p = problem.offers
    seats = max(0, int(p.layout_seats[used].max(initial=0)))
    spaces = max(0, int(p.layout_spaces[used].max(initial=0)))
    has_layout = (
        (p.layout_seats[used][None, None] >= np.arange(seats + 1)[:, None, None, None])
        & (p.layout_spaces[used][None, None] >= np.arange(spaces + 1)[None, :, None, None])
    ).any(axis=3)
    most = min(max(seats, 1), int(p.max_assistants[used].max(initial=0)))
    trained = min(max(seats, 1), int(p.max_trained[used].max(initial=0)))
    crew = p.max_assistants[used][None] >= np.arange(most + 1)[:, None]
    skilled = p.max_trained[used][None] >= np.arange(trained + 1)[:, None]
    return (
        _pack_bits(np.asarray(has_layout), words),
        _pack_bits(crew, words),
        _pack_bits(skilled, words),
    )


def _pack_offers(
    problem: SessionProblem, used: IntArray
) -> tuple[IntArray, NDArray[np.float64]]:
    """Pack prices, and for each offer a linear price it never falls below."""
    p = problem.offers
    n_bands = p.band_to_m.shape[1]
    offer = np.zeros((len(used), k.O_BANDS + 2 * n_bands), dtype=np.int64)
    for column, values in (
        (k.O_BASE, p.base_row),
        (k.O_DEAD, p.includes_dead),
        (k.O_FIXED, p.fixed_pence),
        (k.O_DEAD_RATE, p.dead_mpence),
        (k.O_HOUR, p.hour_mpence),
        (k.O_WAIT, p.waiting_mpence),
        (k.O_MIN, p.minimum_pence),
        (k.O_VAT, p.vat_bp),
        (k.O_EXTRA, p.extra_s),
        (k.O_MIN_S, p.min_s),
        (k.O_AS, p.assistant_pence),
        (k.O_AS_HOUR, p.assistant_hour_mpence),
        (k.O_TR, p.trained_pence),
        (k.O_TR_HOUR, p.trained_hour_mpence),
        (k.O_PAIR, p.day_pair_pence),
        (k.O_PAIR_M, p.day_included_m),
        (k.O_PAIR_RATE, p.day_excess_mpence),
        (k.O_SCARCE, problem.scarcity_pence),
        (k.O_VEHICLES, p.n_vehicles),
    ):
        offer[:, column] = values[used]
    offer[:, k.O_BANDS : k.O_BANDS + n_bands] = p.band_to_m[used]
    offer[:, k.O_BANDS + n_bands :] = p.band_mpence[used]
    more = 1.0 + p.vat_bp[used] / 10_000.0
    has_pair = p.day_pair_pence[used] >= 0
    hour = p.hour_mpence[used] / 3_600_000.0
    floor = np.zeros((len(used), 8), dtype=np.float64)
    fixed = np.where(has_pair, p.day_pair_pence[used] / 2, p.fixed_pence[used])
    fixed = fixed + np.where(has_pair, 0.0, p.extra_s[used] * hour)
    floor[:, k.F_FIXED] = fixed * more
    starts = np.concatenate(
        [np.zeros((len(used), 1), dtype=np.int64), p.band_to_m[used][:, :-1]], axis=1
    )
    reached = np.where(starts < _LONGEST_M, p.band_mpence[used], np.iinfo(np.int64).max)
    floor[:, k.F_M] = np.where(has_pair, 0.0, reached.min(axis=1) / 1_609_344.0)
    floor[:, k.F_M] *= more
    floor[:, k.F_S] = np.where(has_pair, 0.0, hour) * more
    least = np.maximum(p.minimum_pence[used], fixed + 0.0)
    floor[:, k.F_MIN] = np.where(has_pair, 0.0, least) * more
    floor[:, k.F_AS] = p.assistant_pence[used] * more
    floor[:, k.F_TR] = p.trained_pence[used] * more
    floor[:, k.F_AS_S] = p.assistant_hour_mpence[used] / 3_600_000.0 * more
    floor[:, k.F_TR_S] = p.trained_hour_mpence[used] / 3_600_000.0 * more
    floor[:, k.F_FIXED] += problem.scarcity_pence[used] - _SPARE_PENCE
    floor[:, k.F_MIN] += problem.scarcity_pence[used] - _SPARE_PENCE
    return offer, floor


def find_useful_offers(problem: SessionProblem) -> IntArray:
    """Find the offers that some route might use best: those no other one beats outright.

    Offer a beats b when whatever b may carry a may carry too, and every rate of a is at most
    b's; the formula grows with every rate, so a is then never dearer.
    """
    p = problem.offers
    allowed = problem.is_allowed
    keep = [
        o for o in range(p.n_offers) if problem.n_requests == 0 or bool(allowed[:, o].any())
    ]
    if problem.is_limited:
        # One that is beaten is of use when the vehicles of the other are gone.
        return np.array(keep, dtype=np.int64)
    useful = [b for b in keep if not any(_beats(problem, a, b) for a in keep if a != b)]
    return np.array(useful, dtype=np.int64)


def _beats(problem: SessionProblem, a: int, b: int) -> bool:
    p = problem.offers
    rates = (
        p.fixed_pence, p.hour_mpence, p.waiting_mpence, p.minimum_pence, p.assistant_pence,
        p.assistant_hour_mpence, p.trained_pence, p.trained_hour_mpence, p.vat_bp, p.extra_s,
        p.min_s, problem.scarcity_pence,
    )  # fmt: skip
    if any(rate[a] > rate[b] for rate in rates):
        return False
    if bool((problem.is_allowed[:, b] & ~problem.is_allowed[:, a]).any()):
        return False
    if p.max_assistants[a] < p.max_assistants[b] or p.max_trained[a] < p.max_trained[b]:
        return False
    return _has_layouts(p, a, b) and _drives_cheaper(p, a, b) and _is_strict(rates, p, a, b)


def _is_strict(rates: tuple[IntArray, ...], p: OfferPrices, a: int, b: int) -> bool:
    """Of two equal offers the first stays."""
    return a < b or any(rate[a] < rate[b] for rate in rates)


def _has_layouts(p: OfferPrices, a: int, b: int) -> bool:
    """Whether every layout of b fits into one of a."""
    return all(
        seats < 0 or bool(((p.layout_seats[a] >= seats) & (p.layout_spaces[a] >= spaces)).any())
        for seats, spaces in zip(p.layout_seats[b], p.layout_spaces[b], strict=True)
    )


def _drives_cheaper(p: OfferPrices, a: int, b: int) -> bool:
    """Whether a's miles, dead miles and day rate are never dearer than b's."""
    has_pair = p.day_pair_pence[a] >= 0
    if has_pair != (p.day_pair_pence[b] >= 0) or p.includes_dead[a] != p.includes_dead[b]:
        return False
    if has_pair and (
        p.day_pair_pence[a] > p.day_pair_pence[b]
        or p.day_included_m[a] < p.day_included_m[b]
        or p.day_excess_mpence[a] > p.day_excess_mpence[b]
    ):
        return False
    is_same_base = p.base_row[a] == p.base_row[b]
    if p.includes_dead[a]:
        if not (is_same_base or p.base_row[a] < 0):
            return False
    elif p.base_row[a] >= 0 and p.dead_mpence[a] > 0:
        is_dearer = p.dead_mpence[a] > p.dead_mpence[b]
        if is_dearer or not is_same_base:
            return False
    ends = sorted({int(e) for e in (*p.band_to_m[a], *p.band_to_m[b])})
    start = 0
    totals = [0, 0]
    for end in ends:
        rates = [_rate_at(p, o, start) for o in (a, b)]
        width = min(end, 1 << 30) - start
        totals = [t + r * width for t, r in zip(totals, rates, strict=True)]
        if width > 0 and totals[0] > totals[1]:
            return False
        start = min(end, 1 << 30)
    return True


def _rate_at(p: OfferPrices, o: int, m: int) -> int:
    """Mile rate of an offer just beyond a distance; nothing beyond the last band."""
    for end, rate in zip(p.band_to_m[o], p.band_mpence[o], strict=True):
        if m < end:
            return int(rate)
    return 0
