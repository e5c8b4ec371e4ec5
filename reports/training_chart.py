"""Charts of travel training: what each order saves, and the programme by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.training import Programme, TrainingStudy
from reports.colours import OWN_COLOUR, SUPPLIER_COLOURS
from reports.rates_chart import GREY, clean_axes, close_figure, open_figure
from reports.training_text import RULE_WORDS, describe_timetable, find_planned
from reports.words import SYNTHETIC_WORDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOOKS = {
    "marginal": (OWN_COLOUR, "-", "o"),
    "dearest": (SUPPLIER_COLOURS[0], "--", "s"),
    "readiest": (SUPPLIER_COLOURS[1], ":", "^"),
}


def build_training_chart(study: TrainingStudy, programme: Programme | None) -> bytes:
    """Build the chart: saving by number trained; a programme's people and money by month."""
    figure = open_figure(12, 9.2 if programme else 5.4)
    figure.suptitle(
        f"Travel training, {study.place.title()}: whom to train first, and what it saves",
        fontsize=11, x=0.02, ha="left",
    )  # fmt: skip
    if programme is None:
        grid = figure.add_gridspec(1, 2, left=0.07, right=0.97, top=0.86, bottom=0.2,
                                   wspace=0.24)  # fmt: skip
    else:
        grid = figure.add_gridspec(2, 2, left=0.07, right=0.97, top=0.92, bottom=0.12,
                                   wspace=0.24, hspace=0.38)  # fmt: skip
    _draw_orders(figure.add_subplot(grid[0, 0]), study, is_planned=False)
    _draw_orders(figure.add_subplot(grid[0, 1]), study, is_planned=True)
    if programme is not None:
        _draw_people(figure.add_subplot(grid[1, 0]), programme)
        _draw_money(figure.add_subplot(grid[1, 1]), programme)
    words = [
        f"Study {study.study_id}.",
        describe_timetable(
            study.timetable, study.timetable_date, is_synthetic=study.is_synthetic_timetable
        )
        + ".",
    ]
    if study.is_synthetic:
        words.append(SYNTHETIC_WORDS)
    figure.text(0.02, 0.045, " ".join(words[:2]), fontsize=8, color=GREY)
    figure.text(
        0.02,
        0.015,
        " ".join([*words[2:], "Modelling, not a decision: no transport is withdrawn by it."]),
        fontsize=8,
        color=GREY,
    )
    return close_figure(figure)


def _draw_orders(axes: Axes, study: TrainingStudy, *, is_planned: bool) -> None:
    """Draw what each order saves a year by number trained."""
    clean_axes(axes)
    for order in study.orders:
        colour, line, marker = _LOOKS[order.rule]
        if not is_planned:
            axes.plot(
                [0, *(p.n_trained for p in order.points)],
                [0, *(p.expected_pence * study.n_days / 100_000 for p in order.points)],
                color=colour, linestyle=line, label=RULE_WORDS[order.rule],
            )  # fmt: skip
            continue
        points = find_planned(study, order.rule)
        axes.plot(
            [0, *(p.n_trained for p in points)],
            [0, *((p.all_pence or 0) * study.n_days / 100_000 for p in points)],
            color=colour, linestyle=line, marker=marker,
            label=f"{RULE_WORDS[order.rule]}, all succeed",
        )  # fmt: skip
        drawn = [(p.n_trained, p.planned_pence) for p in points if p.planned_pence is not None]
        axes.scatter(
            [n for n, _ in drawn],
            [y * study.n_days / 100_000 for _, y in drawn],
            facecolors="none", edgecolors=colour, marker=marker, s=60,
        )  # fmt: skip
    title = (
        "Planned again: full marks if all succeed, hollow as expected"
        if is_planned
        else "Expected, over who may succeed (vehicle by vehicle)"
    )
    axes.set_title(title, fontsize=10, loc="left")
    axes.set_xlabel("people who begin training", fontsize=9)
    axes.set_ylabel("saved, £ thousand a year", fontsize=9)
    axes.locator_params(axis="x", integer=True)
    axes.axhline(0, color=GREY, linewidth=0.6)
    axes.legend(frameon=False, fontsize=8, loc="upper left")


def _draw_people(axes: Axes, found: Programme) -> None:
    """Draw who has begun, been signed off and still travels alone."""
    clean_axes(axes)
    months = [m.month for m in found.months]
    axes.step(months, [m.n_started for m in found.months], where="post", color=GREY,
              linestyle=":", label="begun")  # fmt: skip
    axes.step(months, [m.n_signed_off for m in found.months], where="post", color=GREY,
              linestyle="--", label="training over")  # fmt: skip
    axes.plot(months, [m.travelling_mill / 1000 for m in found.months], color=OWN_COLOUR,
              label="travelling alone, expected")  # fmt: skip
    axes.set_title("People, by month", fontsize=10, loc="left")
    _name_years(axes, found)
    axes.set_ylabel("people", fontsize=9)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=8)


def _draw_money(axes: Axes, found: Programme) -> None:
    """Draw the money so far: spent, saved with its range, and the rest."""
    clean_axes(axes)
    months = [m.month for m in found.months]
    spent = _add_up([m.training_pence + m.pass_pence for m in found.months])
    saved = _add_up([m.saved_pence for m in found.months])
    axes.fill_between(
        months,
        _add_up([m.saved_low_pence for m in found.months]),
        _add_up([m.saved_high_pence for m in found.months]),
        color=OWN_COLOUR, alpha=0.18, linewidth=0, label="saved, month by month 9 draws in 10",
    )  # fmt: skip
    axes.plot(months, saved, color=OWN_COLOUR, label="saved")
    axes.plot(months, spent, color=SUPPLIER_COLOURS[0], linestyle="--",
              label="training and passes")  # fmt: skip
    if found.payback_month is not None:
        axes.axvline(found.payback_month, color=GREY, linewidth=0.8, linestyle=":")
        axes.annotate("money back", (found.payback_month, 0), fontsize=8, color=GREY,
                      xytext=(4, 4), textcoords="offset points")  # fmt: skip
    axes.set_title("Money so far, not discounted", fontsize=10, loc="left")
    _name_years(axes, found)
    axes.set_ylabel("£ thousand", fontsize=9)
    axes.legend(frameon=False, fontsize=8, loc="lower right")


def _add_up(pence: list[int]) -> list[float]:
    total, found = 0, []
    for amount in pence:
        total += amount
        found.append(total / 100_000)
    return found


def _name_years(axes: Axes, found: Programme) -> None:
    ticks = [m.month for m in found.months if m.month % 12 == 0]
    axes.set_xticks(ticks, [f"{found.months[t].first_date:%b %Y}" for t in ticks])
