"""Candidates for travel training: age, need, and a journey of their own that can be made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from data.inputs import Inputs
from data.journeys import Journey
from data.networks import RoadNetwork
from data.passengers import AssistantNeed, Demand, Direction, Passenger, Phase
from data.places import Site
from data.timetables import PublicTimetable
from data.training import Candidate, OwnWay, TrainingAssumptions
from routing import JourneyLimits, JourneySearch, build_stop_walks, build_transit_day
from scenarios.changes.offers import is_candidate
from scenarios.training.propensity import find_chances

LONG_S = 30 * 60
"""Beyond this a journey lowers the odds of completing. [s]"""
_TEN_MINUTES_S = 600


def find_limits(inputs: Inputs, assumptions: TrainingAssumptions) -> JourneyLimits:
    """Find what a journey may ask, from the assumptions and the policy's walking speed."""
    return JourneyLimits(
        walk_m=assumptions.count("walk_most"),
        between_m=assumptions.count("between_most"),
        foot_m=assumptions.count("foot_most"),
        walk_m_per_h=inputs.policy.walk_m_per_h,
        wait_s=assumptions.count("wait_at_stop") * 60,
        change_s=assumptions.count("change_time") * 60,
        # one more than is wanted, so that what there is can be told
        n_changes=assumptions.count("changes_most") + 1,
    )


def find_candidates(
    inputs: Inputs,
    network: RoadNetwork,
    timetable: PublicTimetable,
    assumptions: TrainingAssumptions,
    *,
    on: date,
) -> tuple[Candidate, ...]:
    """Look at every passenger: the journeys they could make and what speaks for and against.

    Parameters
    ----------
    on
        Date of the timetable.

    Returns
    -------
    One candidate for each passenger, in order of their ids; see `Candidate.is_proposed`.
    """
    limits = find_limits(inputs, assumptions)
    homes = {h.home_id: h.place_id for h in inputs.homes}
    sites = {s.site_id: s for s in inputs.sites}
    used = {homes[d.home_id] for d in inputs.demands}
    used |= {sites[d.site_id].place_id for d in inputs.demands}
    places = [p for p in inputs.places if p.place_id in used]
    direct = sorted({(homes[d.home_id], sites[d.site_id].place_id) for d in inputs.demands})
    walks = build_stop_walks(network, timetable, places, direct, limits)
    search = JourneySearch(build_transit_day(timetable, on), walks, limits)
    finder = _Finder(inputs, search, homes, sites, assumptions)
    demands: dict[str, list[Demand]] = {}
    for demand in inputs.demands:
        demands.setdefault(demand.passenger_id, []).append(demand)
    return tuple(
        finder.look_at(p, demands.get(p.passenger_id, []))
        for p in sorted(inputs.passengers, key=lambda p: p.passenger_id)
    )


@dataclass(frozen=True, kw_only=True)
class _Limits:
    most_s: int
    n_changes: int
    margin_s: int
    change_counts_s: int


class _Finder:
    """Looks at passengers one by one."""

    def __init__(
        self,
        inputs: Inputs,
        search: JourneySearch,
        homes: Mapping[str, str],
        sites: Mapping[str, Site],
        assumptions: TrainingAssumptions,
    ) -> None:
        self._on = inputs.service_date
        self._search, self._homes, self._sites = search, homes, sites
        self._assumptions = assumptions
        self._limits = _Limits(
            most_s=assumptions.count("minutes_most") * 60,
            n_changes=assumptions.count("changes_most"),
            margin_s=assumptions.count("margin") * 60,
            change_counts_s=assumptions.count("change_counts") * 60,
        )
        self._protected = {h.home_id for h in inputs.homes if h.is_protected}
        self._known: dict[tuple[str, str, Direction], OwnWay] = {}

    def look_at(self, passenger: Passenger, demands: list[Demand]) -> Candidate:
        """Look at one passenger."""
        age = _find_age(passenger.birth_date, self._on)
        ways: tuple[OwnWay, ...] = ()
        against = self._find_reasons_against(passenger, age, demands)
        if not against:
            keys = {(d.home_id, d.site_id, d.direction): None for d in demands}
            ways = tuple(self._find_way(*key) for key in keys)
            against = _judge_ways(ways, self._limits)
        factors = self._find_factors(passenger, age, ways) if not against else ()
        chances = find_chances(self._assumptions, factors)
        return Candidate(
            passenger_id=passenger.passenger_id,
            age=age,
            phase=passenger.phase,
            ways=ways,
            reasons_for=_find_reasons_for(age, ways, self._assumptions) if not against else (),
            reasons_against=tuple(against),
            cautions=self._find_cautions(passenger, age, demands, ways) if not against else (),
            accept_bp=chances.accept_bp,
            complete_bp=chances.complete_bp,
            sustain_bp=chances.sustain_bp,
            factors=factors,
            leaves_on=_find_leaving(passenger, self._assumptions, self._on),
        )

    def _find_reasons_against(
        self, passenger: Passenger, age: int, demands: list[Demand]
    ) -> list[str]:
        found = []
        least = self._assumptions.count("age_least")
        most = self._assumptions.count("age_most")
        if age < least:
            found.append(f"under {least}")
        if age > most:
            found.append(f"over {most}")
        if passenger.phase in (Phase.PRIMARY, Phase.ADULT):
            found.append(f"phase {passenger.phase.value}")
        if passenger.n_wheelchair_spaces or passenger.needs_lift:
            found.append("needs a wheelchair space or a lift")
        elif not is_candidate(passenger):
            found.append("needs an assistant of their own or a trained one")
        if passenger.travels_alone:
            found.append("must travel alone")
        if not demands:
            found.append("makes no journeys")
        return found

    def _find_way(self, home_id: str, site_id: str, direction: Direction) -> OwnWay:
        home, site = self._homes[home_id], self._sites[site_id]
        key = (home, site_id, direction)
        if key not in self._known:
            margin_s = self._limits.margin_s
            if direction is Direction.OUT:
                by_s = site.arrive_by_s - margin_s
                found = self._search.find_before(home, site.place_id, by_s)
            else:
                from_s = site.leave_from_s + margin_s
                found = self._search.find_after(site.place_id, home, from_s)
            self._known[key] = self._choose(site_id, direction, found)
        return self._known[key]

    def _choose(self, site_id: str, direction: Direction, found: tuple[Journey, ...]) -> OwnWay:
        """Choose the quickest with changes counted as minutes, within the limits if any is."""
        limits = self._limits

        def weigh(journey: Journey) -> tuple[bool, int, int]:
            return (
                not _is_within(journey, limits),
                journey.total_s + limits.change_counts_s * journey.n_changes,
                journey.n_rides,
            )

        best = min(found, key=weigh, default=None)
        return OwnWay(
            direction=direction,
            site_id=site_id,
            journey=best,
            is_within_limits=best is not None and _is_within(best, limits),
        )

    def _find_factors(
        self, passenger: Passenger, age: int, ways: tuple[OwnWay, ...]
    ) -> tuple[tuple[str, int], ...]:
        """Find what moves the odds, by the harder of the journeys."""
        journeys = [w.journey for w in ways if w.journey is not None]
        counts = {
            "odds_change": max((j.n_changes for j in journeys), default=0),
            "odds_long": max(
                (max(0, j.total_s - LONG_S) // _TEN_MINUTES_S for j in journeys), default=0
            ),
            "odds_main_crossing": max((j.n_main_crossings or 0 for j in journeys), default=0),
            "odds_young": int(age < self._assumptions.count("age_usual")),
            "odds_shared_assistant": int(passenger.assistant is AssistantNeed.SHARED),
            "odds_received": int(passenger.must_be_received),
        }
        names = {n.name for n in self._assumptions.numbers}
        if f"odds_need_{passenger.need}" in names:
            counts[f"odds_need_{passenger.need}"] = 1
        return tuple((name, n) for name, n in counts.items() if n)

    def _find_cautions(
        self, passenger: Passenger, age: int, demands: list[Demand], ways: tuple[OwnWay, ...]
    ) -> tuple[str, ...]:
        found = []
        usual = self._assumptions.count("age_usual")
        if age < usual:
            found.append(f"under {usual}, when most begin")
        if passenger.assistant is AssistantNeed.SHARED:
            found.append("an assistant is aboard today")
        if passenger.must_be_received:
            found.append("somebody must receive the passenger at home")
        if any(d.home_id in self._protected for d in demands):
            found.append("protected address: ask the social worker first")
        if len({d.home_id for d in demands}) > 1:
            found.append("two homes: two ways to learn")
        if len({d.site_id for d in demands}) > 1:
            found.append("two sites: two ways to learn")
        if any(w.journey is not None and w.journey.n_changes for w in ways):
            found.append("has to change")
        if any(w.journey is not None and (w.journey.n_main_crossings or 0) > 0 for w in ways):
            found.append("main roads to cross")
        if f"odds_need_{passenger.need}" in {n.name for n in self._assumptions.numbers}:
            found.append("recorded need lowers the odds")
        return tuple(found)


def _is_within(journey: Journey, limits: _Limits) -> bool:
    return journey.total_s <= limits.most_s and journey.n_changes <= limits.n_changes


def _judge_ways(ways: tuple[OwnWay, ...], limits: _Limits) -> list[str]:
    """Say why a passenger's journeys cannot be made within the limits."""
    found = []
    for direction, words in ((Direction.OUT, "there"), (Direction.HOME, "home")):
        mine = [w for w in ways if w.direction is direction]
        if any(w.journey is None for w in mine):
            found.append(f"no journey {words} by foot, bus or rail")
            continue
        for way in mine:
            if way.is_within_limits or way.journey is None:
                continue
            minutes = -(-way.journey.total_s // 60)
            found.append(
                f"journey {words} takes {minutes} minutes with {way.journey.n_changes} "
                f"change(s); at most {limits.most_s // 60} and {limits.n_changes}"
            )
    return list(dict.fromkeys(found))


def _find_reasons_for(
    age: int, ways: tuple[OwnWay, ...], assumptions: TrainingAssumptions
) -> tuple[str, ...]:
    found = []
    if age >= assumptions.count("age_usual"):
        found.append(f"{age} years old")
    for way in ways:
        if way.journey is None:
            continue
        words = "there" if way.direction is Direction.OUT else "home"
        by = " and ".join(mode.value for mode in way.journey.modes)
        minutes = -(-way.journey.total_s // 60)
        found.append(f"{words} by {by} in {minutes} minutes, {way.journey.walk_m} m on foot")
    found.append("no recorded need rules it out")
    return tuple(dict.fromkeys(found))


def _find_age(birth_date: date, on: date) -> int:
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def _find_leaving(passenger: Passenger, assumptions: TrainingAssumptions, on: date) -> date:
    """Find when transport ends anyway: with the school year of the leaving age, or this one."""
    name = "leave_secondary" if passenger.phase is Phase.SECONDARY else "leave_post_16"
    birth = passenger.birth_date
    # The school year of a birthday runs from 1 September to 31 August.
    year = birth.year + assumptions.count(name) + (birth.month >= 9)
    return max(date(year, 8, 31), date(on.year + (on.month >= 9), 8, 31))
