"""Which files an import reads, their bytes, and the grids in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from data.errors import InputError
from data.imports.catalogue import build_problem
from data.imports.grids import Grid, read_csv_grid, read_workbook_grids
from data.imports.guards import (
    MAX_CSV_BYTES,
    MAX_FOLDER_BYTES,
    MAX_WORKBOOK_BYTES,
    GuardError,
    check_size,
)
from data.imports.headings import find_near, find_sheet_spec, is_guide
from data.imports.report import OriginalFile
from data.imports.sheets import SHEETS
from data.imports.staging import Staging

_CSV_ENDINGS = frozenset({".csv", ".txt", ".tsv"})
_BESIDE = frozenset({".md", ".toml", ".json", ".sha256"})
"""Files that may lie beside the tables without a word."""


def read_files(
    path: Path, staging: Staging, *, is_mapped: bool = False
) -> tuple[tuple[OriginalFile, ...], list[Grid]]:
    """Read a workbook, one CSV or a folder of CSV.

    Faults are noted in the staging area; what could be read comes back.

    Parameters
    ----------
    is_mapped
        A column mapping says which files are used, so that no file is one too many.
    """
    try:
        if path.is_dir():
            return _read_folder(path, staging, is_mapped=is_mapped)
        if not path.is_file():
            raise GuardError("F001")
        original, grids = _read_file(path)
    except GuardError as fault:
        _note(staging, path.name, fault)
        return (), []
    except OSError:
        staging.note_file("F001", file=path.name)
        return (), []
    return (original,), grids


def read_single_grid(path: Path) -> Grid:
    """Read a CSV file, or the first sheet of a workbook.

    Raises
    ------
    InputError
        With what is wrong with the file.
    """
    try:
        if not path.is_file():
            raise GuardError("F001")
        return _read_file(path)[1][0]
    except OSError:
        fault = GuardError("F001")
    except GuardError as found:
        fault = found
    row = fault.context.pop("row", None)
    problem = build_problem(fault.code, file=path.name, **fault.context)
    raise InputError([replace(problem, row=row)])


def _note(staging: Staging, name: str, fault: GuardError) -> None:
    row = fault.context.get("row")
    context = {key: value for key, value in fault.context.items() if key != "row"}
    staging.note_file(fault.code, file=name, row=row, **context)


def _read_file(path: Path) -> tuple[OriginalFile, list[Grid]]:
    ending = path.suffix.casefold()
    if ending == ".xlsm":
        raise GuardError("F006")
    if ending == ".xlsx":
        check_size(path.stat().st_size, MAX_WORKBOOK_BYTES)
        content = path.read_bytes()
        return OriginalFile(name=path.name, content=content), read_workbook_grids(
            path.name, content
        )
    if ending in _CSV_ENDINGS:
        check_size(path.stat().st_size, MAX_CSV_BYTES)
        content = path.read_bytes()
        grid = read_csv_grid(path.name, path.stem, content)
        return OriginalFile(name=path.name, content=content), [grid]
    raise GuardError("F002", ending=ending or "nothing")


def _read_folder(
    folder: Path, staging: Staging, *, is_mapped: bool
) -> tuple[tuple[OriginalFile, ...], list[Grid]]:
    originals: list[OriginalFile] = []
    grids: list[Grid] = []
    total = 0
    for path in sorted(folder.iterdir()):
        ending = path.suffix.casefold()
        if path.name.startswith(".") or path.is_dir() or ending in _BESIDE:
            continue
        is_known = ending in _CSV_ENDINGS and (
            is_mapped or find_sheet_spec(path.stem) is not None
        )
        if not is_known:
            if not is_guide(path.stem):
                hint = find_near(path.stem, [sheet.name for sheet in SHEETS])
                staging.note_file("F017", file=path.name, hint=hint)
            continue
        try:
            original, found = _read_file(path)
        except GuardError as fault:
            _note(staging, path.name, fault)
            continue
        total += len(original.content)
        if total > MAX_FOLDER_BYTES:
            _note(
                staging,
                folder.name,
                GuardError(
                    "F003",
                    found=f"{total / 1024 / 1024:.1f}",
                    most=MAX_FOLDER_BYTES // 1024 // 1024,
                ),
            )
            break
        originals.append(original)
        grids.extend(found)
    if not grids and not staging.is_blocked:
        staging.note_file("F018", file=folder.name)
    return tuple(originals), grids
