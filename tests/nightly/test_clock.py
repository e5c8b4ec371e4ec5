"""Deadlines are local time at the edges and UTC inside, on every odd day of the year (N12)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from nightly.clock import find_deadline, find_service_date, find_start, plan_moments
from nightly.config import Deadline

SIX = Deadline()


@pytest.mark.parametrize(
    ("on", "utc"),
    [
        (date(2026, 1, 15), "2026-01-15T06:00"),  # winter: local time is UTC
        (date(2026, 7, 15), "2026-07-15T05:00"),  # summer: an hour ahead
        # The clocks go forward at 01:00 UTC on 29 March 2026 and back on 25 October.
        (date(2026, 3, 28), "2026-03-28T06:00"),
        (date(2026, 3, 29), "2026-03-29T05:00"),
        (date(2026, 10, 24), "2026-10-24T05:00"),
        (date(2026, 10, 25), "2026-10-25T06:00"),
        (date(2027, 3, 28), "2027-03-28T05:00"),
        (date(2027, 10, 31), "2027-10-31T06:00"),
        (date(2028, 3, 26), "2028-03-26T05:00"),
        (date(2028, 2, 29), "2028-02-29T06:00"),  # leap day
        (date(2027, 1, 1), "2027-01-01T06:00"),  # year end
    ],
)
def test_six_in_the_morning_is_local(on: date, utc: str) -> None:
    assert find_deadline(on, SIX) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_time_that_the_clocks_skip_or_repeat_is_still_one_moment() -> None:
    at = Deadline(publish_by=time(1, 30))
    # 29 March 2026, 01:30 does not exist: it is read as 00:30 UTC plus the hour, 01:30 UTC.
    assert find_deadline(date(2026, 3, 29), at) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    # 25 October 2026, 01:30 comes twice: the first of the two, 00:30 UTC.
    assert find_deadline(date(2026, 10, 25), at) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_night_is_todays_until_its_deadline_then_tomorrows() -> None:
    before = datetime(2026, 9, 16, 4, 59, tzinfo=UTC)
    assert find_service_date(before, SIX) == date(2026, 9, 16)
    assert find_service_date(before + timedelta(minutes=1), SIX) == date(2026, 9, 17)
    assert find_start(date(2026, 9, 17), SIX) == datetime(2026, 9, 16, 17, 0, tzinfo=UTC)


def test_asked_every_quarter_of_an_hour_every_date_of_three_years_has_its_night() -> None:
    # Whatever the clocks do, no date is skipped and none comes twice.
    moment, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
    seen: list[date] = []
    while moment < end:
        on = find_service_date(moment, SIX)
        if not seen or seen[-1] != on:
            seen.append(on)
        moment += timedelta(minutes=15)
    assert seen == [date(2026, 1, 1) + timedelta(days=n) for n in range(len(seen))]
    assert seen[-1] == date(2029, 1, 1)


def test_the_moments_of_a_night_keep_their_order_and_do_not_follow_the_wall_clock() -> None:
    moments = plan_moments(
        datetime(2026, 9, 15, 18, 0, tzinfo=UTC), 1_000.0, date(2026, 9, 16), SIX
    )
    # 11 hours to 05:00 UTC: 39,600 s.
    assert moments.repaired_by_s == 1_300.0
    assert moments.stop_s == 1_000.0 + 39_600 - 1_800
    assert moments.kill_s == 1_000.0 + 39_600 - 1_200
    assert moments.publish_s == 1_000.0 + 39_600 - 900
