"""Why tomorrow's plan is what it is: every difference, its cause, whom it affects, its money.

Duties that differ are put together where passengers pass between them; each such group is one
reason. The words hold ids, times and amounts only, so that a planner can forward them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import networkx as nx

from data.nights import DayChange, DayChangeKind, Explanation, Reason
from data.places import Session
from data.plans import Duty, Plan
from data.units import format_pounds, format_time

JourneyKey = tuple[Session, str]

CAUSES = {
    DayChangeKind.PASSENGER_ABSENT: "absence",
    DayChangeKind.PASSENGER_LEFT: "leaver",
    DayChangeKind.ADDRESS_WITHHELD: "address_withheld",
    DayChangeKind.VEHICLE_OFF: "vehicle_off",
    DayChangeKind.CREW_OFF: "crew_off",
    DayChangeKind.SITE_CLOSED: "site_closed",
    DayChangeKind.SITE_LEAVES_EARLY: "site_leaves_early",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ride:
    """How one passenger rides in one session."""

    duty_id: str
    place_id: str
    site_id: str
    arrive_s: int
    crew: tuple[str, ...]
    companions: frozenset[str]


def explain_plan(
    before: Plan,
    after: Plan,
    *,
    changes: Sequence[DayChange] = (),
    before_pence: Mapping[str, int] | None = None,
    after_pence: Mapping[str, int] | None = None,
    shift_s: int = 300,
    not_applied: Sequence[str] = (),
) -> Explanation:
    """Explain a plan against what families knew.

    Parameters
    ----------
    before, after
        What families knew, and what is published.
    changes
        Changes of the day that were worked in.
    before_pence, after_pence
        Cost of each duty by its id, where known. [pence]
    shift_s
        A pick-up or drop-off moved by more than this is counted as shifted. [s]
    not_applied
        Changes that could not be worked in, in words.

    Returns
    -------
    One reason for each group of duties between which passengers pass, those with a change of
    the day first; nothing for duties that are what they were.
    """
    new_names = _match_duties(before, after)
    old_duties = {d.duty_id: d for d in before.duties}
    new_duties = {new_names[d.duty_id]: d for d in after.duties}
    names = {new_names[d.duty_id]: d.duty_id for d in after.duties}
    old = _find_rides(before, {d: d for d in old_duties})
    new = _find_rides(after, new_names)
    graph: nx.Graph[str] = nx.Graph()
    for duty_id in sorted(old_duties.keys() | new_duties.keys()):
        if not _is_same(old_duties.get(duty_id), new_duties.get(duty_id)):
            graph.add_node(duty_id)
    for key in old.keys() & new.keys():
        if old[key].duty_id != new[key].duty_id:
            graph.add_edge(old[key].duty_id, new[key].duty_id)
    by_target: dict[str, list[DayChange]] = {}
    for change in changes:
        by_target.setdefault(change.target_id, []).append(change)
    unserved = {(u.session, u.passenger_id) for u in after.unserved}
    reasons = []
    for group in sorted(nx.connected_components(graph), key=min):
        reason = _explain_group(
            group, old, new, by_target, unserved, shift_s, old_duties, new_duties
        )
        saved = _sum(before_pence, group & old_duties.keys()) - _sum(
            after_pence, {names[d] for d in group & new_duties.keys()}
        )
        reasons.append(_add_money(reason, saved, has_prices=before_pence is not None))
    told = {p for r in reasons for p in r.passenger_ids}
    known = {(u.session, u.passenger_id) for u in before.unserved}
    for key in sorted(unserved - old.keys() - known, key=lambda k: (k[1], k[0])):
        if key[1] not in told:
            reasons.append(
                Reason(
                    cause="unserved",
                    passenger_ids=(key[1],),
                    text=f"{key[1]} is not carried ({key[0]}): see the list of reasons.",
                )
            )
    shifted, other_crew, joined = _count(old, new, shift_s)
    return Explanation(
        compared_with=before.plan_id,
        reasons=tuple(sorted(reasons, key=lambda r: (r.cause == "saving", r.cause, r.text))),
        before_pence=before.cost_pence,
        after_pence=after.cost_pence,
        n_shifted=len(shifted),
        n_crew_changed=len(other_crew),
        n_new_companions=len(joined),
        not_applied=tuple(not_applied),
    )


def write_explanation(found: Explanation) -> str:
    """Write an explanation as lines of text."""
    money = ""
    if found.before_pence is not None and found.after_pence is not None:
        money = (
            f"Cost of the day {format_pounds(found.after_pence)}, as families knew it "
            f"{format_pounds(found.before_pence)}."
        )
    lines = [
        f"Against {found.compared_with}: {_count_words(len(found.reasons))}. "
        f"{found.n_shifted} passengers at another time, {found.n_crew_changed} with another "
        f"crew or vehicle, {found.n_new_companions} with a new companion. {money}".strip()
    ]
    if found.quiet_s is not None:
        lines.append(
            "Nothing has changed since this plan was last searched for savings: searched again "
            f"for at most {found.quiet_s:g} s."
        )
    lines += [f"- {reason.text}" for reason in found.reasons]
    if found.not_applied:
        lines.append("Not worked in:")
        lines += [f"- {text}" for text in found.not_applied]
    return "\n".join(lines) + "\n"


def _explain_group(
    group: Collection[str],
    old: Mapping[JourneyKey, _Ride],
    new: Mapping[JourneyKey, _Ride],
    by_target: Mapping[str, Sequence[DayChange]],
    unserved: Collection[JourneyKey],
    shift_s: int,
    old_duties: Mapping[str, Duty],
    new_duties: Mapping[str, Duty],
) -> Reason:
    """Explain one group of duties, without its money."""
    was = {k for k, r in old.items() if r.duty_id in group}
    now = {k for k, r in new.items() if r.duty_id in group}
    causes: list[str] = []
    parts: list[str] = []
    touched: set[str] = set()

    def tell(cause: str, people: Collection[str], text: str) -> None:
        causes.append(cause)
        touched.update(people)
        parts.append(text)

    for target_id, found in sorted(_find_resources(group, old_duties, by_target).items()):
        tell(CAUSES[found.kind], (), f"{found.kind.replace('_', ' ')}: {target_id}")
    for person in sorted({p for _, p in was - now}):
        mine = by_target.get(person)
        sessions = _list_sessions([s for s, p in was - now if p == person])
        if mine:
            last = mine[0].last_date
            is_longer = last is not None and last > mine[0].first_date
            until = f" until {last.isoformat()}" if last and is_longer else ""
            tell(CAUSES[mine[0].kind], (person,), f"{person} is away{until} ({sessions})")
        elif any(p == person for _, p in unserved):
            tell("unserved", (person,), f"{person} is not carried ({sessions})")
        else:
            tell("leaver", (person,), f"{person} no longer travels ({sessions})")
    for person in sorted({p for _, p in now - was}):
        keys = sorted(k for k in now - was if k[1] == person)
        times = ", ".join(f"{k[0]} {format_time(new[k].arrive_s)}" for k in keys)
        tell("starter", (person,), f"{person} starts to ride ({times})")
    moved = {
        k for k in was & now if (old[k].place_id, old[k].site_id)
        != (new[k].place_id, new[k].site_id)
    }  # fmt: skip
    for person in sorted({p for _, p in moved}):
        tell("move", (person,), f"{person} boards or alights elsewhere")
    rest = {k for k in was & now - moved if k[1] not in touched}
    later = {k: new[k].arrive_s - old[k].arrive_s for k in rest}
    changed = {k[1] for k, by_s in later.items() if by_s}
    if changed:
        most = max(abs(by_s) for by_s in later.values())
        big = {k[1] for k, by_s in later.items() if abs(by_s) > shift_s}
        text = f"{len(changed)} others move by up to {max(1, round(most / 60))} min"
        if big:
            text += f" ({len(big)} by more than {shift_s // 60}: {_list_some(big)})"
        parts.append(text)
    crews = {k[1] for k in rest if old[k].crew != new[k].crew}
    if crews:
        parts.append(f"{len(crews)} ride with another crew or vehicle: {_list_some(crews)}")
    touched |= changed | crews
    touched |= {k[1] for k in rest if new[k].companions - old[k].companions}
    cause = causes[0] if causes else "saving"
    where = "duty" if len(group) == 1 else "duties"
    if not causes:
        parts.insert(0, "run in another way")
    return Reason(
        cause=cause,
        passenger_ids=tuple(sorted(touched)),
        duty_ids=tuple(sorted(group)),
        text=f"{where} {', '.join(sorted(group))}: {'; '.join(parts)}",
    )


def _find_resources(
    group: Collection[str],
    duties: Mapping[str, Duty],
    by_target: Mapping[str, Sequence[DayChange]],
) -> dict[str, DayChange]:
    """Find which vehicles, crews and sites of a group's duties something is said of."""
    found = {}
    for duty_id in group:
        duty = duties.get(duty_id)
        if duty is None:
            continue
        sites = [s.site_id for r in duty.routes for s in r.stops if s.site_id]
        for target_id in (duty.vehicle_id, *duty.crew_ids, *sites):
            if target_id is not None and target_id in by_target:
                found[target_id] = by_target[target_id][0]
    return found


def _match_duties(before: Plan, after: Plan) -> dict[str, str]:
    """Name each new duty after the old one that carried most of its passengers.

    A search numbers its duties afresh; what families know is who comes with whom.
    """
    old_of = {
        (r.session, p): d.duty_id
        for d in before.duties
        for r in d.routes
        for p in r.passenger_ids
    }
    claims: list[tuple[int, str, str]] = []
    for duty in after.duties:
        shared: dict[str, int] = {}
        for route in duty.routes:
            for p in route.passenger_ids:
                old_id = old_of.get((route.session, p))
                if old_id is not None:
                    shared[old_id] = shared.get(old_id, 0) + 1
        claims += [(-n, old_id, duty.duty_id) for old_id, n in shared.items()]
    names: dict[str, str] = {}
    taken: set[str] = set()
    for _, old_id, new_id in sorted(claims):
        if new_id not in names and old_id not in taken:
            names[new_id] = old_id
            taken.add(old_id)
    used = taken | {d.duty_id for d in before.duties}
    for duty in after.duties:
        if duty.duty_id not in names:
            names[duty.duty_id] = duty.duty_id if duty.duty_id not in used else (
                f"{duty.duty_id} (new)"
            )  # fmt: skip
    return names


def _find_rides(plan: Plan, names: Mapping[str, str]) -> dict[JourneyKey, _Ride]:
    """Find how everybody rides, under the names that the duties had."""
    rides = {}
    for duty in plan.duties:
        crew = (duty.provider_id, duty.vehicle_type_id, duty.vehicle_id or "", *duty.crew_ids)
        for route in duty.routes:
            aboard = frozenset(route.passenger_ids)
            for stop in route.stops:
                at_home = stop.alighting if route.session.is_homeward else stop.boarding
                for p in at_home:
                    site = next(
                        s.site_id or ""
                        for s in route.stops
                        if s.site_id and p in (*s.boarding, *s.alighting)
                    )
                    rides[route.session, p] = _Ride(
                        duty_id=names[duty.duty_id],
                        place_id=stop.place_id,
                        site_id=site,
                        arrive_s=stop.arrive_s,
                        crew=crew,
                        companions=aboard - {p},
                    )
    return rides


def _is_same(old: Duty | None, new: Duty | None) -> bool:
    """Whether a duty is what it was, whatever it and its routes are called."""
    if old is None or new is None:
        return False
    named = replace(
        new,
        duty_id=old.duty_id,
        routes=tuple(
            replace(r, route_id=o.route_id)
            for r, o in zip(new.routes, old.routes, strict=False)
        ),
    )
    return len(new.routes) == len(old.routes) and named == old


def _count(
    old: Mapping[JourneyKey, _Ride], new: Mapping[JourneyKey, _Ride], shift_s: int
) -> tuple[set[str], set[str], set[str]]:
    """Find who is shifted, who has another crew or vehicle, who a new companion."""
    both = old.keys() & new.keys()
    return (
        {k[1] for k in both if abs(new[k].arrive_s - old[k].arrive_s) > shift_s},
        {k[1] for k in both if new[k].crew != old[k].crew},
        {k[1] for k in both if new[k].companions - old[k].companions},
    )


def _add_money(reason: Reason, saved_pence: int, *, has_prices: bool) -> Reason:
    """Say what a reason saves or costs."""
    if not has_prices or not saved_pence:
        return replace(reason, text=f"{reason.text}.")
    word = "saves" if saved_pence > 0 else "costs"
    more = "" if saved_pence > 0 else " more"
    text = f"{reason.text}; {word} {format_pounds(abs(saved_pence))} a day{more}."
    return replace(reason, text=text, saved_pence=saved_pence)


def _sum(pence: Mapping[str, int] | None, duty_ids: Collection[str]) -> int:
    return 0 if pence is None else sum(pence.get(d, 0) for d in duty_ids)


def _list_sessions(sessions: Iterable[Session]) -> str:
    return ", ".join(s for s in Session if s in set(sessions))


def _list_some(people: Collection[str], most: int = 5) -> str:
    named = sorted(people)
    more = f" and {len(named) - most} more" if len(named) > most else ""
    return ", ".join(named[:most]) + more


def _count_words(n: int) -> str:
    return "1 difference" if n == 1 else f"{n or 'no'} differences"
