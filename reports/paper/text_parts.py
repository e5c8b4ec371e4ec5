"""Small things the sections of a paper are written with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from data.papers import Block, Heading, Paragraph, Reference, Spans, Table, Words
from data.uncertainty import DrawnCase
from reports.paper.facts import CaseFacts
from reports.paper.figures import Book
from reports.paper.identities import Identity
from reports.paper.people_facts import Grouping
from reports.paper.years import Appraised
from scenarios import StudyFile

NOTHING: Spans = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What the sections are written from.

    Attributes
    ----------
    assumptions
        (name, value key, unit, source) of every assumption.
    groupings
        By which people are counted.
    drawn, appraised
        Draws of the options, by scenario, and the appraisal of the recommended one; empty and
        None where none is kept that stands on the study's runs.
    """

    study: StudyFile
    book: Book
    cases: Mapping[str, CaseFacts]
    identities: Sequence[Identity]
    assumptions: Sequence[tuple[str, str, str, str]]
    ranges: Sequence[tuple[str, str, str, str]]
    notes: Sequence[str]
    code_version: str
    groupings: Sequence[Grouping]
    drawn: Mapping[str, DrawnCase] = field(default_factory=dict)
    appraised: Appraised | None = None

    @property
    def base(self) -> CaseFacts:
        """What options are compared with."""
        return self.cases[self.study.base]

    @property
    def options(self) -> tuple[CaseFacts, ...]:
        """In the order of the paper."""
        return tuple(self.cases[name] for name in self.study.options)

    @property
    def steps(self) -> tuple[CaseFacts, ...]:
        """From today to the base."""
        names = (self.study.today, *self.study.alone, self.study.base)
        return tuple(self.cases[name] for name in names)


def words(text: str) -> Spans:
    """Plain words without any figure."""
    return (Words(text=text),)


def name(text: str) -> Spans:
    """Name something that may hold digits."""
    return (Reference(reference=text),)


def heading(text: str, level: int = 1) -> Heading:
    """Write a heading of plain words."""
    return Heading(level=level, spans=words(text))


def said(m: Material, texts: Sequence[str]) -> list[Block]:
    """Write the study's own sentences as numbered paragraphs."""
    return [Paragraph(paragraph=m.book.text(text)) for text in texts]


def para(m: Material, text: str) -> Paragraph:
    """Write a numbered paragraph with figures in braces."""
    return Paragraph(paragraph=m.book.text(text))


def table(
    caption: str,
    header: Sequence[str],
    rows: Sequence[Sequence[Spans]],
    widths: Sequence[int],
    *,
    n_text: int = 1,
    note: Spans = NOTHING,
) -> Table:
    """Write a table whose first columns are text and the others numbers."""
    return Table(
        caption=name(caption),
        header=tuple(name(text) for text in header),
        rows=tuple(tuple(row) for row in rows),
        widths=tuple(widths),
        is_number=tuple(n >= n_text for n in range(len(header))),
        note=note,
    )


def short(m: Material, case: CaseFacts) -> str:
    """Name a case in the head of a table."""
    return m.study.label(case.name, case.figures.title)


def widths(n_columns: int, *, first: int) -> list[int]:
    """Share the page between a first column and equal others."""
    each = (100 - first) // n_columns
    return [100 - each * n_columns, *([each] * n_columns)]
