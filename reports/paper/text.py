"""The paper's sections, in order, as blocks of the document model."""

from __future__ import annotations

from data.papers import Block, Notice
from reports.paper.text_annex import (
    write_all_assumptions,
    write_annex,
    write_assumptions,
    write_limits,
)
from reports.paper.text_money import write_background, write_options
from reports.paper.text_parts import Material, heading, name, said
from reports.paper.text_people import write_equality, write_people_section, write_risks
from reports.paper.text_years import write_years_section
from reports.words import SYNTHETIC_WORDS, describe_flags


def write_sections(m: Material) -> tuple[Block, ...]:
    """Write the whole paper."""
    return tuple(
        block
        for section in (
            _write_warnings(m),
            [heading("Purpose"), *said(m, m.study.purpose)],
            [heading("Recommendations"), *said(m, m.study.recommendations)],
            write_background(m),
            write_options(m),
            write_years_section(m),
            write_people_section(m),
            write_risks(m),
            write_equality(m),
            [heading("Legal implications"), *said(m, m.study.legal)],
            _write_consultation(m),
            write_assumptions(m),
            write_limits(m),
            write_annex(m),
            write_all_assumptions(m),
        )
        for block in section
    )


def _write_warnings(m: Material) -> list[Block]:
    run = m.base.run
    texts = [SYNTHETIC_WORDS] if run.is_synthetic else []
    texts += describe_flags(run.plan.flags)
    return [Notice(notice=name(" ".join(texts)))] if texts else []


def _write_consultation(m: Material) -> list[Block]:
    if not m.study.consultation:
        return []
    return [heading("Consultation"), *said(m, m.study.consultation)]
