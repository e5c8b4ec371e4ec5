"""One day type being planned: problems and routes of its sessions, and the duties of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from data.costs import CostModel
from data.demand import find_travellers
from data.errors import SolverError
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.places import Session
from data.plans import DayType, Duty, Unserved
from routing.assemble import (
    PlannedRoute,
    build_duties,
    find_staff,
    plan_route,
)
from routing.day_duties import DayDuties, count_kept, place_dropped
from routing.duties import DutyChoice, DutyLimits, choose_duties, find_limits
from routing.duty_rules import DutyRules
from routing.half_building import Half
from routing.halves import build_halves
from routing.kept_duties import keep_duties
from routing.lots import Cards, find_earned, find_missed, find_rows, take_discounts
from routing.packing import price_each_alone
from routing.pairing import DutyDraft, pair_halves
from routing.pickups import Option, PickUps, choose_pick_ups, find_options
from routing.points import add_choices
from routing.problem import Continuity, SessionProblem
from routing.problem_building import build_session_problem, put_prices
from routing.proofs import Prover
from routing.timed_duties import price_duty
from routing.usual import count_usual, find_usual, find_usual_offers, price_usual

Nodes = tuple[int, ...]
IntArray = NDArray[np.int64]

NODE_LIMIT = 2_000
"""Nodes after which a search for a proven choice of duties stops; keeps it repeatable."""
MAX_SCARCITY_PENCE = 20_000
"""Most that the scarcity of an offer counts in the search of routes. [pence]"""
MOST_MORE = 3
"""Most cards whose lot discount is tried besides those earned."""
LONG_CHAINS = {"n_next_own": 8, "n_next_bought": 5, "n_offers": 40}
"""What `build_halves` builds when vehicles run short."""


class DayCase:
    """Everything of one day type that stays as it is while routes are searched for.

    Parameters
    ----------
    pick_ups
        Points that passengers have on the reference day, kept where possible.
    is_choosing
        The search may choose other points for those who may walk.
    tired
        Duty ids that may not be used on this day (HRS-4).
    prover
        That of another day type of the same inputs, whose proofs hold for this one too.
    """

    def __init__(
        self,
        inputs: Inputs,
        matrix: TravelMatrix,
        cost_model: CostModel,
        day_type: DayType,
        *,
        pick_ups: Mapping[Session, PickUps] | None = None,
        is_choosing: bool = True,
        tired: frozenset[str] = frozenset(),
        prover: Prover | None = None,
    ) -> None:
        self.inputs = inputs
        self.matrix = matrix
        self.listed = cost_model
        self.cost_model = cost_model
        self.cards: Cards = frozenset()
        self.day_type = day_type
        self.tired = tired
        self.limits: DutyLimits = find_limits(inputs, cost_model)
        self.prover = (prover or Prover(inputs, matrix, cost_model, day_type)).turn_to(day_type)
        self.proofs: dict[Session, tuple[Unserved, ...]] = {}
        self.pick_ups: dict[Session, PickUps] = {}
        self.options: dict[Session, dict[str, tuple[Option, ...]]] = {}
        # The last problem of each session, which the next round only prices anew, and the
        # routes of the last problem made into duties: both are dear to work out.
        self._built: dict[Session, tuple[Cards, PickUps, SessionProblem]] = {}
        self._routes: dict[Session, tuple[SessionProblem, dict[Nodes, PlannedRoute]]] = {}
        self.travellers = {s: find_travellers(inputs, day_type, s) for s in Session}
        for session in Session:
            self.proofs[session] = self.prover.prove_all(session)
            excluded = {u.passenger_id for u in self.proofs[session]}
            able = [t for t in self.travellers[session] if t.passenger_id not in excluded]
            is_possible = self.prover.is_possible
            self.pick_ups[session] = choose_pick_ups(
                inputs,
                matrix,
                able,
                is_possible=is_possible,
                fixed=(pick_ups or {}).get(session),
            )
            self.options[session] = (
                find_options(inputs, matrix, able, is_possible=is_possible)
                if is_choosing
                else {}
            )

    def assume(self, cards: Cards) -> DayCase:
        """Give the same case as if these rate cards, and no others, gave their lot discount."""
        if cards == self.cards:
            return self
        twin = copy(self)
        twin.cards, twin.cost_model = cards, take_discounts(self.listed, cards)
        return twin

    @property
    def sessions(self) -> tuple[Session, ...]:
        """Sessions in which somebody travels who can be carried."""
        return tuple(s for s in Session if len(self.travellers[s]) > len(self.proofs[s]))

    def build_problem(
        self,
        session: Session,
        *,
        scarcity_pence: IntArray | None = None,
        continuity: Sequence[Continuity] = (),
        points: PickUps | None = None,
    ) -> SessionProblem:
        """Build the problem of a session, without those who cannot be carried.

        Parameters
        ----------
        points
            Where passengers are collected now, for those who are not where they first were.
        """
        options = self.options[session]
        known = {p: (place, m) for p, (place, m) in (points or {}).items() if p in options}
        pick_ups = self.pick_ups[session] | {
            p: point for p, point in known.items() if point in options[p]
        }
        held = self._built.get(session)
        if held is None or held[:2] != (self.cards, pick_ups):
            problem = build_session_problem(
                self.inputs,
                self.matrix,
                self.cost_model,
                day_type=self.day_type,
                session=session,
                travellers=self.travellers[session],
                pick_ups=pick_ups,
                excluded=[u.passenger_id for u in self.proofs[session]],
                more_places={place for mine in options.values() for place, _ in mine},
            )
            problem = add_choices(problem, self.inputs, options, pick_ups)
            problem = replace(problem, alone_pence=price_each_alone(problem))
            held = self._built[session] = (self.cards, pick_ups, problem)
        return put_prices(held[2], scarcity_pence=scarcity_pence, continuity=continuity)

    def plan_routes(
        self, problem: SessionProblem, routes: Sequence[Nodes]
    ) -> list[PlannedRoute]:
        """Turn the routes of a session into what the duties work with."""
        held = self._routes.get(problem.session)
        if held is None or held[0] is not problem:
            held = self._routes[problem.session] = (problem, {})
        staff, known = find_staff(self.inputs), held[1]
        for nodes in routes:
            if nodes not in known:
                known[nodes] = plan_route(problem, nodes, self.matrix, staff)
        return [known[nodes] for nodes in routes]

    def plan_duties(
        self,
        problems: Mapping[Session, SessionProblem],
        routes: Mapping[Session, Sequence[Nodes]],
        *,
        seconds: float | None = None,
        usual: Sequence[Duty] = (),
        usual_pence: int = 0,
    ) -> DayDuties:
        """Make duties of the routes of all sessions at least exact money.

        Duties are chosen at the lot discounts assumed. They are also chosen at those they have
        earned, at these and that of one more card, and, if some assumed were missed, with the
        cards held to the routes it takes; what is cheapest by what it has earned is given.

        Parameters
        ----------
        seconds
            Limit of proving the choices of duties; without one it is repeatable. [s]
        usual, usual_pence
            Duties of the reference day, and what each passenger kept on theirs is worth.
            [pence]
        """
        none: Cards = frozenset()
        # All choices together get the time given, the first one half of it.
        first_s = seconds if seconds is None or self.listed.discounted is None else seconds / 2

        def choose(cards: Cards, held: Cards, part_s: float | None) -> DayDuties:
            found = self.assume(cards)._choose_all(
                problems, routes, part_s, usual, usual_pence, held
            )
            return self._price_earned(problems, routes, found)

        best = choose(self.cards, none, first_s)
        earned = best.cards
        more = [earned | {card} for card in find_missed(self.listed, best.drafts)]
        tries = [(c, none) for c in (earned, *more[:MOST_MORE]) if c != self.cards]
        if self.cards - earned:
            tries.append((self.cards, self.cards))
        for cards, held in tries:
            part_s = None if first_s is None else first_s / len(tries)
            found = choose(cards, held, part_s)
            if found.search_pence < best.search_pence:
                best = found
        return best

    def _choose_all(
        self,
        problems: Mapping[Session, SessionProblem],
        routes: Mapping[Session, Sequence[Nodes]],
        seconds: float | None,
        usual: Sequence[Duty],
        usual_pence: int,
        held: Cards,
    ) -> DayDuties:
        """Make duties at the lot discounts assumed; `held` cards work what earns theirs."""
        planned, rules = self._read_works(problems, routes)
        if not planned:
            nothing = np.zeros((rules.n_offers, 2), dtype=np.int64)
            return self._build(planned, rules, (), (), usual, usual_pence, nothing)
        price_pence = self.inputs.policy.different_crew_pence
        halves, choice = self._choose(
            rules, usual, usual_pence, seconds, build_halves(rules), held
        )
        if choice.unserved:
            # Routes left over for want of vehicles get a second try with longer chains.
            more = build_halves(rules, **LONG_CHAINS)
            halves, choice = self._choose(rules, usual, usual_pence, seconds, more, held)
        pairing = pair_halves(
            rules,
            [halves[h] for h in choice.halves],
            self.limits,
            different_crew_pence=price_pence,
            usual=find_usual(rules, usual, usual_pence),
        )
        # The choice counts vehicles by halves; what then cannot be paired, e.g. because a
        # battery does not last for both halves, goes to whoever else can work it.
        drafts, dropped = place_dropped(rules, self.limits, pairing)
        return self._build(
            planned,
            rules,
            drafts,
            [*choice.unserved, *dropped],
            usual,
            usual_pence,
            np.clip(choice.vehicle_pence, -MAX_SCARCITY_PENCE, MAX_SCARCITY_PENCE),
        )

    def keep_duties(
        self,
        problems: Mapping[Session, SessionProblem],
        routes: Mapping[Session, Sequence[Nodes]],
        *,
        usual: Sequence[Duty],
        usual_pence: int = 0,
    ) -> DayDuties:
        """Work the routes of all sessions by the duties of the reference day, without a choice.

        Parameters
        ----------
        usual, usual_pence
            As for `plan_duties`.
        """
        planned, rules = self._read_works(problems, routes)
        drafts, dropped = keep_duties(rules, usual, self.limits)
        scarcity_pence = np.zeros((rules.n_offers, 2), dtype=np.int64)
        kept = self._build(planned, rules, drafts, dropped, usual, usual_pence, scarcity_pence)
        return self._price_earned(problems, routes, kept)

    def _price_earned(
        self,
        problems: Mapping[Session, SessionProblem],
        routes: Mapping[Session, Sequence[Nodes]],
        found: DayDuties,
    ) -> DayDuties:
        """Price duties at the lot discounts they have earned, not at those assumed."""
        earned = find_earned(self.listed, found.drafts)
        if earned == found.cards:
            return found
        _, rules = self.assume(earned)._read_works(problems, routes)
        drafts = []
        for draft in found.drafts:
            pence = price_duty(
                rules, draft.offer, draft.works, draft.starts_s, draft.is_by_base
            )
            if pence is None:
                raise SolverError("a duty lost its price when lot discounts were settled")
            drafts.append(replace(draft, cost_pence=pence))
        more_pence = sum(d.cost_pence for d in drafts) - found.cost_pence
        return replace(
            found,
            rules=rules,
            drafts=tuple(drafts),
            cost_pence=found.cost_pence + more_pence,
            search_pence=found.search_pence + more_pence,
            cards=earned,
        )

    def _read_works(
        self,
        problems: Mapping[Session, SessionProblem],
        routes: Mapping[Session, Sequence[Nodes]],
    ) -> tuple[tuple[PlannedRoute, ...], DutyRules]:
        """Read the routes of all sessions as what duties are made of."""
        planned = tuple(
            route
            for session in Session
            if session in problems
            for route in self.plan_routes(problems[session], routes[session])
        )
        works = [route.work for route in planned]
        return planned, DutyRules(self.inputs, self.matrix, self.cost_model, works)

    def _build(
        self,
        planned: tuple[PlannedRoute, ...],
        rules: DutyRules,
        drafts: Sequence[DutyDraft],
        dropped: Sequence[int],
        usual: Sequence[Duty],
        usual_pence: int,
        scarcity_pence: IntArray,
    ) -> DayDuties:
        """Name the duties and count what they come to; those without a crew drop out."""
        duties, unnamed = build_duties(
            self.inputs, rules, planned, drafts, usual=usual, tired=self.tired
        )
        manned = tuple(d for d in drafts if d not in unnamed)
        lost: dict[Session, tuple[str, ...]] = {}
        for i in sorted([*dropped, *(i for d in unnamed for i in d.works)]):
            work = planned[i].work
            lost[work.session] = (*lost.get(work.session, ()), *work.passenger_ids)
        n_lost = sum(len(p) for p in lost.values())
        cost_pence = sum(d.cost_pence for d in manned)
        n_kept = count_kept(rules, manned)
        n_usual = count_usual(duties, usual)
        return DayDuties(
            planned=planned,
            rules=rules,
            drafts=manned,
            duties=duties,
            dropped=lost,
            cost_pence=cost_pence,
            search_pence=cost_pence
            + n_lost * self.inputs.policy.unserved_pence
            - n_kept * self.inputs.policy.different_crew_pence
            - n_usual * usual_pence,
            scarcity_pence=scarcity_pence,
            cards=self.cards,
        )

    def _choose(
        self,
        rules: DutyRules,
        usual: Sequence[Duty],
        usual_pence: int,
        seconds: float | None,
        halves: tuple[Half, ...],
        held: Cards,
    ) -> tuple[tuple[Half, ...], DutyChoice]:
        """Choose from these halves."""
        offer_of = find_usual_offers(self.cost_model, usual)
        choice = choose_duties(
            rules,
            halves,
            self.limits,
            different_crew_pence=self.inputs.policy.different_crew_pence,
            bonus_pence=price_usual(rules, halves, offer_of, usual_pence),
            least=find_rows(self.listed, held),
            node_limit=NODE_LIMIT if seconds is None else None,
            seconds=seconds,
        )
        return halves, choice
