"""Carbon of routes and providers, from the factors of vehicle types."""

from __future__ import annotations

from dataclasses import dataclass

from data.places import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteCarbon:
    """What one route emits on one service day.

    Attributes
    ----------
    total_m
        Loaded and the empty runs that go with it. [m]
    co2e_g
        Its part of what its duty emits. [g CO2e]
    """

    duty_id: str
    route_id: str
    session: Session
    provider_id: str
    vehicle_type_id: str
    n_passengers: int
    loaded_m: int
    total_m: int
    co2e_g: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCarbon:
    """What one provider's routes emit.

    Attributes
    ----------
    co2e_g, year_co2e_g
        Of the service day; over the calendar's dates, or None where one date was planned. [g]
    """

    provider_id: str
    n_routes: int
    n_passenger_journeys: int
    total_m: int
    co2e_g: int
    year_co2e_g: int | None
