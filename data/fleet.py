"""What carries people: layouts, vehicle types, own vehicles, crews, suppliers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from data.units import LATE, MM_PER_MILE

OWN_PROVIDER_ID = "own"
"""Provider id of the council's own company; every other provider is a supplier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One legal combination of passenger seats and wheelchair spaces (CAP-1)."""

    n_seats: int
    n_wheelchair_spaces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Electric:
    """What an electric vehicle type drives on.

    Attributes
    ----------
    range_m
        Distance that may be planned from full to the next charge: what is left for cold days,
        heating, lift and an old battery is taken off already. [m]
    energy_wh_per_mile
        Energy drawn at the plug for a mile. [Wh]
    charge_w
        Power at which it charges at its depot: the lesser of vehicle and charger. [W]
    """

    range_m: int
    energy_wh_per_mile: int
    charge_w: int

    def find_charged_m(self, standing_s: int) -> int:
        """Find the distance that a time on the charger is good for, rounded down. [m]"""
        if self.energy_wh_per_mile <= 0:
            return 0
        metre_parts = max(0, standing_s) * self.charge_w * MM_PER_MILE
        return metre_parts // (3_600 * 1_000 * self.energy_wh_per_mile)


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleType:
    """A kind of vehicle; one layout applies per route and may change between routes.

    Attributes
    ----------
    n_passenger_seats
        Passenger seats on the registration, which decide the licensing regime (LIC-1, LIC-2).
    n_places_before_adaptation
        Places including driver and crew before any adaptation for disabled passengers (VAT-1).
    co2e_g_per_km
        Of its fuel; that of electricity comes from `electric`. [g/km]
    electric
        None for a vehicle that fuels within minutes.
    """

    vehicle_type_id: str
    name: str
    layouts: tuple[Layout, ...]
    has_lift: bool
    n_passenger_seats: int
    n_places_before_adaptation: int
    co2e_g_per_km: int = 0
    electric: Electric | None = field(default=None, metadata=LATE)

    @property
    def needs_psv_licence(self) -> bool:
        """Whether the vehicle has nine or more passenger seats (LIC-2)."""
        return self.n_passenger_seats >= 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """A vehicle of the own company.

    Attributes
    ----------
    inspection_until
        Last date of its MOT or annual test, or None where nobody recorded it.
    """

    vehicle_id: str
    vehicle_type_id: str
    depot_id: str
    inspection_until: date | None = field(default=None, metadata=LATE)


class CrewRole(StrEnum):
    """What a member of the crew does."""

    DRIVER = "driver"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """A driver or passenger assistant of the own company.

    Attributes
    ----------
    has_d1, has_cpc
        May drive 9 to 16 passenger seats for pay only with both (LIC-3).
    from_s, to_s
        Earliest start and latest end of the working day. [s after midnight]
    licence_until, d1_until, cpc_until, checks_until
        Last date of the driving licence, D1, CPC and DBS check; None where nobody recorded it
        (`data.expiry`).
    """

    crew_id: str
    role: CrewRole
    depot_id: str
    has_d1: bool = False
    has_cpc: bool = False
    is_medically_trained: bool = False
    from_s: int = 5 * 3600 + 1800
    to_s: int = 19 * 3600
    licence_until: date | None = field(default=None, metadata=LATE)
    d1_until: date | None = field(default=None, metadata=LATE)
    cpc_until: date | None = field(default=None, metadata=LATE)
    checks_until: date | None = field(default=None, metadata=LATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierVehicles:
    """How many vehicles of a type a supplier can put out at one time."""

    vehicle_type_id: str
    n_vehicles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """A private operator from whom routes are bought.

    Attributes
    ----------
    base_place_id
        Where its vehicles start; dead miles are measured from there. None if not known, then no
        dead miles are counted.
    area_centre_place_id, area_radius_m
        Serves only routes all of whose places lie within the radius; None for anywhere. [m]
    is_vat_registered
        Charges VAT on vehicles under ten places (VAT-2).
    has_private_hire_licence, has_psv_licence, has_section_19_permit
        Licences held (LIC-1, LIC-2).
    is_for_profit
        A profit-seeking supplier cannot use a section 19 permit (LIC-2).
    n_trained_assistants, n_assistants
        Assistants it can put out at one time.
    private_hire_licence_until, psv_licence_until, section_19_permit_until
        Last date of each, or None where nobody recorded it.
    """

    supplier_id: str
    name: str
    vehicles: tuple[SupplierVehicles, ...]
    base_place_id: str | None = None
    area_centre_place_id: str | None = None
    area_radius_m: int | None = None
    is_vat_registered: bool = True
    has_private_hire_licence: bool = True
    has_psv_licence: bool = False
    has_section_19_permit: bool = False
    is_for_profit: bool = True
    n_assistants: int = 1_000
    n_trained_assistants: int = 0
    private_hire_licence_until: date | None = field(default=None, metadata=LATE)
    psv_licence_until: date | None = field(default=None, metadata=LATE)
    section_19_permit_until: date | None = field(default=None, metadata=LATE)
