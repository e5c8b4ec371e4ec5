"""The words of every problem, collected; ``python -m tests.data.import_golden`` writes them."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from data.errors import Problem
from data.imports import find_kinds, read_tables
from data.imports.report import ImportResult
from tests.data.import_council import build_council, tables
from tests.data.import_files import FILE_FIXTURES
from tests.data.import_fixtures import TABLE_FIXTURES

GOLDEN = Path(__file__).parent / "golden" / "import_messages.txt"


@cache
def read_fixture(code: str) -> ImportResult:
    """Read the right council spoilt as the fixture of a code says."""
    rows = build_council()
    TABLE_FIXTURES[code][0](rows)
    return read_tables(tables(rows))


def find_problem(code: str, folder: Path) -> Problem:
    """Cause a problem and find it.

    Raises
    ------
    LookupError
        If the fixture does not cause it.
    """
    if code in TABLE_FIXTURES:
        problems = read_fixture(code).report.problems
    else:
        problems = FILE_FIXTURES[code](folder)
    for problem in problems:
        if problem.code == code:
            return problem
    raise LookupError(f"{code} is not caused: {[str(p) for p in problems]}")


def collect_messages() -> str:
    """Collect the message of every code that has a fixture."""
    lines = []
    for code in find_kinds():
        if code in TABLE_FIXTURES or code in FILE_FIXTURES:
            with tempfile.TemporaryDirectory() as folder:
                lines.append(str(find_problem(code, Path(folder))))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(collect_messages(), encoding="utf-8")
