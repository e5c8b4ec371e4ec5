"""The large counts in shards that can be resumed, and the ledger of what was run when.

``make test-slow SHARD=2/8`` runs the second of eight shares of the slow tests for at most half
an hour; run again it goes on where it stopped. Each result is written down as it comes, with
date, CPU seconds and a fingerprint of the code; one that passed on the same code is not run
again. ``make slow-report`` merges the ledgers of all shards and machines into
docs/reliability-runs.csv and the table in docs/reliability.md.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import signal
import sys
import time
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LEDGERS = ROOT / ".make" / "slow"
KEPT = ROOT / "docs" / "reliability-runs.csv"
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- larger counts: begin -->", "<!-- larger counts: end -->"
FIELDS = ("test", "outcome", "cpu_s", "date", "code")
GUESS_S = 60.0
"""What a test that never ran is thought to take. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One test's newest result."""

    test: str
    outcome: str
    cpu_s: float
    date: str
    code: str


def read_shard(text: str) -> tuple[int, int]:
    """Read ``i/n``.

    Raises
    ------
    ValueError
        If it is not a share.
    """
    found = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", text)
    if found is None or int(found[1]) > int(found[2]):
        raise ValueError(f"a shard is i/n with i from 1 to n, not {text!r}")
    return int(found[1]), int(found[2])


def deal(tests: Iterable[str], known_s: dict[str, float], n_shards: int) -> list[list[str]]:
    """Deal tests to shards, the longest first, each to the shard with the least so far."""
    shares: list[list[str]] = [[] for _ in range(n_shards)]
    loads = [0.0] * n_shards
    for test in sorted(tests, key=lambda t: (-known_s.get(t, GUESS_S), t)):
        least = loads.index(min(loads))
        shares[least].append(test)
        loads[least] += known_s.get(test, GUESS_S)
    return shares


def fingerprint_code(root: Path = ROOT) -> str:
    """Fingerprint every Python file of the rooms and tests: 12 hex digits."""
    digest = hashlib.sha256()
    for path in sorted(root.glob("*/**/*.py")):
        name = path.relative_to(root).as_posix()
        if not name.startswith((".", "docs/", "benchmarks/", "build/")):
            digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def read_results(paths: Iterable[Path]) -> dict[str, Result]:
    """Read ledgers; of one test the newest result counts, a torn last line does not."""
    found: dict[str, Result] = {}
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            try:
                result = Result(**json.loads(line))
            except (ValueError, TypeError):
                continue
            if result.test not in found or found[result.test].date <= result.date:
                found[result.test] = result
    return found


def read_kept(path: Path = KEPT) -> dict[str, Result]:
    """Read the results that the repository keeps."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["test"]: Result(
            test=row["test"],
            outcome=row["outcome"],
            cpu_s=float(row["cpu_s"]),
            date=row["date"],
            code=row["code"],
        )
        for row in rows
    }


class SlowShard:
    """Runs one share of the slow tests within its time and writes each result down."""

    def __init__(self, config: pytest.Config, shard: str, minutes: float) -> None:
        self._number, self._n_shards = read_shard(shard)
        self._ends_s = time.monotonic() + 60 * minutes
        self._is_controller = not hasattr(config, "workerinput")
        self._code = fingerprint_code()
        self._known_s = {t: r.cpu_s for t, r in read_kept().items()}
        self._ledger = LEDGERS / f"shard-{self._number}-of-{self._n_shards}.jsonl"

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Keep this shard's slow tests that have not passed on this code yet."""
        slow = [
            i
            for i in items
            if i.get_closest_marker("slow") is not None
            and i.get_closest_marker("postgres") is None
        ]
        mine = set(
            deal([i.nodeid for i in slow], self._known_s, self._n_shards)[self._number - 1]
        )
        held = read_results(LEDGERS.glob("*.jsonl"))
        done = {t for t, r in held.items() if r.outcome == "passed" and r.code == self._code}
        kept = [i for i in slow if i.nodeid in mine and i.nodeid not in done]
        dropped = set(items) - set(kept)
        config.hook.pytest_deselected(items=[i for i in items if i in dropped])
        items[:] = kept

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Leave what no longer fits for the next run; measure CPU with that of children."""
        left_s = self._ends_s - time.monotonic()
        if left_s < min(self._known_s.get(item.nodeid, 1.0), 29 * 60):
            pytest.skip("left for the next run of this shard")
        before = os.times()
        old = signal.signal(signal.SIGALRM, _stop)
        signal.setitimer(signal.ITIMER_REAL, left_s)
        try:
            return (yield)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, old)
            used = sum(os.times()[:4]) - sum(before[:4])
            item.user_properties.append(("cpu_s", round(used, 1)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write a result down at once, so that a killed run loses one test."""
        if not self._is_controller or not (report.when == "call" or report.failed):
            return
        if report.skipped:
            return
        row = {
            "test": report.nodeid,
            "outcome": report.outcome,
            "cpu_s": dict(report.user_properties).get("cpu_s", 0.0),
            "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "code": self._code,
        }
        self._ledger.parent.mkdir(parents=True, exist_ok=True)
        with self._ledger.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A shard with nothing left to run is done, not a fault."""
        if session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            session.exitstatus = pytest.ExitCode.OK


class ShardTimeError(Exception):
    """A test did not end within its shard's time: it has to be cut into smaller ones."""


def _stop(_number: int, _frame: object) -> None:
    raise ShardTimeError("this test is longer than its shard; cut it into smaller ones")


def find_promises(page: str) -> dict[str, list[str]]:
    """Find which promises name a test file: its stem with room, and the ids of the rows."""
    found: dict[str, list[str]] = {}
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) < 5 or not re.match(r"[A-Z]\d", cells[1]):
            continue
        ids = re.findall(r"[A-Z]\d+", cells[1])
        for room, name in re.findall(r"(?:\b(\w+)/)?\b(test_\w+)", " ".join(cells[3:4])):
            found.setdefault(f"{room}/{name}" if room else name, []).extend(ids)
    return found


def write_section(results: Iterable[Result], promises: dict[str, list[str]]) -> str:
    """Write the table of larger counts: one row a test, its parameters added up."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.test.split("[")[0], []).append(result)
    lines = [
        BEGIN,
        "",
        "| test | promises | passed | CPU s | run | code |",
        "|---|---|---|---|---|---|",
    ]
    for test, parts in sorted(groups.items()):
        file, _, name = test.partition("::")
        stem = Path(file).stem
        room = Path(file).parent.name
        ids = promises.get(f"{room}/{stem}", promises.get(stem, []))
        n_passed = sum(p.outcome == "passed" for p in parts)
        dates = sorted({p.date[:10] for p in parts})
        codes = sorted({p.code for p in parts})
        cells = (
            f"{room}/{stem}: {name.removeprefix('test_').replace('_', ' ')}",
            ", ".join(dict.fromkeys(ids)) or "-",
            f"{n_passed} of {len(parts)}",
            f"{sum(p.cpu_s for p in parts):.0f}",
            dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}",
            codes[0] if len(codes) == 1 else f"{len(codes)} states",
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", END])


def merge(ledgers: Sequence[Path], kept: Path = KEPT, page: Path = PAGE) -> int:
    """Merge ledgers into what the repository keeps and into the page; return the count."""
    results = read_kept(kept)
    for test, result in read_results(ledgers).items():
        if test not in results or results[test].date <= result.date:
            results[test] = result
    with kept.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        for test in sorted(results):
            writer.writerow({name: getattr(results[test], name) for name in FIELDS})
    text = page.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    section = write_section(results.values(), find_promises(before + after))
    page.write_text(before + section + after, "utf-8")
    return len(results)


if __name__ == "__main__":
    given = [Path(name) for name in sys.argv[1:]] or sorted(LEDGERS.glob("*.jsonl"))
    sys.stdout.write(f"{merge(given)} results in {KEPT.relative_to(ROOT)}\n")
