"""Charts of the own company's cost: by activity and layer, and margin by customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.accounts import Activity
from data.company_costs import CompanyCost, Layer
from reports.colours import OWN_COLOUR, SUPPLIER_COLOURS
from reports.company_text import ACTIVITY_WORDS, describe_books
from reports.rates_chart import GREY, clean_axes, close_figure, open_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SERIES = (
    (Layer.SHORT_RUN, "stops in the term", OWN_COLOUR),
    (Layer.LONG_RUN, "stops later", SUPPLIER_COLOURS[1]),
    (Layer.FIXED, "stays", SUPPLIER_COLOURS[3]),
)


def build_company_chart(found: CompanyCost) -> bytes:
    """Build the chart of the company's cost."""
    figure = open_figure(13, 5.4)
    figure.suptitle(
        f"{found.accounts.title}: {describe_books(found)}", fontsize=11, x=0.02, ha="left"
    )
    grid = figure.add_gridspec(1, 2, left=0.08, right=0.98, top=0.82, bottom=0.12, wspace=0.25)
    _draw_activities(figure.add_subplot(grid[0, 0]), found)
    _draw_customers(figure.add_subplot(grid[0, 1]), found)
    return close_figure(figure)


def _draw_activities(axes: Axes, found: CompanyCost) -> None:
    clean_axes(axes)
    names = [ACTIVITY_WORDS[a] for a in Activity]
    left = [0.0] * len(names)
    for layer, words, colour in _SERIES:
        values = [
            sum(p for w in found.works for a, x, p in w.amounts if a is activity and x is layer)
            / 100
            for activity in Activity
        ]
        axes.barh(names, values, left=left, color=colour, label=f"on work, {words}")
        left = [a + b for a, b in zip(left, values, strict=True)]
    unused = [sum(p for a, _, p in found.unused if a is x) / 100 for x in Activity]
    axes.barh(names, unused, left=left, color="#C9CDD1", edgecolor=GREY, hatch="//",
              label="unused")  # fmt: skip
    for i, (a, b) in enumerate(zip(left, unused, strict=True)):
        axes.annotate(f" £{a + b:,.0f}", (a + b, i), va="center", fontsize=8)
    axes.invert_yaxis()
    axes.set_xlim(right=1.22 * max([a + b for a, b in zip(left, unused, strict=True)] + [1]))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.locator_params(axis="x", nbins=5)
    axes.set_xlabel("£", fontsize=9)
    axes.set_title("Cost by activity", fontsize=10, loc="left")
    axes.legend(frameon=False, fontsize=8, loc="lower right")


def _draw_customers(axes: Axes, found: CompanyCost) -> None:
    clean_axes(axes)
    names = [c.customer_id for c in found.customers]
    axes.set_title("Income against full cost, by customer", fontsize=10, loc="left")
    width = 0.38
    for shift, words, colour, values in (
        (-width / 2, "income", OWN_COLOUR, [c.income_pence / 100 for c in found.customers]),
        (width / 2, "full cost", SUPPLIER_COLOURS[0],
         [c.full_pence / 100 for c in found.customers]),
    ):  # fmt: skip
        axes.bar([i + shift for i in range(len(names))], values, width, color=colour,
                 label=words)  # fmt: skip
    for i, c in enumerate(found.customers):
        margin = (c.income_pence - c.full_pence) / 100
        top = max(c.income_pence, c.full_pence) / 100
        sign = "+" if margin >= 0 else "\u2212"
        axes.annotate(f"{sign}£{abs(margin):,.0f}", (i, top), ha="center", va="bottom",
                      fontsize=8)  # fmt: skip
    axes.set_xticks(range(len(names)), names)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set_ylabel("£", fontsize=9)
    axes.margins(y=0.12)
    axes.legend(frameon=False, fontsize=8)
