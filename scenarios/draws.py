"""Draws of a study: a thousand years of every scenario, each against its base.

Every scenario has been planned at its most likely values before (`scenarios.study`), all from
one plan. Here its uncertain numbers are drawn, the same draws for all scenarios; some draws are
planned in full, as those runs were, and all others are estimated from them
(`scenarios.quick_year`) and put right (`scenarios.correction`). What a draw comes to hangs on
nothing but the draw: not on the number of workers, nor on what was done before a restart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from data.runs import RunRecord
from data.uncertainty import Effect
from routing import build_matrix
from scenarios.case import Search
from scenarios.correction import Correction, Fitted, fit_correction
from scenarios.definition import BASELINE
from scenarios.draw_estimates import BY_LINE, QuickYears
from scenarios.draw_keys import find_keys
from scenarios.draw_looks import DrawLooks, Point, sum_lines, widen_walks
from scenarios.draw_tasks import plan_draw
from scenarios.journal import Journal
from scenarios.quick_year import (
    Drawn,
    PlannedYear,
    QuickYear,
    StudyGround,
    draw_inputs,
    look_at_draw,
)
from scenarios.sampling import (
    Method,
    choose_spread,
    draw_quantiles,
    find_central,
    find_numbers,
    find_values,
)
from scenarios.spread import spread

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawSettings:
    """How a study is drawn.

    Attributes
    ----------
    n_planned
        Draws of each scenario that are planned in full, at most.
    search
        As of the runs at most likely values.
    """

    n_draws: int
    seed: int
    method: Method
    n_planned: int
    search: Search


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryYears:
    """What the draws of one scenario come to.

    Attributes
    ----------
    drawn
        What each draw makes of it.
    year_pence
        Per draw. [pence]
    planned
        Draws planned in full: draw, year, its estimate as if it had not been. [pence]
    """

    scenario_id: str
    drawn: tuple[Drawn, ...]
    year_pence: tuple[int, ...]
    planned: tuple[tuple[int, int, int, int], ...]
    fitted: Fitted
    n_distinct: int
    n_days_planned: int
    n_years_planned: int
    n_violations: int
    n_unserved: int


class DrawnStudy:
    """The work of a study's draws, one stage after the other.

    Parameters
    ----------
    runs
        The run of every scenario, and of ``baseline``, at most likely values.
    start
        The run from whose plans all of them were searched.
    journal
        What was worked out before an interruption, and where more is put down.
    """

    def __init__(
        self,
        ground: StudyGround,
        runs: Mapping[str, RunRecord],
        start: RunRecord,
        settings: DrawSettings,
        journal: Journal,
        *,
        created_utc: datetime,
        n_workers: int = 1,
        cluster: str = "",
        tell: Tell = lambda _: None,
    ) -> None:
        self.ground, self.runs, self.start = ground, runs, start
        self.settings, self.journal, self.tell = settings, journal, tell
        self.created_utc, self.n_workers, self.cluster = created_utc, n_workers, cluster
        self.numbers = find_numbers(ground.stories)
        self.points = draw_quantiles(
            settings.n_draws, len(self.numbers), seed=settings.seed, method=settings.method
        )
        self.looks = DrawLooks(ground, self.numbers, n_workers=n_workers, cluster=cluster)
        self.drawn: dict[str, tuple[Drawn, ...]] = {}
        self.central: dict[str, Drawn] = {}
        self.effects: dict[tuple[str, str], Effect] = {}
        self.planned: dict[str, dict[int, PlannedYear]] = {}
        self.first: dict[str, PlannedYear] = {}
        self.years: dict[str, StoryYears] = {}

    @property
    def scenario_ids(self) -> tuple[str, ...]:
        """All scenarios, the inputs as they stand first."""
        return (BASELINE, *(s.scenario_id for s in self.ground.stories))

    def run(self) -> None:
        """Do every stage."""
        self.look()
        self.plan()
        self.estimate()

    # ---- what each draw makes of a scenario ----

    def look(self) -> None:
        """See what every draw makes of every scenario, and what each number does."""
        for scenario_id in self.scenario_ids:
            mine = self.looks.find_own(scenario_id)
            central = find_central(self.numbers, scenario_id)
            self.central[scenario_id] = look_at_draw(self.ground, scenario_id, central)
            if not mine:
                self.drawn[scenario_id] = (self.central[scenario_id],) * len(self.points)
                continue
            self.tell(f"{scenario_id}: looking at {len(self.points):,} draws")
            self.drawn[scenario_id] = self.looks.look(scenario_id, self.points)
            for k, number in mine:
                effect = self.looks.find_effect(scenario_id, k)
                self.effects[scenario_id, number.name] = effect
        walks = {w for held in self.drawn.values() for d in held for w in d.walks}
        walks |= self.looks.find_walks()
        matrix = build_matrix(
            self.ground.network,
            self.ground.inputs.places,
            policy=self.ground.inputs.policy,
            walks_wanted=widen_walks(walks),
            cache_folder=self.ground.matrices,
        )
        self.ground = replace(self.ground, matrix=matrix, walks=frozenset(walks))

    # ---- planning in full ----

    def plan(self) -> None:
        """Plan the chosen draws of every scenario in full, as its central run was."""
        tasks: list[tuple[str, int]] = []
        for scenario_id in self.scenario_ids:
            run = self.runs[scenario_id]
            self.first[scenario_id] = self._read_run(scenario_id, run)
            self.planned[scenario_id] = {}
            tasks += [(scenario_id, k) for k in self.choose_planned(scenario_id)]
        keys = {task: self._name_planned(*task) for task in tasks}
        left = [task for task in tasks if keys[task] not in self.journal]
        # side by side on one processor each; with a limit of steps no clock stops a draw
        search = self.settings.search
        search = replace(search, n_workers=1, seconds=None if search.steps else search.seconds)
        shared = (self.ground, self.start, search, self.created_utc)
        calls = [
            (scenario_id, find_values(self.numbers, self.points[k], scenario_id))
            for scenario_id, k in left
        ]
        done = len(tasks) - len(left)
        if tasks:
            self.tell(f"planning {len(tasks)} draws in full, {done} done before")
        found = spread(
            plan_draw, calls, shared=shared, n_workers=self.n_workers, cluster=self.cluster
        )
        for task, year in zip(left, found, strict=True):
            self.journal.add(keys[task], year)
            done += 1
            self.tell(f"planned in full: {done} of {len(tasks)}")
        for scenario_id, k in tasks:
            year = self.journal.read(keys[scenario_id, k], PlannedYear)
            values = find_values(self.numbers, self.points[k], scenario_id)
            inputs, _ = draw_inputs(self.ground, scenario_id, values)
            self.planned[scenario_id][k] = replace(
                year, inputs=inputs, parts=find_keys(inputs).parts
            )

    def choose_planned(self, scenario_id: str) -> tuple[int, ...]:
        """Choose the draws of a scenario that are planned in full.

        All different ones where they are few, else draws far from each other in the numbers
        that change plans or prices, the same ones for every scenario.
        """
        known = {self._identify(self.central[scenario_id])}
        first: dict[tuple[str, str], int] = {}
        for k, drawn in enumerate(self.drawn[scenario_id]):
            if self._identify(drawn) not in known:
                first.setdefault(self._identify(drawn), k)
        if len(first) <= self.settings.n_planned:
            return tuple(sorted(first.values()))
        moving = self.find_moving()
        points = [tuple(p[j] for j in moving) for p in self.points]
        return tuple(sorted(choose_spread(points, self.settings.n_planned)))

    def find_moving(self) -> tuple[int, ...]:
        """Find the numbers that change plans or prices of any scenario."""
        return tuple(
            k
            for k, n in enumerate(self.numbers)
            if any(
                self.effects.get((s, n.name)) in (Effect.PRICES, Effect.PLAN)
                for s in self.scenario_ids
            )
        )

    @staticmethod
    def _identify(drawn: Drawn) -> tuple[str, str]:
        return drawn.demand_key, drawn.price_key

    def _name_planned(self, scenario_id: str, k: int) -> str:
        return f"planned {scenario_id} {k}"

    def _read_run(self, scenario_id: str, run: RunRecord) -> PlannedYear:
        """Read the year planned at most likely values from its run."""
        if run.timetable is None or run.measures is None:
            raise ValueError(f"run {run.run_id} planned one date, not a year")
        central = self.central[scenario_id]
        values = find_central(self.numbers, scenario_id)
        inputs, _ = draw_inputs(self.ground, scenario_id, values)
        return PlannedYear(
            demand_key=central.demand_key,
            price_key=central.price_key,
            timetable=run.timetable,
            year_pence=run.measures.year_pence,
            n_violations=len({v for r in run.checks for v in r.violations}),
            n_unserved=run.measures.n_unserved,
            inputs=inputs,
            parts=find_keys(inputs).parts,
        )

    # ---- estimates ----

    def estimate(self) -> None:
        """Estimate the years of all draws, and put them right by those planned in full."""
        self.quick = QuickYears(
            self.ground,
            self.numbers,
            self.looks,
            self.journal,
            first=self.first,
            planned=self.planned,
            n_workers=self.n_workers,
            cluster=self.cluster,
            tell=self.tell,
        )
        for scenario_id in self.scenario_ids:
            self.years[scenario_id] = self._estimate_story(scenario_id)

    def _estimate_story(self, scenario_id: str) -> StoryYears:
        drawn = self.drawn[scenario_id]
        planned = self.planned[scenario_id]
        by_identity = {self._identify(drawn[k]): y.year_pence for k, y in planned.items()}
        central = self._identify(self.central[scenario_id])
        by_identity[central] = self.first[scenario_id].year_pence
        names = {self._identify(d): k for k, d in reversed(list(enumerate(drawn)))}
        is_whole = all(identity in by_identity for identity in names)
        fitted = Fitted(kind="none", correction=Correction(), left_out_pence=())
        checked: list[tuple[int, int, int, int]] = []
        if not is_whole:
            full, quick, fitted = self._judge_estimates(scenario_id)
            for k, pence in zip(planned, full, strict=True):
                by_identity[self._identify(drawn[k])] = pence
            checked = [
                (k, f, q.year_pence, c)
                for k, f, q, c in zip(planned, full, quick, fitted.left_out_pence, strict=True)
            ]
            others = [k for i, k in names.items() if i not in by_identity]
            asked: list[tuple[Point, int | None]] = [(self.points[k], None) for k in others]
            is_by_line = fitted.kind == BY_LINE
            found = self.quick.find(scenario_id, asked, is_by_line=is_by_line)
            for k, q in zip(others, found, strict=True):
                identity = self._identify(drawn[k])
                by_identity[identity] = q.year_pence + fitted.correction.find_pence(
                    self._find_moving_point(self.points[k])
                )
        mine = {k: q for k, q in self.quick.all_found.items() if k[0] == scenario_id}
        years = [self.first[scenario_id], *planned.values()]
        return StoryYears(
            scenario_id=scenario_id,
            drawn=drawn,
            year_pence=tuple(by_identity[self._identify(d)] for d in drawn),
            planned=tuple(checked),
            fitted=fitted,
            n_distinct=len(names),
            n_days_planned=len({(k[1], k[3]) for k, q in mine.items() if q.is_repaired}),
            n_years_planned=len(years),
            n_violations=sum(y.n_violations for y in years),
            n_unserved=max((q.n_unserved for q in mine.values()), default=0),
        )

    def _judge_estimates(self, scenario_id: str) -> tuple[list[int], list[QuickYear], Fitted]:
        """Estimate each draw planned in full without it, and keep what says most of them.

        Returns
        -------
        full_pence, quick, fitted
            Of each: its year in full [pence], its estimate in the better way, and the way.
        """
        planned = self.planned[scenario_id]
        asked: list[tuple[Point, int | None]] = [(self.points[k], k) for k in planned]
        repaired = self.quick.find(scenario_id, asked, is_by_line=False)
        on_line = self.quick.find(scenario_id, asked, is_by_line=True)
        # A plan of the same demand that costs less at a draw's rates is a plan of the draw.
        full = [
            min(year.year_pence, q.year_pence) if q.is_known else year.year_pence
            for year, q in zip(planned.values(), repaired, strict=True)
        ]
        points = [self._find_moving_point(self.points[k]) for k in planned]
        off = [f - q.year_pence for f, q in zip(full, repaired, strict=True)]
        fitted = fit_correction(points, off)
        left = [d - c for d, c in zip(off, fitted.left_out_pence, strict=True)]
        off_line = [f - q.year_pence for f, q in zip(full, on_line, strict=True)]
        if sum(d * d for d in off_line) < sum(d * d for d in left):
            nothing = Correction()
            by_line = Fitted(
                kind=BY_LINE, correction=nothing, left_out_pence=(0,) * len(planned)
            )
            return full, on_line, by_line
        return full, repaired, fitted

    def _find_moving_point(self, point: Point) -> Point:
        return tuple(point[j] for j in self.find_moving())

    def find_years(self, scenario_id: str, points: Sequence[Point]) -> list[int]:
        """Find the corrected years of a scenario at any points. [pence]"""
        drawn = self.looks.look(scenario_id, points)
        years = self.years[scenario_id]
        planned = {
            self._identify(self.drawn[scenario_id][k]): years.year_pence[k]
            for k in self.planned[scenario_id]
        }
        planned[self._identify(self.central[scenario_id])] = self.first[scenario_id].year_pence
        asked: list[tuple[Point, int | None]] = [
            (p, None)
            for p, d in zip(points, drawn, strict=True)
            if self._identify(d) not in planned
        ]
        fitted = self.years[scenario_id].fitted
        is_by_line = fitted.kind == BY_LINE
        quick = iter(self.quick.find(scenario_id, asked, is_by_line=is_by_line))
        correction = fitted.correction
        found = []
        for point, d in zip(points, drawn, strict=True):
            full = planned.get(self._identify(d))
            if full is None:
                added = correction.find_pence(self._find_moving_point(point))
                full = next(quick).year_pence + added
            found.append(full)
        return found

    def find_lines(self, scenario_id: str, points: Sequence[Point]) -> list[tuple[int, int]]:
        """Find programmes' cost a year, and once, at any points. [pence]"""
        return [sum_lines(d.lines) for d in self.looks.look(scenario_id, points)]
