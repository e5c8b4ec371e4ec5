"""A paper as a Word document: accessible, in the council's own template where one is given."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
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

PAGE_WIDTH_CM, PAGE_HEIGHT_CM, MARGIN_CM = 21.0, 29.7, 2.0
FONT = "Arial"
NAVY = "12436D"
_STAMP = (1980, 1, 1, 0, 0, 0)
"""Date of every entry of the file, so that equal papers are equal bytes."""


def build_word(
    paper: Paper,
    sign_offs: Sequence[SignOff],
    files: Mapping[str, bytes],
) -> bytes:
    """Build the Word document of a paper.

    Parameters
    ----------
    files
        Pictures and template by SHA-256.

    Returns
    -------
    Bytes; equal papers give equal bytes.

    Raises
    ------
    InputError
        I001 if the template is no Word document, or names a field that a paper has not.
    """
    if paper.template_sha256:
        from reports.paper.template import open_template

        document, at = open_template(files[paper.template_sha256], paper, sign_offs)
    else:
        document, at = _open_plain(paper), None
        _write_front(document, paper, sign_offs)
    writer = _Writer(document, files)
    for label, block in number_blocks(paper.blocks):
        writer.write(label, block)
    if at is not None:
        at.move(writer.made)
    _describe(document, paper)
    return _pack(document)


def _open_plain(paper: Paper) -> Any:
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(PAGE_WIDTH_CM), Cm(PAGE_HEIGHT_CM)
    section.left_margin = section.right_margin = Cm(MARGIN_CM)
    section.top_margin = section.bottom_margin = Cm(MARGIN_CM)
    sizes = {"Normal": 11, "Title": 22, "Subtitle": 13, "Heading 1": 16, "Heading 2": 13}
    for name, size in {**sizes, "Caption": 10}.items():
        style = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{key}"), None)
        for key in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{key}"), FONT)
        if name != "Normal":
            style.font.color.rgb = RGBColor.from_string(NAVY)
            style.font.italic = False
            style.font.bold = name != "Subtitle"
    document.styles["Normal"].paragraph_format.space_after = Pt(7)
    document.styles["Heading 1"].paragraph_format.space_before = Pt(18)
    document.styles["Caption"].paragraph_format.keep_with_next = True
    _add_page_number(section.footer.paragraphs[0], paper)
    return document


def _add_page_number(paragraph: Any, paper: Paper) -> None:
    """Write title and page number into the footer."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    # The number is no run of ours: it takes the size of its paragraph's style.
    paragraph.style.font.size = Pt(8)
    paragraph.add_run(f"{paper.title}    Page ").font.size = Pt(8)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _write_front(document: Any, paper: Paper, sign_offs: Sequence[SignOff]) -> None:
    """Write the title and the facts about the paper."""
    from docx.shared import Cm

    document.add_paragraph(paper.council, style="Subtitle")
    document.add_paragraph(paper.title, style="Title")
    if paper.subtitle:
        document.add_paragraph(paper.subtitle, style="Subtitle")
    rows = build_front(paper, sign_offs)
    table = document.add_table(rows=len(rows) + 1, cols=2)
    table.style = "Light Grid Accent 1"
    table.autofit = False
    for row, (left, right) in zip(table.rows, (("About", "This paper"), *rows), strict=True):
        for cell, text, width in zip(row.cells, (left, right), (4.0, 13.0), strict=True):
            cell.text, cell.width = text, Cm(width)
    _mark_header(table)


class _Writer:
    """Writes blocks at the end of a document and remembers what it made."""

    def __init__(self, document: Any, files: Mapping[str, bytes]) -> None:
        self._document = document
        self._files = files
        self.made: list[Any] = []
        self._n_pictures = 0

    def write(self, label: str, block: Any) -> None:
        """Write one block."""
        match block:
            case Heading():
                text = f"{label}  {write_plain(block.spans)}" if label else None
                style = f"Heading {block.level}"
                paragraph = self._add(self._document.add_paragraph(style=style))
                if text is not None:
                    paragraph.add_run(text)
                else:
                    _write_spans(paragraph, block.spans)
            case Paragraph():
                self._write_paragraph(label, block.paragraph)
            case Notice():
                self._write_notice(block.notice)
            case Table():
                self._write_table(block)
            case Picture():
                self._write_picture(block)

    def _add(self, made: Any) -> Any:
        self.made.append(made._element)
        return made

    def _write_paragraph(self, label: str, spans: Spans) -> None:
        from docx.shared import Cm

        paragraph = self._add(self._document.add_paragraph())
        if label:
            layout = paragraph.paragraph_format
            layout.left_indent, layout.first_line_indent = Cm(1.2), Cm(-1.2)
            layout.tab_stops.add_tab_stop(Cm(1.2))
            paragraph.add_run(f"{label}\t")
        _write_spans(paragraph, spans)

    def _write_notice(self, spans: Spans) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        paragraph = self._add(self._document.add_paragraph())
        borders = OxmlElement("w:pBdr")
        for side in ("top", "left", "bottom", "right"):
            line = OxmlElement(f"w:{side}")
            for key, value in (
                ("val", "single"),
                ("sz", "12"),
                ("space", "6"),
                ("color", "942514"),
            ):
                line.set(qn(f"w:{key}"), value)
            borders.append(line)
        paragraph._p.get_or_add_pPr().append(borders)
        _write_spans(paragraph, spans, is_bold=True)

    def _write_table(self, block: Table) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Cm, Pt

        caption = self._add(self._document.add_paragraph(style="Caption"))
        _write_spans(caption, block.caption)
        table = self._add(
            self._document.add_table(rows=1 + len(block.rows), cols=len(block.header))
        )
        table.style = "Table Grid"
        table.autofit = False
        usable_cm = PAGE_WIDTH_CM - 2 * MARGIN_CM
        grid = table._tbl.tblGrid.gridCol_lst
        for column, percent in zip(grid, block.widths, strict=True):
            column.w = Cm(usable_cm * percent / 100)
        for n, (row, texts) in enumerate(
            zip(table.rows, (block.header, *block.rows), strict=True)
        ):
            _keep_whole(row)
            for cell, spans, percent, is_number in zip(
                row.cells, texts, block.widths, block.is_number, strict=True
            ):
                cell.width = Cm(usable_cm * percent / 100)
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_before = Pt(2)
                paragraph.paragraph_format.space_after = Pt(2)
                if is_number:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                _write_spans(paragraph, spans, is_bold=n == 0, size=9)
                if n == 0:
                    _shade(cell, "E3ECF4")
        _mark_header(table)
        _describe_table(table, write_plain(block.caption))
        after = self._add(self._document.add_paragraph())
        after.paragraph_format.space_before = Pt(3)
        _write_spans(after, block.note, size=9)

    def _write_picture(self, block: Picture) -> None:
        from docx.shared import Cm

        paragraph = self._add(self._document.add_paragraph())
        width = Cm((PAGE_WIDTH_CM - 2 * MARGIN_CM) * block.width_percent / 100)
        run = paragraph.add_run()
        shape = run.add_picture(BytesIO(self._files[block.sha256]), width=width)
        self._n_pictures += 1
        about = shape._inline.docPr
        about.set("descr", write_plain(block.alt))
        about.set("title", write_plain(block.caption))
        about.set("name", f"Picture {self._n_pictures}")
        paragraph.paragraph_format.keep_with_next = True
        _write_spans(self._add(self._document.add_paragraph(style="Caption")), block.caption)


def _write_spans(
    paragraph: Any, spans: Spans, *, is_bold: bool = False, size: int | None = None
) -> None:
    """Write a text into a paragraph."""
    from docx.shared import Pt

    for span in spans:
        run = paragraph.add_run(write_plain((span,)))
        if is_bold:
            run.bold = True
        if size is not None:
            run.font.size = Pt(size)


def _mark_header(table: Any) -> None:
    """Say that the first row is the header, repeated on each page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)


def _keep_whole(row: Any) -> None:
    """Let no page break cut a row."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _describe_table(table: Any, text: str) -> None:
    """Give a table its alternative text."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for tag in ("w:tblCaption", "w:tblDescription"):
        mark = OxmlElement(tag)
        mark.set(qn("w:val"), text)
        table._tbl.tblPr.append(mark)


def _shade(cell: Any, colour: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        mark.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(mark)


def _describe(document: Any, paper: Paper) -> None:
    """Set title, language and dates, none of them the clock's."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    about = document.core_properties
    about.title, about.author = paper.title, paper.author_name
    about.subject, about.language = paper.subtitle, "en-GB"
    about.comments, about.keywords = "", paper.paper_id
    about.last_modified_by = paper.author_name
    about.created = about.modified = paper.created_utc.replace(tzinfo=None)
    about.revision = 1
    defaults = document.styles.element.find(qn("w:docDefaults"))
    if defaults is not None:
        for found in defaults.iter(qn("w:lang")):
            found.set(qn("w:val"), "en-GB")
    normal = document.styles["Normal"].element.get_or_add_rPr()
    for found in normal.findall(qn("w:lang")):
        normal.remove(found)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    normal.append(language)


def _pack(document: Any) -> bytes:
    """Write the file with every date in it fixed."""
    raw = BytesIO()
    document.save(raw)
    packed = BytesIO()
    with (
        zipfile.ZipFile(raw) as before,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as after,
    ):
        for name in before.namelist():
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            after.writestr(entry, before.read(name))
    return packed.getvalue()
