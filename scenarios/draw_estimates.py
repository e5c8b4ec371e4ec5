"""Quick estimates of drawn years, each worked out once and kept in the journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from scenarios.demand_line import DemandLine
from scenarios.draw_looks import DrawLooks, Point
from scenarios.draw_tasks import estimate_draws
from scenarios.journal import Journal
from scenarios.quick_year import PlannedYear, QuickYear, StudyGround, draw_line
from scenarios.sampling import StudyNumber, find_values
from scenarios.spread import spread

QuickKey = tuple[str, str, str, str, str]
"""Scenario, demand, price, the planned draw left out or '', and how it is estimated."""
BY_LINE = "between"
"""The way of estimating that reads years off a line through those planned in full."""
MOST_TOGETHER = 50
"""Draws of one demand that one task prices."""
TELL_EVERY = 100
"""Draws after whose estimates a word is said."""


class QuickYears:
    """The quick estimates of a study.

    Parameters
    ----------
    ground
        With the matrix of all draws.
    first, planned
        Years planned in full by scenario: at most likely values, and those of draws.
    """

    def __init__(
        self,
        ground: StudyGround,
        numbers: Sequence[StudyNumber],
        looks: DrawLooks,
        journal: Journal,
        *,
        first: Mapping[str, PlannedYear],
        planned: Mapping[str, Mapping[int, PlannedYear]],
        n_workers: int,
        cluster: str,
        tell: Callable[[str], None],
    ) -> None:
        self._ground, self._numbers, self._looks = ground, numbers, looks
        self._journal, self._tell = journal, tell
        self._first, self._planned = first, planned
        self._n_workers, self._cluster = n_workers, cluster
        self._found: dict[QuickKey, QuickYear] = {}
        self._lines: dict[tuple[str, int | None], DemandLine] = {}

    @property
    def all_found(self) -> Mapping[QuickKey, QuickYear]:
        """Every estimate made so far."""
        return self._found

    def find(
        self,
        scenario_id: str,
        asked: Sequence[tuple[Point, int | None]],
        *,
        is_by_line: bool,
    ) -> list[QuickYear]:
        """Estimate years at points, each without the planned draw it names.

        Draws of one demand are estimated together, draws of one demand and price once.
        """
        held: dict[int | None, PlannedYear] = {None: self._first[scenario_id]}
        for k, year in self._planned[scenario_id].items():
            held[k] = year
        drawn = self._looks.look(scenario_id, [point for point, _ in asked])
        how = BY_LINE if is_by_line else "repaired"
        keys = [
            (scenario_id, d.demand_key, d.price_key, "" if out is None else str(out), how)
            for d, (_, out) in zip(drawn, asked, strict=True)
        ]
        left: dict[tuple[str, str], dict[QuickKey, Point]] = {}
        for key, (point, _) in zip(keys, asked, strict=True):
            if key in self._found:
                continue
            if _name_quick(key) in self._journal:
                self._found[key] = self._journal.read(_name_quick(key), QuickYear)
            else:
                left.setdefault((key[1], key[3]), {}).setdefault(key, point)
        batches = [
            tuple(found.items())[at : at + MOST_TOGETHER]
            for found in left.values()
            for at in range(0, len(found), MOST_TOGETHER)
        ]
        tasks = []
        for batch in batches:
            without = int(batch[0][0][3]) if batch[0][0][3] else None
            values = tuple(find_values(self._numbers, p, scenario_id) for _, p in batch)
            line = self._find_line(scenario_id, without) if is_by_line else None
            tasks.append((scenario_id, values, without, line))
        found = spread(
            estimate_draws, tasks, shared=(self._ground, held),
            n_workers=self._n_workers, cluster=self._cluster,
        )  # fmt: skip
        n_left = sum(len(batch) for batch in batches)
        n_done = 0
        for batch, quick in zip(batches, found, strict=True):
            for (key, _), one in zip(batch, quick, strict=True):
                self._journal.add(_name_quick(key), one)
                self._found[key] = one
            if (n_done + len(batch)) // TELL_EVERY > n_done // TELL_EVERY:
                self._tell(f"{scenario_id}: {n_done + len(batch):,} of {n_left:,} estimated")
            n_done += len(batch)
        return [self._found[key] for key in keys]

    def _find_line(self, scenario_id: str, without: int | None) -> DemandLine:
        """Fit the line through a scenario's planned years, and its base's, without one draw."""
        key = (scenario_id, without)
        if key not in self._lines:
            story = next(
                (s for s in self._ground.stories if s.scenario_id == scenario_id), None
            )
            owners = (scenario_id,) if story is None else (scenario_id, story.base_id)
            years = [self._first[owner] for owner in owners]
            years += [
                year
                for owner in owners
                for k, year in self._planned[owner].items()
                if k != without
            ]
            self._lines[key] = draw_line(years, self._first[scenario_id])
        return self._lines[key]


def _name_quick(key: QuickKey) -> str:
    return " ".join(("quick", *key))
