"""One way to cause each problem that needs a file: damaged, hidden, merged, badly encoded."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from data.errors import InputError, Problem
from data.imports import read_source
from data.mapping import ColumnMapping, SheetMapping, read_mapping
from data.sources.postcodes import import_postcodes
from data.sources.schools import import_schools
from tests.data.bid_fixtures import BID_FIXTURES
from tests.data.import_council import build_council, put, write_book, write_folder
from tests.data.ledger_fixtures import LEDGER_FIXTURES

Maker = Callable[[Path], tuple[Problem, ...]]


def _read(path: Path, **options: Any) -> tuple[Problem, ...]:
    return read_source(path, **options).report.problems


def _raw(name: str, content: bytes) -> Maker:
    """Read a file of these bytes."""

    def make(folder: Path) -> tuple[Problem, ...]:
        path = folder / name
        path.write_bytes(content)
        return _read(path)

    return make


def _book(spoil: Callable[[Any, dict[str, Any]], None] | None = None, **options: Any) -> Maker:
    """Read the right council as a workbook, spoilt."""

    def make(folder: Path) -> tuple[Problem, ...]:
        return _read(
            write_book(build_council(), folder / "council.xlsx", spoil=spoil, **options)
        )

    return make


def _parts(change: Callable[[dict[str, bytes]], None]) -> Maker:
    """Read the right workbook with the parts of its archive changed."""

    def make(folder: Path) -> tuple[Problem, ...]:
        path = write_book(build_council(), folder / "council.xlsx")
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        change(parts)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        return _read(path)

    return make


def _part(name: str, content: bytes) -> Maker:
    return _parts(lambda parts: parts.update({name: content}))


def _csv(sheet: str, change: Callable[[str], str], *, encoding: str = "utf-8") -> Maker:
    """Read the right council as CSV with the text of one file changed."""

    def make(folder: Path) -> tuple[Problem, ...]:
        write_folder(build_council(), folder / "council")
        path = folder / "council" / f"{sheet}.csv"
        text = change(path.read_text(encoding="utf-8"))
        path.write_bytes(text.encode(encoding))
        return _read(folder / "council")

    return make


def _huge(folder: Path) -> tuple[Problem, ...]:
    path = folder / "council.xlsx"
    with path.open("wb") as stream:
        stream.truncate(21 * 1024 * 1024)  # sparse: takes no room
    return _read(path)


def _extra(folder: Path) -> tuple[Problem, ...]:
    write_folder(build_council(), folder / "council")
    (folder / "council" / "passnegers.csv").write_text("a,b\n1,2\n")
    return _read(folder / "council")


def _encoded(folder: Path) -> tuple[Problem, ...]:
    rows = build_council()
    put("passengers", 2, name="Zoë Archer")(rows)
    return _read(write_folder(rows, folder / "council", encoding="cp1252"))


def _uncalculated(folder: Path) -> tuple[Problem, ...]:
    """A workbook made by a program that does not calculate."""
    import openpyxl

    path = write_book(build_council(), folder / "council.xlsx")
    book = openpyxl.load_workbook(path)
    book["vehicle_types"]["E2"] = "=8+8"
    book.save(path)
    return _read(path)


def _raised(call: Callable[[Path], object], name: str, content: str) -> Maker:
    """Take the problems that a reader raises."""

    def make(folder: Path) -> tuple[Problem, ...]:
        path = folder / name
        path.write_text(content, encoding="utf-8")
        try:
            call(path)
        except InputError as error:
            return error.problems
        return ()

    return make


def _mapped(mapping: SheetMapping) -> Maker:
    def make(folder: Path) -> tuple[Problem, ...]:
        path = write_book(build_council(), folder / "council.xlsx")
        return _read(path, mapping=ColumnMapping(sheets={"passengers": mapping}))

    return make


def _quarantined(folder: Path) -> tuple[Problem, ...]:
    rows = build_council()
    put("passengers", 2, phase="nonsense")(rows)
    return _read(write_folder(rows, folder / "council"), accept_valid=True)


def _stored(folder: Path) -> tuple[Problem, ...]:
    base = read_source(write_folder(build_council(), folder / "base")).inputs
    rows = {name: items for name, items in build_council().items() if name == "passengers"}
    put("passengers", 2, passenger_id="P777")(rows)
    return _read(write_folder(rows, folder / "council"), base=base)


def _error_cell(book: Any, sheets: dict[str, Any]) -> None:
    sheets["vehicle_types"].write_formula("E2", "=1/0", None, "#DIV/0!")


def _stray(book: Any, sheets: dict[str, Any]) -> None:
    sheets["homes"].write("XFD1048576", "x")


def _merge(book: Any, sheets: dict[str, Any]) -> None:
    sheets["passengers"].merge_range("B2:B3", "Ann and Ben")


FILE_FIXTURES: dict[str, Maker] = {
    **BID_FIXTURES,
    **LEDGER_FIXTURES,
    "F001": lambda folder: _read(folder / "nowhere.xlsx"),
    "F002": _raw("council.docx", b"word"),
    "F003": _huge,
    "F004": _raw("council.xlsx", b"PK but not a workbook"),
    "F005": _part("xl/media/picture.xml", b"\0" * 4_000_000),
    "F006": _part("xl/vbaProject.bin", b"macro"),
    "F007": _part("xl/externalLinks/externalLink1.xml", b"<externalLink/>"),
    "F008": _raw(
        "council.xlsx",
        bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"),
    ),
    "F009": _parts(
        lambda parts: parts.update(
            {"xl/styles.xml": b'<!DOCTYPE x [<!ENTITY a "b">]>' + parts["xl/styles.xml"]}
        )
    ),
    "F010": _part("../../evil.xml", b"<x/>"),
    "F011": _raw("passengers.csv", b""),
    "F012": _encoded,
    "F013": _raw("passengers.csv", b"passenger_id,phase\nP1,\x81\xe9\n"),
    "F014": _csv("depots", lambda text: text.replace(",", ";")),
    "F015": _csv("homes", lambda text: text + '"H9,P001\n'),
    "F016": _part("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row r='x'"),
    "F017": _extra,
    "F018": _raw("other.csv", b"a,b\n1,2\n"),
    "F019": _raised(lambda path: import_schools(path), "register.csv", "a,b\n1,2\n"),
    "F020": _book(_stray),
    "L020": _raised(lambda path: import_postcodes(path), "onspd.csv", "a,b\n1,2\n"),
    "M001": _raised(read_mapping, "mapping.toml", "sheets = [\n"),
    "M002": _raised(
        read_mapping,
        "mapping.toml",
        '[sheets.passengers]\nsource = "Pupils"\ncolumns = { pasenger_id = "No" }\n',
    ),
    "M003": _mapped(SheetMapping(source="Pupil list", columns={"passenger_id": "No"})),
    "M004": _mapped(
        SheetMapping(
            source="passengers",
            columns={
                "passenger_id": "passenger_id",
                "birth_date": "Date of birth",
                "phase": "phase",
            },
        )
    ),
    "S004": _csv("passengers", lambda text: text.split("\n", 1)[1]),
    "S007": _csv("passengers", lambda text: text.replace("need", "name", 1)),
    "S009": _book(lambda book, sheets: sheets["homes"].hide()),
    "S010": _book(
        lambda book, sheets: sheets["homes"].set_row(2, None, None, {"hidden": True})
    ),
    "S011": _book(
        lambda book, sheets: sheets["homes"].set_column(2, 2, None, None, {"hidden": True})
    ),
    "S012": _book(_merge),
    "S014": _uncalculated,
    "S015": _book(_error_cell),
    "S017": _book(options={"date_1904": True}),
    "S018": _csv("depots", lambda text: text.replace("SS1 1AA", "SS1 1AA,,stray")),
    "X004": _quarantined,
    "X006": _stored,
}
