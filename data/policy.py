"""The council's rules and prices of disturbance, as one typed object."""

from __future__ import annotations

from dataclasses import dataclass

from data.passengers import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Local policy that planning obeys; every number has a default with its source.

    Attributes
    ----------
    ride_guide_primary_s, ride_guide_secondary_s
        The 45 and 75 minute guides (TIME-1), against which results are reported. [s]
    ride_cap_primary_s, ride_cap_secondary_s, ride_cap_adult_s
        Hard limits where a passenger has none of their own. A passenger whose direct drive is
        longer gets direct x ``direct_ride_bp`` instead, flagged. [s]
    max_sites_per_route
        How many sites a route may serve.
    is_mixing_children_and_adults
        Whether children and adults may share a route.
    shared_assistant_ratio
        Passengers with a shared need per assistant.
    different_crew_pence
        Price per passenger carried home by another duty than the one that took them out.
    weekday_difference_pence
        Price per passenger and day type whose duty differs from that of the base weekday.
    unserved_pence
        What leaving one passenger unserved costs the search; never part of a shown cost.
    max_driving_s, max_spread_s, min_rest_s, break_after_s, break_s
        Drivers' hours (HRS-1 to HRS-3). [s]
    walk_m_per_h
        Walking speed that turns a walk to a pick-up point into ride time. [m/h]
    is_vat_recovered
        The council recovers VAT, so plans are compared net of it (VAT-2).
    beyond_network_bp, beyond_network_m_per_h
        Straight-line factor and speed for places outside the road network. [0.01 %], [m/h]
    """

    ride_guide_primary_s: int = 45 * 60
    ride_guide_secondary_s: int = 75 * 60
    ride_cap_primary_s: int = 45 * 60
    ride_cap_secondary_s: int = 75 * 60
    ride_cap_adult_s: int = 75 * 60
    direct_ride_bp: int = 15_000
    max_sites_per_route: int = 2
    is_mixing_children_and_adults: bool = False
    shared_assistant_ratio: int = 6
    walk_limit_primary_m: int = 805
    walk_limit_secondary_m: int = 1_609
    different_crew_pence: int = 150
    weekday_difference_pence: int = 150
    unserved_pence: int = 1_000_000
    max_driving_s: int = 10 * 3600
    max_spread_s: int = 16 * 3600
    min_rest_s: int = 10 * 3600
    break_after_driving_s: int = 5 * 3600 + 1800
    break_s: int = 30 * 60
    beyond_network_bp: int = 13_000
    beyond_network_m_per_h: int = 48_000
    walk_m_per_h: int = 4_800
    is_vat_recovered: bool = True

    def ride_cap_s(self, phase: Phase) -> int:
        """Hard ride limit of a phase. [s]"""
        if phase is Phase.PRIMARY:
            return self.ride_cap_primary_s
        return self.ride_cap_adult_s if phase is Phase.ADULT else self.ride_cap_secondary_s

    def ride_guide_s(self, phase: Phase) -> int:
        """Ride guide a result is reported against (TIME-1). [s]"""
        if phase is Phase.PRIMARY:
            return self.ride_guide_primary_s
        return self.ride_guide_secondary_s
