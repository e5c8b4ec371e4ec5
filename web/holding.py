"""Files that were read and wait to be taken in: held beside their job, for its owner only.

They are gone once they are taken in or thrown away, when the reading failed or was stopped,
and after a day (`web.jobs.drop_old_content`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.imports.report import ImportReport, ImportResult, OriginalFile, QuarantinedRow
from data.imports.source import read_source
from data.inputs import Inputs, read_document, write_document
from data.mapping import read_mapping

if TYPE_CHECKING:
    from pathlib import Path

    from data.sources.postcodes import PostcodeTable
    from data.store import Store
    from data.workspace import Workspace
    from web.job_kinds import ReadImport
    from web.jobs import Job, JobBook

MAPPING = "mapping.toml"
"""A mapping of a council's own columns, among the files of a job."""

UPLOAD = "upload"
"""Folder of the files to be read."""

_REPORT, _ROWS, _ORIGINAL = "report.json", "held-rows.json", "original"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldReport:
    """What a reading found.

    Attributes
    ----------
    seen
        Fingerprint of the inputs it was read beside; '' where there were none.
    names
        Names of the files that were read, for people; never paths.
    """

    seen: str
    report: ImportReport
    n_quarantined: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _HeldRows:
    """The rows of a reading; no inputs where it was refused."""

    inputs: Inputs | None
    quarantine: tuple[QuarantinedRow, ...]


def hold_reading(
    book: JobBook, job: Job, store: Store, workspace: Workspace, wanted: ReadImport
) -> None:
    """Read the files of a job beside the inputs in force, and hold what was found."""
    folder = book.find_content(job.job_id)
    mapping = folder / MAPPING
    paths = sorted((folder / UPLOAD).iterdir())
    place = workspace.place
    seen = store.find_inputs_hash(place) if store.list_inputs(place) else ""
    result = read_source(
        paths[0] if len(paths) == 1 else folder / UPLOAD,
        read_mapping(mapping) if mapping.is_file() else None,
        accept_valid=wanted.is_accepting_valid,
        postcodes=_read_postcodes(workspace.postcodes_path),
        base=store.read_inputs(seen) if seen else None,
    )
    book.drop_content(job.job_id)
    rows = _HeldRows(inputs=result.inputs, quarantine=result.quarantine)
    held = HeldReport(
        seen=seen,
        report=result.report,
        n_quarantined=len(result.quarantine),
        names=tuple(f.name for f in result.originals),
    )
    for n, file in enumerate(result.originals):
        book.keep_file(job.job_id, f"{_ORIGINAL}-{n}", file.content)
    book.keep_file(job.job_id, _ROWS, write_document(rows))
    book.keep_file(job.job_id, _REPORT, write_document(held))


def _read_postcodes(path: Path) -> PostcodeTable | None:
    """Read the postcodes of the place; None for the table that ships."""
    if not path.is_file():
        return None
    from data.sources.postcodes import read_postcodes

    return read_postcodes(path)


def find_report(book: JobBook, job: Job) -> HeldReport | None:
    """Find what a reading found; None if it is no longer held."""
    try:
        content = (book.find_content(job.job_id) / _REPORT).read_bytes()
    except OSError:
        return None
    found: HeldReport = read_document(HeldReport, content)
    return found


def read_held(book: JobBook, job: Job) -> ImportResult | None:
    """Read all that a reading found; None if it is no longer held."""
    held = find_report(book, job)
    if held is None:
        return None
    folder = book.find_content(job.job_id)
    try:
        rows: _HeldRows = read_document(_HeldRows, (folder / _ROWS).read_bytes())
        originals = tuple(
            OriginalFile(name=name, content=(folder / f"{_ORIGINAL}-{n}").read_bytes())
            for n, name in enumerate(held.names)
        )
    except OSError:
        # Thrown away while it was read.
        return None
    return ImportResult(
        inputs=rows.inputs, report=held.report, originals=originals, quarantine=rows.quarantine
    )
