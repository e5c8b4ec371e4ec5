"""Options scored with other weights: totals, ranks, and what the ranks hang on, at once."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from data.statements import Measure, StatementTable, Value
from scenarios import OptionsTable, appraise_options, draw_first_places, read_options
from web.charts import Chart, Form, Series
from web.money import headings

MOST_WEIGHT = 20
DRAWS, SEED = 500, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider:
    """The weight of one criterion, which may be moved."""

    name: str
    title: str
    weight: int
    given: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Options with the weights as they stand."""

    sliders: tuple[Slider, ...]
    table: StatementTable
    changes: StatementTable
    chart: Chart
    warnings: tuple[str, ...]


def read_table(content: bytes) -> OptionsTable:
    """Read a table of options from its bytes.

    Raises
    ------
    InputError
        With every fault.
    """
    with tempfile.TemporaryDirectory(prefix="wayfare-options-") as folder:
        ending = ".xlsx" if content.startswith(b"PK") else ".csv"
        path = Path(folder) / f"options{ending}"
        path.write_bytes(content)
        return read_options(path)


def score_options(table: OptionsTable, moved: Mapping[str, int]) -> Scored:
    """Score options with weights moved.

    Parameters
    ----------
    moved
        Weight by slider's name; the table's own where it is not there.
    """
    criteria = tuple(
        replace(c, weight=Fraction(moved[f"w{n}"])) if f"w{n}" in moved else c
        for n, c in enumerate(table.criteria)
    )
    used = replace(table, criteria=criteria)
    found = appraise_options(used)
    firsts = draw_first_places(used, n_draws=DRAWS, seed=SEED)
    rows: list[tuple[Value, ...]] = [
        (
            name,
            found.ranks[k],
            _tenths(100 * found.totals[k] / found.maximum) if found.maximum else None,
            _tenths(100 * found.equal_weights[k] / found.equal_weights_maximum)
            if found.equal_weights_maximum
            else None,
            _tenths(100 * firsts[name]),
        )
        for k, name in enumerate(found.options)
    ]
    changes = tuple(
        (change.without, *(rank if rank is not None else None for rank in change.ranks))
        for change in found.rank_changes
    )
    return Scored(
        sliders=tuple(
            Slider(
                name=f"w{n}",
                title=c.title,
                weight=round(c.weight),
                given=str(table.criteria[n].weight),
            )
            for n, c in enumerate(criteria)
        ),
        table=StatementTable(
            name="Scores",
            headings=headings(
                "Option", ("Rank", Measure.COUNT), ("Of the most, %", Measure.TENTHS),
                ("With equal weights, %", Measure.TENTHS),
                ("First in, % of weights drawn", Measure.TENTHS),
            ),
            rows=tuple(rows),
            notes=(
                f"The last column draws {DRAWS} sets of weights at random: how often each "
                "option comes first.",
            ),
        ),
        changes=StatementTable(
            name="Ranks without one criterion",
            headings=headings(
                "Without", *((name, Measure.COUNT) for name in found.options)
            ),
            rows=changes,
        ),
        chart=Chart(
            title="Share of the highest possible score, %",
            about="Score of each option as a share of the most; the table beside it has every "
            "figure.",
            x_title="",
            y_title="% of the most",
            labels=tuple(found.options),
            series=(
                Series(
                    name="score",
                    form=Form.BARS,
                    points=tuple(
                        (k, float(100 * total / found.maximum) if found.maximum else 0.0)
                        for k, total in enumerate(found.totals)
                    ),
                ),
            ),
        ),
        warnings=found.warnings,
    )  # fmt: skip


def _tenths(share: Fraction) -> int:
    return int(10 * share + Fraction(1, 2))
