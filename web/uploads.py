"""Files that people bring in: read beside what is there, held until they say to take them in.

A file's own name is never a path: what is read lies in a folder of its own, readable by the
owner alone, under names of ours, and is gone once it has been read.
"""

from __future__ import annotations

import secrets
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from data.imports.faults import write_faults_workbook
from data.imports.headings import find_sheet_spec
from data.imports.source import read_source
from data.mapping import read_mapping
from data.taking_in import find_base, take_in
from web.limits import entering, note_export
from web.records import find_postcodes

if TYPE_CHECKING:
    from data.imports.report import ImportResult
    from web.access import Visit
    from web.state import WebState

_KEPT = 4
_ENDINGS = (".xlsx", ".xlsm", ".csv", ".txt", ".tsv")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadUpload:
    """An upload that was read and waits.

    Attributes
    ----------
    seen
        Fingerprint of the inputs it was read beside; '' where there were none.
    person_id
        Who brought it; nobody else takes it in.
    """

    token: str
    person_id: str
    seen: str
    result: ImportResult


class Uploads:
    """Uploads that were read and wait to be taken in; the oldest goes when there are many."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, ReadUpload] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, result: ImportResult, *, person_id: str, seen: str) -> ReadUpload:
        """Keep an upload under a token that nobody guesses."""
        held = ReadUpload(
            token=secrets.token_urlsafe(16), person_id=person_id, seen=seen, result=result
        )
        with self._lock:
            self._held[held.token] = held
            while len(self._held) > _KEPT:
                self._held.popitem(last=False)
        return held

    def find(self, token: str, person_id: str) -> ReadUpload | None:
        """Find what somebody brought, or None."""
        with self._lock:
            found = self._held.get(token)
        return found if found is not None and found.person_id == person_id else None

    def drop(self, token: str) -> None:
        """Forget an upload that was taken in."""
        with self._lock:
            self._held.pop(token, None)


def bring_files(
    visit: Visit,
    files: Sequence[tuple[str, bytes]],
    mapping: bytes | None,
    *,
    is_accepting_valid: bool,
) -> ReadUpload:
    """Read what somebody brings and hold it until they say to take it in.

    Raises
    ------
    InputError
        If the mapping is faulty; faults of the files stand in the report.
    LimitError
        If the last thing they asked for is still being done.
    """
    seen = visit.store.find_inputs_hash(visit.place)
    with entering(visit):
        result = read_upload(visit.state, files, mapping, is_accepting_valid=is_accepting_valid)
    return visit.state.uploads.keep(result, person_id=visit.person_id, seen=seen)


def take_held(visit: Visit, token: str) -> int | None:
    """Take in what was shown; None if it is no longer held, or was refused.

    Raises
    ------
    StaleWriteError
        If somebody else changed the records meanwhile.
    """
    uploads = visit.state.uploads
    held = uploads.find(token, visit.person_id)
    if held is None or held.result.inputs is None:
        return None
    with visit.recording("import.take", "inputs", held.seen, before_hash=held.seen):
        number = take_in(
            visit.store,
            held.result,
            place=visit.place,
            created_utc=visit.now_utc,
            code_version=visit.state.code_version,
            expected=held.seen,
        )
    uploads.drop(held.token)
    return number


def build_faults(visit: Visit, token: str) -> bytes | None:
    """Build the tables with every faulty cell marked; None if they are no longer held.

    Raises
    ------
    LimitError
        If the person has had as many exports in an hour as they may.
    """
    held = visit.state.uploads.find(token, visit.person_id)
    if held is None:
        return None
    note_export(visit, "faults", "")
    with tempfile.TemporaryDirectory(prefix="wayfare-faults-") as folder:
        path = Path(folder) / "faults.xlsx"
        write_faults_workbook(held.result, path)
        return path.read_bytes()


def read_upload(
    state: WebState,
    files: Sequence[tuple[str, bytes]],
    mapping: bytes | None,
    *,
    is_accepting_valid: bool,
) -> ImportResult:
    """Read uploaded files as the import would read them from disk.

    Parameters
    ----------
    files
        Name as sent and content; one workbook, or CSV files named like our sheets.
    mapping
        A mapping of a council's own columns, TOML, or None.

    Raises
    ------
    InputError
        If the mapping is faulty.
    """
    with tempfile.TemporaryDirectory(prefix="wayfare-upload-") as name:
        folder = Path(name)
        folder.chmod(0o700)
        held = None
        if mapping is not None:
            path = folder / "mapping.toml"
            path.write_bytes(mapping)
            held = read_mapping(path)
        inner = folder / "upload"
        inner.mkdir(mode=0o700)
        paths = []
        for n, (sent, content) in enumerate(files, start=1):
            path = inner / name_safely(sent, n)
            path.write_bytes(content)
            paths.append(path)
        source = paths[0] if len(paths) == 1 else inner
        return read_source(
            source,
            held,
            accept_valid=is_accepting_valid,
            postcodes=find_postcodes(state),
            base=find_base(state.store, state.place),
        )


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
