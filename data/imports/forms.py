"""Workbooks of their own beside the council's: which sheet is which form, and their rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from data.imports.columns import SheetSpec
from data.imports.grids import Grid
from data.imports.headings import find_near, fold, is_guide
from data.imports.report import SheetCount
from data.imports.stage import stage_grid
from data.imports.staging import Staging


def stage_forms(
    staging: Staging,
    grids: Sequence[Grid],
    sheets: Sequence[SheetSpec],
    passed_over: Collection[str] = (),
) -> None:
    """Stage each sheet that is one of the forms; others are passed over with a word.

    Parameters
    ----------
    passed_over
        Folded names of sheets that may be there and are not read.
    """
    by_name = {fold(n): s for s in sheets for n in (s.name, *s.aliases)}
    names = [sheet.name for sheet in sheets]
    for grid in grids:
        sheet = by_name.get(fold(grid.sheet))
        if sheet is None:
            if grid.rows and not is_guide(grid.sheet) and fold(grid.sheet) not in passed_over:
                hint = find_near(grid.sheet, names)
                staging.note_file("S002", file=grid.file, sheet=grid.sheet, hint=hint)
        elif sheet.name in staging.sheets:
            other = staging.sheets[sheet.name].shown
            staging.note_file(
                "S003", file=grid.file, sheet=grid.sheet, other=other, table=sheet.name
            )
        elif grid.rows or sheet.is_required:
            stage_grid(staging, sheet, grid)
    for sheet in sheets:
        if sheet.is_required and sheet.name not in staging.sheets:
            staging.note_file("S001", table=sheet.name)


def count_forms(staging: Staging, hashes: dict[str, str]) -> tuple[SheetCount, ...]:
    """Count what became of the rows of each form."""
    return tuple(
        SheetCount(
            file_name=staged.file,
            sha256=hashes.get(staged.file, ""),
            sheet=name,
            n_read=staged.n_read,
            n_accepted=sum(1 for _ in staged.live()),
            n_rejected=len(staged.rejected),
            n_blank=staged.n_blank,
            n_header=staged.n_header,
        )
        for name, staged in staging.sheets.items()
    )
