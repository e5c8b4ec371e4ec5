"""A paper as a tagged PDF (PDF/UA-1), set by typst from the same document model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from reports.typeset import quote, set_pdf

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
    ModelError
        If typst refuses the document.
    """
    pictures = {b.sha256: files[b.sha256] for b in paper.blocks if isinstance(b, Picture)}
    return set_pdf(build_typst(paper, sign_offs), paper.created_utc, pictures)


def build_typst(paper: Paper, sign_offs: Sequence[SignOff]) -> str:
    """Build the typst source of a paper."""
    stamp = paper.created_utc
    lines = [
        _HEAD.replace("{title}", quote(paper.title))
        .replace("{author}", quote(paper.author_name))
        .replace("{keywords}", quote(paper.paper_id))
        .replace(
            "{date}", f"datetime(year: {stamp.year}, month: {stamp.month}, day: {stamp.day})"
        ),
        f'#text(12pt, fill: rgb("#12436D"))[#{quote(paper.council)}]',
        f'#block(above: 0.8em, below: 0.8em, text(20pt, weight: "bold", '
        f'fill: rgb("#12436D"), {quote(paper.title)}))',
        f"#text(11pt)[#{quote(paper.subtitle)}]",
        _write_grid(
            ((("About"), "This paper"), *build_front(paper, sign_offs)),
        ),
    ]
    lines += [_write_block(label, block) for label, block in number_blocks(paper.blocks)]
    return "\n\n".join(lines) + "\n"


def _spans(spans: Spans) -> str:
    return quote(write_plain(spans))


def _write_grid(rows: Sequence[tuple[str, str]]) -> str:
    """Write the front of the paper as a table."""
    (head, *rest) = rows
    cells = ", ".join(f"[#{quote(left)}], [#{quote(right)}]" for left, right in rest)
    top = f"table.header([*#{quote(head[0])}*], [*#{quote(head[1])}*])"
    return f"#table(columns: (22%, 78%), {top}, {cells})"


def _write_block(label: str, block: Any) -> str:
    match block:
        case Heading():
            shown = (
                quote(f"{label}  {write_plain(block.spans)}") if label else _spans(block.spans)
            )
            return f"#heading(level: {block.level}, {shown})"
        case Paragraph():
            if not label:
                return f"#par({_spans(block.paragraph)})"
            return (
                f"#par(hanging-indent: 1.1cm)[#box(width: 1.1cm, {quote(label)})"
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
