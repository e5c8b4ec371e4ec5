"""Read a council's workbook, folder of CSV or tables: guards, reading, checks, report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.imports.build import build_inputs
from data.imports.checks_baseline import check_baseline
from data.imports.checks_demand import check_demand
from data.imports.checks_fleet import check_expiry, check_fleet, check_suppliers
from data.imports.checks_people import check_passengers, check_relationships
from data.imports.checks_rates import check_rates
from data.imports.checks_settings import check_settings
from data.imports.checks_sites import (
    build_calendars,
    check_early_closings,
    check_service_date,
    check_windows,
)
from data.imports.files import read_files
from data.imports.grids import Grid
from data.imports.headings import find_near, find_sheet_spec, fold, is_guide
from data.imports.placing import place_rows
from data.imports.quarantine import read_quarantine, spread_rejections
from data.imports.references import (
    check_identifiers,
    check_references,
    check_rules,
    note_stored,
    read_all_keys,
)
from data.imports.report import (
    FileRecord,
    ImportReport,
    ImportResult,
    OriginalFile,
    SheetCount,
)
from data.imports.sheets import SHEETS
from data.imports.stage import stage_grid
from data.imports.staging import Staging
from data.inputs import Inputs
from data.places import Nation

if TYPE_CHECKING:
    import pandas as pd

    from data.mapping import ColumnMapping, SheetMapping
    from data.sources.postcodes import PostcodeTable


_LEFT_OUT = frozenset({"S013", "X006"})
"""Rows left out with a warning only: totals, and stored rows that are out of date."""


def read_source(
    path: Path,
    mapping: ColumnMapping | None = None,
    *,
    accept_valid: bool = False,
    postcodes: PostcodeTable | None = None,
    base: Inputs | None = None,
) -> ImportResult:
    """Read a workbook or a folder of CSV into inputs, with every problem found at once.

    Nothing is written: what comes back is for one transaction of the store.

    Parameters
    ----------
    mapping
        How a council's own sheets and columns are read; None for the template's.
    accept_valid
        Put faulty rows, and the rows that refer to them, in quarantine rather than refuse.
    postcodes
        Postcode table to place by; the shipped one where None.
    base
        Inputs that stand in for sheets the source does not have.

    Returns
    -------
    Inputs are None if an error stands (or, accepting valid rows, one that concerns all).
    """
    staging = Staging(path.name)
    originals, grids = read_files(path, staging, is_mapped=mapping is not None)
    return _read(
        staging,
        originals,
        grids,
        mapping=mapping,
        accept_valid=accept_valid,
        postcodes=postcodes,
        base=base,
    )


def read_tables(
    tables: Mapping[str, pd.DataFrame],
    *,
    accept_valid: bool = False,
    postcodes: PostcodeTable | None = None,
    base: Inputs | None = None,
) -> ImportResult:
    """Read tables as `data.tables.inputs_to_tables` writes them, with the same checks."""
    staging = Staging("tables")
    grids = [build_grid(name, table) for name, table in tables.items()]
    return _read(staging, (), grids, accept_valid=accept_valid, postcodes=postcodes, base=base)


def build_grid(name: str, table: pd.DataFrame, *, file: str = "tables") -> Grid:
    """Build a grid from a table; its headings are row 1."""
    rows: list[tuple[int, list[Any]]] = [(1, [str(column) for column in table.columns])]
    for number, row in enumerate(table.itertuples(index=False, name=None), 2):
        cells = ["" if cell is None or cell != cell else cell for cell in row]
        if any(cell != "" for cell in cells):
            rows.append((number, cells))
    return Grid(file=file, sheet=name, rows=rows, n_rows=len(table) + 1)


def _read(
    staging: Staging,
    originals: tuple[OriginalFile, ...],
    grids: list[Grid],
    *,
    accept_valid: bool,
    postcodes: PostcodeTable | None,
    base: Inputs | None,
    mapping: ColumnMapping | None = None,
) -> ImportResult:
    inputs = None
    if not staging.is_blocked:
        _stage_all(staging, grids, base, mapping)
    if not staging.is_blocked:
        inputs = _check_and_build(staging, accept_valid=accept_valid, postcodes=postcodes)
    report = ImportReport(
        source=staging.source,
        files=tuple(
            FileRecord(name=f.name, sha256=f.sha256, n_bytes=len(f.content)) for f in originals
        ),
        counts=_count(staging, {f.name: f.sha256 for f in originals}),
        problems=staging.sorted_problems(),
        is_accepting_valid=accept_valid,
        is_accepted=inputs is not None,
    )
    return ImportResult(
        inputs=inputs, report=report, originals=originals, quarantine=read_quarantine(staging)
    )


def _stage_all(
    staging: Staging,
    grids: list[Grid],
    base: Inputs | None,
    mapping: ColumnMapping | None,
) -> None:
    """Find which grid is which sheet, in the order of our sheets, and read each."""
    chosen = _choose_mapped(staging, grids, mapping)
    used = {id(grid) for grid, _ in chosen.values()}
    _choose_named(staging, [g for g in grids if id(g) not in used], chosen, mapping)
    if not chosen:
        staging.note_file("F018")
        return
    stored: dict[str, pd.DataFrame] = {}
    if base is not None:
        from data.tables import inputs_to_tables

        stored = inputs_to_tables(base)
    for sheet in SHEETS:
        if sheet.name in chosen:
            grid, how = chosen[sheet.name]
            if grid.rows:
                stage_grid(staging, sheet, grid, how)
        elif sheet.name in stored:
            stage_grid(staging, sheet, build_grid(sheet.name, stored[sheet.name]))
            staging.sheets[sheet.name].is_stored = True
        elif sheet.is_required:
            staging.note_file("S001", table=sheet.name)


Chosen = dict[str, tuple[Grid, "SheetMapping | None"]]


def _choose_mapped(
    staging: Staging, grids: list[Grid], mapping: ColumnMapping | None
) -> Chosen:
    """Choose the grids that a mapping names; one may feed several of our sheets."""
    if mapping is None:
        return {}
    chosen: Chosen = {}
    by_name = {fold(grid.sheet): grid for grid in grids}
    for name, how in mapping.sheets.items():
        grid = by_name.get(fold(how.source))
        if grid is None:
            hint = find_near(how.source, [other.sheet for other in grids])
            staging.note_file("M003", sheet=how.source, table=name, hint=hint)
        else:
            chosen[name] = (grid, how)
    return chosen


def _choose_named(
    staging: Staging, grids: list[Grid], chosen: Chosen, mapping: ColumnMapping | None
) -> None:
    """Choose the grids that bear the name of one of our sheets; note the others."""
    for grid in grids:
        sheet = find_sheet_spec(grid.sheet)
        if sheet is None:
            if grid.rows and not is_guide(grid.sheet) and mapping is None:
                hint = find_near(grid.sheet, [spec.name for spec in SHEETS])
                staging.note_file("S002", file=grid.file, sheet=grid.sheet, hint=hint)
        elif sheet.name in chosen:
            staging.note_file(
                "S003",
                file=grid.file,
                sheet=grid.sheet,
                other=chosen[sheet.name][0].sheet,
                table=sheet.name,
            )
        elif grid.rows or not sheet.is_required:
            chosen[sheet.name] = (grid, None)


def _check_and_build(
    staging: Staging, *, accept_valid: bool, postcodes: PostcodeTable | None
) -> Inputs | None:
    """Run every check, then build; None if an error stands."""
    values = check_settings(staging)
    is_faulty = bool(staging.sheets["settings"].rejected) or staging.is_blocked
    service_date = values.get("service_date")
    year = None
    if "year_from" in values and "year_to" in values:
        year = (values["year_from"], values["year_to"])
    keys = read_all_keys(staging)
    check_identifiers(staging)
    check_references(staging, keys)
    check_rules(staging, keys)
    note_stored(staging)
    check_windows(staging)
    check_passengers(staging, service_date)
    is_mixing = bool(values.get("policy.is_mixing_children_and_adults"))
    check_relationships(staging, is_mixing=is_mixing)
    calendars = build_calendars(staging, year, Nation(values.get("nation", Nation.ENGLAND)))
    check_early_closings(staging, calendars)
    check_service_date(staging, calendars, service_date)
    check_demand(staging, calendars, year)
    check_fleet(staging)
    check_suppliers(staging)
    check_expiry(staging, service_date)
    check_rates(staging, service_date)
    check_baseline(staging)
    if postcodes is None:
        from data.sources.postcodes import read_shipped_postcodes

        postcodes = read_shipped_postcodes()
    placing = place_rows(staging, postcodes)
    is_rejecting = any(
        code not in _LEFT_OUT
        for staged in staging.sheets.values()
        for codes in staged.rejected.values()
        for code in codes
    )
    if is_faulty or (is_rejecting and not accept_valid):
        return None
    spread_rejections(staging)
    return build_inputs(staging, values, calendars, placing)


def _count(staging: Staging, hashes: dict[str, str]) -> tuple[SheetCount, ...]:
    counts = []
    for name, staged in staging.sheets.items():
        if staged.is_stored:
            continue
        n_rejected = len(staged.rejected)
        counts.append(
            SheetCount(
                file_name=staged.file,
                sha256=hashes.get(staged.file, ""),
                sheet=name,
                n_read=staged.n_read,
                n_accepted=sum(1 for _ in staged.live()),
                n_rejected=n_rejected,
                n_blank=staged.n_blank,
                n_header=staged.n_header,
            )
        )
    return tuple(counts)
