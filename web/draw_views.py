"""Draws as their page shows them: savings with their range, fans, tornados and tables."""

from __future__ import annotations

from dataclasses import dataclass

from data.statements import StatementTable
from data.uncertainty import DrawnCase, DrawsStudy
from scenarios import build_draws_statement
from web.charts import Chart, Tornado, TornadoBar
from web.scenario_views import build_fan

MOST_BARS = 8
ROW_BY_ROW = "Draws"
"""The table of every single draw: for a workbook, too long for a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDrawn:
    """The pictures of one scenario; the tables of the page say the same."""

    title: str
    fan: Chart
    tornado: Tornado


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawsPage:
    """Draws set out for a page."""

    study: DrawsStudy
    warnings: tuple[str, ...]
    savings: StatementTable
    cases: tuple[CaseDrawn, ...]
    tables: tuple[StatementTable, ...]


def build_draws_page(study: DrawsStudy) -> DrawsPage:
    """Build the page of draws."""
    statement = build_draws_statement(study)
    savings, *others = statement.tables
    return DrawsPage(
        study=study,
        warnings=statement.warnings,
        savings=savings,
        cases=tuple(
            CaseDrawn(
                title=case.title,
                fan=build_fan(case, study)[0],
                tornado=build_tornado(case),
            )
            for case in study.cases
        ),
        tables=tuple(t for t in others if t.rows and t.name != ROW_BY_ROW),
    )


def build_tornado(case: DrawnCase) -> Tornado:
    """Build the tornado of a scenario: the numbers that move its saving, strongest first."""
    return Tornado(
        title=f"{case.title}: which number moves the saving",
        about="Net saving a year with each number at its 10 % and 90 % quantile and the others "
        "at their medians; the table Tornado has the same figures.",
        x_title="£ a year",
        bars=tuple(
            TornadoBar(
                name=swing.name,
                ends=(swing.low_pence / 100, swing.high_pence / 100),
                values=(_write_value(swing.low_value), _write_value(swing.high_value)),
            )
            for swing in case.swings[:MOST_BARS]
            if swing.size_pence
        ),
    )


def _write_value(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"
