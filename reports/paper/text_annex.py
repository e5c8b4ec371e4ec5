"""Assumptions, what the model cannot say, and the technical annex."""

from __future__ import annotations

from data.papers import Block, Table
from reports.paper.text_parts import Material, heading, name, para, short, table, words


def write_assumptions(m: Material) -> list[Block]:
    """Write the uncertain numbers that the options rest on."""
    if not m.ranges:
        return []
    return [
        heading("Assumptions"),
        para(
            m,
            "The options rest on the numbers below, which are uncertain. The plans use the "
            "most likely value of each. All other assumptions stand in the last annex.",
        ),
        Table(
            caption=words("Uncertain numbers of the options"),
            header=tuple(map(words, ("Assumption", "Least, most likely, largest", "Source"))),
            rows=tuple(
                (name(label), m.book.exact(key), name(source))
                for label, key, _, source in m.ranges
            ),
            widths=(38, 24, 38),
            is_number=(False, True, False),
        ),
    ]


def write_limits(m: Material) -> list[Block]:
    """Write what the model cannot say, with the questions of governance."""
    lines: list[Block] = [heading("What the model cannot say")]
    lines += [
        para(m, text)
        for text in (
            "The model plans vehicles and counts money. It does not say what a family will "
            "choose, how a child bears a change, or whether a firm will bid.",
            "It does not say what redundancy, transfer of staff or the end of a contract would "
            "cost. Savings count as cash only when a vehicle, a crew or a contract has gone.",
        )
    ]
    if m.study.questions:
        lines += [
            para(
                m,
                "The review also asked the questions below. They are for people to answer, not "
                "for a model, and stand here so that the list is complete.",
            ),
            Table(
                caption=words("Questions of governance that no model answers"),
                header=tuple(map(words, ("Reference", "What the review asks", "Owner"))),
                rows=tuple(
                    (name(q.ref), m.book.text(q.asks), name(q.owner)) for q in m.study.questions
                ),
                widths=(14, 50, 36),
                is_number=(False,) * 3,
            ),
        ]
    return lines


def write_annex(m: Material) -> list[Block]:
    """Write how good the plans are, what was compared, and which runs were used."""
    book = m.book
    cases = [*m.steps, *m.options]
    rows = []
    for case in cases:
        bound = f"bound.{case.name}"
        rows.append(
            [
                name(short(m, case)),
                book.exact(f"steps.{case.name}"),
                book.exact(f"day.{case.name}"),
                book.exact(bound) if bound in book else words("none"),
                book.exact(f"gap.{case.name}") if bound in book else words("not known"),
                book.exact(f"violations.{case.name}"),
            ]
        )
    return [
        heading("Technical annex"),
        para(
            m,
            "Every plan was judged by a checker that shares no code with the search, after it "
            "had been read back from the store. The bound is a proof that no plan can cost "
            "less; the gap is how far the plan may at most be from the best.",
        ),
        table(
            "How good each plan is",
            ["Plan", "Search steps", "Cost of the day", "Proven bound", "Gap", "Rules broken"],
            rows,
            [35, 13, 14, 14, 12, 12],
            note=words(
                "The bound is weak where own vehicles are free in it: the true distance from "
                "the best plan is smaller than the gap. Today's routes are not searched."
            ),
        ),
        table(
            "Amounts that must be equal, compared to the penny before this paper was written",
            ["Identity", "Comparisons, all equal"],
            [
                [words(_capital(i.name)), book.exact(f"identity.{n}")]
                for n, i in enumerate(m.identities)
            ]
            + [
                [
                    words("Figures of this paper that follow from others"),
                    book.exact("identity.figures"),
                ]
            ],
            [72, 28],
        ),
        Table(
            caption=words("Runs that this paper is made from"),
            header=tuple(map(words, ("Case", "Run", "Seed"))),
            rows=tuple(
                (name(short(m, c)), name(c.run.run_id), name(str(c.run.seed))) for c in cases
            ),
            widths=(45, 43, 12),
            is_number=(False, False, False),
            note=name(
                f"Code {m.code_version}. `wayfare explain F-001` prints where a figure comes "
                "from; the list of figures is kept with the paper."
            ),
        ),
        *(para(m, f"`{note}`") for note in m.notes),
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def write_all_assumptions(m: Material) -> list[Block]:
    """Write every assumption of the inputs."""
    return [
        heading("Annex: all assumptions of the inputs"),
        Table(
            caption=words("Numbers that every plan rests on"),
            header=tuple(map(words, ("Assumption", "Value", "Unit", "Source"))),
            rows=tuple(
                (name(label), m.book.exact(key), name(unit), name(source))
                for label, key, unit, source in m.assumptions
            ),
            widths=(26, 20, 18, 36),
            is_number=(False, False, False, False),
        ),
    ]
