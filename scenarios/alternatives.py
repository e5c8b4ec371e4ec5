"""What could be offered instead of a vehicle, capped at what the council itself would save.

The cap is each passenger's own marginal saving: the day planned with and without the passenger,
from the same start. What a set of passengers saves together is planned again, since it is never
the sum: taking one of two off a minibus saves a detour, taking both saves the minibus.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from costing import build_cost_model
from data.alternatives import AlternativesStudy, Mode, Offer, TakeUp
from data.demand import find_day_type, find_day_types
from data.errors import InfeasibleError
from data.inputs import Inputs, fingerprint
from data.networks import RoadNetwork, TravelMatrix
from data.passengers import AssistantNeed, Passenger, Phase, Wheelchair
from data.places import SiteKind
from data.plans import Plan
from data.timetables import PublicTimetable
from data.training import TrainingAssumptions
from data.units import MM_PER_MILE, divide_half_up
from data.versions import find_code_version
from routing import find_violations, measure_drives, measure_walks, repair_plan
from scenarios.case import Search
from scenarios.changes import Draft
from scenarios.changes.alternatives import PAID_TO_FAMILY
from scenarios.changes.choose import remove_passengers
from scenarios.distributions import Pert
from scenarios.eligibility import find_age
from scenarios.training.candidates import find_candidates
from scenarios.training.planner import Planner
from scenarios.training.study import find_timetable_date

LEVELS = ("low", "likely", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Terms of the offers; each number with its source in docs/reference/alternatives.md.

    Attributes
    ----------
    bands
        Personal travel budget by drive: (up to so many miles, pounds a year), the last for all
        beyond. Kent 2025-26, 2,000 to 5,000 pounds; grade B.
    mileage_pence_per_mile, trips_a_day
        Mileage for a family that drives there and back twice; Trafford, Swindon; grade B.
    cycle_pounds, cycle_most_m, cycle_from_age
        Cycle allowance; grade C.
    pass_pounds
        Public transport pass; DfE 2025-26; grade A.
    escort_pence_per_hour, escort_least_s
        Loaded hour of an assistant (formula F1) and least paid time a day; grade C.
    walk_m_per_h
        Pace of an escort and a child. [m/h]
    escort_most_m, walking_bus_most_m
        Longest walk with an escort, and to school with a walking bus. [m]
    walking_bus_least, walking_bus_most
        Children of one school in a walking bus with one escort.
    take_up_bp
        Chance that an offer worth the family's own cost of driving is taken: low, likely and
        high; Kent 8 % (2 to 20); grade C. [0.01 %]
    most_of_saving_bp
        Most of the council's own saving that is offered to a family: an offer of all of it
        saves nothing, and savings are measured by a search. Grade C. [0.01 %]
    """

    bands: tuple[tuple[int | None, int], ...] = ((5, 2_000), (10, 3_500), (None, 5_000))
    mileage_pence_per_mile: int = 45
    trips_a_day: int = 4
    cycle_pounds: int = 350
    cycle_most_m: int = 8_047
    cycle_from_age: int = 11
    pass_pounds: int = 900
    escort_pence_per_hour: int = 1_966
    escort_least_s: int = 3_600
    walk_m_per_h: int = 4_000
    escort_most_m: int = 3_218
    walking_bus_most_m: int = 1_609
    walking_bus_least: int = 4
    walking_bus_most: int = 8
    take_up_bp: tuple[int, int, int] = (200, 800, 2_000)
    most_of_saving_bp: int = 7_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A passenger's one journey: those with two homes or schools are offered nothing here."""

    passenger: Passenger
    site_id: str
    n_days: int
    walk_m: int | None
    drive_m: int


def find_journeys(
    inputs: Inputs, network: RoadNetwork, taken: Collection[str] = ()
) -> tuple[Journey, ...]:
    """Find pupils with one home and one school, their distances and days a year.

    Parameters
    ----------
    taken
        Passengers with an offer already.
    """
    places = {p.place_id: p for p in inputs.places}
    sites = {s.site_id: s for s in inputs.sites}
    home_place = {h.home_id: h.place_id for h in inputs.homes}
    ends: dict[str, set[tuple[str, str]]] = {}
    for d in inputs.demands:
        ends.setdefault(d.passenger_id, set()).add((home_place[d.home_id], d.site_id))
    days = count_days(inputs)
    chosen = []
    for p in sorted(inputs.passengers, key=lambda p: p.passenger_id):
        held = ends.get(p.passenger_id, set())
        if p.passenger_id in taken or p.phase is Phase.ADULT or len(held) != 1:
            continue
        ((place_id, site_id),) = held
        if sites[site_id].kind is not SiteKind.DAY_CENTRE:
            chosen.append((p, place_id, site_id))
    pairs = [(place_id, sites[site_id].place_id) for _, place_id, site_id in chosen]
    used = [places[i] for i in sorted({i for pair in pairs for i in pair})]
    walks = measure_walks(network, used, pairs).tolist()
    drives = measure_drives(network, used, pairs, policy=inputs.policy).tolist()
    return tuple(
        Journey(
            passenger=p,
            site_id=site_id,
            n_days=days.get(p.passenger_id, 0),
            walk_m=None if walk < 0 else walk // 1000,
            drive_m=drive // 1000,
        )
        for (p, _, site_id), walk, drive in zip(chosen, walks, drives, strict=True)
        if drive >= 0
    )


def count_days(inputs: Inputs) -> dict[str, int]:
    """Count the days of the year on which each passenger travels."""
    day_types, dates = find_day_types(inputs)
    n_of: dict[str, int] = {}
    for name in dates.values():
        n_of[name] = n_of.get(name, 0) + 1
    calendar = {s.site_id: s.calendar_id for s in inputs.sites}
    travels: dict[str, set[str]] = {}
    for d in inputs.demands:
        for t in day_types:
            if (
                t.weekday in d.weekdays
                and t.week in d.weeks
                and calendar[d.site_id] in t.open_calendar_ids
            ):
                travels.setdefault(d.passenger_id, set()).add(t.day_type_id)
    return {p: sum(n_of.get(t, 0) for t in held) for p, held in travels.items()}


def list_modes(j: Journey, terms: Terms, on: date, *, can_use_bus: bool) -> tuple[Mode, ...]:
    """List the means that could be offered at all; a person still judges each."""
    p = j.passenger
    is_independent = (
        not p.need
        and p.assistant is AssistantNeed.NONE
        and p.assistant_id is None
        and p.wheelchair is Wheelchair.NONE
        and not p.needs_lift
    )
    found = [Mode.BUDGET, Mode.MILEAGE]
    age = find_age(p.birth_date, on)
    if is_independent and age >= terms.cycle_from_age and j.drive_m <= terms.cycle_most_m:
        found.append(Mode.CYCLE)
    if is_independent and can_use_bus:
        found.append(Mode.PASS)
    is_near = j.walk_m is not None and j.walk_m <= terms.escort_most_m
    is_led = not p.needs_trained_assistant and p.assistant is not AssistantNeed.ONE_TO_ONE
    if is_near and is_led and p.wheelchair is Wheelchair.NONE and not p.needs_lift:
        found.append(Mode.ESCORT)
    return tuple(found)


def find_own_pence(j: Journey, terms: Terms) -> int:
    """Find what driving costs the family a year: so many trips a day by the mile. [pence]"""
    mm = j.drive_m * 1000 * terms.trips_a_day * j.n_days
    return divide_half_up(mm * terms.mileage_pence_per_mile, MM_PER_MILE)


def find_wanted_pence(j: Journey, mode: Mode, terms: Terms) -> int:
    """Find what an offer would give or cost a year before any cap. [pence]"""
    if mode is Mode.BUDGET:
        miles_mm = j.drive_m * 1000
        pounds = next(
            pounds
            for most, pounds in terms.bands
            if most is None or miles_mm < most * MM_PER_MILE
        )
        return pounds * 100
    if mode is Mode.MILEAGE:
        return find_own_pence(j, terms)
    if mode is Mode.CYCLE:
        return terms.cycle_pounds * 100
    if mode is Mode.PASS:
        return terms.pass_pounds * 100
    # there with the child and back alone, twice a day
    walked_s = divide_half_up(4 * (j.walk_m or 0) * 3_600, terms.walk_m_per_h)
    paid_s = max(walked_s, terms.escort_least_s)
    return divide_half_up(paid_s * terms.escort_pence_per_hour * j.n_days, 3_600)


def find_take_up(mode: Mode, cost_pence: int, own_pence: int, terms: Terms) -> tuple[int, ...]:
    """Find the chance that an offer is taken, low, likely and high. [0.01 %]

    Money to a family is taken the likelier the more of its own cost of driving it covers, in
    proportion, up to half as much again; other offers as the terms say. Grade C.
    """
    if mode not in PAID_TO_FAMILY or not own_pence:
        return terms.take_up_bp
    share_bp = min(15_000, divide_half_up(cost_pence * 10_000, own_pence))
    return tuple(divide_half_up(bp * share_bp, 10_000) for bp in terms.take_up_bp)


def build_offer(
    j: Journey, saving_pence: int, terms: Terms, on: date, *, can_use_bus: bool = False
) -> Offer | None:
    """Build the best offer to one passenger: the greatest expected net saving; None for none.

    Money to the family never exceeds the terms' share of the saving (ALT-3 at all of it);
    another offer that costs more than it saves is not made.
    """
    best: Offer | None = None
    own_pence = find_own_pence(j, terms)
    for mode in list_modes(j, terms, on, can_use_bus=can_use_bus):
        wanted = find_wanted_pence(j, mode, terms)
        most = max(0, saving_pence) * terms.most_of_saving_bp // 10_000
        cost = min(wanted, most) if mode in PAID_TO_FAMILY else wanted
        if cost >= saving_pence and mode not in PAID_TO_FAMILY:
            continue
        if cost <= 0:
            continue
        low, likely, high = find_take_up(mode, cost, own_pence, terms)
        offer = Offer(
            passenger_id=j.passenger.passenger_id,
            mode=mode,
            group="",
            n_days=j.n_days,
            walk_m=j.walk_m,
            drive_m=j.drive_m,
            saving_pence=saving_pence,
            wanted_pence=wanted,
            cost_pence=cost,
            own_pence=own_pence,
            take_up_low_bp=low,
            take_up_bp=likely,
            take_up_high_bp=high,
        )
        if best is None or _rank(offer) > _rank(best):
            best = offer
    return best if best is not None and best.net_pence > 0 else None


def _rank(offer: Offer) -> tuple[int, int, str]:
    return offer.net_pence * offer.take_up_bp, offer.take_up_bp, offer.mode


def find_walking_buses(
    journeys: Sequence[Journey], terms: Terms, on: date
) -> tuple[tuple[Journey, ...], ...]:
    """Find groups of young children near one school who could walk together, nearest first."""
    near: dict[str, list[Journey]] = {}
    for j in journeys:
        if j.walk_m is None or j.walk_m > terms.walking_bus_most_m:
            continue
        p = j.passenger
        if p.phase is Phase.PRIMARY and Mode.ESCORT in list_modes(
            j, terms, on, can_use_bus=False
        ):
            near.setdefault(j.site_id, []).append(j)
    found = []
    for _, held in sorted(near.items()):
        held.sort(key=lambda j: (j.walk_m or 0, j.passenger.passenger_id))
        for k in range(0, len(held), terms.walking_bus_most):
            group = held[k : k + terms.walking_bus_most]
            if len(group) >= terms.walking_bus_least:
                found.append(tuple(group))
    return tuple(found)


def _build_bus_offers(
    group: Sequence[Journey], saving_pence: int, terms: Terms
) -> tuple[Offer, ...]:
    """Build the offers of a walking bus: one escort for all, cost and saving in equal parts."""
    longest = max(group, key=lambda j: j.walk_m or 0)
    cost = find_wanted_pence(longest, Mode.WALKING_BUS, terms)
    if saving_pence <= cost:
        return ()
    n = len(group)
    low, likely, high = terms.take_up_bp
    name = f"walking bus {group[0].site_id} {group[0].passenger.passenger_id}"
    return tuple(
        Offer(
            passenger_id=j.passenger.passenger_id,
            mode=Mode.WALKING_BUS,
            group=name,
            n_days=j.n_days,
            walk_m=j.walk_m,
            drive_m=j.drive_m,
            saving_pence=_part(saving_pence, n, k),
            wanted_pence=_part(cost, n, k),
            cost_pence=_part(cost, n, k),
            own_pence=find_own_pence(j, terms),
            take_up_low_bp=low,
            take_up_bp=likely,
            take_up_high_bp=high,
        )
        for k, j in enumerate(group)
    )


def _part(amount: int, n: int, k: int) -> int:
    """Give the k-th of n parts that add up to the amount."""
    return amount * (k + 1) // n - amount * k // n


def study_alternatives(
    inputs: Inputs,
    network: RoadNetwork,
    matrix: TravelMatrix,
    search: Search,
    *,
    created_utc: datetime,
    terms: Terms | None = None,
    taken: Collection[str] = (),
    bus_rides: Mapping[str, int] | None = None,
    timetable: str = "",
    refused: Collection[str] = (),
    n_measured: int = 40,
    n_draws: int = 8,
    seed: int = 1,
    progress: Callable[[float], None] | None = None,
) -> AlternativesStudy:
    """Find what could be offered to whom at what cap, and what take-up would save.

    Parameters
    ----------
    taken
        Passengers another change made an offer to (training): left aside.
    bus_rides
        Passengers for whom a public transport journey was found, and how long the longer of
        there and home takes. [s]
    timetable
        Where those journeys come from, for the reader.
    refused
        Passengers whose family has said no.
    n_measured
        Passengers whose saving is searched for: those a repair says save most.
    n_draws
        Draws of take-up between low and high, each planned again.
    seed
        Of who takes an offer; levels share it, so that each holds the one before.
    """
    used = terms or Terms()
    on = inputs.service_date
    day_type = find_day_type(inputs, on)
    if day_type is None:
        raise InfeasibleError(f"no site is open on {on.isoformat()}: nothing to plan.")
    planner = Planner(inputs, matrix, build_cost_model(inputs, on), day_type, search)
    aside = set(taken) | set(refused)
    journeys = find_journeys(inputs, network, aside)
    estimates = {}
    for k, j in enumerate(journeys):
        estimates[j] = (
            estimate_saving(planner, frozenset({j.passenger.passenger_id})) * j.n_days
        )
        if progress is not None:
            progress(0.3 * (k + 1) / len(journeys))
    order = sorted(journeys, key=lambda j: (-estimates[j], j.passenger.passenger_id))
    looked = [j for j in order if j.n_days > 0]
    measured = looked[:n_measured]
    groups = find_walking_buses(journeys, used, on)
    planner.share(
        [_name_people((j,)) for j in measured] + [_name_people(group) for group in groups],
        lambda part: progress(0.3 + 0.6 * part) if progress is not None else None,
    )
    offers: dict[str, Offer] = {}
    for j in measured:
        saving = planner.find_saving(_name_people((j,))) * j.n_days
        bus_s = (bus_rides or {}).get(j.passenger.passenger_id)
        offer = build_offer(j, saving, used, on, can_use_bus=bus_s is not None)
        if offer is not None:
            offers[offer.passenger_id] = replace(offer, bus_s=bus_s)
    for group in groups:
        gone = _name_people(group)
        n_days = min(j.n_days for j in group)
        made = _build_bus_offers(group, planner.find_saving(gone) * n_days, used)
        if sum(o.net_pence for o in made) > sum(
            offers[o.passenger_id].net_pence for o in made if o.passenger_id in offers
        ):
            offers.update({o.passenger_id: o for o in made})
    found = tuple(sorted(offers.values(), key=lambda o: (-o.net_pence, o.passenger_id)))
    levels = [(name, draw_takers(found, k, seed)) for k, name in enumerate(LEVELS)]
    draws = [(f"draw {k + 1}", draw_between(found, seed, k + 1)) for k in range(n_draws)]
    planner.share(_name_takers(takers) for _, takers in (*levels, *draws))
    study = AlternativesStudy(
        study_id="",
        timetable=timetable,
        place=inputs.place,
        title=inputs.title,
        created_utc=created_utc,
        code_version=find_code_version(),
        inputs_hash=fingerprint(inputs),
        n_looked_at=len(looked),
        n_measured=len(measured),
        n_taken_before=len(set(taken)),
        base_day_pence=planner.base.cost_pence or 0,
        n_base_routes=len(planner.base.routes),
        n_base_duties=len(planner.base.duties),
        offers=found,
        levels=tuple(_measure_takers(planner, takers, name) for name, takers in levels),
        draws=tuple(_measure_takers(planner, takers, name) for name, takers in draws),
        n_violations=planner.n_violations,
        flags=matrix.flags,
        is_synthetic=inputs.is_synthetic,
        attribution=matrix.attribution,
    )
    stamp = f"{created_utc:%Y%m%dT%H%M%SZ}"
    name = f"{inputs.place}-alternatives-{stamp}-{fingerprint(study)[:8]}"
    return replace(study, study_id=name)


def find_bus_rides(
    inputs: Inputs,
    network: RoadNetwork,
    timetable: PublicTimetable,
    assumptions: TrainingAssumptions,
) -> dict[str, int]:
    """Find who could travel by bus or rail both ways, and how long the longer way takes. [s]

    By the limits of travel training: age, needs, changes, minutes, walks.

    Raises
    ------
    InfeasibleError
        If the timetable has no trips on a day like the service date.
    """
    on = find_timetable_date(timetable, inputs.service_date)
    found = find_candidates(inputs, network, timetable, assumptions, on=on)
    return {c.passenger_id: c.longest_s for c in found if c.is_proposed and c.needs_pass}


def draw_takers(offers: Sequence[Offer], level: int, seed: int) -> tuple[Offer, ...]:
    """Draw who takes an offer at a level of take-up; a higher level holds every lower one.

    Each passenger has one random number, a walking bus one for all its children.
    """
    found = []
    for offer in offers:
        words = [seed, *(offer.group or offer.passenger_id).encode()]
        u = float(np.random.default_rng(words).random())
        chance_bp = (offer.take_up_low_bp, offer.take_up_bp, offer.take_up_high_bp)[level]
        if u * 10_000 < chance_bp:
            found.append(offer)
    return tuple(found)


def draw_between(offers: Sequence[Offer], seed: int, n: int) -> tuple[Offer, ...]:
    """Draw who takes an offer in the n-th draw.

    How ready families are is not known, and is one for all in a draw: a PERT quantile between
    each offer's low and high chance. Who of them is ready is drawn for each.
    """
    share = float(np.random.default_rng([seed, n]).random())
    found = []
    for offer in offers:
        words = [seed, n, *(offer.group or offer.passenger_id).encode()]
        chance = Pert(
            low=offer.take_up_low_bp, mode=offer.take_up_bp, high=offer.take_up_high_bp
        ).find_quantile(share)
        if float(np.random.default_rng(words).random()) * 10_000 < chance:
            found.append(offer)
    return tuple(found)


def estimate_saving(planner: Planner, gone: frozenset[str]) -> int:
    """Estimate what a day costs less by repairing the base plan, which takes no search. [pence]

    A first look at everybody, so that the search is spent on those who save most.
    """
    draft = Draft(inputs=planner.inputs, rng=np.random.default_rng(0))
    remove_passengers(draft, gone)
    found = repair_plan(
        planner.base, draft.inputs, planner.matrix, planner.model, judge=find_violations
    )
    return (planner.base.cost_pence or 0) - (found.plan.cost_pence or 0)


def _name_people(group: Sequence[Journey]) -> frozenset[str]:
    return frozenset(j.passenger.passenger_id for j in group)


def _name_takers(takers: Sequence[Offer]) -> frozenset[str]:
    return frozenset(o.passenger_id for o in takers)


def _measure_takers(planner: Planner, takers: Sequence[Offer], name: str) -> TakeUp:
    gone = _name_takers(takers)
    plan: Plan = planner.plan(gone)
    n_days = max((o.n_days for o in takers), default=0)
    return TakeUp(
        level=name,
        passenger_ids=tuple(sorted(gone)),
        saving_pence=planner.find_saving(gone) * n_days,
        sum_pence=sum(o.saving_pence for o in takers),
        cost_pence=sum(o.cost_pence for o in takers),
        n_routes=len(plan.routes),
        n_duties=len(plan.duties),
    )


__all__ = [
    "LEVELS",
    "Journey",
    "Terms",
    "build_offer",
    "count_days",
    "draw_between",
    "draw_takers",
    "find_bus_rides",
    "find_journeys",
    "find_own_pence",
    "find_take_up",
    "find_walking_buses",
    "find_wanted_pence",
    "list_modes",
    "study_alternatives",
]
