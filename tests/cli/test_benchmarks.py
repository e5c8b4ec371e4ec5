"""The benchmarks' own command line."""

from __future__ import annotations

import json

import pytest

from benchmarks.__main__ import main
from benchmarks.place import main as run_place
from benchmarks.place import read_seeds


def test_seeds_are_read_as_written() -> None:
    assert read_seeds("1-3") == (1, 2, 3)
    assert read_seeds("5") == (5,)
    assert read_seeds("2-3,8") == (2, 3, 8)
    for wrong in ("", "a", "3-1", "-1"):
        with pytest.raises(ValueError):  # noqa: PT011
            read_seeds(wrong)


def test_a_run_is_one_line_of_json_with_the_agreed_keys() -> None:
    lines: list[str] = []
    words = ["grid", "--steps", "60", "--seeds", "4", "--json", "--here"]
    assert run_place(words, show=lines.append) == 0
    (line,) = lines
    row = json.loads(line)
    assert {*("place", "seed", "seconds", "cpu_s", "wall_s", "cost_pence", "unserved")} <= set(
        row
    )
    assert {"violations", "routes", "duties"} <= set(row)
    assert (row["place"], row["seed"], row["violations"]) == ("grid", 4, 0)
    assert row["objective_gap_pence"] == 0


def test_an_unknown_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flying"]) == 2
    assert "usage" in capsys.readouterr().err
