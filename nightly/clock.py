"""The night's clock: injected once, UTC inside, local time only where deadlines are made."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from nightly.config import Deadline


class Clock(Protocol):
    """What tells the time."""

    def now_utc(self) -> datetime:
        """Read the wall clock, in UTC."""

    def monotonic_s(self) -> float:
        """Read a clock that nobody sets. [s]"""

    def sleep(self, seconds: float) -> None:
        """Wait. [s]"""


class SystemClock:
    """The machine's own clocks."""

    def now_utc(self) -> datetime:
        """Read the wall clock, in UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Read a clock that nobody sets. [s]"""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait. [s]"""
        time.sleep(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """When the night of a service date works, as monotonic seconds.

    A wall clock that is set during the night moves none of them.
    """

    repaired_by_s: float
    stop_s: float
    kill_s: float
    publish_s: float


def find_deadline(on: date, deadline: Deadline) -> datetime:
    """Find the moment by which the plan of a service date must stand, in UTC.

    A local time that the clocks skip in spring is taken an hour later by the clock, one that
    they repeat in autumn the first time.
    """
    local = datetime.combine(on, deadline.publish_by, tzinfo=ZoneInfo(deadline.zone))
    return local.astimezone(UTC)


def find_start(on: date, deadline: Deadline) -> datetime:
    """Find the moment from which the night of a service date works, in UTC."""
    eve = datetime.combine(
        on - timedelta(days=1), deadline.start_from, tzinfo=ZoneInfo(deadline.zone)
    )
    return eve.astimezone(UTC)


def find_service_date(now_utc: datetime, deadline: Deadline) -> date:
    """Find the date whose night it is: tomorrow, or today until the deadline has passed."""
    today = now_utc.astimezone(ZoneInfo(deadline.zone)).date()
    if now_utc < find_deadline(today, deadline):
        return today
    return today + timedelta(days=1)


def plan_moments(now_utc: datetime, now_s: float, on: date, deadline: Deadline) -> Moments:
    """Turn the deadline of a service date into monotonic moments, once, at the start. [s]"""
    left_s = (find_deadline(on, deadline) - now_utc).total_seconds()
    by_s = now_s + left_s
    return Moments(
        repaired_by_s=now_s + 60 * deadline.repaired_min,
        stop_s=by_s - 60 * deadline.stop_min,
        kill_s=by_s - 60 * deadline.kill_min,
        publish_s=by_s - 60 * deadline.publish_min,
    )
