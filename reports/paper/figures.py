"""The book of a paper's figures: each written down once, checked, numbered as it appears."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from data.errors import IdentityError, ModelError
from data.papers import (
    Block,
    Figure,
    Form,
    Operation,
    Part,
    Reference,
    Shown,
    Span,
    Spans,
    Unit,
    Words,
)
from data.units import divide_half_up, round_half_up

WITHHELD = "[c]"
"""Stands for a number withheld to protect a small group, as in official statistics."""

M_PER_MILE_TENTH = 161
ROUNDED_FROM_PENCE = 1_000_000
"""Amounts from here on are written in thousands of pounds within sentences: 10,000 pounds."""
THOUSAND_PENCE = 100_000


class Book:
    """Figures of one paper under construction.

    Parameters
    ----------
    people_base
        People are shown rounded to this.
    """

    def __init__(self, *, people_base: int) -> None:
        self.people_base = people_base
        self._figures: dict[str, Figure] = {}

    def read(
        self,
        key: str,
        label: str,
        value: int,
        unit: Unit,
        *,
        run_id: str = "",
        source: str = "",
        formula: str = "",
        group: int | None = None,
    ) -> str:
        """Write down a number that comes from a run; returns its key."""
        return self._put(
            Figure(
                figure_id="",
                key=key,
                label=label,
                value=value,
                unit=unit,
                operation=Operation.READ,
                formula=formula,
                source=source,
                run_id=run_id,
                group=value if unit is Unit.PEOPLE else group,
            )
        )

    def state(self, key: str, label: str, text: str, *, source: str) -> str:
        """Write down a number that somebody stated, e.g. an assumption, as they wrote it."""
        return self._put(
            Figure(
                figure_id="",
                key=key,
                label=label,
                value=0,
                unit=Unit.STATED,
                operation=Operation.READ,
                formula="as stated in the source",
                source=source,
                stated=text,
            )
        )

    def add(
        self,
        key: str,
        label: str,
        parts: Sequence[tuple[int | Fraction, str]],
        *,
        group: int | None = None,
    ) -> str:
        """Write down a sum of figures, each times a factor, in the unit of the first."""
        held = tuple(
            Part(key=name, times=Fraction(f).numerator, over=Fraction(f).denominator)
            for f, name in parts
        )
        value = work_out(Operation.SUM, held, self._figures)
        unit = self._figures[parts[0][1]].unit
        if unit is Unit.PEOPLE and abs(held[0].times) > 1:
            unit = Unit.PENCE  # so many people at so many pence each
        return self._put(
            Figure(
                figure_id="",
                key=key,
                label=label,
                value=value,
                unit=unit,
                operation=Operation.SUM,
                parts=held,
                group=value if unit is Unit.PEOPLE else group,
            )
        )

    def share(self, key: str, label: str, part: str, whole: str) -> str:
        """Write down the share one figure has in another."""
        pair = (Part(key=part), Part(key=whole))
        value = work_out(Operation.SHARE, pair, self._figures)
        return self._put(
            Figure(
                figure_id="",
                key=key,
                label=label,
                value=value,
                unit=Unit.SHARE_BP,
                operation=Operation.SHARE,
                parts=pair,
            )
        )

    def spread(self, key: str, label: str, parts: Sequence[str]) -> str:
        """Write down how far figures lie apart."""
        held = tuple(Part(key=name) for name in parts)
        return self._put(
            Figure(
                figure_id="",
                key=key,
                label=label,
                value=work_out(Operation.SPREAD, held, self._figures),
                unit=self._figures[parts[0]].unit,
                operation=Operation.SPREAD,
                parts=held,
            )
        )

    def __getitem__(self, key: str) -> Figure:
        return self._figures[key]

    def __contains__(self, key: str) -> bool:
        return key in self._figures

    @property
    def all(self) -> Mapping[str, Figure]:
        """Every figure by key, in order of writing."""
        return self._figures

    def exact(self, key: str) -> Spans:
        """Show a figure as in tables."""
        return (Shown(figure_id=self._figures[key].key, form=Form.EXACT, shown=""),)

    def text(self, template: str) -> Spans:
        """Turn a sentence into spans: figures in braces, references in backticks.

        Raises
        ------
        ModelError
            If it names a figure that the study does not have.
        """
        spans: list[Span] = []
        for bit in re.split(r"(`[^`]*`|\{[^{}]*\})", template):
            if bit.startswith("{"):
                name = bit[1:-1]
                if name not in self._figures:
                    raise ModelError(
                        f"the paper's text names a figure {name!r}; there is none."
                    )
                spans.append(Shown(figure_id=name, form=Form.ROUNDED, shown=""))
            elif bit.startswith("`"):
                spans.append(Reference(reference=bit[1:-1]))
            elif bit:
                spans.append(Words(text=bit))
        return tuple(spans)

    def _put(self, figure: Figure) -> str:
        known = self._figures.get(figure.key)
        if known is not None and known != figure:
            raise IdentityError(f"figure {figure.key} is written down twice, differently")
        self._figures[figure.key] = figure
        return figure.key


def work_out(operation: Operation, parts: Sequence[Part], figures: Mapping[str, Figure]) -> int:
    """Work out a figure from its parts."""
    if operation is Operation.SUM:
        return round_half_up(
            sum((Fraction(p.times, p.over) * figures[p.key].value for p in parts), Fraction(0))
        )
    values = [part.times * figures[part.key].value for part in parts]
    if operation is Operation.SPREAD:
        return max(values) - min(values)
    whole = values[1]
    if not whole:
        return 0
    sign = -1 if (values[0] < 0) != (whole < 0) else 1
    return sign * divide_half_up(abs(values[0]) * 10_000, abs(whole))


def check_figures(figures: Iterable[Figure]) -> int:
    """Work every figure with parts out again; returns how many.

    Raises
    ------
    IdentityError
        Naming every one that does not come out to the penny (M3).
    """
    by_key = {figure.key: figure for figure in figures}
    made = [f for f in by_key.values() if f.operation is not Operation.READ]
    wrong = [f.key for f in made if work_out(f.operation, f.parts, by_key) != f.value]
    if wrong:
        raise IdentityError(f"figures that do not follow from their parts: {', '.join(wrong)}")
    return len(made)


def finish(
    book: Book, blocks: Sequence[Block], withheld: frozenset[str]
) -> tuple[tuple[Figure, ...], tuple[Block, ...]]:
    """Number the figures as they appear, write them into the blocks, list what they rest on.

    Parameters
    ----------
    withheld
        Keys of figures that are not shown.
    """
    order: dict[str, None] = {}
    for block in blocks:
        for key in _list_keys(block):
            order.setdefault(key)
    waiting = list(order)
    while waiting:
        for part in book[waiting.pop(0)].parts:
            if part.key not in order:
                order[part.key] = None
                waiting.append(part.key)
    figures = {
        key: replace(book[key], figure_id=f"F-{n:03d}", is_withheld=key in withheld)
        for n, key in enumerate(order, start=1)
    }
    written = tuple(_write_block(block, figures, book.people_base) for block in blocks)
    return tuple(figures.values()), written


def show(figure: Figure, form: Form, people_base: int) -> str:
    """Write a figure as the paper shows it.

    Examples
    --------
    12 345 678 pence read £123,457 in a table and £123,000 in a sentence.
    """
    if figure.is_withheld:
        return WITHHELD
    value = figure.value
    match figure.unit:
        case Unit.PENCE:
            if form is Form.ROUNDED and abs(value) >= ROUNDED_FROM_PENCE:
                return _pounds(1_000 * divide_half_up(abs(value), THOUSAND_PENCE), value)
            return _pounds(divide_half_up(abs(value), 100), value)
        case Unit.PEOPLE:
            return f"{round_people(value, people_base):,}"
        case Unit.SHARE_BP:
            tenths = divide_half_up(abs(value), 10)
            sign = "-" if value < 0 and tenths else ""
            return f"{sign}{tenths // 10}.{tenths % 10}%"
        case Unit.SECONDS:
            return f"{divide_half_up(value, 60)} minutes"
        case Unit.METRES:
            return f"{divide_half_up(abs(value) * 1_000, 1_609_344):,} miles"
        case Unit.STATED:
            return figure.stated
        case _:
            return f"{value:,}"


def round_people(value: int, base: int) -> int:
    """Round a number of people to a multiple of the base, half up in size."""
    rounded = base * divide_half_up(abs(value), base)
    return -rounded if value < 0 else rounded


def _pounds(pounds: int, value: int) -> str:
    return f"{'-' if value < 0 and pounds else ''}£{pounds:,}"


def _list_keys(block: Any) -> list[str]:
    """List the keys of all figures within a block, in reading order."""
    if isinstance(block, Shown):
        return [block.figure_id]
    if isinstance(block, tuple):
        return [key for item in block for key in _list_keys(item)]
    if hasattr(block, "__dataclass_fields__"):
        return [key for f in fields(block) for key in _list_keys(getattr(block, f.name))]
    return []


def _write_block(block: Any, figures: Mapping[str, Figure], people_base: int) -> Any:
    """Write the figures' ids and shown texts into a block."""
    if isinstance(block, Shown):
        figure = figures[block.figure_id]
        return replace(
            block, figure_id=figure.figure_id, shown=show(figure, block.form, people_base)
        )
    if isinstance(block, tuple):
        return tuple(_write_block(item, figures, people_base) for item in block)
    if hasattr(block, "__dataclass_fields__") and not isinstance(block, (Words, Reference)):
        return replace(
            block,
            **{
                f.name: _write_block(getattr(block, f.name), figures, people_base)
                for f in fields(block)
            },
        )
    return block
