"""A paper as a tagged PDF (PDF/UA-1), set by typst from the same document model."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from data.papers import (
    Heading,
    Notice,
    Paper,
    Paragraph,
    Picture,
    SignOff,
    Spans,
    Table,
    write_plain,
)
from reports.paper.layout import build_front, number_blocks

_HEAD = """
#set document(title: {title}, author: {author}, keywords: ({keywords},), date: {date})
#set page(paper: "a4", margin: 2cm, numbering: "1", footer: context [
  #set text(8pt, fill: rgb("#595959"))
  #{title} #h(1fr) #counter(page).display("1")
])
#set text(font: "DejaVu Sans", size: 9.5pt, lang: "en", region: "GB")
#set par(leading: 0.7em, spacing: 1.05em)
#show heading.where(level: 1): it => block(above: 1.7em, below: 0.9em,
  text(15pt, fill: rgb("#12436D"), it.body))
#show heading.where(level: 2): it => block(above: 1.4em, below: 0.8em,
  text(11.5pt, fill: rgb("#12436D"), it.body))
#show figure.where(kind: table): set block(breakable: true)
#show figure.caption: it => block(sticky: true, width: 100%, align(left,
  text(9pt, weight: "bold", fill: rgb("#12436D"), it.body)))
#show figure.where(kind: table): set figure.caption(position: top)
#set table(stroke: 0.5pt + rgb("#B1B4B6"), inset: 4pt)
#show table: set text(8pt)
#show table: set par(leading: 0.5em)
"""


def build_pdf(paper: Paper, sign_offs: Sequence[SignOff], files: Mapping[str, bytes]) -> bytes:
    """Build the PDF of a paper; equal papers give equal bytes.

    Parameters
    ----------
    files
        Pictures by SHA-256.

    Raises
    ------
    SolverError
        If typst refuses the document.
    """
    import matplotlib
    import typst

    from data.errors import ModelError

    # matplotlib ships the font of the charts: no paper hangs on what a machine has installed.
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    with tempfile.TemporaryDirectory(prefix="wayfare-paper-") as made:
        folder = Path(made)
        for block in paper.blocks:
            if isinstance(block, Picture):
                (folder / f"{block.sha256}.png").write_bytes(files[block.sha256])
        source = folder / "paper.typ"
        source.write_text(build_typst(paper, sign_offs), encoding="utf-8")
        try:
            made_pdf: Any = typst.compile(
                source,
                format="pdf",
                root=folder,
                font_paths=[fonts],
                ignore_system_fonts=True,
                pdf_standards=["ua-1"],
                timestamp=paper.created_utc,
            )
        except typst.TypstError as error:
            raise ModelError(f"the PDF cannot be set: {error}") from None
    return bytes(made_pdf)


def build_typst(paper: Paper, sign_offs: Sequence[SignOff]) -> str:
    """Build the typst source of a paper."""
    stamp = paper.created_utc
    lines = [
        _HEAD.replace("{title}", _text(paper.title))
        .replace("{author}", _text(paper.author_name))
        .replace("{keywords}", _text(paper.paper_id))
        .replace(
            "{date}", f"datetime(year: {stamp.year}, month: {stamp.month}, day: {stamp.day})"
        ),
        f'#text(12pt, fill: rgb("#12436D"))[#{_text(paper.council)}]',
        f'#block(above: 0.8em, below: 0.8em, text(20pt, weight: "bold", '
        f'fill: rgb("#12436D"), {_text(paper.title)}))',
        f"#text(11pt)[#{_text(paper.subtitle)}]",
        _write_grid(
            ((("About"), "This paper"), *build_front(paper, sign_offs)),
        ),
    ]
    lines += [_write_block(label, block) for label, block in number_blocks(paper.blocks)]
    return "\n\n".join(lines) + "\n"


def _text(text: str) -> str:
    """Write a text as a typst string, in which nothing is markup."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def _spans(spans: Spans) -> str:
    return _text(write_plain(spans))


def _write_grid(rows: Sequence[tuple[str, str]]) -> str:
    """Write the front of the paper as a table."""
    (head, *rest) = rows
    cells = ", ".join(f"[#{_text(left)}], [#{_text(right)}]" for left, right in rest)
    top = f"table.header([*#{_text(head[0])}*], [*#{_text(head[1])}*])"
    return f"#table(columns: (22%, 78%), {top}, {cells})"


def _write_block(label: str, block: Any) -> str:
    match block:
        case Heading():
            shown = (
                _text(f"{label}  {write_plain(block.spans)}") if label else _spans(block.spans)
            )
            return f"#heading(level: {block.level}, {shown})"
        case Paragraph():
            if not label:
                return f"#par({_spans(block.paragraph)})"
            return (
                f"#par(hanging-indent: 1.1cm)[#box(width: 1.1cm, {_text(label)})"
                f"#{_spans(block.paragraph)}]"
            )
        case Notice():
            return (
                '#block(stroke: 1.2pt + rgb("#942514"), inset: 8pt, width: 100%, '
                f'text(weight: "bold", {_spans(block.notice)}))'
            )
        case Table():
            return _write_table(block)
        case Picture():
            return (
                f'#figure(image("{block.sha256}.png", width: {block.width_percent}%, '
                f"alt: {_spans(block.alt)}), caption: figure.caption(position: top, "
                f"{_spans(block.caption)}), kind: image, supplement: none)"
            )
    raise TypeError(type(block).__name__)


def _write_table(block: Table) -> str:
    columns = ", ".join(f"{percent}%" for percent in block.widths)
    sides = ", ".join("right" if is_number else "left" for is_number in block.is_number)
    header = ", ".join(f"[*#{_spans(cell)}*]" for cell in block.header)
    cells = ",\n  ".join(", ".join(f"[#{_spans(cell)}]" for cell in row) for row in block.rows)
    shown = (
        f"#figure(table(columns: ({columns}), align: ({sides},), "
        'fill: (_, y) => if y == 0 { rgb("#E3ECF4") },\n'
        f"  table.header({header}),\n  {cells}), "
        f"caption: {_spans(block.caption)}, kind: table, supplement: none)"
    )
    if not block.note:
        return shown
    return f"{shown}\n\n#text(8pt, {_spans(block.note)})"
