"""No input causes a traceback, a hang or part of a commit (I5), nor fills the memory (I4).

CSV files are changed byte by byte, workbooks byte by byte and by the hurts of
`tests.data.hostile_books`. The small counts run with every change, 20 000 and 300 with the
faults, 1 000 000 and 20 000 in the slow suite, in parts of their own seeds.
"""

from __future__ import annotations

import faulthandler
import random
import resource
import signal
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.imports import read_source
from data.imports.report import ImportResult
from data.sources.postcodes import PostcodeTable, read_shipped_postcodes
from data.store import Store
from tests.data.hostile_books import build_hostile, read_parts
from tests.data.import_council import build_council, find_loose_ends, write_book, write_folder

MOST_S = 20.0
"""After so long a read of a small file hangs. [s]"""
NOW = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)

_SPLICES = (
    b'"', b"\0", b"\xff\xfe", b"\n\n", b",,,,,", b";", b"\xc3\x28", b"=cmd|' /C calc'!A0",
    b"\t", b"9" * 23, b"1e308", b"-1", b"24:00", b"31/02/2026", b"EXAMPLE:", b"\r",
    b"inf", b"nan", b"\xe2\x80\xae", b"29/02/2025", b"0001-01-01", b"9999-12-31",
    b"\xef\xbb\xbf",
    b"12+", b"+", b"1/0", b"\xc2\xa3-0.0", b"1e-320", b"Mon-", b"H001", b"P001", b"term",
)  # fmt: skip


def _mutate(rng: random.Random, content: bytes) -> bytes:
    """Change, cut, double or splice in a few places."""
    data = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(4)
        if kind == 0 and data:
            data[min(at, len(data) - 1)] = rng.randrange(256)
        elif kind == 1:
            del data[at : at + rng.randint(1, 30)]
        elif kind == 2:
            data[at:at] = data[at : at + rng.randint(1, 60)]
        else:
            data[at:at] = rng.choice(_SPLICES)
    return bytes(data)


def _judge(result: ImportResult) -> None:
    """Whatever was read: rows add up, and a refusal says why."""
    for count in result.report.counts:
        parts = count.n_accepted + count.n_rejected + count.n_blank + count.n_header
        assert count.n_read == parts
    assert result.inputs is not None or result.report.problems
    assert result.inputs is None or find_loose_ends(result.inputs) == set()
    assert all(problem.cause for problem in result.report.problems)


def _commit(store: Store, result: ImportResult) -> None:
    """Commit what was read: all of it is there afterwards, or none."""
    if result.inputs is None:
        return
    number = store.save_import(
        result.inputs,
        place=result.inputs.place,
        files={f.name: f.content for f in result.originals},
        counts=result.report.counts,
        rejected=result.quarantine,
        created_utc=NOW,
        code_version="fuzz",
    )
    kept = next(i for i in store.list_imports() if i.import_no == number)
    assert kept.inputs_hash is not None
    assert store.read_inputs(kept.inputs_hash) == result.inputs
    assert kept.n_quarantined == len(result.quarantine)
    assert kept.counts == result.report.counts


class HangError(Exception):
    """A read that did not end."""


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    def stop(_number: int, _frame: object) -> None:
        raise HangError(f"not read within {seconds:.0f} s")

    old = signal.signal(signal.SIGALRM, stop)
    rest_s, _ = signal.setitimer(signal.ITIMER_REAL, seconds)
    begun = time.monotonic()
    try:
        yield
    finally:
        # A shard of the slow suite has set its own alarm.
        again = max(0.1, rest_s - (time.monotonic() - begun)) if rest_s else 0
        signal.signal(signal.SIGALRM, old)
        signal.setitimer(signal.ITIMER_REAL, again)


@pytest.fixture(scope="module")
def table() -> PostcodeTable:
    return read_shipped_postcodes()


def change_csv_files(folder: Path, table: PostcodeTable, n_changes: int, seed: str) -> None:
    """Change the CSV files of the council one at a time, and import each."""
    rng = random.Random(seed)  # noqa: S311
    council = write_folder(build_council(), folder / "council")
    files = sorted(council.iterdir())
    originals = {path: path.read_bytes() for path in files}
    with Store.open(folder / "fuzz.sqlite") as store:
        for number in range(n_changes):
            path = rng.choice(files)
            changed = _mutate(rng, originals[path])
            path.write_bytes(changed)
            try:
                with _within(MOST_S):
                    result = read_source(council, accept_valid=number % 2 == 0, postcodes=table)
                _judge(result)
                if number % 100 == 1:
                    _commit(store, result)
            except Exception as error:
                error.add_note(f"change {number} of seed {seed}: {path.name} {changed!r}")
                raise
            path.write_bytes(originals[path])


@contextmanager
def _within_memory(n_bytes: int) -> Iterator[None]:
    """Let the process grow by so much and no more."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def read_hostile_books(folder: Path, table: PostcodeTable, n_books: int, seed: str) -> None:
    """Read hostile workbooks, each with 512 MB more memory and 5 s of CPU at most."""
    rng = random.Random(seed)  # noqa: S311
    parts = read_parts(folder)
    read_source(folder / "good.xlsx", postcodes=table)  # what is loaded once is no growth
    bad = folder / "bad.xlsx"
    for number in range(n_books):
        what, content = build_hostile(rng, parts)
        bad.write_bytes(content)
        begun = time.process_time()
        # A library that hangs outside Python is ended with the whole process, and says where.
        faulthandler.dump_traceback_later(3 * MOST_S, exit=True, file=sys.__stderr__)
        try:
            with _within(MOST_S), _within_memory(512 * 1024 * 1024):
                result = read_source(bad, accept_valid=number % 2 == 0, postcodes=table)
            _judge(result)
            used_s = time.process_time() - begun
            assert used_s < 5, f"{used_s:.1f} s of CPU"
        except BaseException as error:
            error.add_note(f"book {number} of seed {seed!r}: {what}")
            raise
        finally:
            faulthandler.cancel_dump_traceback_later()


def test_no_change_to_csv_files_causes_a_traceback(
    tmp_path: Path, table: PostcodeTable
) -> None:
    change_csv_files(tmp_path, table, 160, "now")


def test_no_change_to_a_workbook_causes_a_traceback(
    tmp_path: Path, table: PostcodeTable
) -> None:
    rng = random.Random(7)  # noqa: S311
    good = write_book(build_council(), tmp_path / "good.xlsx")
    content = good.read_bytes()
    with zipfile.ZipFile(good) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    bad = tmp_path / "bad.xlsx"
    for number in range(30):
        if number % 3 == 0:
            bad.write_bytes(_mutate(rng, content))
        else:
            name = rng.choice(sorted(parts))
            with zipfile.ZipFile(bad, "w", zipfile.ZIP_DEFLATED) as archive:
                for other, part in parts.items():
                    archive.writestr(other, _mutate(rng, part) if other == name else part)
        _judge(read_source(bad, accept_valid=number % 2 == 0, postcodes=table))


def test_no_hostile_workbook_causes_a_traceback_or_fills_the_memory(
    tmp_path: Path, table: PostcodeTable
) -> None:
    read_hostile_books(tmp_path, table, 15, "now")


@pytest.mark.faults
@pytest.mark.parametrize("part", range(20))
def test_twenty_thousand_changes_of_csv_files_cause_no_traceback(
    tmp_path: Path, table: PostcodeTable, part: int
) -> None:
    change_csv_files(tmp_path, table, 1_000, f"faults {part}")


@pytest.mark.faults
@pytest.mark.parametrize("part", range(3))
def test_three_hundred_hostile_workbooks_cause_no_traceback(
    tmp_path: Path, table: PostcodeTable, part: int
) -> None:
    read_hostile_books(tmp_path, table, 100, f"faults {part}")


@pytest.mark.slow
@pytest.mark.parametrize("part", range(100))
def test_a_million_changes_of_csv_files_cause_no_traceback(
    tmp_path: Path, table: PostcodeTable, part: int
) -> None:
    change_csv_files(tmp_path, table, 10_000, f"slow {part}")


@pytest.mark.slow
@pytest.mark.parametrize("part", range(20))
def test_twenty_thousand_hostile_workbooks_cause_no_traceback(
    tmp_path: Path, table: PostcodeTable, part: int
) -> None:
    read_hostile_books(tmp_path, table, 1_000, f"slow {part}")
