"""Yes-or-no programs: the same answer as trying everything, and bounds that are true."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costing.programs import Choice, Row, relax_choice, solve_choice
from data.errors import InfeasibleError


def try_all(choice: Choice, must_take: tuple[int, ...] = ()) -> int | None:
    """Find the least cost by trying every answer."""
    best: int | None = None
    for values in product((0, 1), repeat=len(choice.costs)):
        if must_take and not any(values[c] for c in must_take):
            continue
        totals = [sum(k * values[c] for c, k in row.terms) for row in choice.rows]
        if all(
            (row.low is None or total >= row.low) and (row.high is None or total <= row.high)
            for row, total in zip(choice.rows, totals, strict=True)
        ):
            cost = sum(c * v for c, v in zip(choice.costs, values, strict=True))
            best = cost if best is None else min(best, cost)
    return best


@st.composite
def choices(draw: st.DrawFn) -> Choice:
    n = draw(st.integers(1, 7))
    rows = []
    for _ in range(draw(st.integers(0, 4))):
        columns = draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=n, unique=True))
        terms = tuple((c, draw(st.integers(-2, 3).filter(bool))) for c in columns)
        low = draw(st.one_of(st.none(), st.integers(-2, 3)))
        high = draw(st.one_of(st.none(), st.integers(-1, 4)))
        if low is not None and high is not None and low > high:
            low, high = high, low
        rows.append(Row(low=low, high=high, terms=terms))
    costs = tuple(draw(st.lists(st.integers(-900, 9_000), min_size=n, max_size=n)))
    return Choice(costs=costs, rows=tuple(rows))


@settings(max_examples=120, deadline=None)
@given(choice=choices(), data=st.data())
def test_the_answer_is_that_of_trying_everything(choice: Choice, data: st.DataObject) -> None:
    best = try_all(choice)
    if best is None:
        with pytest.raises(InfeasibleError):
            solve_choice(choice)
        return
    proof = relax_choice(choice)
    answer = solve_choice(choice, relaxation=proof)
    assert (answer.cost, answer.bound, answer.is_proven) == (best, best, True)
    assert proof.bound <= best
    # Whatever column is forced, the relaxation never promises more than is so.
    column = data.draw(st.integers(0, len(choice.costs) - 1))
    forced = try_all(choice, (column,))
    if forced is None:
        with pytest.raises(InfeasibleError):
            solve_choice(choice, relaxation=proof, must_take=(column,))
        return
    assert proof.bound + max(0, proof.reduced[column]) <= forced
    found = solve_choice(choice, relaxation=proof, must_take=(column,), hint=None)
    assert (found.cost, found.bound) == (forced, forced)


def test_a_bound_is_rounded_up_to_a_whole_number() -> None:
    # Two of three pairs must be covered, each column covers two pairs: the relaxation takes
    # half of each of three columns at 5, that is 7.5; whole answers cost 10.
    choice = Choice(
        costs=(5, 5, 5),
        rows=tuple(
            Row(low=1, high=None, terms=((a, 1), (b, 1))) for a, b in ((0, 1), (1, 2), (0, 2))
        ),
    )
    assert relax_choice(choice).bound == 8
    assert solve_choice(choice).cost == 10
