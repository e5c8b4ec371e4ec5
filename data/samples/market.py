"""Ten made-up suppliers whose rate cards differ in shape, sized to the place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from data.fleet import Supplier, SupplierVehicles
from data.money import Assumption, Rate, RateBasis, RateCard, VatTreatment
from data.places import Session
from data.samples import company
from data.units import MM_PER_MILE

SCHOOL_RUN = frozenset({Session.AM, Session.PM})
BETWEEN_PEAKS = frozenset({Session.DAY_OUT, Session.DAY_HOME})
EVERY = frozenset(Session)


def _m(miles: int) -> int:
    """Whole metres nearest to whole miles. [m]"""
    return (miles * MM_PER_MILE + 500) // 1_000


def _rate(
    basis: RateBasis,
    pence: int,
    *,
    by_pc: int = 100,
    kind: str | None = None,
    sessions: frozenset[Session] = EVERY,
    from_m: int = 0,
    to_m: int | None = None,
) -> Rate:
    """Build a rate from pence times a whole percentage."""
    return Rate(
        basis=basis,
        amount_mpence=pence * by_pc * 10,
        vehicle_type_id=kind,
        sessions=sessions,
        from_m=from_m,
        to_m=to_m,
    )


def _assistants(per_route: int = 2_250, trained: int = 800) -> tuple[Rate, ...]:
    """Assistant by the operator: 45 pounds a day is 22.50 a route; trained is extra."""
    return (
        _rate(RateBasis.ASSISTANT, per_route),
        _rate(RateBasis.TRAINED_ASSISTANT, trained),
    )


def _taxi(
    fixed: int, mile: int, minimum: int, kinds: Iterable[tuple[str, int]]
) -> tuple[Rate, ...]:
    """Fixed and per mile with a minimum; each kind at a percentage (accessible: 125)."""
    rows: list[Rate] = []
    for kind, by_pc in kinds:
        rows += [
            _rate(RateBasis.FIXED, fixed, by_pc=by_pc, kind=kind),
            _rate(RateBasis.LOADED_MILE, mile, by_pc=by_pc, kind=kind),
            _rate(RateBasis.MINIMUM, minimum, by_pc=by_pc, kind=kind),
        ]
    return tuple(rows)


def _banded(
    bands: Iterable[tuple[int, int | None, int]], *, kind: str, by_pc: int = 100
) -> tuple[Rate, ...]:
    """Build mile bands from (from miles, to miles or None, pence a mile)."""
    return tuple(
        _rate(
            RateBasis.LOADED_MILE,
            pence,
            by_pc=by_pc,
            kind=kind,
            from_m=_m(a),
            to_m=None if b is None else _m(b),
        )
        for a, b, pence in bands
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierSeed:
    """One supplier before it is sized: vehicles are for a place of 1,000 passengers."""

    supplier_id: str
    name: str
    shape: str
    vehicles: tuple[tuple[str, int], ...]
    rates: tuple[Rate, ...]
    has_base: bool = True
    area_radius_m: int | None = None
    is_vat_registered: bool = True
    has_phv: bool = True
    has_psv: bool = False
    has_section_19: bool = False
    is_for_profit: bool = True
    n_assistants: int = 40
    n_trained: int = 0
    vat: VatTreatment = VatTreatment.BY_VEHICLE
    valid_from: date = date(2026, 9, 1)
    uplift_bp: int = 300


_PAIR = 26_579  # 50,500 pounds a bus and year over 190 days

SEEDS: tuple[SupplierSeed, ...] = (
    SupplierSeed(
        supplier_id="T01",
        name="Supplier T01 (cars)",
        shape="fixed, per mile, minimum",
        vehicles=((company.CAR, 36), (company.WAV_CAR, 8)),
        rates=_taxi(1_200, 260, 2_500, ((company.CAR, 100), (company.WAV_CAR, 125)))
        + _assistants(),
    ),
    SupplierSeed(
        supplier_id="T02",
        name="Supplier T02 (cars and people carriers)",
        shape="mile bands; uplift in mid-year",
        vehicles=((company.CAR, 26), (company.MPV, 12)),
        rates=(
            _rate(RateBasis.FIXED, 900, kind=company.CAR),
            _rate(RateBasis.FIXED, 1_600, kind=company.MPV),
            *_banded(((0, 3, 320), (3, 10, 240), (10, None, 195)), kind=company.CAR),
            *_banded(((0, 3, 320), (3, 10, 240), (10, None, 195)), kind=company.MPV, by_pc=150),
            _rate(RateBasis.MINIMUM, 2_200, kind=company.CAR),
            _rate(RateBasis.MINIMUM, 4_000, kind=company.MPV),
            *_assistants(2_100),
        ),
        valid_from=date(2026, 4, 1),
    ),
    SupplierSeed(
        supplier_id="T03",
        name="Supplier T03 (by the hour)",
        shape="hourly with waiting",
        vehicles=((company.CAR, 12), (company.MINIBUS_8, 14)),
        rates=(
            _rate(RateBasis.FIXED, 600),
            _rate(RateBasis.HOUR, 4_200, kind=company.CAR),
            _rate(RateBasis.HOUR, 7_600, kind=company.MINIBUS_8),
            _rate(RateBasis.WAITING_HOUR, 1_800),
            _rate(RateBasis.LOADED_MILE, 90),
            _rate(RateBasis.MINIMUM, 3_000, kind=company.CAR),
            _rate(RateBasis.MINIMUM, 6_200, kind=company.MINIBUS_8),
            _rate(RateBasis.ASSISTANT, 600),
            _rate(RateBasis.ASSISTANT_HOUR, 1_650),
        ),
    ),
    SupplierSeed(
        supplier_id="T04",
        name="Supplier T04 (accessible vans)",
        shape="heavy minimum, low mile",
        vehicles=((company.WAV_8, 16),),
        rates=_taxi(500, 180, 6_000, ((company.WAV_8, 125),)) + _assistants(2_250, 900),
        n_trained=6,
    ),
    SupplierSeed(
        supplier_id="M05",
        name="Supplier M05 (minibuses)",
        shape="day rate for a morning and an afternoon; zero-rated",
        vehicles=((company.MINIBUS_16, 16), (company.MINIBUS_16_LIFT, 10)),
        rates=(
            _rate(
                RateBasis.DAY_PAIR,
                _PAIR,
                kind=company.MINIBUS_16,
                sessions=SCHOOL_RUN,
                to_m=_m(40),
            ),
            _rate(
                RateBasis.DAY_PAIR,
                _PAIR,
                by_pc=110,
                kind=company.MINIBUS_16_LIFT,
                sessions=SCHOOL_RUN,
                to_m=_m(40),
            ),
            _rate(RateBasis.FIXED, 12_500, kind=company.MINIBUS_16),
            _rate(RateBasis.FIXED, 13_750, kind=company.MINIBUS_16_LIFT),
            _rate(RateBasis.LOADED_MILE, 170),
            *_assistants(2_300),
        ),
        has_phv=False,
        has_psv=True,
        n_trained=4,
    ),
    SupplierSeed(
        supplier_id="M06",
        name="Supplier M06 (minibuses and midibuses)",
        shape="school-run and out-of-hours rates; zero-rated",
        vehicles=((company.MINIBUS_16, 12), (company.MIDIBUS_22, 8)),
        rates=(
            _rate(RateBasis.FIXED, 10_800, kind=company.MINIBUS_16, sessions=SCHOOL_RUN),
            _rate(RateBasis.FIXED, 7_400, kind=company.MINIBUS_16, sessions=BETWEEN_PEAKS),
            _rate(RateBasis.FIXED, 13_400, kind=company.MIDIBUS_22, sessions=SCHOOL_RUN),
            _rate(RateBasis.FIXED, 9_000, kind=company.MIDIBUS_22, sessions=BETWEEN_PEAKS),
            _rate(RateBasis.LOADED_MILE, 190, sessions=SCHOOL_RUN),
            _rate(RateBasis.LOADED_MILE, 165, sessions=BETWEEN_PEAKS),
            *_assistants(),
        ),
        has_phv=False,
        has_psv=True,
    ),
    SupplierSeed(
        supplier_id="C07",
        name="Supplier C07 (coaches)",
        shape="dead miles paid; zero-rated",
        vehicles=((company.MIDIBUS_22, 6), (company.COACH_49, 6)),
        rates=(
            _rate(RateBasis.FIXED, 9_500, kind=company.MIDIBUS_22),
            _rate(RateBasis.FIXED, 15_500, kind=company.COACH_49),
            _rate(RateBasis.LOADED_MILE, 220, kind=company.MIDIBUS_22),
            _rate(RateBasis.LOADED_MILE, 290, kind=company.COACH_49),
            _rate(RateBasis.DEAD_MILE, 140),
            *_assistants(2_500),
        ),
        has_phv=False,
        has_psv=True,
    ),
    SupplierSeed(
        supplier_id="S08",
        name="Supplier S08 (community transport)",
        shape="hour and mile, exempt; section 19 permit, not for profit",
        vehicles=((company.MINIBUS_16_LIFT, 10), (company.WAV_8, 6)),
        rates=(
            _rate(RateBasis.FIXED, 4_500),
            _rate(RateBasis.HOUR, 6_000, kind=company.MINIBUS_16_LIFT),
            _rate(RateBasis.HOUR, 4_600, kind=company.WAV_8),
            _rate(RateBasis.LOADED_MILE, 120),
            _rate(RateBasis.MINIMUM, 10_500, kind=company.MINIBUS_16_LIFT),
            _rate(RateBasis.MINIMUM, 7_200, kind=company.WAV_8),
            *_assistants(1_900, 500),
        ),
        has_section_19=True,
        is_for_profit=False,
        is_vat_registered=False,
        n_assistants=24,
        n_trained=8,
        vat=VatTreatment.EXEMPT,
    ),
    SupplierSeed(
        supplier_id="T09",
        name="Supplier T09 (sole traders)",
        shape="fixed and per mile, not registered for VAT, small area",
        vehicles=((company.CAR, 14),),
        rates=_taxi(1_050, 245, 2_300, ((company.CAR, 100),)),
        has_base=False,
        area_radius_m=6_000,
        is_vat_registered=False,
        n_assistants=0,
    ),
    SupplierSeed(
        supplier_id="T10",
        name="Supplier T10 (specialist)",
        shape="fixed, mile, assistant by the hour, trained assistants",
        vehicles=((company.WAV_8, 10), (company.MINIBUS_8, 12), (company.CAR, 8)),
        rates=(
            *_taxi(
                1_500,
                275,
                3_200,
                ((company.CAR, 100), (company.MINIBUS_8, 200), (company.WAV_8, 250)),
            ),
            _rate(RateBasis.ASSISTANT, 500),
            _rate(RateBasis.ASSISTANT_HOUR, 1_800),
            _rate(RateBasis.TRAINED_ASSISTANT, 1_200),
        ),
        n_trained=20,
    ),
)
"""The ten suppliers, around the planning figures of `build_market_assumptions`."""


def build_suppliers(
    n_passengers: int, base_place_ids: dict[str, str], only: Iterable[str] | None = None
) -> tuple[tuple[Supplier, ...], tuple[RateCard, ...]]:
    """Build suppliers and their rate cards, sized in proportion to the passengers.

    Parameters
    ----------
    n_passengers
        How many passengers the place has; the seeds are for 1,000.
    base_place_ids
        Place of each supplier's base.
    only
        Suppliers to build; all by default. Fewer suppliers get larger fleets to make up for it.
    """
    chosen = [s for s in SEEDS if only is None or s.supplier_id in set(only)]
    n_all = sum(n for s in SEEDS for _, n in s.vehicles)
    n_chosen = sum(n for s in chosen for _, n in s.vehicles)
    suppliers, cards = [], []
    for seed in chosen:
        vehicles = tuple(
            SupplierVehicles(
                vehicle_type_id=kind,
                n_vehicles=max(1, -(-n * n_passengers * n_all // (1_000 * n_chosen))),
            )
            for kind, n in seed.vehicles
        )
        base = base_place_ids[seed.supplier_id]
        suppliers.append(
            Supplier(
                supplier_id=seed.supplier_id,
                name=seed.name,
                vehicles=vehicles,
                base_place_id=base if seed.has_base else None,
                area_centre_place_id=base if seed.area_radius_m is not None else None,
                area_radius_m=seed.area_radius_m,
                is_vat_registered=seed.is_vat_registered,
                has_private_hire_licence=seed.has_phv,
                has_psv_licence=seed.has_psv,
                has_section_19_permit=seed.has_section_19,
                is_for_profit=seed.is_for_profit,
                n_assistants=-(-seed.n_assistants * n_passengers * n_all // (1_000 * n_chosen)),
                n_trained_assistants=-(
                    -seed.n_trained * n_passengers * n_all // (1_000 * n_chosen)
                ),
            )
        )
        cards.append(
            RateCard(
                rate_card_id=f"{seed.supplier_id}-2026",
                supplier_id=seed.supplier_id,
                valid_from=seed.valid_from,
                valid_to=date(2029, 8, 31),
                rates=seed.rates,
                vat=seed.vat,
                uplift_bp=seed.uplift_bp,
                source=f"made up: {seed.shape}",
                grade="C",
            )
        )
    return tuple(suppliers), tuple(cards)


def build_market_assumptions() -> tuple[Assumption, ...]:
    """List what the suppliers' figures stand on."""
    rows = [
        ("taxi_mile", "2.60", "pounds a loaded mile", "2026", "tender data, 1.8-5.0", "C"),
        ("taxi_fixed", "12", "pounds a session", "2026", "tender data, 5-25", "C"),
        ("taxi_minimum", "25", "pounds a session", "2026", "tender data, 15-40", "C"),
        ("assistant", "45", "pounds a day", "2026", "tender data, 30-70", "C"),
        ("wav_premium", "25", "% over a car", "2026", "range 10-60", "C"),
        (
            "minibus_year",
            "50,500",
            "pounds a bus and year of 190 days",
            "2025-26",
            "Croydon, 20 buses; range 40,000-70,000",
            "B",
        ),
        ("uplift", "3.0", "% a year", "2022", "UKCOA, route-one; range 0-14", "B"),
        ("shapes", "10", "suppliers", "2026", "made up around the rates above", "C"),
        (
            "capacity",
            "about 242 vehicles for 1,000 passengers",
            "vehicles",
            "2026",
            "made up: enough to carry everybody in one peak",
            "C",
        ),
    ]
    return tuple(
        Assumption(name=f"market.{n}", value=v, unit=u, year=y, source=s, grade=g)
        for n, v, u, y, s, g in rows
    )
