"""How hard runs are priced: one quick way to find routes, and proofs ever finer."""

from __future__ import annotations

from routing.bounds.pricing import Mode

QUICK = Mode(
    width_s=60, n_spans=1, n_friends=1, n_level=15, n_scan=20, is_elementary=True, n_columns=6
)
"""Finds routes fast."""
STEPS = (
    Mode(width_s=60, n_spans=1, n_friends=2, n_level=300, n_labels=3_000, n_loose=3),
    Mode(width_s=30, n_spans=2, n_friends=3, n_level=3_000, n_labels=20_000, n_loose=3),
    Mode(width_s=30, n_spans=4, n_friends=4, n_level=30_000, n_labels=100_000, n_loose=3),
    Mode(width_s=30, n_spans=4, n_friends=5, n_level=200_000, n_labels=400_000, n_loose=3),
)
"""Proofs, from those that are quick to those that see everything."""
