"""Who cannot be carried at all, proven before the search.

Every proof holds for any plan: it needs no search. It names the reason, the numbers it stands
on and the smallest change that would help.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np

from data.costs import CostModel
from data.demand import Traveller, find_sites, find_travellers
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.passengers import Passenger
from data.places import Home, Place, Session, Site
from data.plans import DayType, Unserved, UnservedReason
from data.units import S_PER_HOUR, format_time
from routing.carriers import Carrier, count_needs, find_carriers, find_provider_locks
from routing.companions import prove_companions

Evidence = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """One traveller's journey with everything a proof looks at.

    Attributes
    ----------
    options
        Places the traveller can be collected at or brought to, with the walk. [m]
    """

    traveller: Traveller
    passenger: Passenger
    home: Home
    site: Site
    options: tuple[tuple[str, int], ...]

    @property
    def session(self) -> Session:
        """The session."""
        return self.traveller.session


class Prover:
    """Prove which journeys of a day type no plan can carry.

    Parameters
    ----------
    cost_model
        Offers with a valid price on the date.
    """

    def __init__(
        self, inputs: Inputs, matrix: TravelMatrix, cost_model: CostModel, day_type: DayType
    ) -> None:
        self.inputs = inputs
        self.matrix = matrix
        self.day_type = day_type
        self._passengers = {p.passenger_id: p for p in inputs.passengers}
        self._homes = {h.home_id: h for h in inputs.homes}
        self._sites = find_sites(inputs, day_type)
        self._places: dict[str, Place] = {p.place_id: p for p in inputs.places}
        self._carriers = find_carriers(inputs, cost_model)
        self._duration_s = {p: np.asarray(a) for p, a in matrix.duration_s.items()}
        self._proofs: dict[Traveller, Unserved | None] = {}
        self._able: dict[Traveller, tuple[Carrier, ...]] = {}
        self._ways: dict[tuple[Traveller, str, int], bool] = {}
        self._points = {p.place_id for p in inputs.pick_up_points}

    def turn_to(self, day_type: DayType) -> Prover:
        """Give the prover of another day type; what is proven of a journey stays proven."""
        other = copy(self)
        other.day_type = day_type
        if day_type.early_closings != self.day_type.early_closings:
            # What was proven holds for other times of leaving.
            other._sites = find_sites(self.inputs, day_type)
            other._proofs, other._able, other._ways = {}, {}, {}
        return other

    def find_journeys(self, session: Session) -> tuple[Journey, ...]:
        """Find the journeys of a session, by passenger id."""
        return tuple(
            self.build_journey(t) for t in find_travellers(self.inputs, self.day_type, session)
        )

    def build_journey(self, traveller: Traveller) -> Journey:
        """Find what a proof looks at."""
        passenger = self._passengers[traveller.passenger_id]
        home = self._homes[traveller.home_id]
        options = [(home.place_id, 0)]
        is_met = traveller.session.is_homeward and passenger.must_be_received
        if passenger.walk_limit_m > 0 and not is_met:
            options += [
                (place_id, walk_m)
                for place_id, walk_m in self.matrix.walks_from.get(home.place_id, ())
                if place_id in self._points and walk_m <= passenger.walk_limit_m
            ]
        return Journey(
            traveller=traveller,
            passenger=passenger,
            home=home,
            site=self._sites[traveller.site_id],
            options=tuple(options),
        )

    def prove_all(self, session: Session) -> tuple[Unserved, ...]:
        """Prove which journeys of a session are impossible, alone and with companions."""
        journeys = self.find_journeys(session)
        found: dict[str, Unserved] = {}
        for journey in journeys:
            proof = self.prove(journey)
            if proof is not None:
                found[journey.passenger.passenger_id] = proof
        left = [j for j in journeys if j.passenger.passenger_id not in found]
        for proof in prove_companions(
            self.inputs,
            [j.passenger for j in left],
            {j.passenger.passenger_id: j.site.site_id for j in left},
            {j.passenger.passenger_id: self.find_able(j) for j in left},
            session,
        ):
            found[proof.passenger_id] = proof
        return tuple(found[p] for p in sorted(found))

    def prove(self, journey: Journey) -> Unserved | None:
        """Prove that one journey is impossible even alone on the road, or give None."""
        if journey.traveller not in self._proofs:
            checks = (self._prove_open, self._prove_ways, self._prove_carriers)
            found = (check(journey) for check in checks)
            self._proofs[journey.traveller] = next((p for p in found if p is not None), None)
        return self._proofs[journey.traveller]

    def find_able(self, journey: Journey) -> tuple[Carrier, ...]:
        """Find every kind of vehicle that may carry a passenger alone at a valid price."""
        if journey.traveller not in self._able:
            seats, spaces, n_assistants, n_trained = count_needs(journey.passenger)
            needs_lift = journey.passenger.needs_lift or spaces > 0
            only, barred = find_provider_locks(self.inputs, journey.passenger, journey.session)
            self._able[journey.traveller] = tuple(
                c
                for c in self._find_near(journey, self._carriers)
                if c.fits(seats, spaces, needs_lift=needs_lift)
                and c.is_licensed
                and c.n_assistants >= n_assistants
                and c.n_trained >= n_trained
                and only <= {c.provider_id}
                and c.provider_id not in barred
                and c.is_priced(journey.session)
            )
        return self._able[journey.traveller]

    def is_possible(self, traveller: Traveller, place_id: str, walk_m: int) -> bool:
        """Whether the ways from (or to) this place keep road, ride limit and windows."""
        way = (traveller, place_id, walk_m)
        if way not in self._ways:
            journey = self.build_journey(traveller)
            self._ways[way] = self._find_fault(journey, place_id, walk_m) is None
        return self._ways[way]

    def drive_s(self, journey: Journey, place_id: str) -> int:
        """Direct drive between a place and the site, -1 without a road. [s]"""
        return self._drive_s(journey, place_id)

    def ride_limit_s(self, journey: Journey) -> int:
        """Ride limit of a journey (rules of a plan, 2.6). [s]"""
        limit = journey.passenger.max_ride_s
        if limit is not None:
            return limit
        policy = self.inputs.policy
        direct_s = max(0, self._drive_s(journey, journey.home.place_id))
        return max(
            policy.ride_cap_s(journey.passenger.phase),
            direct_s * policy.direct_ride_bp // 10_000,
        )

    def _drive_s(self, journey: Journey, place_id: str) -> int:
        at = self.matrix.index
        home, site = at[place_id], at[journey.site.place_id]
        if home == site:
            return 0
        times = self._duration_s[journey.session.period]
        pair = (site, home) if journey.session.is_homeward else (home, site)
        return int(times[pair])

    def _prove_open(self, journey: Journey) -> Unserved | None:
        """Prove that the site takes nobody in (or lets nobody go) in this session."""
        site = journey.site
        if journey.session.is_homeward:
            from_s, by_s, what = site.leave_from_s, site.leave_by_s, "leave"
        else:
            from_s, by_s, what = site.arrive_from_s, site.arrive_by_s, "arrive"
        if from_s <= by_s:
            return None
        return _unserved(
            journey,
            UnservedReason.SITE_CLOSED,
            ((f"{what}_from_s", from_s), (f"{what}_by_s", by_s)),
            f"{site.name} would have to allow to {what} until {format_time(from_s)} instead of "
            f"{format_time(by_s)}",
        )

    def _prove_ways(self, journey: Journey) -> Unserved | None:
        """Prove that no place the traveller can be at has a way that keeps the limits.

        The fault told is that of the home, or of the only option that comes closest.
        """
        faults = [self._find_fault(journey, place, walk) for place, walk in journey.options]
        if any(fault is None for fault in faults):
            return None
        return faults[0]

    def _find_fault(self, journey: Journey, place_id: str, walk_m: int) -> Unserved | None:
        """Find the first limit that the direct way from (or to) a place breaks."""
        drive_s = self._drive_s(journey, place_id)
        if drive_s < 0:
            return _unserved(
                journey,
                UnservedReason.NO_ROAD,
                (("direct_s", -1),),
                f"a road between {place_id} and {journey.site.place_id} in the session's "
                "direction (1 is missing), or a corrected position of either",
            )
        walk_s = -(-walk_m * S_PER_HOUR // self.inputs.policy.walk_m_per_h)
        limit_s = self.ride_limit_s(journey)
        if drive_s + walk_s > limit_s:
            return _unserved(
                journey,
                UnservedReason.RIDE_LIMIT_UNDER_DIRECT,
                (("direct_s", drive_s), ("walk_s", walk_s), ("max_ride_s", limit_s)),
                f"ride limit {limit_s} s would have to be {drive_s + walk_s} s",
            )
        if journey.session.is_homeward:
            return self._find_reception_fault(journey, drive_s, limit_s)
        return self._find_arrival_fault(journey, drive_s)

    def _find_arrival_fault(self, journey: Journey, drive_s: int) -> Unserved | None:
        """Find whether the site's window closes before the earliest arrival."""
        start_s = journey.home.pick_up_from_s
        if start_s is None:
            return None
        earliest_s = start_s + journey.passenger.boarding_s + drive_s
        late_s = earliest_s - journey.site.arrive_by_s
        if late_s <= 0:
            return None
        return _unserved(
            journey,
            UnservedReason.WINDOW_UNREACHABLE,
            (
                ("pick_up_from_s", start_s),
                ("boarding_s", journey.passenger.boarding_s),
                ("direct_s", drive_s),
                ("arrive_by_s", journey.site.arrive_by_s),
            ),
            f"pick-up from {format_time(start_s)} would have to be from "
            f"{format_time(start_s - late_s)}, {late_s} s earlier",
        )

    def _find_reception_fault(
        self, journey: Journey, drive_s: int, limit_s: int
    ) -> Unserved | None:
        """Find whether nobody is at home whenever the passenger can be brought there."""
        if not journey.passenger.must_be_received:
            return None
        home, site = journey.home, journey.site
        earliest_s, latest_s = site.leave_from_s + drive_s, site.leave_by_s + limit_s
        by_s, from_s = home.received_by_s, home.received_from_s
        numbers = (
            ("leave_from_s", site.leave_from_s),
            ("leave_by_s", site.leave_by_s),
            ("direct_s", drive_s),
            ("max_ride_s", limit_s),
        )
        if by_s is not None and earliest_s > by_s:
            return _unserved(
                journey,
                UnservedReason.NOT_RECEIVED,
                (*numbers, ("received_by_s", by_s)),
                f"somebody would have to be in until {format_time(earliest_s)} instead of "
                f"{format_time(by_s)}",
            )
        if from_s is not None and latest_s < from_s:
            return _unserved(
                journey,
                UnservedReason.NOT_RECEIVED,
                (*numbers, ("received_from_s", from_s)),
                f"somebody would have to be in from {format_time(latest_s)} instead of "
                f"{format_time(from_s)}",
            )
        return None

    def _prove_carriers(self, journey: Journey) -> Unserved | None:
        """Prove that no vehicle, assistant, provider or rate is left for the passenger."""
        passenger = journey.passenger
        session = journey.session
        seats, spaces, n_assistants, n_trained = count_needs(passenger)
        needs_lift = passenger.needs_lift or spaces > 0
        fitting = [c for c in self._carriers if c.fits(seats, spaces, needs_lift=needs_lift)]
        if not fitting:
            most = max((c.n_seats for c in self._carriers), default=0)
            return _unserved(
                journey,
                UnservedReason.NO_VEHICLE_FITS,
                (
                    ("seats_needed", seats),
                    ("wheelchair_spaces_needed", spaces),
                    ("lift_needed", int(needs_lift)),
                    ("most_seats", most),
                ),
                f"1 vehicle with {seats} seat(s) and {spaces} wheelchair space(s)"
                + (" and a lift" if needs_lift else ""),
            )
        lawful = [c for c in fitting if c.is_licensed]
        if not lawful:
            return _unserved(
                journey,
                UnservedReason.NO_VEHICLE_FITS,
                (("vehicle_kinds", len(fitting)), ("licensed_kinds", 0)),
                "1 licence, driver or permit for a vehicle that fits: "
                + ", ".join(sorted({c.name for c in fitting})),
            )
        near = self._find_near(journey, lawful)
        if not near:
            away_m = min(self._measure_away_m(journey, c) for c in lawful)
            return _unserved(
                journey,
                UnservedReason.NO_VEHICLE_FITS,
                (("vehicle_kinds", len(lawful)), ("beyond_area_m", away_m)),
                f"a supplier's area {away_m} m larger in radius",
            )
        crewed = [
            c for c in near if c.n_assistants >= n_assistants and c.n_trained >= n_trained
        ]
        if not crewed:
            kind = "medically trained assistant" if n_trained else "assistant"
            return _unserved(
                journey,
                UnservedReason.NO_ASSISTANT,
                (
                    ("assistants_needed", n_assistants),
                    ("trained_needed", n_trained),
                    ("most_assistants", max(c.n_assistants for c in near)),
                    ("most_trained", max(c.n_trained for c in near)),
                ),
                f"1 {kind} at a provider whose vehicle fits: "
                + ", ".join(sorted({c.provider_id for c in near})),
            )
        return self._prove_providers(journey, crewed, session)

    def _prove_providers(
        self, journey: Journey, crewed: Sequence[Carrier], session: Session
    ) -> Unserved | None:
        """Prove that locks, bars or missing rates leave no provider."""
        only, barred = find_provider_locks(self.inputs, journey.passenger, journey.session)
        pinned = [c for c in crewed if only <= {c.provider_id}]
        free = [c for c in pinned if c.provider_id not in barred]
        numbers = (("providers_able", len({c.provider_id for c in crewed})),)
        if only and not free:
            return _unserved(
                journey,
                UnservedReason.LOCK_IMPOSSIBLE,
                (*numbers, ("locks", len(only)), ("barred", len(barred & only))),
                f"1 lock fewer: on {', '.join(sorted(only))}; able would be "
                + ", ".join(sorted({c.provider_id for c in crewed} - barred)),
            )
        if not free:
            return _unserved(
                journey,
                UnservedReason.BARRED_EVERYWHERE,
                (*numbers, ("barred", len(barred))),
                "1 bar fewer: of " + ", ".join(sorted({c.provider_id for c in crewed})),
            )
        if not any(c.is_priced(session) for c in free):
            return _unserved(
                journey,
                UnservedReason.NO_VALID_RATE,
                (*numbers, ("providers_with_rate", 0)),
                f"1 rate card valid in session {session} of: "
                + ", ".join(sorted({c.name for c in free})),
            )
        return None

    def _find_near(self, journey: Journey, carriers: Sequence[Carrier]) -> list[Carrier]:
        """Find the carriers whose area holds home (or a point) and site."""
        return [
            c for c in carriers if c.centre is None or self._measure_away_m(journey, c) == 0
        ]

    def _measure_away_m(self, journey: Journey, carrier: Carrier) -> int:
        """Measure how much larger a carrier's area would have to be. [m]"""
        site = self._places[journey.site.place_id]
        return min(
            max(carrier.measure_away_m(self._places[place]), carrier.measure_away_m(site))
            for place, _ in journey.options
        )


def _unserved(
    journey: Journey, reason: UnservedReason, evidence: Evidence, relaxation: str
) -> Unserved:
    return Unserved(
        passenger_id=journey.passenger.passenger_id,
        session=journey.session,
        reason=reason,
        evidence=evidence,
        relaxation=relaxation,
    )
