"""A special-needs morning of the public benchmark set as a session's problem.

The files' rules differ from wayfare's own in three points, which the problem's settings
express: an assistant takes no seat, one assistant serves any number, and a depot type's way
from and to the depot is charged by mile and hour like the route. Travel times are used as
given.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

from data.places import Session
from data.policy import Policy
from routing.constants import ALWAYS_BY_S, ALWAYS_FROM_S
from routing.neighbours import find_neighbours
from routing.offers import OPEN_END_M, OfferPrices
from routing.problem import SessionProblem


def read_send_day(folder: Path, *, n_neighbours: int = 100) -> SessionProblem:
    """Read one instance.

    Parameters
    ----------
    folder
        Holds passengers.csv, schools.csv, vehicle_types.csv and travel.npz.
    """
    people = _read_table(folder / "passengers.csv")
    schools = _read_table(folder / "schools.csv")
    with np.load(folder / "travel.npz") as travel:
        duration = np.ascontiguousarray(travel["duration_s"], dtype=np.int32)
        distance = np.ascontiguousarray(travel["distance_m"], dtype=np.int32)
    n, k = len(people), len(schools)
    offers = _build_offers(_read_table(folder / "vehicle_types.csv"), depot_row=n + k)

    def column(
        rows: list[dict[str, str]], name: str
    ) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        return np.array([int(float(row[name])) for row in rows], dtype=np.int32)

    zero = np.zeros(n, dtype=np.int32)
    shared: dict[str, Any] = {
        "request_row": np.arange(n, dtype=np.int32),
        "request_site": column(people, "school_idx"),
        "service_s": column(people, "boarding_s"),
        "site_row": np.arange(n, n + k, dtype=np.int32),
        "site_from_s": column(schools, "arrive_from_s"),
        "site_by_s": column(schools, "arrive_by_s"),
        "site_dwell_s": column(schools, "alighting_s"),
        "duration_s": duration,
    }
    return SessionProblem(
        session=Session.AM,
        day_type_id=folder.name,
        policy=Policy(shared_assistant_ratio=1_000_000, is_mixing_children_and_adults=True),
        max_sites=2,
        passenger_ids=tuple(f"p{i:04d}" for i in range(n)),
        home_ids=tuple(f"h{i:04d}" for i in range(n)),
        assistant_ids=("",) * n,
        site_ids=tuple(f"s{j:03d}" for j in range(k)),
        place_ids=tuple(f"x{r:04d}" for r in range(n + k + 1)),
        site_service_s=zero,
        max_ride_s=column(people, "max_ride_s"),
        from_s=np.full(n, ALWAYS_FROM_S, dtype=np.int32),
        by_s=np.full(n, ALWAYS_BY_S, dtype=np.int32),
        n_seats=column(people, "seats"),
        n_spaces=column(people, "wheelchair"),
        n_crew=zero,
        n_shared=column(people, "assistant"),
        n_trained_crew=zero,
        n_trained_shared=zero,
        is_alone=column(people, "solo").astype(np.bool_),
        is_adult=np.zeros(n, dtype=np.bool_),
        group=np.arange(n, dtype=np.int32),
        apart_start=np.zeros(n + 1, dtype=np.int32),
        apart_with=np.zeros(0, dtype=np.int32),
        is_allowed=np.ones((n, offers.n_offers), dtype=np.bool_),
        distance_m=distance,
        offers=offers,
        scarcity_pence=np.zeros(offers.n_offers, dtype=np.int64),
        labels=np.zeros((0, n), dtype=np.int32),
        label_pence=np.zeros(0, dtype=np.int64),
        neighbours=find_neighbours(n_neighbours=n_neighbours, **shared),
        assistant_seats=0,
        **shared,
    )


def _read_table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _build_offers(types: list[dict[str, str]], depot_row: int) -> OfferPrices:
    """Build one offer of each vehicle type; pounds become thousandths of a penny exactly."""
    o = len(types)

    def whole(name: str, unit: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array([round(float(t[name]) * unit) for t in types], dtype=np.int64)

    zero = np.zeros(o, dtype=np.int64)
    at_depot = whole("starts_and_ends_at_depot", 1).astype(np.bool_)
    many = np.full(o, 1_000_000, dtype=np.int64)
    return OfferPrices(
        offer_ids=tuple(t["vehicle_type"] for t in types),
        provider_ids=tuple(t["vehicle_type"] for t in types),
        vehicle_type_ids=tuple(t["vehicle_type"] for t in types),
        is_own=np.zeros(o, dtype=np.bool_),
        includes_dead=at_depot,
        base_row=np.where(at_depot, depot_row, -1).astype(np.int32),
        has_lift=np.ones(o, dtype=np.bool_),
        layout_seats=whole("seats", 1).astype(np.int32)[:, None],
        layout_spaces=whole("wheelchair_spaces", 1).astype(np.int32)[:, None],
        max_assistants=np.full(o, 1, dtype=np.int64),
        max_trained=zero,
        n_vehicles=many,
        is_open=np.ones(o, dtype=np.bool_),
        is_priced_alone=np.ones(o, dtype=np.bool_),
        area_place_ids=("",) * o,
        area_radius_m=np.full(o, -1, dtype=np.int64),
        fixed_pence=whole("fixed_pounds", 100),
        band_to_m=np.full((o, 1), OPEN_END_M, dtype=np.int64),
        band_mpence=whole("per_mile_pounds", 100_000)[:, None],
        dead_mpence=zero,
        hour_mpence=whole("per_hour_pounds", 100_000),
        waiting_mpence=zero,
        minimum_pence=zero,
        assistant_pence=whole("assistant_fixed_pounds", 100),
        assistant_hour_mpence=whole("assistant_per_hour_pounds", 100_000),
        trained_pence=zero,
        trained_hour_mpence=zero,
        day_pair_pence=np.full(o, -1, dtype=np.int64),
        day_included_m=zero,
        day_excess_mpence=zero,
        vat_bp=zero,
        extra_s=zero,
        min_s=zero,
    )
