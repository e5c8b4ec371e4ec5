"""Duties in given order and near given times: feasible, timed and priced exactly.

`routing.halves` makes the duties that cost least and times them as suits the money. Here a duty
is given: its offer and its routes in their order, and when each would best start, e.g. as it
did yesterday. What comes out keeps the rules of a duty and moves routes as little as it can.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from data.places import Session
from routing.duty_rules import DutyRules
from routing.half_building import MARGIN_S
from routing.pairing import DutyDraft


def time_duty(
    rules: DutyRules,
    offer: int,
    works: Sequence[int],
    wanted_s: Sequence[int | None],
) -> DutyDraft | None:
    """Build the duty that one vehicle of an offer works on these routes in this order.

    Parameters
    ----------
    works
        Positions of the routes in `rules.works`, in order.
    wanted_s
        When each route would best start; None for as late as its windows allow outward, as
        early homeward. [s after midnight]

    Returns
    -------
    Draft with every route as near its wanted start as the routes before it, the base's hours
    and the drives allow; None where no times keep the rules or a route has no price.
    """
    if not works or any(not rules.works[i].offers[offer] for i in works):
        return None
    bounds = _find_bounds(rules, offer, works)
    if bounds is None:
        return None
    starts: list[int] = []
    for k, i in enumerate(works):
        from_s, by_s = bounds[k]
        if k:
            before = rules.works[works[k - 1]]
            ready_s = starts[-1] + before.span.elapsed_s
            from_s = max(from_s, ready_s + rules.direct(before, rules.works[i])[0])
        best_s = wanted_s[k]
        if best_s is None:
            is_home = rules.works[i].session.is_homeward
            best_s = from_s if is_home else by_s - MARGIN_S
        starts.append(min(max(best_s, from_s), by_s))
    flags = tuple(
        rules.is_by_base(
            offer,
            starts[k + 1] - starts[k] - rules.works[i].span.elapsed_s,
            rules.back(offer, rules.works[i])[0] + rules.lead(offer, rules.works[j])[0],
        )
        for k, (i, j) in enumerate(pairwise(works))
    )
    if not _keeps_hours(rules, offer, works, starts, flags):
        return None
    if not _keeps_range(rules, offer, works, starts, flags):
        return None
    cost_pence = price_duty(rules, offer, works, starts, flags)
    if cost_pence is None:
        return None
    return DutyDraft(
        offer=offer,
        works=tuple(works),
        starts_s=tuple(starts),
        is_by_base=flags,
        cost_pence=cost_pence,
    )


def _find_bounds(
    rules: DutyRules, offer: int, works: Sequence[int]
) -> list[tuple[int, int]] | None:
    """Find the earliest and the latest start of every route, or None if there is none. [s]"""
    from_s: list[int] = []
    for k, i in enumerate(works):
        work = rules.works[i]
        lead_s, back_s = rules.lead(offer, work)[0], rules.back(offer, work)[0]
        if lead_s < 0 or back_s < 0:
            return None
        first_s = max(work.span.from_s, rules.opens_s[offer] + lead_s if k == 0 else 0)
        if k:
            before = rules.works[works[k - 1]]
            drive_s = rules.direct(before, work)[0]
            if drive_s < 0:
                return None
            first_s = max(first_s, from_s[-1] + before.span.elapsed_s + drive_s)
        from_s.append(first_s)
    by_s: list[int] = []
    for k in range(len(works) - 1, -1, -1):
        work = rules.works[works[k]]
        last_s = work.span.to_s
        if k == len(works) - 1:
            back_s = rules.back(offer, work)[0]
            last_s = min(last_s, rules.closes_s[offer] - back_s - work.span.elapsed_s)
        else:
            drive_s = rules.direct(work, rules.works[works[k + 1]])[0]
            last_s = min(last_s, by_s[-1] - drive_s - work.span.elapsed_s)
        by_s.append(last_s)
    by_s.reverse()
    if any(first > last for first, last in zip(from_s, by_s, strict=True)):
        return None
    return list(zip(from_s, by_s, strict=True))


def _keeps_hours(
    rules: DutyRules,
    offer: int,
    works: Sequence[int],
    starts_s: Sequence[int],
    flags: Sequence[bool],
) -> bool:
    """Whether the drivers' hours of a day hold (rules of a plan, 5.5)."""
    policy = rules.policy
    first, last = rules.works[works[0]], rules.works[works[-1]]
    leave_s = starts_s[0] - rules.lead(offer, first)[0]
    return_s = starts_s[-1] + last.span.elapsed_s + rules.back(offer, last)[0]
    driving_s = stretch_s = rules.lead(offer, first)[0]
    longest_s = 0
    for k, i in enumerate(works):
        work = rules.works[i]
        driving_s += work.drive_s
        stretch_s += work.drive_s
        longest_s = max(longest_s, stretch_s)
        if k == len(works) - 1:
            break
        after = rules.works[works[k + 1]]
        gap_s = starts_s[k + 1] - starts_s[k] - work.span.elapsed_s
        if flags[k]:
            out_s, back_s = rules.lead(offer, after)[0], rules.back(offer, work)[0]
            longest_s = max(longest_s, stretch_s + back_s)
            is_rested = gap_s - out_s - back_s >= policy.break_s
            stretch_s = out_s if is_rested else stretch_s + back_s + out_s
            driving_s += out_s + back_s
        else:
            drive_s = rules.direct(work, after)[0]
            longest_s = max(longest_s, stretch_s + drive_s)
            stretch_s = 0 if gap_s - drive_s >= policy.break_s else stretch_s + drive_s
            driving_s += drive_s
    home_s = rules.back(offer, last)[0]
    driving_s += home_s
    longest_s = max(longest_s, stretch_s + home_s)
    return (
        return_s - leave_s <= rules.max_spread_s
        and driving_s <= policy.max_driving_s
        and longest_s <= policy.break_after_driving_s
    )


def _keeps_range(
    rules: DutyRules,
    offer: int,
    works: Sequence[int],
    starts_s: Sequence[int],
    flags: Sequence[bool],
) -> bool:
    """Whether an electric vehicle's battery lasts to each charge (rules of a plan, 5.8)."""
    if rules.electric[offer] is None:
        return True
    used_m = rules.lead(offer, rules.works[works[0]])[1]
    for k, i in enumerate(works):
        work = rules.works[i]
        used_m += work.loaded_m
        if k == len(works) - 1:
            used_m += rules.back(offer, work)[1]
        elif flags[k]:
            after = rules.works[works[k + 1]]
            back_s, back_m = rules.back(offer, work)
            out_s, out_m = rules.lead(offer, after)
            if not rules.is_in_range(offer, used_m + back_m):
                return False
            gap_s = starts_s[k + 1] - starts_s[k] - work.span.elapsed_s
            used_m = rules.charge(offer, used_m + back_m, gap_s - back_s - out_s) + out_m
        else:
            used_m += rules.direct(work, rules.works[works[k + 1]])[1]
        if not rules.is_in_range(offer, used_m):
            return False
    return True


def price_duty(
    rules: DutyRules,
    offer: int,
    works: Sequence[int],
    starts_s: Sequence[int],
    is_by_base: Sequence[bool],
) -> int | None:
    """Price a duty exactly as it runs; None if one of its routes has no price. [pence]"""
    if rules.model.is_own[offer]:
        return _price_own(rules, offer, works, starts_s, is_by_base)
    return _price_bought(rules, offer, works, is_by_base)


def _price_own(
    rules: DutyRules,
    offer: int,
    works: Sequence[int],
    starts_s: Sequence[int],
    is_by_base: Sequence[bool],
) -> int:
    """Price the pieces of work between two unpaid gaps. [pence]"""
    total_pence = 0
    first = 0
    for k in range(len(works)):
        if k < len(works) - 1 and not is_by_base[k]:
            continue
        piece = [rules.works[i] for i in works[first : k + 1]]
        out_s, out_m = rules.lead(offer, piece[0])
        back_s, back_m = rules.back(offer, piece[-1])
        elapsed_s = out_s + starts_s[k] + piece[-1].span.elapsed_s - starts_s[first] + back_s
        driven_m = out_m + back_m + sum(w.loaded_m for w in piece)
        driven_m += sum(rules.direct(a, b)[1] for a, b in pairwise(piece))
        total_pence += rules.charges.charge_piece(
            offer,
            elapsed_s,
            driven_m,
            n_assistants=max(w.n_assistants for w in piece),
            n_trained=max(w.n_trained_assistants for w in piece),
        )
        first = k + 1
    return total_pence


def _price_bought(
    rules: DutyRules, offer: int, works: Sequence[int], is_by_base: Sequence[bool]
) -> int | None:
    """Price the routes of a supplier's duty, the first AM and PM ones by a day rate. [pence]"""
    runs = []
    for k, i in enumerate(works):
        work = rules.works[i]
        if k == 0 or is_by_base[k - 1]:
            dead_m = rules.lead(offer, work)[1]
        else:
            dead_m = rules.direct(rules.works[works[k - 1]], work)[1]
        if k == len(works) - 1 or is_by_base[k]:
            dead_m += rules.back(offer, work)[1]
        runs.append(rules.run(work, dead_m if rules.base_idx[offer] >= 0 else 0))
    total_pence = 0
    if rules.charges.has_day_rate(offer):
        am = next((run for run in runs if run.session is Session.AM), None)
        pm = next((run for run in runs if run.session is Session.PM), None)
        if am is not None and pm is not None:
            total_pence = rules.charges.charge_pair(offer, am, pm)
            runs = [run for run in runs if run is not am and run is not pm]
    if not all(rules.charges.is_priced(offer, run.session) for run in runs):
        return None
    return total_pence + sum(rules.charges.charge_run(offer, run) for run in runs)
