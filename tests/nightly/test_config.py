"""Settings of the night are read strictly: all faults at once, the nearest known key."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from data.errors import InputError
from nightly.config import read_config


def test_paths_start_at_the_files_own_folder(tmp_path: Path) -> None:
    file = tmp_path / "night.toml"
    file.write_text(
        'place = "southend"\nfolder = "data"\n[deadline]\npublish_by = "05:30"\n'
        '[import]\nchanges = "inbox/changes.csv"\n[envelope]\nshift_min = 10\n',
        encoding="utf-8",
    )
    found = read_config(file)
    assert found.folder == tmp_path / "data"
    assert found.imports.changes == tmp_path / "inbox" / "changes.csv"
    assert found.imports.data is None
    assert found.deadline.publish_by == time(5, 30)
    assert found.envelope.build().shift_s == 600


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    file = tmp_path / "night.toml"
    file.write_text(
        '[deadline]\npublish_by = "6 o\'clock"\nzone = "Europe/Londn"\n'
        "[envelope]\nshift_mins = 10\n[search]\nseconds = -1\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_config(file)
    told = {p.column: (p.code, p.cause) for p in caught.value.problems}
    assert told["envelope.shift_mins"][0] == "Q011"
    assert "did you mean shift_min" in told["envelope.shift_mins"][1]
    assert told["place"][0] == "Q012"
    assert set(told) == {
        "place",
        "deadline.publish_by",
        "deadline.zone",
        "envelope.shift_mins",
        "search.seconds",
    }


@pytest.mark.parametrize("content", [b"place = ", b"\xff\xfe\x00", b"x = 1\n" * 200_000])
def test_what_is_not_toml_is_said(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "night.toml"
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_config(file)
    assert [p.code for p in caught.value.problems] == ["Q010"]


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_config(tmp_path / "none.toml")
