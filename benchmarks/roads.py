"""How fast roads become a travel matrix: ``python -m benchmarks.roads [--porto FOLDER]``.

Each case runs in a process of its own, so that its peak memory is its own. Kernels are compiled
before the clock starts: they are kept on disk and compiled once per machine.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import numpy as np

from data.networks import RoadNetwork
from data.places import Period, Place
from data.policy import Policy
from data.sources.osm import TurnRestriction
from data.sources.speeds import read_speeds
from routing.attach import attach_places
from routing.engines import build_engine, measure_legs
from routing.matrix import build_matrix
from routing.network import build_sample_network
from routing.road_graph import RoadGraph, Segment
from routing.turns import apply_restrictions

RESULTS = Path(__file__).with_name("results")
AM = Period.MORNING_PEAK
CASES = ("newport-1000", "southend-1200", "porto-6000", "porto-split-6000")
LIMITS = {"newport-1000": (2.0, None), "porto-6000": (60.0, 1_500)}


def read_porto(folder: Path, *, is_split: bool) -> RoadNetwork:
    """Read the large network for scale; split at every shape point for many more junctions."""
    import geopandas as gpd
    import pandas as pd

    edges = gpd.read_parquet(folder / "edges.parquet")
    rows = pd.read_csv(folder / "turn_restrictions.csv")
    speeds = read_speeds()
    roads = RoadGraph()
    # Outside Great Britain: a flat projection about the middle of the town, in metres.
    scale = np.array([111_320 * np.cos(np.radians(41.15)), 111_200.0])
    for u, v, way_id, highway, one_way, kph, length_m, line in zip(
        edges.u,
        edges.v,
        edges.osm_way_id,
        edges.highway,
        edges.oneway,
        edges.maxspeed_kph,
        edges.length_m,
        edges.geometry,
        strict=True,
    ):
        shape = (np.array(line.coords) - [-8.6, 41.15]) * scale + [500_000.0, 200_000.0]
        road_class = highway if highway in speeds.classes else "unclassified"
        limit = None if np.isnan(kph) else kph * 1000.0
        steps = np.hypot(*np.diff(shape, axis=0).T)
        total = max(float(steps.sum()), 1e-9)
        inner = [(way_id, u, v, i) for i in range(1, len(shape) - 1)] if is_split else []
        names = [int(u), *inner, int(v)]
        bounds = [0, *range(1, len(shape) - 1), len(shape) - 1] if is_split else None
        for k, (a, b) in enumerate(pairwise(names)):
            piece = shape if bounds is None else shape[bounds[k] : bounds[k + 1] + 1]
            share = 1.0 if bounds is None else float(steps[k]) / total
            for name, point in ((a, piece[0]), (b, piece[-1])):
                if name not in roads.graph:
                    number = name if isinstance(name, int) else -1
                    roads.add_junction(name, float(point[0]), float(point[1]), number)
            roads.add_segment(
                a,
                b,
                Segment(
                    way_id=int(way_id),
                    road_class=road_class,
                    shape=piece,
                    length_m=float(length_m) * share,
                    limit_forward_m_per_h=limit,
                    limit_backward_m_per_h=limit,
                ),
                forward=True,
                backward=not one_way,
            )
    roads.keep_main_component()
    numbers = (
        rows[["relation_id", "from_way", "via_node", "to_way"]].to_numpy(np.int64).tolist()
    )
    restrictions = [
        TurnRestriction(
            relation_id=relation_id,
            kind=kind,
            from_ways=(from_way,),
            via_nodes=(via_node,),
            via_ways=(),
            to_ways=(to_way,),
        )
        for kind, (relation_id, from_way, via_node, to_way) in zip(
            rows["restriction"].tolist(), numbers, strict=True
        )
    ]
    apply_restrictions(roads, restrictions, {n: n for n in roads.graph if isinstance(n, int)})
    roads.keep_main_component()
    return roads.build_arrays(name="porto", speeds=speeds)


def scatter(network: RoadNetwork, n: int) -> list[Place]:
    """Scatter places beside the network's junctions."""
    rng = np.random.default_rng(1)
    node = rng.choice(len(network.node_ids), n, replace=n > len(network.node_ids))
    off = rng.integers(-40, 41, (n, 2))
    return [
        Place(
            place_id=f"p{i:05d}",
            easting_m=int(network.node_easting_m[k]) + int(off[i, 0]),
            northing_m=int(network.node_northing_m[k]) + int(off[i, 1]),
            lon=0.0,
            lat=0.0,
        )
        for i, k in enumerate(node)
    ]


def measure_case(name: str, porto: Path | None) -> dict[str, object]:
    """Run one case in this process."""
    grid = build_sample_network("grid")
    build_matrix(grid, scatter(grid, 20))
    start = time.perf_counter()
    place, n = name.rsplit("-", 1)
    if place.startswith("porto"):
        if porto is None:
            raise SystemExit("give --porto FOLDER")
        network = read_porto(porto, is_split=place.endswith("split"))
    else:
        network = build_sample_network(place)
    build_s = time.perf_counter() - start
    places = scatter(network, int(n))
    before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start, start_cpu = time.perf_counter(), time.process_time()
    matrix = build_matrix(network, places, periods=(AM,))
    matrix_s, matrix_cpu_s = time.perf_counter() - start, time.process_time() - start_cpu
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    times = np.asarray(matrix.duration_s[AM])
    rng = np.random.default_rng(2)
    n_broken = 0
    for _ in range(10):
        a, b, c = rng.integers(0, len(times), (3, 1_000_000))
        n_broken += int((times[a, b] + times[b, c] < times[a, c]).sum())
    return {
        "case": name,
        "junctions": len(network.node_ids),
        "arcs": len(network.arc_m),
        "network_s": round(build_s, 2),
        "matrix_wall_s": round(matrix_s, 2),
        "matrix_cpu_s": round(matrix_cpu_s, 2),
        "peak_mb": round(peak_mb),
        "before_mb": round(before_mb),
        "mean_duration_s": round(float(times.mean(dtype=np.float64)), 3),
        "mean_distance_m": round(float(matrix.distance_m[AM].mean(dtype=np.float64)), 1),
        "broken_triangles_of_10_million": n_broken,
        **_compare_paths(network, places[:100]),
    }


def _compare_paths(network: RoadNetwork, places: list[Place]) -> dict[str, object]:
    """Unpack 10 000 paths and compare time and length with what was measured."""
    attached = attach_places(network, places, Policy())
    nodes = attached.place_node.tolist()
    engine = build_engine(attached.network)
    time_ds, length_m = measure_legs(engine, nodes, nodes, AM)
    start = time.perf_counter()
    n_different = 0
    for i, source in enumerate(nodes):
        for j, target in enumerate(nodes):
            path = engine.find_path(source, target, AM)
            found = (-1, -1) if path is None else (path.time_ds, path.length_m)
            n_different += found != (int(time_ds[i, j]), int(length_m[i, j]))
    wall_s = time.perf_counter() - start
    slow = build_engine(attached.network, "dijkstra")
    start = time.perf_counter()
    slow_ds, slow_m = measure_legs(slow, nodes, nodes, AM)
    dijkstra_s = time.perf_counter() - start
    is_equal = np.array_equal(slow_ds, time_ds) and np.array_equal(slow_m, length_m)
    return {
        "paths": len(nodes) ** 2,
        "paths_s": round(wall_s, 2),
        "paths_that_differ": n_different,
        "dijkstra_100_rows_s": round(dijkstra_s, 2),
        "dijkstra_is_equal": bool(is_equal),
    }


def write_results(rows: list[dict[str, object]], folder: Path = RESULTS) -> Path:
    """Write the figures, with machine and versions, to a dated file."""
    folder.mkdir(parents=True, exist_ok=True)
    today = datetime.now(UTC).date().isoformat()
    about = {
        "date": today,
        "machine": "2 cores shared with other work",
        "python": platform.python_version(),
        "versions": {
            name: version(name)
            for name in ("numpy", "numba", "scipy", "shapely", "routingkit-cch", "networkx")
        },
        "note": "One period; places joined, hierarchy built, rows checked again by a second "
        "engine; kernels compiled before. peak_mb is the whole process.",
        "cases": rows,
    }
    path = folder / f"{today}-roads.json"
    path.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    return path


def main(show: Callable[[str], None] = print) -> int:
    """Run the cases asked for; 1 if one misses its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--porto", type=Path, help="folder of the large network for scale")
    parser.add_argument("--only", choices=CASES, help="run one case in this process")
    given = parser.parse_args()
    if given.only:
        show(json.dumps(measure_case(given.only, given.porto)))
        return 0
    rows: list[dict[str, object]] = []
    for name in CASES:
        if name.startswith("porto") and given.porto is None:
            continue
        command = [sys.executable, "-m", "benchmarks.roads", "--only", name]
        if given.porto is not None:
            command += ["--porto", str(given.porto)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        rows.append(json.loads(done.stdout.splitlines()[-1]))
        show(done.stdout.strip())
    show(f"written to {write_results(rows)}")
    is_missed = False
    for row in rows:
        most_s, most_mb = LIMITS.get(str(row["case"]), (None, None))
        if most_s is not None and float(str(row["matrix_wall_s"])) > most_s:
            is_missed = True
        if most_mb is not None and float(str(row["peak_mb"])) > most_mb:
            is_missed = True
    return int(is_missed)


if __name__ == "__main__":
    raise SystemExit(main())
