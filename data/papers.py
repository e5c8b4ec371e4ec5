"""A decision paper: its figures, its text as typed blocks, who signed it.

One document model feeds Word, PDF and the lists of figures. Plain words hold no digit: every
number is a figure with an id, or part of a reference (a law, a date, a name, an id).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from data.inputs import fingerprint


class Unit(StrEnum):
    """What a figure counts."""

    PENCE = "pence"
    PEOPLE = "people"
    COUNT = "count"
    SHARE_BP = "share_bp"
    """A share in hundredths of a per cent."""
    SECONDS = "seconds"
    METRES = "metres"
    STATED = "stated"
    """Stated by somebody, e.g. an assumption, and shown as they wrote it."""


class Operation(StrEnum):
    """How a figure comes about."""

    READ = "read"
    """Read from a run, or worked out from its records as the formula says."""
    SUM = "sum"
    """The sum of its parts, each times its factor, rounded half up once at the end."""
    SHARE = "share"
    """The first part as a share of the second, rounded half up."""
    SPREAD = "spread"
    """The largest of its parts less the smallest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A figure that another is made from, taken ``times / over`` times."""

    key: str
    times: int = 1
    over: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number of a paper and everything it was made from.

    Attributes
    ----------
    figure_id
        As the paper lists it, e.g. ``F-012``; ids follow the order of appearance.
    key
        Its name in texts and formulas, e.g. ``net.all-together``.
    value
        Whole number in `unit`.
    group
        How many people the figure is about where they could be recognised, else None.
    source
        The record it was read from, or ''.
    stated
        The text of a figure that somebody stated.
    is_withheld
        Not shown, to protect a small group.
    """

    figure_id: str
    key: str
    label: str
    value: int
    unit: Unit
    operation: Operation
    parts: tuple[Part, ...] = ()
    formula: str = ""
    source: str = ""
    run_id: str = ""
    group: int | None = None
    stated: str = ""
    is_withheld: bool = False


_DIGIT = re.compile(r"[0-9£%]")


class Form(StrEnum):
    """How a figure is written."""

    EXACT = "exact"
    """Whole pounds, as in tables."""
    ROUNDED = "rounded"
    """Thousands of pounds, as in sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Plain words, without a digit."""

    text: str

    def __post_init__(self) -> None:
        if _DIGIT.search(self.text):
            raise ValueError(f"a number in plain words: {self.text!r}; use a figure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A name that may hold digits: a law, a date, a title, an id; never a result."""

    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A figure within a text, as it is written there."""

    figure_id: str
    form: Form
    shown: str


Span = Words | Reference | Shown
Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading; level 1 is a section."""

    level: int
    spans: Spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph.

    Attributes
    ----------
    is_numbered
        Numbered within its section, so that a meeting can refer to it.
    """

    paragraph: Spans
    is_numbered: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A warning that must not be overlooked."""

    notice: Spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with one header row; the first column names the row.

    Attributes
    ----------
    widths
        Share of each column of the page's width. [per cent]
    note
        Beneath the table.
    """

    caption: Spans
    header: tuple[Spans, ...]
    rows: tuple[tuple[Spans, ...], ...]
    widths: tuple[int, ...]
    is_number: tuple[bool, ...]
    note: Spans = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A map or chart, kept under the SHA-256 of its PNG bytes.

    Attributes
    ----------
    alt
        What it shows, for who cannot see it.
    """

    caption: Spans
    alt: Spans
    sha256: str
    width_percent: int = 100


Block = Heading | Paragraph | Notice | Table | Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper as it is kept: never changed, only signed.

    Attributes
    ----------
    study_id
        Study whose runs it is made from.
    run_ids
        All of them, with the fingerprint of each run's record.
    settings
        As text: threshold, rounding, discount rate, ...
    assumptions
        Names and versions of the assumptions it stands on.
    template_sha256
        Of the council's Word template, or ''.
    """

    paper_id: str
    study_id: str
    name: str
    place: str
    title: str
    subtitle: str
    council: str
    created_utc: datetime
    code_version: str
    author_id: str
    author_name: str
    run_ids: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]
    assumptions: tuple[tuple[str, str], ...]
    figures: tuple[Figure, ...]
    blocks: tuple[Block, ...]
    template_sha256: str = ""
    is_synthetic: bool = False

    def find_figure(self, name: str) -> Figure | None:
        """Find a figure by its id or key."""
        wanted = name.strip().casefold()
        for figure in self.figures:
            if wanted in (figure.figure_id.casefold(), figure.key.casefold()):
                return figure
        return None


class PaperState(StrEnum):
    """How far a paper has come."""

    DRAFT = "draft"
    ASSURED = "assured"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """One step of a paper's life, by one person.

    Attributes
    ----------
    state
        What the paper is from then on.
    paper_hash
        Fingerprint of what was signed.
    """

    sign_off_id: str
    paper_id: str
    paper_hash: str
    state: PaperState
    person_id: str
    person_name: str
    created_utc: datetime
    code_version: str


def build_paper_id(paper: Paper) -> str:
    """Build the id of a paper from its name, stamp and everything in it."""
    content = fingerprint(replace(paper, paper_id=""))
    return f"{paper.name}-{paper.created_utc:%Y%m%dT%H%M%SZ}-{content[:8]}"


def build_sign_off_id(paper_id: str, state: PaperState) -> str:
    """Build the id of a sign-off: a paper has each at most once."""
    return f"{paper_id}-{state}"


def find_state(sign_offs: Iterable[SignOff]) -> PaperState:
    """Find how far a paper has come from its sign-offs."""
    states = {one.state for one in sign_offs}
    for state in (PaperState.APPROVED, PaperState.ASSURED):
        if state in states:
            return state
    return PaperState.DRAFT


def list_spans(block: Block) -> tuple[Spans, ...]:
    """List the texts of a block, in reading order."""
    match block:
        case Heading():
            return (block.spans,)
        case Paragraph():
            return (block.paragraph,)
        case Notice():
            return (block.notice,)
        case Picture():
            return (block.caption, block.alt)
        case Table():
            cells = (cell for row in block.rows for cell in row)
            return (block.caption, *block.header, *cells, block.note)


def write_plain(spans: Spans) -> str:
    """Write a text as plain characters."""
    return "".join(
        span.text
        if isinstance(span, Words)
        else span.reference
        if isinstance(span, Reference)
        else span.shown
        for span in spans
    )
