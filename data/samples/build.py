"""Put a sample together: seeds, people, company, market, calendars, baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from data.fleet import Supplier
from data.inputs import Inputs
from data.money import Assumption, RateCard
from data.passengers import AssistantNeed, Demand, Direction, Passenger
from data.places import Depot, Home, PickUpPoint, Place, Session, Site, Week
from data.plans import CurrentRoute
from data.samples import calendars, company, market, people, traits
from data.samples.baseline import build_current_routes
from data.samples.drafts import Draft
from data.samples.seeds import PlaceSeed, SiteSeed, StopSeed
from data.samples.settings import SampleSettings, build_assumptions
from data.samples.sites import build_sites, find_sites


def build_inputs(
    seed: PlaceSeed,
    *,
    n_passengers: int | None,
    n_sites: int | None,
    rng_seed: int,
    settings: SampleSettings | None,
) -> Inputs:
    """Build the inputs of a sample place.

    Parameters
    ----------
    n_passengers
        Pupils and adults together, in the place's own proportion; None for its own number. The
        own fleet, the suppliers and the places of day services grow or shrink with it.
    n_sites
        Sites in all; None for the place's own.
    settings
        Shares to use; None for the defaults with the place's own.

    Raises
    ------
    ValueError
        If there are fewer than 10 passengers or fewer sites than kinds of site.
    """
    if settings is None:
        own = {name: override.value for name, override in seed.overrides.items()}
        settings = SampleSettings(**own)
    n_own = seed.n_pupils + seed.n_adults
    total = n_own if n_passengers is None else n_passengers
    if total < 10:
        raise ValueError("a sample needs at least 10 passengers")
    n_adults = total * seed.n_adults // n_own
    site_seeds = find_sites(seed, n_sites, rng_seed)
    places_factor = max(1, -(-n_adults // max(1, seed.n_adults)))
    sites, site_places = build_sites(site_seeds, places_factor=places_factor, rng_seed=rng_seed)
    suppliers, cards, base_places = _market(seed, total)
    drafts = _people(
        seed,
        site_seeds,
        sites,
        suppliers,
        (total - n_adults, n_adults),
        places_factor,
        rng_seed,
        settings,
    )
    home_places, homes, demands = _homes(seed, drafts, sites)
    depots, depot_places = _depots(seed)
    depot_ids = [d.depot_id for d in depots]
    n_vehicles = max(2, (seed.n_own_vehicles * total + n_own // 2) // n_own)
    vehicles = company.build_vehicles(n_vehicles, depot_ids)
    pick_ups, stop_places = _pick_up_points(seed, drafts)
    crews = company.build_crews(vehicles, depot_ids)
    vehicle_types = company.build_vehicle_types()
    current = build_current_routes(
        drafts,
        sites,
        site_places,
        seed.points,
        vehicles=vehicles,
        crews=crews,
        suppliers=suppliers,
        rate_cards=cards,
        places=base_places,
        vehicle_types=vehicle_types,
        rough_m_per_h=seed.rough_m_per_h,
        reach_m=seed.reach_m,
    )
    return Inputs(
        place=seed.place,
        title=seed.title,
        service_date=calendars.SERVICE_DATE,
        year_from=calendars.YEAR_FROM,
        year_to=calendars.YEAR_TO,
        places=site_places + depot_places + base_places + stop_places + home_places,
        passengers=tuple(_passenger(d) for d in drafts),
        homes=homes,
        demands=demands,
        sites=sites,
        calendars=calendars.build_calendars(),
        depots=depots,
        vehicle_types=vehicle_types,
        vehicles=vehicles,
        crews=crews,
        suppliers=suppliers,
        rate_cards=cards,
        own_costs=company.build_own_costs(),
        pick_up_points=pick_ups,
        current_routes=_keep_travelled(current, demands),
        assumptions=_assumptions(seed, settings, n_vehicles, places_factor),
        is_synthetic=True,
        attribution=seed.attribution,
    )


def _keep_travelled(
    rows: Sequence[CurrentRoute], demands: Sequence[Demand]
) -> tuple[CurrentRoute, ...]:
    """Keep the rows of passengers who make the journey at all, numbered without gaps."""
    journeys = {(d.passenger_id, d.direction) for d in demands}
    kept: list[CurrentRoute] = []
    counts: dict[tuple[str, Session], int] = {}
    for row in rows:
        direction = Direction.HOME if row.session.is_homeward else Direction.OUT
        if (row.passenger_id, direction) in journeys:
            number = counts[row.route_name, row.session] = (
                counts.get((row.route_name, row.session), 0) + 1
            )
            kept.append(replace(row, sequence=number))
    return tuple(kept)


def _people(
    seed: PlaceSeed,
    site_seeds: Sequence[SiteSeed],
    sites: Sequence[Site],
    suppliers: Sequence[Supplier],
    counts: tuple[int, int],
    places_factor: int,
    rng_seed: int,
    settings: SampleSettings,
) -> list[Draft]:
    """Draw everybody, give them numbers in a shuffled order, then their traits."""
    n_pupils, n_adults = counts
    drafts = people.draw_pupils(seed, site_seeds, n_pupils, settings, rng_seed)
    drafts += people.draw_adults(
        seed, site_seeds, n_adults, settings, places_factor=places_factor, rng_seed=rng_seed
    )
    order = np.random.default_rng([rng_seed, 303]).permutation(len(drafts))
    drafts = [drafts[int(i)] for i in order]
    for i, d in enumerate(drafts):
        d.passenger_id = f"P{i + 1:04d}"
    points = [(s.easting_m, s.northing_m) for s in site_seeds]
    traits.apply_needs(drafts, settings, rng_seed)
    traits.apply_attendance(drafts, settings, rng_seed)
    traits.apply_companions(drafts, sites, points, settings, rng_seed)
    traits.apply_home_rules(
        drafts, sites, [s.supplier_id for s in suppliers], settings, rng_seed
    )
    named = [d for d in drafts if d.assistant_id is not None]
    for i, d in enumerate(named):
        d.assistant_id = f"N{i + 1:03d}"
    return drafts


def _birth_date(d: Draft) -> date:
    """A birth date that fits the age on 31 August 2026, spread over the year by the number."""
    number = int(d.passenger_id[1:])
    return date(2026, 8, 31).replace(year=2026 - d.age) - timedelta(days=number * 97 % 365)


def _passenger(d: Draft) -> Passenger:
    """Freeze a draft."""
    return Passenger(
        passenger_id=d.passenger_id,
        name=f"Passenger {d.passenger_id[1:]}",
        birth_date=_birth_date(d),
        phase=d.phase,
        need=d.need,
        wheelchair=d.wheelchair,
        needs_lift=d.needs_lift,
        n_seats=d.n_seats,
        assistant=d.assistant,
        assistant_id=d.assistant_id if d.assistant is not AssistantNeed.NONE else None,
        needs_trained_assistant=d.needs_trained,
        travels_alone=d.is_alone,
        apart_from=frozenset(d.apart_from),
        together_with=frozenset(d.together_with),
        max_ride_s=d.max_ride_s,
        walk_limit_m=d.walk_limit_m,
        boarding_s=d.boarding_s,
        alighting_s=d.alighting_s,
        must_be_received=d.is_received,
        barred_suppliers=frozenset(d.barred),
        equipment=("wheelchair",) if d.wheelchair.value != "none" else (),
    )


def _place(seed: PlaceSeed, point: int, place_id: str) -> Place:
    """A place at one of the points."""
    p = seed.points
    return Place(
        place_id=place_id,
        easting_m=int(p.easting_m[point]),
        northing_m=int(p.northing_m[point]),
        lon=float(p.lon[point]),
        lat=float(p.lat[point]),
        postcode=p.postcodes[point],
    )


def _homes(
    seed: PlaceSeed, drafts: Sequence[Draft], sites: Sequence[Site]
) -> tuple[tuple[Place, ...], tuple[Home, ...], tuple[Demand, ...]]:
    """Build the homes, one place per point used, and the demand rows."""
    place_ids: dict[int, str] = {}
    homes: list[Home] = []
    demands: list[Demand] = []
    for d in drafts:
        points = [d.point] + ([d.second_point] if d.second_point >= 0 else [])
        for k, point in enumerate(points):
            place_id = place_ids.setdefault(point, f"H{len(place_ids) + 1:04d}")
            received = d.received_s or (None, None)
            homes.append(
                Home(
                    home_id=f"{d.passenger_id}-{k + 1}",
                    passenger_id=d.passenger_id,
                    place_id=place_id,
                    pick_up_from_s=d.pick_up_from_s if k == 0 else None,
                    received_from_s=received[0] if k == 0 else None,
                    received_by_s=received[1] if k == 0 else None,
                    is_protected=d.is_protected,
                )
            )
        demands += _demands(d, sites[d.site].site_id)
    places = tuple(_place(seed, point, place_id) for point, place_id in place_ids.items())
    return places, tuple(homes), tuple(demands)


def _demands(d: Draft, site_id: str) -> list[Demand]:
    """Build the standing journeys of a person: one row per direction, home, days and weeks."""
    both, a, b = frozenset({Week.A, Week.B}), frozenset({Week.A}), frozenset({Week.B})
    rows: list[tuple[Direction, int, frozenset[int], frozenset[Week]]] = []
    if d.second_point >= 0 and d.is_two_homes_by_week:
        for direction in (Direction.OUT, Direction.HOME):
            rows += [(direction, 1, d.weekdays, a), (direction, 2, d.weekdays, b)]
    elif d.second_point >= 0:
        # Home one from Sunday night to Wednesday morning, home two from then on.
        rows = [
            (Direction.OUT, 1, frozenset({0, 1, 2}), both),
            (Direction.OUT, 2, frozenset({3, 4}), both),
            (Direction.HOME, 1, frozenset({0, 1}), both),
            (Direction.HOME, 2, frozenset({2, 3, 4}), both),
        ]
    else:
        directions = [Direction.OUT] + ([] if d.is_out_only else [Direction.HOME])
        for direction in directions:
            if d.alternate_day in d.weekdays:
                rows += [
                    (direction, 1, d.weekdays - {d.alternate_day}, both),
                    (direction, 1, frozenset({d.alternate_day}), a),
                ]
            else:
                rows.append((direction, 1, d.weekdays, both))
    return [
        Demand(
            demand_id=f"{d.passenger_id}-{i + 1}",
            passenger_id=d.passenger_id,
            site_id=site_id,
            home_id=f"{d.passenger_id}-{home}",
            direction=direction,
            weekdays=weekdays,
            weeks=weeks,
        )
        for i, (direction, home, weekdays, weeks) in enumerate(rows)
        if weekdays
    ]


def _depots(seed: PlaceSeed) -> tuple[tuple[Depot, ...], tuple[Place, ...]]:
    """Build the own depots; their positions are assumed."""
    ids = [f"D{i + 1}" for i in range(len(seed.depots))]
    depots = tuple(
        Depot(
            depot_id=depot_id,
            name=f"Depot {i + 1} (assumed position)",
            place_id=depot_id,
            is_position_assumed=True,
        )
        for i, depot_id in enumerate(ids)
    )
    return depots, tuple(_place(seed, p, i) for p, i in zip(seed.depots, ids, strict=True))


def _market(
    seed: PlaceSeed, n_passengers: int
) -> tuple[tuple[Supplier, ...], tuple[RateCard, ...], tuple[Place, ...]]:
    """Build the suppliers with their bases at assumed positions."""
    ids = [
        s.supplier_id
        for s in market.SEEDS
        if seed.supplier_ids is None or s.supplier_id in seed.supplier_ids
    ]
    base_ids = {s: f"B{s}" for s in ids}
    suppliers, cards = market.build_suppliers(n_passengers, base_ids, seed.supplier_ids)
    places = tuple(
        _place(seed, seed.bases[i % len(seed.bases)], base_ids[s]) for i, s in enumerate(ids)
    )
    return suppliers, cards, places


def _pick_up_points(
    seed: PlaceSeed, drafts: Sequence[Draft]
) -> tuple[tuple[PickUpPoint, ...], tuple[Place, ...]]:
    """Keep, of the stops on the street, those nearest to somebody who may walk to one.

    Each walker keeps the three nearest within half of the walking limit in a straight line, so
    that the table stays small.
    """
    if not seed.stops:
        return (), ()
    x = np.array([s.easting_m for s in seed.stops], dtype=np.float64)
    y = np.array([s.northing_m for s in seed.stops], dtype=np.float64)
    kept: set[int] = set()
    for d in drafts:
        if d.walk_limit_m:
            away = np.hypot(
                x - seed.points.easting_m[d.point], y - seed.points.northing_m[d.point]
            )
            near = np.argsort(away, kind="stable")[:3]
            kept |= {int(i) for i in near if away[i] <= d.walk_limit_m / 2}
    chosen: list[StopSeed] = [seed.stops[i] for i in sorted(kept)]
    points, places = [], []
    for i, stop in enumerate(chosen):
        place_id = f"U{i + 1:04d}"
        points.append(PickUpPoint(pick_up_point_id=place_id, name=stop.name, place_id=place_id))
        places.append(
            Place(
                place_id=place_id,
                easting_m=stop.easting_m,
                northing_m=stop.northing_m,
                lon=stop.lon,
                lat=stop.lat,
            )
        )
    return tuple(points), tuple(places)


def _assumptions(
    seed: PlaceSeed, settings: SampleSettings, n_vehicles: int, places_factor: int
) -> tuple[Assumption, ...]:
    """List every number the sample stands on."""
    sized = (
        Assumption(
            name="sample.own_vehicles",
            value=str(n_vehicles),
            unit="vehicles",
            year="2026",
            source="made up, in proportion to the passengers",
            grade="C",
        ),
        Assumption(
            name="sample.places_factor",
            value=str(places_factor),
            unit="times the places of day services",
            year="2026",
            source="1 at the place's own size",
            grade="C",
        ),
    )
    boarding = "; ".join(f"{kind} {on}/{off}" for kind, (on, off) in traits.BOARDING_S.items())
    made_up = tuple(
        Assumption(
            name=f"sample.{name}",
            value=value,
            unit=unit,
            year="2026",
            source="working assumption",
            grade="C",
        )
        for name, value, unit in (
            ("boarding_alighting", boarding, "seconds"),
            ("dwell", "120 at mainstream schools, 180 elsewhere", "seconds a visit"),
            ("walk_to_stop_limit", "1,609", "metres, secondary pupils (local policy)"),
            ("layouts_and_emissions", "by vehicle type", "seats; spaces; g CO2e/km"),
            ("need_by_school_profile", "complex, social, moderate", "weights of each need"),
            ("distance_decay", "4 to 12 km", "by service, from home to site"),
            ("todays_plan", "one site a route, by sector", "made up, prices within 10 %"),
        )
    )
    return (
        seed.assumptions
        + sized
        + made_up
        + build_assumptions(settings, seed.overrides)
        + company.build_company_assumptions()
        + market.build_market_assumptions()
    )
