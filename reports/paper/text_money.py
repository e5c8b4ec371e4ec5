"""The sections on money: where we stand, the options, cost by year."""

from __future__ import annotations

from data.papers import Block, Heading, Picture, Span, Spans, Table, Words
from reports.paper.facts import CaseFacts
from reports.paper.figures import WITHHELD
from reports.paper.text_parts import (
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
from reports.paper.text_years import write_ranges_section


def write_background(m: Material) -> list[Block]:
    """Write where the council stands, and what planning as a whole is worth."""
    book, base, today = m.book, m.base, m.cases[m.study.today]
    rows = []
    for key, label in (
        ("year", "Transport cost a year"),
        ("year_own", "of which our own company (what its work costs)"),
        ("year_bought", "of which suppliers"),
        ("year_fixed", "Own company's fixed cost for the vehicles used"),
        ("routes", "Routes, out and home, on the day shown"),
        ("duties", "Vehicles at work on that day"),
        ("own", "of which our own"),
        ("metres", "Distance driven that day"),
        ("people", "Passengers that day"),
        ("unserved", "not carried in every journey"),
        ("violations", "Hard rules broken"),
    ):
        rows.append([words(label), *(book.exact(f"{key}.{c.name}") for c in m.steps)])
    lines: list[Block] = [
        heading("Background"),
        *said(m, m.study.background),
        para(
            m,
            f"All amounts are in `{m.study.price_base}`, for the school and service year "
            f"`{base.inputs.year_from:%-d %B %Y} to {base.inputs.year_to:%-d %B %Y}`, before "
            "value added tax that the council recovers. Suppliers are at the price of their "
            "rate cards. Our own company is at the cost that stops when the work stops: "
            "drivers, assistants, fuel. Its fixed cost (vehicles, depot, overheads) is shown "
            "on its own line, for the vehicles each plan uses, and counts in no saving: it "
            "ends only when a vehicle is sold.",
        ),
        table(
            "Today's routes, and the same journeys planned as a whole",
            ["", *(short(m, c) for c in m.steps)],
            rows,
            widths(len(m.steps), first=40),
            note=m.book.text(
                "Today's routes are priced at the same rate cards, so that only the planning "
                "differs; what suppliers are paid today can differ from their cards. The day "
                f"shown is `{base.inputs.service_date:%A %-d %B %Y}`."
            ),
        ),
        para(
            m,
            f"Planned as a whole, transport costs {{year.{base.name}}} a year against "
            f"{{year.{today.name}}} for today's routes: {{saved_from_today.{base.name}}} less "
            f"({{share_from_today.{base.name}}}).",
        ),
    ]
    for alone in m.study.alone:
        lines.append(
            para(
                m,
                "If everybody stays with the provider who carries them today and only the "
                f"routes change, {{saved_from_today.{alone}}} of that is reached. That search "
                "began with today's routes, mended where they break a rule. The rest comes "
                "from placing work with the provider that costs least."
                if book[f"saved_from_today.{alone}"].value > 0
                else "If everybody stays with the provider who carries them today and only "
                "the routes change, nothing is saved: today's routes, mended until they keep "
                f"every rule and then searched on, cost {{year.{alone}}} a year. The saving "
                "shown here comes from placing work with the provider that costs least.",
            )
        )
    if book[f"violations.{today.name}"].value:
        lines.append(
            para(
                m,
                f"Today's routes break {{violations.{today.name}}} hard rules of the checker, "
                "for example on journey time or on who may ride together. The plans proposed "
                "here break none. Part of any difference in cost is the price of keeping the "
                "rules.",
            )
        )
    return lines


def write_options(m: Material) -> list[Block]:
    """Write what each option saves, how sure that is, and where vehicles run."""
    return [
        heading("Options"),
        para(
            m,
            "Each option changes what families are offered and then plans all routes anew. It "
            "is compared with the plan as a whole without any offer. The offers cost money of "
            "their own; the net saving is what is left.",
        ),
        _build_savings_table(m),
        *_write_certainty(m),
        Picture(
            caption=name("Net saving of each option a year"),
            alt=_describe_bars(m),
            sha256="savings",
        ),
        Picture(
            caption=name("Cost of transport and offers a year"),
            alt=words(
                "Bar chart of the yearly cost of today's routes, the plan as a whole and "
                "each option; the figures are those of the two tables above."
            ),
            sha256="costs",
        ),
        *write_ranges_section(m),
        *(block for case in m.options for block in _write_option(m, case)),
        Picture(
            caption=name("Where vehicles run in the morning: today and planned as a whole"),
            alt=words(
                "Two maps of square kilometres shaded by how many vehicles cross them, "
                "today and planned as a whole. The table of routes and vehicles in the "
                "background section gives the totals."
            ),
            sha256="map-base",
        ),
        Picture(
            caption=name("Where vehicles run in the morning under each option"),
            alt=words(
                "One map for each option, shaded as before. The differences between "
                "options are small; the table of people affected gives the numbers."
            ),
            sha256="map-options",
        ),
    ]


def _build_savings_table(m: Material) -> Table:
    """Build the table of what each option costs and saves a year."""
    keys = ("year", "gross", "programme", "net", "once")
    return table(
        f"What each option saves a year ({m.study.price_base})",
        [
            "Option",
            "Transport cost",
            "Saved on transport",
            "Cost of the offers",
            "Net saving",
            "Once, at the start",
        ],
        [
            [name(short(m, case)), *(m.book.exact(f"{key}.{case.name}") for key in keys)]
            for case in m.options
        ],
        [30, 14, 14, 14, 14, 14],
        note=m.book.text(
            f"A minus sign means extra cost; {WITHHELD} is withheld to protect a small "
            "group. Amounts are in whole pounds; sums are made in "
            "pence, so a shown sum can differ by a pound from the sum of what is shown."
        ),
    )


def _write_certainty(m: Material) -> list[Block]:
    """Write which savings a search of this length can tell from chance."""
    book = m.book
    lines: list[Block] = [
        para(
            m,
            "How sure are these figures? A computer search does not find the very best plan, "
            "and asked the same question with other random choices it gives a slightly "
            "different answer. The base was planned {n_repeats} more times: the answers lie "
            "within {noise} of each other ({noise_share} of the cost). A saving smaller than "
            "that is not told from chance and must not be relied on.",
        )
    ]
    small = [c for c in m.options if abs(book[f"net.{c.name}"].value) <= book["noise"].value]
    if small:
        names = "; ".join(c.figures.title for c in small)
        lines.append(
            para(m, f"By that measure the following cannot be told from chance: `{names}`.")
        )
    if any(book[f"gross.{c.name}"].value < 0 and f"who.{c.name}" in book for c in m.options):
        lines.append(
            para(
                m,
                "Where an option carries fewer people and transport yet costs more, that is "
                "the search and not the option: with fewer to carry, the best plan cannot be "
                "dearer. Such figures show how far a search of this length still is from the "
                "best plan. The study should be run for longer before anybody decides on them.",
            )
        )
    return lines


def _describe_bars(m: Material) -> Spans:
    """Say in words what the chart of savings shows."""
    spans: list[Span] = [Words(text="Bar chart of net savings a year: ")]
    for n, case in enumerate(m.options):
        spans += [Words(text="; " if n else ""), *name(short(m, case))]
        spans += [Words(text=", "), *m.book.exact(f"net.{case.name}")]
    return (*spans, Words(text="."))


def _write_option(m: Material, case: CaseFacts) -> list[Block]:
    book, n = m.book, case.name
    said_parts = []
    for what, verb in (
        ("in_training", "begin training"),
        ("trained", "travel on their own after it"),
        ("budget", "take a travel budget"),
    ):
        if f"touched.{n}.{what}" in book:
            said_parts.append(f"{{touched.{n}.{what}}} {verb}")
    people = " and ".join(
        [", ".join(said_parts[:-1]), said_parts[-1]] if len(said_parts) > 1 else said_parts
    )
    lines: list[Block] = [
        Heading(level=2, spans=name(case.figures.title)),
        para(
            m,
            f"Of everybody carried, about {people}. Planned again, transport costs "
            + (
                f"{{gross.{n}}} less a year;"
                if book[f"gross.{n}"].value >= 0
                else f"{{loss.{n}}} more a year;"
            )
            + f" the offers cost {{programme.{n}}} a year"
            + (f" and {{once.{n}}} once" if book[f"once.{n}"].value else "")
            + (
                f". The net saving is {{net.{n}}} a year."
                if book[f"net.{n}"].value >= 0
                else f". The offers cost {{extra.{n}}} a year more than they save."
            )
            if people
            else f"Planned again, transport costs {{gross.{n}}} less a year.",
        ),
    ]
    if len(case.figures.lines):
        rows = [
            [
                name(line.name.capitalize()),
                words("once" if line.is_one_off else "every year"),
                book.exact(f"line.{n}.{k}"),
                name(line.source),
            ]
            for k, line in enumerate(case.figures.lines)
        ]
        lines.append(
            Table(
                caption=name(f"What the offers cost: {case.figures.title}"),
                header=tuple(map(words, ("Offer", "When", "Amount", "Source of the price"))),
                rows=tuple(tuple(row) for row in rows),
                widths=(30, 15, 15, 40),
                is_number=(False, False, True, False),
            )
        )
    return lines
