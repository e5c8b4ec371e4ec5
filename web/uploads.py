"""Files that people bring in: read by a job beside what is there, held until they take them in.

A file's own name is never a path: what is read lies in a folder of its own, readable by the
owner alone, under names of ours, and is gone once it has been taken in.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import StaleWriteError
from data.imports.faults import write_faults_workbook
from data.imports.headings import find_sheet_spec
from data.mapping import read_mapping
from data.taking_in import take_in
from web.holding import MAPPING, UPLOAD, HeldReport, find_report, read_held
from web.job_kinds import ReadImport
from web.jobs import Job, JobState, find_jobs
from web.limits import note_export
from web.queueing import find_job, queue_job

if TYPE_CHECKING:
    from web.access import Visit

_ENDINGS = (".xlsx", ".xlsm", ".csv", ".txt", ".tsv")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldImport:
    """A job that read what somebody brought, and what it found.

    Attributes
    ----------
    held
        None while it is read, where that failed, and once it is no longer held.
    """

    job: Job
    held: HeldReport | None


def bring_files(
    visit: Visit,
    files: Sequence[tuple[str, bytes]],
    mapping: bytes | None,
    *,
    is_accepting_valid: bool,
) -> Job:
    """Queue the reading of what somebody brings; nothing is taken in before they say so.

    Raises
    ------
    InputError
        If the mapping is faulty; faults of the files stand in the report of the job.
    LimitError
        If the person has as many jobs waiting as they may.
    """
    kept = {f"{UPLOAD}/{name}": body for name, body in _name_all(files)}
    if mapping is not None:
        with tempfile.TemporaryDirectory(prefix="wayfare-mapping-") as folder:
            path = Path(folder) / MAPPING
            path.write_bytes(mapping)
            read_mapping(path)
        kept[MAPPING] = mapping
    wanted = ReadImport(is_accepting_valid=is_accepting_valid)
    title = "Data brought in" if len(files) == 1 else f"Data brought in: {len(files)} files"
    return queue_job(visit, title, wanted, kept)


def find_import(visit: Visit, job_id: str) -> HeldImport:
    """Find what somebody brought, and what was found in it.

    Raises
    ------
    StoreError
        If they brought nothing under this id.
    """
    job = find_job(visit, job_id, "import")
    return HeldImport(job=job, held=find_held(visit, job))


def find_held(visit: Visit, job: Job) -> HeldReport | None:
    """Find what was found in what somebody brought; None if it is not held."""
    return find_report(find_jobs(visit.state), job) if job.state is JobState.DONE else None


def take_held(visit: Visit, job_id: str) -> int | None:
    """Take in what was shown; None if it is no longer held, or was refused.

    Raises
    ------
    StoreError
        If who asks brought nothing under this id.
    StaleWriteError
        If somebody else changed the records meanwhile.
    """
    book, found = find_jobs(visit.state), find_import(visit, job_id)
    held = found.held
    result = None if held is None else read_held(book, found.job)
    if held is None or result is None or result.inputs is None:
        return None
    if not held.seen and visit.store.list_inputs(visit.place):
        raise StaleWriteError("Somebody else brought in data meanwhile. Bring yours again.")
    with visit.recording("import.take", "inputs", held.seen, before_hash=held.seen):
        number = take_in(
            visit.store,
            result,
            place=visit.place,
            created_utc=visit.now_utc,
            code_version=visit.state.code_version,
            expected=held.seen or None,
        )
    book.drop_content(job_id)
    return number


def drop_held(visit: Visit, job_id: str) -> None:
    """Throw away what was read.

    Raises
    ------
    StoreError
        If who asks brought nothing under this id.
    """
    job = find_job(visit, job_id, "import")
    with visit.recording("import.drop", "job", job.job_id):
        find_jobs(visit.state).drop_content(job.job_id)


def build_faults(visit: Visit, job_id: str) -> bytes | None:
    """Build the tables with every faulty cell marked; None if they are no longer held.

    Raises
    ------
    StoreError
        If who asks brought nothing under this id.
    LimitError
        If the person has had as many exports in an hour as they may.
    """
    found = find_import(visit, job_id)
    result = None if found.held is None else read_held(find_jobs(visit.state), found.job)
    if result is None:
        return None
    note_export(visit, "faults", "")
    with tempfile.TemporaryDirectory(prefix="wayfare-faults-") as folder:
        path = Path(folder) / "faults.xlsx"
        write_faults_workbook(result, path)
        return path.read_bytes()


def _name_all(files: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Name uploaded files; one that would lie over another is called by its number."""
    found: dict[str, bytes] = {}
    for n, (sent, content) in enumerate(files, start=1):
        name = name_safely(sent, n)
        found[
            name_safely(f"upload.{name.rpartition('.')[2]}", n) if name in found else name
        ] = content
    return list(found.items())


def name_safely(sent: str, number: int) -> str:
    """Name an uploaded file: by the sheet it is meant for, or its number, and a known ending.

    Examples
    --------
    >>> name_safely("../../Passengers.CSV", 1), name_safely("Book 1.xlsx", 1)
    ('passengers.csv', 'upload-1.xlsx')
    """
    stem, _, ending = sent.replace("\\", "/").rpartition("/")[2].rpartition(".")
    ending = f".{ending.casefold()}"
    spec = find_sheet_spec(stem)
    named = spec.name if spec is not None and ending != ".xlsx" else f"upload-{number}"
    return f"{named}{ending if ending in _ENDINGS else '.unknown'}"


@contextmanager
def write_uploads(files: Sequence[tuple[str, bytes]]) -> Iterator[list[Path]]:
    """Write uploaded files to a folder of their own for as long as they are read."""
    with tempfile.TemporaryDirectory(prefix="wayfare-upload-") as name:
        folder = Path(name)
        folder.chmod(0o700)
        paths = []
        for n, (sent, content) in enumerate(files, start=1):
            stem, _, ending = sent.replace("\\", "/").rpartition("/")[2].rpartition(".")
            known = f".{ending.casefold()}"
            kept = stem if stem.isidentifier() and len(stem) < 40 else f"upload-{n}"
            path = folder / f"{kept}{known if known in _ENDINGS else '.unknown'}"
            path.write_bytes(content)
            paths.append(path)
        yield paths
