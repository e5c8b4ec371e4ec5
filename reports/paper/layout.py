"""What both renderers share: numbers of sections and paragraphs, and the words of the front."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from data.papers import Block, Heading, Paper, PaperState, Paragraph, SignOff, find_state

STATE_SENTENCES = {
    PaperState.DRAFT: "DRAFT. Not yet assured; not for decision.",
    PaperState.ASSURED: "ASSURED. Checked by a second person; not yet approved.",
    PaperState.APPROVED: "APPROVED for decision.",
}


def number_blocks(blocks: Sequence[Block]) -> Iterator[tuple[str, Block]]:
    """Give each block its number: sections 1, 2, ...; paragraphs 1.1, 1.2, ...; others none."""
    section = paragraph = 0
    for block in blocks:
        label = ""
        if isinstance(block, Heading) and block.level == 1:
            section, paragraph = section + 1, 0
            label = str(section)
        elif isinstance(block, Paragraph) and block.is_numbered:
            paragraph += 1
            label = f"{section}.{paragraph}"
        yield label, block


def write_date(stamp: datetime) -> str:
    """Write a date as people read it."""
    return f"{stamp.day} {stamp:%B %Y}"


def build_front(paper: Paper, sign_offs: Sequence[SignOff]) -> tuple[tuple[str, str], ...]:
    """Build the front of a paper: what it is, whose, and how far it has come."""
    settings = dict(paper.settings)
    rows = [
        ("Report to", settings["decision_maker"]),
        ("Date", write_date(paper.created_utc)),
        ("Prices", settings["price_base"]),
        ("State", STATE_SENTENCES[find_state(sign_offs)]),
        ("Written by", f"{paper.author_name}, {write_date(paper.created_utc)}"),
    ]
    for state, verb in (
        (PaperState.ASSURED, "Assured by"),
        (PaperState.APPROVED, "Approved by"),
    ):
        one = next((s for s in sign_offs if s.state is state), None)
        words = (
            "not yet" if one is None else f"{one.person_name}, {write_date(one.created_utc)}"
        )
        rows.append((verb, words))
    return (*rows, ("Paper", paper.paper_id))
