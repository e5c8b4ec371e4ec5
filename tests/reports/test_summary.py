"""What the one-screen summary says of the proof."""

from __future__ import annotations

from reports.summary import WEAK_PROOF, describe_gap


def test_a_gap_of_a_third_or_more_is_called_too_weak_to_judge_by():
    # 1,000 against 670: 33.0 %. Against 669: 33.1 %.
    assert WEAK_PROOF not in describe_gap(1_000_00, 670_00)
    assert describe_gap(1_000_00, 669_00).endswith(f"gap at most 33.1 %: {WEAK_PROOF}")
    assert describe_gap(1_000_00, None) == "not known (no bound was computed)"
