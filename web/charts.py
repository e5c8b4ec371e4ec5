"""Charts as SVG made here: no script, no inline style, each beside a table that says the same.

A chart is a few series over one pair of axes. Colours stand in the style sheet; each series has
a shape of its own too, so that colour is never the only mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from html import escape

from markupsafe import Markup

WIDTH, HEIGHT = 720, 380
LEFT, RIGHT, TOP, BOTTOM = 84, 16, 16, 56
MOST_MARKS = 13
"""Marks on a line: one for every fifth of sixty months, and the first."""
LABEL = 7
"""Width of a letter of an axis label. [px]"""
TORNADO_LEFT, TORNADO_ROW = 230, 44
"""Room for the names of a tornado's bars, and the height of a bar's row. [px]"""


class Form(StrEnum):
    """How a series is drawn."""

    LINE = "line"
    POINTS = "points"
    BAND = "band"
    BARS = "bars"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One series.

    Attributes
    ----------
    points
        (x, y), or (x, low, high) of a band; in the units of the axes.
    links
        Address of each point, or '' for none; empty for none at all.
    names
        What each point is called when pointed at.
    """

    name: str
    form: Form
    points: tuple[tuple[float, ...], ...]
    links: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart.

    Attributes
    ----------
    about
        What it shows, for who cannot see it.
    labels
        Names of whole-numbered x, where the axis has names and no numbers.
    is_from_nought
        Whether the y axis must show nought.
    """

    title: str
    about: str
    x_title: str
    y_title: str
    series: tuple[Series, ...]
    labels: tuple[str, ...] = ()
    is_from_nought: bool = True
    has_diagonal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TornadoBar:
    """How far one number moves what a tornado shows.

    Attributes
    ----------
    ends
        What comes of its low and its high value, in units of the axis.
    values
        These two values, as written beside the ends.
    """

    name: str
    ends: tuple[float, float]
    values: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tornado:
    """Bars below each other, the longest first: which number moves the result most.

    Attributes
    ----------
    about
        What it shows, for who cannot see it.
    """

    title: str
    about: str
    x_title: str
    bars: tuple[TornadoBar, ...]


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (
            self.end - self.start
        )


def find_ticks(low: float, high: float, wanted: int = 5) -> tuple[float, ...]:
    """Find round numbers that cover a range: steps of 1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> find_ticks(0, 9.3)
    (0.0, 2.0, 4.0, 6.0, 8.0, 10.0)
    """
    from math import ceil, floor, log10

    span = (high - low) or abs(high) or 1.0
    power = 10.0 ** floor(log10(span / wanted))
    step = next(m * power for m in (1, 2, 5, 10) if m * power * wanted >= span * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    if first == last:
        last += 1
    return tuple(n * step for n in range(first, last + 1))


def write_tick(value: float) -> str:
    """Write a number of an axis shortly.

    Examples
    --------
    >>> write_tick(1_250_000), write_tick(-4_000), write_tick(0.5)
    ('1.25m', '-4,000', '0.5')
    """
    if abs(value) >= 1_000_000:
        return f"{value / 1_000_000:.2f}".rstrip("0").rstrip(".") + "m"
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:.2f}".rstrip("0").rstrip(".")


def build_svg(chart: Chart) -> Markup:
    """Build the picture of a chart; '' where there is nothing to draw."""
    ys = [y for s in chart.series for point in s.points for y in point[1:]]
    xs = [point[0] for s in chart.series for point in s.points]
    if not ys:
        return Markup("")
    low_y, high_y = min(ys), max(ys)
    if chart.is_from_nought:
        low_y, high_y = min(0.0, low_y), max(0.0, high_y)
    low_x, high_x = min(xs), max(xs)
    if chart.has_diagonal:
        low_x = low_y = min(low_x, low_y)
        high_x = high_y = max(high_x, high_y)
    y_ticks = find_ticks(low_y, high_y)
    y_scale = _Scale(y_ticks[0], y_ticks[-1], HEIGHT - BOTTOM, TOP)
    if chart.labels:
        x_ticks = tuple(float(n) for n in range(len(chart.labels)))
        x_scale = _Scale(-0.5, len(chart.labels) - 0.5, LEFT, WIDTH - RIGHT)
    else:
        x_ticks = find_ticks(low_x, high_x, 7)
        x_scale = _Scale(x_ticks[0], x_ticks[-1], LEFT, WIDTH - RIGHT)
    # Nothing within a picture can be reached; a chart whose points lead on is a group.
    role = "group" if any(any(s.links) for s in chart.series) else "img"
    parts = [
        f'<svg class="wf-chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="{role}" '
        f'aria-label="{escape(chart.about)}">',
        *_build_axes(chart, x_scale, y_scale, x_ticks, y_ticks),
    ]
    if chart.has_diagonal:
        parts.append(
            _line("wf-chart__diagonal", x_scale, y_scale, ((low_x, low_y), (high_x, high_y)))
        )
    for n, series in enumerate(chart.series):
        parts += _build_series(series, n, x_scale, y_scale, chart)
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704  every text in it is escaped above and below


def build_tornado_svg(tornado: Tornado) -> Markup:
    """Build the picture of a tornado; '' where no number moves anything."""
    if not tornado.bars:
        return Markup("")
    reach = [end for bar in tornado.bars for end in bar.ends]
    ticks = find_ticks(min(reach), max(reach))
    height = TOP + TORNADO_ROW * len(tornado.bars) + BOTTOM
    edge = 10 * LABEL
    scale = _Scale(ticks[0], ticks[-1], TORNADO_LEFT + edge, WIDTH - RIGHT - edge)
    parts = [
        f'<svg class="wf-chart" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(tornado.about)}"><g class="wf-chart__axes">'
    ]
    foot = height - BOTTOM
    for tick in ticks:
        x = scale.at(tick)
        kind = "wf-chart__nought" if tick == 0 else "wf-chart__grid"
        parts.append(f'<path class="{kind}" d="M{x:.1f} {TOP}V{foot}"/>')
        parts.append(
            f'<text x="{x:.1f}" y="{foot + 20}" text-anchor="middle">{write_tick(tick)}</text>'
        )
    middle = (scale.start + scale.end) / 2
    parts.append(
        f'<text class="wf-chart__title" x="{middle:.0f}" y="{height - 10}" '
        f'text-anchor="middle">{escape(tornado.x_title)}</text></g>'
    )
    for n, bar in enumerate(tornado.bars):
        parts += _build_tornado_bar(bar, TOP + TORNADO_ROW * n, scale)
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704  every text in it is escaped above and below


def _build_tornado_bar(bar: TornadoBar, top: int, scale: _Scale) -> list[str]:
    """Draw a number's name, its bar, and the value at each end of it."""
    kind, _, key = bar.name.rpartition(".")
    base = top + TORNADO_ROW / 2 + 5
    parts = []
    for n, words in enumerate(w for w in (kind, key) if w):
        y = base + (-9 if kind and n == 0 else 9 if kind else 0)
        shown = _shorten(words.replace("_", " "), TORNADO_LEFT // LABEL)
        parts.append(f'<text x="4" y="{y:.1f}">{escape(shown)}</text>')
    (left, left_text), (right, right_text) = sorted(zip(bar.ends, bar.values, strict=True))
    x, until = scale.at(left), scale.at(right)
    parts.append(
        f'<rect class="wf-chart__bar wf-chart__s0" x="{x:.1f}" y="{top + 8}" '
        f'width="{max(1.0, until - x):.1f}" height="{TORNADO_ROW - 16}">'
        f"<title>{escape(bar.name)}</title></rect>"
        f'<text x="{x - 6:.1f}" y="{base:.1f}" text-anchor="end">{escape(left_text)}</text>'
        f'<text x="{until + 6:.1f}" y="{base:.1f}">{escape(right_text)}</text>'
    )
    return parts


def _shorten(text: str, most: int) -> str:
    """Shorten a text to what there is room for."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _build_axes(
    chart: Chart,
    x_scale: _Scale,
    y_scale: _Scale,
    x_ticks: tuple[float, ...],
    y_ticks: tuple[float, ...],
) -> list[str]:
    parts = ['<g class="wf-chart__axes">']
    for tick in y_ticks:
        y = y_scale.at(tick)
        kind = "wf-chart__nought" if tick == 0 else "wf-chart__grid"
        parts.append(f'<path class="{kind}" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{write_tick(tick)}</text>'
        )
    room = (WIDTH - LEFT - RIGHT) / max(1, len(x_ticks))
    most = max(2, int(room / LABEL))
    for n, tick in enumerate(x_ticks):
        x = x_scale.at(tick)
        text = chart.labels[n] if chart.labels else write_tick(tick)
        shown = _shorten(text, most)
        parts.append(
            f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">'
            f"{escape(shown)}</text>"
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(
        f'<text class="wf-chart__title" x="{middle:.0f}" y="{HEIGHT - 10}" '
        f'text-anchor="middle">{escape(chart.x_title)}</text>'
    )
    across = (TOP + HEIGHT - BOTTOM) / 2
    parts.append(
        f'<text class="wf-chart__title" transform="rotate(-90)" x="{-across:.0f}" y="16" '
        f'text-anchor="middle">{escape(chart.y_title)}</text></g>'
    )
    return parts


def _build_series(
    series: Series, n: int, x_scale: _Scale, y_scale: _Scale, chart: Chart
) -> list[str]:
    kind = f"wf-chart__s{n % 6}"
    if series.form is Form.BAND:
        upper = [(x_scale.at(x), y_scale.at(high)) for x, _, high in series.points]
        lower = [(x_scale.at(x), y_scale.at(low)) for x, low, _ in reversed(series.points)]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in (*upper, *lower))
        return [f'<path class="wf-chart__band {kind}" d="M{path}Z"/>']
    if series.form is Form.BARS:
        bars = [s for s in chart.series if s.form is Form.BARS]
        return _build_bars(series, bars.index(series), len(bars), kind, x_scale, y_scale)
    parts = []
    if series.form is Form.LINE:
        parts.append(_line(f"wf-chart__line {kind}", x_scale, y_scale, series.points))
    # The marks of a long line would hide it: a dozen of them tell it from the others.
    step = -(-len(series.points) // MOST_MARKS) if series.form is Form.LINE else 1
    for at, (x, y, *_) in enumerate(series.points):
        if at % step:
            continue
        mark = _mark(n, x_scale.at(x), y_scale.at(y), kind)
        name = series.names[at] if series.names else series.name
        mark = f"<g><title>{escape(name)}</title>{mark}</g>"
        link = series.links[at] if series.links else ""
        if link:
            mark = f'<a href="{escape(link)}" aria-label="{escape(name)}">{mark}</a>'
        parts.append(mark)
    return parts


def _build_bars(
    series: Series, at: int, n_bars: int, kind: str, x_scale: _Scale, y_scale: _Scale
) -> list[str]:
    width = 0.8 * (x_scale.at(1) - x_scale.at(0)) / n_bars
    parts = []
    for n, (x, y, *_) in enumerate(series.points):
        left = x_scale.at(x) + (at - n_bars / 2) * width
        top, base = sorted((y_scale.at(y), y_scale.at(0)))
        name = series.names[n] if series.names else series.name
        parts.append(
            f'<rect class="wf-chart__bar {kind}" x="{left:.1f}" y="{top:.1f}" '
            f'width="{width:.1f}" height="{max(0.5, base - top):.1f}">'
            f"<title>{escape(name)}</title></rect>"
        )
    return parts


def _line(
    kind: str, x_scale: _Scale, y_scale: _Scale, points: tuple[tuple[float, ...], ...]
) -> str:
    path = "L".join(f"{x_scale.at(p[0]):.1f} {y_scale.at(p[1]):.1f}" for p in points)
    return f'<path class="{kind}" d="M{path}"/>'


def _mark(n: int, x: float, y: float, kind: str) -> str:
    """Draw a point: round, square, triangle or diamond by the series."""
    shape = n % 4
    if shape == 0:
        return f'<circle class="wf-chart__mark {kind}" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
    if shape == 1:
        corner = f'x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10"'
        return f'<rect class="wf-chart__mark {kind}" {corner}/>'
    if shape == 2:
        path = f"M{x:.1f} {y - 6:.1f}L{x + 6:.1f} {y + 5:.1f}L{x - 6:.1f} {y + 5:.1f}Z"
    else:
        path = (
            f"M{x:.1f} {y - 7:.1f}L{x + 6:.1f} {y:.1f}L{x:.1f} {y + 7:.1f}L{x - 6:.1f} {y:.1f}Z"
        )
    return f'<path class="wf-chart__mark {kind}" d="{path}"/>'
