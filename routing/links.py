"""Links: a morning and an afternoon half that may be one duty, and what that saves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from routing.duty_rules import DutyRules
from routing.half_building import Half
from routing.halves import can_follow

N_LINKS = 12
"""Most links offered to one morning half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A morning and an afternoon half that may be one duty, and what that saves. [pence]"""

    morning: int
    afternoon: int
    gain_pence: int


def find_links(
    rules: DutyRules,
    halves: Sequence[Half],
    *,
    different_crew_pence: int,
    n_links: int = N_LINKS,
) -> tuple[Link, ...]:
    """Find the links worth choosing from: halves of one offer with something to gain.

    Parameters
    ----------
    different_crew_pence
        What one passenger kept with the crew is worth. [pence]
    """
    shared = count_shared(rules)
    links: list[Link] = []
    by_offer: dict[int, tuple[list[int], list[int]]] = {}
    for h, half in enumerate(halves):
        by_offer.setdefault(half.offer, ([], []))[rules.works[half.works[0]].half].append(h)
    for offer in sorted(by_offer):
        mornings, afternoons = by_offer[offer]
        with_route: dict[int, list[int]] = {}
        for g in afternoons:
            for j in halves[g].works:
                with_route.setdefault(j, []).append(g)
        dear = sorted(
            (g for g in afternoons if halves[g].day_run is not None),
            key=lambda g: (-halves[g].day_run_pence, g),
        )[:n_links]
        for h in mornings:
            n_kept: dict[int, int] = {}
            for i in halves[h].works:
                for j, n in shared.get(i, {}).items():
                    for g in with_route.get(j, ()):
                        n_kept[g] = n_kept.get(g, 0) + n
            near = sorted(n_kept, key=lambda g: (-n_kept[g], halves[g].cost_pence, g))
            near = near[: 2 * n_links]
            if halves[h].day_run is not None:
                near += [g for g in dear if g not in near]
            found = []
            for g in near:
                gain_pence = day_saving(rules, halves[h], halves[g])
                gain_pence += n_kept.get(g, 0) * different_crew_pence
                is_due = not (halves[h].is_priced and halves[g].is_priced)
                if (gain_pence > 0 or is_due) and can_follow(rules, halves[h], halves[g]):
                    found.append(Link(morning=h, afternoon=g, gain_pence=gain_pence))
            found.sort(key=lambda k: (-k.gain_pence, k.afternoon))
            links.extend(found[:n_links])
    return tuple(links)


def count_shared(rules: DutyRules) -> dict[int, dict[int, int]]:
    """Count the passengers each morning route has in common with each afternoon route."""
    home: dict[str, int] = {}
    for j, work in enumerate(rules.works):
        if work.half == 1:
            for p in work.passenger_ids:
                home[p] = j
    shared: dict[int, dict[int, int]] = {}
    for i, work in enumerate(rules.works):
        if work.half == 0:
            row = shared.setdefault(i, {})
            for p in work.passenger_ids:
                if p in home:
                    row[home[p]] = row.get(home[p], 0) + 1
    return shared


def find_kept(morning: Half, afternoon: Half, shared: Mapping[int, Mapping[int, int]]) -> int:
    """Count the passengers whom one duty of both halves keeps with their crew."""
    return sum(
        n for i in morning.works for j, n in shared.get(i, {}).items() if j in afternoon.works
    )


def day_saving(rules: DutyRules, morning: Half, afternoon: Half) -> int:
    """What the day rate of both halves saves against their routes' own prices. [pence]"""
    if morning.day_run is None or afternoon.day_run is None:
        return 0
    pair_pence = rules.charges.charge_pair(morning.offer, morning.day_run, afternoon.day_run)
    return morning.day_run_pence + afternoon.day_run_pence - pair_pence
