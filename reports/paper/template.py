"""A council's own Word template: fields filled, styles used, the paper's body put in."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from data.errors import InputError, Problem, Severity
from data.papers import Paper, SignOff, find_state
from reports.paper.layout import build_front, write_date

BODY = "{{paper_body}}"
"""Stands in a paragraph of its own where the paper's sections go."""
STYLES = ("Heading 1", "Heading 2", "Caption", "Table Grid")
MOST_BYTES = 20 * 2**20


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a template the body goes."""

    paragraph: Any

    def move(self, made: Sequence[Any]) -> None:
        """Move what was written at the end to the place of the mark."""
        at = self.paragraph._p
        for element in made:
            at.addprevious(element)
        at.getparent().remove(at)


def open_template(
    content: bytes, paper: Paper, sign_offs: Sequence[SignOff]
) -> tuple[Any, Place]:
    """Open a template with its fields filled.

    Fields: ``{{title}}``, ``{{subtitle}}``, ``{{council}}``, ``{{date}}``, ``{{state}}``,
    ``{{author}}``, ``{{paper_id}}`` and what the front of a paper holds, such as
    ``{{report_to}}``; ``{{paper_body}}`` alone in a paragraph marks where the sections go.

    Raises
    ------
    InputError
        I001 not a Word document, I002 no place for the body or two, I003 an unknown field.
    """
    import docx
    from docxtpl import DocxTemplate

    _check_file(content)
    front = build_front(paper, sign_offs)
    fields = {left.lower().replace(" ", "_"): right for left, right in front}
    fields |= {
        "title": paper.title,
        "subtitle": paper.subtitle,
        "council": paper.council,
        "date": write_date(paper.created_utc),
        "state": str(find_state(sign_offs)).upper(),
        "author": paper.author_name,
        "paper_id": paper.paper_id,
    }
    template = DocxTemplate(BytesIO(content))
    unknown = template.get_undeclared_template_variables() - {*fields, "paper_body"}
    if unknown:
        raise _fault(
            "I003",
            f"It has unknown fields: {', '.join(sorted(unknown))}.",
            f"Known: {', '.join(sorted({*fields, 'paper_body'}))}.",
        )
    template.render({**fields, "paper_body": BODY}, autoescape=True)
    filled = BytesIO()
    template.save(filled)
    document = docx.Document(BytesIO(filled.getvalue()))
    marks = [p for p in document.paragraphs if p.text.strip() == BODY]
    if len(marks) != 1:
        raise _fault(
            "I002",
            f"{{{{paper_body}}}} stands in it {len(marks)} times.",
            "Write it once, alone in a paragraph.",
        )
    _add_styles(document)
    return document, Place(marks[0])


def _check_file(content: bytes) -> None:
    """See that the bytes are a Word document of a sane size without macros."""
    if len(content) > MOST_BYTES:
        raise _fault("I001", "The template is too large.", "Give one under 20 megabytes.")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
            size = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        names, size = [], 0
    if "word/document.xml" not in names or size > 10 * MOST_BYTES:
        raise _fault("I001", "The template is no Word document.", "Save it as .docx.")
    if any(name.endswith("vbaProject.bin") for name in names):
        raise _fault("I001", "The template holds macros.", "Save it as .docx without macros.")


def _add_styles(document: Any) -> None:
    """Add the styles a paper needs and the template lacks."""
    from docx.enum.style import WD_STYLE_TYPE

    known = {style.name for style in document.styles}
    for name in STYLES:
        if name not in known:
            kind = WD_STYLE_TYPE.TABLE if name == "Table Grid" else WD_STYLE_TYPE.PARAGRAPH
            document.styles.add_style(name, kind)


def _fault(code: str, cause: str, how: str) -> InputError:
    return InputError(
        [
            Problem(
                code=code,
                severity=Severity.ERROR,
                file="template",
                cause=cause,
                suggestion=how,
            )
        ]
    )
