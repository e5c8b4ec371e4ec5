"""Bell times: what may move, how moves are sieved, and that a step is a real saving."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from costing import build_cost_model
from data.demand import find_day_type
from data.errors import InfeasibleError, InputError
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.plans import Plan
from data.samples import build_sample
from routing import build_sample_network, optimise
from scenarios import build_case_matrix
from scenarios.bell_ranges import read_ranges
from scenarios.bells import BellMove, BellRange, move_bells, rank_moves, search_bells


@pytest.fixture(scope="module")
def grid() -> tuple[Inputs, TravelMatrix, Plan]:
    inputs = build_sample("grid")
    matrix = build_case_matrix(inputs, build_sample_network("grid"))
    day_type = find_day_type(inputs, inputs.service_date)
    assert day_type is not None
    plan = optimise(
        inputs,
        matrix,
        build_cost_model(inputs, inputs.service_date),
        day_type=day_type,
        service_date=inputs.service_date,
        steps=60,
    )
    return inputs, matrix, plan


def test_all_four_times_of_a_site_move_together(
    grid: tuple[Inputs, TravelMatrix, Plan],
) -> None:
    inputs, _, _ = grid
    site = inputs.sites[0]
    moved = move_bells(inputs, [BellMove(site_id=site.site_id, shift_s=-600)])
    for name in ("arrive_from_s", "arrive_by_s", "leave_from_s", "leave_by_s"):
        assert getattr(moved.sites[0], name) == getattr(site, name) - 600
    assert moved.sites[1:] == inputs.sites[1:]
    with pytest.raises(InfeasibleError):
        move_bells(inputs, [BellMove(site_id=site.site_id, shift_s=-12 * 3600)])


def test_shifts_are_whole_steps_within_the_range() -> None:
    allowed = BellRange(site_id="s", earlier_s=1_000, later_s=1_800, step_s=600)
    assert allowed.list_shifts() == (-600, 600, 1_200, 1_800)


def test_moves_are_ranked_once_a_site_and_only_those_allowed(
    grid: tuple[Inputs, TravelMatrix, Plan],
) -> None:
    inputs, matrix, plan = grid
    ranges = [
        BellRange(site_id=s.site_id, earlier_s=1_800, later_s=1_800, step_s=900)
        for s in inputs.sites[:2]
    ]
    moves = rank_moves(plan, inputs, matrix, ranges)
    assert len(moves) == len({m.site_id for m in moves}) <= 2
    assert {m.site_id for m in moves} <= {s.site_id for s in inputs.sites[:2]}
    assert all(abs(m.shift_s) in (900, 1_800) for m in moves)


def test_each_step_is_checked_and_cheaper_than_the_one_before(
    grid: tuple[Inputs, TravelMatrix, Plan],
) -> None:
    inputs, matrix, plan = grid
    ranges = [
        BellRange(site_id=s.site_id, earlier_s=1_800, later_s=1_800, step_s=900)
        for s in inputs.sites
    ]
    found = search_bells(
        inputs, matrix, ranges, most_moves=2, n_candidates=2, steps=60, start=plan
    )
    assert not found[0].moves
    costs = [one.cost_pence for one in found]
    assert costs == sorted(costs, reverse=True)
    for n, one in enumerate(found):
        assert len(one.moves) == n
        assert one.n_violations == 0
        assert one.cost_pence <= one.fixed_pence
        assert one.moves[: max(0, n - 1)] == found[max(0, n - 1)].moves[: max(0, n - 1)]
    again = search_bells(
        inputs, matrix, ranges, most_moves=2, n_candidates=2, steps=60, start=plan
    )
    assert [(s.moves, s.cost_pence) for s in again] == [(s.moves, s.cost_pence) for s in found]


def test_a_table_of_ranges_is_read_or_refused_whole(
    tmp_path: Path, grid: tuple[Inputs, TravelMatrix, Plan]
) -> None:
    sites = {s.site_id: s for s in grid[0].sites}
    one = grid[0].sites[0].site_id
    path = tmp_path / "ranges.csv"
    path.write_text(f"site_id,earlier_minutes,later_minutes\n{one},20,\n")
    assert read_ranges(path, sites, step_s=600) == (
        BellRange(site_id=one, earlier_s=1_200, later_s=0, step_s=600),
    )
    path.write_text(f"site_id,earlier_minutes\nnowhere,20\n{one},-5\n{one},3\n{one},4\n")
    with pytest.raises(InputError) as caught:
        read_ranges(path, sites, step_s=600)
    assert {p.code for p in caught.value.problems} == {"Q003", "Q004"}


def test_a_day_without_service_has_no_bells(grid: tuple[Inputs, TravelMatrix, Plan]) -> None:
    inputs, matrix, _ = grid
    closed = replace(
        inputs, calendars=tuple(replace(c, open_dates=frozenset()) for c in inputs.calendars)
    )
    with pytest.raises(InfeasibleError):
        search_bells(closed, matrix, [], steps=10)
