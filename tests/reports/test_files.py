"""A file is the old one or the new one, never a part, and its owner's alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import StoreError
from reports.files import build_file_name, open_folder, write_whole, write_whole_by


def test_a_file_is_written_for_its_owner_only(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        folder = open_folder(tmp_path / "a" / "b")
        path = write_whole(folder / "x.txt", b"new")
    finally:
        os.umask(old)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [p.name for p in folder.iterdir()] == ["x.txt"]


@pytest.mark.parametrize("call", ["write_bytes", "fsync", "replace"])
def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = write_whole(tmp_path / "x.txt", b"old")

    def fail(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    if call == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(Path, call, fail)
    with pytest.raises(StoreError, match="No space left"):
        write_whole(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["x.txt"]


def test_a_writer_that_breaks_leaves_no_temporary_file(tmp_path: Path) -> None:
    def write(temporary: Path) -> None:
        temporary.write_bytes(b"half")
        raise RuntimeError("planted")

    with pytest.raises(RuntimeError, match="planted"):
        write_whole_by(tmp_path / "x.gpkg", write)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be made"):
        open_folder(tmp_path / "file" / "folder")
    with pytest.raises(StoreError, match="cannot be written"):
        write_whole(tmp_path / "absent" / "x.txt", b"")


@given(st.text(max_size=120))
def test_text_of_the_inputs_never_chooses_a_path(text: str) -> None:
    name = build_file_name("orders", text, ".xlsx")
    assert name.startswith("orders_")
    assert name.endswith(".xlsx")
    assert Path(name).name == name
    assert ".." not in name.removesuffix(".xlsx")[:8]
    assert len(name.encode()) < 120


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("T01", "orders_T01.xlsx"),
        ("../../etc/passwd", "orders_etc-passwd.xlsx"),
        ("XYZ/Coaches: Southend?", "orders_XYZ-Coaches-Southend.xlsx"),
        ("...", "orders_unnamed.xlsx"),
        ("", "orders_unnamed.xlsx"),
    ],
)
def test_file_names_stay_readable(text: str, name: str) -> None:
    assert build_file_name("orders", text, ".xlsx") == name
