"""The travel matrix between places: built once, cached by fingerprint, opened memory-mapped."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from data.errors import SolverError
from data.networks import Int32Array, RoadNetwork, TravelMatrix
from data.places import Period, Place
from data.policy import Policy
from routing.attach import attach_places
from routing.engines import NO_PATH, RoadEngine, build_engine
from routing.stretch import stretch_lengths, stretch_times
from routing.walking import find_walks

MATRIX_FORMAT = 2
"""Version of the cached arrays and of what they mean."""

CHECKED_ROWS = 5
"""Rows of every matrix that a second engine measures again."""

SESSION_PERIODS = (Period.MORNING_PEAK, Period.INTER_PEAK, Period.AFTERNOON_PEAK)
"""The periods a plan drives in."""

WalkWanted = tuple[str, str, int]
"""(home place id, pick-up point place id, longest walk that is of use [m])"""

_LOG = logging.getLogger("wayfare.routing")


def build_matrix(
    network: RoadNetwork,
    places: Sequence[Place],
    *,
    policy: Policy | None = None,
    periods: Sequence[Period] = SESSION_PERIODS,
    walks_wanted: Sequence[WalkWanted] = (),
    cache_folder: Path | None = None,
    engine: str = "cch",
    progress: Callable[[float], None] | None = None,
) -> TravelMatrix:
    """Build the travel matrix between places.

    Parameters
    ----------
    policy
        Gives factor and speed for places beyond the network; defaults where None.
    periods
        Traffic periods to measure.
    walks_wanted
        Walks to measure, kept where they are within their limit.
    cache_folder
        Where matrices are kept; a matrix with an equal fingerprint is opened, not built.
    engine
        ``cch`` or ``dijkstra``; the answers are equal.
    progress
        Called with the share done, 0 to 1.

    Raises
    ------
    ValueError
        If place ids repeat, there is no place, or a walk names an unknown place.
    """
    used = policy or Policy()
    ordered = tuple(sorted(places, key=lambda p: p.place_id))
    place_ids = tuple(p.place_id for p in ordered)
    if not ordered:
        raise ValueError("a travel matrix needs at least one place")
    if len(set(place_ids)) != len(place_ids):
        raise ValueError("place ids of a travel matrix must be distinct")
    wanted_periods = tuple(p for p in Period if p in set(periods))
    key = fingerprint_matrix(network, ordered, used, wanted_periods, walks_wanted)
    if cache_folder is not None:
        cached = _read_cached(cache_folder / key)
        if cached is not None:
            return cached

    attached = attach_places(network, ordered, used)
    road_engine = build_engine(attached.network, engine)
    n = len(ordered)
    nodes = attached.place_node.tolist()
    duration_s: dict[Period, Int32Array] = {}
    distance_m: dict[Period, Int32Array] = {}
    folder = _open_folder(cache_folder)
    check = _find_check(road_engine, network, nodes)
    try:
        for done, period in enumerate(wanted_periods):
            duration = _new_array(folder, f"duration_{period}", n)
            distance = _new_array(folder, f"distance_{period}", n)
            for first, rows_ds, rows_m in road_engine.measure_rows(nodes, nodes, period):
                rows = slice(first, first + len(rows_ds))
                duration[rows] = _round_up_seconds(stretch_times(network, rows_ds, period))
                distance[rows] = stretch_lengths(network, rows_m)
                if progress is not None:
                    progress((done + rows.stop / n) / len(wanted_periods))
            if check is not None:
                check(duration, period)
            duration_s[period] = duration
            distance_m[period] = distance
        walks = find_walks(network, ordered, walks_wanted)
        flags = network.flags
        if any(p.is_beyond_network for p in ordered):
            flags = (*flags, "beyond_network")
        matrix = TravelMatrix(
            place_ids=place_ids,
            duration_s=duration_s,
            distance_m=distance_m,
            walks=walks,
            flags=flags,
            attribution=network.attribution,
            fingerprint=key,
            far_from_road=attached.far_from_road,
        )
        if cache_folder is None or folder is None:
            return matrix
        _write_meta(folder, matrix)
        _publish(folder, cache_folder / key)
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
    return _read_cached(cache_folder / key) or matrix


def fingerprint_matrix(
    network: RoadNetwork,
    places: Sequence[Place],
    policy: Policy,
    periods: Sequence[Period],
    walks_wanted: Sequence[WalkWanted] = (),
) -> str:
    """Fingerprint all that a matrix depends on: 64 hex digits."""
    document = {
        "format": MATRIX_FORMAT,
        "network": network.fingerprint,
        "places": [
            (p.place_id, p.easting_m, p.northing_m, p.is_beyond_network)
            for p in sorted(places, key=lambda p: p.place_id)
        ],
        "periods": list(periods),
        "beyond": (policy.beyond_network_bp, policy.beyond_network_m_per_h),
        "walks": sorted(walks_wanted),
    }
    return hashlib.sha256(json.dumps(document, separators=(",", ":")).encode()).hexdigest()


def _find_check(
    engine: RoadEngine, network: RoadNetwork, nodes: Sequence[int]
) -> Callable[[Int32Array, Period], None] | None:
    """Give a check that measures some rows of a period's times again by routingkit-cch itself.

    No engine's word is taken: the check raises a SolverError where a time differs. The oracle
    needs none, and None is also the answer where the library is not installed.
    """
    from routing.hierarchy import HierarchyEngine, LibraryTimes

    if not isinstance(engine, HierarchyEngine):
        return None
    try:
        library = LibraryTimes(engine.network)
    except ModuleNotFoundError:
        return None
    rows = np.unique(np.linspace(0, len(nodes) - 1, CHECKED_ROWS).astype(np.int64))

    def check(duration_s: Int32Array, period: Period) -> None:
        times = library.measure_times([nodes[r] for r in rows], nodes, period)
        expected = _round_up_seconds(stretch_times(network, times, period))
        if not np.array_equal(expected, duration_s[rows]):
            raise SolverError(f"two engines differ about travel times in {period}")

    return check


def _round_up_seconds(time_ds: Int32Array) -> Int32Array:
    """Round deciseconds up to whole seconds; ceil(a + b) <= ceil(a) + ceil(b)."""
    seconds: Int32Array = np.where(time_ds == NO_PATH, NO_PATH, (time_ds + 9) // 10).astype(
        np.int32
    )
    return seconds


def _open_folder(cache_folder: Path | None) -> Path | None:
    """Open a folder beside the final one, so that a half-written matrix is never found."""
    if cache_folder is None:
        return None
    cache_folder.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=".building-", dir=cache_folder))


def _new_array(folder: Path | None, name: str, n: int) -> Int32Array:
    """Open an (n, n) array in memory, or in a file that is mapped."""
    if folder is None:
        return np.full((n, n), NO_PATH, dtype=np.int32)
    array: Int32Array = np.lib.format.open_memmap(
        folder / f"{name}.npy", mode="w+", dtype=np.int32, shape=(n, n)
    )
    return array


def _write_meta(folder: Path, matrix: TravelMatrix) -> None:
    """Write all but the arrays, and flush the arrays."""
    for arrays in (matrix.duration_s, matrix.distance_m):
        for array in arrays.values():
            if isinstance(array, np.memmap):
                array.flush()
    meta = {
        "place_ids": matrix.place_ids,
        "periods": list(matrix.duration_s),
        "walks": matrix.walks,
        "flags": matrix.flags,
        "attribution": matrix.attribution,
        "fingerprint": matrix.fingerprint,
        "far_from_road": matrix.far_from_road,
    }
    (folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")


def _publish(folder: Path, final: Path) -> None:
    """Move a finished folder to its name; somebody else may have been quicker."""
    try:
        os.replace(folder, final)
    except OSError:
        if not (final / "meta.json").is_file():
            raise


def _read_cached(folder: Path) -> TravelMatrix | None:
    """Open a cached matrix, memory-mapped; None where there is none or it cannot be read."""
    try:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        n = len(meta["place_ids"])
        arrays: dict[str, dict[Period, Int32Array]] = {"duration": {}, "distance": {}}
        for name, by_period in arrays.items():
            for text in meta["periods"]:
                array = np.load(
                    folder / f"{name}_{text}.npy", mmap_mode="r", allow_pickle=False
                )
                if array.shape != (n, n) or array.dtype != np.int32:
                    raise ValueError("a cached array has another shape")
                by_period[Period(text)] = array
        return TravelMatrix(
            place_ids=tuple(meta["place_ids"]),
            duration_s=arrays["duration"],
            distance_m=arrays["distance"],
            walks=tuple((a, b, int(m)) for a, b, m in meta["walks"]),
            flags=tuple(meta["flags"]),
            attribution=tuple(meta["attribution"]),
            fingerprint=meta["fingerprint"],
            far_from_road=tuple(meta["far_from_road"]),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        _LOG.warning(
            "cached matrix %s cannot be read and is built again: %s", folder.name, error
        )
        shutil.rmtree(folder, ignore_errors=True)
        return None
