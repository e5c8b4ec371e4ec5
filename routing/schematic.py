"""Schematic networks: a generated street grid, and the stand-in for Southend's roads."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from data.networks import RoadNetwork
from data.sources.speeds import SpeedTable, read_speeds
from routing.bng import find_grid_position
from routing.road_graph import RoadGraph, Segment

GRID_WEST_M = 586_000
GRID_SOUTH_M = 184_000
"""South-west corner of the grid, so that it lies about TQ 88 86. [m]"""
GRID_BLOCKS = 30
GRID_BLOCK_M = 150

SCHEMATIC_FLAGS = ("schematic_network", "not_for_eligibility")

PROXY_STRETCH = ((0, 15_400), (700, 11_460), (1_500, 10_500))
"""Stretch of a path on the Southend stand-in: (from this length on, 0.01 % of each metre). [m]

The same construction on Newport fell short of the real drive by a median factor of 1.54 at 0.4
to 1 km, 1.33 at 1 to 2 km, 1.19 at 2 to 4 km and 1.12 beyond (grade B, measured; see the
folder's licence note). A concave, increasing function of a length that starts at nought keeps
the triangle inequality, and 1.54 up to 700 m, then 1.146 up to 1 500 m, then 1.05 gives 1.54,
1.33, 1.19 and 1.12 at 0.7, 1.5, 3 and 6 km."""


def build_grid_network(*, seed: int = 1, speeds: SpeedTable | None = None) -> RoadNetwork:
    """Build a street grid of 30 by 30 blocks of 150 m, the same for equal seeds.

    Every tenth street is a primary, every fifth a secondary road, the others are residential;
    one residential block side in twelve is missing and one in twelve is one-way.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    roads = RoadGraph()
    n_lines = GRID_BLOCKS + 1
    for row in range(n_lines):
        for column in range(n_lines):
            roads.add_junction(
                (row, column),
                float(GRID_WEST_M + column * GRID_BLOCK_M),
                float(GRID_SOUTH_M + row * GRID_BLOCK_M),
                row * n_lines + column,
            )
    for row in range(n_lines):
        for column in range(n_lines):
            for d_row, d_column, line in ((0, 1, row), (1, 0, column)):
                end = (row + d_row, column + d_column)
                if end[0] >= n_lines or end[1] >= n_lines:
                    continue
                road_class = "residential"
                if line % 5 == 0:
                    road_class = "primary" if line % 10 == 0 else "secondary"
                fate = rng.integers(0, 12)
                if road_class == "residential" and fate == 0:
                    continue
                is_one_way = road_class == "residential" and fate == 1
                start_node, end_node = roads.graph.nodes[(row, column)], roads.graph.nodes[end]
                shape = np.array(
                    [
                        [start_node["easting_m"], start_node["northing_m"]],
                        [end_node["easting_m"], end_node["northing_m"]],
                    ]
                )
                # A way is a whole street, so that a planner's override closes a street.
                way_id = 1_000 * (1 + d_row) + line
                roads.add_segment(
                    (row, column),
                    end,
                    Segment(
                        way_id=way_id,
                        road_class=road_class,
                        shape=shape,
                        length_m=float(GRID_BLOCK_M),
                    ),
                    forward=True,
                    backward=not is_one_way,
                )
    roads.keep_main_component()
    return roads.build_arrays(
        name="grid",
        speeds=speeds or read_speeds(),
        flags=SCHEMATIC_FLAGS,
        attribution=("Generated street grid, no real place.",),
    )


def build_proxy_network(
    nodes_path: Path,
    edges_path: Path,
    *,
    name: str,
    attribution: tuple[str, ...],
    speeds: SpeedTable | None = None,
) -> RoadNetwork:
    """Build the stand-in network from its node and edge tables.

    All edges are one class, ``mixed``; path lengths are stretched by `PROXY_STRETCH`.
    """
    import pyarrow.parquet as pq

    # ParquetFile, not read_table: the latter loads pandas, which takes two seconds.
    nodes = pq.ParquetFile(nodes_path).read(columns=["node_id", "lon", "lat"]).to_pydict()
    edges = pq.ParquetFile(edges_path).read(columns=["u", "v", "length_m"]).to_pydict()
    easting_m, northing_m = find_grid_position(
        np.array(nodes["lon"], dtype=np.float64), np.array(nodes["lat"], dtype=np.float64)
    )
    roads = RoadGraph()
    position: dict[int, tuple[float, float]] = {}
    for node_id, easting, northing in zip(
        nodes["node_id"], easting_m.tolist(), northing_m.tolist(), strict=True
    ):
        roads.add_junction(node_id, easting, northing, node_id)
        position[node_id] = (easting, northing)
    for i, (u, v, length_m) in enumerate(
        zip(edges["u"], edges["v"], edges["length_m"], strict=True)
    ):
        roads.add_segment(
            u,
            v,
            Segment(
                way_id=i,
                road_class="mixed",
                shape=np.array([position[u], position[v]]),
                length_m=length_m,
            ),
            forward=True,
            backward=True,
        )
    roads.keep_main_component()
    return roads.build_arrays(
        name=name,
        speeds=speeds or read_speeds(),
        flags=SCHEMATIC_FLAGS,
        attribution=attribution,
        stretch=PROXY_STRETCH,
    )
