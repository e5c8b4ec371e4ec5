"""What is masked until somebody opens it with a reason, and how: the one place that says so.

Needs and birth dates of passengers, and the whereabouts of protected homes. A masked cell is
never searched, sorted or sent; its history is masked as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

HIDDEN = "hidden"
"""What stands in a masked cell."""

_NEEDS = frozenset(
    {
        "birth_date",
        "need",
        "wheelchair",
        "needs_lift",
        "assistant",
        "needs_trained_assistant",
        "equipment",
    }
)
_WHEREABOUTS = frozenset({"postcode", "easting_m", "northing_m"})

MASKED: Mapping[str, frozenset[str]] = {"passengers": _NEEDS, "homes": _WHEREABOUTS}
"""Headings that may be masked, by sheet."""


def find_masked(sheet: str, row: Mapping[str, str]) -> frozenset[str]:
    """Find which cells of a row are masked: a home's only if it is protected."""
    if sheet == "homes" and row.get("protected") == "no":
        return frozenset()
    return MASKED.get(sheet, frozenset())


def mask_row(sheet: str, row: Mapping[str, str]) -> dict[str, str]:
    """Mask the cells of a row that nobody has opened; a blank one is masked too."""
    masked = find_masked(sheet, row)
    return {name: HIDDEN if name in masked else text for name, text in row.items()}


def is_masked_anywhere(sheet: str, rows: Sequence[Mapping[str, str]]) -> bool:
    """Say whether any row of a record has a masked cell."""
    return any(find_masked(sheet, row) for row in rows)
