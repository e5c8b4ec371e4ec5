"""The sections on people: who is affected, risks, equality."""

from __future__ import annotations

from data.papers import Block, Table
from reports.paper.figures import WITHHELD
from reports.paper.people_facts import PHASE_WORDS
from reports.paper.text_parts import (
    NOTHING,
    Material,
    heading,
    name,
    para,
    said,
    short,
    table,
    widths,
    words,
)


def write_people_section(m: Material) -> list[Block]:
    """Write what changes for those who travel."""
    book, base = m.book, m.base
    shown = [m.cases[m.study.today], base, m.cases[m.study.recommended]]
    lines: list[Block] = [
        heading("People affected"),
        para(
            m,
            "Numbers of people are rounded to the nearest {people_base}. A number from one to "
            f"under {{threshold}} is withheld, shown as {WITHHELD}, and so is any number from "
            "which it could be worked out.",
        ),
        table(
            "Journeys with other companions than in the plan as a whole",
            ["Option", "Journeys in both plans", "With other companions"],
            [
                [
                    name(short(m, c)),
                    book.exact(f"both.{c.name}"),
                    book.exact(f"other.{c.name}"),
                ]
                for c in (m.cases[m.study.today], *m.options)
            ],
            [52, 24, 24],
            note=words(
                "A journey is one passenger's ride in one direction on the day shown. Every "
                "option plans all routes anew, so companions change even for families who take "
                "no offer. Locks can keep a child with the crew they know."
            ),
        ),
    ]
    for phase, label in PHASE_WORDS.items():
        rows = [
            [
                name(short(m, c)),
                *(
                    book.exact(f"{key}.{c.name}.{phase}")
                    for key in ("journeys", "over", "median")
                ),
            ]
            for c in shown
            if f"journeys.{c.name}.{phase}" in book
        ]
        if rows:
            lines.append(
                table(
                    f"Journey times: {label}",
                    ["Plan", "Journeys", "Longer than the guide", "Median journey"],
                    rows,
                    [43, 19, 19, 19],
                    note=book.text(
                        f"The guide is {{guide.{phase}}}, walk to the stop included."
                    ),
                )
            )
    return lines


def write_risks(m: Material) -> list[Block]:
    """Write the risk register."""
    rows = [
        [
            m.book.text(r.risk),
            words(r.likelihood),
            words(r.effect),
            m.book.text(r.answer),
            m.book.text(r.owner),
        ]
        for r in m.study.risks
    ]
    return [
        heading("Risks"),
        Table(
            caption=words("Risk register"),
            header=tuple(map(words, ("Risk", "Likelihood", "Effect", "Answer", "Owner"))),
            rows=tuple(tuple(row) for row in rows),
            widths=(27, 12, 10, 33, 18),
            is_number=(False,) * 5,
        ),
    ]


def write_equality(m: Material) -> list[Block]:
    """Write who would travel in another way."""
    book = m.book
    sets = [("all", "Everybody")] + [
        (c.name, short(m, c)) for c in m.options if f"who.{c.name}" in book
    ]
    lines: list[Block] = [heading("Equality"), *said(m, m.study.equality)]
    for grouping, title, groups, _ in m.groupings:
        rows = [
            [words(label), *(book.exact(f"who.{s}.{grouping}.{key}") for s, _ in sets)]
            for key, label in groups.items()
        ]
        rows.append([words("All"), *(book.exact(f"who.{s}") for s, _ in sets)])
        lines.append(
            table(
                f"Who would travel in another way, by {title.lower()}",
                [title, *(label for _, label in sets)],
                rows,
                widths(len(sets), first=28),
                note=words(
                    "The first column of numbers counts everybody carried in the year; the "
                    "others count those who would no longer use a vehicle under the option."
                )
                if grouping == m.groupings[0][0]
                else words(
                    "Of the small area around the home (English Indices of Deprivation); an "
                    "address near a border may stand in the wrong one."
                )
                if grouping == "deprivation"
                else NOTHING,
            )
        )
    if all(grouping != "deprivation" for grouping, *_ in m.groupings):
        lines.append(
            para(
                m,
                "How deprived the area of a home is, is not held for this place, so that no "
                "table by deprivation can be given. Nor are ethnicity, religion or income.",
            )
        )
    return lines
