"""Shards of the large counts: dealt once each, resumed, written down and merged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness import copy_harness
from tests.slow_runs import (
    BEGIN,
    END,
    PAGE,
    Result,
    deal,
    find_promises,
    merge,
    read_kept,
    read_results,
    read_shard,
)

ROOT = Path(__file__).resolve().parent.parent


def test_every_test_is_in_exactly_one_shard_and_loads_are_even() -> None:
    tests = [f"t{n}" for n in range(50)]
    known_s = {t: float(n % 7 + 1) for n, t in enumerate(tests)}
    shares = deal(tests, known_s, 8)
    assert sorted(t for share in shares for t in share) == sorted(tests)
    loads = [sum(known_s[t] for t in share) for share in shares]
    # 7 x (1+...+7) + 1 = 197 over 8 shards: 24.6 each, and no deal is off by a whole test.
    assert max(loads) - min(loads) <= 7
    assert deal(reversed(tests), known_s, 8) == shares


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "a/b", "1/0", "-1/2"])
def test_a_share_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="i/n"):
        read_shard(text)


def _line(test: str, outcome: str, date: str, cpu_s: float = 2.0) -> str:
    return json.dumps(
        {"test": test, "outcome": outcome, "cpu_s": cpu_s, "date": date, "code": "c0de"}
    )


def test_the_newest_result_counts_and_a_torn_line_does_not(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        _line("t", "failed", "2026-01-01T00:00:00Z")
        + "\n"
        + _line("u", "passed", "2026-01-03T00:00:00Z")
        + '\n{"test": "v", "outc'
    )
    (tmp_path / "b.jsonl").write_text(_line("t", "passed", "2026-01-02T00:00:00Z"))
    found = read_results(sorted(tmp_path.glob("*.jsonl")))
    assert {t: r.outcome for t, r in found.items()} == {"t": "passed", "u": "passed"}


def test_merging_keeps_what_was_run_elsewhere_and_rewrites_the_table(tmp_path: Path) -> None:
    page, kept = tmp_path / "page.md", tmp_path / "runs.csv"
    page.write_text(
        f"| id | promise | tests |\n|---|---|---|\n| N6 | whole | nightly/test_kills: all |\n"
        f"\n{BEGIN}\nold\n{END}\nend\n"
    )
    ledger = tmp_path / "one.jsonl"
    name = "tests/nightly/test_kills.py::test_all_are_whole"
    ledger.write_text(
        _line(f"{name}[0]", "passed", "2026-01-02T00:00:00Z", 3.0)
        + "\n"
        + _line(f"{name}[1]", "failed", "2026-01-03T00:00:00Z", 4.0)
    )
    assert merge([ledger], kept, page) == 2
    text = page.read_text()
    # Three and four seconds; one of the two passed.
    assert (
        "| nightly/test_kills: all are whole | N6 | 1 of 2 | 7 | 2026-01-02 to 2026-01-03 "
        "| c0de |"
    ) in text
    assert "old" not in text
    assert text.endswith(f"{END}\nend\n")
    ledger.write_text(_line(f"{name}[1]", "passed", "2026-01-04T00:00:00Z", 5.0))
    assert merge([ledger], kept, page) == 2
    assert read_kept(kept)[f"{name}[1]"] == Result(
        test=f"{name}[1]", outcome="passed", cpu_s=5.0, date="2026-01-04T00:00:00Z", code="c0de"
    )
    assert "| 2 of 2 | 8 |" in page.read_text()


def test_a_shard_is_resumed_and_a_test_too_long_for_it_fails(tmp_path: Path) -> None:
    tests = copy_harness(tmp_path)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\naddopts = "--import-mode=importlib"\n'
        'markers = ["slow", "faults"]\n'
    )
    (tests / "test_a.py").write_text(
        "import time\nimport pytest\n"
        "@pytest.mark.slow\n@pytest.mark.parametrize('n', range(3))\n"
        "def test_quick(n): assert n < 2\n"
        "@pytest.mark.slow\ndef test_endless(): time.sleep(60)\n"
        "def test_fast(): raise AssertionError('not slow, not run')\n"
    )

    def run(*more: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "tests", *more, "-p", "no:cacheprovider"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.splitlines()[-1]

    assert "2 failed, 2 passed" in run("--shard=1/1", "--shard-minutes=0.05")
    # What passed is not run again; what failed is.
    assert "1 failed, 4 deselected" in run(
        "--shard=1/1", "--shard-minutes=0.05", "--deselect=tests/test_a.py::test_endless"
    )
    nothing = (
        "--deselect=tests/test_a.py::test_endless",
        "--deselect=tests/test_a.py::test_quick",
    )
    assert "5 deselected" in run("--shard=1/1", *nothing)
    held = read_results((tmp_path / ".make" / "slow").glob("*.jsonl"))
    assert sorted(r.outcome for r in held.values()) == ["failed", "failed", "passed", "passed"]


def test_files_named_for_a_promise_exist() -> None:
    names = find_promises(PAGE.read_text("utf-8"))
    stems = {p.stem for p in (ROOT / "tests").rglob("test_*.py")}
    lost = [n for n in names if not any(s.startswith(n.split("/")[-1]) for s in stems)]
    assert not lost, "docs/reliability.md names tests that are not there"
    assert names["nightly/test_publisher_kills"] == ["N6", "N9", "S2"]
