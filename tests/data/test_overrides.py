"""Reading a planner's corrections of ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import InputError
from data.networks import WayOverride
from data.sources.overrides import read_overrides

HEAD = "way_id,is_closed,mph,is_walk_unavailable,note\n"


def test_corrections_are_read(tmp_path: Path) -> None:
    path = tmp_path / "ways.csv"
    path.write_text(HEAD + "10,yes,,no,bridge shut\n,,,,\nL-7,,20,YES,\n", encoding="utf-8-sig")
    assert read_overrides(path) == (
        WayOverride(way_id="10", is_closed=True, note="bridge shut"),
        WayOverride(way_id="L-7", m_per_h=32_187, is_walk_unavailable=True),
    )


def test_all_faults_are_named_with_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "ways.csv"
    path.write_text(HEAD + "10,maybe,,no,\n,yes,,,\n11,no,fast,perhaps,\n12,no,400,no,\n")
    with pytest.raises(InputError) as caught:
        read_overrides(path)
    assert [(p.code, p.row) for p in caught.value.problems] == [
        ("N032", 2),
        ("N031", 3),
        ("N032", 4),
        ("N033", 4),
        ("N033", 5),
    ]


def test_missing_columns_and_file_are_named(tmp_path: Path) -> None:
    path = tmp_path / "ways.csv"
    path.write_text("way,closed\n")
    with pytest.raises(InputError, match="N030"):
        read_overrides(path)
    with pytest.raises(InputError, match="N001"):
        read_overrides(tmp_path / "absent.csv")
