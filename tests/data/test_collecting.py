"""The collector's thresholds are those of before once the work is over, however it ends."""

from __future__ import annotations

import gc

import pytest

from data.collecting import THRESHOLDS, collecting_seldom


@collecting_seldom()
def _fail() -> None:
    assert gc.get_threshold() == THRESHOLDS
    raise ValueError("over")


def test_thresholds_come_back_after_a_failure() -> None:
    before = gc.get_threshold()
    assert before != THRESHOLDS
    for _ in range(2):
        with pytest.raises(ValueError, match="over"):
            _fail()
        assert gc.get_threshold() == before
