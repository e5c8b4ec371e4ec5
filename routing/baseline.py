"""Today's hand-made plan made exact: its own routes, order, providers and vehicles.

Nothing is improved: a route that arrives late or rides over the limit stays as it is, and the
checker says so. The day is priced by the rate cards like any other plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from data.costs import CostModel
from data.demand import Traveller, find_travellers
from data.fleet import OWN_PROVIDER_ID
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.places import Session
from data.plans import CurrentRoute, DayType, Duty, Plan, PlanState, Unserved, UnservedReason
from routing.assemble import build_dead_runs, find_need
from routing.baseline_routes import TimedRoute, time_route
from routing.crews import name_crews
from routing.duty_rules import DutyRules
from routing.half_building import Half, build_half
from routing.halves import can_follow
from routing.optimise import name_plan
from routing.pairing import DutyDraft, build_draft


@dataclass(slots=True, kw_only=True)
class _Group:
    """What one vehicle works today: its routes of the morning and of the afternoon."""

    name: str
    provider_id: str
    vehicle_type_id: str
    works: tuple[list[int], list[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cause:
    """Why the passengers of a current route are not carried."""

    reason: UnservedReason
    evidence: tuple[tuple[str, int], ...]
    relaxation: str


@dataclass(frozen=True, slots=True)
class _Row:
    """A current route, and what it would lack."""

    name: str
    provider_id: str
    vehicle_type_id: str
    n_passengers: int

    @property
    def numbers(self) -> tuple[tuple[str, int], ...]:
        """What every cause tells: how many share the route."""
        return (("current_routes", 1), ("passengers_on_it", self.n_passengers))

    def lacks_rate(self) -> _Cause:
        """Its provider has no valid price for its vehicle type."""
        return _Cause(
            reason=UnservedReason.NO_VALID_RATE,
            evidence=(*self.numbers, ("offers_of_provider_and_type", 0)),
            relaxation=f"1 valid rate of {self.provider_id} for {self.vehicle_type_id}, with a "
            f"vehicle of that type (route {self.name})",
        )

    def lacks_road(self) -> _Cause:
        """Two of its stops have no road between them."""
        return _Cause(
            reason=UnservedReason.NO_ROAD,
            evidence=self.numbers,
            relaxation=f"1 road between two stops of route {self.name} in the order given, or "
            "a corrected position",
        )

    def lacks_duty(
        self, model: CostModel, offers: Sequence[int], route: TimedRoute, session: Session
    ) -> _Cause:
        """No duty can work it: no price in the session, or driving without a break."""
        s = list(Session).index(session)
        is_peak = session in (Session.AM, Session.PM)
        n_priced = sum(
            bool(model.is_priced[o, s]) or (is_peak and int(model.day_pair_pence[o]) >= 0)
            for o in offers
        )
        if not n_priced:
            return _Cause(
                reason=UnservedReason.NO_VALID_RATE,
                evidence=(*self.numbers, ("offers_priced_in_session", 0)),
                relaxation=f"1 price of {self.provider_id} for {self.vehicle_type_id} in "
                f"session {session} (route {self.name})",
            )
        return _Cause(
            reason=UnservedReason.NO_CAPACITY_LEFT,
            evidence=(
                *self.numbers,
                ("offers_priced_in_session", n_priced),
                ("drive_s", route.work.drive_s),
            ),
            relaxation=f"1 duty that can work route {self.name}: a road from and to its base, "
            "a break in time",
        )


def build_baseline(
    inputs: Inputs, matrix: TravelMatrix, cost_model: CostModel, day_type: DayType
) -> Plan:
    """Build today's plan of a day type from the current routes.

    Parameters
    ----------
    cost_model
        Prices by the rate cards; a route whose provider has no valid price for its vehicle type
        is left out and its passengers are listed.

    Returns
    -------
    Plan in state BASELINE. It may break rules; the checker names them.
    """
    travellers = {
        (s, t.passenger_id): t for s in Session for t in find_travellers(inputs, day_type, s)
    }
    rows = _group_rows(inputs.current_routes, travellers)
    offers = _find_offers(cost_model)
    timed: list[TimedRoute] = []
    groups: dict[tuple[str, str, str], _Group] = {}
    causes: dict[tuple[Session, str], _Cause] = {}
    for (name, session, provider_id, type_id), passenger_ids in rows.items():
        row = _Row(name, provider_id, type_id, len(passenger_ids))
        if (provider_id, type_id) not in offers:
            causes |= dict.fromkeys(((session, p) for p in passenger_ids), row.lacks_rate())
            continue
        riders = [travellers[session, p] for p in passenger_ids]
        route = time_route(inputs, matrix, cost_model, day_type, session, riders, type_id)
        if route is None:
            causes |= dict.fromkeys(((session, p) for p in passenger_ids), row.lacks_road())
            continue
        # Told of whoever no duty turns out to work, e.g. for want of a price in the session.
        cause = row.lacks_duty(cost_model, offers[provider_id, type_id], route, session)
        causes |= dict.fromkeys(((session, p) for p in passenger_ids), cause)
        group = groups.setdefault(
            (name, provider_id, type_id),
            _Group(name=name, provider_id=provider_id, vehicle_type_id=type_id, works=([], [])),
        )
        group.works[route.work.half].append(len(timed))
        timed.append(route)
    rules = DutyRules(inputs, matrix, cost_model, [t.work for t in timed], is_always_open=True)
    drafts = _build_drafts(rules, groups, offers)
    duties = _name_duties(inputs, rules, timed, drafts)
    plan = Plan(
        plan_id="",
        place=inputs.place,
        day_type=day_type,
        service_date=None,
        duties=duties,
        unserved=_list_unserved(inputs, travellers, duties, causes),
        state=PlanState.BASELINE,
        cost_pence=sum(d.cost_pence for d in drafts),
        flags=matrix.flags,
    )
    return replace(plan, plan_id=name_plan(plan))


def _group_rows(
    rows: Sequence[CurrentRoute], travellers: Mapping[tuple[Session, str], Traveller]
) -> dict[tuple[str, Session, str, str], list[str]]:
    """Group the rows of those who travel by route, in order of their sequence."""
    found: dict[tuple[str, Session, str, str], list[str]] = {}
    seen: set[tuple[Session, str]] = set()
    order = sorted(
        rows, key=lambda r: (r.route_name, list(Session).index(r.session), r.sequence)
    )
    for row in order:
        key = (row.session, row.passenger_id)
        if key in travellers and key not in seen:
            seen.add(key)
            route = (row.route_name, row.session, row.provider_id, row.vehicle_type_id)
            found.setdefault(route, []).append(row.passenger_id)
    return found


def _find_offers(cost_model: CostModel) -> dict[tuple[str, str], list[int]]:
    """Find the offers of each provider and vehicle type: one for each base."""
    offers: dict[tuple[str, str], list[int]] = {}
    for o, provider in enumerate(cost_model.provider_ids):
        offers.setdefault((provider, cost_model.vehicle_type_ids[o]), []).append(o)
    return offers


def _build_drafts(
    rules: DutyRules,
    groups: Mapping[tuple[str, str, str], _Group],
    offers: Mapping[tuple[str, str], list[int]],
) -> list[DutyDraft]:
    """Give every group a base, the one with the shortest empty way that has vehicles left."""
    left = {o: int(rules.model.n_vehicles[o]) for mine in offers.values() for o in mine}
    drafts: list[DutyDraft] = []
    for group in _merge_groups(rules, groups, offers):
        mine = offers[group.provider_id, group.vehicle_type_id]
        free = [o for o in mine if left[o] > 0] or mine
        ways = sorted((_measure_empty_m(rules, group, o), o) for o in free)
        offer = ways[0][1]
        left[offer] -= 1
        drafts.extend(_draft_group(rules, group, offer))
    return drafts


def _merge_groups(
    rules: DutyRules,
    groups: Mapping[tuple[str, str, str], _Group],
    offers: Mapping[tuple[str, str], list[int]],
) -> list[_Group]:
    """Let a school vehicle work a day-centre route too where vehicles would run out."""
    merged: list[_Group] = []
    kinds: dict[tuple[str, str], list[_Group]] = {}
    for key in sorted(groups):
        group = groups[key]
        kinds.setdefault((group.provider_id, group.vehicle_type_id), []).append(group)
    for kind, members in sorted(kinds.items()):
        n_vehicles = sum(int(rules.model.n_vehicles[o]) for o in offers[kind])
        days = [g for g in members if _is_day_only(rules, g)]
        schools = [g for g in members if not _is_day_only(rules, g)]
        lone: list[_Group] = []
        for day in days:
            partner = None
            if len(members) > n_vehicles:
                partner = next(
                    (s for s in schools if _can_merge(rules, s, day, offers[kind][0])), None
                )
            if partner is None:
                lone.append(day)
                continue
            for half in (0, 1):
                works = partner.works[half] + day.works[half]
                works.sort(key=lambda i: rules.works[i].span.from_s)
                partner.works[half][:] = works
        merged += [*schools, *lone]
    return merged


def _is_day_only(rules: DutyRules, group: _Group) -> bool:
    sessions = {rules.works[i].session for half in group.works for i in half}
    return sessions <= {Session.DAY_OUT, Session.DAY_HOME}


def _can_merge(rules: DutyRules, school: _Group, day: _Group, offer: int) -> bool:
    """Whether one vehicle can work both groups; a vehicle takes at most one more group."""
    if any(
        rules.works[i].session in (Session.DAY_OUT, Session.DAY_HOME)
        for half in school.works
        for i in half
    ):
        return False
    halves: list[Half] = []
    for part in (0, 1):
        works = sorted(
            school.works[part] + day.works[part], key=lambda i: rules.works[i].span.from_s
        )
        if works:
            half = build_half(rules, offer, tuple(works))
            if half is None:
                return False
            halves.append(half)
    return len(halves) < 2 or can_follow(rules, halves[0], halves[1])


def _measure_empty_m(rules: DutyRules, group: _Group, offer: int) -> int:
    """Measure the empty way of a group from a base. [m]"""
    works = [rules.works[i] for half in group.works for i in half]
    return sum(rules.lead(offer, w)[1] + rules.back(offer, w)[1] for w in works)


def _draft_group(rules: DutyRules, group: _Group, offer: int) -> list[DutyDraft]:
    """Make the duty of a group, or several where its routes cannot follow each other."""
    halves: list[list[Half]] = [[], []]
    for part in (0, 1):
        works = tuple(group.works[part])
        whole = build_half(rules, offer, works) if works else None
        if whole is not None:
            halves[part].append(whole)
            continue
        for i in works:
            alone = build_half(rules, offer, (i,))
            if alone is not None:
                halves[part].append(alone)
    mornings, afternoons = halves
    drafts: list[DutyDraft] = []
    for k in range(max(len(mornings), len(afternoons))):
        first = mornings[k] if k < len(mornings) else None
        second = afternoons[k] if k < len(afternoons) else None
        if first is not None and second is not None and not can_follow(rules, first, second):
            drafts.append(build_draft(rules, (first, None)))
            drafts.append(build_draft(rules, (None, second)))
        else:
            drafts.append(build_draft(rules, (first, second)))
    return drafts


def _name_duties(
    inputs: Inputs,
    rules: DutyRules,
    timed: Sequence[TimedRoute],
    drafts: Sequence[DutyDraft],
) -> tuple[Duty, ...]:
    """Make the duties with dead runs, and vehicles and crews as far as they go."""
    model = rules.model
    duties: list[Duty] = []
    for number, draft in enumerate(drafts, start=1):
        duty_id = f"T{number:03d}"
        routes = tuple(
            replace(timed[i].route, route_id=f"{duty_id}-{timed[i].work.session}-{k}")
            for k, i in enumerate(draft.works, start=1)
        )
        duties.append(
            Duty(
                duty_id=duty_id,
                provider_id=model.provider_ids[draft.offer],
                vehicle_type_id=model.vehicle_type_ids[draft.offer],
                routes=routes,
                dead_runs=build_dead_runs(rules, draft, routes),
                base_place_id=model.base_place_ids[draft.offer] or None,
                rate_card_id=model.rate_card_ids[draft.offer] or None,
            )
        )
    own = [k for k, duty in enumerate(duties) if duty.provider_id == OWN_PROVIDER_ID]
    needs = [
        find_need(rules, [timed[i].work for i in drafts[k].works], drafts[k], duties[k])
        for k in own
    ]
    for k, names in zip(own, name_crews(inputs, needs), strict=True):
        if names is not None:
            duties[k] = replace(duties[k], vehicle_id=names.vehicle_id, crew_ids=names.crew_ids)
    return tuple(duties)


def _list_unserved(
    inputs: Inputs,
    travellers: Mapping[tuple[Session, str], Traveller],
    duties: Sequence[Duty],
    causes: Mapping[tuple[Session, str], _Cause],
) -> tuple[Unserved, ...]:
    """List who is on no current route that runs, each with the cause."""
    aboard = {(r.session, p) for d in duties for r in d.routes for p in r.passenger_ids}
    order = list(Session)
    other_rows: dict[str, int] = {}
    for row in inputs.current_routes:
        other_rows[row.passenger_id] = other_rows.get(row.passenger_id, 0) + 1
    found = []
    for session, passenger_id in sorted(
        travellers, key=lambda key: (order.index(key[0]), key[1])
    ):
        if (session, passenger_id) in aboard:
            continue
        cause = causes.get((session, passenger_id))
        if cause is None:
            n_other = other_rows.get(passenger_id, 0)
            cause = _Cause(
                reason=UnservedReason.NO_CAPACITY_LEFT,
                evidence=(("current_routes", 0), ("current_routes_other_sessions", n_other)),
                relaxation=f"1 row of today's plan in session {session}",
            )
        found.append(
            Unserved(
                passenger_id=passenger_id,
                session=session,
                reason=cause.reason,
                evidence=cause.evidence,
                relaxation=cause.relaxation,
            )
        )
    return tuple(found)
