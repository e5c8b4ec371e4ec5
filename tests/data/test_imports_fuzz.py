"""No input causes a traceback: bytes of CSV files and workbooks changed at random (I5)."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest

from data.imports import read_source
from data.imports.report import ImportResult
from data.sources.postcodes import PostcodeTable, read_shipped_postcodes
from tests.data.import_council import build_council, find_loose_ends, write_book, write_folder

N_CSV = 160
N_BOOKS = 45

_SPLICES = (
    b'"', b"\0", b"\xff\xfe", b"\n\n", b",,,,,", b";", b"\xc3\x28", b"=cmd|' /C calc'!A0",
    b"\t", b"9" * 23, b"1e308", b"-1", b"24:00", b"31/02/2026", b"EXAMPLE:", b"\r",
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


@pytest.fixture(scope="module")
def table() -> PostcodeTable:
    return read_shipped_postcodes()


@pytest.mark.parametrize("part", range(2))
def test_no_change_to_csv_files_causes_a_traceback(
    tmp_path: Path, table: PostcodeTable, part: int
) -> None:
    rng = random.Random(part)  # noqa: S311
    folder = write_folder(build_council(), tmp_path / "council")
    files = sorted(folder.iterdir())
    originals = {path: path.read_bytes() for path in files}
    for number in range(N_CSV // 2):
        path = rng.choice(files)
        path.write_bytes(_mutate(rng, originals[path]))
        _judge(read_source(folder, accept_valid=number % 2 == 0, postcodes=table))
        path.write_bytes(originals[path])


def test_no_change_to_a_workbook_causes_a_traceback(
    tmp_path: Path, table: PostcodeTable
) -> None:
    rng = random.Random(7)  # noqa: S311
    good = write_book(build_council(), tmp_path / "good.xlsx")
    content = good.read_bytes()
    with zipfile.ZipFile(good) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    bad = tmp_path / "bad.xlsx"
    for number in range(N_BOOKS):
        if number % 3 == 0:
            bad.write_bytes(_mutate(rng, content))
        else:
            name = rng.choice(sorted(parts))
            with zipfile.ZipFile(bad, "w", zipfile.ZIP_DEFLATED) as archive:
                for other, part in parts.items():
                    archive.writestr(other, _mutate(rng, part) if other == name else part)
        _judge(read_source(bad, accept_valid=number % 2 == 0, postcodes=table))
