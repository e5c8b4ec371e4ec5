"""Give the people of a sample their needs, attendance and companions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from numpy.random import Generator, default_rng

from data.passengers import AssistantNeed, Phase, Wheelchair
from data.places import Site
from data.samples.drafts import Draft
from data.samples.geography import rough_drive_s
from data.samples.settings import SampleSettings

BOARDING_S = {
    # (boarding, alighting) seconds, assumed (grade C)
    "stays": (240, 180),
    "transfers": (150, 120),
    "lift": (120, 90),
    "adult": (75, 60),
    "assisted": (60, 40),
    "send": (45, 30),
    "mainstream": (20, 15),
}


def _hits(rng: Generator, share_bp: int) -> bool:
    """Whether a draw falls within a share; always takes one draw."""
    return int(rng.integers(10_000)) < share_bp


def apply_needs(drafts: Sequence[Draft], settings: SampleSettings, rng_seed: int) -> None:
    """Draw wheelchair, lift, assistants, seats and boarding times of each person."""
    rng = default_rng([rng_seed, 401])
    for d in drafts:
        is_adult = d.service == "adult"
        is_assessed = d.is_send or is_adult
        stays_bp, transfers_bp = {
            "pmld": (settings.stays_pmld_bp, settings.transfers_pmld_bp),
            "pd": (settings.stays_pd_bp, settings.transfers_pd_bp),
        }.get(d.need, (settings.stays_other_bp, settings.transfers_other_bp))
        if is_adult:
            stays_bp, transfers_bp = settings.stays_adult_bp, settings.transfers_adult_bp
        chair = int(rng.integers(10_000))
        lift, two_seats, alone, assistant, named, trained = (
            _hits(rng, settings.lift_bp),
            _hits(rng, settings.two_seats_bp),
            _hits(rng, settings.alone_bp),
            int(rng.integers(10_000)),
            _hits(rng, settings.named_bp),
            _hits(
                rng,
                settings.trained_pmld_bp if d.need == "pmld" else settings.trained_other_bp,
            ),
        )
        if not is_assessed:
            d.boarding_s, d.alighting_s = BOARDING_S["mainstream"]
            continue
        if chair < stays_bp:
            d.wheelchair = Wheelchair.STAYS
        elif chair < stays_bp + transfers_bp:
            d.wheelchair = Wheelchair.TRANSFERS
        else:
            d.needs_lift = lift
            d.n_seats = 2 if two_seats else 1
        d.is_alone = alone and not is_adult and d.service != "college"
        if assistant < settings.one_to_one_bp:
            d.assistant = AssistantNeed.ONE_TO_ONE
        elif assistant < settings.one_to_one_bp + settings.shared_assistant_bp:
            d.assistant = AssistantNeed.SHARED
        if trained and not is_adult:
            d.needs_trained = True
            if d.assistant is AssistantNeed.NONE:
                d.assistant = AssistantNeed.SHARED
        # A trained assistant is the crew's own, so is never one of the named ones.
        if d.assistant is AssistantNeed.ONE_TO_ONE and named and not d.needs_trained:
            d.assistant_id = "named"
        d.boarding_s, d.alighting_s = BOARDING_S[_boarding_kind(d)]


def _boarding_kind(d: Draft) -> str:
    """Which boarding time a person has."""
    if d.wheelchair is not Wheelchair.NONE:
        return d.wheelchair.value
    if d.needs_lift:
        return "lift"
    if d.service == "adult":
        return "adult"
    return "assisted" if d.assistant is not AssistantNeed.NONE else "send"


def apply_attendance(drafts: Sequence[Draft], settings: SampleSettings, rng_seed: int) -> None:
    """Draw part-time attendance, two homes, weeks A and B, and journeys out only."""
    rng = default_rng([rng_seed, 402])
    for d in drafts:
        part_time, two_homes, by_week, alternate, out_only = (
            _hits(rng, settings.part_time_bp),
            _hits(rng, settings.two_homes_bp),
            _hits(rng, settings.alternate_weeks_bp),
            _hits(rng, settings.alternate_day_bp),
            _hits(rng, settings.one_way_bp),
        )
        n_days, dropped = int(rng.integers(2, 5)), rng.permutation(5)
        if d.service == "adult":
            continue
        if two_homes and d.second_point != d.point and d.service != "mainstream":
            d.is_two_homes_by_week = by_week
        else:
            d.second_point = -1
        if d.second_point >= 0:
            continue
        if part_time and d.is_send:
            d.weekdays = frozenset(int(x) for x in dropped[:n_days])
        elif alternate:
            d.alternate_day = int(dropped[0])
        elif out_only:
            d.is_out_only = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clash:
    """Limits within which two sites can be served by one route."""

    max_site_distance_m: float = 2_500.0
    max_bell_gap_s: int = 900


def _is_one_route(a: Site, b: Site, distance_m: float, limit: _Clash) -> bool:
    """Whether siblings at the two sites can share a route in both directions."""
    return (
        a.is_day_service == b.is_day_service
        and distance_m <= limit.max_site_distance_m
        and abs(a.arrive_by_s - b.arrive_by_s) <= limit.max_bell_gap_s
        and abs(a.leave_from_s - b.leave_from_s) <= limit.max_bell_gap_s
    )


def apply_companions(
    drafts: Sequence[Draft],
    sites: Sequence[Site],
    site_points: Sequence[tuple[int, int]],
    settings: SampleSettings,
    rng_seed: int,
) -> None:
    """Make siblings who ride together and pairs who must not.

    Siblings live at one home and go to one site, or to two near sites with bells near each
    other. Nobody who travels alone, walks to a stop or has two homes gets a sibling. Pairs
    that must be kept apart go to the same site and are not siblings.
    """
    rng = default_rng([rng_seed, 403])
    free = [
        i
        for i, d in enumerate(drafts)
        if d.service in ("special", "unit") and not d.is_alone and d.second_point < 0
    ]
    n_pupils = sum(d.service != "adult" for d in drafts)
    n_pairs = min(len(free) // 2, n_pupils * settings.siblings_bp // 20_000)
    order = [free[int(k)] for k in rng.permutation(len(free))]
    taken: set[int] = set()
    limit = _Clash()
    for i in order:
        if len(taken) >= 2 * n_pairs:
            break
        if i in taken:
            continue
        wants_other_site = _hits(rng, 4_000)
        other = _find_sibling(
            i, order, taken, drafts, sites, site_points, limit, wants_other_site
        )
        if other is None:
            continue
        taken |= {i, other}
        _join(drafts[i], drafts[other], site_points)
    _keep_apart(drafts, settings, rng)


def _find_sibling(
    i: int,
    order: Sequence[int],
    taken: set[int],
    drafts: Sequence[Draft],
    sites: Sequence[Site],
    site_points: Sequence[tuple[int, int]],
    limit: _Clash,
    wants_other_site: bool,
) -> int | None:
    """Find the first free person who can be the sibling of `i`."""
    a = drafts[i]
    for j in order:
        b = drafts[j]
        if j == i or j in taken or not 1 <= abs(a.age - b.age) <= 6:
            continue
        if (b.site != a.site) != wants_other_site:
            continue
        (ax, ay), (bx, by) = site_points[a.site], site_points[b.site]
        if _is_one_route(
            sites[a.site], sites[b.site], ((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5, limit
        ):
            return j
    return None


def _join(a: Draft, b: Draft, site_points: Sequence[tuple[int, int]]) -> None:
    """Make two people siblings at the first one's home, with the first one's days."""
    x, y = site_points[b.site]
    ax, ay = site_points[a.site]
    b.straight_m = a.straight_m + ((ax - x) ** 2 + (ay - y) ** 2) ** 0.5
    b.point = a.point
    b.weekdays, b.alternate_day, b.is_out_only = a.weekdays, a.alternate_day, a.is_out_only
    a.together_with.add(b.passenger_id)
    b.together_with.add(a.passenger_id)


def _keep_apart(drafts: Sequence[Draft], settings: SampleSettings, rng: Generator) -> None:
    """Choose pairs at one site who must never share a route."""
    by_site: dict[tuple[int, bool], list[Draft]] = {}
    for d in drafts:
        if (d.is_send or d.service == "adult") and not d.is_alone:
            by_site.setdefault((d.site, d.service == "adult"), []).append(d)
    n_pairs = sum(len(v) for v in by_site.values()) * settings.apart_bp // 20_000
    groups = [v for _, v in sorted(by_site.items()) if len(v) >= 6]
    for _ in range(n_pairs if groups else 0):
        weights = [len(g) for g in groups]
        total = sum(weights)
        group = groups[int(rng.choice(len(groups), p=[w / total for w in weights]))]
        a, b = (group[int(k)] for k in rng.choice(len(group), size=2, replace=False))
        if b.passenger_id in a.together_with:
            continue
        a.apart_from.add(b.passenger_id)
        b.apart_from.add(a.passenger_id)


def apply_home_rules(
    drafts: Sequence[Draft],
    sites: Sequence[Site],
    supplier_ids: Sequence[str],
    settings: SampleSettings,
    rng_seed: int,
) -> None:
    """Draw reception, protection, walks to a stop, ride limits and barred suppliers.

    Times are drawn so that a vehicle that goes there directly can keep them: limits are set
    only where a cautious guess of the drive fits well inside.
    """
    rng = default_rng([rng_seed, 404])
    for d in drafts:
        received, times, protected, walks, own_limit, early, barred = (
            _hits(rng, settings.received_pupil_bp),
            _hits(rng, settings.received_times_bp),
            _hits(rng, settings.protected_bp),
            _hits(rng, settings.walks_to_stop_bp),
            _hits(rng, settings.own_limit_bp),
            _hits(rng, settings.pick_up_from_bp),
            _hits(rng, settings.barred_bp),
        )
        adult_received = _hits(rng, settings.received_adult_bp)
        later, slack, bar = (int(x) for x in rng.integers(0, 1 << 30, size=3))
        site = sites[d.site]
        direct_s = rough_drive_s(d.straight_m)
        d.is_protected = protected
        d.is_received = d.phase is Phase.PRIMARY or (
            adult_received if d.service == "adult" else received and d.is_send
        )
        if d.is_received and times:
            # Somebody is in from soon after the bell, for long enough to go round by others.
            start_s = site.leave_from_s + 300 * (later % 3)
            length_s = round((site.leave_by_s - site.leave_from_s + direct_s) / 300) * 300
            d.received_s = (start_s, start_s + length_s + 1_800 + 900 * (slack % 4))
        if early:
            latest_s = site.arrive_from_s - direct_s - 1_800
            d.pick_up_from_s = min(7 * 3600 + 1800, int(latest_s) // 900 * 900)
        if walks and d.service == "mainstream" and d.phase is Phase.SECONDARY:
            d.walk_limit_m = 1_609
            d.is_protected = False
        if own_limit and (d.is_send or d.service == "adult") and direct_s <= 1_200:
            d.max_ride_s = 2_100 if direct_s > 900 else 1_800
        if barred and supplier_ids:
            d.barred.add(supplier_ids[bar % len(supplier_ids)])
