"""A day off in every fortnight: who may not work one more day type (HRS-4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from data.plans import Plan

FORTNIGHT = timedelta(days=14)
MOST_DAYS = 12
"""Days of any fortnight on which a duty or a member of the crew may work."""


def is_rest_short(dates: Iterable[date]) -> bool:
    """Whether working on all these dates leaves some fortnight with too few days off.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> days = [date(2026, 9, 7) + timedelta(days=k) for k in range(13)]
    >>> is_rest_short(days), is_rest_short(days[:-1])
    (True, False)
    """
    ordered = sorted(set(dates))
    return any(
        later - first < FORTNIGHT
        for first, later in zip(ordered, ordered[MOST_DAYS:], strict=False)
    )


class RestBook:
    """On which dates each duty and each member of the crew works, as plans are added."""

    def __init__(self) -> None:
        self._worked: dict[str, set[date]] = {}

    def add(self, plan: Plan, dates: Collection[date]) -> None:
        """Enter a plan's duties and crews on its dates."""
        for duty in plan.duties:
            for worker_id in (duty.duty_id, *duty.crew_ids):
                self._worked.setdefault(worker_id, set()).update(dates)

    def find_tired(self, dates: Collection[date]) -> frozenset[str]:
        """Find the duties and members of crews who may not work on these dates too."""
        return frozenset(
            worker_id
            for worker_id, worked in self._worked.items()
            if is_rest_short(worked | set(dates))
        )


def group_dates(date_types: Mapping[date, str]) -> dict[str, list[date]]:
    """Group dates by their day type."""
    found: dict[str, list[date]] = {}
    for on, day_type_id in sorted(date_types.items()):
        found.setdefault(day_type_id, []).append(on)
    return found
