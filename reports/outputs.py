"""Write all outputs of a run to a folder, each file wholly or not at all."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path

from data.errors import ModelError, StoreError
from data.fleet import OWN_PROVIDER_ID
from data.inputs import Inputs, fingerprint
from data.networks import RoadNetwork
from data.runs import RunRecord
from reports.arrivals import build_arrivals_books
from reports.facts import RunFacts, build_facts
from reports.files import build_file_name, open_folder, write_whole, write_whole_by
from reports.geodata import build_geojson, write_geopackage
from reports.lines import LegShapes
from reports.manifests import build_drivers_book, build_routes_book
from reports.orders import build_orders_book
from reports.page import build_page
from reports.picture import build_picture
from reports.summary_book import build_summary_book

_READERS = {
    "plan": "commissioners and planners",
    "manifests": "the transport office",
    "drivers": "the provider's drivers; holds names and addresses",
    "arrivals": "the site's staff; holds names",
    "orders": "the supplier",
    "routes": "planners; stops can point to homes",
    "map": "planners and commissioners; stops can point to homes",
}
"""Who may have a file, by the beginning of its name."""


def write_outputs(
    run: RunRecord,
    inputs: Inputs,
    folder: Path,
    *,
    shapes: LegShapes | None = None,
    roads: RoadNetwork | None = None,
    written_utc: datetime,
) -> tuple[Path, ...]:
    """Write workbooks, maps and pages of a run; files of an earlier run are replaced.

    Equal runs give equal files: what they show of time is the run's own stamp.

    Parameters
    ----------
    inputs
        The inputs the run was made from.
    folder
        Where to write; made if needed, for its owner only.
    shapes
        Line of each leg from `build_run_shapes`; without one a leg is drawn straight, dashed.
    roads
        Roads drawn beneath the routes for context.
    written_utc
        When the outputs are written, for the list of files.

    Returns
    -------
    Every path written.

    Raises
    ------
    ModelError
        If the inputs are not those of the run.
    IdentityError
        If figures that must agree do not.
    StoreError
        If a file cannot be written.
    """
    if fingerprint(inputs) != run.inputs_hash:
        raise ModelError(
            f"Run {run.run_id} was made from other inputs ({run.inputs_hash[:12]}); read those."
        )
    facts = build_facts(run, inputs)
    used = shapes if shapes is not None else {}
    open_folder(folder)
    written = [
        write_whole(folder / "plan_summary.xlsx", build_summary_book(facts)),
        write_whole(folder / "manifests.xlsx", build_routes_book(facts)),
        *_write_parts(folder / "drivers", "drivers", _build_drivers(facts)),
        *_write_parts(folder / "arrivals", "arrivals", build_arrivals_books(facts)),
        *_write_parts(folder / "orders", "orders", _build_orders(facts)),
        write_whole_by(
            folder / "routes.gpkg", lambda path: write_geopackage(facts, used, path)
        ),
        write_whole(folder / "routes.geojson", build_geojson(facts, used)),
        write_whole(folder / "map.html", build_page(facts, used, roads)),
        write_whole(folder / "map.png", build_picture(facts, used, roads)),
    ]
    contents = _build_contents(run, folder, written, written_utc)
    # Last: who finds a run named here finds all of its files.
    return (*written, write_whole(folder / "contents.json", contents))


def _build_drivers(facts: RunFacts) -> dict[str, bytes]:
    """Build the drivers' manifests of each provider with a duty."""
    provider_ids = sorted({duty.provider_id for duty in facts.run.plan.duties})
    return {provider_id: build_drivers_book(facts, provider_id) for provider_id in provider_ids}


def _build_orders(facts: RunFacts) -> dict[str, bytes]:
    """Build the order sheet of each supplier with a duty."""
    used = {duty.provider_id for duty in facts.run.plan.duties} - {OWN_PROVIDER_ID}
    return {
        supplier.supplier_id: build_orders_book(facts, supplier)
        for supplier in facts.inputs.suppliers
        if supplier.supplier_id in used
    }


def _write_parts(folder: Path, stem: str, books: dict[str, bytes]) -> list[Path]:
    """Write one workbook per reader; those of readers no longer served are removed.

    An order or manifest of yesterday left beside today's would be followed by somebody.
    """
    open_folder(folder)
    written = [
        write_whole(folder / build_file_name(stem, name, ".xlsx"), book)
        for name, book in books.items()
    ]
    if len(set(written)) != len(written):
        raise StoreError(f"Two names of {stem} lead to one file in {folder}.")
    for old in sorted(folder.glob(f"{stem}_*.xlsx")):
        if old not in written:
            old.unlink()
    return written


def _build_contents(
    run: RunRecord, folder: Path, written: list[Path], written_utc: datetime
) -> bytes:
    """Build the list of files with their fingerprints, the run, and who each is for."""
    files = [
        {
            "file": path.relative_to(folder).as_posix(),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "for": _READERS[path.name.split("_")[0].split(".")[0]],
        }
        for path in written
    ]
    about = {
        "run_id": run.run_id,
        "plan_id": run.plan.plan_id,
        "inputs_hash": run.inputs_hash,
        "matrix_hash": run.matrix_hash,
        "code_version": run.code_version,
        "made_utc": f"{run.created_utc:%Y-%m-%dT%H:%M:%SZ}",
        "written_utc": f"{written_utc:%Y-%m-%dT%H:%M:%SZ}",
        "flags": list(run.plan.flags),
        "is_synthetic": run.is_synthetic,
        "files": files,
    }
    return (json.dumps(about, ensure_ascii=False, indent=2) + "\n").encode()
