"""How a search of one day is divided into rounds."""

from __future__ import annotations

import pytest

from routing.progress import Budget
from routing.rounds import ROUNDS, STARTED, _find_rounds


@pytest.mark.parametrize("rounds", [ROUNDS, STARTED])
def test_a_whole_plan_is_made_as_often_as_asked(rounds: tuple[object, ...]) -> None:
    # 600 s, 2 s for duties: rounds of 25 s and 2 s come to 23 of 600 / 23 = 26.1 s.
    found = _find_rounds(rounds, Budget(seconds=600, steps=None), 2.0, 25.0)  # type: ignore[arg-type]
    assert len(found) == 23
    assert sum(r.share for r in found) == pytest.approx(1.0)
    assert max(r.share for r in found) * (600 - 2 * 23) <= 25
    # As warm as before at the start, and never warmer later.
    warm = [r.warm for r in found]
    assert warm[0] == rounds[0].warm  # type: ignore[attr-defined]
    assert warm == sorted(warm, reverse=True)


def test_rounds_short_enough_stay_as_they_are() -> None:
    short = Budget(seconds=60, steps=None)
    assert _find_rounds(STARTED, short, 2.0, 25.0) == STARTED
    assert _find_rounds(STARTED, short, 2.0) == STARTED
    # Steps make a search repeatable: no clock may add rounds to it.
    stepped = Budget(seconds=600, steps=900)
    assert _find_rounds(STARTED, stepped, 2.0, 25.0) == STARTED
