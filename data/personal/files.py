"""Files beside the store that hold a person, or that are past their retention."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from data.store.person_rows import SubjectIds, holds_any
from data.workspace import Workspace

_NOT_OUTPUTS = (
    "wayfare.sqlite",
    "network.npz",
    "basemap-",
    "timetable.npz",
    "postcodes.parquet",
)


def list_files(workspace: Workspace) -> Iterator[Path]:
    """List every file of a place's folder but the store, roads, timetable and postcodes."""
    for top, _, names in os.walk(workspace.folder):
        for name in names:
            path = Path(top) / name
            is_ours = path.parent == workspace.folder and name.startswith(_NOT_OUTPUTS)
            if not is_ours and not path.is_symlink():
                yield path


def find_files_with(workspace: Workspace, people: Collection[SubjectIds]) -> tuple[Path, ...]:
    """Find files that hold people, unpacked where they are workbooks or documents.

    A travel matrix names every place, so each counts as holding whoever has one; it is made
    again when it is wanted. So does a PDF, whose words cannot be searched.
    """
    tokens = {t for one in people for t in one.tokens}
    names = {n for one in people for n in one.names}
    found = []
    for path in sorted(list_files(workspace)):
        is_matrix = path.is_relative_to(workspace.matrices_folder)
        if is_matrix or holds_any(path.read_bytes(), tokens, names):
            found.append(path)
    return tuple(found)


def find_old_files(workspace: Workspace, before: date) -> tuple[Path, ...]:
    """Find outputs and published days that were written before a day."""
    tops = (workspace.outputs_folder, workspace.folder / "published")
    return tuple(
        path
        for path in sorted(list_files(workspace))
        if any(path.is_relative_to(top) for top in tops)
        and datetime.fromtimestamp(path.stat().st_mtime, UTC).date() < before
    )


def remove_files(workspace: Workspace, paths: Collection[Path]) -> int:
    """Remove files, with the whole version of a published day of which one is removed.

    Half a version must not be taken for a whole one: what runs is in the store.

    Returns
    -------
    How many files were removed.
    """
    published = workspace.folder / "published"
    n_removed = 0
    for path in paths:
        if path.is_relative_to(published) and len(path.relative_to(published).parts) > 2:
            version = published.joinpath(*path.relative_to(published).parts[:2])
            if version.is_dir():
                n_removed += sum(len(names) for _, _, names in os.walk(version))
                shutil.rmtree(version)
                _unpoint(version)
        elif path.exists():
            path.unlink()
            n_removed += 1
    return n_removed


def _unpoint(version: Path) -> None:
    """Take away the pointer of a day to a version that is gone."""
    import json

    pointer = version.parent / "current.json"
    try:
        named = json.loads(pointer.read_text("utf-8")).get("version")
    except (OSError, ValueError):
        return
    if named == version.name:
        pointer.unlink()
