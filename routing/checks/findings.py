"""Collecting violations: where in the plan, which rule, by how much, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from data.checks import Violation
from data.places import Session
from routing.checks.codes import CHECK_CODES


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A position in the plan that a violation is named by."""

    duty_id: str | None = None
    route_id: str | None = None
    session: Session | None = None
    stop_number: int | None = None

    def at_stop(self, position: int) -> Where:
        """The stop at a position counted from 0."""
        return replace(self, stop_number=position + 1)

    def __str__(self) -> str:
        parts = (
            ("duty", self.duty_id),
            ("route", self.route_id),
            ("stop", self.stop_number),
        )
        named = ", ".join(f"{word} {value}" for word, value in parts if value is not None)
        if self.route_id is None and self.session is not None:
            named = f"{named}, session {self.session}" if named else f"session {self.session}"
        return named or "the plan"


@dataclass(slots=True, kw_only=True)
class Findings:
    """The violations found so far, and how many drives were compared with the matrix."""

    plan_id: str
    violations: list[Violation] = field(default_factory=list)
    n_legs: int = 0

    def add(
        self,
        code: str,
        where: Where,
        what: str,
        *,
        passengers: Iterable[str] = (),
        found: int | None = None,
        limit: int | None = None,
        unit: str = "",
    ) -> None:
        """Add one violation; `what` follows the place in the sentence.

        ``over`` is the distance of ``found`` from ``limit``.
        """
        over = abs(found - limit) if found is not None and limit is not None else 0
        place = str(where)
        self.violations.append(
            Violation(
                code=code,
                rule=CHECK_CODES[code].rule,
                plan_id=self.plan_id,
                duty_id=where.duty_id,
                route_id=where.route_id,
                session=where.session,
                stop_number=where.stop_number,
                passenger_ids=tuple(passengers),
                over=over,
                unit=unit,
                found=found,
                limit=limit,
                sentence=f"{place[0].upper()}{place[1:]}: {what}",
            )
        )


def format_duration(duration_s: int) -> str:
    """Write a length of time as minutes and seconds.

    Examples
    --------
    >>> format_duration(2_705), format_duration(60), format_duration(-1)
    ('45 min 5 s', '1 min', '-1 s')
    """
    sign = "-" if duration_s < 0 else ""
    minutes, seconds = divmod(abs(duration_s), 60)
    if not minutes:
        return f"{sign}{seconds} s"
    return f"{sign}{minutes} min" + (f" {seconds} s" if seconds else "")


def format_clock(time_s: int) -> str:
    """Write a time of day as HH:MM:SS, also one outside the day, which a bad plan may hold.

    Examples
    --------
    >>> format_clock(30_601), format_clock(-1)
    ('08:30:01', '-00:00:01')
    """
    sign = "-" if time_s < 0 else ""
    hours, rest = divmod(abs(time_s), 3_600)
    minutes, seconds = divmod(rest, 60)
    return f"{sign}{hours:02d}:{minutes:02d}:{seconds:02d}"
