"""From the draws of a study to its result: savings, tornado, switching values, worths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt

from data.inputs import Inputs, fingerprint
from data.uncertainty import (
    Agreement,
    CheckedDraw,
    DrawnCase,
    DrawnNumber,
    DrawsStudy,
    Effect,
    Swing,
    SwitchingValue,
    Worth,
    name_draws,
)
from data.units import divide_half_up
from data.versions import find_code_version
from scenarios.definition import BASELINE, Scenario
from scenarios.draw_estimates import BY_LINE
from scenarios.draw_looks import LEAST, MOST, Point, sum_lines
from scenarios.draw_statistics import (
    build_fan,
    build_quantiles,
    find_mean_pence,
    find_sd_pence,
    find_worth,
)
from scenarios.draws import DrawnStudy, StoryYears

N_BISECTIONS = 5
"""Halvings of a number's range before its switching value is read off a straight line."""
STRENGTH = (Effect.NOTHING, Effect.LINES, Effect.PRICES, Effect.PLAN)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """A scenario and its base, to be drawn together."""

    study: DrawnStudy
    story: Scenario

    @property
    def names(self) -> list[tuple[int, str]]:
        """The numbers that move the scenario or its base, with their place among all."""
        owners = {self.story.scenario_id, self.story.base_id}
        return [
            (k, n.name)
            for k, n in enumerate(self.study.numbers)
            if any(owner in owners for owner, _ in n.by_scenario)
        ]

    def find_net(self, points: Sequence[Point]) -> list[int]:
        """Find the net saving a year at any points. [pence]"""
        return [
            (base_year + base_line) - (year + line)
            for base_year, (base_line, _), year, (line, _) in zip(
                self.study.find_years(self.story.base_id, points),
                self.study.find_lines(self.story.base_id, points),
                self.study.find_years(self.story.scenario_id, points),
                self.study.find_lines(self.story.scenario_id, points),
                strict=True,
            )
        ]

    def find_value(self, k: int, u: float) -> float:
        """Find the value of a number at a quantile, of the first scenario that has it."""
        return self.study.numbers[k].first.find_quantile(u)


def build_draws_study(
    study: DrawnStudy, *, target_pence: int | None, key: str = ""
) -> DrawsStudy:
    """Build the result of a study whose draws are all done.

    Parameters
    ----------
    target_pence
        Saving a year that is asked for; how likely it is is counted. [pence]
    key
        Fingerprint of all that the result hangs on.
    """
    inputs = study.ground.inputs
    settings = study.settings
    cases = tuple(
        _build_case(_Pair(study=study, story=story), target_pence)
        for story in study.ground.stories
    )
    return name_draws(
        DrawsStudy(
            study_id="",
            place=inputs.place,
            run_id=study.runs[BASELINE].run_id,
            created_utc=study.created_utc,
            code_version=find_code_version(),
            inputs_hash=fingerprint(inputs),
            title=inputs.title,
            price_base=find_price_base(inputs),
            is_synthetic=inputs.is_synthetic,
            seed=settings.seed,
            method=settings.method.value,
            n_draws=settings.n_draws,
            numbers=_build_numbers(study),
            cases=cases,
            settings=(
                ("key", key),
                ("steps", "" if settings.search.steps is None else str(settings.search.steps)),
                (
                    "seconds",
                    "" if settings.search.seconds is None else str(settings.search.seconds),
                ),
                ("search_seed", str(settings.search.seed)),
                ("planned", str(settings.n_planned)),
                ("violations", str(sum(y.n_violations for y in study.years.values()))),
            ),
            method_words=describe_method(study),
            attribution=study.runs[BASELINE].attribution,
        )
    )


def find_price_base(inputs: Inputs) -> str:
    """Name the financial year whose prices the inputs are in."""
    years = sorted({a.year for a in inputs.assumptions if a.year})
    named = f" (assumptions of {', '.join(years[:4])})" if years else ""
    return f"rates that hold from {inputs.year_from} to {inputs.year_to}{named}"


def _build_numbers(study: DrawnStudy) -> tuple[DrawnNumber, ...]:
    found = []
    for k, number in enumerate(study.numbers):
        effects = [study.effects.get((s, number.name)) for s in study.scenario_ids]
        first = number.first
        found.append(
            DrawnNumber(
                name=number.name,
                distribution=first.describe(),
                source=first.source,
                low=first.lowest,
                central=first.central,
                high=first.highest,
                effect=max((e for e in effects if e is not None), key=STRENGTH.index),
                scenario_ids=tuple(owner for owner, _ in number.by_scenario),
                values=tuple(first.find_quantile(point[k]) for point in study.points),
            )
        )
    return tuple(found)


def _build_case(pair: _Pair, target_pence: int | None) -> DrawnCase:
    study, story = pair.study, pair.story
    base, mine = study.years[story.base_id], study.years[story.scenario_id]
    base_lines = [sum_lines(d.lines) for d in base.drawn]
    lines = [sum_lines(d.lines) for d in mine.drawn]
    net = [
        (b + bl[0]) - (y + yl[0])
        for b, bl, y, yl in zip(
            base.year_pence, base_lines, mine.year_pence, lines, strict=True
        )
    ]
    once = [yl[1] - bl[1] for bl, yl in zip(base_lines, lines, strict=True)]
    checked = find_checked(base, mine, base_lines, lines)
    swings = _find_swings(pair)
    return DrawnCase(
        scenario_id=story.scenario_id,
        title=story.title,
        base_id=story.base_id,
        run_id=study.runs[story.scenario_id].run_id,
        base_run_id=study.runs[story.base_id].run_id,
        central_pence=_find_central(pair),
        central_one_off_pence=_find_central_once(pair),
        year_pence=mine.year_pence,
        base_year_pence=base.year_pence,
        net_pence=tuple(net),
        one_off_pence=tuple(once),
        mean_pence=find_mean_pence(net),
        sd_pence=find_sd_pence(net),
        quantiles=build_quantiles(net),
        target_pence=target_pence,
        n_at_target=0 if target_pence is None else sum(n >= target_pence for n in net),
        n_positive=sum(n > 0 for n in net),
        swings=swings,
        switching=_find_switching(pair),
        worths=_find_worths(pair, net),
        fan=build_fan(net, once),
        agreement=build_agreement(checked),
        checked=tuple(c for c, _ in checked),
        n_distinct=max(base.n_distinct, mine.n_distinct),
        n_days_planned=base.n_days_planned + mine.n_days_planned,
        n_years_planned=base.n_years_planned + mine.n_years_planned,
    )


def _find_central(pair: _Pair) -> int:
    """Find the net saving at most likely values, both planned in full. [pence a year]"""
    found = []
    for scenario_id in (pair.story.base_id, pair.story.scenario_id):
        measures = pair.study.runs[scenario_id].measures
        lines = sum_lines(pair.study.central[scenario_id].lines)[0]
        found.append((0 if measures is None else measures.year_pence) + lines)
    return found[0] - found[1]


def _find_central_once(pair: _Pair) -> int:
    """Find what falls due once at most likely values, beyond the base's. [pence]"""
    central = pair.study.central
    mine, base = central[pair.story.scenario_id], central[pair.story.base_id]
    return sum_lines(mine.lines)[1] - sum_lines(base.lines)[1]


Checked = tuple[CheckedDraw, int]
"""A checked draw, and its estimate without a correction. [pence a year]"""


def find_checked(
    base: StoryYears,
    mine: StoryYears,
    base_lines: Sequence[tuple[int, int]],
    lines: Sequence[tuple[int, int]],
) -> list[Checked]:
    """Set the savings of draws planned in full beside their estimates.

    Each estimate is made as if its draw had not been planned: from the other years, and with a
    correction fitted to the others. Of a side whose draws are all known exactly the exact year
    stands in both.
    """
    at_base = {k: (full, quick, c) for k, full, quick, c in base.planned}
    at_mine = {k: (full, quick, c) for k, full, quick, c in mine.planned}
    found = []
    for k in sorted(at_base.keys() | at_mine.keys()):
        exact_base, exact_mine = base.year_pence[k], mine.year_pence[k]
        b_full, b_quick, b_more = at_base.get(k, (exact_base, exact_base, 0))
        m_full, m_quick, m_more = at_mine.get(k, (exact_mine, exact_mine, 0))
        beside = base_lines[k][0] - lines[k][0]
        found.append(
            (
                CheckedDraw(
                    draw=k,
                    full_pence=b_full - m_full + beside,
                    estimate_pence=(b_quick + b_more) - (m_quick + m_more) + beside,
                ),
                b_quick - m_quick + beside,
            )
        )
    return found


def build_agreement(checked: Sequence[Checked]) -> Agreement | None:
    """Measure how far estimates are off full planning; None where nothing was estimated."""
    if not checked:
        return None
    off = [c.estimate_pence - c.full_pence for c, _ in checked]
    plain = [quick - c.full_pence for c, quick in checked]
    return Agreement(
        n_draws=len(checked),
        bias_pence=find_mean_pence(off),
        rms_pence=_find_rms(off),
        most_pence=max(abs(d) for d in off),
        spread_pence=find_sd_pence([c.full_pence for c, _ in checked]),
        uncorrected_bias_pence=find_mean_pence(plain),
        uncorrected_rms_pence=_find_rms(plain),
    )


def _find_rms(values: Sequence[int]) -> int:
    return isqrt(divide_half_up(sum(v * v for v in values), len(values)))


def _move(pair: _Pair, k: int, u: float) -> Point:
    """All numbers at their medians, but one."""
    return tuple(u if j == k else 0.5 for j in range(len(pair.study.numbers)))


def _find_swings(pair: _Pair) -> tuple[Swing, ...]:
    """Find the bars of the tornado, the longest first."""
    names = pair.names
    points = [_move(pair, k, u) for k, _ in names for u in (0.1, 0.9)]
    net = pair.find_net(points)
    found = [
        Swing(
            name=name,
            low_value=pair.find_value(k, 0.1),
            high_value=pair.find_value(k, 0.9),
            low_pence=net[2 * i],
            high_pence=net[2 * i + 1],
        )
        for i, (k, name) in enumerate(names)
    ]
    return tuple(sorted(found, key=lambda s: (-s.size_pence, s.name)))


def _find_switching(pair: _Pair) -> tuple[SwitchingValue, ...]:
    """Find where the saving becomes nought as one number moves between its ends."""
    names = pair.names
    ends = pair.find_net([_move(pair, k, u) for k, _ in names for u in (LEAST, MOST)])
    spans = {
        k: [(LEAST, ends[2 * i]), (MOST, ends[2 * i + 1])]
        for i, (k, _) in enumerate(names)
        if (ends[2 * i] >= 0) != (ends[2 * i + 1] >= 0)
    }
    for _ in range(N_BISECTIONS):
        middles = {k: (low[0] + high[0]) / 2 for k, (low, high) in spans.items()}
        nets = pair.find_net([_move(pair, k, u) for k, u in middles.items()])
        for (k, u), net in zip(middles.items(), nets, strict=True):
            low, high = spans[k]
            spans[k] = [(u, net), high] if (net >= 0) == (low[1] >= 0) else [low, (u, net)]
    found = []
    for k, name in names:
        value = None
        if k in spans:
            (u, a), (v, b) = spans[k]
            value = pair.find_value(k, u + (v - u) * (0 if a == b else a / (a - b)))
        found.append(SwitchingValue(name=name, value=value))
    return tuple(found)


def _find_worths(pair: _Pair, net: Sequence[int]) -> tuple[Worth, ...]:
    found = [
        find_worth(name, [point[k] for point in pair.study.points], net)
        for k, name in pair.names
    ]
    return tuple(sorted(found, key=lambda w: (-w.explained_bp, w.name)))


def describe_method(study: DrawnStudy) -> tuple[str, ...]:
    """Say in sentences how the figures were made, for the reader of a paper."""
    n_years = sum(y.n_years_planned for y in study.years.values())
    n_days = sum(y.n_days_planned for y in study.years.values())
    kinds = {y.fitted.kind for y in study.years.values() if y.planned}
    words = {
        "none": "as they were, since a correction did no better on draws left out",
        "mean": "less their mean difference",
        "line": "less a straight line in the uncertain numbers",
    }
    found = [
        f"{study.settings.n_draws:,} draws ({study.settings.method.value}, seed "
        f"{study.settings.seed}), the same ones for every scenario; a saving is the difference "
        "of a scenario and its base in the same draw.",
        f"{n_years} whole years were planned in full, each from the same first plan with the "
        "same search, and checked.",
    ]
    if any(y.planned for y in study.years.values()):
        if BY_LINE in kinds:
            mine = [
                name
                for name, y in study.years.items()
                if y.planned and y.fitted.kind == BY_LINE
            ]
            found.append(
                f"All other draws of {', '.join(mine)} were read off a straight line by how "
                "many travel through the years planned in full, priced at the draw's rates: it "
                "said more of draws left out than a day repaired for each."
            )
        if repaired := sorted(kinds - {BY_LINE}):
            found.append(
                "All other draws were estimated: the nearest year planned in full, priced "
                "again exactly at the draw's rates, times its shown day repaired for the "
                f"draw's demand and priced exactly ({n_days:,} days repaired or searched). The "
                "estimates were taken " + " or ".join(words[k] for k in repaired) + "."
            )
        found.append(
            "How far estimates are off is measured on each draw planned in full, estimated as "
            "if it had not been."
        )
    else:
        found.append("Every different draw was planned in full: nothing is estimated.")
    return tuple(found)


__all__ = ["build_agreement", "build_draws_study", "find_checked"]
