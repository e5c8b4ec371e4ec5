"""Second readers of what the reports write: none of it shares code with the writers."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
from python_calamine import CalamineWorkbook


def read_sheets(book: bytes) -> dict[str, list[list[Any]]]:
    """Read all cells of a workbook by sheet."""
    opened = CalamineWorkbook.from_filelike(BytesIO(book))
    return {
        name: opened.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in opened.sheet_names
    }


def read_table(rows: list[list[Any]], heading: str) -> list[dict[str, Any]]:
    """Read the table whose header row begins with `heading`, up to the first empty row."""
    start = next(i for i, row in enumerate(rows) if row and row[0] == heading)
    header = [cell for cell in rows[start] if cell != ""]
    found = []
    for row in rows[start + 1 :]:
        if all(cell in ("", None) for cell in row):
            break
        found.append(dict(zip(header, row, strict=False)))
    return found


def read_all_text(path: Path) -> str:
    """Read every letter a file holds: workbooks unzipped, all else as it is."""
    content = path.read_bytes()
    if path.suffix != ".xlsx":
        return content.decode("utf-8", errors="replace")
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return "\n".join(archive.read(name).decode("utf-8") for name in archive.namelist())


def find_faults(book: bytes) -> list[str]:
    """Find what no exported workbook may hold (I11)."""
    faults = []
    with zipfile.ZipFile(BytesIO(book)) as archive:
        for name in archive.namelist():
            if any(
                word in name for word in ("comment", "externalLink", "pivot", "vba", "custom")
            ):
                faults.append(f"part {name}")
            text = archive.read(name).decode("utf-8")
            if "<f>" in text or "<f " in text or "<hyperlink" in text:
                faults.append(f"formula or link in {name}")
            # A filter's own range is a hidden name in workbook.xml, which holds no cells.
            if "Hidden" in text or 'state="hidden"' in text:
                faults.append(f"hidden sheet in {name}")
            if "worksheets" in name and 'hidden="1"' in text:
                faults.append(f"hidden row or column in {name}")
    opened = openpyxl.load_workbook(BytesIO(book))
    people = {opened.properties.creator, opened.properties.lastModifiedBy or "wayfare"}
    if people != {"wayfare"}:
        faults.append(f"author {people}")
    for sheet in opened:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" or cell.comment or cell.hyperlink:
                    faults.append(
                        f"formula, comment or link at {sheet.title} {cell.coordinate}"
                    )
    return faults
