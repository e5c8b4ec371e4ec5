"""The sections on what is not certain: ranges over draws, and the years of an appraisal."""

from __future__ import annotations

from data.papers import Block, Picture, Table
from reports.paper.text_parts import Material, heading, name, para, short, table, widths, words
from reports.paper.years import KINDS, Appraised, name_year


def write_ranges_section(m: Material) -> list[Block]:
    """Write how far the uncertain numbers move each option's saving."""
    book = m.book
    if not m.drawn:
        return [
            para(
                m,
                "How far the uncertain numbers move these savings has not been drawn for the "
                "plans of this paper.",
            )
        ]
    cases = [case for case in m.options if case.name in m.drawn]
    is_estimated = any(f"off.{case.name}" in book for case in cases)
    keys = ["p10", "p50", "p90", "chance"] + (["off"] if is_estimated else [])
    lines: list[Block] = [
        para(
            m,
            "Nor is it known how many families take an offer, how many complete training or "
            "what it costs. These numbers were drawn {n_draws} times within their ranges, the "
            "same draws for every option. Of ten draws eight give a net saving between the low "
            "and the high one of the table.",
        ),
        table(
            f"Net saving a year over the draws of the uncertain numbers ({m.study.price_base})",
            [
                "Option",
                "Low (one in ten is below)",
                "Median",
                "High (one in ten is above)",
                "Draws in which it saves",
                *(["Estimates are off by"] if is_estimated else []),
            ],
            [
                [
                    name(short(m, case)),
                    *(
                        book.exact(f"{key}.{case.name}")
                        if f"{key}.{case.name}" in book
                        else words("all planned")
                        for key in keys
                    ),
                ]
                for case in cases
            ],
            widths(len(keys), first=28),
            note=words(
                "Some draws were planned in full; the others were estimated from them. The "
                "last column says how far such estimates lie from full planning."
                if is_estimated
                else "Every different draw was planned in full."
            ),
        ),
        Picture(
            caption=name("Range of each option's net saving a year"),
            alt=words(
                "Bar chart of where eight of ten draws of each option's net saving lie, with "
                "the median; the figures are those of the table above."
            ),
            sha256="ranges",
        ),
    ]
    if m.study.recommended in m.drawn:
        lines.append(
            Picture(
                caption=name(
                    f"How the saving adds up: {m.cases[m.study.recommended].figures.title}"
                ),
                alt=words(
                    "Fan chart of the saving of the recommended option added up by month for "
                    "five years, less what falls due once: the median of the draws, and the "
                    "band in which eight of ten lie."
                ),
                sha256="fan",
            )
        )
    return lines


def write_years_section(m: Material) -> list[Block]:
    """Write the recommended option year by year, as it was appraised."""
    book, n = m.book, m.study.recommended
    if m.appraised is None:
        return [
            heading("Cost by year"),
            para(
                m,
                "The recommended option has not been appraised over years on the plans of this "
                "paper, so that no cost by year can be given.",
            ),
        ]
    years = m.appraised.option.years
    rows = [
        [name(name_year(y.year)), *(book.exact(f"{key}.{k}.{n}") for key in KINDS)]
        for k, y in enumerate(years, start=1)
    ]
    rows.append([words("All years"), *(book.exact(f"{key}.all.{n}") for key in KINDS)])
    study = m.appraised.study
    lines: list[Block] = [
        heading("Cost by year"),
        para(
            m,
            f"The table follows the recommended option, `{m.cases[n].figures.title}`, against "
            "the plan as a whole. What falls due once is paid in the first year. During that "
            "year the vehicles go on until each young person is signed off, so the saving on "
            "transport begins in the second year; from the third it falls, as some of those on "
            f"an offer return to a vehicle. The years are those of the appraisal "
            f"`{study.study_id}`.",
        ),
        table(
            f"Net saving of the recommended option by year ({study.price_base} unless said)",
            [
                "Year",
                "Transport and offers",
                "Net saving, today's prices",
                "Net saving, cash of the year",
                "Present value",
            ],
            rows,
            [24, 19, 19, 19, 19],
            note=book.text(
                "Cash of the year lets prices rise by {rate.prices} a year; present value "
                "discounts real amounts by {rate.discount} a year "
                f"(`{study.discount_source}, set {study.discount_on:%-d %B %Y}`)."
            ),
        ),
        para(
            m,
            f"Over these years the recommended option comes to {{real.all.{n}}} net at today's "
            f"prices, {{present.all.{n}}} in present value; a minus sign means that it costs "
            f"more than it saves. Caution takes off {{bias.{n}}} for "
            "optimism (costs {rate.cost_bias} higher, savings {rate.saving_bias} lower) and "
            f"{{risk.{n}}} for the expected cost of risks, which leaves {{cautious.{n}}}."
            + (
                f" All savings may fall by {{switch.{n}}} before nothing is gained."
                if f"switch.{n}" in book
                else ""
            ),
        ),
    ]
    if m.appraised.is_preferred and study.plan:
        lines.append(_write_plan(m, m.appraised))
    return lines


def _write_plan(m: Material, found: Appraised) -> Table:
    """Write the medium-term plan: what is saved beyond what the budget already holds."""
    keys = ("cashable", "spent", "budgeted", "further", "others")
    return table(
        "Medium-term plan: cashable savings against those already in the budget (cash)",
        [
            "Budget line and year",
            "Cashable savings",
            "Cost",
            "Already in the budget",
            "Further, or short",
            "Other savings",
        ],
        [
            [
                name(f"{row.line or 'No budget line'}, {name_year(row.year)}"),
                *(m.book.exact(f"plan.{k}.{key}") for key in keys),
            ]
            for k, row in enumerate(found.study.plan)
        ],
        [30, 14, 14, 14, 14, 14],
        note=words(
            "Further: cashable savings less cost and less what the budget already holds for "
            "this very proposal, so that nothing is saved twice. Other savings are those of "
            "other proposals of the savings register on the line; they come on top."
        ),
    )
