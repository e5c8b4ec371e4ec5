"""Workbooks made to harm: archives that lie, parts that mislead, cells that mean nothing.

Each is a good workbook of the small council with one to three hurts from a list of kinds. The
kinds stand alone, so that a failure names what did it.
"""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.data.import_council import build_council, write_book

Parts = dict[str, bytes]
Hurt = Callable[[random.Random, Parts], None]

SHEET = "xl/worksheets/sheet{}.xml"
N_SHEETS = 18

_NAMES = (
    "../../escape.xml", "/etc/passwd", "C:\\windows\\x.xml", "xl\\..\\..\\x.xml", "a\0b.xml",
    "xl/worksheets/sheet1.xml/", "CON", "xl/" + "d/" * 300 + "x.xml", "\u202exml.lx", " ",
    "xl/vbaProject.bin", "xl/macrosheets/sheet1.xml", "xl/externalLinks/externalLink1.xml",
)  # fmt: skip
_CELLS = (
    "<c r='A2' t='s'><v>99999999</v></c>", "<c r='A2' t='s'><v>-1</v></c>",
    "<c r='A2' t='n'><v>1e400</v></c>", "<c r='A2' t='n'><v>nan</v></c>",
    "<c r='A2' t='d'><v>9999-99-99T99:99:99</v></c>", "<c r='A2' t='b'><v>7</v></c>",
    "<c r='A2' t='e'><v>#REF!</v></c>", "<c r='A0'><v>1</v></c>", "<c r='2A'><v>1</v></c>",
    "<c r='XFD1048576'><v>1</v></c>", "<c r='ZZZZ1'><v>1</v></c>", "<c r=''><v>1</v></c>",
    "<c r='A2' s='999999'><v>45000</v></c>", "<c r='A2' s='-3'><v>45000</v></c>",
    "<c r='A2'><v>2958466</v></c>", "<c r='A2'><v>-700000</v></c>",
    "<c r='A2' t='zz'><v>1</v></c>",
    "<c r='A2' t='inlineStr'><is><t>=cmd|' /C calc'!A0</t></is></c>",
    "<c r='A2'><f>WEBSERVICE(\"http://x\")</f></c>", "<c r='A2'><f t='shared' si='9'/></c>",
    "<c r='A2' t='str'><v>\ufffe\uffff</v></c>", "<c r='A2'><v></v></c>",
)  # fmt: skip
_WORDS = (
    b"&#0;",
    b"&#x1F;",
    b"&nosuch;",
    b"]]>",
    b"<!--",
    b"<![CDATA[",
    b"\xff\xfe",
    b"\0" * 9,
)


def _put_cell(rng: random.Random, parts: Parts) -> None:
    """A cell that means nothing, in a row of any sheet."""
    name = _pick_sheet(rng, parts)
    cell = rng.choice(_CELLS).encode("utf-8", "surrogatepass")
    row = rng.choice((b'<row r="2">', b'<row r="0">', b"<row r='99999999999'>", b"<row>"))
    parts[name] = parts[name].replace(b"</sheetData>", row + cell + b"</row></sheetData>")


def _splice(rng: random.Random, parts: Parts) -> None:
    """Bytes that XML does not allow, anywhere in a part."""
    name = rng.choice(sorted(parts))
    at = rng.randrange(len(parts[name]) + 1)
    parts[name] = parts[name][:at] + rng.choice(_WORDS) + parts[name][at:]


def _cut(rng: random.Random, parts: Parts) -> None:
    """A part that ends in the middle."""
    name = rng.choice(sorted(parts))
    parts[name] = parts[name][: rng.randrange(len(parts[name]) + 1)]


def _drop(rng: random.Random, parts: Parts) -> None:
    """A part that others speak of is not there."""
    del parts[rng.choice(sorted(parts))]


def _swap(rng: random.Random, parts: Parts) -> None:
    """Two parts under each other's name."""
    first, second = rng.sample(sorted(parts), 2)
    parts[first], parts[second] = parts[second], parts[first]


def _add_name(rng: random.Random, parts: Parts) -> None:
    """A part under a name that leads elsewhere, or that stands for code."""
    parts[rng.choice(_NAMES)] = b"<x/>"


def _declare(rng: random.Random, parts: Parts) -> None:
    """An entity that grows, or that reads a file of the machine."""
    name = rng.choice([n for n in parts if n.endswith(".xml")])
    inner = rng.choice((b'"lol"', b'SYSTEM "file:///etc/passwd"', b'"&a;&a;&a;"'))
    head = b"<!DOCTYPE x [<!ENTITY a " + inner + b">]>"
    parts[name] = re.sub(rb"^(<\?xml[^>]*\?>)?", rb"\1" + head, parts[name], count=1)


def _inflate(rng: random.Random, parts: Parts) -> None:
    """A part that unpacks to much more than it weighs."""
    name = _pick_sheet(rng, parts)
    filler = rng.choice((b" ", b"<c/>", b"<row/>"))
    size = rng.choice((3, 40)) * 1024 * 1024
    parts[name] = parts[name].replace(
        b"</sheetData>", filler * (size // len(filler)) + b"</sheetData>"
    )


def _nest(rng: random.Random, parts: Parts) -> None:
    """Elements in elements, many thousand deep."""
    name = _pick_sheet(rng, parts)
    deep = rng.choice((2_000, 50_000))
    parts[name] = parts[name].replace(
        b"</sheetData>", b"<row>" * deep + b"</row>" * deep + b"</sheetData>"
    )


def _stretch(rng: random.Random, parts: Parts) -> None:
    """Sizes, merges and columns that are not true."""
    name = _pick_sheet(rng, parts)
    parts[name] = re.sub(
        rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1:XFD1048576"/>', parts[name]
    ).replace(
        b"</sheetData>",
        b"</sheetData><mergeCells count='9'><mergeCell ref='"
        + rng.choice((b"A1:XFD1048576", b"B2", b"Z9:A1", b"", b"A1:A1:A1", b"1:1"))
        + b"'/></mergeCells>",
    )


def _relate(rng: random.Random, parts: Parts) -> None:
    """Relationships in a circle, to nothing, to the net or out of the archive."""
    name = rng.choice([n for n in parts if n.endswith(".rels")])
    target = rng.choice(
        (
            b"http://example.org/x",
            b"../../../../etc/passwd",
            b"workbook.xml",
            b"",
            b"nosuch.xml",
        )
    )
    parts[name] = re.sub(rb'Target="[^"]*"', lambda _: b'Target="' + target + b'"', parts[name])


def _misname(rng: random.Random, parts: Parts) -> None:
    """Sheets called alike, endlessly, or like a formula."""
    part = parts["xl/workbook.xml"]
    new = rng.choice((b"passengers", b"=1+1", b"x" * 5_000, b"", b"&#10;", b"..\\..\\x"))
    parts["xl/workbook.xml"] = re.sub(rb'name="[^"]*"', lambda _: b'name="' + new + b'"', part)


def _multiply(rng: random.Random, parts: Parts) -> None:
    """More parts than a workbook has."""
    for number in range(rng.choice((50, 1_200))):
        parts[f"xl/media/image{number}.bin"] = b"x"


HURTS: tuple[Hurt, ...] = (
    _put_cell, _put_cell, _put_cell, _splice, _splice, _cut, _drop, _swap, _add_name, _declare,
    _inflate, _nest, _stretch, _relate, _misname, _multiply,
)  # fmt: skip


def _pick_sheet(rng: random.Random, parts: Parts) -> str:
    held = [n for n in parts if n.startswith("xl/worksheets/sheet")]
    return rng.choice(sorted(held)) if held else rng.choice(sorted(parts))


def read_parts(folder: Path) -> Parts:
    """Read the parts of the good workbook."""
    good = write_book(build_council(), folder / "good.xlsx")
    with zipfile.ZipFile(good) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def build_hostile(rng: random.Random, parts: Parts) -> tuple[str, bytes]:
    """Build a hostile workbook; returns what was done to it, for a failure's message."""
    held = dict(parts)
    done = []
    for hurt in rng.choices(HURTS, k=rng.randint(1, 3)):
        if held and (
            any(n.startswith("xl/worksheets/") for n in held) and "xl/workbook.xml" in held
        ):
            try:
                hurt(rng, held)
            except (IndexError, KeyError, ValueError):
                continue  # an earlier hurt took away what this one needs
            done.append(hurt.__name__)
    stream = io.BytesIO()
    packing = rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    with zipfile.ZipFile(stream, "w", packing) as archive:
        for name, part in held.items():
            archive.writestr(zipfile.ZipInfo(name), part, compress_type=packing)
    content = bytearray(stream.getvalue())
    twist = rng.randrange(6)
    if twist == 0:
        done.append("lying size")
        _lie(rng, content)
    elif twist == 1:
        done.append("flags")
        _flag(rng, content)
    elif twist == 2:
        done.append("flipped")
        for _ in range(rng.randint(1, 8)):
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return " + ".join(done), bytes(content)


def _find_entries(content: bytearray) -> list[int]:
    return [m.start() for m in re.finditer(rb"PK\x01\x02", bytes(content))]


def _lie(rng: random.Random, content: bytearray) -> None:
    """Write another size into the central directory than the entry has."""
    at = rng.choice(_find_entries(content))
    which = rng.choice((20, 24))
    content[at + which : at + which + 4] = struct.pack(
        "<I", rng.choice((0, 1, 2**31, 2**32 - 1, 70_000))
    )


def _flag(rng: random.Random, content: bytearray) -> None:
    """Say that an entry is encrypted, or packed in a way nobody knows."""
    at = rng.choice(_find_entries(content))
    if rng.random() < 0.5:
        content[at + 8] |= 1
    else:
        content[at + 10 : at + 12] = struct.pack("<H", rng.choice((1, 9, 14, 97, 255)))
